"""CROs beside each other: exact limits, over-dispersion, log-rank, and the order of many."""

from math import sqrt

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import binom, gamma, norm

from analytics.funnel import ALONE, NEAR, TAILS, Funnel, LogRank, binomial, funnel, log_rank, over_dispersion
from analytics.shrink import Order, order
from analytics.verdict import Verdict
from analytics.view import View
from data.store import Store
from tests.analytics.ask import rows_of
from tests.analytics.goldens.case import WEDNESDAY, Row, count, milestone, requests
from tests.world import cros, engagement, scope_of, small

HOUR = "2026-09-01T{:02}:00:00Z"


def at(tail: float, n: float, centre: float) -> float:
    return float(binomial(tail, np.array([n], dtype=float), centre)[0])


def test_binomial_limits_by_hand() -> None:
    # n = 20 at 80 %. P(R <= 11) = 0.00998, P(R <= 12) = 0.03214, P(R <= 9) = 0.00056, P(R <= 10) = 0.00259.
    # 2.5 %: r = 12, a = (0.03214 - 0.025) / 0.02216; 0.1 %: r = 10, a = (0.00259 - 0.001) / 0.00203.
    cdf = {r: float(binom.cdf(r, 20, 0.8)) for r in (9, 10, 11, 12)}
    assert [round(cdf[r], 5) for r in (9, 10, 11, 12)] == [0.00056, 0.00259, 0.00998, 0.03214]
    assert at(0.025, 20, 0.8) == pytest.approx((12 - (cdf[12] - 0.025) / (cdf[12] - cdf[11])) / 20, rel=1e-12)
    assert at(0.001, 20, 0.8) == pytest.approx((10 - (cdf[10] - 0.001) / (cdf[10] - cdf[9])) / 20, rel=1e-12)
    # Missed, n = 20 at 20 %: P(0) = 0.8^20 = 0.01153 > 0.001, so 20 of 20 is never beyond 99.8 %; the normal limit
    # would be 0.8 + 3.09 x sqrt(0.008) = 1.08. 2.5 %: P(0) + P(1) = 0.06918, r = 1, a = 0.04418 / 0.05765.
    none, one = 0.8**20, 20 * 0.2 * 0.8**19
    assert at(0.999, 20, 0.8) == 1
    assert at(0.975, 20, 0.8) == pytest.approx(1 - (1 - (none + one - 0.025) / one) / 20, rel=1e-12)


@given(st.integers(1, 200), st.integers(1, 99), st.sampled_from(sorted(TAILS.values())))
def test_exactly_the_counts_that_chance_seldom_gives_are_outside(n: int, percent: int, tail: float) -> None:
    centre, limit = percent / 100, at(tail, n, percent / 100)
    for r in range(n + 1):
        chance = binom.cdf(r, n, centre) if tail < 0.5 else binom.sf(r - 1, n, centre)
        if abs(chance - min(tail, 1 - tail)) > 1e-9:
            outside = r / n < limit - 1e-12 if tail < 0.5 else r / n > limit + 1e-12
            assert outside == (chance < min(tail, 1 - tail))


@given(st.integers(1, 200), st.integers(1, 99))
def test_met_and_missed_have_the_same_limits(n: int, percent: int) -> None:
    for low, high in ((0.025, 0.975), (0.001, 0.999)):
        assert at(low, n, percent / 100) == pytest.approx(1 - at(high, n, 1 - percent / 100), abs=1e-9)


def test_large_samples_have_the_normal_limits() -> None:
    spread = sqrt(0.8 * 0.2 / 1e6)
    for tail in TAILS.values():
        assert at(tail, 1e6, 0.8) == pytest.approx(0.8 + float(norm.ppf(tail)) * spread, abs=5e-6)


def test_over_dispersion_by_hand() -> None:
    # Ten z of +-2: 40 / 10 = 4, and P(chi2 with 9 > 40) is 8e-6. Ten of +-1: phi 1, no significance.
    assert over_dispersion(np.array([2.0, -2.0] * 5)) == pytest.approx(4)
    assert over_dispersion(np.array([1.0, -1.0] * 5)) == 1
    # One of 30 beside nineteen of +-1: both tenths are pulled in to 1, so one outlier does not widen its own limits.
    assert over_dispersion(np.array([30.0, *[1.0, -1.0] * 9, 1.0])) == 1
    # Of nine CROs none is estimated.
    assert over_dispersion(np.array([5.0, -5.0] * 4 + [5.0])) == 1


