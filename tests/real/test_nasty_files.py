"""Hostile files that somebody else made, brought to our kinds: each gives what the page beside them says, or better.

Their columns are cro, study_id, milestone, start_date, end_date, budget, subjects and comment. They are read twice: as
engagements (CROs by name, order of dates, amounts) and as milestones (studies, milestones by name, whole numbers).
Three of their rules are not ours, so they hold in one of the two readings or in none: a study that is not `ABC-` and
three digits is unknown only as milestones, subjects are whole and not negative only as milestones, and a milestone that
is not one of five codes is the PM's own. Left out where the files are not beside the project.
"""

import io
import random
import time
import zipfile
from collections.abc import Sequence
from datetime import date, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from data.contracts import BY_KIND
from data.intake import Asked, FileIn, FileResult, Loaded, Options, Reading, load
from data.outgoing import export
from data.store import Store
from tests.data.helpers import KPIS, findings, rows, stamp, told

FOLDER = Path(__file__).parents[3] / "shared" / "nasty"
pytestmark = pytest.mark.skipif(not FOLDER.exists(), reason="the hostile files are not here")

NAMES = {
    "BIOPATH": "BioPath", "CENDARA": "Cendara", "DELPHI": "Delphi Trials", "EVIDENTIA": "Evidentia",
    "SOCMED": "Société Médicale", "FORTIS": "Fortis CRO",
}  # fmt: skip
CROS = "cro_id,name\n" + "".join(f"{code},{name}\n" for code, name in NAMES.items())
STUDIES = "engagement_id,cro_id,study_id,title,start_date,planned_end,contract_value,currency\n" + "".join(
    f"ABC-{number},FORTIS,ABC-{number},Study {number},2026-01-01,2027-12-31,1000,EUR\n" for number in range(100, 104)
)
ENGAGEMENTS = Reading(
    kind="engagements",
    columns={
        "cro": "cro_id", "study_id": "study_id", "milestone": "title", "start_date": "start_date",
        "end_date": "planned_end", "budget": "contract_value", "subjects": "", "comment": "scope",
    },
    constants={"engagement_id": "{study_id}-{milestone}", "currency": "EUR"},
)  # fmt: skip
MILESTONES = Reading(
    kind="milestones",
    columns={
        "cro": "", "study_id": "engagement_id", "milestone": "milestone", "start_date": "baseline_original",
        "end_date": "forecast", "budget": "", "subjects": "days_cro", "comment": "comment",
    },
)  # fmt: skip
READINGS = {reading.kind: reading for reading in (ENGAGEMENTS, MILESTONES)}
WHOLE = [
    "01_clean.csv", "02_utf8_bom.csv", "03_utf16_le_bom_tab.csv", "04_utf16_be_nobom.csv", "05_cp1252.csv",
    "06_semicolon_de.csv", "07_quoted_newlines.csv", "10_title_and_totals.csv", "15_injection.csv",
    "16_nul_bytes.csv", "26_mixed_eol.csv", "29_pipe.csv", "31_clean.xlsx", "33_csv_renamed.xlsx",
    "34_xlsx_renamed.csv",
]  # fmt: skip
REFUSED = {
    "18_empty.csv": "empty",
    "20_whitespace_only.csv": "empty",
    "21_png_renamed.csv": "picture",
    "25_no_header.csv": "no header row",
    "27_unbalanced_quote.csv": "Row 8: a quotation mark",
    "30_html_renamed.csv": "web page",
    "36_far_cell.xlsx": "XFD1048576",
    "37_truncated.xlsx": "cut short",
    "38_xml_entities.xlsx": "XML entities",
}
FREE_TEXT = {"engagements": "scope", "milestones": "comment"}


def store_for(kind: str) -> Store:
    store = Store()
    told(store, {"cros": CROS})
    if kind == "milestones":
        told(store, {"engagements": STUDIES})
    return store


def brought(
    name: str, kind: str, data: bytes | None = None, reading: Reading | None = None, **options: bool
) -> tuple[Loaded, Store]:
    """What becomes of a file that is read as a kind, on a day before all of its dates, and the store after it."""
    store = store_for(kind)
    file = FileIn(name, (FOLDER / name).read_bytes() if data is None else data)
    asked = Asked(readings={"": reading or READINGS[kind]})
    answer = load(store, [file], stamp("2025-12-31"), kpis=KPIS, asked=asked, options=Options(**options))
    return answer, store


