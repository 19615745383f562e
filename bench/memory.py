"""What a load takes of memory: `python -m bench.memory FILE` loads it in a process of its own, and says so in bytes."""

import resource
import subprocess
import sys
import tempfile
from pathlib import Path

from bench.load import load_requests
from bench.requests_file import engagements_csv
from data.store import Store

STATUS = Path("/proc/self/status")
ROOT = Path(__file__).parents[1]


def measure_memory(path: Path) -> int:
    """Bytes that loading a file of requests takes at its peak, above what the process had before."""
    command = [sys.executable, "-m", "bench.memory", str(path)]
    return int(subprocess.run(command, cwd=ROOT, check=True, capture_output=True, text=True).stdout)


def main() -> None:
    """Load the file that is named, into a store that is thrown away, and print the bytes."""
    with tempfile.TemporaryDirectory() as folder:
        store = Store(Path(folder) / "store.duckdb")
        load_requests(store, "engagements", engagements_csv())
        before = _peak()
        load_requests(store, "requests", Path(sys.argv[1]).read_bytes())
        print(_peak() - before)
        store.close()


def _peak() -> int:
    """The highest so far, in bytes.

    Linux counts to `ru_maxrss` what the process that started this one had, and tells its own in its status, in KiB.
    """
    if STATUS.exists():
        lines = (line.split() for line in STATUS.read_text(encoding="ascii").splitlines())
        return next(int(words[1]) for words in lines if words[0] == "VmHWM:") * 1024
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss


if __name__ == "__main__":
    main()
