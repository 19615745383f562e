"""While an app owns the store, the command line hands its request over; otherwise it opens the store."""

import json
import os
import socket
import stat
import subprocess
import sys
import threading
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path

import pytest
import uvicorn
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from data import cli
from data.service import HEADER, ROUTE, Answer, NoAnswer, allowed, announce, ask, handle, token_file
from data.store import Store, StoreInUse, open_store
from tests.data.helpers import KPIS

ROOT = Path(__file__).parents[2]


def command(store: Path, *argv: str, cwd: Path = ROOT) -> subprocess.CompletedProcess[str]:
    """Run `python -m data` as a person would."""
    environment = {**os.environ, "CRO_DB": str(store), "PYTHONPATH": str(ROOT)}
    return subprocess.run(
        [sys.executable, "-m", "data", *argv], cwd=cwd, env=environment, capture_output=True, text=True, timeout=120
    )


@contextmanager
def app(path: Path) -> Iterator[tuple[Store, int]]:
    """A small app that owns a store and takes commands."""
    store = open_store(path)
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = int(probe.getsockname()[1])
    with announce(path, port) as token:

        async def take(request: Request) -> Response:
            host = request.client.host if request.client else None
            if not allowed(token, request.headers.get(HEADER), host):
                return Response(status_code=403)
            programs = {"data": cli.program(lambda: KPIS)}
            return JSONResponse(handle(await request.json(), store, programs, datetime.now(UTC)))

        routes = [Route(ROUTE, take, methods=["POST"])]
        server = uvicorn.Server(uvicorn.Config(Starlette(routes=routes), port=port, log_level="error"))
        thread = threading.Thread(target=server.run)
        thread.start()
        while not server.started:
            time.sleep(0.02)
        try:
            yield store, port
        finally:
            server.should_exit = True
            thread.join()
            store.close()


@pytest.fixture
def files(tmp_path: Path) -> Path:
    (tmp_path / "cros.csv").write_text("cro_id,name\nA,Alpha\n", encoding="utf-8")
    (tmp_path / "bad.csv").write_text("cro_id,name\nB,\nC,Gamma\n", encoding="utf-8")
    return tmp_path


def test_commands_reach_the_store_of_a_running_app(files: Path) -> None:
    path = files / "cro.duckdb"
    with app(path) as (store, _):
        done = command(path, "load", "cros.csv", "--status-date", "2026-09-30", cwd=files)
        assert (done.returncode, done.stderr) == (0, "")
        assert "Accepted as upload 1." in done.stdout
        assert store.version == 1
        refused = command(path, "load", "bad.csv", cwd=files)
        assert refused.returncode == 1
        assert command(path, "load", "bad.csv", "--valid-rows-only", cwd=files).returncode == 0
        assert (files / "bad.rejected.csv").exists()
        wrong = command(path, "undo", "1", cwd=files)
        assert wrong.returncode == 2
        assert "usage:" in wrong.stderr
        assert len(json.loads(command(path, "history", "--json").stdout)) == 2
    assert not token_file(path).exists()
    assert "Sound" in command(path, "verify").stdout


def test_without_an_app_the_command_opens_the_store(files: Path) -> None:
    path = files / "cro.duckdb"
    assert command(path, "history").stdout == "No uploads yet.\n"
    assert not path.exists()
    assert command(path, "load", str(files / "cros.csv")).returncode == 0
    assert command(path, "export", "cros").stdout.startswith("cro_id,name,")


def test_an_app_that_was_killed_leaves_nothing_in_the_way(files: Path) -> None:
    path = files / "cro.duckdb"
    token_file(path).write_text(json.dumps({"port": 9, "token": "old", "pid": 1}), encoding="utf-8")
    assert command(path, "load", str(files / "cros.csv")).returncode == 0
    token_file(path).write_text("not json", encoding="utf-8")
    assert command(path, "history").returncode == 0


def test_a_store_in_use_is_said_and_refused(files: Path) -> None:
    path = files / "cro.duckdb"
    store = Store(path)
    done = command(path, "load", str(files / "cros.csv"))
    assert done.returncode == 1
    assert "open in another process" in done.stderr
    store.close()


