"""KPIs in words."""

import pytest

from analytics import words
from analytics.catalogue import BY_ID
from analytics.kpi import Band


@pytest.mark.parametrize(
    ("kpi", "value", "thresholds", "text"),
    [
        ("T01", 88.44, (90, 80), "88.4 %"),
        ("T01", 89.96, (90, 80), "89.96 %"),  # one digit would print 90.0, the green threshold that it misses
        ("T02", -0.4, (0, 14), "0 d"),  # better than 0, and 0 is as green
        ("T02", -0.00001, (), "0 d"),
        ("R01", 8.0, (8, 16), "8.0 h"),
        ("R01", None, (8, 16), "–"),
        ("C02", 0.94996, (0.95, 0.9), "0.94996"),  # digits until it is no longer the threshold
    ],
)
def test_a_value_never_reads_as_the_threshold_that_it_misses(
    kpi: str, value: float | None, thresholds: tuple[float, ...], text: str
) -> None:
    assert words.shown(BY_ID[kpi], value, *thresholds) == text


def test_a_rating_says_what_it_needs() -> None:
    assert words.rating(Band.TOO_FEW, 7, 10, "milestones") == "too few (7 of 10 milestones)"
