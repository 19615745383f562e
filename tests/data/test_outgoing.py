"""What goes out as CSV does not run in a spreadsheet, and comes back as it was."""

import csv
import io

import pytest

from data.contracts import ALL, BY_KIND
from data.intake import Problem
from data.intake.rejected import rejected_csv
from data.intake.table import table_of_rows
from data.outgoing import csv_text, export, neutralised, template
from data.store import Store
from tests.data.helpers import example_store, rows, tell, told

FORMULAS = ["=1+1", "+cmd", "-x", "@sum", "＝1", "＋1", "－1", "＠x"]


@pytest.mark.parametrize("text", [*FORMULAS, "\tx", "\rx"])
def test_what_would_run_gets_an_apostrophe(text: str) -> None:
    assert neutralised(text) == f"'{text}"


INSIDE = {
    "Delay;=1+1;x": "Delay;'=1+1;x",
    "a\n=2+2;b": "a\n'=2+2;b",
    "tab\t=3+3": "tab\t'=3+3",
    "a\n\n@x": "a\n\n'@x",
    "a; +cmd": "a; '+cmd",
    'a;"=1': "a;\"'=1",
    "a;-5 days;-5;＝1": "a;'-5 days;-5;'＝1",
    "=1;=2": "'=1;'=2",
}


@pytest.mark.parametrize(("text", "out"), INSIDE.items())
def test_what_would_run_where_cells_are_parted_in_another_way_gets_an_apostrophe(text: str, out: str) -> None:
    """Where the list separator is a semicolon, a spreadsheet begins a cell behind each, whatever we put in quotes."""
    assert neutralised(text) == out
    store = Store()
    told(store, {"cros": csv_text(["cro_id", "name"], [["A", text]])})
    assert rows(store, "cros")[0][1] == text
    first = export(store, BY_KIND["cros"])
    assert next(csv.DictReader(io.StringIO(first, newline="")))["name"] == out
    assert told(store, {"cros": first}).upload is None


@pytest.mark.parametrize("text", ["-12", "+1.5", "-1,234.50", "plain", "a=b", "", "a; b = c", "x;-5", "1;+2;-3,4"])
def test_numbers_and_plain_texts_stay(text: str) -> None:
    assert neutralised(text) == text


def test_formulas_are_kept_warned_of_and_neutralised_on_the_way_out() -> None:
    store = Store()
    lines = "".join(f'C{n},"{text}"\n' for n, text in enumerate(FORMULAS))
    answer = told(store, {"cros": f"cro_id,name\n{lines}"})
    assert [p.rule for p in answer.files[0].problems] == ["formula"] * len(FORMULAS)
    assert [row[1] for row in rows(store, "cros")] == FORMULAS
    out = list(csv.reader(io.StringIO(export(store, BY_KIND["cros"]))))[1:]
    assert [line[1] for line in out] == [f"'{text}" for text in FORMULAS]


@pytest.mark.parametrize("text", [*FORMULAS, "'=1", "''@x", "'tis", "' =1", "-", "−5", "'"])
def test_export_load_export_is_stable(text: str) -> None:
    store = Store()
    told(store, {"cros": f'cro_id,name\nA,"{text}"\n'})
    first = export(store, BY_KIND["cros"])
    assert told(store, {"cros": first}).upload is None
    assert export(store, BY_KIND["cros"]) == first


@pytest.mark.parametrize("contract", ALL, ids=lambda contract: contract.kind)
def test_an_export_loads_as_nothing_new(contract) -> None:  # type: ignore[no-untyped-def]
    store = example_store()
    text = export(store, contract, private=True)
    assert told(store, {contract.kind: text}).upload is None
    assert text.splitlines()[0] == template(contract).splitlines()[0]
    assert len(text.splitlines()) == len(template(contract).splitlines())


def test_who_answered_in_confidence_goes_out_only_where_it_is_asked_for() -> None:
    store = Store()
    told(store, {kind: template(BY_KIND[kind]) for kind in ("cros", "engagements", "surveys")})
    text = (
        "response_id,dimension,engagement_id,quarter,role,score,comment\nR1,trust,E-014,2026-Q3,the only CRA,2,Ask Jo\n"
    )
    told(store, {"surveys": text})
    given = export(store, BY_KIND["surveys"])
    assert given.splitlines()[0] == "response_id,dimension,engagement_id,quarter,direction,score"
    assert "CRA" not in given
    assert "Jo" not in given
    assert told(store, {"surveys": given}).upload is None
    assert "R1,trust,E-014,2026-Q3,,the only CRA,2,Ask Jo\n" in export(store, BY_KIND["surveys"], private=True)


def test_an_export_shows_an_earlier_state() -> None:
    store = example_store()
    told(store, {"holidays": "day,name\n2026-12-25,Christmas\n"})
    assert export(store, BY_KIND["holidays"], 1) == "day,name\n2026-12-25,Christmas Day\n"
    assert export(store, BY_KIND["holidays"]) == "day,name\n2026-12-25,Christmas\n"


def test_numbers_and_flags_are_written_as_they_are_read() -> None:
    store = example_store()
    assert export(store, BY_KIND["fx_rates"]) == "currency,year,rate\nEUR,2026,1\nUSD,2026,0.92\n"
    assert ",no\n" in export(store, BY_KIND["cros"])


def test_rejected_rows_are_neutral_too() -> None:
    answer = tell(Store(), {"cros": "cro_id,name,tier\nA,=cmd,gold\nB,Beta,\n"}, valid_rows_only=True)
    assert answer.files[0].rejected_csv.splitlines()[1].startswith("A,'=cmd,gold,")


def test_why_a_row_was_rejected_is_neutral_too() -> None:
    table = table_of_rows("x.csv", ["=a"], [["1"]])
    text = rejected_csv(table, [2], [Problem(2, "=a", "1", "type", "Mend it.")])
    assert list(csv.reader(io.StringIO(text))) == [["'=a", "why"], ["1", "'=a: Mend it."]]
