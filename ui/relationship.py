"""What the tab of the relationship shows: its KPIs, and which key people stayed."""

from typing import Any

import streamlit as st

from analytics import relationship as numbers
from ui.ask import ask
from ui.columns import DATE
from ui.kpi_line import kpi_line
from ui.show import rows

LOST: dict[str, Any] = {
    "study": "Study",
    "role": "Role",
    "person": "Who",
    "ended": st.column_config.DateColumn("Last day", format=DATE),
    "reason": "Why",
    "follower": "Followed by",
    "since": st.column_config.DateColumn("From", format=DATE),
}
ROLES: dict[str, Any] = {
    "study": "Study",
    "role": "Role",
    "share": st.column_config.NumberColumn("Filled as contracted", format="%.0f %%"),
    "filled": st.column_config.NumberColumn("Days filled", format="%.0f"),
    "days": st.column_config.NumberColumn("Days", format="%.0f"),
}


def relationship(cro: str) -> None:
    """The four KPIs of one CRO, and who left; what each side says stands under the fit."""
    kpi_line(ask(numbers.kpis, cro), cro=cro)
    _team(cro)


def _team(cro: str) -> None:
    st.subheader("Key people")
    lost, roles = ask(numbers.lost, cro), ask(numbers.roles, cro)
    if roles.empty:
        st.info("No key roles are recorded. Load **team** to see them.", icon=":material/group:")
        return
    if lost.empty:
        st.markdown("No key person left in the period.")
    else:
        rows(lost, key="relationship-lost", columns=LOST)
    rows(roles[list(ROLES)], key="relationship-roles", columns=ROLES)
