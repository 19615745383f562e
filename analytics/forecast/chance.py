"""The chance that an open case is over by its due date, from how far off earlier dates of its kind were.

The error of a date is the day on which the case was over less the date that was expected; plus is late. A case that is
not over yet has an error of at least the days since then: it is censored, not left out. The distribution of the errors
is the Kaplan-Meier curve of all of them, in which the CRO's own cases and those of the others have weights, and it is
read on the condition that the open case is not over yet.
"""

from dataclasses import dataclass, replace
from typing import Any, cast
from zlib import crc32

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from analytics.intervals import wilson
from analytics.scope import Scope
from analytics.survival import TOLERANCE, Curve, Floats, curve
from analytics.timelines import milestone_name
from analytics.view import View

MIN_CASES = 20
"""Past cases below which no probability is given."""
PSEUDO = 10
"""Own cases at which a CRO's own history weighs as much as that of all others: its share is n / (n + 10)."""
NEAR_DAYS = 30
"""Leads this close are comparable however short they are; else one is at most twice the other."""
MIN_LONGER = 5
"""Past cases (of equal weight) that went on for as long as an open one below which nothing is said of it."""
SMALL = 1e-9
LOW, HIGH = 0.1, 0.9
"""Edges of the 80 % range."""
DRAWS = 300
"""Bootstrap samples of the interval of a chance."""
FIGURES = ["chance", "chance_low", "chance_high", "p10", "p50", "p90", "cases", "own_cases", "reason"]


@dataclass(frozen=True, slots=True)
class Errors:
    """Errors of comparable past dates: `days`, whether the case is `over` (else censored then), `weight`, and `own`."""

    days: Floats
    over: NDArray[np.bool_]
    weight: Floats
    own: NDArray[np.bool_]

    @property
    def cases(self) -> int:
        return int(self.over.sum())

    @property
    def own_cases(self) -> int:
        return int((self.over & self.own).sum())

    @property
    def effective(self) -> float:
        """The number of cases of equal weight that would be as sure (Kish 1965)."""
        return float(self.weight.sum() ** 2 / (self.weight**2).sum())

    def curve(self) -> Curve:
        return curve(self.days, self.over, self.weight)


class History:
    """Past dates and what became of them, ready to be asked for those like an open case.

    Made of a frame: case, kind, cro, lead (days from telling a date to it; NaN where it does not matter), error (days),
    over. A case may have several dates.
    """

    def __init__(self, past: pd.DataFrame) -> None:
        columns = ["case", "cro", "lead", "error", "over"]
        self._kinds = {
            kind: {name: rows[name].to_numpy() for name in columns} for kind, rows in past.groupby("kind", sort=False)
        }

    def like(self, kind: str, cro: str, lead: float) -> Errors:
        """The past cases of a kind, each by its date of the lead most like this one, where that is comparable."""
        if kind not in self._kinds:
            return Errors(np.empty(0), np.empty(0, bool), np.empty(0), np.empty(0, bool))
        rows = self._kinds[kind]
        places = np.arange(len(rows["case"])) if np.isnan(lead) else _nearest(rows, lead)
        over, own = rows["over"][places].astype(bool), rows["cro"][places] == cro
        return Errors(rows["error"][places].astype(float), over, weights(over, own), own)


def _nearest(rows: dict[str, NDArray[Any]], lead: float) -> NDArray[np.intp]:
    """Of each case the place of the date with the lead nearest to `lead`, the shorter of two, if it is comparable."""
    leads = rows["lead"].astype(float)
    apart = np.abs(leads - lead)
    near = np.flatnonzero((apart <= NEAR_DAYS) | (np.maximum(leads, lead) <= 2 * np.minimum(leads, lead)))
    order = near[np.lexsort((leads[near], apart[near]))]
    _, first = np.unique(rows["case"][order], return_index=True)
    return order[first]


def weights(over: NDArray[np.bool_], own: NDArray[np.bool_]) -> Floats:
    """Weights that add up to the number of cases: n / (n + PSEUDO) of them the CRO's own, n its cases that are over.

    One side alone has all of the weight.
    """
    mine, theirs = int(own.sum()), int((~own).sum())
    if not mine or not theirs:
        return np.ones(len(own))
    n = int((over & own).sum())
    share = n / (n + PSEUDO)
    return np.where(own, share / mine, (1 - share) / theirs) * len(own)


