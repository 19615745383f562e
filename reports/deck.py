"""The review pack as PowerPoint: charts that can be edited, and notes with what is needed to trust each figure."""

import zlib
from collections.abc import Sequence
from dataclasses import replace
from datetime import date, datetime, time
from io import BytesIO
from typing import Any
from zipfile import ZIP_DEFLATED, ZipFile, ZipInfo

from pptx.enum.shapes import PP_PLACEHOLDER as Kind
from pptx.enum.text import MSO_ANCHOR, PP_ALIGN
from pptx.oxml import parse_xml
from pptx.oxml.ns import nsdecls, qn
from pptx.slide import Slide, SlideLayout
from pptx.util import Pt

import wording
from reports.content import Pack, Section
from reports.deck_flow import Unit, arranged, cut
from reports.deck_parts import GAP, Part
from reports.deck_parts import write as written
from reports.deck_template import DENSITIES, INSET, Box, Style, Template, holders, opened
from reports.deck_text import LEADING, Ruler, clean, flat

KICKER = 12.0
HEADLINES = (24.0, 22.0, 20.0, 18.0, 16.0, 14.0)
COVER_TITLES = (36.0, 32.0, 28.0, 24.0, 20.0)
COVER_FACTS = (16.0, 14.0, 12.0, 11.0, 10.0, 9.0)
FOOTERS = (9.0, 8.0, 7.0)
EDITIONS = {"sponsor": "sponsor's edition", "cro": "CRO's edition", "leadership": "leadership edition"}
_FACTS = (Kind.SUBTITLE, Kind.BODY)
NOTHING = "Nothing more is shown here."


def write(pack: Pack, template: bytes | None = None) -> bytes:
    """The pack as a .pptx, the same pack as the same bytes; on the sponsor's own .pptx or .potx where one is given.

    Raises ValueError, with a sentence for the user, where the template is none.
    """
    deck = opened(template)
    below = f"{pack.review_id} · data to {pack.cut_off} · known at {pack.known_at} · {pack.hash[:12]} · {pack.state}"
    _cover(deck, pack, below)
    for section in pack.sections:
        pages = _pages(section, deck)
        for place, parts in enumerate(pages, 1):
            which = f" ({place} of {len(pages)})" if len(pages) > 1 else ""
            _slide(deck, section, which, parts, below)
    _properties(deck, pack)
    return _packed(deck)


def _pages(section: Section, deck: Template) -> list[list[Part]]:
    """The parts of a section on as few pages as they fit, as airy as these leave them."""
    styles = (replace(deck.style, density=density) for density in DENSITIES)
    return min((_laid(section, deck, style) for style in styles), key=len)


def _laid(section: Section, deck: Template, style: Style) -> list[list[Part]]:
    """The parts of a section, page by page."""
    width, height = deck.body.width, deck.body.height
    pages: list[list[Part]] = [[]]
    left = height
    for unit in arranged(section.blocks, style, deck.body):
        rest: Unit | None = unit
        while rest is not None:
            part, rest = cut(rest, style, width, left, fresh=not pages[-1])
            if part is not None:
                pages[-1].append(part)
                left -= part.height + GAP
            if rest is not None:
                pages.append([])
                left = height
    return pages


def _slide(deck: Template, section: Section, which: str, parts: Sequence[Part], below: str) -> None:
    slide = deck.presentation.slides.add_slide(deck.content)
    kicker = flat(f"{section.title}{which}{' · internal' if section.internal else ''}")
    finding = flat(section.finding)
    notes = [f"{kicker}: {finding}", ""]
    _headline(slide, deck, kicker, finding)
    _stack(slide, deck, parts)
    for part in parts:
        notes += [*part.notes, ""]
    _finish(slide, deck, notes, below)


