"""Published worked examples, each through the product: the store, the facts, the KPIs, or the function behind them."""

import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import UTC, date, datetime, timedelta
from itertools import pairwise
from math import log
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from analytics import control, funnel, intervals, survival
from analytics.catalogue import BY_ID
from analytics.engine import kpi_rows
from analytics.kpi import Band, Better, band
from analytics.responsiveness import sla_states
from analytics.scope import month_end
from analytics.score import Part, compose
from analytics.survival import Z95, Curve
from analytics.view import View
from data.store import Store
from tests.analytics.ask import rows_of, values_of
from tests.analytics.goldens.case import month, requests, sla
from tests.analytics.published import FURTHER, SHARED, Published
from tests.world import scope_of, small

ORIGIN = Path(__file__).parents[3] / "shared" / "oracles.json"
Given = Mapping[str, Any]
Figures = Mapping[str, Any]


def budget(pv: Sequence[float], ev: Sequence[float], ac: Sequence[float] | None = None) -> Store:
    """A store with cumulated PV, EV and AC as the amounts of the months from January 2024; AC is EV unless given."""
    steps = [[round(now - before, 9) for before, now in pairwise([0, *each])] for each in (pv, ev, ac or ev)]
    rows = [
        month(f"{2024 + at // 12}-{at % 12 + 1:02}", planned, *(steps[1][at], steps[2][at]) if at < len(ev) else ())
        for at, planned in enumerate(steps[0])
    ]
    return small({"budget": rows})


