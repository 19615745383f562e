"""Why a KPI changed: over engagements, and in each into mix and performance."""

from contextlib import AbstractContextManager
from dataclasses import replace
from datetime import date
from typing import Any

import numpy as np

from analytics.catalogue import BY_ID
from analytics.engine import kpi_rows
from analytics.headline import Row, value_text
from analytics.kpi import Kpi, Total
from analytics.measure import Dim
from analytics.view import View
from analytics.why.pool import NoSplit, Split, Value, pool_of, split
from analytics.why.words import TOLD, Told, Why, because, part, size, table, turned
from analytics.words import day

NO_SUM = "the engagements do not add up to this figure"


def why_kpi(view: View, kpi_id: str, then: date, cro: str = "", engagement: str = "") -> Why:
    """Why a KPI of a CRO, of an engagement (all causes) or of the whole scope is not what it was at `then`.

    Split by `analytics.why.pool.split`. Raises KeyError for a KPI that there is not.
    """
    kpi, suffix = BY_ID[kpi_id], "_all" if engagement else ""
    with within(view, cro, engagement) as seen, seen.at(then) as before:
        was, row = (_row(each, kpi, cro, engagement) for each in (before, seen))
        found = Why(
            kpi.label,
            was["value"],
            row["value"],
            then,
            kpi.better,
            str(row["unit"]),
            kpi.digits,
            money=kpi.unit == "currency",
        )
        try:
            parts = between(before, seen, was, row, suffix)
        except NoSplit as reason:
            return replace(found, reason=str(reason))
    return replace(found, steps=(steps := table(steps_of(row, parts))), sentences=_sentences(was, row, then, steps))


def within(view: View, cro: str, engagement: str) -> AbstractContextManager[View]:
    """The same question of one CRO or engagement only."""
    return view.other(view.scope.of(cros=(cro,) if cro else (), engagements=(engagement,) if engagement else ()))


def _row(view: View, kpi: Kpi, cro: str, engagement: str) -> dict[str, Any]:
    """The row of the KPI, of an engagement with all causes; one without a value where nothing is in scope."""
    by: tuple[Dim, ...] = ("engagement",) if engagement else ("cro",) if cro else ()
    nothing: dict[str, Any] = {"kpi": kpi.id, "green": None, "red": None, "unit": kpi.unit, "reason": "not reported"}
    row = next(iter(kpi_rows(view, [kpi], by)), nothing | {"value": None, "value_all": None})
    return row | {"value": row["value_all"]} if engagement else row


def between(before: View, view: View, was: Row, now: Row, suffix: str = "", worth: Value | None = None) -> Split:
    """The split between two rows of the engine, each of all that its view sees; `worth` as of `split`.

    Raises NoSplit, with the reason, where a value is missing, or where the engagements do not make the values.
    """
    kpi, days = BY_ID[now["kpi"]], [day(each.scope.as_of) for each in (before, view)]
    for row, at in zip((was, now), days, strict=True):
        if row["value"] is None:
            raise NoSplit(f"it has no value on {at}: {row['reason'] or 'not reported'}")
    if isinstance(kpi.measure, Total) and was["unit"] != now["unit"]:
        raise NoSplit(f"it is in {was['unit']} on {days[0]} and in {now['unit']} on {days[1]}")
    pool = pool_of(before, view, kpi, all_causes=bool(suffix))
    if not np.allclose(pool.values(), (was["value"], now["value"]), rtol=1e-9, atol=1e-9):
        raise NoSplit(NO_SUM)
    return split(pool, worth) if worth else split(pool)


def steps_of(row: Row, parts: Split) -> list[dict[str, Any]]:
    """A step for each row of a split, as of `Why.steps`."""
    kpi, pool = BY_ID[row["kpi"]], parts.pool
    steps = []
    for place, (mix, performance) in enumerate(zip(parts.mix.tolist(), parts.performance.tolist(), strict=True)):
        group = pool.groups[place]
        steps.append(
            {
                "label": pool.labels[place], "engagement": group[0] if len(group) == 1 else "", "kpi": kpi.id,
                "mix": mix, "performance": performance, "other": 0.0, "effect": mix + performance,
                "why": because(kpi, row, pool, place, mix, performance) if mix or performance else "",
            }
        )  # fmt: skip
    return steps


def _sentences(was: Row, row: Row, then: date, steps: Any) -> tuple[Told, ...]:
    kpi = BY_ID[row["kpi"]]
    if steps.empty:
        return (Told(f"{kpi.label}: {value_text(row)}, as on {day(then)}. No engagement moved it."),)
    way = f"{turned(was['value'], row['value'])} {value_text(was)} to {value_text(row)}"
    if was["value"] == row["value"]:
        way = f"is {value_text(row)} as then, by parts that cancel out"
    return (
        Told(f"{kpi.label} {way} since {day(then)}."),
        *(
            Told(f"{step['label']} {part(size(kpi, row, step['effect']), step['effect'])}: {step['why']}.",
                 step["engagement"], kpi.id)
            for step in steps[:TOLD].to_dict("records")
        ),
    )  # fmt: skip
