"""Earned value and earned schedule: the published examples, unrounded, and where a series begins and ends."""

from collections.abc import Sequence
from datetime import date
from itertools import pairwise

import pytest

from analytics import study
from analytics.forecast.finish import EXHAUSTED, finishes
from analytics.kpi import Band
from analytics.scope import month_end
from analytics.view import View
from data.store import Store
from tests.analytics.ask import row_of, rows_of, values_of
from tests.analytics.goldens.case import Row, budget_rate, month
from tests.world import engagement, scope_of, small

JANUARY, FEBRUARY, MARCH, JUNE = date(2025, 1, 31), date(2025, 2, 28), date(2025, 3, 31), date(2025, 6, 30)


def exactly(value: float) -> object:
    return pytest.approx(value, rel=1e-12, abs=1e-9)


def steps(cumulative: Sequence[float]) -> list[float]:
    return [round(now - before, 6) for before, now in pairwise([0, *cumulative])]


def months(pv: Sequence[float], ev: Sequence[float], ac: Sequence[float] | None = None, **more: object) -> list[Row]:
    """Cumulated PV, EV and AC as the amounts of the months from January 2025; AC is EV unless given."""
    done = list(zip(steps(ev), steps(ac or ev)))
    return [
        month(f"2025-{number:02}", planned, *(done[number - 1] if number <= len(done) else ()), **more)
        for number, planned in enumerate(steps(pv), 1)
    ]


# PMP Exam Prep, the exercise of the fence, as reproduced at https://studylib.net/doc/5898152/earned-value-exercise.
# Printed: CV -300, SV -500, CPI 0.893, SPI 0.833. It prints EAC 4479, since it divides by the rounded CPI; unrounded
# 4000 / (2500/2800) = 4480. The other forecasts follow from their formulas:
# 2800 + 1500 / (2500/2800 x 2500/3000) = 2800 + 1500 x 2800 x 3000 / 2500^2 = 4816.
FENCE = {
    "PV": 3000, "EV": 2500, "AC": 2800, "BAC": 4000, "CV": -300, "SV": -500,
    "C01": -12, "C02": 2500 / 2800, "C03": 2500 / 3000, "C04": 100 * (4000 - 4816) / 4000, "C05": 1500 / 1200,
    "EAC": 4480, "EAC_bac_over_cpi": 4480, "EAC_ac_plus_remaining": 4300, "EAC_cpi_spi": 4816,
    "EAC_80_20": 2800 + 1500 / (0.8 * 2500 / 2800 + 0.2 * 2500 / 3000), "ETC": 1680, "VAC": -480,
}  # fmt: skip

# The R package PRA (tests/testthat/test-evm.R, after Damnjanovic and Reinschmidt 2020): BAC 100,000, schedule 10 20 40
# 70 100 %, in period 3 35 % complete at a cost of 36,000. Printed: PV 40,000, EV 35,000, AC 36,000, SV -5,000,
# CV -1,000, SPI 0.875, CPI 0.9722222.
PRA = {
    "PV": 40_000, "EV": 35_000, "AC": 36_000, "SV": -5_000, "CV": -1_000, "C03": 0.875, "C02": 35 / 36,
    "EAC_bac_over_cpi": 100_000 * 36 / 35,
}  # fmt: skip

# Vanhoucke, PM Knowledge Center, "EVM: Forecasting time" (http://pmknowledgecenter.com/node/167), its weeks read as
# months. Printed: PV and EV whole, ES of weeks 1 to 6. PV first reaches BAC in week 9, so PD is 9.
PV = [5, 10, 25, 55, 85, 120, 130, 140, 150, 150, 150]
EV = [3.33, 6.67, 10, 22.5, 70, 82.5, 90, 120, 130, 140, 150]
ES_PRINTED = [0.67, 1.33, 2.0, 2.83, 4.5, 4.92]
# ES = C + (EV - PV_C) / (PV_C+1 - PV_C), worked week by week.
ES = [
    3.33 / 5,
    1 + (6.67 - 5) / 5,
    2,
    2 + 12.5 / 15,
    4 + 15 / 30,
    4 + 27.5 / 30,
    5 + 5 / 35,
    6,
    7,
    8,
    9,
]
PD = 9


@pytest.fixture(scope="module")
def vanhoucke() -> Store:
    return small({"budget": months(PV, EV)})


def test_the_fence() -> None:
    store = small({"budget": months([3000, 4000], [2500], [2800])})
    found = values_of(store, JANUARY, *FENCE)
    assert found == {kpi: exactly(value) for kpi, value in FENCE.items()}


def test_the_package_pra() -> None:
    pv = [10_000, 20_000, 40_000, 70_000, 100_000]
    store = small({"budget": months(pv, [9_000, 20_000, 35_000], [9_000, 18_000, 36_000])})
    found = values_of(store, MARCH, *PRA)
    assert found == {kpi: exactly(value) for kpi, value in PRA.items()}


