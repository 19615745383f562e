"""What if: domain weights, weights moved one at a time, and what moving by hand does; worked by hand."""

from collections.abc import Mapping
from itertools import combinations

import pandas as pd
import pytest

from analytics import targets, what_if
from analytics.catalogue import BY_ID
from analytics.headline import limits_words
from analytics.kpi import Band, Domain
from analytics.scope import Target
from analytics.score import EQUAL, Part, Scorecard, compose, scorecard
from analytics.view import View
from analytics.what_if import Robustness, shifted, under_moves
from data.store import Store
from tests.analytics.goldens.case import WEDNESDAY, count
from tests.world import cros, engagement, scope_of, small

Rated = Mapping[str, float | None]


def parts(points: Rated, weights: Mapping[str, float] | None = None) -> list[Part]:
    state = {True: Band.NOT_REPORTED, False: Band.GREEN}
    return [Part(kpi, (weights or {}).get(kpi, 1.0), earned, state[earned is None]) for kpi, earned in points.items()]


def card(weights: Mapping[str, Mapping[str, float]] | None = None, /, **points: Rated) -> Scorecard:
    """Scores of CROs made of the points of their KPIs, and of their own weights where they have some."""
    scores = {cro: compose(parts(of, (weights or {}).get(cro)), coverage_needed=60) for cro, of in points.items()}
    return Scorecard({cro: f"CRO {cro}" for cro in points}, scores, pd.DataFrame(), {})


def swaps(found: Robustness) -> dict[tuple[str, int], tuple[tuple[str, str], ...]]:
    return {(move.what, move.by): move.swaps for move in found.moves if move.swaps}


class TestDomainWeights:
    def test_the_score_is_the_weighted_mean_over_domains(self) -> None:
        # (3 x 80 + 1 x 50) / 4 = 72.5; their shares are 3/4 and 1/4.
        score = compose(parts({"T01": 80, "R02": 50}), coverage_needed=60, weights=dict(EQUAL) | {Domain.TIME: 3.0})
        assert score.value == 72.5
        assert [part.share for part in score.parts] == [0.75, 0.25]

    def test_the_bounds_are_weighted_too(self) -> None:
        # Time 80 and, not rated, T02: 40 to 90 in its domain. (3 x 40 + 50) / 4 = 42.5, (3 x 90 + 50) / 4 = 80.
        score = compose(
            parts({"T01": 80, "T02": None, "R02": 50}), coverage_needed=0, weights=dict(EQUAL) | {Domain.TIME: 3.0}
        )
        assert (score.value, score.low, score.high) == (72.5, 42.5, 80)

    def test_one_that_is_switched_off_neither_counts_nor_caps(self) -> None:
        # Time is red and one KPI of it is missing: with it on 2 of 3 are rated and it caps at amber.
        own = {"T01": 10.0, "T02": None, "R02": 90.0}
        on = compose(parts(own), coverage_needed=60)
        off = compose(parts(own), coverage_needed=60, weights=dict(EQUAL) | {Domain.TIME: 0.0})
        assert (on.value, on.band, round(on.coverage)) == (50, Band.RED, 67)
        assert (off.value, off.band, off.coverage, off.caps) == (90, Band.GREEN, 100, [])

    def test_with_all_switched_off_nothing_is_rated(self) -> None:
        score = compose(parts({"T01": 80}), coverage_needed=60, weights=dict.fromkeys(Domain, 0.0))
        assert (score.value, score.band, score.caps) == (None, Band.UNRATED, ["nothing is rated"])


