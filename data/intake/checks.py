"""What is asked of the rows of a file. Each rule is one query over all of them."""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from duckdb import DuckDBPyConnection

from data.contracts import Column, Contract, Type
from data.contracts.contract import Rule as Declared
from data.intake.cells import FAILED, FORMULA_FAILS, complaint
from data.intake.columns import Layout
from data.intake.staging import at, staged, suggest
from data.store.write import same_key
from data.store.written import key, literal, runs_as_formula, written

LONGEST = 32_767
EARLIEST, LATEST = 1990, 2100
TOO_LONG = literal(f"The text is longer than {LONGEST:,} characters; shorten it.")
CONTROL = r"[\x00-\x08\x0B\x0C\x0E-\x1F\x7F-\x{9F}\x{202A}-\x{202E}\x{2066}-\x{2069}]"
"""Signs that steer what shows a text, with those that turn the direction in which it is read."""
WITHOUT_WIDTH = r"[\x{200B}\x{2060}\x{FEFF}]"
"""Signs that take no room. Codes are read without them; in a name they make two of what looks like one."""
CONTROLS = literal("A control character stands in this text, which nobody can see. Type the text again.")
AS_FORMULA = literal("A spreadsheet would run this text as a formula; exports put an apostrophe before it.")
DATED = (Type.DATE, Type.MOMENT, Type.MONTH, Type.QUARTER, Type.YEAR)

ANY = "SELECT 1 FROM {source} WHERE {any} LIMIT 1"
FIND = """
INSERT INTO problems (file, row, "column", value, rule, message, severity, "at")
SELECT $file, row, found."column", left(found.value, 200), found.rule, found.message, found.severity, "at"
FROM (
    SELECT row, {at} AS "at", unnest(list_filter([{found}], lambda one: one IS NOT NULL)) AS found
    FROM {source} WHERE {any}
)
"""
FOUND = """
CASE WHEN {condition} THEN
    {{'column': {column}, 'value': {value}, 'rule': {rule}, 'message': {message}, 'severity': {severity}}}
END"""
REPEATED = """
INSERT INTO problems (file, row, "column", value, rule, message, severity, "at")
SELECT $file, staged.row, $column, {key}, 'unique',
    'The same key as in row ' || first.row || '; keep one of them.', 'error', {at}
FROM {staged} AS staged
JOIN (SELECT {keys}, min(row) AS row FROM {staged} GROUP BY {keys} HAVING count(*) > 1) AS first ON {same_key}
WHERE staged.row > first.row
"""
TOLD_TWICE = """
INSERT INTO problems (file, row, "column", value, rule, message, severity, "at")
SELECT $file, staged.row, $column, {key}, 'unique',
    'The same key as in row ' || other.row || ' of ' || $other || '; keep one of them.', 'error', {at}
FROM {staged} AS staged JOIN {other} AS other ON {same_key}
"""
MISSING = """
INSERT INTO problems (file, row, "column", value, rule, message, severity)
SELECT $file, $header_row, $column, '', 'missing_column',
    'The file has no column ' || $column || ', which new rows need: ' || count(*)
    || ', the first is row ' || min(row) || '. Add it, or set it for all rows. ' || $expected, 'error'
FROM {merged} WHERE state = 'new' HAVING count(*) > 0
"""
AT_FAULT = """SELECT row FROM problems
    WHERE file = {file} AND "column" IN ({compared}) AND severity = 'error' AND row IS NOT NULL"""
KEEP_OUT = "INSERT INTO kept_out SELECT $file, row FROM {merged} WHERE state = 'new'"
FIXED = """
INSERT INTO problems (file, row, "column", value, rule, message, severity, "at")
SELECT $file, merged.row, $column, {after}, 'reason',
    'Part of the original agreement: changing it from ' || {before} || ' to ' || {after}
    || ' needs a reason. Give one, or use the column for the current plan.', 'error', {at}
FROM {merged} AS merged
JOIN {kind} AS known ON known.valid_to IS NULL AND {same_key}
WHERE merged.state = 'changed' AND merged.{name} IS DISTINCT FROM known.{name} AND known.{name} IS NOT NULL
    AND merged.{name} IS NOT NULL
"""


