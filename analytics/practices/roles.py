"""Who does what on one engagement and who answers for it (RACI), and whether these people are still there."""

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

import pandas as pd

from analytics import relationship
from analytics.headline import headline
from analytics.view import View
from analytics.words import count, day, listing
from data.contracts.responsibilities import SEVERAL

KPIS = ("P04", "P03")
MOST = 8
"""Activities that one person may be responsible or accountable for before it is said."""
NAMED = 4
"""Activities that a sentence names; the others are counted."""
LETTERS = {"R": "responsible", "A": "accountable", "C": "consulted", "I": "informed"}
SIDES = {"cro": "the CRO", "sponsor": "us"}
OUR_LEAD, THEIR_LEAD = "Sponsor project manager", "CRO lead"
"""Roles of the two people whom the engagement itself names."""
PROBLEM, NOTE = "problem", "note"
NOT_RECORDED = "not recorded"

DUTIES = """
SELECT duty.activity, duty.responsible, duty.accountable, duty.consulted, duty.informed
FROM known_responsibilities AS duty
JOIN fact_engagement AS engagement ON engagement.engagement_id = duty.engagement_id
WHERE duty.engagement_id = $engagement
ORDER BY lower(duty.activity), duty.activity
"""
STAYS = """
SELECT person, role, organisation AS side, start_date AS since, end_date AS ended
FROM fact_assignment
WHERE engagement_id = $engagement
ORDER BY start_date, assignment_id
"""
LEADS = "SELECT sponsor_pm, cro_lead, ended_on FROM fact_engagement WHERE engagement_id = $engagement"
CHANNELS = """
SELECT plan.owner, plan.channel
FROM known_communication_plan AS plan
JOIN fact_engagement AS engagement ON engagement.engagement_id = plan.engagement_id
WHERE plan.engagement_id = $engagement AND plan.channel <> ''
ORDER BY plan.touchpoint
"""
DELIVERABLES = """
SELECT responsible, state, due FROM fact_deliverable WHERE engagement_id = $engagement ORDER BY due, deliverable_id
"""

CHECKS = ["weight", "about", "says"]
ASKS = ["activity", "ask", "role", "side", "since", "standing", "instead", "channel", "accountable"]
OWNERS = ["owner", "side", "standing", "open", "overdue", "done", "next_due"]

Row = dict[str, Any]
Check = tuple[str, str, str]
"""Weight, about whom or what, and the sentence."""


def same(name: object) -> str:
    """A name as it is compared: without capitals and spare spaces."""
    return " ".join(str(name or "").casefold().split())


def people(cell: object) -> list[str]:
    """The names in one cell, as written."""
    return [name.strip() for name in re.sub(SEVERAL, ";", str(cell or "")).split(";") if name.strip()]


@dataclass(frozen=True, slots=True)
class Standing:
    """Who a name is at the as-of date. `state`: here, left, or unknown; `people`: who is meant and here, several where
    the name is a role; `by_role`: whether it is one."""

    state: str
    people: tuple[str, ...] = ()
    role: str = ""
    side: str = ""
    since: date | None = None
    ended: date | None = None
    by_role: bool = False

    @property
    def word(self) -> str:
        if self.state == "unknown":
            return "not in the team"
        if self.state == "here":
            return "here"
        return f"{'vacant since' if self.by_role else 'left'} {day(self.ended)}"


