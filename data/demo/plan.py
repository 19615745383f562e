"""Milestones, sites and deliverables: what was planned, what happens, and what is told when."""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from random import Random

from data.demo.days import add_workdays, workday
from data.demo.orders import Order
from data.demo.portfolio import Engagement, Row, shown, upto

# Position of each milestone in the planned time of the contract.
CLINICAL = {
    "draft_sent": 0.01, "contract_executed": 0.06, "protocol_final": 0.09, "regulatory_approval": 0.16,
    "first_site_activated": 0.20, "fpi": 0.23, "last_site_activated": 0.36, "lpi": 0.54, "lplv": 0.74,
    "dbl": 0.81, "topline": 0.86, "csr": 0.94, "tmf_transfer": 0.99,
}  # fmt: skip
MONITORING = ("draft_sent", "contract_executed", "first_site_activated", "fpi", "last_site_activated", "lpi",
              "lplv", "tmf_transfer")  # fmt: skip
DATA_ONLY = ("draft_sent", "contract_executed", "protocol_final", "fpi", "lpi", "lplv", "dbl", "topline",
             "tmf_transfer")  # fmt: skip
SCHEDULES: dict[str, dict[str, float]] = {
    "full": CLINICAL,
    "monitoring": {code: CLINICAL[code] for code in MONITORING},
    "data_management": {code: CLINICAL[code] for code in DATA_ONLY},
    "fsp": {
        "draft_sent": 0.01, "contract_executed": 0.06, "team_in_place": 0.14, "first_review_meeting": 0.25,
        "midterm_review": 0.5, "team_handover": 0.97,
    },
    "laboratory": {
        "draft_sent": 0.01, "contract_executed": 0.07, "method_validated": 0.2, "kits_delivered": 0.25,
        "first_sample_received": 0.3, "interim_transfer": 0.55, "last_sample_analysed": 0.82,
        "data_transfer_final": 0.88, "final_report": 0.97,
    },
    "preclinical": {
        "draft_sent": 0.01, "contract_executed": 0.08, "study_plan": 0.16, "in_life_start": 0.24,
        "in_life_end": 0.66, "draft_report": 0.84, "final_report": 0.96,
    },
}  # fmt: skip
DELIVERABLES = {
    "clinical": (
        "Project plan", "Communication plan", "Monitoring plan", "Data management plan", "Safety plan",
        "eCRF go-live package", "Statistical analysis plan", "Site activation summary", "Monitoring summary",
        "Medical review summary", "Tables, listings and figures, shells", "Data review meeting pack",
        "Draft clinical study report", "Trial master file index", "Close-out summary",
    ),
    "fsp": (
        "Staffing plan", "Training records", "Quarterly activity report 1", "Quarterly activity report 2",
        "Quarterly activity report 3", "Quarterly activity report 4", "Quarterly activity report 5",
        "Quarterly activity report 6", "Quarterly activity report 7", "Handover file",
    ),
    "bench": (
        "Laboratory manual", "Bioanalytical plan", "Method validation report", "Kit design and supply plan",
        "Interim data transfer 1", "Stability report", "Interim data transfer 2", "Sample reconciliation",
        "Draft final report",
    ),
}  # fmt: skip
HORIZON = 400  # days before the event at which nobody yet says that it will be late


@dataclass(frozen=True, slots=True)
class Cause:
    """Late days by side, and whether they are agreed; all None where the cause was not recorded."""

    cro: int | None = None
    sponsor: int | None = None
    external: int | None = None
    standing: str = ""

    def told(self, since: date, status: date) -> Row:
        """Its cells: nothing before the event, a proposal for two months, then as it stands."""
        if since > status or not self.standing:
            return {"days_cro": "", "days_sponsor": "", "days_external": "", "attribution_status": ""}
        standing = self.standing if status - since > timedelta(60) else "proposed"
        return {
            "days_cro": shown(self.cro),
            "days_sponsor": shown(self.sponsor),
            "days_external": shown(self.external),
            "attribution_status": standing,
        }


