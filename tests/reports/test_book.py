"""The pack as an Excel workbook, read back: every number is the pack's, digit for digit."""

import io
import re
import zipfile
from collections.abc import Iterator
from dataclasses import replace
from datetime import date, datetime
from typing import Any

import openpyxl
import pytest
from openpyxl.workbook import Workbook
from openpyxl.worksheet.worksheet import Worksheet

from data.intake.excel import GUIDE
from reports import book
from reports.content import Chart, Column, Figure, Figures, Pack, Section, Series, Table, Text
from tests.reports import sample

SIZES = [
    pytest.param(sample.pack(1), id="1"),
    pytest.param(sample.pack(8), id="8"),
    pytest.param(sample.pack(30), id="30"),
    pytest.param(sample.pack(30, long=True), id="30 with long names"),
    pytest.param(sample.pack(8, missing=True), id="nothing reported"),
    pytest.param(sample.pack(8).for_cro(), id="the CRO's"),
]
EVERY = pytest.mark.parametrize("pack", SIZES)
COLUMNS = {
    "Domain": "domain", "KPI": "id", "What it is": "label", "Value": "value", "Unit": "unit", "As shown": "text",
    "How it stands": "word", "Rests on": "counted", "n": "n", "Low": "low", "High": "high", "How sure": "interval",
    "Previous": "previous", "Previous as shown": "previous_text", "Points": "points", "Weight": "weight",
    "Definition": "definition", "Threshold": "threshold", "Source": "source", "Reply of the CRO": "reply",
}  # fmt: skip


def opened(pack: Pack, *, results: bool = False) -> Workbook:
    """The workbook; with the results of its formulas instead of them, where `results`."""
    return openpyxl.load_workbook(io.BytesIO(book.write(pack)), data_only=results)


def parts(pack: Pack) -> dict[str, str]:
    with zipfile.ZipFile(io.BytesIO(book.write(pack))) as archive:
        return {name: archive.read(name).decode() for name in archive.namelist()}


def scorecard(pack: Pack, *, results: bool = True) -> dict[str, dict[str, Any]]:
    """The rows of the scorecard by KPI."""
    head, *rows = opened(pack, results=results)[book.SCORECARD].iter_rows(min_row=4, values_only=True)
    found = [dict(zip(head, row, strict=True)) for row in rows]
    assert len({row["KPI"] for row in found}) == len(found)
    return {row["KPI"]: row for row in found}


def sheet_of(pack: Pack, section: Section, found: Workbook) -> Worksheet:
    """The sheet that the cover names for a section."""
    cover = list(found[book.COVER].iter_rows(values_only=True))
    (name,) = (row[2] for row in cover if row[:2] == (section.title, section.finding))
    return found[name]


def below(page: Worksheet, title: str, skip: int) -> list[tuple[Any, ...]]:
    """The rows some rows below a title."""
    (row,) = (cell.row for cell in page["A"] if cell.value == title)
    return list(page.iter_rows(min_row=row + skip, values_only=True))


def blocks(pack: Pack, kind: type) -> Iterator[tuple[Section, Any]]:
    for section in pack.sections:
        yield from ((section, block) for block in section.blocks if isinstance(block, kind))


# --- the numbers ---


@EVERY
def test_every_figure_stands_once_with_all_its_digits(pack: Pack) -> None:
    found = scorecard(pack)
    figures = {figure.id: figure for figure in pack.figures}
    assert list(found) == list(figures)
    for code, figure in figures.items():
        told = {name: found[code][name] for name in COLUMNS}
        expected = {name: getattr(figure, attribute) for name, attribute in COLUMNS.items()}
        assert told == {name: None if value == "" else value for name, value in expected.items()}


