"""Reviews, as a reader sees it: actions, feedback, effects and decisions, of the demo, of one CRO, and nothing."""

from datetime import date
from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from tests.ui.opening import opened, own_store
from tests.ui.uploading import Typed, said

TABS = ("Actions", "Feedback both ways", "Did it help?", "Closed", "Decisions")


def reviews(**query: str) -> AppTest:
    return opened("reviews", **{"view": "Actions"} | query)


def fill(app: AppTest, **cells: str) -> None:
    for label, text in cells.items():
        next(box for box in app.text_input if box.label == label.replace("_", " ")).set_value(text)


def save(app: AppTest, key: str) -> None:
    """Press Save in the dialog that the button `key` opened: here every run is a whole one, so it is pressed again."""
    app.button(key=key).click()
    next(button for button in app.button if button.label == "Save").click()
    app.run()


@pytest.fixture
def one_cro(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A store with one CRO and one engagement, and nothing agreed."""
    return own_store(tmp_path / "one.duckdb", monkeypatch, date(2026, 3, 31))


@pytest.mark.usefixtures("demo_copy")
@pytest.mark.parametrize("tab", TABS)
def test_every_tab_opens_by_its_address(tab: str) -> None:
    app = reviews(view=tab)
    assert not app.exception
    assert app.dataframe


@pytest.mark.usefixtures("demo_copy")
def test_the_list_begins_with_what_is_overdue_longest() -> None:
    app = reviews()
    table = app.dataframe[0].value
    assert list(table["days"]) == sorted(table["days"], reverse=True)
    # by hand in actions.csv: A-015, due 30 Jun 2025 and open on 31 Oct 2026
    assert (table["action"].iloc[0], table["days"].iloc[0]) == ("A-015", 488)
    assert "overdue by up to 488 days" in said(app)


@pytest.mark.usefixtures("demo_copy")
def test_the_filters_of_the_scope_hold() -> None:
    assert set(reviews(cros="BRIGHTMOOR").dataframe[0].value["cro"]) == {"Brightmoor Trials"}


@pytest.mark.usefixtures("demo_copy")
def test_the_planted_action_helped_and_its_months_are_shown() -> None:
    """Story of the ledger: A-014, visit reports of Calloway & Finch, closed on 24 October 2025."""
    app = reviews(view="Did it help?", action="A-014")
    assert not app.exception
    table = app.dataframe[0].value.set_index("action")
    assert table.loc["A-014", "verdict"] == "moved to the better"
    assert table.loc["A-030", "verdict"] == "cannot be told by month"  # C09 is an amount to date
    assert "Visit reports on time, Calloway & Finch Trials: moved to the better after the action" in said(app)
    figure = app.get("plotly_chart")[0].proto.spec
    assert "closed 24 Oct 2025" in figure
    assert "raised 15 Jul 2025" in figure


@pytest.mark.usefixtures("one_cro")
def test_an_action_is_made_and_stands_there() -> None:
    app = reviews()
    assert "Nothing is open." in said(app)
    app.button(key="make-new").click().run()
    fill(app, What_is_to_be_done="Send the plan", Who_does_it="Ada", Your_name="Kim")
    save(app, "make-new")
    assert not app.exception
    [row] = app.dataframe[0].value.to_dict("records")
    assert (row["what"], row["owner"], row["side"], row["type"]) == ("Send the plan", "Ada", "CRO", "task")


@pytest.mark.usefixtures("one_cro")
def test_an_action_without_an_owner_or_due_before_it_was_raised_is_not_kept() -> None:
    app = reviews()
    app.button(key="make-new").click().run()
    fill(app, What_is_to_be_done="Send the plan", Your_name="Kim")
    save(app, "make-new")
    assert "An action needs what is to be done, an owner and your name." in said(app)
    fill(app, Who_does_it="Ada")
    app.date_input[-1].set_value(date(2026, 3, 30))  # raised on the as-of date, 31 March
    save(app, "make-new")
    assert "By when" in said(app)
    assert "2026-03-31" in said(app)
    assert "Nothing is open." in said(reviews())


@pytest.mark.parametrize("tab", TABS)
@pytest.mark.usefixtures("one_cro")
def test_one_cro_without_actions_says_so(tab: str) -> None:
    app = reviews(view=tab)
    assert not app.exception
    assert any(
        word in said(app) for word in ("Nothing is open", "none", "None was due", "No closed action", "No decision")
    )


def test_a_due_day_before_the_day_it_was_raised_is_said_at_the_cell(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, typed: Typed
) -> None:
    row = {"action_id": "A-1", "cro_id": "A", "description": "Send the plan", "raised": date(2026, 3, 2)}
    own_store(tmp_path / "one.duckdb", monkeypatch, date(2026, 3, 31), actions=[row])
    app = reviews()
    app.toggle(key="edit-actions").set_value(True)
    typed["description", "Send the plan"] = ("due", date(2026, 3, 1))
    app.run()
    fill(app, Your_name="Kim")
    next(button for button in app.button if button.label.startswith("Save 1")).click().run()
    assert "Line 1, due" in said(app)


def test_an_empty_store_says_what_to_load(empty: None) -> None:
    app = reviews()
    assert not app.exception
    assert "Load **actions**" in said(app)


@pytest.mark.usefixtures("demo_copy")
def test_a_red_tile_leads_to_an_action_about_its_kpi() -> None:
    app = opened("timelines", cros="BRIGHTMOOR")
    button = next(each for each in app.button if (each.key or "").startswith("act-T01"))
    key = str(button.key)
    button.click().run()
    assert not app.exception
    fill(app, What_is_to_be_done="Weekly plan of the sites", Who_does_it="Dana Whitlock", Your_name="Kim")
    save(app, key)
    table = reviews(cros="BRIGHTMOOR").dataframe[0].value.set_index("what")
    assert table.loc["Weekly plan of the sites", "figure"] == "Milestones on time"
