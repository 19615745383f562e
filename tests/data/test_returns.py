"""The workbooks that project managers fill in, filled in as a person would, and loaded."""

import io
from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import UTC, date, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from openpyxl.workbook import Workbook
from openpyxl.worksheet.worksheet import Worksheet

from analytics import freshness
from analytics.catalogue import BY_ID
from analytics.view import View
from data import cli
from data.contracts import BY_KIND, Type
from data.contracts.milestones import CODES
from data.intake import FileIn, Loaded, Options, load
from data.intake.columns import Layout
from data.intake.table import table_of_rows
from data.intake.unfilled import without_unfilled
from data.returns.monthly import NoReturn, last_ended, managers, monthly
from data.returns.setup import setup, templates
from data.returns.workbook import Sheet, workbook
from data.service import Context
from data.store import Store
from data.store.undo import undo
from tests.data.helpers import KPIS, example_store, rows, stamp, told
from tests.world import scope_of

OCTOBER = "2026-10"


def opened(content: bytes) -> Workbook:
    return openpyxl.load_workbook(io.BytesIO(content))


def saved(book: Workbook) -> bytes:
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def as_text(value: Any) -> str:
    """What a reader of Excel files makes of a cell."""
    if isinstance(value, datetime) and not (value.hour or value.minute):
        value = value.date()
    return "" if value is None else str(value)


def drop(store: Store, content: bytes, day: str = "2026-10-31", **options: bool) -> Loaded:
    files = [FileIn("return.xlsx", content)]
    return load(store, files, stamp(day), kpis=KPIS, options=Options(**options))


def counts(answer: Loaded) -> dict[str | None, tuple[int, int, int, int]]:
    """New, changed, unchanged and rejected rows of each kind."""
    return {
        file.kind: (file.counts.new, file.counts.changed, file.counts.unchanged, file.counts.rejected)
        for file in answer.files
    }


def records(content: bytes, kind: str) -> list[dict[str, Any]]:
    head, *body = opened(content)[kind].iter_rows(values_only=True)
    return [dict(zip(head, row, strict=True)) for row in body]


def fill(page: Worksheet, which: Mapping[str, Any], **cells: Any) -> None:
    """Write into the one row that has these values, or below the last one."""
    head = {cell.value: cell.column for cell in page[1]}
    found = [
        row for row in range(2, page.max_row + 1)
        if all(as_text(page.cell(row, head[name]).value) == str(value) for name, value in which.items())
    ]  # fmt: skip
    assert len(found) < 2
    row = found[0] if found else page.max_row + 1
    for name, value in {**({} if found else which), **cells}.items():
        page.cell(row, head[name], value)


# --- the monthly return ---


@pytest.fixture
def store() -> Store:
    """Ana has E-014 (active) and E-016 (ended in August), Bo has E-015."""
    one = Store()
    head = "engagement_id,cro_id,study_id,title,sponsor_pm,start_date,planned_end,contract_value,currency,closed_on\n"
    told(one, {
        "cros": "cro_id,name\nFORTIS,Fortis Research\n",
        "engagements": head
        + "E-014,FORTIS,ABC-301,Phase 3 full service,Ana Ruiz,2025-01-15,2027-11-30,8400000,EUR,\n"
        + "E-015,FORTIS,ABC-302,Central laboratory,Bo Lund,2025-01-15,2027-11-30,900,EUR,\n"
        + "E-016,FORTIS,ABC-303,Ended,Ana Ruiz,2025-01-15,2026-08-31,900,EUR,2026-08-31\n",
        "milestones": "engagement_id,milestone,site_id,baseline_original,forecast,actual,contractual,days_cro,comment\n"
        "E-014,fpi,,2026-06-01,,2026-06-03,yes,,\n"
        "E-014,lpi,,2026-09-20,,2026-09-01,,,\n"
        "E-014,dbl,,2027-08-01,2027-09-28,,no,0,=1+1\n"
        "E-014,siv,DE-03,2026-11-10,,,,,\"two\nlines, ü\"\n"
        "E-015,dbl,,2027-08-01,,,,,\n",
        "budget": "engagement_id,month,cost_type,planned_original,planned_current,invoiced,accrued,forecast_remaining\n"
        "E-014,2026-09,fee,100,,1,2,3150000.5\n"
        "E-014,2026-09,grant,100,,1,2,\n"
        "E-014,2026-10,fee,240000.123456,0.1,-0.000001,123456789012345678.123456,\n",
        "deliverables": "deliverable_id,engagement_id,name,due_original,delivered,first_reviewed_on,accepted\n"
        "007,E-014,Done,2026-01-01,2026-01-01,2026-01-02,2026-01-03\n"
        "008,E-014,Sent,2026-01-01,2026-01-01,,\n",
        "change_orders": "change_order_id,engagement_id,requested,decided,executed,decision,value\n"
        "CO-1,E-014,2026-01-01,2026-01-02,2026-01-03,approved,10\n"
        "CO-2,E-014,2026-01-01,2026-01-02,,rejected,10\n"
        "CO-3,E-014,2026-01-01,2026-01-02,,approved,-10.5\n",
        "requests": "request_id,engagement_id,type,opened_at,resolved_at\n"
        "R-1,E-014,question,2026-09-03T09:10:00Z,\n"
        "R-2,E-014,,2026-09-03,\n"
        "R-3,E-014,question,2026-09-03,2026-09-04\n"
        "R-4,E-014,data_query,2026-09-03,\n",
    })  # fmt: skip
    return one


