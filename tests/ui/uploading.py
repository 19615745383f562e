"""The Upload tab as a project manager uses it, through AppTest."""

from collections.abc import Mapping
from datetime import date
from pathlib import Path
from typing import Any

import pandas as pd
from streamlit.testing.v1 import AppTest

SHELL = Path(__file__).parents[2] / "ui" / "shell.py"
Typed = dict[tuple[str, str], tuple[str, str | bool | date]]
"""A cell that names its row, by column and text, and what is written in that row: column and text."""


def page(day: str = "2026-10-31") -> AppTest:
    """The tab, with a status date, so that no test depends on the day on which it runs."""
    app = AppTest.from_file(str(SHELL), default_timeout=60)
    app.run()
    app.switch_page("../pages/data.py").run()
    app.date_input(key="status-date").set_value(date.fromisoformat(day)).run()
    return app


def drop(app: AppTest, files: Mapping[str, str | bytes], who: str = "Ana Ruiz") -> AppTest:
    """Drop files and give a name."""
    given = [(name, text.encode() if isinstance(text, str) else text, "") for name, text in files.items()]
    app.file_uploader[0].set_value(given)
    app.run()
    box(app.text_input, "Your name").set_value(who).run()
    assert not app.exception
    return app


def told(files: Mapping[str, str | bytes], day: str = "2026-10-31") -> None:
    """Load files that need no word more than a name."""
    app = drop(page(day), files)
    button(app, "Accept").click().run()
    assert "is in." in said(app)


def box(boxes: Any, label: str) -> Any:
    """The one widget of a sort whose label begins so."""
    (found,) = [box for box in boxes if box.label.replace("\\", "").startswith(label)]
    return found


def button(app: AppTest, start: str) -> Any:
    return box(app.button, start)


def has_button(app: AppTest, start: str) -> bool:
    return any(one.label.startswith(start) for one in app.button)


def table(app: AppTest, *columns: str) -> pd.DataFrame:
    """The one table that has these columns."""
    (found,) = [table.value for table in app.dataframe if set(columns) <= set(table.value.columns)]
    return found


def lines(app: AppTest, *columns: str) -> list[tuple[Any, ...]]:
    """Columns of the table with one line a file."""
    return list(table(app, "Kind")[list(columns)].itertuples(index=False, name=None))


def said(app: AppTest) -> str:
    """All text on the page that is not in a table."""
    shown = (*app.markdown, *app.caption, *app.success, *app.error, *app.info, *app.warning, *app.subheader)
    return "\n".join(element.value.replace("\\", "") for element in shown)


def folds(app: AppTest) -> dict[str, bool]:
    """What can be folded, by its label, and whether it is open."""
    return {one.label.replace("\\", ""): one.proto.expanded for one in app.expander}
