"""The only cached call into the numbers."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Any, TypeVar

import streamlit as st
from duckdb import DuckDBPyConnection

from analytics.scope import Scope
from analytics.view import States, View
from data import commands
from data.store import Desk
from ui.scope import scope
from ui.store import open_store

T = TypeVar("T")


class _Run:
    """What the answers of one run of the script have in common: the facts of each date, worked out once."""

    def __init__(self) -> None:
        self.desk = Desk()
        self._states: States | None = None

    def states(self, cursor: DuckDBPyConnection) -> States:
        """The states of the cursor that the desk has now."""
        if self._states is None or self._states.cursor is not cursor:
            self._states = States(cursor)
        return self._states


_RUN: ContextVar[_Run | None] = ContextVar("run", default=None)


@contextmanager
def answering() -> Iterator[None]:
    """While one run of the script goes on, its answers share the facts that they need."""
    run = _Run()
    token = _RUN.set(run)
    try:
        yield
    finally:
        _RUN.reset(token)
        run.desk.close()


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
    run = _RUN.get()
    with open_store().read(run.desk if run else None) as cursor:
        states = run.states(cursor) if run else None
        return _question(View(cursor, asked, _kept(state, asked), states), *arguments)


@st.cache_resource(max_entries=20, show_spinner=False)
def _kept(state: str, asked: Scope) -> dict[tuple[Scope, str], Any]:
    """What the questions of one scope have in common, such as the scorecard: worked out by whichever asks first."""
    return {}
