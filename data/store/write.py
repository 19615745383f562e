"""The one write path: rows that are told, set against the rows that are known, become new versions."""

from collections.abc import Sequence
from dataclasses import dataclass

from duckdb import DuckDBPyConnection

from data.contracts import Contract
from data.store.written import key, literal, written

SHOWN = 1000
"""So many changed cells and added keys are listed; the counts are exact."""

MERGED = """
CREATE TEMP TABLE {merged} AS
SELECT staged.row, {cells},
    CASE WHEN known.valid_from IS NULL THEN 'new' WHEN {differs} THEN 'changed' ELSE 'unchanged' END AS state
FROM {staged} AS staged
LEFT JOIN (SELECT * FROM {kind} WHERE valid_to IS NULL) AS known ON {same_key}
"""
DROP_BAD = "DELETE FROM {merged} WHERE row IN ({bad})"
COUNTS = """
SELECT count(*) FILTER (state = 'new'), count(*) FILTER (state = 'changed'),
    count(*) FILTER (state = 'unchanged')
FROM {merged}
"""
CHANGES = """
SELECT key, cell."column", cell.before, cell.after
FROM (
    SELECT merged.row, {key} AS key, unnest(list_filter([{cells}], lambda one: one IS NOT NULL)) AS cell
    FROM (SELECT * FROM {merged} WHERE state = 'changed' ORDER BY row LIMIT {shown}) AS merged
    JOIN {kind} AS known ON known.valid_to IS NULL AND {same_key}
) ORDER BY row LIMIT {shown}
"""
CHANGED_CELL = """
CASE WHEN known.{name} IS DISTINCT FROM merged.{name} THEN
    {{'column': {column}, 'before': {before}, 'after': {after}}}
END"""
ADDED = "SELECT {key} FROM {merged} AS merged WHERE state = 'new' ORDER BY row LIMIT {shown}"
CLOSE = """
UPDATE {kind} SET valid_to = $number
FROM {merged} AS merged
WHERE {kind}.valid_to IS NULL AND merged.state = 'changed' AND {same_key}
"""
CLOSE_ABSENT = "UPDATE {kind} SET valid_to = $number FROM {absent} AS absent WHERE valid_to IS NULL AND {same_key}"
OPEN = """
INSERT INTO {kind} ({columns}, valid_from)
SELECT {columns}, $number FROM {merged} WHERE state <> 'unchanged' ORDER BY row
"""


@dataclass(frozen=True, slots=True)
class Counts:
    """Rows of one file, or of an upload. `removed` is what an undo or a snapshot closed."""

    rows: int = 0
    new: int = 0
    changed: int = 0
    unchanged: int = 0
    removed: int = 0
    rejected: int = 0

    @property
    def anything(self) -> bool:
        """Whether the store differs afterwards."""
        return bool(self.new or self.changed or self.removed)

    def __add__(self, other: "Counts") -> "Counts":
        return Counts(*(getattr(self, name) + getattr(other, name) for name in self.__slots__))


@dataclass(frozen=True, slots=True)
class Change:
    """One cell of a known row that is told otherwise."""

    key: str
    column: str
    before: str | None
    after: str | None


def same_key(contract: Contract, left: str, right: str) -> str:
    return " AND ".join(f'{left}."{name}" = {right}."{name}"' for name in contract.keys)


def merge(
    cursor: DuckDBPyConnection,
    contract: Contract,
    staged: str,
    told: Sequence[str],
    merged: str,
    *,
    partly: bool = False,
) -> None:
    """Make the table `merged`: each staged row as it would be, with its `state` (new, changed, unchanged).

    `staged` names a table of `row` and the columns `told`; what is not told keeps what is known. Where rows are told
    `partly`, so does a cell without a text.
    """
    values = {name: _told(name, partly) for name in told if name not in contract.keys}
    own = {name: values.get(name) or f'{"staged" if name in told else "known"}."{name}"' for name in contract.names}
    cursor.execute(
        MERGED.format(
            merged=merged,
            staged=staged,
            kind=contract.kind,
            cells=", ".join(f'{cell} AS "{name}"' for name, cell in own.items()),
            differs=" OR ".join(f'known."{name}" IS DISTINCT FROM {cell}' for name, cell in values.items()) or "FALSE",
            same_key=same_key(contract, "known", "staged"),
        )
    )


def _told(name: str, partly: bool) -> str:
    """The SQL of a told cell. Its text is there to ask only where rows come from a file."""
    if not partly:
        return f'staged."{name}"'
    return f'CASE WHEN staged."{name} given" IS NULL THEN known."{name}" ELSE staged."{name}" END'


def drop(cursor: DuckDBPyConnection, merged: str, bad: str) -> None:
    """Take the rows that the query `bad` lists out of `merged`."""
    cursor.execute(DROP_BAD.format(merged=merged, bad=bad))


def counted(cursor: DuckDBPyConnection, merged: str) -> Counts:
    """New, changed and unchanged rows of `merged`."""
    row = cursor.execute(COUNTS.format(merged=merged)).fetchone() or (0, 0, 0)
    return Counts(new=row[0], changed=row[1], unchanged=row[2])


def changes(cursor: DuckDBPyConnection, contract: Contract, told: Sequence[str], merged: str) -> list[Change]:
    """The first changed cells, by row. Ask before `apply`."""
    cells = ", ".join(
        CHANGED_CELL.format(
            name=f'"{name}"',
            column=literal(name),
            before=written(contract[name], f'known."{name}"'),
            after=written(contract[name], f'merged."{name}"'),
        )
        for name in told
        if name not in contract.keys
    )
    statement = CHANGES.format(
        kind=contract.kind,
        merged=merged,
        key=key(contract, "merged"),
        cells=cells,
        same_key=same_key(contract, "known", "merged"),
        shown=SHOWN,
    )
    return [Change(*cell) for cell in cursor.execute(statement).fetchall()] if cells else []


def added(cursor: DuckDBPyConnection, contract: Contract, merged: str) -> list[str]:
    """The keys of the first new rows."""
    statement = ADDED.format(key=key(contract, "merged"), merged=merged, shown=SHOWN)
    return [name for (name,) in cursor.execute(statement).fetchall()]


def apply(cursor: DuckDBPyConnection, contract: Contract, merged: str, number: int) -> None:
    """Close the versions that changed, and add the new ones, as upload `number`."""
    columns = ", ".join(f'"{name}"' for name in contract.names)
    key_is_same = same_key(contract, contract.kind, "merged")
    cursor.execute(CLOSE.format(kind=contract.kind, merged=merged, same_key=key_is_same), {"number": number})
    cursor.execute(OPEN.format(kind=contract.kind, merged=merged, columns=columns), {"number": number})


def close(cursor: DuckDBPyConnection, contract: Contract, absent: str, number: int) -> None:
    """Close, as upload `number`, the current rows whose keys the table `absent` has."""
    key_is_same = same_key(contract, contract.kind, "absent")
    statement = CLOSE_ABSENT.format(kind=contract.kind, absent=absent, same_key=key_is_same)
    cursor.execute(statement, {"number": number})
