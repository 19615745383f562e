"""The touchpoints of one engagement: for when each was scheduled, and what became of it."""

from datetime import date

import pandas as pd
import plotly.graph_objects as go

from charts.text import Row, count, day, esc, hover, iso, joined, known, rows, short, shown, tick_dates
from charts.theme import Look, Spec, beside, dots, draw, empty, layout, row_axis, vertical

MARKS = {
    "held in time": ("disc", "circle"),
    "held late": ("diamond, at the day it was held", "diamond"),
    "overdue": ("cross", "x"),
    "cancelled by us": ("open square", "square-open"),
    "cancelled by the CRO": ("crossed square", "square-x-open"),
    "to come": ("ring", "circle-open"),
}
"""By outcome: the mark in words, and its symbol."""
NEVER = "never scheduled"
LOWER = 0.28
"""How far below its touchpoint the mark of the minutes stands, of the height of a row."""


def figure(frame: pd.DataFrame, look: Look, *, as_of: date, title: str | None = None, limit: int = 25) -> go.Figure:
    """
    One line per item of the plan, in the frame's order; one mark per touchpoint.

    frame: item, code, scheduled, done, minutes (NaT where not), outcome (a key of `MARKS`; of a row without a day what
    is said instead, `NEVER` of what was agreed and never scheduled). A short stroke below a mark: its minutes were
    issued.
    """
    found = rows(frame)
    names = list(dict.fromkeys(str(row["item"]) for row in found))
    if not names:
        return empty(look, title or "Meetings and reports", "No meeting or report is planned. Write the plan below.")
    placed = {name: y for y, name in enumerate(names[:limit])}
    drawn = [row for row in found if str(row["item"]) in placed and known(row["scheduled"])]
    shape, note = vertical(look, iso(as_of), f"as of {day(as_of)}")
    span = _range(drawn, as_of)
    spec = layout(
        look,
        title or _finding(found),
        f"{_legend(drawn)} {shown(len(names), limit)}",
        body=max(len(placed) * 40, 60),
        top=20,
        foot=46,
        right=140,
        xaxis={"type": "date", "tickformat": tick_dates(*span), "nticks": 9, "range": span},
        yaxis=row_axis(look, list(placed)) | {"showgrid": True},
        shapes=[shape],
        annotations=[note, *(_beside(name, y, found, look) for name, y in placed.items())],
    )
    return draw([*_waits(drawn, placed, look), *_marks(drawn, placed, look, as_of)], spec)


def _at(row: Row) -> str | None:
    """The day of the mark: of what was late when it was held, else for when it was scheduled."""
    return iso(row["done"] if row["outcome"] == "held late" and known(row["done"]) else row["scheduled"])


def _range(drawn: list[Row], as_of: date) -> list[str]:
    days = [pd.Timestamp(row[name]) for row in drawn for name in ("scheduled", "done") if known(row[name])]
    days.append(pd.Timestamp(as_of))
    pad = pd.Timedelta(days=8)
    return [f"{min(days) - pad:%Y-%m-%d}", f"{max(days) + pad:%Y-%m-%d}"]


def _legend(drawn: list[Row]) -> str:
    """The marks that are drawn."""
    there = {row["outcome"] for row in drawn}
    marks = [f"{mark} = {outcome}" for outcome, (mark, _) in MARKS.items() if outcome in there]
    marks += ["stroke below = minutes issued"] if any(known(row["minutes"]) for row in drawn) else []
    said = "; ".join(marks)
    return f"{said[:1].upper()}{said[1:]}." if said else ""


def _finding(found: list[Row]) -> str:
    never = [row["item"] for row in found if row["outcome"] == NEVER]
    overdue = sum(row["outcome"] == "overdue" for row in found)
    late = sum(row["outcome"] == "held late" for row in found)
    lead = f"Never scheduled: {joined(never)}" if never else ""
    held = late + sum(row["outcome"] == "held in time" for row in found)
    if overdue:
        said = f"{count(overdue, 'meeting or report', 'meetings or reports')} overdue, {late:,} of {held:,} held late"
    elif held:
        said = f"{late:,} of {held:,} meetings and reports held late, none overdue"
    else:
        said = "No meeting or report was held in these months"
    return f"{lead}; {said}" if lead else said


def _words(mine: list[Row]) -> tuple[str, bool]:
    """What stands beside a line, and whether it is bad."""
    outcomes = [row["outcome"] for row in mine if known(row["scheduled"])]
    if not outcomes:
        said = next((str(row["outcome"]) for row in mine if known(row["outcome"])), "no day")
        return (f"▼ {said}", True) if said == NEVER else (short(said, 22), False)
    overdue, late = outcomes.count("overdue"), outcomes.count("held late")
    held = late + outcomes.count("held in time")
    if overdue:
        return f"▼ {overdue:,} overdue", True
    if late:
        return f"{late:,} of {held:,} late", False
    return (f"{held:,} in time" if held else "none held yet"), False


def _beside(name: str, y: int, found: list[Row], look: Look) -> Spec:
    text, bad = _words([row for row in found if str(row["item"]) == name])
    return beside(look, y, esc(text), look.bad_text if bad else look.muted)


def _waits(drawn: list[Row], placed: dict[str, int], look: Look) -> list[Spec]:
    """A line from the day for which it was scheduled to that on which it was held, where late."""
    x: list[str | None] = []
    y: list[int | None] = []
    for row in drawn:
        if row["outcome"] == "held late" and known(row["done"]):
            place = placed[str(row["item"])]
            x += [iso(row["scheduled"]), iso(row["done"]), None]
            y += [place, place, None]
    line = {"width": 2, "color": look.bad}
    return [{"type": "scatter", "mode": "lines", "x": x, "y": y, "line": line, "hoverinfo": "skip"}] if x else []


def _marks(drawn: list[Row], placed: dict[str, int], look: Look, as_of: date) -> list[Spec]:
    colours = {"held in time": look.good, "held late": look.bad, "overdue": look.bad, "cancelled by the CRO": look.bad}
    traces = []
    for outcome, (_, symbol) in MARKS.items():
        points = [
            (_at(row), placed[str(row["item"])], _hover(row, as_of)) for row in drawn if row["outcome"] == outcome
        ]
        if points:
            colour = colours.get(outcome, look.muted)
            line = {"width": 1.8, "color": colour} if symbol.endswith("open") else {"width": 1, "color": look.paper}
            traces.append(dots(points, {"symbol": symbol, "size": 11, "color": colour, "line": line}))
    minuted = [(_at(row), placed[str(row["item"])]) for row in drawn if known(row["minutes"])]
    if minuted:
        stroke = {"symbol": "line-ew", "size": 9, "line": {"width": 2.5, "color": look.ink}}
        below = dots([(x, y, "") for x, y in minuted], stroke)
        traces.append(below | {"y": [y + LOWER for _, y in minuted], "hoverinfo": "skip"})
    return traces


def _hover(row: Row, as_of: date) -> str:
    return hover(
        short(row["item"], 60),
        f"scheduled {day(row['scheduled'])}",
        f"held {day(row['done'])}" if known(row["done"]) else "",
        f"minutes {day(row['minutes'])}" if known(row["minutes"]) else "",
        row["outcome"],
        row["code"],
        f"as of {day(as_of)}",
    )
