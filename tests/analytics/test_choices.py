"""What can be chosen, by what the viewer may see and what was known."""

from datetime import date
from typing import Any

import pytest

from analytics import choices
from analytics.view import View
from data.store import Store
from tests.world import Kinds, engagement, scope_of, world

AS_OF = date(2026, 6, 30)
ALPHA = {"cro_id": "A", "name": "Zeta", "tier": "strategic"}
BETA = {"cro_id": "B", "name": "Beta", "tier": "tactical"}
ONE = engagement("E1", study_id="S1", title="One", phase="2", sponsor_pm="Ana")
TWO = engagement("E2", "B", study_id="S2", title="Two", therapeutic_area="Oncology")
UPLOADS: tuple[tuple[date, Kinds], ...] = (
    (AS_OF, {
        "cros": [ALPHA, BETA],
        "engagements": [ONE, TWO],
        "change_orders": [
            {"change_order_id": f"C{number}", "engagement_id": f"E{number}", "reason": "sites"} for number in (1, 2)
        ],
        "audits": [
            {"audit_id": "whole CRO", "cro_id": "B"}, {"audit_id": "own", "cro_id": "A", "engagement_id": "E1"},
        ],
    }),
    (AS_OF, {"engagements": [TWO | {"sponsor_pm": "Bo"}, engagement("E3", "B", study_id="S3", title="Three")]}),
)  # fmt: skip


@pytest.fixture(scope="module")
def store() -> Store:
    return world(*UPLOADS)


def ask(store: Store, question: Any, *arguments: Any, **over: object) -> Any:
    with store.read() as cursor:
        return question(View(cursor, scope_of(store, AS_OF, **over)), *arguments)


def test_filters_name_what_there_is_and_nothing_empty(store: Store) -> None:
    found = ask(store, choices.filters)
    # By name, not by code: Beta before Zeta. Who has no tier, phase or manager adds no choice.
    assert list(found["cros"].items()) == [("B", "Beta"), ("A", "Zeta")]
    assert {name: list(each) for name, each in found.items()} == {
        "cros": ["B", "A"], "studies": ["S1", "S2", "S3"], "areas": ["Oncology"], "phases": ["2"],
        "tiers": ["strategic", "tactical"], "pms": ["Ana", "Bo"],
    }  # fmt: skip


def test_filters_offer_nothing_that_the_viewer_may_not_see(store: Store) -> None:
    found = ask(store, choices.filters, visible_cros=("A",))
    assert {name: list(each) for name, each in found.items()} == {
        "cros": ["A"], "studies": ["S1"], "areas": [], "phases": ["2"], "tiers": ["strategic"], "pms": ["Ana"],
    }  # fmt: skip


def test_filters_offer_what_was_known(store: Store) -> None:
    found = ask(store, choices.filters, known_at=1)
    assert (list(found["studies"]), list(found["pms"])) == (["S1", "S2"], ["Ana"])


def test_ids_say_what_they_mean(store: Store) -> None:
    assert ask(store, choices.ids, "engagements") == {
        "E1": "E1 · S1, One", "E2": "E2 · S2, Two", "E3": "E3 · S3, Three",
    }  # fmt: skip
    assert ask(store, choices.ids, "cros") == {"A": "A · Zeta", "B": "B · Beta"}
    assert ask(store, choices.ids, "audits") == {"own": "own", "whole CRO": "whole CRO"}


@pytest.mark.parametrize(
    ("over", "expected"),
    [
        ({"visible_cros": ("A",)}, {"cros": ["A"], "engagements": ["E1"], "change_orders": ["C1"], "audits": ["own"]}),
        ({"visible_engagements": ("E2",)}, {"engagements": ["E2"], "change_orders": ["C2"], "audits": ["whole CRO"]}),
        ({"known_at": 1}, {"engagements": ["E1", "E2"]}),
    ],
)
def test_ids_are_those_that_may_be_seen_and_were_known(
    store: Store, over: dict[str, object], expected: dict[str, list[str]]
) -> None:
    assert {kind: list(ask(store, choices.ids, kind, **over)) for kind in expected} == expected
