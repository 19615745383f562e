"""Why a figure changed: worked by hand, against a second computation, and by laws that hold for any numbers."""

from datetime import date, timedelta
from itertools import permutations
from math import factorial
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as some

from analytics.catalogue import BY_ID
from analytics.kpi import Band, Median, Ratio, Spread
from analytics.scope import Scope
from analytics.score import Part, compose, scorecard
from analytics.survival import curve
from analytics.view import View
from analytics.why import Why, why_kpi, why_money, why_score
from analytics.why.pool import PLAYERS, NoSplit, Pool, _curves, _sums, split
from analytics.why.score import effects
from analytics.why.shapley import bits, owen, shapley
from data.store import Store
from tests.world import CRO, cros, engagement, scope_of, small

THEN, NOW = date(2026, 6, 30), date(2026, 9, 30)


def pool(**sums: tuple[tuple[float, float], tuple[float, float]]) -> Pool:
    """Numerator and denominator of each engagement, then and now, of a percentage."""
    cases = [
        {name: [{"numerator": top, "denominator": bottom}] for name, of in sums.items() for top, bottom in [of[side]]}
        for side in (0, 1)
    ]
    rates = (dict.fromkeys(sums, 1.0), dict.fromkeys(sums, 1.0))
    ratio = Ratio(numerator="a", denominator="b", scale=100)
    rows, value, weight = _sums(ratio, list(sums), (cases[0], cases[1]), rates, "")
    stays = tuple(bool(before.any() and after.any()) for before, after in zip(*rows, strict=True))
    return Pool(tuple(sums), tuple((name,) for name in sums), *rows, value, weight, stays)


def parts(of: Pool) -> dict[str, Any]:
    """Mix and performance by label."""
    found = split(of)
    pairs = zip(found.mix.tolist(), found.performance.tolist(), strict=True)
    return dict(zip(found.pool.labels, pairs, strict=True))


def in_all_orders(values: dict[frozenset[int], float], n: int) -> list[float]:
    """Shapley values by their definition: the mean of what each adds over all n! orders."""
    found = [0.0] * n
    for order in permutations(range(n)):
        before: frozenset[int] = frozenset()
        for player in order:
            found[player] += (values[before | {player}] - values[before]) / factorial(n)
            before |= {player}
    return found


def test_the_gloves() -> None:
    # Shapley's glove market: player 0 has a left glove, 1 and 2 a right one, a pair is worth 1. By the six orders the
    # left one completes a pair in 4 (whenever it does not come first), each right one in 1: 4/6, 1/6, 1/6.
    values = np.array([float(has & 1 and has & 6 != 0) for has in range(8)])
    assert shapley(values) == pytest.approx([4 / 6, 1 / 6, 1 / 6])


def test_the_airport() -> None:
    # Littlechild and Owen 1973, A Simple Expression for the Shapley Value in a Special Case: a runway costs what its
    # largest user needs. Users of 1, 2, 4: the first third is shared by 3, the next by 2, the last is for one:
    # 1/3; 1/3 + 1/2; 1/3 + 1/2 + 2.
    values = (bits(3) * [1, 2, 4]).max(axis=1)
    assert shapley(values) == pytest.approx([1 / 3, 5 / 6, 17 / 6])


@given(some.lists(some.floats(-50, 50), min_size=16, max_size=16))
def test_shapley_is_the_mean_over_all_orders(values: list[float]) -> None:
    by_set = {frozenset(bit for bit in range(4) if has >> bit & 1): value for has, value in enumerate(values)}
    assert shapley(np.array(values)) == pytest.approx(in_all_orders(by_set, 4), abs=1e-9)


def test_owen_takes_groups_together() -> None:
    # Majority of 3 (weights 1 each), 0 and 1 in one group: they win without 2, who adds nothing; each gets half.
    # Without groups each would get a third.
    values = np.array([[float(bin(inside).count("1") + out >= 2) for inside in range(4)] for out in range(2)])
    assert owen(values) == pytest.approx([0.5, 0.5])
    assert owen(np.array([[0.0, 0.0], [1.0, 1.0]])) == pytest.approx([0.0])