@dataclass(frozen=True, slots=True)
class Ahead:
    """The errors that are still possible after `past` days: what `curve` says on the condition that they are more."""

    curve: Curve
    past: float
    effective: float

    @property
    def left(self) -> float:
        """Share of past cases that went on for longer."""
        return self.curve.at(self.past)

    @property
    def longer(self) -> float:
        """The effective number of past cases that went on for longer."""
        return max(self.effective * self.left, 1.0)

    def by(self, days: float) -> float:
        """The share of those whose error is at most so many days."""
        return 1 - self.curve.at(max(days, self.past)) / self.left

    def chance(self, days: float) -> float:
        """The chance that the error is at most so many days: never surer than n in n + 1, since a new case may be the
        first of its kind."""
        n = self.longer
        return min(max(self.by(days), 1 / (n + 1)), n / (n + 1))

    def quantile(self, level: float) -> float | None:
        """The error that a new case does not pass with the chance `level`; None where the curve does not get there.

        A new case is as likely at any of the n + 1 places between n past ones, so the k-th of them stands at the level
        k / (n + 1), with straight lines between (Weibull 1939; definition 6 of Hyndman and Fan 1996): for alike cases
        the share of new ones up to there is the level. Equal errors stand from the level of the first to that of the
        last of them.
        """
        n = self.longer
        going = (self.curve.time > self.past) & (self.curve.events > 0)
        if not going.any():
            return None
        days, share = self.curve.time[going], 1 - self.curve.survival[going] / self.left
        last = share * n / (n + 1)
        before = np.concatenate([[0.0], last[:-1]])
        first = np.minimum(last, before + 1 / (n + 1))
        levels, errors = np.column_stack([first, last]).ravel(), np.repeat(days, 2)
        if level > levels[-1]:
            # What is past the last case is beyond the curve, unless that curve ends with all cases over.
            return float(errors[-1]) if share[-1] > 1 - SMALL else None
        return float(np.interp(level, levels, errors))


def ahead(errors: Errors, past: float) -> tuple[Ahead | None, str | None]:
    """What is still possible after `past` days, or why that cannot be said."""
    if errors.cases < MIN_CASES:
        return None, f"too few past cases ({errors.cases} of {MIN_CASES})"
    found = Ahead(errors.curve(), past, errors.effective)
    if errors.effective * found.left < MIN_LONGER:
        return None, f"too late to tell: of {errors.cases} past cases fewer than {MIN_LONGER} went on for this long"
    return found, None


def predict(history: History, still: pd.DataFrame, draws: int = DRAWS) -> pd.DataFrame:
    """What past errors say of cases that are still open.

    `still`: key, kind, cro, lead, past (days since
    the expected date: the error is more than this), slack (days from the expected date to the due date).

    Returns a row a case of `still`, in its order, with the columns `FIGURES`: chance (percent, that the error is at
    most the slack), chance_low and chance_high (95 % interval by bootstrap; None where `draws` is 0), p10, p50, p90
    (error in days; None where the curve does not get there), cases, own_cases, reason (of None). Each case has random
    numbers of its own, seeded by its key, so that no case changes another's.
    """
    kept: dict[tuple[Any, ...], Errors] = {}
    found = []
    for row in cast(list[dict[str, Any]], still.to_dict("records")):
        like = (row["kind"], row["cro"], None if np.isnan(row["lead"]) else row["lead"])
        if like not in kept:
            kept[like] = history.like(row["kind"], row["cro"], row["lead"])
        found.append(_predicted(kept[like], row, draws))
    return pd.DataFrame(found, columns=FIGURES, index=still.index)


def _predicted(errors: Errors, row: dict[str, Any], draws: int) -> dict[str, Any]:
    seen, reason = ahead(errors, row["past"])
    figures: dict[str, Any] = {"cases": errors.cases, "own_cases": errors.own_cases, "reason": reason}
    missed = row["slack"] <= row["past"]
    if missed:
        figures["chance"] = 0.0
    if seen is None:
        return figures
    figures |= {"p10": seen.quantile(LOW), "p50": seen.quantile(0.5), "p90": seen.quantile(HIGH)}
    if not missed:
        figures["chance"] = 100 * seen.chance(row["slack"])
    if draws and not missed:
        share = seen.by(row["slack"])
        # Where all past cases went the same way every draw of them does too, and says nothing of how sure that is.
        least, most = (
            interval(errors, row["past"], row["slack"], draws, seed(row["key"]))
            if SMALL < share < 1 - SMALL
            else wilson(share * seen.longer, seen.longer)
        )
        figures |= {"chance_low": 100 * least, "chance_high": 100 * most}
    return figures


