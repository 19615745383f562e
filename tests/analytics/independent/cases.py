"""What counts for each KPI: one case a thing, made of the rows by the words of the catalogue, in plain Python."""

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from fractions import Fraction
from functools import cached_property
from math import ceil

from tests.analytics.independent.clock import DAY, business_day_after, business_days, business_hours
from tests.analytics.independent.known import Row, day, month_end

WITH_SITES = ("", "full", "fsp", "monitoring", "other")
CLINICAL = (*WITH_SITES, "data_management")
ALL = (*CLINICAL, "laboratory", "preclinical")
SERVICES = dict.fromkeys(("T04", "T06", "Q01", "Q05", "Q09"), WITH_SITES) | dict.fromkeys(
    ("Q02", "Q04", "Q06", "Q07"), CLINICAL
)
"""The services for which a KPI is; the others are for all."""


@dataclass(slots=True)
class Case:
    """Shares and sums: `top` over `bottom`, n of them `n`; curves: a `time`, and whether it is `done`.

    `day`: what dates it. `mine`: whether it counts for the CRO. `unfinished`: whether it counts however old it is.
    `red`: whether it is red as a fact. `who`: what n counts once.
    """

    cro: str
    engagement: str
    day: date | None = None
    top: float | None = None
    bottom: float | None = 1.0
    n: float | None = None
    top_all: float | None = None
    mine: bool = True
    unfinished: bool = False
    red: bool = False
    currency: str = ""
    who: str = ""
    time: float | None = None
    done: bool = True


@dataclass
class World:
    """The rows as of a day, and the lookups that KPIs share."""

    rows: dict[str, list[Row]]
    as_of: date
    since: date
    told_to: dict[str, str]
    baseline: str = "original"

    @cached_property
    def engagements(self) -> dict[str, Row]:
        return {row["engagement_id"]: row for row in self.rows["engagements"]}

    @cached_property
    def holidays(self) -> frozenset[date]:
        return frozenset(day(row["day"]) for row in self.rows["holidays"])

    @cached_property
    def rates(self) -> dict[str, float]:
        """The budget rates of the as-of date's year."""
        return {
            row["currency"]: float(row["rate"]) for row in self.rows["fx_rates"] if int(row["year"]) == self.as_of.year
        }

    def of(self, kind: str) -> Iterator[tuple[Row, str, str]]:
        """Each row of a kind with its CRO and engagement."""
        for row in self.rows[kind]:
            yield row, self.engagements[row["engagement_id"]]["cro_id"], row["engagement_id"]

    def ended(self, engagement: str) -> date | None:
        """When the work of an engagement ended, by the end of the work or of the contract."""
        row = self.engagements[engagement]
        ends = [day(row[name]) for name in ("closed_on", "cancelled_on") if row.get(name)]
        return min(ends, default=None)

    def cancelled(self, engagement: str) -> date | None:
        text = self.engagements[engagement].get("cancelled_on")
        return day(text) if text else None

    def due(self, row: Row, original: str, current: str) -> date:
        return day((row.get(current) if self.baseline == "current" else "") or row[original])

    def months_ended(self, rows: Iterable[Row]) -> list[Row]:
        """Rows of months that ended, oldest first."""
        kept = [row for row in rows if month_end(row["month"]) <= str(self.as_of)]
        return sorted(kept, key=lambda row: row["month"])

    def silent(self, engagement: str, newest: str) -> int:
        """Months since the newest one that ended by the as-of date, and before the engagement did."""
        last = min(filter(None, (self.ended(engagement), self.as_of)))
        return max(0, _index(str(last + DAY)) - 1 - _index(newest))


def _index(month: str) -> int:
    return int(month[:4]) * 12 + int(month[5:7])


def _number(row: Row, name: str) -> float | None:
    return float(row[name]) if row.get(name) else None


def blameless(row: Row, late: int) -> bool:
    """Whether so many late days are allocated, none of them to the CRO, and nobody disputes it."""
    days = {side: _number(row, f"days_{side}") or 0 for side in ("cro", "sponsor", "external")}
    covered = sum(days.values()) >= max(late, 1) and row.get("attribution_status") != "disputed"
    return covered and not days["cro"]


def dated(due: date, done: date | None, as_of: date) -> date:
    """What puts an item into a period: when it was due, or when it was done if that is not yet."""
    return done if done and due > as_of else due


# Time


