"""The report: what was measured, how, and what came out, as Markdown."""

import os
import platform
from collections.abc import Iterator, Sequence
from importlib.metadata import version

from bench.load import BARE, BY_ROW, PRODUCT, LoadTimes
from bench.packs import PackTimes
from bench.pages import WARM, PageTimes
from bench.timing import ROUNDS

PACKAGES = ("duckdb", "streamlit", "pandas", "pyarrow", "plotly")
HEAD = """# {what}

Written by `make bench`; do not edit it here. Read the ratios: both sides of each were timed in turn in the same run, so
they hold on another machine, where the seconds do not. No test asserts a time.

Machine: {machine}
"""
PAGES = """
A session opens the address of a page over a web socket, as a browser does, and waits until the server has sent
everything. From each time that of an empty Streamlit app, which shows a title, is taken off, so it is the page's own.
*Again*: the median of {warm} sessions, in turn with those of the empty app, that ask what somebody asked before:
answers are kept until the next upload. *Anew*: asked about a date of which nothing is kept, so that each number is
worked out, on the quarters before as well; the median of three, and one where requests are very many. *First*: the
first session of a new server, with every import and figure to be made. *Slowest question*: to the facts, with nothing
kept.
"""
AIM = """
## {title}

The aim is {aim} ms of its own, again.

| page | again, ms | anew, ms | first, ms | empty app, ms | slowest question |
|---|---|---|---|---|---|"""
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
START = """
## Start

From the command to the first healthy answer, not the first time: {own:.1f} s, which is {ratio:.1f} times an empty app
under a bare `streamlit run` ({bare:.1f} s). Medians of {rounds}, in turn. The aim is under 3 s.

## The demo portfolio

Loading it, which `make run` does once: {demo:.1f} s for {uploads} monthly uploads, each checked as any other upload.
"""


PACKS = """
## Review packs

From a store just opened to the PowerPoint of one CRO of the demo portfolio: {one:.1f} s, {one_ratio:.0f} % of the 3 s
that are the limit. The sponsor's and the CRO's edition of all {cros} CROs and the edition for leadership, each as
PowerPoint, HTML and Excel, {files} files: {every:.1f} s; the limit is 30 s for 10 CROs, and this is {every_ratio:.0f} %
of the {share:.0f} s that fall to {cros}. Medians of {rounds}.
"""


def report(
    load: LoadTimes, taken: float, start: tuple[float, float], demo: float, uploads: int, packs: PackTimes
) -> str:
    """Loading, starting and packs.

    `taken`: memory of the load, in sizes of its file; `start`: seconds of the app's start and of an empty app's;
    `demo`: seconds of loading so many uploads.
    """
    own, bare = start
    last = START.format(own=own, bare=bare, ratio=own / bare, rounds=ROUNDS, demo=demo, uploads=uploads)
    memory = MEMORY.format(taken=taken)
    share = 3 * packs.cros
    review = PACKS.format(
        one=packs.one, one_ratio=100 * packs.one / 3, cros=packs.cros, files=packs.files, every=packs.every,
        share=share, every_ratio=100 * packs.every / share, rounds=ROUNDS,
    )  # fmt: skip
    return "\n".join((HEAD.format(what="Benchmarks", machine=_machine()), *_load(load), memory, last, review.lstrip()))


def performance(demo: Sequence[PageTimes], many: Sequence[PageTimes], rows: int) -> str:
    """The pages, on the demo portfolio and with very many requests in it."""
    head = HEAD.format(what="Performance of the pages", machine=_machine())
    measured = PAGES.format(warm=WARM)
    few, more = AIM.format(title="The demo portfolio", aim=100), AIM.format(title=f"{rows:,} requests", aim=300)
    return "\n".join((head, measured, few, *map(_page, demo), more, *map(_page, many), ""))


def _machine() -> str:
    packages = ", ".join(f"{name} {version(name)}" for name in PACKAGES)
    return f"{os.cpu_count()} cores, {_memory()}{platform.system()}. Python {platform.python_version()}, {packages}."


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
    own = (page.own(page.again), page.own(page.anew), page.own(page.first), page.empty)
    return f"| {page.title} | {' | '.join(f'{1000 * each:,.0f}' for each in own)} | {_question(*page.slowest)} |"


def _question(taken: float, question: str) -> str:
    if not question:
        return "none"
    short = question if len(question) <= 70 else question[:70] + " …"
    return f"{1000 * taken:.0f} ms: `{short.replace('|', '/')}`"
