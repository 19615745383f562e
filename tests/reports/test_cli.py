"""`python -m reports`: packs, replies, calendar and record as files."""

import io
import zipfile
from argparse import ArgumentTypeError
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import pytest
from pptx import Presentation
from pptx.util import Emu

from data.service import Context
from data.store import Store
from reports import cli
from reports.formats import write
from reports.paper import NoBrowser
from tests.reports.sample import pack as sample


@dataclass(frozen=True)
class Said:
    exit_code: int
    out: str
    err: str


def run(store: Store, folder: Path, *argv: str) -> Said:
    out, err = io.StringIO(), io.StringIO()
    context = Context(lambda lasting: store, folder, "ana", datetime(2026, 11, 23, 9, tzinfo=UTC), out, err)
    program = cli.program()
    return Said(program.run(program.parser().parse_args(argv), context), out.getvalue(), err.getvalue())


@pytest.mark.parametrize(("name", "begins"), [("pptx", b"PK"), ("xlsx", b"PK"), ("html", b"<!doctype html>")])
def test_a_pack_in_each_format(demo_store: Store, tmp_path: Path, name: str, begins: bytes) -> None:
    argv = ("review", "--cro", "NORVEK", "--quarter", "2026-Q3", "--edition", "cro", "--format", name, "--out", "p")
    said = run(demo_store, tmp_path, *argv)
    assert said.exit_code == 0, said.err
    assert said.out.startswith("Norvek Clinical, 2026-Q3, draft, content ")
    assert (tmp_path / "p").read_bytes()[: len(begins)].lower() == begins.lower()


def test_packs_of_all_with_a_bar(demo_store: Store, tmp_path: Path) -> None:
    said = run(demo_store, tmp_path, "review", "--all", "--quarter", "2026-Q3", "--format", "xlsx", "--out", "all")
    assert said.exit_code == 0, said.err
    names = sorted(path.name for path in (tmp_path / "all").iterdir())
    assert len(names) == 8
    assert names[0] == "ALMIREZ-2026-Q3-sponsor-draft.xlsx"
    assert "8 of 8 packs" in said.err
    assert "8 of 8 files" in said.err
    assert said.out == f"8 packs written: {tmp_path / 'all'}\n"


def test_leadership_and_an_own_template(demo_store: Store, tmp_path: Path) -> None:
    own = Presentation()
    own.slide_width, own.slide_height = Emu(9_144_000), Emu(6_858_000)
    own.save(str(tmp_path / "own.pptx"))
    argv = ("review", "--quarter", "2026-Q3", "--edition", "leadership", "--format", "pptx", "--template", "own.pptx")
    said = run(demo_store, tmp_path, *argv, "--out", "all.pptx")
    assert said.exit_code == 0, said.err
    made = Presentation(str(tmp_path / "all.pptx"))
    assert (made.slide_width, made.slide_height) == (9_144_000, 6_858_000)


def test_reply_calendar_and_record(demo_store: Store, tmp_path: Path) -> None:
    assert (
        run(demo_store, tmp_path, "reply", "--cro", "NORVEK", "--quarter", "2026-Q3", "--out", "r.xlsx").exit_code == 0
    )
    assert zipfile.is_zipfile(tmp_path / "r.xlsx")
    assert run(demo_store, tmp_path, "calendar", "--out", "c.ics").exit_code == 0
    assert b"BRIGHTMOOR-2026-Q3" in (tmp_path / "c.ics").read_bytes()
    assert run(demo_store, tmp_path, "oversight", "--out", "o.zip").exit_code == 0
    assert run(demo_store, tmp_path, "check", "o.zip").out == "Sound: every file is as it was made.\n"
    damaged = bytearray((tmp_path / "o.zip").read_bytes())
    damaged[200] ^= 1
    (tmp_path / "o.zip").write_bytes(damaged)
    said = run(demo_store, tmp_path, "check", "o.zip")
    assert said.exit_code == 1
    assert said.out


@pytest.mark.parametrize(
    ("argv", "why"),
    [
        (("--cro", "NOBODY", "--format", "html"), "No CRO NOBODY has an engagement."),
        (("--format", "html"), "Name the CRO with --cro"),
        (("--cro", "NORVEK", "--format", "pptx", "--template", "none.potx"), "none.potx"),
        (("--cro", "NORVEK", "--format", "pptx", "--template", "text.potx"), "text.potx"),
    ],
)
def test_what_is_refused_says_why(demo_store: Store, tmp_path: Path, argv: tuple[str, ...], why: str) -> None:
    (tmp_path / "text.potx").write_text("no presentation")
    said = run(demo_store, tmp_path, "review", "--quarter", "2026-Q3", *argv, "--out", "x")
    assert said.exit_code == 1
    assert why in said.err or (why == "text.potx" and "presentation" in said.err)
    assert not (tmp_path / "x").exists()


def test_an_empty_store_says_what_to_load(tmp_path: Path) -> None:
    said = run(Store(), tmp_path, "review", "--cro", "A", "--quarter", "2026-Q3", "--format", "html", "--out", "x")
    assert (said.exit_code, said.err) == (1, "The store is empty: load engagements, milestones and budget first.\n")


@pytest.mark.parametrize("text", ["2026-Q5", "2026Q3", "26-Q3", "", "2026-Q33"])
def test_what_is_no_quarter(text: str) -> None:
    with pytest.raises(ArgumentTypeError, match="is no quarter"):
        cli.quarter(text)


def test_a_pdf_without_a_browser_says_what_to_take(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("reports.paper.find_chromium", lambda: None)
    with pytest.raises(NoBrowser):
        write(sample(1), "pdf")
