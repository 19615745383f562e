"""Due diligence and selection: candidates side by side over weighted criteria, and what is measured of them."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

import pandas as pd

from analytics.catalogue import BY_ID
from analytics.headline import counted, value_text, word
from analytics.kpi import Band
from analytics.score import scorecard
from analytics.view import View
from analytics.words import BAND_WORDS, count, listing
from analytics.words import score as points
from data.contracts.needs import CRITERIA

MOST, ADEQUATE = 5.0, 3.0
"""The best score, and the one from which a candidate is adequate: what a gate asks for."""
SAME = 1e-9
"""Totals that differ by less are level: what differs is how a computer adds."""
MEASURED: Mapping[str, tuple[str, ...]] = {
    "track_record": ("T01", "D01"),
    "quality_assurance": ("Q08", "Q10", "Q09"),
    "infrastructure": ("Q06", "Q07"),
    "price": ("C09", "C06"),
    "capacity": ("P03", "P04"),
    "reputation": ("P01",),
}
"""The KPIs that show of a criterion what a CRO did for us."""

SEEN = "($visible_cros IS NULL OR list_contains($visible_cros, {cro}.cro_id))"
"""Whether a row of a CRO may be seen."""
NEEDS = f"""
SELECT need.need_id AS need, count(DISTINCT need.criterion) AS criteria, count(DISTINCT sought.cro_id) AS candidates
FROM known_needs AS need
LEFT JOIN known_selections AS sought ON sought.need_id = need.need_id AND {SEEN.format(cro="sought")}
GROUP BY need.need_id
ORDER BY need
"""
ASKED = """
SELECT criterion, coalesce(weight, 0)::DOUBLE AS weight, coalesce(gate, FALSE) AS gate
FROM known_needs WHERE need_id = $need ORDER BY criterion
"""
# A day to come is empty in what is known, as one that nobody wrote is: the row as it was written tells them apart.
TOLD = f"""
SELECT
    told.cro_id, cro.name AS cro, told.criterion, told.claimed, told.assessed_on, later.need_id IS NULL AS judged,
    CASE WHEN judged THEN told.score END::DOUBLE AS score, CASE WHEN judged THEN told.evidence END AS evidence,
    CASE WHEN judged THEN told.assessor END AS assessor, CASE WHEN judged THEN told.decision END AS decision,
    CASE WHEN judged THEN told.decision_reason END AS decision_reason
FROM known_selections AS told
JOIN known_cros AS cro ON cro.cro_id = told.cro_id
LEFT JOIN selections AS later ON later.need_id = told.need_id AND later.cro_id = told.cro_id
    AND later.criterion = told.criterion AND later.valid_from = told.upload AND later.assessed_on > $as_of
WHERE told.need_id = $need AND {SEEN.format(cro="told")}
ORDER BY cro, told.cro_id, told.criterion
"""
CROS = f"""
SELECT cro_id, name, coalesce(candidate, FALSE) AS candidate
FROM known_cros AS cro WHERE {SEEN.format(cro="cro")}
ORDER BY candidate DESC, name, cro_id
"""
CODES = "SELECT cro_id FROM known_cros"
WORK = """
SELECT
    count(*) AS engagements, count(*) FILTER (active) AS active,
    list(DISTINCT therapeutic_area ORDER BY therapeutic_area) FILTER (therapeutic_area <> '') AS areas
