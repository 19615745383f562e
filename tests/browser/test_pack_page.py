"""The HTML of a review pack in a real browser: alone with its file, quiet, drawn, and whole on paper."""

import os
import re
import zlib
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect

from reports import page, paper
from reports.content import Pack
from tests.reports.sample import pack
from tools.chromium import installed

pytestmark = pytest.mark.browser

SIZES = {"A4": (595, 842), "Letter": (612, 792)}  # points
PACKS = {"8": pack(8), "30 with long names": pack(30, long=True), "missing": pack(8, missing=True)}
every = pytest.mark.parametrize("what", PACKS.values(), ids=PACKS.keys())


@pytest.fixture
def tab(browser: Browser) -> Iterator[Page]:
    """A tab without a network, that may ask for its own file alone and must not complain."""
    context = browser.new_context(viewport={"width": 1440, "height": 900}, offline=True)
    found, asked, complaints = context.new_page(), [], []
    found.on("request", lambda request: asked.append(request.url))
    found.on("console", lambda message: complaints.append(message.text))
    found.on("pageerror", lambda error: complaints.append(str(error)))
    yield found
    context.close()
    assert [url for url in asked if not url.startswith(("data:", "blob:"))] == asked[:1]
    assert asked[0].startswith("file:")
    assert complaints == []


def show(tab: Page, folder: Path, what: Pack) -> None:
    file = folder / "pack.html"
    file.write_bytes(page.write(what))
    tab.goto(file.as_uri())


def count(what: Pack) -> int:
    return sum(block.block == "chart" for section in what.sections for block in section.blocks)


@every
@pytest.mark.parametrize("width", [390, 800, 1440])
def test_charts_are_drawn_as_they_are_reached_and_nothing_is_cut(
    tab: Page, tmp_path: Path, what: Pack, width: int
) -> None:
    tab.set_viewport_size({"width": width, "height": 900})
    show(tab, tmp_path, what)
    assert tab.locator(".main-svg").count() < 3 * count(what), "not all at once"
    for chart in tab.locator("figure.chart").all():
        chart.scroll_into_view_if_needed()
        expect(chart.locator(".main-svg").first).to_be_visible()
    assert tab.evaluate("document.documentElement.scrollWidth <= innerWidth"), "the page does not move sideways"


def test_the_keyboard_reaches_a_section_and_its_grounds(tab: Page, tmp_path: Path) -> None:
    show(tab, tmp_path, pack(8))
    tab.keyboard.press("Tab")
    expect(tab.get_by_role("link", name="To the review")).to_be_focused()
    tab.get_by_role("link", name="Scorecard").focus()
    tab.keyboard.press("Enter")
    expect(tab.get_by_role("heading", name="Scorecard")).to_be_in_viewport()
    expect(tab.get_by_role("link", name="Scorecard")).to_have_attribute("aria-current", "true")
    row = tab.get_by_role("row", name="Milestones on time 1 Cost")
    row.get_by_text("How sure?").focus()
    tab.keyboard.press("Enter")
    expect(row.get_by_text("95 % interval 51 to 73 % (Wilson).")).to_be_visible()


def test_a_chart_follows_the_screen_into_the_dark(tab: Page, tmp_path: Path) -> None:
    show(tab, tmp_path, pack(8))
    tab.locator("figure.chart").first.scroll_into_view_if_needed()
    ground = tab.locator("figure.chart .main-svg").first
    light = ground.get_attribute("style")
    tab.emulate_media(color_scheme="dark")
    expect(ground).not_to_have_attribute("style", str(light))


@every
@pytest.mark.parametrize("size", SIZES)
def test_it_prints_whole_from_the_screen(tab: Page, tmp_path: Path, what: Pack, size: str) -> None:
    tab.emulate_media(color_scheme="dark")
    show(tab, tmp_path, what)
    printed = pages(tab.pdf(format=size))
    assert printed == [pytest.approx(SIZES[size], abs=1.5)] * len(printed)
    assert len(printed) > len(what.sections)
    expect(tab.locator("figure.chart:has(.main-svg)")).to_have_count(count(what))
    tab.emulate_media(media="print")
    tab.evaluate("dispatchEvent(new Event('beforeprint'))")
    tab.set_viewport_size({"width": 688, "height": 920})  # what A4 leaves between its margins
    assert tab.evaluate("document.documentElement.scrollWidth <= 688")
    tallest = "Math.max(...[...document.querySelectorAll('figure.chart')].map((each) => each.offsetHeight))"
    assert tab.evaluate(tallest) < 850


@pytest.mark.parametrize("size", SIZES)
def test_paper_has_its_size_its_names_and_no_clock(size: str) -> None:
    chromium = os.environ.get("CHROMIUM") or installed()
    printed = paper.write(pack(8), chromium, size)  # type: ignore[arg-type]
    assert set(pages(printed)) == {SIZES[size]}
    assert set(re.findall(rb"\(D:(\d+)", printed)) == {b"20261105000000"}
    for text in (pack(8).hash, "FORTIS-2026-Q3", "Anna Lindqvist", "sponsor edition, frozen on 2026-11-05"):
        assert text.encode("utf-16-be").hex().encode() in printed
    assert printed == paper.write(pack(8), chromium, size)  # type: ignore[arg-type]


def test_paper_of_the_cro_holds_nothing_internal() -> None:
    chromium = os.environ.get("CHROMIUM") or installed()
    printed = paper.write(replace(pack(8), edition="cro"), chromium)
    ours = paper.write(pack(8), chromium)
    assert len(pages(printed)) == len(pages(ours)) - 1, "without the internal section"
    assert "INTERNAL-NOTE".encode("utf-16-be").hex().encode() not in printed
    assert b"INTERNAL-NOTE" not in unpacked(printed)


def pages(printed: bytes) -> list[tuple[int, int]]:
    """Width and height of each page, in whole points."""
    boxes = re.findall(rb"/MediaBox \[0 0 ([\d.]+) ([\d.]+)\]", printed)
    return [(round(float(width)), round(float(height))) for width, height in boxes]


def unpacked(printed: bytes) -> bytes:
    """The PDF and all that it holds packed."""
    streams = re.findall(rb"/FlateDecode.*?stream\r?\n(.*?)\r?\nendstream", printed, re.DOTALL)
    return printed + b"".join(zlib.decompressobj().decompress(each) for each in streams)
