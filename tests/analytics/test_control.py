"""A KPI by month against its own past."""

from collections.abc import Sequence
from datetime import date

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from analytics.catalogue import ALL, BY_ID
from analytics.control import (
    NO_MONTHS,
    Control,
    Limits,
    Signal,
    by_month,
    control,
    crowded,
    enough,
    exact,
    limits,
    signals,
)
from analytics.kpi import Ratio
from analytics.scope import month_end
from analytics.verdict import Verdict
from analytics.view import View
from data.store import Store
from tests.analytics.ask import facts_of, rows_of
from tests.analytics.goldens.case import Row, count, deliverable, invoice, month
from tests.world import cros, engagement, scope_of, small

AS_OF = date(2026, 12, 31)
FLAT = Limits(mean=10, moving_range=1, low=4, high=16, range_high=3.267)
"""Near a limit is beyond 14, or under 6."""


@pytest.mark.parametrize(
    ("values", "expected"),
    [
        ([10, 17, 10], ["", Signal.OUTSIDE, ""]),
        ([10, 16, 10], ["", "", ""]),  # on the limit is inside
        ([9, 10, 11, 12, 13, 13.5, 13.9], [Signal.TREND] * 7),
        ([9, 10, 11, 12, 12, 13, 13.5], [""] * 7),  # a tie breaks it
        ([11, 15, 11, 15, 11], ["", Signal.NEAR, "", Signal.NEAR, ""]),
        ([11, 15, 9, 15, 11], [""] * 5),  # the one between is on the other side
        ([11, 17, 15, 11, 11], ["", Signal.OUTSIDE, "", "", ""]),  # outside is not near
        ([11, 12, 11, 12, 11, 12, 11, 9], [*[Signal.SHIFT] * 7, ""]),
        ([11, 12, 11, 12, 10, 12, 11, 11], [""] * 8),  # one on the mean breaks it
        # Precedence: outside within a trend, near within a shift.
        ([11, 12, 13, 13.5, 13.6, 13.7, 17], [*[Signal.TREND] * 6, Signal.OUTSIDE]),
        ([11, 12, 11, 12, 15, 15, 11], [*[Signal.SHIFT] * 4, Signal.NEAR, Signal.NEAR, Signal.SHIFT]),
        # A gap breaks every run, and is no signal.
        ([11, 12, 11, None, 12, 11, 12, 11], [""] * 8),
        ([9, 10, 11, None, 12, 13, 13.5, 13.9], [""] * 8),
        ([15, None, 15], [""] * 3),
    ],
)
def test_the_four_rules(values: Sequence[float | None], expected: list[str]) -> None:
    assert signals(values, FLAT) == expected


def test_limits_over_a_gap() -> None:
    # 10 12 . 20 18: mean 15, ranges 2 and 2 alone, and not the 8 over the gap.
    found = limits([10, 12, None, 20, 18])
    assert (found.mean, found.moving_range) == (15, 2)
    assert [found.low, found.high] == pytest.approx([15 - 6 / 1.128, 15 + 6 / 1.128])
    with pytest.raises(ValueError, match="two values"):
        limits([10, None, 12])


@given(st.lists(st.integers(-50, 50), min_size=2, max_size=30), st.integers(1, 5), st.integers(-9, 9))
def test_signals_do_not_depend_on_the_unit(values: list[int], times: int, plus: int) -> None:
    moved = [float(value * times + plus) for value in values]
    assert signals([float(value) for value in values], limits(values)) == signals(moved, limits(moved))


@given(st.lists(st.floats(0, 100), min_size=2, max_size=30))
def test_signals_are_the_same_upside_down(values: list[float]) -> None:
    values = [round(value, 3) for value in values]
    mirrored = [-value for value in values]
    assert signals(values, limits(values)) == signals(mirrored, limits(mirrored))


def delivered(late: Sequence[int], n: int = 10, engagement_id: str = "E1") -> list[Row]:
    """So many deliverables a month to December 2026, of which so many were three days late."""
    rows = []
    for back, many in enumerate(reversed(late)):
        name = f"{2026 - back // 12}-{12 - back % 12:02}"
        for number in range(n):
            done = f"{name}-08" if number < many else f"{name}-05"
            row = deliverable(f"{engagement_id} {name} {number}", f"{name}-05", done)
            rows.append(row | {"engagement_id": engagement_id})
    return rows


def chart(store: Store, kpi: str = "D01", as_of: date = AS_OF, cro: str = "", engagement: str = "") -> Control:
    with store.read() as cursor:
        return control(View(cursor, scope_of(store, as_of)), kpi, cro, engagement)


