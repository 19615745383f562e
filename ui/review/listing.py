"""The list of reviews, and how a new one begins."""

from collections.abc import Iterable
from datetime import date
from typing import Any

import pandas as pd
import streamlit as st

from analytics import reviews as numbers
from analytics import sides
from analytics.kpi import Band
from analytics.reviews import Review
from analytics.scope import quarter_name, quarters_back
from analytics.words import BAND_WORDS, count
from analytics.words import score as points
from charts.theme import SYMBOL
from reports import questions
from reports.questions import Line
from ui.ask import ask
from ui.columns import DATE, written
from ui.entry import day_of_writing, kept, name_of_writer, why_right
from ui.review.steps import next_words, today
from ui.show import picked_row, plain, rows

REVIEW = "review"
"""The parameter of the address that says which review is open."""
BACK = 8
"""Quarters that are offered for a new review."""
ABOUT = (
    "A review is one CRO and one quarter, on one page: what is missing before it, the figures as the CRO sees them, "
    "its reply beside each, the meeting, and what was agreed. Its figures are frozen before the meeting: what is "
    "loaded later changes none of them, and is shown as restated."
)
COLUMNS: dict[str, Any] = {
    "cro": st.column_config.TextColumn("CRO", pinned=True),
    "quarter": "Quarter",
    "step": "Step",
    "score": st.column_config.TextColumn("Performance", help="0 to 100, as of the cut-off."),
    "state": st.column_config.TextColumn("Figures", help="A draft follows the data; frozen figures stay."),
    "reply": st.column_config.TextColumn("The CRO's reply", help="Silence is no reply, and never acceptance."),
    "meets_on": st.column_config.DateColumn("Meets on", format=DATE),
    "next": st.column_config.TextColumn("What comes next", width="medium"),
}


def listed() -> None:
    """Every review that the filters let through; a chosen line opens it."""
    found = ask(questions.listed)
    with st.container(horizontal=True, vertical_alignment="center", horizontal_alignment="distribute"):
        st.markdown(f"**{plain(_summary(found))}**", width="content")
        if st.button(
            "Prepare a review", key="review-prepare", icon=":material/add:", type="secondary" if found else "primary"
        ):
            _prepare()
    if not found:
        st.info(ABOUT, icon=":material/handshake:")
        st.caption("Choose “Prepare a review”, a CRO and a quarter: it then says what is missing.")
        return
    now = today()
    table = pd.DataFrame([_row(one, now) for one in found], columns=list(COLUMNS))
    codes = [one.found.review_id for one in found]
    rows(
        table,
        key="reviews",
        columns=COLUMNS,
        height=min(38 + 35 * len(table), 700),
        picked=lambda: _open(codes),
        written=written(table.assign(meets_on=pd.to_datetime(table["meets_on"])), ["score"]),
    )
    st.caption("The newest quarter first. Select a line to open the review.")


def _summary(found: list[Line]) -> str:
    if not found:
        return "No review is prepared yet."
    running = [one for one in found if one.found.closed_on is None]
    open_ = sum(one.disputes_open for one in found)
    said = f"{count(len(found), 'review')}, {len(running)} not closed"
    return f"{said}, {count(open_, 'dispute')} open." if open_ else f"{said}."


def _row(one: Line, now: date) -> dict[str, Any]:
    found = one.found
    score = "" if one.score is None else points(one.score)
    return {
        "cro": found.cro,
        "quarter": found.quarter,
        "step": str(found.step),
        "score": one.problem or f"{SYMBOL.get(one.band, '·')} {score or BAND_WORDS[Band(one.band)]}",
        "state": found.figures,
        "reply": _reply(one),
        "meets_on": found.meets_on,
        "next": next_words(found, now),
    }


def _reply(one: Line) -> str:
    if one.found.shared_on is None and not one.replied:
        return "not asked yet"
    if not one.replied:
        return "no reply"
    still = f", {one.disputes_open} open" if one.disputed else ""
    return f"{count(one.replied, 'figure')}, {one.disputed} disputed{still}"


def _open(codes: list[str]) -> None:
    place = picked_row("reviews")
    if place is not None:
        st.query_params[REVIEW] = codes[place]


@st.dialog("Prepare a review")
def _prepare() -> None:
    st.caption(ABOUT)
    names = ask(sides.names)
    if not names:
        st.info("No CRO in scope has an engagement yet.")
        return
    everyone = st.checkbox("For all CROs at once", key="prepare-all")
    cro = st.selectbox("CRO", list(names), format_func=lambda code: names[code], disabled=everyone, key="prepare-cro")
    quarter = st.selectbox("Quarter", _quarters(), key="prepare-quarter", help="The newest one that is over is first.")
    end = numbers.cut_off_of(quarter)
    cut_off = st.date_input("Cut-off", value=end, key=f"prepare-cut-{quarter}", format="YYYY-MM-DD",
                            help="As-of date of the figures.")  # fmt: skip
    meets = st.date_input("Meeting planned for", value=None, key="prepare-meets", format="YYYY-MM-DD")
    reason = why_right("review-prepare")
    who = name_of_writer("review-prepare")
    if not st.button("Prepare", type="primary", icon=":material/add:", key="prepare-keep"):
        return
    if not who.strip():
        st.warning("Write your name first: it stands in the ledger.")
        return
    there = {one.found.review_id for one in ask(questions.listed)}
    chosen = [each for each in (names if everyone else (cro,)) if numbers.code(each, quarter) not in there]
    if not chosen:
        st.warning(f"{_called(names, everyone, cro)} has a review of {quarter} already: open it in the list.")
        return
    made = _rows(chosen, quarter, cut_off or end, meets if isinstance(meets, date) else None, who)
    if kept("review-prepare", "reviews", made, who, reason=reason):
        if len(made) == 1:
            st.query_params[REVIEW] = made[0]["review_id"]
        st.rerun()


def _called(names: dict[str, str], everyone: bool, cro: str) -> str:
    return "Every CRO" if everyone else plain(names[cro])


def _quarters() -> list[str]:
    """The newest quarter that is over, and those before it."""
    newest = numbers.newest_quarter(day_of_writing())
    before = quarters_back(newest)
    return [quarter_name(newest), *(quarter_name(next(before)) for _ in range(BACK - 1))]


def _rows(cros: Iterable[str], quarter: str, cut_off: date, meets: date | None, who: str) -> list[dict[str, str]]:
    return [
        {
            "review_id": numbers.code(cro, quarter),
            "cro_id": cro,
            "quarter": quarter,
            "cut_off": cut_off.isoformat(),
            "prepared_by": who.strip(),
            "meets_on": meets.isoformat() if meets else "",
        }
        for cro in cros
    ]


def title(found: Review) -> str:
    """`Brightmoor Trials, 2026-Q3`."""
    return f"{found.cro}, {found.quarter}"
