"""Tables of a page that are written into: what is kept, what is asked, and that nothing written is lost."""

from collections.abc import Callable
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import pandas as pd
import pytest
import streamlit as st
from streamlit.testing.v1 import AppTest

from analytics.catalogue import DIRECTIONS
from data import commands, entries
from data.contracts import BY_KIND
from data.store import Stamp
from tests.ui.uploading import button, has_button, said
from ui import entry
from ui.scope import unfiltered
from ui.store import open_store

KIND = "responsibilities"
FIXED = {"engagement_id": "E1"}
STAMP = Stamp(who="ana", role="pm", at=datetime(2026, 7, 1, tzinfo=UTC), status_date=date(2026, 6, 30))
Hand = Callable[[pd.DataFrame], pd.DataFrame]


def script() -> None:
    """A page with one table."""
    from ui.entry import entry

    shown = ("activity", "responsible", "accountable")
    offered = [{"activity": "Offered", "responsible": "Ann", "accountable": "Bob"}]
    entry("responsibilities", shown, fixed={"engagement_id": "E1"}, begin=offered)


def form() -> None:
    """A page with a form of one row, in which two are accountable."""
    import streamlit as st

    from ui.entry import kept, name_of_writer, why_right

    row = {"engagement_id": "E1", "activity": "Visits", "responsible": "Ann", "accountable": "Bob; Eve"}
    with st.form("form"):
        reason, who = why_right("form"), name_of_writer("form")
        pressed = st.form_submit_button("Save")
    if pressed and kept("form", "responsibilities", [row], who, reason=reason, labels={"accountable": "Who answers"}):
        st.success("It is kept.")


