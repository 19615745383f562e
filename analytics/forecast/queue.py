"""How many requests will be open in four weeks, if they keep coming and being settled as in the last eight."""

from datetime import date, timedelta
from typing import Any

import numpy as np
import pandas as pd

from analytics.forecast.chance import HIGH, LOW, seed
from analytics.responsiveness import ROWS, Who
from analytics.survival import Floats
from analytics.view import View
from analytics.words import count

WEEKS, AHEAD = 8, 4
"""Full weeks looked back on, and weeks ahead."""
MIN_WEEKS = 4
DRAWS = 2000

# Weeks are numbered back from the last Sunday: 0 is the newest full week.
FLOWS = """
SELECT cro_id, any_value(cro) AS cro, week, sum(came)::INT AS came, sum(went)::INT AS went
FROM (
    SELECT
        cro_id, cro, (date_diff('day', day, $sunday) - (date_diff('day', day, $sunday) % 7)) // 7 AS week, came, went
    FROM (
        SELECT cro_id, cro, opened_on AS day, 1 AS came, 0 AS went FROM fact_request WHERE ({where})
        UNION ALL
        SELECT cro_id, cro, coalesce(resolved_at[:10]::DATE, cancelled_on), 0, 1
        FROM fact_request WHERE ({where}) AND NOT open
    )
    WHERE day <= $sunday AND day > $sunday - 7 * $weeks
)
GROUP BY cro_id, week
"""
QUEUES = """
SELECT cro_id, any_value(cro) AS cro, count(*) FILTER (open) AS open, min(opened_on) AS first
FROM fact_request
WHERE ({where})
GROUP BY cro_id
ORDER BY cro
"""
COLUMNS = ["cro_id", "label", "open", "came", "went", "expected", "low", "high", "weeks", "reason"]


def last_sunday(day: date) -> date:
    """The Sunday that ended the last full week, Monday to Sunday, by the day."""
    return day - timedelta(days=(day.weekday() + 1) % 7)


def queues(view: View, who: Who = "cro") -> pd.DataFrame:
    """The queue of open requests of each CRO, now and in four weeks.

    Columns: cro_id, label (the CRO), open (at the as-of date), came and went (a week: the mean of the last eight full
    weeks, Monday to Sunday, or of as many as there are since its first request), expected (open + 4 x (came - went),
    not under 0), low and high (80 % range: four weeks drawn from these, seeded by the CRO), weeks, reason (why there is
    no forecast). The one that grows most comes first.
    """
    where, sunday = ROWS[who].where, last_sunday(view.scope.as_of)
    flows: dict[str, dict[int, tuple[int, int]]] = {}
    for row in view.rows(FLOWS.format(where=where), sunday=sunday, weeks=WEEKS):
        flows.setdefault(row["cro_id"], {})[int(row["week"])] = (row["came"], row["went"])
    found = [_queue(row, flows.get(row["cro_id"], {}), sunday) for row in view.rows(QUEUES.format(where=where))]
    numbers = ["open", "came", "went", "expected", "low", "high", "weeks"]
    table = pd.DataFrame(found, columns=COLUMNS).astype(dict.fromkeys(numbers, float))
    order = (table["open"] - table["expected"]).fillna(np.inf)
    return table.assign(order=order).sort_values(["order", "label"], ignore_index=True)[COLUMNS]


def _queue(row: dict[str, Any], flows: dict[int, tuple[int, int]], sunday: date) -> dict[str, Any]:
    weeks = min(WEEKS, ((sunday - row["first"]).days + 1) // 7)
    table = {"cro_id": row["cro_id"], "label": row["cro"], "open": row["open"], "weeks": weeks}
    if weeks < MIN_WEEKS:
        return table | {"reason": f"{count(max(weeks, 0), 'full week')} of history; {MIN_WEEKS} are needed"}
    came, went = (np.array([flows.get(week, (0, 0))[side] for week in range(weeks)], dtype=float) for side in (0, 1))
    table |= {"came": came.mean(), "went": went.mean()}
    if not row["open"] and not came.any():
        return table | {"reason": "no queue: nothing is open, and nothing came in"}
    if not came.any() and not went.any():
        return table | {"reason": f"nothing came in or was settled in the last {weeks} weeks"}
    low, high = spread(came - went, row["open"], seed(row["cro_id"]))
    return table | {"expected": max(row["open"] + AHEAD * (came - went).mean(), 0.0), "low": low, "high": high}


def spread(nets: Floats, now: float, seeded: int) -> tuple[float, float]:
    """80 % range of the queue after four weeks, each of them drawn from past weeks with replacement; never under 0."""
    dice = np.random.default_rng(seeded)
    paths = np.maximum(now + dice.choice(nets, size=(DRAWS, AHEAD)).sum(axis=1), 0)
    low, high = np.quantile(paths, (LOW, HIGH))
    return float(low), float(high)
