"""The one word on whether a figure is what was to be expected: its symbols and colours."""

from collections.abc import Mapping
from typing import Final

from charts.theme import Look

BETTER: Final = "better"
AS_EXPECTED: Final = "no different"
WORSE: Final = "worse"
TOO_FEW: Final = "too few"

SYMBOLS: Mapping[str, str] = {BETTER: "▲", AS_EXPECTED: "●", WORSE: "▼", TOO_FEW: "○"}
MARKERS: Mapping[str, str] = {
    BETTER: "triangle-up",
    AS_EXPECTED: "circle",
    WORSE: "triangle-down",
    TOO_FEW: "circle-open",
}
"""The same symbols as Plotly calls them."""


def colour(look: Look, verdict: object, *, text: bool = False) -> str:
    """Blue for better, vermillion for worse, grey for the rest; `text`: the form that is legible as words."""
    plain = look.muted if text or verdict == AS_EXPECTED else look.neutral
    coloured = {BETTER: look.good_text if text else look.good, WORSE: look.bad_text if text else look.bad}
    return coloured.get(str(verdict), plain)


def key(look: Look) -> list[tuple[str, str]]:
    """All words with their colours, for the line below a subtitle."""
    return [(f"{SYMBOLS[word]} {word}", colour(look, word)) for word in (WORSE, AS_EXPECTED, BETTER, TOO_FEW)]