def test_it_holds_what_is_open_of_the_own_active_engagements(store: Store) -> None:
    content = monthly(store, "Ana Ruiz", OCTOBER)
    keys = {
        kind: [tuple(row[key] for key in BY_KIND[kind].keys) for row in records(content, kind)]
        for kind in ("returns", "milestones", "budget", "deliverables", "change_orders", "requests")
    }
    assert keys == {
        "returns": [("E-014", OCTOBER)],
        # first patient in was in June; last patient in, of September, can still be mended
        "milestones": [("E-014", "dbl", None), ("E-014", "lpi", None), ("E-014", "siv", "DE-03")],
        # the month is known of the fee alone; a grant was told of before
        "budget": [("E-014", OCTOBER, "fee"), ("E-014", OCTOBER, "grant")],
        "deliverables": [("008",)],
        "change_orders": [("CO-3",)],
        "requests": [("R-1",), ("R-2",)],
    }
    assert records(content, "budget")[1]["planned_original"] is None
    book = opened(content)
    assert book["budget"]["I2"].comment.text == "Told for 2026-09: 3,150,000.50."
    assert "No plan is known" in book["budget"]["D3"].comment.text
    assert book["returns"]["A2"].comment.text == "ABC-301, Fortis Research"


def test_dropped_as_it_is_it_changes_nothing(store: Store) -> None:
    # With a formula as text, two lines in a cell, codes with zeros before them, a moment that is a date, six decimals,
    # and an amount of 24 digits, of which a spreadsheet keeps 15.
    answer = drop(store, saved(opened(monthly(store, "Ana Ruiz", OCTOBER))))
    assert answer.accepted
    assert answer.upload is None
    # neither the tick nor the grant of a month without a plan is a row that was told
    assert counts(answer) == {
        "milestones": (0, 0, 3, 0), "deliverables": (0, 0, 1, 0), "budget": (0, 0, 1, 0),
        "change_orders": (0, 0, 1, 0), "requests": (0, 0, 2, 0), "returns": (0, 0, 0, 0),
    }  # fmt: skip


def test_filled_in_by_a_person_it_loads_without_a_question(store: Store) -> None:
    book = opened(monthly(store, "Ana Ruiz", OCTOBER))
    fill(book["milestones"], {"milestone": "dbl"}, forecast=date(2027, 10, 5), comment="sites were slow")
    fill(book["milestones"], {"milestone": "siv", "site_id": "DE-03"}, actual=date(2026, 10, 30))
    fill(book["budget"], {"cost_type": "fee"}, invoiced=5, accrued=0)
    fill(book["budget"], {"cost_type": "grant"}, planned_original=0, invoiced=70.25)
    fill(
        book["change_orders"], {"change_order_id": "CO-4"}, engagement_id="E-014", requested=date(2026, 10, 7), value=9
    )
    fill(book["requests"], {"request_id": "R-1"}, first_response_at="2026-10-08 14:05")
    answer = drop(store, saved(book))
    assert [problem for file in answer.files for problem in file.problems] == []
    assert answer.upload == 2
    assert counts(answer) == {
        "milestones": (0, 2, 1, 0), "deliverables": (0, 0, 1, 0), "budget": (1, 1, 0, 0),
        "change_orders": (1, 0, 1, 0), "requests": (0, 1, 1, 0), "returns": (0, 0, 0, 0),
    }  # fmt: skip
    (dbl,) = (row for row in rows(store, "milestones") if row[:2] == ("E-014", "dbl"))
    assert dbl[BY_KIND["milestones"].names.index("forecast")] == date(2027, 10, 5)
    (grant,) = (row for row in rows(store, "budget") if row[1:3] == (OCTOBER, "grant"))
    assert grant[BY_KIND["budget"].names.index("invoiced")] == Decimal("70.25")
    # and the next fetch shows what was told, so that it changes nothing
    assert drop(store, monthly(store, "Ana Ruiz", OCTOBER)).upload is None


