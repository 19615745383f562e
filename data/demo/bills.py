"""What is billed: invoices and what became of them, and the units of contracts that are paid by the unit."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta

from data.demo.counts import Count
from data.demo.days import add_workdays, month_end, months, next_month, workday
from data.demo.money import Ledger, parts
from data.demo.plan import Milestone
from data.demo.portfolio import Engagement, Row, shown, upto


@dataclass(frozen=True, slots=True)
class Invoice:
    """One invoice for the cost of a month, and the days on which it was checked and paid."""

    id: str
    issued: date
    amount: int
    outcome: str
    outcome_on: date
    settled: date


def invoices(engagement: Engagement, fee: Ledger) -> list[Invoice]:
    """One invoice a month of the fee, as the budget tells it: in the month after, the last one at once."""
    dice = engagement.dice("invoices")
    run = list(fee.spent)
    found = []
    for number, month in enumerate(run, start=1):
        issued = workday(next_month(month) + timedelta(dice.randint(4, 18)))
        if month == run[-1]:
            issued = workday(month_end(month))
        added = sum(one.by_month.get(month, 0) for one in fee.extras if one.executed <= month_end(month))
        fine = dice.random() < engagement.style.invoices and f"{month:%Y-%m}" not in engagement.disputed
        wrong = dice.choice(("disputed", "corrected"))
        checked = add_workdays(issued, dice.randint(4, 13))
        found.append(
            Invoice(
                id=f"INV-{engagement.id[2:]}-{number:02}",
                issued=issued,
                amount=fee.spent[month] + added,
                outcome="accepted" if fine else wrong,
                outcome_on=checked,
                settled=add_workdays(checked, dice.randint(9, 18) + (0 if fine else 15)),
            )
        )
    return found


def told_invoices(engagement: Engagement, truth: list[Invoice], status: date) -> Iterator[Row]:
    """Rows of the kind invoices as known at the status date."""
    for invoice in truth:
        if invoice.issued <= status:
            checked = upto(invoice.outcome_on, status)
            yield {
                "invoice_id": invoice.id,
                "engagement_id": engagement.id,
                "issued": shown(invoice.issued),
                "amount": shown(invoice.amount),
                "outcome": invoice.outcome if checked else "",
                "outcome_on": shown(checked),
                "settled": shown(upto(invoice.settled, status)),
            }


# Units of a laboratory: their first milestone, and how many for each thousand of the contract value.
LABORATORY = (("sample kit", "kits_delivered", 0.6), ("sample analysed", "first_sample_received", 1.6))


@dataclass(frozen=True, slots=True)
class Unit:
    """Units of one type in one month; `contracted` holds for the whole contract."""

    type: str
    month: date
    contracted: int
    delivered: int
    invoiced: int


def units(engagement: Engagement, study: list[Milestone], sites: list[Milestone], counted: list[Count]) -> list[Unit]:
    """The units of a contract paid by the unit, for each month in which some were delivered or invoiced."""
    if engagement.pricing != "unit":
        return []
    events = {milestone.code: milestone for milestone in study}
    found: list[Unit] = []
    if engagement.sites:
        active = Counter(site.actual.replace(day=1) for site in sites if site.code == "site_activated")
        enrolled = {count.month: count.numerator for count in counted if count.kpi == "T06"}
        visits = {count.month: count.denominator for count in counted if count.kpi == "Q05"}
        planned = len(months(events["fpi"].baseline, events["lplv"].baseline)) * max(visits.values())
        found += _billed(engagement, "site activated", engagement.sites, dict(sorted(active.items())))
        found += _billed(engagement, "subject enrolled", engagement.subjects, enrolled)
        found += _billed(engagement, "monitoring visit", planned, visits)
    else:
        for sort, first, share in LABORATORY:
            run = months(events[first].actual, events["last_sample_analysed"].actual)
            amount = round(share * engagement.value)
            found += _billed(engagement, sort, amount, dict(zip(run, parts(amount, len(run)), strict=True)))
    return found


def _billed(engagement: Engagement, sort: str, contracted: int, delivered: dict[date, int]) -> Iterator[Unit]:
    done, billed = 0, 0
    for month, count in delivered.items():
        done += count
        due = round(done * engagement.style.billed) - billed
        billed += due
        if count or due:
            yield Unit(sort, month, contracted, count, due)


def told_units(engagement: Engagement, truth: list[Unit], status: date) -> Iterator[Row]:
    """Rows of the kind units as known at the status date."""
    for unit in truth:
        if month_end(unit.month) <= status:
            yield {
                "engagement_id": engagement.id,
                "unit_type": unit.type,
                "month": f"{unit.month:%Y-%m}",
                "contracted": shown(unit.contracted),
                "delivered": shown(unit.delivered),
                "invoiced": shown(unit.invoiced),
            }
