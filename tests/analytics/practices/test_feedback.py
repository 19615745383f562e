"""Actions, feedback both ways, and whether a KPI moved after an action: small stores, worked by hand."""

from collections.abc import Callable, Sequence
from datetime import date
from typing import Any

import pandas as pd
import pytest

from analytics.practices import effect, feedback
from analytics.practices.effect import Effect, Moved
from analytics.view import View
from data.store import Store
from tests.analytics.goldens.case import Row, count, deliverable
from tests.world import CRO, ENGAGEMENT, Kinds, Rows, cros, engagement, scope_of, small, world

AS_OF = date(2026, 12, 31)
TWO = {"cros": cros("A", "B"), "engagements": [engagement("E1"), engagement("E2", "B")]}


def action(name: str, raised: str, due: str = "", closed: str = "", **more: object) -> Row:
    """An action of CRO A, of no engagement unless it says one."""
    row: Row = {"action_id": name, "cro_id": "A", "description": f"Do {name}", "raised": raised}
    return row | {"due": due, "closed": closed} | more


def asked(store: Store, question: Callable[..., Any], *more: Any, as_of: date = AS_OF, **scope: object) -> Any:
    with store.read() as cursor:
        return question(View(cursor, scope_of(store, as_of, **scope)), *more)


ACTIONS = [
    action("on time", "2026-01-05", "2026-03-31", "2026-03-31"),
    action("late", "2026-01-05", "2026-03-31", "2026-04-01"),
    action("overdue", "2026-01-05", "2026-11-27", owner_organisation="cro"),  # 34 days before 31 December
    action("due today", "2026-01-05", "2026-12-31", owner_organisation="sponsor"),
    action("early", "2026-12-01", "2027-02-01", "2026-12-20"),
    action("pending", "2026-12-01", "2027-01-31", owner_organisation="sponsor"),
    action("undated", "2026-12-01"),
    action("old", "2024-01-05", "2024-03-31", "2024-03-30"),  # before the period
    action("old and open", "2024-01-05", "2025-06-30"),  # before it too, and not done
    action("later", "2027-01-05", "2027-03-01"),  # not raised yet
]


def test_the_share_closed_on_time_counts_what_is_overdue_and_not_what_is_pending() -> None:
    """On time: "on time", "early". Due: these, "late", "overdue", "due today" and "old and open": 2 of 6, 33 %.

    Of what was closed it would be 2 of 3 (or 3 of 4), of all with a due date 3 of 8.
    """
    found = asked(small({"actions": ACTIONS}), feedback.timely)
    assert (found["met"], found["n"], found["pending"], found["undated"]) == (2, 6, 1, 1)
    # Wilson, n = 6, p = 1/3, z^2 = 3.8415: centre (0.3333 + 0.3201)/1.6402 = 0.3984, half 0.3014.
    assert (found["share"], found["low"], found["high"]) == (
        pytest.approx(100 / 3), pytest.approx(9.68, abs=0.01), pytest.approx(70.00, abs=0.01)
    )  # fmt: skip
    assert feedback.timely_text(found) == (
        "2 of 6 closed on time: 33 % (95 % interval 10 to 70 %). 3 overdue and open count as missed. "
        "In neither number: 1 not due yet and 1 without a due date."
    )


def test_what_is_open_comes_with_the_longest_overdue_first() -> None:
    found = asked(small({"actions": ACTIONS}), feedback.open_actions)
    assert found["action"].tolist() == ["old and open", "overdue", "due today", "pending", "undated"]
    assert found["days"].iloc[:4].tolist() == [549, 34, 0, -31]
    assert found["overdue"].tolist() == [True, True, True, False, False]
    assert feedback.summary(found) == "5 open, 3 overdue by up to 549 days, 2 on our side."
    # The day before, what is due on 31 December is not overdue.
    before = asked(small({"actions": ACTIONS}), feedback.open_actions, as_of=date(2026, 12, 30))
    assert feedback.summary(before).startswith("5 open, 2 overdue by up to 548 days")


