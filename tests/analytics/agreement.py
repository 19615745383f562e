"""Whether the product and the second computation say the same of a store."""

from collections.abc import Iterator, Mapping
from datetime import date
from math import isclose
from typing import Any

import numpy as np

from analytics.catalogue import ALL
from analytics.engine import kpi_rows
from analytics.kpi import Period
from analytics.measure import Dim
from analytics.scope import Baseline
from analytics.view import View
from data.store import Store
from tests.analytics.independent.cases import Case
from tests.analytics.independent.figures import KPIS, Computed, Figure, Portfolio
from tests.analytics.independent.known import History
from tests.world import scope_of

FIELDS = ("value", "value_all", "numerator", "denominator", "n", "n_all", "low", "high", "band", "band_all")
GRAINS: tuple[tuple[Dim, ...], ...] = ((), ("cro",), ("engagement",))
TWICE = tuple(kpi for kpi in ALL if kpi.id in KPIS)
"""The KPIs that have a second computation."""
EVENTS = tuple(kpi for kpi in TWICE if kpi.period is Period.EVENTS)
OTHERS = tuple(kpi for kpi in TWICE if kpi.period is not Period.EVENTS)
Rows = Mapping[tuple[str, ...], Mapping[str, Any]]


def differences(
    store: Store, history: History, as_of: date, *, baseline: Baseline = "original", known_at: int | None = None,
    periods: bool = True,
) -> list[str]:  # fmt: skip
    """Every figure in which both differ, in words: KPI, group, field, product, second computation."""
    second = Portfolio(history, as_of, baseline, known_at)
    found: list[str] = []
    with store.read() as cursor:
        over = {"baseline": baseline} | ({} if known_at is None else {"known_at": known_at})
        view = View(cursor, scope_of(store, as_of, **over))
        for by in GRAINS:
            found += _compare(_asked(view, TWICE, by), second.at(by))
        if periods:
            found += _compare(_asked(view, EVENTS, ("cro", "quarter")), second.events_by("quarter"))
            found += _compare(_asked(view, EVENTS, ("cro", "month")), second.events_by("month"))
            found += _compare(_asked(view, OTHERS, ("cro", "quarter")), second.states_by_quarter())
    return found


def _asked(view: View, kpis: Any, by: tuple[Dim, ...]) -> Rows:
    return {(row["kpi"], *(row[dim] for dim in by)): row for row in kpi_rows(view, kpis, by)}


def _compare(product: Rows, second: Computed) -> Iterator[str]:
    for key in sorted({*product, *second.figures}, key=str):
        row, mine = product.get(key), second.figures.get(key)
        if row is None or mine is None:
            # A period in which nothing counts may have a row or none.
            if (row or mine or {}).get("n_all"):
                yield f"{key}: {'the product' if row is None else 'the second computation'} has no such figure"
            continue
        for field in FIELDS if row["n_all"] else ("value", "n", "band", "band_all"):
            if not _same(key[0], field, row[field], mine, second.cases[key]):
                yield f"{key} {field}: product {row[field]}, second {mine[field]}"


def _same(kpi: str, field: str, one: Any, figure: Figure, cases: list[Case]) -> bool:
    other = figure[field]
    if one is None or other is None or isinstance(other, str):
        return bool(one == other)
    if KPIS[kpi].what == "forms" and field in ("low", "high"):
        return _likely(field, one, [case.time for case in cases if case.time is not None])
    return isclose(one, other, rel_tol=1e-9, abs_tol=1e-9)


def _likely(side: str, limit: float, times: list[float]) -> bool:
    """Whether about 1 in 40 of other samples have their median beyond the limit of a bootstrap."""
    dice = np.random.default_rng(len(times))
    medians = np.median(dice.choice(times, (4_000, len(times))), axis=1)
    beyond = (medians < limit, medians <= limit) if side == "low" else (medians > limit, medians >= limit)
    return bool(beyond[0].mean() <= 0.025 + 0.015 and beyond[1].mean() >= 0.025 - 0.015)
