"""KPIs and bands in words: the same on every page, in the pack and on the command line."""

from analytics.kpi import Band, Kpi
from wording import count, day, lateness, listing, money, over_under, score, signed

__all__ = [
    "BAND_WORDS",
    "SHORT_UNITS",
    "count",
    "day",
    "lateness",
    "listing",
    "money",
    "over_under",
    "rating",
    "score",
    "shown",
    "signed",
]

# Of lights: a CRO, a domain, a study. A KPI is said by how sure it is (`analytics.verdict`).
BAND_WORDS = {
    Band.GREEN: "green",
    Band.AMBER: "amber",
    Band.RED: "red",
    Band.TOO_FEW: "too few",
    Band.NOT_REPORTED: "not reported",
    Band.NOT_APPLICABLE: "not applicable",
    Band.UNRATED: "not rated",
}
SHORT_UNITS = {
    "%": " %",
    "business hours": " h",
    "business days": " bus. days",
    "days": " d",
    "ratio": "",
    "per 100": "/100",
    "0-100": " of 100",
    "count": "",
    "count/yr": " a year",
    "%/yr": " % a year",
}


def shown(kpi: Kpi, value: float | None, *thresholds: float | None) -> str:
    """A value with its unit, and as many digits as keep it apart from the thresholds that it misses."""
    if value is None:
        return "–"
    digits = kpi.digits
    while digits < kpi.digits + 4 and any(
        limit is not None and value != limit and f"{value:.{digits}f}" == f"{limit:.{digits}f}" for limit in thresholds
    ):
        digits += 1
    return f"{round(value, digits) + 0.0:,.{digits}f}{SHORT_UNITS.get(kpi.unit, ' ' + kpi.unit)}"


def rating(band: Band, n: float, min_n: int, counts: str, verdict: str | None = None) -> str:
    """The one plain word for a KPI: `verdict` where it is rated; `too few (7 of 10 milestones)` says what it needs."""
    if band is Band.TOO_FEW:
        return f"too few ({n:,.0f} of {min_n} {counts})"
    return BAND_WORDS[band] if verdict is None else str(verdict)
