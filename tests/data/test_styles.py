"""Columns are read in the style of their sender, and asked about where two styles fit. Expected values by hand."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import date
from decimal import Decimal
from typing import Any

import duckdb
import pytest
from duckdb import DuckDBPyConnection
from hypothesis import given, settings
from hypothesis import strategies as st

from data.contracts import BY_KIND, Column, Contract, Type
from data.intake import staging
from data.intake.cells import complaint
from data.intake.columns import Layout
from data.intake.problem import Problem, Severity
from data.intake.reading import Reading
from data.intake.table import table_of_rows

PLAN = "baseline_original"
PLAN_AND_FORECAST = (PLAN, "forecast")


def connected() -> DuckDBPyConnection:
    """An engine as the store sets it."""
    connection = duckdb.connect()
    connection.execute("SET TimeZone = 'UTC'")
    return connection


class Read:
    """What became of a file's cells: values by column, styles, and what was said."""

    def __init__(
        self, contract: Contract, cells: Mapping[str, Sequence[str]], reading: Reading, sheet: bool = False
    ) -> None:
        self.contract = contract
        places = {name: place for place, name in enumerate(cells)}
        layout = Layout(contract, places, headings={"forecast": "Expected"}, reading=reading)
        table = table_of_rows("file.csv", tuple(cells), list(zip(*cells.values(), strict=True)))
        table = replace(table, typed=sheet)
        with connected() as cursor:
            staging.prepare(cursor, {})
            self.styles = staging.stage(cursor, 0, table, layout)
            self.problems = staging.listed(cursor, 0)
            self.values: dict[str, list[Any]] = {}
            self.given: dict[str, list[str]] = {}
            self.complaints: dict[str, list[str]] = {}
            for name in cells:
                said = complaint(contract[name], f'"{name} given"', self.styles.get(name, ""))
                rows = cursor.execute(f'SELECT "{name}", "{name} given", {said} FROM staged_0 ORDER BY row').fetchall()
                self.values[name], self.given[name], self.complaints[name] = map(list, zip(*rows))

    @property
    def asked(self) -> list[Problem]:
        return [problem for problem in self.problems if problem.severity == "question"]

    @property
    def said(self) -> list[str]:
        return [problem.message for problem in self.problems if problem.severity == "warning"]


def milestones(cells: Sequence[str], forecast: Sequence[str] | None = None, **decided: Any) -> Read:
    told = {PLAN: cells} | ({"forecast": forecast} if forecast else {})
    return Read(BY_KIND["milestones"], told, Reading(**decided))


def budget(invoiced: Sequence[str], accrued: Sequence[str] | None = None, **decided: Any) -> Read:
    told = {"invoiced": invoiced} | ({"accrued": accrued} if accrued else {})
    return Read(BY_KIND["budget"], told, Reading(**decided))


def typed(kind: Type, cells: Sequence[str], **decided: Any) -> list[Any]:
    """The values of a column of this type."""
    column = Column(name="x", meaning="", type=kind, unit=decided.pop("unit", ""))
    contract = Contract(kind="any", meaning="", columns=(column,), examples=())
    return Read(contract, {"x": cells}, Reading(**decided)).values["x"]


APRIL_3 = date(2026, 4, 3)


@pytest.mark.parametrize(
    "text",
    [
        "2026/4/3", "2026.04.03", "2026-4-3", "3-Apr-26", "3 avr. 2026", "3. April 2026", "Apr 3, 2026",
        "April 3rd 2026", "3 de abril de 2026", "03-APR-2026", "2026 Apr 3", "3.Apr.2026", "2026-04-03T00:00:00Z",
        "2026-04-03 00:00:00",
        "3 Apr 2026 12:00 AM", "\u200b2026-04-03\u00a0", "3\u00a0April\u00a02026",
    ],
)  # fmt: skip
def test_a_day_that_can_be_read_in_one_way_needs_no_order(text: str) -> None:
    read = milestones([text, "2026-09-30"])
    assert read.values[PLAN] == [APRIL_3, date(2026, 9, 30)]
    assert read.problems == []