def end(number: int) -> date:
    """Last day of the so-manieth month."""
    return month_end(date(2024 + (number - 1) // 12, (number - 1) % 12 + 1, 1))


NAMES = {"C02": "CPI", "C03": "SPI", "C05": "TCPI_bac"}


def earned_value(store: Store, as_of: date) -> Figures:
    kpis = ("PV", "EV", "AC", "CV", "SV", "EAC_bac_over_cpi", "ETC", "VAC", "EAC_ac_plus_remaining", "EAC_cpi_spi")
    found = values_of(store, as_of, *kpis, "EAC_80_20", *NAMES)
    return {NAMES.get(kpi, kpi): value for kpi, value in found.items()}


def fence(given: Given) -> Figures:
    return earned_value(budget([given["PV"], given["BAC"]], [given["EV"]], [given["AC"]]), end(1))


def pra(given: Given) -> Figures:
    plan, until = [given["BAC"] * share for share in given["schedule_cum_fraction"]], given["period"]
    done = [given["actual_pct_complete"] * given["BAC"] * at / until for at in range(1, until + 1)]
    return earned_value(budget(plan, done, given["actual_cost_cum"][:until]), end(until))


def vanhoucke(given: Given) -> Figures:
    """Weeks as months. SV(t) and the forecast at the planned pace are made of the product's ES and AT."""
    store, pd = budget(given["PV_cum"], given["EV_cum"]), given["PD"]
    found = [rows_of(store, end(at), "T08", "T09", "C03", by=()) for at in range(1, 12)]
    es = [spi_t["numerator"] for spi_t, _, _ in found]
    assert [spi_t["denominator"] for spi_t, _, _ in found] == list(range(1, 12))
    return {
        "ES_published_w1_w6": es[:6], "ES_all": es,
        "SV_t": [row[0]["numerator"] - row[0]["denominator"] for row in found],
        "SPI_t": [row[0]["value"] for row in found], "SPI_cost": [row[2]["value"] for row in found],
        "EACt_PF1": [row[0]["denominator"] + pd - row[0]["numerator"] for row in found],
        "IEACt_PD_over_SPIt": [pd * (1 + row[1]["value"] / 100) for row in found],
    }  # fmt: skip


def curve_of(given: Given) -> Curve:
    times = np.array(given["times"], dtype=float)
    items = np.array(given.get("items", np.ones(len(times))), dtype=float)
    return survival.curve(times, np.array(given["event"], dtype=bool), items)


def errors(seen: Curve) -> list[float]:
    """Greenwood's standard errors of S, read back from the log-log limits where S is neither 0 nor 1."""
    return [
        s * log(log(low) / log(s)) * abs(log(s)) / Z95
        for s, low in zip(seen.survival.tolist(), seen.low.tolist())
        if 0 < s < 1
    ]


def boston(given: Given) -> Figures:
    seen = curve_of(given)
    return {"S_at_sorted_unique": seen.survival.tolist(), "ci95_halfwidth_linear": [Z95 * se for se in errors(seen)]}


def against(one: Given, other: Given) -> survival.LogRank:
    times, event = (np.array([*one[name], *other[name]]) for name in ("times", "event"))
    mine = np.arange(len(times)) < len(one["times"])
    found = survival.log_rank(
        times.astype(float), event.astype(bool), np.ones(len(times)), mine, np.zeros(len(times), dtype=np.int64)
    )
    assert found is not None
    return found


def leukaemia(given: Given) -> Figures:
    six, placebo = curve_of(given["sixMP"]), curve_of(given["placebo"])
    closed = [time for time, event in zip(given["sixMP"]["times"], given["sixMP"]["event"]) if event]
    test = against(given["sixMP"], given["placebo"])
    at_ten = placebo.time.tolist().index(8)  # the last event up to 10
    return {
        "S_6MP": {str(int(time)): six.at(time) for time in six.time}, "median_6MP": six.quantile(0.5),
        "median_placebo": placebo.quantile(0.5), "S_placebo_at_10": placebo.at(10),
        "se_placebo_at_10": errors(placebo)[at_ten], "logrank_chi2": test.chi2, "logrank_p": test.p,
        "naive_closed_only_median_6MP": curve_of({"times": closed, "event": [1] * len(closed)}).quantile(0.5),
        "naive_closed_only_mean_6MP": float(np.mean(closed)), "sla10_three_state": three_states(given["sixMP"]),
        "km_within_10": 1 - six.at(10),
    }  # fmt: skip


def three_states(given: Given) -> Figures:
    """Hours instead of weeks, an SLA of ten of them: what is open is so old at the end of the as-of date."""
    as_of, last = date(2026, 9, 30), datetime(2026, 10, 1, tzinfo=UTC)
    rows = []
    for number, (hours, event) in enumerate(zip(given["times"], given["event"])):
        opened = last - timedelta(hours=hours, days=2 if event else 0)
        answered = f"{opened + timedelta(hours=hours):%Y-%m-%dT%H:%M:%SZ}" if event else ""
        rows += requests(1, f"{opened:%Y-%m-%dT%H:%M:%SZ}", answered, topic=str(number))
    store = small({"requests": rows, "slas": [sla(10, clock="elapsed")]})
    with store.read() as cursor:
        view = View(cursor, scope_of(store, as_of))
        (found,) = sla_states(view).to_dict("records")
        (share,) = kpi_rows(view, [BY_ID["R02"]], ())
    return {name: found[name] for name in ("met", "missed", "pending")} | {"attainment": share["value"] / 100}


def sas_and_r(given: Given) -> Figures:
    seen = curve_of(given)
    return {f"S{time}": seen.at(time) for time in (1, 2, 3, 4, 20)}


def nist(given: Given) -> Figures:
    found = control.limits(given["y"])
    return {
        "mean": found.mean, "mean_MR": found.moving_range, "UPL": found.high, "LPL": found.low,
        "UPL_with_2_66": found.mean + 2.66 * found.moving_range,
        "LPL_with_2_66": found.mean - 2.66 * found.moving_range, "MR_UCL": found.range_high,
    }  # fmt: skip


def nhs_rules(given: Given) -> Figures:
    shifts, rising = control.shift(given["side_of_mean_a"]), control.trend(given["values_b"])
    near = [bool(each) for each in given["near_limit_d"]]
    two = control.two_of_three(near, given["side_d"])
    return {
        "shift7_trigger_a": shifts, "shift7_member_a": control.members(shifts), "trend7_trigger_b": rising,
        "trend7_member_b": control.members(rising), "trend_c_ties_break": control.trend(given["values_c"]),
        "two_of_three_d": two, "two_of_three_member_d": [at * one for at, one in zip(near, two)],
        "two_of_three_e_opposite_sides": control.two_of_three(
            [bool(each) for each in given["near_limit_e"]], given["side_e"]
        ),
    }  # fmt: skip


def funnel_poisson(given: Given) -> Figures:
    expected = np.array(given["expected"], dtype=float)
    tails = {"ll95": 0.025, "ul95": 0.975, "ll998": 0.001, "ul998": 0.999}
    return {name: funnel.poisson(tail, expected).tolist() for name, tail in tails.items()}


def wilson(given: Given) -> Figures:
    return {"ci": [list(intervals.wilson(*case)) for case in given["cases"]]}


def scorecard(given: Given) -> Figures:
    """The three rows, and one more with the rest of the weight, in one domain."""
    weights, scores = [*given["weights"], 1 - sum(given["weights"])], [*given["scores_1_5"], 0]
    parts = [Part(f"R0{at}", weight, score, Band.GREEN) for at, (weight, score) in enumerate(zip(weights, scores), 1)]
    compose(parts, coverage_needed=0)
    return {"weighted": [part.contribution for part in parts[:3]]}


def lookup(given: Given) -> Figures:
    (green, top), (red, middle), (_, low) = given["boundaries"]
    points = {Band.GREEN: top, Band.AMBER: middle, Band.RED: low}
    return {"points": [points[band(Better.HIGHER, rating, green, red)] for rating in given["rating"]]}


def ovarian(given: Given) -> Figures:
    days, died, treatment, residual = (np.array(column) for column in zip(*given["cases"]))
    strata = residual if given["strata"] else np.zeros(len(days), dtype=np.int64)
    test = survival.log_rank(days.astype(float), died.astype(bool), np.ones(len(days)), treatment == 1, strata)
    assert test is not None
    return {"observed": test.observed, "expected": test.expected, "chi2": test.chi2, "p": test.p}


def small_test(given: Given) -> Figures:
    test = against(given["first"], given["second"])
    return {"chi2": test.chi2, "p": test.p}


def events_of(given: Given) -> Figures:
    """The curve at the times at which something is over."""
    seen = curve_of(given)
    over = seen.events > 0
    error = dict(zip(seen.time[(seen.survival > 0) & (seen.survival < 1)].tolist(), errors(seen)))
    return {
        "time": seen.time[over].tolist(), "at_risk": seen.at_risk[over].tolist(), "S": seen.survival[over].tolist(),
        "se": [error[time] for time in seen.time[over].tolist() if time in error],
    }  # fmt: skip


def poisson_exact(given: Given) -> Figures:
    return dict(zip(("low", "high"), intervals.poisson(given["events"], given["exposure"])))


def calculator(given: Given) -> Figures:
    """One unit of work a month is planned; after AT months what was planned for ES of them is done."""
    plan = [float(at) for at in range(1, 31)]
    done = [given["ES"] * at / given["AT"] for at in range(1, given["AT"] + 1)]
    return {"SPI_t": values_of(budget(plan, done), end(given["AT"]), "T08")["T08"]}


def nhs_runs(given: Given) -> Figures:
    return {
        "below": control.shift(given["below"]), "six": control.shift(given["six"]),
        "falling": control.trend(given["falling"]), "rising": control.trend(given["rising"]),
        "beside": control.two_of_three([bool(each) for each in given["beside"]], [1] * 7),
        "apart": control.two_of_three([bool(each) for each in given["apart"]], [1] * 4),
    }  # fmt: skip


COMPUTED: dict[str, Callable[[Given], Figures]] = {
    "evm_fence": fence, "evm_pra_package": pra, "es_vanhoucke_11w": vanhoucke, "km_bu_20": boston, "km_6mp": leukaemia,
    "km_sas_r_738": sas_and_r, "xmr_nist": nist, "xmr_rules": nhs_rules, "funnel_poisson": funnel_poisson,
    "wilson": wilson, "weighted_scorecard": scorecard, "score_lookup": lookup, "log_rank_ovarian": ovarian,
    "log_rank_ovarian_stratified": ovarian, "log_rank_small": small_test, "km_first": events_of, "km_second": events_of,
    "km_weighted": events_of, "poisson_exact": poisson_exact, "spi_t_calculator": calculator, "nhs_runs": nhs_runs,
}  # fmt: skip
CASES: dict[str, Published] = {**SHARED, **FURTHER}


@pytest.fixture(scope="module")
def computed() -> Callable[[str], Figures]:
    found: dict[str, Figures] = {}

    def of(case: str) -> Figures:
        if case not in found:
            found[case] = COMPUTED[case](CASES[case].given)
        return found[case]

    return of


def figures() -> Iterator[tuple[str, str]]:
    for name, case in CASES.items():
        yield from ((name, figure) for figure in case.expected)


@pytest.mark.parametrize(("case", "figure"), list(figures()), ids=lambda text: text)
def test_published(case: str, figure: str, computed: Callable[[str], Figures]) -> None:
    told = CASES[case]
    found, expected = flat(computed(case)[figure]), flat(told.expected[figure])
    # A figure smaller than the tolerance (a p-value) is compared by its own digits.
    within = min([told.within, *(1e-4 * abs(value) for value in expected if 0 < abs(value) < told.within)])
    assert found == pytest.approx(expected, abs=within, rel=0), told.source


def flat(figure: Any) -> list[float]:
    if isinstance(figure, Mapping):
        return [figure[name] for name in sorted(figure)]
    if isinstance(figure, list):
        return [value for each in figure for value in (each if isinstance(each, list) else [each])]
    return [figure]


def test_spi_forgets_that_it_was_late_and_spi_t_does_not(computed: Callable[[str], Figures]) -> None:
    told = computed("es_vanhoucke_11w")
    assert told["SPI_cost"][-1] == pytest.approx(1, rel=1e-12)
    assert told["SPI_t"][-1] == pytest.approx(9 / 11, rel=1e-12)


def test_the_fence_is_not_rounded_on_the_way(computed: Callable[[str], Figures]) -> None:
    told = computed("evm_fence")
    assert told["EAC_bac_over_cpi"] == pytest.approx(4480, rel=1e-12)  # not 4479, which 0.893 would give
    assert told["CPI"] == pytest.approx(2500 / 2800, rel=1e-12)


@pytest.mark.skipif(not ORIGIN.exists(), reason="the collection that these were carried over from is not here")
def test_what_was_carried_over_is_whole() -> None:
    origin = {item["id"]: item for item in json.loads(ORIGIN.read_text(encoding="utf-8"))["oracles"]}
    assert set(origin) == set(SHARED)
    for name, item in origin.items():
        assert (SHARED[name].given, SHARED[name].expected, SHARED[name].within) == (
            item["inputs"], item["expected"], item["tolerance_abs"],
        )  # fmt: skip
