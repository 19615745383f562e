"""What was agreed and what became of it: small stores, worked by hand."""

from collections.abc import Callable
from datetime import date
from typing import Any, TypeVar

import pandas as pd
import pytest

from analytics.practices import communication
from analytics.view import View
from data.store import Store
from tests.analytics.ask import row_of
from tests.analytics.goldens.case import WEDNESDAY, requests, touchpoint
from tests.world import CRO, Kinds, Rows, engagement, scope_of, small, world

T = TypeVar("T")


def item(name: str, frequency: str = "monthly", **more: str) -> dict[str, object]:
    return {"engagement_id": "E1", "touchpoint": name, "frequency": frequency, "owner": "Jo", **more}


CALL = {"plan": " study TEAM call"}
CALLS = [
    touchpoint("a", "2026-09-02", "2026-09-04", "2026-09-09", **CALL),  # 2 days after, minutes 3 business days later
    touchpoint("b", "2026-08-05", "2026-08-10", "2026-08-11", **CALL),  # 5 days after: late
    touchpoint("c", "2026-07-01", "2026-07-01", "2026-07-15", **CALL),  # in time, its minutes are not
    touchpoint("d", "2026-06-03", cancelled_by="cro", **CALL),  # missed
    touchpoint("e", "2026-05-06", cancelled_by="sponsor", **CALL),  # in neither number
    touchpoint("f", "2026-04-01", **CALL),  # overdue
    touchpoint("g", "2026-09-29", **CALL),  # may still be held in time
    touchpoint("h", "2026-10-07", **CALL),  # to come
    touchpoint("i", "2025-09-30", "2025-09-30", "2025-09-30", **CALL),  # the day before the period
]


def on(store: Store, question: Callable[[View, str], T], as_of: date = WEDNESDAY, of: str = "E1", **scope: Any) -> T:
    with store.read() as cursor:
        return question(View(cursor, scope_of(store, as_of, **scope)), of)


def asked(question: Callable[[View, str], T], kinds: Kinds, **scope: Any) -> T:
    return on(small(kinds), question, **scope)


def lines(found: pd.DataFrame) -> dict[str, dict[str, Any]]:
    table = found.astype(object).where(found.notna(), None)
    return {row["touchpoint"]: {str(k): v for k, v in row.items()} for row in table.to_dict("records")}


def test_what_became_of_an_item_of_the_plan() -> None:
    kinds = {"communication_plan": [item("Study team call")], "touchpoints": CALLS}
    [row] = lines(asked(communication.plan, kinds)).values()
    # a to g are in the period: 7. Held: a b c, of which b late. Met of those judged (a b c d f): a.
    assert {name: row[name] for name in (*communication.COUNTS, "met", "n", "share")} == {
        "scheduled": 7, "held": 3, "late": 1, "overdue": 1, "minuted": 3, "by_cro": 1, "by_us": 1,
        "met": 1, "n": 5, "share": None,
    }  # fmt: skip
    assert row["next"] == pd.Timestamp("2026-09-29")
    # 2025-10-01 to 2026-09-30: twelve whole months.
    assert (row["expected"], row["frequency"], row["word"]) == (12, "every month", "1 overdue")
    r05 = row_of(small(kinds), WEDNESDAY, "R05")
    assert (r05["numerator"], r05["denominator"]) == (row["met"], row["n"])


@pytest.mark.parametrize(("many", "share", "word"), [
    (7, None, "7 of 7 as agreed, too few to rate"), (8, 100, "8 of 8 as agreed"),
])  # fmt: skip
def test_no_share_below_the_minimum_of_the_kpi(many: int, share: float | None, word: str) -> None:
    held = [
        touchpoint(f"{n}", f"2026-0{n}-03", f"2026-0{n}-03", f"2026-0{n}-04", plan="Call") for n in range(1, 1 + many)
    ]
    plan = [item("Call", "yearly")]
    [row] = lines(asked(communication.plan, {"communication_plan": plan, "touchpoints": held})).values()
    assert (row["share"], row["word"]) == (share, word)


@pytest.mark.parametrize(("frequency", "whole", "part"), [
    # 365 days, 12 months; from 2026-08-15 on 47 days, one whole month (a second one ends on 14 October).
    ("weekly", 52, 6), ("every_two_weeks", 26, 3), ("monthly", 12, 1), ("quarterly", 4, 0), ("yearly", 1, 0),
    ("as_needed", None, None),
])  # fmt: skip
def test_how_many_are_expected(frequency: str, whole: int | None, part: int | None) -> None:
    for start, expected in ((date(2025, 1, 1), whole), (date(2026, 8, 15), part)):
        kinds = {"engagements": [engagement("E1", start_date=start)], "communication_plan": [item("Call", frequency)]}
        assert lines(asked(communication.plan, kinds))["Call"]["expected"] == expected


