"""The cast: CROs, engagements and how each of them works, read from portfolio.toml."""

from __future__ import annotations

import tomllib
from dataclasses import dataclass, field, replace
from datetime import date
from pathlib import Path
from random import Random
from typing import Any

from data.demo.days import add_months

Row = dict[str, str]
HOME = Path(__file__).parent
FIRST_STATUS, LAST_STATUS = date(2023, 11, 30), date(2026, 10, 31)
SEED = 20231130


@dataclass(frozen=True, slots=True)
class Style:
    """How a CRO works. Shares are 0 to 1, hours and days are medians, `overrun` is a share of the fee."""

    late: float = 0.1  # share of milestones that are late by themselves
    late_days: float = 12
    carry: float = 0.0  # share of a slip that the next milestone inherits
    own_fault: float = 0.6  # share of late items whose days are the CRO's
    unknown: float = 0.12  # share of late items whose cause nobody recorded
    deliverables: int = 12
    deliver_late: float = 0.05
    deliver_days: float = 5
    accept: float = 0.92  # share accepted at first review
    requests: float = 4.5  # a month and engagement
    hours: float = 5  # business hours to the first response
    spread: float = 0.75  # standard deviation of the logarithm of the hours
    resolve: float = 3.5  # business days from first response to resolution
    parked: float = 0.0  # share of requests that nobody answers
    parked_from: date | None = None
    parked_growth: float = 0.0  # added to `parked` every quarter from then on
    hastening: float = 1.0  # factor on `hours` every quarter from then on
    paused: float = 0.03
    overrun: float = 0.01
    orders: float = 1.3  # change orders an engagement
    order_by_cro: float = 0.45
    order_size: float = 0.014  # share of the contract value
    order_days: float = 25  # from request to proposal
    order_delay: float = 0.0  # share of the sponsor's change orders that grant time
    enrol: float = 1.0
    visits: float = 0.96
    visits_before: float = 0.0  # `visits` before the month of `mended_on`
    mended_on: date | None = None
    tmf: float = 0.96
    sae_late: float = 0.0
    deviations: float = 0.03
    site_days: float = 9  # business days from initiation visit to activation
    queries: float = 0.06  # data queries for each page
    filed: float = 0.95  # share of documents filed within five business days
    invoices: float = 0.99  # share of invoices accepted as they came
    billed: float = 1.0  # units invoiced for each one delivered
    agreed: float = 0.985  # share of meetings and status reports that are as agreed
    agreed_before: float = 0.0  # `agreed` before the month of `mended_on`
    agreed_decline: float = 0.0  # taken off `agreed` every quarter from `parked_from` on
    majors: float = 0.6  # major findings an audit
    capa: float = 0.99  # share of corrective actions closed by their due date
    turnover: float = 0.09  # share of the team that leaves in a year
    key_turnover: float = 0.02  # the same of the people whom the contract names for the key roles
    regard: float = 4.2  # what our people answer on a scale from 1 to 5
    regard_decline: float = 0.0  # taken off `regard` every quarter from `parked_from` on
    answers: int = 6  # of our people, at least, in a quarter's survey

    def declined(self, day: date) -> float:
        """Quarters since `parked_from`, 0 before it."""
        return max((day - self.parked_from).days, 0) / 91.3 if self.parked_from else 0.0

    def mended(self, day: date) -> bool:
        """Whether what is told before and after `mended_on` is, on this day, as after it."""
        return self.mended_on is None or day >= self.mended_on.replace(day=1)


@dataclass(frozen=True, slots=True)
class Cro:
    """One CRO; `reports_until` is the last status date for which it sent anything."""

    id: str
    name: str
    country: str
    services: str
    tier: str
    qualified_until: date
    leads: tuple[str, ...]
    style: Style
    reports_until: date = LAST_STATUS

    def dice(self, topic: str) -> Random:
        """Random numbers of this CRO and topic alone."""
        return Random(f"{SEED} {self.id} {topic}")


@dataclass(frozen=True, slots=True)
class Engagement:
    """One contract. `value` is in thousands; slips are planted days by milestone code or deliverable.

    `disputed`: months whose invoice is disputed; `left`: last days of the contracted people by their key role.
    """

    id: str
    cro: Cro
    study: str
    title: str
    service: str
    area: str
    phase: str
    start: date
    months: int
    value: int
    currency: str
    pricing: str
    pm: str
    lead: str
    style: Style
    sites: int = 0
    subjects: int = 0
    rebaselined_on: date | None = None
    rebaselined_by: int = 0
    milestone_slips: dict[str, int] = field(default_factory=dict)
    deliverable_slips: dict[int, int] = field(default_factory=dict)
    disputed: tuple[str, ...] = ()
    left: dict[str, date] = field(default_factory=dict)

    @property
    def contract_value(self) -> int:
        return self.value * 1000

    @property
    def scope(self) -> str:
        return self.cro.services if self.service == "full" else self.service.replace("_", " ")

    @property
    def planned_end(self) -> date:
        return add_months(self.start, self.months)

    def dice(self, topic: str) -> Random:
        """Random numbers of this engagement and topic alone, so that changing one leaves the others."""
        return Random(f"{SEED} {self.id} {topic}")

    def said(self, status: date) -> date | None:
        """The date up to which the uploads of `status` report on it; None before its start."""
        return min(status, self.cro.reports_until) if status >= self.start else None


@dataclass(frozen=True, slots=True)
class Portfolio:
    """Everything that portfolio.toml declares; `orders` are the planted change orders as they stand there, `candidates`
    the rows of CROs that have no contract."""

    cros: tuple[Cro, ...]
    engagements: tuple[Engagement, ...]
    orders: tuple[dict[str, Any], ...]
    candidates: tuple[Row, ...] = ()


def read_portfolio(path: Path = HOME / "portfolio.toml") -> Portfolio:
    """The declared portfolio. Raises TypeError where a name in the file is unknown here."""
    told = tomllib.loads(path.read_text(encoding="utf-8"))
    cros: list[Cro] = []
    engagements: list[Engagement] = []
    for entry in told["cros"]:
        contracts, leads = entry.pop("engagements"), tuple(entry.pop("leads"))
        cro = Cro(**entry | {"style": Style(**entry["style"]), "leads": leads})
        cros.append(cro)
        for number, contract in enumerate(contracts):
            people = {"pm": told["sponsor_pms"][len(engagements) % 6], "lead": leads[number % len(leads)]}
            style = replace(cro.style, **contract.pop("style", {}))
            slips = {int(key): days for key, days in contract.pop("deliverable_slips", {}).items()}
            contract["disputed"] = tuple(contract.get("disputed", ()))
            engagements.append(Engagement(**contract, **people, cro=cro, style=style, deliverable_slips=slips))
    return Portfolio(tuple(cros), tuple(engagements), tuple(told["change_orders"]), tuple(told["candidates"]))


def shown(value: object) -> str:
    """A cell as a CSV shows it; None is an empty cell."""
    return "" if value is None else str(value)


def upto(day: date | None, status: date) -> date | None:
    """The day, if it has come by the status date."""
    return day if day is not None and day <= status else None
