"""What was asked, who does what and how both sides talk, contract by contract."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

from data.demo.people import Assignment
from data.demo.plan import Deliverable, Milestone
from data.demo.portfolio import Engagement, Row

WORDS = {
    "final_report": "Final report",
    "data_transfer_final": "Final data transfer",
    "dbl": "Database lock",
    "csr": "Study report",
    "tmf_transfer": "Transfer of the trial master file",
}
"""Milestones that a contract is measured by at its end, as a requirement calls them."""

UNPROVEN = {
    "E-2506": "Electronic diary in use at every site before the first patient",
    "E-2437": "Sleep recordings read twice, independently",
    "E-2433": "Suicidality reviewed by our physician within one business day",
}
"""Requirements that must be met and that nothing shows, by contract."""

RACI = {
    "full": (
        ("Site selection and activation", "lead monitor", "project manager", "sponsor", "medical monitor"),
        ("Monitoring", "monitor", "lead monitor", "project manager", "sponsor"),
        ("Data management and database lock", "data manager", "project manager", "statistician", "sponsor"),
        ("Medical monitoring", "medical monitor", "medical monitor", "sponsor", "project manager"),
        ("Statistical analysis", "statistician", "sponsor", "data manager", "project manager"),
        ("Budget and change orders", "project manager", "sponsor", "lead", ""),
    ),
    "monitoring": (
        ("Site selection and activation", "lead monitor", "project manager", "sponsor", ""),
        ("Monitoring", "monitor", "lead monitor", "project manager", "sponsor"),
        ("Trial master file", "project manager", "project manager", "lead monitor", "sponsor"),
        ("Budget and change orders", "project manager", "sponsor", "lead", ""),
    ),
    "data_management": (
        ("Database build", "programmer", "lead data manager", "sponsor", "project manager"),
        ("Data cleaning", "data manager", "lead data manager", "sponsor", ""),
        ("Database lock", "lead data manager", "project manager", "sponsor", ""),
    ),
    "fsp": (
        ("Staffing of the monitors", "line manager", "project manager", "sponsor", "lead"),
        ("Monitoring", "monitor", "sponsor", "line manager", ""),
    ),
    "laboratory": (
        ("Sample logistics", "sample coordinator", "study manager", "sponsor", ""),
        ("Analysis of samples", "lead analyst", "study manager", "analyst", "sponsor"),
        ("Data transfer", "study manager", "study manager", "sponsor", ""),
    ),
    "preclinical": (
        ("Study plan", "study director", "study director", "sponsor", "lead toxicologist"),
        ("In-life phase", "technician", "study director", "lead toxicologist", "sponsor"),
        ("Pathology", "lead toxicologist", "study director", "sponsor", ""),
        ("Final report", "study director", "sponsor", "lead toxicologist", ""),
    ),
}
"""Activity, responsible, accountable, consulted, informed, by service: roles of the team, our project manager
(`sponsor`), or the CRO's lead (`lead`)."""

GOVERNANCE, REPORT = "Governance meeting", "Status report"
"""What meetings.py holds and sends, as the plan calls it."""
NEVER_HELD = frozenset({"E-2433", "E-2534"})
"""Contracts whose plan has a steering committee that nobody ever scheduled."""
NOT_UPDATED = frozenset({"E-2506"})
"""Contracts whose list of responsibilities still names those who began."""


def told_requirements(
    engagement: Engagement, study: list[Milestone], documents: list[Deliverable], status: date
) -> Iterator[Row]:
    """Rows of the kind requirements: what the contract promises, and what shows it."""
    by_code = {milestone.code: milestone for milestone in study}
    asked = [
        ("timeline", f"{words} by {by_code[code].baseline}", "Reached on or before that day", "must", "milestone", code)
        for code, words in WORDS.items()
        if code in by_code
    ]
    asked.append(("task", documents[0].name, "Accepted at first review", "must", "deliverable", documents[0].id))
    asked.append(("task", documents[-1].name, "Accepted", "should", "deliverable", documents[-1].id))
    asked.append(("budget", "Forecast within the signed contract", "At most 5 % over it", "must", "kpi", "C09"))
    asked.append(("quality", "Questions answered within the agreed time", "At least 85 of 100", "should", "kpi", "R02"))
    if engagement.subjects and engagement.sites:
        enrolled = f"{engagement.subjects} patients at {engagement.sites} sites"
        asked.append(("outcome", enrolled, "Enrolment on plan", "must", "kpi", "T06"))
    if engagement.id in UNPROVEN:
        asked.append(("quality", UNPROVEN[engagement.id], "", "must", "", ""))
    names = ("category", "requirement", "acceptance_criterion", "priority", "evidence_type", "evidence_id")
    for number, one in enumerate(asked, start=1):
        own = {"requirement_id": f"RQ-{engagement.id[2:]}-{number:02}", "engagement_id": engagement.id}
        yield own | dict(zip(names, one, strict=True))


def told_responsibilities(engagement: Engagement, people: list[Assignment], status: date) -> Iterator[Row]:
    """Rows of the kind responsibilities: who holds each role at the status date, or did first where none follows."""
    day = engagement.start if engagement.id in NOT_UPDATED else status

    def who(role: str) -> str:
        if role in ("sponsor", "lead"):
            return engagement.pm if role == "sponsor" else engagement.lead
        held = [one for one in people if one.role == role]
        there = [one for one in held if one.start <= day <= one.end] or held[:1]
        return "; ".join(dict.fromkeys(one.person for one in there))

    for activity, responsible, accountable, consulted, informed in RACI[engagement.service]:
        yield {
            "engagement_id": engagement.id,
            "activity": activity,
            "responsible": who(responsible),
            "accountable": who(accountable).split("; ")[0],
            "consulted": who(consulted) if consulted else "",
            "informed": who(informed) if informed else "",
        }


def told_communication_plan(engagement: Engagement, status: date) -> Iterator[Row]:
    """Rows of the kind communication_plan."""
    planned = [
        (GOVERNANCE, "monthly", engagement.lead, "Steering committee", "video call"),
        (REPORT, "monthly", engagement.lead, "", "e-mail"),
    ]
    if engagement.id in NEVER_HELD:
        planned.append(("Steering committee", "quarterly", engagement.pm, "Heads of both companies", "on site"))
    for touchpoint, frequency, owner, escalation, channel in planned:
        yield {
            "engagement_id": engagement.id,
            "touchpoint": touchpoint,
            "frequency": frequency,
            "owner": owner,
            "escalation": escalation,
            "channel": channel,
        }
