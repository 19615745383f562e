"""Cost and schedule performance (CPI, SPI) by month, a panel for each CRO on one scale."""

from collections.abc import Callable
from datetime import date

import pandas as pd
import plotly.graph_objects as go

from charts.panels import body, on, panels
from charts.text import (
    Row,
    as_of_text,
    hover,
    iso,
    joined,
    known,
    month,
    month_end,
    month_ticks,
    number,
    rows,
    shown,
    spread,
    telling,
)
from charts.theme import Look, Spec, draw, empty, layout

_NAMES = {"cpi": "CPI", "spi": "SPI"}

Edges = tuple[float, float]
"""Where red begins and green begins."""


def figure(
    frame: pd.DataFrame,
    look: Look,
    *,
    green: float = 0.95,
    red: float = 0.9,
    title: str | None = None,
    as_of: date | None = None,
    limit: int = 12,
) -> go.Figure:
    """
    One row per CRO and month: cro, month, cpi, spi (NaN where not reported: a gap in the line). The CRO
    with the lowest last index first.
    """
    groups: dict[str, list[Row]] = {}
    for row in rows(frame):
        if known(row["month"]):
            groups.setdefault(str(row["cro"]), []).append(row)
    for found in groups.values():
        found.sort(key=lambda row: month_end(row["month"]))
    groups = {name: found for name, found in groups.items() if _lowest(found) is not None}
    if not groups:
        return empty(
            look,
            title or "Cost and schedule performance",
            "No month has both earned value and actual cost. Load the budget.",
        )
    names = sorted(groups, key=lambda name: _lowest(groups[name]) or 0.0)
    drawn = names[:limit]
    values = [
        v for name in drawn for row in groups[name] for v in (number(row["cpi"]), number(row["spi"])) if v is not None
    ]
    low, high = min([0.8, *values]) - 0.03, max([1.1, *values]) + 0.03
    months = sorted(month_end(row["month"]) for name in drawn for row in groups[name])
    first, last = pd.Timestamp(months[0]), pd.Timestamp(months[-1])
    room = max(last - first, pd.Timedelta(days=30)) * 0.42
    axes, notes = panels(
        look,
        drawn,
        {
            "type": "date",
            "range": [iso(first - room * 0.04), iso(last + room)],
            **month_ticks(first, last, 4),
        },
        {"range": [low, high], "nticks": 4, "tickformat": ".2f"},
    )
    spec = layout(
        look,
        title or _finding(groups, names, red),
        f"1.00 = to plan, higher is better; dotted = where red begins ({red:g}), shaded = green from "
        f"{green:g}. Solid = cost (CPI), "
        f"dashed = schedule (SPI); the same scale everywhere. {shown(len(names), limit)} {as_of_text(as_of)}",
        body=body(len(drawn)),
        top=26,
        foot=46,
        annotations=notes,
        shapes=[shape for i in range(len(drawn)) for shape in _lines(i, look, green, red, high)],
        **axes,
    )
    gap = (high - low) * 0.13
    return draw(
        [t for i, name in enumerate(drawn) for t in _panel(i, name, groups[name], look, gap, (red, green), as_of)],
        spec,
    )


def _last(found: list[Row], name: str) -> tuple[str, float] | None:
    return next(((month_end(r["month"]), v) for r in reversed(found) if (v := number(r[name])) is not None), None)


def _lowest(found: list[Row]) -> float | None:
    ends = [end[1] for name in _NAMES if (end := _last(found, name)) is not None]
    return min(ends) if ends else None


def _finding(groups: dict[str, list[Row]], names: list[str], red: float) -> str:
    low = [name for name in names if (_lowest(groups[name]) or 0.0) < red]
    return f"CPI or SPI is under {red:g} at {joined(low)}" if low else f"No CRO has a CPI or SPI under {red:g}"


def _lines(i: int, look: Look, green: float, red: float, high: float) -> list[Spec]:
    axes = {
        "xref": f"x{i + 1 if i else ''} domain",
        "yref": f"y{i + 1 if i else ''}",
        "x0": 0,
        "x1": 1,
        "layer": "below",
    }
    return [
        axes
        | {
            "type": "rect",
            "y0": green,
            "y1": high,
            "fillcolor": look.tint(look.good, 0.08),
            "line": {"width": 0},
        },
        axes | {"type": "line", "y0": 1, "y1": 1, "line": {"width": 1, "color": look.muted}},
        axes | {"type": "line", "y0": red, "y1": red, "line": {"width": 1.2, "color": look.bad, "dash": "dot"}},
    ]


def _panel(i: int, cro: str, found: list[Row], look: Look, gap: float, edges: Edges, as_of: date | None) -> list[Spec]:
    def hue(value: float) -> str:
        return look.bad_text if value < edges[0] else look.ink

    return [*_curves(i, cro, found, look, as_of), *_ends(i, found, gap, edges, hue)]


def _curves(i: int, cro: str, found: list[Row], look: Look, as_of: date | None) -> list[Spec]:
    styles = {
        "cpi": {"width": 2.6, "color": look.ink},
        "spi": {"width": 2, "color": look.muted, "dash": "5px,3px"},
    }
    return [
        {
            "type": "scatter",
            "mode": "lines+markers" if len(found) == 1 else "lines",
            "x": [month_end(row["month"]) for row in found],
            "y": [number(row[name]) for row in found],
            "line": styles[name],
            "hovertext": [
                hover(
                    cro,
                    f"{month(row['month'])}: {word} {row[name]:.3f}" if known(row[name]) else "",
                    as_of_text(as_of),
                )
                for row in found
            ],
            "hoverinfo": "text",
        }
        | on(i)
        for name, word in _NAMES.items()
    ]


def _ends(i: int, found: list[Row], gap: float, edges: Edges, hue: Callable[[float], str]) -> list[Spec]:
    ends = [(word, *end) for name, word in _NAMES.items() if (end := _last(found, name)) is not None]
    places = spread([value for _, _, value in ends], [gap] * len(ends))
    return [
        {
            "type": "scatter",
            "mode": "text",
            "x": [x for _, x, _ in ends],
            "y": places,
            "text": [f" {word} {telling(value, edges, 2)}" for word, _, value in ends],
            "textposition": "middle right",
            "textfont": {"size": 12, "color": [hue(value) for _, _, value in ends]},
            "hoverinfo": "skip",
        }
        | on(i)
    ]
