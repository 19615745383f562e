"""One state of the facts in one scope: what every question is asked of."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import date
from typing import Any, TypeVar, cast

import pandas as pd
from duckdb import DuckDBPyConnection

from analytics.scope import Scope
from data.facts import Facts

T = TypeVar("T")


class View:
    """The facts that a scope lets see."""

    def __init__(
        self, cursor: DuckDBPyConnection, scope: Scope, kept: dict[tuple[Scope, str], Any] | None = None
    ) -> None:
        self.scope = scope
        self._cursor = cursor
        self._facts = Facts(cursor, scope.parameters)
        self._kept = {} if kept is None else kept

    def ask(self, question: str, **more: Any) -> pd.DataFrame:
        """Answer a SELECT over facts and kinds; `more` binds its own values."""
        return self._facts.ask(question, **more)

    def rows(self, question: str, **more: Any) -> list[dict[str, Any]]:
        """The same as `ask`, as plain values, None where there is nothing."""
        return self._facts.rows(question, **more)

    def once(self, name: str, work: Callable[[], T]) -> T:
        """What `work` gives, worked out once for this scope and whatever is asked of the same store beside it."""
        key = (self.scope, name)
        if key not in self._kept:
            self._kept[key] = work()
        return cast(T, self._kept[key])

    @contextmanager
    def other(self, scope: Scope) -> Iterator["View"]:
        """The same store in another scope, for as long as it is needed."""
        view = View(self._cursor, scope, self._kept)
        try:
            yield view
        finally:
            view._facts.drop()

    @contextmanager
    def at(self, as_of: date) -> Iterator["View"]:
        """The same question at another as-of date."""
        if as_of == self.scope.as_of:
            yield self
            return
        with self.other(self.scope.at(as_of)) as view:
            yield view
