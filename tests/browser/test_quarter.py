"""A whole quarter of one CRO, from data that are missing to a closed review, as those do it who hold it."""

import re
from datetime import date
from io import BytesIO
from pathlib import Path
from typing import NamedTuple

import openpyxl
import pytest
from openpyxl.worksheet.worksheet import Worksheet
from playwright.sync_api import Locator, Page, expect
from pptx import Presentation

from tests.browser.conftest import Visit
from tests.browser.grid import grid, idle, write
from tests.browser.test_intake_journeys import cells
from tests.browser.test_journeys import demo_server, settled, upload
from tests.server import Server

__all__ = ["demo_server"]
pytestmark = pytest.mark.browser
expect.set_options(timeout=60_000)

REVIEW = "OSTWALD-2026-Q3"
OURS, THEIRS = "Tom Harker", "Katrin Behr"
TOP, TALL = 35, 35
"""Height of the headings of a table and of a line, in pixels."""
# Two of the three studies of Ostwald that are silent since June are told of up to the end of September.
MILESTONES = """engagement_id,milestone,forecast,actual,comment
E-2433,csr,2026-07-29,2026-07-29,
E-2433,tmf_transfer,2026-09-04,2026-09-04,
E-2535,lplv,2026-09-11,2026-09-11,the last subject came late
"""
BUDGET = """engagement_id,month,cost_type,earned_value,invoiced,accrued,forecast_remaining
E-2433,2026-07,fee,44718,46900,0,19100
E-2433,2026-08,fee,17341,18200,0,0
"""
# By hand: 8 of 11 milestones on time are 72.7 %. With the report on its day, 8 July, it is 9 of 11: 81.8 %.
CORRECTION = """engagement_id,milestone,forecast,actual,comment
E-2433,csr,2026-07-08,2026-07-08,signed on 8 July; the 29th was the day of filing
"""
FROZEN, CORRECTED = "72.7 %", "81.8 %"


class Kept(NamedTuple):
    """What a frozen review says: its score in a sentence, and the beginning of the hash of its content."""

    score: str
    content: str


def test_a_quarter_from_stale_data_to_a_closed_review(demo_server: Server, visit: Visit, tmp_path: Path) -> None:
    page, url = visit.page, demo_server.url
    page.goto(f"{url}/reviews")
    settled(page)
    lacking(page)
    telling(page, tmp_path)
    explaining(page, url)
    sharing(page)
    replying(page, url, tmp_path)
    settling(page)
    kept = freezing(page)
    correcting(page, url, tmp_path, kept)
    packs(page, kept)
    meeting(page)
    agreeing(page, kept)
    closing(page)


def lacking(page: Page) -> None:
    """The review of Ostwald is prepared; of three studies nothing was told for a quarter."""
    page.get_by_role("tab", name="Reviews", exact=True).click()
    listed = grid(page, "What comes next")
    select(listed, line_of(listed, "CRO", "Ostwald Clinical Development"))
    page.wait_for_url(f"**review={REVIEW}*")
    expect(page.get_by_role("heading", name="Ostwald Clinical Development, 2026-Q3")).to_be_visible()
    expect(page.get_by_text(re.compile("DRAFT$"))).to_be_visible()
    part(page, "What is missing")
    expect(page.get_by_role("heading", name="Without data up to the cut-off: 3")).to_be_visible()
    studies = page.get_by_test_id("stDataFrame").first
    expect(cell(studies, 0, "What")).to_have_text("PAX-202")
    expect(cell(studies, 0, "Why")).to_have_text("Told to 30 Jun 2026, 92 days before the cut-off.")


def telling(page: Page, folder: Path) -> None:
    """The return of September, as late as it is."""
    to_data(page, "Load newer data")
    load(page, folder, "Priya Nair", **{"milestones 2026-09": MILESTONES, "budget 2026-09": BUDGET})


def explaining(page: Page, url: str) -> None:
    """One study is still silent; one red figure gets a comment, the others none."""
    open_part(page, url, "What is missing")
    expect(page.get_by_role("heading", name="Without data up to the cut-off: 1")).to_be_visible()
    expect(cell(page.get_by_test_id("stDataFrame").first, 0, "What")).to_have_text("VIO-301")
    expect(page.get_by_text("4 of 4 red figures unexplained.")).to_be_visible()
    fill(page.get_by_role("textbox", name="Milestones on time"), "The report of PAX-202 came three weeks late")
    fill(page.get_by_role("textbox", name="Your name"), OURS)
    page.get_by_role("button", name="Save 1 comment").click()
    expect(page.get_by_text("3 of 4 red figures unexplained.")).to_be_visible()
    idle(page)


