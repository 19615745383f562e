"""Rows that people put below or between the data: totals and notes. They are left out, and said."""

from dataclasses import replace

import pyarrow as pa
import pyarrow.compute as pc

from data.intake.columns import Layout
from data.intake.table import NOTE, LeftOut, Table

TOTAL = r"(?i)^\W*(grand|sub|overall)?[ -]?(totals?|sum|gesamt(summe)?|summe|zwischensumme|somme|totale|suma)\b[^0-9]*$"
SENTENCE = r"(?i)^(\*|note|notes|source|quelle|legend|generated|exported|confidential|disclaimer)\b?.*|^.{20,} .*$"


def without(table: Table, layout: Layout) -> Table:
    """The table without its totals, and without the notes below its last row.

    A total is a row that says so in its first cell or in a cell of the key, and has no whole key. A note is a row at
    the end with one cell, which reads like a sentence.
    """
    if not table.cells.num_rows:
        return table
    return _without_notes(_without_totals(table, layout))


def _without_totals(table: Table, layout: Layout) -> Table:
    keys = [layout.places[name] for name in layout.contract.keys if name in layout.places]
    needed = [layout.places[name] for name in layout.contract.required if name in layout.places]
    says = {place: pc.match_substring_regex(table.cells[f"c{place}"], TOTAL) for place in {0, *keys}}
    in_key = _any([says[place] for place in keys])
    no_key = _any([pc.equal(table.cells[f"c{place}"], "") for place in keys if place in needed])
    return _left_out(table, pc.or_(in_key, pc.and_(says[0], no_key)) if keys else says[0], "a total")


def _without_notes(table: Table) -> Table:
    """Only the end is looked at: a row with one cell in the middle is more likely a row that lacks something."""
    width = len(table.headers)
    if width < 3 or not table.cells.num_rows:
        return table
    last = table.cells.slice(max(0, table.cells.num_rows - 20))
    notes: list[int] = []
    for values in reversed(last.to_pylist()):
        told = [text for name, text in values.items() if name != "row" and text]
        if len(told) != 1 or not pc.match_substring_regex(pa.scalar(told[0]), SENTENCE).as_py():
            break
        notes.append(values["row"])
    return _left_out(table, pc.is_in(table.cells["row"], pa.array(notes, pa.int64())), NOTE)


def _left_out(table: Table, which: pa.ChunkedArray, why: str) -> Table:
    rows = table.cells.filter(which)["row"]
    if not len(rows):
        return table
    said = LeftOut(len(rows), rows[0].as_py(), why)
    return replace(table, cells=table.cells.filter(pc.invert(which)), left_out=(*table.left_out, said))


def _any(conditions: list[pa.ChunkedArray]) -> pa.ChunkedArray:
    found = conditions[0] if conditions else pa.scalar(False)
    for condition in conditions[1:]:
        found = pc.or_(found, condition)
    return found
