"""The monthly return of one project manager, filled in as far as we know."""

import calendar
import re
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from duckdb import DuckDBPyConnection

from data.contracts import BY_KIND
from data.contracts.milestones import CODES
from data.intake.prefilled import made_of
from data.returns.due import WORKING_DAY, due_day
from data.returns.rows import answers, rows_now
from data.returns.workbook import Sheet, workbook
from data.store import Store

MONTH = re.compile(r"(20\d\d)-(0[1-9]|1[0-2])")
ACTIVE = """
SELECT engagement.engagement_id, engagement.study_id, engagement.title, engagement.sponsor_pm, cro.name AS cro
FROM engagements AS engagement
JOIN cros AS cro ON cro.cro_id = engagement.cro_id AND cro.valid_to IS NULL
WHERE engagement.valid_to IS NULL AND engagement.sponsor_pm IS NOT NULL AND engagement.start_date <= $last_day
    AND coalesce(least(engagement.closed_on, engagement.cancelled_on), $last_day) >= $first_day
ORDER BY engagement.sponsor_pm, engagement.engagement_id
"""
FORECASTS = """
SELECT engagement_id, cost_type, max(month) AS month, arg_max(forecast_remaining, month) AS amount
FROM budget
WHERE valid_to IS NULL AND month < $month AND forecast_remaining IS NOT NULL
    AND list_contains($engagements, engagement_id)
GROUP BY engagement_id, cost_type
"""
NO_PLAN = "No plan is known for this month. Where you tell of it, write what was planned, or 0."
HOLIDAYS = "SELECT day FROM holidays WHERE valid_to IS NULL"
# Whoever fills in the form mends what was told of the last month as well. Data queries come as a file from the data
# capture system, by the thousand.
OPEN_MILESTONES = "cancelled_on IS NULL AND (actual IS NULL OR actual >= $month_before)"
OPEN = {
    "deliverables": "cancelled_on IS NULL AND accepted IS NULL",
    "change_orders": "executed IS NULL AND coalesce(decision, 'approved') = 'approved'",
    "requests": "resolved_at IS NULL AND cancelled_on IS NULL AND coalesce(type, 'question') <> 'data_query'",
}


class NoReturn(Exception):
    """There is no return to make; the text says why."""


@dataclass(frozen=True, slots=True)
class _Month:
    name: str
    first_day: date
    last_day: date

    @classmethod
    def of(cls, name: str) -> "_Month":
        if not (found := MONTH.fullmatch(name)):
            raise NoReturn(f"“{name}” is no month. Write it like 2026-09.")
        year, month = int(found[1]), int(found[2])
        return cls(name, date(year, month, 1), date(year, month, calendar.monthrange(year, month)[1]))

    @property
    def words(self) -> str:
        return f"{self.first_day:%B %Y}"


def last_ended(day: date) -> str:
    """The last month that has ended by a day, such as `2026-09`."""
    return f"{(day + timedelta(days=1)).replace(day=1) - timedelta(days=1):%Y-%m}"


def managers(store: Store, month: str) -> list[str]:
    """Our project managers who have an engagement that is active in the month. Raises NoReturn: no such month."""
    with store.read() as cursor:
        return sorted({row["sponsor_pm"] for row in _active(cursor, _Month.of(month))})


def monthly(store: Store, pm: str, month: str, working_day: int = WORKING_DAY) -> bytes:
    """The Excel workbook in which a project manager tells of a month, with the last known values of what is open.

    Loaded as it is, it changes nothing. Raises NoReturn where there is no such month, or nobody of that name has an
    engagement that is active in it.
    """
    when = _Month.of(month)
    with store.read() as cursor:
        active = _active(cursor, when)
        mine = [row for row in active if row["sponsor_pm"].casefold() == pm.strip().casefold()]
        if not mine:
            names = ", ".join(sorted({row["sponsor_pm"] for row in active})) or "nobody"
            raise NoReturn(f"“{pm}” has no engagement that is active in {month}. Who has: {names}.")
        due = due_day(when.last_day, {row["day"] for row in answers(cursor, HOLIDAYS)}, working_day)
        sheets = _sheets(cursor, mine, when)
        lines = [*_lines(mine, when, due, working_day), "", made_of(cursor)]
    return workbook(lines, sheets, when.last_day)


