"""Where the store is and where the app answers: settings by environment."""

import os
import time
from pathlib import Path

from data.store.opening import StoreInUse
from data.store.store import MEMORY, Store

ROOT = Path(__file__).parents[2]


def path() -> Path:
    """The file of the store: CRO_DB, else var/cro.duckdb in the project's folder."""
    return Path(os.environ.get("CRO_DB") or ROOT / "var" / "cro.duckdb").resolve()


def port() -> int:
    """The port of the app: PORT, else 8501."""
    return int(os.environ.get("PORT", "8501"))


def memory() -> str:
    """What the engine may take, such as 2GB: CRO_MEMORY, else the store's own limit."""
    return os.environ.get("CRO_MEMORY") or MEMORY


def open_store(file: Path, patience: float = 0.0) -> Store:
    """Open a store; wait up to `patience` seconds where another process has it.

    Raises StoreInUse where it still has it then, StoreUnusable where the file cannot be used.
    """
    give_up = time.monotonic() + patience
    while True:
        try:
            return Store(file, memory())
        except StoreInUse:
            if time.monotonic() >= give_up:
                raise
            time.sleep(0.1)
