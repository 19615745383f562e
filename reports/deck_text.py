"""How much room text takes on a slide, estimated: there is no font to ask, and the sponsor's may be any."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache

LEADING = 1.2
"""Height of a line, in sizes of its letters."""

_EMS = {letter: em for letters, em in (
    ("ilj'|", 0.24), ("tfI.,:;!/[] ", 0.29), ("r()-", 0.34), ("cskJ", 0.5), ("w", 0.73), ("mM", 0.84), ("%@W—…", 1.0),
) for letter in letters}  # fmt: skip
"""Widths of letters of Arial, in sizes."""


@dataclass(frozen=True, slots=True)
class Ruler:
    """Measures text in points. `breadth`: how wide the font is, Arial being 1."""

    breadth: float = 1.0

    def width(self, text: str, size: float) -> float:
        """The width of a line, rather too wide than too narrow."""
        return _ems(text) * size * self.breadth * 1.04

    def lines(self, text: str, size: float, room: float) -> list[str]:
        """The text as it wraps in so much room; a word that is wider is broken, as PowerPoint does."""
        found: list[str] = []
        for paragraph in text.split("\n"):
            line = ""
            for word in paragraph.split():
                joined = f"{line} {word}" if line else word
                if self.width(joined, size) <= room:
                    line = joined
                    continue
                found += [line] if line else []
                *whole, line = self._broken(word, size, room)
                found += whole
            found.append(line)
        return found

    def _broken(self, word: str, size: float, room: float) -> list[str]:
        parts = [""]
        for letter in word:
            if parts[-1] and self.width(parts[-1] + letter, size) > room:
                parts.append("")
            parts[-1] += letter
        return parts

    def cut(self, text: str, size: float, room: float, most: int) -> str:
        """The text, ended by an ellipsis where it takes more lines than `most`."""
        lines = self.lines(text, size, room)
        if len(lines) <= most:
            return text
        last = lines[most - 1]
        while last and self.width(last + "…", size) > room:
            last = last[:-1]
        return " ".join([*lines[: most - 1], last.rstrip(" ,;:") + "…"])

    def height(self, text: str, size: float, room: float) -> float:
        """The height of the text, wrapped."""
        return len(self.lines(text, size, room)) * size * LEADING

    def size(self, text: str, room: float, height: float, sizes: Sequence[float]) -> float:
        """The first of the sizes in which the text fits, or the last."""
        return next((size for size in sizes if self.height(text, size, room) <= height), sizes[-1])


@lru_cache(maxsize=2**14)
def _ems(text: str) -> float:
    """The width of a text in sizes: the same one is measured for many sizes and rooms."""
    return sum(map(_em, text))


def _em(letter: str) -> float:
    if letter in _EMS:
        return _EMS[letter]
    if letter > "\u2190":
        return 1.0
    return 0.72 if letter.isupper() else 0.556


_ILLEGAL = re.compile("[\x00-\x08\x0b-\x1f\x7f\ud800-\udfff\ufffe\uffff]")


def clean(text: str) -> str:
    """The text without signs that no XML may hold."""
    return _ILLEGAL.sub(" ", text)


def flat(text: str) -> str:
    """The text on one line."""
    return " ".join(clean(text).split())


def middle(text: str, most: int) -> str:
    """A name of at most `most` letters, shortened in its middle: names of studies often differ at their end."""
    if len(text) <= most:
        return text
    tail = max(1, (most - 1) // 3)
    return f"{text[: most - 1 - tail].rstrip()}…{text[-tail:].lstrip()}"


def labels(names: Sequence[str], most: int) -> list[str]:
    """The names shortened to so many letters, with their number where two would read the same."""
    short = [middle(flat(name), most) for name in names]
    return [f"{place}. {name}" if short.count(name) > 1 else name for place, name in enumerate(short, 1)]


def whole(value: float | None) -> str:
    """A number unrounded."""
    return "not reported" if value is None else repr(float(value)).removesuffix(".0")
