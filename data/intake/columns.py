"""Which kind a file is, and which of its columns are which."""

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from rapidfuzz import fuzz, process

from data.contracts import ALL, BY_KIND, Contract, Type
from data.intake import headings as heads
from data.intake.headings import Heading, key, normalised
from data.intake.matching import Match, Matches, Rank, match, measures_of, pivot_of
from data.intake.problem import FileRefused, Problem
from data.intake.reading import MONTH, Reading, Target, Unit

__all__ = ["WHY", "Layout", "Matched", "NotMapped", "key", "lay_out", "normalised"]

WHY = "why"
"""The column that rejected rows come back with. A corrected file may still have it."""
NAMED, LONGEST = 6, 30
"""So many headings are named in one sentence, and so many characters of each."""
IN_THE_TABLE = "in the table of columns"
CHOOSE_KIND = "choose the kind of the file, or say --kind KIND"
READ_AS: Mapping[Unit, str] = {"ones": "12", "thousands": "12,000", "millions": "12,000,000", "percent": "0.12"}
"""What 12 is in a unit."""


@dataclass(frozen=True, slots=True)
class Matched:
    """What became of a column of the file.

    `target` is the text of a Target, empty where the column is not used. `alike` is 100 where that is sure: a name, or
    decided by a reading; under 100 it is only suggested, and 0 where nothing is known.
    """

    place: int
    heading: str
    target: str
    alike: int


class NotMapped(FileRefused):
    """The kind is known, and not which column is which; `matched` is what is known, to be completed."""

    def __init__(self, message: str, contract: Contract, matched: tuple[Matched, ...], rule: str = "columns") -> None:
        super().__init__(message, rule, 1)
        self.contract = contract
        self.matched = matched


@dataclass(frozen=True, slots=True)
class Layout:
    """A file's kind, and where its columns come from.

    `places`: our column to its place in the file. `constants`: our column to the parts that make its cell, joined; a
    text is itself, a number is the place of a cell. `headings`: our column as the file names it, where that differs.
    `wide`: columns whose cells are rows of their own, and `pivot` our column that their headings fill.
    `matched`: every column of the file, in its order. `reading`: the decisions in effect.
    """

    contract: Contract
    places: Mapping[str, int]
    constants: Mapping[str, tuple[str | int, ...]] = field(default_factory=dict)
    headings: Mapping[str, str] = field(default_factory=dict)
    matched: tuple[Matched, ...] = ()
    wide: tuple[tuple[int, Target], ...] = ()
    pivot: str = ""
    reading: Reading = field(default_factory=Reading)
    problems: tuple[Problem, ...] = ()

    @property
    def names(self) -> tuple[str, ...]:
        """The columns that are told, in the order of the contract."""
        return tuple(name for name in self.contract.names if name in self.places or name in self.constants)

    def heading(self, column: str, at: str = "") -> str:
        """How the file names our column; `at` says which heading of a wide file."""
        for place, target in self.wide:
            if at and target == Target(column, at):
                return self.matched[place].heading
        return self.headings.get(column, column)


def lay_out(
    headers: Sequence[str],
    reading: Reading | None = None,
    kind: str | None = None,
    constants: Mapping[str, str] | None = None,
) -> Layout:
    """Find the kind, unless it is given, and its columns.

    `kind` goes before the reading's. `constants` are columns that are the same in every file whose kind has them.

    Raises NotMapped where the kind is known and a column is missing or there twice, FileRefused where no kind fits,
    several fit equally, or a decision cannot be followed.
    """
    reading = reading or Reading()
    file = _File(tuple(heads.read(header) for header in headers), reading, constants or {})
    contract = _contract(kind or reading.kind) if kind or reading.kind else _found(file)
    matches = file.match(contract)
    _refuse(file, matches)
    told = file.constants(contract)
    # A part of the key that may be empty may be left out, and is then empty.
    empty = {name: ("",) for name in contract.keys if name not in {*contract.required, *matches.columns}}
    targets = [(place, one.target) for place, one in enumerate(matches.each) if one.target]
    places = {target.column: place for place, target in targets if not target.at}
    return Layout(
        contract=contract,
        places=places,
        constants=empty | told,
        headings={name: headers[place] for name, place in places.items() if headers[place] != name},
        matched=_matched(matches),
        wide=tuple((place, target) for place, target in targets if target.at),
        pivot=matches.pivot,
        reading=reading,
        problems=tuple(_problems(file, matches)),
    )


