"""New codes and names of CROs and engagements that look like another one: mostly the same one, written otherwise."""

import unicodedata
from collections.abc import Iterator

from duckdb import DuckDBPyConnection

from data.intake.problem import Problem

WATCHED = {"cros": ("cro_id", "name"), "engagements": ("engagement_id",)}
"""The columns in which two that look the same are doubted; the first is the key."""
LIKE_LATIN = str.maketrans(
    "авекмнорстухіјѕԁһԛԝ" + "αβεηικμνορτυχω" + "‐‑‒–—―−⁃",
    "abekmhopctyxijsdhqw" + "abehikmvoptyxw" + "--------",
)
"""Small Cyrillic and Greek letters, and dashes, that look like others."""
NEW = """
SELECT new.row, {columns} FROM {merged} AS new LEFT JOIN {kind} AS known
    ON known.valid_to IS NULL AND known.{key} = new.{key}
WHERE known.{key} IS NULL OR {differs} ORDER BY new.row
"""
KNOWN = "SELECT {columns} FROM {kind} WHERE valid_to IS NULL AND {key} NOT IN (SELECT {key} FROM {merged})"


def doubts(cursor: DuckDBPyConnection, kind: str, merged: str) -> Iterator[Problem]:
    """What in the new rows of `merged`, or in a name that is told anew, looks like a code or name of another row.

    Ask before `write.apply`.
    """
    if kind not in WATCHED:
        return
    columns = WATCHED[kind]
    key, *names = columns
    shape = {"kind": kind, "merged": merged, "key": key}
    differs = " OR ".join(f"known.{name} IS DISTINCT FROM new.{name}" for name in names) or "FALSE"
    told = cursor.execute(NEW.format(**shape, columns=", ".join(f"new.{one}" for one in columns), differs=differs))
    rows = told.fetchall()
    if not rows:
        return
    others = cursor.execute(KNOWN.format(**shape, columns=", ".join(columns))).fetchall()
    for place, column in enumerate(columns):
        seen = {folded(cells[place]): cells for cells in others}
        for row, *cells in rows:
            text = cells[place]
            other = seen.setdefault(folded(text), tuple(cells))
            if other[0] != cells[0]:
                message = (
                    f"“{text}” looks like the {column} “{other[place]}” of {other[0]}. If these are two, say why; "
                    f"if it is the same one, write {other[0]} as its {key}."
                )
                yield Problem(row, column, text, "lookalike", message, "doubt")


def folded(text: str) -> str:
    """A text without what the eye does not tell apart: case, width, accents of writing, dashes, spaces, alphabets."""
    plain = unicodedata.normalize("NFKC", unicodedata.normalize("NFKC", text).casefold())
    seen = "".join(sign for sign in plain if unicodedata.category(sign) != "Cf")
    return "".join(seen.translate(LIKE_LATIN).split())
