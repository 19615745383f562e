"""The presentation a deck is written into: the sponsor's template or a plain one, with the room it leaves."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from io import BytesIO
from typing import Any
from zipfile import BadZipFile, ZipFile
from zlib import error

import pptx
from pptx.enum.shapes import PP_PLACEHOLDER as Kind
from pptx.opc.constants import CONTENT_TYPE, RELATIONSHIP_TYPE
from pptx.oxml import parse_xml
from pptx.oxml.ns import qn
from pptx.package import Package
from pptx.parts.presentation import PresentationPart
from pptx.presentation import Presentation
from pptx.slide import SlideLayout
from pptx.util import Emu, Length, Pt

from charts.theme import DARK, LIGHT, Look
from reports.deck_text import Ruler

MOST_BYTES = 300_000_000
INSET = 7.2
"""Points between the edge of a placeholder and its text."""

NO_TEMPLATE = (
    "The template is not a PowerPoint presentation or template: choose a .pptx or .potx file that opens in PowerPoint "
    "without a password."
)
NO_LAYOUT = "The template has no slide layout: save it in PowerPoint with at least one, and load it again."
TOO_LARGE = "The template is too large: at most 300 MB unpacked."
TOO_SMALL = "The slides of the template are too small: at least 12 by 12 cm."

_KEPT = frozenset({"slideMaster", "notesMaster", "handoutMaster", "theme", "tableStyles", "font"})
_FOOT = (Kind.DATE, Kind.FOOTER, Kind.SLIDE_NUMBER)
_BREADTH = {"arial": 1.0, "helvetica": 1.0, "verdana": 1.25, "dejavu sans": 1.25}
_ANY_BREADTH = 1.15
"""Calibri and the like are narrower, but where they are missing a broader font stands in for them."""


@dataclass(frozen=True, slots=True)
class Box:
    """A place on a slide, in points."""

    left: float
    top: float
    width: float
    height: float

    @property
    def right(self) -> float:
        return self.left + self.width

    @property
    def bottom(self) -> float:
        return self.top + self.height

    @property
    def emu(self) -> tuple[Length, Length, Length, Length]:
        """As python-pptx wants it: left, top, width, height."""
        left, top, width, height = (Emu(round(each * 12700)) for each in (self.left, self.top, self.width, self.height))
        return left, top, width, height


@dataclass(frozen=True, slots=True, kw_only=True)
class Density:
    """How close a slide is set, in points.

    Sizes of letters (`cells`: those a table may have, the largest first), the space around words (`pad`) and in cells
    (`down`, `across`), the least width of a tile, the room of a bar, and the lines a cell of a table shows at most.
    """

    title: float
    body: float
    small: float
    value: float
    cells: tuple[float, ...]
    pad: float
    down: float
    across: float
    tile: float
    bar: float
    lines: int


DENSITIES = (
    Density(
        title=14, body=14, small=11, value=28, cells=(12, 11, 10), pad=5, down=3.5, across=5, tile=150, bar=15, lines=4
    ),
    Density(title=13, body=12, small=10, value=22, cells=(11, 10), pad=4, down=2.5, across=4, tile=98, bar=14, lines=4),
    Density(title=12, body=11, small=9, value=20, cells=(9,), pad=3, down=2, across=3, tile=92, bar=13, lines=3),
)
"""From airy to close."""


@dataclass(frozen=True, slots=True)
class Style:
    """How text is measured, which colours are legible on the template, and how close it is set."""

    ruler: Ruler
    look: Look
    density: Density = DENSITIES[0]


@dataclass(frozen=True, slots=True)
class Template:
    """A presentation without slides, its layouts, and the room they leave for title, content, footer and number."""

    presentation: Presentation
    cover: SlideLayout
    content: SlideLayout
    title: Box
    body: Box
    footer: Box
    number: Box
    style: Style


def opened(template: bytes | None) -> Template:
    """The template without its slides. Raises ValueError, with a sentence for its user, where it is none."""
    file = _plain() if template is None else template
    try:
        with ZipFile(BytesIO(file)) as archive:
            unpacked = sum(entry.file_size for entry in archive.infolist())
        if unpacked <= MOST_BYTES:
            return _opened(Package.open(BytesIO(file)).main_document_part)
    except _BROKEN as problem:
        raise ValueError(NO_TEMPLATE) from problem
    raise ValueError(TOO_LARGE)


_BROKEN = (BadZipFile, LookupError, AttributeError, TypeError, RuntimeError, OSError, SyntaxError, error)
"""What reading a file that is no presentation, or a damaged one, ends in."""


def _opened(part: Any) -> Template:
    if not isinstance(part, PresentationPart):
        raise ValueError(NO_TEMPLATE)
    # PowerPoint opens a .pptx whose content type is a template's, a show's or one with macros only after a repair.
    part._content_type = CONTENT_TYPE.PML_PRESENTATION_MAIN
    _emptied(part)
    presentation: Presentation = part.presentation
    layouts = [layout for master in presentation.slide_masters for layout in master.slide_layouts]
    if not layouts:
        raise ValueError(NO_LAYOUT)
    page = Box(0, 0, Emu(presentation.slide_width or 0).pt, Emu(presentation.slide_height or 0).pt)
    if min(page.width, page.height) < 340:
        raise ValueError(TOO_SMALL)
    content = min(layouts, key=_unlike_content)
    cover = next((each for each in layouts if each._element.get("type") == "title"), content)
    title = _title(content, page)
    footer, number = _foot(content, page)
    body = _body(content, page, title, footer)
    return Template(presentation, cover, content, title, body, footer, number, _style(content))


def _emptied(part: PresentationPart) -> None:
    """Drops the slides and whatever tells of them or of who wrote them: a part no relation leads to is not saved."""
    package: Any = part.package
    _drop(package._rels, frozenset({"officeDocument", "core-properties"}))
    _drop(part._rels, _KEPT)
    root = part._element
    for name in ("p:sldIdLst", "p:custShowLst", "p:custDataLst", "p:smartTags", "p:modifyVerifier", "p:extLst"):
        for element in root.findall(qn(name)):
            root.remove(element)
    for master in part.presentation.slide_masters:
        for each in (master, *master.slide_layouts):
            _without_jumps(each.part)


def _drop(relations: Any, kept: frozenset[str]) -> None:
    for key in [key for key, each in relations.items() if each.reltype.rsplit("/", 1)[-1] not in kept]:
        relations.pop(key)


def _without_jumps(part: Any) -> None:
    """Drops the links of a layout to slides: they would keep these slides in the file."""
    for key in [key for key, each in part._rels.items() if each.reltype == RELATIONSHIP_TYPE.SLIDE]:
        for link in part._element.xpath(f".//*[@r:id='{key}']"):
            link.getparent().remove(link)
        part._rels.pop(key)


def _unlike_content(layout: SlideLayout) -> int:
    """How unfit a layout is for a title above own content: 0 fits."""
    kinds = [each.placeholder_format.type for each in holders(layout)]
    others = len([kind for kind in kinds if kind not in (*_FOOT, Kind.TITLE)])
    titleless = 0 if Kind.TITLE in kinds else 100
    return 0 if layout._element.get("type") == "titleOnly" and not titleless else 1 + others + titleless


def holders(of: Any) -> list[Any]:
    """The placeholders of a layout or a master."""
    return list(of.placeholders)


def _boxes(layout: SlideLayout, *kinds: Kind) -> Iterator[Box]:
    """Where the layout, or else its master, has placeholders of these kinds."""
    for holder in (layout, layout.slide_master):
        found = [each for each in holders(holder) if each.placeholder_format.type in kinds]
        sized = [each for each in found if each.width and each.height and each.left is not None]
        for each in sized:
            yield Box(each.left.pt, each.top.pt, each.width.pt, each.height.pt)
        if sized:
            return


def _title(layout: SlideLayout, page: Box) -> Box:
    """The title's place, or one at the top where the layout's leaves no room below it."""
    plain = Box(page.width * 0.04, page.height * 0.035, page.width * 0.92, page.height * 0.14)
    found = next(_boxes(layout, Kind.TITLE), plain)
    if found.width < page.width * 0.45 or found.top > page.height * 0.25:
        return plain
    height = min(max(found.height, 44), page.height * 0.3 - found.top)
    return plain if height < 40 else Box(found.left, found.top, found.width, height)


def _foot(layout: SlideLayout, page: Box) -> tuple[Box, Box]:
    """Footer and page number: in the band of the layout's own, the footer as wide as the number leaves it."""
    low = [box for box in _boxes(layout, *_FOOT) if box.top > page.height * 0.8 and box.bottom <= page.height + 1]
    left = min((box.left for box in low), default=page.width * 0.04)
    right = max((box.right for box in low), default=page.width * 0.96)
    top = min((box.top for box in low), default=page.height - 30)
    height = max((box.bottom for box in low), default=page.height - 8) - top
    if right - left < page.width * 0.6:
        left, right = page.width * 0.04, page.width * 0.96
    own = next((box for box in _boxes(layout, Kind.SLIDE_NUMBER) if box in low), None)
    number = Box(right - 50, top, 50, height)
    if own and own.left < page.width / 3:
        number = Box(left, top, 50, height)
        return Box(left + 54, top, right - left - 54, height), number
    return Box(left, top, right - left - 54, height), number


