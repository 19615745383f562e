"""The scorecard matrix on a page: a cell opens its CRO, and more rows are shown on demand."""

from datetime import date
from typing import Any

import pandas as pd
import streamlit as st

from analytics.matrix import PERFORMANCE, STUDIES
from analytics.words import day, score
from charts import scorecard
from ui.behind import labelled
from ui.scope import address
from ui.show import drawn, look, rows

FIRST, MORE = 30, 50
"""Rows at first, and how many each click adds."""
SHOWN = "_matrix_rows"
TABS = {PERFORMANCE: "What made the score", STUDIES: "Studies"}
"""Where on the page of a CRO a cell leads, by its column; another one leads to the KPIs."""
NUMBERS: dict[str, Any] = {
    "cro": st.column_config.TextColumn("CRO", pinned=True),
    "column": "Column",
    "text": "Value",
    "band": "Band",
    "points": st.column_config.TextColumn("Points", help="Of 100; the study status has none."),
    "target": st.column_config.NumberColumn("Green from", format="%.6g"),
    "change": "Since the last quarter",
    "n": st.column_config.NumberColumn("n", format="%.0f"),
    "stale": st.column_config.CheckboxColumn("Stale"),
    "note": "Rests on",
    "cro_id": None,
}


def matrix(table: pd.DataFrame, opened: str, as_of: date) -> None:
    """The figure, more of it on demand, and its numbers; `opened`: the domain that is shown by KPI, or empty."""
    total, limit = table["cro_id"].nunique(), st.session_state.get(SHOWN, FIRST)
    key = f"scorecard-{opened or 'all'}".lower()
    chosen = drawn(
        scorecard.figure(table, look(), as_of=as_of, limit=limit),
        key=key,
        alt=f"Scorecard of the CROs as of {day(as_of)}: score and bands by {'KPI' if opened else 'domain'}.",
        selectable=True,
    )
    if chosen:
        _open(*chosen[0])
    if total > limit:
        st.button(f"Show {min(MORE, total - limit)} more of {total:,}", on_click=_more, icon=":material/expand_more:")
    st.caption(f"Select a cell to open its CRO{'' if opened else ' at its domain'}, with what made it so.")
    with st.expander("Numbers behind it", icon=":material/table_rows:"):
        if opened:
            st.caption("Select a line to see the rows behind it.")
        points = ["–" if pd.isna(of) else score(of, 1) for of in table["points"]]
        rows(
            table[list(NUMBERS)].assign(points=points),
            key=key,
            columns=NUMBERS,
            behind=(lambda line: labelled(line["cro_id"], column="column")(line)) if opened else None,
        )


def _open(cro: str, column: str) -> None:
    """The page of the CRO, on what the column is about."""
    st.switch_page("../pages/cros.py", query_params=address(cro=cro, about=TABS.get(column, "KPIs")))


def _more() -> None:
    st.session_state[SHOWN] = st.session_state.get(SHOWN, FIRST) + MORE
