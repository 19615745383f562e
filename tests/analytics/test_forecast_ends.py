"""When work and money end, what it takes to come back, and how queues grow: worked by hand, and published examples."""

from datetime import date, timedelta
from typing import Any

import numpy as np
import pandas as pd
import pytest

from analytics.forecast.finish import finish, finishes, finishes_of
from analytics.forecast.money import back_text, ends, tcpi
from analytics.forecast.queue import last_sunday, queues, spread
from analytics.forecast.words import unended, untold
from analytics.view import View
from data.store import Store
from tests.world import ENGAGEMENT, Rows, cros, engagement, scope_of, small

AS_OF = date(2026, 4, 30)
STARTING = "under 20 % of the work is done, too little to tell its rate"
MONTHS = [f"2026-{month:02}" for month in range(1, 11)]


def budget(ev: list[float], ac: list[float], planned: float = 100.0, of: str = "E1") -> list[dict[str, object]]:
    """Ten months of `planned` each, and what was earned and spent in the first of them."""
    return [
        {"engagement_id": of, "month": month, "cost_type": "fee", "planned_original": planned}
        | ({"earned_value": ev[place], "invoiced": ac[place]} if place < len(ev) else {})
        for place, month in enumerate(MONTHS)
    ]


def row(rows: Rows, as_of: date = AS_OF) -> dict[str, Any]:
    store = small({"budget": rows})
    with store.read() as cursor:
        [found] = finishes(View(cursor, scope_of(store, as_of))).to_dict("records")
    return {str(name): value for name, value in found.items()}


def lines(store: Store, line: Any = "engagement", as_of: date = AS_OF) -> list[dict[Any, Any]]:
    with store.read() as cursor:
        return ends(View(cursor, scope_of(store, as_of)), line).to_dict("records")


@pytest.mark.parametrize(
    ("at", "es", "weeks"),
    # PM Knowledge Center (Vanhoucke), Forecasting time, node 167: PD 9 weeks, weeks 1, 4 and 6
    [(1, 0.666, 13.5135), (4, 2.83333, 12.7059), (6, 4.916667, 10.9831)],
)
def test_the_published_finish(at: float, es: float, weeks: float) -> None:
    assert finish(at, 9, es, es / at) == pytest.approx(weeks, abs=0.001)


def test_without_a_pace_there_is_no_end() -> None:
    assert finish(1, 9, 0, 0) is None
    assert finish(1, 9, 0, None) is None
    assert finish(4, 10, 2, 1) == 12  # the rest as planned


def test_the_three_ends() -> None:
    """Four months: 50 earned a month, so ES = 2 of 4 months, SPI(t) = SPI = 0.5; PD = 10.

    PF = 1: 4 + 8 = 12 months, the end of December. SPI(t): 4 + 8 / 0.5 = 20, August 2027. Both: 4 + 8 / 0.25 = 36.
    """
    found = row(budget([50] * 4, [40] * 4))
    assert found["planned"] == pd.Timestamp(2026, 10, 31)
    assert found["as_planned"] == found["low"] == pd.Timestamp(2026, 12, 31)
    assert found["at_pace"] == pd.Timestamp(2027, 8, 31)
    assert found["at_pace_and_value"] == found["high"] == pd.Timestamp(2028, 12, 31)


def test_the_budget_is_gone_first() -> None:
    """800 of 1,000 spent, the last three months 300, 200, 250: 250 a month, so 0.8 months after April. The work: 600
    left at 100 a month, 6 months: the end of October."""
    found = row(budget([100] * 4, [50, 300, 200, 250]))
    assert found["burn"] == 250
    assert found["gone"] == pd.Timestamp(2026, 4, 30) + timedelta(days=round(0.8 * 365.25 / 12))
    assert found["worked"] == pd.Timestamp(2026, 10, 31)
    assert found["short_days"] == (date(2026, 10, 31) - date(2026, 5, 24)).days
    assert pd.isna(found["gone_reason"])


