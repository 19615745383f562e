"""CROs beside each other: what the size of each leaves to chance. It never changes a band."""

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from functools import partial
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from scipy.special import bdtr, bdtrik, chdtrc

from analytics import survival
from analytics.catalogue import BY_ID
from analytics.engine import kpi_rows
from analytics.intervals import expected_at
from analytics.kpi import Band, Better, Kpi, Median, Ratio, Spread
from analytics.measure import question
from analytics.responsiveness import cro_names
from analytics.verdict import Verdict, beyond
from analytics.view import View

POINTS = [
    "cro_id", "cro", "value", "numerator", "denominator", "n", "low95", "high95", "low998", "high998", "z",
    "verdict", "note",
]  # fmt: skip
CURVE = ["n", "low95", "high95", "low998", "high998"]
TAILS = {"low95": 0.025, "high95": 0.975, "low998": 0.001, "high998": 0.999}
ENOUGH = 10
"""CROs from which over-dispersion is estimated: of fewer, one that stands out would widen the limits that show it."""
WINSORISED = 0.1
SIGNIFICANT = 0.05
BEYOND_CHANCE = 0.002
"""The chance of a word where nothing differs, both sides together: that of the outer limits of the funnel."""
GRID = 120
ALONE = "one CRO: nothing to compare with"
NEAR = "near the limit"

Floats = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Funnel:
    """A KPI of every CRO in scope, in its unit, with the limits that chance alone would keep at each size.

    `points`: columns `POINTS`, one row a CRO that has a value, the worst first; n is its denominator (milestones,
    subjects planned), z its distance from the centre in standard errors, `note` `NEAR` between the 95 % and the 99.8 %
    limits. Where there is a `reason`, limits and z are NaN. `curve`: columns `CURVE` from half the smallest n to the
    largest. `centre`: the pooled value, of few CROs without those that stand out from the others. `phi`: the
    over-dispersion by which the limits are widened, 1 if none. `kind`: binomial, poisson or "". `reason`: why there are
    no limits, in words, None where there are.
    """

    points: pd.DataFrame = field(default_factory=lambda: pd.DataFrame(columns=POINTS))
    curve: pd.DataFrame = field(default_factory=lambda: pd.DataFrame(columns=CURVE))
    centre: float | None = None
    phi: float = 1.0
    kind: str = ""
    reason: str | None = None


@dataclass(frozen=True, slots=True)
class LogRank:
    """One CRO's durations against those of the rest, by strata.

    `observed`: how many of its cases are over; `expected`: how many would be, at the pace of all. `chi2` and `p` (one
    degree of freedom); `strata`: how many it takes part in; `verdict`: by p under 0.002, as much as beyond the 99.8 %
    limits of a funnel, and the KPI's direction, too few under its min_n. `reason`: why there is no test, in words.
    """

    observed: float | None = None
    expected: float | None = None
    chi2: float | None = None
    p: float | None = None
    strata: int = 0
    verdict: Verdict | None = None
    reason: str | None = None


def binomial(tail: float, n: Floats, centre: float) -> Floats:
    """The limit of a share of n cases, with probability `tail` below it (above it, from one half on), as a share.

    Lower: (r - a) / n, r the smallest count with P(R <= r) > tail and a = (P(R <= r) - tail) / P(R = r), R binomial:
    interpolated between the counts, so that exactly the counts with P(R <= count) <= tail lie below (Spiegelhalter
    2005, Stat Med 24:1185, appendix A.1.1). Upper: one less the lower limit of what was missed, so that it is the same
    whichever is counted, and 20 of 20 is no signal where chance gives it once in a hundred. Within 0 and 1.
    """
    if tail > 0.5:
        return 1 - binomial(1 - tail, n, 1 - centre)
    # Where the inverse lies by rounding beside the count that it means, the count is moved.
    count = np.floor(np.nan_to_num(bdtrik(tail, n, centre)))
    count = np.where(_up_to(count, n, centre) > tail, count, count + 1)
    count = np.where(_up_to(count - 1, n, centre) > tail, count - 1, count)
    upto, below = _up_to(count, n, centre), _up_to(count - 1, n, centre)
    return np.asarray(np.clip((count - (upto - tail) / (upto - below)) / n, 0.0, 1.0), dtype=float)


def _up_to(count: Floats, n: Floats, centre: float) -> Floats:
    """The probability of so many or fewer."""
    found = bdtr(np.maximum(count, 0), n.astype(np.int64), centre)
    return np.asarray(np.where(count < 0, 0.0, found), dtype=float)


def poisson(tail: float, expected: Floats) -> Floats:
    """Observed over expected that a Poisson count stays under with probability `tail`, by chi-square.

    Lower: chi2(tail, 2 E) / 2 E; upper: chi2(tail, 2 (E + 1)) / 2 E (Spiegelhalter 2005; as the R package FunnelPlotR).
    """
    return np.asarray(expected_at(tail, expected) / expected, dtype=float)


