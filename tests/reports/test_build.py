"""The content of a pack is what the engine says, digit for digit, in every format."""

import io
import json
import re
import zipfile
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from pptx import Presentation

from analytics import budget, timelines
from analytics.catalogue import SCORED
from analytics.engine import kpi_rows
from analytics.scope import Scope
from analytics.score import scorecard
from analytics.view import View
from data.store import Store
from reports import book, build, content, deck, desk, page
from reports.content import Chart, Figure, Pack, Table
from reports.reply import DAYS
from reports.topics.cells import shown
from tests.world import CRO, ENGAGEMENT, cros, engagement, scope_of, small

TODAY = date(2026, 11, 23)
CUT_OFF = date(2026, 9, 30)
OWN = "BRIGHTMOOR"


@contextmanager
def seen(store: Store, as_of: date = CUT_OFF, **over: Any) -> Iterator[View]:
    with store.read() as cursor:
        yield View(cursor, scope_of(store, as_of, **over))


@pytest.fixture(scope="module")
def pack(demo_store: Store) -> Pack:
    with seen(demo_store, date(2026, 10, 31)) as view:
        return desk.of(view, OWN, "2026-Q3", TODAY).pack


@pytest.fixture(scope="module")
def engine(demo_store: Store) -> dict[str, dict[str, Any]]:
    """The scored KPIs of the CRO as the engine has them at the cut-off, over all CROs."""
    with seen(demo_store) as view:
        return {row["kpi"]: row for row in kpi_rows(view, SCORED, ("cro",)) if row["cro"] == OWN}


def kpis(pack: Pack) -> dict[str, Figure]:
    return {one.id: one for one in pack.figures if re.fullmatch(r"[A-Z]\d\d", one.id)}


def table(pack: Pack, title: str) -> Table:
    return next(
        block
        for section in pack.sections
        for block in section.blocks
        if isinstance(block, Table) and block.title.startswith(title)
    )


def chart(pack: Pack, key: str) -> Chart:
    section = next(section for section in pack.sections if section.key == key)
    return next(block for block in section.blocks if isinstance(block, Chart))


def test_the_topics_are_those_of_the_meeting_in_its_order(pack: Pack) -> None:
    assert [section.key for section in pack.sections] == [
        "actions", "summary", "scorecard", "timeline", "finance", "quality", "responsiveness", "relationship", "risks",
        "ours", "outlook", "agreed",
    ]  # fmt: skip


def test_every_figure_is_that_of_the_engine(pack: Pack, engine: dict[str, dict[str, Any]]) -> None:
    figures = kpis(pack)
    assert len(figures) > 20
    for code, one in figures.items():
        row = engine[code]
        assert (one.value, one.low, one.high, one.n) == (row["value"], row["low"], row["high"], row["n"]), code
        assert one.band == row["band"], code


def test_the_score_is_that_of_the_page(pack: Pack, demo_store: Store) -> None:
    with seen(demo_store) as view:
        score = scorecard(view).scores[OWN]
    with seen(demo_store, date(2026, 6, 30)) as view:
        before = scorecard(view).scores[OWN]
    one = next(pack.figures)
    assert (one.id, one.value, one.band, one.previous) == ("score", score.value, score.band, before.value)


def test_days_by_cause_and_the_steps_of_money_are_those_of_the_pages(pack: Pack, demo_store: Store) -> None:
    with seen(demo_store, cros=(OWN,)) as view:
        late, steps = timelines.late(view), budget.steps(view)
    causes = table(pack, DAYS)
    named = [column.name for column in causes.columns]
    for name, told in (("CRO", "days_cro"), ("Sponsor", "days_sponsor"), ("External", "days_external")):
        assert sum(row[named.index(name)] for row in causes.rows) == late[told].sum()  # type: ignore[misc]
    shown = chart(pack, "finance")
    ends = [value for value in shown.series[1].values if value is not None]
    assert ends == [steps["amount"].iloc[0] / 1e6, steps["amount"].iloc[-1] / 1e6]
    # what stands on the last step reaches the forecast
    base, added = shown.series[0].values[-2], shown.series[2].values[-2]
    assert base is not None
    assert added is not None
    assert base + added == pytest.approx(ends[1], rel=1e-12)