def test_a_chart_of_a_share() -> None:
    # Late of ten: 12 months of 1 or 2, then 9. Mean of the met: (90 80 ... 10).
    late = [1, 2] * 6 + [9]
    found = chart(small({"deliverables": delivered(late)}))
    met = [100 - 10.0 * many for many in late]
    # By hand: mean (6 x 90 + 6 x 80 + 10)/13 = 79.23, ranges eleven of 10 and one of 70: 15; 79.23 +- 39.89.
    assert found.points["value"].tolist() == met
    assert found.points["mean"].iloc[0] == pytest.approx(1030 / 13)
    assert found.points["low"].iloc[0] == pytest.approx(1030 / 13 - 3 / 1.128 * 15)
    assert found.points["high"].iloc[0] == 100  # not 119
    # The last month pulls the mean under all others: they are a run on one side.
    assert found.points["signal"].tolist() == [*[Signal.SHIFT] * 12, Signal.OUTSIDE]
    assert (found.verdict, found.since, found.trial, found.reason) == (Verdict.WORSE, "2026-12", False, None)
    assert found.points[["n", "numerator", "denominator"]].iloc[-1].tolist() == [10, 1, 10]


def test_a_signal_is_news_for_three_months_and_begins_where_its_run_began() -> None:
    # Seven months of 0 late after nine of 3: a shift to the better that began in June.
    found = chart(small({"deliverables": delivered([3, 4] * 5 + [1, 0, 1, 0, 1, 0, 1])}))
    assert (found.verdict, found.since) == (Verdict.BETTER, "2026-06")
    # A month outside in August, as of December: over.
    old = chart(small({"deliverables": delivered([1, 2] * 6 + [9] + [1, 2] * 2)}))
    assert Signal.OUTSIDE in old.points["signal"].tolist()
    assert (old.verdict, old.since) == (Verdict.AS_EXPECTED, None)


def test_few_months_have_trial_limits_or_none() -> None:
    assert chart(small({"deliverables": delivered([1, 2] * 5)})).trial
    five = chart(small({"deliverables": delivered([1, 2, 1, 2, 1])}))
    assert (five.verdict, five.reason) == (Verdict.TOO_FEW, "5 months with 5 deliverables or more; limits need 6")
    assert five.points["low"].isna().all()
    none = chart(small({"deliverables": delivered([1] * 12, n=4)}))
    assert (none.verdict, none.reason, len(none.points)) == (Verdict.TOO_FEW, "no month with 5 deliverables or more", 0)


def test_a_month_with_few_cases_is_a_gap() -> None:
    dropped = {f"E1 2026-09 {number}" for number in range(3, 10)}
    rows = [row for row in delivered([1, 2] * 6) if row["deliverable_id"] not in dropped]
    found = chart(small({"deliverables": rows}))
    gap = found.points.set_index("month").loc["2026-09"]
    assert gap["value"] != gap["value"]  # NaN
    assert gap["n"] == 3
    assert len(found.points) == 12


def test_one_cro_or_one_engagement() -> None:
    rows = delivered([1, 2] * 6) + delivered([5, 6] * 6, engagement_id="E2")
    engagements = [engagement("E1", "A"), engagement("E2", "B")]
    store = small({"cros": cros("A", "B"), "engagements": engagements, "deliverables": rows})
    charts = (chart(store, cro="A"), chart(store, engagement="E2"), chart(store))
    assert [found.points["mean"].iloc[0] for found in charts] == pytest.approx([85, 45, 65])


def test_enrolment_to_date_is_read_by_month() -> None:
    # Planned 20 a month, enrolled 20, 10, 20, 10 ...: to date it would creep to 75 %; by month it is 100 and 50.
    rows = [count("T06", f"2026-{at:02}", 20 if at % 2 else 10, 20) for at in range(1, 13)]
    found = chart(small({"kpi_data": rows}), "T06")
    assert found.points["value"].tolist() == [100, 50] * 6


def months(ev: Sequence[float], pv: Sequence[float], **more: object) -> list[Row]:
    names = [f"{2025 + at // 12}-{at % 12 + 1:02}" for at in range(24)]
    return [
        month(name, planned, *((ev[at], ev[at]) if at < len(ev) else ()), **more)
        for at, (name, planned) in enumerate(zip(names, pv))
    ]


def test_a_month_of_spi_t_is_what_it_added() -> None:
    # 10 a month are planned; 10, 5, 10, 5 ... are done: months earn 1 and 0.5, where SPI(t) to date goes to 0.75.
    store = small({"budget": months([10, 5] * 9, [10] * 24)})
    found = chart(store, "T08", as_of=date(2026, 6, 30))
    assert found.points["value"].tolist() == pytest.approx([1, 0.5] * 9)
    assert found.points["denominator"].tolist() == [1] * 18


