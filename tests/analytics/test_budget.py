"""Exposure, growth by initiator, signatures, cost types and variance at completion, on stores worked by hand."""

from collections.abc import Callable
from datetime import date
from typing import Any, TypeVar

import pandas as pd
import pytest

from analytics import budget, earned_value
from analytics.catalogue import BY_ID
from analytics.engine import kpi_rows
from analytics.view import View
from data.store import Store
from tests.world import CRO, ENGAGEMENT, Rows, scope_of, world

T = TypeVar("T")
AS_OF = date(2026, 3, 31)
BETA = {"cro_id": "B", "name": "Beta"}
RATES = [{"currency": "EUR", "year": 2026, "rate": 1}, {"currency": "USD", "year": 2026, "rate": 0.5}]


def engagement(code: str, cro: str = "A", currency: str = "EUR", value: float = 1000) -> dict[str, object]:
    return ENGAGEMENT | {
        "engagement_id": code, "cro_id": cro, "study_id": f"S-{code}", "currency": currency, "contract_value": value,
        "start_date": date(2026, 3, 1),
    }  # fmt: skip


def month(code: str, number: int, cost_type: str = "fee", **amounts: Any) -> dict[str, object]:
    return {"engagement_id": code, "month": f"2026-{number:02}", "cost_type": cost_type} | amounts


def order(code: str, of: str, value: float, initiator: str | None, **dates: date) -> dict[str, object]:
    return {
        "change_order_id": code, "engagement_id": of, "value": value, "initiator": initiator,
        "requested": date(2026, 1, 5),
    } | dict(dates)  # fmt: skip


def store_of(engagements: Rows, rates: Rows = RATES, **kinds: Rows) -> Store:
    return world((AS_OF, {"cros": [CRO, BETA], "engagements": engagements, "fx_rates": rates, **kinds}))


def asked(store: Store, question: Callable[..., T], *arguments: Any, **scope: Any) -> T:
    with store.read() as cursor:
        return question(View(cursor, scope_of(store, AS_OF, **scope)), *arguments)


def by(frame: pd.DataFrame, column: str) -> dict[str, dict[Any, Any]]:
    """The rows by the values of a column."""
    return {row[column]: row for row in frame.to_dict("records")}


def cells(row: dict[Any, Any], *names: str) -> list[Any]:
    return [row[name] for name in names]


SIGNED = date(2026, 2, 1)
TOLD: dict[str, Any] = {"planned_original": 400, "invoiced": 400, "forecast_remaining": 700}
"""A month of which 400 were spent and after which 700 are still to come: 1,100 at completion."""


def portfolio(rates: Rows = RATES) -> Store:
    """A: E1 in euro with a forecast, E2 in euro without one. B: E3 in dollars, worth half as much in euro."""
    return store_of(
        [engagement("E1"), engagement("E2", value=300), engagement("E3", "B", "USD", 2000)],
        rates,
        budget=[month("E1", 3, **TOLD), month("E3", 2, **TOLD | {"forecast_remaining": 2000})],
        change_orders=[
            order("C1", "E1", 60, "sponsor", submitted=SIGNED, executed=SIGNED),
            order("C2", "E1", 20, "cro", submitted=SIGNED, executed=SIGNED),
            order("C3", "E1", 5, None, submitted=SIGNED, executed=SIGNED),
            order("C4", "E1", 50, "cro", submitted=SIGNED),
            order("C5", "E1", 999, "cro", submitted=SIGNED, decided=SIGNED) | {"decision": "rejected"},
            order("C6", "E1", 888, "cro"),
        ],
    )


def test_exposure_is_pooled_at_the_budget_rate_and_mixes_no_forecast_with_contracts_of_others() -> None:
    found = asked(portfolio(), budget.exposure, "cro")
    rows, stages = by(found, "label"), ("contract", "executed", "unsigned", "forecast", "over")
    assert set(rows) == {"Alpha", "Alpha, no forecast", "Beta"}
    # E1: executed 60 + 20 + 5; forecast 400 + 700; over 1,100 - 1,085. A refused and an unpriced one count nowhere.
    assert cells(rows["Alpha"], *stages) == [1000, 85, 50, 1100, 15]
    # E3 at 0.5: contract 2,000, forecast 400 + 2,000
    assert cells(rows["Beta"], *stages) == [1000, 0, 0, 1200, 200]
    assert rows["Alpha, no forecast"]["contract"] == 300
    assert pd.isna(rows["Alpha, no forecast"]["forecast"])
    assert found["label"].iloc[0] == "Beta"  # furthest over first
    # Alpha 15 of 1,085, 1.4 %: green to 2 %. Beta 20 %: red from 5 %.
    assert {label: row["band"] for label, row in rows.items()} == {
        "Alpha": "green", "Alpha, no forecast": "not_reported", "Beta": "red",
    }  # fmt: skip


