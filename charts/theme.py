"""
One look for every figure: colours that survive colour blindness, one font, one layout, one set of symbols.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from html import unescape
from typing import Any

import plotly.graph_objects as go

from charts.text import balanced, esc, wrap

__all__ = [
    "DARK",
    "LIGHT",
    "SYMBOL",
    "WORD",
    "Head",
    "Look",
    "axis",
    "beside",
    "draw",
    "empty",
    "esc",
    "headless",
    "layout",
    "row_axis",
    "vertical",
]

Spec = dict[str, Any]

FONT = "Source Sans, sans-serif"

SYMBOL: Mapping[str, str] = {
    "green": "▲",
    "amber": "◆",
    "red": "▼",
    "too_few": "○",
    "not_reported": "–",
    "not_applicable": "n/a",
    "unrated": "·",
}

WORD: Mapping[str, str] = {
    "green": "green",
    "amber": "amber",
    "red": "red",
    "too_few": "too few",
    "not_reported": "not reported",
    "not_applicable": "not applicable",
    "unrated": "not rated",
}


@dataclass(frozen=True)
class Look:
    """The colours of one theme. `*_text` are the darker (or lighter) forms that are legible as words."""

    ink: str
    muted: str
    grid: str
    paper: str
    neutral: str
    good: str
    warn: str
    bad: str
    good_text: str
    warn_text: str
    bad_text: str
    causes: Mapping[str, str]
    lines: tuple[str, ...]

    def band(self, band: str) -> str:
        """The fill of a band; grey for every state that is not a rating."""
        return {"green": self.good, "amber": self.warn, "red": self.bad}.get(band, self.neutral)

    def band_text(self, band: str) -> str:
        """The colour of words about a band."""
        return {"green": self.good_text, "amber": self.warn_text, "red": self.bad_text}.get(band, self.muted)

    def tint(self, colour: str, share: float) -> str:
        """`share` of the colour mixed into the paper: opaque, so that it prints and stacks as it looks."""
        pairs = zip(_channels(colour), _channels(self.paper), strict=True)
        return "#" + "".join(f"{round(share * a + (1 - share) * b):02x}" for a, b in pairs)


def _channels(colour: str) -> list[int]:
    return [int(colour[i : i + 2], 16) for i in (1, 3, 5)]


LIGHT = Look(
    ink="#1f2937",
    muted="#5f6775",
    grid="#e5e7eb",
    paper="#ffffff",
    neutral="#9aa2ae",
    good="#0072b2",
    warn="#e69f00",
    bad="#d55e00",
    good_text="#005f99",
    warn_text="#8a5a00",
    bad_text="#b04a00",
    causes={"cro": "#475569", "sponsor": "#7b5ea7", "external": "#3f8f82", "not recorded": "#b9c0ca"},
    lines=("#b04a00", "#7b5ea7", "#8a5a00", "#2f7f72", "#005f99", "#4b5563", "#a03c6f", "#2e75b6"),
)

DARK = Look(
    ink="#f3f4f6",
    muted="#a5adba",
    grid="#2b313d",
    paper="#0e1117",
    neutral="#6f7887",
    good="#4aa8e0",
    warn="#f0b429",
    bad="#f2753a",
    good_text="#7cc4f5",
    warn_text="#f5c859",
    bad_text="#ff9a66",
    causes={"cro": "#cbd5e1", "sponsor": "#a88bd4", "external": "#55b3a4", "not recorded": "#5b6473"},
    lines=("#ff9a66", "#b99ae6", "#f5c859", "#62c4b4", "#7cc4f5", "#c3c9d2", "#e88bbb", "#9ccbf0"),
)


def layout(
    look: Look,
    title: str,
    subtitle: str,
    *,
    body: int,
    key: Sequence[tuple[str, str]] = (),
    top: int = 0,
    foot: int = 44,
    right: int = 24,
    **over: Any,
) -> Spec:
    """
    The layout shared by all figures.

    `title` and `subtitle` are plain text: they are wrapped for a container of 700 px and escaped here.
    `body` is the height of the plot area, `top`, `foot` and `right` the room around it, all in pixels.
    `key` names colours, as (word, colour), in a line of its own below the subtitle. `over` is merged into
    the result, axes key by key. What a page says as text instead (`headless`) is in `meta`.
    """
    head = balanced(title, 74, lines=3)
    marks = wrap(subtitle, 108, lines=4) if subtitle else ""
    if key:
        squares = " &nbsp; ".join(f"<span style='color:{colour}'>■</span> {esc(word)}" for word, colour in key)
        marks = f"{marks}<br>{squares}" if marks else squares
    extra = _lines(head) - 1
    above = (46 + 24 * extra + 17 * _lines(marks) if marks else 42 + 24 * extra) + top
    # Plotly sets a subtitle of one line lower than one of several: an invisible second line makes them alike.
    marks = marks if "<br>" in marks or not marks else f"{marks}<br>\u200b"
    spec: Spec = {
        "template": {},
        "meta": {
            "title": esc(title),
            "subtitle": esc(subtitle.strip()),
            "key": [[esc(word), colour] for word, colour in key],
            "top": top,
        },
        "font": {"family": FONT, "size": 14, "color": look.ink},
        "title": {
            "text": f"<b>{head}</b>",
            "font": {"size": 18, "color": look.ink},
            "subtitle": {"text": marks, "font": {"size": 13, "color": look.muted}},
            "x": 0,
            "xref": "container",
            "xanchor": "left",
            "y": 1,
            "yref": "container",
            "yanchor": "top",
            # A title of several lines starts higher than one of a single line.
            "pad": {"t": 24 if extra else 12, "l": 2},
        },
        "height": above + body + foot,
        "margin": {"l": 12, "r": right, "t": above, "b": foot},
        "paper_bgcolor": look.paper,
        "plot_bgcolor": look.paper,
        "showlegend": False,
        "hovermode": "closest",
        "dragmode": False,
        "hoverlabel": {
            "bgcolor": look.paper,
            "bordercolor": look.neutral,
            "align": "left",
            "font": {"family": FONT, "size": 13, "color": look.ink},
        },
        "modebar": {"bgcolor": "rgba(0,0,0,0)", "color": look.muted, "activecolor": look.ink},
    }
    axes = {name: axis(look) | over.pop(name, {}) for name in ("xaxis", "yaxis")}
    return spec | axes | over


@dataclass(frozen=True)
class Head:
    """What stands above a figure: title and subtitle as plain text, and the colours named."""

    title: str
    subtitle: str
    key: tuple[tuple[str, str], ...]


def headless(figure: go.Figure) -> tuple[Head, go.Figure]:
    """What stands above a figure, and the figure without it: text of a page wraps at any width, a figure's at one."""
    spec = figure.to_dict()
    told = spec["layout"]["meta"]
    margin = spec["layout"]["margin"]
    above = told["top"] + 12
    spec["layout"] |= {
        "title": {},
        "height": spec["layout"]["height"] - margin["t"] + above,
        "margin": margin | {"t": above},
    }
    key = tuple((unescape(word), colour) for word, colour in told["key"])
    head = Head(unescape(told["title"]), unescape(told["subtitle"]), key)
    return head, draw(spec["data"], spec["layout"])


