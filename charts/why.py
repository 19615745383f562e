"""From what a figure was to what it is, a step for each part of the difference, as horizontal bars."""

from datetime import date

import pandas as pd
import plotly.graph_objects as go

from charts.text import Row, as_of_text, esc, hover, joined, known, money, rows, shown, under
from charts.theme import Look, Spec, axis, beside, draw, empty, layout, row_axis

Bar = tuple[Row, float, float]


def figure(
    frame: pd.DataFrame,
    look: Look,
    *,
    then: float | None = None,
    now: float | None = None,
    since: str = "then",
    higher_is_better: bool = True,
    unit: str = "",
    sign: str = "",
    digits: int = 1,
    ends: tuple[str, str] | None = None,
    title: str | None = None,
    as_of: date | None = None,
    limit: int = 16,
) -> go.Figure:
    """
    One row per part: label, mix, performance, other, effect (their sum, in `unit`), why. Drawn in the order given from
    `then`, named `since`, to `now`; those beyond the limit are one step, so that all of them still add up. Amounts of
    money have the currency as their unit and no digits. `ends`: what is to be read at `then` and `now`, where that is
    not the rounded number; `sign`: what plus means, in words.
    """
    found = [row for row in rows(frame) if known(row["effect"])]
    if not found or then is None or now is None:
        return empty(
            look, title or "Why it changed", "Nothing moved it between the two dates, so no part can be shown."
        )
    bars = _bars(found, then, limit)
    reached = [then, now, *(after for _, _, after in bars)]
    low, high = min(reached), max(reached)
    first, last = ends or (_text(then, digits), _text(now, digits))
    room = (high - low) * 0.06 or 1.0
    steps = [row for row, _, _ in bars]
    spec = layout(
        look,
        title or _finding(found, unit, digits),
        "Each bar starts where the one above ends. Hatched = mostly mix (who counts, and how much), filled = mostly "
        f"performance, outline = neither. {shown(len(found), limit)} {as_of_text(as_of)}",
        body=(len(bars) + 2) * 38,
        foot=48,
        right=150,
        key=[("better", look.good), ("worse", look.bad)],
        bargap=0.4,
        xaxis=axis(
            look, range=[low - room, high + room], title={"text": ", ".join(filter(None, (unit, sign)))}, nticks=8
        ),
        yaxis=row_axis(look, [since, *(row["label"] for row in steps), "now"], width=30),
        annotations=[
            beside(look, 0, f"<b>{esc(first)}</b>"),
            *(beside(look, y, _words(row, digits)) for y, row in enumerate(steps, 1)),
            beside(look, len(bars) + 1, f"<b>{esc(last)}</b>"),
        ],
    )
    return draw(
        [_steps(bars, look, higher_is_better, unit, digits, as_of), _joints(bars, then, now, look, as_of)], spec
    )


def _bars(found: list[Row], then: float, limit: int) -> list[Bar]:
    """Each step with the value before and after it, those beyond the limit as one."""
    kept, rest = found[:limit], found[limit:]
    if rest:
        sums = {name: sum(row[name] for row in rest) for name in ("mix", "performance", "other", "effect")}
        kept = [*kept, {"label": f"{len(rest)} smaller parts", "why": "", **sums}]
    bars: list[Bar] = []
    for row in kept:
        before = bars[-1][2] if bars else then
        bars.append((row, before, before + row["effect"]))
    return bars


def _finding(found: list[Row], unit: str, digits: int) -> str:
    change = sum(row["effect"] for row in found)
    along = [row for row in found if row["effect"] * change > 0][:2]
    if not along:
        return "The parts cancel out"
    share = sum(row["effect"] for row in along)
    names = joined([row["label"] for row in along])
    in_all = f"{_signed(change, digits)} {'points' if unit == '%' else unit}".strip()
    return f"{names}: {_signed(share, digits)}; in all {in_all}"


def _text(value: float, digits: int) -> str:
    return f"{'-' if value < 0 else ''}{money(value)}" if not digits and abs(value) >= 1000 else f"{value:,.{digits}f}"


def _signed(value: float, digits: int) -> str:
    if abs(value) < 0.5 * 10**-digits:
        return "about 0"
    return f"{'-' if value < 0 else '+'}{_text(abs(value), digits)}"


def _words(row: Row, digits: int) -> str:
    """The effect, and below it of what it is made where it is made of several."""
    kinds = [(name, row[name]) for name in ("performance", "mix") if row[name]]
    several = len(kinds) > 1 and all(abs(size) >= 0.5 * 10**-digits for _, size in kinds)
    second = ", ".join(f"{name} {_signed(size, digits)}" for name, size in kinds) if several else ""
    first = f"<b>{_signed(row['effect'], digits)}</b>"
    return under(first, second) if second else first


def _steps(bars: list[Bar], look: Look, higher: bool, unit: str, digits: int, as_of: date | None) -> Spec:
    colours = [look.good if (row["effect"] > 0) is higher else look.bad for row, _, _ in bars]
    kinds = [max(("performance", "mix", "other"), key=lambda name: abs(row[name])) for row, _, _ in bars]
    return {
        "type": "bar",
        "orientation": "h",
        "y": list(range(1, len(bars) + 1)),
        "x": [abs(after - before) for _, before, after in bars],
        "base": [min(before, after) for _, before, after in bars],
        "marker": {
            "color": [look.paper if kind == "other" else colour for kind, colour in zip(kinds, colours, strict=True)],
            "pattern": {
                "shape": ["/" if kind == "mix" else "" for kind in kinds],
                "fgcolor": colours,
                "bgcolor": look.paper,
                "size": 6,
                "solidity": 0.45,
            },
            "line": {"width": 1.5, "color": colours},
        },
        "hovertext": [
            hover(
                row["label"],
                row["why"],
                f"{_signed(row['effect'], digits)} {unit}",
                f"performance {_signed(row['performance'], digits)}, mix {_signed(row['mix'], digits)}, "
                f"other {_signed(row['other'], digits)}",
                as_of_text(as_of),
            )
            for row, _, _ in bars
        ],
        "hoverinfo": "text",
    }


def _joints(bars: list[Bar], then: float, now: float, look: Look, as_of: date | None) -> Spec:
    """The value then and now as diamonds, and thin lines from each step to the next."""
    xs: list[float | None] = [then, then, None]
    ys: list[float | None] = [0, 0.7, None]
    for y, (_, _, after) in enumerate(bars, 1):
        last = y == len(bars)
        xs += [after, now if last else after, None]
        ys += [y + 0.3, y + (1 if last else 0.7), None]
    ends = (0, len(xs) - 2)
    return {
        "type": "scatter",
        "mode": "lines+markers",
        "x": xs,
        "y": ys,
        "line": {"width": 1, "color": look.muted},
        "marker": {
            "symbol": "diamond",
            "color": look.ink,
            "size": [11 if place in ends else 0 for place in range(len(xs))],
            "line": {"width": 0},
        },
        "hovertext": [as_of_text(as_of) if place in ends else "" for place in range(len(xs))],
        "hoverinfo": "text",
    }
