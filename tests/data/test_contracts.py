"""The list of the kinds."""

import importlib
import pkgutil

from data import contracts
from data.contracts import ALL


def test_every_kind_that_has_a_file_is_listed() -> None:
    files = [found.name for found in pkgutil.iter_modules(contracts.__path__)]
    modules = [importlib.import_module(f"data.contracts.{file}") for file in files]
    declared = {module.CONTRACT.kind for module in modules if hasattr(module, "CONTRACT")}
    listed = {contract.kind for contract in ALL}
    assert not declared - listed, "Add these kinds to ALL in data/contracts/__init__.py"


def test_a_kind_names_only_kinds_before_it() -> None:
    for place, contract in enumerate(ALL):
        before = {one.kind for one in ALL[: place + 1]} | {"kpi", ""}
        assert {column.references for column in contract} <= before, contract.kind
