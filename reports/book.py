"""The review pack as an Excel workbook: every number behind the pack, in cells to compute with and as it is said.

Figures stand once, on the sheet Scorecard. Every section has a sheet with its tables, and its charts beside the numbers
that they draw.
"""

import io
import math
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

import xlsxwriter
from xlsxwriter.chart import Chart as Drawing
from xlsxwriter.format import Format
from xlsxwriter.utility import xl_rowcol_to_cell
from xlsxwriter.workbook import Workbook
from xlsxwriter.worksheet import Worksheet

from charts.theme import LIGHT, SYMBOL, WORD
from data.intake.excel import GUIDE
from data.returns.workbook import WHOLE_BOOK
from reports import reply
from reports.content import Cell, Chart, Column, Figure, Figures, Pack, Role, Section, Series, Table, Text

COVER, SCORECARD = "Cover", "Scorecard"
FORBIDDEN = re.compile(r"[\[\]:*?/\\\x00-\x1f']")
"""What the name of a sheet may not hold, with the apostrophe, which it may not begin or end with."""
LONGEST_NAME, LONGEST_TEXT, LONGEST_PROPERTY = 31, 32_767, 255
"""Signs that a spreadsheet takes in the name of a sheet, in a cell, and in a property of the file."""
A3, A4 = 8, 9
TITLE_ROWS, TITLE_COLUMNS = 4, 8
"""Rows above the first block of a sheet, and the columns over which its sentences run."""
WIDEST, NARROWEST = 60, 11
LINE, ROW = 15, 20
"""The height of a row in points and in pixels."""
COLOURS: dict[Role, str] = {
    "actual": LIGHT.good_text,
    "baseline": LIGHT.neutral,
    "forecast": LIGHT.good,
    "cro": LIGHT.causes["cro"],
    "sponsor": LIGHT.causes["sponsor"],
    "external": LIGHT.causes["external"],
    "good": LIGHT.good,
    "bad": LIGHT.bad,
    "limit": LIGHT.muted,
}
REPLY = "review_replies"
KINDS = {
    "line": {"type": "line"},
    "column": {"type": "column"},
    "bar": {"type": "bar"},
    "stacked_bar": {"type": "bar", "subtype": "stacked"},
    "stacked_column": {"type": "column", "subtype": "stacked"},
}
TO_REPLY = f"Fill in the sheet {REPLY}, the last one, and send this workbook back. The sheet before it says how."


class _Exact(float):
    """A number that goes into the file with all its digits; the library cuts it at sixteen."""

    def __format__(self, _: str) -> str:
        return repr(float(self))


@dataclass(slots=True)
class _Sheet:
    """A sheet that is written from top to bottom. `row` is the next free one; `widths` are in characters."""

    book: "_Book"
    page: Worksheet
    name: str
    row: int = 0
    widths: dict[int, int] = field(default_factory=dict)

    def put(self, row: int, place: int, value: Cell, style: str = "cell", number: str = "") -> None:
        """Write a cell: None leaves it empty, and no text runs as a formula."""
        look = self.book.look(style, number)
        if value is None or value == "":
            # Not even a blank one: a chart would keep it as a zero.
            return
        if isinstance(value, str):
            self.page.write_string(row, place, value[:LONGEST_TEXT], look)
        else:
            self.page.write_number(row, place, _Exact(value), look)

    def put_day(self, row: int, place: int, value: Cell) -> None:
        """Write an ISO date as a date that can be computed with; another text stays text."""
        day = _day(value)
        if day:
            self.page.write_datetime(row, place, day, self.book.look("cell", "yyyy-mm-dd"))
        else:
            self.put(row, place, value)

    def say(self, text: str, style: str = "cell") -> None:
        """A sentence over several columns, in as many lines as it takes."""
        self.page.merge_range(self.row, 0, self.row, TITLE_COLUMNS - 1, "", self.book.look(style))
        self.put(self.row, 0, text, style)
        self.page.set_row(self.row, (LINE + 8) if style == "title" else LINE * max(1, math.ceil(len(text) / 100)))
        self.row += 1

    def head(self, names: Sequence[str]) -> None:
        for place, name in enumerate(names):
            self.put(self.row, place, name, "head")
            self.widen(place, len(name) + 3)
        self.row += 1

    def widen(self, place: int, width: int) -> None:
        self.widths[place] = min(WIDEST, max(width, NARROWEST, self.widths.get(place, 0)))

    def finish(self, *, paper: int = A4) -> None:
        """Column widths, and how it is printed."""
        for place, width in self.widths.items():
            self.page.set_column(place, place, width)
        self.page.hide_gridlines(2)
        self.page.set_landscape()
        self.page.set_paper(paper)
        self.page.fit_to_pages(1, 0)
        self.page.set_margins(left=0.4, right=0.4, top=0.5, bottom=0.6)
        self.page.set_footer(self.book.footer)