def test_the_months_of_spi_t_add_up_to_it() -> None:
    # Uneven, ahead at first, finished before its plan; and one that begins later, and stops reporting.
    one = months([5, 30, 0, 2, 8, 40, 15], [10, 20, 30, 25, 15])
    two = months([0, 0, 3, 9, 1], [0, 5, 5, 5, 20, 30], engagement_id="E2")
    store = small({"engagements": [engagement("E1"), engagement("E2")], "budget": [*one, *two]})
    for at in range(1, 8):
        as_of = month_end(date(2025, at, 1))
        question = "SELECT engagement_id, max_by(es, position) AS es, sum(es_added) AS added, sum(elapsed_added) AS at "
        found = facts_of(store, as_of, question + "FROM fact_earned_month GROUP BY 1 ORDER BY 1")
        rows = rows_of(store, as_of, "T08", by=("engagement",))
        assert found["added"].tolist() == pytest.approx([row["numerator"] for row in rows])
        assert found["es"].tolist() == pytest.approx([row["numerator"] for row in rows])
        assert found["at"].tolist() == [row["denominator"] for row in rows]


def test_what_has_no_months_says_so() -> None:
    store = small({"deliverables": delivered([1] * 12)})
    for kpi in ("C02", "R04", "PV", "C09"):
        assert chart(store, kpi).reason == NO_MONTHS
    charted = {kpi.id for kpi in ALL if by_month(kpi)}
    assert {"T01", "T02", "T04", "T06", "T08", "D01", "D02", "R01", "R02", "R03", "Q01", "Q04", "Q05"} <= charted
    assert not any(isinstance(kpi.measure, Ratio) and kpi.measure.money for kpi in ALL if by_month(kpi))


def test_every_kpi_has_a_chart_or_a_reason() -> None:
    store = small({"deliverables": delivered([1] * 12)})
    with store.read() as cursor:
        view = View(cursor, scope_of(store, AS_OF))
        for kpi in ALL:
            found = control(view, kpi.id, cro="A")
            assert (found.reason is None) == (kpi.id == "D01"), kpi.id


def test_how_many_cases_a_month_needs() -> None:
    # Half of min_n (50, 10), five at least (min_n 5), one month of an engagement.
    assert [enough(BY_ID[kpi]) for kpi in ("Q07", "D01", "T04", "T08")] == [25, 5, 5, 1]


def test_the_months_of_a_share_near_the_best_there_is_alarm_no_more_than_chance() -> None:
    # 1,000 charts of 24 months of 20 cases, of which one in a hundred is missed: nothing ever changes. Of the moving
    # ranges more than four in ten would have a signal in the last three months; by the exact limits, each month with a
    # chance of 1 in 1,000, about three in 1,000 (the share is estimated from the same months).
    dice, naive, told = np.random.default_rng(1), 0, 0
    for counts in dice.binomial(20, 0.99, (1_000, 24)):
        values = list(100 * counts / 20)
        within = limits(values)
        naive += any(signals(values, within)[-3:])
        assert crowded(within.mean, 100, 20)
        _, _, found = exact(counts.sum() / 480, np.full(24, 20.0), values, 100)
        told += any(signal for signal, _ in found[-3:])
    assert naive > 400
    assert told <= 20


def test_seven_perfect_months_after_a_miss_are_no_news() -> None:
    # 12 months of 20 invoices, one wrong in the fifth: 239 of 240, so 19.9 of 20 a month is the mean.
    rows = [
        invoice(f"{month:02}-{number}", f"2026-{month:02}-10", "disputed" if (month, number) == (5, 0) else "accepted",
                f"2026-{month:02}-20")
        for month in range(1, 13) for number in range(20)
    ]  # fmt: skip
    store = small({"invoices": rows})
    with store.read() as cursor:
        chart = control(View(cursor, scope_of(store, AS_OF)), "C07")
    assert set(chart.points["signal"]) == {""}
    assert chart.verdict is Verdict.AS_EXPECTED


def test_a_month_beyond_chance_is_still_told_near_the_best() -> None:
    # 12 months of 20, four wrong in the last: 236 of 240. P(4 or more of 20 at 1 in 60) = 3e-4.
    rows = [
        invoice(f"{month:02}-{number}", f"2026-{month:02}-10", "disputed" if month == 12 and number < 4 else "accepted",
                f"2026-{month:02}-20")
        for month in range(1, 13) for number in range(20)
    ]  # fmt: skip
    store = small({"invoices": rows})
    with store.read() as cursor:
        chart = control(View(cursor, scope_of(store, AS_OF)), "C07")
    assert chart.points["signal"].tolist() == [*[""] * 11, Signal.OUTSIDE]
    assert (chart.verdict, chart.since) == (Verdict.WORSE, "2026-12")
