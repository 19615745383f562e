"""What the last accepted upload did, what came back, and where to look."""

from collections.abc import Sequence
from dataclasses import dataclass

import streamlit as st

from analytics.words import day
from data.intake import FileResult, Loaded
from ui.mend import rejected_name
from ui.scope import address, scope
from ui.show import plain
from ui.status_date import newest

DONE = "_upload_done"
LOOK_AT = (("home", "Home"), ("timelines", "Timelines"), ("budget", "Budget"), ("responsiveness", "Responsiveness"))


@dataclass(frozen=True, slots=True)
class Done:
    """An accepted load, and the profiles that were kept with it."""

    answer: Loaded
    profiles: Sequence[str] = ()


def say_done() -> None:
    """Draw it, until other files are dropped."""
    done: Done | None = st.session_state.get(DONE)
    if done is None:
        return
    with st.container(border=True):
        told = "; ".join(f"{file.kind}: {_counts(file)}" for file in done.answer.files)
        st.success(f"Upload {done.answer.upload} is in. {plain(told)}.", icon=":material/check:")
        for place, file in enumerate(done.answer.files):
            if file.rejected_csv:
                st.download_button(
                    f"The rows of {plain(file.file)} that were not loaded, with the reasons", data=file.rejected_csv,
                    file_name=rejected_name(file.file), mime="text/csv", on_click="ignore",
                    key=f"rejected-{place}", icon=":material/download:",
                )  # fmt: skip
        if done.profiles:
            names = " and ".join(f"“{name}”" for name in done.profiles)
            st.caption(f"Kept as profile {plain(names)}: the next file with these headings is read the same way.")
        seen, told_to = scope(), newest()
        if told_to and seen and seen.as_of < told_to:
            st.caption(f"You look at {day(seen.as_of)}; the newest data is as of {day(told_to)}: move the as-of date.")
        with st.container(horizontal=True, vertical_alignment="center"):
            st.caption("See what it says:", width="content")
            for page, label in LOOK_AT:
                st.page_link(f"../pages/{page}.py", label=label, query_params=address(), width="content")


def _counts(file: FileResult) -> str:
    counts = file.counts
    parts = {
        "new": counts.new, "changed": counts.changed, "closed": counts.removed, "given back": counts.rejected,
    }  # fmt: skip
    return ", ".join(f"{number:,} {what}" for what, number in parts.items() if number) or "nothing new"
