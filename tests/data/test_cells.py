"""What counts as a value of each type, and what it becomes. Expected values are written by hand."""

from datetime import date
from decimal import Decimal

import duckdb
import pytest

from data.contracts import Column, Type
from data.intake.cells import MARKS, complaint, given, value

CASES = [
    (Type.TEXT, "any text", "any text"),
    (Type.DATE, "2026-02-28", date(2026, 2, 28)),
    (Type.DATE, "2024-02-29", date(2024, 2, 29)),
    (Type.DATE, "2026-02-29", None),
    (Type.DATE, "2026-9-1", None),
    (Type.DATE, "01/09/2026", None),
    (Type.DATE, "20260901", None),
    (Type.DATE, "2026-09", None),
    (Type.DATE, "2026-09-01T00:00:00Z", None),
    (Type.MONTH, "2026-09", "2026-09"),
    (Type.MONTH, "2026-13", None),
    (Type.MONTH, "2026-09-14", None),
    (Type.QUARTER, "2026-Q3", "2026-Q3"),
    (Type.QUARTER, "q3 2026", "2026-Q3"),
    (Type.QUARTER, "2026Q3", "2026-Q3"),
    (Type.QUARTER, "2026-Q5", None),
    (Type.QUARTER, "2026-09", None),
    (Type.YEAR, "2026", 2026),
    (Type.YEAR, "26", None),
    (Type.WHOLE, "-12", -12),
    (Type.WHOLE, "12.0", 12),
    (Type.WHOLE, "12.5", None),
    (Type.WHOLE, "1_000", None),
    (Type.WHOLE, "0x10", None),
    (Type.NUMBER, "1234.5", Decimal("1234.5")),
    (Type.NUMBER, "-0.000001", Decimal("-0.000001")),
    (Type.NUMBER, ".5", Decimal("0.5")),
    (Type.NUMBER, "1.50000000", Decimal("1.5")),
    (Type.NUMBER, "999999999999999999.999999", Decimal("999999999999999999.999999")),
    (Type.NUMBER, "1000000000000000000", None),
    (Type.NUMBER, "0.1234567", None),
    (Type.NUMBER, "nan", None),
    (Type.NUMBER, "inf", None),
    (Type.NUMBER, "1e5", None),
    (Type.NUMBER, "1,234.50", None),
    (Type.NUMBER, "1 234", None),
    (Type.NUMBER, "EUR 5", None),
    (Type.FLAG, "Yes", True),
    (Type.FLAG, "0", False),
    (Type.FLAG, "x", True),
    (Type.FLAG, "SÍ", True),
    (Type.FLAG, "☑", True),
    (Type.FLAG, "Nein", False),
    (Type.FLAG, "☐", False),
    (Type.FLAG, "☒", None),
    (Type.FLAG, "maybe", None),
    (Type.CURRENCY, "eur", "EUR"),
    (Type.CURRENCY, "EURO", None),
    (Type.TIME_ZONE, "Europe/Berlin", "Europe/Berlin"),
    (Type.TIME_ZONE, "Mars/Olympus", None),
    (Type.MOMENT, "2026-09-03", "2026-09-03"),
    (Type.MOMENT, "2026-09-31", None),
    (Type.MOMENT, "2026-09-03T14:05:00Z", "2026-09-03T14:05:00Z"),
    (Type.MOMENT, "2026-09-03 14:05", "2026-09-03T14:05:00Z"),
    (Type.MOMENT, "2026-09-03T14:05:59.999", "2026-09-03T14:05:59Z"),
    # Two hours ahead of UTC, so half past midnight is still the evening before.
    (Type.MOMENT, "2026-09-03T00:30:00+02:00", "2026-09-02T22:30:00Z"),
    (Type.MOMENT, "2026-09-03 00:30 -0530", "2026-09-03T06:00:00Z"),
    (Type.MOMENT, "2026-09-03T00:30-05", "2026-09-03T05:30:00Z"),
    (Type.MOMENT, "2026-09-03 00:30 UTC", "2026-09-03T00:30:00Z"),
    (Type.MOMENT, "2026-09-03 00:30:10.5 +05:30", "2026-09-02T19:00:10Z"),
    (Type.MOMENT, "2026-09-03T24:00:00Z", None),
    (Type.MOMENT, "2026-02-30T10:00:00Z", None),
    (Type.MOMENT, "14:05", None),
    (Type.MOMENT, "3 Sep 2026", None),
]


@pytest.mark.parametrize(("kind", "text", "expected"), CASES, ids=lambda case: str(case))
def test_a_text_is_a_value_or_nothing(kind: Type, text: str, expected: object) -> None:
    connection = duckdb.connect()
    connection.execute("SET TimeZone = 'UTC'")
    column = Column(name="x", meaning="", type=kind)
    answer = connection.execute(f"SELECT {value(column, 't')} FROM (SELECT $1 AS t)", [text]).fetchone()
    assert answer == (expected,)