def seed(key: str) -> int:
    """A number that a key always gives, on every machine."""
    return crc32(key.encode())


def interval(errors: Errors, past: float, slack: float, draws: int, seeded: int) -> tuple[float, float]:
    """95 % percentile interval of the chance by bootstrap (Efron and Tibshirani 1993, 13.3): own cases and those of
    others are drawn apart, with replacement, so that their weights stay; without a draw that goes on, (0, 1)."""
    dice = np.random.default_rng(seeded)
    order = np.lexsort((~errors.over, errors.days))
    days, weight, over, own = errors.days[order], errors.weight[order], errors.over[order], errors.own[order]
    drawn = np.zeros((draws, len(days)))
    for side in (own, ~own):
        places = np.flatnonzero(side)
        if places.size:
            drawn[:, places] = dice.multinomial(places.size, np.full(places.size, 1 / places.size), size=draws)
    mass = drawn * weight
    at_risk = mass[:, ::-1].cumsum(axis=1)[:, ::-1]
    # One factor a case, events before censorings at the same time: the product over ties is that of the tie.
    stays = np.where(over & (at_risk > 0), 1 - mass / np.where(at_risk > 0, at_risk, 1), 1.0)
    survival = np.concatenate([np.ones((draws, 1)), np.cumprod(stays, axis=1)], axis=1)
    left = survival[:, np.searchsorted(days, past, side="right")]
    late = survival[:, np.searchsorted(days, slack, side="right")]
    chances = 1 - late[left > TOLERANCE] / left[left > TOLERANCE]
    if not chances.size:
        return 0.0, 1.0
    low, high = np.quantile(chances, (0.025, 0.975))
    return float(low), float(high)


RECENT = 3 * 365
"""Days before the as-of date from which past dates count: how a CRO worked long ago says little."""
TOLD_BEFORE = """
SELECT
    milestone.engagement_id AS case, milestone.milestone AS kind, milestone.cro_id AS cro,
    date_diff('day', told.told, told.date)::DOUBLE AS lead,
    date_diff('day', told.date, coalesce(milestone.actual, milestone.stopped_on, $as_of))::DOUBLE AS error,
    milestone.actual IS NOT NULL AS over
FROM fact_milestone_told AS told
JOIN fact_milestone AS milestone
    ON milestone.engagement_id = told.engagement_id AND milestone.milestone = told.milestone AND milestone.whole_study
WHERE NOT told.reached AND told.date > $as_of - $recent
ORDER BY ALL
"""
PLANNED_BEFORE = """
SELECT
    engagement_id AS case, milestone AS kind, cro_id AS cro, NULL::DOUBLE AS lead,
    date_diff('day', due, coalesce(actual, stopped_on, $as_of))::DOUBLE AS error, actual IS NOT NULL AS over
FROM fact_milestone
WHERE whole_study AND due > $as_of - $recent
ORDER BY ALL
"""
STILL = """
SELECT
    milestone.engagement_id AS engagement, milestone.study_id AS study, milestone.cro_id, milestone.cro,
    milestone.milestone AS code, milestone.due, milestone.forecast, milestone.contractual, milestone.state, told.told
FROM fact_milestone AS milestone
JOIN fact_engagement AS engagement
    ON engagement.engagement_id = milestone.engagement_id AND engagement.ended_on IS NULL
LEFT JOIN (
    SELECT engagement_id, milestone, max(told) AS told FROM fact_milestone_told WHERE NOT reached GROUP BY ALL
) AS told ON told.engagement_id = milestone.engagement_id AND told.milestone = milestone.milestone
WHERE milestone.whole_study AND milestone.actual IS NULL
ORDER BY milestone.due, study, code, engagement
"""
COLUMNS = [
    "engagement", "study", "cro_id", "cro", "code", "milestone", "due", "forecast", "contractual", "state", "chance",
    "chance_low", "chance_high", "p10", "p50", "p90", "cases", "own_cases", "basis", "reason",
]  # fmt: skip


