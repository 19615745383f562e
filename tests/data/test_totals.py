"""Totals and notes below a table are left out, and said; what may be a row of data is not."""

import pytest

from data.intake.columns import lay_out
from data.intake.reading import Reading
from data.intake.table import LeftOut, Table, table_of_rows
from data.intake.totals import without

HEADERS = ("engagement_id", "milestone", "baseline_original", "comment")
ROW = ("E-1", "fpi", "2025-04-01", "")


def left(*rows: tuple[str, ...], headers: tuple[str, ...] = HEADERS) -> tuple[list[int], tuple[LeftOut, ...]]:
    table: Table = table_of_rows("t.csv", headers, rows)
    kept = without(table, lay_out(headers, Reading()))
    return kept.cells["row"].to_pylist(), kept.left_out


@pytest.mark.parametrize(
    "word",
    ["Total", "TOTAL:", "Grand total", "Subtotal", "Sub-total", "Summe", "Gesamt", "Sum", "Total EUR"],
)
def test_a_total_is_left_out_and_said(word: str) -> None:
    assert left(ROW, (word, "", "", "")) == ([2], (LeftOut(1, 3, "a total"),))


@pytest.mark.parametrize(
    "row",
    [
        ("E-1", "total_enrolment", "2025-04-01", ""),  # a milestone of the PM's own
        ("TOTAL-7", "fpi", "2025-04-01", ""),  # an engagement's code
        ("E-1", "fpi", "2025-04-01", "Total of two countries"),  # a comment
        ("E-1", "", "", ""),  # a row that lacks something: an error to mend
        ("Summer study", "fpi", "2025-04-01", ""),
    ],
)
def test_what_may_be_data_is_kept(row: tuple[str, ...]) -> None:
    assert left(ROW, row) == ([2, 3], ())


def test_notes_at_the_end_are_left_out_and_one_in_the_middle_is_not() -> None:
    note = ("* forecast as agreed in the meeting of September", "", "", "")
    rows, said = left(note, ROW, note, ("Source: CTMS", "", "", ""))
    assert rows == [2, 3]
    assert said == (LeftOut(2, 4, "a note below the table"),)
