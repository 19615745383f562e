"""
Planned value, earned value and actual cost of one engagement by month, with the range of its estimate at
completion.
"""

from dataclasses import dataclass
from datetime import date

import pandas as pd
import plotly.graph_objects as go

from charts.text import (
    Row,
    amount_axis,
    day,
    hover,
    iso,
    known,
    money,
    month,
    month_end,
    number,
    percent,
    rows,
    spread,
    under,
)
from charts.theme import Look, Spec, beside, draw, empty, layout, vertical

_HEIGHT = 360
_STEPS = 24
# Beyond this share of the time axis the ends of the actual curves are named in the right margin.
_NEAR_END = 0.7


def figure(
    frame: pd.DataFrame,
    look: Look,
    *,
    as_of: date,
    currency: str = "",
    bac: float | None = None,
    eac_low: float | None = None,
    eac_mid: float | None = None,
    eac_high: float | None = None,
    finish_low: date | None = None,
    finish_high: date | None = None,
    title: str | None = None,
) -> go.Figure:
    """
    One row per month, cumulative, all cost types together, in contract currency.

    frame: month, pv, ev, ac (NaN after the last reported month), optionally pv_current (the re-baselined
    plan). `bac` and the three estimates at completion are amounts in the same currency; the cone runs to
    the finish dates.
    """
    ordered = sorted((row for row in rows(frame) if known(row["month"])), key=lambda row: month_end(row["month"]))
    if not ordered:
        return empty(
            look,
            title or "Budget over time",
            "No budget by month. Load the budget of this study with planned amounts.",
        )
    bac = number(bac)
    eac = tuple(number(value) for value in (eac_low, eac_mid, eac_high))
    told = [row for row in ordered if known(row["ac"])]
    cone = _cone(told, month_end(ordered[-1]["month"]), eac, (finish_low, finish_high))
    amounts = [number(row[name]) for row in ordered for name in ("pv", "ev", "ac")] + [bac, *eac]
    top = max([v for v in amounts if v is not None], default=1.0) * 1.08 or 1.0
    ticks, words = amount_axis(top, "")
    first, last = _span(ordered, cone)
    line, note = vertical(
        look,
        iso(as_of),
        f"as of {day(as_of)}",
        anchor=_lean(_reach(told, first, last)),
    )
    spec = layout(
        look,
        title or _finding(told, bac, eac[1], currency),
        _subtitle(told, currency, cone is not None),
        body=_HEIGHT,
        top=20,
        right=168,
        xaxis={
            "type": "date",
            "tickformat": "%b<br>%Y",
            "nticks": 9,
            "range": [iso(first), iso(last + (last - first) * 0.02)],
        },
        yaxis={"range": [0, top], "tickvals": ticks, "ticktext": words},
        shapes=[line, *_ceiling(look, bac)],
        annotations=[note, *_labels(look, ordered, told, currency, bac, cone, top)],
    )
    return draw([*(cone.traces(look) if cone else []), *_curves(ordered, look, currency, as_of)], spec)


@dataclass(frozen=True)
class _Cone:
    """
    From the last actual cost to the three estimates at completion; `ends` are the first, middle and last
    finish.
    """

    start: pd.Timestamp
    cost: float
    low: float
    mid: float
    high: float
    ends: tuple[str, str, str]
    dated: bool

    def path(self, end: float) -> tuple[list[str], list[float]]:
        """Dates and amounts of a curve that flattens towards its end."""
        span = pd.Timestamp(self.ends[1]) - self.start
        parts = [i / _STEPS for i in range(_STEPS + 1)]
        dates = [f"{self.start + span * u:%Y-%m-%d}" for u in parts]
        return dates, [self.cost + (end - self.cost) * (1 - (1 - u) ** 1.7) for u in parts]

    def traces(self, look: Look) -> list[Spec]:
        """The range, the middle estimate and the whisker of the finish date."""
        (xs, upper), (_, lower), (_, middle) = self.path(self.high), self.path(self.low), self.path(self.mid)
        colour = look.bad
        base = {"type": "scatter", "hoverinfo": "skip"}
        fill = {"fill": "toself", "fillcolor": look.tint(colour, 0.18), "line": {"width": 0}, "mode": "lines"}
        tick = {"symbol": "line-ns", "size": 12, "line": {"width": 2, "color": colour}}
        whisker = {
            "x": [self.ends[0], self.ends[2]],
            "y": [self.mid] * 2,
            "mode": "lines+markers",
            "marker": tick,
        }
        return [
            base | fill | {"x": [*xs, *xs[::-1]], "y": [*upper, *lower[::-1]]},
            base
            | {
                "x": xs,
                "y": middle,
                "mode": "lines",
                "line": {"width": 2.4, "color": colour, "dash": "6px,4px"},
            },
            *([base | whisker | {"line": {"width": 2, "color": colour}}] if self.dated else []),
            base
            | {
                "x": [self.ends[1]],
                "y": [self.mid],
                "mode": "markers",
                "marker": {"size": 10, "color": colour},
            },
        ]


