"""From the original budget to the forecast, step by step, as horizontal bars: names of any length fit."""

from datetime import date

import pandas as pd
import plotly.graph_objects as go

from charts.text import Row, amount_axis, as_of_text, hover, known, money, percent, rows
from charts.theme import Look, Spec, axis, draw, empty, layout, row_axis

Bar = tuple[Row, float, float]


def figure(
    frame: pd.DataFrame,
    look: Look,
    *,
    currency: str = "",
    title: str | None = None,
    as_of: date | None = None,
    limit: int = 20,
) -> go.Figure:
    """
    One row per step, from top to bottom: step, kind (absolute sets the sum, relative adds to it, total
    shows it; its amount is not read), amount. Raises ValueError for another kind.
    """
    steps = [row for row in rows(frame) if row["kind"] == "total" or known(row["amount"])]
    bars = running(_largest(steps, limit))
    if not bars:
        return empty(
            look,
            title or "Budget step by step",
            "No budget to take apart here. Load engagements and change orders.",
        )
    low, top = min(0.0, *(min(a, b) for _, a, b in bars)), max(0.0, *(max(a, b) for _, a, b in bars))
    ticks, words = amount_axis(top, "")
    span = (top - low) or 1.0
    spec = layout(
        look,
        title or _finding(bars, currency),
        f"{currency} from zero. Each step starts where the one above ends. {as_of_text(as_of)}",
        body=len(bars) * 38,
        foot=40,
        key=[("sums", look.neutral), ("adds cost", look.bad), ("takes cost out", look.good)],
        bargap=0.35,
        xaxis=axis(look, range=[low * 1.05, low + span * 1.2], tickvals=ticks, ticktext=words),
        yaxis=row_axis(look, [row["step"] for row, _, _ in bars], width=26),
    )
    return draw([_steps(bars, look, currency, as_of), _joints(bars, look)], spec)


def _largest(steps: list[Row], limit: int) -> list[Row]:
    """The steps, the smallest of more than `limit` taken together before the next sum: none is dropped."""
    relative = [i for i, row in enumerate(steps) if row["kind"] == "relative"]
    relative.sort(key=lambda i: abs(steps[i]["amount"]))
    merged = set(relative[: len(steps) - limit + 1]) if len(steps) > limit else set()
    kept: list[Row] = []
    waiting: list[float] = []
    for i, row in enumerate(steps):
        if i in merged:
            waiting.append(row["amount"])
            continue
        if row["kind"] != "relative":
            kept += _together(waiting)
            waiting = []
        kept.append(row)
    return kept + _together(waiting)


def _together(amounts: list[float]) -> list[Row]:
    step = f"{len(amounts)} smaller steps"
    return [{"step": step, "kind": "relative", "amount": sum(amounts)}] if amounts else []


def running(steps: list[Row]) -> list[Bar]:
    """Each step with the sum before and after it; sums start at zero."""
    bars: list[Bar] = []
    total = 0.0
    for row in steps:
        if row["kind"] == "relative":
            bars.append((row, total, total + row["amount"]))
            total += row["amount"]
        elif row["kind"] in ("absolute", "total"):
            total = row["amount"] if row["kind"] == "absolute" else total
            bars.append((row, 0.0, total))
        else:
            raise ValueError(f"kind of step must be absolute, relative or total, not {row['kind']!r}")
    return bars


def _finding(bars: list[Bar], currency: str) -> str:
    start, end = bars[0][2], bars[-1][2]
    more = end - start
    if round(more) == 0:
        return f"The total stays at {money(start, currency)}"
    share = f" ({percent(abs(more) / start, 1)})" if start > 0 else ""
    return (
        f"{'Up' if more > 0 else 'Down'} {money(abs(more), currency)}{share}, from "
        f"{money(start, currency, end)} to {money(end, currency, start)}"
    )


def _change(amount: float, currency: str = "") -> str:
    if not round(amount):
        return "no change"
    return f"{money(abs(amount), currency)} {'more' if amount > 0 else 'less'}"


def _steps(bars: list[Bar], look: Look, currency: str, as_of: date | None) -> Spec:
    relative = [row["kind"] == "relative" for row, _, _ in bars]
    words, colours = [], []
    for (_, before, after), step in zip(bars, relative, strict=True):
        words.append(_change(after - before) if step else f"<b>{money(after)}</b>")
        colours.append((look.bad if after > before else look.good) if step else look.neutral)
    return {
        "type": "bar",
        "orientation": "h",
        "y": list(range(len(bars))),
        "x": [abs(after - before) for _, before, after in bars],
        "base": [min(before, after) for _, before, after in bars],
        "marker": {"color": colours},
        "text": words,
        "textposition": "outside",
        "textfont": {"size": 13, "color": look.ink},
        "cliponaxis": False,
        "hovertext": [
            hover(
                row["step"],
                _change(after - before, currency) if step else "",
                f"sum {money(after, currency)}",
                as_of_text(as_of),
            )
            for (row, before, after), step in zip(bars, relative, strict=True)
        ],
        "hoverinfo": "text",
    }


def _joints(bars: list[Bar], look: Look) -> Spec:
    xs: list[float | None] = []
    ys: list[float | None] = []
    for y, (_, _, after) in enumerate(bars[:-1]):
        xs += [after, after, None]
        ys += [y + 0.32, y + 0.68, None]
    return {
        "type": "scatter",
        "mode": "lines",
        "x": xs,
        "y": ys,
        "line": {"width": 1, "color": look.muted},
        "hoverinfo": "skip",
    }
