"""Where the work will end up by its earned value, and how it got there by month."""

from typing import Any

import pandas as pd

from analytics.budget import BY_TYPE, Line, labelled, labels, whole
from analytics.catalogue import BY_ID
from analytics.engine import kpi_rows, reporting_currency
from analytics.view import View
from analytics.words import count, over_under

ESTIMATES = f"""
SELECT
    value.engagement_id, value.currency, value.rate, value.bac, value.eac_cpi_spi, value.eac_bac_over_cpi,
    value.eac_ac_plus_remaining, own.bottom_up
FROM fact_earned_value AS value
LEFT JOIN (
    SELECT engagement_id, CASE WHEN bool_and(forecast IS NOT NULL) THEN sum(forecast) END AS bottom_up
    FROM ({BY_TYPE})
    GROUP BY engagement_id
) AS own ON own.engagement_id = value.engagement_id
WHERE value.eac_cpi_spi IS NOT NULL
"""
EACS = ("eac_cpi_spi", "eac_bac_over_cpi", "eac_ac_plus_remaining", "bottom_up")
COPIED = """
SELECT month.engagement_id, engagement.study_id, engagement.cro
FROM fact_budget_month AS month
JOIN fact_engagement AS engagement ON engagement.engagement_id = month.engagement_id
WHERE month.reported
GROUP BY ALL
HAVING bool_and(abs(month.ev - month.ac) < 0.005) AND max(month.ac) > 0
ORDER BY engagement.study_id, engagement.cro
"""
GROWN = """
SELECT value.study_id || ', ' || value.cro AS label
FROM fact_earned_value AS value
JOIN fact_contract AS contract ON contract.engagement_id = value.engagement_id
WHERE contract.executed > 0
ORDER BY contract.executed / nullif(contract.contract_value, 0) DESC NULLS LAST, label
"""
NAMED = 3
# An engagement that has ended, or is late with its data, keeps its last sums: without it the index would jump.
INDICES = """
SELECT
    cro, month_end AS month,
    sum(ev * factor ORDER BY engagement_id) / nullif(sum(ac * factor ORDER BY engagement_id), 0) AS cpi,
    sum(ev * factor ORDER BY engagement_id) / nullif(sum(pv * factor ORDER BY engagement_id), 0) AS spi, count(*) AS n
FROM (
    SELECT
        shown.cro, shown.month_end, state.engagement_id, state.ev, state.ac, state.pv,
        CASE WHEN pool.currencies > 1 THEN state.rate ELSE 1 END AS factor
    FROM (SELECT DISTINCT cro_id, cro, month_end FROM fact_budget_month WHERE reported) AS shown
    JOIN (SELECT DISTINCT cro_id, engagement_id FROM fact_budget_month WHERE reported) AS own
        ON own.cro_id = shown.cro_id
    ASOF JOIN (
        SELECT * FROM fact_budget_month
        WHERE reported AND bac > 0 AND NOT list_contains($copied, engagement_id)
    ) AS state ON state.engagement_id = own.engagement_id AND state.month_end <= shown.month_end
    JOIN (
        SELECT cro_id, count(DISTINCT currency) AS currencies FROM fact_budget_month WHERE reported GROUP BY cro_id
    ) AS pool ON pool.cro_id = shown.cro_id
)
GROUP BY cro, month_end
HAVING bool_and(factor IS NOT NULL)
ORDER BY cro, month_end
"""


