"""The list of CROs, one CRO in words, what moved its score, and what is open."""

from datetime import date
from typing import Any

import pandas as pd
import pytest

from analytics import cro, moves
from analytics.catalogue import BY_ID
from analytics.changes import before
from analytics.kpi import Band, Domain
from analytics.score import Part, Score, Scorecard, compose, scorecard
from analytics.view import View
from data.store import Store
from tests.world import CRO, ENGAGEMENT, scope_of, world

AS_OF = date(2026, 10, 31)
NO_MONEY = {"E1": 1.0, "E2": 1.0}


@pytest.fixture(scope="module")
def cards(demo_store: Store) -> tuple[Scorecard, Scorecard]:
    """The demo portfolio now and at the end of the last completed quarter."""
    with demo_store.read() as cursor:
        view = View(cursor, scope_of(demo_store, AS_OF))
        return scorecard(view), before(view)[1]


def part(kpi: str, points: float | None, value: float | None = 1.0, band: Band = Band.GREEN, **over: Any) -> Part:
    row = {"kpi": kpi, "value": value, "n": 20.0, "band": band, "green": 90.0, "red": 80.0, "low": None, "high": None}
    return Part(kpi, 1.0, points, band, row=row, **over)


def by(frame: pd.DataFrame, column: str) -> dict[str, dict[Any, Any]]:
    """The rows by the values of a column."""
    return {row[column]: row for row in frame.to_dict("records")}


def card(score: Score, studies: dict[str, Score]) -> Scorecard:
    frame = pd.DataFrame(
        {
            "engagement_id": list(studies), "cro_id": "A", "study_id": [f"S{name}" for name in studies],
            "title": "A study", "active": True, "last_told": pd.Timestamp(AS_OF),
            "status": [each.band for each in studies.values()], "score": [each.value for each in studies.values()],
        }
    )  # fmt: skip
    return Scorecard({"A": "Alpha"}, {"A": score}, frame, studies)


def test_the_list_puts_first_what_needs_attention(cards: tuple[Scorecard, Scorecard]) -> None:
    found = by(cro.overview(*cards), "cro_id")
    bands = [row["band"] for row in found.values()]
    assert bands == sorted(bands, key=[Band.RED, Band.AMBER, Band.GREEN].index)
    # the stories of the demo: a red study below green KPIs, a CRO that reports no more, a queue that grows
    assert found["NORVEK"]["studies"] == "1 red of 6"
    assert (found["NORVEK"]["band"], found["NORVEK"]["why"]) == (Band.AMBER, "study MIR-202 is red")
    assert found["OSTWALD"]["data_to"] == pd.Timestamp(2026, 6, 30)
    assert found["OSTWALD"]["stale"] > 0
    assert found["HALDIS"]["Responsiveness"] < 60


def test_the_change_is_that_of_the_score(cards: tuple[Scorecard, Scorecard]) -> None:
    now, then = cards
    found = by(cro.overview(now, then), "cro_id")
    for name, score in now.scores.items():
        assert score.value is not None
        assert found[name]["change"] == pytest.approx(score.value - (then.scores[name].value or 0))


def test_a_cro_that_is_new_has_no_change(cards: tuple[Scorecard, Scorecard]) -> None:
    now, _ = cards
    nobody = Scorecard({}, {}, now.studies, {})
    assert cro.overview(now, nobody)["change"].isna().all()


def test_verdicts() -> None:
    held = compose([part("T01", 95.0)], coverage_needed=60, caps=[(Band.AMBER, "study S1 is red")])
    assert cro.verdict(held) == "95 of 100, held at amber: study S1 is red."
    assert cro.verdict(compose([part("T01", 79.9)], coverage_needed=60)) == "79 of 100, amber."  # never said as 80
    unrated = compose([part("T01", 90.0), part("C09", None), part("R02", None)], coverage_needed=60)
    assert cro.verdict(unrated) == "Not rated: 33 % of the weight is rated, 60 % is needed."


def test_what_the_score_rests_on_is_said() -> None:
    # Time 80 alone is rated of Time and Cost: with 0 for Cost the mean is 40, with 100 it is 90
    score = compose([part("T01", 80.0, stale=True), part("C09", None)], coverage_needed=0)
    said = " ".join(cro.score_sureness(score))
    assert (
        "50 % of the weight in use is not rated. With no points for that the score would be 40, with all points 90."
        in said
    )
    assert "they keep the points they last had: Milestones on time." in said


def test_the_contributions_add_up_to_what_is_missing_from_100(cards: tuple[Scorecard, Scorecard]) -> None:
    for score in cards[0].scores.values():
        found = cro.contributions(score)
        assert found["contribution"].sum() == pytest.approx(100 - (score.value or 0))


def test_contributions_weigh_a_kpi_by_its_share_of_its_domain() -> None:
    # two domains of 50 points each; Time is shared by two KPIs: 25 x (1 - 0.6) = 10; Cost loses 50 x (1 - 0.9) = 5
    score = compose([part("T01", 60.0), part("T02", 100.0), part("C09", 90.0)], coverage_needed=60)
    assert cro.contributions(score)["contribution"].tolist() == pytest.approx([10, 0, 5])


