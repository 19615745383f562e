"""The command line: exit codes, JSON and words, through the program itself."""

import io
import json
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from data import cli
from data.contracts import ALL
from data.service import Context
from data.store import Store
from tests.data.helpers import KPIS

CROS = "cro_id,name\nA,Alpha\nB,Beta\n"


@dataclass(frozen=True)
class Answer:
    code: int
    out: str
    err: str

    def json(self) -> Any:
        return json.loads(self.out)


Run = Callable[..., Answer]


@pytest.fixture
def run(tmp_path: Path) -> Run:
    """Run commands one after the other on a store of their own, in a folder of their own."""
    store = Store(tmp_path / "store" / "cro.duckdb")
    program = cli.program(lambda: KPIS)

    def command(*argv: str, **files: str) -> Answer:
        for name, text in files.items():
            (tmp_path / f"{name}.csv").write_text(text, encoding="utf-8")
        out, err = io.StringIO(), io.StringIO()
        now = datetime(2026, 10, 1, 6, 30, tzinfo=UTC)
        context = Context(lambda lasting: store, tmp_path, "ana", now, out, err)
        code = program.run(program.parser().parse_args(argv), context)
        return Answer(code, out.getvalue(), err.getvalue())

    return command


def test_load_tells_in_json_what_the_documentation_says(run: Run) -> None:
    text = "cro_id,name,tier,mood\nA,Alpha,preferred,x\nB,Beta,gold,y\n"
    answer = run("load", "cros.csv", "--valid-rows-only", "--json", cros=text)
    assert answer.code == 0
    assert answer.json() == {
        "accepted": True,
        "upload": 1,
        "files": [
            {
                "file": "cros.csv", "kind": "cros", "profile": None, "rows": 2,
                "new": 1, "changed": 0, "unchanged": 0, "closed": 0, "rejected": 1, "left_out": [],
                "columns": {"cro_id": "cro_id", "name": "name", "tier": "tier", "mood": None},
                "problems": [
                    {
                        "row": 1, "column": "mood", "value": "", "rule": "unknown_column",
                        "message": "cros has no column “mood”; it is not used.", "severity": "warning",
                    },
                    {
                        "row": 3, "column": "tier", "value": "gold", "rule": "choices",
                        "message": "Expected one of strategic, preferred, tactical.", "severity": "error",
                    },
                ],
            }
        ],
    }  # fmt: skip


def test_nothing_new_is_accepted_without_an_upload(run: Run) -> None:
    assert run("load", "c.csv", "--json", c=CROS).json()["upload"] == 1
    again = run("load", "c.csv", "--json", c=CROS)
    assert (again.code, again.json()["accepted"], again.json()["upload"]) == (0, True, None)
    assert "Nothing new" in run("load", "c.csv", c=CROS).out


def test_a_refused_load_exits_with_1_and_changes_nothing(run: Run) -> None:
    answer = run("load", "c.csv", "--json", c=CROS + "C,\n")
    assert (answer.code, answer.json()["accepted"], answer.json()["upload"]) == (1, False, None)
    assert run("history").out == "No uploads yet.\n"


def test_problems_are_grouped_in_words(run: Run) -> None:
    text = "cro_id,name,qualified_until\n" + "".join(f"C{n},x,soon\n" for n in range(10_000))
    answer = run("load", "c.csv", c=text)
    assert answer.code == 1
    assert "error: qualified_until, type, row 2, 3, 4, 5, 6 and 9995 more" in answer.out
    assert "“soon”: Expected a date such as 2026-09-30." in answer.out
    assert len(answer.out.splitlines()) < 10
    assert answer.out.endswith("Refused: nothing was changed.\n")


def test_rejected_rows_are_written_beside_the_file_or_where_asked(run: Run, tmp_path: Path) -> None:
    answer = run("load", "c.csv", "--valid-rows-only", c=CROS + "C,\n")
    assert (answer.code, str(tmp_path / "c.rejected.csv") in answer.err) == (0, True)
    text = (tmp_path / "c.rejected.csv").read_text(encoding="utf-8-sig")
    assert text.startswith("cro_id,name,why\nC,,name: The cell is empty.")
    run("load", "d.csv", "--valid-rows-only", "--rejected", "bad", d="cro_id,name\nX,Xi\nY,\n")
    assert (tmp_path / "bad" / "d.rejected.csv").exists()


