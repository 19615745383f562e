"""The plan of a study as its project manager begins it on the page."""

from datetime import date
from pathlib import Path

import pytest

from tests.ui.opening import opened, own_store
from tests.ui.uploading import box, folds, said, table
from tests.world import engagement
from ui.study import MILESTONE

WRITE = "Write the milestones"


def test_without_milestones_the_usual_ones_are_offered_and_can_be_kept(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    preclinical = engagement("E1", service_type="preclinical")
    own_store(tmp_path / "cro.duckdb", monkeypatch, date(2026, 6, 30), engagements=[preclinical])
    app = opened("studies", engagement="E1", part="Plan")
    assert "those that are usual for this service" in said(app)
    assert folds(app)[WRITE]
    offered = table(app, "milestone", "baseline_original")
    box(app.text_input, "Your name").set_value("Ana Ruiz").run()
    box(app.button, f"Keep these {len(offered)} rows").click().run()
    assert not app.exception
    assert "No milestones of this study yet" not in said(app)
    kept = table(app, *MILESTONE)
    assert sorted(kept["milestone"]) == sorted(offered["milestone"])
    assert sorted(kept["baseline_original"].astype(str)) == sorted(offered["baseline_original"].astype(str))


def test_milestones_of_sites_are_not_among_those_that_are_written(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    rows = [
        {"engagement_id": "E1", "milestone": "fpi", "baseline_original": "2026-02-01"},
        {"engagement_id": "E1", "milestone": "siv", "site_id": "DE-1", "baseline_original": "2026-03-01"},
    ]
    own_store(tmp_path / "cro.duckdb", monkeypatch, date(2026, 6, 30), milestones=rows)
    app = opened("studies", engagement="E1", part="Plan")
    assert not app.exception
    assert not folds(app)[WRITE]
    assert list(table(app, *MILESTONE)["milestone"]) == ["fpi"]