def sharing(page: Page) -> None:
    step(page, "Share with the CRO", "Share")
    expect(page.get_by_text("Wait for the reply, due")).to_be_visible()
    part(page, "Replies")
    expect(page.get_by_text("No reply; it is due")).to_be_visible()


def replying(page: Page, url: str, folder: Path) -> None:
    """The CRO accepts one figure, disputes two, and is silent on all others."""
    reply = folder / "reply.xlsx"
    reply.write_bytes(downloaded(page, "Reply sheet for the CRO"))
    book = openpyxl.load_workbook(reply)
    sheet = book["review_replies"]
    assert isinstance(sheet, Worksheet)
    of_them = {"replied_by": THEIRS, "replied_on": date(2026, 10, 28)}
    cells(sheet, {"figure": "Q10"}, {"reply": "accepted"} | of_them)
    cells(
        sheet,
        {"figure": "T01"},
        {"reply": "disputed", "own_value": CORRECTED, "evidence": "Signature page of PAX-202"} | of_them,
    )
    cells(sheet, {"figure": "R05"}, {"reply": "disputed", "own_value": "83 %"} | of_them)
    book.save(reply)

    to_data(page, "Load the CRO's reply")
    accept(page, [reply], OURS)
    open_part(page, url, "Replies")
    expect(page.get_by_text("3 figures replied to, 2 disputed.")).to_be_visible()
    disputed = f"disputed: {CORRECTED} (Signature page of PAX-202); open"
    expect(beside(page, "Milestones on time")).to_have_text(disputed)
    expect(beside(page, "Corrective actions on time")).to_have_text("accepted")
    expect(beside(page, "CRO performance")).to_have_text("no reply")


def settling(page: Page) -> None:
    """On one of them both agree to differ; the other stays open."""
    written = grid(page, "The dispute is")
    write(page, written, line_of(written, "Figure", "R05"), "The dispute is", "agreed_to_differ", boxes=True)
    write(page, written, line_of(written, "Figure", "T01"), "Who settles it", OURS, boxes=True)
    fill(page.get_by_role("textbox", name="Your name"), OURS)
    page.get_by_role("button", name="Save 2 changes").click()
    expect(page.get_by_text("Kept as upload")).to_be_visible()
    idle(page)
    expect(beside(page, "Meetings and reports as agreed")).to_have_text("disputed: 83 %; agreed to differ")
    expect(beside(page, "Milestones on time")).to_have_text(re.compile(f"; open, {OURS}$"))


def freezing(page: Page) -> Kept:
    """The figures are kept as they are, and what nobody explained is kept as unexplained."""
    page.get_by_role("button", name="Freeze", exact=True).click()
    dialog = page.get_by_role("dialog")
    expect(
        dialog.get_by_text("1 without data up to the cut-off; 2 without data; 3 red and unexplained.")
    ).to_be_visible()
    expect(dialog.get_by_text("3 figures will be frozen as “unexplained”")).to_be_visible()
    fill(dialog.get_by_role("textbox", name="Your name"), OURS)
    dialog.get_by_role("button", name="Freeze these figures").click()
    expect(dialog).to_have_count(0)
    expect(page.get_by_text(re.compile("FROZEN$"))).to_be_visible()
    return on_the_page(page)


def correcting(page: Page, url: str, folder: Path, kept: Kept) -> None:
    """What is told afterwards changes no frozen figure, and is shown as restated."""
    to_data(page, "Data")
    load(page, folder, "Priya Nair", **{"correction 2026-10": CORRECTION})
    open_part(page, url, "First screen")
    assert on_the_page(page) == kept
    part(page, "Replies")
    expect(beside(page, "Milestones on time", "Our value")).to_have_text(FROZEN)
    part(page, "Restated since")
    page.get_by_role("button", name="Compare with what is known now").click()
    restated = grid(page, "As known now")
    line = line_of(restated, "What", "Milestones on time")
    expect(cell(restated, line, "As frozen")).to_contain_text(FROZEN)
    expect(cell(restated, line, "As known now")).to_contain_text(CORRECTED)