@pytest.mark.parametrize(
    ("text", "day"),
    [
        ("1er août 2026", date(2026, 8, 1)),
        ("15. März 2026", date(2026, 3, 15)),
        ("15 déc. 2026", date(2026, 12, 15)),
        ("15 févr. 2026", date(2026, 2, 15)),
        ("15-Okt-2026", date(2026, 10, 15)),
        ("15 enero 2026", date(2026, 1, 15)),
        ("15 juil. 2026", date(2026, 7, 15)),
        # Years of two digits: 00 to 89 are after 2000, 90 to 99 before. A named month has the day before it.
        ("02-Jun-06", date(2006, 6, 2)),
        ("2-Jun-89", date(2089, 6, 2)),
        ("2-Jun-90", date(1990, 6, 2)),
    ],
)
def test_months_have_names_in_four_languages(text: str, day: date) -> None:
    assert milestones([text]).values[PLAN] == [day]


@pytest.mark.parametrize(
    "text",
    [
        "31/02/2026", "00/00/0000", "46115", "20260403", "TBD", "Q2 2026", "2026-04", "03-04/2026", "3 Apil 2026",
        "2026-04-03 14:05", "03/04/2026 14:05", "April 2026", "3 Apr", "32-Apr-03", "13/13/2026", "3/4/026",
    ],
)  # fmt: skip
def test_what_is_no_day_stays_none(text: str) -> None:
    assert milestones([text, "13/04/2026"]).values[PLAN] == [None, date(2026, 4, 13)]


def test_one_day_over_twelve_settles_the_order_of_the_column() -> None:
    read = milestones(["03/04/2026", "13/04/2026", "05.06.26"])
    assert read.values[PLAN] == [APRIL_3, date(2026, 4, 13), date(2026, 6, 5)]
    assert read.problems == [Problem(None, PLAN, "", "style", "Dates are read as day/month/year.", "warning")]
    read = milestones(["03/04/2026", "04/13/2026"])
    assert read.values[PLAN] == [date(2026, 3, 4), date(2026, 4, 13)]
    assert read.said == ["Dates are read as month/day/year."]


def test_where_no_cell_settles_it_the_order_is_asked_with_both_readings() -> None:
    read = milestones(["2026-09-30", "03/04/2026", "05/05/2026"])
    message = (
        "“03/04/2026” may be 3 April 2026 or 4 March 2026, and no cell of the column tells."
        " Choose the order of its dates."
    )
    assert read.problems == [Problem(None, PLAN, "03/04/2026", "date_order", message, "question")]
    # Until then the rest can be checked: no cell is an error.
    assert None not in read.values[PLAN]


@pytest.mark.parametrize(("order", "day"), [("dmy", APRIL_3), ("mdy", date(2026, 3, 4))])
def test_a_decision_answers_the_question(order: str, day: date) -> None:
    read = milestones(["03/04/2026"], dates={PLAN: order})
    assert read.values[PLAN] == [day]
    assert read.asked == []


def test_a_decision_holds_against_the_cells() -> None:
    read = milestones(["03.04.2026", "13/04/2026", "26/04/03"], dates={PLAN: "mdy"})
    assert read.values[PLAN] == [date(2026, 3, 4), None, None]
    assert "month/day/year, and so there is no month 13." in read.complaints[PLAN][1]
    read = milestones(["12-04-03"], dates={PLAN: "ymd"})
    assert read.values[PLAN] == [date(2012, 4, 3)]


def test_the_same_day_in_both_orders_is_no_question() -> None:
    read = milestones(["05/05/2026", "11/11/2026"])
    assert read.values[PLAN] == [date(2026, 5, 5), date(2026, 11, 11)]
    assert read.asked == []


def test_points_stand_for_day_month_year_unless_that_is_impossible() -> None:
    assert milestones(["03.04.2026"]).values[PLAN] == [APRIL_3]
    assert milestones(["03.04.2026"]).asked == []
    assert milestones(["04.13.2026"]).values[PLAN] == [date(2026, 4, 13)]


