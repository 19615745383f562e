"""Who told what of an engagement, as of which day, and who still has to, by when."""

from dataclasses import dataclass
from datetime import date

import pandas as pd

from analytics.scope import month_end
from analytics.view import View
from data.contracts import ALL
from data.returns.due import WORKING_DAY, due_day

KINDS = (*(contract.kind for contract in ALL if contract.tells_of_work), "returns")
"""What tells of a study: the kinds that say so, and a month confirmed as without change."""
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
                AND upload.number NOT IN (FROM undone_upload)
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
    engagement.cro, max(told.status_date) AS last_told, max(told.month_start) AS last_month,
    date_diff('day', max(told.status_date), $as_of) AS days_since, {kinds}
FROM fact_engagement AS engagement
LEFT JOIN fact_told AS told ON told.engagement_id = engagement.engagement_id
WHERE engagement.active
GROUP BY ALL
ORDER BY engagement.engagement_id
"""
HOLIDAYS = "SELECT day FROM known_holidays"
COLUMNS = [
    "pm", "engagement_id", "study_id", "cro_id", "cro", "last_told", "days_since", *KINDS,
    "reported", "expected", "percent", "missing", "late",
]  # fmt: skip
LATE_COLUMNS = ["pm", "engagement_id", "study_id", "cro_id", "cro", "last_told", "days_since", "missing"]


@dataclass(frozen=True, slots=True)
class Due:
    """The newest month of which returns are expected, the day on which they are due, and how many are in.

    `past`: the day is over, so that a return which is not in is late.
    """

    month: date
    day: date
    working_day: int
    expected: int
    reported: int
    past: bool


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


def returns(view: View, today: date | None = None, working_day: int = WORKING_DAY) -> pd.DataFrame:
    """One row an active engagement, the latest return first.

    Columns: pm (empty where nobody is named), engagement_id, study_id, cro_id, cro, last_told (newest status date of
    any kind, or the end of the newest month confirmed as without change), days_since (from then to the as-of date), one
    column a kind of `KINDS` (its newest status date), reported and expected (months), percent, missing (months ended
    since the last return), late (the return of one of these was due: on working day `working_day` of the month after,
    which is before `today`, or not after the as-of date).
    """
    rows, due = _returns(view)
    silent = due[due["silent"]]
    over = [_over(view, day, today) for day in _due_days(view, silent["month_start"], working_day)]
    rows["late"] = rows.index.isin(silent.loc[over, "engagement_id"])
    ordered = rows.reset_index().sort_values(
        ["missing", "last_told", "engagement_id"], ascending=[False, True, True], kind="stable", ignore_index=True
    )
    return ordered[COLUMNS]


def _returns(view: View) -> tuple[pd.DataFrame, pd.DataFrame]:
    """The active engagements, and their expected months: silent where nothing was told of it, nor of a later one."""
    kinds = ", ".join(f"max(told.status_date) FILTER (told.kind = '{kind}') AS {kind}" for kind in KINDS)
    rows = view.ask(ENGAGEMENTS.format(kinds=kinds)).set_index("engagement_id")
    due = view.ask(MONTHS)
    due = due[due["due"]].reset_index(drop=True)
    told_until = pd.to_datetime(rows["last_month"]).reindex(due["engagement_id"]).to_numpy()
    due["silent"] = ~(due["month_start"].to_numpy() <= told_until)
    by = due.groupby("engagement_id")
    for name, sums in (("expected", by.size()), ("reported", by["reported"].sum()), ("missing", by["silent"].sum())):
        rows[name] = sums.reindex(rows.index, fill_value=0).astype(int)
    rows["percent"] = 100 * rows["reported"] / rows["expected"].where(rows["expected"] > 0)
    return rows, due


def _due_days(view: View, months: "pd.Series[pd.Timestamp]", working_day: int) -> list[date]:
    """The day on which the return of each month is due."""
    holidays = {row["day"] for row in view.rows(HOLIDAYS)}
    days = {month: due_day(month_end(month.date()), holidays, working_day) for month in months.unique()}
    return [days[month] for month in months]


def _over(view: View, day: date, today: date | None) -> bool:
    """Whether a day is over: it is not after the as-of date, at the end of which we look, or it is before today."""
    return day <= view.scope.as_of or (today is not None and day < today)


def late_returns(view: View, today: date | None = None, working_day: int = WORKING_DAY) -> pd.DataFrame:
    """The returns that are late, longest silence first: columns of `LATE_COLUMNS`; missing counts months in a row."""
    rows = returns(view, today, working_day)
    return rows.loc[rows["late"], LATE_COLUMNS].reset_index(drop=True)


def next_due(view: View, today: date | None = None, working_day: int = WORKING_DAY) -> Due | None:
    """The newest month of which returns are expected; None where there is none."""
    _, due = _returns(view)
    newest = due[due["month_start"] == due["month_start"].max()]
    if newest.empty:
        return None
    (day,) = _due_days(view, newest["month_start"].head(1), working_day)
    return Due(
        month=newest["month_start"].iloc[0].date(),
        day=day,
        working_day=working_day,
        expected=len(newest),
        reported=int((~newest["silent"]).sum()),
        past=_over(view, day, today),
    )


def completeness(view: View, today: date | None = None, working_day: int = WORKING_DAY) -> Completeness:
    """How complete the data of the active engagements is: sums over sums."""
    rows = returns(view, today, working_day)
    asked = months(view)["month"]
    return Completeness(
        reported=int(rows["reported"].sum()),
        expected=int(rows["expected"].sum()),
        engagements=len(rows),
        late=int(rows["late"].sum()),
        month=None if asked.empty else asked.max().date(),
    )
