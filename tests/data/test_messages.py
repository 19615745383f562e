"""What the intake says, as the person hears it who has to mend the file.

Each message that it has is brought about once, through `load`. `python -m tests.data.test_messages` prints them all, to
be read aloud.
"""

import re
import sys
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace

import pytest

from data.commands import keep_profile
from data.contracts import BY_KIND
from data.intake import (
    Asked,
    FileIn,
    FileResult,
    Options,
    Problem,
    Reading,
    delimited,
    excel,
    load,
    plausible,
    shapes,
    sources,
    workbook,
)
from data.outgoing import template
from data.returns.monthly import monthly
from data.store import Store
from tests.data import nasty
from tests.data.helpers import KPIS, example_store, stamp, told

LONGEST = 300
JARGON = re.compile(
    r"\b(NULL|None(?! of)|NaN|[Pp]arse[dr]?|cast|[Ee]xception|[Tt]raceback|dtype|varchar|VARCHAR|SQL|utf8|[Bb]oolean"
    r"|integer|string|regex|schema|primary key|foreign key|[Ii]nvalid|[Ss]yntax|header_row|timestamp|struct|\w+Error)\b"
)
WAYS_OUT = re.compile(
    r"\b(expected|write|mend|choose|save|remove|rename|load|split|put|close|leave|ask|fetch|unpack|show|delete|pack"
    r"|say|add|give|shorten|check|keep|look|fill|undo|open|send|round|type|take|name|needs)\b",
    re.IGNORECASE,
)
EVERYTHING = ("cros", "engagements", "milestones", "budget", "change_orders", "requests", "deliverables", "actions")


@dataclass(frozen=True)
class Case:
    """A load that says something: files by name, and how they are to be read."""

    files: Mapping[str, str | bytes]
    reading: Reading = field(default_factory=Reading)
    day: str = "2026-09-30"
    constants: Mapping[str, str] = field(default_factory=dict)
    options: Options = field(default_factory=Options)
    profiles: bool = False
    profile: str = ""
    limits: tuple[tuple[object, str, int], ...] = ()


def keep_two_profiles(store: Store) -> None:
    for name, target in (("Alpha", "topic"), ("Beta", "channel")):
        reading = Reading(
            "requests", {"ref": "request_id", "study": "engagement_id", "words": target, "asked": "opened_at"}
        )
        keep_profile(store, name, reading, stamp(), KPIS)


def lines(head: str, *rows: str) -> str:
    return "\n".join((head, *rows)) + "\n"


MILESTONES = "engagement_id,milestone,baseline_original"
BUDGET = "engagement_id,month,cost_type,planned_original"
ENGAGEMENTS = "engagement_id,cro_id,study_id,title,start_date,planned_end,contract_value,currency"
REQUESTS = "request_id,engagement_id,opened_at"
ORDERS = "change_order_id,engagement_id,requested,value"
ACTIONS = "action_id,cro_id,type,description,raised"
WIDE = "engagement_id,cost_type"
GOOD_ENGAGEMENT = "E-1,FORTIS,S,T,2025-01-01,2027-01-01,5,EUR"

