"""Lateness, on stores small enough to work out by hand. The right and the wrong answer never coincide."""

from collections.abc import Callable
from datetime import date
from typing import Any

import pandas as pd
import pytest

from analytics import timelines
from analytics.view import View
from data.store import Store
from tests.world import CRO, ENGAGEMENT, Rows, scope_of, world

AS_OF = date(2026, 6, 30)
BOTH: dict[str, Rows] = {
    "cros": [CRO, {"cro_id": "B", "name": "Beta"}],
    "engagements": [ENGAGEMENT, ENGAGEMENT | {"engagement_id": "E2", "cro_id": "B", "study_id": "S2"}],
}


def milestone(code: str, baseline: date, engagement: str = "E1", **more: Any) -> dict[str, Any]:
    return {"engagement_id": engagement, "milestone": code, "baseline_original": baseline} | more


def told_once(*milestones: dict[str, Any], **more: Rows) -> Store:
    return world((AS_OF, BOTH | {"milestones": milestones} | more))


def ask(store: Store, question: Callable[..., pd.DataFrame], *arguments: Any, **scope: Any) -> list[dict[Any, Any]]:
    as_of = scope.pop("as_of", AS_OF)
    with store.read() as cursor:
        found = question(View(cursor, scope_of(store, as_of, **scope)), *arguments)
    return found.astype(object).where(found.notna(), None).to_dict("records")


def test_codes_have_names_and_own_ones_are_spelled_out() -> None:
    assert timelines.milestone_name("fpi") == "First patient in (FPI)"
    assert timelines.milestone_name("kits_delivered") == "Kits delivered"


def test_late_is_what_was_due_and_is_late_by_now() -> None:
    store = told_once(
        milestone("fpi", date(2026, 3, 1), actual=date(2026, 3, 11)),  # reached, 10 days late
        milestone("lpi", date(2026, 6, 20), forecast=date(2026, 7, 10)),  # overdue; late up to its forecast: 20
        milestone(
            "lplv", date(2026, 6, 15), forecast=date(2026, 6, 10)
        ),  # overdue; the forecast has passed: 15 to date
        milestone("dbl", date(2026, 8, 1), forecast=date(2026, 9, 1)),  # will be late, is not yet due
        milestone("csr", date(2026, 5, 1), actual=date(2026, 4, 28)),  # early
        milestone("siv", date(2026, 5, 1), site_id="DE-1", actual=date(2026, 5, 9)),  # a site, not the study
        milestone("protocol_final", date(2025, 6, 30), actual=date(2025, 7, 5)),  # more than a year ago
    )
    found = ask(store, timelines.late)
    assert [(row["milestone"], row["slip_days"]) for row in found] == [
        ("Last patient in (LPI)", 20),
        ("Last patient last visit (LPLV)", 15),
        ("First patient in (FPI)", 10),
    ]


def test_causes_add_up_to_the_late_days() -> None:
    store = told_once(
        milestone("fpi", date(2026, 3, 1), actual=date(2026, 3, 11), days_cro=4, days_sponsor=3),  # 10 = 4 + 3 + 3
        milestone("lpi", date(2026, 6, 20), forecast=date(2026, 7, 10)),  # 20, nothing recorded
        milestone("dbl", date(2026, 4, 1), "E2", actual=date(2026, 4, 6), days_external=5),  # 5
    )
    found = ask(store, timelines.causes)
    assert {(row["cro"], row["cause"]): (row["days"], row["items"]) for row in found} == {
        ("Alpha", "cro"): (4, 1),
        ("Alpha", "sponsor"): (3, 1),
        ("Alpha", "not recorded"): (23, 2),
        ("Beta", "external"): (5, 1),
    }


def test_causes_shrink_in_proportion_where_the_baseline_leaves_fewer_late_days() -> None:
    moved = milestone(
        "fpi", date(2026, 3, 1), baseline_current=date(2026, 3, 8), actual=date(2026, 3, 11), days_cro=8, days_sponsor=2
    )
    store = told_once(moved)
    (original,) = ask(store, timelines.late)
    assert (original["slip_days"], original["days_cro"], original["days_sponsor"]) == (10, 8, 2)
    (current,) = ask(store, timelines.late, baseline="current")
    # 3 days late against 8 March, of which 8 in 10 are the CRO's: 2.4, and 0.6
    assert current["slip_days"] == 3
    assert (current["days_cro"], current["days_sponsor"]) == pytest.approx((2.4, 0.6))
    assert current["days_unknown"] == pytest.approx(0)


