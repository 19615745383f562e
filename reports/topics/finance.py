"""From the contract to the forecast."""

import pandas as pd

from analytics import budget
from analytics.kpi import Domain
from analytics.words import money as total
from reports.content import Chart, Section, Series, Table, Text
from reports.topics.cells import column, number, table, wide
from reports.topics.kpis import kpi_lines
from reports.topics.subject import Subject


def finance(subject: Subject) -> Section:
    """From contract to forecast, by study, and what is not signed."""
    code = subject.currency.code
    steps, exposed = budget.steps(subject.own), budget.exposure(subject.own, "engagement")
    unsigned = budget.signatures(subject.own)
    blocks: list[Chart | Table | Text] = [kpi_lines(subject, Domain.COST)]
    if len(steps):
        blocks.append(_waterfall(steps, code, subject))
    blocks += [
        table(
            f"Contract to forecast by study, {code}",
            of_study(exposed, subject),
            {
                "label": column("Study"),
                "contract": column("Contract", "money"),
                "executed": column("Signed changes", "money"),
                "unsigned": column("Not signed", "money"),
                "forecast": column("Forecast", "money"),
                "over": column("Over what is signed", "money"),
            },
            "No contract is in scope.",
        ),
        table(
            "Work before its signature",
            unsigned,
            {
                "change_order": column("Change order"),
                "study": column("Study"),
                "reason": wide("Reason"),
                "what": column("State"),
                "days": number("Days"),
                "value": column("Value", "money"),
                "currency": column("Currency"),
            },
            "None.",
        ),
        Text(lines=(subject.currency.words,)),
    ]  # fmt: skip
    return Section(key="finance", title="Finance", finding=f"{budget.growth(steps, code)}.", blocks=tuple(blocks))


def of_study(frame: pd.DataFrame, subject: Subject) -> pd.DataFrame:
    """With the study alone as label: whose it is stands on the cover."""
    return frame.assign(
        label=frame["label"].str.replace(f", {subject.card.names[subject.found.cro_id]}", "", regex=False)
    )


def _waterfall(steps: pd.DataFrame, code: str, subject: Subject) -> Chart:
    """The steps as columns that stand on one another: an invisible base, and what adds or takes away."""
    base, ends, more, less, running = [], [], [], [], 0.0
    for one in steps.to_dict("records"):
        size = float(one["amount"]) / 1e6
        whole = one["kind"] != "relative"
        base.append(0.0 if whole else min(running, running + size))
        ends.append(size if whole else None)
        more.append(None if whole or size < 0 else size)
        less.append(None if whole or size >= 0 else -size)
        running = size if whole else running + size
    first, last = (float(steps["amount"].iloc[place]) for place in (0, -1))
    return Chart(
        title=f"From {total(first, code)} to {total(last, code)}",
        subtitle=f"Fee in millions of {code}; changes by who initiated them.",
        kind="stacked_column", categories=tuple(map(str, steps["step"])),
        series=(
            Series(name="Base", values=tuple(base), role="hidden"),
            Series(name="Contract and forecast", values=tuple(ends), role="actual"),
            Series(name="Adds", values=tuple(more), role="bad"),
            Series(name="Takes away", values=tuple(less), role="good"),
        ),
        unit=f"m {code}", digits=2,
    )  # fmt: skip
