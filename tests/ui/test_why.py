"""The tabs "Why it changed": a figure and a date to choose, its parts, and the way to their rows."""

import re
from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from ui.why import AMOUNTS, KPIS, QUARTERS, TAB

SHELL = Path(__file__).parents[2] / "ui" / "shell.py"


def opened(page: str, **query: str) -> AppTest:
    app = AppTest.from_file(str(SHELL), default_timeout=120)
    for name, value in query.items():
        app.query_params[name] = value
    app.run()
    return app.switch_page(f"../pages/{page}.py").run()


def said(app: AppTest) -> str:
    return "\n".join(part.value.replace("\\", "") for part in (*app.markdown, *app.info))


@pytest.mark.usefixtures("demo_copy")
def test_the_score_of_a_cro_since_a_quarter_in_the_address() -> None:
    app = opened("cros", cro="OSTWALD", about=TAB, then="2026-03-31")
    assert not app.exception
    assert re.search(r"\*\*The score (fell|rose) from \d+ to \d+ since 31 Mar 2026\.\*\*", said(app))
    assert len(app.get("plotly_chart")) == 1
    assert any(button.label == "Rows" for button in app.button)
    boxes = {box.label: box for box in app.selectbox}
    assert len(boxes["What"].options) == 1 + len(KPIS) + len(AMOUNTS)
    assert len(boxes["Since the end of"].options) == QUARTERS
    assert boxes["Since the end of"].value == "2026-03-31"


@pytest.mark.usefixtures("demo_copy")
def test_what_cannot_be_split_says_why() -> None:
    app = opened("cros", cro="NORVEK", about=TAB, why="P01")  # answers of few people
    assert not app.exception
    assert "The change of Relationship health" in said(app)
    assert "is not split: " in said(app)
    assert not app.get("plotly_chart")


@pytest.mark.usefixtures("demo_copy")
def test_a_study_and_the_budget_have_it_too() -> None:
    study = opened("studies", engagement="E-2535", part=TAB, then="2026-03-31")
    assert not study.exception
    assert "The score " in said(study)
    budget = opened("budget", budget=TAB, then="2026-03-31")
    assert not budget.exception
    assert "Fee forecast against signed contract: EUR" in said(budget)
    assert len(budget.get("plotly_chart")) == 1
