"""The bytes of a text file, in whatever encoding, become UTF-8."""

import io
import re
from dataclasses import dataclass
from typing import Literal, get_args

from data.intake.letters import encoding_of
from data.intake.problem import FileRefused, Problem

EMPTY = "The file is empty. It needs a header row with the column names, and rows below it."
SAVE_AS = "Save it as .xlsx, or as “CSV UTF-8 (comma delimited)”, and load that."
MARKS = (
    (b"\xff\xfe\x00\x00", "utf-32"),
    (b"\x00\x00\xfe\xff", "utf-32"),
    (b"\xff\xfe", "utf-16"),
    (b"\xfe\xff", "utf-16"),
)
UTF8_MARKS = re.compile(rb"(?:\xef\xbb\xbf)*")
Encoding = Literal["utf-8", "cp1252", "cp1250", "iso8859-2", "cp1251", "cp1253", "cp1254", "mac-roman"]
ENCODINGS: tuple[Encoding, ...] = get_args(Encoding)
"""What can be chosen for a text whose letters are wrong."""
NAMES: dict[str, str] = {
    "utf-8": "UTF-8",
    "cp1252": "Windows-1252 (Western European)",
    "cp1250": "Windows-1250 (Central European)",
    "iso8859-2": "ISO 8859-2 (Central European)",
    "cp1251": "Windows-1251 (Cyrillic)",
    "cp1253": "Windows-1253 (Greek)",
    "cp1254": "Windows-1254 (Turkish)",
    "mac-roman": "Mac Roman",
}
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


def read_text(data: bytes, encoding: Encoding | None = None) -> Text:
    """Decode by the byte order mark, by where NULs stand, as UTF-8, or as Windows-1252 or -1250, whichever fits first.

    Between the last two the letters decide. Where some lines fit UTF-8 and some do not, the encoding of the most lines
    is taken, and in the others what is outside ASCII counts as not read. An `encoding` that is decided goes before all
    that, but for a text of two bytes a character. Raises FileRefused where the bytes are no text.
    """
    wide = _wide(data)
    if wide:
        data = data[: len(data) // 2 * 2] if wide.startswith("utf-16-") else data
        data = data.decode(wide, "replace").encode("utf-8", "replace")
    if marks := UTF8_MARKS.match(data):  # some exports write it twice
        data = data[marks.end() :]
    data, problems = _without_nuls(data)
    if not data or data.isspace():
        raise FileRefused(EMPTY)
    _refuse_binary(data)
    if b"\r" in data:  # mixed line ends are made one
        data = data.replace(b"\r\n", b"\n").replace(b"\r", b"\n")
    if wide:
        return Text(data, problems, sure=False)
    if data.isascii():
        return Text(data, problems)
    if encoding:
        decoded = data.decode(encoding, "replace").encode()
        return Text(decoded, (*problems, _remark(f"Read as {NAMES[encoding]}, as chosen.", encoding)), sure=False)
    if _is_utf8(data):
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
    others = [line for line in lines if not _is_utf8(line)]
    fit = len(lines) - len(others)
    encoding = encoding_of(b"".join(others))
    if not fit:
        place = data.count(b"\n", 0, data.index(others[0])) + 1
        seen = others[0].decode(encoding, "replace").strip()[:60]
        message = (
            f"Read as {NAMES[encoding]}, since line {place} is not UTF-8: “{seen}”. Look whether its letters are "
            "right. Where they are not, choose the encoding, or say --encoding NAME."
        )
        return data.decode(encoding, "replace").encode(), _remark(message, encoding)
    utf8 = fit >= len(others)
    out = b"".join(_line(line, utf8, encoding) for line in io.BytesIO(data))
    names = (NAMES["utf-8"], NAMES[encoding])
    most, few = names if utf8 else names[::-1]
    other = len(others) if utf8 else fit
    odd = f"{other} line{'s' * (other > 1)} in {few}"
    message = f"The file is {most}, but for {odd}, whose letters were not read. {SAVE_AS}"
    return out, _remark(message, "utf-8" if utf8 else encoding)


def _remark(message: str, encoding: str) -> Problem:
    return Problem(None, "", encoding, "encoding", message, "warning")


def _line(line: bytes, utf8: bool, encoding: str) -> bytes:
    """A line in the encoding of the file; what is outside ASCII is lost where it is in the other one."""
    if line.isascii():
        return line
    if _is_utf8(line) is not utf8:
        return NOT_ASCII.sub(LOST, line)
    return line if utf8 else line.decode(encoding, "replace").encode()
