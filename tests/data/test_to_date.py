"""Totals to date become amounts of their months. Each expected amount is worked beside it."""

from collections.abc import Iterable, Mapping
from decimal import Decimal

import pytest
from duckdb import DuckDBPyConnection
from hypothesis import given, settings
from hypothesis import strategies as st

from data.contracts import BY_KIND
from data.intake import staging, to_date
from data.intake.columns import Layout
from data.intake.problem import Problem, Severity
from data.intake.reading import Reading
from data.intake.table import table_of_rows
from data.store import Store, write

BUDGET = BY_KIND["budget"]
HEADERS = ("engagement_id", "month", "cost_type", "invoiced")
LAYOUT = Layout(
    BUDGET, {name: place for place, name in enumerate(HEADERS)}, reading=Reading(to_date={"invoiced": True})
)
Row = tuple[str, str, str, str]


def take(
    cursor: DuckDBPyConnection,
    rows: Iterable[Row],
    number: int,
    *,
    layout: Layout = LAYOUT,
    answered: frozenset[str] | None = frozenset(),
) -> tuple[dict[str, str | None], list[Problem], write.Counts]:
    """Load rows as upload `number`; the month's amounts, what was said, and how many rows differ."""
    for table in ("problems", "kept_out", "kpi", "staged_0", "merged"):
        cursor.execute(f"DROP TABLE IF EXISTS {table}")
    staging.prepare(cursor, {})
    staging.stage(cursor, 0, table_of_rows("budget.csv", HEADERS, list(rows)), layout)
    to_date.monthly(cursor, 0, layout, answered)
    write.merge(cursor, BUDGET, "staged_0", layout.names, "merged")
    counts = write.counted(cursor, "merged")
    write.apply(cursor, BUDGET, "merged", number)
    amounts = cursor.execute(
        "SELECT month, CAST(CAST(invoiced AS DECIMAL(18,2)) AS VARCHAR) FROM staged_0 ORDER BY month"
    ).fetchall()
    return dict(amounts), staging.listed(cursor, 0), counts


def fee(month: str, total: str) -> Row:
    return ("E-1", month, "fee", total)


@pytest.fixture
def cursor() -> Iterable[DuckDBPyConnection]:
    store = Store()
    with store.write() as opened:
        yield opened


def test_each_month_is_its_total_less_the_one_before_whatever_the_order_of_the_rows(
    cursor: DuckDBPyConnection,
) -> None:
    rows = [fee("2026-09", "180"), fee("2026-07", "100"), fee("2026-08", "150.5")]
    amounts, problems, _ = take(cursor, rows, 1)
    # 100; 150.5 - 100; 180 - 150.5
    assert amounts == {"2026-07": "100.00", "2026-08": "50.50", "2026-09": "29.50"}
    assert problems == []


def test_each_series_has_totals_of_its_own(cursor: DuckDBPyConnection) -> None:
    rows = [fee("2026-07", "100"), ("E-1", "2026-08", "grant", "40"), ("E-2", "2026-09", "fee", "70")]
    amounts, _, _ = take(cursor, rows, 1)
    assert amounts == {"2026-07": "100.00", "2026-08": "40.00", "2026-09": "70.00"}


def test_a_later_file_takes_off_what_is_known(cursor: DuckDBPyConnection) -> None:
    take(cursor, [fee("2026-07", "100"), fee("2026-08", "150")], 1)
    amounts, problems, _ = take(cursor, [fee("2026-10", "240")], 2)
    # 240 less the 100 and the 50 that are known; nothing is known of September, so it counts in October.
    assert amounts == {"2026-10": "90.00"}
    assert problems == []


def test_a_month_between_that_only_the_store_knows_is_taken_off_as_well(cursor: DuckDBPyConnection) -> None:
    take(cursor, [fee("2026-07", "100"), fee("2026-08", "150")], 1)
    amounts, _, _ = take(cursor, [fee("2026-07", "110"), fee("2026-09", "200")], 2)
    # July is 110. August stays 50, so September is 200 - 110 - 50.
    assert amounts == {"2026-07": "110.00", "2026-09": "40.00"}


def test_an_empty_cell_counts_in_the_next_month_even_where_the_store_knew_an_amount(
    cursor: DuckDBPyConnection,
) -> None:
    take(cursor, [fee("2026-07", "100"), fee("2026-08", "150")], 1)
    amounts, _, _ = take(cursor, [fee("2026-07", "100"), fee("2026-08", ""), fee("2026-09", "180")], 2)
    # The file clears the 50 of August, so September holds 180 - 100.
    assert amounts == {"2026-07": "100.00", "2026-08": None, "2026-09": "80.00"}


