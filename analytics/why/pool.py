"""What each engagement brings to a KPI at two dates, and what any mixture of both is worth.

An engagement brings a row of sums: numerator and denominator, or the cases at each time of a curve. Rows are added, and
the KPI is worked out from what they add up to, as the engine does.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

import numpy as np

from analytics.kpi import Kpi, Median, Ratio, Spread, Total
from analytics.measure import measure, question
from analytics.survival import TOLERANCE
from analytics.view import View
from analytics.why.shapley import Floats, bits, owen

PLAYERS = 8
"""Engagements that are told apart, the others together being one of them: 2**8 mixtures are worked out exactly."""
MEMBERS = """
SELECT
    engagement_id, currency, rate, study_id || CASE WHEN $wide THEN ', ' || cro ELSE '' END
        || CASE WHEN count(*) OVER (PARTITION BY study_id, cro_id) > 1 THEN ' (' || engagement_id || ')' ELSE '' END
        AS label
FROM fact_engagement
ORDER BY engagement_id
"""
HIDDEN = "answers are not told apart by study, so that nobody is recognised"
UNDEFINED = "between the two dates a mixture of them has no value, so that no part can be told"

Value = Callable[[Floats], Floats]


class NoSplit(Exception):
    """Why a figure cannot be split, in words."""


@dataclass(frozen=True, slots=True)
class Pool:
    """Rows of sums by engagement at two dates, and what they are worth.

    `then`, `now`: one row an engagement, zeros where it does not count. `value`: that of each row of sums, NaN where
    undefined. `weight`: how much each row counts. `groups`: the ids of the engagements in each row. `stays`: whether it
    counts at both dates.
    """

    labels: tuple[str, ...]
    groups: tuple[tuple[str, ...], ...]
    then: Floats
    now: Floats
    value: Value
    weight: Value
    stays: tuple[bool, ...]

    def values(self) -> tuple[float, float]:
        """The value of everything then and now."""
        before, after = self.value(np.array([self.then.sum(axis=0), self.now.sum(axis=0)]))
        return float(before), float(after)

    def own(self, place: int) -> tuple[float | None, float | None]:
        """The value of one row alone then and now, None where it has none."""
        found = self.value(np.array([self.then[place], self.now[place]]))
        before, after = (None if np.isnan(each) else float(each) for each in found)
        return before, after

    def moved(self) -> list[int]:
        """The places of the rows that changed."""
        return [int(place) for place in np.flatnonzero((self.then != self.now).any(axis=1))]

    def merged(self, chosen: Sequence[int], label: str) -> "Pool":
        """With the chosen rows as one, at the end."""
        kept = [place for place in range(len(self.labels)) if place not in set(chosen)]
        together = tuple(each for place in chosen for each in self.groups[place])
        return Pool(
            (*(self.labels[place] for place in kept), label),
            (*(self.groups[place] for place in kept), together),
            np.vstack([self.then[kept], self.then[list(chosen)].sum(axis=0)]),
            np.vstack([self.now[kept], self.now[list(chosen)].sum(axis=0)]),
            self.value,
            self.weight,
            (*(self.stays[place] for place in kept), any(self.stays[place] for place in chosen)),
        )

    def small(self) -> "Pool":
        """Without who did not change, and with those that moved least taken together, at most `PLAYERS` rows."""
        moved = set(self.moved())
        still = [place for place in range(len(self.labels)) if place not in moved]
        if len(moved) <= PLAYERS:
            return self
        whole = self.now.sum(axis=0)
        alone = np.abs(self.value(np.vstack([whole - self.now + self.then])) - self.value(whole[None, :]))
        order = [int(place) for place in np.argsort(-np.nan_to_num(alone, nan=np.inf), kind="stable") if place in moved]
        rest = sorted(order[PLAYERS - 1 :])
        return self.merged([*rest, *still], f"{len(rest) + len(still)} others")


@dataclass(frozen=True, slots=True)
class Split:
    """The parts of a difference, by row of a pool: `mix` and `performance` of all rows add up to it."""

    pool: Pool
    mix: Floats
    performance: Floats


def split(pool: Pool, worth: Value = lambda values: values) -> Split:
    """How much each engagement, by its weight (mix) and by its own figure (performance), made of a difference.

    The Owen value with the engagements as groups of two: its figure changes, and its weight does. An engagement that
    counts at one date only is all mix, and one whose weight is the same all performance. `worth`: what the values are
    worth, such as points of a score. Where a mixture has no value since no engagement counts at both dates, those that
    came and went are one. Raises NoSplit where it has none for another reason.
    """
    found = _split(pool.small(), worth)
    if np.isnan(found.mix).any():
        moved = [place for place in pool.moved() if not pool.stays[place]]
        if len(moved) < 2:
            raise NoSplit(UNDEFINED)
        found = _split(pool.merged(moved, "Who came and who went").small(), worth)
    if np.isnan(found.mix).any():
        raise NoSplit(UNDEFINED)
    return found


def _split(pool: Pool, worth: Value) -> Split:
    n = len(pool.labels)
    moved = pool.moved()
    mix, performance = np.zeros(n), np.zeros(n)
    unmoved = pool.then[[place for place in range(n) if place not in moved]].sum(axis=0)
    for place in moved:
        others = [other for other in moved if other != place]
        chosen = bits(len(others))
        beside = unmoved + chosen @ pool.now[others] + (1 - chosen) @ pool.then[others]
        values = np.column_stack([worth(pool.value(beside + state)) for state in _states(pool, place)])
        mix[place], performance[place] = owen(values)
    return Split(pool, mix, performance)


def _states(pool: Pool, place: int) -> tuple[Floats, Floats, Floats, Floats]:
    """One engagement as it was, with today's weight, with today's figure, and as it is."""
    then, now = pool.then[place], pool.now[place]
    before, after = pool.weight(np.array([then, now]))
    if not pool.stays[place] or (before != after and not (before and after)):
        return then, now, then, now
    if before == after:
        return then, then, now, now
    return then, then * (after / before), now * (before / after), now


def pool_of(before: View, view: View, kpi: Kpi, *, all_causes: bool = False) -> Pool:
    """What each engagement brings to a KPI in two views, of the same scope at two dates.

    Money of several currencies is taken at the budget rate of the year of each date, as the engine pools it. Raises
    NoSplit where a rate is missing, or where the KPI hides few answers.
    """
    if kpi.hidden_below:
        raise NoSplit(HIDDEN)
    suffix = "_all" if all_causes else ""
    cases, members = _cases(before, kpi), _members(before)
    after, now_members = _cases(view, kpi), _members(view)
    named = now_members | members | {each: {"label": "No one study"} for each in (*cases, *after) if each is None}
    names = sorted({*cases, *after}, key=str)
    if isinstance(kpi.measure, Median):
        rows, value, weight = _curves(kpi.measure, names, (cases, after), f"items{suffix}")
    else:
        rates = _rates(kpi, names, (cases, after), (members, now_members), (before.scope.as_of, view.scope.as_of))
        rows, value, weight = _sums(kpi.measure, names, (cases, after), rates, suffix)
    labels = tuple(str(named[name]["label"]) if name in named else str(name) for name in names)
    stays = tuple(bool(before.any() and after.any()) for before, after in zip(*rows, strict=True))
    return Pool(labels, tuple((str(name or ""),) for name in names), *rows, value, weight, stays)


Cases = Mapping[Any, list[dict[str, Any]]]
Factors = tuple[Mapping[Any, float], Mapping[Any, float]]


def _members(view: View) -> dict[Any, dict[str, Any]]:
    wide = not (view.scope.cros or view.scope.engagements)
    return view.once("engagements of why", lambda: {row["engagement_id"]: row for row in view.rows(MEMBERS, wide=wide)})


def _cases(view: View, kpi: Kpi) -> Cases:
    """The raw rows of the engine that count, by engagement."""
    if isinstance(kpi.measure, Median):
        rows = view.rows(question(kpi, ("engagement",)), services=list(kpi.services))
        rows = [row for row in rows if row["within"] and row["time"] is not None]
    else:
        rows = [row for row in measure(view, kpi, ("engagement",)) if row["numerator_all"] is not None]
        rows += [] if _money(kpi) else _of_none(view, kpi, rows)
    found: dict[Any, list[dict[str, Any]]] = {}
    for row in rows:
        found.setdefault(row["engagement"], []).append(row)
    return found


def _of_none(view: View, kpi: Kpi, rows: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """What belongs to a CRO and to none of its engagements, such as an audit of the whole of it."""
    for whole in measure(view, kpi, ()):
        if whole["items"] > sum(row["items"] for row in rows):
            names = ("numerator", "denominator", "numerator_all", "denominator_all")
            rest = {name: (whole[name] or 0.0) - sum(row[name] or 0.0 for row in rows) for name in names}
            return [rest | {"engagement": None}]
    return []


def _money(kpi: Kpi) -> bool:
    return not isinstance(kpi.measure, Median) and kpi.measure.money


def _rates(
    kpi: Kpi, names: Sequence[Any], cases: tuple[Cases, Cases], members: tuple[Mapping[Any, Any], Mapping[Any, Any]],
    days: tuple[date, date],
) -> Factors:  # fmt: skip
    """What the money of each engagement is multiplied with at both dates: 1 where all is in one currency."""
    used = {members[side][name]["currency"] for side in (0, 1) for name in cases[side]} if _money(kpi) else set()
    if len(used) < 2:
        return dict.fromkeys(names, 1.0), dict.fromkeys(names, 1.0)
    if isinstance(kpi.measure, Total) and any(
        len({members[side][name]["currency"] for name in cases[side]}) < 2 for side in (0, 1)
    ):
        raise NoSplit("the amounts are in one currency at one date and in several at the other")
    return _own_rates(cases[0], members[0], days[0]), _own_rates(cases[1], members[1], days[1])


def _own_rates(cases: Cases, members: Mapping[Any, Any], day: date) -> dict[Any, float]:
    missing = sorted({members[name]["currency"] for name in cases if members[name]["rate"] is None})
    if not missing:
        return {name: members[name]["rate"] for name in cases}
    if len({members[name]["currency"] for name in cases}) == 1:
        return dict.fromkeys(cases, 1.0)
    raise NoSplit(f"there is no budget rate of {day.year} for {' and '.join(missing)}")


def _sums(
    kind: Ratio | Total, names: Sequence[Any], cases: tuple[Cases, Cases], rates: Factors, suffix: str
) -> tuple[tuple[Floats, Floats], Value, Value]:
    def row(of: Cases, name: Any, rate: Mapping[Any, float]) -> list[float]:
        if name not in of or of[name][0][f"numerator{suffix}"] is None:
            return [0.0, 0.0]
        [found] = of[name]
        bottom = 1.0 if isinstance(kind, Total) else found[f"denominator{suffix}"] * rate[name]
        return [found[f"numerator{suffix}"] * rate[name], bottom]

    def value(sums: Floats) -> Floats:
        top, bottom = sums[:, 0], sums[:, 1]
        with np.errstate(divide="ignore", invalid="ignore"):
            return np.where(bottom > 0, scale * top / (1.0 if isinstance(kind, Total) else bottom), np.nan)

    scale = kind.scale if isinstance(kind, Ratio) else 1.0
    rows = tuple(np.array([row(of, name, rate) for name in names]).reshape(-1, 2) for of, rate in zip(cases, rates))
    return (rows[0], rows[1]), value, lambda sums: sums[:, 1]


def _curves(
    median: Median, names: Sequence[Any], cases: tuple[Cases, Cases], items: str
) -> tuple[tuple[Floats, Floats], Value, Value]:
    """Rows of what ended at each time, then of what was censored at it."""
    times = np.unique([case["time"] for side in cases for rows in side.values() for case in rows])
    found = []
    for side in cases:
        sums = np.zeros((len(names), 2 * len(times)))
        for place, name in enumerate(names):
            for case in side.get(name, ()):
                column = int(np.searchsorted(times, case["time"])) + (0 if case["finished"] else len(times))
                sums[place, column] += case[items]
        found.append(sums)

    def value(sums: Floats) -> Floats:
        events = sums[:, : len(times)]
        leaving = events + sums[:, len(times) :]
        return _reached(times, events, leaving) if median.spread is Spread.CURVE else _middle(times, leaving)

    return (found[0], found[1]), value, lambda sums: sums.sum(axis=1)


def _middle(times: Floats, cases: Floats) -> Floats:
    """The plain median of weighed times, by row; NaN without a case."""
    below = cases.cumsum(axis=1)
    half = below[:, -1:] / 2 if times.size else np.zeros((len(cases), 1))
    near = TOLERANCE * np.maximum(half, 1)
    lower, upper = (_first(times, below >= half - near), _first(times, below > half + near))
    return np.where(half[:, 0] > 0, (lower + upper) / 2, np.nan)


def _reached(times: Floats, events: Floats, leaving: Floats) -> Floats:
    """The Kaplan-Meier median, by row; NaN where the curve does not get down to one half."""
    at_risk = leaving[:, ::-1].cumsum(axis=1)[:, ::-1]
    with np.errstate(divide="ignore", invalid="ignore"):
        survival = np.cumprod(np.where(at_risk > 0, 1 - events / at_risk, 1.0), axis=1)
    return _first(times, survival <= 0.5 + TOLERANCE)


def _first(times: Floats, reached: "np.ndarray[Any, np.dtype[np.bool_]]") -> Floats:
    if not times.size:
        return np.full(len(reached), np.nan)
    return np.where(reached.any(axis=1), times[reached.argmax(axis=1)], np.nan)
