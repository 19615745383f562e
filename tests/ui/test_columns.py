"""What a table says in words, and in which colour."""

from datetime import date

import pandas as pd
import pytest

from charts.theme import LIGHT
from ui import columns
from ui.start import beyond_words


@pytest.mark.parametrize(
    ("percent", "said"), [(-30.6, "30.6 % over"), (2.04, "2.0 % under"), (-0.04, "on budget"), (0.0, "on budget")]
)
def test_plus_is_under(percent: float, said: str) -> None:
    assert columns.share_over_under(percent) == said


def test_a_table_is_said_in_words_and_keeps_its_values(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(columns, "look", lambda: LIGHT)
    table = pd.DataFrame(
        {
            "cro": ["A", "B"], "light": ["▼ 48", "○"], "slip_days": [70.0, float("nan")],
            "due": [pd.Timestamp(2026, 10, 3), pd.NaT],
        }
    )  # fmt: skip
    shown = columns.written(table, ["light"], {"slip_days": columns.IN_WORDS["slip_days"]})
    html = shown.to_html()
    assert "70 days late" in html
    assert "3 Oct 2026" in html
    assert html.count("–") == 2  # a slip and a date that are not known
    assert html.count(LIGHT.band_text("red")) == 1
    assert shown.data["slip_days"].iloc[0] == 70.0


def test_a_date_after_the_newest_data_says_what_is_not_known() -> None:
    """March 2027 is five months after October 2026; another day of the same month hides nothing."""
    assert "No data after 31 Oct 2026: nothing is known of the 5 months since" in beyond_words(
        date(2027, 3, 31), date(2026, 10, 31)
    )
    assert beyond_words(date(2026, 10, 31), date(2026, 10, 30)) == ""
    assert beyond_words(date(2026, 6, 30), date(2026, 10, 31)) == ""
    assert beyond_words(date(2026, 6, 30), None) == ""
