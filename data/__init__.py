"""From a file to facts: contracts, intake, store, facts, demo portfolio."""

__version__ = "0.1.0"
