"""A large file of requests: the product's load, DuckDB's bare read, and a validator that goes row by row."""

from dataclasses import dataclass
from datetime import UTC, date, datetime
from pathlib import Path

import duckdb
import pandas as pd

from bench.requests_file import engagements_csv, write_requests
from bench.row_by_row import problems
from bench.timing import medians
from data import commands
from data.contracts import BY_KIND, Type
from data.intake import FileIn
from data.store import Stamp, Store

ROWS = 1_000_000
STAMP = Stamp(who="bench", role="bench", at=datetime(2026, 10, 31, tzinfo=UTC), status_date=date(2026, 10, 31))
PRODUCT, BARE, BY_ROW = "load, checked and versioned", "DuckDB read_csv, typed", "pandas and checks row by row"
BARE_TYPES = {Type.MOMENT: "TIMESTAMP", Type.NUMBER: "DECIMAL(24,6)", Type.WHOLE: "BIGINT", Type.DATE: "DATE"}


@dataclass(frozen=True)
class LoadTimes:
    """Median seconds of each way, for a file of so many rows and bytes."""

    rows: int
    size: int
    seconds: dict[str, float]

    def ratio(self, way: str) -> float:
        """How many times as long as DuckDB's bare read."""
        return self.seconds[way] / self.seconds[BARE]


def measure_load(folder: Path, rows: int = ROWS) -> LoadTimes:
    """Time the three ways on one file, written to `folder`; each ends in a new file of DuckDB, but for the last."""
    path = folder / "requests.csv"
    write_requests(path, rows)
    numbers = iter(range(1_000))
    times = medians(
        {
            PRODUCT: lambda: _product(path, folder / f"store-{next(numbers)}.duckdb"),
            BARE: lambda: _bare(path, folder / f"bare-{next(numbers)}.duckdb"),
            BY_ROW: lambda: _by_row(path),
        }
    )
    return LoadTimes(rows, path.stat().st_size, times)


def _product(path: Path, file: Path) -> None:
    store = Store(file)
    load_requests(store, "engagements", engagements_csv())
    load_requests(store, "requests", path.read_bytes())
    store.close()
    file.unlink()


def load_requests(store: Store, kind: str, data: bytes) -> None:
    """Load a file of the benchmark. Raises RuntimeError where it is refused."""
    answer = commands.load(store, [FileIn(f"{kind}.csv", data, kind)], STAMP, kpis={})
    if not answer.accepted:
        raise RuntimeError(f"The file of the benchmark was refused: {answer.files[0].problems[:3]}")


def _bare(path: Path, file: Path) -> None:
    columns = {column.name: BARE_TYPES.get(column.type, "VARCHAR") for column in BY_KIND["requests"]}
    connection = duckdb.connect(str(file))
    connection.execute(
        "CREATE TABLE requests AS SELECT * FROM read_csv($path, columns = $columns, header = TRUE)",
        {"path": str(path), "columns": columns},
    )
    connection.close()
    file.unlink()


def _by_row(path: Path) -> None:
    rows = pd.read_csv(path, dtype=str, keep_default_na=False)
    if found := problems(rows):
        raise RuntimeError(f"The file of the benchmark has problems: {found[:3]}")