class _Book:
    """The workbook with its formats, each made once, and the names of its sheets."""

    def __init__(self, book: Workbook, pack: Pack) -> None:
        self.book, self.pack = book, pack
        shown = f"{pack.review_id} · cut-off {pack.cut_off} · {pack.state} · {pack.hash[:16]}"
        # An ampersand begins a command there, and more than 255 signs are not taken.
        self.footer = f"&L&8{shown[:200].replace('&', '&&')}&R&8&P / &N"
        self._looks: dict[tuple[str, str], Format] = {}
        self._names = {GUIDE.casefold(), REPLY} if pack.edition == "cro" else set()

    def look(self, style: str, number: str = "") -> Format:
        if (style, number) not in self._looks:
            self._looks[style, number] = self.book.add_format(
                _style(style) | ({"num_format": number} if number else {})
            )
        return self._looks[style, number]

    def sheet(self, wanted: str) -> _Sheet:
        name = _free(wanted, self._names)
        self._names.add(name.casefold())
        return _Sheet(self, self.book.add_worksheet(name), name)


def write(pack: Pack) -> bytes:
    """An Excel file with everything that the pack says. It depends on the pack alone.

    Of a CRO's edition nothing internal is written.
    """
    if pack.edition == "cro":
        pack = pack.for_cro()
    out = io.BytesIO()
    with xlsxwriter.Workbook(out, WHOLE_BOOK) as book:
        _describe(book, pack)
        made = _Book(book, pack)
        cover, scorecard = made.sheet(COVER), made.sheet(SCORECARD)
        names = {
            place: _section(made, place, section) for place, section in enumerate(pack.sections, 1) if _has_own(section)
        }
        _cover(cover, pack, names)
        _scorecard(scorecard, pack)
        if pack.edition == "cro":
            reply.add_to(book, pack)
    return out.getvalue()


def _describe(book: Workbook, pack: Pack) -> None:
    day = date.fromisoformat(pack.cut_off)
    book.set_properties(
        {
            "title": _title(pack),
            "subject": f"Review {pack.review_id}, {pack.edition} edition, {pack.state}",
            "author": pack.prepared_by,
            "comments": f"Content {pack.hash}",
            "created": datetime(day.year, day.month, day.day),  # noqa: DTZ001
        }
    )
    for name, value in _about(pack):
        if value != "":
            book.set_custom_property(name, str(value)[:LONGEST_PROPERTY], "text")


def _title(pack: Pack) -> str:
    return f"Review of {pack.cro or 'all CROs'}, {pack.quarter}"


def _about(pack: Pack) -> list[tuple[str, Cell]]:
    """What the pack is, for the cover."""
    return [
        ("Review", pack.review_id),
        ("CRO", f"{pack.cro} ({pack.cro_id})" if pack.cro_id else pack.cro or "all"),
        ("Quarter", pack.quarter),
        ("Cut-off", pack.cut_off),
        ("Known at upload", pack.known_at),
        ("Replies and actions told up to", pack.told_on),
        ("Baseline", pack.baseline),
        ("Currency", pack.currency),
        ("Edition", pack.edition),
        ("State", pack.state),
        ("Prepared by", pack.prepared_by),
        ("Frozen on", pack.frozen_on),
        ("Frozen by", pack.frozen_by),
        ("Version of the application", pack.version),
        ("Definitions of the KPIs", pack.definitions),
        ("Hash of the content (SHA-256)", pack.hash),
    ]


def _cover(sheet: _Sheet, pack: Pack, names: dict[int, str]) -> None:
    sheet.page.set_column(0, 0, 32)
    sheet.page.set_column(1, 1, 70)
    sheet.page.set_column(2, 2, 32)
    sheet.put(0, 0, _title(pack), "title")
    sheet.row = 2
    for name, value in _about(pack):
        sheet.put(sheet.row, 0, name, "muted")
        sheet.put_day(sheet.row, 1, value)
        sheet.row += 1
    if pack.edition == "cro":
        sheet.row += 1
        sheet.put(sheet.row, 0, "Your reply", "muted")
        sheet.put(sheet.row, 1, TO_REPLY)
        sheet.row += 1
    sheet.row += 1
    for place, name in enumerate(("Section", "What was found", "Sheet")):
        sheet.put(sheet.row, place, name, "head")
    for place, section in enumerate(pack.sections, 1):
        sheet.row += 1
        for column, text in enumerate((section.title, section.finding, names.get(place, SCORECARD))):
            sheet.put(sheet.row, column, text)
    sheet.finish()


