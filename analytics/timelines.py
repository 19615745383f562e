"""Who is late, by how much, and whose days they are."""

import pandas as pd

from analytics.catalogue import BY_ID
from analytics.engine import kpi_rows
from analytics.view import View
from analytics.words import count, day, lateness
from data.contracts.milestones import CODES

CAUSES = {"cro": "days_cro", "sponsor": "days_sponsor", "external": "days_external", "not recorded": "days_unknown"}
IN_PERIOD = "((event_date > $since AND event_date <= $as_of) OR unfinished)"
"""The rows that the on-time share and the slip count too: those of the trailing year, and all that is not finished."""

SLIPS = f"""
SELECT
    study_id AS study, cro, milestone AS code, slip_days, CASE WHEN actual IS NULL THEN 'forecast' ELSE 'actual' END
        AS state, due, actual, forecast, engagement_id AS engagement
FROM fact_milestone
WHERE whole_study AND slip_days IS NOT NULL AND {IN_PERIOD}
ORDER BY slip_days DESC, study, code
"""
LATE = f"""
SELECT
    study_id AS study, cro, milestone AS code, slip_days, days_cro * share AS days_cro,
    days_sponsor * share AS days_sponsor, days_external * share AS days_external,
    slip_days - days_allocated * share AS days_unknown, attribution_status, due, actual, forecast, contractual, comment,
    engagement_id AS engagement
FROM (
    SELECT
        *, days_cro + days_sponsor + days_external AS days_allocated,
        least(1, slip_days / nullif(days_allocated, 0)) AS given,
        CASE WHEN allocated THEN given ELSE 0 END AS share
    FROM fact_milestone
    WHERE whole_study AND counted AND slip_days > 0 AND {IN_PERIOD}
)
ORDER BY slip_days DESC, study, code
"""
DUE = """
SELECT
    study_id AS label, cro, milestone AS code, due, forecast, coalesce(forecast <= $as_of, FALSE) AS passed,
    passed OR coalesce(forecast > due, FALSE) AS at_risk, contractual, engagement_id AS engagement
FROM fact_milestone
WHERE whole_study AND state = 'open' AND due <= $as_of + $days
ORDER BY due, label, code
"""
REBASELINED = """
SELECT
    moved.study_id AS study, moved.milestone AS code,
    date_diff('day', moved.baseline_original, moved.reached) AS late_days,
    date_diff('day', moved.baseline_current, moved.reached) AS current_days,
    date_diff('day', moved.baseline_original, moved.baseline_current) AS moved_days,
    coalesce(signed.days, 0) AS signed_days, moved.baseline_original, moved.baseline_current, moved.actual,
    moved.forecast, moved.cro, moved.engagement_id AS engagement
FROM (
    SELECT
        *, coalesce(
            actual,
            CASE WHEN baseline_original <= $as_of THEN greatest(coalesce(forecast, $as_of), $as_of) ELSE forecast END
        ) AS reached
    FROM fact_milestone
    WHERE whole_study AND baseline_current <> baseline_original AND state <> 'missed'
) AS moved
LEFT JOIN (
    SELECT engagement_id, sum(days_impact) AS days
    FROM fact_change_order WHERE state = 'executed' GROUP BY engagement_id
) AS signed ON signed.engagement_id = moved.engagement_id
WHERE moved.reached > moved.baseline_original AND moved.reached <= moved.baseline_current
ORDER BY late_days DESC, study, moved.baseline_original
"""
CHOICES = """
SELECT engagement_id AS engagement, study_id || ' · ' || cro AS label, active
FROM fact_engagement
JOIN (
    SELECT engagement_id, max(slip_days) AS slip_days FROM fact_milestone WHERE whole_study GROUP BY engagement_id
) USING (engagement_id)
ORDER BY active DESC, slip_days DESC NULLS LAST, label, engagement
"""
TOLD = """
SELECT history.told, history.milestone AS code, history.date AS forecast, history.reached AS actual, now.slip_days
FROM fact_milestone_told AS history
JOIN fact_milestone AS now
    ON now.engagement_id = history.engagement_id AND now.milestone = history.milestone AND now.whole_study
WHERE history.engagement_id = $engagement
ORDER BY history.told, history.date
"""


def milestone_name(code: str) -> str:
    """`First patient in (FPI)`; a code of the PM's own is spelled as words."""
    return CODES.get(code) or code.replace("_", " ").strip().capitalize()


