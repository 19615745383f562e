"""How the text of a cell becomes a value: one SQL expression a type, NULL where the text is no such value.

This is the plain way of writing, which needs no decision; `styles` reads the other ways.
"""

from collections.abc import Callable, Iterator

from data.contracts import Column, Type
from data.store.written import PARTED, SIGNS, literal

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
SHORT_DAY = r"(\d{1,4})( ?[./-] ?| )(\d{1,2})( ?[./-] ?| )(\d{1,4})"
"""A day in numbers, in whatever order."""
MANY_DECIMALS = r"[+-]?\d*{mark}\d{{7,}}"
MANY_DIGITS = r"[+-]?\d{{19,}}({mark}\d*)?"
PLAIN_NUMBER = r"[+-]?\d+({mark}\d*)?"
GROUPED_NUMBER = r".*\d[ ,.]\d.*"
YES = "('yes', 'true', 'y', '1', 'x', '✓', '✔', '☑', 'ja', 'oui', 'si', 'sí', 'wahr', 'vrai', 'verdadero')"
NO = "('no', 'false', 'n', '0', '☐', 'nein', 'non', 'falsch', 'faux', 'falso')"

ORDERS = {"dmy": "day/month/year", "mdy": "month/day/year", "ymd": "year/month/day"}
"""The orders in which the parts of a date may stand, and how to say them."""
MARKS = {"point": "a decimal point, such as 1,234.50", "comma": "a decimal comma, such as 1.234,50"}
"""What may stand before the decimals, and how to say it."""

PLACEHOLDER = r"[-–—?.]+|n\.? ?/?a\.?|tb[acd]|none|null|nil|nan|unknown|pending|open|not known"
SHEET_ERROR = r"#[A-Z0-9/]+[!?]?"
FAILED = "('#REF!', '#N/A', '#NAME?', '#DIV/0!', '#VALUE!', '#NUM!', '#NULL!', '#SPILL!', '#CALC!')"
"""What a spreadsheet shows where a formula fails: never a text that is meant."""
FORMULA_FAILS = literal("The formula of this cell fails in the spreadsheet; mend it there.")
WITH_CLOCK = r".*\d:\d{2}.*"
QUARTER = r"(Q[1-4][ /-]?\d{2,4}|\d{2,4}[ /-]?Q[1-4])"
SERIAL = r"[2-7]\d{4}"
EXCEL_DAY = "strftime(DATE '1899-12-30' + TRY_CAST({text} AS INTEGER), '%Y-%m-%d')"
EIGHT_DIGITS = r"(19|20)\d{6}"
PACKED_DAY = "CAST(TRY_CAST(concat_ws('-', {text}[1:4], {text}[5:6], {text}[7:8]) AS DATE) AS VARCHAR)"
LONG_NUMBERS = (
    (MANY_DECIMALS, "More than 6 decimals; round it."),
    (MANY_DIGITS, "More than 18 digits; check the unit."),
    (PLAIN_NUMBER, "Counted in ones, this has more than 18 digits or 6 decimals; check the unit."),
)
ODD_NUMBERS = (
    (r".*%", "A percentage stands here. Choose the unit percent for this column, or write the number."),
    (r"[+-]?\d[\d.,]*[eE][+-]?\d+", "Write the number in full, without an exponent."),
    (r".*\d-", "Write the minus before the number."),
    (r".*\d ?([kKmMbB]|[mM]io\.?|[tT]sd\.?)", "Write the number in full, or choose a unit for this column."),
)
OTHER_DIGITS = r".*[^\PN0-9].*"

DATES = (Type.DATE, Type.MOMENT, Type.MONTH)
NUMBERS = (Type.NUMBER, Type.WHOLE)


def given(cell: str) -> str:
    """The text of a cell without the apostrophe that exports put before what a spreadsheet would run."""
    plain = rf"regexp_replace({cell}, '(^|{PARTED}[\s\"]*)''+({SIGNS})', '\1\2', 'g')"
    return f"CASE WHEN contains({cell}, '''') THEN {plain} ELSE {cell} END"


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


def _quarter(text: str) -> str:
    """`2026-Q3`, however its year and number are put together."""
    said, year_first, year_last = f"upper({text})", r"\d{4}[ /-]?Q[1-4]", r"Q[1-4][ /-]?\d{4}"
    return (
        f"CASE WHEN {is_like(said, year_first)} THEN {said}[:4] || '-' || {said}[-2:]"
        f" WHEN {is_like(said, year_last)} THEN {said}[-4:] || '-' || {said}[:2] END"
    )


def _number(text: str) -> str:
    # A decimal of up to 18 digits is read 200 times as fast, and 12 characters never make more.
    short = f"CAST(CAST({text} AS DECIMAL(18,6)) AS DECIMAL(24,6))"
    number = f"CASE WHEN strlen({text}) <= 12 THEN {short} ELSE CAST({text} AS DECIMAL(24,6)) END"
    return f"CASE WHEN {is_like(text, NUMBER)} THEN {number} END"


