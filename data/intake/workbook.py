"""An Excel workbook, read as a stream: sheets, and the texts of their cells.

A library would be shorter. The one that is fast ends the process on a workbook with a single cell far out, since it
makes room for all cells between; here only cells that are there take any. Error cells keep their text, too.
"""

import posixpath
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import date, timedelta
from decimal import Decimal
from xml.parsers import expat

from data.intake.archive import MOST_BYTES, chunks, opened
from data.intake.problem import FileRefused
from data.intake.table import MOST_COLUMNS

MOST_PARTS = 1000
MOST_DECIMALS, SMALL = 6, Decimal("0.001")
"""Decimals of a result such as a third are cut; those of a tiny number are what it consists of."""
MOST_SHEETS = 100
MOST_ROWS, MOST_ROWS_OF_ALL = 1_100_000, 2_000_000
"""Of a sheet, for which Excel itself has 1,048,576, and over all sheets."""
LONGEST_TEXT = 32_767
"""Characters that a cell of Excel can hold."""
MOST_TEXT = MOST_BYTES
"""Bytes of all texts. A text is written once into the file, however many cells it fills."""
MOST_MERGED = 100_000
"""Merged ranges over all sheets."""
LONGEST_NAME = 100
"""Characters of the name of a sheet; Excel itself allows 31."""

SAVE_AGAIN = "Open it in Excel, save it as .xlsx, and load that."
DATE_FORMATS = frozenset((14, 15, 16, 17, 22, *range(27, 37), *range(50, 59)))
TIME_FORMATS = frozenset((18, 19, 20, 21, 45, 46, 47))
NOT_PICTURED = re.compile(r'"[^"]*"|\\.|_.|\*.|\[(?![hms]+\])[^\]]*\]', re.IGNORECASE)
REFERENCE = re.compile(r"([A-Za-z]{1,3})([1-9]\d{0,6})")
NUMBER = re.compile(r"[+-]?(\d+(\.\d*)?|\.\d+)([eE][+-]?\d+)?")
ESCAPED = re.compile("_x([0-9A-Fa-f]{4})_")
EPOCH = date(1899, 12, 30)
LAST_SERIAL = 2_958_465
LEAP_BUG = 60
"""Excel counts 29 February 1900, a day that never was, as number 60."""
DAYS_FROM_1900_TO_1904 = 1462

Row = tuple[int, dict[int, str]]
"""The number of a row, and the text of each cell that is not empty, by the place of its column."""


@dataclass(slots=True)
class Sheet:
    """A sheet of cells. What is known only after its rows were read is filled in by reading them."""

    name: str
    part: str
    hidden: bool
    merged: list[str] = field(default_factory=list)
    hidden_rows: int = 0
    formula: str = ""
    """The first cell whose formula has no result in the file."""


@dataclass(slots=True)
class Extent:
    """How much was read of a workbook, over all its sheets; `text` is in bytes."""

    rows: int = 0
    cells: int = 0
    text: int = 0
    merged: int = 0

    def add_row(self, text: int) -> None:
        """Count a row. Raises FileRefused where it is one too many."""
        self.rows += 1
        self.add_text(text)
        if self.rows > MOST_ROWS_OF_ALL:
            message = f"The workbook has more than {MOST_ROWS_OF_ALL:,} rows over all sheets. Send it in parts."
            raise FileRefused(message, "size")

    def add_merged(self) -> None:
        """Count a merged range. Raises FileRefused where it is one too many."""
        self.merged += 1
        if self.merged > MOST_MERGED:
            message = f"The workbook has more than {MOST_MERGED:,} merged ranges. Undo the merging, or save it as CSV."
            raise FileRefused(message, "size")

    def add_text(self, text: int) -> None:
        """Count the bytes of texts. Raises FileRefused where they are too many."""
        self.text += text
        if self.text > MOST_TEXT:
            message = f"The workbook holds more text than {MOST_TEXT / 1e6:,.0f} MB. Send it in parts."
            raise FileRefused(message, "size")