def test_a_cell_that_a_wide_file_lacks_keeps_what_is_known(cursor: DuckDBPyConnection) -> None:
    take(cursor, [fee("2026-07", "100"), fee("2026-08", "150")], 1)
    cursor.execute("DROP TABLE staged_0")
    rows = [fee("2026-07", "100"), fee("2026-08", ""), fee("2026-09", "180")]
    staging.stage(cursor, 0, table_of_rows("budget.csv", HEADERS, rows), LAYOUT)
    cursor.execute("""UPDATE staged_0 SET "invoiced given" = NULL WHERE month = '2026-08'""")
    to_date.monthly(cursor, 0, LAYOUT)
    # August stays 50, so September holds 180 - 100 - 50.
    assert cursor.execute("SELECT invoiced FROM staged_0 ORDER BY month").fetchall() == [(100,), (None,), (30,)]


FALL = "The total to date falls from 150 to 120. If it is right, say why; else mend the total, or the earlier ones."


@pytest.mark.parametrize(
    ("answered", "severity"),
    [
        (frozenset(), "question"),
        (frozenset({"accrued"}), "question"),
        (frozenset({"invoiced"}), "warning"),
        (None, "warning"),
    ],
)
def test_a_fall_is_asked_naming_both_totals_unless_it_was_answered(
    cursor: DuckDBPyConnection, answered: frozenset[str] | None, severity: Severity
) -> None:
    take(cursor, [fee("2026-07", "100"), fee("2026-08", "150")], 1)
    amounts, problems, _ = take(cursor, [fee("2026-09", "120")], 2, answered=answered)
    assert amounts == {"2026-09": "-30.00"}
    assert problems == [Problem(2, "invoiced", "120", "to_date", FALL, severity)]


def test_a_first_total_below_nothing_is_no_fall(cursor: DuckDBPyConnection) -> None:
    amounts, problems, _ = take(cursor, [fee("2026-07", "-20")], 1)
    assert (amounts, problems) == ({"2026-07": "-20.00"}, [])


def test_an_amount_that_cannot_be_negative_may_not_fall(cursor: DuckDBPyConnection) -> None:
    places = {"engagement_id": 0, "month": 1, "cost_type": 2, "planned_current": 3}
    layout = Layout(BUDGET, places, reading=Reading(to_date={"planned_current": True}))
    staging.prepare(cursor, {})
    table = table_of_rows("b.csv", HEADERS, [fee("2026-07", "100"), fee("2026-08", "90")])
    staging.stage(cursor, 0, table, layout)
    to_date.monthly(cursor, 0, layout, answered=None)
    assert [(problem.row, problem.severity) for problem in staging.listed(cursor, 0)] == [(3, "error")]


def test_mending_an_earlier_total_says_that_later_months_keep_theirs(cursor: DuckDBPyConnection) -> None:
    take(cursor, [fee("2026-07", "100"), fee("2026-08", "150")], 1)
    _, same, _ = take(cursor, [fee("2026-07", "100")], 2)
    assert same == []
    _, mended, _ = take(cursor, [fee("2026-07", "110")], 3)
    assert [(problem.row, problem.rule, problem.severity) for problem in mended] == [(2, "to_date", "doubt")]
    assert "2026-08" in mended[0].message


def test_a_column_that_is_not_named_stays_as_it_is(cursor: DuckDBPyConnection) -> None:
    layout = Layout(BUDGET, LAYOUT.places, reading=Reading(to_date={"invoiced": False}))
    amounts, _, _ = take(cursor, [fee("2026-07", "100"), fee("2026-08", "150")], 1, layout=layout)
    assert amounts == {"2026-07": "100.00", "2026-08": "150.00"}


TOTALS = st.dictionaries(
    st.sampled_from([f"2026-{month:02}" for month in range(1, 10)]),
    st.one_of(st.just(""), st.integers(-500, 500).map(str)),
    min_size=1,
)


@given(st.lists(TOTALS, min_size=1, max_size=3))
@settings(max_examples=60, deadline=None)
def test_the_months_add_up_to_the_totals_and_loading_twice_changes_nothing(files: list[Mapping[str, str]]) -> None:
    store = Store()
    with store.write() as cursor:
        for place, file in enumerate(files):
            rows = [fee(month, total) for month, total in file.items()]
            take(cursor, rows, 2 * place + 1)
            _, _, again = take(cursor, rows, 2 * place + 2)
            assert not again.anything
            for month, total in file.items():
                known = cursor.execute(
                    "SELECT sum(invoiced) FROM budget WHERE valid_to IS NULL AND month <= ?", [month]
                ).fetchone()
                assert not total or known == (Decimal(total),)
