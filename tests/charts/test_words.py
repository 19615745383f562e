"""Words, numbers and colours that all figures share."""

from datetime import date

import pandas as pd
import pytest

from charts.text import (
    amount_axis,
    balanced,
    hover,
    iso,
    joined,
    known,
    month_end,
    spread,
    telling,
    wrap,
)
from charts.theme import DARK, LIGHT, SYMBOL, WORD, Look, layout


def test_a_number_reads_on_its_own_side_of_a_threshold() -> None:
    assert telling(89.96, [90.0], 1) == "89.96"
    assert telling(90.0, [90.0], 1) == "90.0"
    assert telling(0.8999, [0.9], 2) == "0.8999"
    assert telling(71.44, [90.0, None], 1) == "71.4"


def test_names_are_escaped_and_cut() -> None:
    assert wrap("<a href=http://x>", 40) == "&lt;a href=http://x&gt;"
    assert wrap("one two three four", 9) == "one two<br>three…"
    assert wrap("a" * 50, 10, 1) == "a" * 9 + "…"
    assert wrap(None, 10) == wrap("  ", 10) == "–"
    assert hover("A & B", "", None, float("nan"), "n = 3") == "<b>A &amp; B</b><br>n = 3"


def test_a_title_has_no_lonely_word() -> None:
    lines = balanced("Milestone on-time rate and Milestone slip cost 18.4 of the 26.0 points lost", 74, 3).split("<br>")
    assert len(lines) == 2
    assert min(map(len, lines)) > 25


def test_lists_of_names_end() -> None:
    assert joined(["A"]) == "A"
    assert joined(["A", "B", "C"]) == "A, B and C"
    assert joined(["A", "B", "C", "D"]) == "A, B and 2 more"


@pytest.mark.parametrize("value", ["2026-02", date(2026, 2, 11), pd.Timestamp("2026-02-28")])
def test_months_end(value: object) -> None:
    assert month_end(value) == "2026-02-28"


def test_unknown_is_unknown() -> None:
    assert not any(known(v) for v in (None, float("nan"), pd.NaT, pd.NA))
    assert all(known(v) for v in (0, "", False))
    assert iso(pd.NaT) is None


def test_labels_are_moved_apart_by_as_little_as_is_needed() -> None:
    # Two labels of height 2 at 5 and 6 stand around their mean 5.5; the one at 20 is free.
    assert spread([6, 20, 5], [2, 2, 2]) == pytest.approx([6.5, 20, 4.5])
    # None below the floor: the lowest starts at 0, the next is pushed up.
    assert spread([0, 1], [2, 2], floor=0) == pytest.approx([1, 3])


def test_axes_of_amounts_start_at_zero() -> None:
    ticks, words = amount_axis(12.4e6, "EUR")
    assert ticks[0] == 0
    # A fifth of 12.4m is 2.48m; the next round step is 2.5m.
    assert words[:2] == ["0", "EUR 2.5m"]
    assert ticks[-1] <= 12.4e6
    assert amount_axis(1.3e9, "")[1][-1] == "1bn", "a fifth of 1.3bn is 0.26bn; the next round step is half a billion"


def test_every_band_has_a_symbol_and_a_word() -> None:
    assert set(SYMBOL) == set(WORD)
    assert len(set(SYMBOL.values())) == len(SYMBOL)


def luminance(colour: str) -> float:
    """Relative luminance, WCAG 2.2."""
    parts = [int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5)]
    linear = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in parts]
    return sum(w * c for w, c in zip((0.2126, 0.7152, 0.0722), linear, strict=True))


def contrast(one: str, other: str) -> float:
    low, high = sorted((luminance(one), luminance(other)))
    return (high + 0.05) / (low + 0.05)


@pytest.mark.parametrize("look", [LIGHT, DARK], ids=["light", "dark"])
def test_words_are_legible(look: Look) -> None:
    """At least 4.5 to 1, what WCAG 2.2 AA asks of text; on the strongest fills of the matrix too."""
    for colour in (look.ink, look.muted, look.good_text, look.warn_text, look.bad_text, *look.lines):
        assert contrast(colour, look.paper) >= 4.5, colour
    for fill in (look.tint(look.good, 0.42), look.tint(look.warn, 0.5), look.tint(look.bad, 0.66)):
        assert contrast(look.ink, fill) >= 4.5, fill


def test_a_layout_merges_axes_and_escapes_its_title() -> None:
    spec = layout(LIGHT, "<b>", "", body=100, xaxis={"range": [0, 1]})
    assert spec["title"]["text"] == "<b>&lt;b&gt;</b>"
    assert spec["xaxis"]["range"] == [0, 1]
    assert spec["xaxis"]["automargin"] is True
