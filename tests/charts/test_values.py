"""The numbers drawn are those of the frame, in the places they belong. Expected values are worked by hand."""

from datetime import date, timedelta
from typing import Any

import pandas as pd
import pytest

from charts import (
    ageing,
    both_ways,
    bullets,
    causes,
    contributions,
    curves,
    due,
    exposure,
    freshness,
    gantt,
    indices,
    monthly,
    s_curve,
    scorecard,
    share,
    slip,
    states,
    trend,
    waterfall,
    why,
)
from charts.theme import DARK, LIGHT
from tests.charts import frames
from tests.charts.frames import AS_OF, NAN


def notes(figure: Any) -> list[str]:
    return [note["text"] for note in figure.to_dict()["layout"]["annotations"]]


def traces(figure: Any, **like: Any) -> list[dict[str, Any]]:
    return [t for t in figure.to_dict()["data"] if all(t.get(k) == v for k, v in like.items())]


def test_scorecard_colours_by_band_and_shows_words_for_what_is_missing() -> None:
    figure = scorecard.figure(frames.scorecard(["A", "B"]), LIGHT)
    heat = figure.to_dict()["data"][0]
    # A: green at 100, amber at 70, red at 20, too few; their strengths are (100 - 80) / 20 = 1,
    # (100 - 70) / 50 = 0.6 and (60 - 20) / 60 = 2/3.
    assert heat["z"][0] == pytest.approx([0.01 + 0.98, 1.01 + 0.98 * 0.6, 2.01 + 0.98 * 2 / 3, 3.01 + 0.98 / 2])
    cells = traces(figure, mode="text")[0]["text"]
    assert cells[0] == "▲ <b>90.5 %</b>"
    # B moves one band on, so that its fourth column is not reported.
    assert (cells[7][0], cells[7].endswith("not reported</span>")) == ("–", True)
    assert "90.5" not in cells[7]


def test_a_domain_is_judged_by_its_own_band_and_names_the_worst_kpi() -> None:
    """A's first KPI is amber and its domain red: what counts is the domain, and its red KPI with the fewest points."""
    cells = [
        ("A", 0, "Quality", 0, "45", "red", 45.0), ("A", 0, "Queries", 1, "7.6 d", "amber", 74.0),
        ("A", 0, "Visits", 2, "75.6 %", "red", 3.0), ("A", 0, "Files", 3, "88.8 %", "red", 37.0),
        ("B", 1, "Quality", 0, "79", "amber", 79.9), ("B", 1, "Visits", 2, "60.0 %", "red", 0.0),
    ]  # fmt: skip
    names = ["cro", "order", "column", "column_order", "text", "band", "points"]
    more = {"history": None, "target": NAN, "change": "", "n": 1, "stale": False}
    frame = pd.DataFrame(cells, columns=names).assign(**more)
    title = scorecard.figure(frame, LIGHT).layout.title.text.replace("<br>", " ")
    assert title == "<b>1 of 2 CROs red in Quality: A (Visits 75.6 %); 1 amber</b>"
    assert any("79 of 100 points" in text for text in scorecard.figure(frame, LIGHT).data[-1].hovertext)


def test_a_cell_can_be_selected_and_names_its_cro_and_column() -> None:
    frame = frames.scorecard(["A", "B"])
    handles = traces(scorecard.figure(frame.assign(cro_id=frame["cro"].str.lower()), LIGHT), mode="markers")[-1]
    assert handles["customdata"][0] == ["a", frame["column"][0]]
    assert len(handles["customdata"]) == len(frame)


def test_bullets_say_thresholds_without_a_sign_where_they_are_told_so() -> None:
    frame = frames.bullets(["A"]).assign(
        band="green", green=-2.0, red=-5.0, green_text="2.0 % over", red_text="5.0 % over"
    )
    texts = [text for trace in traces(bullets.figure(frame, LIGHT), mode="text") for text in trace["text"]]
    assert {"2.0 % over", "5.0 % over"} <= set(texts)
    assert not {"-2", "-5"} & set(texts)


