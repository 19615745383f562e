"""CROs of different size beside each other: what each one's number would be by chance alone, and who is outside."""

from datetime import date
from math import log10

import pandas as pd
import plotly.graph_objects as go

from charts.text import Row, as_of_text, count, esc, hover, joined, known, number, rows, spread, wrap
from charts.theme import Look, Spec, axis, beside, draw, empty, layout
from charts.verdicts import AS_EXPECTED, BETTER, MARKERS, TOO_FEW, WORSE, colour, key

_HEIGHT = 380
_WIDTH = 520
"""Pixels of the plot area where the page is narrow: labels that do not touch there touch nowhere."""
_LETTER, _LINE, _DOT = 6.3, 16.0, 8.0
_ALL_NAMED = 12
_WIDE = 50.0
"""From this ratio of the largest to the smallest denominator on, the axis is logarithmic."""
_SIDES = ("middle right", "middle left", "top center", "bottom center")
_LETTERS = (30, 22)
"""Letters of a name where there is room, and where there is little."""

Box = tuple[float, float, float, float]
Name = tuple[str, str]


def figure(
    frame: pd.DataFrame,
    look: Look,
    *,
    curve: pd.DataFrame | None = None,
    centre: float | None = None,
    phi: float = 1.0,
    unit: str = "%",
    better: str = "higher",
    what: str = "",
    size: str = "cases",
    title: str | None = None,
    as_of: date | None = None,
) -> go.Figure:
    """
    One row per CRO: label, value, numerator, denominator, n, low95, high95, low998, high998 (the limits at
    its denominator), verdict (better, no different, worse, too few), note.

    `curve`: n (denominators), low95, high95, low998, high998. `centre`: the value of all together. `phi`:
    above 1 the limits were widened by its square root. `what` is measured, `size` is what denominators count.
    """
    found = [row for row in rows(frame) if known(row["value"]) and (number(row["denominator"]) or 0.0) > 0]
    if not found:
        return empty(look, title or "CROs beside each other", "No CRO has a number to compare here.")
    ns = [float(row["denominator"]) for row in found]
    log = max(ns) / min(ns) > _WIDE
    reach = [0.0, max(ns) * 1.1]
    if log:
        reach = [log10(min(ns)) - 0.15, log10(max(ns)) + 0.08]
    heights = _heights(found, centre)
    steps = _steps(curve, min(ns) * 0.7 if log else 0.0)
    places = _places(found, reach, heights, log, centre)
    spec = layout(
        look,
        title or _finding(found, what),
        _marks(found, places, centre, phi, unit, better, size, as_of),
        body=_HEIGHT,
        foot=58,
        right=136,
        key=key(look),
        xaxis=axis(
            look, type="log" if log else "linear", range=reach, nticks=8, title={"text": size}, showgrid=False,
            **({"dtick": "D2"} if log else {}),
        ),
        yaxis=axis(look, range=heights, ticksuffix=f" {unit}" if unit else "", nticks=7),
        annotations=_edges(steps, centre, heights, look, unit),
    )  # fmt: skip
    return draw(
        [*_bands(steps, look), *_middle(centre, reach, log, look), _dots(found, places, look, unit, as_of)], spec
    )


def _heights(found: list[Row], centre: float | None) -> list[float]:
    """The vertical range: all dots, and the limits of those with enough cases to be judged."""
    judged = [row for row in found if row["verdict"] != TOO_FEW] or found
    told = [row["value"] for row in found] + [row[edge] for row in judged for edge in ("low998", "high998")]
    seen = [v for v in (number(value) for value in [*told, centre]) if v is not None]
    pad = max((max(seen) - min(seen)) * 0.06, 0.01 * abs(max(seen)), 1e-6)
    return [min(seen) - pad, max(seen) + pad]


def _steps(curve: pd.DataFrame | None, least: float) -> list[Row]:
    edges = ("n", "low95", "high95", "low998", "high998")
    told = [] if curve is None else rows(curve)
    return [row for row in told if all(known(row[edge]) for edge in edges) and row["n"] >= least]


