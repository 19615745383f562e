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
from data.returns.due import due_day, working_day
from data.store import Stamp, Store
from tests.world import CRO, ENGAGEMENT, scope_of, world

MARCH, APRIL, MAY, JUNE = date(2026, 3, 31), date(2026, 4, 30), date(2026, 5, 31), date(2026, 6, 30)
# Working day 5: of June, Friday 5 June; of July, which begins on a Wednesday, Tuesday 7 July.
DUE_OF_MAY, DUE_OF_JUNE = date(2026, 6, 5), date(2026, 7, 7)
AFTER = date(2026, 7, 8)


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
        late = freshness.late_returns(view, AFTER)
    # E2: May and June are missing, last told 30 April, 61 days before 30 June. E4: started in June, told of nothing.
    # E1 is not late, E3 has ended, E5 has not begun.
    assert list(late["engagement_id"]) == ["E2", "E4"]
    assert list(late["missing"]) == [2, 1]
    assert list(late["pm"]) == ["Bo", ""]
    assert late["last_told"][0].date() == APRIL
    assert late["days_since"][0] == 61
    assert late["last_told"].isna()[1]


def test_a_return_is_late_when_its_due_day_is_over(store: Store) -> None:
    with view_of(store, JUNE) as view:
        # E4 owes June alone; E2 owes May as well, which was due on 5 June.
        assert list(freshness.late_returns(view, DUE_OF_JUNE)["engagement_id"]) == ["E2"]
        assert list(freshness.late_returns(view, AFTER)["engagement_id"]) == ["E2", "E4"]
        assert list(freshness.late_returns(view)["missing"]) == [2]  # June is not in either, late or not


def test_looking_back_the_as_of_date_is_over_and_looking_ahead_today_is(store: Store) -> None:
    with view_of(store, date(2026, 6, 4)) as view:
        assert freshness.late_returns(view).empty
        assert freshness.late_returns(view, DUE_OF_MAY).empty
        assert list(freshness.late_returns(view, date(2026, 6, 6))["engagement_id"]) == ["E2"]
    with view_of(store, DUE_OF_MAY) as view:  # until its end
        assert list(freshness.late_returns(view)["engagement_id"]) == ["E2"]
        assert list(freshness.late_returns(view, date(2026, 1, 1))["engagement_id"]) == ["E2"]


def test_in_the_middle_of_a_month_the_month_before_counts(store: Store) -> None:
    with view_of(store, date(2026, 5, 30)) as view:
        assert freshness.late_returns(view, AFTER).empty  # May has not ended, and of April all have told
    with view_of(store, MAY) as view:
        assert list(freshness.late_returns(view, AFTER)["engagement_id"]) == ["E2"]


def test_the_due_day_and_what_is_in(store: Store) -> None:
    with view_of(store, JUNE) as view:
        found = freshness.next_due(view, DUE_OF_JUNE)
        # of June, E1 has told, E2 and E4 have not
        assert found == freshness.Due(date(2026, 6, 1), DUE_OF_JUNE, 5, expected=3, reported=1, past=False)
        after = freshness.next_due(view, AFTER, 3)
    assert after is not None
    assert (after.day, after.past) == (date(2026, 7, 3), True)  # Wednesday, Thursday, Friday


def test_holidays_and_weekends_are_no_working_days() -> None:
    # In 2027 January begins on a Friday: 1 (a holiday) Fri, 4, 5, 6 (a holiday), 7, 8 Fri, 11 Mon.
    holidays = {"holidays": [{"day": date(2027, 1, 1)}, {"day": date(2027, 1, 6)}, {"day": date(2027, 1, 3)}]}
    told = world((date(2026, 12, 31), {"cros": [CRO], "engagements": [engagement("E1")], **holidays}))
    with view_of(told, date(2026, 12, 31)) as view:
        due = freshness.next_due(view)
    assert due is not None
    assert due.day == date(2027, 1, 11)
    assert due_day(date(2026, 12, 31), (), 5) == date(2027, 1, 7)
    assert due_day(date(2026, 10, 31), (), 1) == date(2026, 11, 2)  # the 1st is a Sunday


