"""The milestones ahead: due date, the CRO's own forecast, our range of dates, and the chance that it is met."""

from datetime import date

import pandas as pd
import plotly.graph_objects as go

from charts.text import Row, contractual, count, day, hover, iso, known, number, rows, shown, tick_dates, under, wrap
from charts.theme import SYMBOL, Look, Spec, beside, dots, draw, empty, layout, row_axis, vertical

UNLIKELY, LIKELY = 50.0, 80.0


def figure(frame: pd.DataFrame, look: Look, *, as_of: date, title: str | None = None, limit: int = 25) -> go.Figure:
    """
    One row per open milestone: study, cro, milestone, due, forecast (the CRO's own), contractual, chance (percent),
    p10, p50, p90 (dates; NaT where there are too few cases), cases, reason. Those of the contract first, then the
    least likely; those without a chance are last, by due date.
    """
    ordered = sorted((row for row in rows(frame) if known(row["due"])), key=_urgency)
    if not ordered:
        return empty(look, title or "Milestones ahead", "No milestone is open here, so there is nothing to forecast.")
    drawn = ordered[:limit]
    span = _range(drawn, as_of)
    today, note = vertical(look, iso(as_of), f"as of {day(as_of)}", anchor="left")
    names = [under(f"{wrap(contractual(row), 31, 1)}", f"{wrap(_whose(row), 34, 1)}") for row in drawn]
    spec = layout(
        look,
        title or _finding(ordered),
        f"{_legend(drawn)} {shown(len(ordered), limit)}",
        body=len(drawn) * 38,
        top=20,
        right=178,
        xaxis={"type": "date", "tickformat": tick_dates(*span), "nticks": 7, "range": span},
        yaxis=row_axis(look, names) | {"showgrid": True, "ticktext": names},
        shapes=[today],
        annotations=[note, *(beside(look, y, _words(row), _colour(row, look, True)) for y, row in enumerate(drawn))],
    )
    return draw(_marks(drawn, look, as_of), spec)


def _urgency(row: Row) -> tuple[bool, bool, float, pd.Timestamp]:
    chance = number(row["chance"])
    return chance is None, row["contractual"] is not True, chance or 0.0, pd.Timestamp(row["due"])


def _whose(row: Row) -> str:
    return f"{row['study']}, {row['cro']}"


def _legend(drawn: list[Row]) -> str:
    """The marks that are drawn, and in which order."""
    marks = ["Grey tick = due (baseline)"]
    marks += ["ring = the CRO's own forecast"] if any(known(row["forecast"]) for row in drawn) else []
    ranged = any(known(row["p10"]) and known(row["p90"]) for row in drawn)
    marks += ["bar = where 80 % of such milestones came, with its middle"] if ranged else []
    contract = any(row["contractual"] is True for row in drawn)
    first = "§ = in the contract; these first, each part with the least likely first." if contract else ""
    return f"{', '.join(marks)}. {first or 'The least likely first.'}"


def _overdue(row: Row) -> bool:
    return number(row["chance"]) == 0


def _finding(ordered: list[Row]) -> str:
    told = [row for row in ordered if number(row["chance"]) is not None and not _overdue(row)]
    missed = sum(_overdue(row) for row in ordered)
    over = f"{missed} already missed" if missed else ""
    if not told:
        few = "too few past cases to tell a chance" + (" of the others" if missed else "")
        few = few if missed < len(ordered) else ""
        return f"{count(len(ordered), 'milestone')} open: {', '.join(filter(None, (over, few)))}"
    unlikely = sum((number(row["chance"]) or 0) < UNLIKELY for row in told)
    first = f"{unlikely} of {count(len(told), 'milestone')} with a known chance will more likely be late than on time"
    return f"{first}; {over}" if over else first


def _range(drawn: list[Row], as_of: date) -> list[str]:
    names = ("due", "forecast", "p10", "p90")
    dates = [pd.Timestamp(row[n]) for row in drawn for n in names if known(row[n])] + [pd.Timestamp(as_of)]
    pad = max((max(dates) - min(dates)) * 0.03, pd.Timedelta(days=5))
    return [f"{min(dates) - pad:%Y-%m-%d}", f"{max(dates) + pad:%Y-%m-%d}"]


def _colour(row: Row, look: Look, words: bool = False) -> str:
    chance = number(row["chance"])
    if chance is None:
        return look.muted if words else look.neutral
    if chance < UNLIKELY:
        return look.bad_text if words else look.bad
    if chance < LIKELY:
        return look.warn_text if words else look.warn
    return look.good_text if words else look.good


def _percent(chance: float) -> str:
    """`3 %`, `under 1 %`, and `missed` where its day has passed."""
    if chance == 0:
        return "missed"
    return "under 1 %" if chance < 1 else f"{min(chance, 99):.0f} %"


def _words(row: Row) -> str:
    chance = number(row["chance"])
    if chance is None:
        reason = str(row["reason"]).partition(":")[0] if known(row["reason"]) else "no range"
        return under("<b>not known</b>", wrap(reason, 30, 1))
    mark = SYMBOL["red" if chance < UNLIKELY else "amber" if chance < LIKELY else "green"]
    said = _percent(chance) if chance == 0 else f"{_percent(chance)} on time"
    return under(f"<b>{mark} {said}</b>", f"likely {day(row['p50'])}" if known(row["p50"]) else "")


def _marks(drawn: list[Row], look: Look, as_of: date) -> list[Spec]:
    ranged = [(y, row) for y, row in enumerate(drawn) if known(row["p10"]) and known(row["p90"])]
    told = [(y, row) for y, row in enumerate(drawn) if known(row["forecast"])]
    middle = [(y, row) for y, row in ranged if known(row["p50"])]
    bars: list[Spec] = [
        {
            "type": "scatter",
            "mode": "lines",
            "x": [iso(row["p10"]), iso(row["p90"])],
            "y": [y, y],
            "line": {"width": 9, "color": look.tint(_colour(row, look), 0.55)},
            "hoverinfo": "skip",
        }
        for y, row in ranged
    ]
    tick = {"symbol": "line-ns", "size": 20, "line": {"width": 3, "color": look.muted}}
    bar = {"symbol": "line-ns", "size": 9, "line": {"width": 2.5, "color": [_colour(row, look) for _, row in middle]}}
    ring = {"symbol": "circle", "size": 11, "color": look.paper, "line": {"width": 2.2, "color": look.ink}}
    return [
        *bars,
        _points(list(enumerate(drawn)), "due", tick, as_of),
        _points(middle, "p50", bar, as_of),
        _points(told, "forecast", ring, as_of),
    ]


def _points(numbered: list[tuple[int, Row]], name: str, marker: Spec, as_of: date) -> Spec:
    return dots([(iso(row[name]), y, _hover(row, as_of)) for y, row in numbered], marker)


def _hover(row: Row, as_of: date) -> str:
    chance = number(row["chance"])
    reach = known(row["p10"]) and known(row["p90"])
    return hover(
        f"{contractual(row)} · {row['study']}",
        row["cro"],
        f"due {day(row['due'])}",
        f"the CRO's forecast {day(row['forecast'])}" if known(row["forecast"]) else "no forecast",
        f"80 % range {day(row['p10'])} to {day(row['p90'])}" if reach else "",
        "the due date has passed" if _overdue(row) else f"chance {_percent(chance)}" if chance is not None else "",
        f"from {count(number(row['cases']) or 0, 'past case')}" if known(row["cases"]) else "",
        row["reason"],
        f"as of {day(as_of)}",
    )
