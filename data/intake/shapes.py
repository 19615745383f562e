"""Wide files: what a heading says of its cells, their month or milestone, becomes a column."""

from collections.abc import Mapping
from dataclasses import replace

import pyarrow as pa
import pyarrow.compute as pc

from data.intake.columns import Layout
from data.intake.problem import FileRefused
from data.intake.reading import Target
from data.intake.table import LeftOut, Table, cells_of

MOST_ROWS = 2_000_000
MOST_TEXT = 1_000_000_000
"""So many rows, and characters repeated in them, a wide file may become."""


def long(table: Table, layout: Layout) -> tuple[Table, Layout]:
    """A wide table as one row for each of its rows and months (or milestones), and the layout of that.

    `row` is the row of the file, so several have the same. An empty cell of a wide column tells nothing: a row and
    month without any is left out, and a single one is NULL, as is one for which the file has no column, so that what
    is known stays. Rows with nothing at all are named in `left_out`; ragged rows, problems and what the reader left
    out stay with the table given. A table that is not wide is returned as it is.

    Raises FileRefused where it would become too large.
    """
    if not layout.pivot:
        return table, layout
    cells = table.cells.combine_chunks()
    ats = list(dict.fromkeys(target.at for _, target in layout.wide))
    measures = [name for name in layout.contract.names if any(target.column == name for _, target in layout.wide)]
    told = {target: _told(cells[f"c{place}"]) for place, target in layout.wide}
    found = [_rows_with_any([told[Target(name, at)] for name in measures if Target(name, at) in told]) for at in ats]
    repeated = _repeated(layout)
    _refuse_too_large(table, cells, repeated, found)

    order, rows, which = _in_order(found)
    columns = [cells[f"c{place}"].take(rows) for place in repeated]
    columns.append(pa.array(ats, pa.string()).take(which))
    for name in measures:
        parts = [_part(told.get(Target(name, at)), taken) for at, taken in zip(ats, found)]
        columns.append(pa.chunked_array(parts, pa.string()).combine_chunks().take(order))
    names = [*(table.headers[place] for place in repeated), layout.pivot, *measures]
    lean = Table(
        table.name,
        tuple(names),
        cells_of(columns, cells["row"].take(rows).to_numpy()),
        left_out=_without_any(layout, cells, rows),
        typed=table.typed,
    )
    return lean, _laid_out(layout, repeated, measures)


def _told(column: pa.ChunkedArray) -> pa.Array:
    """The cells, NULL where they are empty."""
    flat = column.combine_chunks()
    return pc.if_else(pc.equal(flat, ""), pa.scalar(None, pa.string()), flat)


def _rows_with_any(columns: list[pa.Array]) -> pa.Array:
    """Places of the rows with a cell in one of the columns."""
    any_told = pc.is_valid(columns[0])
    for column in columns[1:]:
        any_told = pc.or_(any_told, pc.is_valid(column))
    return pc.indices_nonzero(any_told).cast(pa.int64())


def _repeated(layout: Layout) -> list[int]:
    """Places of the columns that every row of its own repeats."""
    spoken = {part for parts in layout.constants.values() for part in parts if isinstance(part, int)}
    return sorted(spoken | set(layout.places.values()))


def _refuse_too_large(table: Table, cells: pa.Table, repeated: list[int], found: list[pa.Array]) -> None:
    rows = sum(len(taken) for taken in found)
    if rows <= MOST_ROWS:
        lengths = [pc.binary_length(cells[f"c{place}"]) for place in repeated]
        if sum(pc.sum(length.take(taken)).as_py() or 0 for length in lengths for taken in found) <= MOST_TEXT:
            return
    message = (
        f"Each month or milestone of a row becomes a row of its own: {table.name} would become {rows:,} rows, "
        f"or more text than {MOST_TEXT // 1_000_000:,} MB. The limit is {MOST_ROWS:,} rows. Split the file."
    )
    raise FileRefused(message, "limit")


def _in_order(found: list[pa.Array]) -> tuple[pa.Array, pa.Array, pa.Array]:
    """The order by row of the file, then by heading; and in that order the place of the row, and of the heading."""
    rows = pa.chunked_array(found, pa.int64()).combine_chunks()
    which = pa.chunked_array(
        [pa.repeat(pa.scalar(place, pa.int64()), len(taken)) for place, taken in enumerate(found)], pa.int64()
    ).combine_chunks()
    order = pc.sort_indices(pa.table({"row": rows, "which": which}), [("row", "ascending"), ("which", "ascending")])
    return order, rows.take(order), which.take(order)


def _part(column: pa.Array | None, taken: pa.Array) -> pa.Array:
    return pa.nulls(len(taken), pa.string()) if column is None else column.take(taken)


def _without_any(layout: Layout, cells: pa.Table, rows: pa.Array) -> tuple[LeftOut, ...]:
    """The rows of the file that told nothing."""
    places = pa.array(range(cells.num_rows), pa.int64())
    silent = cells["row"].filter(pc.invert(pc.is_in(places, pc.unique(rows)))).to_pylist()
    # While it is open what the columns are, nothing was looked at.
    if not silent or not layout.wide:
        return ()
    what = f"nothing stands in the columns of {layout.pivot.replace('_', ' ')}s"
    return (LeftOut(len(silent), silent[0], what),)


def _laid_out(layout: Layout, repeated: list[int], measures: list[str]) -> Layout:
    place_of: Mapping[int, int] = {old: new for new, old in enumerate(repeated)}
    places = {name: place_of[place] for name, place in layout.places.items()}
    added = {name: place for place, name in enumerate([layout.pivot, *measures], len(repeated))}
    constants = {
        name: tuple(place_of[part] if isinstance(part, int) else part for part in parts)
        for name, parts in layout.constants.items()
    }
    return replace(layout, places=places | added, constants=constants)