def _active(cursor: DuckDBPyConnection, when: _Month) -> list[dict[str, Any]]:
    return answers(cursor, ACTIVE, first_day=when.first_day, last_day=when.last_day)


def _lines(mine: list[dict[str, Any]], when: _Month, due: date, working_day: int) -> list[str]:
    return [
        f"{mine[0]['sponsor_pm']}: return for {when.words}",
        f"Due {due:%A} {due.day} {due:%B %Y}, working day {working_day} of the next month. "
        f"Status date: {when.last_day}: tell what had happened by the end of that day.",
        "",
        "1. Each sheet shows what we know. Change what is different, fill in what is empty, leave the rest.",
        "2. No change to a study in the month? On the sheet returns, choose yes. That is its return.",
        f"3. On the sheet budget, fill in the amounts of {when.words}; rows that you leave empty are left out.",
        "4. Something new? Add it below the last row. Point at a heading to see what belongs into its column.",
        f"5. Drop this file on the Data page, with the status date {when.last_day}; look at what changes; accept it.",
        "",
        "Your engagements:",
        *(f"{row['engagement_id']}: {row['study_id']}, {row['title']}, with {row['cro']}" for row in mine),
    ]


def _sheets(cursor: DuckDBPyConnection, mine: list[dict[str, Any]], when: _Month) -> list[Sheet]:
    codes = [row["engagement_id"] for row in mine]
    offered = {"engagement_id": codes, "milestone": list(CODES)}
    month_before = (when.first_day - timedelta(days=1)).replace(day=1)
    milestones = rows_now(cursor, "milestones", codes, OPEN_MILESTONES, month_before=month_before)
    return [
        _confirmations(cursor, mine, when),
        Sheet(BY_KIND["milestones"], milestones, offered),
        _budget(cursor, codes, when),
        *(Sheet(BY_KIND[kind], rows_now(cursor, kind, codes, which), offered) for kind, which in OPEN.items()),
    ]


def _confirmations(cursor: DuckDBPyConnection, mine: list[dict[str, Any]], when: _Month) -> Sheet:
    codes = [row["engagement_id"] for row in mine]
    told = {row["engagement_id"]: row for row in rows_now(cursor, "returns", codes, "month = $month", month=when.name)}
    rows = [told.get(code, {"engagement_id": code, "month": when.name}) for code in codes]
    notes = {(place, "engagement_id"): f"{row['study_id']}, {row['cro']}" for place, row in enumerate(mine)}
    return Sheet(BY_KIND["returns"], rows, {"engagement_id": codes}, notes)


def _budget(cursor: DuckDBPyConnection, codes: list[str], when: _Month) -> Sheet:
    """A row for each engagement and cost type that it has ever used, and for the fee; with the last forecast beside."""
    every = rows_now(cursor, "budget", codes)
    used = {(row["engagement_id"], row["cost_type"]) for row in every} | {(code, "fee") for code in codes}
    told = {(row["engagement_id"], row["cost_type"]): row for row in every if row["month"] == when.name}
    kinds = BY_KIND["budget"]["cost_type"].choices
    keys = sorted(used, key=lambda key: (codes.index(key[0]), kinds.index(key[1])))
    rows = [told.get(key, {"engagement_id": key[0], "month": when.name, "cost_type": key[1]}) for key in keys]
    notes = {(keys.index(key), "planned_original"): NO_PLAN for key in keys if key not in told}
    for row in answers(cursor, FORECASTS, engagements=codes, month=when.name):
        place = keys.index((row["engagement_id"], row["cost_type"]))
        notes[place, "forecast_remaining"] = f"Told for {row['month']}: {row['amount']:,.2f}."
    return Sheet(BY_KIND["budget"], rows, {"engagement_id": codes}, notes)
