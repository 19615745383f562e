"""What audits found, and what is open."""

from analytics import quality
from analytics.kpi import Domain
from analytics.words import count
from reports.content import Section, Table
from reports.topics.cells import column, day, number, rows
from reports.topics.kpis import kpi_lines
from reports.topics.subject import Subject


def quality_of(subject: Subject) -> Section:
    """What audits found, and what is open."""
    events, held = quality.open_events(subject.own), quality.audits(subject.own)
    late = int(events["days_late"].notna().sum())
    finding = f"{count(len(events), 'event')} open, {late} past due; {count(len(held), 'audit')} in twelve months."
    return Section(
        key="quality",
        title="Quality",
        finding=finding,
        blocks=(
            kpi_lines(subject, Domain.QUALITY),
            Table(
                title="Open findings, deviations and corrective actions",
                columns=(column("Code"), column("Study"), column("Kind"), column("Grade"), day("Raised"), day("Due"),
                         number("Days late")),
                rows=rows(events.assign(type=events["type"].str.replace("_", " ")),
                          ["event", "study", "type", "grade", "raised", "due", "days_late"]),
                empty="None is open.",
            ),
            Table(
                title="Audits of the last twelve months",
                columns=(column("Audit"), column("Of"), column("Kind"), day("Held"), number("Findings"),
                         number("Critical and major"), day("Next due")),
                rows=rows(held, ["audit", "study", "type", "held", "findings", "serious", "next_due"]),
                empty="None was held.",
            ),
        ),
    )  # fmt: skip
