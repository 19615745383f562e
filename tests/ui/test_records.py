"""What Home reminds of, and what leaves the register as a file."""

from datetime import UTC, date, datetime

import pytest
from streamlit.testing.v1 import AppTest

from tests.ui.opening import opened
from ui.review import records
from ui.review.steps import today


def labels(app: AppTest) -> list[str]:
    return [str(button.proto.label) for button in app.get("download_button")]


@pytest.mark.usefixtures("demo_copy")
def test_home_reminds_of_reviews_and_actions() -> None:
    app = opened("home")
    (fold,) = [fold.label for fold in app.expander if fold.label.endswith("to be reminded of")]
    table = next(frame.value for frame in app.dataframe if list(frame.value.columns) == list(records.COMING))
    assert fold.startswith(f"{len(table)} ")
    said = list(table["what"])
    # by hand in reviews.csv: the meeting of 3 December is not held; it is overdue once that day is over
    meeting = next(text for text in said if "Review meeting: Ostwald Clinical Development, 2026-Q3" in text)
    assert meeting.startswith("Overdue") == (today() > date(2026, 12, 3))
    # in actions.csv: A-033, due 9 October 2026 and open
    assert any(text.startswith("Overdue: Ostwald Clinical Development: No report since June") for text in said)
    assert "As a calendar file" in labels(app)


@pytest.mark.usefixtures("demo_copy")
def test_home_reminds_of_the_cros_in_sight_alone() -> None:
    app = opened("home", cros="NORVEK")
    table = next(frame.value for frame in app.dataframe if list(frame.value.columns) == list(records.COMING))
    assert len(table)
    assert not [text for text in table["what"] if "Norvek" not in text]


@pytest.mark.usefixtures("demo_copy")
def test_the_register_gives_the_record_to_whoever_says_their_name() -> None:
    app = opened("reviews", view="Register")
    (button,) = [one for one in app.get("download_button") if one.proto.label == "Oversight record"]
    assert button.proto.disabled
    next(box for box in app.text_input if box.label == "Your name").set_value("Ana Ruiz").run()
    (button,) = [one for one in app.get("download_button") if one.proto.label == "Oversight record"]
    assert not button.proto.disabled
    assert any("is not validated" in one.value for one in app.caption)


def test_today_is_the_day_of_the_clock() -> None:
    assert abs((today() - datetime.now(UTC).date()).days) <= 1