def shares(**met: tuple[int, int]) -> Store:
    """CROs with so many of so many milestones met."""
    rows: list[Row] = []
    for name, (good, n) in met.items():
        due = [milestone(f"m{number}", "2026-06-30", engagement_id=name) for number in range(n)]
        rows += [row | {"actual": "2026-06-30" if number < good else "2026-07-09"} for number, row in enumerate(due)]
    return small({"cros": cros(*met), "engagements": [engagement(name, name) for name in met], "milestones": rows})


def funnel_of(store: Store, kpi: str, **scope: object) -> Funnel:
    with store.read() as cursor:
        return funnel(View(cursor, scope_of(store, WEDNESDAY, **scope)), kpi)


def test_a_funnel_of_shares() -> None:
    found = funnel_of(shares(A=(40, 40), B=(36, 40), C=(20, 40), D=(4, 4), E=(33, 40)), "T01")
    # C stands out from the others (113 of 124): the centre is theirs. With C it would be 133 of 164, 81.1 %, at which A
    # would be better than expected: P(40 of 40) = 0.0002.
    assert binom.sf(39, 40, 133 / 164) < 0.001
    assert found.centre == pytest.approx(100 * 113 / 124, rel=1e-12)
    assert (found.kind, found.phi, found.reason) == ("binomial", 1, None)
    points = found.points.set_index("cro_id")
    assert found.points["cro_id"].tolist()[0] == "C"  # the worst first
    assert points["verdict"].to_dict() == {
        "A": Verdict.AS_EXPECTED, "B": Verdict.AS_EXPECTED, "C": Verdict.WORSE, "D": Verdict.TOO_FEW,
        "E": Verdict.AS_EXPECTED,
    }  # fmt: skip
    # Of 40 at 91.1 %: P(40) = 0.024: outside 95 %, inside 99.8 %. P(33 or fewer) = 0.06: inside both.
    pooled = 113 / 124
    assert 0.001 < binom.sf(39, 40, pooled) < 0.025 < binom.cdf(33, 40, pooled)
    assert points["note"].to_dict() == {"A": NEAR, "B": "", "C": "", "D": "", "E": ""}
    assert points.loc["C", "z"] == pytest.approx((0.5 - pooled) / sqrt(pooled * (1 - pooled) / 40), rel=1e-9)
    assert points.loc["C", "low998"] == pytest.approx(100 * at(0.001, 40, pooled), rel=1e-12)
    assert (found.curve["n"].iloc[0], found.curve["n"].iloc[-1]) == (2, 40)
    last = found.curve.iloc[-1]
    assert last["low998"] == pytest.approx(points.loc["C", "low998"])
    assert last["low998"] < last["low95"] < found.centre < last["high95"] <= last["high998"] <= 100


def test_what_misses_its_target_is_never_better_than_expected() -> None:
    # T01 is green from 90 %. A 84 of 100 beside three of 50: P(84 or more of 100 at the pooled 58.5 %) is 6e-8.
    found = funnel_of(shares(A=(84, 100), B=(50, 100), C=(50, 100), D=(50, 100)), "T01")
    points = found.points.set_index("cro_id")
    best = points.to_dict("index")["A"]
    assert best["value"] > best["high998"]
    assert best["verdict"] is Verdict.AS_EXPECTED


