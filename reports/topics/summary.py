"""The first screen: both lights, what changed, what is asked for."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from analytics import budget, cro
from analytics.catalogue import BY_ID
from analytics.kpi import Band, Domain
from analytics.scope import quarter_name
from analytics.score import GREEN_FROM, RED_UNDER, Part, Score, score_band, scorecard
from analytics.why.score import why_score
from analytics.words import BAND_WORDS, count, listing
from analytics.words import score as points
from reports.content import Cell, Figure, Figures, Section, Table, Text
from reports.topics.cells import cell, column, scored
from reports.topics.subject import Subject
from reports.topics.timeline import slip_text

ASKED, NONE = "Decisions asked for", "None."
CHANGES = 3
THRESHOLD = f"Green from {GREEN_FROM:g}, red under {RED_UNDER:g}."


def summary(subject: Subject) -> Section:
    """The first screen: both lights over four quarters, coverage, disputes, changes, slip, money, decisions."""
    score = subject.score
    disputed = [row for row in subject.answers.values() if row["reply"] == "disputed"]
    lines = [
        f"{score.domains_in_use} of {len(Domain)} domains in use; {score.coverage:.0f} % of their weight is rated.",
        f"{count(len(disputed), 'figure')} disputed by the CRO, "
        f"{sum((row['dispute'] or 'open') == 'open' for row in disputed)} of them open.",
        slip_text(subject.late),
        f"{budget.growth(budget.steps(subject.own), subject.currency.code)}.",
    ]
    return Section(
        key="summary",
        title="Summary",
        finding=cro.verdict(score),
        blocks=(
            _lights(subject),
            Figures(figures=(_score_figure(subject), *_domain_figures(subject)), tiles=True),
            Text(title="In short", lines=tuple(lines)),
            Text(title=f"Changes since {quarter_name(subject.found.previous_end)}", lines=_changes(subject)),
            Text(title=ASKED, lines=_decisions_asked(subject)),
        ),
    )


def _score_figure(subject: Subject) -> Figure:
    score, was = subject.score, subject.before.value if subject.before else None
    return Figure(
        id="score", label="CRO performance", domain="All", unit="points", value=score.value,
        text=scored(score.value), band=str(score.band),
        word=BAND_WORDS[score.band], n=None, counted=f"{score.coverage:.0f} % of the weight", low=score.low,
        high=score.high, interval=" ".join(cro.score_sureness(score)),
        definition="The mean of the domains in use; in each, the weighted mean of the KPIs that are rated.",
        threshold=THRESHOLD, source="", previous=was,
        previous_text=scored(was),
    )  # fmt: skip


def _reds(parts: Sequence[Part]) -> str:
    """`; red: Milestones on time and 2 more`."""
    red = [BY_ID[part.kpi].label for part in parts if part.band is Band.RED]
    return f"; red: {listing(red, 1)}" if red else ""


def _domain_figures(subject: Subject) -> Iterable[Figure]:
    for domain, value, change in cro.domains(subject.score, subject.before):
        rated = [part for part in subject.score.parts if part.domain is domain and part.points is not None]
        was = None if value is None or change is None else value - change
        band = Band.UNRATED if value is None else score_band(value)
        yield Figure(
            id=f"domain-{domain.name.lower()}", label=domain.value, domain=domain.value, unit="points", value=value,
            text=scored(value), band=str(band), word=BAND_WORDS[band], n=float(len(rated)),
            counted=f"{count(len(rated), 'rated KPI')}{_reds(rated)}", low=None, high=None, interval="",
            definition=f"Weighted mean of the points of {listing([BY_ID[part.kpi].label for part in rated])}."
            if rated else "Nothing of it is rated.",
            threshold=THRESHOLD, source="", previous=was,
            previous_text=scored(was),
        )  # fmt: skip


def _lights(subject: Subject) -> Table:
    """Both lights at the ends of the last quarters: words, so that no colour is needed."""
    lines: list[list[Cell]] = [["CRO performance"], ["Study status"]]
    for end in subject.ends:
        with subject.view.at(end) as then:
            card = scorecard(then)
        score = card.scores.get(subject.found.cro_id)
        own = cro.engagements(card, subject.found.cro_id)
        lines[0].append("not rated" if score is None or score.value is None else _light(score))
        lines[1].append(cro.study_words(own))
    return Table(
        title="Two lights over four quarters",
        columns=(column("Light"), *(column(quarter_name(end)) for end in subject.ends)),
        rows=tuple(tuple(line) for line in lines),
    )


def _light(score: Score) -> str:
    return f"{points(score.value)}, {BAND_WORDS[score.band]}"


def _changes(subject: Subject) -> tuple[str, ...]:
    """What moved the score most, down to the study."""
    why = why_score(subject.view, subject.found.previous_end, subject.found.cro_id)
    if why.reason:
        return (f"Not split: {why.reason}.",)
    lines = [
        f"{one['label']}: {one['effect']:+.1f} points; {one['why']}."
        for one in why.steps.head(CHANGES).to_dict("records")
    ]
    return tuple(lines) or ("Nothing moved the score.",)


def _decisions_asked(subject: Subject) -> tuple[str, ...]:
    asked = subject.still[subject.still["type"] == "decision"]
    return tuple(_with_study(one) for one in asked.to_dict("records")) or (NONE,)


def _with_study(one: Mapping[Any, Any]) -> str:
    where = f"{one['study']}: " if one["study"] else ""
    due = f" (by {cell(one['due'])})" if cell(one["due"]) else ""
    return f"{where}{one['what']}{due}"
