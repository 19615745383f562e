"""The watch folder: each file that lands in it is loaded as an upload of its own, then put aside with a report.

A file is first moved to `.taking`, into a folder of its own that is named by the moment. What lies there was taken and
is not finished, because it is being loaded or because the watch ended in the middle: both are put through in one way.
"""

import hashlib
import json
import logging
import os
import shutil
import signal
import stat
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from itertools import count
from pathlib import Path
from types import FrameType

from data.intake import FileRefused
from data.intake.archive import unpacked
from data.outgoing import in_line
from data.service import Answer, NoAnswer
from data.store import StoreInUse
from data.watch_report import Outcome, as_json, line, text

if sys.platform == "win32":
    import msvcrt
else:
    import fcntl

LOG = logging.getLogger(__name__)
ACCEPTED, REFUSED, TAKING = "accepted", "refused", ".taking"
REPORTS = (".report.json", ".report.txt")
PARTIAL_STARTS = (".", "~$")
PARTIAL_ENDS = (".part", ".partial", ".tmp", ".crdownload", ".filepart")
"""How names begin and end that a browser, a transfer or a spreadsheet gives to files it is still writing."""
MOMENT = "%Y-%m-%dT%H%M%SZ"
UNATTENDED = "--unattended"
TRIES = 3
LONGEST = 150
"""Bytes of a name; with what is added to it, it must stay under the 255 that file systems allow."""

IN_USE = "The store is in use. Waiting until it is free."
BROKE_OFF = f"Loading this file broke off {TRIES} times, so it was put aside and the others go on. The log may say why."
FAILED = "Loading this file failed for a reason that was not foreseen; the log of the watch has the details."
LOADED_BEFORE = """It was loaded as upload {number}, but that load broke off before its report was written.
What stands below compares the file with the store as it was afterwards."""

Ask = Callable[[Sequence[str]], Answer]
Say = Callable[[str], None]
Signature = tuple[int, int, int]


class NotWatched(Exception):
    """The folder cannot be watched; the text says why."""


@dataclass(frozen=True, slots=True)
class _Claim:
    """A file that was taken: `.taking/MOMENT/NAME`, and beside that folder what is known of it."""

    file: Path

    @property
    def moment(self) -> str:
        return self.file.parent.name

    @property
    def rejected(self) -> Path:
        """Where the load leaves rejected rows."""
        return self.file.parent.with_name(f"{self.moment}.rejected")

    @property
    def _mark(self) -> Path:
        return self.file.parent.with_name(f"{self.moment}.tries")

    @property
    def tries(self) -> int:
        """How often a load was begun and brought no answer; 1 where it brought one, and the file is not yet moved.

        Kept on disk: a file that ends whoever loads it must not do so for ever.
        """
        return self._mark.stat().st_size if self._mark.exists() else 0

    def mark(self, number: int) -> None:
        """Keep the number of tries."""
        self._mark.write_bytes(b"." * number)

    def name(self, taken: Callable[[str], bool]) -> str:
        """The name that the file has in the end: its own, and the moment."""
        return _free(f"{self.file.stem}.{self.moment}", self.file.suffix, taken)

    def forget(self) -> None:
        """Remove what is left when the file is gone; the folder goes last, so that a rest is found again."""
        self._mark.unlink(missing_ok=True)
        shutil.rmtree(self.rejected, ignore_errors=True)
        self.file.parent.rmdir()


@dataclass(frozen=True, slots=True)
class _Earlier:
    """An upload that was made before, and the newest one of all."""

    number: int
    newest: int


