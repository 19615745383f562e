"""A large file of requests, the same bytes for the same number of rows, and the engagements that it names."""

from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.csv as pacsv
from numpy.typing import NDArray

from data.contracts import BY_KIND

SEED = 20261031
ENGAGEMENTS = 200
CROS = 8
MINUTES = 3 * 365 * 24 * 60
START = np.datetime64("2023-11-01", "m")
TOPICS = ("site payments", "monitoring visit report", "drug supply", "change order", "database export, version 2")
CHANNELS = ("mail", "portal", "phone")

Texts = NDArray[np.str_]


def engagements_csv() -> bytes:
    """The engagements of the requests, with their CROs, as CSV."""
    head = "engagement_id,cro_id,study_id,title,start_date,planned_end,contract_value,currency"
    rows = (
        f"E-{number:03},CRO-{number % CROS},S-{number:03},Study {number},2023-11-01,2027-10-31,1000000,EUR"
        for number in range(ENGAGEMENTS)
    )
    return "\n".join((head, *rows, "")).encode()


def write_requests(path: Path, rows: int) -> None:
    """Write so many valid requests: 9 of 10 answered, 8 of 10 resolved, 1 of 10 with a pause."""
    random = np.random.default_rng(SEED)
    opened = random.integers(0, MINUTES, rows)
    answered = opened + random.exponential(12 * 60, rows).astype(int)
    resolved = answered + random.exponential(6 * 24 * 60, rows).astype(int)
    columns = {
        "request_id": np.char.add("R-", np.arange(rows).astype(str)),
        "engagement_id": np.char.add("E-", np.char.zfill(random.integers(0, ENGAGEMENTS, rows).astype(str), 3)),
        "type": _picked(random, rows, BY_KIND["requests"]["type"].choices),
        "direction": _picked(random, rows, BY_KIND["requests"]["direction"].choices),
        "channel": _picked(random, rows, CHANNELS),
        "topic": _picked(random, rows, TOPICS),
        "priority": _picked(random, rows, ("high", "normal", "low")),
        "opened_at": _moments(opened),
        "first_response_at": _some(random, 0.9, _moments(answered)),
        "resolved_at": _some(random, 0.8, _moments(resolved)),
        "paused_hours": _some(random, 0.1, np.round(random.exponential(8, rows), 2).astype(str)),
        "escalation_level": _picked(random, rows, ("", "", "", "1", "2")),
        "cancelled_on": _some(random, 0.02, (START + resolved).astype("datetime64[D]").astype(str)),
    }
    table = pa.table({name: pa.array(values.tolist(), pa.string()) for name, values in columns.items()})
    pacsv.write_csv(table, path, pacsv.WriteOptions(quoting_style="needed"))


def _picked(random: np.random.Generator, rows: int, choices: tuple[str, ...]) -> Texts:
    return np.array(choices)[random.integers(0, len(choices), rows)]


def _some(random: np.random.Generator, share: float, values: Texts) -> Texts:
    return np.where(random.random(len(values)) < share, values, "")


def _moments(minutes: NDArray[np.int64]) -> Texts:
    return np.char.add((START + minutes).astype("datetime64[s]").astype(str), "Z")