@dataclass(frozen=True, slots=True)
class _File:
    """The headings of a file, and what was said about it."""

    headings: tuple[Heading, ...]
    reading: Reading
    given: Mapping[str, str]

    def constants(self, contract: Contract) -> dict[str, tuple[str | int, ...]]:
        """The kind's columns that are set for all rows, in parts."""
        texts = {**self.given, **{name: text for name, text in self.reading.constants.items() if text}}
        return {name: self._parts(name, text) for name, text in texts.items() if name in contract.names}

    def _parts(self, name: str, text: str) -> tuple[str | int, ...]:
        """A text in which `{Heading}` is a cell, and `{{` and `}}` are brackets."""
        parts: list[str | int] = [""]
        for piece in re.findall(r"\{\{|\}\}|\{[^{}]*\}|[^{}]+|[{}]", text):
            if len(piece) > 2 and piece[0] == "{":
                parts += [self._place(name, piece[1:-1]), ""]
            elif piece in ("{", "}", "{}"):
                message = f"What is set for {name} has a bracket too many: “{text}”. Write {{{{ for a bracket itself."
                raise FileRefused(message, "constant")
            else:
                parts[-1] = f"{parts[-1]}{piece[0] if piece in ('{{', '}}') else piece}"
        return tuple(part for part in parts if part != "") or ("",)

    def _place(self, name: str, heading: str) -> int:
        for place, other in enumerate(self.headings):
            if normalised(other.text) == normalised(heading):
                return place
        columns = _some([other.text for other in self.headings if other.text])
        message = f"{name} is set from the column “{heading}”, which the file does not have. Take one of {columns}."
        raise FileRefused(message, "constant", 1)

    def match(self, contract: Contract, likeness: bool = True) -> Matches:
        headings = self.headings
        passed_over = {heading.key: "" for heading in headings if heading.key in ("", WHY)}
        return match(contract, headings, {**passed_over, **self.reading.columns}, self.constants(contract), likeness)


def _contract(kind: str) -> Contract:
    if kind not in BY_KIND:
        near = ", ".join(name for name, _, _ in process.extract(kind, list(BY_KIND), scorer=fuzz.WRatio, limit=3))
        raise FileRefused(f"There is no kind “{kind}”. Choose one such as {near}: each has a template.", "kind")
    return BY_KIND[kind]


def _keys(contract: Contract) -> set[str]:
    return set(contract.keys) & set(contract.required)


def _told(file: _File, matches: Matches) -> set[str]:
    return set(matches.contract.names) & (matches.columns | set(file.constants(matches.contract)))


def _fits(file: _File, likeness: bool) -> list[tuple[tuple[int, ...], Contract]]:
    """The kinds whose keys the file has, with how well it fits; the best first.

    Names that others use are also words of other things, so a key that rests on them needs most required columns.
    """
    fits = []
    for contract in ALL:
        matches = file.match(contract, likeness)
        told = _told(file, matches)
        sure = matches.by_name | set(file.constants(contract))
        required = told & set(contract.required)
        if _keys(contract) <= told and (_keys(contract) <= sure or 3 * len(required) >= 2 * len(contract.required)):
            fits.append(((len(told), len(sure & told), len(required)), contract))
    return sorted(fits, key=lambda fit: fit[0], reverse=True)


