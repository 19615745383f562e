"""All KPIs. Whatever needs one reads it from here."""

from analytics.kpi import Domain, Kpi
from analytics.kpis import amounts, cost, delivery, flexibility, quality, relationship, responsiveness, time

ALL: tuple[Kpi, ...] = (
    *time.KPIS,
    *cost.KPIS,
    *quality.KPIS,
    *responsiveness.KPIS,
    *delivery.KPIS,
    *relationship.KPIS,
    *flexibility.KPIS,
    *amounts.KPIS,
)
BY_ID: dict[str, Kpi] = {kpi.id: kpi for kpi in ALL}
DIRECTIONS: dict[str, str] = {kpi.id: kpi.better.value for kpi in ALL}
"""Which way is better, by KPI: what a file may name and what its thresholds must keep to."""
RATED: tuple[Kpi, ...] = tuple(kpi for kpi in ALL if kpi not in amounts.KPIS)
"""KPIs that can have thresholds: amounts say how large a CRO's studies are, not how it does."""
SCORED: tuple[Kpi, ...] = tuple(kpi for kpi in ALL if kpi.scored)
COUNTED: tuple[str, ...] = tuple(kpi.id for kpi in ALL if kpi.fact == "fact_kpi_data")
"""KPIs whose counts come from other systems, through the kind kpi_data."""
EXPECTED_UNTIL: dict[str, str] = {kpi.id: kpi.expected_until for kpi in ALL if kpi.expected_until}
"""Of these the milestone after which no more months are expected."""


def of_domain(domain: Domain) -> list[str]:
    """The KPIs of a domain that can have thresholds, by id."""
    return [kpi.id for kpi in RATED if kpi.domain is domain]