def chances(view: View, draws: int = DRAWS) -> pd.DataFrame:
    """The chance that each open study milestone of a running engagement is met, and when it may be reached.

    Columns: engagement, study, cro_id, cro, code, milestone (its name), due (in the scope's baseline), forecast (the
    CRO's own), contractual, state (open, overdue), chance (percent; 0 once the due date has passed), chance_low and
    chance_high (95 % interval), p10, p50, p90 (dates: the 80 % range and its middle), cases and own_cases (past ones
    that it rests on), basis (forecast or baseline: whose past errors they are), reason (why there is no range, or no
    chance: each milestone is judged by itself, so none is given where one that comes before it in the plan is likely
    reached only after it).

    The past is that of the whole portfolio which the viewer may see, whatever the filters: the errors of the forecasts
    told for milestones of the same type with a comparable time to go; where these are under `MIN_CASES`, or no forecast
    is told, those of the baseline.
    """
    still = view.ask(STILL)
    with view.other(_unfiltered(view.scope)) as whole:
        told = whole.once("forecast errors", lambda: History(whole.ask(TOLD_BEFORE, recent=RECENT)))
        planned = whole.once("baseline errors", lambda: History(whole.ask(PLANNED_BEFORE, recent=RECENT)))
    as_of = pd.Timestamp(view.scope.as_of)
    own = predict(told, _asked(still, still["forecast"], still["told"], as_of), draws)
    plan = predict(planned, _asked(still, still["due"], None, as_of), draws)
    better = plan["reason"].isna() | (plan["cases"] > own["cases"])
    by_plan = (own["reason"].notna() & better) | still["forecast"].isna()
    figures = own.mask(by_plan, plan)
    expected = still["forecast"].mask(by_plan, still["due"])
    dates = {name: _after(expected, figures[name]) for name in ("p10", "p50", "p90")}
    found = still.assign(
        milestone=[milestone_name(code) for code in still["code"]],
        basis=np.where(by_plan, "baseline", "forecast"),
        **{name: figures[name] for name in FIGURES if name not in dates},
        **dates,
    )[COLUMNS]
    percents = dict.fromkeys(("chance", "chance_low", "chance_high"), float)
    return in_order(found.astype(percents | {"cases": int, "own_cases": int}))


def in_order(found: pd.DataFrame) -> pd.DataFrame:
    """The chances without those of what would likely be reached before a milestone that the plan has before it."""
    due, middle, chance = (found[name].to_numpy() for name in ("due", "p50", "chance"))
    waits: dict[int, int] = {}
    for _, rows in found.reset_index(drop=True).groupby("engagement"):
        own = rows.index.to_numpy()
        for place in own[chance[own] > 0]:
            before = own[(due[own] < due[place]) & (middle[own] > middle[place])]
            if before.size:
                waits[int(place)] = int(before[middle[before].argmax()])
    held, names = found.index[list(waits)], found["milestone"].to_numpy()
    found.loc[held, ["chance", "chance_low", "chance_high"]] = np.nan
    found.loc[held, "reason"] = [f"{names[last]} comes before it and is likely later" for last in waits.values()]
    return found


def only(view: View, engagement: str) -> pd.DataFrame:
    """The `chances` of one engagement."""
    with view.other(view.scope.of(engagements=(engagement,))) as own:
        return chances(own)


def past_due_risk(view: View) -> pd.DataFrame:
    """Open contractual milestones of which the CRO's own forecast, or the middle of our range, is after the due date.

    Columns as `chances`, without intervals of the chance, and days_late: the later of both less the due date.
    """
    found = view.once("chances", lambda: chances(view, draws=0))
    latest = found[["forecast", "p50"]].max(axis=1)
    late = found.assign(days_late=(latest - found["due"]).dt.days)
    return late[late["contractual"] & (late["days_late"] > 0)].reset_index(drop=True)


def _after(expected: "pd.Series[Any]", days: "pd.Series[Any]") -> "pd.Series[Any]":
    return expected + pd.to_timedelta(np.rint(days.astype(float)), unit="D")


def _unfiltered(scope: Scope) -> Scope:
    """Everything that the viewer may see."""
    return replace(scope, cros=(), studies=(), areas=(), phases=(), tiers=(), pms=(), engagements=())


def _asked(
    still: pd.DataFrame, expected: "pd.Series[Any]", told: "pd.Series[Any] | None", as_of: pd.Timestamp
) -> pd.DataFrame:
    """Open milestones as `predict` wants them. Without an expected date nothing is like them."""
    known = expected.notna()
    lead = (expected - told).dt.days.astype(float) if told is not None else pd.Series(np.nan, still.index)
    return pd.DataFrame(
        {
            "key": still["engagement"] + " " + still["code"],
            "kind": still["code"].where(known, ""),
            "cro": still["cro_id"],
            "lead": lead,
            "past": (as_of - expected).dt.days.astype(float),
            "slack": (still["due"] - expected).dt.days.astype(float),
        }
    )