def only(answer: Loaded) -> FileResult:
    (file,) = answer.files
    assert file.counts.rows == sum((file.counts.new, file.counts.changed, file.counts.unchanged, file.counts.rejected))
    return file


def wrong(file: FileResult) -> list[tuple[int | None, str, str]]:
    return findings([problem for problem in file.problems if problem.blocks])


def without_text(store: Store, kind: str) -> list[tuple[Any, ...]]:
    place = BY_KIND[kind].names.index(FREE_TEXT[kind])
    return [row[:place] + row[place + 1 :] for row in rows(store, kind)]


@pytest.mark.parametrize("kind", READINGS)
@pytest.mark.parametrize("name", WHOLE)
def test_it_loads_and_its_values_are_those_of_the_clean_file(name: str, kind: str) -> None:
    answer, store = brought(name, kind)
    file = only(answer)
    assert (answer.accepted, file.counts.new, wrong(file)) == (True, 20, [])
    _, clean = brought("01_clean.csv", kind)
    assert without_text(store, kind) == without_text(clean, kind)


def test_the_values_of_the_clean_file_are_those_that_stand_in_it() -> None:
    """By hand from row 2 (BioPath, ABC-100, FPI), row 6 (Société Médicale) and row 7 (Fortis CRO)."""
    _, store = brought("01_clean.csv", "engagements")
    found = {row[0]: row for row in rows(store, "engagements")}
    lines = [line.split(",") for line in (FOLDER / "01_clean.csv").read_text(encoding="utf-8").split("\n")[1:21]]
    codes = {name: code for code, name in NAMES.items()}
    assert {line[0] for line in lines} == set(NAMES.values())
    for cro, study, milestone, start, end, budget, _, comment in lines:
        row = found[f"{study}-{milestone}"]
        assert row[1:4] == (codes[cro], study, milestone)
        assert row[7] == comment.strip()
        assert row[10:13] == (date.fromisoformat(start), date.fromisoformat(end), Decimal(budget))


@pytest.mark.parametrize("kind", READINGS)
@pytest.mark.parametrize("name", REFUSED)
def test_it_is_refused_with_the_reason_and_nothing_changes(name: str, kind: str) -> None:
    answer, store = brought(name, kind)
    (file,) = answer.files
    assert not answer.accepted
    assert REFUSED[name] in file.problems[0].message
    assert rows(store, "milestones") == []
    assert store.version == (1 if kind == "engagements" else 2)


def test_what_was_done_to_read_a_file_is_said() -> None:
    said = {name: only(brought(name, "engagements")[0]) for name in WHOLE}
    rules = {name: {problem.rule for problem in file.problems if problem.severity == "warning"}
             for name, file in said.items()}  # fmt: skip
    assert rules["05_cp1252.csv"] == {"encoding"}
    assert rules["06_semicolon_de.csv"] == {"encoding", "style"}
    assert rules["15_injection.csv"] == {"formula"}
    assert rules["16_nul_bytes.csv"] == {"nul"}
    assert "3 NUL" in said["16_nul_bytes.csv"].problems[0].message
    assert {name for name in WHOLE if rules[name]} == {
        "05_cp1252.csv", "06_semicolon_de.csv", "15_injection.csv", "16_nul_bytes.csv"
    }  # fmt: skip
    titled = said["10_title_and_totals.csv"]
    assert [(left.rows, left.first) for left in titled.left_out] == [(3, 1), (1, 25), (1, 26)]
    assert titled.header_row == 4


def test_formulas_are_text_and_every_export_disarms_them() -> None:
    """Rows 2 to 9 would run; rows 10 and 11 are markup, which is text for a spreadsheet as for us."""
    answer, store = brought("15_injection.csv", "engagements")
    warned = [problem for problem in only(answer).problems if problem.rule == "formula"]
    assert [problem.row for problem in warned] == [2, 3, 4, 5, 6, 7, 8, 9]
    scopes = {row[7] for row in rows(store, "engagements")}
    assert {"+1+1", "＝1+1", "<script>alert(1)</script>"} <= scopes
    text = export(store, BY_KIND["engagements"], None)
    for one in ("+1+1", "＝1+1", "=cmd|"):
        assert f"'{one}" in text
        assert f",{one}" not in text


