"""The tables of a store: one a kind, made from its contract, and the ledger of uploads."""

from duckdb import DuckDBPyConnection

from data.contracts import ALL, Contract

LEDGER = """
CREATE TABLE IF NOT EXISTS uploads (
    number BIGINT, uploaded_at TIMESTAMP, who VARCHAR, role VARCHAR, what VARCHAR, status_date DATE,
    reason VARCHAR, undoes BIGINT,
    new BIGINT, changed BIGINT, unchanged BIGINT, removed BIGINT, rejected BIGINT,
    app_version VARCHAR, previous_hash VARCHAR, hash VARCHAR
);
CREATE TABLE IF NOT EXISTS upload_files (
    upload BIGINT, position INTEGER, file VARCHAR, kind VARCHAR, sha256 VARCHAR,
    rows BIGINT, new BIGINT, changed BIGINT, unchanged BIGINT, removed BIGINT, rejected BIGINT
);
"""


def create_table(contract: Contract) -> str:
    """The statement that makes a kind's table: its columns and the uploads between which a row is valid."""
    columns = ", ".join(f'"{column.name}" {column.type.sql}' for column in contract)
    return f"CREATE TABLE IF NOT EXISTS {contract.kind} ({columns}, valid_from BIGINT, valid_to BIGINT)"


def prepare(connection: DuckDBPyConnection) -> None:
    """Make what is missing: a store of an earlier release gains new kinds and columns, and loses nothing."""
    connection.execute(LEDGER)
    for contract in ALL:
        connection.execute(create_table(contract))
        for column in contract:
            connection.execute(
                f'ALTER TABLE {contract.kind} ADD COLUMN IF NOT EXISTS "{column.name}" {column.type.sql}'
            )
