"""Reads columns that are not written plainly, each in one style, which is decided for the whole column.

A style is the order of a date's parts, or the mark before decimals. Each text is read in every style that its type
can have, and the style of the column is the one that fits all of its texts. Where several fit and give other values,
another column of the file may settle it; otherwise it is a question.
"""

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from itertools import combinations

import pyarrow as pa
from duckdb import DuckDBPyConnection

from data.contracts import Column, Type
from data.intake import dates, numbers
from data.intake.cells import DATES, MARKS, NUMBERS, ORDERS, value
from data.intake.columns import Layout
from data.intake.problem import Problem

PLAIN = "plain"
CLEAR = 3
"""A style that does not fit all cells is taken where so many times as many speak for it as against it."""
INVISIBLE = r"[\x{AD}\x{200B}-\x{200F}\x{2060}\x{FEFF}]"
SPACE = r"[\s\x{A0}\x{2000}-\x{200A}\x{202F}\x{205F}\x{3000}]"
UNITS = {
    "thousands": "Numbers are read as thousands: 1.5 is 1500.",
    "millions": "Numbers are read as millions: 1.5 is 1500000.",
    "percent": "Numbers are read as percentages: 50 is 0.5.",
}

CLEANED = """
SELECT text, cells,
    trim(regexp_replace(regexp_replace(text, '{invisible}', '', 'g'), '{space}', ' ', 'g')) AS meant
FROM (
    SELECT "{column} given" AS text, count(*) AS cells FROM {source} WHERE "{column} given" <> '' GROUP BY ALL
)
"""
MEANT = """
SELECT cleaned.text, cells, coalesce(meanings.meant, cleaned.meant) AS meant
FROM ({cleaned}) AS cleaned LEFT JOIN meanings USING (text)
"""
UNSTYLED = "SELECT text, cells, meant, '' AS separator, CASE WHEN meant <> '' THEN {value} END AS plain FROM ({texts})"
EVIDENCE = """
SELECT coalesce(sum(cells) FILTER ({fits_any}), 0), [{fits}], [{examples}],
    coalesce(list(DISTINCT separator) FILTER ({differs}), [])
FROM {texts}
"""
ONLY = "SELECT min(text) FROM {texts} WHERE {one} IS NOT NULL AND {other} IS NULL"
VALUES = "SELECT {styles} FROM {texts} WHERE text = $text"
MATTERS = "SELECT 1 FROM {texts} WHERE {style} IS NOT NULL AND {style} IS DISTINCT FROM plain AND ({differs}) LIMIT 1"
UPDATE = """
UPDATE {source} SET "{column}" = {value}, "{column} given" = CASE WHEN texts.meant = '' THEN '' ELSE texts.text END
FROM {texts} AS texts WHERE {source}."{column} given" = texts.text
"""


@dataclass(slots=True)
class _Again:
    """A column that is read again, and what is found out about its style.

    `texts` names the table of its texts with their values; `open` are the styles between which only a person can
    choose; `firm` says that the texts themselves, or a person, chose.
    """

    column: Column
    unread: bool
    texts: str
    candidates: tuple[str, ...]
    unit: str = ""
    style: str = PLAIN
    open: tuple[str, ...] = ()
    example: str = ""
    firm: bool = False
    separators: frozenset[str] = frozenset()
    problems: list[Problem] = field(default_factory=list)

    @property
    def differs(self) -> str:
        """The condition that the value of a text depends on the style."""
        first, *others = self.candidates
        return " OR ".join(f"{first} IS DISTINCT FROM {other}" for other in others) or "FALSE"

    @property
    def changes(self) -> bool:
        """Whether the values differ from those of the plain reading."""
        return self.unread or bool(self.unit) or self.style == "comma"

    def say(self, rule: str, message: str) -> None:
        self.problems.append(Problem(None, self.column.name, "", rule, message, "warning"))

    def ask(self, value: str, message: str) -> None:
        rule = "date_order" if self.column.type in DATES else "decimal_mark"
        self.problems.append(Problem(None, self.column.name, value, rule, message, "question"))


