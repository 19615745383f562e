"""The fit of a CRO, as a reader and a respondent see it: the demo, a store with one answer, and a form that is sent."""

from datetime import UTC, date, datetime
from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from analytics.catalogue import DIRECTIONS
from data import commands
from data.intake import Options
from data.store import Stamp, Store
from tests.analytics.goldens.case import answers
from tests.world import CRO, ENGAGEMENT, Rows
from ui.store import open_store

SHELL = Path(__file__).parents[2] / "ui" / "shell.py"
WORDS = [row | {"comment": "Ask **Ada** [x](http://x)"} for n in range(5) for row in answers(f"w{n}", 4)]


def tab(cro: str) -> AppTest:
    app = AppTest.from_file(str(SHELL), default_timeout=60)
    app.query_params["cro"] = cro
    app.query_params["about"] = "Fit"
    app.run()
    return app.switch_page("../pages/cros.py").run()


def said(app: AppTest) -> str:
    parts = (*app.subheader, *app.markdown, *app.caption, *app.info, *app.success, *app.warning, *app.text)
    return "\n".join(part.value.replace("\\", "") for part in parts)


def stored(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, surveys: Rows = ()) -> None:
    """A store told through the one way in: its ledger keeps the answers that a page keeps apart from other stores'."""
    path = tmp_path / "fit.duckdb"
    stamp = Stamp(who="Ada", role="pm", at=datetime(2026, 10, 1, tzinfo=UTC), status_date=date(2026, 9, 30))
    store = Store(path)
    for kind, rows in (("cros", [CRO]), ("engagements", [ENGAGEMENT]), ("surveys", surveys)):
        texts = [{name: str(cell) for name, cell in row.items()} for row in rows]
        if texts:
            assert commands.edit(store, kind, texts, stamp, kpis=DIRECTIONS, options=Options()).accepted
    store.close()
    monkeypatch.setenv("CRO_DB", str(path))


def kept() -> list[tuple[object, ...]]:
    with open_store().read() as cursor:
        return cursor.execute(
            "SELECT response_id, dimension, quarter, direction, surveys.role, score, comment, who FROM surveys "
            "JOIN uploads ON number = valid_from ORDER BY dimension"
        ).fetchall()


@pytest.mark.usefixtures("demo_copy")
def test_the_demo_shows_both_sides_and_what_is_measured() -> None:
    app = tab("OSTWALD")
    assert not app.exception
    text = said(app)
    assert "Our people give the CRO 71 of 100 (15 answers); the CRO gives us 79 (6 answers)" in text
    assert "half of our requests are answered within" in text
    assert "The two sides are furthest apart on" in text
    assert "Comments are kept and not shown here" in text
    assert len(app.get("plotly_chart")) == 1


def test_nothing_asked_says_so_and_offers_the_form(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    stored(tmp_path, monkeypatch)
    app = tab("A")
    assert not app.exception
    assert "No answers to the survey in the period." in said(app)
    assert len(app.button_group) >= 8


def test_a_survey_with_one_answer_is_hidden(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    stored(tmp_path, monkeypatch, answers("one", 2, recommend=3))
    app = tab("A")
    assert not app.exception
    assert "What our people think is not shown: fewer than 5 answers: hidden." in said(app)
    assert "Would we recommend the CRO? Fewer than 5 answers: hidden." in said(app)
    figures = [float(cell) for table in app.dataframe for name in ("mean", "value", "sponsor_on_cro")
               if name in table.value for cell in table.value[name].dropna()]  # fmt: skip
    assert figures == []


def test_a_form_is_kept_without_a_name(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    stored(tmp_path, monkeypatch)
    app = tab("A")
    for key, score in (("trust", 4), ("values", 2), ("recommend", 0)):
        app.button_group(key=f"fit-0-{key}").set_value(score)
    app.selectbox(key="fit-0-direction").set_value("cro_on_sponsor")
    app.text_input(key="fit-0-role").set_value("monitor")
    app.text_area(key="fit-0-comment").set_value("Good.")
    next(button for button in app.button if button.label == "Send").click()
    app.run()
    assert not app.exception
    assert "Thank you: 3 of 8 questions answered" in said(app)
    rows = kept()
    code = str(rows[0][0])
    assert len(code) == 16
    assert int(code, 16) >= 0
    assert rows == [
        (code, "recommend", "2026-Q4", "cro_on_sponsor", "monitor", 0, None, "survey"),
        (code, "trust", "2026-Q4", "cro_on_sponsor", "monitor", 4, None, "survey"),
        (code, "values", "2026-Q4", "cro_on_sponsor", "monitor", 2, "Good.", "survey"),
    ]


def test_an_empty_form_is_not_kept_and_loses_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    stored(tmp_path, monkeypatch)
    app = tab("A")
    app.text_area(key="fit-0-comment").set_value("Only words")
    next(button for button in app.button if button.label == "Send").click()
    app.run()
    assert "Answer at least one question" in said(app)
    assert app.text_area(key="fit-0-comment").value == "Only words"
    assert kept() == []


@pytest.mark.parametrize(("setting", "seen"), [("show", 5), ("", 0), ("yes", 0)])
def test_comments_are_shown_literally_where_the_server_says_so(
    setting: str, seen: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    stored(tmp_path, monkeypatch, WORDS)
    monkeypatch.setenv("CRO_SURVEY_COMMENTS", setting)
    app = tab("A")
    assert not app.exception
    assert [text.value for text in app.text] == ["Ask **Ada** [x](http://x)"] * seen
