"""Versioned rows, the ledger of uploads, and the one write path."""

from data.store.ledger import Stamp
from data.store.location import open_store
from data.store.opening import StoreInUse, StoreUnusable
from data.store.store import Desk, Store
from data.store.undo import UndoRefused

__all__ = ["Desk", "Stamp", "Store", "StoreInUse", "StoreUnusable", "UndoRefused", "open_store"]
