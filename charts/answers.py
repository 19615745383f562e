"""How often each answer from 1 to 5 was given, by dimension and side: bars that lean to one side of the middle."""

from collections.abc import Sequence
from datetime import date

import pandas as pd
import plotly.graph_objects as go

from charts.text import Row, as_of_text, count, hover, number, rows, short, shown, wrap
from charts.theme import Look, Spec, axis, beside, draw, empty, layout, row_axis

MARKS = ("one", "two", "three", "four", "five")


def figure(
    frame: pd.DataFrame, look: Look, *, title: str | None = None, as_of: date | None = None, limit: int = 20
) -> go.Figure:
    """
    One row per dimension and side: label (dimension), side, one to five (how often each answer was given, NaN
    where hidden), mean (of the answers as given), n (answers).

    The middle of a bar is the middle of the answer 3. The dimension that the first side judges lowest comes first.
    """
    groups: dict[str, list[Row]] = {}
    for row in rows(frame):
        groups.setdefault(str(row["label"]), []).append(row)
    if not any(_given(row) for own in groups.values() for row in own):
        return empty(
            look,
            title or "What each side answers",
            "No answer can be shown: nobody answered, or so few that they could be recognised.",
        )
    ordered = sorted(groups.values(), key=lambda own: _mean(own[0]))
    lines: list[Row | str] = []
    for own in ordered[:limit]:
        lines += [str(own[0]["label"]), *own]
    drawn = [(y, line) for y, line in enumerate(lines) if isinstance(line, dict)]
    given = [row for _, row in drawn if _given(row)]
    reach = [max(abs(_starts(row)[0]) for row in given), max(100 + _starts(row)[0] for row in given)]
    colours = _colours(look)
    spec = layout(
        look,
        title or _finding([row for own in ordered for row in own]),
        "Parts of all answers of that side, with their counts; left of the middle is critical, right is content. At "
        f"the right how many answered. {shown(len(ordered), limit)} {as_of_text(as_of)}",
        body=len(lines) * 27,
        foot=40,
        right=176,
        key=[(f"{mark}", colour) for mark, colour in enumerate(colours, 1)],
        barmode="overlay",
        bargap=0.22,
        xaxis=axis(
            look,
            range=[-reach[0] - 2, reach[1] + 2],
            tickvals=[-100, -50, 0, 50, 100],
            ticktext=["100 %", "50 %", "0", "50 %", "100 %"],
        ),
        yaxis=row_axis(look, [""] * len(lines)) | {"ticktext": [_named(line) for line in lines]},
        annotations=[beside(look, y, *_words(row, look)) for y, row in drawn],
        shapes=[_middle(look)],
    )
    seen = [(y, row) for y, row in drawn if _given(row)]
    return draw([_part(place, seen, look, colours[place], as_of) for place in range(len(MARKS))], spec)


def _given(row: Row) -> list[float]:
    """The counts of the five answers; nothing where one is not known, or there is none."""
    counts = [number(row[name]) for name in MARKS]
    known = [n for n in counts if n is not None]
    return known if len(known) == len(MARKS) and sum(known) > 0 else []


def _mean(row: Row) -> float:
    """The mean answer; above all answers where it is not known, so that it is sorted last."""
    mean = number(row["mean"]) if _given(row) else None
    return 6.0 if mean is None else mean


def _starts(row: Row) -> list[float]:
    """Where each part begins, in percent of the answers, with the middle of the 3 at zero."""
    counts = _given(row)
    shares = [100 * n / sum(counts) for n in counts]
    first = -(shares[0] + shares[1] + shares[2] / 2)
    return [first + sum(shares[:place]) for place in range(len(shares))]


def _colours(look: Look) -> Sequence[str]:
    return (
        look.bad,
        look.tint(look.bad, 0.5),
        look.tint(look.neutral, 0.5),
        look.tint(look.good, 0.5),
        look.good,
    )


def _finding(drawn: list[Row]) -> str:
    lowest = min(drawn, key=_mean)
    counts = _given(lowest)
    critical = counts[0] + counts[1]
    said = f"Lowest: {short(lowest['label'])}, {short(lowest['side'])}, {_mean(lowest):.1f} of 5"
    return f"{said}; {critical:,.0f} of {count(sum(counts), 'answer')} are 1 or 2" if critical else said


def _named(line: Row | str) -> str:
    return f"<b>{wrap(line, 24, 1)}</b>" if isinstance(line, str) else wrap(line["side"], 24, 1)


def _words(row: Row, look: Look) -> tuple[str, str]:
    counts = _given(row)
    if counts:
        return f"<b>{_mean(row):.1f}</b> mean, n {sum(counts):,.0f}", ""
    n = number(row["n"])
    return f"{count(n, 'answer')}: hidden" if n else "no answers", look.muted


def _middle(look: Look) -> Spec:
    line = {"color": look.muted, "width": 1}
    return {"type": "line", "x0": 0, "x1": 0, "y0": 0, "y1": 1, "yref": "paper", "line": line, "layer": "below"}


def _part(place: int, drawn: list[tuple[int, Row]], look: Look, colour: str, as_of: date | None) -> Spec:
    counts = [_given(row) for _, row in drawn]
    shares = [100 * each[place] / sum(each) for each in counts]
    return {
        "type": "bar",
        "orientation": "h",
        "y": [y for y, _ in drawn],
        "base": [_starts(row)[place] for _, row in drawn],
        "x": shares,
        "marker": {"color": colour, "line": {"width": 1, "color": look.paper}},
        "text": [
            f"{each[place]:,.0f}" if share >= 6 else "" for each, share in zip(counts, shares, strict=True)
        ],
        "textposition": "inside",
        "insidetextanchor": "middle",
        "textangle": 0,
        "textfont": {"size": 12, "color": look.paper if place in (0, 4) else look.ink},
        "hovertext": [
            hover(
                row["label"],
                row["side"],
                f"{place + 1}: {each[place]:,.0f} of {count(sum(each), 'answer')}",
                as_of_text(as_of),
            )
            for (_, row), each in zip(drawn, counts, strict=True)
        ],
        "hoverinfo": "text",
    }  # fmt: skip
