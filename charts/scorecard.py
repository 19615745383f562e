"""
The scorecard matrix: CRO by column, in each cell symbol, number, change, n and the last quarters as a line.
"""

from collections.abc import Mapping
from datetime import date

import pandas as pd
import plotly.graph_objects as go

from charts.text import Row, as_of_text, count, esc, hover, joined, known, number, rows, short, shown, wrap
from charts.theme import SYMBOL, WORD, Look, Spec, axis, draw, empty, layout, row_axis
from wording import score

QUARTERS = 8
_SECTION = {"green": 0, "amber": 1, "red": 2}
_UNRATED = 3
_WORDS_ONLY = ("not_reported", "not_applicable")
WHOLE = "CRO performance"
"""The column over all domains; another first column is a domain over its KPIs."""
# Up to this many columns a cell is wide enough, at 700 px, for the line to stand beside the number.
_BESIDE = 5


def figure(
    frame: pd.DataFrame,
    look: Look,
    *,
    sub: Mapping[str, str] | None = None,
    title: str | None = None,
    as_of: date | None = None,
    limit: int = 30,
) -> go.Figure:
    """
    One row per CRO and column of the matrix.

    frame: cro_id (optional: what a selected cell names), cro, column (the first one is what the others add up to),
    text (the number as shown), band, points (0-100 or NaN), history (floats oldest first, or None), target, change
    (text or ""), n, note (optional: what stands in place of n), stale, order (0 = top CRO), column_order. The colour
    of a cell is its band, the strength of the colour the distance from the target. `sub` gives a line under a
    column's name.
    """
    if frame.empty:
        return empty(look, title or "Scorecard", "No CRO has data yet. Load engagements, milestones and budget first.")
    cros = _labels(frame, "cro", "order")
    columns = _labels(frame, "column", "column_order")
    kept = {name: i for i, name in enumerate(cros[:limit])}
    place = {name: i for i, name in enumerate(columns)}
    cells = [row | {"x": place[row["column"]], "y": kept[row["cro"]]} for row in rows(frame) if row["cro"] in kept]
    wide = len(columns) <= _BESIDE
    heads = [_head(look, name, (sub or {}).get(name, "")) for name in columns]
    line = (
        f"Colour and symbol = band ({_legend()}), stronger colour = further from target. Bold line = up "
        f"to {QUARTERS} quarters, thin line = target. {shown(len(cros), limit)} {as_of_text(as_of)}"
    )
    spec = layout(
        look,
        title or _finding(frame, columns),
        line,
        body=len(kept) * (52 if wide else 72),
        top=50 if wide else 88,
        foot=12,
        right=8,
        hoverdistance=-1,
        xaxis=axis(
            look,
            side="top",
            tickmode="array",
            tickvals=list(range(len(columns))),
            ticktext=heads,
            tickfont={"size": 13, "color": look.ink},
            autotickangles=[0, 45, 90],
            range=[-0.5, len(columns) - 0.5],
            showgrid=False,
        ),
        yaxis=row_axis(look, list(kept), width=18),
    )
    return draw(
        [
            _fill(cells, look, len(kept), len(columns)),
            *_lines(cells, look, wide),
            *_texts(cells, look, wide),
            _handles(cells, as_of),
        ],
        spec,
    )


def _labels(frame: pd.DataFrame, label: str, order: str) -> list[str]:
    return list(frame.sort_values(order, kind="stable")[label].drop_duplicates())


def _head(look: Look, name: str, under: str) -> str:
    head = f"<b>{wrap(name, 14, 2)}</b>"
    return f"{head}<br><span style='color:{look.muted};font-size:11px'>{esc(under)}</span>" if under else head


def _legend() -> str:
    return ", ".join(f"{SYMBOL[band]} {WORD[band]}" for band in ("green", "amber", "red", "too_few"))


