"""Who caused the late days: days by cause for each CRO, unallocated ones shown as such."""

from collections.abc import Mapping
from datetime import date

import pandas as pd
import plotly.graph_objects as go

from charts.text import as_of_text, count, hover, known, number, percent, rows, shown, under
from charts.theme import Look, Spec, axis, beside, draw, empty, layout, row_axis

CAUSES = ("cro", "sponsor", "external", "not recorded")
_WORDS = {
    "cro": "CRO",
    "sponsor": "sponsor",
    "external": "external",
    "not recorded": "cause not recorded (hatched)",
}

Table = dict[str, dict[str, tuple[float, float]]]


def figure(
    frame: pd.DataFrame, look: Look, *, title: str | None = None, as_of: date | None = None, limit: int = 30
) -> go.Figure:
    """
    One row per CRO and cause: cro, cause (cro, sponsor, external, not recorded), days (late days), items
    (late milestones or deliverables). Most late days first.
    """
    table: Table = {}
    for row in rows(frame):
        if known(row["days"]) and row["days"] > 0:
            days, items = table.setdefault(str(row["cro"]), {}).get(row["cause"], (0.0, 0.0))
            table[str(row["cro"])][row["cause"]] = (days + row["days"], items + (number(row["items"]) or 0.0))
    if not table:
        return empty(look, title or "Causes of delay", "Nothing is late here, so there is no delay to attribute.")
    totals = {name: sum(days for days, _ in parts.values()) for name, parts in table.items()}
    names = sorted(totals, key=lambda name: -totals[name])[:limit]
    spec = layout(
        look,
        title or _finding(table),
        f"Late days by who caused them, as recorded; most first. {shown(len(table), limit)} {as_of_text(as_of)}",
        body=len(names) * 36,
        foot=52,
        right=186,
        key=[(_WORDS[cause], look.causes[cause]) for cause in CAUSES],
        barmode="stack",
        bargap=0.34,
        xaxis=axis(look, rangemode="tozero", title={"text": "late days"}),
        yaxis=row_axis(look, names),
        annotations=[beside(look, y, _words(table[name], totals[name])) for y, name in enumerate(names)],
    )
    return draw([_bars(cause, names, table, totals, look, as_of) for cause in CAUSES], spec)


def _finding(table: Table) -> str:
    by_cause = {cause: sum(parts.get(cause, (0.0, 0.0))[0] for parts in table.values()) for cause in CAUSES}
    total = sum(by_cause.values())
    if by_cause["not recorded"] == total:
        return f"No cause is recorded for any of {count(total, 'late day')}"
    return f"Of {count(total, 'late day')} the CROs caused {_shares(by_cause, total)}"


def _shares(by_cause: Mapping[str, float], total: float) -> str:
    """`20 %, not recorded 30 %`: both of all the late days."""
    unknown = by_cause["not recorded"]
    return percent(by_cause["cro"] / total) + (f", not recorded {percent(unknown / total)}" if unknown else "")


def _words(parts: dict[str, tuple[float, float]], total: float) -> str:
    by_cause = {cause: parts.get(cause, (0.0, 0.0))[0] for cause in CAUSES}
    told = "no cause recorded" if by_cause["not recorded"] == total else f"CRO {_shares(by_cause, total)}"
    return under(f"<b>{count(total, 'day')}</b>", told)


def _bars(cause: str, names: list[str], table: Table, totals: dict[str, float], look: Look, as_of: date | None) -> Spec:
    found = [table[name].get(cause, (0.0, 0.0)) for name in names]
    colour = look.causes[cause]
    marker: Spec = {"color": colour, "line": {"width": 1, "color": look.paper}}
    if cause == "not recorded":
        marker = {"color": look.paper, "line": {"width": 1, "color": colour}}
        marker["pattern"] = {"shape": "/", "fgcolor": colour, "size": 6, "solidity": 0.35}
    return {
        "type": "bar",
        "orientation": "h",
        "y": list(range(len(names))),
        "x": [days for days, _ in found],
        "marker": marker,
        "hovertext": [
            hover(
                name,
                f"{_WORDS[cause].removesuffix(' (hatched)')}: {count(days, 'day')} of {totals[name]:,.0f}",
                count(items, "item"),
                as_of_text(as_of),
            )
            for name, (days, items) in zip(names, found, strict=True)
        ],
        "hoverinfo": "text",
    }
