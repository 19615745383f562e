"""What if: the scores under weights and thresholds moved by hand, and whether the order of the CROs hangs on a weight.

Nothing here is kept: what is moved is part of the question.
"""

from collections.abc import Hashable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, TypeVar

import numpy as np
import pandas as pd

from analytics.catalogue import BY_ID, SCORED
from analytics.kpi import Domain
from analytics.matrix import by_attention
from analytics.scope import Target
from analytics.score import EQUAL, Part, Score, Scorecard, Weights, compose, scorecard
from analytics.view import View
from analytics.words import BAND_WORDS, count

POINTS = 10
"""By how many points of its share a weight is moved to see whether the order hangs on it."""
TIE = 0.5
"""Scores closer than this are told as ties: neither is ahead."""
NAMED = 3
"""Pairs that the words name; the table has them all."""

Key = TypeVar("Key", bound=Hashable)
Pair = tuple[str, str]
Moved = tuple[Target, ...]
DomainWeights = tuple[tuple[Domain, float], ...]
"""Weights of domains, 1 of those that are not among them; a tuple, since a question is kept by its arguments."""


def moved_card(view: View, moved: Moved = (), domains: DomainWeights = ()) -> Scorecard:
    """The scorecard as if these targets and weights of domains held, in every quarter that it looks back to."""
    weights = dict(EQUAL) | dict(domains)
    if not moved:
        return scorecard(view, weights)
    with view.other(replace(view.scope, moved=moved)) as other:
        return scorecard(other, weights)


@dataclass(frozen=True, slots=True)
class Compared:
    """Scores now and as moved: `rows` by CRO, those that need attention now first, and the pairs that change order.

    Columns: cro_id, cro, now, then, change, band_now, band_then, why (what the light as moved is held by).
    """

    rows: pd.DataFrame
    swaps: tuple[Pair, ...]


def compared(view: View, moved: Moved, domains: DomainWeights) -> Compared:
    """What moving these targets and weights does to each CRO; pairs by name, who is ahead now first."""
    now, then = scorecard(view), moved_card(view, moved, domains)
    rows: list[dict[str, Any]] = []
    for cro in by_attention(now):
        was, new = now.scores[cro], then.scores[cro]
        known = was.value is not None and new.value is not None
        rows.append(
            {
                "cro_id": cro, "cro": now.names[cro], "now": was.value, "then": new.value,
                "change": new.value - was.value if known else None,  # type: ignore[operator]
                "band_now": was.band, "band_then": new.band, "why": "; ".join(new.caps),
            }
        )  # fmt: skip
    names = ["cro_id", "cro", "now", "then", "change", "band_now", "band_then", "why"]
    order = Order.of(now.scores)
    swapped, _ = order.against([then.scores[cro].value for cro in order.cros])
    return Compared(pd.DataFrame(rows, columns=names, dtype=object), _named(now, swapped))


def compared_words(found: Compared) -> list[str]:
    """How many lights change, and which pairs swap, a sentence each."""
    changed = [row for row in found.rows.to_dict("records") if row["band_now"] != row["band_then"]]
    lights = [
        f"{row['cro']} from {BAND_WORDS[row['band_now']]} to {BAND_WORDS[row['band_then']]}" for row in changed[:NAMED]
    ]
    if len(changed) > NAMED:
        lights.append(f"and {len(changed) - NAMED:,} more")
    if not changed:
        said = ["No light changes."]
    else:
        said = [f"{len(changed)} of {count(len(found.rows), 'light')} would change: {'; '.join(lights)}."]
    if not found.swaps:
        return [*said, "No two CROs change order."]
    verb = "swaps" if len(found.swaps) == 1 else "swap"
    return [*said, f"{count(len(found.swaps), 'pair')} {verb}: {pair_words(found.swaps)}."]


@dataclass(frozen=True, slots=True)
class Order:
    """Which CRO is ahead of which: `cros` that have a score, `ahead` +1 where the row leads the column, 0 in a tie."""

    cros: list[str]
    ahead: "np.ndarray[Any, np.dtype[np.int_]]"

    @classmethod
    def of(cls, scores: Mapping[str, Score]) -> "Order":
        values = {cro: score.value for cro, score in scores.items() if score.value is not None}
        return cls(list(values), _ahead(list(values.values())))

    def against(self, values: Sequence[float | None]) -> tuple[list[Pair], list[Pair]]:
        """The pairs that swap under other values of `cros`, and those that were apart and are a tie, leaders first."""
        then = _ahead(values)
        return self._pairs((self.ahead > 0) & (then < 0)), self._pairs((self.ahead > 0) & (then == 0))

    def ties(self) -> list[Pair]:
        """The pairs too close to tell which is ahead."""
        return self._pairs(np.triu(self.ahead == 0, 1))

    def _pairs(self, where: "np.ndarray[Any, np.dtype[np.bool_]]") -> list[Pair]:
        return [(self.cros[one], self.cros[other]) for one, other in zip(*np.nonzero(where), strict=True)]


