"""At which step a review is, what it lacks, and what is said of its figures."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date
from typing import Any

import pytest

from analytics import reviews
from analytics.reviews import Review, Step
from analytics.view import View
from data.store import Store
from tests.world import CRO, ENGAGEMENT, Kinds, cros, engagement, scope_of, small
from tests.world import world as world_of

QUARTER_END = date(2026, 9, 30)
REVIEW: dict[str, object] = {"review_id": "A-2026-Q3", "cro_id": "A", "quarter": "2026-Q3", "cut_off": QUARTER_END}
# Two of ten milestones were reached on their day: T01 is 20 %, n = 10, and red by any default.
LATE = [
    {
        "engagement_id": "E1", "milestone": f"m{number}", "baseline_original": date(2026, 3, 1),
        "actual": date(2026, 3, 1) if number < 2 else date(2026, 4, 1),
    }
    for number in range(10)
]  # fmt: skip


@contextmanager
def seen(store: Store, as_of: date = QUARTER_END, **over: object) -> Iterator[View]:
    with store.read() as cursor:
        yield View(cursor, scope_of(store, as_of, **over))


def world(**more: object) -> Store:
    kinds: Kinds = {"milestones": LATE, "reviews": [REVIEW], **more}  # type: ignore[dict-item]
    return small(kinds)


def only(store: Store) -> Review:
    with seen(store) as view:
        (found,) = reviews.reviews(view)
        return found


@pytest.mark.parametrize(
    ("days", "step"),
    [
        ({}, Step.PREPARING),
        ({"shared_on": date(2026, 10, 5)}, Step.SHARED),
        ({"shared_on": date(2026, 10, 5), "frozen_on": date(2026, 10, 20)}, Step.FROZEN),
        ({"frozen_on": date(2026, 10, 20)}, Step.FROZEN),  # never shared
        ({"shared_on": date(2026, 10, 5), "held_on": date(2026, 10, 22)}, Step.HELD),
        ({"held_on": date(2026, 10, 22), "closed_on": date(2026, 10, 30)}, Step.CLOSED),
    ],
)
def test_a_review_is_at_the_last_step_that_has_a_day(days: dict[str, date], step: Step) -> None:
    """Days after the as-of date of the page: a quarter is reviewed after it is over."""
    assert only(world(reviews=[REVIEW | days])).step is step


def test_the_quarter_before_and_its_days() -> None:
    found = only(world())
    assert found.previous_end == date(2026, 6, 30)
    assert reviews.quarter_start("2026-Q1") == date(2026, 1, 1)
    assert reviews.cut_off_of("2026-Q4") == date(2026, 12, 31)
    assert reviews.newest_quarter(date(2026, 9, 30)) == date(2026, 9, 30)
    assert reviews.newest_quarter(date(2026, 11, 23)) == date(2026, 9, 30)
    assert reviews.newest_quarter(date(2026, 2, 1)) == date(2025, 12, 31)


def test_whoever_may_not_see_a_cro_sees_no_review_of_it() -> None:
    store = world()
    with seen(store, visible_cros=("B",)) as view:
        assert reviews.reviews(view) == []
        assert reviews.review(view, "A-2026-Q3") is None


def lacks(store: Store) -> list[tuple[str, str]]:
    found = only(store)
    with seen(store) as view:
        return [(one.kind, one.figure or one.what) for one in reviews.missing(view, view, found)]


def test_a_red_without_a_comment_or_an_action_is_unexplained() -> None:
    assert ("unexplained", "T01") in lacks(world())


@pytest.mark.parametrize(
    "more",
    [
        {"review_replies": [{"review_id": "A-2026-Q3", "figure": "T01", "explanation": "Two sites closed"}]},
        {"actions": [{"action_id": "X", "cro_id": "A", "kpi_id": "T01", "description": "Second monitor",
                      "raised": date(2026, 8, 1)}]},
        # closed in the quarter that is reviewed
        {"actions": [{"action_id": "X", "cro_id": "A", "kpi_id": "T01", "description": "Second monitor",
                      "raised": date(2026, 5, 1), "closed": date(2026, 7, 1)}]},
    ],
)  # fmt: skip
def test_a_comment_or_an_action_explains_it(more: dict[str, Any]) -> None:
    assert ("unexplained", "T01") not in lacks(world(**more))


def test_an_action_that_was_closed_before_the_quarter_explains_nothing() -> None:
    action = {
        "action_id": "X", "cro_id": "A", "kpi_id": "T01", "description": "Second monitor", "raised": date(2026, 5, 1),
        "closed": date(2026, 6, 30),
    }  # fmt: skip
    assert ("unexplained", "T01") in lacks(world(actions=[action]))


def test_the_reply_of_the_cro_explains_nothing() -> None:
    reply = {"review_id": "A-2026-Q3", "figure": "T01", "reply": "accepted"}
    assert ("unexplained", "T01") in lacks(world(review_replies=[reply]))


def test_an_active_study_that_told_nothing_up_to_the_cut_off_is_stale() -> None:
    """The only upload is as of 30 June, three months (92 days) before the cut-off."""
    store = small({"milestones": LATE, "reviews": [REVIEW]}, date(2026, 6, 30))
    found = only(store)
    with seen(store) as view:
        (stale,) = [one for one in reviews.missing(view, view, found) if one.kind == "stale data"]
    assert (stale.what, stale.engagement, stale.why) == ("S1", "E1", "Told to 30 Jun 2026, 92 days before the cut-off.")
    assert "stale data" not in [kind for kind, _ in lacks(world())]


def test_what_is_told_as_of_a_later_day_tells_of_the_cut_off_too() -> None:
    """The return of October brings September with it."""
    late = LATE[0] | {"comment": "as of October"}
    store = world_of(
        (date(2026, 6, 30), {"cros": [CRO], "engagements": [ENGAGEMENT], "milestones": LATE, "reviews": [REVIEW]}),
        (date(2026, 10, 31), {"milestones": [late]}),
    )
    found = only(store)
    with seen(store) as view, seen(store, date(2026, 11, 15)) as told:
        assert "stale data" not in [one.kind for one in reviews.missing(view, told, found)]
        assert "stale data" in [one.kind for one in reviews.missing(view, view, found)]


def test_a_cro_without_an_engagement_lacks_everything() -> None:
    store = small({"cros": cros("A", "B"), "reviews": [REVIEW | {"cro_id": "B", "review_id": "B-2026-Q3"}]})
    found = only(store)
    with seen(store) as view:
        (one,) = reviews.missing(view, view, found)
    assert (one.what, one.why) == ("Everything", "No engagement of this CRO is in scope.")


REPLY: dict[str, Any] = dict.fromkeys(("reply", "own_value", "evidence", "comment", "dispute", "dispute_owner"))


@pytest.mark.parametrize(
    ("cells", "words"),
    [
        (None, "no reply"),
        ({}, "no reply"),
        ({"comment": "we look at it"}, "comment: we look at it"),  # nothing is accepted by talking
        ({"reply": "accepted"}, "accepted"),
        ({"reply": "accepted", "comment": "with regret"}, "accepted: with regret"),
        ({"reply": "comment", "comment": "see mail"}, "comment: see mail"),
        ({"reply": "disputed", "own_value": "91 %"}, "disputed: 91 %; open"),
        (
            {"reply": "disputed", "own_value": "91 %", "evidence": "tickets", "dispute": "open", "dispute_owner": "A"},
            "disputed: 91 % (tickets); open, A",
        ),
        ({"reply": "disputed", "comment": "not our days"}, "disputed: not our days; open"),
        ({"reply": "disputed", "own_value": "91 %", "dispute": "agreed_to_differ", "dispute_owner": "Ana"},
         "disputed: 91 %; agreed to differ"),
    ],
)  # fmt: skip
def test_a_reply_in_words(cells: dict[str, Any] | None, words: str) -> None:
    assert reviews.reply_words(None if cells is None else REPLY | cells, shared=True) == words


def test_nobody_replies_before_it_is_shared() -> None:
    assert reviews.reply_words(None, shared=False) == ""


def test_replies_are_those_of_one_review() -> None:
    other = REVIEW | {"review_id": "A-2026-Q2", "quarter": "2026-Q2"}
    said = [
        {"review_id": "A-2026-Q2", "figure": "T01", "reply": "disputed", "own_value": "1"},
        {"review_id": "A-2026-Q3", "figure": "T01", "reply": "accepted"},
    ]
    store = world(reviews=[REVIEW, other], review_replies=said)
    with seen(store) as view:
        assert [one.review_id for one in reviews.reviews(view)] == ["A-2026-Q3", "A-2026-Q2"]
        assert {code: row["reply"] for code, row in reviews.replies(view, "A-2026-Q3").items()} == {"T01": "accepted"}


def test_the_review_of_an_action() -> None:
    raised = {"cro_id": "A", "description": "Do it", "raised": date(2026, 8, 1)}
    told = [raised | {"action_id": "X", "review_id": "A-2026-Q2"}, raised | {"action_id": "Y"}]
    with seen(world(actions=told, engagements=[engagement("E1"), engagement("E2")])) as view:
        assert reviews.agreed(view, "A") == {"X": "A-2026-Q2"}
