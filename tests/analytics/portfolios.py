"""Small random portfolios around an as-of date, with the edges on which definitions break.

Rows are texts, as in a CSV file. One seed makes the same portfolio every time; its ids begin with the seed, so that
many stand side by side in one store.
"""

from collections.abc import Iterable, Mapping, Sequence
from datetime import date, timedelta
from random import Random

from data.contracts import BY_KIND, Type
from data.store import Store
from tests.world import world

Row = dict[str, str]
Kinds = dict[str, list[Row]]

SHARED: Kinds = {
    "fx_rates": [
        {"currency": currency, "year": str(year), "rate": rate}
        for year in range(2022, 2027)
        for currency, rate in (("EUR", "1"), ("USD", f"0.{year - 1940}"), ("JPY", "0.0061"))
    ],
    "holidays": [
        {"day": f"{year}-{day}"} for year in range(2021, 2028) for day in ("01-01", "02-28", "05-01", "09-29", "12-25")
    ],
}
"""What all portfolios of a store share. The franc has no rate."""
ZONES = ("", "Europe/Berlin", "America/New_York", "Asia/Tokyo", "Pacific/Auckland")
COUNTED = ("T06", "Q01", "Q02", "Q05", "Q06", "Q07", "Q09")
TARGETED = ("T01", "T02", "C02", "C06", "C09", "D01", "Q05", "Q08", "Q11", "R01", "R02", "R04", "P01", "P03", "F01")
HIGHER = ("T01", "C02", "C09", "D01", "Q05", "R02", "P01")


class Draw:
    """Dice of one portfolio, loaded towards the as-of date and the edges of its year.

    `good`: how often work goes well.
    """

    def __init__(self, seed: int, as_of: date) -> None:
        self.dice, self.as_of, self.name = Random(seed), as_of, f"P{seed:03}"
        self.good = self.dice.choice((0.2, 0.6, 0.6, 0.98))

    def often(self, share: float) -> bool:
        return self.dice.random() < share

    def many(self, *sizes: int) -> int:
        """How many: none, one, a few, or enough to be rated."""
        return self.dice.choice(sizes or (0, 1, 3, 6, 12, 22))

    def day(self, ahead: float = 0.2) -> date:
        kind = self.dice.random()
        if kind < 0.1:
            return self.as_of
        if kind < 0.2:
            return self.as_of + timedelta(self.dice.randint(-6, 6))
        if kind < 0.3:
            return self.as_of - timedelta(365 + self.dice.randint(-2, 2))
        if kind < 0.33:
            return date(2024, 2, 29)
        if self.often(ahead):
            return self.as_of + timedelta(self.dice.randint(1, 200))
        return self.as_of - timedelta(self.dice.randint(0, self.dice.choice((90, 400, 400, 900))))

    def after(self, day: date, share: float = 0.8, spread: int = 40) -> str:
        """The day itself or one soon after it, or nothing."""
        if not self.often(share):
            return ""
        return str(day + timedelta(self.dice.choice((0, 1, 2, 3, 5, 7, self.dice.randint(0, spread)))))

    def around(self, day: date, spread: int = 30) -> date:
        """A day near another one, not after it where work goes well."""
        if self.often(self.good / 2):
            return day - timedelta(self.dice.randint(0, 3))
        return day + timedelta(self.dice.choice((0, 0, 1, -1, self.dice.randint(-spread, spread))))

    def month(self, back: int) -> str:
        """So many months before the month of the as-of date."""
        index = self.as_of.year * 12 + self.as_of.month - 1 - back
        return f"{index // 12}-{index % 12 + 1:02}"

    def flag(self) -> str:
        return self.dice.choice(("", "true", "false", "false"))

    def amount(self, low: int, high: int) -> str:
        """Whole numbers, and some with cents."""
        return f"{self.dice.randint(low, high)}" if self.often(0.8) else f"{self.dice.uniform(low, high):.2f}"


def portfolio(seed: int, as_of: date) -> Kinds:
    """One to three CROs with one to three engagements each, and some rows of every kind."""
    draw = Draw(seed, as_of)
    found: Kinds = {kind: [] for kind in BY_KIND}
    for number in range(draw.many(1, 1, 2, 3)):
        cro = f"{draw.name}{'ABC'[number]}"
        found["cros"].append({"cro_id": cro, "name": cro})
        contracts = [_engagement(draw, cro, f"{cro}{place}") for place in range(draw.many(1, 1, 2, 2, 3, 3, 7))]
        found["engagements"] += contracts
        for row in contracts:
            _plan(draw, found, row["engagement_id"])
            _money(draw, found, row["engagement_id"])
            _talk(draw, found, row["engagement_id"])
            _people(draw, found, row["engagement_id"])
        _quality(draw, found, cro, [row["engagement_id"] for row in contracts])
        _targets(draw, found, cro, contracts[0]["engagement_id"])
    return found


