"""The review pack as HTML, and on paper: its figures digit for digit, nothing of anybody else, nothing that runs."""

import hashlib
import json
import os
import re
import subprocess
import time
from base64 import b64encode
from dataclasses import replace
from html.parser import HTMLParser
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest

from charts.theme import SYMBOL, WORD
from reports import page, paper
from reports.content import Chart, Figure, Figures, Pack, Section, Table, Text
from tests.reports.sample import ATTACK, LONG, figure, pack


class Reader(HTMLParser):
    """The elements of a page with what they hold, its text and its scripts."""

    def __init__(self, html: bytes) -> None:
        super().__init__()
        self.elements: list[tuple[str, dict[str, str | None]]] = []
        self.scripts: list[tuple[str, str]] = []
        self.text = ""
        self._in = ""
        self.feed(html.decode())

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.elements.append((tag, dict(attrs)))
        self._in = tag
        if tag == "script":
            self.scripts.append((dict(attrs).get("type") or "", ""))

    def handle_endtag(self, tag: str) -> None:
        self._in = ""

    def handle_data(self, data: str) -> None:
        if self._in == "script":
            kind, before = self.scripts[-1]
            self.scripts[-1] = (kind, before + data)
        elif self._in != "style":
            self.text += data

    def having(self, name: str) -> list[dict[str, str | None]]:
        return [found for _, found in self.elements if name in found]


def read(what: Pack) -> Reader:
    return Reader(page.write(what))


def of(kind: type, what: Pack) -> list[Any]:
    return [block for section in what.sections for block in section.blocks if isinstance(block, kind)]


def one(found: Figure, *, tiles: bool) -> Pack:
    section = Section(key="x", title="X", finding="Y.", blocks=(Figures(figures=(found,), tiles=tiles),))
    return replace(pack(1), sections=(section,))


PACKS = (pack(1), pack(8), pack(30, long=True), pack(8, missing=True), pack(8).for_cro())
every = pytest.mark.parametrize("what", PACKS, ids=["1", "8", "30 with long names", "missing", "the CRO's"])


@every
def test_every_figure_reads_back_digit_for_digit(what: Pack) -> None:
    read_back = read(what).having("data-figure")
    for found, told in zip(what.figures, read_back, strict=True):
        assert found.id == told["data-figure"]
        for name in ("value", "low", "high", "n", "previous", "points", "weight"):
            value, text = getattr(found, name), told.get(f"data-{name}")
            assert text == (None if value is None else repr(value)), f"{name} of {found.id}"


@every
def test_every_number_of_a_table_or_chart_reads_back(what: Pack) -> None:
    tables = [cell for table in of(Table, what) for row in table.rows for cell in row if isinstance(cell, int | float)]
    charts = [
        each.values[place]
        for chart in of(Chart, what)
        for place in range(len(chart.categories))
        for each in chart.series
        if each.values[place] is not None
    ]
    cells = [found["data-value"] for found in read(what).having("data-value") if "data-figure" not in found]
    assert sorted(map(float, map(str, cells))) == sorted(map(float, tables + charts))


@every
def test_the_charts_draw_the_numbers(what: Pack) -> None:
    drawn = [json.loads(text) for kind, text in read(what).scripts if kind == "application/json"]
    for chart, looks in zip(of(Chart, what), drawn, strict=True):
        values = [list(each.values) for each in chart.series if any(v is not None for v in each.values)]
        for look in ("light", "dark"):
            assert [trace["x" if "bar" in chart.kind else "y"] for trace in looks[look]["data"]] == values


@every
def test_every_word_is_shown(what: Pack) -> None:
    text = read(what).text
    told = [what.cro, what.quarter, what.review_id, what.version, what.prepared_by, what.state, what.hash]
    told += [f"upload {what.known_at}", f"{what.edition if what.edition != 'cro' else 'CRO'} edition", "30 Sep 2026"]
    told += [word for section in what.sections for word in (section.title, section.finding)]
    told += [line for block in of(Text, what) for line in block.lines]
    told += [column.name for table in of(Table, what) if table.rows for column in table.columns]
    told += [table.empty for table in of(Table, what) if not table.rows]
    told += [word for chart in of(Chart, what) for word in (chart.title, chart.subtitle, *chart.categories)]
    for each in what.figures:
        told += [each.label, each.text, each.word, each.counted, each.definition, each.interval, each.threshold]
        told += [each.source, each.previous_text, each.explained, each.reply]
    assert [word for word in told if word not in text] == []


@every
def test_nothing_in_it_runs_but_its_own_two_scripts(what: Pack) -> None:
    found = read(what)
    running = [text for kind, text in found.scripts if not kind]
    policy = next(each["content"] for each in found.having("http-equiv")) or ""
    hashes = [b64encode(hashlib.sha256(text.encode()).digest()).decode() for text in running]
    assert re.findall("'sha256-([^']+)'", policy) == hashes
    assert len(running) == 2
    assert policy.startswith("default-src 'none';")
    assert not any(name.startswith("on") for _, told in found.elements for name in told)
    addresses = [told[name] for _, told in found.elements for name in ("src", "href", "action") if name in told]
    assert all(str(address).startswith("#") for address in addresses)


