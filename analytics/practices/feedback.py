"""Actions and feedback: what is open, what was closed on time, what each side raised, and what was decided."""

from collections.abc import Mapping
from datetime import date
from typing import Any

import pandas as pd

from analytics.catalogue import BY_ID
from analytics.intervals import wilson
from analytics.view import View
from analytics.words import count, listing

ENOUGH = 3
"""Actions that were due under which no share is said: the facts are."""
SIDES = {"cro": "The CRO", "sponsor": "We"}
"""Who raised it, as it is headed; an empty cell means us."""

ACTIONS = """
SELECT
    action.action_id AS action, action.description AS what, coalesce(action.type, '') AS type, action.cro_id,
    cro.name AS cro, coalesce(action.engagement_id, '') AS engagement, coalesce(engagement.study_id, '') AS study,
    coalesce(action.kpi_id, '') AS kpi, coalesce(action.owner, '') AS owner,
    CASE action.owner_organisation WHEN 'cro' THEN 'CRO' WHEN 'sponsor' THEN 'us' ELSE '' END AS side,
    CASE WHEN action.raised_by = 'cro' THEN 'cro' ELSE 'sponsor' END AS raised_by,
    action.raised, action.due, action.closed, coalesce(action.effect, '') AS effect,
    action.escalation_level AS level, coalesce(moved.since, action.raised) AS level_since,
    date_diff('day', action.due, coalesce(action.closed, $as_of)) AS days,
    action.closed IS NULL AS open, coalesce(action.closed IS NULL AND action.due <= $as_of, FALSE) AS overdue,
    action.due IS NOT NULL AND (action.closed IS NOT NULL OR action.due <= $as_of)
        AND (
            action.closed IS NULL
            OR CASE WHEN action.due > $as_of THEN action.closed ELSE action.due END > $since
        ) AS counted,
    coalesce(action.closed <= action.due, FALSE) AS met, before.closed AS closed_before
FROM known_actions AS action
JOIN known_cros AS cro ON cro.cro_id = action.cro_id
LEFT JOIN fact_engagement AS engagement ON engagement.engagement_id = action.engagement_id
LEFT JOIN (
    SELECT told.action_id, min(told.told) AS since
    FROM (
        SELECT
            version.*, max(version.upload) FILTER (version.escalation_level IS DISTINCT FROM now.escalation_level)
                OVER (PARTITION BY version.action_id) AS other
        FROM fact_action_told AS version
        JOIN known_actions AS now ON now.action_id = version.action_id
    ) AS told
    WHERE told.upload > told.other
    GROUP BY told.action_id
) AS moved ON moved.action_id = action.action_id
LEFT JOIN (
    SELECT now.action_id, max(told.closed) AS closed
    FROM known_actions AS now
    JOIN fact_action_told AS told ON told.action_id = now.action_id AND told.upload < now.upload
    WHERE now.closed IS NULL OR now.closed > told.closed
    GROUP BY now.action_id
) AS before ON before.action_id = action.action_id
WHERE action.raised IS NOT NULL
    AND ($cro = '' OR action.cro_id = $cro)
    AND CASE
        WHEN coalesce(action.engagement_id, '') <> '' THEN engagement.engagement_id IS NOT NULL
        ELSE action.cro_id IN (SELECT cro_id FROM fact_engagement)
            OR (
                action.cro_id NOT IN (SELECT cro_id FROM known_engagements)
                AND ($visible_cros IS NULL OR list_contains($visible_cros, action.cro_id))
                AND (len($cros) = 0 OR list_contains($cros, action.cro_id))
            )
    END
"""
OPEN = f"FROM ({ACTIONS}) WHERE open ORDER BY due NULLS LAST, action"
CLOSED = f"FROM ({ACTIONS}) WHERE NOT open ORDER BY closed DESC, action"
REOPENED = f"FROM ({ACTIONS}) WHERE closed_before IS NOT NULL ORDER BY open DESC, closed_before DESC, action"
FEEDBACK = f"FROM ({ACTIONS}) WHERE type = 'feedback' OR raised_by = 'cro' ORDER BY raised DESC, action"
DECISIONS = f"FROM ({ACTIONS}) WHERE type = 'decision' ORDER BY raised DESC, action"
TIMELY = f"""
SELECT
    raised_by, count(*) FILTER (raised > $since) AS raised, count(*) FILTER (open) AS open,
    count(*) FILTER (overdue) AS overdue, count(*) FILTER (counted) AS n, count(*) FILTER (counted AND met) AS met,
    count(*) FILTER (open AND due > $as_of) AS pending,
    count(*) FILTER (due IS NULL AND (open OR closed > $since)) AS undated
FROM ({ACTIONS})
GROUP BY raised_by
"""
NUMBERS = ("raised", "open", "overdue", "n", "met", "pending", "undated")
"""The columns of `TIMELY` that add up over the sides."""
CRO_OF = "SELECT cro_id FROM fact_engagement WHERE engagement_id = $engagement"
WRITABLE = """
SELECT
    engagement.engagement_id, concat_ws(', ', engagement.study_id, engagement.title) AS shown,
    seen.engagement_id IS NOT NULL AS seen
FROM known_engagements AS engagement
LEFT JOIN fact_engagement AS seen ON seen.engagement_id = engagement.engagement_id
WHERE engagement.cro_id = $cro
ORDER BY shown, engagement.engagement_id
"""

Numbers = Mapping[str, Any]


