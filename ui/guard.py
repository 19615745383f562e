"""A page runs inside the shell or not at all.

The shell decides who may see what; a page that runs without it would show everything to anybody. The page
list already keeps pages from being run on their own, and this is the second lock on the same door.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar

import streamlit as st

NOT_ALONE = "This page opens from inside the app only. Start at the app's own address."

_IN_SHELL: ContextVar[bool] = ContextVar("in_shell", default=False)


@contextmanager
def shell() -> Iterator[None]:
    """Mark this one script run as the shell's; a page that runs inside passes `require_shell`."""
    token = _IN_SHELL.set(True)
    try:
        yield
    finally:
        _IN_SHELL.reset(token)


def require_shell() -> None:
    """Stop the page, with a word to the reader, unless the shell is running it."""
    if not _IN_SHELL.get():
        st.error(NOT_ALONE)
        st.stop()
