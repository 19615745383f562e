"""Kaplan-Meier and Wilson: the published examples, unrounded, and scipy as an independent computation."""

import warnings
from collections.abc import Sequence
from datetime import date, timedelta
from math import log, sqrt

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import CensoredData, binomtest, ecdf, logrank

from analytics.intervals import wilson
from analytics.survival import Z95, Curve, LogRank, curve, log_rank
from tests.analytics.ask import row_of
from tests.analytics.goldens.case import WEDNESDAY, milestone
from tests.world import engagement, small


def curve_of(times: Sequence[float], finished: Sequence[int | bool]) -> Curve:
    return curve(np.array(times, dtype=float), np.array(finished, dtype=bool), np.ones(len(times)))


def standard_error(seen: Curve, time: float) -> float:
    """Greenwood's, from the limits that the curve shows."""
    place = int(np.searchsorted(seen.time, time, side="right")) - 1
    survival, low = float(seen.survival[place]), float(seen.low[place])
    return survival * log(log(low) / log(survival)) * abs(log(survival)) / Z95


# Boston University, BS704 Survival Analysis 4, as used in scipy's own tests. Printed: S and the half width of the
# linear 95 % interval, to three digits.
BU_TIMES = [24, 3, 11, 19, 24, 13, 14, 2, 18, 17, 24, 21, 12, 1, 10, 23, 6, 5, 9, 17]
BU_EVENTS = [0, 1, 0, 0, 0, 0, 1, 0, 0, 0, 0, 0, 0, 1, 0, 1, 0, 1, 0, 1]
BU_S = [0.95, 0.95, 0.897, 0.844, 0.844, 0.844, 0.844, 0.844, 0.844, 0.844, 0.76, 0.676, 0.676, 0.676, 0.676, 0.507,
        0.507]  # fmt: skip
BU_WIDTHS = {1: 0.096, 3: 0.135, 5: 0.162, 14: 0.214, 17: 0.246, 23: 0.341}

# Freireich 1963, remission in weeks (Cox and Oakes, table 1.1). S of the placebo group at 10 and its standard error are
# printed as 0.381 and 0.106; S of 6-MP are the products of the table, at 6: 18/21, at 7: x 16/17, and so on.
SIX_MP = ([6, 6, 6, 6, 7, 9, 10, 10, 11, 13, 16, 17, 19, 20, 22, 23, 25, 32, 32, 34, 35],
          [1, 1, 1, 0, 1, 0, 1, 0, 0, 1, 1, 0, 0, 0, 1, 1, 0, 0, 0, 0, 0])  # fmt: skip
SIX_MP_FACTORS = {6: 18 / 21, 7: 16 / 17, 10: 14 / 15, 13: 11 / 12, 16: 10 / 11, 22: 6 / 7, 23: 5 / 6}
PLACEBO = [1, 1, 2, 2, 3, 4, 4, 5, 5, 8, 8, 8, 8, 11, 11, 12, 12, 15, 17, 22, 23]

# Kleinman and Horton, SAS and R, example 7.38. Printed: S(1) 0.8889, S(2) 0.8333, S(3) 0.7738.
SAS_R = ([0.5, 1, 1, 2, 2, 3, 4, 5, 6, 7, 8, 9, 10, 12, 14, 14, 17, 20, 21],
         [0, 1, 1, 1, 0, 1, 1, 0, 1, 0, 1, 1, 0, 1, 0, 1, 0, 1, 0])  # fmt: skip


def test_boston_university() -> None:
    seen = curve_of(BU_TIMES, BU_EVENTS)
    assert seen.survival.tolist() == pytest.approx(BU_S, abs=0.0006)
    # Unrounded: 19/20, x 17/18, x 16/17, x 9/10, x 8/9 (two at 17), x 3/4.
    assert seen.at(24) == pytest.approx(19 / 20 * 17 / 18 * 16 / 17 * 9 / 10 * 8 / 9 * 3 / 4, rel=1e-12)
    for time, width in BU_WIDTHS.items():
        assert Z95 * standard_error(seen, time) == pytest.approx(width, abs=0.0006)


def test_six_mp() -> None:
    seen, product = curve_of(*SIX_MP), 1.0
    for time, factor in SIX_MP_FACTORS.items():
        product *= factor
        assert seen.at(time) == pytest.approx(product, rel=1e-12)
    assert seen.quantile(0.5) == 23
    closed = [time for time, event in zip(*SIX_MP) if event]
    assert curve_of(closed, [1] * len(closed)).quantile(0.5) == 10


def test_placebo() -> None:
    seen = curve_of(PLACEBO, [1] * len(PLACEBO))
    assert seen.quantile(0.5) == 8
    assert seen.at(10) == pytest.approx(8 / 21, rel=1e-12)
    assert standard_error(seen, 10) == pytest.approx(sqrt(8 / 21 * 13 / 21 / 21), rel=1e-9)
    assert standard_error(seen, 10) == pytest.approx(0.106, abs=0.0005)