def test_scorecard_sparklines_share_the_scale_of_their_column() -> None:
    frame = frames.scorecard(["A", "B"]).query("column == 'Study status'")
    history = pd.Series([[0.0, 100.0], [50.0, 100.0]], index=frame.index)
    frame = frame.assign(history=history, target=NAN, band="green", column_order=0)
    line = traces(scorecard.figure(frame, LIGHT), mode="lines")[1]
    # Rows 0 and 1, wide cells: from y + 0.28 (the lowest, 0) to y - 0.28 (the highest, 100); 50 is half way.
    assert line["y"] == pytest.approx([0.28, -0.28, None, 1.0, 0.72, None])


def test_bullets_put_thresholds_at_the_thirds_in_either_direction() -> None:
    higher = {"green": 90.0, "red": 80.0, "better": "higher"}
    lower = {"green": 8.0, "red": 16.0, "better": "lower"}
    assert [bullets.place(higher, v) for v in (80, 85, 90)] == pytest.approx([1 / 3, 1 / 2, 2 / 3])
    assert [bullets.place(lower, v) for v in (16, 12, 8, 4)] == pytest.approx([1 / 3, 1 / 2, 2 / 3, 5 / 6])
    assert [bullets.place(higher, v) for v in (0, 300)] == [0.0, 1.0]
    assert bullets.place(higher | {"green": NAN}, 85) is None
    # One threshold for both, as for a count that must be 0: worse is left of the middle.
    assert (bullets.place({"green": 0.0, "red": 0.0, "better": "lower"}, 1) or 1.0) < 0.5


def test_gantt_draws_each_date_once_and_says_the_slip() -> None:
    frame = frames.gantt(["A", "B"])
    figure = gantt.figure(frame, LIGHT, as_of=AS_OF)
    base, forecast, actual = traces(figure, mode="markers")[1:]
    assert base["x"] == ["2026-01-01", "2026-01-08"]
    assert (forecast["x"], forecast["y"]) == (["2026-02-10"], [0])
    assert (actual["x"], actual["y"]) == (["2026-01-13"], [1])
    assert any("40 days late" in text for text in notes(figure))
    waiting, done = traces(figure, mode="lines")
    # An overdue milestone whose forecast has passed waits until the as-of date.
    assert waiting["x"] == ["2026-01-01", "2026-09-30"]
    assert waiting["line"]["dash"] != "solid"
    assert done["line"]["dash"] == "solid"


def test_s_curve_stops_where_the_reports_stop() -> None:
    frame = frames.s_curve(["x"] * 6)
    figure = s_curve.figure(frame, LIGHT, as_of=AS_OF, bac=600_000.0, eac_mid=660_000.0, currency="EUR")
    lines = traces(figure, mode="lines")
    pv, ev, ac = lines[-4], lines[-2], lines[-1]
    assert pv["y"] == list(frame["pv"])
    assert ev["y"] == [90_000.0, 180_000.0, 270_000.0, 360_000.0, None, None]
    assert ac["x"][0] == "2026-04-30", "a month's total stands at its end"
    # 660,000 - 600,000 = 60,000 over, a tenth of the budget.
    assert figure.layout.title.text.replace("<br>", " ") == (
        "<b>All cost types, by earned value: forecast to finish EUR 60.0k over budget (10.0 %)</b>"
    )


def test_slip_has_a_dot_an_engagement_and_the_median_tick() -> None:
    frame = pd.DataFrame(
        {"milestone": "DBL", "engagement": e, "cro": "A", "slip_days": s, "state": k}
        for e, s, k in (
            ("E1", -5.0, "actual"),
            ("E2", 10.0, "forecast"),
            ("E3", 40.0, "actual"),
            ("E4", NAN, "actual"),
        )
    )
    dots, tick = slip.figure(frame, LIGHT).to_dict()["data"]
    assert dots["x"] == [-5.0, 10.0, 40.0]
    assert dots["marker"]["color"] == [LIGHT.good, LIGHT.paper, LIGHT.bad]
    assert tick["x"] == [10.0]


def test_causes_keep_every_day() -> None:
    frame = frames.causes(["A", "B"])
    bars = causes.figure(frame, LIGHT).to_dict()["data"]
    # A: 1, 2, 3, 4 days; B: 11, 12, 13, 14; B has more and stands first.
    assert [bar["x"] for bar in bars] == [[11.0, 1.0], [12.0, 2.0], [13.0, 3.0], [14.0, 4.0]]
    # Of all 60 days the CROs have 12, and 18 carry no cause.
    figure = causes.figure(frame, LIGHT)
    assert figure.layout.title.text == "<b>Of 60 late days the CROs caused 20 %, not recorded 30 %</b>"
    # Beside the bars the same whole: of B's 50 days 11 and 14.
    assert notes(figure)[0].replace("<br>", " ").startswith("<b>50 days</b>")
    assert "CRO 22 %, not recorded 28 %" in notes(figure)[0]