def milestones(world: World) -> Iterator[tuple[str, Case]]:
    """T01, T02: of the whole study; what was dropped, or was due after its contract was, is not owed."""
    for row, cro, engagement in world.of("milestones"):
        reached = day(row["actual"]) if row["actual"] else None
        due = world.due(row, "baseline_original", "baseline_current")
        over = reached or world.cancelled(engagement)
        owed = reached or due <= min(over or world.as_of, world.as_of)
        if row["site_id"] or row.get("cancelled_on") or not owed:
            continue
        forecast = day(row["forecast"]) if row.get("forecast") else None
        at = dated(due, reached, world.as_of)
        met = reached is not None and reached <= due
        mine = met or not blameless(row, ((over or world.as_of) - due).days)
        red = row.get("contractual") in ("yes", "true") and not met
        yield "T01", Case(cro, engagement, at, float(met), mine=mine, unfinished=not over, red=red)
        slip = ((over or max(forecast or world.as_of, world.as_of)) - due).days
        yield "T02", Case(cro, engagement, at, time=float(slip), mine=mine, unfinished=not over)


def _stages(world: World, first: str, last: str, sites: bool) -> Iterator[tuple[str, str, date, date, bool]]:
    """From one milestone's date to another's, or to the as-of date: CRO, engagement, both ends, and whether done."""
    found: dict[tuple[str, str], dict[str, Row]] = defaultdict(dict)
    for row, _, engagement in world.of("milestones"):
        if bool(row["site_id"]) == sites and row["milestone"] in (first, last):
            found[engagement, row["site_id"]][row["milestone"]] = row
    for (engagement, _), pair in found.items():
        begun = pair.get(first, {}).get("actual")
        if not begun or pair[first].get("cancelled_on"):
            continue
        over = pair.get(last, {}).get("actual")
        dropped = [pair.get(last, {}).get("cancelled_on"), world.engagements[engagement].get("cancelled_on")]
        stop = day(over or min(filter(None, [*dropped, str(world.as_of)])))
        yield world.engagements[engagement]["cro_id"], engagement, day(begun), stop, bool(over)


def cycle_times(world: World) -> Iterator[tuple[str, Case]]:
    """T03 in days, T04 in business days."""
    for cro, engagement, start, stop, done in _stages(world, "draft_sent", "contract_executed", False):
        yield "T03", Case(cro, engagement, start, time=float((stop - start).days), done=done)
    for cro, engagement, start, stop, done in _stages(world, "siv", "site_activated", True):
        days = business_days(start, stop, world.holidays)
        yield "T04", Case(cro, engagement, start, time=float(days), done=done)


def counts(world: World) -> Iterator[tuple[str, Case]]:
    """T06, Q01, Q02, Q05, Q07, Q09: months that ended, with both counts; Q06: the newest month of each contract."""
    newest: dict[str, Row] = {}
    for row in world.months_ended(world.rows["kpi_data"]):
        engagement = row["engagement_id"]
        if row["kpi_id"] == "Q06":
            newest[engagement] = row
        elif row["numerator"] and row["denominator"]:
            yield (
                row["kpi_id"],
                Case(
                    world.engagements[engagement]["cro_id"],
                    engagement,
                    day(month_end(row["month"])),
                    float(row["numerator"]),
                    float(row["denominator"]),
                ),
            )
    for engagement, row in newest.items():
        if row["numerator"] and row["denominator"] and world.silent(engagement, row["month"]) <= 6:
            top, bottom = float(row["numerator"]), float(row["denominator"])
            yield "Q06", Case(world.engagements[engagement]["cro_id"], engagement, None, top, bottom)


# Cost


def _spent(rows: list[Row]) -> dict[str, Fraction | None]:
    """AC of each month of a cost type: invoiced and accrued, of the columns that have been in use; None: not told."""
    used = [name for name in ("invoiced", "accrued") if any(row[name] for row in rows)]
    return {
        row["month"]: sum((Fraction(row[name]) for name in used), Fraction())
        if used and all(row[name] for name in used)
        else None
        for row in rows
    }


def _planned(world: World, row: Row) -> Fraction:
    current = row.get("planned_current") if world.baseline == "current" else ""
    return Fraction(current or row["planned_original"])


def _idle(row: Row, planned: Fraction) -> bool:
    """A month of nothing planned and nothing reported: nothing was done in it."""
    return not planned and not (row["earned_value"] or row["invoiced"] or row["accrued"])


