"""When the work of each engagement is done at its pace so far, and when its budget is gone."""

from datetime import date, timedelta
from typing import Any

import pandas as pd

from analytics.study import after
from analytics.view import View
from analytics.words import day

BURN_MONTHS = 3
"""Reported months of which the mean actual cost and earned value are the recent rates."""
BEGUN = 0.2
"""Share of the budget that is earned before recent rates say when money and work end. While a study starts up they are
a fraction of what comes, and so small a divisor puts both decades ahead. Indices settle from this share on
(Christensen and Heise 1993)."""
FAR = 14
"""Days from which a later end, or a budget gone before the work, is worth a word."""
DONE = "the work of this budget is done"
OUTGROWN = "more work is done than this budget holds"
UNREPORTED = "earned value is not reported"
EXHAUSTED = "budget exhausted"
EARLY = f"under {100 * BEGUN:.0f} % of the work is done, too little to tell its rate"
FACTORS = {"as_planned": "PF = 1", "at_pace": "PF = SPI(t)", "at_pace_and_value": "PF = SPI(t) x SPI"}
"""Columns of `finishes`, and the performance factor that each assumes of the work still to do."""

VALUES = f"""
SELECT
    engagement.engagement_id AS engagement, engagement.study_id AS study, engagement.cro_id, engagement.cro,
    value.first_month, value.month_end, value.bac, value.ev, value.ac, value.pd, value.es, value.elapsed, value.spi,
    value.spi_t, recent.burn, recent.earning, spent.month_end AS spent_on
FROM fact_engagement AS engagement
LEFT JOIN fact_earned_value AS value ON value.engagement_id = engagement.engagement_id
LEFT JOIN (
    SELECT engagement_id, sum(spent) / count(*) AS burn, sum(earned) / count(*) AS earning
    FROM (
        SELECT
            engagement_id, ac - coalesce(lag(ac) OVER by_month, 0) AS spent,
            ev - coalesce(lag(ev) OVER by_month, 0) AS earned,
            row_number() OVER (PARTITION BY engagement_id ORDER BY position DESC) AS back
        FROM fact_budget_month
        WHERE reported
        WINDOW by_month AS (PARTITION BY engagement_id ORDER BY position)
    )
    WHERE back <= {BURN_MONTHS}
    GROUP BY engagement_id
) AS recent ON recent.engagement_id = engagement.engagement_id
LEFT JOIN (
    SELECT engagement_id, min(month_end) AS month_end
    FROM fact_budget_month WHERE reported AND ac >= bac GROUP BY engagement_id
) AS spent ON spent.engagement_id = engagement.engagement_id
WHERE engagement.active
ORDER BY study, engagement
"""
NAMED = ["engagement", "study", "cro_id", "cro", "month_end"]
COLUMNS = [
    *NAMED, "planned", *FACTORS, "low", "high", "reason", "burn", "gone", "worked", "gone_reason", "short_days",
]  # fmt: skip


def finish(at: float, pd: float, es: float, factor: float | None) -> float | None:
    """EAC(t) = AT + (PD - ES) / PF in months (Lipke 2003; Vanhoucke, PM Knowledge Center); None without a factor."""
    return at + (pd - es) / factor if factor else None


def finishes(view: View) -> pd.DataFrame:
    """The end of each running engagement by earned schedule, and the day on which its budget is gone.

    Columns: engagement, study, cro_id, cro, month_end (the last reported one), planned (end of the budget's plan),
    as_planned, at_pace, at_pace_and_value (the end if the rest is done at PF = 1, SPI(t), SPI(t) x SPI), low and high
    (the earliest and the latest of these), reason (why there is none), burn (mean actual cost of the last three
    reported months, contract currency), gone (the day on which actual cost reaches the budget, or the end of the month
    in which it did), worked (the day on which the work is done if it is earned at the mean rate of the same months),
    gone_reason (why there is none, as where under a fifth is earned, or that it is gone), short_days (worked less gone;
    plus: the budget is gone first).
    Money and work are taken at the same recent months, so that a plan that tapers off does not look short of money.
    Data so old that by them an end, or the day on which the budget is gone, would lie before the as-of date tell
    none: the reason says when they were last told.
    """
    found = [_row(value, view.scope.as_of) for value in view.rows(VALUES)]
    table = pd.DataFrame(found, columns=COLUMNS)
    dates = ["month_end", "planned", *FACTORS, "low", "high", "gone", "worked"]
    return table.astype(dict.fromkeys(dates, "datetime64[us]") | {"short_days": float, "burn": float})


