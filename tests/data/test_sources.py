"""Bytes become tables of text, or a refusal that says what the file is."""

import re
import time

import pytest

from data.contracts import ALL
from data.intake import delimited, profiles, sources
from data.intake.archive import unpacked
from data.intake.columns import lay_out
from data.intake.problem import FileRefused
from data.intake.reading import Reading
from data.intake.table import LeftOut, Table
from tests.data.nasty import HEAD, Nasty, all_files, milestones, text

NAMES = {name for contract in ALL for name in contract.names}
FILES = {file.name: file for file in all_files()}


def known(heading: str) -> bool:
    return re.sub(r"\W+", "_", heading.strip("\u200b").lower()) in NAMES


def read(data: bytes | str, name: str = "file.csv") -> Table:
    (table,) = sources.tables(name, data.encode() if isinstance(data, str) else data, known)
    return table


def nasty(name: str) -> Table:
    return read(FILES[name].data, name)


def column(table: Table, heading: str) -> list[str]:
    texts: list[str] = table.cells[f"c{table.headers.index(heading)}"].to_pylist()
    return texts


def said(table: Table) -> list[tuple[int | None, str, str]]:
    return [(problem.row, problem.rule, problem.severity) for problem in table.problems]


@pytest.mark.parametrize("file", FILES.values(), ids=list(FILES))
def test_every_file_is_read_or_refused_in_words(file: Nasty) -> None:
    began = time.perf_counter()
    if file.refused:
        with pytest.raises(FileRefused, match=file.refused):
            _tables(file)
    else:
        tables = _tables(file)
        kept_apart = sum(len(table.ragged) for table in tables)
        assert sum(table.count for table in tables) == file.rows
        assert kept_apart == (3 if file.name == "ragged.csv" else 0)
    assert time.perf_counter() - began < 5


def _tables(file: Nasty) -> list[Table]:
    return [table for name, data in unpacked(file.name, file.data) for table in sources.tables(name, data, known)]


SAME = [
    "utf8_mark.csv", "utf8_mark_twice.csv", "utf16_le_tab.csv", "utf16_be_no_mark.csv", "utf16_le_no_mark.csv",
    "utf32.csv", "cp1252.csv", "nuls.csv", "bars.csv", "sep_line.csv", "cr_only.csv", "mixed_ends.csv",
    "trailing_separators.csv", "trailing_in_rows.csv", "header_again.csv", "titled.csv", "header_in_row_12.csv",
    "notes_below.csv", "two_header_rows.csv", "clean.xlsx", "text_named.xlsx", "workbook_named.csv",
    "macros.xlsm", "since_1904.xlsx", "footnotes.xlsx", "no_references.xlsx", "lower_case.xlsx", "prefixed.xlsx",
    "far_style.xlsx", "all_merged.xlsx",
]  # fmt: skip


@pytest.mark.parametrize("name", SAME)
def test_the_same_cells_come_out_of_every_form(name: str) -> None:
    table = nasty(name)
    assert table.headers == tuple(HEAD)
    rows = [list(row.values())[:-1] for row in table.cells.to_pylist()]
    assert rows == milestones()


@pytest.mark.parametrize("name", list(FILES))
def test_every_row_of_a_file_is_told_or_left_out_by_name(name: str) -> None:
    file = FILES[name]
    if file.refused:
        return
    for table in _tables(file):
        rows = {*table.cells["row"].to_pylist(), *(bad.row for bad in table.ragged)}
        assert len(rows) == table.count
        last = max({*rows, table.header_row, *(left.first + left.rows - 1 for left in table.left_out)})
        assert table.count + sum(left.rows for left in table.left_out) + 1 == last


def test_text_outside_ascii_stays_whole_and_cells_are_trimmed() -> None:
    table = read("cro_id,name\n A\u00a0,\u00a0Société Médicale 株式会社\t\n")
    assert table.cells.to_pylist() == [{"c0": "A", "c1": "Société Médicale 株式会社", "row": 2}]


def test_rows_count_as_a_spreadsheet_shows_them() -> None:
    # Row 2 holds a line end in quotes, row 3 has two values, row 4 is empty, row 5 has four; row 6 is whole.
    table = read('month,name,value\n1,"x\ny",3\n1,2\n\n4,5,6,7\n7,8,9\n')
    assert [(bad.row, len(bad.values)) for bad in table.ragged] == [(3, 2), (5, 4)]
    assert table.cells["row"].to_pylist() == [2, 6]
    assert table.left_out == (LeftOut(1, 4, "empty"),)
    assert table.count == 4


def test_what_is_left_out_is_counted_and_named() -> None:
    assert nasty("titled.csv").left_out == (LeftOut(3, 1, "above the header"),)
    assert nasty("header_in_row_12.csv").left_out == (LeftOut(11, 1, "above the header"),)
    assert nasty("header_again.csv").left_out == (LeftOut(1, 12, "the header again"),)
    assert nasty("total.csv").left_out == (LeftOut(1, 22, "empty"),)
    assert nasty("notes_below.csv").left_out == (LeftOut(2, 23, "a note below the table"), LeftOut(1, 22, "empty"))