def _cone(
    told: list[Row], planned_end: str, eac: tuple[float | None, ...], finish: tuple[date | None, date | None]
) -> _Cone | None:
    low, mid, high = eac
    if not told or mid is None:
        return None
    start = pd.Timestamp(month_end(told[-1]["month"]))
    first, last = (max(pd.Timestamp(iso(f) or planned_end), start) for f in finish)
    middle = first + (last - first) / 2
    return _Cone(
        start=start,
        cost=float(told[-1]["ac"]),
        low=mid if low is None else low,
        mid=mid,
        high=mid if high is None else high,
        ends=(f"{first:%Y-%m-%d}", f"{middle:%Y-%m-%d}", f"{last:%Y-%m-%d}"),
        dated=known(finish[0]) and known(finish[1]),
    )


def _finding(told: list[Row], bac: float | None, mid: float | None, currency: str) -> str:
    if bac and mid is not None:
        gap = bac - mid
        side = "under" if gap > 0 else "over"
        if round(gap) == 0:
            return f"All cost types, by earned value: forecast to finish on its budget of {money(bac, currency)}"
        over = f"{money(abs(gap), currency)} {side} budget ({percent(abs(gap) / bac, 1)})"
        return f"All cost types, by earned value: forecast to finish {over}"
    if not told:
        return "Nothing spent has been reported yet"
    spent, earned = float(told[-1]["ac"]), number(told[-1]["ev"])
    if earned is None:
        return f"All cost types: {money(spent, currency)} spent by {month(told[-1]['month'])}"
    return (
        f"All cost types: {money(spent, currency, earned)} spent by {month(told[-1]['month'])} on work worth "
        f"{money(earned, currency, spent)}"
    )


def _subtitle(told: list[Row], currency: str, cone: bool) -> str:
    parts = [f"Cumulative amounts in {currency or 'contract currency'}, by month."]
    last = told[-1] if told else {}
    ev, ac, pv = (number(last.get(name)) for name in ("ev", "ac", "pv"))
    if ev is not None and ac and pv:
        parts.append(f"Cost performance CPI {ev / ac:.2f}, schedule performance SPI {ev / pv:.2f} (1 = to plan).")
    if cone:
        parts.append("Cone = range of the estimate at completion (EAC), whisker = range of the finish date.")
    return " ".join(parts)


def _ceiling(look: Look, bac: float | None) -> list[Spec]:
    if bac is None:
        return []
    line = {"color": look.muted, "width": 1.2, "dash": "dot"}
    return [
        {
            "type": "line",
            "xref": "paper",
            "x0": 0,
            "x1": 1,
            "y0": bac,
            "y1": bac,
            "line": line,
            "layer": "below",
        }
    ]


def _curves(ordered: list[Row], look: Look, currency: str, as_of: date) -> list[Spec]:
    curves = [("pv", "planned value (PV)", {"width": 2, "color": look.neutral})]
    if any(known(row.get("pv_current")) for row in ordered):
        current = {"width": 1.5, "color": look.neutral, "dash": "dot"}
        curves.append(("pv_current", "planned value, re-baselined", current))
    curves += [
        ("ev", "earned value (EV)", {"width": 3.5, "color": look.good}),
        ("ac", "actual cost (AC)", {"width": 3.5, "color": look.bad}),
    ]
    return [
        {
            "type": "scatter",
            "mode": "lines",
            "x": [month_end(row["month"]) for row in ordered],
            "y": [number(row.get(name)) for row in ordered],
            "line": line,
            "hovertext": [_hover(row, name, word, currency, as_of) for row in ordered],
            "hoverinfo": "text",
        }
        for name, word, line in curves
    ]