def test_after_its_end_an_engagement_expects_nothing_more() -> None:
    # 2025-10-01 to 2026-01-15: three whole months.
    kinds = {"engagements": [engagement("E1", closed_on=date(2026, 1, 15))], "communication_plan": [item("Call")]}
    assert lines(asked(communication.plan, kinds))["Call"]["expected"] == 3


def test_what_was_never_scheduled_comes_first_and_what_names_no_item_last() -> None:
    plan = [item("Call"), item("Steering", "quarterly"), item("Incident", "as_needed")]
    held = [
        touchpoint("1", "2026-09-02", "2026-09-02", "2026-09-03", plan="call"),
        touchpoint("2", "2026-09-03", "2026-09-03", "2026-09-04"),
        touchpoint("3", "2026-09-04", "2026-09-04", type="status_report"),
        touchpoint("4", "2026-09-05", "2026-09-05", "2026-09-07", plan="Old call"),
    ]
    found = asked(communication.plan, {"communication_plan": plan, "touchpoints": held})
    assert found[["touchpoint", "word", "agreed"]].to_numpy().tolist() == [
        ["Steering", "never scheduled", True],
        ["Call", "11 fewer than agreed", True],
        ["Incident", "none so far", True],
        ["Meetings of no plan item", "not in the plan", False],
        ["Status reports of no plan item", "not in the plan", False],
        ["Old call (not in the plan)", "not in the plan", False],
    ]
    assert communication.summary(found) == (
        "1 of 1 meetings and reports of the plan as agreed. Never scheduled: Steering. "
        "2 touchpoints of the period name no item of the plan."
    )


def test_without_a_plan_there_is_no_sentence_and_without_anything_no_row() -> None:
    assert communication.summary(asked(communication.plan, {"touchpoints": CALLS})) == ""
    for question in (communication.plan, communication.calendar, communication.path, communication.escalated,
                     communication.channels):  # fmt: skip
        assert asked(question, {}).empty
    assert asked(communication.names, {}) == {}


def test_the_calendar_says_what_became_of_each() -> None:
    plan = [item("Study team call"), item("Steering"), item("Yearly", "yearly")]
    old = touchpoint("old", "2025-02-03", "2025-02-03", plan="Yearly")
    far = touchpoint("far", "2027-01-04", **CALL)
    found = asked(communication.calendar, {"communication_plan": plan, "touchpoints": [*CALLS, old, far]})
    told = found[found["code"].notna()].set_index("code")["outcome"].to_dict()
    assert told == {
        "a": "held in time", "b": "held late", "c": "held in time", "d": "cancelled by the CRO",
        "e": "cancelled by us", "f": "overdue", "g": "to come", "h": "to come",
    }  # fmt: skip
    empty = found[found["code"].isna()]
    assert empty[["item", "outcome"]].to_numpy().tolist() == [
        ["Steering", "never scheduled"], ["Yearly", "none in these months"],
    ]  # fmt: skip
    assert empty["scheduled"].isna().all()


def test_what_a_touchpoint_can_be_one_of() -> None:
    held = [touchpoint("1", "2026-09-02", plan="Old call"), touchpoint("2", "2026-09-03")]
    assert list(asked(communication.names, {"communication_plan": [item("Call")], "touchpoints": held})) == [
        "Call", "Old call",
    ]  # fmt: skip


def test_the_escalation_path_goes_on_over_touchpoints_and_ends_where_it_comes_back() -> None:
    plan = [
        item("Call", escalation="steering "),
        item("Steering", owner="Mo", escalation="Board"),
        item("One", escalation="Two"),
        item("Two", escalation="One"),
        item("Report"),
    ]
    found = asked(communication.path, {"communication_plan": plan}).set_index("touchpoint")
    rows = found.astype(object).where(found.notna(), None)
    assert {name: list(rows.loc[name]) for name in rows.index} == {
        "Call": ["Jo", "steering ", "Board"], "Steering": ["Mo", "Board", None], "One": ["Jo", "Two", None],
        "Two": ["Jo", "One", None], "Report": ["Jo", None, None],
    }  # fmt: skip


def asks(name: str, level: int | None, **more: object) -> dict[str, object]:
    row = {"request_id": name, "engagement_id": "E1", "opened_at": "2026-07-01T09:00:00Z", "topic": name}
    return row | {"escalation_level": level} | more