class Workbook:
    """A workbook. Raises FileRefused, wherever it is found, where the file is damaged or made to do harm."""

    def __init__(self, data: bytes) -> None:
        self._archive = opened(data)
        entries = self._archive.infolist()
        if len(entries) > MOST_PARTS:
            raise FileRefused(f"The workbook has {len(entries):,} parts; at most {MOST_PARTS:,} are read. {SAVE_AGAIN}")
        self._parts = {entry.filename.replace("\\", "/").lower(): entry for entry in entries}
        if len(self._parts) < len(entries):
            raise FileRefused(f"The workbook has a part twice. {SAVE_AGAIN}")
        if "xl/workbook.bin" in self._parts:
            raise FileRefused(f"This is a binary workbook (.xlsb). {SAVE_AGAIN}")
        self._related = self._relations()
        self._since_1904 = False
        self.sheets = self._sheets()
        self.extent = Extent()
        self._strings: list[str] | None = None
        self._styles: list[str] | None = None

    def rows(self, sheet: Sheet) -> Iterator[Row]:
        """The rows that hold something, in their order."""
        if self._strings is None or self._styles is None:
            self._strings, self._styles = self._shared_strings(), self._formats()
        reader = _Cells(sheet, self._strings, _Numbers(self._styles, self._since_1904), self.extent)
        for _ in self._read(sheet.part, reader.start, reader.end, reader.pieces.append):
            yield from reader.rows
            reader.rows.clear()

    def _read(self, part: str, start: "Start", end: "End | None" = None, text: "Text | None" = None) -> Iterator[None]:
        """Tell the elements of a part; yields after each piece."""
        entry = self._parts.get(part.lower())
        if entry is None:
            raise FileRefused(f"The workbook lacks a part, “{part}”. {SAVE_AGAIN}")
        parser = expat.ParserCreate()
        parser.buffer_text = True
        parser.StartDoctypeDeclHandler = _refuse_doctype
        parser.CharacterDataHandler = text

        def first(tag: str, told: dict[str, str]) -> None:
            """Some programs write each name behind a prefix, and the first one tells."""
            bare = ":" not in tag
            parser.StartElementHandler = start if bare else lambda tag, told: start(_plain(tag), told)
            parser.EndElementHandler = end if bare or not end else lambda tag: end(_plain(tag))
            start(_plain(tag), told)

        parser.StartElementHandler = first
        try:
            for chunk in chunks(self._archive, entry):
                parser.Parse(chunk, False)
                yield
            parser.Parse(b"", True)
        except (expat.ExpatError, ValueError, LookupError, OverflowError) as problem:
            raise FileRefused(f"The workbook is damaged in “{part}”. {SAVE_AGAIN}") from problem
        yield

    def _whole(self, part: str, start: "Start", end: "End | None" = None, text: "Text | None" = None) -> None:
        for _ in self._read(part, start, end, text):
            pass

    def _relations(self) -> dict[str, tuple[str, str]]:
        """Where the parts are, by their id: the type of each, and its name."""
        found = {}

        def start(tag: str, told: dict[str, str]) -> None:
            if tag == "Relationship" and told.get("TargetMode") != "External":
                target = posixpath.normpath(posixpath.join("xl", told.get("Target", "").replace("\\", "/")))
                found[told.get("Id", "")] = (told.get("Type", "").rpartition("/")[2], target.lstrip("/"))

        self._whole("xl/_rels/workbook.xml.rels", start)
        return found

    def _sheets(self) -> list[Sheet]:
        found: list[Sheet] = []

        def start(tag: str, told: dict[str, str]) -> None:
            told = {_plain(name): value for name, value in told.items()}
            if tag == "workbookPr":
                self._since_1904 = told.get("date1904") in ("1", "true")
            elif tag == "sheet":
                kind, part = self._related.get(told.get("id", ""), ("", ""))
                name = told.get("name", "")[:LONGEST_NAME]
                if kind == "worksheet":
                    found.append(Sheet(name, part, told.get("state", "visible") != "visible"))

        self._whole("xl/workbook.xml", start)
        _refuse_too_many(found)
        return found

    def _part_of(self, kind: str) -> str:
        return next((part for found, part in self._related.values() if found == kind), "")

    def _shared_strings(self) -> list[str]:
        part = self._part_of("sharedStrings")
        reader = _Strings()
        if part.lower() in self._parts:
            self._whole(part, reader.start, reader.end, reader.pieces.append)
        return reader.found

    def _formats(self) -> list[str]:
        """For each style of a cell: `date`, `time`, or nothing where a number is a number."""
        part = self._part_of("styles")
        own: dict[str, str] = {}
        used: list[str] = []
        inside = False

        def start(tag: str, told: dict[str, str]) -> None:
            nonlocal inside
            if tag == "numFmt":
                own[told.get("numFmtId", "")] = told.get("formatCode", "")
            elif tag == "xf" and inside:
                used.append(told.get("numFmtId", "0"))
            elif tag in ("cellXfs", "cellStyleXfs", "dxfs"):
                inside = tag == "cellXfs"

        if part.lower() in self._parts:
            self._whole(part, start)
        return [_shows(own[number]) if number in own else _built_in(number) for number in used]


