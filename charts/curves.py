"""
Kaplan-Meier curves: the share of requests still open by time since they were raised, open ones counted as
censored.
"""

from collections.abc import Collection, Sequence
from datetime import date

import pandas as pd
import plotly.graph_objects as go

from charts.text import as_of_text, hover, known, number, percent, rows, short, spread, under, wrap
from charts.theme import Look, Spec, axis, beside, draw, empty, layout, vertical

_HEIGHT = 380
_DASHES = ("solid", "6px,3px", "2px,3px", "9px,3px,2px,3px")
_MOST = 8

Steps = list[tuple[float, float, float | None, float | None]]


def figure(
    frame: pd.DataFrame,
    look: Look,
    *,
    sla: float | None = None,
    unit: str = "business hours",
    start: str = "the request was raised",
    highlight: Sequence[str] | None = None,
    few: Collection[str] = (),
    title: str | None = None,
    as_of: date | None = None,
) -> go.Figure:
    """
    One row per step of a curve. `start` says from when on `unit` is counted.

    frame: label, t (from 0), s (share still open, 0-1, from t on), low, high (interval of s, NaN where
    none). Named and coloured are the labels of `highlight`, by default the four slowest and the four
    fastest; the others are thin and grey, and so are those of `few`, which have too few cases to be named.
    The slowest and fastest of the named ones carry their interval.
    """
    curves = _curves(frame)
    if not curves:
        return empty(
            look,
            title or "Time to response",
            "Nothing has been loaded for this selection that begins and ends. Load requests first.",
        )
    judged = {label: steps for label, steps in curves.items() if label not in few} or curves
    width = _width(judged, sla)
    at = _compared_at(judged, width) if sla is None else sla
    ranked = sorted(judged, key=lambda label: open_at(curves[label], at), reverse=True)
    named = [label for label in (highlight or _ends(ranked)) if label in curves][:_MOST]
    named.sort(key=ranked.index)
    line, notes = [], []
    if sla is not None:
        shape, note = vertical(look, sla, f"SLA {sla:g} {unit}")
        line, notes = [shape], [note]
    grey = "; grey = the others" if len(named) < len(curves) else ""
    grey += f", {len(curves) - len(judged)} of them with too few cases" if len(judged) < len(curves) else ""
    spec = layout(
        look,
        title or _finding(curves, ranked, sla, at, unit),
        f"Share still open (Kaplan-Meier, open ones censored){grey}. Shade = 95 % interval of the slowest and the "
        f"fastest. Names in the order of what is open at {_time(at)} {unit}. {as_of_text(as_of)}",
        body=_HEIGHT,
        top=22,
        foot=56,
        right=178,
        xaxis=axis(look, range=[0, width], title={"text": f"{unit} since {start}"}, nticks=8),
        yaxis=axis(look, range=[0, 1.02], tickformat=".0%", dtick=0.25, title={"text": "still open"}),
        shapes=line,
        annotations=notes + _names(named, curves, look, at, width),
    )
    data = [
        _line(label, curves[label], look.neutral, 1.0, "solid", unit, sla, as_of)
        for label in curves
        if label not in named
    ]
    for label in dict.fromkeys([*named[:1], *named[-1:]]):
        data += _shade(curves[label], _colour(named, label, look), look, width)
    for i, label in enumerate(named):
        dash = _DASHES[i % len(_DASHES)]
        data.append(_line(label, curves[label], _colour(named, label, look), 2.8, dash, unit, sla, as_of))
    return draw(data, spec)


def open_at(steps: Steps, t: float) -> float:
    """The share still open at `t`: the last step at or before it."""
    return next((s for start, s, _, _ in reversed(steps) if start <= t), 1.0)


def _curves(frame: pd.DataFrame) -> dict[str, Steps]:
    found: dict[str, Steps] = {}
    for row in rows(frame.sort_values(["label", "t"], kind="stable") if len(frame) else frame):
        if known(row["t"]) and known(row["s"]):
            step = (float(row["t"]), float(row["s"]), number(row["low"]), number(row["high"]))
            found.setdefault(str(row["label"]), [(0.0, 1.0, None, None)] if row["t"] > 0 else []).append(step)
    return found


