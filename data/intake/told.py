"""From files to tables whose columns are known, or to why one cannot be used."""

import hashlib
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace

import pyarrow.compute as pc

from data.contracts import BY_KIND
from data.intake import profiles, totals
from data.intake.archive import unpacked
from data.intake.columns import Layout, Matched, NotMapped, key, lay_out
from data.intake.corrections import Corrections, corrected, without_rows
from data.intake.encoding import Encoding
from data.intake.prefilled import ASKS, mark_of
from data.intake.problem import FileRefused, Problem
from data.intake.reading import Reading
from data.intake.shapes import long
from data.intake.sources import tables
from data.intake.table import LeftOut, Table
from data.intake.unfilled import without_unfilled

SAMPLES = 3
LEFT_OUT = Problem(None, "", "", "left_out", "Left out as chosen: nothing of it is loaded.", "warning")
Profiles = Mapping[str, Reading]


@dataclass(frozen=True, slots=True)
class FileIn:
    """A file as it came. `kind` is given where the columns do not tell it."""

    name: str
    data: bytes
    kind: str | None = None


@dataclass(frozen=True, slots=True)
class Asked:
    """What is decided beforehand about the files of one load.

    `constants` are columns to add to every table whose kind has them; `readings` and `corrections` go by the name of
    a table; `profile` names the profile to read with, otherwise one is recognised from the headings. `left_out` are
    tables, and `discarded` rows of a table, that are not to be loaded. `encodings`: how the text of a file is written,
    by its name, or by an empty one for all; otherwise that is found from its bytes.
    """

    constants: Mapping[str, str] = field(default_factory=dict)
    readings: Mapping[str, Reading] = field(default_factory=dict)
    corrections: Mapping[str, Corrections] = field(default_factory=dict)
    profile: str = ""
    left_out: frozenset[str] = frozenset()
    discarded: Mapping[str, frozenset[int]] = field(default_factory=dict)
    encodings: Mapping[str, Encoding] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Headings:
    """A table's headings with what they were taken for, and sample values beside each: what a person can correct."""

    matched: tuple[Matched, ...] = ()
    samples: tuple[tuple[str, ...], ...] = ()
    profile: str = ""
    reading: Reading = field(default_factory=Reading)


NO_HEADINGS = Headings()


@dataclass(frozen=True, slots=True)
class Told:
    """A table that can be checked: as the file has it, and `rows` and `layout` with one record a row.

    `made_of` says of which upload a workbook was made that came filled in.
    """

    file: str | None
    sha256: str
    table: Table
    rows: Table
    layout: Layout
    headings: Headings = NO_HEADINGS
    made_of: str = ""

    @property
    def name(self) -> str:
        return self.table.name or "the rows"

    @property
    def left_out(self) -> tuple[LeftOut, ...]:
        """Rows that are no data, or that tell nothing."""
        more = self.rows.left_out if self.rows is not self.table else ()
        return (*self.table.left_out, *more)

    @property
    def count(self) -> int:
        """Number of records, ragged rows included."""
        return int(self.rows.cells.num_rows) + len(self.table.ragged)


@dataclass(frozen=True, slots=True)
class NotTold:
    """A file or table that cannot be used, and why; `sheet_of` names the file of which it is one table of several."""

    name: str
    kind: str | None
    problem: Problem
    headings: Headings = NO_HEADINGS
    sheet_of: str = ""


def receive(
    files: Sequence[FileIn], asked: Asked, kept: Profiles, progress: Callable[[str, float], None]
) -> tuple[list[Told], list[NotTold]]:
    """Read every table of every file. `kept` are the profiles of the store."""
    told: list[Told] = []
    refused: list[NotTold] = []
    known = profiles.known(kept)
    for file in _with_names_of_their_own(_members(files, refused)):
        progress(f"Reading {file.name}", 0.0)
        if file.name in asked.left_out:
            refused.append(NotTold(file.name, file.kind, LEFT_OUT))
            continue
        encoding = asked.encodings.get(file.name) or asked.encodings.get("")
        try:
            found = tables(file.name, file.data, known, encoding)
        except FileRefused as why:
            refused.append(NotTold(file.name, file.kind, _said(why)))
            continue
        digest = hashlib.sha256(file.data).hexdigest()
        made_of = mark_of(file.data) if any(_is_form(file, table) for table in found) else ""
        if made_of == ASKS:
            # What such a workbook shows on its other sheets is no data.
            found = [table for table in found if _is_form(file, table)]
        for table in found:
            if table.name in asked.left_out:
                refused.append(NotTold(table.name, file.kind, LEFT_OUT))
                continue
            table = without_rows(table, asked.discarded.get(table.name, frozenset()))
            one = _lay_out(file, corrected(table, asked.corrections.get(table.name, {})), digest, asked, kept)
            if isinstance(one, Told):
                told.append(replace(one, made_of=made_of))
            else:
                refused.append(replace(one, sheet_of=file.name if len(found) > 1 else ""))
    return told, refused


