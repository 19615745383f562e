"""Every address that the numbers give leads to a page and a tab that exist, whatever these are called."""

import ast
from collections.abc import Iterator
from pathlib import Path

from tests.server import ROOT
from ui.shell import PAGES

Place = tuple[str, str]
"""A parameter of the address, and its value."""
PAGE = "page"


def _trees(*rooms: str) -> dict[Path, ast.Module]:
    paths = [path for room in rooms for path in sorted((ROOT / room).rglob("*.py"))]
    return {path: ast.parse(path.read_text(encoding="utf-8")) for path in paths}


def _text(node: ast.AST | None) -> str | None:
    return node.value if isinstance(node, ast.Constant) and isinstance(node.value, str) else None


def _tabs() -> dict[str, set[str]]:
    """The names of the tabs by the parameter of the address in which the open one stands."""
    found: dict[str, set[str]] = {}
    for tree in _trees("ui", "pages").values():
        lists = {
            target.id: node.value
            for node in ast.walk(tree)
            if isinstance(node, ast.Assign)
            for target in node.targets
            if isinstance(target, ast.Name)
        }
        for call in ast.walk(tree):
            if isinstance(call, ast.Call) and isinstance(call.func, ast.Attribute) and call.func.attr == "tabs":
                names = lists[call.args[0].id] if isinstance(call.args[0], ast.Name) else call.args[0]
                key = next((_text(word.value) for word in call.keywords if word.arg == "key"), None)
                if key and isinstance(names, ast.List | ast.Tuple):
                    found.setdefault(key, set()).update(name for name in map(_text, names.elts) if name)
    return found


def _named(tree: ast.Module) -> dict[str, list[str]]:
    """The parameters of each function of a module, and the fields of each class."""
    found = {}
    for node in ast.walk(tree):
        if isinstance(node, ast.FunctionDef):
            found[node.name] = [argument.arg for argument in node.args.args]
        if isinstance(node, ast.ClassDef):
            fields = [each.target for each in node.body if isinstance(each, ast.AnnAssign)]
            found[node.name] = [field.id for field in fields if isinstance(field, ast.Name)]
    return found


def _said(tree: ast.Module) -> Iterator[tuple[str, ast.AST]]:
    """What is given a name in dictionaries and calls."""
    named = _named(tree)
    for node in ast.walk(tree):
        if isinstance(node, ast.Dict):
            yield from ((name, value) for key, value in zip(node.keys, node.values) if (name := _text(key)))
        if isinstance(node, ast.Call):
            yield from ((word.arg, word.value) for word in node.keywords if word.arg)
            own = named.get(node.func.id, []) if isinstance(node.func, ast.Name) else []
            yield from zip(own, node.args)


def _address(tree: ast.Module) -> Iterator[tuple[str, ast.AST]]:
    """What stands in the parameters of a finding, or in an address that a page makes."""
    for name, node in _said(tree):
        if name == "parameters":
            pairs = [
                pair for each in ast.walk(node) if isinstance(each, ast.Dict) for pair in zip(each.keys, each.values)
            ]
            yield from ((key, value) for each, value in pairs if (key := _text(each)))
        if name == PAGE:
            yield name, node
    for node in ast.walk(tree):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "address":
            yield from ((word.arg, word.value) for word in node.keywords if word.arg)


def _places() -> set[Place]:
    """The pages and tabs to which the numbers and the pages lead."""
    wanted, found = {PAGE, *_tabs()}, set()
    for tree in _trees("analytics", "ui", "pages").values():
        said = list(_said(tree))
        for name, node in _address(tree):
            # A name stands for whatever the function that it is a parameter of is called with.
            nodes = [value for each, value in said if each == node.id] if isinstance(node, ast.Name) else [node]
            nodes += [part for each in nodes if isinstance(each, ast.IfExp) for part in (each.body, each.orelse)]
            found |= {(name, text) for text in map(_text, nodes) if text and name in wanted}
    return found


def test_every_place_exists() -> None:
    there = {(PAGE, file) for file, _, _ in PAGES} | {(key, name) for key, names in _tabs().items() for name in names}
    assert _places() - there == set()


def test_places_are_found_however_they_are_said() -> None:
    # In a dictionary, in one chosen by a condition, as an argument of a function, as a field.
    assert {
        ("data", "Freshness"),
        ("about", "Open items"),
        ("part", "KPIs"),
        ("part", "Plan"),
        (PAGE, "cros"),
    } <= _places()