def _found(file: _File) -> Contract:
    """The kind that fits best by names, and where that does not tell, by likeness."""
    best: list[Contract] = []
    for likeness in (False, True):
        fits = _fits(file, likeness)
        best = [contract for fit, contract in fits if fit == fits[0][0]] or best
        if len(best) == 1:
            return best[0]
    if not best:
        raise FileRefused(f"No kind of file has these columns. {_nearest(file)}", "kind", 1)
    kinds = " or ".join(contract.kind for contract in best)
    raise FileRefused(f"By its columns the file may be {kinds}: {CHOOSE_KIND}.", "kind", 1)


def _nearest(file: _File) -> str:
    told = {contract.kind: _told(file, file.match(contract, likeness=False)) for contract in ALL}
    nearest = max(ALL, key=lambda contract: len(told[contract.kind]))
    if not told[nearest.kind]:
        return f"The first row must hold the column names, as in the templates. If it does, {CHOOSE_KIND}."
    missing = " and ".join(name for name in nearest.keys if name in _keys(nearest) - told[nearest.kind])
    if not missing:
        return f"Some look like those of {nearest.kind}: {CHOOSE_KIND}, then say which column is which."
    return f"For {nearest.kind} the column {missing} is missing: add it, or {CHOOSE_KIND}."


def _matched(matches: Matches) -> tuple[Matched, ...]:
    return tuple(
        Matched(place, one.heading.text, str(one.target) if one.target else "", one.alike)
        for place, one in enumerate(matches.each)
    )


def _refuse(file: _File, matches: Matches) -> None:
    """Refuse what cannot be laid out: a decision that makes no sense, a column that is there twice or missing."""
    contract, pivot = matches.contract, pivot_of(matches.contract)
    for one in matches.each:
        if one.target:
            _refuse_target(contract, pivot if matches.pivot else "", one)
    for places in _clashes(matches):
        _refuse_clash(matches, places)
    for name, parts in file.constants(contract).items():
        for place, one in enumerate(matches.each):
            if one.target and one.target.column == name and place not in parts:
                message = (
                    f"{name} is set for the whole file, and the column “{one.heading.text}” is it as well. "
                    f"Leave the setting out, or say {IN_THE_TABLE} that the column is not used."
                )
                raise NotMapped(message, contract, _matched(matches), "duplicate_column")
    if missing := [name for name in contract.keys if name in _keys(contract) - _told(file, matches)]:
        _refuse_missing(file, matches, missing)


def _refuse_target(contract: Contract, pivot: str, one: Match) -> None:
    """Refuse what a decision says of a column and cannot mean."""
    target = one.target or Target("")
    heading = one.heading.text
    if target.column not in contract.names:
        columns = ", ".join(contract.names)
        raise FileRefused(
            f"“{heading}” is to be {target.column}, and {contract.kind} has no such column. Take one of {columns}.",
            "column",
            1,
        )
    if target.at == MONTH and not one.heading.month:
        message = f"“{heading}” is to be {target.column} of the month in the heading, and names no month."
        raise FileRefused(f"{message} Choose another column for it.", "column", 1)
    if target.at and (not pivot or target.column in contract.keys):
        what = pivot_of(contract) or "month"
        message = (
            f"“{heading}” is to be {target}, but here a heading cannot say the {what}: "
            f"{'a column says it' if pivot_of(contract) else f'{contract.kind} has none'}. Choose one of both."
        )
        raise FileRefused(message, "column", 1)


def _clashes(matches: Matches) -> Iterator[tuple[int, ...]]:
    """Places that are the same column, as one and as rows of their own too."""
    yield from matches.clashes
    by_column: dict[str, dict[bool, int]] = defaultdict(dict)
    for place, one in enumerate(matches.each):
        if one.target:
            by_column[one.target.column].setdefault(bool(one.target.at), place)
    yield from (tuple(sorted(places.values())) for places in by_column.values() if len(places) > 1)