def test_one_engagement_is_all_performance() -> None:
    # 8 of 10 to 3 of 5: 80 % to 60 %, whatever its weight
    assert parts(pool(E1=((8, 10), (3, 5)))) == {"E1": (pytest.approx(0), pytest.approx(-20))}


def test_who_did_not_change_has_no_part() -> None:
    # 8 of 10 both times; E2 enters with 0 of 10: 80 % to 40 %, all by E2 and all mix. The usual split by weights and
    # rates would lay 10 of these points at the door of E1.
    found = parts(pool(E1=((8, 10), (8, 10)), E2=((0, 0), (0, 10))))
    assert found == {"E1": (0, 0), "E2": (pytest.approx(-40), 0)}


def test_who_leaves_is_mix() -> None:
    # 8 of 10 and 1 of 10 are 45 %; without the second 80 %: +35
    assert parts(pool(E1=((8, 10), (8, 10)), E2=((1, 10), (0, 0)))) == {"E1": (0, 0), "E2": (pytest.approx(35), 0)}


def test_all_performance_where_no_weight_changed() -> None:
    # 18 of 20 to 12 of 20: E1 -4 of 20, E2 -2 of 20; the whole is the same, so each is exact: -20 and -10
    found = parts(pool(E1=((9, 10), (5, 10)), E2=((9, 10), (7, 10))))
    assert found == {"E1": (0, pytest.approx(-20)), "E2": (0, pytest.approx(-10))}


def test_simpson() -> None:
    # Both get better, the whole gets worse: 9 of 10 to 95 of 100? No: E1 (easy) 81 of 90 = 90 % to 19 of 20 = 95 %,
    # E2 (hard) 3 of 10 = 30 % to 32 of 80 = 40 %. Pooled 84 of 100 = 84 % to 51 of 100 = 51 %: -33, while the mean of
    # the percentages rises from 60 to 67.5. By hand, V = value of (E1, E2) with states 0 = then, m = weight of now at
    # the rate of then, p = rate of now at the weight of then, 1 = now; E1: 0 81/90, m 18/20, p 85.5/90, 1 19/20; E2:
    # 0 3/10, m 24/80, p 4/10, 1 32/80.
    def v(one: tuple[float, float], two: tuple[float, float]) -> float:
        return 100 * (one[0] + two[0]) / (one[1] + two[1])

    e1 = {"0": (81.0, 90.0), "m": (18.0, 20.0), "p": (85.5, 90.0), "1": (19.0, 20.0)}
    e2 = {"0": (3.0, 10.0), "m": (24.0, 80.0), "p": (4.0, 10.0), "1": (32.0, 80.0)}
    # E1's performance: half before its mix and half after it, with E2 as it was in half of the orders
    performance = sum(v(e1["p"], e2[two]) - v(e1["0"], e2[two]) + v(e1["1"], e2[two]) - v(e1["m"], e2[two])
                      for two in "01") / 4  # fmt: skip
    found = parts(pool(E1=((81, 90), (19, 20)), E2=((3, 10), (32, 80))))
    assert found["E1"][1] == pytest.approx(performance)
    assert found["E1"][1] > 0
    assert found["E2"][1] > 0
    assert sum(mix for mix, _ in found.values()) < -33
    assert sum(sum(pair) for pair in found.values()) == pytest.approx(-33)


def test_a_weight_of_nothing_has_no_rate() -> None:
    # Costs of 5 without earned value, then 45 of 50: nothing to compare its rate with, so the part is mix.
    found = parts(pool(E1=((90, 100), (90, 100)), E2=((-5, 0), (45, 50))))
    # 85 of 100 to 135 of 150: +5
    assert found == {"E1": (0, 0), "E2": (pytest.approx(5), 0)}


def test_where_all_came_or_went_it_is_one_part_of_mix() -> None:
    # With the old one gone and the new one not there nothing would be left to divide by.
    assert parts(pool(E1=((8, 10), (0, 0)), E2=((0, 0), (3, 10)))) == {
        "Who came and who went": (pytest.approx(-50), pytest.approx(0))
    }


