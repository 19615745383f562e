"""The SQL that measures a KPI, made from its declaration, and the curves of those that are medians."""

from functools import cache
from typing import Any, Literal

import numpy as np

from analytics.intervals import bootstrap
from analytics.kpi import Companion, Kpi, Median, Period, Ratio, Spread, Total
from analytics.survival import Floats, curve
from analytics.view import View

Dim = Literal["cro", "engagement", "quarter", "month"]
PERIODS: tuple[Dim, ...] = ("quarter", "month")
EXPRESSIONS: dict[Dim, str] = {
    "cro": "cro_id",
    "engagement": "engagement_id",
    "quarter": "strftime(event_date, '%Y-Q') || quarter(event_date)",
    "month": "strftime(event_date, '%Y-%m')",
}


def measure(view: View, kpi: Kpi, by: tuple[Dim, ...]) -> list[dict[str, Any]]:
    """One raw row a group: its dimensions, sums or median, and how many rows it rests on."""
    rows = view.rows(question(kpi, by), services=list(kpi.services))
    return _medians(kpi.measure, by, rows) if isinstance(kpi.measure, Median) else rows


COUNTED = "sum({side}) FILTER ({rows})"
# Fractions are added in one order: else the last digit depends on how the engine shared out the rows.
POOLED = "sum({side} ORDER BY {side}) FILTER ({rows})"
POOLED_MONEY = (
    "CASE WHEN count(DISTINCT currency) FILTER (within) <= 1 THEN sum({side} ORDER BY {side}) FILTER ({rows}) "
    "WHEN bool_and(rate IS NOT NULL) FILTER (within) "
    "THEN sum({side} * rate ORDER BY {side} * rate) FILTER ({rows}) END"
)
"""Amounts of one currency as they are, of several at their budget rates, and nothing where a rate is missing."""
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
    dated = any(dim in PERIODS for dim in by)
    rows = (
        f"SELECT {dims}*, {counts(kpi)} AS counts, ({period(kpi, dated)}) AS within, "
        f"({kpi.red_if}) AS red_fact FROM {kpi.fact} WHERE {served(kpi)}"
    )
    if dated:
        rows = f"SELECT * FROM ({rows}) WHERE within"
    if "engagement" in by:
        # An audit of a whole CRO belongs to no engagement.
        rows = f"SELECT * FROM ({rows}) WHERE engagement_id IS NOT NULL"
    groups = "".join(f"{dim}, " for dim in by)
    if isinstance(kpi.measure, Median):
        return (
            f"SELECT {groups}({kpi.measure.time})::DOUBLE AS time, {kpi.measure.finished} AS finished, within, "
            f"count(*) FILTER (counts) AS items, count(*) AS items_all FROM ({rows}) GROUP BY ALL"
        )
    return _sums(kpi.measure, kpi.companion, groups, rows)


