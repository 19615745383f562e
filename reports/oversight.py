"""The oversight record: one zip of what was told of the selection, assessment and oversight of CROs, for inspectors.

A manifest of hashes stands beside the files, and `check` says what was changed since. That is tamper-evident and not
tamper-proof; the record is designed to support such records and is not validated.
"""

import csv
import hashlib
import io
import json
import re
import textwrap
import zipfile
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from itertools import groupby
from typing import Any
from urllib.parse import quote

from duckdb import DuckDBPyConnection

from data import __version__
from data.contracts import BY_KIND, Column
from data.intake.archive import DAMAGED, chunks
from data.intake.problem import FileRefused
from data.outgoing import csv_text, neutralised
from data.store import Store, ledger
from data.store.written import written
from reports import content, kept
from wording import count

README, MANIFEST, SEAL = "README.txt", "manifest.json", "manifest.sha256"
LEDGER, UPLOADS, FILES, PACKS = "ledger/ledger.json", "ledger/uploads.csv", "ledger/upload_files.csv", "packs.csv"
TABLE = "tables/{kind}.csv"
DAMAGED_PACK = ".damaged.txt"
WITHHELD = "[withheld: names another CRO]"
MOST_FILES = 20_000
MOST_BYTES = 500_000_000
"""So many bytes may the unpacked files of a record have together."""
ENCODING = "utf-8-sig"
"""Of the CSV files: a spreadsheet takes them for what they are."""
LAWFUL = "Designed to support such records; not validated; the ledger is tamper-evident, not tamper-proof."

OF_CRO = "cro_id = $cro"
OF_ENGAGEMENTS = """engagement_id IN (
    SELECT engagement_id FROM engagements GROUP BY engagement_id HAVING arg_max(cro_id, valid_from) = $cro
)"""
OF_REVIEWS = """review_id IN (
    SELECT review_id FROM reviews GROUP BY review_id HAVING arg_max(cro_id, valid_from) = $cro
)"""
OF_NEEDS = "need_id IN (SELECT need_id FROM selections WHERE cro_id = $cro)"
OF_TARGETS = f"{OF_CRO} OR (cro_id = '' AND (engagement_id = '' OR {OF_ENGAGEMENTS}))"
FINDINGS = """event_id IN (
    SELECT event_id FROM quality_events WHERE coalesce(type, '') IN ('', 'audit_finding') OR audit_id <> ''
)"""
ESCALATED = "request_id IN (SELECT request_id FROM requests WHERE escalation_level >= 1)"

ROWS = """
SELECT {cells}, CAST(valid_from AS VARCHAR), CAST(valid_to AS VARCHAR) FROM {kind}
WHERE ({only}) AND ({own})
ORDER BY {keys}, valid_from
"""
PARTS = """
SELECT review_id, content, valid_from, valid_to FROM review_packs WHERE {own} ORDER BY review_id, part, valid_from
"""
NAMES = "SELECT DISTINCT cro_id = $cro, cro_id, coalesce(name, '') FROM cros"


@dataclass(frozen=True, slots=True)
class _Part:
    """A kind in the record: what it is, which of its rows are of one CRO (`own`), and which keys it has (`only`)."""

    kind: str
    what: str
    own: str = OF_CRO
    only: str = "TRUE"


