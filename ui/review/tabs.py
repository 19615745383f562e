"""The tabs of the page while no review is open: reviews, their register, and actions and feedback."""

import streamlit as st

from ui.practices import feedback, requirements
from ui.review.listing import listed
from ui.review.register import register_and_records

TABS = (
    "Reviews", "Register", "Actions", "Feedback both ways", "Did it help?", "Requirements", "Closed", "Decisions",
)  # fmt: skip
PARTS = (
    listed,
    register_and_records,
    feedback.actions,
    feedback.both_ways,
    feedback.did_it_help,
    requirements.across,
    feedback.closed,
    feedback.decisions,
)


def reviews() -> None:
    """Draw the tab that is open."""
    for tab, part in zip(st.tabs(TABS, key="view", on_change="rerun", bind="query-params"), PARTS, strict=True):
        if tab.open:
            with tab:
                part()
