"""Files become an upload: read, check, set against what is known, and write, in one transaction."""

import hashlib
import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import timedelta
from typing import Any

from duckdb import DuckDBPyConnection

from data.contracts import ALL, BY_KIND
from data.facts import rollups
from data.intake import (
    checks,
    codes,
    lookalike,
    plausible,
    prefilled,
    profiles,
    references,
    snapshot,
    staging,
    to_date,
    unfilled,
)
from data.intake.columns import lay_out
from data.intake.problem import Problem
from data.intake.reading import Reading
from data.intake.rejected import NONE_KEPT_OUT, KeptOut, kept_out, rejected_csv
from data.intake.staging import Kpis
from data.intake.table import LeftOut, table_of_rows
from data.intake.told import NO_HEADINGS, Asked, FileIn, Headings, NotTold, Told, receive
from data.store import Store, ledger, write
from data.store.ledger import FileEntry, Stamp
from data.store.write import Change, Counts

Progress = Callable[[str, float], None]
Inspect = Callable[[DuckDBPyConnection, int], None]
Question = tuple[str, str, str]
"""What an answer is to: the name of the table, the rule and our column."""
NOTHING = Counts()


@dataclass(frozen=True, slots=True)
class FileResult:
    """What became of one table of a file, or would. `changes`, `added` and `closed` are the first ones; counts exact.

    `kept_out` are the rows that have a problem, to be mended in place; `left_out` are rows that are no data. `sheet`:
    it cannot be used, and is one sheet of a workbook.
    """

    file: str
    kind: str | None
    counts: Counts = NOTHING
    problems: Sequence[Problem] = ()
    changes: Sequence[Change] = ()
    added: Sequence[str] = ()
    closed: Sequence[str] = ()
    rejected_csv: str = ""
    kept_out: KeptOut = NONE_KEPT_OUT
    left_out: Sequence[LeftOut] = ()
    headings: Headings = NO_HEADINGS
    header_row: int = 1
    sheet: bool = False

    @property
    def blocked(self) -> bool:
        return any(problem.blocks for problem in self.problems)

    @property
    def undecided(self) -> bool:
        """Whether the table as a whole cannot be taken, so that loading its good rows makes no sense either."""
        of_header = (
            problem for problem in self.problems if problem.row == self.header_row and problem.severity == "question"
        )
        whole = (problem for problem in self.problems if problem.row is None and problem.blocks)
        return any(of_header) or any(whole)

    def json(self) -> dict[str, Any]:
        counts = self.counts
        return {
            "file": self.file,
            "kind": self.kind,
            "profile": self.headings.profile or None,
            "rows": counts.rows,
            "new": counts.new,
            "changed": counts.changed,
            "unchanged": counts.unchanged,
            "closed": counts.removed,
            "rejected": counts.rejected,
            "left_out": [{name: getattr(one, name) for name in LeftOut.__slots__} for one in self.left_out],
            "columns": {one.heading: one.target or None for one in self.headings.matched},
            "problems": [{name: getattr(problem, name) for name in Problem.__slots__} for problem in self.problems],
        }


@dataclass(frozen=True, slots=True)
class Loaded:
    """The answer to a load. `upload` is None where nothing was new or accepted, or it was a dry run."""

    accepted: bool
    upload: int | None
    files: tuple[FileResult, ...]

    def json(self) -> dict[str, Any]:
        return {
            "accepted": self.accepted,
            "upload": self.upload,
            "files": [file.json() for file in self.files],
        }


@dataclass(frozen=True, slots=True)
class Options:
    """`valid_rows_only` loads the good rows, rejects the others; `create_cros` says yes to unknown CROs.

    `ask_why` keeps everything out while something new is in doubt and no reason is given.
    """

    valid_rows_only: bool = False
    create_cros: bool = False
    dry_run: bool = False
    ask_why: bool = False


MUCH = 8 * 2**20
"""Bytes of files from which every core is wanted."""


class _Withdrawn(Exception):
    """Leaves the transaction without a commit."""


