"""What leadership sees of all CROs, put together from the pack of each."""

from collections.abc import Sequence

from analytics.catalogue import BY_ID
from analytics.changes import difference
from analytics.kpi import Band
from analytics.words import count, listing
from reports.content import Chart, Figure, Pack, Section, Series, Table, Text
from reports.topics.cells import column, number, wide
from reports.topics.summary import ASKED, NONE


def _score(found: Pack) -> Figure:
    return next(one for one in found.figures if one.id == "score")


def attention(found: Pack) -> tuple[int, float, str]:
    """The order of CROs: red before amber before green, then the lower score, then the name."""
    score, order = _score(found), {Band.RED: 0, Band.AMBER: 1, Band.GREEN: 2}
    return order.get(Band(score.band), 3), score.value if score.value is not None else 0.0, found.cro


def page_of(found: Pack) -> Section:
    """The one page of a CRO among all: its summary."""
    return next(section for section in found.sections if section.key == "summary")


def all_scores(packs: Sequence[Pack]) -> Section:
    """Every CRO with its score and domains, those that need attention first."""
    names = list(dict.fromkeys(one.label for each in packs for one in each.figures if one.id.startswith("domain-")))
    lines = []
    for each in packs:
        score = _score(each)
        domains = {one.label: one.value for one in each.figures if one.id.startswith("domain-")}
        change = difference(score.value, score.previous)
        lines.append((each.cro, score.word, score.value, change, *(domains.get(name) for name in names)))
    bands = {word: sum(_score(each).word == word for each in packs) for word in ("red", "amber", "green", "not rated")}
    finding = f"{count(len(packs), 'CRO')}: {', '.join(f'{n} {word}' for word, n in bands.items() if n)}."
    table = Table(
        title="Scores of 100, and of each domain",
        columns=(column("CRO"), column("Light"), number("Score", 1), number("Since last quarter", 1),
                 *(number(name) for name in names)),
        rows=tuple(lines),
    )  # fmt: skip
    chart = Chart(
        title=finding, subtitle="Score of 100 of each CRO; the light also follows its caps.", kind="bar",
        categories=tuple(each.cro for each in packs),
        series=(Series(name="Score", values=tuple(_score(each).value for each in packs)),), unit="points", digits=1,
    )  # fmt: skip
    return Section(key="all", title="All CROs", finding=finding, blocks=(table, chart))


def all_decisions(packs: Sequence[Pack]) -> Section:
    """What every CRO needs decided, its open disputes and its reds that nobody explained."""
    lines = []
    for each in packs:
        asked = next(block for block in page_of(each).blocks if isinstance(block, Text) and block.title == ASKED)
        red = [one for one in each.figures if one.band == Band.RED and one.id in BY_ID]
        disputed = sum(one.reply.startswith("disputed") for one in each.figures)
        lines.append((each.cro, listing([line for line in asked.lines if line != NONE]) or "–", len(red),
                      sum(not one.explained for one in red), disputed))  # fmt: skip
    waiting = sum(line[1] != "–" for line in lines)
    table = Table(
        title="What needs deciding",
        columns=(column("CRO"), wide(ASKED), number("Red KPIs"), number("Unexplained"),
                 number("Disputed")),
        rows=tuple(lines),
    )  # fmt: skip
    finding = f"{count(waiting, 'CRO')} {'asks' if waiting == 1 else 'ask'} for decisions."
    return Section(key="decisions", title="Decisions and disputes", finding=finding, blocks=(table,))
