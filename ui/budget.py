"""The tables about money: their columns, and the change orders that wait for a signature."""

from typing import Any

import pandas as pd
import streamlit as st

from analytics import budget
from ui.behind import row
from ui.columns import DATE, written
from ui.kpi_line import tiles
from ui.show import rows
from wording import count

INITIATOR = {
    "cro": "CRO",
    "sponsor": "us",
    "shared": "shared",
    "external": "external",
    "not recorded": "not recorded",
}


def amount(label: str, code: str, meaning: str = "") -> Any:
    """A column of amounts in one currency."""
    return st.column_config.NumberColumn(
        f"{label}, {code}" if code else label, format="localized", help=meaning or None
    )


def exposure(code: str, line: str) -> dict[str, Any]:
    """Columns of `analytics.budget.exposure`."""
    return {
        "label": line,
        "contract": amount("Original contract", code, "Without change orders, fee."),
        "executed": amount("Change orders signed", code),
        "unsigned": amount("Submitted, not signed", code),
        "forecast": amount("Forecast at completion", code, "Spent so far and what is still to come, fee."),
        "over": st.column_config.Column("Forecast against signed", help="Signed: contract and executed change orders."),
        "band": None,
        "n": st.column_config.NumberColumn("Engagements"),
        "silent_since": st.column_config.DateColumn("Not told anew since", format=DATE),
    }


def completion(line: str) -> dict[str, Any]:
    """Columns of `analytics.earned_value.completion`."""
    return {
        "label": line,
        "value": st.column_config.Column("Variance", help="Of the budget, all cost types."),
        "low": st.column_config.Column("At the highest estimate"),
        "high": st.column_config.Column("At the lowest estimate"),
        "band": "Band",
        "amount": "In money",
        "reason": "Why there is none",
        "n": st.column_config.NumberColumn("Engagements", format="%.0f"),
        "currency": "Currency",
        "bac": amount("Budget (BAC)", ""),
        "eac_cpi_spi": amount("AC + (BAC - EV) / (CPI x SPI)", ""),
        "eac_bac_over_cpi": amount("BAC / CPI", ""),
        "eac_ac_plus_remaining": amount("AC + (BAC - EV)", ""),
        "bottom_up": amount("Bottom-up", "", "Spent so far and what the CRO says is still to come."),
    }


def cost_types(code: str, line: str, baseline: str) -> dict[str, Any]:
    """Columns of `analytics.budget.cost_types`."""
    return {
        "label": line,
        "cost_type": "Cost type",
        "n": st.column_config.NumberColumn("Engagements"),
        "planned_original": amount("Original budget", code),
        "planned_current": amount("Current budget", code),
        "spent": amount("Spent to date", code, "Invoiced and accrued."),
        "told": st.column_config.NumberColumn("With a forecast", help="Engagements that tell what is still to come."),
        "forecast": amount("Forecast at completion", code, "Of the engagements that tell it."),
        "left": st.column_config.Column(
            f"Against the {baseline} budget", help="The forecast of the engagements that tell it, against their budget."
        ),
    }


SIGNATURES: dict[str, Any] = {
    "what": "What",
    "study": "Study",
    "cro": "CRO",
    "change_order": "Change order",
    "reason": "Reason",
    "initiator": "Initiator",
    "needed_by": st.column_config.DateColumn("Work begins", format=DATE),
    "executed": st.column_config.DateColumn("Signed", format=DATE),
    "days": st.column_config.Column(
        "Work without a signature", help="From the day the work begins to the signature, or to the as-of date."
    ),
    "value": amount("Value", ""),
    "currency": "Currency",
}


def types(found: pd.DataFrame) -> pd.DataFrame:
    """The table of `analytics.budget.cost_types` as it is shown."""
    return whole(found).assign(cost_type=found["cost_type"].str.replace("_", "-"))


def signatures(found: pd.DataFrame, code: str) -> None:
    """The change orders of `analytics.budget.signatures`: how many, how much, and each of them."""
    states = budget.at_stake(found).to_dict("records")
    for tile, state in zip(tiles(len(states), "signatures"), states, strict=True):
        tile.metric(state["what"].capitalize(), budget.stake(state["items"], state["amount"], code))
    if found.empty:
        st.info("No work is known to have begun, or to begin soon, without a signature.", icon=":material/check:")
    else:
        table = whole(found.drop(columns="amount")).assign(initiator=found["initiator"].map(INITIATOR))
        rows(
            table,
            key="work-before-signature",
            columns=SIGNATURES,
            written=written(table, words={"days": _without}),
            behind=lambda line: row("change_orders", str(line["change_order"])),
        )
    st.caption(
        f"The day on which the work begins is the change order's own (column needed_by). Soon: within {budget.SOON} "
        "days. Those signed late are of the last 12 months."
    )


def _without(days: float) -> str:
    return f"{count(days, 'day')}" if days >= 0 else f"begins in {count(-days, 'day')}"


def whole(table: pd.DataFrame, apart: tuple[str, ...] = ()) -> pd.DataFrame:
    """The table with whole units of money: its numbers rounded, without those of the columns `apart`."""
    amounts = [name for name in table.select_dtypes("float") if name not in apart]
    return table.assign(**{str(name): table[name].round() for name in amounts})