class TestShares:
    @pytest.mark.parametrize(
        ("weights", "by", "expected"),
        [
            # 1 of 4 is 25 %; 35 % of 4 is 1.4, and the other three share 2.6.
            ({"a": 1, "b": 1, "c": 1, "d": 1}, 10, {"a": 1.4, "b": 2.6 / 3, "c": 2.6 / 3, "d": 2.6 / 3}),
            # 2 of 4 is 50 %; 40 % of 4 is 1.6; the others keep 1.5 to 0.5 and share 2.4.
            ({"a": 2, "b": 1.5, "c": 0.5}, -10, {"a": 1.6, "b": 1.8, "c": 0.6}),
            # 5 % less 10 is clipped to 0, 95 % plus 10 to 100.
            ({"a": 5, "b": 95}, -10, {"a": 0, "b": 100}),
            ({"a": 95, "b": 5}, 10, {"a": 100, "b": 0}),
        ],
    )
    def test_one_moves_and_the_others_follow_in_proportion(
        self, weights: dict[str, float], by: float, expected: dict[str, float]
    ) -> None:
        assert shifted(weights, "a", by) == pytest.approx(expected, rel=1e-12)

    @pytest.mark.parametrize("weights", [{"a": 1}, {"a": 1, "b": 0}, {"a": 0, "b": 1}, {"b": 1}])
    def test_what_is_alone_or_switched_off_stays(self, weights: dict[str, float]) -> None:
        assert shifted(weights, "a", 10) == shifted(weights, "a", -10) == weights


class TestOrder:
    def test_a_domain_that_weighs_less_swaps_two(self) -> None:
        # A (100 + 50) / 2 = 75, B (60 + 88) / 2 = 74. Time at 40 %: A 40 + 30 = 70, B 24 + 52.8 = 76.8.
        # Quality at 60 % is the same; with Time at 60 % A 80, B 71.2. One KPI a domain: no KPI to move.
        found = under_moves(card(A={"T01": 100, "Q05": 50}, B={"T01": 60, "Q05": 88}))
        pair = (("CRO A", "CRO B"),)
        assert swaps(found) == {("Time", -10): pair, ("Quality", 10): pair}
        assert (len(found.moves), found.survived, found.ties) == (4, 2, ())
        assert what_if.sentences(found) == [
            "The order of 2 CROs survives 2 of 4 moves of one weight by 10 points.",
            "CRO A and CRO B swap when Time weighs 10 points less, and in 1 other move.",
        ]

    def test_a_kpi_within_its_domain(self) -> None:
        # A (100 + 60) / 2 = 80, B (70 + 88) / 2 = 79. T01 at 40 %: A 76, B 80.8; one domain: no domain to move.
        found = under_moves(card(A={"T01": 100, "T02": 60}, B={"T01": 70, "T02": 88}))
        assert [(move.whole, move.by, bool(move.swaps)) for move in found.moves] == [
            ("Time", 10, False), ("Time", -10, True), ("Time", 10, True), ("Time", -10, False),
        ]  # fmt: skip
        assert found.moves[1].words == f"{BY_ID['T01'].label} weighs 10 points less of Time"

    def test_a_cro_with_weights_of_its_own_is_moved_from_those(self) -> None:
        # A weighs T01 nine times: 90 % of 100 and 10 % of 60 are 96; at 80 % 92, where T01 weighs 10 less.
        # B stands at (88 + 99) / 2 = 93.5, with T01 at 40 % at 35.2 + 59.4 = 94.6: they swap.
        # From equal weights A would stand at 80, behind B from the beginning, and never swap.
        weights = {"A": {"T01": 9.0, "T02": 1.0}}
        found = under_moves(card(weights, A={"T01": 100, "T02": 60}, B={"T01": 88, "T02": 99}))
        assert swaps(found)[BY_ID["T01"].label, -10] == (("CRO A", "CRO B"),)

    def test_closer_than_half_a_point_is_a_tie_and_cannot_swap(self) -> None:
        # A 75, B 74.75: Time at 40 % gives 70 and 77.25, yet neither was ahead.
        found = under_moves(card(A={"T01": 100, "Q05": 50}, B={"T01": 61, "Q05": 88.5}))
        assert (found.survived, len(found.moves), found.ties) == (4, 4, (("CRO A", "CRO B"),))
        assert what_if.sentences(found)[1] == "Too close to tell which is ahead, under 0.5 points: CRO A and CRO B."

    def test_half_a_point_is_apart_and_may_become_a_tie(self) -> None:
        # A 75.5, B 75. Time at 40 %: A 75.4, B 75.0, a tie; at 60 %: A 75.6.
        found = under_moves(card(A={"T01": 76, "Q05": 75}, B={"T01": 75, "Q05": 75}))
        assert (found.ties, swaps(found)) == ((), {})
        assert [bool(move.ties) for move in found.moves] == [False, True, True, False]

    def test_a_domain_that_only_one_has_counts_for_that_one(self) -> None:
        # Domains rated for any: Time, Cost, Quality, a third each. A without Cost: 70 of Time and Quality.
        # B (60 + 100 + 47) / 3 = 69. Cost at 43.33 %, the others at 28.33 %: B 30.3167 + 43.3333 = 73.65; A still 70.
        found = under_moves(card(A={"T01": 70, "Q05": 70}, B={"T01": 60, "C09": 100, "Q05": 47}))
        assert swaps(found)["Cost", 10] == (("CRO A", "CRO B"),)
        assert ("Cost", -10) not in swaps(found)

    def test_what_is_switched_off_stays_off(self) -> None:
        weights = {"A": {"T02": 0.0}, "B": {"T02": 0.0}}
        found = under_moves(card(weights, A={"T01": 80, "T02": 0, "Q05": 80}, B={"T01": 70, "T02": 100, "Q05": 70}))
        assert {move.what for move in found.moves} == {"Time", "Quality"}
        assert found.survived == 4

    def test_kept_scores_keep_their_shares(self) -> None:
        seen = card(A={"T01": 100, "Q05": 50}, B={"T01": 60, "Q05": 88})
        under_moves(seen)
        assert [part.share for part in seen.scores["A"].parts] == [0.5, 0.5]

    @pytest.mark.parametrize(
        ("seen", "said"),
        [
            (card(), "No CRO has a score, so there is no order."),
            (card(A={"T01": 80}, B={"T01": None}), "One CRO has a score, so there is no order."),
            (card(A={"T01": 80}, B={"T01": 70}), "One KPI alone is rated, so there is no weight to move."),
        ],
    )
    def test_where_there_is_no_order_it_says_why(self, seen: Scorecard, said: str) -> None:
        assert what_if.sentences(under_moves(seen)) == [said]

    def test_many_pairs_are_counted_not_listed(self) -> None:
        # The scores are 80, 79, 78, 77; with T01 at 40 % 0.4 (90 - 10 p) + 0.6 (70 + 8 p) = 78 + 0.8 p: all turn.
        of = {name: {"T01": 90.0 - 10 * place, "T02": 70.0 + 8 * place} for place, name in enumerate("ABCD")}
        said = what_if.sentences(under_moves(card(**of)))
        assert said[0] == "The order of 4 CROs survives 2 of 4 moves of one weight by 10 points."
        assert said[-1] == "So do 3 other pairs, in some move; no move swaps more than 6 of the 6 pairs."
        assert what_if.pair_words([("A", "B")] * 5) == "A and B; A and B; A and B; and 2 more"

    def test_an_independent_computation_agrees_on_the_demo(self, demo_store: Store) -> None:
        with demo_store.read() as cursor:
            seen = scorecard(View(cursor, scope_of(demo_store, WEDNESDAY)))
        found = {(move.what, move.whole, move.by): set(move.swaps) for move in under_moves(seen).moves}
        assert found == independent(seen)