@dataclass(frozen=True, slots=True)
class _Place:
    """A figure with the titles of the sections in which it stands."""

    figure: Figure
    sections: tuple[str, ...]


def _each_once(pack: Pack) -> list[_Place]:
    found: dict[Figure, dict[str, None]] = {}
    for section in pack.sections:
        for block in section.blocks:
            for figure in block.figures if isinstance(block, Figures) else ():
                found.setdefault(figure, {})[section.title] = None
    return [_Place(figure, tuple(titles)) for figure, titles in found.items()]


HEADINGS = (
    ("Section", 20), ("Domain", 14), ("KPI", 8), ("What it is", 34), ("Value", 12), ("Unit", 9), ("As shown", 14),
    ("Band", 14), ("How it stands", 22), ("Rests on", 24), ("n", 8), ("Low", 11), ("High", 11), ("How sure", 30),
    ("Previous", 12), ("Previous as shown", 14), ("Change", 11), ("Points", 9), ("Weight", 9), ("Points x weight", 11),
    ("Definition", 44), ("Threshold", 34), ("Source", 22), ("Our comment on a red", 34), ("Reply of the CRO", 34),
)  # fmt: skip
PLACE = {name: place for place, (name, _) in enumerate(HEADINGS)}
FROZEN = PLACE["Value"]
"""Columns up to this one stay in sight."""


def _scorecard(sheet: _Sheet, pack: Pack) -> None:
    sheet.put(0, 0, f"{_title(pack)}: every figure", "title")
    sheet.put(
        1, 0, "Values are unrounded. Change is the value less the previous one, in the unit of the figure.", "muted"
    )
    sheet.row = 3
    sheet.head([name for name, _ in HEADINGS])
    for place, (_, width) in enumerate(HEADINGS):
        sheet.widths[place] = width
    first = sheet.row
    for one in _each_once(pack):
        _figure(sheet, sheet.row, one)
        sheet.row += 1
    if sheet.row > first:
        sheet.page.autofilter(first - 1, 0, sheet.row - 1, len(HEADINGS) - 1)
    sheet.page.freeze_panes(first, FROZEN)
    sheet.page.repeat_rows(first - 1)
    sheet.finish(paper=A3)


def _figure(sheet: _Sheet, row: int, one: _Place) -> None:
    figure = one.figure
    number = _as_shown(figure.text)
    symbol, word = SYMBOL.get(figure.band, ""), WORD.get(figure.band, figure.band)
    texts = {
        "Section": ", ".join(one.sections),
        "Domain": figure.domain,
        "KPI": figure.id,
        "What it is": figure.label,
        "Unit": figure.unit,
        "As shown": figure.text,
        "How it stands": f"{figure.word}, stale" if figure.stale else figure.word,
        "Rests on": figure.counted,
        "How sure": figure.interval,
        "Previous as shown": figure.previous_text,
        "Definition": figure.definition,
        "Threshold": figure.threshold,
        "Source": figure.source,
        "Our comment on a red": figure.comment,
        "Reply of the CRO": figure.reply,
    }
    numbers = {
        "Value": (figure.value, number),
        "n": (figure.n, "#,##0.##"),
        "Low": (figure.low, number),
        "High": (figure.high, number),
        "Previous": (figure.previous, number),
        "Points": (figure.points, "0.0"),
        "Weight": (figure.weight, "0.0#"),
    }
    for name, text in texts.items():
        sheet.put(row, PLACE[name], text)
    for name, (value, shown) in numbers.items():
        sheet.put(row, PLACE[name], value, number=shown)
    sheet.put(row, PLACE["Band"], word if symbol == word else f"{symbol} {word}".strip(), f"band {figure.band}")
    _formula(sheet, row, "Change", ("Value", "-", "Previous"), (figure.value, figure.previous), number)
    _formula(sheet, row, "Points x weight", ("Points", "*", "Weight"), (figure.points, figure.weight), "0.0")
    longest = max(len(texts[name]) / width for name, width in HEADINGS if name in texts)
    sheet.page.set_row(row, LINE * max(1, math.ceil(longest * 1.15)))


