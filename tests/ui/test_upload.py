"""The Upload tab: what is asked, what is answered by choosing or mending, and what is then in the store."""

import io
from datetime import UTC, date, datetime

import openpyxl
import pytest

from analytics.catalogue import DIRECTIONS
from data import commands
from data.intake import FileIn
from data.store import Stamp
from tests.ui.uploading import (
    Typed,
    box,
    button,
    drop,
    folds,
    has_button,
    lines,
    page,
    said,
    table,
    told,
)
from ui.store import open_store

pytestmark = pytest.mark.usefixtures("empty")

ENGAGEMENTS = """engagement_id,cro_id,study_id,title,start_date,planned_end,contract_value,currency,sponsor_pm
E-1,FORTIS,S-1,First,2025-01-01,2027-12-31,1000000,EUR,Ana Ruiz
E-2,FORTIS,S-2,Second,2025-01-01,2027-12-31,1000000,EUR,Ana Ruiz
"""
MILESTONES = "engagement_id,milestone,baseline_original,forecast\nE-1,dbl,2027-03-01,2027-04-01\n"
FOREIGN = """Work order;Meilenstein;Kind of plan;Erwartet
E-1;dbl;01.03.2027;15.04.2027
E-2;dbl;01.03.2027;16.04.2027
"""


def rows(question: str) -> list[tuple[object, ...]]:
    with open_store().read() as cursor:
        return cursor.execute(question).fetchall()


def colleague(text: str) -> None:
    """What somebody else loads meanwhile."""
    stamp = Stamp(who="Tom Ash", role="user", at=datetime(2026, 11, 2, tzinfo=UTC), status_date=date(2026, 10, 31))
    assert commands.load(open_store(), [FileIn("tom.csv", text.encode())], stamp, kpis=DIRECTIONS).upload


def forecast() -> list[tuple[object, ...]]:
    return rows("SELECT forecast::VARCHAR FROM milestones WHERE valid_to IS NULL")


def test_accept_keeps_what_is_shown_though_a_reason_is_typed_in_the_same_moment() -> None:
    told({"engagements.csv": ENGAGEMENTS, "m.csv": MILESTONES})
    app = drop(page(), {"m.csv": MILESTONES.replace("2027-04-01", "2027-04-20")})
    box(app.text_input, "Reason").set_value("told by the CRO")  # and not left: the click brings both
    button(app, "Accept 1 row").click().run()
    assert not app.exception
    assert "is in." in said(app)
    assert commands.history(open_store())[0]["reason"] == "told by the CRO"
    assert forecast() == [("2027-04-20",)]


@pytest.mark.parametrize("typed_too", [False, True])
def test_accept_keeps_nothing_where_a_colleague_has_loaded_since_it_was_shown(typed_too: bool) -> None:
    told({"engagements.csv": ENGAGEMENTS, "m.csv": MILESTONES})
    app = drop(page(), {"m.csv": MILESTONES.replace("2027-04-01", "2027-04-20")})
    colleague("engagement_id,milestone,forecast\nE-1,dbl,2027-04-10\n")
    if typed_too:
        box(app.text_input, "Reason").set_value("told by the CRO")
    button(app, "Accept 1 row").click().run()
    assert not app.exception
    assert forecast() == [("2027-04-10",)]
    assert "Somebody else has loaded data since you looked" in said(app)
    assert list(table(app, "From")["From"]) == ["2027-04-10"]  # what is shown now is against the colleague's
    button(app, "Accept 1 row").click().run()
    assert forecast() == [("2027-04-20",)]


def test_a_status_date_that_is_changed_in_the_moment_of_accepting_is_looked_at_first() -> None:
    told({"engagements.csv": ENGAGEMENTS})
    app = drop(page(), {"m.csv": "engagement_id,milestone,baseline_original,actual\nE-1,fpi,2026-10-01,2026-10-15\n"})
    app.date_input(key="status-date").set_value(date(2026, 9, 30))  # on that day it had not happened yet
    button(app, "Accept 1 row").click().run()
    assert rows("SELECT * FROM milestones") == []
    assert "1 reason to give" in said(app)