def _finding(frame: pd.DataFrame, columns: list[str]) -> str:
    """How many CROs are red by the first column, which is what the others add up to, and their worst other one."""
    lead = frame[frame["column"] == columns[0]].sort_values("order", kind="stable")
    red, amber = (list(lead.loc[lead["band"] == band, "cro"]) for band in ("red", "amber"))
    total, inside = frame["cro"].nunique(), "" if columns[0] == WHOLE else f" in {columns[0]}"
    if red:
        also = f"; {len(amber)} amber" if amber else ""
        return f"{len(red)} of {count(total, 'CRO')} red{inside}: {_listed([_worst(frame, cro) for cro in red])}{also}"
    if amber:
        return f"No CRO is red{inside}; {joined(amber)} amber"
    green = int((lead["band"] == "green").sum())
    return f"No CRO is red{inside}; {green} of {total} green" if green else f"No CRO is rated{inside} yet"


def _worst(frame: pd.DataFrame, cro: str) -> str:
    """The CRO, and the column in which it has the fewest points of those that are red: `Alpha (Delivery 34)`."""
    own = [row for row in rows(frame) if row["cro"] == cro and row["band"] == "red" and row["column_order"] > 0]
    rated = [row for row in own if known(row["points"])]
    if not rated:
        return short(cro)
    worst = min(rated, key=lambda row: float(row["points"]))
    return f"{short(cro)} ({' '.join(part for part in (worst['column'], worst['text']) if part)})"


def _listed(parts: list[str], most: int = 2) -> str:
    kept = parts if len(parts) <= most else [*parts[: most - 1], f"{len(parts) - most + 1} more"]
    return " and ".join(kept)


def _strength(row: Row) -> float:
    """Where in its band a cell lies, from its points: 0 = next to the band's better edge, 1 = its far end.

    In the middle without points, as the status of studies is.
    """
    points = number(row["points"])
    if points is None:
        return 0.5
    share = {"green": (points - 80) / 20, "amber": (100 - points) / 50, "red": (60 - points) / 60}
    return min(max(share.get(row["band"], 0.5), 0.0), 1.0)


def _fill(cells: list[Row], look: Look, height: int, width: int) -> Spec:
    """
    One heatmap: a section of the colour scale for each band, so that a cell's place in it is its strength.
    """
    z: list[list[float | None]] = [[None] * width for _ in range(height)]
    for row in cells:
        section = _SECTION.get(row["band"], _UNRATED)
        z[row["y"]][row["x"]] = section + 0.01 + 0.98 * _strength(row)
    ends = [
        (look.tint(look.good, 0.16), look.tint(look.good, 0.42)),
        (look.tint(look.warn, 0.20), look.tint(look.warn, 0.50)),
        (look.tint(look.bad, 0.30), look.tint(look.bad, 0.66)),
        (look.tint(look.grid, 0.45), look.tint(look.grid, 0.45)),
    ]
    scale = [[(i + j) / 4, colour] for i, pair in enumerate(ends) for j, colour in enumerate(pair)]
    return {
        "type": "heatmap",
        "z": z,
        "x": list(range(width)),
        "y": list(range(height)),
        "zmin": 0,
        "zmax": 4,
        "colorscale": scale,
        "showscale": False,
        "xgap": 3,
        "ygap": 3,
        "hoverinfo": "skip",
    }


def _handles(cells: list[Row], as_of: date | None) -> Spec:
    """What is pointed at and selected in a cell, unseen, since a heatmap cannot be: `customdata` is cro_id and column.

    The nearest one answers, however far (`hoverdistance`): in a grid that is the one of the cell.
    """
    unseen = {"marker": {"opacity": 0}}
    return {
        "type": "scatter",
        "mode": "markers",
        "x": [row["x"] for row in cells],
        "y": [row["y"] for row in cells],
        "customdata": [[row.get("cro_id", ""), row["column"]] for row in cells],
        "marker": {"size": 12, "opacity": 0},
        "selected": unseen,
        "unselected": unseen,
        "hovertext": [_hover(row, as_of) for row in cells],
        "hoverinfo": "text",
    }


def _hover(row: Row, as_of: date | None) -> str:
    points = number(row["points"])
    target = number(row["target"])
    return hover(
        f"{row['cro']} · {row['column']}",
        f"{row['text']} {WORD[row['band']]}",
        f"n = {row['n']:.0f}" if known(row["n"]) else "",
        f"{score(points)} of 100 points" if points is not None else "",
        f"target {target:g}" if target is not None else "",
        f"{row['change']} since the last quarter" if row["change"] else "",
        "stale: last known value kept" if row["stale"] else "",
        as_of_text(as_of),
    )


