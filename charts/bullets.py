"""The KPIs of one CRO as bullet rows: where each stands between its red and its green threshold."""

from datetime import date

import pandas as pd
import plotly.graph_objects as go

from charts.text import Row, as_of_text, count, esc, hover, joined, known, number, rows, shown, under
from charts.theme import SYMBOL, WORD, Look, Spec, axis, draw, empty, layout, row_axis

_RED, _GREEN = 1 / 3, 2 / 3
_WORST_FIRST = {
    "red": 0,
    "amber": 1,
    "green": 2,
    "too_few": 3,
    "unrated": 4,
    "not_reported": 5,
    "not_applicable": 6,
}


def figure(
    frame: pd.DataFrame, look: Look, *, title: str | None = None, as_of: date | None = None, limit: int = 30
) -> go.Figure:
    """
    One row per KPI.

    frame: label, unit, text (the value as shown), value, green, red (thresholds), green_text, red_text (optional:
    thresholds as they are said where that is not the number), better ("higher" or "lower"), low, high (interval),
    previous (last quarter), band, n, word (how sure the band is); numbers may be NaN. Each row has its own linear
    scale that puts the red threshold at one third and the green one at two thirds, so right is better in every row.
    """
    if frame.empty:
        return empty(look, title or "KPIs", "No KPI applies to this CRO yet. Load milestones, budget or requests.")
    found = sorted(rows(frame), key=lambda row: _WORST_FIRST.get(row["band"], 9))
    ordered = found[:limit]
    line = (
        "Right is better. Dot = now, line = interval, ring = last quarter; an arrow at the edge lies "
        "beyond it. Small numbers = "
        f"where red ends and green begins. {shown(len(frame), limit)} {as_of_text(as_of)}"
    )
    spec = layout(
        look,
        title or _finding(found),
        line,
        body=len(ordered) * 48,
        foot=12,
        right=8,
        key=[(f"{SYMBOL[b]} {WORD[b]}", look.band(b)) for b in ("red", "amber", "green")],
        xaxis=axis(look, range=[-0.03, 1.42], visible=False),
        yaxis=row_axis(look, [row["label"] for row in ordered], width=26),
        shapes=_zones(ordered, look),
    )
    return draw(
        [
            *_whiskers(ordered, look),
            _rings(ordered, look),
            _dots(ordered, look, as_of),
            *_texts(ordered, look),
        ],
        spec,
    )


def place(row: Row, value: object) -> float | None:
    """
    Where a value lies on the row's scale: red threshold 1/3, green 2/3, cut at the edges; None without
    both.
    """
    at, green, red = number(value), number(row["green"]), number(row["red"])
    if at is None or green is None or red is None:
        return None
    if green == red:
        span = abs(green) or 1.0
        return min(
            max((_RED + _GREEN) / 2 + (at - green) / span / 3 * (1 if row["better"] == "higher" else -1), 0.0),
            1.0,
        )
    return min(max(_RED + (at - red) / (green - red) / 3, 0.0), 1.0)


def _finding(ordered: list[Row]) -> str:
    rated = [row for row in ordered if row["band"] in ("green", "amber", "red")]
    red = [row["label"] for row in rated if row["band"] == "red"]
    if not rated:
        return "No KPI is rated yet"
    if red:
        return f"{len(red)} of {count(len(rated), 'rated KPI')} red: {joined(red)}"
    green = sum(row["band"] == "green" for row in rated)
    return f"{green} of {count(len(rated), 'rated KPI')} green, none red"


def _zones(ordered: list[Row], look: Look) -> list[Spec]:
    shapes = []
    for y, row in enumerate(ordered):
        if not (known(row["green"]) and known(row["red"])):
            continue
        middle = 0.5 if number(row["green"]) == number(row["red"]) else None
        edges = [0, middle or _RED, middle or _GREEN, 1]
        for x0, x1, colour in zip(edges, edges[1:], (look.bad, look.warn, look.good), strict=False):
            if x1 > x0:
                fill = look.tint(colour, 0.28)
                box = {"type": "rect", "x0": x0, "x1": x1, "y0": y - 0.24, "y1": y + 0.24, "fillcolor": fill}
                shapes.append(box | {"line": {"width": 0}, "layer": "below"})
    return shapes


