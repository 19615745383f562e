"""The tab of the Data page that says what each kind of file needs."""

import pandas as pd
import streamlit as st

from data import commands
from data.contracts import ALL, Column, Contract
from ui.show import plain
from ui.start import FIRST


def templates() -> None:
    """One row a kind: what it is, its template, its columns; those that give value first come first."""
    st.write(
        "A template holds the column names and example rows to replace. "
        "Engagements, milestones and budget are enough to begin with; nothing else is required, ever. "
        "A column that a file lacks keeps what is known."
    )
    ordered = sorted(ALL, key=lambda contract: FIRST.index(contract.kind) if contract.kind in FIRST else len(FIRST))
    for contract in ordered:
        _kind(contract)


def _kind(contract: Contract) -> None:
    with st.container(border=True):
        said, button = st.columns([5, 1], vertical_alignment="center")
        said.markdown(f"**{contract.kind.replace('_', ' ').capitalize()}**: {plain(contract.meaning)}")
        button.download_button(
            "Template", data=commands.template(contract.kind), file_name=f"{contract.kind}.csv", mime="text/csv",
            key=f"csv-{contract.kind}", icon=":material/download:", on_click="ignore", width="stretch",
        )  # fmt: skip
        with st.expander(f"Its {len(contract.columns)} columns"):
            st.dataframe(columns(contract), hide_index=True, key=f"columns-{contract.kind}")


def columns(contract: Contract) -> pd.DataFrame:
    """One row a column: its name, whether it must be there, what it means and how it is written."""
    return pd.DataFrame(
        [
            {"Column": column.name, "Needed": _needed(column), "Meaning": column.meaning, "Written as": column.expected}
            for column in contract
        ]
    )


def _needed(column: Column) -> str:
    if column.key:
        return "key" if column.required else "key, may be empty"
    return "for a new row" if column.required else ""
