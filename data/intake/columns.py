"""Which kind a file is, and which of its columns are which."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from difflib import get_close_matches

from data.contracts import ALL, BY_KIND, Contract
from data.intake.problem import FileRefused, Problem

WHY = "why"
"""The column that rejected rows come back with. A corrected file may still have it."""


@dataclass(frozen=True, slots=True)
class Layout:
    """A file's kind, the place in the file of each column of the kind, and the columns set from outside."""

    contract: Contract
    places: Mapping[str, int]
    constants: Mapping[str, str] = field(default_factory=dict)
    problems: tuple[Problem, ...] = ()

    @property
    def names(self) -> tuple[str, ...]:
        """The columns that are told, in the order of the contract."""
        return tuple(name for name in self.contract.names if name in self.places or name in self.constants)


def normalised(header: str) -> str:
    """A header as a column name: `Engagement ID ` and `engagement-id` are engagement_id."""
    return re.sub(r"[^a-z0-9]+", "_", header.lower()).strip("_")


def lay_out(headers: Sequence[str], kind: str | None, constants: Mapping[str, str]) -> Layout:
    """Find the kind, unless it is given, and its columns.

    Raises FileRefused where no kind fits, several fit equally, or a column is there twice.
    """
    names = [normalised(header) for header in headers]
    contract = _given(kind, names, constants) if kind else _found(names, constants)
    places = {name: place for place, name in enumerate(names) if name in contract.names}
    for name in places:
        if names.count(name) > 1:
            raise FileRefused(f"Two columns are named {name}. Remove or rename one.", "duplicate_column", 1)
    # A part of the key that may be empty may be left out, and is then empty.
    empty = dict.fromkeys(set(contract.keys) - set(contract.required) - set(places), "")
    own = {name: text for name, text in constants.items() if name in contract.names}
    for name in own:
        if name in places:
            message = f"{name} is a column of the file, and is set for the whole file as well. Leave one out."
            raise FileRefused(message, "duplicate_column", 1)
    unused = (header for header, name in zip(headers, names) if name not in contract.names and name != WHY)
    return Layout(contract, places, empty | own, tuple(_unused(header, contract) for header in unused if header))


def _unused(header: str, contract: Contract) -> Problem:
    close = get_close_matches(normalised(header), contract.names, 1, 0.6)
    hint = f" Did you mean {close[0]}?" if close else ""
    message = f"{contract.kind} has no column “{header}”; it is not used.{hint}"
    return Problem(1, header, "", "unknown_column", message, "warning")


def _told_by(contract: Contract, names: Sequence[str], constants: Mapping[str, str]) -> set[str]:
    return set(contract.names) & (set(names) | set(constants))


def _keys(contract: Contract) -> set[str]:
    return set(contract.keys) & set(contract.required)


def _fits(names: Sequence[str], constants: Mapping[str, str]) -> list[tuple[int, Contract]]:
    """The kinds whose keys the file has, with the number of columns it has of each; the most first."""
    told = [(_told_by(contract, names, constants), contract) for contract in ALL]
    fits = [(len(columns), contract) for columns, contract in told if columns >= _keys(contract)]
    return sorted(fits, key=lambda fit: -fit[0])


def _given(kind: str, names: Sequence[str], constants: Mapping[str, str]) -> Contract:
    if kind not in BY_KIND:
        raise FileRefused(f"There is no kind “{kind}”. Kinds: {', '.join(BY_KIND)}.", "kind")
    contract = BY_KIND[kind]
    if missing := sorted(_keys(contract) - _told_by(contract, names, constants)):
        fits = _fits(names, constants)
        hint = f" The columns are those of {fits[0][1].kind}." if fits else ""
        raise FileRefused(f"A file of {kind} needs the column {' and '.join(missing)}.{hint}", "kind", 1)
    return contract


def _found(names: Sequence[str], constants: Mapping[str, str]) -> Contract:
    fits = _fits(names, constants)
    if not fits:
        raise FileRefused(f"No kind of file has these columns. {_nearest(names)}", "kind", 1)
    best = [contract for count, contract in fits if count == fits[0][0]]
    if len(best) > 1:
        kinds = " or ".join(contract.kind for contract in best)
        raise FileRefused(f"By its columns the file may be {kinds}. Say which.", "kind", 1)
    return best[0]


def _nearest(names: Sequence[str]) -> str:
    nearest = max(ALL, key=lambda contract: len(set(contract.names) & set(names)))
    missing = sorted(_keys(nearest) - set(names))
    if not set(nearest.names) & set(names):
        return "The first row must hold the column names, as in the templates."
    return f"For {nearest.kind} the column {' and '.join(missing)} is missing."
