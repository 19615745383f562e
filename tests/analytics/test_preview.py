"""The figures that an upload moves: which, by how much, and none that only the calendar moves."""

from datetime import date
from typing import Any

import pytest

from analytics.preview import Moved, moved_by, touched
from analytics.scope import Scope
from data.store import Store
from tests.analytics.goldens.case import Row, met, milestone, month
from tests.world import CRO, ENGAGEMENT, Kinds, Rows, cros, engagement, world

AUGUST, SEPTEMBER = date(2026, 8, 31), date(2026, 9, 30)
LATE = [milestone(f"late {number}", "2026-06-30", "2026-07-14") for number in range(4)]
"""14 days late each."""


def after(*uploads: Kinds) -> Store:
    """A store with CRO A and engagement E1 and the rows of the first upload, as of August, and those of a second."""
    first: dict[str, Rows] = {"cros": [CRO], "engagements": [ENGAGEMENT], **uploads[0]}
    return world(*zip((AUGUST, SEPTEMBER), (first, *uploads[1:])))


def moves(store: Store, number: int = 2) -> list[Moved]:
    with store.read() as cursor:
        return moved_by(cursor, number)


class TestWhatMoves:
    def test_from_the_overall_score_down_to_the_kpis_of_the_study(self) -> None:
        # T01 10/10 -> 10/13 = 76.9 %: 100 -> 100 - 50 x 13.1 / 10 = 34.6 points (green 90, red 80).
        # T02, a median, stays 0: 100 points. Time (34.6 + 100) / 2 = 67.3, the only domain; amber is 60 to 80.
        found = moves(after({"milestones": met(10)}, {"milestones": LATE[:3]}))
        assert found == [
            Moved("Overall", "Alpha", "100", "67", "green", "amber", "worse"),
            Moved("Study score", "S1 (E1)", "100", "67", "green", "amber", "worse"),
            Moved("Time", "Alpha", "100", "67", "green", "amber", "worse"),
            Moved("Milestones on time", "S1 (E1)", "100.0 %", "76.9 %", "green", "red", "worse"),
            Moved("Milestones on time", "Alpha", "100.0 %", "76.9 %", "green", "red", "worse"),
        ]
        assert str(found[0]) == "Overall of Alpha 100 → 67, amber"

    def test_all_causes_count_for_the_study_and_its_own_for_the_cro(self) -> None:
        # Three that the sponsor delayed: 10 of 13 for the study, 10 of 10 for the CRO.
        found = moves(after({"milestones": met(10)}, {"milestones": [row | {"days_sponsor": 14} for row in LATE[:3]]}))
        assert [str(move) for move in found] == [
            "Study score of S1 (E1) 100 → 67, amber", "Milestones on time of S1 (E1) 100.0 % → 76.9 %, red",
        ]  # fmt: skip

    def test_the_cpi_of_a_study(self) -> None:
        # August: 93 / 100 = 0.93. With September (93 + 83) / (100 + 100) = 0.88.
        store = after({"budget": [month("2026-08", 100, 93, 100)]}, {"budget": [month("2026-09", 100, 83, 100)]})
        (cpi,) = [move for move in moves(store) if move.what == "Cost performance index, CPI"]
        assert (cpi.who, cpi.before, cpi.after, cpi.turn) == ("S1 (E1)", "0.93", "0.88", "worse")

    def test_a_lower_value_is_better_where_lower_is_better(self) -> None:
        # The median of six slips, 28 -> 14 days; on time stays 0 of 6.
        rows = [milestone(f"m{number}", "2026-06-30", "2026-07-28") for number in range(6)]
        found = moves(after({"milestones": rows}, {"milestones": [row | {"actual": "2026-07-14"} for row in rows]}))
        (slip,) = [move for move in found if move.what == "Milestone slip" and move.who == "S1 (E1)"]
        assert (slip.before, slip.after, slip.turn) == ("28 days late", "14 days late", "better")
        assert "Milestones on time" not in {move.what for move in found}

    def test_first_what_changes_its_band_and_gets_worse(self) -> None:
        # A gets back from amber to green, B gets worse within green, C from green to amber.
        def of(each: str, rows: list[Row], **over: object) -> list[Row]:
            return [row | {"engagement_id": f"E{each}"} | over for row in rows]

        first = [*of("A", [*met(10), *LATE[:3]]), *of("B", met(25)), *of("C", met(10))]
        second = [*of("A", LATE[:3], actual="2026-06-30"), *of("B", LATE), *of("C", LATE[:3])]
        engagements = [engagement(f"E{each}", each) for each in "ABC"]
        store = world(
            (AUGUST, {"cros": cros(*"ABC"), "engagements": engagements, "milestones": first}),
            (SEPTEMBER, {"milestones": second}),
        )
        overall = [(move.who, move.before, move.after) for move in moves(store) if move.what == "Overall"]
        # B: T01 25/29 = 86.2 %: 100 - 50 x 3.8 / 10 = 81.0 points, with T02's 100 a mean of 90.5.
        assert overall == [("CRO C", "100", "67"), ("CRO A", "67", "100"), ("CRO B", "100", "90")]

    def test_a_threshold_moves_the_band_and_not_the_value(self) -> None:
        target: Row = {"kpi_id": "T01", "effective_from": "2026-01-01", "green": 80, "red": 70}
        # 10 of 12.
        found = moves(after({"milestones": [*met(10), *LATE[:2]]}, {"targets": [target]}))
        assert Moved("Milestones on time", "S1 (E1)", "83.3 %", "83.3 %", "amber", "green", "better") in found


