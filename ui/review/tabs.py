"""The tabs of the page while no review is open: reviews, their register, and actions and feedback."""

import streamlit as st

from ui.practices import feedback, requirements
from ui.review.listing import listed
from ui.review.register import register_and_records

PARTS = {
    "Reviews": listed,
    "Register": register_and_records,
    "Actions": feedback.actions,
    "Feedback both ways": feedback.both_ways,
    "Did it help?": feedback.did_it_help,
    "Requirements": requirements.across,
    "Closed": feedback.closed,
    "Decisions": feedback.decisions,
}


def reviews() -> None:
    """Draw the tab that is open."""
    for tab, part in zip(st.tabs(list(PARTS), key="view", on_change="rerun", bind="query-params"), PARTS.values()):
        if tab.open:
            with tab:
                part()
