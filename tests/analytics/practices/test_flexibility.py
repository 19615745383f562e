"""Where the days of change orders go, and what one more change would do: small stores, worked by hand."""

from collections.abc import Callable
from dataclasses import replace
from datetime import date
from typing import Any, TypeVar

import pandas as pd
import pytest

from analytics.practices import flexibility, scenario
from analytics.practices.scenario import Today, added, assumptions, effect, effect_table, limits
from analytics.view import View
from tests.analytics.goldens.case import WEDNESDAY, milestone, month, order, version
from tests.world import Kinds, cros, engagement, scope_of, small

T = TypeVar("T")

ORDERS = [
    order("A", "2026-06-01", 100, submitted="2026-06-11", decided="2026-06-17", executed="2026-06-20",
          decision="approved", days_impact=30, reason="more visits", needed_by="2026-06-25"),
    order("B", "2026-08-01", 40, "sponsor", submitted="2026-08-21", reason="More visits ", needed_by="2026-08-20"),
    order("C", "2026-09-10", 7, "sponsor", needed_by="2026-10-05"),
    order("D", "2026-07-01", 500, submitted="2026-07-31", decided="2026-08-02", decision="rejected",
          needed_by="2026-07-20"),
    order("E", "2026-05-01", -60, "external", decided="2026-05-11", executed="2026-05-16", decision="approved",
          days_impact=-5, needed_by="2026-05-14"),
    order("F", "2026-09-01", 20, submitted="2026-09-05", decided="2026-09-15", executed="2026-10-05",
          decision="approved", needed_by="2026-12-01"),
    order("G", "2026-04-01", 3, decided="2026-04-06", decision="withdrawn"),
]  # fmt: skip
"""F was signed after the as-of date, so it is open; E has no day of the proposal; D and G were refused."""
TWO: Kinds = {
    "cros": cros("A", "B"),
    "engagements": [engagement("E1"), engagement("E2", "B", study_id="S2", currency="USD")],
    "change_orders": [*ORDERS, order("X", "2026-09-20", 900, engagement_id="E2")],
}


def asked(question: Callable[..., T], kinds: Kinds, *more: Any, **scope: Any) -> T:
    store = small(kinds)
    with store.read() as cursor:
        return question(View(cursor, scope_of(store, WEDNESDAY, **scope)), *more)


def cells(found: pd.DataFrame, *names: str) -> list[list[Any]]:
    table = found[list(names)].astype(object)
    return [[None if cell != cell or cell is None else cell for cell in row] for row in table.to_numpy().tolist()]


def test_the_days_by_stage_and_with_whom_it_waits() -> None:
    # To 30 Sep: B 21 Aug + 40, C 10 Sep + 20, F 15 Sep + 15. E's days from 1 to 11 May are no side's.
    found = asked(flexibility.paths, TWO, "E1")
    stages = ("change_order", "cro_days", "sponsor_days", "signature_days", "unsplit_days", "days", "waits_for")
    assert cells(found, *stages) == [
        ["B", 20, 40, None, None, 60, "sponsor"],
        ["F", 4, 10, 15, None, 29, "both"],
        ["C", 20, None, None, None, 20, "cro"],
        ["D", 30, 2, None, None, 32, ""],
        ["A", 10, 6, 3, None, 19, ""],
        ["E", None, None, 5, 10, 15, ""],
        ["G", 5, None, None, None, 5, ""],
    ]
    assert [each.date() for each in found["since"][:3]] == [date(2026, 8, 21), date(2026, 9, 15), date(2026, 9, 10)]
    assert found["label"].tolist()[:2] == ["B: More visits ", "F"]
    assert flexibility.paths_text(found) == (
        "3 of 7 change orders are open: 1 with the CRO, 1 with us and 1 with both, for signatures. "
        "10 days cannot be given to a side: a date between is not recorded."
    )


def test_medians_count_what_is_open_or_refused_before() -> None:
    # Proposal: 4, 10, 20, 30 sent; 5 (G) and 20 (C) not. S: 5/6 at 4; x 3/4 at 10 = 0.625; x 2/3 at 20 = 0.417: 20.
    # The four that are over alone would say 15. Decision: 2, 6, 10 and 40 open: S 3/4, then 1/2 at 6.
    # Signature: 3, 5 and 15 open: 2/3, then 1/3 at 5. Together 5+ 15 19 20+ 29+ 32+ 60+: S 5/6, 2/3: not reached.
    found = flexibility.pace(asked(flexibility.paths, TWO, "E1"))
    assert cells(found, "side", "n", "open", "median", "days", "note") == [
        ["The CRO", 6, 1, 20, 89, ""],
        ["Us", 4, 1, 6, 58, "too few (4 of 5)"],
        ["Both", 3, 1, 5, 23, "too few (3 of 5)"],
        ["All", 7, 3, None, 180, "fewer than half are over after 60 days"],
    ]
    # 89 + 58 + 23 = 170 days that a side can be given.
    assert found["share"].tolist()[:3] == pytest.approx([100 * 89 / 170, 100 * 58 / 170, 100 * 23 / 170])


