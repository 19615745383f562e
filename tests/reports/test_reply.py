"""The reply of a CRO: the workbook filled in as a person would, and loaded."""

import io
from dataclasses import replace
from datetime import date
from typing import Any

import openpyxl
import pytest
from openpyxl.workbook import Workbook
from openpyxl.worksheet.worksheet import Worksheet

from data.contracts import BY_KIND
from data.intake import FileIn, Loaded, Options, load
from data.intake.excel import GUIDE
from data.intake.prefilled import ASKS, UNANSWERED
from data.store import Store
from reports import reply
from reports.book import write
from reports.content import Column, Pack, Section, Table
from tests.data.helpers import KPIS, findings, stamp, told
from tests.reports import sample

REVIEW = "FORTIS-2026-Q3"
SHEET = "review_replies"
WORDS, DAYS = ("Code", "Study", "Milestone"), ("CRO", "Sponsor", "External")
COLUMNS = (
    *(Column(name=name) for name in WORDS),
    *(Column(name=name, format="number") for name in DAYS),
    Column(name="Attribution"),
)


def with_days(pack: Pack, *, internal: bool = False) -> Pack:
    rows: tuple[tuple[str | float | None, ...], ...] = (
        ("E-014/dbl", "ABC-301", "Database lock", 12, 1.5, 0, "agreed"),
        ("E-015/fpi", sample.LONG, sample.ATTACK, 1, None, None, "proposed"),
    )
    table = Table(title=reply.DAYS, columns=COLUMNS, rows=rows, internal=internal)
    section = Section(key="timeline", title="Timeline", finding="13 days late.", blocks=(table,))
    return replace(pack, sections=(*pack.sections, section))


@pytest.fixture
def store() -> Store:
    one = Store()
    told(one, {
        "cros": "cro_id,name\nFORTIS,Fortis Research\n",
        "reviews": f"review_id,cro_id,quarter,cut_off\n{REVIEW},FORTIS,2026-Q3,2026-09-30\n",
        "review_replies": f"review_id,figure,explanation,explained_by\n{REVIEW},T01,Two sites closed.,Anna\n",
    })  # fmt: skip
    return one


def opened(pack: Pack | None = None) -> Workbook:
    return openpyxl.load_workbook(io.BytesIO(reply.write(pack or with_days(sample.pack()))))


def fill(book: Workbook, figure: str, **cells: Any) -> None:
    """Write into the line of a figure."""
    page = book[SHEET]
    head = {cell.value: cell.column for cell in page[1]}
    (row,) = (row for row in range(2, page.max_row + 1) if page.cell(row, head["figure"]).value == figure)
    for name, value in cells.items():
        page.cell(row, head[name], value)


def drop(store: Store, book: Workbook, **options: bool) -> Loaded:
    out = io.BytesIO()
    book.save(out)
    files = [FileIn("reply.xlsx", out.getvalue())]
    return load(store, files, stamp("2026-10-31"), kpis=KPIS, options=Options(**options))


def replies(store: Store) -> dict[str, dict[str, Any]]:
    """What is told of each figure, without what is empty."""
    names = BY_KIND[SHEET].names
    columns = ", ".join(f'"{name}"' for name in names)
    with store.read() as cursor:
        found = cursor.execute(f"SELECT {columns} FROM {SHEET} WHERE valid_to IS NULL").fetchall()
    every = [dict(zip(names, row, strict=True)) for row in found]
    return {
        row.pop("figure"): {name: value for name, value in row.items() if value is not None and name != "review_id"}
        for row in every
    }


def lines(page: Worksheet) -> list[tuple[Any, ...]]:
    return [row for row in page.iter_rows(min_row=2, values_only=True) if row[0] is not None]


# --- in the pack itself ---


