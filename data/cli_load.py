"""`python -m data load`: its arguments, what they decide about the files, and what it answers."""

import re
from argparse import ArgumentParser, ArgumentTypeError, Namespace, _ArgumentGroup
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import cast

from data import commands
from data.contracts import ALL, BY_KIND
from data.intake import Asked, FileIn, FileResult, Kpis, Loaded, Options, Problem, Reading
from data.intake.columns import key
from data.intake.encoding import ENCODINGS
from data.intake.reading import DATE_ORDERS, DECIMAL_MARKS, UNITS, DateOrder, DecimalMark, Unit
from data.outgoing import in_line
from data.service import Context
from data.store import Stamp

ROLE = "command line"
SHOWN_CHANGES = 20
DESCRIPTION = """Load files as one upload: CSV in any usual form, Excel workbooks, or a .zip of these.

Tables are taken in the order of their references. A row that is known is left alone where it is the same, so loading
a file twice changes nothing. A column that the file lacks keeps what is known; an empty cell clears it. Where any row
has a problem, nothing is loaded, unless you choose --valid-rows-only.

Headings of other people are matched by --map, and what you decide is kept as a profile by --profile NAME. Next month
the profile is recognised by the headings."""


def arguments(load: ArgumentParser) -> None:
    """Add the arguments of the command."""
    load.add_argument("files", nargs="+", metavar="FILE", help="a CSV, Excel or zip file")
    load.add_argument("--kind", choices=list(BY_KIND), metavar="KIND",
                      help="kind of the files (default: found from their columns)")  # fmt: skip
    load.add_argument("--set", action="append", default=[], type=_constant, metavar="COLUMN=VALUE",
                      dest="constants",
                      help="a column for every row; {Heading} in it is that row's cell; may be repeated")  # fmt: skip
    load.add_argument("--status-date", type=day, metavar="DATE",
                      help="day as of which the files tell, such as 2026-09-30 (default: today)")  # fmt: skip
    load.add_argument("--valid-rows-only", action="store_true", help="load the good rows; the others come back")
    load.add_argument("--rejected", metavar="FOLDER", help="where the others go (default: beside their file)")
    load.add_argument("--create-cros", action="store_true", help="create CROs that engagements name for the first time")
    load.add_argument("--dry-run", action="store_true", help="only say what would change")
    load.add_argument("--reason", default="", metavar="TEXT",
                      help="why; needed where something agreed changes, an amount to date falls, or something "
                           "looks wrong and is right")  # fmt: skip
    load.add_argument("--unattended", action="store_true",
                      help="nobody is there to say why: load also what looks wrong and may be right")  # fmt: skip
    load.add_argument("--json", action="store_true", help="print JSON")
    _reading_arguments(load.add_argument_group("how the files are to be read"))


def _reading_arguments(load: _ArgumentGroup) -> None:
    load.add_argument("--profile", metavar="NAME",
                      help="read as this profile says; what is decided here is kept in it")  # fmt: skip
    load.add_argument("--map", action="append", default=[], type=_mapped, metavar="HEADING=COLUMN", dest="columns",
                      help="a column of the file and ours; empty: not used; invoiced@{month}, forecast@dbl: "
                           "a column for each month or milestone")  # fmt: skip
    load.add_argument("--map-value", action="append", default=[], type=_value, metavar="COLUMN:THEIRS=OURS",
                      dest="values", help="a value of theirs and ours")  # fmt: skip
    for option, words, what in (
        ("--dates", DATE_ORDERS, "order of day, month and year"),
        ("--decimal", DECIMAL_MARKS, "decimal mark"),
        ("--unit", UNITS, "unit of the amounts"),
    ):
        load.add_argument(option, action="append", default=[], type=_OneOf(words), metavar="COLUMN=" + "|".join(words),
                          help=f"{what} in a column, where the file leaves it open")  # fmt: skip
    load.add_argument("--to-date", action="append", default=[], type=_total, metavar="COLUMN[=no]",
                      help="the amounts of this column are totals to date, or with =no those of the month")  # fmt: skip
    load.add_argument("--leave-out", action="append", default=[], metavar="NAME",
                      help="a file, or a sheet as “x.xlsx, Sheet”, not to be loaded; may be repeated")  # fmt: skip
    load.add_argument("--encoding", choices=list(ENCODINGS), metavar="NAME",
                      help=f"how texts are written: {', '.join(ENCODINGS)} (default: found)")  # fmt: skip
    load.add_argument("--snapshot", action="store_true", default=None,
                      help="the file is complete: close what is not in it, in its engagements")  # fmt: skip


