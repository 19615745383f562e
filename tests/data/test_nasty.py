"""Every hostile file of `nasty` through the whole intake: what loads, what is reported and where, what is refused.

The store knows two of the twenty milestones and two of the twelve months of budget (the rows of the templates), so a
file that loads whole brings 18 new and 2 changed, or 10 and 2.
"""

import re
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

import pytest

from data.contracts import BY_KIND
from data.intake import Asked, FileIn, FileResult, Loaded, Options, Reading, load
from data.outgoing import template
from data.store import Store
from tests.data import nasty
from tests.data.helpers import KPIS, everything, findings, rows, stamp, told

Found = tuple[int | None, str, str]
FILES = {file.name: file for file in nasty.all_files()}


@dataclass(frozen=True)
class Must:
    """What must become of a file: counts where its good rows are loaded, what blocks, what is only said."""

    new: int = 18
    changed: int = 2
    rejected: int = 0
    blocks: Sequence[Found] = ()
    warnings: Sequence[Found] = ()
    left: Sequence[tuple[int, int, str]] = ()
    header_row: int = 1
    name: str = ""


ABOVE, AGAIN, EMPTY, NOTE, TOTAL = "above the header", "the header again", "empty", "a note below the table", "a total"
COMMA = [(None, column, "style") for column in ("earned_value", "invoiced", "planned_original")]
FORMULAS = [(row, "comment", "formula") for row in range(2, 9)]
SAME_KEYS = [(row, "engagement_id", "unique") for row in range(2, 22)]
MESSY = [
    (None, "", "hidden_rows"), (None, "", "merged"), (None, "", "sheet"), (None, "", "sheet"), (None, "", "sheet")
]  # fmt: skip

TABLES: Mapping[str, Sequence[Must]] = {
    "cp1252.csv": [Must(warnings=[(None, "", "encoding")])],
    "cp1252_undefined.csv": [
        Must(17, 2, 1, [(8, "comment", "encoding")], [(None, "", "encoding")])
    ],
    "mixed_encoding.csv": [Must(17, 2, 1, [(10, "comment", "encoding")], [(None, "", "encoding")])],
    "nuls.csv": [Must(warnings=[(None, "", "nul")])],
    "ragged.csv": [Must(15, 2, 3, [(6, "", "columns"), (10, "", "columns"), (13, "", "columns")])],
    "titled.csv": [Must(left=[(3, 1, ABOVE)], header_row=4)],
    "total.csv": [Must(left=[(1, 22, EMPTY), (1, 23, TOTAL)])],
    "header_in_row_12.csv": [Must(left=[(11, 1, ABOVE)], header_row=12)],
    "header_again.csv": [Must(left=[(1, 12, AGAIN)])],
    "notes_below.csv": [Must(left=[(2, 23, NOTE), (1, 22, EMPTY)])],
    "two_header_rows.csv": [Must(left=[(1, 1, ABOVE)], header_row=2)],
    "header_only.csv": [Must(0, 0, warnings=[(None, "", "no_rows")])],
    "nameless_column.csv": [Must(warnings=[(1, "(column H)", "unknown_column")])],
    "decimal_comma.csv": [Must(10, 2, warnings=COMMA)],
    "bad_values.csv": [
        Must(16, 1, 3, [
            (2, "baseline_original", "type"), (2, "engagement_id", "required"), (3, "baseline_original", "type"),
            (3, "engagement_id", "reference"), (4, "baseline_original", "required"),
        ])
    ],
    "formulas.csv": [Must(warnings=FORMULAS)],
    "long_cell.csv": [Must(17, 2, 1, [(3, "comment", "length")])],
    "turned_direction.csv": [Must(16, 2, 2, [(3, "comment", "type"), (5, "comment", "type")])],
    "full_width_digits.csv": [Must(9, 2, 1, [(2, "earned_value", "type")])],
    "huge_numbers.csv": [Must(6, 2, 4, [(row, "earned_value", "type") for row in (2, 3, 6, 7)])],
    "messy.xlsx": [
        Must(17, 2, 1, [(5, "actual", "type")], MESSY, [(2, 1, ABOVE), (1, 24, TOTAL)], 3, "messy.xlsx, Tracker Q3")
    ],
    "two_tables.xlsx": [Must(name="two_tables.xlsx, Milestones"), Must(10, 2, name="two_tables.xlsx, Budget")],
    "footnotes.xlsx": [Must(left=[(1, 14, AGAIN), (2, 12, EMPTY)])],
    "several.zip": [
        Must(name="several.zip: march/milestones.csv"),
        Must(0, 0, 20, SAME_KEYS, name="several.zip: x.xlsx"),
        Must(10, 2, name="several.zip: budget.csv"),
    ],
    "of_a_mac.zip": [Must(name="of_a_mac.zip: a.csv")],
}  # fmt: skip
"""What differs from twenty milestones that load without a word."""

