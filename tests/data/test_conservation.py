"""Nothing of a file is lost: each of its rows is loaded, named by a problem or named as left out.

A file is drawn with everything that people do to files: separators, encodings, styles of dates and amounts, titles,
empty rows, totals, notes, the header again, rows that are cut short, that repeat others, that are wrong. What must
become of each row is known before it is written, and what is loaded must be what was written, to the last digit.
"""

import csv
import io
import random
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from typing import Any

import pytest
import xlsxwriter
from duckdb import DuckDBPyConnection
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from data.contracts import BY_KIND
from data.intake import FileIn, FileResult, Options, load
from data.store import Store
from tests.data.helpers import KPIS, stamp, told

ENGAGEMENTS = [f"E-{number}" for number in range(100, 130)]
MONTHS = [f"2027-{month:02}" for month in range(1, 7)]
Value = str | date | datetime | Decimal | int | None
Record = dict[str, Value]
WHOLE_FILE = settings(
    max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow]
)

DATES: Mapping[str, str] = {
    "iso": "%Y-%m-%d", "slashes": "%d/%m/%Y", "points": "%d.%m.%Y", "american": "%m/%d/%Y", "words": "%d %b %Y",
    "german": "%d.%m.%y", "compact": "%d-%b-%y",
}  # fmt: skip
NUMBERS: Mapping[str, tuple[str, str]] = {
    "plain": ("", "."), "english": (",", "."), "german": (".", ","), "french": (" ", ","), "swiss": ("'", "."),
    "comma": ("", ","),
}  # fmt: skip


@dataclass(frozen=True)
class Style:
    """How a file is written."""

    dates: str
    numbers: str
    separator: str
    encoding: str
    workbook: bool
    parentheses: bool

    def text(self, value: Value) -> str:
        if isinstance(value, datetime):
            return value.strftime(f"{DATES[self.dates]} %H:%M")
        if isinstance(value, date):
            return value.strftime(DATES[self.dates])
        if isinstance(value, Decimal):
            return self._number(value)
        return "" if value is None else str(value)

    def _number(self, value: Decimal) -> str:
        thousands, decimal = NUMBERS[self.numbers]
        text = f"{abs(value):,f}".replace(",", "T").replace(".", decimal).replace("T", thousands)
        return f"({text})" if value < 0 and self.parentheses else f"-{text}" if value < 0 else text


CHANCE = st.integers(0, 2**32 - 1).map(random.Random)
STYLES = st.builds(
    Style,
    dates=st.sampled_from(sorted(DATES)),
    numbers=st.sampled_from(sorted(NUMBERS)),
    separator=st.sampled_from([",", ";", "\t", "|"]),
    encoding=st.sampled_from(["utf-8", "utf-8-sig", "utf-16", "utf-16-be", "cp1252"]),
    workbook=st.booleans(),
    parentheses=st.booleans(),
)


@dataclass(frozen=True)
class Kind:
    """A kind as a file tells it: our columns and what the file calls them, a new record, and a wrong cell for it."""

    kind: str
    headings: Mapping[str, str]
    record: Callable[[random.Random, int], Record]
    wrong: Mapping[str, str]


def milestone(chance: random.Random, number: int) -> Record:
    """The first one has a day after the 12th in each date, so that the order of all is told."""
    planned = date(2027, 1, 13 + number % 15) if number < 2 else date(2026, 6, 1) + timedelta(chance.randrange(700))
    forecast = planned + timedelta(chance.randrange(1, 14)) if number >= 2 and chance.random() < 0.5 else planned
    return {
        "engagement_id": chance.choice(ENGAGEMENTS),
        "milestone": f"step_{number:03}",
        "baseline_original": planned,
        "forecast": forecast if number < 2 or chance.random() < 0.8 else None,
        "days_cro": chance.choice([None, 0, 7, 120]),
        "comment": chance.choice(["note", "Société Médicale", "said “soon”, and later", 'of 5" length', "a;b|c", ""]),
    }


def amount(chance: random.Random, number: int, least: int = 0) -> Decimal:
    """The first one has a separator of thousands and decimals, so that it tells which is which."""
    if number < 2:
        return Decimal("1234567.25") + number
    return Decimal(chance.randrange(100 * least, 90_000_000)) / Decimal(100)