def _ahead(values: Sequence[float | None]) -> "np.ndarray[Any, np.dtype[np.int_]]":
    """The sign of each difference, 0 under `TIE`, and 2 where either has no value, so that it counts as neither."""
    column = np.array([np.nan if value is None else value for value in values], dtype=float)
    apart = column[:, None] - column[None, :]
    # A difference of TIE itself is told apart; it may come out a last digit short.
    sign = np.where(np.abs(apart) < TIE - 1e-9, 0, np.sign(apart))
    return np.where(np.isnan(apart), 2, sign).astype(int)


@dataclass(frozen=True, slots=True)
class Move:
    """One weight moved: `what` weighs `by` points more of `whole` (the score, or a domain).

    Pairs by name, who was ahead first: those that `swaps`, and those of which neither is ahead any more, `ties`.
    """

    what: str
    whole: str
    by: int
    swaps: tuple[Pair, ...]
    ties: tuple[Pair, ...]

    @property
    def words(self) -> str:
        """`Quality weighs 10 points less`."""
        inside = "" if self.whole == SCORE else f" of {self.whole}"
        return f"{self.what} weighs {abs(self.by)} points {'more' if self.by > 0 else 'less'}{inside}"


SCORE = "the score"


@dataclass(frozen=True, slots=True)
class Robustness:
    """Whether the order of the CROs that have a score, `rated`, survives each `moves` of one weight.

    `ties`: pairs that are too close now. `reason`: why there is nothing to be said, else empty.
    """

    rated: int
    moves: tuple[Move, ...]
    ties: tuple[Pair, ...]
    reason: str = ""

    @property
    def survived(self) -> int:
        return sum(not move.swaps for move in self.moves)


def robustness(view: View, moved: Moved = (), domains: DomainWeights = ()) -> Robustness:
    """`under_moves` of the scorecard as if these targets and weights of domains held."""
    return under_moves(moved_card(view, moved, domains), dict(EQUAL) | dict(domains))


def under_moves(card: Scorecard, weights: Weights = EQUAL) -> Robustness:
    """Each weight's share moved by 10 points up and down, one at a time, and the pairs of CROs that swap.

    The share of a domain in the score, among the domains rated for any CRO, and that of a KPI in its domain, among the
    KPIs rated for any CRO, by each CRO's own weights; clipped to 0 to 100, the others scaled in proportion. What is
    switched off stays off, what is alone has no share to give, and what is stale keeps the points that it is held at.
    Everything keeps its points, so this is the score of `analytics.score.compose` under other weights.
    """
    order = Order.of(card.scores)
    if len(order.cros) < 2:
        few = "One CRO has a score" if order.cros else "No CRO has a score"
        return Robustness(len(order.cros), (), (), f"{few}, so there is no order.")
    parts = [card.scores[cro].parts for cro in order.cros]
    used = _used(parts, weights)
    found = []
    for domain, by in _steps(list(used)):
        changed = dict(weights) | shifted({each: weights[each] for each in used}, domain, by)
        found.append(_move(card, order, domain.value, SCORE, by, [_value(own, changed) for own in parts]))
    for domain, kpis in used.items():
        for kpi, by in _steps(kpis):
            values = [_value(_reweighed(own, kpis, kpi, by), weights) for own in parts]
            found.append(_move(card, order, BY_ID[kpi].label, domain.value, by, values))
    reason = "" if found else "One KPI alone is rated, so there is no weight to move."
    return Robustness(len(order.cros), tuple(found), _named(card, order.ties()), reason)


def _steps(of: Sequence[Key]) -> list[tuple[Key, int]]:
    """Each of some weights up and down; what is alone has no share to give."""
    return [(one, by) for one in of for by in (POINTS, -POINTS)] if len(of) > 1 else []


def shifted(weights: Mapping[Key, float], which: Key, by: float) -> dict[Key, float]:
    """The weights with the share of one moved by so many points, 0 to 100, the others in proportion; same sum.

    As they are where that one has no weight, or all of it.
    """
    total, own = sum(weights.values()), weights.get(which, 0.0)
    if own <= 0 or own >= total:
        return dict(weights)
    share = min(max(own / total + by / 100, 0.0), 1.0)
    scale = total * (1 - share) / (total - own)
    return {key: total * share if key == which else weight * scale for key, weight in weights.items()}