def test_what_is_at_which_level_since_when() -> None:
    # up: told at level 1 in July and 2 in August, so at 2 since August. again: 2, then 1, then 2: since September.
    # done and calm are not escalated and open. A-1 is closed only after the as-of date, A-2 was closed by it.
    action = {"cro_id": "A", "engagement_id": "E1", "description": "Do", "raised": date(2026, 8, 3), "owner": "Jo"}
    actions = [
        action | {"action_id": "A-1", "escalation_level": 3, "closed": date(2026, 10, 1)},
        action | {"action_id": "A-2", "escalation_level": 3, "closed": date(2026, 9, 30)},
        action | {"action_id": "A-3", "escalation_level": 3, "engagement_id": "E2"},
        action | {"action_id": "A-4", "escalation_level": None},
    ]
    base: dict[str, Rows] = {"cros": [CRO], "engagements": [engagement("E1"), engagement("E2")]}
    done = asks("done", 2, resolved_at="2026-08-01T09:00:00Z", first_response_at="2026-08-01T09:00:00Z")
    store = world(
        (date(2026, 7, 31), base | {"requests": [asks("up", 1), asks("again", 2), asks("calm", 0), done]}),
        (date(2026, 8, 31), {"requests": [asks("up", 2), asks("again", 1)], "actions": actions}),
        (date(2026, 9, 30), {"requests": [asks("up", 2, topic="Up"), asks("again", 2, direction="to_sponsor")]}),
    )
    found = on(store, communication.escalated)
    told = found.assign(since=found["since"].dt.strftime("%d %b"))
    assert told[["level", "code", "whose", "age_days", "since"]].to_numpy().tolist() == [
        [3, "A-1", "Jo", 58, "31 Aug"],  # 3 August to 30 September
        [2, "again", "us", 91, "30 Sep"],
        [2, "up", "the CRO", 91, "31 Aug"],
    ]
    assert communication.escalated_text(found) == "Open and escalated: 1 at level 3, 2 at level 2."
    then = on(store, communication.escalated, date(2026, 8, 15)).set_index("code")
    assert then["level"].to_dict() == {"again": 2, "up": 1, "A-1": 3, "A-2": 3}
    assert then.loc["again", "since"] == pd.Timestamp("2026-07-31")
    assert communication.escalated_text(on(store, communication.escalated, of="E9")) == (
        "Nothing that is open was escalated."
    )


def test_first_answer_by_channel() -> None:
    # Mail: answered after 2 h, after 4 h, and open: of three the second is the median, 4; without the open one it would
    # be 2. Ours, from nine on Tuesday to nine on Wednesday: the 8 hours of one business day. Data queries and what was
    # asked before the period are not among them.
    opened = "2026-09-01T09:00:00Z"
    rows = [
        *requests(1, opened, "2026-09-01T11:00:00Z", channel="mail"),
        *requests(1, opened, "2026-09-01T13:00:00Z", channel=" Mail"),
        *requests(1, opened, channel="mail"),
        *requests(2, opened, channel="portal"),
        *requests(10, opened, "2026-09-01T10:00:00Z"),
        *requests(1, opened, "2026-09-02T09:00:00Z", channel="mail", direction="to_sponsor"),
        *requests(1, "2026-09-01", "2026-09-01", channel="phone", direction="to_sponsor"),
        *requests(1, opened, channel="mail", type="data_query"),
        *requests(1, "2025-09-01T09:00:00Z", channel="mail"),
    ]
    found = asked(communication.channels, {"requests": rows})
    told = found[["asked", "channel", "n", "open", "median", "word"]]
    assert told.astype(object).where(told.notna(), None).to_numpy().tolist() == [
        ["the CRO", "portal", 2, 2, None, "too few (2 of 10 requests), fewer than half are answered"],
        ["the CRO", "mail", 3, 1, 4, "too few (3 of 10 requests)"],
        ["the CRO", "not recorded", 10, 0, 1, ""],
        ["us", "mail", 1, 0, 8, "too few (1 of 10 requests)"],
        ["us", "phone", 0, 0, None, "no times of day"],
    ]


def test_what_is_outside_the_scope_is_not_seen() -> None:
    kinds = {
        "communication_plan": [item("Call", escalation="Board")], "touchpoints": CALLS,
        "requests": [asks("up", 2)],
        "actions": [{"action_id": "A-1", "cro_id": "A", "engagement_id": "E1", "description": "Do",
                     "raised": date(2026, 8, 3), "escalation_level": 2}],
    }  # fmt: skip
    questions = (communication.plan, communication.calendar, communication.path, communication.escalated,
                 communication.channels)  # fmt: skip
    for question in questions:
        assert len(asked(question, kinds))
        assert asked(question, kinds, visible_cros=("B",)).empty
        assert asked(question, kinds, visible_engagements=()).empty
