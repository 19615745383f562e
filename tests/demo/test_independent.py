"""The demo portfolio in the product, and the same files read by a second computation in plain Python."""

from datetime import date
from pathlib import Path

import pandas as pd
import pytest

from data.store import Store
from tests.analytics.agreement import differences
from tests.analytics.independent.known import History, Upload, month_end

UPLOADS = Path(__file__).parents[2] / "data" / "demo" / "uploads"


@pytest.fixture(scope="module")
def history() -> History:
    """The files of each month, told on its last day."""
    return History(_upload(folder) for folder in sorted(UPLOADS.iterdir()))


def _upload(folder: Path) -> Upload:
    frames = {path.stem: pd.read_csv(path, dtype=str, keep_default_na=False) for path in sorted(folder.glob("*.csv"))}
    return month_end(folder.name), {kind: _records(frame) for kind, frame in frames.items()}


def _records(frame: pd.DataFrame) -> list[dict[str, object]]:
    return [dict(zip(frame.columns, cells, strict=True)) for cells in frame.itertuples(index=False, name=None)]


@pytest.mark.parametrize(
    ("as_of", "whole"),
    [
        pytest.param(date(2026, 10, 31), True, id="the last upload"),
        pytest.param(date(2025, 8, 20), False, id="within a month, a year before"),
    ],
)
def test_the_product_says_the_same(demo_store: Store, history: History, as_of: date, whole: bool) -> None:
    found = differences(demo_store, history, as_of, periods=whole)
    assert not found, "\n".join([f"{len(found)} differences", *found[:20]])
