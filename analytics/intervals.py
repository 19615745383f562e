"""How sure a figure is."""

from math import sqrt
from typing import Any
from zlib import crc32

import numpy as np
from scipy.special import gammaincinv

from analytics.survival import Z95, Floats

DRAWS = 2_000
ENOUGH_TO_DRAW = 8
"""Cases under which drawing from them again says nothing about others."""


def wilson(successes: float, n: float) -> tuple[float, float]:
    """95 % score interval of a proportion, as shares (Wilson 1927). Raises ValueError without a case."""
    if n <= 0:
        raise ValueError("An interval needs a case.")
    share, square = successes / n, Z95 * Z95
    centre = share + square / (2 * n)
    spread = Z95 * sqrt(share * (1 - share) / n + square / (4 * n * n))
    low, high = (centre - spread) / (1 + square / n), (centre + spread) / (1 + square / n)
    return max(0.0, low) if successes else 0.0, min(1.0, high) if successes < n else 1.0


def poisson(events: float, exposure: float) -> tuple[float, float]:
    """Exact 95 % interval of a rate, events per unit of exposure or per expected event (Garwood 1936, by chi-square).

    Raises ValueError without exposure, or under 0 events.
    """
    if exposure <= 0 or events < 0:
        raise ValueError("An interval needs an exposure, and events of 0 or more.")
    low = float(expected_at(0.025, events)) if events else 0.0
    return low / exposure, float(expected_at(0.975, events)) / exposure


def expected_at(tail: float, events: Any) -> Any:
    """The mean of a Poisson count of which so many events are the limit of probability `tail`, below or above.

    Half a quantile of chi-square with 2 k degrees of freedom, which is one of a gamma distribution of shape k: of the
    events themselves in the lower half, of one more in the upper one (Garwood 1936).
    """
    return gammaincinv(events if tail < 0.5 else events + 1, tail)


def net(total: float, squares: float, n: float) -> tuple[float, float]:
    """95 % interval of the mean of cases of 1, 0 and -1, from their sum and the sum of their squares.

    Standard error sqrt((p + d - (p - d)^2) / n), p and d the shares of 1 and -1 (variance of a multinomial
    difference). Within -1 and 1. Raises ValueError without a case.
    """
    if n <= 0:
        raise ValueError("An interval needs a case.")
    mean = total / n
    spread = Z95 * sqrt(max(0.0, squares / n - mean * mean) / n)
    return max(-1.0, mean - spread), min(1.0, mean + spread)


def bootstrap(values: Floats) -> tuple[float, float] | None:
    """95 % percentile interval of the median (Efron 1979), None under `ENOUGH_TO_DRAW` cases.

    Seeded by the values, so that the same cases in any order give the same interval.
    """
    if len(values) < ENOUGH_TO_DRAW:
        return None
    cases = np.sort(values)
    dice = np.random.default_rng(crc32(cases.tobytes()))
    medians = np.median(dice.choice(cases, (DRAWS, len(cases))), axis=1)
    low, high = np.quantile(medians, [0.025, 0.975]).tolist()
    return low, high
