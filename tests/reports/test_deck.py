"""The PowerPoint read back: every number of the pack, digit for digit, nothing off a slide, nothing of an old deck."""

import re
from collections.abc import Iterator
from dataclasses import replace
from io import BytesIO
from typing import Any
from zipfile import ZipFile

import pptx
import pytest
from openpyxl import load_workbook
from pptx.opc.constants import RELATIONSHIP_TYPE
from pptx.oxml import parse_xml
from pptx.util import Emu, Inches

from charts.theme import DARK, LIGHT
from reports import deck
from reports.content import Block, Chart, Column, Figures, Pack, Section, Series, Table, Text
from reports.deck_tables import shown
from reports.deck_text import Ruler, labels
from tests.reports.sample import ATTACK, figure, pack

PACKS = {
    "one": pack(1),
    "eight": pack(8),
    "thirty with long names": pack(30, long=True),
    "missing": pack(8, missing=True),
    "eight for the CRO": pack(8).for_cro(),
}
TEMPLATE = "application/vnd.openxmlformats-officedocument.presentationml.template.main+xml"
PRESENTATION = "application/vnd.openxmlformats-officedocument.presentationml.presentation.main+xml"
SECRET = "Old slide of Borealis"


def sponsors(*, dark: bool = False, kind: str = PRESENTATION) -> bytes:
    """A sponsor's template of 4:3 with two old slides, one linked from the other, in a named section."""
    presentation = pptx.Presentation()
    for _ in range(2):
        slide = presentation.slides.add_slide(presentation.slide_layouts[1])
        slide.shapes.title.text = SECRET
        slide.notes_slide.notes_text_frame.text = SECRET
    presentation.slides[0].shapes.title.click_action.target_slide = presentation.slides[1]
    presentation.slide_layouts[5].part.relate_to(presentation.slides[0].part, RELATIONSHIP_TYPE.SLIDE)
    presentation.core_properties.title = presentation.core_properties.keywords = SECRET
    sections = (
        '<p:extLst xmlns:p="http://schemas.openxmlformats.org/presentationml/2006/main"><p:ext uri="{521415D9}">'
        '<p14:sectionLst xmlns:p14="http://schemas.microsoft.com/office/powerpoint/2010/main">'
        f'<p14:section name="{SECRET}" id="{{1}}"/></p14:sectionLst></p:ext></p:extLst>'
    )
    presentation.part._element.append(parse_xml(sections))
    if dark:
        mapped = presentation.slide_master._element.find(".//{*}clrMap")
        mapped.set("tx1", "lt1")
        mapped.set("bg1", "dk1")
    file = BytesIO()
    presentation.save(file)
    return repacked(file.getvalue(), "[Content_Types].xml", lambda text: text.replace(PRESENTATION, kind))


def repacked(file: bytes, name: str, change: Any) -> bytes:
    """The file with one of its parts changed."""
    made = BytesIO()
    with ZipFile(BytesIO(file)) as source, ZipFile(made, "w") as target:
        for each in source.namelist():
            part = source.read(each)
            target.writestr(each, change(part.decode()).encode() if each == name else part)
    return made.getvalue()


def read(file: bytes) -> Any:
    return pptx.Presentation(BytesIO(file))


def on(slide: Any) -> str:
    """All words on a slide, its tables included."""
    found = []
    for shape in slide.shapes:
        if shape.has_text_frame:
            found.append(shape.text_frame.text)
        if shape.has_table:
            found += [cell.text for row in shape.table.rows for cell in row.cells]
    return "\n".join(found)


def notes(file: bytes) -> str:
    return "\n".join(slide.notes_slide.notes_text_frame.text for slide in read(file).slides)


def every_text(file: bytes) -> str:
    """All parts of the file, those of the workbooks in it too."""
    found = []
    with ZipFile(BytesIO(file)) as archive:
        for name in archive.namelist():
            part = archive.read(name)
            found.append(name + (every_text(part) if name.endswith(".xlsx") else part.decode("utf-8", "replace")))
    return "\n".join(found)


def blocks(of: Pack, kind: type) -> Iterator[Any]:
    return (block for section in of.sections for block in section.blocks if isinstance(block, kind))


def charts(file: bytes) -> list[Any]:
    return [shape.chart for slide in read(file).slides for shape in slide.shapes if shape.has_chart]


def said(values: Any) -> list[Any]:
    return [value for value in values if value is not None]


