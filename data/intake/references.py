"""Whether what a row names is there, in the store as it will be."""

from collections.abc import Mapping

from duckdb import DuckDBPyConnection

from data.contracts import BY_KIND, Column, Contract
from data.intake.columns import Layout
from data.intake.staging import bad_rows, staged, suggest
from data.store.written import literal

UNKNOWN_CRO = "unknown_cro"

UNKNOWN = """
INSERT INTO problems
SELECT $file, row, $column, left({name}, 200), $rule, {message}, $severity
FROM {staged} WHERE {name} <> '' AND {name} NOT IN (SELECT id FROM ({targets}) WHERE id IS NOT NULL)
"""
REJECTED = """
INSERT INTO problems
SELECT $file, own.row, $column, left(own.{name}, 200), 'reference',
    own.{name} || ' stands in row ' || min(target.row) || ' of ' || $other || ', which is rejected.', 'error'
FROM {staged} AS own JOIN {other} AS target ON own.{name} = target.{key}
WHERE target.row IN ({bad}) AND own.row NOT IN ({own_bad})
    AND own.{name} NOT IN (SELECT id FROM ({known}))
GROUP BY own.row, own.{name}
"""
NEW_CROS = """
SELECT DISTINCT cro_id FROM {staged}
WHERE cro_id <> '' AND cro_id NOT IN (SELECT cro_id FROM cros WHERE valid_to IS NULL) AND row NOT IN ({bad})
ORDER BY cro_id
"""


def known_ids(kind: str) -> str:
    """The query of a kind's ids that are current, as `id`."""
    if kind == "kpi":
        return "SELECT kpi_id AS id FROM kpi"
    return f"SELECT {BY_KIND[kind].keys[0]} AS id FROM {kind} WHERE valid_to IS NULL"


def check_references(
    cursor: DuckDBPyConnection,
    file: int,
    layout: Layout,
    files: Mapping[int, tuple[Contract, str]],
    strict: bool,
) -> None:
    """Look up every reference but that of an engagement to its CRO.

    `files` are this one and those before it, with their kinds and names. Where only good rows are loaded
    (`strict`), a row that names a rejected row is rejected as well.
    """
    for column in layout.contract:
        if not column.references or column.name not in layout.names or creates_cros(layout.contract, column):
            continue
        told = {i: name for i, (contract, name) in files.items() if contract.kind == column.references}
        _check_unknown(cursor, file, column, list(told))
        for other, name in told.items() if strict else ():
            while _reject(cursor, file, column, other, name) and other == file:
                pass


def creates_cros(contract: Contract, column: Column) -> bool:
    """Whether an unknown id may be created with the row."""
    return contract.kind == "engagements" and column.references == "cros"


def _check_unknown(cursor: DuckDBPyConnection, file: int, column: Column, told: list[int]) -> None:
    target = BY_KIND[column.references].keys[0] if column.references in BY_KIND else ""
    rows = [f"SELECT {target} AS id FROM {staged(other)}" for other in told]
    targets = " UNION ALL ".join([known_ids(column.references), *rows])
    what = "KPI" if column.references == "kpi" else column.references.removesuffix("s").replace("_", " ")
    where = (
        "" if column.references == "kpi" else f" Load it first, or with this file, as {column.references}."
    )
    message = f'{literal(f"There is no {what} ")} || "{column.name}" || {literal(f".{where}")}'
    bound = {"file": file, "column": column.name, "rule": "reference", "severity": "error"}
    statement = UNKNOWN.format(
        name=f'"{column.name}"',
        staged=staged(file),
        targets=targets,
        message=message,
    )
    cursor.execute(statement, bound)
    suggest(cursor, file, column.name, "reference", targets)


def _reject(cursor: DuckDBPyConnection, file: int, column: Column, other: int, name: str) -> bool:
    statement = REJECTED.format(
        name=f'"{column.name}"',
        key=BY_KIND[column.references].keys[0],
        staged=staged(file),
        other=staged(other),
        bad=bad_rows(other),
        own_bad=bad_rows(file),
        known=known_ids(column.references),
    )
    row = cursor.execute(statement, {"file": file, "column": column.name, "other": name}).fetchone()
    return bool(row and row[0])


def check_cros(cursor: DuckDBPyConnection, file: int, create: bool) -> list[str]:
    """Ask about CROs that engagements name and nobody knows; return those to create.

    In a store without any CRO, and where `create` says so, they are created with a warning.
    """
    any_cro = cursor.execute("SELECT 1 FROM cros WHERE valid_to IS NULL LIMIT 1").fetchone()
    create = create or not any_cro
    ask = "It will be created, with its code as its name." if create else (
        "Choose to create it, or mend the code."
    )  # fmt: skip
    message = f"'There is no CRO ' || cro_id || {literal(f'. {ask}')}"
    severity = "warning" if create else "question"
    statement = UNKNOWN.format(name="cro_id", staged=staged(file), targets=known_ids("cros"), message=message)
    bound = {"file": file, "column": "cro_id", "rule": UNKNOWN_CRO, "severity": severity}
    cursor.execute(statement, bound)
    suggest(cursor, file, "cro_id", UNKNOWN_CRO, known_ids("cros"))
    if not create:
        return []
    wanted = cursor.execute(NEW_CROS.format(staged=staged(file), bad=bad_rows(file))).fetchall()
    return [cro for (cro,) in wanted]
