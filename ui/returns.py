"""Who has to send what: the parts of the freshness tab."""

import pandas as pd
import streamlit as st

from analytics.freshness import KINDS, Completeness
from analytics.words import count
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


def late(table: pd.DataFrame) -> None:
    """Returns that are late, by name."""
    if table.empty:
        told = "Nobody is late: every active engagement has told of the last month that ended."
        st.success(told, icon=":material/check:")
        return
    people = table.loc[table["pm"] != "", "pm"].nunique()
    st.subheader(f"{count(len(table), 'return')} late, of {count(people, 'project manager')}")
    rows(table, key="late-returns", columns=HEADS)


def by_kind(table: pd.DataFrame) -> None:
    """How new the data of each kind is."""
    st.subheader("How new each kind of data is")
    st.caption(
        "The newest status date at which something new was told. An empty cell: never. "
        "A file that repeats what is known tells nothing new, so a quiet month can look like a missing one."
    )
    rows(table.drop(columns=["missing", "days_since"]), key="freshness", columns=HEADS)