def test_a_file_with_our_headings_asks_nothing() -> None:
    told({"engagements.csv": ENGAGEMENTS})
    app = drop(page(), {"milestones.csv": MILESTONES})
    assert lines(app, "File", "Kind", "Rows", "New") == [("milestones.csv", "milestones", 1, 1)]
    assert folds(app)["Columns: 4 of 4 used"] is False
    assert "Not ready" not in said(app)
    assert not button(app, "Accept 1 row").disabled


def test_foreign_headings_are_chosen_confirmed_and_kept(typed: Typed) -> None:
    told({"engagements.csv": ENGAGEMENTS}, day="2026-09-30")
    app = drop(page("2026-09-30"), {"fortis 2026-09.csv": FOREIGN})
    assert not has_button(app, "Accept")
    box(app.selectbox, "What is fortis 2026-09.csv?").set_value("milestones").run()
    shown = table(app, "How sure")
    assert list(shown["In the file"]) == ["Work order", "Meilenstein", "Kind of plan", "Erwartet"]
    assert list(shown["For example"])[2:] == ["01.03.2027", "15.04.2027 · 16.04.2027"]
    for heading, target in {
        "Work order": "engagement_id", "Meilenstein": "milestone", "Kind of plan": "baseline_original",
        "Erwartet": "forecast",
    }.items():  # fmt: skip
        typed["In the file", heading] = ("Is our", target)
    button(app, "Use these columns").click().run()
    assert lines(app, "Kind", "New") == [("milestones", 2)]
    assert folds(app)["Columns: 4 of 4 used"] is False
    assert box(app.text_input, "Keep these choices").value == "fortis"
    button(app, "Accept 2 rows").click().run()
    assert "Kept as profile “fortis”" in said(app)
    told_of = rows("SELECT engagement_id, forecast::VARCHAR FROM milestones WHERE valid_to IS NULL ORDER BY ALL")
    assert told_of == [("E-1", "2027-04-15"), ("E-2", "2027-04-16")]
    # The next month: the same headings, other cells, and nothing is asked.
    typed.clear()
    app = drop(page("2026-10-31"), {"fortis 2026-10.csv": FOREIGN.replace("16.04", "20.04")}, who="Ana Ruiz")
    assert lines(app, "Read with", "Changed", "Unchanged") == [("profile fortis", 1, 1)]
    assert "Not ready" not in said(app)
    assert not any(folds(app).get(label) for label in folds(app) if label.startswith("Columns"))
    button(app, "Accept 1 row").click().run()
    assert "Upload 4 is in" in said(app)  # the profile is an upload of its own, number 3


def test_a_column_that_the_file_lacks_is_the_same_in_all_rows() -> None:
    told({"engagements.csv": ENGAGEMENTS})
    app = drop(page(), {"one study.csv": "milestone,baseline_original,forecast\ndbl,2027-03-01,2027-04-01\n"})
    if not any(one.label.startswith("The same in all rows") for one in app.multiselect):
        box(app.selectbox, "What is one study.csv?").set_value("milestones").run()
    box(app.multiselect, "The same in all rows").set_value(["engagement_id"]).run()
    engagement = box(app.selectbox, "engagement_id of all rows")
    assert engagement.options == ["E-1 · S-1, First", "E-2 · S-2, Second"]
    engagement.set_value("E-2").run()
    button(app, "Use these columns").click().run()
    button(app, "Accept 1 row").click().run()
    assert rows("SELECT engagement_id, milestone FROM milestones") == [("E-2", "dbl")]


def test_the_order_of_day_and_month_is_asked_and_answered_by_choosing() -> None:
    told({"engagements.csv": ENGAGEMENTS})
    text = "engagement_id,milestone,baseline_original\nE-1,dbl,03/04/2027\nE-1,csr,05/06/2027\n"
    app = drop(page(), {"m.csv": text})
    assert "1 question to answer" in said(app)
    asked = box(app.segmented_control, "How is baseline_original written?")
    assert asked.options == ["day, month, year", "month, day, year", "year, month, day"]
    asked.set_value("mdy").run()
    button(app, "Accept 2 rows").click().run()
    # 03/04 under month, day: 4 March; under day, month it would be 3 April
    assert rows("SELECT milestone, baseline_original::VARCHAR FROM milestones ORDER BY ALL") == [
        ("csr", "2027-05-06"), ("dbl", "2027-03-04"),
    ]  # fmt: skip