def test_a_mixture_without_a_value_is_said() -> None:
    # 10 - 8 then and 30 - 8 now are above nothing; E2's -8 to -20 before E1 grew is not
    with pytest.raises(NoSplit, match="a mixture"):
        split(pool(E1=((1, 10), (1, 30)), E2=((1, -8), (1, -20))))


Sum = tuple[float, float]
SUM = some.tuples(some.integers(0, 40), some.integers(0, 40)).map(lambda pair: (float(min(pair)), float(max(pair))))


@given(some.lists(some.tuples(SUM, SUM), min_size=1, max_size=PLAYERS + 4))
def test_the_parts_add_up_in_any_order(sums: list[tuple[Sum, Sum]]) -> None:
    one = pool(**{f"E{place:02}": pair for place, pair in enumerate(sums)})
    before, after = one.values()
    if np.isnan(before) or np.isnan(after):
        return
    found = parts(one)
    assert sum(sum(pair) for pair in found.values()) == pytest.approx(after - before, abs=1e-9)
    if len(sums) <= PLAYERS:
        turned = parts(pool(**{f"E{place:02}": pair for place, pair in reversed(list(enumerate(sums)))}))
        assert {name: pytest.approx(pair, abs=1e-9) for name, pair in found.items()} == turned


@given(some.lists(some.tuples(SUM, SUM), min_size=2, max_size=4))
def test_an_engagement_gets_its_shapley_value(sums: list[tuple[Sum, Sum]]) -> None:
    # mix and performance of one together: the mean over all orders in which whole engagements go from then to now
    values = {}
    for has in bits(len(sums)):
        top, bottom = (sum(pair[int(side)][which] for pair, side in zip(sums, has)) for which in (0, 1))
        if not bottom:
            return
        values[frozenset(np.flatnonzero(has).tolist())] = 100 * top / bottom
    found = parts(pool(**{f"E{place}": pair for place, pair in enumerate(sums)}))
    assert [sum(pair) for pair in found.values()] == pytest.approx(in_all_orders(values, len(sums)), abs=1e-9)


def test_beyond_the_limit_the_others_are_one() -> None:
    sums = {f"E{place:02}": ((9.0, 10.0), (9.0 - place / 10, 10.0)) for place in range(15)}
    found = parts(pool(**sums))
    # E00 did not change; the largest moves are told apart, the other 7 and the one that is the same are together
    assert list(found) == [*(f"E{place:02}" for place in range(8, 15)), "8 others"]
    # of 150: 0.1 + ... + 0.7 less
    assert found["8 others"] == (pytest.approx(0), pytest.approx(-100 * 2.8 / 150))


def curves(median: Median, then: dict[str, list[tuple[float, bool]]], now: dict[str, list[tuple[float, bool]]]) -> Pool:
    names = sorted({*then, *now})
    cases = [
        {name: [{"time": time, "finished": done, "items": 1} for time, done in of] for name, of in side.items()}
        for side in (then, now)
    ]
    rows, value, weight = _curves(median, names, (cases[0], cases[1]), "items")
    stays = tuple(bool(before.any() and after.any()) for before, after in zip(*rows, strict=True))
    return Pool(tuple(names), tuple((name,) for name in names), *rows, value, weight, stays)


KM, PLAIN = Median(time="t", finished="f"), Median(time="t", finished="f", spread=Spread.QUARTILES)
CASES = some.lists(some.tuples(some.integers(0, 12).map(float), some.booleans()), min_size=1, max_size=12)


@given(CASES)
def test_the_median_of_a_pool_is_that_of_the_curve(cases: list[tuple[float, bool]]) -> None:
    found, _ = curves(KM, {"E1": cases}, {"E1": cases}).values()
    times, done = np.array([time for time, _ in cases]), np.array([over for _, over in cases])
    expected = curve(times, done, np.ones(len(cases))).quantile(0.5)
    assert (None if np.isnan(found) else found) == expected
    assert curves(PLAIN, {"E1": cases}, {"E1": cases}).values()[0] == np.median(times)


def test_a_median_over_engagements() -> None:
    # E1 1, 2, 3 stays; E2 4, 5 goes to 1, 1. The curve of five is under one half after the third: 3; then of
    # 1, 1, 1, 2, 3 after the first three: 1. All by E2, of the same number of cases.
    same = [(1.0, True), (2.0, True), (3.0, True)]
    found = parts(curves(KM, {"E1": same, "E2": [(4.0, True), (5.0, True)]}, {"E1": same, "E2": [(1.0, True)] * 2}))
    assert found == {"E1": (0, 0), "E2": (0, pytest.approx(-2))}


