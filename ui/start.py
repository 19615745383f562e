"""How a page begins: its question, what it looks at, and what to do where there is nothing yet."""

from datetime import date

import streamlit as st

from analytics.scope import Scope, newest
from analytics.words import count, day
from data import commands
from data.contracts import BY_KIND
from ui.store import open_store

FIRST = ("engagements", "milestones", "budget", "change_orders", "requests")
"""The kinds in the order in which they give value."""


def heading(question: str, seen: Scope | None) -> None:
    """The page's question, its dates, and whether it is the demo; the question alone while the store is empty."""
    if seen is None:
        st.title(question, anchor=False)
        return
    with st.container(horizontal=True, horizontal_alignment="distribute", vertical_alignment="bottom"):
        st.title(question, anchor=False)
        with st.container(horizontal=True, width="content", vertical_alignment="center"):
            if commands.is_demo(open_store()):
                st.badge("Demo portfolio", color="orange", icon=":material/science:")
            st.caption(f"As of {day(seen.as_of)} · {seen.baseline} baseline · upload {seen.known_at}")
    with open_store().read() as cursor:
        told, _ = newest(cursor, seen.known_at)
    if words := beyond_words(seen.as_of, told):
        st.warning(words, icon=":material/event_busy:")


def beyond_words(as_of: date, told: date | None) -> str:
    """What an as-of date after the newest data means; empty where no month lies between."""
    months = 0 if told is None else (as_of.year - told.year) * 12 + as_of.month - told.month
    if told is None or months < 1:
        return ""
    return (
        f"No data after {day(told)}: nothing is known of the {count(months, 'month')} since, and it counts as silence."
    )


def guide() -> None:
    """An empty store: which files give what, in which order, with their templates."""
    st.title("Start with three files", anchor=False)
    st.markdown(
        "Engagements, milestones and budget are enough for every page to say something. Fill the templates, or export "
        "them from your own systems under these column names, then drop them on the Data page."
    )
    steps()
    st.page_link("../pages/data.py", label="Go to Data and drop your files", icon=":material/upload_file:")


def steps() -> None:
    """The files in the order in which they give value, each with its template."""
    for place, kind in enumerate(FIRST, 1):
        with st.container(border=True, horizontal=True, horizontal_alignment="distribute", vertical_alignment="center"):
            st.markdown(f"**{place}. {kind.replace('_', ' ').capitalize()}**: {BY_KIND[kind].meaning}")
            st.download_button(
                "Template",
                data=commands.template(kind),
                file_name=f"{kind}.csv",
                mime="text/csv",
                key=f"template-{kind}",
                icon=":material/download:",
                on_click="ignore",
            )
