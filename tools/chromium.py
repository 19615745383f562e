"""Find a Chromium for the browser tests, or get one: `python -m tools.chromium` prints its path.

Where none can be had it prints nothing and says why on standard error; the tests then say that they did not
run.
"""

import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable", "chrome", "msedge")
APPLICATIONS = (
    "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome",
    "/Applications/Chromium.app/Contents/MacOS/Chromium",
    "C:/Program Files/Google/Chrome/Application/chrome.exe",
)
INSTALL = "apt-get install --yes --no-install-recommends chromium"


def main() -> None:
    """Print the path of a browser that starts."""
    browser = installed() or _from_debian() or _from_playwright()
    if browser:
        print(browser)
    else:
        _say("No Chromium was found and none could be installed: set CHROMIUM to the path of one.")


def installed() -> str:
    """The path of a Chromium of this machine that answers, CHROMIUM first; empty where there is none."""
    return next((path for path in _candidates() if _answers(path)), "")


def _candidates() -> Iterator[str]:
    if named := os.environ.get("CHROMIUM"):
        yield named
    yield from filter(None, map(shutil.which, NAMES))
    yield from (path for path in APPLICATIONS if Path(path).exists())


def _answers(path: str) -> bool:
    """Whether it is a browser and not, say, the stand-in that asks for a snap."""
    if sys.platform == "win32":
        return Path(path).exists()
    try:
        return subprocess.run([path, "--version"], capture_output=True, timeout=30, check=False).returncode == 0
    except (OSError, subprocess.TimeoutExpired):
        return False


def _from_debian() -> str:
    if not shutil.which("apt-get"):
        return ""
    # No user id on Windows, where the line above has already answered.
    as_root = [] if os.geteuid() == 0 else ["sudo", "--non-interactive"]
    if as_root and not _run([*as_root, "true"]):
        return ""
    _say("Installing Debian's Chromium for the browser tests, once ...")
    if not _run([*as_root, "apt-get", "update"], timeout=600):
        _say("The list of Debian's packages could not be brought up to date; trying with the one there is.")
    _run([*as_root, *INSTALL.split()], timeout=1800)
    return installed()


def _from_playwright() -> str:
    _say("Asking Playwright for a Chromium of its own, once ...")
    if not _run([sys.executable, "-m", "playwright", "install", "chromium"], timeout=1800):
        return ""
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        path = playwright.chromium.executable_path
    return path if _answers(path) else ""


def _run(command: list[str], timeout: float = 60) -> bool:
    """Whether the command succeeded. What it says goes to standard error, so that only a path is printed."""
    try:
        done = subprocess.run(command, stdout=sys.stderr, stdin=subprocess.DEVNULL, timeout=timeout, check=False)
    except (OSError, subprocess.TimeoutExpired) as error:
        _say(f"{command[0]}: {error}")
        return False
    return done.returncode == 0


def _say(text: str) -> None:
    print(text, file=sys.stderr)


if __name__ == "__main__":
    main()