def test_a_median_that_is_not_reached_in_between_is_said() -> None:
    slow, quick = [(9.0, False)] * 5, [(1.0, True)] * 6
    # then E2 alone brings it to one half (6 of 11), now E1 alone does; with both slow nothing does
    with pytest.raises(NoSplit, match="a mixture"):
        split(curves(KM, {"E1": slow, "E2": quick}, {"E1": quick, "E2": slow}))


def part(kpi: str, points: float | None, weight: float = 1.0, **over: Any) -> Part:
    row = {"kpi": kpi, "value": points, "n": 20.0, "band": Band.GREEN, "green": 90.0, "red": 80.0, "silent": 0}
    return Part(kpi, weight, points, Band.GREEN, row=row, **over)


def test_the_effects_of_a_score_by_hand() -> None:
    # Time: T01 100 to 60, T02 80 the same; Cost: C09 50 to 90. Two domains of half the score each, two KPIs of half of
    # Time: -40 / 4 = -10, and +40 / 2 = +20; 70 to 80.
    was = [part("T01", 100), part("T02", 80), part("C09", 50)]
    now = [part("T01", 60), part("T02", 80), part("C09", 90)]
    found: Any = effects(was, now)
    assert found == {"T01": pytest.approx(-10), "C09": pytest.approx(20)}


def test_what_is_rated_anew_has_its_effect_over_all_orders() -> None:
    # T01 alone at 100; then also C09 at 40, and T01 falls to 80: 100 to (80 + 40) / 2 = 60. Domains are the players:
    # C09 first: (100 + 40) / 2 = 70, -30, then T01 -10; T01 first: 80, -20, then C09 to 60, -20. Means: -25 and -15.
    found: Any = effects([part("T01", 100)], [part("T01", 80), part("C09", 40)])
    assert found == {"T01": pytest.approx(-15), "C09": pytest.approx(-25)}


def test_no_domain_rated_at_both_dates() -> None:
    assert effects([part("T01", 100)], [part("C09", 40)]) is None


KPIS = ("T01", "T02", "T03", "C06", "C09", "R01", "R02", "D01")
STATES = some.lists(some.tuples(some.none() | some.floats(0, 100), some.sampled_from((0.5, 1.0, 2.0))),
                    min_size=len(KPIS), max_size=len(KPIS))  # fmt: skip


@given(STATES, STATES)
def test_the_effects_are_owens_and_add_up(then: list[Any], now: list[Any]) -> None:
    was, new = ([part(kpi, *state) for kpi, state in zip(KPIS, side, strict=True)] for side in (then, now))
    found = effects(was, new)
    before, after = (compose(side, coverage_needed=0).value for side in (was, new))
    if found is None or before is None or after is None:
        return
    assert sum(found.values()) == pytest.approx(after - before, abs=1e-9)
    same = {kpi for kpi, one, other in zip(KPIS, then, now, strict=True) if one == other}
    assert not same & set(found)


def met(of: int, missed: int, engagement_id: str, month: int) -> list[dict[str, object]]:
    """Milestones due on the 2nd of a month of 2026: some 40 days late by the CRO, the others a day early."""
    due = date(2026, month, 2)
    return [
        {
            "engagement_id": engagement_id, "milestone": f"m{month}-{place}", "baseline_original": due,
            "actual": due + timedelta(days=40 if place < missed else -1),
        }
        for place in range(of)
    ]  # fmt: skip


@pytest.fixture(scope="module")
def two() -> Store:
    """E1 meets 10 of 10 up to June, then 1 of 5 more; E2 meets 8 of 10 and then nothing is due."""
    milestones = [*met(10, 0, "E1", 4), *met(10, 2, "E2", 4), *met(5, 4, "E1", 7)]
    engagements = [engagement("E1"), engagement("E2", study_id="S2")]
    return small({"cros": [CRO], "engagements": engagements, "milestones": milestones})


