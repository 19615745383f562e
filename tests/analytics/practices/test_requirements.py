"""What was asked and what became of it: small stores, worked by hand."""

from datetime import date
from typing import Any

import pandas as pd
import pytest

from analytics.practices import requirements, templates
from analytics.practices.requirements import State
from analytics.view import View
from data.contracts.milestones import CODES
from tests.analytics.goldens.case import WEDNESDAY, deliverable, met, milestone
from tests.world import Kinds, cros, engagement, scope_of, small

Row = dict[str, object]
CLOSED = engagement("E1", closed_on=date(2026, 3, 31))
CANCELLED = engagement("E1", cancelled_on=date(2026, 3, 31))


def asked(code: str, kind: str = "", evidence: str = "", **more: object) -> Row:
    row: Row = {"requirement_id": code, "engagement_id": "E1", "requirement": f"What {code} asks"}
    return row | {"evidence_type": kind, "evidence_id": evidence} | more


def traced(kinds: Kinds, of: str = "E1", as_of: date = WEDNESDAY, **scope: Any) -> pd.DataFrame:
    store = small(kinds)
    with store.read() as cursor:
        return requirements.traced(View(cursor, scope_of(store, as_of, **scope)), of)


def one(kind: str, evidence: str, kinds: Kinds, **scope: Any) -> tuple[str, str]:
    """State and words of the one requirement that names this evidence."""
    found = traced({**kinds, "requirements": [asked("R", kind, evidence)]}, **scope)
    return found["state"].iloc[0], found["evidence"].iloc[0]


@pytest.mark.parametrize(
    ("more", "state", "said"),
    [
        # Due 30 Jun 2026; as of 30 Sep 2026. June 30 to July 12: 12 days. June 30 to September 30: 92 days.
        ({"actual": "2026-06-30"}, State.MET, "reached on time"),
        ({"actual": "2026-06-27"}, State.MET, "reached 3 days early"),
        ({"actual": "2026-07-12"}, State.MISSED, "reached 12 days late"),
        ({}, State.MISSED, "not reached, 92 days overdue"),
        ({"forecast": "2026-10-15"}, State.MISSED, "not reached, 92 days overdue, forecast 15 Oct 2026"),
        # Reached only after the as-of date: it has not happened.
        ({"actual": "2026-10-01"}, State.MISSED, "not reached, 92 days overdue"),
    ],
)
def test_a_milestone_that_was_due(more: Row, state: State, said: str) -> None:
    found = one("milestone", "dbl", {"milestones": [milestone("dbl", "2026-06-30") | more]})
    assert found == (state, f"Database lock (DBL), due 30 Jun 2026, {said}")


@pytest.mark.parametrize(
    ("forecast", "state", "said"),
    [
        ("", State.ON_COURSE, "no forecast"),
        ("2026-12-31", State.ON_COURSE, "forecast on time"),
        ("2027-01-12", State.AT_RISK, "forecast 12 days late"),
        ("2026-09-30", State.AT_RISK, "not reached, and its forecast of 30 Sep 2026 has passed"),
    ],
)
def test_a_milestone_that_is_not_due_yet(forecast: str, state: State, said: str) -> None:
    found = one("milestone", "dbl", {"milestones": [milestone("dbl", "2026-12-31", forecast=forecast)]})
    assert found == (state, f"Database lock (DBL), due 31 Dec 2026, {said}")


def test_the_baseline_of_the_scope_decides() -> None:
    # 12 days after the original plan, 3 before the plan as moved.
    rows = {"milestones": [milestone("dbl", "2026-06-30", "2026-07-12", baseline_current="2026-07-15")]}
    assert one("milestone", "dbl", rows)[0] == State.MISSED
    assert one("milestone", "dbl", rows, baseline="current") == (
        State.MET,
        "Database lock (DBL), due 15 Jul 2026, reached 3 days early",
    )


