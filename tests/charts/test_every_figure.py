"""What holds for every figure: valid in full, calm with little, much and odd data, and safe with any name."""

import json
import re
import time
from html import escape, unescape
from importlib import import_module
from pathlib import Path
from typing import Any

import pandas as pd
import plotly.graph_objects as go
import pytest

import charts
from charts.theme import DARK, LIGHT, Look, headless
from tests.charts.frames import CASES, HOSTILE, Case

every = pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)


def names(n: int) -> list[str]:
    return [f"CRO {i:03d}" for i in range(n)]


def valid(figure: go.Figure) -> dict[str, Any]:
    """The figure as a dict, after Plotly has checked every property of it."""
    spec = figure.to_dict()
    go.Figure(spec)
    json.dumps(json.loads(figure.to_json()), allow_nan=False)
    assert isinstance(spec, dict)
    return spec


def words(spec: dict[str, Any]) -> str:
    return json.dumps(json.loads(go.Figure(spec, _validate=False).to_json()), ensure_ascii=False)


def test_every_figure_has_a_case() -> None:
    files = [path.stem for path in Path(charts.__path__[0]).glob("*.py")]
    drawing = {stem for stem in files if hasattr(import_module(f"charts.{stem}"), "figure")}
    cases = {case.name for case in CASES}
    assert not drawing - cases, "Add a case for these figures to CASES in tests/charts/frames.py"
    assert not cases - drawing


@every
@pytest.mark.parametrize("look", [LIGHT, DARK], ids=["light", "dark"])
@pytest.mark.parametrize("n", [1, 2, 8, 200])
def test_it_is_valid_at_any_size(case: Case, n: int, look: Look) -> None:
    spec = valid(case.draw(case.frame(names(n)), look))
    assert spec["data"]
    assert spec["layout"]["paper_bgcolor"] == look.paper
    assert "width" not in spec["layout"], "figures take the width of their container"
    assert spec["layout"]["height"] <= 3000


@every
def test_an_empty_frame_gives_a_sentence(case: Case) -> None:
    figure = case.draw(case.frame(names(2)).iloc[:0])
    spec = valid(figure)
    assert not spec["data"]
    assert len(spec["layout"]["annotations"][0]["text"]) > 15


@every
def test_a_frame_without_columns_gives_a_sentence(case: Case) -> None:
    assert not case.draw(pd.DataFrame()).data


@every
def test_unknown_numbers_and_dates_do_not_break_it(case: Case) -> None:
    frame = case.frame(names(5))
    kept = ("order", "column_order")
    numeric = [c for c in frame.select_dtypes(["float", "int"]) if c not in kept]
    dates = list(frame.select_dtypes("datetime"))
    for where in (slice(None), slice(0, 0)):
        holes = frame.astype(dict.fromkeys(numeric, "float"))
        holes.loc[where, numeric] = float("nan")
        valid(case.draw(holes))
        undated = frame.copy()
        undated.loc[where, dates] = pd.NaT
        valid(case.draw(undated))


@every
def test_names_are_shown_literally(case: Case) -> None:
    text = words(valid(case.draw(case.frame(list(HOSTILE)))))
    assert not re.search(r"<a\b", text), "a live link"
    assert "<b>bold</b>" not in text
    shown = json.loads(text)["layout"]
    assert not re.search(r"<(?!/?(b|br|span)\b)", json.dumps(shown)), "only our own marks"


@every
def test_user_text_is_never_a_template(case: Case) -> None:
    """Plotly fills `%{x}` in a template; names go where nothing is filled in."""
    for trace in case.draw(case.frame(list(HOSTILE))).to_dict()["data"]:
        assert not {"hovertemplate", "texttemplate"} & set(trace)


@every
def test_rows_are_numbers_not_categories(case: Case) -> None:
    """A CRO named 2024 or 2026-01-01 would turn a category axis into one of numbers or dates."""
    layout = case.draw(case.frame(["2024", "2026-01-01", "5"])).to_dict()["layout"]
    if "tickvals" in layout["yaxis"]:
        assert all(isinstance(value, int | float) for value in layout["yaxis"]["tickvals"])


@every
def test_hover_says_the_as_of_date(case: Case) -> None:
    text = words(case.draw(case.frame(names(3))).to_dict())
    assert "30 Sep 2026" in text


@every
def test_the_frame_is_left_alone(case: Case) -> None:
    frame = case.frame(names(4))
    before = frame.copy(deep=True)
    case.draw(frame)
    pd.testing.assert_frame_equal(frame, before)


LIMITED = [
    case for case in CASES if case.name not in ("s_curve", "waterfall", "curves", "slip", "trend", "funnel", "xmr")
]


@pytest.mark.parametrize("case", LIMITED, ids=lambda case: case.name)
def test_what_the_limit_leaves_out_is_said(case: Case) -> None:
    subtitle = case.draw(case.frame(names(200))).layout.title.subtitle.text
    assert re.search(r"\d+ of 200 shown", subtitle.replace("<br>", " ")), subtitle


@every
def test_titles_say_something_and_a_given_one_is_used(case: Case) -> None:
    frame = case.frame(names(4))
    assert len(case.draw(frame).layout.title.text) > 25
    given = Case(case.name, case.frame, case.more | {"title": "Mine <i>"})
    assert given.draw(frame).layout.title.text == "<b>Mine &lt;i&gt;</b>"


@every
def test_a_page_can_say_in_text_what_stands_above_a_figure(case: Case) -> None:
    """The plot area keeps its height: what the head took is taken off both the height and the margin."""
    whole = case.draw(case.frame(names(4))).to_dict()
    head, bare = headless(go.Figure(whole, _validate=False))
    spec = valid(bare)
    assert not spec["layout"]["title"].get("text")
    assert escape(head.title, quote=False) == re.sub(
        "<[^>]*>", "", whole["layout"]["title"]["text"].replace("<br>", " ")
    )
    assert all(word in plain_words(whole) for word, _ in head.key)
    rooms = [layout["height"] - layout["margin"]["t"] for layout in (whole["layout"], spec["layout"])]
    assert rooms[0] == rooms[1]
    assert spec["layout"]["margin"]["t"] < whole["layout"]["margin"]["t"]


def plain_words(spec: dict[str, Any]) -> str:
    return unescape(str(spec["layout"]["title"]["subtitle"]["text"]))


def test_time_a_figure(record_property: Any) -> None:
    """Milliseconds a figure at eight rows, recorded; nothing is asserted of a machine shared with others."""
    for case in CASES:
        frame = case.frame(names(8))
        case.draw(frame)
        start = time.perf_counter()
        for _ in range(5):
            case.draw(frame)
        record_property(case.name, round((time.perf_counter() - start) * 200, 2))
