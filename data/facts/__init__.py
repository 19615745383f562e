"""Facts: what happened, one row a thing, as SQL over the kinds; and the way to ask a question of them."""

import re
from collections.abc import Mapping
from itertools import count
from typing import Any

import pandas as pd
from duckdb import DuckDBPyConnection

from data.contracts import BY_KIND
from data.facts.known import known, known_once, told_once
from data.facts.rollups import CLOCKS, EVERY, NEWEST, SOME, UNSTEADY, clocks
from data.facts.texts import TEXTS

FACTS = {name: text for name, text in TEXTS.items() if name != "scope"}
READ_THROUGH = ("fact_request",)
MANY = 100_000
"""Beyond so many rows such a fact is not made: each question reads through to the few columns that it needs."""
SOURCES = [*(f"known_{kind}" for kind in BY_KIND), *FACTS]
NAMES = re.compile(rf"\b({'|'.join(SOURCES)})\b")
NUMBERS = count(1)
HOW_MANY = f"SELECT count(*) FROM {CLOCKS}"
SOME_UNSTEADY = f"SELECT EXISTS ({UNSTEADY})"
STEADY = f"SELECT * EXCLUDE (steady) FROM {CLOCKS} WHERE steady"


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
        self._through = READ_THROUGH if self._one(HOW_MANY) > MANY else ()

    def ask(self, question: str, **more: Any) -> pd.DataFrame:
        """Answer a SELECT over facts (`fact_...`), kinds (`known_...`) and the `calendar`; `more` binds its own."""
        return self._run(question, **more).df()

    def rows(self, question: str, **more: Any) -> list[dict[str, Any]]:
        """The same as `ask`, as plain values: quicker for few rows, and None where there is nothing."""
        answer = self._run(question, **more)
        names = [column[0] for column in answer.description or ()]
        return [dict(zip(names, row, strict=True)) for row in answer.fetchall()]

    def arrays(self, question: str, **more: Any) -> dict[str, Any]:
        """The same as `ask`, as an array a column, masked where there is nothing; a list is an array of its own."""
        return dict(self._run(question, **more).fetchnumpy())

    def drop(self) -> None:
        """Let go of what was worked out."""
        for table in self._tables.values():
            self._cursor.execute(f"DROP TABLE {table}")
        self._tables.clear()

    def _run(self, question: str, head: str = "", **more: Any) -> DuckDBPyConnection:
        through = {name: self._named(FACTS[name]) for name in self._through if name in question}
        text = self._named(question)
        # Naming every parameter in one place lets a question leave out those that it does not need.
        named = "".join(f", {name} AS NOT MATERIALIZED ({query})" for name, query in through.items())
        prelude = f"{head} WITH scope AS ({TEXTS['scope']}){named}"
        return self._cursor.execute(f"{prelude} {text}", self._parameters | more)

    def _named(self, question: str) -> str:
        """The question with the names of what was worked out for it."""
        return NAMES.sub(lambda found: self._source(found[0]), question)

    def _source(self, name: str) -> str:
        if name in self._through:
            return name
        if name == "request_clock":
            return self._clock()
        if name not in self._tables:
            table = f"{name}_{self._number}"
            self._run(self._query(name), f"CREATE TEMP TABLE {table} AS")
            self._tables[name] = table
        return self._tables[name]

    def _query(self, name: str) -> str:
        if name in FACTS:
            return FACTS[name]
        kind = name.removeprefix("known_")
        return known_once(kind) if told_once(self._cursor, kind) else known(kind)

    def _clock(self) -> str:
        """The clocks of the requests: of the newest state from their rollup, but for what was once told otherwise."""
        if self._parameters["known_at"] < self._one(NEWEST):
            return self._clocked("request_clock", EVERY)
        if "unsteady_clock" not in self._tables and not self._one(SOME_UNSTEADY):
            return f"({STEADY})"
        return f"({STEADY} UNION ALL BY NAME FROM {self._clocked('unsteady_clock', SOME.format(keys=UNSTEADY))})"

    def _clocked(self, name: str, requests: str) -> str:
        # Two names: between two questions an upload may come in, and what is not the newest state needs every request.
        if name not in self._tables:
            table = f"{name}_{self._number}"
            dates = {date: self._parameters[date] for date in ("as_of", "known_at")}
            self._cursor.execute(f"CREATE TEMP TABLE {table} AS {clocks(requests)}", dates)
            self._tables[name] = table
        return self._tables[name]

    def _one(self, question: str) -> Any:
        row = self._cursor.execute(question).fetchone()
        return row[0] if row else None
