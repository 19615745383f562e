"""The Monday page: what needs someone, what is due, what waits for us, what expires; each row with its numbers."""

from typing import Any

import pandas as pd

from analytics.catalogue import BY_ID
from analytics.engine import kpi_rows
from analytics.kpi import Band
from analytics.scope import months_before
from analytics.score import study_status
from analytics.timelines import milestone_name
from analytics.view import View
from analytics.words import count, lateness, over_under

MOST = 7
"""Rows that somebody can take care of on a Monday."""

LATE_MILESTONES = """
SELECT
    engagement_id, milestone AS code, contractual, state, CASE WHEN state = 'overdue' THEN due END AS since,
    slip_days AS days, days_cro, days_sponsor, days_external, allocated
FROM fact_milestone
WHERE whole_study AND (state = 'overdue' OR (state = 'open' AND slip_days > 14))
"""
OVER_SINCE = """
SELECT engagement_id, min(month_end) AS since
FROM (
    SELECT
        month.engagement_id, month.month_end,
        bool_and(month.forecast > now.contract_now * 1.05) OVER (
            PARTITION BY month.engagement_id ORDER BY month.month_end DESC
        ) AS still
    FROM fact_forecast_month AS month
    JOIN fact_forecast AS now ON now.engagement_id = month.engagement_id
)
WHERE still
GROUP BY engagement_id
"""
LATE = {"overdue": "overdue", "open": "forecast late"}
WAITING_FOR_CRO = """
SELECT engagement_id, count(*) AS items, max(age_days) AS days, min(opened_on) AS since
FROM fact_request
WHERE direction = 'to_cro' AND type <> 'data_query' AND open AND age_days > 30
GROUP BY engagement_id
"""
LATE_DELIVERABLES = """
SELECT engagement_id, count(*) AS items, max(slip_days) AS days, min(due) AS since
FROM fact_deliverable
WHERE state = 'overdue'
GROUP BY engagement_id
"""
UNSIGNED = """
SELECT engagement_id, currency, sum(value) AS value, min(needed_by) AS since, count(*) AS items
FROM fact_change_order
WHERE state = 'unsigned' AND before_signature
GROUP BY engagement_id, currency
"""
ENGAGEMENTS = """
SELECT engagement_id, study_id, cro_id, cro, title, currency, sponsor_pm FROM fact_engagement WHERE active
"""
OPEN_ACTIONS = """
SELECT
    coalesce(engagement_id, '') AS engagement_id, action_id, description, owner, due, due < $as_of AS late
FROM known_actions
WHERE raised IS NOT NULL AND closed IS NULL
ORDER BY due NULLS LAST, action_id
"""
DUE_SOON = """
SELECT due, study_id AS study, cro, milestone AS what, forecast, 'milestone' AS kind
FROM fact_milestone
WHERE whole_study AND state = 'open' AND due <= $as_of + 30
UNION ALL
SELECT due, study_id, cro, name, NULL, 'deliverable' FROM fact_deliverable WHERE state = 'open' AND due <= $as_of + 30
ORDER BY due, study, what
"""
WAITING_FOR_US = """
SELECT opened_on AS since, age_days AS days, study_id AS study, cro, coalesce(topic, type) AS what, 'answer' AS we_owe
FROM fact_request
WHERE direction = 'to_sponsor' AND open
UNION ALL
SELECT submitted, date_diff('day', submitted, $as_of), study_id, cro, coalesce(reason, change_order_id), 'decision'
FROM fact_change_order
WHERE state = 'unsigned' AND decided IS NULL
UNION ALL
SELECT delivered, date_diff('day', delivered, $as_of), study_id, cro, name, 'review'
FROM fact_deliverable
WHERE delivered IS NOT NULL AND first_reviewed_on IS NULL AND accepted IS NULL
ORDER BY days DESC, study, what
"""
EXPIRING = """
SELECT qualified_until AS expires, name AS who, 'qualification' AS what
FROM known_cros
WHERE cro_id IN (SELECT cro_id FROM fact_engagement WHERE active) AND qualified_until <= $as_of + 90
UNION ALL
SELECT planned_end, study_id || ', ' || cro, 'contract' FROM fact_engagement WHERE active AND planned_end <= $as_of + 90
ORDER BY expires, who
"""


def attention(view: View) -> pd.DataFrame:
    """At most seven active studies that need someone: red ones first, then by what it is, then by days.

    Columns: engagement, study, cro_id, cro, status, what, since, stake (days or money in words), side, action, owner,
    due, is_new (nothing needed someone a month before), more (further findings of the study).
    """
    found = _findings(view)
    with view.at(months_before(view.scope.as_of, 1)) as before:
        known = {(finding["engagement_id"], finding["about"]) for finding in _findings(before)}
    actions: dict[str, dict[str, Any]] = {}
    for action in view.rows(OPEN_ACTIONS):
        actions.setdefault(action["engagement_id"], action)
    rows = []
    for engagement_id, own in _by_engagement(found):
        worst = own[0]
        action = actions.get(engagement_id, {})
        rows.append({
            "engagement": engagement_id, "study": worst["study_id"], "cro_id": worst["cro_id"], "cro": worst["cro"],
            "status": worst["status"], "what": worst["what"], "since": worst["since"], "stake": worst["stake"],
            "side": worst["side"], "action": action.get("description", ""), "owner": action.get("owner") or "",
            "due": action.get("due"), "is_new": (engagement_id, worst["about"]) not in known, "more": len(own) - 1,
            "rank": worst["rank"], "days": worst["days"],
        })  # fmt: skip
    rows.sort(key=lambda row: (row["status"] != Band.RED, row["rank"], -row["days"], row["study"]))
    return pd.DataFrame(rows[:MOST], columns=ATTENTION)


