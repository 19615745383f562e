"""What was asked of a CRO, as a reader of a study sees and writes it."""

from datetime import UTC, date, datetime
from pathlib import Path

import pandas as pd
import pytest
from streamlit.testing.v1 import AppTest

from analytics.catalogue import DIRECTIONS
from data import commands
from data.intake import FileIn, Options
from data.store import Stamp, Store
from tests.ui.opening import opened
from tests.ui.uploading import box, said
from ui.practices import requirements

FILES = {
    "engagements": "engagement_id,cro_id,study_id,title,service_type,start_date,planned_end,contract_value,currency\n"
    "E-1,ALPHA,S-1,First,preclinical,2026-01-01,2027-01-01,1000,EUR\n",
    "milestones": "engagement_id,milestone,baseline_original,actual\n"
    "E-1,study_plan,2026-02-28,2026-03-12\nE-1,final_report,2026-12-31,\n",
    "requirements": "requirement_id,engagement_id,requirement,priority,evidence_type,evidence_id\n"
    "RQ-1,E-1,Study plan by the end of February,must,milestone,study_plan\n"
    "RQ-2,E-1,Final <b>report</b> ![](http://x/y.png),must,milestone,final_report\n"
    "RQ-3,E-1,Audits without a finding,must,,\n",
}


def store(path: Path, *kinds: str) -> None:
    """A store with one CRO and its preclinical engagement."""
    kept = Store(path)
    for kind in ("engagements", *kinds):
        stamp = Stamp(who="PM", role="pm", at=datetime(2026, 6, 30, tzinfo=UTC), status_date=date(2026, 6, 30))
        file = FileIn(f"{kind}.csv", FILES[kind].encode())
        loaded = commands.load(kept, [file], stamp, kpis=DIRECTIONS, options=Options(create_cros=True))
        assert loaded.accepted, loaded
    kept.close()


def tab() -> AppTest:
    app = opened("studies", engagement="E-1", part="Requirements")
    assert not app.exception
    return app


def tables(app: AppTest) -> list[pd.DataFrame]:
    """The table that is read, if there is one, and the one that is written into."""
    return [one.value for one in app.dataframe]


@pytest.fixture
def path(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("CRO_DB", str(tmp_path / "cro.duckdb"))
    return tmp_path / "cro.duckdb"


def test_each_requirement_stands_with_its_evidence_and_its_state(path: Path) -> None:
    store(path, "milestones", "requirements")
    app = tab()
    text = said(app)
    # 28 February to 12 March 2026: 12 days.
    assert "1 of 3 must-haves is missed (Study plan by the end of February) and 1 has no evidence (Audits" in text
    assert "Met so far: 0 of 3 must-haves (0 %)." in text
    found = tables(app)[0]
    assert found[["said", "evidence"]].to_numpy().tolist() == [
        ["▼ not covered", "no evidence is named"],
        ["▼ missed", "Study plan, due 28 Feb 2026, reached 12 days late"],
        ["· on course", "Final report, due 31 Dec 2026, no forecast"],
    ]


def test_without_one_the_usual_ones_of_the_service_are_offered_and_can_be_kept(path: Path) -> None:
    store(path, "milestones")
    app = tab()
    assert "Nothing is written down yet" in said(app)
    [offered] = tables(app)
    assert offered["requirement"].iloc[0] == "Study plan final before the work begins"
    # What the plan does not have is not named as evidence.
    assert offered["evidence_id"].fillna("").tolist() == ["study_plan", "", "", "final_report", "final_report", ""]
    box(app.text_input, "Your name").set_value("Ana Ruiz").run()
    box(app.button, "Keep these 6 rows").click().run()
    assert not app.exception
    assert "Kept as upload" in said(app)
    assert "must-haves" in said(app)
    # The plan of the study was signed late; the in-life start and the draft report have no evidence.
    assert tables(app)[0]["said"].tolist() == [
        "▼ not covered", "▼ not covered", "▼ missed", "– not covered", "· on course", "· on course",
    ]  # fmt: skip


def test_an_engagement_of_which_nothing_else_is_known_is_drawn(path: Path) -> None:
    store(path)
    app = tab()
    [offered] = tables(app)
    assert not offered["evidence_id"].fillna("").any()


@pytest.mark.parametrize(
    ("kind", "code", "address"),
    [
        ("milestone", "dbl", "milestones~E-1~dbl~"),
        ("deliverable", "D~1", "deliverables~D%7E1"),
        ("kpi", "R02", "R02~~E-1"),
        ("milestone", "", None),
        ("", "", None),
    ],
)
def test_a_line_opens_its_evidence(kind: str, code: str, address: str | None) -> None:
    line = {"engagement": "E-1", "evidence_type": kind, "evidence_id": code}
    assert requirements._behind(line) == address


def _all() -> None:
    from ui import scope
    from ui.practices import requirements

    scope.bar()
    requirements.across()


def test_the_must_haves_of_all_engagements_that_need_attention(path: Path) -> None:
    store(path, "milestones", "requirements")
    app = AppTest.from_function(_all, default_timeout=60).run()
    assert not app.exception
    assert "2 must-haves of 1 engagement need attention: 1 missed and 1 not covered." in said(app)
    assert tables(app)[0][["said", "study"]].to_numpy().tolist() == [["▼ not covered", "S-1"], ["▼ missed", "S-1"]]


def test_over_all_engagements_nothing_may_need_attention(path: Path) -> None:
    store(path)
    app = AppTest.from_function(_all, default_timeout=60).run()
    assert not app.exception
    assert "No must-have is missed, at risk or without evidence." in said(app)
    assert not app.dataframe
