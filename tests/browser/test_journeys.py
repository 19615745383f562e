"""Whole jobs, in a real browser against a real server, as the people do them who use the product."""

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import Visit
from tests.server import Server, serve

pytestmark = pytest.mark.browser
expect.set_options(timeout=60_000)

ENGAGEMENTS = """engagement_id,cro_id,study_id,title,start_date,planned_end,contract_value,currency,sponsor_pm
E-1,ACME,XY-1,Phase 2,2025-01-01,2027-01-01,1000000,EUR,Ana Ruiz
"""
MILESTONES = """engagement_id,milestone,baseline_original,forecast,actual,contractual
E-1,fpi,2026-06-01,,2026-06-01,
E-1,dbl,2026-09-01,2026-11-20,,yes
"""
BUDGET = """engagement_id,month,cost_type,planned_original,earned_value,invoiced,accrued,forecast_remaining
E-1,2026-09,fee,500000,450000,500000,0,600000
"""


@pytest.fixture
def demo_server(demo_file: Path, tmp_path: Path) -> Iterator[Server]:
    """The app with a demo portfolio of this test's own."""
    store = tmp_path / "cro.duckdb"
    shutil.copy(demo_file, store)
    with serve(tmp_path, store) as running:
        yield running


def settled(page: Page) -> None:
    expect(page.get_by_test_id("stHeading").first).to_be_visible()
    expect(page.get_by_test_id("stStatusWidget")).to_have_count(0)
    expect(page.get_by_test_id("stException")).to_have_count(0)


def write(folder: Path, **files: str) -> list[str]:
    for name, text in files.items():
        (folder / f"{name}.csv").write_text(text, encoding="utf-8")
    return [str(folder / f"{name}.csv") for name in files]


def upload(page: Page, files: list[str], name: str = "Ana Ruiz") -> None:
    page.get_by_role("textbox", name="Your name").fill(name)
    page.get_by_role("textbox", name="Your name").press("Enter")
    dropped = page.locator("input[type=file]")
    expect(dropped).to_have_count(1)  # after a load, the one before goes when the new one has come
    dropped.set_input_files(files)


def test_leadership_goes_from_the_first_sentence_to_the_study_behind_it(demo_server: Server, visit: Visit) -> None:
    page = visit.page
    page.goto(demo_server.url)
    settled(page)
    expect(page.get_by_text("held at amber: MIR-202 is red")).to_be_visible()
    expect(page.get_by_text("Demo portfolio").first).to_be_visible()
    evidence = page.get_by_role("link", name="Evidence")
    evidence.and_(page.locator('[href*="engagement=E-2506"]')).first.click()
    page.wait_for_url("**/studies?*engagement=E-2506*")
    expect(page.get_by_role("heading", name="MIR-202: Myelofibrosis, phase 2")).to_be_visible()
    expect(page.get_by_text("141 days late").first).to_be_visible()


def test_a_red_row_without_an_action_gets_one(demo_server: Server, visit: Visit) -> None:
    page = visit.page
    page.goto(demo_server.url)
    settled(page)
    page.get_by_role("button", name="No action. Make one").first.click()
    dialog = page.get_by_role("dialog")
    expect(dialog.get_by_text("PAX-202")).to_be_visible()
    dialog.get_by_role("textbox", name="What is to be done").fill("Recovery plan for PAX-202")
    dialog.get_by_role("textbox", name="Who does it").fill("Aiko Mori")
    dialog.get_by_role("textbox", name="Your name").fill("Yuki Abe")
    dialog.get_by_role("button", name="Save").click()
    expect(page.get_by_text("Recovery plan for PAX-202")).to_be_visible()
    expect(page.get_by_text("Aiko Mori")).to_be_visible()


def test_a_pm_begins_with_own_data_sees_the_study_and_takes_a_mistake_back(
    demo_server: Server, visit: Visit, tmp_path: Path
) -> None:
    page = visit.page
    page.goto(f"{demo_server.url}/data")
    settled(page)
    page.get_by_role("button", name="Start with my own data").click()
    page.get_by_role("button", name="Put the demo aside and begin").click()
    expect(page.get_by_text("Demo portfolio")).to_have_count(0)

    upload(page, write(tmp_path, engagements=ENGAGEMENTS, milestones=MILESTONES, budget=BUDGET))
    page.get_by_role("button", name="Accept").click()
    expect(page.get_by_text("upload 1").first).to_be_visible()

    page.get_by_role("link", name="Home", exact=True).first.click()
    settled(page)
    # due 1 September, and the cut-off is the status date, which is later than that
    expect(page.get_by_text("Database lock (DBL) overdue, contractual")).to_be_visible()

    page.get_by_role("link", name="Data", exact=True).first.click()
    upload(page, write(tmp_path, milestones=MILESTONES.replace("2026-11-20", "2027-11-20")))
    # a forecast that moves by a year is asked about
    why = page.get_by_role("textbox", name="Why is it right?")
    why.fill("the lab is booked out")
    why.press("Enter")
    page.get_by_role("button", name="Accept").click()
    expect(page.get_by_text("upload 2").first).to_be_visible()
    page.get_by_role("tab", name="Ledger").click()
    page.get_by_role("textbox", name="Reason").last.fill("wrong year")
    page.get_by_role("button", name="Take it back").click()
    expect(page.get_by_text("Upload 2 is taken back, by upload 3.")).to_be_visible()


def test_a_file_with_problems_is_explained_and_changes_nothing(
    demo_server: Server, visit: Visit, tmp_path: Path
) -> None:
    page = visit.page
    page.goto(f"{demo_server.url}/data")
    settled(page)
    bad = "engagement_id,milestone,baseline_original,actual\nE-2506,dbl,2027-01-20,2026-13-01\nE-9999,fpi,2026-01-01,\n"
    upload(page, write(tmp_path, milestones=bad))
    expect(page.get_by_text("Not ready yet: 2 rows to mend").first).to_be_visible()
    expect(page.get_by_role("button", name="Accept")).to_have_count(0)
    page.get_by_role("tab", name="Ledger").click()
    expect(page.get_by_text("upload 36").first).to_be_visible()


def test_a_link_shows_a_colleague_the_same_scope(demo_server: Server, visit: Visit) -> None:
    page = visit.page
    page.goto(f"{demo_server.url}/timelines?as_of=2026-06-30&baseline=current&cros=KITASHIMA")
    settled(page)
    expect(page.get_by_text("As of 30 Jun 2026").first).to_be_visible()
    expect(page.get_by_text("Filters (1)")).to_be_visible()
    page.get_by_role("link", name="Budget", exact=True).first.click()
    page.wait_for_url("**/budget*")
    settled(page)
    expect(page.get_by_text("As of 30 Jun 2026").first).to_be_visible()
    kept = ("cros=KITASHIMA", "as_of=2026-06-30", "baseline=current")
    page.wait_for_url(lambda url: all(part in url for part in kept))
