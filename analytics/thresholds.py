"""Which thresholds and weight hold for a KPI, a CRO and an engagement at a date."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Any

from analytics.kpi import Kpi, contradicts
from analytics.scope import Target
from analytics.view import View
from analytics.words import day

WHOSE = "SELECT engagement_id, cro_id FROM fact_engagement"
WHAT_IF = "moved by hand"
TARGETS = """
SELECT
    kpi_id, cro_id, engagement_id, green::DOUBLE AS green, red::DOUBLE AS red, weight::DOUBLE AS weight,
    coalesce(basis, 'agreed') AS basis, agreed_on, clause
FROM known_targets
WHERE effective_from <= $as_of
QUALIFY row_number() OVER (PARTITION BY kpi_id, cro_id, engagement_id ORDER BY effective_from DESC) = 1
"""


@dataclass(frozen=True, slots=True)
class Threshold:
    """Green at `green` or better, red when worse than `red`; None where the KPI is not rated.

    `basis`: contract, agreed or internal, else `default` with the grade of the declaration, or `WHAT_IF`.
    """

    green: float | None
    red: float | None
    weight: float
    basis: str
    clause: str | None = None
    agreed_on: date | None = None

    @property
    def words(self) -> str:
        """What it rests on: `contract, Exhibit C 4.2, agreed 12 Dec 2025`."""
        agreed = f"agreed {day(self.agreed_on)}" if self.agreed_on else ""
        basis = "" if agreed and self.basis == "agreed" else self.basis
        return ", ".join(filter(None, (basis, self.clause, agreed)))

    def used(self, kpi: Kpi) -> "Threshold":
        """What a KPI is rated by: nothing where red is better than green, since points would then pass 100."""
        if not contradicts(kpi.better, self.green, self.red):
            return self
        return replace(self, green=None, red=None, basis=f"{self.basis}, not used: red is better than green")


class Thresholds:
    """Targets of which the most particular holds: engagement, then CRO, then all, then the declaration.

    `cros`: the CRO of each engagement, whose targets hold for it too. `asked`: the CRO and the engagement that are
    asked about where a figure names none. What is `moved` lies over what holds.
    """

    def __init__(
        self,
        targets: list[dict[str, Any]],
        cros: Mapping[str, str],
        asked: tuple[str, str] = ("", ""),
        moved: Sequence[Target] = (),
    ) -> None:
        self._targets = {(row["kpi_id"], row["cro_id"], row["engagement_id"]): row for row in targets}
        self._cros, self._asked, self._moved = cros, asked, moved

    def of(self, kpi: Kpi, cro_id: str = "", engagement_id: str = "") -> Threshold:
        """The threshold of a KPI, of one CRO or engagement where it is named."""
        if not cro_id and not engagement_id:
            cro_id, engagement_id = self._asked
        cro_id = cro_id or self._cros.get(engagement_id, "")
        held = self._in_force(kpi, cro_id, engagement_id)
        for target in self._moved:
            if target.kpi == kpi.id and target.cro in ("", cro_id) and target.engagement in ("", engagement_id):
                held = _laid_over(held, target)
        return held

    def _in_force(self, kpi: Kpi, cro_id: str, engagement_id: str) -> Threshold:
        for particular in ((cro_id, engagement_id), ("", engagement_id), (cro_id, ""), ("", "")):
            if row := self._targets.get((kpi.id, *particular)):
                weight = kpi.weight if row["weight"] is None else row["weight"]
                return Threshold(row["green"], row["red"], weight, row["basis"], row["clause"], row["agreed_on"])
        return Threshold(kpi.green, kpi.red, kpi.weight, f"default, grade {kpi.grade}")


def _laid_over(held: Threshold, target: Target) -> Threshold:
    weight = held.weight if target.weight is None else target.weight
    if target.green is None and target.red is None:
        return replace(held, weight=weight)
    green = held.green if target.green is None else target.green
    red = held.red if target.red is None else target.red
    return Threshold(green, red, weight, WHAT_IF)


def thresholds(view: View) -> Thresholds:
    """The thresholds in force at the view's as-of date, with those moved in its scope.

    A scope of one CRO, or of one engagement, is held to the targets of that one.
    """
    return view.once("thresholds", lambda: _thresholds(view))


def _thresholds(view: View) -> Thresholds:
    scope = view.scope
    asked = _only(scope.cros), _only(scope.engagements)
    return Thresholds(
        view.rows(TARGETS), {row["engagement_id"]: row["cro_id"] for row in view.rows(WHOSE)}, asked, scope.moved
    )


def _only(ids: Sequence[str]) -> str:
    return ids[0] if len(ids) == 1 else ""