def test_texts_that_stand_for_something_of_ours_are_chosen_once_for_all_rows(typed: Typed) -> None:
    told({"engagements.csv": ENGAGEMENTS})
    text = ENGAGEMENTS.replace("E-1,FORTIS", "E-3,Vendor A").replace("E-2,FORTIS", "E-4,Vendor A")
    app = drop(page(), {"e.csv": text})
    unknown = table(app, "Is our", "Rows")
    assert list(unknown[["In the file", "Rows"]].itertuples(index=False, name=None)) == [("Vendor A", 2)]
    typed["In the file", "Vendor A"] = ("Is our", "FORTIS")
    app.run()
    button(app, "Use these values").click().run()
    button(app, "Accept 2 rows").click().run()
    assert rows("SELECT engagement_id, cro_id FROM engagements WHERE valid_from = 2 ORDER BY ALL") == [
        ("E-3", "FORTIS"), ("E-4", "FORTIS"),
    ]  # fmt: skip


def test_a_doubt_is_accepted_with_a_reason_that_is_kept() -> None:
    told({"engagements.csv": ENGAGEMENTS})
    budget = "engagement_id,month,cost_type,planned_original,invoiced\n"
    told({"b.csv": budget + "E-1,2026-09,fee,1000,1000\n"})
    app = drop(page(), {"b.csv": budget + "E-1,2026-10,fee,1000,1000000\n"})  # a thousand times September
    assert "1 reason to give" in said(app)
    assert button(app, "Accept 1 row").disabled
    box(app.text_input, "Why is it right? invoiced").set_value("final invoice").run()
    assert "reason to give" not in said(app)
    button(app, "Accept 1 row").click().run()
    assert commands.history(open_store())[0]["reason"] == "invoiced: final invoice"


def test_what_was_agreed_changes_only_with_a_reason() -> None:
    told({"engagements.csv": ENGAGEMENTS})
    told({"m.csv": MILESTONES})
    app = drop(page(), {"m.csv": MILESTONES.replace("2027-03-01", "2027-03-02")})
    assert not has_button(app, "Accept")
    app.run()  # an empty answer is none
    button(app, "Use these columns").click().run()
    assert not has_button(app, "Accept")
    box(app.text_input, "Why is it right? baseline_original").set_value("amendment 2").run()
    assert lines(app, "Changed", "Rejected") == [(1, 0)]
    box(app.text_input, "Why is it right? baseline_original").set_value("amendment 3").run()
    button(app, "Accept 1 row").click().run()
    assert commands.history(open_store())[1]["reason"] == "baseline_original: amendment 3"  # newer: the profile


def test_a_cell_is_mended_in_place_and_checked_again(typed: Typed) -> None:
    told({"engagements.csv": ENGAGEMENTS})
    text = MILESTONES + "E-9,csr,2027-05-01,\nE-2,dbl,tomorrow,\n"
    app = drop(page(), {"m.csv": text})
    assert "2 rows to mend" in said(app)
    wrong = table(app, "_why")
    assert list(wrong["_row"]) == [3, 4]
    assert wrong["_why"][0].startswith("engagement_id: There is no engagement E-9")
    assert wrong["_why"][1].startswith("baseline_original: ")
    typed["_row", "3"] = ("0", "E-1")
    app.run()
    button(app, "Check again").click().run()
    assert lines(app, "New", "Rejected") == [(2, 1)]
    assert list(table(app, "_why")["_row"]) == [4]
    typed.clear()
    typed["_row", "4"] = ("2", "2027-07-01")
    app.run()
    button(app, "Check again").click().run()
    button(app, "Accept 3 rows").click().run()
    assert rows("SELECT engagement_id, milestone, baseline_original::VARCHAR FROM milestones ORDER BY ALL") == [
        ("E-1", "csr", "2027-05-01"), ("E-1", "dbl", "2027-03-01"), ("E-2", "dbl", "2027-07-01"),
    ]  # fmt: skip


