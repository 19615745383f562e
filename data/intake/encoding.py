"""The bytes of a text file, in whatever encoding, become UTF-8."""

import io
import re
from dataclasses import dataclass

from data.intake.problem import FileRefused, Problem

EMPTY = "The file is empty. It needs a header row with the column names, and rows below it."
SAVE_AS = "Save it as .xlsx, or as “CSV UTF-8 (comma delimited)”, and load that."
MARKS = (
    (b"\xff\xfe\x00\x00", "utf-32"),
    (b"\x00\x00\xfe\xff", "utf-32"),
    (b"\xff\xfe", "utf-16"),
    (b"\xfe\xff", "utf-16"),
)
UTF8_MARK = b"\xef\xbb\xbf"
LOST = "\ufffd".encode()
SAMPLE = 4096
CONTROLS = bytes({*range(32)} - {0, *b"\t\n\v\f\r\x1a\x1b"})
NOT_ASCII = re.compile(rb"[\x80-\xff]+")


@dataclass(frozen=True, slots=True)
class Text:
    """A text as UTF-8 with one kind of line end, what had to be done for it, and whether every byte was understood.

    A character that could not be read is U+FFFD.
    """

    utf8: bytes
    problems: tuple[Problem, ...] = ()
    sure: bool = True


def read_text(data: bytes) -> Text:
    """Decode by the byte order mark, by where NULs stand, as UTF-8, or as Windows-1252, whichever fits first.

    Where some lines fit UTF-8 and some do not, the encoding of the most lines is taken, and in the others what is
    outside ASCII counts as not read. Raises FileRefused where the bytes are no text.
    """
    wide = _wide(data)
    if wide:
        data = data[: len(data) // 2 * 2] if wide.startswith("utf-16-") else data
        data = data.decode(wide, "replace").encode("utf-8", "replace")
    while data.startswith(UTF8_MARK):  # some exports write it twice
        data = data[len(UTF8_MARK) :]
    data, problems = _without_nuls(data)
    if not data or data.isspace():
        raise FileRefused(EMPTY)
    _refuse_binary(data)
    if b"\r" in data:  # mixed line ends are made one
        data = data.replace(b"\r\n", b"\n").replace(b"\r", b"\n")
    if wide:
        return Text(data, problems, sure=False)
    if data.isascii() or _is_utf8(data):
        return Text(data, problems)
    mended, problem = _mended(data)
    return Text(mended, (*problems, problem), sure=False)


def _wide(data: bytes) -> str:
    """The encoding with two or four bytes a character, if it is one of these."""
    for mark, encoding in MARKS:
        if data.startswith(mark):
            return encoding
    sample = data[:SAMPLE]
    even, odd = sample[::2].count(0), sample[1::2].count(0)
    most = len(sample) // 4  # half of the characters are of the Latin alphabet
    if odd > most and odd > 10 * even:
        return "utf-16-le"
    if even > most and even > 10 * odd:
        return "utf-16-be"
    return ""


def _without_nuls(data: bytes) -> tuple[bytes, tuple[Problem, ...]]:
    nuls = data.count(0)
    if not nuls:
        return data, ()
    if nuls > len(data) // 10:
        if not data.strip(b"\0 \t\r\n"):
            raise FileRefused(EMPTY)
        raise FileRefused(f"This is no text: a tenth of it is NUL characters. {SAVE_AS}")
    message = f"{nuls} NUL characters were removed; look whether the export cut texts short."
    return data.replace(b"\0", b""), (Problem(None, "", "", "nul", message, "warning"),)


def _refuse_binary(data: bytes) -> None:
    sample = data[: 16 * SAMPLE]
    controls = len(sample) - len(sample.translate(None, CONTROLS))
    if controls > max(2, len(sample) // 50):
        raise FileRefused(f"This is no text and no Excel file; its bytes are of a kind that is not read. {SAVE_AS}")


def _is_utf8(data: bytes) -> bool:
    try:
        data.decode("utf-8")
    except UnicodeDecodeError:
        return False
    return True


def _mended(data: bytes) -> tuple[bytes, Problem]:
    """The text as UTF-8, line by line where some lines are and others are not."""
    lines = [line for line in io.BytesIO(data) if not line.isascii()]
    fit = sum(map(_is_utf8, lines))
    first = next(line for line in lines if not _is_utf8(line))
    place = data.count(b"\n", 0, data.index(first)) + 1
    if not fit:
        seen = first.decode("cp1252", "replace").strip()[:60]
        message = (
            f"Read as Windows-1252, since line {place} is not UTF-8: “{seen}”. Look whether its letters are right."
        )
        return data.decode("cp1252", "replace").encode(), Problem(None, "", "", "encoding", message, "warning")
    utf8 = fit >= len(lines) - fit
    out = b"".join(_line(line, utf8) for line in io.BytesIO(data))
    names = ("UTF-8", "Windows-1252") if utf8 else ("Windows-1252", "UTF-8")
    other = len(lines) - fit if utf8 else fit
    odd = f"{other} line{'s' * (other > 1)} in {names[1]}"
    message = f"The file is {names[0]}, but for {odd}, whose letters were not read. {SAVE_AS}"
    return out, Problem(None, "", "", "encoding", message, "warning")


def _line(line: bytes, utf8: bool) -> bytes:
    """A line in the encoding of the file; what is outside ASCII is lost where it is in the other one."""
    if line.isascii():
        return line
    if _is_utf8(line) is not utf8:
        return NOT_ASCII.sub(LOST, line)
    return line if utf8 else line.decode("cp1252", "replace").encode()