def independent(seen: Scorecard) -> dict[tuple[str, str, int], set[tuple[str, str]]]:
    """The swaps by plain sums over the points: a table a CRO, its share columns written anew for each move."""
    tables = {
        seen.names[cro]: pd.DataFrame(
            [(part.kpi, part.domain.value, part.weight, part.points) for part in score.parts],
            columns=["kpi", "domain", "weight", "points"],
        )
        for cro, score in seen.scores.items()
        if score.value is not None
    }
    everything = pd.concat(tables.values())
    rated = everything[everything["points"].notna() & (everything["weight"] > 0)]
    domains = {domain: 1 / rated["domain"].nunique() for domain in rated["domain"].unique()}

    def scores(share: dict[str, float], kpi: str = "", by: float = 0.0) -> dict[str, float]:
        made = {}
        for name, table in tables.items():
            own = table[table["kpi"].isin(rated["kpi"])].copy()
            for domain, of in own.groupby("domain"):
                inside = of.set_index("kpi")["weight"] / of["weight"].sum()
                if kpi in inside.index and 0 < inside[kpi] < 1:
                    new = min(max(inside[kpi] + by / 100, 0), 1)
                    rest = inside.drop(kpi)
                    inside = pd.concat([rest / rest.sum() * (1 - new), pd.Series({kpi: new})])
                own.loc[own["domain"] == domain, "weight"] = own.loc[own["domain"] == domain, "kpi"].map(inside)
            own = own[own["points"].notna()]
            made_of = own.assign(made=own["weight"] * own["points"].astype(float)).groupby("domain")
            means = made_of["made"].sum() / made_of["weight"].sum()
            weight = pd.Series(share).reindex(means.index)
            made[name] = float((means * weight).sum() / weight.sum())
        return made

    def turned(new: dict[str, float]) -> set[tuple[str, str]]:
        old = scores(domains)
        both = {pair: (old[pair[0]] - old[pair[1]], new[pair[0]] - new[pair[1]]) for pair in combinations(old, 2)}
        apart = {pair: gaps for pair, gaps in both.items() if min(map(abs, gaps)) >= 0.5 and gaps[0] * gaps[1] < 0}
        return {pair if gaps[0] > 0 else pair[::-1] for pair, gaps in apart.items()}

    expected = {}
    for by in (10, -10):
        for domain, share in domains.items():
            new = min(max(share + by / 100, 0), 1)
            others = {each: old * (1 - new) / (1 - share) for each, old in domains.items()}
            expected[domain, "the score", by] = turned(scores(others | {domain: new}))
        for domain, of in rated.groupby("domain"):
            for kpi in of["kpi"].unique() if of["kpi"].nunique() > 1 else ():
                expected[BY_ID[kpi].label, str(domain), by] = turned(scores(domains, kpi, by))
    return expected


