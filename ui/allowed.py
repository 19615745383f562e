"""What may stand in a column of ours, for whoever chooses it instead of writing it."""

import streamlit as st

from analytics.catalogue import BY_ID
from data import commands
from data.contracts import BY_KIND, Column, Type
from ui.store import open_store

LABELS = {
    "cros": "name",
    "engagements": "concat_ws(', ', study_id, title)",
    "change_orders": "concat_ws(', ', engagement_id, reason)",
}
"""How the id of a kind is explained, in SQL."""
IDS = "SELECT {key}, {label} FROM {kind} WHERE valid_to IS NULL ORDER BY 1 LIMIT 5000"


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
def _ids(state: str, kind: str) -> dict[str, str]:
    label = LABELS.get(kind, "NULL")
    with open_store().read() as cursor:
        found = cursor.execute(IDS.format(key=BY_KIND[kind].keys[0], label=label, kind=kind)).fetchall()
    return {own: f"{own} · {said}" if said else own for own, said in found}
