"""One table of what was dropped: what it is, what it leaves open, what is wrong with it, what it would change."""

import streamlit as st

from data.intake import FileResult
from ui import mapping, profile
from ui.decided import Decided
from ui.doubts import doubts
from ui.mend import mend, whole
from ui.preview import becomes, findings, left_out
from ui.questions import ENCODING, encoding, questions
from ui.show import plain


def card(file: FileResult, decided: Decided, alone: bool) -> None:
    """Draw a table, in the order in which it is worked through; one that is not `alone` can be left out."""
    key = f"{file.file}-{file.kind}"
    with st.container(border=True, key=f"card-{key}"):
        _title(file, decided, alone)
        if file.file in decided.left_out:
            st.caption("Left out: nothing of it is loaded.")
            return
        if said := left_out(file):
            st.caption(plain(said))
        encoding(file, decided)
        whole(file)
        # What is loaded beside a table, such as the CROs that it names, has no headings and nothing to be decided.
        if file.headings.matched:
            _decide(file, decided)
        warnings = [one for one in file.problems if one.severity == "warning" and one.rule != ENCODING]
        findings(warnings, "remark", f"{key}-remarks")
        becomes(file, key)
        profile.offer(file, decided)


def _decide(file: FileResult, decided: Decided) -> None:
    profile.choose(file, decided)
    mapping.columns(file, decided)
    questions(file, decided)
    doubts(file, decided)
    mend(file, decided)


def _title(file: FileResult, decided: Decided, alone: bool) -> None:
    with st.container(horizontal=True, horizontal_alignment="distribute", vertical_alignment="center"):
        read = f" · read with profile {plain(file.headings.profile)}" if file.headings.profile else ""
        st.markdown(f"**{plain(file.file or 'rows')}** · {plain(file.kind or 'kind not found')}{read}")
        if decided.about(file.file) and file.headings.matched and st.button(
            "Forget my choices", key=f"forget-{decided.key(file.file)}-{file.kind}", icon=":material/undo:",
            help="Everything that was chosen or mended here for this table.",
        ):  # fmt: skip
            decided.forget(file.file)
            st.rerun()
        _leave_out(file, decided, alone)


def _leave_out(file: FileResult, decided: Decided, alone: bool) -> None:
    out = file.file in decided.left_out
    # What is loaded beside a table, such as the CROs that it names, has the name of that table.
    if not out and (alone or not file.file or not (file.headings.matched or file.blocked)):
        return
    label, icon = ("Take it in again", "undo") if out else ("Leave this table out", "close")
    if st.button(label, key=f"leave-{decided.key(file.file)}-{file.kind}", icon=f":material/{icon}:"):
        decided.left_out ^= {file.file}
        st.rerun()