@dataclass(frozen=True, slots=True)
class _Request:
    """How files are to be taken: what `load` and `edit` have in common."""

    stamp: Stamp
    what: str
    kpis: Kpis
    options: Options
    answers: Mapping[Question, str] = field(default_factory=dict)
    progress: Progress = lambda stage, fraction: None
    inspect: Inspect | None = None
    gone: Sequence[Mapping[str, str]] = ()

    def answer(self, name: str, rule: str) -> frozenset[str] | None:
        """The columns of a table of which a rule was answered; None stands for all of them."""
        if self.stamp.reason:
            return None
        return frozenset(column for table, of, column in self.answers if (table, of) == (name, rule))

    @property
    def reason(self) -> str:
        """What stands in the ledger: the reason of the whole, then the answers to single questions."""
        said = (f"{column or rule}: {text}" for (_, rule, column), text in self.answers.items() if text)
        return "; ".join(part for part in (self.stamp.reason, *dict.fromkeys(said)) if part)


@dataclass(slots=True)
class _Run:
    """One load inside its transaction."""

    cursor: DuckDBPyConnection
    number: int
    request: _Request
    told: dict[int, Told] = field(default_factory=dict)
    results: dict[int, FileResult] = field(default_factory=dict)

    def take(self, told: Told, stage: Callable[[str], None]) -> None:
        """Check one table and write its good rows."""
        contract, file, cursor = told.layout.contract, len(self.told), self.cursor
        merged = f"merged_{file}"
        told = replace(told, layout=codes.with_codes(cursor, told.rows, told.layout))
        others = {i: one.name for i, one in self.told.items() if one.layout.contract.kind == contract.kind}
        self.told[file] = told
        stage("Reading the values")
        styles = staging.stage(cursor, file, told.rows, told.layout)
        staging.add(cursor, file, _read_problems(told))
        if told.made_of and not told.layout.pivot:
            who = self.request.stamp.who
            table = prefilled.keep_newer(cursor, file, told.table, told.layout, told.made_of, who)
            told = self.told[file] = replace(told, table=table, rows=table)
        stage("Checking")
        checks.check_cells(cursor, file, told.layout, styles)
        to_date.monthly(cursor, file, told.layout, self.request.answer(told.name, "to_date"))
        checks.check_keys(cursor, file, told.layout, others)
        stage("Comparing with what is known")
        columns = told.layout.names
        write.merge(cursor, contract, staging.staged(file), columns, merged, partly=bool(told.layout.pivot))
        reasons = self.request.answer(told.name, "reason")
        checks.check_merged(cursor, file, told.layout, merged, reasons, told.table.header_row)
        files = {i: (one.layout.contract, one.name) for i, one in self.told.items()}
        options = self.request.options
        references.check_references(cursor, file, told.layout, files, options.valid_rows_only, options.create_cros)
        self._create_cros(references.new_cros(cursor, file, told.layout), told)
        stage("Writing")
        self._write(file, told, merged)

    def close_absent(self) -> None:
        """Close what snapshots do not have any more, once all tables are in."""
        wanted = {i: told.layout for i, told in self.told.items() if told.layout.reading.snapshot}
        rejected = {i for i in wanted if self.results[i].counts.rejected}
        layouts = {i: told.layout for i, told in self.told.items()}
        for file in wanted:
            closed = snapshot.close(self.cursor, file, layouts, self.number, keep=file in rejected)
            result = self.results[file]
            counts = replace(result.counts, removed=closed.count)
            self.results[file] = replace(
                result, counts=counts, closed=closed.keys, problems=(*result.problems, *closed.problems)
            )

    def take_back(self) -> None:
        """Close what an edit takes back, once its rows are in."""
        for file, told in self.told.items():
            if not self.request.gone:
                return
            closed = snapshot.take_back(self.cursor, told.layout.contract, self.request.gone, self.number)
            result = self.results[file]
            counts = replace(result.counts, removed=closed.count)
            problems = [one for one in (*result.problems, *closed.problems) if one.rule != "no_rows"]
            self.results[file] = replace(result, counts=counts, closed=closed.keys, problems=problems)

    @property
    def entries(self) -> list[FileEntry]:
        """What the ledger keeps of the tables."""
        return [
            FileEntry(told.file, told.layout.contract.kind, told.sha256, self.results[i].counts)
            for i, told in self.told.items()
        ]

    def _create_cros(self, wanted: Sequence[str], told: Told) -> None:
        if wanted:
            table = table_of_rows(told.name, ("cro_id", "name"), [(cro, cro) for cro in wanted])
            layout = lay_out(table.headers, Reading(kind="cros"))
            self.take(Told(told.file, told.sha256, table, table, layout), lambda stage: None)

    def _write(self, file: int, told: Told, merged: str) -> None:
        contract, told_names = told.layout.contract, told.layout.names
        write.drop(self.cursor, merged, staging.bad_rows(file))
        plausible.check(self.cursor, file, told.layout, merged, self.request.stamp.status_date)
        staging.add(self.cursor, file, list(lookalike.doubts(self.cursor, contract.kind, merged)))
        problems = staging.listed(self.cursor, file, told.layout)
        counts = write.counted(self.cursor, merged)
        kept = counts.new + counts.changed + counts.unchanged
        counts = replace(counts, rows=told.count, rejected=told.count - kept)
        found = self.cursor.execute(staging.bad_rows(file)).fetchall() if counts.rejected else []
        bad = [row for (row,) in found if row > told.table.header_row]
        self.results[file] = FileResult(
            told.name if told.file else "",
            contract.kind,
            counts,
            problems,
            write.changes(self.cursor, contract, told_names, merged) if counts.changed else (),
            write.added(self.cursor, contract, merged) if counts.new else (),
            rejected_csv=rejected_csv(told.table, bad, problems) if bad else "",
            kept_out=kept_out(told.table, bad),
            left_out=told.left_out,
            headings=told.headings,
            header_row=told.table.header_row,
        )
        write.apply(self.cursor, contract, merged, self.number)


