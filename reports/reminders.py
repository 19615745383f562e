"""Reminders that need no mail server: what is due in the reviews and actions, as an iCalendar file (RFC 5545)."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import Any
from urllib.parse import quote

from icalendar import Alarm, Calendar, Event
from icalendar.prop import vText

from data.store import Store
from wording import count, day, listing

MAKER = "-//CRO Scorecard//Reminders//EN"
CONTROL = re.compile(r"[\x00-\x08\x0e-\x1f\x7f-\x9f]")
"""What no text of a calendar may hold."""
MEETING_DAYS, REPLY_DAYS, ACTION_DAYS = 7, 3, 3
"""So many days before does the alarm of each ring."""

REVIEWS = """
SELECT review_id, cros.name, quarter, prepared_by, meets_on, shared_on, reply_due, frozen_on, held_on,
    minutes_final_on, acknowledged_us_on, acknowledged_cro_on
FROM reviews JOIN cros USING (cro_id)
WHERE reviews.valid_to IS NULL AND cros.valid_to IS NULL AND (closed_on IS NULL OR closed_on > $today) AND {own}
ORDER BY review_id
"""
ACTIONS = """
SELECT action_id, cros.name, type, description, owner, owner_organisation, due
FROM actions JOIN cros USING (cro_id)
WHERE actions.valid_to IS NULL AND cros.valid_to IS NULL AND raised <= $today AND due IS NOT NULL
    AND (closed IS NULL OR closed > $today) AND {own}
ORDER BY action_id
"""

Row = dict[str, Any]


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


def reminders(store: Store, today: date, cro: str = "") -> list[Reminder]:
    """What is due as of a day, of all CROs or one: meetings, replies, minutes to acknowledge, and open actions.

    What is overdue, and what waits without a day of its own, stands on `today`.
    """
    bound: dict[str, object] = {"today": today} | ({"cro": cro} if cro else {})
    own = "cro_id = $cro" if cro else "TRUE"
    with store.read() as cursor:
        found = []
        for statement in (REVIEWS, ACTIONS):
            answer = cursor.execute(statement.format(own=own), bound)
            names = [column[0] for column in answer.description or ()]
            found.append([dict(zip(names, row)) for row in answer.fetchall()])
    reviews, actions = found
    due = [each for row in reviews for each in _of_review(row, today)]
    due += [_of_action(row, today) for row in actions]
    return sorted(due, key=lambda each: (each.day, each.uid))


def _of_review(row: Row, today: date) -> Iterator[Reminder]:
    def happened(step: str) -> bool:
        return row[step] is not None and row[step] <= today

    about = f"{row['name']}, {row['quarter']}"
    text = f"Review {row['review_id']}, prepared by {row['prepared_by'] or '–'}."
    if row["meets_on"] and not happened("held_on"):
        uid = _uid("meeting", row["review_id"])
        yield _due(uid, row["meets_on"], today, f"Review meeting: {about}", text, MEETING_DAYS)
    if row["reply_due"] and happened("shared_on") and not (happened("frozen_on") or happened("held_on")):
        uid = _uid("reply", row["review_id"])
        yield _due(uid, row["reply_due"], today, f"Reply of the CRO due: {about}", text, REPLY_DAYS)
    sides = [side for side, step in (("us", "us"), ("the CRO", "cro")) if not happened(f"acknowledged_{step}_on")]
    if happened("minutes_final_on") and sides:
        title = f"Minutes to be acknowledged by {listing(sides)}: {about}"
        text = f"{text}\nFinal since {day(row['minutes_final_on'])}."
        yield Reminder(_uid("minutes", row["review_id"]), today, title, text, 0)


def _of_action(row: Row, today: date) -> Reminder:
    side = {"cro": "CRO", "sponsor": "us"}.get(row["owner_organisation"] or "", "")
    owner = f"{row['owner'] or 'no owner'}{f' ({side})' if side else ''}"
    text = f"{row['description']}\nAction {row['action_id']} ({row['type'] or 'task'}), {owner}."
    title = f"{row['name']}: {row['description']}"
    return _due(_uid("action", row["action_id"]), row["due"], today, title, text, ACTION_DAYS)


def _due(uid: str, due: date, today: date, title: str, text: str, days_before: int) -> Reminder:
    """On its day, or on `today` where that is over."""
    if due >= today:
        return Reminder(uid, due, title, text, days_before)
    late = f"Was due {day(due)}, {count((today - due).days, 'day')} ago."
    return Reminder(uid, today, f"Overdue: {title}", f"{text}\n{late}", 0)


def _uid(what: str, code: str) -> str:
    return f"{what}-{quote(code, safe='')}@cro-scorecard"
