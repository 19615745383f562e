"""How either side sees the other, and which key people left."""

from analytics import relationship
from analytics.kpi import Domain
from analytics.practices import feedback, fit
from analytics.practices.qualification import qualification
from analytics.words import count
from reports.content import Section, Text
from reports.topics.cells import column, day, number, table, wide
from reports.topics.kpis import kpi_lines
from reports.topics.subject import Subject


def relationship_of(subject: Subject) -> Section:
    """How either side sees the other, and which key people left. Few answers are hidden."""
    code = subject.found.cro_id
    sides, lost, both = (
        fit.sides(subject.own, code),
        relationship.lost(subject.own, code),
        feedback.both_ways(subject.own),
    )
    return Section(
        key="relationship",
        title="Relationship, both ways",
        finding=fit.summary(sides),
        blocks=(
            kpi_lines(subject, Domain.RELATIONSHIP),
            table(
                "How the sides see each other (0 to 100)",
                sides,
                {
                    "label": column("Who on whom"),
                    "n": number("Answers"),
                    "value": number("Index", 1),
                    "quarters": column("Quarters"),
                    "reason": column("Note"),
                },
                "No survey was answered.",
            ),
            table(
                "Actions that each side raised",
                both,
                {
                    "label": column("Raised by"),
                    "raised": number("In the period"),
                    "open": number("Open"),
                    "overdue": number("Overdue"),
                    "said": wide("On time"),
                },
            ),
            table(
                "Key people who left before their work was over",
                lost,
                {
                    "study": column("Study"),
                    "role": column("Role"),
                    "person": column("Person"),
                    "ended": day("Until"),
                    "follower": column("Followed by"),
                },
                "Nobody, in twelve months.",
            ),
            _standing(subject),
        ),
    )  # fmt: skip


def _standing(subject: Subject) -> Text:
    """For us alone: how long we may work with the CRO, when we look again, and how much depends on it."""
    own = qualification(subject.own).iloc[0]
    running = subject.card.studies[subject.card.studies["active"]]
    theirs = int((running["cro_id"] == subject.found.cro_id).sum())
    lines = (
        f"Qualification: {own['status']}.",
        f"Audits: {own['audit_word']}.",
        f"{theirs} of our {count(len(running), 'running study', 'running studies')} "
        f"{'depends' if theirs == 1 else 'depend'} on this CRO.",
    )
    return Text(title="How we stand with this CRO", lines=lines, internal=True)