class Team:
    """The people of an engagement, found by their name or by their role.

    Who has left every one of their assignments is gone. The leads whom the engagement names count as here, unless the
    team says more of them.
    """

    def __init__(self, view: View, engagement: str) -> None:
        self.stays = view.rows(STAYS, engagement=engagement)
        self.recorded = bool(self.stays)
        [leads] = view.rows(LEADS, engagement=engagement) or [dict.fromkeys(("sponsor_pm", "cro_lead", "ended_on"))]
        self.over = leads["ended_on"] is not None
        for name, role, side in (("sponsor_pm", OUR_LEAD, "sponsor"), ("cro_lead", THEIR_LEAD, "cro")):
            if leads[name] and not self._of("person", leads[name]):
                self.stays.append({"person": leads[name], "role": role, "side": side, "since": None, "ended": None})

    def find(self, name: str) -> Standing:
        """Who is meant by a name of a person or of a role."""
        by_role = not (mine := self._of("person", name))
        mine = mine or self._of("role", name)
        if not mine:
            return Standing("unknown")
        now = [stay for stay in mine if stay["ended"] is None]
        newest = (now or sorted(mine, key=lambda stay: stay["ended"]))[-1]
        known = {"role": newest["role"], "side": newest["side"], "by_role": by_role}
        if not now:
            return Standing("left", ended=newest["ended"], **known)
        starts = [stay["since"] for stay in now if stay["since"]]
        who = tuple(dict.fromkeys(stay["person"] for stay in now))
        return Standing("here", people=who, since=min(starts, default=None), **known)

    def followers(self, role: str) -> list[str]:
        """Who has a role now."""
        return list(dict.fromkeys(stay["person"] for stay in self._of("role", role) if stay["ended"] is None))

    def twice(self) -> list[tuple[str, str]]:
        """Person and role of those who have one role twice at the same time."""
        now = Counter((same(stay["person"]), same(stay["role"])) for stay in self.stays if stay["ended"] is None)
        written = {(same(stay["person"]), same(stay["role"])): (stay["person"], stay["role"]) for stay in self.stays}
        return [written[key] for key, times in now.items() if times > 1]

    def _of(self, column: str, name: str) -> list[Row]:
        return [stay for stay in self.stays if same(stay[column]) == same(name)]


@dataclass(frozen=True, slots=True)
class Raci:
    """Who does what, and what is wrong with it.

    `matrix`: one row an activity, its name in the column without a name, one column a person or role with the letters
    (R A C I). `checks`: weight (problem or note), about (activity or person), says. `asks`, one row an activity and
    who does it: activity, ask (as written), role, side, since (here since), standing, instead (who has the role of one
    who left), channel (of the communication plan; none: none agreed), accountable.
    """

    matrix: pd.DataFrame
    checks: pd.DataFrame
    asks: pd.DataFrame


def kpis(view: View, engagement: str) -> list[dict[str, Any]]:
    """Continuity of the key roles and turnover of the team of one engagement, as at the head of a page."""
    with view.other(view.scope.of(engagements=(engagement,))) as own:
        return headline(own, KPIS)


def raci(view: View, engagement: str) -> Raci:
    """The responsibilities of one engagement at the as-of date. Names are compared without capitals and spare spaces.

    A name that is nobody's is looked for among the roles of the team. Once the engagement has ended, who left is no
    problem any more.
    """
    with view.other(view.scope.of(engagements=(engagement,))) as own:
        duties, team = own.rows(DUTIES, engagement=engagement), Team(own, engagement)
        channels = own.rows(CHANNELS, engagement=engagement)
    names = [row["activity"] for row in duties]
    cells = [{letter: people(row[column]) for letter, column in LETTERS.items()} for row in duties]
    written = _written(name for cell in cells for letter in LETTERS for name in cell[letter])
    told = _Told(names, cells, written, {key: team.find(name) for key, name in written.items()}, team)
    checks = [*told.of_activities(), *told.of_those_gone(), *told.of_loads(), *told.of_the_team()]
    return Raci(
        matrix=told.matrix(),
        checks=pd.DataFrame(sorted(checks, key=lambda row: row[0] == NOTE), columns=CHECKS),
        asks=pd.DataFrame(list(told.asks(channels)), columns=ASKS).astype({"since": "datetime64[us]"}),
    )


def _written(names: Iterable[str]) -> dict[str, str]:
    """Each name once, as it was first written, by how it is compared."""
    found: dict[str, str] = {}
    for name in names:
        found.setdefault(same(name), name)
    return found