def test_nothing_late_has_no_cause() -> None:
    assert ask(told_once(milestone("fpi", date(2026, 3, 1), actual=date(2026, 3, 1))), timelines.causes) == []


def test_the_on_time_share_leaves_out_what_others_caused() -> None:
    store = told_once(
        milestone("fpi", date(2026, 3, 1), actual=date(2026, 3, 1)),
        milestone("lpi", date(2026, 4, 1), actual=date(2026, 4, 9)),
        milestone("dbl", date(2026, 5, 1), actual=date(2026, 5, 9), days_sponsor=8),
    )
    alpha, beta = ask(store, timelines.on_time)
    # the CRO's own: 1 of 2; all causes: 1 of 3
    assert (alpha["label"], alpha["numerator"], alpha["denominator"], alpha["value"]) == ("Alpha", 1, 2, 50)
    assert alpha["value_all"] == pytest.approx(100 / 3)
    assert (beta["label"], beta["value"], beta["band"]) == ("Beta", None, "not_reported")


def test_due_next_is_open_and_inside_the_window() -> None:
    store = told_once(
        milestone("fpi", date(2026, 6, 29)),  # overdue, not next
        milestone("lpi", date(2026, 7, 1), forecast=date(2026, 7, 1)),
        milestone("lplv", date(2026, 9, 28), forecast=date(2026, 9, 29)),  # day 90, a day late
        milestone("dbl", date(2026, 9, 29)),  # day 91
        milestone("csr", date(2026, 7, 15), actual=date(2026, 6, 1)),  # reached
        milestone("topline", date(2026, 8, 1), forecast=AS_OF),  # its day has passed, and it is not done
    )
    found = ask(store, timelines.due, 90)
    assert [(row["milestone"], row["passed"], row["at_risk"]) for row in found] == [
        ("Last patient in (LPI)", False, False),
        (timelines.milestone_name("topline"), True, True),
        ("Last patient last visit (LPLV)", False, True),
    ]


def test_a_moved_plan_that_hides_a_slip_is_named() -> None:
    first, second = date(2026, 3, 1), date(2026, 7, 1)
    store = told_once(
        milestone("lpi", first, baseline_current=second, actual=date(2026, 6, 15)),  # hidden
        milestone("fpi", first, baseline_current=date(2026, 3, 5), actual=date(2026, 3, 6)),  # late against both
        milestone("dbl", second, baseline_current=date(2026, 8, 1), actual=date(2026, 6, 30)),  # on time against both
        milestone("csr", date(2026, 7, 10), baseline_current=date(2026, 8, 10), forecast=date(2026, 8, 1)),  # will be
        change_orders=[
            {"change_order_id": "C1", "engagement_id": "E1", "requested": first, "executed": first, "value": 1,
             "days_impact": 31},
            {"change_order_id": "C2", "engagement_id": "E1", "requested": first, "value": 1, "days_impact": 91},
        ],
    )  # fmt: skip
    for baseline in ("original", "current"):
        hidden, coming = ask(store, timelines.rebaselined, baseline=baseline)
        # 1 March to 15 June: 30 + 30 + 31 + 15 = 106; to 1 July: 122; only C1 is signed, its 31 days do not cover 122
        assert (hidden["milestone"], hidden["late_days"], hidden["current_days"], hidden["moved_days"]) == (
            "Last patient in (LPI)", 106, -16, 122,
        )  # fmt: skip
        assert hidden["signed_days"] == 31
        # 10 July to 1 August: 22; 10 July to 10 August: 31, covered
        assert (coming["late_days"], coming["moved_days"]) == (22, 31)
    with store.read() as cursor:
        said = timelines.hidden(timelines.rebaselined(View(cursor, scope_of(store, AS_OF))))
    assert said == (
        "2 milestones of 1 study are on time only because the plan was moved: up to 106 days late against the original "
        "one. No signed change order allows the days of 1 of them."
    )
    assert timelines.hidden(pd.DataFrame()) == ""


MARCH, APRIL, MAY, JUNE = date(2026, 3, 31), date(2026, 4, 30), date(2026, 5, 31), AS_OF
BUDGET = {"engagement_id": "E1", "month": "2026-04", "cost_type": "fee", "planned_original": 1}


