"""What was asked of a CRO, what shows that it is met, and whether it is.

The state of a requirement is that of its evidence. It is never stored: it comes from dates, at the as-of date and
against the baseline of the scope, all causes counted.

A *milestone* (of the whole study) is
- met: reached on or before its due date;
- missed: reached after it, or not reached although it is due (also where the contract was cancelled since);
- at risk: open, and its forecast is after the due date or has passed, or the engagement was closed without it;
- on course: open otherwise, with a forecast or without one.

A *deliverable* likewise, by the day of its delivery; one that was delivered in time is
- met: accepted, at the first review or later;
- at risk: returned at the first review and not accepted since;
- on course: not reviewed yet; once the engagement has ended, no verdict, since acceptance was not reported.

A *KPI* is read for the engagement, with its thresholds:
- met: green; at risk: amber; missed: red;
- no verdict: too few cases, not reported, without a target, or green only as long as unreported months are left out.
That of an engagement that has ended is read over the twelve months before its end and all since.

Not covered: no evidence is named; what is named is not there; it was cancelled, or fell due only after the contract was
cancelled; or the KPI is not part of the service. Only what is met counts as met: the rest never helps.
"""

from collections.abc import Iterable, Mapping
from dataclasses import replace
from datetime import date
from enum import StrEnum
from textwrap import shorten
from typing import Any

import pandas as pd

from analytics.catalogue import BY_ID, RATED
from analytics.engine import kpi_rows
from analytics.headline import value_text, word
from analytics.kpi import Band
from analytics.practices import templates
from analytics.scope import Scope, months_before
from analytics.timelines import milestone_name
from analytics.view import View
from analytics.words import count, day, lateness, listing


class State(StrEnum):
    """What became of a requirement, in the order in which they need attention."""

    MISSED = "missed"
    AT_RISK = "at risk"
    NOT_COVERED = "not covered"
    NO_VERDICT = "no verdict"
    ON_COURSE = "on course"
    MET = "met"


Row = Mapping[str, Any]
Found = tuple[State, str]

LIGHTS = {
    State.MISSED: Band.RED,
    State.AT_RISK: Band.AMBER,
    State.NOT_COVERED: Band.NOT_REPORTED,
    State.NO_VERDICT: Band.TOO_FEW,
    State.ON_COURSE: Band.UNRATED,
    State.MET: Band.GREEN,
}
"""The band by which a state is shown; a must-have that is not covered is shown as red."""
OF_BAND = {Band.GREEN: State.MET, Band.AMBER: State.AT_RISK, Band.RED: State.MISSED}
COLUMNS = (
    "requirement_id", "engagement", "study", "cro", "requirement", "must", "state", "light", "evidence", "category",
    "criterion", "evidence_type", "evidence_id", "ended_on", "cancelled",
)  # fmt: skip
LONGEST = 70
"""Letters of a requirement that stands in a sentence."""

ASKED = """
SELECT
    asked.requirement_id, asked.engagement_id AS engagement, engagement.study_id AS study, engagement.cro,
    asked.requirement, coalesce(asked.priority, '') <> 'should' AS must, asked.category,
    asked.acceptance_criterion AS criterion, coalesce(asked.evidence_type, '') AS evidence_type,
    trim(coalesce(asked.evidence_id, '')) AS evidence_id, engagement.ended_on,
    engagement.cancelled_on IS NOT NULL AS cancelled
FROM known_requirements AS asked
JOIN fact_engagement AS engagement ON engagement.engagement_id = asked.engagement_id
WHERE $engagement IN ('', asked.engagement_id)
ORDER BY study, asked.requirement_id
"""
MILESTONES = """
SELECT
    told.engagement_id AS engagement, told.milestone AS id, told.cancelled_on, fact.due, fact.actual AS reached,
    fact.forecast, fact.state, fact.slip_days, fact.stopped_on, engagement.closed_on, engagement.cancelled_on AS stopped
FROM known_milestones AS told
JOIN fact_engagement AS engagement ON engagement.engagement_id = told.engagement_id
LEFT JOIN fact_milestone AS fact ON fact.engagement_id = told.engagement_id AND fact.milestone = told.milestone
    AND fact.whole_study
WHERE told.site_id = '' AND $engagement IN ('', told.engagement_id)
ORDER BY coalesce(fact.due, told.baseline_original), id
"""
DELIVERABLES = """
SELECT
    told.engagement_id AS engagement, told.deliverable_id AS id, told.name, told.cancelled_on, fact.due,
    fact.delivered AS reached, NULL::DATE AS forecast, fact.state, fact.slip_days, fact.stopped_on, fact.first_review,
    fact.accepted, engagement.closed_on, engagement.ended_on, engagement.cancelled_on AS stopped
FROM known_deliverables AS told
JOIN fact_engagement AS engagement ON engagement.engagement_id = told.engagement_id
LEFT JOIN fact_deliverable AS fact ON fact.deliverable_id = told.deliverable_id
WHERE $engagement IN ('', told.engagement_id)
ORDER BY coalesce(fact.due, told.due_original), told.name, id
"""


