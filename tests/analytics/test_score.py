"""The score: weights, domains, coverage, caps, what is kept of what fell silent, and both lights; worked by hand."""

from datetime import date
from typing import ClassVar

import pytest
from hypothesis import given
from hypothesis import strategies as st

from analytics.catalogue import BY_ID, SCORED
from analytics.kpi import Band, Better, Domain, band, points
from analytics.score import Part, Score, Scorecard, compose, keep_stale, score_band, scorecard
from analytics.view import View
from tests.analytics.goldens.case import WEDNESDAY, Row, count, deliverable, invoice, met, milestone, requests, sla
from tests.world import Kinds, cros, engagement, scope_of, small


def part(kpi: str, earned: float | None, weight: float = 1.0, **more: bool) -> Part:
    state = Band.NOT_REPORTED if earned is None else Band.GREEN
    return Part(kpi, weight, earned, state, applicable=more.get("applicable", True))


def composed(*parts: Part, coverage_needed: float = 60.0) -> Score:
    return compose(list(parts), coverage_needed=coverage_needed)


def card(kinds: Kinds, as_of: date = WEDNESDAY) -> Scorecard:
    store = small(kinds)
    with store.read() as cursor:
        return scorecard(View(cursor, scope_of(store, as_of)))


def score(kinds: Kinds, as_of: date = WEDNESDAY) -> Score:
    return card(kinds, as_of).scores["A"]


def points_of(scored: Score) -> dict[str, float | None]:
    return {each.kpi: each.points for each in scored.parts if each.applicable}


class TestPoints:
    @pytest.mark.parametrize(
        ("value", "earned", "state"),
        [
            (100, 100, Band.GREEN),
            (95, 100, Band.GREEN),
            (94.999, 99.995, Band.AMBER),
            (90, 75, Band.AMBER),
            (85, 50, Band.AMBER),
            (84.999, 49.995, Band.RED),
            (80, 25, Band.RED),
            (75, 0, Band.RED),
            (0, 0, Band.RED),
        ],
    )
    def test_100_at_green_50_at_red_linear_on_below_and_never_under_0(
        self, value: float, earned: float, state: Band
    ) -> None:
        assert points(Better.HIGHER, value, 95, 85) == pytest.approx(earned, rel=1e-12)
        assert band(Better.HIGHER, value, 95, 85) is state
        # The same distances where lower is better: green 5, red 15.
        assert points(Better.LOWER, 100 - value, 5, 15) == pytest.approx(earned, rel=1e-9)

    def test_where_green_is_red_there_is_nothing_between(self) -> None:
        assert [points(Better.LOWER, value, 0, 0) for value in (0, 1)] == [100, 0]

    @given(st.floats(-1e6, 1e6), st.floats(-1e3, 1e3), st.floats(0.01, 1e3))
    def test_colour_and_points_agree(self, value: float, green: float, width: float) -> None:
        earned, state = (
            points(Better.HIGHER, value, green, green - width),
            band(Better.HIGHER, value, green, green - width),
        )
        assert 0 <= earned <= 100
        assert (earned == 100) >= (state is Band.GREEN)
        assert state is not Band.RED or earned <= 50
        assert state is not Band.AMBER or earned >= 50 - 1e-6