@pytest.mark.parametrize("at", range(1, 12))
def test_vanhoucke_at_every_period(vanhoucke: Store, at: int) -> None:
    as_of, es = month_end(date(2025, at, 1)), ES[at - 1]
    spi_t, forecast, spi = rows_of(vanhoucke, as_of, "T08", "T09", "C03", by=())
    assert (spi_t["numerator"], spi_t["denominator"]) == (exactly(es), at)
    assert spi_t["value"] == exactly(es / at)
    assert spi_t["numerator"] - spi_t["denominator"] == exactly(es - at)  # SV(t)
    assert PD * (1 + forecast["value"] / 100) == exactly(PD / (es / at))  # IEAC(t)
    assert spi["value"] == exactly(EV[at - 1] / PV[at - 1])


def test_vanhoucke_as_printed() -> None:
    assert ES[:6] == pytest.approx(ES_PRINTED, abs=0.006)


def test_spi_forgets_that_a_late_project_was_late_and_spi_t_does_not(vanhoucke: Store) -> None:
    found = values_of(vanhoucke, date(2025, 11, 30), "C03", "T08")
    assert found == {"C03": exactly(1), "T08": exactly(9 / 11)}


def test_actual_time_stops_when_the_work_is_done() -> None:
    # Two months more with a plan and earnings of 0: AT stays 11.
    store = small({"budget": [*months(PV, EV), month("2025-12", 0, 0, 0), month("2026-01", 0, 0, 0)]})
    assert values_of(store, date(2026, 1, 31), "T08")["T08"] == exactly(9 / 11)


def test_the_flat_tail_of_the_plan_is_cut() -> None:
    # PV 50 100 100 100, EV 100 in month 4: ES is 2, the first month that reaches BAC, and not 4.
    store = small({"budget": months([50, 100, 100, 100], [20, 40, 60, 100])})
    found = row_of(store, date(2025, 4, 30), "T08")
    assert (found["numerator"], found["denominator"]) == (exactly(2), 4)
    # EV 60 in month 3 lies between PV 50 and 100: 1 + 10/50.
    assert row_of(store, MARCH, "T08")["numerator"] == exactly(1.2)


def test_work_ahead_of_the_plan_has_earned_months_to_come() -> None:
    # EV 85 in month 2 of PV 10 30 60 100: ES 3 + 25/40.
    store = small({"budget": months([10, 30, 60, 100], [10, 85])})
    assert row_of(store, FEBRUARY, "T08")["numerator"] == exactly(3.625)


def test_what_has_earned_nothing_is_forecast_as_budgeted_and_not_rated() -> None:
    # PD 4 after 3 months: 3 + 4 months, 75 % longer. AC 5 + BAC 100: 5 % over.
    store = small({"budget": months([10, 30, 60, 100], [0, 0, 0], [5, 5, 5])})
    found = values_of(store, MARCH, "T08", "T09", "C01", "C02", "C04")
    assert found == {"T08": 0, "T09": 75, "C01": None, "C02": 0, "C04": -5}
    assert [row_of(store, MARCH, kpi)["band"] for kpi in ("T09", "C04")] == [Band.UNRATED, Band.UNRATED]


@pytest.mark.parametrize(
    "gap",
    [
        pytest.param({"earned_value": ""}, id="no EV"),
        pytest.param({"invoiced": ""}, id="no AC"),
        pytest.param(None, id="no row"),
    ],
)
def test_a_gap_ends_the_series(gap: Row | None) -> None:
    # Reported to June with a gap in March: PV 20, EV 10, AC 10 as in February.
    rows = months([10, 20, 30, 40, 50, 60], [5, 10, 15, 20, 25, 30])
    rows[2:3] = [] if gap is None else [rows[2] | gap]
    store = small({"budget": rows})
    found = values_of(store, JUNE, "PV", "EV", "AC", "T08")
    assert found == {"PV": 20, "EV": 10, "AC": 10, "T08": 0.5}


def test_every_cost_type_is_needed() -> None:
    fee = months([10, 20, 30], [10, 20, 30])
    passed = months([10, 20, 30], [5, 10], cost_type="pass_through")
    store = small({"budget": [*fee, *passed]})
    assert values_of(store, MARCH, "PV", "EV", "BAC") == {"PV": 40, "EV": 30, "BAC": 60}


def test_a_cost_type_that_has_not_begun_is_not_a_gap() -> None:
    # Grants are planned from March on; in January and February there is nothing to report of them.
    fee = months([10, 20, 30], [10, 20, 30])
    grants = [month("2025-01", 0, cost_type="grant"), month("2025-03", 10, 8, 8, cost_type="grant")]
    store = small({"budget": [*fee, *grants]})
    assert values_of(store, MARCH, "PV", "EV", "AC") == {"PV": 40, "EV": 38, "AC": 38}