class TestWhatDoesNotMove:
    def test_a_comment_moves_nothing(self) -> None:
        assert not moves(after({"milestones": met(10)}, {"milestones": [met(1)[0] | {"comment": "well done"}]}))

    def test_a_change_too_small_to_print_moves_nothing(self) -> None:
        # CPI 930 / 1,000 = 0.930 -> 1,862 / 2,001 = 0.9305: 0.93 both times; so is SPI(t), and C04 about -7 %.
        store = after({"budget": [month("2026-08", 1000, 930, 1000)]}, {"budget": [month("2026-09", 1000, 932, 1001)]})
        assert "Cost performance index, CPI" not in {move.what for move in moves(store)}

    def test_the_passing_of_a_month_moves_nothing(self) -> None:
        # Due on 15 September and not reached: on time in August, overdue in September, whatever the upload tells.
        due = [milestone("due", "2026-09-15"), *met(9)]
        store = after({"milestones": due}, {"budget": [month("2026-08", 100, 93, 100)]})
        assert "Milestones on time" not in {move.what for move in moves(store)}
        assert "Cost performance index, CPI" in {move.what for move in moves(store)}

    def test_an_upload_that_is_not_made_or_tells_of_no_cro(self) -> None:
        assert not moves(after({"milestones": met(10)}), 2)
        assert not moves(Store(), 1)
        assert not moves(world((SEPTEMBER, {"cros": [CRO]})), 1)


class TestNew:
    def test_in_an_empty_store_everything_was_not_there(self) -> None:
        found = moves(after({"milestones": met(10)}), 1)
        assert found[0] == Moved("Overall", "Alpha", "–", "100", "", "green", "")
        assert {(move.before, move.band_before, move.turn) for move in found} == {("–", "", "")}
        assert "–" not in {move.after for move in found}

    def test_a_new_cro_beside_one_that_is_known(self) -> None:
        second = {"cros": cros("B"), "engagements": [engagement("E2", "B")],
                  "milestones": [row | {"engagement_id": "E2"} for row in met(10)]}  # fmt: skip
        found = moves(after({"milestones": met(10)}, second))
        assert str(found[0]) == "Overall of CRO B – → 100, green"
        assert {move.who for move in found} == {"CRO B", "S1 (E2)"}


class TestTouched:
    def of(self, second: Kinds) -> list[str]:
        base = {"cros": cros("A", "B"), "engagements": [engagement("E1"), engagement("E2", "B")]}
        with world((AUGUST, base), (SEPTEMBER, second)).read() as cursor:
            return touched(cursor, 2)

    @pytest.mark.parametrize(
        ("second", "expected"),
        [
            ({"milestones": met(1)}, ["A"]),
            ({"milestones": [met(1)[0] | {"engagement_id": "E2"}]}, ["B"]),
            ({"cros": cros("B")}, ["B"]),
            ({"engagements": [engagement("E1", "B")]}, ["A", "B"]),
            ({"targets": [{"kpi_id": "T01", "effective_from": AUGUST, "green": 9, "red": 8}]}, ["A", "B"]),
            ({"targets": [{"kpi_id": "T01", "cro_id": "B", "effective_from": AUGUST, "green": 9, "red": 8}]}, ["B"]),
            ({"fx_rates": [{"currency": "EUR", "year": 2026, "rate": 1}]}, ["A", "B"]),
            ({"holidays": [{"day": AUGUST}]}, ["A", "B"]),
        ],
    )
    def test_by_what_a_row_names(self, second: Kinds, expected: list[str]) -> None:
        assert self.of(second) == expected

    def test_rows_that_are_only_closed(self) -> None:
        store = after({"milestones": met(10)})
        with store.stage() as cursor:
            cursor.execute("UPDATE milestones SET valid_to = 2 WHERE milestone = 'met 0'")
            assert touched(cursor, 2) == ["A"]


class TestInsideTheTransaction:
    """As a preview asks: the upload is written and not committed."""

    def stage(self, cursor: Any) -> None:
        cursor.execute("INSERT INTO uploads (number, status_date) VALUES (2, DATE '2026-09-30')")
        for row in LATE[:3]:
            cursor.execute(
                "INSERT INTO milestones (engagement_id, milestone, site_id, baseline_original, actual, valid_from)"
                " VALUES ('E1', ?, '', ?, ?, 2)",
                [row["milestone"], row["baseline_original"], row["actual"]],
            )

    def test_it_sees_what_is_not_committed(self) -> None:
        store = after({"milestones": met(10)})
        with store.stage() as cursor:
            self.stage(cursor)
            assert str(moved_by(cursor, 2)[0]) == "Overall of Alpha 100 → 67, amber"
        assert not moves(store)

    def test_the_side_before_is_kept_and_the_other_is_not(self) -> None:
        store, kept = after({"milestones": met(10)}), dict[tuple[Scope, str], Any]()
        for _ in range(2):
            with store.stage() as cursor:
                self.stage(cursor)
                assert moved_by(cursor, 2, kept)[0].after == "67"
        assert {scope.known_at for scope, _ in kept} == {1}
        with store.stage() as cursor:
            cursor.execute("INSERT INTO uploads (number, status_date) VALUES (2, DATE '2026-09-30')")
            cursor.execute("UPDATE milestones SET comment = '-', valid_from = 2 WHERE milestone = 'met 0'")
            assert not [move for move in moved_by(cursor, 2, kept) if move.after == "67"]
