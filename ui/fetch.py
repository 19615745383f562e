"""The workbooks that project managers fetch, fill in and drop: the monthly return, and the set-up of a study."""

import re
from datetime import date

import streamlit as st

from data.returns.monthly import last_ended, managers, monthly
from data.returns.setup import setup, templates
from ui.returns import calendar
from ui.store import open_store

EXCEL = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
OFFERED = 12
"""Months that can be told of, the newest first."""


def my_return(as_of: date) -> None:
    """A project manager's name and a month, and the button that gives the return."""
    with st.container(border=True):
        st.markdown(
            "**My return**: a workbook with your engagements and the last known values. "
            "Change what is different, then drop it on Upload."
        )
        name, when, button = st.columns([3, 2, 3], vertical_alignment="bottom")
        today, working_day = calendar()
        months = months_to_tell(as_of, today)
        month = when.selectbox("Month", months, key="return-month", format_func=_words)
        names = managers(open_store(), month)
        who = st.session_state.get("who")
        pm = name.selectbox(
            "Project manager", names, index=names.index(who) if who in names else None, key="return-pm",
            placeholder="Choose your name" if names else "Nobody has an active engagement", disabled=not names,
        )  # fmt: skip
        button.download_button(
            f"Get the return of {_words(month)}",
            data=lambda: monthly(open_store(), pm or "", month, working_day),
            file_name=f"return-{_slug(pm or '')}-{month}.xlsx", mime=EXCEL, key="get-return", disabled=pm is None,
            icon=":material/assignment_turned_in:", type="primary", on_click="ignore", width="stretch",
        )  # fmt: skip


def set_up() -> None:
    """What a new engagement is, and the button that gives its set-up workbook."""
    with st.container(border=True):
        st.markdown(
            "**Set up a study**: a workbook for contract, milestones, SLAs, targets and budget, "
            "with the rows that such a contract usually has."
        )
        kind, code, who, day, button = st.columns([2, 2, 2, 2, 3], vertical_alignment="bottom")
        service = kind.selectbox("Service", list(templates()), key="setup-service", format_func=_service)
        engagement = code.text_input("Engagement", key="setup-engagement", help="Your own code, such as E-030.")
        pm = who.text_input("Project manager", value=st.session_state.get("who", ""), key="setup-pm")
        start = day.date_input("Start", value=None, key="setup-start", format="YYYY-MM-DD", help="Lays out the months.")
        named = f"-{_slug(engagement)}" if engagement.strip() else ""
        button.download_button(
            "Get the set-up workbook",
            data=lambda: setup(open_store(), service, engagement, pm, start),
            file_name=f"setup-{service.replace('_', '-')}{named}.xlsx", mime=EXCEL, key="get-setup",
            icon=":material/post_add:", on_click="ignore", width="stretch",
        )  # fmt: skip


def months_to_tell(as_of: date, today: date) -> list[str]:
    """Months that have ended, the newest first: that of the newest data, or the next one where it is over by now."""
    told, over = (_number(last_ended(day)) for day in (as_of, today))
    newest = max(told, min(told + 1, over))
    return [f"{number // 12}-{number % 12 + 1:02}" for number in range(newest, newest - OFFERED, -1)]


def _number(month: str) -> int:
    return int(month[:4]) * 12 + int(month[5:]) - 1


def _words(month: str) -> str:
    return f"{date.fromisoformat(f'{month}-01'):%B %Y}"


def _service(name: str) -> str:
    return name.replace("_", " ").capitalize()


def _slug(text: str) -> str:
    return re.sub(r"[^\w]+", "-", text).strip("-")
