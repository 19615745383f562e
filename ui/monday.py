"""The rows of the Monday page: what needs someone, with its action or a form to make one."""

from datetime import UTC, date, datetime, timedelta
from typing import Any

import pandas as pd
import streamlit as st

from analytics.catalogue import IDS
from analytics.freshness import Due
from analytics.words import day
from charts.theme import SYMBOL
from data import commands
from data.store import Stamp
from ui.columns import DATE
from ui.kpi_line import band_word
from ui.returns import due_words
from ui.scope import address
from ui.show import plain
from ui.store import open_store

WIDTHS = (2.1, 3.0, 1.7, 3.2)
NEXT_DUE = {
    "due": st.column_config.DateColumn("Due", format=DATE),
    "forecast": st.column_config.DateColumn("Forecast", format=DATE),
    "study": "Study",
    "cro": "CRO",
    "what": "What",
    "kind": "Kind",
}
WE_OWE = {
    "since": st.column_config.DateColumn("Since", format=DATE),
    "days": st.column_config.NumberColumn("Days", format="%d"),
    "study": "Study",
    "cro": "CRO",
    "what": "What",
    "we_owe": "We owe",
}
ENDING = {"expires": st.column_config.DateColumn("Ends", format=DATE), "who": "Who", "what": "What"}


def attention(rows: pd.DataFrame, as_of: date) -> None:
    """One line a study: which, what since when, what is at stake, whose side, and the action or a button for one."""
    for place, row in enumerate(rows.to_dict("records")):
        with st.container(border=True, key=f"row-{place}"):
            study, what, stake, action = st.columns(WIDTHS, vertical_alignment="center")
            with study.container(gap=None):
                st.page_link(
                    "../pages/studies.py",
                    label=f"**{plain(row['study'])}**",
                    query_params=address(engagement=row["engagement"]),
                )
                st.caption(f"{band_word(row['status'], row['status'])} · {plain(row['cro'])}")
            new = " :orange-badge[new]" if row["is_new"] else ""
            more = f" · and {row['more']} more" if row["more"] else ""
            with what.container(gap=None):
                st.markdown(f"{plain(row['what'])}{new}")
                st.caption(_since(row["since"]) + more)
            with stake.container(gap=None):
                st.markdown(f"**{plain(row['stake'])}**")
                st.caption(plain(row["side"]))
            with action.container(gap=None):
                _action(row, place, as_of)


def _since(since: Any) -> str:
    return "still to come" if pd.isna(since) else f"since {day(pd.Timestamp(since).date())}"


def _action(row: dict[Any, Any], place: int, as_of: date) -> None:
    if row["action"]:
        due = "" if pd.isna(row["due"]) else f", due {day(pd.Timestamp(row['due']).date())}"
        st.markdown(plain(row["action"]))
        st.caption(f"{plain(row['owner'] or 'no owner')}{due}")
    elif st.button("No action. Make one", key=f"act-{place}", icon=":material/add_task:", type="tertiary"):
        _make(row, as_of)


@st.dialog("Agree an action")
def _make(row: dict[Any, Any], as_of: date) -> None:
    st.markdown(f"**{plain(row['study'])}**, {plain(row['cro'])}: {plain(row['what'])}, {plain(row['stake'])}")
    with st.form("action", border=False):
        description = st.text_input("What is to be done", max_chars=300)
        owner = st.text_input("Who does it")
        side = st.segmented_control("Whose side", ["cro", "sponsor"], default="cro", format_func=_side)
        due = st.date_input("By when", value=datetime.now(UTC).date() + timedelta(days=14), format="YYYY-MM-DD")
        who = st.text_input("Your name", value=st.session_state.get("who", ""), help="Stands in the ledger.")
        if not st.form_submit_button("Save", type="primary"):
            return
    if not (description.strip() and owner.strip() and who.strip() and isinstance(due, date)):
        st.warning("An action needs what is to be done, an owner and your name.")
        return
    st.session_state["who"] = who
    now = datetime.now(UTC)
    # An action belongs to the picture in which it was agreed: raised later, it would not be seen there.
    agreed = min(now.date(), as_of)
    action = {
        "action_id": f"A-{now:%Y%m%d-%H%M%S}",
        "cro_id": row["cro_id"],
        "engagement_id": row["engagement"],
        "type": "task",
        "description": description.strip(),
        "owner": owner.strip(),
        "owner_organisation": side or "",
        "raised": agreed.isoformat(),
        "due": due.isoformat(),
    }
    stamp = Stamp(who=who, role="user", at=now, status_date=agreed, reason="agreed on the home page")
    saved = commands.edit(open_store(), "actions", [action], stamp, kpi_ids=IDS)
    if saved.accepted:
        st.rerun()
    for file in saved.files:
        for problem in file.problems:
            st.error(plain(f"{problem.column}: {problem.message}"))


def _side(side: str) -> str:
    return {"cro": "CRO", "sponsor": "Us"}[side]


def late_returns(late: pd.DataFrame, due: Due | None) -> None:
    """Who has not sent their data, by name: one line a project manager; and by when the newest returns are due."""
    if due is not None:
        st.caption(due_words(due))
    if late.empty:
        every = due is None or due.reported == due.expected
        st.markdown(f":blue[{SYMBOL['green']} {'Every return is in' if every else 'No return is late'}.]")
        return
    named = late.assign(pm=late["pm"].where(late["pm"] != "", "nobody named"))
    people = []
    for pm, own in named.groupby("pm", sort=False):
        worst = int(own["missing"].max())
        studies = ", ".join(own["study_id"])
        people.append(f"**{plain(pm)}** ({plain(studies)}; {worst} {'month' if worst == 1 else 'months'})")
    st.markdown(f":red[{SYMBOL['red']} **{len(late)} returns are late:**] " + " · ".join(people))
