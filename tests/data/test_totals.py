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
    [
        "Total",
        "TOTAL:",
        "Grand total",
        "Subtotal",
        "Sub-total",
        "Summe",
        "Gesamt",
        "Sum",
        "Total EUR",
        "Subtotal MSA-7",
        "Sous-total MSA-7/01",
        "Total général",
        "Razem",
        "Razem:",
        "Suma częściowa 2",
        "Łącznie",
        "Celkem",
        "Mezisoučet",
        "Összesen",
        "Totaal",
        "Totale 2026",
        "Summa",
        "I alt",
        "Total of 7 contracts",
    ],
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
        ("E-1", "Total enrolment reached", "2027-01-29", ""),
        ("E-1", "Sum of squares report", "2027-02-28", ""),
        ("E-1", "Summary TLF", "", ""),  # lacks its date: an error to mend, and no total
        ("SUM-001", "", "", ""),  # a code
    ],
)
def test_what_may_be_data_is_kept(row: tuple[str, ...]) -> None:
    assert left(ROW, row) == ([2, 3], ())


def test_notes_at_the_end_are_left_out_and_one_in_the_middle_is_not() -> None:
    note = ("* forecast as agreed in the meeting of September", "", "", "")
    rows, said = left(note, ROW, note, ("Source: CTMS", "", "", ""))
    assert rows == [2, 3]
    assert said == (LeftOut(2, 4, "a note below the table"),)


def test_a_subtotal_that_says_how_many_it_adds_up_is_one() -> None:
    assert left(ROW, ("Subtotal MSA-7", "9 milestones", "", ""), ROW)[0] == [2, 4]


def test_a_total_with_a_whole_row_of_amounts_is_one_only_where_it_is_nothing_but_the_word() -> None:
    headers = ("engagement_id", "month", "cost_type", "planned_original")
    rows, said = left(
        ("E-1", "2026-09", "fee", "10"), ("E-1", "2026-09", "Total", "10"), ("Total", "2026-09", "fee", "10"),
        ("Total care study", "2026-09", "fee", "10"), headers=headers,
    )  # fmt: skip
    assert rows == [2, 5]
    assert said == (LeftOut(2, 3, "a total"),)


def test_short_remarks_in_the_first_cell_are_left_out_at_the_end_alone() -> None:
    remarks = [("grey/struck = dropped by sponsor", "", "", ""), ("Dates dd/mm/yyyy", "", "", "")]
    rows, said = left(("Phase: start-up", "", "", ""), ROW, *remarks)
    assert rows == [2, 3]
    assert said == (LeftOut(2, 4, "a note below the table"),)


def test_a_code_alone_is_no_remark() -> None:
    assert left(ROW, ("E-2", "", "", "")) == ([2, 3], ())


def test_a_milestone_without_a_date_is_no_remark() -> None:
    """Where the first column has words of the sender, a row with these alone lacks its dates: an error to mend."""
    headers = ("milestone", "engagement_id", "baseline_original")
    rows = [("Clinical study report", "", ""), ("fpi", "E-1", "2025-04-01"), ("First patient in", "", "")]
    assert left(*rows, headers=headers) == ([2, 3, 4], ())