def test_a_refusal_without_a_day_and_dates_out_of_order_are_no_days() -> None:
    odd = [
        order("refused", "2026-09-01", 1, decision="rejected"),
        order("approved first", "2026-09-01", 1, decided="2026-09-03", submitted="2026-09-08", decision="approved"),
        order("signed alone", "2026-09-01", 1, executed="2026-09-11"),
        order("not decided", "2026-09-01", 1, submitted="2026-09-04", executed="2026-09-11"),
    ]
    found = asked(flexibility.paths, {"change_orders": odd}, "E1").set_index("change_order").to_dict("index")
    # The proposal came 7 days after the request, 5 after the decision: none of these days is ours.
    first, alone, undecided = (found[name] for name in ("approved first", "signed alone", "not decided"))
    assert (first["cro_days"], first["sponsor_days"], first["signature_days"]) == (7, 0, 22)
    assert (alone["unsplit_days"], alone["days"]) == (10, 10)
    assert (undecided["cro_days"], undecided["unsplit_days"]) == (3, 7)
    refused = found["refused"]
    assert all(pd.isna(refused[name]) for name in ("cro_days", "sponsor_days", "signature_days", "days"))


def test_without_change_orders() -> None:
    found = asked(flexibility.paths, {}, "E1")
    assert found.empty
    assert flexibility.pace(found)["note"].tolist() == ["none yet"] * 4
    assert asked(flexibility.amounts, {}, "reason", "E1").empty
    assert asked(flexibility.notice_text, {}, "E1") == ""
    assert flexibility.rebaselines_text(asked(flexibility.rebaselines, {}, "E1")) == "No plan was approved anew."


def test_one_cro_and_what_is_out_of_scope() -> None:
    assert asked(flexibility.paths, TWO, "", "B")["change_order"].tolist() == ["X"]
    assert asked(flexibility.paths, TWO, "E1", visible_engagements=("E2",)).empty
    assert asked(scenario.today, TWO, "E1", visible_engagements=("E2",)) is None


def test_value_and_days_by_reason_the_unsigned_apart() -> None:
    # "more visits": A signed 100 with 30 days, B open. Without a reason: E signed -60 with -5 days, C 7 and F 20 open,
    # D and G refused. Days are not told by B; C and F.
    found = asked(flexibility.amounts, TWO, "reason", "E1")
    names = ("signed", "signed_value", "signed_days", "unsigned", "unsigned_value", "refused", "untold")
    assert found["label"].str.lower().tolist() == ["more visits", "not recorded"]
    assert cells(found, *names) == [[1, 100, 30, 1, 40, 0, 1], [1, -60, -5, 2, 27, 2, 2]]
    assert flexibility.amounts_text(found) == (
        "EUR 40 signed in 2 orders, moving ends by +25 days; EUR 67 in 3 orders not signed; 2 refused."
    )


def test_value_by_who_caused_it_and_currencies_are_not_added() -> None:
    found = asked(flexibility.amounts, TWO, "initiator")
    assert cells(found, "label", "currency", "signed_value", "unsigned_value") == [
        ["the CRO", "EUR", 100, 20],
        ["neither side", "EUR", -60, None],
        ["us", "EUR", None, 47],
        ["the CRO", "USD", None, 900],
    ]
    assert flexibility.amounts_text(found).endswith("2 refused. USD 900 in 1 order not signed.")


def test_new_plans_with_and_without_an_approved_change_order() -> None:
    # The first plan is none that is new. X is a change order of another study, C was only asked for.
    plans = [
        version("1", "2025-01-10"),
        version("2", "2026-06-10", change_order_id="A", reason="visits"),
        version("3", "2026-07-01", reason="agreed by mail"),
        version("4", "2026-09-01", change_order_id="X"),
        version("5", "2026-09-16", change_order_id="F"),
        version("6", "2026-09-20", change_order_id="C"),
        version("7", "2026-10-20"),
    ]
    found = asked(flexibility.rebaselines, {**TWO, "baselines": plans}, "E1")
    assert cells(found, "version", "backing", "backed", "signed_after") == [
        ["6", "change order not approved", False, None],
        ["4", "no known change order of this study", False, None],
        ["3", "no change order", False, None],
        ["5", "approved, not signed", True, None],
        ["2", "signed", True, 10],
    ]
    assert flexibility.rebaselines_text(found) == (
        "3 of 5 new plans have no approved change order: version 6 of S1 (20 Sep 2026), version 4 of S1 (1 Sep 2026) "
        "and version 3 of S1 (1 Jul 2026); 1 moved before the signature."
    )


