"""Broken files, made from whole ones by a seed: each must end in a result or a refusal that a reader understands.

`python -m tests.data.fuzz 20000` is the long run; `python -m tests.data.fuzz --only 1234` does one again.
"""

import io
import random
import resource
import sys
import time
import traceback
import zipfile
from collections import Counter
from collections.abc import Callable

import xlsxwriter

from data.intake import FileIn, Loaded, Options, load
from data.store import Store
from tests.data.helpers import KPIS, example_store, stamp

SECONDS = 20
"""So long may one small file take at most; whole ones take well under one."""
MILESTONES = [
    ["engagement_id", "milestone", "baseline_original", "forecast", "actual", "contractual", "comment"],
    ["E-014", "fpi", "2025-04-01", "2025-05-06", "2025-05-06", "yes", "ethics committee asked twice"],
    ["E-014", "dbl", "2027-08-01", "2027-09-28", "", "yes", 'said "soon", and later'],
    ["E-015", "csr", "2027-09-01", "", "", "no", "Société Médicale"],
]
BUDGET = [
    ["engagement_id", "month", "cost_type", "planned_original", "earned_value", "invoiced"],
    *[["E-014", f"2026-{month:02}", "fee", "1250.50", "1000", "(20.00)"] for month in range(1, 10)],
]
SIGNS = b"\" \0 \xff \xfe\xff \r \n \r\n ; , \t | - \xef\xbb\xbf ' \x1a \xc3 PK\x03\x04"
WORDS = b"=1+1 @SUM(A1) 1e400 NaN 31/02/2026 #REF! 2026-13-40 A1048576 XFD1 {Heading} {month} Total"
TAGS = b'<html> r="XFD1048576" <!DOCTYPE_x> &amp; ]]> </row> <c/> t="e"'
TOKENS = (*SIGNS.split(b" "), *WORDS.split(b" "), *TAGS.split(b" "), b"9" * 400)


def _csv(rows: list[list[str]], separator: str, encoding: str) -> bytes:
    quoted = ([f'"{cell.replace(chr(34), chr(34) * 2)}"' for cell in row] for row in rows)
    return "".join(separator.join(row) + "\r\n" for row in quoted).encode(encoding)


def _xlsx(**sheets: list[list[str]]) -> bytes:
    out = io.BytesIO()
    with xlsxwriter.Workbook(out, {"in_memory": True}) as book:
        for name, rows in sheets.items():
            sheet = book.add_worksheet(name)
            for number, row in enumerate(rows):
                sheet.write_row(number, 0, row)
    return out.getvalue()


def _zip(**members: bytes) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        for name, data in members.items():
            archive.writestr(zipfile.ZipInfo(name), data)
    return out.getvalue()


WHOLE = (
    _csv(MILESTONES, ",", "utf-8"),
    _csv(BUDGET, ";", "utf-8-sig"),
    _csv(BUDGET, "\t", "utf-16"),
    _csv(MILESTONES, "|", "cp1252"),
    _xlsx(milestones=MILESTONES, budget=BUDGET),
    _zip(m=_csv(MILESTONES, ",", "utf-8"), b=_xlsx(budget=BUDGET)),
)


def broken(seed: int) -> bytes:
    """The file of a seed: a whole one, changed in one to six places; in a workbook also inside its parts."""
    chance = random.Random(seed)
    data = WHOLE[seed % len(WHOLE)]
    changes = chance.randint(1, 6)
    if data.startswith(b"PK") and chance.random() < 0.7:
        return _inside(data, chance, changes)
    return _changed(data, chance, changes)


def _inside(data: bytes, chance: random.Random, changes: int) -> bytes:
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        members = {name: archive.read(name) for name in archive.namelist()}
    name = chance.choice(sorted(members))
    members[name] = _changed(members[name], chance, changes)
    return _zip(**members)


def _changed(data: bytes, chance: random.Random, changes: int) -> bytes:
    for _ in range(changes):
        data = chance.choice(CHANGES)(data, chance)
    return data


def _put(data: bytes, chance: random.Random) -> bytes:
    place = chance.randint(0, len(data))
    return data[:place] + chance.choice(TOKENS) + data[place:]


def _flip(data: bytes, chance: random.Random) -> bytes:
    if not data:
        return data
    place = chance.randrange(len(data))
    return data[:place] + bytes([data[place] ^ 1 << chance.randrange(8)]) + data[place + 1 :]


def _cut(data: bytes, chance: random.Random) -> bytes:
    start = chance.randint(0, len(data))
    return data[:start] + data[start + chance.randint(0, 40) :]


def _again(data: bytes, chance: random.Random) -> bytes:
    start = chance.randint(0, len(data))
    piece = data[start : start + chance.randint(0, 200)]
    place = chance.randint(0, len(data))
    return data[:place] + piece * chance.randint(1, 20) + data[place:]


def _end(data: bytes, chance: random.Random) -> bytes:
    return data[: chance.randint(0, len(data))]


CHANGES: tuple[Callable[[bytes, random.Random], bytes], ...] = (_put, _put, _flip, _flip, _cut, _again, _end)


def outcome(store: Store, seed: int) -> str:
    """What became of a broken file. Raises AssertionError where a row is neither loaded nor named."""
    options = Options(valid_rows_only=bool(seed % 2), dry_run=True)
    name = ("tracker.csv", "tracker.xlsx", "")[seed % 3]
    return judged(load(store, [FileIn(name, broken(seed))], stamp(), kpis=KPIS, options=options))


def judged(answer: Loaded) -> str:
    for file in answer.files:
        counts = file.counts
        assert counts.rows == counts.new + counts.changed + counts.unchanged + counts.rejected, counts
        named = {problem.row for problem in file.problems if problem.blocks}
        assert {row for row, _ in file.kept_out.rows} <= named or {1, None} & named, file.problems
        assert bool(counts.rejected) == bool(file.kept_out.rows), counts
        assert all(problem.message for problem in file.problems)
        for problem in file.problems:
            assert "Traceback" not in problem.message
            assert "Error" not in problem.message, problem.message
    assert answer.accepted or any(problem.blocks for file in answer.files for problem in file.problems)
    return "accepted" if answer.accepted else "refused"


def main() -> int:
    """Try many seeds, say what became of them, and return 1 where one ended badly."""
    arguments = sys.argv[1:]
    seeds = [int(arguments[1])] if arguments[:1] == ["--only"] else range(int(arguments[0]) if arguments else 1000)
    store = example_store()
    found: Counter[str] = Counter()
    slowest = (0.0, 0)
    for seed in seeds:
        began = time.perf_counter()
        try:
            found[outcome(store, seed)] += 1
        except Exception:  # noqa: BLE001 (each of them is what is looked for)
            found["bad"] += 1
            print(f"seed {seed}", file=sys.stderr)  # noqa: T201
            traceback.print_exc()
        slowest = max(slowest, (time.perf_counter() - began, seed))
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    print(f"{dict(found)}; slowest {slowest[0]:.1f} s (seed {slowest[1]}); peak memory {peak:.0f} MB")  # noqa: T201
    return 1 if found["bad"] or slowest[0] > SECONDS else 0


if __name__ == "__main__":
    sys.exit(main())
