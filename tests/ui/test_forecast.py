"""The tabs "Forecast", as a reader sees them."""

from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

SHELL = Path(__file__).parents[2] / "ui" / "shell.py"


def page(name: str, **query: str) -> AppTest:
    app = AppTest.from_file(str(SHELL), default_timeout=90)
    app.query_params.update(query)
    app.run().switch_page(f"../pages/{name}.py")
    app.query_params.update(query)
    return app.run()


def said(app: AppTest) -> str:
    parts = (*app.markdown, *app.caption, *app.subheader, *app.info)
    return "\n".join(element.value.replace("\\", "") for element in parts)


def spec(app: AppTest, place: int = 0) -> str:
    return str(app.get("plotly_chart")[place].proto.spec)


@pytest.mark.usefixtures("demo_copy")
def test_milestones_ahead_and_ends() -> None:
    app = page("timelines", timelines="Forecast")
    assert not app.exception
    assert len(app.get("plotly_chart")) == 2
    assert "the CRO's own forecast" in spec(app)
    assert "at the pace so far" in spec(app, 1)
    assert "no range: fewer than 20 past cases" in said(app)
    assert "n / (n + 10)" in said(app)
    table = app.dataframe[0].value
    assert ((table["cases"] >= 20) | table["p50"].isna()).all()


@pytest.mark.usefixtures("demo_copy")
def test_money_and_work() -> None:
    app = page("budget", budget="Forecast")
    assert not app.exception
    assert "before the work is done" in spec(app)
    assert "To end within its budget" in said(app)


@pytest.mark.usefixtures("demo_copy")
def test_queues() -> None:
    app = page("responsiveness", tab="Forecast")
    assert not app.exception
    assert "in four weeks" in spec(app)


@pytest.mark.usefixtures("demo_copy")
def test_one_study() -> None:
    app = page("studies", engagement="E-2506", part="Forecast")
    assert not app.exception
    assert len(app.get("plotly_chart")) == 2
    assert set(app.dataframe[0].value["engagement"]) == {"E-2506"}


@pytest.mark.usefixtures("demo_copy")
def test_a_filter_that_leaves_little_still_reads_well() -> None:
    """A finished study: nothing is open, nothing ends."""
    app = page("timelines", timelines="Forecast", studies="KEL-101")
    assert not app.exception
    assert "No milestone is open here" in spec(app)
    assert "No study here reports earned value" in spec(app, 1)
