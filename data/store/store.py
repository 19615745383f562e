"""The store: one DuckDB file, owned by one process, read by many threads and written by one at a time."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from weakref import WeakSet

import duckdb
from duckdb import DuckDBPyConnection

from data.facts import rollups
from data.store.lock import SharedLock
from data.store.schema import prepare

# The pruner loses rows of `SELECT r, unnest(l) FROM t ORDER BY r LIMIT n` in DuckDB 1.5 and 2.0.
SETTINGS = """
SET TimeZone = 'UTC';
SET disabled_optimizers = 'row_group_pruner';
SET python_enable_replacements = false;
SET enable_external_access = false;
SET lock_configuration = true;
"""
MEMORY = "400MB"
"""What the engine may take for itself. What a large load needs beyond that goes to disk, beside the store."""
NEWEST = "SELECT coalesce(max(number), 0) FROM uploads"


class StoreInUse(Exception):
    """Another process owns the file."""


class Desk:
    """A cursor that one thread goes on with from read to read, so that what it worked out is still there.

    The store closes it where it has to; the next read then begins with another one.
    """

    def __init__(self) -> None:
        self.cursor: DuckDBPyConnection | None = None

    def close(self) -> None:
        """Give the cursor back."""
        if self.cursor is not None:
            self.cursor.close()
            self.cursor = None


class Store:
    """Facts with their history. `read` for questions, `write` for the one write path."""

    def __init__(self, path: Path | None = None, memory: str = MEMORY) -> None:
        """Open the file at `path`, made where there is none; without a path, a store in memory, which has no limit.

        Raises StoreInUse where another process has it open.
        """
        self.path = path
        self._memory = memory
        self._lock = SharedLock()
        self._writer = threading.RLock()
        self._desks: WeakSet[Desk] = WeakSet()
        self._open()

    def _open(self) -> None:
        if self.path is not None:
            self.path.parent.mkdir(parents=True, exist_ok=True)
        try:
            config: dict[str, str | bool | int | float | list[str]] = {"memory_limit": self._memory}
            self._connection = duckdb.connect(str(self.path), config=config) if self.path else duckdb.connect()
        except duckdb.IOException as problem:
            if "lock" not in str(problem).lower():
                raise
            raise StoreInUse(f"{self.path} is open in another process.") from problem
        prepare(self._connection)
        self._connection.execute(SETTINGS)
        rollups.prepare(self._connection)
        self._version = self._newest(self._connection)

    def _newest(self, cursor: DuckDBPyConnection) -> int:
        row = cursor.execute(NEWEST).fetchone()
        return int(row[0]) if row else 0

    @property
    def version(self) -> int:
        """Number of the newest upload; 0 in an empty store."""
        return self._version

    @contextmanager
    def read(self, desk: Desk | None = None) -> Iterator[DuckDBPyConnection]:
        """A cursor that sees one state of the ledger, that of `desk` where one is given. Fetch all before leaving it.

        No transaction: nobody can commit while the lock is shared, and within one the engine would keep whatever is
        dropped, such as the facts of another as-of date, until its end.
        """
        with self._lock.shared():
            own = desk or Desk()
            if own.cursor is None:
                own.cursor = self._connection.cursor()
                self._desks.add(own)
            try:
                yield own.cursor
            finally:
                if desk is None:
                    own.close()

    def _close(self) -> None:
        for desk in self._desks:
            desk.close()
        self._connection.close()

    @contextmanager
    def write(self) -> Iterator[DuckDBPyConnection]:
        """A cursor in a transaction of its own: committed on leaving, undone where an error leaves it.

        With an upload the rollups are brought up to it in the same transaction.
        """
        with self._writer:
            cursor = self._connection.cursor()
            try:
                cursor.execute("BEGIN TRANSACTION")
                yield cursor
                newest = self._newest(cursor)
                if newest > self._version:
                    rollups.refresh(cursor, newest)
                with self._lock.exclusive():
                    cursor.execute("COMMIT")
                    self._version = newest
            finally:
                cursor.close()

    @contextmanager
    def stage(self) -> Iterator[DuckDBPyConnection]:
        """Like `write`, and always undone: to see what an upload would change."""
        with self._writer:
            cursor = self._connection.cursor()
            try:
                cursor.execute("BEGIN TRANSACTION")
                yield cursor
            finally:
                cursor.execute("ROLLBACK")
                cursor.close()

    @contextmanager
    def offline(self) -> Iterator[Path]:
        """The file while nothing has it open, to copy or to move it. A store in memory has none: ValueError."""
        if self.path is None:
            raise ValueError("A store in memory has no file.")
        with self._writer, self._lock.exclusive():
            self._close()
            try:
                yield self.path
            finally:
                self._open()

    def close(self) -> None:
        """Give the file back."""
        with self._writer, self._lock.exclusive():
            self._close()
