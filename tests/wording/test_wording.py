"""Numbers, amounts and days in words."""

from datetime import date

import pytest

import wording


@pytest.mark.parametrize(
    ("amount", "text"),
    [
        (0, "EUR 0"),
        (-0.4, "EUR 0"),
        (12, "EUR 12"),
        (9_999.4, "EUR 9,999"),
        (9_999.6, "EUR 10.0k"),
        (412_345, "EUR 412k"),
        (999_499, "EUR 999k"),
        (999_500, "EUR 1.00m"),
        (1_249_900, "EUR 1.25m"),
        (31_440_000, "EUR 31.4m"),
        (2_813_253_223, "EUR 2.81bn"),
        (-650_506, "-EUR 651k"),
        (None, "–"),
    ],
)
def test_an_amount_has_three_digits_and_keeps_its_sign(amount: float | None, text: str) -> None:
    assert wording.money(amount, "EUR") == text


def test_amounts_that_are_compared_do_not_read_alike() -> None:
    """With three digits both would read JPY 1.31bn, with four 1.314 and 1.315."""
    done, budget = 1_314_900_000, 1_314_200_000
    assert (wording.money(done, "JPY", budget), wording.money(budget, "JPY", done)) == ("JPY 1.315bn", "JPY 1.314bn")
    assert wording.money(done, "JPY", done) == "JPY 1.31bn", "one amount told twice is told alike"
    assert wording.money(done, "JPY", None) == "JPY 1.31bn"
    assert wording.money(0.1, "JPY", 0.2) == "JPY 0", "there is no part of a unit to tell them by"


def test_sides_are_said_instead_of_signs() -> None:
    assert wording.over_under(-650_506, "EUR") == "EUR 651k over"
    assert wording.over_under(12_400, "USD") == "USD 12.4k under"
    assert wording.over_under(0.2, "USD") == "on budget"
    assert [wording.lateness(days) for days in (12, -1, 0.4, None)] == ["12 days late", "1 day early", "on time", "–"]


def test_a_score_is_rounded_down_so_that_it_agrees_with_its_colour() -> None:
    assert [wording.score(value) for value in (79.9, 80.0, 59.99, None)] == ["79", "80", "59", "–"]


def test_days_and_counts() -> None:
    assert wording.day(date(2026, 9, 3)) == "3 Sep 2026"
    assert wording.count(1, "study", "studies") == "1 study"
    assert wording.count(1200, "study", "studies") == "1,200 studies"
    assert [wording.signed(value) for value in (-0.2, 3.2, None)] == ["", "+3", ""]
