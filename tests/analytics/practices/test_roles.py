"""Who does what, and whether they are still there: small stores, worked by hand."""

from collections.abc import Callable
from typing import Any, TypeVar

import pandas as pd
import pytest

from analytics.practices import roles
from analytics.view import View
from tests.analytics.goldens.case import WEDNESDAY, assignment, deliverable
from tests.world import Kinds, cros, engagement, scope_of, small

T = TypeVar("T")
OURS = {"sponsor_pm": "Ana Ruiz", "cro_lead": "Lo Lead"}
PM = {"role": "Project manager"}
TEAM = [
    assignment("1", "2025-01-06", "2026-06-30", "left", person="Mette Holm", **PM),
    assignment("2", "2026-07-06", person="Jonas Krag", role="project manager "),
    assignment("3", "2026-01-01", "2026-09-30", "rolled_off", person="Kim Vo"),  # the as-of date is their last day
    assignment("4", "2026-02-01", "2026-10-15", "left", person="Di Lun"),  # still here at the as-of date
    assignment("5", "2025-01-06", "2025-12-31", "left", person="Bo Ek", role="data manager"),
    assignment("6", "2026-03-02", person="bo  ek", role="data manager"),  # came back
]


def duty(activity: str, responsible: str = "", accountable: str = "", **more: str) -> dict[str, object]:
    row: dict[str, object] = {
        "engagement_id": "E1",
        "activity": activity,
        "responsible": responsible,
        "accountable": accountable,
    }
    return row | more


def asked(question: Callable[[View, str], T], kinds: Kinds, engagement_id: str = "E1", **scope: Any) -> T:
    store = small({"engagements": [engagement("E1", **OURS)], **kinds})
    with store.read() as cursor:
        return question(View(cursor, scope_of(store, WEDNESDAY, **scope)), engagement_id)


def said(kinds: Kinds) -> list[str]:
    checks = asked(roles.raci, kinds).checks
    return [f"{row['weight']}: {row['says']}" for row in checks.to_dict("records")]


def test_the_matrix_has_several_letters_in_a_cell_and_several_people_in_a_cell_of_the_file() -> None:
    # Jonas is R and A of one activity, under two spellings, so he stands first; Ana, on our side, after the CRO's.
    duties = [
        duty("Site monitoring", "jonas krag; Di Lun", "Jonas Krag", consulted="Ana Ruiz", informed="Medical team"),
        duty("Budget", "Ana Ruiz", "Ana Ruiz", informed="Mette Holm and Di Lun"),
    ]
    matrix = asked(roles.raci, {"responsibilities": duties, "team": TEAM}).matrix
    assert matrix.columns.tolist() == ["", "jonas krag", "Di Lun", "Mette Holm (left)", "Ana Ruiz", "Medical team"]
    assert matrix.to_numpy().tolist() == [
        ["Budget", "", "I", "I", "R A", ""],
        ["Site monitoring", "R A", "R", "", "C", "I"],
    ]


def test_what_is_wrong_is_said_in_a_sentence() -> None:
    duties = [
        duty("Lock", "Bo Ek", "Jonas Krag; Ana Ruiz"),
        duty("Budget"),
        duty("Close-out", "Kim Vo", "METTE HOLM "),
        duty("Training", "Di Lun; di lun", "project manager", informed="Sponsor project manager; Data office"),
    ]
    assert said({"responsibilities": duties, "team": TEAM}) == [
        "problem: Nobody is accountable for Budget.",
        "problem: Nobody is responsible for Budget.",
        "problem: Nobody who is still here is responsible or accountable for Close-out.",
        "problem: Jonas Krag and Ana Ruiz are accountable for Lock: where two are, nobody is. Name one.",
        "problem: Kim Vo (monitor) left on 30 Sep 2026 and still stands in Close-out. Di Lun has the role now.",
        "problem: METTE HOLM (Project manager) left on 30 Jun 2026 and still stands in Close-out. "
        "Jonas Krag has the role now.",
        "note: Di Lun stands twice as responsible for Training; once is counted.",
        "note: Data office is not in the team: a department, or a name that is written otherwise there.",
    ]


