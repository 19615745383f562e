"""A number by month against its own past (XmR): which months are more than its usual coming and going."""

from datetime import date

import pandas as pd
import plotly.graph_objects as go

from charts.text import (
    Row,
    as_of_text,
    count,
    esc,
    hover,
    iso,
    known,
    month,
    month_end,
    month_ticks,
    number,
    rows,
    spread,
    under,
)
from charts.theme import SYMBOL, Look, Spec, axis, beside, draw, empty, layout
from charts.verdicts import AS_EXPECTED, BETTER, MARKERS, WORSE, colour

_HEIGHT = 330
_LINE = 17.0
_NOTES = 4
DIRECTIONS = {
    "outside the limits": ("above the limits", "below the limits"),
    "seven months rising or falling": ("rising", "falling"),
    "two of three months near the limit": ("near the upper limit", "near the lower limit"),
    "seven months on one side": ("above the mean", "below the mean"),
}
"""Each signal where it points up, and where it points down."""


def figure(
    frame: pd.DataFrame,
    look: Look,
    *,
    unit: str = "%",
    better: str = "higher",
    what: str = "",
    verdict: str | None = None,
    since: str | None = None,
    trial: bool = False,
    reason: str | None = None,
    green: float | None = None,
    red: float | None = None,
    title: str | None = None,
    as_of: date | None = None,
) -> go.Figure:
    """
    One row per month: month, value (NaN: a gap), n, numerator, denominator, mean, low, high (natural
    limits, NaN where there are none), signal ("" or what stands out about it, in words), side (1 above the
    mean, -1 below).

    `what` is measured, `verdict` the newest signal in one word and `since` its first month; `trial`: the
    limits rest on less than a year; `reason`: why there are none; `green`, `red`: the thresholds.
    """
    found = sorted((row for row in rows(frame) if known(row["month"])), key=lambda row: month_end(row["month"]))
    told = [row for row in found if known(row["value"])]
    if not told:
        return empty(look, title or "By month, against its own past", reason or "No month has enough cases to count.")
    limits = [(number(told[-1][name]), word) for name, word in _LIMITS]
    targets = [(green, "green"), (red, "red")]
    heights = _heights(told, [value for value, _ in (*limits, *targets)])
    months = [month_end(row["month"]) for row in found]
    first, last = pd.Timestamp(months[0]), pd.Timestamp(months[-1])
    room = max((last - first) * 0.04, pd.Timedelta(days=16))
    spec = layout(
        look,
        title or _finding(told, what, verdict, since, better),
        _marks(limits, trial, reason, green, red, better, as_of),
        body=_HEIGHT,
        foot=52,
        right=138,
        xaxis=axis(
            look, type="date", range=[iso(first - room), iso(last + room)], showgrid=False,
            **month_ticks(first, last, 9),
        ),
        yaxis=axis(look, range=heights, ticksuffix=f" {unit}" if unit else "", nticks=7),
        shapes=[*_levels(limits, look), *_targets(targets, look)],
        annotations=[*_names(limits, targets, heights, unit, look), *_said(told, look, better)],
    )  # fmt: skip
    return draw([_line(found, look), _dots(told, look, unit, better, as_of)], spec)


_LIMITS = (("high", "upper limit"), ("mean", "mean"), ("low", "lower limit"))


def _heights(told: list[Row], levels: list[float | None]) -> list[float]:
    seen = [float(row["value"]) for row in told] + [level for level in levels if level is not None]
    pad = max((max(seen) - min(seen)) * 0.2, 0.01 * abs(max(seen)), 1e-6)
    return [min(seen) - pad, max(seen) + pad]


def _finding(told: list[Row], what: str, verdict: str | None, since: str | None, better: str) -> str:
    head = f"{what}: " if what else ""
    if verdict in (BETTER, WORSE) and since:
        last = next((row for row in reversed(told) if _verdict(row, better) == verdict), None)
        why = f" ({_signal(last)})" if last else ""
        return f"{head}{verdict} than before {_when(told, since, last)}{why}"
    if verdict == AS_EXPECTED:
        return f"{head}as before, with no signal in the last three months"
    return f"{head}{count(len(told), 'month')} with a number, too few to say what is usual"


def _when(told: list[Row], since: str, last: Row | None) -> str:
    """`since Sep 2026` where the newest month is one of them; otherwise when it was."""
    if last is None or last is told[-1]:
        return f"since {month(since)}"
    return _span(since, last["month"])


def _span(first: object, last: object) -> str:
    return f"in {month(first)}" if month(first) == month(last) else f"from {month(first)} to {month(last)}"


def _marks(
    limits: list[tuple[float | None, str]], trial: bool, reason: str | None, green: float | None, red: float | None,
    better: str, as_of: date | None,
) -> str:  # fmt: skip
    lines = "Line = the months; a break = a month with too few cases. "
    if any(level is not None for level, _ in limits):
        lines += f"Dashed = {'trial limits (fewer than 12 months)' if trial else 'limits'} of its usual variation. "
        lines += "Triangle = a signal, up for the better, down for the worse. "
    else:
        lines += f"No limits: {reason}. " if reason else ""
    thresholds = "Dotted = the green and red thresholds. " if green is not None or red is not None else ""
    return f"{lines}{thresholds}{better.capitalize()} is better. {as_of_text(as_of)}"


