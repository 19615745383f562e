"""Budgets: planned, earned and spent by month, and what is told of them when."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from itertools import accumulate, pairwise

from data.demo.days import month_end, months
from data.demo.orders import Order
from data.demo.plan import Milestone
from data.demo.portfolio import Engagement, Row, shown, upto

PASS_THROUGH = {"full": 0.32, "monitoring": 0.2, "laboratory": 0.15}


@dataclass(frozen=True, slots=True)
class Extra:
    """A change order in the budget: amounts by month from the month after its signature."""

    executed: date
    by_month: dict[date, int]

    def after(self, month: date) -> int:
        return sum(amount for when, amount in self.by_month.items() if when > month)


@dataclass(frozen=True, slots=True)
class Ledger:
    """The truth of one cost type: whole amounts by first day of month; change orders stand beside."""

    cost_type: str
    planned: dict[date, int]
    earned: dict[date, int]
    spent: dict[date, int]
    extras: tuple[Extra, ...]


def parts(total: int, count: int) -> list[int]:
    """A total in `count` whole amounts whose running sum follows the curve 3x^2 - 2x^3."""
    points = [round(total * (3 * x * x - 2 * x**3)) for x in (i / count for i in range(count + 1))]
    return [after - before for before, after in pairwise(points)]


def spread_evenly(order: Order, run: list[date]) -> Extra:
    """The value of an executed order over the months left when it is signed; at least the last one."""
    assert order.executed is not None
    left = [month for month in run if month > order.executed] or run[-1:]
    share, rest = divmod(order.value, len(left))
    amounts = [share + (1 if i < rest else 0) for i in range(len(left))]
    return Extra(order.executed, dict(zip(left, amounts, strict=True)))


def ledgers(engagement: Engagement, milestones: list[Milestone], orders: list[Order]) -> list[Ledger]:
    """Fee, planned at exactly the contract value, and pass-through cost where the service has any."""
    plan = months(engagement.start, engagement.planned_end)
    run = months(engagement.start, max(engagement.planned_end, milestones[-1].actual))
    extras = tuple(spread_evenly(order, run) for order in orders if order.executed)
    found = [_ledger(engagement, "fee", engagement.contract_value, plan, run, extras)]
    share = PASS_THROUGH.get(engagement.service)
    if share:
        total = round(engagement.value * share) * 1000
        found.append(_ledger(engagement, "pass_through", total, plan, run, ()))
    return found


def _ledger(
    engagement: Engagement,
    cost_type: str,
    total: int,
    plan: list[date],
    run: list[date],
    extras: tuple[Extra, ...],
) -> Ledger:
    dice = engagement.dice(f"budget {cost_type}")
    overrun = engagement.style.overrun + dice.gauss(0, 0.005) if cost_type == "fee" else 0.01
    earned = dict(zip(run, parts(total, len(run)), strict=True))
    wobble = [dice.gauss(0, 0.03) for _ in run]
    spent = {
        month: round(earned[month] * (1 + overrun + (here - before) / 2))
        for month, here, before in zip(run, wobble, [0.0, *wobble], strict=False)
    }
    return Ledger(cost_type, dict(zip(plan, parts(total, len(plan)), strict=True)), earned, spent, extras)


def told_budget(engagement: Engagement, ledger: Ledger, status: date) -> Iterator[Row]:
    """Rows of the kind budget as known at the status date: the newest month accrued, the others invoiced."""
    run = list(ledger.earned)
    signed = [extra for extra in ledger.extras if extra.executed <= status]
    passed = [month for month in run if month_end(month) <= status]
    remaining = dict(zip(run, _remaining(ledger, status), strict=True))
    for month in run:
        added = sum(extra.by_month.get(month, 0) for extra in signed)
        planned = ledger.planned.get(month, 0)
        if month not in passed and not planned and not added:
            continue
        row = {
            "engagement_id": engagement.id,
            "month": f"{month:%Y-%m}",
            "cost_type": ledger.cost_type,
            "planned_original": shown(planned),
            "planned_current": shown(planned + added) if added else "",
        }
        if month in passed:
            extra = sum(one.by_month.get(month, 0) for one in ledger.extras if one.executed <= month_end(month))
            cost = ledger.spent[month] + extra
            newest = month == passed[-1] and status < month_end(run[-1])
            row |= {
                "earned_value": shown(ledger.earned[month] + extra),
                "invoiced": shown(0 if newest else cost),
                "accrued": shown(cost if newest else 0),
                "forecast_remaining": shown(remaining[month]),
            }
        yield row


def _remaining(ledger: Ledger, status: date) -> list[int]:
    """What is told, after each month, to be still to come: an overrun is admitted as the work goes on."""
    left_to_earn = _still(list(ledger.earned.values()))
    left_to_spend = _still(list(ledger.spent.values()))
    told = []
    for number, month in enumerate(ledger.earned, start=1):
        admitted = min(1.0, 1.4 * number / len(ledger.earned))
        own = left_to_earn[number - 1] + (left_to_spend[number - 1] - left_to_earn[number - 1]) * admitted
        signed = [one for one in ledger.extras if upto(one.executed, month_end(month))]
        told.append(round(own) + sum(one.after(month) for one in signed))
    return told


def _still(amounts: list[int]) -> list[int]:
    return [sum(amounts) - done for done in accumulate(amounts)]
