"""Decisions and actions of a review, written down while talking, and the minutes that follow from them."""

from datetime import date, timedelta
from typing import Any

import pandas as pd
import streamlit as st

from analytics.practices.feedback import writable
from analytics.reviews import Review
from analytics.words import count, day
from reports import questions
from ui.ask import ask
from ui.columns import DATE
from ui.entry import day_of_writing, entry, kept, name_of_writer, why_right
from ui.practices.feedback import LABELS, OURS
from ui.review.steps import now_text, today
from ui.show import plain, rows

TYPES = {"decision": "Decision", "task": "Action", "risk": "Risk", "escalation": "Escalation"}
DUE_IN = 14
"""Days until an action is due, unless another day is chosen."""
LIST: dict[str, Any] = {
    "type": "Kind",
    "what": st.column_config.TextColumn("What", width="large"),
    "study": "Study",
    "owner": "Owner",
    "side": "Side",
    "due": st.column_config.DateColumn("Due", format=DATE),
    "state": "State",
}
HEADS = {"type": "Kind", "what": "What", "study": "Study", "owner": "Owner", "side": "Side", "due": "Due",
         "state": "State"}  # fmt: skip
WRITTEN = ("type", "description", "engagement_id", "kpi_id", "owner", "owner_organisation", "raised", "due", "closed",
           "effect")  # fmt: skip


def agreed(found: Review) -> pd.DataFrame:
    """The decisions and actions of a review."""
    return ask(questions.agreed, found.review_id, found.cro_id, today())


def write_down(found: Review) -> None:
    """A form in which a decision or an action is written down."""
    turn = st.session_state.get(_turn(found), 0)
    st.subheader("Write down a decision or an action", anchor=False)
    with st.form(f"agree-{turn}", border=True):
        kind = st.segmented_control("Kind", list(TYPES), default="task", format_func=_kind, required=True)
        what = st.text_input("What was agreed", max_chars=300)
        left, middle, right, last = st.columns(4)
        owner = left.text_input("Owner")
        side = middle.segmented_control("Side", list(OURS), default="cro", format_func=_side, required=True)
        due = right.date_input("Due", value=today() + timedelta(days=DUE_IN), format="YYYY-MM-DD")
        with last:
            who = name_of_writer("review-agree")
        reason = why_right("review-agree")
        pressed = st.form_submit_button("Write it down", type="primary", icon=":material/add_task:")
    if pressed:
        until = due.isoformat() if isinstance(due, date) else ""
        _write(found, kind, what.strip(), owner.strip(), side or "", until, who, reason)


def _write(found: Review, kind: str, what: str, owner: str, side: str, due: str, who: str, reason: str) -> None:
    if not (what and owner and who.strip()):
        st.warning("Write what was agreed, an owner and your name.")
        return
    row = {
        "action_id": f"A-{now_text()}",
        "cro_id": found.cro_id,
        "review_id": found.review_id,
        "type": kind,
        "description": what,
        "owner": owner,
        "owner_organisation": side,
        "raised_by": "sponsor",
        "raised": day_of_writing().isoformat(),
        "due": due,
    }
    if kept("review-agree", "actions", [row], who, reason=reason, labels=LABELS | {"description": "What was agreed"}):
        st.session_state[_turn(found)] = st.session_state.get(_turn(found), 0) + 1
        st.rerun()


def _turn(found: Review) -> str:
    return f"agree-turn-{found.review_id}"


def _kind(code: str) -> str:
    return TYPES[code]


def _side(code: str) -> str:
    return OURS[code]


def listed(found: Review) -> None:
    """What was agreed in this review."""
    own = agreed(found)
    st.markdown(f"**{_summary(own)}**")
    if len(own):
        rows(_shown(own), key="agreed", columns=LIST, height=min(38 + 35 * len(own), 420))


def read_back(found: Review) -> None:
    """The same in large type, to be read back to both sides."""
    own = agreed(found)
    st.markdown(f"**{_summary(own)}**")
    if len(own):
        days = ["–" if pd.isna(due) else day(pd.Timestamp(due).date()) for due in own["due"]]
        told = _shown(own).assign(due=days).fillna("").map(plain)
        st.table(told.rename(columns=HEADS), border="horizontal", hide_index=True)


