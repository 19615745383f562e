"""The rows of the Monday page: what needs someone, with its action or a form to make one."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

import pandas as pd
import streamlit as st

from analytics.early_warning import EarlyWarning, head
from analytics.findings import RULES, Level
from analytics.freshness import Due
from analytics.sentences import Sentence
from analytics.words import BAND_WORDS, count, day, listing
from charts.theme import SYMBOL
from ui.columns import DATE
from ui.kpi_line import band_word
from ui.practices.feedback import make
from ui.returns import due_words
from ui.scope import address
from ui.show import picked_row, plain, rows

WIDTHS = (1.9, 3.8, 1.6, 2.4)
PEOPLE, STUDIES = 12, 5
"""So many project managers, and studies of each, are named who have not sent their data."""
SENTENCE = (1.7, 6.6, 1.2)
NEXT_DUE = {
    "due": st.column_config.DateColumn("Due", format=DATE, width=95),
    "what": "What",
    "study": "Study",
    "cro": "CRO",
    "forecast": st.column_config.DateColumn("Forecast", format=DATE),
    "kind": "Kind",
    "row": None,
}
WE_OWE = {
    "days": st.column_config.NumberColumn("Days", format="%d", width=50),
    "what": "What",
    "we_owe": "We owe",
    "study": "Study",
    "cro": "CRO",
    "since": st.column_config.DateColumn("Since", format=DATE),
    "row": None,
}
ENDING = {
    "ends": st.column_config.TextColumn("Ends", width=120),
    "what": "What",
    "who": "Who",
    "expires": st.column_config.DateColumn("On", format=DATE),
    "row": None,
}


WARNINGS = {
    "level": "Level",
    "is_new": st.column_config.CheckboxColumn("New"),
    "study": "Study",
    "cro": "CRO",
    "what": "What",
    "since": st.column_config.DateColumn("Since", format=DATE),
    "stake": "At stake",
    "side": "Whose side",
    "action": "Action",
    "owner": "Owner",
    "due": st.column_config.DateColumn("Due", format=DATE),
    "evidence": st.column_config.TextColumn("Evidence", width="large"),
}
BADGES = {Level.ACT: ":red-badge[act now]", Level.WATCH: ":gray-badge[soon]", Level.GOOD: ":blue-badge[good news]"}
PAGES = {"studies": "../pages/studies.py", "cros": "../pages/cros.py", "data": "../pages/data.py"}


def sentences(found: Sequence[Sentence]) -> None:
    """One line each: the CRO as the link to its page, what is said of it, and the link to the evidence."""
    with st.container(key="sentences", gap="small"):
        for place, sentence in enumerate(found):
            whom, said, evidence = st.columns(SENTENCE, vertical_alignment="center")
            named = place and found[place - 1].about == sentence.about
            if not named:
                whom.page_link(
                    PAGES["cros"], label=f"**{plain(sentence.name)}**", query_params=address(cro=sentence.about)
                )
            said.markdown(plain(sentence.text))
            evidence.page_link(
                PAGES[sentence.page], label="Evidence", icon=":material/arrow_forward:", icon_position="right",
                query_params=address(**sentence.parameters), help=f"Where the sentence on {sentence.name} comes from.",
            )  # fmt: skip


def in_words(ending: pd.DataFrame) -> pd.DataFrame:
    """What ends, with the days to its end in words: `in 12 days`, `ended 61 days ago`."""
    return ending.assign(ends=[_ends(int(days)) for days in ending["days"]])[list(ENDING)]


def _ends(days: int) -> str:
    return f"ended {count(-days, 'day')} ago" if days < 0 else f"in {count(days, 'day')}" if days else "today"


def early_warning(found: EarlyWarning, look: datetime | None) -> None:
    """The first rows of the list, how many there are, what is new since when, and everything on demand."""
    st.subheader("What needs someone now")
    asking = head(found)
    if asking.empty:
        st.success("Nothing is late, over its contract, silent or newly red.", icon=":material/check:")
    else:
        with st.container(horizontal=True, vertical_alignment="center", gap="small"):
            st.caption(f"{_numbers(found)} · new: {_compared(found, look)}", width="content")
            with st.popover("Why these?", type="tertiary", icon=":material/help:"):
                st.markdown(_rules())
    attention(asking)
    if not found.rows.empty:
        with st.expander(f"Everything ({len(found.rows):,})", icon=":material/list:"):
            _everything(found)


def _numbers(found: EarlyWarning) -> str:
    return ", ".join(f"{found.number(level)} {level}" for level in Level if found.number(level))


def _compared(found: EarlyWarning, look: datetime | None) -> str:
    if found.looked and look is not None:
        return f"since {day(look.date())}, when you last looked"
    return f"since {day(found.then)}, a month before"


def _rules() -> str:
    """The declared rules, one line each: what is found, and when it asks to act now."""
    return "\n".join(f"- {plain(rule.finds)}  \n  act now: {plain(rule.acts)}" for rule in RULES)


def _everything(found: EarlyWarning) -> None:
    levels = st.pills(
        "Level", list(Level), selection_mode="multi", default=list(Level), key="levels", label_visibility="collapsed"
    )
    kept = found.rows[found.rows["level"].isin(levels)].reset_index(drop=True)
    rows(kept[list(WARNINGS)], key="early-warning", columns=WARNINGS, height=420, picked=_stay)
    place = picked_row("early-warning")
    if place is None or place >= len(kept):
        st.caption("Select a row to open its evidence.")
        return
    row = kept.to_dict("records")[place]
    st.page_link(
        PAGES[row["page"]],
        label=f"Open the evidence: {plain(row['what'])}, {plain(row['study'] or row['cro'])}",
        icon=":material/arrow_forward:",
        query_params=address(**row["parameters"]),
    )


def _stay() -> None:
    """A selected row shows its link: there is nothing to do before."""


def attention(table: pd.DataFrame) -> None:
    """One line a study or CRO: which, what since when, what is at stake, whose side, and the action or a button."""
    for place, row in enumerate(table.to_dict("records")):
        with st.container(border=True, key=f"row-{place}"):
            whom, what, stake, action = st.columns(WIDTHS, vertical_alignment="center")
            with whom.container(gap=None):
                _whom(row)
            new = " :orange-badge[new]" if row["is_new"] else ""
            more = f" · and {row['more']} more" if row["more"] else ""
            with what.container(gap=None):
                st.markdown(f"{plain(row['what'])} {BADGES[row['level']]}{new}")
                st.caption(f"{_since(row['since'])}{plain(row['evidence'])}{more}")
            with stake.container(gap=None):
                st.markdown(f"**{plain(row['stake'])}**")
                st.caption(plain(row["side"]))
            with action.container(gap=None):
                _action(row, place)


def _whom(row: dict[Any, Any]) -> None:
    """The study or CRO that a row is about, as the link to its evidence, with its light."""
    study = row["study"]
    st.page_link(
        PAGES[row["page"]], label=f"**{plain(study or row['cro'])}**", query_params=address(**row["parameters"])
    )
    light = band_word(row["status"], BAND_WORDS[row["status"]])
    st.markdown(f"{light} · {plain(row['cro'])}" if study else light)


def _since(since: Any) -> str:
    return "" if pd.isna(since) else f"since {day(pd.Timestamp(since).date())} · "


def _action(row: dict[Any, Any], place: int) -> None:
    if row["action"]:
        due = "" if pd.isna(row["due"]) else f", due {day(pd.Timestamp(row['due']).date())}"
        st.markdown(plain(row["action"]))
        st.caption(f"{plain(row['owner'] or 'no owner')}{due}")
    elif st.button("No action. Make one", key=f"act-{place}", icon=":material/add_task:", type="tertiary"):
        whom = ", ".join(name for name in (row["study"], row["cro"]) if name)
        make(row["cro_id"], row["engagement"], row["kpi"], f"{whom}: {row['what']}, {row['stake']}")


def late_returns(late: pd.DataFrame, due: Due | None) -> None:
    """Who has not sent their data, by name: one line a project manager; and by when the newest returns are due."""
    if due is not None:
        st.caption(due_words(due))
    if late.empty:
        every = due is None or due.reported == due.expected
        st.markdown(f":blue[{SYMBOL['green']} {'Every return is in' if every else 'No return is late'}.]")
        return
    named = late.assign(pm=late["pm"].where(late["pm"] != "", "nobody named"))
    people = [
        f"**{plain(pm)}** ({plain(listing(list(own['study_id']), STUDIES))}; {count(own['missing'].max(), 'month')})"
        for pm, own in named.groupby("pm", sort=False)
    ]
    if more := people[PEOPLE:]:
        people = [*people[:PEOPLE], f"{len(more)} more project managers"]
    returns = f"{count(len(late), 'return')} {'is' if len(late) == 1 else 'are'} late"
    st.markdown(f":red[{SYMBOL['red']} **{returns}:**] " + " · ".join(people))
