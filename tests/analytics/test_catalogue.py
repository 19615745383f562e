"""Every KPI as the catalogue declares it: what may not differ by a slip of the hand."""

import csv
from pathlib import Path

import pytest

from analytics.catalogue import ALL, BY_ID
from analytics.kpi import Spread

CATALOGUE = Path(__file__).parents[3] / "shared" / "kpi_catalogue.csv"
PRESENT = CATALOGUE.is_file()
ROWS = list(csv.DictReader(CATALOGUE.read_text(encoding="utf-8").splitlines())) if PRESENT else []
AMOUNTS = {kpi.id for kpi in ALL if kpi.unit == "currency"}
"""Sums of money, which the catalogue does not list: they are never rated."""

pytestmark = pytest.mark.skipif(not PRESENT, reason="the catalogue that the declarations come from is not here")


def test_all_of_them_and_no_others() -> None:
    assert {row["kpi_id"] for row in ROWS} == set(BY_ID) - AMOUNTS
    assert len(ROWS) == 39


@pytest.mark.parametrize("row", ROWS, ids=lambda row: row["kpi_id"])
def test_a_declaration_says_what_the_catalogue_says(row: dict[str, str]) -> None:
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
    } == {
        "domain": row["domain"],
        "unit": row["unit"],
        "better": row["better"],
        "limits": limits,
        "scored": row["scored"] == "Y",
        "critical": row["critical"] == "Y",
        "min_n": int(row["min_n"]),
        "controllable_by": row["controllable_by"],
        "grade": row["threshold_grade"],
    }


@pytest.mark.parametrize("row", ROWS, ids=lambda row: row["kpi_id"])
def test_its_interval_is_the_one_that_the_catalogue_names(row: dict[str, str]) -> None:
    words = {
        Spread.WILSON: ("Wilson",),
        Spread.POISSON: ("Poisson", "u-chart"),
        Spread.NET: ("SE=",),
        Spread.BOOTSTRAP: ("bootstrap",),
        Spread.CURVE: ("KM", "Kaplan-Meier"),
        Spread.QUARTILES: ("IQR",),
    }
    spread = getattr(BY_ID[row["kpi_id"]].measure, "spread", Spread.NONE)
    named = {each for each, said in words.items() if any(word in row["statistics"] for word in said)}
    # R04's bands of age are counted in full: its interval is that of any other share.
    assert spread in (named or {Spread.WILSON if row["kpi_id"] == "R04" else Spread.NONE})
