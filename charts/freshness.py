"""Which engagement reported which month: a grid of squares, the missing ones marked."""

from datetime import date

import pandas as pd
import plotly.graph_objects as go

from charts.text import as_of_text, count, hover, known, month, month_end, rows, shown
from charts.theme import Look, Spec, axis, beside, draw, empty, layout, row_axis

_MONTHS = 18


def figure(
    frame: pd.DataFrame, look: Look, *, title: str | None = None, as_of: date | None = None, limit: int = 30
) -> go.Figure:
    """
    One row per engagement and month: engagement, month, state ("reported", "missing", "not due"). Drawn are
    the last 18 months; the engagement with most missing months first.
    """
    table: dict[str, dict[str, str]] = {}
    for row in rows(frame):
        if known(row["month"]):
            table.setdefault(str(row["engagement"]), {})[month_end(row["month"])] = row["state"]
    if not table:
        return empty(look, title or "Who has reported", "No study is expected to report yet. Load engagements first.")
    months = sorted({m for states in table.values() for m in states})[-_MONTHS:]
    missing = {name: [m for m in months if states.get(m) == "missing"] for name, states in table.items()}
    names = sorted(table, key=lambda name: (-len(missing[name]), name))[:limit]
    spec = layout(
        look,
        title or _finding(missing, months[-1]),
        "A square is a month: filled = reported, × = missing, empty = not due. "
        f"{shown(len(table), limit)} {as_of_text(as_of)}",
        body=len(names) * 28,
        top=26,
        foot=16,
        right=110,
        xaxis=axis(
            look,
            side="top",
            tickmode="array",
            tickvals=list(range(len(months))),
            ticktext=[_letter(m, m == months[0]) for m in months],
            tickangle=0,
            tickfont={"size": 11, "color": look.muted},
            range=[-0.6, len(months) - 0.4],
            showgrid=False,
            showline=False,
        ),
        yaxis=row_axis(look, names, width=26, lines=1),
        annotations=[
            beside(look, y, _words(len(missing[n])), _tone(len(missing[n]), look)) for y, n in enumerate(names)
        ],
    )
    marks = {
        "reported": {"symbol": "square", "size": 15, "color": look.good},
        "missing": {"symbol": "x-thin", "size": 11, "line": {"width": 3, "color": look.bad}},
        "not due": {"symbol": "square-open", "size": 14, "color": look.grid, "line": {"width": 1}},
    }
    return draw([_squares(state, mark, names, months, table, as_of) for state, mark in marks.items()], spec)


def _finding(missing: dict[str, list[str]], last: str) -> str:
    silent = [name for name, gaps in missing.items() if last in gaps]
    if silent:
        verb = "has" if len(silent) == 1 else "have"
        return f"{len(silent)} of {count(len(missing), 'study', 'studies')} {verb} not reported {month(last)}"
    gaps = sum(bool(g) for g in missing.values())
    return (
        f"{month(last)} is complete; {gaps} of {len(missing)} have earlier gaps"
        if gaps
        else "Every month due has been reported"
    )


def _letter(end: str, first: bool) -> str:
    """A month by its initial, the year under the first and under each January: names do not fit at 700 px."""
    letter = f"{pd.Timestamp(end):%b}"[0]
    return f"{letter}<br>{end[:4]}" if first or end[5:7] == "01" else letter


def _tone(gaps: int, look: Look) -> str:
    return look.bad_text if gaps else look.good_text


def _words(gaps: int) -> str:
    return f"▼ <b>{gaps}</b> missing" if gaps else "▲ complete"


def _squares(
    state: str,
    mark: Spec,
    names: list[str],
    months: list[str],
    table: dict[str, dict[str, str]],
    as_of: date | None,
) -> Spec:
    drawn = [(x, y, m, n) for y, n in enumerate(names) for x, m in enumerate(months) if table[n].get(m) == state]
    return {
        "type": "scatter",
        "mode": "markers",
        "x": [x for x, _, _, _ in drawn],
        "y": [y for _, y, _, _ in drawn],
        "marker": mark,
        "hovertext": [hover(n, f"{month(m)}: {state}", as_of_text(as_of)) for _, _, m, n in drawn],
        "hoverinfo": "text",
    }
