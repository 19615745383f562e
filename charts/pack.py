"""A chart of a review pack: lines, bars or columns of named series, each drawn by what it means."""

from collections.abc import Mapping, Sequence
from datetime import date

import plotly.graph_objects as go

from charts.text import as_of_text, hover, wrap
from charts.theme import SYMBOL, Look, Spec, axis, draw, empty, layout, row_axis

Values = Sequence[float | None]
Series = tuple[str, Values, str]
"""Its name, a value a category (None: a gap) and its role."""

_ACROSS = ("bar", "stacked_bar")
_STACKED = ("stacked_bar", "stacked_column")
_DASHES: Mapping[str, str] = {"forecast": "dash", "limit": "dot"}
_SYMBOLS: Mapping[str, str] = {"good": SYMBOL["green"], "bad": SYMBOL["red"]}
_ROOM = 860  # px: what fits on a page of paper below its heading


def chart(
    look: Look,
    *,
    title: str,
    subtitle: str,
    kind: str,
    categories: Sequence[str],
    series: Sequence[Series],
    unit: str = "",
    digits: int = 0,
    as_of: date | None = None,
) -> go.Figure:
    """
    `kind`: `line`, `column`, `bar` (categories from the top), `stacked_bar`, `stacked_column`.

    Roles: actual, baseline, forecast, cro, sponsor, external, good, bad, limit, and hidden: the base that a step of
    a waterfall stands on. Values are in `unit`, shown with `digits` decimals. Nothing is computed from them.
    """
    if not any(value is not None for _, values, _ in series for value in values):
        return empty(look, title, "Nothing was reported here.")
    colours = _colours(look, kind, series)
    words = _labels(categories, kind)
    shown = [(each, colour) for each, colour in zip(series, colours, strict=True) if each[2] != "hidden"]
    body = _body(kind, words, 1 if kind in _STACKED else len(shown))
    said, steps = _said(kind, len(categories), series), any(role == "hidden" for _, _, role in series)
    marks = [
        _trace(look, kind, categories, each, colour, said, steps, unit, digits, as_of)
        for each, colour in zip(series, colours, strict=True)
    ]
    across, up = _axes(look, kind, words, series, unit, digits)
    spec = layout(
        look,
        title,
        subtitle,
        body=body,
        top=12,
        foot=48 if unit or kind not in _ACROSS else 36,
        key=[(_word(kind, name, role), colour) for (name, _, role), colour in shown] if len(shown) > 1 else (),
        barmode="relative" if kind in _STACKED else "group",
        bargap=0.35,
        uniformtext={"minsize": 10, "mode": "hide"},
        xaxis=across,
        yaxis=up,
    )
    return draw(marks, spec)


def _colours(look: Look, kind: str, series: Sequence[Series]) -> list[str]:
    """A colour a series; several actual ones stay apart. A line in ink; bars in grey, since ink in masses outshouts."""
    told = {
        "baseline": look.neutral,
        "limit": look.muted,
        "hidden": "rgba(0,0,0,0)",
        "good": look.good,
        "bad": look.bad,
        "forecast": look.muted,
    }
    free = iter((look.ink if kind == "line" else look.muted, *look.lines * len(series)))
    return [next(free) if role == "actual" else {**told, **look.causes}[role] for _, _, role in series]


def _labels(categories: Sequence[str], kind: str) -> list[str]:
    if kind in _ACROSS:
        return [wrap(name, 32, 3) for name in categories]
    return [wrap(name, 16 if len(categories) <= 8 else 30, 3 if len(categories) <= 8 else 1) for name in categories]


def _body(kind: str, words: Sequence[str], bars: int) -> int:
    """Pixels: a row is as high as its label and its bars, all rows no higher than a page of paper where they fit."""
    if kind == "line":
        return 210
    if kind not in _ACROSS:
        return 260
    tallest = max(word.count("<br>") + 1 for word in words)
    row = max(34 if len(words) <= 12 else 24, 15 * tallest + 6, 16 * bars + 8)
    least = 13 * tallest + 1
    return max(90, min(row * len(words), max(_ROOM, least * len(words))))


def _said(kind: str, categories: int, series: Sequence[Series]) -> bool:
    """Whether each mark says its value: where there is room for the words."""
    said = sum(role not in ("hidden", "limit", "baseline") for _, _, role in series)
    return kind in _STACKED or categories * said <= (40 if kind == "bar" else 16)


def _word(kind: str, name: str, role: str) -> str:
    """The name in the key, with the sign that tells it from another without its colour."""
    marked = f"{_SYMBOLS[role]} {name}" if role in _SYMBOLS else name
    line = kind == "line" or role == "limit"
    how = {"forecast": "dashed" if line else "hatched", "limit": "dotted", "baseline": "thin" if line else ""}
    return f"{marked} ({how[role]})" if how.get(role) else marked


