"""A workbook to fill in: one sheet a kind, with the columns, drop-downs and notes of its contract."""

import io
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal
from typing import Any

import xlsxwriter
from xlsxwriter.format import Format
from xlsxwriter.workbook import Workbook
from xlsxwriter.worksheet import Worksheet

from data.contracts import Column, Contract, Type
from data.intake.checks import EARLIEST, LATEST
from data.intake.excel import GUIDE

LAST_ROW = 500
"""Drop-downs and checks reach down to this row."""
LONGEST_LIST = 255
"""Characters that a spreadsheet takes for the choices of a drop-down, commas included."""
FIRST_DAY, LAST_DAY = date(EARLIEST, 1, 1), date(LATEST, 12, 31)
HUGE = 1e18
WIDEST = 44
A4 = 9
FORMATS = {
    Type.DATE: "yyyy-mm-dd",
    Type.NUMBER: "#,##0.00",
    Type.WHOLE: "0",
    Type.YEAR: "0",
}
"""How cells of a type are shown. All others are text, so that a spreadsheet makes no date of `2026-10`."""
INK, PAPER, RULE = "#1f2a37", "#e8edf3", "#c3ccd6"
WHOLE_BOOK = {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False}
PROTECTION = {"format_columns": True, "format_rows": True, "sort": True, "autofilter": True}


@dataclass(frozen=True, slots=True)
class Sheet:
    """Rows of a kind, by column name; what a row lacks is empty.

    `offered` are the values of a drop-down that takes others as well; `notes` stand at a cell, by place of the row and
    column name. `columns` are those to fill in beside the key, where not all are. `beside` is what each row shows to
    be answered, a text a row under a heading: then that and the keys are locked.
    """

    contract: Contract
    rows: Sequence[Mapping[str, Any]] = ()
    offered: Mapping[str, Sequence[str]] = field(default_factory=dict)
    notes: Mapping[tuple[int, str], str] = field(default_factory=dict)
    columns: Sequence[str] = ()
    beside: Mapping[str, Sequence[str]] = field(default_factory=dict)

    @property
    def shown(self) -> list[Column]:
        """The columns of the contract that it has."""
        return [column for column in self.contract if column.key or not self.columns or column.name in self.columns]


def workbook(lines: Sequence[str], sheets: Sequence[Sheet], made_on: date) -> bytes:
    """An Excel file: first a sheet `Read me` of these lines, the first one a title, then one sheet a kind.

    Headings are protected, cells are not. It depends on the arguments alone: `made_on` stands in its properties.
    """
    out = io.BytesIO()
    with xlsxwriter.Workbook(out, WHOLE_BOOK) as book:
        book.set_properties({"created": datetime(made_on.year, made_on.month, made_on.day)})  # noqa: DTZ001
        add(book, lines, sheets)
    return out.getvalue()


def add(book: Workbook, lines: Sequence[str], sheets: Sequence[Sheet]) -> None:
    """Put the same sheets behind those that a workbook has."""
    _read_me(book, lines)
    for sheet in sheets:
        _fill(book, sheet)


def _read_me(book: Workbook, lines: Sequence[str]) -> None:
    # All in one column: a line with two of our headings would be taken for a table.
    page = book.add_worksheet(GUIDE)
    page.hide_gridlines(2)
    _print_wide(page)
    page.set_column(0, 0, 110)
    page.protect("", PROTECTION)
    plain = {"text_wrap": True, "valign": "top", "font_color": INK, "num_format": "@"}
    page.write_string(0, 0, lines[0], book.add_format({**plain, "bold": True, "font_size": 16}))
    for row, line in enumerate(lines[1:], 1):
        page.write_string(row, 0, line, book.add_format(plain))


def _print_wide(page: Worksheet) -> None:
    page.set_landscape()
    page.set_paper(A4)
    page.fit_to_pages(1, 0)


