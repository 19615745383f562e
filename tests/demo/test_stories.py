"""Each story of the ledger is true of the CSV files, by code that shares nothing with the product."""

from __future__ import annotations

import tomllib
from collections.abc import Callable
from itertools import pairwise
from typing import Any

import pytest
from scipy.stats import binomtest

from data.demo.portfolio import HOME
from tests.demo import counting

STORIES: list[dict[str, Any]] = tomllib.loads((HOME / "stories.toml").read_text(encoding="utf-8"))["stories"]
FACTS = [
    pytest.param(fact, id=f"{story['id']}-{fact['kpi']}-{number}")
    for story in STORIES
    for number, fact in enumerate(story["facts"])
]

# Green, red and min_n as in the catalogue of KPIs.
BANDS = {
    "T01": (90, 80, 10), "T02": (0, 14, 5), "T06": (95, 85, 10), "C06": (5, 10, 1), "C09": (-2, -5, 1),
    "D01": (95, 85, 10), "Q05": (95, 85, 10), "R01": (8, 16, 10), "R02": (95, 85, 10), "R04": (10, 20, 5),
    "C07": (98, 95, 10), "R05": (95, 85, 8), "Q07": (90, 80, 50), "Q10": (95, 85, 3), "P01": (75, 60, 5),
    "P04": (90, 80, 1), "F02": (1, 2, 1),
}  # fmt: skip

SHARES: dict[str, Callable[..., tuple[int, int]]] = {
    "T01": counting.milestones_on_time,
    "D01": counting.deliverables_on_time,
    "T06": lambda *scope: counting.counted("T06", *scope),
    "Q05": lambda *scope: counting.counted("Q05", *scope),
    "R04": counting.backlog,
    "C07": counting.invoices_accepted,
    "R05": counting.touchpoints_kept,
    "Q07": lambda *scope: counting.counted("Q07", *scope),
    "Q10": counting.actions_in_time,
    "R02": lambda *scope: (counting.within_sla(*scope)[0], sum(counting.within_sla(*scope)[:2])),
}
VALUES: dict[str, Callable[..., float | None]] = {
    "T02": counting.median_slip,
    "C06": counting.order_share,
    "C09": counting.forecast_against_contract,
    "R01": counting.response_median,
    "P01": counting.regard,
    "P04": counting.continuity,
    "F02": counting.replanned,
    "not R01: closed only": counting.closed_only_median,
}
TEXTS: dict[str, Callable[[dict[str, Any]], str]] = {
    "last upload": lambda fact: counting.last_word(fact["cro"]),
    "action closed": lambda fact: (
        counting.known("actions", str(fact["as_of"])).set_index("action_id").loc[fact["action"], "closed"]
    ),
}


def scope(fact: dict[str, Any]) -> tuple[Any, ...]:
    """The arguments of a counting function; those that only some take come last."""
    plain = (str(fact["as_of"]), fact.get("cro", ""), fact.get("engagement", ""))
    if fact["kpi"] in ("T01", "T02"):
        return (*plain, fact.get("baseline", "original"), fact.get("side") == "all")
    if fact["kpi"] in ("C06", "D01"):
        return (*plain, fact.get("side") == "all")
    return plain if fact.get("engagement") else plain[:2]


def band(kpi: str, value: float, n: int) -> str:
    green, red, least = BANDS[kpi]
    if n < least:
        return "too_few"
    sign = 1 if green > red else -1
    return "green" if sign * (value - green) >= 0 else "red" if sign * (value - red) < 0 else "amber"


@pytest.mark.parametrize("fact", FACTS)
def test_fact(fact: dict[str, Any]) -> None:
    kpi = fact["kpi"]
    if "text" in fact:
        assert TEXTS[kpi](fact) == fact["text"]
        return
    if "counts" in fact:
        above, below = SHARES[kpi](*scope(fact))
        assert [above, below] == fact["counts"]
        value, n = 100 * above / below, below
    else:
        found = VALUES[kpi](*scope(fact))
        assert found is not None
        assert found == pytest.approx(fact["value"], abs=0.05 + 1e-9)
        value, n = found, fact.get("n", 1000)
    if "band" in fact:
        assert band(kpi, value, n) == fact["band"]
    if "low" in fact:
        interval = binomtest(fact["counts"][0], n).proportion_ci(method="wilson")
        assert (100 * interval.low, 100 * interval.high) == pytest.approx((fact["low"], fact["high"]), abs=0.05)
    assert fact["origin"]


def test_there_are_the_seven_stories() -> None:
    assert [story["id"] for story in STORIES] == [
        "green-over-dying", "slide-behind-closed", "loud-small-numbers", "overrun-explained",
        "rebaseline-hides-slip", "silence", "recovery",
    ]  # fmt: skip
    contracts = counting.known("engagements", "2026-10-31")
    for story in STORIES:
        assert story["cro"] in set(contracts["cro_id"])
        assert not story["engagement"] or story["engagement"] in set(contracts["engagement_id"])


