"""A real server of the app, on a free port and with a store of its own."""

import os
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from email.message import Message
from pathlib import Path

ROOT = Path(__file__).parents[1]
STARTING = 60  # seconds; a shared machine can be slow


@dataclass(frozen=True)
class Answer:
    """What came back, whatever its status."""

    status: int
    headers: Message
    body: str


@dataclass(frozen=True)
class Server:
    """Where a running server answers, where its store is and what it has said."""

    url: str
    store: Path
    log: Path

    def get(self, path: str, headers: Mapping[str, str] | None = None) -> Answer:
        """Ask for one path."""
        request = urllib.request.Request(self.url + path, headers=dict(headers or {}))
        try:
            with urllib.request.urlopen(request, timeout=30) as reply:
                return Answer(reply.status, reply.headers, reply.read().decode())
        except urllib.error.HTTPError as refusal:
            with refusal:
                return Answer(refusal.code, refusal.headers, refusal.read().decode())


@contextmanager
def serve(
    folder: Path, store: Path | None = None, root: Path = ROOT, more: Mapping[str, str] | None = None
) -> Iterator[Server]:
    """Serve the app below `root` until the block ends; the store is a new one in `folder` unless given.

    `more` is added to the environment.

    Raises RuntimeError with the server's own words where it does not come up.
    """
    port = _free_port()
    server = Server(f"http://localhost:{port}", store or folder / "cro.duckdb", folder / "server.log")
    command = [sys.executable, "-m", "streamlit", "run", "app.py", f"--server.port={port}"]
    environment = {**os.environ, "CRO_DB": str(server.store), **(more or {})}
    with server.log.open("w") as log:
        process = subprocess.Popen(command, cwd=root, env=environment, stdout=log, stderr=subprocess.STDOUT)
        try:
            _wait(server, process)
            yield server
        finally:
            process.terminate()
            process.wait(timeout=30)


def _wait(server: Server, process: subprocess.Popen[bytes]) -> None:
    deadline = time.monotonic() + STARTING
    while process.poll() is None and time.monotonic() < deadline:
        try:
            if server.get("/_stcore/health").body == "ok":
                return
        except urllib.error.URLError:
            time.sleep(0.1)
    raise RuntimeError(f"The server did not come up:\n{server.log.read_text()}")


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])
