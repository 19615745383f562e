"""Funnel, control chart, and curves of many: what is drawn, named and said. Expected values are worked by hand."""

from typing import Any

import pandas as pd
import pytest

from analytics.control import Signal
from analytics.verdict import Verdict
from charts import curves, funnel, verdicts, xmr
from charts.theme import LIGHT
from tests.charts.frames import AS_OF, GRID, NAN


def point(label: str, value: float, n: float, verdict: str = "no different", note: str = "") -> dict[str, Any]:
    limits = {"low95": 70.0, "high95": 90.0, "low998": 60.0, "high998": 95.0}
    of = {"numerator": value * n / 100, "denominator": n, "n": n}
    return {"label": label, "value": value, "verdict": verdict, "note": note} | of | limits


def drawn(points: list[dict[str, Any]], **more: Any) -> Any:
    return funnel.figure(pd.DataFrame(points), LIGHT, curve=GRID, centre=80.0, as_of=AS_OF, **more).to_dict()


def plain(text: str) -> str:
    return text.replace("<br>", " ").replace("<b>", "").replace("</b>", "")


def test_charts_know_the_words_of_the_numbers() -> None:
    assert set(verdicts.SYMBOLS) == {verdict.value for verdict in Verdict} == set(verdicts.MARKERS)


def test_the_funnel_says_who_is_outside_and_how_many_are_not() -> None:
    points = [
        point("Low", 40, 100, "worse"),
        point("High", 99, 100, "better"),
        point("Mid", 81, 50),
        point("Near", 69, 60, note="near the limit"),
        point("Small", 100, 3, "too few"),
    ]
    # Four of the five have enough cases to be judged.
    assert plain(drawn(points, what="On time")["layout"]["title"]["text"]) == (
        "On time: 1 of 4 CROs worse than the others (Low); 1 better than the others (High); the rest no different"
    )
    alike = plain(drawn(points[2:4])["layout"]["title"]["text"])
    assert alike == "no CRO stands out; 2 CROs differ by no more than chance explains"
    assert plain(drawn(points[4:])["layout"]["title"]["text"]) == "too few cases to compare any CRO"


def test_a_mark_stands_at_its_denominator_with_the_symbol_of_its_word() -> None:
    dots = drawn([point("Low", 40, 100, "worse"), point("Small", 100, 3, "too few")])["data"][-1]
    assert (dots["x"], dots["y"]) == ([100, 3], [40, 100])
    assert dots["marker"]["symbol"] == ["triangle-down", "circle-open"]
    assert dots["marker"]["color"][0] == LIGHT.bad
    told = dots["hovertext"][0]
    assert "40 of 100" in told
    assert "99.8 % of chance: 60.0 to 95.0 %" in told


def test_lower_is_better_does_not_turn_the_symbol() -> None:
    """Worse stays a triangle that points down, although it lies above: symbol and word are one."""
    dots = drawn([point("High", 99, 100, "worse")], better="lower")["data"][-1]
    assert dots["marker"]["symbol"] == ["triangle-down"]


@pytest.mark.parametrize(("smallest", "kind"), [(11, "linear"), (9, "log")])
def test_the_axis_is_logarithmic_beyond_fifty_times(smallest: float, kind: str) -> None:
    """500 / 11 = 45.5; 500 / 9 = 55.6."""
    assert drawn([point("A", 80, smallest), point("B", 82, 500)])["layout"]["xaxis"]["type"] == kind


def test_of_many_only_those_outside_or_near_are_named() -> None:
    points = [point(f"CRO {i}", 80 + i / 10, 20 + 9 * i) for i in range(20)]
    points += [point("Out", 30, 300, "worse"), point("Near", 69, 30, note="near the limit")]
    spec = drawn(points)
    assert sorted(text for text in spec["data"][-1]["text"] if text) == ["<b>Out</b>", "Near"]
    assert "2 of 22 shown by name" in plain(spec["layout"]["title"]["subtitle"]["text"])


