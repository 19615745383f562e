"""One load: what is new, changed and unchanged, what is refused, and what comes back."""

import csv
import io
from dataclasses import replace
from datetime import date
from decimal import Decimal

import pytest

from data.contracts import ALL, BY_KIND
from data.facts.known import known
from data.intake import FileIn, FileResult, Problem, edit, load
from data.outgoing import template
from data.store import Store
from tests.data.helpers import KPIS, everything, example_store, findings, rows, stamp, tell, told

CROS = "cro_id,name,tier\nA,Alpha,preferred\nB,Beta,tactical\n"
ENGAGEMENTS = (
    "engagement_id,cro_id,study_id,title,start_date,planned_end,contract_value,currency\n"
    "E-1,A,S-1,One,2025-01-01,2027-12-31,1000,EUR\n"
    "E-2,B,S-2,Two,2025-01-01,2027-12-31,2000,usd\n"
)
MILESTONES = (
    "engagement_id,milestone,baseline_original,forecast\n"
    "E-1,fpi,2025-04-01,2025-05-06\n"
    "E-1,dbl,2027-08-01,2027-09-28\n"
    "E-2,fpi,2025-06-01,\n"
)


def blocking(file: FileResult) -> list[Problem]:
    return [problem for problem in file.problems if problem.blocks]


def small_store() -> Store:
    store = Store()
    told(store, {"cros": CROS, "engagements": ENGAGEMENTS, "milestones": MILESTONES})
    return store


def test_the_templates_of_all_kinds_load_without_a_problem() -> None:
    store = Store()
    answer = told(store, {contract.kind: template(contract) for contract in ALL})
    assert answer.upload == 1
    assert [file.problems for file in answer.files] == [[]] * len(ALL)
    assert [file.kind for file in answer.files] == [contract.kind for contract in ALL]


def test_files_may_come_in_any_order_and_need_no_kind() -> None:
    answer = told(Store(), {"m": MILESTONES, "x": ENGAGEMENTS, "a": CROS})
    assert [file.kind for file in answer.files] == ["cros", "engagements", "milestones"]


def test_values_are_stored_as_their_types() -> None:
    assert rows(small_store(), "engagements")[1][:2] == ("E-2", "B")
    assert rows(small_store(), "engagements")[1][10:14] == (
        date(2025, 1, 1),
        date(2027, 12, 31),
        Decimal(2000),
        "USD",
    )


def test_loading_twice_is_nothing_new_and_no_upload() -> None:
    store = small_store()
    before = everything(store)
    answer = told(store, {"cros": CROS, "engagements": ENGAGEMENTS, "milestones": MILESTONES})
    assert (answer.upload, store.version) == (None, 1)
    assert [(file.counts.new, file.counts.changed, file.counts.unchanged) for file in answer.files] == [
        (0, 0, 2),
        (0, 0, 2),
        (0, 0, 3),
    ]
    assert everything(store) == before


def test_one_changed_cell_is_one_changed_row_shown_cell_by_cell() -> None:
    store = small_store()
    (file,) = told(store, {"milestones": MILESTONES.replace("2027-09-28", "2027-10-15")}).files
    assert (file.counts.new, file.counts.changed, file.counts.unchanged) == (0, 1, 2)
    assert [(c.key, c.column, c.before, c.after) for c in file.changes] == [
        ("E-1 / dbl", "forecast", "2027-09-28", "2027-10-15")
    ]


def test_a_missing_column_keeps_and_an_empty_cell_clears() -> None:
    store = small_store()
    told(store, {"milestones": "engagement_id,milestone,actual\nE-1,fpi,2025-05-09\n"})
    assert rows(store, "milestones")[1][3:7] == (date(2025, 4, 1), None, date(2025, 5, 6), date(2025, 5, 9))
    (file,) = told(store, {"milestones": "engagement_id,milestone,actual,forecast\nE-1,fpi,2025-05-09,\n"}).files
    assert [(c.column, c.before, c.after) for c in file.changes] == [("forecast", "2025-05-06", None)]


def test_an_empty_part_of_a_key_is_an_empty_text() -> None:
    store = small_store()
    assert rows(store, "milestones")[0][:3] == ("E-1", "dbl", "")
    again = told(store, {"milestones": "engagement_id,milestone,site_id,baseline_original\nE-1,dbl,,2027-08-01\n"})
    assert again.upload is None