def test_the_cros_pack_carries_it_and_loads_back_as_a_whole(store: Store) -> None:
    whole = openpyxl.load_workbook(io.BytesIO(write(with_days(sample.pack(30)).for_cro())))
    assert whole.sheetnames[-2:] == [GUIDE, SHEET]
    assert SHEET not in openpyxl.load_workbook(io.BytesIO(write(sample.pack()))).sheetnames
    fill(whole, "T00", reply="accepted")
    fill(whole, "E-014/dbl", reply="disputed", own_value="9")
    answer = drop(store, whole)
    assert answer.accepted
    assert [(file.kind, file.counts.new, file.counts.changed) for file in answer.files] == [(SHEET, 2, 0)]
    assert {problem.severity for problem in answer.files[0].problems} == {"warning"}
    assert replies(store)["T00"] == {"reply": "accepted"}
    assert drop(store, whole).upload is None


# --- what it shows ---


def test_it_has_a_line_for_each_figure_and_for_the_days_of_each_milestone() -> None:
    pack = with_days(sample.pack(30, long=True))
    book = opened(pack)
    assert book.sheetnames == [GUIDE, SHEET]
    head = [cell.value for cell in book[SHEET][1]]
    assert head == [
        "review_id", "figure", "what it is", "what we show", "rests on",
        "reply", "own_value", "evidence", "comment", "replied_by", "replied_on",
    ]  # fmt: skip
    shown = [tuple(cell or "" for cell in row[:5]) for row in lines(book[SHEET])]
    # the summary shows four of them a second time
    figures = {figure.id: figure for figure in pack.figures}
    assert shown == [
        *(
            (REVIEW, code, f"{one.domain}: {one.label}", f"{one.text} ({one.word})", one.counted)
            for code, one in figures.items()
        ),
        (REVIEW, "E-014/dbl", "ABC-301, Database lock: days by cause",
         "CRO: 12 days, Sponsor: 1.5 days, External: 0 days", "Attribution: agreed"),
        (REVIEW, "E-015/fpi", f"{sample.LONG}, {sample.ATTACK}: days by cause",
         "CRO: 1 day, Sponsor: not recorded, External: not recorded", "Attribution: proposed"),
    ]  # fmt: skip
    assert all(set(row[5:]) == {None} for row in lines(book[SHEET]))
    assert not any(cell.data_type == "f" for row in book[SHEET].iter_rows() for cell in row)


def test_what_is_shown_is_locked_and_what_is_to_be_filled_in_is_not() -> None:
    page = opened()[SHEET]
    assert page.protection.sheet
    assert {cell.protection.locked for row in page["A2:E5"] for cell in row} == {True}
    assert {page.column_dimensions[letter].protection.locked for letter in "FGHIJK"} == {False}
    (choices,) = (rule for rule in page.data_validations.dataValidation if rule.type == "list")
    assert choices.formula1 == '"accepted,disputed,comment"'
    assert str(choices.sqref).startswith("F2:F")


def test_a_pack_without_such_a_table_has_no_such_lines() -> None:
    assert not any("/" in row[1] for row in lines(opened(sample.pack(1, missing=True))[SHEET]))


def test_it_says_nothing_internal_whatever_the_edition() -> None:
    pack = with_days(sample.pack(), internal=True)
    assert not any("/" in row[1] for row in lines(opened(pack)[SHEET]))
    assert reply.write(pack) == reply.write(pack.for_cro())


def test_the_same_pack_is_the_same_file() -> None:
    assert reply.write(with_days(sample.pack())) == reply.write(with_days(sample.pack()))


# --- what comes back ---