def test_the_figures_that_will_move_are_shown_before() -> None:
    milestones = MILESTONES.replace("2027-", "2026-")
    told({"engagements.csv": ENGAGEMENTS, "m.csv": milestones}, day="2025-10-31")
    app = drop(page("2026-04-30"), {"m.csv": milestones})
    assert "No figure moves" not in said(app)  # nothing would be kept, so nothing is worked out
    app = drop(page("2026-04-30"), {"m.csv": milestones.replace("2026-04-01", "2026-06-01")})
    assert "Figures that will move" in said(app)


def test_a_complete_file_closes_what_it_does_not_have_any_more() -> None:
    told({"engagements.csv": ENGAGEMENTS})
    told({"m.csv": MILESTONES + "E-1,csr,2027-06-01,\n"})
    app = drop(page(), {"m.csv": MILESTONES})
    box(app.checkbox, "This file is complete").check().run()
    button(app, "Use these columns").click().run()
    assert lines(app, "Closed", "Unchanged") == [(1, 1)]
    assert folds(app)["1 row closed: not in the file any more"] is False
    button(app, "Accept 1 row").click().run()
    assert rows("SELECT milestone FROM milestones WHERE valid_to IS NULL") == [("dbl",)]


def test_choices_can_be_taken_back() -> None:
    told({"engagements.csv": ENGAGEMENTS})
    app = drop(page(), {"m.csv": "engagement_id,milestone,baseline_original\nE-1,dbl,03/04/2027\n"})
    box(app.segmented_control, "How is").set_value("dmy").run()
    assert "Not ready" not in said(app)
    button(app, "Forget my choices").click().run()
    assert "1 question to answer" in said(app)


def test_another_file_in_its_place_does_not_get_the_corrections_of_the_one_before(typed: Typed) -> None:
    told({"engagements.csv": ENGAGEMENTS})
    app = drop(page(), {"m.csv": MILESTONES.replace("E-1", "E-9")})
    typed["_row", "2"] = ("0", "E-1")
    app.run()
    button(app, "Check again").click().run()
    assert lines(app, "New", "Rejected") == [(1, 0)]
    app = drop(app, {"m.csv": MILESTONES.replace("E-1", "E-2")})
    button(app, "Accept 1 row").click().run()
    assert rows("SELECT engagement_id FROM milestones") == [("E-2",)]


def test_the_status_date_is_that_of_the_month_that_the_file_names() -> None:
    app = drop(page("2026-08-31"), {"return Ana 2026-10.csv": ENGAGEMENTS})
    assert str(app.date_input(key="status-date").value) == "2026-10-31"


def test_rows_left_out_are_named() -> None:
    told({"engagements.csv": ENGAGEMENTS})
    app = drop(page(), {"m.csv": "Tracker of October,,,\n,,,\n" + MILESTONES + "Total,,,\n"})
    assert lines(app, "Rows", "New", "Left out") == [(1, 1, 3)]
    assert "Left out: " in said(app)
    assert "row 5 (a total)" in said(app)


def test_texts_of_a_file_are_never_markup(typed: Typed) -> None:
    told({"engagements.csv": ENGAGEMENTS})
    evil = "![x](http://evil)"
    app = drop(page(), {f"{evil}.csv": MILESTONES.replace("E-1", evil).replace("forecast", evil)})
    assert not [one.value for one in (*app.markdown, *app.caption, *app.warning, *app.error) if evil in one.value]
    assert not [label for label in (box.label for box in app.expander) if evil in label]


