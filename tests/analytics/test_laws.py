"""The laws of the numbers: one test, or a few, for each."""

import ast
import re
from datetime import date
from pathlib import Path
from typing import ClassVar

import pytest

from analytics.catalogue import ALL, BY_ID
from analytics.kpi import Band, Better, Kpi, Ratio, Spread
from analytics.score import scorecard
from analytics.view import View
from analytics.words import lateness, over_under
from data.contracts import ALL as CONTRACTS
from data.facts import FACTS
from data.store import Store
from tests.analytics.ask import facts_of, row_of, rows_of, values_of
from tests.analytics.goldens.case import (
    WEDNESDAY,
    answers,
    assignment,
    audit,
    budget_rate,
    count,
    deliverable,
    event,
    invoice,
    met,
    milestone,
    month,
    order,
    requests,
    sla,
    touchpoint,
    units,
    version,
)
from tests.world import Kinds, cros, engagement, scope_of, small

TWO = {"cros": cros("A", "B"), "engagements": [engagement("E1"), engagement("E2", "B")]}


def every_kind() -> dict[str, list[dict[str, object]]]:
    """Some rows of each kind that KPIs read, of engagement E1."""
    return {
        "milestones": [*met(9), milestone("late", "2026-05-01", "2026-06-20"), milestone("open", "2026-08-01")],
        "deliverables": [deliverable(f"d{n}", "2026-06-30", f"2026-06-{20 + n}") for n in range(11)],
        "budget": [month("2026-08", 100, 90, 95, forecast_remaining=900), month("2026-09", 100, 100, 90)],
        "change_orders": [order("co", "2026-03-01", 80, executed="2026-04-01")],
        "requests": [
            *requests(12, "2026-09-21T09:00:00Z", "2026-09-21T12:00:00Z", "2026-09-22T12:00:00Z"),
            *requests(3, "2026-09-21T09:00:00Z"),
        ],
        "slas": [sla(8)],
        "kpi_data": [count(kpi, "2026-09", 57, 60) for kpi in ("T06", "Q05", "Q06", "Q09", "Q01", "Q02", "Q07")],
        "baselines": [version("1", "2025-01-20"), version("2", "2026-05-04")],
        "invoices": [invoice(f"i{n}", "2026-06-30", "accepted", "2026-07-08") for n in range(11)],
        "units": [units("visit", "2026-09", 100, 20, 22)],
        "touchpoints": [touchpoint(f"t{n}", "2026-06-02", "2026-06-02", "2026-06-03") for n in range(9)],
        "audits": [audit("a", "2026-03-18")],
        "quality_events": [
            event("f", "2026-03-20", audit_id="a", grade="major"),
            *(event(f"c{n}", "2026-03-20", "2026-06-30", "2026-06-01", type="capa") for n in range(3)),
        ],
        "team": [
            *(assignment(f"m{n}", "2025-06-01", key_role=True, contracted=True) for n in range(10)),
            assignment("gone", "2025-06-01", "2026-03-31", "left"),
        ],
        "surveys": [row for n in range(12) for row in answers(f"s{n}", 4, 5, recommend=9 - n % 3)],
    }


def of_engagement(kinds: Kinds, engagement_id: str) -> dict[str, list[dict[str, object]]]:
    """The same rows for another engagement, with ids of their own."""
    ids = (
        "deliverable_id", "change_order_id", "request_id", "invoice_id", "touchpoint_id", "audit_id", "event_id",
        "assignment_id", "response_id",
    )  # fmt: skip
    return {
        kind: [
            dict(row)
            | {name: f"{engagement_id} {row[name]}" for name in ids if name in row}
            | {"engagement_id": engagement_id}
            for row in rows
        ]
        for kind, rows in kinds.items()
    }


class TestLaw1PoolNeverAveragePercentages:
    def test_the_mean_of_the_percentages_has_the_opposite_sign(self) -> None:
        # A: EV 10, AC 5: +50 %. B: EV 1000, AC 1100: -10 %. The mean is +20 %.
        # Pooled: 100 x (1010 - 1105)/1010 = -9.4 %.
        budget = [month("2026-09", 10, 10, 5), month("2026-09", 1000, 1000, 1100, engagement_id="E2")]
        store = small(TWO | {"budget": budget})
        means = [row["value"] for row in rows_of(store, WEDNESDAY, "C01")]
        assert sum(means) / 2 == pytest.approx(20)
        assert values_of(store, WEDNESDAY, "C01")["C01"] == pytest.approx(-9500 / 1010, rel=1e-12)

    def test_months_and_quarters_are_pooled_too(self) -> None:
        # July 1/1 and August 10/40: 11/41 of the quarter.
        store = small({"kpi_data": [count("Q05", "2026-07", 1, 1), count("Q05", "2026-08", 10, 40)]})
        rows = rows_of(store, WEDNESDAY, "Q05", by=("cro", "quarter"))
        assert [(row["quarter"], row["value"]) for row in rows] == [("2026-Q3", pytest.approx(1100 / 41))]

    def test_no_declaration_averages(self) -> None:
        texts = [str(kpi.measure).lower() for kpi in ALL] + [text.lower() for text in FACTS.values()]
        assert not [text for text in texts if re.search(r"\b(avg|mean|average)\(", text)]


