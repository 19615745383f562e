"""The tables of a file, by its content and never by its name."""

from data.intake import archive
from data.intake.archive import MOST_BYTES
from data.intake.delimited import read_delimited
from data.intake.encoding import SAVE_AS, Encoding
from data.intake.excel import read_excel
from data.intake.problem import FileRefused
from data.intake.table import Known, Table

__all__ = ["Known", "tables"]

OLE = b"\xd0\xcf\x11\xe0"
PICTURE = "This is a picture, not a table. Ask for the table itself."
PACKED = "This is a compressed file. Unpack it, or pack it as .zip, and load that."
DATABASE = f"This is a file of a database or an analysis program. {SAVE_AS}"
OTHERS = {
    b"%PDF": "This is a PDF, not a table. Ask for the table itself, as .xlsx or CSV.",
    b"\x89PNG": PICTURE,
    b"\xff\xd8\xff": PICTURE,
    b"GIF8": PICTURE,
    b"II*\0": PICTURE,
    b"MM\0*": PICTURE,
    b"\x1f\x8b": PACKED,
    b"BZh": PACKED,
    b"7z\xbc\xaf": PACKED,
    b"Rar!": PACKED,
    b"\xfd7zXZ": PACKED,
    b"\x28\xb5\x2f\xfd": PACKED,
    b"PAR1": f"This is a Parquet file. {SAVE_AS}",
    b"ARROW1": f"This is an Arrow file. {SAVE_AS}",
    b"SQLite format 3": DATABASE,
    b"HEADER RECORD*******": f"This is a SAS transport file. {SAVE_AS}",
    b"$FL": f"This is an SPSS file. {SAVE_AS}",
    b"{\\rtf": f"This is a text document (RTF), not a table. {SAVE_AS}",
}


def tables(name: str, data: bytes, known: Known, encoding: Encoding | None = None) -> list[Table]:
    """The tables of a text file with separators or of an Excel workbook, at least one.

    `known` tells whether a heading names a column of ours, which finds the header row, the separator and the sheets.
    `encoding` is that of a text, where it is decided.
    Raises FileRefused, which says what the file is and what to do, where it holds no table.
    """
    if len(data) > MOST_BYTES:
        message = f"The file has {len(data) / 1e6:,.0f} MB; at most {MOST_BYTES / 1e6:.0f} MB are read."
        raise FileRefused(f"{message} Split it into several files.", "size")
    _refuse_others(data)
    if archive.is_zip(data):
        return _of_package(name, data, known)
    return [read_delimited(name, data, known, encoding)]


def _of_package(name: str, data: bytes, known: Known) -> list[Table]:
    program = archive.program(archive.opened(data))
    if not program:
        raise FileRefused("This is an archive in an archive. Unpack it and load its files.", "archive")
    if program != "Excel":
        raise FileRefused(f"This is a file of {program}, not of Excel. {SAVE_AS}")
    return read_excel(name, data, known)


def _refuse_others(data: bytes) -> None:
    for start, message in OTHERS.items():
        if data.startswith(start):
            raise FileRefused(message)
    if data.startswith(OLE):
        if "EncryptedPackage".encode("utf-16-le") in data:
            raise FileRefused("This Excel file is protected by a password. Save it without one and load that.")
        raise FileRefused(f"This is a file of an old Excel or Office (.xls). {SAVE_AS}")