def _verdict(row: Row, better: str) -> str:
    """The word for a month: what its signal means in the direction of the KPI."""
    side = number(row["side"]) or 0.0
    if not known(row["signal"]) or not row["signal"] or not side:
        return AS_EXPECTED
    return BETTER if (side > 0) == (better == "higher") else WORSE


def _level(value: float, look_line: Spec) -> Spec:
    at = {"xref": "paper", "x0": 0, "x1": 1, "y0": value, "y1": value}
    return at | {"type": "line", "line": look_line, "layer": "below"}


def _levels(limits: list[tuple[float | None, str]], look: Look) -> list[Spec]:
    return [
        _level(
            value,
            {"width": 1.2, "color": look.ink} if word == "mean" else {"width": 1.4, "color": look.ink, "dash": "dash"},
        )
        for value, word in limits
        if value is not None
    ]


def _targets(targets: list[tuple[float | None, str]], look: Look) -> list[Spec]:
    return [
        _level(value, {"width": 1.2, "color": look.band(band), "dash": "dot"})
        for value, band in targets
        if value is not None
    ]


def _names(
    limits: list[tuple[float | None, str]],
    targets: list[tuple[float | None, str]],
    heights: list[float],
    unit: str,
    look: Look,
) -> list[Spec]:
    """Limits and thresholds named at the right end, moved apart where they are close."""
    of = f" {esc(unit)}" if unit in ("%", "h") else ""
    told = [(value, f"{word} {value:,.3g}{of}", look.ink) for value, word in limits if value is not None]
    told += [(v, f"{SYMBOL[band]} {band} {v:,.4g}{of}", look.band_text(band)) for v, band in targets if v is not None]
    line = (heights[1] - heights[0]) * _LINE / _HEIGHT
    places = spread([value for value, _, _ in told], [line] * len(told))
    return [beside(look, y, text, ink, 12) for y, (_, text, ink) in zip(places, told, strict=True)]


def _said(told: list[Row], look: Look, better: str) -> list[Spec]:
    """The newest runs of signals in words, away from the line: above what is high, below what is low."""
    runs: list[list[Row]] = []
    for before, row in zip([None, *told], told, strict=False):
        verdict = _verdict(row, better)
        if verdict == AS_EXPECTED:
            continue
        if before is not None and _verdict(before, better) == verdict:
            runs[-1].append(row)
        else:
            runs.append([row])
    notes = []
    for run in runs[-_NOTES:]:
        row, up = run[len(run) // 2], run[0]["side"] > 0
        edge = (max if up else min)(run, key=lambda each: each["value"])
        ink = colour(look, _verdict(row, better), text=True)
        notes.append(
            {
                "x": month_end(row["month"]),
                "y": edge["value"],
                "yshift": 10 if up else -10,
                "yanchor": "bottom" if up else "top",
                "text": _signals(run),
                "showarrow": False,
                "bgcolor": look.paper,
                "font": {"size": 12, "color": ink},
            }
        )
    return notes


def _signals(run: list[Row]) -> str:
    """The signals of a run, each with the months that it was, a line each."""
    found: dict[str, list[Row]] = {}
    for row in run:
        found.setdefault(_signal(row), []).append(row)
    return "<br>".join(
        under(f"<b>{esc(signal)}</b>", _span(each[0]["month"], each[-1]["month"])) for signal, each in found.items()
    )


def _signal(row: Row) -> str:
    """The signal with its direction. How many months it takes is the rule, not what is seen of it."""
    up, down = DIRECTIONS.get(row["signal"], (row["signal"], row["signal"]))
    return up if row["side"] > 0 else down


def _line(found: list[Row], look: Look) -> Spec:
    """The months in order, with an empty one wherever one is missing, so that no line bridges it."""
    ends = [pd.Timestamp(month_end(row["month"])) for row in found]
    every = pd.date_range(ends[0], ends[-1], freq="ME")
    values = dict(zip(ends, (number(row["value"]) for row in found), strict=True))
    return {
        "type": "scatter",
        "mode": "lines",
        "x": [iso(end) for end in every],
        "y": [values.get(end) for end in every],
        "connectgaps": False,
        "line": {"width": 2, "color": look.neutral},
        "hoverinfo": "skip",
    }


def _dots(told: list[Row], look: Look, unit: str, better: str, as_of: date | None) -> Spec:
    verdicts = [_verdict(row, better) for row in told]
    return {
        "type": "scatter",
        "mode": "markers",
        "x": [month_end(row["month"]) for row in told],
        "y": [row["value"] for row in told],
        "marker": {
            "size": [8 if verdict == AS_EXPECTED else 13 for verdict in verdicts],
            "symbol": [MARKERS[verdict] for verdict in verdicts],
            "color": [colour(look, verdict) for verdict in verdicts],
            "opacity": 1,
            "line": {"width": 1, "color": look.paper},
        },
        "hovertext": [_hover(row, unit, as_of) for row in told],
        "hoverinfo": "text",
    }


def _hover(row: Row, unit: str, as_of: date | None) -> str:
    whole = known(row["numerator"]) and known(row["denominator"])
    return hover(
        f"{month(row['month'])}: {row['value']:,.2f} {unit}".rstrip(),
        f"{_signal(row)}: {row['signal']}" if row["signal"] in DIRECTIONS else row["signal"],
        f"{row['numerator']:,.6g} of {row['denominator']:,.6g}" if whole else "",
        f"n = {row['n']:,.0f}" if known(row["n"]) else "",
        as_of_text(as_of),
    )
