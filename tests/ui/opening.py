"""A page that is opened by its address, and a store of its own to look at."""

from datetime import date
from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from data.store import Store
from tests.ui.uploading import SHELL
from tests.world import CRO, ENGAGEMENT, Rows, world


def opened(page: str, **query: str) -> AppTest:
    """A page with these parameters in its address."""
    app = AppTest.from_file(str(SHELL), default_timeout=60)
    app.query_params.update(query)
    app.run().switch_page(f"../pages/{page}.py")
    app.query_params.update(query)
    return app.run()


def own_store(path: Path, monkeypatch: pytest.MonkeyPatch, day: date, **kinds: Rows) -> Path:
    """Make the pages look at a store of one CRO, one engagement and `kinds`, told on a day.

    A made-up store has no hash, so that pages keep the answers of two apart by their day.
    """
    whole: dict[str, Rows] = {"cros": [CRO], "engagements": [ENGAGEMENT], **kinds}
    world((day, whole), store=Store(path)).close()
    monkeypatch.setenv("CRO_DB", str(path))
    return path