@pytest.mark.parametrize("kind", READINGS)
def test_ragged_rows_are_named_and_seventeen_are_left(kind: str) -> None:
    answer, _ = brought("08_ragged.csv", kind)
    file = only(answer)
    assert wrong(file) == [(6, "", "columns"), (10, "", "columns"), (13, "", "columns")]
    assert [problem.message.split(",")[0] for problem in file.problems if problem.blocks] == [
        "The row has 5 values", "The row has 10 values", "The row has 10 values"
    ]  # fmt: skip
    assert only(brought("08_ragged.csv", kind, valid_rows_only=True)[0]).counts.new == 17


def test_a_heading_that_is_there_twice_is_refused_unless_it_is_not_used() -> None:
    answer, _ = brought("09_duplicate_headers.csv", "engagements")
    assert answer.files[0].problems[0].message.startswith("Two columns are named budget.")
    assert brought("09_duplicate_headers.csv", "milestones")[0].accepted


def test_money_in_many_forms_is_read_in_one_style_or_reported() -> None:
    """Their row 2 is -1234.50, which no contract is worth; 1,234 and 1.234 (rows 12, 13) are read in one style."""
    answer, store = brought("11_money_formats.csv", "engagements", valid_rows_only=True)
    file = only(answer)
    assert [row for row, _, _ in wrong(file)] == [2, 4, 5, 7, 8, 9, 10, 11, 14, 15, 16]
    assert wrong(file)[0] == (2, "budget", "range")
    values = {row[2:4]: row[12] for row in rows(store, "engagements")}
    lines = (FOLDER / "11_money_formats.csv").read_text(encoding="utf-8").split("\n")
    ids = {number: tuple(lines[number - 1].split(",")[1:3]) for number in (3, 6, 12, 13)}
    assert values[ids[3]] == Decimal(12345)
    assert values[ids[6]] == Decimal(5000)
    assert (values[ids[12]], values[ids[13]]) == (Decimal(1234), Decimal("1.234"))
    assert [problem.message for problem in file.problems if problem.rule == "style"] == [
        "Numbers are read with a decimal point, such as 1,234.50."
    ]


def test_with_the_decimal_comma_of_the_other_rows_no_point_is_taken_for_one() -> None:
    """Where the style is 1.234,56, the text 1.234 is one thousand two hundred and thirty-four."""
    reading = ENGAGEMENTS.with_(Reading(decimals={"contract_value": "comma"}))
    lines = (FOLDER / "11_money_formats.csv").read_text(encoding="utf-8").split("\n")
    study, milestone = lines[12].split(",")[1:3]
    answer, store = brought("11_money_formats.csv", "engagements", reading=reading, valid_rows_only=True)
    assert answer.accepted
    assert {row[2:4]: row[12] for row in rows(store, "engagements")}[study, milestone] == Decimal(1234)


@pytest.mark.parametrize("kind", READINGS)
def test_the_order_of_dates_is_asked_and_what_is_no_date_is_reported(kind: str) -> None:
    """Better than asked for: 3 avr. 2026 (row 7) can only be one day and is read."""
    file = only(brought("12_date_formats.csv", kind)[0])
    assert wrong(file)[0] == (None, "start_date", "date_order")
    bad = [row for row, column, rule in wrong(file) if (column, rule) == ("start_date", "type")]
    assert bad == [4, 8, 9, 10, 12, 13, 15]
    # As an engagement, row 3 starts on 13 April and ends on 24 March.
    others = [one for one in wrong(file)[1:] if one[2] != "type"]
    assert others == ([(3, "end_date", "order")] if kind == "engagements" else [])
    reading = READINGS[kind].with_(
        Reading(dates={"start_date" if kind == "engagements" else "baseline_original": "mdy"})
    )
    answer, _ = brought("12_date_formats.csv", kind, reading=reading, valid_rows_only=True)
    assert answer.accepted
    bad = [row for row, column, rule in wrong(only(answer)) if (column, rule) == ("start_date", "type")]
    assert bad == [3, 8, 9, 10, 12, 13, 15]  # 13/04 has no month 13 now


@pytest.mark.parametrize("kind", READINGS)
def test_dates_that_may_be_both_are_a_question_and_no_error(kind: str) -> None:
    file = only(brought("13_dates_all_ambiguous.csv", kind)[0])
    assert sorted(wrong(file), key=str) == [(None, "end_date", "date_order"), (None, "start_date", "date_order")]
    assert file.counts.rejected == 0


