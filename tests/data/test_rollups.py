"""Rollups hold what their rows say, whatever was loaded and undone in what order; no answer depends on them."""

from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from analytics.scope import Scope
from analytics.view import View
from data.facts import rollups
from data.intake import edit
from data.store import Desk, Stamp, Store
from data.store.undo import UndoRefused, undo
from data.store.verify import verify
from tests.world import cros, engagement, scope_of, world

AS_OF = date(2026, 9, 30)
FACT = "SELECT * FROM fact_request ORDER BY request_id"
ROWS = {
    "cros": cros("A", "B"),
    "engagements": [engagement("E1"), engagement("E2", "B")],
}
DAYS = [date(2026, month, 28) for month in range(3, 10)]

requests = st.fixed_dictionaries(
    {
        "request_id": st.sampled_from([f"R{number}" for number in range(6)]),
        "engagement_id": st.sampled_from(["E1", "E2"]),
        "priority": st.sampled_from(["", "high", "High", "low"]),
        "opened_at": st.sampled_from(["2026-03-02T08:00:00Z", "2026-04-03", "2026-05-01T22:30:00Z"]),
        "first_response_at": st.sampled_from(["", "2026-05-04", "2026-06-29T06:10:00Z"]),
        "resolved_at": st.sampled_from(["", "2026-07-01T12:00:00Z"]),
        "cancelled_on": st.sampled_from(["", "2026-08-15"]),
        "paused_hours": st.sampled_from(["", "4"]),
    }
)
slas = st.fixed_dictionaries(
    {
        "engagement_id": st.sampled_from(["E1", "E2"]),
        "priority": st.sampled_from(["", "high"]),
        "response_hours": st.sampled_from(["4", "400"]),
        "clock": st.sampled_from(["business", "elapsed"]),
        "time_zone": st.sampled_from(["UTC", "Europe/Berlin", "America/New_York"]),
    }
)
uploads = st.lists(
    st.one_of(
        st.tuples(st.just("requests"), st.lists(requests, min_size=1, max_size=4, unique_by=lambda r: r["request_id"])),
        st.tuples(st.just("slas"), st.lists(slas, min_size=1, max_size=1)),
        st.tuples(st.just("holidays"), st.just([{"day": "2026-05-04", "name": "x"}])),
        st.tuples(st.just("undo"), st.integers(2, 9)),
    ),
    min_size=2,
    max_size=7,
)


def run(steps: list[tuple[str, object]], days: list[date]) -> Store:
    """A store after the steps that were accepted, each told as of its day."""
    store = world((AS_OF, ROWS))
    for number, ((kind, told), day) in enumerate(zip(steps, days)):
        at = datetime(2026, 10, 1, tzinfo=UTC) + timedelta(minutes=number)
        stamp = Stamp(who="t", role="pm", at=at, status_date=day, reason="as agreed")
        if kind == "undo":
            try:
                undo(store, int(str(told)), stamp)
            except UndoRefused:
                continue
        else:
            edit(store, kind, told, stamp, kpis={})  # type: ignore[arg-type]
    return store


def states(store: Store) -> Iterator[Scope]:
    for known_at in {store.version, max(1, store.version - 2)}:
        for as_of in (AS_OF, date(2026, 5, 15), date(2026, 6, 30)):
            yield scope_of(store, as_of, known_at=known_at)


@settings(max_examples=25, deadline=None)
@given(uploads, st.permutations(DAYS))
def test_they_hold_what_their_rows_say_and_answer_as_the_rows_do(
    steps: list[tuple[str, object]], days: list[date]
) -> None:
    store = run(steps, days)
    with store.read() as cursor:
        assert dict(rollups.differing(cursor)) == {}
    for scope in states(store):
        with store.read() as cursor:
            kept = View(cursor, scope).rows(FACT)
        with store.read() as cursor, pytest.MonkeyPatch.context() as patch:
            patch.setattr("data.facts.NEWEST", "SELECT 1000")
            assert View(cursor, scope).rows(FACT) == kept
    store.close()


def test_a_rollup_that_lies_is_found() -> None:
    store = run([("requests", [{"request_id": "R1", "engagement_id": "E1", "opened_at": "2026-03-02"}])], DAYS)
    with store.read() as cursor:
        cursor.execute("UPDATE rollup_request_clock SET opened_on = opened_on + 1")
    # The row as it stands, and the row as it should be.
    assert verify(store)[-1] == "rollup_request_clock: 2 rows are not what the rows of the kinds say."


def test_it_is_made_anew_where_its_definition_is_another_one() -> None:
    store = run([("requests", [{"request_id": "R1", "engagement_id": "E1", "opened_at": "2026-03-02"}])], DAYS)
    with store.read() as cursor:
        cursor.execute("UPDATE rollup_request_clock SET opened_on = opened_on + 1")
        rollups.prepare(cursor)
        assert dict(rollups.differing(cursor)) == {"rollup_request_clock": 2}
        cursor.execute("UPDATE rollups SET definition = 'of an earlier release'")
        rollups.prepare(cursor)
        assert dict(rollups.differing(cursor)) == {}


def test_two_spellings_of_a_priority_count_a_request_once() -> None:
    """High (4 hours) was told before high (400 hours): the one told last holds. Answered after 6 business days."""
    request = {"request_id": "R1", "engagement_id": "E1", "priority": "HIGH", "opened_at": "2026-03-02T08:00:00Z",
               "first_response_at": "2026-03-10T08:00:00Z"}  # fmt: skip
    sla = {"engagement_id": "E1", "clock": "business", "time_zone": "UTC"}
    store = run(
        [
            ("slas", [sla | {"priority": "High", "response_hours": "4"}]),
            ("slas", [sla | {"priority": "high", "response_hours": "400"}]),
            ("requests", [request]),
        ],
        DAYS,
    )
    with store.read() as cursor:
        found = View(cursor, scope_of(store, AS_OF)).rows(FACT)
    assert [(row["response_hours"], row["state"]) for row in found] == [(400, "met")]


def test_an_upload_between_two_questions_of_a_run_hides_nothing() -> None:
    """R1 was told anew, so it is worked out from its rows; then R3 comes in, and R2 is only in the rows of before."""
    asked = [{"request_id": f"R{n}", "engagement_id": "E1", "opened_at": "2026-03-02", "topic": "a"} for n in (1, 2, 3)]
    store = run([("requests", asked[:2]), ("requests", [asked[0] | {"topic": "b"}])], DAYS)
    question, desk = "SELECT request_id FROM request_clock ORDER BY 1", Desk()
    with store.read(desk) as cursor:
        view = View(cursor, scope_of(store, AS_OF))
        before = view.rows(question)
    stamp = Stamp(who="t", role="pm", at=datetime(2026, 10, 2, tzinfo=UTC), status_date=AS_OF)
    edit(store, "requests", [{name: str(cell) for name, cell in asked[2].items()}], stamp, kpis={})
    with store.read(desk):
        assert view.rows(question) == before == [{"request_id": "R1"}, {"request_id": "R2"}]
    desk.close()
    store.close()
