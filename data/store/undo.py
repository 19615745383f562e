"""Undo: a new upload that closes what another one opened, and adds again what that one closed."""

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from duckdb import DuckDBPyConnection

from data.contracts import ALL, Contract
from data.facts.texts import TEXTS
from data.store import ledger
from data.store.ledger import FileEntry, Stamp
from data.store.store import Store
from data.store.verify import voids
from data.store.write import Counts, same_key
from data.store.written import key

OPENED = "CREATE TEMP TABLE opened_{kind} AS SELECT {columns} FROM {kind} WHERE valid_from = $number"
CLOSED = "CREATE TEMP TABLE closed_{kind} AS SELECT {columns} FROM {kind} WHERE valid_to = $number"
CHANGED_SINCE = """
SELECT {key}, max(version.number)
FROM (SELECT *, valid_from AS number FROM {kind} UNION ALL SELECT *, valid_to FROM {kind}) AS version
WHERE version.number IN (SELECT unnest($standing::BIGINT[]))
    AND ({keys}) IN (SELECT ({keys}) FROM opened_{kind} UNION ALL SELECT ({keys}) FROM closed_{kind})
GROUP BY 1 ORDER BY 1
"""
UNDONE = TEXTS["undone_upload"]
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

    An upload that was undone and brought back stands as the undo that brought it back: that one is undone. So every
    upload is undone once at most, and what it told was told once. The status date of the stamp is not used: an undo has
    one only where it restores what an upload told.

    Raises UndoRefused where there is no such upload, it is undone already, no reason is given, a later upload
    changed its rows, or current rows would be left naming what it brought.
    """
    if not stamp.reason.strip():
        raise UndoRefused("Say why it is undone: the reason stands in the history.")
    with store.write() as cursor:
        uploads = ledger.entries(cursor)
        out = undone(cursor)
        target = _target(uploads, out, number)
        number = target["number"]
        own, standing = ledger.next_number(cursor), _standing(uploads, out, number)
        files = [entry for contract in ALL if (entry := _undo_kind(cursor, contract, number, own, standing))]
        _refuse_voids(cursor, number)
        before = uploads[target["undoes"] - 1]["status_date"] if target["undoes"] else None
        return ledger.append(cursor, replace(stamp, status_date=before), "undo", files, undoes=number)


def undone(cursor: DuckDBPyConnection, known_at: int | None = None) -> set[int]:
    """The numbers of the uploads that an undo has taken out of effect, now or at an upload."""
    number = ledger.next_number(cursor) if known_at is None else known_at
    return {found for (found,) in cursor.execute(UNDONE, {"known_at": number}).fetchall()}


def _target(uploads: Sequence[dict[str, Any]], out: set[int], number: int) -> dict[str, Any]:
    """The upload itself, or the newest undo that brought it back."""
    if not 1 <= number <= len(uploads):
        raise UndoRefused(f"There is no upload {number}.")
    if number in out:
        raise UndoRefused(f"Upload {number} is undone already.")
    undo_of = {entry["undoes"]: entry["number"] for entry in uploads if entry["undoes"]}
    while number in undo_of:
        number = undo_of[number]
    return uploads[number - 1]


def _standing(uploads: Sequence[dict[str, Any]], out: set[int], number: int) -> list[int]:
    """The uploads after `number` of which something stands.

    What came after it and was undone cancels out with its undos; an undo of what came before it does not. Whether cells
    are the same again says nothing: a later upload may tell the same, and loses it where this one is taken back.
    """
    first: dict[int, int] = {}
    for entry in uploads:
        first[entry["number"]] = first.get(entry["undoes"], entry["number"])
    later = range(number + 1, len(uploads) + 1)
    return [upload for upload in later if first[upload] < number or first[upload] not in out]


def _undo_kind(
    cursor: DuckDBPyConnection, contract: Contract, number: int, own: int, standing: list[int]
) -> FileEntry | None:
    shape = _shape(contract)
    cursor.execute(OPENED.format(**shape), {"number": number})
    cursor.execute(CLOSED.format(**shape), {"number": number})
    row = cursor.execute(COUNTS.format(**shape)).fetchone() or (0, 0, 0)
    counts = Counts(sum(row), new=row[0], changed=row[1], removed=row[2])
    if not counts.anything:
        return None
    if changed := cursor.execute(CHANGED_SINCE.format(**shape), {"standing": standing}).fetchall():
        names = ", ".join(name for name, _ in changed[:3]) + (", ..." if len(changed) > 3 else "")
        newest = max(later for _, later in changed)
        raise UndoRefused(
            f"A later upload changed rows of upload {number} in {contract.kind}: {len(changed)} ({names}). "
            f"Undo the later one first; the newest is upload {newest}."
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
        "first": contract.keys[0],
        "key": key(contract, "version"),
        "keys": ", ".join(f'"{name}"' for name in contract.keys),
        "opened_is_closed": same_key(contract, "opened", "closed"),
        "kind_is_opened": same_key(contract, contract.kind, "opened"),
    }
