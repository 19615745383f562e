"""What other systems count by month: enrolment, deviations, visit reports, documents, safety reports, queries."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from random import Random

from data.demo.days import month_end, months
from data.demo.plan import Milestone
from data.demo.portfolio import LAST_STATUS, Engagement, Row, shown

ENROLLING = ("full", "monitoring")
FILING = ("full", "monitoring", "data_management")
ENTERING = ("full", "data_management")
PAGES = 9  # a subject and month


@dataclass(frozen=True, slots=True)
class Count:
    """One reported pair of counts."""

    kpi: str
    month: date
    numerator: int
    denominator: int


def counts(engagement: Engagement, milestones: list[Milestone]) -> list[Count]:
    """All counts of an engagement, from its first to its last month, as far as its service brings them."""
    events = {milestone.code: milestone for milestone in milestones}
    found: list[Count] = []
    if engagement.service in ENROLLING and engagement.subjects:
        found += _enrolment(engagement, events)
        found += _conduct(engagement, events)
    if engagement.service in FILING and engagement.subjects:
        found += _filing(engagement, events)
        found += _in_time(engagement, events)
    if engagement.service in ENTERING and engagement.subjects:
        found += _queries(engagement, events)
    return sorted(found, key=lambda count: (count.month, count.kpi))


def _enrolment(engagement: Engagement, events: dict[str, Milestone]) -> Iterator[Count]:
    """T06: subjects enrolled and planned in each month from first to last patient in."""
    dice = engagement.dice("enrolment")
    plan = months(events["fpi"].baseline, events["lpi"].baseline)
    done = 0.0
    for number, month in enumerate(plan, start=1):
        planned = engagement.subjects * number // len(plan) - engagement.subjects * (number - 1) // len(plan)
        if month_end(month) < events["fpi"].actual:
            yield Count("T06", month, 0, planned)
            continue
        done += planned * engagement.style.enrol * dice.uniform(0.92, 1.08)
        yield Count("T06", month, int(done), planned)
        done -= int(done)
    for month in months(events["lpi"].baseline, min(events["lpi"].actual, LAST_STATUS))[1:]:
        done += engagement.subjects / len(plan) * engagement.style.enrol * 0.6
        yield Count("T06", month, int(done), 0)
        done -= int(done)


def _conduct(engagement: Engagement, events: dict[str, Milestone]) -> Iterator[Count]:
    """Q01, Q05 and Q09: deviations by subject visits, visit reports and safety reports on time."""
    dice = engagement.dice("conduct")
    style = engagement.style
    run = months(events["fpi"].actual, events["lplv"].actual)
    for number, month in enumerate(run):
        on_study = engagement.subjects * min(1.0, (number + 1) / (0.6 * len(run)))
        visits = round(on_study * 0.7)
        yield Count("Q01", month, _hits(visits, style.deviations * dice.uniform(0.7, 1.3), dice), visits)
        reports = max(2, round(engagement.sites * 0.6))
        yield Count("Q05", month, _hits(reports, _report_share(engagement, month), dice), reports)
        events_due = _hits(max(1, round(on_study / 6)), 0.05, dice)
        yield Count("Q09", month, events_due - _hits(events_due, style.sae_late, dice), events_due)


def _report_share(engagement: Engagement, month: date) -> float:
    style = engagement.style
    return style.visits if style.mended(month) else style.visits_before


def _filing(engagement: Engagement, events: dict[str, Milestone]) -> Iterator[Count]:
    """Q06: documents expected by the month's end and filed, a stock that grows with the study."""
    dice = engagement.dice("filing")
    run = months(events["contract_executed"].actual, events["tmf_transfer"].actual)
    whole = 140 + 45 * engagement.sites
    for number, month in enumerate(run, start=1):
        expected = round(whole * number / len(run))
        share = min(1.0, engagement.style.tmf + dice.uniform(-0.006, 0.006))
        yield Count("Q06", month, round(expected * share), expected)


def _in_time(engagement: Engagement, events: dict[str, Milestone]) -> Iterator[Count]:
    """Q07: documents filed within five business days, of those filed or overdue, in each month."""
    dice = engagement.dice("filed in time")
    run = months(events["contract_executed"].actual, events["tmf_transfer"].actual)
    documents = round((140 + 45 * engagement.sites) / len(run))
    for month in run:
        filed = max(1, round(documents * dice.uniform(0.7, 1.3)))
        yield Count("Q07", month, _hits(filed, engagement.style.filed, dice), filed)


def _queries(engagement: Engagement, events: dict[str, Milestone]) -> Iterator[Count]:
    """Q02: data queries by pages entered, from the first patient to the database lock."""
    dice = engagement.dice("queries")
    run = months(events["fpi"].actual, events["dbl"].actual)
    for number, month in enumerate(run, start=1):
        on_study = engagement.subjects * min(1.0, number / (0.6 * len(run)))
        pages = max(20, round(on_study * PAGES * dice.uniform(0.8, 1.2)))
        yield Count("Q02", month, round(pages * engagement.style.queries * dice.uniform(0.75, 1.25)), pages)


def _hits(trials: int, share: float, dice: Random) -> int:
    return sum(dice.random() < share for _ in range(trials))


def told_counts(engagement: Engagement, truth: list[Count], status: date) -> Iterator[Row]:
    """Rows of the kind kpi_data as known at the status date."""
    for count in truth:
        if month_end(count.month) <= status:
            yield {
                "engagement_id": engagement.id,
                "kpi_id": count.kpi,
                "month": f"{count.month:%Y-%m}",
                "numerator": shown(count.numerator),
                "denominator": shown(count.denominator),
            }
