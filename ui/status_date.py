"""Which day the data of an upload tells of, as far as it can be proposed."""

import calendar
import re
from collections.abc import Iterable, Iterator
from contextlib import suppress
from datetime import UTC, date, datetime, timedelta

from data import commands
from data.intake.headings import MONTHS, plain
from ui.store import open_store

_WORD = rf"\b(?P<name>{'|'.join(sorted(MONTHS, key=len, reverse=True))})\b\.?"
_YEAR, _MONTH = r"(?P<year>20\d\d)", r"(?P<month>0[1-9]|1[0-2])"
_START, _END = r"(?<!\d)(?<!\d[-.])", r"(?!\d)(?![-.]\d)"
NAMED = tuple(
    re.compile(pattern)
    for pattern in (
        rf"{_START}{_YEAR}(?P<sign>[-. ]?){_MONTH}(?P=sign)(?P<day>0[1-9]|[12]\d|3[01])(?!\d)",
        rf"{_START}(?P<first>\d\d?)(?P<sign>[-. ])(?P<second>\d\d?)(?P=sign){_YEAR}(?!\d)",
        rf"{_START}(?P<day>\d\d?)[-. ]*{_WORD}[-'’ ]*(?P<year>20\d\d|[2-4]\d){_END}",
        rf"{_WORD}[-'’ ]*(?P<year>20\d\d|[2-4]\d){_END}",
        rf"{_START}{_YEAR}[-. ]*{_WORD}",
        rf"{_START}{_YEAR}[-. ]?{_MONTH}{_END}",
        rf"{_START}{_MONTH}[-. ]{_YEAR}{_END}",
    )
)
"""How a file name writes a day or a month; earlier ones first."""


def proposed() -> date:
    """The end of the last month, or the newest status date where that is later."""
    last_month = datetime.now(UTC).date().replace(day=1) - timedelta(days=1)
    return max(last_month, newest() or last_month)


def newest() -> date | None:
    """The newest status date of the store, of the uploads in effect."""
    uploads = [entry for entry in commands.history(open_store()) if not entry["undone"]]
    told: list[date] = [entry["status_date"] for entry in uploads if entry["status_date"]]
    return max(told, default=None)


def named(names: Iterable[str]) -> date | None:
    """The one day that file names name, or the last day of the one month.

    `return Ana 2026-10.xlsx` and `Timeline Oct26.xlsx` are of 31 October 2026, `Jira 2026-10-05.csv` of that day.
    """
    days = {day for name in names for day in _days(name)}
    return days.pop() if len(days) == 1 else None


def _days(name: str) -> Iterator[date]:
    text = _spaced(name)
    for pattern in NAMED:
        while found := pattern.search(text):
            text = f"{text[: found.start()]}|{text[found.end() :]}"
            yield from _day(found.groupdict())


def _spaced(name: str) -> str:
    """A file name without its ending and accents, in small letters, words and numbers apart."""
    words = plain(re.sub(r"\.[A-Za-z]+$", "", name).replace("_", " "))
    return re.sub(r"(?<=\d)(?=[^\W\d])|(?<=[^\W\d])(?=\d)", " ", words)


def _day(parts: dict[str, str | None]) -> Iterator[date]:
    """The day of these parts, the last of the month where they have none; nothing where two days fit, or none."""
    year = int(parts["year"] or 0) % 100 + 2000
    if parts.get("first"):
        first, second = int(parts["first"] or 0), int(parts["second"] or 0)
        days = {day for pair in ((second, first), (first, second)) for day in _of(year, *pair)}
        yield from days if len(days) == 1 else ()
        return
    month = MONTHS[name] if (name := parts.get("name")) else int(parts["month"] or 0)
    yield from _of(year, month, int(parts.get("day") or calendar.monthrange(year, month)[1]))


def _of(year: int, month: int, day: int) -> Iterator[date]:
    with suppress(ValueError):
        yield date(year, month, day)
