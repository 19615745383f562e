"""Reminders: a calendar file by the letter of RFC 5545, and what is due in it."""

import re
from datetime import UTC, date, datetime, timedelta, timezone
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from icalendar import Calendar

from analytics.view import View
from data.store import Store
from reports import reminders as module
from reports.reminders import Reminder, write
from tests.data.helpers import stamp, told
from tests.reports.sample import ATTACK, LONG
from tests.world import cros, scope_of, small

MADE = datetime(2026, 10, 20, 14, 5, 9, 123456, tzinfo=timezone(timedelta(hours=2)))
TODAY = date(2026, 10, 20)

# Worked by hand: 3.1 (CRLF; at most 75 octets a line, here 74, then CRLF and a space), 3.3.4 and 3.3.5 (DATE,
# UTC DATE-TIME), 3.3.6 (duration), 3.3.11 (\\ \; \, \n), 3.6.1 (DTEND is the day after), 3.6.6 (an alarm with a text).
GOLDEN = (
    "BEGIN:VCALENDAR\r\n"
    "VERSION:2.0\r\n"
    "PRODID:-//CRO Scorecard//Reminders//EN\r\n"
    "BEGIN:VEVENT\r\n"
    "SUMMARY:Fortis\\, Köln\\; second monitor\r\n"
    "DTSTART;VALUE=DATE:20261231\r\n"
    "DTEND;VALUE=DATE:20270101\r\n"
    "DTSTAMP:20261020T120509Z\r\n"
    "UID:action-A-007@cro-scorecard\r\n"
    "DESCRIPTION:C:\\\\New\\nA line of text that is long enough to be folded after\r\n"
    "  75 octets.\r\n"
    "TRANSP:TRANSPARENT\r\n"
    "BEGIN:VALARM\r\n"
    "ACTION:DISPLAY\r\n"
    "DESCRIPTION:Fortis\\, Köln\\; second monitor\r\n"
    "TRIGGER:-P3D\r\n"
    "END:VALARM\r\n"
    "END:VEVENT\r\n"
    "END:VCALENDAR\r\n"
)


def reminders(store: Store, today: date, *cros: str) -> list[Reminder]:
    """What is due, of all CROs or of some."""
    with store.read() as cursor:
        return module.reminders(View(cursor, scope_of(store, today, cros=cros)), today)


def reminder(title: str = "Title", text: str = "Text", uid: str = "u-1@x", days_before: int = 3) -> Reminder:
    return Reminder(uid, date(2026, 12, 31), title, text, days_before)


def lines(written: bytes) -> list[str]:
    """The content lines, unfolded by the letter of 3.1."""
    assert written.endswith(b"\r\n")
    return written.replace(b"\r\n ", b"").decode().removesuffix("\r\n").split("\r\n")


def value(written: bytes, name: str) -> str:
    """The text of the first such property, read by the letter of 3.3.11."""
    line = next(line for line in lines(written) if line.startswith(f"{name}:"))
    return re.sub(
        r"\\(.)", lambda found: "\n" if found[1] in "nN" else found[1], line.removeprefix(f"{name}:")
    )  # fmt: skip


def test_the_file_is_as_worked_by_hand() -> None:
    text = "C:\\New\nA line of text that is long enough to be folded after 75 octets."
    given_ = reminder("Fortis, Köln; second monitor", text, "action-A-007@cro-scorecard")
    assert write([given_], MADE).decode() == GOLDEN


def test_the_order_given_does_not_matter() -> None:
    events = [reminder(uid=f"u-{n}@x") for n in range(5)]
    assert write(events, MADE) == write(events[::-1], MADE)


def test_long_titles_are_folded_between_letters() -> None:
    title = f"{LONG} – {'ßЖ漢字🧪' * 40}"
    made = write([reminder(title, title)], MADE)
    for line in made.split(b"\r\n"):
        assert len(line) <= 75
        line.decode()
    assert value(made, "SUMMARY") == title
    assert str(Calendar.from_ical(made).walk("VEVENT")[0]["SUMMARY"]) == title


