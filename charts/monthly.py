"""A share or median by month, a panel for each CRO on one scale, with its interval and the threshold."""

from datetime import date

import pandas as pd
import plotly.graph_objects as go

from charts.panels import body, on, panels
from charts.text import (
    Row,
    as_of_text,
    count,
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
    telling,
)
from charts.theme import Look, Spec, draw, empty, layout


def figure(
    frame: pd.DataFrame,
    look: Look,
    *,
    threshold: float | None = None,
    unit: str = "%",
    better: str = "higher",
    what: str = "share",
    title: str | None = None,
    as_of: date | None = None,
    limit: int = 12,
) -> go.Figure:
    """
    One row per CRO and month: label, month, value (NaN where nothing was counted: a gap), low, high
    (interval), n.

    Worst last month first; `what` says what the value is. Dots in vermillion are on the wrong side of the
    threshold.
    """
    groups: dict[str, list[Row]] = {}
    for row in rows(frame):
        if known(row["month"]):
            groups.setdefault(str(row["label"]), []).append(row)
    for found in groups.values():
        found.sort(key=lambda row: month_end(row["month"]))
    groups = {name: found for name, found in groups.items() if _last(found) is not None}
    if not groups:
        return empty(look, title or "By month", "Nothing was counted in any month. Load requests or milestones first.")
    sign = 1 if better == "higher" else -1
    names = sorted(groups, key=lambda name: sign * (_last(groups[name]) or 0.0))
    drawn = names[:limit]
    numbers = [number(row[c]) for name in drawn for row in groups[name] for c in ("value", "low", "high")] + [threshold]
    values = [v for v in numbers if v is not None]
    pad = max((max(values) - min(values)) * 0.06, 1.0)
    months = sorted(month_end(row["month"]) for name in drawn for row in groups[name])
    first, last = pd.Timestamp(months[0]), pd.Timestamp(months[-1])
    room = max((last - first) * 0.05, pd.Timedelta(days=20))
    axes, notes = panels(
        look,
        drawn,
        {
            "type": "date",
            "range": [iso(first - room), iso(last + room * 4)],
            **month_ticks(first, last, 4),
        },
        {"range": [min(values) - pad, max(values) + pad], "nticks": 4, "ticksuffix": f" {unit}"},
    )
    line = f"dotted = target {threshold:g} {unit}; " if threshold is not None else ""
    spec = layout(
        look,
        title or _finding(groups, names, threshold, unit, better, what),
        f"Line = {what} by month, shade = 95 % interval; {line}{better} is better. The same scale "
        f"everywhere. {shown(len(names), limit)} {as_of_text(as_of)}",
        body=body(len(drawn)),
        top=26,
        foot=46,
        annotations=notes,
        shapes=[_target(i, threshold, look) for i in range(len(drawn))] if threshold is not None else [],
        **axes,
    )
    data = [
        t for i, name in enumerate(drawn) for t in _panel(i, name, groups[name], look, threshold, unit, better, as_of)
    ]
    return draw(data, spec)


def _last(found: list[Row]) -> float | None:
    return next((v for row in reversed(found) if (v := number(row["value"])) is not None), None)


def missed(value: float, threshold: float | None, better: str) -> bool:
    """Whether a value is on the wrong side of the threshold."""
    return threshold is not None and (value < threshold if better == "higher" else value > threshold)


def _finding(
    groups: dict[str, list[Row]], names: list[str], threshold: float | None, unit: str, better: str, what: str
) -> str:
    if threshold is None:
        return f"{what.capitalize()} by month of {count(len(names), 'CRO')}"
    off = [name for name in names if missed(_last(groups[name]) or 0.0, threshold, better)]
    if not off:
        return f"Every CRO met {threshold:g} {unit} in its last month"
    return f"{joined(off)} missed {threshold:g} {unit} in the last month"


def _target(i: int, threshold: float, look: Look) -> Spec:
    suffix = str(i + 1) if i else ""
    line = {"width": 1.2, "color": look.muted, "dash": "dot"}
    at = {
        "xref": f"x{suffix} domain",
        "yref": f"y{suffix}",
        "x0": 0,
        "x1": 1,
        "y0": threshold,
        "y1": threshold,
    }
    return at | {"type": "line", "line": line, "layer": "below"}


def _panel(
    i: int,
    name: str,
    found: list[Row],
    look: Look,
    threshold: float | None,
    unit: str,
    better: str,
    as_of: date | None,
) -> list[Spec]:
    told = [row for row in found if known(row["value"])]
    off = [missed(row["value"], threshold, better) for row in told]
    curve = {
        "type": "scatter",
        "mode": "lines",
        "x": [month_end(row["month"]) for row in found],
        "y": [number(row["value"]) for row in found],
        "line": {"width": 2, "color": look.muted},
        "hoverinfo": "skip",
    }
    dots = {
        "type": "scatter",
        "mode": "markers",
        "x": [month_end(row["month"]) for row in told],
        "y": [row["value"] for row in told],
        "marker": {
            "size": 7,
            "symbol": ["triangle-down" if o else "circle" for o in off],
            "color": [look.bad if o else look.good if threshold is not None else look.ink for o in off],
        },
        "hovertext": [_hover(name, row, unit, as_of) for row in told],
        "hoverinfo": "text",
    }
    end = {
        "type": "scatter",
        "mode": "text",
        "x": [month_end(told[-1]["month"])],
        "y": [told[-1]["value"]],
        "text": [f"\u2002<b>{telling(told[-1]['value'], [threshold], 0)}</b>"],
        "textposition": "middle right",
        "textfont": {"size": 12, "color": look.bad_text if off[-1] else look.ink},
        "hoverinfo": "skip",
    }
    return [trace | on(i) for trace in (*_shades(found, look), curve, dots, end)]


def _shades(found: list[Row], look: Look) -> list[Spec]:
    """The interval, a piece for each run of months without a gap."""
    runs: list[list[Row]] = [[]]
    for row in found:
        if known(row["low"]) and known(row["high"]):
            runs[-1].append(row)
        elif runs[-1]:
            runs.append([])
    fill = {"type": "scatter", "mode": "lines", "fill": "toself", "line": {"width": 0}, "hoverinfo": "skip"}
    pieces = []
    for run in runs:
        xs = [month_end(row["month"]) for row in run]
        ys = [row["high"] for row in run] + [row["low"] for row in reversed(run)]
        pieces.append(fill | {"x": xs + xs[::-1], "y": ys, "fillcolor": look.tint(look.neutral, 0.22)})
    return [piece for piece in pieces if piece["x"]]


def _hover(name: str, row: Row, unit: str, as_of: date | None) -> str:
    interval = (
        f"95 % interval {row['low']:.1f} to {row['high']:.1f}" if known(row["low"]) and known(row["high"]) else ""
    )
    n = f"n = {row['n']:.0f}" if known(row["n"]) else ""
    return hover(name, f"{month(row['month'])}: {row['value']:.1f} {unit}", interval, n, as_of_text(as_of))
