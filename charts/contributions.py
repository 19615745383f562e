"""What made the score: the points that each KPI took off 100."""

from datetime import date

import pandas as pd
import plotly.graph_objects as go

from charts.text import Row, as_of_text, hover, joined, known, rows, shown, under
from charts.theme import Look, axis, beside, draw, empty, layout, row_axis


def figure(
    frame: pd.DataFrame, look: Look, *, title: str | None = None, as_of: date | None = None, limit: int = 30
) -> go.Figure:
    """
    One row per rated KPI: kpi (label), domain, points (0-100), weight, contribution (points of the score
    lost through this KPI), stale. Largest loss first; a hatched bar rests on the last known points.
    """
    found = [row for row in rows(frame) if known(row["contribution"])]
    if not found:
        return empty(look, title or "What made the score", "No KPI is rated, so there is no score to take apart.")
    ordered = sorted(found, key=lambda row: -row["contribution"])[:limit]
    lost = sum(row["contribution"] for row in found)
    spec = layout(
        look,
        title or _finding(ordered, lost),
        f"Points that each KPI takes off 100, its weight included; they add up to {lost:.1f}, before any "
        "cap. Small = its own points. Hatched = stale: "
        f"last known value. {shown(len(found), limit)} {as_of_text(as_of)}",
        body=len(ordered) * 36,
        foot=52,
        right=164,
        bargap=0.4,
        xaxis=axis(look, rangemode="tozero", title={"text": "points of the score lost"}, nticks=8),
        yaxis=row_axis(look, [row["kpi"] for row in ordered], width=28),
        annotations=[
            beside(look, y, _words(row), look.ink if row["contribution"] > 0 else look.muted)
            for y, row in enumerate(ordered)
        ],
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
    losing = [row for row in ordered if row["contribution"] > 0]
    if not losing:
        return "No KPI takes a point off the score"
    most = losing[:2]
    share = sum(row["contribution"] for row in most)
    verb = "cost" if len(most) > 1 else "costs"
    return f"{joined([row['kpi'] for row in most])} {verb} {share:.1f} of the {lost:.1f} points lost"


def _words(row: Row) -> str:
    stale = ", stale" if row["stale"] is True else ""
    second = f"{row['points']:.0f} of 100, weight {row['weight']:g}{stale}"
    lost = f"{row['contribution']:.1f}"
    return under(f"<b>{'' if lost == '0.0' else '-'}{lost}</b>", f"{second}")


def _hover(row: Row, as_of: date | None) -> str:
    stale = "stale: last known value kept" if row["stale"] is True else ""
    return hover(
        row["kpi"],
        row["domain"],
        f"{row['points']:.1f} of 100 points, weight {row['weight']:g}",
        f"takes {row['contribution']:.2f} points off the score",
        stale,
        as_of_text(as_of),
    )
