"""Rows that have a problem: to be mended on the page, or as CSV with a last column that says why."""

from collections.abc import Sequence
from dataclasses import dataclass

import pyarrow as pa
import pyarrow.compute as pc

from data.intake.columns import WHY, normalised
from data.intake.corrections import fitted
from data.intake.problem import Problem
from data.intake.table import Table
from data.outgoing import csv_text, neutralised

SHOWN = 200
"""So many rows are offered for mending in place; more are mended in the file."""


@dataclass(frozen=True, slots=True)
class KeptOut:
    """The first rows with a problem, as the file has them: headings, and row number with its texts."""

    headings: tuple[str, ...] = ()
    rows: tuple[tuple[int, tuple[str, ...]], ...] = ()


NONE_KEPT_OUT = KeptOut()


def kept_out(table: Table, rows: Sequence[int]) -> KeptOut:
    """The rows with these numbers."""
    found = _texts(table, sorted(set(rows))[:SHOWN])
    return KeptOut(table.headers, tuple(sorted(found.items()))) if found else NONE_KEPT_OUT


def rejected_csv(table: Table, rows: Sequence[int], problems: Sequence[Problem]) -> str:
    """The rows with these numbers, in the order of the file, to be mended and loaded again."""
    every = "; ".join(problem.message for problem in problems if problem.blocks and problem.row == table.header_row)
    why: dict[int, list[str]] = {row: [every] if every else [] for row in rows}
    for problem in problems:
        if problem.blocks and problem.row in why:
            why[problem.row].append(f"{problem.column}: {problem.message}" if problem.column else problem.message)
    found = _texts(table, list(why))
    old = [place for place, header in enumerate(table.headers) if normalised(header) == WHY]
    kept = [place for place in range(len(table.headers)) if place not in old]
    return csv_text(
        [*(table.headers[place] for place in kept), WHY],
        ([*(neutralised(found[row][place]) for place in kept), neutralised(" ".join(why[row]))] for row in sorted(why)),
    )


def _texts(table: Table, rows: Sequence[int]) -> dict[int, tuple[str, ...]]:
    if not rows:
        return {}
    cells = table.cells.filter(pc.is_in(table.cells["row"], pa.array(rows, pa.int64())))
    columns = [cells[place].to_pylist() for place in range(len(table.headers))]
    found = dict(zip(cells["row"].to_pylist(), zip(*columns)))
    wanted = set(rows)
    return found | {bad.row: fitted(bad.values, len(table.headers)) for bad in table.ragged if bad.row in wanted}