@EVERY
def test_changes_and_contributions_are_live_formulas_with_their_results(pack: Pack) -> None:
    live, results = scorecard(pack, results=False), scorecard(pack)
    for row, (code, figure) in enumerate({one.id: one for one in pack.figures}.items(), 5):
        if figure.value is None or figure.previous is None:
            assert (live[code]["Change"], results[code]["Change"]) == (None, None)
        else:
            assert live[code]["Change"] == f"=E{row}-O{row}"
            assert results[code]["Change"] == figure.value - figure.previous
        if figure.points is None or figure.weight is None:
            assert live[code]["Points x weight"] is None
        else:
            assert live[code]["Points x weight"] == f"=R{row}*S{row}"
            assert results[code]["Points x weight"] == figure.points * figure.weight


@EVERY
def test_every_table_holds_its_cells(pack: Pack) -> None:
    found = opened(pack)
    for section, table in blocks(pack, Table):
        rows = below(sheet_of(pack, section, found), table.title, 1)
        if not table.rows:
            assert rows[0][0] == table.empty
            continue
        width = len(table.columns)
        assert rows[0][:width] == tuple(column.name for column in table.columns)
        assert [row[:width] for row in rows[1 : len(table.rows) + 1]] == [
            tuple(
                datetime.fromisoformat(str(cell)) if column.format == "day" else cell
                for column, cell in zip(table.columns, row, strict=True)
            )
            for row in table.rows
        ]


@EVERY
def test_every_chart_is_native_and_draws_the_cells_beside_it(pack: Pack) -> None:
    found = opened(pack)
    for section in pack.sections:
        charts = [block for block in section.blocks if isinstance(block, Chart)]
        if not charts:
            continue
        page = sheet_of(pack, section, found)
        assert len(page._charts) == len(charts)
        for block, drawn in zip(charts, page._charts, strict=True):
            rows = below(page, block.title, 2)
            width = len(block.series) + 1
            assert rows[0][1:width] == tuple(series.name for series in block.series)
            values = [series.values for series in block.series]
            assert [row[:width] for row in rows[1 : len(block.categories) + 1]] == list(
                zip(block.categories, *values, strict=True)
            )
            assert len(drawn.series) == len(block.series)
            for series, told in zip(drawn.series, block.series, strict=True):
                points = {point.idx: float(point.v) for point in series.val.numRef.numCache.pt}
                assert points == {place: value for place, value in enumerate(told.values) if value is not None}
                assert series.tx.strRef.strCache.pt[0].v == told.name


def test_a_number_keeps_more_digits_than_the_library_writes() -> None:
    value = 61 + 1 / 3
    assert float(f"{value:.16g}") != value
    figure = replace(sample.figure(0), value=value, previous=0.1, points=2 / 3, weight=0.1)
    section = Section(key="s", title="S", finding="", blocks=(Figures(figures=(figure,)),))
    row = scorecard(replace(sample.pack(), sections=(section,)))["T00"]
    assert (row["Value"], row["Change"], row["Points x weight"]) == (value, value - 0.1, 2 / 3 * 0.1)


def test_what_is_missing_is_an_empty_cell_with_its_word() -> None:
    row = scorecard(sample.pack(missing=True))["T03"]
    numbers = ("Value", "n", "Low", "High", "Previous", "Change", "Points", "Points x weight")
    assert [row[name] for name in numbers] == [None] * len(numbers)
    assert (row["As shown"], row["Band"], row["How it stands"]) == ("–", "– not reported", "not reported")


def test_a_red_is_explained_or_said_to_be_unexplained() -> None:
    red, green = replace(sample.figure(1, red=True), explained=""), sample.figure(2)
    section = Section(key="s", title="S", finding="", blocks=(Figures(figures=(red, green)),))
    rows = scorecard(replace(sample.pack(), sections=(section,)))
    assert (rows["T01"]["Band"], rows["T01"]["Our comment on a red"]) == ("▼ red", "unexplained")
    assert (rows["T02"]["Band"], rows["T02"]["Our comment on a red"]) == ("▲ green", None)
    assert scorecard(sample.pack())["T01"]["Our comment on a red"] == "Two sites closed in July."


