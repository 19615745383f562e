"""A number by month before and after an action: did it leave what was usual before?"""

from datetime import date

import pandas as pd
import plotly.graph_objects as go

from charts import limits as common
from charts.limits import Level
from charts.text import Row, as_of_text, count, iso, known, month_end, month_ticks, number, short, shown
from charts.text import day as day_text
from charts.theme import Look, Spec, axis, draw, empty, layout, vertical
from charts.verdicts import AS_EXPECTED, MARKERS, colour

_HEIGHT = 300
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
    found = common.by_month(frame)
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
    heights = common.heights(told, limits, 0.15)
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
        shapes=[*common.lines(limits, look, 1.2), *shapes],
        annotations=[*common.names(common.named(limits, unit, look), heights, _HEIGHT, look), *notes],
    )  # fmt: skip
    verdicts = [common.verdict(row, better) for row in told]
    hovers = [common.hover_text(row, [_PARTS.get(row["part"], ""), row["signal"]], unit, as_of) for row in told]
    return draw([common.line(found, look), common.dots(told, verdicts, _marker(told, verdicts, look), hovers)], spec)


def _finding(told: list[Row], what: str, verdict: str) -> str:
    head = short(what, 60) if what else "The figure"
    if verdict:
        return f"{head}: {verdict} after the action"
    return f"{head}: {count(len(told), 'month')} around the day the action was closed"


def _limits_text(limits: list[Level]) -> str:
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


def _marker(told: list[Row], verdicts: list[str], look: Look) -> Spec:
    """Months after are filled, those before hollow, so that the two are told apart without their colour."""
    after = [row["part"] == "after" for row in told]
    return {
        "symbol": [
            MARKERS[verdict] if verdict != AS_EXPECTED or late else "circle-open"
            for verdict, late in zip(verdicts, after, strict=True)
        ],
        "color": [
            colour(look, verdict) if verdict != AS_EXPECTED else look.ink if late else look.muted
            for verdict, late in zip(verdicts, after, strict=True)
        ],
        "line": {"width": 1.5, "color": [look.paper if late else look.muted for late in after]},
    }
