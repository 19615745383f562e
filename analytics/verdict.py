"""How sure a figure is, in one word of four; the reader of it says what it is compared with."""

from collections.abc import Mapping
from enum import StrEnum
from typing import Any

from analytics.catalogue import BY_ID
from analytics.intervals import wilson
from analytics.kpi import Band, Better, Kpi, Median, Ratio, Spread, band


class Verdict(StrEnum):
    """A KPI against its target, its peers, its own past or the rest."""

    BETTER = "better"
    AS_EXPECTED = "no different"
    WORSE = "worse"
    TOO_FEW = "too few"


Row = Mapping[str, Any]
Interval = tuple[float | None, float | None]


def beyond(direction: Better, above: bool) -> Verdict:
    """What it means to lie above (or below) everything that could be chance."""
    return Verdict.BETTER if above is (direction is Better.HIGHER) else Verdict.WORSE


def against_target(row: Row, suffix: str = "") -> Verdict | None:
    """A row of the engine against its green threshold; `suffix` `_all` for all causes.

    The whole 95 % interval better than green: better; worse than green: worse; green inside: no different, whatever the
    band. What has no interval (money, counts, earned value: nothing is sampled) is as its band says, green no
    different, amber and red worse. So is the slip, whose `low` and `high` are quartiles of the single slips. A red fact
    is worse whatever n. None where the KPI is not rated, not reported or not applicable.
    """
    kpi, state = BY_ID[row["kpi"]], row[f"band{suffix}"]
    if state is Band.TOO_FEW:
        return Verdict.TOO_FEW
    if not state.rated:
        return None
    if red_by_fact(row, suffix):
        return Verdict.WORSE
    low, high = interval(kpi, row, suffix)
    green = row["green"]
    if low is None and high is None:
        return Verdict.AS_EXPECTED if state is Band.GREEN else Verdict.WORSE
    if low is not None and low > green:
        return beyond(kpi.better, above=True)
    if high is not None and high < green:
        return beyond(kpi.better, above=False)
    return Verdict.AS_EXPECTED


def unsure(row: Row, suffix: str = "") -> bool:
    """Whether it is amber or red and that could be chance, since the interval reaches green."""
    return (
        row[f"band{suffix}"] in (Band.AMBER, Band.RED)
        and interval(BY_ID[row["kpi"]], row, suffix) != (None, None)
        and against_target(row, suffix) is Verdict.AS_EXPECTED
    )


def interval(kpi: Kpi, row: Row, suffix: str = "") -> Interval:
    """The 95 % interval of the value in its unit; a side that is open, or not known, is None.

    Of all causes only a proportion has one of its own, where that differs from the value.
    """
    if isinstance(kpi.measure, Median) and kpi.measure.quartiles:
        return None, None
    if not suffix or (row["value"], row["n"]) == (row["value_all"], row["n_all"]):
        return row["low"], row["high"]
    if isinstance(kpi.measure, Ratio) and kpi.measure.spread is Spread.WILSON and not kpi.measure.n and row["n_all"]:
        scale, n = kpi.measure.scale, row["n_all"]
        low, high = wilson(round(row["value_all"] / scale * n), n)
        return scale * low, scale * high
    return None, None


def red_by_fact(row: Row, suffix: str = "") -> bool:
    """Whether it is red by a fact: the row says so, or the value, or how few there are, would not make it red."""
    kpi, value = BY_ID[row["kpi"]], row[f"value{suffix}"]
    if row[f"band{suffix}"] is not Band.RED or not kpi.red_because:
        return False
    if row.get(f"red_fact{suffix}"):
        return True
    by_value = None if value is None else band(kpi.better, value, row["green"], row["red"])
    return bool(row[f"n{suffix}"] < kpi.min_n or by_value is not Band.RED)
