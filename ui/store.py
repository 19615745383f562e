"""The one store of this process: `CRO_DB` names its file."""

import threading
from pathlib import Path

from data.contracts import ALL
from data.store import Store, location

PATIENCE = 5.0
"""Seconds to wait for a command that has the store."""
_OPENING = threading.Lock()
_OPEN: dict[Path, Store] = {}


def open_store() -> Store:
    """The store at `location.path`, opened by whoever asks first. Raises what `Store` raises."""
    with _OPENING:
        path = location.path()
        if path not in _OPEN:
            _OPEN[path] = location.open_store(path, PATIENCE)
        return _OPEN[path]


def check_store() -> int:
    """The number of the newest upload, once every table has answered with the columns of its contract.

    Raises StoreInUse where another process has the store, duckdb.Error where it cannot be read or a table is
    not what this version expects.
    """
    store = open_store()
    with store.read() as cursor:
        for contract in ALL:
            columns = ", ".join(f'"{name}"' for name in (*contract.names, "valid_from", "valid_to"))
            cursor.execute(f"SELECT {columns} FROM {contract.kind} LIMIT 0")
    return store.version
