"""`python -m analytics`: scorecards and KPIs on the command line."""

import sys

from analytics.cli import program
from data.service import run_here_or_there

if __name__ == "__main__":
    sys.exit(run_here_or_there("analytics", program(), sys.argv[1:]))
