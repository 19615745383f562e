"""The tab of the Data page that tells who loaded what, takes it back, and gives it out again."""

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from typing import Any

import pandas as pd
import streamlit as st

from analytics.words import day
from data import commands
from data.contracts import BY_KIND
from data.store import Stamp, UndoRefused
from ui.columns import DATE
from ui.show import plain, rows
from ui.store import open_store

TOLD = "_ledger_told"
COUNTED = ("undone", "new", "changed", "unchanged", "removed", "rejected", "reason")
COLUMNS = {
    "number": st.column_config.NumberColumn("Upload", format="%d"),
    "at": st.column_config.DatetimeColumn("Loaded, UTC", format="D MMM YYYY, HH:mm"),
    "status_date": st.column_config.DateColumn("Status date", format=DATE),
    "who": "Who", "what": "What", "files": "Files", "new": "New", "changed": "Changed", "unchanged": "Unchanged",
    "removed": "Taken back", "rejected": "Rejected", "reason": "Reason",
    "undone": st.column_config.CheckboxColumn("Undone"), "role": None,
}  # fmt: skip


def ledger() -> None:
    """Draw the tab."""
    if told := st.session_state.pop(TOLD, None):
        st.success(told, icon=":material/check:")
    entries = commands.history(open_store())
    if not entries:
        st.info("Nothing has been loaded yet.")
        return
    rows(table(entries), key="ledger", columns=COLUMNS)
    undo, proof, out = st.columns(3, border=True)
    with undo:
        _undo(entries)
    with proof:
        _verify()
    with out:
        _export(entries)


def table(entries: Sequence[Mapping[str, Any]]) -> pd.DataFrame:
    """One row an upload, the newest first."""
    return pd.DataFrame(
        [
            {
                "number": entry["number"], "at": entry["uploaded_at"], "status_date": entry["status_date"],
                "who": entry["who"], "role": entry["role"],
                "what": f"undo of {entry['undoes']}" if entry["undoes"] else entry["what"],
                **{name: entry[name] for name in COUNTED},
                "files": ", ".join(dict.fromkeys(file["file"] or file["kind"] for file in entry["files"])),
            }
            for entry in entries
        ]
    )  # fmt: skip


def _undo(entries: Sequence[Mapping[str, Any]]) -> None:
    st.subheader("Take an upload back")
    st.caption("By a new upload: what was known in between can still be asked for.")
    names = {entry["number"]: _name(entry) for entry in entries if not entry["undone"]}
    with st.form("undo", border=False):
        number = st.selectbox("Upload", list(names), format_func=lambda option: names[option])
        who = st.text_input("Your name", value=st.session_state.get("who", ""))
        reason = st.text_input("Reason", max_chars=500)
        if not st.form_submit_button("Take it back", icon=":material/undo:"):
            return
    if number is None or not who.strip():
        st.error("Enter your name: it stands in the history.")
        return
    st.session_state["who"] = who.strip()
    stamp = Stamp(who=who.strip(), role="user", at=datetime.now(UTC), status_date=None, reason=reason.strip())
    try:
        own = commands.undo(open_store(), number, stamp)
    except UndoRefused as refusal:
        st.error(plain(str(refusal)), icon=":material/block:")
        return
    st.session_state[TOLD] = f"Upload {number} is taken back, by upload {own}."
    st.rerun()


def _name(entry: Mapping[str, Any]) -> str:
    what = f"undo of {entry['undoes']}" if entry["undoes"] else day(entry["status_date"])
    return f"{entry['number']} · {what} · {entry['who']}"


def _verify() -> None:
    st.subheader("Prove it")
    st.caption(
        "Looks at every row: one current row a key, no reference into the void, and the chain of uploads whole. "
        "The chain makes a later change of the history evident; it does not prevent one."
    )
    if st.button("Verify the store", icon=":material/verified:"):
        findings = commands.verify(open_store())
        if not findings:
            st.success("Sound: keys, references, versions and the history.")
        for finding in findings:
            st.error(plain(finding))


def _export(entries: Sequence[Mapping[str, Any]]) -> None:
    st.subheader("Get data out")
    st.caption("All rows of a kind, in the form in which they can be loaded again.")
    kind = st.selectbox("Kind", list(BY_KIND), key="export-kind")
    if private := [column.name for column in BY_KIND[kind] if column.private]:
        st.caption(f"Without {' and '.join(private)}, which would tell who answered; a command gives them (--private).")
    known_at = st.selectbox(
        "As known", [None, *(entry["number"] for entry in entries)], key="export-known-at",
        format_func=lambda option: f"at upload {option}" if option else "now",
    )  # fmt: skip
    st.download_button(
        "Download CSV", data=lambda: commands.export(open_store(), kind, known_at), on_click="ignore",
        file_name=f"{kind}-at-{known_at}.csv" if known_at else f"{kind}.csv", mime="text/csv", key="export",
        icon=":material/download:",
    )  # fmt: skip
