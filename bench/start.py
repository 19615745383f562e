"""From the command that starts the app to its first healthy answer, beside an app that does nothing."""

import statistics
from pathlib import Path

from bench.pages import empty_app
from bench.timing import ROUNDS, seconds
from tests.server import ROOT, serve


def measure_start(folder: Path, store: Path) -> tuple[float, float]:
    """Median seconds to health of the app with its store, and of an empty app under a bare `streamlit run`.

    Everything has been started once before: compiled code is there, and so is the store.
    """
    root = empty_app(folder)
    for each in (ROOT, root):
        _start(folder, store, each)
    pairs = [(_start(folder, store, ROOT), _start(folder, store, root)) for _ in range(ROUNDS)]
    return statistics.median(own for own, _ in pairs), statistics.median(bare for _, bare in pairs)


def _start(folder: Path, store: Path, root: Path) -> float:
    """The time until health only: stopping the server again is left out."""
    server = serve(folder, store=store, root=root)
    taken = seconds(server.__enter__)
    server.__exit__(None, None, None)
    return taken