@pytest.mark.parametrize(
    ("more", "state", "said"),
    [
        (
            {"delivered": "2026-06-30", "accepted": "2026-07-20"}, State.MET,
            "delivered on time, accepted on 20 Jul 2026",
        ),
        (
            {"delivered": "2026-06-30", "first_reviewed_on": "2026-07-10", "first_review": "accepted"},
            State.MET,
            "delivered on time, accepted at the first review",
        ),
        (
            {"delivered": "2026-06-30", "first_reviewed_on": "2026-07-10", "first_review": "returned"},
            State.AT_RISK,
            "delivered on time, returned at the first review and not accepted since",
        ),
        (
            {
                "delivered": "2026-06-30", "first_reviewed_on": "2026-07-10", "first_review": "returned",
                "accepted": "2026-08-01",
            },
            State.MET,
            "delivered on time, accepted on 1 Aug 2026",
        ),
        ({"delivered": "2026-06-30"}, State.ON_COURSE, "delivered on time, not accepted yet"),
        # Accepted, and late: the date was part of what was asked.
        ({"delivered": "2026-07-12", "accepted": "2026-07-20"}, State.MISSED, "delivered 12 days late"),
        ({}, State.MISSED, "not delivered, 92 days overdue"),
    ],
)  # fmt: skip
def test_a_deliverable(more: Row, state: State, said: str) -> None:
    found = one("deliverable", "Plan", {"deliverables": [deliverable("Plan", "2026-06-30") | more]})
    assert found == (state, f"Plan, due 30 Jun 2026, {said}")


def test_a_deliverable_that_is_not_due_yet() -> None:
    found = one("deliverable", "Plan", {"deliverables": [deliverable("Plan", "2026-12-31")]})
    assert found == (State.ON_COURSE, "Plan, due 31 Dec 2026, not delivered yet")


def late(many: int) -> list[Row]:
    return [milestone(f"late {number}", "2026-06-30", "2026-07-10") for number in range(many)]


@pytest.mark.parametrize(
    ("on_time", "not_on_time", "state", "said"),
    [
        # Milestones on time: green from 90 %, red under 80 %, at least 10 of them.
        (11, 1, State.MET, "Milestones on time 91.7 %"),
        (10, 2, State.AT_RISK, "Milestones on time 83.3 %"),
        (9, 3, State.MISSED, "Milestones on time 75.0 %"),
        (3, 0, State.NO_VERDICT, "Milestones on time 100.0 %, too few (3 of "),
        (0, 0, State.NO_VERDICT, "Milestones on time: not reported"),
    ],
)
def test_a_kpi_by_its_band(on_time: int, not_on_time: int, state: State, said: str) -> None:
    found, words = one("kpi", "T01", {"milestones": [*met(on_time), *late(not_on_time)]})
    assert found == state
    assert words.startswith(said)


def test_a_kpi_is_read_for_its_engagement_with_its_target() -> None:
    # E1 has 8 of 12 on time (66.7 %), red by the catalogue. Its own target makes 60 % green; E2 has none.
    target = {"kpi_id": "T01", "engagement_id": "E1", "effective_from": date(2026, 1, 1), "green": 60, "red": 40}
    rows = {
        "engagements": [engagement("E1"), engagement("E2")],
        "milestones": [*met(8), *late(4), *(row | {"engagement_id": "E2"} for row in late(12))],
        "targets": [target],
        "requirements": [asked("R", "kpi", "T01"), asked("S", "kpi", "T01", engagement_id="E2")],
    }  # fmt: skip
    assert traced(rows)["state"].tolist() == [State.MET]
    assert traced(rows, "")[["engagement", "state"]].to_numpy().tolist() == [["E2", State.MISSED], ["E1", State.MET]]


def test_a_kpi_that_is_not_part_of_the_service_covers_nothing() -> None:
    rows = {"engagements": [engagement("E1", service_type="laboratory")]}
    state, said = one("kpi", "T06", rows)
    assert state == State.NOT_COVERED
    assert said.endswith("not part of the service")


