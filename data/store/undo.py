"""Undo: a new upload that closes what another one opened, and adds again what that one closed."""

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from duckdb import DuckDBPyConnection

from data.contracts import ALL, Contract
from data.store import ledger
from data.store.ledger import FileEntry, Stamp
from data.store.store import Store
from data.store.verify import voids
from data.store.write import Counts, same_key
from data.store.written import key

OPENED = "CREATE TEMP TABLE opened_{kind} AS SELECT {columns} FROM {kind} WHERE valid_from = $number"
CLOSED = "CREATE TEMP TABLE closed_{kind} AS SELECT {columns} FROM {kind} WHERE valid_to = $number"
CHANGED_SINCE = """
SELECT {key}
FROM (
    (SELECT {columns} FROM opened_{kind} EXCEPT SELECT {columns} FROM {kind} WHERE valid_to IS NULL)
    UNION ALL
    (
        SELECT {known_columns} FROM {kind} AS known JOIN closed_{kind} AS closed ON {known_is_closed}
        LEFT JOIN opened_{kind} AS opened ON {opened_is_closed}
        WHERE known.valid_to IS NULL AND opened.{first} IS NULL
    )
) AS changed ORDER BY 1
"""
CLOSE = """
UPDATE {kind} SET valid_to = $number
FROM opened_{kind} AS opened WHERE valid_to IS NULL AND {kind_is_opened}
"""
ADD = "INSERT INTO {kind} ({columns}, valid_from) SELECT {columns}, $number FROM closed_{kind}"
COUNTS = """
SELECT count(*) FILTER (opened.{first} IS NULL),
    count(*) FILTER (opened.{first} IS NOT NULL AND closed.{first} IS NOT NULL),
    count(*) FILTER (closed.{first} IS NULL)
FROM opened_{kind} AS opened FULL JOIN closed_{kind} AS closed ON {opened_is_closed}
"""


class UndoRefused(Exception):
    """An upload cannot be undone; the text says why and what to do first."""


def undo(store: Store, number: int, stamp: Stamp) -> int:
    """Undo upload `number`, in a new upload whose number is returned.

    The status date of the stamp is not used: an undo has one only where it restores what an upload told.

    Raises UndoRefused where there is no such upload, it is undone already, no reason is given, a later upload
    changed its rows, or current rows would be left naming what it brought.
    """
    if not stamp.reason.strip():
        raise UndoRefused("Say why it is undone: the reason stands in the history.")
    with store.write() as cursor:
        uploads = ledger.entries(cursor)
        target = _target(uploads, number)
        own = ledger.next_number(cursor)
        files = [entry for contract in ALL if (entry := _undo_kind(cursor, contract, number, own))]
        _refuse_voids(cursor, number)
        before = uploads[target["undoes"] - 1]["status_date"] if target["undoes"] else None
        return ledger.append(cursor, replace(stamp, status_date=before), "undo", files, undoes=number)


def undone(uploads: Sequence[dict[str, Any]]) -> set[int]:
    """The numbers of the uploads, given oldest first, that an undo has taken out of effect."""
    numbers: set[int] = set()
    for entry in reversed(uploads):
        if entry["undoes"] and entry["number"] not in numbers:
            numbers.add(entry["undoes"])
    return numbers


def _target(uploads: Sequence[dict[str, Any]], number: int) -> dict[str, Any]:
    if not 1 <= number <= len(uploads):
        raise UndoRefused(f"There is no upload {number}.")
    if number in undone(uploads):
        raise UndoRefused(f"Upload {number} is undone already.")
    return uploads[number - 1]


def _undo_kind(cursor: DuckDBPyConnection, contract: Contract, number: int, own: int) -> FileEntry | None:
    shape = _shape(contract)
    cursor.execute(OPENED.format(**shape), {"number": number})
    cursor.execute(CLOSED.format(**shape), {"number": number})
    row = cursor.execute(COUNTS.format(**shape)).fetchone() or (0, 0, 0)
    counts = Counts(sum(row), new=row[0], changed=row[1], removed=row[2])
    if not counts.anything:
        return None
    if changed := cursor.execute(CHANGED_SINCE.format(**shape)).fetchall():
        names = ", ".join(name for (name,) in changed[:3]) + (", ..." if len(changed) > 3 else "")
        raise UndoRefused(
            f"A later upload changed rows of upload {number} in {contract.kind}: {len(changed)} ({names}). "
            "Undo the later one first."
        )
    cursor.execute(CLOSE.format(**shape), {"number": own})
    cursor.execute(ADD.format(**shape), {"number": own})
    return FileEntry(None, contract.kind, None, counts)


def _refuse_voids(cursor: DuckDBPyConnection, number: int) -> None:
    left = list(voids(cursor))
    if left:
        found = left[0]
        raise UndoRefused(
            f"Upload {number} brought {found.id} of {found.target}, which {found.kind} still names "
            f"(rows: {found.rows}, from upload {found.uploads}). Undo that first."
        )


def _shape(contract: Contract) -> dict[str, str]:
    return {
        "kind": contract.kind,
        "columns": ", ".join(f'"{name}"' for name in contract.names),
        "known_columns": ", ".join(f'known."{name}"' for name in contract.names),
        "first": contract.keys[0],
        "key": key(contract, "changed"),
        "known_is_closed": same_key(contract, "known", "closed"),
        "opened_is_closed": same_key(contract, "opened", "closed"),
        "kind_is_opened": same_key(contract, contract.kind, "opened"),
    }
