"""Who of the key people stayed: small stores, worked by hand."""

from collections.abc import Callable

import pandas as pd
import pytest

from analytics import relationship
from analytics.view import View
from tests.analytics.goldens.case import WEDNESDAY, assignment
from tests.world import Kinds, cros, engagement, scope_of, small

KEY = {"role": "Project manager", "key_role": True, "contracted": True}
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
