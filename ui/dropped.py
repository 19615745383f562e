"""The files that lie on the Upload tab: they stay while somebody looks at other tabs and pages."""

import streamlit as st
from streamlit.runtime.uploaded_file_manager import UploadedFile

from analytics.words import count
from ui.show import plain

TURN, IN_WIDGET, EARLIER = "_upload_turn", "_upload_in_widget", "_upload_earlier"
LARGEST = 50
"""MB of one file; as the server's own limit."""


def dropped() -> list[UploadedFile]:
    """Draw the place for files, and return those that lie there.

    A widget that is not drawn forgets its files. So what was in it is kept, and shown beside it when it comes back.
    """
    key = f"files-{turn()}"
    fresh = st.file_uploader(
        "Drop files: CSV, Excel or a zip of them; one, or several that belong together",
        accept_multiple_files=True, key=key, max_upload_size=LARGEST, on_change=_note, args=(key,),
        help="Kinds are found from the columns. Nothing is kept before you accept it.",
    )  # fmt: skip
    here = {file.file_id for file in fresh}
    lost = [file for file in st.session_state.get(IN_WIDGET, []) if file.file_id not in here]
    earlier: list[UploadedFile] = [*st.session_state.get(EARLIER, []), *lost]
    st.session_state[IN_WIDGET], st.session_state[EARLIER] = fresh, earlier
    if earlier:
        with st.container(horizontal=True, vertical_alignment="center"):
            names = ", ".join(plain(file.name) for file in earlier)
            st.markdown(f":material/description: Still here: {names}", width="content")
            st.button(f"Take {count(len(earlier), 'file')} away", on_click=_take_away, icon=":material/close:")
    return [*earlier, *fresh]


def turn() -> int:
    """How often files were accepted: part of the keys of widgets that begin anew then."""
    return int(st.session_state.setdefault(TURN, 0))


def clear() -> None:
    """Begin with an empty place."""
    st.session_state[TURN] = turn() + 1
    st.session_state[IN_WIDGET], st.session_state[EARLIER] = [], []


def _note(key: str) -> None:
    """What somebody adds or takes away is not lost but meant."""
    st.session_state[IN_WIDGET] = st.session_state[key]


def _take_away() -> None:
    st.session_state[EARLIER] = []
