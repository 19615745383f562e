"""Bytes become a table of text, or a refusal that says what the file is."""

import pytest

from data.intake.problem import FileRefused
from data.intake.text import read_csv


def test_a_byte_order_mark_is_no_part_of_the_first_column() -> None:
    assert read_csv(b"\xef\xbb\xbfcro_id,name\nA,Alpha\n").headers == ("cro_id", "name")


def test_text_outside_ascii_stays_whole_and_cells_are_trimmed() -> None:
    table = read_csv("cro_id,name\n A\u00a0,\u00a0Société Médicale 株式会社\t\n".encode())
    assert table.cells.to_pylist() == [{"c0": "A", "c1": "Société Médicale 株式会社", "row": 2}]


def test_rows_count_as_a_spreadsheet_shows_them() -> None:
    # Row 2 holds a line end in quotes, row 3 has two values, row 4 is empty, row 5 has four; row 6 is whole.
    table = read_csv(b'a,b,c\n1,"x\ny",3\n1,2\n\n4,5,6,7\n7,8,9\n')
    assert [(bad.row, len(bad.values)) for bad in table.ragged] == [(3, 2), (5, 4)]
    assert table.cells["row"].to_pylist() == [2, 6]
    assert [(problem.rule, problem.severity) for problem in table.problems] == [("empty_rows", "warning")]
    assert table.count == 4


def test_line_ends_of_every_system_are_read() -> None:
    assert read_csv(b"a,b\r\n1,2\r3,4\n5,6").cells["c0"].to_pylist() == ["1", "3", "5"]


def test_nuls_are_removed_and_said() -> None:
    table = read_csv(b"cro_id,name\nA,Al\0pha and more text\n")
    assert table.cells["c1"].to_pylist() == ["Alpha and more text"]
    assert [problem.rule for problem in table.problems] == ["nul"]


def test_a_cell_of_a_million_characters_is_read() -> None:
    table = read_csv(b"a,b\n1," + b"x" * 1_000_000 + b"\n2,y\n")
    assert [len(cell) for cell in table.cells["c1"].to_pylist()] == [1_000_000, 1]


def test_a_header_without_rows_is_a_table_of_none() -> None:
    assert read_csv(b"cro_id,name\n").count == 0


@pytest.mark.parametrize(
    ("data", "words"),
    [
        (b"", "empty"),
        (b" \n\r\n\t", "empty"),
        (b"\xef\xbb\xbf", "empty"),
        (b"\n\ncro_id,name\n", "first row is empty"),
        (b"PK\x03\x04rest", "Excel"),
        (b"\xd0\xcf\x11\xe0rest", "Excel"),
        (b"%PDF-1.7", "PDF"),
        (b"\x89PNG\r\n", "picture"),
        (b"<!DOCTYPE html><table>", "web page"),
        ("cro_id,name\n".encode("utf-16"), "UTF-16"),
        ("cro_id,name\nA,Alpha\n".encode("utf-16-be"), "UTF-16"),
        ("cro_id,name\nA,Société\n".encode("cp1252"), "line 2"),
        (b"cro_id;name\nA;Alpha\n", "semicolons"),
        (b"cro_id\tname\nA\tAlpha\n", "tabs"),
    ],
)
def test_what_is_no_utf8_csv_is_named(data: bytes, words: str) -> None:
    with pytest.raises(FileRefused, match=words):
        read_csv(data)


def test_an_open_quotation_mark_is_found_where_it_opens() -> None:
    with pytest.raises(FileRefused, match="Row 3") as refusal:
        read_csv(b'a,b,c\n1,2,3\n4,"5,6\n7,8,9\n10,11,12\n')
    assert refusal.value.row == 3


def test_two_open_quotation_marks_do_not_hide_the_rows_between() -> None:
    with pytest.raises(FileRefused, match="Row 2"):
        read_csv(b'a,b,c\n1,"2,3\n4,5,6\n7,"8,9\n')


def test_a_column_without_a_name_is_said_where_it_holds_something() -> None:
    assert [problem.message for problem in read_csv(b"a,,\n1,,2\n3,,\n").problems] == [
        "Column 3 has values and no name in the first row; it is not used."
    ]