Start = Callable[[str, dict[str, str]], None]
End = Callable[[str], None]
Text = Callable[[str], None]


class _Strings:
    """Collects the texts that cells share. What says how to read a text aloud is no part of it."""

    def __init__(self) -> None:
        self.found: list[str] = []
        self.pieces: list[str] = []
        self._texts: list[str] = []
        self._aloud = False

    def start(self, tag: str, _: dict[str, str]) -> None:
        if tag == "t":
            self.pieces.clear()
        elif tag == "rPh":
            self._aloud = True

    def end(self, tag: str) -> None:
        if tag == "t":
            if not self._aloud:
                self._texts.append("".join(self.pieces))
        elif tag == "si":
            text = "".join(self._texts)
            self._texts.clear()
            if len(text) > LONGEST_TEXT:
                raise FileRefused(f"The text “{text[:40]}…” of the workbook is {_too_long(text)}", "size")
            self.found.append(_unescaped(text))
        elif tag == "rPh":
            self._aloud = False


class _Numbers:
    """Writes numbers as they are meant: a plain number, a date, or a time."""

    def __init__(self, styles: list[str], since_1904: bool) -> None:
        self._styles = styles
        self._first = DAYS_FROM_1900_TO_1904 if since_1904 else 0
        self._written: dict[tuple[str, str], str] = {}

    def written(self, text: str, style: str) -> str:
        shown = self._styles[int(style)] if style.isdecimal() and int(style) < len(self._styles) else ""
        if not shown:
            return text if len(text) < 16 and text.isdecimal() else plain_number(text)
        key = (text, shown)
        if key not in self._written:
            self._written[key] = _moment(text, shown, self._first)
        return self._written[key]


