"""A snapshot replaces: what it does not have any more is closed, within the engagements that it names."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from duckdb import DuckDBPyConnection

from data.contracts import Contract
from data.intake.columns import Layout
from data.intake.problem import Problem
from data.intake.staging import staged
from data.store import write
from data.store.verify import voids
from data.store.write import SHOWN, same_key
from data.store.written import key

ENGAGEMENT = "engagement_id"
ABSENT = """
CREATE TEMP TABLE {absent} AS
SELECT {columns} FROM {kind} AS known
WHERE known.valid_to IS NULL AND known.engagement_id IN (SELECT engagement_id FROM {staged})
    AND NOT EXISTS (SELECT 1 FROM ({present}) AS present WHERE {same_key})
"""
COUNT = "SELECT count(*) FROM {absent}"
MISSING = """
SELECT {key} FROM gone
WHERE NOT EXISTS (SELECT 1 FROM {kind} AS known WHERE known.valid_to IS NULL AND {same_key})
"""
KEYS = "SELECT {key} FROM {absent} AS absent ORDER BY 1 LIMIT {shown}"


@dataclass(frozen=True, slots=True)
class Closed:
    """What a snapshot closed: how many rows, the keys of the first ones, and what stood in the way."""

    count: int = 0
    keys: tuple[str, ...] = ()
    problems: tuple[Problem, ...] = ()


def close(cursor: DuckDBPyConnection, file: int, layouts: Mapping[int, Layout], number: int, *, keep: bool) -> Closed:
    """Close, as upload `number`, the current rows of the file's engagements that no table of its kind has.

    `layouts` are those of all tables of the load. Where `keep`, nothing is closed: among the rejected rows may be
    those that seem to be missing.
    """
    contract = layouts[file].contract
    if ENGAGEMENT not in contract.names or contract.kind == "engagements":
        message = f"A snapshot replaces rows within engagements, and {contract.kind} has none. Load it as an increment."
        return Closed(problems=(Problem(None, "", "", "snapshot", message),))
    if keep:
        message = "Nothing was closed, since rows were rejected that may be the missing ones. Mend them first."
        return Closed(problems=(Problem(None, "", "", "snapshot", message, "warning"),))
    tables = [i for i, layout in layouts.items() if layout.contract.kind == contract.kind]
    absent, keys = f"absent_{file}", ", ".join(f'"{name}"' for name in contract.keys)
    cursor.execute(
        ABSENT.format(
            absent=absent,
            columns=keys,
            kind=contract.kind,
            staged=staged(file),
            present=" UNION ALL ".join(f"SELECT {keys} FROM {staged(i)}" for i in tables),
            same_key=same_key(contract, "present", "known"),
        )
    )
    count = (cursor.execute(COUNT.format(absent=absent)).fetchone() or (0,))[0]
    if not count:
        return Closed()
    found = cursor.execute(KEYS.format(absent=absent, key=key(contract, "absent"), shown=SHOWN)).fetchall()
    write.close(cursor, contract, absent, number)
    return Closed(count, tuple(one for (one,) in found), tuple(_still_named(cursor, contract.kind)))


def take_back(cursor: DuckDBPyConnection, contract: Contract, keys: Sequence[Mapping[str, str]], number: int) -> Closed:
    """Close, as upload `number`, the current rows of a kind with these keys; what is not there stands in the way."""
    cells = ", ".join(f'CAST(NULL AS {contract[name].type.sql}) AS "{name}"' for name in contract.keys)
    cursor.execute(f"CREATE OR REPLACE TEMP TABLE gone AS SELECT {cells} LIMIT 0")
    marks = ", ".join(f"${name}" for name in contract.keys)
    for key_ in keys:
        cursor.execute(f"INSERT INTO gone VALUES ({marks})", {name: key_[name] for name in contract.keys})
    there = same_key(contract, "known", "gone")
    missing = cursor.execute(MISSING.format(key=key(contract, "gone"), kind=contract.kind, same_key=there)).fetchall()
    if missing:
        message = "is not there any more: somebody has taken it back already. Open the page again."
        return Closed(problems=tuple(Problem(None, "", one, "gone", f"{one} {message}") for (one,) in missing))
    found = cursor.execute(f"SELECT {key(contract, 'gone')} FROM gone ORDER BY 1 LIMIT {SHOWN}").fetchall()
    write.close(cursor, contract, "gone", number)
    return Closed(len(keys), tuple(one for (one,) in found), tuple(_still_named(cursor, contract.kind)))


def _still_named(cursor: DuckDBPyConnection, kind: str) -> list[Problem]:
    return [
        Problem(
            None, "", one.id, "snapshot",
            f"{one.id} is taken away, but {one.kind} still names it ({one.rows} rows). "
            "Put it back, or change those rows first.",
        )
        for one in voids(cursor)
        if one.target == kind
    ]  # fmt: skip
