"""Write the demo portfolio's CSV files: `python -m data.demo.generate [FOLDER]`.

One folder a month, `<YYYY-MM>/<kind>.csv`, is one upload with the last day of the month as its status date.
It holds the rows that are new or changed since the month before, so that forecasts have a history.
"""

from __future__ import annotations

import csv
import io
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from data.contracts import BY_KIND
from data.demo.bills import invoices, told_invoices, told_units, units
from data.demo.counts import counts, told_counts
from data.demo.days import HOLIDAYS, month_end, months
from data.demo.meetings import told_touchpoints, touchpoints
from data.demo.money import ledgers, told_budget
from data.demo.orders import Order, drawn_orders, planted_orders, told_orders
from data.demo.people import responses, team, told_surveys, told_team
from data.demo.plan import (
    Milestone,
    deliverables,
    site_milestones,
    study_milestones,
    told_baselines,
    told_deliverables,
    told_milestones,
)
from data.demo.portfolio import (
    FIRST_STATUS,
    HOME,
    LAST_STATUS,
    Cro,
    Engagement,
    Portfolio,
    Row,
    read_portfolio,
    shown,
)
from data.demo.practices import told_communication_plan, told_requirements, told_responsibilities
from data.demo.quality import audits, quality_events, told_audits, told_quality_events
from data.demo.talk import requests, told_requests, told_slas

UPLOADS = HOME / "uploads"
SOUGHT = date(2026, 7, 31)
"""From when on a CRO is sought for a new study."""
Teller = Callable[[date], Iterator[Row]]


@dataclass(frozen=True, slots=True)
class Voice:
    """Something that reports: all its rows of one kind as known at a status date."""

    kind: str
    rows: Teller


def status_dates() -> list[date]:
    """The last days of the months that are reported."""
    return [month_end(month) for month in months(FIRST_STATUS, LAST_STATUS)]


def voices(portfolio: Portfolio) -> Iterator[Voice]:
    """Everything that reports, references first."""
    yield Voice("cros", lambda status: (_cro(cro) for cro in portfolio.cros))
    for kind in ("fx_rates", "targets"):
        yield Voice(kind, lambda status, kind=kind: _declared(kind, "", status))  # type: ignore[misc]
    yield Voice("holidays", lambda status: _holidays())
    for engagement in portfolio.engagements:
        yield from _engagement_voices(engagement, portfolio)
    for cro in portfolio.cros:
        yield from _cro_voices(cro, portfolio)
    yield Voice("actions", lambda status: _declared("actions", "raised", status))
    yield Voice("cros", lambda status: _candidates(portfolio, status))
    yield Voice("needs", lambda status: _declared("needs", "", status) if status >= SOUGHT else iter(()))
    yield Voice("selections", lambda status: _declared("selections", "assessed_on", status))
    yield Voice("reviews", _reviews)
    yield Voice("review_replies", lambda status: _declared("review_replies", "replied_on", status))


def _engagement_voices(engagement: Engagement, portfolio: Portfolio) -> Iterator[Voice]:
    orders = _orders(engagement, portfolio)
    study = study_milestones(engagement, orders)
    sites = site_milestones(engagement, study)
    documents = deliverables(engagement)
    talk = requests(engagement, study)
    counted = counts(engagement, study)
    closed = _closed(engagement, study)
    books = ledgers(engagement, study, orders)
    bills = invoices(engagement, books[0])
    work = units(engagement, study, sites, counted)
    meetings = touchpoints(engagement, closed)
    people = team(engagement, closed)

    def voice(kind: str, rows: Teller) -> Voice:
        def said(status: date) -> Iterator[Row]:
            known = engagement.said(status)
            return iter(()) if known is None else rows(known)

        return Voice(kind, said)

    yield voice("engagements", lambda s: _engagement(engagement, closed, s))
    yield voice("slas", lambda s: told_slas(engagement))
    yield voice("milestones", lambda s: told_milestones(engagement, study + sites, orders, s))
    yield voice("deliverables", lambda s: told_deliverables(engagement, documents, s))
    for ledger in books:
        yield voice("budget", lambda s, ledger=ledger: told_budget(engagement, ledger, s))  # type: ignore[misc]
    yield voice("change_orders", lambda s: told_orders(orders, s))
    yield voice("requests", lambda s: told_requests(engagement, talk, s))
    yield voice("kpi_data", lambda s: told_counts(engagement, counted, s))
    yield voice("baselines", lambda s: told_baselines(engagement, study, orders, s))
    yield voice("invoices", lambda s: told_invoices(engagement, bills, s))
    yield voice("units", lambda s: told_units(engagement, work, s))
    yield voice("touchpoints", lambda s: told_touchpoints(engagement, meetings, s))
    yield voice("team", lambda s: told_team(engagement, people, s))
    yield voice("requirements", lambda s: told_requirements(engagement, study, documents, s))
    yield voice("responsibilities", lambda s: told_responsibilities(engagement, people, s))
    yield voice("communication_plan", lambda s: told_communication_plan(engagement, s))