def test_a_role_that_nobody_has_any_more_is_vacant() -> None:
    gone = assignment("9", "2025-01-06", "2026-05-31", "left", person="Cy", role="Medical monitor")
    found = said({"responsibilities": [duty("Safety", "medical monitor", "Jonas Krag")], "team": [*TEAM, gone]})
    assert found == ["problem: Nobody has been medical monitor since 31 May 2026 and still stands in Safety."]


def test_after_the_end_of_the_engagement_nobody_has_left_it() -> None:
    kinds = {
        "engagements": [engagement("E1", closed_on="2026-09-15", **OURS)],
        "responsibilities": [duty("Close-out", "Kim Vo", "Mette Holm")], "team": TEAM,
    }  # fmt: skip
    assert said(kinds) == []


@pytest.mark.parametrize(("others", "told"), [(7, False), (8, True)])
def test_one_person_on_too_many_activities(others: int, told: bool) -> None:
    # `others` by name (R and A of the same one count once), one by the role that only Jonas has: 8 are not more than 8,
    # 9 are. Being consulted is no load, and the role monitor, of one person here, is not his.
    duties = [duty(f"Task {number}", "Jonas Krag", "Jonas Krag") for number in range(others)]
    duties += [duty("Plan", "Project Manager", "Ana Ruiz"), duty("Other", "monitor", "Bo Ek", consulted="Jonas Krag")]
    found = [one for one in said({"responsibilities": duties, "team": TEAM}) if "more than" in one]
    assert found == [
        "problem: Jonas Krag is responsible or accountable for 9 activities, more than 8: "
        "Plan, Task 0, Task 1, Task 2 and 5 more."
    ] * told  # fmt: skip


def test_a_person_twice_in_the_team_is_said() -> None:
    twice = assignment("7", "2026-08-01", person="jonas KRAG", role="Project manager")
    assert said({"responsibilities": [duty("Plan", "Jonas Krag", "Bo Ek")], "team": [*TEAM, twice]}) == [
        "note: jonas KRAG stands in the team twice at the same time as Project manager."
    ]


def test_without_a_team_it_says_so_once() -> None:
    assert said({"responsibilities": [duty("Plan", "Jo", "Mo"), duty("Budget", "Bo", "Ana Ruiz")]}) == [
        "note: The team of this study is not recorded, so nobody can be looked up in it."
    ]


def test_who_to_ask_for_what() -> None:
    plan = [
        {"engagement_id": "E1", "touchpoint": name, "frequency": "weekly", "owner": owner, "channel": channel}
        for name, owner, channel in (
            ("Call", "project manager", "video call"), ("Report", "jonas krag", "portal"), ("Other", "Ana Ruiz", "mail")
        )
    ]  # fmt: skip
    duties = [duty("Plan", "Jonas Krag", "Ana Ruiz"), duty("Visits", "Mette Holm; Office", "Jonas Krag")]
    asks = asked(roles.raci, {"responsibilities": duties, "team": TEAM, "communication_plan": plan}).asks
    told = asks.drop(columns=["since", "role"]).astype(object).where(asks.notna(), None).to_numpy().tolist()
    # Mette left; who has her role now is asked instead. Her role is still that of the owner of the call.
    assert told == [
        ["Plan", "Jonas Krag", "the CRO", "here", "", "video call, portal", "Ana Ruiz"],
        ["Visits", "Mette Holm", "the CRO", "left 30 Jun 2026", "Jonas Krag", "video call", "Jonas Krag"],
        ["Visits", "Office", "", "not in the team", "", None, "Jonas Krag"],
    ]
    assert asks["since"].iloc[0] == pd.Timestamp("2026-07-06")
    assert asks["since"].isna().tolist() == [False, True, True]


