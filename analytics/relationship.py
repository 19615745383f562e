"""The KPIs of the relationship with a CRO, and who of its key people stayed."""

from typing import Any

import pandas as pd

from analytics.headline import headline
from analytics.view import View

KPIS = ("P01", "P02", "P03", "P04")
LOST = """
SELECT
    stay.study_id AS study, stay.role, stay.person, stay.end_date AS ended, stay.end_reason AS reason,
    arg_min(follower.person, follower.start_date) AS follower, min(follower.start_date) AS since
FROM fact_assignment AS stay
LEFT JOIN fact_assignment AS follower
    ON follower.engagement_id = stay.engagement_id AND lower(trim(follower.role)) = lower(trim(stay.role))
    AND follower.organisation = 'cro' AND follower.assignment_id <> stay.assignment_id
    AND (follower.end_date IS NULL OR follower.end_date > stay.end_date)
WHERE $cro IN ('', stay.cro_id) AND $engagement IN ('', stay.engagement_id)
    AND stay.key_role AND stay.organisation = 'cro' AND stay.end_date > $since
    AND coalesce(stay.end_reason, '') <> 'rolled_off'
GROUP BY ALL
ORDER BY ended DESC, study, stay.role
"""
ROLES = """
SELECT
    engagement.study_id AS study, role.engagement_id AS engagement, role.role,
    100 * role.filled::DOUBLE / role.days AS share, role.filled::DOUBLE AS filled, role.days::DOUBLE AS days,
    string_agg(DISTINCT holder.person, ', ' ORDER BY holder.person) AS holder, min(holder.start_date) AS since,
    bool_or(holder.contracted) AS contracted
FROM fact_key_role AS role
JOIN fact_engagement AS engagement ON engagement.engagement_id = role.engagement_id
LEFT JOIN fact_assignment AS holder
    ON holder.engagement_id = role.engagement_id AND lower(trim(holder.role)) = role.role
    AND holder.organisation = 'cro' AND holder.end_date IS NULL
WHERE $cro IN ('', role.cro_id) AND $engagement IN ('', role.engagement_id)
GROUP BY ALL
ORDER BY share NULLS LAST, study, role
"""


def kpis(view: View, cro: str) -> list[dict[str, Any]]:
    """The KPIs of the relationship with one CRO, as at the head of a page."""
    with view.other(view.scope.of(cros=(cro,))) as own:
        return headline(own, KPIS)


def lost(view: View, cro: str = "", engagement: str = "") -> pd.DataFrame:
    """The key people who left a CRO or engagement in the period before their work was over, the newest first.

    Columns: study, role, person, ended, reason, follower (who had the role next, or beside them), since.
    """
    return view.ask(LOST, cro=cro, engagement=engagement)


def roles(view: View, cro: str = "", engagement: str = "") -> pd.DataFrame:
    """The key roles of a CRO or engagement, the least filled first.

    Columns: study, engagement, role, share (percent of the days so far on which the person of the contract filled it;
    KPI P04), filled and days, holder (who has it now), since, contracted (whether that is the person of the contract).
    """
    return view.ask(ROLES, cro=cro, engagement=engagement)
