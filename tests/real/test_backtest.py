"""The forecasts of milestones, made of deliveries that somebody else scheduled and made: does the range hold there?

A delivery of a vendor stands for a milestone of a CRO; lines of one shipment with the same dates are one delivery,
since they are late together (7,040 of 10,324 lines). Scheduled is the date that was expected, known three months ahead;
nothing else was told. At each quarter end every delivery that was scheduled and not made yet is forecast from what had
come by then, with the same rules as milestones: `analytics.forecast.chance.predict`.
"""

from collections.abc import Iterator
from datetime import date
from pathlib import Path

import duckdb
import numpy as np
import pandas as pd
import pytest

from analytics.forecast.backtest import Report, judge
from analytics.forecast.chance import RECENT, History, predict

FILE = Path(__file__).parents[3] / "shared" / "real" / "usaid_scms_delivery_history.csv"
PAGE = Path(__file__).parents[2] / "docs" / "forecasts.md"
pytestmark = pytest.mark.skipif(not FILE.exists(), reason="the real file is not here")

QUARTER = 91
UNTIL = date(2015, 9, 14)
"""The day of the last delivery."""
DELIVERIES = f"""
    SELECT DISTINCT "ASN/DN #" AS shipment, "Vendor" AS cro,
        strptime("Scheduled Delivery Date", '%d-%b-%y')::DATE AS due,
        strptime("Delivered to Client Date", '%d-%b-%y')::DATE AS actual
    FROM read_csv('{FILE}', all_varchar = TRUE)
    ORDER BY ALL
"""


def forecasts(deliveries: pd.DataFrame) -> Iterator[pd.DataFrame]:
    """The open deliveries at each quarter end, with what was forecast then and what came."""
    for day in pd.date_range("2007-12-31", "2015-06-30", freq="QE"):
        known = deliveries[
            (deliveries["due"] > day - pd.Timedelta(days=RECENT))
            & (deliveries["due"] <= day + pd.Timedelta(days=QUARTER))
        ]
        over = known["actual"] <= day
        cases = pd.DataFrame(
            {
                "case": np.arange(len(known)),
                "kind": "delivery",
                "cro": known["cro"],
                "lead": np.nan,
                "error": (known["actual"].where(over, day) - known["due"]).dt.days.astype(float),
                "over": over,
            }
        )
        still = known[~over]
        asked = pd.DataFrame(
            {
                "key": still["shipment"],
                "kind": "delivery",
                "cro": still["cro"],
                "lead": np.nan,
                "past": (day - still["due"]).dt.days.astype(float),
                "slack": 0.0,
            }
        )
        found = predict(History(cases), asked, draws=0)
        dates = {
            name: still["due"] + pd.to_timedelta(np.rint(found[name].astype(float)), unit="D")
            for name in ("p10", "p50", "p90")
        }
        yield still.assign(made=day, own=still["due"], chance=found["chance"].astype(float), **dates)


@pytest.fixture(scope="module")
def report() -> Report:
    with duckdb.connect() as files:
        deliveries = files.execute(DELIVERIES).df()
    return judge(pd.concat(list(forecasts(deliveries)), ignore_index=True), UNTIL)


def test_the_range_holds(report: Report) -> None:
    assert report.judged > 5000
    assert report.held, report


def test_the_chance_is_better_than_the_schedule(report: Report) -> None:
    """The schedule says that everything will be on time."""
    assert report.brier is not None
    assert report.own_brier is not None
    assert report.brier < report.own_brier


def test_the_page_says_what_came_out(report: Report) -> None:
    said = " ".join(PAGE.read_text(encoding="utf-8").split())
    for sentence in report.sentences():
        assert sentence in said, sentence