def _finding(found: list[Row], what: str) -> str:
    judged = [row for row in found if row["verdict"] != TOO_FEW]
    head = f"{what}: " if what else ""
    if not judged:
        return f"{head}too few cases to compare any CRO"
    parts: list[str] = []
    for verdict in (WORSE, BETTER):
        names = [row["label"] for row in judged if row["verdict"] == verdict]
        if names:
            of = f"{len(names)} of {count(len(judged), 'CRO')}" if not parts else str(len(names))
            parts.append(f"{of} {verdict} than the others ({joined(names)})")
    if not parts:
        return f"{head}no CRO stands out; {count(len(judged), 'CRO')} differ by no more than chance explains"
    rest = sum(row["verdict"] == AS_EXPECTED for row in judged)
    return (
        head + "; ".join(parts) + (f"; {'the remaining one' if rest == 1 else 'the rest'} no different" if rest else "")
    )


def _marks(
    found: list[Row], places: dict[int, Name], centre: float | None, phi: float, unit: str, better: str, size: str,
    as_of: date | None,
) -> str:  # fmt: skip
    middle = f"Line = all together, {centre:,.1f} {unit}. " if centre is not None else ""
    wider = (
        f"Limits are widened by {phi**0.5:.2f} (φ = {phi:.2f}): the CROs differ by more than chance alone would make "
        "them. "
        if phi > 1
        else ""
    )
    named = f"{len(places)} of {len(found)} shown by name. " if len(places) < len(found) else ""
    return (
        f"A mark = a CRO, at its number of {size}. {middle}Dark band = 95 %, pale band = 99.8 % of what chance gives a "
        f"CRO of that size; outside the pale one a CRO differs from the others. {better.capitalize()} is better. "
        f"{wider}{named}{as_of_text(as_of)}"
    )


def _bands(steps: list[Row], look: Look) -> list[Spec]:
    xs = [row["n"] for row in steps]
    found = []
    for low, high, share in (("low998", "high998", 0.16), ("low95", "high95", 0.34)):
        ys = [row[high] for row in steps] + [row[low] for row in reversed(steps)]
        found.append(
            {
                "type": "scatter",
                "mode": "lines",
                "x": xs + xs[::-1],
                "y": ys,
                "fill": "toself",
                "fillcolor": look.tint(look.neutral, share),
                "line": {"width": 0},
                "hoverinfo": "skip",
            }
        )
    return found if steps else []


def _middle(centre: float | None, reach: list[float], log: bool, look: Look) -> list[Spec]:
    if centre is None:
        return []
    ends = [10**edge for edge in reach] if log else reach
    line = {"width": 1.6, "color": look.ink}
    return [{"type": "scatter", "mode": "lines", "x": ends, "y": [centre] * 2, "line": line, "hoverinfo": "skip"}]


def _edges(steps: list[Row], centre: float | None, heights: list[float], look: Look, unit: str) -> list[Spec]:
    """The limits and the line named at the right end, moved apart where they are close."""
    told = [(centre, f"<b>all {centre:,.1f}{esc(f' {unit}'.rstrip())}</b>", look.ink)] if centre is not None else []
    if steps:
        last = steps[-1]
        told += [(last[edge], "95 %", look.muted) for edge in ("low95", "high95")]
        told += [(last[edge], "99.8 %", look.muted) for edge in ("low998", "high998")]
    told = [each for each in told if heights[0] <= each[0] <= heights[1]]
    line = (heights[1] - heights[0]) * _LINE / _HEIGHT
    places = spread([value for value, _, _ in told], [line] * len(told))
    return [beside(look, y, text, ink) for y, (_, text, ink) in zip(places, told, strict=True)]