def _engagement(draw: Draw, cro: str, engagement: str) -> Row:
    start = draw.as_of - timedelta(draw.dice.choice((-20, 0, 150, 250, 400)))
    ends = [draw.after(draw.around(draw.as_of, 300), 0.12) for _ in range(2)]
    return {
        "engagement_id": engagement, "cro_id": cro, "study_id": f"S{engagement}", "title": engagement,
        "service_type": draw.dice.choice(("", "full", "full", "fsp", "data_management", "laboratory", "preclinical")),
        "start_date": str(start), "planned_end": str(start + timedelta(900)),
        "contract_value": draw.dice.choice(("0", *["1000", "2500.5", "400"] * 4)),
        "currency": draw.dice.choice(("EUR", "EUR", "EUR", "USD", "JPY", "CHF")),
        "closed_on": ends[0] if ends[0] >= str(start) else "", "cancelled_on": ends[1],
    }  # fmt: skip


def _causes(draw: Draw) -> Row:
    return {f"days_{side}": draw.dice.choice(("", "", "0", "7")) for side in ("cro", "sponsor", "external")}


def _plan(draw: Draw, found: Kinds, engagement: str) -> None:
    """Milestones of the study and of sites, deliverables, versions of the plan."""
    base = {"engagement_id": engagement}
    for number in range(draw.many()):
        due = draw.day()
        dropped = draw.after(due, 0.1)
        found["milestones"].append(
            base
            | _causes(draw)
            | {
                "milestone": f"m{number}", "site_id": "", "baseline_original": str(due),
                "baseline_current": draw.after(due, 0.3, 90), "forecast": draw.after(due, 0.5, 90),
                "actual": str(draw.around(due)) if draw.often(0.65) else "", "contractual": draw.flag()
                if draw.often(0.1) else "", "cancelled_on": dropped,
            }
        )  # fmt: skip
    stages = [("draft_sent", "contract_executed", "")] * draw.many(0, 1, 1)
    stages += [("siv", "site_activated", f"site {number}") for number in range(draw.many(0, 1, 4, 9))]
    for first, last, site in stages:
        begun = draw.day(0.05)
        slow = draw.often(0.7 - draw.good / 2)
        over = str(begun + timedelta(draw.dice.randint(20, 150))) if slow else draw.after(begun, 0.8, 60)
        for name, actual in ((first, str(begun)), (last, over)):
            if actual or draw.often(0.5):
                row = {"milestone": name, "site_id": site, "baseline_original": str(begun), "actual": actual}
                dropped = draw.after(begun, 0.1) if name == last and not actual else ""
                found["milestones"].append(base | row | {"cancelled_on": dropped})
    for number in range(draw.many()):
        due = draw.day()
        delivered = str(draw.around(due)) if draw.often(0.7) else ""
        reviewed = draw.after(date.fromisoformat(delivered), 0.7) if delivered else ""
        found["deliverables"].append(
            base
            | _causes(draw)
            | {
                "deliverable_id": f"{engagement} {number}", "name": "report", "due_original": str(due),
                "due_current": draw.after(due, 0.2, 60), "delivered": delivered, "first_reviewed_on": reviewed,
                "first_review": ("accepted" if draw.often(draw.good) else "returned") if reviewed else "",
                "cancelled_on": draw.after(due, 0.1),
            }
        )  # fmt: skip
    for number in range(draw.many(0, 0, 1, 2, 4)):
        found["baselines"].append(base | {"version": str(number), "approved_on": str(draw.day(0.1))})