def traced(view: View, engagement: str = "") -> pd.DataFrame:
    """Each requirement of one engagement, or of all in scope, with its evidence and its state.

    First the must-haves that are not covered, then as `State` orders them, must-haves before the others. Columns:
    requirement_id, engagement, study, cro, requirement, must (an empty priority is one), state, light (the band that
    shows it), evidence (in words), category, criterion, evidence_type, evidence_id (as the kind has it; empty where
    there is no such row), ended_on (the end of the engagement) and cancelled (whether that was before its time).
    """
    asked = view.rows(ASKED, engagement=engagement)
    if not asked:
        return pd.DataFrame(columns=list(COLUMNS))
    items = _items(view, engagement)
    rated = _rated(view, asked, engagement)
    rows = []
    for row in asked:
        code = _code(row, items)
        state, said = _state(row, code, items, rated, view.scope, engagement)
        red = row["must"] and state is State.NOT_COVERED
        light = Band.RED if red else LIGHTS[state]
        rows.append({**row, "evidence_id": code, "state": state, "light": light, "evidence": said})
    order = list(State)
    rows.sort(key=lambda row: (row["light"] is not Band.RED or row["state"] is not State.NOT_COVERED,
                               order.index(row["state"]), not row["must"]))  # fmt: skip
    return pd.DataFrame(rows, columns=list(COLUMNS)).astype({"ended_on": "datetime64[us]"})


def concerns(view: View) -> pd.DataFrame:
    """The must-haves in scope that are missed, at risk or not covered: the columns of `traced`, in its order."""
    found = traced(view)
    troubled = found["state"].isin([State.MISSED, State.AT_RISK, State.NOT_COVERED])
    return found[found["must"].astype(bool) & troubled].reset_index(drop=True)


def finding(found: pd.DataFrame) -> str:
    """What the frame of `traced` says, in one sentence; empty without a requirement.

    `2 of 9 must-haves are missed (Report signed by May and 1 more) and 1 has no evidence (Audits without a finding).`
    """
    if found.empty:
        return ""
    must = found[found["must"].astype(bool)]
    if must.empty:
        return f"There is no must-have among them. {_troubles(found, 'requirement')}"
    return _troubles(must, "must-have")


def _troubles(found: pd.DataFrame, what: str) -> str:
    said = {
        State.MISSED: ("is missed", "are missed"),
        State.AT_RISK: ("is at risk", "are at risk"),
        State.NOT_COVERED: ("has no evidence", "have no evidence"),
    }
    parts: list[str] = []
    for state, words in said.items():
        names = [
            shorten(str(text), LONGEST, placeholder=" …") for text in found["requirement"][found["state"] == state]
        ]
        if names:
            whole = "" if parts else f" of {count(len(found), what)}"
            parts.append(f"{len(names):,}{whole} {words[len(names) > 1]} ({listing(names, 1)})")
    if not parts:
        return f"None of {count(len(found), what)} is missed, at risk or without evidence."
    return f"{listing(parts)}."


def outcome(found: pd.DataFrame) -> str:
    """What share of the must-haves, and of all requirements of one engagement, is met, or was at its end.

    Everything counts below the line: what has no verdict or no evidence is not met.
    """
    if found.empty:
        return ""
    must = found[found["must"].astype(bool)]
    parts = [_share(must, "must-have")] if len(must) else []
    if len(must) != len(found):
        parts.append(_share(found, "requirement", "in all " if parts else ""))
    ended = found["ended_on"].iloc[0]
    if pd.isna(ended):
        return f"Met so far: {' and '.join(parts)}."
    how = "was cancelled" if found["cancelled"].iloc[0] else "was closed"
    return f"The engagement {how} on {day(ended.date())}. Met: {' and '.join(parts)}."