def _hover(row: Row, name: str, word: str, currency: str, as_of: date) -> str:
    value = number(row.get(name))
    text = f"{word} {money(value, currency)}" if value is not None else ""
    return hover(month(row["month"]), text, f"as of {day(as_of)}")


def _span(ordered: list[Row], cone: _Cone | None) -> tuple[pd.Timestamp, pd.Timestamp]:
    first, last = (pd.Timestamp(month_end(ordered[i]["month"])) for i in (0, -1))
    return first, max(last, pd.Timestamp(cone.ends[-1])) if cone else last


def _reach(told: list[Row], first: pd.Timestamp, last: pd.Timestamp) -> float:
    """How far along the time axis the actual curves run, 0 to 1."""
    if not told:
        return 0.0
    return float((pd.Timestamp(month_end(told[-1]["month"])) - first) / max(last - first, pd.Timedelta(days=1)))


def _lean(reach: float) -> str:
    """To which side the label of the as-of line leans, so that it stays over the plot."""
    if reach > _NEAR_END:
        return "right"
    return "left" if reach < 1 - _NEAR_END else "center"


def _spoken(look: Look, row: Row, currency: str) -> list[tuple[float, str, str]]:
    """Height, words and colour of the ends of the actual curves, the upper first."""
    names = [("ac", "Spent (AC)", look.bad_text), ("ev", "Earned (EV)", look.good_text)]
    values = [(number(row[name]), word, colour) for name, word, colour in names]
    drawn = [(v, f"<b>{word} {money(v, currency)}</b>", colour) for v, word, colour in values if v is not None]
    return sorted(drawn, reverse=True)


def _ends(look: Look, row: Row, currency: str, reach: float, top: float) -> list[Spec]:
    """
    Names beside the ends of the actual curves: the upper one above and to the left, the other below and to
    the right.
    """
    notes = []
    for place, (value, text, colour) in enumerate(_spoken(look, row, currency)):
        left = place == 0 and reach > 0.42
        note = {
            "x": month_end(row["month"]),
            "y": value,
            "text": text,
            "xanchor": "right" if left else "left",
            "xshift": -8 if left else 8,
            "yshift": (14, -14)[place] if value > 0.1 * top else (32, 14)[place],
            "showarrow": False,
            "font": {"size": 13, "color": colour},
        }
        notes.append(note)
    return notes


def _labels(
    look: Look,
    ordered: list[Row],
    told: list[Row],
    currency: str,
    bac: float | None,
    cone: _Cone | None,
    top: float,
) -> list[Spec]:
    """The names of the curves, and at the right where they lead."""
    finals: list[tuple[float, str, str, int]] = []
    if cone:
        span = f"range {money(cone.low)} to {money(cone.high)}"
        when = f"<br>finish {month(cone.ends[0])}<br>to {month(cone.ends[2])}" if cone.dated else ""
        text = under(f"<b>EAC {money(cone.mid, currency)}</b>", f"{span}{when}")
        finals.append((cone.mid, text, look.bad_text, 76 if cone.dated else 42))
    planned = number(ordered[-1]["pv"])
    if planned is not None:
        finals.append((planned, f"Planned (PV)<br>{money(planned, currency)}", look.muted, 42))
    first, last = _span(ordered, cone)
    reach = _reach(told, first, last)
    if reach > _NEAR_END:
        finals += [(value, text, colour, 22) for value, text, colour in _spoken(look, told[-1], currency)]
    unit = top / _HEIGHT
    places = spread([f[0] for f in finals], [f[3] * unit for f in finals], floor=0.0)
    notes = [beside(look, y, text, colour) for y, (_, text, colour, _) in zip(places, finals, strict=True)]
    if told and reach <= _NEAR_END:
        notes += _ends(look, told[-1], currency, reach, top)
    if bac is not None:
        text = f"Budget at completion (BAC) {money(bac, currency)}"
        low = {
            "x": 0,
            "xref": "paper",
            "xanchor": "left",
            "xshift": 4,
            "y": bac,
            "yanchor": "bottom",
            "showarrow": False,
        }
        notes.append(low | {"text": text, "font": {"size": 12, "color": look.muted}})
    return notes
