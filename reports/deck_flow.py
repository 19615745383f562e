"""In which order and how close blocks stand on slides."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from pptx.slide import Slide

from reports import deck_charts
from reports.content import Block, Chart, Figures, Table, Text
from reports.deck_charts import Plot
from reports.deck_parts import GAP, PAD, SMALL, TITLE, Part, cut_text, cut_tiles, write
from reports.deck_tables import Grid, cut_grid, scorecard, table_grid
from reports.deck_template import Box, Style
from reports.deck_text import LEADING, flat

NOTHING_DRAWN = "No value is reported, so there is nothing to draw."


@dataclass(frozen=True, slots=True)
class Beside:
    """A chart with what stands to its right."""

    left: Plot
    right: tuple[Text | Plot, ...]


Unit = Text | Figures | Grid | Plot | Beside


def arranged(blocks: Sequence[Block], style: Style, room: Box) -> list[Unit]:
    """The blocks as what a slide can hold: charts split, tables measured, small ones side by side."""
    units: list[Unit] = []
    for block in blocks:
        units += _units(replace(block, title=_title(block)), style, room)
    return list(_paired(units, style, room))


def _title(block: Block) -> str:
    return f"Internal: {block.title}".removesuffix(": ") if block.internal else block.title


def _units(block: Block, style: Style, room: Box) -> list[Unit]:
    if isinstance(block, Chart):
        if not deck_charts.drawable(block):
            return [Text(title=block.title, lines=(block.subtitle, NOTHING_DRAWN))]
        return list(deck_charts.split(block, room.height - 2 * (TITLE + SMALL) * LEADING - GAP))
    if isinstance(block, Table):
        return [table_grid(block, style, room.width)] if block.rows else [Text(title=block.title, lines=(block.empty,))]
    if isinstance(block, Figures):
        return [block if block.tiles else scorecard(block, style, room.width)] if block.figures else []
    return [block] if block.lines or block.title else []


def _paired(units: list[Unit], style: Style, room: Box) -> Iterator[Unit]:
    half = (room.width - 2 * GAP) / 2
    place = 0
    while place < len(units):
        unit, following = units[place], units[place + 1 :]
        place += 1
        if not isinstance(unit, Plot) or not _small(unit):
            yield unit
            continue
        right: list[Text | Plot] = []
        for each in following:
            fits = not any(isinstance(other, Plot) for other in right) if isinstance(each, Text) else not right
            if not fits or not isinstance(each, Text | Plot) or (isinstance(each, Plot) and not _small(each)):
                break
            right.append(each)
        while right and sum(_stretch(each, style, half).height + GAP for each in right) > room.height:
            right.pop()
        place += len(right)
        yield Beside(unit, tuple(right)) if right else unit


def _small(plot: Plot) -> bool:
    """Whether half the width is enough."""
    return plot.scale is None and len(plot.chart.categories) <= 8


def cut(unit: Unit, style: Style, width: float, height: float, fresh: bool) -> tuple[Part | None, Unit | None]:
    """What of the unit fits in so much height, and the rest. On a fresh page something is always taken."""
    if isinstance(unit, Grid):
        return cut_grid(unit, style, height, fresh)
    if isinstance(unit, Text):
        return cut_text(unit, style, width, height, fresh)
    if isinstance(unit, Figures):
        return cut_tiles(unit, style, width, height, fresh)
    part = _beside(unit, style, width) if isinstance(unit, Beside) else _stretch(unit, style, width)
    if part.height > height and not fresh:
        return None, unit
    return replace(part, height=min(part.height, height)), None


def _stretch(unit: Text | Plot, style: Style, width: float) -> Part:
    """The whole of a text or a chart."""
    if isinstance(unit, Text):
        part, _ = cut_text(unit, style, width, 10_000, True)
        assert part is not None
        return part
    chart, ruler = unit.chart, style.ruler
    says = flat(chart.subtitle)
    if chart.unit and chart.unit.lower() not in says.lower():
        says = f"{says} In {flat(chart.unit)}.".strip()
    title = ruler.cut(flat(chart.title), TITLE * 1.08, width, 2)
    says = ruler.cut(says, SMALL, width, 2)
    above = ruler.height(title, TITLE * 1.08, width) + ruler.height(says, SMALL, width) + PAD

    def draw(slide: Slide, box: Box) -> None:
        head = Box(box.left, box.top, box.width, above)
        write(slide, head, [(title, TITLE, True, style.look.ink), (says, SMALL, False, style.look.muted)])
        deck_charts.draw(slide, unit, Box(box.left, box.top + above, box.width, box.height - above), style)

    return Part(above + unit.least, draw, deck_charts.numbers(chart), grows=True)


def _beside(unit: Beside, style: Style, width: float) -> Part:
    half = (width - 2 * GAP) / 2
    left = _stretch(unit.left, style, half)
    right = [_stretch(each, style, half) for each in unit.right]
    height = max(left.height, sum(each.height for each in right) + GAP * (len(right) - 1))

    def draw(slide: Slide, box: Box) -> None:
        left.draw(slide, Box(box.left, box.top, half, box.height))
        top = box.top
        for each in right:
            tall = box.height if each.grows else each.height
            each.draw(slide, Box(box.left + half + 2 * GAP, top, half, tall))
            top += tall + GAP

    return Part(height, draw, (*left.notes, *(note for each in right for note in each.notes)), grows=True)
