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
WHERE stay.cro_id = $cro AND stay.key_role AND stay.organisation = 'cro' AND stay.end_date > $since
    AND coalesce(stay.end_reason, '') <> 'rolled_off'
GROUP BY ALL
ORDER BY ended DESC, study, stay.role
"""
ROLES = """
SELECT engagement.study_id AS study, role.role, role.filled::DOUBLE AS filled, role.days::DOUBLE AS days
FROM fact_key_role AS role
JOIN fact_engagement AS engagement ON engagement.engagement_id = role.engagement_id
WHERE role.cro_id = $cro
ORDER BY filled / days NULLS LAST, study, role
"""


def kpis(view: View, cro: str) -> list[dict[str, Any]]:
    """The KPIs of the relationship with one CRO, as at the head of a page."""
    with view.other(view.scope.of(cros=(cro,))) as own:
        return headline(own, KPIS)


def lost(view: View, cro: str) -> pd.DataFrame:
    """The key people of the CRO who left a study in the period before their work was over, the newest first.

    Columns: study, role, person, ended, reason, follower (who had the role next, or beside them), since.
    """
    return view.ask(LOST, cro=cro)


def roles(view: View, cro: str) -> pd.DataFrame:
    """The key roles of the CRO's studies, the least filled first: study, role, filled and days, share (percent)."""
    found = view.ask(ROLES, cro=cro)
    return found.assign(share=100 * found["filled"] / found["days"])
