"""How pages show figures and tables: the same everywhere."""

import re
from collections.abc import Callable, Mapping
from functools import partial
from typing import Any

import pandas as pd
import plotly.graph_objects as go
import streamlit as st

from charts.theme import DARK, LIGHT, Look
from data.outgoing import csv_text, neutralised

MARKUP = re.compile(r"([\\`*_{}\[\]()#+\-.!|<>~$:@&^])")
ROWS, FROM = "rows", "_rows_from"
"""The parameter of the address that names the rows or the row to be opened, and the table that led there."""
CONFIG = {"displaylogo": False, "showSendToCloud": False, "displayModeBar": False, "responsive": True}


def look() -> Look:
    """Colours for the theme that the viewer has."""
    return DARK if st.context.theme.type == "dark" else LIGHT


def chart(
    figure: go.Figure,
    table: pd.DataFrame,
    *,
    key: str,
    alt: str,
    name: str = "Numbers behind it",
    columns: Mapping[str, Any] | None = None,
    behind: Callable[[Mapping[str, Any]], str | None] | None = None,
) -> None:
    """A figure, and below it, closed, its table with a CSV of it.

    `key` names the CSV, `alt` tells the figure to who cannot see it, `columns` heads the table; `behind` as in `rows`.
    """
    st.plotly_chart(figure, theme=None, config=CONFIG, key=key, alt=alt)
    with st.expander(name, icon=":material/table_rows:"):
        if behind:
            st.caption("Select a line to see the rows behind it.")
        rows(table, key=key, columns=columns, behind=behind)


def rows(
    table: pd.DataFrame,
    *,
    key: str,
    columns: Mapping[str, Any] | None = None,
    height: int | None = None,
    picked: Callable[[], None] | None = None,
    behind: Callable[[Mapping[str, Any]], str | None] | None = None,
) -> None:
    """A table with a CSV of it. `picked` is called when a row is selected; `picked_row` then says which.

    `behind` makes of the selected row what the address names to open the rows behind it; None opens nothing.
    """
    if behind:
        picked = partial(_follow_row, key, table, behind)
    st.dataframe(
        table,
        hide_index=True,
        key=f"{key}-table",
        column_config=columns,
        height=height or "auto",
        placeholder="–",
        on_select=picked or "ignore",
        selection_mode="single-row",
    )
    st.download_button(
        "Download CSV",
        data=lambda: _csv(table),
        file_name=f"{key}.csv",
        mime="text/csv",
        key=f"{key}-csv",
        icon=":material/download:",
        on_click="ignore",
    )


def follow(asked: str) -> None:
    """Put into the address which rows are to be opened: from a callback."""
    st.query_params[ROWS] = asked


def _follow_row(key: str, table: pd.DataFrame, behind: Callable[[Mapping[str, Any]], str | None]) -> None:
    place = picked_row(key)
    asked = None if place is None else behind({str(name): table[name].iloc[place] for name in table.columns})
    if asked:
        follow(asked)
        st.session_state[FROM] = f"{key}-table"


def picked_row(key: str) -> int | None:
    """The place of the selected row of the table `key`."""
    chosen = st.session_state[f"{key}-table"].selection.rows
    return int(chosen[0]) if chosen else None


def _csv(table: pd.DataFrame) -> str:
    cells = table.astype(object).where(table.notna(), None).itertuples(index=False)
    return csv_text(
        [str(name) for name in table.columns],
        ([None if cell is None else neutralised(str(cell)) for cell in row] for row in cells),
    )


def nothing(what: str, kind: str) -> None:
    """Say what is missing, and how to get it."""
    st.info(
        f"{what} Load **{kind}** on the Data page: its template says which columns it needs.",
        icon=":material/upload_file:",
    )
    st.page_link("../pages/data.py", label="Go to Data", icon=":material/upload_file:")


def plain(text: object) -> str:
    """Text that markdown shows literally: values of users may hold links and images."""
    return MARKUP.sub(r"\\\1", str(text))