def over_dispersion(z: Floats) -> float:
    """phi, the mean of z^2 after the outer tenths are pulled in; 1 where it is not significantly above 1, or of few.

    Winsorised by the 10 % and 90 % quantiles; significant where the sum of z^2 passes the 95 % point of chi-square with
    as many degrees of freedom less one, for the pooled centre (Spiegelhalter 2005, Qual Saf Health Care 14:347).
    """
    if len(z) < ENOUGH:
        return 1.0
    inside = np.clip(z, *np.quantile(z, [WINSORISED, 1 - WINSORISED]))
    total = float((inside**2).sum())
    return total / len(z) if chdtrc(len(z) - 1, total) < SIGNIFICANT and total > len(z) else 1.0


KINDS = {Spread.WILSON: "binomial", Spread.POISSON: "poisson"}


def kind_of(kpi: Kpi) -> str:
    """`binomial` for a share, `poisson` for a count over its exposure or its plan, else "" (no funnel)."""
    return KINDS.get(kpi.measure.spread, "") if isinstance(kpi.measure, Ratio) else ""


def funnel(view: View, kpi_id: str) -> Funnel:
    """The funnel of a KPI over the CROs in scope.

    Limits at 95 % and 99.8 %, exact (`binomial`, `poisson`) around the pooled value, and widened where the CROs differ
    by more than chance: limit = centre + sqrt(phi) x (exact limit - centre), within what the value can be.
    """
    kpi = BY_ID[kpi_id]
    kind = kind_of(kpi)
    if not kind or not isinstance(kpi.measure, Ratio):
        return Funnel(reason="not a share or a rate: chance has no limits for it")
    scale = kpi.measure.scale
    rows = [row for row in kpi_rows(view, [kpi], ("cro",)) if row["value"] is not None and row["n"]]
    points = _points(rows, cro_names(view))
    if points.empty:
        return Funnel(kind=kind, reason="no cases")
    size = points["n"].to_numpy()
    top = points["numerator"].to_numpy()
    pooled = float(top.sum() / size.sum())
    if reason := _no_limits(len(points), pooled, kind):
        return Funnel(points, centre=scale * pooled, kind=kind, reason=reason)
    pooled = _centre(top, size, kind)
    centre = scale * pooled
    spread = scale * np.sqrt(pooled * (1 - pooled if kind == "binomial" else 1) / size)
    naive = (points["value"].to_numpy() - centre) / spread
    phi = over_dispersion(naive)
    limits = _widened(kind, pooled, scale, phi)
    points = points.assign(**limits(size), z=naive / np.sqrt(phi))
    verdicts = [_verdict(kpi, point, row) for point, row in zip(points.itertuples(), rows, strict=True)]
    points["verdict"] = pd.Series(verdicts, dtype=object)
    points["note"] = [_note(point) for point in points.itertuples()]
    grid = np.linspace(max(size.min() / 2, 1.0 if kind == "binomial" else 0.0), size.max(), GRID)
    grid = np.unique(np.round(grid)) if kind == "binomial" else grid
    best_first = kpi.better is Better.LOWER
    points = points.sort_values(["z", "cro"], ascending=[not best_first, True], ignore_index=True)
    return Funnel(points[POINTS], pd.DataFrame({"n": grid} | limits(grid))[CURVE], centre, phi, kind)


def _points(rows: list[dict[str, Any]], names: dict[str, str]) -> pd.DataFrame:
    named = [row | {"cro_id": row["cro"], "cro": names[row["cro"]], "n": row["denominator"]} for row in rows]
    frame = pd.DataFrame(named, columns=["cro_id", "cro", "value", "numerator", "denominator", "n"])
    frame = frame.astype(dict.fromkeys(("value", "numerator", "denominator", "n"), float))
    return frame.assign(**dict.fromkeys((*TAILS, "z"), np.nan), verdict=None, note="")[POINTS]


def _no_limits(cros: int, pooled: float, kind: str) -> str | None:
    if cros == 1:
        return ALONE
    if pooled <= 0 or (kind == "binomial" and pooled >= 1):
        return "the same value everywhere: nothing to tell apart"
    return None


def _widened(kind: str, pooled: float, scale: float, phi: float) -> Callable[[Floats], dict[str, Floats]]:
    """The limits at sizes n, in the KPI's unit."""

    def limits(n: Floats) -> dict[str, Floats]:
        found = {}
        for name, tail in TAILS.items():
            exact = binomial(tail, np.round(n), pooled) if kind == "binomial" else pooled * poisson(tail, n * pooled)
            wide = pooled + np.sqrt(phi) * (exact - pooled)
            found[name] = scale * np.clip(wide, 0.0, 1.0 if kind == "binomial" else None)
        return found

    return limits


