"""What a person has mended or discarded on the page, put into the table as if the file had come so."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import replace

import pyarrow as pa
import pyarrow.compute as pc

from data.intake.table import LeftOut, Table, cells_of

DISCARDED = "discarded here"

Corrections = Mapping[tuple[int, int], str]
"""Row as the spreadsheet shows it, and place of the column, to the text that the cell should have."""


def corrected(table: Table, corrections: Corrections) -> Table:
    """The table with these cells. A ragged row that is corrected gets as many values as there are headings."""
    if not corrections:
        return table
    rows = {row for row, _ in corrections}
    mended = [bad for bad in table.ragged if bad.row in rows]
    cells = _joined(table, [(bad.row, fitted(bad.values, len(table.headers))) for bad in mended])
    columns = [_column(cells, place, corrections) for place in range(len(table.headers))]
    ragged = tuple(bad for bad in table.ragged if bad.row not in rows)
    mended_cells = {(row, table.headers[place]) for row, place in corrections if place < len(table.headers)}
    return replace(
        table,
        cells=cells_of(columns, cells["row"].to_pylist()),
        ragged=ragged,
        # What could not be read in a cell is no problem any more once somebody has written it.
        problems=tuple(one for one in table.problems if (one.row, one.column) not in mended_cells),
    )


def without_rows(table: Table, rows: Collection[int]) -> Table:
    """The table without rows that a person has discarded, which are named as left out."""
    if not rows:
        return table
    mask = pc.is_in(table.cells["row"], pa.array(sorted(rows), pa.int64()))
    ragged = tuple(bad for bad in table.ragged if bad.row not in rows)
    gone = [*table.cells["row"].filter(mask).to_pylist(), *(bad.row for bad in table.ragged if bad.row in rows)]
    return replace(
        table,
        cells=table.cells.filter(pc.invert(mask)),
        ragged=ragged,
        left_out=(*table.left_out, *([LeftOut(len(gone), min(gone), DISCARDED)] if gone else [])),
        problems=tuple(one for one in table.problems if one.row not in rows),
    )


def fitted(values: Sequence[str], width: int) -> tuple[str, ...]:
    """As many values as there are columns; what is too much stays in the last one, so nothing is lost."""
    kept = [*values[: width - 1], ",".join(values[width - 1 :])]
    return tuple(kept + [""] * (width - len(kept)))


def _joined(table: Table, rows: Sequence[tuple[int, tuple[str, ...]]]) -> pa.Table:
    if not rows:
        return table.cells
    columns = [pa.array([values[place] for _, values in rows], pa.string()) for place in range(len(table.headers))]
    more = cells_of(columns, [row for row, _ in rows])
    return pa.concat_tables([table.cells, more]).sort_by("row")


def _column(cells: pa.Table, place: int, corrections: Corrections) -> pa.Array:
    column = cells[f"c{place}"].combine_chunks()
    texts = {row: text for (row, where), text in corrections.items() if where == place}
    if not texts:
        return column
    told = pc.is_in(cells["row"], pa.array(list(texts), pa.int64())).combine_chunks()
    replacements = [texts[row] for row in cells["row"].filter(told).to_pylist()]
    return pc.replace_with_mask(column, told, pa.array(replacements, pa.string()))
