"""`python -m data`: files into the store, and back."""

import importlib
import sys
from collections.abc import Collection

from data.cli import program
from data.service import run_here_or_there


def kpi_ids() -> Collection[str]:
    """The KPIs that a file may name.

    The module is asked for by name, since `data` knows nothing of what is computed from it. A command line,
    like a page, is an edge where both meet.
    """
    ids: Collection[str] = importlib.import_module("analytics.catalogue").IDS
    return ids


if __name__ == "__main__":
    sys.exit(run_here_or_there("data", program(kpi_ids), sys.argv[1:]))
