"""Versioned rows, the ledger of uploads, and the one write path."""

from data.store.store import Store, StoreInUse

__all__ = ["Store", "StoreInUse"]
