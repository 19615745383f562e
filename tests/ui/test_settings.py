"""The tab "Settings", as a reader sees it: what holds, a target set, and what if."""

from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from streamlit.testing.v1 import AppTest

from data import commands
from data.store import Store
from tests.analytics.goldens.case import count
from tests.world import cros, engagement, world
from ui.store import open_store

Written = dict[tuple[str, str], tuple[str, float]]
"""As `Typed`, of tables of numbers."""
SHELL = Path(__file__).parents[2] / "ui" / "shell.py"
KINDS: dict[str, Any] = {
    "cros": cros("A", "B"),
    "engagements": [engagement("E1"), engagement("E2", "B", study_id="S2")],
    "kpi_data": [
        count(kpi, "2026-09", many, 100, engagement_id=each)
        for kpi, each, many in (("Q05", "E1", 90), ("Q05", "E2", 100), ("T06", "E1", 100), ("T06", "E2", 85))
    ],
}
"""A: Q05 75 points and T06 100, so 87.5. B: 100 and 50, so 75, held at amber by Time."""


@pytest.fixture
def two_cros(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    path = tmp_path / "two.duckdb"
    store = Store(path)
    world((date(2026, 9, 30), KINDS), store=store)
    store.close()
    monkeypatch.setenv("CRO_DB", str(path))
    yield
    open_store().close()


def page(tab: str = "Settings") -> AppTest:
    app = AppTest.from_file(str(SHELL), default_timeout=90)
    app.query_params["data"] = tab
    app.run().switch_page("../pages/data.py")
    app.query_params["data"] = tab
    return app.run()


def said(app: AppTest) -> str:
    parts = (*app.markdown, *app.caption, *app.subheader, *app.info, *app.error, *app.warning, *app.success)
    return "\n".join(element.value.replace("\\", "") for element in parts)


def table(app: AppTest, column: str) -> Any:
    (found,) = [frame.value for frame in app.dataframe if column in frame.value]
    return found


def fill(app: AppTest, **values: float) -> None:
    """The numbers of the form, whatever KPI they are of."""
    for side, value in values.items():
        (box,) = [box for box in app.number_input if str(box.key).startswith(f"target-{side}-")]
        box.set_value(value)


@pytest.mark.usefixtures("demo_copy")
def test_what_holds_in_the_demo() -> None:
    app = page()
    assert not app.exception
    assert "Different: Answered within the SLA for Brightmoor Trials." in said(app)
    held = table(app, "limits").set_index(["label", "whom"])
    own = held.loc[("Answered within the SLA", "Brightmoor Trials")]
    assert own["limits"] == "green from 92.0 %, red under 82.0 %"
    assert own["basis"] == "contract, Exhibit C 4.2, agreed 28 Nov 2024"
    assert "The order of 8 CROs survives" in said(app)


@pytest.mark.usefixtures("two_cros")
def test_a_target_is_saved_with_its_basis_and_stands_in_the_ledger() -> None:
    app = page()
    app.selectbox(key="target-kpi").set_value("Q05").run()
    app.selectbox(key="target-whom").set_value(("A", "")).run()
    assert "Now: green from 95.0 %, red under 85.0 %, weight 1 (default, grade C)." in said(app)
    fill(app, green=90, red=82.125, weight=2)
    app.selectbox(key="target-basis").set_value("contract")
    app.text_input(key="target-clause").set_value("Exhibit C")
    app.text_input(key="target-who").set_value("Ana Ruiz")
    app.button(key="target-save").click().run()
    assert not app.exception
    assert "Upload 2 in the ledger" in said(app)
    own = table(app, "limits").set_index(["label", "whom"])
    row = own.loc[("Visit reports on time", "CRO A")]
    assert (row["limits"], row["weight"]) == ("green from 90.0 %, red under 82.1 %", 2)
    assert row["basis"] == "contract, Exhibit C"
    with open_store().read() as cursor:
        kept = cursor.execute("SELECT kpi_id, cro_id, engagement_id, green, red, weight FROM targets").fetchall()
    assert [tuple(map(str, cells)) for cells in kept] == [("Q05", "A", "", "90.000000", "82.125000", "2.000000")]
    newest = commands.history(open_store())[0]
    assert (newest["who"], newest["what"], newest["status_date"]) == ("Ana Ruiz", "edit", date(2026, 9, 30))


@pytest.mark.usefixtures("two_cros")
@pytest.mark.parametrize(
    ("numbers", "who", "why"),
    [
        ({"green": 80.0, "red": 90.0}, "Ana", "Red must not be better than green. Of Visit reports on time higher"),
        ({"green": 90.0, "red": 80.0}, "", "A target needs green, red, a weight, the day from which it holds, and"),
    ],
)
def test_what_cannot_be_is_refused_in_words(numbers: dict[str, float], who: str, why: str) -> None:
    app = page()
    app.selectbox(key="target-kpi").set_value("Q05").run()
    fill(app, **numbers)
    app.text_input(key="target-who").set_value(who)
    app.button(key="target-save").click().run()
    assert why in said(app)
    assert open_store().version == 1


@pytest.mark.usefixtures("two_cros")
def test_weights_moved_show_what_they_do_and_save_nothing(typed: Written) -> None:
    typed[("domain", "Time")] = ("in_score", 0)
    app = page()
    assert not app.exception
    text = said(app)
    assert "Nothing here is saved" in text
    # Without Time: A 75 and B 100.
    assert "2 of 2 lights would change: CRO B from amber to green; CRO A from green to amber." in text
    assert "1 pair swaps: CRO A and CRO B." in text
    moved = table(app, "light_then").set_index("cro")
    assert list(moved.loc["CRO B", ["now", "then", "change"]]) == ["75", "100", "+25.0"]
    assert "hang on a weight, as moved?" in text
    assert open_store().version == 1
    assert app.button(key="what-if-back").disabled is False


@pytest.mark.usefixtures("two_cros")
def test_a_threshold_that_contradicts_is_told_and_left_out(typed: Written) -> None:
    typed[("label", "Visit reports on time")] = ("green", 70)
    app = page()
    assert "Visit reports on time: red must not be better than green" in said(app)
    assert "Write another threshold or weight" in said(app)


@pytest.mark.usefixtures("two_cros")
def test_a_threshold_moved(typed: Written) -> None:
    # Q05 of A: 90 against green 90 is 100 points, so A is 100.
    typed[("label", "Visit reports on time")] = ("green", 90)
    app = page()
    moved = table(app, "light_then").set_index("cro")
    assert list(moved.loc["CRO A", ["now", "then", "change"]]) == ["87", "100", "+12.5"]
    typed.clear()
    app.button(key="what-if-back").click().run()
    assert "Write another threshold or weight" in said(app)


@pytest.mark.usefixtures("empty")
def test_without_data_it_says_how_to_begin() -> None:
    app = page()
    assert not app.exception
    assert "There is nothing yet that a threshold could hold for." in said(app)
