"""The pages as files: listed, guarded, and kept to showing."""

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from tests.server import ROOT
from ui.guard import NOT_ALONE
from ui.shell import PAGES

SHELL = str(ROOT / "ui" / "shell.py")
FILES = sorted((ROOT / "pages").glob("*.py"))
OURS = {"app", "pages", "ui", "charts", "analytics", "data", "wording", "tests", "tools", "bench"}


def _imported(path: Path) -> Iterator[str]:
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.Import):
            yield from (name.name.partition(".")[0] for name in node.names)
        elif isinstance(node, ast.ImportFrom):
            yield (node.module or "").partition(".")[0]


def test_every_page_is_listed_and_the_navigation_stays_short() -> None:
    listed, there = {file for file, _, _ in PAGES}, {path.stem for path in FILES}
    assert not there - listed, "Add these pages to the list PAGES in ui/shell.py"
    assert not listed - there, "These pages of the list PAGES in ui/shell.py have no file in pages/"
    assert len(PAGES) <= 8, "The navigation has at most eight entries: make it a tab of one of them"


def test_the_entry_point_imports_only_the_screen() -> None:
    # It is a module, which import-linter does not look at; it does at the pages.
    assert set(_imported(ROOT / "app.py")) == {"ui", "streamlit"}


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_a_page_on_its_own_shows_nothing_but_the_refusal(path: Path) -> None:
    page = AppTest.from_file(str(path), default_timeout=60).run()
    assert [error.value for error in page.error] == [NOT_ALONE], "A page begins with ui.guard.require_shell()"
    assert len(page.main) == 1
    assert not page.exception


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_the_shell_lets_a_page_run(path: Path) -> None:
    page = AppTest.from_file(SHELL, default_timeout=60).run()
    page.switch_page(f"../pages/{path.name}").run()
    assert not page.exception
    assert NOT_ALONE not in [error.value for error in page.error]


@pytest.mark.usefixtures("demo_copy")
@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_a_page_runs_with_data(path: Path) -> None:
    page = AppTest.from_file(SHELL, default_timeout=120).run()
    page.switch_page(f"../pages/{path.name}").run()
    assert not page.exception
    assert page.main.children


def test_no_module_of_ui_hides_a_layer() -> None:
    """While a script runs, Streamlit looks for modules in ui/ first, because that is where the shell is."""
    assert not {path.stem for path in (ROOT / "ui").iterdir()} & OURS
