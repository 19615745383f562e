"""The formats of a pack, each by its name."""

from collections.abc import Callable
from dataclasses import dataclass

from reports import book, deck, page, paper
from reports.content import Pack


@dataclass(frozen=True, slots=True)
class Format:
    """How a format is called, the ending and media type of its file, and what writes it."""

    label: str
    ending: str
    media: str
    write: Callable[[Pack], bytes]


FORMATS = {
    "pptx": Format(
        "PowerPoint", "pptx", "application/vnd.openxmlformats-officedocument.presentationml.presentation", deck.write
    ),
    "html": Format("HTML", "html", "text/html", page.write),
    "xlsx": Format("Excel", "xlsx", "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet", book.write),
    "pdf": Format("PDF", "pdf", "application/pdf", paper.write),
}


def write(pack: Pack, name: str, template: bytes | None = None) -> bytes:
    """The file of a pack in a format of `FORMATS`; `template`: the sponsor's own presentation, for PowerPoint alone.

    Raises ValueError where the template is none, `paper.NoBrowser` for a PDF where no browser is found.
    """
    if name == "pptx":
        return deck.write(pack, template)
    return FORMATS[name].write(pack)


def file_name(pack: Pack, name: str) -> str:
    """The name of the file of a pack: `FORTIS-2026-Q3-cro.pptx`, with `draft` where it is one."""
    draft = "" if pack.frozen_on else "-draft"
    safe = "".join(sign if sign.isalnum() or sign in "-_." else "_" for sign in pack.review_id)
    return f"{safe}-{pack.edition}{draft}.{FORMATS[name].ending}"