WORLD = {
    "cros": cros("A", "B"),
    "engagements": [engagement("E1"), engagement("E2"), engagement("E3", "B", study_id="S3")],
    "kpi_data": [
        count(kpi, "2026-09", many, 100, engagement_id=each)
        for kpi, each, many in (("Q05", "E1", 90), ("Q05", "E3", 100), ("T06", "E1", 100), ("T06", "E3", 85))
    ],
}
TARGETS = [
    {"kpi_id": "Q05", "effective_from": "2026-01-01", "green": 70, "red": 50, "basis": "internal"},
    {"kpi_id": "Q05", "cro_id": "B", "effective_from": "2026-01-01", "green": 80, "red": 50, "clause": "4.2"},
    {"kpi_id": "Q05", "engagement_id": "E1", "effective_from": "2026-02-01", "green": 90, "red": 95, "weight": 2},
    {"kpi_id": "Q05", "effective_from": "2026-10-01", "green": 99, "red": 98},
]


class TestByHand:
    def test_scores_now_and_as_moved(self) -> None:
        # Q05 green 95, red 85; T06 the same. A: Q05 90 is 75 points, T06 100: (75 + 100) / 2 = 87.5.
        # B: Q05 100, T06 85 is 50: (100 + 50) / 2 = 75, held at amber by Time.
        # With Time weighing 3: A (75 + 300) / 4 = 93.75, B (100 + 150) / 4 = 62.5.
        store = small(WORLD)
        with store.read() as cursor:
            view = View(cursor, scope_of(store, WEDNESDAY))
            heavy = what_if.compared(view, (), ((Domain.TIME, 3.0),))
            light = what_if.compared(view, (), ((Domain.TIME, 0.0),))
            again = scorecard(view)
        assert heavy.rows.set_index("cro_id")[["now", "then", "change"]].to_dict("index") == {
            "A": {"now": 87.5, "then": 93.75, "change": 6.25}, "B": {"now": 75, "then": 62.5, "change": -12.5},
        }  # fmt: skip
        assert heavy.swaps == ()
        # Without Time: A 75, B 100, and B is held by nothing any more.
        assert list(light.rows.set_index("cro_id").loc["B", ["then", "band_now", "band_then"]]) == [
            100, Band.AMBER, Band.GREEN,
        ]  # fmt: skip
        assert light.swaps == (("CRO A", "CRO B"),)
        assert what_if.compared_words(light) == [
            "2 of 2 lights would change: CRO B from amber to green; CRO A from green to amber.",
            "1 pair swaps: CRO A and CRO B.",
        ]
        assert again.scores["A"].value == 87.5

    def test_thresholds_moved_hold_where_a_contract_says_otherwise(self) -> None:
        # Q05 of B is held to 99 by contract: 100 is green. Moved to 110 and 90: halfway, 75 points; with T06 50: 62.5.
        target = {"kpi_id": "Q05", "cro_id": "B", "effective_from": "2026-01-01", "green": 99, "red": 90}
        store = small(WORLD | {"targets": [target]})
        with store.read() as cursor:
            view = View(cursor, scope_of(store, WEDNESDAY))
            found = what_if.compared(view, (Target(kpi="Q05", green=110, red=90),), ())
        assert list(found.rows.set_index("cro_id").loc["B", ["now", "then"]]) == [75, 62.5]

    def test_what_can_be_moved_is_what_is_in_use(self) -> None:
        store = small(WORLD)
        with store.read() as cursor:
            found = what_if.weights_in_use(View(cursor, scope_of(store, WEDNESDAY)))
        assert found == ([Domain.TIME, Domain.QUALITY], ["T06", "Q05"])


