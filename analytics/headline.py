"""The KPIs at the head of a page: the period, beside it the newest completed quarter, and how sure they are."""

from collections.abc import Mapping, Sequence
from typing import Any

from analytics.catalogue import BY_ID
from analytics.engine import kpi_rows
from analytics.kpi import Band, Better, Kpi, Median, Period, Ratio, band
from analytics.scope import completed_quarter, quarter_name
from analytics.view import View
from analytics.words import count, lateness, rating, shown

SLIPS = {"T02"}
"""KPIs whose value is a slip: said as late or early, never as a signed number."""
VARIANCES = {"C01", "C04", "C09"}
"""KPIs whose value is a variance of money: said as over or under, never as a signed number."""
ALL = {"C06": "all initiators"}
"""What all causes are called where they are not causes of delay."""

Row = Mapping[str, Any]


def headline(view: View, kpis: Sequence[str]) -> list[dict[str, Any]]:
    """KPIs over the whole scope: the rows of `kpi_rows`, each with what the newest completed quarter alone says.

    `quarter` is its name, `recent` its row, None where it has none.
    """
    asked = [BY_ID[kpi] for kpi in kpis]
    end = completed_quarter(view.scope.as_of)
    quarter = quarter_name(end)
    events = [kpi for kpi in asked if kpi.period is Period.EVENTS]
    recent = {row["kpi"]: row for row in kpi_rows(view, events, ("quarter",)) if row["quarter"] == quarter}
    with view.at(end) as then:
        states = kpi_rows(then, [kpi for kpi in asked if kpi not in events], ())
    recent |= {row["kpi"]: row for row in states if row["n"]}
    return [row | {"recent": recent.get(row["kpi"]), "quarter": quarter} for row in kpi_rows(view, asked, ())]


def value_text(row: Row, suffix: str = "") -> str:
    """The value with its unit; `suffix` `_all` for all causes."""
    kpi, value = BY_ID[row["kpi"]], row[f"value{suffix}"]
    if row["kpi"] in SLIPS:
        return lateness(value)
    if row["kpi"] in VARIANCES:
        return _variance(kpi, value, row["green"], row["red"])
    return shown(kpi, value, row["green"], row["red"])


def _variance(kpi: Kpi, value: float | None, *limits: float | None) -> str:
    """`2.3 % over`: plus is under budget."""
    text = shown(kpi, value, *limits)
    if value is None or not text.strip("-0. %"):
        return "on budget" if value is not None else text
    return f"{text.removeprefix('-')} {'over' if value < 0 else 'under'}"


def counted(row: Row) -> str:
    """What the value rests on: `97 of 116 milestones`, `176 milestones`."""
    kpi = BY_ID[row["kpi"]]
    if isinstance(kpi.measure, Ratio) and kpi.measure.proportion and row["denominator"]:
        return f"{row['numerator']:,.0f} of {row['denominator']:,.0f} {kpi.counts}"
    return f"{row['n']:,.0f} {kpi.counts}"


def word(row: Row) -> str:
    """The one plain word for its band, and why where the value alone does not tell it."""
    kpi = BY_ID[row["kpi"]]
    said = rating(row["band"], row["n"], kpi.min_n, kpi.counts)
    return f"{said}: {kpi.red_because}" if _red_by_fact(kpi, row) else said


def _red_by_fact(kpi: Kpi, row: Row) -> bool:
    if row["band"] is not Band.RED or not kpi.red_because or row["green"] is None or row["red"] is None:
        return False
    by_value = None if row["value"] is None else band(kpi.better, row["value"], row["green"], row["red"])
    return row["n"] < kpi.min_n or by_value is not Band.RED


def beside(row: Row) -> str:
    """All causes where they differ, and the newest quarter: what stands under the value."""
    parts = []
    if row["value_all"] is not None and value_text(row, "_all") != value_text(row):
        parts.append(f"{ALL.get(row['kpi'], 'all causes')} {value_text(row, '_all')}")
    if recent := row.get("recent"):
        parts.append(f"{row['quarter']} {value_text(recent)} ({counted(recent)})")
    return "; ".join(parts)


def how_sure(row: Row) -> list[str]:
    """Definition, interval, thresholds and caveat of a KPI, one sentence each."""
    kpi = BY_ID[row["kpi"]]
    return [text for text in (kpi.definition, _interval(kpi, row), _limits(kpi, row), kpi.caveat) if text]


def _interval(kpi: Kpi, row: Row) -> str:
    if row["band"] is Band.TOO_FEW:
        return f"Below {kpi.min_n} {kpi.counts} it is shown and not rated."
    if row["low"] is None or row["high"] is None:
        return row["reason"].capitalize() + "." if row["reason"] else ""
    low, high = (value_text({**row, "value": row[side]}) for side in ("low", "high"))
    if isinstance(kpi.measure, Median) and kpi.measure.quartiles:
        return f"Half of the {kpi.counts} lie between {low} and {high}."
    how = "log-log limits of the curve" if isinstance(kpi.measure, Median) else "Wilson"
    return f"95 % interval {low} to {high} ({how})."


def _limits(kpi: Kpi, row: Row) -> str:
    if row["green"] is None or row["red"] is None:
        return "No threshold is set."
    green, red = (_limit(kpi, row[side]) for side in ("green", "red"))
    basis = row["basis"] if row["basis"] in ("contract", "agreed", "internal") else kpi.threshold_source
    over = kpi.id in VARIANCES and row["green"] <= 0
    if kpi.better is Better.HIGHER and not over:
        return f"On target from {green}, act under {red} ({basis})."
    return f"On target up to {green}, act beyond {red} ({basis})."


def _limit(kpi: Kpi, value: float) -> str:
    if kpi.id in VARIANCES:
        return _variance(kpi, value)
    return f"{count(value, 'day')} late" if kpi.id in SLIPS else shown(kpi, value)