def _body(layout: SlideLayout, page: Box, title: Box, footer: Box) -> Box:
    """What is left between title and footer, as wide as the master's own text, where it says."""
    own = next(_boxes(layout, Kind.BODY, Kind.OBJECT), title)
    if own.width < page.width * 0.6:
        own = title if title.width > page.width * 0.6 else Box(page.width * 0.04, 0, page.width * 0.92, 0)
    top = title.bottom + 6
    return Box(own.left + INSET, top, own.width - 2 * INSET, footer.top - 6 - top)


def _style(layout: SlideLayout) -> Style:
    master = layout.slide_master
    theme = parse_xml(master.part.part_related_by(RELATIONSHIP_TYPE.THEME).blob)
    font = theme.find(f".//{qn('a:minorFont')}/{qn('a:latin')}")
    name = "" if font is None else font.get("typeface", "")
    mapped = master._element.xpath("string(p:clrMap/@tx1)") or "dk1"
    ink = theme.find(f".//{qn('a:clrScheme')}/{qn(f'a:{mapped}')}/*")
    colour = "" if ink is None else ink.get("lastClr") or ink.get("val") or ""
    light = bool(re.fullmatch("[0-9A-Fa-f]{6}", colour)) and sum(bytes.fromhex(colour)) > 3 * 128
    return Style(Ruler(_BREADTH.get(name.lower(), _ANY_BREADTH)), DARK if light else LIGHT)


