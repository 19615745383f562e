"""Timelines, as a reader sees it: with the demo portfolio, one CRO, and nothing."""

from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from analytics.words import lateness
from tests.demo.counting import median_slip, milestones_on_time

SHELL = Path(__file__).parents[2] / "ui" / "shell.py"


def timelines(**query: str) -> AppTest:
    app = AppTest.from_file(str(SHELL), default_timeout=60)
    app.query_params.update(query)
    app.run().switch_page("../pages/timelines.py")
    app.query_params.update(query)
    return app.run()


def said(app: AppTest) -> str:
    parts = (*app.markdown, *app.caption, *app.title, *app.warning, *app.info)
    return "\n".join(element.value.replace("\\", "") for element in parts)


def spec(app: AppTest, place: int = 0) -> str:
    return str(app.get("plotly_chart")[place].proto.spec)


@pytest.mark.usefixtures("demo_copy")
def test_the_head_counts_and_rates() -> None:
    app = timelines()
    assert not app.exception
    met, due = milestones_on_time("2026-10-31")  # counted from the CSV files by code of its own
    assert app.metric[0].value == f"{100 * met / due:.1f} %"
    assert f"{met} of {due} milestones" in said(app)
    assert app.metric[1].value == lateness(median_slip("2026-10-31"))
    assert "all causes" in said(app).lower()
    assert "Ostwald Clinical" in spec(app)
    assert "cause not recorded" in spec(app, 1)


@pytest.mark.usefixtures("demo_copy")
def test_the_new_plan_that_hides_four_months_is_named() -> None:
    """Story rebaseline-hides-slip of data/demo/stories.toml: 126 days, no change order."""
    app = timelines(timelines="Moved plans")
    assert not app.exception
    assert "up to 126 days late against the original one" in said(app)
    table = app.dataframe[0].value
    worst = table.iloc[0]
    assert (worst["study"], worst["late_days"], worst["current_days"], worst["signed_days"]) == ("NAG-301", 126, 0, 0)


@pytest.mark.usefixtures("demo_copy")
def test_the_baseline_changes_what_is_late() -> None:
    """The same study alone, told by the ledger of stories: against the current plan nothing of it is late."""
    original, current = timelines(studies="NAG-301"), timelines(studies="NAG-301", baseline="current")
    assert not original.exception
    assert not current.exception
    for app, baseline in ((original, "original"), (current, "current")):
        met, due = milestones_on_time("2026-10-31", "", "E-2329", baseline)
        assert f"{met} of {due} milestones" in said(app)
        assert "on time only because the plan was moved" in said(app)
    assert original.metric[1].value.endswith("days late")
    assert not current.metric[1].value.endswith("days late")


@pytest.mark.usefixtures("demo_copy")
@pytest.mark.parametrize("tab", ["By milestone", "One study over time", "Due in 90 days"])
def test_every_tab_has_its_figure_and_nothing_else_runs(tab: str) -> None:
    app = timelines(timelines=tab)
    assert not app.exception
    assert len(app.get("plotly_chart")) == 1


@pytest.mark.usefixtures("demo_copy")
def test_a_link_shows_the_history_of_one_study() -> None:
    app = timelines(timelines="One study over time", trend="E-2433")
    assert not app.exception
    # Nothing has come from this CRO after June (story silence)
    assert "to 30 Jun 2026" in said(app)
    assert app.selectbox(key="choice-trend").value == "E-2433"


@pytest.mark.usefixtures("demo_copy")
def test_a_link_to_what_the_filters_hide_says_so() -> None:
    app = timelines(timelines="One study over time", trend="E-2433", cros="NORVEK")
    assert not app.exception
    assert "E-2433 is not among what the filters let through." in said(app)


@pytest.mark.usefixtures("demo_copy")
def test_filters_that_leave_nothing_say_so() -> None:
    app = timelines(cros="NORVEK", studies="NAG-301")  # a study of another CRO
    assert not app.exception
    assert "No milestones yet, or none that the filters above let through." in said(app)
    assert not app.metric


@pytest.mark.usefixtures("demo_copy")
def test_before_anything_was_due_no_share_is_made_up() -> None:
    app = timelines(as_of="2020-01-31")
    assert not app.exception
    assert app.metric[0].value == "–"
    assert "not reported" in said(app)


def test_an_empty_store_says_what_to_load(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CRO_DB", str(tmp_path / "new.duckdb"))
    app = timelines()
    assert not app.exception
    assert "Load **milestones**" in said(app)