def tom(store: Store, kind: str, text: str) -> None:
    """What a colleague tells between the fetch and the return."""
    files = [FileIn(f"{kind}.csv", text.encode(), kind)]
    by = replace(stamp("2026-10-31"), who="Tom Ash")
    assert load(store, files, by, kpis=KPIS).upload


def milestone(store: Store, code: str) -> dict[str, Any]:
    names = BY_KIND["milestones"].names
    (row,) = (row for row in rows(store, "milestones") if row[:2] == ("E-014", code))
    return dict(zip(names, row, strict=True))


def doubts(answer: Loaded) -> list[tuple[int | None, str, str]]:
    return [
        (one.row, one.column, one.rule) for file in answer.files for one in file.problems if one.severity == "doubt"
    ]


def test_what_nobody_touched_takes_nothing_back_that_was_told_since_it_was_fetched(store: Store) -> None:
    book = opened(monthly(store, "Ana Ruiz", OCTOBER))
    # Tom moves the forecast of dbl, plans the grant of the month, and mends an amount of the fee.
    tom(store, "milestones", "engagement_id,milestone,forecast,comment\nE-014,dbl,2027-10-20,sites closed\n")
    tom(
        store,
        "budget",
        "engagement_id,month,cost_type,planned_original,planned_current,invoiced,accrued\n"
        "E-014,2026-10,grant,50,,,\nE-014,2026-10,fee,240000.123456,0.1,7,9\n",
    )
    # Ana tells other cells of the same rows.
    fill(book["milestones"], {"milestone": "dbl"}, days_cro=3)
    fill(book["budget"], {"cost_type": "grant"}, invoiced=70)
    fill(book["budget"], {"cost_type": "fee"}, forecast_remaining=3_000_000)
    answer = drop(store, saved(book))
    assert answer.accepted
    assert doubts(answer) == []
    dbl = milestone(store, "dbl")
    assert (dbl["forecast"], dbl["comment"], dbl["days_cro"]) == (date(2027, 10, 20), "sites closed", 3)
    told_of = {row[2]: row for row in rows(store, "budget") if row[1] == OCTOBER}
    names = BY_KIND["budget"].names
    fee, grant = (dict(zip(names, told_of[kind], strict=True)) for kind in ("fee", "grant"))
    assert (fee["invoiced"], fee["accrued"], fee["forecast_remaining"]) == (7, 9, 3_000_000)
    assert (grant["planned_original"], grant["invoiced"]) == (50, 70)
    said = [one.message for file in answer.files for one in file.problems if one.rule == "prefilled"]
    assert len(said) == 5  # forecast and comment of dbl, the plan of the grant, invoiced and accrued of the fee


def test_where_both_have_changed_a_cell_it_is_asked_who_is_right(store: Store) -> None:
    book = opened(monthly(store, "Ana Ruiz", OCTOBER))
    tom(store, "milestones", "engagement_id,milestone,forecast,comment\nE-014,dbl,2027-10-20,sites closed\n")
    fill(book["milestones"], {"milestone": "dbl"}, forecast=date(2027, 10, 5), comment="CDISC")
    answer = drop(store, saved(book), dry_run=True)
    assert doubts(answer)[:2] == [(2, "comment", "changed_by_both"), (2, "forecast", "changed_by_both")]
    message = next(one.message for file in answer.files for one in file.problems if one.column == "forecast")
    assert message == (
        "This workbook says 2027-10-05 where it was made with 2027-09-28, and Tom Ash has told 2027-10-20 since "
        "(upload 2). If this workbook is right, say why; else write the other."
    )
    # The same said by both is no question, and neither is what the sender has told in between.
    fill(book["milestones"], {"milestone": "dbl"}, forecast=date(2027, 10, 20), comment="sites closed")
    assert doubts(drop(store, saved(book), dry_run=True)) == []


