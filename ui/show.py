"""How pages show figures and tables: the same everywhere."""

import re
from collections.abc import Callable, Mapping
from functools import partial
from html import escape
from typing import Any

import pandas as pd
import plotly.graph_objects as go
import streamlit as st

from charts.theme import DARK, LIGHT, Look, headless
from data.outgoing import csv_text, neutralised

MARKUP = re.compile(r"([\\`*_{}\[\]()#+\-.!|<>~$:@&^])")
ADDRESS = re.compile(r"(?<=:)(?=//)|(?<=www)(?=\.)|(?<=@)(?=[\w-])|(?<=:)(?=[a-z+-][\w+/-]*:)", re.IGNORECASE)
"""Where an address or an icon is cut in two: `http:` from `//`, `www` from `.`, `@` and `:` from what follows."""
CUT = "\u2060"
"""Joins words without being seen. The browser looks for addresses and icons once escapes are gone, so none helps."""
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
    written: Any = None,
) -> None:
    """A figure, and below it, closed, its table with a CSV of it.

    `key` names the CSV, `alt` tells the figure to who cannot see it, `columns` heads the table; `behind` and
    `written` as in `rows`.
    """
    drawn(figure, key=key, alt=alt)
    with st.expander(name, icon=":material/table_rows:"):
        if behind:
            st.caption("Select a line to see the rows behind it.")
        rows(table, key=key, columns=columns, behind=behind, written=written)


def drawn(figure: go.Figure, *, key: str, alt: str, selectable: bool = False) -> list[Any]:
    """A figure under its title as a heading, its subtitle and its colours: text of the page wraps at any width.

    What its selected marks carry as `customdata`; nothing is selected in one that is not `selectable`.
    """
    head, bare = headless(figure)
    st.subheader(plain(head.title), anchor=False)
    if head.subtitle:
        st.caption(plain(head.subtitle))
    if head.key:
        squares = (
            f'<span style="white-space:nowrap; margin-right:1em">'
            f'<span style="color:{colour}" aria-hidden="true">■</span> {escape(word)}</span>'
            for word, colour in head.key
        )
        st.html(f'<div style="font-size:0.875rem">{" ".join(squares)}</div>')
    if not selectable:
        st.plotly_chart(bare, theme=None, config=CONFIG, key=key, alt=alt)
        return []
    chosen = st.plotly_chart(
        bare, theme=None, config=CONFIG, key=key, alt=alt, on_select="rerun", selection_mode="points"
    )
    return [point["customdata"] for point in chosen["selection"]["points"]]


def rows(
    table: pd.DataFrame,
    *,
    key: str,
    columns: Mapping[str, Any] | None = None,
    height: int | None = None,
    picked: Callable[[], None] | None = None,
    behind: Callable[[Mapping[str, Any]], str | None] | None = None,
    written: Any = None,
) -> None:
    """A table with a CSV of it. `picked` is called when a row is selected; `picked_row` then says which.

    `written`: the same table as `ui.columns.written` colours it and says it in words; the CSV has the values.

    `behind` makes of the selected row what the address names to open the rows behind it; None opens nothing.
    """
    if behind:
        picked = partial(_follow_row, key, table, behind)
    st.dataframe(
        table if written is None else written,
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
    """Text that markdown shows literally: values of users may hold links and images, or be addresses."""
    return MARKUP.sub(r"\\\1", ADDRESS.sub(CUT, str(text)))
