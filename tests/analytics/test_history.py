"""Laws 6 and 15: what had happened and what was told at a date, and history that does not shift."""

from collections.abc import Mapping
from datetime import UTC, date, datetime

from analytics.catalogue import ALL, BY_ID, DIRECTIONS
from analytics.engine import kpi_rows
from analytics.score import scorecard
from analytics.view import View
from data import commands
from data.store import Stamp, Store
from tests.analytics.ask import facts_of, row_of, rows_of, values_of
from tests.analytics.goldens.case import (
    count,
    deliverable,
    met,
    milestone,
    month,
    order,
    requests,
    sla,
)
from tests.world import CRO, ENGAGEMENT, Kinds, Rows, scope_of, small, world

JULY, AUGUST, SEPTEMBER = date(2026, 7, 31), date(2026, 8, 31), date(2026, 9, 30)
BASE: dict[str, Rows] = {"cros": [CRO], "engagements": [ENGAGEMENT]}


class TestAsOf:
    """Events after its 24:00 UTC have not happened; plans dated later still count."""

    def test_a_moment_before_and_at_midnight(self) -> None:
        kinds = {
            "slas": [sla(8)],
            "requests": [
                *requests(9, "2026-09-30T09:00:00Z", "2026-09-30T23:59:59Z"),
                *requests(1, "2026-09-28T09:00:00Z", "2026-10-01T00:00:00Z"),
                *requests(5, "2026-10-01T00:00:00Z"),
            ],
        }
        row = row_of(small(kinds), SEPTEMBER, "R02")
        assert (row["numerator"], row["denominator"]) == (9, 10)

    def test_no_event_after_it_changes_any_kpi(self) -> None:
        kinds = {
            "milestones": [*met(10), milestone("dbl", "2026-08-01"), milestone("csr", "2026-12-01")],
            "deliverables": [deliverable("d", "2026-08-01"), deliverable("e", "2026-08-01", "2026-08-01")],
            "change_orders": [order("co", "2026-08-01", 80)],
            "requests": requests(12, "2026-09-21T09:00:00Z"),
            "slas": [sla(8)],
            "kpi_data": [count("Q05", "2026-09", 9, 10)],
            "budget": [month("2026-09", 100, 90, 80, forecast_remaining=50), month("2026-10", 100)],
        }
        later: dict[str, list[Mapping[str, object]]] = {
            "milestones": [*met(10), *(milestone(name, due, "2026-10-01") for name, due in (
                ("dbl", "2026-08-01"), ("csr", "2026-12-01")))],
            "deliverables": [
                deliverable("d", "2026-08-01", "2026-10-01", first_review="returned", first_reviewed_on="2026-10-02"),
                deliverable("e", "2026-08-01", "2026-08-01", first_review="returned", first_reviewed_on="2026-10-02"),
            ],
            "change_orders": [
                order("co", "2026-08-01", 80, submitted="2026-10-01", decided="2026-10-01", decision="approved",
                      executed="2026-10-01"),
                order("new", "2026-10-01", 500),
            ],
            "requests": [
                row | {"first_response_at": "2026-10-01T08:00:00Z", "resolved_at": "2026-10-02", "cancelled_on": ""}
                for row in kinds["requests"]
            ],
            "kpi_data": [*kinds["kpi_data"], count("Q05", "2026-10", 0, 10)],
            "budget": [kinds["budget"][0], month("2026-10", 100, 100, 100, forecast_remaining=500, accrued=1)],
        }  # fmt: skip
        before, after = (rows_of(small(each), SEPTEMBER, *DIRECTIONS) for each in (kinds, kinds | later))
        assert before == after

    def test_a_plan_dated_later_counts(self) -> None:
        """Of what is overdue: by hand, 10 days of September after the 20th, 31, 30 and 11. A promise is no slip."""
        overdue = {"milestones": [milestone(f"m{n}", "2026-09-20", forecast="2026-12-11") for n in range(5)]}
        assert values_of(small(overdue), SEPTEMBER, "T02") == {"T02": 10 + 31 + 30 + 11}
        promised = {"milestones": [milestone(f"m{n}", "2026-12-01", forecast="2026-12-11") for n in range(5)]}
        assert values_of(small(promised), SEPTEMBER, "T02", "T01") == {"T02": None, "T01": None}


