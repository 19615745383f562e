"""Names in cells that can only mean one code: of a milestone that has a name of its own, and of a CRO by its name."""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import replace

import pyarrow.compute as pc
from duckdb import DuckDBPyConnection

from data.contracts import Column
from data.intake.columns import Layout
from data.intake.headings import read
from data.intake.matching import milestone_in
from data.intake.reading import Reading
from data.intake.table import Table

CROS = "SELECT cro_id, name FROM cros WHERE valid_to IS NULL"


def with_codes(cursor: DuckDBPyConnection, table: Table, layout: Layout) -> Layout:
    """The layout whose reading also says which code such names mean. What a person decided goes first."""
    found = {
        column.name: _codes(cursor, column, _texts(table, layout, column.name))
        for column in layout.contract
        if column.name in layout.places and (column.name == "milestone" or column.references == "cros")
    }
    named = Reading(values={name: codes for name, codes in found.items() if codes})
    return replace(layout, reading=named.with_(layout.reading)) if named.values else layout


def _texts(table: Table, layout: Layout, name: str) -> list[str]:
    return [str(text) for text in pc.unique(table.cells[f"c{layout.places[name]}"]).to_pylist() if text]


def _codes(cursor: DuckDBPyConnection, column: Column, texts: Iterable[str]) -> Mapping[str, str]:
    if column.references == "cros":
        cros = _cros(cursor)
        named = ((text, cros.get(_folded(text), "")) for text in texts)
    else:
        found = ((text, milestone_in(read(text))) for text in texts)
        named = ((text, "" if more else code) for text, (code, more) in found)
    return {text.casefold(): code for text, code in named if code and code != text}


def _cros(cursor: DuckDBPyConnection) -> Mapping[str, str]:
    """The CRO that a name means, whatever its case; nothing where it may be two."""
    cros = cursor.execute(CROS).fetchall()
    meant: dict[str, set[str]] = defaultdict(set)
    for code, name in cros:
        meant[_folded(name)].add(code)
    for code, _ in cros:
        if _folded(code) in meant:
            meant[_folded(code)].add(code)
    return {name: codes.pop() for name, codes in meant.items() if len(codes) == 1}


def _folded(text: str) -> str:
    return " ".join(text.split()).casefold()
