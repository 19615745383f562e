"""How fast either side answers, and what has waited longest."""

import pandas as pd

from analytics import responsiveness
from analytics.kpi import Domain
from reports.content import Chart, Section, Series, Table, Text
from reports.topics.cells import column, day, number, table, values, wide
from reports.topics.kpis import kpi_lines
from reports.topics.subject import Subject


def responsiveness_of(subject: Subject) -> Section:
    """How fast either side answers, by month, and what has waited longest."""
    both = responsiveness.both_ways(subject.own)
    theirs, ours = (float(both[name].iloc[0]) if len(both) else float("nan") for name in ("theirs", "ours"))
    months = responsiveness.by_month(subject.own, "R01", 12)
    oldest = responsiveness.oldest(subject.own)
    blocks: list[Chart | Table | Text] = [kpi_lines(subject, Domain.RESPONSIVENESS)]
    finding = f"Median first response: theirs {_hours(theirs)}, ours {_hours(ours)}."
    if len(months):
        blocks.append(
            Chart(
                title=_slowest(months),
                subtitle="Median business hours to the CRO's first response, by month of the request; a gap: fewer "
                "than half answered, or none asked.",
                kind="line", categories=tuple(months["month"]),
                series=(Series(name="Median", values=values(months["value"])),), unit="h", digits=1,
            )
        )  # fmt: skip
    blocks.append(
        table(
            "What has waited longest for the CRO",
            oldest,
            {
                "request": column("Request"),
                "study": column("Study"),
                "topic": wide("Topic"),
                "priority": column("Priority"),
                "opened": day("Opened"),
                "age_days": number("Days"),
                "escalation": number("Escalation"),
            },
            "Nothing waits.",
        )
    )  # fmt: skip
    return Section(key="responsiveness", title="Responsiveness", finding=finding, blocks=tuple(blocks))


def _slowest(months: pd.DataFrame) -> str:
    told = months[months["value"].notna()]
    if told.empty:
        return "No month has a median yet"
    worst = told.iloc[int(told["value"].argmax())]
    return f"Slowest month: {worst['month']}, {worst['value']:.1f} h"


def _hours(value: float) -> str:
    return "too few to say" if value != value else f"{value:.1f} h"
