"""The chance of a milestone, from errors few enough to count by hand."""

from datetime import date, timedelta
from typing import Any

import numpy as np
import pandas as pd
import pytest

from analytics.forecast import chance
from analytics.forecast.chance import (
    History,
    chances,
    in_order,
    interval,
    past_due_risk,
    predict,
    seed,
    weights,
)
from analytics.view import View
from data.store import Store
from tests.world import cros, engagement, scope_of, world

AS_OF = date(2026, 6, 30)


def history(errors: list[float], cro: str = "A", over: bool = True, lead: float = 30.0, start: int = 0) -> pd.DataFrame:
    return pd.DataFrame(
        {"case": f"{cro}{start + place}", "kind": "dbl", "cro": cro, "lead": lead, "error": error, "over": over}
        for place, error in enumerate(errors)
    )


def still(
    slack: float = 0.0, past: float = -30.0, lead: float = 30.0, cro: str = "A", key: str = "one"
) -> pd.DataFrame:
    return pd.DataFrame([{"key": key, "kind": "dbl", "cro": cro, "lead": lead, "past": past, "slack": slack}])


def one(before: pd.DataFrame, **asked: Any) -> dict[str, Any]:
    [row] = predict(History(before), still(**asked)).to_dict("records")
    return {str(name): value for name, value in row.items()}


def test_the_chance_is_the_share_of_past_errors_that_fit() -> None:
    """Errors 0 to 19 days; due 4 days after the forecast: 0, 1, 2, 3 and 4 fit, 5 of 20."""
    found = one(history([float(day) for day in range(20)]), slack=4.0)
    assert found["chance"] == pytest.approx(25.0)
    assert (found["cases"], found["own_cases"], found["reason"]) == (20, 20, None)


def test_the_range_is_that_of_the_next_case() -> None:
    """Of 20 past errors the k-th stands at k / 21: 10 % is place 2.1, 50 % place 10.5, 90 % place 18.9 (Hyndman-Fan 6).

    The k-th error is k - 1 days, so 1.1, 9.5 and 17.9 days.
    """
    found = one(history([float(day) for day in range(20)]))
    assert [found[name] for name in ("p10", "p50", "p90")] == pytest.approx([1.1, 9.5, 17.9])


def test_numpy_agrees_on_uneven_errors() -> None:
    errors = [(7 * k * k) % 101 / 3 for k in range(37)]
    found = one(history(errors))
    levels = [float(np.quantile(errors, level, method="weibull")) for level in (0.1, 0.5, 0.9)]
    assert [found[name] for name in ("p10", "p50", "p90")] == pytest.approx(levels)


def test_the_range_holds_a_new_case_as_often_as_it_says() -> None:
    """Of 3,000 draws of 25 past errors and a new one, 80 % of the new ones fall inside (standard error 0.7)."""
    dice = np.random.default_rng(4)
    inside = 0
    for _ in range(3000):
        errors = dice.lognormal(2, 1, 26)
        found = chance.ahead(History(history(list(errors[:25]))).like("dbl", "A", 30.0), -30.0)[0]
        assert found is not None
        low, high = found.quantile(0.1), found.quantile(0.9)
        assert low is not None
        assert high is not None
        inside += low <= errors[25] <= high
    assert 100 * inside / 3000 == pytest.approx(80, abs=2.5)


def test_under_twenty_cases_there_is_no_chance() -> None:
    found = one(history([1.0] * 19))
    assert found["reason"] == "too few past cases (19 of 20)"
    assert pd.isna(found["chance"])
    assert pd.isna(found["p90"])


def test_open_cases_count_as_late_as_they_are_and_are_not_left_out() -> None:
    """20 came on their day; 20 are open, 10 days late: half are later than 5 days, where leaving them out says none."""
    past = pd.concat([history([0.0] * 20), history([10.0] * 20, over=False, start=20)])
    found = one(past, slack=5.0)
    assert found["chance"] == pytest.approx(50.0)
    assert found["cases"] == 20
    # The curve never gets to nine of ten: the late end is not known.
    assert pd.isna(found["p90"])


def test_an_overdue_one_is_read_on_what_was_as_late() -> None:
    """20 days past: of errors 1 to 40 those of 21 to 40 are left; 30 or less are 10 of these 20."""
    found = one(history([float(day) for day in range(1, 41)]), past=20.0, slack=30.0)
    assert found["chance"] == pytest.approx(50.0)
    assert found["p10"] > 20


