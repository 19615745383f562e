"""From a number to its rows in at most two clicks, and in one more to the upload that brought a row."""

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Locator, Page, expect
from playwright.sync_api import TimeoutError as TooLong

from tests.browser.conftest import Visit
from tests.server import Server, serve

pytestmark = pytest.mark.browser
expect.set_options(timeout=60_000)

BOX, HEAD, LINE = 16, 35, 35
"""Where a table, which is one picture, has its boxes: pixels from its left, height of its head and of a line."""


@pytest.fixture(scope="module")
def server(demo_file: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    folder = tmp_path_factory.mktemp("behind")
    shutil.copy(demo_file, folder / "cro.duckdb")
    with serve(folder, folder / "cro.duckdb") as running:
        yield running


def settled(page: Page) -> None:
    expect(page.get_by_test_id("stHeading").first).to_be_visible()
    expect(page.get_by_test_id("stStatusWidget")).to_have_count(0)
    expect(page.get_by_test_id("stSkeleton")).to_have_count(0)
    expect(page.get_by_test_id("stException")).to_have_count(0)


def table(within: Page | Locator) -> Locator:
    return within.get_by_test_id("stDataFrame").first


def select(grid: Locator, line: int = 0) -> None:
    expect(grid.locator("canvas").first).to_be_visible()
    grid.click(position={"x": BOX, "y": HEAD + line * LINE + LINE / 2})


def select_for_its_rows(page: Page) -> None:
    """Select the first line of the first table; again where the table was not yet there to be clicked."""
    for _ in range(3):
        select(table(page))
        try:
            page.get_by_role("dialog").wait_for(timeout=20_000)
        except TooLong:
            continue
        return


def tile(page: Page, label: str) -> None:
    page.get_by_role("button", name="Rows").first.click()


def row_of_a_kpi(page: Page, label: str) -> None:
    select_for_its_rows(page)


def line_behind_a_figure(page: Page, label: str) -> None:
    page.get_by_text("Numbers behind it").first.click()
    select_for_its_rows(page)


@pytest.mark.parametrize(
    ("address", "steps", "title"),
    [
        ("timelines", tile, "Rows behind: Milestones on time"),
        ("responsiveness", tile, "Rows behind: First response"),
        ("budget?budget=Exposure", line_behind_a_figure, "Rows behind: Fee forecast against signed contract"),
        ("cros?cro=NORVEK&about=KPIs", line_behind_a_figure, "Rows behind: "),
        ("studies?engagement=E-2506&part=KPIs", row_of_a_kpi, "Rows behind: "),
    ],
)  # fmt: skip
def test_a_number_is_two_clicks_from_its_rows_and_a_row_one_from_its_upload(
    server: Server, visit: Visit, address: str, steps: object, title: str
) -> None:
    page = visit.page
    page.goto(f"{server.url}/{address}")
    settled(page)
    assert callable(steps)
    steps(page, title)  # one click or two
    dialog = page.get_by_role("dialog")
    expect(dialog.get_by_text(title)).to_be_visible()
    expect(dialog.get_by_text("what hurts most comes first")).to_be_visible()
    select(table(dialog))
    # of a sum over a study there is one more step: the months, change orders and contract that it is made of
    upload = dialog.get_by_text("told it:")
    parts = dialog.get_by_test_id("stDataFrame").nth(1)
    expect(parts).to_be_visible()
    if not upload.count():
        select(parts)
    expect(upload.first).to_be_visible()
    assert "rows=" in page.url


def test_a_colleague_is_sent_to_the_rows_and_closing_them_clears_the_address(server: Server, visit: Visit) -> None:
    page = visit.page
    page.goto(f"{server.url}/timelines?rows=T01~NORVEK")
    settled(page)
    dialog = page.get_by_role("dialog")
    expect(dialog.get_by_text("NORVEK · as of 31 Oct 2026")).to_be_visible()
    dialog.get_by_role("button", name="Close").click()
    expect(dialog).to_have_count(0)
    page.wait_for_url(lambda url: "rows=" not in url)
    settled(page)
    expect(page.get_by_role("dialog")).to_have_count(0)


def test_the_same_line_opens_its_rows_again(server: Server, visit: Visit) -> None:
    page = visit.page
    page.goto(f"{server.url}/studies?engagement=E-2506&part=KPIs")
    settled(page)
    for _ in range(2):
        select_for_its_rows(page)
        dialog = page.get_by_role("dialog")
        expect(dialog.get_by_text("what hurts most comes first")).to_be_visible()
        dialog.get_by_role("button", name="Close").click()
        expect(dialog).to_have_count(0)
        page.wait_for_url(lambda url: "rows=" not in url)
        settled(page)