def _fill(book: Workbook, sheet: Sheet) -> None:
    page, keys = book.add_worksheet(sheet.contract.kind), len(sheet.contract.keys)
    page.protect("", PROTECTION)
    _print_wide(page)
    page.repeat_rows(0)
    page.freeze_panes(1, keys if len(sheet.contract.columns) > 4 else 0)
    page.set_row(0, 22)
    head = book.add_format(
        {"bold": True, "locked": True, "bg_color": PAPER, "font_color": INK, "bottom": 1, "bottom_color": RULE,
         "valign": "vcenter", "num_format": "@"}
    )  # fmt: skip
    _show_beside(book, page, sheet, keys, head)
    last = max(LAST_ROW, len(sheet.rows) + 100) - 1
    for number, column in enumerate(sheet.shown):
        place = number + (0 if column.key else len(sheet.beside))
        look = {"num_format": FORMATS.get(column.type, "@"), "valign": "top", "text_wrap": bool(sheet.beside)}
        cell = book.add_format({**look, "locked": bool(sheet.beside) and column.key})
        page.set_column(place, place, _width(column, sheet), book.add_format({**look, "locked": False}))
        page.write_string(0, place, column.name, head)
        page.write_comment(0, place, note(column), {"author": "", "x_scale": 2, "y_scale": 1.2})
        if rule := _rule(column, sheet.offered.get(column.name, ())):
            page.data_validation(1, place, last, place, rule)
        for row, values in enumerate(sheet.rows):
            _write(page, row + 1, place, values.get(column.name), cell)
            if text := sheet.notes.get((row, column.name)):
                page.write_comment(row + 1, place, text, {"author": ""})


def _show_beside(book: Workbook, page: Worksheet, sheet: Sheet, first: int, head: Format) -> None:
    """Put the texts that are answered behind the keys."""
    cell = book.add_format({"locked": True, "num_format": "@", "valign": "top", "text_wrap": True, "font_color": INK})
    for place, (heading, texts) in enumerate(sheet.beside.items(), first):
        longest = max(map(len, (heading, *texts)))
        page.set_column(place, place, min(WIDEST, longest + 2), book.add_format({"locked": False}))
        page.write_string(0, place, heading, head)
        for row, text in enumerate(texts, 1):
            page.write_string(row, place, text, cell)


def note(column: Column) -> str:
    """What stands at the heading of a column: what it means, how it is written, and whether a new row needs it."""
    needed = "\nA new row needs it." if column.required else ""
    return f"{column.meaning}\n{_sentence(column.expected)}{needed}"


def _sentence(text: str) -> str:
    return f"{text[:1].upper()}{text[1:]}."


def _write(page: Worksheet, row: int, place: int, value: Any, cell: Format) -> None:
    match value:
        case None | "":
            return
        case bool():
            page.write_string(row, place, "yes" if value else "no", cell)
        case int() | Decimal() if Decimal(repr(float(value))) == value:
            page.write_number(row, place, float(value), cell)
        case date():
            page.write_datetime(row, place, value, cell)
        case _:
            # Also an amount with more digits than a spreadsheet keeps.
            page.write_string(row, place, str(value), cell)


def _width(column: Column, sheet: Sheet) -> int:
    longest = max((len(str(row.get(column.name) or "")) for row in sheet.rows), default=0)
    # Sentences are to be written beside what a row shows.
    least = 24 if sheet.beside and column.type is Type.TEXT and not (column.key or column.choices) else 12
    return min(WIDEST, max(len(column.name) + 3, longest + 2, least))


def _rule(column: Column, offered: Sequence[str]) -> dict[str, Any]:
    """The check of a column's cells: a list of choices, or a range of its type; none for a text."""
    said = {"error_title": column.name, "error_message": _sentence(f"expected {column.expected}")[:LONGEST_LIST]}
    if column.choices:
        return said | {"validate": "list", "source": list(column.choices)}
    if offered:
        # A comma parts two values, whatever stands around it; a quotation mark ends the list unless it is doubled.
        source = [value.replace('"', '""') for value in offered if "," not in value]
        fits = 0 < len(",".join(source)) <= LONGEST_LIST
        return {"validate": "list", "source": source, "show_error": False} if fits else {}
    least = column.minimum if column.minimum is not None else -HUGE
    most = column.maximum if column.maximum is not None else HUGE
    between = said | {"criteria": "between"}
    match column.type:
        case Type.FLAG:
            return said | {"validate": "list", "source": ["yes", "no"]}
        case Type.DATE:
            return between | {"validate": "date", "minimum": FIRST_DAY, "maximum": LAST_DAY}
        case Type.WHOLE:
            return between | {"validate": "integer", "minimum": int(least), "maximum": int(most)}
        case Type.NUMBER:
            return between | {"validate": "decimal", "minimum": least, "maximum": most}
        case _:
            return {}