def read_again(
    cursor: DuckDBPyConnection, source: str, layout: Layout, unread: Collection[str], typed: bool = False
) -> tuple[dict[str, str], list[Problem]]:
    """Read columns of the table `source` in the style of their sender.

    `unread` names those in which the plain reading fails for a cell; those about which the file's reading decides
    are read as well; `typed` as in Table. Returns the style of each column that was read again, and what is to be
    said or asked.
    """
    columns = [
        _texts(cursor, source, layout, column, column.name in unread, typed) for column in _wanted(layout, unread)
    ]
    for one in columns:
        _settle(cursor, one)
    for one in columns:
        if one.open:
            _choose(cursor, layout, one, columns)
    for one in columns:
        if one.changes:
            _say(cursor, one)
            cursor.execute(UPDATE.format(source=source, column=one.column.name, value=_value(one), texts=one.texts))
        cursor.execute(f"DROP TABLE {one.texts}")
    styles = {one.column.name: one.style for one in columns if one.changes and one.style != PLAIN}
    return styles, [problem for one in columns for problem in one.problems]


def _wanted(layout: Layout, unread: Collection[str]) -> Iterator[Column]:
    """The columns to look at. Where one number is written in a style, all are looked at: one may settle another."""
    reading = layout.reading
    told = {*unread, *reading.values, *(name for name, unit in reading.units.items() if unit != "ones")}
    told |= {name for name, mark in reading.decimals.items() if mark != "point"}
    columns = [layout.contract[name] for name in layout.names]
    odd_numbers = any(column.type in NUMBERS and column.name in told for column in columns)
    for column in columns:
        if column.name in told or (odd_numbers and column.type in NUMBERS):
            yield column


def _texts(
    cursor: DuckDBPyConnection, source: str, layout: Layout, column: Column, unread: bool, typed: bool
) -> _Again:
    """Make the table of the different texts of a column, with their value in each style."""
    reading, name = layout.reading, column.name
    one = _Again(column, unread or name in reading.values, f"{source}_texts_{name}", ())
    query = CLEANED.format(column=name, source=source, invisible=INVISIBLE, space=SPACE)
    if name in reading.values:
        _register_meanings(cursor, query, reading.values[name])
        query = MEANT.format(cleaned=query)
    if column.type in DATES:
        one.candidates, one.style = tuple(ORDERS), reading.dates.get(name, "")
        query = dates.readings(column, query, bool(one.style))
    elif column.type in NUMBERS:
        one.candidates, one.style = tuple(MARKS), reading.decimals.get(name, "")
        one.unit = reading.units.get(name, "").removeprefix("ones")
        query = numbers.readings(column, query, one.unit, typed)
    else:
        one.candidates = (PLAIN,)
        query = UNSTYLED.format(texts=query, value=value(column, "meant"))
    cursor.execute(f"CREATE TEMP TABLE {one.texts} AS {query}")
    if name in reading.values:
        cursor.unregister("meanings")
    return one


def _register_meanings(cursor: DuckDBPyConnection, cleaned: str, values: Mapping[str, str]) -> None:
    """As `meanings`: what the texts mean for which the sender has words of his own."""
    ours = {" ".join(theirs.split()).casefold(): meant for theirs, meant in values.items()}
    found = [(text, " ".join(told.split()).casefold()) for text, _, told in cursor.execute(cleaned).fetchall()]
    pairs = [(text, ours[told]) for text, told in found if told in ours]
    columns = {"text": [text for text, _ in pairs], "meant": [meant for _, meant in pairs]}
    cursor.register("meanings", pa.table(columns, schema=pa.schema([("text", pa.string()), ("meant", pa.string())])))


