"""A view on a state of the facts: what it works out for another date is let go of with it."""

from datetime import date
from pathlib import Path

from analytics.scope import months_before
from analytics.view import View
from data.store import Store
from tests.world import Kinds, scope_of, world

AS_OF = date(2026, 9, 30)
USED = "SELECT sum(memory_usage_bytes + temporary_storage_bytes) FROM duckdb_memory()"
REQUESTS = """
INSERT INTO requests
SELECT requests.* REPLACE (request_id || number AS request_id) FROM requests, (SELECT range AS number FROM range(20000))
"""


def test_the_facts_of_another_date_take_no_memory_once_it_is_left(tmp_path: Path) -> None:
    """Twelve dates one after the other need no more than one of them."""
    request = {"request_id": "R", "engagement_id": "E1", "opened_at": "2026-01-05T10:00:00Z"}
    engagement = {
        "engagement_id": "E1", "cro_id": "A", "study_id": "S1", "title": "One", "start_date": date(2025, 1, 1),
        "planned_end": date(2027, 12, 31), "contract_value": 1, "currency": "EUR",
    }  # fmt: skip
    kinds: Kinds = {"cros": [{"cro_id": "A", "name": "Alpha"}], "engagements": [engagement], "requests": [request]}
    store = world((AS_OF, kinds), store=Store(tmp_path / "cro.duckdb"))
    with store.write() as cursor:
        cursor.execute(REQUESTS)
    with store.read() as cursor:
        view = View(cursor, scope_of(store, AS_OF))
        used = []
        for months in range(12):
            with view.at(months_before(date(2026, 8, 31), months)) as then:
                then.ask("SELECT count(*) AS items FROM fact_request")
            used.append(cursor.execute(USED).fetchall()[0][0])
    store.close()
    assert used[-1] < 1.5 * used[0]
