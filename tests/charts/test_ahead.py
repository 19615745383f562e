"""What the figures of the forecasts say in their titles, and where months stand. Expected words are worked by hand."""

from datetime import date
from typing import Any

import pandas as pd

from charts import finish, queue
from charts.text import balanced, month_ticks, wrap
from charts.theme import LIGHT
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
    figure = finish.figure(pd.DataFrame([row | blank]), LIGHT, as_of=AS_OF, money=True)
    assert title(figure) == "No budget of 1 engagement is gone over two weeks before the work is done"
    beside = [note["text"] for note in figure.to_dict()["layout"]["annotations"]]
    assert any("lasts" in text and "work done 31 Aug 2026" in text and "gone" not in text for text in beside)


def test_a_percent_sign_does_not_begin_a_line() -> None:
    assert wrap("Pale band is 99.8 % of all", 18, 2) == "Pale band is<br>99.8 % of all"
    assert balanced("over the contract (8.9 %) now", 22, 2) == "over the contract<br>(8.9 %) now"


def test_months_are_labelled_where_they_stand() -> None:
    """Every third of ten months, back from the newest; a label at the first of a month would name the one before."""
    ticks = month_ticks("2026-01", "2026-10", 4)
    assert ticks["tickvals"] == ["2026-01-31", "2026-04-30", "2026-07-31", "2026-10-31"]
    assert ticks["ticktext"][-1] == "Oct<br>2026"
    assert month_ticks("2026-10", "2026-10", 4)["tickvals"] == ["2026-10-31"]
