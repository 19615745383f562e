"""Small random portfolios around an as-of date, with the edges on which definitions break.

Rows are texts, as in a CSV file. One seed makes the same portfolio every time; its ids begin with the seed, so that
many stand side by side in one store. Every row has dice of its own (`Draw.of`), so that another kind, KPI or row leaves
the others as they are; the draw of a new column stands last in its row, or has dice of its own as well.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date, timedelta
from random import Random

from analytics.catalogue import BY_ID, COUNTED, RATED
from analytics.kpi import Better, Ratio
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
TARGETED = 0.05
"""How often a CRO has a threshold of its own for a KPI."""
ZONES = ("", "Europe/Berlin", "America/New_York", "Asia/Tokyo", "Pacific/Auckland")


class Draw:
    """Dice of one portfolio, or of a part of it, loaded towards the as-of date and the edges of its year.

    `good`: how often work goes well, the same in all parts.
    """

    def __init__(self, name: str, as_of: date, good: float | None = None) -> None:
        self.dice, self.as_of, self.name = Random(name), as_of, name
        self.good = self.dice.choice((0.2, 0.6, 0.6, 0.98)) if good is None else good

    def of(self, *part: object) -> "Draw":
        """Dice of a part, which are the same whatever was drawn elsewhere."""
        return Draw("/".join(map(str, (self.name, *part))), self.as_of, self.good)

    def rows(self, kind: str, owner: str, *sizes: int) -> Iterator[tuple[int, "Draw"]]:
        """The numbers of so many rows of a kind, each with its dice."""
        own = self.of(kind, owner)
        return ((number, own.of(number)) for number in range(own.many(*sizes)))

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
    draw = Draw(f"P{seed:03}", as_of)
    found: Kinds = {kind: [] for kind in BY_KIND}
    for number in range(draw.many(1, 1, 2, 3)):
        cro = f"{draw.name}{'ABC'[number]}"
        found["cros"].append({"cro_id": cro, "name": cro})
        contracts = [_engagement(draw, cro, f"{cro}{place}") for place in range(draw.of(cro).many(1, 1, 2, 2, 3, 3, 7))]
        found["engagements"] += contracts
        for row in contracts:
            _plan(draw, found, row["engagement_id"])
            _money(draw, found, row["engagement_id"])
            _talk(draw, found, row["engagement_id"])
            _people(draw, found, row["engagement_id"])
        _quality(draw, found, cro, [row["engagement_id"] for row in contracts])
        _targets(draw, found, cro, contracts[0]["engagement_id"])
    return found


def _engagement(portfolio: Draw, cro: str, engagement: str) -> Row:
    draw = portfolio.of("engagements", engagement)
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
    for number, own in draw.rows("milestones", engagement):
        due = own.day()
        dropped = own.after(due, 0.1)
        found["milestones"].append(
            base
            | _causes(own)
            | {
                "milestone": f"m{number}", "site_id": "", "baseline_original": str(due),
                "baseline_current": own.after(due, 0.3, 90), "forecast": own.after(due, 0.5, 90),
                "actual": str(own.around(due)) if own.often(0.65) else "", "contractual": own.flag()
                if own.often(0.1) else "", "cancelled_on": dropped,
            }
        )  # fmt: skip
    contracting = [
        ("draft_sent", "contract_executed", "", own) for _, own in draw.rows("contract", engagement, 0, 1, 1)
    ]
    sites = draw.rows("sites", engagement, 0, 1, 4, 9)
    activation = [("siv", "site_activated", f"site {number}", own) for number, own in sites]
    for first, last, site, own in (*contracting, *activation):
        begun = own.day(0.05)
        slow = own.often(0.7 - own.good / 2)
        over = str(begun + timedelta(own.dice.randint(20, 150))) if slow else own.after(begun, 0.8, 60)
        for name, actual in ((first, str(begun)), (last, over)):
            if actual or own.often(0.5):
                row = {"milestone": name, "site_id": site, "baseline_original": str(begun), "actual": actual}
                dropped = own.after(begun, 0.1) if name == last and not actual else ""
                found["milestones"].append(base | row | {"cancelled_on": dropped})
    for number, own in draw.rows("deliverables", engagement):
        due = own.day()
        delivered = str(own.around(due)) if own.often(0.7) else ""
        reviewed = own.after(date.fromisoformat(delivered), 0.7) if delivered else ""
        found["deliverables"].append(
            base
            | _causes(own)
            | {
                "deliverable_id": f"{engagement} {number}", "name": "report", "due_original": str(due),
                "due_current": own.after(due, 0.2, 60), "delivered": delivered, "first_reviewed_on": reviewed,
                "first_review": ("accepted" if own.often(own.good) else "returned") if reviewed else "",
                "cancelled_on": own.after(due, 0.1),
            }
        )  # fmt: skip
    for number, own in draw.rows("baselines", engagement, 0, 0, 1, 2, 4):
        found["baselines"].append(base | {"version": str(number), "approved_on": str(own.day(0.1))})


def _money(draw: Draw, found: Kinds, engagement: str) -> None:
    """Budget with its gaps, change orders, invoices, units."""
    base = {"engagement_id": engagement}
    budgets = draw.of("budget", engagement)
    for cost_type in budgets.dice.choice(((), ("fee",), ("fee",), ("fee", "grant"), ("fee", "pass_through", "grant"))):
        found["budget"] += [base | {"cost_type": cost_type} | row for row in _budget(budgets.of(cost_type))]
    for number, own in draw.rows("change_orders", engagement, 0, 0, 1, 3, 8):
        asked = own.day(0.1)
        sent = own.after(asked, 0.7)
        decided = own.after(date.fromisoformat(sent or str(asked)), 0.5)
        decision = own.dice.choice(("approved", "approved", "rejected", "withdrawn")) if decided else ""
        signed = own.after(date.fromisoformat(decided), 0.7) if decision == "approved" else ""
        found["change_orders"].append(
            base
            | {
                "change_order_id": f"{engagement} {number}", "requested": str(asked), "submitted": sent,
                "decided": decided, "executed": signed, "decision": decision, "value": own.amount(-200, 500),
                "initiator": own.dice.choice(("", "cro", "cro", "shared", "sponsor", "external")),
            }
        )  # fmt: skip
    for number, own in draw.rows("invoices", engagement):
        issued = own.day(0.05)
        outcome = own.after(issued, 0.7)
        verdict = "accepted" if own.often(own.good) else own.dice.choice(("disputed", "corrected"))
        found["invoices"].append(
            base
            | {
                "invoice_id": f"{engagement} {number}", "issued": str(issued), "amount": own.amount(-50, 500),
                "outcome_on": outcome,
                "outcome": verdict if outcome else "",
            }
        )  # fmt: skip
    billed = draw.of("units", engagement)
    for unit in billed.dice.choice(((), ("visit",), ("visit", "page"))):
        for back in range(billed.of(unit).many(1, 4, 9), -2, -1):
            own = billed.of(unit, back)
            row = {"unit_type": unit, "month": own.month(back), "contracted": own.dice.choice(("100", "120", "0"))}
            cells = {name: own.dice.choice(("", "0", "4", "6", "7.5")) for name in ("delivered", "invoiced")}
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
        own = draw.of(number)
        if number == gap and own.often(0.3):
            continue
        back = first - number
        planned = 0 if own.often(0.1) or (own.often(0.5) and number > length - 4) else own.dice.randint(1, 100)
        row = {"month": own.month(back), "planned_original": str(planned)}
        if own.often(0.3):
            row["planned_current"] = str(own.dice.randint(0, 100))
        if (back >= own.dice.choice((0, 0, 0, -1, 2)) and number != gap) or own.often(0.02):
            earned = planned * pace
            row["earned_value"] = f"{earned:g}"
            for column in columns:
                row[column] = f"{earned * price / len(columns) if pace else own.dice.randint(0, 30):g}"
            if remainder and own.often(0.7):
                row["forecast_remaining"] = str(own.dice.randint(0, 900))
            for column in ("earned_value", *columns):
                if own.often(0.01):
                    row[column] = ""
        rows.append(row)
    return rows


def _talk(draw: Draw, found: Kinds, engagement: str) -> None:
    """Requests with their SLAs, meetings and reports, counts of other systems."""
    base = {"engagement_id": engagement}
    agreed = draw.of("slas", engagement)
    for priority in agreed.dice.choice(((), ("",), ("high",), ("", "high"))):
        own = agreed.of(priority)
        found["slas"].append(
            base
            | {
                "priority": priority, "response_hours": own.dice.choice(("4", "8", "12", "24")),
                "clock": own.dice.choice(("", "business", "elapsed")), "time_zone": own.dice.choice(ZONES),
            }
        )  # fmt: skip
    for number, own in draw.rows("requests", engagement, 0, 1, 3, 9, 30):
        found["requests"].append(base | {"request_id": f"{engagement} {number}"} | _request(own))
    for number, own in draw.rows("touchpoints", engagement):
        scheduled = own.day()
        done = str(scheduled + timedelta(own.dice.choice((0, 0, 1, 2, 3, -1, -9)))) if own.often(0.85) else ""
        kind = own.dice.choice(("", "meeting", "status_report"))
        minutes = own.after(date.fromisoformat(done), 0.9, 12) if done and kind != "status_report" else ""
        found["touchpoints"].append(
            base
            | {
                "touchpoint_id": f"{engagement} {number}", "type": kind, "scheduled": str(scheduled), "done": done,
                "minutes_issued": minutes,
                "cancelled_by": own.dice.choice(("cro", "sponsor")) if not done and own.often(0.4) else "",
            }
        )  # fmt: skip
    for kpi in COUNTED:
        found["kpi_data"] += [
            base | {"kpi_id": kpi} | row for row in _counts(draw.of("kpi_data", engagement, kpi), kpi)
        ]


def _counts(draw: Draw, kpi: str) -> Iterator[Row]:
    """Months of a KPI that other systems count; what is no share can exceed what it is counted against."""
    measure = BY_ID[kpi].measure
    more = 0 if isinstance(measure, Ratio) and measure.proportion else 4
    newest = draw.dice.choice((-1, -1, 0, 0, 1, 6, 7))
    for back in range(newest + draw.many(0, 1, 5, 14), newest, -1):
        own = draw.of(back)
        due = own.dice.choice((0, 3, 20, 60))
        met = own.dice.randint(0, due + more)
        met = due if own.often(own.good) else met
        told = "" if own.often(0.04) else str(due)
        yield {"month": own.month(back), "numerator": str(met), "denominator": told}


def _request(draw: Draw) -> Row:
    """A request whose answers come after it, each with or without a time of day; what is new is more often open."""
    lately = draw.often(draw.good / 2)
    opened = draw.as_of - timedelta(draw.dice.randint(0, 30)) if lately else draw.day(0.02)
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
        "resolved_at": told(first * draw.dice.choice((0.5, 1, 2, 5)), 0.4 if lately else 0.9 if quick else 0.5, 0.9),
        "paused_hours": draw.dice.choice(("", "", "", "2", "6.5")),
        "cancelled_on": str(opened + timedelta(draw.dice.randint(0, 20))) if draw.often(0.06) else "",
    }  # fmt: skip


def _people(draw: Draw, found: Kinds, engagement: str) -> None:
    """Team with its key roles, and forms of the survey: none, one, four, eight and more."""
    base = {"engagement_id": engagement}
    for number, own in draw.rows("team", engagement, 0, 1, 4, 9, 14):
        start = own.day(0.05) - timedelta(own.dice.choice((0, 100, 300)))
        end = own.after(start, 0.4, 500)
        key = own.often(0.4)
        found["team"].append(
            base
            | {
                "assignment_id": f"{engagement} {number}", "person": f"{number}",
                "role": own.dice.choice(("project manager", "Project Manager", "monitor", "data manager")),
                "organisation": own.dice.choice(("", "cro", "cro", "sponsor")), "start_date": str(start),
                "key_role": "true" if key else own.flag() if own.often(0.2) else "", "contracted": own.flag(),
                "end_date": end, "end_reason": own.dice.choice(("", "left", "rolled_off", "replaced")) if end else "",
            }
        )  # fmt: skip
    for number, own in draw.rows("surveys", engagement, 0, 1, 4, 5, 8, 12):
        back = own.dice.choice((0, 1, 2, 3, 4, 5))
        index = own.as_of.year * 4 + (own.as_of.month - 1) // 3 - back
        form = base | {
            "response_id": f"{engagement} {number}", "quarter": f"{index // 4}-Q{index % 4 + 1}",
            "direction": own.dice.choice(("", "sponsor_on_cro", "sponsor_on_cro", "cro_on_self", "cro_on_sponsor")),
        }  # fmt: skip
        for dimension in own.dice.sample(("trust", "values", "collaboration", "work_ethic"), own.dice.randint(0, 4)):
            mark = own.dice.randint(4 if own.often(own.good) else 1, 5)
            found["surveys"].append(form | {"dimension": dimension, "score": str(mark)})
        if own.often(0.7):
            score = own.dice.choice(("8", "9", "10") if own.often(own.good) else ("0", "6", "7", "8"))
            found["surveys"].append(form | {"dimension": "recommend", "score": score})


def _quality(draw: Draw, found: Kinds, cro: str, contracts: Sequence[str]) -> None:
    """Audits of the CRO and of engagements, findings, corrective actions."""
    held = {f"{cro} {number}": own for number, own in draw.rows("audits", cro, 0, 0, 1, 3)}
    for audit, own in held.items():
        whose = own.dice.choice((*contracts, ""))
        found["audits"].append({"audit_id": audit, "cro_id": cro, "engagement_id": whose, "held": str(own.day(0.1))})
    for number, own in draw.rows("quality_events", cro, 0, 1, 4, 9):
        raised = own.day(0.1)
        due = own.after(raised, 0.8, 120)
        found["quality_events"].append(
            {
                "event_id": f"{cro} {number}", "engagement_id": own.dice.choice(contracts),
                "audit_id": own.dice.choice((*held, "")),
                "type": own.dice.choice(("", "audit_finding", "capa", "capa", "deviation")),
                "grade": own.dice.choice(("", "minor", "minor", "major", "critical" if own.often(0.3) else "")),
                "raised": str(raised), "due": due,
                "closed": due if own.often(own.good) else own.after(raised, 0.6, 120),
            }
        )  # fmt: skip


def _targets(draw: Draw, found: Kinds, cro: str, engagement: str) -> None:
    """Thresholds of the CRO, of an engagement, of both, with two dates."""
    for kpi in RATED:
        own = draw.of("targets", cro, kpi.id)
        if not own.often(TARGETED):
            continue
        for cro_id, engagement_id in own.dice.sample(((cro, ""), (cro, engagement), ("", engagement)), 2):
            for begins in (own.as_of - timedelta(400), own.as_of + timedelta(own.dice.choice((-30, 0, 1)))):
                limits = sorted(own.dice.sample(range(1, 99), 2), reverse=kpi.better is Better.HIGHER)
                found["targets"].append(
                    {
                        "kpi_id": kpi.id, "cro_id": cro_id, "engagement_id": engagement_id,
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
