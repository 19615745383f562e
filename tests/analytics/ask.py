"""Short ways to ask the KPIs of a small store."""

from datetime import date
from typing import Any

import pandas as pd

from analytics.catalogue import BY_ID
from analytics.engine import kpi_rows
from analytics.measure import Dim
from analytics.view import View
from data.store import Store
from tests.world import scope_of

Values = dict[str, Any]


def rows_of(store: Store, as_of: date, *kpis: str, by: tuple[Dim, ...] = ("cro",), **scope: Any) -> list[Values]:
    """Rows of some KPIs by dimensions; `scope` overrides what the scope of the whole store says."""
    with store.read() as cursor:
        view = View(cursor, scope_of(store, as_of, **scope))
        return kpi_rows(view, [BY_ID[kpi] for kpi in kpis], by)


def values_of(store: Store, as_of: date, *kpis: str, **scope: Any) -> Values:
    """The value of some KPIs over everything in scope, by KPI."""
    return {row["kpi"]: row["value"] for row in rows_of(store, as_of, *kpis, by=(), **scope)}


def row_of(store: Store, as_of: date, kpi: str, cro: str = "A", **scope: Any) -> Values:
    """One KPI of one CRO."""
    (row,) = [row for row in rows_of(store, as_of, kpi, **scope) if row["cro"] == cro]
    return row


def facts_of(store: Store, as_of: date, question: str, **scope: Any) -> pd.DataFrame:
    """What a SELECT over facts answers."""
    with store.read() as cursor:
        return View(cursor, scope_of(store, as_of, **scope)).ask(question)