def test_names_do_not_cover_each_other() -> None:
    """Two marks at one place: only one of them has room on each side, and an outside one is named first."""
    points = [point("Twin one", 80, 100), point("Twin two", 80, 101), point("Twin three", 80, 102)]
    dots = drawn(points)["data"][-1]
    sides = [side for side, text in zip(dots["textposition"], dots["text"], strict=True) if text]
    assert len(sides) == len(set(sides))


def test_overdispersion_is_said_only_where_there_is_any() -> None:
    points = [point("A", 80, 100), point("B", 82, 90)]
    assert "widened by 1.50 (φ = 2.25)" in plain(drawn(points, phi=2.25)["layout"]["title"]["subtitle"]["text"])
    assert "widened" not in plain(drawn(points)["layout"]["title"]["subtitle"]["text"])


def months(values: list[float], signals: dict[int, tuple[str, int]], **more: Any) -> pd.DataFrame:
    return pd.DataFrame(
        {
            "month": f"2026-{i + 1:02}",
            "value": value,
            "n": 10,
            "numerator": 5,
            "denominator": 10,
            "mean": 50.0,
            "low": 30.0,
            "high": 70.0,
            "signal": signals.get(i, ("", 0))[0],
            "side": signals.get(i, ("", 0))[1],
        }
        | more
        for i, value in enumerate(values)
    )


def test_a_signal_is_worse_or_better_by_the_direction() -> None:
    frame = months([50, 80, 50, 20], {1: ("outside the limits", 1), 3: ("outside the limits", -1)})
    for better, symbols in (("higher", ["triangle-up", "triangle-down"]), ("lower", ["triangle-down", "triangle-up"])):
        dots = xmr.figure(frame, LIGHT, better=better, as_of=AS_OF).to_dict()["data"][1]
        assert [dots["marker"]["symbol"][i] for i in (1, 3)] == symbols
        assert [dots["marker"]["symbol"][i] for i in (0, 2)] == ["circle", "circle"]


def test_missing_months_break_the_line() -> None:
    """April has too few cases, and June has no row at all: both are gaps."""
    frame = months([50, 51, 52, NAN, 54, 55, 56], {}).drop(index=5)
    line = xmr.figure(frame, LIGHT, as_of=AS_OF).to_dict()["data"][0]
    assert line["x"] == [
        "2026-01-31", "2026-02-28", "2026-03-31", "2026-04-30", "2026-05-31", "2026-06-30", "2026-07-31",
    ]  # fmt: skip
    assert line["y"] == [50, 51, 52, None, 54, None, 56]
    assert line["connectgaps"] is False


def test_the_finding_names_the_month_in_which_it_began() -> None:
    frame = months([50, 50, 80, 81], {2: ("outside the limits", 1), 3: ("outside the limits", 1)})
    said: dict[str, Any] = {"verdict": "worse", "since": "2026-03", "better": "lower", "what": "Wait"}
    figure = xmr.figure(frame, LIGHT, as_of=AS_OF, **said).to_dict()
    title = plain(figure["layout"]["title"]["text"])
    assert title == "Wait: worse than before since Mar 2026 (above the limits)"
    notes = [note["text"] for note in figure["layout"]["annotations"] if "above" in note["text"]]
    assert len(notes) == 1, "one run of two months is one note"
    assert "from Mar 2026 to Apr 2026" in notes[0]


def test_a_signal_that_is_over_is_not_since() -> None:
    """September was outside, October is back inside: it was in September."""
    frame = months([50, 50, 80, 50], {2: ("outside the limits", 1)})
    said: dict[str, Any] = {"verdict": verdicts.BETTER, "since": "2026-03", "what": "Share"}
    title = xmr.figure(frame, LIGHT, as_of=AS_OF, **said).to_dict()["layout"]["title"]["text"]
    assert plain(title) == f"Share: {verdicts.BETTER} than before in Mar 2026 (above the limits)"


