"""Cells mended on the page are as if the file had come so."""

from data.intake.corrections import corrected, fitted
from data.intake.table import Ragged, Table, table_of_rows


def table(*ragged: Ragged) -> Table:
    made = table_of_rows("t.csv", ("a", "b", "c"), [("1", "2", "3"), ("4", "5", "6")])
    return Table(made.name, made.headers, made.cells, ragged)


def test_one_cell_is_another_and_the_rest_is_as_it_was() -> None:
    assert corrected(table(), {(3, 1): " five "}).cells.to_pylist() == [
        {"c0": "1", "c1": "2", "c2": "3", "row": 2},
        {"c0": "4", "c1": "five", "c2": "6", "row": 3},
    ]


def test_several_cells_of_one_column_go_to_their_own_rows() -> None:
    cells = corrected(table(), {(3, 0): "four", (2, 0): "one"}).cells
    assert cells["c0"].to_pylist() == ["one", "four"]


def test_a_row_that_the_table_does_not_have_is_passed_over() -> None:
    assert corrected(table(), {(9, 0): "nine"}).cells.equals(table().cells)


def test_a_ragged_row_becomes_a_row_where_it_stood() -> None:
    made = corrected(table(Ragged(1, ("x",)), Ragged(4, ("7", "8", "9", "10"))), {(4, 2): "9"})
    assert made.cells["row"].to_pylist() == [2, 3, 4]
    assert made.cells.to_pylist()[2] == {"c0": "7", "c1": "8", "c2": "9", "row": 4}
    assert [bad.row for bad in made.ragged] == [1]


def test_nothing_is_lost_of_values_that_are_too_many() -> None:
    assert fitted(("1", "2", "3", "4"), 3) == ("1", "2", "3,4")
    assert fitted(("1",), 3) == ("1", "", "")
