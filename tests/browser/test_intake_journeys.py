"""What a project manager does once a month, in a real browser: the return, and a file of somebody else's making."""

import csv
import io
import os
import subprocess
import sys
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from openpyxl.worksheet.worksheet import Worksheet
from playwright.sync_api import Page, expect

from data.store import Store
from tests.browser.conftest import Visit
from tests.browser.grid import cell, choose, grid, write
from tests.browser.test_journeys import demo_server, settled, upload
from tests.data.helpers import told
from tests.server import ROOT, Server, serve

__all__ = ["demo_server"]
pytestmark = pytest.mark.browser

ENGAGEMENTS = """engagement_id,cro_id,study_id,title,start_date,planned_end,contract_value,currency,sponsor_pm
E-014,FORTIS,ABC-301,Phase 3,2025-01-01,2027-12-31,8400000,EUR,Ana Ruiz
E-015,FORTIS,ABC-302,Laboratory,2025-01-01,2027-12-31,900000,EUR,Ana Ruiz
"""
# Invoices in thousands, all else in euro; one heading is misspelt, two are unknown, and one cell is no number.
GERMAN = """Vertrag;Monat;Kostenart;Geplant;Fakturriert (k€);Leistung;Bemerkung
E-014;30.09.2026;Honorar;240.000,50;210,5;228.000,00;
E-014;31.10.2026;Honorar;240.000,00;siehe Mail;231.500,25;wird nachgereicht
E-015;30.09.2026;Honorar;12.500,00;11,25;12.500,00;
E-015;31.10.2026;Honorar;12.500,00;12,5;12.500,00;
E-015;31.10.2026;Durchlaufkosten;3.000,00;2,75;;
"""
AMOUNTS = ("engagement_id", "month", "cost_type", "planned_original", "invoiced", "earned_value")
READ = [
    ("E-014", "2026-09", "fee", "240000.5", "210500", "228000"),
    ("E-014", "2026-10", "fee", "240000", "215750", "231500.25"),
    ("E-015", "2026-09", "fee", "12500", "11250", "12500"),
    ("E-015", "2026-10", "fee", "12500", "12500", "12500"),
    ("E-015", "2026-10", "pass_through", "3000", "2750", ""),
]


@pytest.fixture
def own_server(tmp_path: Path) -> Iterator[Server]:
    """The app with two engagements and nothing told of them."""
    path = tmp_path / "cro.duckdb"
    store = Store(path)
    told(store, {"cros": "cro_id,name\nFORTIS,Fortis Research\n", "engagements": ENGAGEMENTS})
    store.close()
    with serve(tmp_path, path) as running:
        yield running


def test_a_return_is_fetched_filled_and_dropped_without_a_question(
    demo_server: Server, visit: Visit, tmp_path: Path
) -> None:
    """In the demo, the three studies of Ostwald have told nothing since June: they are late, whatever day it is."""
    page = visit.page
    page.goto(demo_server.url)
    settled(page)
    late = page.locator("p", has_text="returns are late:")
    expect(late).to_contain_text("3 returns are late")
    expect(late).to_contain_text("Priya Nair (PAX-202; 4 months)")
    expect(page.get_by_text("; 21 of 24 are in.")).to_be_visible()

    page.get_by_role("link", name="Data", exact=True).first.click()
    book = fetched(page, tmp_path, "Priya Nair", "October 2026")
    fill_in(book)

    page.get_by_role("tab", name="Upload").click()
    upload(page, [str(book)], "Priya Nair")
    accept = page.get_by_role("button", name="Accept 4 rows")
    expect(accept).to_be_enabled()
    settled(page)
    nothing_is_asked(page)
    expect(page.get_by_text("31 Oct 2026: as the file is named.")).to_be_visible()
    accept.click()
    expect(page.get_by_text("Upload 37 is in.")).to_be_visible()

    page.get_by_role("link", name="Home", exact=True).first.click()
    settled(page)
    expect(late).to_contain_text("2 returns are late")
    expect(late).not_to_contain_text("Priya Nair")
    expect(page.get_by_text("; 22 of 24 are in.")).to_be_visible()


def fetched(page: Page, folder: Path, pm: str, month: str) -> Path:
    """The return that somebody fetches on the Templates tab."""
    page.get_by_role("tab", name="Templates").click()
    choose(page, "Month", month)
    choose(page, "Project manager", pm)
    button = page.get_by_role("button", name=f"Get the return of {month}")
    expect(button).to_be_enabled()
    with page.expect_download() as started:
        button.click()
    path = folder / started.value.suggested_filename
    started.value.save_as(path)
    return path


def fill_in(path: Path) -> None:
    """As a person does who has four engagements: something new of three, and of one nothing."""
    book = openpyxl.load_workbook(path)
    slow = {"forecast": date(2027, 2, 26), "comment": "two sites were closed for a month"}
    cells(book["milestones"], {"engagement_id": "E-2539", "milestone": "lplv"}, slow)
    cells(book["milestones"], {"engagement_id": "E-2433", "milestone": "csr"}, {"actual": date(2026, 10, 22)})
    cells(book["budget"], {"engagement_id": "E-2403", "cost_type": "fee"}, {"invoiced": 100628, "accrued": 0})
    cells(book["returns"], {"engagement_id": "E-2527"}, {"no_change": "yes"})
    book.save(path)


