"""Every KPI of the agreed catalogue as it was agreed: what may not differ by a slip of the hand."""

import pytest

from analytics.catalogue import BY_ID
from analytics.kpi import Spread
from tests.analytics.published_catalogue import PUBLISHED, ROWS

SPREADS = {"": Spread.NONE} | {spread.name.lower(): spread for spread in Spread}


def test_none_of_them_is_lost() -> None:
    assert len(ROWS) == len(PUBLISHED) == 39
    assert set(BY_ID) >= PUBLISHED


@pytest.mark.parametrize("row", ROWS, ids=lambda row: row["kpi_id"])
def test_a_declaration_says_what_was_agreed(row: dict[str, str]) -> None:
    kpi = BY_ID[row["kpi_id"]]
    limits = tuple(float(row[name]) if row[name] else None for name in ("green", "red"))
    assert {
        "domain": kpi.domain.value,
        "unit": kpi.unit,
        "better": kpi.better.value,
        "limits": (kpi.green, kpi.red),
        "scored": kpi.scored,
        "critical": kpi.critical,
        "min_n": kpi.min_n,
        "controllable_by": kpi.controllable_by,
        "grade": kpi.grade,
        "interval": getattr(kpi.measure, "spread", Spread.NONE),
    } == {
        "domain": row["domain"],
        "unit": row["unit"],
        "better": row["better"],
        "limits": limits,
        "scored": row["scored"] == "yes",
        "critical": row["critical"] == "yes",
        "min_n": int(row["min_n"]),
        "controllable_by": row["controllable_by"],
        "grade": row["grade"],
        "interval": SPREADS[row["interval"]],
    }