def _settle(cursor: DuckDBPyConnection, one: _Again) -> None:
    """Take the style that fits all texts, or nearly all; leave open what they do not tell."""
    if one.style:
        one.firm = one.style != PLAIN
        return
    pairs = list(combinations(one.candidates, 2))
    statement = EVIDENCE.format(
        texts=one.texts,
        fits_any=" OR ".join(f"{style} IS NOT NULL" for style in one.candidates),
        fits=", ".join(f"coalesce(sum(cells) FILTER ({style} IS NOT NULL), 0)" for style in one.candidates),
        examples=", ".join(f"min(text) FILTER ({left} <> {right})" for left, right in pairs),
        differs=one.differs,
    )
    cells, fits, examples, separators = cursor.execute(statement).fetchone() or (0, [], [], [])
    one.separators = frozenset(separators)
    against = {style: int(cells) - int(count) for style, count in zip(one.candidates, fits)}
    best, second, *_ = sorted(one.candidates, key=lambda style: against[style])
    one.style = best
    if against[best]:
        one.firm = against[second] >= CLEAR * against[best]
        one.open = () if one.firm else (best, second)
        return
    told = {pair: text for pair, text in zip(pairs, examples) if text is not None and not any(map(against.get, pair))}
    one.open = tuple(style for style in one.candidates if any(style in pair for pair in told))
    if one.open == ("dmy", "ymd") and "-" not in one.separators:
        # Whoever puts a year of two digits first writes 26-04-03.
        one.open = ()
    one.example = min(told.values(), default="")
    one.firm = list(against.values()).count(0) == 1


def _choose(cursor: DuckDBPyConnection, layout: Layout, one: _Again, columns: Sequence[_Again]) -> None:
    """Settle an open style by the other columns of the file, or ask."""
    if not one.example:
        _ask_which(cursor, one)
        return
    others = [
        other for other in columns
        if other.firm and other.candidates == one.candidates
        and (other.separators >= one.separators or not other.separators)
    ]  # fmt: skip
    found = {other.style for other in others}
    if len(found) == 1 and (style := others[0].style) in one.open:
        one.style = style
        if one.unread or style != one.candidates[0]:
            one.say("style", f"{_how(style)} The column “{layout.heading(others[0].column.name)}” is written so.")
    elif one.unread or found:
        _ask_example(cursor, one)


def _ask_which(cursor: DuckDBPyConnection, one: _Again) -> None:
    """Ask about a column with texts that fit only one style, and others that fit only another."""
    for other in one.candidates:
        texts = [_only(cursor, one, *pair) for pair in ((one.style, other), (other, one.style))]
        if all(texts):
            message = (
                f"“{texts[0]}” can only be read {_style(one.style)}, and “{texts[1]}” only {_style(other)}."
                " Choose one for the column, and mend the cells that are written otherwise."
            )
            one.ask(texts[0], message)
            return


def _only(cursor: DuckDBPyConnection, one: _Again, fits: str, other: str) -> str:
    row = cursor.execute(ONLY.format(texts=one.texts, one=fits, other=other)).fetchone() or [""]
    return str(row[0] or "")


def _ask_example(cursor: DuckDBPyConnection, one: _Again) -> None:
    """Ask about a column whose texts all fit several styles."""
    casts = ", ".join(f"CAST({style} AS VARCHAR)" for style in one.open)
    row = cursor.execute(VALUES.format(styles=casts, texts=one.texts), {"text": one.example}).fetchone() or ()
    readings = list(dict.fromkeys(_told(one.column, text) for text in row))
    which = "the order of its dates" if one.column.type in DATES else "what stands before its decimals"
    message = f"“{one.example}” may be {' or '.join(readings)}, and no cell of the column tells. Choose {which}."
    one.ask(one.example, message)


def _told(column: Column, text: str) -> str:
    """A value as one says it."""
    if column.type in NUMBERS:
        return f"{Decimal(text).normalize():f}"
    if column.type is Type.MONTH:
        return text
    day = date.fromisoformat(text[:10])
    return f"{day.day} {day:%B %Y}"


def _style(style: str) -> str:
    return f"as {ORDERS[style]}" if style in ORDERS else f"with {MARKS[style]}"


def _how(style: str) -> str:
    return f"{'Dates' if style in ORDERS else 'Numbers'} are read {_style(style)}."


def _say(cursor: DuckDBPyConnection, one: _Again) -> None:
    """Say what was done with a column, where it was not asked or said before."""
    if one.unit in UNITS:
        one.say("unit", UNITS[one.unit])
    if any(problem.rule != "unit" for problem in one.problems) or one.style == PLAIN:
        return
    if cursor.execute(MATTERS.format(texts=one.texts, style=one.style, differs=one.differs)).fetchone():
        one.say("style", _how(one.style))


def _value(one: _Again) -> str:
    """The SQL of the value in the style that was chosen."""
    optional_key = one.column.key and not one.column.required
    return f"coalesce(texts.{one.style}, '')" if optional_key else f"texts.{one.style}"