@pytest.fixture
def store(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CRO_DB", str(tmp_path / "cro.duckdb"))
    tell("cros", {"cro_id": "A", "name": "Alpha"})
    more = {"start_date": "2025-01-01", "planned_end": "2027-12-31", "contract_value": "1000", "currency": "EUR"}
    tell("engagements", {"engagement_id": "E1", "cro_id": "A", "study_id": "S1", "title": "One"} | more)


@pytest.fixture
def hand(monkeypatch: pytest.MonkeyPatch) -> dict[str, Hand]:
    """What a person does to the table: AppTest draws it and cannot write into it."""
    doing: dict[str, Hand] = {"table": lambda frame: frame}
    real: Callable[..., pd.DataFrame] = st.data_editor

    def editor(frame: pd.DataFrame, **options: Any) -> pd.DataFrame:
        return doing["table"](real(frame, **options).copy())

    monkeypatch.setattr(st, "data_editor", editor)
    return doing


def tell(kind: str, row: dict[str, str]) -> None:
    assert commands.edit(open_store(), kind, [row], STAMP, kpis=DIRECTIONS).accepted


def raci(name: str, accountable: str = "Bob") -> dict[str, str]:
    return FIXED | {"activity": name, "responsible": "Ann", "accountable": accountable}


def rows() -> list[tuple[str, str, str]]:
    found = entries.current(open_store(), BY_KIND[KIND], FIXED)
    return [(row["activity"], row["responsible"], row["accountable"]) for row in found]


def drawn() -> AppTest:
    app = AppTest.from_function(script, default_timeout=60).run()
    assert not app.exception
    return app


def with_row(*cells: object) -> Hand:
    return lambda frame: pd.concat([frame, pd.DataFrame([cells], columns=frame.columns)], ignore_index=True)


def save(app: AppTest, who: str = "Ana Ruiz", pressed: str = "Save") -> AppTest:
    (name,) = [box for box in app.text_input if box.label == "Your name"]
    name.set_value(who).run()
    button(app, pressed).click().run()
    assert not app.exception
    return app


@pytest.mark.usefixtures("store", "hand")
def test_what_is_offered_is_kept_only_when_it_is_saved() -> None:
    app = drawn()
    assert rows() == []
    assert "These rows are offered and not kept yet" in said(app)
    assert not has_button(app, "Save")
    assert not has_button(app, "Discard")
    save(app, pressed="Keep this row")
    assert rows() == [("Offered", "Ann", "Bob")]
    assert "These rows are offered" not in said(app)


@pytest.mark.usefixtures("store")
def test_what_is_offered_can_be_changed_before_it_is_kept(
    hand: dict[str, Hand], monkeypatch: pytest.MonkeyPatch
) -> None:
    hand["table"] = with_row("Visits", "Dan", "Eve")
    monkeypatch.setattr("ui.entry._pending", lambda *_: True)  # AppTest cannot write into the table
    app = drawn()
    assert has_button(app, "Discard")
    save(app, pressed="Keep these 2 rows")
    assert rows() == [("Offered", "Ann", "Bob"), ("Visits", "Dan", "Eve")]


@pytest.mark.usefixtures("store", "hand")
def test_where_rows_stand_none_are_offered() -> None:
    tell(KIND, raci("Lock"))
    app = drawn()
    assert app.dataframe[0].value["activity"].tolist() == ["Lock"]
    assert not has_button(app, "Keep")


@pytest.mark.usefixtures("store", "hand")
def test_without_a_name_nothing_is_kept() -> None:
    app = save(drawn(), " ", "Keep this row")
    assert "Write your name first" in said(app)
    assert rows() == []


@pytest.mark.usefixtures("store")
def test_a_cell_a_line_and_a_line_less_are_one_upload(hand: dict[str, Hand]) -> None:
    for name in ("Lock", "Report", "Visits"):
        tell(KIND, raci(name))

    def table(frame: pd.DataFrame) -> pd.DataFrame:
        frame.loc[0, "responsible"] = "Cem"
        return with_row("Archive", "Dan", "Eve")(frame).drop(index=2)  # the third line, Visits

    app = drawn()
    before = open_store().version
    hand["table"] = table
    app.run()
    assert has_button(app, "Save 3 changes")
    save(app)
    assert rows() == [("Archive", "Dan", "Eve"), ("Lock", "Cem", "Bob"), ("Report", "Ann", "Bob")]
    assert open_store().version == before + 1
    (newest, *_) = commands.history(open_store())
    assert (newest["what"], newest["who"], newest["status_date"]) == ("edit", "Ana Ruiz", datetime.now(UTC).date())


@pytest.mark.usefixtures("store")
def test_what_is_wrong_is_said_at_its_line_and_stays_written(hand: dict[str, Hand]) -> None:
    tell(KIND, raci("Lock"))
    hand["table"] = with_row("Visits", None, "Eve")
    app = save(drawn())
    assert "Line 2, responsible" in said(app)
    assert has_button(app, "Save 1 change")
    assert rows() == [("Lock", "Ann", "Bob")]


@pytest.mark.usefixtures("store")
def test_what_is_in_doubt_is_kept_with_a_reason(hand: dict[str, Hand]) -> None:
    tell(KIND, raci("Lock"))
    hand["table"] = with_row("Visits", "Ann", "Bob; Eve")
    app = save(drawn())
    assert "where two are accountable, nobody is" in said(app)
    assert len(rows()) == 1
    (why,) = [box for box in app.text_input if box.label == "Why is it right?"]
    why.set_value("two companies share the site").run()
    save(app)
    assert rows()[1] == ("Visits", "Ann", "Bob; Eve")
    (newest, *_) = commands.history(open_store())
    assert newest["reason"] == "two companies share the site"


@pytest.mark.usefixtures("store")
def test_what_somebody_else_changed_meanwhile_is_not_written_over(
    hand: dict[str, Hand], monkeypatch: pytest.MonkeyPatch
) -> None:
    tell(KIND, raci("Lock"))

    def table(frame: pd.DataFrame) -> pd.DataFrame:
        frame.loc[0, "responsible"] = "Cem"
        return frame

    hand["table"] = table
    # AppTest cannot write into the table, so its state does not say that something is written
    monkeypatch.setattr("ui.entry._pending", lambda *_: True)
    app = drawn()
    tell(KIND, raci("Lock", accountable="Eve"))
    save(app)
    assert "Somebody has changed E1 / Lock since this table was drawn" in said(app)
    assert rows() == [("Lock", "Ann", "Eve")]
    button(app, "Discard").click().run()
    assert has_button(app, "Save 1 change")
    save(app)
    assert rows() == [("Lock", "Cem", "Eve")]


@pytest.mark.usefixtures("store")
def test_a_form_says_what_is_wrong_by_its_labels_and_asks_why_it_is_right() -> None:
    app = AppTest.from_function(form, default_timeout=60).run()
    app.text_input(key="form-who").set_value("Ana Ruiz")
    button(app, "Save").click().run()
    assert "**Who answers** (Bob; Eve): " in said(app)
    assert "press again" in said(app)
    button(app, "Save").click().run()
    assert "press again" not in said(app)
    assert rows() == []
    app.text_input(key="form-reason").set_value("two companies share the site")
    button(app, "Save").click().run()
    assert "It is kept." in said(app)
    assert rows() == [("Visits", "Ann", "Bob; Eve")]
    (newest, *_) = commands.history(open_store())
    assert newest["reason"] == "two companies share the site"


@pytest.mark.parametrize(
    ("kind", "column", "shown", "choices", "pixels"),
    [
        ("change_orders", "change_order_id", "", {}, 6 * 12 + 52),  # the heading Change order; its example is CO-031
        ("actions", "description", "", {}, 6 * 36 + 32),  # Second monitor for the Iberian sites
        ("actions", "description", "x" * 300, {}, 280),
        ("requirements", "evidence_id", "dbl", {"dbl": "Database lock, a milestone"}, 6 * 26 + 32),
    ],
)
def test_a_column_has_room_for_what_stands_in_it(
    kind: str, column: str, shown: str, choices: dict[str, str], pixels: int
) -> None:
    known = {column: choices} if choices else {}
    assert entry._config(BY_KIND[kind], column, [{column: shown}], {}, known)["width"] == pixels


@pytest.mark.parametrize("as_of", [date(2020, 2, 29), date(2100, 1, 1)])
def test_the_day_of_writing_is_no_later_than_what_the_page_looks_at(
    as_of: date, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("ui.entry.scope", lambda: unfiltered(as_of, 1))
    assert entry.day_of_writing() == min(as_of, datetime.now(UTC).date())
