"""Defects of every rule, planted into a file of every kind, are found exactly as planted: all, and none else.

The file is built from the contract, one defect a row, so what has to be found is known before anything is checked.
"""

import csv
import io
from collections.abc import Iterator
from datetime import date, timedelta

import pytest

from data.contracts import ALL, BY_KIND, Column, Contract, Type
from data.intake import FileResult, Problem
from data.store import Store
from tests.data.helpers import findings, tell, told

CRO = "cro_id,name\nA,Alpha\n"
ENGAGEMENT = (
    "engagement_id,cro_id,study_id,title,start_date,planned_end,contract_value,currency\n"
    "E-1,A,S-1,Study one,2025-01-01,2027-12-31,1000,EUR\n"
)
KNOWN = {"cros": "A", "engagements": "E-1", "change_orders": "CO-1", "audits": "AUD-1", "reviews": "A-Q3", "kpi": "T01"}
GOOD_ROWS = 200
NOT_TOGETHER = {"selections": ("decision",), "review_replies": ("dispute",)}
"""What stays empty in a good row, since it goes with an empty cell of another column."""
WRONG = {
    "surveys": ({"dimension": "trust", "score": "6"},),
    "requirements": ({"evidence_id": ""}, {"evidence_type": ""}),
    "selections": (
        {"criterion": ""},
        {"decision": "selected"},
        {"criterion": "", "score": "", "decision": "selected", "decision_reason": ""},
    ),
    "targets": (
        {"kpi_id": "T01", "green": "80", "red": "90"},
        {"kpi_id": "R03", "green": "90", "red": "80"},
    ),
    "review_replies": (
        {"reply": "disputed", "own_value": "", "evidence": "", "comment": ""},
        {"dispute": "open"},
    ),
}
"""For each rule of a kind, cells that break it."""
Cells = dict[str, str]
Defect = tuple[Cells, str, str]


def base() -> Store:
    store = Store()
    orders = "change_order_id,engagement_id,requested,value\nCO-1,E-1,2026-03-02,100\n"
    audits = "audit_id,cro_id,held\nAUD-1,A,2026-03-18\n"
    reviews = "review_id,cro_id,quarter,cut_off\nA-Q3,A,2026-Q3,2026-09-30\n"
    told(store, {"cros": CRO, "engagements": ENGAGEMENT, "change_orders": orders, "audits": audits, "reviews": reviews})
    return store


def no_doubts(result: FileResult) -> list[Problem]:
    """What is wrong; what is only unlikely, such as dates of the year 2000, is looked for in test_plausible."""
    return [problem for problem in result.problems if problem.severity != "doubt"]


def good(contract: Contract, number: int) -> Cells:
    """A row without defect; its key is its own."""
    turning = next(column.name for column in contract if column.key and not column.references)
    cells = {
        column.name: _good(column, place, number if column.name == turning else 0)
        for place, column in enumerate(contract)
    }
    return cells | dict.fromkeys(NOT_TOGETHER.get(contract.kind, ()), "")