def test_bullets_show_what_is_in_use_beside_the_quarter_before() -> None:
    now = compose([part("T01", 90.0, value=91.0), part("T03", None, value=None, applicable=False)], coverage_needed=0)
    then = compose([part("T01", 80.0, value=85.0)], coverage_needed=0)
    (row,) = cro.bullets(now, then).to_dict("records")
    assert (row["label"], row["value"], row["previous"], row["text"]) == ("Milestones on time", 91.0, 85.0, "91.0 %")


def test_domains_tell_what_is_in_use_and_its_change() -> None:
    now = compose([part("T01", 90.0), part("C09", None)], coverage_needed=0)
    then = compose([part("T01", 70.0)], coverage_needed=0)
    assert cro.domains(now, then) == [(Domain.TIME, 90.0, 20.0), (Domain.COST, None, None)]


@pytest.mark.parametrize("name", ["BRIGHTMOOR", "HALDIS", "KITASHIMA", "NORVEK", "OSTWALD", "TESSERO", "CALLOWAY"])
def test_the_moves_add_up_to_the_change_of_the_score(cards: tuple[Scorecard, Scorecard], name: str) -> None:
    now, then = cards
    found = moves.moves(now, then, name, {})
    change = (now.scores[name].value or 0) - (then.scores[name].value or 0)
    # what is not told is under the least worth telling
    assert found["change"].sum() == pytest.approx(change, abs=moves.WORTH_TELLING)


def rows(**values: tuple[float, float]) -> moves.Rows:
    """Numerator and denominator by engagement."""
    return {
        name: {"numerator": top, "denominator": bottom, "value": 100 * top / bottom, "n": bottom}
        for name, (top, bottom) in values.items()
    }


def test_the_largest_part_is_that_of_the_sums_not_of_the_percentages() -> None:
    # 90 of 100 and 2 of 2 become 80 of 100 and 1 of 2. E2 fell by 50 points, and yet E1 moved the pooled share:
    # 92/102 to 81/102; with E1 as it was 91/102, with E2 as it was 82/102
    then, now = rows(E1=(90, 100), E2=(2, 2)), rows(E1=(80, 100), E2=(1, 2))
    assert moves.largest_part(BY_ID["T01"], now, then, 90.2, 79.4, NO_MONEY) == "E1"


def test_an_engagement_that_moved_the_other_way_has_no_part_in_it() -> None:
    then, now = rows(E1=(50, 100), E2=(9, 10)), rows(E1=(90, 100), E2=(8, 10))
    assert moves.largest_part(BY_ID["T01"], now, then, 53.6, 89.1, NO_MONEY) == "E1"
    assert moves.largest_part(BY_ID["T01"], now, now, 80.0, 80.0, NO_MONEY) is None


def test_money_of_several_currencies_is_weighed_at_its_rate() -> None:
    # E1 in yen: 1,000,000 yen over are 6,000 euro; E2 in euro is 50,000 over and the larger part
    then = rows(E1=(0, 100_000_000), E2=(0, 1_000_000))
    now = rows(E1=(-1_000_000, 100_000_000), E2=(-50_000, 1_000_000))
    assert moves.largest_part(BY_ID["C09"], now, then, 0.0, -3.5, {"E1": 0.006, "E2": 1.0}) == "E2"
    assert moves.largest_part(BY_ID["C09"], now, then, 0.0, -3.5, {"E1": 0.006, "E2": None}) is None


def test_counts_are_not_money() -> None:
    # 10 of 100 less of E1, in yen, weigh more than 2 of 100 less of E2, whatever the yen is worth
    then, now = rows(E1=(90, 100), E2=(90, 100)), rows(E1=(80, 100), E2=(88, 100))
    assert moves.largest_part(BY_ID["T01"], now, then, 90.0, 84.0, {"E1": 0.006, "E2": 1.0}) == "E1"


def test_a_median_has_its_part_by_its_cases() -> None:
    def medians(**values: tuple[float, float]) -> moves.Rows:
        return {name: {"value": value, "n": n, "numerator": n, "denominator": n} for name, (value, n) in values.items()}

    # E1: 2 hours more in 100 requests; E2: 30 hours more in 2
    then, now = medians(E1=(4, 90), E2=(10, 2)), medians(E1=(6, 100), E2=(40, 2))
    assert moves.largest_part(BY_ID["R01"], now, then, 4.0, 6.1, NO_MONEY) == "E1"


def test_a_move_without_a_move_of_the_figure_says_why() -> None:
    two = [part("T01", 100.0), part("C09", 50.0)]
    then = card(compose(two, coverage_needed=0), {"E1": compose([part("T01", 100.0)], coverage_needed=0)})
    gone = [part("T01", 100.0), part("C09", None, value=None, band=Band.TOO_FEW)]
    now = card(compose(gone, coverage_needed=0), then.study_scores)
    found = by(moves.moves(now, then, "A", NO_MONEY), "kpi")
    # then 50 + 25, now 100: T01 counts whole instead of half, C09 not any more
    assert found["Milestones on time"]["change"] == pytest.approx(50)
    assert found["Milestones on time"]["part"] == "counts differently: other KPIs are rated than then"
    assert found["Forecast against contract"]["change"] == pytest.approx(-25)
    assert found["Forecast against contract"]["part"].startswith("not rated now")