@dataclass(frozen=True, slots=True)
class _Told:
    """The activities by `names`, the people in the `cells` of each by letter, how each is `written` and who that is
    (`found`), by how the name is compared."""

    names: list[str]
    cells: list[dict[str, list[str]]]
    written: dict[str, str]
    found: dict[str, Standing]
    team: Team

    def _rows(self) -> Iterator[tuple[str, dict[str, dict[str, str]]]]:
        """Each activity with the names of its cells, each once."""
        for name, cell in zip(self.names, self.cells, strict=True):
            yield name, {letter: _written(cell[letter]) for letter in LETTERS}

    def _gone(self, key: str) -> bool:
        return self.found[key].state == "left" and not self.team.over

    def matrix(self) -> pd.DataFrame:
        busy = Counter(key for _, cell in self._rows() for letter in "RA" for key in cell[letter])
        sides = [*SIDES, ""]
        order = sorted(self.written, key=lambda key: (sides.index(self.found[key].side), -busy[key], key))
        heads = {key: self._head(key) for key in order}
        rows = [
            {"": name} | {heads[key]: " ".join(letter for letter in LETTERS if key in cell[letter]) for key in order}
            for name, cell in self._rows()
        ]
        return pd.DataFrame(rows, columns=["", *heads.values()], dtype=object)

    def _head(self, key: str) -> str:
        gone = f" ({'vacant' if self.found[key].by_role else 'left'})" if self._gone(key) else ""
        return f"{self.written[key]}{gone}"

    def of_activities(self) -> Iterator[Check]:
        for (name, cell), as_told in zip(self._rows(), self.cells, strict=True):
            if not cell["A"]:
                yield PROBLEM, name, f"Nobody is accountable for {name}."
            if len(cell["A"]) > 1:
                who = listing(list(cell["A"].values()))
                yield PROBLEM, name, f"{who} are accountable for {name}: where two are, nobody is. Name one."
            if not cell["R"]:
                yield PROBLEM, name, f"Nobody is responsible for {name}."
            behind = [*cell["R"], *cell["A"]]
            if behind and all(map(self._gone, behind)):
                yield PROBLEM, name, f"Nobody who is still here is responsible or accountable for {name}."
            for letter, word in LETTERS.items():
                for key, times in Counter(map(same, as_told[letter])).items():
                    if times > 1:
                        yield NOTE, name, f"{self.written[key]} stands twice as {word} for {name}; once is counted."

    def of_those_gone(self) -> Iterator[Check]:
        for key in filter(self._gone, self.found):
            who, name = self.found[key], self.written[key]
            where = [activity for activity, cell in self._rows() if any(key in cell[letter] for letter in LETTERS)]
            said = f"Nobody has been {name} since" if who.by_role else f"{name} ({who.role}) left on"
            now = self.team.followers(who.role)
            more = f" {listing(now)} {'has' if len(now) == 1 else 'have'} the role now." if now else ""
            yield PROBLEM, name, f"{said} {day(who.ended)} and still stands in {listing(where, NAMED)}.{more}"

    def of_loads(self) -> Iterator[Check]:
        """Of each person who is here or unknown; a role that one person has counts as theirs."""
        loads: dict[str, dict[str, None]] = {}
        shown: dict[str, str] = {}
        for name, cell in self._rows():
            for key in {**cell["R"], **cell["A"]}:
                who = self.found[key]
                if who.state != "left":
                    person = who.people[0] if len(who.people) == 1 else self.written[key]
                    loads.setdefault(same(person), {})[name] = None
                    shown.setdefault(same(person), person)
        for key, held in loads.items():
            if len(held) > MOST:
                said = f"{shown[key]} is responsible or accountable for {count(len(held), 'activity', 'activities')}"
                yield PROBLEM, shown[key], f"{said}, more than {MOST}: {listing(list(held), NAMED)}."

    def of_the_team(self) -> Iterator[Check]:
        for person, role in self.team.twice():
            yield NOTE, person, f"{person} stands in the team twice at the same time as {role}."
        if not self.team.recorded:
            if self.names:
                yield NOTE, "Team", "The team of this study is not recorded, so nobody can be looked up in it."
            return
        for key, who in self.found.items():
            if who.state == "unknown":
                said = "is not in the team: a department, or a name that is written otherwise there."
                yield NOTE, self.written[key], f"{self.written[key]} {said}"

    def asks(self, channels: Sequence[Row]) -> Iterator[Row]:
        for activity, cell in self._rows():
            for key, name in cell["R"].items():
                who = self.found[key]
                called = {same(each) for each in (name, who.role, *who.people)}
                said = dict.fromkeys(row["channel"] for row in channels if same(row["owner"]) in called)
                yield {
                    "activity": activity,
                    "ask": name,
                    "role": listing(who.people) if who.by_role else who.role,
                    "side": SIDES.get(who.side, ""),
                    "since": who.since,
                    "standing": who.word,
                    "instead": listing(self.team.followers(who.role)) if who.state == "left" else "",
                    "channel": ", ".join(said) or None,
                    "accountable": ", ".join(cell["A"].values()),
                }


