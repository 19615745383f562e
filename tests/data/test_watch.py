"""The watch folder: never half a file, never twice, never lost, whatever ends it and whenever."""

import errno
import hashlib
import json
import os
import re
import signal
import stat
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from data import cli
from data.service import Answer, NoAnswer, handle
from data.store import Store, StoreInUse
from data.watch import NotWatched, Watch
from data.watch_report import Outcome, text
from tests.data.helpers import KPIS
from tests.data.test_service import ROOT, app, command

NOW = datetime(2026, 10, 31, 18, 0, 0, tzinfo=UTC)
GOOD = b"cro_id,name\nA,Alpha\n"
OTHER = b"cro_id,name\nB,Beta\n"
BAD = b"cro_id,name\nB,\n"
PROBLEM = {
    "row": 2, "column": "name", "value": "", "rule": "required", "message": "The cell is empty.", "severity": "error",
}  # fmt: skip


class Killed(BaseException):
    """Stands for the end of the process."""


@dataclass
class Clock:
    """Time passes only in `sleep`; what is due then happens."""

    now: float = 0.0
    due: list[tuple[float, Callable[[], object]]] = field(default_factory=list)

    def monotonic(self) -> float:
        return self.now

    def sleep(self, seconds: float) -> None:
        self.now += seconds
        for moment, event in [one for one in self.due if one[0] <= self.now]:
            self.due.remove((moment, event))
            event()


@dataclass
class Desk:
    """Answers as `python -m data` does, with a ledger and no store: a file is accepted unless it has an empty name.

    `events` happen at the next loads, one each, before the file is read.
    """

    uploads: list[dict[str, Any]] = field(default_factory=list)
    loads: list[tuple[str, bytes, tuple[str, ...]]] = field(default_factory=list)
    events: list[Callable[[], object]] = field(default_factory=list)

    def __call__(self, argv: Sequence[str]) -> Answer:
        if argv[0] == "history":
            return Answer(0, json.dumps(self.uploads[::-1]), "")
        if self.events:
            self.events.pop(0)()
        path = Path(argv[1])
        data = path.read_bytes()
        self.loads.append((path.name, data, tuple(argv[2:])))
        accepted = b",\n" not in data
        digest = hashlib.sha256(data).hexdigest()
        new = digest not in {file["sha256"] for upload in self.uploads for file in upload["files"]}
        number = self.add(digest) if accepted and new and "--dry-run" not in argv else None
        file = {
            "file": path.name, "kind": "cros", "rows": 1, "new": int(accepted and new), "changed": 0,
            "unchanged": int(accepted and not new), "rejected": int(not accepted),
            "problems": [] if accepted else [PROBLEM],
        }  # fmt: skip
        answer = {"accepted": accepted, "upload": number, "files": [file]}
        return Answer(0 if accepted else 1, json.dumps(answer), "")

    def add(self, digest: str | None) -> int:
        number = len(self.uploads) + 1
        moment = f"{NOW:%Y-%m-%dT%H:%M:%SZ}"
        self.uploads.append({"number": number, "uploaded_at": moment, "files": [{"sha256": digest}]})
        return number


@dataclass
class Scene:
    """A folder, and what a watch of it said. Each `run` is a process of its own."""

    folder: Path
    clock: Clock
    desk: Desk = field(default_factory=Desk)
    said: list[str] = field(default_factory=list)
    remarks: list[str] = field(default_factory=list)

    def watch(self, *options: str) -> Watch:
        return Watch(self.folder, self.desk, options, 2.0, lambda: NOW, self.said.append, self.remarks.append)

    def run(self, *options: str, once: bool = True) -> bool:
        return self.watch(*options).run(once)

    def run_until(self, moment: float) -> None:
        """Watch until the clock says so."""
        watch = self.watch()
        self.clock.due.append((moment, lambda: setattr(watch, "ended", True)))
        watch.run()

    def drop(self, name: str, data: bytes = GOOD) -> Path:
        path = self.folder / name
        path.write_bytes(data)
        return path

    def files(self) -> dict[str, bytes]:
        """All files below the folder that came from somebody, with their content."""
        found = (path for path in self.folder.rglob("*") if path.is_file() and path.name != "lock")
        return {
            str(path.relative_to(self.folder)): path.read_bytes()
            for path in sorted(found)
            if not path.name.endswith((".report.txt", ".report.json"))
        }

    def report(self, name: str) -> Any:
        return json.loads((self.folder / f"{name}.report.json").read_text(encoding="utf-8"))


