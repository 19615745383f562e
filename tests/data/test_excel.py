"""Workbooks: sheets, values as they are meant, and nothing that ends the process."""

import time
from types import ModuleType

import pytest
import xlsxwriter

from data.intake import excel as excel_module
from data.intake import sources
from data.intake import workbook as workbook_module
from data.intake.problem import FileRefused
from data.intake.table import LeftOut
from data.intake.workbook import plain_number
from tests.data.nasty import (
    HEAD,
    NAMESPACE,
    filled,
    inline,
    milestones,
    operated,
    raw_sheet,
    with_sheets,
    workbook,
)
from tests.data.test_sources import FILES, column, known, nasty, read, said


def test_the_table_is_found_among_titles_and_other_sheets() -> None:
    table = nasty("messy.xlsx")
    assert (table.name, table.header_row) == ("messy.xlsx, Tracker Q3", 3)
    assert table.left_out == (LeftOut(2, 1, "above the header"),)
    assert [problem.message for problem in table.problems if problem.rule == "sheet"] == [
        "The sheet “Notes” was not read: none of its rows names columns that are known.",
        "The hidden sheet “Old” was not read. Show it in Excel if it is needed.",
        "The hidden sheet “Older” was not read. Show it in Excel if it is needed.",
    ]


def test_merged_cells_are_filled_down_and_said() -> None:
    table = nasty("messy.xlsx")
    assert column(table, "engagement_id") == ["E-014"] * 10 + ["E-015"] * 10 + ["Total"]
    # Two ranges of ten rows: nine cells each get the value of the first; row 5 is the first of them.
    message = "Merged cells below the header were read as if each held the value: 18, the first in row 5."
    assert message in [problem.message for problem in table.problems]


def test_errors_keep_their_text_at_their_cell() -> None:
    assert column(nasty("messy.xlsx"), "actual")[1] == "#DIV/0!"
    (row,) = nasty("errors.xlsx").cells.to_pylist()
    assert (row["c0"], row["c1"], row["c2"], row["row"]) == ("#REF!", "#N/A", "#NAME?", 2)


def test_hidden_rows_are_read_and_said() -> None:
    # Row 7 of the tracker is hidden.
    assert (None, "hidden_rows", "warning") in said(nasty("messy.xlsx"))
    assert 7 in nasty("messy.xlsx").cells["row"].to_pylist()


def test_every_sheet_with_known_columns_is_a_table() -> None:
    tables = sources.tables("two_tables.xlsx", FILES["two_tables.xlsx"].data, known)
    assert [(table.name, table.count) for table in tables] == [
        ("two_tables.xlsx, Milestones", 20),
        ("two_tables.xlsx, Budget", 12),
    ]


def test_a_workbook_of_one_sheet_has_the_name_of_the_file() -> None:
    assert nasty("clean.xlsx").name == "clean.xlsx"


def test_where_no_heading_is_known_the_longest_table_is_taken() -> None:
    foreign = [f"Spalte {letter}" for letter in "ABCDEFG"]

    def build(book: xlsxwriter.Workbook) -> None:
        filled(book, "Short", milestones()[:3], foreign)
        filled(book, "Long", milestones(), foreign)

    table = read(workbook(build), "x.xlsx")
    assert (table.name, table.count) == ("x.xlsx, Long", 20)
    assert [problem.value for problem in table.problems] == ["Short"]


def test_values_are_written_as_they_are_meant() -> None:
    table = nasty("numbers.xlsx")
    assert column(table, "engagement_id") == column(table, "comment")


@pytest.mark.parametrize(
    ("written", "plain"),
    [
        ("1E+20", "100000000000000000000"),
        ("1.5E-7", "0.00000015"),
        ("1234.5600000000001", "1234.56"),  # 17 digits are written, 15 are meant
        ("-5", "-5"),
        ("33.333333333333336", "33.333333"),  # a third of 100, to six decimals
        ("-1.2500000001", "-1.25"),
        ("1.234", "1.2340"),  # no group of thousands
        ("12.0", "12"),
        ("0.1", "0.1"),
        ("1_000", "1_000"),
        ("nan", "nan"),
        ("9" * 400, "9" * 400),  # more than a number of Excel can be
        ("", ""),
    ],
)
def test_a_number_has_no_exponent_and_no_more_digits_than_excel(written: str, plain: str) -> None:
    assert plain_number(written) == plain


def _one_cell(cell: str) -> str:
    """What a cell of row 2 comes to, in a workbook whose second style is a date."""
    xml = f"{inline('engagement_id', 'comment')}<row>{cell}<c t='str'><v>x</v></c></row>"
    return column(read(raw_sheet(xml), "x.xlsx"), "engagement_id")[0]


