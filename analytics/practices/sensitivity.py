"""How sure a selection is: what moving one weight alone does to who is first."""

from collections.abc import Iterator, Mapping
from math import sqrt
from typing import Any

import pandas as pd

from analytics.practices.selection import SAME, Candidate, Criterion, Selection, called, leaders
from analytics.words import listing


def sensitivity(found: Selection) -> pd.DataFrame:
    """What one weight alone can change about who is first, the criterion with the nearest change first.

    Columns: criterion, weight, halved and doubled (who is then first), down and up (the weight beyond which another
    overtakes the first), down_first and up_first (who that is), nearest (the smaller of both moves, as a share of the
    weight). Totals of two candidates are level at the roots of (a + x s)(B + x) = (b + x t)(A + x): `a`, `b` are their
    sums of weight x score over the other criteria, `A`, `B` those of weight, `s`, `t` their scores in this one.
    """
    first = leaders(found, found.weights)
    rows = []
    for criterion in found.criteria if first else ():
        weight = criterion.weight
        row: dict[str, Any] = {"criterion": criterion.label, "weight": weight}
        for name, factor in (("halved", 0.5), ("doubled", 2.0)):
            then = leaders(found, found.weights | {criterion.code: weight * factor})
            named = listing([found.names[one.cro_id] for one in then], most=3) or "nobody"
            row[name] = f"{named}, level" if len(then) > 1 else named
        row |= _overtaken(found, first[0], criterion) if len(first) == 1 else {}
        moves = [abs(row[side] - weight) / weight for side in ("down", "up") if row.get(side) is not None and weight]
        rows.append(row | {"nearest": min(moves, default=None)})
    columns = ["criterion", "weight", "halved", "doubled", "down", "down_first", "up", "up_first", "nearest"]
    frame = pd.DataFrame(rows, columns=columns).astype(dict.fromkeys(("down", "up", "nearest"), float))
    return frame.sort_values("nearest", kind="stable", na_position="last", ignore_index=True)


def _overtaken(found: Selection, first: Candidate, criterion: Criterion) -> dict[str, Any]:
    """The nearest weights of a criterion, below and above its own, beyond which another is first, and who."""
    level = [
        (at, found.names[other.cro_id])
        for other in found.candidates
        if not other.out and other is not first and other.total is not None
        for at in _level(first.scores, other.scores, found.weights, criterion.code)
    ]
    below = max(((at, name) for at, name in level if SAME < at < criterion.weight), default=(None, ""))
    above = min(((at, name) for at, name in level if at > criterion.weight), default=(None, ""))
    return {"down": below[0], "down_first": below[1], "up": above[0], "up_first": above[1]}


def _level(
    one: Mapping[str, float], other: Mapping[str, float], weights: Mapping[str, float], code: str
) -> Iterator[float]:
    """The weights of a criterion at which the totals of two cross."""
    (a, s), (whole_a, in_a) = _line(one, weights, code)
    (b, t), (whole_b, in_b) = _line(other, weights, code)
    square = s * in_b - t * in_a
    linear = a * in_b + s * whole_b - b * in_a - t * whole_a
    constant = a * whole_b - b * whole_a
    if (in_a, whole_a) == (in_b, whole_b):
        # Over the same weights the factor A + x is on both sides: a + x s = b + x t is left.
        square, linear, constant = 0.0, s - t, a - b
    inside = linear * linear - 4 * square * constant
    if abs(square) < SAME:
        roots = [-constant / linear] if abs(linear) > SAME else []
    else:
        roots = [(-linear + sign * sqrt(inside)) / (2 * square) for sign in (-1, 1)] if inside > SAME else []
    yield from (root for root in roots if whole_a + in_a * root > SAME and whole_b + in_b * root > SAME)


def _line(
    scores: Mapping[str, float], weights: Mapping[str, float], code: str
) -> tuple[tuple[float, float], tuple[float, float]]:
    """A total as (constant, slope) of its upper and of its lower part, in the weight of one criterion."""
    rest = {each: score for each, score in scores.items() if each != code}
    upper = sum(weights[each] * score for each, score in rest.items())
    lower = sum(weights[each] for each in rest)
    return (upper, scores.get(code, 0.0)), (lower, 1.0 if code in scores else 0.0)


def robustness(found: Selection) -> list[str]:
    """What halving or doubling any one weight does to who is first, and which move is enough, a sentence each."""
    first = leaders(found, found.weights)
    able = [one for one in found.candidates if not one.out and one.total is not None]
    if not first:
        return []
    if len(able) == 1:
        return [f"{found.names[first[0].cro_id]} is the only one that can be compared: no weight changes that."]
    table = sensitivity(found)
    if len(first) > 1:
        return ["They are level, so the smallest move of a weight in which they differ decides."]
    own = found.names[first[0].cro_id]
    changing = [
        (called(row["criterion"]), way, row[way])
        for row in table.to_dict("records")
        for way in ("halved", "doubled")
        if row[way] != own
    ]
    if not changing:
        told = [f"{own} stays first whatever weight is halved or doubled."]
    else:
        told = [
            "First changes if "
            + " or if ".join(f"{criterion} is {way} ({then})" for criterion, way, then in changing[:4])
            + (f", and in {len(changing) - 4} more cases" if len(changing) > 4 else "")
            + "."
        ]
    return [*told, _decisive(table)]


def _decisive(table: pd.DataFrame) -> str:
    """The smallest move of one weight that puts another first."""
    row = table.iloc[0]
    if pd.isna(row["nearest"]):
        return "No weight alone, however it is moved, puts another first."
    weight = row["weight"]
    moves = [(abs(row[side] - weight), side) for side in ("down", "up") if pd.notna(row[side])]
    _, side = min(moves)
    way = "falls below" if side == "down" else "rises above"
    return (
        f"The decisive weight is that of {row['criterion']}: {row[f'{side}_first']} is first once it {way} "
        f"{row[side]:.3g} (now {weight:g}, {100 * row['nearest']:.0f} % away)."
    )