OPEN: Mapping[str, tuple[str, list[Found]]] = {
    "foreign_headings.csv": ("column milestone is missing", [(1, "", "kind")]),
    "same_heading_twice.csv": ("Two columns are named comment", [(1, "", "duplicate_column")]),
    "wide.csv": ("“2026-01” to “2026-12”: the heading names a month", [(1, "2026-01", "column")]),
    "money.csv": ("can only be read with a decimal point", [
        (None, "planned_original", "decimal_mark"),
        (2, "planned_original", "range"),
        *[(row, "planned_original", "type") for row in (4, 5, 7, 8, 9, 10, 11)],
    ]),
    "dates.csv": ("“13/04/2026” can only be read as day/month/year", [
        (None, "forecast", "date_order"), *[(row, "forecast", "type") for row in (4, 7, 8, 9, 10)]
    ]),
    "unclear_dates.csv": ("may be 5 January 2026 or 1 May 2026", [(None, "forecast", "date_order")]),
    "serial_dates.csv": ("If this is the day 2025-12-09", [(row, "forecast", "type") for row in range(2, 22)]),
    "numbers.xlsx": ("may be engagements or slas", [(1, "", "kind")]),
    "never_calculated.xlsx": ("The cell is empty", [
        (2, "baseline_original", "required"), (2, "milestone", "required")
    ]),
    "errors.xlsx": ("The formula of this cell fails", [
        (2, "baseline_original", "type"), (2, "engagement_id", "type"),
        (2, "milestone", "type"),
    ]),
}  # fmt: skip
"""Files that cannot be taken as they are: what is said first or most, and all that blocks."""


def small_store() -> Store:
    """What the files refer to, and of milestones and budget what the templates have."""
    store = Store()
    told(store, {kind: template(BY_KIND[kind]) for kind in ("cros", "engagements", "milestones", "budget")})
    return store


@pytest.fixture(scope="module")
def store() -> Store:
    """One for all that changes nothing."""
    return small_store()


def taken(name: str, data: bytes, store: Store, reading: Reading | None = None, **options: bool) -> Loaded:
    return load(
        store,
        [FileIn(name, data)],
        stamp(reason="planned anew"),
        kpis=KPIS,
        asked=Asked(readings={"": reading or Reading()}),
        options=Options(**options),
    )


def blocking(file: FileResult) -> list[Found]:
    return sorted(findings([one for one in file.problems if one.blocks]), key=str)


def said(file: FileResult) -> list[Found]:
    return sorted(findings([one for one in file.problems if one.severity == "warning"]), key=str)


def test_every_file_has_its_expectation_in_one_place() -> None:
    assert set(TABLES) | set(OPEN) <= set(FILES)
    refused = {name for name, file in FILES.items() if file.refused}
    assert not refused & (set(TABLES) | set(OPEN))
    assert not set(TABLES) & set(OPEN)


