"""What was agreed: before this review, with what became of it, and in it."""

from collections.abc import Mapping
from typing import Any

import pandas as pd

from analytics.practices import effect
from analytics.words import count
from reports.content import Cell, Section, Table
from reports.topics.cells import SIDES, cell, column, day, wide
from reports.topics.subject import Subject


def last_actions(subject: Subject) -> Section:
    """What was agreed before, done or late, and whether it helped."""
    done, own = subject.done, subject.agreed
    before = [
        frame[frame["action"].map(lambda one: own.get(one) != subject.found.review_id).astype(bool)]
        for frame in (subject.still, done[done["closed"] > pd.Timestamp(subject.found.previous_end)])
    ]
    helped = {one["action"]: str(one["verdict"]) for one in effect.effects(subject.now).to_dict("records")}
    lines = [_action_line(one, helped) for frame in before for one in frame.to_dict("records")]
    late = int(before[0]["overdue"].sum())
    finding = (
        f"{len(before[1])} done, {late} late, {len(before[0]) - late} not due yet." if lines else "None were open."
    )
    table = Table(
        title="Actions agreed before",
        columns=(wide("What"), column("Study"), column("Owner"), column("Side"), day("Due"), column("State"),
                 column("Did it help?")),
        rows=tuple(lines),
        empty="No action was open, or closed since the quarter before.",
    )  # fmt: skip
    return Section(key="actions", title="Actions of the last quarter", finding=finding, blocks=(table,))


def _action_line(one: Mapping[Any, Any], helped: Mapping[str, str]) -> tuple[Cell, ...]:
    if one["open"]:
        late = count(int(one["days"]), "day") if one["overdue"] else ""
        state = f"open, {late} late" if late else "open"
    else:
        state = f"done {cell(one['closed'])}"
    return (
        one["what"], one["study"], one["owner"], SIDES.get(one["side"], ""), cell(one["due"]), state,
        helped.get(one["action"], ""),
    )  # fmt: skip


def agreed_now(subject: Subject) -> Section:
    """Decisions and actions of this review, to be read back."""
    lines = [
        (one["type"], one["what"], one["study"], one["owner"], SIDES.get(one["side"], ""), cell(one["due"]))
        for frame in (subject.still, subject.done)
        for one in frame.to_dict("records")
        if subject.agreed.get(one["action"]) == subject.found.review_id
    ]
    decisions = sum(line[0] == "decision" for line in lines)
    table = Table(
        title="Agreed in this review",
        columns=(column("Kind"), wide("What"), column("Study"), column("Owner"), column("Side"), day("Due")),
        rows=tuple(sorted(lines, key=lambda line: (line[0] != "decision", str(line[5])))),
        empty="Nothing yet: what is agreed in the meeting stands here.",
    )
    finding = f"{count(decisions, 'decision')}, {count(len(lines) - decisions, 'action')}." if lines else "Nothing yet."
    return Section(key="agreed", title="Decisions and actions", finding=finding, blocks=(table,))