def test_a_cro_of_whose_days_no_cause_is_recorded_is_not_at_nought_percent() -> None:
    frame = frames.causes(["A"]).query("cause == 'not recorded'")
    assert "no cause recorded" in notes(causes.figure(frame, LIGHT))[0]
    assert causes.figure(frame, LIGHT).layout.title.text == "<b>No cause is recorded for any of 4 late days</b>"


def test_a_party_has_no_colour_of_a_verdict() -> None:
    for look in (LIGHT, DARK):
        assert not set(look.causes.values()) & {look.good, look.warn, look.bad}


def test_share_ranks_rated_first_and_keeps_too_few_uncoloured() -> None:
    values = (("A", 95.0, "green"), ("B", 10.0, "too_few"), ("C", 70.0, "red"), ("D", NAN, "not_reported"))
    frame = frames.share(["A", "B", "C", "D"]).assign(value=[v for _, v, _ in values], band=[b for _, _, b in values])
    figure = share.figure(frame, LIGHT, green=90.0, red=80.0)
    assert list(figure.layout.yaxis.ticktext) == ["C", "A", "B", "D"]
    dots = traces(figure, mode="markers")[0]
    assert dots["x"] == [70.0, 95.0, 10.0]
    assert dots["marker"]["color"] == [LIGHT.bad, LIGHT.good, LIGHT.paper]


def test_share_never_rounds_across_a_threshold() -> None:
    frame = frames.share(["A"]).assign(value=89.96, band="amber")
    assert any("89.96 %" in text for text in notes(share.figure(frame, LIGHT, green=90.0, red=80.0)))


def test_trend_tells_how_far_a_milestone_moved() -> None:
    frame = pd.DataFrame(
        {"told": [date(2026, 6, 30), date(2026, 7, 31)], "milestone": "DBL", "actual": False}
        | {"forecast": [date(2026, 12, 1), date(2026, 12, 31)], "slip_days": 30.0}
    )
    figure = trend.figure(frame, LIGHT, as_of=AS_OF)
    line = traces(figure, mode="lines+markers")[0]
    assert (line["x"], line["y"]) == (["2026-06-30", "2026-07-31"], ["2026-12-01", "2026-12-31"])
    assert "DBL moved 30 days later" in figure.layout.title.text


def test_trend_counts_the_milestones_that_it_leaves_out_too() -> None:
    """Of nine, the eight that moved most are drawn; five moved later, and the ninth did by a day."""
    moves = [30, 29, 28, 27, -26, -25, -24, -23, 1]
    frame = pd.DataFrame(
        {"told": told, "milestone": f"M{i}", "actual": False, "slip_days": 0.0}
        | {"forecast": date(2026, 12, 1) + timedelta(days=days * (told == AS_OF))}
        for i, days in enumerate(moves)
        for told in (date(2026, 8, 31), AS_OF)
    )
    figure = trend.figure(frame, LIGHT, as_of=AS_OF)
    assert len(traces(figure, mode="lines+markers")) == 8
    assert figure.layout.title.text == "<b>M0 moved 30 days later since first told; 5 of 9 milestones moved later</b>"


def test_trend_is_coloured_by_the_baseline_as_the_plan_is() -> None:
    """Forecast 28 days earlier than first told, and still 7 days late."""
    frame = pd.DataFrame(
        {"told": [date(2026, 6, 30), date(2026, 7, 31)], "milestone": "FPI", "actual": False, "slip_days": 7.0}
        | {"forecast": [date(2026, 12, 29), date(2026, 12, 1)]}
    )
    figure = trend.figure(frame, LIGHT, as_of=AS_OF)
    assert traces(figure, mode="lines+markers")[0]["line"]["color"] == LIGHT.bad
    assert "1 Dec 2026, 7 days late" in notes(figure)[1]