class TestLaw2UnfinishedWorkIsNeverDropped:
    def test_it_makes_each_kpi_worse_or_leaves_it(self) -> None:
        # Ten done in time, then as many more that are open and old.
        done = {
            "milestones": met(10),
            "deliverables": [deliverable(f"d{n}", "2026-06-30", "2026-06-30") for n in range(10)],
            "requests": requests(10, "2026-06-01T09:00:00Z", "2026-06-01T10:00:00Z", "2026-06-01T11:00:00Z"),
            "slas": [sla(8)],
        }
        still = {
            "milestones": [milestone(f"open {n}", "2026-06-30") for n in range(10)],
            "deliverables": [deliverable(f"open {n}", "2026-06-30") for n in range(10)],
            "requests": requests(10, "2026-06-02T09:00:00Z"),
        }
        kpis = ("T01", "T02", "D01", "R02", "R04")
        before = values_of(small(done), WEDNESDAY, *kpis)
        both = {kind: [*rows, *still.get(kind, [])] for kind, rows in done.items()}
        after = values_of(small(both), WEDNESDAY, *kpis)
        assert before == {"T01": 100, "T02": 0, "D01": 100, "R02": 100, "R04": None}
        # Half is missed; ten of 0 and ten of 92 days have the median 46; all ten open ones are old.
        assert after == {"T01": 50, "T02": 46, "D01": 50, "R02": 50, "R04": 100}

    def test_pending_is_in_neither_number(self) -> None:
        kinds = {"slas": [sla(8)], "requests": requests(10, "2026-09-30T10:00:00Z")}
        row = row_of(small(kinds), WEDNESDAY, "R02")
        assert (row["value"], row["denominator"], row["band"]) == (None, None, Band.NOT_REPORTED)


class TestLaw3TheSignIsSaid:
    def test_plus_is_under_budget_and_plus_is_late(self) -> None:
        rows = [milestone(f"m{n}", "2026-06-01", "2026-06-13") for n in range(5)]
        found = values_of(
            small({"budget": [month("2026-09", 100, 100, 60)], "milestones": rows}), WEDNESDAY, "CV", "T02"
        )
        assert found == {"CV": 40, "T02": 12}
        assert over_under(found["CV"], "EUR").endswith("under")
        assert lateness(found["T02"]) == "12 days late"

    @pytest.mark.parametrize("kpi", ALL, ids=lambda kpi: kpi.id)
    def test_every_kpi_has_a_unit_a_direction_and_a_definition(self, kpi: Kpi) -> None:
        assert kpi.unit
        assert kpi.better in Better
        assert kpi.definition.endswith(".")


class TestLaw4TooLittleIsAStateOfItsOwn:
    @pytest.mark.parametrize("kpi", ALL, ids=lambda kpi: kpi.id)
    def test_nothing_reported_is_neither_0_nor_100_nor_green(self, kpi: Kpi) -> None:
        row = row_of(small({}), WEDNESDAY, kpi.id)
        assert (row["value"], row["points"], row["points_all"]) == (None, None, None)
        assert row["band"] is row["band_all"] is Band.NOT_REPORTED
        assert row["reason"]

    def test_too_few_shows_the_number_and_gives_no_points(self) -> None:
        row = row_of(small({"milestones": met(9)}), WEDNESDAY, "T01")
        assert (row["value"], row["n"], row["band"], row["points"]) == (100, 9, Band.TOO_FEW, None)

    def test_what_a_service_does_not_have_is_not_applicable(self) -> None:
        kinds = {"engagements": [engagement("E1", service_type="laboratory")]}
        bands = {row["kpi"]: row["band"] for row in rows_of(small(kinds), WEDNESDAY, "T04", "T06", "Q09", "R02")}
        not_part = Band.NOT_APPLICABLE
        assert bands == {"T04": not_part, "T06": not_part, "Q09": not_part, "R02": Band.NOT_REPORTED}

    def test_one_service_among_others_is_enough(self) -> None:
        kinds = {"engagements": [engagement("E1", service_type="laboratory"), engagement("E2")]}
        assert row_of(small(kinds), WEDNESDAY, "T06")["band"] is Band.NOT_REPORTED


