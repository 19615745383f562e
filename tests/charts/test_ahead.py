"""What the figures of the forecasts say in their titles, and where months stand. Expected words are worked by hand."""

from datetime import date
from typing import Any

import pandas as pd

from charts import chances, finish, gantt, queue
from charts.text import balanced, month_ticks, wrap
from charts.theme import LIGHT
from tests.charts import frames
from tests.charts.frames import AS_OF, NAN


def title(figure: Any) -> str:
    return (
        str(figure.to_dict()["layout"]["title"]["text"]).replace("<br>", " ").removeprefix("<b>").removesuffix("</b>")
    )


def waits(label: str, now: int, expected: float, low: float, high: float) -> dict[str, Any]:
    rates = {"came": 2.0, "went": 1.0, "reason": None if expected == expected else "silence"}
    return {"label": label, "open": now, "expected": expected, "low": low, "high": high} | rates


def test_the_queue_counts_those_without_a_forecast_too() -> None:
    """10 and 3 are open, 13 in all as on the tile; only the 10 can be told, and 12 is above all chance of 10."""
    rows = [waits("Alpha", 10, 14, 12, 16), waits("Beta", 3, NAN, NAN, NAN)]
    assert title(queue.figure(pd.DataFrame(rows), LIGHT, as_of=AS_OF)) == (
        "13 open requests now, 3 without a forecast, the others about 14 in four weeks; Alpha likely to grow"
    )
    alone = [waits("Alpha", 10, 9, 8, 16)]
    assert title(queue.figure(pd.DataFrame(alone), LIGHT, as_of=AS_OF)) == (
        "10 open requests now, about 9 in four weeks; no queue is likely to grow"
    )


def test_a_budget_that_lasts_does_not_say_that_it_is_gone() -> None:
    row = {"study": "S1", "cro": "Alpha", "gone": date(2026, 9, 1), "worked": date(2026, 8, 31), "short_days": -1.0}
    blank = dict.fromkeys(["planned", "low", "high", "at_pace", "reason", "gone_reason"])
    figure = finish.figure(pd.DataFrame([row | blank]), LIGHT, as_of=AS_OF, far=14, money=True)
    assert title(figure) == "No budget of 1 engagement is gone over 14 days before the work is done"
    beside = [note["text"] for note in figure.to_dict()["layout"]["annotations"]]
    assert any("lasts" in text and "work done 31 Aug 2026" in text and "gone" not in text for text in beside)


def ahead(chance: float, **more: Any) -> Any:
    due = pd.Timestamp("2026-12-01")
    row = {"study": "S", "cro": "A", "milestone": "DBL", "due": due, "forecast": due, "contractual": False}
    row |= {"chance": chance, "p10": due, "p50": due, "p90": due, "cases": 30, "reason": None} | more
    return chances.figure(pd.DataFrame([row]), LIGHT, as_of=AS_OF).to_dict()["layout"]


def test_a_chance_has_a_noun_and_a_symbol() -> None:
    """Unlikely under 50 %, likely from 80 %."""
    told = [ahead(chance)["annotations"][1]["text"].split("<br>")[0] for chance in (0.0, 3.0, 66.0, 80.0)]
    assert told == ["<b>▼ missed</b>", "<b>▼ 3 % on time</b>", "<b>◆ 66 % on time</b>", "<b>▲ 80 % on time</b>"]


def test_too_few_cases_is_no_small_chance() -> None:
    dates = dict.fromkeys(("p10", "p50", "p90"), pd.NaT)
    said = ahead(NAN, reason="too few past cases (12 of 20)", **dates)["annotations"][1]["text"]
    assert "not known" in said
    assert "too few past cases (12 of 20)" in said


def test_legends_name_only_the_marks_that_are_drawn() -> None:
    assert "§" not in ahead(66.0)["title"]["subtitle"]["text"]
    assert "§ = in the contract" in ahead(66.0, contractual=True)["title"]["subtitle"]["text"]
    plan = frames.gantt(["A"]).assign(contractual=False, current_baseline=pd.Series([pd.NaT]))
    subtitle = gantt.figure(plan, LIGHT, as_of=AS_OF).to_dict()["layout"]["title"]["subtitle"]["text"]
    assert "ring = forecast" in subtitle
    assert not [mark for mark in ("§", "re-baselined", "filled diamond") if mark in subtitle]


def test_a_percent_sign_does_not_begin_a_line() -> None:
    assert wrap("Pale band is 99.8 % of all", 18, 2) == "Pale band is<br>99.8 % of all"
    assert balanced("over the contract (8.9 %) now", 22, 2) == "over the contract<br>(8.9 %) now"


def test_months_are_labelled_where_they_stand() -> None:
    """Every third of ten months, back from the newest; a label at the first of a month would name the one before."""
    ticks = month_ticks("2026-01", "2026-10", 4)
    assert ticks["tickvals"] == ["2026-01-31", "2026-04-30", "2026-07-31", "2026-10-31"]
    assert ticks["ticktext"][-1] == "Oct<br>2026"
    assert month_ticks("2026-10", "2026-10", 4)["tickvals"] == ["2026-10-31"]