class TestTold:
    """A cell without a date of its own is what the newest upload with a status date up to the as-of date told."""

    @staticmethod
    def told(*forecasts: tuple[date, str]) -> Store:
        uploads = [(day, {"milestones": [milestone("csr", "2026-12-01", forecast=value)]}) for day, value in forecasts]
        return world((uploads[0][0], BASE | uploads[0][1]), *uploads[1:])

    @staticmethod
    def forecast(store: Store, as_of: date, **scope: int) -> str:
        found = facts_of(store, as_of, "SELECT forecast::VARCHAR AS forecast FROM fact_milestone", **scope)
        return str(found["forecast"].item())

    def test_each_month_says_what_was_told_by_then(self) -> None:
        store = self.told((JULY, "2026-12-01"), (AUGUST, "2026-12-15"), (SEPTEMBER, "2027-01-31"))
        assert [self.forecast(store, day) for day in (JULY, AUGUST, SEPTEMBER)] == [
            "2026-12-01", "2026-12-15", "2027-01-31"
        ]  # fmt: skip

    def test_before_anything_was_told_the_earliest_is_better_than_nothing(self) -> None:
        store = self.told((AUGUST, "2026-12-15"), (SEPTEMBER, "2027-01-31"))
        assert self.forecast(store, JULY) == "2026-12-15"

    def test_a_late_upload_tells_of_its_status_date(self) -> None:
        store = self.told((JULY, "2026-12-01"), (SEPTEMBER, "2027-01-31"), (AUGUST, "2026-12-15"))
        assert self.forecast(store, JULY) == "2026-12-01"
        assert self.forecast(store, AUGUST) == "2026-12-15"
        assert self.forecast(store, AUGUST, known_at=2) == "2026-12-01"

    def test_what_happened_is_known_from_the_newest_upload_whenever_it_was_told(self) -> None:
        # Told in September: reached in August. As of 31 August it had happened.
        rows = [milestone("fpi", "2026-08-01"), milestone("fpi", "2026-08-01", "2026-08-20")]
        store = world((JULY, BASE | {"milestones": rows[:1]}), (SEPTEMBER, {"milestones": rows[1:]}))
        question = "SELECT state FROM fact_milestone"
        assert facts_of(store, AUGUST, question)["state"].item() == "late"
        assert facts_of(store, AUGUST, question, known_at=1)["state"].item() == "overdue"


def stamp(day: date, reason: str = "") -> Stamp:
    return Stamp(who="ana", role="pm", at=datetime(2026, 11, 1, 9, tzinfo=UTC), status_date=day, reason=reason)


def load(store: Store, day: date, kinds: Kinds, reason: str = "") -> int:
    """Rows through the one write path, as a page or a file would bring them; one upload a kind."""
    for kind, rows in kinds.items():
        names = {name for row in rows for name in row}
        texts = [{name: _text(row.get(name)) for name in names} for row in rows]
        loaded = commands.edit(store, kind, texts, stamp(day, reason), kpis=DIRECTIONS)
        assert loaded.accepted, [str(problem) for file in loaded.files for problem in file.problems]
    return store.version


def _text(value: object) -> str:
    return {True: "yes", False: "no", None: ""}.get(value, str(value)) if isinstance(value, bool | None) else str(value)


def figures(store: Store, known_at: int) -> str:
    """Every KPI over all and by CRO, some by month, and the scores, to the last digit."""
    with store.read() as cursor:
        view = View(cursor, scope_of(store, SEPTEMBER, known_at=known_at))
        card = scorecard(view)
        rows = [kpi_rows(view, ALL, by) for by in ((), ("cro",))]
        rows.append(kpi_rows(view, [BY_ID[kpi] for kpi in ("T01", "R02", "Q05")], ("engagement", "month")))
        return repr((rows, card.scores, card.studies.to_dict("records")))


