"""A file that is no store, or cannot be one now, is refused in words; what is refused is left as it was."""

import hashlib
import resource
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import duckdb
import pytest

from data.store import Store, StoreInUse, StoreUnusable
from data.store import store as module
from data.store.schema import SHAPE, tables
from data.store.verify import verify
from tests.data.helpers import everything, told

CROS = "cro_id,name\nA,Alpha\n"
SHAPES = {1: "2a62853e7316", 2: "88a62d1416e9", 3: "fd51135a80c0"}


def made(path: Path) -> Path:
    store = Store(path)
    told(store, {"cros": CROS})
    store.close()
    return path


def altered(*statements: str) -> Callable[[Path], None]:
    def alter(path: Path) -> None:
        with duckdb.connect(str(made(path))) as connection:
            for statement in statements:
                connection.execute(statement)

    return alter


def foreign(path: Path) -> None:
    with duckdb.connect(str(path)) as connection:
        connection.execute("CREATE TABLE milestones (a INTEGER); CREATE TABLE uploads (x INTEGER)")


def cut(path: Path) -> None:
    made(path).write_bytes(path.read_bytes()[:20_000])


@pytest.mark.parametrize(
    ("make", "words"),
    [
        pytest.param(lambda path: path.write_text("hello"), "is not a store: it is no DuckDB database", id="a text"),
        pytest.param(
            lambda path: path.write_bytes(b""), "is empty. Delete it to begin with an empty store", id="empty"
        ),
        pytest.param(lambda path: path.mkdir(), "is a folder. Let CRO_DB name a file in it", id="a folder"),
        pytest.param(cut, "cannot be used, it may be damaged: .* Put a backup in its place", id="cut off"),
        pytest.param(foreign, "is a DuckDB database and not a store", id="another database"),
        pytest.param(
            altered(f"CREATE OR REPLACE TABLE shape AS SELECT {SHAPE + 1} AS number"),
            f"newer release .* shape {SHAPE + 1}, .* up to shape {SHAPE}. Start the newer release",
            id="a newer release",
        ),
    ],
)
def test_what_is_no_store_is_refused_in_words_and_left_as_it_is(
    tmp_path: Path, make: Callable[[Path], object], words: str
) -> None:
    # The path says "lock", as the engine does where another process has the file.
    path = tmp_path / "lock on file.duckdb"
    make(path)
    before = path.read_bytes() if path.is_file() else b""
    with pytest.raises(StoreUnusable, match=words) as refusal:
        Store(path)
    assert str(refusal.value).startswith(str(path))
    assert (path.read_bytes() if path.is_file() else b"") == before


def test_the_command_line_says_it_in_one_line(tmp_path: Path) -> None:
    path = tmp_path / "cro.duckdb"
    path.write_text("hello")
    for program, asked in (("data", "history"), ("analytics", "scorecard")):
        command = [sys.executable, "-m", program, asked]
        answer = subprocess.run(command, env={"CRO_DB": str(path)}, capture_output=True, text=True, check=False)
        assert answer.returncode == 1
        assert answer.stderr.startswith(f"{path} is not a store")
        assert answer.stderr.count("\n") == 1


def test_a_store_that_is_open_elsewhere_is_in_use(tmp_path: Path) -> None:
    path = made(tmp_path / "cro.duckdb")
    holder = "import sys, time, duckdb; c = duckdb.connect(sys.argv[1]); print('open', flush=True); time.sleep(60)"
    with subprocess.Popen([sys.executable, "-c", holder, str(path)], stdout=subprocess.PIPE, text=True) as other:
        assert other.stdout is not None
        assert other.stdout.readline() == "open\n"
        with pytest.raises(StoreInUse, match="is open in another process"):
            Store(path)
        other.kill()


def test_a_store_of_an_earlier_release_gains_what_is_missing(tmp_path: Path) -> None:
    path = made(tmp_path / "cro.duckdb")
    store = Store(path)
    before = everything(store)
    store.close()
    with duckdb.connect(str(path)) as connection:
        connection.execute("DROP TABLE shape; DROP TABLE targets; ALTER TABLE engagements DROP COLUMN scope")
        connection.execute("ALTER TABLE milestones DROP COLUMN comment; ALTER TABLE uploads DROP COLUMN undoes")
    store = Store(path)
    assert everything(store) == before
    assert verify(store) == []
    with store.read() as cursor:
        assert cursor.execute("SELECT number FROM shape").fetchall() == [(SHAPE,)]


def test_another_shape_of_the_tables_has_another_number() -> None:
    """Where a kind or a column came or went: raise `SHAPE` and put its hash here, so that older releases keep off."""
    text = "\n".join(f"{name} {column} {type_}" for name, columns in tables() for column, type_ in columns.items())
    found = hashlib.sha256(text.encode()).hexdigest()[:12]
    assert SHAPES.get(SHAPE) == found, f"Raise SHAPE in data/store/schema.py, and keep {found!r} for it here"


@contextmanager
def no_file_larger_than(size: int) -> Iterator[None]:
    """What a full disk is to whoever writes."""
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (size, hard))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))


def test_without_room_the_store_says_so_and_goes_on(tmp_path: Path) -> None:
    store = Store(tmp_path / "cro.duckdb")
    told(store, {"cros": CROS})
    numbers = ((year, month, day) for year in range(1990, 2050) for month in range(1, 13) for day in range(1, 29))
    days = "day,name\n" + "".join(f"{year}-{month:02}-{day:02},{'x' * 200}\n" for year, month, day in numbers)
    with no_file_larger_than(100_000), pytest.raises(StoreUnusable, match=r"no room on the disk of .* Make room"):
        told(store, {"holidays": days})
    assert store.version == 1
    told(store, {"holidays": days})
    assert store.version == 2
    assert verify(store) == []


def test_a_database_that_the_engine_gives_up_is_opened_again(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The engine ends the tidying up after a commit by order, and is out of service then, as with a full disk."""
    path = made(tmp_path / "cro.duckdb")
    fatal = "SET debug_checkpoint_abort = 'before_header'; SET checkpoint_threshold = '1KB';"
    with monkeypatch.context() as patched:
        patched.setattr(module, "SETTINGS", fatal + module.SETTINGS)
        store = Store(path)
    told(store, {"cros": "cro_id,name\nB,Beta\n"})
    assert store.version == 2
    told(store, {"cros": "cro_id,name\nC,Gamma\n"})
    assert store.version == 3
    assert verify(store) == []
    store.close()
