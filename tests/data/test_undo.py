"""Undo takes an upload back without forgetting what was known, and is refused where more than it would go."""

from datetime import date

import pytest

from data.commands import history
from data.facts.known import known
from data.intake import Asked, FileIn, Reading, load
from data.store import Store, UndoRefused
from data.store.undo import undo
from data.store.verify import verify
from tests.data.helpers import KPIS, everything, rows, stamp, told

CROS = "cro_id,name\nA,Alpha\n"
ENGAGEMENT = (
    "engagement_id,cro_id,study_id,title,start_date,planned_end,contract_value,currency\n"
    "E-1,A,S-1,One,2025-01-01,2027-12-31,1000,EUR\n"
)
MONTHS = ("2026-07-31", "2026-08-31", "2026-09-30", "2026-10-31")


def forecast(store: Store, day: str, on: str) -> None:
    told(
        store, {"milestones": f"engagement_id,milestone,baseline_original,forecast\nE-1,dbl,2027-01-01,{day}\n"}, day=on
    )


def read_as_of(store: Store, as_of: str, known_at: int | None = None) -> date | None:
    """The forecast of database lock as told by a day."""
    bound = {"known_at": store.version if known_at is None else known_at, "as_of": date.fromisoformat(as_of)}
    with store.read() as cursor:
        row = cursor.execute(f"SELECT forecast FROM ({known('milestones')})", bound).fetchone()
    return row[0] if row else None


def store_of_forecasts() -> Store:
    """Upload 1 brings CRO and engagement; 2 to 4 tell the forecast as of July, August and September."""
    store = Store()
    told(store, {"cros": CROS, "engagements": ENGAGEMENT}, day=MONTHS[0])
    forecast(store, "2027-02-01", MONTHS[0])
    forecast(store, "2027-03-01", MONTHS[1])
    forecast(store, "2027-04-01", MONTHS[2])
    return store


def take_back(store: Store, number: int) -> int:
    return undo(store, number, stamp("2026-10-31", "wrong file"))


def test_undo_gives_the_rows_of_before_row_for_row_and_forgets_nothing() -> None:
    store = store_of_forecasts()
    before = everything(store)
    mixed = "cro_id,name\nA,Alpha Ltd\nB,Beta\n"
    told(store, {"cros": mixed, "holidays": "day,name\n2026-12-25,Christmas Day\n"})
    after = everything(store)
    assert after != before
    assert take_back(store, 5) == 6
    assert everything(store) == before
    assert everything(store, known_at=5) == after
    assert everything(store, known_at=4) == before
    assert verify(store) == []


def test_the_newest_uploads_are_undone_one_after_the_other() -> None:
    store = store_of_forecasts()
    states = [everything(store, number) for number in range(5)]
    for number in (4, 3, 2, 1):
        take_back(store, number)
        assert everything(store) == states[number - 1]
    assert verify(store) == []


def test_what_was_undone_is_not_read_as_told() -> None:
    store = store_of_forecasts()
    assert read_as_of(store, MONTHS[2]) == date(2027, 4, 1)
    take_back(store, 4)
    assert read_as_of(store, MONTHS[2]) == date(2027, 3, 1)
    take_back(store, 3)
    # The August file is undone, so July is what was told, although August's row had been closed by September's.
    assert read_as_of(store, MONTHS[2]) == date(2027, 2, 1)
    assert read_as_of(store, MONTHS[2], known_at=4) == date(2027, 4, 1)
    assert read_as_of(store, MONTHS[1], known_at=4) == date(2027, 3, 1)


def test_the_undo_of_an_undo_tells_again_what_was_told() -> None:
    store = store_of_forecasts()
    before = everything(store)
    first = take_back(store, 4)
    second = take_back(store, first)
    assert everything(store) == before
    assert read_as_of(store, MONTHS[2]) == date(2027, 4, 1)
    assert read_as_of(store, MONTHS[1]) == date(2027, 3, 1)
    third = take_back(store, second)
    assert read_as_of(store, MONTHS[2]) == date(2027, 3, 1)
    dates = {entry["number"]: entry["status_date"] for entry in history(store)}
    assert (dates[first], dates[second], dates[third]) == (None, date(2026, 9, 30), None)


def test_undoing_the_last_telling_of_a_row_takes_the_row_away() -> None:
    store = store_of_forecasts()
    for number in (4, 3, 2):
        take_back(store, number)
    assert rows(store, "milestones") == []
    assert read_as_of(store, MONTHS[2]) is None
    forecast(store, "2027-06-01", MONTHS[3])
    assert read_as_of(store, MONTHS[3]) == date(2027, 6, 1)
    assert verify(store) == []


