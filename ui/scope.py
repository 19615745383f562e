"""What all pages look at: the filters above them. They stay while moving between pages, and are in the address."""

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

SCOPE = "_scope"


def bar() -> None:
    """Draw the filters in one line above the page, and keep the scope they make. An empty store has none."""
    with open_store().read() as cursor:
        as_of, known_at = newest(cursor)
        options = {name: cursor.execute(question).fetchall() for name, (_, question) in CHOICES.items()}
    if as_of is None:
        st.session_state[SCOPE] = None
        return
    with st.container(horizontal=True, vertical_alignment="bottom", gap="small", key="scope-bar"):
        day = st.date_input(
            "As of",
            value=as_of,
            key="as_of",
            bind="query-params",
            format="YYYY-MM-DD",
            required=True,
            width=150,
            help="Events after this day have not happened yet. The newest data is shown unless you change it.",
        )
        baseline = st.segmented_control(
            "Baseline",
            ["original", "current"],
            default="original",
            key="baseline",
            bind="query-params",
            required=True,
            help="Original: the first agreed plan. Current: the plan as re-baselined.",
        )
        number = sum(bool(st.session_state.get(_widget(name), st.query_params.get_all(name))) for name in CHOICES)
        with st.popover(f"Filters ({number})" if number else "Filters", icon=":material/filter_list:"):
            chosen = {name: _chosen(name, options[name]) for name in CHOICES}
    st.session_state[SCOPE] = Scope(
        as_of=day,
        known_at=known_at,
        baseline=cast(Baseline, baseline or "original"),
        **cast(dict[str, Any], chosen),
    )


def _chosen(name: str, options: list[tuple[str, ...]]) -> tuple[str, ...]:
    """The codes chosen, in the address as codes: a bound widget would put there what is shown, and names change."""
    shown, widget = {option[0]: option[-1] for option in options}, _widget(name)
    told = st.query_params.get_all(name)
    known = [code for code in st.session_state.get(widget, told) if code in shown]
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
    if picked != told:
        st.query_params[name] = picked
    return tuple(picked)


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
