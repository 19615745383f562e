"""What is due next: the contractual date and the forecast of each milestone in the days ahead."""

from datetime import date

import pandas as pd
import plotly.graph_objects as go

from charts.text import Row, count, day, hover, iso, known, late, rows, shown, under, wrap
from charts.theme import Look, Spec, beside, draw, empty, layout, row_axis, vertical


def figure(
    frame: pd.DataFrame, look: Look, *, as_of: date, days: int = 90, title: str | None = None, limit: int = 30
) -> go.Figure:
    """
    One row per milestone: label (study), milestone, cro, due, forecast (NaT where none), passed (the
    forecast has passed, and it is not done), at_risk. Those at risk first, each part by due date.

    A forecast past the window is drawn at its edge as an arrow; its date stands at the right.
    """
    ordered = sorted((row for row in rows(frame) if known(row["due"])), key=_urgency)
    if not ordered:
        return empty(look, title or "Due next", f"Nothing is due in the next {count(days, 'day')}.")
    total, drawn = len(ordered), ordered[:limit]
    end = pd.Timestamp(as_of) + pd.Timedelta(days=days)
    passed = [pd.Timestamp(row["forecast"]) for row in drawn if _passed(row)]
    first = min(pd.Timestamp(as_of), *(pd.Timestamp(row["due"]) for row in drawn), *passed) - pd.Timedelta(days=3)
    shape, note = vertical(look, iso(as_of), f"as of {day(as_of)}", anchor="left")
    names = [under(f"{wrap(row['milestone'], 31, 1)}", f"{wrap(row['label'], 30, 1)}") for row in drawn]
    spec = layout(
        look,
        title or _finding(ordered, days),
        f"{_legend(drawn, end)} {shown(total, limit)}",
        body=len(drawn) * 38,
        top=20,
        right=176,
        xaxis={
            "type": "date",
            "tickformat": "%-d %b<br>%Y",
            "nticks": 7,
            "range": [iso(first), iso(end + pd.Timedelta(days=3))],
        },
        yaxis=row_axis(look, names) | {"showgrid": True, "ticktext": names},
        shapes=[shape],
        annotations=[
            note,
            *(beside(look, y, _words(row), _colour(row, look)) for y, row in enumerate(drawn)),
        ],
    )
    return draw(_marks(drawn, look, as_of, end), spec)


def _urgency(row: Row) -> tuple[bool, pd.Timestamp]:
    return row["at_risk"] is not True, pd.Timestamp(row["due"])


def _passed(row: Row) -> bool:
    return row["passed"] is True


def _legend(drawn: list[Row], end: pd.Timestamp) -> str:
    """The marks that are drawn."""
    far = any(known(row["forecast"]) and pd.Timestamp(row["forecast"]) > end for row in drawn)
    marks = ["Grey tick = due (baseline)"]
    marks += ["ring = forecast"] if any(known(row["forecast"]) for row in drawn) else []
    marks += ["cross = a forecast that has passed undone"] if any(map(_passed, drawn)) else []
    marks += [f"arrow = forecast beyond {day(end)}"] if far else []
    risk = " ▼ = at risk; these first." if any(row["at_risk"] is True for row in drawn) else ""
    return f"{', '.join(marks)}.{risk}"


def _slip(row: Row) -> int | None:
    return int((pd.Timestamp(row["forecast"]) - pd.Timestamp(row["due"])).days) if known(row["forecast"]) else None


def _finding(ordered: list[Row], days: int) -> str:
    risky = sum(row["at_risk"] is True for row in ordered)
    due = f"{count(len(ordered), 'milestone')} due in the next {count(days, 'day')}"
    passed = sum(map(_passed, ordered))
    over = f" ({passed} past {'its' if passed == 1 else 'their'} forecast)" if passed else ""
    return f"{due}, {risky} at risk{over}" if risky else f"{due}, none at risk"


def _colour(row: Row, look: Look) -> str:
    return look.bad_text if row["at_risk"] is True else look.ink


def _words(row: Row) -> str:
    slip = _slip(row)
    state = "forecast passed" if _passed(row) else "no forecast" if slip is None else late(slip)
    mark = "▼ " if row["at_risk"] is True else ""
    second = wrap(row["cro"], 27, 1)
    return under(f"{mark}<b>{pd.Timestamp(row['due']).day} {pd.Timestamp(row['due']):%b}</b>, {state}", f"{second}")


def _marks(drawn: list[Row], look: Look, as_of: date, end: pd.Timestamp) -> list[Spec]:
    told = [(y, row) for y, row in enumerate(drawn) if known(row["forecast"])]
    ends = [min(pd.Timestamp(row["forecast"]), end) for _, row in told]
    passed = [_passed(row) for _, row in told]
    beyond = [pd.Timestamp(row["forecast"]) > end for _, row in told]
    colours = [look.bad if row["at_risk"] is True else look.good for _, row in told]
    xs: list[str | None] = []
    ys: list[int | None] = []
    for (y, row), x in zip(told, ends, strict=True):
        xs += [iso(row["due"]), iso(x), None]
        ys += [y, y, None]
    base = {"type": "scatter", "hoverinfo": "text"}
    return [
        base
        | {
            "mode": "lines",
            "x": xs,
            "y": ys,
            "line": {"width": 2.4, "color": look.neutral, "dash": "4px,3px"},
            "hoverinfo": "skip",
        },
        base
        | {
            "mode": "markers",
            "x": [iso(row["due"]) for row in drawn],
            "y": list(range(len(drawn))),
            "marker": {"symbol": "line-ns", "size": 18, "line": {"width": 3, "color": look.muted}},
            "hovertext": [_hover(row, as_of) for row in drawn],
        },
        base
        | {
            "mode": "markers",
            "x": [iso(x) for x in ends],
            "y": [y for y, _ in told],
            "marker": {
                "symbol": [
                    "triangle-right" if b else "x" if p else "circle" for b, p in zip(beyond, passed, strict=True)
                ],
                "size": 13,
                "color": [c if b or p else look.paper for c, b, p in zip(colours, beyond, passed, strict=True)],
                "line": {"width": 2.6, "color": colours},
            },
            "hovertext": [_hover(row, as_of) for _, row in told],
        },
    ]


def _hover(row: Row, as_of: date) -> str:
    forecast = f"forecast {day(row['forecast'])}" if known(row["forecast"]) else "no forecast"
    risk = "forecast passed, not done" if _passed(row) else "at risk" if row["at_risk"] is True else ""
    return hover(
        f"{row['milestone']} · {row['label']}",
        row["cro"],
        f"due {day(row['due'])}",
        forecast,
        risk,
        f"as of {day(as_of)}",
    )
