"""Which day the data of an upload tells of, as far as it can be proposed."""

import calendar
import re
from collections.abc import Iterable
from datetime import UTC, date, datetime, timedelta

from data import commands
from ui.store import open_store

NAMED = re.compile(r"(?<!\d)(20\d\d)[-_. ]?(0[1-9]|1[0-2])(?!\d)")


def proposed() -> date:
    """The end of the last month, or the newest status date where that is later."""
    last_month = datetime.now(UTC).date().replace(day=1) - timedelta(days=1)
    return max(last_month, newest() or last_month)


def newest() -> date | None:
    """The newest status date of the store."""
    told: list[date] = [entry["status_date"] for entry in commands.history(open_store()) if entry["status_date"]]
    return max(told, default=None)


def named(names: Iterable[str]) -> date | None:
    """The last day of the one month that file names name: `return Ana 2026-10.xlsx` is of 31 October 2026."""
    months = {(int(year), int(month)) for name in names for year, month in NAMED.findall(name)}
    if len(months) != 1:
        return None
    ((year, month),) = months
    return date(year, month, calendar.monthrange(year, month)[1])