def test_a_kpi_that_fell_silent_is_not_met() -> None:
    # 10 of 10 until June; July to September were not told: at worst it is not green.
    told = [{"engagement_id": "E1", "kpi_id": "T06", "month": f"2026-{month:02}", "numerator": 10, "denominator": 10}
            for month in range(1, 7)]  # fmt: skip
    state, said = one("kpi", "T06", {"engagements": [engagement("E1", service_type="full")], "kpi_data": told})
    assert state == State.NO_VERDICT
    assert said.endswith("but 3 months not reported")


@pytest.mark.parametrize(
    ("kind", "evidence", "said"),
    [
        ("", "", "no evidence is named"),
        ("milestone", "xyz", "no milestone xyz in the plan of the study"),
        ("milestone", "siv", "no milestone siv in the plan of the study"),  # of a site only
        ("deliverable", "D9", "no deliverable D9 of this engagement"),  # of another engagement
        ("kpi", "Z99", "no KPI Z99"),
        ("milestone", "D1", "no milestone D1 in the plan of the study; it is a deliverable"),
        ("deliverable", "t01", "no deliverable t01 of this engagement; it is a KPI"),
    ],
)
def test_not_covered_says_why(kind: str, evidence: str, said: str) -> None:
    rows = {
        "engagements": [engagement("E1"), engagement("E2")],
        "milestones": [milestone("siv", "2026-06-30", site_id="DE-1")],
        "deliverables": [deliverable("D1", "2026-06-30"), deliverable("D9", "2026-06-30", engagement_id="E2")],
    }
    assert one(kind, evidence, rows) == (State.NOT_COVERED, said)


def test_codes_are_found_whatever_their_letters() -> None:
    found = traced(
        {
            "milestones": [milestone("dbl", "2026-06-30", "2026-06-30")],
            "requirements": [asked("R", "milestone", " DBL "), asked("S", "kpi", "t01")],
        }
    )
    assert sorted(found["evidence_id"]) == ["T01", "dbl"]
    assert State.NOT_COVERED not in set(found["state"])


def test_what_was_cancelled_covers_nothing() -> None:
    gone = {"cancelled_on": "2026-03-01"}
    assert one("milestone", "dbl", {"milestones": [milestone("dbl", "2026-06-30") | gone]}) == (
        State.NOT_COVERED,
        "Database lock (DBL), cancelled on 1 Mar 2026",
    )
    # Cancelled only after the as-of date: it still stands.
    later = {"milestones": [milestone("dbl", "2026-06-30", cancelled_on="2026-10-01")]}
    assert one("milestone", "dbl", later)[0] == State.MISSED


@pytest.mark.parametrize(
    ("due", "state", "said"),
    [
        ("2026-02-28", State.MISSED, ", due 28 Feb 2026, not reached when the contract was cancelled on 31 Mar 2026"),
        ("2026-06-30", State.NOT_COVERED, ", not due yet when the contract was cancelled on 31 Mar 2026"),
    ],
)
def test_a_cancelled_contract(due: str, state: State, said: str) -> None:
    rows = {"engagements": [CANCELLED], "milestones": [milestone("csr", due)]}
    assert one("milestone", "csr", rows) == (state, f"Clinical study report (CSR){said}")


def test_an_engagement_that_was_closed_is_no_longer_on_course() -> None:
    open_ = {"engagements": [CLOSED], "milestones": [milestone("csr", "2026-12-31", forecast="2026-12-31")]}
    assert one("milestone", "csr", open_) == (
        State.AT_RISK,
        "Clinical study report (CSR), due 31 Dec 2026, not reached when the engagement was closed on 31 Mar 2026",
    )
    unread = {"engagements": [CLOSED], "deliverables": [deliverable("Plan", "2026-02-28", "2026-02-28")]}
    assert one("deliverable", "Plan", unread) == (
        State.NO_VERDICT,
        "Plan, due 28 Feb 2026, delivered on time, acceptance not reported",
    )