def _sums(measure: Ratio | Total, companion: Companion | None, groups: str, rows: str) -> str:
    if isinstance(measure, Total):
        measure = Ratio(numerator=measure.amount, denominator="1", money=measure.money)
    beside = companion.measure if companion else Ratio(numerator="NULL", denominator="NULL")
    sides = {
        "top": measure.numerator,
        "top_all": measure.numerator_all or measure.numerator,
        "bottom": measure.denominator,
        "owed_top": measure.owed_numerator,
        "owed_bottom": measure.owed_denominator,
        "squares": f"power({measure.numerator}, 2)" if measure.spread is Spread.NET else "NULL",
        "beside_top": beside.numerator,
        "beside_bottom": beside.denominator,
    }
    sides_sql = ", ".join(f"({expression})::DOUBLE AS {name}" for name, expression in sides.items())
    cases = measure.n if measure.distinct else f"({measure.n or measure.denominator})::DOUBLE"
    money = ", currency, rate" if measure.money else ""
    counted = (
        f"SELECT {groups}{sides_sql}, {cases} AS cases, counts, red_fact{money}, "
        f"{measure.silence} AS silent, within AND top IS NOT NULL AND bottom IS NOT NULL AS within FROM ({rows})"
    )
    pooled = POOLED_MONEY if measure.money else COUNTED if measure.proportion else POOLED
    n = "count(DISTINCT cases)" if measure.distinct else "sum(cases)"
    sums = ", ".join(
        f"{pooled.format(side=side, rows=which)} AS {name}"
        for name, side, which in (
            ("numerator", "top", "within AND counts"),
            ("denominator", "bottom", "within AND counts"),
            ("numerator_all", "top_all", "within"),
            ("denominator_all", "bottom", "within"),
            ("owed_top", "owed_top", "within AND counts"),
            ("owed_bottom", "owed_bottom", "within AND counts"),
            ("squares", "squares", "within AND counts"),
            ("beside_top", "beside_top", "within"),
            ("beside_bottom", "beside_bottom", "within"),
        )
    )
    currencies = CURRENCIES if measure.money else "1 AS currencies, NULL AS currency"
    return (
        f"SELECT {groups}{sums}, {n} FILTER (within AND counts) AS n, {n} FILTER (within) AS n_all, "
        "count(*) FILTER (within) AS items, count(*) AS rows, "
        "bool_or(red_fact AND counts) FILTER (within) AS red_fact, "
        "bool_or(red_fact) FILTER (within) AS red_fact_all, coalesce(max(silent) FILTER (within), 0) AS silent, "
        f"{currencies} FROM ({counted}) {'GROUP BY ALL' if groups else ''}"
    )


def _medians(median: Median, by: tuple[Dim, ...], cases: list[dict[str, Any]]) -> list[dict[str, Any]]:
    groups: dict[tuple[Any, ...], list[dict[str, Any]]] = {} if by else {(): []}
    for case in cases:
        groups.setdefault(tuple(case[dim] for dim in by), []).append(case)
    found = []
    for key in sorted(groups):
        within = [case for case in groups[key] if case["within"]]
        timed = [case for case in within if case["time"] is not None]
        row: dict[str, Any] = dict(zip(by, key, strict=True))
        row["rows"] = sum(case["items_all"] for case in groups[key])
        row["items"] = sum(case["items_all"] for case in timed)
        row["untimed"] = sum(case["items_all"] for case in within) - row["items"]
        row |= _median(median, timed, "items")
        row |= {f"{name}_all": value for name, value in _median(median, timed, "items_all").items()}
        found.append(row)
    return found


def _median(median: Median, cases: list[dict[str, Any]], items: str) -> dict[str, Any]:
    """Median, its range, n and number finished of the cases; `bound` is what the median exceeds if not reached."""
    counted = [case for case in cases if case[items]]
    if not counted:
        return {"median": None, "n": 0.0, "finished": 0.0, "low": None, "high": None, "bound": None}
    weights = np.array([case[items] for case in counted], dtype=float)
    finished = np.array([case["finished"] for case in counted], dtype=bool)
    times = np.array([case["time"] for case in counted], dtype=float)
    if median.spread is not Spread.CURVE:
        return _uncensored(median, np.repeat(times, weights.astype(int)))
    seen = curve(times, finished, weights)
    value = seen.quantile(0.5)
    low, high = seen.median_interval()
    return {
        "median": value, "n": seen.n, "finished": float(weights[finished].sum()), "low": low, "high": high,
        "bound": seen.longest if value is None else None,
    }  # fmt: skip


def _uncensored(median: Median, times: Floats) -> dict[str, Any]:
    """The ordinary median of cases that are all finished, with the quartiles, or the bootstrap interval."""
    low, value, high = np.quantile(times, [0.25, 0.5, 0.75]).tolist()
    if median.spread is Spread.BOOTSTRAP:
        low, high = bootstrap(times) or (None, None)
    n = float(len(times))
    return {"median": value, "n": n, "finished": n, "low": low, "high": high, "bound": None}
