"""What audits found and what is open of it."""

import pandas as pd

from analytics.view import View

OPEN_EVENTS = """
SELECT
    event_id AS event, study_id AS study, type, coalesce(grade, 'not graded') AS grade, raised, due,
    CASE WHEN due <= $as_of THEN date_diff('day', due, $as_of) END AS days_late, coalesce(audit_id, '') AS audit
FROM fact_quality_event
WHERE unfinished
ORDER BY
    CASE grade WHEN 'critical' THEN 1 WHEN 'major' THEN 2 WHEN 'minor' THEN 3 ELSE 4 END, days_late DESC NULLS LAST,
    raised, event
"""
AUDITS = """
SELECT audit.audit_id AS audit, coalesce(engagement.study_id, 'the CRO') AS study, coalesce(audit.type, '') AS type,
    audit.held, audit.next_due, audit.findings, audit.serious, audit.critical
FROM fact_audit AS audit
LEFT JOIN fact_engagement AS engagement ON engagement.engagement_id = audit.engagement_id
WHERE audit.held > $since
ORDER BY audit.held DESC, audit.audit_id
"""


def open_events(view: View) -> pd.DataFrame:
    """Deviations, audit findings and corrective actions that are open, the most serious first.

    Columns: event, study, type, grade, raised, due, days_late (NaN where it is not due yet or has no date), audit.
    """
    return view.ask(OPEN_EVENTS)


def audits(view: View) -> pd.DataFrame:
    """Audits held in the period, the newest first: audit, study, type, held, next_due, findings, serious (critical and
    major ones), critical."""
    return view.ask(AUDITS)
