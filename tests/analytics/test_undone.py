"""What was undone counts nowhere: not in the as-of date, the expected returns, the trend of a milestone, or a list."""

from datetime import date, datetime

import pytest

from analytics import freshness, study
from analytics.early_warning import looked_at
from analytics.scope import newest
from analytics.view import View
from data.store import Store
from data.store.undo import undo
from tests.analytics.ask import facts_of
from tests.data.helpers import stamp, told
from tests.world import scope_of

CROS = "cro_id,name\nA,Alpha\n"
ENGAGEMENT = (
    "engagement_id,cro_id,study_id,title,start_date,planned_end,contract_value,currency\n"
    "E-1,A,S-1,One,2025-01-01,2027-12-31,1000,EUR\n"
)


def begun(day: str = "2026-06-30") -> Store:
    store = Store()
    told(store, {"cros": CROS, "engagements": ENGAGEMENT}, day=day)
    return store


def forecast(store: Store, day: str, on: str, milestone: str = "dbl") -> None:
    head = "engagement_id,milestone,baseline_original,forecast"
    told(store, {"milestones": f"{head}\nE-1,{milestone},2027-01-01,{day}\n"}, day=on)


@pytest.fixture
def mistyped() -> Store:
    """Upload 3 was told as of 2062 by mistake, and 4 takes it back."""
    store = begun()
    forecast(store, "2027-02-01", "2026-07-31")
    forecast(store, "2027-03-01", "2062-08-31")
    undo(store, 3, stamp("2026-09-30", "wrong date"))
    return store


def test_a_mistyped_status_date_that_was_taken_back_is_no_as_of_date(mistyped: Store) -> None:
    with mistyped.read() as cursor:
        assert newest(cursor) == (date(2026, 7, 31), 4)
        assert newest(cursor, known_at=3) == (date(2062, 8, 31), 3)
        assert newest(cursor, known_at=2) == (date(2026, 7, 31), 2)
    undo(mistyped, 4, stamp("2026-10-31", "it was right"))
    with mistyped.read() as cursor:
        assert newest(cursor) == (date(2062, 8, 31), 5)


def test_a_look_after_the_mistake_still_compares(mistyped: Store) -> None:
    with mistyped.read() as cursor:
        view = View(cursor, scope_of(mistyped, date(2026, 9, 30)))
        seen = looked_at(view, datetime(2062, 9, 1))  # noqa: DTZ001 (the ledger's)
    assert seen is not None
    assert (seen.as_of, seen.known_at) == (date(2026, 7, 31), 4)


def test_an_engagement_is_expected_from_the_first_telling_that_stands() -> None:
    # Told as of January 2025 by mistake and taken back; told again as of June 2026: June and July are expected.
    store = begun("2025-01-31")
    undo(store, 1, stamp("2026-07-31", "wrong date"))
    told(store, {"cros": CROS, "engagements": ENGAGEMENT}, day="2026-06-30")
    forecast(store, "2027-02-01", "2026-06-30")
    with store.read() as cursor:
        [row] = freshness.returns(View(cursor, scope_of(store, date(2026, 7, 31)))).to_dict("records")
    assert (row["reported"], row["expected"]) == (1, 2)


def test_the_trend_shows_no_forecast_that_was_taken_back_after_a_later_one() -> None:
    # Told February, March, April; April and then March are taken back. A report of something else tells February on.
    store = begun()
    for month, on in (("02", "2026-07-31"), ("03", "2026-08-31"), ("04", "2026-09-30")):
        forecast(store, f"2027-{month}-01", on)
    undo(store, 4, stamp("2026-10-31", "wrong"))
    undo(store, 3, stamp("2026-10-31", "wrong"))
    forecast(store, "2027-06-01", "2026-10-31", milestone="csr")
    found = facts_of(
        store, date(2026, 10, 31), "SELECT told, date FROM fact_milestone_told WHERE milestone = 'dbl' ORDER BY told"
    )
    points = list(zip(found["told"].dt.date, found["date"].dt.date, strict=True))
    assert points == [(date(2026, 7, 31), date(2027, 2, 1)), (date(2026, 10, 31), date(2027, 2, 1))]


def test_what_was_brought_back_is_not_undone() -> None:
    store = begun()
    forecast(store, "2027-02-01", "2026-07-31")
    taken_back = undo(store, 2, stamp("2026-08-31", "wrong"))
    undo(store, taken_back, stamp("2026-08-31", "it was right"))
    with store.read() as cursor:
        found = study.uploads(View(cursor, scope_of(store, date(2026, 8, 31))), "E-1")
    assert dict(zip(found["upload"], found["undone"], strict=True)) == {4: False, 3: True, 2: False, 1: False}
