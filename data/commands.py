"""What can be done with a store, for pages and command line alike."""

import calendar
import shutil
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import UTC, date, datetime, time
from pathlib import Path
from typing import Any

from data import outgoing
from data.contracts import BY_KIND
from data.intake import FileIn, Kpis, edit, load, profiles
from data.intake.reading import Reading
from data.store import Stamp, Store, ledger
from data.store.private import private
from data.store.undo import undo, undone
from data.store.verify import verify

DEMO = "demo"
DEMO_UPLOADS = Path(__file__).parent / "demo" / "uploads"

__all__ = [
    "Refused", "backup", "demo", "edit", "export", "history", "is_demo", "keep_profile",
    "kept_profiles", "load", "refuse_unknown_profile", "start_empty", "state", "template", "undo", "verify",
]  # fmt: skip


class Refused(Exception):
    """A command is not carried out; the text says why and what to do."""


def history(store: Store) -> list[dict[str, Any]]:
    """The ledger, newest upload first; `undone` tells whether an upload is out of effect."""
    with store.read() as cursor:
        uploads, out = ledger.entries(cursor), undone(cursor)
    return [entry | {"undone": entry["number"] in out} for entry in reversed(uploads)]


def state(store: Store) -> str:
    """The hash of the newest entry of the ledger; empty in an empty store. No two states share it."""
    with store.read() as cursor:
        newest = cursor.execute(ledger.NEWEST).fetchone()
    return str(newest[1]) if newest else ""


def template(kind: str) -> str:
    """The CSV template of a kind: its columns, and example rows to replace. Refused: no such kind."""
    _refuse_unknown(kind)
    return outgoing.template(BY_KIND[kind])


def export(store: Store, kind: str, known_at: int | None = None, private: bool = False) -> str:
    """The rows of a kind as CSV, as known now or at an upload; `private` as in `outgoing.export`.

    Refused: no such kind or upload.
    """
    _refuse_unknown(kind)
    if known_at is not None and not 0 <= known_at <= store.version:
        raise Refused(f"There is no upload {known_at}; the newest is {store.version}.")
    return outgoing.export(store, BY_KIND[kind], known_at, private)


def backup(store: Store, path: Path) -> None:
    """Copy the whole store to a new file. Raises Refused where the file exists."""
    if store.path is None:
        raise Refused("There is no store yet to back up.")
    if path.exists():
        raise Refused(f"{path} exists already. Choose another name.")
    path.parent.mkdir(parents=True, exist_ok=True)
    partial = path.with_name(path.name + ".partial")
    partial.unlink(missing_ok=True)
    with store.offline() as file, private():
        shutil.copyfile(file, partial)
    partial.replace(path)


def keep_profile(store: Store, name: str, reading: Reading, stamp: Stamp, kpis: Kpis) -> bool:
    """Keep under a name how the files of a sender are read, in place of what was kept; whether that was anything new.

    It is an edit of its own, of no status date: it tells nothing about a day.
    """
    with store.read() as cursor:
        before = profiles.kept(cursor).get(name)
    rows = profiles.rows(name, reading, before)
    edited = edit(store, "profiles", rows, replace(stamp, status_date=None, reason=""), kpis=kpis)
    return edited.upload is not None


def kept_profiles(store: Store) -> dict[str, Reading]:
    """How the files of each sender are read, by the name of the profile."""
    with store.read() as cursor:
        return profiles.kept(cursor)


def refuse_unknown_profile(store: Store, name: str) -> None:
    """Raise Refused where nothing is kept under the name."""
    names = kept_profiles(store)
    if not any(one == name or one.startswith(f"{name}, ") for one in names):
        known = f"Profiles: {', '.join(names)}." if names else "None is kept yet."
        raise Refused(f"There is no profile “{name}”. {known} To make it, say how the file is read, as by --map.")


def is_demo(store: Store) -> bool:
    """Whether the store holds the demo portfolio."""
    with store.read() as cursor:
        first = cursor.execute("SELECT role FROM uploads WHERE number = 1").fetchone()
    return first == (DEMO,)


def start_empty(store: Store) -> Path:
    """Put the demo portfolio aside and begin with an empty store. Returns where the demo went.

    Raises Refused where the store holds something else.
    """
    if not is_demo(store):
        raise Refused("The store holds your own data. Only the demo portfolio is put aside.")
    with store.offline() as file:
        aside = next(free for free in _names_beside(file) if not free.exists())
        file.rename(aside)
    return aside


def demo(
    store: Store,
    kpis: Kpis,
    progress: Callable[[str, float], None] | None = None,
    uploads: Path = DEMO_UPLOADS,
) -> int:
    """Load the demo portfolio, one upload a month, and return the number of uploads.

    Raises Refused where the store is not empty, or a file has a problem.
    """
    if store.version:
        raise Refused("The store is not empty. Only an empty one takes the demo portfolio.")
    months = sorted(folder for folder in uploads.iterdir() if folder.is_dir())
    for place, folder in enumerate(months):
        if progress:
            progress(f"Demo portfolio, {folder.name}", place / len(months))
        files = [FileIn(file.name, file.read_bytes(), file.stem) for file in sorted(folder.glob("*.csv"))]
        status_date = _last_day(folder.name)
        told_at = datetime.combine(status_date, time(18), UTC)
        stamp = Stamp(who="Demo portfolio", role=DEMO, at=told_at, status_date=status_date)
        answer = load(store, files, stamp, kpis=kpis)
        if not answer.accepted:
            wrong = [f"{file.file}: {one}" for file in answer.files for one in file.problems if one.blocks]
            raise Refused(f"The demo portfolio of {folder.name} has {len(wrong)} problems. {wrong[0]}")
    return store.version


def _last_day(month: str) -> date:
    first = date.fromisoformat(f"{month}-01")
    return first.replace(day=calendar.monthrange(first.year, first.month)[1])


def _names_beside(file: Path) -> Iterator[Path]:
    number = 0
    while True:
        number += 1
        yield file.with_name(f"{file.stem}.demo-{number}{file.suffix}")


def _refuse_unknown(kind: str) -> None:
    if kind not in BY_KIND:
        raise Refused(f"There is no kind “{kind}”. Kinds: {', '.join(BY_KIND)}.")