@pytest.mark.parametrize("end", ["\r\n", "\n", "\r", "\u2028", "\u0085", "\v", "\x1e"])
def test_nothing_can_be_smuggled_in_by_a_new_line(end: str) -> None:
    attack = f"x{end}END:VEVENT{end}BEGIN:VEVENT{end} UID:evil{end}ATTACH:http://evil.example{end}{ATTACK}"
    made = write([Reminder(attack, TODAY, attack, attack, 1)], MADE)
    names = [re.split("[;:]", line)[0] for line in lines(made)]
    assert names == [re.split("[;:]", line)[0] for line in lines(write([reminder()], MADE))]
    text = made.decode()
    assert len(text.splitlines()) == text.count("\r\n")
    assert "\n" not in value(made, "SUMMARY")
    assert value(made, "DESCRIPTION").split("\n")[1] == "END:VEVENT"


# What is left as it is: any text without control characters, with the ends of lines as \n.
TEXTS = st.text(st.characters(codec="utf-8", exclude_categories=("Cc", "Zl", "Zp")) | st.just("\n"), max_size=300)


@given(st.lists(st.tuples(TEXTS, TEXTS, st.dates(date(1970, 1, 1), date(2100, 1, 1)), st.integers(0, 30)), max_size=4))
def test_what_is_written_is_read_again(told_: list[tuple[str, str, date, int]]) -> None:
    events = [Reminder(f"u-{n}@x", day, title, text, days) for n, (title, text, day, days) in enumerate(told_)]
    made = write(events, MADE)
    assert all(len(line) <= 75 for line in made.split(b"\r\n"))
    assert re.search(rb"[^\r]\n|\r[^\n]", made) is None
    found: dict[str, Any] = {str(event["UID"]): event for event in Calendar.from_ical(made).walk("VEVENT")}
    assert set(found) == {each.uid for each in events}
    for each in events:
        event = found[each.uid]
        assert str(event["SUMMARY"]) == " ".join(each.title.split())
        assert str(event["DESCRIPTION"]) == "\n".join(each.description.splitlines())
        assert event["DTSTART"].dt == each.day
        assert event["DTEND"].dt == each.day + timedelta(days=1)
        assert event["DTSTAMP"].dt == MADE.astimezone(UTC).replace(microsecond=0)
        alarm: Any = event.walk("VALARM")[0]
        assert alarm["TRIGGER"].dt == -timedelta(days=each.days_before)


@given(TEXTS)
def test_a_text_comes_back_by_the_letter_of_the_rules(text: str) -> None:
    assert value(write([reminder(text=text)], MADE), "DESCRIPTION") == "\n".join(text.splitlines())


def test_a_moment_without_a_zone_is_refused() -> None:
    with pytest.raises(ValueError, match="time zone"):
        write([], datetime(2026, 10, 20))  # noqa: DTZ001


REVIEW = {
    "review_id": "A-Q3", "cro_id": "A", "quarter": "2026-Q3", "cut_off": date(2026, 9, 30), "prepared_by": "Anna",
    "meets_on": date(2026, 11, 12), "shared_on": date(2026, 10, 19), "reply_due": date(2026, 11, 2),
}  # fmt: skip
ACTION = {
    "action_id": "1", "cro_id": "A", "type": "task", "description": "Second monitor", "owner": "Jan Berg",
    "owner_organisation": "cro", "raised": date(2026, 9, 10), "due": date(2026, 11, 15),
}  # fmt: skip


def due(kind: str, row: dict[str, object], today: date = TODAY) -> list[tuple[str, date, str]]:
    found = reminders(small({"cros": cros("A"), kind: [row]}), today)
    return [(each.uid.partition("@")[0], each.day, each.title) for each in found]


MEETING = ("meeting-A-Q3", date(2026, 11, 12), "Review meeting: CRO A, 2026-Q3")
REPLY = ("reply-A-Q3", date(2026, 11, 2), "Reply of the CRO due: CRO A, 2026-Q3")
HELD = {"frozen_on": date(2026, 10, 1), "held_on": date(2026, 10, 2), "minutes_final_on": date(2026, 10, 5)}


