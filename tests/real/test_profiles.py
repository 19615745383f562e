"""Two real files, loaded as they are by the command line: once with what they mean said, then by the file alone.

What has to be found is counted straight from the files, by `csv` and patterns. Left out where the files are not beside
the project.
"""

import csv
import io
import json
import re
import shutil
from collections.abc import Callable, Iterator
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import pytest

from analytics.catalogue import BY_ID, DIRECTIONS
from analytics.engine import kpi_rows
from analytics.scope import Scope
from analytics.view import View
from data import cli
from data.service import Context
from data.store import Store
from tests.data.helpers import rows, told

FOLDER = Path(__file__).parents[3] / "shared" / "real"
QUERIES, DELIVERIES = "clindata_edc_queries.csv", "usaid_scms_delivery_history.csv"
pytestmark = pytest.mark.skipif(not (FOLDER / QUERIES).exists(), reason="the real files are not here")

ENGAGEMENTS = "engagement_id,cro_id,study_id,title,start_date,planned_end,contract_value,currency\n"
DEPOT = "SCMS from RDC"
OLD = "records of years ago"
Answer = tuple[int, dict[str, Any]]
Run = Callable[..., Answer]


def lines_of(name: str) -> list[dict[str, str]]:
    with (FOLDER / name).open(encoding="utf-8-sig", newline="") as file:
        return list(csv.DictReader(file))


def column(name: str, heading: str) -> list[str]:
    return [line[heading].strip() for line in lines_of(name)]


def runner(store: Store, folder: Path) -> Run:
    """`python -m data load ... --json` on a store, in a folder that has the files."""
    for name in (QUERIES, DELIVERIES):
        shutil.copy(FOLDER / name, folder)
    program = cli.program(lambda: DIRECTIONS)

    def load(*argv: str) -> Answer:
        out = io.StringIO()
        now = datetime(2026, 10, 1, tzinfo=UTC)
        context = Context(lambda lasting: store, folder, "ana", now, out, io.StringIO())
        code = program.run(program.parser().parse_args(["load", *argv, "--reason", OLD, "--json"]), context)
        return code, json.loads(out.getvalue())

    return load


def asked(answer: dict[str, Any]) -> list[dict[str, Any]]:
    return [one for file in answer["files"] for one in file["problems"] if one["severity"] in ("error", "question")]


def counts(answer: dict[str, Any]) -> tuple[int, int, int, int]:
    (file,) = answer["files"]
    return file["rows"], file["new"], file["unchanged"], file["rejected"]


# Queries of 176 sites: a site stands in for an engagement.

READ_QUERIES = (
    "--profile", "EDC", "--kind", "requests", "--map", "datapointid=request_id", "--map", "created=opened_at",
    "--map", "answered=first_response_at", "--map", "resolved=resolved_at", "--map", "markinggroup=channel",
    "--set", "engagement_id=S-{siteid}", "--set", "type=data_query", "--map-value", "channel:system query=system",
)  # fmt: skip


@pytest.fixture(scope="module")
def queries(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Store, Run]]:
    store = Store()
    sites = sorted(set(column(QUERIES, "siteid")))
    told(store, {
        "cros": "cro_id,name\nA,Alpha\n",
        "engagements": ENGAGEMENTS
        + "".join(f"S-{site},A,AA,Site {site},2004-01-01,2030-12-31,0,USD\n" for site in sites),
    })  # fmt: skip
    yield store, runner(store, tmp_path_factory.mktemp("queries"))
    store.close()


def test_queries_load_as_they_are_and_the_second_time_by_the_file_alone(queries: tuple[Store, Run]) -> None:
    store, load = queries
    code, first = load(QUERIES, *READ_QUERIES)
    lines = lines_of(QUERIES)
    assert (code, asked(first)) == (0, [])
    assert counts(first) == (len(lines), len(lines), 0, 0)
    kept = store.version
    code, second = load(QUERIES)
    assert (code, second["accepted"], second["upload"], asked(second)) == (0, True, None, [])
    assert second["files"][0]["profile"] == "EDC"
    assert counts(second) == (len(lines), 0, len(lines), 0)
    assert store.version == kept


def test_queries_say_in_the_store_what_they_said_in_the_file(queries: tuple[Store, Run]) -> None:
    """Each date alone stays a date; a query that is open has no end."""
    store, load = queries
    load(QUERIES, *READ_QUERIES)
    found = {row[0]: (row[1], row[2], row[4], row[7], row[8], row[9]) for row in rows(store, "requests")}
    for line in lines_of(QUERIES):
        channel = "system" if line["markinggroup"] == "System Query" else line["markinggroup"]
        expected = (f"S-{line['siteid']}", "data_query", channel, line["created"])
        assert found[line["datapointid"]] == (*expected, line["answered"] or None, line["resolved"] or None)


# Deliveries of 73 vendors: a vendor stands in for a CRO with one engagement.


def vendors() -> dict[str, str]:
    return {vendor: f"E-{number:02}" for number, vendor in enumerate(sorted(set(column(DELIVERIES, "Vendor"))), 1)}


def read_deliveries() -> list[str]:
    said = ["--profile", "Supply", "--kind", "deliverables"]
    for heading, ours in (
        ("ID", "deliverable_id"), ("Vendor", "engagement_id"), ("Item Description", "name"),
        ("Scheduled Delivery Date", "due_original"), ("Delivered to Client Date", "delivered"), ("Project Code", ""),
    ):  # fmt: skip
        said += ["--map", f"{heading}={ours}"]
    for vendor, engagement in vendors().items():
        said += ["--map-value", f"engagement_id:{vendor}={engagement}"]
    return said


