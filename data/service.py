"""One process owns the store: while the app runs, commands hand their request to it, else they open it.

The app announces itself in a file beside the store, readable by its user alone: the port, and a token that a
request must carry. So who may read that file may command the store, as who may read the store could.
"""

import getpass
import http.client
import io
import json
import os
import secrets
import sys
import urllib.error
import urllib.request
from argparse import ArgumentParser, Namespace
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import asdict, dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, TextIO

from data.store import Store, StoreInUse, StoreUnusable, location

ROUTE = "/command"
HEADER = "X-Store-Token"
LOOPBACK = ("127.0.0.1", "::1")
IN_USE = "The store {path} is open in another process that takes no commands. Wait until it has finished."
NO_ANSWER = """The running app ended before it answered, so the command may have been carried out, or not.
See in `python -m data history`, then give it again."""


class NoAnswer(Exception):
    """The running app ended in the middle of a command: it was carried out as a whole, or not at all."""


@dataclass(frozen=True, slots=True)
class Context:
    """What a command works with: the store, and where and by whom and when it was given."""

    open: Callable[[bool], Store]
    cwd: Path
    who: str
    now: datetime
    out: TextIO
    err: TextIO

    @property
    def store(self) -> Store:
        """The store; where there is no file yet, an empty one that leaves none behind."""
        return self.open(False)

    @property
    def lasting_store(self) -> Store:
        """The store, its file made where there is none."""
        return self.open(True)


@dataclass(frozen=True, slots=True)
class Program:
    """A command line: its arguments, and what it does with them. The result is its exit code.

    `stays` tells of a command that it is never handed to the app: it runs where it was given.
    """

    parser: Callable[[], ArgumentParser]
    run: Callable[[Namespace, Context], int]
    stays: Callable[[Namespace], bool] = lambda arguments: False


@dataclass(frozen=True, slots=True)
class Answer:
    """What a command said, and its exit code."""

    exit_code: int
    stdout: str
    stderr: str


@dataclass(slots=True)
class _OwnStore:
    """A store that is opened when a command first asks for it."""

    path: Path
    opened: list[Store] = field(default_factory=list)

    def open(self, lasting: bool) -> Store:
        if not self.opened:
            self.opened.append(location.open_store(self.path) if lasting or self.path.exists() else Store())
        return self.opened[0]

    def close(self) -> None:
        for store in self.opened:
            store.close()


def run_here_or_there(name: str, program: Program, argv: Sequence[str]) -> int:
    """Run a command in the app where it is running, else here. Returns its exit code.

    Leaves with SystemExit 2 where the arguments are wrong, as argparse does.
    """
    arguments = program.parser().parse_args(argv)
    try:
        answer = None if program.stays(arguments) else _ask_app(name, argv)
        if answer is None:
            return _run_here(program, arguments, sys.stdout, sys.stderr)
        sys.stdout.write(answer.stdout)
        sys.stderr.write(answer.stderr)
        return answer.exit_code
    except (StoreInUse, NoAnswer) as problem:
        text = NO_ANSWER if isinstance(problem, NoAnswer) else IN_USE.format(path=location.path())
        sys.stderr.write(text + "\n")
        return 1
    except StoreUnusable as problem:
        sys.stderr.write(f"{problem}\n")
        return 1
    except BrokenPipeError:
        # Whoever read the answer, such as `head`, had enough; without this Python complains again at its own exit.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 1


def ask(name: str, program: Program, argv: Sequence[str]) -> Answer:
    """What a command answers, from the app where it is running, else from here; the store is not kept open.

    Raises StoreInUse where another process has the store and takes no commands, NoAnswer where the app ended in the
    middle, and whatever the command raises here.
    """
    arguments = program.parser().parse_args(argv)
    answer = _ask_app(name, argv)
    if answer is None:
        out, err = io.StringIO(), io.StringIO()
        exit_code = _run_here(program, arguments, out, err)
        answer = Answer(exit_code, out.getvalue(), err.getvalue())
    return answer


def _run_here(program: Program, arguments: Namespace, out: TextIO, err: TextIO) -> int:
    own = _OwnStore(location.path())
    try:
        return program.run(arguments, Context(own.open, Path.cwd(), _user(), datetime.now(UTC), out, err))
    finally:
        own.close()


