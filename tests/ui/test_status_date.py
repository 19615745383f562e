"""The day that file names name."""

from datetime import date

import pytest

from ui.status_date import named


@pytest.mark.parametrize(
    ("name", "day"),
    [
        ("return Ana 2026-10.xlsx", date(2026, 10, 31)),
        ("Timeline Sep26.xlsx", date(2026, 9, 30)),
        ("tracker_Sep-2026.csv", date(2026, 9, 30)),
        ("budget 2026_09.csv", date(2026, 9, 30)),
        ("Suivi_budget_CRO_202610.csv", date(2026, 10, 31)),
        ("30Sep2026 milestones.xlsx", date(2026, 9, 30)),
        ("Suivi août 26.csv", date(2026, 8, 31)),
        ("Bericht März 2026.xlsx", date(2026, 3, 31)),
        ("report 2026 February.xlsx", date(2026, 2, 28)),
        ("fees 09.2026.csv", date(2026, 9, 30)),
        # a whole date is the day up to which the file tells
        ("Jira 2026-09-30.csv", date(2026, 9, 30)),
        ("Jira 20261005.csv", date(2026, 10, 5)),
        ("export 31.10.2026.csv", date(2026, 10, 31)),
        ("02Oct26 status.xlsx", date(2026, 10, 2)),
        # the name of a person is no month of the year beside it
        ("return Jan 2026-10.xlsx", date(2026, 10, 31)),
    ],
)
def test_the_day_of_a_name(name: str, day: date) -> None:
    assert named([name]) == day


@pytest.mark.parametrize(
    "name",
    [
        "engagements.csv",
        "tracker 2026.xlsx",  # a year alone
        "May tracker.xlsx",  # no year
        "Summary 26 sites.xlsx",
        "Marathon26.csv",
        "decision 26.csv",
        "05-06-2026.csv",  # day and month, or month and day
        "2026-13.csv",
        "MSA-7-01 v2.csv",
        "NEP-202612345.csv",
        "Sep26 against Aug26.xlsx",  # two
    ],
)
def test_a_name_that_tells_no_day(name: str) -> None:
    assert named([name]) is None


def test_several_files_name_one_day_or_none() -> None:
    assert named(["a 2026-10.csv", "b Oct26.xlsx", "c.csv"]) == date(2026, 10, 31)
    assert named(["a 2026-10.csv", "b Sep26.xlsx"]) is None