class TestLaw5DirectionIsDeclared:
    def test_red_must_not_be_better_than_green(self) -> None:
        declared = {name: getattr(BY_ID["T01"], name) for name in Kpi.__dataclass_fields__}
        with pytest.raises(ValueError, match="T01"):
            Kpi(**declared | {"better": Better.LOWER})


class TestLaw6StatusComesFromDates:
    def test_the_same_rows_at_four_dates(self) -> None:
        store = small({"milestones": [milestone("fpi", "2026-06-30", "2026-08-01")]})
        question = "SELECT state FROM fact_milestone"
        days = ("2026-06-29", "2026-06-30", "2026-07-31", "2026-08-01")
        states = [facts_of(store, date.fromisoformat(day), question)["state"].item() for day in days]
        assert states == ["open", "overdue", "overdue", "late"]

    def test_no_kind_has_a_status_column(self) -> None:
        assert not [(each.kind, name) for each in CONTRACTS for name in each.names if name == "status"]


class TestLaw7NoClockInACalculation:
    CLOCK = re.compile(r"\b(current_date|current_timestamp|now\(|today\(|get_current_time)", re.IGNORECASE)

    def test_no_fact_asks_the_time(self) -> None:
        assert not [name for name, text in FACTS.items() if self.CLOCK.search(text)]

    def test_no_calculation_asks_the_time(self) -> None:
        asked = []
        for path in Path("analytics").rglob("*.py"):
            if path.name in ("cli.py", "__main__.py"):
                continue
            for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
                if isinstance(node, ast.Call) and getattr(node.func, "attr", "") in ("today", "now", "utcnow"):
                    asked.append((path.name, node.lineno))
                if isinstance(node, ast.Constant) and isinstance(node.value, str) and self.CLOCK.search(node.value):
                    asked.append((path.name, node.lineno))
        assert not asked


class TestLaw8TwoBaselines:
    def test_each_answers_for_itself_and_a_blank_one_is_the_original(self) -> None:
        kinds = {
            "milestones": [
                *met(5, "2026-06-01"),
                *(milestone(f"m{n}", "2026-05-01", "2026-06-01", baseline_current="2026-06-01") for n in range(5)),
            ],
            "deliverables": [
                deliverable(f"d{n}", "2026-05-01", "2026-06-01", due_current="2026-06-01") for n in range(10)
            ],
            "budget": [month("2026-09", 100, 90, 90, planned_current=90), month("2026-10", 100)],
        }
        store, kpis = small(kinds), ("T01", "T02", "D01", "PV", "BAC")
        # Half slip 31 days, so the median lies between 0 and 31.
        assert values_of(store, WEDNESDAY, *kpis) == {"T01": 50, "T02": 15.5, "D01": 0, "PV": 100, "BAC": 200}
        current = {"T01": 100, "T02": 0, "D01": 100, "PV": 90, "BAC": 190}
        assert values_of(store, WEDNESDAY, *kpis, baseline="current") == current


class TestLaw9AttributionAndTwoLights:
    @pytest.mark.parametrize(
        ("days", "counts"),
        [
            ({"days_sponsor": 20}, False),
            ({"days_sponsor": 12, "days_external": 8}, False),
            ({"days_sponsor": 20, "attribution_status": "proposed"}, False),
            ({"days_sponsor": 20, "attribution_status": "disputed"}, True),
            ({"days_external": 1}, True),
            ({"days_sponsor": 19, "attribution_status": "agreed"}, True),
            ({"days_cro": 1, "days_sponsor": 19}, True),
            ({"days_cro": 20}, True),
            ({}, True),
            ({"days_cro": 0, "days_sponsor": 0}, True),
        ],
    )
    def test_late_with_days_of_which_none_is_the_cros(self, days: dict[str, object], counts: bool) -> None:
        # 20 days late. One day of somebody else's is not what the other 19 were lost to.
        store = small(
            {
                "milestones": [milestone("late", "2026-05-01", "2026-05-21", **days)],
                "deliverables": [deliverable("late", "2026-05-01", "2026-05-21", **days)],
            }
        )
        for row in rows_of(store, WEDNESDAY, "T01", "T02", "D01"):
            assert (row["n"], row["n_all"]) == (int(counts), 1), row["kpi"]

    def test_allocated_days_of_an_item_in_time_change_nothing(self) -> None:
        store = small({"milestones": met(10, days_sponsor=5)})
        assert row_of(store, WEDNESDAY, "T01")["n"] == 10

    @pytest.mark.parametrize(
        ("initiator", "percent"), [("cro", 8), ("shared", 8), ("sponsor", 0), ("external", 0), ("", 0)]
    )
    def test_change_orders_score_where_the_cro_had_a_part(self, initiator: str, percent: float) -> None:
        orders = [order("co", "2026-03-01", 80, initiator, executed="2026-04-01")]
        row = row_of(small({"change_orders": orders}), WEDNESDAY, "C06")
        assert (row["value"], row["value_all"]) == (percent, 8)