def test_an_action_closed_after_the_as_of_date_is_open() -> None:
    store = small({"actions": [action("1", "2026-01-05", "2026-03-31", "2026-04-10")]})
    assert asked(store, feedback.open_actions, as_of=date(2026, 4, 9))["days"].tolist() == [9]
    assert asked(store, feedback.closed_actions, as_of=date(2026, 4, 9)).empty
    assert asked(store, feedback.closed_actions)["days"].tolist() == [10]


def test_both_sides_stand_in_the_same_terms_and_an_empty_cell_is_ours() -> None:
    theirs = [
        action(f"they {at}", "2026-02-02", "2026-03-31", f"2026-03-{day}", raised_by="cro")
        for at, day in enumerate((30, 31))
    ]
    rows = [*theirs, action("they 3", "2026-02-02", "2026-03-31", raised_by="cro", type="issue"),
            action("ours", "2026-02-02", "2026-03-31", "2026-03-01", raised_by="sponsor", type="feedback"),
            action("unsaid", "2026-02-02", "2026-03-31", type="task")]  # fmt: skip
    found = asked(small({"actions": rows}), feedback.both_ways).set_index("raised_by")
    assert found[["raised", "open", "overdue", "met", "n"]].to_numpy().tolist() == [[3, 1, 1, 2, 3], [2, 1, 1, 1, 2]]
    assert found.loc["cro", "share"] == pytest.approx(200 / 3)
    assert pd.isna(found.loc["sponsor", "share"])
    assert found.loc["sponsor", "said"] == "1 of 2 closed on time, too few for a share"
    told = asked(small({"actions": rows}), feedback.feedback)
    assert sorted(told["action"]) == ["ours", "they 0", "they 1", "they 3"]
    assert set(told["from_whom"]) == {"The CRO", "We"}


def test_without_actions_it_says_so() -> None:
    store = small({})
    assert feedback.summary(asked(store, feedback.open_actions)) == "Nothing is open."
    assert feedback.timely_text(asked(store, feedback.timely)) == "None was due."
    assert asked(store, feedback.both_ways)["n"].tolist() == [0, 0]
    assert asked(store, feedback.reopened).empty
    assert effect.summary(asked(store, effect.effects)).startswith("No closed action names a KPI")


def test_an_action_of_a_study_outside_the_scope_is_not_seen() -> None:
    rows = [
        action("of A", "2026-01-05"),
        action("of E1", "2026-01-05", engagement_id="E1"),
        action("of E3", "2026-01-05", engagement_id="E3"),
        action("of B", "2026-01-05", cro_id="B"),
        action("of a candidate", "2026-01-05", cro_id="C"),
    ]
    kinds = {"cros": cros("A", "B", "C"), "actions": rows}
    store = small(kinds | {"engagements": [engagement("E1"), engagement("E2", "B"), engagement("E3")]})
    assert len(asked(store, feedback.open_actions)) == 5
    seen = asked(store, feedback.open_actions, visible_engagements=("E1",), visible_cros=("A",))
    assert sorted(seen["action"]) == ["of A", "of E1"]
    assert sorted(asked(store, feedback.open_actions, cros=("C",))["action"]) == ["of a candidate"]
    assert sorted(asked(store, feedback.open_actions, "B")["action"]) == ["of B"]
    assert asked(store, feedback.writable, "A", visible_engagements=("E1",)) == ({"E1": "S1, Study one"}, False)
    assert asked(store, feedback.writable, "B") == ({"E2": "S1, Study one"}, True)


def told(*versions: tuple[str, Row]) -> Store:
    """A store to which the same action was told several times, each with its status date."""
    first: dict[str, Any] = {"cros": [CRO], "engagements": [ENGAGEMENT]}
    return world(*(
        (date.fromisoformat(on), (first if at == 0 else {}) | {"actions": [row]})
        for at, (on, row) in enumerate(versions)
    ))  # fmt: skip


