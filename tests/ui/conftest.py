"""What the tests of pages share: a store of their own, and hands for the tables that can be written into."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pandas as pd
import pytest
import streamlit as st

from tests.ui.uploading import Typed


@pytest.fixture
def empty(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A store with nothing in it."""
    monkeypatch.setenv("CRO_DB", str(tmp_path / "new.duckdb"))


@pytest.fixture
def typed(monkeypatch: pytest.MonkeyPatch) -> Typed:
    """What a person types into tables: AppTest draws them and cannot write into them."""
    typing: Typed = {}
    real: Callable[..., pd.DataFrame] = st.data_editor

    def editor(frame: pd.DataFrame, **options: Any) -> pd.DataFrame:
        edited = real(frame, **options).copy()
        for (by, text), (column, cell) in typing.items():
            if by in edited.columns and column in edited.columns:
                edited.loc[edited[by].astype(str) == text, column] = cell
        return edited

    monkeypatch.setattr(st, "data_editor", editor)
    return typing