@dataclass(frozen=True, slots=True)
class Rule:
    """A condition of SQL under which a cell is a problem, and the SQL of its text and of what to say."""

    column: str
    name: str
    condition: str
    value: str
    message: str
    severity: str = "error"


def find(cursor: DuckDBPyConnection, file: int, layout: Layout, source: str, rules: Sequence[Rule]) -> bool:
    """Note every cell of the table `source` to which a rule applies, in one pass; whether there is any."""
    any_of = " OR ".join(f"({rule.condition})" for rule in rules)
    # Most files are clean, and planning the question that tells everything takes longer than looking.
    if not rules or not cursor.execute(ANY.format(source=source, any=any_of)).fetchone():
        return False
    found = (
        FOUND.format(
            condition=rule.condition,
            column=literal(rule.column),
            value=rule.value,
            rule=literal(rule.name),
            message=rule.message,
            severity=literal(rule.severity),
        )
        for rule in rules
    )
    cursor.execute(FIND.format(found=", ".join(found), source=source, any=any_of, at=at(layout)), {"file": file})
    return True


def check_cells(cursor: DuckDBPyConnection, file: int, layout: Layout, styles: Mapping[str, str]) -> None:
    """Types, choices, ranges, required cells, lengths and formulas; `styles` are those that `stage` returned."""
    columns = [layout.contract[name] for name in layout.names]
    rules = [rule for column in columns for rule in _rules(column, styles.get(column.name, ""))]
    if not find(cursor, file, layout, staged(file), rules):
        return
    for column in columns:
        if column.choices:
            candidates = " UNION ALL ".join(f"SELECT {literal(choice)} AS id" for choice in column.choices)
            suggest(cursor, file, column.name, "choices", candidates)


def _rules(column: Column, style: str) -> Iterator[Rule]:
    """The rules of one cell, its text being `<column> given` and its value `<column>`."""
    name, text, value = column.name, f'"{column.name} given"', f'"{column.name}"'
    if column.required:
        empty = literal(f"The cell is empty. {_wanted(column)}")
        yield Rule(name, "required", f"{text} = ''", text, empty)
    if column.choices:
        yield Rule(name, "choices", f"{text} <> '' AND {value} IS NULL", text, literal(_wanted(column)))
    elif column.type is not Type.TEXT:
        yield Rule(name, "type", f"{text} <> '' AND {value} IS NULL", text, complaint(column, text, style))
    else:
        yield Rule(name, "length", f"length({text}) > {LONGEST}", text, TOO_LONG)
        yield Rule(name, "type", f"{text} IN {FAILED}", text, FORMULA_FAILS)
        yield Rule(name, "type", f"regexp_matches({text}, '{CONTROL}')", text, CONTROLS)
        if column.required and not (column.key or column.references):
            yield Rule(name, "type", f"regexp_matches({text}, '{WITHOUT_WIDTH}')", text, CONTROLS)
        yield Rule(name, "formula", runs_as_formula(text), text, AS_FORMULA, "warning")
    for condition, message in _ranges(column, value):
        yield Rule(name, "range", condition, text, message)


def _wanted(column: Column) -> str:
    return "Fill it in." if column.type is Type.TEXT and not column.choices else f"Expected {column.expected}."


def _ranges(column: Column, value: str) -> Iterator[tuple[str, str]]:
    """Conditions out of range, and what to say."""
    if column.type in DATED:
        year = f"CAST(left(CAST({value} AS VARCHAR), 4) AS INTEGER)"
        message = f"Expected a date from {EARLIEST} to {LATEST}; check the year."
        yield f"{year} NOT BETWEEN {EARLIEST} AND {LATEST}", literal(message)
    if column.minimum is not None:
        message = f"Expected {column.minimum:.10g} or more{_unit(column)}; check the sign."
        yield f"{value} < {column.minimum:f}", literal(message)
    if column.maximum is not None:
        yield (
            f"{value} > {column.maximum:f}",
            literal(f"Expected {column.maximum:.10g} or less{_unit(column)}."),
        )


def _unit(column: Column) -> str:
    return f" ({column.unit})" if column.unit else ""