def _texts(cells: list[Row], look: Look, wide: bool) -> list[Spec]:
    """
    The number of each cell and the small line under it: two traces, since an annotation a cell is slow to
    draw.
    """
    upper, lower = (-0.15, 0.21) if wide else (-0.27, 0.33)
    numbers = [(row["x"] - 0.46, row["y"] + upper, _number(row)) for row in cells]
    small = [(row["x"] - 0.46, row["y"] + lower, _small(row)) for row in cells]
    return [_text(numbers, 14, look.ink), _text([s for s in small if s[2]], 10, look.tint(look.ink, 0.78))]


def _text(points: list[tuple[float, float, str]], size: int, colour: str) -> Spec:
    xs, ys, words = ([p[i] for p in points] for i in range(3))
    return {
        "type": "scatter",
        "mode": "text",
        "x": xs,
        "y": ys,
        "text": words,
        "textposition": "middle right",
        "textfont": {"size": size, "color": colour},
        "hoverinfo": "skip",
    }


def _number(row: Row) -> str:
    band = row["band"]
    if band in _WORDS_ONLY or not row["text"]:
        word = "" if band == "not_applicable" else f" <span style='font-size:12px'>{WORD[band]}</span>"
        return f"{SYMBOL[band]}{word}"
    return f"{SYMBOL[band]} <b>{esc(row['text'])}</b>"


def _small(row: Row) -> str:
    if row["band"] in _WORDS_ONLY or not (row["text"] or row["band"] in _SECTION):
        return esc(row.get("note") or "")
    first = "stale" if row["stale"] else "" if row["band"] == "too_few" else row["change"]
    rests_on = esc(row.get("note") or "") or (f"n {row['n']:.0f}" if known(row["n"]) else "")
    parts = [esc(first) if first else "", rests_on]
    return " · ".join(part for part in parts if part)


def _lines(cells: list[Row], look: Look, wide: bool) -> list[Spec]:
    """All sparklines in one trace, broken by gaps; one vertical scale a column, so slopes compare down it."""
    left, right, high, low = (0.06, 0.43, -0.28, 0.28) if wide else (-0.42, 0.42, -0.10, 0.17)
    ranges = _ranges(cells)
    xs: list[float | None] = []
    ys: list[float | None] = []
    tx: list[float | None] = []
    ty: list[float | None] = []
    ends: list[tuple[float, float]] = []
    for row in cells:
        history = _history(row)
        if sum(v is not None for v in history) < 2:
            continue
        base, span = ranges[row["x"]]
        step = (right - left) / (QUARTERS - 1)
        start = row["x"] + right - step * (len(history) - 1)
        at = [start + step * i for i in range(len(history))]
        heights = [None if v is None else row["y"] + low + (high - low) * (v - base) / span for v in history]
        xs += [*at, None]
        ys += [*heights, None]
        if heights[-1] is not None:
            ends.append((at[-1], heights[-1]))
        target = number(row["target"])
        if target is not None:
            tx += [row["x"] + left, row["x"] + right, None]
            ty += [row["y"] + low + (high - low) * (target - base) / span] * 2 + [None]
    faint = {"width": 1, "color": look.tint(look.ink, 0.45)}
    common = {"type": "scatter", "hoverinfo": "skip"}
    return [
        common | {"mode": "lines", "x": tx, "y": ty, "line": faint},
        common | {"mode": "lines", "x": xs, "y": ys, "line": {"width": 1.8, "color": look.ink}},
        common
        | {
            "mode": "markers",
            "x": [e[0] for e in ends],
            "y": [e[1] for e in ends],
            "marker": {"size": 5, "color": look.ink},
        },
    ]


def _history(row: Row) -> list[float | None]:
    past = row["history"]
    return [] if past is None or isinstance(past, float) else [number(v) for v in list(past)[-QUARTERS:]]


def _ranges(cells: list[Row]) -> dict[int, tuple[float, float]]:
    """The lowest value and the span of each column, over its histories and targets."""
    seen: dict[int, list[float]] = {}
    for row in cells:
        values = [v for v in [*_history(row), number(row["target"])] if v is not None]
        seen.setdefault(row["x"], []).extend(values)
    return {x: (min(v), max(max(v) - min(v), 1e-9)) for x, v in seen.items() if v}
