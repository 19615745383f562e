"""CSV text on its way out: no cell of it runs as a formula in a spreadsheet."""

import csv
import io
import re
from collections.abc import Iterable, Sequence

from data.contracts import Contract
from data.store import Store
from data.store.written import FORMULA, NUMERIC, neutral

RUNS = re.compile(FORMULA)
IS_NUMBER = re.compile(NUMERIC)
ROWS = """
SELECT {cells} FROM {kind}
WHERE valid_from <= $known_at AND (valid_to IS NULL OR valid_to > $known_at)
ORDER BY {keys}
"""


def neutralised(text: str) -> str:
    """The text, behind an apostrophe where a spreadsheet would run it."""
    return f"'{text}" if RUNS.match(text) and not IS_NUMBER.match(text) else text


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


def export(store: Store, contract: Contract, known_at: int | None = None) -> str:
    """A kind's rows as known at an upload (default: now), in the form that the intake reads."""
    statement = ROWS.format(
        cells=", ".join(neutral(column, f'"{column.name}"') for column in contract),
        kind=contract.kind,
        keys=", ".join(f'"{name}"' for name in contract.keys),
    )
    with store.read() as cursor:
        number = store.version if known_at is None else known_at
        return csv_text(contract.names, cursor.execute(statement, {"known_at": number}).fetchall())
