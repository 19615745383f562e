"""The list of studies and one study, on stores small enough to work out by hand."""

from collections.abc import Callable
from datetime import date
from typing import Any, TypeVar

import pandas as pd
import pytest

from analytics import studies, study
from analytics.kpi import Band
from analytics.view import View
from data.store import Store
from tests.world import CRO, ENGAGEMENT, scope_of, world

AS_OF = date(2026, 6, 30)
BASE: dict[str, Any] = {"cros": [CRO], "engagements": [ENGAGEMENT]}
T = TypeVar("T")


def ask(store: Store, question: Callable[..., T], *arguments: Any, **scope: Any) -> T:
    with store.read() as cursor:
        return question(View(cursor, scope_of(store, AS_OF, **scope)), *arguments)


def rows(found: pd.DataFrame) -> list[dict[Any, Any]]:
    return found.astype(object).where(found.notna(), None).to_dict("records")


def milestone(code: str, baseline: date, engagement: str = "E1", **more: Any) -> dict[str, Any]:
    return {"engagement_id": engagement, "milestone": code, "baseline_original": baseline} | more


def month(name: str, planned: int, ev: int | None = None, ac: int | None = None, **more: Any) -> dict[str, Any]:
    return {
        "engagement_id": "E1", "month": name, "cost_type": "fee", "planned_original": planned, "earned_value": ev,
        "invoiced": ac,
    } | more  # fmt: skip


def test_engagements_alone_make_a_list() -> None:
    found = ask(world((AS_OF, BASE)), studies.portfolio)
    (row,) = rows(found.studies)
    assert (row["study"], row["status"], row["why"]) == ("S1", Band.UNRATED, "")
    assert (row["milestone"], row["due"], row["slip_days"], row["contract_percent"]) == (None, None, None, None)
    assert (row["open_requests"], row["data_to"]) == (0, None)
    assert studies.status_text(found.scores["E1"]) == "Not rated: nothing is rated."
    assert studies.names(found.studies) == {"E1": "S1 · Alpha · Study one"}
    assert ("Contract", "EUR 1,000") in studies.facts(found.studies.to_dict("records")[0])


def test_no_engagement_in_scope_is_an_empty_list() -> None:
    assert ask(world((AS_OF, BASE)), studies.portfolio, cros=("nobody",)).studies.empty


def portfolio_store() -> Store:
    """E2 is red (a missed contractual milestone), E1 has nothing rated, E3 has ended."""
    return world(
        (date(2026, 5, 31), BASE),
        (
            AS_OF,
            {
                "engagements": [
                    ENGAGEMENT | {"engagement_id": "E2", "study_id": "S2", "start_date": date(2026, 5, 1)},
                    ENGAGEMENT | {"engagement_id": "E3", "study_id": "S0", "closed_on": date(2026, 1, 31)},
                ],
                "milestones": [
                    milestone("fpi", date(2026, 6, 10), "E2", forecast=date(2026, 7, 4), contractual=True),
                    milestone("lpi", date(2026, 6, 9), "E2", actual=date(2026, 6, 9)),
                    milestone("dbl", date(2026, 12, 1), "E2"),
                ],
                "budget": [{"engagement_id": "E2", "month": "2026-05", "cost_type": "fee", "planned_original": 10,
                            "earned_value": 10, "invoiced": 100, "forecast_remaining": 990}],
                "requests": [
                    {"request_id": "R1", "engagement_id": "E2", "type": "question", "opened_at": "2026-05-01"},
                    {"request_id": "R2", "engagement_id": "E2", "type": "question", "opened_at": "2026-06-28",
                     "direction": "to_sponsor"},
                    {"request_id": "R3", "engagement_id": "E2", "type": "data_query", "opened_at": "2026-06-28"},
                    {"request_id": "R4", "engagement_id": "E2", "type": "question", "opened_at": "2026-06-01",
                     "resolved_at": "2026-06-02"},
                ],
            },
        ),
    )  # fmt: skip


