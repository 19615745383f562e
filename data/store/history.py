"""The history of one row: each of its states, the upload that brought it, and the cells that changed."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from duckdb import DuckDBPyConnection

from data.contracts import BY_KIND, Contract
from data.store import ledger
from data.store.undo import undone
from data.store.write import Change
from data.store.written import written

VERSIONS = """
SELECT valid_from, CASE WHEN valid_to <= $known_at THEN valid_to END AS valid_to, {cells}
FROM {kind}
WHERE {same_key} AND valid_from <= $known_at
ORDER BY valid_from
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Told:
    """The upload that brought a state: `file` names the files of the kind in it, empty for an edit or an undo."""

    number: int
    at: datetime
    who: str
    what: str
    file: str
    status_date: date | None
    reason: str
    undone: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class State:
    """One version of a row, from upload `told` on.

    `until` is the upload that closed it; `gone` says whether nothing took its place. `cells` are written as a file
    would have them; `changed` are those that differ from the state before, none where the row was new or came back.
    """

    told: Told
    until: Told | None
    gone: bool
    cells: dict[str, str | None]
    changed: tuple[Change, ...]


def states(cursor: DuckDBPyConnection, kind: str, key: Mapping[str, object], known_at: int) -> list[State]:
    """All states of the row with this key that were known at an upload, the newest first.

    Raises ValueError where there is no such kind, or `key` is not all of its key.
    """
    contract = BY_KIND.get(kind)
    if contract is None or set(key) != set(contract.keys):
        raise ValueError(f"{kind} has no key of {', '.join(key)}.")
    found = _versions(cursor, contract, key, known_at)
    numbers = {number for version in found for number in version[:2] if number}
    told = _told(ledger.entries(cursor), undone(cursor, known_at), kind, numbers)
    answer: list[State] = []
    before: dict[str, str | None] | None = None
    for place, (opened, closed, *texts) in enumerate(found):
        cells = dict(zip(contract.names, texts, strict=True))
        replaced = place + 1 < len(found) and found[place + 1][0] == closed
        answer.append(
            State(
                told=told[opened],
                until=told[closed] if closed else None,
                gone=bool(closed) and not replaced,
                cells=cells,
                changed=tuple(_changes(key, before, cells)),
            )
        )
        before = cells if replaced else None
    return answer[::-1]


def _versions(
    cursor: DuckDBPyConnection, contract: Contract, key: Mapping[str, object], known_at: int
) -> list[tuple[Any, ...]]:
    cells = (written(column, f'"{column.name}"') for column in contract)
    same_key = (f'"{name}" = ${name}' for name in contract.keys)
    statement = VERSIONS.format(kind=contract.kind, cells=", ".join(cells), same_key=" AND ".join(same_key))
    return cursor.execute(statement, {**key, "known_at": known_at}).fetchall()


def _told(uploads: list[dict[str, Any]], out: set[int], kind: str, numbers: set[int]) -> dict[int, Told]:
    return {
        entry["number"]: Told(
            number=entry["number"],
            at=entry["uploaded_at"],
            who=entry["who"] or "",
            what=f"undo of {entry['undoes']}" if entry["undoes"] else entry["what"] or "",
            file=", ".join(file["file"] for file in entry["files"] if file["kind"] == kind and file["file"]),
            status_date=entry["status_date"],
            reason=entry["reason"] or "",
            undone=entry["number"] in out,
        )
        for entry in uploads
        if entry["number"] in numbers
    }


def _changes(
    key: Mapping[str, object], before: Mapping[str, str | None] | None, after: Mapping[str, str | None]
) -> Iterable[Change]:
    if before is None:
        return
    name = " / ".join(str(part) for part in key.values() if part != "")
    for column, text in after.items():
        if before[column] != text:
            yield Change(name, column, before[column], text)
