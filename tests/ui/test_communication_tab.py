"""Communication on one study, as a reader sees it: with the demo portfolio, with nothing, and written on the page."""

from datetime import date
from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from tests.ui.opening import opened, own_store
from tests.ui.uploading import said

DAY = date(2026, 9, 30)


def communication(engagement: str = "E1") -> AppTest:
    return opened("studies", engagement=engagement, part="Communication")


@pytest.mark.usefixtures("demo_copy")
def test_a_study_of_the_demo() -> None:
    app = communication("E-2410")
    assert not app.exception
    # What R05 says of the study stands above the table: 15 of 24.
    assert [tile.value for tile in app.metric][:1] == ["62.5 %"]
    # 26 requests at level 2, as the rows of the demo say.
    assert "Open and escalated: 26 at level 2" in said(app)
    assert app.get("plotly_chart")
    channels = next(table.value for table in app.dataframe if "median" in table.value.columns)
    assert set(channels["asked"]) == {"the CRO", "us"}


def test_with_nothing_the_usual_plan_is_offered_and_kept(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    own_store(tmp_path / "one.duckdb", monkeypatch, DAY)
    app = communication()
    assert not app.exception
    for part in ("No communication plan yet.", "Nothing that is open was escalated.", "Load **requests**"):
        assert part in said(app)
    app.text_input(key="entry-communication_plan-E1-who").set_value("Ana Ruiz").run()
    app.button(key="entry-communication_plan-E1-save").click().run()
    assert not app.exception
    assert "Kept as upload 2." in said(app)
    assert "Nothing was due yet. Never scheduled: " in said(app)
    assert "never scheduled" in str(app.get("plotly_chart")[0].proto.spec)


def test_touchpoints_of_no_plan_item_are_shown_as_such(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    plan = {"engagement_id": "E1", "touchpoint": "[Call](http://x)", "frequency": "monthly", "owner": "Jo"}
    held = {"touchpoint_id": "T-1", "engagement_id": "E1", "scheduled": "2026-09-01", "done": "2026-09-01"}
    own_store(tmp_path / "two.duckdb", monkeypatch, DAY, communication_plan=[plan], touchpoints=[held])
    app = communication()
    assert not app.exception
    text = said(app)
    assert "1 touchpoint of the period names no item of the plan." in text
    assert not any("[Call](http" in part.value for part in app.markdown)
    table = next(each.value for each in app.dataframe if "expected" in each.value.columns)
    assert table["touchpoint"].tolist() == ["[Call](http://x)", "Meetings of no plan item"]
    assert table["word"].tolist() == ["▼ never scheduled", "not in the plan"]
