"""The commands of `python -m data`."""

import dataclasses
import json
from argparse import ArgumentParser, ArgumentTypeError, Namespace, RawDescriptionHelpFormatter
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any, TextIO

from data import cli_load, commands
from data.contracts import BY_KIND
from data.intake import Kpis
from data.outgoing import in_line
from data.returns import setup as forms
from data.returns.due import working_day
from data.returns.monthly import NoReturn, last_ended, monthly
from data.service import Context, Program, ask
from data.store import Stamp, UndoRefused
from data.watch import NotWatched, Watch, ending

DeclaredKpis = Callable[[], Kpis]
DONE, REFUSED, WRONG_USE = 0, 1, 2

DESCRIPTION = """Load files into the store, look at what was loaded, take it back.

The store is the file that the environment variable CRO_DB names (default: var/cro.duckdb). The commands work
while the app runs: it then carries them out itself."""
EPILOG = """examples:
  python -m data template milestones > milestones.csv     a file to fill in
  python -m data load milestones.csv --dry-run            what would change, and every problem
  python -m data load cros.csv engagements.csv milestones.csv budget.csv --status-date 2026-09-30
  python -m data load requests.csv --valid-rows-only      bad rows come back in requests.rejected.csv
  python -m data load sites.csv --kind milestones --set engagement_id=E-014
  python -m data load plan.csv --reason "amendment 2 signed"
  python -m data return --pm "Ana Ruiz" --month 2026-10 --out return.xlsx
  python -m data setup --service full --engagement E-030 --out setup.xlsx
  python -m data history
  python -m data undo 14 --reason "wrong month"
  python -m data export milestones --known-at 13 > before.csv
  python -m data backup backups/2026-09-30.duckdb
  python -m data verify
  python -m data watch /srv/drop --profile "Site metrics"  files from a machine, as they land

exit codes: 0 done, 1 refused (nothing was changed), 2 wrong use
"""
WATCH = """Load files as they land in a folder, each as an upload of its own, until Ctrl-C.

A file is taken when it has not changed for a while, and is moved to accepted/ or refused/ in that folder, with a
report beside it. Names that begin with a dot or end in .part or .tmp are left alone. A watch that was killed goes on
where it was. It works beside the app, and without it; the files are loaded as `load` does."""


def program(kpis: DeclaredKpis) -> Program:
    """What `python -m data` understands; `kpis` are those that a file may name."""
    return Program(
        parser,
        lambda arguments, context: run(arguments, context, kpis),
        stays=lambda arguments: arguments.command == "watch",
    )


def parser() -> ArgumentParser:
    """The arguments of `python -m data`."""
    top = ArgumentParser(
        prog="python -m data",
        description=DESCRIPTION,
        epilog=EPILOG,
        formatter_class=RawDescriptionHelpFormatter,
    )
    orders = top.add_subparsers(dest="command", required=True, metavar="COMMAND")
    cli_load.arguments(orders.add_parser("load", help="load files", description=cli_load.DESCRIPTION,
                                      formatter_class=RawDescriptionHelpFormatter))  # fmt: skip
    template = orders.add_parser("template", help="print the CSV template of a kind, with example rows")
    template.add_argument("kind", choices=list(BY_KIND), metavar="KIND", help=f"one of {', '.join(BY_KIND)}")
    kept = orders.add_parser("profiles", help="list how the files of each sender are read")
    history = orders.add_parser("history", help="list the uploads, the newest first")
    undo = orders.add_parser("undo", help="take an upload back, by a new upload")
    undo.add_argument("number", type=int, metavar="N", help="number of the upload, as in history")
    undo.add_argument("--reason", required=True, metavar="TEXT", help="why; it stands in the history")
    export = orders.add_parser("export", help="print the rows of a kind as CSV")
    export.add_argument("kind", choices=list(BY_KIND), metavar="KIND", help=f"one of {', '.join(BY_KIND)}")
    export.add_argument("--known-at", type=int, metavar="N", help="as known at upload N (default: now)")
    export.add_argument("--private", action="store_true",
                        help="also what tells who answered in confidence: role and comment of surveys")  # fmt: skip
    backup = orders.add_parser("backup", help="copy the whole store to a new file")
    backup.add_argument("path", metavar="PATH", help="a file that does not exist yet")
    verify = orders.add_parser("verify", help="prove keys, references, versions and the ledger; 1 where one fails")
    _watch_arguments(orders.add_parser("watch", help="load files as they land in a folder", description=WATCH,
                                       formatter_class=RawDescriptionHelpFormatter))  # fmt: skip
    orders.add_parser("demo", help="fill an empty store with the demo portfolio")
    _form_arguments(
        orders.add_parser("return", help="write the workbook in which a project manager tells of a month"),
        orders.add_parser("setup", help="write the workbook with which a study begins"),
    )
    for one in (kept, history, undo, verify):
        one.add_argument("--json", action="store_true", help="print JSON")
    return top