def test_an_attack_in_every_text_stays_text() -> None:
    bad = f"{ATTACK} \u2028 ' & <img src=x onerror=alert(1)>"
    figures = replace(
        figure(1), id=bad, label=bad, domain=bad, text=bad, word=bad, counted=bad, definition=bad, source=bad, reply=bad
    )
    chart = replace(of(Chart, pack(1))[1], title=bad, subtitle=bad, categories=(bad,), unit=bad)
    what = replace(
        pack(1), cro=bad, review_id=bad, version=bad, quarter=bad, prepared_by=bad, frozen_on=bad,
        sections=(Section(key=bad, title=bad, finding=bad, blocks=(Figures(figures=(figures,), title=bad), chart)),),
    )  # fmt: skip
    written = page.write(what)
    found = Reader(written)
    assert "img" not in {tag for tag, _ in found.elements}
    assert len(found.scripts) == 3
    assert "\u2028" not in found.scripts[0][1]
    # The style holds the number of the review as text of a page's foot.
    assert b"</style>" in written
    assert written.count(b"</style>") == 1


def test_the_edition_of_the_cro_holds_nothing_internal() -> None:
    held = replace(pack(8), edition="cro")
    for written in (page.write(pack(8).for_cro()), page.write(held)):
        assert not [word for word in (b"INTERNAL-NOTE", b"margin for negotiation", b"second monitor?", b"Internal:")
                    if word in written]  # fmt: skip
    ours = page.write(pack(8))
    assert ours.count(b"Internal: not for the CRO") == 3


@pytest.mark.parametrize("tiles", [True, False])
def test_a_red_that_nobody_explained_says_so(tiles: bool) -> None:
    red = figure(1, red=True)
    assert "Comment: Two sites closed in July." in read(one(red, tiles=tiles)).text
    assert "Unexplained" not in read(one(red, tiles=tiles)).text
    silent = read(one(replace(red, explained=""), tiles=tiles)).text
    assert "Unexplained" in silent
    assert "CRO: disputed: 91 % (ticket export)" in silent
    assert "Unexplained" not in read(one(figure(0), tiles=tiles)).text


@pytest.mark.parametrize("band", ["green", "amber", "red", "too_few", "not_reported", "not_applicable", "unrated"])
def test_a_band_is_a_symbol_and_a_word(band: str) -> None:
    text = read(one(replace(figure(0), band=band, stale=True), tiles=True)).text
    assert f"{SYMBOL[band]} {WORD[band]}, misses its target, stale" in text


@every
def test_headings_are_in_order_and_every_place_is_named_once(what: Pack) -> None:
    found = read(what)
    levels = [int(tag[1]) for tag, _ in found.elements if re.fullmatch("h[1-6]", tag)]
    assert levels[0] == 1
    assert levels.count(1) == 1
    assert all(after <= before + 1 for before, after in pairwise(levels))
    places = [told["id"] for told in found.having("id")]
    assert len(places) == len(set(places))
    links = [str(told["href"])[1:] for tag, told in found.elements if tag == "a"]
    assert set(links) <= set(places)
    assert len(links) == len(what.sections) + 1


def test_the_same_pack_is_the_same_bytes() -> None:
    assert page.write(pack(8)) == page.write(pack(8))


def test_a_pack_of_all_cros_has_all_its_sections() -> None:
    many = tuple(replace(pack(8).sections[1], key=f"s{n}", title=f"CRO {n}") for n in range(12))
    found = read(replace(pack(8), cro="", cro_id="", edition="leadership", sections=many))
    assert sum(tag == "section" for tag, _ in found.elements) == 13, "twelve, and the grounds of all figures"
    assert "All CROs" in found.text


def test_time_ten_packs(record_property: Any) -> None:
    """Seconds of ten packs, recorded; nothing is asserted of a machine shared with others."""
    start = time.perf_counter()
    for _ in range(10):
        page.write(pack(8))
    record_property("seconds", round(time.perf_counter() - start, 2))


def test_without_a_browser_it_says_what_to_do(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    assert paper.find_chromium() is None
    with pytest.raises(paper.NoBrowser, match=r"Install one or give its path, or take the format html"):
        paper.write(pack(1))
    with pytest.raises(paper.NoBrowser, match="could not be started"):
        paper.write(pack(1), str(tmp_path / "absent"))


def _program(folder: Path, lines: str) -> str:
    path = folder / "browser"
    path.write_text(f"#!/bin/sh\n{lines}\n")
    path.chmod(0o755)
    return str(path)


@pytest.mark.skipif("sys.platform == 'win32'", reason="uses shell scripts as browsers")
def test_a_browser_that_prints_nothing_is_told_and_leaves_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    with pytest.raises(paper.NoBrowser, match="It said: no display"):
        paper.write(pack(1), _program(tmp_path, "echo no display >&2; exit 1"))
    monkeypatch.setattr(paper, "LIMIT", 1)
    with pytest.raises(paper.NoBrowser, match="did not print within 1 seconds"):
        paper.write(pack(1), _program(tmp_path, f"echo $$ > {tmp_path}/pid; sleep 300"))
    session = (tmp_path / "pid").read_text().strip()
    states = subprocess.run(["ps", "-o", "stat=", "-s", session], capture_output=True, text=True).stdout.split()
    # One that is ended stays listed until its parent takes note.
    assert [state for state in states if not state.startswith("Z")] == []
    assert sorted(path.name for path in tmp_path.iterdir()) == ["browser", "pid"]


@pytest.mark.skipif("sys.platform == 'win32'", reason="uses shell scripts as browsers")
@pytest.mark.parametrize(("user", "without"), [(0, True), (1000, False)])
def test_only_root_prints_without_the_sandbox(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, user: int, without: bool
) -> None:
    monkeypatch.setattr(os, "geteuid", lambda: user)
    with pytest.raises(paper.NoBrowser) as refusal:
        paper.write(pack(1), _program(tmp_path, 'echo "$@" | cut -c 1-450 >&2'))
    assert ("--no-sandbox" in str(refusal.value)) == without


def test_long_names_are_whole() -> None:
    text = read(pack(30, long=True)).text
    assert all(f"{LONG[:60]} {n}" in text for n in range(30))
