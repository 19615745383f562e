"""Small stores for tests of the numbers: rows written straight into the tables, each upload with its status date."""

from collections.abc import Mapping, Sequence
from datetime import UTC, date, datetime
from uuid import uuid4

from duckdb import DuckDBPyConnection

from analytics.scope import Scope
from data.contracts import BY_KIND, Column, Type
from data.store import Store

Rows = Sequence[Mapping[str, object]]
Kinds = Mapping[str, Rows]

CRO = {"cro_id": "A", "name": "Alpha"}
ENGAGEMENT = {
    "engagement_id": "E1",
    "cro_id": "A",
    "study_id": "S1",
    "title": "Study one",
    "start_date": date(2025, 1, 1),
    "planned_end": date(2027, 12, 31),
    "contract_value": 1000,
    "currency": "EUR",
}


def world(*uploads: tuple[date, Kinds], store: Store | None = None) -> Store:
    """A store after some uploads, each with its status date and rows by kind; what a row lacks is empty.

    It is in memory unless an empty one is given.
    """
    store = store or Store()
    for number, (status_date, kinds) in enumerate(uploads, 1):
        with store.write() as cursor:
            cursor.execute(
                "INSERT INTO uploads (number, uploaded_at, who, role, what, status_date, hash) "
                "VALUES (?, ?, ?, ?, ?, ?, ?)",
                # pages keep answers by this hash: no two stores of a process may share one
                [number, datetime(2026, 1, 1, tzinfo=UTC), "test", "pm", "file", status_date, uuid4().hex],
            )
            for kind, rows in kinds.items():
                _write(cursor, number, kind, rows)
    return store


def small(kinds: Kinds, status_date: date = date(2026, 9, 30)) -> Store:
    """A store after one upload of everything; CRO A with engagement E1 unless the kinds name their own."""
    whole: dict[str, Rows] = {"cros": [CRO], "engagements": [ENGAGEMENT], **kinds}
    return world((status_date, whole))


def engagement(engagement_id: str, cro_id: str = "A", **over: object) -> dict[str, object]:
    """The engagement of `ENGAGEMENT` under another id, with what differs."""
    return ENGAGEMENT | {"engagement_id": engagement_id, "cro_id": cro_id} | over


def cros(*ids: str) -> list[dict[str, object]]:
    return [{"cro_id": each, "name": f"CRO {each}"} for each in ids]


def scope_of(store: Store, as_of: date, **over: object) -> Scope:
    """Everything in the store, as of a day."""
    return Scope(**({"as_of": as_of, "known_at": store.version} | over))  # type: ignore[arg-type]


def _write(cursor: DuckDBPyConnection, number: int, kind: str, rows: Rows) -> None:
    contract = BY_KIND[kind]
    keys = [tuple(row.get(name, "") for name in contract.keys) for row in rows]
    assert len(set(keys)) == len(keys), f"{kind} has a key twice in one upload"
    for row, key in zip(rows, keys):
        assert set(row) <= set(contract.names), f"{kind} has no {set(row) - set(contract.names)}"
        if number > 1:
            same = " AND ".join(f"{name} = ?" for name in contract.keys)
            cursor.execute(f"UPDATE {kind} SET valid_to = ? WHERE valid_to IS NULL AND {same}", [number, *key])
    if rows:
        marks = f"({', '.join('?' * (len(contract.names) + 2))})"
        cells = [cell for row in rows for cell in (*(_cell(column, row) for column in contract), number, None)]
        cursor.execute(f"INSERT INTO {kind} VALUES {', '.join([marks] * len(rows))}", cells)


def _cell(column: Column, row: Mapping[str, object]) -> object:
    value = row.get(column.name)
    if value in (None, ""):
        return "" if column.key and column.type is Type.TEXT else None
    return value
