"""Timelines: who is late, by how much, and whose days are they?"""

import streamlit as st

from analytics import timelines
from analytics.catalogue import of_domain
from analytics.headline import headline
from analytics.kpi import Domain
from charts import causes, due, share, slip
from ui import forecast
from ui.ask import ask
from ui.behind import milestone, of_cro, opened
from ui.columns import COLUMNS
from ui.compare import compare
from ui.guard import require_shell
from ui.kpi_line import kpi_line
from ui.scope import scope
from ui.show import chart, look, nothing, plain, rows
from ui.start import heading
from ui.study import told_history
from ui.trends import trends

DAYS = 90
TABS = (
    "By CRO", "By milestone", "One study over time", f"Due in {DAYS} days", "Forecast", "Moved plans", "Trend",
    "Compare",
)  # fmt: skip

require_shell()
seen = scope()
heading("Who is late, by how much, and whose days are they?", seen)
opened()
if seen is None or not ask(timelines.choices):
    nothing("No milestones yet, or none that the filters above let through.", "milestones")
    st.stop()

figures = ask(headline, ("T01", "T02"))
kpi_line(figures)
moved = ask(timelines.rebaselined)
if not moved.empty:
    st.warning(plain(timelines.hidden(moved)), icon=":material/event_repeat:")

by_cro, by_milestone, one_study, soon, ahead, plans, trend, against = st.tabs(
    TABS, key="timelines", on_change="rerun", bind="query-params"
)

if by_cro.open:
    with by_cro:
        shares = ask(timelines.on_time)
        limits = {"green": figures[0]["green"], "red": figures[0]["red"]}
        chart(
            share.figure(shares, look(), as_of=seen.as_of, **limits),
            shares,
            key="on-time-by-cro",
            alt="Share of milestones on time by CRO, with its 95 % interval and the thresholds.",
            columns=COLUMNS | {"label": "CRO"},
            behind=of_cro("T01"),
        )
        late = ask(timelines.late)
        chart(
            causes.figure(ask(timelines.causes), look(), as_of=seen.as_of),
            late,
            key="late-milestones",
            alt="Late days by CRO and by who caused them.",
            name="The late milestones, by name",
            columns=COLUMNS,
            behind=milestone,
        )
        st.caption(
            "Days are added over milestones: a study that is late at four of them counts at each. "
            "An overdue milestone is late up to its forecast, or to the as-of date."
        )

if by_milestone.open:
    with by_milestone:
        slips = ask(timelines.slips)
        chart(
            slip.figure(slips.assign(engagement=slips["study"]), look(), as_of=seen.as_of, limit=10),
            slips,
            key="slip-by-milestone",
            alt="Days after the baseline for each milestone type, one dot a study.",
            columns=COLUMNS,
            behind=milestone,
        )
        st.caption("All causes count here. Milestones of the trailing twelve months, and all that are not reached.")

if one_study.open:
    with one_study:
        told_history()

if soon.open:
    with soon:
        coming = ask(timelines.due, DAYS)
        chart(
            due.figure(coming, look(), as_of=seen.as_of, days=DAYS),
            coming,
            key="due-next",
            alt=f"Milestones due in the next {DAYS} days, with their forecasts.",
            columns=COLUMNS | {"passed": "Forecast passed"},
            behind=milestone,
        )

if ahead.open:
    with ahead:
        forecast.timelines()

if plans.open:
    with plans:
        st.subheader("Late against the original plan, on time against the current one")
        if moved.empty:
            st.info("No milestone is on time only because its plan was moved.", icon=":material/check:")
        else:
            rows(moved, key="moved-plans", columns=COLUMNS, behind=milestone)

if trend.open:
    with trend:
        trends(of_domain(Domain.TIME))

if against.open:
    with against:
        compare(of_domain(Domain.TIME))