CASES: Mapping[str, Case] = {
    # the practices
    "evidence that is not there": Case(
        {
            "requirements.csv": lines(
                "requirement_id,engagement_id,requirement,evidence_type,evidence_id", "RQ1,E-014,locked,milestone,zzz"
            )
        }
    ),
    "two accountable": Case(
        {"responsibilities.csv": lines("engagement_id,activity,responsible,accountable", "E-014,Lock,Ann,Ann; Bob")}
    ),
    "no weight": Case({"needs.csv": lines("need_id,criterion,weight,gate", "N,price,0,no")}),
    "a score of a need that is not known": Case(
        {"selections.csv": lines("need_id,cro_id,criterion,score,evidence", "N,FORTIS,price,3,offer")}
    ),
    "a score of what is not asked for": Case(
        {
            "needs.csv": lines("need_id,criterion,weight", "N,price,3"),
            "selections.csv": lines("need_id,cro_id,criterion,score,evidence", "N,FORTIS,reputation,3,offer"),
        }
    ),
    "one person twice": Case(
        {
            "team.csv": lines(
                "assignment_id,engagement_id,role,person,start_date",
                "T1,E-014,monitor,Ann,2026-01-01",
                "T2,E-014,monitor,Ann,2026-02-01",
            )
        }
    ),
    # the file and its header
    "bracket": Case(
        {"a.csv": lines("Ref,opened_at", "1,2026-09-01")}, Reading("requests", constants={"request_id": "{Ref"})
    ),
    "constant": Case(
        {"a.csv": lines("Ref,opened_at", "1,2026-09-01")}, Reading("requests", constants={"request_id": "{Nr}"})
    ),
    "kind": Case({"a.csv": lines("Ref,opened_at", "1,2026-09-01")}, Reading("tickets")),
    "missing": Case({"a.csv": lines("Ref,opened_at", "1,2026-09-01")}, Reading("milestones")),
    "no such column": Case(
        {"a.csv": lines(MILESTONES, "E-014,a,2026-01-01")}, Reading("milestones", {"milestone": "colour"})
    ),
    "no month": Case(
        {"a.csv": lines(BUDGET, "E-014,2026-01,fee,1")}, Reading("budget", {"planned_original": "invoiced@{month}"})
    ),
    "both": Case(
        {"a.csv": lines(BUDGET, "E-014,2026-01,fee,1")}, Reading("budget", {"planned_original": "invoiced@2026-01"})
    ),
    "set and there": Case(
        {"a.csv": lines(MILESTONES, "E-014,a,2026-01-01")}, Reading("milestones", constants={"engagement_id": "E-015"})
    ),
    "one column twice": Case(
        {"a.csv": lines("engagement_id,milestone,Planned,Plan date", "E-014,a,2026-01-01,2026-01-01")}
    ),
    "constant of no file": Case({"a.csv": lines(MILESTONES, "E-014,a,2026-01-01")}, constants={"topic": "x"}),
    "nothing known": Case({"a.csv": lines("Apples,Pears", "1,2", "3,4")}),
    "some known": Case({"a.csv": lines("scope,therapeutic_area", "1,2", "3,4")}),
    "alike": Case({"a.csv": lines("engagement_id,milestone,baseline_orignal", "E-014,a,2026-01-01")}),
    "currency": Case({"a.csv": lines("engagement_id,month,cost_type,Planned (USD)", "E-014,2026-01,fee,1")}),
    "unit": Case({"a.csv": lines("engagement_id,month,cost_type,Planned (k)", "E-014,2026-01,fee,1")}),
    "to date": Case({"a.csv": lines(f"{BUDGET},Invoiced to date", "E-014,2026-01,fee,1,1")}),
    "year to date": Case({"a.csv": lines(f"{BUDGET},Invoiced YTD", "E-014,2026-01,fee,1,1")}),
    "milestone named": Case({"a.csv": lines("engagement_id,FPI,DBL", "E-014,2026-01-01,2026-02-01")}),
    "month without year": Case({"a.csv": lines(f"{BUDGET},March", "E-014,2026-01,fee,1,1")}),
    "taken": Case({"a.csv": lines(f"{MILESTONES},Planned", "E-014,a,2026-01-01,2026-01-01")}),
    "near": Case({"a.csv": lines(f"{MILESTONES},base line orig", "E-014,a,2026-01-01,x")}),
    "several not used": Case(
        {
            "a.csv": lines(
                f"{MILESTONES},{','.join(f'Apples and pears of {n}' for n in range(20))}",
                "E-014,a,2026-01-01" + ",x" * 20,
            )
        }
    ),
    "gone": Case({"a.csv": lines(MILESTONES, "E-014,a,2026-01-01")}, Reading("milestones", {"outlook": "forecast"})),
    "profile that misses a column": Case(
        {"a.csv": lines("Ref,opened_at", "R-1,2026-09-01")},
        Reading(constants={"engagement_id": "E-014"}),
        profiles=True,
        profile="Alpha",
    ),
    "profiles compete": Case({"a.csv": lines("Ref,Study,Words,Asked", "R-1,E-014,x,2026-09-01")}, profiles=True),
    # limits
    "too many rows": Case(
        {"a.csv": lines(MILESTONES, *["E-014,a,2026-01-01"] * 9)}, limits=((delimited, "MOST_ROWS", 5),)
    ),
    "too many odd rows": Case({"a.csv": lines(MILESTONES, *["E-014,a"] * 9)}, limits=((delimited, "MOST_ODD", 5),)),
    "too many bytes": Case({"a.csv": lines(MILESTONES, *["E-014,a"] * 9)}, limits=((sources, "MOST_BYTES", 5),)),
    "too many records": Case(
        {"a.csv": lines(f"{WIDE},Planned 2026-01,Planned 2026-02", "E-014,fee,1,2")}, limits=((shapes, "MOST_ROWS", 1),)
    ),
    "too many cells": Case(
        {"a.xlsx": nasty.clean_workbook()}, limits=((excel, "PIECE", 10), (excel, "MOST_CELLS", 20))
    ),
    "too much text": Case({"a.xlsx": nasty.clean_workbook()}, limits=((workbook, "MOST_TEXT", 5),)),
    "too much merged": Case({"a.xlsx": nasty.workbook(nasty._messy)}, limits=((workbook, "MOST_MERGED", 1),)),
    "too many rows of a workbook": Case(
        {"a.xlsx": nasty.clean_workbook()}, limits=((workbook, "MOST_ROWS_OF_ALL", 5),)
    ),
    "too many sheets": Case({"a.xlsx": nasty.workbook(nasty._two_tables)}, limits=((workbook, "MOST_SHEETS", 1),)),
    "a text too long": Case({"a.xlsx": nasty.clean_workbook()}, limits=((workbook, "LONGEST_TEXT", 5),)),
    "a text too long in its cell": Case(
        {"a.xlsx": nasty.raw_sheet(nasty.inline("engagement_id", "month"))}, limits=((workbook, "LONGEST_TEXT", 5),)
    ),
    "a sheet twice": Case({"a.xlsx": nasty.with_sheets([("A", "rId1"), ("B", "rId1")])}),
    "too many parts": Case({"a.xlsx": nasty.clean_workbook()}, limits=((workbook, "MOST_PARTS", 2),)),
    "control character": Case({"a.csv": lines(MILESTONES, "E-014,fp\x1bi,2026-01-01")}),
    "damaged part": Case({"a.xlsx": nasty.raw_sheet("<row><c>")}),
    "half NUL": Case({"a.csv": b"a\0\0\0,b\0\0\0\n1\0\0\0,2\0\0\0\n"}),
    # cells
    "required": Case({"a.csv": lines(f"{MILESTONES},days_cro", ",,,x")}),
    "choice": Case({"a.csv": lines(BUDGET, "E-014,2026-01,fees,1")}),
    "numbers": Case(
        {
            "a.csv": lines(
                f"{BUDGET},invoiced",
                "E-014,2026-01,fee,much,1",
                "E-014,2026-02,fee,1e5,5-",
                "E-014,2026-03,fee,12%,5k",
                "E-014,2026-04,fee,0.12345678,１",
                "E-014,2026-05,fee,1234567890123456789012,n/a",
                "E-014,2026-06,fee,-5,#REF!",
            )
        }
    ),
    "numbers in two styles": Case(
        {"a.csv": lines(f"{BUDGET};x".replace(",", ";"), "E-014;2026-01;fee;1,234.5;", "E-014;2026-02;fee;1.234,5;")}
    ),
    "numbers of one style": Case(
        {
            "a.csv": lines(
                BUDGET,
                'E-014,2026-01,fee,"1,234.5"',
                'E-014,2026-02,fee,"1,234.5"',
                'E-014,2026-03,fee,"2,234.5"',
                'E-014,2026-04,fee,"3.234,5"',
            )
        }
    ),
    "a number that may be two": Case(
        {"a.csv": lines(BUDGET, 'E-014,2026-01,fee,"1,234"', 'E-014,2026-02,fee,"1,500"')}
    ),
    "thousands": Case(
        {"a.csv": lines(BUDGET, "E-014,2026-01,fee,12", "E-014,2026-02,fee,0.0000000001")},
        Reading("budget", units={"planned_original": "thousands"}),
    ),
    "dates": Case(
        {
            "a.csv": lines(
                f"{MILESTONES},forecast",
                "E-014,a,2026-02-30,2026-09",
                "E-014,b,soon,Q3 2026",
                "E-014,c,46115,20260403",
                "E-014,d,2026-01-01 10:00,tbd",
                "E-014,e,1889-01-01,2206-01-01",
            )
        }
    ),
    "dates in one order": Case(
        {
            "a.csv": lines(
                MILESTONES,
                "E-014,a,25/01/2026",
                "E-014,b,31/02/2026",
                "E-014,c,01/13/2026",
                "E-014,d,26/01/2026",
                "E-014,e,27/01/2026",
                "E-014,f,28/01/2026",
            )
        }
    ),
    "dates in two orders": Case({"a.csv": lines(MILESTONES, "E-014,a,25/01/2026", "E-014,b,01/25/2026")}),
    "dates that may be two": Case({"a.csv": lines(MILESTONES, "E-014,a,05/01/2026", "E-014,b,05/02/2026")}),
    "a month": Case({"a.csv": lines(BUDGET, "E-014,2026-09-14,fee,1", "E-014,Sept,fee,1")}),
    "a time": Case({"a.csv": lines(REQUESTS, "R,E-014,2026-09-01T99:00:00Z", "S,E-014,2026-09-31")}),
    "text": Case(
        {
            "a.csv": lines(
                f"{MILESTONES},comment",
                f"E-014,a,2026-01-01,{'x' * 40_000}",
                "E-014,b,2026-01-01,=1+1",
                "E-014,c,2026-01-01,#N/A",
            )
        }
    ),
    "ranges": Case({"a.csv": lines(f"{MILESTONES},days_cro", "E-014,a,2026-01-01,-1", "E-014,b,2026-01-01,9999")}),
    # rows
    "repeated": Case({"a.csv": lines(MILESTONES, "E-014,a,2026-01-01", "E-014,a,2026-01-02")}),
    "repeated elsewhere": Case(
        {"a.csv": lines(MILESTONES, "E-014,a,2026-01-01"), "b.csv": lines(MILESTONES, "E-014,a,2026-01-02")}
    ),
    "ragged": Case(
        {"a.csv": lines(MILESTONES, "E-014,a,2026-01-01", "E-014", "E-014,b,2026-01-01,x,y", "E-014,c,2026-01-01")}
    ),
    "column that new rows need": Case({"a.csv": lines("engagement_id,milestone,forecast", "E-014,a,2027-01-01")}),
    "cell that a new row needs": Case({"a.csv": lines(f"{WIDE},Planned 2027-01,Invoiced 2027-02", "E-014,fee,5,6")}),
    "agreement": Case({"a.csv": lines(MILESTONES, "E-014,fpi,2025-04-02")}),
    "order": Case({"a.csv": lines(ENGAGEMENTS, "E-1,FORTIS,S,T,2027-01-01,2026-01-01,5,EUR")}),
    "unknown engagement": Case({"a.csv": lines(MILESTONES, "E-14,a,2026-01-01")}),
    "unknown kpi": Case({"a.csv": lines("engagement_id,kpi_id,month,numerator", "E-014,Z99,2026-01,5")}),
    "unknown cro": Case({"a.csv": lines(ENGAGEMENTS, GOOD_ENGAGEMENT.replace("FORTIS", "Fortys"))}),
    "new cro": Case(
        {"a.csv": lines(ENGAGEMENTS, GOOD_ENGAGEMENT.replace("FORTIS", "NEW"))}, options=Options(create_cros=True)
    ),
    "rejected target": Case(
        {
            "e.csv": lines(ENGAGEMENTS, GOOD_ENGAGEMENT.replace("EUR", "euros")),
            "m.csv": lines(MILESTONES, "E-1,a,2026-01-01"),
        },
        options=Options(valid_rows_only=True),
    ),
    # totals to date and snapshots
    "falls": Case(
        {"a.csv": lines(f"{BUDGET},invoiced", "E-015,2026-01,fee,1,100", "E-015,2026-02,fee,1,90")},
        Reading("budget", to_date={"invoiced": True}),
    ),
    "falls where it cannot": Case(
        {"a.csv": lines(BUDGET, "E-015,2026-01,fee,100", "E-015,2026-02,fee,90")},
        Reading("budget", to_date={"planned_original": True}),
    ),
    "months after": Case(
        {"a.csv": lines(f"{BUDGET},invoiced", "E-014,2026-08,fee,240000,100")},
        Reading("budget", to_date={"invoiced": True}),
    ),
    "snapshot of no engagements": Case(
        {"a.csv": lines("cro_id,name", "FORTIS,Fortis")}, Reading("cros", snapshot=True)
    ),
    "snapshot with rejected rows": Case(
        {"a.csv": lines(MILESTONES, "E-014,fpi,2025-04-01", "E-014,b,soon")},
        Reading("milestones", snapshot=True),
        options=Options(valid_rows_only=True),
    ),
    # doubts
    "worth nothing": Case(
        {
            "a.csv": lines(
                ENGAGEMENTS, "E-1,FORTIS,S,T,2025-01-01,2045-01-01,0,EUR", "E-2,FORTIS,S,T,2015-01-01,2031-01-01,5,EUR"
            )
        }
    ),
    "forecasts": Case(
        {
            "a.csv": lines(
                "engagement_id,milestone,forecast,actual,days_cro",
                "E-014,dbl,2027-12-24,,",
                "E-014,fpi,2025-05-06,2024-05-01,25",
            )
        }
    ),
    "past": Case(
        {
            "a.csv": lines(
                f"{MILESTONES},forecast,days_cro", "E-014,a,2026-01-01,2026-02-01,900", "E-014,b,2040-01-01,2041-01-01,"
            )
        }
    ),
    "amounts": Case(
        {
            "a.csv": lines(
                f"{BUDGET},earned_value,invoiced",
                "E-014,2026-12,fee,240000,10,-5",
                "E-014,2026-08,fee,240000,9900000,-200000",
            )
        }
    ),
    "more than the work is worth": Case(
        {
            "a.csv": lines(
                f"{BUDGET},earned_value", "E-014,2026-06,fee,240000,5000000", "E-014,2026-07,fee,240000,5000000"
            )
        }
    ),
    "a digit too many": Case(
        {
            "a.csv": lines(
                f"{BUDGET},invoiced",
                "E-014,2026-05,fee,240000,1000",
                "E-014,2026-06,fee,240000,1000",
                "E-014,2026-07,fee,240000,90000",
                "E-015,2026-07,fee,2000000,1",
            )
        }
    ),
    "taken back": Case({"a.csv": lines("engagement_id,milestone,actual", "E-014,fpi,")}),
    "one that looks like another": Case({"a.csv": lines("cro_id,name", "\uff26ORTIS,Another")}),
    "a form of another store": Case({"r.xlsx": monthly(example_store(), "Ana Ruiz", "2026-10")}),
    "order of a size": Case({"a.csv": lines(ORDERS, "CO-9,E-014,2026-09-01,99000000")}),
    "counted early": Case({"a.csv": lines("engagement_id,kpi_id,month,numerator", "E-014,T06,2027-01,5")}),
    "not yet": Case({"a.csv": lines(REQUESTS, "R-9,E-014,2026-12-01")}),
    "swapped": Case(
        {"a.csv": lines(MILESTONES, *(f"E-014,m{n},2026-{1 + n % 12:02}-{1 + n % 11:02}" for n in range(40)))}
    ),
    "older": Case({"a.csv": lines("engagement_id,milestone,forecast", "E-014,dbl,2027-10-01")}, day="2026-01-31"),
    "many": Case(
        {
            "a.csv": lines(
                f"{MILESTONES},forecast", *(f"E-014,m{n},2026-01-{13 + n % 15},2026-02-13" for n in range(120))
            )
        }
    ),
} | {file.name: Case({file.name: file.data}) for file in nasty.all_files()}


