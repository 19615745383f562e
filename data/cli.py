"""The commands of `python -m data`."""

import json
from argparse import ArgumentParser, ArgumentTypeError, Namespace, RawDescriptionHelpFormatter
from collections.abc import Callable, Collection, Iterator
from datetime import date, datetime
from pathlib import Path
from typing import Any

from data import commands
from data.contracts import ALL, BY_KIND
from data.intake import FileIn, FileResult, Loaded, Options, Problem
from data.service import Context, Program
from data.store import Stamp, UndoRefused

KpiIds = Callable[[], Collection[str]]
DONE, REFUSED, WRONG_USE = 0, 1, 2
SHOWN_CHANGES = 20

DESCRIPTION = """Load CSV files into the store, look at what was loaded, take it back.

The store is the file that the environment variable CRO_DB names (default: var/cro.duckdb). The commands work
while the app runs: it then carries them out itself."""
EPILOG = """examples:
  python -m data template milestones > milestones.csv     a file to fill in
  python -m data load milestones.csv --dry-run            what would change, and every problem
  python -m data load cros.csv engagements.csv milestones.csv budget.csv --status-date 2026-09-30
  python -m data load requests.csv --valid-rows-only      bad rows come back in requests.rejected.csv
  python -m data load sites.csv --kind milestones --set engagement_id=E-014
  python -m data load plan.csv --reason "amendment 2 signed"
  python -m data history
  python -m data undo 14 --reason "wrong month"
  python -m data export milestones --known-at 13 > before.csv
  python -m data backup backups/2026-09-30.duckdb
  python -m data verify

exit codes: 0 done, 1 refused (nothing was changed), 2 wrong use
"""
LOAD = """Load one or more CSV files (UTF-8, comma) as one upload, in the order of their references.

A row that is known is left alone where it is the same, so loading a file twice changes nothing. A column that
the file lacks keeps what is known; an empty cell clears it. Where any row has a problem, nothing is loaded,
unless you choose --valid-rows-only."""


def program(kpi_ids: KpiIds) -> Program:
    """What `python -m data` understands; `kpi_ids` are those that a file may name."""
    return Program(parser, lambda arguments, context: run(arguments, context, kpi_ids))


def parser() -> ArgumentParser:
    """The arguments of `python -m data`."""
    top = ArgumentParser(
        prog="python -m data",
        description=DESCRIPTION,
        epilog=EPILOG,
        formatter_class=RawDescriptionHelpFormatter,
    )
    orders = top.add_subparsers(dest="command", required=True, metavar="COMMAND")
    _load_arguments(orders.add_parser("load", help="load CSV files", description=LOAD,
                                      formatter_class=RawDescriptionHelpFormatter))  # fmt: skip
    template = orders.add_parser("template", help="print the CSV template of a kind, with example rows")
    template.add_argument("kind", choices=list(BY_KIND), metavar="KIND", help=f"one of {', '.join(BY_KIND)}")
    history = orders.add_parser("history", help="list the uploads, the newest first")
    undo = orders.add_parser("undo", help="take an upload back, by a new upload")
    undo.add_argument("number", type=int, metavar="N", help="number of the upload, as in history")
    undo.add_argument("--reason", required=True, metavar="TEXT", help="why; it stands in the history")
    export = orders.add_parser("export", help="print the rows of a kind as CSV")
    export.add_argument("kind", choices=list(BY_KIND), metavar="KIND", help=f"one of {', '.join(BY_KIND)}")
    export.add_argument("--known-at", type=int, metavar="N", help="as known at upload N (default: now)")
    backup = orders.add_parser("backup", help="copy the whole store to a new file")
    backup.add_argument("path", metavar="PATH", help="a file that does not exist yet")
    verify = orders.add_parser("verify", help="prove keys, references, versions and the ledger; 1 where one fails")
    orders.add_parser("demo", help="fill an empty store with the demo portfolio")
    for one in (history, undo, verify):
        one.add_argument("--json", action="store_true", help="print JSON")
    return top


