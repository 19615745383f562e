"""The profile of candidates over the criteria of a need: what each scores, what is missing, and where a gate stands."""

from datetime import date
from typing import Any

import pandas as pd
import plotly.graph_objects as go

from charts.text import Row, as_of_text, esc, hover, joined, known, number, rows, short, wrap
from charts.theme import Look, Spec, axis, draw, empty, layout

_MOST, _ADEQUATE = 5.0, 3.0
_SCALE = ("0 none", "1 poor", "2 weak", "3 adequate", "4 good", "5 excellent")
_LANE, _GAP, _LEAST = 17, 12, 42
"""Pixels of the line of a candidate, between two criteria, and of a criterion at least: its name has two lines."""
_CRITERIA = 20
_SYMBOLS = ("circle", "square", "diamond", "triangle-up", "pentagon", "star")


def figure(
    frame: pd.DataFrame, look: Look, *, title: str | None = None, as_of: date | None = None, limit: int = 6
) -> go.Figure:
    """
    One row per criterion and candidate: candidate, criterion, score (0 to 5, NaN where it is missing), weight, gate,
    out (excluded or withdrawn), total (of the candidate), order (of the candidate, the first one first), column_order
    (of the criterion).

    The first `limit` candidates have a line each in every criterion; the others are grey marks on one line.
    """
    found = rows(frame)
    if not found:
        return empty(
            look,
            title or "Candidates over the criteria",
            "No candidate is judged here yet. Choose a candidate below and write its scores, or load selections.",
        )
    people = {row["order"]: row for row in sorted(found, key=lambda row: row["order"])}
    criteria = {row["column_order"]: row for row in sorted(found, key=lambda row: row["column_order"])}
    named = list(people)[:limit]
    lines = len(named) + (len(people) > limit)
    height = max(lines * _LANE + _GAP, _LEAST)
    places = {code: _Place(line, lines, height) for line, code in enumerate(list(criteria)[:_CRITERIA])}
    cells = [row for row in found if row["column_order"] in places]
    others = [row for row in cells if row["order"] not in named]
    spec = layout(
        look,
        title or _finding(people, found),
        _subtitle(len(people), len(named), len(criteria), as_of),
        body=len(places) * height,
        foot=34,
        right=8,
        xaxis=axis(look, range=[-0.15, 6.9], tickvals=list(range(6)), ticktext=list(_SCALE)),
        yaxis=_criteria(criteria, places, look, height),
        shapes=[*_bands(places, look), *_gates(criteria, places, look)],
    )
    colours = {order: look.lines[(place + 1) % len(look.lines)] for place, order in enumerate(named)}
    drawn = [
        _stems([row for row in cells if row["order"] == order], places, place, colours[order])
        for place, order in enumerate(named)
    ]
    drawn += [
        _marks([row for row in cells if row["order"] == order], places, place, colours[order], look, as_of)
        for place, order in enumerate(named)
    ]
    return draw([*drawn, *_rest(others, places, len(named), look, as_of)], spec)


class _Place:
    """Where a criterion is, from the top, and in it the lines of its candidates, one under the other."""

    def __init__(self, place: int, lines: int, height: float) -> None:
        self.top, self.end = place * height, (place + 1) * height
        self.middle = (self.top + self.end) / 2
        self._first = self.middle - (lines - 1) * _LANE / 2

    def of(self, lane: int) -> float:
        return self._first + lane * _LANE


def _subtitle(people: int, named: int, criteria: int, as_of: date | None) -> str:
    told = [
        "Gates first, then by weight. Mark = score, ring = not scored, cross = under the dotted line of a gate.",
        f"{named} of {people} shown by name, the others in grey." if people > named else "",
        f"{_CRITERIA} of {criteria} criteria shown." if criteria > _CRITERIA else "",
        as_of_text(as_of),
    ]
    return " ".join(part for part in told if part)


def _finding(people: dict[Any, Row], found: list[Row]) -> str:
    out = [row["candidate"] for row in people.values() if row["out"]]
    left = f"; {joined(out)} cannot be chosen" if out else ""
    able = [row for row in people.values() if not row["out"] and known(row["total"])]
    if not able:
        return f"No candidate that can be chosen has a total yet{left}"
    best = max(row["total"] for row in able)
    first = [row for row in able if best - row["total"] < 1e-9]
    if len(first) > 1:
        return f"{joined([row['candidate'] for row in first])} are level with {best:.2f} of 5{left}"
    own = [row for row in found if row["order"] == first[0]["order"] and known(row["score"])]
    weakest = min(own, key=lambda row: row["score"], default=None)
    held = f", weakest in {short(weakest['criterion'])} ({weakest['score']:g})" if weakest and len(own) > 1 else ""
    return f"{short(first[0]['candidate'])} is first with {best:.2f} of 5{held}{left}"


