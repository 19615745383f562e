"""The demo portfolio, and the way out of it."""

import streamlit as st

from data import commands
from ui.store import open_store

OF_THE_UPLOAD = "_upload"
"""What the upload tab remembers of a session begins like this, and is of the store that is put aside."""


def leave_demo() -> None:
    """While the store holds the demo: say so, and offer the one action, with a question before it."""
    if not commands.is_demo(open_store()):
        return
    with st.container(border=True, horizontal=True, horizontal_alignment="distribute", vertical_alignment="center"):
        st.markdown(":orange[**Demo portfolio.**] What you load now is added to it.", width="content")
        with st.popover("Start with my own data", icon=":material/restart_alt:", type="primary", width="content"):
            st.write(
                "The demo portfolio is put aside, into a file beside the store, and you begin with an empty store. "
                "Everybody who uses this app then sees your data only."
            )
            if st.button("Put the demo aside and begin", type="primary"):
                commands.start_empty(open_store())
                for key in [key for key in st.session_state if str(key).startswith(OF_THE_UPLOAD)] + ["as_of"]:
                    st.session_state.pop(key, None)
                st.rerun()