@pytest.mark.parametrize("which", PACKS)
def test_every_figure_stands_on_a_slide_as_it_is_and_whole_in_the_notes(which: str) -> None:
    of = PACKS[which]
    file = deck.write(of)
    slides, told = [on(slide) for slide in read(file).slides], notes(file)
    for each in of.figures:
        assert any(each.text in words and each.word in words and each.label in words for words in slides)
        assert each.definition in told
        assert each.threshold in told
        assert each.source in told
        assert each.interval in told
        for number in said((each.value, each.low, each.high, each.previous, each.n)):
            assert repr(number).removesuffix(".0") in told


@pytest.mark.parametrize("which", PACKS)
def test_charts_are_native_and_hold_the_numbers_unrounded(which: str) -> None:
    of = PACKS[which]
    expected = {}
    for chart in blocks(of, Chart):
        for series in chart.series:
            if said(series.values):
                expected[chart.title, series.name] = list(series.values)
    found: dict[tuple[str, str], list[float | None]] = {}
    for slide in read(deck.write(of)).slides:
        for shape in slide.shapes:
            if shape.has_chart:
                title = re.sub(r" \(\d+ of \d+\)$", "", shape.name)
                for series in shape.chart.plots[0].series:
                    found.setdefault((title, series.name), []).extend(series.values)
    assert found == expected


@pytest.mark.parametrize("which", PACKS)
def test_every_cell_of_a_table_stands_on_a_slide(which: str) -> None:
    of = PACKS[which]
    file = deck.write(of)
    cells = {
        tuple(cell.text for cell in row.cells)
        for slide in read(file).slides for shape in slide.shapes if shape.has_table for row in shape.table.rows
    }  # fmt: skip
    for table in blocks(of, Table):
        for row in table.rows:
            assert tuple(shown(cell, column) for cell, column in zip(row, table.columns, strict=True)) in cells


@pytest.mark.parametrize("template", [None, sponsors(), sponsors(dark=True, kind=TEMPLATE)], ids=["own", "4:3", "dark"])
@pytest.mark.parametrize("which", PACKS)
def test_nothing_runs_off_a_slide_or_over_another(which: str, template: bytes | None) -> None:
    presentation = read(deck.write(PACKS[which], template))
    for number, slide in enumerate(presentation.slides, 1):
        places = []
        for shape in slide.shapes:
            tall = sum(row.height for row in shape.table.rows) if shape.has_table else shape.height
            assert shape.left >= 0
            assert shape.top >= 0
            assert shape.left + shape.width <= presentation.slide_width + 2
            assert shape.top + tall <= presentation.slide_height + 2
            places.append((shape.left, shape.top, shape.left + shape.width, shape.top + tall, shape.name))
            assert not shape.has_text_frame or shape.text_frame.text or shape.name == "Slide number"
        for at, one in enumerate(places):
            for other in places[at + 1 :]:
                across = min(one[2], other[2]) - max(one[0], other[0])
                down = min(one[3], other[3]) - max(one[1], other[1])
                assert across <= Emu(12700) or down <= Emu(12700), (number, one, other)


def test_every_slide_says_of_which_review_it_is() -> None:
    of = pack(8)
    for number, slide in enumerate(read(deck.write(of)).slides, 1):
        words = on(slide)
        for each in (of.review_id, of.cut_off, "known at 37", of.hash[:12], of.state):
            assert each in words
        numbers = slide._element.findall(".//{*}fld")
        assert [field.findtext("{*}t") for field in numbers] == [str(number)]
        assert slide.shapes.title.text_frame.text


def test_the_cover_and_the_properties_say_what_the_pack_is() -> None:
    of = pack(8)
    presentation = read(deck.write(of))
    words = on(presentation.slides[0])
    shown_as = (of.state.capitalize(), "30 Sep 2026", "upload 37", "sponsor's edition")
    for each in (*shown_as, of.cro, of.quarter, of.review_id, of.version, of.hash, of.prepared_by):
        assert each in words
    core = presentation.core_properties
    assert (core.title, core.subject, core.author) == ("Fortis Research: review 2026-Q3", of.review_id, of.prepared_by)
    assert core.created.isoformat().startswith(of.cut_off)
    assert core.modified == core.created
    assert core.identifier == of.hash
    assert on(read(deck.write(replace(of, frozen_on=""))).slides[0]).count("Draft") == 1


