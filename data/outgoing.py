"""Text on its way out: no cell of a CSV runs as a formula in a spreadsheet, no line of text moves a terminal."""

import csv
import io
import re
import unicodedata
from collections.abc import Iterable, Sequence

from data.contracts import Contract
from data.store import Store
from data.store.written import FORMULA, NUMERIC, PARTED, SIGNS, written

RUNS = re.compile(FORMULA)
IS_NUMBER = re.compile(NUMERIC)
RUNS_INSIDE = re.compile(rf"({PARTED}[\s\"]*)(?={SIGNS})(?![+-]?[0-9][0-9.,]*({PARTED}|$))")
ROWS = """
SELECT {cells} FROM {kind}
WHERE valid_from <= $known_at AND (valid_to IS NULL OR valid_to > $known_at)
ORDER BY {keys}
"""


def neutralised(text: str) -> str:
    """The text with an apostrophe before what a spreadsheet would run, also one that parts cells in its own way."""
    inside = RUNS_INSIDE.sub(r"\1'", text)
    return f"'{inside}" if RUNS.match(text) and not IS_NUMBER.match(text) else inside


def in_line(text: str) -> str:
    """A text of somebody else's as part of a line: nothing in it moves the cursor, turns or breaks the line."""
    return text if text.isprintable() else "".join(map(_shown, text))


def _shown(character: str) -> str:
    return character if character.isprintable() else " " if unicodedata.category(character) == "Zs" else "?"


def csv_text(headers: Sequence[str], rows: Iterable[Sequence[str | None]]) -> str:
    """CSV of cells that are neutral already; None is an empty cell."""
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow([neutralised(header) for header in headers])
    writer.writerows(rows)
    return out.getvalue()


def template(contract: Contract) -> str:
    """Column names and example rows."""
    rows = [[neutralised(example.get(name, "")) for name in contract.names] for example in contract.examples]
    return csv_text(contract.names, rows)


def export(store: Store, contract: Contract, known_at: int | None = None, private: bool = False) -> str:
    """A kind's rows as known at an upload (default: now), in the form that the intake reads.

    Columns that would tell who answered in confidence are in it where `private` asks for them; a file without them,
    loaded again, leaves them as they are.
    """
    columns = [column for column in contract if private or not column.private]
    statement = ROWS.format(
        cells=", ".join(written(column, f'"{column.name}"') for column in columns),
        kind=contract.kind,
        keys=", ".join(f'"{name}"' for name in contract.keys),
    )
    with store.read() as cursor:
        number = store.version if known_at is None else known_at
        rows = cursor.execute(statement, {"known_at": number}).fetchall()
    return csv_text([column.name for column in columns], ([cell and neutralised(cell) for cell in row] for row in rows))