def test_a_dry_run_leaves_nothing_behind(run: Run, tmp_path: Path) -> None:
    answer = run("load", "c.csv", "--dry-run", "--valid-rows-only", c=CROS + "C,\n")
    assert answer.code == 0
    assert "Dry run: nothing was changed." in answer.out
    assert not (tmp_path / "c.rejected.csv").exists()
    assert run("history").out == "No uploads yet.\n"


def test_status_date_reason_constant_and_kind_reach_the_ledger(run: Run) -> None:
    run("load", "c.csv", "--status-date", "2026-09-30", "--reason", "first load", c=CROS)
    text = "name\nAlpha Ltd\n"
    answer = run("load", "one.csv", "--kind", "cros", "--set", "cro_id=A", "--json", one=text)
    assert answer.json()["files"][0]["changed"] == 1
    newest, first = run("history", "--json").json()
    assert (first["status_date"], first["reason"], first["who"]) == ("2026-09-30", "first load", "ana")
    assert (newest["status_date"], newest["uploaded_at"]) == ("2026-10-01", "2026-10-01T06:30:00Z")


def test_undo_export_and_verify(run: Run, tmp_path: Path) -> None:
    run("load", "c.csv", c=CROS)
    run("load", "c.csv", c=CROS.replace("Beta", "Better"))
    undone = run("undo", "2", "--reason", "wrong file", "--json")
    assert (undone.code, undone.json()) == (0, {"upload": 3, "undoes": 2})
    assert run("undo", "2", "--reason", "again").err == "Refused: Upload 2 is undone already.\n"
    assert run("undo", "2", "--reason", "again").code == 1
    assert "B,Better" in run("export", "cros", "--known-at", "2").out
    assert "B,Beta," in run("export", "cros").out
    assert run("export", "cros", "--known-at", "9").code == 1
    assert run("verify", "--json").json() == {"sound": True, "findings": []}
    assert "undo of 2" in run("history").out
    assert run("backup", "b/copy.duckdb").code == 0
    assert (tmp_path / "b" / "copy.duckdb").exists()


def test_verify_exits_with_1_where_something_is_wrong(run: Run, tmp_path: Path) -> None:
    run("load", "c.csv", c=CROS)
    run("backup", "copy.duckdb")
    store = Store(tmp_path / "copy.duckdb")
    with store.write() as cursor:
        cursor.execute("UPDATE uploads SET who = 'Somebody'")
    context = Context(lambda lasting: store, tmp_path, "ana", datetime.now(UTC), io.StringIO(), io.StringIO())
    assert cli.run(cli.parser().parse_args(["verify"]), context, lambda: KPIS) == 1
    store.close()


def test_a_file_that_is_not_there_is_wrong_use(run: Run) -> None:
    answer = run("load", "nowhere.csv")
    assert answer.code == 2
    assert "nowhere.csv" in answer.err


