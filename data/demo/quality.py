"""Audits, and what was found: deviations, audit findings and corrective actions (CAPA)."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from random import Random

from data.demo.counts import ENROLLING
from data.demo.days import add_workdays, months, workday
from data.demo.portfolio import LAST_STATUS, Cro, Engagement, Row, shown, upto

FIRST_AUDIT = date(2024, 4, 8)


@dataclass(frozen=True, slots=True)
class Audit:
    """One audit, and the contracts in which its findings are followed up; `of`: the one audited, if any."""

    id: str
    of: str
    type: str
    held: date
    next_due: date | None
    engagements: tuple[Engagement, ...]


@dataclass(frozen=True, slots=True)
class Event:
    """One quality event with its due date and the day on which it is closed."""

    id: str
    engagement: Engagement
    audit: str
    type: str
    grade: str
    raised: date
    due: date
    closed: date


def audits(cro: Cro, engagements: list[Engagement]) -> list[Audit]:
    """A system audit of the CRO every two years, and one of the file or a site of every second larger contract."""
    dice = cro.dice("audits")
    found = []
    held = workday(FIRST_AUDIT + timedelta(dice.randint(0, 180)))
    while held <= LAST_STATUS:
        running = tuple(one for one in engagements if one.start < held <= one.planned_end)
        following = workday(held + timedelta(730))
        found.append(Audit(f"AUD-{cro.id[:3]}-{held:%y}", "", "system", held, following, running))
        held = following
    for number, engagement in enumerate(engagements):
        held = workday(engagement.start + timedelta(dice.randint(330, 480)))
        if number % 2 and held <= min(LAST_STATUS, engagement.planned_end):
            sort = dice.choice(("file", "site")) if engagement.sites else "file"
            found.append(Audit(f"AUD-{engagement.id[2:]}", engagement.id, sort, held, None, (engagement,)))
    return found


def told_audits(cro: Cro, truth: list[Audit], status: date) -> Iterator[Row]:
    """Rows of the kind audits as known at the status date."""
    for audit in truth:
        if audit.held <= min(status, cro.reports_until):
            yield {
                "audit_id": audit.id,
                "cro_id": cro.id,
                "engagement_id": audit.of,
                "type": audit.type,
                "held": shown(audit.held),
                "next_due": shown(audit.next_due),
            }


def quality_events(cro: Cro, engagements: list[Engagement], held: list[Audit], closed: dict[str, date]) -> list[Event]:
    """Findings of the audits, deviations at the sites, and a corrective action for whatever is major."""
    dice = cro.dice("quality events")
    found: list[Event] = []
    for audit in held:
        majors = int(cro.style.majors) + (dice.random() < cro.style.majors % 1)
        for number, grade in enumerate(["major"] * majors + ["minor"] * dice.randint(2, 4), start=1):
            engagement = dice.choice(audit.engagements)
            key = f"F-{audit.id[4:]}-{number}"
            found.append(_event(key, engagement, audit.id, "audit_finding", grade, audit.held, (60, 90), 1.0, dice))
    for engagement in engagements:
        if engagement.service not in ENROLLING or not engagement.subjects:
            continue
        run = months(engagement.start + timedelta(200), min(closed[engagement.id] - timedelta(60), LAST_STATUS))
        for month in run:
            if dice.random() < 0.4:
                raised = workday(month + timedelta(dice.randint(3, 27)))
                grade = "major" if dice.random() < 0.3 else "minor"
                key = f"DV-{engagement.id[2:]}-{month:%y%m}"
                found.append(_event(key, engagement, "", "deviation", grade, raised, (30, 45), 1.0, dice))
    return found + [_capa(event, cro, dice) for event in found if event.grade == "major" or dice.random() < 0.3]


def _event(
    key: str, engagement: Engagement, audit: str, sort: str, grade: str, raised: date, days: tuple[int, int],
    in_time: float, dice: Random,
) -> Event:  # fmt: skip
    due = workday(raised + timedelta(dice.randint(*days)))
    early, late, fine = dice.randint(3, 20), dice.randint(5, 35), dice.random() < in_time
    closed = max(workday(due - timedelta(early)), add_workdays(raised, 1)) if fine else add_workdays(due, late)
    return Event(key, engagement, audit, sort, grade, raised, due, closed)


def _capa(event: Event, cro: Cro, dice: Random) -> Event:
    raised = add_workdays(event.raised, dice.randint(2, 8))
    key = f"CAPA-{event.id}"
    return _event(key, event.engagement, event.audit, "capa", event.grade, raised, (50, 80), cro.style.capa, dice)


def told_quality_events(truth: list[Event], status: date) -> Iterator[Row]:
    """Rows of the kind quality_events as known at the status date."""
    for event in truth:
        known = event.engagement.said(status)
        if known is not None and event.raised <= known:
            yield {
                "event_id": event.id,
                "engagement_id": event.engagement.id,
                "audit_id": event.audit,
                "type": event.type,
                "grade": event.grade,
                "raised": shown(event.raised),
                "due": shown(event.due),
                "closed": shown(upto(event.closed, known)),
            }
