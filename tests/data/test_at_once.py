"""Many at once: readers see only states of the ledger, writers follow one another, a kill leaves before or after."""

import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from data.store import Store
from data.store.verify import verify
from tests.data.helpers import told

ROOT = Path(__file__).parents[2]
HEADER = "request_id,engagement_id,opened_at,topic\n"
ENGAGEMENT = (
    "engagement_id,cro_id,study_id,title,start_date,planned_end,contract_value,currency\n"
    "E-1,A,S-1,One,2025-01-01,2027-12-31,1000,EUR\n"
)
STATE = """
SELECT (SELECT max(number) FROM uploads), count(*), min(topic), max(topic) FROM requests WHERE valid_to IS NULL
"""
LOADER = """
import sys
from pathlib import Path
from data.store import Store
from tests.data.helpers import told
store = Store(Path(sys.argv[1]))
data = Path(sys.argv[2]).read_bytes()
print("begun", flush=True)
told(store, {"requests": data})
print("done", flush=True)
"""


def requests(count: int, topic: str) -> bytes:
    lines = (f"R{number},E-1,2026-01-05T10:00:00Z,{topic}\n" for number in range(count))
    return (HEADER + "".join(lines)).encode()


def test_thirty_readers_see_only_states_of_the_ledger(tmp_path: Path) -> None:
    store = Store(tmp_path / "cro.duckdb")
    told(store, {"engagements": ENGAGEMENT})
    seen: set[tuple[object, ...]] = set()
    over = threading.Event()

    def read() -> None:
        while not over.is_set():
            with store.read() as cursor:
                row = cursor.execute(STATE).fetchone()
            assert row is not None
            seen.add(row)
            time.sleep(0.3)

    readers = [threading.Thread(target=read) for _ in range(30)]
    for reader in readers:
        reader.start()
    for number in (2, 3, 4):
        told(store, {"requests": requests(300_000, f"{number}")})
    over.set()
    for reader in readers:
        reader.join()
    allowed = {(1, 0, None, None), *((n, 300_000, f"{n}", f"{n}") for n in (2, 3, 4))}
    assert seen <= allowed
    assert len(seen) >= 3
    store.close()


def test_two_who_load_at_once_follow_one_another() -> None:
    store = Store()
    told(store, {"cros": "cro_id,name\nA,Alpha\n"})
    problems: list[BaseException] = []

    def load(person: int) -> None:
        try:
            for number in range(5):
                told(store, {"cros": f"cro_id,name\nA,person {person} {number}\nC{person}{number},New\n"})
        except BaseException as problem:  # noqa: BLE001  whatever it is, the test shows it
            problems.append(problem)

    people = [threading.Thread(target=load, args=(person,)) for person in range(4)]
    for person in people:
        person.start()
    for person in people:
        person.join()
    assert problems == []
    assert store.version == 21
    assert verify(store) == []


@contextmanager
def loader(store: Path, data: Path) -> Iterator[subprocess.Popen[str]]:
    """Another process that loads a file, once it has said that it begins."""
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    with subprocess.Popen(
        [sys.executable, "-c", LOADER, str(store), str(data)], env=environment, stdout=subprocess.PIPE, text=True
    ) as process:
        assert process.stdout is not None
        assert process.stdout.readline() == "begun\n"
        yield process


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no signal 9")
def test_a_kill_during_a_load_leaves_the_state_before_or_after(tmp_path: Path) -> None:
    path, data = tmp_path / "cro.duckdb", tmp_path / "requests.csv"
    store = Store(path)
    told(store, {"engagements": ENGAGEMENT})
    told(store, {"requests": requests(150_000, "before")})
    store.close()
    start = path.read_bytes()
    data.write_bytes(requests(150_000, "after"))
    with loader(path, data) as process:
        begun = time.monotonic()
        assert process.wait(timeout=120) == 0
        whole = time.monotonic() - begun
    states = []
    for point in range(1, 11):
        path.write_bytes(start)
        Path(f"{path}.wal").unlink(missing_ok=True)
        with loader(path, data) as process:
            time.sleep(whole * point / 10.5)
            process.send_signal(signal.SIGKILL)
            process.wait()
        store = Store(path)
        with store.read() as cursor:
            states.append(cursor.execute(STATE).fetchone())
        assert verify(store) == []
        store.close()
    assert set(states) <= {(2, 150_000, "before", "before"), (3, 150_000, "after", "after")}
    assert (2, 150_000, "before", "before") in states
