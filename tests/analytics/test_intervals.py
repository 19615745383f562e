"""Intervals against other ways to the same numbers."""

from math import comb

import numpy as np
import pytest
from scipy.stats import poisson as counts

from analytics.intervals import bootstrap, net, poisson


@pytest.mark.parametrize("events", [1, 2, 15, 120])
def test_the_limits_of_a_rate_leave_two_and_a_half_percent_on_each_side(events: int) -> None:
    low, high = poisson(events, 1)
    assert counts.sf(events - 1, low) == pytest.approx(0.025, rel=1e-9)
    assert counts.cdf(events, high) == pytest.approx(0.025, rel=1e-9)


@pytest.mark.parametrize(
    ("events", "low", "high"), [(0, 0, 3.689), (1, 0.025, 5.572), (10, 4.795, 18.390), (15, 8.395, 24.740)]
)
def test_published_limits_of_a_count(events: int, low: float, high: float) -> None:
    # Garwood (1936), as tabled in Breslow and Day (1987), table 2.11 (limits of a Poisson count).
    assert poisson(events, 1) == pytest.approx((low, high), abs=6e-4)


def test_a_rate_is_over_its_exposure() -> None:
    assert poisson(10, 4) == pytest.approx(tuple(limit / 4 for limit in poisson(10, 1)))


@pytest.mark.parametrize(("events", "exposure"), [(1, 0), (-1, 2)])
def test_a_rate_without_exposure_has_no_interval(events: float, exposure: float) -> None:
    with pytest.raises(ValueError, match="exposure"):
        poisson(events, exposure)


def test_the_net_share_has_the_standard_error_of_its_cases() -> None:
    # The formula sqrt((p + d - (p - d)^2) / n) is the standard deviation of the cases over the root of n.
    cases = np.array([1] * 12 + [0] * 5 + [-1] * 8)
    low, high = net(float(cases.sum()), float((cases**2).sum()), len(cases))
    error = cases.std() / len(cases) ** 0.5
    assert (low, high) == pytest.approx((cases.mean() - 1.959964 * error, cases.mean() + 1.959964 * error), rel=1e-6)


def test_the_net_share_stays_within_its_scale() -> None:
    assert net(9, 9, 9) == (1, 1)
    assert net(8, 10, 10)[1] == 1
    with pytest.raises(ValueError, match="case"):
        net(0, 0, 0)


def test_the_bootstrap_is_the_same_in_any_order_and_finds_the_middle() -> None:
    values = np.arange(1.0, 12.0)
    low, high = bootstrap(values) or (0, 0)
    assert bootstrap(values[::-1]) == (low, high)
    # The median of 11 draws from 11 is one of the lowest two in 0.7 % of samples, one of the lowest three in 5.1 %.
    share = [sum(comb(11, k) * (low / 11) ** k * (1 - low / 11) ** (11 - k) for k in range(6, 12)) for low in (2, 3)]
    assert share[0] < 0.025 < share[1]
    assert (low, high) == (3, 9)


def test_the_bootstrap_needs_eight_cases() -> None:
    assert bootstrap(np.arange(7.0)) is None
    assert bootstrap(np.arange(8.0)) is not None
