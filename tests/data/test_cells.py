"""What counts as a value of each type, and what it becomes. Expected values are written by hand."""

from datetime import date
from decimal import Decimal

import duckdb
import pytest

from data.contracts import Column, Type
from data.intake.cells import given, value

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
