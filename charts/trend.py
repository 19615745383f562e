"""The milestone trend chart: what date was forecast, each time we were told."""

from datetime import date

import pandas as pd
import plotly.graph_objects as go

from charts.text import (
    Row,
    count,
    day,
    hover,
    iso,
    known,
    late,
    number,
    rows,
    short,
    shown,
    spread,
    tick_dates,
    under,
    wrap,
)
from charts.theme import Look, Spec, beside, draw, empty, layout, vertical

_HEIGHT = 420


def figure(frame: pd.DataFrame, look: Look, *, as_of: date, title: str | None = None, limit: int = 8) -> go.Figure:
    """
    One row per milestone and status date: told (the status date), milestone, forecast (the date then
    given), actual (True where it had happened), slip_days (of the milestone as it stands now, after its
    baseline: plus is late, NaN where nothing is forecast). Drawn are the `limit` milestones that moved most.
    A level line keeps its date; a rising one moves later, day for day with the calendar where it runs along
    the diagonal. Colours say how late, not how far moved.
    """
    lines: dict[str, list[Row]] = {}
    for row in rows(frame):
        if known(row["told"]) and known(row["forecast"]):
            lines.setdefault(str(row["milestone"]), []).append(row)
    if not lines:
        return empty(
            look,
            title or "Milestone trend",
            "No forecast has been told yet. Each monthly upload of milestones adds a point.",
        )
    for told in lines.values():
        told.sort(key=lambda row: pd.Timestamp(row["told"]))
    moved = {name: _days(told[0]["forecast"], told[-1]["forecast"]) for name, told in lines.items()}
    names = sorted(lines, key=lambda name: -abs(moved[name]))[:limit]
    start, end = _span([row["told"] for name in names for row in lines[name]] + [as_of])
    low, high = _span([row["forecast"] for name in names for row in lines[name]])
    reach = f"{pd.Timestamp(as_of) + (end - start) * 0.02:%Y-%m-%d}"
    shape, note = vertical(look, iso(as_of), f"as of {day(as_of)}", anchor="right")
    reached = "Diamond = reached. " if any(_reached(row) for name in names for row in lines[name]) else ""
    spec = layout(
        look,
        title or _finding(moved),
        "Across: when we were told. Up: the date then forecast. Level = kept its date, rising = moved later, falling = "
        f"earlier. {reached}Below the diagonal a date has passed. {shown(len(lines), limit)}",
        body=_HEIGHT,
        top=20,
        right=224,
        key=[("late", look.bad), ("early or on time", look.good)],
        xaxis={
            "type": "date",
            "tickformat": tick_dates(start, as_of),
            "nticks": 8,
            "range": [iso(start), reach],
        },
        yaxis={
            "type": "date",
            "tickformat": tick_dates(low, high).replace("<br>", " "),
            "nticks": 8,
            "range": [iso(low), iso(high)],
        },
        shapes=[shape],
        annotations=[note, *_names(names, lines, look, low, high)],
    )
    diagonal = [max(start, low), min(pd.Timestamp(as_of), high)]
    today = {
        "type": "scatter",
        "mode": "lines",
        "x": [iso(d) for d in diagonal] if diagonal[1] > diagonal[0] else [],
        "y": [iso(d) for d in diagonal] if diagonal[1] > diagonal[0] else [],
        "line": {"width": 1.5, "color": look.neutral, "dash": "6px,4px"},
        "hovertext": "forecast = the day it was told",
        "hoverinfo": "text",
    }
    return draw([today, *(_line(name, lines[name], _colour(lines[name], look), look, as_of) for name in names)], spec)


def _days(first: object, last: object) -> int:
    return int((pd.Timestamp(iso(last) or "") - pd.Timestamp(iso(first) or "")).days)


def _span(dates: list[object]) -> tuple[pd.Timestamp, pd.Timestamp]:
    times = [pd.Timestamp(iso(d) or "") for d in dates]
    pad = max((max(times) - min(times)) * 0.05, pd.Timedelta(days=10))
    return min(times) - pad, max(times) + pad


def _moved(days: int) -> str:
    if days == 0:
        return "has kept its date"
    return f"moved {count(abs(days), 'day')} {'later' if days > 0 else 'earlier'}"


def _finding(moved: dict[str, int]) -> str:
    later = [name for name in moved if moved[name] > 0]
    if not later:
        return "No milestone has moved later since it was first forecast"
    worst = max(later, key=lambda name: moved[name])
    share = f"{len(later)} of {count(len(moved), 'milestone')} moved later"
    return f"{short(worst)} {_moved(moved[worst])} since first told; {share}"


def _reached(row: Row) -> bool:
    return row["actual"] is True or row["actual"] == 1


def _colour(told: list[Row], look: Look, words: bool = False) -> str:
    slip = number(told[-1]["slip_days"])
    if slip is None:
        return look.muted
    bad, good = (look.bad_text, look.good_text) if words else (look.bad, look.good)
    return bad if round(slip) > 0 else good


def _names(
    names: list[str],
    lines: dict[str, list[Row]],
    look: Look,
    low: pd.Timestamp,
    high: pd.Timestamp,
) -> list[Spec]:
    """Names at the right, in the order of the last forecasts, moved apart where these are close."""
    unit = (high - low) / pd.Timedelta(days=1) / _HEIGHT
    wanted = [(pd.Timestamp(lines[name][-1]["forecast"]) - low) / pd.Timedelta(days=1) for name in names]
    places = spread(wanted, [38 * unit] * len(names), floor=0.0)
    return [
        beside(
            look,
            f"{low + pd.Timedelta(days=place):%Y-%m-%d}",
            under(f"<b>{wrap(name, 31, 1)}</b>", f"{day(lines[name][-1]['forecast'])}, {_slip(lines[name][-1])}"),
            _colour(lines[name], look, words=True),
        )
        for name, place in zip(names, places, strict=True)
    ]


def _slip(row: Row) -> str:
    slip = number(row["slip_days"])
    return "no forecast now" if slip is None else late(slip)


def _line(name: str, told: list[Row], colour: str, look: Look, as_of: date) -> Spec:
    reached = [_reached(row) for row in told]
    return {
        "type": "scatter",
        "mode": "lines+markers",
        "x": [iso(row["told"]) for row in told],
        "y": [iso(row["forecast"]) for row in told],
        "line": {"width": 2.4, "color": colour},
        "marker": {
            "size": [11 if done else 6 for done in reached],
            "symbol": ["diamond" if done else "circle" for done in reached],
            "color": [look.ink if done else colour for done in reached],
        },
        "hovertext": [
            hover(
                name,
                f"told {day(row['told'])}: {'reached' if done else 'forecast'} {day(row['forecast'])}",
                f"{_moved(_days(told[0]['forecast'], row['forecast']))} since first told",
                f"now {_slip(row)}, against the baseline",
                f"as of {day(as_of)}",
            )
            for row, done in zip(told, reached, strict=True)
        ],
        "hoverinfo": "text",
    }