def test_what_is_over_is_the_numerator_of_the_kpi() -> None:
    store = portfolio()
    over = asked(store, budget.exposure, "cro")["over"].sum()
    (kpi,) = asked(store, kpi_rows, [BY_ID["C09"]], ())
    assert over == pytest.approx(-kpi["numerator"])


def test_a_forecast_that_is_not_told_anew_is_named() -> None:
    found = asked(portfolio(), budget.exposure, "cro")
    assert budget.silent(found) == "Forecasts of an older month: Beta (28 Feb 2026)."  # A told March, B only February


def test_by_study_each_engagement_stands_alone() -> None:
    found = asked(portfolio(), budget.exposure, "engagement")
    assert list(found["label"]) == ["S-E3, Beta", "S-E1, Alpha", "S-E2, Alpha"]


def test_one_currency_needs_no_rate() -> None:
    store = store_of([engagement("E1", currency="CHF")], [])
    money = asked(store, budget.currency)
    assert (money.code, money.pooled) == ("CHF", False)
    assert money.words == "Amounts in CHF, the currency of every contract here."
    assert asked(store, budget.exposure, "cro")["contract"].tolist() == [1000]


def test_without_a_rate_nothing_is_added_and_it_is_said() -> None:
    store = portfolio(RATES[:1])
    assert list(asked(store, budget.exposure, "cro")["label"]) == ["Alpha", "Alpha, no forecast"]
    words = asked(store, budget.currency).words
    assert "There is no budget rate of 2026 for USD: 1 engagement of Beta left out." in words
    assert asked(store, budget.steps)["amount"].tolist()[0] == 1000


def test_the_steps_add_up_to_the_forecast_by_initiator() -> None:
    steps, money = asked(portfolio(), budget.steps_of, "E1")
    assert money.code == "EUR"
    # 1,000 + 60 + 0 + 20 + 0 + 5 + 50 - 35 = 1,100: the rest of the forecast is under what is signed and submitted
    assert steps.values.tolist() == [
        ["Original contract", "absolute", 1000],
        ["Our changes", "relative", 60],
        ["Shared changes", "relative", 0],
        ["The CRO's changes", "relative", 20],
        ["External causes", "relative", 0],
        ["Initiator not recorded", "relative", 5],
        ["Submitted, not signed", "relative", 50],
        ["Forecast below all that", "relative", -35],
        ["Forecast at completion", "total", 1100],
    ]
    assert budget.growth(steps, "EUR") == (
        # signed are 1,085, so 15 of 1,085
        "The fee forecast is EUR 100 (10.0 %) over the original contract; the largest part: our changes, EUR 60; "
        "against what is signed by now it is EUR 15 (1.4 %) over"
    )


def test_where_earned_work_was_never_planned_is_said() -> None:
    """E1 grew by 10 %, E3 by half, E4 by 1 %, E5 by 2 %; E2 has no signed order."""
    grown = {"E1": 100, "E3": 1000, "E4": 10, "E5": 20}
    store = store_of(
        [engagement(f"E{n}", value=2000 if n == 3 else 1000) for n in range(1, 6)],
        budget=[month(f"E{n}", 3, planned_original=100, earned_value=90, invoiced=90) for n in range(1, 6)],
        change_orders=[
            *(order(f"C{of}", of, value, "sponsor", submitted=SIGNED, executed=SIGNED) for of, value in grown.items()),
            order("C2", "E2", 500, "sponsor", submitted=SIGNED),
        ],
    )
    said = asked(store, earned_value.grown)
    assert said.startswith("The original baseline knows no change order")
    assert "better than they are at S-E3, Alpha; S-E1, Alpha; S-E5, Alpha and 1 other." in said
    assert asked(store, earned_value.grown, baseline="current") == ""


def test_without_a_forecast_there_are_no_steps() -> None:
    steps, _ = asked(portfolio(), budget.steps_of, "E2")
    assert steps.empty
    assert budget.growth(steps, "EUR") == "No forecast at completion has been reported"