def load(
    store: Store,
    files: Sequence[FileIn],
    stamp: Stamp,
    *,
    kpis: Kpis,
    asked: Asked | None = None,
    answers: Mapping[Question, str] | None = None,
    options: Options = Options(),
    progress: Progress | None = None,
    inspect: Inspect | None = None,
) -> Loaded:
    """Load files as one upload.

    `asked` is how they are to be read, as far as it is decided. `answers` say why something is right that is in
    question; they stand in the ledger with the reason. `inspect` is called in the state after the load, with the
    number that the upload has, before it is kept or undone. Tables are taken in the order of their references. Where
    a row is wrong, or a sheet of a workbook cannot be used, nothing is loaded, unless `options.valid_rows_only`.
    """
    if sum(len(file.data) for file in files) > MUCH:
        store.widen()
    request = _Request(stamp, "file", kpis, options, answers or {}, progress or (lambda stage, fraction: None), inspect)
    asked = asked or Asked()
    with store.read() as cursor:
        kept = profiles.kept(cursor)
    told, not_told = receive(files, asked, kept, request.progress)
    # Where only what is good is wanted, a sheet that cannot be used does not stand in the way of the others.
    good = {one.file for one in told} if options.valid_rows_only else set()
    stands_in_the_way = any(one.problem.blocks and one.sheet_of not in good for one in not_told)
    unused = _unused(asked.constants, told)
    refused = [*map(_refused, not_told), *unused]
    order = [contract.kind for contract in ALL]
    told.sort(key=lambda one: order.index(one.layout.contract.kind))
    return _tell(store, request, told, refused, possible=not (stands_in_the_way or unused))


def edit(
    store: Store,
    kind: str,
    rows: Sequence[Mapping[str, str]],
    stamp: Stamp,
    *,
    kpis: Kpis,
    options: Options = Options(),
    gone: Sequence[Mapping[str, str]] = (),
) -> Loaded:
    """Load rows of a page, all with the same columns, and take back those with the keys `gone`.

    In problems the first row is row 2, as in a file.
    """
    headers = tuple(rows[0]) if rows else BY_KIND[kind].keys
    table = table_of_rows("", headers, [[row[header] for header in headers] for row in rows])
    said = [dict(row) for row in (*rows, *gone)]
    digest = hashlib.sha256(json.dumps(said, sort_keys=True).encode()).hexdigest()
    told = Told(None, digest, table, table, lay_out(headers, Reading(kind=kind)))
    return _tell(store, _Request(stamp, "edit", kpis, options, gone=gone), [told], [])


