"""The only cached call into the numbers."""

from collections.abc import Callable
from typing import Any, TypeVar

import streamlit as st

from analytics.scope import Scope
from analytics.view import View
from data import commands
from ui.scope import scope
from ui.store import open_store

T = TypeVar("T")


def ask(question: Callable[..., T], *arguments: Any) -> T:
    """The answer of an analytics function to the scope of this run: `question(view, *arguments)`.

    Kept by the state of the store, the scope and the arguments, never by a frame: hashing a large frame samples it.
    """
    asked = scope()
    if asked is None:
        raise LookupError("There is no scope while the store is empty.")
    name = f"{question.__module__}.{question.__qualname__}"
    return _answer(commands.state(open_store()), name, asked, arguments, _question=question)  # type: ignore[no-any-return]


@st.cache_data(max_entries=400, show_spinner="Working it out ...")
def _answer(state: str, name: str, asked: Scope, arguments: tuple[Any, ...], _question: Callable[..., Any]) -> Any:
    with open_store().read() as cursor:
        return _question(View(cursor, asked, _kept(state, asked)), *arguments)


@st.cache_resource(max_entries=20, show_spinner=False)
def _kept(state: str, asked: Scope) -> dict[tuple[Scope, str], Any]:
    """What the questions of one scope have in common, such as the scorecard: worked out by whichever asks first."""
    return {}