def test_what_is_said_of_a_run_is_what_is_marked() -> None:
    """Of seven months above the mean two are outside: five marks are left, and each signal has its own months."""
    shift, outside = ("seven months on one side", 1), ("outside the limits", 1)
    frame = months([60.0] * 7, dict.fromkeys(range(5), shift) | {5: outside, 6: outside})
    notes = xmr.figure(frame, LIGHT, as_of=AS_OF).to_dict()["layout"]["annotations"]
    [said] = [plain(note["text"]) for note in notes if "above" in note["text"]]
    assert "above the mean" in said
    assert "from Jan 2026 to May 2026" in said
    assert "from Jun 2026 to Jul 2026" in said
    assert "seven" not in said


def test_a_trend_says_its_direction() -> None:
    for side, word in ((1, "rising"), (-1, "falling")):
        frame = months([50, 51], {1: ("seven months rising or falling", side)})
        notes = xmr.figure(frame, LIGHT, as_of=AS_OF).to_dict()["layout"]["annotations"]
        assert any(f"<b>{word}</b>" in note["text"] for note in notes)


def test_charts_know_the_signals_of_the_numbers() -> None:
    assert set(xmr.DIRECTIONS) == {signal.value for signal in Signal}


def test_trial_limits_and_no_limits_are_said() -> None:
    def subtitle(frame: pd.DataFrame, **more: Any) -> str:
        return plain(xmr.figure(frame, LIGHT, as_of=AS_OF, **more).to_dict()["layout"]["title"]["subtitle"]["text"])

    assert "trial limits" in subtitle(months([50, 51], {}), trial=True)
    assert "trial" not in subtitle(months([50, 51], {}))
    none = {"mean": NAN, "low": NAN, "high": NAN}
    assert "No limits: 2 months." in subtitle(months([50, 51], {}, **none), reason="2 months")


def test_thresholds_and_limits_are_named_beside_the_plot() -> None:
    figure = xmr.figure(months([50, 51], {}), LIGHT, green=60.0, red=40.0, as_of=AS_OF).to_dict()
    named = [note["text"] for note in figure["layout"]["annotations"]]
    assert sorted(named) == sorted(["upper limit 70 %", "mean 50 %", "lower limit 30 %", "▲ green 60 %", "▼ red 40 %"])
    assert [shape["y0"] for shape in figure["layout"]["shapes"]] == [70, 50, 30, 60, 40]


def curve(label: str, *steps: tuple[float, float]) -> list[dict[str, Any]]:
    return [{"label": label, "t": t, "s": s, "low": NAN, "high": NAN} for t, s in ((0.0, 1.0), *steps)]


def test_curves_of_too_few_cases_are_drawn_and_not_named() -> None:
    """The one request that was never answered would otherwise be the slowest of all."""
    frame = pd.DataFrame(curve("One", (400.0, 1.0)) + curve("Slow", (4.0, 0.5)) + curve("Fast", (2.0, 0.2)))
    figure = curves.figure(frame, LIGHT, few=("One",), as_of=AS_OF).to_dict()
    assert plain(figure["layout"]["title"]["text"]) == "Slow leaves 50 % open past 4 business hours; 20 % at Fast"
    assert not any("One" in note["text"] for note in figure["layout"]["annotations"])
    assert sum("One" in str(trace.get("hovertext")) for trace in figure["data"]) == 1
    assert "1 of them with too few cases" in plain(figure["layout"]["title"]["subtitle"]["text"])


def test_without_an_sla_curves_are_compared_where_they_are_drawn() -> None:
    """A queue that never gets to one half lasts 250 days; the others are half done after 4 and 2."""
    frame = pd.DataFrame(
        curve("Queue", (1.0, 0.9), (5.0, 0.8), (250.0, 0.8)) + curve("Slow", (4.0, 0.5)) + curve("Fast", (2.0, 0.2))
    )
    figure = curves.figure(frame, LIGHT, as_of=AS_OF).to_dict()
    assert plain(figure["layout"]["title"]["text"]).startswith("Queue leaves 90 % open past 4 business hours")
    assert figure["layout"]["xaxis"]["range"][1] < 10
