"""What the demo portfolio tells of the seven practices is found by the product as it was planted."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

import pytest

from analytics.practices import communication, feedback, requirements, roles, selection
from analytics.practices.effect import Moved, effects
from analytics.scope import Scope
from analytics.view import View
from data.demo.practices import NEVER_HELD, UNPROVEN
from data.store import Store

LAST = date(2026, 10, 31)
NEED = "MIR-303 full service"


@pytest.fixture(scope="module")
def view(demo_store: Store) -> Iterator[View]:
    with demo_store.read() as cursor:
        yield View(cursor, Scope(as_of=LAST, known_at=demo_store.version))


def test_what_nothing_shows_is_named(view: View) -> None:
    found = requirements.traced(view)
    bare = found[found["state"] == "not covered"]
    assert dict(zip(bare["engagement"], bare["requirement"], strict=True)) == UNPROVEN


def test_a_promise_of_the_dying_study_is_missed(view: View) -> None:
    """Story green-over-dying: half of its patients and 30.6 % over its contract."""
    found = requirements.traced(view, "E-2506").set_index("evidence_id")
    assert found.loc[["T06", "C09"], "state"].tolist() == ["missed", "missed"]


def test_the_candidate_with_the_highest_total_is_excluded_and_the_next_one_was_chosen(view: View) -> None:
    """By hand, of 18: Calloway 68, Norvek 65, Brightmoor 64; Veridian 53 of 14, behind a gate."""
    found = {one.cro_id: one for one in selection.selection(view, NEED).candidates}
    totals = {cro: one.total for cro, one in found.items()}
    assert totals == pytest.approx({"CALLOWAY": 68 / 18, "NORVEK": 65 / 18, "BRIGHTMOOR": 64 / 18, "VERIDIAN": 53 / 14})
    assert next(iter(found)) == "CALLOWAY"
    assert found["CALLOWAY"].decision == "selected"
    assert found["VERIDIAN"].failed == ("quality_assurance",)


def test_the_matrix_of_the_dying_study_still_names_who_left(view: View) -> None:
    found = roles.raci(view, "E-2506")
    said = " ".join(str(one) for one in found.checks.to_numpy().ravel())
    assert "left on 12 Dec 2025" in said
    assert "left on 27 Feb 2026" in said


def test_a_committee_that_was_planned_and_never_met_stands_out(view: View) -> None:
    for engagement in sorted(NEVER_HELD):
        assert "Steering committee" in communication.summary(communication.plan(view, engagement))


def test_the_agreed_action_helped(view: View) -> None:
    """Story recovery: visit reports on time rose after the action of July 2025 was closed."""
    found = effects(view).set_index("action")
    assert found.loc["A-014", "verdict"] == Moved.BETTER


def test_what_the_cros_raised_stands_beside_what_we_raised(view: View) -> None:
    """By hand from actions.csv: 18 were raised in the year, four of them (28, 37, 39 and 40) by a CRO."""
    assert sorted(feedback.both_ways(view)["raised"]) == [4, 14]
