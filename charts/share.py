"""A share by CRO with its interval against the thresholds; too few cases stay hollow and unrated."""

from datetime import date
from typing import Any

import pandas as pd
import plotly.graph_objects as go

from charts.text import Row, as_of_text, count, hover, joined, known, number, rows, shown, telling, under
from charts.theme import SYMBOL, WORD, Look, Spec, axis, beside, draw, empty, layout, row_axis

_RATED = ("green", "amber", "red")


def figure(
    frame: pd.DataFrame,
    look: Look,
    *,
    green: float | None = None,
    red: float | None = None,
    unit: str = "%",
    better: str = "higher",
    title: str | None = None,
    as_of: date | None = None,
    limit: int = 30,
) -> go.Figure:
    """
    One row per CRO: label, value (0-100), low, high (interval), n, numerator, denominator, band.

    Rated rows come first, the worst on top; then those with too few cases, then those without a value, in
    words.
    """
    found = rows(frame)
    if not found:
        return empty(
            look,
            title or "Share by CRO",
            "Nothing to count here yet. Load milestones, deliverables or requests.",
        )
    sign = 1 if better == "higher" else -1
    ordered = sorted(found, key=lambda row: (_rank(row), sign * (number(row["value"]) or 0.0)))[:limit]
    numbers = [number(row[c]) for row in ordered for c in ("value", "low", "high")] + [green, red]
    lowest = min([v for v in numbers if v is not None], default=0.0)
    axis_range = [min(0.0, lowest) if better == "lower" else max(0.0, lowest - 8), 101.5]
    thresholds = [(v, word) for v, word in ((red, "red"), (green, "green")) if v is not None]
    spec = layout(
        look,
        title or _finding(found),
        "Dot = share, line = 95 % interval (Wilson); shaded from red to green at the thresholds. "
        f"{better.capitalize()} is better. "
        f"{shown(len(found), limit)} {as_of_text(as_of)}",
        body=len(ordered) * 36,
        top=18 if thresholds else 0,
        foot=40,
        right=160,
        key=[(f"{SYMBOL[b]} {WORD[b]}", look.band(b)) for b in ("red", "amber", "green")]
        + [("○ too few", look.neutral)],
        xaxis=axis(look, range=axis_range, ticksuffix=f" {unit}", nticks=7, showgrid=False),
        yaxis=row_axis(look, [row["label"] for row in ordered]),
        shapes=_zones(green, red, axis_range, look),
        annotations=_marks(thresholds, unit, look, better)
        + [
            beside(look, y, _words(row, unit, [green, red]), look.band_text(row["band"]))
            for y, row in enumerate(ordered)
        ],
    )
    return draw([_whiskers(ordered, look), _dots(ordered, look, unit, as_of)], spec)


def _rank(row: Row) -> int:
    if not known(row["value"]):
        return 2
    return 1 if row["band"] == "too_few" else 0


def _finding(found: list[Row]) -> str:
    rated = [row for row in found if row["band"] in _RATED]
    red = sorted((row for row in rated if row["band"] == "red"), key=lambda row: row["value"])
    if red:
        return f"{len(red)} of {count(len(rated), 'rated CRO')} red: {joined([row['label'] for row in red])}"
    return f"None of {count(len(rated), 'rated CRO')} is red" if rated else "Too few cases to rate any CRO"


def _zones(green: float | None, red: float | None, span: list[float], look: Look) -> list[Spec]:
    if green is None or red is None:
        return []
    first, second = sorted((red, green))
    colours = [look.bad, look.warn, look.good] if green >= red else [look.good, look.warn, look.bad]
    edges = [span[0], first, second, span[1]]
    base: dict[str, Any] = {
        "type": "rect",
        "yref": "paper",
        "y0": 0,
        "y1": 1,
        "layer": "below",
        "line": {"width": 0},
    }
    return [
        base | {"x0": x0, "x1": x1, "fillcolor": look.tint(colour, 0.13)}
        for x0, x1, colour in zip(edges, edges[1:], colours, strict=False)
        if x1 > x0
    ]


def _marks(thresholds: list[tuple[float, str]], unit: str, look: Look, better: str) -> list[Spec]:
    """Each threshold named above its edge, leaning away from the other."""
    base = {
        "yref": "paper",
        "y": 1,
        "yanchor": "bottom",
        "showarrow": False,
        "font": {"size": 11, "color": look.muted},
    }
    notes = []
    for value, word in thresholds:
        below = (word == "red") == (better == "higher")
        text = (
            f"red under {value:g} {unit}" if word == "red" and better == "higher" else f"{word} from {value:g} {unit}"
        )
        if word == "green" and better == "lower":
            text = f"green to {value:g} {unit}"
        notes.append(base | {"x": value, "text": text, "xanchor": "right" if below else "left"})
    return notes


def _words(row: Row, unit: str, edges: list[float | None]) -> str:
    band = row["band"]
    if not known(row["value"]):
        return WORD[band]
    counts = (
        f"{row['numerator']:,.0f} of {row['denominator']:,.0f}" if known(row["denominator"]) else f"n {row['n']:.0f}"
    )
    word = ", too few" if band == "too_few" else ""
    return under(f"{SYMBOL[band]} <b>{telling(row['value'], edges, 1)} {unit}</b>", f"{counts}{word}")


def _whiskers(ordered: list[Row], look: Look) -> Spec:
    xs: list[float | None] = []
    ys: list[float | None] = []
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


def _dots(ordered: list[Row], look: Look, unit: str, as_of: date | None) -> Spec:
    drawn = [(y, row) for y, row in enumerate(ordered) if known(row["value"])]
    rated = [row["band"] in _RATED for _, row in drawn]
    return {
        "type": "scatter",
        "mode": "markers",
        "x": [row["value"] for _, row in drawn],
        "y": [y for y, _ in drawn],
        "marker": {
            "size": 13,
            "color": [look.band(row["band"]) if r else look.paper for (_, row), r in zip(drawn, rated, strict=True)],
            "line": {"width": 2, "color": [look.ink if r else look.neutral for r in rated]},
        },
        "hovertext": [
            hover(
                row["label"],
                f"{row['value']:.2f} {unit}, {WORD[row['band']]}",
                f"{row['numerator']:,.0f} of {row['denominator']:,.0f}" if known(row["denominator"]) else "",
                f"95 % interval {row['low']:.1f} to {row['high']:.1f} {unit}"
                if known(row["low"]) and known(row["high"])
                else "",
                f"n = {row['n']:.0f}" if known(row["n"]) else "",
                as_of_text(as_of),
            )
            for _, row in drawn
        ],
        "hoverinfo": "text",
    }