def test_work_before_signature_is_listed_with_its_days_and_money() -> None:
    needed = {"needed_by": date(2026, 3, 1)}
    store = store_of(
        [engagement("E1"), engagement("E3", "B", "USD")],
        change_orders=[
            order("late", "E1", 10, "cro", submitted=SIGNED, executed=date(2026, 3, 11), **needed),
            order("open", "E3", 100, "cro", submitted=SIGNED, **needed),
            order("unpriced", "E1", 7, "cro", **needed),
            order("soon", "E1", 30, "cro", submitted=SIGNED, needed_by=date(2026, 5, 30)),
            order("far", "E1", 1, "cro", submitted=SIGNED, needed_by=date(2026, 5, 31)),
            order("in time", "E1", 1, "cro", submitted=SIGNED, executed=date(2026, 2, 28), **needed),
            order("old", "E1", 1, "cro", needed_by=date(2025, 1, 10), executed=date(2025, 3, 31))
            | {"requested": date(2025, 1, 1)},
        ],
    )
    found = asked(store, budget.signatures)
    # 1 March to the as-of date, 31 March, is 30 days, and to the signature on 11 March 10; 60 days on is 30 May
    assert found[["change_order", "what", "days", "amount"]].values.tolist() == [
        ["open", "not signed, work has begun", 30, 50],
        ["unpriced", "not signed, work has begun", 30, 7],
        ["soon", "not signed, work begins soon", -60, 30],
        ["late", "signed after the work began", 10, 10],
    ]
    assert budget.at_stake(found).values.tolist() == [
        ["not signed, work has begun", 2, 57],
        ["not signed, work begins soon", 1, 30],
        ["signed after the work began", 1, 10],
    ]
    assert budget.stake(2, 57, "EUR") == "2, EUR 57"


def test_no_change_order_is_no_work_before_signature() -> None:
    found = budget.at_stake(asked(portfolio(), budget.signatures))
    assert found["items"].tolist() == [0, 0, 0]
    assert budget.stake(0, 0, "EUR") == "none"


def test_a_missing_rate_hides_the_sum_and_not_the_items() -> None:
    store = store_of(
        [engagement("E1"), engagement("E3", "B", "USD")],
        RATES[:1],
        change_orders=[order("open", "E3", 100, "cro", submitted=SIGNED, needed_by=date(2026, 3, 1))],
    )
    state = budget.at_stake(asked(store, budget.signatures)).iloc[0]
    assert budget.stake(state["items"], state["amount"], "EUR") == "1, no rate for all"


def test_cost_types_stand_apart_and_against_the_baseline_of_the_scope() -> None:
    store = store_of(
        [engagement("E1")],
        budget=[
            month("E1", 3, planned_original=500, planned_current=650, invoiced=400, forecast_remaining=200),
            month("E1", 4, planned_original=200),
            month("E1", 3, "pass_through", planned_original=90, invoiced=50, forecast_remaining=30),
            month("E1", 3, "grant", planned_original=10, invoiced=4),
        ],
    )
    columns = ("planned_original", "planned_current", "spent", "forecast", "left")
    rows = by(asked(store, budget.cost_types, "cro"), "cost_type")
    # fee: budget 500 + 200, forecast 400 + 200; the current one 650 + 200. The grant does not tell what is to come.
    assert cells(rows["fee"], *columns) == [700, 850, 400, 600, 100]
    assert cells(rows["pass_through"], *columns) == [90, 90, 50, 80, 10]
    assert rows["grant"]["spent"] == 4
    assert pd.isna(rows["grant"]["forecast"])
    assert pd.isna(rows["grant"]["left"])
    current = by(asked(store, budget.cost_types, "cro", baseline="current"), "cost_type")
    assert current["fee"]["left"] == 250
    said = budget.pass_through(asked(store, budget.cost_types, "cro"), "EUR")
    assert said == "Forecast against budget: fee EUR 100 under, pass-through EUR 10 under"