FROM fact_engagement WHERE cro_id = $cro
"""


@dataclass(frozen=True, slots=True)
class Criterion:
    """What is judged, how much it counts against the others, and whether who is not adequate in it is excluded."""

    code: str
    weight: float
    gate: bool

    @property
    def label(self) -> str:
        return called(self.code)


@dataclass(frozen=True, slots=True)
class Candidate:
    """A CRO as judged for a need.

    `total` (0 to 5): the weighted mean of the criteria that are scored, None where none that counts is. `low` and
    `high`: the total if every missing score were 0, or 5. `failed`: gates with a score under adequate, `open_gates`
    those without one. `unproven`: scores without evidence, `unasked`: scores of what the need does not ask.
    """

    cro_id: str
    cro: str
    scores: Mapping[str, float]
    total: float | None
    low: float | None
    high: float | None
    missing: tuple[str, ...]
    failed: tuple[str, ...]
    open_gates: tuple[str, ...]
    unproven: tuple[str, ...]
    unasked: tuple[str, ...]
    decision: str = ""
    decision_reason: str = ""
    decided_by: str = ""
    decided_on: date | None = None

    @property
    def out(self) -> bool:
        """Whether it cannot be chosen, whatever its total."""
        return bool(self.failed) or self.decision == "withdrawn"


@dataclass(frozen=True, slots=True)
class Selection:
    """A need, its criteria, gates and heavy ones first, and its candidates from first to last.

    `problem` says why nobody can have a total.
    """

    need: str
    criteria: tuple[Criterion, ...]
    candidates: tuple[Candidate, ...]
    problem: str = ""

    @property
    def weights(self) -> dict[str, float]:
        return {criterion.code: criterion.weight for criterion in self.criteria}

    @property
    def names(self) -> dict[str, str]:
        """What each candidate is called, with its code where two are called alike."""
        named = [candidate.cro for candidate in self.candidates]
        return {
            one.cro_id: one.cro if named.count(one.cro) == 1 else f"{one.cro} ({one.cro_id})" for one in self.candidates
        }


def called(criterion: str) -> str:
    """`quality_assurance` as it is said."""
    return criterion.replace("_", " ")


def needs(view: View) -> dict[str, str]:
    """The needs by their code, each with how many criteria and candidates it has."""
    return {
        row["need"]: f"{row['need']} · {count(row['criteria'], 'criterion', 'criteria')}, "
        f"{count(row['candidates'], 'candidate')}"
        for row in view.rows(NEEDS)
    }


def known(view: View) -> list[str]:
    """The codes of all CROs, those that are not to be seen too: no other can have one of them."""
    return [row["cro_id"] for row in view.rows(CODES)]


def cros(view: View, need: str) -> dict[str, str]:
    """Who can be judged for a need: its candidates in their order, then who is only considered, then all others."""
    found = selection(view, need)
    others = {
        row["cro_id"]: f"{row['name']} · {'candidate, ' if row['candidate'] else ''}not judged yet"
        for row in view.rows(CROS)
        if row["cro_id"] not in found.names
    }
    return found.names | others


def selection(view: View, need: str) -> Selection:
    """The candidates of a need with their totals: who can be chosen before who cannot, the higher total first."""
    criteria = tuple(
        sorted(
            (Criterion(row["criterion"], row["weight"], row["gate"]) for row in view.rows(ASKED, need=need)),
            key=lambda one: (not one.gate, -one.weight, _usual(one.code)),
        )
    )
    told: dict[str, list[Mapping[str, Any]]] = {}
    for row in view.rows(TOLD, need=need):
        told.setdefault(row["cro_id"], []).append(row)
    candidates = sorted(
        (_candidate(criteria, rows) for rows in told.values()),
        key=lambda one: (one.out, one.total is None, -(one.total or 0.0), one.cro),
    )
    return Selection(need, criteria, tuple(candidates), _problem(need, criteria))


def _usual(code: str) -> int:
    return CRITERIA.index(code) if code in CRITERIA else len(CRITERIA)


def _problem(need: str, criteria: Sequence[Criterion]) -> str:
    if not criteria:
        return f"{need} has no criteria yet, so nobody can be judged: write at least one."
    if not sum(criterion.weight for criterion in criteria):
        return f"The weights of {need} sum to nothing, so nobody has a total: give at least one criterion a weight."
    return ""


def _candidate(criteria: Sequence[Criterion], rows: Sequence[Mapping[str, Any]]) -> Candidate:
    judged = {row["criterion"]: row for row in rows if row["criterion"] and row["score"] is not None}
    weights = {criterion.code: criterion.weight for criterion in criteria}
    scores = {code: judged[code]["score"] for code in weights if code in judged}
    missing = [code for code in weights if code not in scores]
    gates = [criterion.code for criterion in criteria if criterion.gate]
    decided: Mapping[str, Any] = next((row for row in rows if not row["criterion"]), {})
    return Candidate(
        rows[0]["cro_id"], rows[0]["cro"], scores, weighted(scores, weights),
        weighted(scores | dict.fromkeys(missing, 0.0), weights),
        weighted(scores | dict.fromkeys(missing, MOST), weights),
        tuple(missing),
        tuple(code for code in gates if code in scores and scores[code] < ADEQUATE),
        tuple(code for code in gates if code not in scores),
        tuple(code for code in scores if not (judged[code]["evidence"] or "").strip()),
        tuple(code for code in judged if code not in weights),
        decided.get("decision") or "", decided.get("decision_reason") or "", decided.get("assessor") or "",
        decided.get("assessed_on"),
    )  # fmt: skip


def weighted(scores: Mapping[str, float], weights: Mapping[str, float]) -> float | None:
    """sum(weight x score) / sum(weight) over what is scored; None where nothing that counts is."""
    whole = sum(weights[code] for code in scores)
    return sum(weights[code] * score for code, score in scores.items()) / whole if whole else None


def standing(found: Selection) -> pd.DataFrame:
    """The candidates from first to last.

    Columns: cro_id, cro, total, low, high (0 to 5), scored (`7 of 9`), word (what holds it back or is missing),
    decision, decision_reason, decided_by, decided_on.
    """
    rows = [
        {
            "cro_id": one.cro_id, "cro": found.names[one.cro_id], "total": one.total, "low": one.low, "high": one.high,
            "scored": f"{len(one.scores)} of {len(found.criteria)}", "word": words(found, one),
            "decision": called(one.decision), "decision_reason": one.decision_reason, "decided_by": one.decided_by,
            "decided_on": one.decided_on,
        }
        for one in found.candidates
    ]  # fmt: skip
    columns = [
        "cro_id", "cro", "total", "low", "high", "scored", "word", "decision", "decision_reason", "decided_by",
        "decided_on",
    ]  # fmt: skip
    frame = pd.DataFrame(rows, columns=columns).astype(dict.fromkeys(("total", "low", "high"), float))
    return frame.assign(decided_on=pd.to_datetime(frame["decided_on"]))


def words(found: Selection, one: Candidate) -> str:
    """What excludes a candidate, what is open, missing or unproven, in words: `all scored` where nothing is."""
    said = [
        *(f"excluded: {called(code)} {one.scores[code]:g}, a gate that asks for {ADEQUATE:g}" for code in one.failed),
        *(["withdrawn"] if one.decision == "withdrawn" else []),
        *([f"gate open: {_listed(one.open_gates)} not scored"] if one.open_gates else []),
        *_bounds(one),
        *([f"no evidence for {_listed(one.unproven)}"] if one.unproven else []),
        *([f"scored and not asked for: {_listed(one.unasked)}"] if one.unasked else []),
    ]
    if not one.scores:
        return "; ".join(["nothing scored yet", *said])
    return "; ".join(said) or ("all scored" if found.criteria else "")


def _bounds(one: Candidate) -> list[str]:
    """What the total could become, where scores are missing and some are there."""
    if not one.missing or not one.scores or one.low is None or one.high is None:
        return []
    return [f"{len(one.missing)} not scored: {one.low:.2f} to {one.high:.2f} with them"]


def _listed(codes: Sequence[str]) -> str:
    return listing([called(code) for code in codes], most=3)


def matrix(found: Selection) -> pd.DataFrame:
    """Score by criterion and candidate: criterion, weight, gate, and a column a candidate (`column_of`)."""
    rows = [
        {"criterion": criterion.label, "weight": criterion.weight, "gate": "gate" if criterion.gate else ""}
        | {column_of(one): one.scores.get(criterion.code) for one in found.candidates}
        for criterion in found.criteria
    ]
    columns = ["criterion", "weight", "gate", *(column_of(one) for one in found.candidates)]
    return pd.DataFrame(rows, columns=columns).astype({column_of(one): float for one in found.candidates})


def column_of(one: Candidate) -> str:
    """The column of a candidate: a CRO may be coded `weight`."""
    return f"cro {one.cro_id}"


def profile(found: Selection) -> pd.DataFrame:
    """What the chart draws: a row a criterion and candidate.

    Columns: candidate, criterion, score (0 to 5), weight, gate, out (cannot be chosen), total, order (of the
    candidate), column_order (of the criterion).
    """
    rows = [
        {
            "candidate": found.names[one.cro_id], "criterion": criterion.label,
            "score": one.scores.get(criterion.code), "weight": criterion.weight, "gate": criterion.gate,
            "out": one.out, "total": one.total, "order": place, "column_order": line,
        }
        for place, one in enumerate(found.candidates)
        for line, criterion in enumerate(found.criteria)
    ]  # fmt: skip
    columns = ["candidate", "criterion", "score", "weight", "gate", "out", "total", "order", "column_order"]
    return pd.DataFrame(rows, columns=columns).astype({"score": float, "total": float, "weight": float})


def leaders(found: Selection, weights: Mapping[str, float]) -> list[Candidate]:
    """Who has the highest total under some weights, of those who can be chosen; several where they are level."""
    totals = {one.cro_id: weighted(one.scores, weights) for one in found.candidates if not one.out}
    best = max((total for total in totals.values() if total is not None), default=None)
    if best is None:
        return []
    level = {cro for cro, total in totals.items() if total is not None and best - total < SAME}
    return [one for one in found.candidates if one.cro_id in level]


def summary(found: Selection) -> str:
    """Who is first with which total, and whether what is missing could change it."""
    if found.problem:
        return found.problem
    if not found.candidates:
        return "No candidate is judged yet."
    first = leaders(found, found.weights)
    if not first:
        return "Nobody has a total: " + (
            "every candidate is excluded or withdrawn."
            if all(one.out for one in found.candidates)
            else "no criterion that counts is scored."
        )
    names = [found.names[one.cro_id] for one in first]
    total = f"{first[0].total:.2f} of {MOST:g}"
    if len(first) > 1:
        return f"{listing(names)} are level with {total}.{_gaps(found, first)}"
    return f"{names[0]} is first with {total}.{_gaps(found, first)}"


def _gaps(found: Selection, first: Sequence[Candidate]) -> str:
    """Whether the missing scores of anybody could change who is first; `low` and `high` are their range."""
    able = [one for one in found.candidates if not one.out]
    open_ = [one for one in able if one.missing]
    if not any(one.missing for one in found.candidates):
        return " Everything is scored."
    least = min(one.low or 0.0 for one in first)
    others = [one for one in able if one not in first]
    changing = [one for one in others if one.high is not None and one.high > least + SAME]
    if changing or (len(first) > 1 and open_):
        return f" Scores are missing of {listing([found.names[one.cro_id] for one in open_], most=3)}: it could change."
    return " What is not scored cannot change that."


def judged(view: View, need: str, cro: str) -> pd.DataFrame:
    """What is claimed, scored and measured of one candidate, a row a criterion of the need.

    Columns: criterion, weight, gate, score, claimed, evidence, measured (what the CRO did for us, in words), assessor,
    assessed_on.
    """
    found = selection(view, need)
    told = {row["criterion"]: row for row in view.rows(TOLD, need=need) if row["cro_id"] == cro}
    facts = measured(view, cro)
    rows = []
    for one in found.criteria:
        row = told.get(one.code, {})
        rows.append(
            {
                "criterion": one.label, "weight": one.weight, "gate": "gate" if one.gate else "",
                "score": row.get("score"), "claimed": row.get("claimed") or "", "evidence": row.get("evidence") or "",
                "measured": facts.get(one.code, "nothing is measured of it" if facts else ""),
                "assessor": row.get("assessor") or "", "assessed_on": row.get("assessed_on"),
            }
        )  # fmt: skip
    columns = ["criterion", "weight", "gate", "score", "claimed", "evidence", "measured", "assessor", "assessed_on"]
    frame = pd.DataFrame(rows, columns=columns).astype({"score": float})
    return frame.assign(assessed_on=pd.to_datetime(frame["assessed_on"]))


def measured(view: View, cro: str) -> dict[str, str]:
    """What a CRO did for us, in words with their n, by criterion; empty where it has no engagement in scope."""
    card = scorecard(view)
    if cro not in card.scores:
        return {}
    score = card.scores[cro]
    kpis = {part.kpi: part.row for part in score.parts if part.applicable}
    [work] = view.rows(WORK, cro=cro)
    engagements = count(work["engagements"], "engagement")
    facts = {
        "experience": [f"{engagements} with us, {work['active']} active"],
        "therapeutic_expertise": [f"with us: {listing(work['areas'])}"] if work["areas"] else [],
        "track_record": ["not rated" if score.value is None else
                         f"{points(score.value)} of 100, {BAND_WORDS[score.band]}"],
    }  # fmt: skip
    for criterion, ids in MEASURED.items():
        facts[criterion] = [*facts.get(criterion, []), *(_fact(kpis[kpi]) for kpi in ids if kpi in kpis)]
    return {criterion: "; ".join(said) for criterion, said in facts.items() if said}


def _fact(row: Mapping[str, Any]) -> str:
    """`Milestones on time 83.6 % (97 of 116 milestones), misses its target`."""
    label = BY_ID[row["kpi"]].label
    if row["band"] is Band.NOT_REPORTED or row["value"] is None:
        return f"{label}: {row['reason'] or 'not reported'}"
    rests, said = counted(row), word(row)
    return (
        f"{label} {value_text(row)}, {said}" if f"({rests})" in said else f"{label} {value_text(row)} ({rests}), {said}"
    )