def test_what_was_asked_at_short_notice_and_how_it_was_met() -> None:
    # Notice: A 24, B 19, C 25, D 19, E 13 days; F 91; G has no day. B: work began on 20 Aug, 41 days ago.
    # E: signed on 16 May, two days after the work began, decided before it.
    found = asked(flexibility.short_notice, TWO, "E1")
    assert cells(found, "change_order", "notice", "outcome", "decision", "begun_days") == [
        ["B", 19, "not signed, work has begun", "not decided, work has begun", 41],
        ["C", 25, "not signed yet, work has not begun", "not decided yet", None],
        ["E", 13, "signed after the work began", "in time", 2],
        ["D", 19, "refused", "after the work began", None],
        ["A", 24, "signed in time", "in time", None],
    ]
    assert asked(flexibility.notice_text, TWO, "E1") == (
        "5 of 6 were asked under 30 days before they were needed: 1 of 3 that are due signed in time; "
        "work began before the signature of 2; 1 decided after it. 1 of 7 change orders do not say by when."
    )


@pytest.mark.parametrize(("needed", "rows"), [("2026-07-01", 0), ("2026-06-30", 1), ("2026-05-20", 1)])
def test_short_is_under_thirty_days_and_also_after_the_fact(needed: str, rows: int) -> None:
    """1 June to 1 July are 30 days."""
    kinds = {"change_orders": [order("A", "2026-06-01", 1, needed_by=needed)]}
    assert len(asked(flexibility.short_notice, kinds, "E1")) == rows


def months(first: int, many: int) -> list[str]:
    return [f"{(first + place - 1) // 12}-{(first + place - 1) % 12 + 1:02}" for place in range(many)]


MAY = 2025 * 12 + 5
BUDGET = [
    month(name, 100, *((100, 125) if place < 14 else (0, 0) if place < 17 else ()))
    for place, name in enumerate(months(MAY, 24))
]
"""24 months of 100 from May 2025; 17 are reported: 100 earned for 125 in each of 14, then nothing for three."""
SITES = [
    *(milestone("siv", "2025-08-01", site_id=site) for site in ("1", "2", "3")),
    *(milestone("site_activated", "2025-09-01", "2025-09-01", site_id=site) for site in ("2", "3", "4")),
    milestone("siv", "2025-08-01", site_id="5", cancelled_on="2025-07-01"),
    milestone("fpi", "2025-10-01"),
]
SLOW: Kinds = {"budget": BUDGET, "milestones": SITES}


def now_of(kinds: Kinds, **scope: Any) -> Today:
    found = asked(scenario.today, kinds, "E1", **scope)
    assert found is not None
    return found


def test_three_sites_and_two_months_at_todays_performance() -> None:
    # BAC 2400 over 4 sites: 600 a site, 1800 for three. ES 14 of AT 17: SPI(t) 14/17; EV 1400, PV 1700: SPI 14/17;
    # AC 1750: CPI 0.8. Two months take 2 x 17/14 = 2.43. Cost as planned 1800; / 0.8 = 2250; / (0.8 x 14/17) = 2732.14.
    # EAC 1750 + 1000 = 2750; 1750 + 1250 = 3000; 1750 + 1517.86 = 3267.86.
    now = now_of(SLOW)
    assert (now.sites, now.activated, now.site_cost) == (4, 3, 600)
    value = added(now, "sites", 3)
    assert value == 1800
    found = effect(now, 2, value)
    assert found.months == pytest.approx(34 / 14)
    assert found.cost == pytest.approx((1800, 2250, 2732.142857))
    amounts = [(line.now, line.then) for line in found.lines[2:]]
    assert amounts == [
        pytest.approx(pair) for pair in [(2400, 4200), (2750, 4550), (3000, 5250), (3267.857143, 6000.0)]
    ]
    # PD 24 / (14/17) = 29.14 months from 1 May 2025: 30 Sep 2027 and 4 days. 26: 31.57 months, 30 Nov 2027 and 17 days.
    ends = [(line.now, line.then) for line in found.lines[:2]]
    assert ends == [(date(2027, 4, 30), date(2027, 6, 30)), (date(2027, 10, 4), date(2027, 12, 17))]
    assert found.said == (
        "At today's performance 2 months and EUR 1,800 of plan take 2.4 months and cost EUR 2,250 "
        "(EUR 1,800 to EUR 2,732). The end moves from 4 Oct 2027 to 17 Dec 2027."
    )
    assert cells(effect_table(now, found), "now", "then", "more")[1] == ["4 Oct 2027", "17 Dec 2027", "+2.4 months"]
    assert assumptions(now, "sites") == [
        "A month of plan takes 1.21 months at today's pace (ES 14 of 17 months).",
        "EUR 1 of plan costs EUR 1.25 at today's cost (EUR 1,750 spent for EUR 1,400 of work).",
        "A site is taken at EUR 600: the budget of EUR 2,400 over 4 planned sites, and so with what does not grow by "
        "the site: write less where you know it.",
    ]
    assert any("CPI 0.80" in sentence for sentence in limits(now))


