"""How both sides see the work, and who stayed: small stores, worked by hand."""

from collections.abc import Callable
from typing import Any

import pandas as pd
import pytest

from analytics import relationship
from analytics.view import View
from tests.analytics.goldens.case import WEDNESDAY, answers, assignment
from tests.world import Kinds, cros, engagement, scope_of, small

KEY = {"role": "Project manager", "key_role": True, "contracted": True}
OURS = [row for n, score in enumerate((1, 2, 3, 3, 5)) for row in answers(f"we {n}", score)]
SELF = [row for n in range(5) for row in answers(f"self {n}", 5, 4, direction="cro_on_self")]
THEIRS = [row for n in range(4) for row in answers(f"they {n}", 5, direction="cro_on_sponsor")]
TEAM = [
    assignment("Mette", "2025-01-06", "2026-06-30", "left", **KEY),
    assignment("Jonas", "2026-07-06", role="project manager ", key_role=True, contracted=False),
    assignment("Kim", "2026-08-01", role="project manager", key_role=True, contracted=False),
    assignment("Ada", "2025-01-06", "2026-05-31", "rolled_off", role="lead monitor", key_role=True),
    assignment("Bo", "2025-01-06", "2025-09-30", "left", role="statistician", key_role=True),
    assignment("Cy", "2025-01-06", "2026-05-31", "left", role="data manager"),
    assignment("Di", "2025-01-06", "2026-05-31", "replaced", engagement_id="E2", **KEY),
]
TWO = {"cros": cros("A", "B"), "engagements": [engagement("E1"), engagement("E2", "B")]}


def asked(question: Callable[[View, str], pd.DataFrame], kinds: Kinds, cro: str = "A") -> pd.DataFrame:
    store = small(kinds)
    with store.read() as cursor:
        return question(View(cursor, scope_of(store, WEDNESDAY)), cro)


def test_the_sides_and_their_gap() -> None:
    # Ours: means 1 2 3 3 5, health 0 25 50 50 100, median 50. The CRO on itself: 4.5, 87.5, five times.
    found = asked(relationship.sides, {"surveys": [*OURS, *SELF, *THEIRS]})
    cells: list[Any] = (
        found[["direction", "n", "value", "gap"]].astype(object).where(found.notna(), None).to_numpy().tolist()
    )
    assert cells == [
        ["sponsor_on_cro", 5, 50, None],
        ["cro_on_sponsor", 4, None, None],
        ["cro_on_self", 5, 87.5, 37.5],
    ]
    assert found["reason"].tolist() == ["", "fewer than 5 answers: hidden", ""]
    assert relationship.summary(found) == (
        "Our people give 50 of 100 (5 answers); the CRO rates itself 38 points higher."
    )


def test_the_forms_are_counted_by_part_of_the_scale_and_none_is_lost() -> None:
    found = asked(relationship.sides, {"surveys": [*OURS, *THEIRS]})
    parts = [relationship.part_name(part) for part in relationship.PARTS]
    assert found[parts].to_numpy()[0].tolist() == [1, 1, 2, 1]
    assert found[parts].isna().to_numpy().tolist() == [[False] * 4, [True] * 4, [True] * 4]


def test_without_answers_it_says_so() -> None:
    found = asked(relationship.sides, {"surveys": THEIRS})
    assert found["reason"].tolist() == ["no answers", "fewer than 5 answers: hidden", "no answers"]
    assert relationship.summary(found) == "Relationship health is not known: no answers of our people."


def test_dimensions_lowest_first_and_hidden_where_few_answered() -> None:
    # Communication style: 1 2 3 3 5, mean 2.8, the CRO 5; responsiveness: four answers of 1, hidden.
    low = [row | {"dimension": "responsiveness", "score": 1} for row in OURS[:4]]
    trust = [row | {"dimension": "trust", "score": 2} for row in OURS]
    found = asked(relationship.dimensions, {"surveys": [*OURS, *low, *trust, *SELF]})
    assert found["dimension"].tolist()[:2] == ["Trust", "Communication style"]
    style = found.iloc[1]
    assert (style["sponsor_on_cro"], style["cro_on_self"], style["n"]) == (2.8, 5, 5)
    assert style["gap"] == pytest.approx(2.2)
    few = found[found["dimension"] == "Responsiveness"].iloc[0]
    assert pd.isna(few["sponsor_on_cro"])
    assert few["n"] == 4


def test_key_people_lost_and_who_followed() -> None:
    # Rolled off, no key role, over a year ago, another CRO's: none of these. Jonas came before Kim.
    found = asked(relationship.lost, TWO | {"team": TEAM})
    assert found[["person", "reason", "follower"]].to_numpy().tolist() == [["Mette", "left", "Jonas"]]
    assert found["since"].dt.strftime("%Y-%m-%d").tolist() == ["2026-07-06"]


def test_key_roles_the_least_filled_first() -> None:
    # 2025-01-01 to 2026-09-30: 638 days. Mette 2025-01-06 to 2026-06-30: 541. Nobody said who the others are.
    found = asked(relationship.roles, TWO | {"team": TEAM})
    assert found["role"].tolist() == ["project manager", "lead monitor", "statistician"]
    assert found["share"].tolist()[0] == pytest.approx(100 * 541 / 638)
    assert found["share"].isna().tolist() == [False, True, True]