def _load_arguments(load: ArgumentParser) -> None:
    load.add_argument("files", nargs="+", metavar="FILE", help="a CSV file")
    load.add_argument("--kind", choices=list(BY_KIND), metavar="KIND",
                      help="kind of the files (default: found from their columns)")  # fmt: skip
    load.add_argument("--set", action="append", default=[], type=_constant, metavar="COLUMN=VALUE",
                      dest="constants",
                      help="a column to add, with the same value in every row; may be repeated")  # fmt: skip
    load.add_argument("--status-date", type=_day, metavar="DATE",
                      help="day as of which the files tell, such as 2026-09-30 (default: today)")  # fmt: skip
    load.add_argument("--valid-rows-only", action="store_true", help="load the good rows; the others come back")
    load.add_argument("--rejected", metavar="FOLDER", help="where the others go (default: beside their file)")
    load.add_argument("--create-cros", action="store_true", help="create CROs that engagements name for the first time")
    load.add_argument("--dry-run", action="store_true", help="only say what would change")
    load.add_argument("--reason", default="", metavar="TEXT",
                      help="why; needed where an original baseline, due date or value changes")  # fmt: skip
    load.add_argument("--json", action="store_true", help="print JSON")


def _constant(text: str) -> tuple[str, str]:
    name, equals, value = text.partition("=")
    if not equals or not any(name in contract.names for contract in ALL):
        raise ArgumentTypeError(f"expected COLUMN=VALUE with a column of some kind, got “{text}”")
    return name, value