@pytest.mark.parametrize(
    ("number", "words"),
    [
        (3, "A later upload changed rows of upload 3 in milestones: 1 \\(E-1 / dbl\\)"),
        (1, "Upload 1 brought .* which .* still names"),
        (0, "no upload 0"),
        (9, "no upload 9"),
    ],
)
def test_an_undo_that_would_take_more_is_refused(number: int, words: str) -> None:
    store = store_of_forecasts()
    before = everything(store)
    with pytest.raises(UndoRefused, match=words):
        take_back(store, number)
    assert (store.version, everything(store)) == (4, before)


def test_a_later_upload_that_tells_the_same_again_keeps_what_it_told() -> None:
    # March, April, March again: without upload 3 the row would fall back to February, and lose what October told.
    store = store_of_forecasts()
    forecast(store, "2027-03-01", MONTHS[3])
    with pytest.raises(UndoRefused, match="newest is upload 5"):
        take_back(store, 3)
    assert read_as_of(store, MONTHS[3]) == date(2027, 3, 1)
    take_back(store, 5)
    take_back(store, 4)
    take_back(store, 3)
    assert read_as_of(store, MONTHS[3]) == date(2027, 2, 1)


def test_a_row_that_was_closed_and_told_again_stays() -> None:
    store = Store()
    both = "engagement_id,milestone,baseline_original\nE-1,fpi,2026-05-01\nE-1,dbl,2027-01-01\n"
    told(store, {"cros": CROS, "engagements": ENGAGEMENT}, day=MONTHS[0])
    told(store, {"milestones": both}, day=MONTHS[1])
    snapshot = [FileIn("m.csv", b"engagement_id,milestone,baseline_original\nE-1,fpi,2026-05-01\n", "milestones")]
    complete = Asked(readings={"": Reading(snapshot=True)})
    closed = load(store, snapshot, stamp(MONTHS[2]), kpis=KPIS, asked=complete)
    assert closed.files[0].counts.removed == 1
    told(store, {"milestones": both}, day=MONTHS[3])
    for number in (2, 3):
        with pytest.raises(UndoRefused, match=r"E-1 / dbl.*newest is upload 4"):
            take_back(store, number)
    take_back(store, 4)
    take_back(store, 3)
    assert len(rows(store, "milestones")) == 2
    take_back(store, 2)
    assert rows(store, "milestones") == []
    assert verify(store) == []


def test_an_undo_is_not_taken_back_over_another_one() -> None:
    # 5 takes back 4, then 6 takes back 3: to bring 4 again would put April on rows that stand at February.
    store = store_of_forecasts()
    take_back(store, 4)
    take_back(store, 3)
    with pytest.raises(UndoRefused, match="newest is upload 6"):
        take_back(store, 5)
    assert read_as_of(store, MONTHS[3]) == date(2027, 2, 1)


def test_what_was_brought_back_and_is_undone_again_is_not_read_as_told() -> None:
    # 5 undoes 4, 6 brings it back; undoing 4 once more undoes 6, and September tells August's forecast.
    store = store_of_forecasts()
    take_back(store, take_back(store, 4))
    assert read_as_of(store, MONTHS[2]) == date(2027, 4, 1)
    assert take_back(store, 4) == 7
    newest = history(store)[0]
    assert (newest["undoes"], newest["status_date"]) == (6, None)
    assert read_as_of(store, MONTHS[2]) == date(2027, 3, 1)
    assert [entry["number"] for entry in history(store) if entry["undone"]] == [6, 4]
    # And back once more, and on: the rows are those of an upload 4 that was never undone.
    take_back(store, 7)
    assert read_as_of(store, MONTHS[2]) == date(2027, 4, 1)
    assert [entry["number"] for entry in history(store) if entry["undone"]] == [7, 5]


def test_an_upload_is_undone_once_and_with_a_reason() -> None:
    store = store_of_forecasts()
    with pytest.raises(UndoRefused, match="Say why"):
        undo(store, 4, stamp("2026-10-31", " "))
    take_back(store, 4)
    with pytest.raises(UndoRefused, match="undone already"):
        take_back(store, 4)


def test_the_history_says_what_was_undone() -> None:
    store = store_of_forecasts()
    take_back(store, 4)
    newest, undone = history(store)[:2]
    assert (newest["what"], newest["undoes"], newest["reason"], newest["changed"]) == ("undo", 4, "wrong file", 1)
    assert [file["kind"] for file in newest["files"]] == ["milestones"]
    assert undone["undone"]
    assert not newest["undone"]