def _constant(text: str) -> tuple[str, str]:
    name, equals, value = text.partition("=")
    if not equals or not _is_column(name):
        raise ArgumentTypeError(f"expected COLUMN=VALUE with a column of some kind, got “{text}”")
    return name, value


def _mapped(text: str) -> tuple[str, str]:
    heading, equals, target = text.rpartition("=")
    if not equals or not heading or not (target == "" or _is_column(target.partition("@")[0])):
        raise ArgumentTypeError(f"expected HEADING=COLUMN with a column of some kind, got “{text}”")
    return heading, target


def _value(text: str) -> tuple[str, str, str]:
    column, colon, pair = text.partition(":")
    theirs, equals, ours = pair.rpartition("=")
    if not colon or not equals or not _is_column(column):
        raise ArgumentTypeError(f"expected COLUMN:THEIRS=OURS with a column of some kind, got “{text}”")
    return column, theirs, ours


def _total(text: str) -> tuple[str, bool]:
    column, _, word = text.partition("=")
    if not _is_column(column) or word not in ("", "yes", "no"):
        raise ArgumentTypeError(f"expected COLUMN or COLUMN=no with a column of some kind, got “{text}”")
    return column, word != "no"


@dataclass(frozen=True, slots=True)
class _OneOf:
    """COLUMN=WORD with one of these words."""

    words: Sequence[str]

    def __call__(self, text: str) -> tuple[str, str]:
        column, _, word = text.partition("=")
        if not _is_column(column) or word not in self.words:
            raise ArgumentTypeError(f"expected COLUMN={'|'.join(self.words)} with a column of some kind, got “{text}”")
        return column, word


def _is_column(name: str) -> bool:
    return any(name in contract.names for contract in ALL)


def day(text: str) -> date:
    """A date of an argument. Raises ArgumentTypeError where it is none."""
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise ArgumentTypeError(f"expected a date such as 2026-09-30, got “{text}”") from None


def run(given: Namespace, context: Context, kpis: Kpis) -> Loaded:
    """Carry the command out. Rejected rows are written beside their files, and a profile is kept."""
    paths = [context.cwd / file for file in given.files]
    alike = len({path.name for path in paths}) < len(paths)
    names = given.files if alike else [path.name for path in paths]
    files = [FileIn(name, path.read_bytes(), given.kind) for name, path in zip(names, paths)]
    stamp = Stamp(
        who=context.who,
        role=ROLE,
        at=context.now,
        status_date=given.status_date or context.now.date(),
        reason=given.reason,
    )
    options = Options(given.valid_rows_only, given.create_cros, given.dry_run, ask_why=not given.unattended)
    store = context.store if given.dry_run else context.lasting_store
    reading = _reading(given)
    if given.profile and not reading.decides:
        commands.refuse_unknown_profile(store, given.profile)
    # What a profile keeps must be part of the reading; a constant for this load alone need not fit every file.
    asked = Asked(
        {} if given.profile else dict(given.constants), {"": reading}, profile=given.profile or "",
        left_out=frozenset(given.leave_out), encodings={"": given.encoding} if given.encoding else {},
    )  # fmt: skip
    answer = commands.load(store, files, stamp, kpis=kpis, asked=asked, options=options)
    if answer.accepted and not given.dry_run:
        folder = context.cwd / given.rejected if given.rejected else None
        _write_rejected(answer, dict(zip(names, paths)), folder, context)
        if given.profile:
            for name, kept in _profiles(given.profile, answer):
                commands.keep_profile(store, name, kept, stamp, kpis)
    return answer


