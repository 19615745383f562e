"""Amounts that a file tells as totals to date become the amounts of their months."""

from duckdb import DuckDBPyConnection

from data.contracts import Column, Contract, Type
from data.intake.cells import NUMBERS
from data.intake.columns import Layout
from data.intake.staging import at, staged
from data.store.write import same_key
from data.store.written import EMPTY, literal, written

# What a month begins with is the newest earlier total of the file, and what is known of the months since. A month
# that the file tells counts as it tells it, also where its cell is empty; a cell that a wide file lacks is not told.
MONTHLY = """
CREATE TEMP TABLE monthly AS
WITH told AS (
    SELECT staged.rowid AS place, staged.*, staged."{column}" AS total,
        last_value(CASE WHEN "{column}" IS NOT NULL THEN "{month}" END IGNORE NULLS) OVER earlier AS since,
        last_value("{column}" IGNORE NULLS) OVER earlier AS before
    FROM {staged} AS staged
    WINDOW earlier AS (PARTITION BY {same} ORDER BY "{month}" ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING)
),
known AS (
    SELECT * FROM {kind} AS known
    WHERE valid_to IS NULL AND "{column}" IS NOT NULL
        AND NOT EXISTS (SELECT 1 FROM {staged} AS own WHERE {same_row} AND own."{column} given" IS NOT NULL)
)
SELECT told.place, any_value(told.total) AS total,
    CAST(
        coalesce(any_value(told.before), 0) + coalesce(sum(known."{column}") FILTER ({between}), 0) AS {type}
    ) AS start,
    any_value(told.before) IS NOT NULL OR count(*) FILTER ({between}) > 0 AS begun,
    max(known."{month}") FILTER (known."{month}" > told."{month}") AS later
FROM told LEFT JOIN known ON {same_series}
WHERE told.total IS NOT NULL AND told."{month}" IS NOT NULL
GROUP BY told.place
"""
BETWEEN = 'known."{month}" < told."{month}" AND (told.since IS NULL OR known."{month}" > told.since)'
NOTE = """
INSERT INTO problems (file, row, "column", "at", value, rule, message, severity)
SELECT $file, staged.row, $column, {at}, staged."{column} given", 'to_date', {message}, $severity
FROM {staged} AS staged JOIN monthly ON monthly.place = staged.rowid
"""
FALLS = " WHERE monthly.begun AND monthly.total < monthly.start"
STALE = """
LEFT JOIN {kind} AS known ON known.valid_to IS NULL AND {same_row}
WHERE monthly.later IS NOT NULL AND known."{column}" IS DISTINCT FROM monthly.total - monthly.start
"""
UPDATE = """
UPDATE {staged} SET "{column}" = CAST(monthly.total - monthly.start AS {type})
FROM monthly WHERE monthly.place = {staged}.rowid AND monthly.start <> 0
"""


def monthly(
    cursor: DuckDBPyConnection, file: int, layout: Layout, answered: frozenset[str] | None = frozenset()
) -> None:
    """Turn totals to date, in the columns that the reading names, into amounts of the month in `staged(file)`.

    A total that falls is a question; a warning in the columns that are `answered` (None: in all); an error where an
    amount cannot be negative. An empty cell tells nothing of its month, which then counts in the next one. Call it
    after `stage` and the checks of cells, before `merge`.
    """
    month = next((column.name for column in layout.contract if column.key and column.type is Type.MONTH), "")
    for name in layout.names:
        column = layout.contract[name]
        if month and column.type in NUMBERS and layout.reading.to_date.get(name):
            _column(cursor, file, layout, column, month, answered is None or name in answered)


def _column(cursor: DuckDBPyConnection, file: int, layout: Layout, column: Column, month: str, answered: bool) -> None:
    contract = layout.contract
    names = {"column": column.name, "month": month, "kind": contract.kind, "staged": staged(file)}
    cursor.execute(
        MONTHLY.format(
            **names,
            type=column.type.sql,
            same=", ".join(f'"{name}"' for name in _series(contract, month)),
            same_row=same_key(contract, "own", "known"),
            same_series=" AND ".join(f'told."{name}" = known."{name}"' for name in _series(contract, month)),
            between=BETWEEN.format(month=month),
        )
    )
    start, total = (f"coalesce({written(column, f'monthly.{name}')}, {EMPTY})" for name in ("start", "total"))
    falls = (
        f"{literal('The total to date falls from ')} || {start} || ' to ' || {total}"
        f" || {literal('. If it is right, say why; else mend the total, or the earlier ones.')}"
    )
    severity = "error" if column.minimum is not None else "warning" if answered else "question"
    note = NOTE.format(**names, at=at(layout, "staged"), message=falls)
    cursor.execute(note + FALLS, {"file": file, "column": column.name, "severity": severity})
    keep = " are known already and keep their amounts, so their totals change with this one. Load those again as well."
    stale = f"{literal('Months up to ')} || monthly.later || {literal(keep)}"
    note = NOTE.format(**names, at=at(layout, "staged"), message=stale)
    same_row = same_key(contract, "staged", "known")
    cursor.execute(
        note + STALE.format(**names, same_row=same_row), {"file": file, "column": column.name, "severity": "doubt"}
    )
    cursor.execute(UPDATE.format(**names, type=column.type.sql))
    cursor.execute("DROP TABLE monthly")


def _series(contract: Contract, month: str) -> list[str]:
    """The key without its month."""
    return [name for name in contract.keys if name != month]