def _members(files: Iterable[FileIn], refused: list[NotTold]) -> Iterable[FileIn]:
    for file in files:
        try:
            yield from (FileIn(name, data, file.kind) for name, data in unpacked(file.name, file.data))
        except FileRefused as why:
            refused.append(NotTold(file.name, file.kind, _said(why)))


def _with_names_of_their_own(files: Iterable[FileIn]) -> Iterable[FileIn]:
    """Two files may have the same name; a table is known by its name."""
    seen: dict[str, int] = {}
    for file in files:
        number = seen[file.name] = seen.get(file.name, 0) + 1
        yield file if number == 1 else FileIn(f"{file.name} ({number})", file.data, file.kind)


def _lay_out(file: FileIn, table: Table, digest: str, asked: Asked, kept: Profiles) -> Told | NotTold:
    name, reading, compete = _reading(table, asked, kept)
    samples = _samples(table)
    try:
        layout = lay_out(table.headers, reading, file.kind, asked.constants)
        table = totals.without(table, layout)
        if _is_form(file, table):
            # They come with rows that need not be filled in.
            table = without_unfilled(table, layout)
        said = (replace(one, row=table.header_row) if one.row == 1 else one for one in layout.problems)
        rows, own = long(table, replace(layout, problems=(*compete, *said)))
    except NotMapped as why:
        headings = Headings(why.matched, samples, name, reading)
        return NotTold(table.name, why.contract.kind, _said(why, table.header_row), headings)
    except FileRefused as why:
        matched = tuple(Matched(place, heading, "", 0) for place, heading in enumerate(table.headers))
        return NotTold(table.name, file.kind, _said(why, table.header_row), Headings(matched, samples, name, reading))
    headings = Headings(layout.matched, samples, name, profiles.decided(layout))
    return Told(file.name, digest, table, rows, own, headings)


def _is_form(file: FileIn, table: Table) -> bool:
    """Whether a table is of one of our own workbooks, in which the sheets are named by their kinds."""
    return table.name.removeprefix(f"{file.name}, ") in BY_KIND


def _reading(table: Table, asked: Asked, kept: Profiles) -> tuple[str, Reading, list[Problem]]:
    """The name of the profile that a table is read with, all decisions, and a question where profiles compete."""
    own = asked.readings.get(table.name, asked.readings.get("", Reading()))
    named = {name: reading for name, reading in kept.items() if name.partition(", ")[0] == asked.profile}
    fitting = profiles.recognised(table.headers, (named or kept) if asked.profile else kept)
    if asked.profile in kept and not fitting:
        # It is what somebody chose: its constants and values hold, and a heading that it misses is said.
        return asked.profile, kept[asked.profile].with_(own), [_misses(table, asked.profile, kept[asked.profile])]
    if not fitting or (asked.profile and not named):
        return "", own, []
    name, reading = fitting[0]
    headings = {key(heading) for heading in table.headers}
    rivals = [
        other for other, one in fitting
        if len(headings & set(one.columns)) == len(headings & set(reading.columns)) and one != reading
    ]  # fmt: skip
    if rivals and not asked.profile:
        return name, reading.with_(own), [_compete([name, *rivals])]
    return name, reading.with_(own), []


def _misses(table: Table, name: str, reading: Reading) -> Problem:
    headings = {key(heading) for heading in table.headers}
    missing = next(heading for heading, target in reading.columns.items() if target and heading not in headings)
    message = f"The profile {name} expects a column “{missing}”, which the file does not have."
    return Problem(table.header_row, "", "", "profile", message, "warning")


def _compete(names: Sequence[str]) -> Problem:
    message = f"The headings fit the profiles {' and '.join(names)}: choose one (--profile NAME on the command line)."
    return Problem(None, "", names[0], "profile", message, "question")


def _samples(table: Table) -> tuple[tuple[str, ...], ...]:
    """The first different values of each column."""
    head = table.cells.slice(0, 1000)
    found = []
    for place in range(len(table.headers)):
        values = pc.unique(head[f"c{place}"]).to_pylist()
        found.append(tuple(value[:80] for value in values if value)[:SAMPLES])
    return tuple(found)


def _said(why: FileRefused, header_row: int = 1) -> Problem:
    return Problem(header_row if why.row == 1 else why.row, "", "", why.rule, str(why))
