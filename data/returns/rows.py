"""Rows of the store as they are now, with the values that a form shows."""

from typing import Any

from duckdb import DuckDBPyConnection

from data.contracts import BY_KIND

NOW = """
SELECT {columns} FROM {kind}
WHERE valid_to IS NULL AND list_contains($engagements, engagement_id) AND ({which})
ORDER BY engagement_id, {keys}
"""


def rows_now(
    cursor: DuckDBPyConnection, kind: str, engagements: list[str], which: str = "TRUE", **bound: Any
) -> list[dict[str, Any]]:
    """The rows of some engagements for which the condition `which` holds, by column name."""
    contract = BY_KIND[kind]
    columns = ", ".join(f'"{name}"' for name in contract.names)
    statement = NOW.format(columns=columns, kind=kind, which=which, keys=", ".join(contract.keys))
    return answers(cursor, statement, engagements=engagements, **bound)


def answers(cursor: DuckDBPyConnection, statement: str, **bound: Any) -> list[dict[str, Any]]:
    """The answer of a question, one dictionary a row."""
    answer = cursor.execute(statement, bound)
    names = [column[0] for column in answer.description or ()]
    return [dict(zip(names, row, strict=True)) for row in answer.fetchall()]