def test_a_figure_of_two_sections_names_both_and_one_of_two_cros_stands_twice() -> None:
    assert scorecard(sample.pack())["T00"]["Section"] == "Summary, Scorecard"
    one = sample.figure(0)
    other = replace(one, value=1.0)
    sections = tuple(
        Section(key=name, title=name, finding="", blocks=(Figures(figures=(figure,)),))
        for name, figure in (("North", one), ("South", other))
    )
    page = opened(replace(sample.pack(), sections=sections))[book.SCORECARD]
    assert [(row[0].value, row[4].value) for row in page["A5:E6"]] == [("North", one.value), ("South", 1.0)]


# --- what a spreadsheet must not do ---


@EVERY
def test_only_our_own_formulas_are_formulas(pack: Pack) -> None:
    found = opened(pack)
    formulas = [
        (page.title, cell.value) for page in found for row in page.iter_rows() for cell in row if cell.data_type == "f"
    ]
    assert all(
        page == book.SCORECARD and re.fullmatch(r"=(E\d+-O\d+|R\d+\*S\d+)", formula) for page, formula in formulas
    )
    assert not any(cell.hyperlink for page in found for row in page.iter_rows() for cell in row)


def attacked(text: str) -> Pack:
    """A pack in which every text is an attack."""
    figure = sample.figure(0)
    words = ("label", "domain", "unit", "text", "word", "counted", "interval", "definition", "threshold", "source",
             "previous_text", "explained", "reply", "id", "band")  # fmt: skip
    told: dict[str, Any] = dict.fromkeys(words, text)
    changed: Figure = replace(figure, **told)
    chart = Chart(
        title=text, subtitle=text, kind="bar", categories=(text,), series=(Series(name=text, values=(1.0,)),), unit=text
    )
    table = Table(title=text, columns=(Column(name=text), Column(name=text, format="day")), rows=((text, text),))
    inside = (Text(title=text, lines=(text,)), Figures(figures=(changed,), title=text), table, chart)
    section = Section(key=text, title=text, finding=text, blocks=inside)
    return replace(
        sample.pack(), sections=(section, section), cro=text, prepared_by=text, frozen_by=text, version=text,
        review_id=text, baseline=text,
    )  # fmt: skip


@pytest.mark.parametrize(
    "text", [sample.ATTACK, "=1+1", "=Cover!$A$1", "+1", "-1", "@SUM(1)", "\t=1", "{=1}", "a&b<c>"]
)
def test_text_stays_text_wherever_it_stands(text: str) -> None:
    found = opened(attacked(text))
    cells = [cell for page in found for row in page.iter_rows() for cell in row if cell.value is not None]
    formulas = {cell.coordinate for cell in cells if cell.data_type == "f"}
    assert formulas == {"Q5", "T5"}
    assert sum(cell.value == text for cell in cells) > 30
    for name, part in parts(attacked(text)).items():
        for formula in re.findall(r"<(?:c:)?f>([^<]*)</", part):
            assert re.fullmatch(r"'?[^'!]+'?!\$[A-Z]+\$\d+(:\$[A-Z]+\$\d+)?|[A-Z]+5[-*][A-Z]+5", formula), name


# --- who may see it ---


def test_nothing_internal_is_in_any_part_of_the_cros_edition() -> None:
    internal = ("INTERNAL-NOTE", "What we think", "Fund a second monitor", "Decisions asked for", "Our margin")
    every = "".join(parts(sample.pack()).values())
    assert all(text in every for text in internal)
    # also where somebody called it the CRO's and left in what is internal
    for pack in (sample.pack().for_cro(), replace(sample.pack(), edition="cro")):
        found = "".join(parts(pack).values())
        assert not any(text in found for text in internal)


def test_no_sheet_is_named_after_a_cro() -> None:
    pack = replace(sample.pack(), sections=tuple(
        Section(key=title, title=title, finding="", blocks=(Text(lines=("x",)),))
        for title in ("Fortis Research in short", "fortis", "Timeline")
    ))  # fmt: skip
    assert opened(pack).sheetnames == ["Cover", "Scorecard", "Section 1", "Section 2", "Timeline"]
    leaders = opened(replace(pack, edition="leadership", cro="", cro_id="")).sheetnames
    assert leaders == ["Cover", "Scorecard", "Section 1", "Section 2", "Section 3"]


