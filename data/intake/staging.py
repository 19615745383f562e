"""Temporary tables of one load: a file's rows as values, and what is wrong with them."""

from collections.abc import Mapping, Sequence

import pyarrow as pa
from duckdb import DuckDBPyConnection

from data.contracts import Column, Type
from data.intake.cells import given, value
from data.intake.columns import Layout
from data.intake.problem import Problem
from data.intake.styles import read_again
from data.intake.table import Table

PROBLEMS = """
CREATE TEMP TABLE problems (
    file INTEGER, row BIGINT, "column" VARCHAR, value VARCHAR, rule VARCHAR, message VARCHAR, severity VARCHAR,
    "at" VARCHAR DEFAULT ''
)
"""
KEPT_OUT = "CREATE TEMP TABLE kept_out (file INTEGER, row BIGINT)"
STAGED = """
CREATE TEMP TABLE {name} AS
SELECT row, {values} FROM (SELECT row, {texts} FROM incoming)
"""
ANY = 'SELECT 1 FROM problems WHERE file = $file AND "column" = $column AND rule = $rule LIMIT 1'
LISTED = """
SELECT row, "column", value, rule, message, severity, "at" FROM problems
WHERE file = ? ORDER BY row NULLS FIRST, "column", "at", rule, value
"""
BAD = """
SELECT row FROM problems WHERE file = {file} AND severity IN ('error', 'question') AND row > 1
UNION SELECT row FROM kept_out WHERE file = {file}
"""
SUGGEST = """
UPDATE problems SET message = message || ' Did you mean ' || near.told || '?'
FROM (
    SELECT value, arg_min(told, distance) AS told
    FROM (
        SELECT value, CASE WHEN word = id THEN id ELSE word || ' (' || id || ')' END AS told,
            CASE WHEN length(value) > 3 AND starts_with(lower(word), lower(value) || ' ') THEN 1
            ELSE damerau_levenshtein(lower(value), lower(word)) END AS distance
        FROM (
            SELECT DISTINCT value FROM problems
            WHERE file = $file AND "column" = $column AND rule = $rule AND length(value) < 100
            ORDER BY value LIMIT 1000
        )
        CROSS JOIN (SELECT DISTINCT id, word FROM ({candidates}))
    )
    WHERE distance <= greatest(1, length(value) // 4)
    GROUP BY value
) AS near
WHERE file = $file AND "column" = $column AND rule = $rule AND problems.value = near.value
"""

Kpis = Mapping[str, str]
"""The KPIs that a file may name, each with what is better of it: `higher` or `lower`."""

FOUND = pa.schema(
    [("file", pa.int32()), ("row", pa.int64())]
    + [(name, pa.string()) for name in ("column", "value", "rule", "message", "severity", "at")]
)


def prepare(cursor: DuckDBPyConnection, kpis: Kpis) -> None:
    """Make the tables that all files of a load share."""
    cursor.execute(PROBLEMS)
    cursor.execute(KEPT_OUT)
    columns = {"kpi_id": list(kpis), "better": list(kpis.values())}
    cursor.register("kpi_list", pa.table({name: pa.array(cells, pa.string()) for name, cells in columns.items()}))
    cursor.execute("CREATE TEMP TABLE kpi AS SELECT kpi_id, better FROM kpi_list")


def staged(file: int) -> str:
    """Name of the table of a file's values: `row`, each told column, and its text as `<column> given`."""
    return f"staged_{file}"


def bad_rows(file: int) -> str:
    """The query of a file's rows that must stay out. What is wrong with the header stands in row 1."""
    return BAD.format(file=file)


def at(layout: Layout, table: str = "") -> str:
    """The SQL of a problem's `at`: which cell of a wide row it is; `table` names or aliases staged or merged."""
    return f'{table and table + "."}"{layout.pivot}"' if layout.pivot else "''"