def _share(found: pd.DataFrame, what: str, whole: str = "") -> str:
    met = int((found["state"] == State.MET).sum())
    return f"{met:,} of {count(len(found), what)} {whole}({100 * met / len(found):.0f} %)"


def across(found: pd.DataFrame) -> str:
    """What the frame of `concerns` says, in one sentence."""
    if found.empty:
        return "No must-have is missed, at risk or without evidence."
    parts = [
        f"{many:,} {words}"
        for state, words in ((State.MISSED, "missed"), (State.AT_RISK, "at risk"), (State.NOT_COVERED, "not covered"))
        if (many := int((found["state"] == state).sum()))
    ]
    studies = count(found["engagement"].nunique(), "engagement")
    return f"{count(len(found), 'must-have')} of {studies} {'needs' if len(found) == 1 else 'need'} attention: " + (
        f"{listing(parts)}."
    )


Items = dict[tuple[str, str, str], Row]
"""Milestones and deliverables by engagement, type and code in small letters."""
Rated = dict[tuple[Scope, str, str], Row]
"""Rows of KPIs by the scope in which they were read, engagement and KPI."""


def _items(view: View, engagement: str) -> Items:
    milestones = (row | {"name": milestone_name(row["id"]), "verb": "reached"} for row in
                  view.rows(MILESTONES, engagement=engagement))  # fmt: skip
    deliverables = (row | {"verb": "delivered"} for row in view.rows(DELIVERABLES, engagement=engagement))
    found = {(row["engagement"], "milestone", row["id"].casefold()): row for row in milestones}
    return found | {(row["engagement"], "deliverable", row["id"].casefold()): row for row in deliverables}


def _code(row: Row, items: Items) -> str:
    """The code of the evidence as its own row writes it, whatever its letters; empty where there is none."""
    told = str(row["evidence_id"])
    if row["evidence_type"] == "kpi":
        return told.upper() if told.upper() in BY_ID else ""
    item = items.get((row["engagement"], row["evidence_type"], told.casefold()))
    return str(item["id"]) if item else ""


def _read_in(scope: Scope, row: Row, engagement: str) -> Scope:
    """The scope in which the KPIs of a requirement's engagement are read."""
    if row["ended_on"] is None:
        return scope.of(engagements=(engagement,)) if engagement else scope
    since = min(scope.since or months_before(scope.as_of, 12), months_before(row["ended_on"], 12))
    return replace(scope.of(engagements=(row["engagement"],)), since=since)


def _rated(view: View, asked: Iterable[Row], engagement: str) -> Rated:
    wanted: dict[Scope, set[str]] = {}
    for row in asked:
        if row["evidence_type"] == "kpi" and (code := _code(row, {})):
            wanted.setdefault(_read_in(view.scope, row, engagement), set()).add(code)
    found: Rated = {}
    for scope, codes in wanted.items():
        with view.other(scope) as own:
            for row in kpi_rows(own, [BY_ID[code] for code in sorted(codes)], ("engagement",)):
                found[scope, row["engagement"], row["kpi"]] = row
    return found


def _state(row: Row, code: str, items: Items, rated: Rated, scope: Scope, engagement: str) -> Found:
    kind, told = row["evidence_type"], str(row["evidence_id"])
    if not kind or not told:
        return State.NOT_COVERED, "no evidence is named"
    if not code:
        return State.NOT_COVERED, _not_found(row, items)
    if kind == "kpi":
        return _kpi(rated[_read_in(scope, row, engagement), row["engagement"], code])
    return _item(items[row["engagement"], kind, code.casefold()], scope.as_of)


def _not_found(row: Row, items: Items) -> str:
    kind, told = row["evidence_type"], str(row["evidence_id"])
    others = [other for other in ("milestone", "deliverable", "kpi") if other != kind]
    is_one = [_called(other) for other in others if _code({**row, "evidence_type": other}, items)]
    hint = f"; it is a {is_one[0]}" if is_one else ""
    where = {"milestone": " in the plan of the study", "deliverable": " of this engagement"}.get(kind, "")
    return f"no {_called(kind)} {told}{where}{hint}"


def _called(kind: str) -> str:
    return "KPI" if kind == "kpi" else kind


