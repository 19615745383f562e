"""How sure a figure is, in words: what stands one click away from a KPI."""

from collections.abc import Iterable, Mapping
from typing import Any

import pandas as pd

from analytics.catalogue import BY_ID
from analytics.kpi import Better, Kpi, Median, Ratio, Total
from analytics.words import rating, shown

COLUMNS = ["KPI", "Value", "Rating", "Interval", "Rests on", "Needs", "Green and red", "Basis", "Method"]


def sure(rows: Iterable[Mapping[str, Any]]) -> pd.DataFrame:
    """Rows of the engine as words: value, 95 % interval, what it rests on and needs, thresholds, basis, method."""
    return pd.DataFrame([_row(BY_ID[row["kpi"]], row) for row in rows], columns=COLUMNS)


def method(kpi: Kpi) -> str:
    """How the value and its interval are made."""
    match kpi.measure:
        case Median(quartiles=True):
            return "median; the interval is the middle half"
        case Median():
            return "Kaplan-Meier median, what is open is censored; 95 % interval, log-log"
        case Ratio(proportion=True):
            return "sum over sum; 95 % interval by Wilson"
        case Ratio():
            return "sum over sum; no interval"
        case Total():
            return "sum"


def thresholds(kpi: Kpi, green: float | None, red: float | None) -> str:
    """`green from 90 %, red under 80 %`; the direction is the KPI's."""
    if green is None or red is None:
        return "none"
    under, over = ("from", "under") if kpi.better is Better.HIGHER else ("up to", "over")
    return f"green {under} {shown(kpi, green)}, red {over} {shown(kpi, red)}"


def interval(kpi: Kpi, low: float | None, high: float | None) -> str:
    """`57.8 % to 95.7 %`; an end that the data does not reach is said to be open."""
    if low is None and high is None:
        return "–"
    return f"{'open' if low is None else shown(kpi, low)} to {'open' if high is None else shown(kpi, high)}"


def _row(kpi: Kpi, row: Mapping[str, Any]) -> dict[str, str]:
    value = shown(kpi, row["value"], row["green"], row["red"])
    return {
        "KPI": kpi.label,
        "Value": value if row["value"] is not None else f"– {row['reason'] or ''}".strip(),
        "Rating": rating(row["band"], row["n"], kpi.min_n, kpi.counts),
        "Interval": interval(kpi, row["low"], row["high"]),
        "Rests on": f"{row['n']:,.0f} {kpi.counts}",
        "Needs": f"{kpi.min_n:,} to be rated",
        "Green and red": thresholds(kpi, row["green"], row["red"]),
        "Basis": row["basis"],
        "Method": method(kpi),
    }
