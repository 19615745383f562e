"""A real file of deliveries, brought in as deliverables: the on-time shares that were published of it.

Which rows count: all 10,324 lines of the file, each one a deliverable; its vendor stands in for the CRO. Due is the
scheduled delivery date, delivered the date on which the client had it; on the day itself is on time. Every line was
delivered, the last on 2015-09-14, and the last due date is 2015-12-31, so as of that day all of them count. Published:
88.51 % on time, and 94.74 % without the vendor "SCMS from RDC", which is 5,404 of the lines.
"""

from collections.abc import Iterator
from datetime import UTC, date, datetime
from pathlib import Path

import duckdb
import pytest

from analytics.catalogue import BY_ID, DIRECTIONS
from analytics.engine import kpi_rows
from analytics.scope import Scope
from analytics.view import View
from data import commands
from data.intake import FileIn
from data.store import Stamp, Store

FILE = Path(__file__).parents[3] / "shared" / "real" / "usaid_scms_delivery_history.csv"
AS_OF, BEFORE = date(2015, 12, 31), date(2000, 1, 1)
LINES, OF_DEPOT = 10_324, 5_404
pytestmark = pytest.mark.skipif(not FILE.exists(), reason="the real file is not here")

LINES_OF_FILE = f"""
    SELECT "ID" AS id, "Vendor" AS vendor, dense_rank() OVER (ORDER BY "Vendor") AS code,
        strptime("Scheduled Delivery Date", '%d-%b-%y')::DATE AS due,
        strptime("Delivered to Client Date", '%d-%b-%y')::DATE AS delivered
    FROM read_csv('{FILE}', all_varchar = TRUE)
"""
AS_OURS = {
    "cros": f"SELECT DISTINCT 'V-' || code AS cro_id, vendor AS name FROM ({LINES_OF_FILE}) ORDER BY ALL",
    "engagements": f"""
        SELECT DISTINCT 'E-' || code AS engagement_id, 'V-' || code AS cro_id, 'SCMS' AS study_id, vendor AS title,
            '2006-01-01' AS start_date, '2016-12-31' AS planned_end, 0 AS contract_value, 'USD' AS currency
        FROM ({LINES_OF_FILE}) ORDER BY ALL""",
    "deliverables": f"""
        SELECT id AS deliverable_id, 'E-' || code AS engagement_id, 'Delivery' AS name, due AS due_original, delivered
        FROM ({LINES_OF_FILE}) ORDER BY ALL""",
}


@pytest.fixture(scope="module")
def shares() -> Iterator[dict[str, tuple[float, float]]]:
    """Delivered on time and due, by vendor, over all of history."""
    store = Store()
    with duckdb.connect() as files:
        told = [
            FileIn(f"{kind}.csv", files.execute(question).df().to_csv(index=False).encode(), kind)
            for kind, question in AS_OURS.items()
        ]
    stamp = Stamp(who="test", role="test", at=datetime(2016, 1, 4, tzinfo=UTC), status_date=AS_OF)
    answer = commands.load(store, told, stamp, kpis=DIRECTIONS)
    assert answer.accepted, [file.problems[:3] for file in answer.files]
    assert sum(file.counts.rejected for file in answer.files) == 0
    with store.read() as cursor:
        view = View(cursor, Scope(as_of=AS_OF, known_at=store.version, since=BEFORE))
        names = {row["cro_id"]: row["name"] for row in view.rows("SELECT cro_id, name FROM known_cros")}
        found = {
            names[row["cro"]]: (row["numerator"], row["denominator"])
            for row in kpi_rows(view, [BY_ID["D01"]], ("cro",))
        }
    yield found
    store.close()


def test_all_lines_count(shares: dict[str, tuple[float, float]]) -> None:
    assert len(shares) == 73
    assert sum(due for _, due in shares.values()) == LINES
    assert shares["SCMS from RDC"][1] == OF_DEPOT


def test_the_published_share_of_all(shares: dict[str, tuple[float, float]]) -> None:
    met, due = (sum(side) for side in zip(*shares.values()))
    assert round(100 * met / due, 2) == 88.51


def test_the_published_share_without_the_depot(shares: dict[str, tuple[float, float]]) -> None:
    others = [counts for vendor, counts in shares.items() if vendor != "SCMS from RDC"]
    met, due = (sum(side) for side in zip(*others))
    assert due == LINES - OF_DEPOT
    assert round(100 * met / due, 2) == 94.74


def test_the_mean_of_the_vendors_percentages_is_another_number(shares: dict[str, tuple[float, float]]) -> None:
    """Why shares are pooled: half of the vendors have a handful of lines."""
    mean = sum(met / due for met, due in shares.values()) / len(shares)
    assert abs(100 * mean - 88.51) > 1