SELECTED = (
    _Part("cros", "The CROs."),
    _Part("needs", "Selection: what a CRO was sought for, by criterion and weight.", OF_NEEDS),
    _Part("selections", "Selection: how each candidate was judged, and the decisions with their reasons."),
    _Part("engagements", "The contracts."),
    _Part("responsibilities", "Who does what (RACI).", OF_ENGAGEMENTS),
    _Part("communication_plan", "Which meetings and reports were agreed.", OF_ENGAGEMENTS),
    _Part("targets", "Thresholds and weights of the KPIs, and on what they rest.", OF_TARGETS),
    _Part("reviews", "The reviews, each step with day and person."),
    _Part("review_replies", "Our comments on the figures, the CRO's replies, and disputes.", OF_REVIEWS),
    _Part("actions", "Feedback, issues, risks, decisions, escalations and tasks: see the column type."),
    _Part("requests", "Requests that were escalated (level 1 and higher) at any time.", OF_ENGAGEMENTS, ESCALATED),
    _Part("audits", "The audits."),
    _Part("quality_events", "Audit findings, and what else names an audit.", OF_ENGAGEMENTS, FINDINGS),
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class _File:
    """A file of the record. `rows`: of a table, without its header; entries of the ledger; None elsewhere."""

    name: str
    what: str
    data: bytes
    rows: int | None = None


class _Sieve:
    """Keeps the names and codes of other CROs out of the record of one, and counts what it withheld.

    In free text a code of one or two letters is not looked for: every second sentence has an "A".
    """

    def __init__(self, cro: str, found: Sequence[tuple[bool, str, str]]) -> None:
        self.cro, self.withheld = cro, 0
        terms = {
            term.casefold(): own
            for own, cro_id, name in sorted(found)
            for term, least in ((cro_id, 3), (name, 1))
            if len(term) >= least
        }
        self._own = {term for term, own in terms.items() if own}
        self._others = [term for term, own in terms.items() if not own]
        self._pattern = re.compile("|".join(map(_as_pattern, sorted(terms, key=len, reverse=True))) or r"(?!)")

    def text(self, text: str) -> str:
        """The text, or in its place that it was withheld."""
        folded = text.casefold()
        likely = any(term in folded for term in self._others)  # a pattern of many names is slow
        if not likely or all(found in self._own for found in self._pattern.findall(folded)):
            return text
        self.withheld += 1
        return WITHHELD

    def cell(self, column: Column, text: str) -> str:
        """The cell of a row, where also a short code is known for what it is."""
        if column.references == "cros" and text not in ("", self.cro):
            self.withheld += 1
            return WITHHELD
        return self.text(text)

    def json(self, value: Any) -> Any:
        """A value of JSON with the texts in it."""
        if isinstance(value, str):
            return self.text(value)
        if isinstance(value, list):
            return [self.json(each) for each in value]
        if isinstance(value, dict):
            return {name: self.json(each) for name, each in value.items()}
        return value


def _as_pattern(term: str) -> str:
    """A name as it may stand in a text; a short one only as a word of its own."""
    pattern = re.escape(term)
    return pattern if len(term) > 4 else rf"(?<![^\W_]){pattern}(?![^\W_])"


def write(store: Store, *, cro: str = "", made_on: datetime, who: str) -> bytes:
    """The record as a zip, of all CROs or of `cro` alone. The same store, moment and person give the same bytes.

    Raises ValueError where the CRO is not known, `made_on` has no time zone, or the record would be too large.
    """
    moment = _in_utc(made_on)
    with store.read() as cursor:
        sieve = _sieve(cursor, cro)
        tables, numbers = _tables(cursor, sieve)
        packs, of_packs = _packs(cursor, sieve)
        uploads = ledger.entries(cursor)
    entries = [entry for entry in uploads if not cro or entry["number"] in numbers | of_packs]
    files = [*tables, *_ledger(entries, sieve, whole=not cro), *packs]
    newest = {name: uploads[-1][name] for name in ("number", "uploaded_at", "hash")} if uploads else None
    about = {
        "record": "oversight record",
        "note": LAWFUL,
        "app_version": __version__,
        "made_on": moment.isoformat(timespec="seconds"),
        "made_by": who,
        "cro": cro,
        "newest_upload": newest,
        "withheld": sieve.withheld if sieve else 0,
    }
    readme = _File(README, "This text.", _readme(about, files).encode())
    return _zipped([readme, *files], about, moment)


def _in_utc(made_on: datetime) -> datetime:
    if made_on.tzinfo is None:
        raise ValueError("The moment at which the record is made needs a time zone.")
    return made_on.astimezone(UTC)


def _sieve(cursor: DuckDBPyConnection, cro: str) -> _Sieve | None:
    if not cro:
        return None
    found = cursor.execute(NAMES, {"cro": cro}).fetchall()
    if not any(own for own, _, _ in found):
        raise ValueError(f"There is no CRO {cro}.")
    return _Sieve(cro, found)


def _bound(sieve: _Sieve | None) -> dict[str, str]:
    return {"cro": sieve.cro} if sieve else {}


def _tables(cursor: DuckDBPyConnection, sieve: _Sieve | None) -> tuple[list[_File], set[int]]:
    """The kinds as CSV, and the numbers of the uploads that opened or closed their rows."""
    files, numbers = [], set()
    for part in SELECTED:
        contract = BY_KIND[part.kind]
        columns = [column for column in contract if not column.private]
        statement = ROWS.format(
            cells=", ".join(written(column, f'"{column.name}"') for column in columns),
            kind=part.kind,
            only=part.only,
            own=part.own if sieve else "TRUE",
            keys=", ".join(f'"{name}"' for name in contract.keys),
        )
        rows = cursor.execute(statement, _bound(sieve)).fetchall()
        numbers |= {int(number) for row in rows for number in row[-2:] if number}
        if sieve:
            rows = [
                (*(text and sieve.cell(column, text) for column, text in zip(columns, row)), *row[-2:]) for row in rows
            ]
        names = [*(column.name for column in columns), "valid_from", "valid_to"]
        files.append(_table(TABLE.format(kind=part.kind), part.what, names, rows))
    return files, numbers


def _table(name: str, what: str, headers: Sequence[str], rows: Sequence[Sequence[object]]) -> _File:
    cells = ([None if cell is None else neutralised(str(cell)) for cell in row] for row in rows)
    return _File(name, what, csv_text(headers, cells).encode(ENCODING), len(rows))


def _ledger(entries: Sequence[dict[str, Any]], sieve: _Sieve | None, *, whole: bool) -> list[_File]:
    """The ledger as it was hashed, and as tables to read."""
    if sieve:
        entries = [_sifted(entry, sieve) for entry in entries]
    part = "" if whole else " Only of the uploads that brought or closed rows of this record."
    told = json.loads(json.dumps(entries, default=_iso))
    lines = ",\n".join(json.dumps(entry, ensure_ascii=False, sort_keys=True) for entry in told)
    data = f'{{"whole": {str(whole).lower()}, "entries": [\n{lines}\n]}}\n'.encode()
    return [
        _File(LEDGER, f"The ledger of uploads, exactly as its chain of hashes was made.{part}", data, len(told)),
        *_ledger_tables(told),
    ]


def _ledger_tables(entries: Sequence[dict[str, Any]]) -> list[_File]:
    uploads = [[entry[name] for name in (*ledger.ENTRY, "hash")] for entry in entries]
    files = [[entry["number"], *(file[name] for name in ledger.FILE)] for entry in entries for file in entry["files"]]
    return [
        _table(UPLOADS, "The same as a table: who told what, and when.", [*ledger.ENTRY, "hash"], uploads),
        _table(FILES, "The files of each upload, with their SHA-256.", ["upload", *ledger.FILE], files),
    ]


def _sifted(entry: dict[str, Any], sieve: _Sieve) -> dict[str, Any]:
    files = [file | {"file": file["file"] and sieve.text(file["file"])} for file in entry["files"]]
    return entry | {name: entry[name] and sieve.text(entry[name]) for name in ("who", "reason")} | {"files": files}


def _packs(cursor: DuckDBPyConnection, sieve: _Sieve | None) -> tuple[list[_File], set[int]]:
    """Each state of each frozen pack, a list of them, and the numbers of the uploads that brought or closed them."""
    rows = cursor.execute(PARTS.format(own=OF_REVIEWS if sieve else "TRUE"), _bound(sieve)).fetchall()
    files: list[_File] = []
    listed: list[tuple[object, ...]] = []
    for review_id, group in groupby(rows, key=lambda row: row[0]):
        parts = [row[1:] for row in group]
        moments = sorted({number for part in parts for number in part[1:] if number})
        for number, until in zip(moments, [*moments[1:], None]):
            if texts := [text for text, start, end in parts if start <= number and (end is None or number < end)]:
                folder = f"until-{until}/" if until else ""
                shown = sieve.text(review_id) if sieve else review_id
                name = quote(shown, safe="") if shown == review_id else f"withheld-{len(files) + 1}"
                file = _pack(f"packs/{folder}{name}", texts, sieve)
                files.append(file)
                listed.append((file.name, shown, number, until))
    index = _table(PACKS, "The frozen packs: file, review, and from which upload until which it stood.",
                   ["file", "review_id", "valid_from", "valid_to"], listed)  # fmt: skip
    return [index, *files], {number for row in rows for number in row[2:] if number}


def _pack(name: str, parts: Sequence[str], sieve: _Sieve | None) -> _File:
    """A pack as it was frozen; one that cannot be read, as it is kept."""
    try:
        text = kept.unpacked(parts)
        found = json.loads(text)
    except ValueError:
        return _File(f"{name}{DAMAGED_PACK}", "A pack that cannot be read.", "\n".join(parts).encode())
    if sieve and (sifted := sieve.json(found)) != found:
        text = json.dumps(sifted, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    return _File(f"{name}.json", "The content of a review as it was frozen.", text.encode())


def _readme(about: Mapping[str, Any], files: Sequence[_File]) -> str:
    newest = about["newest_upload"]
    state = f"upload {newest['number']} (hash {newest['hash']})" if newest else "a store without uploads"
    first = [file for file in files if not file.name.startswith("packs/")]
    packs = len(files) - len(first)
    lines = [
        "Oversight record of CROs",
        "",
        f"Of: {'CRO ' + about['cro'] if about['cro'] else 'all CROs'}",
        f"As of: {state}",
        f"Made on {about['made_on']} by {about['made_by']}, with version {about['app_version']}.",
        LAWFUL,
        "",
        "Files",
        *(f"  {file.name}: {count(file.rows or 0, 'row')}. {file.what}" for file in first),
        f"  packs/: {count(packs, 'file')}. The content of each review as it was frozen; under until-N what upload N "
        "replaced or took back.",
        "  manifest.json: each file with its length in bytes, its rows and its SHA-256.",
        "  manifest.sha256: the SHA-256 of manifest.json.",
        "",
        "How to read the tables",
        "  Each row has its whole history: one line for each version. valid_from is the number of the upload that "
        "brought it, valid_to of the one that replaced it or took it back; without valid_to it stands.",
        "  The numbers are those of ledger/uploads.csv. What was undone stays: the undo is an upload of its own.",
        "  An apostrophe before a text that a spreadsheet would run as a formula is ours.",
        "  Columns that would tell who answered in confidence, and surveys, are not in the record.",
        *(_of_one(about["withheld"]) if about["cro"] else ()),
        "",
        "How to check it",
        "  Keep manifest.sha256 in another place too: whoever changes files can make a new manifest.",
        "  python -m reports check FILE says what is missing, added or changed.",
        "  Without it: sha256sum -c manifest.sha256, then compare the SHA-256 of each file with manifest.json.",
        "  In ledger/ledger.json each entry has the hash of the one before (previous_hash) and its own, which is the "
        "SHA-256 of its other fields as JSON with sorted names, without spaces, in UTF-8.",
        "",
    ]  # fmt: skip
    return "\n".join(_wrapped(line) for line in lines)


def _wrapped(line: str) -> str:
    return textwrap.fill(line, 100, subsequent_indent="    ", break_long_words=False, break_on_hyphens=False)


def _of_one(withheld: int) -> Iterator[str]:
    yield (
        "  Only rows of this CRO are in the record, and thresholds that hold for all. Of the ledger it has the entries "
        "of the uploads that brought or closed these rows: the chain of hashes can be followed only where one entry "
        "comes right after the other. Counts in them are of the whole upload."
    )
    yield (
        f"  A text that names another CRO is replaced by “{WITHHELD}”: {count(withheld, 'text')}. The hash of an entry "
        "or a pack with such a text cannot be computed again; the record of all CROs has it in full."
    )


def _zipped(files: Sequence[_File], about: Mapping[str, Any], moment: datetime) -> bytes:
    listed = [
        {"name": file.name, "bytes": len(file.data), "rows": file.rows, "sha256": _sha256(file.data)} for file in files
    ]
    text = json.dumps({**about, "files": listed}, ensure_ascii=False, indent=1, default=_iso)
    manifest = _File(MANIFEST, "", text.encode())
    every = [manifest, _File(SEAL, "", _seal(manifest.data)), *files]
    if len(every) > MOST_FILES or sum(len(file.data) for file in every) > MOST_BYTES:
        raise ValueError("The record would be too large: make one of each CRO.")
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        for file in every:
            entry = zipfile.ZipInfo(file.name, moment.timetuple()[:6])
            entry.create_system, entry.external_attr = 3, 0o644 << 16
            archive.writestr(entry, file.data, zipfile.ZIP_DEFLATED, 6)
    return out.getvalue()


def _sha256(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()


def _iso(value: date) -> str:
    return value.isoformat()


def _seal(manifest: bytes) -> bytes:
    """As `sha256sum -c` reads it."""
    return f"{_sha256(manifest)}  {MANIFEST}\n".encode()


def check(record: bytes) -> list[str]:
    """What is wrong with a record, in sentences; an empty list where it is sound.

    Sound is: as its manifest says, with a ledger whose hashes hold. Whoever can change the record can make a new
    manifest: compare `manifest.sha256` with the one that was kept elsewhere.
    """
    try:
        found = _contents(record)
    except FileRefused as why:
        return [str(why)]
    findings = [f"{name} is damaged." for name, data in found.items() if data is None]
    manifest, wrong = _manifest(found)
    findings += wrong
    if manifest is None:
        return findings + _of_ledger(found, None)
    listed = {file["name"]: file for file in manifest["files"]}
    findings += [f"{name} is missing." for name in listed if name not in found]
    findings += [f"{name} was added." for name in found if name not in (*listed, MANIFEST, SEAL)]
    sound = {name: data for name, data in found.items() if data is not None and _is(listed.get(name), data)}
    findings += [f"{name} was changed." for name in listed if name not in sound and found.get(name) is not None]
    return findings + _of_ledger(found, manifest) + _disagreeing(sound) + _of_packs(sound)


def _contents(record: bytes) -> dict[str, bytes | None]:
    """The files, None for one that cannot be read. Raises FileRefused where it is no archive, or out of bounds."""
    try:
        archive = zipfile.ZipFile(io.BytesIO(record))
    except (*DAMAGED, NotImplementedError) as problem:
        raise FileRefused("This is no zip archive, or a damaged one.", "archive") from problem
    entries = archive.infolist()
    if len(entries) > MOST_FILES or sum(entry.file_size for entry in entries) > MOST_BYTES:
        message = f"This is no oversight record: it has more than {MOST_FILES:,} files or {MOST_BYTES / 1e6:.0f} MB."
        raise FileRefused(message, "size")
    found: dict[str, bytes | None] = {}
    for entry in entries:
        if entry.filename in found:
            raise FileRefused(f"{entry.filename} stands in the archive twice.", "archive")
        try:
            found[entry.filename] = b"".join(chunks(archive, entry))
        except FileRefused:
            found[entry.filename] = None
    return found


def _is(listed: Mapping[str, Any] | None, data: bytes) -> bool:
    return listed is not None and listed.get("sha256") == _sha256(data) and listed.get("bytes") == len(data)


def _manifest(found: Mapping[str, bytes | None]) -> tuple[dict[str, Any] | None, list[str]]:
    """The manifest, None where nothing can be checked against it, and what is wrong with it."""
    wrong = [f"{name} is missing." for name in (MANIFEST, SEAL) if name not in found]
    data, seal = found.get(MANIFEST), found.get(SEAL)
    if data is None:
        return None, wrong
    if seal is not None and seal != _seal(data):
        return None, [f"{MANIFEST} or {SEAL} was changed: they do not fit. No file can be checked against them."]
    manifest = _json(data)
    if not isinstance(manifest, dict) or not _lists_files(manifest.get("files")):
        return None, [*wrong, f"{MANIFEST} is not the manifest of an oversight record."]
    return manifest, wrong


def _lists_files(files: object) -> bool:
    return isinstance(files, list) and all(
        isinstance(file, dict) and isinstance(file.get("name"), str) for file in files
    )


def _json(data: bytes | None) -> Any:
    """What the JSON says, None where it is none."""
    try:
        return json.loads(data or b"")
    except (ValueError, RecursionError):
        return None


def _of_ledger(found: Mapping[str, bytes | None], manifest: Mapping[str, Any] | None) -> list[str]:
    """Where the chain of hashes is broken."""
    if found.get(LEDGER) is None:
        return []
    told = _json(found[LEDGER])
    try:
        of_all = manifest is not None and not manifest.get("cro")
        entries, whole = told["entries"], told["whole"] is True or of_all
        broken = list(_breaks(entries, whole))
        newest = (entries[-1]["number"], entries[-1]["hash"]) if entries else None
    except (TypeError, KeyError, AttributeError, IndexError, ValueError, RecursionError):
        return [f"{LEDGER} is not a ledger."]
    if whole and manifest is not None and not broken:
        named = manifest.get("newest_upload")
        if newest != ((named.get("number"), named.get("hash")) if isinstance(named, dict) else None):
            broken = ["it does not end with the newest upload that the manifest names."]
    return [f"{LEDGER}: {sentence}" for sentence in broken]


def _breaks(entries: Sequence[dict[str, Any]], whole: bool) -> Iterator[str]:
    number, previous = 0, ""
    for entry in entries:
        follows = entry["number"] == number + 1
        if whole and not follows:
            yield f"it is only a part: entry {number + 1} is missing, {entry['number']} stands in its place."
            return
        if follows and entry["previous_hash"] != previous:
            yield f"entry {entry['number']} does not follow from the one before."
        if (whole or not _withheld(entry)) and ledger.entry_hash(entry, entry["files"]) != entry["hash"]:
            yield f"entry {entry['number']} was changed after it was written."
        number, previous = entry["number"], entry["hash"]


def _withheld(entry: Mapping[str, Any]) -> bool:
    return WITHHELD in (entry["who"], entry["reason"], *(file["file"] for file in entry["files"]))


def _disagreeing(sound: Mapping[str, bytes]) -> list[str]:
    """Tables of the ledger that do not say what the ledger says."""
    told = _json(sound.get(LEDGER))
    try:
        tables = _ledger_tables(told["entries"])
    except (TypeError, KeyError, AttributeError, ValueError, RecursionError):
        return []
    return [
        f"{table.name} does not say what {LEDGER} says."
        for table in tables
        if sound.get(table.name, table.data) != table.data
    ]


def _of_packs(sound: Mapping[str, bytes]) -> list[str]:
    """Packs that cannot be read, or are not what was frozen."""
    frozen: dict[str, set[str]] = {}
    for row in _rows(sound, TABLE.format(kind="reviews")):
        frozen.setdefault(row.get("review_id", ""), set()).add(row.get("content_hash", ""))
    findings = []
    for row in _rows(sound, PACKS):
        name, review_id = row.get("file", ""), row.get("review_id", "")
        hashes = frozen.get(review_id, set()) - {""}
        if name.endswith(DAMAGED_PACK):
            findings.append(f"{name}: the pack could not be read when the record was made.")
        elif hashes and name in sound and _hash(sound[name]) not in (*hashes, None):
            findings.append(f"{name} is not the content whose hash the review {review_id} has.")
    return findings


def _rows(sound: Mapping[str, bytes], name: str) -> list[dict[str, str]]:
    try:
        return list(csv.DictReader(io.StringIO(sound.get(name, b"").decode(ENCODING), newline="")))
    except (ValueError, csv.Error):
        return []


def _hash(data: bytes) -> str | None:
    """The hash of a pack's content, None where it has none that can be computed again."""
    text = data.decode(errors="replace")
    if WITHHELD in text:
        return None
    try:
        return content.read(text).hash
    except (ValueError, RecursionError):
        return None
