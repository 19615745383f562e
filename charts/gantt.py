"""The milestones of one engagement: baseline, actual or forecast, and the slip between them."""

from datetime import date

import pandas as pd
import plotly.graph_objects as go

from charts.text import (
    Row,
    contractual,
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
    tick_dates,
    under,
)
from charts.theme import Look, Spec, beside, dots, draw, empty, layout, row_axis, vertical


def figure(frame: pd.DataFrame, look: Look, *, as_of: date, title: str | None = None, limit: int = 40) -> go.Figure:
    """
    One row per milestone, in the frame's order.

    frame: milestone, baseline, current_baseline, actual, forecast (NaT where not known), slip_days (plus is
    late), contractual, state (done, late, due, open, cancelled). Solid = happened, dashed = forecast or
    still waiting.
    """
    found = [row for row in rows(frame) if any(known(row[c]) for c in ("baseline", "actual", "forecast"))]
    if not found:
        return empty(
            look,
            title or "Milestones",
            "No milestone has a date. Load milestones with a baseline for this study.",
        )
    ordered = found[:limit]
    span = _range(ordered, as_of)
    today, note = vertical(look, iso(as_of), f"as of {day(as_of)}")
    spec = layout(
        look,
        title or _finding(found),
        f"{_legend(ordered)} {shown(len(found), limit)}",
        body=len(ordered) * 42,
        top=20,
        foot=46,
        right=158,
        xaxis={"type": "date", "tickformat": tick_dates(*span), "nticks": 9, "range": span},
        yaxis=row_axis(look, [contractual(row) for row in ordered], width=27) | {"showgrid": True},
        shapes=[today],
        annotations=[
            note,
            *(beside(look, y, _words(row), _colour(row, look)) for y, row in enumerate(ordered)),
        ],
    )
    return draw([*_slips(ordered, look, as_of), *_marks(ordered, look, as_of)], spec)


def _legend(drawn: list[Row]) -> str:
    """The marks that are drawn."""
    marks = ["Open diamond = baseline"]
    marks += ["bar = re-baselined plan"] if any(map(_moved, drawn)) else []
    marks += ["filled diamond = actual"] if any(known(row["actual"]) for row in drawn) else []
    marks += ["ring = forecast"] if any(known(row["forecast"]) and not known(row["actual"]) for row in drawn) else []
    contract = " § = in the contract." if any(row["contractual"] is True for row in drawn) else ""
    return f"{', '.join(marks)}. Solid line = slip that happened, dashed = still to come.{contract}"


def _moved(row: Row) -> bool:
    return known(row["current_baseline"]) and iso(row["current_baseline"]) != iso(row["baseline"])


def _finding(ordered: list[Row]) -> str:
    slips = [(number(row["slip_days"]), row) for row in ordered if row["state"] != "cancelled"]
    worst = max(
        ((s, row["milestone"]) for s, row in slips if s is not None),
        default=(0.0, ""),
        key=lambda pair: pair[0],
    )
    waiting = [row for row in ordered if row["state"] == "late"]
    if worst[0] <= 0:
        return "Every milestone is on or ahead of its baseline"
    also = f"; {count(len(waiting), 'milestone')} overdue" if waiting else ""
    return f"{short(worst[1])} slips most: {late(worst[0])}{also}"


def _end(row: Row, as_of: date) -> str | None:
    """Where a milestone stands: done, else its forecast, never before the as-of date once it is overdue."""
    if known(row["actual"]):
        return iso(row["actual"])
    ends = [d for d in (iso(row["forecast"]), iso(as_of) if row["state"] == "late" else None) if d]
    return max(ends) if ends else None


def _range(ordered: list[Row], as_of: date) -> list[str]:
    names = ("baseline", "current_baseline", "actual", "forecast")
    dates = [pd.Timestamp(row[n]) for row in ordered for n in names if known(row[n])] + [pd.Timestamp(as_of)]
    pad = max((max(dates) - min(dates)) * 0.03, pd.Timedelta(days=5))
    return [f"{min(dates) - pad:%Y-%m-%d}", f"{max(dates) + pad:%Y-%m-%d}"]


def _colour(row: Row, look: Look, words: bool = True) -> str:
    slip = number(row["slip_days"])
    if row["state"] == "cancelled" or slip is None:
        return look.muted
    if slip > 0:
        return look.bad_text if words else look.bad
    return look.good_text if words else look.good


def _words(row: Row) -> str:
    if row["state"] == "cancelled":
        return "cancelled"
    slip = number(row["slip_days"])
    when = "done" if known(row["actual"]) else {"late": "overdue, now", "due": "due"}.get(row["state"], "forecast")
    if slip is None:
        return "no forecast" if not known(row["actual"]) else f"done {day(row['actual'])}"
    at = row["actual"] if known(row["actual"]) else row["forecast"]
    second = f"{when} {day(at)}" if known(at) else "overdue, no forecast" if row["state"] == "late" else "no forecast"
    return under(f"<b>{late(slip)}</b>", f"{second}")


def _slips(ordered: list[Row], look: Look, as_of: date) -> list[Spec]:
    traces = []
    for y, row in enumerate(ordered):
        start, end = iso(row["baseline"]), _end(row, as_of)
        if start and end and row["state"] != "cancelled":
            dash = "solid" if known(row["actual"]) else "4px,3px"
            line = {"width": 4, "color": _colour(row, look, words=False), "dash": dash}
            traces.append(
                {
                    "type": "scatter",
                    "mode": "lines",
                    "x": [start, end],
                    "y": [y, y],
                    "line": line,
                    "hoverinfo": "skip",
                }
            )
    return traces


def _marks(ordered: list[Row], look: Look, as_of: date) -> list[Spec]:
    grey = {"symbol": "diamond-open", "size": 12, "color": look.muted, "line": {"width": 2}}
    tick = {"symbol": "line-ns", "size": 16, "line": {"width": 2.5, "color": look.muted}}
    done = {"symbol": "diamond", "size": 13, "color": look.ink}
    ring = {"symbol": "circle", "size": 13, "color": look.paper, "line": {"width": 2.6, "color": look.ink}}
    open_rows = [(y, row) for y, row in enumerate(ordered) if not known(row["actual"])]
    moved = [(y, row) for y, row in enumerate(ordered) if _moved(row)]
    return [
        _marker(moved, "current_baseline", tick, as_of),
        _marker(list(enumerate(ordered)), "baseline", grey, as_of),
        _marker(open_rows, "forecast", ring, as_of),
        _marker(list(enumerate(ordered)), "actual", done, as_of),
    ]


def _marker(numbered: list[tuple[int, Row]], name: str, marker: Spec, as_of: date) -> Spec:
    drawn = [
        (y, row) for y, row in numbered if known(row[name]) and (row["state"] != "cancelled" or name == "baseline")
    ]
    return dots([(iso(row[name]), y, _hover(row, as_of)) for y, row in drawn], marker)


def _hover(row: Row, as_of: date) -> str:
    slip = number(row["slip_days"])
    return hover(
        row["milestone"],
        f"baseline {day(row['baseline'])}",
        f"re-baselined to {day(row['current_baseline'])}" if _moved(row) else "",
        f"actual {day(row['actual'])}" if known(row["actual"]) else f"forecast {day(row['forecast'])}",
        late(slip) if slip is not None else "",
        f"{row['state']}, contractual" if row["contractual"] is True else row["state"],
        f"as of {day(as_of)}",
    )
