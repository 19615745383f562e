"""What is asked of the rows of a file. Each rule is one query over all of them."""

from collections.abc import Iterator
from dataclasses import dataclass

from duckdb import DuckDBPyConnection

from data.contracts import Column, Contract, Type
from data.intake.cells import complaint
from data.intake.columns import Layout
from data.intake.staging import staged, suggest
from data.store.write import same_key
from data.store.written import key, literal, runs_as_formula, written

LONGEST = 32_767
EARLIEST, LATEST = 1990, 2100
DATED = (Type.DATE, Type.MOMENT, Type.MONTH, Type.YEAR)

FIND = """
INSERT INTO problems
SELECT $file, row, $column, left({value}, 200), $rule, {message}, $severity FROM {source} WHERE {condition}
"""
REPEATED = """
INSERT INTO problems
SELECT $file, staged.row, $column, {key}, 'unique',
    'The same key as in row ' || first.row || '; keep one of them.', 'error'
FROM {staged} AS staged
JOIN (SELECT {keys}, min(row) AS row FROM {staged} GROUP BY {keys} HAVING count(*) > 1) AS first ON {same_key}
WHERE staged.row > first.row
"""
TOLD_TWICE = """
INSERT INTO problems
SELECT $file, staged.row, $column, {key}, 'unique',
    'The same key as in row ' || other.row || ' of ' || $other || '; keep one of them.', 'error'
FROM {staged} AS staged JOIN {other} AS other ON {same_key}
"""
MISSING = """
INSERT INTO problems
SELECT $file, 1, $column, '', 'missing_column',
    'The file has no column ' || $column || ', which new rows need: ' || count(*) || ', the first is row ' || min(row)
    || '. ' || $expected, 'error'
FROM {merged} WHERE state = 'new' HAVING count(*) > 0
"""
KEEP_OUT = "INSERT INTO kept_out SELECT $file, row FROM {merged} WHERE state = 'new'"
FIXED = """
INSERT INTO problems
SELECT $file, merged.row, $column, {after}, 'reason',
    'Part of the original agreement: changing it from ' || {before} || ' to ' || {after}
    || ' needs a reason. Give one, or use the column for the current plan.', 'error'
FROM {merged} AS merged
JOIN {kind} AS known ON known.valid_to IS NULL AND {same_key}
WHERE merged.state = 'changed' AND merged.{name} IS DISTINCT FROM known.{name} AND known.{name} IS NOT NULL
    AND merged.{name} IS NOT NULL
"""


@dataclass(frozen=True, slots=True)
class Rule:
    """A condition of SQL under which a cell is a problem, and the SQL of what to say."""

    name: str
    condition: str
    message: str
    severity: str = "error"


def check_cells(cursor: DuckDBPyConnection, file: int, layout: Layout) -> None:
    """Types, choices, ranges, required cells, lengths and formulas."""
    for name in layout.names:
        column = layout.contract[name]
        text = f'"{name} given"'
        for rule in _rules(column, text):
            statement = FIND.format(
                value=text, message=rule.message, source=staged(file), condition=rule.condition
            )
            bound = {"file": file, "column": name, "rule": rule.name, "severity": rule.severity}
            cursor.execute(statement, bound)
        if column.choices:
            candidates = " UNION ALL ".join(f"SELECT {literal(choice)} AS id" for choice in column.choices)
            suggest(cursor, file, column.name, "choices", candidates)


def _rules(column: Column, text: str) -> Iterator[Rule]:
    value = f'"{column.name}"'
    if column.required:
        yield Rule("required", f"{text} = ''", literal(f"The cell is empty. Expected {column.expected}."))
    if column.choices:
        expected = literal(f"Expected {column.expected}.")
        yield Rule("choices", f"{text} <> '' AND {value} IS NULL", expected)
    elif column.type is not Type.TEXT:
        yield Rule("type", f"{text} <> '' AND {value} IS NULL", complaint(column, text))
    else:
        too_long = literal(f"The text is longer than {LONGEST:,} characters; shorten it.")
        yield Rule("length", f"length({text}) > {LONGEST}", too_long)
        formula = literal("A spreadsheet would run this text as a formula; exports put an apostrophe before it.")
        yield Rule("formula", runs_as_formula(text), formula, "warning")
    yield from _ranges(column, value)