@pytest.fixture
def scene(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Scene:
    clock = Clock()
    monkeypatch.setattr("data.watch.time", SimpleNamespace(monotonic=clock.monotonic, sleep=clock.sleep))
    folder = tmp_path / "drop"
    folder.mkdir()
    return Scene(folder, clock)


class TestOneFile:
    def test_an_accepted_file_is_moved_with_its_reports(self, scene: Scene) -> None:
        scene.drop("cros.csv")
        assert scene.run()
        kept = "accepted/cros.2026-10-31T180000Z.csv"
        assert scene.files() == {kept: GOOD}
        assert scene.said == [f"cros.csv: accepted as upload 1: 1 new. {kept}.report.txt"]
        told = scene.report(kept)
        assert (told["name"], told["accepted"], told["upload"]) == ("cros.csv", True, 1)
        assert (scene.folder / f"{kept}.report.txt").read_text(encoding="utf-8") == (
            "cros.csv: accepted as upload 1.\n\ncros.csv (cros): 1 row: 1 new, 0 changed, 0 unchanged, 0 rejected\n"
        )

    def test_a_refused_file_says_what_to_mend_at_its_row(self, scene: Scene) -> None:
        scene.drop("cros.csv", BAD)
        assert not scene.run()
        kept = "refused/cros.2026-10-31T180000Z.csv"
        assert scene.files() == {kept: BAD}
        assert scene.said == [f"cros.csv: refused: 1 problem. {kept}.report.txt"]
        assert (scene.folder / f"{kept}.report.txt").read_text(encoding="utf-8") == (
            "cros.csv: refused.\n"
            "Nothing of this file was loaded.\n"
            "Mend what is listed below, and put the file into the folder again.\n"
            "\n"
            "cros.csv (cros): 1 row: 0 new, 0 changed, 0 unchanged, 1 rejected\n"
            "To mend (1):\n"
            "  row 2, name: The cell is empty.\n"
        )

    def test_nothing_new_is_accepted(self, scene: Scene) -> None:
        scene.drop("cros.csv")
        scene.run()
        scene.drop("cros.csv")
        assert scene.run()
        assert scene.said[1].startswith("cros.csv: accepted, nothing new: 1 unchanged.")
        assert len(scene.desk.uploads) == 1

    def test_a_name_that_comes_again_overwrites_nothing(self, scene: Scene) -> None:
        """Three files of one name in one second, one of them refused; the name in use counts in both folders."""
        for data in (GOOD, BAD, OTHER):
            scene.drop("cros.csv", data)
            scene.run()
        assert scene.files() == {
            "accepted/cros.2026-10-31T180000Z.csv": GOOD,
            "refused/cros.2026-10-31T180000Z-2.csv": BAD,
            "accepted/cros.2026-10-31T180000Z-3.csv": OTHER,
        }

    def test_options_are_those_of_each_load(self, scene: Scene) -> None:
        scene.drop("a.csv")
        scene.run("--kind=cros", "--valid-rows-only")
        name, _, options = scene.desk.loads[0]
        assert (name, options[0], options[-2:]) == ("a.csv", "--json", ("--kind=cros", "--valid-rows-only"))

    @pytest.mark.parametrize(
        ("rejected", "kept_as"),
        [
            ("cros.rejected.csv", "rejected.csv"),
            ("cros.csv: sites.rejected.csv", "sites.rejected.csv"),
            ("cros.csv, Sheet 2.rejected.csv", "Sheet 2.rejected.csv"),
            ("other.rejected.csv", "other.rejected.csv"),
        ],
    )
    def test_rejected_rows_lie_beside_the_report(self, scene: Scene, rejected: str, kept_as: str) -> None:
        def reject() -> None:
            folder = scene.folder / ".taking" / "2026-10-31T180000Z.rejected"
            folder.mkdir()
            (folder / rejected).write_bytes(BAD)

        scene.desk.events.append(reject)
        scene.drop("cros.csv")
        assert scene.run("--valid-rows-only")
        kept = "accepted/cros.2026-10-31T180000Z.csv"
        assert scene.files() == {kept: GOOD, f"{kept}.{kept_as}": BAD}

    @pytest.mark.parametrize(
        "name", ["-x.csv", "two\nlines.csv", "a b.tar.gz", "none", "é" * 120 + ".csv", "\udcff.csv"]
    )
    def test_odd_names(self, scene: Scene, name: str) -> None:
        try:
            scene.drop(name)
        except OSError:
            pytest.skip("this file system does not have such names")
        assert scene.run()
        assert list(scene.files().values()) == [GOOD]
        assert [path.parent.name for path in scene.folder.rglob("*.report.txt")] == ["accepted"]
        assert len(scene.said[0].splitlines()) == 1
        scene.said[0].encode()


class TestWholeFiles:
    def test_a_file_that_grows_is_taken_when_it_has_stopped(self, scene: Scene) -> None:
        """It grows each second until 11 s: the look of 12 s still finds a change, that of 14 s none."""
        path = scene.drop("cros.csv", b"cro_id,name\n")
        for second in range(1, 12):
            scene.clock.due.append((float(second), partial(append, path, b"A,Alpha\n")))
        taken_at: list[float] = []
        scene.desk.events.append(lambda: taken_at.append(scene.clock.now))
        scene.run_until(30)
        assert len(scene.desk.loads) == 1
        assert scene.desk.loads[0][1].count(b"\n") == 12
        assert taken_at == [pytest.approx(14, abs=0.2)]

    def test_a_file_rewritten_at_the_same_length_has_changed(self, scene: Scene) -> None:
        path = scene.drop("cros.csv", GOOD)

        def rewrite() -> None:
            path.write_bytes(GOOD.replace(b"Alpha", b"Omega"))
            os.utime(path, ns=(1, 1))

        scene.clock.due.append((1.0, rewrite))
        assert scene.run()
        assert scene.desk.loads == []
        assert scene.remarks == ["cros.csv was only just written. It is left for the next time."]

    def test_a_file_that_changes_while_it_is_read_lands_again(self, scene: Scene) -> None:
        """The one that writes has the file open, so it writes on wherever the file lies."""
        scene.drop("cros.csv")
        scene.desk.events.append(lambda: append(_only_claim(scene), b"B,Beta\n"))
        scene.run_until(20)
        assert [data for _, data, _ in scene.desk.loads] == [GOOD + b"B,Beta\n"] * 2
        assert list(scene.files().values()) == [GOOD + b"B,Beta\n"]
        assert scene.remarks == ["cros.csv changed while it was read. Trying again."]

    def test_a_file_that_changes_between_look_and_move_lands_again(
        self, scene: Scene, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        rename = Path.rename

        def late(path: Path, goal: Path) -> Path:
            append(path, b"B,Beta\n")
            monkeypatch.setattr(Path, "rename", rename)
            return rename(path, goal)

        scene.drop("cros.csv")
        monkeypatch.setattr(Path, "rename", late)
        scene.run_until(3)
        assert (scene.desk.loads, scene.files()) == ([], {"cros.csv": GOOD + b"B,Beta\n"})
        scene.run_until(20)
        assert [data for _, data, _ in scene.desk.loads] == [GOOD + b"B,Beta\n"]

    def test_a_file_that_is_taken_away_again_is_no_trouble(self, scene: Scene, monkeypatch: pytest.MonkeyPatch) -> None:
        rename = Path.rename

        def gone(path: Path, goal: Path) -> Path:
            path.unlink()
            return rename(path, goal)

        scene.drop("cros.csv")
        monkeypatch.setattr(Path, "rename", gone)
        assert scene.run()
        assert (scene.said, scene.remarks, scene.files()) == ([], [], {})

    def test_a_file_that_changes_stays_taken_where_the_next_of_its_name_has_landed(self, scene: Scene) -> None:
        """Both are loaded, the older one first, and neither is written over the other."""
        scene.drop("cros.csv")

        def go_on() -> None:
            append(_only_claim(scene), b"B,Beta\n")
            scene.drop("cros.csv", OTHER)

        scene.desk.events.append(go_on)
        scene.run_until(20)
        whole = GOOD + b"B,Beta\n"
        assert [data for _, data, _ in scene.desk.loads] == [whole, whole, OTHER]
        assert sorted(scene.files().values()) == sorted([whole, OTHER])

    @pytest.mark.parametrize(
        "name", ["a.csv.part", "a.partial", "a.TMP", "a.csv.crdownload", "a.filepart", "~$book.xlsx", ".a.csv"]
    )
    def test_what_is_still_being_written_by_its_name_is_left_alone(self, scene: Scene, name: str) -> None:
        scene.drop(name)
        assert scene.run()
        assert (scene.files(), scene.said, scene.remarks) == ({name: GOOD}, [], [])

    def test_links_folders_and_empty_files_are_left_and_said_once(self, scene: Scene, tmp_path: Path) -> None:
        (tmp_path / "secret.csv").write_bytes(GOOD)
        (scene.folder / "link.csv").symlink_to(tmp_path / "secret.csv")
        (scene.folder / "folder.csv").mkdir()
        scene.drop("empty.csv", b"")
        scene.run_until(20)
        assert scene.desk.loads == []
        assert sorted(scene.remarks) == [
            "empty.csv is empty. It is taken when there is something in it.",
            "link.csv is a link and is not followed. Put the file itself into the folder.",
        ]
        scene.drop("empty.csv")
        scene.run_until(40)
        assert [name for name, _, _ in scene.desk.loads] == ["empty.csv"]

    def test_files_are_taken_in_the_order_of_their_last_change(self, scene: Scene) -> None:
        for name, moment in (("a.csv", 30), ("b.csv", 10), ("c.csv", 20)):
            os.utime(scene.drop(name), (moment, moment))
        scene.run()
        assert [name for name, _, _ in scene.desk.loads] == ["b.csv", "c.csv", "a.csv"]


def append(path: Path, data: bytes) -> None:
    with path.open("ab") as out:
        out.write(data)


def _only_claim(scene: Scene) -> Path:
    (found,) = (scene.folder / ".taking").glob("*Z/*")
    return found


@contextmanager
def killed_at(step: int) -> Iterator[list[int]]:
    """The process ends before its step-th change of a file system; yields the count of changes."""
    changes = ("mkdir", "rename", "replace", "write_bytes", "write_text", "unlink", "rmdir")
    count = [0]
    with pytest.MonkeyPatch.context() as patch:
        for name in changes:
            patch.setattr(Path, name, _counting(getattr(Path, name), step, count))
        yield count


def _counting(change: Callable[..., Any], step: int, count: list[int]) -> Callable[..., Any]:
    def counted(*given: Any, **more: Any) -> Any:
        count[0] += 1
        if count[0] == step:
            raise Killed
        return change(*given, **more)

    return counted


class TestRestart:
    @pytest.mark.parametrize(("data", "goal", "uploads"), [(GOOD, "accepted", 1), (BAD, "refused", 0)])
    def test_killed_at_any_step_it_goes_on_where_it_was(
        self, scene: Scene, data: bytes, goal: str, uploads: int
    ) -> None:
        for step in range(1, 100):
            for path in sorted(scene.folder.rglob("*"), reverse=True):
                path.rmdir() if path.is_dir() else path.unlink()
            scene.desk = Desk()
            scene.drop("cros.csv", data)
            with killed_at(step) as count:
                try:
                    scene.run()
                except Killed:
                    assert data in scene.files().values(), f"lost at step {step}"
            scene.run()
            assert scene.files() == {f"{goal}/cros.2026-10-31T180000Z.csv": data}, f"step {step}"
            reports = [str(path.relative_to(scene.folder)) for path in scene.folder.rglob("*report*")]
            assert sorted(reports) == [
                f"{goal}/cros.2026-10-31T180000Z.csv.report.{ending}" for ending in ("json", "txt")
            ]
            assert [path.name for path in (scene.folder / ".taking").iterdir()] == ["lock"], f"step {step}"
            assert len(scene.desk.uploads) == uploads, f"step {step}"
            if count[0] < step:
                break
        assert 12 <= step < 99

    def test_a_file_that_was_loaded_is_not_loaded_over_what_came_after(self, scene: Scene) -> None:
        """Killed after the commit; then somebody takes the upload back. It must not come in again."""
        scene.drop("cros.csv")
        watch = scene.watch()
        watch.ask = lambda argv: _then(scene.desk(argv), Killed())
        with pytest.raises(Killed):
            watch.run(once=True)
        scene.desk.add(None)
        assert scene.run()
        assert "--dry-run" in scene.desk.loads[-1][2]
        assert len(scene.desk.uploads) == 2
        assert scene.said[0].startswith("cros.csv: accepted as upload 1: 1 unchanged.")
        told = scene.report("accepted/cros.2026-10-31T180000Z.csv")
        assert (told["upload"], told["message"].partition(",")[0]) == (1, "It was loaded as upload 1")

    def test_an_upload_of_the_same_bytes_before_is_none_of_this_file(self, scene: Scene) -> None:
        """Loaded last month, taken back, sent again: an upload older than the file's arrival does not count."""
        scene.desk.add(hashlib.sha256(GOOD).hexdigest())
        scene.desk.uploads[0]["uploaded_at"] = "2026-09-30T18:00:00Z"
        scene.desk.add(None)
        scene.drop("cros.csv")
        watch = scene.watch()
        watch.ask = lambda argv: _then(Answer(1, "", ""), Killed())
        with pytest.raises(Killed):
            watch.run(once=True)
        scene.run()
        assert "--dry-run" not in scene.desk.loads[-1][2]

    def test_a_file_that_is_accepted_in_the_end_leaves_no_word_of_refusal(self, scene: Scene) -> None:
        """Refused and killed between report and move; until the next start what it refers to has come."""
        scene.drop("cros.csv", BAD)
        watch = scene.watch()
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(Path, "rename", _killed_after(1))
            with pytest.raises(Killed):
                watch.run(once=True)
        assert len(list((scene.folder / "refused").glob("*.report.txt"))) == 1
        claimed = _only_claim(scene)
        claimed.write_bytes(GOOD)
        assert scene.run()
        assert list((scene.folder / "refused").iterdir()) == []

    def test_a_file_that_is_in_is_not_put_aside_for_its_tries(self, scene: Scene) -> None:
        scene.drop("cros.csv")
        for _ in range(3):
            watch = scene.watch()
            watch.ask = lambda argv: scene.desk(argv) if argv[0] == "history" else _then(scene.desk(argv), Killed())
            with pytest.raises(Killed):
                watch.run(once=True)
        assert scene.run()
        assert scene.said[0].startswith("cros.csv: accepted as upload 1")

    def test_a_file_that_ends_the_process_each_time_is_put_aside(self, scene: Scene) -> None:
        scene.drop("poison.csv", OTHER)
        scene.drop("cros.csv")
        os.utime(scene.folder / "poison.csv", (1, 1))

        def kill() -> None:
            raise Killed

        for _ in range(3):
            scene.desk.events = [kill]
            with pytest.raises(Killed):
                scene.run()
        assert not scene.run()
        assert scene.files() == {
            "refused/poison.2026-10-31T180000Z.csv": OTHER,
            "accepted/cros.2026-10-31T180000Z.csv": GOOD,
        }
        assert "broke off 3 times" in scene.report("refused/poison.2026-10-31T180000Z.csv")["message"]


def _killed_after(number: int) -> Callable[[Path, Path], Path]:
    """A rename that works so often, and then no more."""
    rename, left = Path.rename, [None] * number

    def renamed(path: Path, goal: Path) -> Path:
        if not left:
            raise Killed
        left.pop()
        return rename(path, goal)

    return renamed


def _then(answer: Answer, end: BaseException) -> Answer:
    raise end


@pytest.mark.skipif(sys.platform == "win32", reason="links and pipes of this kind")
class TestStrangersInside:
    """Whoever may write to the folder can also lay something into the folders that the watch makes in it."""

    @pytest.fixture
    def elsewhere(self, tmp_path: Path) -> Path:
        """A folder with two files that are none of the watch's business."""
        folder = tmp_path / "elsewhere"
        folder.mkdir()
        (folder / "secret.csv").write_bytes(GOOD)
        (folder / "key").write_bytes(b"private")
        return folder

    @pytest.fixture
    def taking(self, scene: Scene) -> Path:
        taking = scene.folder / ".taking"
        taking.mkdir()
        return taking

    def assert_only_own_is_taken(self, scene: Scene, elsewhere: Path) -> None:
        before = {path.name: path.read_bytes() for path in elsewhere.iterdir()}
        scene.drop("own.csv", OTHER)
        scene.run_until(30)
        assert {path.name: path.read_bytes() for path in elsewhere.iterdir()} == before
        assert [name for name, _, _ in scene.desk.loads] == ["own.csv"]

    def test_a_link_to_a_folder(self, scene: Scene, taking: Path, elsewhere: Path) -> None:
        (taking / "a").symlink_to(elsewhere)
        self.assert_only_own_is_taken(scene, elsewhere)
        assert scene.remarks == [".taking/a was a link. The watch follows none, and has removed it."]

    def test_a_link_to_a_file(self, scene: Scene, taking: Path, elsewhere: Path) -> None:
        (taking / "b").mkdir()
        (taking / "b" / "x.csv").symlink_to(elsewhere / "secret.csv")
        self.assert_only_own_is_taken(scene, elsewhere)

    @pytest.mark.parametrize("name", ["rejected", "tries"])
    def test_a_link_beside_a_file_that_was_taken(self, scene: Scene, taking: Path, elsewhere: Path, name: str) -> None:
        """Where the load keeps its tries and its rejected rows is written to, and the rows are moved from there."""
        (taking / "c").mkdir()
        (taking / "c" / "own.csv").write_bytes(GOOD)
        (taking / f"c.{name}").symlink_to(elsewhere if name == "rejected" else elsewhere / "key")
        before = {path.name: path.read_bytes() for path in elsewhere.iterdir()}
        scene.run()
        assert {path.name: path.read_bytes() for path in elsewhere.iterdir()} == before
        assert scene.files() == {"accepted/own.c.csv": GOOD}

    def test_a_pipe_does_not_hold_it_up(self, scene: Scene, taking: Path, elsewhere: Path) -> None:
        (taking / "d").mkdir()
        os.mkfifo(taking / "d" / "p.csv")
        self.assert_only_own_is_taken(scene, elsewhere)
        assert scene.remarks == [".taking/d/p.csv is no file that was taken. Take it away."]

    def test_a_folder_that_cannot_be_looked_into_does_not_hold_it_up(
        self, scene: Scene, taking: Path, elsewhere: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        closed = taking / "e"
        closed.mkdir()
        look = Path.iterdir

        def iterdir(path: Path) -> Iterator[Path]:
            if path == closed:
                raise PermissionError(errno.EACCES, "Permission denied", str(path))
            return look(path)

        monkeypatch.setattr(Path, "iterdir", iterdir)
        self.assert_only_own_is_taken(scene, elsewhere)

    @pytest.mark.parametrize("name", [".taking", "accepted", "refused"])
    def test_its_own_folders_must_not_be_links(self, scene: Scene, elsewhere: Path, name: str) -> None:
        (scene.folder / name).symlink_to(elsewhere)
        scene.drop("own.csv")
        before = {path.name: path.read_bytes() for path in elsewhere.iterdir()}
        with pytest.raises(NotWatched, match=f"{name} is no folder"):
            scene.run()
        assert {path.name: path.read_bytes() for path in elsewhere.iterdir()} == before

    def test_a_folder_that_becomes_a_link_is_said_until_it_is_one_again(self, scene: Scene, elsewhere: Path) -> None:
        accepted = scene.folder / "accepted"
        scene.clock.due.append((3.0, lambda: accepted.symlink_to(elsewhere)))
        scene.clock.due.append((3.0, lambda: scene.drop("own.csv")))
        scene.clock.due.append((15.0, accepted.unlink))
        scene.run_until(30)
        assert scene.remarks == [f"{accepted} is no folder, but a link or something else. Take it away. Trying again."]
        assert scene.files() == {"accepted/own.2026-10-31T180000Z.csv": GOOD}

    def test_the_lock_is_no_link(self, scene: Scene, taking: Path, elsewhere: Path) -> None:
        (taking / "lock").symlink_to(elsewhere / "made")
        with pytest.raises(NotWatched, match="lock is no file"):
            scene.run()
        assert not (elsewhere / "made").exists()

    def test_a_report_is_written_through_no_link(self, scene: Scene, elsewhere: Path) -> None:
        name = "own.2026-10-31T180000Z.csv.report.json"
        (scene.folder / "accepted").mkdir()
        (scene.folder / "accepted" / f".{name}.partial").symlink_to(elsewhere / "key")
        self.assert_only_own_is_taken(scene, elsewhere)

    def test_what_was_taken_is_for_the_watch_alone(self, scene: Scene) -> None:
        scene.run()
        assert stat.S_IMODE((scene.folder / ".taking").stat().st_mode) == 0o700


class TestTrouble:
    def test_a_store_in_use_is_waited_for_and_said_once(self, scene: Scene) -> None:
        """Waiting is no try: four times in use, and the fifth time it is loaded."""

        def in_use() -> None:
            raise StoreInUse

        scene.desk.events = [in_use] * 4
        scene.drop("cros.csv")
        assert scene.run()
        assert scene.remarks == ["The store is in use. Waiting until it is free."]
        assert scene.said[0].startswith("cros.csv: accepted as upload 1")

    def test_ended_while_it_waits_the_file_is_kept_for_the_next_start(self, scene: Scene) -> None:
        def in_use() -> None:
            raise StoreInUse

        scene.desk.events = [in_use] * 100
        scene.drop("cros.csv")
        scene.run_until(10)
        assert scene.files()[".taking/2026-10-31T180000Z/cros.csv"] == GOOD
        scene.desk.events = []
        assert scene.run()
        assert len(scene.desk.uploads) == 1

    def test_an_app_that_ends_in_the_middle_is_asked_again(self, scene: Scene) -> None:
        def lost() -> None:
            raise NoAnswer

        scene.desk.events = [lost]
        scene.drop("cros.csv")
        assert scene.run()
        assert scene.remarks == ["The app ended while it was loading cros.csv. Trying again."]
        assert len(scene.desk.uploads) == 1

    def test_an_error_that_nobody_foresaw_is_plain_in_the_report_and_whole_in_the_log(
        self, scene: Scene, caplog: pytest.LogCaptureFixture
    ) -> None:
        def fail() -> None:
            raise ZeroDivisionError("in the middle")

        os.utime(scene.drop("first.csv", OTHER), (1, 1))
        scene.drop("second.csv")
        scene.desk.events = [fail]
        assert not scene.run()
        assert list(scene.files()) == [
            "accepted/second.2026-10-31T180000Z.csv",
            "refused/first.2026-10-31T180000Z.csv",
        ]
        told = scene.report("refused/first.2026-10-31T180000Z.csv")
        assert (told["files"], told["message"].partition(";")[0]) == (
            [],
            "Loading this file failed for a reason that was not foreseen",
        )
        assert "ZeroDivisionError: in the middle" in caplog.text

    def test_a_load_that_fails_after_its_upload_is_accepted(self, scene: Scene) -> None:
        """A full disk, for one, when the rejected rows are written: the rows are in all the same."""
        scene.drop("cros.csv")
        watch = scene.watch()

        def ask(argv: Sequence[str]) -> Answer:
            answer = scene.desk(argv)
            return answer if argv[0] == "history" else Answer(2, "", "cros.rejected.csv: No space left on device\n")

        watch.ask = ask
        assert watch.run(once=True)
        assert scene.said[0].startswith("cros.csv: accepted as upload 1.")

    @pytest.mark.parametrize(("data", "goal"), [(GOOD, "accepted"), (BAD, "refused")])
    def test_a_full_disk_is_said_once_and_does_not_change_the_outcome(
        self, scene: Scene, monkeypatch: pytest.MonkeyPatch, data: bytes, goal: str
    ) -> None:
        """Full for twenty seconds, which are ten looks: the report is that of the load, not of the trouble."""
        write_text = Path.write_text

        def write(path: Path, *given: Any, **more: Any) -> int:
            if scene.clock.now < 20:
                raise OSError(errno.ENOSPC, "No space left on device", str(path))
            return write_text(path, *given, **more)

        monkeypatch.setattr(Path, "write_text", write)
        scene.drop("cros.csv", data)
        scene.run_until(30)
        name = "cros.2026-10-31T180000Z.csv"
        written = scene.folder / goal / f".{name}.report.json.partial"
        assert scene.remarks == [f"{written}: No space left on device. Trying again."]
        assert scene.files() == {f"{goal}/{name}": data}
        assert (len(scene.said), len(scene.desk.uploads)) == (1, int(data == GOOD))
        assert len(scene.report(f"{goal}/{name}")["files"]) == 1

    @pytest.mark.parametrize("anew", [False, True])
    def test_a_folder_that_is_away_for_a_while_is_said_once(self, scene: Scene, anew: bool) -> None:
        aside = scene.folder.with_name("aside")
        scene.clock.due.append((3.0, lambda: scene.folder.rename(aside)))
        scene.clock.due.append((11.0, lambda: scene.folder.mkdir() if anew else aside.rename(scene.folder)))
        scene.clock.due.append((12.0, lambda: scene.drop("cros.csv")))
        scene.run_until(30)
        assert scene.remarks == [f"{scene.folder / '.taking'}: No such file or directory. Trying again."]
        assert list(scene.files()) == ["accepted/cros.2026-10-31T180000Z.csv"]

    def test_who_reads_the_lines_may_go_away(self, scene: Scene) -> None:
        """The line comes last, so nothing is half done; the error goes on to who knows what to do with it."""

        def closed(line: str) -> None:
            raise BrokenPipeError

        scene.drop("cros.csv")
        watch = scene.watch()
        watch.say = closed
        with pytest.raises(BrokenPipeError):
            watch.run(once=True)
        assert list(scene.files()) == ["accepted/cros.2026-10-31T180000Z.csv"]

    def test_asked_to_end_it_finishes_the_file_in_hand_only(self, scene: Scene) -> None:
        os.utime(scene.drop("a.csv"), (1, 1))
        scene.drop("b.csv", OTHER)
        watch = scene.watch()
        scene.desk.events.append(lambda: setattr(watch, "ended", True))
        watch.run()
        assert list(scene.files()) == ["accepted/a.2026-10-31T180000Z.csv", "b.csv"]

    def test_a_folder_that_is_not_there_is_said(self, scene: Scene) -> None:
        scene.folder.rmdir()
        with pytest.raises(NotWatched, match="There is no folder"):
            scene.run()

    def test_a_second_watch_of_a_folder_is_refused(self, scene: Scene) -> None:
        refused: list[str] = []

        def second() -> None:
            with pytest.raises(NotWatched, match="Another watch is at work"):
                scene.run()
            refused.append("yes")

        scene.clock.due.append((1.0, second))
        scene.run_until(5)
        assert refused == ["yes"]


class TestReport:
    """What people read, beyond the cases above."""

    def test_each_finding_stands_under_what_it_asks_for(self) -> None:
        problems = [
            {"row": 5, "column": "Actual date", "value": "31/31/2026", "rule": "type",
             "message": "Expected a date such as 2026-09-30.", "severity": "error"},
            {"row": None, "column": "Due", "value": "03/04/2026", "rule": "date_order",
             "message": "Day or month first?", "severity": "question"},
            {"row": 7, "column": "value", "value": "9", "rule": "jump", "message": "Is it right?", "severity": "doubt"},
            {"row": 1, "column": "mood", "value": "", "rule": "unknown", "message": "Not used.", "severity": "warning"},
        ]  # fmt: skip
        left_out = [{"rows": 1, "first": 14, "why": "a total"}, {"rows": 1200, "first": 20, "why": "empty"}]
        file = {
            "file": "m.csv", "kind": "milestones", "rows": 1204, "new": 0, "changed": 1, "unchanged": 1, "closed": 0,
            "rejected": 2, "left_out": left_out, "problems": problems,
        }  # fmt: skip
        said = text("m.csv", Outcome(False, {"accepted": False, "upload": None, "files": [file]}))
        assert said.splitlines()[4:] == [
            "",
            "m.csv (milestones): 1,204 rows: 0 new, 1 changed, 1 unchanged, 0 closed, 2 rejected",
            "  left out, from row 14 on: 1 row: a total",
            "  left out, from row 20 on: 1,200 rows: empty",
            "To mend (1):",
            "  row 5, Actual date, “31/31/2026”: Expected a date such as 2026-09-30.",
            "To decide (1):",
            "  the file, Due, “03/04/2026”: Day or month first?",
            "Worth a look (1):",
            "  row 7, value, “9”: Is it right?",
            "To know (1):",
            "  row 1, mood: Not used.",
        ]
        assert "Nobody is there to answer a question." in said

    def test_a_long_list_is_cut_and_says_so(self) -> None:
        problems = [{**PROBLEM, "row": row} for row in range(2, 1502)]
        file = {"file": "m.csv", "kind": "cros", "rows": 1500, "rejected": 1500, "problems": problems}
        lines = text("m.csv", Outcome(False, {"files": [file]})).splitlines()
        assert lines[-2:] == ["  row 501, name: The cell is empty.", "  and 1,000 more, in the .report.json"]

    def test_a_value_cannot_break_the_line(self) -> None:
        problem = {**PROBLEM, "value": "a\n\x1b[2Jb", "column": "na\rme"}
        file = {"file": "m.csv", "kind": None, "rows": 1, "problems": [problem]}
        assert "  row 2, na?me, “a??[2Jb”: The cell is empty." in text("m.csv", Outcome(False, {"files": [file]}))


@pytest.fixture
def drop(tmp_path: Path) -> Path:
    folder = tmp_path / "drop"
    folder.mkdir()
    return folder


def names(folder: Path) -> list[str]:
    """The files in a folder, without the moment in their names."""
    return sorted(re.sub(r"\.\d{4}-\d\d-\d\dT\d{6}Z(-\d+)?", "", path.name) for path in folder.iterdir())


def history(store: Path) -> Any:
    return json.loads(command(store, "history", "--json").stdout)


class TestCommand:
    """`python -m data watch`, as a person starts it, with the real load."""

    def test_once(self, tmp_path: Path, drop: Path) -> None:
        store = tmp_path / "cro.duckdb"
        (drop / "good.csv").write_bytes(GOOD)
        os.utime(drop / "good.csv", (1, 1))
        (drop / "bad.csv").write_bytes(BAD)
        done = command(store, "watch", str(drop), "--every", "0.2", "--once", "--status-date", "2026-09-30")
        assert (done.returncode, done.stderr) == (1, "")
        good, bad = done.stdout.splitlines()
        assert good.startswith("good.csv: accepted as upload 1: 1 new. accepted/good.")
        assert bad.startswith("bad.csv: refused: 1 problem. refused/bad.")
        assert names(drop / "accepted") == ["good.csv", "good.csv.report.json", "good.csv.report.txt"]
        assert names(drop / "refused") == ["bad.csv", "bad.csv.report.json", "bad.csv.report.txt"]
        (report,) = (drop / "refused").glob("*.txt")
        assert "row 2, name: The cell is empty." in report.read_text(encoding="utf-8")
        assert [(entry["status_date"], entry["files"][0]["file"]) for entry in history(store)] == [
            ("2026-09-30", "good.csv")
        ]

    def test_the_rows_that_are_left_lie_beside_the_report(self, tmp_path: Path, drop: Path) -> None:
        (drop / "mixed.csv").write_bytes(b"cro_id,name\nA,Alpha\nB,\n")
        arguments = ("watch", str(drop), "--every", "0.2", "--once", "--valid-rows-only", "--kind", "cros")
        assert command(tmp_path / "cro.duckdb", *arguments).returncode == 0
        assert "mixed.csv.rejected.csv" in names(drop / "accepted")
        (rejected,) = (drop / "accepted").glob("*.rejected.csv")
        assert rejected.read_text(encoding="utf-8-sig").splitlines()[1].startswith("B,,")

    def test_a_running_app_loads_the_file(self, tmp_path: Path, drop: Path) -> None:
        with app(tmp_path / "cro.duckdb") as (store, _):
            (drop / "good.csv").write_bytes(GOOD)
            assert command(tmp_path / "cro.duckdb", "watch", str(drop), "--every", "0.2", "--once").returncode == 0
            assert store.version == 1
        assert names(drop / "accepted")[0] == "good.csv"

    def test_a_log_in_a_smaller_character_set_does_not_end_it(
        self, tmp_path: Path, drop: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setenv("PYTHONIOENCODING", "ascii")
        (drop / "Zürich.csv").write_bytes(GOOD)
        done = command(tmp_path / "cro.duckdb", "watch", str(drop), "--every", "0.2", "--once")
        assert (done.returncode, done.stdout.partition(" ")[0]) == (0, "Z\\xfcrich.csv:")
        assert names(drop / "accepted")[0] == "Zürich.csv"

    def test_a_store_that_becomes_free_is_used(self, tmp_path: Path, drop: Path) -> None:
        store = Store(tmp_path / "cro.duckdb")
        (drop / "good.csv").write_bytes(GOOD)
        with watching(tmp_path / "cro.duckdb", drop) as process:
            assert process.stderr
            assert "The store is in use" in process.stderr.readline()
            assert (drop / "good.csv").exists() is False
            store.close()
            assert process.stdout
            assert "accepted as upload 1" in process.stdout.readline()
            assert stop(process) == 0

    @pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
    def test_asked_to_end_it_ends_and_leaves_nothing_half_done(
        self, tmp_path: Path, drop: Path, number: signal.Signals
    ) -> None:
        """The second file is in hand when the signal comes: it is finished; the third is left where it landed."""
        with watching(tmp_path / "cro.duckdb", drop) as process:
            assert process.stdout
            (drop / "first.csv").write_bytes(GOOD)
            assert process.stdout.readline().startswith("first.csv: accepted as upload 1")
            (drop / "second.csv").write_bytes(cros(100_000))
            wait_for(lambda: any((drop / ".taking").glob("*Z/second.csv")))
            (drop / "third.csv").write_bytes(OTHER)
            assert stop(process, number) == 0
            assert process.stdout.read().startswith("second.csv: accepted as upload 2")
        assert sorted(path.name for path in (drop / ".taking").iterdir()) == ["lock"]
        assert (drop / "third.csv").exists()

    @pytest.mark.skipif(sys.platform == "win32", reason="Windows has no signal 9")
    @pytest.mark.parametrize("point", ["before", "during", "after"])
    def test_killed_around_a_load_the_file_is_loaded_once(self, tmp_path: Path, drop: Path, point: str) -> None:
        store = tmp_path / "cro.duckdb"
        (drop / "many.csv").write_bytes(cros(100_000))
        environment = {**os.environ, "CRO_DB": str(store), "PYTHONPATH": str(ROOT)}
        killed = subprocess.run(
            [sys.executable, "-c", KILLED, point, str(drop)], env=environment, capture_output=True, timeout=120
        )
        assert killed.returncode == -signal.SIGKILL
        assert [path.name for path in (drop / ".taking").glob("*Z/*")] == ["many.csv"]
        assert not (drop / "accepted").exists()
        done = command(store, "watch", str(drop), "--every", "0.2", "--once")
        assert (done.returncode, done.stderr) == (0, "")
        assert done.stdout.startswith("many.csv: accepted as upload 1: ")
        assert names(drop / "accepted") == ["many.csv", "many.csv.report.json", "many.csv.report.txt"]
        assert [(entry["number"], entry["new"]) for entry in history(store)] == [(1, 100_000)]

    def test_wrong_use(self, tmp_path: Path, drop: Path) -> None:
        store = tmp_path / "cro.duckdb"
        nowhere = command(store, "watch", str(tmp_path / "nowhere"), "--once")
        assert nowhere.returncode == 2
        assert "There is no folder" in nowhere.stderr
        assert command(store, "watch", str(drop), "--every", "0").returncode == 2
        assert not store.exists()

    def test_the_app_itself_does_not_watch(self, drop: Path) -> None:
        program = cli.program(lambda: KPIS)
        payload = {"program": "data", "argv": ["watch", str(drop)], "cwd": "/", "who": "x"}
        answer = handle(payload, Store(), {"data": program}, NOW)
        assert answer == {"exit_code": 2, "stdout": "", "stderr": "The app does not take this command.\n"}


KILLED = """
import os, signal, sys, threading
from data import cli
point, folder = sys.argv[1:]
ask = cli.ask
def kill():
    os.kill(os.getpid(), signal.SIGKILL)
def killed(name, program, argv):
    if point == "before":
        kill()
    if point == "during":
        threading.Timer(0.15, kill).start()
    answer = ask(name, program, argv)
    kill()
cli.ask = killed
cli.kpis = dict
from data.service import run_here_or_there
run_here_or_there("data", cli.program(list), ["watch", folder, "--every", "0.2", "--once"])
"""


def cros(number: int) -> bytes:
    """A large file."""
    return b"cro_id,name\n" + b"".join(b"C%d,Name %d\n" % (row, row) for row in range(number))


@contextmanager
def watching(store: Path, folder: Path) -> Iterator[subprocess.Popen[str]]:
    """A watch at work in another process; it is killed where the test has not ended it."""
    environment = {**os.environ, "CRO_DB": str(store), "PYTHONPATH": str(ROOT)}
    argv = [sys.executable, "-m", "data", "watch", str(folder), "--every", "0.2"]
    with subprocess.Popen(argv, env=environment, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as process:
        try:
            yield process
        finally:
            process.kill()


def stop(process: subprocess.Popen[str], number: signal.Signals = signal.SIGTERM) -> int:
    process.send_signal(number)
    return process.wait(timeout=120)


def wait_for(condition: Callable[[], bool]) -> None:
    end = time.monotonic() + 60
    while not condition():
        assert time.monotonic() < end
        time.sleep(0.005)
