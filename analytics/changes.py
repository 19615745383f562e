"""What changed since the last completed quarter, and why: numbers, and sentences made from them."""

from dataclasses import dataclass, field
from datetime import date
from typing import Any

import pandas as pd

from analytics.catalogue import BY_ID
from analytics.engine import kpi_rows
from analytics.freshness import late_returns
from analytics.kpi import Band, Kpi, better
from analytics.scope import completed_quarter
from analytics.score import Part, Score, Scorecard, scorecard
from analytics.view import View
from analytics.words import count, day, shown
from analytics.words import score as words_score

WORTH_SAYING = 2.0
"""Points of score below which a move is noise that nobody should read about."""


@dataclass(frozen=True, slots=True)
class Sentence:
    """One finding about a CRO in words, and where its evidence is: a page and the parameters of its address."""

    about: str
    text: str
    page: str
    parameters: dict[str, str] = field(default_factory=dict)


def before(view: View) -> tuple[date, Scorecard]:
    """The end of the last completed quarter, and the scorecard then."""
    end = completed_quarter(view.scope.as_of)
    with view.at(end) as then:
        return end, scorecard(then)


def moves(view: View, cro: str) -> pd.DataFrame:
    """What moved a CRO's score since the last completed quarter, largest first.

    Columns kpi, label, then, now, contribution, effect. `then` and `now` are values. `contribution` is the change of what the KPI adds to the score: over all KPIs they sum
    up to the change of the score. `effect` is the change of its points at today's share: what its own figures did, None
    where it was not rated both times. Empty where either score is not rated.
    """
    _, old = before(view)
    return score_moves(old.scores.get(cro), scorecard(view).scores.get(cro))


def score_moves(old: Score | None, new: Score | None) -> pd.DataFrame:
    columns = ["kpi", "label", "then", "now", "contribution", "effect"]
    if old is None or new is None or old.value is None or new.value is None:
        return pd.DataFrame(columns=columns)
    was = {part.kpi: part for part in old.parts}
    rows = [
        {
            "kpi": part.kpi,
            "label": BY_ID[part.kpi].label,
            "then": was[part.kpi].row["value"],
            "now": part.row["value"],
            "contribution": part.contribution - was[part.kpi].contribution,
            "effect": _effect(part, was[part.kpi]),
        }
        for part in new.parts
    ]
    rows.sort(key=lambda row: -abs(row["contribution"]))
    return pd.DataFrame([row for row in rows if row["contribution"]], columns=columns)


def _effect(now: Part, then: Part) -> float | None:
    return None if now.points is None or then.points is None else now.share * (now.points - then.points)


def study_behind(view: View, kpi: Kpi, cro: str) -> str | None:
    """The study of a CRO whose figures of a KPI became worst since the last completed quarter."""
    now = _harm(view, kpi, cro)
    with view.at(completed_quarter(view.scope.as_of)) as then:
        was = _harm(then, kpi, cro)
    worse = {engagement: harm - was.get(engagement, 0.0) for engagement, harm in now.items()}
    if not worse or max(worse.values()) <= 0:
        return None
    engagement = max(worse, key=lambda each: worse[each])
    found = view.rows("SELECT study_id FROM fact_engagement WHERE engagement_id = $engagement", engagement=engagement)
    return str(found[0]["study_id"])


def _harm(view: View, kpi: Kpi, cro: str) -> dict[str, float]:
    """How far each engagement is off: cases on the wrong side of a share, or the value times its cases."""
    rows = view.once(f"{kpi.id} by engagement", lambda: kpi_rows(view, [kpi], ("cro", "engagement")))
    return {row["engagement"]: _off(kpi, row) for row in rows if row["cro"] == cro and row["value"] is not None}


def _off(kpi: Kpi, row: dict[str, Any]) -> float:
    if kpi.unit == "%":
        missing = row["denominator"] - row["numerator"]
        return float(missing if kpi.better == "higher" else row["numerator"])
    return float(row["value"] * row["n"]) * (-1 if kpi.better == "higher" else 1)


