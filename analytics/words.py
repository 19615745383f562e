"""Numbers in words: the same on every page, in the pack and on the command line."""

from datetime import date
from math import floor, log10

from analytics.kpi import Band, Kpi

# Of lights: a CRO, a domain, a study. A KPI is said by how sure it is (`analytics.verdict`).
BAND_WORDS = {
    Band.GREEN: "on target",
    Band.AMBER: "watch",
    Band.RED: "off target",
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


def lateness(days: float | None) -> str:
    """`12 days late`, `3 days early`, `on time`."""
    if days is None:
        return "–"
    whole = round(days)
    if not whole:
        return "on time"
    return f"{count(abs(whole), 'day')} {'late' if whole > 0 else 'early'}"


def count(number: float, what: str, many: str = "") -> str:
    """`1 day`, `2 days`."""
    return f"{number:,.0f} {what if number == 1 else many or what + 's'}"


def money(amount: float | None, currency: str | None = "") -> str:
    """`EUR 0.4m`, `JPY 31m`, `EUR 12k`: two digits or more, never more than the whole amount."""
    if amount is None:
        return "–"
    size = abs(amount)
    scale, suffix = (
        (1e9, "bn") if size >= 1e9 else (1e6, "m") if size >= 1e5 else (1e3, "k") if size >= 1e3 else (1, "")
    )
    scaled = amount / scale
    digits = 0 if not scaled or abs(scaled) >= 10 or not suffix else max(0, 1 - floor(log10(abs(scaled))))
    return f"{currency or ''} {scaled:,.{min(digits, 2)}f}{suffix}".strip()


def over_under(amount: float | None, currency: str | None) -> str:
    """Plus is under budget: `EUR 0.4m over`, `EUR 12k under`, `on budget`."""
    if amount is None:
        return "–"
    if not round(amount):
        return "on budget"
    return f"{money(abs(amount), currency)} {'under' if amount > 0 else 'over'}"


def day(moment: date | None) -> str:
    """`30 Sep 2026`."""
    return "–" if moment is None else f"{moment.day} {moment:%b %Y}"


def rating(band: Band, n: float, min_n: int, counts: str, verdict: str | None = None) -> str:
    """The one plain word for a KPI: `verdict` where it is rated; `too few (7 of 10 milestones)` says what it needs."""
    if band is Band.TOO_FEW:
        return f"too few ({n:,.0f} of {min_n} {counts})"
    return BAND_WORDS[band] if verdict is None else str(verdict)


def score(value: float | None, digits: int = 0) -> str:
    """A score rounded down, to a whole number or so many digits, so that 79.9 is not read as the green 80."""
    return "–" if value is None else f"{floor(value * 10**digits + 1e-9) / 10**digits:.{digits}f}"


def signed(value: float | None, digits: int = 0) -> str:
    """`+3`, `-2`, and nothing where it rounds to zero."""
    if value is None:
        return ""
    text = f"{value:+.{digits}f}"
    return "" if float(text) == 0 else text