def cells(page: Worksheet, which: dict[str, str], values: dict[str, Any]) -> None:
    """Write into the one row that is about this."""
    head = {str(cell.value): cell.column for cell in page[1]}
    (row,) = [
        row for row in range(2, page.max_row + 1)
        if all(page.cell(row, head[name]).value == value for name, value in which.items())
    ]  # fmt: skip
    for name, value in values.items():
        page.cell(row, head[name], value)


def nothing_is_asked(page: Page) -> None:
    """No question, no doubt, nothing to mend, and no table of columns that lies open."""
    for text in ("Not ready yet", "Is this right?", "to mend", "Give "):
        expect(page.get_by_text(text)).to_have_count(0)
    expect(page.get_by_role("button", name="Check again")).to_have_count(0)
    folded = page.locator("details", has=page.locator("summary", has_text="Columns:"))
    expect(folded.first).to_be_visible()
    expect(page.locator("details[open]", has=page.locator("summary", has_text="Columns:"))).to_have_count(0)


def test_a_foreign_file_is_mapped_mended_accepted_undone_and_known_the_next_time(
    own_server: Server, visit: Visit, tmp_path: Path
) -> None:
    page = visit.page
    file = tmp_path / "Budget Fortis 2026-10.csv"
    file.write_bytes(GERMAN.encode("cp1252"))
    page.goto(f"{own_server.url}/data")
    settled(page)
    upload(page, [str(file)])
    expect(page.get_by_text("Not ready yet: 2 questions to answer")).to_be_visible()

    columns = grid(page, "How sure")
    write(page, columns, 3, "Is our", "planned_original")
    write(page, columns, 5, "Is our", "earned_value")
    page.get_by_role("button", name="Use these columns").click()
    expect(page.get_by_text("Columns: 6 of 7 used")).to_be_visible()
    # What was not said with the columns is still asked.
    expect(page.get_by_text("Not ready yet: 1 question to answer, 5 rows to mend")).to_be_visible()
    thousands = page.get_by_role("radio", name="in thousands")
    # While the page is drawn anew, the question stands there twice.
    expect(thousands).to_have_count(1)
    thousands.click()
    expect(page.get_by_text("Not ready yet: 5 rows to mend")).to_be_visible()

    texts = grid(page, "Is our cost_type")
    write(page, texts, 0, "Is our cost_type", "fee")
    write(page, texts, 1, "Is our cost_type", "pass_through")
    page.get_by_role("button", name="Use these values").click()
    expect(page.get_by_text("Not ready yet: 1 row to mend")).to_be_visible()

    mend(page)
    page.get_by_role("button", name="Accept 5 rows").click()
    expect(page.get_by_text("Upload 2 is in. budget: 5 new.")).to_be_visible()
    expect(page.get_by_text("Kept as profile “Budget Fortis”")).to_be_visible()

    assert budget(own_server) == READ
    page.get_by_role("tab", name="Ledger").click()
    undo(page, "2 · 31 Oct 2026 · Ana Ruiz", "sent to the wrong study")
    expect(page.get_by_text("Upload 2 is taken back, by upload 4.")).to_be_visible()
    assert budget(own_server) == []

    # The same file again: how it is read is known, and only the wrong cell is to mend.
    page.get_by_role("tab", name="Upload").click()
    upload(page, [str(file)])
    expect(page.get_by_text("read with profile Budget Fortis")).to_be_visible()
    expect(page.get_by_text("Not ready yet: 1 row to mend. Nothing is kept before you accept it.")).to_be_visible()
    expect(page.locator("details[open]", has=page.locator("summary", has_text="Columns:"))).to_have_count(0)
    mend(page)
    page.get_by_role("button", name="Accept 5 rows").click()
    expect(page.get_by_text("Upload 5 is in. budget: 5 new.")).to_be_visible()
    assert budget(own_server) == READ


def mend(page: Page) -> None:
    """Write over the one cell that is no number, as its file writes numbers."""
    wrong = grid(page, "What is wrong")
    expect(cell(page, wrong, 0, "Fakturriert (k€)")).to_have_text("siehe Mail")
    write(page, wrong, 0, "Fakturriert (k€)", "215,75")
    page.get_by_role("button", name="Check again").click()
    expect(page.get_by_text("Not ready yet")).to_have_count(0)


def undo(page: Page, upload: str, reason: str) -> None:
    choose(page, "Upload", upload)
    page.get_by_role("textbox", name="Reason").last.fill(reason)
    page.get_by_role("button", name="Take it back").click()


def budget(server: Server) -> list[tuple[str, ...]]:
    """What is known of the budget: the command asks the running app."""
    out = subprocess.run(
        [sys.executable, "-m", "data", "export", "budget"], cwd=ROOT, env={**os.environ, "CRO_DB": str(server.store)},
        capture_output=True, text=True, timeout=120, check=True,
    ).stdout  # fmt: skip
    return [tuple(row[name] for name in AMOUNTS) for row in csv.DictReader(io.StringIO(out))]