def _axes(
    look: Look, kind: str, words: Sequence[str], series: Sequence[Series], unit: str, digits: int
) -> tuple[Spec, Spec]:
    """The axis across and the one up."""
    amounts = axis(look, title={"text": wrap(unit, 40, 1) if unit else ""}, tickformat=f",.{digits}~f", nticks=6)
    if kind in _ACROSS:
        rows = row_axis(look, words) | {"ticktext": list(words)}
        size = 12 if len(words) <= 20 else 11
        zero = {"zeroline": True, "zerolinecolor": look.neutral, "nticks": 8}
        return amounts | zero, rows | {"tickfont": {"size": size, "color": look.ink}}
    names = axis(
        look,
        tickmode="array",
        tickvals=list(range(len(words))),
        ticktext=list(words),
        range=[-0.5, len(words) - 0.5],
        showgrid=False,
    )
    return names, amounts | ({"range": _range(series)} if kind == "line" else {"rangemode": "tozero"})


def _range(series: Sequence[Series]) -> list[float]:
    """What an axis of lines shows: all values, with room for the words above and below."""
    known = [value for _, values, _ in series for value in values if value is not None]
    room = 0.18 * (max(known) - min(known)) or abs(known[0]) * 0.1 or 1.0
    return [min(known) - room, max(known) + room]


def _trace(
    look: Look,
    kind: str,
    categories: Sequence[str],
    series: Series,
    colour: str,
    said: bool,
    steps: bool,
    unit: str,
    digits: int,
    as_of: date | None,
) -> Spec:
    name, values, role = series
    places = list(range(len(categories)))
    across = kind in _ACROSS
    spec: Spec = {
        "x": list(values) if across else places,
        "y": places if across else list(values),
        "name": wrap(name, 60, 1),
    }
    if role == "hidden":
        return spec | _bars(look, kind, role, colour) | {"hoverinfo": "skip"}
    words = ["" if value is None else f"{value:,.{digits}f}" for value in values]
    spec |= {
        "hovertext": [
            hover(place, f"{name}: {word} {unit}".rstrip() if word else f"{name}: not reported", as_of_text(as_of))
            for place, word in zip(categories, words, strict=True)
        ],
        "hoverinfo": "text",
    }
    if kind == "line" or role == "limit":
        return spec | _line(look, role, colour, values, words if said and kind == "line" else [])
    # A part of nothing has no room for a word.
    inside = [word if value else "" for word, value in zip(words, values, strict=True)]
    texts = {"text": inside if kind in _STACKED else words} if said else {}
    return spec | _bars(look, kind, role, colour, steps) | texts


def _line(look: Look, role: str, colour: str, values: Values, words: Sequence[str]) -> Spec:
    thin = role in ("baseline", "limit")
    spec: Spec = {
        "type": "scatter",
        "mode": "lines" if thin else "lines+markers",
        "line": {"color": colour, "width": 1.5 if thin else 2.6, "dash": _DASHES.get(role, "solid")},
        "marker": {"size": 8, "color": look.paper if role == "forecast" else colour, "line": _edge(colour, 2)},
        "connectgaps": False,
        "cliponaxis": False,
    }
    if not words or thin:
        return spec
    said = {"text": list(words), "textposition": _sides(values), "textfont": {"size": 13, "color": look.ink}}
    return spec | said | {"mode": "lines+markers+text"}


def _sides(values: Values) -> list[str]:
    """Where a word stands at its dot: below where the line comes from above, so that it does not cross the word."""
    beside = [(values[max(i - 1, 0)], each, values[min(i + 1, len(values) - 1)]) for i, each in enumerate(values)]
    low = [
        each is not None and sum(other - each for other in (before, after) if other is not None) > 0
        for before, each, after in beside
    ]
    return ["bottom center" if under else "top center" for under in low]


def _bars(look: Look, kind: str, role: str, colour: str, steps: bool = False) -> Spec:
    """`steps`: the bars stand on an invisible base, and what they say stands above them."""
    inside = kind in _STACKED and not steps
    marker: Spec = {"color": colour, "line": _edge(look.paper, 1 if inside else 0)}
    if role == "forecast":
        marker["pattern"] = {"shape": "/", "fgcolor": colour, "bgcolor": look.paper, "size": 6, "solidity": 0.4}
        marker["line"] = _edge(colour, 1)
    return {
        "type": "bar",
        "orientation": "h" if kind in _ACROSS else "v",
        "marker": marker,
        "textposition": "inside" if inside else "outside",
        "insidetextanchor": "middle",
        "constraintext": "inside",
        "textangle": 0,
        "textfont": {"size": 12} if inside else {"size": 12, "color": look.ink},
        "cliponaxis": False,
    }


def _edge(colour: str, width: float) -> Spec:
    return {"color": colour, "width": width}
