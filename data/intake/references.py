"""Whether what a row names is there, in the store as it will be."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from duckdb import DuckDBPyConnection

from data.contracts import BY_KIND, Column, Contract
from data.intake.cells import FAILED
from data.intake.columns import Layout
from data.intake.staging import at, bad_rows, staged, suggest
from data.store.written import literal

UNKNOWN_CRO = "unknown_cro"

UNKNOWN = """
INSERT INTO problems (file, row, "column", value, rule, message, severity, "at")
SELECT $file, row, $column, left({name}, 200), $rule, {message}, $severity, {at}
FROM {staged}
WHERE {name} <> '' AND {name} NOT IN {failed} AND {name} NOT IN (SELECT id FROM ({targets}) WHERE id IS NOT NULL)
"""
REJECTED = """
INSERT INTO problems (file, row, "column", value, rule, message, severity)
SELECT $file, own.row, $column, left(own.{name}, 200), 'reference',
    own.{name} || ' stands in row ' || min(target.row) || ' of ' || $other
    || ', which is rejected. Mend that row first.', 'error'
FROM {staged} AS own JOIN {other} AS target ON own.{name} = target.{key}
WHERE target.row IN ({bad}) AND own.row NOT IN ({own_bad})
    AND own.{name} NOT IN (SELECT id FROM ({known}))
GROUP BY own.row, own.{name}
"""
NEW_CROS = """
SELECT DISTINCT cro_id FROM {staged}
WHERE row IN (SELECT row FROM problems WHERE file = $file AND rule = $rule AND severity = 'warning')
    AND row NOT IN ({bad})
ORDER BY cro_id
"""
CRO_NAMES = "SELECT cro_id AS id, name AS word FROM cros WHERE valid_to IS NULL"
ANY_CRO = "SELECT 1 FROM cros WHERE valid_to IS NULL LIMIT 1"


@dataclass(frozen=True, slots=True)
class _Saying:
    """What is said of an id that is not there."""

    rule: str
    severity: str
    before: str
    after: str


def check_references(
    cursor: DuckDBPyConnection,
    file: int,
    layout: Layout,
    files: Mapping[int, tuple[Contract, str]],
    strict: bool,
    create_cros: bool,
) -> None:
    """Look up every reference.

    `files` are this one and those before it, with their kinds and names. Where only good rows are loaded
    (`strict`), a row that names a rejected row is rejected as well. An engagement of an unknown CRO is a question;
    it is a warning, and the CRO is created, where `create_cros` says so and where there is no CRO at all.
    """
    for column in layout.contract:
        if not column.references or column.name not in layout.names:
            continue
        told = {i: name for i, (contract, name) in files.items() if contract.kind == column.references}
        if layout.contract.kind == "engagements" and column.references == "cros":
            saying = _of_cro(create_cros or not (told or cursor.execute(ANY_CRO).fetchone()))
        else:
            saying = _of(column.references)
        _check_unknown(cursor, file, layout, column, list(told), saying)
        for other, name in told.items() if strict else ():
            while _reject(cursor, file, column, other, name) and other == file:
                pass


def new_cros(cursor: DuckDBPyConnection, file: int, layout: Layout) -> list[str]:
    """The unknown CROs of a file's good rows, where they are to be created."""
    if "cro_id" not in layout.names:
        return []
    statement = NEW_CROS.format(staged=staged(file), bad=bad_rows(file))
    return [cro for (cro,) in cursor.execute(statement, {"file": file, "rule": UNKNOWN_CRO}).fetchall()]


def _of_cro(create: bool) -> _Saying:
    if create:
        after = ". It will be created, with its code as its name."
        return _Saying(UNKNOWN_CRO, "warning", "There is no CRO ", after)
    return _Saying(UNKNOWN_CRO, "question", "There is no CRO ", ". Choose to create it, or mend the code.")


def _of(kind: str) -> _Saying:
    if kind == "kpi":
        return _Saying("reference", "error", "There is no KPI ", ". Write its code as in the list of KPIs.")
    what = kind.removesuffix("s").replace("_", " ")
    return _Saying("reference", "error", f"There is no {what} ", f". Load it first, or with this file, as {kind}.")


def _known_ids(kind: str) -> str:
    """The query of a kind's ids that are current, as `id`."""
    if kind == "kpi":
        return "SELECT kpi_id AS id FROM kpi"
    return f"SELECT {BY_KIND[kind].keys[0]} AS id FROM {kind} WHERE valid_to IS NULL"


def _check_unknown(
    cursor: DuckDBPyConnection, file: int, layout: Layout, column: Column, told: Sequence[int], saying: _Saying
) -> None:
    known = _known_ids(column.references)
    rows = [f"SELECT {BY_KIND[column.references].keys[0]} AS id FROM {staged(other)}" for other in told]
    targets = " UNION ALL ".join([known, *rows])
    name = f'"{column.name}"'
    statement = UNKNOWN.format(
        name=name,
        staged=staged(file),
        targets=targets,
        at=at(layout),
        failed=FAILED,
        message=f"{literal(saying.before)} || {name} || {literal(saying.after)}",
    )
    bound = {"file": file, "column": column.name, "rule": saying.rule}
    cursor.execute(statement, bound | {"severity": saying.severity})
    suggest(cursor, file, column.name, saying.rule, targets, CRO_NAMES if column.references == "cros" else "")


def _reject(cursor: DuckDBPyConnection, file: int, column: Column, other: int, name: str) -> bool:
    """Reject what names a rejected row; whether there was any."""
    statement = REJECTED.format(
        name=f'"{column.name}"',
        key=BY_KIND[column.references].keys[0],
        staged=staged(file),
        other=staged(other),
        bad=bad_rows(other),
        own_bad=bad_rows(file),
        known=_known_ids(column.references),
    )
    row = cursor.execute(statement, {"file": file, "column": column.name, "other": name}).fetchone()
    return bool(row and row[0])
