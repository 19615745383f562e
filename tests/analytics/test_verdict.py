"""One word for how a KPI stands to its target: what its interval allows to say."""

from typing import Any

import pytest

from analytics.kpi import Band, Better
from analytics.verdict import Verdict, against_target, beyond, red_by_fact, unsure


def row(
    kpi: str, band: Band, value: float | None, low: float | None, high: float | None, **more: Any
) -> dict[str, Any]:
    limits = {"T01": (90, 80), "R01": (8, 16), "T02": (0, 14), "C02": (0.95, 0.9), "Q01": (None, None)}[kpi]
    found = {"kpi": kpi, "band": band, "value": value, "low": low, "high": high, "n": 20.0, "numerator": 18.0}
    found |= {"band_all": band, "value_all": value, "n_all": 20.0, "green": limits[0], "red": limits[1]}
    return found | more


@pytest.mark.parametrize(
    ("case", "expected", "chance"),
    [
        # Higher is better: green from 90.
        (row("T01", Band.GREEN, 97, 91, 99), Verdict.BETTER, False),
        (row("T01", Band.GREEN, 97, 90, 99), Verdict.AS_EXPECTED, False),  # green at its edge is still within
        (row("T01", Band.GREEN, 92, 70, 98), Verdict.AS_EXPECTED, False),
        (row("T01", Band.AMBER, 85, 70, 93), Verdict.AS_EXPECTED, True),
        (row("T01", Band.RED, 75, 50, 90), Verdict.AS_EXPECTED, True),
        (row("T01", Band.RED, 75, 50, 89), Verdict.WORSE, False),
        # Lower is better: green up to 8 hours.
        (row("R01", Band.GREEN, 5, 3, 7), Verdict.BETTER, False),
        (row("R01", Band.RED, 20, 12, 30), Verdict.WORSE, False),
        (row("R01", Band.RED, 20, 7, 30), Verdict.AS_EXPECTED, True),
        (row("R01", Band.RED, 20, 12, None), Verdict.WORSE, False),  # the upper limit is not reached
        (row("R01", Band.GREEN, 5, 3, None), Verdict.AS_EXPECTED, False),
        (row("R01", Band.RED, None, 9, None), Verdict.WORSE, False),  # nor the median: beyond what was seen
        (row("R01", Band.RED, None, None, None), Verdict.WORSE, False),
        # Quartiles of single slips are no interval of their median; nor has money one.
        (row("T02", Band.RED, 20, -5, 30), Verdict.WORSE, False),
        (row("T02", Band.GREEN, -1, -5, 30), Verdict.AS_EXPECTED, False),
        (row("C02", Band.AMBER, 0.93, None, None), Verdict.WORSE, False),
        (row("C02", Band.GREEN, 1.2, None, None), Verdict.AS_EXPECTED, False),
        # What is not rated has no word of the four, but too few is one.
        (row("T01", Band.TOO_FEW, 75, 30, 95), Verdict.TOO_FEW, False),
        (row("T01", Band.NOT_REPORTED, None, None, None), None, False),
        (row("T01", Band.NOT_APPLICABLE, None, None, None), None, False),
        (row("Q01", Band.UNRATED, 3, 2, 4), None, False),
    ],
)
def test_the_word_follows_the_interval(case: dict[str, Any], expected: Verdict | None, chance: bool) -> None:
    assert against_target(case) is expected
    assert unsure(case) is chance


def test_a_red_fact_is_worse_whatever_the_interval() -> None:
    # A contractual milestone missed: red at 95 %, at 3 of 4 under min_n, and where the row says so at a red 75 %.
    by_value = row("T01", Band.RED, 75, 50, 91)
    for case in (
        row("T01", Band.RED, 95, 80, 99),
        row("T01", Band.RED, 75, 30, 95, n=4.0),
        by_value | {"red_fact": True},
    ):
        assert red_by_fact(case)
        assert against_target(case) is Verdict.WORSE
        assert not unsure(case)
    assert not red_by_fact(by_value)


def test_all_causes_use_the_interval_of_all_causes() -> None:
    # The CRO's own 20 of 20 (Wilson 83.9 to 100); all causes 20 of 40 (Wilson 35.2 to 64.8), far from green.
    case = row("T01", Band.GREEN, 100, 83.9, 100, value_all=50.0, n_all=40.0, band_all=Band.RED)
    assert against_target(case) is Verdict.AS_EXPECTED
    assert against_target(case, "_all") is Verdict.WORSE
    # All causes 34 of 40 are 85 %: Wilson 70.9 to 92.9 reaches green.
    case |= {"value_all": 85.0, "band_all": Band.AMBER}
    assert unsure(case, "_all")


def test_beyond_follows_the_declared_direction() -> None:
    assert beyond(Better.HIGHER, above=True) is beyond(Better.LOWER, above=False) is Verdict.BETTER
    assert beyond(Better.HIGHER, above=False) is beyond(Better.LOWER, above=True) is Verdict.WORSE
    assert [verdict.value for verdict in Verdict] == [
        "better", "no different", "worse", "too few",
    ]  # fmt: skip
