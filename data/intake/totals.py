"""Rows that people put below or between the data: totals and notes. They are left out, and said."""

import re
from collections.abc import Sequence
from dataclasses import replace

import pyarrow as pa
import pyarrow.compute as pc

from data.intake.columns import Layout
from data.intake.table import NOTE, LeftOut, Table

WORDS = (
    "(grand|sub|overall)[ -]?(total|sum)s?|totals?|sum|gesamt(summe|betrag)?|(zwischen|teil)?summe|insgesamt"
    "|(sous|sub)[ -]?tota(l|ux)|total g[eé]n[eé]ral|sommes?|(sub)?total[ei]|sumas?|razem|[lł][aą]cznie|og[oó][lł]em"
    "|celkem|spolu|(mezi)?sou[cč]et|([oö]ssz|r[eé]sz[oö]ssz)esen|(sub)?totaal|summa|totalt|i alt|yhteens[aä]|toplam"
)
"""What a row of totals begins with, in English, German, French, Italian, Spanish, Portuguese, Polish, Czech, Slovak,
Hungarian, Dutch, Swedish, Danish, Finnish and Turkish."""
BARE = rf"(?i)^\W*({WORDS})\W*([A-Z]{{3}}\W*)?$"
"""The word and nothing more, but for a currency."""
BEGINS = rf"(?i)^\W*({WORDS})(\s*:|\s|\W*$)"
"""The word, and what it is the total of. `Total-7` may be a code."""
SENTENCE = r"(?i)^(\*|note|notes|source|quelle|legend|generated|exported|confidential|disclaimer).*|^.{20,} .*$"


def without(table: Table, layout: Layout) -> Table:
    """The table without its totals and notes.

    A total is a row that lacks a cell which every row needs, and begins with a word for it in its first cell or where
    it should name something of ours; or a cell of its key is nothing but that word. So a milestone “Total enrolment
    reached” stays. A note is a row at the end with one cell, which reads like a sentence, or stands first and has
    several words where no words of the sender are expected and rows need more than that.
    """
    if not table.cells.num_rows:
        return table
    return _without_notes(_without_totals(table, layout), layout)


def _without_totals(table: Table, layout: Layout) -> Table:
    keys = [layout.places[name] for name in layout.contract.keys if name in layout.places]
    lacking = _any([pc.equal(table.cells[f"c{place}"], "") for place in _needed(layout)])
    begins = _any([_says(table, place, BEGINS) for place in {0, *_naming(layout)}])
    bare = _any([_says(table, place, BARE) for place in (keys or [0])])
    return _left_out(table, pc.or_(bare, pc.and_(begins, lacking)), "a total")


def _without_notes(table: Table, layout: Layout) -> Table:
    """Only the end is looked at: a row with one cell in the middle is more likely a row that lacks something."""
    width = len(table.headers)
    if width < 3 or not table.cells.num_rows:
        return table
    own_words = {layout.places.get(name) for name in layout.contract.keys} - set(_naming(layout))
    remarks = len(_needed(layout)) > 1 and 0 not in own_words
    last = table.cells.slice(max(0, table.cells.num_rows - 20))
    notes: list[int] = []
    for values in reversed(last.to_pylist()):
        told = {name: text for name, text in values.items() if name != "row" and text}
        if len(told) != 1 or not _is_note(*told.popitem(), remarks):
            break
        notes.append(values["row"])
    return _left_out(table, pc.is_in(table.cells["row"], pa.array(notes, pa.int64())), NOTE)


def _is_note(column: str, text: str, remarks: bool) -> bool:
    return bool(re.match(SENTENCE, text) or (remarks and column == "c0" and len(text.split()) > 1))


def _needed(layout: Layout) -> list[int]:
    """Places of the columns that every row must fill."""
    return [layout.places[name] for name in layout.contract.required if name in layout.places]


def _naming(layout: Layout) -> list[int]:
    """Places of the columns of the key that name a row of another kind, in which no words of the sender stand."""
    contract = layout.contract
    return [layout.places[name] for name in contract.keys if contract[name].references and name in layout.places]


def _says(table: Table, place: int, pattern: str) -> pa.ChunkedArray:
    return pc.match_substring_regex(table.cells[f"c{place}"], pattern)


def _left_out(table: Table, which: pa.ChunkedArray, why: str) -> Table:
    rows = table.cells.filter(which)["row"]
    if not len(rows):
        return table
    said = LeftOut(len(rows), rows[0].as_py(), why)
    return replace(table, cells=table.cells.filter(pc.invert(which)), left_out=(*table.left_out, said))


def _any(conditions: Sequence[pa.ChunkedArray]) -> pa.ChunkedArray:
    found = conditions[0] if conditions else pa.scalar(False)
    for condition in conditions[1:]:
        found = pc.or_(found, condition)
    return found
