"""Rollups: what many questions need of many rows, kept beside the rows and refreshed in the transaction of an upload.

A rollup holds nothing that its rows do not say: `differing` proves it, and `prepare` makes it anew where the definition
of this release is another one. It serves the newest state; an earlier one is worked out from the rows.
"""

import hashlib
from collections.abc import Iterator
from datetime import date

from duckdb import DuckDBPyConnection

from data.contracts import ALL
from data.facts.known import known, known_once, retold, told_once
from data.facts.texts import TEXTS

CLOCKS, UPLOADS = "rollup_request_clock", "rollup_upload"
NEWEST = "SELECT coalesce(max(number), 0) FROM uploads"
"""The number of the newest upload; 0 in an empty store."""
UNDATED = date(2101, 12, 29)
"""After every date that the intake takes, with which a clock runs without an end."""
MADE = "CREATE TABLE IF NOT EXISTS rollups (name VARCHAR, definition VARCHAR)"
DEFINED = "SELECT definition FROM rollups WHERE name = $name"
FORGET = "DELETE FROM rollups WHERE name = $name"
REMEMBER = "INSERT INTO rollups VALUES ($name, $definition)"
EVERY = "SELECT * FROM main.requests"
SOME = "SELECT * FROM main.requests WHERE request_id IN ({keys})"
UNSTEADY = f"SELECT request_id FROM {CLOCKS} WHERE NOT steady"
AFFECTED = """
CREATE TEMP TABLE affected AS
WITH told AS (SELECT unnest([$number, (SELECT undoes FROM uploads WHERE number = $number)]) AS number)
SELECT request_id FROM requests WHERE valid_from IN (FROM told) OR valid_to IN (FROM told)
UNION
SELECT request_id FROM requests
WHERE engagement_id IN (SELECT engagement_id FROM slas WHERE valid_from IN (FROM told) OR valid_to IN (FROM told))
UNION
SELECT request_id FROM requests
WHERE EXISTS (SELECT 1 FROM holidays WHERE valid_from IN (FROM told) OR valid_to IN (FROM told))
"""
DROP_AFFECTED = f"DELETE FROM {CLOCKS} WHERE request_id IN (SELECT request_id FROM affected)"
DIFFERING = "SELECT count(*) FROM ((SELECT * FROM {kept} EXCEPT ALL {made}) UNION ALL ({made} EXCEPT ALL FROM {kept}))"
VERSIONS = " UNION ALL ".join(
    f"SELECT '{contract.kind}' AS kind, {contract.tells_of_work} AS tells_of_work, engagement_id, {side} AS upload, "
    f"{opened} AS opened, {1 - opened} AS closed FROM {contract.kind} WHERE {side} IS NOT NULL AND engagement_id <> ''"
    for contract in ALL
    if "engagement_id" in contract.names
    for side, opened in (("valid_from", 1), ("valid_to", 0))
)
UPLOADS_MADE = f"""
SELECT kind, tells_of_work, engagement_id, upload, sum(opened)::BIGINT AS opened, sum(closed)::BIGINT AS closed
FROM ({VERSIONS})
WHERE $number IS NULL OR upload = $number
GROUP BY ALL
"""


def clocks(requests: str, more: str = "", *, once: bool = False) -> str:
    """The query of the clocks of the requests that the query `requests` gives, at `$known_at` as told by `$as_of`.

    `once`: whether each of them was told once.
    """
    return f"""
WITH requests AS ({requests}),
known_requests AS ({(known_once if once else known)("requests")}),
known_slas AS MATERIALIZED ({known("slas")}),
known_holidays AS ({known("holidays")}),
calendar AS MATERIALIZED ({TEXTS["calendar"]}),
clock AS ({TEXTS["request_clock"]})
SELECT clock.*{more} FROM clock
"""


SLAS_STAND = f"engagement_id NOT IN ({retold('slas', 'engagement_id')})"
STEADY = f""",
    request_id NOT IN ({retold("requests", "request_id")}) AND {SLAS_STAND}
    AS steady"""
"""Whether its cells without a date were never told otherwise, so that the clock holds at every as-of date."""
STEADY_ONCE = f", {SLAS_STAND} AS steady"
"""The same of requests that were told once."""
DEFINITIONS = {CLOCKS: clocks(EVERY, STEADY), UPLOADS: UPLOADS_MADE}


def prepare(connection: DuckDBPyConnection) -> None:
    """Make each rollup that is missing, or was made by another definition."""
    connection.execute(MADE)
    for name, query in DEFINITIONS.items():
        definition = hashlib.sha256(query.encode("utf-8")).hexdigest()
        if connection.execute(DEFINED, {"name": name}).fetchone() == (definition,):
            continue
        connection.execute("BEGIN TRANSACTION")
        connection.execute(f"DROP TABLE IF EXISTS {name}")
        connection.execute(f"CREATE TABLE {name} AS {query}", _whole(connection, name))
        connection.execute(FORGET, {"name": name})
        connection.execute(REMEMBER, {"name": name, "definition": definition})
        connection.execute("COMMIT")


def refresh(cursor: DuckDBPyConnection, number: int) -> None:
    """Bring the rollups up to upload `number`, whose rows and entry in the ledger are written."""
    cursor.execute(f"DELETE FROM {UPLOADS} WHERE upload = $number", {"number": number})
    cursor.execute(f"INSERT INTO {UPLOADS} {UPLOADS_MADE}", {"number": number})
    found = cursor.execute(AFFECTED, {"number": number}).fetchone()
    if found and found[0]:
        cursor.execute(DROP_AFFECTED)
        once = told_once(cursor, "requests")
        some = clocks(SOME.format(keys="SELECT request_id FROM affected"), STEADY_ONCE if once else STEADY, once=once)
        cursor.execute(f"INSERT INTO {CLOCKS} {some}", {"as_of": UNDATED, "known_at": number})
    cursor.execute("DROP TABLE affected")


def differing(cursor: DuckDBPyConnection) -> Iterator[tuple[str, int]]:
    """The rollups that are not what their rows say, and by how many rows."""
    for name, query in DEFINITIONS.items():
        statement = DIFFERING.format(kept=name, made=f"SELECT * FROM ({query})")
        row = cursor.execute(statement, _whole(cursor, name)).fetchone()
        if row and row[0]:
            yield name, int(row[0])


def _whole(cursor: DuckDBPyConnection, name: str) -> dict[str, date | int | None]:
    if name == UPLOADS:
        return {"number": None}
    row = cursor.execute(NEWEST).fetchone()
    return {"as_of": UNDATED, "known_at": row[0] if row else 0}
