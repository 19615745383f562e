"""The SQL that measures a KPI, made from its declaration, and the curves of those that are medians."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any, Literal

import numpy as np

from analytics.intervals import bootstrap
from analytics.kpi import Kpi, Median, Period, Ratio, Spread, Total
from analytics.survival import Floats, curve
from analytics.view import View

Dim = Literal["cro", "engagement", "priority", "topic", "quarter", "month"]
PERIODS: tuple[Dim, ...] = ("quarter", "month")
EXPRESSIONS: dict[Dim, str] = {
    "cro": "cro_id",
    "engagement": "engagement_id",
    "priority": "CASE WHEN priority = '' THEN 'no priority' ELSE lower(priority) END",
    "topic": "coalesce(topic, 'no topic')",
    "quarter": "strftime(event_date, '%Y-Q') || quarter(event_date)",
    "month": "strftime(event_date, '%Y-%m')",
}
"""What figures are grouped by; priority and topic are those of requests alone."""


def measure(view: View, kpi: Kpi, by: tuple[Dim, ...]) -> list[dict[str, Any]]:
    """One raw row a group: its dimensions, sums or median, and how many rows it rests on."""
    services = list(kpi.services)
    if isinstance(kpi.measure, Median):
        return _medians(kpi.measure, by, view.arrays(_grouped(kpi, by), services=services))
    asked = _needed(kpi)
    rows = view.rows(question(kpi, by), services=services)
    return [_filled(row, asked) for row in rows]


MEDIAN = ("median", "n", "finished", "low", "high", "bound")
CASES = ("time", "finished", "items", "items_all")
COUNTED = "sum({side}) FILTER ({rows})"
# Fractions are added in one order: else the last digit depends on how the engine shared out the rows.
POOLED = "sum({side} ORDER BY {side}) FILTER ({rows})"
POOLED_MONEY = (
    "CASE WHEN count(DISTINCT currency) FILTER (within) <= 1 THEN sum({side} ORDER BY {side}) FILTER ({rows}) "
    "WHEN bool_and(rate IS NOT NULL) FILTER (within) "
    "THEN sum({side} * rate ORDER BY {side} * rate) FILTER ({rows}) END"
)
"""Amounts of one currency as they are, of several at their budget rates, and nothing where a rate is missing."""
RED = "bool_or(red_fact AND counts) FILTER (within) AS red_fact, bool_or(red_fact) FILTER (within) AS red_fact_all"
CURRENCIES = "count(DISTINCT currency) FILTER (within) AS currencies, max(currency) FILTER (within) AS currency"


def served(kpi: Kpi) -> str:
    """The condition of rows that a KPI is about."""
    return f"({kpi.where}) AND (len($services) = 0 OR list_contains($services, service_type))"


def counts(kpi: Kpi) -> str:
    """The condition of rows that count for the CRO."""
    return "cro_counts" if kpi.attributed else "TRUE"


def period(kpi: Kpi, dated: bool = False) -> str:
    """The condition of rows within the period; where each counts at its own date (`dated`), up to the as-of date."""
    if dated:
        return "event_date <= $as_of"
    if kpi.period is not Period.EVENTS:
        return "TRUE"
    within = "event_date > $since AND event_date <= $as_of"
    return f"({within}) OR unfinished" if kpi.keeps_unfinished else within


@cache
def question(kpi: Kpi, by: tuple[Dim, ...]) -> str:
    """The SELECT that measures a KPI by some dimensions: only declared expressions, and values bound."""
    dims = "".join(f"{EXPRESSIONS[dim]} AS {dim}, " for dim in by)
    groups = "".join(f"{dim}, " for dim in by)
    dated = any(dim in PERIODS for dim in by)
    within, rows = period(kpi, dated), f"FROM {kpi.fact} WHERE {served(kpi)}"
    if dated:
        rows = f"{rows} AND {within}"
    if "engagement" in by:
        # An audit of a whole CRO belongs to no engagement.
        rows = f"{rows} AND engagement_id IS NOT NULL"
    if isinstance(kpi.measure, Median):
        return (
            f"SELECT {groups}time, finished, within, count(*) FILTER (counts) AS items, count(*) AS items_all FROM "
            f"(SELECT {dims}({kpi.measure.time})::DOUBLE AS time, {kpi.measure.finished} AS finished, "
            f"({within}) AS within, {counts(kpi)} AS counts {rows}) GROUP BY ALL"
        )
    return _sums(kpi, groups, dims, f"({within})", rows)


@cache
def _grouped(kpi: Kpi, by: tuple[Dim, ...]) -> str:
    """The cases of `question` as one row a group, so that a million of them are three arrays."""
    groups = "".join(f"{dim}, " for dim in by)
    listed = ", ".join(f"list({name}) FILTER (timed) AS {name}" for name in CASES)
    return (
        f"SELECT {groups}coalesce(sum(items_all), 0)::BIGINT AS rows, "
        f"coalesce(sum(items_all) FILTER (within AND time IS NULL), 0)::BIGINT AS untimed, {listed} "
        f"FROM (SELECT * REPLACE (items::DOUBLE AS items, items_all::DOUBLE AS items_all), "
        f"within AND time IS NOT NULL AS timed FROM ({question(kpi, by)})) "
        f"{'GROUP BY ALL ORDER BY ALL' if by else ''}"
    )


@dataclass(frozen=True, slots=True)
class _Needed:
    """The sums of a KPI: name, side and rows of each; those that are another by another name, and those not asked."""

    sums: tuple[tuple[str, str, str], ...]
    same: Mapping[str, str]
    none: tuple[str, ...]


OWN, EVERYBODY = "within AND counts", "within"


@cache
def _needed(kpi: Kpi) -> _Needed:
    """Each sum costs the engine planning, so what is not declared is not asked for."""
    measure = _ratio(kpi)
    sums = [("numerator", "top", OWN), ("denominator", "bottom", OWN), ("n", "cases", OWN)]
    same, none = {}, []
    if measure.numerator_all:
        sums.append(("numerator_all", "top_all", EVERYBODY))
    elif kpi.attributed:
        sums.append(("numerator_all", "top", EVERYBODY))
    else:
        same["numerator_all"] = "numerator"
    if kpi.attributed:
        sums += [("denominator_all", "bottom", EVERYBODY), ("n_all", "cases", EVERYBODY)]
    else:
        same |= {"denominator_all": "denominator", "n_all": "n"}
    for name, asked, rows in (
        ("owed_top", measure.owed_numerator, OWN),
        ("owed_bottom", measure.owed_denominator, OWN),
        ("squares", measure.spread is Spread.NET, OWN),
        ("beside_top", kpi.companion, EVERYBODY),
        ("beside_bottom", kpi.companion, EVERYBODY),
    ):
        if asked and asked != "0":
            sums.append((name, name, rows))
        else:
            none.append(name)
    return _Needed(tuple(sums), same, tuple(none))


def _filled(row: dict[str, Any], asked: _Needed) -> dict[str, Any]:
    return row | {name: row[other] for name, other in asked.same.items()} | dict.fromkeys(asked.none)


def _ratio(kpi: Kpi) -> Ratio:
    """The sums of a KPI that is no median; a total is one over one."""
    if isinstance(kpi.measure, Total):
        return Ratio(numerator=kpi.measure.amount, denominator="1", money=kpi.measure.money)
    assert isinstance(kpi.measure, Ratio)
    return kpi.measure


def _sums(kpi: Kpi, groups: str, dims: str, within: str, rows: str) -> str:
    measure, asked = _ratio(kpi), _needed(kpi)
    beside = kpi.companion.measure if kpi.companion else measure
    expressions = {
        "top": measure.numerator,
        "top_all": measure.numerator_all or measure.numerator,
        "bottom": measure.denominator,
        "owed_top": measure.owed_numerator,
        "owed_bottom": measure.owed_denominator,
        "squares": f"power({measure.numerator}, 2)",
        "beside_top": beside.numerator,
        "beside_bottom": beside.denominator,
    }
    sides = dict.fromkeys(side for _, side, _ in asked.sums if side != "cases")
    sides_sql = ", ".join(f"({expressions[side]})::DOUBLE AS {side}" for side in sides)
    cases = measure.n if measure.distinct else f"({measure.n or measure.denominator})::DOUBLE"
    money = ", currency, rate" if measure.money else ""
    counted = (
        f"SELECT {dims}{sides_sql}, {cases} AS cases, {counts(kpi)} AS counts, ({kpi.red_if}) AS red_fact{money}, "
        f"{measure.silence} AS silent, {within} AND top IS NOT NULL AND bottom IS NOT NULL AS within {rows}"
    )
    pooled = POOLED_MONEY if measure.money else COUNTED if measure.proportion else POOLED
    n = "count(DISTINCT cases)" if measure.distinct else "sum(cases)"
    sums = ", ".join(
        f"{n if side == 'cases' else pooled.format(side=side, rows=which)}"
        f"{f' FILTER ({which})' if side == 'cases' else ''} AS {name}"
        for name, side, which in asked.sums
    )
    currencies = CURRENCIES if measure.money else "1 AS currencies, NULL AS currency"
    red = RED if kpi.red_if != "FALSE" else "FALSE AS red_fact, FALSE AS red_fact_all"
    return (
        f"SELECT {groups}{sums}, count(*) FILTER (within) AS items, count(*) AS rows, {red}, "
        f"coalesce(max(silent) FILTER (within), 0) AS silent, "
        f"{currencies} FROM ({counted}) {'GROUP BY ALL' if groups else ''}"
    )


def _medians(median: Median, by: tuple[Dim, ...], found: Mapping[str, Any]) -> list[dict[str, Any]]:
    rows = []
    for place in range(len(found["rows"])):
        row: dict[str, Any] = {name: found[name][place] for name in by}
        times, finished, items, items_all = (_array(found[name], place) for name in CASES)
        row |= {
            "rows": int(found["rows"][place]),
            "items": int(items_all.sum()),
            "untimed": int(found["untimed"][place]),
        }
        row |= _median(median, times, finished, items)
        everybody = row if np.array_equal(items, items_all) else _median(median, times, finished, items_all)
        row |= {f"{name}_all": everybody[name] for name in MEDIAN}
        rows.append(row)
    return rows


def _array(column: Any, place: int) -> Floats:
    """A cell of a column of lists; nothing where there is none."""
    cell = column[place]
    return np.empty(0) if cell is None or cell is np.ma.masked else np.asarray(cell, dtype=float)


def _median(median: Median, times: Floats, finished: Floats, items: Floats) -> dict[str, Any]:
    """Median, its range, n and number finished of the cases; `bound` is what the median exceeds if not reached."""
    counted = items > 0
    if not counted.any():
        return {"median": None, "n": 0.0, "finished": 0.0, "low": None, "high": None, "bound": None}
    times, over, weights = times[counted], finished[counted] > 0, items[counted]
    if median.spread is not Spread.CURVE:
        return _uncensored(median, np.sort(np.repeat(times, weights.astype(int))))
    seen = curve(times, over, weights)
    value = seen.quantile(0.5)
    low, high = seen.median_interval()
    return {
        "median": value, "n": seen.n, "finished": float(weights[over].sum()), "low": low, "high": high,
        "bound": seen.longest if value is None else None,
    }  # fmt: skip


def _uncensored(median: Median, times: Floats) -> dict[str, Any]:
    """The ordinary median of cases that are all finished, with the quartiles, or the bootstrap interval."""
    low, value, high = np.quantile(times, [0.25, 0.5, 0.75]).tolist()
    if median.spread is Spread.BOOTSTRAP:
        low, high = bootstrap(times) or (None, None)
    n = float(len(times))
    return {"median": value, "n": n, "finished": n, "low": low, "high": high, "bound": None}
