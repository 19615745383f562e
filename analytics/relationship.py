"""How both sides see the work together, and who of the CRO's key people stayed."""

from typing import Any

import numpy as np
import pandas as pd

from analytics.headline import headline
from analytics.kpis.relationship import HIDDEN_BELOW
from analytics.survival import Floats
from analytics.view import View
from data.contracts.surveys import DIMENSIONS

KPIS = ("P01", "P02", "P03", "P04")
DIRECTIONS = {
    "sponsor_on_cro": "We on the CRO",
    "cro_on_sponsor": "The CRO on us",
    "cro_on_self": "The CRO on itself",
}
"""Who judges whom, as it is headed."""
NAMES = {
    "communication_style": "Communication style",
    "responsiveness": "Responsiveness",
    "collaboration": "Collaboration",
    "work_ethic": "Work ethic",
    "values": "Values",
    "quality_commitment": "Commitment to quality",
    "trust": "Trust",
}
HIDDEN = f"fewer than {HIDDEN_BELOW} answers: hidden"
NOT_ASKED = "no answers"
PARTS = ((0.0, 25.0), (25.0, 50.0), (50.0, 75.0), (75.0, 100.0))
"""Parts of the scale into which the answers are counted; an answer on a border is in the upper one."""

WITHIN = "cro_id = $cro AND event_date > $since AND event_date <= $as_of"
FORMS = f"SELECT direction, health FROM fact_survey WHERE {WITHIN} AND health IS NOT NULL ORDER BY direction, health"
ANSWERS = f"""
SELECT direction, dimension, sum(score ORDER BY score) / count(*) AS score, count(*) AS n
FROM fact_survey_answer WHERE {WITHIN} AND dimension <> 'recommend' GROUP BY ALL
"""
LOST = """
SELECT
    stay.study_id AS study, stay.role, stay.person, stay.end_date AS ended, stay.end_reason AS reason,
    arg_min(follower.person, follower.start_date) AS follower, min(follower.start_date) AS since
FROM fact_assignment AS stay
LEFT JOIN fact_assignment AS follower
    ON follower.engagement_id = stay.engagement_id AND lower(trim(follower.role)) = lower(trim(stay.role))
    AND follower.organisation = 'cro' AND follower.assignment_id <> stay.assignment_id
    AND (follower.end_date IS NULL OR follower.end_date > stay.end_date)
WHERE stay.cro_id = $cro AND stay.key_role AND stay.organisation = 'cro' AND stay.end_date > $since
    AND coalesce(stay.end_reason, '') <> 'rolled_off'
GROUP BY ALL
ORDER BY ended DESC, study, stay.role
"""
ROLES = """
SELECT engagement.study_id AS study, role.role, role.filled::DOUBLE AS filled, role.days::DOUBLE AS days
FROM fact_key_role AS role
JOIN fact_engagement AS engagement ON engagement.engagement_id = role.engagement_id
WHERE role.cro_id = $cro
ORDER BY filled / days NULLS LAST, study, role
"""


def kpis(view: View, cro: str) -> list[dict[str, Any]]:
    """The KPIs of the relationship with one CRO, as at the head of a page."""
    with view.other(view.scope.of(cros=(cro,))) as own:
        return headline(own, KPIS)


def sides(view: View, cro: str) -> pd.DataFrame:
    """How each side sees the work, from the forms of the period: one row a direction of `DIRECTIONS`.

    Columns: direction, label, n, value (median of 0 to 100), gap (value less ours on the CRO; plus is that they see it
    better), one column a part of the scale (how many forms fell into it), reason (why there is none). What rests on
    fewer than `HIDDEN_BELOW` forms is hidden, so that nobody is recognised.
    """
    forms: dict[str, list[float]] = {direction: [] for direction in DIRECTIONS}
    for row in view.rows(FORMS, cro=cro):
        forms[row["direction"]].append(row["health"])
    found = [_side(direction, np.array(forms[direction], dtype=float)) for direction in DIRECTIONS]
    ours = found[0]["value"]
    for row in found[1:]:
        row["gap"] = None if ours is None or row["value"] is None else row["value"] - ours
    return pd.DataFrame(found).astype({"value": float, "gap": float})


def _side(direction: str, health: Floats) -> dict[str, Any]:
    shown = len(health) >= HIDDEN_BELOW
    parts = np.histogram(health, [low for low, _ in PARTS] + [100.0])[0] if shown else [None] * len(PARTS)
    return {
        "direction": direction, "label": DIRECTIONS[direction], "n": len(health),
        "value": float(np.median(health)) if shown else None, "gap": None,
        **{part_name(part): count for part, count in zip(PARTS, parts, strict=True)},
        "reason": "" if shown else HIDDEN if len(health) else NOT_ASKED,
    }  # fmt: skip


def part_name(part: tuple[float, float]) -> str:
    """`25 to 50`."""
    return f"{part[0]:.0f} to {part[1]:.0f}"


def dimensions(view: View, cro: str) -> pd.DataFrame:
    """The mean answer (1 to 5) by dimension, as each side gave it; what we judge lowest comes first.

    Columns: dimension, one a direction (hidden below `HIDDEN_BELOW` answers), gap (the CRO on itself less ours on it),
    and n, how many of us answered.
    """
    given = {(row["dimension"], row["direction"]): row for row in view.rows(ANSWERS, cro=cro)}
    rows = []
    for dimension in (each for each in DIMENSIONS if each in NAMES):
        cells = [given.get((dimension, direction)) for direction in DIRECTIONS]
        scores = [cell["score"] if cell and cell["n"] >= HIDDEN_BELOW else None for cell in cells]
        gap = None if scores[0] is None or scores[2] is None else scores[2] - scores[0]
        row = {"dimension": NAMES[dimension], **dict(zip(DIRECTIONS, scores, strict=True)), "gap": gap}
        rows.append(row | {"n": cells[0]["n"] if cells[0] else 0})
    found = pd.DataFrame(rows).astype(dict.fromkeys((*DIRECTIONS, "gap"), float))
    return found.sort_values("sponsor_on_cro", kind="stable", na_position="last", ignore_index=True)


def lost(view: View, cro: str) -> pd.DataFrame:
    """The key people of the CRO who left a study in the period before their work was over, the newest first.

    Columns: study, role, person, ended, reason, follower (who had the role next, or beside them), since.
    """
    return view.ask(LOST, cro=cro)


def roles(view: View, cro: str) -> pd.DataFrame:
    """The key roles of the CRO's studies, the least filled first: study, role, filled and days, share (percent)."""
    found = view.ask(ROLES, cro=cro)
    return found.assign(share=100 * found["filled"] / found["days"])


def summary(found: pd.DataFrame) -> str:
    """What the sides say, in a sentence, of the frame of `sides`."""
    ours, self_ = found.iloc[0], found.iloc[2]
    if pd.isna(ours["value"]):
        return f"Relationship health is not known: {ours['reason']} of our people."
    said = f"Our people give {ours['value']:.0f} of 100 ({ours['n']} answers)"
    if pd.isna(self_["gap"]):
        return f"{said}."
    if not round(self_["gap"]):
        return f"{said}; the CRO sees itself alike."
    direction = "higher" if self_["gap"] > 0 else "lower"
    return f"{said}; the CRO rates itself {abs(self_['gap']):.0f} points {direction}."