def new_store() -> Store:
    store = Store()
    told(store, {kind: template(BY_KIND[kind]) for kind in EVERYTHING})
    return store


def results(case: Case, store: Store) -> list[FileResult]:
    """What is said of the case; the store stays as it is."""
    files = [FileIn(name, data.encode() if isinstance(data, str) else data) for name, data in case.files.items()]
    asked = Asked(constants=case.constants, readings={"": case.reading}, profile=case.profile)
    options = replace(case.options, dry_run=True)
    with pytest.MonkeyPatch.context() as patch:
        for module, name, value in case.limits:
            patch.setattr(module, name, value)
        answer = load(store, files, stamp(case.day), kpis=KPIS, asked=asked, options=options)
    return list(answer.files)


def all_results() -> Iterator[tuple[str, list[FileResult]]]:
    plain, with_profiles = new_store(), new_store()
    keep_two_profiles(with_profiles)
    for name, case in CASES.items():
        yield name, results(case, with_profiles if case.profiles else plain)


@pytest.fixture(scope="module")
def said() -> dict[str, list[FileResult]]:
    """What every case comes to."""
    return dict(all_results())


def problems(said: Mapping[str, list[FileResult]]) -> Iterator[tuple[str, FileResult, Problem]]:
    for name, files in said.items():
        for file in files:
            yield from ((name, file, problem) for problem in file.problems)


