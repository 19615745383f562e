"""What README and docs/ name is there: files, headings, make targets, commands, settings."""

import re
import shlex
from argparse import ArgumentParser
from collections.abc import Iterator
from importlib.util import find_spec
from pathlib import Path

import pytest

from analytics import cli as analytics_cli
from data import cli as data_cli
from data.contracts import BY_KIND
from reports import cli as reports_cli
from tests.server import ROOT

README = ROOT / "README.md"
PAGES = [README, ROOT / "CHANGELOG.md", *sorted((ROOT / "docs").rglob("*.md"))]
LINK = re.compile(r"\]\(([^)\s]+)\)")
BLOCK = re.compile(r"^```\w*\n(.*?)^```", re.MULTILINE | re.DOTALL)
PARSERS: dict[str, ArgumentParser] = {
    "data": data_cli.parser(),
    "analytics": analytics_cli.program().parser(),
    "reports": reports_cli.program().parser(),
}


def _commands() -> Iterator[list[str]]:
    """The words of every line in the code blocks of the pages that starts make or Python."""
    for page in PAGES:
        for block in BLOCK.findall(page.read_text(encoding="utf-8")):
            for line in block.replace("\\\n", " ").splitlines():
                words = shlex.split(line.replace("\\", "/"), comments=True)
                if words and (words[0] == "make" or Path(words[0]).name == "python"):
                    yield words


COMMANDS = list(_commands())


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_every_link_leads_somewhere(page: Path) -> None:
    text = page.read_text(encoding="utf-8")
    for target in LINK.findall(text):
        path, _, anchor = target.partition("#")
        if "://" in target:
            continue
        found = page.parent / path if path else page
        assert found.exists(), target
        if anchor:
            assert f'<a id="{anchor}">' in found.read_text(encoding="utf-8"), target


def test_there_are_commands_to_look_at() -> None:
    assert {words[0] for words in COMMANDS} >= {"make", ".venv/bin/python", ".venv/Scripts/python"}


@pytest.mark.parametrize("words", COMMANDS, ids=" ".join)
def test_a_command_of_the_pages_can_be_given(words: list[str]) -> None:
    if words[0] == "make":
        targets = re.findall(r"^([a-z]+):", (ROOT / "Makefile").read_text(encoding="utf-8"), re.MULTILINE)
        assert set(words[1:]) <= set(targets)
        return
    assert words[1] == "-m"
    module, arguments = words[2], words[3:]
    assert find_spec(module) is not None
    if module in PARSERS:
        PARSERS[module].parse_args(arguments)
    for argument in arguments:
        if module in ("pytest", "streamlit", "pip") and Path(argument.partition("::")[0]).suffix:
            assert (ROOT / argument.partition("::")[0]).exists(), argument


def test_every_setting_of_the_table_is_read_somewhere() -> None:
    names = re.findall(r"^\| `([A-Z_]+)` \|", README.read_text(encoding="utf-8"), re.MULTILINE)
    sources = [ROOT / "Makefile", *(path for room in ("data", "tools", "ui") for path in (ROOT / room).rglob("*.py"))]
    code = "\n".join(path.read_text(encoding="utf-8") for path in sources)
    assert len(names) >= 4
    assert [name for name in names if name not in code] == []


def test_every_folder_of_the_map_is_there() -> None:
    map_of_folders = README.read_text(encoding="utf-8").partition("## Find your way")[2]
    folders = re.findall(r"^([a-z]+/|app\.py) ", map_of_folders, re.MULTILINE)
    assert len(folders) >= 6
    assert [folder for folder in folders if not (ROOT / folder).exists()] == []


def test_every_kind_stands_in_the_dictionary() -> None:
    text = (ROOT / "docs" / "data-dictionary.md").read_text(encoding="utf-8")
    assert re.findall(r"^## (\w+)$", text, re.MULTILINE) == list(BY_KIND)
