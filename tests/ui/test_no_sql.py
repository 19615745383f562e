"""Whoever shows asks `analytics` within a scope: at the tables it would show what the viewer may not see."""

import ast
import re
from pathlib import Path

import pytest

from tests.server import ROOT

FILES = [*sorted(path for room in ("ui", "pages", "charts") for path in (ROOT / room).rglob("*.py")), ROOT / "app.py"]
SQL = re.compile(
    r"\bSELECT\s|\bINSERT INTO\s|\bDELETE FROM\s|\bUPDATE\s+\S+\s+SET\s|\bFROM\s+[a-z_{]+\s+(WHERE|ORDER|JOIN)\b"
)
EXCEPTIONS: dict[str, str] = {"store.py": "checks, once at the start, that the store can be read"}
"""Files that ask the engine themselves, each with its reason."""


def _asks(path: Path) -> list[int]:
    """The lines that hold SQL or hand something to the engine."""
    found = []
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and SQL.search(node.value):
            found.append(node.lineno)
        if isinstance(node, ast.Attribute) and node.attr in ("execute", "executemany", "sql"):
            found.append(node.lineno)
    return found


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.name)
def test_what_shows_holds_no_sql(path: Path) -> None:
    assert bool(_asks(path)) == (path.name in EXCEPTIONS), _asks(path)
