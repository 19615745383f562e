"""The rows behind a figure: those that the engine counts, by what hurts, and the rows of kinds that they stand for."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import date
from typing import Any

import pandas as pd

from analytics.catalogue import BY_ID
from analytics.engine import kpi_rows
from analytics.headline import counted, value_text
from analytics.kpi import Better, Kpi, Median, Period, Ratio, Total
from analytics.measure import EXPRESSIONS, Dim, counts, period, served
from analytics.scope import month_end
from analytics.timelines import milestone_name
from analytics.view import View
from analytics.words import count
from data.contracts import BY_KIND

MOST = 500
"""So many rows are shown, those that hurt most."""
RATE = "coalesce(rate, 1)"


@dataclass(frozen=True, slots=True)
class Part:
    """Rows of a kind: those in which the expressions `by` are what they name in a row of the fact."""

    kind: str
    by: Mapping[str, str]
    where: str = "TRUE"


@dataclass(frozen=True, slots=True, kw_only=True)
class Source:
    """How the rows of a fact are shown, and which rows of kinds each stands for.

    `name`: an expression that says which row it is, `shows`: the other columns; `dated`: the order of rows that hurt
    alike; `label`: what to make of the name; `private`: columns of the kinds that nobody is shown, nor whose
    study it is.
    """

    name: str
    shows: str
    parts: tuple[Part, ...]
    dated: str = "event_date"
    label: Callable[[str], str] = str
    private: tuple[str, ...] = ()

    @property
    def identity(self) -> tuple[str, ...]:
        """The columns of the fact by which its rows of kinds are found."""
        return tuple(dict.fromkeys(name for part in self.parts for name in part.by.values()))


def _part(kind: str, *by: str, where: str = "TRUE", **named: str) -> Part:
    return Part(kind, {name: name for name in by} | named, where)


def _milestone(name: str) -> str:
    code, comma, site = name.partition(", ")
    return milestone_name(code) + comma + site


ORDERS = _part("change_orders", "engagement_id")
SIGNED = _part("engagements", "engagement_id")
FINDINGS = "coalesce(type, 'audit_finding') = 'audit_finding'"
LATEST = "slip_days DESC NULLS LAST, event_date"
"""Of rows that hurt a figure alike, those that are late by most first."""
SOURCES: dict[str, Source] = {
    "fact_milestone": Source(
        name="milestone || CASE WHEN site_id = '' THEN '' ELSE ', site ' || site_id END",
        label=_milestone,
        shows="due, forecast, actual, slip_days, contractual, state",
        dated=LATEST,
        parts=(_part("milestones", "engagement_id", "milestone", "site_id"),),
    ),
    "fact_contracting": Source(
        name="'Contract, from the draft to the last signature'",
        shows="event_date AS since",
        parts=(
            _part(
                "milestones",
                "engagement_id",
                where="site_id = '' AND milestone IN ('draft_sent', 'contract_executed')",
            ),
        ),
    ),
    "fact_site_activation": Source(
        name="'Site ' || site_id",
        shows="event_date AS since",
        parts=(_part("milestones", "engagement_id", "site_id", where="milestone IN ('siv', 'site_activated')"),),
    ),
    "fact_deliverable": Source(
        name="name",
        shows="due, delivered, first_review, slip_days, state",
        dated=LATEST,
        parts=(_part("deliverables", "deliverable_id"),),
    ),
    "fact_request": Source(
        name="request_id || coalesce(', ' || topic, '')",
        shows="priority, opened_at, answered_at, resolved_at, CASE WHEN open THEN age_days END AS age_days, "
        "state AS sla_state",
        parts=(_part("requests", "request_id"),),
    ),
    "fact_touchpoint": Source(
        name="touchpoint_id || ', ' || replace(type, '_', ' ')",
        shows="scheduled, done, minutes_issued, state",
        parts=(_part("touchpoints", "touchpoint_id"),),
    ),
    "fact_kpi_data": Source(
        name="month", shows="months_silent", parts=(_part("kpi_data", "engagement_id", "kpi_id", "month"),)
    ),
    "fact_quality_event": Source(
        name="event_id", shows="grade, raised, due, closed", parts=(_part("quality_events", "event_id"),)
    ),
    "fact_finding": Source(
        name="item",
        shows="event_date AS since",
        parts=(_part("quality_events", event_id="item", where=FINDINGS), _part("audits", audit_id="item")),
    ),
    "fact_audit": Source(
        name="audit_id || coalesce(', ' || type, '')",
        shows="held, critical, serious, findings",
        parts=(_part("audits", "audit_id"), _part("quality_events", "audit_id", where=FINDINGS)),
    ),
    "fact_survey": Source(
        name="'An answer of ' || quarter",
        shows="event_date AS since",
        parts=(_part("surveys", "response_id"),),
        private=("engagement_id", *(column.name for column in BY_KIND["surveys"] if column.private)),
    ),
    "fact_assignment_month": Source(
        name="assignment_id || ', ' || strftime(event_date, '%Y-%m')",
        shows="days, has_left",
        parts=(_part("team", "assignment_id"),),
    ),
    "fact_key_role": Source(
        name="role",
        shows="days, filled",
        dated="role",
        parts=(
            Part(
                "team",
                {"engagement_id": "engagement_id", "lower(trim(role))": "role"},
                "key_role AND coalesce(organisation, 'cro') = 'cro'",
            ),
        ),
    ),
    "fact_change_order": Source(
        name="change_order_id || coalesce(', ' || reason, '')",
        shows="requested, submitted, executed, value, currency, state",
        parts=(_part("change_orders", "change_order_id"),),
    ),
    "fact_rebaseline": Source(
        name="'Approved plans'",
        shows="later, explained, years",
        dated="engagement_id",
        parts=(_part("baselines", "engagement_id"),),
    ),
    "fact_invoice": Source(
        name="invoice_id",
        shows="issued, amount AS invoice, currency, outcome_on, state",
        parts=(_part("invoices", "invoice_id"),),
    ),
    "fact_unit": Source(
        name="unit_type",
        shows="month, contracted, delivered AS units_delivered, invoiced AS units_invoiced",
        dated="unit_type",
        parts=(_part("units", "engagement_id", "unit_type"),),
    ),
    "fact_earned_value": Source(
        name="'Reported to ' || strftime(month_end, '%Y-%m')",
        shows="bac, pv, ev, ac, currency",
        dated="month_end",
        parts=(_part("budget", "engagement_id"),),
    ),
    "fact_forecast": Source(
        name="'Forecast of ' || strftime(month_end, '%Y-%m')",
        shows="contract_now, forecast AS forecast_value, currency",
        dated="month_end",
        parts=(_part("budget", "engagement_id", where="cost_type = 'fee'"), ORDERS, SIGNED),
    ),
    "fact_contract": Source(
        name="'Contract'",
        shows="contract_value, executed AS signed_value, unsigned AS unsigned_value, currency",
        dated="engagement_id",
        parts=(SIGNED, ORDERS),
    ),
}
"""Each fact that a KPI reads."""
SHOWN = {part.kind for source in SOURCES.values() if not source.private for part in source.parts} | {"actions", "cros"}
"""Kinds of which single rows are shown: those behind figures, and those that pages list."""

ROWS = """
SELECT
    {name} AS what, of_counts AS counts, of_study AS study, of_cro AS cro, engagement_id AS engagement, {shows},
    {sides}, of_id, count(*) OVER () AS of_all
