"""Why a score changed: over its KPIs, each down to engagements, through clipped points, silence and coverage."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import date
from functools import partial
from typing import Any

import numpy as np
import pandas as pd

from analytics.catalogue import BY_ID
from analytics.headline import Row, value_text, word
from analytics.kpi import Better, Domain, Kpi, points
from analytics.score import Part, Score, scorecard
from analytics.view import View
from analytics.why.kpi import between, steps_of, within
from analytics.why.pool import NoSplit, Split
from analytics.why.shapley import Floats, bits, owen
from analytics.why.words import NOTHING, TOLD, Told, Why, part, table, turned
from analytics.words import day
from analytics.words import score as points_of

NO_DOMAIN = "no domain is rated at both dates"


def why_score(view: View, then: date, cro: str = "", engagement: str = "") -> Why:
    """Why the score of a CRO, or of an engagement (all causes), is not what it was at `then`.

    KPIs by `effects`; the part of each KPI over its engagements by the points that they made. The caps of the band add
    no points: they are told in words. Raises KeyError for a CRO or engagement out of scope.
    """
    with view.at(then) as seen:
        was = _score(seen, cro, engagement)
    now = _score(view, cro, engagement)
    before, after = (score.value if score else None for score in (was, now))
    found = Why("Score", before, after, then, Better.HIGHER, "points", 1)
    if was is None or now is None or was.value is None or now.value is None:
        reason = "; ".join(_unrated(score, at) for score, at in ((was, then), (now, view.scope.as_of)))
        return replace(found, reason=reason.strip("; "))
    made = effects(was.parts, now.parts)
    if made is None:
        return replace(found, reason=NO_DOMAIN)
    steps: list[dict[str, Any]] = []
    old, new = ({each.kpi: each for each in score.parts} for score in (was, now))
    with within(view, cro, engagement) as seen, seen.at(then) as earlier:
        for kpi, effect in made.items():
            if abs(effect) > NOTHING:
                steps += _down(earlier, seen, old.get(kpi), new.get(kpi), effect, "_all" if engagement else "")
    frame = table(steps)
    return replace(found, steps=frame, sentences=_sentences(found, was, now, frame, bool(engagement)))


def _score(view: View, cro: str, engagement: str) -> Score | None:
    card = scorecard(view)
    return card.study_scores.get(engagement) if engagement else card.scores.get(cro)


def _unrated(score: Score | None, at: date) -> str:
    if score is not None and score.value is not None:
        return ""
    return f"there is no score on {day(at)} ({'; '.join(score.caps) if score else 'nothing is reported'})"


def effects(was: Sequence[Part], now: Sequence[Part]) -> dict[str, float] | None:
    """What each KPI made of the difference of two scores; over all KPIs they add up to it.

    The Owen value with the domains as groups: each KPI goes from what it was (points, weight, whether it is rated) to
    what it is, and in every mixture the score is the mean over domains of weighted means, as `analytics.score.compose`
    works it out. So a KPI that is the same at both dates has no effect. None where a mixture has no rated domain.
    """
    old, new = ({each.kpi: each for each in parts} for parts in (was, now))
    kpis = {domain: [kpi for kpi in BY_ID if kpi in old or kpi in new] for domain in Domain}
    kpis = {domain: [kpi for kpi in of if BY_ID[kpi].domain is domain] for domain, of in kpis.items()}
    groups = {
        domain: [kpi for kpi in of if _state(old.get(kpi)) != _state(new.get(kpi))] for domain, of in kpis.items()
    }
    means = {domain: _means(kpis[domain], groups[domain], old, new) for domain in Domain}
    moved = [domain for domain in Domain if groups[domain]]
    found: dict[str, float] = {}
    for domain in moved:
        others = [other for other in moved if other is not domain]
        chosen = bits(len(others))
        total, rated = np.zeros(len(chosen)), np.zeros(len(chosen))
        for other in Domain:
            if other is domain:
                continue
            mean = means[other]
            side = chosen[:, others.index(other)] if other in others else np.zeros(len(chosen))
            ends = np.where(side[:, None] > 0, mean[-1], mean[0])
            total, rated = total + ends[:, 0], rated + ends[:, 1]
        inside = means[domain]
        number = rated[:, None] + inside[:, 1]
        if not number.all():
            return None
        found |= dict(zip(groups[domain], owen((total[:, None] + inside[:, 0]) / number).tolist(), strict=True))
    return found


def _state(part: Part | None) -> tuple[float, float]:
    """Weight and points as they go into the score; nothing where it is not rated."""
    if part is None or part.points is None or not part.applicable or part.weight <= 0:
        return 0.0, 0.0
    return part.weight, part.points


def _means(kpis: Sequence[str], moved: Sequence[str], old: Mapping[str, Part], new: Mapping[str, Part]) -> Floats:
    """The mean of a domain, and 1 where something in it is rated, a row for each coalition of the KPIs that moved."""
    still = np.array([_state(new.get(kpi)) for kpi in kpis if kpi not in moved]).reshape(-1, 2)
    before, after = (np.array([_state(side.get(kpi)) for kpi in moved]).reshape(-1, 2) for side in (old, new))
    chosen = bits(len(moved))
    weight = still[:, 0].sum() + chosen @ after[:, 0] + (1 - chosen) @ before[:, 0]
    points = still.prod(axis=1).sum() + chosen @ after.prod(axis=1) + (1 - chosen) @ before.prod(axis=1)
    with np.errstate(divide="ignore", invalid="ignore"):
        return np.column_stack([np.where(weight > 0, points / weight, 0.0), weight > 0])


def _down(
    before: View, view: View, was: Part | None, now: Part | None, effect: float, suffix: str
) -> list[dict[str, Any]]:
    """The part of a KPI over its engagements, and what is of none of them, with its reason.

    All mixtures of engagements weigh the same in the score, so each has its share of the effect by the points it made.
    """
    kpi = BY_ID[(now or was).kpi]  # type: ignore[union-attr]
    step = {"label": kpi.label, "engagement": "", "kpi": kpi.id, "mix": 0.0, "performance": 0.0}
    if reason := _unlike(was, now):
        return [step | {"other": effect, "effect": effect, "why": reason}]
    assert was is not None
    assert now is not None
    old, new = ({**part.row, "value": part.row[f"value{suffix}"]} for part in (was, now))
    try:
        parts = between(before, view, old, new, suffix, partial(_points, kpi, new))
    except NoSplit as reason:
        return [step | {"other": effect, "effect": effect, "why": str(reason)}]
    share = effect / (_state(now)[1] - _state(was)[1])
    own = steps_of(new, Split(parts.pool, parts.mix * share, parts.performance * share))
    rest = effect - sum(each["effect"] for each in own)
    named = [each | {"label": f"{kpi.label}, {each['label']}"} for each in own]
    return [*named, step | {"other": rest, "effect": rest, "why": _rest(was, now)}]


def _points(kpi: Kpi, row: Row, values: Floats) -> Floats:
    """The points of values at the thresholds of a row."""
    green, red = row["green"], row["red"]
    return np.array([np.nan if np.isnan(value) else points(kpi.better, value, green, red) for value in values.tolist()])


def _unlike(was: Part | None, now: Part | None) -> str:
    """Why the part of a KPI is not one of its figures; empty where it is."""
    if now is None or not _state(now)[0]:
        return f"not rated now: {word(now.row)}" if now else "not in use now"
    if was is None or not _state(was)[0]:
        return f"was not rated then: {word(was.row)}" if was else "was not in use then"
    if was.weight != now.weight:
        return f"its weight went from {was.weight:g} to {now.weight:g}"
    if now.row["green"] is None or now.row["red"] is None:
        return "it has no threshold now and keeps its last points"
    return ""


def _rest(was: Part, now: Part) -> str:
    """What moves points and is no figure of an engagement."""
    if (was.row["green"], was.row["red"]) != (now.row["green"], now.row["red"]):
        return "its threshold changed"
    if now.stale and not was.stale:
        return "nothing newer was reported: what is missing is read at its worst, or the last points are kept"
    if was.stale and not now.stale:
        return "what was missing then is reported now"
    return "what is missing is read at its worst" if now.stale else "a single red fact counts"


def _sentences(found: Why, was: Score, now: Score, steps: pd.DataFrame, one: bool) -> tuple[Told, ...]:
    then = day(found.since)
    pairs = [[points_of(value, digits) for value in (found.then, found.now)] for digits in range(4)]
    values = next((each for each in pairs if each[0] != each[1]), pairs[-1])
    way = f"{turned(found.then or 0, found.now or 0)} {values[0]} to {values[1]} since {then}"
    if abs(found.difference or 0) <= NOTHING:
        way = f"is {points_of(found.now)}, as on {then}" + (", by parts that cancel out" if len(steps) else "")
    by_kpi = steps.groupby("kpi", sort=False)["effect"].sum()
    largest = by_kpi.reindex(by_kpi.abs().sort_values(ascending=False, kind="stable").index)[: TOLD - 1]
    parts = (_told(str(kpi), effect, was, now, steps, one) for kpi, effect in largest.items())
    told = [Told(f"The score {way}."), *parts]
    return (*told, *(Told(sentence) for sentence in _caps(was, now, then)))[: TOLD + 1]


def _told(kpi: str, effect: float, was: Score, now: Score, steps: pd.DataFrame, one: bool) -> Told:
    """One KPI: its part, its values, and the engagement with the largest part, unless only `one` is asked about."""
    rows = [next((each.row for each in score.parts if each.kpi == kpi), None) for score in (was, now)]
    values = [value_text(row) if row else "–" for row in rows]
    way = f"{values[0]} → {values[1]}" if values[0] != values[1] else f"{values[1]} both times"
    first = steps[(steps["kpi"] == kpi) & (steps["effect"] * effect > 0)].iloc[0]
    label = first["label"].removeprefix(f"{BY_ID[kpi].label}, ")
    most = f"most of it {label}, {first['why']}" if first["engagement"] and not one else first["why"]
    size = f"{abs(effect):.1f} points"
    return Told(f"{BY_ID[kpi].label} ({way}) {part(size, effect)}; {most}.", first["engagement"], kpi)


def _caps(was: Score, now: Score, then: str) -> list[str]:
    """What holds the light below the number, and whether it did so then; caps move no point of the score."""
    if now.caps:
        since = f"as on {then}" if set(now.caps) <= set(was.caps) else f"not so on {then}"
        return [f"It is held at {now.band}, {since}: {'; '.join(now.caps)}."]
    held = f"The light is {now.band}, as its number is; on {then} it was held at {was.band}: {'; '.join(was.caps)}."
    return [held] if was.caps else []