def test_due_draws_a_far_forecast_at_the_edge_and_says_it() -> None:
    frame = frames.due(["A"]).assign(forecast=pd.Timestamp("2027-06-30"), at_risk=True)
    figure = due.figure(frame, LIGHT, as_of=AS_OF)
    ring = traces(figure, mode="markers")[1]
    # 90 days after 30 September 2026.
    assert ring["x"] == ["2026-12-29"]
    assert ring["marker"]["symbol"] == ["triangle-right"]
    assert "30 Jun 2027" in ring["hovertext"][0]


def test_due_draws_what_is_at_risk_first() -> None:
    """Five on time come before the one at risk by date; with room for two it is drawn all the same."""
    frame = frames.due([f"S{i}" for i in range(6)]).assign(at_risk=[False] * 5 + [True], passed=False)
    figure = due.figure(frame, LIGHT, as_of=AS_OF, limit=2)
    assert ["S5" in text for text in figure.layout.yaxis.ticktext] == [True, False]
    assert "6 milestones due in the next 90 days, 1 at risk" in figure.layout.title.text


def test_a_forecast_that_has_passed_is_not_early() -> None:
    """Due on 10 October, forecast for 29 September, not done on 30 September."""
    row = {"label": "S", "milestone": "DBL", "cro": "A", "due": pd.Timestamp("2026-10-10")}
    row |= {"forecast": pd.Timestamp("2026-09-29"), "passed": True, "at_risk": True}
    figure = due.figure(pd.DataFrame([row]), LIGHT, as_of=AS_OF)
    assert "forecast passed" in notes(figure)[1]
    assert "early" not in notes(figure)[1]
    mark = traces(figure, mode="markers")[1]["marker"]
    assert (mark["symbol"], mark["color"]) == (["x"], [LIGHT.bad])
    assert "1 at risk (1 past its forecast)" in figure.layout.title.text


def test_exposure_compares_the_forecast_with_what_is_signed() -> None:
    row = {"label": "A", "contract": 1e6, "executed": 2e5, "unsigned": 1e5, "forecast": 1.5e6, "band": "red"}
    figure = exposure.figure(pd.DataFrame([row]), LIGHT, currency="EUR")
    contract, executed, unsigned = traces(figure, type="bar")
    assert (contract["x"], executed["x"], executed["base"]) == ([1e6], [2e5], [1e6])
    assert (unsigned["x"], unsigned["base"]) == ([1e5], [1.2e6])
    # 1.5m - 1.2m = 0.3m over, a quarter of what is signed.
    assert notes(figure)[0].startswith("▼ <b>EUR 300k over</b> (25.0 %)")
    assert figure.layout.xaxis.range[0] == 0
    # Both meanings of a contract by name: of 1.2m signed, and of 1m original.
    assert figure.layout.title.text.replace("<br>", " ") == (
        "<b>Fee forecast against the signed contracts: EUR 300k over (25.0 %); against the original ones EUR 500k over "
        "(50.0 %); EUR 100k is submitted and unsigned</b>"
    )


def test_exposure_is_coloured_by_the_band_that_it_is_given() -> None:
    """0.3 % over what is signed is over and green: the threshold is the KPI's."""
    row = {"label": "A", "contract": 1e6, "executed": 0.0, "unsigned": 0.0, "forecast": 1.003e6, "band": "green"}
    figure = exposure.figure(pd.DataFrame([row]), LIGHT, currency="EUR")
    assert traces(figure, type="scatter")[1]["marker"]["color"] == [LIGHT.good]
    assert notes(figure)[0] == "▲ <b>EUR 3,000 over</b> (0.3 %)"
    assert "hatched" not in figure.layout.title.subtitle.text, "nothing is unsigned"


def test_waterfall_runs_from_sum_to_sum() -> None:
    steps = [("a", "absolute", 100.0), ("b", "relative", 30.0), ("c", "relative", -50.0), ("d", "total", NAN)]
    frame = pd.DataFrame(steps, columns=["step", "kind", "amount"])
    bars = traces(waterfall.figure(frame, LIGHT), type="bar")[0]
    assert bars["base"] == [0.0, 100.0, 80.0, 0.0]
    assert bars["x"] == [100.0, 30.0, 50.0, 80.0]
    assert bars["marker"]["color"] == [LIGHT.neutral, LIGHT.bad, LIGHT.good, LIGHT.neutral]
    merged = traces(waterfall.figure(frame, LIGHT, limit=3), type="bar")[0]
    # 30 and -50 taken together are -20; the sums stay.
    assert merged["x"] == [100.0, 20.0, 80.0]
    with pytest.raises(ValueError, match="kind of step"):
        waterfall.figure(frame.assign(kind="sideways"), LIGHT)


