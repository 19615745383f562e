"""Tables on slides, and the scorecard: measured, and cut so that no row runs off."""

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date
from math import ceil
from typing import Any

from pptx.enum.text import PP_ALIGN
from pptx.oxml import parse_xml
from pptx.oxml.ns import nsdecls, qn
from pptx.slide import Slide
from pptx.util import Emu, Pt

import wording
from reports.content import Cell, Column, Figures, Table
from reports.deck_charts import rgb
from reports.deck_parts import Part, again, figure_notes, standing, write
from reports.deck_template import Box, Style
from reports.deck_text import LEADING, Ruler, clean, flat, whole

SLACK = 1.08
"""How much wider a column is than its words: where the font is missing, another may be wider."""

STEP = 4.0
"""Points by which the width of a column is sought."""

WIDE = 760.0
"""From which width on a table has room for all that is known of a figure."""

FEWEST = 3
"""Rows of a table that stand alone on no slide, where it can be avoided."""

LAST_RESORT = 8.0
"""Size of letters where words would be broken in any larger one, in points."""

TABLE_STYLE = "{2D5ABB26-0587-4C30-8999-92F81FD0307C}"
"""PowerPoint's own style without fill or grid."""


@dataclass(frozen=True, slots=True)
class Row:
    """A row of a table as it is shown, the colour of each cell's words (empty: ink), and the notes on it."""

    cells: tuple[str, ...]
    colours: tuple[str, ...]
    notes: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Grid:
    """A table with the widths of its columns and the size of its letters, in points."""

    title: str
    head: Row
    right: tuple[bool, ...]
    widths: tuple[float, ...]
    rows: tuple[Row, ...]
    size: float


def scorecard(figures: Figures, style: Style, width: float) -> Grid:
    """The figures as rows; where the slide is narrow, the interval stands in the notes alone."""
    wide = width > WIDE
    names = ["Domain", "KPI", "Value", "How it stands", "Rests on"]
    names += ["95 % interval"] if wide else []
    names += ["Previous", "Our comment", "CRO's reply"]
    rows = []
    for each in figures.figures:
        cells = [each.domain, each.label, each.text, standing(each), each.counted or "–"]
        cells += [_short(each.interval)] if wide else []
        cells += [each.previous_text or "–", each.comment or "–", each.reply or "–"]
        colours = [""] * len(cells)
        colours[3] = style.look.band_text(each.band)
        rows.append(Row(tuple(flat(cell) or "–" for cell in cells), tuple(colours), (*figure_notes(each), "")))
    right = tuple(name in ("Value", "Previous") for name in names)
    return _measured(figures.title, names, right, rows, style, width)


def _short(interval: str) -> str:
    """An interval without what its column says already, its method and a unit said twice."""
    half = re.fullmatch(r"Half of the .+? lie between (.+) and (.+)\.", interval)
    if half:
        return f"half: {half[1]} to {half[2]}"
    found = re.fullmatch(r"95 % interval (.+?)( \([^()]*\))?\.?", interval)
    return re.sub(r"^(\S+) (.+) to (\S+) \2$", r"\1 to \3 \2", found[1]) if found else interval


def table_grid(table: Table, style: Style, width: float) -> Grid:
    """The table as it is shown."""
    names = [flat(column.name) for column in table.columns]
    rows = []
    for row in table.rows:
        cells = tuple(shown(cell, column) for cell, column in zip(row, table.columns, strict=True))
        told = "; ".join(f"{name}: {_told(cell)}" for name, cell in zip(names, row, strict=True))
        rows.append(Row(cells, ("",) * len(cells), (told,)))
    right = tuple(column.format in ("number", "money") for column in table.columns)
    return _measured(table.title, names, right, rows, style, width)


def shown(cell: Cell, column: Column) -> str:
    """A cell as a slide shows it."""
    if cell is None or not str(cell).strip():
        return "–"
    if isinstance(cell, str):
        if column.format == "day" and cell:
            try:
                return wording.day(date.fromisoformat(cell))
            except ValueError:
                return flat(cell)
        return flat(cell)
    return f"{cell:,.{column.digits}f}"


def _told(cell: Cell) -> str:
    return flat(cell) if isinstance(cell, str) else "–" if cell is None else whole(cell)