def test_no_trace_of_the_library_and_the_same_bytes_each_time() -> None:
    file = deck.write(pack(8))
    assert file == deck.write(pack(8))
    lower = every_text(file).lower()
    for trace in ("python-pptx", "powerpoint presentation", "steve canny", "macintosh"):
        assert trace not in lower
    with ZipFile(BytesIO(file)) as archive:
        assert {entry.date_time for entry in archive.infolist()} == {(1980, 1, 1, 0, 0, 0)}


def test_the_edition_of_the_cro_holds_nothing_internal() -> None:
    words = every_text(deck.write(pack(8).for_cro()))
    for each in ("INTERNAL", "nternal:", "margin for negotiation", "Fund a second", "What we think"):
        assert each not in words
    assert "Internal: Decisions asked for" in every_text(deck.write(pack(8)))


def test_text_of_an_attack_is_text() -> None:
    risky = Chart(title=ATTACK, subtitle="", kind="bar", categories=("=1+1", "@x", "http://evil.example"),
                  series=(Series(name="=2+2", values=(1.5, None, 1 / 3)),))  # fmt: skip
    file = deck.write(with_blocks(risky, Text(lines=("a\x00b\x0bc\uffff",), title="\x1f")))
    with ZipFile(BytesIO(file)) as archive:
        book = next(archive.read(name) for name in archive.namelist() if name.endswith(".xlsx"))
    sheet = load_workbook(BytesIO(book)).active
    assert [[cell.value for cell in row] for row in sheet.rows] == [
        [None, "=2+2"], ["=1+1", 1.5], ["@x", None], ["http://evil.example", 1 / 3],
    ]  # fmt: skip
    assert {cell.data_type for row in sheet.rows for cell in row} == {"s", "n"}
    assert "<f>" not in every_text(book)
    assert "<hyperlink" not in every_text(book)


def with_blocks(*several: Any) -> Pack:
    section = Section(key="x", title="X", finding="Found.", blocks=tuple(several))
    return replace(pack(1), sections=(section,))


def test_a_gap_is_a_gap_and_an_invisible_series_is_in_no_legend() -> None:
    fall = Chart(title="From contract to forecast", subtitle="", kind="stacked_column", categories=("A", "B", "C"),
                 series=(Series(name="base", values=(0.0, 8.0, None), role="hidden"),
                         Series(name="sums", values=(8.0, None, 9.0)),
                         Series(name="adds", values=(None, 1.0, None), role="bad")))  # fmt: skip
    [chart] = charts(deck.write(with_blocks(fall)))
    xml = chart._chartSpace.xml
    assert 'dispBlanksAs val="gap"' in xml
    assert [series.values for series in chart.plots[0].series] == [each.values for each in fall.series]
    entries = chart._chartSpace.findall(".//{*}legendEntry")
    assert [entry.find("{*}idx").get("val") for entry in entries] == ["0"]
    assert entries[0].find("{*}delete").get("val") == "1"
    assert "noFill" in chart.plots[0].series[0]._element.find("{*}spPr").xml
    assert LIGHT.bad[1:].upper() in xml
    alone = replace(fall, series=fall.series[:2])
    [chart] = charts(deck.write(with_blocks(alone)))
    assert not chart.has_legend


def test_roles_have_their_marks() -> None:
    line = Chart(title="Lines", subtitle="", kind="line", categories=tuple("abc"),
                 series=(Series(name="Actual", values=(1.0, 5.0, 9.0)),
                         Series(name="Plan", values=(1.0, 2.0, 3.0), role="baseline"),
                         Series(name="Forecast", values=(None, None, 6.0), role="forecast"),
                         Series(name="Limit", values=(0.0, 0.0, 0.0), role="limit")))  # fmt: skip
    [chart] = charts(deck.write(with_blocks(line)))
    dashes = ["prstDash" in each._element.xml for each in chart.plots[0].series]
    assert dashes == [False, False, True, True]
    assert not chart.has_legend
    names = [each._element.find(".//{*}showSerName").get("val") for each in chart.plots[0].series]
    assert names == ["1"] * 4
    near = replace(line, series=(*line.series[:1], Series(name="Other", values=(2.0, 3.0, 9.1))))
    [chart] = charts(deck.write(with_blocks(near)))
    assert chart.has_legend


def test_a_chart_of_thirty_is_split_on_one_scale() -> None:
    slides = [slide for slide in read(deck.write(pack(30, long=True))).slides if "Timeline" in on(slide)]
    found = [shape.chart for slide in slides for shape in slide.shapes if shape.has_chart]
    assert [len(list(chart.plots[0].categories)) for chart in found] == [15, 15]
    assert len({(chart.value_axis.minimum_scale, chart.value_axis.maximum_scale) for chart in found}) == 1
    assert "Timeline (1 of 2)" in on(slides[0])
    names = [name for chart in found for name in chart.plots[0].categories]
    assert len(set(names)) == 30


