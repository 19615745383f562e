"""Numbers in words."""

from datetime import date

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


@pytest.mark.parametrize(
    ("amount", "text"),
    [
        (412_345, "EUR 0.41m"),
        (31_400_000, "EUR 31m"),
        (12_400, "EUR 12k"),
        (1_240, "EUR 1.2k"),
        (12, "EUR 12"),
        (0, "EUR 0"),
        (-650_506, "EUR -0.65m"),
        (2_813_253_223, "EUR 2.8bn"),
        (None, "–"),
    ],
)
def test_money(amount: float | None, text: str) -> None:
    assert words.money(amount, "EUR") == text


def test_signs_are_said() -> None:
    assert words.over_under(-650_506, "EUR") == "EUR 0.65m over"
    assert words.over_under(12_400, "USD") == "USD 12k under"
    assert words.over_under(0.2, "USD") == "on budget"
    assert [words.lateness(days) for days in (12, -1, 0, None)] == ["12 days late", "1 day early", "on time", "–"]


def test_a_score_is_rounded_down_so_that_it_agrees_with_its_colour() -> None:
    assert [words.score(value) for value in (79.9, 80.0, 59.99, None)] == ["79", "80", "59", "–"]


def test_dates_counts_and_ratings() -> None:
    assert words.day(date(2026, 9, 3)) == "3 Sep 2026"
    assert words.count(1, "study", "studies") == "1 study"
    assert words.count(1200, "study", "studies") == "1,200 studies"
    assert words.rating(Band.TOO_FEW, 7, 10, "milestones") == "too few (7 of 10 milestones)"
    assert [words.signed(value) for value in (-0.2, 3.2, None)] == ["", "+3", ""]
