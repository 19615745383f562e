"""Business time, a day at a time, and periods."""

from collections.abc import Collection
from datetime import UTC, date, datetime, time, timedelta
from functools import cache
from zoneinfo import ZoneInfo

import numpy as np

DAY = timedelta(days=1)


def year_before(day: date) -> date:
    """The last day before the trailing twelve months: the same day a year before, a month's end for a month's end."""
    after = day + DAY
    if after.day == 1:
        return after.replace(year=after.year - 1) - DAY
    return day.replace(year=day.year - 1)


def quarter(day: date) -> str:
    return f"{day.year}-Q{-(-day.month // 3)}"


def business_days(start: date, stop: date, holidays: Collection[date]) -> int:
    """Business days from one day to another, the first counted and the last not."""
    return int(np.busday_count(start, stop, holidays=sorted(holidays)))


def business_day_after(day: date, many: int, holidays: Collection[date]) -> date:
    """The first, second, third, ... business day after a day, which itself may be none."""
    found = np.busday_offset(day, many, roll="backward", holidays=sorted(holidays))
    return date.fromisoformat(str(found))


@cache
def _office(day: date, zone: str) -> tuple[datetime, datetime]:
    opens, closes = (datetime.combine(day, time(hour), ZoneInfo(zone)).astimezone(UTC) for hour in (9, 17))
    return opens, closes


def business_hours(start: datetime, stop: datetime, zone: str, holidays: Collection[date]) -> float:
    """Hours of 09-17 local time, Monday to Friday less holidays, between two moments in UTC: what each day overlaps."""
    place, hours = ZoneInfo(zone), 0.0
    day, last = start.astimezone(place).date(), stop.astimezone(place).date()
    while day <= last:
        if day.weekday() < 5 and day not in holidays:
            opens, closes = _office(day, zone)
            hours += max(0.0, (min(stop, closes) - max(start, opens)).total_seconds() / 3600)
        day += DAY
    return hours