def _compared_at(curves: dict[str, Steps], width: float) -> float:
    """Where there is no SLA: when the slowest that get there are half done, within what is drawn."""
    halves = [next((t for t, s, _, _ in steps if s <= 0.5), None) for steps in curves.values()]
    return min(max((t for t in halves if t is not None), default=width), width)


def _time(at: float) -> str:
    return f"{at:,.1f}".removesuffix(".0")


def _width(curves: dict[str, Steps], sla: float | None) -> float:
    """Far enough for most of what each curve still loses: neither the last straggler nor a queue that nobody
    answers stretches the axis."""
    reach = max(
        next(t for t, s, _, _ in steps if s <= steps[-1][1] + 0.08 * (1 - steps[-1][1])) for steps in curves.values()
    )
    return max(reach * 1.05, (sla or 0) * 1.6) or 1.0


def _ends(ranked: list[str]) -> list[str]:
    half = _MOST // 2
    return ranked if len(ranked) <= _MOST else ranked[:half] + ranked[-half:]


def _finding(curves: dict[str, Steps], ranked: list[str], sla: float | None, at: float, unit: str) -> str:
    worst, best = ranked[0], ranked[-1]
    still = open_at(curves[worst], at)
    where = f"the SLA of {sla:g} {unit}" if sla is not None else f"{_time(at)} {unit}"
    rest = f"; {percent(open_at(curves[best], at))} at {short(best)}" if best != worst else ""
    return f"{short(worst)} leaves {percent(still)} open past {where}{rest}"


def _colour(named: list[str], label: str, look: Look) -> str:
    """Vermillion for the slowest and blue for the fastest, between them colours without a meaning."""
    place = named.index(label)
    if place == 0:
        return look.bad_text
    return (
        look.good_text
        if place == len(named) - 1
        else [c for c in look.lines if c not in (look.bad_text, look.good_text)][place - 1]
    )


def _line(
    label: str,
    steps: Steps,
    colour: str,
    width: float,
    dash: str,
    unit: str,
    sla: float | None,
    as_of: date | None,
) -> Spec:
    past = f"{percent(open_at(steps, sla), 1)} open at the SLA" if sla is not None else ""
    return {
        "type": "scatter",
        "mode": "lines",
        "x": [t for t, _, _, _ in steps],
        "y": [s for _, s, _, _ in steps],
        "line": {"shape": "hv", "width": width, "color": colour, "dash": dash},
        "hovertext": [
            hover(label, f"{percent(s, 1)} still open after {t:g} {unit}", past, as_of_text(as_of))
            for t, s, _, _ in steps
        ],
        "hoverinfo": "text",
    }


def _shade(steps: Steps, colour: str, look: Look, width: float) -> list[Spec]:
    """
    The interval as explicit steps: a stepped line that runs backwards along the lower edge draws a wrong
    band.
    """
    drawn = [(t, low, high) for t, _, low, high in steps if low is not None and high is not None]
    if not drawn:
        return []
    xs, upper, lower = [], [], []
    for (t, low, high), until in zip(drawn, [*(d[0] for d in drawn[1:]), min(width, drawn[-1][0])], strict=True):
        xs += [t, until]
        upper += [high, high]
        lower += [low, low]
    red, green, blue = (int(colour[i : i + 2], 16) for i in (1, 3, 5))
    return [
        {
            "type": "scatter",
            "mode": "lines",
            "x": xs + xs[::-1],
            "y": upper + lower[::-1],
            "fill": "toself",
            "fillcolor": f"rgba({red},{green},{blue},0.14)",
            "line": {"width": 0},
            "hoverinfo": "skip",
        }
    ]


def _names(named: list[str], curves: dict[str, Steps], look: Look, at: float, width: float) -> list[Spec]:
    """Names with the share still open, each near the height of its curve where the plot ends."""
    wanted = [open_at(curves[label], at) for label in named]
    height = 40 / _HEIGHT
    places = spread(wanted, [height] * len(named), floor=-0.03)
    return [
        beside(
            look,
            y,
            under(f"<b>{wrap(label, 20, 1)}</b>", f"{percent(share)} still open"),
            _colour(named, label, look),
        )
        for label, y, share in zip(named, places, wanted, strict=True)
    ]
