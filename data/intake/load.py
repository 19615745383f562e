"""Files become an upload: read, check, set against what is known, and write, in one transaction."""

import hashlib
import json
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from duckdb import DuckDBPyConnection

from data.contracts import ALL, Contract
from data.intake import checks, references, staging
from data.intake.columns import Layout, lay_out
from data.intake.problem import FileRefused, Problem
from data.intake.rejected import rejected_csv
from data.intake.text import Table, read_csv, table_of_rows
from data.store import Store, ledger, write
from data.store.ledger import FileEntry, Stamp
from data.store.write import Change, Counts

Progress = Callable[[str, float], None]
Inspect = Callable[[DuckDBPyConnection, int], None]
NOTHING = Counts()


@dataclass(frozen=True, slots=True)
class FileIn:
    """A file as it came. `kind` is given where the columns do not tell it."""

    name: str
    data: bytes
    kind: str | None = None


@dataclass(frozen=True, slots=True)
class FileResult:
    """What became of one file, or would. `changes` and `added` are the first ones, counts are exact."""

    file: str
    kind: str | None
    counts: Counts = NOTHING
    problems: Sequence[Problem] = ()
    changes: Sequence[Change] = ()
    added: Sequence[str] = ()
    rejected_csv: str = ""

    @property
    def blocked(self) -> bool:
        return any(problem.blocks for problem in self.problems)

    def json(self) -> dict[str, Any]:
        counts = self.counts
        return {
            "file": self.file,
            "kind": self.kind,
            "rows": counts.rows,
            "new": counts.new,
            "changed": counts.changed,
            "unchanged": counts.unchanged,
            "rejected": counts.rejected,
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
    """`valid_rows_only` loads the good rows, rejects the others; `create_cros` says yes to unknown CROs."""

    valid_rows_only: bool = False
    create_cros: bool = False
    dry_run: bool = False


class _Withdrawn(Exception):
    """Leaves the transaction without a commit."""


@dataclass(frozen=True, slots=True)
class _Told:
    """A file that could be read."""

    file: str | None
    sha256: str
    table: Table
    layout: Layout

    @property
    def name(self) -> str:
        return self.file or "the rows"


@dataclass(frozen=True, slots=True)
class _Request:
    """How files are to be taken: what `load` and `edit` have in common."""

    stamp: Stamp
    what: str
    kpi_ids: Collection[str]
    options: Options
    progress: Progress = lambda stage, fraction: None
    inspect: Inspect | None = None


@dataclass(slots=True)
class _Run:
    """One load inside its transaction."""

    cursor: DuckDBPyConnection
    number: int
    request: _Request
    files: dict[int, tuple[Contract, str]] = field(default_factory=dict)
    results: list[FileResult] = field(default_factory=list)
    entries: list[FileEntry] = field(default_factory=list)

    def take(self, told: _Told) -> None:
        """Check one file and write its good rows."""
        contract, file = told.layout.contract, len(self.files)
        merged = f"merged_{file}"
        others = {i: name for i, (other, name) in self.files.items() if other.kind == contract.kind}
        self.files[file] = (contract, told.name)
        staging.stage(self.cursor, file, told.table, told.layout)
        staging.add(self.cursor, file, _read_problems(told))
        checks.check_cells(self.cursor, file, told.layout)
        checks.check_keys(self.cursor, file, contract, others)
        write.merge(self.cursor, contract, staging.staged(file), told.layout.names, merged)
        checks.check_merged(self.cursor, file, told.layout, merged, self.request.stamp.reason)
        options = self.request.options
        references.check_references(
            self.cursor, file, told.layout, self.files, options.valid_rows_only, options.create_cros
        )
        self._create_cros(references.new_cros(self.cursor, file, told.layout), told)
        self._write(file, told, merged)

    def _create_cros(self, wanted: Sequence[str], told: _Told) -> None:
        if wanted:
            table = table_of_rows(("cro_id", "name"), [(cro, cro) for cro in wanted])
            self.take(replace(told, table=table, layout=lay_out(table.headers, "cros", {})))

    def _write(self, file: int, told: _Told, merged: str) -> None:
        contract, told_names = told.layout.contract, told.layout.names
        write.drop(self.cursor, merged, staging.bad_rows(file))
        problems = staging.listed(self.cursor, file)
        counts = write.counted(self.cursor, merged)
        kept = counts.new + counts.changed + counts.unchanged
        counts = replace(counts, rows=told.table.count, rejected=told.table.count - kept)
        result = FileResult(
            told.file or "",
            contract.kind,
            counts,
            problems,
            write.changes(self.cursor, contract, told_names, merged) if counts.changed else (),
            write.added(self.cursor, contract, merged) if counts.new else (),
            self._rejected(file, told, problems) if counts.rejected else "",
        )
        write.apply(self.cursor, contract, merged, self.number)
        self.results.append(result)
        self.entries.append(FileEntry(told.file, contract.kind, told.sha256, counts))

    def _rejected(self, file: int, told: _Told, problems: Sequence[Problem]) -> str:
        if not self.request.options.valid_rows_only:
            return ""
        rows = [row for (row,) in self.cursor.execute(staging.bad_rows(file)).fetchall()]
        return rejected_csv(told.table, rows, problems)


def load(
    store: Store,
    files: Sequence[FileIn],
    stamp: Stamp,
    *,
    kpi_ids: Collection[str],
    constants: Mapping[str, str] | None = None,
    options: Options = Options(),
    progress: Progress | None = None,
    inspect: Inspect | None = None,
) -> Loaded:
    """Load files as one upload.

    `constants` are columns to add to every file whose kind has them. `inspect` is called in the state after
    the load, with the number that the upload has, before it is kept or undone. Several files are taken in the
    order of their references. Where a row is wrong, nothing is loaded, unless `options.valid_rows_only`.
    """
    request = _Request(stamp, "file", kpi_ids, options, progress or (lambda stage, fraction: None), inspect)
    told: list[_Told] = []
    refused: list[FileResult] = []
    for file in files:
        request.progress(f"Reading {file.name}", 0.0)
        try:
            told.append(_read(file, constants or {}))
        except FileRefused as problem:
            found = Problem(problem.row, "", "", problem.rule, str(problem))
            refused.append(FileResult(file.name, file.kind, problems=(found,)))
    refused.extend(_unused(constants or {}, told))
    order = [contract.kind for contract in ALL]
    told.sort(key=lambda one: order.index(one.layout.contract.kind))
    return _tell(store, request, told, refused)


def edit(
    store: Store,
    kind: str,
    rows: Sequence[Mapping[str, str]],
    stamp: Stamp,
    *,
    kpi_ids: Collection[str],
    options: Options = Options(),
) -> Loaded:
    """Load rows of a page, all with the same columns. In problems the first one is row 2, as in a file."""
    headers = tuple(rows[0])
    table = table_of_rows(headers, [[row[header] for header in headers] for row in rows])
    digest = hashlib.sha256(json.dumps([dict(row) for row in rows], sort_keys=True).encode()).hexdigest()
    told = _Told(None, digest, table, lay_out(headers, kind, {}))
    return _tell(store, _Request(stamp, "edit", kpi_ids, options), [told], [])


def _read(file: FileIn, constants: Mapping[str, str]) -> _Told:
    table = read_csv(file.data)
    return _Told(file.name, hashlib.sha256(file.data).hexdigest(), table, lay_out(table.headers, file.kind, constants))


def _unused(constants: Mapping[str, str], files: Sequence[_Told]) -> list[FileResult]:
    used = {name for told in files for name in told.layout.constants}
    lost = [name for name in constants if name not in used] if files else []
    message = "No file is of a kind that has this column; leave it out or mend its name."
    return [
        FileResult("", None, problems=(Problem(None, name, constants[name], "constant", message),)) for name in lost
    ]


def _read_problems(told: _Told) -> list[Problem]:
    width = len(told.table.headers)
    ragged = [
        Problem(
            bad.row, "", ",".join(bad.values)[:200], "columns",
            f"The row has {len(bad.values)} values, the header has {width}. "
            "Look for a comma that belongs into quotation marks, or for a missing one.",
        )
        for bad in told.table.ragged
    ]  # fmt: skip
    empty = Problem(None, "", "", "no_rows", "The file has a header and no rows below it.", "warning")
    return [*told.table.problems, *told.layout.problems, *ragged, *([] if told.table.count else [empty])]


def _tell(store: Store, request: _Request, files: Sequence[_Told], refused: Sequence[FileResult]) -> Loaded:
    answer = Loaded(False, None, tuple(refused))
    options = request.options
    try:
        with store.write() as cursor:
            run = _Run(cursor, ledger.next_number(cursor), request)
            staging.prepare(cursor, request.kpi_ids)
            for place, told in enumerate(files):
                request.progress(f"Checking {told.name}", 0.1 + 0.8 * place / len(files))
                run.take(told)
            results = (*run.results, *refused)
            total = sum((result.counts for result in results), NOTHING)
            blocked = any(result.blocked for result in (refused if options.valid_rows_only else results))
            accepted = not blocked and (total.rejected < total.rows or not total.rows)
            answer = Loaded(accepted, None, results)
            kept = accepted and total.anything
            if kept:
                ledger.append(cursor, request.stamp, request.what, run.entries)
            if request.inspect:
                request.inspect(cursor, run.number)
            if options.dry_run or not kept:
                raise _Withdrawn
            request.progress("Keeping it", 0.9)
            answer = replace(answer, upload=run.number)
    except _Withdrawn:
        pass
    request.progress("Done", 1.0)
    return answer
