"""The review pack as PDF: the HTML, printed by a Chromium that this machine has."""

import os
import re
import shutil
import signal
import subprocess
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Literal

from reports import page
from reports.content import Pack

NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable", "chrome", "msedge")
LIMIT = 120  # seconds; a shared machine can be slow

_FLAGS = (
    "--headless=new",
    "--disable-gpu",
    "--disable-dev-shm-usage",
    "--disable-background-networking",
    "--disable-breakpad",
    "--disable-component-update",
    "--disable-default-apps",
    "--disable-extensions",
    "--disable-sync",
    "--host-resolver-rules=MAP * ~NOTFOUND",
    "--no-default-browser-check",
    "--no-first-run",
    "--no-pdf-header-footer",
)


class NoBrowser(RuntimeError):
    """No Chromium could print the pack; the message says what to do."""


def find_chromium() -> str | None:
    """The path of the first Chromium, Chrome or Edge by its usual names; None where there is none."""
    return next((found for name in NAMES if (found := shutil.which(name))), None)


def write(pack: Pack, chromium: str | None = None, paper: Literal["A4", "Letter"] = "A4") -> bytes:
    """The pack as PDF, printed on `paper` by the browser at the path `chromium`, or by the one that is found.

    Raises NoBrowser where there is none or it does not print within two minutes.
    """
    browser = chromium or find_chromium()
    if not browser:
        raise NoBrowser(
            "PDF needs Chromium, Chrome or Edge, and none was found. Install one or give its path, "
            "or take the format html and print it from any browser."
        )
    with TemporaryDirectory(prefix="review-", ignore_cleanup_errors=True) as name:
        folder = Path(name)
        (folder / "pack.html").write_bytes(page.write(pack, paper))
        printed = _print(browser, folder)
    return _named(_dated(printed, pack), pack)


def _print(browser: str, folder: Path) -> bytes:
    """What the browser printed of the page in the folder, which is all that it may write to."""
    out = folder / "pack.pdf"
    command = [browser, *_FLAGS, *_sandbox(), f"--user-data-dir={folder / 'profile'}", f"--print-to-pdf={out}"]
    homes = dict.fromkeys(("HOME", "TMPDIR", "XDG_CONFIG_HOME", "XDG_CACHE_HOME"), str(folder))
    try:
        said = _run([*command, (folder / "pack.html").as_uri()], {**os.environ, **homes})
    except OSError as problem:
        raise NoBrowser(f"{browser} could not be started: {problem}. Give another path, or take html.") from problem
    except subprocess.TimeoutExpired as problem:
        raise NoBrowser(f"{browser} did not print within {LIMIT} seconds. Try again, or take html.") from problem
    if not out.exists():
        raise NoBrowser(f"{browser} printed nothing. Give another path, or take html. It said: {said[-500:].strip()}")
    return out.read_bytes()


def _sandbox() -> tuple[str, ...]:
    """Chromium refuses its sandbox to root; to everybody else it stays."""
    return ("--no-sandbox",) if hasattr(os, "geteuid") and os.geteuid() == 0 else ()


def _run(command: list[str], environment: dict[str, str]) -> str:
    """What the program complained of. It and all that it started are ended when time is up."""
    process = subprocess.Popen(
        command,
        env=environment,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
        start_new_session=True,
    )
    try:
        _, said = process.communicate(timeout=LIMIT)
    finally:
        _end(process)
    return said.decode(errors="replace")


def _end(process: subprocess.Popen[bytes]) -> None:
    if process.poll() is not None:
        return
    if hasattr(os, "killpg"):
        os.killpg(process.pid, signal.SIGKILL)
    else:
        process.kill()
    process.communicate()


def _dated(pdf: bytes, pack: Pack) -> bytes:
    """The PDF with the day of the pack in place of the clock's, at the same length: its offsets stay true."""
    return re.sub(rb"\(D:\d{14}", b"(D:" + _day(pack).encode(), pdf)


def _named(pdf: bytes, pack: Pack) -> bytes:
    """The PDF with the properties of the pack, added at its end as a later revision of it."""
    found = re.search(
        rb"trailer\s*<<(?=[^>]*/Size (\d+))(?=[^>]*/Root (\d+ \d+ R))(?=[^>]*/Info (\d+) 0 R)[^>]*>>\s*"
        rb"startxref\s+(\d+)\s+%%EOF\s*$",
        pdf,
    )
    if not found:
        return pdf
    size, root, info, before = (each.decode() for each in found.groups())
    day = _day(pack)
    told = {
        "Title": page.title(pack),
        "Author": pack.prepared_by,
        "Subject": f"{pack.edition} edition, {pack.state}",
        "Keywords": "; ".join(f"{name}: {value}" for name, value in page.facts(pack)),
        "Creator": "CRO Scorecard",
    }
    words = "".join(f"/{name} <{_hex(value)}>\n" for name, value in told.items())
    entry = f"\n{info} 0 obj\n<<{words}/CreationDate (D:{day})\n/ModDate (D:{day})>>\nendobj\n".encode()
    table = (
        f"xref\n{info} 1\n{len(pdf) + 1:010d} 00000 n \ntrailer\n<</Size {size}\n/Root {root}\n/Info {info} 0 R\n"
        f"/Prev {before}>>\nstartxref\n{len(pdf) + len(entry)}\n%%EOF\n"
    )
    return pdf + entry + table.encode()


def _day(pack: Pack) -> str:
    return f"{(pack.frozen_on or pack.cut_off)[:10].replace('-', '')}000000"


def _hex(text: str) -> str:
    """A text as PDF takes it in any script."""
    return (b"\xfe\xff" + text.encode("utf-16-be")).hex()
