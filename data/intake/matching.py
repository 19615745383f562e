"""Which column of a kind each heading of a file means: by name, by another name for it, or by likeness."""

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from enum import IntEnum
from functools import cache

from rapidfuzz import fuzz, process

from data.contracts import ALL, BY_KIND, Column, Contract, Type
from data.contracts.milestones import ALSO, CODES
from data.intake.headings import Heading, words
from data.intake.reading import Target

ALIKE = 82
"""From so many percent alike on, a heading is suggested for a column: misspelt words pass, one word in common not."""
NAMES_CURRENCY = 95
"""How alike a heading is that names a currency: amounts are in that of the contract, so it is to be confirmed."""

PIVOTS = {"month": Type.NUMBER, "milestone": Type.DATE}
"""Parts of a key that a heading may name instead of a column, and what stands below such a heading."""
PASSING = {"amount", "date", "datum", "for", "in", "month", "of", "on", "the"}
"""Words beside a month or a milestone that say nothing of the column."""


class Rank(IntEnum):
    """How a heading came to its column; the higher one has it where two want the same."""

    NONE = 0
    LIKE = 1
    ALSO = 2
    NAME = 3
    DECIDED = 4


@dataclass(frozen=True, slots=True)
class Match:
    """What a heading means; no target: nothing that is known.

    `at` is a month or milestone that it names without a known column, and `rest` the words beside it: where they say
    nothing, the column is `undecided`. `taken`: the heading that has the column that this one would have.
    """

    heading: Heading
    target: Target | None = None
    rank: Rank = Rank.NONE
    alike: int = 0
    at: str = ""
    rest: tuple[str, ...] = ()
    undecided: bool = False
    taken: str = ""


@dataclass(frozen=True, slots=True)
class Matches:
    """The headings of a file as columns of one kind. `clashes` are places that mean the same, equally well."""

    contract: Contract
    each: tuple[Match, ...]
    pivot: str = ""
    clashes: tuple[tuple[int, ...], ...] = ()

    @property
    def columns(self) -> set[str]:
        """The columns that are told, the one that headings name included."""
        told = {match.target.column for match in self.each if match.target}
        return told | {self.pivot} if self.pivot else told

    @property
    def by_name(self) -> set[str]:
        """Those of them that are called as we call them, or were decided."""
        return {match.target.column for match in self.each if match.target and match.rank >= Rank.NAME}


@dataclass(frozen=True, slots=True)
class _Names:
    """The names of a kind's columns: run together, and as words; `own` are those that we use."""

    exact: Mapping[str, str]
    own: frozenset[str]
    spoken: Mapping[str, str]


@cache
def names_of(kind: str) -> _Names:
    """The names of a kind's columns, and those that others give them."""
    exact: dict[str, str] = {}
    own = frozenset(_together(words(column.name)) for column in BY_KIND[kind])
    spoken: dict[str, str] = {}
    for column in BY_KIND[kind]:
        for name in map(words, (column.name, *column.also)):
            spoken.setdefault(name, column.name)
            for form in (_together(name), _sorted(name)):
                exact.setdefault(form, column.name)
    return _Names(exact, own, spoken)


@cache
def _every_name() -> frozenset[str]:
    """The names of the columns of all kinds: cells of a file are asked for by the thousand, to find its headings."""
    return frozenset(form for contract in ALL for form in names_of(contract.kind).exact)


@cache
def _milestones() -> dict[str, str]:
    labels = {code: (code, label.partition(" (")[0]) for code, label in CODES.items()}
    return {_together(words(name)): code for code in CODES for name in (*labels[code], *ALSO.get(code, ()))}


def _together(name: str) -> str:
    return name.replace(" ", "")


def _sorted(name: str) -> str:
    return "".join(sorted(name.split()))


def pivot_of(contract: Contract) -> str:
    """The part of the kind's key that headings may name, of amounts or of dates; empty where there is none."""
    for column in contract:
        if column.key and column.name in PIVOTS and measures_of(contract, column.name):
            return column.name
    return ""


def measures_of(contract: Contract, pivot: str) -> list[str]:
    """The columns that a heading means which names nothing but a month, or nothing but a milestone: one of these."""
    return [column.name for column in contract if column.type is PIVOTS[pivot] and not column.key]


def is_known(heading: Heading) -> bool:
    """Whether a heading means something in any kind."""
    if any(form in _every_name() for name in heading.names for form in (_together(name), _sorted(name))):
        return True
    budget, milestones = BY_KIND["budget"], BY_KIND["milestones"]
    if heading.month and not heading.is_day:
        return any(_says_nothing(name) or _exact(budget, name) for name in heading.rest)
    at, rest = milestone_in(heading)
    return bool(at) and (_says_nothing(rest) or bool(_exact(milestones, rest)))


def milestone_in(heading: Heading) -> tuple[str, str]:
    """The milestone that a heading names, and its other words; two empty texts where it names none."""
    said = heading.names[-1].split() if heading.names else []
    for length in range(min(len(said), 6), 0, -1):
        for start in range(len(said) - length + 1):
            if code := _milestones().get("".join(said[start : start + length])):
                return code, " ".join(said[:start] + said[start + length :])
    return "", ""


