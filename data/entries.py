"""What a person writes into a table of a page, against what is known: the rows to tell, and the keys to take back."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from data.contracts import Contract
from data.store import Store
from data.store.written import written

CURRENT = "SELECT {cells} FROM {kind} WHERE valid_to IS NULL AND {where} ORDER BY {keys}"

Row = Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Edited:
    """Rows that are new or told otherwise, all with the same columns, the place of each in the table, and what is
    taken back."""

    rows: tuple[dict[str, str], ...] = ()
    places: tuple[int, ...] = ()
    gone: tuple[dict[str, str], ...] = ()

    def __len__(self) -> int:
        return len(self.rows) + len(self.gone)


def current(store: Store, contract: Contract, fixed: Row, filled: str = "") -> list[dict[str, str]]:
    """The rows of a kind that stand now and have the cells `fixed`, as text that the intake would read.

    Those in which the column `filled` is empty are left out, and columns that tell who answered in confidence.
    """
    columns = [column for column in contract if not column.private]
    where = [f'"{name}" = ${name}' for name in fixed] + ([f"\"{filled}\" <> ''"] if filled else [])
    statement = CURRENT.format(
        cells=", ".join(f"coalesce({written(column, column.name)}, '') AS \"{column.name}\"" for column in columns),
        kind=contract.kind,
        where=" AND ".join(where) or "TRUE",
        keys=", ".join(f'"{name}"' for name in contract.keys),
    )
    with store.read() as cursor:
        found = cursor.execute(statement, dict(fixed)).fetchall()
    return [dict(zip((column.name for column in columns), map(str, row), strict=True)) for row in found]


def edited(
    contract: Contract, fixed: Row, shown: Sequence[str], before: Sequence[Row], after: Mapping[int, Row]
) -> Edited:
    """What an edit of a table says.

    `before` are the rows as they were, `after` the rows as they stand in the table, by place: those of `before` keep
    theirs, added ones come after them. A row that is gone from `after` is taken back; one whose key was written over is
    taken back and told anew; one in which nothing is written is none.
    """
    columns = tuple(dict.fromkeys((*contract.keys, *fixed, *shown)))
    rows, places, gone = [], [], []
    for place, was in enumerate(before):
        now = after.get(place)
        told = None if now is None else {name: now.get(name, was.get(name, "")) for name in columns}
        if told == {name: was.get(name, "") for name in columns}:
            continue
        if told is None or _key(contract, told) != _key(contract, was):
            gone.append(_key(contract, was))
        if told is not None:
            rows.append(told)
            places.append(place)
    for place, now in sorted(after.items()):
        if place >= len(before) and any(now.get(name, "") for name in shown):
            rows.append({name: now.get(name, "") or fixed.get(name, "") for name in columns})
            places.append(place)
    return Edited(tuple(rows), tuple(places), tuple(gone))


def _key(contract: Contract, row: Row) -> dict[str, str]:
    return {name: row.get(name, "") for name in contract.keys}


def _by_key(contract: Contract, rows: Iterable[Row]) -> dict[tuple[str, ...], Row]:
    return {tuple(_key(contract, row).values()): row for row in rows}


def told_since(contract: Contract, edit: Edited, before: Sequence[Row], now: Sequence[Row]) -> list[str]:
    """The keys of rows that the edit changes and that somebody else has changed since the table was drawn."""
    standing, known = _by_key(contract, now), _by_key(contract, before)
    return [
        " / ".join(part for part in key if part)
        for key in _by_key(contract, (*edit.rows, *edit.gone))
        if standing.get(key) != known.get(key)
    ]