def test_a_required_cell_is_not_cleared() -> None:
    answer = tell(small_store(), {"cros": "cro_id,name\nA,\n"})
    assert findings(answer.files[0].problems) == [(2, "name", "required")]


def test_a_missing_column_counts_only_where_a_row_is_new() -> None:
    store = small_store()
    told(store, {"cros": "cro_id,country\nA,Spain\n"})
    answer = tell(store, {"cros": "cro_id,country\nA,Italy\nC,France\nD,France\n"})
    assert findings(answer.files[0].problems) == [(1, "name", "missing_column")]
    assert "new rows need: 2, the first is row 3" in answer.files[0].problems[0].message
    assert answer.files[0].counts.rejected == 2


def test_an_error_changes_nothing() -> None:
    store = small_store()
    before = everything(store)
    answer = tell(store, {"cros": "cro_id,name\nC,Gamma\nD,\n", "milestones": MILESTONES.replace("05-06", "05-07")})
    assert (answer.accepted, answer.upload, store.version) == (False, None, 1)
    assert everything(store) == before
    assert [file.counts.new for file in answer.files] == [1, 0]
    assert [file.counts.changed for file in answer.files] == [0, 1]


def test_good_rows_load_and_the_others_come_back_with_why() -> None:
    store = small_store()
    text = "CRO id,name,mood\nC,Gamma,fine\nD,,sad\nE,Eta,one,too many\n=F,Phi,\n"
    answer = told(store, {"x": text}, valid_rows_only=True)
    (file,) = answer.files
    assert (file.counts.rows, file.counts.new, file.counts.rejected) == (4, 2, 2)
    back = list(csv.DictReader(io.StringIO(file.rejected_csv)))
    assert [list(row.values())[:3] for row in back] == [["D", "", "sad"], ["E", "Eta", "one,too many"]]
    assert back[0]["why"].startswith("name: The cell is empty.")
    assert back[1]["why"].startswith("The row has 4 values, the header has 3.")
    mended = file.rejected_csv.replace("D,,", "D,Delta,")
    assert told(store, {"x": mended}).files[0].counts.new == 2
    assert store.version == 3


def test_rows_that_name_a_rejected_row_are_rejected_too() -> None:
    store = Store()
    answer = told(
        store,
        {
            "cros": "cro_id,name,parent_cro_id\nA,Alpha,\nB,,\nC,Gamma,B\nD,Delta,C\n",
            "engagements": ENGAGEMENTS.replace("2000,usd", "2000,dollars"),
            "milestones": MILESTONES,
        },
        valid_rows_only=True,
    )
    assert findings(answer.files[0].problems) == [
        (3, "name", "required"),
        (4, "parent_cro_id", "reference"),
        (5, "parent_cro_id", "reference"),
    ]
    assert "B stands in row 3 of cros.csv, which is rejected" in answer.files[0].problems[1].message
    assert findings(blocking(answer.files[2])) == [(4, "engagement_id", "reference")]
    assert len(rows(store, "engagements")) == 1
    assert len(rows(store, "milestones")) == 2


def test_a_row_is_not_blamed_for_the_row_that_it_names() -> None:
    answer = tell(
        Store(),
        {"cros": CROS, "engagements": ENGAGEMENTS.replace("usd", "dollars"), "milestones": MILESTONES},
    )
    assert [findings(blocking(file)) for file in answer.files] == [[], [(3, "currency", "type")], []]


def test_nothing_is_accepted_where_every_row_is_rejected() -> None:
    assert not tell(Store(), {"cros": "cro_id,name\nA,\n"}, valid_rows_only=True).accepted


def test_cros_are_made_with_the_first_engagements() -> None:
    store = Store()
    answer = told(store, {"engagements": ENGAGEMENTS})
    assert [(file.kind, file.counts.new) for file in answer.files] == [("cros", 2), ("engagements", 2)]
    assert [row[:2] for row in rows(store, "cros")] == [("A", "A"), ("B", "B")]
    assert {(p.rule, p.severity) for p in answer.files[1].problems} == {("unknown_cro", "warning")}


