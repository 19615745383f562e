"""Finding a browser on machines that have none, a false one, or the wrong name for one."""

from pathlib import Path

import pytest

from tools import chromium

pytestmark = pytest.mark.skipif("sys.platform == 'win32'", reason="uses shell scripts as browsers")


def _program(folder: Path, name: str, exit_code: int) -> str:
    path = folder / name
    path.write_text(f"#!/bin/sh\nexit {exit_code}\n")
    path.chmod(0o755)
    return str(path)


def test_the_named_one_comes_first(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    named = _program(tmp_path, "mine", 0)
    _program(tmp_path, "chromium", 0)
    monkeypatch.setenv("CHROMIUM", named)
    monkeypatch.setenv("PATH", str(tmp_path))
    assert chromium.installed() == named


def test_a_stand_in_that_does_not_start_is_passed_over(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    _program(tmp_path, "chromium-browser", 1)
    works = _program(tmp_path, "google-chrome", 0)
    monkeypatch.setenv("CHROMIUM", str(tmp_path / "absent"))
    monkeypatch.setenv("PATH", str(tmp_path))
    assert chromium.installed() == works


def test_none_to_be_had_prints_no_path(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.delenv("CHROMIUM", raising=False)
    monkeypatch.setenv("PATH", str(tmp_path))
    monkeypatch.setattr(chromium, "APPLICATIONS", ())
    monkeypatch.setattr(chromium, "_from_playwright", lambda: "")
    chromium.main()
    printed = capsys.readouterr()
    assert printed.out == ""
    assert "set CHROMIUM" in printed.err
