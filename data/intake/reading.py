"""How a sender's file is to be read: what a person decided about it, and what a profile keeps of that."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Literal, get_args

Unit = Literal["ones", "thousands", "millions", "percent"]
DateOrder = Literal["dmy", "mdy", "ymd"]
DecimalMark = Literal["point", "comma"]

UNITS: tuple[Unit, ...] = get_args(Unit)
DATE_ORDERS: tuple[DateOrder, ...] = get_args(DateOrder)
DECIMAL_MARKS: tuple[DecimalMark, ...] = get_args(DecimalMark)
MONTH = "{month}"
"""Stands for the month that a heading names, so that next month's file is read like this one."""


@dataclass(frozen=True, slots=True)
class Target:
    """What the cells of a column of the file are: a column of ours, at one value of the pivot where the file is wide.

    Written `earned_value`, `forecast@dbl` (the forecast of the milestone dbl), `invoiced@2026-10`, or, in a
    profile, `invoiced@{month}`.
    """

    column: str
    at: str = ""

    @classmethod
    def of(cls, text: str) -> "Target":
        column, _, at = text.partition("@")
        return cls(column, at)

    def __str__(self) -> str:
        return f"{self.column}@{self.at}" if self.at else self.column


@dataclass(frozen=True, slots=True)
class Reading:
    """Decisions about a file; what is not decided is found from the file itself.

    `columns`: heading (as `headings.key` writes it, the month in it as `{month}`) to target; an empty target means
    that the column is not used. `constants`: our column to a text for every row, in which `{Heading}` stands for that
    row's cell; an empty text sets nothing. `values`: our column to their text (trimmed, case folded) to ours.
    `units`, `dates`, `decimals`: our column to how its cells are written. `to_date`: our column to whether its
    amounts are totals to date. `snapshot`: whether what is not in the file any more is closed, within the engagements
    that it names.
    """

    kind: str = ""
    columns: Mapping[str, str] = field(default_factory=dict)
    constants: Mapping[str, str] = field(default_factory=dict)
    values: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    units: Mapping[str, Unit] = field(default_factory=dict)
    dates: Mapping[str, DateOrder] = field(default_factory=dict)
    decimals: Mapping[str, DecimalMark] = field(default_factory=dict)
    to_date: Mapping[str, bool] = field(default_factory=dict)
    snapshot: bool | None = None

    def with_(self, later: "Reading") -> "Reading":
        """These decisions, and the later ones over them."""
        values = {name: {**self.values.get(name, {}), **pairs} for name, pairs in later.values.items()}
        return replace(
            self,
            kind=later.kind or self.kind,
            columns={**self.columns, **later.columns},
            constants={**self.constants, **later.constants},
            values={**self.values, **values},
            units={**self.units, **later.units},
            dates={**self.dates, **later.dates},
            decimals={**self.decimals, **later.decimals},
            to_date={**self.to_date, **later.to_date},
            snapshot=self.snapshot if later.snapshot is None else later.snapshot,
        )

    @property
    def decides(self) -> bool:
        """Whether anything is decided."""
        return self != Reading()