FROM (
    SELECT
        *, sum(of_top * of_rate) FILTER (of_counts = 'yes') OVER ()
            / nullif(sum(of_bottom * of_rate) FILTER (of_counts = 'yes') OVER (), 0) AS of_pooled
    FROM (
        SELECT
            *, CASE WHEN of_top IS NULL THEN '{unknown}' WHEN {counts} THEN 'yes' ELSE 'no: not the CRO''s days' END
                AS of_counts
        FROM (
            SELECT
                *, ({top})::DOUBLE AS of_top, ({bottom})::DOUBLE AS of_bottom, {rate} AS of_rate, [{ids}] AS of_id,
                ({red_if}) AS of_red
            FROM {fact}
            WHERE {within}
                AND ($cro = '' OR cro_id = $cro) AND ($engagement = '' OR engagement_id = $engagement)
        )
        WHERE of_bottom IS NOT NULL
    )
) AS fact
LEFT JOIN (SELECT engagement_id AS of_member, study_id AS of_study FROM fact_engagement) ON of_member = engagement_id
LEFT JOIN (SELECT DISTINCT cro_id AS of_cro_id, cro AS of_cro FROM fact_engagement) ON of_cro_id = cro_id
ORDER BY of_counts = 'yes' DESC, of_red DESC NULLS LAST, {hurts} NULLS LAST, {dated}, what, of_id
"""
MADE_OF = "SELECT {columns}, upload FROM known_{kind} WHERE {same} AND ({where}) AND {seen} ORDER BY {keys}"
MILESTONES = "SELECT milestone FROM fact_milestone WHERE engagement_id = $engagement AND whole_study"
SEEN = "engagement_id IN (SELECT engagement_id FROM fact_engagement)"
SEEN_CRO = "cro_id IN (SELECT cro_id FROM fact_engagement)"
OF_BOTH = f"{SEEN_CRO} AND (coalesce(engagement_id, '') = '' OR {SEEN})"
SEEN_OF = {"cros": SEEN_CRO, "audits": OF_BOTH, "actions": OF_BOTH}
"""Which rows a scope lets see, by kind, where they are not simply those of an engagement."""


@dataclass(frozen=True, slots=True)
class Behind:
    """The rows of a figure, those that hurt most first, and what they come to, in words.

    `rows`: what, counts (yes, or why not), study, cro, engagement, the columns of its fact; numerator and denominator,
    time and finished, or amount. First are those that make the band red as a fact. `ids`: for each row the values by
    which `made_of` finds the rows of kinds that it stands for. `kinds`: which these are.
    """

    rows: pd.DataFrame
    total: str
    kinds: tuple[str, ...]
    ids: tuple[tuple[str, ...], ...]


def rows_behind(
    view: View, kpi_id: str, cro: str = "", engagement: str = "", month: str = "", most: int = MOST
) -> Behind:
    """The rows that a KPI counts, of everything in scope or of one CRO, engagement or month (`2026-09`).

    A month holds the events of the month; a KPI of a state is asked at the month's end, as the engine does. Raises
    KeyError for a KPI that there is not, ValueError for a month that is not one.
    """
    kpi = BY_ID[kpi_id]
    if month and kpi.period is not Period.EVENTS:
        end = min(month_end(date.fromisoformat(f"{month}-01")), view.scope.as_of)
        with view.other(replace(view.scope, as_of=end, since=None)) as then:
            return _behind(then, kpi, cro, engagement, "", most)
    return _behind(view, kpi, cro, engagement, month, most)


def made_of(view: View, kpi_id: str, row: tuple[str, ...]) -> list[tuple[str, pd.DataFrame]]:
    """The rows of kinds that one row of `rows_behind` stands for, by its id: kind, and a frame of its columns.

    Columns that are empty in all of them are left out; `upload` is the upload that brought the row as known. Nothing
    for a row that the scope does not let see.
    """
    source = SOURCES[BY_ID[kpi_id].fact]
    values = dict(zip(source.identity, row, strict=True))
    found = [(part.kind, _known(view, part, values, source.private)) for part in source.parts]
    return [(kind, frame) for kind, frame in found if len(frame)]


def row_of(view: View, kind: str, key: tuple[str, ...]) -> pd.DataFrame:
    """One row of a kind by its key, as `made_of` gives it: empty where the scope does not let it be seen.

    None of the kinds of which some columns are nobody's business, nor of one that no KPI rests on, is ever given.
    """
    contract = BY_KIND.get(kind)
    if contract is None or kind not in SHOWN or len(key) != len(contract.keys):
        return pd.DataFrame()
    return _known(view, Part(kind, {name: name for name in contract.keys}), dict(zip(contract.keys, key, strict=True)))


def milestone_code(view: View, engagement: str, name: str) -> str:
    """The code of a study milestone by what it is called on screen; empty where there is none such."""
    codes = view.rows(MILESTONES, engagement=engagement)
    return next((str(row["milestone"]) for row in codes if milestone_name(row["milestone"]) == name), "")


def _known(view: View, part: Part, values: Mapping[str, str], private: tuple[str, ...] = ()) -> pd.DataFrame:
    contract = BY_KIND[part.kind]
    columns = [name for name in contract.names if name not in private]
    statement = MADE_OF.format(
        columns=", ".join(f'"{name}"' for name in columns),
        kind=part.kind,
        same=" AND ".join(f"({name})::VARCHAR = ${of}" for name, of in part.by.items()),
        where=part.where,
        seen=SEEN_OF.get(part.kind, SEEN),
        keys=", ".join(contract.keys),
    )
    frame = view.ask(statement, **{of: values[of] for of in part.by.values()})
    return frame[[name for name in frame if name in contract.keys or frame[name].notna().any()]]


def _behind(view: View, kpi: Kpi, cro: str, engagement: str, month: str, most: int) -> Behind:
    source = SOURCES[kpi.fact]
    bound = {"cro": cro, "engagement": engagement, "services": list(kpi.services)}
    found = view.ask(_question(kpi, source, bool(month)), **bound, **({"month": month} if month else {}))
    hidden = _recognisable(found, kpi.hidden_below)
    found = found[~hidden].head(most)
    everything = int(found["of_all"].iloc[0]) if len(found) else 0
    rows = found.drop(columns=["of_id", "of_all", *(("study", "engagement") if source.private else ())])
    rows["what"] = pd.Series([source.label(name) for name in rows["what"]], dtype=object, index=rows.index)
    said = [_figure(view, kpi, cro, engagement, month)]
    if hidden.any():
        said.append(f"Of a CRO with fewer than {kpi.hidden_below} answers none is shown, so that nobody is recognised.")
    elif everything > len(rows):
        said.append(f"The {len(rows):,} of {everything:,} rows that hurt most.")
    if left := int((rows["counts"] != "yes").sum()):
        said.append(f"{count(left, 'row')} {'is' if left == 1 else 'are'} shown and not counted.")
    return Behind(
        rows.reset_index(drop=True),
        " ".join(said),
        tuple(part.kind for part in source.parts),
        tuple(tuple(str(part) for part in one) for one in found["of_id"]),
    )


def _question(kpi: Kpi, source: Source, by_month: bool) -> str:
    of_month = f" AND {EXPRESSIONS['month']} = $month" if by_month else ""
    return ROWS.format(
        name=source.name,
        shows=source.shows,
        fact=kpi.fact,
        within=f"{served(kpi)} AND ({period(kpi, by_month)}){of_month}",
        red_if=kpi.red_if,
        counts=counts(kpi),
        ids=", ".join(f"{name}::VARCHAR" for name in source.identity),
        dated=source.dated,
        **_measured(kpi),
    )


def _measured(kpi: Kpi) -> dict[str, str]:
    """What a row adds to the figure, and the order in which rows hurt.

    In a share, it is what pulls the pooled figure to the worse side: a - figure x b of a row with a above and b below.
    In money it is the amount beside the plan, in the currency of all: a of a percentage (which is a variance or a
    surcharge), a - b of an index (which is 1 on plan).
    """
    match kpi.measure:
        case Median(time=time, finished=finished):
            worst = "DESC" if kpi.better is Better.LOWER else "ASC"
            return {
                "top": time, "bottom": "1", "rate": "1", "unknown": "no: no time known", "hurts": f"of_top {worst}",
                "sides": "of_top AS time" + (f", ({finished}) AS finished" if finished != "TRUE" else ""),
            }  # fmt: skip
        case Ratio(numerator=above, denominator=below, money=money):
            worst = "DESC" if kpi.better is Better.LOWER else "ASC"
            plan = ("0" if kpi.unit == "%" else "1") if money else "coalesce(of_pooled, 0)"
            return {
                "top": above, "bottom": below, "rate": RATE if money else "1", "unknown": "no: not reported",
                "hurts": f"(of_top - {plan} * of_bottom) * of_rate {worst}",
                "sides": "of_top AS numerator, of_bottom AS denominator",
            }  # fmt: skip
        case Total(amount=amount, money=money):
            return {
                "top": amount, "bottom": "1", "rate": RATE if money else "1", "unknown": "no: not reported",
                "hurts": "abs(of_top * of_rate) DESC", "sides": "of_top AS amount",
            }  # fmt: skip


def _recognisable(found: pd.DataFrame, at_least: int) -> "pd.Series[bool]":
    """The rows of CROs with so few answers that they might tell who gave them."""
    return found.groupby("cro", dropna=False)["what"].transform("size") < at_least


def _figure(view: View, kpi: Kpi, cro: str, engagement: str, month: str) -> str:
    """The figure itself, as the engine has it: `83.6 %: 97 of 116 milestones.`, or why there is none."""
    asked: dict[Dim, str] = {"engagement": engagement} if engagement else {"cro": cro} if cro else {}
    if month:
        asked["month"] = month
    for row in kpi_rows(view, [kpi], tuple(asked)):
        if all(row[dim] == value for dim, value in asked.items()):
            return _said(row)
    return "No row counts."


def _said(row: dict[str, Any]) -> str:
    if row["value"] is None:
        return f"No figure: {row['reason'] or str(row['band']).replace('_', ' ')}."
    if BY_ID[row["kpi"]].unit == "currency":
        return f"{row['unit']} {row['value']:,.0f}: {counted(row)}."
    text = f"{value_text(row)}: {counted(row)}."
    if row["value_all"] is not None and value_text(row, "_all") != value_text(row):
        text += f" All causes: {value_text(row, '_all')}."
    return text