ATTENTION = (
    "engagement", "study", "cro_id", "cro", "status", "what", "since", "stake", "side", "action", "owner", "due",
    "is_new", "more",
)  # fmt: skip


def _by_engagement(found: list[dict[str, Any]]) -> list[tuple[str, list[dict[str, Any]]]]:
    groups: dict[str, list[dict[str, Any]]] = {}
    for finding in sorted(found, key=lambda finding: (finding["rank"], -finding["days"])):
        groups.setdefault(finding["engagement_id"], []).append(finding)
    return list(groups.items())


def _findings(view: View) -> list[dict[str, Any]]:
    """Whatever needs someone, one row each; `rank` 0 comes first among those of a study."""
    engagements = {row["engagement_id"]: row for row in view.rows(ENGAGEMENTS)}
    studies, _ = study_status(view)
    status = dict(zip(studies["engagement_id"], studies["status"], strict=True))
    found = [*_late_milestones(view), *_over_contract(view, engagements), *_unsigned(view, engagements)]
    found += [*_late_deliverables(view), *_waiting(view)]
    return [
        engagements[finding["engagement_id"]] | finding | {"status": status[finding["engagement_id"]]}
        for finding in found
        if finding["engagement_id"] in engagements
    ]


def _late_milestones(view: View) -> list[dict[str, Any]]:
    return [
        {
            "engagement_id": row["engagement_id"],
            "about": row["code"],
            "what": f"{milestone_name(row['code'])} {LATE[row['state']]}"
            + (", contractual" if row["contractual"] else ""),
            "since": row["since"],
            "stake": lateness(row["days"]),
            "days": row["days"],
            "side": _side(row),
            "rank": 0 if row["contractual"] and row["state"] == "overdue" else 2 if row["state"] == "overdue" else 3,
        }
        for row in view.rows(LATE_MILESTONES)
    ]


def _side(row: dict[str, Any]) -> str:
    if not row["allocated"]:
        return "cause not recorded"
    days = {"CRO": row["days_cro"], "us": row["days_sponsor"], "external": row["days_external"]}
    return max(days, key=lambda side: days[side])


def _over_contract(view: View, engagements: dict[str, dict[str, Any]]) -> list[dict[str, Any]]:
    since = {row["engagement_id"]: row["since"] for row in view.rows(OVER_SINCE)}
    return [
        {
            "engagement_id": row["engagement"],
            "about": "C09",
            "what": "forecast above the contract",
            "since": since.get(row["engagement"]),
            "stake": over_under(row["numerator"], engagements.get(row["engagement"], {}).get("currency")),
            "days": round(-row["value"]),
            "side": "causes not split",
            "rank": 1,
        }
        for row in kpi_rows(view, [BY_ID["C09"]], ("engagement",))
        if row["band"] is Band.RED and row["value"] is not None
    ]


def _unsigned(view: View, engagements: dict[str, dict[str, Any]]) -> list[dict[str, Any]]:
    return [
        {
            "engagement_id": row["engagement_id"],
            "about": "unsigned",
            "what": f"work before signature of {count(row['items'], 'change order')}",
            "since": row["since"],
            "stake": over_under(-row["value"], row["currency"]).replace(" over", " unsigned"),
            "days": (view.scope.as_of - row["since"]).days,
            "side": "us",
            "rank": 4,
        }
        for row in view.rows(UNSIGNED)
    ]


def _late_deliverables(view: View) -> list[dict[str, Any]]:
    return [
        {
            "engagement_id": row["engagement_id"],
            "about": "deliverables",
            "what": f"{count(row['items'], 'deliverable')} overdue",
            "since": row["since"],
            "stake": lateness(row["days"]),
            "days": row["days"],
            "side": "CRO",
            "rank": 5,
        }
        for row in view.rows(LATE_DELIVERABLES)
    ]


def _waiting(view: View) -> list[dict[str, Any]]:
    return [
        {
            "engagement_id": row["engagement_id"],
            "about": "requests",
            "what": f"{count(row['items'], 'request')} open for more than 30 days",
            "since": row["since"],
            "stake": f"oldest {count(row['days'], 'day')}",
            "days": row["days"],
            "side": "CRO",
            "rank": 6,
        }
        for row in view.rows(WAITING_FOR_CRO)
    ]


def due_soon(view: View) -> pd.DataFrame:
    """Milestones and deliverables due in the next 30 days: due, study, cro, what, forecast, kind."""
    found = view.ask(DUE_SOON)
    milestones = found["kind"] == "milestone"
    found.loc[milestones, "what"] = found.loc[milestones, "what"].map(milestone_name)
    return found


def waiting_for_us(view: View) -> pd.DataFrame:
    """What the CROs wait for: since, days, study, cro, what, we_owe (answer, decision, review), longest first."""
    return view.ask(WAITING_FOR_US)


def expiring(view: View) -> pd.DataFrame:
    """Qualifications and contracts that end within 90 days or have ended: expires, who, what."""
    return view.ask(EXPIRING)
