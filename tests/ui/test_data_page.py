"""The Data page, as a project manager uses it: drop, look, accept or not, take back."""

from datetime import date
from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from data import commands
from ui.store import open_store

SHELL = Path(__file__).parents[2] / "ui" / "shell.py"
ENGAGEMENT = (
    "engagement_id,cro_id,study_id,title,start_date,planned_end,contract_value,currency,sponsor_pm\n"
    "E-1,ACME,S-1,First,2025-01-01,2027-12-31,1000,EUR,Ana\n"
)
MILESTONES = "engagement_id,milestone,baseline_original,forecast\nE-1,dbl,2027-03-01,{forecast}\n"


@pytest.fixture
def empty(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CRO_DB", str(tmp_path / "new.duckdb"))


def page(**query: str) -> AppTest:
    app = AppTest.from_file(str(SHELL), default_timeout=60)
    for name, value in query.items():
        app.query_params[name] = value
    app.run()
    app.switch_page("../pages/data.py").run()
    return app


def drop(app: AppTest, *files: tuple[str, str], who: str = "Ana Ruiz") -> AppTest:
    """Drop files as (name, text) and give a name."""
    app.file_uploader[0].set_value([(name, text.encode(), "text/csv") for name, text in files])
    app.run()
    named(app, "Your name").set_value(who).run()
    return app


def named(app: AppTest, label: str):  # type: ignore[no-untyped-def]
    (found,) = [box for box in app.text_input if box.label == label]
    return found


def button(app: AppTest, start: str):  # type: ignore[no-untyped-def]
    (found,) = [button for button in app.button if button.label.startswith(start)]
    return found


def totals(app: AppTest) -> list[tuple[str, str, int, int, int, int]]:
    (table,) = [table.value for table in app.dataframe if "Rejected" in table.value.columns]
    return [tuple(row) for row in table[["File", "Kind", "New", "Changed", "Unchanged", "Rejected"]].to_numpy()]


def said(app: AppTest) -> str:
    shown = (*app.markdown, *app.caption, *app.title, *app.success, *app.error, *app.info, *app.warning)
    return "\n".join(element.value.replace("\\", "") for element in shown)


@pytest.mark.usefixtures("empty")
def test_an_empty_store_guides_and_takes_the_first_files() -> None:
    app = page()
    assert not app.exception
    assert "Engagements, milestones and budget are enough" in said(app)
    app = drop(app, ("milestones.csv", MILESTONES.format(forecast="2027-04-01")), ("engagements.csv", ENGAGEMENT))
    assert totals(app) == [
        ("engagements.csv", "cros", 1, 0, 0, 0),
        ("engagements.csv", "engagements", 1, 0, 0, 0),
        ("milestones.csv", "milestones", 1, 0, 0, 0),
    ]
    assert open_store().version == 0  # a preview keeps nothing
    button(app, "Accept 3 rows").click().run()
    assert not app.exception
    assert "Upload 1 is in" in said(app)
    (entry,) = commands.history(open_store())
    assert (entry["who"], entry["role"], entry["what"]) == ("Ana Ruiz", "user", "file")


@pytest.mark.usefixtures("empty")
def test_a_change_is_shown_cell_by_cell_and_a_repetition_is_nothing() -> None:
    app = drop(page(), ("e.csv", ENGAGEMENT), ("m.csv", MILESTONES.format(forecast="2027-04-01")))
    button(app, "Accept").click().run()
    app = drop(page(), ("m.csv", MILESTONES.format(forecast="2027-05-01")))
    assert totals(app) == [("m.csv", "milestones", 0, 1, 0, 0)]
    (changes,) = [table.value for table in app.dataframe if "From" in table.value.columns]
    assert [tuple(row) for row in changes.to_numpy()] == [("E-1 / dbl", "forecast", "2027-04-01", "2027-05-01")]
    app = drop(page(), ("m.csv", MILESTONES.format(forecast="2027-04-01")))
    assert "Nothing new" in said(app)
    assert not [button for button in app.button if button.label.startswith("Accept")]


@pytest.mark.usefixtures("empty")
def test_a_file_with_problems_changes_nothing_unless_the_good_rows_are_wanted() -> None:
    app = drop(page(), ("e.csv", ENGAGEMENT))
    button(app, "Accept").click().run()
    text = MILESTONES.format(forecast="2027-04-01") + "E-9,fpi,2027-01-01,\nE-1,lpi,soon,\n"
    app = drop(page(), ("m.csv", text))
    assert totals(app) == [("m.csv", "milestones", 1, 0, 0, 2)]
    assert "Not ready yet: 2 rows to mend" in said(app)
    assert not [button for button in app.button if button.label.startswith("Accept")]
    (wrong,) = [table.value for table in app.dataframe if "_why" in table.value.columns]
    assert [why.partition(":")[0] for why in wrong["_why"]] == ["engagement_id", "baseline_original"]
    assert list(wrong["_row"]) == [3, 4]
    (good,) = [box for box in app.checkbox if "good rows" in box.label]
    good.check().run()
    button(app, "Accept 1 row").click().run()
    assert "given back" in said(app)
    assert "not loaded" in str([button.proto for button in app.get("download_button")])
    with open_store().read() as cursor:
        assert cursor.execute("SELECT milestone FROM milestones WHERE valid_to IS NULL").fetchall() == [("dbl",)]


@pytest.mark.usefixtures("empty")
def test_a_cro_that_nobody_knows_is_a_question() -> None:
    app = drop(page(), ("e.csv", ENGAGEMENT))
    button(app, "Accept").click().run()
    app = drop(page(), ("e.csv", ENGAGEMENT.replace("E-1,ACME", "E-2,NEWCO")))
    assert "Not ready yet: 1 question to answer." in said(app)
    (create,) = [box for box in app.checkbox if box.label.endswith("NEWCO")]
    create.check().run()
    button(app, "Accept 2 rows").click().run()
    assert "Upload 2 is in" in said(app)


@pytest.mark.usefixtures("empty")
def test_the_as_of_date_follows_the_newest_data_unless_another_was_chosen() -> None:
    app = page()
    app.date_input(key="status-date").set_value(date(2026, 6, 30)).run()
    button(drop(app, ("e.csv", ENGAGEMENT)), "Accept").click().run()
    assert app.date_input(key="as_of").value == date(2026, 6, 30)
    app.date_input(key="status-date").set_value(date(2026, 7, 31)).run()
    button(drop(app, ("m.csv", MILESTONES.format(forecast="2027-04-01"))), "Accept").click().run()
    assert app.date_input(key="as_of").value == date(2026, 7, 31)
    app.date_input(key="as_of").set_value(date(2026, 6, 30)).run()
    button(drop(app, ("m.csv", MILESTONES.format(forecast="2027-05-01"))), "Accept").click().run()
    assert app.date_input(key="as_of").value == date(2026, 6, 30)
    assert "You look at 30 Jun 2026; the newest data is as of 31 Jul 2026" in said(app)


@pytest.mark.usefixtures("empty")
def test_without_a_name_nothing_can_be_accepted() -> None:
    app = drop(page(), ("e.csv", ENGAGEMENT), who="")
    assert button(app, "Accept").disabled
    assert "Enter your name" in said(app)


@pytest.mark.usefixtures("empty")
def test_what_two_people_load_at_once_is_looked_at_again() -> None:
    first, second = page(), page()
    drop(first, ("e.csv", ENGAGEMENT))
    drop(second, ("e.csv", ENGAGEMENT.replace("First", "Second")))
    button(first, "Accept").click().run()
    button(second, "Accept").click().run()
    # Between the click and the load the other one had come in: what is shown is the preview of the new state.
    assert open_store().version == 1
    assert [row[2:5] for row in totals(second)] == [(0, 1, 0)]


@pytest.mark.usefixtures("empty")
def test_values_of_a_file_are_never_markup() -> None:
    app = drop(page(), ("![x](http://evil).csv", "a,b\n1,2\n"))
    assert not [text for text in (element.value for element in app.markdown) if "![x](" in text]


@pytest.mark.usefixtures("empty")
def test_an_upload_is_taken_back_with_a_reason_and_a_refusal_is_explained() -> None:
    app = drop(page(), ("e.csv", ENGAGEMENT))
    button(app, "Accept").click().run()
    app = drop(page(), ("m.csv", MILESTONES.format(forecast="2027-04-01")))
    button(app, "Accept").click().run()
    app = page(data="Ledger")
    (uploads,) = [box for box in app.selectbox if box.label == "Upload"]
    uploads.set_value(1)
    named(app, "Your name").set_value("Ana")
    named(app, "Reason").set_value("wrong file")
    button(app, "Take it back").click().run()
    assert "Upload 1 brought E-1" in said(app)  # the milestone of upload 2 names it
    (uploads,) = [box for box in app.selectbox if box.label == "Upload"]
    uploads.set_value(2)
    button(app, "Take it back").click().run()
    assert "Upload 2 is taken back, by upload 3." in said(app)
    assert [entry["undone"] for entry in commands.history(open_store())] == [False, True, False]


@pytest.mark.usefixtures("demo_copy")
def test_the_ledger_of_the_demo_is_whole() -> None:
    app = page(data="Ledger")
    (table,) = [table.value for table in app.dataframe if "number" in table.value.columns]
    assert table["number"].max() == len(table) == 36
    button(app, "Verify").click().run()
    assert "Sound" in said(app)


@pytest.mark.usefixtures("demo_copy")
def test_who_has_to_send_what() -> None:
    app = page(data="Freshness")
    assert not app.exception
    text = said(app)
    # story "silence": nothing has come from the three studies of Ostwald after June 2026
    (late,) = [table.value for table in app.dataframe if "missing" in table.value.columns]
    assert list(late["cro"].unique()) == ["Ostwald Clinical Development"]
    assert list(late["missing"]) == [4, 4, 4]
    assert "3 returns late, of 3 project managers" in "\n".join(heading.value for heading in app.subheader)
    assert "months reported, over 24 active engagements" in text


@pytest.mark.usefixtures("demo_copy")
def test_every_kind_has_its_template_and_columns() -> None:
    app = page(data="Templates")
    assert not app.exception
    assert "Engagements, milestones and budget are enough" in said(app)
    # besides the templates: the return, and the set-up of a study
    assert len(app.get("download_button")) == len(app.dataframe) + 2


@pytest.mark.usefixtures("demo_copy")
def test_the_demo_is_put_aside_after_a_question(tmp_path: Path) -> None:
    app = page()
    assert "Demo portfolio" in said(app)
    assert open_store().version == 36
    button(app, "Put the demo aside").click().run()
    assert not app.exception
    assert open_store().version == 0
    assert [path.name for path in tmp_path.glob("*.demo-1.duckdb")] == ["cro.demo-1.duckdb"]
    assert "Demo portfolio" not in said(app)
    assert "Engagements, milestones and budget are enough" in said(app)