def _form_arguments(told: ArgumentParser, begun: ArgumentParser) -> None:
    told.add_argument("--pm", required=True, metavar="NAME", help="the project manager, as engagements name them")
    told.add_argument("--month", metavar="MONTH", help="such as 2026-09 (default: the last one that has ended)")
    begun.add_argument("--service", required=True, choices=list(forms.templates()), help="what the CRO does")
    begun.add_argument("--engagement", default="", metavar="ID", help="your own code of the contract")
    begun.add_argument("--pm", default="", metavar="NAME", help="the project manager")
    begun.add_argument(
        "--start", type=cli_load.day, metavar="DATE", help="agreed start; it lays out the months of the budget"
    )
    for one in (told, begun):
        one.add_argument("--out", required=True, metavar="FILE", help="an .xlsx file that does not exist yet")


def _watch_arguments(watch: ArgumentParser) -> None:
    watch.add_argument("folder", metavar="DIR", help="the folder; accepted/ and refused/ are made in it")
    watch.add_argument("--every", type=_seconds, default=2.0, metavar="SECONDS",
                       help="time between two looks; a file that both find the same is taken (default: 2)")  # fmt: skip
    watch.add_argument("--once", action="store_true", help="take what is there, then end; 1 where a file was refused")
    watch.add_argument("--profile", metavar="NAME", help="profile of the sender, as in load")
    watch.add_argument("--kind", choices=list(BY_KIND), metavar="KIND",
                       help="kind of the files (default: found from their columns)")  # fmt: skip
    watch.add_argument("--status-date", type=cli_load.day, metavar="DATE",
                       help="day as of which the files tell (default: the day on which each is loaded)")  # fmt: skip
    watch.add_argument("--valid-rows-only", action="store_true",
                       help="load the good rows; the others lie beside the report")  # fmt: skip
    watch.add_argument("--create-cros", action="store_true", help="create CROs that files name for the first time")


def _seconds(text: str) -> float:
    try:
        seconds = float(text)
    except ValueError:
        seconds = 0.0
    if not 0.1 <= seconds <= 86400:
        raise ArgumentTypeError(f"expected seconds, from 0.1 to 86400, got “{text}”")
    return seconds


def run(arguments: Namespace, context: Context, kpis: DeclaredKpis) -> int:
    """Carry a command out and return the exit code; what it says goes to the context's `out` and `err`."""
    orders: dict[str, Callable[[], int]] = {
        "load": lambda: _load(arguments, context, kpis()),
        "template": lambda: _say(context, commands.template(arguments.kind)),
        "profiles": lambda: _profiles(arguments, context),
        "history": lambda: _history(arguments, context),
        "undo": lambda: _undo(arguments, context),
        "export": lambda: _say(
            context, commands.export(context.store, arguments.kind, arguments.known_at, arguments.private)
        ),
        "backup": lambda: _backup(arguments, context),
        "verify": lambda: _verify(arguments, context),
        "return": lambda: _write_form(arguments, context, _return),
        "setup": lambda: _write_form(arguments, context, _setup),
        "demo": lambda: _demo(context, kpis()),
        "watch": lambda: _watch(arguments, context, kpis),
    }
    try:
        return orders[arguments.command]()
    except (commands.Refused, UndoRefused, NoReturn) as refusal:
        context.err.writelines(f"{in_line(line)}\n" for line in f"Refused: {refusal}".split("\n"))
        return REFUSED
    except OSError as problem:
        context.err.write(in_line(f"{problem.filename or 'The file'}: {problem.strerror or problem}") + "\n")
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


def _load(arguments: Namespace, context: Context, kpis: Kpis) -> int:
    answer = cli_load.run(arguments, context, kpis)
    if arguments.json:
        _say_json(context, answer.json())
    else:
        context.out.writelines(f"{in_line(line)}\n" for line in cli_load.told(answer, arguments.dry_run))
    return DONE if answer.accepted else REFUSED


