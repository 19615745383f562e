"""What constraints would forbid is found after it was done behind the store's back."""

import hashlib
import json
from datetime import UTC, datetime

import pytest

from data.contracts import ALL
from data.outgoing import template
from data.store import Store
from data.store.ledger import entries
from data.store.verify import verify
from tests.data.helpers import example_store, stamp, told


def test_a_store_that_was_only_loaded_is_sound() -> None:
    assert verify(Store()) == []
    assert verify(example_store()) == []


@pytest.mark.parametrize(
    ("damage", "words"),
    [
        ("INSERT INTO cros SELECT * FROM cros WHERE cro_id = 'HELIX'", "cros: HELIX has 2 current rows"),
        (
            "DELETE FROM cros WHERE cro_id = 'HELIX'",
            "HELIX is not in cros, and cro_id names it in 1 row of engagements",
        ),
        ("UPDATE holidays SET valid_to = 1", "from upload 1 to 1 does not meet the next one"),
        ("UPDATE holidays SET valid_from = 7", "holidays: 1 versions name upload 7"),
        ("UPDATE uploads SET who = 'Somebody'", "entry 1 was changed"),
        ("UPDATE upload_files SET sha256 = '' WHERE position = 2", "entry 1 was changed"),
        ("DELETE FROM upload_files WHERE position = 3", "entry 1 was changed"),
        ("UPDATE uploads SET previous_hash = 'x'", "entry 1 does not follow"),
        ("UPDATE uploads SET number = 2", "entry 1 is missing"),
    ],
)
def test_damage_is_found(damage: str, words: str) -> None:
    store = example_store()
    with store.write() as cursor:
        cursor.execute(damage)
    assert any(words in finding for finding in verify(store)), verify(store)


def test_a_row_may_only_end_where_the_next_begins_or_an_undo_took_it() -> None:
    store = example_store()
    told(store, {"holidays": "day,name\n2026-12-25,Christmas\n"})
    assert verify(store) == []
    with store.write() as cursor:
        cursor.execute("UPDATE holidays SET valid_to = 2 WHERE valid_to IS NULL")
    assert any("does not meet" in finding for finding in verify(store))


def test_an_entry_carries_the_hash_of_the_one_before() -> None:
    store = example_store()
    told(store, {"holidays": "day,name\n2026-12-26,Second day\n"})
    with store.read() as cursor:
        first, second = entries(cursor)
    assert first["previous_hash"] == ""
    assert second["previous_hash"] == first["hash"]


def test_the_hash_is_that_of_the_entry_written_as_json() -> None:
    # Worked out here again from the words of the ledger, without its code.
    store = Store()
    data = "day,name\n2026-12-25,Christmas Day\n"
    told(store, {"holidays": data})
    with store.read() as cursor:
        (entry,) = entries(cursor)
    counts = {"changed": 0, "new": 1, "rejected": 0, "removed": 0, "unchanged": 0}
    file = {
        "file": "holidays.csv", "kind": "holidays", "position": 1, "rows": 1,
        "sha256": hashlib.sha256(data.encode()).hexdigest(), **counts,
    }  # fmt: skip
    content = {
        "app_version": "0.1.0", "files": [file], "number": 1, "previous_hash": "", "reason": "", "role": "pm",
        "status_date": "2026-09-30", "undoes": None, "uploaded_at": "2026-09-30T18:00:00", "what": "file",
        "who": "Ana Ruiz", **counts,
    }  # fmt: skip
    text = json.dumps(content, sort_keys=True, separators=(",", ":"))
    assert entry["hash"] == hashlib.sha256(text.encode()).hexdigest()


def test_the_ledger_keeps_utc() -> None:
    assert stamp().at == datetime(2026, 9, 30, 18, tzinfo=UTC)
    store = example_store()
    with store.read() as cursor:
        assert entries(cursor)[0]["uploaded_at"].isoformat() == "2026-09-30T18:00:00"


def test_every_kind_is_in_the_ledger_of_the_examples() -> None:
    store = example_store()
    with store.read() as cursor:
        files = entries(cursor)[0]["files"]
    assert [(file["kind"], file["sha256"]) for file in files] == [
        (contract.kind, hashlib.sha256(template(contract).encode()).hexdigest()) for contract in ALL
    ]
