"""What moved a score from one date to another, down to the study with the largest part."""

from collections.abc import Mapping
from typing import Any

import pandas as pd

from analytics.catalogue import BY_ID
from analytics.changes import score_moves
from analytics.cro import number
from analytics.headline import value_text, word
from analytics.kpi import Kpi, Median, Ratio
from analytics.score import Part, Score, Scorecard
from analytics.view import View

Rows = Mapping[str, Mapping[str, Any]]
"""Rows of the engine by engagement."""
COLUMNS = ["kpi", "domain", "then", "now", "change", "study", "part"]
WORTH_TELLING = 0.05
"""Points of the score under which a move reads as none; smaller ones are told together."""

FACTORS = """
SELECT engagement_id, CASE WHEN count(DISTINCT currency) OVER (PARTITION BY cro_id) > 1 THEN rate ELSE 1 END AS factor
FROM fact_engagement
"""


def moves(now: Scorecard, then: Scorecard, cro: str, factors: Mapping[str, float | None]) -> pd.DataFrame:
    """What moved a CRO's score from one date to another, down to the study with the largest part; largest first.

    Columns: kpi (label), domain, then and now (values in words), change (points of the score; they add up to its
    change), study, part (what the study's own figure did, in words). `factors`: what an engagement's money is
    multiplied with.
    """
    found = score_moves(then.scores.get(cro), now.scores[cro])
    parts = {part.kpi: part for part in now.scores[cro].parts}
    rows = []
    for move in found.to_dict("records"):
        kpi, part = BY_ID[move["kpi"]], parts[move["kpi"]]
        before = number(move["then"])
        said = _unlike(part, number(move["effect"]), move["contribution"])
        study, said = ("", said) if said else cause(now, then, cro, part, before, factors)
        rows.append(
            {
                "kpi": kpi.label, "domain": kpi.domain.value, "study": study, "part": said,
                "then": _value(part.row, before), "now": _value(part.row, part.row["value"]),
                "change": move["contribution"],
            }
        )  # fmt: skip
    told = [row for row in rows if abs(row["change"]) >= WORTH_TELLING]
    rest = sum(row["change"] for row in rows) - sum(row["change"] for row in told)
    if abs(rest) >= WORTH_TELLING:
        told.append(dict.fromkeys(COLUMNS, "") | {"kpi": f"{len(rows) - len(told)} others", "change": rest})
    return pd.DataFrame(told, columns=COLUMNS)


def largest_part(
    kpi: Kpi, now: Rows, then: Rows, before: float, after: float, factors: Mapping[str, float | None]
) -> str | None:
    """The engagement that moved a pooled KPI most from `before` to `after`; None where none moved it that way.

    Of sums: how much less the value would have moved had this engagement stayed as it was. Of a median, which has no
    parts: the move of the engagement's own median times its cases, from `before` where it is new.
    """
    names = sorted({*now, *then})
    if isinstance(kpi.measure, Median):
        effects = {name: _median_move(now.get(name), then.get(name), before) for name in names}
    else:
        money = isinstance(kpi.measure, Ratio) and kpi.measure.money
        factor = {name: factors.get(name) if money else 1.0 for name in names}
        whole = _pooled(now, factor)
        effects = {name: _difference(whole, _pooled(_as_it_was(now, then, name), factor)) for name in names}
    along = {name: effect for name, effect in effects.items() if effect * (after - before) > 0}
    return max(along, key=lambda name: abs(along[name]), default=None)


def cause(
    now: Scorecard, then: Scorecard, cro: str, part: Part, before: float | None, factors: Mapping[str, float | None]
) -> tuple[str, str]:
    """The study with the largest part in the move of a CRO's KPI, and its own figure then and now; empty where none."""
    kpi, after = BY_ID[part.kpi], part.row["value"]
    if before is None or after is None:
        return "", ""
    rows = _rows(now, cro, kpi), _rows(then, cro, kpi)
    engagement = largest_part(kpi, *rows, before, after, factors)
    if engagement is None:
        return "", ""
    study = now.studies.set_index("engagement_id").loc[engagement, "study_id"]
    own, was = (side.get(engagement, {"value": None, "n": 0.0}) for side in rows)
    said = f"{_value(part.row, was['value'])} → {_value(part.row, own['value'])}"
    if own["value"] == was["value"]:
        said = f"{_value(part.row, own['value'])} both times, of {was['n']:,.0f} → {own['n']:,.0f} {kpi.counts}"
    return str(study), said


def factors(view: View) -> dict[str, float | None]:
    """What the money of an engagement is multiplied with, beside the others of its CRO: 1, or the budget rate."""
    return {row["engagement_id"]: row["factor"] for row in view.rows(FACTORS)}


def unmoved(now: Score, then: Score | None) -> str:
    """Why nothing can be said of what moved a score."""
    if now.value is None or then is None or then.value is None:
        return "There is no score at both dates to compare."
    return "Nothing moved the score."


def _rows(card: Scorecard, cro: str, kpi: Kpi) -> Rows:
    own = card.studies.loc[card.studies["cro_id"] == cro, "engagement_id"]
    parts = ((each, part) for each in own for part in card.study_scores[each].parts if part.kpi == kpi.id)
    return {each: part.row for each, part in parts if part.row["n"]}


def _unlike(part: Part, effect: float | None, contribution: float) -> str:
    """Why a contribution moved although the KPI's own figure did not move it; empty where it did."""
    if part.points is None:
        return f"not rated now: {word(part.row)}"
    if part.stale:
        return "stale: nothing newer was reported"
    if effect is None:
        return "was not rated then"
    return "" if abs(effect) >= abs(contribution) / 2 else "counts differently: other KPIs are rated than then"


def _value(row: Mapping[str, Any], value: float | None) -> str:
    return value_text({**row, "value": value})


def _median_move(now: Mapping[str, Any] | None, then: Mapping[str, Any] | None, before: float) -> float:
    if now is None or now["value"] is None:
        return 0.0
    was = before if then is None or then["value"] is None else then["value"]
    return float((now["value"] - was) * now["n"])


def _pooled(rows: Rows, factors: Mapping[str, float | None]) -> float | None:
    known = [(row, factors.get(name)) for name, row in rows.items() if row["value"] is not None]
    if not known or any(factor is None for _, factor in known):
        return None
    top = sum(row["numerator"] * factor for row, factor in known)
    return float(top / sum(row["denominator"] * factor for row, factor in known))


def _as_it_was(now: Rows, then: Rows, name: str) -> Rows:
    """The rows of now, with those of one engagement as they were; without it where it was not there."""
    others = {key: row for key, row in now.items() if key != name}
    return {**others, name: then[name]} if name in then else others


def _difference(one: float | None, other: float | None) -> float:
    return 0.0 if one is None or other is None else one - other
