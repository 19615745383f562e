"""Which of two encodings of one byte a letter a text is in: the one in which its letters make words of a language.

Windows-1252 (Western) and Windows-1250 (Central European) fit the same bytes. In the wrong one a letter becomes a sign
within a word, or a letter that no language has beside the others of the text, or not in this place.
"""

import re
from itertools import pairwise

WESTERN, CENTRAL = "cp1252", "cp1250"
LANGUAGES = {
    WESTERN: {
        "English": "[éèïêñ]",
        "German": "[äöüßé]",
        "French": r"[âçéèêëîïôœûüÿ]|[àù](?!\w)|ê(?=\w)|è(?=\w)",
        "Spanish": "[áéíóúüºª]|ñ(?=[aeiouáéíóú])",
        "Portuguese": r"[áâçéêíóôúàºª]|ã(?=[oes]|\b)|õ(?=e)",
        "Italian": r"é|[àèìòùº](?!\w)",
        "Danish and Norwegian": "[æøåéüö]",
        "Swedish and Finnish": "[åäöéü]",
        "Dutch": "[éëïöüèê]",
    },
    CENTRAL: {
        "Polish": "[ąćęłńóśźż]",
        "Czech": "[áčďéěíňóřšťúůýž]",
        "Slovak": "[áäčďéíĺľňóôŕšťúýž]",
        "Hungarian": "[áéíóöőúüű]",
        "Romanian": "[ăâîşţ]",
        "Croatian and Slovene": "[čćđšž]",
        "German": "[äöüßé]",
    },
}
"""The letters beyond the plain ones, and where in a word they may stand."""
LOOKED_AT = 200_000
"""So many bytes of words with such letters are enough to tell."""
WORD = re.compile(rb"[A-Za-z\x80-\x9f\xa1-\xff]*[\x80-\x9f\xa1-\xff][A-Za-z\x80-\x9f\xa1-\xff]*")
NO_LETTER = 10
"""What a byte costs that the encoding does not have."""


def encoding_of(data: bytes) -> str:
    """Windows-1250 where the words of a text are those of a language only in it, otherwise Windows-1252."""
    words = set(WORD.findall(data)) if len(data) <= LOOKED_AT else set(WORD.findall(_beyond_ascii(data)))
    cost = {encoding: _cost(words, encoding) for encoding in LANGUAGES}
    return CENTRAL if cost[CENTRAL] < cost[WESTERN] else WESTERN


def _beyond_ascii(data: bytes) -> bytes:
    """As many lines with letters beyond the plain ones as are looked at."""
    found, size = [], 0
    for line in data.splitlines():
        if not line.isascii():
            found.append(line)
            size += len(line)
            if size > LOOKED_AT:
                break
    return b"\n".join(found)[:LOOKED_AT]


def _cost(words: set[bytes], encoding: str) -> int:
    """How many letters are out of place in the language that fits best, and how many signs stand for letters."""
    texts = [word.decode(encoding, "replace") for word in words]
    signs = sum(_signs(text) for text in texts)
    lower = [text.lower() for text in texts]
    return signs + min(sum(_strange(text, letters) for text in lower) for letters in LANGUAGES[encoding].values())


def _strange(text: str, letters: str) -> int:
    return sum(one.isalpha() for one in re.sub(letters, "", text) if not one.isascii())


def _signs(text: str) -> int:
    """Bytes without a character, and signs where a letter is expected: before a small letter."""
    lost = text.count("\ufffd") * NO_LETTER
    return lost + sum(not one.isalpha() and then.islower() for one, then in pairwise(text) if not one.isascii())