OUTGROWN = "more work is done than this budget holds"


@pytest.mark.parametrize(
    ("ev", "ac", "reason", "gone_reason"),
    [
        ([], [], "earned value is not reported", "earned value is not reported"),
        ([0, 0], [10, 10], "no work is earned yet (EV = 0)", STARTING),
        ([600, 400], [10, 10], "the work of this budget is done", "the work of this budget is done"),
        ([600, 500], [10, 10], OUTGROWN, OUTGROWN),
        ([100, 100], [900, 200], None, "budget exhausted"),
        ([100, 100], [0, 0], None, "nothing was spent in the last 3 reported months"),
    ],
)
def test_nothing_is_undefined_silently(
    ev: list[float], ac: list[float], reason: str | None, gone_reason: str | None
) -> None:
    found = row(budget(ev, ac))
    assert [None if pd.isna(found[name]) else found[name] for name in ("reason", "gone_reason")] == [
        reason,
        gone_reason,
    ]
    assert pd.isna(found["low"]) == (reason is not None)


def test_a_study_that_starts_up_says_nothing_of_its_money() -> None:
    """Of 1,000: 199 earned in four months is under a fifth, 200 is not: (1,000 - 240) / 60 = 12.67 months are left."""
    early = row(budget([50, 50, 50, 49], [60] * 4))
    assert all(pd.isna(early[name]) for name in ("gone", "worked", "short_days"))
    assert early["gone_reason"] == STARTING
    assert (early["burn"], pd.isna(early["at_pace"])) == (60, False), "earned schedule goes by the plan, and stays"
    begun = row(budget([50] * 4, [60] * 4))
    assert begun["gone"].to_period("M") == pd.Period("2027-05")
    assert pd.isna(begun["gone_reason"])


def test_an_exhausted_budget_says_since_when() -> None:
    assert row(budget([100, 100, 100], [900, 200, 50]))["gone"] == pd.Timestamp(2026, 2, 28)


def test_old_data_tell_no_end() -> None:
    """Reported to April, and by that done in December at the earliest (above), without money in July 2027: told until
    then, and not a day longer. Work: 800 at 50 a month, August 2027. Money: 840 at 40 a month, January 2028."""
    until, after = (row(budget([50] * 4, [40] * 4), day) for day in (date(2026, 12, 31), date(2027, 1, 1)))
    assert until["low"] == pd.Timestamp(2026, 12, 31)
    assert all(pd.isna(after[name]) for name in ("as_planned", "at_pace", "at_pace_and_value", "low", "high"))
    assert after["reason"] == "last told 30 Apr 2026"
    assert (after["gone"].to_period("M"), after["worked"]) == (pd.Period("2028-01"), pd.Timestamp(2027, 8, 31))
    late = row(budget([50] * 4, [40] * 4), date(2028, 6, 30))
    assert all(pd.isna(late[name]) for name in ("gone", "worked", "short_days"))
    assert late["gone_reason"] == "last told 30 Apr 2026"


def test_words_over_studies() -> None:
    store = small({"budget": budget([50] * 4, [200] * 4)})
    with store.read() as cursor:
        view = View(cursor, scope_of(store, AS_OF))
        found = finishes(view)
        assert unended(found) == ""
        pd.testing.assert_frame_equal(finishes_of(view, "E1"), found)
        assert finishes_of(view, "no such").empty


def test_what_is_not_drawn_is_named_so_that_nothing_else_could_be_meant() -> None:
    """Two engagements of the study S1: the one of Beta reports no earned value; both have under a fifth of the work."""
    both = {
        "cros": cros("A", "B"),
        "engagements": [engagement("E1", cro_id="A"), engagement("E2", cro_id="B")],
        "budget": budget([10] * 4, [10] * 4),
    }
    store = small(both)
    with store.read() as cursor:
        found = finishes(View(cursor, scope_of(store, AS_OF)))
    other = found.set_index("engagement")["cro"]["E2"]
    assert unended(found) == f"Not drawn, because earned value is not reported: S1 of {other}."
    assert f"{STARTING}: S1 of {found.set_index('engagement')['cro']['E1']}" in unended(found, money=True)