def test_reopened_is_what_was_closed_and_is_not_any_more() -> None:
    done = ("2026-03-31", action("1", "2026-01-05", "2026-03-31", "2026-03-20"))
    again = ("2026-05-31", action("1", "2026-01-05", "2026-06-30"))
    later = ("2026-07-31", action("1", "2026-01-05", "2026-06-30", "2026-07-10"))
    found = asked(told(done, again), feedback.reopened)
    assert [f"{day:%Y-%m-%d}" for day in found["closed_before"]] == ["2026-03-20"]
    assert found["open"].tolist() == [True]
    assert asked(told(done, again, later), feedback.reopened)["open"].tolist() == [False]
    assert asked(told(done), feedback.reopened).empty
    # An earlier day, or the same with other words, is a correction and no second attempt.
    corrected = ("2026-04-30", action("1", "2026-01-05", "2026-03-31", "2026-03-19", effect="done"))
    assert asked(told(done, corrected), feedback.reopened).empty


def test_what_was_undone_was_never_closed() -> None:
    store = told(
        ("2026-01-31", action("1", "2026-01-05")), ("2026-03-31", action("1", "2026-01-05", closed="2026-03-20"))
    )
    with store.write() as cursor:
        cursor.execute("UPDATE actions SET valid_to = 3 WHERE valid_from = 2")
        cursor.execute("INSERT INTO actions BY NAME SELECT * REPLACE (3 AS valid_from, NULL AS valid_to) "
                       "FROM actions WHERE valid_from = 1")  # fmt: skip
        cursor.execute(
            "INSERT INTO uploads (number, uploaded_at, who, role, what, undoes) "
            "VALUES (3, '2026-04-01', 'test', 'pm', 'undo', 2)"
        )
    assert asked(store, feedback.reopened).empty
    assert len(asked(store, feedback.open_actions)) == 1


def test_a_level_counts_from_the_day_as_of_which_it_was_told() -> None:
    rows = [("2026-01-31", 1), ("2026-03-31", 2), ("2026-05-31", 2)]
    store = told(*((on, action("1", "2026-01-05", escalation_level=level, owner=on)) for on, level in rows))
    [row] = asked(store, feedback.open_actions).to_dict("records")
    assert (row["level"], f"{row['level_since']:%Y-%m-%d}") == (2, "2026-03-31")
    once = asked(told(("2026-01-31", action("1", "2026-01-05", escalation_level=3))), feedback.open_actions)
    assert f"{once['level_since'].iloc[0]:%Y-%m-%d}" == "2026-01-05"


def delivered(late: Sequence[int], n: int = 10, engagement_id: str = "E1", last: str = "2026-12") -> list[Row]:
    """So many deliverables a month up to a last one, of which so many were three days late; KPI D01 has the rest."""
    end, rows = int(last[:4]) * 12 + int(last[5:]) - 1, []
    for back, many in enumerate(reversed(late)):
        year, month = divmod(end - back, 12)
        for number in range(n):
            day = "08" if number < many else "05"
            name = f"{year}-{month + 1:02}"
            row = deliverable(f"{engagement_id} {name} {number}", f"{name}-05", f"{name}-{day}")
            rows.append(row | {"engagement_id": engagement_id})
    return rows


CLOSED = action("1", "2026-09-01", "2026-09-30", "2026-09-15", kpi_id="D01")
USUAL = [5, 6] * 6
"""Twelve months of 50 and 40 %: mean 45, every range 10, so limits 45 +- 26.6: 18.4 to 71.6."""


def effect_of(kinds: Kinds, code: str = "1", as_of: date = AS_OF, **scope: object) -> Effect:
    found: Effect = asked(small(kinds), effect.effect, code, as_of=as_of, **scope)
    return found