def test_later_an_unknown_cro_is_a_question() -> None:
    store = small_store()
    new = ENGAGEMENTS.replace("E-1,A", "E-3,Alpa").replace("E-2,B", "E-4,b")
    answer = tell(store, {"engagements": new})
    assert [(p.row, p.rule, p.severity) for p in answer.files[0].problems] == [
        (2, "unknown_cro", "question"),
        (3, "unknown_cro", "question"),
    ]
    assert "Did you mean B?" in answer.files[0].problems[1].message
    assert store.version == 1
    told(store, {"engagements": new}, create_cros=True)
    assert [row[0] for row in rows(store, "cros")] == ["A", "Alpa", "B", "b"]


def test_a_key_stands_once_in_a_file_and_once_in_all_files_of_a_kind() -> None:
    answer = tell(Store(), {"one": CROS, "two": "cro_id,name\nB,Bee\nC,Gamma\nC,Gamma\n"})
    messages = {p.row: p.message for file in answer.files for p in file.problems}
    assert messages == {
        2: "The same key as in row 3 of one.csv; keep one of them.",
        4: "The same key as in row 3; keep one of them.",
    }


def test_two_files_of_a_kind_make_one_upload() -> None:
    store = small_store()
    files = {"one": "cro_id,country\nA,Spain\n", "two": "cro_id,tier\nB,strategic\n"}
    assert told(store, files).upload == 2
    assert [row[2:5] for row in rows(store, "cros")] == [("Spain", None, "preferred"), (None, None, "strategic")]


def test_a_constant_fills_a_column_that_the_file_lacks() -> None:
    store = small_store()
    text = "milestone,baseline_original\ncsr,2028-01-01\n"
    told(store, {"milestones": text}, constants={"engagement_id": "E-2"})
    assert ("E-2", "csr") in [row[:2] for row in rows(store, "milestones")]
    answer = tell(store, {"cros": CROS}, constants={"month": "2026-09"})
    assert not answer.accepted
    assert findings(answer.files[-1].problems) == [(None, "month", "constant")]


@pytest.mark.parametrize(
    ("text", "rule"),
    [
        ("", "file"),
        ("a,b\n1,2\n", "kind"),
        ("engagement_id\nE-1\n", "kind"),
        ("cro_id,name,name\n", "duplicate_column"),
    ],
)
def test_a_file_that_cannot_be_used_refuses_the_load(text: str, rule: str) -> None:
    store = small_store()
    for good_rows in (False, True):
        answer = tell(store, {"cros": CROS + "C,Gamma,\n", "x": text}, valid_rows_only=good_rows)
        assert not answer.accepted
        assert [problem.rule for problem in answer.files[-1].problems] == [rule]
    assert store.version == 1


def test_a_header_without_rows_is_accepted_and_said() -> None:
    answer = told(Store(), {"cros": "cro_id,name\n"})
    assert answer.upload is None
    assert findings(answer.files[0].problems) == [(None, "", "no_rows")]


def test_a_dry_run_shows_the_state_after_it_and_leaves_none() -> None:
    from data.intake import FileIn, Options, load

    store = small_store()
    seen = []
    text = MILESTONES.replace("2027-09-28", "2027-10-15")
    answer = load(
        store,
        [FileIn("m.csv", text.encode())],
        stamp("2026-10-31"),
        kpis=KPIS,
        options=Options(dry_run=True),
        inspect=lambda cursor, number: seen.extend(
            cursor.execute(known("milestones"), {"known_at": number, "as_of": date(2026, 10, 31)}).fetchall()
        ),
    )
    assert (answer.accepted, answer.upload, store.version) == (True, None, 1)
    assert date(2027, 10, 15) in {cell for row in seen for cell in row}
    assert rows(store, "milestones")[0][5] == date(2027, 9, 28)


def test_progress_is_told_up_to_the_end() -> None:
    from data.intake import FileIn, load

    seen: list[tuple[str, float]] = []
    load(
        Store(),
        [FileIn("c.csv", CROS.encode())],
        stamp(),
        kpis=KPIS,
        progress=lambda stage, fraction: seen.append((stage, fraction)),
    )
    assert seen[0] == ("Reading c.csv", 0.0)
    assert seen[-1] == ("Done", 1.0)