@pytest.mark.parametrize("name", [name for name, file in FILES.items() if not file.refused and name not in OPEN])
def test_what_can_be_read_loads_and_the_rest_is_named(name: str, store: Store) -> None:
    expected = TABLES.get(name, [Must()])
    whole = taken(name, FILES[name].data, store, dry_run=True)
    clean = not any(must.blocks for must in expected)
    assert whole.accepted is clean
    answer = whole if clean else taken(name, FILES[name].data, store, valid_rows_only=True, dry_run=True)
    assert answer.accepted
    assert len(answer.files) == len(expected)
    for file, must in zip(answer.files, expected):
        assert file.file == (must.name or name)
        counts = file.counts
        assert (counts.new, counts.changed, counts.rejected) == (must.new, must.changed, must.rejected)
        assert counts.rows == must.new + must.changed + must.rejected
        assert blocking(file) == sorted(must.blocks, key=str)
        assert said(file) == sorted(must.warnings, key=str)
        assert [(left.rows, left.first, left.why) for left in file.left_out] == list(must.left)
        assert file.header_row == must.header_row
        assert [row for row, _ in file.kept_out.rows] == sorted({row for row, _, _ in must.blocks if row})
    assert (
        sum(file.counts.rows for file in answer.files)
        + sum(left.rows for file in answer.files for left in file.left_out if left.why == TOTAL)
        == FILES[name].rows
    )


@pytest.mark.parametrize("name", OPEN)
def test_what_is_open_is_asked_or_reported_and_nothing_is_loaded(name: str, store: Store) -> None:
    words, blocks = OPEN[name]
    before = everything(store)
    answer = taken(name, FILES[name].data, store)
    good = taken(name, FILES[name].data, store, valid_rows_only=True)
    assert (answer.accepted, good.accepted) == (False, False)
    assert everything(store) == before
    (file,) = answer.files
    assert blocking(file) == sorted(blocks, key=str)
    assert any(words in problem.message for problem in file.problems if problem.blocks)


@pytest.mark.parametrize("name", [name for name, file in FILES.items() if file.refused])
def test_what_is_no_table_is_refused_by_what_it_is(name: str, store: Store) -> None:
    before = everything(store)
    answer = taken(name, FILES[name].data, store, valid_rows_only=True)
    assert (answer.accepted, answer.upload) == (False, None)
    (file,) = answer.files
    (problem,) = file.problems
    assert re.search(FILES[name].refused, problem.message)
    assert problem.blocks
    assert file.file.startswith(name)
    assert everything(store) == before


@pytest.mark.parametrize(
    "name",
    [name for name, file in FILES.items() if not file.refused and name not in OPEN and name not in TABLES],
)
def test_the_values_of_a_file_are_those_of_the_clean_one(name: str) -> None:
    """All but the comments, which differ on purpose."""
    store, clean = small_store(), small_store()
    taken(name, FILES[name].data, store)
    taken("clean.csv", FILES["clean.csv"].data, clean)
    assert [row[:-1] for row in rows(store, "milestones")] == [row[:-1] for row in rows(clean, "milestones")]


def test_the_values_of_the_clean_file_are_those_that_were_written() -> None:
    store = small_store()
    taken("clean.csv", FILES["clean.csv"].data, store)
    found = {row[:2]: (row[3], row[5], row[7], row[-1]) for row in rows(store, "milestones") if row[2] == ""}
    for engagement, code, planned, late, _, _, comment in nasty.milestones():
        expected = (date.fromisoformat(planned), date.fromisoformat(late), True, comment)
        assert found[engagement, code] == expected


@pytest.mark.parametrize("name", ["decimal_comma.csv", "two_tables.xlsx"])
def test_amounts_are_exact_whatever_their_form(name: str) -> None:
    store = small_store()
    taken(name, FILES[name].data, store)
    found = {row[1]: (row[3], row[5], row[6]) for row in rows(store, "budget")}
    for _, month, _, planned, earned, invoiced in nasty.budget():
        assert found[month] == (Decimal(planned), Decimal(earned), Decimal(invoiced))


def test_long_and_short_numbers_are_exact() -> None:
    """Around the twelve characters up to which a number is read in the fast way."""
    texts = ["123456789012", "1234567890123", "123456.78901", "-1234.500000", "-12345.67000000", "999999999999999999",
             "0.0000010000", ".5", "5.", "+12345678901", "-99999999999", "123456789012345678.123456"]  # fmt: skip
    store = small_store()
    cells = nasty.with_cells(nasty.budget(), 5, texts)
    assert taken("numbers.csv", nasty.text(cells, nasty.BUDGET).encode(), store).accepted
    found = [row[6] for row in rows(store, "budget")]
    assert found == [Decimal(text) for text in texts]


