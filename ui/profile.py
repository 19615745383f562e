"""The name under which it is kept how a table was read, so that next month nothing is asked."""

import re
from pathlib import PurePath

import streamlit as st

from data.intake import FileResult, profiles
from ui.decided import Decided
from ui.show import plain
from ui.store import open_store

DATED = re.compile(r"[\W_]*\d[\d\W_]*")
"""Digits with what stands around them: in the name of a file the part that is another one next month."""


def offer(file: FileResult, decided: Decided) -> None:
    """Offer to keep under a name what was decided about a table, for the file of next month."""
    if file.file not in decided.readings or not file.headings.matched:
        return
    name = st.text_input(
        "Keep these choices for the next file like this one, as profile", max_chars=80,
        value=file.headings.profile or _proposed(file.file), key=f"profile-{decided.ids[0]}-{file.file}",
        help="The next file with these headings is then read without a question. Empty: they are not kept.",
    )  # fmt: skip
    decided.profiles[file.file] = name.strip()


def choose(file: FileResult, decided: Decided) -> None:
    """Ask which profile is meant where the headings fit several."""
    asked = [problem for problem in file.problems if problem.rule == "profile" and problem.severity == "question"]
    if not asked:
        return
    with open_store().read() as cursor:
        kept = profiles.kept(cursor)
    fitting = [name for name, _ in profiles.recognised([one.heading for one in file.headings.matched], kept)]
    st.markdown(f":material/help: The headings of {plain(file.file)} fit more than one profile.")
    name = st.selectbox(
        "Profile to read it with", fitting, index=None, key=f"which-{decided.key(file.file)}",
        placeholder="Choose a profile",
    )  # fmt: skip
    if name:
        decided.profile = name
        st.rerun()


def _proposed(table: str) -> str:
    """`fortis_2026-10.xlsx, Budget` is proposed as `fortis, Budget`."""
    file, comma, sheet = table.partition(", ")
    return DATED.sub(" ", PurePath(file).stem).strip(" -_") + comma + sheet or table