def test_a_contradiction_is_asked_and_a_clear_majority_is_not() -> None:
    read = milestones(["13/04/2026", "04/13/2026", "03/04/2026"])
    assert [problem.rule for problem in read.asked] == ["date_order"]
    assert "“13/04/2026” can only be read as day/month/year, and “04/13/2026” only as month/day/year." in str(
        read.asked
    )
    # Three speak for day/month to one against, which becomes an error of its row.
    read = milestones(["13/04/2026", "04/13/2026", "14/04/2026", "15/04/2026", "03/04/2026"])
    assert read.asked == []
    assert read.values[PLAN] == [date(2026, 4, 13), None, date(2026, 4, 14), date(2026, 4, 15), APRIL_3]


def test_another_column_of_the_file_settles_the_order_and_it_is_said() -> None:
    read = milestones(["03/04/2026", "05/06/2026"], ["13/04/2026", "03/04/2026"])
    assert read.values == {PLAN: [APRIL_3, date(2026, 6, 5)], "forecast": [date(2026, 4, 13), APRIL_3]}
    assert read.said == [
        "Dates are read as day/month/year. The column “Expected” is written so.",
        "Dates are read as day/month/year.",
    ]


@pytest.mark.parametrize(
    "other",
    [
        ["13.04.2026", "03.04.2026"],  # other separators come from another hand
        ["05/05/2026", "06/06/2026"],  # fits both orders
        ["2026-04-13", "2026-04-03"],  # has no order
    ],
)
def test_a_column_that_says_nothing_of_the_order_settles_none(other: list[str]) -> None:
    read = milestones(["03/04/2026", "05/06/2026"], other)
    assert [(problem.column, problem.rule) for problem in read.asked] == [(PLAN, "date_order")]


def test_of_two_digits_at_both_ends_the_one_like_a_year_is_the_year() -> None:
    assert milestones(["26/04/03", "25/12/31"]).values[PLAN] == [APRIL_3, date(2025, 12, 31)]
    assert milestones(["30/06/26"]).values[PLAN] == [date(2026, 6, 30)]
    read = milestones(["28-02-26"])
    assert "28 February 2026 or 26 February 2028" in read.asked[0].message


MOMENTS = [
    ("13/04/2026 14:05", "2026-04-13T14:05:00Z"),
    ("3/4/26 2:05 PM", "2026-04-03T14:05:00Z"),
    ("3/4/26 12:05 am", "2026-04-03T00:05:00Z"),
    ("03.04.2026 14.05", "2026-04-03T14:05:00Z"),
    ("3-Apr-2026 14:05:33", "2026-04-03T14:05:33Z"),
    ("Apr 3, 2026, 9:05 a.m.", "2026-04-03T09:05:00Z"),
    # Two hours ahead of UTC.
    ("03/04/2026 14:05 +0200", "2026-04-03T12:05:00Z"),
    ("03/04/2026 14:05 GMT", "2026-04-03T14:05:00Z"),
    # A day alone keeps its precision.
    ("03/04/2026", "2026-04-03"),
    ("2026-04-03T14:05:00Z", "2026-04-03T14:05:00Z"),
    ("3/4/2026 25:00", None),
    ("3/4/2026 14:05 CET", None),
]


def test_times_are_read_beside_days_in_every_style() -> None:
    assert typed(Type.MOMENT, [text for text, _ in MOMENTS]) == [value for _, value in MOMENTS]


MONTHS = [
    ("Sep 2026", "2026-09"), ("September 2026", "2026-09"), ("Sep-26", "2026-09"), ("septembre 2026", "2026-09"),
    ("septiembre de 2026", "2026-09"), ("09/2026", "2026-09"), ("2026/09", "2026-09"), ("2026-9", "2026-09"),
    ("2026-09-01", "2026-09"), ("2026-09-30", "2026-09"), ("2026-09-01 00:00:00", "2026-09"),
    ("01.09.2026", "2026-09"), ("2026-02-28", "2026-02"), ("2024-02-28", None), ("2026-09-14", None),
    ("13/2026", None), ("2026", None), ("202609", None),
]  # fmt: skip