def test_a_funnel_of_counts_over_a_plan() -> None:
    # Enrolled of planned: 30 of 60, 60 of 60, 90 of 60: pooled 1, so E is 60 each; limits by chi-square with 120.
    kpi_data = [
        count("T06", "2026-08", enrolled, 60, engagement_id=name)
        for name, enrolled in (("A", 30), ("B", 60), ("C", 90))
    ]
    engagements = [engagement(name, name) for name in "ABC"]
    found = funnel_of(small({"cros": cros(*"ABC"), "engagements": engagements, "kpi_data": kpi_data}), "T06")
    points = found.points.set_index("cro_id")
    assert (found.kind, found.centre) == ("poisson", 100)
    # Chi-square with 2k degrees is twice a gamma with shape k: 0.1 % of gamma(60), 99.9 % of gamma(61), over 60.
    assert points.loc["A", "low998"] == pytest.approx(100 * gamma.ppf(0.001, 60) / 60)
    assert points.loc["A", "high998"] == pytest.approx(100 * gamma.ppf(0.999, 61) / 60)
    assert points["verdict"].to_dict() == {"A": Verdict.WORSE, "B": Verdict.AS_EXPECTED, "C": Verdict.BETTER}
    assert points.loc["C", "z"] == pytest.approx(30 / sqrt(60))


def test_over_dispersion_widens_the_limits_around_the_centre() -> None:
    # Six CROs with 20 of 40 and six with 40 of 40 are at 75 % all z = +-3.65: phi 13.3, limits 3.65 times as far.
    met = {f"C{number:02}": (20 if number < 6 else 40, 40) for number in range(12)}
    found = funnel_of(shares(**met), "T01")
    z = 0.25 / sqrt(0.75 * 0.25 / 40)
    assert found.phi == pytest.approx(z * z)
    low = found.points["low95"].iloc[0]
    assert low == pytest.approx(75 + z * (100 * at(0.025, 40, 0.75) - 75))
    assert set(found.points["verdict"]) == {Verdict.AS_EXPECTED}
    assert found.points["z"].abs().max() == pytest.approx(1)


def test_no_funnel_says_why() -> None:
    assert funnel_of(shares(A=(30, 40)), "T01").reason == ALONE
    assert funnel_of(shares(A=(40, 40), B=(20, 20)), "T01").reason == "the same value everywhere: nothing to tell apart"
    assert funnel_of(shares(A=(40, 40), B=(20, 20)), "R02").reason == "no cases"
    for kpi in ("C02", "T02", "R01", "C06"):
        assert funnel_of(shares(A=(30, 40)), kpi).reason == "not a share or a rate: chance has no limits for it"
    alone = funnel_of(shares(A=(30, 40)), "T01").points
    assert (alone["value"].tolist(), alone["low95"].isna().tolist()) == ([75.0], [True])


def test_peers_change_no_band() -> None:
    few, many = shares(A=(38, 40), B=(40, 40)), shares(A=(38, 40), B=(40, 40), C=(0, 40))
    bands = [{row["cro"]: row["band"] for row in rows_of(store, WEDNESDAY, "T01")} for store in (few, many)]
    assert bands[0] == {"A": bands[1]["A"], "B": bands[1]["B"]}
    assert funnel_of(few, "T01").points["verdict"].tolist() != funnel_of(many, "T01").points["verdict"].tolist()


def waiting(**hours: list[tuple[int, str]]) -> Store:
    """CROs and their answered requests: hours taken, all of one business day, and priority."""
    rows: list[Row] = []
    for name, cases in hours.items():
        for number, (taken, priority) in enumerate(cases):
            rows += requests(
                1,
                HOUR.format(9),
                HOUR.format(9 + taken),
                engagement_id=name,
                priority=priority,
                topic=f"{name}{number}",
            )
    return small({"cros": cros(*hours), "engagements": [engagement(name, name) for name in hours], "requests": rows})


def ranked(store: Store, kpi: str = "R01", cro: str = "A") -> LogRank:
    with store.read() as cursor:
        return log_rank(View(cursor, scope_of(store, WEDNESDAY)), kpi, cro)


def test_log_rank_by_hand() -> None:
    # A: 1, 2; B: 3, 4 hours. At 1: 2 of 4 mine, E 1/2, V 1/4; at 2: 1 of 3, E 1/3, V 2/9; then none of mine at risk.
    found = ranked(waiting(A=[(1, "low"), (2, "low")], B=[(3, "low"), (4, "low")]))
    assert found.observed == 2
    assert found.expected == pytest.approx(5 / 6)
    assert found.chi2 == pytest.approx((2 - 5 / 6) ** 2 / (1 / 4 + 2 / 9))
    assert found.verdict is Verdict.TOO_FEW  # 2 of the 10 requests that the KPI needs