def _used(parts: Iterable[Sequence[Part]], weights: Weights) -> dict[Domain, list[str]]:
    """The KPIs with points and weight for any of the CROs, by domain, in the order of the catalogue."""
    rated = {
        part.kpi
        for own in parts
        for part in own
        if part.applicable and part.points is not None and part.weight > 0 and weights[part.domain] > 0
    }
    used = {domain: [kpi.id for kpi in SCORED if kpi.id in rated and kpi.domain is domain] for domain in Domain}
    return {domain: kpis for domain, kpis in used.items() if kpis}


def _reweighed(parts: Sequence[Part], kpis: Sequence[str], which: str, by: float) -> list[Part]:
    changed = shifted({part.kpi: part.weight for part in parts if part.kpi in kpis}, which, by)
    return [replace(part, weight=changed.get(part.kpi, part.weight)) for part in parts]


def _value(parts: Sequence[Part], weights: Weights) -> float | None:
    """The score as a number alone, of copies: parts of a scorecard are kept, and composing sets their shares.

    Coverage is no question of order.
    """
    return compose([replace(part) for part in parts], coverage_needed=0.0, weights=weights).value


def _move(card: Scorecard, order: Order, what: str, whole: str, by: int, values: Sequence[float | None]) -> Move:
    swaps, ties = order.against(values)
    return Move(what, whole, by, _named(card, swaps), _named(card, ties))


def _named(card: Scorecard, pairs: Iterable[Pair]) -> tuple[Pair, ...]:
    return tuple((card.names[one], card.names[other]) for one, other in pairs)


def sentences(found: Robustness) -> list[str]:
    """Whether the order survives, which pairs swap and when, and which are too close to tell, a sentence each."""
    if found.reason:
        return [found.reason]
    moves = f"{len(found.moves)} moves of one weight by {POINTS} points"
    survives = f"all {moves}" if found.survived == len(found.moves) else f"{found.survived} of {moves}"
    said = [f"The order of {found.rated} CROs survives {survives}."]
    when: dict[Pair, list[Move]] = {}
    for move in found.moves:
        for pair in move.swaps:
            when.setdefault(pair, []).append(move)
    often = sorted(when, key=lambda pair: (-len(when[pair]), pair))
    for pair in often[:NAMED]:
        first, *others = when[pair]
        more = f", and in {count(len(others), 'other move')}" if others else ""
        said.append(f"{pair[0]} and {pair[1]} swap when {first.words}{more}.")
    if len(often) > NAMED:
        most, pairs = max(len(move.swaps) for move in found.moves), found.rated * (found.rated - 1) // 2
        said.append(
            f"So do {count(len(often) - NAMED, 'other pair')}, in some move; no move swaps more than {most:,} of the "
            f"{pairs:,} pairs."
        )
    if found.ties:
        said.append(f"Too close to tell which is ahead, under {TIE:g} points: {pair_words(found.ties)}.")
    return said


def pair_words(pairs: Sequence[Pair], most: int = NAMED) -> str:
    """`Alpha and Beta; Gamma and Delta; and 3 more`."""
    named = [f"{one} and {other}" for one, other in pairs[:most]]
    return "; ".join([*named, f"and {len(pairs) - most:,} more"] if len(pairs) > most else named)


def moves_table(found: Robustness) -> pd.DataFrame:
    """One row a move, those under which most pairs swap first: weight, of, by, swaps and ties (numbers), pairs."""
    rows = [
        {
            "weight": move.what, "of": move.whole, "by": move.by, "swaps": len(move.swaps),
            "pairs": pair_words(move.swaps, 20), "ties": len(move.ties), "tied": pair_words(move.ties, 20),
        }
        for move in sorted(found.moves, key=lambda move: (-len(move.swaps), -len(move.ties)))
    ]  # fmt: skip
    return pd.DataFrame(rows, columns=["weight", "of", "by", "swaps", "pairs", "ties", "tied"])


def weights_in_use(view: View) -> tuple[list[Domain], list[str]]:
    """Domains and scored KPIs that are in use for any CRO in scope: what can be moved."""
    parts = [part for score in scorecard(view).scores.values() for part in score.parts if part.applicable]
    kpis = {part.kpi for part in parts}
    return [domain for domain in Domain if any(BY_ID[kpi].domain is domain for kpi in kpis)], [
        kpi.id for kpi in SCORED if kpi.id in kpis
    ]