def test_scope_told_otherwise_and_a_site_that_costs_what_is_written() -> None:
    now = now_of(SLOW)
    assert added(now, "sites", 3, 50) == 150
    assert added(now, "percent", 10) == 240
    assert added(now, "amount", 77) == 77
    assert assumptions(now, "sites", 50)[-1] == "A site is taken at EUR 50, as written."
    assert now.scopes == ["sites", "percent", "amount"]
    assert effect(now, 0, 0).said == "Nothing is added yet."
    # 25 x 17/14 = 30.357 months: 31 Oct 2027 and 0.357 x 30.44 = 10.9 days.
    assert effect(now, 1, 0).said == (
        "At today's performance 1 month of plan takes 1.2 months. The end moves from 4 Oct 2027 to 11 Nov 2027."
    )
    assert effect(now, 0, 80).said == "At today's performance EUR 80 of plan costs EUR 100 (EUR 80 to EUR 121)."


def test_without_a_budget_the_contract_is_moved() -> None:
    now = now_of({})
    assert now.scopes == ["amount", "sites"]
    found = effect(now, 2, 100)
    assert (found.months, found.cost) == (None, None)
    assert [(line.now, line.then) for line in found.lines] == [(date(2027, 12, 31), date(2028, 2, 29))]
    assert found.said == (
        "By the plan alone, 2 months and EUR 100 more. The end moves from 31 Dec 2027 to 29 Feb 2028. "
        "Today's performance cannot be laid over it: no budget is known."
    )
    assert assumptions(now, "sites", 0.0) == ["What a site costs is not known: write it."]


@pytest.mark.parametrize(
    ("budget", "reason"),
    [
        ([month(name, 100) for name in months(MAY, 24)], "earned value and actual cost are not reported"),
        (
            [month("2026-08", 100, 90, 95), month("2026-09", 100, 90, 95), month("2026-10", 100)],
            "2 months of earned value reported, too few (3 are needed)",
        ),
        (
            [month(name, 100, 90, 90) for name in months(MAY, 17)] + [month("2026-10", 100)],
            "earned value equals cost in every month, so it measures no work",
        ),
        ([month(name, 100, 0, 90) for name in months(MAY, 17)], "nothing is earned or spent yet"),
        (
            [month(name, 100, 110, 90) for name in months(MAY, 17)],
            "more work is done than the original budget holds; read it against the current baseline",
        ),
    ],
)
def test_where_performance_says_nothing_the_plan_stands_alone(budget: list[Any], reason: str) -> None:
    now = now_of({"budget": budget})
    found = effect(now, 2, 100)
    assert now.reason == reason
    assert (found.months, found.cost) == (None, None)
    assert [line.what for line in found.lines] == ["End by the plan of the budget", "Budget (BAC)"]
    assert reason in found.said


def test_signed_orders_that_the_original_plan_does_not_know_are_said() -> None:
    kinds = {**SLOW, "change_orders": ORDERS}
    assert any("read it against the current baseline" in each for each in assumptions(now_of(kinds), "amount"))
    assert not now_of(kinds, baseline="current").grown


def test_an_end_that_has_passed_or_lies_beyond_all_plans() -> None:
    now = replace(now_of(SLOW), as_of=date(2028, 1, 31))
    table = effect_table(now, effect(now, 1, 0))
    assert table["now"].tolist()[:2] == ["30 Apr 2027, has passed", "4 Oct 2027, has passed"]
    assert "moves" not in effect(now, 1, 0).said
    crawling = replace(now, spi_t=0.001)
    assert effect_table(crawling, effect(crawling, 1, 0))["then"].tolist()[1] == "beyond all plans"


def test_the_kpis_of_one_engagement_and_of_one_cro() -> None:
    # F01 of A, D, F, G, those the CRO caused: 10, 30, 4 days, and 5 without a proposal: S 3/4, then 3/8 at 10.
    turnaround, _ = asked(flexibility.kpis, TWO, "E1")
    assert (turnaround["kpi"], turnaround["value"], turnaround["n"]) == ("F01", 10, 4)
    assert asked(flexibility.kpis, TWO, "", "B")[0]["n"] == 1


def test_the_change_orders_to_choose_from() -> None:
    assert asked(flexibility.codes, TWO, "E2") == {"X": "X"}