def test_the_working_day_is_a_setting(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("CRO_RETURN_DUE_DAY", raising=False)
    assert working_day() == 5
    monkeypatch.setenv("CRO_RETURN_DUE_DAY", "8")
    assert working_day() == 8
    for wrong in ("0", "21", "five", "-1", "2.5"):
        monkeypatch.setenv("CRO_RETURN_DUE_DAY", wrong)
        with pytest.raises(ValueError, match="expected a working day"):
            working_day()


def confirmed(engagement: str, month: str, no_change: bool | None = True) -> dict[str, Any]:
    return {"engagement_id": engagement, "month": month, "no_change": no_change}


def test_a_month_confirmed_as_without_change_is_told() -> None:
    # E2 was silent after April. It confirms June, whatever the status date of that upload: so it is not late, and May
    # stays a month that nobody told of.
    told = world(*UPLOADS, (date(2026, 7, 3), {"returns": [confirmed("E2", "2026-06")]}))
    with view_of(told, JUNE) as view:
        assert list(freshness.late_returns(view, AFTER)["engagement_id"]) == ["E4"]
        row = freshness.returns(view).set_index("engagement_id").loc["E2"]
        states = freshness.months(view).query("engagement == 'E2 S-E2'").tail(2)
    assert (row["reported"], row["expected"], row["missing"], row["days_since"]) == (3, 4, 0, 0)
    assert row["last_told"].date() == row["returns"].date() == JUNE
    assert list(states["state"]) == ["missing", "reported"]


@pytest.mark.parametrize("tick", [confirmed("E2", "2026-06", False), confirmed("E2", "2026-06", None)])
def test_a_tick_that_is_not_set_confirms_nothing(tick: dict[str, Any]) -> None:
    told = world(*UPLOADS, (JUNE, {"returns": [tick]}))
    with view_of(told, JUNE) as view:
        assert list(freshness.late_returns(view, AFTER)["engagement_id"]) == ["E2", "E4"]


def test_a_confirmation_of_a_later_month_or_one_taken_back_does_not_count() -> None:
    told = world(
        *UPLOADS,
        (JUNE, {"returns": [confirmed("E2", "2026-07"), confirmed("E4", "2026-06")]}),
        (JUNE, {"returns": [confirmed("E4", "2026-06", False)]}),
    )
    with view_of(told, JUNE) as view:
        assert list(freshness.late_returns(view, AFTER)["engagement_id"]) == ["E2", "E4"]


def test_months_reported_of_months_expected(store: Store) -> None:
    # March to June: E1 4 of 4, E2 2 of 4; June: E4 0 of 1. 6 of 9; a mean of the three percentages would be 50.
    with view_of(store, JUNE) as view:
        found = freshness.completeness(view, AFTER)
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
    told = commands.edit(again, "budget", [budget_cells("E2", "2026-06")], stamp, kpis={})
    assert told.upload == 5
    with view_of(again, JUNE) as view:
        assert "E2" not in list(freshness.late_returns(view, AFTER)["engagement_id"])
    commands.undo(again, 5, stamp)
    with view_of(again, JUNE) as view:
        assert "E2" in list(freshness.late_returns(view, AFTER)["engagement_id"])


def budget_cells(engagement: str, month: str) -> dict[str, str]:
    return {name: str(value) for name, value in budget(engagement, month).items()}


def test_an_empty_portfolio_is_not_late(store: Store) -> None:
    empty = world((JUNE, {"cros": [CRO]}))
    with view_of(empty, JUNE) as view:
        assert freshness.late_returns(view).empty
        assert freshness.months(view).empty
        assert freshness.next_due(view) is None
        assert freshness.completeness(view).percent is None