def test_a_month_has_a_name_or_is_its_first_or_last_day() -> None:
    assert typed(Type.MONTH, [text for text, _ in MONTHS]) == [value for _, value in MONTHS]


def test_the_first_of_a_month_tells_the_order_itself() -> None:
    # 12/01 as day/month is 12 January, which is neither end of a month.
    assert typed(Type.MONTH, ["12/01/2026", "11/01/2026"]) == ["2026-12", "2026-11"]


AMOUNTS = [
    ("(1,234.50)", "-1234.5"), ("$12,345.00", "12345"), ("USD 5000", "5000"), ("1,234", "1234"), ("1.234", "1.234"),
    ("674494.00", "674494"), ("1'234.50", "1234.5"), ("1\u202f234.5", "1234.5"), ("1,234,567", "1234567"),
    ("-€5", "-5"), ("€-5", "-5"), ("(€ 5)", "-5"), ("−5", "-5"), ("- 5", "-5"), ("5000 eur", "5000"), (".5", "0.5"),
    ("€ 9.876,54", None), ("1 234,56", None), ("1.2e5", None), ("12.5%", None), ("-", None), ("n/a", None),
    ("#REF!", None), ("5000-", None), ("£1k", None), ("１２３４", None), ("12,34,567", None),
    ("5 Mio", None), ("5.5.5", None), ("1 2345", None), ("nan", None), ("0x10", None), ("", None),
]  # fmt: skip


def test_amounts_are_read_with_a_decimal_point_where_most_cells_have_one() -> None:
    read = budget([text for text, _ in AMOUNTS])
    assert read.values["invoiced"] == [None if value is None else Decimal(value) for _, value in AMOUNTS]
    assert read.asked == []
    assert read.said == ["Numbers are read with a decimal point, such as 1,234.50."]
    assert read.given["invoiced"] == [text for text, _ in AMOUNTS]


def test_a_point_between_thousands_is_none_before_decimals_where_commas_are() -> None:
    read = budget(["1.234", "1.234,56", "12,5", "1.234.567", "5", "1 234", "(1'234,5) €", "1234.5"])
    values = ["1234", "1234.56", "12.5", "1234567", "5", "1234", "-1234.5", None]
    assert read.values["invoiced"] == [None if value is None else Decimal(value) for value in values]
    assert read.said == ["Numbers are read with a decimal comma, such as 1.234,50."]
    assert read.complaints["invoiced"][7] == (
        "This column is read with a decimal comma, such as 1.234,50; write the cell so."
    )


def test_a_plain_column_follows_another_with_decimal_commas() -> None:
    read = budget(["1.234", "2.500"], ["12,5", "7"])
    assert read.values["invoiced"] == [Decimal(1234), Decimal(2500)]
    assert "The column “accrued” is written so." in read.said[1]
    # Decimals that are no thousands speak for the point, whatever other columns do.
    read = budget(["1.234", "2.5"], ["12,5", "7"])
    assert read.values["invoiced"] == [Decimal("1.234"), Decimal("2.5")]


def test_a_plain_column_alone_is_read_as_it_stands() -> None:
    read = budget(["1.234", "2.500"])
    assert read.values["invoiced"] == [Decimal("1.234"), Decimal("2.5")]
    assert read.problems == []


@pytest.mark.parametrize("text", ["0,234", "1,23", "1234,5"])
def test_a_comma_that_cannot_part_thousands_stands_before_decimals(text: str) -> None:
    assert budget([text]).values["invoiced"] == [Decimal(text.replace(",", "."))]