_VALUES: dict[Type, Callable[[str], str]] = {
    Type.TEXT: lambda text: text,
    Type.DATE: lambda text: f"CASE WHEN {is_like(text, DAY)} THEN TRY_CAST({text} AS DATE) END",
    Type.MOMENT: _moment,
    Type.MONTH: lambda text: f"CASE WHEN {is_like(text, MONTH)} THEN {text} END",
    Type.QUARTER: _quarter,
    Type.YEAR: lambda text: f"CASE WHEN {is_like(text, YEAR)} THEN CAST({text} AS INTEGER) END",
    Type.WHOLE: lambda text: f"CASE WHEN {is_like(text, WHOLE)} THEN CAST(split_part({text}, '.', 1) AS BIGINT) END",
    Type.NUMBER: _number,
    Type.FLAG: lambda text: f"CASE WHEN lower({text}) IN {YES} THEN TRUE WHEN lower({text}) IN {NO} THEN FALSE END",
    Type.CURRENCY: lambda text: f"CASE WHEN {is_like(text, '[A-Za-z]{3}')} THEN upper({text}) END",
    Type.TIME_ZONE: lambda text: f"CASE WHEN {text} IN (SELECT name FROM pg_timezone_names()) THEN {text} END",
}


def complaint(column: Column, text: str, style: str = "") -> str:
    """The SQL text that says what was expected of a cell that is no value, where its column is read in a style."""
    cases = [*_nothing(column, text), *_no_day(column, text, style), *_no_number(column, text, style)]
    told = "".join(f" WHEN {condition} THEN {said}" for condition, said in cases)
    expected = literal(f"Expected {column.expected}.")
    return f"CASE{told} ELSE {expected} END" if told else expected


def _nothing(column: Column, text: str) -> Iterator[tuple[str, str]]:
    """Words that stand for an empty cell, and the errors of a spreadsheet."""
    if column.choices:
        return
    if not column.required:
        yield is_like(f"lower({text})", PLACEHOLDER), literal("Leave the cell empty where nothing is known.")
    yield is_like(text, SHEET_ERROR), FORMULA_FAILS


def _no_day(column: Column, text: str, style: str) -> Iterator[tuple[str, str]]:
    if column.type not in DATES:
        return
    expected = literal(f" Expected {column.expected}.")
    if column.type is Type.MONTH:
        for pattern, month in ((DAY_OF_MONTH, f"{text}[:7]"), (SHORT_DAY, "'2026-09'")):
            yield is_like(text, pattern), f"'Expected a month such as ' || {month} || ', got the day ' || {text} || '.'"
    else:
        yield is_like(text, MONTH), f"'This is a month; a day is needed.' || {expected}"
        yield is_like(f"upper({text})", QUARTER), f"'This is a quarter; a day is needed.' || {expected}"
    no_day = f"TRY_CAST({text}[:10] AS DATE) IS NULL"
    yield f"{is_like(text, DAY_OR_MORE)} AND {no_day}", f"'There is no such day.' || {expected}"
    if column.type is Type.DATE:
        yield is_like(text, WITH_CLOCK), f"'A time stands here; write the day alone.' || {expected}"
    yield is_like(text, DAY_OR_MORE), f"'There is no such time.' || {expected}"
    for pattern, told in ((SERIAL, EXCEL_DAY), (EIGHT_DIGITS, PACKED_DAY)):
        day = told.format(text=text)
        yield (
            f"{is_like(text, pattern)} AND {day} IS NOT NULL",
            f"'If this is the day ' || {day} || ', write it so, or show the column as dates in the spreadsheet.'",
        )
    if style in ORDERS:
        yield is_like(text, SHORT_DAY), _under(text, style) + f" || {expected}"


def _under(text: str, order: str) -> str:
    """What the calendar lacks where the parts of a date stand in this order."""
    month = f"regexp_extract({text}, '{SHORT_DAY}', {2 * order.index('m') + 1})"
    read = f"This column is read as {ORDERS[order]}, and so there is no "
    return (
        f"CASE WHEN TRY_CAST({month} AS INTEGER) BETWEEN 1 AND 12 THEN {literal(read + 'such day.')}"
        f" ELSE {literal(read + 'month ')} || {month} || '.' END"
    )


def _no_number(column: Column, text: str, style: str) -> Iterator[tuple[str, str]]:
    if column.type is Type.NUMBER:
        mark = "," if style == "comma" else r"\."
        for pattern, said in LONG_NUMBERS:
            yield is_like(text, pattern.format(mark=mark)), literal(said)
    if column.type in NUMBERS:
        for pattern, said in ODD_NUMBERS:
            yield is_like(text, pattern), literal(said)
        yield is_like(text, OTHER_DIGITS), literal("Write the digits as 0 to 9.")
    if column.type is Type.NUMBER:
        plain = "Write 1234.50: a point before the decimals, no separators of thousands."
        said = f"This column is read with {MARKS[style]}; write the cell so." if style in MARKS else plain
        yield is_like(text, GROUPED_NUMBER), literal(said)