def test_past_its_due_date_it_is_missed() -> None:
    found = one(history([float(day) for day in range(1, 41)]), past=20.0, slack=20.0)
    assert found["chance"] == 0
    assert pd.isna(found["chance_low"])


def test_later_than_the_past_tells_says_so() -> None:
    found = one(history([float(day) for day in range(1, 41)]), past=37.0, slack=50.0)
    assert found["reason"] == "too late to tell: of 40 past cases fewer than 5 went on for this long"


def test_it_is_never_surer_than_the_number_of_cases() -> None:
    """All 30 on time: 30 / 31, since the next may be the first; Wilson of 30 of 30 by hand: 30 / (30 + 3.8415)."""
    found = one(history([-1.0] * 30))
    assert found["chance"] == pytest.approx(100 * 30 / 31)
    assert found["chance_low"] == pytest.approx(100 * 30 / 33.8415, abs=1e-3)
    assert found["chance_high"] == pytest.approx(100.0)


def test_own_cases_weigh_n_over_n_plus_ten() -> None:
    """10 own, all late; 40 of others, all on time: 10 / 20 of the weight is the CRO's own, so 50 %, not 80 %."""
    past = pd.concat([history([9.0] * 10), history([0.0] * 40, "B")])
    assert one(past, slack=5.0)["chance"] == pytest.approx(50.0)
    assert one(past, slack=5.0, cro="C")["chance"] == pytest.approx(80.0)  # a CRO without a past: all of them
    # 30 own would weigh 30 / 40
    past = pd.concat([history([9.0] * 30), history([0.0] * 40, "B")])
    assert one(past, slack=5.0)["chance"] == pytest.approx(25.0)


def test_weights_add_up_to_the_cases() -> None:
    over, own = np.array([True, False, True, True]), np.array([True, True, False, False])
    found = weights(over, own)
    # One own case is over: 1 / 11 of the weight, over two own cases; the other 10 / 11 over two.
    assert found == pytest.approx([4 / 22, 4 / 22, 40 / 22, 40 / 22])


def test_only_comparable_leads_count_and_the_nearest_of_a_case() -> None:
    past = pd.concat(
        [
            history([5.0] * 25, lead=200.0),  # told 200 days ahead: as far off as 100 to 400
            history([0.0] * 25, lead=190.0),  # the same cases, told ten days later
            history([9.0] * 25, "B", lead=500.0),  # too long before
        ]
    )
    found = History(past).like("dbl", "A", 192.0)
    assert (found.cases, set(found.days)) == (25, {0.0})
    assert set(History(past).like("dbl", "A", 240.0).days) == {5.0}
    assert History(past).like("dbl", "A", 90.0).cases == 0
    assert History(past).like("csr", "A", 192.0).cases == 0


def test_the_order_of_rows_and_other_cases_change_nothing() -> None:
    past = pd.concat([history([float(k * k % 17) for k in range(30)]), history([3.0, 8.0] * 9, "B")])
    first = predict(History(past), still(slack=4.0))
    both = predict(History(past.sample(frac=1, random_state=1)), pd.concat([still(key="two"), still(slack=4.0)]))
    pd.testing.assert_frame_equal(first.reset_index(drop=True), both.iloc[[1]].reset_index(drop=True))


def test_the_seed_is_the_same_on_every_machine() -> None:
    assert seed("123456789") == 0xCBF43926  # the check value of CRC-32


def test_the_bootstrap_is_about_as_wide_as_theory_says() -> None:
    """40 of 100 fit: binomial standard error 4.9, so about 30.4 to 49.6."""
    errors = History(history([0.0] * 40 + [9.0] * 60)).like("dbl", "A", 30.0)
    low, high = interval(errors, -30.0, 5.0, 2000, 1)
    assert [100 * low, 100 * high] == pytest.approx([30.4, 49.6], abs=1.5)


def told(*, contractual: bool = False) -> Store:
    """21 engagements whose database lock came 1 to 21 days after the date that was forecast 60 days ahead; one open."""
    due = date(2026, 3, 1)
    first = due - timedelta(days=60)
    done = [f"D{number:02}" for number in range(1, 22)]
    before = [{"engagement_id": name, "milestone": "dbl", "baseline_original": due, "forecast": due} for name in done]
    after = [row | {"actual": due + timedelta(days=number)} for number, row in enumerate(before, 1)]
    ahead = AS_OF + timedelta(days=60)
    last = {
        "engagement_id": "E1", "milestone": "dbl", "baseline_original": ahead + timedelta(days=5), "forecast": ahead,
        "contractual": contractual,
    }  # fmt: skip
    own = [engagement("E1", "A"), *(engagement(name, "B", study_id=name) for name in done)]
    return world(
        (first, {"cros": cros("A", "B"), "engagements": own, "milestones": before}),
        (AS_OF, {"milestones": [*after, last]}),
    )