def earned_value(world: World) -> Iterator[tuple[str, Case]]:
    """T08, T09, C01 to C05 and the amounts: up to the last month before a gap."""
    budgets: dict[str, list[Row]] = defaultdict(list)
    for row in world.rows["budget"]:
        budgets[row["engagement_id"]].append(row)
    for engagement, rows in budgets.items():
        found = _series(world, rows)
        if found is None:
            continue
        pv, ev, ac, es, elapsed, pd, bac = found
        who = world.engagements[engagement]
        for kpi, (top, bottom, n) in _indices(pv, ev, ac, es, elapsed, pd, bac).items():
            if top is not None and bottom is not None:
                yield kpi, Case(who["cro_id"], engagement, None, top, bottom, n, currency=who["currency"])


def _series(world: World, rows: list[Row]) -> tuple[float, ...] | None:
    """PV, EV, AC, ES, AT, PD and BAC at the last month reported, of exact sums; None where there is none."""
    first, last = (_index(pick(row["month"] for row in rows)) for pick in (min, max))
    plan = [Fraction()] * (last - first + 1)
    for row in rows:
        plan[_index(row["month"]) - first] += _planned(world, row)
    bac, total, curve = sum(plan, Fraction()), Fraction(), []
    if bac <= 0:
        return None
    for amount in plan:
        total += amount
        curve.append(total)
    pd = 1 + next(number for number, value in enumerate(curve) if value >= bac)
    by_type: dict[str, list[Row]] = defaultdict(list)
    for row in world.months_ended(rows):
        by_type[row["cost_type"]].append(row)
    spent = {name: _spent(mine) for name, mine in by_type.items()}
    ev = ac = Fraction()
    reached, at = 0, 0
    for number in range(last - first + 1):
        month = f"{(first + number - 1) // 12}-{(first + number - 1) % 12 + 1:02}"
        cells = [row for mine in by_type.values() for row in mine if row["month"] == month]
        told = [(row, spent[row["cost_type"]][month]) for row in cells if not _idle(row, _planned(world, row))]
        if not cells or any(not row["earned_value"] or cost is None for row, cost in told):
            break
        ev += sum(Fraction(row["earned_value"]) for row, _ in told)
        ac += sum(cost or 0 for _, cost in told)
        at = number + 1
        if ev >= bac and not reached:
            reached = at
    if not at:
        return None
    found = (curve[at - 1], ev, ac, _earned_schedule(curve[:pd], ev), reached or at, pd, bac)
    return tuple(map(float, found))


def _earned_schedule(curve: list[Fraction], ev: Fraction) -> Fraction:
    """Whole months of plan that are earned, and the part of the next one."""
    if ev >= curve[-1]:
        return Fraction(len(curve))
    whole = sum(value <= ev for value in curve)
    before = curve[whole - 1] if whole else Fraction()
    return whole + (ev - before) / (curve[whole] - before)


def _indices(
    pv: float, ev: float, ac: float, es: float, elapsed: float, pd: float, bac: float
) -> dict[str, tuple[float | None, float | None, float]]:
    """Numerator, denominator and n of each; None where it is undefined."""
    rest = max(bac - ev, 0.0)
    cpi = ev / ac if ac > 0 else None
    spi = ev / pv if pv > 0 else None

    # An index of which nothing is known yet assumes that the rest goes as budgeted.
    cost, pace = cpi or 1.0, spi or 1.0
    by_cpi, by_both, mixed = ac + rest / cost, ac + rest / (cost * pace), ac + rest / (0.8 * cost + 0.2 * pace)
    found: dict[str, tuple[float | None, float | None, float]] = {
        "T08": (es, elapsed, elapsed),
        "T09": (pd * elapsed / es - pd if es and elapsed else elapsed, pd, elapsed if es else 0),
        "C01": (ev - ac, ev, 1),
        "C02": (ev, ac, 1),
        "C03": (ev, pv, 1),
        "C04": (bac - by_both, bac, float(ev > 0)),
        "C05": (bac - ev, bac - ac, 1),
    }
    amounts = {
        "PV": pv, "EV": ev, "AC": ac, "BAC": bac, "CV": ev - ac, "SV": ev - pv, "EAC": by_cpi,
        "EAC_bac_over_cpi": by_cpi, "EAC_ac_plus_remaining": ac + rest, "EAC_cpi_spi": by_both, "EAC_80_20": mixed,
        "ETC": by_cpi - ac, "VAC": bac - by_cpi,
    }  # fmt: skip
    return found | {name: (amount, 1.0, 1.0) for name, amount in amounts.items()}