def test_what_needs_attention_comes_first_and_what_has_ended_last() -> None:
    found = ask(portfolio_store(), studies.portfolio).studies
    assert list(found["engagement"]) == ["E2", "E1", "E3"]
    assert studies.summary(found) == "1 of 2 running studies is red, 0 amber."


def test_a_row_says_what_is_next_and_what_it_costs() -> None:
    row = rows(ask(portfolio_store(), studies.portfolio).studies)[0]
    assert row["status"] is Band.RED
    # The earliest that is not reached: 10 June, now forecast for 4 July, 24 days.
    assert (row["milestone"], row["slip_days"]) == ("First patient in (FPI)", 24)
    # the contract of 1000 less 100 spent and 990 to come, of it
    assert row["contract_percent"] == pytest.approx(-9)
    assert row["open_requests"] == 2  # one each way; the data query and what is resolved are not among them
    assert row["data_to"].date() == AS_OF
    assert row["why"].startswith(("Milestones on time 50.0 %", "Fee forecast against signed contract 9.0 % over"))
    assert row["why"].endswith("more")


def test_the_kpis_behind_a_status_begin_with_the_worst() -> None:
    found = ask(portfolio_store(), studies.portfolio)
    table = rows(studies.kpis(found.scores["E2"]))
    # 1 of 2 with a contractual one missed, and a forecast of money over: neither is chance.
    told = [row["word"] for row in table][:2]
    assert sorted(told) == ["misses its target", "misses its target: a contractual one is missed"]
    assert {row["kpi"]: row["value"] for row in table}["Milestones on time"] == "50.0 %"
    assert (
        studies.why(found.scores["E2"], most=9).count(";")
        == sum(row["band"] in (Band.RED, Band.AMBER) for row in table) - 1
    )


def test_the_plan_is_in_the_order_of_its_dates_and_without_sites() -> None:
    store = world((AS_OF, BASE | {"milestones": [
        milestone("dbl", date(2026, 12, 1), forecast=date(2026, 12, 15)),
        milestone("lpi", date(2026, 6, 1)),
        milestone("fpi", date(2026, 2, 1), actual=date(2026, 2, 3)),
        milestone("csr", date(2026, 3, 1), cancelled_on=date(2026, 2, 1)),
        milestone("site_activated", date(2026, 2, 1), site_id="DE-1", actual=date(2026, 2, 3)),
        milestone("site_activated", date(2026, 2, 1), site_id="DE-2"),
    ]}))  # fmt: skip
    found = ask(store, study.plan, "E1")
    assert [(row["milestone"], row["state"], row["slip_days"]) for row in rows(found)] == [
        ("First patient in (FPI)", "done", 2),
        ("Last patient in (LPI)", "late", 29),
        ("Database lock (DBL)", "open", 14),
    ]
    assert ask(store, study.sites, "E1") == "1 of 2 sites activated"
    assert ask(world((AS_OF, BASE)), study.sites, "E1") == ""


BUDGET = [month("2026-03", 100, 50, 100), month("2026-04", 100, 50, 100), month("2026-05", 100), month("2026-06", 100)]


def test_the_range_of_the_forecast_and_of_the_finish() -> None:
    store = world((date(2026, 4, 30), BASE | {"budget": BUDGET}))
    with store.read() as cursor:
        found = study.spending(View(cursor, scope_of(store, date(2026, 4, 30))), "E1")
    # EV 100, AC 200, PV 200, BAC 400: CPI 0.5, SPI 0.5. AC + rest 500; BAC / CPI 800; 80/20: 200 + 300 / 0.5 = 800;
    # CPI x SPI: 200 + 300 / 0.25 = 1400.
    assert found.bac == 400
    assert found.eac == pytest.approx((500, 1400, 1400))
    # ES 1 month of AT 2: SPI(t) 0.5. PD 4 months from 1 March end on 30 June; PD / SPI(t) = 8 months on 31 October.
    assert found.finish == (date(2026, 6, 30), date(2026, 10, 31))
    assert list(found.months.columns) == ["month", "pv", "ev", "ac"]
    assert list(found.months["pv"]) == [100, 200, 300, 400]
    assert found.months["ev"].isna().tolist() == [False, False, True, True]
    said = study.forecasts(found)
    assert said[0] == (
        "Forecast at completion (EAC) by four formulas: EUR 500 (25.0 % over the budget) at the lowest, EUR 1,400 "
        "(250.0 % over the budget) at the highest."
    )
    assert said[-1].endswith("between 30 Jun 2026 and 31 Oct 2026.")