def test_no_rated_kpi_of_the_pool_betrays_the_dying_study() -> None:
    as_of, cro = "2026-10-31", "NORVEK"
    for kpi, count in SHARES.items():
        above, below = count(as_of, cro)
        assert band(kpi, 100 * above / below, below) in ("green", "too_few"), kpi
    for kpi in ("T02", "C06", "C09", "R01", "P01", "P04", "F02"):
        value = VALUES[kpi](as_of, cro)
        assert value is not None
        assert band(kpi, value, 1000) == "green", kpi
    accepted, reviewed = counting.first_pass(as_of, cro)
    assert 100 * accepted / reviewed >= 90
    filed, expected = counting.counted("Q06", as_of, cro)
    assert 100 * filed / expected >= 95
    assert len(set(counting.counted("Q09", as_of, cro))) == 1
    resolution, (activation, sites) = (
        counting.resolution_median(as_of, cro),
        counting.activation_median(as_of, cro),
    )
    assert resolution is not None
    assert resolution <= 5
    assert activation is not None
    assert (activation <= 10, sites >= 5) == (True, True)
    turnaround, orders = counting.order_turnaround(as_of, cro)
    assert turnaround is not None
    assert (turnaround <= 30, orders >= 5) == (True, True)
    leavers, assignments = counting.turnover(as_of, cro)
    assert (leavers <= 15, assignments >= 10) == (True, True)
    findings, audits = counting.findings_by_audit(as_of, cro)
    assert (findings, audits) == (1, 2)
    assert counting.overdue_findings(as_of, cro) == 0


def test_outside_the_stories_no_finding_is_critical_or_overdue() -> None:
    contracts = counting.known("engagements", "2026-10-31")
    assert [counting.overdue_findings("2026-10-31", cro) for cro in contracts["cro_id"].unique()] == [0] * 8
    assert not (counting.told("quality_events")["grade"] == "critical").any()


QUARTERS = ("2025-06-30", "2025-09-30", "2025-12-31", "2026-03-31", "2026-06-30", "2026-09-30", "2026-10-31")


def test_the_slide_goes_on_every_quarter_and_closed_requests_do_not_show_it() -> None:
    whole = [counting.response_median(day, "HALDIS") or 0.0 for day in QUARTERS]
    assert all(later > before for before, later in pairwise(whole))
    queue = [counting.backlog(day, "HALDIS")[0] for day in QUARTERS]
    assert all(later > before for before, later in pairwise(queue))
    closed = [counting.closed_only_median(day, "HALDIS") for day in QUARTERS]
    assert max(closed) < counting.closed_only_median("2024-12-31", "HALDIS")


def test_the_slow_tail_is_never_reached_any_more() -> None:
    assert counting.response_late_tail("2025-06-30", "HALDIS") == pytest.approx(9.3, abs=0.05)
    assert counting.response_late_tail("2026-10-31", "HALDIS") is None


def test_the_forecast_followed_the_new_plan() -> None:
    rows = counting.told("milestones")
    rows = rows[(rows["engagement_id"] == "E-2329") & (rows["milestone"] == "csr")].set_index("upload")
    before, after = (list(rows.loc[month, ["forecast", "baseline_current"]]) for month in ("2026-01", "2026-02"))
    assert before == ["2026-08-07", ""]
    assert after == ["2026-11-20", "2026-11-06"]
    orders = counting.known("change_orders", "2026-10-31", engagement="E-2329")
    assert not (orders["initiator"].isin(["cro", "shared"]) & (orders["executed"] != "")).any()
    assert set(orders["days_impact"]) <= {"0"}
    plan = counting.known("baselines", "2026-10-31", engagement="E-2329").set_index("version")
    new = list(plan.loc["2", ["approved_on", "change_order_id", "reason"]])
    assert (len(plan), new) == (2, ["2026-02-16", "", "plan revised with the team"])


def test_each_new_plan_of_the_explained_overrun_names_its_change_order() -> None:
    plan = counting.known("baselines", "2026-10-31", engagement="E-2424").set_index("version")
    orders = counting.known("change_orders", "2026-10-31", engagement="E-2424").set_index("change_order_id")
    assert list(plan["change_order_id"]) == ["", "CO-101", "CO-102", "CO-104", "CO-103"]
    assert list(plan["approved_on"][1:]) == [orders.loc[name, "executed"] for name in plan["change_order_id"][1:]]


def test_meetings_and_reports_slide_every_quarter() -> None:
    shares = [above / below for above, below in (counting.touchpoints_kept(day, "HALDIS") for day in QUARTERS)]
    assert all(later < before for before, later in pairwise(shares))


def test_the_silent_cro_has_studies_that_run() -> None:
    contracts = counting.known("engagements", "2026-10-31", "OSTWALD")
    assert (contracts["closed_on"] == "").all()
    assert len(contracts) == 3
    assert set(counting.told("milestones")["upload"]) >= {"2026-07", "2026-08", "2026-09", "2026-10"}


def test_the_action_of_the_recovery_names_its_kpi_dates_and_effect() -> None:
    action = counting.known("actions", "2026-10-31").set_index("action_id").loc["A-014"]
    named = list(action[["cro_id", "kpi_id", "raised", "due", "closed"]])
    assert named == ["CALLOWAY", "Q05", "2025-07-15", "2025-10-31", "2025-10-24"]
    assert action["effect"]
