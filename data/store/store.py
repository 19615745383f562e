"""The store: one DuckDB file, owned by one process, read by many threads and written by one at a time."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from weakref import WeakSet

import duckdb
from duckdb import DuckDBPyConnection

from data.facts import rollups
from data.store.lock import SharedLock
from data.store.opening import StoreInUse, StoreUnusable, connect, failed, no_room
from data.store.private import private

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
FILE_PROBLEMS = (duckdb.FatalException, duckdb.IOException)


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

        Raises StoreInUse where another process has it open, StoreUnusable where the file cannot be used.
        """
        self.path = path
        self._memory = memory
        self._lock = SharedLock()
        self._writer = threading.RLock()
        self._desks: WeakSet[Desk] = WeakSet()
        self._given_up = False
        self._wide = False
        self._open()

    @private()
    def _open(self) -> None:
        self._connection = connect(self.path, self._memory, wide=self._wide)
        try:
            self._connection.execute(SETTINGS)
            rollups.prepare(self._connection)
        except duckdb.Error as problem:
            self._connection.close()
            raise failed(self.path, problem) from problem
        self._version = self._newest(self._connection)
        self._given_up = False

    def _newest(self, cursor: DuckDBPyConnection) -> int:
        row = cursor.execute(rollups.NEWEST).fetchone()
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
        self._reopen()
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

    def _reopen(self) -> None:
        """Open again what the engine gave up, once it can be opened."""
        if self._given_up:
            with self._writer, self._lock.exclusive():
                if self._given_up:
                    self._open()

    def _recover(self) -> None:
        """Begin anew where an error has put the database out of service; nobody may read or write meanwhile.

        The engine gives a database up when it cannot write what it has begun to write: what is on the disk is whole,
        and every question is refused until the file is opened again.
        """
        if self.path is None:
            return
        try:
            self._connection.execute("SELECT 1")
        except duckdb.Error:
            self._close()
            self._given_up = True
            with suppress(StoreUnusable, StoreInUse):
                self._open()

    def widen(self) -> None:
        """Use every core from now on, for a load of very many rows."""
        if self.path is None or self._wide:
            return
        with self._writer, self._lock.exclusive():
            self._close()
            self._wide = self._given_up = True
            self._open()

    @contextmanager
    def _begun(self) -> Iterator[DuckDBPyConnection]:
        """A cursor in a transaction. Raises StoreUnusable where there is no room for it, or the engine gives up."""
        with self._writer:
            self._reopen()
            cursor = self._connection.cursor()
            try:
                cursor.execute("BEGIN TRANSACTION")
                yield cursor
            except duckdb.Error as problem:
                cursor.close()
                with self._lock.exclusive():
                    self._recover()
                if isinstance(problem, FILE_PROBLEMS) or no_room(problem):
                    raise failed(self.path, problem) from problem
                raise
            finally:
                cursor.close()

    @contextmanager
    def write(self) -> Iterator[DuckDBPyConnection]:
        """A cursor in a transaction of its own: committed on leaving, undone where an error leaves it.

        With an upload the rollups are brought up to it in the same transaction.
        """
        with self._begun() as cursor:
            yield cursor
            newest = self._newest(cursor)
            if newest > self._version:
                rollups.refresh(cursor, newest)
            with self._lock.exclusive(), private():  # the engine's log is made anew now and then
                try:
                    cursor.execute("COMMIT")
                except duckdb.Error:
                    cursor.close()
                    before = self._version
                    self._recover()
                    # What is wanting may be room for tidying up alone, after all was kept.
                    if self._version == before:
                        raise
                self._version = newest

    @contextmanager
    def stage(self) -> Iterator[DuckDBPyConnection]:
        """Like `write`, and always undone: to see what an upload would change."""
        with self._begun() as cursor:
            yield cursor
            cursor.execute("ROLLBACK")

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
