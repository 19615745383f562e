"""Small multiples: panels of one figure on the same scales, each under its name."""

from collections.abc import Sequence
from typing import Any

from charts.text import wrap
from charts.theme import Look, Spec, axis

COLUMNS = 3
PANEL = 150
GAP = 74


def body(n: int) -> int:
    """The height of the plot area that `n` panels take, in pixels."""
    lines = -(-n // COLUMNS)
    return lines * PANEL + (lines - 1) * GAP


def panels(look: Look, names: Sequence[str], xaxis: Spec, yaxis: Spec) -> tuple[Spec, list[Spec]]:
    """
    The axes of one panel for each name, as parts of a layout, and the names as annotations.

    Panel i has the axes `x{i+1}` and `y{i+1}` (see `on`); the vertical axis is labelled in the first column
    only.
    """
    height = body(len(names))
    axes: dict[str, Any] = {}
    notes: list[Spec] = []
    for i, name in enumerate(names):
        line, column = divmod(i, COLUMNS)
        left, right = column / COLUMNS + (0.02 if column else 0), (column + 1) / COLUMNS - 0.02
        top = 1 - line * (PANEL + GAP) / height
        suffix = "" if i == 0 else str(i + 1)
        axes[f"xaxis{suffix}"] = axis(look) | xaxis | {"domain": [left, right], "anchor": f"y{suffix}"}
        side = {
            "domain": [max(top - PANEL / height, 0.0), top],
            "anchor": f"x{suffix}",
            "showticklabels": column == 0,
        }
        axes[f"yaxis{suffix}"] = axis(look) | yaxis | side
        note = {
            "x": left,
            "xref": "paper",
            "xanchor": "left",
            "y": top,
            "yref": "paper",
            "yanchor": "bottom",
            "yshift": 4,
        }
        notes.append(
            note
            | {
                "text": f"<b>{wrap(name, 26, 1)}</b>",
                "showarrow": False,
                "font": {"size": 13, "color": look.ink},
            }
        )
    return axes, notes


def on(i: int) -> Spec:
    """The axes of panel `i`, as parts of a trace."""
    suffix = "" if i == 0 else str(i + 1)
    return {"xaxis": f"x{suffix}", "yaxis": f"y{suffix}"}