def test_a_page_edits_through_the_same_path() -> None:
    store = small_store()
    row = {"action_id": "N1", "cro_id": "A", "description": "Call them", "raised": "2026-09-30", "owner": "=Ana"}
    answer = edit(store, "actions", [row], stamp(), kpis=KPIS)
    assert answer.upload == 2
    bad = edit(store, "actions", [row | {"cro_id": "Z"}], stamp(), kpis=KPIS)
    assert [p for p in findings(bad.files[0].problems) if p[2] != "formula"] == [(2, "cro_id", "reference")]
    with store.read() as cursor:
        assert cursor.execute("SELECT what, new FROM uploads ORDER BY number").fetchall()[-1] == ("edit", 1)


def test_ten_thousand_problems_are_all_there() -> None:
    lines = "".join(f"C{n},,soon\n" for n in range(5_000))
    (file,) = tell(Store(), {"cros": f"cro_id,name,qualified_until\n{lines}"}).files
    assert len(file.problems) == 10_000
    assert file.counts.rejected == 5_000
    assert file.problems[-1].row == 5_001


def test_unicode_and_huge_cells_go_in_and_come_out() -> None:
    store = Store()
    name = "Société “Médicale” 株式会社 🧪, größte"
    long = "x" * 32_767
    told(store, {"cros": f'cro_id,name,services\nA,"{name}",{long}\n'})
    assert rows(store, "cros")[0][1] == name
    assert rows(store, "cros")[0][3] == long


def test_every_kind_of_the_examples_can_be_read_as_known() -> None:
    store = example_store()
    with store.read() as cursor:
        for kind in BY_KIND:
            answer = cursor.execute(known(kind), {"known_at": 1, "as_of": date(2026, 12, 31)}).fetchall()
            assert len(answer) == len(BY_KIND[kind].examples)


def test_an_engagement_of_a_rejected_cro_is_rejected_not_given_a_new_one() -> None:
    files = {"cros": "cro_id,name\nA,Alpha\nB,\n", "engagements": ENGAGEMENTS}
    answer = tell(Store(), files)
    assert [findings(file.problems) for file in answer.files] == [[(3, "name", "required")], []]
    store = Store()
    answer = told(store, files, valid_rows_only=True)
    assert findings(answer.files[1].problems) == [(3, "cro_id", "reference")]
    assert [row[0] for row in rows(store, "cros")] == ["A"]


@pytest.mark.parametrize(
    "sign", ["\x01", "\x07", "\x0b", "\x1b", "\x7f", "\x85", "\x9b", "\u202e", "\u2066", "\u200b", "\ufeff"]
)
def test_a_control_character_is_refused_at_its_row(sign: str) -> None:
    answer = tell(Store(), {"cros": f"cro_id,name\nA,Al{sign}pha\n"})
    assert not answer.accepted
    assert [(p.row, p.column, p.rule) for p in answer.files[0].problems] == [(2, "name", "type")]


def test_a_text_may_have_lines_and_letters_of_any_alphabet() -> None:
    store = Store()
    told(store, {"cros": 'cro_id,name\nA,"Société\tMédicale,\n第一 \u00a0\u200d"\n'})
    assert rows(store, "cros")[0][1] == "Société\tMédicale,\n第一 \u00a0\u200d"


@pytest.mark.parametrize(
    ("day", "accepted"),
    [
        (date(2026, 9, 30), True),
        (date(2026, 10, 1), True),  # it may be tomorrow already where the file comes from
        (date(2026, 10, 2), False),
        (date(2099, 12, 31), False),
        (date(9999, 12, 31), False),
    ],
)
def test_a_file_cannot_tell_of_a_day_that_is_to_come(day: date, accepted: bool) -> None:
    """It is told on 30 September 2026; for a file of two tables each says so."""
    told_of = replace(stamp("2026-09-30"), status_date=day)
    files = [FileIn("c.csv", CROS.encode()), FileIn("e.csv", ENGAGEMENTS.encode())]
    store = Store()
    answer = load(store, files, told_of, kpis=KPIS)
    assert (answer.accepted, store.version) == (accepted, int(accepted))
    said = f"The status date {day} is in the future: today is 2026-09-30. Give the day up to which the files tell."
    wrong = [(file.file, one.message) for file in answer.files for one in file.problems]
    assert wrong == ([] if accepted else [("c.csv", said), ("e.csv", said)])
    assert edit(Store(), "cros", [{"cro_id": "A", "name": "Alpha"}], told_of, kpis=KPIS).accepted == accepted