@pytest.mark.parametrize("name", ["cp1252.csv", "utf16_le_tab.csv", "utf32.csv", "clean.xlsx"])
def test_letters_outside_ascii_arrive(name: str) -> None:
    store = small_store()
    taken(name, FILES[name].data, store)
    comments = {row[:2]: row[-1] for row in rows(store, "milestones") if row[2] == ""}
    assert comments["E-014", "lplv"] == comments["E-015", "siv"] == "Société Médicale"


@pytest.mark.parametrize("name", ["odd_spaces.csv", "zero_width.csv"])
def test_codes_among_what_nobody_sees_are_the_codes(name: str) -> None:
    store = small_store()
    assert taken(name, FILES[name].data, store).accepted
    assert {row[0] for row in rows(store, "milestones")} == {"E-014", "E-015"}


DECISIONS: Mapping[str, tuple[Reading, Any]] = {
    "foreign_headings.csv": (
        Reading(columns={
            "vertrag": "engagement_id", "ereignis": "milestone", "geplant": "baseline_original",
            "erwartet": "forecast", "erreicht": "actual", "vertraglich": "contractual", "bemerkung": "comment",
        }),
        (18, 2, 0),
    ),
    "wide.csv": (Reading(columns={"{month}": "planned_original@{month}"}), (10, 2, 0)),
    "unclear_dates.csv": (Reading(dates={"forecast": "dmy"}), (10, 2, 0)),
    "dates.csv": (Reading(dates={"forecast": "dmy"}), (15, 0, 5)),
    "money.csv": (Reading(decimals={"planned_original": "point"}), (4, 0, 8)),
}  # fmt: skip


@pytest.mark.parametrize("name", DECISIONS)
def test_an_answer_settles_what_was_open(name: str) -> None:
    reading, counted = DECISIONS[name]
    answer = taken(name, FILES[name].data, small_store(), reading, valid_rows_only=True)
    assert answer.accepted, answer.files[0].problems
    counts = answer.files[0].counts
    assert (counts.new, counts.changed, counts.rejected) == counted


def test_a_wide_file_that_waits_for_an_answer_is_not_said_to_be_without_rows() -> None:
    (file,) = taken("wide.csv", FILES["wide.csv"].data, small_store()).files
    assert "no_rows" not in {problem.rule for problem in file.problems}


# What their own columns add to the files above: CROs by name, orders, whole numbers, keys that are put together.

HEAD = ["cro", "study_id", "part", "start_date", "end_date", "budget", "comment"]
AS_ENGAGEMENTS = Reading(
    kind="engagements",
    columns={"part": "title", "end_date": "planned_end", "comment": "scope"},
    constants={"engagement_id": "{study_id}-{part}", "currency": "EUR"},
)
CALLED = ["Fortis Clinical", "FORTIS", "fortis clinical", " helix  Laboratories ", "HELIX LABORATORIES", "HELIX"]


def engagements() -> list[list[str]]:
    """Twelve good rows: two CROs, each by its code, and by its name in whatever case; studies in three parts."""
    return [
        [CALLED[number % 6], f"ABC-{100 + number // 3}", f"P{number % 3}", f"2026-0{1 + number % 9}-05",
         f"2027-0{1 + number % 9}-28", f"{1000.5 * (number + 1):.2f}", f"note {number}"]
        for number in range(12)
    ]  # fmt: skip


def engaged(cells: Sequence[Sequence[str]], **options: bool) -> tuple[Loaded, Store]:
    store = small_store()
    data = nasty.text(cells, HEAD).encode()
    return taken("theirs.csv", data, store, AS_ENGAGEMENTS, **options), store


def test_a_cro_is_known_by_its_code_and_by_its_name_in_any_case() -> None:
    """FORTIS is named Fortis Clinical, HELIX Helix Laboratories."""
    answer, store = engaged(engagements())
    assert answer.accepted, answer.files[0].problems
    cros = {row[0]: row[1] for row in rows(store, "engagements")}
    expected = ["FORTIS", "FORTIS", "FORTIS", "HELIX", "HELIX", "HELIX"] * 2
    assert [cros[f"{study}-{part}"] for _, study, part, *_ in engagements()] == expected