class TestInForce:
    def test_for_all_and_who_differs(self) -> None:
        store = small(WORLD | {"targets": TARGETS})
        with store.read() as cursor:
            view = View(cursor, scope_of(store, WEDNESDAY))
            found, later = targets.in_force(view), targets.coming(view)
        rows = found[found["kpi"] == "Q05"][["whom", "green", "weight", "basis", "contradicts"]]
        assert [tuple(row) for row in rows.to_numpy()] == [
            ("all CROs", 70, 1, "internal", False),
            ("S1 (E1), CRO A", 90, 2, "agreed", True),
            ("CRO B", 80, 1, "agreed, 4.2", False),
        ]
        (enrolment,) = found[found["kpi"] == "T06"].to_dict("records")
        assert enrolment["basis"] == f"default, grade C: {BY_ID['T06'].threshold_source}"
        assert enrolment["since"] is None
        assert [(row["whom"], row["green"]) for row in later.to_dict("records")] == [("all CROs", 99)]

    def test_a_cro_out_of_scope_is_not_named(self) -> None:
        store = small(WORLD | {"targets": TARGETS})
        with store.read() as cursor:
            view = View(cursor, scope_of(store, WEDNESDAY, visible_cros=("B",)))
            found, names = targets.in_force(view), targets.whose(view)
        assert list(found[found["kpi"] == "Q05"]["whom"]) == ["all CROs", "CRO B"]
        # In a scope of one CRO what holds for all is still that of all.
        assert list(found[found["kpi"] == "Q05"]["green"]) == [70, 80]
        assert list(names) == [("", ""), ("B", ""), ("B", "E3")]

    def test_a_new_target_is_written_where_it_rules(self) -> None:
        more = {
            "kpi_id": "T06",
            "cro_id": "A",
            "engagement_id": "E1",
            "effective_from": "2026-01-01",
            "green": 1,
            "red": 0,
        }
        store = small(WORLD | {"targets": [*TARGETS, more]})
        with store.read() as cursor:
            view = View(cursor, scope_of(store, WEDNESDAY))
            assert targets.written_cro(view, "Q05", "B", "") == "B"
            assert targets.written_cro(view, "Q05", "A", "E1") == ""
            # The one that rules names the CRO: another that does not would never hold.
            assert targets.written_cro(view, "T06", "A", "E1") == "A"

    @pytest.mark.parametrize(
        ("kpi", "green", "red", "words"),
        [
            ("T01", 90, 80, "green from 90.0 %, red under 80.0 %"),
            ("R01", 8, 16, "green up to 8.0 h, red beyond 16.0 h"),
            ("T02", 0, 14, "green up to 0 days late, red beyond 14 days late"),
            ("C09", -2, -5, "green up to 2.0 % over, red beyond 5.0 % over"),
            ("Q01", None, None, "not rated"),
        ],
    )
    def test_thresholds_in_words(self, kpi: str, green: float | None, red: float | None, words: str) -> None:
        assert limits_words(BY_ID[kpi], green, red) == words