def test_a_last_row_that_was_cut_short_is_no_note() -> None:
    table = read(text(milestones()) + "E-01")
    assert [(bad.row, bad.values) for bad in table.ragged] == [(22, ("E-01",))]


def test_rows_with_too_few_or_too_many_values_are_kept_apart() -> None:
    assert [(bad.row, len(bad.values)) for bad in nasty("ragged.csv").ragged] == [(6, 5), (10, 9), (13, 9)]


def test_values_that_are_empty_are_not_too_many() -> None:
    # The header has three names. Rows 2 and 4 end with two separators more, row 5 has a fourth value.
    table = read("cro_id,name,country\nA,Alpha,DE,,\nB,Beta,FR\nC,Gamma,IT,,\nD,Delta,ES,x,\n")
    assert column(table, "cro_id") == ["A", "B", "C"]
    assert table.headers == ("cro_id", "name", "country")
    assert [(bad.row, bad.values[:4]) for bad in table.ragged] == [(5, ("D", "Delta", "ES", "x"))]


def test_a_decimal_comma_among_commas_does_not_shift_the_columns() -> None:
    # Without quotation marks 1,50 is two values in every row, so the row has one more than the header.
    table = read("engagement_id,earned_value,invoiced\n" + "E-014,1,50,2\n" * 5)
    assert [bad.row for bad in table.ragged] == [2, 3, 4, 5, 6]
    assert table.cells.num_rows == 0


def test_the_separator_is_the_one_under_which_the_headings_are_known() -> None:
    # By commas alone the second line has more cells than any other.
    table = read("cro_id;name;country\nA;Alpha, Beta, Gamma, Delta;DE\n")
    assert column(table, "name") == ["Alpha, Beta, Gamma, Delta"]


def test_headings_that_nobody_knows_are_still_headings() -> None:
    table = nasty("foreign_headings.csv")
    assert table.headers[:3] == ("Vertrag", "Ereignis", "Geplant")
    wide = read("Vertrag;Art;2026-09;2026-10\nE-014;Honorar;1;2\nE-015;Honorar;3;4\n")
    assert wide.headers == ("Vertrag", "Art", "2026-09", "2026-10")


def test_values_that_look_like_headings_do_not_make_a_header() -> None:
    # Whoever takes months for headings would find two known ones in row 2.
    def months_too(heading: str) -> bool:
        return known(heading) or bool(re.fullmatch(r"\d{4}-\d\d", heading))

    (table,) = sources.tables("a.csv", b"Vertrag;Von;Bis\nE-014;2026-09;2026-10\n", months_too)
    assert table.header_row == 1


def test_an_encoding_is_said_where_it_was_not_told() -> None:
    (problem,) = nasty("cp1252.csv").problems
    assert problem.severity == "warning"
    assert problem.message.startswith(
        "Read as Windows-1252 (Western European), since line 6 is not UTF-8: “E-014,lplv,"
    )


def test_a_byte_that_stands_for_nothing_is_an_error_at_its_cell() -> None:
    # Row 8 is the seventh one, whose comment was “note 6”.
    assert said(nasty("cp1252_undefined.csv")) == [(None, "encoding", "warning"), (8, "encoding", "error")]
    assert column(nasty("cp1252_undefined.csv"), "comment")[6] == "note \ufffd"


def test_a_line_in_another_encoding_is_an_error_at_its_row_alone() -> None:
    # Four lines outside ASCII are UTF-8; row 10 (“note 8”) has one byte of Windows-1252.
    table = nasty("mixed_encoding.csv")
    assert said(table) == [(None, "encoding", "warning"), (10, "encoding", "error")]
    assert column(table, "comment")[4] == "Société Médicale"
    assert table.problems[1].column == "comment"
    assert table.problems[1].value == "caf\ufffd 8"


def test_the_encoding_of_most_lines_counts() -> None:
    # Three lines are Windows-1252, one was pasted from UTF-8: that one is not read as “Ã©”.
    lines = [b"cro_id,name\n", *[b"A%d,Soci\xe9t\xe9\n" % number for number in range(3)], "B,Société\n".encode()]
    table = read(b"".join(lines))
    assert column(table, "name") == ["Société", "Société", "Société", "Soci\ufffdt\ufffd"]
    assert [problem.row for problem in table.problems if problem.severity == "error"] == [5]


def test_a_character_that_the_sender_lost_is_a_doubt() -> None:
    assert said(read("cro_id,name\nA,Soci\ufffdt\ufffd\n")) == [(2, "encoding", "doubt")]


