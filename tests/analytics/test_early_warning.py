"""Each rule of the early warning, worked by hand on facts at both sides of its limits; and the order of the list."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import date, datetime, timedelta
from typing import Any

import pytest

from analytics.early_warning import MOST, EarlyWarning, action_for, early_warning, head
from analytics.findings import RULES, Clock, Finding, Level, Subject, findings
from analytics.kpi import Band
from analytics.scope import months_before
from analytics.view import View
from tests.world import CRO, ENGAGEMENT, cros, engagement, scope_of, small, world

AS_OF = date(2026, 6, 30)
STUDIES = [engagement(f"E{n}", study_id=f"S{n}") for n in range(1, 5)]


@contextmanager
def seen(kinds: Mapping[str, Any], as_of: date = AS_OF) -> Iterator[View]:
    store = small(kinds, status_date=as_of)
    with store.read() as cursor:
        yield View(cursor, scope_of(store, as_of))


def found(kinds: Mapping[str, Any], rule: str, as_of: date = AS_OF) -> dict[tuple[str, str], Finding]:
    """The findings of a rule, by engagement (or CRO) and what they are about."""
    with seen(kinds, as_of) as view:
        return {
            (finding.subject.engagement or finding.subject.cro_id, finding.about): finding
            for finding in findings(view, Clock())
            if finding.rule == rule
        }


def milestone(engagement_id: str, code: str, due: date, **more: object) -> dict[str, object]:
    return {"engagement_id": engagement_id, "milestone": code, "baseline_original": due} | more


def test_a_date_asks_to_act_by_contract_or_after_a_quarter() -> None:
    dates = found(
        {
            "engagements": [*STUDIES, engagement("E9", closed_on=date(2026, 1, 1))],
            "milestones": [
                milestone("E1", "dbl", date(2026, 6, 29), contractual=True, days_cro=9, days_sponsor=20),
                milestone("E1", "csr", date(2026, 7, 1), forecast=date(2026, 7, 15), contractual=True),  # 14 days
                milestone("E1", "topline", date(2026, 7, 1), forecast=date(2026, 7, 16), contractual=True),  # 15
                milestone("E2", "csr", date(2026, 3, 30), forecast=date(2026, 8, 1)),  # overdue by 92 days
                milestone("E2", "dbl", date(2026, 3, 29), baseline_current=date(2026, 9, 1)),  # 93
                milestone("E3", "fpi", date(2026, 7, 15), forecast=date(2026, 7, 30)),  # 15 days
                milestone("E3", "lpi", date(2026, 8, 15), forecast=date(2026, 8, 29)),  # 14
                milestone("E4", "fpi", date(2026, 7, 15), forecast=date(2026, 7, 15), contractual=True),
                milestone("E9", "csr", date(2025, 12, 1)),
            ],
        },
        "date",
    )
    assert {key: finding.level.value for key, finding in dates.items()} == {
        ("E1", "dbl"): "act now", ("E1", "csr"): "soon", ("E1", "topline"): "act now",
        ("E2", "csr"): "soon", ("E2", "dbl"): "act now", ("E3", "fpi"): "soon",
    }  # fmt: skip
    lock = dates["E1", "dbl"]
    assert (lock.what, lock.stake, lock.side) == ("Database lock (DBL) overdue, contractual", "1 day late", "us")
    assert (lock.since, lock.parameters) == (date(2026, 6, 29), {"engagement": "E1", "part": "Plan"})
    assert dates["E2", "csr"].evidence == "forecast 1 Aug 2026"
    assert dates["E2", "dbl"].evidence == "no forecast; the current plan moved it to 1 Sep 2026"
    assert dates["E3", "fpi"].evidence == "due 15 Jul 2026, forecast 30 Jul 2026"


def test_a_late_forecast_is_dated_by_the_first_report_of_an_unbroken_row() -> None:
    """Told late in February, in time in March, late in April and May."""
    told = [(2, 30), (3, 15), (4, 31), (5, 30)]
    due = date(2026, 7, 15)
    uploads = [
        (
            date(2026, month, 28),
            {"milestones": [milestone("E1", "fpi", due, forecast=date(2026, 7, 1) + timedelta(by))]},
        )
        for month, by in told
    ]
    store = world((date(2026, 1, 31), {"cros": [CRO], "engagements": [ENGAGEMENT]}), *uploads)
    with store.read() as cursor:
        view = View(cursor, scope_of(store, AS_OF))
        [finding] = [finding for finding in findings(view, Clock()) if finding.rule == "date"]
    assert finding.since == date(2026, 4, 28)


def fees(engagement_id: str, amounts: Mapping[int, tuple[float, float]]) -> list[dict[str, object]]:
    """Fee of months of 2026: invoiced, and what was then still to come."""
    return [
        {"engagement_id": engagement_id, "month": f"2026-{month:02}", "cost_type": "fee", "planned_original": spent,
         "earned_value": spent, "invoiced": spent, "forecast_remaining": left}
        for month, (spent, left) in amounts.items()
    ]  # fmt: skip


def order(number: int, engagement_id: str, value: float, by: str, *, signed: bool) -> dict[str, object]:
    return {
        "change_order_id": f"C{number}", "engagement_id": engagement_id, "requested": date(2026, 1, 5), "value": value,
        "submitted": date(2026, 1, 20), "executed": date(2026, 2, 1) if signed else None, "initiator": by,
    }  # fmt: skip


def test_money_asks_to_act_where_nobody_has_asked_for_it() -> None:
    """Contracts of 1,000, all studies running. Spent 800 of it:

    E1 forecasts 1,060, 6 % over: red (worse than 5), and the 9 that wait for signature leave 1,051, still red.
    E2 the same with 10 that wait: 1,050 is not red.  E3 forecasts 1,050: 5 %, not red.
    E4 spent 1,080 and forecasts 1,150 of 1,000 + 110 of ours + 50 of theirs = 1,160: nothing over, grown by 16 %.
    """
    money = found(
        {
            "engagements": [study | {"start_date": date(2026, 6, 1)} for study in STUDIES],
            "budget": [
                *fees("E1", {3: (500, 500), 4: (100, 480), 5: (100, 360), 6: (100, 260)}),
                *fees("E2", {6: (800, 260)}),
                *fees("E3", {6: (800, 250)}),
                *fees("E4", {4: (999, 151), 5: (1, 150), 6: (80, 70)}),
            ],
            "change_orders": [
                order(1, "E1", 9, "cro", signed=False),
                order(2, "E2", 10, "cro", signed=False),
                order(3, "E4", 110, "sponsor", signed=True),
                order(4, "E4", 50, "cro", signed=True),
            ],
        },
        "money",
    )
    assert {key: finding.level.value for key, finding in money.items()} == {
        ("E1", "contract"): "act now", ("E2", "contract"): "soon", ("E4", "original contract"): "soon",
    }  # fmt: skip
    first = money["E1", "contract"]
    assert first.since == date(2026, 4, 30)  # 600 + 480 = 1,080; at the end of March 500 + 500
    assert first.stake == "EUR 60 over"
    assert first.size == pytest.approx(6)
    assert first.evidence == "EUR 800 of EUR 1,000 spent, forecast EUR 1,060; EUR 9 waits for signature"
    grown = money["E4", "original contract"]
    assert (grown.side, grown.since) == ("us", date(2026, 5, 31))  # 999 + 1
    assert grown.stake == "EUR 160 of changes signed"


def test_a_contract_that_is_spent_says_so() -> None:
    money = found({"budget": fees("E1", {6: (1000, 100)})}, "money")
    assert money["E1", "contract"].what == "Contract spent, the work is not done"
    assert found({"budget": fees("E1", {6: (1000, 0)})}, "money") == {}


def asked(number: int, cro: str, level: int | None, **more: object) -> dict[str, object]:
    return {
        "request_id": f"{cro}{number}", "engagement_id": f"E-{cro}", "direction": "to_cro", "type": "question",
        "priority": "normal", "opened_at": f"2026-06-{number:02}T09:00:00Z", "escalation_level": level,
    } | more  # fmt: skip


def test_five_escalated_requests_are_a_pattern() -> None:
    """A: five at level 2, B: four and one at level 1, C: one to us, of which its SLA has not run out, and a query."""
    requests = found(
        {
            "cros": cros("A", "B", "C"),
            "engagements": [engagement(f"E-{cro}", cro, study_id=f"S-{cro}") for cro in "ABC"],
            "slas": [{"engagement_id": f"E-{cro}", "priority": "", "response_hours": 8} for cro in "ABC"],
            "requests": [
                *(asked(n, "A", 2) for n in range(1, 6)),
                *(asked(n, "B", 3) for n in range(1, 5)), asked(5, "B", 1),
                asked(1, "B", 2, request_id="B-done", resolved_at="2026-06-20T09:00:00Z"),
                asked(3, "C", 2, direction="to_sponsor"),
                asked(30, "C", 2, opened_at="2026-06-30T12:00:00Z"), asked(4, "C", 2, type="data_query"),
            ],
        },
        "requests",
    )  # fmt: skip
    assert {key: (finding.level.value, finding.what) for key, finding in requests.items()} == {
        ("A", "to_cro"): ("act now", "5 requests overdue at escalation level 2"),
        ("B", "to_cro"): ("soon", "4 requests overdue at escalation level 2"),
        ("C", "to_sponsor"): ("soon", "1 request overdue at escalation level 2"),
    }
    first = requests["A", "to_cro"]
    assert (first.since, first.stake, first.side) == (date(2026, 6, 1), "oldest 29 days", "CRO")
    assert first.evidence == "5 in S-A"
    assert requests["C", "to_sponsor"].side == "us"


def test_silence_of_a_quarter_asks_to_act() -> None:
    """At 30 June: A told nothing since 29 March (93 days), B since 30 March (92); C told of May, June is not due."""
    told = [("A", date(2026, 3, 29)), ("B", date(2026, 3, 30)), ("C", date(2026, 5, 31))]
    first = (
        date(2026, 1, 31),
        {"cros": cros("A", "B", "C"), "engagements": [engagement(f"E-{cro}", cro) for cro, _ in told]},
    )
    later = [(day, {"milestones": [milestone(f"E-{cro}", "csr", date(2027, 1, 1))]}) for cro, day in told]
    store = world(first, *later)
    with store.read() as cursor:
        view = View(cursor, scope_of(store, AS_OF))
        silent = {one.subject.cro_id: one for one in findings(view, Clock()) if one.rule == "silence"}
    assert {cro: (one.level.value, one.since) for cro, one in silent.items()} == {
        "A": ("act now", date(2026, 3, 29)), "B": ("soon", date(2026, 3, 30)),
    }  # fmt: skip
    assert silent["A"].parameters == {"data": "Freshness"}


def delivered(number: int, due: date, *, late: bool) -> dict[str, object]:
    return {
        "deliverable_id": f"D{number}", "engagement_id": "E1", "name": f"Report {number}", "due_original": due,
        "delivered": due + timedelta(3) if late else due,
    }  # fmt: skip


def test_newly_red_since_its_first_month_and_not_what_was_red_before() -> None:
    """Eleven reports in time by March; two of May are late: 11 of 13 is 84.6 %, red under 85, and could be chance."""
    before = [delivered(n, date(2026, 1, 1) + timedelta(7 * n), late=False) for n in range(11)]
    late = [delivered(n, date(2026, 5, 10 + n), late=True) for n in (11, 12)]
    red = found({"deliverables": before + late}, "red")
    finding = red["A", "D01"]
    assert (finding.level, finding.since) == (Level.WATCH, date(2026, 5, 31))
    assert finding.evidence == "red, could be green (11 of 13 deliverables); 100.0 % at 31 Mar 2026"
    assert (finding.stake, finding.page, finding.kpis) == ("84.6 %", "cros", ("D01",))
    assert red["E1", "D01"].parameters == {"engagement": "E1", "part": "KPIs"}
    assert found({"deliverables": before + late}, "red", as_of=date(2026, 9, 30)) == {}  # red at the end of June


def counted(kpi: str, top: float, bottom: float, month: str) -> dict[str, object]:
    return {"engagement_id": "E1", "kpi_id": kpi, "month": month, "numerator": top, "denominator": bottom}


def test_a_critical_kpi_that_is_surely_red_asks_to_act() -> None:
    red = found({"kpi_data": [counted("Q09", 10, 30, "2026-05")]}, "red")
    assert {finding.level for finding in red.values()} == {Level.ACT}
    assert red["A", "Q09"].evidence.endswith("no value at 31 Mar 2026")


def test_a_signal_warns_or_is_good_news() -> None:
    """Two years of 89 and 91 of 100 visit reports in time by turns, of which the last month is 60, or 99."""
    months = [f"{year}-{month:02}" for year in (2024, 2025, 2026) for month in range(1, 13)]
    months = months[months.index("2024-07") : months.index("2026-07")]

    def last(value: float) -> dict[tuple[str, str], Finding]:
        values = [89 + 2 * (place % 2) for place in range(len(months) - 1)] + [value]
        return found({"kpi_data": [counted("Q05", top, 100, month) for top, month in zip(values, months)]}, "signal")

    worse, better = last(60)["A", "Q05"], last(99)["A", "Q05"]
    assert (worse.level, worse.what, worse.since) == (
        Level.WATCH, "Visit reports on time worse than before", date(2026, 6, 1),
    )  # fmt: skip
    assert worse.evidence == "outside the limits (2026-06)"
    assert (better.level, better.what) == (Level.GOOD, "Visit reports on time better than before")
    assert last(90) == {}


def test_a_recovery_is_good_news_and_names_the_action() -> None:
    """80 of 100 a month until June 2025 is red (under 85); 96 since is green once it fills the trailing year."""
    rows = [counted("Q05", 80, 100, f"2024-{month:02}") for month in range(7, 13)]
    rows += [counted("Q05", 80, 100, f"2025-{month:02}") for month in range(1, 7)]
    rows += [counted("Q05", 96, 100, f"2025-{month:02}") for month in range(7, 13)]
    rows += [counted("Q05", 96, 100, f"2026-{month:02}") for month in range(1, 7)]
    action = {"action_id": "A1", "cro_id": "A", "description": "A second reviewer", "kpi_id": "Q05",
              "raised": date(2025, 5, 1), "closed": date(2025, 7, 1), "effect": "It helped"}  # fmt: skip
    [finding] = found({"kpi_data": rows, "actions": [action]}, "recovered").values()
    assert (finding.level, finding.since) == (Level.GOOD, AS_OF)  # (9 x 96 + 3 x 80) / 12 = 92 at the end of March
    assert finding.evidence == ("1,152 of 1,200 reports; 80.0 % at 30 Jun 2025; action closed 1 Jul 2025: It helped")


def test_a_promise_that_past_dates_do_not_support_is_in_doubt() -> None:
    """Thirty past reports, told for their date and 40 days late each; one in the contract is promised for its date."""
    past = [
        milestone(f"E{n}", "csr", date(2025, 1, 1) + timedelta(10 * n), actual=date(2025, 2, 10) + timedelta(10 * n))
        for n in range(1, 31)
    ]
    coming = milestone("E0", "csr", date(2026, 9, 1), forecast=date(2026, 9, 1), contractual=True)
    dates = found({"engagements": [engagement(f"E{n}") for n in range(31)], "milestones": [*past, coming]}, "date")
    finding = dates["E0", "csr in doubt"]
    assert (finding.level, finding.what) == (Level.WATCH, "Clinical study report (CSR) in doubt, contractual")
    assert finding.size == 40


def test_unsigned_work_and_late_deliverables_are_watched() -> None:
    kinds = {
        "change_orders": [order(1, "E1", 50, "cro", signed=False) | {"needed_by": date(2026, 6, 10)}],
        "deliverables": [
            {"deliverable_id": "D1", "engagement_id": "E1", "name": "Plan", "due_original": date(2026, 6, 1)},
            {"deliverable_id": "D2", "engagement_id": "E1", "name": "Later", "due_original": date(2026, 7, 1)},
        ],
    }
    unsigned = found(kinds, "signature")["E1", "unsigned"]
    assert (unsigned.stake, unsigned.side, unsigned.size) == ("EUR 50 unsigned", "us", 20)
    late = found(kinds, "deliverables")["E1", "deliverables"]
    assert (late.what, late.evidence) == ("1 deliverable overdue", "the oldest is Plan, due 1 Jun 2026")


def test_nothing_at_all_is_an_empty_list() -> None:
    store = world((AS_OF, {"cros": [CRO]}))
    with store.read() as cursor:
        empty = early_warning(View(cursor, scope_of(store, AS_OF)))
    assert empty.rows.empty
    assert head(empty).empty


FINDING = Finding(
    rule="red", level=Level.WATCH, subject=Subject("A", "Alpha", "E1", "S1"), about="D01", what="", since=None,
    stake="", size=0, side="", evidence="", page="cros", parameters={}, kpis=("D01",),
)  # fmt: skip


def action(name: str, engagement_id: str = "", kpi_id: str = "", cro_id: str = "A") -> dict[str, Any]:
    return {"description": name, "engagement_id": engagement_id, "kpi_id": kpi_id, "cro_id": cro_id}


@pytest.mark.parametrize(
    ("actions", "expected"),
    [
        ([action("study"), action("kpi", kpi_id="D01")], "kpi"),
        ([action("cro", kpi_id="D01"), action("study", "E1", "D01")], "study"),
        ([action("first", kpi_id="D01"), action("second", kpi_id="D01")], "first"),  # in the order of their due dates
        ([action("about anything", "E1")], None),
        ([action("other study", "E2"), action("other KPI", "E1", "T01"), action("other CRO", cro_id="B")], None),
    ],
)
def test_which_action_is_against_a_finding(actions: list[dict[str, Any]], expected: str | None) -> None:
    assert action_for(FINDING, actions).get("description") == expected


@pytest.fixture(scope="module")
def two_looks() -> Iterator[View]:
    """Known on 3 June, as of 31 May: S1 overdue. On 2 July, as of 30 June: S2 too, and S1 since more than a quarter."""
    store = world(
        (
            date(2026, 5, 31),
            {
                "cros": [CRO],
                "engagements": STUDIES,
                "milestones": [milestone("E1", "csr", date(2026, 3, 15)), milestone("E4", "csr", date(2026, 5, 20))],
            },
        ),
        (AS_OF, {"milestones": [milestone("E2", "csr", date(2026, 6, 1))]}),
    )
    with store.write() as cursor:
        for number, at in ((1, datetime(2026, 6, 3, 9)), (2, datetime(2026, 7, 2, 9))):  # noqa: DTZ001 (the ledger's)
            cursor.execute("UPDATE uploads SET uploaded_at = ? WHERE number = ?", [at, number])
    with store.read() as cursor:
        yield View(cursor, scope_of(store, AS_OF))


def dates(found: EarlyWarning) -> list[tuple[str, str, bool]]:
    own = found.rows[found.rows["rule"] == "date"]
    return list(zip(own["study"], own["level"].map(str), own["is_new"], strict=True))


def test_new_is_what_the_last_look_did_not_show(two_looks: View) -> None:
    """S1 was there and has become urgent, which is news; S4 is as it was."""
    looked = early_warning(two_looks, datetime(2026, 6, 4))  # noqa: DTZ001
    assert dates(looked) == [("S1", "act now", True), ("S2", "soon", True), ("S4", "soon", False)]
    assert (looked.then, looked.looked) == (date(2026, 5, 31), True)
    again = early_warning(two_looks, datetime(2026, 7, 3))  # noqa: DTZ001
    assert [new for _, _, new in dates(again)] == [False] * 3


@pytest.mark.parametrize("look", [None, datetime(2026, 6, 2)])  # noqa: DTZ001
def test_without_a_look_that_saw_something_new_is_against_a_month_before(
    two_looks: View, look: datetime | None
) -> None:
    found = early_warning(two_looks, look)
    assert (found.then, found.looked) == (months_before(AS_OF, 1), False)


def test_a_look_at_newer_data_than_is_asked_about_compares_nothing(two_looks: View) -> None:
    with two_looks.at(date(2026, 5, 31)) as past:
        assert not early_warning(past, datetime(2026, 7, 3)).looked  # noqa: DTZ001


def test_order_and_head() -> None:
    """Levels, then new ones, then red lights, then rules, then size; one row a study, the seven first."""
    many = [engagement(f"E{n}", study_id=f"S{n}") for n in range(9)]
    due = [milestone(f"E{n}", "csr", date(2026, 6, 1) - timedelta(n)) for n in range(9)]
    due.append(milestone("E3", "dbl", date(2026, 6, 29), contractual=True))
    with seen({"engagements": many, "milestones": due}) as view:
        whole = early_warning(view)
    listed = whole.rows[whole.rows["rule"] == "date"]
    # E0 was not overdue a month before (31 May): new. Of the others the longest overdue is first.
    assert list(listed["study"]) == ["S3", "S0", "S8", "S7", "S6", "S5", "S4", "S3", "S2", "S1"]
    first = head(whole)
    assert len(first) == MOST
    assert first["study"].iloc[0] == "S3"
    assert not first.duplicated(["cro_id", "engagement"]).any()
    assert set(first["status"]) <= set(Band)


def test_the_rules_are_told_in_words() -> None:
    assert all(rule.finds and rule.acts for rule in RULES)


def test_what_is_late_to_be_done_says_so() -> None:
    # Due on 10 June, looked at on 30 June: 20 days.
    base = {"cro_id": "A", "engagement_id": "E1", "kpi_id": "T01", "type": "task", "raised": date(2026, 5, 1)}
    late = base | {"action_id": "1", "description": "Recovery plan", "due": date(2026, 6, 10)}
    kinds = {"engagements": STUDIES, "milestones": [milestone("E1", "csr", date(2026, 6, 1))], "actions": [late]}
    with seen(kinds) as view:
        table = early_warning(view).rows
    assert table.loc[table["rule"] == "date", "action"].tolist() == ["Recovery plan (20 days late)"]
