"""What was known of each row, read as of a day: the two times of a cell, in plain Python.

Rows are texts, as in a CSV file; an empty one says that nothing is known.
"""

from calendar import monthrange
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

Row = dict[str, str]
Upload = tuple[str, Mapping[str, Sequence[Mapping[str, object]]]]
"""A status date, and the rows of each kind."""


@dataclass(frozen=True)
class Kind:
    """`key` names a row; `events` are empty before their day; `dated` cells go with the day or month beside them."""

    key: tuple[str, ...]
    events: tuple[str, ...] = ()
    dated: tuple[tuple[str, str], ...] = ()
    begins: str = ""


KINDS = {
    "cros": Kind(("cro_id",)),
    "engagements": Kind(("engagement_id",), ("closed_on", "cancelled_on")),
    "milestones": Kind(("engagement_id", "milestone", "site_id"), ("actual", "cancelled_on")),
    "deliverables": Kind(
        ("deliverable_id",),
        ("delivered", "first_reviewed_on", "accepted", "cancelled_on"),
        (("first_review", "first_reviewed_on"),),
    ),
    "budget": Kind(
        ("engagement_id", "month", "cost_type"),
        (),
        tuple((name, "month") for name in ("earned_value", "invoiced", "accrued", "forecast_remaining")),
    ),
    "change_orders": Kind(
        ("change_order_id",),
        ("requested", "submitted", "decided", "executed"),
        (("decision", "decided"),),
        "requested",
    ),
    "baselines": Kind(("engagement_id", "version"), ("approved_on",), (), "approved_on"),
    "invoices": Kind(("invoice_id",), ("issued", "outcome_on", "settled"), (("outcome", "outcome_on"),), "issued"),
    "units": Kind(
        ("engagement_id", "unit_type", "month"),
        (),
        tuple((name, "month") for name in ("contracted", "delivered", "invoiced")),
    ),
    "slas": Kind(("engagement_id", "priority")),
    "requests": Kind(
        ("request_id",), ("opened_at", "first_response_at", "resolved_at", "cancelled_on"), (), "opened_at"
    ),
    "touchpoints": Kind(("touchpoint_id",), ("done", "minutes_issued")),
    "kpi_data": Kind(
        ("engagement_id", "kpi_id", "month"), (), tuple((name, "month") for name in ("numerator", "denominator"))
    ),
    "audits": Kind(("audit_id",), ("held",), (), "held"),
    "quality_events": Kind(("event_id",), ("raised", "closed"), (), "raised"),
    "team": Kind(("assignment_id",), ("start_date", "end_date"), (("end_reason", "end_date"),), "start_date"),
    "surveys": Kind(("response_id", "dimension")),
    "targets": Kind(("kpi_id", "cro_id", "engagement_id", "effective_from")),
    "fx_rates": Kind(("currency", "year")),
    "holidays": Kind(("day",)),
}


def month_end(month: str) -> str:
    """Last day of `2026-09`."""
    year, number = int(month[:4]), int(month[5:7])
    return f"{month[:7]}-{monthrange(year, number)[1]:02}"


def day(text: str) -> date:
    return date.fromisoformat(text[:10])


class History:
    """Every version of every row, in the order of the uploads."""

    def __init__(self, uploads: Iterable[Upload]) -> None:
        self.versions: dict[str, dict[tuple[str, ...], list[tuple[int, str, Row]]]] = {kind: {} for kind in KINDS}
        for number, (status_date, kinds) in enumerate(uploads, 1):
            for kind, rows in kinds.items():
                if kind in KINDS:
                    for row in rows:
                        self._add(kind, number, status_date, row)

    def _add(self, kind: str, number: int, status_date: str, row: Mapping[str, object]) -> None:
        """A column that a row lacks keeps what was known of it."""
        told = {name: "" if value is None else str(value) for name, value in row.items()}
        key = tuple(told.get(name, "") for name in KINDS[kind].key)
        before = self.versions[kind].setdefault(key, [])
        last = before[-1][2] if before else dict.fromkeys(KINDS[kind].key, "")
        if not before or told.items() - last.items():
            before.append((number, status_date, last | told))

    def known(self, as_of: str, known_at: int | None = None) -> dict[str, list[Row]]:
        """The rows as known at an upload, the newest unless given, read as of a day."""
        found: dict[str, list[Row]] = {}
        for kind, keys in self.versions.items():
            rows = (_read(KINDS[kind], versions, as_of, known_at) for versions in keys.values())
            found[kind] = [row for row in rows if row is not None]
        return found

    def told_to(self, as_of: str, known_at: int | None = None) -> dict[str, str]:
        """The day up to which each engagement with a team was told of: its work, or its team; no later than a day.

        Where its work was never told of, that day.
        """
        found: dict[str, str] = {}
        for kind in PROGRESS:
            for versions in self.versions[kind].values():
                for number, status_date, row in versions:
                    if status_date <= as_of and (known_at is None or number <= known_at):
                        found[row["engagement_id"]] = max(status_date, found.get(row["engagement_id"], ""))
        for versions in self.versions["team"].values():
            seen = [version for version in versions if known_at is None or version[0] <= known_at]
            for _, status_date, row in seen[-1:]:
                engagement = row["engagement_id"]
                found[engagement] = min(as_of, max(status_date, found.get(engagement, as_of)))
        return found


PROGRESS = ("milestones", "budget", "deliverables", "change_orders", "requests", "kpi_data", "units")
"""What tells of the work; the other kinds are registers that others keep."""


def _read(kind: Kind, versions: list[tuple[int, str, Row]], as_of: str, known_at: int | None) -> Row | None:
    """Events as known now; cells without a day of their own as told by the as-of date, or else as first told."""
    seen = [version for version in versions if known_at is None or version[0] <= known_at]
    if not seen:
        return None
    told = [row for _, status_date, row in seen if status_date <= as_of]
    row = dict(told[-1] if told else seen[0][2])
    newest = seen[-1][2]
    for name in kind.events:
        row[name] = newest.get(name, "") if newest.get(name, "")[:10] <= as_of else ""
    for name, by in kind.dated:
        at = month_end(newest[by]) if by == "month" else row[by][:10]
        row[name] = newest.get(name, "") if at and at <= as_of else ""
    return None if kind.begins and not row[kind.begins] else row