def test_a_choice_is_taken_in_any_case_with_spaces_or_signs() -> None:
    column = Column(name="x", meaning="", choices=("data_management", "full"))
    texts = ["Data Management", "data-management", "FULL", "fulll"]
    answers = duckdb.execute(f"SELECT {value(column, 't')} FROM (SELECT unnest($1) AS t)", [texts]).fetchall()
    assert answers == [("data_management",), ("data_management",), ("full",), (None,)]


def test_the_apostrophe_of_our_exports_is_taken_off_again() -> None:
    texts = ["'=1+1", "''@x", "'tis", "it's", "'-", "＝1"]
    answers = duckdb.execute(f"SELECT {given('t')} FROM (SELECT unnest($1) AS t)", [texts]).fetchall()
    assert [text for (text,) in answers] == ["=1+1", "@x", "'tis", "it's", "-", "＝1"]


COMPLAINTS = [
    (Type.DATE, "dmy", "04/13/2026", "This column is read as day/month/year, and so there is no month 13."),
    (Type.DATE, "mdy", "13/04/2026", "This column is read as month/day/year, and so there is no month 13."),
    (Type.DATE, "dmy", "31/02/2026", "This column is read as day/month/year, and so there is no such day."),
    (Type.DATE, "dmy", "00/00/0000", "This column is read as day/month/year, and so there is no month 00."),
    (Type.DATE, "", "2026-02-30", "There is no such day."),
    (Type.DATE, "", "2026-04-03 14:05", "A time stands here; write the day alone."),
    (Type.DATE, "", "2026-09", "This is a month; a day is needed."),
    (Type.DATE, "", "Q2 2026", "This is a quarter; a day is needed."),
    (Type.MOMENT, "", "2026-04-03T25:00Z", "There is no such time."),
]
AS_DATES = "If this is the day 2026-04-03, write it so, or show the column as dates in the spreadsheet."
HINTS = [
    # 46023 is the first day of 2026 in Excel, and 3 April is 92 days later.
    (Type.DATE, "", "46115", AS_DATES),
    (Type.DATE, "", "20260403", AS_DATES),
    (Type.DATE, "", "20261399", "Expected a date such as 2026-09-30."),
    (Type.DATE, "", "TBD", "Leave the cell empty where nothing is known."),
    (Type.NUMBER, "", "n/a", "Leave the cell empty where nothing is known."),
    (Type.NUMBER, "", "-", "Leave the cell empty where nothing is known."),
    (Type.WHOLE, "", "#REF!", "The formula of this cell fails in the spreadsheet; mend it there."),
    (Type.DATE, "", "#DIV/0!", "The formula of this cell fails in the spreadsheet; mend it there."),
    (Type.MONTH, "", "2026-09-14", "Expected a month such as 2026-09, got the day 2026-09-14."),
    (Type.MONTH, "dmy", "14.09.2026", "Expected a month such as 2026-09, got the day 14.09.2026."),
    (Type.NUMBER, "point", "0.1234567", "More than 6 decimals; round it."),
    (Type.NUMBER, "comma", "0,1234567", "More than 6 decimals; round it."),
    (Type.NUMBER, "point", "1234567890123456789", "More than 18 digits; check the unit."),
    (Type.NUMBER, "point", "12,5%",
     "A percentage stands here. Choose the unit percent for this column, or write the number."),
    (Type.NUMBER, "point", "1.2e5", "Write the number in full, without an exponent."),
    (Type.NUMBER, "point", "5000-", "Write the minus before the number."),
    (Type.NUMBER, "point", "£1k", "Write the number in full, or choose a unit for this column."),
    (Type.NUMBER, "point", "5 Mio", "Write the number in full, or choose a unit for this column."),
    (Type.NUMBER, "point", "１２３４", "Write the digits as 0 to 9."),
    (Type.NUMBER, "point", "9.876,54", f"This column is read with {MARKS['point']}; write the cell so."),
    (Type.NUMBER, "comma", "9,876.54", f"This column is read with {MARKS['comma']}; write the cell so."),
    (Type.NUMBER, "", "9,876.54", "Write 1234.50: a point before the decimals, no separators of thousands."),
    (Type.WHOLE, "", "12.5", "Expected a whole number such as 12."),
    (Type.FLAG, "", "maybe", "Expected yes or no."),
]  # fmt: skip


@pytest.mark.parametrize(
    ("kind", "style", "text", "said"),
    [(kind, style, text, said + expected) for kind, style, text, said in COMPLAINTS
     for expected in [f" Expected {kind.looks_like}."]] + HINTS,
)  # fmt: skip
def test_a_complaint_says_what_to_do(kind: Type, style: str, text: str, said: str) -> None:
    column = Column(name="x", meaning="", type=kind)
    row = duckdb.execute(f"SELECT {complaint(column, 't', style)} FROM (SELECT $1 AS t)", [text]).fetchone()
    assert row == (said,)


def test_where_a_value_is_needed_nobody_is_told_to_leave_the_cell_empty() -> None:
    column = Column(name="x", meaning="", type=Type.DATE, required=True)
    row = duckdb.execute(f"SELECT {complaint(column, 't')} FROM (SELECT 'TBD' AS t)").fetchone()
    assert row == ("Expected a date such as 2026-09-30.",)