def _good(column: Column, place: int, number: int) -> str:
    if column.references:
        return KNOWN[column.references]
    if column.choices:
        return column.choices[0]
    day = date(2025, 1, 1) + timedelta(days=place + number)
    return {
        Type.TEXT: f"text {number}",
        Type.DATE: day.isoformat(),
        Type.MOMENT: f"{day}T10:00:00Z",
        Type.MONTH: f"{2000 + number // 12}-{number % 12 + 1:02d}",
        Type.QUARTER: f"{2000 + number // 4}-Q{number % 4 + 1}",
        Type.YEAR: "2026",
        Type.WHOLE: str(2 + number),
        Type.NUMBER: "2.5",
        Type.FLAG: "yes",
        Type.CURRENCY: "".join(chr(65 + number // 26**power % 26) for power in (2, 1, 0)),
        Type.TIME_ZONE: "Europe/Berlin",
    }[column.type]


def defects(contract: Contract) -> Iterator[Defect]:
    """Cells to change in a good row, and the column and rule under which they must be found."""
    in_order = {name for order in contract.orders for name in order}
    for column in contract:
        yield from _of_cell(contract, column, in_order)
    for earlier, later in contract.orders:
        others = {name: "" for name in in_order - {earlier, later} if not contract[name].required}
        day_before = date.fromisoformat(good(contract, 0)[earlier][:10]) - timedelta(days=1)
        yield {**others, later: day_before.isoformat()}, later, "order"
    for rule, cells in zip(contract.rules, WRONG.get(contract.kind, ()), strict=True):
        yield cells, rule.column, "range"
    yield {name: good(contract, 0)[name] for name in contract.keys}, contract.keys[0], "unique"


def _of_cell(contract: Contract, column: Column, in_order: set[str]) -> Iterator[Defect]:
    name = column.name
    if column.required:
        yield {name: ""}, name, "required"
    if column.choices:
        yield {name: "rubbish"}, name, "choices"
    elif column.references:
        unknown_cro = contract.kind == "engagements" and column.references == "cros"
        yield {name: "NOWHERE"}, name, "unknown_cro" if unknown_cro else "reference"
    elif column.type is Type.TEXT:
        yield {name: "x" * 32_768}, name, "length"
        yield {name: "=1+1"}, name, "formula"
    else:
        yield {name: "rubbish"}, name, "type"
    if column.type is Type.MONTH:
        yield {name: "2026-09-14"}, name, "type"
    if column.type is Type.DATE:
        yield {name: "2026-02-30"}, name, "type"
    if column.type is Type.DATE and name not in in_order:
        yield {name: "1889-12-31"}, name, "range"
        yield {name: "2206-01-01"}, name, "range"
    if column.minimum is not None:
        yield {name: str(int(column.minimum) - 1)}, name, "range"
    if column.maximum is not None:
        yield {name: str(int(column.maximum) + 1)}, name, "range"


def text(contract: Contract, rows: list[Cells]) -> str:
    out = io.StringIO()
    writer = csv.DictWriter(out, contract.names)
    writer.writeheader()
    writer.writerows(rows)
    return out.getvalue()


def found(store: Store, contract: Contract, rows: list[Cells]) -> FileResult:
    (result,) = tell(store, {contract.kind: text(contract, rows)}).files
    return result


@pytest.mark.parametrize("contract", ALL, ids=lambda contract: contract.kind)
def test_every_defect_is_found_and_nothing_else(contract: Contract) -> None:
    rows = [good(contract, number) for number in range(GOOD_ROWS)]
    planted = []
    for number, (cells, column, rule) in enumerate(defects(contract), GOOD_ROWS):
        rows.append({**good(contract, number), **cells})
        planted.append((len(rows) + 1, column, rule))
    result = found(base(), contract, rows)
    assert sorted(findings(no_doubts(result))) == sorted(planted)
    warnings = {problem.rule for problem in result.problems if problem.severity == "warning"}
    assert warnings <= {"formula"}
    assert result.counts.rows == len(rows)
    assert result.counts.rejected == sum(rule != "formula" for _, _, rule in planted)


@pytest.mark.parametrize(
    "contract", [c for c in ALL if any(column.fixed for column in c)], ids=lambda contract: contract.kind
)
def test_every_change_of_the_original_agreement_needs_a_reason(contract: Contract) -> None:
    store = base()
    rows = [good(contract, number) for number in range(5)]
    told(store, {contract.kind: text(contract, rows)})
    fixed = [column for column in contract if column.fixed]
    planted = []
    for number, column in enumerate(fixed):
        rows[number][column.name] = _good(column, 3, 9) if column.type is Type.DATE else "77"
        planted.append((number + 2, column.name, "reason"))
    result = found(store, contract, rows)
    assert findings(no_doubts(result)) == planted
    assert " to 77 " in result.problems[0].message or " to 2025-01-" in result.problems[0].message
    accepted = told(store, {contract.kind: text(contract, rows)}, reason="amendment 2")
    assert accepted.files[0].counts.changed == len(fixed)


def test_the_kinds_that_need_a_reason_are_those_of_the_agreement() -> None:
    fixed = {(contract.kind, column.name) for contract in ALL for column in contract if column.fixed}
    assert fixed >= {
        ("engagements", "contract_value"),
        ("milestones", "baseline_original"),
        ("deliverables", "due_original"),
    }


def test_an_order_is_judged_on_the_row_as_it_will_be() -> None:
    store = base()
    told(store, {"actions": "action_id,cro_id,description,raised\nX,A,Do it,2026-05-01\n"})
    answer = tell(store, {"actions": "action_id,closed\nX,2026-04-01\n"})
    assert findings(answer.files[0].problems) == [(2, "closed", "order")]
    assert answer.files[0].problems[0].message.startswith("closed 2026-04-01 is before raised 2026-05-01")


def test_a_time_and_a_date_alone_are_compared_by_days() -> None:
    header = "request_id,engagement_id,opened_at,first_response_at,resolved_at\n"
    same_day = "R1,E-1,2026-09-03T10:00:00Z,2026-09-03,2026-09-03T09:59:59Z\n"
    answer = tell(base(), {"requests": header + same_day})
    assert findings(answer.files[0].problems) == [(2, "resolved_at", "order")]


def test_a_month_given_as_a_day_is_told_so() -> None:
    header = "engagement_id,month,cost_type,planned_original\n"
    answer = tell(base(), {"budget": header + "E-1,2026-09-14,fee,5\n"})
    assert answer.files[0].problems[0].message == "Expected a month such as 2026-09, got the day 2026-09-14."


def test_the_nearest_id_and_choice_are_suggested() -> None:
    header = "action_id,cro_id,engagement_id,type,description,raised\n"
    answer = tell(base(), {"actions": header + "X,A,E1,isue,Do it,2026-05-01\n"})
    messages = {problem.column: problem.message for problem in answer.files[0].problems}
    assert messages["engagement_id"].endswith("Did you mean E-1?")
    assert messages["type"].endswith("Did you mean issue?")


def test_every_kind_that_is_referred_to_has_one_key() -> None:
    referred = {column.references for contract in ALL for column in contract} - {"", "kpi"}
    assert all(len(BY_KIND[kind].keys) == 1 for kind in referred)
