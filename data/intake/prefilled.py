"""Workbooks that came filled in: what nobody touched in one is not told, whatever has been told elsewhere since.

Such a workbook names the upload that it was made of. A cell that is as it was then keeps what is known now; of a cell
that its sender and somebody else have both changed since, somebody must say who is right. One that asks for answers
came with keys alone: a row without any answer tells nothing.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import replace

import pyarrow as pa
import pyarrow.compute as pc
from duckdb import DuckDBPyConnection

from data.contracts import Column
from data.intake.columns import Layout
from data.intake.excel import GUIDE
from data.intake.problem import Problem
from data.intake.staging import add, staged
from data.intake.table import LeftOut, Table
from data.intake.workbook import Workbook
from data.store.ledger import NEWEST
from data.store.write import same_key
from data.store.written import key, written

DIGITS = 16
"""So many digits of an entry's hash tell it from any other, and this store from any other."""
MADE_OF = re.compile(rf"Made of upload ([1-9]\d{{0,8}}), ([0-9a-f]{{{DIGITS}}})\.")
CLOSED = "as it was when the workbook was made, and closed since"
ASKS = "A row in which nothing is answered tells nothing."
"""The sentence of a workbook that asks for answers."""
UNANSWERED = "nothing is answered"

SILENT = "SELECT rowid, row FROM {staged} WHERE concat({given}) = '' ORDER BY row"
KNOWN = "SELECT 1 FROM uploads WHERE number = $number AND starts_with(hash, $hash)"
ANY_SINCE = "SELECT 1 FROM {kind} WHERE valid_from > $number OR valid_to > $number LIMIT 1"
# Of a row that was not known then, the workbook showed empty cells.
SINCE = """
CREATE TEMP TABLE since AS
SELECT staged.rowid AS place, staged.row, was.valid_from IS NOT NULL AND now.valid_from IS NULL AS closed,
    was.valid_to AS closed_by, {keys}, {cells}
FROM {staged} AS staged
LEFT JOIN (
    SELECT * FROM {kind} WHERE valid_from <= $number AND (valid_to IS NULL OR valid_to > $number)
) AS was ON {same_was}
LEFT JOIN (SELECT * FROM {kind} WHERE valid_to IS NULL) AS now ON {same_now}
WHERE was.valid_from IS DISTINCT FROM now.valid_from
"""
CELL = """
{{'told': {told}, 'was': {was}, 'now': {now}, 'open': was.{name} IS DISTINCT FROM now.{name},
    'touched': staged.{name} IS DISTINCT FROM was.{name} OR staged.{name} IS NULL AND staged."{column} given" <> ''
}} AS "{column} cell", now.{name} AS "{column} now" """
CLOSED_UNTOUCHED = "SELECT place, row FROM since WHERE closed AND NOT ({touched}) ORDER BY row"
CLOSED_TOUCHED = """
INSERT INTO problems (file, row, "column", value, rule, message, severity)
SELECT $file, since.row, $column, {key}, 'changed_by_both',
    upload.who || ' has closed this row since the workbook was made (upload ' || upload.number
    || '), and it is changed here, which opens it again. If that is right, say why; else leave the row out.', 'doubt'
FROM since JOIN uploads AS upload ON upload.number = closed_by WHERE closed AND ({touched})
"""
BOTH = """
INSERT INTO problems (file, row, "column", value, rule, message, severity)
SELECT $file, since.row, $column, coalesce(cell.told, ''), 'changed_by_both',
    'This workbook says ' || coalesce(cell.told, 'nothing') || ' where it was made with '
    || coalesce(cell.was, 'nothing') || ', and ' || upload.who || ' has told ' || coalesce(cell.now, 'nothing')
    || ' since (upload ' || upload.number || '). If this workbook is right, say why; else write the other.', 'doubt'
FROM (SELECT *, "{column} cell" AS cell FROM since) AS since
JOIN uploads AS upload ON upload.number = (
    SELECT min(version.valid_from) FROM {kind} AS version
    WHERE {same_version} AND version.valid_from > $number AND version.{name} IS NOT DISTINCT FROM since."{column} now"
)
WHERE NOT closed AND cell.open AND cell.touched AND cell.told IS DISTINCT FROM cell.now AND upload.who <> $who
"""
KEPT = """
SELECT count(*), min(row) FROM since WHERE NOT closed AND "{column} cell".open AND NOT "{column} cell".touched
"""
KEEP = """
UPDATE {staged} SET {name} = since."{column} now", "{column} given" = coalesce("{column} cell".now, '')
FROM since WHERE since.place = {staged}.rowid
    AND NOT closed AND "{column} cell".open AND NOT "{column} cell".touched
"""


def made_of(cursor: DuckDBPyConnection) -> str:
    """The sentence in which a workbook says of which state of the store it is made; empty for an empty store."""
    newest = cursor.execute(NEWEST).fetchone()
    return f"Made of upload {newest[0]}, {newest[1][:DIGITS]}." if newest else ""


