"""What may stand in a column of ours, for whoever chooses it instead of writing it."""

import streamlit as st

from analytics import choices
from analytics.catalogue import BY_ID
from analytics.scope import newest
from analytics.view import View
from data import commands
from data.contracts import Column, Type
from ui.scope import LAST, unfiltered
from ui.store import open_store


def allowed(column: Column) -> dict[str, str]:
    """What can be chosen, as it is written and as it is shown; empty where anything may be written."""
    if column.choices:
        return {choice: choice for choice in column.choices}
    if column.type is Type.FLAG:
        return {"yes": "yes", "no": "no"}
    if column.references == "kpi":
        return {kpi_id: f"{kpi_id} · {kpi.label}" for kpi_id, kpi in BY_ID.items()}
    if column.references:
        return _ids(commands.state(open_store()), column.references)
    return {}


@st.cache_data(max_entries=20, show_spinner=False)
def _ids(state: str, kind: str) -> choices.Choices:
    with open_store().read() as cursor:
        as_of, known_at = newest(cursor)
        return choices.ids(View(cursor, unfiltered(as_of or LAST, known_at)), kind)
