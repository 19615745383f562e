"""Who has told what, on a store of four months."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, date, datetime
from typing import Any

import pandas as pd
import pytest

from analytics import freshness
from analytics.view import View
from data import commands
from data.store import Stamp, Store
from tests.world import CRO, ENGAGEMENT, scope_of, world

MARCH, APRIL, MAY, JUNE = date(2026, 3, 31), date(2026, 4, 30), date(2026, 5, 31), date(2026, 6, 30)


def budget(engagement: str, month: str, invoiced: int = 1) -> dict[str, Any]:
    return {
        "engagement_id": engagement, "month": month, "cost_type": "fee", "planned_original": 1,
        "invoiced": invoiced,
    }  # fmt: skip


def engagement(name: str, **more: Any) -> dict[str, Any]:
    return ENGAGEMENT | {"engagement_id": name, "study_id": f"S-{name}", "sponsor_pm": "Ana"} | more


# E1 tells of every month, E2 is silent after April, E3 ended in April, E4 starts in June and is silent, E5 will start.
UPLOADS = (
    (MARCH, {
        "cros": [CRO],
        "engagements": [
            engagement("E1"), engagement("E2", sponsor_pm="Bo"), engagement("E3"),
            engagement("E4", sponsor_pm="", start_date=date(2026, 6, 10)),
            engagement("E5", start_date=date(2026, 8, 1)),
        ],
        "budget": [budget("E1", "2026-03"), budget("E2", "2026-03"), budget("E3", "2026-03")],
    }),
    (APRIL, {
        "engagements": [engagement("E3", closed_on=APRIL)],
        "budget": [budget("E1", "2026-04")],
        "milestones": [
            {"engagement_id": "E2", "milestone": "dbl", "baseline_original": date(2026, 12, 1)},
        ],
    }),
    (MAY, {"budget": [budget("E1", "2026-05")]}),
    (JUNE, {"budget": [budget("E1", "2026-06")]}),
)  # fmt: skip


@contextmanager
def view_of(store: Store, as_of: date) -> Iterator[View]:
    with store.read() as cursor:
        yield View(cursor, scope_of(store, as_of))


@pytest.fixture(scope="module")
def store() -> Store:
    return world(*UPLOADS)


def test_the_late_ones_by_name_the_longest_silence_first(store: Store) -> None:
    with view_of(store, JUNE) as view:
        late = freshness.late_returns(view)
    # E2: May and June are missing, last told 30 April, 61 days before 30 June. E4: started in June, told of nothing.
    # E1 is not late, E3 has ended, E5 has not begun.
    assert list(late["engagement_id"]) == ["E2", "E4"]
    assert list(late["missing"]) == [2, 1]
    assert list(late["pm"]) == ["Bo", ""]
    assert late["last_told"][0].date() == APRIL
    assert late["days_since"][0] == 61
    assert late["last_told"].isna()[1]


def test_in_the_middle_of_a_month_the_month_before_counts(store: Store) -> None:
    with view_of(store, date(2026, 5, 30)) as view:
        assert freshness.late_returns(view).empty  # May has not ended, and of April all have told
    with view_of(store, MAY) as view:
        assert list(freshness.late_returns(view)["engagement_id"]) == ["E2"]


def test_months_reported_of_months_expected(store: Store) -> None:
    # March to June: E1 4 of 4, E2 2 of 4; June: E4 0 of 1. 6 of 9; a mean of the three percentages would be 50.
    with view_of(store, JUNE) as view:
        found = freshness.completeness(view)
        table = freshness.returns(view).set_index("engagement_id")
    assert (found.reported, found.expected, found.engagements, found.late) == (6, 9, 3, 2)
    assert found.percent == pytest.approx(100 * 6 / 9)
    assert found.month == date(2026, 6, 1)
    assert list(table.loc[["E1", "E2", "E4"], "percent"]) == [100, 50, 0]
    told = table[["milestones", "budget", "requests"]].map(lambda day: None if pd.isna(day) else day.date())
    assert list(told.loc["E2"]) == [APRIL, MARCH, None]


def test_each_month_of_each_active_engagement_has_a_state(store: Store) -> None:
    with view_of(store, JUNE) as view:
        table = freshness.months(view)
    states = {(row["engagement"], f"{row['month']:%Y-%m}"): row["state"] for row in table.to_dict("records")}
    assert {month: states["E2 S-E2", month] for month in ("2026-02", "2026-04", "2026-05", "2026-06")} == {
        "2026-02": "not due", "2026-04": "reported", "2026-05": "missing", "2026-06": "missing",
    }  # fmt: skip
    assert states["E4 S-E4", "2026-05"] == "not due"
    assert not any(name.startswith(("E3", "E5")) for name, _ in states)


def test_a_file_that_repeats_what_is_known_is_no_return_and_an_undone_one_neither(store: Store) -> None:
    again = world(*UPLOADS)
    stamp = Stamp(who="test", role="test", at=datetime(2026, 7, 1, tzinfo=UTC), status_date=JUNE, reason="wrong file")
    told = commands.edit(again, "budget", [budget_cells("E2", "2026-06")], stamp, kpi_ids=())
    assert told.upload == 5
    with view_of(again, JUNE) as view:
        assert "E2" not in list(freshness.late_returns(view)["engagement_id"])
    commands.undo(again, 5, stamp)
    with view_of(again, JUNE) as view:
        assert "E2" in list(freshness.late_returns(view)["engagement_id"])


def budget_cells(engagement: str, month: str) -> dict[str, str]:
    return {name: str(value) for name, value in budget(engagement, month).items()}


def test_an_empty_portfolio_is_not_late(store: Store) -> None:
    empty = world((JUNE, {"cros": [CRO]}))
    with view_of(empty, JUNE) as view:
        assert freshness.late_returns(view).empty
        assert freshness.months(view).empty
        assert freshness.completeness(view).percent is None