def _criteria(criteria: dict[Any, Row], places: dict[Any, _Place], look: Look, height: float) -> Spec:
    """The criteria at the middle of their lines, with what they weigh."""
    return axis(
        look,
        tickmode="array",
        tickvals=[place.middle for place in places.values()],
        ticktext=[_criterion(criteria[code]) for code in places],
        tickfont={"size": 13, "color": look.ink},
        ticklabelstandoff=8,
        range=[len(places) * height, 0],
        showgrid=False,
        showline=False,
        ticks="",
    )


def _criterion(row: Row) -> str:
    weight = f"weight {row['weight']:g}" if known(row["weight"]) else ""
    about = ", ".join(part for part in ("gate" if row["gate"] else "", weight) if part)
    return f"{wrap(row['criterion'], 24)}<br><span style='font-size:11px'>{esc(about)}</span>"


def _bands(places: dict[Any, _Place], look: Look) -> list[Spec]:
    """A quiet ground behind every other criterion, so that the lines of one are seen together."""
    return [
        {
            "type": "rect", "xref": "paper", "x0": 0, "x1": 1, "y0": place.top,
            "y1": place.end, "fillcolor": look.tint(look.neutral, 0.1),
            "line": {"width": 0}, "layer": "below",
        }
        for place in list(places.values())[::2]
    ]  # fmt: skip


def _gates(criteria: dict[Any, Row], places: dict[Any, _Place], look: Look) -> list[Spec]:
    return [
        {
            "type": "line", "x0": _ADEQUATE, "x1": _ADEQUATE, "y0": place.top,
            "y1": place.end, "line": {"color": look.ink, "width": 1.5, "dash": "dot"},
            "layer": "below",
        }
        for code, place in places.items()
        if criteria[code]["gate"]
    ]  # fmt: skip


def _stems(own: list[Row], places: dict[Any, _Place], lane: int, colour: str) -> Spec:
    """A thin line from nothing to each score."""
    xs: list[float | None] = []
    ys: list[float | None] = []
    for row in own:
        if known(row["score"]):
            xs += [0.0, row["score"], None]
            ys += [places[row["column_order"]].of(lane)] * 2 + [None]
    line = {"width": 1.5, "color": colour}
    return {"type": "scatter", "mode": "lines", "x": xs, "y": ys, "line": line, "hoverinfo": "skip"}


def _marks(own: list[Row], places: dict[Any, _Place], lane: int, colour: str, look: Look, as_of: date | None) -> Spec:
    """The scores of one candidate, each with its name: one that is missing is a ring, under a gate a cross."""
    missing = [not known(row["score"]) for row in own]
    under = [_under(row) for row in own]
    return {
        "type": "scatter",
        "mode": "markers+text",
        "x": [number(row["score"]) or 0.0 for row in own],
        "y": [places[row["column_order"]].of(lane) for row in own],
        "text": [_words(row) for row in own],
        "textposition": "middle right",
        "textfont": {
            "size": 12,
            "color": [
                look.muted if m else look.bad_text if u else look.ink for m, u in zip(missing, under, strict=True)
            ],
        },
        "cliponaxis": False,
        "marker": {
            "size": 10,
            "symbol": [
                "circle-open" if m else "x" if u else _SYMBOLS[lane % len(_SYMBOLS)]
                for m, u in zip(missing, under, strict=True)
            ],
            "color": [look.muted if m else look.bad if u else colour for m, u in zip(missing, under, strict=True)],
            "line": {"width": 1.5, "color": [look.muted if m else look.paper for m in missing]},
        },
        "hovertext": [_hover(row, as_of) for row in own],
        "hoverinfo": "text",
    }


def _under(row: Row) -> bool:
    return bool(row["gate"]) and known(row["score"]) and row["score"] < _ADEQUATE


def _words(row: Row) -> str:
    name = esc(short(row["candidate"], 22))
    if not known(row["score"]):
        return f"&nbsp;{name}: not scored"
    return f"&nbsp;{name} <b>{row['score']:g}</b>{', excluded' if _under(row) else ''}"


def _rest(others: list[Row], places: dict[Any, _Place], lane: int, look: Look, as_of: date | None) -> list[Spec]:
    """The scores of those who are not named, on the last line of each criterion."""
    told = [row for row in others if known(row["score"])]
    if not told:
        return []
    return [
        {
            "type": "scatter",
            "mode": "markers",
            "x": [row["score"] for row in told],
            "y": [places[row["column_order"]].of(lane) for row in told],
            "marker": {"size": 9, "symbol": "line-ns", "line": {"width": 2, "color": look.neutral}},
            "hovertext": [_hover(row, as_of) for row in told],
            "hoverinfo": "text",
        }
    ]


def _hover(row: Row, as_of: date | None) -> str:
    total = number(row["total"])
    score = f"{row['score']:g} of {_MOST:g}" if known(row["score"]) else "not scored"
    return hover(
        row["candidate"],
        f"{row['criterion']}: {score}",
        f"gate: {_ADEQUATE:g} or more" if row["gate"] else "",
        f"weight {row['weight']:g}" if known(row["weight"]) else "",
        "no total" if total is None else f"total {total:.2f} of {_MOST:g} over what is scored",
        "cannot be chosen" if row["out"] else "",
        as_of_text(as_of),
    )
