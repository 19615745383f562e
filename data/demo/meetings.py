"""Meetings and status reports: for when they were scheduled, and what came of them."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from random import Random

from data.demo.days import add_workdays, months, workday
from data.demo.portfolio import LAST_STATUS, Engagement, Row, shown, upto
from data.demo.practices import GOVERNANCE, REPORT

AHEAD = timedelta(92)  # the calendar is agreed for a quarter


@dataclass(frozen=True, slots=True)
class Touchpoint:
    """One meeting or report; None for what never happens."""

    id: str
    type: str
    scheduled: date
    done: date | None = None
    minutes: date | None = None
    cancelled_by: str = ""


def touchpoints(engagement: Engagement, closed: date) -> list[Touchpoint]:
    """A governance meeting and a status report for each month from the second one to the close."""
    dice = engagement.dice("touchpoints")
    found = []
    for number, month in enumerate(months(engagement.start, min(closed, LAST_STATUS + AHEAD))[1:], start=1):
        key = f"{engagement.id[2:]}-{number:02}"
        found.append(_report(f"SR-{key}", engagement, add_workdays(month - timedelta(1), 5), dice))
        found.append(_meeting(f"GM-{key}", engagement, workday(month + timedelta(dice.randint(9, 20))), dice))
    return [one for one in found if one.scheduled <= closed]


def _as_agreed(engagement: Engagement, day: date, dice: Random) -> bool:
    style = engagement.style
    share = style.agreed - style.agreed_decline * style.declined(day)
    return dice.random() < (share if style.mended(day) or not style.agreed_before else style.agreed_before)


def _report(key: str, engagement: Engagement, scheduled: date, dice: Random) -> Touchpoint:
    fine = _as_agreed(engagement, scheduled, dice)
    early, late, never = dice.randint(0, 2), dice.randint(2, 9), dice.random() < 0.2
    if fine:
        return Touchpoint(key, "status_report", scheduled, add_workdays(scheduled, -early))
    return Touchpoint(key, "status_report", scheduled, None if never else add_workdays(scheduled, late))


def _meeting(key: str, engagement: Engagement, scheduled: date, dice: Random) -> Touchpoint:
    fine = _as_agreed(engagement, scheduled, dice)
    sort = dice.choices(("late", "unwritten", "cancelled"), (4, 4, 2))[0]
    quick, slow, late, ours = dice.randint(1, 4), dice.randint(7, 14), dice.randint(4, 9), dice.random() < 0.02
    if ours:
        return Touchpoint(key, "meeting", scheduled, cancelled_by="sponsor")
    if fine or sort == "unwritten":
        return Touchpoint(key, "meeting", scheduled, scheduled, add_workdays(scheduled, quick if fine else slow))
    if sort == "cancelled":
        return Touchpoint(key, "meeting", scheduled, cancelled_by="cro")
    held = add_workdays(scheduled, late)
    return Touchpoint(key, "meeting", scheduled, held, add_workdays(held, quick))


def told_touchpoints(engagement: Engagement, truth: list[Touchpoint], status: date) -> Iterator[Row]:
    """Rows of the kind touchpoints as known at the status date: those of the next quarter are scheduled."""
    for one in truth:
        if one.scheduled <= status + AHEAD:
            yield {
                "touchpoint_id": one.id,
                "engagement_id": engagement.id,
                "type": one.type,
                "plan": GOVERNANCE if one.type == "meeting" else REPORT,
                "scheduled": shown(one.scheduled),
                "done": shown(upto(one.done, status)),
                "minutes_issued": shown(upto(one.minutes, status)),
                "cancelled_by": one.cancelled_by if one.scheduled <= status else "",
            }
