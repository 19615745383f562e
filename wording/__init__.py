"""Numbers, amounts and days in words: the same in every sentence, table and figure. Imports nothing of the others."""

from collections.abc import Sequence
from datetime import date
from math import floor, log10

STEPS = ((1e9, 1e9, "bn"), (1e6, 1e6, "m"), (1e4, 1e3, "k"))
"""From which amount on, the unit, and its letter; thousands only where the whole amount has five digits."""


def count(number: float, what: str, many: str = "") -> str:
    """`1 day`, `2 days`."""
    return f"{number:,.0f} {what if round(number) == 1 else many or what + 's'}"


def day(moment: date | None) -> str:
    """`3 Sep 2026`."""
    return "–" if moment is None else f"{moment.day} {moment:%b %Y}"


def lateness(days: float | None) -> str:
    """Plus is late: `12 days late`, `3 days early`, `on time`."""
    if days is None:
        return "–"
    whole = round(days)
    if not whole:
        return "on time"
    return f"{count(abs(whole), 'day')} {'late' if whole > 0 else 'early'}"


def money(amount: float | None, currency: str | None = "", *others: float | None) -> str:
    """`EUR 1.24m`, `JPY 1.31bn`, `-EUR 340k`: three digits, and below 10,000 the whole amount, as `EUR 1,240`.

    Where that would read as one of the `others`, which it is not, it has as many digits more as keep them apart.
    """
    if amount is None:
        return "–"
    return next(
        text
        for digits in range(3, 18)
        if (text := _money(amount, currency, digits))
        not in [_money(other, currency, digits) for other in others if other is not None and other != amount]
        or digits == 17
    )


def _money(amount: float, currency: str | None, digits: int) -> str:
    size = float(f"{abs(amount):.{digits}g}") if abs(amount) >= 9_999.5 else round(abs(amount))
    _, unit, suffix = next((step for step in STEPS if size >= step[0]), (0.0, 1.0, ""))
    scaled = size / unit
    decimals = max(0, digits - 1 - floor(log10(scaled))) if suffix else 0
    text = f"{currency or ''} {scaled:,.{decimals}f}{suffix}".strip()
    return f"-{text}" if amount < 0 and size else text


def over_under(amount: float | None, currency: str | None) -> str:
    """Plus is under budget: `EUR 412k over`, `EUR 12.4k under`, `on budget`."""
    if amount is None:
        return "–"
    if not round(amount):
        return "on budget"
    return f"{money(abs(amount), currency)} {'under' if amount > 0 else 'over'}"


def score(value: float | None, digits: int = 0) -> str:
    """A score rounded down, to a whole number or so many digits, so that 79.9 is not read as the green 80."""
    return "–" if value is None else f"{floor(value * 10**digits + 1e-9) / 10**digits:.{digits}f}"


def signed(value: float | None, digits: int = 0) -> str:
    """`+3`, `-2`, and nothing where it rounds to zero."""
    if value is None:
        return ""
    text = f"{value:+.{digits}f}"
    return "" if float(text) == 0 else text


def listing(names: Sequence[str], most: int | None = None) -> str:
    """`A, B and C`; at most so many by name: `A, B and 4 more`."""
    kept = list(names) if most is None or len(names) <= most else [*names[:most], f"{len(names) - most} more"]
    return f"{', '.join(kept[:-1])} and {kept[-1]}" if len(kept) > 1 else "".join(kept)
