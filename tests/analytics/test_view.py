"""A view on a state of the facts: what it works out for another date is let go of with it."""

from datetime import date
from pathlib import Path

from analytics.scope import months_before
from analytics.view import KEPT, View
from data.store import Store
from tests.world import Kinds, scope_of, world

AS_OF = date(2026, 9, 30)
USED = "SELECT sum(memory_usage_bytes + temporary_storage_bytes) FROM duckdb_memory()"
MILESTONES = """
INSERT INTO milestones
SELECT milestones.* REPLACE (number::VARCHAR AS site_id) FROM milestones, (SELECT range AS number FROM range(20000))
"""


def test_the_facts_of_many_other_dates_take_no_more_memory_than_those_of_some(tmp_path: Path) -> None:
    milestone = {"engagement_id": "E1", "milestone": "siv", "baseline_original": date(2026, 5, 5)}
    engagement = {
        "engagement_id": "E1", "cro_id": "A", "study_id": "S1", "title": "One", "start_date": date(2025, 1, 1),
        "planned_end": date(2027, 12, 31), "contract_value": 1, "currency": "EUR",
    }  # fmt: skip
    kinds: Kinds = {"cros": [{"cro_id": "A", "name": "Alpha"}], "engagements": [engagement], "milestones": [milestone]}
    store = world((AS_OF, kinds), store=Store(tmp_path / "cro.duckdb"))
    with store.write() as cursor:
        cursor.execute(MILESTONES)
    with store.read() as cursor:
        view = View(cursor, scope_of(store, AS_OF))
        used = []
        for months in range(3 * KEPT):
            with view.at(months_before(date(2026, 8, 31), months)) as then:
                assert then.rows("SELECT count(*) AS items FROM fact_milestone") == [{"items": 20001}]
            used.append(cursor.execute(USED).fetchall()[0][0])
    store.close()
    assert used[0] < used[KEPT - 1] / 2
    assert used[-1] < 1.2 * used[KEPT]
