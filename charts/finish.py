"""When each study is done at its pace so far, and when its budget is gone."""

from datetime import date

import pandas as pd
import plotly.graph_objects as go

from charts.text import Row, count, day, hover, iso, known, late, number, rows, short, shown, tick_dates, under, wrap
from charts.theme import Look, Spec, beside, dots, draw, empty, layout, row_axis, vertical


def figure(
    frame: pd.DataFrame,
    look: Look,
    *,
    as_of: date,
    far: int,
    money: bool = False,
    title: str | None = None,
    limit: int = 30,
) -> go.Figure:
    """
    One row per study: study, cro, planned, low, at_pace, high (dates; NaT where not known), reason, gone and worked
    (dates), short_days (plus: the budget is gone first), gone_reason.

    Without `money`: planned end and the range of ends by earned schedule. With it: when the budget is gone and when
    the work is done, both at the rates of the last months. More than `far` days late, or short of money, are worth a
    colour.
    """
    names = ("worked", "gone") if money else ("planned", "at_pace")
    found = [row for row in rows(frame) if all(known(row[name]) for name in names)]
    if not found:
        return empty(
            look,
            title or ("Budget and work" if money else "End by earned schedule"),
            "No study here reports earned value for work that is still to do.",
        )
    judged = [row | {"far": _days(row, money) > far} for row in found]
    ordered = sorted(judged, key=lambda row: -_days(row, money))
    drawn = ordered[:limit]
    span = _range(drawn, as_of, money)
    today, note = vertical(look, iso(as_of), f"as of {day(as_of)}", anchor="left")
    labels = [under(f"{wrap(row['study'], 28, 1)}", f"{wrap(row['cro'], 32, 1)}") for row in drawn]
    marks = _money(drawn, look, as_of) if money else _ends(drawn, look, as_of)
    spec = layout(
        look,
        title or _finding(ordered, money, far),
        f"{_legend(money)} {shown(len(ordered), limit)}",
        body=len(drawn) * 38,
        top=20,
        right=160,
        xaxis={"type": "date", "tickformat": tick_dates(*span), "nticks": 7, "range": span},
        yaxis=row_axis(look, labels) | {"showgrid": True, "ticktext": labels},
        shapes=[today],
        annotations=[
            note, *(beside(look, y, _words(row, money), _tone(row, look)) for y, row in enumerate(drawn))
        ],
    )  # fmt: skip
    return draw(marks, spec)


def _legend(money: bool) -> str:
    if money:
        return (
            "Cross = the budget is gone, diamond = the work is done, both if the last three reported months go on. "
            "Orange = no money for the rest."
        )
    return "Grey tick = planned end, bar = end if the rest goes as planned or at the pace so far, diamond = at SPI(t)."


def _days(row: Row, money: bool) -> float:
    if money:
        return float((pd.Timestamp(row["worked"]) - pd.Timestamp(row["gone"])).days)
    return float((pd.Timestamp(row["at_pace"]) - pd.Timestamp(row["planned"])).days)


def _finding(ordered: list[Row], money: bool, far: int) -> str:
    if len(ordered) == 1 and not money:
        return f"{short(ordered[0]['study'])} ends {late(_days(ordered[0], money))} at the pace so far"
    many = sum(row["far"] for row in ordered)
    whole = count(len(ordered), "engagement")
    if money:
        budgets = f"The budget of {many} of {whole}" if many else f"No budget of {whole}"
        return f"{budgets} is gone over {count(far, 'day')} before the work is done"
    return f"{many or 'None'} of {whole} will end over {count(far, 'day')} after the plan at the pace so far"


def _range(drawn: list[Row], as_of: date, money: bool) -> list[str]:
    names = ("gone", "worked") if money else ("planned", "low", "high", "at_pace")
    dates = [pd.Timestamp(row[n]) for row in drawn for n in names if known(row[n])] + [pd.Timestamp(as_of)]
    pad = max((max(dates) - min(dates)) * 0.03, pd.Timedelta(days=5))
    return [f"{min(dates) - pad:%Y-%m-%d}", f"{max(dates) + pad:%Y-%m-%d}"]


def _tone(row: Row, look: Look) -> str:
    return look.bad_text if row["far"] else look.ink


def _fill(row: Row, look: Look) -> str:
    return look.bad if row["far"] else look.good


def _words(row: Row, money: bool) -> str:
    days, mark = _days(row, money), "▼ " if row["far"] else ""
    if not money:
        return under(f"<b>{mark}{late(days)}</b>", day(row["at_pace"]))
    if days > 0:
        return under(f"<b>{mark}{count(days, 'day')} short</b>", f"gone {day(row['gone'])}")
    return under("<b>lasts</b>", f"work done {day(row['worked'])}")


def _lines(drawn: list[Row], look: Look, money: bool) -> list[Spec]:
    first, last = ("gone", "worked") if money else ("low", "high")
    return [
        {
            "type": "scatter",
            "mode": "lines",
            "x": [iso(row[first]), iso(row[last])],
            "y": [y, y],
            "line": {"width": 4 if money else 9, "color": look.tint(_fill(row, look), 0.55)},
            "hoverinfo": "skip",
        }
        for y, row in enumerate(drawn)
        if known(row[first]) and known(row[last])
    ]


def _ends(drawn: list[Row], look: Look, as_of: date) -> list[Spec]:
    tick = {"symbol": "line-ns", "size": 20, "line": {"width": 3, "color": look.muted}}
    colours = [_fill(row, look) for row in drawn]
    end = {"symbol": "diamond", "size": 11, "color": colours}
    return [*_lines(drawn, look, False), _points(drawn, "planned", tick, as_of), _points(drawn, "at_pace", end, as_of)]


def _money(drawn: list[Row], look: Look, as_of: date) -> list[Spec]:
    colours = [_fill(row, look) for row in drawn]
    gone = {"symbol": "x", "size": 10, "color": colours}
    done = {"symbol": "diamond-open", "size": 12, "color": look.ink, "line": {"width": 2}}
    return [*_lines(drawn, look, True), _points(drawn, "worked", done, as_of), _points(drawn, "gone", gone, as_of)]


def _points(drawn: list[Row], name: str, marker: Spec, as_of: date) -> Spec:
    return dots([(iso(row[name]), y, _hover(row, as_of)) for y, row in enumerate(drawn)], marker)


def _hover(row: Row, as_of: date) -> str:
    missing = number(row["short_days"])
    return hover(
        row["study"],
        row["cro"],
        f"planned end {day(row['planned'])}" if known(row["planned"]) else "",
        f"end between {day(row['low'])} and {day(row['high'])}" if known(row["low"]) and known(row["high"]) else "",
        f"at the pace so far {day(row['at_pace'])}" if known(row["at_pace"]) else "",
        f"budget gone {day(row['gone'])}" if known(row["gone"]) else "",
        f"work done {day(row['worked'])} at recent rates" if known(row["worked"]) else "",
        f"{count(missing, 'day')} without money" if missing is not None and missing > 0 else "",
        row["gone_reason"],
        f"as of {day(as_of)}",
    )