def _measured(
    title: str, names: Sequence[str], right: tuple[bool, ...], rows: list[Row], style: Style, width: float
) -> Grid:
    """The table in the largest letters in which few cells need a second line, its texts, bold ones not, shortened."""
    ruler, most = style.ruler, style.density.lines
    head = Row(tuple(names), (style.look.ink,) * len(names), ())
    sizes = tuple(each if width > WIDE else max(9.0, each - 1) for each in style.density.cells)
    for size in (*sizes, LAST_RESORT):
        wanted = [_wants(head, rows, at, size, ruler) for at in range(len(names))]
        margins = [_margins(number, style) for number in right]
        natural = [max(each.lines) + margin for each, margin in zip(wanted, margins, strict=True)]
        least = _least(wanted, right, margins, width)
        if sum(least) <= width and (sum(natural) <= 1.5 * width or size <= sizes[-1]):
            break
    widths = _shared(wanted, least, margins, width)
    rooms = [wide - margin for wide, margin in zip(widths, margins, strict=True)]
    fit = [
        replace(row, cells=tuple(ruler.cut(cell, _broad(row, at, size), rooms[at], 99 if row.colours[at] else most)
                                 for at, cell in enumerate(row.cells)))
        for row in rows
    ]  # fmt: skip
    return Grid(flat(title), head, right, tuple(widths), tuple(fit), size)


def _margins(right: bool, style: Style) -> float:
    """Left and right of a cell; numbers keep away from the words of the next column."""
    return (3 if right else 2) * style.density.across


@dataclass(frozen=True, slots=True)
class Wants:
    """How wide the cells of a column are on one line, its head first, and the widest word."""

    lines: tuple[float, ...]
    word: float


def _wants(head: Row, rows: Sequence[Row], at: int, size: float, ruler: Ruler) -> Wants:
    texts = [(row.cells[at], _broad(row, at, size)) for row in (head, *rows)]
    words = (ruler.width(word, broad) for text, broad in texts for word in text.split())
    lines = tuple(ruler.width(text, broad) * SLACK for text, broad in texts)
    return Wants(lines, max(words, default=0.0) * SLACK)


def _broad(row: Row, at: int, size: float) -> float:
    """The size at which a cell is measured: bold letters are wider."""
    return size * 1.08 if row.colours[at] else size


def _least(wanted: Sequence[Wants], right: Sequence[bool], margins: Sequence[float], width: float) -> list[float]:
    """What columns need so that no number is wrapped and no word broken, unless it is very long."""
    needs = (
        max(each.word, *each.lines[1:]) if number else min(each.word, width * 0.16)
        for each, number in zip(wanted, right, strict=True)
    )
    return [
        min(max(need, 20.0), max(each.lines)) + margin
        for need, each, margin in zip(needs, wanted, margins, strict=True)
    ]


