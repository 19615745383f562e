"""What forecasts came to: counted by hand, and on the demo portfolio, where docs/forecasts.md says what came out."""

import re
from dataclasses import replace
from datetime import date
from pathlib import Path

import pandas as pd
import pytest

from analytics.forecast.backtest import Report, backtest, judge, made
from analytics.scope import Scope, newest
from analytics.view import View
from data.store import Store
from tests.world import CRO, ENGAGEMENT, Kinds, scope_of, small, world

PAGE = Path(__file__).parents[2] / "docs" / "forecasts.md"
MADE = date(2026, 3, 31)
END = date(2026, 6, 30)


def day(number: int) -> pd.Timestamp:
    """So many days after the forecasts were made."""
    return pd.Timestamp(MADE) + pd.Timedelta(days=number)


def forecasts(*rows: tuple[int, int, float | None, int | None, int | None, int | None, int | None]) -> pd.DataFrame:
    """Days after the forecast: due, own forecast, chance, p10, p50, p90, actual."""
    names = ["due", "own", "chance", "p10", "p50", "p90", "actual"]
    cells = [
        [cell if name == "chance" else pd.NaT if cell is None else day(int(cell)) for name, cell in zip(names, row)]
        for row in rows
    ]
    frame = pd.DataFrame(cells, columns=names).assign(made=pd.Timestamp(MADE))
    dates = [name for name in names if name != "chance"]
    return frame.astype(dict.fromkeys(dates, "datetime64[us]") | {"chance": float})


FOUR = forecasts(
    (20, 15, 80, 10, 18, 40, 12),  # inside; met; 6 off, own 3 off
    (20, 15, 60, 10, 18, 40, 50),  # late; missed; 32 off, own 35
    (20, 30, 10, 25, 35, 60, 22),  # early; missed; 13 off, own 8
    (20, 10, 50, 12, 30, 80, None),  # not over after 91 days: late; missed; at least 61 off, own 81
)


def test_coverage_and_errors_by_hand() -> None:
    found = judge(FOUR, END)
    assert (found.asked, found.told, found.judged, found.unfinished) == (4, 4, 4, 1)
    assert (found.coverage, found.early, found.late) == (25, 25, 50)
    assert found.mae == (6 + 32 + 13 + 61) / 4
    assert found.own_mae == (3 + 35 + 8 + 81) / 4


def test_brier_by_hand() -> None:
    """Ours: 0.2², 0.6², 0.1², 0.5². Own forecasts say met, met, late, met: one right, two wrong, and one right."""
    found = judge(FOUR, END)
    assert found.brier == pytest.approx((0.04 + 0.36 + 0.01 + 0.25) / 4)
    assert found.own_brier == 2 / 4
    assert (found.said, found.came, found.due) == (50, 25, 4)


def test_pinball_by_hand() -> None:
    """The first alone. p10 = 10, p50 = 18, p90 = 40, came 12: 0.1 x 2, 0.5 x 6, 0.1 x 28; own 15: 0.9, 0.5, 0.1 x 3."""
    found = judge(FOUR.iloc[:1], END)
    assert found.pinball == pytest.approx((0.2 + 3 + 2.8) / 3)
    assert found.own_pinball == pytest.approx((2.7 + 1.5 + 0.3) / 3)


def test_what_is_judged_depends_on_the_forecast_alone() -> None:
    """A range that ends after the as-of date waits, also where its milestone came early: else only these counted."""
    waits = forecasts((20, 15, 80, 10, 18, 100, 12))
    found = judge(waits, END)
    assert (found.judged, found.coverage, found.due) == (0, None, 1)


def test_what_was_overdue_already_has_no_chance_to_judge() -> None:
    assert judge(forecasts((-5, 15, 0, 10, 18, 40, 12)), END).due == 0