def test_nuls_are_removed_and_said() -> None:
    table = read(b"cro_id,name\nA,Al\0pha and more text\n")
    assert column(table, "name") == ["Alpha and more text"]
    assert said(table) == [(None, "nul", "warning")]


def test_a_cell_of_a_million_characters_is_read() -> None:
    assert [len(cell) for cell in column(nasty("long_cell.csv"), "comment")[:2]] == [0, 1_000_000]


def test_a_mark_within_a_value_opens_nothing() -> None:
    assert column(nasty("inch_mark.csv"), "comment")[6] == 'needle of 5" length'


def test_a_comment_of_several_lines_and_commas_is_no_swallowed_row() -> None:
    comment = "first, a\nthen, b, c, d\nat last, e, f, g, h"
    assert column(read(text([[*milestones()[0][:6], comment]])), "comment") == [comment]


def test_two_open_quotation_marks_do_not_hide_the_rows_between() -> None:
    with pytest.raises(FileRefused, match="Row 2"):
        read('month,name,value\n1,"2,3\n4,5,6\n7,"8,9\n')


def test_an_open_quotation_mark_is_found_where_it_opens() -> None:
    with pytest.raises(FileRefused, match="Row 3") as refusal:
        read('month;name;value\n1;2;3\n4;"5;6\n7;8;9\n10;11;12\n')
    assert refusal.value.row == 3


def test_a_column_without_a_name_is_said_where_it_holds_something() -> None:
    table = read("cro_id,,name,\n1,,2,\n3,x,,\n")
    assert table.headers == ("cro_id", "(column B)", "name")
    said = [problem.message for problem in lay_out(table.headers, Reading()).problems]
    assert said == ["Column B has values and no heading; it is not used."]


def by_names(text: str) -> Table:
    """The table of a text, its header found by all that is known of headings."""
    (table,) = sources.tables("file.csv", text.encode(), profiles.known({}))
    return table


def test_headings_in_two_lines_are_joined_where_that_makes_more_of_them_known() -> None:
    table = by_names(
        "Overview of contracts,,,,,,,,\n"
        "Contract,Vendor,Study,,Term,,Contract,,Project manager\n"  # merged over the next one to the right
        ",,No.,Title,Start,End,value,Currency,\n"
        "E-1,Fortis,S-1,First,2025-01-01,2027-12-31,100,EUR,Ana\n"
    )
    headings = ("Contract", "Vendor", "Study No.", "Study Title", "Start", "End", "Contract value", "Contract Currency")
    assert table.headers == (*headings, "Project manager")
    assert (table.header_row, table.count) == (3, 1)
    assert set(lay_out(table.headers, Reading()).places) >= {
        "engagement_id", "cro_id", "study_id", "title", "start_date", "planned_end", "contract_value", "currency",
    }  # fmt: skip


def test_names_of_milestones_above_their_dates_are_joined() -> None:
    table = by_names("Contract,FPI,,DBL,\n,Plan,Actual,Plan,Actual\nE-1,2025-04-01,2025-04-03,2027-08-01,\n")
    assert table.headers == ("Contract", "FPI Plan", "FPI Actual", "DBL Plan", "DBL Actual")


@pytest.mark.parametrize(
    "text",
    [
        "engagement_id,milestone,baseline_original,\nE-1,fpi,2025-04-01,site\n",  # a row of data, a note beside it
        "cro_id,name,,\nA,Alpha,Plan,Actual\n",  # words that are known, and no more of them than in the header
        "Tracker,,\ncro_id,name,country\nA,Alpha,Spain\n",  # a title
    ],
)
def test_a_row_of_data_or_a_title_is_no_line_of_the_header(text: str) -> None:
    assert by_names(text).count == 1


def test_a_header_without_rows_is_a_table_of_none() -> None:
    assert read("cro_id,name\n").count == 0


def test_too_many_rows_are_refused_with_the_limit(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(delimited, "MOST_ROWS", 3)
    assert read("cro_id,name\n" + "A,Alpha\n" * 3).count == 3
    with pytest.raises(FileRefused, match="more than 3 rows"):
        read("cro_id,name\n" + "A,Alpha\n" * 4)


def test_too_many_bytes_are_refused_with_the_limit(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sources, "MOST_BYTES", 5_000_000)
    with pytest.raises(FileRefused, match="has 6 MB; at most 5 MB"):
        read(b"cro_id,name\n" + b"A,Alpha\n" * 750_000)


@pytest.mark.parametrize("odd", ["B\n", "B,Beta,DE\n", "B,Beta,\n"])
def test_a_file_of_odd_rows_alone_is_refused(monkeypatch: pytest.MonkeyPatch, odd: str) -> None:
    monkeypatch.setattr(delimited, "MOST_ODD", 2)
    with pytest.raises(FileRefused, match=r"More than 2 rows .* the first is row 3"):
        read("cro_id,name\n" + "A,Alpha\n" + odd * 3 + "C,Gamma\n" * 4)