def view_of(store: Store, **over: Any) -> list[dict[Any, Any]]:
    with store.read() as cursor:
        return chances(View(cursor, scope_of(store, AS_OF, **over))).to_dict("records")


def test_from_the_store() -> None:
    """Errors 1 to 21; due 5 days after the forecast: 5 of 21. The middle: place 11 of 21, so 11 days after."""
    [row] = view_of(told())
    assert row["chance"] == pytest.approx(100 * 5 / 21)
    assert row["p50"] == pd.Timestamp(AS_OF + timedelta(days=60 + 11))
    assert (row["cases"], row["own_cases"], row["basis"]) == (21, 0, "forecast")
    assert row["milestone"] == "Database lock (DBL)"


def test_a_filter_hides_no_history() -> None:
    assert view_of(told(), cros=("A",)) == view_of(told())
    assert view_of(told(), cros=("B",)) == []


def test_what_the_viewer_may_not_see_is_no_history() -> None:
    [row] = view_of(told(), visible_cros=("A",))
    assert row["reason"] == "too few past cases (0 of 20)"


def test_what_was_not_known_then_is_not_used() -> None:
    [row] = [row for row in view_of(told(), known_at=1) if row["engagement"] == "D01"]
    assert row["reason"] == "too few past cases (0 of 20)"


def test_without_a_forecast_the_baseline_stands_for_it() -> None:
    due = date(2026, 3, 1)
    done = [f"D{number:02}" for number in range(1, 22)]
    rows: list[dict[str, object]] = [
        {"engagement_id": name, "milestone": "dbl", "baseline_original": due, "actual": due + timedelta(days=number)}
        for number, name in enumerate(done, 1)
    ]
    rows.append({"engagement_id": "E1", "milestone": "dbl", "baseline_original": date(2026, 9, 1)})
    own = [engagement("E1", "A"), *(engagement(name, "B", study_id=name) for name in done)]
    store = world((AS_OF, {"cros": cros("A", "B"), "engagements": own, "milestones": rows}))
    [row] = view_of(store)
    assert (row["basis"], row["cases"]) == ("baseline", 21)
    # All were late, so at most 1 in 22; the middle is the 11th error.
    assert row["chance"] == pytest.approx(100 / 22)
    assert row["p50"] == pd.Timestamp(2026, 9, 12)


def test_a_contractual_date_at_risk() -> None:
    """Forecast 5 days before the due date, and the middle of the range 6 days after it."""
    for contractual, lates in ((True, [6.0]), (False, [])):
        store = told(contractual=contractual)
        with store.read() as cursor:
            found = past_due_risk(View(cursor, scope_of(store, AS_OF)))
        assert list(found["days_late"]) == lates


def test_an_empty_store_has_nothing_ahead() -> None:
    store = world((AS_OF, {"cros": cros("A"), "engagements": [engagement("E1")]}))
    assert view_of(store) == []


def test_no_chance_is_given_against_the_order_of_the_plan() -> None:
    """Topline is planned two weeks after the lock of the data base; the lock is likely in May, the topline in April."""
    columns = ["engagement", "milestone", "due", "p50", "chance", "chance_low", "chance_high", "reason"]
    rows = [
        ("E1", "Lock", "2026-03-01", "2026-05-10", 20.0, 10.0, 30.0, None),
        ("E1", "Topline", "2026-03-15", "2026-04-01", 70.0, 60.0, 80.0, None),
        ("E1", "Report", "2026-06-15", "2026-06-20", 40.0, 30.0, 50.0, None),
        ("E2", "Topline", "2026-03-15", "2026-04-01", 70.0, 60.0, 80.0, None),
        ("E1", "Past", "2026-03-02", "2026-04-02", 0.0, np.nan, np.nan, None),
    ]
    frame = pd.DataFrame(rows, columns=columns).astype({"due": "datetime64[us]", "p50": "datetime64[us]"})
    found = in_order(frame).set_index(["engagement", "milestone"])
    assert found["chance"].fillna(-1).tolist() == [20, -1, 40, 70, 0]
    assert found.loc[("E1", "Topline"), "reason"] == "Lock comes before it and is likely later"
    assert found["reason"].notna().sum() == 1
