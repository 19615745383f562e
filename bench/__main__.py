"""Measure, print the reports and write them to docs/: `python -m bench`."""

import sys
import tempfile
from pathlib import Path

from analytics.catalogue import DIRECTIONS
from bench.load import measure_load
from bench.many import ROWS, with_many
from bench.memory import measure_memory
from bench.packs import measure_packs
from bench.pages import DATES, measure_pages
from bench.report import performance, report
from bench.start import measure_start
from bench.timing import seconds
from data import commands
from data.store import Store

DOCS = Path(__file__).parents[1] / "docs"
REPORT, PAGES = DOCS / "benchmarks.md", DOCS / "performance.md"


def main() -> None:
    """Run every measurement in a folder that is thrown away afterwards."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        _say("Loading a million rows, three ways ...")
        load = measure_load(folder)
        taken = measure_memory(folder / "requests.csv") / load.size
        _say("Loading the demo portfolio ...")
        store = folder / "demo.duckdb"
        uploads: list[int] = []
        demo = seconds(lambda: uploads.append(_demo(store)))
        _say("Starting ...")
        start = measure_start(folder, store)
        _say("Making review packs ...")
        _keep(REPORT, report(load, taken, start, demo, uploads[0], measure_packs(folder, store)))
        _say("Opening every page ...")
        pages = list(measure_pages(folder, store))
        _say(f"Making {ROWS:,} requests, and opening every page ...")
        _keep(PAGES, performance(pages, list(measure_pages(folder, with_many(store, folder), DATES[:1])), ROWS))


def _keep(path: Path, text: str) -> None:
    path.write_text(text, encoding="utf-8", newline="\n")
    print(text)


def _demo(path: Path) -> int:
    store = Store(path)
    number = commands.demo(store, DIRECTIONS)
    store.close()
    return number


def _say(text: str) -> None:
    print(text, file=sys.stderr, flush=True)


if __name__ == "__main__":
    main()