def completion(view: View, line: Line) -> pd.DataFrame:
    """Variance at completion (C04, all cost types) a line, with its range over the ways to estimate.

    Columns: label, value, low, high (percent of the budget; plus is under), band, amount (in words), reason, n,
    currency, bac and the estimates (contract currency, or the reporting one of a line with several; bottom_up is NaN
    where an engagement of the line does not report what is to come).
    """
    estimates = labelled(view, view.ask(ESTIMATES), line, named="key")
    named = labels(view, line).drop_duplicates("key").set_index("key")["label"]
    pools = {key: _pool(rows, reporting_currency(view)) for key, rows in estimates.groupby("key")}
    rows = []
    for row in kpi_rows(view, [BY_ID["C04"]], (line,)):
        pool = pools.get(row[line], {}) if row["value"] is not None else {}
        percents = [100 * (pool["bac"] - pool[name]) / pool["bac"] for name in EACS if pd.notna(pool.get(name))]
        rows.append(
            {
                "label": named[row[line]], "value": row["value"], "low": min(percents, default=None),
                "high": max(percents, default=None), "band": str(row["band"]),
                "amount": over_under(row["numerator"], pool["currency"]) if pool else None, "reason": row["reason"],
                "n": row["n"], "currency": pool.get("currency"), "bac": pool.get("bac"),
                **{name: pool.get(name) for name in EACS},
            }
        )  # fmt: skip
    columns = ["label", "value", "low", "high", "band", "amount", "reason", "n", "currency", "bac", *EACS]
    return pd.DataFrame(rows, columns=columns).sort_values("value", ignore_index=True)


def against(baseline: str) -> str:
    """Which budget the variance is read against, and what that one knows."""
    knows = "knows no change order" if baseline == "original" else "knows those that were put into the plan"
    return f"All cost types, against the {baseline} budget, which {knows}."


def grown(view: View) -> str:
    """Where earned work was never planned: the engagements with signed change orders, in a sentence.

    Empty against the current baseline, which knows those that were put into the plan, and where there are none.
    """
    labels = [row["label"] for row in view.rows(GROWN)] if view.scope.baseline == "original" else []
    if not labels:
        return ""
    more = len(labels) - NAMED
    named = "; ".join(labels[:NAMED]) + (f" and {count(more, 'other')}" if more > 0 else "")
    return (
        "The original baseline knows no change order, yet the work of the signed ones counts as earned: SPI, SPI(t) "
        f"and the end that follows look better than they are at {named}. Read them against the current baseline."
    )


def how_sure() -> list[str]:
    """How the variance at completion and its range are made, one sentence each."""
    kpi = BY_ID["C04"]
    return [
        f"{kpi.definition} {kpi.formula}.",
        "The line runs over that estimate, BAC / CPI (the rest at today's cost efficiency), AC + (BAC - EV) (the rest "
        "as planned) and, where it is told for all, bottom-up: spent so far and what the CRO says is still to come.",
        "Where nothing is earned, spent or planned yet, an index says nothing, and the rest counts as budgeted.",
        "Far apart means that the ways to look at it disagree: ask for the forecast by task.",
    ]


def not_physical(view: View) -> pd.DataFrame:
    """Engagements whose earned value equals their cost in every month, so that it measures no work.

    Columns: engagement_id, study_id, cro.
    """
    return view.ask(COPIED)


def indices(view: View) -> pd.DataFrame:
    """CPI and SPI to date by CRO and month, pooled over the engagements with physical earned value.

    Columns: cro, month (its last day), cpi, spi, n (engagements).
    """
    return view.ask(INDICES, copied=list(not_physical(view)["engagement_id"]))


def copied(found: pd.DataFrame) -> str:
    """Which engagements the indices leave out, and why, in a sentence."""
    if found.empty:
        return "Earned value differs from cost at every engagement, so it is read as physical."
    named = "; ".join(f"{row.study_id}, {row.cro}" for row in found.itertuples())
    return (
        f"Left out, because their earned value equals their cost in every month and so measures no work: {named}. "
        "The tiles above count them."
    )


def _pool(rows: pd.DataFrame, reporting: str) -> dict[str, Any]:
    """Sums of the estimates of a line: in its contract currency, or at budget rates."""
    single = rows["currency"].nunique() == 1
    factor = 1.0 if single else rows["rate"]
    sums = {name: whole(rows[name] * factor) for name in ("bac", *EACS)}
    return sums | {"currency": rows["currency"].iloc[0] if single else reporting}