def _centre(top: Floats, size: Floats, kind: str) -> float:
    """The pooled share or rate; of fewer than `ENOUGH` CROs without those that stand out, while most, and three, stay.

    Else the one that stands out would draw the centre to itself, and the others would look better than expected. It
    stands out beyond the 99.8 % limits around the others (half a case added to each side, so that others without a
    miss have limits too); of several the furthest goes first. Of many CROs over-dispersion takes care of it.
    """
    kept = np.ones(len(top), dtype=bool)
    while len(top) < ENOUGH and kept.sum() > max(3, len(top) / 2 + 1):
        out = {place: away for place in np.flatnonzero(kept) if (away := _away(top, size, kept, int(place), kind))}
        if not out:
            break
        kept[max(out, key=lambda place: out[place])] = False
    pooled = float(top[kept].sum() / size[kept].sum())
    told = pooled > 0 and (kind != "binomial" or pooled < 1)
    return pooled if told else float(top.sum() / size.sum())


def _away(top: Floats, size: Floats, kept: NDArray[np.bool_], place: int, kind: str) -> float:
    """How many standard errors a CRO lies from the others that are kept; 0 within their limits."""
    others = kept.copy()
    others[place] = False
    share = float((top[others].sum() + 0.5) / (size[others].sum() + 1))
    own, n = top[place] / size[place], np.array([size[place]])
    low, high = (
        float((binomial(tail, np.round(n), share) if kind == "binomial" else share * poisson(tail, n * share))[0])
        for tail in (TAILS["low998"], TAILS["high998"])
    )
    if low <= own <= high:
        return 0.0
    return float(abs(own - share) / np.sqrt(share * (1 - share if kind == "binomial" else 1) / size[place]))


def _verdict(kpi: Kpi, point: Any, row: dict[str, Any]) -> Verdict:
    """What misses its own target is never better than expected, whatever the others are."""
    if row["n"] < kpi.min_n:
        return Verdict.TOO_FEW
    if point.value > point.high998 or point.value < point.low998:
        return _unless_missed(beyond(kpi.better, above=point.value > point.high998), row)
    return Verdict.AS_EXPECTED


def _unless_missed(verdict: Verdict, row: dict[str, Any]) -> Verdict:
    missed = row["band"] in (Band.AMBER, Band.RED)
    return Verdict.AS_EXPECTED if verdict is Verdict.BETTER and missed else verdict


def _note(point: Any) -> str:
    outside = point.value > point.high95 or point.value < point.low95
    return NEAR if point.verdict is Verdict.AS_EXPECTED and outside else ""


STRATA = {"fact_request": "lower(priority)"}
"""What a case is compared within, by fact: an urgent request is not held against one that can wait."""


def log_rank(view: View, kpi_id: str, cro: str) -> LogRank:
    """The log-rank test of one CRO (its id) against the rest in scope: the rows of the KPI, by priority of requests."""
    kpi = BY_ID[kpi_id]
    if not isinstance(kpi.measure, Median) or kpi.measure.spread is not Spread.CURVE:
        return LogRank(reason="not a time that something takes")
    cases = view.once(f"cases of {kpi.id} by stratum", partial(_cases, view, kpi))
    mine = cases["cro"] == cro
    n, taking_part = float(cases.loc[mine, "items"].sum()), cases.loc[mine, "stratum"].nunique()
    if not n:
        return LogRank(reason="no cases")
    if mine.all():
        return LogRank(reason=ALONE)
    if not cases["finished"].any():
        return LogRank(reason="nothing is over yet")
    test = survival.log_rank(
        cases["time"].to_numpy(dtype=float), cases["finished"].to_numpy(dtype=bool),
        cases["items"].to_numpy(dtype=float), mine.to_numpy(), cases["stratum"].to_numpy(dtype=np.int64),
    )  # fmt: skip
    if test is None:
        return LogRank(reason="no others of the same priority to compare with")
    verdict = Verdict.AS_EXPECTED
    if n < kpi.min_n:
        verdict = Verdict.TOO_FEW
    elif test.p < BEYOND_CHANCE:
        rows = view.once(f"{kpi.id} by CRO", lambda: kpi_rows(view, [kpi], ("cro",)))
        own = next(row for row in rows if row["cro"] == cro)
        verdict = _unless_missed(beyond(kpi.better, above=test.observed < test.expected), own)
    return LogRank(test.observed, test.expected, test.chi2, test.p, taking_part, verdict)


def _cases(view: View, kpi: Kpi) -> pd.DataFrame:
    """Columns cro, time, finished, items, stratum (a number): what the KPI counts."""
    asked: list[tuple[Kpi, dict[str, Any]]] = [(kpi, {})]
    if stratum := STRATA.get(kpi.fact):
        each = replace(kpi, where=f"({kpi.where}) AND {stratum} = $stratum")
        found = view.rows(f"SELECT DISTINCT {stratum} AS stratum FROM {kpi.fact} ORDER BY ALL")
        asked = [(each, {"stratum": row["stratum"]}) for row in found]
    rows = [
        row | {"stratum": number}
        for number, (part, bound) in enumerate(asked)
        for row in view.rows(question(part, ("cro",)), services=list(kpi.services), **bound)
        if row["within"] and row["time"] is not None and row["items"]
    ]
    return pd.DataFrame(rows, columns=["cro", "time", "finished", "items", "stratum"])