def test_variance_at_completion_is_the_kpi_with_the_range_of_all_ways() -> None:
    store = store_of(
        [engagement("E1")],
        budget=[
            month("E1", 2, planned_original=500, earned_value=400, invoiced=500, forecast_remaining=900),
            month("E1", 4, planned_original=400),
        ],
    )
    row = asked(store, earned_value.completion, "cro").iloc[0]
    # BAC 900, EV 400, AC 500, PV 500: CPI 0.8, SPI 0.8. AC + (BAC - EV) / (CPI x SPI) = 500 + 500 / 0.64 = 1,281.25;
    # BAC / CPI = 1,125; AC + (BAC - EV) = 1,000; bottom-up 500 + 900 = 1,400
    assert row["value"] == pytest.approx(100 * -381.25 / 900)
    assert (row["low"], row["high"]) == (pytest.approx(100 * -500 / 900), pytest.approx(100 * -100 / 900))
    assert row["bottom_up"] == 1400
    assert (row["band"], row["amount"]) == ("red", "EUR 381 over")


def test_bottom_up_is_no_estimate_where_a_cost_type_does_not_tell_what_is_to_come() -> None:
    store = store_of(
        [engagement("E1")],
        budget=[
            month("E1", 2, planned_original=500, earned_value=400, invoiced=500, forecast_remaining=5000),
            month("E1", 2, "pass_through", planned_original=500, earned_value=500, invoiced=500),
        ],
    )
    row = asked(store, earned_value.completion, "engagement").iloc[0]
    assert row["label"] == "S-E1, Alpha"
    # BAC 1,000, EV 900, AC 1,000, PV 1,000: CPI = SPI = 0.9; worst is 1,000 + 100 / 0.81 = 1,123.46, not 5,500 and more
    assert row["low"] == pytest.approx(100 * (1000 - 1123.4567901) / 1000)


def test_indices_pool_sums_month_by_month_and_leave_out_what_is_not_physical() -> None:
    both: dict[str, Any] = {"planned_original": 100, "earned_value": 100}
    copied: dict[str, Any] = {"planned_original": 100, "earned_value": 70, "invoiced": 70}
    store = store_of(
        [engagement("E1"), engagement("E2"), engagement("E4")],
        budget=[
            month("E1", 1, **both, invoiced=50),
            month("E2", 1, planned_original=900, earned_value=900, invoiced=1000),
            month("E1", 2, **both, invoiced=150),
            month("E4", 1, **copied),
            month("E4", 2, **copied),
        ],
    )
    rows = asked(store, earned_value.indices)
    # January: (100 + 900) / (50 + 1,000) = 0.952, where the mean of 2 and 0.9 would be 1.45. February: E2 has ended and
    # stays with its sums: (200 + 900) / (200 + 1,000)
    assert rows["cpi"].tolist() == pytest.approx([1000 / 1050, 1100 / 1200])
    assert rows["spi"].tolist() == pytest.approx([1, 1])
    left_out = asked(store, earned_value.not_physical)
    assert list(left_out["engagement_id"]) == ["E4"]
    assert "S-E4, Alpha" in earned_value.copied(left_out)


def test_the_last_month_of_the_indices_is_the_kpi(demo_store: Store) -> None:
    day = date(2026, 10, 31)
    with demo_store.read() as cursor:
        view = View(cursor, scope_of(demo_store, day))
        months = by(earned_value.indices(view).groupby("cro").last().reset_index(), "cro")
        kpis = kpi_rows(view, [BY_ID["C02"], BY_ID["C03"]], ("cro",))
        names = {row["cro_id"]: row["cro"] for row in view.rows("SELECT DISTINCT cro_id, cro FROM fact_engagement")}
    column = {"C02": "cpi", "C03": "spi"}
    assert len(kpis) == 16
    for row in kpis:
        assert months[names[row["cro"]]][column[row["kpi"]]] == pytest.approx(row["value"], rel=1e-12)


def test_the_demo_says_who_made_the_psoriasis_study_grow(demo_store: Store) -> None:
    """The story "overrun-explained": 1.87 of the 1.97 million are ours, 55 thousand are the CRO's."""
    with demo_store.read() as cursor:
        steps, money = budget.steps_of(View(cursor, scope_of(demo_store, date(2026, 10, 31))), "E-2424")
    amounts = dict(zip(steps["step"], steps["amount"], strict=True))
    assert (amounts["Our changes"], amounts["The CRO's changes"]) == (1_870_000, 55_000)
    assert amounts["Forecast at completion"] == pytest.approx(8_167_099)
    assert budget.growth(steps, money.code) == (
        # signed are 6.2 + 1.925 million, so 42,099 of 8,125,000
        "The fee forecast is EUR 1.97m (31.7 %) over the original contract; the largest part: our changes, EUR 1.87m; "
        "against what is signed by now it is EUR 42.1k (0.5 %) over"
    )
