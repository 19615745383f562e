"""The report: what was measured, how, and what came out, as Markdown."""

import os
import platform
from collections.abc import Iterator, Sequence
from importlib.metadata import version

from bench.load import BARE, BY_ROW, PRODUCT, LoadTimes
from bench.pages import WARM, PageTimes
from bench.timing import ROUNDS

PACKAGES = ("duckdb", "streamlit", "pandas", "pyarrow", "plotly")
HEAD = """# Benchmarks

Written by `make bench`; do not edit it here. Read the ratios: both sides of each were timed in turn in the same run, so
they hold on another machine, where the seconds do not. No test asserts a time.

Machine: {cores} cores, {memory}{system}. Python {python}, {packages}.
"""
LOAD = """## Loading {rows:,} requests

A generated file ({size:.0f} MB, valid, always the same bytes) goes into an empty store with its engagements: read as
text, every cell checked, keys, references and the order of dates as well, then written as versioned rows with an entry
in the ledger. Beside it DuckDB reads the same file into a table of the same types and checks nothing else; and pandas
reads it as text, Python makes the same checks row by row, and nothing is written. Medians of {rounds}. The aim is under
5 times the bare read.

| way | seconds | times the bare read | rows a second |
|---|---|---|---|"""
MEMORY = """
At its peak the load takes {taken:.1f} times the bytes of the file, above what the process has before, with the bytes
themselves in it. The aim is under 6 times."""
PAGES = """
## Pages on the demo portfolio

A session opens the address of a page over a web socket, as a browser does, and waits until the server has sent
everything. *First*: the first session of a new server, with every import, number and figure still to be made.
*Later*: the median of {warm} further sessions, in turn with those of an empty Streamlit app, which shows a title. *Own
share*: the part of the later time that is not what the empty app takes. *Slowest question*: to the facts, with nothing
kept from before.

| page | first, ms | later, ms | empty app, ms | times the empty app | own share | slowest question |
|---|---|---|---|---|---|---|"""
START = """
## Start

From the command to the first healthy answer, not the first time: {own:.1f} s, which is {ratio:.1f} times an empty app
under a bare `streamlit run` ({bare:.1f} s). Medians of {rounds}, in turn. The aim is under 3 s.

## The demo portfolio

Loading it, which `make run` does once: {demo:.1f} s for {uploads} monthly uploads, each checked as any other upload.
"""


def report(
    load: LoadTimes, taken: float, pages: Sequence[PageTimes], start: tuple[float, float], demo: float, uploads: int
) -> str:
    """All sections.

    `taken`: memory of the load, in sizes of its file; `start`: seconds of the app's start and of an empty app's;
    `demo`: seconds of loading so many uploads.
    """
    own, bare = start
    last = START.format(own=own, bare=bare, ratio=own / bare, rounds=ROUNDS, demo=demo, uploads=uploads)
    memory = MEMORY.format(taken=taken)
    return "\n".join((_head(), *_load(load), memory, PAGES.format(warm=WARM), *map(_page, pages), last))


def _head() -> str:
    return HEAD.format(
        cores=os.cpu_count(),
        memory=_memory(),
        system=platform.system(),
        python=platform.python_version(),
        packages=", ".join(f"{name} {version(name)}" for name in PACKAGES),
    )


def _memory() -> str:
    if not hasattr(os, "sysconf"):
        return ""
    size = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES")
    return f"{size / 2**30:.0f} GiB of memory, "


def _load(load: LoadTimes) -> Iterator[str]:
    yield LOAD.format(rows=load.rows, size=load.size / 1e6, rounds=ROUNDS)
    for way in (BARE, PRODUCT, BY_ROW):
        taken = load.seconds[way]
        yield f"| {way} | {taken:.1f} | {load.ratio(way):.1f} | {load.rows / taken:,.0f} |"


def _page(page: PageTimes) -> str:
    return (
        f"| {page.title} | {1000 * page.cold:,.0f} | {1000 * page.warm:,.0f} | {1000 * page.empty:,.0f} | "
        f"{page.ratio:.1f} | {page.own_share:.0f} % | {_question(*page.slowest)} |"
    )


def _question(taken: float, question: str) -> str:
    if not question:
        return "none"
    short = question if len(question) <= 70 else question[:70] + " …"
    return f"{1000 * taken:.0f} ms: `{short.replace('|', '/')}`"
