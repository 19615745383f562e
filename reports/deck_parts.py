"""What stands on a slide: stretches of a known height; texts and tiles, and the notes on a figure."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from math import ceil
from typing import Any

from pptx.enum.shapes import MSO_SHAPE
from pptx.enum.text import MSO_ANCHOR, PP_ALIGN
from pptx.oxml.ns import qn
from pptx.slide import Slide
from pptx.util import Pt

from charts.theme import SYMBOL
from reports.content import Figure, Figures, Text
from reports.deck_charts import rgb
from reports.deck_template import Box, Style
from reports.deck_text import LEADING, flat, whole

GAP = 10.0
"""Points between the parts of a slide."""


@dataclass(frozen=True, slots=True)
class Part:
    """A stretch of a slide: its height in points, how it is drawn, its notes, and whether it may grow."""

    height: float
    draw: Callable[[Slide, Box], None]
    notes: tuple[str, ...] = ()
    grows: bool = False


def figure_notes(figure: Figure) -> tuple[str, ...]:
    """All that is needed to trust a figure, its numbers whole."""
    told = [
        f"{figure.label} ({figure.domain}): {figure.text} [{whole(figure.value)} {figure.unit}], {standing(figure)}."
    ]
    told.append(f"Rests on: {figure.counted or 'nothing reported'}; n = {whole(figure.n)}.")
    told.append(f"Definition: {figure.definition}")
    told.append(f"Interval: {figure.interval} [{whole(figure.low)} to {whole(figure.high)}]")
    told.append(f"Threshold: {figure.threshold}")
    told.append(f"Source: {figure.source}")
    told.append(f"Previous quarter: {figure.previous_text or '–'} [{whole(figure.previous)}]")
    told += [f"Our comment: {figure.comment}"] if figure.comment else []
    told += [f"The CRO's reply: {figure.reply}"] if figure.reply else []
    return tuple(flat(each) for each in told)


def standing(figure: Figure) -> str:
    """How a figure stands to its target, with its symbol."""
    return f"{SYMBOL.get(figure.band, '·')} {figure.word}{', stale' if figure.stale else ''}"


def write(
    slide: Slide, box: Box, paragraphs: Sequence[tuple[str, float, bool, str]], *, shape: Any = None, gap: float = 0
) -> Any:
    """Writes (text, size, bold, colour) as paragraphs, into the shape or a new box of text without margins."""
    own = shape if shape is not None else slide.shapes.add_textbox(*box.emu)
    frame = own.text_frame
    frame.word_wrap = True
    if shape is None:
        frame.margin_left = frame.margin_right = frame.margin_top = frame.margin_bottom = 0
    for place, (text, size, bold, colour) in enumerate(paragraphs):
        paragraph = frame.paragraphs[0] if place == 0 else frame.add_paragraph()
        paragraph.space_before = Pt(gap if place else 0)
        run = paragraph.add_run()
        run.text = flat(text)
        run.font.size, run.font.bold = Pt(size), bold
        if colour:
            run.font.color.rgb = rgb(colour)
    return own


def cut_text(text: Text, style: Style, width: float, height: float, fresh: bool) -> tuple[Part | None, Text | None]:
    """What of a text fits in so much height, and the rest; on a fresh page at least a line."""
    ruler, density = style.ruler, style.density
    head = [(text.title, density.title, True, style.look.ink)] if text.title else []
    left = height - (ruler.height(flat(text.title), density.title * 1.08, width) + density.pad if head else 0)
    shown: list[str] = []
    most = max(2, min(8, int(height / density.body / LEADING) - 3))
    for line in text.lines:
        line = ruler.cut(flat(line), density.body, width, most)
        left -= ruler.height(line, density.body, width) + density.pad
        if left < 0 and (shown or not fresh):
            break
        shown.append(line)
    if not shown and text.lines:
        return None, text
    paragraphs = head + [(line, density.body, False, style.look.ink) for line in shown]
    part = Part(
        sum(
            ruler.height(flat(line), size * (1.08 if bold else 1), width) + density.pad
            for line, size, bold, _ in paragraphs
        ),
        lambda slide, box: write(slide, box, paragraphs, gap=density.pad),
        tuple(flat(line) for line, short in zip(text.lines, shown, strict=False) if flat(line) != short),
    )
    rest = text.lines[len(shown) :]
    return part, replace(text, title=again(text.title), lines=rest) if rest else None


def again(title: str) -> str:
    """The title of what goes on."""
    return f"{title.removesuffix(' (continued)')} (continued)" if title else ""


def cut_tiles(
    figures: Figures, style: Style, width: float, height: float, fresh: bool
) -> tuple[Part | None, Figures | None]:
    """The rows of tiles that fit in so much height, and the rest; on a fresh page at least one."""
    title, ruler = style.density.title, style.ruler
    above = title * LEADING + style.density.pad if figures.title else 0.0
    columns, wide, tall = _raster(figures.figures, style, width, height - above)
    rows = [figures.figures[at : at + columns] for at in range(0, len(figures.figures), columns)]
    fit = int((height - above + GAP) // (tall + GAP))
    if fit < 1 and not fresh:
        return None, figures
    shown = rows[: max(1, fit)]

    def draw(slide: Slide, box: Box) -> None:
        if figures.title:
            told = ruler.cut(flat(figures.title), title * 1.08, width, 1)
            write(slide, Box(box.left, box.top, width, above), [(told, title, True, style.look.ink)])
        for down, row in enumerate(shown):
            for across, figure in enumerate(row):
                place = Box(box.left + across * (wide + GAP), box.top + above + down * (tall + GAP), wide, tall)
                _draw_tile(slide, place, figure, style)

    notes = tuple(note for row in shown for figure in row for note in (*figure_notes(figure), ""))
    part = Part(above + len(shown) * (tall + GAP) - GAP, draw, notes)
    rest = figures.figures[len(shown) * columns :]
    return part, replace(figures, title=again(figures.title), figures=rest) if rest else None


def _raster(figures: Sequence[Figure], style: Style, width: float, height: float) -> tuple[int, float, float]:
    """In how many columns most tiles fit, then in the fewest rows; and the width and height of a tile."""
    count = len(figures)
    found = []
    for columns in range(1, min(count, max(1, int((width + GAP) // (style.density.tile + GAP)))) + 1):
        wide = (width - GAP * (columns - 1)) / columns
        tall = (
            max(sum(_tall(line, style, wide) for line in _tile(each, style, wide)) for each in figures)
            + 4 * style.density.pad
        )
        rows = ceil(count / columns)
        shown = min(count, columns * int((height + GAP) // (tall + GAP)))
        found.append(((shown, -rows, -columns), (columns, wide, tall)))
    return max(found)[1]


Line = tuple[str, float, bool, str]


def _tall(line: Line, style: Style, wide: float) -> float:
    text, size, bold, _ = line
    return style.ruler.height(text, size * (1.08 if bold else 1), wide - 4 * style.density.pad)


def _tile(figure: Figure, style: Style, wide: float) -> list[Line]:
    """What a tile says, from top to bottom."""
    look, ruler, small, value = style.look, style.ruler, style.density.small, style.density.value
    room = wide - 4 * style.density.pad
    before = f"before: {figure.previous_text}" if figure.previous_text else ""
    told = [each for each in (figure.counted, before) if each]
    said = [f"Our comment: {figure.comment}"] if figure.comment else []
    said += [f"CRO: {figure.reply}"] if figure.reply else []
    size = next(
        (size for size in (value, value * 0.85, value * 0.7) if ruler.width(figure.text, size * 1.08) <= room),
        small + 1,
    )
    return [
        (ruler.cut(flat(figure.label), small, room, 3), small, False, look.muted),
        (flat(figure.text), size, True, look.ink),
        (ruler.cut(flat(standing(figure)), (small + 1) * 1.08, room, 3), small + 1, True, look.band_text(figure.band)),
        *((ruler.cut(flat(each), small, room, 2), small, False, look.muted) for each in told),
        *((ruler.cut(flat(each), small, room, 4 if wide < 150 else 2), small, False, look.ink) for each in said),
    ]


def _draw_tile(slide: Slide, box: Box, figure: Figure, style: Style) -> None:
    look = style.look
    shape: Any = slide.shapes.add_shape(MSO_SHAPE.RECTANGLE, *box.emu)
    shape.name = flat(figure.label)
    shape.fill.solid()
    shape.fill.fore_color.rgb = rgb(look.tint(look.band(figure.band), 0.1))
    shape.line.fill.background()
    # Its style would bring the shadow of the theme.
    shape._element.remove(shape._element.find(qn("p:style")))
    frame = shape.text_frame
    frame.margin_left = frame.margin_right = Pt(2 * style.density.pad)
    frame.margin_top = frame.margin_bottom = Pt(2 * style.density.pad)
    frame.vertical_anchor = MSO_ANCHOR.TOP
    write(slide, box, _tile(figure, style, box.width), shape=shape)
    for paragraph in frame.paragraphs:
        paragraph.alignment = PP_ALIGN.LEFT