def leadership(count: int) -> Pack:
    """All CROs in a table and a chart, then each by itself, as the leadership gets them."""
    names = [f"Clinical Research Partners {number}" for number in range(count)]
    domains = ("Time", "Cost", "Quality", "Responsiveness", "Delivery", "Relationship", "Flexibility")
    columns = (Column(name="CRO"), Column(name="Light"), Column(name="Since last quarter", format="number", digits=1),
               *(Column(name=each, format="number") for each in domains))  # fmt: skip
    rows = tuple((name, "amber", -1.5, *range(90, 97)) for name in names)
    bars = Chart(title="All", subtitle="Score of 100.", kind="bar", categories=tuple(names),
                 series=(Series(name="Score", values=tuple(60.0 + place for place in range(count))),))  # fmt: skip
    everyone = Section(key="all", title="All CROs", finding="All.", blocks=(
        Table(title="Scores", columns=columns, rows=rows), bars))  # fmt: skip
    tiles = tuple(figure(place, red=place % 2 == 0) for place in range(8))
    lights = Table(title="Two lights", columns=(Column(name="Light"), Column(name="2026-Q3")),
                   rows=(("CRO performance", "48, red"), ("Study status", "4 red of 4")))  # fmt: skip
    said = ("Milestones on time, ZEN-202: +0.9 points; 4 of 4 milestones instead of 2 of 3 (performance).",) * 3
    texts = tuple(Text(title=each, lines=said) for each in ("In short", "Changes", "Decisions asked for"))
    one: tuple[Block, ...] = (Figures(figures=tiles, tiles=True), lights, *texts)
    each = tuple(Section(key=name, title=name, finding="66 of 100.", blocks=one) for name in names)
    return replace(pack(1), sections=(everyone, *each), edition="leadership")


def test_the_leadership_gets_all_cros_on_a_slide_and_a_slide_for_each() -> None:
    assert len(read(deck.write(leadership(10))).slides) == 12
    assert len(read(deck.write(leadership(30))).slides) <= 1 + 4 + 30


def tables(file: bytes) -> list[Any]:
    return [shape.table for slide in read(file).slides for shape in slide.shapes if shape.has_table]


def test_twelve_kpis_and_more_are_legible_on_a_slide() -> None:
    found = tables(deck.write(with_blocks(Figures(figures=tuple(figure(place, red=True) for place in range(27))))))
    assert [len(table.rows) - 1 for table in found] in ([14, 13], [27])
    sizes = {run.font.size.pt for table in found for cell in table.iter_cells()
             for paragraph in cell.text_frame.paragraphs for run in paragraph.runs}  # fmt: skip
    assert min(sizes) >= 9


@pytest.mark.parametrize("count", [2, 3, 4, 8, *range(12, 18), 32, 33, 34])
def test_no_row_stands_alone_on_a_slide(count: int) -> None:
    table = pack(1).sections[0].blocks[0]
    assert isinstance(table, Table)
    rows = (("Second monitor", "Owner", "2026-07-01", 1.0, 2.5),) * count
    lines = Text(title="Before", lines=("A line.",) * 3)
    found = tables(deck.write(with_blocks(lines, replace(table, rows=rows))))
    assert sum(len(each.rows) - 1 for each in found) == count
    assert all(len(each.rows) > 2 for each in found)


@pytest.mark.parametrize(
    ("interval", "short"),
    [
        ("95 % interval 46.9 % to 86.7 % (Wilson).", "46.9 to 86.7 %"),
        ("95 % interval 5.6 bus. days to 10.4 bus. days (log-log limits of the curve).", "5.6 to 10.4 bus. days"),
        ("95 % interval 43 of 100 to 50 of 100 (bootstrap).", "43 to 50 of 100"),
        ("Half of the milestones lie between 4 days early and 3 days late.", "half: 4 days early to 3 days late"),
        ("No cases.", "No cases."),
    ],
)
def test_an_interval_is_said_shortly_on_the_slide_and_whole_in_the_notes(interval: str, short: str) -> None:
    file = deck.write(with_blocks(Figures(figures=(replace(figure(1), interval=interval),))))
    assert short in [cell.text for table in tables(file) for cell in table.iter_cells()]
    assert interval in notes(file)


