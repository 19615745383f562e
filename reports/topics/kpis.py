"""The KPIs of a topic, a line each."""

from analytics import headline as heads
from analytics.catalogue import BY_ID
from analytics.kpi import Domain
from reports.content import Text
from reports.topics.subject import Subject


def kpi_lines(subject: Subject, *domains: Domain) -> Text:
    """The KPIs of some domains in a line each."""
    lines = [
        f"{BY_ID[part.kpi].label}: {heads.value_text(part.row)}, {heads.word(part.row)}."
        if part.row["value"] is not None
        else f"{BY_ID[part.kpi].label}: {heads.word(part.row)}."
        for part in subject.score.parts
        if part.applicable and part.domain in domains
    ]
    return Text(lines=tuple(lines) or ("No KPI of this topic is in use.",))
