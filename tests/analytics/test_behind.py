"""The rows behind a figure are those that the engine counts: their sums are its figures."""

from collections.abc import Iterator
from datetime import date

import numpy as np
import pandas as pd
import pytest

from analytics.behind import SOURCES, Behind, made_of, milestone_code, row_of, rows_behind
from analytics.catalogue import ALL, BY_ID
from analytics.engine import kpi_rows
from analytics.kpi import Kpi, Median, Spread, Total
from analytics.measure import Dim
from analytics.scope import Scope
from analytics.survival import curve
from analytics.view import View
from data.contracts import BY_KIND
from data.facts import FACTS
from data.store import Store
from tests.analytics.goldens.case import WEDNESDAY, deliverable, met, milestone, month, order, requests, sla
from tests.world import Kinds, cros, engagement, scope_of, small

LAST = date(2026, 10, 31)
EVERYTHING = 1_000_000
NARROW = ("T01", "T02", "R02", "R04", "C06", "C09", "Q05", "Q06", "D01")


@pytest.fixture(scope="module")
def demo(demo_store: Store) -> Iterator[View]:
    with demo_store.read() as cursor:
        yield View(cursor, Scope(as_of=LAST, known_at=demo_store.version))


def behind(kinds: Kinds, kpi: str, cro: str = "") -> Behind:
    store = small(kinds)
    with store.read() as cursor:
        return rows_behind(View(cursor, scope_of(store, WEDNESDAY)), kpi, cro)


def agree(kpi: Kpi, rows: pd.DataFrame, found: dict[str, object], rates: dict[str, float]) -> None:
    """That the rows which count come to the figure of the engine."""
    own = rows[rows["counts"] == "yes"]
    if isinstance(kpi.measure, Median):
        assert len(own) == found["n"]
        if len(own) and kpi.measure.spread is Spread.CURVE:
            times, finished = own["time"].to_numpy(dtype=float), own["finished"].to_numpy(dtype=bool)
            assert curve(times, finished, np.ones(len(own))).quantile(0.5) == found["value"]
        return
    money = kpi.measure.money
    several = money and own["currency"].nunique() > 1
    factor = own["currency"].map(rates) if several else 1.0
    if isinstance(kpi.measure, Total):
        assert (own["amount"] * factor).sum() == pytest.approx(found["value"] or 0, rel=1e-9)
        return
    sides = {name: float((own[name] * factor).sum()) for name in ("numerator", "denominator")}
    assert sides == {name: pytest.approx(found[name] or 0, rel=1e-9) for name in sides}
    if kpi.measure.n in ("", "1"):  # else it counts something that is not shown
        assert (sides["denominator"] if not kpi.measure.n else len(own)) == pytest.approx(found["n"] or 0)


@pytest.mark.parametrize("kpi", [kpi for kpi in ALL if not kpi.hidden_below], ids=lambda kpi: kpi.id)
def test_the_rows_come_to_the_figure_at_every_grain(demo: View, kpi: Kpi) -> None:
    rows = rows_behind(demo, kpi.id, most=EVERYTHING).rows
    rates = {row["currency"]: row["rate"] for row in demo.rows("SELECT currency, rate FROM fact_engagement")}
    names = {row["cro"]: row["cro_id"] for row in demo.rows("SELECT cro, cro_id FROM fact_engagement")}
    rows["cro"] = rows["cro"].map(names)
    dims: tuple[tuple[Dim, ...], ...] = ((), ("cro",), ("engagement",))
    for by in dims:
        for found in kpi_rows(demo, [kpi], by):
            own = rows
            for dim in by:
                own = own[own[dim] == found[dim]]
            agree(kpi, own, found, rates)


@pytest.mark.parametrize("kpi", NARROW)
def test_one_cro_or_one_engagement_is_those_rows_alone(demo: View, kpi: str) -> None:
    whole = rows_behind(demo, kpi, most=EVERYTHING).rows
    for name, column, value in (("cro", "cro", "BRIGHTMOOR"), ("engagement", "engagement", "E-2410")):
        own = rows_behind(demo, kpi, **{name: value}, most=EVERYTHING).rows
        names = {row["cro_id"]: row["cro"] for row in demo.rows("SELECT cro_id, cro FROM fact_engagement")}
        wanted = whole[whole[column] == names.get(value, value)]
        assert sorted(own["what"]) == sorted(wanted["what"])
        assert len(own)


