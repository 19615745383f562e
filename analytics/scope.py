"""What a question may see, and at which dates. There is no question without one."""

import sys
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date, timedelta
from typing import Any, Literal

from duckdb import DuckDBPyConnection

from data.facts.texts import TEXTS

Baseline = Literal["original", "current"]
NEWEST = f"""
SELECT max(status_date) FILTER (number NOT IN ({TEXTS["undone_upload"]})), max(number)
FROM uploads
WHERE number <= $known_at
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Target:
    """Thresholds and weight of a KPI as moved by hand, of one CRO or engagement or of all; None keeps what holds."""

    kpi: str
    cro: str = ""
    engagement: str = ""
    green: float | None = None
    red: float | None = None
    weight: float | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Scope:
    """Dates, baseline, filters, and the CROs and engagements that the viewer may see.

    `as_of`: events after its 24:00 UTC have not happened. `known_at`: the upload up to which we look. `since`: events
    after this day count; twelve months before the as-of date unless set. An empty filter restricts nothing; `visible_*`
    of None means all. `moved`: what if these targets were laid over those in force, the later ones over the earlier.
    """

    as_of: date
    known_at: int
    baseline: Baseline = "original"
    since: date | None = None
    cros: tuple[str, ...] = ()
    studies: tuple[str, ...] = ()
    areas: tuple[str, ...] = ()
    phases: tuple[str, ...] = ()
    tiers: tuple[str, ...] = ()
    pms: tuple[str, ...] = ()
    engagements: tuple[str, ...] = ()
    visible_cros: tuple[str, ...] | None = None
    visible_engagements: tuple[str, ...] | None = None
    moved: tuple[Target, ...] = ()

    @property
    def parameters(self) -> dict[str, Any]:
        """The values that `data/facts/scope.sql` binds."""
        return {
            "as_of": self.as_of,
            "known_at": self.known_at,
            "baseline": self.baseline,
            "since": self.since or months_before(self.as_of, 12),
            "cros": list(self.cros),
            "studies": list(self.studies),
            "areas": list(self.areas),
            "phases": list(self.phases),
            "tiers": list(self.tiers),
            "pms": list(self.pms),
            "engagements": list(self.engagements),
            "visible_cros": _listed(self.visible_cros),
            "visible_engagements": _listed(self.visible_engagements),
        }

    def at(self, as_of: date) -> "Scope":
        """The same question at another as-of date."""
        return replace(self, as_of=as_of)

    def of(self, *, cros: tuple[str, ...] = (), engagements: tuple[str, ...] = ()) -> "Scope":
        """The same question of some CROs or engagements only."""
        return replace(self, cros=cros or self.cros, engagements=engagements or self.engagements)


def _listed(values: tuple[str, ...] | None) -> list[str] | None:
    return None if values is None else list(values)


def newest(cursor: DuckDBPyConnection, known_at: int | None = None) -> tuple[date | None, int]:
    """The newest status date in effect and the newest upload number up to `known_at`; (None, 0) in an empty store."""
    row = cursor.execute(NEWEST, {"known_at": sys.maxsize if known_at is None else known_at}).fetchone()
    if row is None or row[1] is None:
        return None, 0
    return row[0], int(row[1])


def months_before(day: date, months: int) -> date:
    """`months_later` the other way."""
    return months_later(day, -months)


def months_later(day: date, months: int) -> date:
    """The same day so many months later; the last day of that month where it is shorter, or `day` ends its month."""
    year, month = divmod(day.year * 12 + day.month - 1 + months, 12)
    last = month_end(date(year, month + 1, 1))
    return last if day == month_end(day) else last.replace(day=min(day.day, last.day))


def month_end(day: date) -> date:
    """Last day of the day's month."""
    return (day.replace(day=28) + timedelta(days=4)).replace(day=1) - timedelta(days=1)


def quarter_end(day: date) -> date:
    """Last day of the day's quarter."""
    return month_end(day.replace(day=1, month=(day.month - 1) // 3 * 3 + 3))


def completed_quarter(day: date) -> date:
    """End of the newest quarter that ended before `day`."""
    return quarter_end(day.replace(day=1, month=(day.month - 1) // 3 * 3 + 1) - timedelta(days=1))


def quarters_back(day: date) -> Iterator[date]:
    """Ends of completed quarters before `day`, newest first, without end."""
    end = day
    while True:
        end = completed_quarter(end)
        yield end


def quarter_name(day: date) -> str:
    """`2026-Q3`."""
    return f"{day.year}-Q{(day.month + 2) // 3}"


def month_name(day: date) -> str:
    """`2026-09`."""
    return f"{day:%Y-%m}"
