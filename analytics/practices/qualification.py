"""Whose qualification ended or ends, and what was audited."""

from collections.abc import Mapping
from datetime import date
from typing import Any

import pandas as pd

from analytics.practices.selection import SEEN
from analytics.view import View
from analytics.words import count, day, listing

SOON = 90
"""Days before its end from which a qualification is flagged."""
STATES = ("expired", "soon", "not_recorded", "valid")
"""What needs someone first."""

QUALIFICATION = f"""
SELECT
    cro.cro_id, cro.name AS cro, coalesce(cro.candidate, FALSE) AS candidate, coalesce(cro.tier, '') AS tier,
    coalesce(own.active, 0) AS active, cro.qualified_until,
    date_diff('day', $as_of, cro.qualified_until) AS days, coalesce(audit.audits, 0) AS audits,
    audit.last_audit, audit.next_audit
FROM known_cros AS cro
LEFT JOIN (
    SELECT cro_id, count(*) FILTER (active) AS active FROM fact_engagement GROUP BY cro_id
) AS own ON own.cro_id = cro.cro_id
LEFT JOIN (
    SELECT cro_id, count(*) AS audits, max(held) AS last_audit, min(next_due) FILTER (place = 1) AS next_audit
    FROM (
        SELECT
            cro_id, held, next_due, row_number() OVER (
                PARTITION BY cro_id, coalesce(engagement_id, ''), coalesce(type, '') ORDER BY held DESC, audit_id
            ) AS place
        FROM known_audits
        WHERE held IS NOT NULL AND CASE
            WHEN coalesce(engagement_id, '') = '' THEN $visible_engagements IS NULL
            ELSE engagement_id IN (SELECT engagement_id FROM fact_engagement)
        END
    )
    GROUP BY cro_id
) AS audit ON audit.cro_id = cro.cro_id
WHERE {SEEN.format(cro="cro")}
    AND (len($cros) = 0 OR list_contains($cros, cro.cro_id))
    AND (len($tiers) = 0 OR list_contains($tiers, cro.tier))
ORDER BY cro, cro.cro_id
"""


def qualification(view: View) -> pd.DataFrame:
    """The qualification of every CRO, what needs someone first: expired, ends within 90 days, not recorded, valid.

    Columns: cro_id, cro, tier, active (engagements), work (candidate, or active engagements in words), status, state
    (expired, soon, not_recorded, valid), qualified_until, days (to its last day), audits (held, of those that may be
    seen), last_audit, next_audit (the earliest next one of the newest of each type), audit_word.
    """
    found = view.ask(QUALIFICATION)
    days = [None if pd.isna(each) else int(each) for each in found["days"]]
    found["state"] = [_state(each) for each in days]
    found["status"] = [_status(each, until) for each, until in zip(days, found["qualified_until"], strict=True)]
    found["work"] = [
        "candidate" if row["candidate"] and not row["active"] else
        f"{row['active']:.0f} active" if row["active"] else "none active"
        for row in found.to_dict("records")
    ]  # fmt: skip
    found["audit_word"] = [_audit(row, view.scope.as_of) for row in found.to_dict("records")]
    found = found.assign(place=found["state"].map(STATES.index), idle=found["active"] == 0)
    found = found.sort_values(["place", "idle", "days", "cro"], kind="stable", ignore_index=True)
    return found[
        [
            "cro_id", "cro", "tier", "active", "work", "status", "state", "qualified_until", "days", "audits",
            "last_audit", "next_audit", "audit_word",
        ]
    ]  # fmt: skip


def _state(days: int | None) -> str:
    if days is None:
        return "not_recorded"
    return "expired" if days < 0 else "soon" if days <= SOON else "valid"


def _status(days: int | None, until: Any) -> str:
    if days is None:
        return "not recorded"
    if days < 0:
        return f"expired {count(-days, 'day')} ago"
    if days <= SOON:
        return f"expires in {count(days, 'day')}" if days else "expires today"
    return f"valid until {day(pd.Timestamp(until).date())}"


def _audit(row: Mapping[Any, Any], as_of: date) -> str:
    if not row["audits"]:
        return "none held"
    held = f"{count(row['audits'], 'audit')} held"
    if pd.isna(row["next_audit"]):
        return f"{held}, no next one planned"
    left = (pd.Timestamp(row["next_audit"]).date() - as_of).days
    if left < 0:
        return f"{held}, next one {count(-left, 'day')} overdue"
    return f"{held}, next one due in {count(left, 'day')}" if left <= SOON else f"{held}, next one planned"


def summary(found: pd.DataFrame) -> str:
    """How many CROs need a qualification, in a sentence."""
    number = {state: int((found["state"] == state).sum()) for state in STATES}
    said = [
        f"{number['expired']} expired", f"{number['soon']} ending within {SOON} days",
        f"{number['not_recorded']} not recorded", f"{number['valid']} valid",
    ]  # fmt: skip
    told = [text for text in said if not text.startswith("0 ")]
    working = found[(found["state"] == "expired") & (found["active"] > 0)]
    late = f" {listing(list(working['cro']), most=3)} {'works' if len(working) == 1 else 'work'} for us without one."
    return f"{count(len(found), 'CRO')}: {', '.join(told)}.{late if len(working) else ''}"
