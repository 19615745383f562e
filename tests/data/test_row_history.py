"""What a row was before: its states, who told them, and which cells changed."""

import pytest

from data.store import Store
from data.store.history import State, states
from data.store.undo import undo
from tests.data.helpers import stamp, told

HEAD = "engagement_id,milestone,baseline_original,forecast,actual\n"
KEY = {"engagement_id": "E1", "milestone": "dbl", "site_id": ""}
CRO = "cro_id,name\nA,Alpha\n"
ENGAGEMENT = (
    "engagement_id,cro_id,study_id,title,start_date,planned_end,contract_value,currency\n"
    "E1,A,S1,Study,2025-01-01,2027-01-01,1000,EUR\n"
)


@pytest.fixture
def store() -> Store:
    """Upload 1: the engagement. 2: the milestone with its neighbour. 3: a forecast. 4: the neighbour alone."""
    store = Store()
    told(store, {"cros": CRO, "engagements": ENGAGEMENT}, day="2026-06-30")
    told(store, {"milestones": HEAD + "E1,dbl,2026-09-01,2026-09-01,\nE1,fpi,2026-03-01,,\n"}, day="2026-06-30")
    told(store, {"milestones": HEAD + "E1,dbl,2026-09-01,2026-09-20,\n"}, day="2026-07-31", reason="the lab is late")
    told(store, {"milestones": HEAD + "E1,fpi,2026-03-01,,2026-03-02\n"}, day="2026-08-31")
    return store


def ask(store: Store, known_at: int | None = None) -> list[State]:
    with store.read() as cursor:
        return states(cursor, "milestones", KEY, store.version if known_at is None else known_at)


def cells(state: State) -> list[tuple[str, str | None, str | None]]:
    return [(change.column, change.before, change.after) for change in state.changed]


def test_each_state_has_its_upload_and_what_changed(store: Store) -> None:
    newest, first = ask(store)
    assert (newest.told.number, newest.told.file, newest.told.reason) == (3, "milestones.csv", "the lab is late")
    assert (newest.told.who, str(newest.told.status_date), newest.until) == ("Ana Ruiz", "2026-07-31", None)
    assert cells(newest) == [("forecast", "2026-09-01", "2026-09-20")]
    assert first.told.number == 2
    assert first.until == newest.told
    assert (first.changed, first.gone) == ((), False)
    assert first.cells["baseline_original"] == "2026-09-01"


def test_only_what_was_known_then_is_told(store: Store) -> None:
    (only,) = ask(store, known_at=2)
    assert (only.told.number, only.until, only.gone) == (2, None, False)  # closed by upload 3, unknown then
    assert ask(store, known_at=1) == []


def test_an_undo_brings_the_earlier_cells_back(store: Store) -> None:
    assert undo(store, 3, stamp(reason="wrong file")) == 5
    newest, middle, first = ask(store)
    assert (newest.told.number, newest.told.what, newest.told.reason) == (5, "undo of 3", "wrong file")
    assert cells(newest) == [("forecast", "2026-09-20", "2026-09-01")]
    assert (middle.told.undone, first.told.undone) == (True, False)


def test_a_row_that_was_taken_back_is_gone_and_can_come_again(store: Store) -> None:
    line = "E1,csr,2026-12-01,,\n"
    key = KEY | {"milestone": "csr"}
    number = told(store, {"milestones": HEAD + line}, day="2026-08-31").upload
    assert number == 5
    undo(store, 5, stamp(reason="not agreed"))
    with store.read() as cursor:
        (only,) = states(cursor, "milestones", key, store.version)
    assert only.gone
    assert only.until is not None
    assert (only.until.number, only.until.what) == (6, "undo of 5")
    told(store, {"milestones": HEAD + line.replace("12-01", "12-15")}, day="2026-09-30")
    with store.read() as cursor:
        again, gone = states(cursor, "milestones", key, store.version)
    assert (again.told.number, again.changed, gone.gone) == (7, (), True)  # new again: nothing it could differ from


def test_numbers_and_flags_are_written_as_in_a_file(store: Store) -> None:
    slas = "engagement_id,priority,response_hours\nE1,,8.50\n"
    told(store, {"slas": slas}, day="2026-09-30")
    with store.read() as cursor:
        (only,) = states(cursor, "slas", {"engagement_id": "E1", "priority": ""}, store.version)
    assert (only.cells["response_hours"], only.cells["clock"]) == ("8.5", None)


@pytest.mark.parametrize(
    ("kind", "key"), [("nothing", KEY), ("milestones", {"engagement_id": "E1"}), ("milestones", KEY | {"more": "1"})]
)
def test_a_key_that_is_not_one_is_refused(store: Store, kind: str, key: dict[str, str]) -> None:
    with store.read() as cursor, pytest.raises(ValueError, match="has no key of"):
        states(cursor, kind, key, store.version)
