"""Who told what of an engagement, as of which day, and who still has to."""

from dataclasses import dataclass
from datetime import date

import pandas as pd

from analytics.view import View

KINDS = ("milestones", "budget", "deliverables", "change_orders", "requests", "kpi_data")
MISSING, REPORTED, NOT_DUE = "missing", "reported", "not due"

# A month is expected from the one in which the engagement starts, or was first told of, whichever is later.
MONTHS = """
SELECT
    active.engagement_id, active.study_id, active.month_start,
    told.engagement_id IS NOT NULL AS reported, active.month_start >= active.first_month AS due
FROM (
    SELECT engagement_id, study_id, first_month, unnest(generate_series(
        least(first_month, date_trunc('month', $as_of + 1)::DATE - INTERVAL 18 MONTH),
        date_trunc('month', $as_of + 1)::DATE - INTERVAL 1 MONTH, INTERVAL 1 MONTH
    ))::DATE AS month_start
    FROM (
        SELECT
            engagement.engagement_id, engagement.study_id,
            greatest(date_trunc('month', engagement.start_date)::DATE, known.first_month) AS first_month
        FROM fact_engagement AS engagement
        JOIN (
            SELECT engagement.engagement_id, min(date_trunc('month', upload.status_date)::DATE) AS first_month
            FROM engagements AS engagement JOIN uploads AS upload ON upload.number = engagement.valid_from
            WHERE upload.number <= $known_at AND upload.status_date <= $as_of
            GROUP BY ALL
        ) AS known ON known.engagement_id = engagement.engagement_id
        WHERE engagement.active
    )
) AS active
LEFT JOIN (SELECT DISTINCT engagement_id, month_start FROM fact_told) AS told
    ON told.engagement_id = active.engagement_id AND told.month_start = active.month_start
ORDER BY active.engagement_id, active.month_start
"""
ENGAGEMENTS = """
SELECT
    coalesce(engagement.sponsor_pm, '') AS pm, engagement.engagement_id, engagement.study_id, engagement.cro_id,
    engagement.cro, max(told.status_date) AS last_told,
    date_diff('day', max(told.status_date), $as_of) AS days_since, {kinds}
FROM fact_engagement AS engagement
LEFT JOIN fact_told AS told ON told.engagement_id = engagement.engagement_id
WHERE engagement.active
GROUP BY ALL
ORDER BY engagement.engagement_id
"""
COLUMNS = [
    "pm", "engagement_id", "study_id", "cro_id", "cro", "last_told", "days_since", *KINDS,
    "reported", "expected", "percent", "missing", "late",
]  # fmt: skip
LATE_COLUMNS = ["pm", "engagement_id", "study_id", "cro_id", "cro", "last_told", "days_since", "missing"]


@dataclass(frozen=True, slots=True)
class Completeness:
    """Months reported of months expected, over the active engagements, and the month they are asked about."""

    reported: int
    expected: int
    engagements: int
    late: int
    month: date | None

    @property
    def percent(self) -> float | None:
        return 100 * self.reported / self.expected if self.expected else None


def months(view: View) -> pd.DataFrame:
    """Columns engagement, month (its first day), state (reported, missing, not due): each active engagement and month.

    Months are those that ended by the as-of date. Reported: something new was told with a status date in that month.
    """
    found = view.ask(MONTHS)
    state = found["reported"].map({True: REPORTED, False: MISSING}).where(found["due"] | found["reported"], NOT_DUE)
    engagement = found["engagement_id"] + " " + found["study_id"]
    return pd.DataFrame({"engagement": engagement, "month": found["month_start"], "state": state})


def returns(view: View) -> pd.DataFrame:
    """One row an active engagement, the latest return first.

    Columns: pm (empty where nobody is named), engagement_id, study_id, cro_id, cro, last_told (newest status date of
    any kind), days_since (from then to the as-of date), one column a kind of `KINDS` (its newest status date),
    reported and expected (months), percent, missing (months ended since the last return), late (nothing was told with
    a status date in the last month that ended, or later).
    """
    kinds = ", ".join(f"max(told.status_date) FILTER (told.kind = '{kind}') AS {kind}" for kind in KINDS)
    rows = view.ask(ENGAGEMENTS.format(kinds=kinds))
    due = view.ask(MONTHS)
    due = due[due["due"]]
    by = due.groupby("engagement_id")
    rows = rows.set_index("engagement_id")
    rows["expected"] = by.size().reindex(rows.index, fill_value=0)
    rows["reported"] = by["reported"].sum().reindex(rows.index, fill_value=0).astype(int)
    rows["percent"] = 100 * rows["reported"] / rows["expected"].where(rows["expected"] > 0)
    told_until = pd.to_datetime(rows["last_told"]).reindex(due["engagement_id"]).to_numpy()
    silent = due[~(due["month_start"].to_numpy() <= told_until)]
    rows["missing"] = silent.groupby("engagement_id").size().reindex(rows.index, fill_value=0)
    rows["late"] = rows["missing"] > 0
    ordered = rows.reset_index().sort_values(
        ["missing", "last_told", "engagement_id"], ascending=[False, True, True], kind="stable", ignore_index=True
    )
    return ordered[COLUMNS]


def late_returns(view: View) -> pd.DataFrame:
    """The returns that are late, longest silence first: columns of `LATE_COLUMNS`; missing counts months in a row."""
    rows = returns(view)
    return rows.loc[rows["late"], LATE_COLUMNS].reset_index(drop=True)


def completeness(view: View) -> Completeness:
    """How complete the data of the active engagements is: sums over sums."""
    rows = returns(view)
    asked = months(view)["month"]
    return Completeness(
        reported=int(rows["reported"].sum()),
        expected=int(rows["expected"].sum()),
        engagements=len(rows),
        late=int(rows["late"].sum()),
        month=None if asked.empty else asked.max().date(),
    )