class TestLaw10AbsoluteBands:
    def test_adding_or_removing_a_cro_changes_no_other(self) -> None:
        kinds, others = every_kind(), of_engagement(every_kind(), "E2")
        worse = others | {"milestones": [milestone(f"m{n}", "2026-01-01", engagement_id="E2") for n in range(30)]}
        alone = small(kinds)
        beside = small({kind: [*rows, *worse[kind]] for kind, rows in kinds.items()} | TWO)
        mine = [row for row in rows_of(beside, WEDNESDAY, *BY_ID) if row["cro"] == "A"]
        assert mine == rows_of(alone, WEDNESDAY, *BY_ID)
        assert _score(alone) == _score(beside)

    def test_kpis_that_another_cro_reports_do_not_lower_the_coverage(self) -> None:
        alone = small(TWO | {"milestones": met(10)})
        beside = small(
            TWO | {"milestones": met(10)} | {"kpi_data": [count("Q05", "2026-09", 9, 10, engagement_id="E2")]}
        )
        assert _score(alone) == _score(beside)


class TestLaw12HowSure:
    @pytest.mark.parametrize("kpi", [kpi for kpi in ALL if isinstance(kpi.measure, Ratio)], ids=lambda kpi: kpi.id)
    def test_what_is_sampled_has_its_interval_and_nothing_else_has(self, kpi: Kpi) -> None:
        row = row_of(small(every_kind()), WEDNESDAY, kpi.id)
        assert isinstance(kpi.measure, Ratio)
        if kpi.measure.spread is not Spread.NONE and row["value"] is not None:
            assert 0 <= row["low"] < row["value"] < row["high"] or row["value"] in (row["low"], row["high"])
        else:
            assert (row["low"], row["high"]) == (None, None)


class TestLaw13MoneyHasACurrency:
    TWICE: ClassVar[Kinds] = {
        "engagements": [engagement("E1"), engagement("E2", currency="JPY")],
        "budget": [month("2026-09", 100, 100, 90), month("2026-09", 30_000, 30_000, 40_000, engagement_id="E2")],
    }
    RATES = (budget_rate("EUR", 1), budget_rate("JPY", 0.01), budget_rate("JPY", 0.5, 2025))

    @pytest.mark.parametrize("kpi", ["C01", "C02", "C03", "C04", "C05", "CV", "EAC", "BAC"])
    def test_without_a_rate_nothing_is_added(self, kpi: str) -> None:
        store = small(dict(self.TWICE) | {"fx_rates": [budget_rate("EUR", 1)]})
        assert row_of(store, WEDNESDAY, kpi)["value"] is None

    def test_one_rate_for_all_amounts_that_of_the_as_of_dates_year(self) -> None:
        store = small(dict(self.TWICE) | {"fx_rates": self.RATES})
        found = row_of(store, WEDNESDAY, "CV")
        assert (found["value"], found["unit"]) == (10 + 0.01 * -10_000, "EUR")

    def test_each_contract_in_its_own(self) -> None:
        store = small(dict(self.TWICE) | {"fx_rates": self.RATES})
        rows = rows_of(store, WEDNESDAY, "CV", by=("engagement",))
        assert [(row["value"], row["unit"]) for row in rows] == [(10, "EUR"), (-10_000, "JPY")]


class TestLaw14EveryFigureCanBeWalkedBack:
    FACTS_OF_KINDS = (
        "fact_milestone", "fact_deliverable", "fact_request", "fact_change_order", "fact_budget", "fact_engagement",
        "fact_baseline", "fact_invoice", "fact_unit", "fact_touchpoint", "fact_audit", "fact_finding",
        "fact_quality_event", "fact_assignment", "fact_survey", "fact_survey_answer",
    )  # fmt: skip

    @pytest.mark.parametrize("fact", FACTS_OF_KINDS)
    def test_a_row_names_the_upload_that_brought_it(self, fact: str) -> None:
        found = facts_of(small(every_kind()), WEDNESDAY, f"SELECT * FROM {fact}")
        assert found["upload"].tolist() == [1] * len(found)
        assert len(found)


def _score(store: Store) -> str:
    """What a CRO's score is made of, to the last digit, as text."""
    with store.read() as cursor:
        score = scorecard(View(cursor, scope_of(store, WEDNESDAY))).scores["A"]
    return repr(score)
