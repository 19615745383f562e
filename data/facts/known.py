"""A kind as it was known and told: the SQL of `known_<kind>`, made from its contract."""

from functools import cache

from duckdb import DuckDBPyConnection

from data.contracts import BY_KIND, Column, Contract, Type

# What an upload told was never told once that upload is undone, also where a later one had already replaced
# it. An undo carries a status date only where it restores what an upload told, so a row that it merely puts
# back is not told anew.
KNOWN = """
    SELECT {columns}, known.valid_from AS upload
    FROM (
        SELECT * FROM {kind}
        WHERE valid_from <= $known_at AND (valid_to IS NULL OR valid_to > $known_at)
    ) AS known
    LEFT JOIN (
        SELECT *, row_number() OVER (
            PARTITION BY {keys}
            ORDER BY status_date <= $as_of DESC, CASE WHEN status_date <= $as_of THEN valid_from END DESC, valid_from
        ) AS place
        FROM (
            SELECT version.*, told_by.status_date
            FROM {kind} AS version
            JOIN uploads AS told_by ON told_by.number = version.valid_from
            WHERE version.valid_from <= $known_at
                AND told_by.status_date IS NOT NULL
                AND told_by.number NOT IN (
                    SELECT undoes FROM uploads WHERE undoes IS NOT NULL AND number <= $known_at
                )
                AND ({version_keys}) IN (SELECT ({keys}) FROM {kind} WHERE valid_to IS NOT NULL)
        )
    ) AS told ON {same_key} AND told.place = 1
"""

ONCE = """
    SELECT {columns}, known.valid_from AS upload
    FROM {kind} AS known
    WHERE valid_from <= $known_at
"""
WAS_CLOSED = "SELECT EXISTS (SELECT 1 FROM {kind} WHERE valid_to IS NOT NULL)"
RETOLD = """
    SELECT version.{key}
    FROM {kind} AS version
    JOIN uploads AS told_by ON told_by.number = version.valid_from
    JOIN {kind} AS newest ON newest.valid_to IS NULL AND {same_key}
    WHERE version.valid_to IS NOT NULL AND told_by.status_date IS NOT NULL
        AND told_by.number NOT IN (SELECT undoes FROM uploads WHERE undoes IS NOT NULL)
        AND ({differs})
"""


@cache
def known(kind: str) -> str:
    """The query of a kind's rows at `$known_at`, read as of `$as_of`.

    One row a key: what happened after the as-of date is empty, what has a date of its own is as known, and the rest is
    as told by the newest upload with a status date up to the as-of date (by the earliest where there is none). Adds
    `upload`, the upload that brought the row as known.
    """
    contract = BY_KIND[kind]
    return KNOWN.format(
        kind=kind,
        columns=_cells(contract),
        keys=", ".join(contract.keys),
        version_keys=", ".join(f"version.{key}" for key in contract.keys),
        same_key=" AND ".join(f"told.{key} = known.{key}" for key in contract.keys),
    )


@cache
def known_once(kind: str) -> str:
    """The same where no row of the kind was ever closed: each was told once, and so is told at every as-of date."""
    contract = BY_KIND[kind]
    return ONCE.format(kind=kind, columns=_cells(contract, "known"))


def told_once(cursor: DuckDBPyConnection, kind: str) -> bool:
    """Whether no row of the kind was ever closed, so that `known_once` says what `known` does."""
    row = cursor.execute(WAS_CLOSED.format(kind=kind)).fetchone()
    return not (row and row[0])


def retold(kind: str, key: str) -> str:
    """The query of the keys, or a part of them, of current rows of which a cell without a date was told otherwise."""
    contract = BY_KIND[kind]
    return RETOLD.format(
        kind=kind,
        key=key,
        same_key=" AND ".join(f"newest.{name} = version.{name}" for name in contract.keys),
        differs=" OR ".join(
            f'newest."{column.name}" IS DISTINCT FROM version."{column.name}"'
            for column in contract
            if not (column.key or column.event)
        ),
    )


def _cells(contract: Contract, told: str = "told") -> str:
    return ", ".join(f'{_cell(contract, column, told)} AS "{column.name}"' for column in contract)


def _cell(contract: Contract, column: Column, by: str) -> str:
    name = f'"{column.name}"'
    if column.event:
        return f"CASE WHEN {_happened(column)} THEN known.{name} END"
    told = f"known.{name}" if by == "known" else f"CASE WHEN told.place IS NULL THEN known.{name} ELSE told.{name} END"
    if column.dated_by and contract[column.dated_by].event:
        dated = contract[column.dated_by]
        # An outcome whose day nobody gave has no date of its own.
        return f'CASE WHEN known."{dated.name}" IS NULL THEN {told} WHEN {_happened(dated)} THEN known.{name} END'
    return told if column.told else f"known.{name}"


def _happened(column: Column) -> str:
    if column.type is Type.MOMENT:
        return f"known.\"{column.name}\"[:10] <= strftime($as_of, '%Y-%m-%d')"
    return f'known."{column.name}" <= $as_of'
