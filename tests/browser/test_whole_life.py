"""From a candidate to the lesson learned: one CRO through the practices, as somebody new to the product does it."""

from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import Visit
from tests.browser.grid import choose, grid, idle, write
from tests.browser.test_journeys import settled, upload
from tests.server import serve

pytestmark = pytest.mark.browser

# Visit reports on time, of 20 a month: 15, 15 and 14 in turn until the action is closed in March 2026, then 19 and 20.
# By hand: 12 months before with mean 73.3 % and a mean moving range of 3.6, so limits up to 83 %: 95 % is beyond them.
BEFORE = [(2025 + place // 12, place % 12 + 1, (15, 15, 14)[place % 3]) for place in range(15)]
AFTER = [(2026, month, 19 + month % 2) for month in range(4, 10)]


def kpi_data(folder: Path) -> str:
    lines = [f"E-1,Q05,{year}-{month:02},{met},20" for year, month, met in BEFORE + AFTER]
    path = folder / "kpi_data.csv"
    path.write_text("\n".join(["engagement_id,kpi_id,month,numerator,denominator", *lines, ""]), encoding="utf-8")
    return str(path)


def fill(page: Page, **texts: str) -> None:
    for label, text in texts.items():
        box = page.get_by_role("textbox", name=label.replace("_", " "), exact=True).locator("visible=true").last
        box.fill(text)
        box.press("Tab")


def save(page: Page, called: str) -> None:
    page.get_by_role("button", name=called).click()
    idle(page)


def test_one_cro_from_candidate_to_the_effect_of_an_action(visit: Visit, tmp_path: Path) -> None:
    with serve(tmp_path) as server:
        page = visit.page
        page.goto(f"{server.url}/cros")
        settled(page)
        choosing(page)
        engaging(page)
        agreeing(page)
        measuring(page, tmp_path)
        acting(page, server.url)
        learning(page, server.url)


def choosing(page: Page) -> None:
    """Due diligence: a candidate, what is sought, its scores, and the decision."""
    fill(page, Our_code_for_it="NOVA", Its_name="Nova Trials", Your_name="Yuki Abe")
    page.get_by_role("button", name="Add the candidate").click()
    fill(page, Name_of_it="XY monitoring")
    expect(grid(page, "Weight")).to_be_visible()
    save(page, "Keep these 9 rows")
    expect(page.get_by_role("combobox", name="Candidate")).to_have_value("Nova Trials · candidate, not judged yet")
    scores = grid(page, "It claims")
    write(page, scores, 0, "Score", "4", boxes=True)
    write(page, scores, 0, "Evidence", "three references called", boxes=True)
    save(page, "Keep these 9 rows")
    expect(page.get_by_text("Nova Trials is first with 4.00 of 5").first).to_be_visible()
    idle(page)
    choose(page, "Decision", "selected")
    fill(page, Why="the only one with a team in the field")
    page.get_by_role("button", name="Keep the decision").click()
    expect(page.get_by_text("Selected by Yuki Abe")).to_be_visible()


def engaging(page: Page) -> None:
    page.get_by_text("Make its engagement").click()
    fill(
        page,
        Code_of_the_contract="E-1",
        Study="XY-1",
        What_it_is="Monitoring of a phase 2",
        Our_project_manager="Ana Ruiz",
    )
    for label, day in (("Agreed start", "2025-01-01"), ("Agreed end", "2027-12-31")):
        box = page.get_by_test_id("stDateInput").filter(has_text=label).locator("input").first
        box.fill(day)
        box.press("Enter")
    value = page.get_by_role("spinbutton", name="Contract value")
    value.fill("1000000")
    page.get_by_role("button", name="Make the engagement").click()
    expect(page.get_by_role("heading", name="XY-1: Monitoring of a phase 2")).to_be_visible()


def agreeing(page: Page) -> None:
    """Requirements, roles and the communication plan: what is usual for the service is offered and kept."""
    for tab, fold, said in (
        ("Requirements", "", "must-haves"),
        ("Roles", "Write the RACI", "activities among"),
        ("Communication", "Write the plan", "Never scheduled"),
    ):
        page.get_by_role("tab", name=tab, exact=True).click()
        idle(page)
        if fold:
            opened(page, fold)
        page.get_by_role("button", name="Keep these").locator("visible=true").first.click()
        expect(page.get_by_text(said).first).to_be_visible()
        idle(page)


def opened(page: Page, fold: str) -> None:
    part = page.get_by_test_id("stExpander").filter(has_text=fold).locator("details")
    expect(part).to_be_visible()
    if part.get_attribute("open") is None:
        part.locator("summary").click()
    expect(part).to_have_attribute("open", "")


def measuring(page: Page, folder: Path) -> None:
    page.get_by_role("link", name="Data", exact=True).first.click()
    settled(page)
    upload(page, [kpi_data(folder)], "Ana Ruiz")
    page.get_by_role("button", name="Accept").click()
    expect(page.get_by_text("is in.").first).to_be_visible()


def acting(page: Page, url: str) -> None:
    """February 2026: the figure is red, and one click makes an action of it; it is closed at the end of March."""
    page.goto(f"{url}/studies?engagement=E-1&part=KPIs&as_of=2026-02-28")
    settled(page)
    page.get_by_role("button", name="Visit reports on time").click()
    dialog = page.get_by_role("dialog")
    dialog.get_by_role("textbox", name="What is to be done").fill("A second reviewer for visit reports")
    dialog.get_by_role("textbox", name="Who does it").fill("Mette Holm")
    dialog.get_by_role("textbox", name="Your name").fill("Yuki Abe")
    dialog.get_by_role("button", name="Save").click()
    expect(dialog).to_have_count(0)
    page.set_viewport_size({"width": 2400, "height": 1000})  # of columns out of view nothing is told
    page.goto(f"{url}/reviews?view=Actions&as_of=2026-03-31&edit-actions=true")
    settled(page)
    expect(page.get_by_text("1 open").first).to_be_visible()
    written = grid(page, "What is to be done")
    write(page, written, 0, "Closed", "2026-03-31", boxes=True)
    fill(page, Your_name="Yuki Abe")
    save(page, "Save 1 change")


def learning(page: Page, url: str) -> None:
    page.goto(f"{url}/reviews?view=Did+it+help%3F")
    settled(page)
    expect(page.get_by_text("1 closed action with a KPI: 1 moved to the better.")).to_be_visible()
    page.goto(f"{url}/reviews?view=Feedback+both+ways")
    settled(page)
    expect(
        page.get_by_text("raised 1 in the period").or_(page.get_by_text("raised 0 in the period")).first
    ).to_be_visible()