def sentences(view: View) -> list[Sentence]:
    """At most three: a red study below a good score, silence, then the largest fall and the largest rise."""
    end, old = before(view)
    new = scorecard(view)
    found = {sentence.about: sentence for sentence in (*_hidden(new), *_silence(view))}
    moved = {cro: _change(old.scores.get(cro), score) for cro, score in new.scores.items() if cro not in found}
    fallen = min(moved, key=lambda cro: moved[cro], default=None)
    risen = max(moved, key=lambda cro: moved[cro], default=None)
    for cro in (fallen, risen):
        if cro is not None and abs(moved[cro]) >= WORTH_SAYING:
            found.setdefault(cro, _moved(view, new, old, cro, end))
    return list(found.values())[:3]


def _change(old: Score | None, new: Score) -> float:
    return 0.0 if old is None or old.value is None or new.value is None else new.value - old.value


def _hidden(card: Scorecard) -> list[Sentence]:
    """The CRO with the best number that a red study holds back."""
    held = [
        (score.value or 0.0, cro)
        for cro, score in card.scores.items()
        if score.band == Band.AMBER and (score.value or 0) >= 80 and any(cap.startswith("study") for cap in score.caps)
    ]
    if not held:
        return []
    value, cro = max(held)
    red = card.studies[(card.studies["cro_id"] == cro) & card.studies["active"] & (card.studies["status"] == Band.RED)]
    study = red.iloc[0]
    text = (
        f"{card.names[cro]} scores {words_score(value)}, and is held at amber: {study['study_id']} is red, "
        f"one of {count((card.studies['cro_id'] == cro).sum(), 'engagement')}."
    )
    return [Sentence(cro, text, "studies", {"engagement": study["engagement_id"]})]


def _silence(view: View) -> list[Sentence]:
    late = late_returns(view)
    late = late[late["last_told"].notna()]
    if late.empty:
        return []
    longest = late.iloc[0]
    own = late[late["cro"] == longest["cro"]]
    text = (
        f"{longest['cro']} has told nothing new since {day(longest['last_told'])}: "
        f"{count(len(own), 'active study', 'active studies')} without data for "
        f"{count(longest['missing'], 'month')}; its score is held by what it last reported."
    )
    return [Sentence(longest["cro_id"], text, "data", {"tab": "Freshness"})]


def _moved(view: View, new: Scorecard, old: Scorecard, cro: str, end: date) -> Sentence:
    was, now = old.scores[cro], new.scores[cro]
    falls = (now.value or 0) < (was.value or 0)
    moved = score_moves(was, now)
    head = f"{new.names[cro]} {'fell' if falls else 'rose'} from {words_score(was.value)} to {words_score(now.value)} since {day(end)}"
    effects = moved.dropna(subset="effect").sort_values("effect", ascending=falls)
    if effects.empty or (effects.iloc[0]["effect"] < 0) != falls or not effects.iloc[0]["effect"]:
        return Sentence(cro, f"{head}: other KPIs are rated than then.", "cros", {"cro": cro})
    first = effects.iloc[0]
    kpi, then, value = BY_ID[first["kpi"]], _plain(first["then"]), _plain(first["now"])
    label = kpi.label[0].lower() + kpi.label[1:] if kpi.label[1].islower() else kpi.label
    if then is None or value is None or then == value:
        return Sentence(cro, f"{head}, mostly {label}, which is not reported up to date.", "cros", {"cro": cro})
    text = f"{head}, mostly {label}: {shown(kpi, then, value)} → {shown(kpi, value, then)}"
    study = study_behind(view, kpi, cro) if better(kpi.better, then, value) else None
    return Sentence(cro, f"{text}, most of it in {study}." if study else f"{text}.", "cros", {"cro": cro})


def _plain(value: Any) -> float | None:
    return None if value is None or pd.isna(value) else float(value)