def test_every_format_holds_the_numbers_of_the_engine(pack: Pack, engine: dict[str, dict[str, Any]]) -> None:
    figures = kpis(pack)
    html = page.write(pack).decode()
    written = dict(re.findall(r'data-figure="([A-Z]\d\d)" data-value="([^"]+)"', html))
    sheet = openpyxl.load_workbook(io.BytesIO(book.write(pack)))["Scorecard"]
    cells = {row[place].value for row in sheet.iter_rows() for place in range(len(row))}
    slides = " ".join(_words(deck.write(pack)))
    for code, one in figures.items():
        assert one.text in slides, code
        if one.value is not None:
            assert float(written[code]) == engine[code]["value"], code
            assert one.value in cells, code


def _words(presentation: bytes) -> Iterator[str]:
    for slide in Presentation(io.BytesIO(presentation)).slides:
        for shape in slide.shapes:
            if shape.has_table:
                yield from (cell.text for row in shape.table.rows for cell in row.cells)
            elif shape.has_text_frame:
                yield shape.text_frame.text


def test_charts_hold_the_numbers_of_the_pack(pack: Pack) -> None:
    written = [
        tuple(series.values)
        for slide in Presentation(io.BytesIO(deck.write(pack))).slides
        for shape in slide.shapes
        if shape.has_chart
        for series in shape.chart.plots[0].series
    ]
    for section in pack.sections:
        for block in section.blocks:
            if isinstance(block, Chart):
                for series in block.series:
                    assert series.values in written, (section.key, series.name)


def test_a_pack_comes_back_the_same(pack: Pack) -> None:
    assert content.read(content.text(pack)) == pack
    assert content.read(content.text(pack)).hash == pack.hash


def test_who_prepared_it_takes_no_part_in_the_hash_and_every_figure_does(pack: Pack) -> None:
    found = json.loads(content.text(pack))
    found["prepared_by"] = "Somebody else"
    assert content.read(json.dumps(found)).hash == pack.hash
    found["sections"][2]["blocks"][0]["figures"][0]["value"] += 1e-9
    assert content.read(json.dumps(found)).hash != pack.hash


def test_no_other_cro_stands_in_what_one_cro_gets(pack: Pack, demo_store: Store) -> None:
    """Names and codes of the others and of their contracts, in every part of every file."""
    with demo_store.read() as cursor:
        others = cursor.execute(
            "SELECT cro_id FROM cros WHERE cro_id <> $own UNION SELECT name FROM cros WHERE cro_id <> $own "
            "UNION SELECT engagement_id FROM engagements WHERE cro_id <> $own "
            "UNION SELECT person FROM team JOIN engagements USING (engagement_id) WHERE organisation = 'cro' "
            "AND cro_id <> $own",
            {"own": OWN},
        ).fetchall()
    words = {str(name) for (name,) in others if len(str(name)) > 4}
    assert len(words) > 60
    for write in (deck.write, page.write, book.write):
        ours, theirs = ("\n".join(_unpacked(write(each))) for each in (pack, pack.for_cro()))
        assert not [word for word in words if word in theirs]
        # What we get names the seven others, so that there was something to leave out; one has a sign that is escaped.
        assert len([word for word in words if word in ours]) >= 6


def test_beside_the_others_stand_the_scores_of_their_own_packs(pack: Pack, demo_store: Store) -> None:
    with seen(demo_store, date(2026, 10, 31)) as view:
        other = next(desk.of(view, "OSTWALD", "2026-Q3", TODAY).pack.figures)
    rows = table(pack, "Beside our other CROs").rows
    assert len(rows) == 8
    assert ("Ostwald", other.text, other.word) in [(str(row[0])[:7], *row[1:3]) for row in rows]
    assert [row[1] for row in rows if str(row[0]).endswith("(this CRO)")] == [next(pack.figures).text]


def _unpacked(file: bytes) -> Iterator[str]:
    if file[:2] != b"PK":
        yield file.decode("utf-8", errors="replace")
        return
    with zipfile.ZipFile(io.BytesIO(file)) as archive:
        for name in archive.namelist():
            yield name
            yield from _unpacked(archive.read(name))


def test_of_very_many_others_the_nearest_are_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("reports.topics.scorecard.NAMED", 1)
    late = {"A": 6, "B": 1, "C": 5}  # of ten milestones: scores of 40, 90 and 50 before anything else
    store = small(
        {
            "cros": cros(*late),
            "engagements": [engagement(f"E{code}", code) for code in late],
            "milestones": [
                {
                    "engagement_id": f"E{code}", "milestone": f"m{number}", "baseline_original": date(2026, 3, 1),
                    "actual": date(2026, 3, 20 if number < many else 1),
                }
                for code, many in late.items()
                for number in range(10)
            ],
        }
    )  # fmt: skip
    with seen(store) as view:
        found = table(desk.of(view, "A", "2026-Q3", TODAY).pack, "Beside our other CROs")
    assert found.title.endswith("(the 1 nearest by score)")
    assert [row[0] for row in found.rows] == ["CRO A (this CRO)", "CRO C"]