def test_a_row_that_was_closed_since_is_left_out_unless_it_is_changed(store: Store) -> None:
    tom(store, "milestones", "engagement_id,milestone,baseline_original\nE-014,csr,2027-12-01\n")
    book = opened(monthly(store, "Ana Ruiz", OCTOBER))
    undo(store, 2, stamp(reason="another study"))
    answer = drop(store, saved(book))
    assert answer.upload is None
    (left,) = (file.left_out for file in answer.files if file.kind == "milestones")
    assert [(one.rows, one.first) for one in left] == [(1, 2)]
    fill(book["milestones"], {"milestone": "csr"}, forecast=date(2027, 12, 10))
    answer = drop(store, saved(book), dry_run=True)
    assert doubts(answer) == [(2, "engagement_id", "changed_by_both")]
    assert counts(answer)["milestones"] == (1, 0, 3, 0)


def test_a_workbook_of_another_store_is_taken_as_told_and_that_is_said(store: Store) -> None:
    book = monthly(store, "Ana Ruiz", OCTOBER)
    other = Store()
    told(other, {"cros": "cro_id,name\nX,Y\n"})
    rules = [one.rule for file in drop(other, book, dry_run=True).files for one in file.problems]
    assert "prefilled" in rules


def test_no_change_is_a_return(store: Store) -> None:
    def late() -> list[str]:
        with store.read() as cursor:
            view = View(cursor, scope_of(store, date(2026, 10, 31)))
            return list(freshness.late_returns(view, date(2026, 11, 7))["engagement_id"])

    assert late() == ["E-014", "E-015"]  # October was due on Friday 6 November; both were last told of in September
    book = opened(monthly(store, "Ana Ruiz", OCTOBER))
    drop(store, saved(book))
    assert late() == ["E-014", "E-015"]
    fill(book["returns"], {"engagement_id": "E-014"}, no_change="yes")
    answer = drop(store, saved(book), day="2026-11-03")
    assert counts(answer)["returns"] == (1, 0, 0, 0)
    assert late() == ["E-015"]
    assert records(monthly(store, "Ana Ruiz", OCTOBER), "returns")[0]["no_change"] == "yes"
    assert records(monthly(store, "Ana Ruiz", "2026-11"), "returns")[0]["no_change"] is None


def test_the_first_sheet_says_what_to_do_and_is_no_table(store: Store) -> None:
    book = opened(monthly(store, "ana ruiz ", OCTOBER))
    page = book.worksheets[0]
    assert page.title == "Read me"
    assert page.max_column == 1  # so no line of it can be a row of headings
    said = [str(cell.value or "") for (cell,) in page.iter_rows()]
    assert said[0] == "Ana Ruiz: return for October 2026"
    assert "Due Friday 6 November 2026, working day 5 of the next month. Status date: 2026-10-31" in said[1]
    assert "E-014: ABC-301, Phase 3 full service, with Fortis Research" in said
    assert sum(line[:2] in ("1.", "2.", "3.", "4.", "5.") for line in said) == 5


def test_the_due_day_knows_holidays_and_the_setting(store: Store) -> None:
    told(store, {"holidays": "day,name\n2026-11-02,Bridge\n"})
    (second,) = (row[0] for row in opened(monthly(store, "Ana Ruiz", OCTOBER))["Read me"]["A2:A2"])
    assert "Due Monday 9 November 2026, working day 5" in second.value  # 3, 4, 5, 6, 9
    (second,) = (row[0] for row in opened(monthly(store, "Ana Ruiz", OCTOBER, 2))["Read me"]["A2:A2"])
    assert "Due Wednesday 4 November 2026, working day 2" in second.value


def test_headings_are_protected_explained_and_stay_in_sight_and_cells_are_open(store: Store) -> None:
    book = opened(monthly(store, "Ana Ruiz", OCTOBER))
    for page in book.worksheets:
        assert page.protection.sheet
        assert page.protection.password is None
    for page in book.worksheets[1:]:
        contract = BY_KIND[page.title]
        assert page.freeze_panes.endswith("2")
        for cell, column in zip(page[1], contract, strict=True):
            assert cell.protection.locked
            assert column.meaning in cell.comment.text
            assert not page.column_dimensions[cell.column_letter].protection.locked
            # An empty cell is as its column is.
            given = [page.cell(row, cell.column) for row in range(2, page.max_row + 1)]
            assert not any(one.protection.locked for one in given if one.value is not None)