@pytest.mark.parametrize(
    ("after", "expected"),
    [
        ([2, 5, 6], Moved.BETTER),  # 80 is over 71.6
        ([9, 5, 6], Moved.WORSE),  # 10 is under 18.4
        ([5, 6, 5], Moved.SAME),
        ([3, 3, 6], Moved.SAME),  # 70 70 40: within the limits, two near one, but the third on the other side
        ([3, 3, 5], Moved.BETTER),  # 70 70 50: two of three on one side beyond 45 + 17.7
    ],
)
def test_the_months_after_against_the_limits_of_those_before(after: list[int], expected: Moved) -> None:
    # September, in which it was closed, is in neither part: its 0 late would be outside.
    found = effect_of({"deliverables": delivered([*USUAL, 0, *after]), "actions": [CLOSED]})
    assert found.verdict is expected
    assert found.points["part"].tolist() == ["before"] * 12 + ["closed"] + ["after"] * 3
    assert found.points["month"].iloc[[0, 12, 15]].tolist() == ["2025-09", "2026-09", "2026-12"]
    assert found.points["low"].iloc[0] == pytest.approx(45 - 30 / 1.128)
    assert found.points["high"].iloc[0] == pytest.approx(45 + 30 / 1.128)
    assert found.points["signal"].iloc[:13].tolist() == [""] * 13
    # Sum over sum: 54 of 120 before.
    assert found.before == pytest.approx(45)
    assert found.after == pytest.approx(100 - 100 * sum(after) / 30)


def test_seven_on_one_side_are_a_move_and_six_are_none() -> None:
    # Closed in May: Jun to Dec 60 50 60 ..., all over 45 and none near 62.7.
    closed = action("1", "2026-05-04", "", "2026-05-15", kpi_id="D01")
    seven = {"deliverables": delivered([*USUAL, 5, 4, 5, 4, 5, 4, 5, 4]), "actions": [closed]}
    assert effect_of(seven).verdict is Moved.BETTER
    assert effect_of(seven, as_of=date(2026, 11, 30)).verdict is Moved.SAME


def test_a_kpi_that_rose_all_along_did_not_rise_for_the_action() -> None:
    """Late of 20: 19 18 ... 8, so 5 to 60 %, mean 32.5 +- 13.3: 65, 70 and 75 are outside, and were to be expected."""
    late = [*range(19, 7, -1), 8, 7, 6, 5]
    found = effect_of({"deliverables": delivered(late, n=20), "actions": [CLOSED]})
    assert found.points["signal"].iloc[-1] == "outside the limits"
    assert found.verdict is Moved.ALREADY
    assert found.why == "It had moved that way since Mar 2026, before the action was raised on 1 Sep 2026."


def test_a_step_before_it_was_raised_is_not_its_doing_and_one_while_it_was_open_is() -> None:
    """Eight months of 50 and 40 %, from May on 80 %: mean 56.7, mean range (7 x 10 + 40)/11 = 10, so 30.1 to 83.3.

    The months after (80 80 90) are near or outside. Against the eight months before May (45 +- 26.6) 80 is outside.
    """
    kinds: dict[str, Any] = {"deliverables": delivered([*USUAL[:8], 2, 2, 2, 2, 2, 2, 2, 1])}
    found = effect_of(kinds | {"actions": [CLOSED]})
    assert found.verdict is Moved.ALREADY
    assert "since May 2026" in found.why
    april = action("1", "2026-04-20", "2026-09-30", "2026-09-15", kpi_id="D01")
    assert effect_of(kinds | {"actions": [april]}).verdict is Moved.BETTER


def test_too_early_says_how_many_months_are_missing() -> None:
    october = action("1", "2026-10-01", "", "2026-10-15", kpi_id="D01")
    kinds = {"deliverables": delivered([*USUAL, 5, 1, 1]), "actions": [october]}
    found = effect_of(kinds)
    assert (found.verdict, found.why) == (
        Moved.EARLY, "2 whole months with 5 deliverables or more since it was closed; 1 more needed."
    )  # fmt: skip
    # On 30 December that month is not whole.
    assert effect_of(kinds, as_of=date(2026, 12, 30)).why.endswith("2 more needed.")
    # Ten months without a deliverable: the two that are left cannot be three.
    silent = {"deliverables": delivered(USUAL, last="2026-01"), "actions": [
        action("1", "2026-02-02", "", "2026-02-16", kpi_id="D01")]}  # fmt: skip
    assert effect_of(silent).verdict is Moved.AFTER


