"""CROs side by side, and each against the rest. Expected values are worked by hand beside them."""

from datetime import date
from typing import Any

import pandas as pd
import pytest

from analytics import sides
from analytics.catalogue import BY_ID
from analytics.funnel import log_rank
from analytics.view import View
from data.store import Store
from tests.world import cros, engagement, scope_of, small

AS_OF = date(2026, 9, 30)


def milestone(cro: str, number: int, late: bool) -> dict[str, Any]:
    due = date(2026, 3, 1)
    actual = date(2026, 4, 1) if late else due
    return {"engagement_id": f"E{cro}", "milestone": f"m{number}", "baseline_original": due, "actual": actual}


def request(cro: str, number: int, hours: int | None) -> dict[str, Any]:
    """Asked on Monday 2026-08-03 at 09:00 UTC, answered so many business hours later on that day, or not."""
    opened = "2026-08-03T09:00:00Z"
    answered = None if hours is None else f"2026-08-03T{9 + hours:02}:00:00Z"
    return {
        "request_id": f"R{cro}{number}", "engagement_id": f"E{cro}", "opened_at": opened, "first_response_at": answered,
    }  # fmt: skip


def store() -> Store:
    """A: 6 of 12 milestones on time; B: 12 of 12; C: 3 of 4, and no request."""
    return small(
        {
            "cros": [*cros("A", "B"), {"cro_id": "C", "name": "CRO B"}],
            "engagements": [engagement(f"E{cro}", cro) for cro in "ABC"],
            "milestones": [
                *(milestone("A", n, late=n < 6) for n in range(12)),
                *(milestone("B", n, late=False) for n in range(12)),
                *(milestone("C", n, late=n < 1) for n in range(4)),
            ],
            "requests": [
                *(request("A", n, 6 if n < 8 else None) for n in range(12)),
                *(request("B", n, 1 if n < 11 else 2) for n in range(12)),
            ],
        }
    )


def asked(question: Any, *arguments: Any, **over: Any) -> Any:
    made = store()
    with made.read() as cursor:
        return question(View(cursor, scope_of(made, AS_OF, **over)), *arguments)


def cell(table: pd.DataFrame, kpi: str, cro: str) -> dict[str, Any]:
    (row,) = table[(table["kpi"] == kpi) & (table["cro_id"] == cro)].to_dict("records")
    return {str(name): value for name, value in row.items()}


def test_each_cell_has_value_n_and_one_word() -> None:
    table = asked(sides.sides)
    # 6 of 12 is 50 %, and its Wilson interval 25.4 to 74.6 % is wholly under the green 90 %.
    bad = cell(table, "T01", "A")
    assert (bad["text"], bad["counted"], bad["band"], bad["word"]) == (
        "50.0 %",
        "6 of 12",
        "red",
        "misses its target",
    )
    good = cell(table, "T01", "B")
    assert (good["text"], good["counted"], good["band"], good["word"]) == (
        "100.0 %",
        "12 of 12",
        "green",
        "meets its target",
    )
    few = cell(table, "T01", "C")
    assert (few["text"], few["counted"], few["word"]) == ("75.0 %", "3 of 4", "too few")


def test_what_nobody_reports_is_no_row_and_what_one_reports_is_a_cell_for_all() -> None:
    table = asked(sides.sides)
    assert "C01" not in set(table["kpi"])
    assert cell(table, "R01", "C")["word"] == "not reported"
    assert (table.groupby("kpi").size() == 3).all()


def test_rows_stand_by_domain_and_columns_by_name() -> None:
    table = asked(sides.sides)
    domains = list(dict.fromkeys(table["domain"]))
    assert domains == [d for d in ("Time", "Quality", "Responsiveness", "Delivery") if d in domains]
    assert list(dict.fromkeys(table["cro_id"])) == ["A", "B", "C"]


def test_two_cros_of_one_name_stay_two() -> None:
    assert asked(sides.names) == {"A": "CRO A", "B": "CRO B (B)", "C": "CRO B (C)"}


def test_some_of_them_have_the_cells_that_they_have_among_all() -> None:
    """Absolute bands: leaving a CRO out changes no other."""
    every, one = asked(sides.sides), asked(sides.sides, ("A",))
    among = every[(every["cro_id"] == "A") & every["kpi"].isin(one["kpi"])].reset_index(drop=True)
    assert {"T01", "R01"} <= set(one["kpi"])
    pd.testing.assert_frame_equal(one, among, check_dtype=False)


def test_a_red_that_could_be_chance_says_so() -> None:
    """8 of 12 late is 33 %; here 9 of 12 on time, 75 %: Wilson 46.8 to 91.1 % reaches the green 90 %."""
    made = small({"milestones": [milestone("1", n, late=n < 3) for n in range(12)]})
    with made.read() as cursor:
        row = cell(sides.sides(View(cursor, scope_of(made, AS_OF))), "T01", "A")
    assert (row["band"], row["word"]) == ("red", "red, could be green")


def test_the_curve_of_a_cro_counts_what_is_open() -> None:
    """A: 8 of 12 answered after 6 hours, 4 open since: S(6) = 4/12. B: 11 after 1 hour, the last after 2."""
    table = asked(sides.curves, "R01").set_index(["label", "t"])["s"]
    assert table[("CRO A", 6.0)] == pytest.approx(4 / 12)
    assert table[("CRO B (B)", 1.0)] == pytest.approx(1 / 12)
    assert table[("CRO B (B)", 2.0)] == pytest.approx(0.0)
    assert "CRO B (C)" not in table.index.get_level_values("label")


def test_each_cro_against_the_rest_is_the_test_of_that_cro() -> None:
    table = asked(sides.against_the_rest, "R01").set_index("cro_id")
    assert set(table.index) == {"A", "B"}
    assert (table.loc["A", "n"], table.loc["A", "open"], table.loc["A", "median"]) == (12, 4, 6.0)
    assert table.loc["A", "word"] == "worse"
    assert table.loc["B", "word"] == "better"
    alone = asked(log_rank, "R01", "A")
    assert (table.loc["A", "chi2"], table.loc["A", "p"]) == (alone.chi2, alone.p)


def test_a_single_cro_is_not_compared_and_says_why() -> None:
    table = asked(sides.against_the_rest, "R01", cros=("A",))
    assert list(table["word"]) == ["not compared"]
    assert table["reason"].iloc[0]


def test_without_a_case_there_is_no_curve_and_no_row() -> None:
    assert asked(sides.curves, "F01").empty
    assert asked(sides.against_the_rest, "F01").empty


def test_what_can_be_compared() -> None:
    assert [kpi for kpi in ("T01", "T06", "R01", "T02", "C02", "C09") if sides.comparable(BY_ID[kpi])] == [
        "T01", "T06", "R01",
    ]  # fmt: skip


def test_the_threshold_of_an_engagement_is_that_of_its_cro() -> None:
    target = {"kpi_id": "T01", "cro_id": "A", "effective_from": date(2026, 1, 1), "green": 70, "red": 60}
    made = small({"targets": [target]})
    with made.read() as cursor:
        view = View(cursor, scope_of(made, AS_OF))
        assert sides.limit(view, "T01", engagement="E1").green == 70
        assert sides.limit(view, "T01", "A").red == 60
        assert sides.limit(view, "T01").green == 90
