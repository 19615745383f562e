"""From what a figure was to what it is, a step for each part of the difference, as horizontal bars."""

from dataclasses import dataclass
from datetime import date

import pandas as pd
import plotly.graph_objects as go

from charts.text import Row, as_of_text, change_axis, esc, hover, joined, known, rows, shown, under
from charts.theme import Look, Spec, axis, beside, draw, empty, layout, row_axis
from wording import money, over_under

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
    in_money: bool = False,
    digits: int = 1,
    ends: tuple[str, str] | None = None,
    title: str | None = None,
    as_of: date | None = None,
    limit: int = 16,
) -> go.Figure:
    """
    One row per part: label, mix, performance, other, effect (their sum, in `unit`), why. Drawn in the order
    given, as the change from `then` (at zero), named `since`, to `now`; those beyond the limit are one step, so
    that all of them still add up. `in_money`: variances in the currency `unit`, plus is under budget. `ends`:
    what is to be read at `then` and `now`, where that is not the rounded number.
    """
    found = [row for row in rows(frame) if known(row["effect"])]
    if not found or then is None or now is None:
        return empty(
            look, title or "Why it changed", "Nothing moved it between the two dates, so no part can be shown."
        )
    told = _Told(unit, digits, higher_is_better, in_money)
    bars = _bars(found, limit)
    reached = [0.0, now - then, *(after for _, _, after in bars)]
    room = (max(reached) - min(reached)) * 0.06 or 1.0
    low, high = min(reached) - room, max(reached) + room
    ticks, sizes = change_axis(low, high)
    first, last = ends or (told.value(then), told.value(now))
    steps = [row for row, _, _ in bars]
    spec = layout(
        look,
        title or _finding(found, told),
        f"Each bar starts where the one above ends. {_legend(steps)} {shown(len(found), limit)} {as_of_text(as_of)}",
        body=(len(bars) + 2) * 38,
        foot=56,
        right=168,
        key=[("better", look.good), ("worse", look.bad)],
        bargap=0.4,
        xaxis=axis(look, range=[low, high], tickvals=ticks, ticktext=sizes, title={"text": told.directions(since)}),
        yaxis=row_axis(look, [since, *(row["label"] for row in steps), "now"], width=30),
        annotations=[
            beside(look, 0, f"<b>{esc(first)}</b>"),
            *(beside(look, y, _words(row, told)) for y, row in enumerate(steps, 1)),
            beside(look, len(bars) + 1, f"<b>{esc(last)}</b>"),
        ],
    )
    return draw([_steps(bars, look, told, as_of), _joints(bars, now - then, look, as_of)], spec)


@dataclass(frozen=True)
class _Told:
    """How values and changes of the figure are said: a side instead of a sign."""

    unit: str
    digits: int
    higher: bool
    in_money: bool

    def value(self, value: float) -> str:
        if self.in_money:
            return over_under(value, self.unit)
        return f"{value:,.{self.digits}f} {self.unit}".rstrip()

    def size(self, change: float) -> str:
        return money(abs(change)) if self.in_money else f"{abs(change):,.{self.digits}f}"

    def nothing(self, change: float) -> bool:
        return abs(change) < (0.5 if self.in_money else 0.5 * 10.0**-self.digits)

    def change(self, change: float) -> str:
        """`3.5 worse`, `12.0k better`, `about 0`."""
        return "about 0" if self.nothing(change) else f"{self.size(change)} {self.side(change)}"

    def side(self, change: float) -> str:
        return "better" if (change > 0) is self.higher else "worse"

    @property
    def of(self) -> str:
        """The unit of a change: percent change by points."""
        return "points" if self.unit == "%" else self.unit

    def directions(self, since: str) -> str:
        """What the axis measures, and what its sides mean."""
        left, right = ("worse", "better") if self.higher else ("better", "worse")
        return f"← {left}   ·   change since {esc(since)}{', ' if self.of else ''}{esc(self.of)}   ·   {right} →"


def _legend(steps: list[Row]) -> str:
    """The fillings that are drawn."""
    words = {"mix": "hatched = mostly mix (who counts, and how much)", "performance": "filled = mostly performance"}
    words["other"] = "outline = neither"
    drawn = {_kind(row) for row in steps}
    told = ", ".join(word for kind, word in words.items() if kind in drawn)
    return f"{told[:1].upper()}{told[1:]}."


def _kind(row: Row) -> str:
    return max(("performance", "mix", "other"), key=lambda name: abs(row[name]))


def _bars(found: list[Row], limit: int) -> list[Bar]:
    """Each step with the change before and after it, those beyond the limit as one."""
    kept, rest = found[:limit], found[limit:]
    if rest:
        sums = {name: sum(row[name] for row in rest) for name in ("mix", "performance", "other", "effect")}
        kept = [*kept, {"label": f"{len(rest)} smaller parts", "why": "", **sums}]
    bars: list[Bar] = []
    for row in kept:
        before = bars[-1][2] if bars else 0.0
        bars.append((row, before, before + row["effect"]))
    return bars


def _finding(found: list[Row], told: _Told) -> str:
    change = sum(row["effect"] for row in found)
    along = [row for row in found if row["effect"] * change > 0][:2]
    if not along or told.nothing(change):
        return "The parts cancel out"
    share = sum(row["effect"] for row in along)
    names = joined([row["label"] for row in along])
    if told.in_money:
        return f"{names}: {told.unit} {told.change(share)}; in all {told.unit} {told.change(change)}"
    unit = f" {told.of}".rstrip()
    in_all = f"{told.size(change)}{unit} {told.side(change)}"
    return f"{names}: {told.size(share)}{unit} {told.side(share)}; in all {in_all}"


def _words(row: Row, told: _Told) -> str:
    """The effect, and below it of what it is made where it is made of several."""
    kinds = [(name, row[name]) for name in ("performance", "mix") if row[name]]
    several = len(kinds) > 1 and not any(told.nothing(size) for _, size in kinds)
    second = ", ".join(f"{name} {told.change(size)}" for name, size in kinds) if several else ""
    first = f"<b>{told.change(row['effect'])}</b>"
    return under(first, second) if second else first


def _steps(bars: list[Bar], look: Look, told: _Told, as_of: date | None) -> Spec:
    colours = [look.good if told.side(row["effect"]) == "better" else look.bad for row, _, _ in bars]
    kinds = [_kind(row) for row, _, _ in bars]
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
                f"{told.of} {told.change(row['effect'])}"
                if told.in_money
                else f"{told.of}: {told.change(row['effect'])}",
                ", ".join(f"{name} {told.change(row[name])}" for name in ("performance", "mix", "other")),
                as_of_text(as_of),
            )
            for row, _, _ in bars
        ],
        "hoverinfo": "text",
    }


def _joints(bars: list[Bar], change: float, look: Look, as_of: date | None) -> Spec:
    """Then (at zero) and now as diamonds, and thin lines from each step to the next."""
    xs: list[float | None] = [0.0, 0.0, None]
    ys: list[float | None] = [0, 0.7, None]
    for y, (_, _, after) in enumerate(bars, 1):
        last = y == len(bars)
        xs += [after, change if last else after, None]
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