def test_too_little_before() -> None:
    found = effect_of({"deliverables": delivered([5, 6, 5, 6, 5, 0, 1, 1, 1]), "actions": [CLOSED]})
    assert (found.verdict, found.why) == (
        Moved.BEFORE, "5 months with 5 deliverables or more in the 12 before it was closed; limits need 6."
    )  # fmt: skip
    assert found.points["low"].isna().all()
    assert effect_of({"actions": [CLOSED]}).verdict is Moved.BEFORE


def test_a_state_has_no_months_of_its_own() -> None:
    found = effect_of({"actions": [CLOSED | {"kpi_id": "C06"}]})
    assert found.verdict is Moved.NO_MONTHS
    assert found.why.startswith("A state or an amount to date")
    assert found.points.empty


@pytest.mark.parametrize(("after", "expected"), [(30, Moved.WORSE), (2, Moved.BETTER), (13, Moved.SAME)])
def test_the_direction_is_the_declared_one(after: int, expected: Moved) -> None:
    """Protocol deviations (Q01: fewer are better), 10 and 12 of 100 a month: mean 11, ranges 2, so 11 +- 5.3."""
    names = [f"{2025 + (8 + at) // 12}-{(8 + at) % 12 + 1:02}" for at in range(16)]
    numbers = [*([10, 12] * 6), 11, after, after, 11]
    rows = [count("Q01", name, each, 100) for name, each in zip(names, numbers, strict=True)]
    assert effect_of({"kpi_data": rows, "actions": [CLOSED | {"kpi_id": "Q01"}]}).verdict is expected


def test_it_looks_at_the_engagement_that_the_action_names() -> None:
    """E2 of the same CRO moves, E1 does not: of both together 45 becomes 66 a month, within no limits of E1."""
    both: dict[str, Rows] = {"engagements": [engagement("E1"), engagement("E2")], "cros": [CRO]}
    rows = [*delivered([*USUAL, 5, 5, 6, 5]), *delivered([*USUAL, 5, 0, 0, 0], engagement_id="E2")]
    one = CLOSED | {"engagement_id": "E1"}
    assert effect_of({**both, "deliverables": rows, "actions": [one]}).verdict is Moved.SAME
    assert effect_of({**both, "deliverables": rows, "actions": [CLOSED]}).verdict is Moved.BETTER


def test_a_share_that_was_all_but_perfect_has_exact_limits() -> None:
    """Ten a month, one late in twelve months: by the moving range 98 or less would be outside, one case of ten.

    By the binomial of 10 around 119/120 one late (7.7 %) and two late (0.3 %) are chance at 1 in 1,000; three are not.
    """
    perfect = [0] * 6 + [1] + [0] * 5
    two = effect_of({"deliverables": delivered([*perfect, 0, 2, 0, 0]), "actions": [CLOSED]})
    assert two.verdict is Moved.SAME
    three = effect_of({"deliverables": delivered([*perfect, 0, 3, 0, 0]), "actions": [CLOSED]})
    assert three.verdict is Moved.WORSE


def test_the_list_says_how_many_helped_and_leaves_out_what_names_no_kpi() -> None:
    rows = [CLOSED, action("2", "2026-09-01", "", "2026-09-16"), action("3", "2026-09-01", kpi_id="D01"),
            CLOSED | {"action_id": "4", "cro_id": "B", "engagement_id": "E2"}]  # fmt: skip
    store = small({**TWO, "deliverables": delivered([*USUAL, 0, 2, 5, 6]), "actions": rows})
    found = asked(store, effect.effects)
    assert found[["action", "verdict"]].to_numpy().tolist() == [["1", Moved.BETTER], ["4", Moved.BEFORE]]
    assert effect.summary(found) == "2 closed actions with a KPI: 1 moved to the better, 1 cannot be said."
    with pytest.raises(LookupError):
        asked(store, effect.effect, "2")
    # In the scope of B alone A's action is not there.
    assert asked(store, effect.effects, cros=("B",))["action"].tolist() == ["4"]
