"""The visible sheets of an Excel workbook become tables."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cache
from itertools import chain, islice

import numpy as np
import pyarrow as pa

from data.intake.problem import FileRefused, Problem
from data.intake.table import (
    BELOW,
    ENOUGH,
    LOOKED_AT,
    Header,
    Known,
    Numbers,
    Table,
    cells_of,
    find_header,
    no_header,
    tidied,
    width_of,
)
from data.intake.workbook import Extent, Row, Sheet, Workbook, rows_and_column, size_of

PIECE = 1_000_000
"""So many cells are turned into columns at a time."""
MOST_CELLS = 50_000_000
"""Over all sheets. Empty ones count, up to the last column that holds something."""

GUIDE = "Read me"
"""The sheet of our own forms that says how to fill them in."""


@dataclass(frozen=True, slots=True)
class _Found:
    """A sheet with its first rows, and where its header is."""

    sheet: Sheet
    head: Sequence[Row]
    rest: Iterator[Row]
    header: Header | None

    @property
    def known(self) -> int:
        return self.header.known if self.header else 0


def read_excel(name: str, data: bytes, known: Known) -> list[Table]:
    """Read every visible sheet in which two headings are known; where none has, the longest with a header.

    Cells are texts: dates and times ISO, numbers plain to 15 digits (a percentage is the number that stands behind
    it, 0.125 for 12.5 %), yes and no, errors such as #DIV/0! as they are shown, a formula without a result as the
    formula. Merged cells below the header are filled down.
    """
    book = Workbook(data)
    visible = [sheet for sheet in book.sheets if not sheet.hidden]
    known_once = cache(known)  # a text may stand in very many cells and is written once
    found = [_looked_at(book, sheet, known_once) for sheet in visible]
    if not any(one.head for one in found):
        raise FileRefused("No visible sheet of the workbook holds anything. Put the table on a sheet that is shown.")
    chosen = [one for one in found if one.known >= ENOUGH]
    tables = [_table(_named(name, one.sheet, visible), one, book.extent) for one in chosen or found if one.header]
    if not tables:
        raise no_header()
    if not chosen:
        tables = [max(tables, key=lambda table: table.count)]
    kept = {table.name for table in tables}
    left = [one.sheet for one in found if one.head and _named(name, one.sheet, visible) not in kept]
    hidden = [sheet for sheet in book.sheets if sheet.hidden]
    first = replace(tables[0], problems=(*tables[0].problems, *_not_read(left, hidden)))
    return [first, *tables[1:]]


def _named(name: str, sheet: Sheet, visible: Sequence[Sheet]) -> str:
    return name if len(visible) == 1 else f"{name}, {sheet.name}"


def _looked_at(book: Workbook, sheet: Sheet, known: Known) -> _Found:
    rows = book.rows(sheet)
    head = list(islice(rows, LOOKED_AT + BELOW))
    return _Found(sheet, head, rows, find_header([_listed(cells) for _, cells in head], known))


def _listed(cells: Mapping[int, str]) -> list[str]:
    return [cells.get(place, "") for place in range(max(cells, default=-1) + 1)]


def _table(name: str, found: _Found, extent: Extent) -> Table:
    assert found.header
    number, _ = found.head[found.header.place]
    headers = list(found.header.headings[: width_of(found.header.headings)])
    below = chain(found.head[found.header.place + 1 :], found.rest)
    columns, rows = _columns(below, len(headers), extent)
    problems = list(_said(found.sheet))
    if filled := _filled_down(found.sheet, columns, rows, extent):
        count, first = filled
        message = (
            f"Merged cells below the header were read as if each held the value: {count:,}, the first in row {first}."
        )
        problems.append(Problem(None, "", "", "merged", message, "warning"))
    headers += [""] * (len(columns) - len(headers))
    last = int(rows[-1]) if len(rows) else number
    table = tidied(name, headers, cells_of(columns, rows), header_row=number, last=last, problems=problems)
    return replace(table, typed=True)


def _columns(below: Iterator[Row], width: int, extent: Extent) -> tuple[list[pa.ChunkedArray], Numbers]:
    """The cells by column, and the numbers of the rows."""
    numbers: list[int] = []
    batch: list[dict[int, str]] = []
    pieces: list[list[pa.Array]] = []
    for number, cells in below:
        numbers.append(number)
        batch.append(cells)
        width = max(width, max(cells) + 1)
        if len(batch) * width >= PIECE:
            pieces.append(_piece(batch, width))
            batch = []
            _refuse_too_many(extent.cells + len(numbers) * width)
    pieces.append(_piece(batch, width))
    extent.cells += len(numbers) * width
    _refuse_too_many(extent.cells)
    for piece in pieces:
        missing = width - len(piece)
        piece += [pa.repeat(pa.scalar("", pa.string()), len(piece[0]))] * missing
    return [pa.chunked_array([piece[place] for piece in pieces]) for place in range(width)], np.array(numbers, np.int64)


def _refuse_too_many(cells: int) -> None:
    if cells > MOST_CELLS:
        message = f"The workbook has more than {MOST_CELLS:,} cells over all sheets. Save it as CSV and load that."
        raise FileRefused(message, "size")


def _piece(batch: Sequence[Mapping[int, str]], width: int) -> list[pa.Array]:
    return [pa.array([cells.get(place, "") for cells in batch], pa.string()) for place in range(width)]


def _filled_down(sheet: Sheet, columns: list[pa.ChunkedArray], rows: Numbers, extent: Extent) -> tuple[int, int] | None:
    """Put the value of merged cells into each of their rows; how many cells that were, and the first row."""
    ranges: dict[int, list[tuple[int, int]]] = {}
    for reference in sheet.merged:
        found = rows_and_column(reference)
        if found and found[1] > found[0] and found[2] < len(columns):
            ranges.setdefault(found[2], []).append(found[:2])
    filled: list[int] = []
    for place, merged in ranges.items():
        values = columns[place].to_pylist()
        for index, above in _below_the_first(sorted(merged), rows):
            if values[above] and not values[index]:
                values[index] = values[above]
                filled.append(int(rows[index]))
                extent.add_text(size_of(values[above]))
        columns[place] = pa.chunked_array([pa.array(values, pa.string())])
    return (len(filled), min(filled)) if filled else None


def _below_the_first(merged: Sequence[tuple[int, int]], rows: Numbers) -> Iterator[tuple[int, int]]:
    """Of each range the rows below its first one, as places among `rows`, with the place of the first one."""
    end = 0
    for first, last in merged:
        if first <= end:
            continue  # Excel writes no ranges that overlap
        start, stop = np.searchsorted(rows, [first, last + 1])
        if start < len(rows) and rows[start] == first:  # not from the header, or from above it
            yield from ((index, int(start)) for index in range(int(start) + 1, int(stop)))
            end = last


def _said(sheet: Sheet) -> Iterator[Problem]:
    if sheet.formula:
        message = (
            f"Formulas without a result, the first in cell {sheet.formula}: a program wrote them, and Excel never "
            "calculated them. They were read as text; open the file in Excel, save it, and load it again."
        )
        yield Problem(None, "", "", "formula", message, "warning")
    if sheet.hidden_rows:
        message = (
            f"Hidden rows were read like the others: {sheet.hidden_rows:,} in the sheet “{sheet.name}”. "
            "Delete them there if they are no data."
        )
        yield Problem(None, "", "", "hidden_rows", message, "warning")


def _not_read(left: Sequence[Sheet], hidden: Sequence[Sheet]) -> Iterator[Problem]:
    for sheet in left:
        if sheet.name == GUIDE:
            continue
        message = f"The sheet “{sheet.name}” was not read: none of its rows names columns that are known."
        yield Problem(None, "", sheet.name, "sheet", message, "warning")
    for sheet in hidden:
        message = f"The hidden sheet “{sheet.name}” was not read. Show it in Excel if it is needed."
        yield Problem(None, "", sheet.name, "sheet", message, "warning")