def checks(page: Worksheet) -> dict[str, Any]:
    """The check of each column that has one, by heading."""
    found = {}
    for rule in page.data_validations.dataValidation:
        (area,) = rule.sqref.ranges
        assert (area.min_row, area.max_row) == (2, 500)
        found[page.cell(1, area.min_col).value] = rule
    return found


def test_choices_are_drop_downs_and_dates_and_numbers_are_checked(store: Store) -> None:
    book = opened(monthly(store, "Ana Ruiz", OCTOBER))
    for page in book.worksheets[1:]:
        rules = checks(page)
        for column in BY_KIND[page.title]:
            if column.choices:
                assert rules[column.name].formula1 == f'"{",".join(column.choices)}"'
            elif column.type is Type.FLAG:
                assert rules[column.name].formula1 == '"yes,no"'
            elif column.type in (Type.DATE, Type.NUMBER, Type.WHOLE):
                expected = {Type.DATE: "date", Type.NUMBER: "decimal", Type.WHOLE: "whole"}[column.type]
                assert rules[column.name].type == expected
    milestones = checks(book["milestones"])
    assert milestones["engagement_id"].formula1 == '"E-014"'
    assert "dbl" in milestones["milestone"].formula1
    assert not milestones["milestone"].showErrorMessage  # their own codes are welcome
    assert float(checks(book["budget"])["planned_original"].formula1) == 0  # no minus
    assert float(checks(book["budget"])["accrued"].formula1) < -1e9


def test_cells_have_the_type_of_their_column(store: Store) -> None:
    book = opened(monthly(store, "Ana Ruiz", OCTOBER))
    dbl = book["milestones"][2]
    assert (dbl[3].value, dbl[3].number_format) == (datetime(2027, 8, 1), "yyyy-mm-dd")  # noqa: DTZ001
    assert (dbl[13].value, dbl[13].data_type) == ("=1+1", "s")
    assert (book["budget"]["B2"].value, book["budget"]["B2"].number_format) == (OCTOBER, "@")
    assert book["budget"]["D2"].value == 240000.123456
    assert book["budget"]["H2"].value == "123456789012345678.123456"  # a number would lose its end
    assert book["deliverables"]["A2"].value == "008"


def test_the_same_state_gives_the_same_bytes(store: Store) -> None:
    assert monthly(store, "Ana Ruiz", OCTOBER) == monthly(store, "Ana Ruiz", OCTOBER)


def test_who_has_nothing_to_tell_is_told_who_has(store: Store) -> None:
    with pytest.raises(NoReturn, match=r"“Cy” has no engagement that is active in 2026-10. Who has: Ana Ruiz, Bo Lund"):
        monthly(store, "Cy", OCTOBER)
    for wrong in ("2026-13", "October", "2026-10-31", ""):
        with pytest.raises(NoReturn, match="Write it like 2026-09"):
            monthly(store, "Ana Ruiz", wrong)
    assert managers(store, OCTOBER) == ["Ana Ruiz", "Bo Lund"]
    assert managers(store, "2024-12") == []  # before the first start
    assert managers(store, "2026-08") == ["Ana Ruiz", "Bo Lund"]


def test_the_month_in_which_an_engagement_ends_still_belongs_to_it(store: Store) -> None:
    def engagements(month: str) -> list[Any]:
        return [row["engagement_id"] for row in records(monthly(store, "Ana Ruiz", month), "returns")]

    assert engagements("2026-08") == ["E-014", "E-016"]  # E-016 ended on 31 August
    assert engagements("2026-09") == ["E-014"]


@pytest.mark.parametrize(
    ("day", "month"),
    [
        (date(2026, 10, 31), "2026-10"),
        (date(2026, 10, 30), "2026-09"),
        (date(2026, 1, 1), "2025-12"),
    ],
)
def test_the_last_month_that_ended(day: date, month: str) -> None:
    assert last_ended(day) == month


def test_the_returns_of_the_whole_demo_change_nothing_as_they_are(demo_store: Store) -> None:
    for pm in managers(demo_store, OCTOBER):
        answer = drop(demo_store, monthly(demo_store, pm, OCTOBER), dry_run=True)
        assert answer.accepted, [problem for file in answer.files for problem in file.problems]
        assert {(file.counts.new, file.counts.changed, file.counts.rejected) for file in answer.files} == {(0, 0, 0)}
        assert sum(file.counts.unchanged for file in answer.files) > 5