@dataclass(frozen=True, slots=True)
class Milestone:
    """A planned event and the day on which it really happens."""

    code: str
    site: str
    baseline: date
    actual: date
    cause: Cause
    contractual: bool
    fear: int = 0  # days by which the forecast is off half way, before it settles

    def forecast(self, status: date, plan: date) -> date:
        """What is told at `status` against the plan in force: slips show late and by weeks."""
        ahead = (self.actual - status).days
        near = min(max(1 - ahead / HORIZON, 0.0), 1.0)
        drift = (self.actual - plan).days * near**1.6 + self.fear * 4 * near * (1 - near)
        slip = round(drift / 7) * 7
        expected = plan + timedelta(slip)
        return expected if expected > status else workday(status + timedelta(16))


@dataclass(frozen=True, slots=True)
class Deliverable:
    """A document due on a day, the days on which it came, was reviewed and was accepted."""

    id: str
    name: str
    due: date
    delivered: date
    reviewed: date
    passed: bool
    accepted: date
    cause: Cause


def cause_of(days: int, engagement: Engagement, dice: Random) -> Cause:
    """Whose late days they are; nothing where not late or not recorded."""
    style = engagement.style
    if days <= 0 or dice.random() < style.unknown:
        return Cause()
    standing = dice.choices(("agreed", "disputed"), (0.75, 0.25))[0]
    if dice.random() < style.own_fault:
        theirs = max(1, round(days * dice.uniform(0.6, 1.0)))
        return Cause(theirs, days - theirs, 0, standing)
    ours = round(days * dice.choice((0.0, 0.6, 1.0)))
    return Cause(0, ours, days - ours, standing)


def drawn_slip(engagement: Engagement, before: int, dice: Random) -> int:
    """Days late (plus) or early (minus) of the next milestone, given the slip of the one before."""
    style = engagement.style
    slip = -dice.randint(0, 5)
    if dice.random() < style.late:
        slip = max(1, round(dice.lognormvariate(math.log(style.late_days), 0.5)))
    return max(slip, round(style.carry * max(before, 0)) + min(slip, 0))


def delay(orders: list[Order], day: date, status: date) -> int:
    """Days by which the change orders executed before the day, and by the status date, move it."""
    return sum(order.days for order in orders if order.executed and order.executed <= min(day, status))


def study_milestones(engagement: Engagement, orders: list[Order]) -> list[Milestone]:
    """Milestones of the whole study, in the order of their plan, in which they also happen."""
    dice, mood = engagement.dice("milestones"), engagement.dice("mood")
    span = (engagement.planned_end - engagement.start).days
    found: list[Milestone] = []
    slip = 0
    for code, position in SCHEDULES[engagement.service].items():
        baseline = workday(engagement.start + timedelta(round(span * position)))
        slip = drawn_slip(engagement, slip, dice)
        slip = engagement.milestone_slips.get(code, slip)
        granted = delay(orders, baseline, date.max)
        actual = workday(baseline + timedelta(slip + granted))
        if found and found[-1].actual >= actual:
            actual = add_workdays(found[-1].actual, 1)
        planted = code in engagement.milestone_slips
        days = (actual - baseline).days
        if planted and days > 0:
            cause = Cause(days, 0, 0, "agreed")
        elif granted:
            cause = Cause(max(days - granted, 0), min(days, granted), 0, "agreed") if days > 0 else Cause()
        else:
            cause = cause_of(days, engagement, dice)
        contractual = code == "dbl" and engagement.pricing == "fixed"
        fear = round(mood.gauss(4, 16))
        found.append(Milestone(code, "", baseline, actual, cause, contractual, fear))
    return found


def site_milestones(engagement: Engagement, study: list[Milestone]) -> list[Milestone]:
    """Initiation visit and activation of each site, between the first and last activation of the study."""
    by_code = {milestone.code: milestone for milestone in study}
    if not engagement.sites:
        return []
    first, last = by_code["first_site_activated"], by_code["last_site_activated"]
    dice = engagement.dice("sites")
    found = []
    for number in range(engagement.sites):
        share = number / (engagement.sites - 1)
        planned = workday(first.baseline + (last.baseline - first.baseline) * share)
        active = workday(first.actual + (last.actual - first.actual) * share)
        gap = max(2, round(dice.lognormvariate(math.log(engagement.style.site_days), 0.35)))
        site = f"{engagement.study}-{number + 1:02}"
        for code, due, done in (
            ("siv", add_workdays(planned, -10), add_workdays(active, -gap)),
            ("site_activated", planned, active),
        ):
            found.append(Milestone(code, site, due, done, cause_of((done - due).days, engagement, dice), False))
    return found