def summary(found: Raci) -> str:
    """How many activities there are and what is to be settled, in a sentence."""
    problems = int((found.checks["weight"] == PROBLEM).sum())
    said = count(len(found.matrix), "activity", "activities")
    width = len(found.matrix.columns) - 1
    shared = f"{said} among {count(width, 'person or role', 'people and roles')}"
    return f"{shared}; {count(problems, 'problem')} to settle." if problems else f"{shared}; nothing to settle."


def key_roles(view: View, engagement: str) -> pd.DataFrame:
    """The key roles of the CRO on one engagement, with the columns of `analytics.relationship.roles`."""
    with view.other(view.scope.of(engagements=(engagement,))) as own:
        return relationship.roles(own, engagement=engagement)


def lost(view: View, engagement: str) -> pd.DataFrame:
    """The key people of the CRO who left one engagement: the columns of `analytics.relationship.lost` but the study."""
    with view.other(view.scope.of(engagements=(engagement,))) as own:
        return relationship.lost(own, engagement=engagement).drop(columns="study")


def owners(view: View, engagement: str) -> pd.DataFrame:
    """The deliverables of one engagement by who owes them, those with something overdue first.

    Columns: owner (`NOT_RECORDED` where nobody is named), side, standing, open (due later), overdue, done, next_due
    (of what is open or overdue). What was not delivered before the contract was cancelled is overdue.
    """
    with view.other(view.scope.of(engagements=(engagement,))) as own:
        owed, team = own.rows(DELIVERABLES, engagement=engagement), Team(own, engagement)
    written = _written(row["responsible"] or NOT_RECORDED for row in owed)
    rows: list[Row] = []
    for key, name in written.items():
        mine = [row for row in owed if same(row["responsible"] or NOT_RECORDED) == key]
        who = team.find(name)
        states = Counter(_delivery(row["state"]) for row in mine)
        waiting = [row["due"] for row in mine if _delivery(row["state"]) != "done"]
        standing = "" if name == NOT_RECORDED or (team.over and who.state == "left") else who.word
        rows.append(
            {"owner": name, "side": SIDES.get(who.side, ""), "standing": standing}
            | {state: states[state] for state in ("open", "overdue", "done")}
            | {"next_due": pd.Timestamp(min(waiting)) if waiting else None}
        )
    rows.sort(key=lambda row: (-row["overdue"], -row["open"], same(row["owner"])))
    return pd.DataFrame(rows, columns=OWNERS).astype({"next_due": "datetime64[us]"})


def _delivery(state: str) -> str:
    return {"met": "done", "late": "done", "open": "open"}.get(state, "overdue")