def test_bad_values_of_engagements() -> None:
    """Row 12 (study abc100), 14 (12.5 subjects), 15 (milestone) and 17 (many) break no rule of engagements."""
    file = only(brought("14_bad_values.csv", "engagements")[0])
    assert wrong(file) == [
        (4, "cro", "unknown_cro"),
        (5, "cro", "unknown_cro"),
        (7, "end_date", "order"),
        (10, "engagement_id", "unique"),
        (13, "budget", "range"),
        (16, "cro", "required"),
        (19, "start_date", "required"),
    ]
    by_row = {problem.row: problem for problem in file.problems}
    assert "as in row 9" in by_row[10].message
    assert by_row[4].message.endswith("Did you mean FORTIS?")
    assert by_row[5].value == "Unknown Vendor Ltd"
    assert "Did you mean" not in by_row[5].message


def test_bad_values_of_milestones() -> None:
    """Better than asked for: First Patient In (row 15) is understood as fpi."""
    file = only(brought("14_bad_values.csv", "milestones")[0])
    assert wrong(file) == [
        (10, "study_id", "unique"),
        (12, "study_id", "reference"),
        (14, "subjects", "type"),
        (17, "subjects", "type"),
        (19, "start_date", "required"),
    ]
    by_row = {problem.row: problem for problem in file.problems}
    assert by_row[12].message.endswith("Did you mean ABC-100?")


def test_a_cro_by_half_of_its_name_is_suggested_whatever_its_code() -> None:
    """Row 4 says Fortis. Above that is near the code of Fortis CRO; here its code is another."""
    store = Store()
    told(store, {"cros": CROS.replace("FORTIS,", "C-06,")})
    file = FileIn("14_bad_values.csv", (FOLDER / "14_bad_values.csv").read_bytes())
    answer = load(store, [file], stamp("2025-12-31"), kpis=KPIS, asked=Asked(readings={"": ENGAGEMENTS}))
    (problem,) = [one for one in answer.files[0].problems if one.row == 4]
    assert (problem.column, problem.value, problem.rule) == ("cro", "Fortis", "unknown_cro")
    assert problem.message.endswith("Did you mean Fortis CRO (C-06)?")


@pytest.mark.parametrize("kind", READINGS)
def test_a_comment_of_a_million_characters_is_too_long(kind: str) -> None:
    assert wrong(only(brought("17_million_char_cell.csv", kind)[0])) == [(6, "comment", "length")]


@pytest.mark.parametrize("kind", READINGS)
def test_a_file_without_rows_says_so(kind: str) -> None:
    answer, _ = brought("19_header_only.csv", kind)
    assert (answer.accepted, answer.upload) == (True, None)
    assert findings(answer.files[0].problems) == [(None, "", "no_rows")]


def test_headings_of_somebody_else_are_understood_or_asked() -> None:
    """Only two headings that say something else than we do are decided; the amount in dollars is to be confirmed."""
    reading = Reading(
        kind="engagements",
        columns={"mile_stone": "title", "remarks": "scope"},
        constants={"engagement_id": "{Study}-{Mile stone}", "currency": "USD"},
    )
    answer, _ = brought("24_renamed_headers.csv", "engagements", reading=reading)
    asked = {problem.column: problem for problem in answer.files[0].problems if problem.severity == "question"}
    assert "Contract Value (USD)" in asked
    assert asked["Contract Value (USD)"].value == "contract_value"
    assert set(asked) <= {"Contract Value (USD)", "CRO Name", "Planned Start"}
    yes = Reading(columns={"cro_name": "cro_id", "planned_start": "start_date",
                           "contract_value_usd": "contract_value"})  # fmt: skip
    answer, _ = brought("24_renamed_headers.csv", "engagements", reading=reading.with_(yes))
    assert (answer.accepted, only(answer).counts.new, wrong(only(answer))) == (True, 20, [])


def test_a_row_in_another_encoding_is_named_and_none_is_lost() -> None:
    file = only(brought("28_mixed_encoding.csv", "engagements")[0])
    assert wrong(file) == [(6, "cro", "encoding"), (6, "cro", "unknown_cro")]
    assert (file.counts.rows, file.counts.new, file.counts.rejected) == (20, 19, 1)


