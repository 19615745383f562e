"""Words and numbers as they stand in a figure: escaped, shortened, with sign and unit said."""

import calendar
import html
import textwrap
from collections.abc import Sequence
from datetime import date
from math import ceil, floor, log10
from typing import Any, cast

import pandas as pd

import wording
from wording import count, money
from wording import lateness as late

__all__ = [
    "Row",
    "amount_axis",
    "as_of_text",
    "balanced",
    "change_axis",
    "contractual",
    "count",
    "day",
    "esc",
    "hover",
    "iso",
    "joined",
    "known",
    "late",
    "money",
    "month",
    "month_end",
    "month_ticks",
    "number",
    "percent",
    "rows",
    "short",
    "shown",
    "spread",
    "telling",
    "tick_dates",
    "under",
    "wrap",
]

Row = dict[str, Any]


def esc(text: object) -> str:
    """Text that Plotly shows literally: its figures treat `<a href>` as a live link."""
    return html.escape(str(text), quote=False)


def wrap(text: object, width: int, lines: int = 2) -> str:
    """Escaped text of at most `lines` lines of `width` characters, ended by an ellipsis where cut."""
    if not known(text) or not str(text).strip():
        return "–"
    if lines == 1:
        return esc(short(text, width))
    parts = textwrap.wrap(_bound(text), width, max_lines=lines, placeholder="…", break_on_hyphens=False)
    return "<br>".join(esc(part.replace("\u00a0", " ")) for part in parts)


def _bound(text: object) -> str:
    """The text with each percent sign bound to its number, so that no line begins with it."""
    return str(text).replace(" %", "\u00a0%")


def short(text: object, width: int = 32) -> str:
    """A name of at most `width` characters on one line, not escaped; a dash where there is none."""
    flat = " ".join(str(text).split()) if known(text) else ""
    return (flat if len(flat) <= width else flat[: width - 1].rstrip() + "…") or "–"