# --- the workbook ---


def test_names_of_sheets_are_valid_and_their_own() -> None:
    titles = ("Risks: [open]/*closed*?\\", "'quoted'", "History", "x" * 40, "X" * 40, "scorecard", "", "://")
    pack = replace(sample.pack(), sections=tuple(
        Section(key=title, title=title, finding=str(place), blocks=(Text(lines=("x",)),))
        for place, title in enumerate(titles)
    ))  # fmt: skip
    names = opened(pack).sheetnames
    assert names[2:] == [
        "Risks open closed", "quoted", "History of it", "x" * 31, f"{'X' * 27} (2)", "scorecard (2)", "Section",
        "Section (2)",
    ]  # fmt: skip
    assert len({name.casefold() for name in names}) == len(names)


@EVERY
def test_every_sheet_is_seen_and_prints_on_pages_of_its_width(pack: Pack) -> None:
    found = opened(pack)
    for page in found:
        assert page.sheet_state == "visible"
        assert page.page_setup.orientation == "landscape"
        assert page.sheet_properties.pageSetUpPr.fitToPage
        # one page wide is what is meant where nothing is said
        assert (page.page_setup.fitToWidth or 1, page.page_setup.fitToHeight) == (1, 0)
        assert not any(column.hidden for column in page.column_dimensions.values())
        assert not any(row.hidden for row in page.row_dimensions.values())
        if page.title in (GUIDE, book.REPLY):
            continue
        assert pack.review_id in page.oddFooter.left.text
        assert page.print_title_rows or page.title == book.COVER
    assert found[book.SCORECARD].freeze_panes == "E5"
    assert found[book.SCORECARD].print_title_rows == "$4:$4"


@EVERY
def test_the_cover_and_the_properties_say_what_it_is(pack: Pack) -> None:
    found = opened(pack)
    cover = {row[0]: row[1] for row in found[book.COVER].iter_rows(values_only=True)}
    assert found[book.COVER]["A1"].value == f"Review of {pack.cro}, 2026-Q3"
    told = {
        "Review": pack.review_id, "CRO": f"{pack.cro} (FORTIS)", "Quarter": "2026-Q3", "Known at upload": 37,
        "Cut-off": datetime(2026, 9, 30), "Frozen on": datetime(2026, 11, 5),  # noqa: DTZ001
        "Prepared by": "Anna Lindqvist", "State": "frozen on 2026-11-05", "Edition": pack.edition,
        "Version of the application": "1.4", "Definitions of the KPIs": "a1b2c3",
        "Hash of the content (SHA-256)": pack.hash,
    }  # fmt: skip
    assert {name: cover[name] for name in told} == told
    assert [section.finding for section in pack.sections if section.finding not in cover.values()] == []
    assert ("Your reply" in cover) == (pack.edition == "cro")
    properties = found.properties
    assert (properties.title, properties.creator) == (f"Review of {pack.cro}, 2026-Q3", "Anna Lindqvist")
    assert {properties.created.date(), properties.modified.date()} == {date(2026, 9, 30)}
    assert {one.name: one.value for one in found.custom_doc_props.props}["Hash of the content (SHA-256)"] == pack.hash


@EVERY
def test_dates_and_amounts_are_such(pack: Pack) -> None:
    for section, table in blocks(pack, Table):
        if table.rows:
            page = sheet_of(pack, section, opened(pack))
            row = next(row for row in page.iter_rows() if row[1].value == "Jan Berg")
            assert row[2].is_date
            assert (row[2].number_format, row[4].number_format) == ("yyyy-mm-dd", "#,##0.00")


@EVERY
def test_the_same_pack_is_the_same_file(pack: Pack) -> None:
    assert book.write(pack) == book.write(replace(pack))


def test_a_pack_without_anything_is_a_workbook() -> None:
    pack = replace(sample.pack(), sections=(), prepared_by="", frozen_on="", frozen_by="")
    found = opened(pack)
    assert found.sheetnames == ["Cover", "Scorecard"]
    assert found[book.COVER]["B12"].value == "draft"
