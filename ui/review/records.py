"""What leaves the register as a file: the dates as a calendar, and the record for inspectors."""

from datetime import UTC, datetime

import streamlit as st

from analytics.words import count
from reports import oversight, reminders
from ui.ask import ask
from ui.columns import DATE
from ui.entry import name_of_writer
from ui.review.steps import today
from ui.show import rows
from ui.store import open_store

COMING = {
    "due": st.column_config.DateColumn("Day", format=DATE, width=95),
    "what": st.column_config.TextColumn("What", width="large"),
    "more": st.column_config.TextColumn("About", width="large"),
}


def coming() -> None:
    """What is due of reviews and actions, as a list and as a calendar file."""
    found = ask(reminders.coming, today())
    with st.expander(f"{count(len(found), 'review or action', 'reviews and actions')} to be reminded of"):
        rows(found, key="reminders", columns=COMING, height=260 if len(found) > 6 else None)
        calendar("home")


def calendar(place: str) -> None:
    """The button that gives the calendar file."""
    st.download_button(
        "As a calendar file",
        data=lambda: reminders.write(ask(reminders.reminders, today()), datetime.now(UTC)),
        file_name="cro-reviews.ics",
        mime="text/calendar",
        key=f"calendar-{place}",
        icon=":material/event:",
        on_click="ignore",
        help="Coming reviews and due actions, for any calendar. Taken in again, it updates its entries.",
    )


def records() -> None:
    """The oversight record, made on demand."""
    st.subheader("For inspectors", anchor=False)
    st.caption(
        "One file with reviews, decisions, actions, escalations, audit findings, selections and the ledger, each with "
        "its whole history, and a manifest of hashes. It is designed to support the sponsor's essential records (ICH "
        "E6(R3)) and is not validated. `python -m reports check FILE` says whether it is as it was made."
    )
    with st.container(horizontal=True, vertical_alignment="bottom"):
        who = name_of_writer("oversight").strip()
        st.download_button(
            "Oversight record",
            data=lambda: oversight.write(open_store(), made_on=datetime.now(UTC), who=who),
            file_name=f"oversight-{today():%Y-%m-%d}.zip",
            mime="application/zip",
            key="oversight-record",
            icon=":material/inventory_2:",
            on_click="ignore",
            disabled=not who,
            help="Write your name first: it stands in the record.",
        )
        calendar("register")