def test_the_published_tcpi() -> None:
    """PMP fence exercise: BAC 4,000, EV 2,500, AC 2,800: 1,500 / 1,200 = 1.25; to EAC 4,480 it is the CPI, 0.893."""
    assert tcpi(4000, 2500, 2800, 4000) == 1.25
    assert tcpi(4000, 2500, 2800, 4480) == pytest.approx(2500 / 2800)
    assert tcpi(4000, 2500, 4000, 4000) is None
    assert tcpi(4000, 4000, 3000, 4000) is None
    assert tcpi(4000, 2500, 2800, None) is None


def test_lines_pool_sums_and_not_indices() -> None:
    """E1: EV 200, AC 400 of 1,000; E2: EV 2,000, AC 1,000 of 10,000. TCPI: 800 / 600, 8,000 / 9,000, together
    8,800 / 9,600; the mean of the two would be 1.11."""
    rows = budget([50] * 4, [100] * 4) + budget([500] * 4, [250] * 4, 1000.0, "E2")
    store = small({"engagements": [ENGAGEMENT, engagement("E2", study_id="S2")], "budget": rows})
    found = {line["label"]: line for line in lines(store)}
    assert found["S1, Alpha"]["tcpi_bac"] == pytest.approx(800 / 600)
    assert found["S2, Alpha"]["tcpi_bac"] == pytest.approx(8000 / 9000)
    [pooled] = lines(store, "cro")
    assert pooled["tcpi_bac"] == pytest.approx(8800 / 9600)
    assert (pooled["n"], pooled["bac"], pooled["cpi"]) == (2, 11_000, pytest.approx(2200 / 1400))
    # E1's budget lasts (1,000 - 400) / 100 = 6 months, its work 800 / 50 = 16: short; E2's lasts
    assert (pooled["short"], pooled["gone"]) == (1, pd.Timestamp(2026, 10, 31))


def test_finished_work_does_not_help_unfinished_work() -> None:
    rows = budget([50] * 4, [100] * 4) + budget([500, 500], [1, 1], of="E2")
    store = small({"engagements": [ENGAGEMENT, engagement("E2", study_id="S2")], "budget": rows})
    [pooled] = lines(store, "cro")
    assert (pooled["n"], pooled["tcpi_bac"]) == (1, pytest.approx(800 / 600))
    done = next(line for line in lines(store) if line["label"] == "S2, Alpha")
    assert (done["n"], done["reason"]) == (0, "the work of this budget is done")


def test_what_cannot_come_back_says_so() -> None:
    store = small({"budget": budget([100, 100], [900, 200])})
    [found] = lines(store)
    assert pd.isna(found["tcpi_bac"])
    assert found["reason"] == "budget exhausted: no performance comes back to it"
    with store.read() as cursor:
        text = back_text(ends(View(cursor, scope_of(store, AS_OF)), "engagement"))
    assert text == "S1, Alpha cannot come back to its budget: more is spent than it holds"


def test_without_earned_value_a_line_says_so() -> None:
    [found] = lines(small({}))
    assert (found["n"], found["reason"]) == (0, "earned value is not reported")


SUNDAY = date(2026, 6, 28)


def test_weeks_end_on_sunday() -> None:
    assert last_sunday(SUNDAY) == SUNDAY
    assert last_sunday(date(2026, 7, 4)) == SUNDAY  # a Saturday


def request(number: int, weeks_ago: int, closed_weeks_ago: int | None = None, **more: Any) -> dict[str, object]:
    """Opened on the Wednesday of a week, and resolved on the Friday of one."""
    opened = SUNDAY - timedelta(days=7 * weeks_ago + 4)
    closed = None if closed_weeks_ago is None else SUNDAY - timedelta(days=7 * closed_weeks_ago + 2)
    done = {} if closed is None else {"resolved_at": f"{closed}T10:00:00Z"}
    return {
        "request_id": f"R{number}", "engagement_id": "E1", "opened_at": f"{opened}T10:00:00Z", "direction": "to_cro",
        "type": "question",
    } | done | more  # fmt: skip


