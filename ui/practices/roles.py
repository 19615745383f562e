"""The tab of the roles on one study: who does what (RACI), who to ask, key people, and who owes which deliverable."""

from typing import Any

import pandas as pd
import streamlit as st

from analytics.practices import roles as numbers
from analytics.practices import templates
from ui.ask import ask
from ui.columns import DATE
from ui.entry import entry
from ui.kpi_line import kpi_line
from ui.show import nothing, plain, rows

DUTY = ["activity", "responsible", "accountable", "consulted", "informed"]
STAY = ["person", "role", "organisation", "key_role", "contracted", "start_date", "end_date", "end_reason"]
HEADS = {"organisation": "Side", "key_role": "Key role", "contracted": "Named in the contract"}
WEIGHTS = {numbers.PROBLEM: ":red[**▼**] ", numbers.NOTE: ""}
SAID = 12
"""Sentences that stand open; the others are unfolded."""
ASKS: dict[str, Any] = {
    "activity": st.column_config.TextColumn("For", pinned=True),
    "ask": "Ask",
    "role": st.column_config.TextColumn("Role, or who has it"),
    "side": "Side",
    "standing": st.column_config.TextColumn("Is", help="By the team of this study at the as-of date."),
    "instead": st.column_config.TextColumn("Ask instead", width="medium", help="Who has the role of one who left."),
    "since": st.column_config.DateColumn("On the study since", format=DATE),
    "channel": st.column_config.TextColumn("Channel", help="Of what they hold by the communication plan."),
    "accountable": "Accountable",
}
KEY_ROLES: dict[str, Any] = {
    "role": st.column_config.TextColumn("Key role", pinned=True),
    "holder": "Who has it",
    "since": st.column_config.DateColumn("Since", format=DATE),
    "contracted": st.column_config.CheckboxColumn("Named in the contract"),
    "share": st.column_config.NumberColumn("Filled as contracted", format="%.0f %%"),
    "filled": st.column_config.NumberColumn("Days filled", format="%.0f"),
    "days": st.column_config.NumberColumn("Days", format="%.0f"),
}
LOST: dict[str, Any] = {
    "role": "Key role",
    "person": "Who left it",
    "ended": st.column_config.DateColumn("Last day", format=DATE),
    "reason": "Why",
    "follower": "Followed by",
    "since": st.column_config.DateColumn("From", format=DATE),
}
OWNERS: dict[str, Any] = {
    "owner": st.column_config.TextColumn("Owner", pinned=True),
    "overdue": "Overdue",
    "open": "Due later",
    "done": "Delivered",
    "next_due": st.column_config.DateColumn("First due", format=DATE, help="Of what is not delivered."),
    "standing": st.column_config.TextColumn("Is", help="By the team of this study at the as-of date."),
    "side": "Side",
}


def roles(engagement: str) -> None:
    """The RACI with what is wrong with it, who to ask, key people, deliverables by owner, and where to write these."""
    found = ask(numbers.raci, engagement)
    _raci(found, engagement)
    _people(engagement)
    _deliverables(engagement)


def _raci(found: numbers.Raci, engagement: str) -> None:
    st.subheader("Who does what (RACI)", anchor=False)
    none = found.matrix.empty
    if none:
        st.info("No activity is assigned yet. Below stands what is usual for this service: write names or roles, and "
                "keep it.", icon=":material/group:")  # fmt: skip
    else:
        st.markdown(plain(numbers.summary(found)))
        _checks(found.checks)
        heads = {"": st.column_config.TextColumn("Activity", pinned=True)}
        rows(found.matrix, key=f"raci-{engagement}", columns=heads, height=_height(found.matrix))
        st.caption("R does it, A answers for it, C is asked before, I is told after.")
    with st.expander("Write the RACI", icon=":material/edit:", expanded=none):
        st.caption("Several names in one cell with a semicolon between them. A role of the team may stand for a name.")
        entry("responsibilities", DUTY, fixed={"engagement_id": engagement},
              begin=ask(templates.responsibilities, engagement))  # fmt: skip
    if len(found.asks):
        st.subheader("Who to ask for what", anchor=False)
        told = [name for name in ASKS if name != "instead" or found.asks["instead"].astype(bool).any()]
        rows(found.asks[told], key=f"who-to-ask-{engagement}", columns=ASKS, height=_height(found.asks))


def _checks(found: pd.DataFrame) -> None:
    said = [f"- {WEIGHTS[weight]}{plain(says)}" for weight, says in zip(found["weight"], found["says"], strict=True)]
    if said:
        st.markdown("\n".join(said[:SAID]))
    if more := said[SAID:]:
        with st.expander(f"{len(more)} more", icon=":material/unfold_more:"):
            st.markdown("\n".join(more))


def _height(table: pd.DataFrame) -> int:
    return min(38 + 35 * len(table), 700)


def _people(engagement: str) -> None:
    st.subheader("Key people", anchor=False)
    roles_, lost = ask(numbers.key_roles, engagement), ask(numbers.lost, engagement)
    if roles_.empty:
        st.info("No key role of the CRO is recorded. Write the team below, or load **team**.", icon=":material/group:")
    else:
        kpi_line(ask(numbers.kpis, engagement), engagement=engagement)
        rows(roles_[list(KEY_ROLES)], key=f"key-roles-{engagement}", columns=KEY_ROLES)
        if lost.empty:
            st.markdown("No key person left in the period.")
        else:
            rows(lost, key=f"key-people-lost-{engagement}", columns=LOST)
    with st.expander("Write the team", icon=":material/edit:"):
        entry("team", STAY, fixed={"engagement_id": engagement}, code="TM", labels=HEADS)


def _deliverables(engagement: str) -> None:
    st.subheader("Deliverables by owner", anchor=False)
    found = ask(numbers.owners, engagement)
    if found.empty:
        nothing("No deliverables of this study yet.", "deliverables")
        return
    rows(found[list(OWNERS)], key=f"owners-{engagement}", columns=OWNERS, height=_height(found))
