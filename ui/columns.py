"""How columns are headed and written, wherever a table has them."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

import pandas as pd
import streamlit as st

from analytics.words import day, lateness
from charts.theme import SYMBOL
from ui.show import look

DATE = "D MMM YYYY"


def written(
    table: pd.DataFrame, bands: Sequence[str] = (), words: Mapping[str, Callable[[Any], str]] | None = None
) -> Any:
    """The table as a reader sees it: cells of `bands` in the colour of the symbol they begin with, `words` by column.

    Values stay what they are, so that a column of days in words is still sorted by days. Days are written as
    everywhere, numbers whole.
    """
    said: dict[str, Any] = {
        str(name): _day if pd.api.types.is_datetime64_any_dtype(table[name]) else "{:,.0f}"
        for name in table
        if pd.api.types.is_datetime64_any_dtype(table[name]) or pd.api.types.is_numeric_dtype(table[name])
    }
    # Streamlit greys a pinned column, and the first one is the name that is looked for.
    style = table.style.map(lambda _: f"color: {look().ink}", subset=[table.columns[0]])
    return style.map(coloured, subset=list(bands)).format(said | dict(words or {}), na_rep="–")


def coloured(cell: object) -> str:
    """The colour of a cell's words, by the symbol of its band."""
    band = next((band for band in ("green", "amber", "red") if str(cell).startswith(SYMBOL[band])), "")
    return f"color: {look().band_text(band)}" if band else ""


def _day(moment: Any) -> str:
    return day(pd.Timestamp(moment).date())


def share_over_under(percent: float) -> str:
    """Percent of a contract, plus is under: `30.6 % over`, `2.0 % under`, `on budget`."""
    text = f"{abs(percent):.1f}"
    return "on budget" if text == "0.0" else f"{text} % {'under' if percent > 0 else 'over'}"


IN_WORDS: dict[str, Callable[[Any], str]] = {"slip_days": lateness, "contract_percent": share_over_under}
"""Columns with a sign, as they are said."""
AGAINST_CONTRACT = (
    "What the forecast (fee) is over or under the contract with executed change orders, in percent of it."
)


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
    "slip_days": _days("Slip, days", "Reached or forecast, less due; plus is late, minus is early."),
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
    "at_risk": st.column_config.CheckboxColumn("At risk", help="The forecast is after the due date, or has passed."),
    "told": _date("Reported as of"),
    "status": st.column_config.TextColumn("Status", help="All causes count, whoever's they are."),
    "why": st.column_config.TextColumn("What made it", help="The KPIs that are worst, the worst first."),
    "pm": "Our PM",
    "contract_percent": st.column_config.NumberColumn(
        "Against contract",
        format="%.1f %%",
        help=f"{AGAINST_CONTRACT} Plus is under, minus is over.",
    ),
    "open_requests": _days("Open requests", "Asked by either side; data queries are not among them."),
    "data_to": _date("Data to", help="The newest status date of the data about it."),
    "baseline": _date("Plan", help="In the baseline that is chosen."),
    "current_baseline": _date("Current plan"),
    "change_order": "Change order",
    "value": st.column_config.NumberColumn("Value", format="localized"),
    "currency": "Currency",
    "days_impact": _days("Moves the end, days"),
    "initiator": st.column_config.TextColumn("Caused by"),
    "reason": "Why",
    "requested": _date("Asked for"),
    "submitted": _date("Priced"),
    "executed": _date("Signed"),
    "needed_by": _date("Work begins"),
    "before_signature": st.column_config.CheckboxColumn(
        "Work before signature", help="The changed work had begun, or has, before the last signature."
    ),
    "request": "Request",
    "direction": "Asked of",
    "type": "Type",
    "topic": "Topic",
    "priority": "Priority",
    "opened": _date("Opened"),
    "age_days": _days("Open, days"),
    "answered": st.column_config.CheckboxColumn("Answered", help="It had a first answer, and is not settled."),
    "sla_state": st.column_config.TextColumn("Response SLA"),
    "escalation_level": _days("Escalation", "Level reached."),
    "name": "Deliverable",
    "delivered": _date("Delivered"),
    "first_review": "First review",
    "accepted": _date("Accepted"),
    "responsible": "Responsible",
    "deliverable": "Code",
    "upload": _days("Upload"),
    "status_date": _date("Data as of"),
    "uploaded_at": st.column_config.DatetimeColumn("Uploaded, UTC", format="D MMM YYYY, HH:mm"),
    "who": "By",
    "what": "How",
    "undone": st.column_config.CheckboxColumn("Undone"),
    "kinds": "Data sets",
    "new": _days("New rows"),
    "changed": _days("Changed rows"),
    "gone": _days("Rows taken back"),
    "kpi": "KPI",
    "word": "Rating",
    "target": "Target",
    "n": _days("Rests on", "How many cases it counts."),
    "points": st.column_config.NumberColumn("Points", format="%.0f", help="Of 100; only what is rated has any."),
}


def _amount(label: str, meaning: str = "") -> Any:
    return st.column_config.NumberColumn(label, format="localized", help=meaning or None)


BEHIND: dict[str, Any] = {
    "what": st.column_config.TextColumn("Row", pinned=True),
    "counts": st.column_config.TextColumn("Counts", help="Whether the figure counts it, or why not."),
    "numerator": st.column_config.NumberColumn("Above the line", format="localized", help="What it adds above."),
    "denominator": st.column_config.NumberColumn("Below the line", format="localized", help="What it adds below."),
    "time": st.column_config.NumberColumn("Measured", format="%.1f", help="In the unit of the figure."),
    "finished": st.column_config.CheckboxColumn("Over", help="What is not over yet counts with its time so far."),
    "amount": _amount("Amount"),
    "since": _date("Since"),
    "opened_at": "Opened",
    "answered_at": "First answer",
    "resolved_at": "Resolved",
    "scheduled": _date("Scheduled"),
    "done": _date("Done"),
    "minutes_issued": _date("Minutes sent"),
    "months_silent": _days("Months without", "Months that ended since and were not reported."),
    "raised": _date("Raised"),
    "closed": _date("Closed"),
    "held": _date("Held"),
    "issued": _date("Issued"),
    "outcome_on": _date("Outcome on"),
    "invoice": _amount("Invoice"),
    "bac": _amount("Budget (BAC)"),
    "pv": _amount("Planned (PV)"),
    "ev": _amount("Earned (EV)"),
    "ac": _amount("Spent (AC)"),
    "contract_now": _amount("Contract as signed"),
    "contract_value": _amount("Original contract"),
    "forecast_value": _amount("Forecast at completion"),
    "signed_value": _amount("Change orders signed"),
    "unsigned_value": _amount("Not signed"),
    "grade": "Grade",
    "critical": _days("Critical"),
    "serious": _days("Critical or major"),
    "findings": _days("Findings"),
    "days": _days("Days"),
    "filled": _days("Days filled"),
    "has_left": st.column_config.CheckboxColumn("Left"),
    "later": _days("Plans after the first"),
    "explained": _days("With order and reason"),
    "years": st.column_config.NumberColumn("Years run", format="%.1f"),
    "month": "Month",
    "contracted": _days("Units contracted"),
    "units_delivered": _days("Units delivered"),
    "units_invoiced": _days("Units invoiced"),
}
"""Columns of the rows behind a figure, beside those above."""