@pytest.mark.parametrize(
    ("kpi", "expected"),
    [
        ("T01", ["Late in may"]),  # due in May, whether reached or not
        ("R04", ["a", "b"]),  # open at the end of May
        ("C02", ["Reported to 2026-05"]),
    ],
)
def test_a_month_is_that_of_the_engine(kpi: str, expected: list[str]) -> None:
    kinds: Kinds = {
        "engagements": [engagement("E1", start_date=date(2026, 4, 1))],
        "milestones": [milestone("late_in_may", "2026-05-10"), milestone("in_june", "2026-06-10", "2026-06-10")],
        "requests": [
            {"request_id": "a", "engagement_id": "E1", "opened_at": "2026-04-02"},
            {"request_id": "b", "engagement_id": "E1", "opened_at": "2026-05-30", "resolved_at": "2026-06-02"},
            {"request_id": "c", "engagement_id": "E1", "opened_at": "2026-06-02"},
        ],
        "budget": [month("2026-05", 100, 90, 95), month("2026-06", 100, 100, 90)],
    }
    store = small(kinds)
    with store.read() as cursor:
        view = View(cursor, scope_of(store, WEDNESDAY))
        rows = rows_behind(view, kpi, month="2026-05").rows
        [found] = [row for row in kpi_rows(view, [BY_ID[kpi]], ("month",)) if row["month"] == "2026-05"]
    assert list(rows["what"]) == expected
    assert [rows[name].sum() for name in ("numerator", "denominator")] == [found["numerator"], found["denominator"]]


def test_few_answers_are_not_shown() -> None:
    def form(name: str, engagement_id: str, score: int) -> dict[str, object]:
        row = {"response_id": name, "dimension": "trust", "engagement_id": engagement_id, "quarter": "2026-Q2"}
        return row | {"score": score, "role": "head of data", "comment": "it was me"}

    kinds = {
        "cros": cros("A", "B"),
        "engagements": [engagement("E1"), engagement("E2", "B")],
        "surveys": [form(f"many {n}", "E1", 4) for n in range(5)] + [form(f"few {n}", "E2", 1) for n in range(4)],
    }
    store = small(kinds)
    with store.read() as cursor:
        view = View(cursor, scope_of(store, WEDNESDAY))
        every, few = rows_behind(view, "P01"), rows_behind(view, "P01", cro="B")
        [(kind, answers)] = made_of(view, "P01", every.ids[0])
    assert list(every.rows["cro"]) == ["CRO A"] * 5
    assert few.rows.empty
    for said in (every.total, few.total):
        assert "fewer than 5 answers" in said
    assert (kind, set(answers)) == ("surveys", {"response_id", "dimension", "quarter", "score", "upload"})
    assert not {"study", "engagement"} & set(every.rows)


def test_a_row_of_a_fact_without_an_entry_would_have_no_way_back() -> None:
    assert {kpi.fact for kpi in ALL} <= set(SOURCES)
    assert set(SOURCES) <= set(FACTS)
    for source in SOURCES.values():
        for part in source.parts:
            assert part.kind in BY_KIND
            assert part.by


@pytest.mark.parametrize("fact", [name for name in FACTS if name.startswith("fact_")])
def test_a_fact_can_be_asked_where_nothing_is_known(fact: str) -> None:
    """Each column that it reads is there; FACTS_OF_KINDS of the laws asks of some what they say."""
    store = small({})
    with store.read() as cursor:
        assert View(cursor, scope_of(store, WEDNESDAY)).ask(f"SELECT * FROM {fact}") is not None


