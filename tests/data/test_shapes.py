"""A wide file becomes rows: one a month or milestone that has a cell, with the row numbers of the file."""

import time
from collections.abc import Sequence

import pytest

from data.intake import shapes
from data.intake.columns import Layout, lay_out
from data.intake.problem import FileRefused
from data.intake.reading import MONTH, Reading
from data.intake.table import LeftOut, Ragged, Table, table_of_rows


def made_long(
    headers: Sequence[str], rows: Sequence[Sequence[str]], reading: Reading | None = None
) -> tuple[Table, Layout]:
    return shapes.long(table_of_rows("tracker.csv", headers, rows), lay_out(headers, reading))


def told(table: Table, layout: Layout) -> list[tuple[object, ...]]:
    """Row of the file, then the columns of the contract that are told, in its order; constants left out."""
    cells = table.cells.to_pydict()
    names = [name for name in layout.names if name in layout.places]
    return list(zip(cells["row"], *(cells[f"c{layout.places[name]}"] for name in names)))


def test_a_table_that_is_not_wide_is_returned_as_it_is() -> None:
    table = table_of_rows("a.csv", ["cro_id", "name"], [["FORTIS", "Fortis"]])
    layout = lay_out(["cro_id", "name"])
    assert shapes.long(table, layout) == (table, layout)
    assert shapes.long(table, layout)[0] is table


def test_months_become_rows() -> None:
    table, layout = made_long(
        ["Contract", "Cost type", "Invoiced Feb 2026", "Invoiced Jan 2026"],
        [["E-1", "fee", "20", "10"], ["E-2", "grant", "", "30"]],
    )
    assert layout.names == ("engagement_id", "month", "cost_type", "invoiced")
    assert told(table, layout) == [
        (2, "E-1", "2026-02", "fee", "20"),
        (2, "E-1", "2026-01", "fee", "10"),
        (3, "E-2", "2026-01", "grant", "30"),
    ]
    assert table.headers == ("Contract", "Cost type", "month", "invoiced")
    assert table.count == 3
    assert layout.heading("invoiced", "2026-01") == "Invoiced Jan 2026"
    assert layout.heading("engagement_id") == "Contract"


def test_what_the_file_does_not_tell_of_a_month_is_null() -> None:
    """January has no column for what is accrued, and an empty cell for what was invoiced tells nothing either.

    Both must keep what is known: an empty text would clear it.
    """
    table, layout = made_long(
        ["engagement_id", "cost_type", "Invoiced 2026-01", "Invoiced 2026-02", "Accrued 2026-02"],
        [["E-1", "fee", "10", "", "5"]],
    )
    assert told(table, layout) == [(2, "E-1", "2026-01", "fee", "10", None), (2, "E-1", "2026-02", "fee", None, "5")]


def test_milestones_become_rows() -> None:
    table, layout = made_long(
        ["Agreement", "FPI actual", "DBL forecast", "DBL planned", "Remarks"],
        [["E-1", "2025-05-06", "2027-09-28", "2027-08-01", "late"], ["E-2", "", "2028-01-10", "", ""]],
    )
    assert layout.names == (
        "engagement_id", "milestone", "site_id", "baseline_original", "forecast", "actual", "comment",
    )  # fmt: skip
    assert told(table, layout) == [
        (2, "E-1", "fpi", None, None, "2025-05-06", "late"),
        (2, "E-1", "dbl", "2027-08-01", "2027-09-28", None, "late"),
        (3, "E-2", "dbl", None, "2028-01-10", None, ""),
    ]


def test_rows_that_tell_nothing_are_named() -> None:
    """Rows 3 and 5 have no amount; row 2 has one, row 4 the other."""
    table, _ = made_long(
        ["engagement_id", "cost_type", "Invoiced 2026-01", "Invoiced 2026-02"],
        [["E-1", "fee", "1", ""], ["E-2", "fee", "", ""], ["E-3", "fee", "", "0"], ["", "", "", ""]],
    )
    assert table.cells["row"].to_pylist() == [2, 4]
    assert table.left_out == (LeftOut(2, 3, "nothing stands in the columns of months"),)


