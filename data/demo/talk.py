"""Requests between the two sides, and the SLAs that they are held against."""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from random import Random

from data.demo.days import MINUTES_A_DAY, add_minutes, is_working, month_end, months
from data.demo.plan import Milestone
from data.demo.portfolio import LAST_STATUS, Engagement, Row, Style, shown, upto

SLAS = {"high": (8, 5), "normal": (16, 10), "low": (24, 15)}
URGENCY = {"high": 0.55, "normal": 1.0, "low": 1.45}
TOPICS = {
    "question": ("site payments", "visit window", "eligibility", "import licence", "randomisation"),
    "issue": ("temperature excursion", "missing source documents", "staff change at a site", "portal access"),
    "document": ("visit report", "insurance certificate", "ethics approval", "training record"),
    "approval": ("site contract", "newsletter", "vendor invoice", "recruitment material"),
    "data_query": ("laboratory values", "adverse event dates", "dosing record", "inconsistent visit date"),
}  # fmt: skip
TYPES, WEIGHTS = tuple(TOPICS), (34, 14, 20, 14, 18)


@dataclass(frozen=True, slots=True)
class Request:
    """One request with every time it will ever have; None where nobody ever answers."""

    id: str
    opened: datetime
    type: str
    to_cro: bool
    channel: str
    topic: str
    priority: str
    responded: datetime | None
    resolved: datetime | None
    paused: int
    cancelled: date | None


def pace(style: Style, day: date) -> tuple[float, float]:
    """Median business hours to the first response, and share never answered, of requests of that day."""
    quarters = style.declined(day)
    return style.hours * style.hastening**quarters, style.parked + style.parked_growth * quarters


def requests(engagement: Engagement, milestones: list[Milestone]) -> list[Request]:
    """All requests of an engagement, in the order in which they were opened."""
    dice = engagement.dice("requests")
    end = min(engagement.cro.reports_until, max(engagement.planned_end, milestones[-1].actual))
    opened = []
    for month in months(engagement.start, end):
        count = round(max(0.0, dice.gauss(engagement.style.requests, 1.4)))
        opened += [_opening(month, dice) for _ in range(count)]
    kept = sorted(moment for moment in opened if engagement.start <= moment.date() <= min(end, LAST_STATUS))
    return [_request(engagement, number, moment, dice) for number, moment in enumerate(kept, start=1)]


def _opening(month: date, dice: Random) -> datetime:
    length = month_end(month).day
    day = month + timedelta(dice.randrange(length))
    while not is_working(day):
        day = month + timedelta(dice.randrange(length))
    minute = dice.randrange(17 * 60, 20 * 60) if dice.random() < 0.04 else dice.randrange(9 * 60, 17 * 60 - 5)
    return datetime.combine(day, time(tzinfo=UTC)) + timedelta(minutes=minute)


def _request(engagement: Engagement, number: int, opened: datetime, dice: Random) -> Request:
    style = engagement.style
    sort = dice.choices(TYPES, WEIGHTS)[0]
    to_cro = sort == "data_query" or dice.random() < 0.7
    priority = dice.choices(tuple(SLAS), (2, 6, 2))[0]
    hours, parked = pace(style, opened.date()) if to_cro else (9.0, 0.01)
    if sort == "data_query":
        hours, parked = 10.0, 0.01
    minutes = max(4, round(60 * hours * URGENCY[priority] * dice.lognormvariate(0, style.spread)))
    further = dice.lognormvariate(math.log(style.resolve if to_cro else 3.0), 0.95)
    responded = add_minutes(opened, minutes)
    resolved = add_minutes(responded, round(further * MINUTES_A_DAY))
    paused = dice.randint(2, 6) if dice.random() < style.paused and minutes > 900 else 0
    ignored, withdrawn = dice.random() < parked, dice.random() < 0.008
    return Request(
        id=f"R-{engagement.id[2:]}-{number:03}",
        opened=opened,
        type=sort,
        to_cro=to_cro,
        channel=dice.choices(("mail", "portal", "meeting"), (6, 3, 1))[0],
        topic=dice.choice(TOPICS[sort]),
        priority=priority,
        responded=None if ignored or withdrawn else responded,
        resolved=None if ignored or withdrawn else resolved,
        paused=paused,
        cancelled=opened.date() + timedelta(dice.randint(5, 20)) if withdrawn else None,
    )


def _stamp(moment: datetime | None, status: date) -> str:
    return f"{moment:%Y-%m-%dT%H:%M:%SZ}" if moment and moment.date() <= status else ""


def told_requests(engagement: Engagement, truth: list[Request], status: date) -> Iterator[Row]:
    """Rows of the kind requests as known at the status date."""
    for request in truth:
        if request.opened.date() > status:
            break
        until = min(status, request.resolved.date()) if request.resolved else request.cancelled or status
        age = (min(until, status) - request.opened.date()).days
        resolved = _stamp(request.resolved, status)
        yield {
            "request_id": request.id,
            "engagement_id": engagement.id,
            "type": request.type,
            "direction": "to_cro" if request.to_cro else "to_sponsor",
            "channel": request.channel,
            "topic": request.topic,
            "priority": request.priority,
            "opened_at": _stamp(request.opened, status),
            "first_response_at": _stamp(request.responded, status),
            "resolved_at": resolved,
            "paused_hours": shown(request.paused) if request.paused and resolved else "",
            "escalation_level": "2" if age > 60 else "1" if age > 28 else "",
            "cancelled_on": shown(upto(request.cancelled, status)),
        }


def told_slas(engagement: Engagement) -> Iterator[Row]:
    """Rows of the kind slas: the same hours for every contract, in business time."""
    for priority, (hours, days) in SLAS.items():
        yield {
            "engagement_id": engagement.id,
            "priority": priority,
            "response_hours": shown(hours),
            "resolution_days": shown(days),
            "clock": "business",
            "time_zone": "UTC",
        }