def _places(
    found: list[Row], reach: list[float], heights: list[float], log: bool, centre: float | None
) -> dict[int, Name]:
    """
    On which side of its mark each name stands, and the name as it fits: that of a row by its place in `found`. With
    many CROs only those outside or near the limits are named, and no name covers a mark, the line of all or another
    name, but one outside is always named.
    """
    at = [
        (
            ((log10(row["denominator"]) if log else row["denominator"]) - reach[0]) / (reach[1] - reach[0]) * _WIDTH,
            (row["value"] - heights[0]) / (heights[1] - heights[0]) * _HEIGHT,
        )
        for row in found
    ]
    taken = [(x - _DOT, x + _DOT, y - _DOT, y + _DOT) for x, y in at]
    if centre is not None:
        line = (centre - heights[0]) / (heights[1] - heights[0]) * _HEIGHT
        taken.append((0.0, float(_WIDTH), line - 1, line + 1))
    places: dict[int, Name] = {}
    for i in sorted(range(len(found)), key=lambda i: found[i]["verdict"] not in (WORSE, BETTER)):
        outside = found[i]["verdict"] in (WORSE, BETTER)
        if not (outside or len(found) <= _ALL_NAMED or found[i]["note"]):
            continue
        others = taken[:i] + taken[i + 1 :]
        boxes = {
            (side, name): _box(*at[i], len(name) * _LETTER, side)
            for name in (wrap(found[i]["label"], letters, 1) for letters in _LETTERS)
            for side in _SIDES
        }
        free = next((at_side for at_side, box in boxes.items() if _free(box, others)), None)
        place = free or (list(boxes)[-len(_SIDES)] if outside else None)
        if place:
            places[i] = place
            taken.append(boxes[place])
    return places


def _box(x: float, y: float, width: float, side: str) -> Box:
    left = {"middle right": x + _DOT, "middle left": x - _DOT - width}.get(side, x - width / 2)
    foot = {"top center": y + _DOT, "bottom center": y - _DOT - _LINE}.get(side, y - _LINE / 2)
    return left, left + width, foot, foot + _LINE


def _free(box: Box, taken: list[Box]) -> bool:
    left, right, foot, head = box
    inside = left >= 0 and right <= _WIDTH and foot >= 0 and head <= _HEIGHT
    return inside and not any(left < b and a < right and foot < d and c < head for a, b, c, d in taken)


def _dots(found: list[Row], places: dict[int, Name], look: Look, unit: str, as_of: date | None) -> Spec:
    verdicts = [str(row["verdict"]) for row in found]
    colours = [colour(look, verdict) for verdict in verdicts]
    return {
        "type": "scatter",
        "mode": "markers+text",
        "x": [row["denominator"] for row in found],
        "y": [row["value"] for row in found],
        "marker": {
            "size": [13 if verdict in (WORSE, BETTER) else 10 for verdict in verdicts],
            "symbol": [MARKERS.get(verdict, "circle-open") for verdict in verdicts],
            "color": colours,
            "opacity": 1,
            "line": {"width": 1.4, "color": [look.neutral if v == TOO_FEW else look.paper for v in verdicts]},
        },
        "text": [
            f"<b>{name}</b>" if name and verdict in (WORSE, BETTER) else name
            for name, verdict in zip((places.get(i, ("", ""))[1] for i in range(len(found))), verdicts, strict=True)
        ],
        "textposition": [places.get(i, _SIDES)[0] for i in range(len(found))],
        "textfont": {"size": 12, "color": [colour(look, verdict, text=True) for verdict in verdicts]},
        "cliponaxis": False,
        "hovertext": [_hover(row, unit, as_of) for row in found],
        "hoverinfo": "text",
    }  # fmt: skip


def _hover(row: Row, unit: str, as_of: date | None) -> str:
    limits = [
        f"{name} of chance: {row[low]:,.1f} to {row[high]:,.1f} {unit}"
        for name, low, high in (("95 %", "low95", "high95"), ("99.8 %", "low998", "high998"))
        if known(row[low]) and known(row[high])
    ]
    whole = f"{row['numerator']:,.6g} of {row['denominator']:,.6g}" if known(row["numerator"]) else ""
    return hover(
        row["label"],
        f"{row['value']:,.2f} {unit}, {row['verdict']}",
        whole,
        f"n = {row['n']:,.0f}" if known(row["n"]) else "",
        *limits,
        row["note"],
        as_of_text(as_of),
    )