def history() -> Store:
    return world(
        (MARCH, BOTH | {"milestones": [milestone("fpi", date(2026, 5, 1), forecast=date(2026, 5, 1))]}),
        (APRIL, {"budget": [BUDGET]}),
        (MAY, {"milestones": [milestone("fpi", date(2026, 5, 1), forecast=date(2026, 6, 20))]}),
        (JUNE, {"milestones": [milestone("fpi", date(2026, 5, 1), actual=date(2026, 6, 18))]}),
    )


def points(store: Store, **scope: Any) -> list[tuple[date, date, bool]]:
    found = ask(store, timelines.told, "E1", **scope)
    return [(row["told"].date(), row["forecast"].date(), row["actual"]) for row in found]


def test_the_trend_has_a_point_each_time_the_study_was_reported() -> None:
    assert points(history()) == [
        (MARCH, date(2026, 5, 1), False),
        (APRIL, date(2026, 5, 1), False),  # the budget came, the forecast was not changed
        (MAY, date(2026, 6, 20), False),
        (JUNE, date(2026, 6, 18), True),
    ]


def test_the_trend_says_how_late_each_milestone_is_now() -> None:
    """Reached on 18 June: 48 days after 1 May, at every point of the line."""
    assert {row["slip_days"] for row in ask(history(), timelines.told, "E1")} == {48}


def test_the_trend_keeps_to_the_as_of_date_and_to_what_was_known() -> None:
    assert points(history(), as_of=date(2026, 5, 15))[-1] == (APRIL, date(2026, 5, 1), False)
    assert points(history(), known_at=1) == [(MARCH, date(2026, 5, 1), False)]


def test_the_trend_ends_where_the_milestone_is_reached() -> None:
    store = history()
    with store.write() as cursor:
        cursor.execute(
            "INSERT INTO uploads (number, uploaded_at, what, status_date) VALUES (5, now(), 'file', '2026-07-31')"
        )
        cursor.execute(
            "INSERT INTO budget (engagement_id, month, cost_type, valid_from) VALUES ('E1', '2026-07', 'fee', 5)"
        )
    assert points(store, as_of=date(2026, 7, 31))[-1] == (JUNE, date(2026, 6, 18), True)


def test_a_late_report_of_an_earlier_month_stands_at_its_own_date() -> None:
    store = world(
        (JUNE, BOTH | {"milestones": [milestone("fpi", date(2026, 8, 1), forecast=date(2026, 8, 20))]}),
        (MARCH, {"milestones": [milestone("fpi", date(2026, 8, 1), forecast=date(2026, 8, 10))]}),
    )
    # By the law of the store the newest upload with a status date up to a day holds for that day.
    assert points(store) == [(MARCH, date(2026, 8, 10), False), (JUNE, date(2026, 8, 10), False)]


def test_what_was_undone_was_never_told() -> None:
    store = history()
    with store.write() as cursor:
        cursor.execute("INSERT INTO uploads (number, uploaded_at, what, undoes) VALUES (5, now(), 'undo', 4)")
        cursor.execute("UPDATE milestones SET valid_to = 5 WHERE valid_from = 4")
        cursor.execute(
            "INSERT INTO milestones (engagement_id, milestone, site_id, baseline_original, forecast, valid_from) "
            "VALUES ('E1', 'fpi', '', '2026-05-01', '2026-06-20', 5)"
        )
    assert points(store)[-1] == (MAY, date(2026, 6, 20), False)
    assert points(store, known_at=4)[-1] == (JUNE, date(2026, 6, 18), True)


def test_how_often_a_study_was_reported_is_said() -> None:
    store = history()
    with store.read() as cursor:
        found = timelines.told(View(cursor, scope_of(store, AS_OF)), "E1")
    assert timelines.told_until(found) == "Reported 4 times, from 31 Mar 2026 to 30 Jun 2026."
    assert timelines.told_until(found.iloc[:0]) == ""


def test_studies_to_choose_from_begin_with_the_latest() -> None:
    store = told_once(
        milestone("fpi", date(2026, 3, 1), actual=date(2026, 3, 11)),
        milestone("fpi", date(2026, 3, 1), "E2", actual=date(2026, 3, 12)),
    )
    with store.read() as cursor:
        assert timelines.choices(View(cursor, scope_of(store, AS_OF))) == {"E2": "S2 · Beta", "E1": "S1 · Alpha"}
