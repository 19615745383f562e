"""Text with separators becomes a table."""

import csv
import io
import re
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.csv as pacsv

from data.intake.encoding import LOST, SAVE_AS, Encoding, Text, read_text
from data.intake.problem import FileRefused
from data.intake.table import (
    BELOW,
    ENOUGH,
    LOOKED_AT,
    MOST_COLUMNS,
    Header,
    Known,
    Ragged,
    Table,
    cells_of,
    find_header,
    no_header,
    tidied,
    too_wide,
    unreadable,
    width_of,
)

csv.field_size_limit(2**31 - 1)
SEPARATORS = (",", ";", "\t", "|")
MOST_ROWS = 2_000_000
MOST_ODD = 100_000
HEAD = 1_000_000
END = "end-of-file"
MARKUP = re.compile(rb"\s*<(!doctype|!--|html|head|body|meta|style|table|\?xml)", re.IGNORECASE)
JSON = re.compile(rb'\s*(\{\s*"|\[\s*[\[{"])')
NAMED_SEPARATOR = re.compile(rb'"?sep=([,;\t|:^~])"?[ \t]*\n', re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class _Form:
    """How the text is laid out: the separator, the header, in which row it stands, and how wide most rows are.

    Rows may be wider than the header where they end with separators.
    """

    separator: str
    headers: tuple[str, ...]
    row: int
    width: int


def read_delimited(name: str, data: bytes, known: Known, encoding: Encoding | None = None) -> Table:
    """Read text with separators, in an encoding that is decided or found.

    The separator, of comma, semicolon, tab and bar, and the header row are those under which the most headings are
    known. Raises FileRefused where the content is something else, is empty or too large, has no header, or has a
    quotation mark left open.
    """
    text = read_text(data, encoding)
    _refuse_markup(text.utf8)
    utf8, separators = _separators(text.utf8)
    if utf8.count(b"\n") > MOST_ROWS + 1:
        message = f"The file has more than {MOST_ROWS:,} rows. Split it into several files, by year for example."
        raise FileRefused(message, "size")
    form = _form(utf8, separators, known)
    if utf8.count(b'"') % 2:
        _refuse_open_quote(utf8, form)
    cells, ragged, last = _parsed(utf8, form)
    if b'"' in utf8:
        _refuse_swallowed_rows(utf8, cells, ragged, form)
    table = tidied(name, form.headers, cells, header_row=form.row, last=last, ragged=ragged, problems=text.problems)
    return _with_lost_characters(table, replace(text, utf8=utf8))


def _refuse_markup(utf8: bytes) -> None:
    if MARKUP.match(utf8[:1000]):
        raise FileRefused(f"This is a web page or XML, not a CSV. Open it in a spreadsheet. {SAVE_AS}")
    if JSON.match(utf8[:1000]):
        raise FileRefused("This is JSON, not a table. Ask for the same data as CSV or .xlsx.")


def _separators(utf8: bytes) -> tuple[bytes, Sequence[str]]:
    """The text, and the separators to try. A first line `sep=;` is for Excel, which does not show it as a row."""
    if named := NAMED_SEPARATOR.match(utf8[:20]):
        return utf8[named.end() :], [named[1].decode()]
    return utf8, SEPARATORS


def _form(utf8: bytes, separators: Sequence[str], known: Known) -> _Form:
    answers: dict[str, bool] = {}

    def asked(heading: str) -> bool:
        if heading not in answers:
            answers[heading] = known(heading)
        return answers[heading]

    heads = {separator: _head(utf8, separator) for separator in separators}
    found = {separator: find_header(rows, asked) for separator, rows in heads.items()}
    fits = [(_rank(header, heads[separator]), separator, header) for separator, header in found.items() if header]
    if not fits:
        raise no_header()
    _, separator, header = max(fits, key=lambda fit: fit[0])  # of equal ones the first separator
    rows = heads[separator]
    headers = header.headings
    # Values beyond the header are never taken for a column: an amount such as 1,50 would become two.
    below = (row for row in rows[header.place + 1 :] if width_of(row) and width_of(row) <= len(headers))
    usual = Counter(map(len, below)).most_common(1)
    width = max(len(headers), usual[0][0] if usual else 0)
    if width > MOST_COLUMNS:
        raise too_wide(width, header.place + 1)
    return _Form(separator, headers, header.place + 1, width)


def _rank(header: Header, rows: Sequence[Sequence[str]]) -> tuple[int, int, int]:
    """By headings that are known, and the earlier row; where they are not known, by the width."""
    if header.known >= ENOUGH:
        return header.known, -header.place, 0
    return 0, width_of(rows[header.place]), -header.place


def _head(utf8: bytes, separator: str) -> list[list[str]]:
    """The first rows. A last one that may be cut is left out, unless it is the only one."""
    head = io.StringIO(utf8[:HEAD].decode("utf-8", "replace"), newline="")
    rows = [row for row, _ in zip(csv.reader(head, delimiter=separator), range(LOOKED_AT + BELOW))]
    whole = len(utf8) <= HEAD or len(rows) == LOOKED_AT + BELOW or len(rows) == 1
    return rows if whole else rows[:-1]


def _parsed(utf8: bytes, form: _Form) -> tuple[pa.Table, list[Ragged], int]:
    """All rows of the file that fit, those that do not, and the number of the last one."""
    odd = _OddRows(form)
    names = [f"c{place}" for place in range(form.width)]
    try:
        read = pacsv.read_csv(
            pa.BufferReader(utf8),
            # One block, since no cell may exceed a block; one thread, since only then are rows counted.
            pacsv.ReadOptions(use_threads=False, column_names=names, block_size=len(utf8) + 1),
            pacsv.ParseOptions(
                delimiter=form.separator,
                newlines_in_values=True,
                ignore_empty_lines=False,
                invalid_row_handler=odd.keep,
            ),
            pacsv.ConvertOptions(column_types=dict.fromkeys(names, pa.string()), strings_can_be_null=False),
        )
    except pa.ArrowInvalid as problem:
        raise FileRefused(f"The file cannot be read as CSV. {SAVE_AS}") from problem
    odd.refuse_too_many()
    last = read.num_rows + odd.count
    rows = np.delete(np.arange(1, last + 1), np.array(odd.skipped, np.int64) - 1)
    columns = read.columns
    del read  # so that each column goes as soon as it is trimmed
    cells = cells_of((columns.pop(0) for _ in names), rows)
    if odd.mended:
        more = [pa.array([values[place] for _, values in odd.mended], pa.string()) for place in range(form.width)]
        cells = pa.concat_tables([cells, cells_of(more, [row for row, _ in odd.mended])]).sort_by("row")
    cells = _within_the_header(cells, odd)
    odd.refuse_too_many()
    return cells, sorted(odd.ragged, key=lambda bad: bad.row), last


def _within_the_header(cells: pa.Table, odd: "_OddRows") -> pa.Table:
    """The cells without columns beyond the header; rows that have values there are odd."""
    for place in reversed(range(len(odd.form.headers), odd.form.width)):
        more = pc.not_equal(cells[f"c{place}"], "")
        for values in cells.filter(more).slice(0, MOST_ODD).to_pylist():
            row = values.pop("row")
            odd.ragged.append(Ragged(row, tuple(values.values())))
        odd.too_many += pc.sum(more).as_py() or 0
        cells = cells.filter(pc.invert(more)).drop_columns(f"c{place}")
    return cells


class _OddRows:
    """Takes the rows of another width: those that only add or lack empty values at the end are mended."""

    def __init__(self, form: _Form) -> None:
        self.form = form
        self.count = self.too_many = 0
        self.named = width_of(form.headers)
        self.skipped: list[int] = []
        self.ragged: list[Ragged] = []
        self.mended: list[tuple[int, list[str]]] = []

    def keep(self, row: pacsv.InvalidRow) -> str:
        self.count += 1
        if self.count <= MOST_ODD:
            self.skipped.append(row.number)
            text = io.StringIO(row.text, newline="")
            values = [value.strip() for value in next(csv.reader(text, delimiter=self.form.separator), [])]
            width = self.form.width
            if len(values) < self.named or any(values[len(self.form.headers) :]):
                self.ragged.append(Ragged(row.number, tuple(values)))
            else:
                self.mended.append((row.number, [*values[:width], *[""] * (width - len(values))]))
        return "skip"

    def refuse_too_many(self) -> None:
        if max(self.count, self.too_many) > MOST_ODD:
            message = f"More than {MOST_ODD:,} rows have more or fewer values than the header; the first is row"
            hint = "Look whether values hold the separator without standing in quotation marks."
            row = min((*self.skipped[:1], *(bad.row for bad in self.ragged)))
            raise FileRefused(f"{message} {row}. {hint}", "columns", row)


def _with_lost_characters(table: Table, text: Text) -> Table:
    if LOST not in text.utf8:
        return table
    found = tuple(unreadable(table, "doubt" if text.sure else "error"))
    return replace(table, problems=(*table.problems, *found))


def _refuse_open_quote(utf8: bytes, form: _Form) -> None:
    """Say where the mark was opened that swallows the rest: no later row ends as a row does."""
    swallowing = number = 0
    last: list[str] = []
    for number, (last, _) in enumerate(_rows(utf8.rstrip(b"\n") + b"\n" + END.encode(), form), 1):
        if not swallowing and any("\n" in cell and cell.count(form.separator) >= form.width - 1 for cell in last):
            swallowing = number
    if last != [END]:
        row = swallowing or number
        message = f'Row {row}: a quotation mark (") is opened and never closed, so the rows after it were swallowed.'
        raise FileRefused(f"{message} Close it, or write it twice where it is meant.", "quote", row)


def _refuse_swallowed_rows(utf8: bytes, cells: pa.Table, ragged: Sequence[Ragged], form: _Form) -> None:
    """Two marks left open swallow the rows between: one cell holds line ends and a row's worth of separators."""
    suspects = {bad.row for bad in ragged if any("\n" in value for value in bad.values)}
    for place in range(len(form.headers)):
        column = cells[f"c{place}"]
        lines = pc.match_substring(column, "\n")
        if pc.any(lines).as_py():
            many = pc.greater_equal(pc.count_substring(column, form.separator), max(form.width - 1, 2))
            suspects.update(cells["row"].filter(pc.and_(lines, many)).to_pylist())
    if not suspects:
        return
    for row, (_, lines) in enumerate(_rows(utf8, form), 1):
        if row in suspects and _swallows(lines, form):
            message = f'Row {row}: a quotation mark (") seems to be left open; one cell holds whole rows. Close it.'
            raise FileRefused(message, "quote", row)


def _swallows(lines: Sequence[str], form: _Form) -> bool:
    """Whether a line is a whole row, or a mark is closed where no value ends."""
    if any(line.count(form.separator) == form.width - 1 for line in lines[1:-1]):
        return True
    try:
        list(csv.reader(lines, delimiter=form.separator, strict=True))
    except csv.Error:
        return True
    return False


def _rows(utf8: bytes, form: _Form) -> Iterator[tuple[list[str], list[str]]]:
    """Each row, and the lines of text that it takes."""
    lines: list[str] = []

    def read() -> Iterator[str]:
        for line in io.TextIOWrapper(io.BytesIO(utf8), "utf-8", newline=""):
            lines.append(line)
            yield line

    for row in csv.reader(read(), delimiter=form.separator):
        yield row, lines
        lines.clear()
