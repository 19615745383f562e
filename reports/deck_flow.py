"""In which order and how close blocks stand on slides."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import takewhile
from math import ceil

from pptx.slide import Slide

from reports import deck_charts
from reports.content import Block, Chart, Figures, Table, Text
from reports.deck_charts import Plot
from reports.deck_parts import GAP, Part, cut_text, cut_tiles, write
from reports.deck_tables import Grid, cut_grid, scorecard, table_grid
from reports.deck_template import Box, Style
from reports.deck_text import LEADING, flat

NOTHING_DRAWN = "No value is reported, so there is nothing to draw."


@dataclass(frozen=True, slots=True)
class Columns:
    """Texts side by side."""

    texts: tuple[Text, ...]


@dataclass(frozen=True, slots=True)
class Beside:
    """A chart with what stands to its right."""

    left: Plot
    right: tuple[Text | Plot, ...]


Unit = Text | Figures | Grid | Plot | Beside | Columns


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
        density = style.density
        above = 2 * (density.title + density.small) * LEADING + GAP
        return list(deck_charts.split(block, room.height - above, density.bar))
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
            texts = _texts(units[place - 1 :], style, room)
            place += max(0, len(texts) - 1)
            yield Columns(texts) if texts else _halves(unit, style, room) if isinstance(unit, Text) else unit
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


def _texts(units: Sequence[Unit], style: Style, room: Box) -> tuple[Text, ...]:
    """The texts at the beginning that fit side by side on a slide: two, or three where it is wide enough."""
    texts = [each for each in takewhile(lambda unit: isinstance(unit, Text), units) if isinstance(each, Text)]
    for count in range(min(len(texts), 3 if room.width >= 54 * style.density.body else 2), 1, -1):
        found = tuple(texts[:count])
        if len(texts) != count + 1 and _columns(Columns(found), style, room.width).height <= room.height:
            return found
    return ()


def _halves(text: Text, style: Style, room: Box) -> Text | Columns:
    """A list of short lines in two columns, any other text as it is."""
    half = (room.width - 2 * GAP) / 2
    short = all(style.ruler.width(flat(line), style.density.body) <= half for line in text.lines)
    if text.title or len(text.lines) < 4 or not short:
        return text
    middle = ceil(len(text.lines) / 2)
    columns = Columns((replace(text, lines=text.lines[:middle]), replace(text, lines=text.lines[middle:])))
    return columns if _columns(columns, style, room.width).height <= room.height else text


def _columns(unit: Columns, style: Style, width: float) -> Part:
    """Texts side by side, those that say more in wider columns."""
    open_ = width - 2 * GAP * (len(unit.texts) - 1)
    said = [sum(map(len, each.lines)) for each in unit.texts]
    titled = any(each.title for each in unit.texts)
    shares = [min(1.4, max(0.6, each * len(said) / max(1, sum(said)))) if titled else 1.0 for each in said]
    widths = [open_ * each / sum(shares) for each in shares]
    parts = [_stretch(each, style, wide) for each, wide in zip(unit.texts, widths, strict=True)]

    def draw(slide: Slide, box: Box) -> None:
        left = box.left
        for part, wide in zip(parts, widths, strict=True):
            part.draw(slide, Box(left, box.top, wide, part.height))
            left += wide + 2 * GAP

    return Part(max(part.height for part in parts), draw, tuple(note for part in parts for note in part.notes))


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
    part = _whole(unit, style, width)
    if part.height > height and not fresh:
        return None, unit
    return replace(part, height=min(part.height, height)), None


def _whole(unit: Plot | Beside | Columns, style: Style, width: float) -> Part:
    if isinstance(unit, Columns):
        return _columns(unit, style, width)
    return _beside(unit, style, width) if isinstance(unit, Beside) else _stretch(unit, style, width)


def _stretch(unit: Text | Plot, style: Style, width: float) -> Part:
    """The whole of a text or a chart."""
    if isinstance(unit, Text):
        part, _ = cut_text(unit, style, width, 10_000, True)
        assert part is not None
        return part
    chart, ruler, density = unit.chart, style.ruler, style.density
    says = flat(chart.subtitle)
    if chart.unit and chart.unit.lower() not in says.lower():
        says = f"{says} In {flat(chart.unit)}.".strip()
    title = ruler.cut(flat(chart.title), density.title * 1.08, width, 2)
    says = ruler.cut(says, density.small, width, 2)
    above = ruler.height(title, density.title * 1.08, width) + ruler.height(says, density.small, width) + density.pad

    def draw(slide: Slide, box: Box) -> None:
        head = Box(box.left, box.top, box.width, above)
        write(
            slide, head, [(title, density.title, True, style.look.ink), (says, density.small, False, style.look.muted)]
        )
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
