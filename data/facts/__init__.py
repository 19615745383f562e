"""Facts: what happened, one row a thing, as SQL over the kinds; and the way to ask a question of them."""

import re
from collections.abc import Mapping
from itertools import count
from pathlib import Path
from typing import Any

import pandas as pd
from duckdb import DuckDBPyConnection

from data.contracts import BY_KIND
from data.store.known import known

COMMENT = re.compile(r"^\s*--.*\n", re.MULTILINE)
FACTS = {
    path.stem: COMMENT.sub("", path.read_text(encoding="utf-8")).strip()
    for path in sorted(Path(__file__).parent.glob("*.sql"))
}
SOURCES = [*(f"known_{kind}" for kind in BY_KIND), *(name for name in FACTS if name != "scope")]
NAMES = re.compile(rf"\b({'|'.join(SOURCES)})\b")
NUMBERS = count(1)


class Facts:
    """One state of the facts: what a question may read is worked out once, and kept until `drop`.

    `parameters` binds those of `scope.sql`. A state costs the planning of each fact that is asked for, so ask it
    everything before going on to another one.
    """

    def __init__(self, cursor: DuckDBPyConnection, parameters: Mapping[str, Any]) -> None:
        self._cursor = cursor
        self._parameters = dict(parameters)
        self._number = next(NUMBERS)
        self._tables: dict[str, str] = {}

    def ask(self, question: str, **more: Any) -> pd.DataFrame:
        """Answer a SELECT over facts (`fact_...`), kinds (`known_...`) and the `calendar`; `more` binds its own."""
        return self._run(question, **more).df()

    def rows(self, question: str, **more: Any) -> list[dict[str, Any]]:
        """The same as `ask`, as plain values: quicker for few rows, and None where there is nothing."""
        answer = self._run(question, **more)
        names = [column[0] for column in answer.description or ()]
        return [dict(zip(names, row, strict=True)) for row in answer.fetchall()]

    def drop(self) -> None:
        """Let go of what was worked out."""
        for table in self._tables.values():
            self._cursor.execute(f"DROP TABLE {table}")
        self._tables.clear()

    def _run(self, question: str, head: str = "", **more: Any) -> DuckDBPyConnection:
        text = NAMES.sub(lambda found: self._table(found[0]), question)
        # Naming every parameter in one place lets a question leave out those that it does not need.
        prelude = f"{head} WITH scope AS ({FACTS['scope']})"
        return self._cursor.execute(f"{prelude} {text}", self._parameters | more)

    def _table(self, name: str) -> str:
        if name not in self._tables:
            table = f"{name}_{self._number}"
            text = FACTS[name] if name in FACTS else known(name.removeprefix("known_"))
            self._run(text, f"CREATE TEMP TABLE {table} AS")
            self._tables[name] = table
        return self._tables[name]
