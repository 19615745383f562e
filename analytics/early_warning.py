"""Early warning: the one list of what needs someone, the most urgent and the newest first."""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Any

import pandas as pd

from analytics.findings import RULES, Clock, Finding, Level, Subject, findings
from analytics.kpi import Band
from analytics.scope import Scope, months_before
from analytics.score import scorecard, study_status
from analytics.view import View
from analytics.words import lateness

MOST = 7
"""Rows that somebody can take care of on a Monday."""
COLUMNS = [
    "level", "is_new", "study", "cro", "what", "since", "stake", "side", "action", "owner", "due", "evidence", "rule",
    "kpi", "engagement", "cro_id", "status", "page", "parameters",
]  # fmt: skip
LOOKED = """
SELECT max(status_date) FILTER (number NOT IN (FROM undone_upload)) AS as_of, max(number) AS known_at
FROM uploads
WHERE uploaded_at <= $look AND number <= $known_at
"""
OPEN_ACTIONS = """
SELECT cro_id, coalesce(engagement_id, '') AS engagement_id, coalesce(kpi_id, '') AS kpi_id, description, owner, due
FROM known_actions
WHERE raised IS NOT NULL AND closed IS NULL
ORDER BY due NULLS LAST, action_id
"""
LEVELS = list(Level)
PLACES = {rule.name: place for place, rule in reversed(list(enumerate(RULES)))}


@dataclass(frozen=True, slots=True)
class EarlyWarning:
    """The list, and what "new" means in it.

    `rows`: columns `COLUMNS`, one row a finding, in order: act now first, then those of a red study or a red CRO, new
    ones, the order of the rules, and the larger stake. `then`: the as-of date of the list with which it is compared;
    `looked`: whether that is what the viewer saw last, and not the state a month before.
    """

    rows: pd.DataFrame
    then: date
    looked: bool

    def number(self, level: Level) -> int:
        """How many findings have a level."""
        return int((self.rows["level"] == level).sum())


def early_warning(view: View, look: datetime | None = None, clock: Clock | None = None) -> EarlyWarning:
    """What needs someone at the as-of date, and what of it is new since `look` (UTC), the viewer's last look.

    The list as it was at the look: of the newest data that was in then. Without a look, or where there was no data
    then, or newer data than is asked about, it is compared with the state a month before.
    """
    clock = clock or Clock()
    before = looked_at(view, look)
    then = before or view.scope.at(months_before(view.scope.as_of, 1))
    with view.other(then) as earlier:
        known = {finding.key: LEVELS.index(finding.level) for finding in findings(earlier, Clock(dated=False))}
    actions, status, rows = view.rows(OPEN_ACTIONS), _status(view), []
    for finding in findings(view, clock):
        rank = LEVELS.index(finding.level)
        is_new = known.get(finding.key, len(LEVELS)) > rank
        light = status.get(finding.subject, Band.UNRATED)
        whole = status.get(Subject(finding.subject.cro_id, finding.subject.cro), Band.UNRATED)
        calm = Band.RED not in (light, whole)
        order = (rank, calm, not is_new, PLACES[finding.rule], -finding.size, finding.subject.study)
        action = action_for(finding, actions)
        row = _row(finding, is_new, light, action) | {"action": _action_text(action, view.scope.as_of)}
        rows.append((order, row))
    rows.sort(key=lambda row: row[0])
    return EarlyWarning(pd.DataFrame([row for _, row in rows], columns=COLUMNS), then.as_of, before is not None)


def looked_at(view: View, look: datetime | None) -> Scope | None:
    """The scope as the newest data showed it at a look; None where that cannot be compared with."""
    if look is None:
        return None
    [seen] = view.rows(LOOKED, look=look, known_at=view.scope.known_at)
    if seen["as_of"] is None or seen["as_of"] > view.scope.as_of:
        return None
    return replace(view.scope, as_of=seen["as_of"], known_at=seen["known_at"])


def _status(view: View) -> dict[Subject, Band]:
    """The light of every study and CRO in scope."""
    studies, _ = study_status(view)
    card = scorecard(view)
    found = {Subject(cro, card.names[cro]): score.band for cro, score in card.scores.items()}
    for row in studies.to_dict("records"):
        found[Subject(row["cro_id"], card.names[row["cro_id"]], row["engagement_id"], row["study_id"])] = row["status"]
    return found


def action_for(finding: Finding, actions: Iterable[dict[str, Any]]) -> dict[str, Any]:
    """The open action that names a KPI of a finding: of its study before one of its CRO, then the earliest due.

    An action of another study is none against it, nor one for another KPI, nor one that names none, which may be about
    anything. Against a finding of no KPI (a return that is late) is any.
    """
    subject = finding.subject
    own = [
        action
        for action in actions
        if action["cro_id"] == subject.cro_id
        and action["engagement_id"] in ("", subject.engagement)
        and (not finding.kpis or action["kpi_id"] in finding.kpis)
    ]
    own.sort(key=lambda action: action["engagement_id"] != subject.engagement)
    return own[0] if own else {}


def _action_text(action: dict[str, Any], as_of: date) -> str:
    """What is to be done, and how late it is where it is."""
    due = action.get("due")
    late = f" ({lateness((as_of - due).days)})" if due is not None and due < as_of else ""
    return f"{action.get('description', '')}{late}"


def _row(finding: Finding, is_new: bool, status: Band, action: dict[str, Any]) -> dict[str, Any]:
    subject = finding.subject
    return {
        "level": finding.level, "is_new": is_new, "study": subject.study, "cro": subject.cro, "what": finding.what,
        "since": finding.since, "stake": finding.stake, "side": finding.side,
        "owner": action.get("owner") or "", "due": action.get("due"),
        "evidence": finding.evidence, "rule": finding.rule, "kpi": next(iter(finding.kpis), ""),
        "engagement": subject.engagement,
        "cro_id": subject.cro_id, "status": status, "page": finding.page, "parameters": finding.parameters,
    }  # fmt: skip


def head(found: EarlyWarning) -> pd.DataFrame:
    """The first `MOST` studies and CROs of the list, each with its first finding; `more` counts its others.

    Columns `COLUMNS` and more. Good news does not ask for anybody.
    """
    asking = found.rows[found.rows["level"] != Level.GOOD]
    subject = ["cro_id", "engagement"]
    first = asking.drop_duplicates(subject)
    sizes = asking.groupby(subject).size()
    more = [
        int(sizes[cro, engagement]) - 1 for cro, engagement in zip(first["cro_id"], first["engagement"], strict=True)
    ]
    return first.assign(more=more).head(MOST).reset_index(drop=True)
