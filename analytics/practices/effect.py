"""Did it help? A KPI in the months after an action was closed, against the limits of the months before."""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from enum import StrEnum
from itertools import pairwise
from typing import Any

import numpy as np
import pandas as pd

from analytics.catalogue import BY_ID
from analytics.control import (
    NEEDED,
    NO_MONTHS,
    RUN,
    Limits,
    Signal,
    Values,
    by_month,
    crowded,
    enough,
    exact,
    limits,
    members,
    months_of,
    shift,
    sides,
    trend,
    two_of_three,
)
from analytics.kpi import Kpi, Ratio
from analytics.measure import Dim
from analytics.practices.feedback import closed_actions
from analytics.scope import month_end, month_name, months_before
from analytics.verdict import Verdict, beyond
from analytics.view import View
from analytics.words import count, day

WINDOW = 12
"""Months looked at on either side: what moves later than a year after has other reasons."""
NEEDED_AFTER = 3
COLUMNS = ["month", "part", "value", "n", "numerator", "denominator", "mean", "low", "high", "signal", "side"]
LOOPS = ["action", "what", "cro", "study", "figure", "closed", "verdict", "before", "after", "why"]

SURENESS = (
    f"Before: the months that ended before it was closed, at most {WINDOW}; their mean ± 3/1.128 of the mean "
    f"difference between one month and the next are the limits (XmR chart). They need {NEEDED} months with enough "
    "cases.",
    f"After: the whole months that began after it was closed, at most {WINDOW}; a word needs {NEEDED_AFTER}.",
    "It moved where a month after is outside these limits, two of three in a row are near one, or seven in a row lie "
    "on one side of the mean; the newest of these counts. Where a share is next to all or nothing, the limits are "
    "those of the binomial of each month, and a month outside is the only rule.",
    "Where the months just before it was raised had left what was usual in the same direction, it had moved before.",
    "It says that the KPI moved, not what moved it.",
)

Row = dict[str, Any]
Signs = list[tuple[str, int]]


class Moved(StrEnum):
    """What became of a KPI after an action was closed."""

    BETTER = "moved to the better"
    SAME = "no change beyond chance"
    WORSE = "moved to the worse"
    ALREADY = "had moved before"
    EARLY = "too early to tell"
    BEFORE = "too little before"
    AFTER = "too little after"
    NO_MONTHS = "cannot be told by month"


TOLD = (Moved.BETTER, Moved.WORSE, Moved.SAME, Moved.ALREADY)
"""Verdicts that rest on months before and after."""


@dataclass(frozen=True, slots=True)
class Effect:
    """A KPI by month around the closing of an action.

    `points`: columns `COLUMNS`, one row a calendar month, at most `WINDOW` on either side of the one in which it was
    closed. part: before, closed or after; value: NaN is a gap (too few cases); mean, low, high: of the months before,
    NaN without limits; signal and side: why a month after is not chance, and where it points (1 up, -1 down). `before`,
    `after`: the value of all months with a value together (sum over sum), None where it is no ratio. `why`: what the
    verdict rests on, in a sentence.
    """

    verdict: Moved
    why: str
    points: pd.DataFrame = field(default_factory=lambda: pd.DataFrame(columns=COLUMNS))
    before: float | None = None
    after: float | None = None


def effects(view: View) -> pd.DataFrame:
    """Every closed action that names a KPI, with what became of the KPI: those of which it can be said first.

    Columns: action, what, cro, study, figure (the KPI's label), closed, verdict, before, after (the KPI in its unit,
    months together; NaN where it cannot be pooled), why.
    """
    rows = []
    for row in _closed(view):
        found = _effect(view, row)
        told = {"verdict": found.verdict.value, "before": found.before, "after": found.after, "why": found.why}
        rows.append({name: row.get(name) for name in LOOPS} | told)
    rows.sort(key=lambda row: row["verdict"] not in [verdict.value for verdict in TOLD])
    return pd.DataFrame(rows, columns=LOOPS).astype({"before": float, "after": float})


def effect(view: View, code: str) -> Effect:
    """The same of one action, with its months. Raises LookupError where no such action is closed and names a KPI."""
    return _effect(view, action(view, code))


def action(view: View, code: str) -> Row:
    """A closed action that names a KPI, with the columns of `analytics.practices.feedback.closed_actions`."""
    for row in _closed(view):
        if row["action"] == code:
            return row
    raise LookupError(f"No closed action {code} names a KPI.")


