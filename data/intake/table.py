"""A table of text, with the row numbers that a spreadsheet shows: how its header is found, and what is no data."""

import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from data.intake.headings import nameless
from data.intake.problem import FileRefused, Problem, Severity

BATCH = 122_880
MOST_COLUMNS = 500
LOOKED_AT = 30
"""So many rows are looked at for the header."""
LONGEST_HEADING = 200
BELOW = 20
"""So many rows below a header that is not known must look like a table."""
ENOUGH = 2
"""So many known headings make a header row."""

MONTH = re.compile(r"\d{4}[-/.]\d{1,2}|\d{1,2}[-/.]\d{4}")
DATE_IN_WORDS = re.compile(
    r"\d{1,2}[ ./-]*[^\W\d_]{3,10}\.?[ ./,-]*\d{2,4}|\d{4}-\d\d-\d\d[T ].*|[^\W\d_]{3,10}\.? \d{1,2}, \d{4}"
)
AMOUNT = re.compile(r"[(-]?[A-Z]{3} ?[\d.,]+\)?|[(-]?[\d.,]+ ?[A-Z]{3}\)?")

ABOVE = "above the header"
AGAIN = "the header again"
EMPTY = "empty"
NOTE = "a note below the table"
LOST = "\ufffd"

Numbers = np.ndarray[tuple[int], np.dtype[np.int64]]
Known = Callable[[str], bool]
"""Whether a heading names a column of ours."""


@dataclass(frozen=True, slots=True)
class Ragged:
    """A row that has more or fewer values than the header."""

    row: int
    values: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class LeftOut:
    """Rows of a file that are no data, such as titles, empty rows and totals: how many, the first, and why."""

    rows: int
    first: int
    why: str


@dataclass(frozen=True, slots=True)
class Table:
    """One table of a file, known by its name: the file's, and the sheet's where a workbook has several.

    `cells` has one text column a heading, c0, c1, ..., trimmed, and `row`. `header_row` is where the headings stand.
    `typed`: numbers in it may be values of a spreadsheet, which are written with a point whatever its texts are.
    """

    name: str
    headers: tuple[str, ...]
    cells: pa.Table
    ragged: tuple[Ragged, ...] = ()
    left_out: tuple[LeftOut, ...] = ()
    problems: tuple[Problem, ...] = ()
    header_row: int = 1
    typed: bool = False

    @property
    def count(self) -> int:
        """Number of data rows, ragged ones included."""
        return int(self.cells.num_rows) + len(self.ragged)


@dataclass(frozen=True, slots=True)
class Header:
    """Where the header stands among the rows that were looked at, and how many of its headings are known.

    `headings` are those of the row at `place`, or of that and the one above it where they stand in two lines.
    """

    place: int
    known: int
    headings: tuple[str, ...]


def table_of_rows(name: str, headers: Sequence[str], rows: Sequence[Sequence[str]]) -> Table:
    """The same from rows that a page holds; the first is row 2, as in a file."""
    columns = [pa.array([row[place] for row in rows], pa.string()) for place in range(len(headers))]
    return Table(name, tuple(headers), cells_of(columns, range(2, len(rows) + 2)))


def cells_of(columns: Iterable[pa.Array], rows: Sequence[int] | Numbers) -> pa.Table:
    """Trimmed columns and row numbers, in batches that several threads can read."""
    arrays = [pc.utf8_trim_whitespace(column) for column in columns]
    names = [f"c{place}" for place in range(len(arrays))]
    table = pa.table([*arrays, pa.array(rows, pa.int64())], names=[*names, "row"])
    return pa.Table.from_batches(table.combine_chunks().to_batches(max_chunksize=BATCH), table.schema)


def find_header(rows: Sequence[Sequence[str]], known: Known) -> Header | None:
    """The row with the most known headings; where none has two, the first that reads like one above a table."""
    counts = [sum(map(known, _names(row))) for row in rows[:LOOKED_AT]]
    if counts and max(counts) >= ENOUGH:
        best = counts.index(max(counts))
        return _in_two_lines(rows, best, known) or Header(best, counts[best], tuple(rows[best]))
    if 1 in counts and all(width_of(row) <= 1 for row in rows):
        # One column; the others are then set for the whole file.
        return Header(counts.index(1), 1, tuple(rows[counts.index(1)]))
    for place, count in enumerate(counts):
        if _reads_like_headings(rows[place]) and _stands_above(rows[place], rows[place + 1 : place + 1 + BELOW]):
            return Header(place, count, tuple(rows[place]))
    return None