def _profiles(arguments: Namespace, context: Context) -> int:
    kept = commands.kept_profiles(context.store)
    if arguments.json:
        _say_json(context, {name: dataclasses.asdict(reading) for name, reading in kept.items()})
    elif not kept:
        context.out.write("No profiles yet. load --profile NAME keeps how a file is read.\n")
    for name, reading in kept.items() if not arguments.json else ():
        used = sum(bool(target) for target in reading.columns.values())
        closes = ", complete each time" if reading.snapshot else ""
        told = f"{name} ({reading.kind}): {used} of {len(reading.columns)} columns used{closes}"
        context.out.write(in_line(told) + "\n")
        for heading, target in reading.columns.items():
            context.out.write(in_line(f"  {heading} -> {target or 'not used'}") + "\n")
    return DONE


def _history(arguments: Namespace, context: Context) -> int:
    uploads = commands.history(context.store)
    if arguments.json:
        _say_json(context, uploads)
    elif not uploads:
        context.out.write("No uploads yet.\n")
    for entry in uploads if not arguments.json else ():
        context.out.write(in_line(_told_upload(entry)) + "\n")
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
    stamp = Stamp(who=context.who, role=cli_load.ROLE, at=context.now, status_date=None, reason=arguments.reason)
    number = commands.undo(context.store, arguments.number, stamp)
    if arguments.json:
        _say_json(context, {"upload": number, "undoes": arguments.number})
        return DONE
    return _say(context, f"Upload {arguments.number} is undone, by upload {number}.\n")


def _backup(arguments: Namespace, context: Context) -> int:
    target = context.cwd / arguments.path
    commands.backup(context.store, target)
    return _say(context, f"Backup written: {in_line(str(target))}\n")


def _verify(arguments: Namespace, context: Context) -> int:
    findings = commands.verify(context.store)
    if arguments.json:
        _say_json(context, {"sound": not findings, "findings": findings})
    elif findings:
        context.out.writelines(f"{in_line(finding)}\n" for finding in findings)
    else:
        context.out.write(f"Sound: keys, references, versions and the ledger of {context.store.version} uploads.\n")
    return REFUSED if findings else DONE


def _watch(arguments: Namespace, context: Context, kpis: DeclaredKpis) -> int:
    options = _passed_on(arguments)
    parser().parse_args(["load", "any", *options])
    folder = context.cwd / arguments.folder
    watch = Watch(
        folder,
        lambda argv: ask("data", program(kpis), argv),
        options,
        arguments.every,
        now=lambda: datetime.now(UTC),
        say=lambda line: _at_once(context.out, line),
        remark=lambda line: _at_once(context.err, line),
    )
    try:
        with ending(watch):
            all_accepted = watch.run(arguments.once)
    except NotWatched as why:
        context.err.write(in_line(str(why)) + "\n")
        return WRONG_USE
    return DONE if all_accepted or not arguments.once else REFUSED


def _passed_on(arguments: Namespace) -> list[str]:
    """The arguments of a watch that are those of each load."""
    values = {name: getattr(arguments, name) for name in ("profile", "kind", "status_date")}
    ticks = [name for name in ("valid_rows_only", "create_cros") if getattr(arguments, name)]
    given = [f"{_flag(name)}={value}" for name, value in values.items() if value is not None]
    return [*given, *map(_flag, ticks)]


def _flag(name: str) -> str:
    return f"--{name.replace('_', '-')}"


def _at_once(out: TextIO, line: str) -> None:
    # A log in a smaller character set must not end the watch for the name of a file.
    encoding = out.encoding or "utf-8"
    out.write(in_line(line).encode(encoding, "backslashreplace").decode(encoding) + "\n")
    out.flush()


def _demo(context: Context, kpis: Kpis) -> int:
    number = commands.demo(context.lasting_store, kpis)
    return _say(context, f"Demo portfolio: {number} uploads.\n")


def _return(arguments: Namespace, context: Context) -> bytes:
    try:
        number = working_day()
    except ValueError as wrong:
        raise commands.Refused(str(wrong)) from None
    return monthly(context.store, arguments.pm, arguments.month or last_ended(context.now.date()), number)


def _setup(arguments: Namespace, context: Context) -> bytes:
    return forms.setup(context.store, arguments.service, arguments.engagement, arguments.pm, arguments.start)


def _write_form(arguments: Namespace, context: Context, form: Callable[[Namespace, Context], bytes]) -> int:
    """Write a workbook, never over one that may be filled in."""
    path = context.cwd / arguments.out
    content = form(arguments, context)
    try:
        with path.open("xb") as out:
            out.write(content)
    except FileExistsError:
        raise commands.Refused(f"{path} exists already. Choose another name.") from None
    return _say(context, f"Written: {in_line(str(path))}\n")