KEY: dict[str, Any] = {"key_role": True, "contracted": True}


def test_key_roles_of_one_engagement_only() -> None:
    # E1 runs 2025-01-01 to 2026-09-30, 638 days; Mette, of the contract, 2025-01-06 to 2026-06-30: 541. E2 is another.
    team = [
        assignment("1", "2025-01-06", "2026-06-30", "left", person="Mette", role="Lead", **KEY),
        assignment("2", "2026-07-06", person="Jonas", role="lead", key_role=True, contracted=False),
        assignment("3", "2025-01-01", person="Ada", role="Statistician", engagement_id="E2", **KEY),
    ]
    kinds = {"team": team, "cros": cros("A"), "engagements": [engagement("E1"), engagement("E2")]}
    found = asked(roles.key_roles, kinds)
    assert found[["role", "holder", "contracted"]].to_numpy().tolist() == [["lead", "Jonas", False]]
    assert found["share"].tolist() == [pytest.approx(100 * 541 / 638)]
    assert asked(roles.lost, kinds)[["person", "follower"]].to_numpy().tolist() == [["Mette", "Jonas"]]
    assert asked(roles.key_roles, kinds, "E2")["share"].tolist() == [100]
    values = {row["kpi"]: row["value"] for row in asked(roles.kpis, kinds)}
    assert values["P04"] == pytest.approx(100 * 541 / 638)


def test_deliverables_by_owner() -> None:
    owed = [
        deliverable("1", "2026-06-01", "2026-06-05", responsible="Jonas Krag"),  # late, and done
        deliverable("2", "2026-09-30", responsible="jonas krag "),  # due on the as-of date: overdue
        deliverable("3", "2026-12-01", responsible="Jonas Krag"),
        deliverable("4", "2026-11-01", responsible="Kim Vo"),
        deliverable("5", "2026-05-01", "2026-05-01"),
    ]
    found = asked(roles.owners, {"deliverables": owed, "team": TEAM})
    columns = ["owner", "side", "standing", "open", "overdue", "done"]
    assert found[columns].to_numpy().tolist() == [
        ["Jonas Krag", "the CRO", "here", 1, 1, 1],
        ["Kim Vo", "the CRO", "left 30 Sep 2026", 1, 0, 0],
        ["not recorded", "", "", 0, 0, 1],
    ]
    assert found["next_due"].dt.strftime("%Y-%m-%d").fillna("").tolist() == ["2026-09-30", "2026-11-01", ""]


def test_what_is_outside_the_scope_is_not_seen_and_nothing_is_no_error() -> None:
    kinds = {
        "responsibilities": [duty("Plan", "Jonas Krag", "Ana Ruiz")], "team": TEAM,
        "deliverables": [deliverable("1", "2026-06-01")],
    }  # fmt: skip
    for hidden in ({"visible_cros": ("B",)}, {"visible_engagements": ()}):
        found = asked(roles.raci, kinds, **hidden)
        assert (len(found.matrix), len(found.checks), len(found.asks)) == (0, 0, 0)
        assert asked(roles.owners, kinds, **hidden).empty
        assert asked(roles.key_roles, kinds, **hidden).empty
    for question in (roles.owners, roles.lost, roles.key_roles):
        assert asked(question, {}).empty
    assert asked(roles.raci, {}).matrix.empty


def test_the_summary_counts() -> None:
    found = asked(roles.raci, {"responsibilities": [duty("Plan", "Jonas Krag", "Ana Ruiz")], "team": TEAM})
    assert roles.summary(found) == "1 activity among 2 people and roles; nothing to settle."
    found = asked(roles.raci, {"responsibilities": [duty("Plan", "Mette Holm", "Ana Ruiz")], "team": TEAM})
    assert roles.summary(found) == "1 activity among 2 people and roles; 1 problem to settle."