def test_a_cro_whose_name_is_its_code_in_other_letters_is_known() -> None:
    store = Store()
    told(store, {"cros": "cro_id,name\nBIOPATH,BioPath\nB-2,Biopath Two\n"})
    cells = [["BioPath", *engagements()[0][1:]], ["biopath two", *engagements()[1][1:]]]
    answer = taken("theirs.csv", nasty.text(cells, HEAD).encode(), store, AS_ENGAGEMENTS)
    assert answer.accepted, answer.files[0].problems
    assert [row[1] for row in rows(store, "engagements")] == ["BIOPATH", "B-2"]


def test_a_name_that_may_be_two_cros_is_asked() -> None:
    """Helix is the code of one and the name of another: neither is taken."""
    store = Store()
    told(store, {"cros": "cro_id,name\nHELIX,Laboratories\nH-2,Helix\n"})
    answer = taken("theirs.csv", nasty.text([["helix", *engagements()[0][1:]]], HEAD).encode(), store, AS_ENGAGEMENTS)
    assert blocking(answer.files[0]) == [(2, "cro", "unknown_cro")]


def test_the_cro_whose_name_begins_so_is_suggested() -> None:
    cells = engagements()
    cells[2][0], cells[3][0] = "Fortes Clinical", "Helixx"
    (file,) = engaged([["Helix Labs", *cells[0][1:]], *cells[1:]])[0].files
    messages = {problem.row: problem.message for problem in file.problems if problem.blocks}
    assert messages[4].endswith("Did you mean Fortis Clinical (FORTIS)?")
    assert messages[5].endswith("Did you mean HELIX?")
    assert messages[2].endswith("or mend the code.")


def test_faults_are_named_by_the_headings_of_the_file() -> None:
    cells = engagements()
    cells[0][3], cells[0][4] = cells[0][4], cells[0][3]
    cells[2] = list(cells[1])
    cells[4][5] = "-50"
    cells[5][0] = ""
    cells[7][3] = ""
    cells[9][0] = "Nobody Ltd"
    (file,) = engaged(cells)[0].files
    assert blocking(file) == sorted([
        (2, "end_date", "order"),
        (4, "engagement_id", "unique"),  # put together from two columns, so it is named as ours
        (6, "budget", "range"),
        (7, "cro", "required"),
        (9, "start_date", "required"),
        (11, "cro", "unknown_cro"),
    ], key=str)  # fmt: skip
    messages = {problem.row: problem.message for problem in file.problems}
    assert messages[2] == "end_date 2026-01-05 is before start_date 2027-01-28; mend one of them."
    assert messages[4] == "The same key as in row 3; keep one of them."
    answer, _ = engaged(cells, valid_rows_only=True)
    assert (answer.accepted, answer.files[0].counts.new, answer.files[0].counts.rejected) == (True, 6, 6)


def test_what_a_spreadsheet_shows_for_a_failed_formula_is_no_text() -> None:
    """A comment of #N/A! or of #12 is one that somebody may have written."""
    shown = ["#N/A", "#REF!", "#VALUE!", "#N/A!", "#12"]
    data = nasty.text(nasty.with_cells(nasty.milestones(), 6, shown)).encode()
    (file,) = taken("shown.csv", data, small_store()).files
    assert blocking(file) == [(2, "comment", "type"), (3, "comment", "type"), (4, "comment", "type")]
    assert "The formula of this cell fails in the spreadsheet" in next(
        problem.message for problem in file.problems if problem.blocks
    )


def test_a_workbook_that_looks_like_a_gigabyte_costs_nothing() -> None:
    store = small_store()
    for name in ("bomb.xlsx", "bomb.zip", "far_cell.xlsx", "entities.xlsx"):
        began = time.perf_counter()
        taken(name, FILES[name].data, store)
        assert time.perf_counter() - began < 1, name
