"""How the text of a cell becomes a value: one SQL expression a type, NULL where the text is no such value."""

from collections.abc import Callable

from data.contracts import Column, Type
from data.store.written import literal

DAY = r"\d{4}-\d{2}-\d{2}"
MONTH = r"\d{4}-(0[1-9]|1[0-2])"
CLOCK = r"([01]\d|2[0-3]):[0-5]\d"
MOMENT = rf"{DAY}[T ]{CLOCK}(:[0-5]\d(\.\d+)?)?( ?(Z|UTC|[+-]{CLOCK}|[+-]([01]\d|2[0-3])([0-5]\d)?))?"
UTC_MOMENT = rf"{DAY}T{CLOCK}:[0-5]\dZ"
WHOLE = r"[+-]?\d{1,18}(\.0+)?"
NUMBER = r"[+-]?(\d{1,18}(\.\d{0,6}0*)?|\.\d{1,6}0*)"
YEAR = r"\d{4}"
DAY_OR_MORE = rf"{DAY}.*"
DAY_OF_MONTH = rf"{MONTH}-\d{{2}}"
MANY_DECIMALS = r"[+-]?\d*\.\d{7,}"
PLAIN_NUMBER = r"[+-]?\d+(\.\d*)?"
GROUPED_NUMBER = r".*\d[ ,.]\d.*"
YES = "('yes', 'true', 'y', '1')"
NO = "('no', 'false', 'n', '0')"


def given(cell: str) -> str:
    """The text of a cell without the apostrophe that exports put before what a spreadsheet would run."""
    plain = rf"regexp_replace({cell}, '^''+([=+\-@＝＋－＠])', '\1')"
    return f"CASE WHEN starts_with({cell}, '''') THEN {plain} ELSE {cell} END"


def is_like(text: str, pattern: str) -> str:
    return f"regexp_full_match({text}, '{pattern}')"


def value(column: Column, text: str) -> str:
    """The value of a text that is not empty, NULL where it is none of the column's type and choices."""
    if column.choices:
        choice = f"translate(lower({text}), ' -', '__')"
        return f"CASE WHEN {choice} IN ({', '.join(map(literal, column.choices))}) THEN {choice} END"
    return _VALUES[column.type](text)


def _moment(text: str) -> str:
    """A date alone keeps its precision; a time becomes UTC, to the second."""
    # Without a zone the text is UTC. The engine reads an offset only behind seconds, and with no space before it.
    zoneless = f"regexp_replace({text}, ' ?(Z|UTC)$', '')"
    with_seconds = rf"regexp_replace({zoneless}, '^(.{{16}}) ?([+-]|$)', '\1:00\2')"
    plain = rf"regexp_replace({with_seconds}, ' ([+-])', '\1')"
    utc = f"strftime(TRY_CAST({plain} AS TIMESTAMPTZ), '%Y-%m-%dT%H:%M:%SZ')"
    return (
        f"CASE WHEN {is_like(text, UTC_MOMENT)} AND TRY_CAST({text} AS TIMESTAMP) IS NOT NULL THEN {text}"
        f" WHEN {is_like(text, DAY)} THEN CASE WHEN TRY_CAST({text} AS DATE) IS NOT NULL THEN {text} END"
        f" WHEN {is_like(text, MOMENT)} THEN {utc} END"
    )


_VALUES: dict[Type, Callable[[str], str]] = {
    Type.TEXT: lambda text: text,
    Type.DATE: lambda text: f"CASE WHEN {is_like(text, DAY)} THEN TRY_CAST({text} AS DATE) END",
    Type.MOMENT: _moment,
    Type.MONTH: lambda text: f"CASE WHEN {is_like(text, MONTH)} THEN {text} END",
    Type.YEAR: lambda text: f"CASE WHEN {is_like(text, YEAR)} THEN CAST({text} AS INTEGER) END",
    Type.WHOLE: lambda text: f"CASE WHEN {is_like(text, WHOLE)} THEN CAST(split_part({text}, '.', 1) AS BIGINT) END",
    Type.NUMBER: lambda text: f"CASE WHEN {is_like(text, NUMBER)} THEN CAST({text} AS DECIMAL(24,6)) END",
    Type.FLAG: lambda text: f"CASE WHEN lower({text}) IN {YES} THEN TRUE WHEN lower({text}) IN {NO} THEN FALSE END",
    Type.CURRENCY: lambda text: f"CASE WHEN {is_like(text, '[A-Za-z]{3}')} THEN upper({text}) END",
    Type.TIME_ZONE: lambda text: f"CASE WHEN {text} IN (SELECT name FROM pg_timezone_names()) THEN {text} END",
}


def complaint(column: Column, text: str) -> str:
    """The SQL text that says what was expected of a cell that is no value."""
    if column.choices:
        return literal(f"Expected {column.expected}.")
    expected = literal(f"Expected {column.expected}.")
    match column.type:
        case Type.DATE | Type.MOMENT:
            return (
                f"CASE WHEN {is_like(text, DAY_OR_MORE)} THEN 'There is no such day or time. ' || {expected}"
                f" WHEN {is_like(text, MONTH)} THEN 'This is a month; a day is needed. ' || {expected}"
                f" ELSE {expected} END"
            )
        case Type.MONTH:
            return (
                f"CASE WHEN {is_like(text, DAY_OF_MONTH)}"
                f" THEN 'Expected a month such as ' || {text}[:7] || ', got the day ' || {text} || '.'"
                f" ELSE {expected} END"
            )
        case Type.NUMBER:
            return (
                f"CASE WHEN {is_like(text, MANY_DECIMALS)} THEN 'More than 6 decimals; round it.'"
                f" WHEN {is_like(text, PLAIN_NUMBER)} THEN 'More than 18 digits; check the unit.'"
                f" WHEN {is_like(text, GROUPED_NUMBER)}"
                f" THEN 'Write 1234.50: a point before the decimals, no separators of thousands.'"
                f" ELSE {expected} END"
            )
        case _:
            return expected
