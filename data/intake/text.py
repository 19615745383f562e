"""From the bytes of a file to a table of text, with the row numbers that a spreadsheet shows."""

import csv
import io
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.csv as pacsv

from data.intake.problem import FileRefused, Problem

csv.field_size_limit(2**31 - 1)
BATCH = 122_880
SAVE_AS = "Save it as “CSV UTF-8 (comma delimited)” and load that."
NOT_CSV = (
    (b"PK\x03\x04", f"This is an Excel file or another zip archive, not a CSV. {SAVE_AS}"),
    (b"\xd0\xcf\x11\xe0", f"This is an old or password-protected Excel file, not a CSV. {SAVE_AS}"),
    (b"%PDF", "This is a PDF, not a CSV. Ask for the table itself."),
    (b"\x89PNG", "This is a picture, not a CSV."),
    (b"\xff\xd8\xff", "This is a picture, not a CSV."),
    (b"\x1f\x8b", "This is a compressed file. Unpack it and load the CSV in it."),
    (b"\xff\xfe", f"This text is UTF-16, not UTF-8. {SAVE_AS}"),
    (b"\xfe\xff", f"This text is UTF-16, not UTF-8. {SAVE_AS}"),
)


@dataclass(frozen=True, slots=True)
class Ragged:
    """A row that has more or fewer values than the header."""

    row: int
    values: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Table:
    """A file as text: `cells` has one column a header, c0, c1, ..., and `row`; empty rows are left out."""

    headers: tuple[str, ...]
    cells: pa.Table
    ragged: tuple[Ragged, ...] = ()
    problems: tuple[Problem, ...] = ()

    @property
    def count(self) -> int:
        """Number of data rows, ragged ones included."""
        return int(self.cells.num_rows) + len(self.ragged)


def table_of_rows(headers: Sequence[str], rows: Sequence[Sequence[str]]) -> Table:
    """The same from rows that a page holds; the first is row 2, as in a file."""
    columns = [pa.array([row[place] for row in rows], pa.string()) for place in range(len(headers))]
    return Table(tuple(headers), _table(columns, range(2, len(rows) + 2)))


def read_csv(data: bytes) -> Table:
    """Read UTF-8 CSV, with or without a byte order mark.

    Raises FileRefused where the content is something else, is empty, or has a quotation mark left open.
    """
    text, problems = _utf8(data)
    headers = _headers(text)
    ragged: list[Ragged] = []

    def keep(row: pacsv.InvalidRow) -> str:
        ragged.append(Ragged(row.number, tuple(next(csv.reader([row.text], strict=False), []))))
        return "skip"

    names = [f"c{place}" for place in range(len(headers))]
    try:
        read = pacsv.read_csv(
            pa.BufferReader(text),
            # One block, since no cell may exceed a block; one thread, since only then are rows counted.
            pacsv.ReadOptions(use_threads=False, column_names=names, block_size=len(text) + 1),
            pacsv.ParseOptions(newlines_in_values=True, ignore_empty_lines=False, invalid_row_handler=keep),
            pacsv.ConvertOptions(column_types=dict.fromkeys(names, pa.string()), strings_can_be_null=False),
        )
    except pa.ArrowInvalid as problem:
        raise FileRefused(f"The file cannot be read as CSV: {str(problem)[:200]}") from problem
    skipped = {bad.row for bad in ragged}
    rows = [row for row in range(1, read.num_rows + len(ragged) + 1) if row not in skipped]
    cells = _table([read[name] for name in names], rows).slice(1)
    if b'"' in text:
        _refuse_swallowed_rows(cells, names)
    kept, empty = _without_empty_rows(cells, names)
    found = (*problems, *empty, *_nameless(headers, kept))
    return Table(headers, kept, tuple(bad for bad in ragged if any(bad.values)), found)


def _table(columns: Sequence[pa.Array], rows: Sequence[int]) -> pa.Table:
    """Trimmed columns and row numbers, in batches that several threads can read."""
    arrays = [pc.utf8_trim_whitespace(column) for column in columns]
    names = [f"c{place}" for place in range(len(arrays))]
    table = pa.table([*arrays, pa.array(rows, pa.int64())], names=[*names, "row"])
    return pa.Table.from_batches(table.combine_chunks().to_batches(max_chunksize=BATCH), table.schema)