def contracts(world: World) -> Iterator[tuple[str, Case]]:
    """C06: contracts of CROs that keep a register of change orders; C09 and EAC_bottom_up: fee alone. Not cancelled."""
    keepers = {cro for _, cro, _ in world.of("change_orders")}
    signed: dict[str, float] = defaultdict(float)
    theirs: dict[str, float] = defaultdict(float)
    for row, _, engagement in world.of("change_orders"):
        if row["executed"]:
            signed[engagement] += float(row["value"])
            theirs[engagement] += float(row["value"]) * (row.get("initiator") in ("cro", "shared"))
    fees: dict[str, list[Row]] = defaultdict(list)
    for row in world.rows["budget"]:
        if row["cost_type"] == "fee":
            fees[row["engagement_id"]].append(row)
    for engagement, row in world.engagements.items():
        cro, worth, currency = row["cro_id"], float(row["contract_value"]), row["currency"]
        if cro in keepers and not world.cancelled(engagement):
            yield (
                "C06",
                Case(
                    cro, engagement, None, theirs[engagement], worth, 1, top_all=signed[engagement], currency=currency
                ),
            )
        told = _from_the_start(row, fees[engagement])
        forecast = _bottom_up(world, engagement, world.months_ended(fees[engagement])) if told else None
        if forecast is not None and not world.cancelled(engagement):
            now = worth + signed[engagement]
            yield "C09", Case(cro, engagement, None, now - forecast, now, 1, currency=currency)
            yield "EAC_bottom_up", Case(cro, engagement, None, forecast, 1, 1, currency=currency)


def _from_the_start(contract: Row, fees: list[Row]) -> bool:
    """Whether nothing can have been spent before the first month: it is that of the contract, or all is planned."""
    planned = sum(Fraction(row["planned_original"]) for row in fees)
    begun = any(row["month"] <= contract["start_date"][:7] for row in fees)
    return begun or planned >= Fraction(99, 100) * Fraction(contract["contract_value"])


def _bottom_up(world: World, engagement: str, fees: list[Row]) -> float | None:
    """AC to the newest month with a remainder, and that; None after two quarters without."""
    spent, total, forecast, newest = _spent(fees), Fraction(), None, ""
    for row in fees:
        cost = spent[row["month"]]
        if cost is None and _planned(world, row):
            break
        total += cost or 0
        if row["forecast_remaining"]:
            forecast, newest = float(total + Fraction(row["forecast_remaining"])), row["month"]
    return forecast if newest and world.silent(engagement, newest) <= 6 else None


def invoices(world: World) -> Iterator[tuple[str, Case]]:
    """C07: those with an outcome."""
    for row, cro, engagement in world.of("invoices"):
        if row["outcome"]:
            yield "C07", Case(cro, engagement, day(row["issued"]), float(row["outcome"] == "accepted"))


def units(world: World) -> Iterator[tuple[str, Case]]:
    """C08: shares of the contracted units, of months in which both were told."""
    found: dict[tuple[str, str], list[Row]] = defaultdict(list)
    for row in world.months_ended(world.rows["units"]):
        found[row["engagement_id"], row["unit_type"]].append(row)
    for (engagement, _), rows in found.items():
        contracted = float(next((row["contracted"] for row in reversed(rows) if row["contracted"]), "0"))
        both = [row for row in rows if row["delivered"] and row["invoiced"]]
        if contracted and both:
            shares = [sum(float(row[name]) for row in both) / contracted for name in ("invoiced", "delivered")]
            cro = world.engagements[engagement]["cro_id"]
            yield "C08", Case(cro, engagement, None, abs(shares[0] - shares[1]), shares[1], 1)


# Quality