def _reading(given: Namespace) -> Reading:
    values: dict[str, dict[str, str]] = {}
    for column, theirs, ours in given.values:
        values.setdefault(column, {})[theirs.strip().casefold()] = ours
    return Reading(
        kind=given.kind or "",
        columns={key(heading): target for heading, target in given.columns},
        constants=dict(given.constants) if given.profile else {},
        values=values,
        units=cast(dict[str, Unit], dict(given.unit)),
        dates=cast(dict[str, DateOrder], dict(given.dates)),
        decimals=cast(dict[str, DecimalMark], dict(given.decimal)),
        to_date=dict(given.to_date),
        snapshot=given.snapshot,
    )


def _profiles(name: str, answer: Loaded) -> Iterator[tuple[str, Reading]]:
    """The profile of each table: several tables of one sender are told apart by their kinds."""
    tables = [file for file in answer.files if file.headings.matched]
    for file in tables:
        yield (name if len(tables) == 1 else f"{name}, {file.kind}"), file.headings.reading


def _write_rejected(answer: Loaded, paths: Mapping[str, Path], folder: Path | None, context: Context) -> None:
    for file in answer.files:
        if file.rejected_csv:
            path = _path_of(file.file, paths)
            table = re.sub(r"\W+", "-", file.file.removeprefix(path.name)).strip("-")
            name = f"{path.stem}.{table}" if table else path.stem
            target = (folder or path.parent) / f"{name}.rejected.csv"
            target.parent.mkdir(parents=True, exist_ok=True)
            target.write_text(file.rejected_csv, encoding="utf-8-sig", newline="")
            context.err.write(in_line(f"Rejected rows of {file.file}: {target}") + "\n")


def _path_of(table: str, paths: Mapping[str, Path]) -> Path:
    """The file that a table came in: a sheet or the member of an archive has its name first."""
    return max((path for name, path in paths.items() if table.startswith(name)), key=lambda path: len(path.name))


def told(answer: Loaded, dry_run: bool) -> Iterator[str]:
    """The answer as lines of text."""
    for file in answer.files:
        yield from _told_file(file)
    if not answer.accepted and not any(file.blocked for file in answer.files):
        yield "Refused: nothing was changed. Mend what is in doubt, or say why it is right, by --reason TEXT."
    elif not answer.accepted:
        yield "Refused: nothing was changed."
    elif dry_run:
        yield "Dry run: nothing was changed. Without --dry-run this would be accepted."
    elif answer.upload is None:
        yield "Nothing new: the store has these rows already."
    else:
        yield f"Accepted as upload {answer.upload}."


def _told_file(file: FileResult) -> Iterator[str]:
    counts = file.counts
    closed = f", {counts.removed} closed" if counts.removed else ""
    read_as = f", read as profile {file.headings.profile}" if file.headings.profile else ""
    name = file.file or "The command"
    yield (
        f"{name} ({file.kind or 'kind not found'}{read_as}): {counts.rows} rows: {counts.new} new, "
        f"{counts.changed} changed, {counts.unchanged} unchanged, {counts.rejected} rejected{closed}"
    )
    for left in file.left_out:
        yield f"  left out: {left.rows}, from row {left.first}: {left.why}"
    groups: dict[tuple[str, str, str], list[Problem]] = {}
    for problem in file.problems:
        groups.setdefault((problem.severity, problem.column, problem.rule), []).append(problem)
    for (severity, column, rule), problems in groups.items():
        yield f"  {severity}: {f'{column}, ' if column else ''}{rule}{_rows(problems)}"
        value = f"“{problems[0].value}”: " if problems[0].value else ""
        yield f"    {value}{problems[0].message}"
    for change in file.changes[:SHOWN_CHANGES]:
        yield f"  {change.key}, {change.column}: {change.before or 'empty'} -> {change.after or 'empty'}"
    if len(file.changes) > SHOWN_CHANGES:
        yield "  and more changed cells"
    for key_of_row in file.closed[:SHOWN_CHANGES]:
        yield f"  closed: {key_of_row}"


def _rows(problems: Sequence[Problem]) -> str:
    rows = [problem.row for problem in problems if problem.row is not None]
    if not rows:
        return ""
    more = f" and {len(rows) - 5} more" if len(rows) > 5 else ""
    return f", row {', '.join(map(str, rows[:5]))}{more}"
