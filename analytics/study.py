"""All that is known of one engagement: plan, money, change orders, requests, deliverables and uploads."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date, timedelta

import pandas as pd

from analytics.scope import month_end, months_before
from analytics.timelines import milestone_name
from analytics.view import View
from analytics.words import count, day, money

SIDES = {"cro": "the CRO", "sponsor": "us", "shared": "both", "external": "neither side"}
ASKED = {"to_cro": "the CRO", "to_sponsor": "us"}

EACS = ("eac_bac_over_cpi", "eac_ac_plus_remaining", "eac_cpi_spi", "eac_80_20")

MILESTONES = """
SELECT
    milestone AS code, due AS baseline, baseline_original, baseline_current AS current_baseline, actual, forecast,
    slip_days, contractual, state AS fact_state,
    CASE WHEN actual IS NOT NULL THEN 'done' WHEN state IN ('overdue', 'missed') THEN 'late' ELSE 'open' END AS state,
    days_cro, days_sponsor, days_external, attribution_status, comment
FROM fact_milestone
WHERE whole_study
ORDER BY coalesce(due, actual), code
"""
SITES = """
SELECT count(*) AS sites, count(*) FILTER (actual IS NOT NULL) AS activated
FROM fact_milestone
WHERE NOT whole_study AND milestone = 'site_activated'
"""
MONTHS = """
SELECT
    strftime(month_start, '%Y-%m') AS month, pv, ev, ac,
    CASE WHEN bool_or(pv_original <> pv_current) OVER () AND $baseline = 'original' THEN pv_current END AS pv_current
FROM fact_budget_month
ORDER BY month_start
"""
EARNED = "SELECT * FROM fact_earned_value"
ORDERS = """
SELECT
    change_order_id AS change_order, state, value, currency, days_impact, initiator, reason, requested, submitted,
    executed, needed_by, before_signature
FROM fact_change_order
ORDER BY requested DESC, change_order
"""
TO_CRO = "Asked of the CRO"
REQUESTS = f"""
SELECT
    CASE WHEN type = 'data_query' THEN 'Data queries' WHEN direction = 'to_cro' THEN '{TO_CRO}'
        ELSE 'Asked of us' END AS label,
    CASE WHEN age_days <= 7 THEN '0-7' WHEN age_days <= 14 THEN '8-14' WHEN age_days <= 30 THEN '15-30'
        ELSE 'over 30' END AS bucket,
    count(*) AS items
FROM fact_request
WHERE open
GROUP BY ALL
ORDER BY ALL
"""
OLDEST = """
SELECT
    request_id AS request, direction, type, topic, priority, opened_on AS opened, age_days, answered,
    state AS sla_state, escalation_level
FROM fact_request
WHERE open
ORDER BY age_days DESC, request
LIMIT $most
"""
DELIVERABLES = """
SELECT
    name, state, slip_days, due, delivered, first_review, accepted, responsible, days_cro, days_sponsor, days_external,
    attribution_status, deliverable_id AS deliverable
FROM fact_deliverable
ORDER BY state <> 'overdue', due, name
"""
UPLOADS = """
SELECT
    upload, status_date, uploaded_at, who, what, undone,
    string_agg(kind, ', ' ORDER BY kind) AS kinds, sum(greatest(opened - closed, 0))::BIGINT AS new,
    sum(least(opened, closed))::BIGINT AS changed, sum(greatest(closed - opened, 0))::BIGINT AS gone, reason