def _refused(one: NotTold) -> FileResult:
    return FileResult(
        one.name, one.kind, problems=(one.problem,), headings=one.headings, sheet=bool(one.sheet_of)
    )  # fmt: skip


def _unused(constants: Mapping[str, str], files: Sequence[Told]) -> list[FileResult]:
    used = {name for told in files for name in told.layout.constants}
    lost = [name for name in constants if name not in used] if files else []
    message = "No file is of a kind that has this column; leave it out or mend its name."
    return [
        FileResult("", None, problems=(Problem(None, name, constants[name], "constant", message),)) for name in lost
    ]


def _read_problems(told: Told) -> list[Problem]:
    width = len(told.table.headers)
    ragged = [
        Problem(
            bad.row, "", ",".join(bad.values)[:200], "columns",
            f"The row has {len(bad.values)} value{'s' * (len(bad.values) != 1)}, the header has {width}. "
            "Put a value that contains the separator into quotation marks, or add what is missing.",
        )
        for bad in told.table.ragged
    ]  # fmt: skip
    found = [*told.table.problems, *told.layout.problems, *ragged]
    if not told.table.count and not any(left.why == unfilled.WHY for left in told.left_out):
        found.append(Problem(None, "", "", "no_rows", "The file has a header and no rows below it.", "warning"))
    return found


def _not_yet(stamp: Stamp) -> Problem | None:
    """What is wrong with a status date that is still to come; a day on, it may be that day elsewhere in the world."""
    day, today = stamp.status_date, stamp.at.date()
    if day is None or day <= today + timedelta(days=1):
        return None
    message = f"The status date {day} is in the future: today is {today}. Give the day up to which the files tell."
    return Problem(None, "", str(day), "status_date", message)


def _tell(
    store: Store, request: _Request, files: Sequence[Told], refused: Sequence[FileResult], possible: bool = True
) -> Loaded:
    answer = Loaded(False, None, tuple(refused))
    options = request.options
    if early := _not_yet(request.stamp):
        found = [FileResult(one.name, one.layout.contract.kind, problems=(early,)) for one in files]
        return replace(answer, files=(*found, *refused))
    try:
        with store.write() as cursor:
            run = _Run(cursor, ledger.next_number(cursor), request)
            staging.prepare(cursor, request.kpis)
            for place, told in enumerate(files):
                run.take(told, _stages(request.progress, told.name, place, len(files)))
            run.close_absent()
            run.take_back()
            results = (*run.results.values(), *refused)
            accepted = possible and _acceptable(tuple(run.results.values()), options.valid_rows_only)
            total = sum((result.counts for result in results), NOTHING)
            accepted = accepted and not (total.anything and _in_doubt(results, request))
            answer = Loaded(accepted, None, results)
            kept = accepted and total.anything
            if kept:
                ledger.append(cursor, replace(request.stamp, reason=request.reason), request.what, run.entries)
            if request.inspect:
                if kept:
                    rollups.refresh(cursor, run.number)
                request.progress("Working out which figures move", 0.85)
                request.inspect(cursor, run.number)
            if options.dry_run or not kept:
                raise _Withdrawn
            request.progress("Keeping it", 0.95)
            answer = replace(answer, upload=run.number)
    except _Withdrawn:
        pass
    request.progress("Done", 1.0)
    return answer


def _acceptable(results: Sequence[FileResult], valid_rows_only: bool) -> bool:
    if any(result.undecided if valid_rows_only else result.blocked for result in results):
        return False
    total = sum((result.counts for result in results), NOTHING)
    return total.rejected < total.rows or not total.rows


def _in_doubt(results: Sequence[FileResult], request: _Request) -> bool:
    """Whether something is in doubt for which a reason is wanted, and none is given."""
    doubts = any(problem.severity == "doubt" for result in results for problem in result.problems)
    return doubts and request.options.ask_why and not request.reason


def _stages(progress: Progress, name: str, place: int, of: int) -> Callable[[str], None]:
    """Progress of one table among several. Each word of it is also a moment at which the load can be called off."""
    done = 0.1 + 0.7 * place / of
    steps = iter((0.0, 0.2, 0.4, 0.6, 0.8))

    def tell(stage: str) -> None:
        progress(f"{stage}: {name}", done + 0.7 / of * next(steps, 0.9))

    return tell