def test_a_kpi_of_what_ended_is_read_over_its_last_year() -> None:
    # Closed 31 Mar 2026, read 18 months later: the milestones of mid 2025 are none of the trailing twelve months.
    rows = {"engagements": [CLOSED], "milestones": met(12, "2025-06-30"), "requirements": [asked("R", "kpi", "T01")]}
    later = date(2027, 9, 30)
    assert traced(rows, as_of=later)["state"].tolist() == [State.MET]
    assert traced(rows, "", as_of=later)["state"].tolist() == [State.MET]
    assert traced({**rows, "engagements": [engagement("E1")]}, as_of=later)["state"].tolist() == [State.NO_VERDICT]


MANY: Kinds = {
    "milestones": [
        milestone("fpi", "2026-01-31", "2026-01-31"),
        milestone("lpi", "2026-06-30", "2026-07-12"),
        milestone("dbl", "2026-12-31", forecast="2027-01-31"),
        milestone("csr", "2027-06-30"),
    ],
    "requirements": [
        asked("1", "milestone", "fpi"),
        asked("2", "milestone", "lpi", priority="should"),
        asked("3", "milestone", "lpi", priority="must"),
        asked("4", "milestone", "dbl"),
        asked("5", "milestone", "csr"),
        asked("6", priority="should"),
        asked("7"),
        asked("8", "kpi", "T01"),
        asked("9", "milestone", "fpi", priority="should"),
    ],
}


def test_must_haves_without_evidence_come_first_and_are_red() -> None:
    found = traced(MANY)
    assert found["requirement_id"].tolist() == ["7", "3", "2", "4", "6", "8", "5", "1", "9"]
    assert found["light"].iloc[0] == "red"
    assert found.loc[found["requirement_id"] == "6", "light"].iloc[0] == "not_reported"
    # Nothing but what is met is shown as green.
    assert set(found.loc[found["light"] == "green", "state"]) == {State.MET}


def test_the_finding_and_what_is_met_so_far() -> None:
    found = traced(MANY)
    # Must-haves: 1 met, 3 missed, 4 at risk, 5 on course, 7 without evidence, 8 without a verdict: one of six is met.
    # All nine: 1 and 9 are met.
    assert requirements.finding(found) == (
        "1 of 6 must-haves is missed (What 3 asks), 1 is at risk (What 4 asks) and 1 has no evidence (What 7 asks)."
    )
    assert requirements.outcome(found) == "Met so far: 1 of 6 must-haves (17 %) and 2 of 9 requirements in all (22 %)."


def test_the_outcome_at_the_close() -> None:
    found = traced({**MANY, "engagements": [CLOSED]})
    assert requirements.outcome(found) == (
        "The engagement was closed on 31 Mar 2026. Met: 1 of 6 must-haves (17 %) and 2 of 9 requirements in all (22 %)."
    )
    found = traced({**MANY, "engagements": [CANCELLED]})
    assert requirements.outcome(found).startswith("The engagement was cancelled on 31 Mar 2026. Met: 1 of 6")


def test_where_nothing_is_wrong_it_says_so() -> None:
    good = traced({**MANY, "requirements": [asked("1", "milestone", "fpi"), asked("5", "milestone", "csr")]})
    assert requirements.finding(good) == "None of 2 must-haves is missed, at risk or without evidence."
    assert requirements.outcome(good) == "Met so far: 1 of 2 must-haves (50 %)."
    should = traced({**MANY, "requirements": [asked("2", "milestone", "lpi", priority="should")]})
    assert requirements.finding(should) == (
        "There is no must-have among them. 1 of 1 requirement is missed (What 2 asks)."
    )
    assert requirements.outcome(should) == "Met so far: 0 of 1 requirement (0 %)."


def test_a_finding_stays_short() -> None:
    long = [asked(str(number), requirement=f"{number} " + "word " * 50) for number in (1, 2)]
    assert requirements.finding(traced({"requirements": long})) == (
        f"2 of 2 must-haves have no evidence (1 {'word ' * 13}… and 1 more)."
    )


