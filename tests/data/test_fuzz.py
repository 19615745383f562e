"""Five hundred broken files; `python -m tests.data.fuzz 20000` is the long run."""

import time

import pytest

from data.store import Store
from tests.data.fuzz import SECONDS, WHOLE, broken, outcome
from tests.data.helpers import everything, example_store

SEEDS = 500


@pytest.fixture(scope="module")
def store() -> Store:
    return example_store()


@pytest.mark.parametrize("first", range(0, SEEDS, 50))
def test_a_broken_file_ends_in_a_result_or_a_refusal(store: Store, first: int) -> None:
    before = everything(store)
    for seed in range(first, first + 50):
        began = time.perf_counter()
        assert outcome(store, seed) in ("accepted", "refused"), seed
        assert time.perf_counter() - began < SECONDS, seed
    assert everything(store) == before


def test_the_seeds_break_what_was_whole() -> None:
    made = [broken(seed) for seed in range(SEEDS)]
    assert len(set(made)) > 0.95 * SEEDS
    assert sum(one in WHOLE for one in made) < 0.02 * SEEDS