def _cro_voices(cro: Cro, portfolio: Portfolio) -> Iterator[Voice]:
    mine = [engagement for engagement in portfolio.engagements if engagement.cro == cro]
    closed = {one.id: _closed(one, study_milestones(one, _orders(one, portfolio))) for one in mine}
    held = audits(cro, mine)
    events = quality_events(cro, mine, held, closed)
    answers = responses(cro, mine, closed)
    yield Voice("audits", lambda s: told_audits(cro, held, s))
    yield Voice("quality_events", lambda s: told_quality_events(events, s))
    yield Voice("surveys", lambda s: told_surveys(answers, s))


def _orders(engagement: Engagement, portfolio: Portfolio) -> list[Order]:
    return planted_orders(engagement, portfolio.orders) + drawn_orders(engagement)


def _closed(engagement: Engagement, study: list[Milestone]) -> date:
    return max(engagement.planned_end, study[-1].actual)


def _cro(cro: Cro) -> Row:
    return {
        "cro_id": cro.id,
        "name": cro.name,
        "country": cro.country,
        "services": cro.services,
        "tier": cro.tier,
        "qualified_until": shown(cro.qualified_until),
        "candidate": "no",
    }


def _candidates(portfolio: Portfolio, status: date) -> Iterator[Row]:
    """CROs that offer and have no contract yet."""
    if status >= SOUGHT:
        for one in portfolio.candidates:
            yield {"parent_cro_id": ""} | one | {"candidate": "yes"}


def _engagement(engagement: Engagement, closed: date, status: date) -> Iterator[Row]:
    yield {
        "engagement_id": engagement.id,
        "cro_id": engagement.cro.id,
        "study_id": engagement.study,
        "title": engagement.title,
        "service_type": engagement.service,
        "therapeutic_area": engagement.area,
        "phase": engagement.phase,
        "scope": engagement.scope,
        "sponsor_pm": engagement.pm,
        "cro_lead": engagement.lead,
        "start_date": shown(engagement.start),
        "planned_end": shown(engagement.planned_end),
        "contract_value": shown(engagement.contract_value),
        "currency": engagement.currency,
        "pricing": engagement.pricing,
        "closed_on": shown(closed) if closed <= status else "",
    }


def _holidays() -> Iterator[Row]:
    return ({"day": shown(day), "name": name} for day, name in HOLIDAYS.items())


def _declared(kind: str, since: str, status: date) -> Iterator[Row]:
    """Rows written by hand in `<kind>.csv`, from the date in column `since` on; closed only once closed."""
    with (HOME / f"{kind}.csv").open(encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file):
            if since and row[since] > shown(status):
                continue
            if row.get("closed", "") > shown(status):
                row |= {"closed": "", "effect": ""}
            yield row


def _reviews(status: date) -> Iterator[Row]:
    """Reviews whose quarter is over, with the steps that are done."""
    for row in _declared("reviews", "cut_off", status):
        for step in ("shared", "held", "acknowledged_us", "acknowledged_cro", "closed"):
            if row[f"{step}_on"] > shown(status):
                row |= {f"{step}_on": "", f"{step}_by": ""}
        yield row if row["shared_on"] else row | {"reply_due": "", "minutes_final_on": ""}


def increments(portfolio: Portfolio) -> Iterator[tuple[date, dict[str, list[Row]]]]:
    """For each status date, the rows by kind that are new or not what they were a month before."""
    speakers = list(voices(portfolio))
    known: dict[tuple[str, ...], Row] = {}
    for status in status_dates():
        news: dict[str, list[Row]] = {}
        for speaker in speakers:
            keys = BY_KIND[speaker.kind].keys
            for row in speaker.rows(status):
                identity = (speaker.kind, *(row.get(key, "") for key in keys))
                if known.get(identity) != row:
                    known[identity] = row
                    news.setdefault(speaker.kind, []).append(row)
        yield status, news


def as_csv(kind: str, rows: list[Row]) -> bytes:
    """Rows as the bytes of a CSV file with every column of the kind: UTF-8, comma, LF."""
    out = io.StringIO(newline="")
    writer = csv.DictWriter(out, BY_KIND[kind].names, restval="", lineterminator="\n")
    writer.writeheader()
    writer.writerows(rows)
    return out.getvalue().encode("utf-8")


def files() -> dict[str, bytes]:
    """The whole portfolio: bytes by path below the uploads folder."""
    return {
        f"{status:%Y-%m}/{kind}.csv": as_csv(kind, rows)
        for status, news in increments(read_portfolio())
        for kind, rows in news.items()
    }


def write(folder: Path) -> None:
    """Write the files below `folder`; a CSV file there that is not part of the portfolio is removed."""
    told = files()
    for stale in sorted(folder.glob("*/*.csv")):
        if stale.relative_to(folder).as_posix() not in told:
            stale.unlink()
    for path, content in told.items():
        target = folder / path
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_bytes(content)
    print(f"{len(told)} files, {sum(map(len, told.values())):,} bytes in {folder}")


if __name__ == "__main__":
    write(Path(sys.argv[1]) if len(sys.argv) > 1 else UPLOADS)