def test_the_demo_names_the_study_that_moved_a_share(cards: tuple[Scorecard, Scorecard]) -> None:
    found = by(moves.moves(*cards, "TESSERO", {}), "kpi")
    # 12 of 14 became 11 of 13: a document of the bioanalysis that was in time left the twelve months (4 of 5, 3 of 4)
    assert [found["Deliverables on time"][name] for name in ("study", "part")] == ["KEL-202", "80.0 % → 75.0 %"]


def test_factors_are_rates_only_within_a_cro_of_several_currencies() -> None:
    more = [
        ENGAGEMENT | {"engagement_id": "E2", "currency": "USD"},
        ENGAGEMENT | {"engagement_id": "E3", "cro_id": "B", "currency": "JPY"},
    ]
    store = world(
        (
            AS_OF,
            {
                "cros": [CRO, {"cro_id": "B", "name": "Beta"}],
                "engagements": [ENGAGEMENT, *more],
                "fx_rates": [
                    {"currency": "EUR", "year": 2026, "rate": 1},
                    {"currency": "USD", "year": 2026, "rate": 0.9},
                ],
            },
        )
    )
    with store.read() as cursor:
        found = moves.factors(View(cursor, scope_of(store, AS_OF)))
    assert found == {"E1": 1, "E2": 0.9, "E3": 1}


def test_what_is_open_is_listed_by_kind_with_its_days_and_side() -> None:
    store = world(
        (
            AS_OF,
            {
                "cros": [CRO, {"cro_id": "B", "name": "Beta"}],
                "engagements": [ENGAGEMENT, ENGAGEMENT | {"engagement_id": "E2", "cro_id": "B", "study_id": "S2"}],
                "milestones": [
                    {"engagement_id": "E1", "milestone": "fpi", "baseline_original": date(2026, 10, 1)},
                    {"engagement_id": "E1", "milestone": "lpi", "baseline_original": date(2026, 11, 1)},
                    {"engagement_id": "E2", "milestone": "fpi", "baseline_original": date(2026, 10, 1)},
                ],
                "deliverables": [
                    {"deliverable_id": "D1", "engagement_id": "E1", "name": "Plan", "due_original": date(2026, 10, 21)},
                ],
                "requests": [
                    {"request_id": "R1", "engagement_id": "E1", "opened_at": "2026-10-11", "direction": "to_sponsor"},
                    {"request_id": "R2", "engagement_id": "E1", "opened_at": "2026-10-01", "type": "data_query"},
                    {"request_id": "R3", "engagement_id": "E1", "opened_at": "2026-10-01", "resolved_at": "2026-10-02"},
                ],
                "change_orders": [
                    {"change_order_id": "C1", "engagement_id": "E1", "requested": date(2026, 10, 21),
                     "submitted": date(2026, 10, 26), "value": 500},
                ],
                "actions": [
                    {"action_id": "A1", "cro_id": "A", "description": "Hire", "raised": date(2026, 9, 1),
                     "due": date(2026, 11, 10), "owner": "Jo", "owner_organisation": "cro"},
                    {"action_id": "A2", "cro_id": "A", "engagement_id": "E1", "description": "Done",
                     "raised": date(2026, 9, 1), "closed": date(2026, 9, 2)},
                ],
            },
        )
    )  # fmt: skip
    with store.read() as cursor:
        found = cro.open_items(View(cursor, scope_of(store, AS_OF)), "A")
    # days to the as-of date, 31 October; minus is still to come
    assert found[["kind", "item", "days", "side"]].values.tolist() == [
        ["action", "Hire", -10, "CRO"],
        ["change order", "C1", 10, "us"],
        ["deliverable", "Plan", 10, ""],
        ["milestone", "First patient in (FPI)", 30, ""],
        ["request", "R1", 20, "us"],
    ]
    assert set(found["kind"]) == set(cro.KINDS)


def test_an_action_of_an_engagement_that_a_viewer_may_not_see_stays_hidden() -> None:
    actions = [
        {"action_id": "A1", "cro_id": "A", "engagement_id": code, "description": code, "raised": date(2026, 9, 1)}
        | {"action_id": f"A-{code}"}
        for code in ("E1", "E2")
    ]
    both = [ENGAGEMENT, ENGAGEMENT | {"engagement_id": "E2"}]
    store = world((AS_OF, {"cros": [CRO], "engagements": both, "actions": actions}))
    with store.read() as cursor:
        found = cro.open_items(View(cursor, scope_of(store, AS_OF, visible_engagements=("E1",))), "A")
    assert list(found["item"]) == ["E1"]