def _utf8(data: bytes) -> tuple[bytes, list[Problem]]:
    """The text without byte order mark and NULs, and what had to be mended."""
    for start, message in NOT_CSV:
        if data.startswith(start):
            raise FileRefused(message)
    data = data.removeprefix(b"\xef\xbb\xbf")
    if not data.strip(b"\0 \t\r\n"):
        raise FileRefused("The file is empty. It needs a header row with the column names, and rows below it.")
    if re.match(rb"\s*<(!doctype|html|table|\?xml)", data[:1000], re.IGNORECASE):
        raise FileRefused(f"This is a web page or XML, not a CSV. Open it in a spreadsheet. {SAVE_AS}")
    problems = []
    if nuls := data.count(0):
        if nuls > len(data) // 10:
            raise FileRefused(f"This text is UTF-16, or no text at all. {SAVE_AS}")
        message = f"{nuls} NUL characters were removed; look whether the export cut texts short."
        problems.append(Problem(None, "", "", "nul", message, "warning"))
        data = data.replace(b"\0", b"")
    try:
        data.decode("utf-8")
    except UnicodeDecodeError as problem:
        line = data.count(b"\n", 0, problem.start) + 1
        message = f"The text is not UTF-8: line {line} has a character in another encoding. {SAVE_AS}"
        raise FileRefused(message, row=line) from problem
    if data.count(b'"') % 2:
        _refuse_open_quote(data)
    if b"\r" in data:  # mixed line ends are made one
        data = data.replace(b"\r\n", b"\n").replace(b"\r", b"\n")
    return data, problems


def _headers(text: bytes) -> tuple[str, ...]:
    headers = next(csv.reader(io.StringIO(text[:1_000_000].decode("utf-8", "replace"))))
    if not any(header.strip() for header in headers):
        raise FileRefused("The first row is empty. It must hold the column names.", row=1)
    if len(headers) == 1 and (other := re.search(r"[;\t|]", headers[0])):
        name = {";": "semicolons", "\t": "tabs", "|": "bars"}[other[0]]
        raise FileRefused(f"The values are separated by {name}; commas are expected. {SAVE_AS}")
    return tuple(header.strip() for header in headers)


def _refuse_open_quote(data: bytes) -> None:
    """Say where the mark was opened that swallows the rest: no later row ends as a row does."""
    rows = list(csv.reader(io.StringIO(data.decode("utf-8"), newline="")))
    commas = len(rows[0]) - 1
    swallowing = (
        number
        for number, cells in enumerate(rows, 1)
        if any("\n" in cell and cell.count(",") >= commas for cell in cells)
    )
    row = next(swallowing, len(rows))
    message = f'Row {row}: a quotation mark (") is opened and never closed, so the rows after it were swallowed.'
    raise FileRefused(f"{message} Close it, or write it twice where it is meant.", "quote", row)


def _refuse_swallowed_rows(cells: pa.Table, names: Sequence[str]) -> None:
    """Two marks left open swallow the rows between: one cell holds line ends and a row's worth of commas."""
    for name in names:
        lines = pc.match_substring(cells[name], "\n")
        if not pc.any(lines).as_py():
            continue
        commas = pc.count_substring(cells[name], ",")
        swallowed = pc.and_(lines, pc.greater_equal(commas, max(len(names) - 1, 2)))
        found = cells.filter(swallowed)["row"]
        if len(found):
            row = found[0].as_py()
            message = f'Row {row}: a quotation mark (") seems to be left open; one cell holds whole rows. Close it.'
            raise FileRefused(message, "quote", row)


def _without_empty_rows(cells: pa.Table, names: Sequence[str]) -> tuple[pa.Table, list[Problem]]:
    empty = pc.equal(cells[names[0]], "")
    for name in names[1:]:
        if not pc.any(empty).as_py():
            break
        empty = pc.and_(empty, pc.equal(cells[name], ""))
    if not cells.num_rows or not pc.any(empty).as_py():
        return cells, []
    rows = cells.filter(empty)["row"]
    message = f"Empty rows were left out: {len(rows)}, the first is row {rows[0].as_py()}."
    return cells.filter(pc.invert(empty)), [Problem(None, "", "", "empty_rows", message, "warning")]


def _nameless(headers: Sequence[str], cells: pa.Table) -> Iterator[Problem]:
    for place, header in enumerate(headers):
        if not header and pc.any(pc.not_equal(cells[f"c{place}"], "")).as_py():
            message = f"Column {place + 1} has values and no name in the first row; it is not used."
            yield Problem(1, "", "", "unknown_column", message, "warning")
