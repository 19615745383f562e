"""A number by month against its own past (XmR): which months are more than its usual coming and going."""

from datetime import date

import pandas as pd
import plotly.graph_objects as go

from charts import limits as common
from charts.limits import Level
from charts.text import Row, as_of_text, count, esc, iso, known, month, month_end, month_ticks, number, under
from charts.theme import SYMBOL, Look, Spec, axis, draw, empty, layout
from charts.verdicts import AS_EXPECTED, BETTER, MARKERS, WORSE, colour

_HEIGHT = 330
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
    found = common.by_month(frame)
    told = [row for row in found if known(row["value"])]
    if not told:
        return empty(look, title or "By month, against its own past", reason or "No month has enough cases to count.")
    limits = [(number(told[-1][name]), word) for name, word in _LIMITS]
    targets = [(green, "green"), (red, "red")]
    heights = common.heights(told, [*limits, *targets], 0.2)
    names = [*common.named(limits, unit, look), *_named(targets, unit, look)]
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
        shapes=[*common.lines(limits, look, 1.4), *_targets(targets, look)],
        annotations=[*common.names(names, heights, _HEIGHT, look), *_said(told, look, better)],
    )  # fmt: skip
    verdicts = [common.verdict(row, better) for row in told]
    marker = {
        "symbol": [MARKERS[one] for one in verdicts],
        "color": [colour(look, one) for one in verdicts],
        "line": {"width": 1, "color": look.paper},
    }
    hovers = [common.hover_text(row, [_sense(row)], unit, as_of) for row in told]
    return draw([common.line(found, look), common.dots(told, verdicts, marker, hovers)], spec)


_LIMITS = (("high", "upper limit"), ("mean", "mean"), ("low", "lower limit"))


def _finding(told: list[Row], what: str, verdict: str | None, since: str | None, better: str) -> str:
    head = f"{what}: " if what else ""
    if verdict in (BETTER, WORSE) and since:
        last = next((row for row in reversed(told) if common.verdict(row, better) == verdict), None)
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
    limits: list[Level], trial: bool, reason: str | None, green: float | None, red: float | None,
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


def _targets(targets: list[Level], look: Look) -> list[Spec]:
    return [
        common.across(value, {"width": 1.2, "color": look.band(band), "dash": "dot"})
        for value, band in targets
        if value is not None
    ]


def _named(targets: list[Level], unit: str, look: Look) -> list[tuple[float, str, str]]:
    """The thresholds as `common.named` has the limits."""
    of = common.unit_of(unit)
    return [(v, f"{SYMBOL[band]} {band} {v:,.4g}{of}", look.band_text(band)) for v, band in targets if v is not None]


def _said(told: list[Row], look: Look, better: str) -> list[Spec]:
    """The newest runs of signals in words, away from the line: above what is high, below what is low."""
    runs: list[list[Row]] = []
    for before, row in zip([None, *told], told, strict=False):
        verdict = common.verdict(row, better)
        if verdict == AS_EXPECTED:
            continue
        if before is not None and common.verdict(before, better) == verdict:
            runs[-1].append(row)
        else:
            runs.append([row])
    notes = []
    for run in runs[-_NOTES:]:
        row, up = run[len(run) // 2], run[0]["side"] > 0
        edge = (max if up else min)(run, key=lambda each: each["value"])
        ink = colour(look, common.verdict(row, better), text=True)
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


def _sense(row: Row) -> str:
    """The signal with its direction, and the rule that found it."""
    return f"{_signal(row)}: {row['signal']}" if row["signal"] in DIRECTIONS else row["signal"]