def _in_two_lines(rows: Sequence[Sequence[str]], best: int, known: Known) -> Header | None:
    """The header of the best row with the one below or above it, where together they have more known headings."""
    found = []
    for upper, lower in ((best, best + 1), (best - 1, best)):
        if upper >= 0 and lower < len(rows) and _is_second_line(rows[upper], rows[lower], known):
            headings = _joined(rows[upper], rows[lower], known)
            found.append(Header(lower, sum(map(known, _names(headings))), headings))
    more = [header for header in found if header.known > sum(map(known, _names(rows[best])))]
    return max(more, key=lambda header: header.known, default=None)


def _is_second_line(upper: Sequence[str], lower: Sequence[str], known: Known) -> bool:
    """Whether the lower row fills what the upper one leaves open, as merged headings do, and holds no values.

    Below a known heading that stands for one column there is nothing, or more of its name.
    """
    texts = [cell.strip() for cell in lower if cell.strip()]
    if len(texts) < ENOUGH or sum(bool(cell.strip()) for cell in upper) < ENOUGH or any(map(_is_a_value, texts)):
        return False
    for place, (own, below) in enumerate(zip(map(str.strip, upper), map(str.strip, lower))):
        spans = not _cell(upper, place + 1) and bool(_cell(lower, place + 1))
        if own and below and not spans and known(own) and not (known(f"{own} {below}") or known(below)):
            return False
    return any(cell.strip() and not _cell(upper, place) for place, cell in enumerate(lower))


def _joined(upper: Sequence[str], lower: Sequence[str], known: Known) -> tuple[str, ...]:
    """Headings of two lines: the words of both, unless only those of one are known.

    A cell of the upper line stands for the empty ones to its right as well, as merged cells do.
    """
    headings, above = [], ""
    for place in range(max(len(upper), len(lower))):
        own, below = _cell(upper, place), _cell(lower, place)
        above = own or (above if below else "")
        whole = f"{above} {below}".strip()
        headings.append(next((text for text in (whole, below, own) if text and known(text)), whole))
    return tuple(headings)


def _cell(cells: Sequence[str], place: int) -> str:
    return cells[place].strip() if place < len(cells) else ""


def width_of(cells: Sequence[str]) -> int:
    """Number of cells up to the last one that is filled."""
    return max((place for place, cell in enumerate(cells, 1) if cell.strip()), default=0)


def no_header(row: int = 1) -> FileRefused:
    """What to raise where no row can be the header."""
    message = "There is no header row: none of the first rows holds column names. Put them above the data, as in the"
    return FileRefused(f"{message} templates.", "header", row)


def too_wide(columns: int, row: int) -> FileRefused:
    """What to raise where the table has too many columns."""
    message = (
        f"Row {row} reaches to column {columns:,}; at most {MOST_COLUMNS} are read. Delete what stands to the right"
    )
    return FileRefused(f"{message} of the table, empty columns too.", "columns", row)


def tidied(
    name: str,
    headers: Sequence[str],
    cells: pa.Table,
    *,
    header_row: int,
    last: int,
    ragged: Sequence[Ragged] = (),
    problems: Sequence[Problem] = (),
) -> Table:
    """The table below its header: what is empty, repeats the header or stands above it is left out, and said.

    `cells` has the rows of the file that fit the header, `last` is the number of the file's last row.
    """
    headers = [header.strip() for header in headers]
    above = int(np.searchsorted(cells["row"].to_numpy(), header_row, "right"))
    cells = _without_empty(cells.slice(above), len(headers))
    while len(headers) > 1 and not headers[-1] and not pc.any(pc.not_equal(cells[f"c{len(headers) - 1}"], "")).as_py():
        cells = cells.drop_columns(f"c{len(headers) - 1}")
        headers.pop()
    cells, again = _without_header(cells, headers)
    kept, notes = _without_notes(
        [bad for bad in ragged if bad.row > header_row and any(bad.values)], cells, len(headers)
    )
    left = [LeftOut(header_row - 1, 1, ABOVE)] if header_row > 1 else []
    left += [LeftOut(len(rows), rows[0], why) for rows, why in ((again, AGAIN), (notes, NOTE)) if rows]
    told = np.concatenate([cells["row"].to_numpy(), [bad.row for bad in kept], again, notes]).astype(np.int64)
    if empty := last - header_row - len(told):
        first = next(iter(np.setdiff1d(np.arange(header_row + 1, last + 1), told)))
        left.append(LeftOut(int(empty), int(first), EMPTY))
    named = [header or _nameless(place, cells) for place, header in enumerate(headers)]
    return Table(name, tuple(named), cells, tuple(kept), tuple(left), tuple(problems), header_row)


