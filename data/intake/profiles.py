"""Readings under a name, kept as rows of the kind `profiles`, and found again by the headings of a file."""

import re
from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import lru_cache

from duckdb import DuckDBPyConnection

from data.intake.columns import Layout
from data.intake.headings import key, read
from data.intake.matching import is_known
from data.intake.reading import DATE_ORDERS, DECIMAL_MARKS, MONTH, UNITS, Reading, Target

NOT_USED = "not used"
EMPTY = "(empty)"
YES, NO = "yes", "no"
LONGEST = 200
"""No heading of so many characters is known."""
CURRENT = """
SELECT profile, setting, theirs, ours FROM profiles
WHERE valid_to IS NULL AND ours <> '' ORDER BY profile, setting, theirs
"""
Setting = tuple[str, str]
"""What is decided, and of what: two parts of a row's key."""


def rows(name: str, reading: Reading, before: Reading | None = None) -> list[dict[str, str]]:
    """The rows of the kind `profiles` that keep a reading under a name.

    Rows cannot be taken away, so what was decided `before` and is not any more is written with nothing in `ours`.
    """
    decided = dict(_settings(reading))
    dropped = [setting for setting, _ in _settings(before or Reading()) if setting not in decided]
    return [
        {"profile": name, "setting": setting, "theirs": theirs, "ours": ours}
        for (setting, theirs), ours in [*decided.items(), *((setting, "") for setting in dropped)]
    ]


def kept(cursor: DuckDBPyConnection) -> dict[str, Reading]:
    """All profiles, by name. A row that says nothing that can be read decides nothing."""
    told: dict[str, list[tuple[str, str, str]]] = defaultdict(list)
    for name, *row in cursor.execute(CURRENT).fetchall():
        told[name].append((row[0], row[1], row[2]))
    return {name: reading_of(settings) for name, settings in told.items()}


def recognised(headers: Sequence[str], profiles: Mapping[str, Reading]) -> list[tuple[str, Reading]]:
    """The profiles of which a file has every column that they use; those that know most of its headings first."""
    in_file = {key(header) for header in headers}
    found = []
    for name, reading in profiles.items():
        used = {heading for heading, target in reading.columns.items() if target}
        if used and used <= in_file:
            found.append((-len(in_file & set(reading.columns)), name, reading))
    return [(name, reading) for _, name, reading in sorted(found, key=lambda one: one[:2])]


def known(profiles: Mapping[str, Reading]) -> Callable[[str], bool]:
    """Whether a heading is a name of a column of ours, names a month or milestone of one, or is in a profile."""
    headings = {heading for reading in profiles.values() for heading in reading.columns}

    @lru_cache(maxsize=65_536)
    def is_one(heading: str) -> bool:
        return bool(heading) and len(heading) < LONGEST and (key(heading) in headings or is_known(read(heading)))

    return is_one


def decided(layout: Layout) -> Reading:
    """The reading of a file as it was laid out: its kind, and what each of its headings is, used or not."""
    columns = {}
    for one in layout.matched:
        heading, target = read(one.heading), Target.of(one.target)
        if heading.key:
            at = MONTH if heading.month and target.at == heading.month else target.at
            columns[heading.key] = str(Target(target.column, at)) if target.column else ""
    return layout.reading.with_(Reading(kind=layout.contract.kind, columns=columns))


def reading_of(settings: Sequence[tuple[str, str, str]]) -> Reading:
    """The reading that rows of one profile keep, given as setting, theirs and ours."""
    by_setting: dict[str, dict[str, str]] = defaultdict(dict)
    for setting, theirs, ours in settings:
        by_setting[setting][theirs or ""] = ours
    values: dict[str, dict[str, str]] = defaultdict(dict)
    for theirs, ours in by_setting["value"].items():
        column, colon, text = theirs.partition(":")
        if colon:
            values[column][text.strip()] = _unescaped(ours)
    yes = {YES: True, NO: False}
    return Reading(
        kind=by_setting["kind"].get("", ""),
        columns={theirs: "" if ours == NOT_USED else ours for theirs, ours in by_setting["column"].items()},
        constants=by_setting["constant"],
        values=values,
        units={theirs: unit for theirs, ours in by_setting["unit"].items() for unit in UNITS if unit == ours},
        dates={theirs: by for theirs, ours in by_setting["date_order"].items() for by in DATE_ORDERS if by == ours},
        decimals={
            theirs: mark
            for theirs, ours in by_setting["decimal_mark"].items()
            for mark in DECIMAL_MARKS
            if mark == ours
        },
        to_date={theirs: yes[ours] for theirs, ours in by_setting["to_date"].items() if ours in yes},
        snapshot=yes.get(by_setting["snapshot"].get("", "")),
    )


def _settings(reading: Reading) -> Iterator[tuple[Setting, str]]:
    """What a reading decides, as setting, theirs and ours."""
    if reading.kind:
        yield ("kind", ""), reading.kind
    for heading, target in reading.columns.items():
        yield ("column", heading), target or NOT_USED
    for column, text in reading.constants.items():
        if text:
            yield ("constant", column), text
    for column, pairs in reading.values.items():
        for theirs, ours in pairs.items():
            yield ("value", f"{column}: {theirs}".strip()), _escaped(ours)
    for setting, decisions in (
        ("unit", reading.units),
        ("date_order", reading.dates),
        ("decimal_mark", reading.decimals),
    ):
        yield from (((setting, column), ours) for column, ours in decisions.items())
    for column, is_total in reading.to_date.items():
        yield ("to_date", column), YES if is_total else NO
    if reading.snapshot is not None:
        yield ("snapshot", ""), YES if reading.snapshot else NO


def _escaped(ours: str) -> str:
    """Nothing is written `(empty)`, and that text itself in one more pair of brackets."""
    return f"({ours})" if re.fullmatch(r"\(+empty\)+", ours) else ours or EMPTY


def _unescaped(ours: str) -> str:
    if ours == EMPTY:
        return ""
    return ours[1:-1] if re.fullmatch(r"\(+empty\)+", ours) else ours