def test_sas_and_r() -> None:
    seen = curve_of(*SAS_R)
    worked = {1: 16 / 18, 2: 16 / 18 * 15 / 16, 3: 16 / 18 * 15 / 16 * 13 / 14, 4: 16 / 18 * 15 / 16 * 12 / 14}
    assert {time: seen.at(time) for time in worked} == pytest.approx(worked, rel=1e-12)
    assert seen.at(20) == pytest.approx(0.1684, abs=0.00005)
    assert seen.at(0.5) == seen.at(0) == 1


def test_the_median_of_six_mp_through_a_kpi() -> None:
    # Contracts that took, or have been waiting for, as many days: 23, not the 10 of those that are signed.
    rows = []
    for number, (days, event) in enumerate(zip(*SIX_MP)):
        sent = WEDNESDAY - timedelta(days=days if not event else 100)
        signed = sent + timedelta(days=days) if event else ""
        rows += [
            milestone("draft_sent", str(sent), str(sent), engagement_id=f"E{number}"),
            milestone("contract_executed", str(sent), str(signed), engagement_id=f"E{number}"),
        ]
    store = small({"engagements": [engagement(f"E{number}") for number in range(21)], "milestones": rows})
    found = row_of(store, WEDNESDAY, "T03")
    assert (found["value"], found["n"], found["numerator"]) == (23, 21, 9)
    sf = ecdf(_censored(*SIX_MP)).sf
    limits = sf.confidence_interval(method="log-log")
    crosses = sf.quantiles[np.flatnonzero(limits.low.probabilities <= 0.5)[0]]
    assert (found["low"], found["high"]) == (crosses, None)


CASES = st.lists(st.tuples(st.integers(0, 12), st.booleans()), min_size=1, max_size=40)


@given(CASES)
def test_the_curve_is_scipys(cases: list[tuple[int, bool]]) -> None:
    times, finished = zip(*cases)
    seen, sf = curve_of(times, finished), ecdf(_censored(times, finished)).sf
    assert seen.time.tolist() == sf.quantiles.tolist()
    assert seen.survival == pytest.approx(sf.probabilities, abs=1e-12)


@given(CASES)
def test_the_limits_are_scipys(cases: list[tuple[int, bool]]) -> None:
    times, finished = zip(*cases)
    seen, sf = curve_of(times, finished), ecdf(_censored(times, finished)).sf
    inside = (seen.survival > 1e-9) & (seen.survival < 1 - 1e-9)
    with warnings.catch_warnings(action="ignore"), np.errstate(all="ignore"):
        limits = sf.confidence_interval(confidence_level=0.95, method="log-log")
    assert seen.low[inside] == pytest.approx(limits.low.probabilities[inside], abs=1e-9)
    assert seen.high[inside] == pytest.approx(limits.high.probabilities[inside], abs=1e-9)


@given(CASES, st.integers(1, 4))
def test_grouped_cases_are_the_same_cases(cases: list[tuple[int, bool]], times_each: int) -> None:
    times, finished = zip(*cases)
    grouped = curve(np.array(times, float), np.array(finished), np.full(len(times), float(times_each)))
    spread = curve_of([*times] * times_each, [*finished] * times_each)
    assert grouped.n == spread.n == len(times) * times_each
    for name in ("time", "at_risk", "events", "survival", "low", "high"):
        assert getattr(grouped, name) == pytest.approx(getattr(spread, name), abs=1e-12)


@given(CASES, st.sampled_from([0.25, 0.5, 0.9]))
def test_a_quantile_is_the_first_time_by_which_so_many_are_over(cases: list[tuple[int, bool]], share: float) -> None:
    times, finished = zip(*cases)
    sf = ecdf(_censored(times, finished)).sf
    reached = sf.quantiles[sf.probabilities <= 1 - share + 1e-12]
    assert curve_of(times, finished).quantile(share) == (reached[0] if len(reached) else None)


def test_a_censored_case_at_the_time_of_an_event_was_still_at_risk() -> None:
    # Two at 5, one of them open: 1/2, not 0.
    assert curve_of([5, 5], [1, 0]).at(5) == 0.5


def test_no_case_has_no_curve() -> None:
    with pytest.raises(ValueError, match="case"):
        curve_of([], [])


# Newcombe 1998 (Stat Med 17:857, table I), the first four; the rest R's binom package through statsmodels' own tests.
PUBLISHED = {
    (81, 263): (0.2553, 0.3662), (15, 148): (0.0624, 0.1605), (0, 20): (0.0, 0.1611), (1, 29): (0.0061, 0.1718),
    (18, 20): (0.698966, 0.972134), (4, 20): (0.080658, 0.416017), (4, 200): (0.007804, 0.050287),
    (190, 200): (0.910422, 0.972617), (0, 30): (0.0, 0.113513), (30, 30): (0.886487, 1.0),
}  # fmt: skip


@pytest.mark.parametrize("case", PUBLISHED)
def test_wilson_as_published(case: tuple[int, int]) -> None:
    assert wilson(*case) == pytest.approx(PUBLISHED[case], abs=0.00006)


