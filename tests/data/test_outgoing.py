"""What goes out as CSV does not run in a spreadsheet, and comes back as it was."""

import csv
import io

import pytest

from data.contracts import ALL, BY_KIND
from data.outgoing import export, neutralised, template
from data.store import Store
from tests.data.helpers import example_store, rows, tell, told

FORMULAS = ["=1+1", "+cmd", "-x", "@sum", "＝1", "＋1", "－1", "＠x"]


@pytest.mark.parametrize("text", [*FORMULAS, "\tx", "\rx"])
def test_what_would_run_gets_an_apostrophe(text: str) -> None:
    assert neutralised(text) == f"'{text}"


@pytest.mark.parametrize("text", ["-12", "+1.5", "-1,234.50", "plain", "a=b", ""])
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
    text = export(store, contract)
    assert told(store, {contract.kind: text}).upload is None
    assert text.splitlines()[0] == template(contract).splitlines()[0]
    assert len(text.splitlines()) == len(template(contract).splitlines())


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
