"""A desk goes on with its cursor from read to read, and never with one that the store had to close."""

from pathlib import Path

import duckdb
import pytest

from data.intake import FileIn, load
from data.store import Desk, Store
from tests.data.helpers import stamp


def test_what_a_reader_worked_out_is_still_there(tmp_path: Path) -> None:
    store, desk = Store(tmp_path / "cro.duckdb"), Desk()
    with store.read(desk) as cursor:
        cursor.execute("CREATE TEMP TABLE worked_out AS SELECT 7 AS number")
    with store.read(desk) as cursor:
        assert cursor.execute("SELECT number FROM worked_out").fetchall() == [(7,)]
    with store.read() as other, pytest.raises(duckdb.CatalogException):
        other.execute("SELECT number FROM worked_out")
    store.close()


def test_the_file_is_free_while_the_store_is_offline(tmp_path: Path) -> None:
    """With a cursor left open the engine would keep the file, and what is not yet in it."""
    store, desk = Store(tmp_path / "cro.duckdb"), Desk()
    with store.read(desk):
        pass
    with store.offline() as file:
        copy = duckdb.connect(str(file), read_only=True)
        copy.close()
        assert desk.cursor is None
    with store.read(desk) as cursor:
        assert cursor.execute("SELECT 1").fetchall() == [(1,)]
    store.close()


def test_a_store_takes_every_core_for_a_load_of_much_and_readers_go_on(tmp_path: Path) -> None:
    """A small store answers on one thread, which is quicker for little data."""
    store, desk = Store(tmp_path / "cro.duckdb"), Desk()
    with store.read(desk) as cursor:
        assert cursor.execute("SELECT current_setting('threads')").fetchone() == (1,)
    every = duckdb.connect().execute("SELECT current_setting('threads')").fetchone()
    lines = "".join(f"A{number},Alpha {number:0100000}\n" for number in range(90))
    answer = load(store, [FileIn("cros.csv", f"cro_id,name\n{lines}".encode())], stamp(), kpis={})
    assert len(answer.files) == 1
    with store.read(desk) as cursor:
        assert cursor.execute("SELECT current_setting('threads')").fetchone() == every
    store.close()