def test_files_decisions_and_the_day_stay_while_another_tab_or_page_is_looked_at() -> None:
    told({"engagements.csv": ENGAGEMENTS})
    text = "engagement_id,milestone,baseline_original\nE-1,dbl,03/04/2027\n"
    app = drop(page("2026-09-30"), {"m.csv": text})
    box(app.text_input, "Reason").set_value("by mail").run()
    box(app.segmented_control, "How is").set_value("mdy").run()
    app.switch_page("../pages/home.py").run()
    app.switch_page("../pages/data.py").run()
    assert "Still here: m.csv" in said(app)
    assert app.date_input(key="status-date").value == date(2026, 9, 30)
    assert "Not ready" not in said(app)
    button(app, "Accept 1 row").click().run()
    assert rows("SELECT baseline_original::VARCHAR FROM milestones") == [("2027-03-04",)]
    newest = commands.history(open_store())[1]  # newer: the profile
    assert (str(newest["status_date"]), newest["reason"]) == ("2026-09-30", "by mail")
    assert "Still here" not in said(app)


def test_files_that_stayed_can_be_taken_away() -> None:
    app = drop(page(), {"e.csv": ENGAGEMENTS})
    app.switch_page("../pages/home.py").run()
    app.switch_page("../pages/data.py").run()
    button(app, "Take 1 file away").click().run()
    assert "Still here" not in said(app)
    assert not has_button(app, "Accept")


def test_a_table_that_is_not_ours_is_left_out_and_taken_in_again() -> None:
    app = drop(page(), {"e.csv": ENGAGEMENTS, "sites.csv": "Step,Plan,By\nSIV,soon,CRA\n"})
    assert not has_button(app, "Accept")
    [one for one in app.button if one.label == "Leave this table out"][1].click().run()
    assert "Left out: nothing of it is loaded." in said(app)
    assert has_button(app, "Accept 3 rows")  # with the CRO that they name
    button(app, "Take it in again").click().run()
    assert not has_button(app, "Accept")


def test_sheets_that_are_not_ours_do_not_stop_those_that_are() -> None:
    """Where only what is good is wanted, a sheet that cannot be used is no more than a row that cannot."""
    book = openpyxl.Workbook()
    book.active.title = "Contracts"
    for line in ENGAGEMENTS.splitlines():
        book.active.append(line.split(","))
    for row in (["Milestone", "Plan", "By"], ["SIV", "soon", "CRA"]):
        (book["Sites"] if "Sites" in book.sheetnames else book.create_sheet("Sites")).append(row)
    out = io.BytesIO()
    book.save(out)
    app = drop(page(), {"tracker.xlsx": out.getvalue()})
    assert not has_button(app, "Accept")
    box(app.checkbox, "Load what is good").check().run()
    button(app, "Accept 3 rows").click().run()
    assert rows("SELECT count(*) FROM engagements") == [(2,)]


def test_a_row_that_is_no_data_is_left_out_and_named(typed: Typed) -> None:
    told({"engagements.csv": ENGAGEMENTS})
    app = drop(page(), {"m.csv": "engagement_id,milestone,baseline_original\nlegend,,\nE-1,dbl,2027-03-01\n"})
    typed["_row", "2"] = ("_leave", True)
    app.run()
    button(app, "Check again").click().run()
    assert "row 2 (discarded here)" in said(app)
    assert lines(app, "Rows", "New", "Left out", "Rejected") == [(1, 1, 1, 0)]
    button(app, "Accept 1 row").click().run()
    assert rows("SELECT milestone FROM milestones") == [("dbl",)]


def test_the_encoding_that_was_guessed_is_said_openly_and_chosen() -> None:
    told({"engagements.csv": ENGAGEMENTS})
    text = "engagement_id,milestone,baseline_original,comment\nE-1,dbl,2027-03-01,zgodę\n"
    app = drop(page(), {"m.csv": text.encode("cp1250")})
    assert "Read as Windows-1252" in said(app)
    box(app.selectbox, "Encoding of the file").set_value("cp1250").run()
    assert "Read as Windows-1250 (Central European), as chosen." in said(app)
    button(app, "Accept 1 row").click().run()
    assert rows("SELECT comment FROM milestones") == [("zgodę",)]
