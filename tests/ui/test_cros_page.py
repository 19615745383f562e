"""The page of the CROs, as a reader sees it: their list, one of them, and nothing."""

from datetime import date
from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from data.store import Store
from tests.world import CRO, ENGAGEMENT, world

SHELL = Path(__file__).parents[2] / "ui" / "shell.py"
TABS = ("What made the score", "KPIs", "Studies", "Open items")


def cros(**query: str) -> AppTest:
    app = AppTest.from_file(str(SHELL), default_timeout=60)
    for name, value in query.items():
        app.query_params[name] = value
    app.run()
    return app.switch_page("../pages/cros.py").run()


def said(app: AppTest) -> str:
    parts = (*app.title, *app.header, *app.subheader, *app.markdown, *app.caption, *app.info)
    return "\n".join(part.value.replace("\\", "") for part in parts)


@pytest.mark.usefixtures("demo_copy")
def test_the_list_of_the_demo() -> None:
    app = cros()
    assert not app.exception
    assert app.title[0].value == "How is each CRO doing, and what made it so?"
    assert "8 CROs: " in said(app)
    table = app.dataframe[0].value.set_index("cro")
    assert table.loc["Norvek Clinical", "score"] == "◆ 100"
    assert table.loc["Norvek Clinical", "studies"] == "▼ 1 red of 6"
    assert table.loc["Brightmoor Trials", "Time"] == "▼ 37"
    assert (table.loc["Ostwald Clinical Development", "Flexibility"], table.loc["Almirez Clinical", "Flexibility"]) == (
        "–", "○"
    )  # fmt: skip
    assert table.loc["Norvek Clinical", "why"] == "study MIR-202 is red"
    assert str(table.loc["Ostwald Clinical Development", "data_to"]).startswith("2026-06-30")


@pytest.mark.usefixtures("demo_copy")
def test_one_cro_opens_by_its_address_and_closes() -> None:
    app = cros(cro="NORVEK")
    assert not app.exception
    assert app.header[0].value == "Norvek Clinical"
    assert "held at amber: study MIR-202 is red." in said(app)
    assert "amber**] since 2026-Q2" in said(app)  # green on 31 Mar 2026
    tiles = {tile.label: tile.value for tile in app.metric}
    assert tiles["Study status"] == "1 red of 6"
    app.button[0].click().run()
    assert not app.exception
    assert "8 CROs: " in said(app)


@pytest.mark.usefixtures("demo_copy")
@pytest.mark.parametrize("tab", TABS)
def test_every_tab_opens_by_its_address(tab: str) -> None:
    app = cros(cro="OSTWALD", about=tab)
    assert not app.exception
    assert "5 stale KPIs" in said(app)  # C09, Q05, Q06, Q07, Q09: what Ostwald kept back
    assert app.get("plotly_chart") or app.dataframe


@pytest.mark.usefixtures("demo_copy")
def test_a_filter_that_leaves_nobody_says_so() -> None:
    app = cros(cros="NORVEK", studies="PAX-202")
    assert not app.exception
    assert "No CRO matches the filters." in said(app)


def test_one_cro_without_data_is_not_rated(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "one.duckdb"
    world((date(2026, 3, 31), {"cros": [CRO], "engagements": [ENGAGEMENT]}), store=Store(path)).close()
    monkeypatch.setenv("CRO_DB", str(path))
    assert cros().dataframe[0].value["score"].tolist() == ["· not rated"]
    for tab in TABS:
        app = cros(cro="A", about=tab)
        assert not app.exception
        assert "Not rated: nothing is rated." in said(app)


def test_an_empty_store_says_what_to_load(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CRO_DB", str(tmp_path / "new.duckdb"))
    app = cros()
    assert not app.exception
    assert "Load **engagements**" in said(app)
