"""What it takes to answer a page by hand: its lists, and its tables, which are painted and have no element a cell."""

import re

from playwright.sync_api import Locator, Page, Position, expect

GATHERED = 1000
"""Milliseconds after which the page has surely told the server of an edit; it gathers edits for a moment before."""
FIRST_CELL: tuple[Position, Position] = ({"x": 20, "y": 45}, {"x": 70, "y": 45})
"""Within a table, from its upper left corner: below the headings, and right of the boxes where lines can be deleted."""


def grid(page: Page, heading: str) -> Locator:
    """The one table that has a column of this name."""
    named = page.locator("th", has_text=re.compile(f"^{re.escape(heading)}$"))
    return page.get_by_test_id("stDataFrame").filter(has=named)


def cell(page: Page, table: Locator, row: int, column: str) -> Locator:
    """A cell as a screen reader is told of it; rows count from 0."""
    headings = table.locator("th")
    expect(headings.filter(has_text=re.compile(f"^{re.escape(column)}$"))).to_have_count(1)
    return table.get_by_test_id(f"glide-cell-{headings.all_text_contents().index(column)}-{row}")


def write(page: Page, table: Locator, row: int, column: str, text: str, boxes: bool = False) -> None:
    """Go to a cell with the arrow keys and write; where a list opens, what is written chooses from it.

    `boxes`: the table begins with boxes that select lines. It returns when the page has told the server: it waits a
    moment for more before it does.
    """
    table.locator(".dvn-scroller").click(position=FIRST_CELL[boxes])
    expect(table.get_by_test_id(f"glide-cell-{int(boxes)}-0")).to_have_attribute("aria-selected", "true")
    place = table.locator("th").all_text_contents().index(column)
    target = table.get_by_test_id(f"glide-cell-{int(boxes) + place}-{row}")
    for key, times in (("ArrowDown", row), ("ArrowRight", place)):
        for _ in range(times):
            page.keyboard.press(key)
    expect(target).to_have_attribute("aria-selected", "true")
    page.keyboard.press("Enter")
    overlay = page.locator("[id^=gdg-overlay]")
    box = overlay.locator("input, textarea").first
    expect(box).to_be_focused()
    box.fill(text)
    expect(box).to_have_value(text)
    box.press("Enter")
    expect(overlay).to_have_count(0)
    expect(target).to_have_text(text)
    page.wait_for_timeout(GATHERED)
    idle(page)


def choose(page: Page, label: str, option: str) -> None:
    """Choose from a list of the page, where it is not chosen yet."""
    box = page.get_by_role("combobox", name=label, exact=True)
    listed = page.get_by_role("option", name=option, exact=True)
    if box.input_value() != option:
        box.click()
        expect(listed.or_(box.and_(page.locator("[aria-expanded=false]"))).first).to_be_visible()
        if not listed.count():  # the page was drawn anew and closed the list
            box.click()
        listed.click()
    expect(box).to_have_value(option)


def idle(page: Page) -> None:
    """Wait until the server has drawn all that it was asked for."""
    expect(page.get_by_test_id("stApp")).to_have_attribute("data-test-script-state", "notRunning")