@pytest.mark.parametrize(
    ("changed", "expected"),
    [
        ({}, [REPLY, MEETING]),
        ({"frozen_on": date(2026, 10, 20)}, [MEETING]),
        ({"frozen_on": date(2026, 10, 21)}, [REPLY, MEETING]),
        ({"shared_on": None}, [MEETING]),
        ({"meets_on": TODAY, "reply_due": None}, [("meeting-A-Q3", TODAY, MEETING[2])]),
        ({"meets_on": date(2026, 10, 19), "reply_due": None}, [("meeting-A-Q3", TODAY, f"Overdue: {MEETING[2]}")]),
        ({"reply_due": date(2026, 10, 19), "meets_on": None}, [("reply-A-Q3", TODAY, f"Overdue: {REPLY[2]}")]),
        (HELD, [("minutes-A-Q3", TODAY, "Minutes to be acknowledged by us and the CRO: CRO A, 2026-Q3")]),
        (
            HELD | {"acknowledged_us_on": date(2026, 10, 6)},
            [("minutes-A-Q3", TODAY, "Minutes to be acknowledged by the CRO: CRO A, 2026-Q3")],
        ),
        (HELD | {"acknowledged_us_on": date(2026, 10, 6), "acknowledged_cro_on": date(2026, 10, 7)}, []),
        (HELD | {"minutes_final_on": None}, []),
        (HELD | {"closed_on": date(2026, 10, 9)}, []),
    ],
)
def test_what_is_due_in_a_review(changed: dict[str, object], expected: list[tuple[str, date, str]]) -> None:
    assert due("reviews", REVIEW | changed) == expected


@pytest.mark.parametrize(
    ("changed", "expected"),
    [
        ({}, [("action-1", date(2026, 11, 15), "CRO A: Second monitor")]),
        ({"due": TODAY}, [("action-1", TODAY, "CRO A: Second monitor")]),
        ({"due": date(2026, 10, 19)}, [("action-1", TODAY, "Overdue: CRO A: Second monitor")]),
        ({"due": None}, []),
        ({"closed": TODAY}, []),
        ({"closed": date(2026, 10, 21)}, [("action-1", date(2026, 11, 15), "CRO A: Second monitor")]),
        ({"raised": date(2026, 10, 21)}, []),
    ],
)
def test_which_actions_are_due(changed: dict[str, object], expected: list[tuple[str, date, str]]) -> None:
    assert due("actions", ACTION | changed) == expected


def test_an_overdue_action_says_since_when_and_rings_at_once() -> None:
    (found,) = reminders(small({"cros": cros("A"), "actions": [ACTION | {"due": date(2026, 10, 8)}]}), TODAY)
    assert found.days_before == 0
    assert found.description == (
        "Second monitor\nAction 1 (task), Jan Berg (CRO).\nWas due 8 Oct 2026, 12 days ago."
    )  # fmt: skip


def test_only_rows_that_stand_and_of_one_cro_where_it_is_asked_for() -> None:
    store = Store()
    told(store, {"cros": "cro_id,name\nA,Alpha\nB,Beta\n"})
    head = "action_id,cro_id,description,raised,due\n"
    told(store, {"actions": f"{head}1,A,first,2026-09-01,2026-11-01\n2,B,second,2026-09-01,2026-11-02\n"})
    told(store, {"actions": f"{head}1,A,first,2026-09-01,2026-12-01\n"}, day="2026-10-01")
    told(store, {"cros": "cro_id,name\nA,Alpha New\n"}, day="2026-10-02")
    found = reminders(store, TODAY)
    assert [(each.title, each.day) for each in found] == [
        ("Beta: second", date(2026, 11, 2)),
        ("Alpha New: first", date(2026, 12, 1)),
    ]
    assert [each.title for each in reminders(store, TODAY, "A")] == ["Alpha New: first"]
    assert b"Beta" not in write(reminders(store, TODAY, "A"), stamp().at)


def test_codes_of_any_kind_make_a_name_that_stays() -> None:
    row = ACTION | {"action_id": "Maßnahme 7/b, neu"}
    (found,) = reminders(small({"cros": cros("A"), "actions": [row]}), TODAY)
    assert found.uid == "action-Ma%C3%9Fnahme%207%2Fb%2C%20neu@cro-scorecard"
