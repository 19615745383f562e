"""Backup, the demo portfolio and its end, history and state."""

import os
import stat
import sys
from datetime import date
from pathlib import Path

import pytest

from data import commands
from data.contracts import BY_KIND
from data.outgoing import template
from data.store import Store
from data.store.verify import verify
from tests.data.helpers import KPIS, everything, example_store, told


@pytest.fixture
def uploads(tmp_path: Path) -> Path:
    """A demo portfolio of two months."""
    for month, kinds in (("2026-08", ("cros", "engagements")), ("2026-09", ("milestones",))):
        folder = tmp_path / "uploads" / month
        folder.mkdir(parents=True)
        for kind in kinds:
            (folder / f"{kind}.csv").write_text(template(BY_KIND[kind]), encoding="utf-8")
    return tmp_path / "uploads"


def test_the_demo_is_one_upload_a_month_as_of_its_last_day(uploads: Path) -> None:
    store = Store()
    assert commands.demo(store, KPIS, uploads=uploads) == 2
    assert commands.is_demo(store)
    assert [entry["status_date"] for entry in commands.history(store)] == [date(2026, 9, 30), date(2026, 8, 31)]
    with pytest.raises(commands.Refused, match="not empty"):
        commands.demo(store, KPIS, uploads=uploads)


def test_a_demo_with_a_problem_is_refused(uploads: Path) -> None:
    (uploads / "2026-09" / "milestones.csv").write_text("engagement_id,milestone\nNOWHERE,fpi\n", encoding="utf-8")
    with pytest.raises(commands.Refused, match="demo portfolio of 2026-09 has"):
        commands.demo(Store(), KPIS, uploads=uploads)


def test_the_demo_is_put_aside_for_own_data(uploads: Path, tmp_path: Path) -> None:
    store = Store(tmp_path / "cro.duckdb")
    for number in (1, 2):
        commands.demo(store, KPIS, uploads=uploads)
        before = everything(store)
        aside = commands.start_empty(store)
        assert aside == tmp_path / f"cro.demo-{number}.duckdb"
        assert (store.version, commands.is_demo(store), commands.state(store)) == (0, False, "")
        kept = Store(aside)
        assert everything(kept) == before
        kept.close()


def test_own_data_is_not_put_aside() -> None:
    with pytest.raises(commands.Refused, match="your own data"):
        commands.start_empty(example_store())


@pytest.mark.skipif(sys.platform == "win32", reason="rights of another kind")
def test_store_log_and_backup_are_for_their_user_alone(tmp_path: Path) -> None:
    """The log is there while the store is open and has just been written; a store of an earlier version is shut."""
    before = os.umask(0o022)
    try:
        path, target = tmp_path / "cro.duckdb", tmp_path / "backup.duckdb"
        (tmp_path / "backup.duckdb.partial").write_text("of a backup that broke off")
        store = Store(path)
        told(store, {"cros": template(BY_KIND["cros"])})
        modes = {file.name: stat.S_IMODE(file.stat().st_mode) for file in tmp_path.glob("cro.duckdb*")}
        assert modes == {"cro.duckdb": 0o600, "cro.duckdb.wal": 0o600}
        commands.backup(store, target)
        assert stat.S_IMODE(target.stat().st_mode) == 0o600
        store.close()
        for found, then in ((0o644, 0o600), (0o666, 0o600), (0o640, 0o640), (0o600, 0o600)):
            path.chmod(found)
            Store(path).close()
            assert stat.S_IMODE(path.stat().st_mode) == then
        (tmp_path / "other").write_text("of somebody else")
        assert stat.S_IMODE((tmp_path / "other").stat().st_mode) == 0o644
    finally:
        os.umask(before)


def test_a_backup_is_a_whole_store(tmp_path: Path) -> None:
    store = Store(tmp_path / "cro.duckdb")
    told(store, {"cros": "cro_id,name\nA,Alpha\n"})
    target = tmp_path / "backups" / "one.duckdb"
    commands.backup(store, target)
    told(store, {"cros": "cro_id,name\nA,Alphabet\n"})
    copy = Store(target)
    assert everything(copy) == everything(store, known_at=1)
    assert verify(copy) == []
    copy.close()
    with pytest.raises(commands.Refused, match="exists already"):
        commands.backup(store, target)


def test_a_store_in_memory_has_nothing_to_back_up(tmp_path: Path) -> None:
    with pytest.raises(commands.Refused, match="no store yet"):
        commands.backup(Store(), tmp_path / "x.duckdb")


def test_every_upload_is_a_state_of_its_own() -> None:
    store = Store()
    seen = {commands.state(store)}
    for name in ("Alpha", "Beta", "Alpha"):
        told(store, {"cros": f"cro_id,name\nA,{name}\n"})
        seen.add(commands.state(store))
    assert len(seen) == 4


def test_unknown_kinds_and_uploads_are_refused() -> None:
    store = example_store()
    with pytest.raises(commands.Refused, match="no kind “vendors”"):
        commands.template("vendors")
    with pytest.raises(commands.Refused, match="no upload 2; the newest is 1"):
        commands.export(store, "cros", 2)
