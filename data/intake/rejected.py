"""Rows that were left out, as CSV: the original columns, and a last one that says why."""

from collections.abc import Sequence

import pyarrow as pa
import pyarrow.compute as pc

from data.intake.columns import WHY, normalised
from data.intake.problem import Problem
from data.intake.text import Table
from data.outgoing import csv_text, neutralised


def rejected_csv(table: Table, rows: Sequence[int], problems: Sequence[Problem]) -> str:
    """The rows with these numbers, in the order of the file, to be mended and loaded again."""
    every = "; ".join(problem.message for problem in problems if problem.blocks and problem.row == 1)
    why: dict[int, list[str]] = {row: [every] if every else [] for row in rows}
    for problem in problems:
        if problem.blocks and problem.row in why:
            why[problem.row].append(f"{problem.column}: {problem.message}" if problem.column else problem.message)
    cells = table.cells.filter(pc.is_in(table.cells["row"], pa.array(rows, pa.int64())))
    columns = [cells[place].to_pylist() for place in range(len(table.headers))]
    found = dict(zip(cells["row"].to_pylist(), zip(*columns)))
    found |= {bad.row: _fitted(bad.values, len(table.headers)) for bad in table.ragged}
    old = [place for place, header in enumerate(table.headers) if normalised(header) == WHY]
    kept = [place for place in range(len(table.headers)) if place not in old]
    return csv_text(
        [*(table.headers[place] for place in kept), WHY],
        ([*(neutralised(found[row][place]) for place in kept), " ".join(why[row])] for row in sorted(why)),
    )


def _fitted(values: Sequence[str], width: int) -> tuple[str, ...]:
    """As many values as there are columns; what is too much stays in the last one, so nothing is lost."""
    kept = [*values[: width - 1], ",".join(values[width - 1 :])]
    return tuple(kept + [""] * (width - len(kept)))
