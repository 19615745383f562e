"""Commands given while the app runs: it owns the store, and carries them out itself."""

import json
import os
import subprocess
import sys
import urllib.error
import urllib.request
from collections.abc import Iterator
from pathlib import Path

import pytest

from data import service
from tests.server import ROOT, Server, serve

ENGAGEMENT = (
    "engagement_id,cro_id,study_id,title,start_date,planned_end,contract_value,currency\n"
    "E-1,ACME,S-1,First,2025-01-01,2027-12-31,1000,EUR\n"
)


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    with serve(tmp_path_factory.mktemp("server")) as running:
        running.get("/ready")  # the app opens its store
        yield running


def command(server: Server, folder: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    environment = {**os.environ, "CRO_DB": str(server.store), "PYTHONPATH": str(ROOT)}
    return subprocess.run(
        [sys.executable, "-m", *arguments], cwd=folder, env=environment, capture_output=True, text=True, timeout=60
    )


def post(server: Server, token: str, body: bytes = b"{}") -> int:
    request = urllib.request.Request(server.url + service.ROUTE, body, {service.HEADER: token})
    try:
        with urllib.request.urlopen(request, timeout=30) as reply:
            return int(reply.status)
    except urllib.error.HTTPError as refusal:
        with refusal:
            return refusal.code


def test_files_are_loaded_and_read_back_while_the_app_runs(server: Server, tmp_path: Path) -> None:
    (tmp_path / "engagements.csv").write_text(ENGAGEMENT)
    loaded = command(server, tmp_path, "data", "load", "engagements.csv", "--status-date", "2026-06-30", "--json")
    assert (loaded.returncode, loaded.stderr) == (0, "")
    assert json.loads(loaded.stdout)["upload"] == 1
    assert json.loads(server.get("/ready").body) == {"ready": True, "uploads": 1}
    history = json.loads(command(server, tmp_path, "data", "history", "--json").stdout)
    assert [entry["number"] for entry in history] == [1]
    scorecard = command(server, tmp_path, "analytics", "scorecard", "--json")
    assert [card["cro"] for card in json.loads(scorecard.stdout)] == ["ACME"]


def test_a_refused_load_has_its_exit_code_and_its_words(server: Server, tmp_path: Path) -> None:
    (tmp_path / "milestones.csv").write_text("engagement_id,milestone,baseline_original\nE-404,dbl,2027-01-01\n")
    refused = command(server, tmp_path, "data", "load", "milestones.csv")
    assert refused.returncode == 1
    assert "There is no engagement E-404" in refused.stdout


@pytest.mark.parametrize("token", ["", "guess"])
def test_without_the_token_nothing_is_done(server: Server, token: str) -> None:
    demo = {"program": "data", "argv": ["demo"], "cwd": "/", "who": "x"}
    assert post(server, token, json.dumps(demo).encode()) == 403


def test_a_body_that_is_no_command_is_refused(server: Server) -> None:
    token = json.loads(service.token_file(server.store).read_text())["token"]
    assert post(server, token, b"{}") == 400
    assert post(server, token, b"[]") == 400
    assert post(server, token, b"x" * 2_000_000) == 400
    command = {"program": "data", "argv": ["history"], "cwd": "/", "who": "x"}
    wrongs: tuple[dict[str, object], ...] = (
        {"argv": [1]}, {"argv": "history"}, {"program": ["data"]}, {"program": "sh"}, {"cwd": 1}, {"who": {}},
    )  # fmt: skip
    for wrong in wrongs:
        assert post(server, token, json.dumps(command | wrong).encode()) == 400
    assert post(server, token, b"[" * 400_000) == 400
    assert post(server, token, json.dumps(command).encode()) == 200


def test_the_token_is_for_its_owner_only_and_goes_with_the_app(tmp_path: Path) -> None:
    with serve(tmp_path) as running:
        file = service.token_file(running.store)
        assert file.stat().st_mode & 0o077 == 0
    assert not file.exists()
