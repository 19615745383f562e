"""Temporary tables of one load: a file's rows as values, and what is wrong with them."""

from collections.abc import Iterable, Sequence

import pyarrow as pa
from duckdb import DuckDBPyConnection

from data.contracts import Column
from data.intake.cells import given, value
from data.intake.columns import Layout
from data.intake.problem import Problem
from data.intake.text import Table

PROBLEMS = """
CREATE TEMP TABLE problems (
    file INTEGER, row BIGINT, "column" VARCHAR, value VARCHAR, rule VARCHAR, message VARCHAR, severity VARCHAR
)
"""
KEPT_OUT = "CREATE TEMP TABLE kept_out (file INTEGER, row BIGINT)"
STAGED = """
CREATE TEMP TABLE {name} AS
SELECT row, {values} FROM (SELECT row, {texts} FROM incoming)
"""
ANY = 'SELECT 1 FROM problems WHERE file = $file AND "column" = $column AND rule = $rule LIMIT 1'
LISTED = """
SELECT row, "column", value, rule, message, severity FROM problems
WHERE file = ? ORDER BY row NULLS FIRST, "column", rule, value
"""
BAD = """
SELECT row FROM problems WHERE file = {file} AND severity <> 'warning' AND row > 1
UNION SELECT row FROM kept_out WHERE file = {file}
"""
SUGGEST = """
UPDATE problems SET message = message || ' Did you mean ' || near.id || '?'
FROM (
    SELECT value, arg_min(id, distance) AS id
    FROM (
        SELECT value, id, damerau_levenshtein(lower(value), lower(id)) AS distance
        FROM (
            SELECT DISTINCT value FROM problems
            WHERE file = $file AND "column" = $column AND rule = $rule AND length(value) < 100
            ORDER BY value LIMIT 1000
        )
        CROSS JOIN (SELECT DISTINCT id FROM ({candidates}))
    )
    WHERE distance <= greatest(1, length(value) // 4)
    GROUP BY value
) AS near
WHERE file = $file AND "column" = $column AND rule = $rule AND problems.value = near.value
"""

FOUND = pa.schema(
    [("file", pa.int32()), ("row", pa.int64())]
    + [(name, pa.string()) for name in ("column", "value", "rule", "message", "severity")]
)


def prepare(cursor: DuckDBPyConnection, kpi_ids: Iterable[str]) -> None:
    """Make the tables that all files of a load share."""
    cursor.execute(PROBLEMS)
    cursor.execute(KEPT_OUT)
    ids = pa.table({"kpi_id": pa.array(sorted(kpi_ids), pa.string())})
    cursor.register("kpi_list", ids)
    cursor.execute("CREATE TEMP TABLE kpi AS SELECT kpi_id FROM kpi_list")


def staged(file: int) -> str:
    """Name of the table of a file's values: `row`, each told column, and its text as `<column> given`."""
    return f"staged_{file}"


def bad_rows(file: int) -> str:
    """The query of a file's rows that must stay out. What is wrong with the header stands in row 1."""
    return BAD.format(file=file)


def stage(cursor: DuckDBPyConnection, file: int, table: Table, layout: Layout) -> None:
    """Turn a file's text into values, as `staged(file)`."""
    columns = [layout.contract[name] for name in layout.names]
    cursor.register("incoming", table.cells)
    statement = STAGED.format(
        name=staged(file),
        texts=", ".join(f'{_cell(layout, column)} AS "{column.name} given"' for column in columns),
        values=", ".join(_staged(column) for column in columns),
    )
    cursor.execute(statement, [layout.constants[name] for name in layout.names if name in layout.constants])
    cursor.unregister("incoming")


def _cell(layout: Layout, column: Column) -> str:
    place = layout.places.get(column.name)
    return "trim(CAST(? AS VARCHAR))" if place is None else given(f"c{place}")


def _staged(column: Column) -> str:
    text = f'"{column.name} given"'
    typed = f"CASE WHEN {text} <> '' THEN {value(column, text)} END"
    if column.key and not column.required:
        typed = f"coalesce({typed}, '')"
    return f'{text}, {typed} AS "{column.name}"'


def add(cursor: DuckDBPyConnection, file: int, problems: Sequence[Problem]) -> None:
    """Note problems that were found outside SQL."""
    if not problems:
        return
    columns = {name: [getattr(problem, name) for problem in problems] for name in Problem.__slots__}
    cursor.register("found", pa.table({"file": [file] * len(problems), **columns}, schema=FOUND))
    cursor.execute("INSERT INTO problems SELECT * FROM found")
    cursor.unregister("found")


def listed(cursor: DuckDBPyConnection, file: int) -> list[Problem]:
    """All problems of a file, by row."""
    return [Problem(*row) for row in cursor.execute(LISTED, [file]).fetchall()]


def suggest(cursor: DuckDBPyConnection, file: int, column: str, rule: str, candidates: str) -> None:
    """Add to problems the nearest `id` of the query `candidates`, where one is near enough to be meant."""
    bound = {"file": file, "column": column, "rule": rule}
    if cursor.execute(ANY, bound).fetchone():
        cursor.execute(SUGGEST.format(candidates=candidates), bound)