RULES = {
    "error": {
        "archive", "choices", "column", "columns", "constant", "duplicate_column", "encoding", "file", "header", "kind",
        "length", "limit", "missing_column", "order", "quote", "range", "reason", "reference", "required", "size",
        "snapshot", "to_date", "type", "unique",
    },
    "question": {"column", "date_order", "decimal_mark", "profile", "to_date", "unit", "unknown_cro"},
    "doubt": {
        "above_budget", "before_start", "beyond_contract", "day_and_month", "days_by_cause", "far", "long", "lookalike",
        "moved", "negative", "no_evidence", "no_need", "no_value", "no_weight", "not_yet", "past_forecast",
        "status_date", "taken_back", "tenfold", "to_date", "twice", "two_accountable", "unit",
    },
    "warning": {
        "column_gone", "encoding", "formula", "hidden_rows", "merged", "no_rows", "nul", "prefilled", "profile",
        "sheet", "snapshot", "style", "unit", "unknown_column", "unknown_cro",
    },
}  # fmt: skip


def test_every_rule_is_brought_about(said: dict[str, list[FileResult]]) -> None:
    found: dict[str, set[str]] = {severity: set() for severity in RULES}
    for _, _, problem in problems(said):
        found[problem.severity].add(problem.rule)
    assert found == RULES
    assert {rule.name for rules in plausible.RULES.values() for rule in rules} <= RULES["doubt"]


