"""Opening the file of a store: what it must be, and in words why it cannot be used."""

from pathlib import Path

import duckdb
from duckdb import DuckDBPyConnection

from data.store.private import shut
from data.store.schema import NotOurs, prepare

NO_ROOM = ("no space left", "file too large", "disk quota exceeded", "not enough space", "max_temp_directory_size")
"""How the systems, and the engine, say that there is no room for what is written."""
LARGE = 64 * 2**20
"""Bytes of a store from which several threads answer sooner. A small one waits for the planning of its questions, which
one thread does, and loses a quarter of its time with handing their little data around."""
RESTORE = "Put a backup in its place, or let CRO_DB name another file."


class StoreInUse(Exception):
    """Another process owns the file."""


class StoreUnusable(Exception):
    """The file cannot be used as a store, or not now; the text says why and what to do."""


def connect(path: Path | None, memory: str, *, wide: bool = False) -> DuckDBPyConnection:
    """The store at `path`, made where there is none; without a path one in memory, which has no limit.

    `wide`: with a thread for each core, as a large one has anyway.

    Raises StoreInUse where another process has the file open, StoreUnusable where it is not a store that this release
    can read and write.
    """
    connection = duckdb.connect(config={"threads": 1}) if path is None else _connect(path, memory, wide)
    try:
        prepare(connection)
    except NotOurs as why:
        connection.close()
        raise StoreUnusable(f"{path} {why}") from None
    except duckdb.Error as problem:
        connection.close()
        raise failed(path, problem) from problem
    return connection


def _connect(path: Path, memory: str, wide: bool) -> DuckDBPyConnection:
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        shut(path)
        if path.is_dir():
            raise StoreUnusable(f"{path} is a folder. Let CRO_DB name a file in it.")
        if path.exists() and not path.stat().st_size:
            raise StoreUnusable(
                f"{path} is empty. Delete it to begin with an empty store, or put a backup in its place."
            )
        wide = wide or (path.exists() and path.stat().st_size > LARGE)
    except OSError as problem:
        raise StoreUnusable(f"{path} cannot be reached: {problem.strerror}. Let CRO_DB name another file.") from problem
    try:
        return duckdb.connect(str(path), config={"memory_limit": memory, **({} if wide else {"threads": 1})})
    except duckdb.Error as problem:
        # The path stands in the text of the engine, and may say anything.
        told = str(problem).replace(str(path), "").lower()
        if "set lock on file" in told or "used by another process" in told:
            raise StoreInUse(f"{path} is open in another process.") from problem
        if "not a valid duckdb database" in told:
            raise StoreUnusable(f"{path} is not a store: it is no DuckDB database. {RESTORE}") from problem
        if "permission denied" in told or "not permitted" in told or "read-only" in told:
            message = f"{path} may not be written. Give the user of this program the right to write it and its folder."
            raise StoreUnusable(message) from problem
        raise failed(path, problem) from problem


def failed(path: Path | None, problem: duckdb.Error) -> StoreUnusable:
    """What a problem of the engine with the file means."""
    if no_room(problem):
        return StoreUnusable(
            f"There is no room on the disk of {path}. What was in the store is there still. Make room, then do it "
            "again: what has come in already changes nothing."
        )
    told = str(problem).splitlines()[0].rstrip(".")
    return StoreUnusable(f"{path} cannot be used, it may be damaged: {told}. {RESTORE}")


def no_room(problem: duckdb.Error) -> bool:
    """Whether something could not be written for want of room."""
    told = str(problem).lower()
    return any(words in told for words in NO_ROOM)
