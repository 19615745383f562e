"""By when the return of a month is due."""

import os
from collections.abc import Collection
from datetime import date, timedelta

WORKING_DAY = 5


def working_day() -> int:
    """The working day of the next month on which returns are due: CRO_RETURN_DUE_DAY, else 5. For edges only.

    Raises ValueError where the setting is no whole number from 1 to 20.
    """
    text = os.environ.get("CRO_RETURN_DUE_DAY", "").strip() or str(WORKING_DAY)
    if not text.isascii() or not text.isdigit() or not 1 <= int(text) <= 20:
        raise ValueError(f"CRO_RETURN_DUE_DAY is “{text}”; expected a working day of the month, from 1 to 20.")
    return int(text)


def due_day(month_end: date, holidays: Collection[date], number: int) -> date:
    """The `number`-th working day after a month's last day: Monday to Friday, less holidays."""
    day = month_end
    while number:
        day += timedelta(days=1)
        number -= day.isoweekday() < 6 and day not in holidays
    return day