def test_commas_that_may_be_either_are_asked() -> None:
    read = budget(["1,234", "5"])
    message = "“1,234” may be 1234 or 1.234, and no cell of the column tells. Choose what stands before its decimals."
    assert read.problems == [Problem(None, "invoiced", "1,234", "decimal_mark", message, "question")]
    assert budget(["1,234"], decimals={"invoiced": "point"}).values["invoiced"] == [Decimal(1234)]
    assert budget(["1,234"], decimals={"invoiced": "comma"}).values["invoiced"] == [Decimal("1.234")]
    # A decision counts for plain cells as well, and for the other columns.
    read = budget(["1.234"], ["1,5"], decimals={"invoiced": "comma"})
    assert read.values == {"invoiced": [Decimal(1234)], "accrued": [Decimal("1.5")]}
    assert budget(["1,234", "5"], ["1234.5", "6"]).values["invoiced"] == [Decimal(1234), Decimal(5)]


def test_whole_numbers_have_thousands_and_no_decimals() -> None:
    assert typed(Type.WHOLE, ["1,234", "12.0", "12.5"]) == [1234, 12, None]
    assert typed(Type.WHOLE, ["1.234", "12"]) == [1234, 12]
    # No amount, so no currency.
    assert typed(Type.WHOLE, ["EUR 5", "5"]) == [None, 5]


@pytest.mark.parametrize(
    ("unit", "text", "value"),
    [
        ("thousands", "1.2345678", "1234.5678"),
        ("thousands", "12", "12000"),
        ("millions", "0.000000000001", "0.000000000001"),
        ("millions", "€1.5", "1500000"),
        ("percent", "12.5 %", "0.125"),
        ("percent", "50", "0.5"),
        ("percent", "(3%)", "-0.03"),
        # More than six decimals, or more than 18 digits, once it is brought to ones.
        ("thousands", "0.0000000001", None),
        ("percent", "0.00001", None),
        ("millions", "123456789012345678", None),
    ],
)
def test_units_are_exact(unit: str, text: str, value: str | None) -> None:
    read = budget([text], units={"invoiced": unit})
    expected = None if value is None else Decimal(value)
    if text == "0.000000000001":
        expected = Decimal("0.000001")  # a millionth of a million
    assert read.values["invoiced"] == [expected]
    assert [problem.rule for problem in read.problems if problem.rule == "unit"] == ["unit"]


def test_ones_are_no_unit() -> None:
    assert budget(["12"], units={"invoiced": "ones"}).problems == []


def test_their_words_become_ours_before_anything_else() -> None:
    requests = BY_KIND["requests"]
    values = {
        "priority": {"p1": "high", "straße  2": "low"},
        "direction": {"vendor": "to_cro"},
        "cancelled_on": {"open": ""},
    }
    cells = {
        "priority": ["P1 ", "STRASSE 2", "normal"],
        "direction": ["Vendor", "to sponsor", "to_cro"],
        "cancelled_on": ["open", "OPEN", "13/04/2026"],
        "topic": ["open", "P1", "x"],
    }
    read = Read(requests, cells, Reading(values=values))
    assert read.values["priority"] == ["high", "low", "normal"]
    assert read.values["direction"] == ["to_cro", "to_sponsor", "to_cro"]
    assert read.values["cancelled_on"] == [None, None, date(2026, 4, 13)]
    assert read.values["topic"] == ["open", "P1", "x"]
    # What means nothing is an empty cell, everything else stays as the PM wrote it.
    assert read.given["cancelled_on"] == ["", "", "13/04/2026"]
    assert read.given["priority"] == ["P1", "STRASSE 2", "normal"]


def test_codes_lose_what_nobody_sees() -> None:
    cells = {
        "engagement_id": ["\u200bE-0\ufeff14", "E\u00a014", "E-é", "\u200b"],
        "milestone": ["fpi"] * 4,
        "site_id": ["\u200b"] * 4,
    }
    read = Read(BY_KIND["milestones"], cells, Reading())
    assert read.values["engagement_id"] == ["E-014", "E 14", "E-é", None]
    assert read.given["engagement_id"] == ["\u200bE-0\ufeff14", "E\u00a014", "E-é", ""]
    assert read.values["site_id"] == [""] * 4
    assert read.problems == []