FIRST: Kinds = {
    "cros": [CRO],
    "engagements": [ENGAGEMENT | {"start_date": "2026-01-01", "planned_end": "2027-12-31"}],
    "milestones": [*met(9), milestone("dbl", "2026-08-01", forecast="2026-09-15"), milestone("csr", "2026-12-01")],
    "deliverables": [deliverable(f"d{n}", "2026-06-30", f"2026-06-{20 + n}") for n in range(11)],
    "budget": [month("2026-08", 100, 90, 95, forecast_remaining=900), month("2026-09", 100, 100, 90)],
    "change_orders": [order("co", "2026-03-01", 80)],
    "requests": [
        {**row, "request_id": f"r{n}"}
        for n, row in enumerate(requests(12, "2026-09-21T09:00:00Z", "2026-09-22T12:00:00Z"))
    ],
    "slas": [sla(8)],
    "kpi_data": [count(kpi, "2026-09", 57, 60) for kpi in ("T06", "Q05", "Q06", "Q09")],
}
LATER: Kinds = {
    "milestones": [milestone("dbl", "2026-08-01", "2026-08-20"), milestone("csr", "2026-12-01", forecast="2027-03-01")],
    "deliverables": [deliverable("d0", "2026-06-30", "2026-07-20"), deliverable("new", "2026-06-30")],
    "budget": [month("2026-08", 100, 10, 95, forecast_remaining=1900, planned_current=80)],
    "change_orders": [order("co", "2026-03-01", 880, submitted="2026-04-01", executed="2026-05-01")],
    "requests": [{"request_id": "r1", "first_response_at": "2026-09-22T09:00:00Z"}],
    "slas": [sla(80)],
    "kpi_data": [count("Q05", "2026-09", 1, 60), count("Q05", "2026-08", 1, 60)],
    "targets": [{"kpi_id": "Q05", "effective_from": "2026-01-01", "green": 20, "red": 10, "weight": 5}],
    "fx_rates": [{"currency": "EUR", "year": 2026, "rate": 1}],
    "holidays": [{"day": "2026-09-22", "name": "off"}],
}


class TestLaw15HistoryDoesNotShift:
    def test_figures_at_an_upload_are_the_same_after_every_later_one(self) -> None:
        store = Store()
        kinds = list(LATER.items())
        seen = {}
        for day, some in ((AUGUST, FIRST), (SEPTEMBER, dict(kinds[:5])), (SEPTEMBER, dict(kinds[5:]))):
            number = load(store, day, some, "as agreed")
            seen[number] = figures(store, number)
        assert len(set(seen.values())) == 3
        assert {known_at: figures(store, known_at) for known_at in list(seen)[:2]} == dict(list(seen.items())[:2])

    def test_undo_brings_the_figures_back_and_forgets_nothing(self) -> None:
        store = Store()
        number = load(store, AUGUST, FIRST)
        before = figures(store, number)
        undone = load(store, SEPTEMBER, {"milestones": LATER["milestones"]})
        with_it = figures(store, undone)
        assert with_it != before
        now = commands.undo(store, undone, stamp(SEPTEMBER, "wrong file"))
        assert figures(store, now) == before
        assert figures(store, undone) == with_it

    def test_what_an_undone_upload_told_was_never_told(self) -> None:
        store = Store()
        load(store, JULY, BASE | {"milestones": [milestone("csr", "2026-12-01", forecast="2026-12-01")]})
        wrong = load(store, AUGUST, {"milestones": [milestone("csr", "2026-12-01", forecast="2029-01-01")]})
        commands.undo(store, wrong, stamp(AUGUST, "wrong study"))
        load(store, SEPTEMBER, {"milestones": [milestone("csr", "2026-12-01", forecast="2027-01-31")]})
        assert TestTold.forecast(store, AUGUST) == "2026-12-01"
        assert TestTold.forecast(store, AUGUST, known_at=wrong) == "2029-01-01"
        assert TestTold.forecast(store, SEPTEMBER) == "2027-01-31"

    def test_the_same_question_has_the_same_answer_to_the_last_digit(self, demo_store: Store) -> None:
        # Sums of fractions, shared out over threads: in whatever order they are added, the answer is one.
        kpis = [kpi.id for kpi in ALL if kpi.fact in ("fact_earned_value", "fact_forecast", "fact_contract")]
        answers = {repr(rows_of(demo_store, date(2026, 10, 31), *kpis, by=())) for _ in range(6)}
        assert len(answers) == 1