@pytest.mark.parametrize("kpi", ALL, ids=lambda kpi: kpi.id)
def test_each_row_stands_for_rows_that_a_file_brought(demo: View, kpi: Kpi) -> None:
    found = rows_behind(demo, kpi.id)
    parts = made_of(demo, kpi.id, found.ids[0])
    assert {kind for kind, _ in parts} <= set(found.kinds)
    assert parts
    for kind, frame in parts:
        assert set(BY_KIND[kind].keys) <= set(frame.columns)
        assert frame["upload"].between(1, demo.scope.known_at).all()


def test_what_hurts_comes_first() -> None:
    # A missed contractual one makes it red; then missed before met, the oldest first. What others caused is shown
    # last and does not count.
    kinds = {
        "milestones": [
            *met(2),
            milestone("late", "2026-06-01", "2026-06-20"),
            milestone("overdue", "2026-05-01"),
            milestone("signed", "2026-07-01", "2026-07-02", contractual=True),
            milestone("ours", "2026-04-01", "2026-06-20", days_sponsor=80),
        ]
    }
    found = behind(kinds, "T01")
    assert [*zip(found.rows["what"], found.rows["counts"], strict=True)] == [
        ("Signed", "yes"), ("Overdue", "yes"), ("Late", "yes"), ("Met 0", "yes"), ("Met 1", "yes"),
        ("Ours", "no: not the CRO's days"),
    ]  # fmt: skip
    assert found.ids[1] == ("E1", "overdue", "")
    # 2 of 5 met; with ours 2 of 6
    assert found.total == "40.0 %: 2 of 5 milestones. All causes: 33.3 %. 1 row is shown and not counted."


def test_the_longest_wait_comes_first_and_one_without_a_time_of_day_is_named() -> None:
    kinds = {
        "requests": [
            *requests(1, "2026-09-21T09:00:00Z", "2026-09-21T12:00:00Z"),
            *requests(1, "2026-09-21T09:00:00Z"),
            *requests(1, "2026-09-21", "2026-09-22"),
        ]
    }
    rows = behind(kinds, "R01").rows
    # open since Monday 09:00: 8 working days to Wednesday 24:00, 8 hours each
    assert list(rows["time"][:2]) == [64, 3]
    assert list(rows["finished"]) == [False, True, True]
    assert list(rows["counts"]) == ["yes", "yes", "no: no time known"]


def test_the_largest_money_comes_first_whatever_its_currency() -> None:
    # E1: 10 % over 1000 EUR. E2: 300 JPY over 1000 JPY, at 0.01 EUR each: 3 EUR. The euros hurt more.
    kinds = {
        "cros": cros("A"),
        "engagements": [engagement("E1"), engagement("E2", currency="JPY")],
        "fx_rates": [{"currency": "EUR", "year": 2026, "rate": 1}, {"currency": "JPY", "year": 2026, "rate": "0.01"}],
        "budget": [
            month("2026-09", 1000, 1000, 1100),
            month("2026-09", 1000, 1000, 1300, engagement_id="E2"),
        ],
    }
    found = behind(kinds, "CV")
    assert list(found.rows["amount"]) == [-100, -300]
    assert found.total == "EUR -103: 2 engagements."


def test_of_a_variance_the_largest_amount_comes_first() -> None:
    """Of 10,000 it is 1,000 over (10 %), of 1,000 it is 300 (30 %): together 1,300 of 11,000, 11.8 %.

    Against that the small one is 182 worse than the rest and the large one 182 better: it would come last.
    """
    kinds = {
        "cros": cros("A"),
        "engagements": [
            engagement("E1", contract_value=10_000, start_date=date(2026, 9, 1)),
            engagement("E2", contract_value=1_000, start_date=date(2026, 9, 1)),
        ],
        "budget": [
            month("2026-09", 100, 90, 1_000, forecast_remaining=10_000),
            month("2026-09", 100, 90, 300, forecast_remaining=1_000, engagement_id="E2"),
        ],
    }
    assert list(behind(kinds, "C09").rows["numerator"]) == [-1_000, -300]


