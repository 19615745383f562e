"""Which thresholds hold, what they rest on, and what if they were moved."""

from datetime import date
from typing import Any

import pytest

from analytics.catalogue import BY_ID
from analytics.kpi import Band
from analytics.scope import Target
from analytics.score import scorecard
from analytics.thresholds import Threshold
from analytics.view import View
from tests.analytics.ask import Values, row_of, rows_of
from tests.analytics.goldens.case import WEDNESDAY, count
from tests.world import cros, engagement, scope_of, small

AGREED = {"effective_from": "2026-01-01", "kpi_id": "Q05", "red": 50}
TARGETS = [
    AGREED | {"green": 70, "basis": "internal"},
    AGREED | {"green": 80, "cro_id": "A", "weight": 2, "basis": "contract", "clause": "Exhibit C 4.2"},
    AGREED | {"green": 90, "cro_id": "A", "engagement_id": "E1", "agreed_on": "2025-12-12"},
    AGREED | {"green": 99, "cro_id": "A", "effective_from": "2026-10-01"},
]
WORLD = {
    "cros": cros("A", "B"),
    "engagements": [engagement("E1"), engagement("E2"), engagement("E3", "B")],
    "kpi_data": [count("Q05", "2026-09", 85, 100, engagement_id=each) for each in ("E1", "E2", "E3")],
}


def of(*, by: Any, group: str, moved: tuple[Target, ...] = (), targets: Any = TARGETS) -> Values:
    rows = rows_of(small(WORLD | {"targets": targets}), WEDNESDAY, "Q05", by=(by,), moved=moved)
    (row,) = [row for row in rows if row[by] == group]
    return row


@pytest.mark.parametrize(
    ("by", "group", "green", "weight", "basis"),
    [
        ("engagement", "E1", 90, 1, "agreed 12 Dec 2025"),
        ("cro", "A", 80, 2, "contract, Exhibit C 4.2"),
        ("cro", "B", 70, 1, "internal"),
    ],
)
def test_the_most_particular_holds_and_says_what_it_rests_on(
    by: str, group: str, green: float, weight: float, basis: str
) -> None:
    row = of(by=by, group=group)
    assert (row["green"], row["weight"], row["basis"]) == (green, weight, basis)


def test_where_red_is_better_than_green_nothing_is_rated_by_it() -> None:
    """85 % between red 90 and green 70, more is better: points of 100 + 50 x 15/20 would be 137.5."""
    row = of(by="cro", group="A", targets=[AGREED | {"green": 70, "red": 90, "basis": "agreed"}])
    assert (row["value"], row["band"], row["points"], row["green"]) == (85, Band.UNRATED, None, None)
    assert row["basis"] == "agreed, not used: red is better than green"


def test_without_a_target_the_grade_of_the_declaration() -> None:
    assert of(by="cro", group="A", targets=[])["basis"] == "default, grade C"


@pytest.mark.parametrize(
    ("threshold", "words"),
    [
        (("contract", "4.2", date(2025, 12, 12)), "contract, 4.2, agreed 12 Dec 2025"),
        (("agreed", "4.2", date(2025, 12, 12)), "4.2, agreed 12 Dec 2025"),
        (("agreed", None, None), "agreed"),
        (("internal", None, date(2025, 12, 12)), "internal, agreed 12 Dec 2025"),
    ],
)
def test_the_basis_in_words(threshold: tuple[str, str | None, date | None], words: str) -> None:
    assert Threshold(1, 0, 1, *threshold).words == words


def test_what_is_moved_lies_over_what_holds() -> None:
    # 85 of 100: green from 80 by the contract of A, amber from 90 on; the weight stays that of the contract.
    assert of(by="cro", group="A")["band"] is Band.GREEN
    row = of(by="cro", group="A", moved=(Target(kpi="Q05", green=90),))
    assert (row["green"], row["red"], row["weight"], row["band"]) == (90, 50, 2, Band.AMBER)
    assert row["basis"] == "moved by hand"


def test_a_moved_weight_keeps_the_thresholds_and_their_basis() -> None:
    row = of(by="cro", group="A", moved=(Target(kpi="Q05", weight=0),))
    assert (row["green"], row["weight"], row["basis"]) == (80, 0, "contract, Exhibit C 4.2")


@pytest.mark.parametrize(("cro", "green"), [("A", 80), ("B", 60)])
def test_what_is_moved_for_one_cro_moves_no_other(cro: str, green: float) -> None:
    assert of(by="cro", group=cro, moved=(Target(kpi="Q05", cro="B", green=60),))["green"] == green


def test_moved_and_unmoved_scores_are_kept_apart() -> None:
    store = small(WORLD | {"kpi_data": [*WORLD["kpi_data"], count("Q06", "2026-09", 96, 100)]})
    with store.read() as cursor:
        view = View(cursor, scope_of(store, WEDNESDAY))
        before = scorecard(view).scores["A"].value
        with view.other(scope_of(store, WEDNESDAY, moved=(Target(kpi="Q05", weight=0),))) as moved:
            after = scorecard(moved).scores["A"].value
        assert scorecard(view).scores["A"].value == before
    # Q05 85 %, red at 85: 50 points. Q06 96 %, green: 100 points. With Q05 off, 100 alone.
    assert (before, after) == (75, 100)


def test_a_kpi_without_a_threshold_is_rated_where_one_is_moved_in() -> None:
    store = small({"kpi_data": [count("Q01", "2026-09", 10, 100)]})
    assert BY_ID["Q01"].green is None
    row = row_of(store, WEDNESDAY, "Q01", moved=(Target(kpi="Q01", green=5, red=15),))
    assert (row["band"], row["points"]) == (Band.AMBER, 75)


@pytest.mark.parametrize(
    ("scope", "green"),
    [({}, 70), ({"cros": ("A",)}, 80), ({"engagements": ("E1",)}, 90), ({"engagements": ("E2",)}, 80)],
)
def test_a_scope_of_one_is_held_to_its_targets(scope: dict[str, Any], green: float) -> None:
    (row,) = rows_of(small(WORLD | {"targets": TARGETS}), WEDNESDAY, "Q05", by=(), **scope)
    assert row["green"] == green


def test_an_engagement_is_held_to_the_targets_of_its_cro() -> None:
    assert of(by="engagement", group="E2")["green"] == 80
