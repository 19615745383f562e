"""`python -m data`: files into the store, and back."""

import importlib
import sys

from data.cli import program
from data.intake import Kpis
from data.service import run_here_or_there


def kpis() -> Kpis:
    """The KPIs that a file may name, and which way is better.

    The module is asked for by name, since `data` knows nothing of what is computed from it. A command line,
    like a page, is an edge where both meet.
    """
    declared: Kpis = importlib.import_module("analytics.catalogue").DIRECTIONS
    return declared


if __name__ == "__main__":
    sys.exit(run_here_or_there("data", program(kpis), sys.argv[1:]))