def test_of_few_others_no_range_is_shown() -> None:
    """Two others: whoever knows one of them would know the other."""
    store = small(
        {
            "cros": cros("A", "B", "C"),
            "engagements": [engagement("E1", "A"), engagement("E2", "B"), engagement("E3", "C")],
            "milestones": [
                {
                    "engagement_id": f"E{place}", "milestone": f"m{number}", "baseline_original": date(2026, 3, 1),
                    "actual": date(2026, 3, 1 if number < 5 + place else 20),
                }
                for place in (1, 2, 3)
                for number in range(10)
            ],
        }
    )  # fmt: skip
    with seen(store) as view:
        found = desk.of(view, "A", "2026-Q3", TODAY).pack
    assert kpis(found)["T01"].value == 60.0  # 6 of 10
    assert table(found, "Where the others lie").rows == ()


def test_a_cro_of_which_little_is_known_has_a_pack_too() -> None:
    with seen(small({})) as view:
        found = desk.of(view, "A", "2026-Q3", TODAY).pack
    assert kpis(found) == {}
    assert next(found.figures).text == "–"
    for write in (deck.write, page.write, book.write):
        assert write(found)


def test_a_name_that_would_run_stays_text() -> None:
    name = '=cmd|"/c calc"!A1</script>'
    store = small({"cros": [CRO | {"name": name}], "engagements": [ENGAGEMENT | {"study_id": "@SUM(A1)"}]})
    with seen(store) as view:
        found = desk.of(view, "A", "2026-Q3", TODAY).pack
    assert found.cro == name
    assert name not in page.write(found).decode()
    loaded = openpyxl.load_workbook(io.BytesIO(book.write(found)))
    assert not [cell for sheet in loaded for row in sheet.iter_rows() for cell in row
                if cell.data_type == "f" and "cmd" in str(cell.value)]  # fmt: skip


def test_leadership_sees_all_on_two_pages_and_each_on_one(demo_store: Store) -> None:
    with seen(demo_store, date(2026, 10, 31)) as view:
        every = [desk.of(view, code, "2026-Q3", TODAY) for code in list(desk.known(view))[:3]]
    found = desk.leadership(every, "2026-Q3")
    assert [section.key for section in found.sections[:2]] == ["all", "decisions"]
    assert len(found.sections) == 2 + 3
    scores = {row[0]: row[2] for row in table(found, "Scores of 100").rows}
    assert scores == {each.pack.cro: next(each.pack.figures).value for each in every}
    assert [row[2] for row in table(found, "Scores of 100").rows] == sorted(scores.values())  # type: ignore[type-var]
    with pytest.raises(ValueError, match="no CRO to review"):
        desk.leadership([], "2026-Q3")


def test_the_definitions_have_a_hash_of_their_own() -> None:
    assert re.fullmatch(r"[0-9a-f]{64}", build.definitions())


def test_filters_of_a_page_hide_nothing_of_a_review(demo_store: Store, pack: Pack) -> None:
    with demo_store.read() as cursor:
        narrow = Scope(as_of=date(2026, 10, 31), known_at=demo_store.version, studies=("MIR-302",), baseline="current")
        assert desk.of(View(cursor, narrow), OWN, "2026-Q3", TODAY).pack.hash == pack.hash


def test_a_cro_that_there_is_not(demo_store: Store) -> None:
    with (
        seen(demo_store) as view,
        pytest.raises(desk.NoReview, match=r"No CRO NOBODY has an engagement\. There are AL"),
    ):
        desk.of(view, "NOBODY", "2026-Q3", TODAY)


@pytest.mark.parametrize(("cell", "said"), [(None, "–"), (26, "26"), (20.0, "20"), (1 / 3, "0.3333333333"), ("a", "a")])
def test_a_cell_as_it_is_compared(cell: content.Cell, said: str) -> None:
    assert shown(cell) == said


def test_the_demo_is_reviewed_by_its_own_cut_off(pack: Pack) -> None:
    assert (pack.cut_off, pack.baseline, pack.told_on) == ("2026-09-30", "original", "2026-11-23")
    assert Path(pack.review_id).name == "BRIGHTMOOR-2026-Q3"