def on_time(view: View) -> pd.DataFrame:
    """Share of milestones on time of each CRO that has an engagement in scope; numbers are None where it has no case.

    Columns: label (the CRO), value, low, high (percent), n, numerator, denominator, band, value_all, reason.
    """
    names = {row["cro_id"]: row["cro"] for row in view.rows("SELECT DISTINCT cro_id, cro FROM fact_engagement")}
    columns = ["value", "low", "high", "n", "numerator", "denominator", "band", "value_all", "reason"]
    found = [
        {"label": names[row["cro"]]} | {name: row[name] for name in columns}
        for row in kpi_rows(view, [BY_ID["T01"]], ("cro",))
    ]
    return pd.DataFrame(found, columns=["label", *columns], dtype=object)


def slips(view: View) -> pd.DataFrame:
    """Study milestones of the period with a slip, the latest first: milestone, study, engagement, cro, due, actual,
    forecast, slip_days (plus is late; all causes), state (actual or forecast)."""
    return _named(view.ask(SLIPS))


def late(view: View) -> pd.DataFrame:
    """Study milestones of the period that are late or overdue, the latest first.

    Columns: study, engagement, cro, milestone, contractual, due, actual, forecast, slip_days, days_cro, days_sponsor,
    days_external, days_unknown, attribution_status, comment. The days by cause add up to the slip: what no cause is
    recorded for is unknown, and where a baseline leaves fewer late days than were allocated these shrink in proportion.
    """
    return _named(view.ask(LATE))


def causes(view: View) -> pd.DataFrame:
    """Late days by CRO and cause: cro, cause (cro, sponsor, external, not recorded), days, items (late milestones in
    which that cause has days). The sums of `late`."""
    found = late(view)
    parts = []
    for cause, column in CAUSES.items():
        part = found[found[column] > 0].groupby("cro")[column].agg(days="sum", items="count").reset_index()
        parts.append(part.assign(cause=cause))
    return pd.concat(parts, ignore_index=True)[["cro", "cause", "days", "items"]]


def due(view: View, days: int = 90) -> pd.DataFrame:
    """Study milestones not reached and due in the next `days`: engagement, label (the study), milestone, cro, due,
    forecast, passed (the forecast is of a day up to the as-of date, and it is not done), contractual, at_risk (passed,
    or the forecast is after the due date); earliest first."""
    return _named(view.ask(DUE, days=days))


def rebaselined(view: View) -> pd.DataFrame:
    """Study milestones that are late against the original baseline and on time against the current one.

    Columns: study, milestone, late_days (against the original), current_days (against the current), moved_days,
    signed_days (days that executed change orders of the engagement allow), baseline_original, baseline_current, actual,
    forecast, cro, engagement. Whatever the baseline of the scope.
    """
    return _named(view.ask(REBASELINED))


def hidden(found: pd.DataFrame) -> str:
    """What `rebaselined` found, in one sentence; empty where it found nothing."""
    if found.empty:
        return ""
    studies = found["study"].nunique()
    unsigned = int((found["signed_days"] < found["moved_days"]).sum())
    return (
        f"{count(len(found), 'milestone')} of {count(studies, 'study', 'studies')} "
        f"{'is' if len(found) == 1 else 'are'} on time only because the plan was moved: up to "
        f"{lateness(found['late_days'].max())} against the original one. {_covered(unsigned, len(found))}"
    )


def _covered(unsigned: int, everything: int) -> str:
    if not unsigned:
        return "Signed change orders allow all of these days."
    which = "any of them" if unsigned == everything else f"{unsigned} of them"
    return f"No signed change order allows the days of {which}."


def choices(view: View) -> dict[str, str]:
    """Engagements that have milestones, and how they are called; running ones first, the latest first."""
    return {row["engagement"]: row["label"] for row in view.rows(CHOICES)}


def told(view: View, engagement: str) -> pd.DataFrame:
    """What was forecast when, for the study milestones of one engagement: told (the day as of which it was reported),
    milestone, forecast (the date then given), actual (whether it had happened), slip_days (as it stands now; plus is
    late)."""
    with view.other(view.scope.of(engagements=(engagement,))) as own:
        return _named(own.ask(TOLD, engagement=engagement))


def told_until(found: pd.DataFrame) -> str:
    """Since when and until when an engagement was reported, in words; empty without a report."""
    if found.empty:
        return ""
    first, last = (pd.Timestamp(moment).date() for moment in (found["told"].min(), found["told"].max()))
    return f"Reported {count(found['told'].nunique(), 'time')}, from {day(first)} to {day(last)}."


def _named(found: pd.DataFrame) -> pd.DataFrame:
    found["code"] = [milestone_name(code) for code in found["code"]]
    return found.rename(columns={"code": "milestone"})