def test_filled_in_by_a_person_it_loads_without_a_question(store: Store) -> None:
    book = opened()
    fill(book, "T00", reply="accepted", replied_by="Jan Berg", replied_on=date(2026, 10, 28))
    fill(book, "T01", reply="disputed", own_value="91 %", evidence="Ticket export", replied_by="Jan Berg")
    fill(book, "T02", reply="comment", comment="Sites were closed in July.")
    fill(book, "E-014/dbl", reply="disputed", own_value=9)
    answer = drop(store, book)
    assert answer.accepted
    (file,) = answer.files
    assert {problem.severity for problem in file.problems} == {"warning"}
    # what each line shows beside is no column of ours
    assert findings(file.problems) == [(1, "", "unknown_column")]
    assert (file.kind, file.counts.new, file.counts.changed, file.counts.rejected) == (SHEET, 3, 1, 0)
    assert [(left.rows, left.why) for left in file.left_out] == [(10, UNANSWERED)]
    assert replies(store) == {
        "T00": {"reply": "accepted", "replied_by": "Jan Berg", "replied_on": date(2026, 10, 28)},
        # our own comment stays
        "T01": {"reply": "disputed", "own_value": "91 %", "evidence": "Ticket export", "replied_by": "Jan Berg",
                "explanation": "Two sites closed.", "explained_by": "Anna"},
        "T02": {"reply": "comment", "comment": "Sites were closed in July."},
        "E-014/dbl": {"reply": "disputed", "own_value": "9"},
    }  # fmt: skip
    assert drop(store, book).upload is None


def test_left_empty_it_tells_nothing(store: Store) -> None:
    before = replies(store)
    answer = drop(store, opened())
    assert answer.accepted
    assert answer.upload is None
    assert replies(store) == before


def test_a_second_reply_leaves_the_lines_of_the_first_alone(store: Store) -> None:
    first, second = opened(), opened()
    fill(first, "T00", reply="accepted")
    fill(second, "T02", reply="comment", comment="Late data.")
    assert drop(store, first).upload
    assert drop(store, second).upload
    assert {figure: told.get("reply") for figure, told in replies(store).items()} == {
        "T00": "accepted", "T01": None, "T02": "comment",
    }  # fmt: skip


def test_a_dispute_of_which_nothing_is_said_is_refused_with_its_row(store: Store) -> None:
    book = opened()
    fill(book, "T03", reply="disputed", replied_by="Jan Berg")
    answer = drop(store, book)
    assert not answer.accepted
    (problem,) = (problem for problem in answer.files[0].problems if problem.blocks)
    assert (problem.row, problem.column) == (5, "own_value")
    assert "own value, its evidence or a comment" in problem.message


def test_a_word_that_is_no_reply_is_refused_with_its_row(store: Store) -> None:
    book = opened()
    fill(book, "T03", reply="agree to differ")
    answer = drop(store, book)
    assert not answer.accepted
    assert [(one.row, one.column) for one in answer.files[0].problems if one.blocks] == [(5, "reply")]


def test_a_reply_to_a_review_that_is_not_known_is_refused(store: Store) -> None:
    book = opened(replace(sample.pack(), review_id="OTHER-2026-Q3"))
    fill(book, "T00", reply="accepted")
    answer = drop(store, book)
    assert not answer.accepted
    assert (2, "review_id", "reference") in findings(answer.files[0].problems)


def test_a_figure_that_the_review_does_not_have_is_kept_as_told(store: Store) -> None:
    # The store has the replies, not the content of the review: whoever shows them has both.
    book = opened()
    row = next(row for row in book[SHEET].iter_rows(min_row=2) if row[1].value == "T00")
    row[1].value = "X99"
    fill(book, "X99", reply="accepted")
    assert drop(store, book).accepted
    assert replies(store)["X99"] == {"reply": "accepted"}


def test_what_the_cro_writes_stays_text(store: Store) -> None:
    book = opened()
    fill(book, "T02", reply="comment")
    page = book[SHEET]
    cell = next(row for row in page.iter_rows(min_row=2) if row[1].value == "T02")[8]
    cell.value, cell.data_type = sample.ATTACK, "s"
    answer = drop(store, book)
    assert answer.accepted
    assert replies(store)["T02"]["comment"] == sample.ATTACK
    assert "formula" in {problem.rule for problem in answer.files[0].problems}


def test_without_its_sheet_of_instructions_every_line_is_told(store: Store) -> None:
    # So the instructions ask to keep it. An empty reply still means no reply.
    book = opened()
    assert ASKS in [row[0] for row in book[GUIDE].iter_rows(values_only=True)]
    book[GUIDE].title = "Notes"
    drop(store, book)
    assert replies(store)["T00"] == {}