def packs(page: Page, kept: Kept) -> None:
    """The presentation and the one page say what was frozen."""
    part(page, "Packs")
    slides = Presentation(BytesIO(downloaded(page, "PowerPoint")))
    said = "\n".join(
        text
        for slide in slides.slides
        for shape in slide.shapes
        for text in (
            [shape.text_frame.text] if shape.has_text_frame else
            [one.text for row in shape.table.rows for one in row.cells] if shape.has_table else []
        )
    )  # fmt: skip
    html = downloaded(page, "HTML").decode()
    for text in (said, html):
        assert kept.content in text
        assert kept.score in text
        assert FROZEN in text
        assert CORRECTED in text, "what the CRO holds against it"
        assert "unexplained" in text


def meeting(page: Page) -> None:
    """One topic a screen, moved by the keyboard; what is agreed is written down on the way."""
    page.get_by_role("button", name="Present").click()
    expect(page.get_by_text("1 of 12", exact=True)).to_be_visible()
    settled(page)
    for key, place in (("ArrowRight", 2), ("PageDown", 3), ("ArrowLeft", 2), ("End", 12), ("PageUp", 11), ("Home", 1)):
        page.keyboard.press(key)
        expect(page.get_by_text(f"{place} of 12", exact=True)).to_be_visible()
        idle(page)
    write_down(page, "Decision", "The report counts from the day of signature", OURS, "Us")
    write_down(page, "Action", "Send the signature pages with the return", THEIRS, "CRO")
    page.keyboard.press("End")
    read_back = page.get_by_role("table")
    expect(read_back.get_by_text("The report counts from the day of signature")).to_be_visible()
    expect(read_back.get_by_text("Send the signature pages with the return")).to_be_visible()
    idle(page)
    page.keyboard.press("Escape")
    expect(page.get_by_role("heading", name="Ostwald Clinical Development, 2026-Q3")).to_be_visible()


def agreeing(page: Page, kept: Kept) -> None:
    """The meeting was held, and both sides acknowledge its minutes."""
    step(page, "The meeting was held", "Keep")
    step(page, "Minutes are final", "Keep")
    step(page, "We acknowledge the minutes", "Acknowledge")
    page.get_by_role("button", name="The CRO acknowledges the minutes").click()
    dialog = page.get_by_role("dialog")
    fill(dialog.get_by_role("textbox", name="Who acknowledged for the CRO"), THEIRS)
    dialog.get_by_role("button", name="Keep").click()
    expect(dialog).to_have_count(0)
    part(page, "Minutes")
    minutes = page.get_by_test_id("stCode")
    for text in (
        "minutes: final on",
        f"content {kept.content}",
        f"1. The report counts from the day of signature - {OURS} (Us), by",
        f"1. Send the signature pages with the return - {THEIRS} (CRO), by",
        "For us: acknowledged on",
        f"by {THEIRS}.",
    ):
        expect(minutes).to_contain_text(text)


def closing(page: Page) -> None:
    """It is closed, and the register says what it came to."""
    step(page, "Close the review", "Close this review")
    page.get_by_role("button", name="All reviews").click()
    page.get_by_role("tab", name="Register", exact=True).click()
    idle(page)
    register = grid(page, "Promised")
    line = line_of(register, "CRO", "Ostwald Clinical Development")
    for column, text in (("Step", "closed"), ("Figures", "frozen"), ("Disputed", "2"), ("Promised", "2")):
        expect(cell(register, line, column)).to_have_text(text)
    line_of(grid(page, "Agreed in"), "What", "Send the signature pages with the return")


def part(page: Page, name: str) -> None:
    """Open a part of the review."""
    page.get_by_role("tab", name=name, exact=True).click()
    idle(page)


def open_part(page: Page, url: str, name: str) -> None:
    page.goto(f"{url}/reviews?review={REVIEW}&part={name.replace(' ', '+')}")
    settled(page)
    idle(page)


def to_data(page: Page, link: str) -> None:
    """Go where files are dropped; until it is drawn the page before stands there, which may take a file as well."""
    page.get_by_role("link", name=link, exact=True).first.click()
    expect(page.get_by_test_id("stDateInput").filter(has_text="Status date of the data")).to_be_visible()
    settled(page)
    idle(page)


