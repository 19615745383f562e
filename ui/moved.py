"""The figures that a load would move, before it is accepted."""

from collections.abc import Sequence

import pandas as pd
import streamlit as st

from analytics.preview import Moved
from analytics.words import count

SHOWN = 12
WORDS = {"better": "↑ better", "worse": "↓ worse", "": ""}


def figures(moved: Sequence[Moved]) -> None:
    """Draw the most important ones, and the others folded."""
    st.subheader("Figures that will move", anchor=False)
    if not moved:
        st.caption("No figure moves.")
        return
    st.dataframe(table(moved[:SHOWN]), hide_index=True, key="figures-moved")
    if len(moved) > SHOWN:
        with st.expander(f"{count(len(moved) - SHOWN, 'more figure')}", icon=":material/list:"):
            st.dataframe(table(moved[SHOWN:]), hide_index=True, key="figures-moved-more")


def table(moved: Sequence[Moved]) -> pd.DataFrame:
    """One line a figure."""
    return pd.DataFrame(
        [
            {
                "Who": one.who, "Figure": one.what, "Before": _with_word(one.before, one.band_before),
                "After": _with_word(one.after, one.band_after), "So it gets": WORDS[one.turn],
            }
            for one in moved
        ]
    )  # fmt: skip


def _with_word(text: str, band: str) -> str:
    return f"{text}, {band}" if band else text
