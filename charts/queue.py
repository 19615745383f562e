"""How long each queue of open requests is now, and how long it will be in four weeks."""

from datetime import date

import pandas as pd
import plotly.graph_objects as go

from charts.text import Row, count, day, hover, joined, known, number, rows, shown, under
from charts.theme import Look, Spec, axis, beside, dots, draw, empty, layout, row_axis


def figure(frame: pd.DataFrame, look: Look, *, as_of: date, title: str | None = None, limit: int = 30) -> go.Figure:
    """
    One row per CRO: label, open (now), expected, low, high (in four weeks; NaN where not known), came, went (a week),
    reason. The one that grows most comes first.
    """
    found = [row for row in rows(frame) if known(row["open"])]
    if not found:
        return empty(look, title or "Open requests in four weeks", "No request has been asked here.")
    ordered = sorted(found, key=lambda row: -g if (g := _growth(row)) is not None else float("inf"))
    drawn = ordered[:limit]
    top = max([number(row[n]) or 0 for row in drawn for n in ("open", "expected", "high")] + [1.0]) * 1.05
    spec = layout(
        look,
        title or _finding(ordered),
        "Ring = open now, dot = in four weeks if requests come and are settled as in the last eight weeks, bar = its "
        f"80 % range. {shown(len(ordered), limit)}",
        body=len(drawn) * 38,
        foot=52,
        right=176,
        xaxis=axis(look, range=[-top * 0.02, top], title={"text": "open requests"}, nticks=8),
        yaxis=row_axis(look, [row["label"] for row in drawn]) | {"showgrid": True},
        annotations=[beside(look, y, _words(row), _tone(row, look)) for y, row in enumerate(drawn)],
    )
    return draw(_marks(drawn, look, as_of), spec)


def _growth(row: Row) -> float | None:
    expected = number(row["expected"])
    return None if expected is None else expected - float(row["open"])


def _grows(row: Row) -> bool:
    """Whether even the low end of the range is above what is open now."""
    low = number(row["low"])
    return low is not None and low > row["open"]


def _finding(ordered: list[Row]) -> str:
    told = [row for row in ordered if _growth(row) is not None]
    if not told:
        return "No queue can be told ahead: nothing came in or was settled for weeks"
    now, known_now = (sum(float(row["open"]) for row in some) for some in (ordered, told))
    then = sum(number(row["expected"]) or 0 for row in told)
    ahead = f"about {then:,.0f} in four weeks"
    if now != known_now:
        ahead = f"{now - known_now:,.0f} without a forecast, the others {ahead}"
    whole = f"{count(now, 'open request')} now, {ahead}"
    grow = [row for row in told if _grows(row)]
    if not grow:
        return f"{whole}; no queue is likely to grow"
    return f"{whole}; {joined([row['label'] for row in grow])} likely to grow"


def _tone(row: Row, look: Look) -> str:
    if _growth(row) is None:
        return look.muted
    return look.bad_text if _grows(row) else look.ink


def _words(row: Row) -> str:
    now, expected = f"{row['open']:,.0f}", number(row["expected"])
    if expected is None:
        return under(f"<b>{now} now</b>", "no forecast")
    mark = "▼ " if _grows(row) else ""
    second = f"{row['came']:.1f} in, {row['went']:.1f} out a week" if known(row["came"]) and known(row["went"]) else ""
    return under(f"<b>{mark}{now} → {expected:,.0f}</b>", second)


def _marks(drawn: list[Row], look: Look, as_of: date) -> list[Spec]:
    told = [(y, row) for y, row in enumerate(drawn) if _growth(row) is not None]
    colours = [look.bad if _grows(row) else look.good for _, row in told]
    bars = [
        {
            "type": "scatter",
            "mode": "lines",
            "x": [row["low"], row["high"]],
            "y": [y, y],
            "line": {"width": 9, "color": look.tint(colour, 0.45)},
            "hoverinfo": "skip",
        }
        for (y, row), colour in zip(told, colours, strict=True)
        if known(row["low"]) and known(row["high"])
    ]
    ring = {"symbol": "circle", "size": 14, "color": look.paper, "line": {"width": 2.4, "color": look.muted}}
    return [
        *bars,
        _points(list(enumerate(drawn)), "open", ring, as_of),
        _points(told, "expected", {"symbol": "circle", "size": 8, "color": colours}, as_of),
    ]


def _points(numbered: list[tuple[int, Row]], name: str, marker: Spec, as_of: date) -> Spec:
    return dots([(row[name], y, _hover(row, as_of)) for y, row in numbered], marker)


def _hover(row: Row, as_of: date) -> str:
    expected = number(row["expected"])
    rates = known(row["came"]) and known(row["went"])
    return hover(
        row["label"],
        f"{count(row['open'], 'request')} open",
        f"about {expected:,.0f} in four weeks" if expected is not None else "",
        f"80 % range {row['low']:,.0f} to {row['high']:,.0f}" if known(row["low"]) and known(row["high"]) else "",
        f"a week: {row['came']:.1f} come in, {row['went']:.1f} are settled" if rates else "",
        row["reason"],
        f"as of {day(as_of)}",
    )
