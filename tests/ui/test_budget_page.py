"""The budget page, as a reader sees it: with the demo portfolio, one engagement, and nothing."""

from datetime import date
from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from data.store import Store
from tests.world import CRO, ENGAGEMENT, world

SHELL = Path(__file__).parents[2] / "ui" / "shell.py"
TABS = ("Exposure", "Why it grew", "At completion", "Before signature", "CPI and SPI", "Fee and pass-through")


def budget(**query: str) -> AppTest:
    app = AppTest.from_file(str(SHELL), default_timeout=60)
    for name, value in query.items():
        app.query_params[name] = value
    app.run()
    return app.switch_page("../pages/budget.py").run()


def said(app: AppTest) -> str:
    parts = (*app.title, *app.subheader, *app.markdown, *app.caption, *app.info)
    return "\n".join(part.value.replace("\\", "") for part in parts)


def figures(app: AppTest) -> str:
    return "".join(chart.proto.spec for chart in app.get("plotly_chart"))


@pytest.mark.usefixtures("demo_copy")
def test_the_head_and_the_exposure_of_the_demo() -> None:
    app = budget()
    assert not app.exception
    assert app.title[0].value == "What will it cost, and why is that not what we signed?"
    tiles = {tile.label: tile.value for tile in app.metric}
    assert tiles["Fee forecast against signed contract"].endswith("over")
    assert "Amounts in EUR at the budget rates of 2026: 1 GBP = 1.16 EUR" in said(app)
    assert "All initiators" in said(app)
    # nothing has come from Ostwald after the June upload
    assert "Ostwald Clinical Development (30 Jun 2026)" in said(app)
    assert "Brightmoor Trials" in figures(app)


@pytest.mark.usefixtures("demo_copy")
@pytest.mark.parametrize(
    ("tab", "baseline"), [*zip(TABS, ["original", "current"] * 3, strict=True), ("At completion", "current")]
)
def test_every_tab_opens_by_its_address(tab: str, baseline: str) -> None:
    app = budget(budget=tab, line="Study", baseline=baseline)
    assert not app.exception
    assert app.get("plotly_chart") or app.dataframe
    assert (f"against the {baseline} budget" in said(app)) == (tab == "At completion")


@pytest.mark.usefixtures("demo_copy")
def test_the_growth_of_one_study_is_a_link() -> None:
    app = budget(budget="Why it grew", of="E-2424")
    assert not app.exception
    assert "our changes, EUR 1.87m" in figures(app).replace("<br>", " ")


@pytest.mark.usefixtures("demo_copy")
def test_work_without_a_signature_is_told_with_its_money() -> None:
    app = budget(budget="Before signature")
    tiles = {tile.label: tile.value for tile in app.metric}
    # CO-106 of the demo: 640,000 dollars at the budget rate of 0.88
    assert tiles["Not signed, work has begun"] == "1, EUR 563k"
    assert "CO-106" in set(app.dataframe[0].value["change_order"])


@pytest.mark.parametrize("tab", TABS)
def test_one_engagement_without_budget_says_what_is_missing(
    tab: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "one.duckdb"
    world((date(2026, 3, 31), {"cros": [CRO], "engagements": [ENGAGEMENT]}), store=Store(path)).close()
    monkeypatch.setenv("CRO_DB", str(path))
    app = budget(budget=tab)
    assert not app.exception
    # one tab reckons a line in its own currency, and indices are no amounts
    money = {"At completion": "Amounts in the currency of the contracts", "CPI and SPI": "0 engagements"}
    assert money.get(tab, "Amounts in EUR, the currency of every contract here.") in said(app)


def test_an_empty_store_says_what_to_load(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CRO_DB", str(tmp_path / "new.duckdb"))
    app = budget()
    assert not app.exception
    assert "Load **engagements**" in said(app)
