"""The list of CROs, one CRO in words, what moved its score, and what is open."""

from datetime import date
from typing import Any

import pandas as pd
import pytest

from analytics import cro
from analytics.changes import before
from analytics.kpi import Band, Domain
from analytics.score import Part, Scorecard, compose, scorecard
from analytics.view import View
from data.store import Store
from tests.world import CRO, ENGAGEMENT, scope_of, world

AS_OF = date(2026, 10, 31)


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
    assert "what is missing is read at its worst and no better than before: Milestones on time." in said


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
