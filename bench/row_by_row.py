"""The checks of a requests file as they are commonly written: one row after the other, in Python.

It is here to be compared with; the product does not use it.
"""

import re
from collections.abc import Callable, Hashable, Iterator, Mapping
from datetime import UTC, date, datetime

import pandas as pd

from bench.requests_file import ENGAGEMENTS
from data.contracts import BY_KIND, Column, Type

CONTRACT = BY_KIND["requests"]
KNOWN = {f"E-{number:03}" for number in range(ENGAGEMENTS)}
FORMULA = re.compile(r"[=+\-@\t\r]")
Found = tuple[int, str, str]


def problems(rows: pd.DataFrame) -> list[Found]:
    """Row, column and rule of everything that is wrong with rows of text."""
    seen: set[str] = set()
    return [found for number, row in enumerate(rows.to_dict("records"), 2) for found in _of_row(number, row, seen)]


def _of_row(number: int, row: Mapping[Hashable, str], seen: set[str]) -> Iterator[Found]:
    values: dict[str, object] = {}
    for column in CONTRACT:
        text = row[column.name].strip()
        if text:
            try:
                values[column.name] = _value(column, text)
            except ValueError:
                yield number, column.name, "type"
        elif column.required:
            yield number, column.name, "required"
    if row["request_id"] in seen:
        yield number, "request_id", "unique"
    seen.add(row["request_id"])
    if row["engagement_id"] not in KNOWN:
        yield number, "engagement_id", "reference"
    for earlier, later in CONTRACT.orders:
        if earlier in values and later in values and _is_before(values[later], values[earlier]):
            yield number, later, "order"


def _value(column: Column, text: str) -> object:
    if column.choices:
        if text.lower() not in column.choices:
            raise ValueError(text)
        return text.lower()
    found = PARSERS[column.type](text)
    if isinstance(found, date) and not 1990 <= found.year <= 2100:
        raise ValueError(text)
    if isinstance(found, int | float):
        if column.minimum is not None and found < column.minimum:
            raise ValueError(text)
        if column.maximum is not None and found > column.maximum:
            raise ValueError(text)
    return found


def _text(text: str) -> str:
    if len(text) > 32_767 or FORMULA.match(text):
        raise ValueError(text)
    return text


PARSERS: dict[Type, Callable[[str], object]] = {
    Type.TEXT: _text,
    Type.DATE: date.fromisoformat,
    Type.MOMENT: lambda text: (
        date.fromisoformat(text) if len(text) == 10 else datetime.fromisoformat(text).astimezone(UTC)
    ),
    Type.NUMBER: float,
    Type.WHOLE: int,
}


def _is_before(later: object, earlier: object) -> bool:
    """Where one of both is a date alone, days are compared."""
    one, other = str(later), str(earlier)
    shorter = min(len(one), len(other))
    return one[:shorter] < other[:shorter]