class TestWeights:
    def test_kpis_within_a_domain_then_domains(self) -> None:
        # Time (100 x 1 + 40 x 2)/3 = 60; Cost 90; (60 + 90)/2 = 75. A mean of all KPIs would be 76.7, weighted 67.5.
        scored = composed(part("T01", 100), part("T02", 40, weight=2), part("C06", 90))
        assert scored.domains == {Domain.TIME: pytest.approx(60), Domain.COST: 90}
        assert scored.value == pytest.approx(75)
        assert scored.band is Band.AMBER

    def test_contributions_add_up(self) -> None:
        scored = composed(part("T01", 100), part("T02", 40, weight=2), part("C06", 90), part("R01", None))
        # T01: 1/3 of half: 16.7. T02: 2/3 of half of 40: 13.3. C06: half of 90.
        assert {each.kpi: each.contribution for each in scored.parts} == {
            "T01": pytest.approx(100 / 6), "T02": pytest.approx(80 / 6), "C06": 45, "R01": 0,
        }  # fmt: skip
        assert sum(each.contribution for each in scored.parts) == pytest.approx(scored.value)

    def test_weight_0_is_switched_off(self) -> None:
        scored = composed(part("T01", 100), part("T02", 0, weight=0))
        assert (scored.value, scored.coverage) == (100, 100)

    def test_a_target_sets_the_weight_and_the_thresholds(self) -> None:
        # T01 8/10: by default 50 points; with green 80 100 points, and three times T02's 100: still 100.
        rows = [*met(8), milestone("a", "2026-05-01", "2026-05-02"), milestone("b", "2026-05-01", "2026-05-02")]
        target: Row = {
            "kpi_id": "T01",
            "cro_id": "A",
            "effective_from": "2026-01-01",
            "green": 80,
            "red": 70,
            "weight": 3,
        }
        before, after = score({"milestones": rows}), score({"milestones": rows, "targets": [target]})
        assert (points_of(before)["T01"], points_of(after)["T01"]) == (50, 100)
        assert (before.value, after.value) == (75, 100)
        assert {each.kpi: each.weight for each in after.parts}["T01"] == 3

    def test_a_target_of_another_cro_or_of_later_does_not_hold(self) -> None:
        rows = [*met(8), milestone("a", "2026-05-01", "2026-05-02"), milestone("b", "2026-05-01", "2026-05-02")]
        target: Row = {"kpi_id": "T01", "green": 80, "red": 70, "effective_from": "2026-01-01"}
        targets = [target | {"cro_id": "B"}, target | {"effective_from": "2026-10-01"}]
        kinds = {"cros": cros("A", "B"), "milestones": rows, "targets": targets}
        assert points_of(score(kinds))["T01"] == 50

    def test_the_most_particular_target_holds(self) -> None:
        rows = [*met(8), milestone("a", "2026-05-01", "2026-05-02"), milestone("b", "2026-05-01", "2026-05-02")]
        target: Row = {"kpi_id": "T01", "effective_from": "2026-01-01"}
        targets = [target | {"green": 80, "red": 70}, target | {"cro_id": "A", "green": 100, "red": 80}]
        assert points_of(score({"milestones": rows, "targets": targets}))["T01"] == 50


class TestCoverage:
    def test_under_60_percent_is_not_rated(self) -> None:
        one, two = part("T01", 100), part("R01", None)
        scored = composed(one, two)
        assert (scored.value, scored.band, scored.coverage) == (None, Band.UNRATED, 50)
        assert scored.caps == ["50 % of the weight is rated, 60 % is needed"]

    def test_60_percent_is_enough(self) -> None:
        rated = [part(kpi, 100) for kpi in ("T01", "T02", "R01")]
        scored = composed(*rated, part("R02", None), part("R03", None))
        assert (scored.value, scored.coverage) == (100, 60)

    def test_it_is_weight_and_not_number(self) -> None:
        assert composed(part("T01", 100, weight=3), part("R01", None)).coverage == 75

    def test_what_does_not_apply_does_not_lower_it(self) -> None:
        assert composed(part("T01", 100), part("Q09", None, applicable=False)).coverage == 100

    def test_nothing_rated(self) -> None:
        scored = composed(part("T01", None))
        assert (scored.value, scored.band, scored.caps) == (None, Band.UNRATED, ["nothing is rated"])

    def test_a_kpi_is_in_use_once_it_had_a_row(self) -> None:
        assert set(points_of(score({"milestones": met(10)}))) == {"T01", "T02"}

    def test_too_few_is_in_use_and_not_rated(self) -> None:
        scored = score({"milestones": met(9)})
        assert points_of(scored) == {"T01": None, "T02": 100}
        assert (scored.value, scored.coverage) == (None, 50)

    def test_the_header_counts_the_domains_in_use(self) -> None:
        assert score({"milestones": met(10), "deliverables": [deliverable("d", "2026-06-30")]}).domains_in_use == 2


class TestBounds:
    def test_all_missing_at_0_and_at_100(self) -> None:
        # Time (80 + missing)/2, Cost 90: ((40 .. 90) + 90)/2.
        scored = composed(part("T01", 80), part("T02", None), part("C06", 90))
        assert (scored.low, scored.value, scored.high) == (65, 85, 90)

    @given(st.lists(st.tuples(st.sampled_from([kpi.id for kpi in SCORED]), st.none() | st.floats(0, 100)), min_size=1,
                    unique_by=lambda pair: pair[0]))  # fmt: skip
    def test_the_score_lies_within(self, cells: list[tuple[str, float | None]]) -> None:
        scored = composed(*(part(kpi, earned) for kpi, earned in cells), coverage_needed=0)
        if scored.value is None:
            return
        assert scored.low is not None
        assert scored.high is not None
        assert scored.low - 1e-9 <= scored.value <= scored.high + 1e-9
        assert sum(each.contribution for each in scored.parts) == pytest.approx(scored.value)