def _money(draw: Draw, found: Kinds, engagement: str) -> None:
    """Budget with its gaps, change orders, invoices, units."""
    base = {"engagement_id": engagement}
    for cost_type in draw.dice.choice(((), ("fee",), ("fee",), ("fee", "grant"), ("fee", "pass_through", "grant"))):
        found["budget"] += [base | {"cost_type": cost_type} | row for row in _budget(draw)]
    for number in range(draw.many(0, 0, 1, 3, 8)):
        asked = draw.day(0.1)
        sent = draw.after(asked, 0.7)
        decided = draw.after(date.fromisoformat(sent or str(asked)), 0.5)
        decision = draw.dice.choice(("approved", "approved", "rejected", "withdrawn")) if decided else ""
        signed = draw.after(date.fromisoformat(decided), 0.7) if decision == "approved" else ""
        found["change_orders"].append(
            base
            | {
                "change_order_id": f"{engagement} {number}", "requested": str(asked), "submitted": sent,
                "decided": decided, "executed": signed, "decision": decision, "value": draw.amount(-200, 500),
                "initiator": draw.dice.choice(("", "cro", "cro", "shared", "sponsor", "external")),
            }
        )  # fmt: skip
    for number in range(draw.many()):
        issued = draw.day(0.05)
        outcome = draw.after(issued, 0.7)
        verdict = "accepted" if draw.often(draw.good) else draw.dice.choice(("disputed", "corrected"))
        found["invoices"].append(
            base
            | {
                "invoice_id": f"{engagement} {number}", "issued": str(issued), "amount": draw.amount(-50, 500),
                "outcome_on": outcome,
                "outcome": verdict if outcome else "",
            }
        )  # fmt: skip
    for unit in draw.dice.choice(((), ("visit",), ("visit", "page"))):
        for back in range(draw.many(1, 4, 9), -2, -1):
            row = {"unit_type": unit, "month": draw.month(back), "contracted": draw.dice.choice(("100", "120", "0"))}
            cells = {name: draw.dice.choice(("", "0", "4", "6", "7.5")) for name in ("delivered", "invoiced")}
            found["units"].append(base | row | cells)


def _budget(draw: Draw) -> list[Row]:
    """Months of a cost type: some begin before others, some have a gap, some are over, and some have earned nothing."""
    first, length = draw.dice.randint(-1, 16), draw.dice.randint(2, 20)
    pace, price = draw.dice.choice((0.0, 0.5, 0.9, 1.0, 1.3)), draw.dice.choice((0.0, 0.8, 1.0, 1.2, 2.5))
    columns = draw.dice.choice((("invoiced",), ("accrued",), ("invoiced", "accrued")))
    gap = draw.dice.choice((-1, -1, -1, draw.dice.randint(0, length)))
    remainder = draw.often(0.6)
    rows = []
    for number in range(length):
        if number == gap and draw.often(0.3):
            continue
        back = first - number
        planned = 0 if draw.often(0.1) or (draw.often(0.5) and number > length - 4) else draw.dice.randint(1, 100)
        row = {"month": draw.month(back), "planned_original": str(planned)}
        if draw.often(0.3):
            row["planned_current"] = str(draw.dice.randint(0, 100))
        if (back >= draw.dice.choice((0, 0, 0, -1, 2)) and number != gap) or draw.often(0.02):
            earned = planned * pace
            row["earned_value"] = f"{earned:g}"
            for column in columns:
                row[column] = f"{earned * price / len(columns) if pace else draw.dice.randint(0, 30):g}"
            if remainder and draw.often(0.7):
                row["forecast_remaining"] = str(draw.dice.randint(0, 900))
            for column in ("earned_value", *columns):
                if draw.often(0.01):
                    row[column] = ""
        rows.append(row)
    return rows


def _talk(draw: Draw, found: Kinds, engagement: str) -> None:
    """Requests with their SLAs, meetings and reports, counts of other systems."""
    base = {"engagement_id": engagement}
    for priority in draw.dice.choice(((), ("",), ("high",), ("", "high"))):
        found["slas"].append(
            base
            | {
                "priority": priority, "response_hours": draw.dice.choice(("4", "8", "12", "24")),
                "clock": draw.dice.choice(("", "business", "elapsed")), "time_zone": draw.dice.choice(ZONES),
            }
        )  # fmt: skip
    for number in range(draw.many(0, 1, 3, 9, 30)):
        found["requests"].append(base | {"request_id": f"{engagement} {number}"} | _request(draw))
    for number in range(draw.many()):
        scheduled = draw.day()
        done = str(scheduled + timedelta(draw.dice.choice((0, 0, 1, 2, 3, -1, -9)))) if draw.often(0.85) else ""
        kind = draw.dice.choice(("", "meeting", "status_report"))
        minutes = draw.after(date.fromisoformat(done), 0.9, 12) if done and kind != "status_report" else ""
        found["touchpoints"].append(
            base
            | {
                "touchpoint_id": f"{engagement} {number}", "type": kind, "scheduled": str(scheduled), "done": done,
                "minutes_issued": minutes,
                "cancelled_by": draw.dice.choice(("cro", "sponsor")) if not done and draw.often(0.4) else "",
            }
        )  # fmt: skip
    for kpi in COUNTED:
        newest = draw.dice.choice((-1, -1, 0, 0, 1, 6, 7))
        for back in range(newest + draw.many(0, 1, 5, 14), newest, -1):
            due = draw.dice.choice((0, 3, 20, 60))
            met = draw.dice.randint(0, due + 4 if kpi in ("T06", "Q01", "Q02") else due)
            met = due if draw.often(draw.good) else met
            row = {"kpi_id": kpi, "month": draw.month(back), "numerator": str(met)}
            found["kpi_data"].append(base | row | {"denominator": "" if draw.often(0.04) else str(due)})


