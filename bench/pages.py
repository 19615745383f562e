"""Each page of the app: the server's time, Streamlit's own part of it, and the slowest question."""

import re
import shutil
import statistics
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any
from unittest import mock

import streamlit as st
from streamlit.logger import set_log_level
from streamlit.testing.v1 import AppTest

from bench.timing import medians, seconds
from data.facts import Facts
from tests.server import ROOT, serve
from tests.session import open_page
from ui.shell import PAGES

WARM = 9
PATIENCE = 600
DATES = ("2026-10-30", "2026-10-29", "2026-10-28")
"""As-of dates that nobody has asked about: every number of the page is new, and the dates it compares with are too."""


@dataclass(frozen=True)
class PageTimes:
    """Seconds from asking for a page until it is drawn, and those of an app that shows a title and nothing else.

    `first`: by the first session of a new server; `again`: by later ones, who ask what was asked before; `anew`: by
    later ones, who ask about a date that nobody has asked about. `slowest`: seconds and words of the question to the
    facts that took longest, where nothing is kept from before.
    """

    title: str
    first: float
    again: float
    anew: float
    empty: float
    slowest: tuple[float, str]

    def own(self, taken: float) -> float:
        """What of a time the page itself takes, beyond the empty one."""
        return max(0.0, taken - self.empty)


def measure_pages(folder: Path, store: Path, dates: Sequence[str] = DATES) -> Iterator[PageTimes]:
    """Every page of the navigation, each from a server of its own, asked anew about so many dates."""
    # A name of its own: this process keeps every store open that it has asked.
    own = folder / f"{store.stem}-questions.duckdb"
    shutil.copyfile(store, own)
    with serve(folder, root=empty_app(folder)) as empty:
        _open(empty.url, "")
        for position, (file, title, _) in enumerate(PAGES):
            page = file if position else ""
            with serve(folder, store=store) as server:
                first = seconds(partial(_open, server.url, page))
                later = medians(
                    {"again": partial(_open, server.url, page), "empty": partial(_open, empty.url, "")}, WARM
                )
                anew = statistics.median(seconds(partial(_open, server.url, page, f"as_of={day}")) for day in dates)
            yield PageTimes(title, first, later["again"], anew, later["empty"], _slowest(file, own))
    own.unlink()


def empty_app(folder: Path) -> Path:
    """The folder of an app that shows a title and nothing else, made below `folder`."""
    root = folder / "empty"
    root.mkdir(exist_ok=True)
    (root / "app.py").write_text('import streamlit as st\n\nst.title("Empty")\n', encoding="utf-8")
    return root


def _open(url: str, page: str, query: str = "") -> None:
    run = open_page(url, page, query, PATIENCE)
    if run.page_not_found or "exception {" in run.drawn:
        raise RuntimeError(f"The page {page or 'of the start'} shows an error; its time says nothing.")


def _slowest(file: str, store: Path) -> tuple[float, str]:
    """The question of the page that took longest, nothing kept from before: its seconds and its words."""
    set_log_level("ERROR")  # outside a server it warns that there is none
    st.cache_data.clear()
    st.cache_resource.clear()
    with mock.patch.dict("os.environ", {"CRO_DB": str(store)}), _questions() as asked:
        page = AppTest.from_file(str(ROOT / "ui" / "shell.py"), default_timeout=PATIENCE)
        page.switch_page(f"../pages/{file}.py").run()
    return max(asked, default=(0.0, ""))


@contextmanager
def _questions() -> Iterator[list[tuple[float, str]]]:
    """Every question to the facts while the block runs: its seconds, and its words on one line."""
    asked: list[tuple[float, str]] = []
    run = Facts._run

    def timed(self: Facts, question: str, head: str = "", **more: Any) -> object:
        before, start = len(asked), time.perf_counter()
        answer = run(self, question, head, **more)
        # A question first has the facts made that it reads: their time is theirs.
        made = sum(taken for taken, _ in asked[before:])
        asked.append((time.perf_counter() - start - made, _named(head or question)))
        return answer

    with mock.patch.object(Facts, "_run", timed):
        yield asked


def _named(question: str) -> str:
    """What is asked, on one line; of a fact that is made only its name."""
    made = re.match(r"CREATE TEMP TABLE (\w+?)_\d+ AS", question)
    return made[1] if made else " ".join(question.split())