def test_the_route_wants_the_token_and_this_machine(files: Path) -> None:
    path = files / "cro.duckdb"
    with app(path) as (store, port):
        assert stat.S_IMODE(token_file(path).stat().st_mode) == 0o600
        body = json.dumps({"program": "data", "argv": ["history"], "cwd": str(files), "who": "x"}).encode()
        for headers in ({}, {HEADER: "guess"}):
            request = urllib.request.Request(f"http://127.0.0.1:{port}{ROUTE}", body, headers)
            with pytest.raises(urllib.error.HTTPError) as refusal:
                urllib.request.urlopen(request)
            assert refusal.value.code == 403
            refusal.value.close()
        assert store.version == 0
    assert allowed("secret", "secret", "127.0.0.1")
    assert not allowed("secret", "secret", "192.0.2.7")
    assert not allowed("secret", None, "127.0.0.1")


def test_an_app_waits_for_a_command_that_holds_the_store(tmp_path: Path) -> None:
    path = tmp_path / "cro.duckdb"
    holder = "import sys, time; from pathlib import Path; from data.store import Store\n"
    holder += "store = Store(Path(sys.argv[1])); print('open', flush=True); time.sleep(1.5); store.close()"
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    with subprocess.Popen(
        [sys.executable, "-c", holder, str(path)], env=environment, stdout=subprocess.PIPE, text=True
    ) as other:
        assert other.stdout is not None
        assert other.stdout.readline() == "open\n"
        with pytest.raises(StoreInUse):
            open_store(path)
        open_store(path, patience=30).close()


def test_the_newer_of_two_apps_keeps_its_token(tmp_path: Path) -> None:
    path = tmp_path / "cro.duckdb"
    with announce(path, 1):
        with announce(path, 2) as second:
            pass
        assert not token_file(path).exists()
        with announce(path, 3) as third:
            assert json.loads(token_file(path).read_text(encoding="utf-8"))["token"] == third != second


@contextmanager
def listener(path: Path, reply: bytes) -> Iterator[None]:
    """Something that is announced as the app, reads one request and replies so."""

    def serve() -> None:
        connection, _ = door.accept()
        with connection:
            connection.recv(65536)
            connection.sendall(reply)

    with socket.create_server(("127.0.0.1", 0)) as door, announce(path, door.getsockname()[1]):
        thread = threading.Thread(target=serve)
        thread.start()
        yield
        thread.join()


def reply(status: str, body: str) -> bytes:
    return f"HTTP/1.1 {status}\r\nContent-Length: {len(body)}\r\nConnection: close\r\n\r\n{body}".encode()


@pytest.mark.parametrize("cut", [0, -5])
def test_an_app_that_ends_before_it_answered_is_said(files: Path, monkeypatch: pytest.MonkeyPatch, cut: int) -> None:
    """It ended before its first word, or in the middle of its answer. The command is not given twice."""
    path = files / "cro.duckdb"
    said = reply("200 OK", '{"exit_code": 0, "stdout": "", "stderr": ""}')[:cut]
    with listener(path, said):
        done = command(path, "load", str(files / "cros.csv"))
    assert (done.returncode, done.stdout) == (1, "")
    assert "the command may have been carried out, or not" in done.stderr
    assert not path.exists()
    monkeypatch.setenv("CRO_DB", str(path))
    with listener(path, said), pytest.raises(NoAnswer):
        ask("data", cli.program(lambda: KPIS), ["history"])


def test_a_command_that_the_app_cannot_read_is_not_carried_out_elsewhere(files: Path) -> None:
    path = files / "cro.duckdb"
    with listener(path, reply("400 Bad Request", '{"problem": "Not a command"}')):
        done = command(path, "load", str(files / "cros.csv"))
    assert (done.returncode, done.stdout) == (1, "")
    assert "could not carry the command out" in done.stderr
    assert not path.exists()


@pytest.mark.parametrize("status", ["400 Bad Request", "404 Not Found", "200 OK"])
def test_whoever_else_listens_at_the_port_is_not_the_app(files: Path, status: str) -> None:
    path = files / "cro.duckdb"
    with listener(path, reply(status, "[]")):
        assert command(path, "history").stdout == "No uploads yet.\n"


def test_an_answer_can_be_asked_for_instead_of_printed(
    files: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """From the app or from here it is the same, and the store is closed behind it."""
    path = files / "cro.duckdb"
    monkeypatch.setenv("CRO_DB", str(path))
    program = cli.program(lambda: KPIS)
    expected = Answer(0, "No uploads yet.\n", "")
    Store(path).close()
    assert ask("data", program, ["history"]) == expected
    with app(path):
        assert ask("data", program, ["history"]) == expected
    assert command(path, "history").stdout == expected.stdout
    assert capsys.readouterr() == ("", "")
