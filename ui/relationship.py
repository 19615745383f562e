"""What the tab of the relationship shows: how both sides see the work, and which key people stayed."""

from typing import Any

import streamlit as st

from analytics import relationship as numbers
from analytics.kpis.relationship import HIDDEN_BELOW
from ui.ask import ask
from ui.columns import DATE
from ui.kpi_line import kpi_line
from ui.show import plain, rows

SIDES: dict[str, Any] = {
    "label": st.column_config.TextColumn("Who on whom", pinned=True),
    "value": st.column_config.NumberColumn("Health", format="%.0f", help="Median of the forms, 0 to 100."),
    "gap": st.column_config.NumberColumn("Against ours", format="%+.0f", help="Plus: they see it better than we do."),
    "n": "Answers",
    **{numbers.part_name(part): f"Gave {numbers.part_name(part)}" for part in numbers.PARTS},
    "reason": "Why not",
}
DIMENSIONS: dict[str, Any] = {
    "dimension": st.column_config.TextColumn("Dimension", pinned=True),
    **{
        direction: st.column_config.NumberColumn(label, format="%.1f", help="Mean answer, 1 to 5.")
        for direction, label in numbers.DIRECTIONS.items()
    },
    "gap": st.column_config.NumberColumn("Itself less ours", format="%+.1f", help="Plus: the CRO rates itself higher."),
    "n": "Our answers",
}
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
    """The four KPIs of one CRO, what each side says, and who left."""
    kpi_line(ask(numbers.kpis, cro), cro=cro)
    _survey(cro)
    _team(cro)


def _survey(cro: str) -> None:
    st.subheader("How each side sees it")
    sides = ask(numbers.sides, cro)
    if not sides["n"].any():
        st.info("No answers to the survey in the period. Load **surveys** to see them.", icon=":material/forum:")
        return
    st.markdown(plain(numbers.summary(sides)))
    told = [name for name in SIDES if name != "reason" or sides[name].astype(bool).any()]
    rows(sides[told], key="relationship-sides", columns=SIDES)
    rows(ask(numbers.dimensions, cro), key="relationship-dimensions", columns=DIMENSIONS)
    st.caption(f"What fewer than {HIDDEN_BELOW} people answered is hidden, so that nobody is recognised.")


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
