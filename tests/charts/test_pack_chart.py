"""The charts of a review pack: every kind and role, of any size, with odd names and gaps."""

import json
from typing import Any

import plotly.graph_objects as go
import pytest

from charts.pack import Series, chart
from charts.theme import DARK, LIGHT, Look, headless
from tests.charts.frames import AS_OF, HOSTILE

KINDS = ("line", "column", "bar", "stacked_bar", "stacked_column")
ROLES = ("actual", "baseline", "forecast", "cro", "sponsor", "external", "good", "bad", "limit", "hidden")


def drawn(kind: str, categories: list[str], series: list[Series], look: Look = LIGHT, **more: Any) -> dict[str, Any]:
    """The chart as a dict, after Plotly has checked every property of it."""
    figure = chart(
        look, title="Mine <i>", subtitle="", kind=kind, categories=categories, series=series, as_of=AS_OF, **more
    )
    spec = figure.to_dict()
    go.Figure(spec)
    json.dumps(spec, allow_nan=False)
    assert isinstance(spec, dict)
    return spec


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("look", [LIGHT, DARK], ids=["light", "dark"])
@pytest.mark.parametrize("n", [1, 8, 30, 200])
def test_every_role_is_valid_at_any_size(kind: str, look: Look, n: int) -> None:
    values = [None if i % 5 == 4 else i - 2.5 for i in range(n)]
    spec = drawn(kind, [f"Study {i}" for i in range(n)], [(role, values, role) for role in ROLES], look)
    across = "bar" in kind
    assert [trace["x" if across else "y"] for trace in spec["data"]] == [values] * len(ROLES)
    assert spec["layout"]["height"] <= 4000
    headless(go.Figure(spec, _validate=False))


@pytest.mark.parametrize("kind", KINDS)
def test_names_are_shown_literally_and_are_no_numbers(kind: str) -> None:
    names = list(HOSTILE)
    spec = drawn(kind, names, [(name, [1.0] * len(names), "actual") for name in names])
    told = json.dumps(spec)
    assert "<a " not in told
    assert "<i>" not in told
    assert "template" not in {key for trace in spec["data"] for key in trace}
    places = spec["layout"]["yaxis" if "bar" in kind else "xaxis"]["tickvals"]
    assert places == list(range(len(names)))


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("values", [[], [None, None]])
def test_nothing_reported_is_a_sentence(kind: str, values: list[float | None]) -> None:
    spec = drawn(kind, ["A", "B"][: len(values)], [("Score", values, "actual")])
    assert not spec["data"]
    assert spec["layout"]["annotations"][0]["text"] == "Nothing was reported here."


def test_a_mark_says_its_value_its_unit_and_its_day() -> None:
    spec = drawn("column", ["Contract"], [("Fee", [9.125], "actual")], unit="m EUR", digits=3)
    assert spec["data"][0]["hovertext"] == ["<b>Contract</b><br>Fee: 9.125 m EUR<br>As of 30 Sep 2026"]
    assert spec["data"][0]["text"] == ["9.125"]


def test_a_forecast_and_a_limit_are_told_without_their_colour() -> None:
    series: list[Series] = [("Score", [1.0], "actual"), ("Next", [2.0], "forecast"), ("Target", [3.0], "limit")]
    line = drawn("line", ["Q1"], series)
    assert [trace["line"]["dash"] for trace in line["data"]] == ["solid", "dash", "dot"]
    assert [word for word, _ in line["layout"]["meta"]["key"]] == ["Score", "Next (dashed)", "Target (dotted)"]
    bars = drawn("bar", ["Q1"], series)
    assert bars["data"][1]["marker"]["pattern"]["shape"] == "/"


def test_good_and_bad_have_their_symbols() -> None:
    spec = drawn("stacked_bar", ["A"], [("Adds", [1.0], "bad"), ("Takes away", [2.0], "good")])
    assert [word for word, _ in spec["layout"]["meta"]["key"]] == ["▼ Adds", "▲ Takes away"]


def test_the_base_of_a_step_is_not_seen() -> None:
    spec = drawn("stacked_column", ["A"], [("Base", [8.4], "hidden"), ("Adds", [0.5], "bad")], digits=1)
    base, step = spec["data"]
    assert base["marker"]["color"] == "rgba(0,0,0,0)"
    assert base["hoverinfo"] == "skip"
    assert "text" not in base
    assert (step["text"], step["textposition"]) == (["0.5"], "outside")


def test_a_word_at_a_low_point_stands_below_the_line() -> None:
    spec = drawn("line", ["A", "B", "C"], [("Score", [3.0, 1.0, 2.0], "actual")])
    assert spec["data"][0]["textposition"] == ["top center", "bottom center", "top center"]