def test_of_an_index_the_most_money_lost_comes_first() -> None:
    """Earned 9,000 for 10,000 loses 1,000 (0.9); 500 for 1,000 loses 500 (0.5); the pooled index is 0.86."""
    kinds = {
        "cros": cros("A"),
        "engagements": [engagement("E1"), engagement("E2")],
        "budget": [
            month("2026-09", 10_000, 9_000, 10_000),
            month("2026-09", 1_000, 500, 1_000, engagement_id="E2"),
        ],
    }
    assert list(behind(kinds, "C02").rows["numerator"]) == [9_000, 500]


def test_the_latest_of_what_is_late_comes_first() -> None:
    """Both are missed and hurt the share alike; the one due later is later by more."""
    kinds = {
        "milestones": [milestone("early", "2026-05-01", "2026-05-04"), milestone("late", "2026-06-01", "2026-07-20")]
    }
    assert list(behind(kinds, "T01").rows["what"]) == ["Late", "Early"]


def test_the_first_of_many_rows_are_those_that_hurt() -> None:
    store = small({"deliverables": [deliverable(f"d{n}", "2026-06-30", "2026-06-30") for n in range(20)]
                   + [deliverable("late", "2026-06-30", "2026-07-30")]})  # fmt: skip
    with store.read() as cursor:
        found = rows_behind(View(cursor, scope_of(store, WEDNESDAY)), "D01", most=2)
    assert list(found.rows["what"]) == ["late", "d0"]
    assert found.total == "95.2 %: 20 of 21 deliverables. The 2 of 21 rows that hurt most."


def test_a_forecast_leads_to_its_budget_change_orders_and_contract() -> None:
    kinds = {
        "engagements": [engagement("E1", start_date=date(2026, 8, 1))],
        "budget": [
            month("2026-08", 100, 90, 95, forecast_remaining=900),
            month("2026-09", 100, 90, 95, cost_type="grant"),
        ],
        "change_orders": [order("co", "2026-03-01", 80, executed="2026-04-01")],
    }
    store = small(kinds)
    with store.read() as cursor:
        view = View(cursor, scope_of(store, WEDNESDAY))
        [row] = rows_behind(view, "C09").ids
        parts = dict(made_of(view, "C09", row))
        with view.other(scope_of(store, WEDNESDAY, visible_engagements=())) as blind:
            assert made_of(blind, "C09", row) == []
    assert list(parts) == ["budget", "change_orders", "engagements"]
    assert list(parts["budget"]["month"]) == ["2026-08"]  # fee only
    assert list(parts["change_orders"]["value"]) == [80]
    assert list(parts["engagements"]["contract_value"]) == [1000]
    assert "planned_current" not in parts["budget"]  # empty in all of them


def test_a_row_is_given_by_its_key_to_who_may_see_it() -> None:
    survey = {"response_id": "1", "dimension": "trust", "engagement_id": "E1", "quarter": "2026-Q2", "score": 4}
    store = small({"milestones": [milestone("site_ready", "2026-06-01")], "surveys": [survey]})
    with store.read() as cursor:
        view = View(cursor, scope_of(store, WEDNESDAY))
        code = milestone_code(view, "E1", "Site ready")
        assert code == "site_ready"
        assert milestone_code(view, "E1", "Database lock (DBL)") == ""
        assert len(row_of(view, "milestones", ("E1", code, ""))) == 1
        for kind, key in (("surveys", ("1", "trust")), ("milestones", ("E1",)), ("profiles", ("x",)), ("uploads", ())):
            assert row_of(view, kind, key).empty
        with view.other(scope_of(store, WEDNESDAY, visible_cros=("B",))) as blind:
            assert row_of(blind, "milestones", ("E1", code, "")).empty


def test_nothing_is_said_where_nothing_counts() -> None:
    kinds = {"slas": [sla(8)], "requests": requests(3, "2026-09-30T10:00:00Z")}
    found = behind(kinds, "R02")  # all of them pending
    assert found.rows.empty
    assert found.total.startswith("No figure: ")
    assert behind(kinds, "R02", cro="nobody").total == "No row counts."


def test_a_figure_that_is_not_there_is_refused() -> None:
    with pytest.raises(KeyError):
        behind({}, "X99")