def test_indices_leave_a_gap_where_nothing_was_reported() -> None:
    frame = frames.indices(["A"])
    frame.loc[2, "cpi"] = NAN
    cpi, spi = traces(indices.figure(frame, LIGHT), mode="lines")
    assert cpi["y"][2] is None
    assert spi["y"] == pytest.approx([0.98, 0.97, 0.96, 0.95, 0.94, 0.93])


def test_curves_read_the_share_still_open_at_the_sla() -> None:
    frame = frames.curves(["A", "B"])
    # B's steps are a tenth later: at 8 hours A has come down to 0.5, B (at 8.8) is still at 0.75.
    figure = curves.figure(frame, LIGHT, sla=8.0, unit="hours")
    assert figure.layout.title.text == "<b>B leaves 75 % open past the SLA of 8 hours; 50 % at A</b>"
    drawn = [t for t in traces(figure, mode="lines") if t["line"].get("shape") == "hv"]
    assert drawn[0]["y"] == [1.0, 0.75, 0.5, 0.0]


def test_curves_shade_in_explicit_steps() -> None:
    band = next(t for t in curves.figure(frames.curves(["A"]), LIGHT).to_dict()["data"] if "fill" in t)
    n = len(band["x"]) // 2
    assert band["x"][:n] == band["x"][n:][::-1]
    assert all(up >= low for up, low in zip(band["y"][:n], band["y"][n:][::-1], strict=True))


def test_states_judge_only_what_is_met_or_missed() -> None:
    row = {"label": "A", "met": 6, "missed": 2, "pending": 12, "n": 20}
    figure = states.figure(pd.DataFrame([row]), LIGHT)
    # Of all 20: 30, 10 and 60 percent; of the 8 judged 75 percent met. Counting pending as met would give 90.
    assert [t["x"] for t in figure.to_dict()["data"]] == [[30.0], [10.0], [60.0]]
    assert notes(figure)[0].startswith("<b>75.0 %</b> of 8")


def test_states_pool_over_the_cros() -> None:
    frame = pd.DataFrame(
        [
            {"label": "A", "met": 1, "missed": 1, "pending": 0, "n": 2},
            {"label": "B", "met": 98, "missed": 0, "pending": 0, "n": 98},
        ]
    )
    # 99 of 100; the mean of 50 % and 100 % would be 75 %.
    assert "99 % met over 2 CROs" in states.figure(frame, LIGHT).layout.title.text


def test_ageing_keeps_every_item() -> None:
    frame = frames.ageing(["A", "B", "C"])
    bars = ageing.figure(frame, LIGHT).to_dict()["data"]
    assert sum(sum(bar["x"]) for bar in bars) == frame["items"].sum()


def test_monthly_breaks_the_line_and_the_shade_at_a_gap() -> None:
    frame = frames.monthly(["A"])
    frame.loc[2, ["value", "low", "high"]] = NAN
    data = monthly.figure(frame, LIGHT, threshold=90.0).to_dict()["data"]
    assert sum("fill" in t for t in data) == 2
    assert next(t for t in data if t["mode"] == "lines" and "fill" not in t)["y"][2] is None


def test_both_ways_counts_where_we_are_slower() -> None:
    figure = both_ways.figure(frames.both_ways(["A", "B", "C", "D", "E", "F"]), LIGHT)
    # Theirs 5 to 10 against our 9: slower than the first four, as fast as the fifth.
    assert figure.layout.title.text == "<b>We answer more slowly than the CRO does at 4 of 6 CROs</b>"


def test_contributions_add_up() -> None:
    """What costs nothing that could be read (under 0.05) has no bar, and is counted."""
    frame = frames.contributions(["A", "B", "C", "D"]).assign(contribution=[0.04, 1.0, 2.0, 3.0], points=79.96)
    figure = contributions.figure(frame, LIGHT)
    bars = figure.to_dict()["data"][0]
    assert bars["x"] == [3.0, 2.0, 1.0]
    assert "D and C cost 5.0 of the 6.0 points lost" in figure.layout.title.text.replace("<br>", " ")
    assert "1 more KPI costs nothing." in figure.layout.title.subtitle.text.replace("<br>", " ")
    assert "79 of 100" in notes(figure)[0]  # points are rounded down, as the score is: 79.96 is not the green 80


