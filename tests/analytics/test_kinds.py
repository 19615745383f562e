"""What holds for every kind by its contract alone, so that a new one needs no further line."""

from datetime import date

import pytest

from analytics import freshness, study
from analytics.preview import touched
from analytics.view import View
from data.contracts import ALL, Contract
from data.store import Store
from tests.world import cros, engagement, scope_of, world

AS_OF, BEFORE = date(2026, 6, 30), date(2026, 4, 30)
REST = [contract for contract in ALL if contract.kind not in ("cros", "engagements")]
NAMING = [contract for contract in REST if "engagement_id" in contract.names]


def _told(contract: Contract, **cells: str) -> Store:
    """CROs A and B with an engagement each, and a later upload of one row of a kind."""
    engagements = [engagement("E1"), engagement("E2", "B")]
    return world((BEFORE, {"cros": cros("A", "B"), "engagements": engagements}), (AS_OF, {contract.kind: [cells]}))


@pytest.mark.parametrize("contract", NAMING, ids=lambda contract: contract.kind)
def test_an_upload_of_a_kind_that_names_a_study_stands_with_its_uploads(contract: Contract) -> None:
    store = _told(contract, engagement_id="E1")
    with store.read() as cursor:
        view = View(cursor, scope_of(store, AS_OF))
        assert study.uploads(view, "E1")["kinds"].tolist() == [contract.kind, "engagements"]
        assert study.uploads(view, "E2")["kinds"].tolist() == ["engagements"]


@pytest.mark.parametrize("contract", NAMING, ids=lambda contract: contract.kind)
def test_a_study_of_which_a_kind_tells_the_work_is_not_silent(contract: Contract) -> None:
    store = _told(contract, engagement_id="E1")
    with store.read() as cursor:
        found = freshness.returns(View(cursor, scope_of(store, AS_OF))).set_index("engagement_id")
    assert (found.loc["E1", "reported"], found.loc["E2", "reported"]) == (int(contract.tells_of_work), 0)
    if contract.tells_of_work:
        assert found[contract.kind].to_dict()["E1"].date() == AS_OF


def test_only_what_names_a_study_can_tell_of_its_work() -> None:
    assert {contract.kind for contract in ALL if contract.tells_of_work} <= {contract.kind for contract in NAMING}


@pytest.mark.parametrize("contract", REST, ids=lambda contract: contract.kind)
def test_a_row_that_names_nobody_touches_all_where_it_holds_for_all(contract: Contract) -> None:
    store = _told(contract)
    with store.read() as cursor:
        assert touched(cursor, 2) == (["A", "B"] if contract.holds_for_all else [])