def unreadable(table: Table, severity: Severity) -> Iterator[Problem]:
    """The cells in which a character could not be read."""
    for place, header in enumerate(table.headers):
        column = table.cells[f"c{place}"]
        mask = pc.match_substring(column, LOST)
        if not pc.any(mask).as_py():
            continue
        for row, text in zip(table.cells["row"].filter(mask).to_pylist(), column.filter(mask).to_pylist()):
            message = (
                f"A character could not be read; it stands as {LOST}. Type it again, or save the file as CSV UTF-8."
            )
            yield Problem(row, header, text[:200], "encoding", message, severity)


def _names(cells: Sequence[str]) -> set[str]:
    """The different cells that may be headings: a date or a number is none, whatever is known of it."""
    texts = {cell.strip() for cell in cells[: MOST_COLUMNS + 1] if len(cell) <= LONGEST_HEADING}
    return {text for text in texts if text and not _is_a_value(text)}


def _reads_like_headings(cells: Sequence[str]) -> bool:
    width = min(width_of(cells), MOST_COLUMNS + 1)
    filled = [cell.strip() for cell in cells[:width] if cell.strip()]
    names = [cell for cell in filled if not MONTH.fullmatch(cell)]
    if len(names) < 2 or len(filled) < 2 / 3 * width or len(set(filled)) < len(filled):
        return False
    return not any(_is_a_value(cell) for cell in names)


def _is_a_value(cell: str) -> bool:
    if re.search(r"[^\W\d_]", cell):
        return bool(DATE_IN_WORDS.fullmatch(cell) or AMOUNT.fullmatch(cell))
    return bool(re.search(r"\d", cell))


def _stands_above(header: Sequence[str], rows: Sequence[Sequence[str]]) -> bool:
    """Whether most rows below are as wide as the header, or none is there."""
    below = [row for row in rows if width_of(row)]
    fit = [row for row in below if 2 <= width_of(row) <= width_of(header)]
    return 2 * len(fit) >= len(below)


def _without_empty(cells: pa.Table, width: int) -> pa.Table:
    empty = None
    for place in range(width):
        here = pc.equal(cells[f"c{place}"], "")
        empty = here if empty is None else pc.and_(empty, here)
        if not pc.any(empty).as_py():
            return cells
    return cells if empty is None else cells.filter(pc.invert(empty))


def _without_header(cells: pa.Table, headers: Sequence[str]) -> tuple[pa.Table, list[int]]:
    again = None
    for place, header in enumerate(headers):
        here = pc.equal(cells[f"c{place}"], header)
        again = here if again is None else pc.and_(again, here)
        if not pc.any(again).as_py():
            return cells, []
    return cells.filter(pc.invert(again)), cells["row"].filter(again).to_pylist()


def _without_notes(ragged: list[Ragged], cells: pa.Table, width: int) -> tuple[list[Ragged], list[int]]:
    """Notes are short rows at the end: those behind an empty row, and one value of several words. A row that was cut
    short is neither, and is not lost as one."""
    end = cells["row"][-1].as_py() if cells.num_rows else 0
    start = first = len(ragged)
    while start and ragged[start - 1].row > end and 2 * len(_filled(ragged[start - 1])) <= width:
        start -= 1
        before = max(end, ragged[start - 1].row if start else 0)
        if before < ragged[start].row - 1:
            first = start
    while first > start and len(_filled(ragged[first - 1])) == 1 and len(_filled(ragged[first - 1])[0].split()) > 1:
        first -= 1
    return ragged[:first], [bad.row for bad in ragged[first:]]


def _filled(row: Ragged) -> list[str]:
    return [value for value in row.values if value]


def _nameless(place: int, cells: pa.Table) -> str:
    """What a column without a heading is called; empty where it holds nothing either."""
    return nameless(place) if pc.any(pc.not_equal(cells[f"c{place}"], "")).as_py() else ""