def test_no_forecast_no_judgement() -> None:
    found = judge(forecasts((20, 15, None, None, None, None, 12)), END)
    assert (found.asked, found.told, found.coverage, found.brier) == (1, 0, None, None)
    assert found.sentences() == ["No forecast has run out yet, so none can be judged."]
    assert not found.held


def test_words_say_who_was_better() -> None:
    said = " ".join(judge(FOUR, END).sentences())
    assert "held 25 % of the time (it promises 80 %)" in said
    assert "12 % better than its own" in said  # 28.0 days against 31.75
    worse = replace(judge(FOUR, END), mae=40.0, own_mae=32.0)
    assert "25 % worse than its own" in " ".join(worse.sentences())


def test_a_store_without_milestones() -> None:
    store = small({})
    with store.read() as cursor:
        assert backtest(View(cursor, scope_of(store, date(2026, 12, 31)))).asked == 0


def test_returns_that_come_in_any_order_are_known_then_and_hindsight_is_not() -> None:
    # Loaded in this order: January, June, February, March, September, December, and a correction of what March told.
    # The newest upload that tells of no later day holds; for June and before without the correction, which came after
    # one of December.
    told = {
        date(2026, 1, 31): "2027-01-01", date(2026, 6, 30): "2027-02-01", date(2026, 2, 28): "2027-03-01",
        date(2026, 3, 31): "2027-04-01", date(2026, 9, 30): "2027-05-01", date(2026, 12, 31): "2027-05-15",
        date(2026, 3, 30): "2027-06-01",
    }  # fmt: skip
    uploads: list[tuple[date, Kinds]] = [
        (day, {"milestones": [{"engagement_id": "E1", "milestone": "dbl", "baseline_original": "2027-01-01",
                               "forecast": forecast}]})
        for day, forecast in told.items()
    ]  # fmt: skip
    first: Kinds = {"cros": [CRO], "engagements": [ENGAGEMENT], **uploads[0][1]}
    store = world((uploads[0][0], first), *uploads[1:])
    with store.write() as cursor:  # a mistyped date, taken back
        cursor.execute("INSERT INTO uploads (number, uploaded_at, status_date) VALUES (8, now(), '2062-09-30')")
        cursor.execute("INSERT INTO uploads (number, uploaded_at, what, undoes) VALUES (9, now(), 'undo', 8)")
    with store.read() as cursor:
        parts = list(made(View(cursor, scope_of(store, date(2026, 12, 31)))))
    own = {str(part["made"].iloc[0].date()): str(part["own"].iloc[0].date()) for part in parts}
    assert own == {"2026-09-30": "2027-06-01", "2026-06-30": "2027-04-01", "2026-03-31": "2027-04-01"}


@pytest.fixture(scope="module")
def demo(demo_store: Store) -> tuple[Report, list[pd.DataFrame]]:
    with demo_store.read() as cursor:
        as_of, known_at = newest(cursor)
        assert as_of is not None
        parts = list(made(View(cursor, Scope(as_of=as_of, known_at=known_at))))
    return judge(pd.concat(parts, ignore_index=True), as_of), parts


def test_the_range_holds_on_the_demo_portfolio(demo: tuple[Report, list[pd.DataFrame]]) -> None:
    report, _ = demo
    assert report.judged >= 50
    assert report.held, report


def test_nothing_that_came_later_was_used(demo: tuple[Report, list[pd.DataFrame]]) -> None:
    """A forecast of a day is that of a store which ends on it; and no milestone was over when it was made."""
    _, parts = demo
    assert len(parts) >= 10
    for part in parts:
        done = part[part["actual"].notna()]
        assert (done["actual"] > done["made"]).all()


def test_the_page_says_what_came_out(demo: tuple[Report, list[pd.DataFrame]]) -> None:
    report, _ = demo
    said = re.sub(r"\s+", " ", PAGE.read_text(encoding="utf-8"))
    for sentence in report.sentences():
        assert sentence in said, f"python -m analytics backtest says: {sentence}"
