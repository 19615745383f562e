"""How values are written as text, on every way out: one SQL expression a type."""

from data.contracts import Column, Contract, Type

SIGNS = r"[=+\-@＝＋－＠]"
FORMULA = r"^[=+\-@\t\r＝＋－＠]"
"""How a text begins that a spreadsheet would run."""
NUMERIC = r"^[+-]?[0-9][0-9.,]*$"
"""What begins so and is only a number."""
PARTED = r"[;\t\r\n]"
"""Where a spreadsheet that parts cells by another sign than ours begins a cell of its own, quotation marks or not."""

EMPTY = "''"


def literal(text: str) -> str:
    """A text of a contract as SQL. Values of users are bound instead."""
    return "'" + text.replace("'", "''") + "'"


def written(column: Column, value: str) -> str:
    """The SQL text of a typed value, as the intake would read it back; NULL stays NULL."""
    match column.type:
        case Type.NUMBER:
            return rf"regexp_replace(CAST({value} AS VARCHAR), '\.?0+$', '')"
        case Type.FLAG:
            return f"CASE WHEN {value} THEN 'yes' WHEN NOT {value} THEN 'no' END"
        case Type.DATE | Type.YEAR | Type.WHOLE:
            return f"CAST({value} AS VARCHAR)"
        case _:
            return value


def runs_as_formula(text: str) -> str:
    """The SQL condition that a spreadsheet would run the text."""
    return f"regexp_matches({text}, '{FORMULA}') AND NOT regexp_matches({text}, '{NUMERIC}')"


def key(contract: Contract, table: str) -> str:
    """The parts of a row's key as one text."""
    parts = (written(contract[name], f'{table}."{name}"') for name in contract.keys)
    return f"concat_ws(' / ', {', '.join(f'nullif({part}, {EMPTY})' for part in parts)})"
