"""A real browser, on a real server, that must not speak to anybody else."""

import os
from collections.abc import Iterator
from dataclasses import dataclass, field
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Browser, ConsoleMessage, Page, Request, sync_playwright

from tests.server import Server, serve
from tools.chromium import installed

FLAGS = [
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]


@dataclass
class Visit:
    """One tab: the page, every request it made to somebody else, and what its console complained of."""

    page: Page
    strangers: list[str] = field(default_factory=list)
    complaints: list[str] = field(default_factory=list)

    def watch(self) -> None:
        """Begin to listen."""
        self.page.on("request", self._request)
        self.page.on("console", self._console)
        self.page.on("pageerror", lambda error: self.complaints.append(str(error)))

    def _request(self, request: Request) -> None:
        parts = urlsplit(request.url)
        if parts.scheme not in ("data", "blob") and parts.hostname != "localhost":
            self.strangers.append(request.url)

    def _console(self, message: ConsoleMessage) -> None:
        # On a deep link Streamlit looks for its server below the page's address first: a 404 by design.
        if message.type == "error" and "/_stcore/" not in str(message.location.get("url")):
            self.complaints.append(message.text)


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    executable = os.environ.get("CHROMIUM") or installed()
    assert executable, "In CI the browser tests must run: set CHROMIUM to the path of a Chromium."
    with sync_playwright() as playwright:
        chromium = playwright.chromium.launch(executable_path=executable, args=FLAGS)
        yield chromium
        chromium.close()


@pytest.fixture(scope="session")
def empty_server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """The app with nothing loaded."""
    with serve(tmp_path_factory.mktemp("empty")) as running:
        yield running


@pytest.fixture
def visit(browser: Browser) -> Iterator[Visit]:
    """A tab of its own; whatever it does, it must ask nobody but the server and draw no complaint."""
    context = browser.new_context(viewport={"width": 1440, "height": 900}, locale="en-GB", timezone_id="UTC")
    context.set_default_timeout(60_000)
    tab = Visit(context.new_page())
    tab.watch()
    yield tab
    context.close()
    assert tab.strangers == []
    assert tab.complaints == []