def test_a_month_counts_once_it_has_ended() -> None:
    store = small({"budget": months([10, 20, 30], [10, 20, 30])})
    assert values_of(store, date(2025, 3, 30), "EV")["EV"] == 20
    assert values_of(store, MARCH, "EV")["EV"] == 30


def test_what_adds_up_to_the_budget_in_cents_is_the_budget() -> None:
    # 0.10 + 0.20 of work is a budget of 0.30, which floats would exceed; 0.10 + 0.70 spent is one of 0.80, which they
    # would not reach.
    earned = small({"budget": months([0.3, 0.3], [0.1, 0.3])})
    with earned.read() as cursor:
        found = study.spending(View(cursor, scope_of(earned, FEBRUARY)), "E1")
    assert (found.earned, found.bac, study.outgrown(found)) == (0.3, 0.3, "")
    spent = small({"budget": months([0.8, 0.8], [0.1, 0.4], [0.1, 0.8])})
    with spent.read() as cursor:
        [gone] = finishes(View(cursor, scope_of(spent, FEBRUARY))).to_dict("records")
    assert (gone["gone_reason"], gone["gone"].date()) == (EXHAUSTED, FEBRUARY)


def test_nothing_reported_is_not_zero() -> None:
    store = small({"budget": months([10, 20, 30], [])})
    assert set(values_of(store, MARCH, "PV", "EV", "AC", "C01", "C02", "T08").values()) == {None}


@pytest.mark.parametrize(
    ("amounts", "expected"),
    [
        pytest.param([{"invoiced": 10}, {"invoiced": 20}], 30, id="invoiced alone"),
        pytest.param([{"accrued": 10}, {"accrued": 20}], 30, id="accrued alone"),
        pytest.param([{"invoiced": 10, "accrued": 5}, {"invoiced": 20, "accrued": -5}], 30, id="both"),
        pytest.param([{"invoiced": 10, "accrued": 5}, {"invoiced": 20}], 15, id="one of both is missing: a gap"),
    ],
)
def test_actual_cost_is_invoiced_and_accrued(amounts: list[Row], expected: float) -> None:
    rows = [month(f"2025-0{number}", 10, 10) | each for number, each in enumerate(amounts, 1)]
    assert values_of(small({"budget": rows}), FEBRUARY, "AC")["AC"] == expected


def test_an_accrual_that_comes_later_makes_no_gap_before_it() -> None:
    # Accruals are used from March on: as of February there were none to report.
    rows = [month("2025-01", 10, 10, 10), month("2025-02", 10, 10, 10), month("2025-03", 10, 10, 10, accrued=5)]
    store = small({"budget": rows})
    assert values_of(store, FEBRUARY, "AC")["AC"] == 20


def test_both_baselines() -> None:
    # Original PV 10 30 60 100, current 5 20 40 70 100; EV 30 in month 3.
    current = [5, 15, 20, 30, 30]
    original = [*steps([10, 30, 60, 100]), 0]
    rows = [
        month(f"2025-0{number}", old, *((10, 10) if number <= 3 else ()), planned_current=new)
        for number, (old, new) in enumerate(zip(original, current), 1)
    ]
    store = small({"budget": rows})
    assert values_of(store, MARCH, "PV", "C03", "T08") == {"PV": 60, "C03": 0.5, "T08": exactly(2 / 3)}
    # ES by the current plan: 2 + 10/20 = 2.5.
    assert values_of(store, MARCH, "PV", "C03", "T08", baseline="current") == {
        "PV": 40,
        "C03": 0.75,
        "T08": exactly(2.5 / 3),
    }


def test_cpi_over_two_currencies_at_budget_rates() -> None:
    # EUR 100/125 and USD 300/200 at 0.9: 370/305. Without rates 400/325.
    kinds = {
        "engagements": [engagement("E1"), engagement("E2", currency="USD")],
        "budget": [month("2025-01", 100, 100, 125), month("2025-01", 300, 300, 200, engagement_id="E2")],
        "fx_rates": [budget_rate("EUR", 1, 2025), budget_rate("USD", 0.9, 2025), budget_rate("USD", 2, 2026)],
    }
    assert values_of(small(kinds), JANUARY, "C02")["C02"] == exactly(370 / 305)
    missing = kinds | {"fx_rates": [budget_rate("EUR", 1, 2025)]}
    (row,) = rows_of(small(missing), JANUARY, "C02", by=())
    assert (row["value"], row["n"], row["reason"]) == (None, 2, "no budget rate of the year for every currency")
    (row,) = rows_of(small(missing), JANUARY, "AC", by=())
    assert row["value"] is None
