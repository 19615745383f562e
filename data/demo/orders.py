"""Change orders: a few planted ones, the others drawn from the style of the CRO."""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date, timedelta
from typing import Any

from data.demo.days import add_workdays, workday
from data.demo.portfolio import LAST_STATUS, Engagement, Row, shown, upto

REASONS = {
    "cro": ("additional monitoring visits", "effort for data cleaning underestimated", "replacement of staff",
            "more help desk hours", "start-up work at sites that never enrolled"),
    "sponsor": ("protocol amendment", "additional country", "earlier interim analysis", "imaging endpoint",
                "larger safety database"),
    "shared": ("slower enrolment than both planned", "change of the electronic diary", "more deviations"),
    "external": ("request of a regulator", "site closed by its hospital", "new import rules for samples"),
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Order:
    """One change order with every date it will ever have; `days` is what it adds to the plan."""

    id: str
    engagement: str
    requested: date
    value: int
    initiator: str
    reason: str
    submitted: date | None = None
    decided: date | None = None
    executed: date | None = None
    decision: str = ""
    days: int = 0
    needed_by: date | None = None
    planted: bool = False


def planted_orders(engagement: Engagement, told: tuple[dict[str, Any], ...]) -> list[Order]:
    """The declared change orders of an engagement; their `value` is declared in thousands."""
    mine = [entry for entry in told if entry["engagement"] == engagement.id]
    return [Order(**entry | {"value": entry["value"] * 1000}, planted=True) for entry in mine]


def drawn_orders(engagement: Engagement) -> list[Order]:
    """Change orders as often, large and slow as the style says; one in eight is refused."""
    dice = engagement.dice("change orders")
    style = engagement.style
    count = int(style.orders) + (dice.random() < style.orders % 1)
    first = engagement.start + timedelta(90)
    last = min(engagement.planned_end - timedelta(120), LAST_STATUS - timedelta(10))
    found = []
    for number in range(count):
        requested = workday(first + (last - first) * dice.random())
        mine = dice.random() < style.order_by_cro
        initiator = dice.choices(("cro", "shared"), (4, 1))[0] if mine else dice.choices(
            ("sponsor", "external"), (4, 1))[0]  # fmt: skip
        size = style.order_size * dice.uniform(0.6, 1.5) * (1.0 if mine else 1.8)
        order = Order(
            id=f"CO-{engagement.id[2:]}-{number + 1}",
            engagement=engagement.id,
            requested=requested,
            value=max(5, round(engagement.value * size)) * 1000,
            initiator=initiator,
            reason=dice.choice(REASONS[initiator]),
            needed_by=add_workdays(requested, dice.randint(30, 60)),
        )
        slow = round(dice.lognormvariate(math.log(style.order_days), 0.3))
        order = replace(order, submitted=workday(requested + timedelta(slow)))
        decided = add_workdays(requested + timedelta(slow), dice.randint(6, 18))
        refused = dice.random() < 0.12
        order = replace(order, decided=decided, decision="rejected" if refused else "approved")
        if not refused:
            granted = initiator == "sponsor" and dice.random() < style.order_delay
            executed = add_workdays(decided, dice.randint(5, 16))
            order = replace(order, executed=executed, days=7 * dice.randint(2, 5) if granted else 0)
        found.append(order)
    return found


def told_orders(orders: list[Order], status: date) -> Iterator[Row]:
    """Rows of the kind change_orders as known at the status date."""
    for order in orders:
        if order.requested > status:
            continue
        decided = upto(order.decided, status)
        yield {
            "change_order_id": order.id,
            "engagement_id": order.engagement,
            "requested": shown(order.requested),
            "submitted": shown(upto(order.submitted, status)),
            "decided": shown(decided),
            "executed": shown(upto(order.executed, status)),
            "decision": order.decision if decided else "",
            "value": shown(order.value),
            "days_impact": shown(order.days),
            "initiator": order.initiator,
            "reason": order.reason,
            "needed_by": shown(order.needed_by),
        }