def audits(world: World) -> Iterator[tuple[str, Case]]:
    """Q08: findings of each audit; Q11: serious findings overdue, of findings and audits on record."""
    findings = [
        (row, cro, engagement)
        for row, cro, engagement in world.of("quality_events")
        if row["type"] in ("", "audit_finding")
    ]
    grades: dict[str, list[str]] = defaultdict(list)
    for row, cro, engagement in findings:
        grades[row.get("audit_id", "")].append(row["grade"])
        serious = row["grade"] in ("major", "critical")
        overdue = serious and row["due"] and day(row["due"]) <= world.as_of and not row["closed"]
        yield "Q11", Case(cro, engagement, None, float(bool(overdue)), 1, 1)
    for row in world.rows["audits"]:
        found = grades[row["audit_id"]]
        top = sum(grade in ("major", "critical") for grade in found)
        engagement = row.get("engagement_id", "")
        yield "Q08", Case(row["cro_id"], engagement, day(row["held"]), float(top), red="critical" in found)
        yield "Q11", Case(row["cro_id"], engagement, None, 0.0, 1, 1)


def corrective_actions(world: World) -> Iterator[tuple[str, Case]]:
    """Q10: due, or closed, by the as-of date."""
    for row, cro, engagement in world.of("quality_events"):
        if row["type"] == "capa" and row["due"]:
            due, closed = day(row["due"]), day(row["closed"]) if row["closed"] else None
            if closed or due <= world.as_of:
                met = closed is not None and closed <= due
                yield "Q10", Case(cro, engagement, dated(due, closed, world.as_of), float(met), unfinished=not closed)


# Responsiveness


def answer(row: Row) -> str:
    """The earlier of first answer and settlement; of one day, the one that has a time."""
    words = [row[name] for name in ("first_response_at", "resolved_at") if row[name]]
    return min(words, key=lambda word: (word[:10], len(word) == 10, word), default="")


def _moment(text: str) -> datetime:
    return datetime.fromisoformat(text)


def _midnight(after: date) -> datetime:
    return datetime.combine(after + DAY, time(0), UTC)


def sla_state(
    row: Row, sla: Row | None, last: date, dropped: bool, holidays: frozenset[date]
) -> tuple[str, float | None]:
    """met, missed, pending or none, and the business hours that it took, or has taken by the `last` day."""
    zone = (sla or {}).get("time_zone") or "UTC"
    word, paused = answer(row), _number(row, "paused_hours") or 0.0
    timed = len(row["opened_at"]) > 10 and len(word) != 10
    hours = None
    if timed:
        start, stop = _moment(row["opened_at"]), _moment(word) if word else _midnight(last)
        hours = max(0.0, business_hours(start, stop, zone, holidays) - paused)
    if sla is None:
        return "none", hours
    limit, elapsed = float(sla["response_hours"]), sla.get("clock") == "elapsed"
    if hours is not None:
        took = (stop - start).total_seconds() / 3600 - paused if elapsed else hours
        within = took <= limit + 1e-9
    else:
        first, final = day(row["opened_at"]), day(word) if word else last
        size = 24 if elapsed else 8
        days = (final - first).days if elapsed else business_days(first, final, holidays)
        within = days * size - paused <= ceil(limit / size) * size
    if not within:
        return "missed", hours
    return ("met" if word else "none" if dropped else "pending"), hours


def requests(world: World) -> Iterator[tuple[str, Case]]:
    """R01 to R04 of what the CRO was asked, Q04 of data queries."""
    lines = {(row["engagement_id"], row["priority"]): row for row in world.rows["slas"]}
    dated_groups = _dated_groups(world)
    for row, cro, engagement in world.of("requests"):
        query = row["type"] == "data_query"
        if not query and row["direction"] == "to_sponsor":
            continue
        sla = lines.get((engagement, row["priority"])) or lines.get((engagement, ""))
        dropped = bool(row.get("cancelled_on"))
        last = day(row["cancelled_on"]) if dropped else world.as_of
        opened = day(row["opened_at"])
        settled = _settlement(row, sla, last, world.holidays)
        if query:
            yield "Q04", Case(cro, engagement, opened, time=settled, done=bool(row["resolved_at"]))
            continue
        state, hours = sla_state(row, sla, last, dropped, world.holidays)
        answered = bool(answer(row))
        told = hours if _side(world, row) not in dated_groups else None
        yield "R01", Case(cro, engagement, opened, time=told, done=answered)
        yield "R03", Case(cro, engagement, opened, time=settled, done=bool(row["resolved_at"]))
        if state in ("met", "missed"):
            yield "R02", Case(cro, engagement, opened, float(state == "met"), unfinished=not answered and not dropped)
        waiting = not row["resolved_at"] and not dropped
        old = (world.as_of - opened).days > 30
        yield "R04", Case(cro, engagement, None, float(old and waiting), 1.0 if waiting else None)


