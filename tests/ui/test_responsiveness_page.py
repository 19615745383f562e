"""The page about waiting, as a reader sees it."""

from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

SHELL = Path(__file__).parents[2] / "ui" / "shell.py"


def page(**query: str) -> AppTest:
    app = AppTest.from_file(str(SHELL), default_timeout=60)
    for name, value in query.items():
        app.query_params[name] = value
    app.run()
    app.switch_page("../pages/responsiveness.py")
    return app.run()


def said(app: AppTest) -> str:
    return "\n".join(element.value.replace("\\", "") for element in (*app.markdown, *app.caption, *app.title))


def figures(app: AppTest) -> list[str]:
    return [chart.proto.spec for chart in app.get("plotly_chart")]


@pytest.mark.usefixtures("demo_copy")
def test_the_slow_slide_is_told() -> None:
    app = page(cros="HALDIS")
    assert not app.exception
    metrics = {metric.label: metric.value for metric in app.metric}
    # story "slide-behind-closed": 8.7 h by the product-limit estimate, 165 of 292 within the SLA, 109 of 116 old ones
    assert metrics["First response"] == "8.7 h"
    assert metrics["Answered within the SLA"] == "56.5 %"
    assert metrics["Open longer than 30 days"] == "94.0 %"
    text = said(app)
    assert "165 of 292 requests" in text
    assert "109 of 116 open requests" in text
    assert "censored" in text
    (curves,) = figures(app)
    assert "Haldis Research Partners" in curves
    # its contract allows each priority another time, so a line is drawn for one priority only
    assert "SLA 16 business hours" not in curves
    assert "The SLA differs by priority, so no one line is drawn" in text
    # The median of answered requests alone, 4.5 h, stands behind "How sure?" only, named as misleading.
    tables = [table.value for table in app.dataframe]
    (misled,) = [table for table in tables if any("misleading" in name for name in table.columns)]
    assert misled.iloc[0]["Median of what is over (misleading)"] == "4.5"
    assert misled.iloc[0]["Median, open ones counted"] == "8.7"
    (medians,) = [table for table in tables if "Median, business hours" in table.columns]
    assert medians.iloc[0]["Nine of ten within, business hours"] == "not reached"


@pytest.mark.usefixtures("demo_copy")
def test_one_priority_has_its_line() -> None:
    app = page(cros="HALDIS", **{"priority-cro": "normal"})
    (curves,) = figures(app)
    assert "SLA 16 business hours" in curves


@pytest.mark.usefixtures("demo_copy")
def test_each_tab_draws_its_figures() -> None:
    app = page()
    for tab, charts, word in (
        ("Service levels", 2, "missed"),
        ("Open now", 1, "over 30 days"),
        ("Priority and topic", 1, "Answered within the SLA"),
        ("Both ways", 1, "we answer the CRO"),
        ("Data queries", 2, "business days"),
    ):
        app.session_state["tab"] = tab
        app.run()
        assert not app.exception
        drawn = figures(app)
        assert len(drawn) == charts, tab
        assert word in drawn[0]


@pytest.mark.usefixtures("demo_copy")
def test_the_oldest_are_named() -> None:
    app = page(tab="Open now", cros="HALDIS")
    (oldest,) = [table.value for table in app.dataframe if "age_days" in table.value.columns]
    assert len(oldest) == 116
    assert oldest["age_days"].is_monotonic_decreasing
    assert {"request", "study", "cro", "topic", "priority", "escalation"} <= set(oldest.columns)


@pytest.mark.usefixtures("demo_copy")
def test_a_cro_without_requests_is_an_empty_page_and_no_error() -> None:
    app = page(studies="KEL-302", as_of="2023-11-15")
    assert not app.exception


def test_an_empty_store_says_what_to_load(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CRO_DB", str(tmp_path / "new.duckdb"))
    app = page()
    assert not app.exception
    assert app.title[0].value == "How long do we wait, and who waits?"
    assert "requests" in app.info[0].value