def _formula(
    sheet: _Sheet,
    row: int,
    name: str,
    parts: tuple[str, str, str],
    values: tuple[float | None, float | None],
    number: str,
) -> None:
    """A live formula with the result beside it, so that whoever does not calculate sees it as well."""
    left, right = values
    if left is None or right is None:
        return
    one, sign, other = parts
    formula = f"={xl_rowcol_to_cell(row, PLACE[one])}{sign}{xl_rowcol_to_cell(row, PLACE[other])}"
    result = left - right if sign == "-" else left * right
    sheet.page.write_formula(row, PLACE[name], formula, sheet.book.look("cell", number), float(result))


def _has_own(section: Section) -> bool:
    return any(not isinstance(block, Figures) for block in section.blocks)


def _section(book: _Book, place: int, section: Section) -> str:
    """Write the sheet of a section; its name."""
    sheet = book.sheet(_name(book.pack, place, section))
    sheet.say(section.title, "title")
    sheet.say(section.finding, "bold")
    sheet.row = TITLE_ROWS - 1
    sheet.page.freeze_panes(TITLE_ROWS - 2, 0)
    sheet.page.repeat_rows(0, 1)
    for block in section.blocks:
        match block:
            case Text():
                _text(sheet, block)
            case Figures():
                _pointer(sheet, block)
            case Table():
                _table(sheet, block)
            case Chart():
                _chart(sheet, block)
        sheet.row += 1
    sheet.finish()
    return sheet.name


def _name(pack: Pack, place: int, section: Section) -> str:
    """What the sheet of a section is called: its title, unless that may name a CRO."""
    title = section.title.casefold()
    names_one = pack.edition == "leadership" or any(
        name and name.casefold() in title for name in (pack.cro, pack.cro_id)
    )
    return f"Section {place}" if names_one else section.title


def _text(sheet: _Sheet, block: Text) -> None:
    if block.title:
        sheet.say(block.title, "bold")
    for line in block.lines:
        sheet.say(line)


def _pointer(sheet: _Sheet, block: Figures) -> None:
    codes = ", ".join(figure.id for figure in block.figures)
    sheet.say(f"{block.title or 'Figures'}: {codes or 'none'}. Their numbers stand on the sheet {SCORECARD}.", "muted")


def _table(sheet: _Sheet, block: Table) -> None:
    sheet.say(block.title, "bold")
    if not block.rows:
        sheet.say(block.empty, "muted")
        return
    sheet.head([column.name for column in block.columns])
    for row in block.rows:
        for place, (column, value) in enumerate(zip(block.columns, row, strict=True)):
            _cell(sheet, place, column, value)
        sheet.row += 1


def _cell(sheet: _Sheet, place: int, column: Column, value: Cell) -> None:
    if column.format == "day":
        sheet.put_day(sheet.row, place, value)
    elif isinstance(value, str) or value is None:
        sheet.put(sheet.row, place, value)
        sheet.widen(place, min(len(value or "") + 2, WIDEST if column.wide else 40))
    else:
        sheet.put(sheet.row, place, value, number=_digits(column.digits))
        sheet.widen(place, len(f"{value:,.{column.digits}f}") + 3)


def _chart(sheet: _Sheet, block: Chart) -> None:
    """The numbers of a chart as a table, and the chart to their right."""
    title = sheet.row
    sheet.say(block.title, "bold")
    sheet.say(block.subtitle, "muted")
    top = sheet.row
    sheet.head([block.unit, *(series.name for series in block.series)])
    for place, category in enumerate(block.categories):
        sheet.put(sheet.row, 0, category)
        sheet.widen(0, min(len(category) + 2, 40))
        for column, series in enumerate(block.series, 1):
            sheet.put(sheet.row, column, series.values[place], number=_digits(block.digits))
        sheet.row += 1
    if not block.categories or not block.series:
        return
    drawing = sheet.book.book.add_chart(KINDS[block.kind])
    for column, series in enumerate(block.series, 1):
        drawing.add_series(_series(sheet.name, block, series, top, column))
    height = _dress(drawing, sheet.name, block, title)
    described = {"description": f"{block.title} {block.subtitle}".strip(), "object_position": 2}
    sheet.page.insert_chart(top, len(block.series) + 2, drawing, described)
    sheet.row = max(sheet.row, top + math.ceil(height / ROW) + 1)