@given(st.integers(1, 500).flatmap(lambda n: st.tuples(st.integers(0, n), st.just(n))))
def test_wilson_is_scipys(case: tuple[int, int]) -> None:
    successes, n = case
    expected = binomtest(successes, n).proportion_ci(0.95, method="wilson")
    assert wilson(successes, n) == pytest.approx((expected.low, expected.high), abs=1e-9)


def test_no_case_has_no_interval() -> None:
    with pytest.raises(ValueError, match="case"):
        wilson(0, 0)


def test_the_interval_of_a_kpi_is_in_its_unit() -> None:
    # 9 of 12: Wilson by hand: centre .75 + z2/24, spread z sqrt(.75 x .25/12 + z2/576), over 1 + z2/12.
    rows = [milestone(f"m{n}", "2026-06-30", "2026-06-30" if n < 9 else "2026-07-01") for n in range(12)]
    found = row_of(small({"milestones": rows}), date(2026, 9, 30), "T01")
    z2 = Z95 * Z95
    spread, whole = Z95 * sqrt(0.75 * 0.25 / 12 + z2 / 576), 1 + z2 / 12
    assert found["low"] == pytest.approx(100 * (0.75 + z2 / 24 - spread) / whole, rel=1e-12)
    assert found["high"] == pytest.approx(100 * (0.75 + z2 / 24 + spread) / whole, rel=1e-12)
    assert found["value"] == 75


def _censored(times: Sequence[float], finished: Sequence[int | bool]) -> CensoredData:
    return CensoredData.right_censored(np.array(times, float), ~np.array(finished, dtype=bool))


PAIRS = st.lists(st.tuples(st.integers(0, 9), st.booleans(), st.booleans()), min_size=2, max_size=40)


def ranked(cases: Sequence[tuple[int, bool, bool]], strata: Sequence[int], times_each: float = 1) -> LogRank | None:
    times, finished, mine = (np.array(column) for column in zip(*cases))
    items = np.full(len(times), times_each)
    return log_rank(times.astype(float), finished, items, mine, np.array(strata, dtype=np.int64))


@given(PAIRS)
def test_the_log_rank_is_scipys(cases: list[tuple[int, bool, bool]]) -> None:
    mine, rest = ([(time, over) for time, over, own in cases if own is which] for which in (True, False))
    found = ranked(cases, [0] * len(cases))
    if found is None or not mine or not rest:
        return
    expected = logrank(_censored(*zip(*mine)), _censored(*zip(*rest)))
    assert found.chi2 == pytest.approx(expected.statistic**2, rel=1e-9, abs=1e-9)
    assert found.p == pytest.approx(expected.pvalue, rel=1e-9, abs=1e-9)


@given(PAIRS, PAIRS)
def test_strata_are_added_up(one: list[tuple[int, bool, bool]], two: list[tuple[int, bool, bool]]) -> None:
    both = ranked([*one, *two], [0] * len(one) + [1] * len(two))
    alone = [
        found for found in (ranked(one, [0] * len(one)), ranked(two, [0] * len(two))) if found and found.chi2 > 1e-9
    ]
    if both is None or len(alone) < 2:
        return
    # V is read back from each chi2.
    spread = sum((found.observed - found.expected) ** 2 / found.chi2 for found in alone)
    apart = sum(found.observed - found.expected for found in alone)
    assert both.chi2 == pytest.approx(apart**2 / spread, rel=1e-6, abs=1e-9)


@given(PAIRS)
def test_the_others_see_the_same_difference(cases: list[tuple[int, bool, bool]]) -> None:
    found = ranked(cases, [0] * len(cases))
    swapped = ranked([(time, over, not own) for time, over, own in cases], [0] * len(cases))
    assert (found is None) == (swapped is None)
    if found and swapped:
        assert swapped.chi2 == pytest.approx(found.chi2, abs=1e-9)
        assert swapped.observed - swapped.expected == pytest.approx(found.expected - found.observed, abs=1e-9)


def test_no_difference_can_be_seen_where_nothing_is_over_or_nobody_is_beside() -> None:
    assert ranked([(1, False, True), (2, False, False)], [0, 0]) is None
    assert ranked([(1, True, True), (2, True, True)], [0, 0]) is None
    assert ranked([(1, True, True), (2, True, False)], [0, 1]) is None


def test_a_curve_of_very_many_times_is_drawn_at_some_of_them_exactly() -> None:
    """5,000 cases, one over each hour: after t hours 1 - t / 5000 are not over."""
    times = np.arange(1.0, 5001.0)
    seen = curve(times, np.ones(5000, dtype=bool), np.ones(5000))
    drawn = seen.frame(600)
    assert 500 < len(drawn) <= 601
    assert drawn["t"].iloc[0] == 0
    assert drawn["t"].iloc[-1] == 5000
    assert drawn["s"].to_numpy() == pytest.approx(1 - drawn["t"].to_numpy() / 5000, abs=1e-9)
    assert drawn["t"].diff().max() <= 10
    assert len(seen.frame()) == len(seen.frame(5000)) == 5001
