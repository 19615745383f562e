"""Trend, comparison and CROs side by side, as a reader sees them on the pages that have them."""

import json
from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

SHELL = Path(__file__).parents[2] / "ui" / "shell.py"


def page(name: str, **query: str | list[str]) -> AppTest:
    app = AppTest.from_file(str(SHELL), default_timeout=90)
    app.query_params.update(query)
    app.run().switch_page(f"../pages/{name}.py")
    app.query_params.update(query)
    return app.run()


def said(app: AppTest) -> str:
    parts = (*app.markdown, *app.caption, *app.info)
    return "\n".join(element.value.replace("\\", "") for element in parts)


def titles(app: AppTest) -> list[str]:
    specs = [json.loads(chart.proto.spec) for chart in app.get("plotly_chart")]
    return [spec["layout"]["meta"]["title"] for spec in specs]


pytestmark = pytest.mark.usefixtures("demo_copy")


def test_the_cros_side_by_side() -> None:
    app = page("cros", view="Side by side")
    assert not app.exception
    table = app.dataframe[0].value
    assert len(table.columns) == 1 + 8, "the KPI and the eight CROs of the demo portfolio"
    on_time = table.set_index("KPI").loc["Time: Milestones on time"]
    # Brightmoor: 10 of 15 on time; its Wilson interval, 41.7 to 84.8 %, is wholly under 90 %.
    assert on_time["Brightmoor Trials"] == "▼ 66.7 % (10 of 15), misses its target"
    assert on_time["Tessero Laboratories"].endswith("too few")
    assert "not in an order" in said(app)


def test_the_cros_chosen_are_in_the_address_by_their_codes() -> None:
    app = page("cros", view="Side by side", beside=["NORVEK", "HALDIS"])
    assert not app.exception
    assert list(app.dataframe[0].value.columns) == ["KPI", "Haldis Research Partners", "Norvek Clinical"]
    app.multiselect(key="choice-beside").unselect("HALDIS").run()
    assert app.query_params["beside"] in ("NORVEK", ["NORVEK"])
    assert list(app.dataframe[0].value.columns) == ["KPI", "Norvek Clinical"]


def test_a_share_is_compared_by_its_funnel() -> None:
    app = page("cros", view="Compare", **{"compare-kpi": "T06"})
    assert not app.exception
    (title,) = titles(app)
    assert title.startswith("Enrolment against plan: ")
    assert "Brightmoor Trials" in title
    text = said(app)
    assert "not the mean of their percentages" in text
    assert "No order: no ranking of fewer than ten CROs" in text
    # Nothing on the surface is a rank.
    assert "place" not in app.dataframe[0].value.columns


def test_a_duration_is_compared_by_curves_and_log_rank() -> None:
    app = page("responsiveness", tab="Compare", **{"compare-kpi": "R01"})
    assert not app.exception
    (title,) = titles(app)
    assert "Haldis Research Partners leaves" in title
    words, tests = (table.value for table in app.dataframe[:2])
    assert list(words.set_index("cro").loc["Haldis Research Partners", ["word", "n"]]) == ["▼ worse", 268]
    assert "p" not in words.columns, "the test stands behind How sure?"
    assert set(tests["cro"]) == set(words["cro"])
    assert (tests["observed"].sum() - tests["expected"].sum()) == pytest.approx(0, abs=1e-6)


def test_alone_there_is_nothing_to_compare_with() -> None:
    app = page("timelines", timelines="Compare", cros="NORVEK", **{"compare-kpi": "T01"})
    assert not app.exception
    assert "No comparison: one CRO" in said(app)


@pytest.mark.parametrize(
    ("name", "query"),
    [
        ("timelines", {"timelines": "Trend"}),
        ("responsiveness", {"tab": "Trend"}),
        ("cros", {"cro": "HALDIS", "about": "Trend", "trend-kpi": "R01"}),
    ],
)
def test_a_trend_has_one_figure_one_word_and_its_limits_on_demand(name: str, query: dict[str, str]) -> None:
    app = page(name, **query)
    assert not app.exception
    assert len(titles(app)) == 1
    text = said(app)
    assert "Against its own past" in text
    assert any(word in text for word in ("better", "no different", "worse", "too few"))
    assert "3/1.128" in text


def test_the_trend_of_one_cro_is_a_link() -> None:
    app = page("responsiveness", tab="Trend", **{"trend-kpi": "R02", "trend-cro": "HALDIS"})
    assert not app.exception
    (title,) = titles(app)
    assert title.startswith("Answered within the SLA, Haldis Research Partners: ")


def test_too_few_months_have_no_limits_and_the_reason_is_said() -> None:
    """A CRO with a dozen milestones in a year has no month with five of them."""
    app = page("timelines", timelines="Trend", **{"trend-kpi": "T01", "trend-cro": "HALDIS"})
    assert not app.exception
    text = said(app)
    assert "○ too few" in text
    assert "5 milestones or more" in text
    assert "3/1.128" not in text


@pytest.mark.parametrize("kpi", ["P04", "P03", "T08", "Q08"])
def test_no_kpi_breaks_the_trend_of_a_cro(kpi: str) -> None:
    app = page("cros", cro="HALDIS", about="Trend", **{"trend-kpi": kpi})
    assert not app.exception


def test_before_anything_was_told_each_tab_says_so() -> None:
    for name, query in (
        ("cros", {"view": "Compare"}),
        ("cros", {"view": "Side by side"}),
        ("responsiveness", {"tab": "Compare"}),
        ("responsiveness", {"tab": "Trend"}),
    ):
        app = page(name, as_of="2023-11-15", **query)
        assert not app.exception, (name, query)
