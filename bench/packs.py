"""Review packs: one CRO's, and every edition of every CRO in every format that needs no browser."""

import shutil
import statistics
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from analytics.scope import Scope
from analytics.view import View
from bench.timing import ROUNDS, seconds
from data.store import Store
from reports import desk
from reports.formats import FORMATS, write

QUARTER, AS_OF, TODAY = "2026-Q3", date(2026, 10, 31), date(2026, 11, 23)
WITHOUT_BROWSER = [name for name in FORMATS if name != "pdf"]


@dataclass(frozen=True)
class PackTimes:
    """Seconds until the PowerPoint of one CRO is made from a store just opened, and those of `files` files: the
    sponsor's and the CRO's edition of `cros` CROs and the edition for leadership, in each format."""

    one: float
    every: float
    cros: int
    files: int


def measure_packs(folder: Path, store: Path) -> PackTimes:
    """Each from a store just opened, so that nothing is kept from before; medians of some rounds."""
    copy = folder / "packs.duckdb"
    shutil.copyfile(store, copy)
    made: list[tuple[int, int]] = []
    _one(copy)
    one = [seconds(lambda: _one(copy)) for _ in range(ROUNDS)]
    every = [seconds(lambda: made.append(_every(copy))) for _ in range(ROUNDS)]
    return PackTimes(statistics.median(one), statistics.median(every), *made[0])


def _one(path: Path) -> None:
    store = Store(path)
    with store.read() as cursor:
        view = View(cursor, Scope(as_of=AS_OF, known_at=store.version))
        write(desk.of(view, next(iter(desk.known(view))), QUARTER, TODAY).pack, "pptx")
    store.close()


def _every(path: Path) -> tuple[int, int]:
    """How many CROs and files it came to."""
    store = Store(path)
    with store.read() as cursor:
        view = View(cursor, Scope(as_of=AS_OF, known_at=store.version))
        found = [desk.of(view, cro, QUARTER, TODAY) for cro in desk.known(view)]
    store.close()
    packs = [desk.for_edition(each, edition) for each in found for edition in ("sponsor", "cro")]
    files = [write(pack, name) for pack in (*packs, desk.leadership(found, QUARTER)) for name in WITHOUT_BROWSER]
    return len(found), len(files)