def mark_of(data: bytes) -> str:
    """That sentence in a workbook's sheet of instructions, or `ASKS`; empty where there is neither."""
    book = Workbook(data)
    for sheet in book.sheets:
        if sheet.name == GUIDE:
            cells = (text for _, row in book.rows(sheet) for text in row.values())
            return next((text for text in cells if text == ASKS or MADE_OF.fullmatch(text)), "")
    return ""


def keep_newer(cursor: DuckDBPyConnection, file: int, table: Table, layout: Layout, mark: str, who: str) -> Table:
    """Put what is known now into the untouched cells of `staged(file)`; the table less the rows that are gone.

    `mark` is the sentence of the workbook. A row that somebody has closed since, and in which nothing is touched, is
    left out, as is one without an answer where answers are asked for. Doubted is what both have changed: the sender,
    and somebody who is not `who` loads it. Call it after `stage`, before the checks.
    """
    if mark == ASKS:
        return _without_silent(cursor, file, table, layout)
    number = _number(cursor, mark)
    if number is None:
        message = "The workbook was made of another store than this one, so each of its cells is taken as told."
        add(cursor, file, [Problem(None, "", "", "prefilled", message, "warning")])
        return table
    contract = layout.contract
    columns = [contract[name] for name in layout.names if name not in contract.keys]
    if not columns or not cursor.execute(ANY_SINCE.format(kind=contract.kind), {"number": number}).fetchone():
        return table
    cursor.execute(
        SINCE.format(
            kind=contract.kind,
            staged=staged(file),
            keys=", ".join(f'staged."{name}"' for name in contract.keys),
            cells=", ".join(map(_cell, columns)),
            same_was=same_key(contract, "was", "staged"),
            same_now=same_key(contract, "now", "staged"),
        ),
        {"number": number},
    )
    table = _without_closed(cursor, file, table, layout, columns)
    add(cursor, file, list(_said(cursor, layout, columns, number)))
    for column in columns:
        shape = {"name": f'"{column.name}"', "column": column.name, "staged": staged(file), "kind": contract.kind}
        both = BOTH.format(**shape, same_version=same_key(contract, "version", "since"))
        cursor.execute(both, {"file": file, "column": column.name, "number": number, "who": who})
        cursor.execute(KEEP.format(**shape))
    cursor.execute("DROP TABLE since")
    return table


def _number(cursor: DuckDBPyConnection, mark: str) -> int | None:
    """The upload of a mark; None where this store never had it."""
    found = MADE_OF.fullmatch(mark)
    if not found or not cursor.execute(KNOWN, {"number": int(found[1]), "hash": found[2]}).fetchone():
        return None
    return int(found[1])


def _cell(column: Column) -> str:
    name = f'"{column.name}"'
    told, was, now = (written(column, f"{where}.{name}") for where in ("staged", "was", "now"))
    return CELL.format(name=name, column=column.name, told=told, was=was, now=now)


def _without_closed(
    cursor: DuckDBPyConnection, file: int, table: Table, layout: Layout, columns: Sequence[Column]
) -> Table:
    touched = " OR ".join(f'"{column.name} cell".touched' for column in columns)
    contract = layout.contract
    doubted = CLOSED_TOUCHED.format(key=key(contract, "since"), touched=touched)
    cursor.execute(doubted, {"file": file, "column": contract.keys[0]})
    return _without(cursor, file, table, CLOSED_UNTOUCHED.format(touched=touched), CLOSED)


def _without_silent(cursor: DuckDBPyConnection, file: int, table: Table, layout: Layout) -> Table:
    answers = [f'"{name} given"' for name in layout.places if not layout.contract[name].key]
    if not answers:
        return table
    return _without(cursor, file, table, SILENT.format(staged=staged(file), given=", ".join(answers)), UNANSWERED)


def _without(cursor: DuckDBPyConnection, file: int, table: Table, which: str, why: str) -> Table:
    """The table less the rows that the query `which` finds, by place and row of the file; `staged(file)` as well."""
    gone = cursor.execute(which).fetchall()
    if not gone:
        return table
    places, rows = zip(*gone, strict=True)
    cursor.execute(f"DELETE FROM {staged(file)} WHERE list_contains($places, rowid)", {"places": list(places)})
    kept = table.cells.filter(pc.invert(pc.is_in(table.cells["row"], pa.array(rows, pa.int64()))))
    return replace(table, cells=kept, left_out=(*table.left_out, LeftOut(len(rows), rows[0], why)))


def _said(cursor: DuckDBPyConnection, layout: Layout, columns: Sequence[Column], number: int) -> Iterator[Problem]:
    for column in columns:
        count, row = cursor.execute(KEPT.format(column=column.name)).fetchone() or (0, None)
        if count:
            message = (
                f"Not touched here, and told otherwise since the workbook was made of upload {number}: {count}, the "
                f"first in row {row}. What is known now stays. To go back to what stands here, fetch the workbook anew."
            )
            yield Problem(None, layout.heading(column.name), "", "prefilled", message, "warning")