def test_choices_and_flags_are_found_behind_odd_spaces() -> None:
    cells = {
        "milestone": ["fpi"] * 3,
        "contractual": ["✓", "Nein", "\u200bja"],
        "attribution_status": ["Agreed\u00a0", "\u200bdisputed", "agree"],
    }
    read = Read(BY_KIND["milestones"], cells, Reading())
    assert read.values["contractual"] == [True, False, True]
    assert read.values["attribution_status"] == ["agreed", "disputed", None]


def test_a_constant_is_made_of_texts_and_cells() -> None:
    table = table_of_rows("f.csv", ("Site", "Study"), [("01", "'=A"), ("", "B")])
    constants: dict[str, tuple[str | int, ...]] = {
        "engagement_id": (" S-", 1, "/", 0, " "),
        "milestone": ("fpi",),
        "site_id": (),
    }
    layout = Layout(BY_KIND["milestones"], {}, constants)
    with connected() as cursor:
        staging.prepare(cursor, {})
        staging.stage(cursor, 0, table, layout)
        rows = cursor.execute("SELECT engagement_id, milestone, site_id FROM staged_0 ORDER BY row").fetchall()
    assert rows == [("S-=A/01", "fpi", ""), ("S-B/", "fpi", "")]


def test_problems_carry_the_cell_of_a_wide_row() -> None:
    wide = Layout(BY_KIND["budget"], {"engagement_id": 0, "month": 1}, pivot="month")
    assert staging.at(wide, "staged") == 'staged."month"'
    assert staging.at(wide) == '"month"'
    assert staging.at(Layout(BY_KIND["budget"], {})) == "''"


def test_a_question_about_a_row_keeps_it_out_and_a_doubt_does_not() -> None:
    with connected() as cursor:
        staging.prepare(cursor, {})
        severities: tuple[Severity, ...] = ("error", "question", "doubt", "warning")
        said = [Problem(row, "", "", "x", "", severity) for row, severity in enumerate(severities, 2)]
        staging.add(cursor, 0, said)
        assert cursor.execute(staging.bad_rows(0) + " ORDER BY row").fetchall() == [(2,), (3,)]


WRITTEN = {
    "dmy": "{0.day:02}/{0.month:02}/{0.year}", "mdy": "{0.month}/{0.day}/{0.year}",
    "ymd": "{0.year}/{0.month}/{0.day:02}",
}  # fmt: skip


@given(
    st.sampled_from(sorted(WRITTEN)), st.lists(st.dates(date(1990, 1, 1), date(2089, 12, 31)), min_size=1, max_size=8)
)
@settings(max_examples=60, deadline=None)
def test_a_column_in_one_order_is_read_back_or_asked_about(order: str, days: list[date]) -> None:
    read = milestones([WRITTEN[order].format(day) for day in days])
    assert read.asked or read.values[PLAN] == days


@given(st.booleans(), st.lists(st.decimals(-(10**9), 10**9, places=2), min_size=1, max_size=8))
@settings(max_examples=60, deadline=None)
def test_a_column_with_one_mark_is_read_back_or_asked_about(comma: bool, amounts: list[Decimal]) -> None:
    texts = [f"{amount:,.2f}" for amount in amounts]
    if comma:
        texts = [text.translate(str.maketrans(",.", ".,")) for text in texts]
    assert budget(texts).values["invoiced"] == amounts


def test_a_number_of_a_spreadsheet_is_itself_beside_texts_with_a_comma() -> None:
    """A column of a German workbook: two texts, and numbers that Excel holds as such (1.234 comes as 1.2340)."""
    texts = ["1.234,50", "12,5", "12,75", "12.5", "1.2340", "2500", "1.234"]
    sheet = Read(BY_KIND["budget"], {"invoiced": texts}, Reading(), sheet=True)
    assert [str(value.normalize()) for value in sheet.values["invoiced"]] == [
        "1234.5", "12.5", "12.75", "12.5", "1.234", "2.5E+3", "1234",
    ]  # fmt: skip
    text = Read(BY_KIND["budget"], {"invoiced": [*texts, "1,5", "2,5", "3,5"]}, Reading())
    assert text.values["invoiced"][3:5] == [None, None]