def _request(draw: Draw) -> Row:
    """A request whose answers come after it, each with or without a time of day."""
    opened = draw.day(0.02)
    at = timedelta(minutes=draw.dice.randint(0, 24 * 60 - 1))

    def told(after: timedelta, share: float, timed: float) -> str:
        day, left = divmod((at + after).total_seconds(), 86_400)
        text = str(opened + timedelta(days=int(day)))
        hour, minute = divmod(int(left) // 60, 60)
        return "" if not draw.often(share) else f"{text}T{hour:02}:{minute:02}:00Z" if draw.often(timed) else text

    quick = draw.often(draw.good)
    first = timedelta(hours=draw.dice.choice((0, 1, 4) if quick else (8, 20, 70, draw.dice.randint(0, 400))))
    return {
        "type": draw.dice.choice(("", "question", "issue", "data_query", "data_query")),
        "direction": draw.dice.choice(("", "to_cro", "to_cro", "to_sponsor")),
        "priority": draw.dice.choice(("", "high", "low")),
        "opened_at": told(timedelta(0), 1, 0.9), "first_response_at": told(first, 0.95 if quick else 0.7, 0.9),
        "resolved_at": told(first * draw.dice.choice((0.5, 1, 2, 5)), 0.9 if quick else 0.5, 0.9),
        "paused_hours": draw.dice.choice(("", "", "", "2", "6.5")),
        "cancelled_on": str(opened + timedelta(draw.dice.randint(0, 20))) if draw.often(0.06) else "",
    }  # fmt: skip


def _people(draw: Draw, found: Kinds, engagement: str) -> None:
    """Team with its key roles, and forms of the survey: none, one, four, eight and more."""
    base = {"engagement_id": engagement}
    for number in range(draw.many(0, 1, 4, 9, 14)):
        start = draw.day(0.05) - timedelta(draw.dice.choice((0, 100, 300)))
        end = draw.after(start, 0.4, 500)
        key = draw.often(0.4)
        found["team"].append(
            base
            | {
                "assignment_id": f"{engagement} {number}", "person": f"{number}",
                "role": draw.dice.choice(("project manager", "Project Manager", "monitor", "data manager")),
                "organisation": draw.dice.choice(("", "cro", "cro", "sponsor")), "start_date": str(start),
                "key_role": "true" if key else draw.flag() if draw.often(0.2) else "", "contracted": draw.flag(),
                "end_date": end, "end_reason": draw.dice.choice(("", "left", "rolled_off", "replaced")) if end else "",
            }
        )  # fmt: skip
    for number in range(draw.many(0, 1, 4, 5, 8, 12)):
        back = draw.dice.choice((0, 1, 2, 3, 4, 5))
        index = draw.as_of.year * 4 + (draw.as_of.month - 1) // 3 - back
        form = base | {
            "response_id": f"{engagement} {number}", "quarter": f"{index // 4}-Q{index % 4 + 1}",
            "direction": draw.dice.choice(("", "sponsor_on_cro", "sponsor_on_cro", "cro_on_self", "cro_on_sponsor")),
        }  # fmt: skip
        for dimension in draw.dice.sample(("trust", "values", "collaboration", "work_ethic"), draw.dice.randint(0, 4)):
            mark = draw.dice.randint(4 if draw.often(draw.good) else 1, 5)
            found["surveys"].append(form | {"dimension": dimension, "score": str(mark)})
        if draw.often(0.7):
            score = draw.dice.choice(("8", "9", "10") if draw.often(draw.good) else ("0", "6", "7", "8"))
            found["surveys"].append(form | {"dimension": "recommend", "score": score})


def _quality(draw: Draw, found: Kinds, cro: str, contracts: Sequence[str]) -> None:
    """Audits of the CRO and of engagements, findings, corrective actions."""
    audits = [f"{cro} {number}" for number in range(draw.many(0, 0, 1, 3))]
    for audit in audits:
        whose = draw.dice.choice((*contracts, ""))
        found["audits"].append({"audit_id": audit, "cro_id": cro, "engagement_id": whose, "held": str(draw.day(0.1))})
    for number in range(draw.many(0, 1, 4, 9)):
        raised = draw.day(0.1)
        due = draw.after(raised, 0.8, 120)
        found["quality_events"].append(
            {
                "event_id": f"{cro} {number}", "engagement_id": draw.dice.choice(contracts),
                "audit_id": draw.dice.choice((*audits, "")),
                "type": draw.dice.choice(("", "audit_finding", "capa", "capa", "deviation")),
                "grade": draw.dice.choice(("", "minor", "minor", "major", "critical" if draw.often(0.3) else "")),
                "raised": str(raised), "due": due,
                "closed": due if draw.often(draw.good) else draw.after(raised, 0.6, 120),
            }
        )  # fmt: skip


def _targets(draw: Draw, found: Kinds, cro: str, engagement: str) -> None:
    """Thresholds of the CRO, of an engagement, of both, with two dates."""
    for kpi in draw.dice.sample(TARGETED, draw.many(0, 0, 2, 4)):
        for cro_id, engagement_id in draw.dice.sample(((cro, ""), (cro, engagement), ("", engagement)), 2):
            for begins in (draw.as_of - timedelta(400), draw.as_of + timedelta(draw.dice.choice((-30, 0, 1)))):
                limits = sorted(draw.dice.sample(range(1, 99), 2), reverse=kpi in HIGHER)
                found["targets"].append(
                    {
                        "kpi_id": kpi, "cro_id": cro_id, "engagement_id": engagement_id,
                        "effective_from": str(begins), "green": str(limits[0]), "red": str(limits[1]),
                    }
                )  # fmt: skip


def together(portfolios: Iterable[Kinds]) -> Kinds:
    """Many portfolios side by side, with what they share."""
    found: Kinds = {kind: list(SHARED.get(kind, ())) for kind in BY_KIND}
    for each in portfolios:
        for kind, rows in each.items():
            found[kind] += rows
    return found


SAME = ("engagement_id", "cro_id", "study_id", "audit_id")
"""What another telling does not change."""


def retold(kinds: Mapping[str, Sequence[Row]], seed: int, times: int) -> list[Kinds]:
    """The same rows told several times: cells without a date of their own differ, the last telling is the rows.

    Each telling holds those rows that are new or changed, and in between only some of them.
    """
    dice = Random(seed)
    last: dict[tuple[str, ...], Row] = {}
    found: list[Kinds] = []
    for number in range(times):
        telling: Kinds = {}
        for kind, rows in kinds.items():
            told = [column.name for column in BY_KIND[kind] if column.told and column.name not in SAME]
            whole = number == 0 or number == times - 1 or kind == "engagements"
            kept = [row for row in rows if whole or dice.random() < 0.5]
            if number < times - 1 and kind in LOOSE:
                kept = [row | _swapped(dice, rows, row, told) for row in kept]
            whole_rows = [dict.fromkeys(BY_KIND[kind].names, "") | row for row in kept]
            keyed = {(kind, *(row[name] for name in BY_KIND[kind].keys)): row for row in whole_rows}
            telling[kind] = [row for key, row in keyed.items() if last.get(key) != row]
            last |= keyed
        found.append(telling)
    return found


FLAGS = {(kind, column.name) for kind, contract in BY_KIND.items() for column in contract if column.type is Type.FLAG}
LOOSE = ("milestones", "deliverables", "budget", "change_orders", "quality_events", "touchpoints", "slas", "team",
         "requests")  # fmt: skip


def _swapped(dice: Random, rows: Sequence[Row], row: Row, told: Sequence[str]) -> Row:
    """Some cells of another row of the kind."""
    other = dice.choice(rows)
    return {name: other.get(name, "") for name in told if dice.random() < 0.3}


def load(*uploads: tuple[date, Kinds]) -> Store:
    """A store after some uploads, each with its status date."""
    return world(
        *((day, {kind: [_typed(kind, row) for row in kinds[kind]] for kind in kinds}) for day, kinds in uploads)
    )


def _typed(kind: str, row: Row) -> dict[str, object]:
    return {name: value == "true" if (kind, name) in FLAGS and value else value for name, value in row.items()}