class _Cells:
    """Collects the rows of a sheet."""

    def __init__(self, sheet: Sheet, strings: list[str], numbers: _Numbers, extent: Extent) -> None:
        self.rows: list[Row] = []
        self.pieces: list[str] = []
        self._sheet = sheet
        self._strings = strings
        self._numbers = numbers
        self._extent = extent
        self._columns: dict[str, int] = {}
        self._row = 0
        self._number = "0"
        self._cells: dict[int, str] = {}
        self._column = -1
        self._kind = self._style = ""
        self._texts: list[str] = []
        self._formula: str | None = None
        self._aloud = False
        self._size = 0

    def start(self, tag: str, told: dict[str, str]) -> None:
        if tag == "c":
            self._start_cell(told)
        elif tag in TEXTS:
            self.pieces.clear()
        elif tag == "row":
            self._start_row(told)
        elif tag == "rPh":
            self._aloud = True
        elif tag == "mergeCell":
            self._extent.add_merged()
            self._sheet.merged.append(told.get("ref", ""))

    def end(self, tag: str) -> None:
        if tag == "v":
            self._texts = ["".join(self.pieces)]
        elif tag == "c":
            self._end_cell()
        elif tag == "t":
            if not self._aloud:
                self._texts.append("".join(self.pieces))
        elif tag == "f":
            self._formula = "".join(self.pieces)
        elif tag == "row":
            self._end_row()
        elif tag == "rPh":
            self._aloud = False

    def _start_row(self, told: dict[str, str]) -> None:
        number = told.get("r")
        self._end_row()
        self._to_row(int(number) if number else self._row + 1)
        self._column = -1
        self._sheet.hidden_rows += told.get("hidden") in ("1", "true")

    def _to_row(self, number: int) -> None:
        if number <= self._row:
            raise FileRefused(f"The rows of the sheet “{self._sheet.name}” are not in order. {SAVE_AGAIN}")
        self._row, self._number = number, str(number)

    def _end_row(self) -> None:
        if self._cells:
            self._extent.add_row(self._size)
            self.rows.append((self._row, self._cells))
            self._cells, self._size = {}, 0

    def _start_cell(self, told: dict[str, str]) -> None:
        self._kind, self._style = told.get("t", "n"), told.get("s", "0")
        self._texts, self._formula = [], None
        reference = told.get("r")
        if reference is None:
            self._column += 1
            return
        letters = reference.rstrip("0123456789")
        place = self._columns.get(letters)
        if place is None or reference[len(letters) :] != self._number:
            self._to_cell(reference)
        else:
            self._column = place

    def _to_cell(self, reference: str) -> None:
        found = REFERENCE.fullmatch(reference)
        if not found:
            raise FileRefused(f"The workbook is damaged: “{reference[:20]}” names no cell. {SAVE_AGAIN}")
        if found[2] != self._number:
            self._end_row()
            self._to_row(int(found[2]))
        self._column = self._columns[found[1]] = _place(found[1])

    def _end_cell(self) -> None:
        value = "".join(self._texts)
        if self._kind == "s" and value:
            text = self._shared(value)
        elif self._kind == "n" and value:
            text = self._numbers.written(value, self._style)
        else:
            text = self._other(value)
        if text:
            if self._column >= MOST_COLUMNS or self._row > MOST_ROWS:
                raise self._too_far()
            if len(text) > LONGEST_TEXT:
                where = f"{_letters(self._column)}{self._row} of the sheet “{self._sheet.name}”"
                raise FileRefused(f"The text in cell {where} is {_too_long(text)}", "size", self._row)
            self._size += size_of(text)
            self._cells[self._column] = text

    def _other(self, value: str) -> str:
        if not value and self._formula is not None:
            self._sheet.formula = self._sheet.formula or f"{_letters(self._column)}{self._row}"
            return "=" + self._formula
        match self._kind:
            case "b":
                return {"1": "yes", "0": "no"}.get(value, value)
            case "d":
                return value.removesuffix("Z").removesuffix("T00:00:00")
            case _:
                return _unescaped(value)

    def _shared(self, number: str) -> str:
        if number.isdecimal() and len(number) < 10 and int(number) < len(self._strings):
            return self._strings[int(number)]
        message = f"The workbook is damaged: the text of cell {_letters(self._column)}{self._row} is missing."
        raise FileRefused(f"{message} {SAVE_AGAIN}")

    def _too_far(self) -> FileRefused:
        message = (
            f"The sheet “{self._sheet.name}” has a value in cell {_letters(self._column)}{self._row}; at most "
            f"{MOST_ROWS:,} rows and {MOST_COLUMNS} columns are read. Delete what stands far from the table."
        )
        return FileRefused(message, "columns" if self._row <= MOST_ROWS else "size", self._row)


TEXTS = frozenset(("v", "t", "f"))


def _refuse_too_many(sheets: list[Sheet]) -> None:
    """Raise FileRefused where there are too many sheets, or two of them are one part, as no program writes them."""
    if len(sheets) > MOST_SHEETS:
        message = f"The workbook has {len(sheets):,} sheets; at most {MOST_SHEETS} are read."
        raise FileRefused(f"{message} Leave out those that hold no table, or send it in parts.", "size")
    names: dict[str, str] = {}
    for sheet in sheets:
        part = sheet.part.lower()
        if part in names:
            message = f"The sheets “{names[part]}” and “{sheet.name}” are the same one, written once."
            raise FileRefused(f"{message} {SAVE_AGAIN}")
        names[part] = sheet.name


