"""What every test gets: the same drawn examples on every run, and a loud word about a missing browser."""

import os
from collections.abc import Iterator

import pytest
from hypothesis import settings

settings.register_profile("same-examples", derandomize=True, deadline=None)
settings.load_profile("same-examples")

NO_BROWSER = "no Chromium: set CHROMIUM to the path of one"


@pytest.fixture(scope="session", autouse=True)
def own_store(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """Whatever opens the store that `CRO_DB` names opens an empty one, never the one that is worked with."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("CRO_DB", str(tmp_path_factory.mktemp("store") / "cro.duckdb"))
        yield


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Leave the browser tests out where there is no browser, except in CI, where they then fail."""
    if not os.environ.get("CHROMIUM") and not _in_ci():
        for item in items:
            if item.get_closest_marker("browser"):
                item.add_marker(pytest.mark.skip(reason=NO_BROWSER))


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Say so where tests were left out for want of a browser: a green line must not hide it."""
    skipped = [
        report for report in terminalreporter.getreports("skipped") if NO_BROWSER in str(report.longrepr)
    ]
    if skipped:
        terminalreporter.section("THE BROWSER TESTS DID NOT RUN", sep="!", red=True, bold=True)
        terminalreporter.write_line(f"{len(skipped)} tests were left out: {NO_BROWSER}.")


def _in_ci() -> bool:
    return os.environ.get("CI", "").lower() not in ("", "0", "false")
