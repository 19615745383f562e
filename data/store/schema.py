"""The tables of a store: one a kind, made from its contract, and the ledger of uploads."""

from collections.abc import Iterator, Mapping

from duckdb import DuckDBPyConnection

from data.contracts import ALL, Contract

SHAPE = 3
"""The number of this shape of the tables: one more with every change of them. A store keeps that of the newest release
that wrote it, since a release that does not know a column would drop it from each row that it changes."""
LEDGER: Mapping[str, Mapping[str, str]] = {
    "uploads": {
        "number": "BIGINT", "uploaded_at": "TIMESTAMP", "who": "VARCHAR", "role": "VARCHAR", "what": "VARCHAR",
        "status_date": "DATE", "reason": "VARCHAR", "undoes": "BIGINT", "new": "BIGINT", "changed": "BIGINT",
        "unchanged": "BIGINT", "removed": "BIGINT", "rejected": "BIGINT", "app_version": "VARCHAR",
        "previous_hash": "VARCHAR", "hash": "VARCHAR",
    },
    "upload_files": {
        "upload": "BIGINT", "position": "INTEGER", "file": "VARCHAR", "kind": "VARCHAR", "sha256": "VARCHAR",
        "rows": "BIGINT", "new": "BIGINT", "changed": "BIGINT", "unchanged": "BIGINT", "removed": "BIGINT",
        "rejected": "BIGINT",
    },
}  # fmt: skip
OURS = ("number", "previous_hash", "hash")
"""Columns of the ledger by which a store is known."""
KEEP = "CREATE OR REPLACE TABLE shape AS SELECT $number AS number"
COLUMNS = "SELECT table_name, column_name FROM duckdb_columns() WHERE schema_name = 'main' AND NOT internal"


class NotOurs(Exception):
    """The database is no store, or one of a newer release. The text follows the name of the file."""


def tables() -> Iterator[tuple[str, dict[str, str]]]:
    """Name and columns, with their types, of each table that is kept."""
    yield from ((name, dict(columns)) for name, columns in LEDGER.items())
    yield from ((contract.kind, _columns(contract)) for contract in ALL)


def _columns(contract: Contract) -> dict[str, str]:
    """The columns of a kind, and the uploads between which a row is valid."""
    return {column.name: column.type.sql for column in contract} | {"valid_from": "BIGINT", "valid_to": "BIGINT"}


def prepare(connection: DuckDBPyConnection) -> None:
    """Make what is missing: a store of an earlier release gains new kinds and columns, and loses nothing.

    Raises NotOurs, before anything is changed, where the database is something else or of a newer release.
    """
    connection.execute("BEGIN TRANSACTION")
    try:
        _refuse(connection)
        for name, columns in tables():
            connection.execute(f"CREATE TABLE IF NOT EXISTS {name} ({', '.join(_defined(columns))})")
            for column in _defined(columns):
                connection.execute(f"ALTER TABLE {name} ADD COLUMN IF NOT EXISTS {column}")
        if _kept(connection) != SHAPE:
            connection.execute(KEEP, {"number": SHAPE})
        connection.execute("COMMIT")
    except BaseException:
        connection.execute("ROLLBACK")
        raise


def _defined(columns: Mapping[str, str]) -> list[str]:
    return [f'"{name}" {type_}' for name, type_ in columns.items()]


def _refuse(connection: DuckDBPyConnection) -> None:
    found: dict[str, set[str]] = {}
    for table, column in connection.execute(COLUMNS).fetchall():
        found.setdefault(table, set()).add(column)
    if found and not found.get("uploads", set()).issuperset(OURS):
        raise NotOurs(
            "is a DuckDB database and not a store: it has no ledger of uploads. Let CRO_DB name another file."
        )
    shape = _kept(connection)
    if shape > SHAPE:
        raise NotOurs(
            f"was written by a newer release of this program: its tables are of shape {shape}, and this release knows "
            f"them up to shape {SHAPE}. Start the newer release, or a copy of the store from before it."
        )


def _kept(connection: DuckDBPyConnection) -> int:
    """The shape that the store keeps; 0 where it is new, or was written before shapes had numbers."""
    if not connection.execute("SELECT 1 FROM duckdb_tables() WHERE table_name = 'shape'").fetchone():
        return 0
    row = connection.execute("SELECT max(number) FROM shape").fetchone()
    return int(row[0]) if row and row[0] else 0