def queue(rows: Rows, as_of: date = date(2026, 6, 30)) -> list[dict[Any, Any]]:
    store = small({"requests": rows})
    with store.read() as cursor:
        return queues(View(cursor, scope_of(store, as_of))).to_dict("records")


def test_a_queue_goes_on_as_it_went() -> None:
    """One in each of 8 weeks, and a second one in the newest; 4 settled: net (9 - 4) / 8 a week. What came on Monday
    the 29th is open and in no full week, what came and went before counts as history alone."""
    rows = [request(week, week, 0 if week < 4 else None) for week in range(8)] + [request(8, 0)]
    rows.append(request(10, 12, 11))
    rows.append(request(9, 0) | {"opened_at": "2026-06-29T10:00:00Z"})
    [found] = queue(rows)
    assert (found["open"], found["came"], found["went"]) == (6, 9 / 8, 4 / 8)
    assert found["expected"] == 6 + 4 * 5 / 8
    assert found["weeks"] == 8
    assert pd.isna(found["reason"])
    assert found["low"] < found["expected"] < found["high"]


def test_data_queries_and_our_own_debts_are_other_queues() -> None:
    rows = [request(week, week) for week in range(8)]
    rows += [request(20, 1, type="data_query"), request(21, 1, direction="to_sponsor")]
    assert queue(rows)[0]["came"] == 1


def test_a_short_history_says_so() -> None:
    [found] = queue([request(1, 2), request(2, 0)])
    assert found["reason"] == "2 full weeks of history; 4 are needed"
    assert pd.isna(found["expected"])


def test_an_empty_queue_says_so() -> None:
    [found] = queue([request(1, 20, 19)])
    assert found["reason"] == "no queue: nothing is open, and nothing came in"


def test_silence_is_no_forecast() -> None:
    [found] = queue([request(1, 20)])
    assert (found["open"], found["reason"]) == (1, "nothing came in or was settled in the last 8 weeks")


def test_no_request_no_row() -> None:
    assert queue([]) == []


def test_a_queue_does_not_go_below_nothing() -> None:
    """Eight came before the weeks looked at, one settled in each: none open but one, falling by one a week."""
    [found] = queue([request(week, 12, week) for week in range(8)] + [request(9, 12)])
    assert (found["expected"], found["low"]) == (0, 0)


def test_the_range_is_that_of_four_weeks() -> None:
    """Nets of -1 or 1 alike: four of them are -4, -2, 0, 2, 4 with 1, 4, 6, 4, 1 of 16; 10 % is -2, 90 % is 2."""
    nets = np.array([-1.0, 1.0] * 4)
    assert spread(nets, 50, 1) == (48, 52)
    assert spread(nets, 50, 1) == spread(nets, 50, 1)


def test_what_is_not_told_is_counted() -> None:
    found = pd.DataFrame({"reason": [None, "too few past cases (3 of 20)"]})
    assert untold(found).startswith("1 of 2 open milestones has no range: fewer than 20")
    assert untold(found.iloc[:1]) == ""


def test_two_cros_do_not_change_each_other() -> None:
    both = {
        "cros": cros("A", "B"),
        "engagements": [engagement("E1"), engagement("E2", "B", study_id="S2")],
        "requests": [request(week, week) for week in range(8)]
        + [request(50 + week, week, 0, engagement_id="E2") for week in range(8)],
    }
    store = small(both)
    with store.read() as cursor:
        found = queues(View(cursor, scope_of(store, date(2026, 6, 30)))).set_index("cro_id")
    [alone] = queue([request(week, week) for week in range(8)])
    assert [found.loc["A", name] for name in ("open", "expected", "low", "high")] == [
        alone[name] for name in ("open", "expected", "low", "high")
    ]
