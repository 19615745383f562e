"""The content of a review: what each topic says, in the order of the meeting, from the numbers of the engine."""

import hashlib
from collections.abc import Sequence
from dataclasses import asdict, replace
from datetime import date
from itertools import islice
from typing import NamedTuple

from analytics import budget, timelines
from analytics.catalogue import ALL
from analytics.practices import feedback
from analytics.reviews import Review, agreed, replies
from analytics.scope import Scope, quarters_back
from analytics.score import scorecard, work_out
from analytics.view import View
from data import __version__
from reports.content import Cell, Figure, Figures, Pack, Section, Table
from reports.reply import DAYS
from reports.topics import TOPICS, everyone
from reports.topics.cells import column, shown, wide
from reports.topics.subject import Before, Subject

QUARTERS = 4
"""So many quarters stand in a line."""


class Said(NamedTuple):
    """A figure as it is shown, and its number to ten digits, empty where it has none."""

    shown: str
    exact: str


NOT_THERE = Said("not there", "")


def definitions() -> str:
    """SHA-256 of what the KPIs are declared to be: their formulas, thresholds and weights."""
    return hashlib.sha256(repr([sorted(asdict(kpi).items()) for kpi in ALL]).encode()).hexdigest()


def pack(view: View, told: View, found: Review) -> Pack:
    """The pack of the review of one CRO, with everything that we see.

    `view` is as of the cut-off, `told` as of the day up to which actions, comments and replies are told; both over all
    CROs in sight, since the range of the others is shown without names. Raises KeyError where the CRO is not in scope.
    """
    work_out(view, _ends(found))
    card = scorecard(view)
    score = card.scores[found.cro_id]
    own_scope = view.scope.of(cros=(found.cro_id,))
    with view.other(own_scope) as own, told.other(told.scope.of(cros=(found.cro_id,))) as now:
        subject = Subject(
            found=found,
            view=view,
            own=own,
            now=now,
            card=card,
            score=score,
            before=_before(view, found),
            ends=_ends(found),
            currency=budget.currency(own),
            late=timelines.late(own),
            still=feedback.open_actions(now, found.cro_id),
            done=feedback.closed_actions(now, found.cro_id),
            agreed=agreed(now, found.cro_id),
            answers=replies(now, found.review_id),
        )
        return Pack(
            review_id=found.review_id,
            cro_id=found.cro_id,
            cro=card.names[found.cro_id],
            quarter=found.quarter,
            cut_off=view.scope.as_of.isoformat(),
            known_at=view.scope.known_at,
            told_on=told.scope.as_of.isoformat(),
            baseline=view.scope.baseline,
            currency=subject.currency.code,
            version=__version__,
            definitions=definitions(),
            sections=tuple(topic(subject) for topic in TOPICS),
            prepared_by=found.prepared_by or "",
        )


def _before(view: View, found: Review) -> Before:
    with view.at(found.previous_end) as then:
        return scorecard(then).scores.get(found.cro_id)


def _ends(found: Review) -> tuple[date, ...]:
    """The ends of the quarters in the line, the oldest first; the newest is the cut-off."""
    return (*reversed(list(islice(quarters_back(found.cut_off), QUARTERS - 1))), found.cut_off)


def leadership(packs: Sequence[Pack], quarter: str) -> Pack:
    """All CROs on two pages, then the summary of each on one. Raises ValueError where there is none."""
    if not packs:
        raise ValueError(f"There is no CRO to review in {quarter}.")
    ordered = sorted(packs, key=everyone.attention)
    pages = [replace(everyone.page_of(each), key=f"summary-{each.cro_id}", title=each.cro) for each in ordered]
    sections: tuple[Section, ...] = (everyone.all_scores(ordered), everyone.all_decisions(ordered), *pages)
    return replace(
        ordered[0],
        review_id=f"ALL-{quarter}",
        cro_id="",
        cro="All CROs",
        quarter=quarter,
        known_at=max(each.known_at for each in packs),
        told_on=max(each.told_on for each in packs),
        currency="",
        edition="leadership",
        sections=sections,
        frozen_on=max(each.frozen_on for each in packs) if all(each.frozen_on for each in packs) else "",
        frozen_by="",
    )


def restated(frozen: Pack, now: Pack) -> Table:
    """What the figures of a frozen review would be by what is known now: those that changed alone.

    Columns: what, as frozen, as known now. Figures that are only on one side say so.
    """
    then, today = _said(frozen), _said(now)
    rows = tuple(
        (code[1], *_beside(then.get(code, NOT_THERE), today.get(code, NOT_THERE)))
        for code in dict.fromkeys((*then, *today))
        if then.get(code) != today.get(code)
    )
    return Table(
        title="Restated since",
        columns=(wide("What"), column("As frozen"), column("As known now")),
        rows=rows,
        empty="Nothing: every figure is as it was frozen.",
    )


def _said(found: Pack) -> dict[tuple[str, str], Said]:
    """Every figure and every milestone's days by cause, by its code and label."""
    said: dict[tuple[str, str], Said] = {}
    for section in found.sections:
        for block in section.blocks:
            if isinstance(block, Figures):
                said |= {(one.id, one.label): _figure(one) for one in block.figures}
            elif isinstance(block, Table) and block.title == DAYS:
                said |= {(str(row[0]), f"{row[1]}, {row[2]}"): _days(block, row) for row in block.rows}
    return said


def _figure(one: Figure) -> Said:
    if one.value is None:
        return Said(one.band.replace("_", " "), "")
    return Said(one.text, f"{one.value:.10g}")


def _beside(then: Said, now: Said) -> tuple[str, str]:
    """Both as shown, or as the numbers themselves where that looks the same."""
    return (then.exact, now.exact) if then.shown == now.shown else (then.shown, now.shown)


def _days(table: Table, row: Sequence[Cell]) -> Said:
    """The days of a milestone by cause, and whether they are agreed; what the CRO replied is no part of the figure."""
    told = [f"{column.name} {shown(cell)}" for column, cell in zip(table.columns[3:-1], row[3:-1], strict=True)]
    return Said(", ".join(told).lower(), "")


def scopes(seen: Scope, found: Review, told_on: date) -> tuple[Scope, Scope]:
    """The scopes that `pack` asks for: as of the cut-off, and as of the day up to which is told."""
    at = replace(seen, as_of=found.cut_off)
    return at, replace(at, as_of=max(told_on, found.cut_off))