def test_an_urgent_request_is_not_held_against_one_that_can_wait() -> None:
    # Both answer high in 1 or 2 hours and low in 6 or 7, equally often; but A is asked high ones, B low ones.
    high, low = [(1, "High"), (2, "high")], [(6, "low"), (7, "low")]
    found = ranked(waiting(A=high * 9 + low, B=high + low * 9))
    assert found.strata == 2
    assert (found.observed, found.verdict) == (20, Verdict.AS_EXPECTED)
    assert found.expected == pytest.approx(20)
    assert found.chi2 == pytest.approx(0, abs=1e-12)
    # Without the priorities it would be significant.
    alike = ranked(waiting(A=[(h, "") for h, _ in high * 9 + low], B=[(h, "") for h, _ in high + low * 9]))
    assert (alike.strata, alike.verdict) == (1, Verdict.BETTER)


def test_the_slower_one_is_worse() -> None:
    store = waiting(A=[(5, "low")] * 12, B=[(1, "low")] * 12)
    assert [ranked(store, cro=cro).verdict for cro in "AB"] == [Verdict.WORSE, Verdict.BETTER]


def test_no_log_rank_says_why() -> None:
    assert ranked(waiting(A=[(1, "low")])).reason == ALONE
    assert ranked(waiting(A=[(1, "low")], B=[(1, "low")]), cro="C").reason == "no cases"
    assert ranked(waiting(A=[(1, "low")]), "T01").reason == "not a time that something takes"
    assert ranked(waiting(A=[(1, "low")]), "T02").reason == "not a time that something takes"
    assert ranked(waiting(A=[(1, "low")]), "P01").reason == "not a time that something takes"
    apart = ranked(waiting(A=[(1, "low")], B=[(1, "high")]))
    assert apart.reason == "no others of the same priority to compare with"
    rows = [row for name in "AB" for row in requests(3, "2026-09-01T09:00:00Z", engagement_id=name)]
    pending = small({"cros": cros(*"AB"), "engagements": [engagement(n, n) for n in "AB"], "requests": rows})
    assert ranked(pending).reason == "nothing is over yet"


def order_of(store: Store, kpi: str = "T01") -> Order:
    with store.read() as cursor:
        return order(View(cursor, scope_of(store, WEDNESDAY)), kpi)


def test_a_small_number_does_not_lead_the_order() -> None:
    # Eight CROs with 36 of 40, one with 2 of 2, one with 40 of 40: pooled 330 of 362, 91.2 %. Shrunken: (2 + 9.12)/12 =
    # 92.6, (40 + 9.12)/50 = 98.2, (36 + 9.12)/50 = 90.2. Unshrunken the two lead alike.
    met = {f"C{number:02}": (36, 40) for number in range(8)} | {"few": (2, 2), "many": (40, 40)}
    found = order_of(shares(**met))
    centre = (8 * 36 + 42) / (8 * 40 + 42)
    shrunk = found.rows.set_index("cro_id")["shrunk"]
    assert found.centre == pytest.approx(100 * centre)
    assert shrunk["few"] == pytest.approx(100 * (2 + 10 * centre) / 12)
    assert shrunk["many"] == pytest.approx(100 * (40 + 10 * centre) / 50)
    assert found.rows["cro_id"].tolist()[:2] == ["many", "few"]
    assert found.rows["place"].tolist() == [1, 2, *[3] * 8]
    assert found.rows.set_index("cro_id").loc["few", "value"] == 100  # the value itself is not touched


def test_fewer_than_ten_are_not_ranked() -> None:
    nine = {f"C{number}": (36, 40) for number in range(9)}
    assert order_of(shares(**nine)).reason == "no ranking of fewer than ten CROs"
    assert order_of(shares(**nine), "R01").reason == "no ranking of what is no ratio of counts"
    assert order_of(shares(**nine), "Q01").reason == "no ranking of what has no target"
    assert order_of(shares(**nine)).rows.empty