def _whiskers(ordered: list[Row], look: Look) -> list[Spec]:
    xs: list[float | None] = []
    ys: list[float | None] = []
    for y, row in enumerate(ordered):
        low, high = place(row, row["low"]), place(row, row["high"])
        if low is not None and high is not None:
            xs += [low, high, None]
            ys += [y, y, None]
    line = {"width": 2.5, "color": look.ink}
    return [{"type": "scatter", "mode": "lines", "x": xs, "y": ys, "line": line, "hoverinfo": "skip"}]


def _rings(ordered: list[Row], look: Look) -> Spec:
    spots = [(place(row, row["previous"]), y) for y, row in enumerate(ordered)]
    spots = [(x, y) for x, y in spots if x is not None]
    marker = {"symbol": "circle-open", "size": 12, "color": look.muted, "line": {"width": 2}}
    xs, ys = [x for x, _ in spots], [y for _, y in spots]
    return {"type": "scatter", "mode": "markers", "x": xs, "y": ys, "marker": marker, "hoverinfo": "skip"}


def _dots(ordered: list[Row], look: Look, as_of: date | None) -> Spec:
    seen = [(place(row, row["value"]), y, row) for y, row in enumerate(ordered)]
    seen = [(x, y, row) for x, y, row in seen if x is not None]
    weak = [row["band"] == "too_few" for _, _, row in seen]
    return {
        "type": "scatter",
        "mode": "markers",
        "x": [x for x, _, _ in seen],
        "y": [y for _, y, _ in seen],
        "hovertext": [_hover(row, as_of) for _, _, row in seen],
        "hoverinfo": "text",
        "marker": {
            "size": 14,
            "symbol": ["triangle-left" if x == 0 else "triangle-right" if x == 1 else "circle" for x, _, _ in seen],
            "color": [look.paper if w else look.band(row["band"]) for (_, _, row), w in zip(seen, weak, strict=True)],
            "line": {"width": 1.8, "color": look.ink},
        },
    }


def _hover(row: Row, as_of: date | None) -> str:
    low, high = number(row["low"]), number(row["high"])
    return hover(
        row["label"],
        f"{row['text']} {row['word']}",
        f"n = {row['n']:.0f}" if known(row["n"]) else "",
        f"95 % interval {low:.4g} to {high:.4g} {row['unit']}" if low is not None and high is not None else "",
        _limits(row),
        f"last quarter {row['previous']:.4g} {row['unit']}" if known(row["previous"]) else "",
        as_of_text(as_of),
    )


def _limits(row: Row) -> str:
    if not (known(row["green"]) and known(row["red"])):
        return "no threshold"
    green, red = (row.get(f"{name}_text") or f"{row[name]:g}" for name in ("green", "red"))
    unit = "" if row.get("red_text") else f" {row['unit']}, {row['better']} is better"
    return f"green from {green}, red beyond {red}{unit}"


def _texts(ordered: list[Row], look: Look) -> list[Spec]:
    at_right = [_words(row) for row in ordered]
    colours = [look.band_text(row["band"]) for row in ordered]
    ys = list(range(len(ordered)))
    edges = [(x, y - 0.37, _edge(row, name)) for y, row in enumerate(ordered) for x, name in _edges(row)]
    words = {"type": "scatter", "mode": "text", "hoverinfo": "skip"}
    return [
        words
        | {
            "x": [1.03] * len(ys),
            "y": ys,
            "text": at_right,
            "textposition": "middle right",
            "textfont": {"size": 13, "color": colours},
        },
        words
        | {
            "x": [e[0] for e in edges],
            "y": [e[1] for e in edges],
            "text": [e[2] for e in edges],
            "textfont": {"size": 11, "color": look.muted},
        },
    ]


def _edges(row: Row) -> list[tuple[float, str]]:
    if not (known(row["green"]) and known(row["red"])):
        return []
    return [(0.5, "green")] if number(row["green"]) == number(row["red"]) else [(_RED, "red"), (_GREEN, "green")]


def _edge(row: Row, name: str) -> str:
    return esc(row.get(f"{name}_text") or f"{number(row[name]):.4g}")


def _words(row: Row) -> str:
    band = row["band"]
    if band in ("not_reported", "not_applicable"):
        return WORD[band]
    n = f"n {row['n']:.0f}" if known(row["n"]) else ""
    second = ", ".join(part for part in (esc(row["word"]), n) if part)
    if not row["text"]:
        return f"{SYMBOL[band]} {second}"
    return under(f"{SYMBOL[band]} <b>{esc(row['text'])}</b>", f"{second}")
