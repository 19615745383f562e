"""From sums and medians to values, intervals, bands and points."""

from collections.abc import Mapping
from typing import Any

from analytics.intervals import net, poisson, wilson
from analytics.kpi import Band, Kpi, Median, Ratio, Spread, Total, band, better, points
from analytics.measure import EXPRESSIONS
from analytics.thresholds import Threshold, Thresholds

COLUMNS = (
    "kpi", "value", "value_all", "numerator", "denominator", "n", "n_all", "low", "high", "band", "band_all", "points",
    "points_all", "points_worst", "green", "red", "weight", "basis", "unit", "reason", "silent", "ever",
    "companion",
)  # fmt: skip
NO_RATE = "no budget rate of the year for every currency"
HIDDEN = "fewer than {} answers: hidden, so that nobody is recognised"
NOT_REACHED = "fewer than half are finished"
NOT_APPLICABLE = {
    "band": Band.NOT_APPLICABLE, "band_all": Band.NOT_APPLICABLE, "points": None, "points_all": None,
    "points_worst": None, "reason": "not part of the service",
}  # fmt: skip


def graded(kpi: Kpi, row: Mapping[str, Any], limits: Thresholds, reporting: str) -> dict[str, Any]:
    """A raw row with its value, interval, band and points."""
    limit = limits.of(kpi, row.get("cro") or "", row.get("engagement") or "").used(kpi)
    found: dict[str, Any] = {dim: row[dim] for dim in EXPRESSIONS if dim in row}
    found |= {"kpi": kpi.id, "green": limit.green, "red": limit.red, "weight": limit.weight, "basis": limit.words}
    found |= {"companion": None, "unit": kpi.unit, "silent": int(row.get("silent") or 0), "ever": bool(row["rows"])}
    found |= _from_median(row) if isinstance(kpi.measure, Median) else _from_sums(kpi, row, reporting)
    if 0 < max(found["n"], found["n_all"]) < kpi.hidden_below:
        hidden = dict.fromkeys(("value", "value_all", "numerator", "denominator", "low", "high", "companion"))
        found |= hidden | {"reason": HIDDEN.format(kpi.hidden_below)}
    for suffix in ("", "_all"):
        state, earned = _rating(kpi, found, row, suffix, limit.green, limit.red)
        found |= {f"band{suffix}": state, f"points{suffix}": earned}
    return found | {"points_worst": _worst(kpi, row, found["points"], limit)}


def absent(kpi: Kpi, named: Mapping[str, str], limits: Thresholds) -> dict[str, Any]:
    """The row of a CRO or engagement about which nothing was reported."""
    limit = limits.of(kpi, named.get("cro", ""), named.get("engagement", "")).used(kpi)
    return dict.fromkeys(COLUMNS) | dict(named) | {
        "kpi": kpi.id, "n": 0.0, "n_all": 0.0, "band": Band.NOT_REPORTED, "band_all": Band.NOT_REPORTED,
        "green": limit.green, "red": limit.red, "weight": limit.weight, "basis": limit.words, "unit": kpi.unit,
        "reason": "not reported", "silent": 0, "ever": False,
    }  # fmt: skip


def _from_median(row: Mapping[str, Any]) -> dict[str, Any]:
    reason = None
    if row["median"] is None:
        reason = NOT_REACHED if row["n"] else "no time of day" if row.get("untimed") else "no cases"
    return {
        "value": row["median"], "value_all": row["median_all"], "numerator": row["finished"], "denominator": row["n"],
        "n": row["n"], "n_all": row["n_all"], "low": row["low"], "high": row["high"], "reason": reason,
    }  # fmt: skip


def _from_sums(kpi: Kpi, row: Mapping[str, Any], reporting: str) -> dict[str, Any]:
    measure, total = kpi.measure, isinstance(kpi.measure, Total)
    scale = measure.scale if isinstance(measure, Ratio) else 1.0
    top, bottom = row["numerator"], row["denominator"]
    found: dict[str, Any] = {"numerator": top, "denominator": None if total else bottom, "low": None, "high": None}
    found |= {"n": float(row["n"] or 0), "n_all": float(row["n_all"] or 0), "reason": None}
    found["value"] = top if total else _ratio(top, bottom, scale)
    found["value_all"] = row["numerator_all"] if total else _ratio(row["numerator_all"], row["denominator_all"], scale)
    if found["value"] is None:
        unpooled = row["currencies"] > 1 and row["items"] and bottom is None and found["n"]
        found["reason"] = NO_RATE if unpooled else kpi.undefined if found["n"] else "no cases"
    elif isinstance(measure, Ratio) and (limits := _interval(measure, top, bottom, row["squares"])):
        found |= {"low": scale * limits[0], "high": scale * limits[1]}
    if kpi.companion:
        beside = _ratio(row["beside_top"], row["beside_bottom"], kpi.companion.measure.scale)
        found["companion"] = kpi.companion.said(beside)
    if kpi.unit == "currency":
        found["unit"] = reporting if row["currencies"] > 1 else row["currency"]
    return found


def _interval(measure: Ratio, top: float, bottom: float, squares: float | None) -> tuple[float, float] | None:
    """The interval of `top` over `bottom`, unscaled; None where the measure has none, or the counts allow none."""
    if measure.spread is Spread.WILSON and 0 <= top <= bottom:
        return wilson(top, bottom)
    if measure.spread is Spread.POISSON and top >= 0:
        return poisson(top, bottom)
    return net(top, squares or 0.0, bottom) if measure.spread is Spread.NET else None


def _ratio(top: float | None, bottom: float | None, scale: float) -> float | None:
    return None if top is None or bottom is None or bottom <= 0 else scale * top / bottom


def _worst(kpi: Kpi, row: Mapping[str, Any], earned: float | None, limit: Threshold) -> float | None:
    """The points where what is owed is read at its worst, and its first month as one that earns no points."""
    if (
        not isinstance(kpi.measure, Ratio)
        or row["numerator"] is None
        or earned is None
        or limit.green is None
        or limit.red is None
    ):
        return earned
    scale, top, bottom = kpi.measure.scale, row["owed_top"] or 0.0, row["owed_bottom"] or 0.0
    if row["silent"] and bottom:
        top = min(top, (2 * limit.red - limit.green) / scale * bottom / row["silent"])
    value = _ratio(row["numerator"] + top, row["denominator"] + bottom, scale)
    return earned if value is None else min(earned, points(kpi.better, value, limit.green, limit.red))


def _rating(
    kpi: Kpi, graded: Mapping[str, Any], row: Mapping[str, Any], suffix: str, green: float | None, red: float | None
) -> tuple[Band, float | None]:
    """Band and points of a value; `suffix` tells the CRO's own causes from all."""
    value, n = graded[f"value{suffix}"], graded[f"n{suffix}"]
    if green is None or red is None:
        return (Band.UNRATED if value is not None else Band.NOT_REPORTED), None
    if row.get(f"red_fact{suffix}"):
        earned = 50.0 if value is None else min(50.0, points(kpi.better, value, green, red))
        return Band.RED, earned
    bound = row.get(f"bound{suffix}")
    if value is None and bound is not None and n >= kpi.min_n and better(kpi.better, red, bound):
        return Band.RED, points(kpi.better, bound, green, red)
    if not n:
        return (kpi.empty if row["rows"] else Band.NOT_REPORTED), None
    if n < max(kpi.min_n, kpi.hidden_below):
        return Band.TOO_FEW, None
    if value is None:
        return Band.UNRATED, None
    return band(kpi.better, value, green, red), points(kpi.better, value, green, red)
