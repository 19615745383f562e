"""Frames as the cells of a pack, and the columns above them."""

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any, Literal

import pandas as pd

from analytics.words import score as points
from reports.content import Cell, Column, Table

SIDES = {"CRO": "CRO", "us": "Sponsor", "": ""}


def column(name: str, format_: Literal["text", "number", "day", "money"] = "text", digits: int = 0) -> Column:
    return Column(name=name, format=format_, digits=digits)


def wide(name: str) -> Column:
    return Column(name=name, wide=True)


def number(name: str, digits: int = 0) -> Column:
    return column(name, "number", digits)


def day(name: str) -> Column:
    return column(name, "day")


def shown(cell: Cell) -> str:
    """A cell as it is compared; a number to ten digits."""
    return "–" if cell is None else f"{cell:.10g}" if isinstance(cell, float) else str(cell)


def rows(frame: pd.DataFrame, names: Sequence[str]) -> tuple[tuple[Cell, ...], ...]:
    """Some columns of a frame as cells: dates as ISO, nothing as None."""
    return tuple(tuple(cell(value) for value in line) for line in frame[list(names)].itertuples(index=False))


def cell(value: Any) -> Cell:
    if value is None or value is pd.NaT or (isinstance(value, float) and value != value) or value is pd.NA:
        return None
    if isinstance(value, pd.Timestamp | date):
        return pd.Timestamp(value).date().isoformat()
    if isinstance(value, str):
        return value
    plain = value.item() if hasattr(value, "item") else value
    return plain if isinstance(plain, int | float) else str(plain)


def table(title: str, frame: pd.DataFrame, columns: Mapping[str, Column], empty: str = "Nothing.") -> Table:
    """A table of some columns of a frame, each with its heading."""
    return Table(title=title, columns=tuple(columns.values()), rows=rows(frame, list(columns)), empty=empty)


def values(series: "pd.Series[float]") -> tuple[float | None, ...]:
    return tuple(None if value != value else float(value) for value in series)


def scored(value: float | None) -> str:
    """A score as it is said; a dash where there is none."""
    return "–" if value is None else points(value)