def open_actions(view: View, cro: str = "") -> pd.DataFrame:
    """What is open, of all or of one CRO: what is overdue longest comes first, then what is due next.

    Columns: action, what, type, cro_id, cro, engagement, study, kpi, owner, side (whose the owner is), raised_by,
    raised, due, days (as-of date less due; plus is overdue), level and level_since (the day as of which the level of
    escalation was first told, the day it was raised where it never was another), overdue, effect, and what the other
    lists need.
    """
    return _labelled(view.ask(OPEN, cro=cro))


def closed_actions(view: View, cro: str = "") -> pd.DataFrame:
    """What was closed, the newest first: the columns of `open_actions`; days: closed less due, plus is late."""
    return _labelled(view.ask(CLOSED, cro=cro))


def reopened(view: View) -> pd.DataFrame:
    """Actions that were told as closed and are open again, or closed on a later day: closed_before, closed."""
    return _labelled(view.ask(REOPENED, cro=""))


def feedback(view: View) -> pd.DataFrame:
    """Feedback of either side, and whatever the CRO raised, the newest first; `from_whom` says whose it is."""
    found = _labelled(view.ask(FEEDBACK, cro=""))
    return found.assign(from_whom=found["raised_by"].map(SIDES))


def decisions(view: View) -> pd.DataFrame:
    """What was decided, the newest first, with the columns of `open_actions`."""
    return _labelled(view.ask(DECISIONS, cro=""))


def _labelled(found: pd.DataFrame) -> pd.DataFrame:
    """With `figure`, the KPI by its label."""
    return found.assign(figure=[BY_ID[kpi].label if kpi in BY_ID else kpi for kpi in found["kpi"]])


def both_ways(view: View) -> pd.DataFrame:
    """What the CRO raised and what we raised: one row a side, in the same terms.

    Columns: raised_by, label, raised (in the period), open, overdue, n (due by the as-of date or closed by it, in the
    period; older ones while they are open), met (closed by their due date), share, low, high (percent, Wilson's 95 %
    interval; NaN under `ENOUGH`), pending (open and not due yet: in neither number), undated (without a due date), and
    said, the share in words.
    """
    found = {row["raised_by"]: row for row in view.rows(TIMELY, cro="")}
    nothing = dict.fromkeys(NUMBERS, 0)
    rows = [_shared({**nothing, **found.get(side, {}), "raised_by": side}) for side in SIDES]
    return pd.DataFrame([row | {"label": SIDES[row["raised_by"]]} for row in rows]).astype(
        dict.fromkeys(("share", "low", "high"), float)
    )


def timely(view: View) -> dict[str, Any]:
    """The same numbers over both sides together."""
    sides = view.rows(TIMELY, cro="")
    return _shared({name: sum(side[name] for side in sides) for name in NUMBERS})


def _shared(numbers: dict[str, Any]) -> dict[str, Any]:
    """With the share that was closed on time, its interval (percent), and both in words."""
    n, met = numbers["n"], numbers["met"]
    if n < ENOUGH:
        said = f"{met} of {n} closed on time, too few for a share" if n else "none was due"
        return numbers | {"share": None, "low": None, "high": None, "said": said}
    low, high = (100 * end for end in wilson(met, n))
    said = f"{met} of {n} closed on time: {100 * met / n:.0f} % (95 % interval {low:.0f} to {high:.0f} %)"
    return numbers | {"share": 100 * met / n, "low": low, "high": high, "said": said}


def timely_text(numbers: Numbers) -> str:
    """How many were closed on time, and what counts and does not, in a sentence or two."""
    parts = [f"{numbers['said'][:1].upper()}{numbers['said'][1:]}."]
    if numbers["overdue"]:
        parts.append(f"{numbers['overdue']} overdue and open {_count_as(numbers['overdue'])} missed.")
    rest = [
        f"{number} {word}"
        for number, word in ((numbers["pending"], "not due yet"), (numbers["undated"], "without a due date"))
        if number
    ]
    if rest:
        parts.append(f"In neither number: {listing(rest)}.")
    return " ".join(parts)


def _count_as(number: int) -> str:
    return "counts as" if number == 1 else "count as"


def summary(found: pd.DataFrame) -> str:
    """What is open, in a sentence, of the frame of `open_actions`: `7 open, 3 overdue by up to 34 days, 2 ours`."""
    if found.empty:
        return "Nothing is open."
    late = found[found["overdue"]]
    parts = [f"{len(found)} open"]
    if not late.empty:
        most = int(late["days"].max())
        parts.append(f"{len(late)} overdue" + (f" by up to {count(most, 'day')}" if most else ", due today"))
    if ours := int((found["side"] == "us").sum()):
        parts.append(f"{ours} on our side")
    return f"{', '.join(parts)}."


def writable(view: View, cro: str) -> tuple[dict[str, str], bool]:
    """The engagements of a CRO in scope (id to what is shown), and whether these are all that it has."""
    rows = view.rows(WRITABLE, cro=cro)
    return {row["engagement_id"]: row["shown"] for row in rows if row["seen"]}, all(row["seen"] for row in rows)


def cro_of(view: View, engagement: str) -> str:
    """The CRO of an engagement; empty where it is not in scope."""
    return next((row["cro_id"] for row in view.rows(CRO_OF, engagement=engagement)), "")


def agreed_on(as_of: date, today: date) -> date:
    """The day on which an action written now is raised: later than the picture it would not be seen in it."""
    return min(as_of, today)
