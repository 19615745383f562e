"""Files for their user alone: in the store stands what may not be for everybody on the machine."""

import os
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

_MASK = threading.RLock()


@contextmanager
def private() -> Iterator[None]:
    """While the block runs, files are made for their user alone. The mask is the whole process's: one at a time."""
    with _MASK:
        before = os.umask(0o077)
        try:
            yield
        finally:
            os.umask(before)


def shut(file: Path) -> None:
    """Take a file from everybody but its user where everybody may read it; one shared with a group on purpose stays."""
    with suppress(FileNotFoundError, PermissionError):
        mode = file.stat().st_mode & 0o777
        if mode & 0o007:
            file.chmod(mode & 0o700)