@dataclass(slots=True)
class Watch:
    """A folder under watch.

    `ask` carries out a command of `python -m data`, as `data.service.ask` does; `options` are added to each load.
    `say` gets one line a file, `remark` whatever else is worth a word. `now` is read when a file is taken.
    """

    folder: Path
    ask: Ask
    options: Sequence[str]
    every: float
    now: Callable[[], datetime]
    say: Say
    remark: Say
    ended: bool = False
    refused: int = 0
    _seen: dict[str, Signature] = field(default_factory=dict)
    _remarks: set[str] = field(default_factory=set)
    _remarks_before: set[str] = field(default_factory=set)

    def run(self, once: bool = False) -> bool:
        """Take files until `ended` is set, or those of one look. Returns whether all of them were accepted.

        Raises NotWatched.
        """
        if not self.folder.is_dir():
            raise NotWatched(f"There is no folder {self.folder}. Make it, or mend its name.")
        self._own_folders()
        with _alone(self.folder):
            self._look()
            while not self.ended:
                self._rest()
                self._look()
                if once:
                    break
            for name in sorted(self._seen) if once else ():
                self.remark(f"{in_line(name)} was only just written. It is left for the next time.")
            return not self.refused and not self._claims()

    def _look(self) -> None:
        """Put through what was taken before, then the files that are whole by now."""
        self._remarks, self._remarks_before = set(), self._remarks
        with self._trouble():
            self._own_folders()
            for claim in self._claims():
                with self._trouble():
                    self._put_through(claim)
            for path in self._whole():
                with self._trouble():
                    taken = None if self.ended else self._take(path)
                    if taken:
                        self._put_through(taken)

    def _own_folders(self) -> None:
        """Make the folder of what was taken, for the watch alone. Raises NotWatched where a folder of it is a link."""
        for name in (TAKING, ACCEPTED, REFUSED):
            _refuse_other(self.folder / name, stat.S_ISDIR, "folder")
        (self.folder / TAKING).mkdir(0o700, exist_ok=True)

    @contextmanager
    def _trouble(self) -> Iterator[None]:
        """A full disk, or a folder that is away, passes: say it, and try again at the next look."""
        try:
            yield
        except BrokenPipeError:
            raise
        except NotWatched as problem:
            self._once(f"{problem} Trying again.")
        except OSError as problem:
            self._once(f"{problem.filename or self.folder}: {problem.strerror or problem}. Trying again.")

    def _once(self, remark: str) -> None:
        """Make a remark, unless it was made in this look or the one before."""
        if remark not in self._remarks | self._remarks_before:
            self.remark(remark)
        self._remarks.add(remark)

    def _rest(self) -> None:
        """Wait until the next look, in small steps, so that a signal to end is heeded soon."""
        end = time.monotonic() + self.every
        while not self.ended and (left := end - time.monotonic()) > 0:
            time.sleep(min(left, 0.1))

    def _claims(self) -> list[_Claim]:
        """What was taken and is not finished, the oldest first; nothing that the watch did not put there itself."""
        claims: list[_Claim] = []
        for folder in self._inside(self.folder / TAKING):
            with self._trouble():
                if not folder.is_dir():
                    continue
                files = self._inside(folder)
                if not files:
                    _Claim(folder / "gone").forget()
                elif not folder.name.endswith(".rejected"):
                    claims.extend(_Claim(file) for file in files if self._is_file(file))
        return claims

    def _inside(self, folder: Path) -> list[Path]:
        """What lies in a folder of the watch's own. A link is none of its making, and is removed, never followed."""
        found: list[Path] = []
        for path in sorted(folder.iterdir()):
            if path.is_symlink():
                path.unlink()
                self._once(f"{self._named(path)} was a link. The watch follows none, and has removed it.")
            else:
                found.append(path)
        return found

    def _is_file(self, path: Path) -> bool:
        """Whether it is a file: to read a pipe would wait for ever."""
        if not path.is_file():
            self._once(f"{self._named(path)} is no file that was taken. Take it away.")
        return path.is_file()

    def _named(self, path: Path) -> str:
        return in_line(path.relative_to(self.folder).as_posix())

    def _whole(self) -> list[Path]:
        """The files that look as they did at the look before, in the order of their last change."""
        before, self._seen = self._seen, {}
        whole: list[tuple[int, Path]] = []
        for path in self.folder.iterdir():
            signature = self._of_file(path)
            if signature:
                self._seen[path.name] = signature
                if before.get(path.name) == signature:
                    whole.append((signature[1], path))
        return [path for _, path in sorted(whole)]

    def _of_file(self, path: Path) -> Signature | None:
        """The signature of a file that may be taken; None for anything else."""
        if path.name.startswith(PARTIAL_STARTS) or path.name.lower().endswith(PARTIAL_ENDS):
            return None
        try:
            found = path.lstat()
        except FileNotFoundError:
            return None
        if stat.S_ISLNK(found.st_mode):
            self._once(f"{in_line(path.name)} is a link and is not followed. Put the file itself into the folder.")
        elif stat.S_ISREG(found.st_mode) and not found.st_size:
            self._once(f"{in_line(path.name)} is empty. It is taken when there is something in it.")
        elif stat.S_ISREG(found.st_mode):
            return _signature(found)
        return None

    def _take(self, path: Path) -> _Claim | None:
        """Move a file to where it is loaded from; None where it is gone, or has changed in the last moment."""
        seen = self._seen.pop(path.name)
        claims = self.folder / TAKING
        folder = claims / _free(self.now().strftime(MOMENT), "", lambda name: (claims / name).exists())
        folder.mkdir()
        claim = _Claim(folder / _shortened(path.name))
        try:
            path.rename(claim.file)
        except FileNotFoundError:
            return None
        if _signature(claim.file.lstat()) != seen:
            self._put_back(claim, path)
            return None
        return claim

    def _put_back(self, claim: _Claim, path: Path) -> None:
        """Let a file land again that somebody is still writing, unless the next one of its name has landed."""
        if not path.exists():
            claim.file.rename(path)
            claim.forget()

    def _put_through(self, claim: _Claim) -> None:
        while claim.file.exists() and not self.ended:
            outcome = self._attempt(claim)
            if outcome:
                self._finish(claim, outcome)
            else:
                self._rest()

    def _attempt(self, claim: _Claim) -> Outcome | None:
        """What became of a file; None where it is to be tried again."""
        file, tries = claim.file, claim.tries
        before = _signature(file.lstat())
        try:
            earlier = self._loaded(claim) if tries else None
            if tries >= TRIES and not earlier:
                return Outcome(False, message=BROKE_OFF)
            claim.mark(tries + 1)
            options = ["--dry-run"] if earlier and earlier.newest > earlier.number else []
            arguments = [
                "load",
                str(file),
                "--json",
                f"--rejected={claim.rejected}",
                UNATTENDED,
                *self.options,
                *options,
            ]
            outcome = Outcome.of(self._asked(arguments))
            claim.mark(1)
            earlier = earlier or (None if outcome.answer else self._loaded(claim))
        except StoreInUse:
            claim.mark(tries)
            self._once(IN_USE)
            return None
        except NoAnswer:
            self.remark(f"The app ended while it was loading {in_line(file.name)}. Trying again.")
            return None
        if _signature(file.lstat()) != before:
            self.remark(f"{in_line(file.name)} changed while it was read. Trying again.")
            self._put_back(claim, self.folder / file.name)
            return None
        return outcome.loaded_as(earlier.number, LOADED_BEFORE.format(number=earlier.number)) if earlier else outcome

    def _asked(self, arguments: Sequence[str]) -> Answer:
        """What a command answers. Raises StoreInUse and NoAnswer; whatever else it raises is said in the answer."""
        try:
            return self.ask(arguments)
        except (StoreInUse, NoAnswer):
            raise
        except Exception:
            LOG.exception("Not foreseen: %s", " ".join(arguments))
            return Answer(1, "", FAILED)

    def _loaded(self, claim: _Claim) -> _Earlier | None:
        """The upload that was made of this file since it was taken."""
        uploads = json.loads(self._asked(["history", "--json"]).stdout or "[]")
        data = claim.file.read_bytes()
        try:
            hashes = {hashlib.sha256(member).hexdigest() for _, member in unpacked(claim.file.name, data)}
        except FileRefused:
            return None
        taken = claim.moment.partition("Z")[0]
        for upload in uploads:
            since = upload["uploaded_at"].replace(":", "") >= taken
            if since and hashes & {file["sha256"] for file in upload["files"]}:
                return _Earlier(upload["number"], uploads[0]["number"])
        return None

    def _finish(self, claim: _Claim, outcome: Outcome) -> None:
        """Write the reports, then move the file. Ending in between leaves a file that is put through again."""
        goal = self.folder / (ACCEPTED if outcome.accepted else REFUSED)
        other = self.folder / (REFUSED if outcome.accepted else ACCEPTED)
        goal.mkdir(exist_ok=True)
        name = claim.name(lambda name: (goal / name).exists() or (other / name).exists())
        told = claim.file.name
        for rows in sorted(claim.rejected.iterdir()) if claim.rejected.is_dir() else ():
            rows.replace(goal / f"{name}.{rows.name.removeprefix(told).removeprefix(claim.file.stem).lstrip(':., ')}")
        for ending, content in zip(REPORTS, (as_json(told, outcome), text(told, outcome))):
            (other / f"{name}{ending}").unlink(missing_ok=True)
            partial = goal / f".{name}{ending}.partial"
            partial.unlink(missing_ok=True)  # it may be a link
            partial.write_text(content + "\n", encoding="utf-8", errors="backslashreplace")
            partial.replace(goal / f"{name}{ending}")
        claim.file.rename(goal / name)
        claim.forget()
        self.refused += not outcome.accepted
        self.say(line(told, outcome, f"{goal.name}/{name}{REPORTS[1]}"))


