"""A choice of one thing that is in the address by its code, so that a link opens it."""

from collections.abc import Mapping

import streamlit as st

from ui.show import plain


def choose(label: str, names: Mapping[str, str], key: str, *, placeholder: str | None = None) -> str | None:
    """The code chosen among `names` (code to what is shown); `key` is the query parameter.

    With a placeholder nothing is chosen at first, otherwise the first one. A bound selectbox would put what is shown
    into the address, and that changes when a study is renamed.
    """
    told, widget = st.query_params.get(key), _widget(key)
    if told in names:
        st.session_state[widget] = told
    elif told:
        st.warning(f"{plain(told)} is not among what the filters let through.", icon=":material/filter_alt:")
    if st.session_state.get(widget) not in names:
        st.session_state[widget] = None if placeholder else next(iter(names), None)
    return st.selectbox(
        label,
        list(names),
        index=None,
        format_func=lambda code: names.get(code, code),
        key=widget,
        placeholder=placeholder or "Choose",
        on_change=lambda: _keep(key),
    )


def set_choice(key: str, code: str | None) -> None:
    """Choose from a callback."""
    st.session_state[_widget(key)] = code
    _keep(key)


def _keep(key: str) -> None:
    code = st.session_state[_widget(key)]
    if code is None:
        st.query_params.pop(key, None)
    else:
        st.query_params[key] = code


def _widget(key: str) -> str:
    return f"choice-{key}"
