"""
Slip by milestone type across engagements: a dot an engagement, a tick at the median, one scale for all
types.
"""

from collections.abc import Iterable
from datetime import date
from statistics import median

import pandas as pd
import plotly.graph_objects as go

from charts.text import Row, as_of_text, count, esc, hover, known, late, rows, short, shown, under, wrap
from charts.theme import Look, Spec, axis, beside, draw, empty, layout, row_axis

_LEVELS = (0.0, -0.13, 0.13, -0.26, 0.26)


def figure(
    frame: pd.DataFrame, look: Look, *, title: str | None = None, as_of: date | None = None, limit: int = 6
) -> go.Figure:
    """
    One row per milestone reached or forecast: milestone, engagement, cro, slip_days (plus is late), state
    ("actual" or "forecast"). Drawn are the `limit` milestone types with the most late days, the
    most first.
    """
    types: dict[str, list[Row]] = {}
    for row in rows(frame):
        if known(row["slip_days"]):
            types.setdefault(str(row["milestone"]), []).append(row)
    if not types:
        return empty(
            look,
            title or "Milestone slip",
            "No milestone has a slip yet. Load milestones with baselines and dates.",
        )
    middles = {name: median(row["slip_days"] for row in found) for name, found in types.items()}
    names = sorted(types, key=lambda name: (-_late_days(types[name]), name))[:limit]
    spec = layout(
        look,
        title or _finding(names[0], types[names[0]]),
        "A dot is one study: filled = reached, ring = forecast or overdue. Tick = median. Right of the "
        "line is late, left is "
        f"early; the latest of each row is named. {shown(len(types), limit)} {as_of_text(as_of)}",
        body=len(names) * 64,
        foot=52,
        right=132,
        key=[("late", look.bad), ("early or on plan", look.good)],
        xaxis=axis(
            look,
            title={"text": "days after the baseline (plus is late)"},
            range=_range(types[n] for n in names),
        ),
        yaxis=row_axis(look, names, width=20) | {"showgrid": True},
        shapes=[
            {
                "type": "line",
                "x0": 0,
                "x1": 0,
                "y0": 0,
                "y1": 1,
                "yref": "paper",
                "line": {"color": look.ink, "width": 1},
            }
        ],
        annotations=[beside(look, y, _words(middles[n], types[n])) for y, n in enumerate(names)]
        + [_latest(look, y, types[n]) for y, n in enumerate(names)],
    )
    ticks = {"symbol": "line-ns", "size": 30, "line": {"width": 3, "color": look.ink}}
    medians = {
        "type": "scatter",
        "mode": "markers",
        "x": [middles[name] for name in names],
        "y": list(range(len(names))),
        "marker": ticks,
        "hovertext": [
            hover(name, f"median {late(middles[name])}", f"n = {len(types[name])}", as_of_text(as_of)) for name in names
        ],
        "hoverinfo": "text",
    }
    return draw([*(_dots(y, types[name], look, as_of) for y, name in enumerate(names)), medians], spec)


def _range(groups: Iterable[list[Row]]) -> list[float]:
    slips = [0.0, *(float(row["slip_days"]) for found in groups for row in found)]
    pad = max((max(slips) - min(slips)) * 0.06, 3.0)
    # The name of the latest stands to its right.
    return [min(slips) - pad, max(slips) + 3 * pad]


def _late_days(found: list[Row]) -> float:
    return sum(max(float(row["slip_days"]), 0.0) for row in found)


def _finding(name: str, found: list[Row]) -> str:
    slipped = [row["slip_days"] for row in found if row["slip_days"] > 0]
    if not slipped:
        return "No milestone is late against its baseline"
    most = f"{len(slipped)} of {count(len(found), 'study', 'studies')} late"
    return f"{short(name)} loses most days: {most}, by up to {count(max(slipped), 'day')}"


def _words(middle: float, found: list[Row]) -> str:
    return under(f"<b>{esc(late(middle))}</b>", f"median, n {len(found)}")


def _order(row: Row) -> tuple[float, str]:
    return row["slip_days"], str(row["engagement"])


def _latest(look: Look, y: int, found: list[Row]) -> Spec:
    worst = max(found, key=_order)
    text = wrap(worst["engagement"], 14, 1) if worst["slip_days"] > 0 else ""
    level = _LEVELS[(len(found) - 1) % len(_LEVELS)]
    place = {
        "x": worst["slip_days"],
        "y": y + level,
        "xanchor": "left",
        "xshift": 8,
        "showarrow": False,
    }
    return place | {"text": text, "font": {"size": 11, "color": look.bad_text}}


def _dots(y: int, found: list[Row], look: Look, as_of: date | None) -> Spec:
    """Dots of neighbouring slips step aside in a fixed order, so that none hides another."""
    ordered = sorted(found, key=_order)
    colours = [look.bad if row["slip_days"] > 0 else look.good for row in ordered]
    reached = [row["state"] == "actual" for row in ordered]
    return {
        "type": "scatter",
        "mode": "markers",
        "x": [row["slip_days"] for row in ordered],
        "y": [y + _LEVELS[i % len(_LEVELS)] for i in range(len(ordered))],
        "marker": {
            "size": 10,
            "color": [c if done else look.paper for c, done in zip(colours, reached, strict=True)],
            "line": {"width": 2, "color": colours},
        },
        "hovertext": [
            hover(
                row["engagement"],
                row["cro"],
                f"{row['milestone']}: {late(row['slip_days'])} ({row['state']})",
                as_of_text(as_of),
            )
            for row in ordered
        ],
        "hoverinfo": "text",
    }
