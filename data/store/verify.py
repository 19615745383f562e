"""Proof of what an engine with constraints would enforce: keys, references, versions, and the ledger."""

from collections.abc import Iterator
from dataclasses import dataclass

from duckdb import DuckDBPyConnection

from data.contracts import ALL, BY_KIND, Column, Contract
from data.facts import rollups
from data.store import ledger
from data.store.store import Store
from data.store.written import key

TWICE = """
SELECT {key}, count(*) FROM {kind} AS version
WHERE valid_to IS NULL GROUP BY {keys} HAVING count(*) > 1 ORDER BY 1
"""
VOID = """
SELECT own.{name}, count(*), string_agg(DISTINCT own.valid_from, ', ' ORDER BY own.valid_from)
FROM {kind} AS own
LEFT JOIN (SELECT {key} AS id FROM {target} WHERE valid_to IS NULL) AS named ON named.id = own.{name}
WHERE own.valid_to IS NULL AND own.{name} <> '' AND named.id IS NULL
GROUP BY own.{name} ORDER BY own.{name}
"""
VERSIONS = """
SELECT {key}, valid_from, valid_to, next_from
FROM (
    SELECT *, lead(valid_from) OVER (PARTITION BY {keys} ORDER BY valid_from) AS next_from FROM {kind}
) AS version
LEFT JOIN uploads ON uploads.number = valid_to
WHERE valid_to <= valid_from
    OR (valid_to IS NULL AND next_from IS NOT NULL)
    OR next_from < valid_to
    OR (valid_to IS NOT NULL AND next_from IS DISTINCT FROM valid_to AND uploads.removed = 0)
ORDER BY 1, 2
"""
NAMELESS = """
SELECT number, count(*)
FROM (
    SELECT valid_from AS number FROM {kind}
    UNION ALL SELECT valid_to FROM {kind} WHERE valid_to IS NOT NULL
)
WHERE number IS NULL OR number NOT IN (SELECT number FROM uploads)
GROUP BY number ORDER BY number
"""


@dataclass(frozen=True, slots=True)
class Void:
    """Current rows of a kind that name something that is not there."""

    kind: str
    column: str
    id: str
    target: str
    rows: int
    uploads: str

    def __str__(self) -> str:
        rows = "1 row" if self.rows == 1 else f"{self.rows} rows"
        return f"{self.id} is not in {self.target}, and {self.column} names it in {rows} of {self.kind}."


def verify(store: Store) -> list[str]:
    """Every finding, in words; an empty list where the store is sound."""
    with store.read() as cursor:
        return list(_findings(cursor))


def _findings(cursor: DuckDBPyConnection) -> Iterator[str]:
    for contract in ALL:
        yield from _of_kind(cursor, contract)
    yield from map(str, voids(cursor))
    yield from _of_ledger(cursor)
    for name, rows in rollups.differing(cursor):
        yield f"{name}: {rows} rows are not what the rows of the kinds say."


def _of_kind(cursor: DuckDBPyConnection, contract: Contract) -> Iterator[str]:
    shape = {
        "kind": contract.kind,
        "key": key(contract, "version"),
        "keys": ", ".join(f'"{name}"' for name in contract.keys),
    }
    for name, count in cursor.execute(TWICE.format(**shape)).fetchall():
        yield f"{contract.kind}: {name} has {count} current rows."
    for name, start, end, following in cursor.execute(VERSIONS.format(**shape)).fetchall():
        yield (
            f"{contract.kind}: the version of {name} from upload {start} to {end or 'now'} "
            f"does not meet the next one, from {following or 'nowhere'}."
        )
    for number, count in cursor.execute(NAMELESS.format(**shape)).fetchall():
        yield f"{contract.kind}: {count} versions name upload {number}, which is not in the ledger."


def references() -> Iterator[tuple[Contract, Column]]:
    """The columns that name the key of a kind."""
    return ((contract, column) for contract in ALL for column in contract if column.references in BY_KIND)


def voids(cursor: DuckDBPyConnection) -> Iterator[Void]:
    """References into the void."""
    for contract, column in references():
        statement = VOID.format(
            name=f'"{column.name}"',
            kind=contract.kind,
            key=BY_KIND[column.references].keys[0],
            target=column.references,
        )
        for name, count, uploads in cursor.execute(statement).fetchall():
            yield Void(contract.kind, column.name, name, column.references, count, uploads)


def _of_ledger(cursor: DuckDBPyConnection) -> Iterator[str]:
    previous = ""
    for number, entry in enumerate(ledger.entries(cursor), 1):
        if entry["number"] != number:
            yield f"Ledger: entry {number} is missing, {entry['number']} stands in its place."
            return
        if entry["previous_hash"] != previous:
            yield f"Ledger: entry {number} does not follow from the one before."
        if ledger.entry_hash(entry, entry["files"]) != entry["hash"]:
            yield f"Ledger: entry {number} was changed after it was written."
        previous = entry["hash"]