def check_keys(cursor: DuckDBPyConnection, file: int, layout: Layout, others: dict[int, str]) -> None:
    """A key once in the table, and once in all tables of the kind; `others` names those before it."""
    contract = layout.contract
    bound = {"file": file, "column": contract.keys[0]}
    keys = ", ".join(f'"{name}"' for name in contract.keys)
    shape = {"staged": staged(file), "key": key(contract, "staged"), "keys": keys, "at": at(layout, "staged")}
    cursor.execute(REPEATED.format(**shape, same_key=same_key(contract, "staged", "first")), bound)
    for other, name in others.items():
        statement = TOLD_TWICE.format(**shape, other=staged(other), same_key=same_key(contract, "staged", "other"))
        cursor.execute(statement, bound | {"other": name})


def check_merged(
    cursor: DuckDBPyConnection,
    file: int,
    layout: Layout,
    merged: str,
    answered: frozenset[str] | None,
    header_row: int = 1,
) -> None:
    """What needs the row as it would be: columns it lacks, the order of dates, the original agreement.

    `answered` are the columns for whose change of the original agreement a reason is given; None means for all.
    """
    contract = layout.contract
    for column in contract:
        if column.required and column.name not in layout.names:
            bound = {"file": file, "column": column.name, "expected": _wanted(column)}
            bound["header_row"] = header_row
            cursor.execute(MISSING.format(merged=merged), bound)
            cursor.execute(KEEP_OUT.format(merged=merged), {"file": file})
        elif column.fixed and column.name in layout.names and answered is not None and column.name not in answered:
            _check_fixed(cursor, file, layout, column, merged)
    if layout.pivot:
        find(cursor, file, layout, merged, list(_untold(layout)))
    told = [order for order in contract.orders if set(order) & set(layout.names)]
    rules = [_order(layout, earlier, later) for earlier, later in told]
    rules += [_declared(contract, rule, file) for rule in contract.rules if rule.column in layout.names]
    find(cursor, file, layout, merged, rules)


def _declared(contract: Contract, rule: Declared, file: int) -> Rule:
    """Asked only where each cell that it compares is right in itself, so that one mistake is said once."""
    compared = [name for name in contract.names if re.search(rf"\b{name}\b", rule.wrong)]
    at_fault = AT_FAULT.format(file=file, compared=", ".join(map(literal, compared)))
    text = written(contract[rule.column], f'"{rule.column}"')
    return Rule(rule.column, "range", f"({rule.wrong}) AND row NOT IN ({at_fault})", text, literal(rule.message))


def _untold(layout: Layout) -> Iterator[Rule]:
    """In a wide file a cell may be there for one month and not for another: what a new row needs may be missing."""
    for column in layout.contract:
        if column.required and not column.key and column.name in layout.names:
            needed, wanted = "A new row needs this, and there is none for ", f". {_wanted(column)}"
            message = f'{literal(needed)} || "{layout.pivot}" || {literal(wanted)}'
            yield Rule(column.name, "required", f"state = 'new' AND \"{column.name}\" IS NULL", "''", message)


def _check_fixed(cursor: DuckDBPyConnection, file: int, layout: Layout, column: Column, merged: str) -> None:
    contract = layout.contract
    statement = FIXED.format(
        kind=contract.kind,
        merged=merged,
        name=f'"{column.name}"',
        before=written(column, f'known."{column.name}"'),
        after=written(column, f'merged."{column.name}"'),
        same_key=same_key(contract, "known", "merged"),
        at=at(layout, "merged"),
    )
    cursor.execute(statement, {"file": file, "column": column.name})


def _order(layout: Layout, earlier: str, later: str) -> Rule:
    """Where one of both is a date alone, days are compared."""
    first, then = (written(layout.contract[name], f'"{name}"') for name in (earlier, later))
    condition = f'"{later}" < "{earlier}"'
    if Type.MOMENT in (layout.contract[earlier].type, layout.contract[later].type):
        shorter = f"least(length({first}), length({then}))"
        condition = f"{then} < {first} AND left({then}, {shorter}) < left({first}, {shorter})"
    is_before = literal(f" is before {layout.heading(earlier)} ")
    message = f"{literal(layout.heading(later))} || ' ' || {then} || {is_before} || {first} || '; mend one of them.'"
    blamed, value = (later, then) if later in layout.names else (earlier, first)
    return Rule(blamed, "order", condition, value, message)
