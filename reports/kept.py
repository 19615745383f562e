"""How a frozen pack is kept: its JSON compressed, as text in parts that fit the cells of any file."""

import base64
import zlib
from collections.abc import Sequence

MARK = "pack:"
MOST = 30_000
"""So many characters has a part at most; a cell of a spreadsheet holds 32,767."""
MOST_BYTES = 100_000_000
"""So large may a pack be. What unpacks to more was made to fill the memory."""
LEVEL = 9


def packed(text: str) -> list[str]:
    """The parts of a text, at least one: the same text gives the same parts.

    Raises ValueError where the text is larger than `unpacked` would take.
    """
    content = text.encode()
    if len(content) > MOST_BYTES:
        raise ValueError(f"The pack has {len(content) / 1e6:,.0f} MB; at most {MOST_BYTES / 1e6:.0f} MB are kept.")
    letters = base64.b64encode(zlib.compress(content, LEVEL)).decode()
    room = MOST - len(MARK)
    return [MARK + letters[start : start + room] for start in range(0, len(letters), room)]


def unpacked(parts: Sequence[str]) -> str:
    """The text of which these are the parts, in order. Raises ValueError, with a sentence, where they are damaged."""
    for number, part in enumerate(parts, 1):
        if not part.startswith(MARK):
            raise ValueError(f"The kept pack is damaged: part {number} does not begin with “{MARK}”.")
    try:
        content = base64.b64decode("".join(part.removeprefix(MARK) for part in parts), validate=True)
        stream = zlib.decompressobj()
        text = stream.decompress(content, MOST_BYTES)
        whole = stream.eof and not stream.unused_data
        if whole:
            return text.decode()
    except (ValueError, zlib.error) as problem:
        raise ValueError("The kept pack is damaged: its parts do not unpack to a text.") from problem
    raise ValueError("The kept pack is damaged: it is cut short, too large, or has something after its end.")
