"""The tab of the communication on one study: what was agreed, what became of it, what is escalated, and channels."""

from typing import Any

import pandas as pd
import streamlit as st

from analytics.practices import communication as numbers
from analytics.practices import templates
from charts import calendar
from ui.ask import ask
from ui.behind import row
from ui.columns import DATE
from ui.entry import entry
from ui.kpi_line import kpi_line
from ui.scope import scope
from ui.show import chart, look, plain, rows

ITEM = ["touchpoint", "frequency", "owner", "escalation", "channel"]
TOUCHPOINT = ["plan", "type", "scheduled", "done", "minutes_issued", "cancelled_by"]
HEADS = {"plan": "Item of the plan", "escalation": "Goes next to"}
WORDS = {numbers.NEVER: f"▼ {numbers.NEVER}"}
PLAN: dict[str, Any] = {
    "touchpoint": st.column_config.TextColumn("Touchpoint", pinned=True),
    "word": "What became of it",
    "frequency": "Agreed",
    "expected": st.column_config.NumberColumn(
        "Expected", format="%.0f", help="Whole intervals for which the study ran in the period."
    ),
    "scheduled": st.column_config.NumberColumn("Scheduled", help="In the period; cancelled ones are among them."),
    "held": "Held",
    "late": st.column_config.NumberColumn("Late", help="A meeting over 2 days after its day; a report after its day."),
    "overdue": "Overdue",
    "minuted": st.column_config.NumberColumn("Minuted", help="Held meetings of which the minutes were issued."),
    "by_cro": "Cancelled by the CRO",
    "by_us": "Cancelled by us",
    "share": st.column_config.NumberColumn(
        "As agreed",
        format="%.0f %%",
        help="Held and minuted, or sent, in time, of those due. What we cancelled is in neither. None below "
        f"{numbers.AS_AGREED.min_n}.",
    ),
    "n": st.column_config.NumberColumn("Of", help="How many were due, or cancelled by the CRO."),
    "next": st.column_config.DateColumn("Next", format=DATE),
    "owner": "Owner",
    "channel": "Channel",
}
CALENDAR: dict[str, Any] = {
    "item": "Touchpoint",
    "code": "Code",
    "type": "Type",
    "scheduled": st.column_config.DateColumn("Scheduled", format=DATE),
    "done": st.column_config.DateColumn("Held or sent", format=DATE),
    "minutes": st.column_config.DateColumn("Minutes", format=DATE),
    "outcome": "What became of it",
}
LEVELS: dict[str, Any] = {
    "level": st.column_config.NumberColumn("Level", format="%d"),
    "what": "What",
    "about": "About",
    "whose": "Waits for",
    "since": st.column_config.DateColumn("At this level since", format=DATE, help="First reported so as of this day."),
    "opened": st.column_config.DateColumn("Opened", format=DATE),
    "age_days": st.column_config.NumberColumn("Open, days", format="%d"),
    "code": "Code",
}
CHANNELS: dict[str, Any] = {
    "channel": st.column_config.TextColumn("Channel", pinned=True),
    "asked": st.column_config.TextColumn("Asked of"),
    "n": "Requests",
    "open": st.column_config.NumberColumn("Not answered", help="Still waiting; counted in the median."),
    "median": st.column_config.NumberColumn("Median, business hours", format="%.1f", help="To the first answer."),
    "p90": st.column_config.NumberColumn("Nine of ten within, business hours", format="%.1f"),
    "untimed": st.column_config.NumberColumn("Without time of day", help="In no figure of this line."),
    "word": "To know",
}


def communication(engagement: str) -> None:
    """The plan and what became of it, its calendar, what is escalated to which level, and response by channel."""
    _plan(engagement)
    _escalation(engagement)
    _channels(engagement)


def _plan(engagement: str) -> None:
    st.subheader("What was agreed, and what became of it", anchor=False)
    found, seen = ask(numbers.plan, engagement), scope()
    agreed = found.loc[found["agreed"].astype(bool), "touchpoint"].tolist()
    if said := numbers.summary(found):
        st.markdown(plain(said))
    if not agreed:
        st.info("No communication plan yet. Below stands what is usual for this service: change it, and keep it.",
                icon=":material/forum:")  # fmt: skip
    if len(found):
        kpi_line(ask(numbers.kpis, engagement), engagement=engagement)
        table = found.assign(word=found["word"].replace(WORDS))[list(PLAN)]
        rows(table, key=f"communication-plan-{engagement}", columns=PLAN)
    with st.expander("Write the plan", icon=":material/edit:", expanded=not agreed):
        entry("communication_plan", ITEM, fixed={"engagement_id": engagement}, labels=HEADS,
              begin=ask(templates.communication_plan, engagement))  # fmt: skip
    if len(found) and seen is not None:
        days = ask(numbers.calendar, engagement)
        chart(
            calendar.figure(days, look(), as_of=seen.as_of),
            days,
            key=f"calendar-{engagement}",
            alt="Meetings and reports of each item of the plan by day: held in time or late, overdue, cancelled, "
            "to come.",
            columns=CALENDAR,
            behind=lambda line: row("touchpoints", line["code"]) if pd.notna(line["code"]) else None,
        )
    with st.expander("Write meetings and reports", icon=":material/edit:"):
        choices = {"plan": ask(numbers.names, engagement)}
        entry("touchpoints", TOUCHPOINT, fixed={"engagement_id": engagement}, code="TP", labels=HEADS, choices=choices)


def _escalation(engagement: str) -> None:
    st.subheader("Escalation", anchor=False)
    way, found = ask(numbers.path, engagement), ask(numbers.escalated, engagement)
    st.markdown(plain(numbers.escalated_text(found)))
    if len(found):
        rows(
            found[list(LEVELS)],
            key=f"escalated-{engagement}",
            columns=LEVELS,
            behind=lambda line: row("requests" if line["what"] == "request" else "actions", line["code"]),
        )
    if len(way):
        heads = {str(name): str(name).capitalize() for name in way}
        st.caption("Where a concern goes, by the communication plan:")
        rows(way, key=f"escalation-path-{engagement}", columns=heads)


def _channels(engagement: str) -> None:
    st.subheader("First answer by channel", anchor=False)
    found = ask(numbers.channels, engagement)
    if found.empty:
        st.info("No request of the period is recorded. Load **requests** to see them.", icon=":material/forum:")
        return
    rows(found, key=f"channels-{engagement}", columns=CHANNELS)
    st.caption("Requests of the period that are no data queries. What waits still is counted (Kaplan-Meier).")