# --- rows that nobody filled in ---


def left(kind: str, *cells: tuple[str, ...]) -> tuple[list[int], list[tuple[int, int]]]:
    """Rows that stay, and how many were left out with the first of them."""
    head, *body = cells
    table = table_of_rows("a file", head, body)
    kept = without_unfilled(table, Layout(BY_KIND[kind], {name: place for place, name in enumerate(head)}))
    return kept.cells["row"].to_pylist(), [(out.rows, out.first) for out in kept.left_out]


def test_a_row_whose_key_alone_is_filled_in_is_left_out_and_said() -> None:
    head = ("engagement_id", "month", "cost_type", "planned_original", "invoiced")
    told = [("E", "2026-10", "fee", "", ""), ("E", "2026-10", "grant", "", "0"), ("E", "2026-11", "fee", "", "")]
    assert left("budget", head, *told) == ([3], [(2, 2)])


def test_a_row_that_is_all_key_is_whole_where_the_kind_needs_no_more() -> None:
    assert left("holidays", ("day", "name"), ("2026-12-25", "")) == ([2], [])


def test_a_file_of_keys_alone_is_not_emptied() -> None:
    # what it lacks is said of its header
    assert left("budget", ("engagement_id", "month", "cost_type"), ("E", "2026-10", "fee")) == ([2], [])


# --- the set-up of a study ---


def filled_setup(service: str, store: Store) -> Workbook:
    """As somebody fills it in who has the contract at hand: most of it, not all."""
    book = opened(setup(store, service, "E-030", "Ana Ruiz", date(2026, 11, 1)))
    fill(book["engagements"], {"engagement_id": "E-030"}, cro_id="FORTIS", study_id="ABC-400", title="New one",
         planned_end=date(2028, 10, 31), contract_value=1200000.5, currency="EUR")  # fmt: skip
    for row in range(2, book["milestones"].max_row + 1):
        if book["milestones"].cell(row, 8).value == "yes" or row == 2:
            book["milestones"].cell(row, 4, date(2027, 1, row))
    fill(book["targets"], {"kpi_id": "R02"}, green=90, red=80)
    fill(book["budget"], {"month": "2026-11", "cost_type": "fee"}, planned_original=5000)
    return book


@pytest.mark.parametrize("service", list(templates()))
def test_filled_in_it_sets_a_study_up_and_what_is_empty_does_not_hurt(service: str) -> None:
    store = example_store()
    answer = drop(store, saved(filled_setup(service, store)))
    assert [problem for file in answer.files for problem in file.problems] == []
    template = templates()[service]
    dated = len({next(iter(template.milestones)), *template.contractual})
    assert counts(answer) == {
        "engagements": (1, 0, 0, 0), "milestones": (dated, 0, 0, 0), "slas": (3, 0, 0, 0),
        "targets": (1, 0, 0, 0), "budget": (1, 0, 0, 0),
    }  # fmt: skip
    (target,) = (row for row in rows(store, "targets") if row[2] == "E-030")
    assert target[:4] == ("R02", "", "E-030", date(2026, 11, 1))


def test_of_a_known_study_it_shows_what_is_known(store: Store) -> None:
    told(store, {"slas": "engagement_id,priority,response_hours\nE-014,high,4\n"})
    content = setup(store, "full", "E-014")
    assert [(row["priority"], row["response_hours"]) for row in records(content, "slas")] == [("high", 4)]
    assert records(content, "engagements")[0]["title"] == "Phase 3 full service"
    answer = drop(store, content)
    assert answer.accepted
    assert answer.upload is None
    # its start lays nothing out where months are known
    assert [row["month"] for row in records(content, "budget")] == ["2026-09", "2026-09", "2026-10"]


def test_the_months_of_a_budget_run_from_the_start_to_the_usual_end() -> None:
    budget = records(setup(Store(), "preclinical", "E-030", start=date(2026, 11, 15)), "budget")
    assert [row["month"] for row in budget] == [
        "2026-11", "2026-12", *(f"2027-{month:02}" for month in range(1, 11)),
    ]  # fmt: skip
    assert {(row["cost_type"], row["planned_original"]) for row in budget} == {("fee", None)}
    assert records(setup(Store(), "preclinical", "E-030"), "budget") == []