def _headline(slide: Slide, deck: Template, kicker: str, finding: str) -> None:
    """The section's title, small, and the finding below it as large as it fits."""
    ruler, box = deck.style.ruler, deck.title
    room, height = box.width - 2 * INSET, box.height - INSET - KICKER * LEADING
    size = ruler.size(finding, room, height, [each * 1.08 for each in HEADLINES]) / 1.08
    most = max(1, int(height // (size * LEADING)))
    kicker = ruler.cut(kicker, KICKER, room, 1)
    shape = slide.shapes.title
    if shape is None:
        shape = slide.shapes.add_textbox(*box.emu)
    shape.left, shape.top, shape.width, shape.height = box.emu
    lines = [(kicker, KICKER, False, ""), (ruler.cut(finding, size * 1.08, room, most), size, True, "")]
    written(slide, box, lines, shape=shape)
    for paragraph in shape.text_frame.paragraphs:
        paragraph.line_spacing = 1.0


def _stack(slide: Slide, deck: Template, parts: Sequence[Part]) -> None:
    """Draws the parts below each other; charts take the room that is left."""
    body = deck.body
    if not parts:
        written(slide, body, [(NOTHING, 14.0, False, deck.style.look.muted)])
    spare = body.height - sum(part.height for part in parts) - GAP * (len(parts) - 1)
    growing = sum(part.grows for part in parts)
    top = body.top
    for part in parts:
        height = part.height + (max(0.0, spare) / growing if part.grows else 0.0)
        part.draw(slide, Box(body.left, top, body.width, height))
        top += height + GAP


def _cover(deck: Template, pack: Pack, footer: str) -> None:
    slide = deck.presentation.slides.add_slide(deck.cover)
    ruler = deck.style.ruler
    title = slide.shapes.title
    if title is None:
        title = slide.shapes.add_textbox(*deck.title.emu)
    box = Box(title.left.pt, title.top.pt, title.width.pt, title.height.pt)
    name = f"{flat(pack.cro)}: review {flat(pack.quarter)}"
    size = ruler.size(name, box.width - 2 * INSET, box.height - INSET, [each * 1.08 for each in COVER_TITLES]) / 1.08
    most = max(1, int((box.height - INSET) // (size * LEADING)))
    written(slide, box, [(ruler.cut(name, size * 1.08, box.width - 2 * INSET, most), size, True, "")], shape=title)
    facts = facts_of(pack)
    below: Any = next(
        (each for each in slide.placeholders if each.placeholder_format.type in (Kind.SUBTITLE, Kind.BODY)), None
    )
    room = _below(below, box, deck)
    size = next((each for each in COVER_FACTS if _tall(facts, each, room.width - 2 * INSET, ruler) <= room.height), 8.0)
    if below is None:
        below = slide.shapes.add_textbox(*room.emu)
        below.text_frame.margin_left = below.text_frame.margin_right = Pt(INSET)
    below.left, below.top, below.width, below.height = room.emu
    written(slide, room, [(fact, size, False, "") for fact in facts], shape=below, gap=2)
    below.text_frame.vertical_anchor = MSO_ANCHOR.TOP
    _finish(slide, deck, [name, *facts], footer)


def _tall(facts: Sequence[str], size: float, room: float, ruler: Ruler) -> float:
    return sum(ruler.height(fact, size, room) * 1.05 + 2 for fact in facts) + INSET


def _below(shape: Any, title: Box, deck: Template) -> Box:
    """Where the facts of the cover stand: in the layout's subtitle, made taller where it is too small for them."""
    foot = deck.footer.top - 6
    if shape is None:
        return Box(title.left, title.bottom + 6, title.width, max(120.0, foot - title.bottom - 6))
    own = Box(shape.left.pt, shape.top.pt, shape.width.pt, shape.height.pt)
    if own.top < title.bottom or foot - own.top > 140:
        return replace(own, height=max(own.height, foot - own.top) if own.top >= title.bottom else own.height)
    return replace(own, top=title.bottom + 4, height=foot - title.bottom - 4)


def facts_of(pack: Pack) -> tuple[str, ...]:
    """What the cover says, a line each."""
    told = [
        f"Data to {_day(pack.cut_off)}, known at upload {pack.known_at}; replies and actions to {_day(pack.told_on)}",
        f"{pack.state.capitalize()}{f' by {pack.frozen_by}' if pack.frozen_by else ''}, {EDITIONS[pack.edition]}",
        f"Prepared by {pack.prepared_by}" if pack.prepared_by else "",
        f"Against the {pack.baseline} baseline{f', amounts in {pack.currency}' if pack.currency else ''}",
        f"Review {pack.review_id}, version {pack.version}, definitions {pack.definitions}",
        f"Hash of the content {pack.hash}",
    ]
    return tuple(flat(each) for each in told if each)


def _day(iso: str) -> str:
    return wording.day(_date(iso)) if _date(iso) else iso


def _date(iso: str) -> date | None:
    try:
        return date.fromisoformat(iso)
    except ValueError:
        return None


def _finish(slide: Slide, deck: Template, notes: Sequence[str], below: str) -> None:
    """What every slide has: footer, page number and notes; and no empty placeholder."""
    for holder in list(slide.placeholders):
        if not (holder.has_text_frame and holder.text_frame.text):
            holder._element.getparent().remove(holder._element)
    number, told = len(deck.presentation.slides), flat(below)
    layout = slide.slide_layout
    size = deck.style.ruler.size(told, deck.footer.width - 4, deck.footer.height, FOOTERS)
    footer = written(slide, deck.footer, [(told, size, False, deck.style.look.muted)])
    _as_placeholder(footer, layout, Kind.FOOTER, "ftr")
    counted = written(slide, deck.number, [("", size, False, "")])
    _as_placeholder(counted, layout, Kind.SLIDE_NUMBER, "sldNum")
    _numbered(counted, number, size, str(deck.style.look.muted[1:].upper()))
    if deck.number.left > deck.footer.left:
        counted.text_frame.paragraphs[0].alignment = PP_ALIGN.RIGHT
    _note(slide, notes)


def _as_placeholder(shape: Any, layout: SlideLayout, kind: Kind, name: str) -> None:
    """Makes a box of text the slide's footer or number, as PowerPoint knows them, where the layout has one."""
    shape.text_frame.vertical_anchor = MSO_ANCHOR.MIDDLE
    shape.text_frame.paragraphs[0].alignment = PP_ALIGN.LEFT
    own = next((each for each in holders(layout) if each.placeholder_format.type == kind), None)
    shape.name = "Footer" if name == "ftr" else "Slide number"
    if own is not None:
        inner = shape._element.find(qn("p:nvSpPr"))
        inner.find(qn("p:cNvSpPr")).attrib.pop("txBox", None)
        holder = f'<p:ph {nsdecls("p")} type="{name}" sz="quarter" idx="{own.placeholder_format.idx}"/>'
        inner.find(qn("p:nvPr")).insert(0, parse_xml(holder))


def _numbered(shape: Any, number: int, size: float, colour: str) -> None:
    paragraph = shape.text_frame.paragraphs[0]._p
    for run in paragraph.findall(qn("a:r")):
        paragraph.remove(run)
    field = (
        f'<a:fld {nsdecls("a")} id="{{B6F15528-21DE-4FAA-801E-634DDDAF4B2B}}" type="slidenum">'
        f'<a:rPr lang="en-GB" sz="{round(size * 100)}"><a:solidFill><a:srgbClr val="{colour}"/></a:solidFill></a:rPr>'
        f"<a:t>{number}</a:t></a:fld>"
    )
    paragraph.append(parse_xml(field))


def _note(slide: Slide, lines: Sequence[str]) -> None:
    notes = slide.notes_slide
    if notes.notes_text_frame is None:
        # A template's own notes may have no place for text.
        notes.shapes._spTree.append(parse_xml(
            f'<p:sp {nsdecls("p", "a")}><p:nvSpPr><p:cNvPr id="99" name="Notes"/><p:cNvSpPr/>'
            '<p:nvPr><p:ph type="body" idx="1"/></p:nvPr></p:nvSpPr><p:spPr/>'
            "<p:txBody><a:bodyPr/><a:p/></p:txBody></p:sp>"
        ))  # fmt: skip
    frame = notes.notes_text_frame
    assert frame is not None
    frame.text = clean("\n".join(lines)).strip()


def _properties(deck: Template, pack: Pack) -> None:
    """Who, what and of when; all that the template said of itself is replaced."""
    made = datetime.combine(_date(pack.cut_off) or date(2000, 1, 1), time())
    core = deck.presentation.core_properties
    told = {
        "title": f"{pack.cro}: review {pack.quarter}",
        "subject": pack.review_id,
        "author": pack.prepared_by,
        "last_modified_by": pack.prepared_by,
        "category": EDITIONS[pack.edition],
        "content_status": pack.state,
        "identifier": pack.hash,
        "version": pack.version,
        "keywords": f"cut-off {pack.cut_off}, known at upload {pack.known_at}",
        "comments": "",
        "language": "en-GB",
    }
    for name, value in told.items():
        setattr(core, name, flat(value)[:255])
    core.created = core.modified = core.last_printed = made
    core.revision = 1


def _packed(deck: Template) -> bytes:
    """The file, with the same date on each of its parts: the same pack is the same bytes."""
    loose, packed = BytesIO(), BytesIO()
    deck.presentation.save(loose)
    with ZipFile(loose) as source, ZipFile(packed, "w") as target:
        for name in source.namelist():
            entry = ZipInfo(name, (1980, 1, 1, 0, 0, 0))
            entry.compress_type = ZIP_DEFLATED
            target.writestr(entry, source.read(name), compresslevel=zlib.Z_BEST_SPEED)
    return packed.getvalue()
