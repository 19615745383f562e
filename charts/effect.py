"""A number by month before and after an action: did it leave what was usual before?"""

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
    short,
    shown,
    spread,
)
from charts.text import day as day_text
from charts.theme import Look, Spec, axis, beside, draw, empty, layout, vertical
from charts.verdicts import AS_EXPECTED, BETTER, MARKERS, WORSE, colour

_HEIGHT = 300
_LINE = 17.0
_LIMITS = (("high", "upper limit"), ("mean", "mean before"), ("low", "lower limit"))
_PARTS = {"before": "before it was closed", "closed": "the month in which it was closed", "after": "after"}


def figure(
    frame: pd.DataFrame,
    look: Look,
    *,
    unit: str = "%",
    better: str = "higher",
    what: str = "",
    verdict: str = "",
    why: str = "",
    raised: date | None = None,
    closed: date | None = None,
    title: str | None = None,
    as_of: date | None = None,
    limit: int = 36,
) -> go.Figure:
    """
    One row per month: month, part (before, closed, after), value (NaN: a gap), n, numerator, denominator,
    mean, low, high (limits of the months before, NaN where there are none), signal ("" or why a month after
    stands out), side (1 above the mean, -1 below).

    `what` is measured, `verdict` and `why` say what became of it; `raised`, `closed`: days of the action. The
    newest `limit` months are drawn.
    """
    found = sorted((row for row in rows(frame) if known(row["month"])), key=lambda row: month_end(row["month"]))
    total, found = len(found), found[-limit:]
    told = [row for row in found if known(row["value"])]
    if not told:
        return empty(look, title or "Before and after the action", why or "No month has enough cases to count.")
    ends = [pd.Timestamp(month_end(row["month"])) for row in found]
    first, last = ends[0] - pd.offsets.MonthBegin(1), ends[-1]
    days = [pd.Timestamp(each) for each in (raised, closed) if each]
    room = max((last - first) * 0.03, pd.Timedelta(days=10))
    shapes, notes = _days(raised, closed, first, look)
    limits = [(number(told[-1][name]), word) for name, word in _LIMITS]
    heights = _heights(told, [value for value, _ in limits])
    spec = layout(
        look,
        title or _finding(told, what, verdict),
        f"Line = the months; a break = a month with too few cases. {_limits_text(limits)}{better.capitalize()} is "
        f"better. {why} {shown(total, limit)} {as_of_text(as_of)}",
        body=_HEIGHT,
        top=38,
        foot=52,
        right=138,
        xaxis=axis(
            look, type="date", showgrid=False, **month_ticks(ends[0], last, 9),
            range=[iso(max(min([first, *days]), first) - room), iso(max([last, *days]) + room)],
        ),
        yaxis=axis(look, range=heights, ticksuffix=f" {unit}" if unit else "", nticks=6),
        shapes=[*_levels(limits, look), *shapes],
        annotations=[*_names(limits, heights, unit, look), *notes],
    )  # fmt: skip
    return draw([_line(found, look), _dots(told, look, unit, better, as_of)], spec)


def _finding(told: list[Row], what: str, verdict: str) -> str:
    head = short(what, 60) if what else "The figure"
    if verdict:
        return f"{head}: {verdict} after the action"
    return f"{head}: {count(len(told), 'month')} around the day the action was closed"


def _limits_text(limits: list[tuple[float | None, str]]) -> str:
    if all(level is None for level, _ in limits):
        return "No limits. "
    return "Dashed = limits of what was usual before. Triangle = a month after that is beyond chance. "


def _days(raised: date | None, closed: date | None, first: pd.Timestamp, look: Look) -> tuple[list[Spec], list[Spec]]:
    """Where the action was raised and closed: a line each, the words of the first above those of the second."""
    told = [(raised, "raised"), (closed, "closed")]
    lines = [
        vertical(look, iso(each), f"{word} {day_text(each)}", colour=look.ink)
        for each, word in told
        if each and pd.Timestamp(each) >= first
    ]
    notes = [note | {"yshift": 16 * (len(lines) - 1 - place)} for place, (_, note) in enumerate(lines)]
    return [shape for shape, _ in lines], notes


def _heights(told: list[Row], levels: list[float | None]) -> list[float]:
    seen = [float(row["value"]) for row in told] + [level for level in levels if level is not None]
    pad = max((max(seen) - min(seen)) * 0.15, 0.01 * abs(max(seen)), 1e-6)
    return [min(seen) - pad, max(seen) + pad]


def _levels(limits: list[tuple[float | None, str]], look: Look) -> list[Spec]:
    return [
        {
            "type": "line", "xref": "paper", "x0": 0, "x1": 1, "y0": value, "y1": value, "layer": "below",
            "line": {"width": 1.2, "color": look.ink, "dash": "solid" if word.startswith("mean") else "dash"},
        }
        for value, word in limits
        if value is not None
    ]  # fmt: skip


def _names(limits: list[tuple[float | None, str]], heights: list[float], unit: str, look: Look) -> list[Spec]:
    of = f" {esc(unit)}" if unit in ("%", "h") else ""
    told = [(value, f"{word} {value:,.3g}{of}") for value, word in limits if value is not None]
    line = (heights[1] - heights[0]) * _LINE / _HEIGHT
    places = spread([value for value, _ in told], [line] * len(told))
    return [beside(look, y, text, look.ink, 12) for y, (_, text) in zip(places, told, strict=True)]


def _line(found: list[Row], look: Look) -> Spec:
    return {
        "type": "scatter",
        "mode": "lines",
        "x": [month_end(row["month"]) for row in found],
        "y": [number(row["value"]) for row in found],
        "connectgaps": False,
        "line": {"width": 2, "color": look.neutral},
        "hoverinfo": "skip",
    }


def _verdict(row: Row, better: str) -> str:
    side = number(row["side"]) or 0.0
    if not row["signal"] or not known(row["signal"]) or not side:
        return AS_EXPECTED
    return BETTER if (side > 0) == (better == "higher") else WORSE


def _dots(told: list[Row], look: Look, unit: str, better: str, as_of: date | None) -> Spec:
    """Months after are filled, those before hollow, so that the two are told apart without their colour."""
    verdicts = [_verdict(row, better) for row in told]
    after = [row["part"] == "after" for row in told]
    return {
        "type": "scatter",
        "mode": "markers",
        "x": [month_end(row["month"]) for row in told],
        "y": [row["value"] for row in told],
        "marker": {
            "size": [8 if verdict == AS_EXPECTED else 13 for verdict in verdicts],
            "symbol": [
                MARKERS[verdict] if verdict != AS_EXPECTED or late else "circle-open"
                for verdict, late in zip(verdicts, after, strict=True)
            ],
            "color": [
                colour(look, verdict) if verdict != AS_EXPECTED else look.ink if late else look.muted
                for verdict, late in zip(verdicts, after, strict=True)
            ],
            "opacity": 1,
            "line": {"width": 1.5, "color": [look.paper if late else look.muted for late in after]},
        },
        "hovertext": [_hover(row, unit, as_of) for row in told],
        "hoverinfo": "text",
    }


def _hover(row: Row, unit: str, as_of: date | None) -> str:
    whole = known(row["numerator"]) and known(row["denominator"])
    return hover(
        f"{month(row['month'])}: {row['value']:,.2f} {unit}".rstrip(),
        _PARTS.get(row["part"], ""),
        row["signal"],
        f"{row['numerator']:,.6g} of {row['denominator']:,.6g}" if whole else "",
        f"n = {row['n']:,.0f}" if known(row["n"]) else "",
        as_of_text(as_of),
    )