def _item(item: Row, as_of: date) -> Found:
    """The state of a milestone or deliverable, and the words for it."""
    name, verb = item["name"], item["verb"]
    if item["cancelled_on"]:
        return State.NOT_COVERED, f"{name}, cancelled on {day(item['cancelled_on'])}"
    if item["state"] is None:
        return State.NOT_COVERED, f"{name}, not due yet when the contract was cancelled on {day(item['stopped'])}"
    head = f"{name}, due {day(item['due'])}"
    if item["state"] == "late":
        return State.MISSED, f"{head}, {verb} {lateness(item['slip_days'])}"
    if item["state"] == "missed":
        return State.MISSED, f"{head}, not {verb} when the contract was cancelled on {day(item['stopped_on'])}"
    if item["state"] == "overdue":
        days = (as_of - item["due"]).days
        overdue = f", {count(days, 'day')} overdue" if days else ""
        later = item["forecast"] and item["forecast"] > as_of
        return State.MISSED, f"{head}, not {verb}{overdue}" + (f", forecast {day(item['forecast'])}" if later else "")
    if item["state"] == "met":
        state, more = _accepted(item)
        return state, f"{head}, {verb} {lateness(item['slip_days'])}{more}"
    state, more = _ahead(item, as_of)
    return state, f"{head}, {more}"


def _accepted(item: Row) -> Found:
    """What became of something that came in time; a milestone is not reviewed."""
    if "accepted" not in item:
        return State.MET, ""
    if item["accepted"]:
        return State.MET, f", accepted on {day(item['accepted'])}"
    if item["first_review"] == "accepted":
        return State.MET, ", accepted at the first review"
    if item["first_review"] == "returned":
        return State.AT_RISK, ", returned at the first review and not accepted since"
    if item["ended_on"]:
        return State.NO_VERDICT, ", acceptance not reported"
    return State.ON_COURSE, ", not accepted yet"


def _ahead(item: Row, as_of: date) -> Found:
    """What is said of something that is not due yet, and not there."""
    forecast, due = item["forecast"], item["due"]
    if item["closed_on"]:
        return State.AT_RISK, f"not {item['verb']} when the engagement was closed on {day(item['closed_on'])}"
    if forecast is None:
        return State.ON_COURSE, f"not {item['verb']} yet" if item["verb"] == "delivered" else "no forecast"
    if forecast <= as_of:
        return State.AT_RISK, f"not {item['verb']}, and its forecast of {day(forecast)} has passed"
    return (State.AT_RISK if forecast > due else State.ON_COURSE), f"forecast {lateness((forecast - due).days)}"


def _kpi(row: Row) -> Found:
    """The state of a KPI of one engagement, and the words for it."""
    label, light = BY_ID[row["kpi"]].label.removesuffix(" by the CRO"), row["band_all"]
    if light is Band.NOT_APPLICABLE:
        return State.NOT_COVERED, f"{label}: not part of the service"
    if row["value_all"] is None and not light.rated:
        return State.NO_VERDICT, f"{label}: {row['reason'] or word(row, '_all')}"
    value = "" if row["value_all"] is None else f" {value_text(row, '_all')}"
    said = f"{label}{value}, {word(row, '_all')}"
    if light is Band.GREEN and row["silent"] and (row["points_worst"] or 0) < 100:
        return State.NO_VERDICT, f"{said}, but {count(row['silent'], 'month')} not reported"
    return OF_BAND.get(light, State.NO_VERDICT), said


def evidence(view: View, engagement: str) -> dict[str, str]:
    """What can show a requirement of an engagement: code to what it is called, with its type.

    Its milestones and deliverables, the KPIs that are part of its service, and what its requirements name already.
    """
    items = _items(view, engagement)
    found = {row["id"]: f"{row['name']} · {kind}" for (_, kind, _), row in items.items()}
    service = templates.service(view, engagement)
    for kpi in RATED:
        if not kpi.services or service in kpi.services:
            found.setdefault(kpi.id, f"{kpi.label} · KPI")
    for row in view.rows(ASKED, engagement=engagement):
        if code := row["evidence_id"]:
            found.setdefault(code, f"{code}, not known here")
    return found


def usual(view: View, engagement: str) -> list[dict[str, str]]:
    """Requirements that are usual for the service of an engagement: rows of the kind, without their codes.

    A milestone is named as evidence where the plan of the study has it.
    """
    planned = {row["id"] for row in view.rows(MILESTONES, engagement=engagement)}
    unshown = {"evidence_type": "", "evidence_id": ""}
    rows = templates.requirements(view, engagement)
    return [row if row["evidence_id"] in planned else row | unshown for row in rows]
