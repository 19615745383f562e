"""One state of the facts in one scope: what every question is asked of."""

from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing, contextmanager
from dataclasses import replace
from datetime import date
from typing import Any, TypeVar, cast

import pandas as pd
from duckdb import DuckDBPyConnection

from analytics.catalogue import EXPECTED_UNTIL
from analytics.scope import Scope
from data.facts import Facts

T = TypeVar("T")


# DuckDB takes a dictionary of a `key` and a `value` for a MAP.
DECLARED = {"expected_until": {"key": list(EXPECTED_UNTIL), "value": list(EXPECTED_UNTIL.values())}}
"""What facts need to know of the KPIs, of which `data` knows none."""
KEPT = 8
"""States whose facts are kept when nobody asks them any more: a page asks about some quarters several times over."""

AT_A_TIME = 2
"""Dates that are worked out at a time: most of such a state is the planning of questions, each on one core."""


class States:
    """The facts of the scopes that one cursor is asked about, each worked out once."""

    def __init__(self, cursor: DuckDBPyConnection) -> None:
        self.cursor = cursor
        self._facts: dict[Scope, Facts] = {}
        self._users: Counter[Scope] = Counter()

    def take(self, scope: Scope) -> Facts:
        """The facts of a scope, until they are given back."""
        key = _of_facts(scope)
        self._users[key] += 1
        facts = self._facts.pop(key, None) or Facts(self.cursor, scope.parameters | DECLARED)
        self._facts[key] = facts
        return facts

    def give(self, scope: Scope) -> None:
        """Nobody asks this scope for now: beyond so many such scopes, those of the oldest are let go."""
        self._users[_of_facts(scope)] -= 1
        idle = [key for key in self._facts if not self._users[key]]
        for key in idle[: max(0, len(idle) - KEPT)]:
            self._facts.pop(key).drop()


def _of_facts(scope: Scope) -> Scope:
    """Targets moved by hand change no fact."""
    return replace(scope, moved=())


class View:
    """The facts that a scope lets see."""

    def __init__(
        self,
        cursor: DuckDBPyConnection,
        scope: Scope,
        kept: dict[tuple[Scope, str], Any] | None = None,
        states: States | None = None,
    ) -> None:
        self.scope = scope
        self._cursor = cursor
        self._states = states or States(cursor)
        self._facts = self._states.take(scope)
        self._kept = {} if kept is None else kept

    def ask(self, question: str, **more: Any) -> pd.DataFrame:
        """Answer a SELECT over facts and kinds; `more` binds its own values."""
        return self._facts.ask(question, **more)

    def rows(self, question: str, **more: Any) -> list[dict[str, Any]]:
        """The same as `ask`, as plain values, None where there is nothing."""
        return self._facts.rows(question, **more)

    def arrays(self, question: str, **more: Any) -> dict[str, Any]:
        """The same as `ask`, as an array a column: for lists of very many values."""
        return self._facts.arrays(question, **more)

    def once(self, name: str, work: Callable[[], T]) -> T:
        """What `work` gives, worked out once for this scope and whatever is asked of the same store beside it."""
        key = (self.scope, name)
        if key not in self._kept:
            self._kept[key] = work()
        return cast(T, self._kept[key])

    def side_by_side(self, work: Callable[["View"], object], days: Sequence[date]) -> None:
        """Do `work` at several as-of dates, two at a time, each on a cursor of its own: what it asks `once` is kept."""

        def at(day: date) -> None:
            with closing(self._cursor.cursor()) as cursor:
                work(View(cursor, self.scope.at(day), self._kept))

        with ThreadPoolExecutor(AT_A_TIME) as threads:
            for _ in threads.map(at, days):
                pass

    @contextmanager
    def other(self, scope: Scope) -> Iterator["View"]:
        """The same store in another scope, for as long as it is needed."""
        view = View(self._cursor, scope, self._kept, self._states)
        try:
            yield view
        finally:
            self._states.give(scope)

    @contextmanager
    def at(self, as_of: date) -> Iterator["View"]:
        """The same question at another as-of date."""
        if as_of == self.scope.as_of:
            yield self
            return
        with self.other(self.scope.at(as_of)) as view:
            yield view
