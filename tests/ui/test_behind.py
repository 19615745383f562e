"""From a figure to its rows and to the upload of a row, as a reader sees it."""

from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from ui.behind import Asked, figure, row

ROOT = Path(__file__).parents[2]
SHELL = ROOT / "ui" / "shell.py"


def page(name: str, **query: str) -> AppTest:
    app = AppTest.from_file(str(SHELL), default_timeout=120)
    app.query_params.update(query)
    app.run().switch_page(f"../pages/{name}.py")
    app.query_params.update(query)
    return app.run()


def said(app: AppTest) -> str:
    parts = (*app.markdown, *app.caption, *app.warning, *app.info)
    return "\n".join(element.value.replace("\\", "") for element in parts)


def test_the_address_names_what_is_asked_for_whatever_is_in_a_code() -> None:
    assert figure("R02") == "R02"
    assert figure("R02", "NORVEK") == "R02~NORVEK"
    assert figure("R02", engagement="E-1") == "R02~~E-1"
    assert figure("T01", "A", month="2026-06") == "T01~A~~2026-06"
    assert row("milestones", "E~1", "50%", "") == "milestones~E%7E1~50%25~"
    assert Asked.of(row("milestones", "E~1", "50%", "")) == Asked("milestones", ("E~1", "50%", ""))


@pytest.mark.usefixtures("demo_copy")
@pytest.mark.parametrize("name", ["timelines", "budget", "responsiveness"])
def test_each_tile_has_its_rows(name: str) -> None:
    app = page(name)
    assert not app.exception
    links = [button for button in app.button if button.label == "Rows"]
    assert len(links) >= 2
    links[0].click().run()
    assert not app.exception
    assert app.query_params["rows"]
    assert "what hurts most comes first" in said(app)


@pytest.mark.usefixtures("demo_copy")
@pytest.mark.parametrize("name", ["home", "cros", "studies", "timelines", "budget", "responsiveness"])
def test_a_link_opens_the_rows_on_every_page_with_numbers(name: str) -> None:
    app = page(name, rows="T01~NORVEK")
    assert not app.exception
    assert "NORVEK · as of 31 Oct 2026, original baseline" in said(app)
    rows = next(table.value for table in app.dataframe if "counts" in table.value)
    assert set(rows["cro"]) == {"Norvek Clinical"}


@pytest.mark.usefixtures("demo_copy")
def test_a_link_opens_one_row_with_its_states() -> None:
    app = page("studies", engagement="E-2329", rows="milestones~E-2329~lplv~")
    assert not app.exception
    assert "E-2329 / lplv of milestones stands as upload 32 told it: file milestones.csv" in said(app).replace("*", "")
    history = next(table.value for table in app.dataframe if "changed" in table.value)
    assert history.iloc[-1]["changed"] == "the row came in"
    assert history["upload"].is_monotonic_decreasing


@pytest.mark.usefixtures("demo_copy")
@pytest.mark.parametrize(
    ("told", "answer"),
    [
        ("X99", "X99 is no figure and no row that is known here."),
        ("T01~A~B~2026-06~more", "is no figure and no row that is known here."),
        ("milestones~E-2329~nothing~", "There is no such row among what the filters let through."),
        ("milestones~E-2506~dbl~", "There is no such row among what the filters let through."),  # of another CRO
        ("surveys~1~trust", "There is no such row among what the filters let through."),
        ("T01~~~June", "is no figure and no row that is known here."),
    ],
)
def test_a_link_to_what_is_not_there_or_not_seen_says_so(told: str, answer: str) -> None:
    app = page("timelines", rows=told, cros="KITASHIMA")
    assert not app.exception
    assert answer in said(app)