def _series(sheet: str, block: Chart, series: Series, top: int, column: int) -> dict[str, Any]:
    """A series that reads everything from cells, its name as well, so that no text of it is taken for a formula."""
    last = top + len(block.categories)
    drawn: dict[str, Any] = {
        "name": [sheet, top, column],
        "categories": [sheet, top + 1, 0, last, 0],
        "values": [sheet, top + 1, column, last, column],
    }
    colour = COLOURS.get(series.role, LIGHT.neutral)
    if block.kind == "line":
        thin, dashed = series.role in ("baseline", "limit"), series.role in ("forecast", "limit")
        marker = {"type": "none"} if thin else {"type": "circle", "size": 6, "fill": {"color": colour}}
        line = {"color": colour, "width": 1.25 if thin else 2.25, "dash_type": "dash" if dashed else "solid"}
        drawn |= {"line": line, "marker": marker}
    elif series.role == "hidden":
        drawn |= {"fill": {"none": True}, "border": {"none": True}}
    elif series.role == "forecast":
        hatched = {"pattern": "wide_upward_diagonal", "fg_color": colour, "bg_color": LIGHT.paper}
        drawn |= {"pattern": hatched, "border": {"color": colour}}
    else:
        drawn |= {"fill": {"color": colour}, "border": {"none": True}}
    if len(block.series) == 1 and len(block.categories) <= 12:
        drawn["data_labels"] = {"value": True, "num_format": _digits(block.digits)}
    return drawn | ({"gap": 60} if block.kind != "line" else {})


def _dress(drawing: Drawing, sheet: str, block: Chart, title: int) -> int:
    """Title, legend and axes of a chart; its height in pixels."""
    lying = block.kind in ("bar", "stacked_bar")
    longest = max(map(len, block.categories))
    height = max(300, 22 * len(block.categories) + 120) if lying else 320
    width = 560 + (min(longest, 40) * 5 if lying else min(600, 24 * max(0, len(block.categories) - 12)))
    words = {"color": LIGHT.ink, "size": 9}
    drawing.set_title({"name": [sheet, title, 0], "overlay": False, "name_font": {"color": LIGHT.ink, "size": 11}})
    hidden = [place for place, series in enumerate(block.series) if series.role == "hidden"]
    told = {"position": "bottom", "font": words, "delete_series": hidden}
    drawing.set_legend(told if len(block.series) - len(hidden) > 1 else {"none": True})
    names = {"num_font": words, "label_position": "low", "major_gridlines": {"visible": False}}
    amounts = {
        "num_font": words,
        "num_format": _digits(block.digits),
        "major_gridlines": {"visible": True, "line": {"color": LIGHT.grid}},
        "line": {"none": True},
    } | ({"name": block.unit, "name_font": words} if block.unit and not block.unit.startswith("=") else {})
    drawing.set_y_axis(names | {"reverse": True} if lying else amounts)
    drawing.set_x_axis(amounts | {"label_position": "high"} if lying else names)
    drawing.show_blanks_as("gap")
    drawing.set_chartarea({"border": {"none": True}})
    drawing.set_size({"width": width, "height": height})
    return height


def _free(wanted: str, taken: Iterable[str]) -> str:
    """A name for a sheet that spreadsheets take and that no other sheet has."""
    name = " ".join(FORBIDDEN.sub(" ", wanted).split())[:LONGEST_NAME].strip() or "Section"
    # Excel keeps this name for itself.
    name = "History of it" if name.casefold() == "history" else name
    number, free = 1, name
    while free.casefold() in taken:
        number += 1
        free = f"{name[: LONGEST_NAME - len(f' ({number})')].strip()} ({number})"
    return free


def _day(value: Cell) -> date | None:
    try:
        return date.fromisoformat(value) if isinstance(value, str) and len(value) == 10 else None
    except ValueError:
        return None


def _digits(digits: int) -> str:
    return "#,##0" + (f".{'0' * digits}" if digits else "")


def _as_shown(text: str) -> str:
    """The number format with as many digits as the text of a figure has."""
    found = re.search(r"\d\.(\d+)", text)
    return _digits(len(found[1]) if found else 0)


def _style(style: str) -> dict[str, Any]:
    plain = {"font_color": LIGHT.ink, "valign": "top", "text_wrap": True}
    match style.split():
        case ["title"]:
            return {"font_color": LIGHT.ink, "bold": True, "font_size": 16}
        case ["bold"]:
            return plain | {"bold": True, "font_size": 12}
        case ["muted"]:
            return {"font_color": LIGHT.muted, "valign": "top"}
        case ["head"]:
            return plain | {"bold": True, "bg_color": LIGHT.grid, "bottom": 1, "bottom_color": LIGHT.neutral}
        case ["band", band]:
            return plain | {"bold": True, "font_color": LIGHT.band_text(band)}
        case _:
            return plain