def match(
    contract: Contract,
    headings: Sequence[Heading],
    decided: Mapping[str, str],
    constants: Mapping[str, Sequence[str | int]],
    likeness: bool,
) -> Matches:
    """Match headings with the columns of a kind.

    `decided` is a reading's `columns`; `constants` are columns that need no heading; with `likeness`, what is left
    over is matched by likeness.
    """
    each = [_sure(contract, heading, decided, constants, place) for place, heading in enumerate(headings)]
    pivot = pivot_of(contract)
    if pivot in constants or Target(pivot) in {one.target for one in each}:
        pivot = ""
    if pivot:
        each = [_wide(contract, pivot, one) for one in each]
    each, clashes = _settled(each)
    if likeness:
        each = _suggested(contract, pivot, each, {Target(name) for name in constants})
    if not any(_is_wide(one) for one in each):
        pivot = ""
    return Matches(contract, tuple(each), pivot, clashes)


def _is_wide(one: Match) -> bool:
    return one.undecided or bool(one.target and one.target.at)


def _sure(
    contract: Contract,
    heading: Heading,
    decided: Mapping[str, str],
    constants: Mapping[str, Sequence[str | int]],
    place: int,
) -> Match:
    """What is decided, or is a name."""
    if heading.key in decided:
        text = decided[heading.key]
        return Match(heading, Target.of(text) if text else None, Rank.DECIDED, 100)
    for name in heading.names:
        column = _exact(contract, name)
        # Where the cells of a heading are put into a column by a constant, the constant has the last word.
        if column and place not in constants.get(column, ()) and _fits(contract[column], heading):
            own = _together(name) in names_of(contract.kind).own
            return Match(heading, Target(column), Rank.NAME if own else Rank.ALSO, _alike(heading, name))
    return Match(heading)


def _exact(contract: Contract, name: str) -> str:
    exact = names_of(contract.kind).exact
    return exact.get(_together(name)) or exact.get(_sorted(name), "")


def _alike(heading: Heading, name: str) -> int:
    """A name that was found without its currency is to be confirmed."""
    return NAMES_CURRENCY if heading.currency and name not in (heading.names[0], *heading.rest[:1]) else 100


def _fits(column: Column, heading: Heading) -> bool:
    """No hours for a column of days, and no days for one of money."""
    return not heading.time or not column.unit or column.unit.startswith(heading.time)


def _wide(contract: Contract, pivot: str, one: Match) -> Match:
    """The same, at the month or milestone that the heading names."""
    at, rest = (one.heading.month, one.heading.rest) if pivot == "month" else _milestone(one.heading)
    if one.rank is Rank.DECIDED:
        return _wide_as_decided(contract, pivot, one, at)
    if not at or one.target:
        return one
    for name in rest:
        column = _exact(contract, name)
        if column and column not in contract.keys and _fits(contract[column], one.heading):
            return replace(one, target=Target(column, at), rank=Rank.ALSO, alike=_alike(one.heading, name))
    return replace(one, at=at, rest=rest, undecided=any(map(_says_nothing, rest)))


def _milestone(heading: Heading) -> tuple[str, tuple[str, ...]]:
    at, rest = milestone_in(heading)
    return at, (rest,)


def _wide_as_decided(contract: Contract, pivot: str, one: Match, at: str) -> Match:
    target = one.target
    if target is None or not at or target.column in contract.keys:
        return one
    # A decision holds for the heading of every month, so the month is always that of the heading.
    if pivot == "month" or not target.at:
        return replace(one, target=Target(target.column, at))
    return one


def _says_nothing(rest: str) -> bool:
    return set(rest.split()) <= PASSING


def _settled(each: Sequence[Match]) -> tuple[list[Match], tuple[tuple[int, ...], ...]]:
    """One heading a target: the best one. Where several are equally good, they clash."""
    settled = list(each)
    wanted: dict[Target, list[int]] = defaultdict(list)
    for place, one in enumerate(each):
        if one.target:
            wanted[one.target].append(place)
    clashes = []
    for places in wanted.values():
        best = max(each[place].rank for place in places)
        first, *others = [place for place in places if each[place].rank == best]
        if others:
            clashes.append((first, *others))
        for place in places:
            if each[place].rank < best:
                settled[place] = Match(each[place].heading, taken=each[first].heading.text)
    return settled, tuple(clashes)


def _suggested(contract: Contract, pivot: str, each: Sequence[Match], constants: set[Target]) -> list[Match]:
    """What is left over, by likeness: the most alike first, each column once."""
    settled = list(each)
    taken = constants | {one.target for one in each if one.target}
    # Either headings say the month or milestone, or a column does.
    by_heading, by_column = any(map(_is_wide, each)), Target(pivot) in taken
    found = sorted(
        (-alike, place, str(target))
        for place, one in enumerate(each)
        if one.rank is Rank.NONE and not one.undecided and not one.taken
        for alike, target in _likes(contract, one)
    )
    for alike, place, text in found:
        target = Target.of(text)
        if target in taken or settled[place].rank is not Rank.NONE:
            continue
        if (target.at and by_column) or (target == Target(pivot) and by_heading):
            continue
        by_heading, by_column = by_heading or bool(target.at), by_column or target == Target(pivot)
        taken.add(target)
        settled[place] = replace(settled[place], target=target, rank=Rank.LIKE, alike=-alike)
    return settled


def _likes(contract: Contract, one: Match) -> Iterator[tuple[int, Target]]:
    """How alike a heading is to names of columns."""
    spoken = names_of(contract.kind).spoken
    for name in one.rest or one.heading.names:
        for known, alike, _ in process.extract(
            name, list(spoken), scorer=fuzz.token_sort_ratio, score_cutoff=ALIKE, limit=None
        ):
            column = contract[spoken[known]]
            if _fits(column, one.heading) and not (one.at and column.key):
                yield min(int(alike), 99), Target(column.name, one.at)
