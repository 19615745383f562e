"""Every KPI in use, and where the others lie: for the CRO without their names."""

import math
from collections.abc import Sequence

from analytics import headline as heads
from analytics.catalogue import BY_ID
from analytics.kpi import Band, Domain
from analytics.reviews import explanations, reply_words
from analytics.score import Part, Score
from analytics.verdict import red_by_fact
from analytics.words import BAND_WORDS, count
from reports.content import Figure, Figures, Section, Table
from reports.topics.cells import column, number, scored
from reports.topics.subject import Subject

NAMED = 30
"""So many other CROs are named to us."""
PEERS = 3
"""With fewer other CROs a range would tell whose number it is."""


def scorecard_of(subject: Subject) -> Section:
    """Every KPI in use, with what is said of it, and where the others lie."""
    said = explanations(subject.now, subject.found)
    before = {part.kpi: part for part in subject.before.parts} if subject.before else {}
    parts = [part for part in subject.score.parts if part.applicable]
    figures = tuple(
        _figure(
            subject,
            part,
            before.get(part.kpi),
            said.get(part.kpi, ""),
            reply_words(subject.answers.get(part.kpi), subject.found.shared_on is not None),
        )
        for part in parts
    )
    red = [one for one in figures if one.band == Band.RED]
    unexplained = sum(not one.explained for one in red)
    finding = f"{len(red)} of {count(len(figures), 'KPI')} in use {'is' if len(red) == 1 else 'are'} red"
    finding += f", {unexplained} unexplained." if red else "."
    return Section(
        key="scorecard",
        title="Scorecard",
        finding=finding,
        blocks=(Figures(figures=figures, title="KPIs in use"), _peers(subject, parts), _by_name(subject)),
    )


def _figure(subject: Subject, part: Part, was: Part | None, explained: str, reply: str) -> Figure:
    row, kpi = part.row, BY_ID[part.kpi]
    then = was.row if was else None
    sources = [kpi.source, f"known up to upload {subject.view.scope.known_at}"]
    return Figure(
        id=kpi.id, label=kpi.label, domain=kpi.domain.value, unit=row["unit"], value=row["value"],
        text="–" if row["value"] is None else heads.value_text(row), band=str(part.band), word=heads.word(row),
        n=row["n"], counted=heads.counted(row) if row["n"] else "", low=row["low"], high=row["high"],
        interval=heads.interval_text(row) + (f" Red: {kpi.red_because}." if red_by_fact(row) else ""),
        definition=kpi.definition, threshold=heads.threshold_text(row), source="; ".join(filter(None, sources)),
        previous=then["value"] if then else None,
        previous_text="–" if then is None or then["value"] is None else heads.value_text(then),
        points=part.points, weight=part.weight, stale=part.stale, explained=explained, reply=reply,
    )  # fmt: skip


def _peers(subject: Subject, parts: Sequence[Part]) -> Table:
    """Where the other CROs lie, without their names: only where there are enough of them."""
    lines = []
    for part in parts:
        others = [
            other.row
            for code, score in subject.card.scores.items()
            for other in score.parts
            if code != subject.found.cro_id and other.kpi == part.kpi and other.band.rated
        ]
        if len(others) >= PEERS:
            values = sorted(others, key=lambda row: row["value"])
            low, high = (heads.value_text(values[place]) for place in (0, -1))
            own = "–" if part.row["value"] is None else heads.value_text(part.row)
            lines.append((BY_ID[part.kpi].label, own, low, high, len(others)))
    return Table(
        title="Where the others lie",
        columns=(column("KPI"), column("This CRO"), column("Lowest of the others"), column("Highest of the others"),
                 number("Others")),
        rows=tuple(lines),
        empty=f"No KPI is rated at {PEERS} other CROs or more: a range of fewer would tell whose it is.",
    )  # fmt: skip


def _by_name(subject: Subject) -> Table:
    """For us alone the scores of the other CROs, in the order of their names: an order of few by score would say more
    than the numbers do. Of very many those with the nearest score."""
    scores = subject.card.scores
    near = sorted(scores, key=lambda code: (code != subject.found.cro_id, _apart(subject.score, scores[code])))
    lines = [
        (
            f"{subject.card.names[code]}{' (this CRO)' if code == subject.found.cro_id else ''}",
            scored(score.value),
            BAND_WORDS[score.band],
            *(score.domains.get(domain) for domain in Domain),
        )
        for code, score in ((code, scores[code]) for code in near[: NAMED + 1])
    ]
    nearest = f" (the {NAMED} nearest by score)" if len(near) > NAMED + 1 else ""
    return Table(
        title=f"Beside our other CROs, by name{nearest}",
        columns=(column("CRO"), column("Score"), column("Light"), *(number(domain.value) for domain in Domain)),
        rows=tuple(sorted(lines, key=lambda line: str(line[0]).casefold())),
        internal=True,
    )


def _apart(one: Score, other: Score) -> float:
    """Points between two scores; without one, further than any."""
    return math.inf if one.value is None or other.value is None else abs(one.value - other.value)
