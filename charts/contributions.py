"""What made the score: the points that each KPI took off 100."""

from datetime import date

import pandas as pd
import plotly.graph_objects as go

from charts.text import Row, as_of_text, count, hover, joined, known, rows, shown, under
from charts.theme import Look, axis, beside, draw, empty, layout, row_axis
from wording import score


def figure(
    frame: pd.DataFrame, look: Look, *, title: str | None = None, as_of: date | None = None, limit: int = 30
) -> go.Figure:
    """
    The KPIs that cost points, the largest loss first; the others are counted in the subtitle.

    frame: one row per rated KPI: kpi (label), domain, points (0-100), weight, contribution (points of the score
    lost through this KPI), stale; a hatched bar rests on the last known points.
    """
    found = [row for row in rows(frame) if known(row["contribution"])]
    if not found:
        return empty(look, title or "What made the score", "No KPI is rated, so there is no score to take apart.")
    costing = sorted((row for row in found if _costs(row)), key=lambda row: -row["contribution"])
    if not costing:
        said = f"All of the {count(len(found), 'KPI')} rated have 100 points: green or better."
        return empty(look, title or "No KPI takes a point off the score", said)
    ordered, free = costing[:limit], len(found) - len(costing)
    nothing = f"{count(free, 'more KPI')} cost{'s' if free == 1 else ''} nothing. " if free else ""
    lost = sum(row["contribution"] for row in found)
    spec = layout(
        look,
        title or _finding(ordered, lost),
        f"Points that each KPI takes off 100, its weight included; they add up to {lost:.1f}, before any "
        "cap. Small = its own points. Hatched = stale: "
        f"last known value. {nothing}{shown(len(costing), limit)} {as_of_text(as_of)}",
        body=len(ordered) * 36,
        foot=52,
        right=164,
        bargap=0.4,
        xaxis=axis(look, rangemode="tozero", title={"text": "points of the score lost"}, nticks=8),
        yaxis=row_axis(look, [row["kpi"] for row in ordered], width=28),
        annotations=[beside(look, y, _words(row), look.ink) for y, row in enumerate(ordered)],
    )
    stale = [row["stale"] is True for row in ordered]
    bars = {
        "type": "bar",
        "orientation": "h",
        "y": list(range(len(ordered))),
        "x": [row["contribution"] for row in ordered],
        "marker": {
            "color": look.bad,
            "pattern": {
                "shape": ["/" if s else "" for s in stale],
                "fgcolor": look.bad,
                "bgcolor": look.paper,
                "size": 6,
                "solidity": 0.45,
            },
            "line": {"width": 1, "color": look.bad},
        },
        "hovertext": [_hover(row, as_of) for row in ordered],
        "hoverinfo": "text",
    }
    return draw([bars], spec)


def _finding(ordered: list[Row], lost: float) -> str:
    most = ordered[:2]
    share = sum(row["contribution"] for row in most)
    verb = "cost" if len(most) > 1 else "costs"
    return f"{joined([row['kpi'] for row in most])} {verb} {share:.1f} of the {lost:.1f} points lost"


def _costs(row: Row) -> bool:
    """Whether it takes off as much as can be read: a tenth of a point, rounded."""
    return round(float(row["contribution"]), 1) > 0


def _words(row: Row) -> str:
    stale = ", stale" if row["stale"] is True else ""
    second = f"{score(row['points'])} of 100, weight {row['weight']:g}{stale}"
    return under(f"<b>-{row['contribution']:.1f}</b>", f"{second}")


def _hover(row: Row, as_of: date | None) -> str:
    stale = "stale: last known value kept" if row["stale"] is True else ""
    return hover(
        row["kpi"],
        row["domain"],
        f"{score(row['points'], 1)} of 100 points, weight {row['weight']:g}",
        f"takes {row['contribution']:.2f} points off the score",
        stale,
        as_of_text(as_of),
    )
