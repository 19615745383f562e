"""Who has to send what, and by when: the parts of the freshness tab."""

from datetime import UTC, date, datetime

import pandas as pd
import streamlit as st

from analytics.freshness import KINDS, Completeness, Due
from analytics.words import count, day
from data.returns.due import working_day
from ui.columns import DATE
from ui.show import rows

HEADS = {
    "pm": st.column_config.TextColumn("Who sends it", help="Our project manager of the engagement."),
    "engagement_id": "Engagement", "study_id": "Study", "cro": "CRO", "cro_id": None,
    "last_told": st.column_config.DateColumn("Data to", format=DATE, help="Newest status date with something new."),
    "days_since": st.column_config.NumberColumn("Days since", format="%d"),
    "missing": st.column_config.NumberColumn("Months missing", format="%d", help="Months that ended since then."),
    "reported": "Months reported", "expected": "Months expected",
    "percent": st.column_config.NumberColumn("Complete", format="%.0f %%"),
    "late": st.column_config.CheckboxColumn("Late"),
    **{kind: st.column_config.DateColumn(kind.replace("_", " ").capitalize(), format=DATE) for kind in KINDS},
    "returns": st.column_config.DateColumn("No change", format=DATE, help="Confirmed of the month that ended then."),
}  # fmt: skip


def complete(found: Completeness) -> None:
    """How complete the data is, in one line."""
    if found.percent is None:
        st.info("No month of an active engagement has ended yet.")
        return
    st.markdown(
        f"**{found.percent:.1f} % complete**: {found.reported:,} of {count(found.expected, 'month')} reported, over "
        f"{count(found.engagements, 'active engagement')}."
    )


def calendar() -> tuple[date, int]:
    """Today, and the working day on which returns are due: what a question about late returns needs from outside."""
    return datetime.now(UTC).date(), working_day()


def due_words(found: Due) -> str:
    """`October returns: due Fri 6 Nov 2026 (working day 5); 21 of 24 are in.` True on either side of that day."""
    return (
        f"{found.month:%B} returns: due {found.day:%a} {day(found.day)} (working day {found.working_day}); "
        f"{found.reported:,} of {found.expected:,} are in."
    )


def due(found: Due | None) -> None:
    """By when the newest returns are due, and how many are in."""
    if found is not None:
        st.markdown(due_words(found))


def late(table: pd.DataFrame) -> None:
    """Returns that are late, by name."""
    if table.empty:
        st.success("Nobody is late.", icon=":material/check:")
        return
    people = table.loc[table["pm"] != "", "pm"].nunique()
    st.subheader(f"{count(len(table), 'return')} late, of {count(people, 'project manager')}")
    rows(table, key="late-returns", columns=HEADS)


def by_kind(table: pd.DataFrame) -> None:
    """How new the data of each kind is."""
    st.subheader("How new each kind of data is")
    st.caption(
        "The newest status date at which something new was told. An empty cell: never. "
        "A file that repeats what is known tells nothing new: of a quiet month, the return says “no change”."
    )
    rows(table.drop(columns=["missing", "days_since"]), key="freshness", columns=HEADS)
