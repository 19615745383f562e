"""A KPI by month against its own past: XmR charts, with the four rules of NHS England's Making Data Count."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from enum import StrEnum
from functools import partial
from itertools import pairwise
from math import ceil, inf
from typing import Any

import numpy as np
import pandas as pd

from analytics.catalogue import ALL, BY_ID
from analytics.engine import kpi_rows
from analytics.funnel import Floats, binomial
from analytics.kpi import Kpi, Median, Period, Ratio, Spread
from analytics.measure import Dim
from analytics.scope import month_name, months_before
from analytics.verdict import Verdict, beyond
from analytics.view import View

POINTS = ["month", "value", "n", "numerator", "denominator", "mean", "low", "high", "signal", "side"]
SPREAD = 3 / 1.128
"""Limits are so many mean moving ranges from the mean: 1.128 is d2 of two values (2.66 is this, rounded)."""
RANGE_SPREAD = 3.267
RUN = 7
FIRM, NEEDED = 12, 6
"""Months from which limits are firm, and under which there are none."""
RECENT = 3
"""Months in which a signal is news."""
CASES = 5
"""Cases that a month needs at least: of five, one moves a share by 20 points, and a median is not an extreme."""
ADDED = frozenset(kpi.id for kpi in ALL if kpi.added)
"""KPIs told to date whose months are read as what each added: else every month would repeat those before."""
NO_MONTHS = "a state or an amount to date: each month repeats the one before, so chance has no limits for it"


class Signal(StrEnum):
    """Why a month is not chance, the first that holds."""

    OUTSIDE = "outside the limits"
    TREND = "seven months rising or falling"
    NEAR = "two of three months near the limit"
    SHIFT = "seven months on one side"


@dataclass(frozen=True, slots=True)
class Limits:
    """Natural limits of single values: mean, mean moving range, lower and upper limit, upper limit of the ranges."""

    mean: float
    moving_range: float
    low: float
    high: float
    range_high: float


@dataclass(frozen=True, slots=True)
class Control:
    """Monthly values of a KPI, in its unit, with their natural limits.

    `points`: columns `POINTS`, one row a calendar month from the first with a value to the as-of date. value: NaN is a
    gap (fewer than `enough` cases, or a median not reached although n is enough). signal: one of `Signal` or "".
    side: where the signal points, 1 up, -1 down (a trend: its direction; else the side of the mean), 0 none. mean, low,
    high: NaN without limits. `trial`: fewer than 12 values, so the limits are not firm. `verdict`: by the newest signal
    of the last three months, too few where they have no value; `since`: the month in which that run of signals began.
    `reason`: why there are no limits, in words.
    """

    points: pd.DataFrame = field(default_factory=lambda: pd.DataFrame(columns=POINTS))
    trial: bool = False
    verdict: Verdict | None = None
    since: str | None = None
    reason: str | None = None


Values = Sequence[float | None]


def limits(values: Values) -> Limits:
    """The limits of a series: mean +- 3/1.128 x mean moving range; ranges up to 3.267 x it (NIST e-Handbook 6.3.2.2).

    None is a gap: ranges are those of neighbours. Raises ValueError without two neighbours.
    """
    known = [value for value in values if value is not None]
    ranges = [abs(b - a) for a, b in pairwise(values) if a is not None and b is not None]
    if not ranges:
        raise ValueError("Limits need two values beside each other.")
    mean, spread = float(np.mean(known)), float(np.mean(ranges))
    return Limits(mean, spread, mean - SPREAD * spread, mean + SPREAD * spread, RANGE_SPREAD * spread)


def signals(values: Values, within: Limits) -> list[str]:
    """The signal of each value, "" where there is none: outside > trend > two of three > shift."""
    return [signal for signal, _ in _found(values, within)]


def sides(values: Values, mean: float) -> list[int]:
    """1 above the mean, -1 below, 0 on it or a gap."""
    return [0 if value is None else int(np.sign(value - mean)) for value in values]


def shift(side: Sequence[int]) -> list[int]:
    """The side where a value is the seventh or later in a row on it, else 0."""
    return [
        side[end] if end + 1 >= RUN and side[end] and set(side[end + 1 - RUN : end + 1]) == {side[end]} else 0
        for end in range(len(side))
    ]


def trend(values: Values) -> list[int]:
    """1 where a value is the seventh or later in a row that rises, -1 that falls, else 0; ties and gaps break it."""
    steps = [0] + [0 if a is None or b is None else int(np.sign(b - a)) for a, b in pairwise(values)]
    return [
        steps[end] if end + 1 >= RUN and steps[end] and set(steps[end + 2 - RUN : end + 1]) == {steps[end]} else 0
        for end in range(len(steps))
    ]


def members(triggers: Sequence[int]) -> list[int]:
    """What belongs to a run of seven that any of the triggers ended: its sign (that of the first to end)."""
    return [next((each for each in triggers[at : at + RUN] if each), 0) for at in range(len(triggers))]


def two_of_three(near: Sequence[bool], side: Sequence[int]) -> list[int]:
    """The side where a value is one of three in a row on one side of which two or more are near the limit, else 0."""
    found = [0] * len(side)
    for start in range(len(side) - 2):
        window = slice(start, start + 3)
        if side[start] and set(side[window]) == {side[start]} and sum(near[window]) >= 2:
            found[window] = [side[start]] * 3
    return found


def crowded(mean: float, scale: float, n: float) -> bool:
    """Whether the mean of a share lies within one case, of so many a month, of the worst or the best there is.

    Then most months are perfect (or all missed) by chance: a run of them, on one side of the mean, says nothing, and
    the moving range is next to nothing, so that a single case is outside.
    """
    return n > 0 and min(mean, scale - mean) < scale / n


def exact(met: float, n: Floats, values: Values, scale: float) -> tuple[Floats, Floats, list[tuple[str, int]]]:
    """Lower and upper limit of each month's share by the binomial of its own n around the share `met` of all months.

    Each with a chance of 1 in 1,000, as 3 standard errors have (probability limits of a p chart: Montgomery 2009, 7.3);
    a month without a case has those of one. And the signals: a month beyond them.
    """
    sizes = np.maximum(np.round(n), 1)
    low, high = (scale * binomial(tail, sizes, met) for tail in (0.001, 0.999))
    signs = [
        0 if value is None else int(value > above) - int(value < below)
        for value, below, above in zip(values, low, high, strict=True)
    ]
    return low, high, [(Signal.OUTSIDE.value if sign else "", sign) for sign in signs]


def _found(values: Values, within: Limits) -> list[tuple[str, int]]:
    """Signal and where it points, of each value."""
    side = sides(values, within.mean)
    off = [0.0 if value is None else abs(value - within.mean) for value in values]
    reach = within.high - within.mean
    outside = [each > reach for each in off]
    near = [2 / 3 * reach < each <= reach for each in off]
    rules = {
        Signal.OUTSIDE: [one * at for one, at in zip(outside, side)],
        Signal.TREND: members(trend(values)),
        Signal.NEAR: [one * at for one, at in zip(near, two_of_three(near, side))],
        Signal.SHIFT: members(shift(side)),
    }
    return [
        next(((signal.value, points[at]) for signal, points in rules.items() if points[at]), ("", 0))
        for at in range(len(values))
    ]


def enough(kpi: Kpi) -> int:
    """Cases that a month needs: half of the KPI's min_n, and not under `CASES`.

    Its whole min_n would leave out most months of most CROs. One month is enough of what an engagement adds to SPI(t).
    """
    return 1 if kpi.added else max(CASES, ceil(kpi.min_n / 2))


def by_month(kpi: Kpi) -> Kpi | None:
    """The KPI as its rows are counted within a month; None where a month has no value of its own.

    Events are dated. What is summed to date (enrolment) is summed within the month; what has `added` is read as what
    the month added. States (a queue, a stock) and money are none: their months hang together, which limits of single
    values take for calm.
    """
    if kpi.added:
        return replace(kpi, fact=kpi.added.fact, measure=kpi.added.measure, period=Period.EVENTS)
    dated = kpi.period is Period.EVENTS or (kpi.period is Period.TO_DATE and kpi.fact == "fact_kpi_data")
    if not dated or not isinstance(kpi.measure, Ratio | Median):
        return None
    if isinstance(kpi.measure, Ratio) and kpi.measure.money:
        return None
    return replace(kpi, period=Period.EVENTS)


def control(view: View, kpi_id: str, cro: str = "", engagement: str = "", months: int = 24) -> Control:
    """The chart of a KPI over the last months, of all in scope or of one CRO or engagement (ids)."""
    kpi = BY_ID[kpi_id]
    monthly = by_month(kpi)
    if monthly is None:
        return Control(reason=NO_MONTHS)
    rows = list(_monthly(view, monthly, cro, engagement, months))
    values = [row["value"] for row in rows]
    while values and values[0] is None:
        values.pop(0)
        rows.pop(0)
    if not values:
        return Control(reason=f"no month with {enough(kpi)} {kpi.counts} or more", verdict=Verdict.TOO_FEW)
    known = sum(value is not None for value in values)
    points = pd.DataFrame(rows).assign(mean=np.nan, low=np.nan, high=np.nan, signal="", side=0)
    points = points.astype(dict.fromkeys(("value", "n", "numerator", "denominator"), float))[POINTS]
    if known < NEEDED or all(a is None or b is None for a, b in pairwise(values)):
        reason = f"{known} months with {enough(kpi)} {kpi.counts} or more; limits need {NEEDED}"
        return Control(points, reason=reason, verdict=Verdict.TOO_FEW)
    within = limits(values)
    mean, found = within.mean, _found(values, within)
    low: float | Floats
    high: float | Floats
    low, high = _clipped(kpi, within)
    told = points[points["value"].notna()]
    measure = monthly.measure
    if isinstance(measure, Ratio) and measure.proportion and crowded(mean, measure.scale, told["n"].median()):
        met = float(told["numerator"].sum() / told["denominator"].sum())
        mean, (low, high, found) = measure.scale * met, exact(met, points["n"].to_numpy(), values, measure.scale)
    points = points.assign(
        mean=mean, low=low, high=high, signal=[signal for signal, _ in found], side=[side for _, side in found]
    )
    newest = month_name(months_before(view.scope.as_of.replace(day=1), RECENT - 1))
    verdict, since = _news(kpi, points, newest)
    return Control(points, known < FIRM, verdict, since)


def months_of(view: View, kpi: Kpi, by: tuple[Dim, ...]) -> list[dict[str, Any]]:
    """The rows of a KPI as of `by_month`, worked out once for all charts of it."""
    return view.once(f"{kpi.id} within months by {by}", partial(kpi_rows, view, [kpi], by))


def _monthly(view: View, kpi: Kpi, cro: str, engagement: str, months: int) -> Iterator[dict[str, Any]]:
    """Month, value, n, numerator, denominator of each of the last months; value None where it has not enough cases."""
    dim: Dim | None = "engagement" if engagement else "cro" if cro else None
    by: tuple[Dim, ...] = (dim, "month") if dim else ("month",)
    found = {row["month"]: row for row in months_of(view, kpi, by) if not dim or row[dim] == (engagement or cro)}
    for back in reversed(range(months)):
        month = month_name(months_before(view.scope.as_of.replace(day=1), back))
        row = found.get(month, {"n": 0.0, "value": None, "numerator": None, "denominator": None})
        value = row["value"] if row["n"] >= enough(kpi) else None
        yield {"month": month, "value": value} | {name: row[name] for name in ("n", "numerator", "denominator")}


def _clipped(kpi: Kpi, within: Limits) -> tuple[float, float]:
    """The limits, within what the value can be: a share 0 to 100 %, a net share -100 to 100, a slip anything."""
    scale = kpi.measure.scale if isinstance(kpi.measure, Ratio) else inf
    spread = kpi.measure.spread if isinstance(kpi.measure, Ratio | Median) else Spread.NONE
    least, most = {
        Spread.WILSON: (0.0, scale), Spread.NET: (-scale, scale), Spread.QUARTILES: (-inf, inf),
    }.get(spread, (0.0, inf))  # fmt: skip
    return max(least, within.low), min(most, within.high)


def _news(kpi: Kpi, points: pd.DataFrame, newest: str) -> tuple[Verdict, str | None]:
    """The verdict by the newest signal from a month on, and when its run began: signals that point one way."""
    told = points[points["value"].notna()].reset_index(drop=True)
    if not (told["month"] >= newest).any():
        return Verdict.TOO_FEW, None
    recent = told[(told["signal"] != "") & (told["month"] >= newest)]
    if recent.empty:
        return Verdict.AS_EXPECTED, None
    first = last = int(recent.index[-1])
    side = int(told["side"][last])
    while first > 0 and told["side"][first - 1] == side:
        first -= 1
    return beyond(kpi.better, above=side > 0), str(told["month"][first])
