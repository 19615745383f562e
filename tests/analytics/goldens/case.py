"""What a golden case is, and short ways to write its rows."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from analytics.measure import Dim
from analytics.scope import Baseline
from data.contracts.surveys import DIMENSIONS
from tests.world import Kinds, engagement

WEDNESDAY = date(2026, 9, 30)
"""The as-of date of most cases: the last day of a month and of a quarter."""


@dataclass(frozen=True, kw_only=True)
class Golden:
    """A KPI worked by hand: rows that come in, and what the group `of` the dimensions `by` has to show.

    `title` says what a wrong calculation would get wrong; `working` is how the expected value comes about.
    """

    kpi: str
    title: str
    working: str
    rows: Kinds
    expected: Mapping[str, object]
    as_of: date = WEDNESDAY
    by: tuple[Dim, ...] = ("cro",)
    of: tuple[str, ...] = ("A",)
    baseline: Baseline = "original"


Row = dict[str, object]


def milestone(name: str, due: str, actual: str = "", **more: object) -> Row:
    row: Row = {"engagement_id": "E1", "milestone": name, "baseline_original": due, "actual": actual}
    return row | more


def met(many: int, due: str = "2026-06-30", **more: object) -> list[Row]:
    """Study milestones reached on the day they were due."""
    return [milestone(f"met {number}", due, due, **more) for number in range(many)]


def deliverable(name: str, due: str, delivered: str = "", **more: object) -> Row:
    row: Row = {"deliverable_id": name, "engagement_id": "E1", "name": name}
    return row | {"due_original": due, "delivered": delivered} | more


def month(name: str, planned: float, ev: object = "", ac: object = "", **more: object) -> Row:
    """A month of fee; what was invoiced is all of AC."""
    row: Row = {"engagement_id": "E1", "month": name, "cost_type": "fee", "planned_original": planned}
    return row | {"earned_value": ev, "invoiced": ac} | more


def count(kpi: str, name: str, numerator: float, denominator: object, **more: object) -> Row:
    row: Row = {"engagement_id": "E1", "kpi_id": kpi, "month": name}
    return row | {"numerator": numerator, "denominator": denominator} | more


def requests(many: int, opened: str, answered: str = "", resolved: str = "", **more: object) -> list[Row]:
    """So many requests of one kind; ids are made from what they have in common."""
    return [
        {
            "request_id": f"{opened} {answered} {resolved} {sorted(more.items())} {number}",
            "engagement_id": "E1",
            "opened_at": opened,
            "first_response_at": answered,
            "resolved_at": resolved,
        }
        | more
        for number in range(many)
    ]


def sla(hours: float, priority: str = "", **more: object) -> Row:
    row: Row = {"engagement_id": "E1", "priority": priority, "response_hours": hours}
    return row | more


def order(name: str, requested: str, value: float, initiator: str = "cro", **more: object) -> Row:
    row: Row = {"change_order_id": name, "engagement_id": "E1", "requested": requested, "value": value}
    return row | {"initiator": initiator} | more


def budget_rate(currency: str, rate: float, year: int = 2026) -> Row:
    return {"currency": currency, "year": year, "rate": rate}


def invoice(name: str, issued: str, outcome: str = "", outcome_on: str = "", **more: object) -> Row:
    row: Row = {"invoice_id": name, "engagement_id": "E1", "issued": issued, "amount": 100}
    return row | {"outcome": outcome, "outcome_on": outcome_on} | more


def units(kind: str, name: str, contracted: float, delivered: object, invoiced: object, **more: object) -> Row:
    row: Row = {"engagement_id": "E1", "unit_type": kind, "month": name, "contracted": contracted}
    return row | {"delivered": delivered, "invoiced": invoiced} | more


def touchpoint(name: str, scheduled: str, done: str = "", minutes: str = "", **more: object) -> Row:
    row: Row = {"touchpoint_id": name, "engagement_id": "E1", "scheduled": scheduled}
    return row | {"done": done, "minutes_issued": minutes} | more


def audit(name: str, held: str, **more: object) -> Row:
    row: Row = {"audit_id": name, "cro_id": "A", "engagement_id": "E1", "held": held}
    return row | more


def event(name: str, raised: str, due: str = "", closed: str = "", **more: object) -> Row:
    """A quality event; an audit finding unless it says otherwise."""
    row: Row = {"event_id": name, "engagement_id": "E1", "raised": raised, "due": due, "closed": closed}
    return row | more


def assignment(name: str, start: str, end: str = "", reason: str = "", **more: object) -> Row:
    row: Row = {"assignment_id": name, "engagement_id": "E1", "role": "monitor", "person": name}
    return row | {"start_date": start, "end_date": end, "end_reason": reason} | more


def answers(name: str, *scores: float, recommend: object = "", quarter: str = "2026-Q3", **more: object) -> list[Row]:
    """A form of the survey: a score for each of the first dimensions."""
    row: Row = {"response_id": name, "engagement_id": "E1", "quarter": quarter}
    given = dict(zip(DIMENSIONS, scores)) | ({"recommend": recommend} if recommend != "" else {})
    return [row | {"dimension": dimension, "score": score} | more for dimension, score in given.items()]


def version(name: str, approved: str, **more: object) -> Row:
    row: Row = {"engagement_id": "E1", "version": name, "approved_on": approved}
    return row | more


UNEARNED: Kinds = {
    "engagements": [engagement("E1"), engagement("E2")],
    "budget": [
        month("2026-09", 100, 100, 100),
        month("2026-10", 100),
        month("2026-09", 100, 0, 80, engagement_id="E2"),
        month("2026-10", 100, engagement_id="E2"),
    ],
}
"""E1 planned 200 and earned 100 of it for 100; E2 planned 200, spent 80 and earned nothing yet."""