def fill(box: Locator, text: str) -> None:
    box.fill(text)
    box.press("Tab")
    expect(box).to_have_value(text)


def step(page: Page, label: str, button: str) -> None:
    """Take a step of the review; the name of whoever does it is known by now."""
    page.get_by_role("button", name=label).click()
    dialog = page.get_by_role("dialog")
    expect(dialog.get_by_role("textbox", name="Your name")).to_have_value(OURS)
    dialog.get_by_role("button", name=button, exact=True).click()
    expect(dialog).to_have_count(0)
    idle(page)


def write_down(page: Page, kind: str, what: str, owner: str, side: str) -> None:
    page.get_by_role("radio", name=kind, exact=True).click()
    fill(page.get_by_role("textbox", name="What was agreed"), what)
    fill(page.get_by_role("textbox", name="Owner"), owner)
    whose = page.get_by_role("radio", name=side, exact=True)
    # A click on what is chosen takes the choice away.
    if whose.get_attribute("aria-checked") != "true":
        whose.click()
    fill(page.get_by_role("textbox", name="Your name"), OURS)
    page.get_by_role("button", name="Write it down").click()
    expect(page.get_by_role("textbox", name="What was agreed")).to_have_value("")
    idle(page)


def load(page: Page, folder: Path, who: str, **files: str) -> None:
    """Load files as somebody sends them; their names say of which month they tell."""
    paths = [folder / f"{name}.csv" for name in files]
    for path, text in zip(paths, files.values(), strict=True):
        path.write_text(text, encoding="utf-8")
    accept(page, paths, who)


def accept(page: Page, files: list[Path], who: str) -> None:
    """Drop files on Data, say why what is doubted is right where that is asked, and accept them."""
    upload(page, [str(file) for file in files], who)
    button = page.get_by_role("button", name="Accept")
    why = page.get_by_role("textbox", name="Why is it right?")
    expect(button.or_(why).first).to_be_visible()
    settled(page)
    idle(page)
    for place in range(why.count()):
        fill(why.nth(place), "as the study team told it")
        idle(page)
    button.click()
    expect(page.get_by_text("is in.").first).to_be_visible()
    idle(page)


def downloaded(page: Page, button: str) -> bytes:
    with page.expect_download() as started:
        page.get_by_role("button", name=button, exact=True).click()
    return Path(started.value.path()).read_bytes()


def on_the_page(page: Page) -> Kept:
    """What the review says at this moment."""
    part(page, "First screen")
    score = page.get_by_text(re.compile(r"^\d+ of 100, "))
    expect(score).to_be_visible()
    told = score.inner_text()
    part(page, "Packs")
    content = page.get_by_text(re.compile(r"^Content [0-9a-f]{16} · "))
    expect(content).to_be_visible()
    return Kept(told, content.inner_text().split()[1])


def select(table: Locator, line: int) -> None:
    """Select a line of a table by its box."""
    expect(table.locator("canvas").first).to_be_visible()
    table.click(position={"x": 16, "y": TOP + line * TALL + TALL / 2})


def place_of(table: Locator, column: str) -> str:
    """The number of a column, as a screen reader is told it; boxes that select lines count too."""
    head = table.locator("th", has_text=re.compile(f"^{re.escape(column)}$"))
    expect(head).to_have_count(1)
    return str(head.get_attribute("aria-colindex"))


def cell(table: Locator, line: int, column: str) -> Locator:
    """A cell of a line; lines count from 0."""
    return table.locator(f"tr[aria-rowindex='{line + 2}'] td[aria-colindex='{place_of(table, column)}']")


def line_of(table: Locator, column: str, text: str) -> int:
    """The one line in sight that says this in a column."""
    of_column = table.locator(f"td[aria-colindex='{place_of(table, column)}']")
    expect(of_column.filter(has_text=re.compile(f"^{re.escape(text)}$"))).to_have_count(1)
    return of_column.all_text_contents().index(text)


def beside(page: Page, figure: str, column: str = "What the CRO says") -> Locator:
    """What stands beside a figure on the list of replies."""
    table = grid(page, "What the CRO says")
    return cell(table, line_of(table, "Figure", figure), column)
