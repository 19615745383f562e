"""What figures of a number by month within its limits (XmR) have in common: line, marks, limits and their names."""

from collections.abc import Sequence
from datetime import date

import pandas as pd

from charts.text import Row, as_of_text, esc, hover, iso, known, month, month_end, number, rows, spread
from charts.theme import Look, Spec, beside
from charts.verdicts import AS_EXPECTED, BETTER, WORSE

Level = tuple[float | None, str]
"""A height, None where there is none, and what it is called."""
_LINE = 17.0


def by_month(frame: pd.DataFrame) -> list[Row]:
    """The rows that have a month, in the order of the months."""
    return sorted((row for row in rows(frame) if known(row["month"])), key=lambda row: month_end(row["month"]))


def heights(told: Sequence[Row], levels: Sequence[Level], room: float) -> list[float]:
    """The range of the vertical axis: all values and levels, with so much of it left free at both ends."""
    seen = [float(row["value"]) for row in told] + [level for level, _ in levels if level is not None]
    pad = max((max(seen) - min(seen)) * room, 0.01 * abs(max(seen)), 1e-6)
    return [min(seen) - pad, max(seen) + pad]


def across(value: float, line: Spec) -> Spec:
    """A line over the whole width, below the marks."""
    at = {"xref": "paper", "x0": 0, "x1": 1, "y0": value, "y1": value}
    return at | {"type": "line", "line": line, "layer": "below"}


def lines(limits: Sequence[Level], look: Look, width: float) -> list[Spec]:
    """The mean as a solid line, the limits as dashed ones of that width."""
    mean = {"width": 1.2, "color": look.ink}
    dashed = {"width": width, "color": look.ink, "dash": "dash"}
    return [across(value, mean if word.startswith("mean") else dashed) for value, word in limits if value is not None]


def unit_of(unit: str) -> str:
    """The unit behind a number where it is a short one."""
    return f" {esc(unit)}" if unit in ("%", "h") else ""


def named(limits: Sequence[Level], unit: str, look: Look) -> list[tuple[float, str, str]]:
    """Each limit that there is, its name with the number, and the colour of that: what `names` writes."""
    of = unit_of(unit)
    return [(value, f"{word} {value:,.3g}{of}", look.ink) for value, word in limits if value is not None]


def names(told: Sequence[tuple[float, str, str]], within: Sequence[float], body: float, look: Look) -> list[Spec]:
    """Names at the right end of a plot area `body` pixels high, moved apart where they are close."""
    line = (within[1] - within[0]) * _LINE / body
    places = spread([value for value, _, _ in told], [line] * len(told))
    return [beside(look, y, text, ink, 12) for y, (_, text, ink) in zip(places, told, strict=True)]


def verdict(row: Row, better: str) -> str:
    """The word for a month: what its signal means in the direction of the KPI."""
    side = number(row["side"]) or 0.0
    if not known(row["signal"]) or not row["signal"] or not side:
        return AS_EXPECTED
    return BETTER if (side > 0) == (better == "higher") else WORSE


def line(found: Sequence[Row], look: Look) -> Spec:
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


def dots(told: Sequence[Row], verdicts: Sequence[str], marker: Spec, hovers: Sequence[str]) -> Spec:
    """A mark a month, larger where it stands out."""
    size = [8 if one == AS_EXPECTED else 13 for one in verdicts]
    return {
        "type": "scatter",
        "mode": "markers",
        "x": [month_end(row["month"]) for row in told],
        "y": [row["value"] for row in told],
        "marker": {"size": size, "opacity": 1} | marker,
        "hovertext": hovers,
        "hoverinfo": "text",
    }


def hover_text(row: Row, said: Sequence[object], unit: str, as_of: date | None) -> str:
    """A month with its number, what is `said` of it, and what it is made of."""
    whole = known(row["numerator"]) and known(row["denominator"])
    return hover(
        f"{month(row['month'])}: {row['value']:,.2f} {unit}".rstrip(),
        *said,
        f"{row['numerator']:,.6g} of {row['denominator']:,.6g}" if whole else "",
        f"n = {row['n']:,.0f}" if known(row["n"]) else "",
        as_of_text(as_of),
    )
