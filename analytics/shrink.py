"""An order of CROs that small numbers do not lead: for ranking only, never for a value, a band or a score."""

from dataclasses import dataclass, field

import pandas as pd

from analytics.catalogue import BY_ID
from analytics.engine import kpi_rows
from analytics.kpi import Better, Ratio
from analytics.responsiveness import cro_names
from analytics.thresholds import thresholds
from analytics.view import View

PSEUDO = 10.0
"""Cases at the pooled value that every CRO is given before it is ranked."""
NEEDED = 10
"""CROs under which nothing is ranked."""
COLUMNS = ["place", "cro_id", "cro", "value", "shrunk", "numerator", "denominator", "n"]


@dataclass(frozen=True, slots=True)
class Order:
    """CROs by their shrunken value, the best first (columns `COLUMNS`, values in the KPI's unit).

    `centre`: the pooled value; `pseudo`: the pseudo-count; `reason`: why there is no order, in words.
    """

    rows: pd.DataFrame = field(default_factory=lambda: pd.DataFrame(columns=COLUMNS))
    centre: float | None = None
    pseudo: float = PSEUDO
    reason: str | None = None


def order(view: View, kpi_id: str) -> Order:
    """The order of the CROs in scope by (numerator + 10 x centre) / (denominator + 10), the best first.

    Ten cases at the pooled value pull a CRO with few cases to the middle and leave one with many where it is (the mean
    of a posterior whose prior weighs ten cases). Equal values share a place. There is no order of fewer than ten CROs,
    of what is no ratio, and of what has no target.
    """
    kpi = BY_ID[kpi_id]
    if not isinstance(kpi.measure, Ratio) or kpi.measure.money:
        return Order(reason="no ranking of what is no ratio of counts")
    if thresholds(view).of(kpi).green is None:
        return Order(reason="no ranking of what has no target")
    rows = [row for row in kpi_rows(view, [kpi], ("cro",)) if row["value"] is not None]
    if len(rows) < NEEDED:
        return Order(reason="no ranking of fewer than ten CROs")
    names, scale = cro_names(view), kpi.measure.scale
    pooled = sum(row["numerator"] for row in rows) / sum(row["denominator"] for row in rows)
    found = pd.DataFrame(
        [
            {name: row[name] for name in ("value", "numerator", "denominator", "n")}
            | {"cro_id": row["cro"], "cro": names[row["cro"]]}
            | {"shrunk": scale * (row["numerator"] + PSEUDO * pooled) / (row["denominator"] + PSEUDO)}
            for row in rows
        ]
    )
    lower = kpi.better is Better.LOWER
    found["place"] = found["shrunk"].rank(method="min", ascending=lower).astype(int)
    found = found.sort_values(["place", "cro"], ignore_index=True)[COLUMNS]
    return Order(found, centre=scale * pooled)
