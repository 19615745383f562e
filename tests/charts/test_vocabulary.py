"""Charts know no numbers' layer, so the words for the bands stand twice; they are the same words."""

from analytics.words import BAND_WORDS
from charts.theme import SYMBOL, WORD


def test_a_band_has_one_word_wherever_it_is_shown() -> None:
    assert dict(WORD) == {band.value: word for band, word in BAND_WORDS.items()}
    assert set(SYMBOL) == set(WORD)