def _too_long(text: str) -> str:
    return f"{len(text):,} characters long; a cell of Excel holds {LONGEST_TEXT:,}. Shorten it."


def size_of(text: str) -> int:
    """Bytes of a text."""
    return len(text) if text.isascii() else len(text.encode("utf-8", "replace"))


def rows_and_column(reference: str) -> tuple[int, int, int] | None:
    """First row, last row and place of the first column of a range such as A4:B6."""
    first, _, last = reference.partition(":")
    start, end = REFERENCE.fullmatch(first), REFERENCE.fullmatch(last or first)
    return (int(start[2]), int(end[2]), _place(start[1])) if start and end else None


def plain_number(text: str) -> str:
    """A number to the 15 digits that Excel has and at most six decimals, without exponent; any other text as it is.

    Three decimals get a zero behind them: so the number cannot be taken for a text with a group of thousands.
    """
    if not NUMBER.fullmatch(text) or abs(float(text)) > 1e308:
        return text
    number = Decimal(f"{float(text):.15g}")
    decimals = -int(number.as_tuple().exponent)
    if decimals > MOST_DECIMALS and abs(number) >= SMALL:
        number = Decimal(f"{number:.{MOST_DECIMALS}f}").normalize()
        decimals = -int(number.as_tuple().exponent)
    return f"{number:f}0" if decimals == 3 and abs(number) >= 1 else f"{number:f}"


def _plain(tag: str) -> str:
    return tag.rpartition(":")[2]


def _refuse_doctype(*_: object) -> None:
    raise FileRefused(f"The workbook declares XML entities, as no spreadsheet program does. {SAVE_AGAIN}")


def _place(letters: str) -> int:
    number = 0
    for letter in letters.upper():
        number = 26 * number + ord(letter) - 64
    return number - 1


def _letters(place: int) -> str:
    letters = ""
    number = place + 1
    while number > 0:
        number, rest = divmod(number - 1, 26)
        letters = chr(65 + rest) + letters
    return letters


def _unescaped(text: str) -> str:
    """Characters that XML cannot hold are written as _x000D_; halves of characters and NULs are none."""
    if "_x" not in text:
        return text
    return ESCAPED.sub(lambda found: chr(int(found[1], 16)).encode("utf-8", "ignore").decode().strip("\0"), text)


def _built_in(number: str) -> str:
    code = int(number) if number.isdecimal() and len(number) < 6 else 0
    return "date" if code in DATE_FORMATS else "time" if code in TIME_FORMATS else ""


def _shows(code: str) -> str:
    """Whether a number format shows a date or a time, by the letters that are neither quoted nor in brackets."""
    # Excel's own limit is 255 characters.
    letters = set(NOT_PICTURED.sub("", code[:255].partition(";")[0]).lower())
    if letters & {"d", "y"}:
        return "date"
    if letters & {"h", "s"}:
        return "time"
    return "date" if "m" in letters else ""


def _moment(text: str, shown: str, first: int) -> str:
    """A number of days as ISO text: a date, a date and a time, or a time alone where no day is shown."""
    if not NUMBER.fullmatch(text):
        return text
    days, seconds = divmod(round(float(text) * 86_400), 86_400) if abs(float(text)) <= LAST_SERIAL else (-1, 0)
    if shown == "time" and days >= 0 and (days == 0 or (first == 0 and days < LEAP_BUG)):
        return _clock(days * 86_400 + seconds)
    days += first
    if not 0 < days <= LAST_SERIAL:
        return plain_number(text)
    if days == LEAP_BUG:
        return "1900-02-29"
    day = EPOCH + timedelta(days=days + (days < LEAP_BUG))
    return f"{day}T{_clock(seconds)}" if seconds else str(day)


def _clock(seconds: int) -> str:
    return f"{seconds // 3600:02}:{seconds // 60 % 60:02}:{seconds % 60:02}"