def summary(found: pd.DataFrame) -> str:
    """How many helped, in a sentence, of the frame of `effects`."""
    if found.empty:
        return "No closed action names a KPI yet, so there is no effect to look for."
    times = found["verdict"].value_counts()
    parts = [f"{times[verdict]} {verdict.value}" for verdict in TOLD if verdict in times.index]
    open_ = len(found) - sum(int(times.get(verdict, 0)) for verdict in TOLD)
    parts += [f"{open_} cannot be said"] if open_ else []
    return f"{count(len(found), 'closed action')} with a KPI: {', '.join(parts)}."


def _closed(view: View) -> list[Row]:
    found = closed_actions(view)
    return [{str(name): cell for name, cell in row.items()} for row in found.to_dict("records") if row["kpi"] in BY_ID]


def _effect(view: View, closing: Row) -> Effect:
    kpi = BY_ID[closing["kpi"]]
    monthly = by_month(kpi)
    if monthly is None:
        return Effect(Moved.NO_MONTHS, f"{NO_MONTHS.capitalize()}.")
    raised, closed = pd.Timestamp(closing["raised"]).date(), pd.Timestamp(closing["closed"]).date()
    points = _points(view, monthly, closing, closed)
    before, after = points[points["part"] == "before"], points[points["part"] == "after"]
    pooled = (_pooled(monthly, before), _pooled(monthly, after))
    was, now = _values(before), _values(after)
    cases = f"{enough(kpi)} {kpi.counts} or more"
    known, told = _known(was), _known(now)
    if not _limited(was):
        why = f"{count(known, 'month')} with {cases} in the {WINDOW} before it was closed; limits need {NEEDED}."
        return Effect(Moved.BEFORE, why, points, *pooled)
    within = limits(was)
    drawn, found = _judged(monthly, within, before, after)
    none = [("", 0)] * (len(points) - len(after))
    points = points.assign(
        mean=drawn.mean, low=drawn.low, high=drawn.high,
        signal=[signal for signal, _ in (*none, *found)], side=[side for _, side in (*none, *found)],
    )  # fmt: skip
    if told < NEEDED_AFTER:
        return Effect(*_early(len(after), told, cases), points, *pooled)
    verdict, why = _verdict(kpi, points, within, raised)
    return Effect(verdict, why, points, *pooled)


def _points(view: View, kpi: Kpi, closing: Row, closed: date) -> pd.DataFrame:
    """The months around the closing, each with its part: whole months only, up to the as-of date."""
    dim: Dim = "engagement" if closing["engagement"] else "cro"
    code = closing["engagement"] or closing["cro_id"]
    told = {row["month"]: row for row in months_of(view, kpi, (dim, "month")) if row[dim] == code}
    rows = []
    for back in range(WINDOW, -WINDOW - 1, -1):
        start = months_before(closed.replace(day=1), back)
        if month_end(start) > view.scope.as_of:
            break
        row = told.get(month_name(start), {"n": 0.0, "value": None, "numerator": None, "denominator": None})
        part = "before" if back > 0 else "after" if back < 0 else "closed"
        value = row["value"] if row["n"] >= enough(kpi) else None
        numbers = {name: row[name] for name in ("n", "numerator", "denominator")}
        rows.append({"month": month_name(start), "part": part, "value": value, "signal": "", "side": 0} | numbers)
    found = pd.DataFrame(rows).assign(mean=np.nan, low=np.nan, high=np.nan)
    return found.astype(dict.fromkeys(("value", "n", "numerator", "denominator"), float))[COLUMNS]


def _values(points: pd.DataFrame) -> list[float | None]:
    return [None if value != value else float(value) for value in points["value"]]


def _known(values: Values) -> int:
    return sum(value is not None for value in values)


def _limited(values: Values) -> bool:
    """Whether there are enough months, two of them beside each other, for limits."""
    return _known(values) >= NEEDED and any(a is not None and b is not None for a, b in pairwise(values))


def _pooled(kpi: Kpi, points: pd.DataFrame) -> float | None:
    told = points[points["value"].notna()]
    total = told["denominator"].sum()
    if not isinstance(kpi.measure, Ratio) or not total:
        return None
    return float(kpi.measure.scale * told["numerator"].sum() / total)