FROM fact_upload
GROUP BY ALL
ORDER BY upload DESC
"""


@contextmanager
def _of(view: View, engagement: str) -> Iterator[View]:
    with view.other(view.scope.of(engagements=(engagement,))) as own:
        yield own


def plan(view: View, engagement: str) -> pd.DataFrame:
    """The study milestones of an engagement, in the order of their due dates.

    Columns: milestone, baseline (the due date in the baseline of the scope), baseline_original, current_baseline,
    actual, forecast, slip_days, contractual, state (done, late, open), days_cro, days_sponsor, days_external,
    attribution_status, comment.
    """
    with _of(view, engagement) as own:
        found = own.ask(MILESTONES)
    found["code"] = pd.Series([milestone_name(code) for code in found["code"]], dtype=object)
    return found.rename(columns={"code": "milestone"})


def sites(view: View, engagement: str) -> str:
    """`12 of 14 sites activated`; empty without sites."""
    with _of(view, engagement) as own:
        [row] = own.rows(SITES)
    return f"{row['activated']:,} of {count(row['sites'], 'site')} activated" if row["sites"] else ""


@dataclass(frozen=True, slots=True)
class Money:
    """Planned value, earned value and actual cost by month, and where they lead.

    `months`: month, pv, ev, ac, pv_current, cumulative, contract currency. `eac`: the lowest, the rated and the highest
    forecast at completion. `finish`: the planned end of the budget, and that at the pace of today (PD / SPI(t)).
    None where earned value is not reported. Where more is `earned` than the budget `bac` holds, the work has outgrown
    it: what is left of it is nothing, so there is no forecast to draw either.
    """

    months: pd.DataFrame
    currency: str
    bac: float | None
    earned: float | None
    eac: tuple[float | None, float | None, float | None]
    finish: tuple[date | None, date | None]


def spending(view: View, engagement: str) -> Money:
    """The budget of an engagement over time, all cost types together."""
    with _of(view, engagement) as own:
        months, earned = own.ask(MONTHS), own.rows(EARNED)
        [contract] = own.rows("SELECT currency FROM fact_engagement") or [{"currency": ""}]
    if months["pv_current"].isna().all():
        months = months.drop(columns="pv_current")
    if not earned:
        return Money(months, contract["currency"], None, None, (None, None, None), (None, None))
    [value] = earned
    known = (months, contract["currency"], value["bac"], value["ev"])
    if value["ev"] > value["bac"]:
        return Money(*known, (None, None, None), (None, None))
    eacs = [value[name] for name in EACS if value[name] is not None]
    rated = value["eac_cpi_spi"]
    reach = (min(eacs), rated, max(eacs)) if eacs else (None, None, None)
    ends = (after(value["first_month"], value["pd"]), after(value["first_month"], value["forecast_months"]))
    finish = ends if None in ends else (min(ends), max(ends))  # type: ignore[type-var]
    return Money(*known, reach, finish)


def after(first: date, months: float | None) -> date | None:
    """The day on which so many months from the first of a month are over."""
    if months is None:
        return None
    whole = int(months)
    end = month_end(months_before(first, -whole + 1)) if whole else first - timedelta(days=1)
    return end + timedelta(days=round((months - whole) * 365.25 / 12))


def orders(view: View, engagement: str) -> pd.DataFrame:
    """The change orders of an engagement, newest first: change_order, state (executed, unsigned, requested, refused),
    value, currency, days_impact, initiator, reason, requested, submitted, executed, needed_by, before_signature."""
    with _of(view, engagement) as own:
        found = own.ask(ORDERS)
    found["initiator"] = pd.Series([SIDES.get(side, side) for side in found["initiator"]], dtype=object)
    return found


def orders_text(found: pd.DataFrame) -> str:
    """What the change orders add, in one sentence; empty without one."""
    if found.empty:
        return ""
    currency = str(found["currency"].iloc[0])
    signed, unsigned = (found[found["state"] == state] for state in ("executed", "unsigned"))
    early = int(found["before_signature"].sum())
    parts = [f"{count(len(signed), 'signed change order')} of {money(signed['value'].sum(), currency)} together"]
    if len(unsigned):
        parts.append(f"{count(len(unsigned), 'unsigned one')} of {money(unsigned['value'].sum(), currency)}")
    if early:
        parts.append(f"work began before signature of {early:,}")
    return "; ".join(parts) + "."


def requests_by_age(view: View, engagement: str) -> pd.DataFrame:
    """What is open: label (asked of whom), bucket (days open: 0-7, 8-14, 15-30, over 30), items."""
    with _of(view, engagement) as own:
        return own.ask(REQUESTS)


def requests_text(found: pd.DataFrame) -> str:
    """`28 of 30 open requests to the CRO are older than 30 days`; our own and the data queries where it owes none."""
    owed = found[found["label"] == TO_CRO]
    counted = owed if len(owed) else found
    old, everything = (int(part["items"].sum()) for part in (counted[counted["bucket"] == "over 30"], counted))
    whose = " to the CRO" if len(owed) else ""
    named = count(everything, f"open request{whose}", f"open requests{whose}")
    if not old:
        return f"{named}, none older than 30 days"
    return f"{old:,} of {named} {'is' if old == 1 else 'are'} older than 30 days"


def oldest_requests(view: View, engagement: str, most: int = 15) -> pd.DataFrame:
    """The oldest open requests: request, direction, type, topic, priority, opened, age_days, answered, sla_state,
    escalation_level."""
    with _of(view, engagement) as own:
        found = own.ask(OLDEST, most=most)
    found["direction"] = pd.Series([ASKED.get(side, side) for side in found["direction"]], dtype=object)
    return found


def deliverables(view: View, engagement: str) -> pd.DataFrame:
    """The deliverables of an engagement, overdue ones first and then by due date.

    Columns: name, state, slip_days, due, delivered, first_review, accepted, responsible, days_cro, days_sponsor,
    days_external, attribution_status, deliverable.
    """
    with _of(view, engagement) as own:
        return own.ask(DELIVERABLES)


def uploads(view: View, engagement: str) -> pd.DataFrame:
    """The uploads that touched rows of an engagement, newest first.

    Columns: upload, status_date, uploaded_at, who, what, undone, kinds, new, changed, gone (rows that an undo took
    back), reason.
    """
    with _of(view, engagement) as own:
        return own.ask(UPLOADS)


def forecasts(found: Money) -> list[str]:
    """What the range of the forecast at completion rests on, one sentence each."""
    low, rated, high = found.eac
    if outgrown(found):
        return [outgrown(found)]
    if rated is None or low is None or high is None or not found.bac:
        return ["Earned value is not reported for every month and cost type, so there is no forecast at completion."]
    least, middle, most = (f"{money(eac, found.currency)} ({_over(eac, found.bac)})" for eac in (low, rated, high))
    return [
        f"Forecast at completion (EAC) by four formulas: {least} at the lowest, {most} at the highest.",
        f"The rated one, {middle}, takes the rest at today's cost and schedule performance together.",
        "All cost types together. What the CRO itself forecasts is the KPI Fee forecast against signed contract.",
        *_finish(found.finish),
    ]


def outgrown(found: Money) -> str:
    """That the work has outgrown the budget, in one sentence; empty where it has not."""
    if found.bac is None or found.earned is None or found.earned <= found.bac:
        return ""
    earned, bac = (money(amount, found.currency) for amount in (found.earned, found.bac))
    return (
        f"Work worth {earned} is done, and this budget holds {bac}: the work has outgrown it, and it gives no forecast "
        "at completion. Read it against the current baseline, or load the budget as changed."
    )


def _over(eac: float, bac: float) -> str:
    percent = 100 * (eac - bac) / bac
    return f"{abs(percent):.1f} % {'over' if percent > 0 else 'under'} the budget"


def _finish(ends: tuple[date | None, date | None]) -> list[str]:
    first, last = ends
    if first is None or last is None:
        return []
    return [f"Planned end of the budget, and end at today's pace, SPI(t): between {day(first)} and {day(last)}."]