def test_without_a_requirement_there_is_nothing_to_say() -> None:
    found = traced({})
    assert found.empty
    assert list(found) == list(requirements.COLUMNS)
    assert (requirements.finding(found), requirements.outcome(found)) == ("", "")


def concerns(kinds: Kinds, **scope: Any) -> pd.DataFrame:
    store = small(kinds)
    with store.read() as cursor:
        return requirements.concerns(View(cursor, scope_of(store, WEDNESDAY, **scope)))


def test_the_must_haves_that_need_attention_over_all_in_scope() -> None:
    two = {
        **MANY,
        "cros": cros("A", "B"),
        "engagements": [engagement("E1"), engagement("E2", "B", study_id="S2")],
        "requirements": [*MANY["requirements"], asked("X", engagement_id="E2")],
    }
    found = concerns(two)
    assert found["requirement_id"].tolist() == ["7", "X", "3", "4"]
    assert requirements.across(found) == (
        "4 must-haves of 2 engagements need attention: 1 missed, 1 at risk and 2 not covered."
    )
    # What is outside the scope is not seen, nor what the viewer may not see.
    assert concerns(two, cros=("B",))["requirement_id"].tolist() == ["X"]
    assert concerns(two, visible_engagements=("E1",))["requirement_id"].tolist() == ["7", "3", "4"]
    assert traced(two, "E2", visible_cros=("A",)).empty
    nothing = concerns({})
    assert requirements.across(nothing) == "No must-have is missed, at risk or without evidence."


def test_what_can_be_chosen_as_evidence() -> None:
    store = small(
        {
            "engagements": [engagement("E1", service_type="laboratory"), engagement("E2")],
            "milestones": [milestone("dbl", "2026-06-30"), milestone("own_code", "2026-06-30")],
            "deliverables": [deliverable("D1", "2026-06-30"), deliverable("D2", "2026-06-30", engagement_id="E2")],
            "requirements": [asked("R", "milestone", "xyz")],
        }
    )
    with store.read() as cursor:
        found = requirements.evidence(View(cursor, scope_of(store, WEDNESDAY)), "E1")
    assert found["dbl"] == "Database lock (DBL) · milestone"
    assert found["own_code"] == "Own code · milestone"
    assert found["D1"] == "D1 · deliverable"
    assert "D2" not in found
    assert found["T01"] == "Milestones on time · KPI"
    assert "T06" not in found  # a laboratory enrols nobody
    assert found["xyz"] == "xyz, not known here"


@pytest.mark.parametrize("service", [*templates.REQUIREMENTS, ""])
def test_what_is_usual_is_offered_for_every_service(service: str) -> None:
    assert {row[-1] for row in templates.REQUIREMENTS[service or "other"]} <= {"", *CODES}
    planned = [milestone("dbl", "2026-06-30"), milestone("final_report", "2026-06-30")]
    store = small({"engagements": [engagement("E1", service_type=service)], "milestones": planned})
    with store.read() as cursor:
        offered = requirements.usual(View(cursor, scope_of(store, WEDNESDAY)), "E1")
    assert any(row["priority"] == "must" for row in offered)
    assert {row["evidence_id"] for row in offered} <= {"", "dbl", "final_report"}
    assert all(bool(row["evidence_type"]) == bool(row["evidence_id"]) for row in offered)


def test_what_is_usual_in_the_field_names_its_evidence() -> None:
    planned = [milestone(code, "2026-06-30") for code in ("study_plan", "draft_report", "final_report")]
    store = small({"engagements": [engagement("E1", service_type="preclinical")], "milestones": planned})
    with store.read() as cursor:
        offered = requirements.usual(View(cursor, scope_of(store, WEDNESDAY)), "E1")
    # In-life start is not in this plan, and no milestone shows what is paid.
    assert [row["evidence_id"] for row in offered] == [
        "study_plan",
        "",
        "draft_report",
        "final_report",
        "final_report",
        "",
    ]