def test_a_moved_budget_is_drawn_beside_the_original_one() -> None:
    moved = [one | {"planned_current": 150} for one in BUDGET]
    store = world((AS_OF, BASE | {"budget": moved}))
    original = ask(store, study.spending, "E1").months
    assert (original["pv"].iloc[-1], original["pv_current"].iloc[-1]) == (400, 600)
    current = ask(store, study.spending, "E1", baseline="current").months
    assert current["pv"].iloc[-1] == 600
    assert "pv_current" not in current


def test_work_that_has_outgrown_the_budget_gives_no_forecast() -> None:
    """EV 120 of BAC 100 at AC 130: 130 + (100 - 120) / x would forecast less than is spent."""
    found = ask(world((AS_OF, BASE | {"budget": [month("2026-03", 100, 120, 130)]})), study.spending, "E1")
    assert (found.bac, found.eac, found.finish) == (100, (None, None, None), (None, None))
    assert study.forecasts(found) == [study.outgrown(found)]
    assert "Work worth EUR 120 is done, and this budget holds EUR 100" in study.outgrown(found)
    done = ask(world((AS_OF, BASE | {"budget": [month("2026-03", 100, 100, 130)]})), study.spending, "E1")
    assert done.eac == (130, 130, 130)
    assert study.outgrown(done) == ""


def test_a_budget_without_earned_value_has_no_forecast() -> None:
    found = ask(world((AS_OF, BASE | {"budget": [month("2026-03", 100)]})), study.spending, "E1")
    assert (found.bac, found.eac, found.finish) == (None, (None, None, None), (None, None))
    assert "not reported" in study.forecasts(found)[0]


@pytest.mark.parametrize(
    ("months", "end"),
    [
        (1, date(2026, 3, 31)),
        (12, date(2027, 2, 28)),
        (0.5, date(2026, 3, 15)),  # half of 30.4 days after 28 February
        (4.5, date(2026, 7, 15)),  # half a month after 30 June
        (None, None),
    ],
)
def test_months_after_the_first_of_march(months: float | None, end: date | None) -> None:
    assert study.after(date(2026, 3, 1), months) == end


def test_change_orders_in_one_sentence() -> None:
    requested = date(2026, 5, 1)
    orders = [
        {"change_order_id": "C1", "requested": requested, "executed": date(2026, 5, 20), "value": 300_000,
         "initiator": "sponsor"},
        {"change_order_id": "C2", "requested": requested, "submitted": date(2026, 6, 1), "value": 40_000,
         "initiator": "cro", "needed_by": date(2026, 6, 15)},
        {"change_order_id": "C3", "requested": date(2026, 6, 20), "value": 5_000},
    ]  # fmt: skip
    store = world((AS_OF, BASE | {"change_orders": [{"engagement_id": "E1"} | order for order in orders]}))
    found = ask(store, study.orders, "E1")
    assert [(row["change_order"], row["state"], row["initiator"]) for row in rows(found)] == [
        ("C3", "requested", "not recorded"),
        ("C1", "executed", "us"),
        ("C2", "unsigned", "the CRO"),
    ]
    assert study.orders_text(found) == (
        "1 signed change order of EUR 300k together; 1 unsigned one of EUR 40.0k; work began before signature of 1."
    )
    assert study.orders_text(found.iloc[:0]) == ""