class TestCaps:
    def test_bands_of_the_score(self) -> None:
        assert [score_band(value) for value in (80, 79.999, 60, 59.999)] == [
            Band.GREEN, Band.AMBER, Band.AMBER, Band.RED,
        ]  # fmt: skip

    def test_a_red_domain_caps_at_amber(self) -> None:
        scored = composed(*(part(kpi, 100) for kpi in ("T01", "C06", "Q05", "D01")), part("R01", 59))
        assert scored.value == pytest.approx(91.8)
        assert (scored.band, scored.caps) == (Band.AMBER, ["Responsiveness red"])

    def test_two_red_domains_make_it_red(self) -> None:
        scored = composed(*(part(kpi, 100) for kpi in ("T01", "C06", "Q05")), part("R01", 50), part("D01", 50))
        assert scored.value == 80
        assert (scored.band, scored.caps) == (Band.RED, ["Responsiveness and Delivery red"])

    def test_a_cap_that_changes_nothing_is_not_named(self) -> None:
        scored = composed(part("T01", 10), part("C06", 100))
        assert (scored.value, scored.band, scored.caps) == (55, Band.RED, [])


# T01 8/10 = 80 %: 50 points, T02 0 days: 100 points; Time 75. D01 10/10, R01 and R02 of ten within an hour: 100.
GOOD = {
    "milestones": met(10),
    "deliverables": [deliverable(f"d{n}", "2026-06-30", "2026-06-30") for n in range(10)],
    "slas": [sla(8)],
    "requests": requests(10, "2026-09-21T09:00:00Z", "2026-09-21T10:00:00Z", "2026-09-21T11:00:00Z"),
}
DYING = [
    *(milestone(f"late {n}", "2026-05-01", "2026-08-01", engagement_id="E2", days_cro=92) for n in range(10)),
    *(milestone(f"old {n}", "2026-05-01", engagement_id="E2") for n in range(2)),
]


def with_a_red_study(over: Row | None = None) -> Kinds:
    """A hundred good milestones in E1, and E2, of which every milestone and deliverable is late."""
    late = [deliverable(f"late {n}", "2026-05-01", "2026-08-01", engagement_id="E2") for n in range(10)]
    return {
        "engagements": [engagement("E1"), engagement("E2", study_id="S2") | (over or {})],
        "milestones": [*met(150), *DYING],
        "deliverables": [*(deliverable(f"d{n}", "2026-06-30", "2026-06-30") for n in range(300)), *late],
        "slas": GOOD["slas"],
        "requests": GOOD["requests"],
    }


class TestGreenOutsideRedInside:
    def test_a_red_active_study_caps_the_cro(self) -> None:
        found = card(with_a_red_study())
        assert found.studies.set_index("engagement_id")["status"].to_dict() == {"E1": Band.GREEN, "E2": Band.RED}
        scored = found.scores["A"]
        assert (scored.value or 0) > 80
        assert (scored.band, scored.caps) == (Band.AMBER, ["study S2 is red"])

    @pytest.mark.parametrize(
        "over", [{"closed_on": "2026-09-01"}, {"cancelled_on": "2026-09-01"}, {"start_date": "2026-12-01"}]
    )
    def test_a_study_that_is_not_active_does_not(self, over: Row) -> None:
        assert "study S2 is red" not in score(with_a_red_study(over)).caps

    def test_study_status_counts_all_causes(self) -> None:
        # Late for our reasons: the CRO's figures are clean, the study is not.
        late = [milestone(f"ours {n}", "2026-05-01", "2026-08-01", days_sponsor=92) for n in range(10)]
        found = card({"milestones": [*met(10), *late]})
        assert points_of(found.scores["A"])["T01"] == 100
        assert found.study_scores["E1"].domains[Domain.TIME] == 0
        assert found.studies["status"].tolist() == [Band.RED]

    def test_a_red_kpi_of_a_study_keeps_it_from_green(self) -> None:
        # The deliverables are clean, the milestones too but for a contractual one.
        rows = [*met(30), milestone("dbl", "2026-08-01", contractual=True)]
        found = card(GOOD | {"milestones": rows})
        assert found.study_scores["E1"].caps == ["Milestones on time red"]
        assert found.studies["status"].tolist() == [Band.AMBER]


class TestCriticalForTwoQuarters:
    RED: ClassVar[Kinds] = {"kpi_data": [count("Q09", month, 8, 10) for month in ("2026-04", "2026-06", "2026-09")]}

    def test_now_and_at_the_end_of_the_quarter_before(self) -> None:
        scored = score(GOOD | dict(self.RED))
        assert scored.band is Band.RED
        assert "Safety reports on time red for two quarters" in scored.caps

    def test_red_for_the_first_time(self) -> None:
        # To June 30 of 30; September 8 of 10: 38/40 = 95 % is amber; with 4 of 10 85 % is red, for the first time.
        kinds = {"kpi_data": [count("Q09", "2026-06", 30, 30), count("Q09", "2026-09", 4, 10)]}
        scored = score(GOOD | kinds)
        assert {each.kpi: each.band for each in scored.parts}["Q09"] is Band.RED
        assert not [reason for reason in scored.caps if "two quarters" in reason]

    def test_silence_does_not_lift_it(self) -> None:
        scored = score(GOOD | {"kpi_data": self.RED["kpi_data"][:2]})
        assert "Safety reports on time red for two quarters" in scored.caps