def _refuse_clash(matches: Matches, places: tuple[int, ...]) -> None:
    clashing = [matches.each[place] for place in places]
    texts = list(dict.fromkeys(one.heading.text for one in clashing))
    if len(texts) == 1:
        message = f"Two columns are named {texts[0]}. Remove or rename one."
        raise FileRefused(message, "duplicate_column", 1)
    named = " and ".join(f"“{text}”" for text in texts)
    message = f"Two columns are {clashing[0].target}: {named}. Say {IN_THE_TABLE} which one is, or remove one."
    raise NotMapped(message, matches.contract, _matched(matches), "duplicate_column")


def _refuse_missing(file: _File, matches: Matches, missing: Sequence[str]) -> None:
    contract = matches.contract
    others = [other for _, other in _fits(file, likeness=False) if other is not contract]
    hint = f" The columns are those of {others[0].kind}." if others else ""
    message = (
        f"A file of {contract.kind} needs the column{'s' * (len(missing) > 1)} {' and '.join(missing)}.{hint} "
        f"Choose {IN_THE_TABLE} which one it is, or set it for all rows."
    )
    raise NotMapped(message, contract, _matched(matches))


def _problems(file: _File, matches: Matches) -> Iterator[Problem]:
    """What is to be asked or said about the columns, in their order."""
    spoken = {part for parts in file.constants(matches.contract).values() for part in parts}
    seen: set[tuple[str, str]] = set()
    unused: list[str] = []
    for place, one in enumerate(matches.each):
        found: Iterable[Problem] = ()
        if one.target or one.undecided:
            found = _asked(file, matches, one)
        elif one.rank is not Rank.DECIDED and one.heading.text and place not in spoken:
            found = _unused(matches, one)
            unused += [] if found else [one.heading.text]
        for problem in found:
            # Of headings that differ in the month alone, the first one is asked about.
            about = (problem.rule, one.heading.key)
            if about not in seen:
                seen.add(about)
                yield problem
    yield from _not_known(matches.contract.kind, unused)
    in_file = {heading.key for heading in file.headings}
    for heading, target in file.reading.columns.items():
        if target and heading not in in_file:
            message = f"A column “{heading}” was to be {target}; the file has none. Look whether it was renamed."
            yield Problem(1, heading, target, "column_gone", message, "warning")


def _asked(file: _File, matches: Matches, one: Match) -> Iterator[Problem]:
    heading = one.heading.text
    if one.undecided:
        yield _undecided(matches, one)
    if one.target is None:
        return
    target, column = str(one.target), one.target.column
    choose = f'Choose {IN_THE_TABLE}, or say --map "{heading}={column}", or --map "{heading}=" where it is not.'
    if one.alike < 100 and one.rank > Rank.LIKE:
        message = (
            f"“{heading}” names a currency; as {column} its amounts are taken to be in the contract's currency. "
            f"Is that so? {choose}"
        )
        yield Problem(1, heading, target, "column", message, "question")
    elif one.alike < 100:
        message = f"Is “{heading}” the column {column}? The names are {one.alike} % alike. {choose}"
        yield Problem(1, heading, target, "column", message, "question")
    yield from _hints(file.reading, matches, one)


def _undecided(matches: Matches, one: Match) -> Problem:
    """Ask of what column a month or a milestone in a heading is."""
    contract, heading = matches.contract, one.heading.text
    columns = measures_of(contract, matches.pivot)
    if matches.pivot == "month":
        alike = [other.heading.text for other in matches.each if other.heading.key == one.heading.key]
        named = f"“{heading}”" if len(alike) == 1 else f"“{heading}” to “{alike[-1]}”"
        asked = f"{named}: the heading names a month, and not which amount it is"
    else:
        asked = f"“{heading}” names the milestone {one.at}, and not which of its dates it is"
    message = (
        f"{asked}: {', '.join(columns[:-1])} or {columns[-1]}. "
        f'Choose {IN_THE_TABLE}, or say --map "{heading}={columns[0]}".'
    )
    return Problem(1, heading, "", "column", message, "question")


