"""What audits found, and what is open."""

from analytics import quality
from analytics.kpi import Domain
from analytics.words import count
from reports.content import Section
from reports.topics.cells import column, day, number, table
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
            table(
                "Open findings, deviations and corrective actions",
                events.assign(type=events["type"].str.replace("_", " ")),
                {
                    "event": column("Code"),
                    "study": column("Study"),
                    "type": column("Kind"),
                    "grade": column("Grade"),
                    "raised": day("Raised"),
                    "due": day("Due"),
                    "days_late": number("Days late"),
                },
                "None is open.",
            ),
            table(
                "Audits of the last twelve months",
                held,
                {
                    "audit": column("Audit"),
                    "study": column("Of"),
                    "type": column("Kind"),
                    "held": day("Held"),
                    "findings": number("Findings"),
                    "serious": number("Critical and major"),
                    "next_due": day("Next due"),
                },
                "None was held.",
            ),
        ),
    )  # fmt: skip
