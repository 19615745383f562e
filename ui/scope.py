"""What all pages look at: the filters above them. They stay while moving between pages, and are in the address."""

from dataclasses import replace
from datetime import date
from typing import Any, cast

import streamlit as st

from analytics import choices
from analytics.scope import Baseline, Scope, newest
from analytics.view import View
from data import commands
from data.intake.checks import EARLIEST, LATEST
from ui.store import open_store

FILTERS = {
    "cros": "CRO",
    "studies": "Study",
    "areas": "Therapeutic area",
    "phases": "Phase",
    "tiers": "Tier",
    "pms": "Project manager",
}
"""The filters of a scope, and how each is labelled."""

FIRST, LAST = date(EARLIEST, 1, 1), date(LATEST, 12, 31)
"""The as-of dates that there are: no row tells of a day outside."""
BASELINES: tuple[Baseline, ...] = ("original", "current")

SCOPE, FOLLOWED = "_scope", "_followed"


def bar() -> None:
    """Draw the filters in one line above the page, and keep the scope they make. An empty store has none."""
    with open_store().read() as cursor:
        as_of, known_at = newest(cursor)
    if as_of is None:
        st.session_state[SCOPE] = None
        return
    with st.container(horizontal=True, vertical_alignment="bottom", gap="small", key="scope-bar"):
        day, baseline = _day(as_of), _baseline()
        whole = unfiltered(day, known_at)
        options = _options(commands.state(open_store()), whole)
        number = sum(bool(st.session_state.get(_widget(name), st.query_params.get_all(name))) for name in FILTERS)
        with st.popover(f"Filters ({number})" if number else "Filters", icon=":material/filter_list:"):
            chosen = {name: _chosen(name, options[name]) for name in FILTERS}
    st.session_state[SCOPE] = replace(whole, baseline=baseline, **cast(dict[str, Any], chosen))
    _put_in_address(
        {
            "as_of": () if day == as_of else (day.isoformat(),),
            "baseline": () if baseline == BASELINES[0] else (baseline,),
            **chosen,
        }
    )


def unfiltered(as_of: date, known_at: int) -> Scope:
    """All that this viewer may see: what the filters narrow."""
    return Scope(as_of=as_of, known_at=known_at)


@st.cache_data(max_entries=20, show_spinner=False)
def _options(state: str, asked: Scope) -> dict[str, choices.Choices]:
    with open_store().read() as cursor:
        return choices.filters(View(cursor, asked))


def _day(newest_day: date) -> date:
    """The as-of date: the one chosen or in the address; until then it follows the newest data."""
    day = st.session_state.get("as_of", _date(st.query_params.get("as_of")))
    if day is None or day == st.session_state.get(FOLLOWED):
        day = newest_day
    st.session_state["as_of"], st.session_state[FOLLOWED] = day, newest_day
    return st.date_input(
        "As of",
        key="as_of",
        format="YYYY-MM-DD",
        min_value=FIRST,
        max_value=LAST,
        required=True,
        width=150,
        help="Events after this day have not happened yet. The newest data is shown unless you change it.",
    )


def _baseline() -> Baseline:
    told = st.session_state.get("baseline") or st.query_params.get("baseline")
    st.session_state["baseline"] = told if told in BASELINES else BASELINES[0]
    st.segmented_control(
        "Baseline",
        BASELINES,
        key="baseline",
        required=True,
        help="Original: the first agreed plan. Current: the plan as re-baselined.",
    )
    return cast(Baseline, st.session_state["baseline"])


def _chosen(name: str, shown: choices.Choices) -> tuple[str, ...]:
    """The codes chosen, in the address as codes: what is shown is a name, and names change."""
    widget = _widget(name)
    known = [code for code in st.session_state.get(widget, st.query_params.get_all(name)) if code in shown]
    st.session_state[widget] = known
    if not shown:
        return ()
    picked = st.multiselect(
        FILTERS[name],
        list(shown),
        key=widget,
        format_func=lambda option: shown.get(option, option),
        placeholder="All",
    )
    return tuple(picked)


def _put_in_address(scope: dict[str, tuple[str, ...]]) -> None:
    """All of the scope in one message: each message replaces the whole address.

    For the same reason no widget of the bar is bound to the address: the browser would add its part by itself, and
    a message on its way would take it out again.
    """
    if any(tuple(st.query_params.get_all(name)) != told for name, told in scope.items()):
        st.query_params.update(scope)


def _date(text: str | None) -> date | None:
    """The day of an address; None where it is not one, or no as-of date."""
    try:
        day = date.fromisoformat(text or "")
    except ValueError:
        return None
    return day if FIRST <= day <= LAST else None


def _widget(name: str) -> str:
    return f"filter-{name}"


def scope() -> Scope | None:
    """The scope of this run; None while the store is empty."""
    return cast("Scope | None", st.session_state.get(SCOPE))


def address(**more: str) -> dict[str, Any]:
    """Query parameters that show the same scope to a colleague, with `more` of the page's own."""
    kept = [name for name in st.query_params if name in {"as_of", "baseline", *FILTERS}]
    # Following a link, Streamlit adds what its own widgets keep in the address: without this they double each time.
    return {name: list(dict.fromkeys(st.query_params.get_all(name))) for name in kept} | more
