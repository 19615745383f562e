"""What all pages look at: the filters above them. They stay while moving between pages, and are in the address."""

from datetime import date
from typing import Any, cast

import streamlit as st

from analytics.scope import Baseline, Scope, newest
from ui.store import open_store

CHOICES = {
    "cros": ("CRO", "SELECT cro_id, name FROM cros WHERE valid_to IS NULL ORDER BY name"),
    "studies": ("Study", "SELECT DISTINCT study_id FROM engagements WHERE valid_to IS NULL ORDER BY ALL"),
    "areas": (
        "Therapeutic area",
        "SELECT DISTINCT therapeutic_area FROM engagements "
        "WHERE valid_to IS NULL AND therapeutic_area IS NOT NULL ORDER BY ALL",
    ),
    "phases": (
        "Phase",
        "SELECT DISTINCT phase FROM engagements WHERE valid_to IS NULL AND phase IS NOT NULL ORDER BY ALL",
    ),
    "tiers": ("Tier", "SELECT DISTINCT tier FROM cros WHERE valid_to IS NULL AND tier IS NOT NULL ORDER BY ALL"),
    "pms": (
        "Project manager",
        "SELECT DISTINCT sponsor_pm FROM engagements WHERE valid_to IS NULL AND sponsor_pm IS NOT NULL ORDER BY ALL",
    ),
}
"""Filter: its label, and the question for what can be chosen; a second column is what is shown."""

BASELINES: tuple[Baseline, ...] = ("original", "current")

SCOPE, FOLLOWED = "_scope", "_followed"


def bar() -> None:
    """Draw the filters in one line above the page, and keep the scope they make. An empty store has none."""
    with open_store().read() as cursor:
        as_of, known_at = newest(cursor)
        options = {name: cursor.execute(question).fetchall() for name, (_, question) in CHOICES.items()}
    if as_of is None:
        st.session_state[SCOPE] = None
        return
    with st.container(horizontal=True, vertical_alignment="bottom", gap="small", key="scope-bar"):
        day, baseline = _day(as_of), _baseline()
        number = sum(bool(st.session_state.get(_widget(name), st.query_params.get_all(name))) for name in CHOICES)
        with st.popover(f"Filters ({number})" if number else "Filters", icon=":material/filter_list:"):
            chosen = {name: _chosen(name, options[name]) for name in CHOICES}
    st.session_state[SCOPE] = Scope(
        as_of=day,
        known_at=known_at,
        baseline=baseline,
        **cast(dict[str, Any], chosen),
    )
    _put_in_address(
        {
            "as_of": () if day == as_of else (day.isoformat(),),
            "baseline": () if baseline == BASELINES[0] else (baseline,),
            **chosen,
        }
    )


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


def _chosen(name: str, options: list[tuple[str, ...]]) -> tuple[str, ...]:
    """The codes chosen, in the address as codes: what is shown is a name, and names change."""
    shown, widget = {option[0]: option[-1] for option in options}, _widget(name)
    known = [code for code in st.session_state.get(widget, st.query_params.get_all(name)) if code in shown]
    st.session_state[widget] = known
    if not shown:
        return ()
    picked = st.multiselect(
        CHOICES[name][0],
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
    try:
        return date.fromisoformat(text or "")
    except ValueError:
        return None


def _widget(name: str) -> str:
    return f"filter-{name}"


def scope() -> Scope | None:
    """The scope of this run; None while the store is empty."""
    return cast("Scope | None", st.session_state.get(SCOPE))


def address(**more: str) -> dict[str, Any]:
    """Query parameters that show the same scope to a colleague, with `more` of the page's own."""
    kept = [name for name in st.query_params if name in {"as_of", "baseline", *CHOICES}]
    # Following a link, Streamlit adds what its own widgets keep in the address: without this they double each time.
    return {name: list(dict.fromkeys(st.query_params.get_all(name))) for name in kept} | more
