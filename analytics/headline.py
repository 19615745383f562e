"""The KPIs at the head of a page: the period, the newest completed quarter beside it, and how sure they are, in words."""

from collections.abc import Mapping, Sequence
from typing import Any

from analytics.catalogue import BY_ID
from analytics.engine import kpi_rows
from analytics.kpi import Band, Better, Kpi, Median, Ratio
from analytics.scope import completed_quarter, quarter_name
from analytics.view import View
from analytics.words import lateness, rating, shown

SLIPS = {"T02"}
"""KPIs whose value is a slip: said as late or early, never as a signed number."""

Row = Mapping[str, Any]


def headline(view: View, kpis: Sequence[str]) -> list[dict[str, Any]]:
    """KPIs over the whole scope: the rows of `kpi_rows`, each with `quarter` (the newest completed one) and `recent`
    (the row of that quarter alone; None where it has none, or where the KPI is a state and no flow of events)."""
    asked = [BY_ID[kpi] for kpi in kpis]
    quarter = quarter_name(completed_quarter(view.scope.as_of))
    recent = {row["kpi"]: row for row in kpi_rows(view, asked, ("quarter",)) if row["quarter"] == quarter}
    return [row | {"recent": recent.get(row["kpi"]), "quarter": quarter} for row in kpi_rows(view, asked, ())]


def value_text(row: Row, suffix: str = "") -> str:
    """The value with its unit; `suffix` `_all` for all causes."""
    kpi, value = BY_ID[row["kpi"]], row[f"value{suffix}"]
    return lateness(value) if row["kpi"] in SLIPS else shown(kpi, value, row["green"], row["red"])


def counted(row: Row) -> str:
    """What the value rests on: `97 of 116 milestones`, `176 milestones`."""
    kpi = BY_ID[row["kpi"]]
    if isinstance(kpi.measure, Ratio) and kpi.measure.proportion and row["denominator"]:
        return f"{row['numerator']:,.0f} of {row['denominator']:,.0f} {kpi.counts}"
    return f"{row['n']:,.0f} {kpi.counts}"


def word(row: Row) -> str:
    """The one plain word for its band."""
    kpi = BY_ID[row["kpi"]]
    return rating(row["band"], row["n"], kpi.min_n, kpi.counts)


def beside(row: Row) -> str:
    """All causes where they differ, and the newest quarter: what stands under the value."""
    parts = []
    if row["value_all"] is not None and value_text(row, "_all") != value_text(row):
        parts.append(f"all causes {value_text(row, '_all')}")
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
    higher = kpi.better is Better.HIGHER
    green, red = (value_text({**row, "value": row[side]}) for side in ("green", "red"))
    basis = row["basis"] if row["basis"] in ("contract", "agreed", "internal") else kpi.threshold_source
    return f"On target from {green} {'up' if higher else 'down'}, act {'under' if higher else 'beyond'} {red} ({basis})."