def test_every_case_says_something(said: dict[str, list[FileResult]]) -> None:
    silent = {name for name, files in said.items() if not any(file.problems for file in files)}
    assert silent <= {file.name for file in nasty.all_files()}


def test_messages_are_short_sentences_without_the_words_of_programmers(said: dict[str, list[FileResult]]) -> None:
    for name, _, problem in problems(said):
        message = problem.message
        assert message[-1] in ".?", (name, message)
        assert len(message) < LONGEST, (name, message)
        own_words = re.sub(r"“[^”]*”|--\w+|\S*\d\S*", "", message)
        assert not JARGON.search(own_words), (name, message)
        assert "  " not in message, (name, message)
        assert not re.search(r"\b1 (values|lines|files)\b", message), (name, message)


def test_what_keeps_rows_out_says_the_way_out(said: dict[str, list[FileResult]]) -> None:
    for name, _, problem in problems(said):
        if problem.severity != "warning":
            assert WAYS_OUT.search(problem.message), (name, problem.message)


def test_problems_name_the_file_the_row_and_the_column_as_the_file_has_them(said: dict[str, list[FileResult]]) -> None:
    for name, file, problem in problems(said):
        if problem.rule == "constant" and not file.file:
            continue  # what was set is for no file
        assert any(file.file.startswith(one) for one in CASES[name].files), (name, file.file)
        headings = {one.heading for one in file.headings.matched} | {""}
        lacking = problem.rule == "required" and "there is none for" in problem.message
        if lacking or problem.rule in ("missing_column", "column_gone"):
            assert problem.column not in headings, (name, problem)
        else:
            assert problem.column in headings, (name, problem)
        if problem.row is not None and problem.row != file.header_row:
            assert problem.row > file.header_row or problem.rule in ("columns", "quote"), (name, problem)


def test_problems_of_cells_tell_the_value(said: dict[str, list[FileResult]]) -> None:
    for name, file, problem in problems(said):
        of_a_cell = problem.row and problem.row > file.header_row and problem.column
        if of_a_cell and problem.rule not in ("required", "taken_back"):
            assert problem.value, (name, problem)


def printed() -> Iterator[str]:
    """Each message of each case once: how grave, where, of what, and the words."""
    for _, files in all_results():
        for file in files:
            told_so = {(problem.severity, problem.rule, problem.column, problem.message): problem
                       for problem in reversed(file.problems)}  # fmt: skip
            for problem in sorted(told_so.values(), key=lambda one: (one.row or 0, one.column)):
                where = f"{file.file}, row {problem.row or '-'}, column {problem.column or '-'}"
                yield f"{problem.severity} ({problem.rule}) {where}, {problem.value[:40] or '-'}: {problem.message}"


if __name__ == "__main__":
    sys.stdout.writelines(f"{line}\n" for line in printed())