@contextmanager
def ending(watch: Watch) -> Iterator[None]:
    """As long as the block runs, Ctrl-C and a request to end let the watch finish its file; a second one does not."""

    def end(number: int, frame: FrameType | None) -> None:
        watch.ended = True
        signal.signal(number, signal.SIG_DFL)

    before = {number: signal.signal(number, end) for number in (signal.SIGINT, signal.SIGTERM)}
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


@contextmanager
def _alone(folder: Path) -> Iterator[None]:
    """Hold the folder: two watches would load the same file. The system lets go of it when the process ends."""
    _refuse_other(folder / TAKING / "lock", stat.S_ISREG, "file")
    with (folder / TAKING / "lock").open("ab") as lock:
        try:
            if sys.platform == "win32":
                msvcrt.locking(lock.fileno(), msvcrt.LK_NBLCK, 1)
            else:
                fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError as problem:
            raise NotWatched(f"Another watch is at work in {folder} ({problem.strerror}). One is enough.") from problem
        yield


def _refuse_other(path: Path, own: Callable[[int], bool], what: str) -> None:
    """Raise NotWatched where a link, which leads who knows where, or anything else stands at a path of the watch's."""
    try:
        mode = path.lstat().st_mode
    except FileNotFoundError:
        return
    if not own(mode):
        raise NotWatched(f"{path} is no {what}, but a link or something else. Take it away.")


def _signature(found: os.stat_result) -> Signature:
    return found.st_size, found.st_mtime_ns, found.st_ino


def _free(start: str, end: str, taken: Callable[[str], bool]) -> str:
    """A name that is not taken: as it is, or numbered."""
    numbered = (f"{start}-{number}" if number > 1 else start for number in count(1))
    return next(name for name in (f"{first}{end}" for first in numbered) if not taken(name))


def _shortened(name: str) -> str:
    stem, suffix = Path(name).stem, Path(name).suffix[:20]
    while len(os.fsencode(stem + suffix)) > LONGEST:
        stem = stem[:-1]
    return stem + suffix