def handle(payload: Mapping[str, Any], store: Store, programs: Mapping[str, Program], now: datetime) -> dict[str, Any]:
    """Run a handed-over command on the app's own store. The route has looked at token and address before.

    Raises KeyError where the request names no program, or lacks a part.
    """
    out, err = io.StringIO(), io.StringIO()
    program = programs[payload["program"]]
    context = Context(lambda lasting: store, Path(payload["cwd"]), payload["who"], now, out, err)
    try:
        arguments = program.parser().parse_args(payload["argv"])
        if program.stays(arguments):
            return asdict(Answer(2, "", "The app does not take this command.\n"))
        exit_code = program.run(arguments, context)
    except StoreUnusable as problem:
        exit_code = 1
        err.write(f"{problem}\n")
    except SystemExit as ended:
        # The command line parsed the same arguments before it asked; only another version differs.
        exit_code = ended.code if isinstance(ended.code, int) else 2
        err.write("The running app does not know this command. Is it of another version? Start it anew.\n")
    return asdict(Answer(exit_code, out.getvalue(), err.getvalue()))


@contextmanager
def announce(path: Path, port: int) -> Iterator[str]:
    """Tell command lines where the app answers, as long as the block runs; yields the token to ask for."""
    token = secrets.token_urlsafe(32)
    file = token_file(path)
    file.parent.mkdir(parents=True, exist_ok=True)
    partial = file.with_name(f"{file.name}.{os.getpid()}")
    partial.unlink(missing_ok=True)
    descriptor = os.open(partial, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "w", encoding="utf-8") as out:
        json.dump({"port": port, "token": token, "pid": os.getpid()}, out)
    partial.replace(file)
    try:
        yield token
    finally:
        if _announced(path).get("token") == token:
            file.unlink(missing_ok=True)


def token_file(path: Path) -> Path:
    """Where the app that owns the store at `path` leaves port and token."""
    return path.with_name(f"{path.name}.token")


def allowed(token: str, given: str | None, client: str | None) -> bool:
    """Whether a request comes from this machine and carries the token."""
    return client in LOOPBACK and secrets.compare_digest(token.encode(), (given or "").encode())


def _announced(path: Path) -> dict[str, Any]:
    try:
        found = json.loads(token_file(path).read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return {}
    return found if isinstance(found, dict) and {"port", "token"} <= set(found) else {}


def _ask_app(name: str, argv: Sequence[str]) -> Answer | None:
    """The app's answer, or None where no app owns the store (a file may be left of one that was killed).

    Raises NoAnswer.
    """
    announced = _announced(location.path())
    if not announced:
        return None
    payload = {"program": name, "argv": [*argv], "cwd": str(Path.cwd()), "who": _user()}
    request = urllib.request.Request(
        f"http://127.0.0.1:{announced['port']}{ROUTE}",
        json.dumps(payload).encode(),
        {HEADER: announced["token"], "Content-Type": "application/json"},
    )
    # No proxy between two processes of one machine.
    opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
    try:
        with opener.open(request) as reply:
            return _answer(reply.read())
    except urllib.error.HTTPError as refusal:
        with refusal:
            # 400 is the route's own word; 403 comes from an app of another store, or one that has started anew.
            failed = refusal.code >= 500 or (refusal.code == 400 and "problem" in _json(refusal.read()))
        return Answer(1, "", "The running app could not carry the command out; its log says why.\n") if failed else None
    except urllib.error.URLError:
        return None
    except (OSError, http.client.HTTPException) as problem:
        raise NoAnswer(str(problem)) from problem


def _answer(body: bytes) -> Answer | None:
    """The answer of the app; None where something else listens at its port by now."""
    answer = _json(body)
    return Answer(int(answer["exit_code"]), answer["stdout"], answer["stderr"]) if "exit_code" in answer else None


def _json(body: bytes) -> dict[str, Any]:
    try:
        found = json.loads(body)
    except ValueError:
        return {}
    return found if isinstance(found, dict) else {}


def _user() -> str:
    try:
        return getpass.getuser()
    except (KeyError, OSError):
        return "unknown"
