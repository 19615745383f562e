"""What a CSV kind is. Standard library only, so that every other module may import this one."""

from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum


class Type(StrEnum):
    """How a cell is written, and what stores it."""

    TEXT = "text"
    DATE = "date"
    MOMENT = "moment"
    MONTH = "month"
    QUARTER = "quarter"
    YEAR = "year"
    WHOLE = "whole number"
    NUMBER = "number"
    FLAG = "yes/no"
    CURRENCY = "currency"
    TIME_ZONE = "time zone"

    @property
    def sql(self) -> str:
        """The column type in the store. A moment stays ISO text: a date alone keeps its precision."""
        return _SQL[self]

    @property
    def looks_like(self) -> str:
        """How a person writes such a cell."""
        return _LOOKS_LIKE[self]


_SQL = {
    Type.TEXT: "VARCHAR",
    Type.DATE: "DATE",
    Type.MOMENT: "VARCHAR",
    Type.MONTH: "VARCHAR",
    Type.QUARTER: "VARCHAR",
    Type.YEAR: "INTEGER",
    Type.WHOLE: "BIGINT",
    Type.NUMBER: "DECIMAL(24,6)",
    Type.FLAG: "BOOLEAN",
    Type.CURRENCY: "VARCHAR",
    Type.TIME_ZONE: "VARCHAR",
}
_LOOKS_LIKE = {
    Type.TEXT: "any text",
    Type.DATE: "a date such as 2026-09-30",
    Type.MOMENT: "a time in UTC such as 2026-09-30T14:05:00Z, or a date such as 2026-09-30",
    Type.MONTH: "a month such as 2026-09",
    Type.QUARTER: "a quarter such as 2026-Q3",
    Type.YEAR: "a year such as 2026",
    Type.WHOLE: "a whole number such as 12",
    Type.NUMBER: "a number such as 1234.50",
    Type.FLAG: "yes or no",
    Type.CURRENCY: "a three-letter currency code such as EUR",
    Type.TIME_ZONE: "a time zone such as Europe/Berlin",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Column:
    """One column of a kind.

    `key`: part of the row's identity; `required`: a new row must have it (a key part that is not required may be
    empty and is then stored as an empty text). `references`: the kind whose key it names (or `kpi`). `event`: a date
    on which something happened, so it is empty before that date. `dated_by`: the column whose date dates this cell;
    a cell with neither is read as it was told by the as-of date. `fixed`: part of the original agreement, so a change
    needs a reason. `minimum` and `maximum` are inclusive. `private`: it would tell who a person is who answered in
    confidence, so it is shown nowhere and given out only where it is asked for. `also`: other names that senders
    give the column; one of them belongs to one column of a kind, and case, spaces and signs in it do not matter.
    """

    name: str
    meaning: str
    type: Type = Type.TEXT
    key: bool = False
    required: bool = False
    choices: tuple[str, ...] = ()
    references: str = ""
    event: bool = False
    dated_by: str = ""
    fixed: bool = False
    minimum: float | None = None
    maximum: float | None = None
    unit: str = ""
    also: tuple[str, ...] = ()
    private: bool = False

    @property
    def told(self) -> bool:
        """Whether the cell has no date of its own."""
        return not (self.key or self.event or self.dated_by)

    @property
    def expected(self) -> str:
        """What a person has to write here."""
        if self.choices:
            return "one of " + ", ".join(self.choices)
        return self.type.looks_like


@dataclass(frozen=True, slots=True, kw_only=True)
class Rule:
    """What a cell must not be, given the others of its row: `wrong` is SQL over the columns, `message` says what to do.

    Within the range of the column, so that one cell is wrong for one reason.
    """

    column: str
    wrong: str
    message: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Contract:
    """One CSV kind: its columns, its order of dates (earlier, later), rules, and example rows for the template.

    `tells_of_work`: whether it says how the work of a study goes, so that a study of which it comes is not silent.
    `holds_for_all`: whether a row that names neither a CRO nor an engagement holds for all of them.
    """

    kind: str
    meaning: str
    columns: tuple[Column, ...]
    tells_of_work: bool = False
    holds_for_all: bool = False
    orders: tuple[tuple[str, str], ...] = ()
    rules: tuple[Rule, ...] = ()
    examples: tuple[dict[str, str], ...]

    def __post_init__(self) -> None:
        """Raise ValueError where the declaration names a column that it does not have."""
        names = {column.name for column in self.columns}
        named = {name for order in self.orders for name in order} | {rule.column for rule in self.rules}
        named |= {name for example in self.examples for name in example}
        named |= {column.dated_by for column in self.columns if column.dated_by}
        if named - names:
            raise ValueError(f"{self.kind} names unknown columns: {sorted(named - names)}")

    def __iter__(self) -> Iterator[Column]:
        return iter(self.columns)

    def __getitem__(self, name: str) -> Column:
        for column in self.columns:
            if column.name == name:
                return column
        raise KeyError(f"{self.kind} has no column {name}")

    @property
    def names(self) -> tuple[str, ...]:
        return tuple(column.name for column in self.columns)

    @property
    def keys(self) -> tuple[str, ...]:
        return tuple(column.name for column in self.columns if column.key)

    @property
    def required(self) -> tuple[str, ...]:
        """Columns that a file of new rows must have."""
        return tuple(column.name for column in self.columns if column.required)