def store_of_vendors() -> Store:
    store = Store()
    cros = io.StringIO()
    csv.writer(cros).writerows([(engagement.replace("E", "V"), vendor) for vendor, engagement in vendors().items()])
    told(store, {
        "cros": "cro_id,name\n" + cros.getvalue(),
        "engagements": ENGAGEMENTS + "".join(
            f"{engagement},{engagement.replace('E', 'V')},SCMS,Supply,2006-01-01,2016-12-31,0,USD\n"
            for engagement in vendors().values()
        ),
    })  # fmt: skip
    return store


@pytest.fixture(scope="module")
def deliveries(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Store, Run]]:
    store = store_of_vendors()
    load = runner(store, tmp_path_factory.mktemp("deliveries"))
    code, first = load(DELIVERIES, *read_deliveries())
    assert (code, asked(first)) == (0, [])
    assert counts(first) == (10_324, 10_324, 0, 0)
    yield store, load
    store.close()


def test_deliveries_load_the_second_time_by_the_file_alone(deliveries: tuple[Store, Run]) -> None:
    store, load = deliveries
    kept = store.version
    code, second = load(DELIVERIES)
    assert (code, second["accepted"], second["upload"], asked(second)) == (0, True, None, [])
    assert second["files"][0]["profile"] == "Supply"
    assert counts(second) == (10_324, 0, 10_324, 0)
    assert store.version == kept


def test_the_published_shares_hold(deliveries: tuple[Store, Run]) -> None:
    """88.51 % on time, and 94.74 % without the depot, as in test_usaid, from the file as it is."""
    store, _ = deliveries
    names = {engagement.replace("E", "V"): vendor for vendor, engagement in vendors().items()}
    with store.read() as cursor:
        scope = Scope(as_of=date(2015, 12, 31), known_at=store.version, since=date(2000, 1, 1))
        found = {
            names[row["cro"]]: (row["numerator"], row["denominator"])
            for row in kpi_rows(View(cursor, scope), [BY_ID["D01"]], ("cro",))
        }
    every = [sum(side) for side in zip(*found.values())]
    others = [sum(side) for side in zip(*(counted for vendor, counted in found.items() if vendor != DEPOT))]
    assert (every[1], others[1]) == (10_324, 4_920)
    assert round(100 * every[0] / every[1], 2) == 88.51
    assert round(100 * others[0] / others[1], 2) == 94.74


@pytest.mark.parametrize("heading", ["PO Sent to Vendor Date", "PQ First Sent to Client Date"])
def test_every_text_in_a_column_of_dates_is_named(deliveries: tuple[Store, Run], heading: str) -> None:
    """Rows count as a spreadsheet shows them: the first line of data is row 2."""
    _, load = deliveries
    pattern = r"\d{1,2}/\d{1,2}/\d{2}|\d{4}-\d\d-\d\d"
    told_dates = dict(enumerate(column(DELIVERIES, heading), 2))
    texts = {number: text for number, text in told_dates.items() if text and not re.fullmatch(pattern, text)}
    assert len(texts) > 2_000
    _, answer = load(DELIVERIES, *read_deliveries(), "--map", f"{heading}=due_current", "--dry-run")
    found = asked(answer)
    assert {(one["column"], one["rule"]) for one in found} == {(heading, "type")}
    assert {one["row"]: one["value"] for one in found} == texts
    assert len(found) == len(texts)
    assert counts(answer)[3] == len(texts)


@pytest.mark.parametrize("heading", ["Freight Cost (USD)", "Weight (Kilograms)"])
def test_every_text_in_a_column_of_numbers_is_named(tmp_path: Path, heading: str) -> None:
    """Deliverables have no column of amounts, so the file is read as requests, the amount as hours."""
    store = store_of_vendors()
    load = runner(store, tmp_path)
    texts = {
        number: text
        for number, text in enumerate(column(DELIVERIES, heading), 2)
        if text and not re.fullmatch(r"\d+(\.\d+)?", text)
    }
    assert len(texts) > 2_000
    said = ["--profile", "Hours", "--kind", "requests", "--map", "ID=request_id", "--map", "Project Code=",
            "--map", "Vendor=engagement_id", "--map", "Scheduled Delivery Date=opened_at", "--map", "Brand=topic",
            "--map", f"{heading}=paused_hours"]  # fmt: skip
    for vendor, engagement in vendors().items():
        said += ["--map-value", f"engagement_id:{vendor}={engagement}"]
    _, answer = load(DELIVERIES, *said, "--dry-run")
    found = asked(answer)
    assert {(one["column"], one["rule"]) for one in found} == {(heading, "type")}
    assert {one["row"]: one["value"] for one in found} == texts
    code, answer = load(DELIVERIES, *said, "--valid-rows-only")
    assert (code, counts(answer)) == (0, (10_324, 10_324 - len(texts), 0, len(texts)))
    kept = {row[0]: row[10] for row in rows(store, "requests")}
    for line in lines_of(DELIVERIES):
        text = line[heading].strip()
        if line["ID"] in kept:
            assert (float(kept[line["ID"]]) if text else kept[line["ID"]]) == (float(text) if text else None)
    store.close()