def _shown(own: pd.DataFrame) -> pd.DataFrame:
    return own[list(LIST)].assign(type=own["type"].map(lambda kind: TYPES.get(kind, kind.capitalize())))


def _summary(own: pd.DataFrame) -> str:
    if own.empty:
        return "Nothing is agreed in this review yet."
    decisions = int((own["type"] == "decision").sum())
    return f"Agreed: {count(decisions, 'decision')}, {count(len(own) - decisions, 'action')}."


def minutes(found: Review) -> None:
    """What was agreed, to be written over, the minutes that follow from it, and when they were agreed."""
    _dates(found)
    if found.minutes_final_on:
        with st.expander("Write something more down", icon=":material/add_task:"):
            st.caption("The minutes are final: what is written down now was not in what was acknowledged.")
            write_down(found)
    else:
        write_down(found)
    listed(found)
    if st.toggle("Write into a table", key="edit-agreed"):
        studies, _ = ask(writable, found.cro_id)
        entry(
            "actions", list(WRITTEN), fixed={"cro_id": found.cro_id, "review_id": found.review_id}, labels=LABELS,
            choices={"engagement_id": studies}, code="A",
        )  # fmt: skip
    text = minutes_text(found, agreed(found))
    with st.container(horizontal=True, vertical_alignment="center", horizontal_alignment="distribute"):
        st.subheader("Minutes" if found.minutes_final_on else "Minutes, draft", anchor=False, width="content")
        st.download_button("Download the minutes", data=text, file_name=f"{found.review_id}-minutes.txt",
                           mime="text/plain", icon=":material/download:", on_click="ignore")  # fmt: skip
    st.code(text, language=None, wrap_lines=True)


def _dates(found: Review) -> None:
    told = (
        ("Draft", found.held_on, "", "as soon as something is written down"),
        ("Final", found.minutes_final_on, "", "not yet"),
        ("Acknowledged by us", found.acknowledged_us_on, found.acknowledged_us_by, "not yet"),
        ("Acknowledged by the CRO", found.acknowledged_cro_on, found.acknowledged_cro_by, "not yet"),
    )
    with st.container(horizontal=True):
        for name, when, by, otherwise in told:
            with st.container(width=230, border=True, height="stretch"):
                st.markdown(f"**{name}**")
                st.caption(plain(", ".join(filter(None, (day(when), by))) if when else otherwise))


def minutes_text(found: Review, own: pd.DataFrame) -> str:
    """The minutes as text: the meeting, decisions, actions; what is not known is said."""
    state = f"final on {day(found.minutes_final_on)}" if found.minutes_final_on else "draft"
    lines = [
        f"Minutes of the quarterly review: {found.cro}, {found.quarter}",
        f"Review {found.review_id}, cut-off {day(found.cut_off)}; minutes: {state}.",
        f"Held on {day(found.held_on)}, kept by {found.held_by}." if found.held_on else "The meeting is not held yet.",
        f"Figures frozen on {day(found.frozen_on)} by {found.frozen_by}, content {str(found.content_hash)[:16]}."
        if found.frozen_on
        else "The figures are not frozen.",
        "",
    ]
    lines += _part("Decisions", own[own["type"] == "decision"])
    lines += _part("Actions", own[own["type"] != "decision"])
    lines += _signed("For us", found.acknowledged_us_on, found.acknowledged_us_by)
    lines += _signed(f"For {found.cro}", found.acknowledged_cro_on, found.acknowledged_cro_by)
    return "\n".join(lines) + "\n"


def _part(name: str, own: pd.DataFrame) -> list[str]:
    told = [_sentence(place, row) for place, row in enumerate(own.to_dict("records"), 1)]
    return [f"{name}:", *(told or ["None."]), ""]


def _sentence(place: int, row: dict[Any, Any]) -> str:
    where = f"{row['study']}: " if row["study"] else ""
    due = f", by {day(pd.Timestamp(row['due']).date())}" if pd.notna(row["due"]) else ", no due day"
    side = f" ({row['side']})" if row["side"] else ""
    return f"{place}. {where}{row['what']} - {row['owner'] or 'no owner'}{side}{due}."


def _signed(whose: str, when: date | None, by: str | None) -> list[str]:
    return [
        f"{whose}: acknowledged on {day(when)}{f' by {by}' if by else ''}."
        if when
        else f"{whose}: not acknowledged yet."
    ]
