"""Late milestones, and whose days they are."""

import pandas as pd

from analytics.behind import milestone_code
from analytics.kpi import Domain
from analytics.reviews import reply_words
from analytics.words import count
from reports.content import Chart, Section, Series, Table, Text
from reports.reply import DAYS
from reports.topics.cells import column, number, table
from reports.topics.kpis import kpi_lines
from reports.topics.subject import Subject

CAUSES = {"days_cro": "CRO", "days_sponsor": "Sponsor", "days_external": "External", "days_unknown": "Not recorded"}
ROLES = {"days_cro": "cro", "days_sponsor": "sponsor", "days_external": "external", "days_unknown": "baseline"}


def timeline(subject: Subject) -> Section:
    """Late milestones and whose days they are."""
    late, answers, shared = subject.late, subject.answers, subject.found.shared_on is not None
    codes = [
        f"{one['engagement']}/{milestone_code(subject.own, one['engagement'], one['milestone'])}"
        for one in late.to_dict("records")
    ]
    told = late.assign(code=codes, reply=[reply_words(answers.get(one), shared) for one in codes])
    by_study = late.groupby("study", sort=False)[list(CAUSES)].sum()
    by_study = by_study.loc[by_study.sum(axis=1).sort_values(ascending=False, kind="stable").index]
    named = [name for name in CAUSES if by_study[name].sum() > 0]
    blocks: list[Chart | Table | Text] = [kpi_lines(subject, Domain.TIME, Domain.DELIVERY)]
    if len(by_study):
        blocks.append(
            Chart(
                title=_latest(by_study), subtitle="Days late against the baseline, by whose days they are.",
                kind="stacked_bar", categories=tuple(map(str, by_study.index)),
                series=tuple(
                    Series(name=CAUSES[name], values=tuple(map(float, by_study[name])), role=ROLES[name])  # type: ignore[arg-type]
                    for name in named
                ),
                unit="days",
            )
        )  # fmt: skip
    blocks.append(
        table(
            DAYS,
            told,
            {
                "code": column("Code"),
                "study": column("Study"),
                "milestone": column("Milestone"),
                "slip_days": number("Late"),
                **{name: number(whose) for name, whose in CAUSES.items()},
                "attribution_status": column("Attribution"),
                "reply": column("Reply"),
            },
            "No milestone of the period is late.",
        )
    )  # fmt: skip
    return Section(key="timeline", title="Timeline", finding=slip_text(late), blocks=tuple(blocks))


def _latest(by_study: pd.DataFrame) -> str:
    """Which study has most of the late days: `Most of the 97 late days: ZEN-201, 53`."""
    days = by_study.sum(axis=1)
    return f"Most of the {count(round(days.sum()), 'late day')}: {days.index[0]}, {days.iloc[0]:.0f}"


def slip_text(late: pd.DataFrame) -> str:
    if late.empty:
        return "No milestone of the period is late."
    parts = [f"{late[name].sum():.0f} {words}" for name, words in (("days_cro", "theirs"), ("days_sponsor", "ours"))]
    parts.append(f"{late['days_external'].sum():.0f} external")
    if unknown := round(late["days_unknown"].sum()):
        parts.append(f"{unknown} without a recorded cause")
    return f"Slip of {count(len(late), 'late milestone')}, in days: {', '.join(parts)}."
