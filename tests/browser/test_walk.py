"""The first journey: every page opens, by a link and by the navigation."""

import pytest
from playwright.sync_api import expect

from tests.browser.conftest import Visit
from tests.server import Server
from ui.guard import NOT_ALONE
from ui.shell import PAGES

pytestmark = pytest.mark.browser


def _drawn(visit: Visit) -> None:
    expect(visit.page.get_by_test_id("stHeading").first).to_be_visible()
    expect(visit.page.get_by_test_id("stStatusWidget")).to_have_count(0)
    expect(visit.page.get_by_test_id("stException")).to_have_count(0)
    expect(visit.page.get_by_text(NOT_ALONE)).to_have_count(0)


@pytest.mark.parametrize("file", [file for file, _, _ in PAGES[1:]])
def test_a_deep_link_opens_its_page(visit: Visit, empty_server: Server, file: str) -> None:
    visit.page.goto(f"{empty_server.url}/{file}")
    _drawn(visit)
    expect(visit.page.get_by_role("dialog")).to_have_count(0)


def test_the_navigation_leads_to_every_page(visit: Visit, empty_server: Server) -> None:
    visit.page.goto(empty_server.url)
    _drawn(visit)
    for file, title, _ in PAGES[1:]:
        visit.page.get_by_role("link", name=title, exact=True).first.click()
        visit.page.wait_for_url(f"**/{file}*")
        _drawn(visit)


def test_an_unknown_address_says_so(visit: Visit, empty_server: Server) -> None:
    visit.page.goto(f"{empty_server.url}/nowhere")
    expect(visit.page.get_by_role("dialog")).to_contain_text("Page not found")
    assert [text for text in visit.complaints if "does not seem to exist" in text]
    visit.complaints.clear()
