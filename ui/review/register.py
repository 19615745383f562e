"""The register: every review with its score then and now, and what became of what was promised."""

from typing import Any

import pandas as pd
import streamlit as st

from analytics.words import count
from reports import questions
from reports.questions import Line
from ui.ask import ask
from ui.columns import DATE, written
from ui.review.records import records
from ui.review.steps import today
from ui.show import plain, rows

REVIEWS: dict[str, Any] = {
    "cro": st.column_config.TextColumn("CRO", pinned=True),
    "quarter": "Quarter",
    "step": "Step",
    "held": st.column_config.DateColumn("Held on", format=DATE),
    "score": st.column_config.NumberColumn("Score", format="%.1f", help="0 to 100, as frozen; a draft's where not."),
    "state": st.column_config.TextColumn("Figures", help="A draft follows the data; frozen figures stay."),
    "restated": st.column_config.NumberColumn(
        "Restated", format="%.1f", help="The score of the same day by what is known now."
    ),
    "disputed": st.column_config.NumberColumn("Disputed"),
    "promised": st.column_config.NumberColumn("Promised", help="Decisions and actions agreed in it."),
    "done": st.column_config.NumberColumn("Done in time"),
    "late": st.column_config.NumberColumn("Late", help="Done after the due day, or open after it."),
    "helped": st.column_config.NumberColumn("Helped", help="The KPI that it names moved to the better afterwards."),
}
ACTIONS: dict[str, Any] = {
    "cro": st.column_config.TextColumn("CRO", pinned=True),
    "quarter": st.column_config.TextColumn("Agreed in"),
    "type": "Kind",
    "what": st.column_config.TextColumn("What", width="large"),
    "study": "Study",
    "owner": "Owner",
    "side": "Side",
    "due": st.column_config.DateColumn("Due", format=DATE),
    "closed": st.column_config.DateColumn("Done", format=DATE),
    "state": "State",
    "helped": "Did it help?",
    "action": "Code",
}


TENTHS = {"score", "restated"}


def tenth(score: float) -> str:
    """A score to a tenth: restated ones differ by little."""
    return f"{score:.1f}"


def register() -> None:
    """A line a review, then a line an action."""
    found = ask(questions.listed)
    if not found:
        st.info("No review is prepared yet: every review will stand here with what was promised in it.")
        return
    lines = ask(questions.promised, today())
    again = st.toggle(
        "Work out what frozen scores would be by what is known now", key="register-restated", bind="query-params"
    )
    now = ask(questions.restated_scores) if again else {}
    ordered = sorted(found, key=lambda one: (one.found.cro, one.found.quarter))
    table = pd.DataFrame([_row(one, lines, now) for one in ordered], columns=list(REVIEWS))
    shown = table if again else table.drop(columns="restated")
    st.markdown(f"**{plain(_summary(found, lines))}**")
    said = written(shown.assign(held=pd.to_datetime(shown["held"])), words=dict.fromkeys(TENTHS & set(shown), tenth))
    rows(shown, key="register", columns=REVIEWS, height=min(38 + 35 * len(shown), 560), written=said)
    st.subheader(f"What was promised: {len(lines)}", anchor=False)
    if lines.empty:
        st.caption("Nothing is agreed in a review yet.")
        return
    told = lines.sort_values(["cro", "quarter", "due"], kind="stable")[list(ACTIONS)]
    rows(told, key="register-actions", columns=ACTIONS, height=min(38 + 35 * len(told), 560), written=written(told))


def register_and_records() -> None:
    """The register, and what leaves it as a file."""
    register()
    records()


def _summary(found: list[Line], lines: pd.DataFrame) -> str:
    late = int(lines["state"].isin(["done late", "open, late"]).sum())
    said = f"{count(len(found), 'review')}, {count(len(lines), 'decision or action', 'decisions and actions')}"
    return f"{said}, {late} late."


def _row(one: Line, lines: pd.DataFrame, now: dict[str, float | None]) -> dict[str, Any]:
    found = one.found
    return {
        "cro": found.cro,
        "quarter": found.quarter,
        "step": str(found.step),
        "held": found.held_on,
        "score": one.score,
        "state": found.figures,
        "restated": now.get(found.review_id),
        "disputed": one.disputed,
    } | questions.kept_promises(lines, found.review_id)