def month(chance: random.Random, number: int) -> Record:
    return {
        "engagement_id": ENGAGEMENTS[number % 30],
        "month": MONTHS[number // 30 % 6],
        "cost_type": ["fee", "grant"][number // 180],
        "planned_original": amount(chance, number),
        "earned_value": amount(chance, number) if number < 2 or chance.random() < 0.7 else None,
        "accrued": amount(chance, number, -500_000),
    }


def request(chance: random.Random, number: int) -> Record:
    """None at midnight: a workbook does not tell the first minute of a day from the day."""
    opened = datetime(2026, 1, 13 + number % 15, 9, 30)  # noqa: DTZ001 (a file names no zone)
    opened += timedelta(minutes=0 if number < 2 else chance.randrange(200_000))
    resolved = opened + timedelta(minutes=1 if number < 2 else chance.randrange(9_000))
    opened, resolved = (one + timedelta(minutes=one.time() == time()) for one in (opened, resolved))
    return {
        "request_id": f"R-{number:04}",
        "engagement_id": chance.choice(ENGAGEMENTS),
        "topic": chance.choice(["payments", "contrat signé", "line one\nline two"]),
        "opened_at": opened,
        "resolved_at": resolved if number < 2 or chance.random() < 0.8 else None,
        "paused_hours": amount(chance, number),
    }


KINDS = [
    Kind("milestones", {
        "engagement_id": "Contract No", "milestone": "Milestone", "baseline_original": "Planned date",
        "forecast": "Expected", "days_cro": "days_cro", "comment": "Remarks",
    }, milestone, {"baseline_original": "soon", "engagement_id": "E-999", "days_cro": "a week"}),
    Kind("budget", {
        "engagement_id": "engagement_id", "month": "Period", "cost_type": "Cost type",
        "planned_original": "Planned", "earned_value": "EV", "accrued": "Accrual",
    }, month, {"planned_original": "", "engagement_id": "E-999", "earned_value": "much", "cost_type": "fees"}),
    Kind("requests", {
        "request_id": "Ticket", "engagement_id": "Engagement", "topic": "Subject", "opened_at": "Opened",
        "resolved_at": "Closed on", "paused_hours": "Hours on hold",
    }, request, {"opened_at": "yesterday", "engagement_id": "E-999", "paused_hours": "two"}),
]  # fmt: skip


@dataclass
class Drawn:
    """A file as a list of rows, and what must become of them, by row number."""

    cells: list[list[Value]] = field(default_factory=list)
    header: int = 0
    good: dict[int, list[Record]] = field(default_factory=dict)
    bad: dict[int, int] = field(default_factory=dict)
    """Rows that must be rejected, and how many records each is."""
    out: set[int] = field(default_factory=set)

    def add(self, *cells: Value) -> int:
        self.cells.append(list(cells))
        return len(self.cells)

    def leave_out(self, *cells: Value) -> None:
        self.out.add(self.add(*cells))

    def without_empty_end(self) -> "Drawn":
        """As a workbook has it, which knows no empty rows behind the last one."""
        while not any(self.cells[-1]):
            self.out.discard(len(self.cells))
            self.cells.pop()
        return self


def top(chance: random.Random, headings: Sequence[str]) -> Drawn:
    drawn = Drawn()
    for _ in range(chance.choice([0, 0, 1, 3])):
        drawn.leave_out(chance.choice(["Tracker of all studies", "Generated by the CTMS", ""]))
    drawn.header = drawn.add(*headings)
    return drawn


def bottom(chance: random.Random, drawn: Drawn, width: int) -> Drawn:
    if chance.random() < 0.5:
        drawn.leave_out(*[""] * width)
    if chance.random() < 0.5:
        drawn.leave_out("Total", *[""] * (width - 2), "99")
    if chance.random() < 0.4:
        drawn.leave_out("")
        drawn.leave_out("Source: export of the tracker")
    return drawn


def long_file(chance: random.Random, kind: Kind, known: Sequence[Record], workbook: bool) -> Drawn:
    headings = list(kind.headings.values())
    names = list(kind.headings)
    drawn = top(chance, headings)

    def keep(record: Record) -> None:
        row = drawn.add(*(record[name] for name in names))
        drawn.good[row] = [record]

    records = [kind.record(chance, number) for number in (0, 1, *range(20, 20 + chance.randrange(3, 25)))]
    keep(records[0])
    for record in [*records[1:], *chance.sample(list(known), chance.randrange(len(known)))]:
        fault = chance.random()
        if fault < 0.08:
            name = chance.choice(sorted(kind.wrong))
            drawn.bad[drawn.add(*({**record, name: kind.wrong[name]}[one] for one in names))] = 1
        elif fault < 0.14:
            keep(record)
            drawn.bad[drawn.add(*(record[name] for name in names))] = 1
        elif fault < 0.2 and not workbook:
            cut = [record[name] for name in names][:2] if chance.random() < 0.5 else [*record.values(), "x", "y"]
            drawn.bad[drawn.add(*cut)] = 1
        else:
            keep(record)
        if chance.random() < 0.1:
            drawn.leave_out(*chance.choice([headings, [""] * len(headings), [""]]))
    keep(kind.record(chance, 350))
    return bottom(chance, drawn, len(headings))


def wide_file(chance: random.Random) -> Drawn:
    """Budget with a column for each month: several records a row, one for each cell that is filled."""
    drawn = top(chance, ["Engagement", "Cost type", *(f"Planned {month}" for month in MONTHS)])
    for number in range(chance.randrange(2, 15)):
        engagement, cost_type = ENGAGEMENTS[number], chance.choice(["fee", "grant", "pass_through"])
        filled = [number < 2 or chance.random() < 0.7 for _ in MONTHS]
        amounts: list[Value] = [amount(chance, number) if one else None for one in filled]
        fault = chance.random()
        if not any(filled):
            drawn.leave_out(engagement, cost_type, *amounts)
        elif number > 1 and fault < 0.15:
            place = filled.index(True)
            wrong: list[Value] = [*amounts[:place], "lots", *amounts[place + 1 :]]
            drawn.bad[drawn.add(engagement, cost_type, *wrong)] = sum(filled)
        else:
            row = drawn.add(engagement, cost_type, *amounts)
            drawn.good[row] = [
                {"engagement_id": engagement, "month": month, "cost_type": cost_type, "planned_original": told}
                for month, told in zip(MONTHS, amounts)
                if told is not None
            ]
            if fault > 0.9:
                drawn.bad[drawn.add(engagement, cost_type, *amounts)] = sum(filled)
    return bottom(chance, drawn, 2 + len(MONTHS))


def as_bytes(drawn: Drawn, style: Style) -> bytes:
    if style.workbook:
        return as_workbook(drawn.without_empty_end())
    out = io.StringIO()
    writer = csv.writer(out, delimiter=style.separator, lineterminator="\r\n")
    writer.writerows([style.text(value) for value in row] for row in drawn.cells)
    return out.getvalue().replace('""\r\n', "\r\n").encode(style.encoding)


def as_workbook(drawn: Drawn) -> bytes:
    """Dates as dates and numbers as numbers of Excel."""
    out = io.BytesIO()
    with xlsxwriter.Workbook(out, {"in_memory": True}) as book:
        sheet = book.add_worksheet("Data")
        day, moment = (book.add_format({"num_format": code}) for code in ("dd/mm/yyyy", "dd/mm/yyyy hh:mm"))
        for row, values in enumerate(drawn.cells):
            for place, value in enumerate(values):
                if isinstance(value, datetime):
                    sheet.write_datetime(row, place, value, moment)
                elif isinstance(value, date):
                    sheet.write_datetime(row, place, datetime.combine(value, time()), day)
                elif isinstance(value, Decimal | int):
                    sheet.write_number(row, place, value)
                elif value:
                    sheet.write_string(row, place, value)
    return out.getvalue()


# What is known before.

KNOWN: dict[str, list[Record]] = {
    kind.kind: [kind.record(random.Random(number), number) for number in range(2, 12)] for kind in KINDS
}


@pytest.fixture(scope="module")
def store() -> Iterator[Store]:
    store = Store()
    engagements = "engagement_id,cro_id,study_id,title,start_date,planned_end,contract_value,currency\n" + "".join(
        f"{one},A,S,T,2020-01-01,2030-01-01,1,EUR\n" for one in ENGAGEMENTS
    )
    told(store, {"cros": "cro_id,name\nA,Alpha\n", "engagements": engagements})
    plain = Style("iso", "plain", ",", "utf-8", workbook=False, parentheses=False)
    for kind in KINDS:
        rows = [[one[name] for name in kind.headings] for one in KNOWN[kind.kind]]
        drawn = Drawn([list(kind.headings), *rows])
        told(store, {kind.kind: as_bytes(drawn, plain)})
    yield store
    store.close()


def stored(value: Value) -> Any:
    """A value as the store gives it back: a time is a text in UTC, an empty text is none."""
    if isinstance(value, datetime):
        return value.strftime("%Y-%m-%dT%H:%M:00Z")
    return None if value == "" else value


def current(cursor: DuckDBPyConnection, kind: str) -> dict[tuple[Value, ...], Record]:
    """The rows of a kind, by key."""
    contract = BY_KIND[kind]
    rows = cursor.execute(f"SELECT {', '.join(contract.names)} FROM {kind} WHERE valid_to IS NULL").fetchall()
    records = [dict(zip(contract.names, row)) for row in rows]
    return {key_of(contract.keys, one): one for one in records}


def check(store: Store, kind: str, drawn: Drawn, style: Style, valid_rows_only: bool) -> None:
    data = as_bytes(drawn, style)
    after: dict[tuple[Value, ...], Record] = {}
    with store.read() as cursor:
        before = current(cursor, kind)
    answer = load(
        store,
        [FileIn("theirs", data)],
        stamp(reason="as agreed"),
        kpis=KPIS,
        options=Options(valid_rows_only=valid_rows_only, dry_run=True),
        inspect=lambda cursor, number: after.update(current(cursor, kind)),
    )
    (file,) = answer.files
    told_of = {
        key_of(BY_KIND[kind].keys, one): {name: stored(value) for name, value in one.items()}
        for several in drawn.good.values()
        for one in several
    }
    known = set(told_of) & set(before)
    same = {key for key in known if told_of[key].items() <= before[key].items()}
    assert (file.kind, file.header_row) == (kind, drawn.header)
    assert_counts(file, drawn, len(told_of) - len(known), len(known - same), len(same))
    assert_named(file, drawn)
    assert answer.accepted is (valid_rows_only or not drawn.bad)
    assert set(after) == set(before) | set(told_of)
    for key, one in told_of.items():
        assert {name: after[key][name] for name in one} == one


def key_of(keys: Sequence[str], record: Record) -> tuple[Value, ...]:
    return tuple(record.get(name, "") for name in keys)


def assert_counts(file: FileResult, drawn: Drawn, new: int, changed: int, unchanged: int) -> None:
    counts = file.counts
    rejected = sum(drawn.bad.values())
    assert (counts.new, counts.changed, counts.unchanged, counts.rejected) == (new, changed, unchanged, rejected), [
        one for one in file.problems if one.blocks
    ]
    assert counts.rows == new + changed + unchanged + rejected
    assert sum(left.rows for left in file.left_out) == len(drawn.out)
    assert len(drawn.cells) == 1 + len(drawn.good) + len(drawn.bad) + sum(left.rows for left in file.left_out)
    assert {left.first for left in file.left_out} <= drawn.out


def assert_named(file: FileResult, drawn: Drawn) -> None:
    assert {one.row for one in file.problems if one.blocks} == set(drawn.bad)
    assert [row for row, _ in file.kept_out.rows] == sorted(drawn.bad)
    headings = {str(heading) for heading in drawn.cells[drawn.header - 1]}
    assert {one.column for one in file.problems if one.row} <= headings | {""}


@pytest.mark.parametrize("kind", KINDS, ids=lambda kind: kind.kind)
@WHOLE_FILE
@given(chance=CHANCE, style=STYLES, valid_rows_only=st.booleans())
def test_every_row_is_loaded_or_named(
    store: Store, kind: Kind, chance: random.Random, style: Style, valid_rows_only: bool
) -> None:
    drawn = long_file(chance, kind, KNOWN[kind.kind], style.workbook)
    check(store, kind.kind, drawn, style, valid_rows_only)


@WHOLE_FILE
@given(chance=CHANCE, style=STYLES, valid_rows_only=st.booleans())
def test_every_cell_of_a_wide_file_is_loaded_or_its_row_named(
    store: Store, chance: random.Random, style: Style, valid_rows_only: bool
) -> None:
    drawn = wide_file(chance)
    check(store, "budget", drawn, style, valid_rows_only)
