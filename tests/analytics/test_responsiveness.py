"""Waiting, on stores small enough to work out by hand. The right and the wrong answer never coincide."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date
from typing import Any

import pandas as pd
import pytest

from analytics import responsiveness as numbers
from analytics.catalogue import BY_ID
from analytics.engine import kpi_rows
from analytics.kpi import Band
from analytics.view import View
from data.store import Store
from tests.world import CRO, ENGAGEMENT, scope_of, world

AS_OF = date(2026, 6, 30)
B = {"cro_id": "B", "name": "Beta"}
E2 = ENGAGEMENT | {"engagement_id": "E2", "cro_id": "B", "study_id": "S2"}
SLAS = [
    {"engagement_id": "E1", "priority": "", "response_hours": 16, "resolution_days": 10, "clock": "business"},
    {"engagement_id": "E1", "priority": "high", "response_hours": 8, "resolution_days": 5, "clock": "business"},
]


def request(name: str, opened: str, answered: str = "", resolved: str = "", **more: Any) -> dict[str, Any]:
    return {
        "request_id": name, "engagement_id": "E1", "type": "question", "topic": "visits", "priority": "normal",
        "opened_at": opened, "first_response_at": answered, "resolved_at": resolved,
    } | more  # fmt: skip


# June 2026: the 1st is a Monday. Business hours are 09 to 17 UTC.
REQUESTS = [
    request("R1", "2026-06-01T09:00:00Z", "2026-06-01T11:00:00Z", "2026-06-02T09:00:00Z"),  # 2 h; 8 h = 1 day
    request("R2", "2026-06-02T09:00:00Z", "2026-06-02T13:00:00Z", "2026-06-04T09:00:00Z"),  # 4 h; 2 days
    request("R3", "2026-06-03T09:00:00Z", "2026-06-04T13:00:00Z"),  # 12 h; open
    request("R4", "2026-06-05T16:00:00Z", priority="HIGH", topic="payments", escalation_level=2),  # open
    request("R5", "2026-05-04T09:00:00Z", topic="payments"),  # open for 57 days
    request("R6", "2026-06-30T16:00:00Z"),  # open since an hour: pending
    request("Q1", "2026-06-01T09:00:00Z", "", "2026-06-05T09:00:00Z", type="data_query"),  # 4 days
    request("S1", "2026-06-08T09:00:00Z", "2026-06-08T10:00:00Z", direction="to_sponsor"),  # we answer in 1 h
    request("S2", "2026-06-09T09:00:00Z", "2026-06-09T12:00:00Z", direction="to_sponsor"),  # in 3 h
    request("T1", "2026-06-10", "2026-06-10"),  # days only: no hours
    request("O1", "2024-01-08T09:00:00Z", "2024-01-08T10:00:00Z", "2024-01-08T11:00:00Z"),  # long ago: 1 h
]


@contextmanager
def view_of(store: Store, **scope: Any) -> Iterator[View]:
    with store.read() as cursor:
        yield View(cursor, scope_of(store, AS_OF, **scope))


@pytest.fixture(scope="module")
def store() -> Store:
    return world(
        (AS_OF, {"cros": [CRO, B], "engagements": [ENGAGEMENT, E2], "slas": SLAS, "requests": REQUESTS}),
    )


def only(table: pd.DataFrame, label: str) -> dict[str, Any]:
    (row,) = table[table["label"] == label].to_dict("records")
    return {str(name): value for name, value in row.items()}


def test_what_is_open_is_censored_and_not_left_out(store: Store) -> None:
    # Hours: 2, 4, 12 answered; R4, R5, R6 open: R6 for one hour, so censored at 1, before any answer; R4 and R5 for
    # far longer. At risk 6: after 1 h 5 are left; S(2) = 4/5, S(4) = 3/5, S(12) = 2/5: half are answered by 12.
    # Of the answered ones alone: S(2) = 2/3, S(4) = 1/3, so 4.
    with view_of(store) as view:
        seen = numbers.waits(view)
    alpha = only(seen.summary, "Alpha")
    assert (alpha["n"], alpha["open"], alpha["untimed"]) == (6, 3, 1)
    assert alpha["median"] == 12
    assert alpha["closed_only"] == 4
    assert pd.isna(alpha["p90"])  # the curve stays at 2/5
    assert (seen.n, seen.waiting, seen.untimed, seen.unit) == (6, 3, 1, "business hours")
    steps = seen.curves[seen.curves["label"] == "Alpha"].set_index("t")["s"]
    assert [steps[t] for t in (0, 2, 4, 12)] == pytest.approx([1, 4 / 5, 3 / 5, 2 / 5])


def test_the_median_is_that_of_the_kpi(store: Store) -> None:
    with view_of(store) as view:
        for kpi, wait in (("R01", "response"), ("R03", "resolution")):
            (row,) = [row for row in kpi_rows(view, [BY_ID[kpi]], ("cro",)) if row["cro"] == "A"]
            alpha = only(numbers.waits(view, wait).summary, "Alpha")  # type: ignore[arg-type]
            assert (alpha["median"], alpha["n"]) == (pytest.approx(row["value"] or float("nan"), nan_ok=True), row["n"])


def test_the_line_is_the_sla_that_most_requests_have(store: Store) -> None:
    # Of seven requests of the year, one is high (8 h, written HIGH) and six have 16 h.
    with view_of(store) as view:
        everything, high = numbers.waits(view), numbers.waits(view, priority="High")
    assert (everything.line, high.line) == (16, 8)
    assert everything.share == pytest.approx(6 / 7)
    assert high.share == 1
    assert high.n == 1


def test_all_of_history_or_the_trailing_year(store: Store) -> None:
    with view_of(store) as view:
        assert numbers.waits(view).n == 6
        assert numbers.waits(view, whole=True).n == 7


def test_by_topic_and_month(store: Store) -> None:
    with view_of(store) as view:
        topics = numbers.waits(view, by="topic").summary
        months = numbers.waits(view, by="month").summary
    assert dict(zip(topics["label"], topics["n"])) == {"visits": 4, "payments": 2}
    assert dict(zip(months["label"], months["n"])) == {"2026-06": 5, "2026-05": 1}


def test_resolution_in_business_days_and_in_elapsed_ones(store: Store) -> None:
    # Data query: Monday 1 June 09:00 to Friday 5 June 09:00: 4 days. Of 7 requests R1 took 1 day and R2 2; the others
    # are open, R6 since the same day, so S(1) = 5/6 and S(2) = 5/6 x 4/5 = 2/3: the median is not reached.
    with view_of(store) as view:
        queries = numbers.waits(view, "resolution", "cro", "queries")
        elapsed = numbers.waits(view, "elapsed", "cro", "cro")
    assert (queries.n, queries.unit, only(queries.summary, "Alpha")["median"]) == (1, "business days", 4)
    assert elapsed.curves["s"].min() == pytest.approx(2 / 3)
    alpha = only(elapsed.summary, "Alpha")
    assert (elapsed.unit, alpha["n"], alpha["untimed"]) == ("days", 7, 0)
    assert pd.isna(alpha["median"])
    assert numbers.medians(elapsed).loc[0, "Median, days"] == "not reached"


def test_three_states_of_the_sla(store: Store) -> None:
    # 16 h: R1, R2, R3 (2, 4, 12 h) and T1 (same day) met; R5 missed. HIGH, 8 h: R4 missed. R6: one hour old, pending.
    # O1 was met long ago: it is not of the trailing year.
    with view_of(store) as view:
        table = numbers.sla_states(view)
    assert only(table, "Alpha") == {"label": "Alpha", "met": 4, "missed": 2, "pending": 1, "n": 7}
    assert only(table, "Beta") == {"label": "Beta", "met": 0, "missed": 0, "pending": 0, "n": 0}


def test_what_is_open_by_age_and_by_name(store: Store) -> None:
    # Open as of 30 June: R3 (27 days), R4 (25), R5 (57), R6 (0), T1 (20; answered, not resolved).
    with view_of(store) as view:
        ages = numbers.ageing(view)
        oldest = numbers.oldest(view)
        (row,) = [row for row in kpi_rows(view, [BY_ID["R04"]], ("cro",)) if row["cro"] == "A"]
    assert dict(zip(ages["bucket"], ages["items"])) == {"0-7": 1, "15-30": 3, "over 30": 1}
    assert (row["numerator"], row["denominator"]) == (1, ages["items"].sum())
    assert list(oldest["request"]) == ["R5", "R3", "R4", "T1", "R6"]
    first = oldest.iloc[0]
    assert (first["study"], first["cro"], first["topic"], first["age_days"]) == ("S1", "Alpha", "payments", 57)
    assert list(oldest["escalation"]) == [0, 0, 2, 0, 0]
    assert list(oldest["answered"]) == [False, True, False, True, False]
    assert list(oldest["sla"]) == ["missed", "met", "missed", "met", "pending"]


def test_both_ways(store: Store) -> None:
    # They: 12 h (above). We: 1 and 3 h: S(1) = 1/2, so 1.
    with view_of(store) as view:
        alpha = only(numbers.both_ways(view), "Alpha")
    assert (alpha["theirs"], alpha["ours"], alpha["n_theirs"], alpha["n_ours"]) == (12, 1, 6, 2)


def test_groups_add_up_to_the_kpi(store: Store) -> None:
    # visits: R1, R2, R3, T1 met, R6 pending; payments: R4 and R5 missed. Each under the ten that it takes to rate.
    with view_of(store) as view:
        table = numbers.groups(view, "topic")
        (pooled,) = kpi_rows(view, [BY_ID["R02"]], ())
    assert (table["numerator"].sum(), table["denominator"].sum()) == (pooled["numerator"], pooled["denominator"])
    visits, payments = only(table, "visits"), only(table, "payments")
    assert (visits["value"], visits["numerator"], visits["denominator"], visits["pending"]) == (100, 4, 4, 1)
    assert (payments["value"], payments["open"], payments["over_30_days"]) == (0, 2, 1)
    assert list(table["label"]) == ["payments", "visits"]
    assert set(table["band"]) == {Band.TOO_FEW}
    assert numbers.spread(table) == "Too few requests to tell the groups apart"


def test_the_sentence_about_groups_names_the_ends() -> None:
    bands = [Band.RED, Band.RED, Band.GREEN]
    table = pd.DataFrame({"label": ["a", "b", "c"], "value": [40.0, 70.0, 99.0], "band": bands})
    assert numbers.spread(table) == "Answered within the SLA: 40 % of a, 99 % of c"


def test_by_month_keeps_the_last_months(store: Store) -> None:
    with view_of(store) as view:
        recent = numbers.by_month(view, "R02", months=18)
        longer = numbers.by_month(view, "R02", months=36)
    # May: R5 missed; June: four met and R4 missed.
    assert list(zip(recent["month"], recent["value"], recent["n"])) == [("2026-05", 0, 1), ("2026-06", 80, 5)]
    assert longer["month"].min() == "2024-01"


def test_a_month_without_a_median_is_named_and_not_left_a_gap(store: Store) -> None:
    # May: R5, open. June: R1 to R6 less R5, of which three are answered by 12 h and R6 is censored at 1 h: S(12) = 1/4.
    with view_of(store) as view:
        assert numbers.unreached(numbers.by_month(view, "R02")) == ""
        said = numbers.unreached(numbers.by_month(view, "R01"))
    assert said == "No median yet, since fewer than half are over: Alpha 2026-05."


def test_without_requests_there_is_nothing_and_no_error() -> None:
    empty = world((AS_OF, {"cros": [CRO], "engagements": [ENGAGEMENT]}))
    with view_of(empty) as view:
        assert numbers.counted(view) == 0
        assert numbers.waits(view).summary.empty
        assert numbers.oldest(view).empty
        assert numbers.groups(view, "topic").empty
        assert numbers.by_month(view, "R01").empty
        assert numbers.priorities(view) == []


def test_a_cro_has_one_light_by_its_own_threshold(store: Store) -> None:
    # Ten answered: 8 in 8 hours, 2 in 24, SLA 16: 80 %, red by the default (85) and amber by what was agreed (70).
    agreed = {"kpi_id": "R02", "cro_id": "A", "effective_from": date(2026, 1, 1), "green": 90, "red": 70}
    asked = [
        request(
            f"G{n}",
            "2026-06-01T09:00:00Z",
            f"2026-06-0{2 if n < 8 else 4}T09:00:00Z",
            topic="visits" if n else "ethics",
        )
        for n in range(10)
    ]
    own = world((AS_OF, {
        "cros": [CRO, B], "engagements": [ENGAGEMENT, E2], "slas": SLAS, "requests": asked, "targets": [agreed],
    }))  # fmt: skip
    with view_of(own) as view:
        (kpi,) = [row for row in kpi_rows(view, [BY_ID["R02"]], ("cro",)) if row["cro"] == "A"]
        alpha = only(numbers.groups(view, "cro"), "Alpha")
        topics = numbers.groups(view, "topic")
    assert (alpha["value"], alpha["band"]) == (kpi["value"], kpi["band"]) == (80, Band.AMBER)
    visits = only(topics, "visits")
    assert (visits["numerator"], visits["denominator"], visits["band"]) == (7, 9, Band.TOO_FEW)