def test_a_messy_workbook_is_read_from_its_one_table() -> None:
    answer, store = brought("32_messy.xlsx", "engagements", valid_rows_only=True)
    file = only(answer)
    assert (file.file, file.header_row) == ("32_messy.xlsx, Tracker Q3", 3)
    assert wrong(file) == [(5, "budget", "type")]
    assert next(one for one in file.problems if one.blocks).value == "#DIV/0!"
    assert [(left.rows, left.first, left.why) for left in file.left_out] == [
        (2, 1, "above the header"), (1, 24, "a total")
    ]  # fmt: skip
    assert {one.value for one in file.problems if one.rule == "sheet"} == {"README", "hidden"}
    # Rows 5, 10, 15 and 20 have no CRO of their own; row 5 is kept out, the others have that of the row above.
    cros = {row[2:4]: row[1] for row in rows(store, "engagements")}
    assert cros["ABC-101", "LPI"] == cros["ABC-101", "FPI"] == "FORTIS"
    assert cros["ABC-101", "LPLV"] == "CENDARA"


def test_a_workbook_that_unpacks_to_a_gigabyte_is_refused_at_once() -> None:
    data = bomb()
    began = time.perf_counter()
    answer, _ = brought("35_bomb.xlsx", "engagements", data)
    assert time.perf_counter() - began < 1  # the store is made in this time as well
    assert "unpack" in answer.files[0].problems[0].message.lower()


def bomb(pieces: int = 250) -> bytes:
    """The clean workbook with a sheet of long texts: a quarter of a gigabyte, which is over the limit as well."""
    row = b'<row><c t="inlineStr"><is><t>' + b"A" * 1000 + b"</t></is></c></row>"
    start = (
        b'<?xml version="1.0"?><worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><sheetData>'
    )
    out = io.BytesIO()
    with zipfile.ZipFile(FOLDER / "31_clean.xlsx") as old, zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as new:
        for entry in old.infolist():
            if entry.filename != "xl/worksheets/sheet1.xml":
                new.writestr(entry.filename, old.read(entry))
                continue
            with new.open(entry.filename, "w") as sheet:
                sheet.write(start)
                for _ in range(pieces):
                    sheet.write(row * 1000)
                sheet.write(b"</sheetData></worksheet>")
    return out.getvalue()


def many_rows(count: int, every: int) -> tuple[bytes, list[tuple[int, str, str]]]:
    """A file like their largest one, and what is planted in it: one of five faults in every so many rows.

    Their fifth fault, -4 subjects, is none of an engagement; here the amount is negative instead.
    """
    chance = random.Random(9)
    first = date(2020, 1, 1)
    days = [str(first + timedelta(days=number)) for number in range(2500)]
    lines, planted = ["cro,study_id,milestone,start_date,end_date,budget,subjects,comment"], []
    cros: Sequence[str] = list(NAMES.values())
    for number in range(count):
        start = chance.randrange(2000)
        end = start + chance.randrange(1, 400)
        cro, budget = cros[chance.randrange(6)], f"{chance.random() * 9e5:.2f}"
        starts, ends = days[start], days[end]
        if number % every == every // 2:
            fault = number // every % 5
            cro = "Nobody Inc" if fault == 0 else cro
            starts = "31/02/2026" if fault == 1 else starts
            budget = {2: "12k", 4: "-4"}.get(fault, budget)
            if fault == 3:
                starts, ends = ends, starts
            found = [("cro", "unknown_cro"), ("start_date", "type"), ("budget", "type"), ("end_date", "order"),
                     ("budget", "range")][fault]  # fmt: skip
            planted.append((number + 2, *found))
        lines.append(
            f"{cro},ABC-{100 + number // 5 % 900}-{number:07},M{number % 5},{starts},{ends},{budget},3,note {number}"
        )
    return "\n".join(lines).encode(), planted


def test_a_hundred_faults_in_many_rows_are_found_and_none_else() -> None:
    """200,000 rows here; `many_rows(1_000_000, 10_000)` is the full size, which was tried by hand."""
    data, planted = many_rows(200_000, 2_000)
    assert len(planted) == 100
    began = time.perf_counter()
    answer, _ = brought("22_million_rows.csv", "engagements", data)
    assert time.perf_counter() - began < 30
    file = only(answer)
    assert wrong(file) == planted
    assert (file.counts.rows, file.counts.rejected) == (200_000, 100)
