"""What comes next, worked by hand on three small studies."""

from collections.abc import Iterator
from datetime import date

import pytest

from analytics import home
from analytics.sentences import sentences
from analytics.view import View
from tests.world import CRO, ENGAGEMENT, Kinds, scope_of, world

AS_OF = date(2026, 6, 30)


def milestone(engagement: str, code: str, due: date, **more: object) -> dict[str, object]:
    return {"engagement_id": engagement, "milestone": code, "baseline_original": due} | more


@pytest.fixture(scope="module")
def view() -> Iterator[View]:
    """E1: a contractual database lock overdue since 1 June (29 days, 20 of them ours); E2: a report 10 days overdue and
    an action; E3: a first patient forecast 15 days late, and a change order of 50 begun before signature; E4: ended."""
    store = world(
        (
            AS_OF,
            {
                "cros": [CRO | {"qualified_until": date(2026, 9, 1)}],
                "engagements": [
                    ENGAGEMENT | {"engagement_id": f"E{n}", "study_id": f"S{n}", "closed_on": closed}
                    for n, closed in ((1, None), (2, None), (3, None), (4, date(2026, 1, 1)))
                ],
                "milestones": [
                    milestone("E1", "dbl", date(2026, 6, 1), contractual=True, days_cro=9, days_sponsor=20),
                    milestone("E2", "csr", date(2026, 6, 20)),
                    milestone("E3", "fpi", date(2026, 7, 15), forecast=date(2026, 7, 30)),
                    milestone("E3", "lpi", date(2026, 8, 15), forecast=date(2026, 8, 29)),
                    milestone("E4", "csr", date(2025, 12, 1)),
                ],
                "deliverables": [
                    {"deliverable_id": "D1", "engagement_id": "E2", "name": "Plan", "due_original": date(2026, 7, 30)},
                    {"deliverable_id": "D2", "engagement_id": "E2", "name": "Later", "due_original": date(2026, 7, 31)},
                    {"deliverable_id": "D3", "engagement_id": "E2", "name": "Draft", "due_original": date(2026, 6, 1),
                     "delivered": date(2026, 6, 1)},
                ],
                "change_orders": [
                    {"change_order_id": "C1", "engagement_id": "E3", "requested": date(2026, 5, 1),
                     "submitted": date(2026, 5, 20), "value": 50, "needed_by": date(2026, 6, 10),
                     "reason": "two sites"},
                ],
                "requests": [
                    {"request_id": "R1", "engagement_id": "E2", "direction": "to_sponsor", "topic": "visit window",
                     "opened_at": "2026-06-25"},
                ],
                "actions": [
                    {"action_id": "A1", "cro_id": "A", "engagement_id": "E2", "description": "Send the draft",
                     "owner": "Ana", "raised": date(2026, 6, 21), "due": date(2026, 7, 5)},
                    {"action_id": "A0", "cro_id": "A", "engagement_id": "E1", "description": "Done long ago",
                     "raised": date(2026, 1, 1), "closed": date(2026, 2, 1)},
                ],
            },
        )
    )  # fmt: skip
    with store.read() as cursor:
        yield View(cursor, scope_of(store, AS_OF))


def test_due_in_30_days_ends_on_the_thirtieth(view: View) -> None:
    due = home.due_soon(view)
    assert list(due["what"]) == ["First patient in (FPI)", "Plan"]  # 15 and 30 July; the plan of the 31st is later


def test_what_the_cros_wait_for(view: View) -> None:
    waiting = home.waiting_for_us(view)
    assert list(zip(waiting["what"], waiting["we_owe"], waiting["days"], strict=True)) == [
        ("two sites", "decision", 41),  # 20 May to 30 June
        ("Draft", "review", 29),
        ("visit window", "answer", 5),
    ]
    assert home.how_many_wait(waiting) == "3 items wait for us"


def test_a_long_list_of_what_waits_says_how_many_there_are(view: View) -> None:
    waiting = home.waiting_for_us(view, most=2)
    assert list(waiting["days"]) == [41, 29]
    assert home.how_many_wait(waiting) == "3 items wait for us: the 2 oldest"
    assert home.how_many_wait(waiting.iloc[:0]) == "0 items wait for us"


def test_what_expires_within_90_days(view: View) -> None:
    ending = home.expiring(view)
    assert list(zip(ending["who"], ending["what"], ending["days"], strict=True)) == [("Alpha", "qualification", 63)]


def test_what_has_ended_is_not_said_to_expire() -> None:
    assert home.expiring_words([-61, -1, 0, 90]) == "2 agreements have ended, 2 end in 90 days"
    assert home.expiring_words([-1, 5]) == "1 agreement has ended, 1 ends in 90 days"
    assert home.expiring_words([5, 6]) == "2 agreements end in 90 days"
    assert home.expiring_words([]) == "0 agreements end in 90 days"


def test_who_is_red_is_said_with_the_score_the_worst_first() -> None:
    """Ten milestones each, all overdue: 0 % on time, so 0 points, the only KPI with enough of them.

    Alpha and Beta meet none (0 of 100, red), Gamma all ten (100, green).
    """
    late = [milestone(name, f"m{n}", date(2026, 3, 1)) for name in ("E1", "E2") for n in range(10)]
    met = [milestone("E3", f"m{n}", date(2026, 3, 1), actual=date(2026, 3, 1)) for n in range(10)]
    names = ("Alpha", "Beta", "Gamma")
    kinds: Kinds = {
        "cros": [{"cro_id": name[0], "name": name} for name in names],
        "engagements": [
            ENGAGEMENT | {"engagement_id": f"E{n}", "study_id": f"S{n}", "cro_id": name[0]}
            for n, name in enumerate(names, 1)
        ],
        "milestones": [*late, *met],
    }
    store = world((AS_OF, kinds))
    with store.read() as cursor:
        view = View(cursor, scope_of(store, AS_OF))
        assert home.standing(view) == "2 of 3 CROs are red: Alpha (0) and Beta (0)."
        alpha, beta = sentences(view)
        # All fell due on 1 March: nothing was rated on 31 December, and all was red on 31 March.
        assert (alpha.name, alpha.text) == (
            "Alpha", "has 0 of 100, red since 2026-Q1: Time (0) red; worst KPI Milestones on time 0.0 % "
            "(0 of 10 milestones); 1 of 1 active study red, S1.",
        )  # fmt: skip
        assert (beta.name, beta.parameters) == ("Beta", {"cro": "B"})
        only = scope_of(store, AS_OF, cros=("G",))
        assert home.standing(View(cursor, only)) == "No CRO is red."
