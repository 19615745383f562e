"""The changes of a study and of a CRO, as a reader sees them, and as they are written."""

from datetime import date
from pathlib import Path
from typing import Any

import pytest
from streamlit.testing.v1 import AppTest

from tests.ui.opening import opened, own_store
from tests.ui.uploading import Typed, said
from ui.practices import flexibility

HOSTILE = "<b>more</b> ![](http://x/y.png)"


def changes(engagement: str, **query: str) -> AppTest:
    return opened("studies", engagement=engagement, part="Changes", **query)


@pytest.mark.usefixtures("demo_copy")
def test_the_changes_of_a_study_of_the_demo() -> None:
    app = changes("E-2438")
    assert not app.exception
    text = said(app)
    # story: the CRO's order of USD 640k is submitted and not decided
    assert "1 of 5 change orders is open: 1 with us." in text
    assert "USD 640k in 1 order not signed" in text
    assert "No plan was approved anew." in text
    assert "still open" in text  # the title of the figure
    assert app.metric[0].label == "Change-order turnaround"


@pytest.mark.usefixtures("demo_copy")
def test_what_if_answers_to_what_is_written() -> None:
    app = changes("E-2506")
    assert "At today's performance 2 months" in said(app)
    before = said(app)
    app.number_input(key="more-sites-E-2506").set_value(1).run()
    assert not app.exception
    assert said(app) != before
    app.selectbox(key="more-in-E-2506").set_value("amount").run()
    app.number_input(key="more-value-E-2506").set_value(280_000.0).run()
    assert not app.exception
    assert "2 months and EUR 280k of plan" in said(app)


@pytest.mark.usefixtures("demo_copy")
def test_value_by_who_caused_it() -> None:
    app = changes("E-2438")
    app.segmented_control(key="changes-E-2438-by").set_value("initiator").run()
    assert not app.exception
    assert any(list(table.value["label"])[:1] == ["us"] for table in app.dataframe if "label" in table.value)


@pytest.mark.usefixtures("demo_copy")
def test_the_changes_of_all_studies_of_a_cro(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(flexibility, "flexibility", lambda _: flexibility.of_cro("BRIGHTMOOR"))
    app = changes("E-2438")
    assert not app.exception
    assert any("study" in table.value and table.value["study"].nunique() > 1 for table in app.dataframe)
    assert "What would one more change do?" not in said(app)


@pytest.fixture
def one(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """One engagement without anything else."""
    return own_store(tmp_path / "one.duckdb", monkeypatch, date(2026, 9, 17))


@pytest.mark.usefixtures("one")
def test_a_study_without_changes_says_so_and_offers_to_write() -> None:
    app = changes("E1")
    assert not app.exception
    text = said(app)
    assert "No change order is known." in text
    assert "no budget is known" in text
    assert next(each for each in app.expander if each.label == "Write change orders").proto.expanded


def test_what_users_wrote_stays_text(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    row = {"change_order_id": HOSTILE, "engagement_id": "E1", "requested": "2026-09-01", "value": 5, "reason": HOSTILE}
    plans = [{"engagement_id": "E1", "version": name, "approved_on": day, "reason": HOSTILE}
             for name, day in ((HOSTILE, "2026-05-01"), ("0", "2026-01-01"))]  # fmt: skip
    own_store(tmp_path / "odd.duckdb", monkeypatch, date(2026, 9, 18), change_orders=[row], baselines=plans)
    app = changes("E1")
    assert not app.exception
    told = next(part.value for part in app.markdown if "no approved change order" in part.value.replace("\\", ""))
    assert r"\!\[\]" in told


def test_a_cell_that_is_written_is_kept_and_shows(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, typed: Typed
) -> None:
    order = {"change_order_id": "CO-1", "engagement_id": "E1", "requested": "2026-09-01", "value": 5}
    own_store(tmp_path / "written.duckdb", monkeypatch, date(2026, 9, 16), change_orders=[order])
    sent: Any = date(2026, 9, 11)
    typed[("change_order_id", "CO-1")] = ("submitted", sent)
    app = changes("E1")
    assert "1 with the CRO" in said(app)
    app.text_input(key="entry-change_orders-E1-who").set_value("Ada").run()
    next(each for each in app.button if each.label == "Save 1 change").click().run()
    assert not app.exception
    assert "Kept as upload 2." in "\n".join(each.value.replace("\\", "") for each in app.success)
    assert "1 with us" in said(app)
