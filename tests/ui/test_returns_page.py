"""Returns on Home and Data: by when, who is late, and the workbooks to fetch."""

from datetime import date
from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from ui import returns
from ui.fetch import months_to_tell

SHELL = Path(__file__).parents[2] / "ui" / "shell.py"


def home(**query: str) -> AppTest:
    app = AppTest.from_file(str(SHELL), default_timeout=60)
    for name, value in query.items():
        app.query_params[name] = value
    return app.run()


def data(tab: str, **query: str) -> AppTest:
    app = home(data=tab, **query)
    return app.switch_page("../pages/data.py").run()


def said(app: AppTest) -> str:
    shown = (*app.markdown, *app.caption, *app.success)
    return "\n".join(element.value.replace("\\", "") for element in shown)


@pytest.fixture
def today(monkeypatch: pytest.MonkeyPatch) -> None:
    """Friday 6 November 2026, the due day of October."""
    monkeypatch.setattr(returns, "calendar", lambda: (date(2026, 11, 6), 5))


@pytest.mark.usefixtures("demo_copy", "today")
def test_home_says_by_when_and_who_is_late() -> None:
    # The three studies of Ostwald have told nothing since June: July was due on Friday 7 August.
    text = said(home())
    assert "October returns: due Fri 6 Nov 2026 (working day 5); 21 of 24 are in." in text
    assert "3 returns are late" in text


@pytest.mark.usefixtures("demo_copy", "today")
def test_what_is_not_due_yet_is_not_late(monkeypatch: pytest.MonkeyPatch) -> None:
    # Looking at Ostwald at the end of July: July is not in; asked on 7 August, its due day, nobody would be late.
    monkeypatch.setattr(returns, "calendar", lambda: (date(2026, 8, 7), 5))
    text = said(home(as_of="2026-07-31", cros="OSTWALD"))
    assert "July returns: due Fri 7 Aug 2026 (working day 5); 0 of 3 are in." in text
    assert "No return is late" in text
    assert "Nobody is late" in said(data("Freshness", as_of="2026-07-31", cros="OSTWALD"))
    monkeypatch.setattr(returns, "calendar", lambda: (date(2026, 8, 8), 5))
    text = said(home(as_of="2026-07-31", cros="OSTWALD"))
    assert "July returns: due Fri 7 Aug 2026" in text
    assert "3 returns are late" in text


@pytest.mark.usefixtures("demo_copy", "today")
def test_the_data_page_says_it_as_well() -> None:
    app = data("Freshness")
    assert not app.exception
    assert "October returns: due Fri 6 Nov 2026 (working day 5); 21 of 24 are in." in said(app)


@pytest.mark.usefixtures("demo_copy", "today")
def test_a_return_is_fetched_by_name_and_month() -> None:
    app = data("Templates")
    assert not app.exception
    (name,) = [box for box in app.selectbox if box.label == "Project manager"]
    (month,) = [box for box in app.selectbox if box.label == "Month"]
    assert month.value == "2026-10"
    assert "Priya Nair" in name.options
    assert button(app, "Get the return of October 2026").disabled  # of whom?
    name.set_value("Priya Nair").run()
    assert not button(app, "Get the return of October 2026").disabled
    (month,) = [box for box in app.selectbox if box.label == "Month"]
    month.set_value("2026-09").run()
    assert not button(app, "Get the return of September 2026").disabled


def test_an_empty_store_offers_the_set_up_alone(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CRO_DB", str(tmp_path / "new.duckdb"))
    app = data("Templates")
    assert not app.exception
    assert button(app, "Get the set-up workbook")
    assert "My return" not in said(app)


def button(app: AppTest, label: str):  # type: ignore[no-untyped-def]
    (found,) = [one.proto for one in app.get("download_button") if one.proto.label == label]
    return found


@pytest.mark.parametrize(
    ("as_of", "today", "newest"),
    [
        (date(2026, 10, 31), date(2026, 11, 2), "2026-10"),  # some have told of October, others will
        (date(2026, 9, 30), date(2026, 11, 2), "2026-10"),  # the first to tell of October
        (date(2026, 9, 30), date(2026, 10, 30), "2026-09"),  # October has not ended
        (date(2026, 10, 31), date(2027, 3, 1), "2026-11"),  # an old portfolio goes on where it stopped
        (date(2026, 10, 31), date(2025, 1, 1), "2026-10"),  # and one of the future too
        (date(2026, 10, 15), date(2026, 10, 20), "2026-09"),
        (date(2025, 12, 31), date(2026, 2, 1), "2026-01"),
    ],
)
def test_the_month_offered_first_is_the_one_to_tell_of(as_of: date, today: date, newest: str) -> None:
    months = months_to_tell(as_of, today)
    assert months[0] == newest
    assert len(months) == 12
    assert months == sorted(set(months), reverse=True)