class TestWhatFellSilent:
    def test_it_keeps_its_last_points_where_that_lowers_its_domain(self) -> None:
        parts = [part("R01", 100), part("R02", None), part("R03", None)]
        keep_stale(parts, {"R02": 40, "R03": 100})
        assert [(each.points, each.stale) for each in parts] == [(100, False), (40, True), (None, False)]

    def test_the_lowest_first_so_that_none_raises_the_mean_again(self) -> None:
        # With 10 the mean of Responsiveness is 55: 60 would raise it.
        parts = [part("R01", 100), part("R02", None), part("R03", None)]
        keep_stale(parts, {"R02": 60, "R03": 10})
        assert [each.points for each in parts] == [100, None, 10]

    def test_a_domain_of_its_own_only_where_that_lowers_the_score(self) -> None:
        low, high = [part("T01", 80), part("D01", None)], [part("T01", 80), part("D01", None)]
        keep_stale(low, {"D01": 70})
        keep_stale(high, {"D01": 90})
        assert (low[1].points, high[1].points) == (70, None)

    def test_what_is_rated_by_old_months_keeps_its_last_points_where_they_are_lower(self) -> None:
        parts = [part("Q05", 90), part("Q06", 90), part("Q09", 90)]
        for each in parts[:2]:
            each.stale = True
        keep_stale(parts, {"Q05": 60, "Q06": 100, "Q09": 60})
        assert [each.points for each in parts] == [60, 90, 90]

    def test_it_is_not_kept_where_it_does_not_apply(self) -> None:
        parts = [part("T01", 80), part("D01", None, applicable=False)]
        keep_stale(parts, {"D01": 10})
        assert parts[1].points is None

    # R04: three of five open requests are old in spring: red, no points. They were settled in April; then one is open.
    QUEUE: ClassVar[Kinds] = {
        "requests": [
            *GOOD["requests"],
            *requests(3, "2026-01-01", "2026-01-02", "2026-04-10"),
            *requests(2, "2026-03-20", "2026-03-20", "2026-04-10"),
            *requests(1, "2026-04-20", "2026-04-20"),
        ]
    }

    def test_two_quarters_and_no_longer(self) -> None:
        kinds = {**GOOD, **self.QUEUE}
        ends = {day: score(kinds, day) for day in (date(2026, 3, 31), date(2026, 7, 31), date(2026, 10, 31))}
        stale = {day: [(each.points, each.stale) for each in of.parts if each.kpi == "R04"] for day, of in ends.items()}
        # 31 July: quarters end on 30 June (too few) and 31 March (rated 0). 31 October: both are too few.
        assert stale[date(2026, 3, 31)] == [(0, False)]
        assert stale[date(2026, 7, 31)] == [(0, True)]
        assert stale[date(2026, 10, 31)] == [(None, False)]
        assert (ends[date(2026, 7, 31)].stale, ends[date(2026, 10, 31)].stale) == (True, False)

    @pytest.mark.parametrize(
        ("outcome", "earlier", "value", "state"),
        [("accepted", 100, None, Band.UNRATED), ("disputed", 0, 0, Band.RED)],
    )
    def test_what_is_kept_alone_makes_nothing_green(
        self, outcome: str, earlier: float, value: float | None, state: Band
    ) -> None:
        # Ten invoices of June 2026, rated at the end of March 2027; in June 2027 none is of the year, and nothing is
        # rated. What was right would be a green 100 of which nothing is known now; what was wrong stays red.
        kinds = {"invoices": [invoice(f"i{n}", "2026-06-02", outcome, "2026-06-10") for n in range(10)]}
        before, now = (score(kinds, day) for day in (date(2027, 3, 31), date(2027, 6, 30)))
        assert before.value == earlier
        assert (now.value, now.band, now.stale) == (value, state, outcome == "disputed")

    def test_it_counts_for_coverage_while_it_is_kept(self) -> None:
        parts = [part("T01", 80), part("T02", None)]
        keep_stale(parts, {"T02": 40})
        assert (composed(*parts).coverage, composed(*parts).value) == (100, 60)


def test_every_scored_kpi_has_its_thresholds() -> None:
    assert not [kpi.id for kpi in BY_ID.values() if kpi.scored and (kpi.green is None or kpi.red is None)]