def deliverables(engagement: Engagement) -> list[Deliverable]:
    """The documents of a contract, due evenly over its time."""
    dice = engagement.dice("deliverables")
    style = engagement.style
    sort = {"fsp": "fsp", "laboratory": "bench", "preclinical": "bench"}.get(engagement.service, "clinical")
    names = DELIVERABLES[sort][: style.deliverables]
    span = (engagement.planned_end - engagement.start).days
    found = []
    for number, name in enumerate(names, start=1):
        due = workday(engagement.start + timedelta(round(span * (0.05 + 0.92 * (number - 1) / len(names)))))
        slip = -dice.randint(0, 4)
        if dice.random() < style.deliver_late:
            slip = max(1, round(dice.lognormvariate(math.log(style.deliver_days), 0.5)))
        slip = engagement.deliverable_slips.get(number, slip)
        delivered = due + timedelta(slip) if slip > 0 else workday(due + timedelta(slip))
        reviewed = add_workdays(delivered, dice.randint(4, 9))
        passed = dice.random() < style.accept
        accepted = reviewed if passed else add_workdays(reviewed, dice.randint(6, 15))
        planted = number in engagement.deliverable_slips
        cause = Cause(slip, 0, 0, "agreed") if planted else cause_of(slip, engagement, dice)
        key = f"{engagement.id}-D{number:02}"
        found.append(Deliverable(key, name, due, delivered, reviewed, passed, accepted, cause))
    return found


def told_baselines(engagement: Engagement, study: list[Milestone], orders: list[Order], status: date) -> Iterator[Row]:
    """Rows of the kind baselines: the plan of the contract, and one by each order that moves days or is planted.

    A plan revised without a change order has a reason and no more.
    """
    signed = next(one.actual for one in study if one.code == "contract_executed")
    versions = [(signed, "", "")]
    versions += [(one.executed, one.id, one.reason) for one in orders if one.executed and (one.days or one.planted)]
    if engagement.rebaselined_on:
        versions.append((engagement.rebaselined_on, "", "plan revised with the team"))
    for number, (approved, order, reason) in enumerate(sorted(versions), start=1):
        if approved <= status:
            yield {
                "engagement_id": engagement.id,
                "version": shown(number),
                "approved_on": shown(approved),
                "change_order_id": order,
                "reason": reason,
            }


def told_milestones(engagement: Engagement, truth: list[Milestone], orders: list[Order], status: date) -> Iterator[Row]:
    """Rows of the kind milestones as known at the status date."""
    moved_on = upto(engagement.rebaselined_on, status)
    for milestone in truth:
        reached = upto(milestone.actual, status)
        moved = moved_on is not None and milestone.baseline > moved_on
        granted = 0 if milestone.site else delay(orders, milestone.baseline, status)
        shift = granted + (engagement.rebaselined_by if moved else 0)
        current = workday(milestone.baseline + timedelta(shift)) if shift else None
        forecast = reached or milestone.forecast(status, current or milestone.baseline)
        yield {
            "engagement_id": engagement.id,
            "milestone": milestone.code,
            "site_id": milestone.site,
            "baseline_original": shown(milestone.baseline),
            "baseline_current": shown(current),
            "forecast": shown(forecast),
            "actual": shown(reached),
            "contractual": "yes" if milestone.contractual else "no",
            **milestone.cause.told(milestone.actual, status),
            "comment": "plan revised with the team" if moved else "change order" if granted else "",
        }


def told_deliverables(engagement: Engagement, truth: list[Deliverable], status: date) -> Iterator[Row]:
    """Rows of the kind deliverables as known at the status date."""
    for item in truth:
        reviewed = upto(item.reviewed, status)
        yield {
            "deliverable_id": item.id,
            "engagement_id": engagement.id,
            "name": item.name,
            "responsible": engagement.lead,
            "due_original": shown(item.due),
            "delivered": shown(upto(item.delivered, status)),
            "first_reviewed_on": shown(reviewed),
            "first_review": ("accepted" if item.passed else "returned") if reviewed else "",
            "accepted": shown(upto(item.accepted, status)),
            **item.cause.told(item.delivered, status),
        }