def _ranges(column: Column, value: str) -> Iterator[Rule]:
    if column.type in DATED:
        year = f"CAST(left(CAST({value} AS VARCHAR), 4) AS INTEGER)"
        message = literal(f"Expected a date from {EARLIEST} to {LATEST}; check the year.")
        yield Rule("range", f"{year} NOT BETWEEN {EARLIEST} AND {LATEST}", message)
    if column.minimum is not None:
        message = literal(f"Expected {column.minimum:.10g} or more{_unit(column)}; check the sign.")
        yield Rule("range", f"{value} < {column.minimum:f}", message)
    if column.maximum is not None:
        message = literal(f"Expected {column.maximum:.10g} or less{_unit(column)}.")
        yield Rule("range", f"{value} > {column.maximum:f}", message)


def _unit(column: Column) -> str:
    return f" ({column.unit})" if column.unit else ""


def check_keys(cursor: DuckDBPyConnection, file: int, contract: Contract, others: dict[int, str]) -> None:
    """A key once in the file, and once in all files of the kind; `others` has the names of those before it."""
    bound = {"file": file, "column": contract.keys[0]}
    keys = ", ".join(f'"{name}"' for name in contract.keys)
    shape = {"staged": staged(file), "key": key(contract, "staged"), "keys": keys}
    cursor.execute(REPEATED.format(**shape, same_key=same_key(contract, "staged", "first")), bound)
    for other, name in others.items():
        statement = TOLD_TWICE.format(**shape, other=staged(other), same_key=same_key(contract, "staged", "other"))
        cursor.execute(statement, bound | {"other": name})


def check_merged(
    cursor: DuckDBPyConnection, file: int, layout: Layout, merged: str, reason: str
) -> None:
    """What needs the row as it would be: columns that a new row lacks, the order of dates, the original agreement."""
    contract = layout.contract
    for column in contract:
        if column.required and column.name not in layout.names:
            bound = {"file": file, "column": column.name, "expected": f"Expected {column.expected}."}
            cursor.execute(MISSING.format(merged=merged), bound)
            cursor.execute(KEEP_OUT.format(merged=merged), {"file": file})
        elif column.fixed and not reason and column.name in layout.names:
            _check_fixed(cursor, file, contract, column, merged)
    for earlier, later in contract.orders:
        if earlier in layout.names or later in layout.names:
            _check_order(cursor, file, layout, earlier, later, merged)


def _check_fixed(
    cursor: DuckDBPyConnection, file: int, contract: Contract, column: Column, merged: str
) -> None:
    statement = FIXED.format(
        kind=contract.kind,
        merged=merged,
        name=f'"{column.name}"',
        before=written(column, f'known."{column.name}"'),
        after=written(column, f'merged."{column.name}"'),
        same_key=same_key(contract, "known", "merged"),
    )
    cursor.execute(statement, {"file": file, "column": column.name})


def _check_order(
    cursor: DuckDBPyConnection, file: int, layout: Layout, earlier: str, later: str, merged: str
) -> None:
    """Where one of both is a date alone, days are compared."""
    first, then = (written(layout.contract[name], f'"{name}"') for name in (earlier, later))
    shorter = f"least(length({first}), length({then}))"
    condition = f'"{later}" < "{earlier}"'
    if Type.MOMENT in (layout.contract[earlier].type, layout.contract[later].type):
        condition = f"{then} < {first} AND left({then}, {shorter}) < left({first}, {shorter})"
    column = later if later in layout.names else earlier
    is_before = literal(f" is before {earlier} ")
    statement = FIND.format(
        value=then if column == later else first,
        message=f"{literal(later)} || ' ' || {then} || {is_before} || {first} || '; mend one of them.'",
        source=merged,
        condition=condition,
    )
    cursor.execute(statement, {"file": file, "column": column, "rule": "order", "severity": "error"})
