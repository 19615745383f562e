"""Variance at completion by CRO or study, in percent of the budget with its range: plus is under budget."""

from datetime import date

import pandas as pd
import plotly.graph_objects as go

from charts.text import Row, as_of_text, change_axis, count, esc, hover, known, number, rows, short, shown, under
from charts.theme import SYMBOL, WORD, Look, Spec, axis, beside, draw, empty, layout, row_axis


def figure(
    frame: pd.DataFrame, look: Look, *, title: str | None = None, as_of: date | None = None, limit: int = 30
) -> go.Figure:
    """
    One row per CRO or study: label, value (percent of budget at completion; plus is under), low, high
    (range over the estimates), band, amount (text in money). Furthest over budget first; rows without a
    value last, in words.
    """
    found = rows(frame)
    if not found:
        return empty(
            look,
            title or "Variance at completion",
            "No budget with earned value here. Load the budget by month.",
        )
    ordered = sorted(found, key=lambda row: v if (v := number(row["value"])) is not None else float("inf"))[:limit]
    numbers = [number(row[c]) for row in ordered for c in ("value", "low", "high")]
    told = [0.0, *(v for v in numbers if v is not None)]
    room = (max(told) - min(told)) * 0.08 or 1.0
    ticks, sizes = change_axis(min(told) - room, max(told) + room)
    spec = layout(
        look,
        title or _finding(found),
        "Estimate at completion against the budget, all cost types, in percent of the budget. Line = range "
        f"over the ways to estimate. {shown(len(found), limit)} {as_of_text(as_of)}",
        body=len(ordered) * 36,
        foot=56,
        right=150,
        key=[(f"{SYMBOL[b]} {WORD[b]}", look.band(b)) for b in ("red", "amber", "green")],
        xaxis=axis(
            look,
            range=[min(told) - room, max(told) + room],
            tickvals=ticks,
            ticktext=[f"{size} %" for size in sizes],
            title={"text": "← over budget   ·   under budget →"},
        ),
        yaxis=row_axis(look, [row["label"] for row in ordered]) | {"showgrid": True},
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
        annotations=[beside(look, y, _words(row), look.band_text(row["band"])) for y, row in enumerate(ordered)],
    )
    return draw([_whiskers(ordered, look), _dots(ordered, look, as_of)], spec)


def _finding(found: list[Row]) -> str:
    told = [row for row in found if known(row["value"])]
    over = [row for row in told if row["value"] < 0]
    if not told:
        return "No variance at completion can be worked out yet"
    if not over:
        return f"All cost types: none of {count(len(told), 'forecast')} is over budget"
    worst = min(over, key=lambda row: row["value"])
    return (
        f"All cost types: {len(over)} of {count(len(told), 'forecast')} over budget; {short(worst['label'])} most, by "
        f"{-worst['value']:.1f} %"
    )


def _words(row: Row) -> str:
    value = number(row["value"])
    if value is None:
        return WORD.get(row["band"], "not reported")
    amount = under("", f"{esc(row['amount'])}") if known(row["amount"]) else ""
    return f"{SYMBOL[row['band']]} <b>{_side(value)}</b>{amount}"


def _side(value: float, digits: int = 1) -> str:
    """Plus is under budget: `8.1 % over`."""
    return f"{abs(value):.{digits}f} % {'under' if value > 0 else 'over'}"


def _whiskers(ordered: list[Row], look: Look) -> Spec:
    xs: list[float | None] = []
    ys: list[int | None] = []
    for y, row in enumerate(ordered):
        if known(row["low"]) and known(row["high"]):
            xs += [row["low"], row["high"], None]
            ys += [y, y, None]
    return {
        "type": "scatter",
        "mode": "lines",
        "x": xs,
        "y": ys,
        "line": {"width": 2.4, "color": look.muted},
        "hoverinfo": "skip",
    }


def _dots(ordered: list[Row], look: Look, as_of: date | None) -> Spec:
    drawn = [(y, row) for y, row in enumerate(ordered) if known(row["value"])]
    return {
        "type": "scatter",
        "mode": "markers",
        "x": [row["value"] for _, row in drawn],
        "y": [y for y, _ in drawn],
        "marker": {
            "size": 13,
            "color": [look.band(row["band"]) for _, row in drawn],
            "line": {"width": 1.8, "color": look.ink},
        },
        "hovertext": [
            hover(
                row["label"],
                f"{_side(row['value'], 2)} the budget at completion",
                f"range {_side(row['low'])} to {_side(row['high'])}"
                if known(row["low"]) and known(row["high"])
                else "",
                row["amount"],
                WORD[row["band"]],
                as_of_text(as_of),
            )
            for _, row in drawn
        ],
        "hoverinfo": "text",
    }