def balanced(text: str, width: int, lines: int) -> str:
    """As `wrap`, with lines of about the same length, so that no word stands alone on the last one."""
    bound = _bound(text)
    needed = len(textwrap.wrap(bound, width, break_on_hyphens=False))
    if needed in (0, 1) or needed > lines:
        return wrap(text, width, lines)
    narrow = next(
        w
        for w in range(len(text) // needed, width + 1)
        if len(textwrap.wrap(bound, w, break_on_hyphens=False)) <= needed
    )
    return wrap(text, narrow, lines)


def hover(head: object, *facts: object) -> str:
    """Hover text: the head in bold, one fact a line, empty facts left out, everything escaped."""
    lines = [f"<b>{esc(head)}</b>", *(esc(fact) for fact in facts if known(fact) and str(fact))]
    return "<br>".join(lines)


def under(first: str, second: str) -> str:
    """Smaller words under others; both are already escaped."""
    return f"{first}<br><span style='font-size:11px'>{second}</span>"


def contractual(row: Row) -> str:
    """The name of a milestone, marked where it is one of the contract."""
    return f"{row['milestone']} §" if row["contractual"] is True else str(row["milestone"])


def known(value: object) -> bool:
    """False for None, NaN, NaT and NA."""
    return value is not None and value is not pd.NA and bool(value == value)


def number(value: object) -> float | None:
    """The value as a float, None where it is not known."""
    return float(cast(Any, value)) if known(value) else None


def rows(frame: pd.DataFrame) -> list[Row]:
    """The rows of a frame as dicts."""
    return cast(list[Row], frame.to_dict("records"))


def iso(value: object) -> str | None:
    """A date or month as `2026-09-30`, the form Plotly reads everywhere alike; None where not known."""
    if not known(value):
        return None
    return value.isoformat()[:10] if isinstance(value, date) else f"{pd.Timestamp(cast(Any, value)):%Y-%m-%d}"


def month_end(value: object) -> str:
    """
    The last day of a month given by any of its days or as `2026-09`. Raises ValueError where it is not
    known.
    """
    year, month_of_year = (int(part) for part in (iso(value) or "").split("-")[:2])
    return f"{year:04}-{month_of_year:02}-{calendar.monthrange(year, month_of_year)[1]}"


def day(value: object) -> str:
    """A date as `3 Sep 2026`."""
    return wording.day(pd.Timestamp(cast(Any, value))) if known(value) else "no date"


def month(value: object) -> str:
    """A month as `Sep 2026`."""
    return f"{pd.Timestamp(cast(Any, value)):%b %Y}" if known(value) else "no month"


def tick_dates(first: object, last: object) -> str:
    """How Plotly writes dates under an axis: with the day where the axis is short."""
    span = pd.Timestamp(cast(Any, last)) - pd.Timestamp(cast(Any, first))
    return "%-d %b<br>%Y" if span < pd.Timedelta(days=150) else "%b<br>%Y"


def month_ticks(first: object, last: object, most: int) -> dict[str, Any]:
    """The labels of an axis of months that stand at their last day: at most `most` of them, the newest among them.

    Plotly's own ticks stand on the first: a month's mark would seem to be of the month that follows.
    """
    ends = pd.date_range(month_end(first), month_end(last), freq="ME")
    step = next((n for n in (1, 2, 3, 6) if len(ends) <= most * n), 12 * -(-len(ends) // (12 * most)))
    kept = ends[::-1][::step][::-1]
    return {"tickmode": "array", "tickvals": [iso(end) for end in kept], "ticktext": [f"{e:%b<br>%Y}" for e in kept]}


def as_of_text(as_of: date | None) -> str:
    """`As of 30 Sep 2026`, empty without a date."""
    return f"As of {day(as_of)}" if as_of else ""


def amount_axis(top: float, currency: str) -> tuple[list[float], list[str]]:
    """Round tick values from zero to `top` (same sign), with their texts in one unit."""
    if top == 0:
        return [0.0], ["0"]
    step = _round_step(abs(top) / 5)
    ticks = [step * i for i in range(int(abs(top) / step) + 1)]
    scale, unit = next(((scale, unit) for least, scale, unit in wording.STEPS if abs(top) >= least), (1.0, ""))
    sign = -1 if top < 0 else 1
    words = ["0" if t == 0 else f"{currency} {sign * t / scale:g}{unit}".strip() for t in ticks]
    return [sign * t for t in ticks], words


def change_axis(low: float, high: float) -> tuple[list[float], list[str]]:
    """Round tick values around zero from `low` to `high`, with the size of each: the side says what it means."""
    step = _round_step((high - low) / 6)
    top = max(abs(low), abs(high))
    ticks = [step * i for i in range(ceil(low / step), floor(high / step) + 1)]
    return ticks, [f"{abs(t):g}" if top < 1e4 else money(abs(t)) for t in ticks]


def _round_step(rough: float) -> float:
    base = 10.0 ** floor(log10(rough))
    return next((m * base for m in (1, 2, 2.5, 5) if m * base >= rough), 10 * base)


def telling(value: float, edges: Sequence[float | None], digits: int) -> str:
    """The value with `digits` decimals, or as many as it takes to read on its own side of each edge."""
    for more in range(digits, digits + 4):
        text = f"{value:.{more}f}"
        if all(
            (float(text) < edge) == (value < edge) and (float(text) > edge) == (value > edge)
            for edge in edges
            if edge is not None
        ):
            break
    return text


def percent(share: float, digits: int = 0) -> str:
    """A share of 1 as `86 %`."""
    return f"{100 * share:.{digits}f} %"


def joined(names: Sequence[object], most: int = 3) -> str:
    """Names as `A, B and C`, or `A, B and 4 more`."""
    words = [short(name) for name in names]
    return wording.listing(words, most - 1 if len(words) > most else None) or "none"


def shown(total: int, limit: int) -> str:
    """What the limit left out: `30 of 200 shown.`, empty where nothing."""
    return f"{limit} of {total} shown." if total > limit else ""


def spread(centres: Sequence[float], heights: Sequence[float], floor: float = float("-inf")) -> list[float]:
    """
    The centres of labels moved apart so that none covers another: order kept, touching labels stacked
    around their mean, none below `floor`. Centres, heights and floor are in one unit.
    """
    blocks: list[list[int]] = []
    for i in sorted(range(len(centres)), key=lambda i: centres[i]):
        blocks.append([i])
        while len(blocks) > 1 and _overlap(blocks[-2], blocks[-1], centres, heights, floor):
            blocks[-2:] = [blocks[-2] + blocks[-1]]
    moved = list(centres)
    for block in blocks:
        foot = _foot(block, centres, heights, floor)
        for i in block:
            moved[i] = foot + heights[i] / 2
            foot += heights[i]
    return moved


def _foot(block: list[int], centres: Sequence[float], heights: Sequence[float], floor: float) -> float:
    """Where a stack of labels starts so that its labels are, on average, at their own centres."""
    below, wanted = 0.0, 0.0
    for i in block:
        wanted += centres[i] - heights[i] / 2 - below
        below += heights[i]
    return max(wanted / len(block), floor)


def _overlap(
    under: list[int], over: list[int], centres: Sequence[float], heights: Sequence[float], floor: float
) -> bool:
    top = _foot(under, centres, heights, floor) + sum(heights[i] for i in under)
    return top > _foot(over, centres, heights, floor)
