"""The ledger of uploads: append-only, each entry carrying the hash of the one before.

That makes it tamper-evident: a later change of an entry shows. It does not prevent one.
"""

import hashlib
import json
from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass
from datetime import UTC, date, datetime
from typing import Any

from duckdb import DuckDBPyConnection

from data import __version__
from data.store.write import Counts

ENTRY = (
    "number", "uploaded_at", "who", "role", "what", "status_date", "reason", "undoes",
    "new", "changed", "unchanged", "removed", "rejected", "app_version", "previous_hash",
)  # fmt: skip
FILE = (
    "position", "file", "kind", "sha256", "rows", "new", "changed", "unchanged", "removed", "rejected",
)  # fmt: skip
NEWEST = "SELECT number, hash FROM uploads ORDER BY number DESC LIMIT 1"
ENTRIES = "SELECT * FROM uploads ORDER BY number"
FILES = "SELECT * FROM upload_files ORDER BY upload, position"
ADD_ENTRY = f"INSERT INTO uploads ({', '.join(ENTRY)}, hash) VALUES ({', '.join('?' * (len(ENTRY) + 1))})"
ADD_FILE = f"INSERT INTO upload_files (upload, {', '.join(FILE)}) VALUES ({', '.join('?' * (len(FILE) + 1))})"


@dataclass(frozen=True, slots=True, kw_only=True)
class Stamp:
    """Who tells something, when, and as of which day. `at` is in UTC; edges read the clock, nobody else."""

    who: str
    role: str
    at: datetime
    status_date: date | None
    reason: str = ""


@dataclass(frozen=True, slots=True)
class FileEntry:
    """What the ledger keeps of one file: its name (none for an edit or undo), kind, hash and counts."""

    file: str | None
    kind: str
    sha256: str | None
    counts: Counts


def next_number(cursor: DuckDBPyConnection) -> int:
    """The number of the upload that this transaction would make."""
    newest = cursor.execute(NEWEST).fetchone()
    return newest[0] + 1 if newest else 1


def append(
    cursor: DuckDBPyConnection, stamp: Stamp, what: str, files: Sequence[FileEntry], undoes: int | None = None
) -> int:
    """Add an entry and return its number. `what` is file, edit or undo."""
    newest = cursor.execute(NEWEST).fetchone() or (0, "")
    total = sum((entry.counts for entry in files), Counts())
    entry = {
        "number": newest[0] + 1,
        "uploaded_at": stamp.at.astimezone(UTC).replace(tzinfo=None, microsecond=0),
        "who": stamp.who,
        "role": stamp.role,
        "what": what,
        "status_date": stamp.status_date,
        "reason": stamp.reason,
        "undoes": undoes,
        **{name: value for name, value in asdict(total).items() if name != "rows"},
        "app_version": __version__,
        "previous_hash": newest[1],
    }
    rows = [
        {
            "position": place,
            "file": file.file,
            "kind": file.kind,
            "sha256": file.sha256,
            **asdict(file.counts),
        }
        for place, file in enumerate(files, 1)
    ]
    cursor.execute(ADD_ENTRY, [*(entry[name] for name in ENTRY), entry_hash(entry, rows)])
    for row in rows:
        cursor.execute(ADD_FILE, [entry["number"], *(row[name] for name in FILE)])
    return int(newest[0]) + 1


def entry_hash(entry: dict[str, Any], files: Sequence[dict[str, Any]]) -> str:
    """SHA-256 of the entry, its files and the hash before, as JSON with sorted names."""
    content = {name: entry[name] for name in ENTRY} | {"files": [{name: f[name] for name in FILE} for f in files]}
    text = json.dumps(content, sort_keys=True, separators=(",", ":"), ensure_ascii=False, default=_iso)
    return hashlib.sha256(text.encode("utf-8")).hexdigest()


def _iso(value: object) -> str:
    if isinstance(value, date):
        return value.isoformat()
    raise TypeError(f"No JSON for {type(value).__name__}.")


def entries(cursor: DuckDBPyConnection) -> list[dict[str, Any]]:
    """All uploads, the oldest first, each with its `files`."""
    files: dict[int, list[dict[str, Any]]] = {}
    for file in _rows(cursor, FILES):
        files.setdefault(file.pop("upload"), []).append(file)
    return [entry | {"files": files.get(entry["number"], [])} for entry in _rows(cursor, ENTRIES)]


def _rows(cursor: DuckDBPyConnection, statement: str) -> Iterator[dict[str, Any]]:
    answer = cursor.execute(statement)
    names = [column[0] for column in answer.description or ()]
    for row in answer.fetchall():
        yield dict(zip(names, row))