@pytest.mark.parametrize(
    "argv",
    [
        [],
        ["fly"],
        ["load"],
        ["load", "c.csv", "--kind", "vendors"],
        ["load", "c.csv", "--status-date", "30/09/2026"],
        ["load", "c.csv", "--set", "cro_id"],
        ["load", "c.csv", "--set", "colour=red"],
        ["template", "vendors"],
        ["undo", "two", "--reason", "x"],
        ["undo", "2"],
        ["export", "cros", "--known-at", "x"],
    ],
)
def test_wrong_use_exits_with_2(argv: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as ended:
        cli.parser().parse_args(argv)
    assert ended.value.code == 2
    assert "usage: python -m data" in capsys.readouterr().err


def test_help_names_every_command_and_kind(capsys: pytest.CaptureFixture[str]) -> None:
    for argv in (["--help"], ["template", "--help"]):
        with pytest.raises(SystemExit) as ended:
            cli.parser().parse_args(argv)
        assert ended.value.code == 0
    said = capsys.readouterr().out
    assert all(contract.kind in said for contract in ALL)
    for command in ("load", "template", "history", "undo", "export", "backup", "verify", "demo"):
        assert command in said


LATE = "engagement_id,milestone,baseline_original,actual\nE-1,fpi,2026-01-01,2026-11-20\n"
"""An event on a day that is still to come: the commands are given on 1 October 2026."""
ENGAGEMENT = (
    "engagement_id,cro_id,study_id,title,start_date,planned_end,contract_value,currency\n"
    "E-1,A,S-1,One,2025-01-01,2027-12-31,1000,EUR\n"
)


@pytest.mark.parametrize("dry", [(), ("--dry-run",)])
def test_what_is_in_doubt_waits_for_a_reason_as_on_the_page(run: Run, dry: tuple[str, ...]) -> None:
    run("load", "c.csv", "e.csv", c=CROS, e=ENGAGEMENT)
    asked = run("load", "m.csv", *dry, m=LATE)
    assert asked.code == 1
    assert "  doubt: actual, not_yet, row 2\n" in asked.out
    refused = "Refused: nothing was changed. Mend what is in doubt, or say why it is right, by --reason TEXT.\n"
    assert asked.out.endswith(refused)
    assert len(run("history", "--json").json()) == 1
    answered = run("load", "m.csv", "--reason", "planned visit", *dry, m=LATE)
    assert (answered.code, len(run("history", "--json").json())) == (0, 1 if dry else 2)


def test_what_is_known_and_in_doubt_needs_no_other_reason(run: Run) -> None:
    run("load", "c.csv", "e.csv", c=CROS, e=ENGAGEMENT)
    run("load", "m.csv", "--reason", "planned visit", m=LATE)
    again = run("load", "m.csv", m=LATE)
    assert (again.code, "Nothing new" in again.out) == (0, True)


def test_where_nobody_is_there_what_is_in_doubt_is_loaded_and_said(run: Run) -> None:
    run("load", "c.csv", "e.csv", c=CROS, e=ENGAGEMENT)
    alone = run("load", "m.csv", "--unattended", m=LATE)
    assert (alone.code, "doubt: actual" in alone.out, "Accepted as upload 2." in alone.out) == (0, True, True)


def test_an_error_is_not_asked_about(run: Run) -> None:
    assert run("load", "c.csv", c=CROS + "C,\n").out.endswith("\nRefused: nothing was changed.\n")


@pytest.mark.parametrize("day", ["2026-10-03", "9999-12-31"])
def test_a_status_date_that_is_to_come_is_refused_in_words(run: Run, day: str) -> None:
    answer = run("load", "c.csv", "--status-date", day, c=CROS)
    assert answer.code == 1
    assert f"The status date {day} is in the future: today is 2026-10-01." in answer.out


def test_nothing_that_somebody_wrote_moves_the_terminal(run: Run, tmp_path: Path) -> None:
    """Values, headings, names of files and profiles, and reasons: in what is found, changed and loaded."""
    evil = "\x1b[2J\x9b31m\u202e\r"
    kept = "cro_id,name,tier\nA,Alpha,gold\n"
    name = f"x{evil.replace(chr(13), '')}.csv"
    (tmp_path / name).write_text(CROS, encoding="utf-8")
    said = [
        run("load", name, "--reason", evil, "--profile", f"p{evil}", "--map", "cro_id=cro_id"),
        run("load", "h.csv", "--map", "n=name", h=f'cro_id,n,"{evil}"\nA,Alpha\u202e2,1\n'),
        run("load", "t.csv", t=kept.replace("gold", f"g{evil}")),
        run("history"),
        run("profiles"),
        run("export", "cros", "--known-at", "99"),
        run("undo", "9", "--reason", evil),
        run("load", f"missing{evil}.csv"),
        run("backup", f"b{evil}.duckdb"),
    ]
    text = "".join(answer.out + answer.err for answer in said)
    assert "[2J" in text
    assert not {character for character in text if not character.isprintable()} - {"\n"}