def test_what_is_shortened_stands_whole_in_the_notes() -> None:
    long = "A sentence that says a lot. " * 60
    table = pack(1).sections[0].blocks[0]
    assert isinstance(table, Table)
    rows = ((long, "Owner", "2026-07-01", 1.0, 2.5),) * 40
    file = deck.write(with_blocks(replace(table, rows=rows), Text(lines=(long,))))
    assert notes(file).count(long.strip()) == 41
    assert not any(long.strip() in on(slide) for slide in read(file).slides)


def test_an_unexplained_red_says_so_and_a_reply_stands_beside_it() -> None:
    red = replace(figure(1, red=True), explained="")
    for tiles in (True, False):
        words = "\n".join(
            on(slide) for slide in read(deck.write(with_blocks(Figures(figures=(red,), tiles=tiles)))).slides
        )
        assert "unexplained" in words
        assert "disputed: 91 % (ticket export)" in words
        assert "▼ misses its target" in words


def test_charts_and_tables_have_words_for_who_does_not_see_them() -> None:
    for slide in read(deck.write(pack(8))).slides:
        for shape in slide.shapes:
            if shape.has_chart or shape.has_table:
                assert shape._element.nvGraphicFramePr.cNvPr.get("descr")


@pytest.mark.parametrize("kind", [PRESENTATION, TEMPLATE])
def test_the_sponsors_template_lends_its_size_and_layouts_and_no_slide(kind: str) -> None:
    file = deck.write(pack(8), sponsors(kind=kind))
    presentation = read(file)
    assert (presentation.slide_width, presentation.slide_height) == (Inches(10), Inches(7.5))
    assert {slide.slide_layout.name for slide in presentation.slides} == {"Title Slide", "Title Only"}
    words = every_text(file)
    assert SECRET not in words
    assert TEMPLATE not in words
    assert words.count(PRESENTATION) == 1
    assert "sectionLst" not in words
    with ZipFile(BytesIO(file)) as archive:
        names = archive.namelist()
        assert len(names) == len(set(names))
        slides = [name for name in names if re.fullmatch(r"ppt/slides/slide\d+\.xml", name)]
    assert len(slides) == len(presentation.slides)


def test_words_are_light_on_a_dark_template() -> None:
    file = every_text(deck.write(pack(8), sponsors(dark=True)))
    assert DARK.ink[1:].upper() in file
    assert LIGHT.ink[1:].upper() not in file


@pytest.mark.parametrize(
    "template",
    [b"", b"%PDF-1.7", b"\xd0\xcf\x11\xe0 old or locked", deck.write(pack(1))[:4000],
     repacked(sponsors(), "ppt/presentation.xml", lambda _: "<nonsense"),
     repacked(sponsors(), "ppt/theme/theme1.xml", lambda _: "<nonsense"),
     repacked(sponsors(), "[Content_Types].xml", lambda text: text.replace(PRESENTATION, "application/xml"))],
)  # fmt: skip
def test_a_template_that_is_none_is_refused_in_a_sentence(template: bytes) -> None:
    with pytest.raises(ValueError, match=r"^The template is not a PowerPoint"):
        deck.write(pack(1), template)


def test_a_template_without_layouts_or_with_other_ones_only() -> None:
    presentation = pptx.Presentation()
    layouts = presentation.slide_layouts
    for layout in list(layouts)[1:]:
        layouts.remove(layout)
    file = BytesIO()
    presentation.save(file)
    assert SECRET not in every_text(deck.write(pack(8), file.getvalue()))
    layouts.remove(layouts[0])
    file = BytesIO()
    presentation.save(file)
    with pytest.raises(ValueError, match="no slide layout"):
        deck.write(pack(1), file.getvalue())


def test_text_is_measured_and_shortened() -> None:
    ruler = Ruler()
    assert ruler.lines("one two three", 10, 10_000) == ["one two three"]
    assert len(ruler.lines("x" * 100, 10, 100)) == len(re.findall(r"x{1,17}", "x" * 100))
    cut = ruler.cut("word " * 50, 10, 100, 2)
    assert cut.endswith("…")
    assert len(ruler.lines(cut, 10, 100)) == 2
    assert labels(["Alpha study 1", "Alpha study 2"], 20) == ["Alpha study 1", "Alpha study 2"]
    assert labels(["a" * 30 + "1" + "b" * 9, "a" * 30 + "2" + "b" * 9], 10) == ["1. aaaaaa…bbb", "2. aaaaaa…bbb"]