def why(store: Store, question: Any, *arguments: Any, **scope: Any) -> Why:
    with store.read() as cursor:
        found = question(View(cursor, scope_of(store, NOW, **scope)), *arguments)
    assert isinstance(found, Why)
    return found


def test_a_kpi_over_its_studies(two: Store) -> None:
    # 18 of 20 to 19 of 25: 90 to 76; E2 is the same, so all 14 points are of E1, which went from 10/10 to 11/15
    found = why(two, why_kpi, "T01", THEN, "A")
    assert (found.then, found.now, found.reason) == (90, 76, None)
    [step] = found.steps.to_dict("records")
    assert (step["label"], step["engagement"], step["effect"]) == ("S1", "E1", pytest.approx(-14))
    # E1 alone moves; mix: 15 of 15 beside 8 of 10 is 92 %, performance: 7.33 of 10 is 76.67 %; halves of both ways:
    # mix (2 + (76 - 76.67)) / 2 = 0.67, performance ((76.67 - 90) + (76 - 92)) / 2 = -14.67
    assert (step["mix"], step["performance"]) == (pytest.approx(2 / 3), pytest.approx(-44 / 3))
    assert [told.text for told in found.sentences] == [
        "Milestones on time fell from 90.0 % to 76.0 % since 30 Jun 2026.",
        "S1 took 14.0 points off: 11 of 15 milestones instead of 10 of 10 (performance).",
    ]
    assert found.sentences[1].engagement == "E1"


def test_a_score_through_clipped_points(two: Store) -> None:
    # T01 90 % is green, 100 points; 76 % at green 90, red 80 has 100 - 50 x 1.4 = 30. T02 (median slip) -1 both times.
    # Time is all that is rated: T01 is half of it, 100 to 65.
    found = why(two, why_score, THEN, "A")
    assert (found.then, found.now) == pytest.approx((100, 65))
    assert found.steps["effect"].sum() == pytest.approx(-35)
    assert set(found.steps["kpi"]) == {"T01"}
    assert found.sentences[0].text == "The score fell from 100 to 65 since 30 Jun 2026."
    assert found.sentences[1].text == (
        "Milestones on time (90.0 % → 76.0 %) took 35.0 points off; "
        "most of it S1, 11 of 15 milestones instead of 10 of 10 (performance)."
    )


def test_the_same_date_says_that_nothing_moved(two: Store) -> None:
    for found in (why(two, why_kpi, "T01", NOW, "A"), why(two, why_score, NOW, "A")):
        assert found.steps.empty
        assert found.difference == 0
        assert len(found.sentences) >= 1
    assert "No engagement moved it" in why(two, why_kpi, "T01", NOW, "A").sentences[0].text


def test_what_has_no_value_says_why(two: Store) -> None:
    found = why(two, why_kpi, "R02", THEN, "A")
    assert (found.then, found.steps.empty) == (None, True)
    assert (found.reason or "").startswith("it has no value on 30 Jun 2026")
    early = why(two, why_score, date(2025, 6, 30), "A")
    assert "there is no score on 30 Jun 2025" in (early.reason or "")
    assert early.difference is None


def test_a_study_has_its_own_answer(two: Store) -> None:
    found = why(two, why_kpi, "T01", THEN, "", "E2")
    assert (found.then, found.now, found.steps.empty) == (80, 80, True)
    assert why(two, why_score, THEN, "", "E1").difference == pytest.approx(-125 / 3)  # 100 to 50 / 3 is half


def test_everything_in_scope_over_two_cros() -> None:
    milestones = [*met(10, 0, "E1", 4), *met(10, 2, "E2", 4), *met(5, 4, "E1", 7)]
    engagements = [engagement("E1"), engagement("E2", "B")]
    store = small({"cros": cros("A", "B"), "engagements": engagements, "milestones": milestones})
    found = why(store, why_kpi, "T01", THEN)
    assert found.steps["label"].tolist() == ["S1, CRO A"]
    assert found.difference == pytest.approx(-14)


def fee(engagement_id: str, month: str, ac: float, remaining: float) -> dict[str, object]:
    return {
        "engagement_id": engagement_id, "month": month, "cost_type": "fee",
        "planned_original": 500, "invoiced": ac, "accrued": 0, "forecast_remaining": remaining,
    }  # fmt: skip