def test_open_requests_by_whom_they_wait_for() -> None:
    asked = [
        {"request_id": "R1", "opened_at": "2026-05-30"},  # 31 days
        {"request_id": "R2", "opened_at": "2026-05-31"},  # 30 days
        {"request_id": "R3", "opened_at": "2026-01-01", "direction": "to_sponsor"},
        {"request_id": "R4", "opened_at": "2026-06-23", "type": "data_query"},  # 7 days
        {"request_id": "R5", "opened_at": "2026-05-30", "resolved_at": "2026-06-01"},
    ]
    store = world((AS_OF, BASE | {"requests": [{"engagement_id": "E1", "type": "question"} | one for one in asked]}))
    found = ask(store, study.requests_by_age, "E1")
    assert [(row["label"], row["bucket"], row["items"]) for row in rows(found)] == [
        ("Asked of the CRO", "15-30", 1),
        ("Asked of the CRO", "over 30", 1),
        ("Asked of us", "over 30", 1),
        ("Data queries", "0-7", 1),
    ]
    assert study.requests_text(found) == "1 of 2 open requests to the CRO is older than 30 days"
    assert study.requests_text(found.iloc[3:]) == "1 open request, none older than 30 days"
    oldest = rows(ask(store, study.oldest_requests, "E1", 2))
    assert [(row["request"], row["direction"], row["age_days"]) for row in oldest] == [
        ("R3", "us", 180),
        ("R1", "the CRO", 31),
    ]


def test_uploads_count_what_they_changed_of_this_study_alone() -> None:
    other = ENGAGEMENT | {"engagement_id": "E2", "study_id": "S2"}
    store = world(
        (date(2026, 4, 30), {"cros": [CRO], "engagements": [ENGAGEMENT, other]}),
        (date(2026, 5, 31), {"milestones": [milestone("fpi", AS_OF), milestone("fpi", AS_OF, "E2")]}),
        (AS_OF, {"milestones": [milestone("fpi", AS_OF, forecast=AS_OF), milestone("lpi", AS_OF)]}),
        (AS_OF, {"milestones": [milestone("fpi", AS_OF, "E2", forecast=AS_OF)]}),
    )
    found = rows(ask(store, study.uploads, "E1"))
    assert [(row["upload"], row["kinds"], row["new"], row["changed"], row["gone"]) for row in found] == [
        (3, "milestones", 1, 1, 0),
        (2, "milestones", 1, 0, 0),
        (1, "engagements", 1, 0, 0),
    ]
    assert [row["upload"] for row in rows(ask(store, study.uploads, "E1", known_at=2))] == [2, 1]


def test_an_undone_upload_says_so() -> None:
    store = world((date(2026, 4, 30), BASE), (AS_OF, {"milestones": [milestone("fpi", AS_OF)]}))
    with store.write() as cursor:
        cursor.execute("INSERT INTO uploads (number, uploaded_at, what, undoes) VALUES (3, now(), 'undo', 2)")
        cursor.execute("UPDATE milestones SET valid_to = 3 WHERE valid_from = 2")
    undo, undone, first = rows(ask(store, study.uploads, "E1"))
    assert (undo["what"], undo["gone"], undo["undone"]) == ("undo", 1, False)
    assert (undone["new"], undone["undone"]) == (1, True)
    assert first["undone"] is False


def test_deliverables_that_are_overdue_come_first() -> None:
    store = world((AS_OF, BASE | {"deliverables": [
        {"deliverable_id": "D1", "engagement_id": "E1", "name": "Plan", "due_original": date(2026, 5, 1),
         "delivered": date(2026, 5, 4)},
        {"deliverable_id": "D2", "engagement_id": "E1", "name": "Report", "due_original": date(2026, 6, 20)},
    ]}))  # fmt: skip
    found = rows(ask(store, study.deliverables, "E1"))
    assert [(row["name"], row["state"], row["slip_days"]) for row in found] == [
        ("Report", "overdue", 10),
        ("Plan", "late", 3),
    ]