def stage(cursor: DuckDBPyConnection, file: int, table: Table, layout: Layout) -> dict[str, str]:
    """Turn a file's text into values, as `staged(file)`.

    What was read otherwise than plainly is said in the problems. Returns the style of each such column, for
    `cells.complaint`.
    """
    columns = [layout.contract[name] for name in layout.names]
    cursor.register("incoming", table.cells)
    bound: list[str] = []
    statement = STAGED.format(
        name=staged(file),
        texts=", ".join(f'{_cell(layout, column, bound)} AS "{column.name} given"' for column in columns),
        values=", ".join(_staged(column) for column in columns),
    )
    cursor.execute(statement, bound)
    cursor.unregister("incoming")
    unread = _unread(cursor, staged(file), columns)
    styles, problems = read_again(cursor, staged(file), layout, unread, table.typed)
    add(cursor, file, problems)
    return styles


def _cell(layout: Layout, column: Column, bound: list[str]) -> str:
    """The SQL of a column's text; texts of a constant are added to what is `bound`."""
    if column.name in layout.places:
        return given(f"c{layout.places[column.name]}")
    parts = layout.constants[column.name]
    bound.extend(part for part in parts if isinstance(part, str))
    told = ["CAST(? AS VARCHAR)" if isinstance(part, str) else given(f"c{part}") for part in parts]
    return f"trim(concat({', '.join(told)}))" if told else "''"


def _staged(column: Column) -> str:
    text = f'"{column.name} given"'
    typed = f"CASE WHEN {text} <> '' THEN {value(column, text)} END"
    if column.key and not column.required:
        typed = f"coalesce({typed}, '')"
    return f'{text}, {typed} AS "{column.name}"'


def _unread(cursor: DuckDBPyConnection, source: str, columns: Sequence[Column]) -> set[str]:
    """The columns with a cell that is no value as it stands, or a code with signs that may not be seen."""
    failing = {column.name: condition for column in columns if (condition := _fails(column))}
    asked = ", ".join(f"bool_or({condition})" for condition in failing.values())
    row = cursor.execute(f"SELECT {asked} FROM {source}").fetchone() if failing else None
    return {name for name, fails in zip(failing, row or ()) if fails}


def _fails(column: Column) -> str:
    """When a cell has to be looked at again; empty where that is never."""
    text = f'"{column.name} given"'
    if column.choices or column.type is not Type.TEXT:
        return f"\"{column.name}\" IS NULL AND {text} <> ''"
    return f"strlen({text}) <> length({text})" if column.key or column.references else ""


def add(cursor: DuckDBPyConnection, file: int, problems: Sequence[Problem]) -> None:
    """Note problems that were found outside SQL."""
    if not problems:
        return
    columns = {name: [getattr(problem, name) for problem in problems] for name in Problem.__slots__}
    columns |= {"file": [file] * len(problems), "at": [""] * len(problems)}
    cursor.register("found", pa.table(columns).select(FOUND.names).cast(FOUND))
    cursor.execute("INSERT INTO problems SELECT * FROM found")
    cursor.unregister("found")


def listed(cursor: DuckDBPyConnection, file: int, layout: Layout | None = None) -> list[Problem]:
    """All problems of a file, by row. With a layout, columns are named as the file names them."""
    rows = cursor.execute(LISTED, [file]).fetchall()
    named = [
        (row, layout.heading(column, at) if layout and column else column, *rest) for row, column, *rest, at in rows
    ]
    return [Problem(*one) for one in named]


def suggest(cursor: DuckDBPyConnection, file: int, column: str, rule: str, candidates: str, names: str = "") -> None:
    """Add to problems the nearest `id` of the query `candidates`, where one is near enough to be meant.

    `names` is a query of `id` and `word`, another name that is as good.
    """
    bound = {"file": file, "column": column, "rule": rule}
    if cursor.execute(ANY, bound).fetchone():
        every = f"SELECT id, id AS word FROM ({candidates})" + (f" UNION ALL {names}" if names else "")
        cursor.execute(SUGGEST.format(candidates=every), bound)
