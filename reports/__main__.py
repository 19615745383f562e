"""`python -m reports`: review packs, the oversight record and the calendar on the command line."""

import sys

from data.service import run_here_or_there
from reports.cli import program

if __name__ == "__main__":
    sys.exit(run_here_or_there("reports", program(), sys.argv[1:]))