def _judged(kpi: Kpi, within: Limits, before: pd.DataFrame, after: pd.DataFrame) -> tuple[Limits, Signs]:
    """The limits as they are drawn, and the signal of each month after.

    They are exact where a share is next to all or nothing, as those of `analytics.control`: there a run on one side of
    the mean is the rule, and a single case would be outside.
    """
    told, measure = before[before["value"].notna()], kpi.measure
    size = float(told["n"].median())
    if isinstance(measure, Ratio) and measure.proportion and crowded(within.mean, measure.scale, size):
        met = float(told["numerator"].sum() / told["denominator"].sum())
        sizes = np.append(after["n"].to_numpy(dtype=float), size)
        low, high, found = exact(met, sizes, [*_values(after), None], measure.scale)
        return replace(within, mean=measure.scale * met, low=float(low[-1]), high=float(high[-1])), found[:-1]
    least, most = -np.inf, np.inf
    if isinstance(measure, Ratio) and measure.proportion:
        least, most = 0.0, measure.scale
    drawn = replace(within, low=max(least, within.low), high=min(most, within.high))
    return drawn, _signs(_values(after), within)


def _signs(values: Values, within: Limits) -> Signs:
    """Signal and side of each value: outside, two of three near a limit, seven on one side."""
    side, reach = sides(values, within.mean), within.high - within.mean
    off = [0.0 if value is None else abs(value - within.mean) for value in values]
    near = [2 / 3 * reach < each <= reach for each in off]
    rules = {
        Signal.OUTSIDE: [at if each > reach else 0 for each, at in zip(off, side)],
        Signal.NEAR: [one * at for one, at in zip(near, two_of_three(near, side))],
        Signal.SHIFT: members(shift(side)),
    }
    return [
        next(((signal.value, points[at]) for signal, points in rules.items() if points[at]), ("", 0))
        for at in range(len(values))
    ]


def _early(months: int, told: int, cases: str) -> tuple[Moved, str]:
    """What is said of too few months after: whether those still to come could be enough."""
    if WINDOW - months < NEEDED_AFTER - told:
        had = f"{count(told, 'month')} with {cases} in the {months} after it was closed"
        return Moved.AFTER, f"{had}; a word needs {NEEDED_AFTER}."
    more = NEEDED_AFTER - told
    return Moved.EARLY, f"{count(told, 'whole month')} with {cases} since it was closed; {more} more needed."


def _verdict(kpi: Kpi, points: pd.DataFrame, within: Limits, raised: date) -> tuple[Moved, str]:
    """By the newest signal after it; what had begun before the action was raised is not its doing."""
    before, after = points[points["part"] == "before"], points[points["part"] == "after"]
    judged = f"{_known(_values(after))} months after, against {_known(_values(before))} before"
    signalled = after[after["side"] != 0]
    if signalled.empty:
        return Moved.SAME, f"{judged}: none is outside the limits, no two of three near one, no seven on one side."
    newest = signalled.iloc[-1]
    toward = int(newest["side"])
    earlier = [name for name in before["month"] if month_end(date.fromisoformat(f"{name}-01")) < raised]
    since = _begun_before(_values(before), len(earlier), within, toward)
    if since is not None:
        month = date.fromisoformat(f"{before['month'].iloc[since]}-01")
        why = f"It had moved that way since {month:%b %Y}, before the action was raised on {day(raised)}."
        return Moved.ALREADY, why
    alike = signalled[signalled["side"] == toward]
    where = "above" if toward > 0 else "below"
    verdict = Moved.BETTER if beyond(kpi.better, above=toward > 0) is Verdict.BETTER else Moved.WORSE
    return verdict, f"{judged}: {len(alike)} stand out, {where} what was usual ({newest['signal']})."


def _begun_before(before: Sequence[float | None], raised: int, within: Limits, toward: int) -> int | None:
    """The place of the month in which the last run towards a side began, where it is a signal by itself.

    Only the first `raised` months count: those that ended before the action was raised. A signal is a trend of seven,
    seven on that side, or one against the limits of the months before the run.
    """
    side, start = sides(before, within.mean), len(before)
    while start and side[start - 1] in (toward, 0):
        start -= 1
    run, rest = before[start:raised], before[: min(start, raised)]
    if not _known(run):
        return None
    told = toward in trend(before[:raised]) or _known(run) >= RUN
    if not told and _limited(rest):
        told = any(sign == toward for _, sign in _signs(run, limits(rest)))
    return start if told else None