def _shared(wanted: Sequence[Wants], least: Sequence[float], margins: Sequence[float], width: float) -> list[float]:
    """Widths of columns that fill the width: the room left over goes where it saves most lines."""
    natural = [max(each.lines) + margin for each, margin in zip(wanted, margins, strict=True)]
    if sum(natural) <= width:
        return [each * width / sum(natural) for each in natural]
    if sum(least) >= width:
        return [each * width / sum(least) for each in least]
    costs = [
        [_cost(each, need - margin + step * STEP) for step in range(max(1, ceil((want - need) / STEP)) + 1)]
        for each, need, want, margin in zip(wanted, least, natural, margins, strict=True)
    ]
    steps = [0] * len(costs)
    left = int((width - sum(least)) // STEP)
    while left > 0:
        gains = [
            ((cost[now] - cost[then]) / (then - now), at, then)
            for at, (cost, now) in enumerate(zip(costs, steps, strict=True))
            for then in range(now + 1, min(now + left + 1, len(cost)))
        ]
        gain, at, then = max(gains, default=(0.0, 0, 0))
        if gain <= 0:
            break
        left -= then - steps[at]
        steps[at] = then
    widths = [need + step * STEP for need, step in zip(least, steps, strict=True)]
    return [each * width / sum(widths) for each in widths]


def _cost(column: Wants, room: float) -> float:
    """How tall a column is at so much room: a cell of many lines makes its whole row tall."""
    return sum((1.0 if each <= room else ceil(each * 1.1 / room)) ** 3 for each in column.lines)


def _row_height(row: Row, grid: Grid, style: Style) -> float:
    lines = (
        len(style.ruler.lines(cell, _broad(row, at, grid.size), wide - _margins(right, style)))
        for at, (cell, wide, right) in enumerate(zip(row.cells, grid.widths, grid.right, strict=True))
    )
    return max(1, *lines) * grid.size * LEADING + 2 * style.density.down


def cut_grid(grid: Grid, style: Style, height: float, fresh: bool) -> tuple[Part | None, Grid | None]:
    """The rows that fit in so much height, and the rest, shared out evenly over the pages they need."""
    above = style.density.title * LEADING + style.density.pad if grid.title else 0.0
    head = _row_height(grid.head, grid, style)
    tall = [_row_height(row, grid, style) for row in grid.rows]
    room = height - above - head
    pages = max(1, ceil(sum(tall) / max(room, 1.0)))
    share = sum(tall) / pages if fresh else room
    heights: list[float] = []
    for each in tall:
        used = sum(heights)
        if heights and (used + each > room or (pages > 1 and used >= share)):
            break
        if used + each > room and not fresh:
            break
        heights.append(each)
    if len(heights) < len(tall):
        most = len(tall) - FEWEST
        heights = heights[: max(most, ceil(len(tall) / 2)) if fresh else max(most, 0)]
    if not heights or (len(heights) < min(FEWEST, len(tall)) and not fresh):
        return None, grid
    part = Part(
        above + head + sum(heights),
        lambda slide, box: _draw_grid(slide, box, grid, [head, *heights], above, style),
        tuple(note for row in grid.rows[: len(heights)] for note in row.notes),
    )
    rest = grid.rows[len(heights) :]
    return part, replace(grid, title=again(grid.title), rows=rest) if rest else None


def _draw_grid(slide: Slide, box: Box, grid: Grid, heights: list[float], above: float, style: Style) -> None:
    look = style.look
    if grid.title:
        size = style.density.title
        title = style.ruler.cut(grid.title, size * 1.08, box.width, 1)
        write(slide, Box(box.left, box.top, box.width, above), [(title, size, True, look.ink)])
    place = Box(box.left, box.top + above, sum(grid.widths), sum(heights))
    frame: Any = slide.shapes.add_table(len(heights), len(grid.widths), *place.emu)
    frame.name = grid.title or "Scorecard"
    described = f"{grid.title or 'Scorecard'}: {len(heights) - 1} rows. {', '.join(grid.head.cells)}."
    frame._element.nvGraphicFramePr.cNvPr.set("descr", clean(described))
    table = frame.table
    properties = table._tbl.tblPr
    properties.find(qn("a:tableStyleId")).text = TABLE_STYLE
    properties.set("bandRow", "0")
    for column, wide in zip(table.columns, grid.widths, strict=True):
        column.width = Emu(round(wide * 12700))
    rows = (grid.head, *grid.rows[: len(heights) - 1])
    for line, (row, tall, native) in enumerate(zip(rows, heights, table.rows, strict=True)):
        native.height = Emu(round(tall * 12700))
        for at, cell in enumerate(native.cells):
            _write_cell(cell, row.cells[at], grid.right[at], grid.size, row.colours[at], style, head=line == 0)


def _write_cell(cell: Any, text: str, right: bool, size: float, colour: str, style: Style, *, head: bool) -> None:
    cell.margin_left, cell.margin_right = Pt(style.density.across), Pt(_margins(right, style) - style.density.across)
    cell.margin_top = cell.margin_bottom = Pt(style.density.down)
    paragraph = cell.text_frame.paragraphs[0]
    if right:
        paragraph.alignment = PP_ALIGN.RIGHT
    run = paragraph.add_run()
    run.text = text
    run.font.size, run.font.bold = Pt(size), head or bool(colour)
    look = style.look
    run.font.color.rgb = rgb(colour or look.ink)
    line, thick = (rgb(look.ink), 12700) if head else (rgb(look.grid), 9525)
    cell._tc.get_or_add_tcPr().append(parse_xml(
        f'<a:lnB {nsdecls("a")} w="{thick}"><a:solidFill><a:srgbClr val="{line}"/></a:solidFill></a:lnB>'
    ))  # fmt: skip