@pytest.mark.parametrize(
    ("cell", "comes_to"),
    [
        ('<c s="1"><v>46296</v></c>', "2026-10-01"),  # 46,296 days after 30 December 1899
        ('<c s="1"><v>46296.5</v></c>', "2026-10-01T12:00:00"),
        ('<c s="1"><v>1</v></c>', "1900-01-01"),
        ('<c s="1"><v>59</v></c>', "1900-02-28"),
        ('<c s="1"><v>60</v></c>', "1900-02-29"),  # Excel has this day, the calendar has not
        ('<c s="1"><v>61</v></c>', "1900-03-01"),
        ('<c s="1"><v>46295.999999</v></c>', "2026-10-01"),  # less than half a second before midnight
        ('<c s="1"><v>-1</v></c>', "-1"),
        ('<c s="1"><v>9999999</v></c>', "9999999"),
        ('<c t="d"><v>2026-10-01T00:00:00</v></c>', "2026-10-01"),
        ('<c t="b"><v>0</v></c>', "no"),
        ('<c t="str"><v>a_x000D_b</v></c>', "a\rb"),
        ('<c t="str"><v>a_xD800_b</v></c>', "ab"),
        ('<c t="inlineStr"><is><r><t>Al</t></r><r><t>pha</t></r><rPh><t>no</t></rPh></is></c>', "Alpha"),
        ("<c><f>1+1</f></c>", "=1+1"),
        ("<c><f>1+1</f><v>2</v></c>", "2"),
    ],
)
def test_a_cell_comes_to(cell: str, comes_to: str) -> None:
    assert _one_cell(cell) == comes_to


def test_a_formula_that_was_never_calculated_is_said() -> None:
    table = nasty("never_calculated.xlsx")
    assert column(table, "comment") == ["=1+1"]
    (problem,) = table.problems
    assert "the first in cell G2" in problem.message


def test_empty_rows_between_are_counted_though_the_file_does_not_have_them() -> None:
    # Ten rows end in row 11; the header comes again in row 14, so rows 12 and 13 are empty.
    assert nasty("footnotes.xlsx").left_out == (LeftOut(1, 14, "the header again"), LeftOut(2, 12, "empty"))


@pytest.mark.parametrize("name", ["bomb.xlsx", "far_cell.xlsx", "counted_far.xlsx", "entities.xlsx", "cut_short.xlsx"])
def test_a_hostile_workbook_is_refused_at_once(name: str) -> None:
    began = time.perf_counter()
    with pytest.raises(FileRefused):
        nasty(name)
    assert time.perf_counter() - began < 0.5


def test_the_headings_may_begin_in_another_column() -> None:
    sheet = "".join(inline("", "", *row) for row in [HEAD, *milestones()])
    table = read(raw_sheet(sheet), "x.xlsx")
    assert table.headers == ("", "", *HEAD)
    assert said(table) == []


def _with_shared(text: str, uses: int) -> bytes:
    """A workbook with a header and then rows whose one cell is the same shared text, written once."""
    rows = inline("engagement_id", "comment") + '<row><c t="s"><v>0</v></c></row>' * uses
    strings = f"<sst {NAMESPACE}><si>{text}</si></sst>".encode()
    return operated(raw_sheet(rows), {"xl/sharedStrings.xml": lambda _: strings})


@pytest.mark.parametrize("pieces", [1, 100_000])
def test_a_text_longer_than_a_cell_can_hold_is_refused_at_once(pieces: int) -> None:
    """As one piece and as very many, which took time with their square: a shared text, and one inside its cell."""
    text = f"<t>{'a' * (1_000_000 // pieces)}</t>" * pieces
    inside = f'{inline("engagement_id", "comment")}<row><c t="inlineStr"><is>{text}</is></c></row>'
    began = time.process_time()
    for data in (_with_shared(text, 1), raw_sheet(inside)):
        with pytest.raises(FileRefused, match="32,767"):
            read(data, "x.xlsx")
    assert time.process_time() - began < 2


def test_the_longest_text_of_a_cell_is_read() -> None:
    assert column(read(_with_shared(f"<t>{'a' * 32_767}</t>", 1), "x.xlsx"), "engagement_id") == ["a" * 32_767]


def test_text_is_counted_in_bytes_over_all_sheets(monkeypatch: pytest.MonkeyPatch) -> None:
    """Two letters of four bytes in 200 cells are 1,600 bytes, beside 20 of the header."""
    data = _with_shared("<t>😀😀</t>", 200)
    monkeypatch.setattr(workbook_module, "MOST_TEXT", 1_620)
    assert read(data, "x.xlsx").count == 200
    monkeypatch.setattr(workbook_module, "MOST_TEXT", 1_619)
    with pytest.raises(FileRefused, match="more text"):
        read(data, "x.xlsx")


def test_two_sheets_are_not_the_same_part() -> None:
    """Else a file of some kB says the same million rows a hundred times."""
    data = with_sheets([("A", "rId1"), ("B", "rId1")])
    with pytest.raises(FileRefused, match="“A” and “B” are the same one"):
        read(data, "x.xlsx")


def test_sheets_are_limited(monkeypatch: pytest.MonkeyPatch) -> None:
    data = FILES["two_tables.xlsx"].data
    monkeypatch.setattr(workbook_module, "MOST_SHEETS", 1)
    with pytest.raises(FileRefused, match="at most 1 "):
        sources.tables("x.xlsx", data, known)


@pytest.mark.parametrize(
    ("module", "limit", "most"),
    [
        # Two sheets with a header each, of 20 rows and 7 columns, and of 12 rows and 6 columns.
        (workbook_module, "MOST_ROWS_OF_ALL", 21 + 13),
        (excel_module, "MOST_CELLS", 20 * 7 + 12 * 6),
    ],
)
def test_rows_and_cells_are_limited_over_all_sheets(
    monkeypatch: pytest.MonkeyPatch, module: ModuleType, limit: str, most: int
) -> None:
    data = FILES["two_tables.xlsx"].data
    monkeypatch.setattr(module, limit, most)
    assert len(sources.tables("x.xlsx", data, known)) == 2
    monkeypatch.setattr(module, limit, most - 1)
    with pytest.raises(FileRefused, match="over all sheets"):
        sources.tables("x.xlsx", data, known)
