"""Studies, as a reader sees it: the list and one study of the demo portfolio, and nothing."""

from datetime import UTC, date, datetime
from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from analytics.catalogue import DIRECTIONS
from data import commands
from data.intake import FileIn, Options
from data.store import Stamp, Store

SHELL = Path(__file__).parents[2] / "ui" / "shell.py"
TABS = ("Plan", "Money", "Requests", "Deliverables", "KPIs", "Uploads")


def studies(**query: str) -> AppTest:
    app = AppTest.from_file(str(SHELL), default_timeout=60)
    app.query_params.update(query)
    app.run().switch_page("../pages/studies.py")
    app.query_params.update(query)
    return app.run()


def said(app: AppTest) -> str:
    parts = (*app.markdown, *app.caption, *app.title, *app.header, *app.warning, *app.info)
    return "\n".join(element.value.replace("\\", "") for element in parts)


@pytest.mark.usefixtures("demo_copy")
def test_the_list_begins_with_what_needs_attention() -> None:
    app = studies()
    assert not app.exception
    table = app.dataframe[0].value
    assert list(table["status"].str[0]) == sorted(table["status"].str[0], key="▼◆▲".index)
    dying = table[table["study"] == "MIR-202"].iloc[0]  # story green-over-dying: 30.6 % over its contract
    assert dying["status"] == "▼ red"
    assert dying["contract_percent"] == pytest.approx(-30.6, abs=0.05)
    silent = table[table["study"] == "PAX-202"].iloc[0]  # story silence
    assert f"{silent['data_to']:%Y-%m-%d}" == "2026-06-30"
    assert len(table) == 24


@pytest.mark.usefixtures("demo_copy")
def test_what_has_ended_is_shown_on_demand() -> None:
    app = studies()
    app.toggle[0].set_value(True).run()
    assert not app.exception
    assert len(app.dataframe[0].value) == 40


@pytest.mark.usefixtures("demo_copy")
def test_a_link_opens_one_study_with_why_it_is_red() -> None:
    app = studies(engagement="E-2506")
    assert not app.exception
    text = said(app)
    assert "MIR-202: Myelofibrosis, phase 2" in text
    assert "▼ red" in text
    assert "Enrolment against plan 51.7 %" in text  # 31 of 60 subjects
    assert "Contract EUR 2.10m" in text
    # story: last patient in 141 days late
    assert "141 days late" in str(app.get("plotly_chart")[0].proto.spec)


@pytest.mark.usefixtures("demo_copy")
@pytest.mark.parametrize("part", TABS)
def test_every_part_of_a_study_draws(part: str) -> None:
    app = studies(engagement="E-2410", part=part)
    assert not app.exception
    assert app.dataframe


@pytest.mark.usefixtures("demo_copy")
def test_money_names_the_signed_orders_and_the_range() -> None:
    app = studies(engagement="E-2424", part="Money")
    text = said(app)
    # story overrun-explained: three of ours and one of the CRO's, signed, 1.925 million together
    assert "4 signed change orders of EUR 1.92m together" in text
    assert "the work has outgrown it" in text  # its budget grew by these orders
    current = said(studies(engagement="E-2424", part="Money", baseline="current"))
    assert "Forecast at completion (EAC) by four formulas" in current


@pytest.mark.usefixtures("demo_copy")
def test_back_to_all_studies() -> None:
    app = studies(engagement="E-2506")
    app.button[0].click().run()
    assert not app.exception
    assert "running studies are red" in said(app)
    assert "engagement" not in app.query_params


@pytest.mark.usefixtures("demo_copy")
def test_an_unknown_study_says_so_and_shows_the_list() -> None:
    app = studies(engagement="![](http://x)")
    assert not app.exception
    assert "is not among what the filters let through" in said(app)
    assert "running studies" in said(app)


def test_an_empty_store_says_what_to_load(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CRO_DB", str(tmp_path / "new.duckdb"))
    app = studies()
    assert not app.exception
    assert "Load **engagements**" in said(app)


@pytest.fixture
def engagements_only(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """One CRO with one engagement, of which nothing else is known."""
    path = tmp_path / "cro.duckdb"
    store = Store(path)
    text = (
        "engagement_id,cro_id,study_id,title,start_date,planned_end,contract_value,currency\n"
        "E-1,ALPHA,S-1,<b>First</b> ![](http://x/y.png),2026-01-01,2027-01-01,1000,EUR\n"
    )
    stamp = Stamp(who="PM", role="pm", at=datetime(2026, 6, 30, tzinfo=UTC), status_date=date(2026, 6, 30))
    loaded = commands.load(
        store, [FileIn("engagements.csv", text.encode())], stamp, kpis=DIRECTIONS, options=Options(create_cros=True)
    )
    assert loaded.accepted
    store.close()
    monkeypatch.setenv("CRO_DB", str(path))


@pytest.mark.usefixtures("engagements_only")
def test_engagements_alone_make_a_list_of_what_is_not_rated() -> None:
    app = studies()
    assert not app.exception
    (row,) = app.dataframe[0].value.to_dict("records")
    assert (row["study"], row["status"]) == ("S-1", "· not rated")


@pytest.mark.usefixtures("engagements_only")
@pytest.mark.parametrize(
    ("part", "text"),
    [
        ("Plan", "Load **milestones**"),
        ("Money", "Load **budget**"),
        ("Requests", "No request of this study is open."),
        ("Deliverables", "Load **deliverables**"),
        ("KPIs", "Not rated: nothing is rated."),
        ("Uploads", "Uploads that brought or changed rows"),
    ],
)
def test_each_part_of_a_study_says_what_is_missing(part: str, text: str) -> None:
    app = studies(engagement="E-1", part=part)
    assert not app.exception
    assert text in said(app)
    assert r"\!\[\]\(http" in app.header[0].value  # what a user wrote stays text