def finishes_of(view: View, engagement: str) -> pd.DataFrame:
    """The `finishes` of one engagement."""
    with view.other(view.scope.of(engagements=(engagement,))) as own:
        return finishes(own)


def _row(value: dict[str, Any], as_of: date) -> dict[str, Any]:
    row: dict[str, Any] = {name: value[name] for name in NAMED} | {"reason": _undone(value)}
    if value["bac"] is not None:
        row["planned"] = after(value["first_month"], value["pd"])
    if row["reason"] is None:
        both = value["spi_t"] * value["spi"] if value["spi"] else None
        for name, factor in zip(FACTORS, (1.0, value["spi_t"], both), strict=True):
            end = after(value["first_month"], finish(value["elapsed"], value["pd"], value["es"], factor))
            row[name] = end
        ends = [row[name] for name in FACTORS if row[name] is not None]
        row |= {"low": min(ends), "high": max(ends)}
        if row["low"] < as_of:
            row |= dict.fromkeys((*FACTORS, "low", "high")) | {"reason": _old(value)}
    row |= _gone(value, as_of)
    if row.get("gone") and row.get("worked"):
        row["short_days"] = (row["worked"] - row["gone"]).days
    return row


def _undone(value: dict[str, Any]) -> str | None:
    """Why no end can be told."""
    if value["bac"] is None:
        return UNREPORTED
    if value["ev"] >= value["bac"]:
        return _ended(value)
    if not value["elapsed"]:
        return "no month has ended (AT = 0)"
    if not value["ev"]:
        return "no work is earned yet (EV = 0)"
    if not value["es"]:
        return "no scheduled work is earned yet (ES = 0)"
    return None


def _gone(value: dict[str, Any], as_of: date) -> dict[str, Any]:
    """When the budget is gone, and the work done, at the recent rates."""
    if value["bac"] is None:
        return {"gone_reason": UNREPORTED}
    figures: dict[str, Any] = {"burn": value["burn"]}
    if value["ev"] >= value["bac"]:
        return figures | {"gone_reason": _ended(value)}
    exhausted = value["ac"] >= value["bac"]
    if not exhausted and value["ev"] < BEGUN * value["bac"]:
        return figures | {"gone_reason": EARLY}
    worked = _reached(value, value["bac"] - value["ev"], value["earning"])
    figures["worked"] = None if worked is not None and worked < as_of else worked
    if exhausted:
        return figures | {"gone": value["spent_on"], "gone_reason": EXHAUSTED}
    gone = _reached(value, value["bac"] - value["ac"], value["burn"])
    if gone is None:
        return figures | {"gone_reason": f"nothing was spent in the last {BURN_MONTHS} reported months"}
    return figures | ({"gone_reason": _old(value)} if gone < as_of else {"gone": gone})


def _old(value: dict[str, Any]) -> str:
    """Why nothing can be said of what, by the newest data, would be over by now."""
    return f"last told {day(value['month_end'])}"


def _ended(value: dict[str, Any]) -> str:
    """Why work of which the budget is earned has no end to come."""
    return OUTGROWN if round(value["ev"] - value["bac"], 2) > 0 else DONE


def _reached(value: dict[str, Any], left: float, a_month: float) -> date | None:
    """The day on which what is left is used up at so much a month."""
    if a_month <= 0:
        return None
    return after(value["month_end"] + timedelta(days=1), left / a_month)