def _lines(text: str) -> int:
    return text.count("<br>") + 1


def axis(look: Look, **over: Any) -> Spec:
    """An axis with a quiet grid; its labels always keep their own room."""
    spec: Spec = {
        "gridcolor": look.grid,
        "linecolor": look.grid,
        "tickcolor": look.grid,
        "zeroline": False,
        "automargin": True,
        "tickfont": {"size": 13, "color": look.muted},
        "title": {"font": {"size": 13, "color": look.muted}, "standoff": 8},
    }
    if "title" in over:
        over["title"] = spec["title"] | over["title"]
    return spec | over


def row_axis(look: Look, labels: Sequence[object], *, width: int = 24, lines: int = 2) -> Spec:
    """
    A vertical axis of named rows at 0, 1, 2 … from the top. Numeric, since a CRO named 2024 is not a
    number.
    """
    return axis(
        look,
        tickmode="array",
        tickvals=list(range(len(labels))),
        ticktext=[f"{wrap(label, width, lines)}" for label in labels],
        tickfont={"size": 13, "color": look.ink},
        ticklabelstandoff=8,
        range=[len(labels) - 0.5, -0.5],
        showgrid=False,
        showline=False,
        ticks="",
    )


def beside(look: Look, y: object, text: str, colour: str = "", size: int = 13) -> Spec:
    """Words to the right of the plot area at height `y`; `text` is already escaped."""
    return {
        "x": 1,
        "xref": "paper",
        "xanchor": "left",
        "xshift": 10,
        "y": y,
        "yanchor": "middle",
        "align": "left",
        "text": text,
        "showarrow": False,
        "font": {"size": size, "color": colour or look.ink},
    }


def vertical(look: Look, x: object, text: str, *, colour: str = "", anchor: str = "center") -> tuple[Spec, Spec]:
    """A dotted line across the plot area at `x` and its label above it, as (shape, annotation)."""
    line = {"color": colour or look.ink, "width": 1.3, "dash": "dot"}
    shape = {
        "type": "line",
        "x0": x,
        "x1": x,
        "y0": 0,
        "y1": 1,
        "yref": "paper",
        "line": line,
        "layer": "below",
    }
    note = {
        "x": x,
        "y": 1,
        "yref": "paper",
        "yanchor": "bottom",
        "xanchor": anchor,
        "text": esc(text),
        "showarrow": False,
        "font": {"size": 12, "color": colour or look.muted},
    }
    return shape, note


def dots(points: Sequence[tuple[object, int, str]], marker: Spec) -> Spec:
    """Marks at x and y, each with its hover text."""
    return {
        "type": "scatter",
        "mode": "markers",
        "x": [x for x, _, _ in points],
        "y": [y for _, y, _ in points],
        "marker": marker,
        "hovertext": [text for _, _, text in points],
        "hoverinfo": "text",
    }


def draw(data: list[Spec], spec: Spec) -> go.Figure:
    """
    A figure from dicts, unchecked: checking each property takes most of a page's time, and the tests do it.
    """
    return go.Figure({"data": data, "layout": spec}, _validate=False)


def empty(look: Look, title: str, sentence: str) -> go.Figure:
    """A figure that says why there is nothing to draw."""
    hidden = {"visible": False, "range": [0, 1]}
    note = {
        "x": 0.5,
        "y": 0.5,
        "text": wrap(sentence, 80, 4),
        "showarrow": False,
        "font": {"color": look.muted},
    }
    spec = layout(look, title, "", body=110, foot=20, xaxis=hidden, yaxis=hidden, annotations=[note])
    return draw([], spec)
