"""Kaplan-Meier curves of durations of which some are not over yet."""

from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from scipy.special import chdtrc

Z95 = 1.959963984540054
"""97.5 % quantile of the normal distribution."""
TOLERANCE = 1e-12
DRAWN = 600
"""Times of a curve that are drawn: more than there are pixels for them."""

Floats = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Curve:
    """S(t) after each distinct time, with its log-log 95 % interval; `longest` is the longest time seen."""

    time: Floats
    at_risk: Floats
    events: Floats
    survival: Floats
    low: Floats
    high: Floats
    n: float
    longest: float

    def quantile(self, share: float) -> float | None:
        """First time by which `share` of the cases are over; None where the curve does not get there."""
        return _first(self.time, self.survival, 1 - share)

    def median_interval(self) -> tuple[float | None, float | None]:
        """95 % interval of the median: where the limits of the curve cross one half (Brookmeyer and Crowley 1982)."""
        return _first(self.time, self.low, 0.5), _first(self.time, self.high, 0.5)

    def at(self, time: float) -> float:
        """Share not over after `time`."""
        before = int(np.searchsorted(self.time, time, side="right"))
        return 1.0 if before == 0 else float(self.survival[before - 1])

    def frame(self, most: int | None = None) -> pd.DataFrame:
        """Columns t, s, low, high, at_risk, events: one row a distinct time, from t = 0.

        With `most`, at most so many times of very many, evenly apart in t and each with its exact values: to be drawn.
        """
        start = pd.DataFrame([{"t": 0.0, "s": 1.0, "low": 1.0, "high": 1.0, "at_risk": self.n, "events": 0.0}])
        steps = pd.DataFrame(
            {"t": self.time, "s": self.survival, "low": self.low, "high": self.high, "at_risk": self.at_risk,
             "events": self.events}
        )  # fmt: skip
        if most is not None and len(steps) > most:
            apart = np.linspace(self.time[0], self.time[-1], most)
            places = np.unique(np.searchsorted(self.time, apart, side="right") - 1)
            steps = steps.iloc[places]
        return pd.concat([start, steps], ignore_index=True)


def _first(time: Floats, curve: Floats, level: float) -> float | None:
    reached = np.flatnonzero(curve <= level + TOLERANCE)
    return float(time[reached[0]]) if reached.size else None


def curve(time: Floats, finished: NDArray[np.bool_], items: Floats) -> Curve:
    """The curve of grouped cases: `items` of them lasted `time` and were `finished`, or censored, then.

    Events come before censorings at the same time. Variance by Greenwood, interval on the log-log scale (Kalbfleisch
    and Prentice 2002, 1.4). Raises ValueError without a case.
    """
    if not len(time):
        raise ValueError("A curve needs a case.")
    distinct, at_risk, events = _counts(time, finished, items)
    survival = np.cumprod(1 - events / at_risk).astype(float)
    with np.errstate(divide="ignore", invalid="ignore"):
        greenwood = np.cumsum(np.where(at_risk > events, events / (at_risk * (at_risk - events)), 0.0))
        spread = Z95 * np.sqrt(greenwood) / np.abs(np.log(survival))
        low = np.where((survival > 0) & (survival < 1), survival ** np.exp(spread), survival)
        high = np.where((survival > 0) & (survival < 1), survival ** np.exp(-spread), survival)
    return Curve(distinct, at_risk, events, survival, low, high, float(at_risk[0]), float(distinct[-1]))


def _counts(time: Floats, finished: NDArray[np.bool_], items: Floats) -> tuple[Floats, Floats, Floats]:
    """The distinct times, and how many are at risk and over at each."""
    distinct, place = np.unique(time, return_inverse=True)
    events = np.bincount(place, weights=items * finished, minlength=len(distinct)).astype(float)
    leaving = np.bincount(place, weights=items, minlength=len(distinct)).astype(float)
    return distinct, leaving[::-1].cumsum()[::-1].astype(float), events


@dataclass(frozen=True, slots=True)
class LogRank:
    """How many of one group were over, how many would have been at the pace of all, and the test of the difference."""

    observed: float
    expected: float
    chi2: float
    p: float


def log_rank(
    time: Floats, finished: NDArray[np.bool_], items: Floats, mine: NDArray[np.bool_], stratum: NDArray[np.int64]
) -> LogRank | None:
    """The log-rank test of the cases `mine` against the others, within strata: grouped cases as in `curve`.

    Over the times of each stratum, with d of n over and n1 of n mine: E = sum of d n1 / n, V = sum of
    d (n1/n) (1 - n1/n) (n - d)/(n - 1), chi2 = (O - E)^2 / V with one degree of freedom (Mantel 1966; strata are added
    up, as in R's survdiff). None where V is 0: nothing is over, or never while both were at risk.
    """
    observed = float(items[finished & mine].sum())
    expected = variance = 0.0
    for each in np.unique(stratum):
        part = stratum == each
        more, spread = _expected(time[part], finished[part], items[part], mine[part])
        expected, variance = expected + more, variance + spread
    if variance <= TOLERANCE:
        return None
    chi2 = (observed - expected) ** 2 / variance
    return LogRank(observed, expected, chi2, float(chdtrc(1, chi2)))


def _expected(time: Floats, finished: NDArray[np.bool_], items: Floats, mine: NDArray[np.bool_]) -> tuple[float, float]:
    """Expected number over among `mine`, and its variance, in one stratum."""
    _, n, d = _counts(time, finished, items)
    share = _counts(time, finished, items * mine)[1] / n
    variance = d * share * (1 - share) * (n - d) / np.maximum(n - 1, 1)
    return float((d * share).sum()), float(variance.sum())
