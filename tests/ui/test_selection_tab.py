"""The tabs of due diligence on the page of the CROs: from an empty store to an engagement, and what is wrong said."""

from datetime import date
from pathlib import Path
from typing import Any

import pytest
from streamlit.testing.v1 import AppTest

from data.store import Store
from tests.ui.opening import own_store
from tests.ui.test_cros_page import cros, said
from tests.ui.uploading import box, button
from tests.world import CRO

DAY = date(2026, 9, 30)
NEEDS = [
    {"need_id": "N", "criterion": "experience", "weight": 1},
    {"need_id": "N", "criterion": "price", "weight": 2, "gate": True},
]
SCORES = [
    {"need_id": "N", "cro_id": "A", "criterion": "experience", "score": 5, "evidence": "visit"},
    {"need_id": "N", "cro_id": "A", "criterion": "price", "score": 3, "evidence": "offer"},
    {"need_id": "N", "cro_id": "B", "criterion": "price", "score": 2},
]
TWO = [CRO, {"cro_id": "B", "name": "Beta", "candidate": True}]


def store(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, **kinds: Any) -> Path:
    whole: dict[str, Any] = {"cros": TWO, "needs": NEEDS, "selections": SCORES} | kinds
    return own_store(tmp_path / "own.duckdb", monkeypatch, DAY, **whole)


def rows(path: Path, question: str) -> list[tuple[Any, ...]]:
    with Store(path).read() as cursor:
        return cursor.execute(question).fetchall()


def words(app: AppTest) -> str:
    return said(app) + "\n".join(one.value.replace("\\", "") for one in (*app.warning, *app.error, *app.success))


def test_candidates_side_by_side(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    store(tmp_path, monkeypatch)
    app = cros(view="Selection", candidate="B")
    assert not app.exception
    # A: (1 x 5 + 2 x 3) / 3. B is under the gate, and its experience is missing: 4 / 3 to 9 / 3.
    assert "Alpha is first with 3.67 of 5. What is not scored cannot change that." in words(app)
    table = app.dataframe[0].value.set_index("cro")
    assert table["scored"].to_dict() == {"Alpha": "2 of 2", "Beta": "1 of 2"}
    assert table.loc["Beta", "word"] == (
        "excluded: price 2, a gate that asks for 3; 1 not scored: 1.33 to 3.00 with them; no evidence for price"
    )
    assert "Excluded: price 2" in words(app)
    assert len(app.get("plotly_chart")) == 1


def test_weights_that_sum_to_nothing_are_said(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    store(tmp_path, monkeypatch, needs=[row | {"weight": 0} for row in NEEDS])
    app = cros(view="Selection")
    assert not app.exception
    assert "The weights of N sum to nothing, so nobody has a total" in words(app)
    assert app.dataframe[0].value["total"].isna().all()


def test_a_decision_is_kept_with_its_reason_and_leaves_the_scores_alone(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    store(tmp_path, monkeypatch)
    app = cros(view="Selection", candidate="A")
    key = "decision-N-A"
    app.selectbox(key=f"{key}-what").set_value("selected")
    button(app, "Keep the decision").click().run()
    assert "A decision needs what was decided, why, and your name." in words(app)
    app.text_input(key=f"{key}-why").set_value("Best total")
    app.text_input(key=f"{key}-who").set_value("Ana Ruiz")
    button(app, "Keep the decision").click().run()
    assert not app.exception
    assert "Selected by Ana Ruiz on 30 Sep 2026: Best total" in words(app)
    assert "Alpha is first with 3.67 of 5" in words(app)
    # The table of scores holds the criteria alone, so the decision cannot be written over there.
    [scores] = [one.value for one in app.dataframe if "claimed" in one.value and "evidence" in one.value
                and "weight" not in one.value]  # fmt: skip
    assert scores["criterion"].tolist() == ["experience", "price"]


def test_from_an_empty_store_to_an_engagement(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "new.duckdb"
    monkeypatch.setenv("CRO_DB", str(path))
    app = cros()
    assert "Or begin before the first contract" in words(app)
    box(app.text_input, "Our code for it").set_value("F")
    box(app.text_input, "Its name").set_value("Fortis")
    box(app.text_input, "Your name").set_value("Ana Ruiz")
    button(app, "Add the candidate").click().run()
    assert "No CRO has an engagement yet." in words(app)

    box(app.text_input, "Name of it").set_value("ORV-5").run()
    button(app, "Keep these 9 rows").click().run()
    assert "No candidate is judged yet." in words(app)
    assert app.selectbox(key="choice-need").value == "ORV-5"
    assert app.selectbox(key="choice-candidate").value == "F"
    button(app, "Keep these 9 rows").click().run()
    assert "Nobody has a total: no criterion that counts is scored." in words(app)

    app.selectbox(key="decision-ORV-5-F-what").set_value("selected")
    app.text_input(key="decision-ORV-5-F-why").set_value("The only one")
    button(app, "Keep the decision").click().run()
    app.text_input(key="engage-F-id").set_value("E-1")
    app.text_input(key="engage-F-study").set_value("ORV-5")
    app.text_input(key="engage-F-title").set_value("Monitoring")
    app.date_input(key="engage-F-start").set_value(date(2026, 12, 1))
    app.number_input(key="engage-F-value").set_value(1e6)
    button(app, "Make the engagement").click().run()
    # The end is missing: said at its column, and nothing that was written is lost.
    assert "planned end" in words(app)
    assert app.text_input(key="engage-F-title").value == "Monitoring"
    app.date_input(key="engage-F-end").set_value(date(2028, 12, 1))
    button(app, "Make the engagement").click().run()
    assert not app.exception
    app = cros()
    assert app.dataframe[0].value["cro"].tolist() == ["Fortis"]


def test_a_code_that_is_taken_adds_nobody(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    store(tmp_path, monkeypatch)
    app = cros(view="Selection")
    app.text_input(key="new-candidate-code").set_value("A")
    app.text_input(key="new-candidate-name").set_value("Another")
    app.text_input(key="new-candidate-who").set_value("Ana Ruiz")
    button(app, "Add the candidate").click().run()
    assert "There is a CRO with that code already" in words(app)


def test_qualification(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    until = {"qualified_until": date(2026, 9, 1)}
    store(tmp_path, monkeypatch, cros=[CRO | until, TWO[1]])
    app = cros(view="Qualification")
    assert not app.exception
    assert "2 CROs: 1 expired, 1 not recorded. Alpha works for us without one." in words(app)
    assert app.dataframe[0].value["status"].tolist() == ["▼ expired 29 days ago", "– not recorded"]


@pytest.mark.usefixtures("demo_copy")
@pytest.mark.parametrize("view", ["Selection", "Qualification"])
def test_the_demo_shows_it(view: str) -> None:
    app = cros(view=view)
    assert not app.exception
    assert app.dataframe