def _hints(reading: Reading, matches: Matches, one: Match) -> Iterator[Problem]:
    """What a heading says of its amounts, and nobody has decided."""
    contract, heading = matches.contract, one.heading
    name = one.target.column if one.target else ""
    column = contract[name]
    # Thresholds are in the unit of their KPI, where percent is what is expected.
    if column.type is not Type.NUMBER or column.unit.endswith("KPI"):
        return
    if heading.unit and name not in reading.units:
        read_as = READ_AS[heading.unit]
        message = (
            f"“{heading.text}” seems to be in {heading.unit}. If so, 12 is read as {read_as}. "
            f"Choose the unit {IN_THE_TABLE}, or say --unit {name}={heading.unit}, or --unit {name}=ones."
        )
        yield Problem(1, heading.text, heading.unit, "unit", message, "question")
    if "month" not in contract.keys:
        return
    if heading.since_january and reading.to_date.get(name) is not False:
        message = (
            f"“{heading.text}” seems to hold amounts since January, which cannot be turned into months. Ask for "
            f"amounts by month, or to date since the start. If they are by month, say --to-date {name}=no."
        )
        yield Problem(1, heading.text, "no", "to_date", message, "question")
    elif heading.since_start and name not in reading.to_date:
        message = (
            f"“{heading.text}” seems to hold totals to date. If so, each month is its total less the one before. "
            f"Choose {IN_THE_TABLE}, or say --to-date {name}, or --to-date {name}=no."
        )
        yield Problem(1, heading.text, "yes", "to_date", message, "question")


def _unused(matches: Matches, one: Match) -> tuple[Problem, ...]:
    """What there is to say of a column that is not used; nothing where it is like no column of ours."""
    contract, heading = matches.contract, one.heading.text
    if heads.is_nameless(heading):
        message = f"C{heading[2:-1]} has values and no heading; it is not used."
    elif one.taken:
        message = f"“{heading}” is not used: “{one.taken}” is that column already."
    elif heads.names_month_without_year(heading) and pivot_of(contract) == "month":
        message = f"“{heading}” is not used: it names no year. Write “{heading} 2026” if it is a month of that year."
    elif near := _near(contract, one.heading):
        message = f"{contract.kind} has no column “{heading}”; it is not used. Did you mean {near}?"
    else:
        return ()
    return (Problem(1, heading, "", "unknown_column", message, "warning"),)


def _not_known(kind: str, headings: Sequence[str]) -> Iterator[Problem]:
    """One warning for all the columns that are like none of ours."""
    if len(headings) == 1:
        message = f"{kind} has no column “{headings[0]}”; it is not used."
        yield Problem(1, headings[0], "", "unknown_column", message, "warning")
    elif headings:
        message = f"{kind} has no such columns; these {len(headings)} are not used: {_some(headings)}."
        yield Problem(1, "", "", "unknown_column", message, "warning")


def _some(headings: Sequence[str]) -> str:
    """The first headings, and how many there are more."""
    named = ", ".join(f"“{_short(heading)}”" for heading in headings[:NAMED])
    return f"{named} and {len(headings) - NAMED} more" if len(headings) > NAMED else named


def _short(heading: str) -> str:
    return heading if len(heading) <= LONGEST else f"{heading[:LONGEST]}…"


def _near(contract: Contract, heading: Heading) -> str:
    """The column whose name is near enough to be meant; empty where there is none."""
    names = {heads.words(name): name for name in contract.names}
    said = heading.names[-1] if heading.names else ""
    near = process.extractOne(said, list(names), scorer=fuzz.token_sort_ratio, score_cutoff=65)
    return names[near[0]] if near else ""
