"""Calendar and business time of the demo portfolio (Monday to Friday, 09-17 UTC, less holidays)."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta

OPENS, CLOSES = time(9, tzinfo=UTC), time(17, tzinfo=UTC)
MINUTES_A_DAY = 480
_EASTER = (date(2023, 4, 9), date(2024, 3, 31), date(2025, 4, 20), date(2026, 4, 5), date(2027, 3, 28))
HOLIDAYS: dict[date, str] = dict(
    sorted(
        (day, name)
        for easter in _EASTER
        for day, name in (
            (date(easter.year, 1, 1), "New Year's Day"),
            (easter - timedelta(2), "Good Friday"),
            (easter + timedelta(1), "Easter Monday"),
            (date(easter.year, 5, 1), "Labour Day"),
            (date(easter.year, 12, 25), "Christmas Day"),
            (date(easter.year, 12, 26), "Second day of Christmas"),
        )
    )
)


def is_working(day: date) -> bool:
    """Whether business time runs on this day."""
    return day.weekday() < 5 and day not in HOLIDAYS


def workday(day: date) -> date:
    """The day itself, or the last working day before it."""
    while not is_working(day):
        day -= timedelta(1)
    return day


def add_workdays(day: date, count: int) -> date:
    """The working day that lies `count` working days after (or, if negative, before) `day`."""
    step = timedelta(1 if count > 0 else -1)
    for _ in range(abs(count)):
        day += step
        while not is_working(day):
            day += step
    return day


def add_minutes(moment: datetime, minutes: int) -> datetime:
    """The moment at which so many minutes of business time have passed since `moment` (UTC)."""
    while True:
        start = max(moment, datetime.combine(moment.date(), OPENS))
        left = int((datetime.combine(moment.date(), CLOSES) - start).total_seconds()) // 60
        if is_working(moment.date()) and left >= minutes:
            return start + timedelta(minutes=minutes)
        minutes -= max(left, 0) if is_working(moment.date()) else 0
        moment = datetime.combine(moment.date() + timedelta(1), OPENS)


def next_month(first: date) -> date:
    """The first day of the following month."""
    return (first + timedelta(32)).replace(day=1)


def month_end(first: date) -> date:
    """The last day of a month, given any day of it."""
    return next_month(first.replace(day=1)) - timedelta(1)


def months(first: date, last: date) -> list[date]:
    """First days of the months from that of `first` to that of `last`, both included."""
    found = [first.replace(day=1)]
    while next_month(found[-1]) <= last:
        found.append(next_month(found[-1]))
    return found


def add_months(day: date, count: int) -> date:
    """A working day at the end of the `count`-th month counted from the month of `day`."""
    first = day.replace(day=1)
    for _ in range(count - 1):
        first = next_month(first)
    return workday(month_end(first))