def test_what_the_reader_found_stays_with_the_file() -> None:
    headers = ["engagement_id", "cost_type", "Invoiced 2026-01"]
    given = table_of_rows("a.csv", headers, [["E-1", "fee", "1"]])
    given = Table(given.name, given.headers, given.cells, (Ragged(3, ("E-2",)),), (LeftOut(1, 4, "empty"),))
    table, _ = shapes.long(given, lay_out(headers))
    assert (table.ragged, table.left_out, table.problems, table.name) == ((), (), (), "a.csv")


def test_constants_of_cells_find_their_cells() -> None:
    """The column of the site is used in the id alone, and moves from place 4 to place 1."""
    table, layout = made_long(
        ["cost type", "Invoiced 2026-01", "Invoiced 2026-02", "Mood", "Study"],
        [["fee", "1", "2", "good", "ABC"]],
        Reading(constants={"engagement_id": "E-{Study}"}),
    )
    assert layout.constants["engagement_id"] == ("E-", 1)
    assert table.headers[1] == "Study"
    assert table.cells["c1"].to_pylist() == ["ABC", "ABC"]


def test_while_a_question_is_open_nothing_is_told() -> None:
    headers = ["engagement_id", "cost_type", "2026-01"]
    table, layout = made_long(headers, [["E-1", "fee", "1"]])
    assert table.count == 0
    assert layout.names == ("engagement_id", "month", "cost_type")
    table, layout = made_long(headers, [["E-1", "fee", "1"]], Reading(columns={MONTH: "invoiced"}))
    assert told(table, layout) == [(2, "E-1", "2026-01", "fee", "1")]


def test_an_empty_wide_file_is_an_empty_long_one() -> None:
    table, layout = made_long(["engagement_id", "cost_type", "Invoiced 2026-01"], [])
    assert (table.count, table.left_out) == (0, ())
    assert told(table, layout) == []


def test_a_thousand_rows_of_sixty_months_take_no_time() -> None:
    months = [f"Invoiced {year}-{month:02}" for year in range(2022, 2027) for month in range(1, 13)]
    headers = ["engagement_id", "cost_type", *months]
    rows = [[f"E-{row}", "fee", *(str(row * place) for place in range(60))] for row in range(1000)]
    table, layout = table_of_rows("a.csv", headers, rows), lay_out(headers)
    started = time.perf_counter()
    long, _ = shapes.long(table, layout)
    assert time.perf_counter() - started < 1
    assert long.count == 60_000
    assert long.cells["c3"].to_pylist()[60 * 7 + 5] == "35"  # the eighth row's sixth month: 7 x 5


def test_a_file_that_would_become_too_large_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    """Two rows of three months are six; at a limit of six they fit. Each repeats `E-1` and `fee`: 36 characters."""
    headers = ["engagement_id", "cost_type", "Invoiced 2026-01", "Invoiced 2026-02", "Invoiced 2026-03"]
    rows = [["E-1", "fee", "1", "2", "3"], ["E-2", "fee", "1", "2", "3"]]
    monkeypatch.setattr(shapes, "MOST_ROWS", 6)
    monkeypatch.setattr(shapes, "MOST_TEXT", 36)
    assert made_long(headers, rows)[0].count == 6
    monkeypatch.setattr(shapes, "MOST_TEXT", 35)
    with pytest.raises(FileRefused, match="Split the file"):
        made_long(headers, rows)
    monkeypatch.setattr(shapes, "MOST_TEXT", 36)
    monkeypatch.setattr(shapes, "MOST_ROWS", 5)
    with pytest.raises(FileRefused, match="would become 6 rows"):
        made_long(headers, rows)
