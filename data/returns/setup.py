"""The workbook with which a study begins: what was agreed, from what such a contract usually holds."""

import tomllib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from functools import cache
from pathlib import Path
from typing import Any

from data.contracts import BY_KIND
from data.contracts.milestones import CODES
from data.intake.prefilled import made_of
from data.returns.rows import rows_now
from data.returns.workbook import Sheet, workbook
from data.store import Store

DECLARED = Path(__file__).with_name("setup.toml")
LONGEST = 120
"""Months of budget that are laid out at most."""
Row = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Template:
    """What a contract of a service type usually holds; `milestones` are in months after the start."""

    months: int
    cost_types: tuple[str, ...]
    milestones: dict[str, int]
    contractual: tuple[str, ...]
    targets: tuple[str, ...]


@cache
def templates() -> dict[str, Template]:
    """The templates of `setup.toml` by service type."""
    return {
        name: Template(
            months=own["months"],
            cost_types=tuple(own["cost_types"]),
            milestones=own["milestones"],
            contractual=tuple(own["contractual"]),
            targets=tuple(own["targets"]),
        )
        for name, own in _declared().items()
        if name != "slas"
    }


@cache
def _declared() -> dict[str, Any]:
    return tomllib.loads(DECLARED.read_text(encoding="utf-8"))


def setup(store: Store, service: str, engagement: str = "", pm: str = "", start: date | None = None) -> bytes:
    """The Excel workbook that sets up an engagement: its contract, milestones, SLAs, targets and budget.

    `service` is one of `templates()`. A sheet shows what is known of the engagement; where nothing is, the rows that
    are usual. With a start the months of the budget are laid out. A row of which only the key is filled in loads as
    nothing. Raises KeyError: no such service type.
    """
    template, code = templates()[service], engagement.strip()
    with store.read() as cursor:
        known = {
            kind: rows_now(cursor, kind, [code] if code else [])
            for kind in ("engagements", "milestones", "slas", "targets", "budget")
        }
        lines = [*_lines(service, code), "", made_of(cursor)]
    contract = (known["engagements"] or [_contract(service, code, pm.strip(), start)])[0]
    begin = contract.get("start_date")
    usual = {
        "engagements": [contract],
        "milestones": [_milestone(template, code, name) for name in template.milestones],
        "slas": [{"engagement_id": code, **sla} for sla in _declared()["slas"]],
        "targets": [{"kpi_id": kpi, "engagement_id": code, "effective_from": begin} for kpi in template.targets],
        "budget": list(_budget(template, code, begin, contract.get("planned_end"))),
    }
    rows = {kind: known[kind] or usual[kind] for kind in usual}
    notes = _notes(rows["milestones"], template, begin)
    sheets = [
        Sheet(BY_KIND[kind], rows[kind], _offered(code, template), notes if kind == "milestones" else {})
        for kind in rows
    ]
    return workbook(lines, sheets, begin or date(2000, 1, 1))


def _contract(service: str, code: str, pm: str, start: date | None) -> Row:
    return {"engagement_id": code, "service_type": service, "sponsor_pm": pm, "start_date": start}


def _milestone(template: Template, code: str, milestone: str) -> Row:
    # Most rows hold nothing but their key, so that whoever does not need one need not clear it.
    return {"engagement_id": code, "milestone": milestone, "contractual": milestone in template.contractual or None}


def _budget(template: Template, code: str, begin: date | None, end: date | None) -> Iterator[Row]:
    if begin is None:
        return
    first = begin.year * 12 + begin.month - 1
    months = min(end.year * 12 + end.month - first if end else template.months, LONGEST)
    for month in range(first, first + months):
        for cost_type in template.cost_types:
            name = f"{month // 12}-{month % 12 + 1:02}"
            yield {"engagement_id": code, "month": name, "cost_type": cost_type}


def _notes(milestones: Sequence[Row], template: Template, begin: date | None) -> dict[tuple[int, str], str]:
    notes: dict[tuple[int, str], str] = {}
    for place, row in enumerate(milestones):
        code = str(row["milestone"])
        notes[place, "milestone"] = CODES.get(code, code)
        if code in template.milestones:
            notes[place, "baseline_original"] = _usually(template.milestones[code], begin)
    return notes


def _usually(months: int, begin: date | None) -> str:
    if begin is None:
        return f"Usually {months} months after the start."
    month = begin.year * 12 + begin.month - 1 + months
    return f"Usually {months} months after the start, so in {month // 12}-{month % 12 + 1:02}."


def _offered(code: str, template: Template) -> dict[str, Sequence[str]]:
    return {"milestone": tuple(CODES), "kpi_id": template.targets, "engagement_id": (code,) if code else ()}


def _lines(service: str, code: str) -> list[str]:
    named = code or "an engagement"
    every = [] if code else ["Write the same engagement_id into every row that you use: your own code of the contract."]
    return [
        f"Set-up of {named}: {service.replace('_', ' ')}",
        "What was agreed at the start. The rows are those that such a contract usually has; nothing else is required.",
        "",
        "1. engagements: fill in the contract. The value is the original one, without change orders.",
        "2. milestones: fill in the dates of the first agreed plan. Empty rows are left out; clear the rows with “yes” "
        "that the contract does not have.",
        "3. slas: the times are usual ones and load as they stand. Mend them, or clear the rows.",
        "4. targets: fill in green and red where the contract agrees thresholds. Empty rows are left out.",
        "5. budget: fill in what was planned for each month. Empty rows are left out.",
        "6. Drop this file on the Data page, look at what it brings, accept it.",
        *every,
    ]
