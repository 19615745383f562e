"""Which thresholds and weight hold for a KPI, a CRO and an engagement at a date."""

from dataclasses import dataclass
from typing import Any

from analytics.kpi import Kpi
from analytics.view import View

TARGETS = """
SELECT
    kpi_id, cro_id, engagement_id, green::DOUBLE AS green, red::DOUBLE AS red, weight::DOUBLE AS weight, basis
FROM known_targets
WHERE effective_from <= $as_of
QUALIFY row_number() OVER (PARTITION BY kpi_id, cro_id, engagement_id ORDER BY effective_from DESC) = 1
"""


@dataclass(frozen=True, slots=True)
class Threshold:
    """Green at `green` or better, red when worse than `red`; None where the KPI is not rated."""

    green: float | None
    red: float | None
    weight: float
    basis: str


class Thresholds:
    """Targets of which the most particular holds: engagement, then CRO, then all, then the declaration."""

    def __init__(self, targets: list[dict[str, Any]]) -> None:
        self._targets = {(row["kpi_id"], row["cro_id"], row["engagement_id"]): row for row in targets}

    def of(self, kpi: Kpi, cro_id: str = "", engagement_id: str = "") -> Threshold:
        for particular in ((cro_id, engagement_id), ("", engagement_id), (cro_id, ""), ("", "")):
            if row := self._targets.get((kpi.id, *particular)):
                weight = kpi.weight if row["weight"] is None else row["weight"]
                return Threshold(row["green"], row["red"], weight, row["basis"] or "agreed")
        return Threshold(kpi.green, kpi.red, kpi.weight, f"default, grade {kpi.grade}")


def thresholds(view: View) -> Thresholds:
    """The thresholds in force at the view's as-of date."""
    return Thresholds(view.rows(TARGETS))