def test_no_kpi_that_costs_anything_is_said_in_a_line() -> None:
    figure = contributions.figure(frames.contributions(["A", "B"]).assign(contribution=0.0), LIGHT)
    assert "No KPI takes a point off the score" in figure.layout.title.text
    assert not figure.data


def test_freshness_marks_each_month_once() -> None:
    data = freshness.figure(frames.freshness(["A", "B"]), LIGHT).to_dict()["data"]
    assert [len(t["x"]) for t in data] == [4, 4, 4]


def test_a_scorecard_on_which_nothing_is_rated_says_so() -> None:
    """No red CRO is no good news where none is rated."""
    frame = frames.scorecard(["A"]).assign(band="unrated")
    assert "No CRO is rated yet" in scorecard.figure(frame, LIGHT, as_of=AS_OF).to_dict()["layout"]["title"]["text"]


def test_the_ends_of_a_score_are_read_as_they_are_told() -> None:
    """48.36 told as 48.3 (rounded down) is not 48.4 beside the bars; +0.04 is no signed zero."""
    frame = pd.DataFrame(
        [{"label": label, "mix": 0.0, "performance": effect, "other": 0.0, "effect": effect, "why": ""}
         for label, effect in (("A", 0.30), ("B", 0.04))]
    )  # fmt: skip
    figure = why.figure(frame, LIGHT, then=48.02, now=48.36, ends=("48.0", "48.3"), unit="points").to_dict()
    assert [note["text"] for note in figure["layout"]["annotations"]] == [
        "<b>48.0</b>", "<b>0.3 better</b>", "<b>about 0</b>", "<b>48.3</b>",
    ]  # fmt: skip


def part(label: str, effect: float) -> dict[str, object]:
    return {"label": label, "mix": 0.0, "performance": effect, "other": 0.0, "effect": effect, "why": ""}


def test_a_change_of_money_starts_at_nought_and_says_its_side() -> None:
    """From 3,590,000 over to 3,611,000 over by 25,000 and -4,000: the axis holds the change, not 3.6 million."""
    frame = pd.DataFrame([part("MIR", -25_000.0), part("SOL", 4_000.0)])
    figure = why.figure(frame, LIGHT, then=-3.59e6, now=-3.611e6, unit="EUR", in_money=True, digits=0).to_dict()
    steps, ends = figure["data"]
    assert (steps["base"], steps["x"]) == ([-25_000.0, -25_000.0], [25_000.0, 4_000.0])
    assert (ends["x"][0], ends["x"][-2]) == (0.0, -21_000.0)
    assert figure["layout"]["xaxis"]["ticktext"] == ["25.0k", "20.0k", "15.0k", "10.0k", "5,000", "0"]
    assert figure["layout"]["xaxis"]["title"]["text"].startswith("← worse")
    assert [note["text"] for note in figure["layout"]["annotations"]] == [
        "<b>EUR 3.59m over</b>", "<b>25.0k worse</b>", "<b>4,000 better</b>", "<b>EUR 3.61m over</b>",
    ]  # fmt: skip
    assert figure["layout"]["title"]["text"] == "<b>MIR: EUR 25.0k worse; in all EUR 21.0k worse</b>"


def test_where_less_is_better_more_is_said_to_be_worse() -> None:
    frame = pd.DataFrame([part("A", 2.0)])
    figure = why.figure(frame, LIGHT, then=8.0, now=10.0, unit="h", higher_is_better=False).to_dict()
    assert figure["layout"]["title"]["text"] == "<b>A: 2.0 h worse; in all 2.0 h worse</b>"
    assert figure["layout"]["xaxis"]["title"]["text"].endswith("worse →")
    assert figure["data"][0]["marker"]["color"] == [LIGHT.bad]


def test_a_handful_of_open_items_is_counted_in_whole_ones() -> None:
    frame = pd.DataFrame({"label": ["A"], "bucket": ["0-7"], "items": [1]})
    assert ageing.figure(frame, LIGHT).to_dict()["layout"]["xaxis"]["dtick"] == 1
