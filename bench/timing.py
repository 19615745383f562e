"""How something is timed: several rounds in one process, the median of them."""

import gc
import statistics
import time
from collections.abc import Callable, Mapping

ROUNDS = 3


def seconds(work: Callable[[], object]) -> float:
    """Wall-clock seconds of one call, what earlier ones left behind collected before it."""
    gc.collect()
    start = time.perf_counter()
    work()
    return time.perf_counter() - start


def medians(works: Mapping[str, Callable[[], object]], rounds: int = ROUNDS) -> dict[str, float]:
    """Median seconds of each, taken in turn, so that a busy moment of the machine does not fall on one only."""
    taken: dict[str, list[float]] = {name: [] for name in works}
    for _ in range(rounds):
        for name, work in works.items():
            taken[name].append(seconds(work))
    return {name: statistics.median(values) for name, values in taken.items()}
