"""The commands of `python -m reports`: review packs, replies, the oversight record, the calendar."""

from argparse import ArgumentParser, ArgumentTypeError, Namespace, RawDescriptionHelpFormatter
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import TypeVar

from analytics.reviews import quarter_start
from analytics.scope import Scope, newest
from analytics.view import View
from data.outgoing import in_line
from data.service import Context, Program
from reports import desk, oversight, paper, reminders, reply
from reports.content import Pack
from reports.desk import NoReview, Opened
from reports.formats import FORMATS, file_name, write

T = TypeVar("T")
DONE, REFUSED = 0, 1
EXAMPLES = """examples:
  python -m reports review --cro FORTIS --quarter 2026-Q3 --format pptx --out fortis.pptx
  python -m reports review --cro FORTIS --quarter 2026-Q3 --edition cro --format html --out fortis.html
  python -m reports review --cro FORTIS --quarter 2026-Q3 --format pptx --template our.potx --out fortis.pptx
  python -m reports review --quarter 2026-Q3 --edition leadership --format pptx --out all.pptx
  python -m reports review --all --quarter 2026-Q3 --edition cro --format xlsx --out packs/
  python -m reports reply --cro FORTIS --quarter 2026-Q3 --out reply.xlsx      what the CRO fills in
  python -m reports calendar --out reviews.ics                                 meetings and due actions
  python -m reports oversight --out oversight.zip                              the record for inspectors
  python -m reports check oversight.zip                                        whether it is as it was made

A review that is frozen is written as it was frozen; any other is a draft by what is known now. Exit code 0: done;
1: refused, with the reason; 2: wrong use.
"""
BAR = 24


def program() -> Program:
    """What `python -m reports` understands."""
    return Program(parser, run, stays=lambda arguments: arguments.command == "check")


def parser() -> ArgumentParser:
    """The arguments of `python -m reports`."""
    top = ArgumentParser(
        prog="python -m reports",
        description="Review packs and records from the store (environment CRO_DB).",
        epilog=EXAMPLES,
        formatter_class=RawDescriptionHelpFormatter,
    )
    commands = top.add_subparsers(dest="command", required=True)
    review = commands.add_parser("review", help="the pack of a review, or of all")
    review.add_argument("--edition", choices=["sponsor", "cro", "leadership"], default="sponsor")
    review.add_argument("--format", choices=list(FORMATS), required=True)
    review.add_argument("--all", action="store_true", help="one pack a CRO, into the folder --out")
    review.add_argument("--template", metavar="FILE", help="your own .potx or .pptx, for PowerPoint")
    sheet = commands.add_parser("reply", help="the sheet in which the CRO replies")
    for command in (review, sheet):
        command.add_argument("--cro", metavar="ID", default="", help="code of the CRO")
        command.add_argument("--quarter", type=quarter, required=True, help="such as 2026-Q3")
    calendar = commands.add_parser("calendar", help="coming reviews and due actions as an iCalendar file")
    record = commands.add_parser("oversight", help="the oversight record, with a manifest of hashes")
    for command in (calendar, record):
        command.add_argument("--cro", metavar="ID", default="", help="of this CRO only")
    for command in (review, sheet, calendar, record):
        command.add_argument("--out", metavar="FILE", required=True, help="the file to write")
    check = commands.add_parser("check", help="whether an oversight record is as it was made")
    check.add_argument("record", metavar="FILE")
    return top


def quarter(text: str) -> str:
    """A quarter such as 2026-Q3. Raises ArgumentTypeError where it is none."""
    try:
        year, number = text.split("-Q")
        if len(year) == 4 and number in "1234" and len(number) == 1:
            quarter_start(text)
            return text
    except ValueError:
        pass
    raise ArgumentTypeError(f"“{text}” is no quarter. Write it like 2026-Q3.")


def run(arguments: Namespace, context: Context) -> int:
    """Carry out a command; 1 where it is refused, with the reason."""
    try:
        return COMMANDS[arguments.command](arguments, context)
    except (NoReview, paper.NoBrowser, ValueError, OSError) as problem:
        context.err.write(in_line(str(problem)) + "\n")
        return REFUSED


