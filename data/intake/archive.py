"""A zip archive becomes the files in it, within limits. Nothing is written to disk."""

import io
import struct
import zipfile
import zlib
from collections.abc import Iterator

from data.intake.problem import FileRefused

MOST_FILES = 50
MOST_BYTES = 200_000_000
"""So many bytes may one file have, as it comes and unpacked, and all files of an archive together."""
BOMB_BYTES, BOMB_RATIO = 20_000_000, 200
"""A file that is larger than this, and packed tighter than text ever is, was made to fill the memory."""
CHUNK = 1 << 18

ZIP = (b"PK\x03\x04", b"PK\x05\x06", b"PK\x07\x08")
DAMAGED = (zipfile.BadZipFile, zlib.error, struct.error, EOFError, OSError, ValueError, RuntimeError, IndexError)
PACKAGES = {
    "xl/": "Excel",
    "word/": "Word",
    "ppt/": "PowerPoint",
    "content.xml": "OpenDocument",
    "Index/": "Apple Numbers",
    "Index.zip": "Apple Numbers",
}
"""What programs keep in a zip of their own, by what stands in it."""


def unpacked(name: str, data: bytes) -> list[tuple[str, bytes]]:
    """The files of a zip, named “archive.zip: file.csv”; any other file, an Excel file too, is itself.

    Folders, and what a Mac adds, are passed over. Raises FileRefused where the archive is damaged, encrypted, empty
    or too large. An archive in the archive is a file like any other, which `tables` refuses.
    """
    if not is_zip(data) or program(archive := opened(data)):
        return [(name, data)]
    entries = [entry for entry in archive.infolist() if not entry.is_dir() and not _of_a_mac(entry.filename)]
    if not entries:
        raise FileRefused("The archive holds no files. Pack the tables into it, or load them as they are.", "archive")
    if len(entries) > MOST_FILES:
        message = f"The archive holds {len(entries):,} files; at most {MOST_FILES} are read. Send them in parts."
        raise FileRefused(message, "archive")
    return [(f"{name}: {entry.filename}", b"".join(chunks(archive, entry))) for entry in entries]


def is_zip(data: bytes) -> bool:
    """Whether the bytes begin as a zip does, Excel files included."""
    return data.startswith(ZIP)


def opened(data: bytes) -> zipfile.ZipFile:
    """The archive, whose unpacked size was checked as far as the archive tells it."""
    try:
        archive = zipfile.ZipFile(io.BytesIO(data))
    except (*DAMAGED, NotImplementedError) as problem:
        message = "The file is damaged or cut short: it begins like an Excel or zip file and does not end like one."
        raise FileRefused(f"{message} Fetch or save it again.", "archive") from problem
    entries = archive.infolist()
    size = sum(entry.file_size for entry in entries)
    if size > MOST_BYTES:
        message = f"Unpacked it has {size / 1e6:,.0f} MB; at most {MOST_BYTES / 1e6:.0f} MB are read. Send it in parts."
        raise FileRefused(message, "size")
    for entry in entries:
        if entry.file_size > max(BOMB_BYTES, BOMB_RATIO * entry.compress_size):
            message = f"“{entry.filename}” in it unpacks to more than {BOMB_RATIO} times its size, as no table does."
            raise FileRefused(f"{message} Save the table anew, as .xlsx or CSV.", "size")
    return archive


def program(archive: zipfile.ZipFile) -> str:
    """The program whose file this is, or nothing where it is an archive of files."""
    names = archive.namelist()
    if "[Content_Types].xml" not in names and "mimetype" not in names and not any(".iwa" in name for name in names):
        return ""
    return next((told for start, told in PACKAGES.items() if any(name.startswith(start) for name in names)), "")


def chunks(archive: zipfile.ZipFile, entry: zipfile.ZipInfo) -> Iterator[bytes]:
    """The content of an entry, piece by piece; never more than the archive told, whose checksum is tested.

    Raises FileRefused where it is encrypted or damaged.
    """
    if entry.flag_bits & 1:
        message = f"“{entry.filename}” is encrypted. Save it without a password and load that."
        raise FileRefused(message, "archive")
    if entry.compress_type not in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED):
        message = f"“{entry.filename}” is packed in a way that is not read. Pack it as a plain zip."
        raise FileRefused(message, "archive")
    try:
        with archive.open(entry) as stream:
            while chunk := stream.read(CHUNK):
                yield chunk
    except (*DAMAGED, NotImplementedError) as problem:
        message = f"“{entry.filename}” in it is damaged or cut short. Fetch or save the file again."
        raise FileRefused(message, "archive") from problem


def _of_a_mac(name: str) -> bool:
    return name.startswith("__MACOSX/") or name.rpartition("/")[2] in (".DS_Store", "Thumbs.db", "desktop.ini")