def _side(world: World, row: Row) -> tuple[str, bool, bool]:
    """Engagement, who was asked, and whether in the trailing year, of what is no data query."""
    return row["engagement_id"], row["direction"] == "to_sponsor", day(row["opened_at"]) > world.since


def _dated_groups(world: World) -> set[tuple[str, bool, bool]]:
    """The sides of engagements of which more than a tenth of the answers, to what has a time, are dates."""
    answers: dict[tuple[str, bool, bool], list[bool]] = defaultdict(list)
    for row in world.rows["requests"]:
        if row["type"] != "data_query" and len(row["opened_at"]) > 10 and answer(row):
            answers[_side(world, row)].append(len(answer(row)) == 10)
    return {group for group, dates in answers.items() if sum(dates) * 10 > len(dates)}


def _settlement(row: Row, sla: Row | None, last: date, holidays: frozenset[date]) -> float | None:
    """Business days of eight hours until it was resolved, or so far; less what the CRO waited for us."""
    word, paused = row["resolved_at"], _number(row, "paused_hours") or 0.0
    if len(row["opened_at"]) == 10 or len(word) == 10:
        days = business_days(day(row["opened_at"]), day(word) if word else last, holidays)
        return max(0.0, days - paused / 8)
    stop = _moment(word) if word else _midnight(last)
    zone = (sla or {}).get("time_zone") or "UTC"
    hours = business_hours(_moment(row["opened_at"]), stop, zone, holidays)
    return max(0.0, hours - paused) / 8


def touchpoints(world: World) -> Iterator[tuple[str, Case]]:
    """R05: what is due, or done; what may still come in time, and what we called off, is in neither."""
    for row, cro, engagement in world.of("touchpoints"):
        scheduled, done = day(row["scheduled"]), day(row["done"]) if row["done"] else None
        if row["cancelled_by"] == "sponsor" or (not done and scheduled > world.as_of):
            continue
        kept = _kept(world, row, scheduled, done)
        if kept is not None:
            yield "R05", Case(cro, engagement, dated(scheduled, done, world.as_of), float(kept))


def _kept(world: World, row: Row, scheduled: date, done: date | None) -> bool | None:
    """Whether it was as agreed; None while it can still come in time."""
    if row["cancelled_by"] == "cro":
        return False
    if row["type"] == "status_report":
        return done is not None and done <= scheduled
    last = scheduled + timedelta(days=2)
    if done is None:
        return None if world.as_of < last else False
    if done > last:
        return False
    minutes = day(row["minutes_issued"]) if row["minutes_issued"] else None
    fifth = business_day_after(done, 5, world.holidays)
    if minutes:
        return minutes <= fifth
    return None if world.as_of < fifth else False


# Delivery


def deliverables(world: World) -> Iterator[tuple[str, Case]]:
    """D01: due, or delivered; D02: first reviews."""
    for row, cro, engagement in world.of("deliverables"):
        delivered = day(row["delivered"]) if row["delivered"] else None
        due = world.due(row, "due_original", "due_current")
        at = dated(due, delivered, world.as_of)
        over = delivered or world.cancelled(engagement)
        if row.get("cancelled_on") or (not delivered and over and due > over):
            continue
        if row["first_review"]:
            yield "D02", Case(cro, engagement, at, float(row["first_review"] == "accepted"))
        if delivered or due <= world.as_of:
            met = delivered is not None and delivered <= due
            mine = met or not blameless(row, ((over or world.as_of) - due).days)
            yield "D01", Case(cro, engagement, at, float(met), mine=mine, unfinished=not over)


# Relationship


def surveys(world: World) -> Iterator[tuple[str, Case]]:
    """P01: forms of our people; P02: their recommendations. Dated by the end of their quarter."""
    forms: dict[str, list[Row]] = defaultdict(list)
    for row in world.rows["surveys"]:
        if row["direction"] in ("", "sponsor_on_cro"):
            forms[row["response_id"]].append(row)
    for rows in forms.values():
        engagement = rows[0]["engagement_id"]
        cro = world.engagements[engagement]["cro_id"]
        quarter = rows[0]["quarter"]
        at = day(month_end(f"{quarter[:4]}-{3 * int(quarter[-1]):02}"))
        scores = [float(row["score"]) for row in rows if row["dimension"] != "recommend"]
        if scores:
            yield "P01", Case(cro, engagement, at, time=25 * (sum(scores) / len(scores) - 1))
        for row in rows:
            if row["dimension"] == "recommend":
                score = float(row["score"])
                yield "P02", Case(cro, engagement, at, float(score >= 9) - float(score <= 6))


