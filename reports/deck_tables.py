"""Tables on slides, and the scorecard: measured, and cut so that no row runs off."""

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
from charts.theme import Look
from reports.content import Cell, Column, Figures, Table
from reports.deck_charts import rgb
from reports.deck_parts import PAD, TITLE, Part, again, comment, figure_notes, standing, write
from reports.deck_template import Box, Style
from reports.deck_text import LEADING, clean, flat, whole

ACROSS, DOWN = 5.0, 3.5
"""Margins of a cell, in points."""

SLACK = 1.1
"""How much wider a column is than its words: where the font is missing, another may be wider."""

CELL_LINES = 4
WIDE = 760.0
"""From which width on a table has room for all that is known of a figure."""

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
    names += ["Interval"] if wide else []
    names += ["Previous", "Our comment", "CRO's reply"]
    rows = []
    for each in figures.figures:
        cells = [each.domain, each.label, each.text, standing(each), each.counted or "–"]
        cells += [each.interval] if wide else []
        cells += [each.previous_text or "–", comment(each) or "–", each.reply or "–"]
        colours = [""] * len(cells)
        colours[3] = style.look.band_text(each.band)
        rows.append(Row(tuple(flat(cell) or "–" for cell in cells), tuple(colours), (*figure_notes(each), "")))
    right = tuple(name in ("Value", "Previous") for name in names)
    return _measured(figures.title, names, right, rows, style, width)


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
    """The table in the largest letters in which few cells need a second line, its texts shortened to four lines."""
    ruler = style.ruler
    size = widths = None
    for size in (12.0, 11.0, 10.0) if width > WIDE else (11.0, 10.0, 9.0):
        columns = [[ruler.width(name, size * 1.08), *(ruler.width(row.cells[at], size) for row in rows)]
                   for at, name in enumerate(names)]  # fmt: skip
        natural = [max(column) * SLACK + 2 * ACROSS for column in columns]
        words = [
            max(max((ruler.width(word, size * 1.08) for word in text.split()), default=0.0) for text in texts)
            for texts in ([name, *(row.cells[at] for row in rows)] for at, name in enumerate(names))
        ]
        least = [
            wanted if number else min(wanted, word * SLACK + 2 * ACROSS, width * 0.16)
            for wanted, word, number in zip(natural, words, right, strict=True)
        ]
        widths = _shared(natural, least, width)
        if sum(natural) <= 1.5 * width:
            break
    assert size is not None
    assert widths is not None
    fit = [
        replace(row, cells=tuple(ruler.cut(cell, size, wide - 2 * ACROSS, CELL_LINES)
                                 for cell, wide in zip(row.cells, widths, strict=True)))
        for row in rows
    ]  # fmt: skip
    head = Row(tuple(names), ("",) * len(names), ())
    return Grid(flat(title), head, right, tuple(widths), tuple(fit), size)


def _shared(natural: list[float], least: list[float], width: float) -> list[float]:
    """Widths of columns that fill the width: what they want, or at least what they need and a share of the rest."""
    if sum(natural) <= width:
        return [each * width / sum(natural) for each in natural]
    if sum(least) >= width:
        return [each * width / sum(least) for each in least]
    open_ = [want - need for want, need in zip(natural, least, strict=True)]
    part = _level(open_, width - sum(least))
    return [need + min(want, part) for need, want in zip(least, open_, strict=True)]


def _level(wants: list[float], room: float) -> float:
    """The height of water in vessels of these sizes, when so much is poured in."""
    level = 0.0
    for place, size in enumerate(sorted(wants)):
        step = (size - level) * (len(wants) - place)
        if step > room:
            return level + room / (len(wants) - place)
        room -= step
        level = size
    return level


def _row_height(row: Row, grid: Grid, style: Style, bold: bool = False) -> float:
    size = grid.size * (1.08 if bold else 1)
    heights = (
        style.ruler.height(cell or " ", size, wide - 2 * ACROSS)
        for cell, wide in zip(row.cells, grid.widths, strict=True)
    )
    return max(*heights, grid.size * LEADING) + 2 * DOWN


def cut_grid(grid: Grid, style: Style, height: float, fresh: bool) -> tuple[Part | None, Grid | None]:
    """The rows that fit in so much height, and the rest, shared out evenly over the pages they need."""
    above = TITLE * LEADING + PAD if grid.title else 0.0
    head = _row_height(grid.head, grid, style, bold=True)
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
    few = len(heights) < min(3, len(grid.rows))
    if not heights or (few and not fresh):
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
        title = style.ruler.cut(grid.title, TITLE * 1.08, box.width, 1)
        write(slide, Box(box.left, box.top, box.width, above), [(title, TITLE, True, look.ink)])
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
            _write_cell(cell, row.cells[at], grid.right[at], grid.size, row.colours[at], look, head=line == 0)


def _write_cell(cell: Any, text: str, right: bool, size: float, colour: str, look: Look, *, head: bool) -> None:
    cell.margin_left = cell.margin_right = Pt(ACROSS)
    cell.margin_top = cell.margin_bottom = Pt(DOWN)
    paragraph = cell.text_frame.paragraphs[0]
    if right:
        paragraph.alignment = PP_ALIGN.RIGHT
    run = paragraph.add_run()
    run.text = text
    run.font.size, run.font.bold = Pt(size), head or bool(colour)
    run.font.color.rgb = rgb(colour or look.ink)
    line, thick = (rgb(look.ink), 12700) if head else (rgb(look.grid), 9525)
    cell._tc.get_or_add_tcPr().append(parse_xml(
        f'<a:lnB {nsdecls("a")} w="{thick}"><a:solidFill><a:srgbClr val="{line}"/></a:solidFill></a:lnB>'
    ))  # fmt: skip
