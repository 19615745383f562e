"""Any KPI at any grain, always from fact rows."""

from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import date, timedelta
from typing import Any

import pandas as pd

from analytics.grading import COLUMNS, NOT_APPLICABLE, absent, graded
from analytics.kpi import Kpi, Period
from analytics.measure import PERIODS, Dim, measure
from analytics.scope import Scope, month_end, month_name, quarter_end, quarter_name
from analytics.thresholds import Thresholds, thresholds
from analytics.view import View

MEMBER_COLUMNS = {"cro": "cro_id", "engagement": "engagement_id"}
MEMBERS = "SELECT cro_id, engagement_id, service_type, start_date FROM fact_engagement ORDER BY cro_id, engagement_id"
NO_CURRENCY = "reporting currency"
REPORTING_CURRENCY = "SELECT max(currency) AS currency FROM known_fx_rates WHERE rate = 1 AND year = year($as_of)"


def evaluate(view: View, kpis: Sequence[Kpi], by: tuple[Dim, ...]) -> pd.DataFrame:
    """The rows of `kpi_rows` as a frame of plain values, None where undefined."""
    return pd.DataFrame(kpi_rows(view, kpis, by), columns=[*by, *COLUMNS], dtype=object)


def kpi_rows(view: View, kpis: Sequence[Kpi], by: tuple[Dim, ...]) -> list[dict[str, Any]]:
    """KPIs by the dimensions asked for: one row a KPI and group.

    Columns: the dimensions, kpi, value, value_all (all causes), numerator, denominator, n, n_all, low, high, band,
    band_all, points, points_all, points_worst (with what is not reported read at its worst), green, red, weight, basis
    (of the thresholds, in words), unit, reason (why a value is missing), companion (what stands beside it, in words),
    silent (months ended and not reported, at most), ever (whether it had a row).
    A group of `cro` or `engagement` without a row is there, as not reported or not applicable; months, quarters,
    priorities and topics are those with a row. Values in the KPI's unit, unrounded; None where undefined.
    """
    limits, reporting = thresholds(view), reporting_currency(view)
    members = view.once("members", lambda: view.ask(MEMBERS))
    found: list[dict[str, Any]] = []
    for kpi, row in _measured(view, kpis, by, members):
        found.append(graded(kpi, row, limits, reporting))
    if by and all(dim in MEMBER_COLUMNS for dim in by):
        return _complete(kpis, found, by, members, limits)
    order = {kpi.id: place for place, kpi in enumerate(kpis)}
    return sorted(found, key=lambda row: (order[row["kpi"]], *(row[dim] for dim in by)))


def reporting_currency(view: View) -> str:
    """The currency whose budget rate is 1 in the as-of date's year."""
    return view.once("reporting currency", lambda: view.rows(REPORTING_CURRENCY)[0]["currency"] or NO_CURRENCY)


def _measured(
    view: View, kpis: Sequence[Kpi], by: tuple[Dim, ...], members: pd.DataFrame
) -> Iterator[tuple[Kpi, dict[str, Any]]]:
    """One raw row a KPI and group, with its sums or its curve.

    A state by month or quarter is measured at each of their ends; events are dated, so one question is enough.
    """
    inside = tuple(dim for dim in by if dim not in PERIODS)
    states = [kpi for kpi in kpis if by != inside and kpi.period is not Period.EVENTS]
    for kpi in kpis:
        if kpi not in states:
            yield from ((kpi, row) for row in measure(view, kpi, by))
    for end, labels in _periods(by, view.scope, members) if states else ():
        with view.other(replace(view.scope, as_of=end, since=None)) as then:
            for kpi in states:
                yield from ((kpi, row | labels) for row in measure(then, kpi, inside) if row["items"])


def _periods(by: tuple[Dim, ...], scope: Scope, members: pd.DataFrame) -> Iterator[tuple[date, dict[str, str]]]:
    """Ends of the months or quarters since the first engagement started; the last one is the as-of date."""
    if members.empty:
        return
    day = max(pd.Timestamp(members["start_date"].min()).date(), date(scope.as_of.year - 10, 1, 1))
    while day <= scope.as_of:
        end = month_end(day) if "month" in by else quarter_end(day)
        labels = {"quarter": quarter_name(end), "month": month_name(end)}
        yield min(end, scope.as_of), {dim: labels[dim] for dim in by if dim in PERIODS}
        day = end + timedelta(days=1)


def _complete(
    kpis: Sequence[Kpi], rows: list[dict[str, Any]], by: tuple[Dim, ...], members: pd.DataFrame, limits: Thresholds
) -> list[dict[str, Any]]:
    """The rows, and one for each KPI of a CRO or engagement that has none."""
    have = {(row["kpi"], *(row[dim] for dim in by)): row for row in rows}
    columns = [MEMBER_COLUMNS[dim] for dim in by]
    services: dict[tuple[str, ...], set[str]] = {}
    for *key, service in members[[*columns, "service_type"]].itertuples(index=False, name=None):
        services.setdefault(tuple(key), set()).add(service)
    complete = []
    for kpi in kpis:
        for group, own in sorted(services.items()):
            row = have.get((kpi.id, *group)) or absent(kpi, dict(zip(by, group, strict=True)), limits)
            complete.append(row if not kpi.services or own & set(kpi.services) else row | NOT_APPLICABLE)
    return complete
