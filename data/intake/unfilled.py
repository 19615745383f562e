"""Rows that a form came with and that nobody filled in."""

from dataclasses import replace
from functools import reduce

import pyarrow.compute as pc

from data.intake.columns import Layout
from data.intake.table import LeftOut, Table

WHY = "nothing is filled in but what names the row"


def without_unfilled(table: Table, layout: Layout) -> Table:
    """The table without the rows whose key alone is filled in, said as left out; of a kind whose rows need more.

    A column of the file that is not used does not count. A file that has nothing but the key stays as it is: what it
    lacks is said of its header. So do a wide one, of which an empty cell is no row anyway, and one with a constant for
    all rows, which are then filled in.
    """
    contract = layout.contract
    more = [name for name in contract.required if not contract[name].key]
    places = [place for name, place in layout.places.items() if not contract[name].key]
    if not (more and places) or layout.wide or any(not contract[name].key for name in layout.constants):
        return table
    filled = reduce(pc.or_, (pc.not_equal(table.cells[f"c{place}"], "") for place in places))
    if pc.all(filled).as_py() is not False:
        return table
    empty = table.cells.filter(pc.invert(filled))["row"]
    left = LeftOut(len(empty), pc.min(empty).as_py(), WHY)
    return replace(table, cells=table.cells.filter(filled), left_out=(*table.left_out, left))
