"""Roles of one study, as a reader sees them: with the demo portfolio, with nothing, and written on the page."""

from datetime import date
from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from tests.ui.opening import opened, own_store
from tests.ui.uploading import Typed, box, button, said
from tests.world import ENGAGEMENT

DAY = date(2026, 3, 31)


def roles(engagement: str = "E1") -> AppTest:
    return opened("studies", engagement=engagement, part="Roles")


def saved(app: AppTest, kind: str) -> AppTest:
    """Give a name and press Save of one table."""
    app.text_input(key=f"entry-{kind}-E1-who").set_value("Ana Ruiz").run()
    return app.button(key=f"entry-{kind}-E1-save").click().run()


@pytest.fixture
def alone(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A preclinical engagement of which nothing else is known."""
    preclinical = ENGAGEMENT | {"service_type": "preclinical"}
    own_store(tmp_path / "one.duckdb", monkeypatch, DAY, engagements=[preclinical])


@pytest.mark.usefixtures("demo_copy")
def test_a_study_of_the_demo() -> None:
    app = roles("E-2410")
    assert not app.exception
    text = said(app)
    for part in ("Who does what (RACI)", "Key people", "Deliverables by owner", "Write the team"):
        assert part in text or any(part in each.label for each in app.expander)
    owners = next(table.value for table in app.dataframe if "overdue" in table.value.columns)
    assert owners["owner"].tolist() == ["Lotte Dekker"]


@pytest.mark.usefixtures("alone")
def test_with_nothing_the_usual_rows_of_the_service_are_offered_and_kept() -> None:
    app = roles()
    assert not app.exception
    assert "No activity is assigned yet." in said(app)
    assert "No key role of the CRO is recorded." in said(app)
    assert "Load **deliverables**" in said(app)
    app = saved(app, "responsibilities")
    assert not app.exception
    assert "Kept as upload 2." in said(app)
    matrix = next(table.value for table in app.dataframe if "" in table.value.columns)
    cells = matrix.set_index("").loc["In-life phase"]
    assert (cells["Technician"], cells["Study director"], cells["Sponsor monitor"]) == ("R", "A", "I")
    assert "The team of this study is not recorded" in said(app)


@pytest.mark.usefixtures("alone")
def test_two_accountables_are_told_at_the_line_and_nothing_is_lost(typed: Typed) -> None:
    app = roles()
    typed["activity", "In-life phase"] = ("accountable", "Study director; Ada")
    app.run()
    app = saved(app, "responsibilities")
    assert not app.exception
    told = "\n".join(error.value.replace("\\", "") for error in app.error)
    assert "Line 6, accountable" in told  # the sixth row of the usual ones
    assert "where two are accountable, nobody is. Name one." in told
    assert box(app.text_input, "Why is it right?")
    typed["activity", "In-life phase"] = ("accountable", "Study director")
    app.run()
    button(app, "Keep these").click().run()
    assert "Kept as upload 2." in said(app)


def test_what_a_user_wrote_stays_text(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    duty = {"engagement_id": "E1", "activity": "![](http://x)", "responsible": "<b>Jo</b>", "accountable": ""}
    own_store(tmp_path / "odd.duckdb", monkeypatch, DAY, responsibilities=[duty])
    app = roles()
    assert not app.exception
    assert "Nobody is accountable for" in said(app)
    assert not any("![](http" in each.value for each in app.markdown)