def _day(text: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise ArgumentTypeError(f"expected a date such as 2026-09-30, got “{text}”") from None


def run(arguments: Namespace, context: Context, kpi_ids: KpiIds) -> int:
    """Carry a command out and return the exit code; what it says goes to the context's `out` and `err`."""
    orders: dict[str, Callable[[], int]] = {
        "load": lambda: _load(arguments, context, kpi_ids()),
        "template": lambda: _say(context, commands.template(arguments.kind)),
        "history": lambda: _history(arguments, context),
        "undo": lambda: _undo(arguments, context),
        "export": lambda: _say(context, commands.export(context.store, arguments.kind, arguments.known_at)),
        "backup": lambda: _backup(arguments, context),
        "verify": lambda: _verify(arguments, context),
        "demo": lambda: _demo(context, kpi_ids()),
    }
    try:
        return orders[arguments.command]()
    except (commands.Refused, UndoRefused) as refusal:
        context.err.write(f"Refused: {refusal}\n")
        return REFUSED
    except OSError as problem:
        context.err.write(f"{problem.filename or 'The file'}: {problem.strerror or problem}\n")
        return WRONG_USE


def _say(context: Context, text: str) -> int:
    context.out.write(text)
    return DONE


def _say_json(context: Context, answer: object) -> None:
    context.out.write(json.dumps(answer, indent=2, ensure_ascii=False, default=_iso) + "\n")


def _iso(value: object) -> str:
    if isinstance(value, datetime):
        return f"{value.isoformat()}Z"
    return str(value)


def _load(arguments: Namespace, context: Context, kpi_ids: Collection[str]) -> int:
    paths = [context.cwd / file for file in arguments.files]
    alike = len({path.name for path in paths}) < len(paths)
    names = arguments.files if alike else [path.name for path in paths]
    files = [FileIn(name, path.read_bytes(), arguments.kind) for name, path in zip(names, paths)]
    stamp = Stamp(
        who=context.who,
        role="command line",
        at=context.now,
        status_date=arguments.status_date or context.now.date(),
        reason=arguments.reason,
    )
    options = Options(arguments.valid_rows_only, arguments.create_cros, arguments.dry_run)
    store = context.store if arguments.dry_run else context.lasting_store
    answer = commands.load(store, files, stamp, kpi_ids=kpi_ids, constants=dict(arguments.constants), options=options)
    if answer.accepted and not arguments.dry_run:
        folder = context.cwd / arguments.rejected if arguments.rejected else None
        _write_rejected(answer, dict(zip(names, paths)), folder, context)
    if arguments.json:
        _say_json(context, answer.json())
    else:
        context.out.writelines(f"{line}\n" for line in _told(answer, arguments.dry_run))
    return DONE if answer.accepted else REFUSED


def _write_rejected(answer: Loaded, paths: dict[str, Path], folder: Path | None, context: Context) -> None:
    for file in answer.files:
        if file.rejected_csv:
            path = paths[file.file]
            target = (folder or path.parent) / f"{path.stem}.rejected.csv"
            target.parent.mkdir(parents=True, exist_ok=True)
            target.write_text(file.rejected_csv, encoding="utf-8-sig", newline="")
            context.err.write(f"Rejected rows of {file.file}: {target}\n")


def _told(answer: Loaded, dry_run: bool) -> Iterator[str]:
    for file in answer.files:
        yield from _told_file(file)
    if not answer.accepted:
        yield "Refused: nothing was changed."
    elif dry_run:
        yield "Dry run: nothing was changed. Without --dry-run this would be accepted."
    elif answer.upload is None:
        yield "Nothing new: the store has these rows already."
    else:
        yield f"Accepted as upload {answer.upload}."


def _told_file(file: FileResult) -> Iterator[str]:
    counts = file.counts
    yield (
        f"{file.file} ({file.kind or 'kind not found'}): {counts.rows} rows: {counts.new} new, "
        f"{counts.changed} changed, {counts.unchanged} unchanged, {counts.rejected} rejected"
    )
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


def _rows(problems: list[Problem]) -> str:
    rows = [problem.row for problem in problems if problem.row is not None]
    if not rows:
        return ""
    more = f" and {len(rows) - 5} more" if len(rows) > 5 else ""
    return f", row {', '.join(map(str, rows[:5]))}{more}"


def _history(arguments: Namespace, context: Context) -> int:
    uploads = commands.history(context.store)
    if arguments.json:
        _say_json(context, uploads)
    elif not uploads:
        context.out.write("No uploads yet.\n")
    for entry in uploads if not arguments.json else ():
        context.out.write(_told_upload(entry) + "\n")
    return DONE


def _told_upload(entry: dict[str, Any]) -> str:
    what = f"undo of {entry['undoes']}" if entry["undoes"] else entry["what"]
    names = ", ".join(file["file"] or file["kind"] for file in entry["files"])
    counts = ", ".join(
        f"{entry[name]} {name}" for name in ("new", "changed", "unchanged", "removed", "rejected") if entry[name]
    )
    as_of = f", as of {entry['status_date']}" if entry["status_date"] else ""
    reason = f" Reason: {entry['reason']}." if entry["reason"] else ""
    undone = " (undone)" if entry["undone"] else ""
    return (
        f"{entry['number']:>5}  {entry['uploaded_at']:%Y-%m-%d %H:%M} UTC  {entry['who']}, {entry['role']}  "
        f"{what}{undone}{as_of}: {names}: {counts}.{reason}"
    )


def _undo(arguments: Namespace, context: Context) -> int:
    stamp = Stamp(who=context.who, role="command line", at=context.now, status_date=None, reason=arguments.reason)
    number = commands.undo(context.store, arguments.number, stamp)
    if arguments.json:
        _say_json(context, {"upload": number, "undoes": arguments.number})
        return DONE
    return _say(context, f"Upload {arguments.number} is undone, by upload {number}.\n")


def _backup(arguments: Namespace, context: Context) -> int:
    target = context.cwd / arguments.path
    commands.backup(context.store, target)
    return _say(context, f"Backup written: {target}\n")


def _verify(arguments: Namespace, context: Context) -> int:
    findings = commands.verify(context.store)
    if arguments.json:
        _say_json(context, {"sound": not findings, "findings": findings})
    elif findings:
        context.out.writelines(f"{finding}\n" for finding in findings)
    else:
        context.out.write(f"Sound: keys, references, versions and the ledger of {context.store.version} uploads.\n")
    return REFUSED if findings else DONE


def _demo(context: Context, kpi_ids: Collection[str]) -> int:
    number = commands.demo(context.lasting_store, kpi_ids)
    return _say(context, f"Demo portfolio: {number} uploads.\n")
