"""What every test gets: the same drawn examples on every run, and a loud word about a missing browser."""

import os
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import settings

from analytics.catalogue import DIRECTIONS
from data import commands
from data.store import Store

settings.register_profile("same-examples", derandomize=True, deadline=None)
settings.load_profile("same-examples")

NO_BROWSER = "no Chromium: set CHROMIUM to the path of one"


@pytest.fixture(scope="session", autouse=True)
def own_store(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """Whatever opens the store that `CRO_DB` names opens an empty one, never the one that is worked with."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("CRO_DB", str(tmp_path_factory.mktemp("store") / "cro.duckdb"))
        yield


@pytest.fixture(scope="session")
def demo_file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A store with the demo portfolio, closed: copy it before opening it to write."""
    path = tmp_path_factory.mktemp("demo") / "demo.duckdb"
    store = Store(path)
    commands.demo(store, DIRECTIONS)
    store.close()
    return path


@pytest.fixture(scope="session")
def demo_store(demo_file: Path) -> Iterator[Store]:
    """The demo portfolio, open to read."""
    copy = demo_file.with_name("read.duckdb")
    shutil.copy(demo_file, copy)
    store = Store(copy)
    yield store
    store.close()


@pytest.fixture
def demo_copy(demo_file: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A demo portfolio of this test's own, which `CRO_DB` names."""
    copy = tmp_path / "cro.duckdb"
    shutil.copy(demo_file, copy)
    monkeypatch.setenv("CRO_DB", str(copy))
    return copy


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Leave the browser tests out where there is no browser, except in CI, where they then fail."""
    if not os.environ.get("CHROMIUM") and not _in_ci():
        for item in items:
            if item.get_closest_marker("browser"):
                item.add_marker(pytest.mark.skip(reason=NO_BROWSER))


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Say so where there is no browser: a green line must not hide it, nor that of the run beside it."""
    if not os.environ.get("CHROMIUM") and not _in_ci():
        terminalreporter.section("THE BROWSER TESTS DO NOT RUN", sep="!", red=True, bold=True)
        terminalreporter.write_line(f"They are left out: {NO_BROWSER}.")


def _in_ci() -> bool:
    return os.environ.get("CI", "").lower() not in ("", "0", "false")
