"""Reminders that need no mail server: what is due in the reviews and actions, as an iCalendar file (RFC 5545)."""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import Any
from urllib.parse import quote

import pandas as pd
from icalendar import Alarm, Calendar, Event
from icalendar.prop import vText

from analytics.practices.feedback import open_actions
from analytics.reviews import Review, reviews
from analytics.view import View
from wording import count, day, listing

MAKER = "-//CRO Scorecard//Reminders//EN"
CONTROL = re.compile(r"[\x00-\x08\x0e-\x1f\x7f-\x9f]")
"""What no text of a calendar may hold."""
MEETING_DAYS, REPLY_DAYS, ACTION_DAYS = 7, 3, 3
"""So many days before does the alarm of each ring."""

Row = Mapping[Any, Any]


@dataclass(frozen=True, slots=True)
class Reminder:
    """What is due on a whole day. `uid` stays the same, so that a later file updates the entry of an earlier one;
    the alarm rings so many days before."""

    uid: str
    day: date
    title: str
    description: str
    days_before: int


class _Exact(vText):
    """A text as it is: the library would take a backslash before an N for the end of a line."""

    def to_ical(self) -> bytes:
        marked = re.sub(r"([\\;,])", r"\\\1", str(self))
        return marked.replace("\n", "\\n").encode()


def write(events: Sequence[Reminder], made_on: datetime) -> bytes:
    """The iCalendar file. Raises ValueError where `made_on` has no time zone."""
    if made_on.tzinfo is None:
        raise ValueError("The moment at which the calendar is made needs a time zone.")
    calendar = Calendar()
    calendar["PRODID"] = _Exact(MAKER)
    calendar["VERSION"] = _Exact("2.0")
    for reminder in sorted(events, key=lambda each: (each.day, each.uid)):
        calendar.add_component(_event(reminder, made_on.astimezone(UTC).replace(microsecond=0)))
    return bytes(calendar.to_ical())


def _event(reminder: Reminder, made_on: datetime) -> Event:
    title = _Exact(" ".join(_plain(reminder.title).split()))
    event, alarm = Event(), Alarm()
    event["UID"] = _Exact(_plain(reminder.uid))
    event.add("DTSTAMP", made_on)
    event.add("DTSTART", reminder.day)
    event.add("DTEND", reminder.day + timedelta(days=1))
    event["SUMMARY"] = title
    event["DESCRIPTION"] = _Exact(_plain(reminder.description))
    event["TRANSP"] = _Exact("TRANSPARENT")  # the day stays free for meetings
    alarm["ACTION"] = _Exact("DISPLAY")
    alarm["DESCRIPTION"] = title
    alarm.add("TRIGGER", -timedelta(days=reminder.days_before))
    event.add_component(alarm)
    return event


def _plain(text: str) -> str:
    """The text with one sign for the end of a line, and without what moves a cursor."""
    return CONTROL.sub("", "\n".join(text.splitlines()))


def reminders(view: View, today: date) -> list[Reminder]:
    """What is due as of a day, of the CROs in scope: meetings, replies, minutes to acknowledge, and open actions.

    What is overdue, and what waits without a day of its own, stands on `today`.
    """
    with view.at(today) as now:
        due = [each for found in reviews(now) for each in _of_review(found, today)]
        due += [_of_action(row, today) for row in open_actions(now).to_dict("records") if not pd.isna(row["due"])]
    return sorted(due, key=lambda each: (each.day, each.uid))


def coming(view: View, today: date) -> pd.DataFrame:
    """The same as a table: due, what, more."""
    found = [(each.day, each.title, each.description.replace("\n", " ")) for each in reminders(view, today)]
    return pd.DataFrame(found, columns=["due", "what", "more"]).astype({"due": "datetime64[us]"})


def _of_review(found: Review, today: date) -> Iterator[Reminder]:
    def happened(step: str) -> bool:
        day = getattr(found, step)
        return day is not None and day <= today

    if happened("closed_on"):
        return
    about = f"{found.cro}, {found.quarter}"
    text = f"Review {found.review_id}, prepared by {found.prepared_by or '–'}."
    if found.meets_on and not happened("held_on"):
        uid = _uid("meeting", found.review_id)
        yield _due(uid, found.meets_on, today, f"Review meeting: {about}", text, MEETING_DAYS)
    if found.reply_due and happened("shared_on") and not (happened("frozen_on") or happened("held_on")):
        uid = _uid("reply", found.review_id)
        yield _due(uid, found.reply_due, today, f"Reply of the CRO due: {about}", text, REPLY_DAYS)
    sides = [side for side, step in (("us", "us"), ("the CRO", "cro")) if not happened(f"acknowledged_{step}_on")]
    if found.minutes_final_on and happened("minutes_final_on") and sides:
        title = f"Minutes to be acknowledged by {listing(sides)}: {about}"
        text = f"{text}\nFinal since {day(found.minutes_final_on)}."
        yield Reminder(_uid("minutes", found.review_id), today, title, text, 0)


def _of_action(row: Row, today: date) -> Reminder:
    side = f" ({row['side']})" if row["side"] else ""
    text = f"{row['what']}\nAction {row['action']} ({row['type'] or 'task'}), {row['owner'] or 'no owner'}{side}."
    title, due = f"{row['cro']}: {row['what']}", pd.Timestamp(row["due"]).date()
    return _due(_uid("action", row["action"]), due, today, title, text, ACTION_DAYS)


def _due(uid: str, due: date, today: date, title: str, text: str, days_before: int) -> Reminder:
    """On its day, or on `today` where that is over."""
    if due >= today:
        return Reminder(uid, due, title, text, days_before)
    late = f"Was due {day(due)}, {count((today - due).days, 'day')} ago."
    return Reminder(uid, today, f"Overdue: {title}", f"{text}\n{late}", 0)


def _uid(what: str, code: str) -> str:
    return f"{what}-{quote(code, safe='')}@cro-scorecard"