@cache
def _plain() -> bytes:
    """A quiet template of 16:9 in Arial, which is on every machine, with the colours of the charts."""
    presentation = pptx.Presentation()
    presentation.slide_width, presentation.slide_height = Pt(960), Pt(540)
    master = presentation.slide_master
    for each in (master, *master.slide_layouts):
        for shape in each.shapes:
            if shape._element.xpath("p:spPr/a:xfrm"):
                width = shape.width
                shape.left, shape.width = Emu(shape.left * 4 // 3), Emu(width * 4 // 3)
    places = {
        Kind.TITLE: Box(28.8, 14, 902.4, 69),
        Kind.BODY: Box(28.8, 89, 902.4, 415),
        Kind.DATE: Box(28.8, 510, 100, 20),
        Kind.FOOTER: Box(140, 510, 720, 20),
        Kind.SLIDE_NUMBER: Box(871.2, 510, 60, 20),
    }
    for holder in master.placeholders:
        _place(holder, places[holder.placeholder_format.type])
    for level in master._element.xpath("p:txStyles/p:titleStyle/a:lvl1pPr"):
        level.set("algn", "l")
        level.find(qn("a:defRPr")).set("b", "1")
    for body in master._element.xpath(".//p:sp[p:nvSpPr/p:nvPr/p:ph/@type='title']/p:txBody/a:bodyPr"):
        body.set("anchor", "t")
    cover = presentation.slide_layouts[0]
    _place(cover.placeholders[0], Box(28.8, 96, 902.4, 120))
    _place(cover.placeholders[1], Box(28.8, 228, 902.4, 250))
    for body in cover._element.xpath(".//p:sp[p:nvSpPr/p:nvPr/p:ph/@type='ctrTitle']/p:txBody/a:bodyPr"):
        body.set("anchor", "b")
    for level in cover._element.xpath(".//a:lvl1pPr"):
        level.set("algn", "l")
    for tint in cover._element.xpath(".//a:tint"):
        tint.getparent().remove(tint)
    theme: Any = master.part.part_related_by(RELATIONSHIP_TYPE.THEME)
    theme._blob = _themed(theme.blob.decode()).encode()
    written = BytesIO()
    presentation.save(written)
    return written.getvalue()


def _place(shape: Any, box: Box) -> None:
    shape.left, shape.top, shape.width, shape.height = box.emu


def _themed(theme: str) -> str:
    accents = (LIGHT.good, LIGHT.bad, *(LIGHT.causes[side] for side in ("cro", "sponsor", "external")), LIGHT.warn)
    colours = {"dk1": LIGHT.ink, "dk2": LIGHT.muted, "lt2": LIGHT.grid}
    colours |= {f"accent{place}": colour for place, colour in enumerate(accents, 1)}
    for name, colour in colours.items():
        value = f'<a:{name}><a:srgbClr val="{colour[1:].upper()}"/></a:{name}>'
        theme = re.sub(f"<a:{name}>.*?</a:{name}>", value, theme, count=1)
    return theme.replace('<a:latin typeface="Calibri"/>', '<a:latin typeface="Arial"/>')