def money(rates: dict[str, float]) -> Store:
    """E1 (EUR 1000) forecasts 900 in May and 1100 in August, E2 (USD 1000) 1000 and 960."""
    return small(
        {
            "engagements": [engagement("E1"), engagement("E2", study_id="S2", currency="USD")],
            "fx_rates": [{"currency": code, "year": 2026, "rate": rate} for code, rate in rates.items()],
            "budget": [
                fee("E1", "2026-05", 400, 500), fee("E1", "2026-08", 300, 400),
                fee("E2", "2026-05", 500, 500), fee("E2", "2026-08", 300, 160),
            ],
        }
    )  # fmt: skip


def test_a_variance_in_money_by_what_it_is_made_of() -> None:
    found = why(money({"EUR": 1, "USD": 0.5}), why_money, "C09", THEN, "A")
    # E1: 1000 - 900 = 100 under, then 1000 - (700 + 400) = -100; E2: 0, then 1000 - (800 + 160) = 40, at 0.5: 20
    assert (found.then, found.now) == pytest.approx((100, -80))
    assert found.unit == "EUR"
    assert found.steps.set_index("label")["effect"].to_dict() == {"S1": pytest.approx(-200), "S2": pytest.approx(20)}
    # E1 alone spent 400, then 700, and 500, then 400 were to come; the contract is the same
    alone = why(money({"EUR": 1}), why_money, "C09", THEN, "", "E1")
    assert alone.steps["label"].tolist() == ["spent", "still to come"]
    assert alone.steps["effect"].tolist() == pytest.approx([-300, 100])
    # 100 under, then 100 over; the words say the sign, and better and worse, since "off" could be read as cost
    assert alone.sentences[0].text == (
        "Fee forecast against signed contract: EUR 100 over, EUR 200 worse than the EUR 100 under on 30 Jun 2026."
    )
    assert alone.sentences[1].text == "Spent made it EUR 300 worse: spent 700 instead of 400."


def test_a_variance_without_a_rate_says_which() -> None:
    found = why(money({"EUR": 1}), why_money, "C09", THEN, "A")
    assert (found.then, found.steps.empty) == (None, True)
    assert found.reason == "there is no budget rate of 2026 for USD"


def test_an_amount_that_was_never_reported(two: Store) -> None:
    for kpi in ("C01", "C04", "C09"):
        assert why(two, why_money, kpi, THEN, "A").reason == "nothing was reported up to 30 Jun 2026"


@pytest.mark.parametrize("then", [date(2026, 9, 30), date(2025, 12, 31)])
def test_the_demo_adds_up_down_to_the_engagement(demo_store: Store, then: date) -> None:
    scope, kept = scope_of(demo_store, date(2026, 10, 31)), dict[tuple[Scope, str], Any]()
    with demo_store.read() as cursor:
        scores = scorecard(View(cursor, scope, kept)).scores
    for cro, score in scores.items():
        with demo_store.read() as cursor:
            found = why_score(View(cursor, scope, kept), then, cro)
        if found.reason is None:
            assert found.now == score.value
            assert found.steps["effect"].sum() == pytest.approx(found.difference, abs=1e-9)
            kinds = found.steps[["mix", "performance", "other"]].sum(axis=1)
            assert np.allclose(kinds, found.steps["effect"], atol=1e-9)
            assert 1 <= len(found.sentences) <= 4


def test_every_kpi_of_the_demo_adds_up_or_says_why_not(demo_store: Store) -> None:
    scope, then = scope_of(demo_store, date(2026, 10, 31)), date(2026, 3, 31)
    unsplit = {}
    for kpi in BY_ID:
        with demo_store.read() as cursor:
            found = why_kpi(View(cursor, scope), kpi, then, "HALDIS")
        if found.reason is None:
            assert found.steps["effect"].sum() == pytest.approx(found.difference, rel=1e-9, abs=1e-6)
        else:
            unsplit[kpi] = found.reason
    assert not [reason for reason in unsplit.values() if "add up" in reason]
    assert len(unsplit) < len(BY_ID) / 2
