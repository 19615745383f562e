"""Columns of the tables about money."""

from typing import Any

import pandas as pd
import streamlit as st

from ui.columns import DATE

INITIATOR = {"cro": "CRO", "sponsor": "us", "shared": "shared", "external": "external", "not recorded": "not recorded"}


def amount(label: str, code: str, meaning: str = "") -> Any:
    """A column of amounts in one currency."""
    return st.column_config.NumberColumn(f"{label}, {code}" if code else label, format="localized", help=meaning or None)


def exposure(code: str, line: str) -> dict[str, Any]:
    """Columns of `analytics.budget.exposure`."""
    return {
        "label": line,
        "contract": amount("Contract", code, "Original value of the contracts, fee."),
        "executed": amount("Change orders signed", code),
        "unsigned": amount("Submitted, not signed", code),
        "forecast": amount("Forecast at completion", code, "Spent so far and what is still to come, fee."),
        "over": amount("Forecast less signed", code, "Plus is over what is signed."),
        "n": st.column_config.NumberColumn("Engagements"),
        "silent_since": st.column_config.DateColumn("Not told anew since", format=DATE),
    }


def completion(line: str) -> dict[str, Any]:
    """Columns of `analytics.earned_value.completion`."""
    percent = {"format": "%.1f"}
    return {
        "label": line,
        "value": st.column_config.NumberColumn("Variance, %", help="Of the budget; plus is under.", **percent),
        "low": st.column_config.NumberColumn("Lowest, %", **percent),
        "high": st.column_config.NumberColumn("Highest, %", **percent),
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
        "left": amount(f"Left of the {baseline} budget", code, "Their budget less their forecast; minus is over."),
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
    "days": st.column_config.NumberColumn(
        "Days without", help="From the day the work begins to the signature, or to the as-of date; minus is still to come."
    ),
    "value": amount("Value", ""),
    "currency": "Currency",
}


def signatures(found: pd.DataFrame) -> pd.DataFrame:
    """The table of `analytics.budget.signatures` as it is shown."""
    return whole(found.drop(columns="amount")).assign(initiator=found["initiator"].map(INITIATOR))


def whole(table: pd.DataFrame) -> pd.DataFrame:
    """The table with whole units of money; percentages keep their digits."""
    sums = ["contract", "executed", "unsigned", "forecast", "over", "planned_original", "planned_current", "spent", "left"]
    named = [name for name in [*sums, "bac", "amount", "value"] if name in table and "low" not in table]
    return table.assign(**{name: table[name].round() for name in named})
