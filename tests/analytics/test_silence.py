"""A supplier's silence never helps it: what a CRO has not told raises no score of the demo portfolio.

Taken away is what the CRO has to tell: counts and amounts of its newest month or quarter, and that something was
reached, delivered, answered, settled or proposed. What we know ourselves stays: plans, requests, due dates. Since no
CRO changes another's score (test_laws), it is taken from all of them at once.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date

import pytest
from duckdb import DuckDBPyConnection

from analytics.catalogue import COUNTED, SCORED
from analytics.kpi import Band
from analytics.scope import Scope
from analytics.score import Score, scorecard
from analytics.view import View
from data.store import Store

LAST = date(2026, 10, 31)
TO_CRO = "direction = 'to_cro' AND type <> 'data_query'"
GOODNESS = {Band.RED: 0, Band.AMBER: 1, Band.GREEN: 2}

NEWEST = """
CREATE TEMP TABLE newest AS
SELECT place FROM (
    SELECT told.rowid AS place, {month} AS month, max({month}) OVER (PARTITION BY engagement.cro_id) AS last
    FROM {kind} AS told
    JOIN engagements AS engagement ON engagement.engagement_id = told.engagement_id AND engagement.valid_to IS NULL
    WHERE told.valid_to IS NULL AND {month} <= '{until:%Y-%m}' AND {which}
)
WHERE date_diff('month', strptime(month, '%Y-%m'), strptime(last, '%Y-%m')) < {months}
"""


@dataclass(frozen=True, kw_only=True)
class Silence:
    """What is kept back of a kind: some cells, or whole rows, of the newest months by some date.

    `facts` are those that are made of it: each of their KPIs may be moved.
    """

    facts: tuple[str, ...]
    kind: str
    month: str
    which: str
    cells: tuple[str, ...] = ()

    def take(self, cursor: DuckDBPyConnection, months: int) -> int:
        """Take it away and return of how many rows."""
        cursor.execute(NEWEST.format(kind=self.kind, month=self.month, which=self.which, until=LAST, months=months))
        cells = ", ".join(f"{cell} = NULL" for cell in self.cells)
        what = f"UPDATE {self.kind} SET {cells}" if cells else f"DELETE FROM {self.kind}"
        taken = cursor.execute(f"{what} WHERE rowid IN (SELECT place FROM newest)").fetchall()
        return int(taken[0][0])


def day(column: str) -> str:
    return f"strftime(told.{column}, '%Y-%m')"


SILENCES = (
    *(
        Silence(facts=("fact_kpi_data",), kind="kpi_data", month="told.month", which=f"kpi_id = '{kpi.id}'")
        for kpi in SCORED
        if kpi.id in COUNTED
    ),
    Silence(
        facts=("fact_forecast",),
        kind="budget",
        month="told.month",
        which="coalesce(invoiced, accrued, forecast_remaining) IS NOT NULL",
        cells=("earned_value", "invoiced", "accrued", "forecast_remaining"),
    ),
    Silence(
        facts=("fact_milestone", "fact_contracting"),
        kind="milestones",
        month=day("actual"),
        which="actual IS NOT NULL AND site_id = ''",
        cells=("actual",),
    ),
    Silence(
        facts=("fact_site_activation",),
        kind="milestones",
        month=day("actual"),
        which="actual IS NOT NULL AND milestone = 'site_activated'",
        cells=("actual",),
    ),
    Silence(
        facts=("fact_deliverable",),
        kind="deliverables",
        month=day("delivered"),
        which="delivered IS NOT NULL",
        cells=("delivered", "first_reviewed_on", "first_review", "accepted"),
    ),
    Silence(
        facts=("fact_contract", "fact_change_order"),
        kind="change_orders",
        month=day("submitted"),
        which="submitted IS NOT NULL",
        cells=("submitted",),
    ),
    Silence(
        facts=("fact_request",),
        kind="requests",
        month="told.first_response_at[:7]",
        which=f"first_response_at IS NOT NULL AND {TO_CRO}",
        cells=("first_response_at", "resolved_at"),
    ),
    Silence(
        facts=("fact_request",),
        kind="requests",
        month="told.resolved_at[:7]",
        which=f"resolved_at IS NOT NULL AND {TO_CRO}",
        cells=("resolved_at",),
    ),
    Silence(
        facts=("fact_request",),
        kind="requests",
        month="told.resolved_at[:7]",
        which="resolved_at IS NOT NULL AND type = 'data_query'",
        cells=("first_response_at", "resolved_at"),
    ),
    Silence(
        facts=("fact_touchpoint",),
        kind="touchpoints",
        month=day("done"),
        which="done IS NOT NULL",
        cells=("done", "minutes_issued"),
    ),
    Silence(
        facts=("fact_quality_event", "fact_finding"),
        kind="quality_events",
        month=day("closed"),
        which="closed IS NOT NULL",
        cells=("closed",),
    ),
)
OURS = {
    "fact_invoice": "we judge the invoices",
    "fact_audit": "we hold the audits and grade the findings",
    "fact_survey": "our people answer",
    "fact_assignment_month": "who leaves is seen in the work before any list says so: a list that lags looks like one "
    "that holds",
    "fact_key_role": "as people who leave",
}
"""Facts of which a CRO has nothing to keep back, or nothing whose absence could be seen."""


def scores(store: Store, cursor: DuckDBPyConnection) -> dict[str, Score]:
    return scorecard(View(cursor, Scope(as_of=LAST, known_at=store.version))).scores


@contextmanager
def silent(store: Store, silence: Silence, months: int) -> Iterator[dict[str, Score]]:
    """The scores where it is kept back; the store stays as it was."""
    with store.stage() as cursor:
        assert silence.take(cursor, months)
        yield scores(store, cursor)


@pytest.fixture(scope="module")
def told(demo_store: Store) -> dict[str, Score]:
    with demo_store.read() as cursor:
        return scores(demo_store, cursor)


@pytest.mark.parametrize("months", [3], ids=["quarter"])
@pytest.mark.parametrize("silence", SILENCES, ids=lambda silence: f"{'+'.join(silence.facts)}: {silence.which}")
def test_silence_raises_no_score(demo_store: Store, told: dict[str, Score], silence: Silence, months: int) -> None:
    with silent(demo_store, silence, months) as scored:
        for cro, score in scored.items():
            if score.value is not None:
                assert score.value <= (told[cro].value or 0) + 1e-9, (cro, points(told[cro]), points(score))
                assert GOODNESS[score.band] <= GOODNESS[told[cro].band], (cro, score.caps)


def points(score: Score) -> dict[str, float | None]:
    return {part.kpi: part.points for part in score.parts}


def test_it_is_taken_of_every_fact_of_a_scored_kpi() -> None:
    taken = {fact for silence in SILENCES for fact in silence.facts}
    missing = {kpi.fact for kpi in SCORED} - taken - set(OURS)
    assert not missing, "Say in SILENCES what a CRO could keep back of these facts, or in OURS why it cannot"
    assert not taken & set(OURS)


def test_the_store_stays_as_it_was(demo_store: Store, told: dict[str, Score]) -> None:
    with silent(demo_store, SILENCES[0], 1) as scored:
        assert {cro: points(score) for cro, score in scored.items()} != {
            cro: points(score) for cro, score in told.items()
        }
    with demo_store.read() as cursor:
        assert scores(demo_store, cursor) == told
