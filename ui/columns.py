"""How columns are headed and written, wherever a table has them."""

from typing import Any

import streamlit as st

DATE = "D MMM YYYY"


def _date(label: str, **more: Any) -> Any:
    return st.column_config.DateColumn(label, format=DATE, **more)


def _days(label: str, meaning: str = "") -> Any:
    return st.column_config.NumberColumn(label, format="%.0f", help=meaning or None)


COLUMNS: dict[str, Any] = {
    "study": "Study",
    "label": "Study",
    "cro": "CRO",
    "title": "Title",
    "engagement": "Engagement",
    "milestone": "Milestone",
    "contractual": st.column_config.CheckboxColumn("In the contract", help="The contract names this date."),
    "due": _date("Due", help="In the baseline that is chosen."),
    "actual": _date("Reached"),
    "forecast": _date("Forecast"),
    "baseline_original": _date("Original plan"),
    "baseline_current": _date("Current plan"),
    "slip_days": _days("Slip, days", "Reached or forecast, less due; plus is late."),
    "late_days": _days("Against original, days", "Plus is late."),
    "current_days": _days("Against current, days", "Plus is late, minus is early."),
    "moved_days": _days("Plan moved, days", "Current plan less original plan."),
    "signed_days": _days("Days in signed orders", "What executed change orders of the engagement allow, together."),
    "days_cro": _days("CRO, days", "Late days that the CRO caused."),
    "days_sponsor": _days("Us, days", "Late days that we caused."),
    "days_external": _days("External, days", "Late days that neither side caused."),
    "days_unknown": _days("No cause recorded, days"),
    "attribution_status": st.column_config.TextColumn("Causes are", help="Proposed, agreed or disputed by the sides."),
    "comment": "Comment",
    "state": "State",
    "at_risk": st.column_config.CheckboxColumn("At risk", help="The forecast is after the due date."),
    "told": _date("Reported as of"),
}