def test_a_note_says_when_a_milestone_usually_is() -> None:
    page = opened(setup(Store(), "preclinical", "E-030", start=date(2026, 11, 15)))["milestones"]
    last = page.max_row
    assert page.cell(last, 2).value == "final_report"
    assert page.cell(last, 2).comment.text == "Final report"
    assert page.cell(last, 4).comment.text == "Usually 11 months after the start, so in 2027-10."
    page = opened(setup(Store(), "preclinical", "E-030"))["milestones"]
    assert page.cell(last, 4).comment.text == "Usually 11 months after the start."


def test_every_service_type_has_a_template_that_names_what_there_is() -> None:
    assert tuple(templates()) == BY_KIND["engagements"]["service_type"].choices
    for service, template in templates().items():
        assert set(template.milestones) <= set(CODES)
        assert set(template.contractual) <= set(template.milestones)
        assert set(template.cost_types) <= set(BY_KIND["budget"]["cost_type"].choices)
        assert list(template.milestones.values()) == sorted(template.milestones.values())
        assert max(template.milestones.values()) <= template.months
        for kpi in template.targets:
            assert BY_ID[kpi].scored
            assert not BY_ID[kpi].services or service in BY_ID[kpi].services


# --- the command line ---


@pytest.fixture
def run(store: Store, tmp_path: Path) -> Callable[..., tuple[int, str]]:
    """Run a command on 2 November 2026 in a folder of its own: exit code, and what it said."""
    program = cli.program(lambda: KPIS)

    def command(*argv: str) -> tuple[int, str]:
        said = io.StringIO()
        context = Context(lambda lasting: store, tmp_path, "ana", datetime(2026, 11, 2, tzinfo=UTC), said, said)
        return program.run(program.parser().parse_args(argv), context), said.getvalue()

    return command


def test_the_commands_write_what_the_functions_give(
    run: Callable[..., tuple[int, str]], store: Store, tmp_path: Path
) -> None:
    code, said = run("return", "--pm", "Ana Ruiz", "--out", "own.xlsx")  # October is the last month that has ended
    assert (code, said) == (0, f"Written: {tmp_path / 'own.xlsx'}\n")
    assert (tmp_path / "own.xlsx").read_bytes() == monthly(store, "Ana Ruiz", OCTOBER)
    given = ("--engagement", "E-030", "--pm", "Ana Ruiz", "--start", "2026-11-01")
    assert run("setup", "--service", "full", *given, "--out", "new.xlsx")[0] == 0
    assert (tmp_path / "new.xlsx").read_bytes() == setup(store, "full", "E-030", "Ana Ruiz", date(2026, 11, 1))


def test_a_command_writes_over_nothing_and_says_why_it_does_not(
    run: Callable[..., tuple[int, str]], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "filled.xlsx").write_bytes(b"filled in")
    code, said = run("return", "--pm", "Ana Ruiz", "--month", OCTOBER, "--out", "filled.xlsx")
    assert code == 1
    assert "exists already" in said
    assert (tmp_path / "filled.xlsx").read_bytes() == b"filled in"
    assert run("return", "--pm", "Cy", "--out", "cy.xlsx") == (
        1,
        "Refused: “Cy” has no engagement that is active in 2026-10. Who has: Ana Ruiz, Bo Lund.\n",
    )
    monkeypatch.setenv("CRO_RETURN_DUE_DAY", "soon")
    code, said = run("return", "--pm", "Ana Ruiz", "--out", "soon.xlsx")
    assert code == 1
    assert "CRO_RETURN_DUE_DAY is “soon”" in said
    assert not (tmp_path / "soon.xlsx").exists()


@pytest.mark.parametrize(
    ("offered", "formula"),
    [
        (['E"1', "=x"], '"E""1,=x"'),  # as in any text of a formula, a quotation mark is written twice
        (["E-1,2", "E-3"], '"E-3"'),  # a comma would part one value into two
        (["E-1,2"], None),
        (['"' * 126, "E"], '"' + '"' * 252 + ',E"'),  # 252 characters, a comma and one: 254 of 255
        (['"' * 127, "E"], None),
    ],
)
def test_what_a_drop_down_offers_ends_no_formula(offered: list[str], formula: str | None) -> None:
    sheet = Sheet(BY_KIND["units"], [], {"engagement_id": offered})
    page = opened(workbook(["Read me"], [sheet], date(2026, 10, 31))).worksheets[1]
    rule = checks(page).get("engagement_id")
    assert (rule and rule.formula1) == formula