def turnover(world: World) -> Iterator[tuple[str, Case]]:
    """P03: each assignment cut by month, and where the period begins; without an end, as far as was told."""
    for row, cro, engagement in world.of("team"):
        if row["organisation"] == "sponsor":
            continue
        first = day(row["start_date"])
        last = day(row["end_date"] or world.told_to[engagement])
        while first <= last:
            end = min(last, day(month_end(f"{first:%Y-%m}")))
            if first <= world.since < end:
                end = world.since
            gone = bool(row["end_date"]) and end == last and row["end_reason"] == "left"
            years = ((end - first).days + 1) / 365.25
            yield "P03", Case(cro, engagement, end, float(gone), years, who=row["assignment_id"])
            first = end + DAY


def _ran(world: World, engagement: str) -> tuple[date, date]:
    """First and last day of an engagement, the last one so far."""
    ended = world.ended(engagement)
    return day(world.engagements[engagement]["start_date"]), min(filter(None, (ended, world.as_of)))


def key_roles(world: World) -> Iterator[tuple[str, Case]]:
    """P04: days on which the person named in the contract was there, each counted once, as far as was told."""
    roles: dict[tuple[str, str], list[Row]] = defaultdict(list)
    for row, _, engagement in world.of("team"):
        if row["organisation"] != "sponsor" and row["key_role"] in ("yes", "true"):
            roles[engagement, row["role"].lower()].append(row)
    for (engagement, _), rows in roles.items():
        first, last = _ran(world, engagement)
        last = min(last, day(world.told_to[engagement]))
        if last < first or not any(row["contracted"] for row in rows):
            continue
        filled = set()
        for row in rows:
            if row["contracted"] in ("yes", "true"):
                start = max(day(row["start_date"]), first)
                stop = min(day(row["end_date"]) if row["end_date"] else last, last)
                filled |= {start + timedelta(days=number) for number in range((stop - start).days + 1)}
        cro = world.engagements[engagement]["cro_id"]
        yield "P04", Case(cro, engagement, None, float(len(filled)), float((last - first).days + 1), 1)


# Flexibility


def turnaround(world: World) -> Iterator[tuple[str, Case]]:
    """F01: from the request to the proposal, or so far, or to the refusal."""
    for row, cro, engagement in world.of("change_orders"):
        if row["initiator"] in ("cro", "shared"):
            refused = row["decided"] if row["decision"] in ("rejected", "withdrawn") else ""
            stop = row["submitted"] or refused or str(world.as_of)
            start = day(row["requested"])
            took = (day(stop) - start).days
            yield "F01", Case(cro, engagement, start, time=float(took), done=bool(row["submitted"]))


def baselines(world: World) -> Iterator[tuple[str, Case]]:
    """F02: versions after the first one, over the years that the engagement ran."""
    versions: dict[str, int] = defaultdict(int)
    for row in world.rows["baselines"]:
        versions[row["engagement_id"]] += 1
    for engagement, many in versions.items():
        first, last = _ran(world, engagement)
        if first <= last:
            years = ((last - first).days + 1) / 365.25
            yield "F02", Case(world.engagements[engagement]["cro_id"], engagement, None, many - 1.0, years, 1)


Maker = Callable[[World], Iterator[tuple[str, Case]]]
EVENTS: tuple[Maker, ...] = (
    milestones, cycle_times, counts, invoices, audits, corrective_actions, requests, touchpoints, deliverables, surveys,
    turnover, turnaround,
)  # fmt: skip
STATES: tuple[Maker, ...] = (counts, earned_value, contracts, units, audits, requests, key_roles, baselines)


def cases(world: World, makers: Iterable[Maker]) -> dict[str, list[Case]]:
    """The cases by KPI, without those of services for which it is not."""
    found: dict[str, list[Case]] = defaultdict(list)
    for maker in makers:
        for kpi, case in maker(world):
            service = world.engagements.get(case.engagement, {}).get("service_type", "")
            if service in SERVICES.get(kpi, ALL):
                found[kpi].append(case)
    return found