def _review(arguments: Namespace, context: Context) -> int:
    out, template = context.cwd / arguments.out, None
    if arguments.template:
        template = (context.cwd / arguments.template).read_bytes()
    if arguments.edition != "leadership" and not arguments.all and not arguments.cro:
        raise NoReview("Name the CRO with --cro, or take --all, or --edition leadership.")
    with _view(context) as view:
        names = desk.known(view)
        whole = arguments.all or arguments.edition == "leadership"
        codes = list(names) if whole else [arguments.cro]
        found = [
            desk.of(view, code, arguments.quarter, context.now.date())
            for code in _bar(codes, context, "packs", shown=len(codes) > 1)
        ]
    if arguments.edition == "leadership":
        return _write(desk.leadership(found, arguments.quarter), arguments.format, template, out, context)
    packs = [desk.for_edition(each, arguments.edition) for each in found]
    if not arguments.all:
        return _write(packs[0], arguments.format, template, out, context)
    out.mkdir(parents=True, exist_ok=True)
    for pack in _bar(packs, context, "files", shown=True):
        (out / file_name(pack, arguments.format)).write_bytes(write(pack, arguments.format, template))
    context.out.write(f"{len(packs)} packs written: {in_line(str(out))}\n")
    return DONE


@contextmanager
def _view(context: Context, cro: str = "") -> Iterator[View]:
    """Everything in the store, or of one CRO, as of its newest status date. Raises NoReview where it is empty."""
    with context.store.read() as cursor:
        as_of, known_at = newest(cursor)
        if as_of is None:
            raise NoReview("The store is empty: load engagements, milestones and budget first.")
        yield View(cursor, Scope(as_of=as_of, known_at=known_at, cros=(cro,) if cro else ()))


def _bar(found: Sequence[T], context: Context, what: str, shown: bool) -> Iterator[T]:
    """Each in turn, with a bar that says how far it is."""
    for place, each in enumerate(found):
        yield each
        if shown:
            done = BAR * (place + 1) // len(found)
            context.err.write(f"\r[{'#' * done}{'.' * (BAR - done)}] {place + 1} of {len(found)} {what}")
    if shown:
        context.err.write("\n")


def _write(pack: Pack, name: str, template: bytes | None, out: Path, context: Context) -> int:
    out.write_bytes(write(pack, name, template))
    context.out.write(f"{pack.cro}, {pack.quarter}, {pack.state}, content {pack.hash[:12]}: {in_line(str(out))}\n")
    return DONE


def _reply(arguments: Namespace, context: Context) -> int:
    with _view(context) as view:
        found: Opened = desk.of(view, arguments.cro, arguments.quarter, context.now.date())
    (context.cwd / arguments.out).write_bytes(reply.write(found.pack.for_cro()))
    context.out.write(f"Reply sheet written: {in_line(arguments.out)}\n")
    return DONE


def _calendar(arguments: Namespace, context: Context) -> int:
    with _view(context, arguments.cro) as view:
        events = reminders.reminders(view, context.now.date())
    (context.cwd / arguments.out).write_bytes(reminders.write(events, context.now))
    context.out.write(f"{len(events)} dates written: {in_line(arguments.out)}\n")
    return DONE


def _oversight(arguments: Namespace, context: Context) -> int:
    record = oversight.write(context.store, cro=arguments.cro, made_on=context.now, who=context.who)
    (context.cwd / arguments.out).write_bytes(record)
    context.out.write(f"Record written: {in_line(arguments.out)}\n")
    return DONE


def _check(arguments: Namespace, context: Context) -> int:
    findings = oversight.check((context.cwd / arguments.record).read_bytes())
    context.out.writelines(f"{in_line(finding)}\n" for finding in findings)
    if not findings:
        context.out.write("Sound: every file is as it was made.\n")
    return REFUSED if findings else DONE


COMMANDS: dict[str, Callable[[Namespace, Context], int]] = {
    "review": _review,
    "reply": _reply,
    "calendar": _calendar,
    "oversight": _oversight,
    "check": _check,
}
