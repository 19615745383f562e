"""The findings of a quarter in words: numbers, each with the way to its evidence."""

from dataclasses import dataclass, field
from datetime import date

from analytics.catalogue import BY_ID
from analytics.changes import before
from analytics.freshness import late_returns
from analytics.kpi import Band
from analytics.score import GREEN_FROM, Score, Scorecard, scorecard
from analytics.view import View
from analytics.why import why_kpi
from analytics.why.score import effects
from analytics.words import count, day, shown
from analytics.words import score as points

WORTH_SAYING = 2.0
"""Points of score below which a move is noise that nobody should read about."""


@dataclass(frozen=True, slots=True)
class Sentence:
    """One finding about a CRO in words, and where its evidence is: a page and the parameters of its address."""

    about: str
    text: str
    page: str
    parameters: dict[str, str] = field(default_factory=dict)


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
        if score.band == Band.AMBER
        and (score.value or 0.0) >= GREEN_FROM
        and any(cap.startswith("study") for cap in score.caps)
    ]
    if not held:
        return []
    value, cro = max(held)
    active = card.studies[(card.studies["cro_id"] == cro) & card.studies["active"]]
    study = active[active["status"] == Band.RED].iloc[0]
    text = (
        f"{card.names[cro]} scores {points(value)}, and is held at amber: {study['study_id']} is red, "
        f"one of {count(len(active), 'active study', 'active studies')}."
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
        f"{count(longest['missing'], 'month')}; what is missing is read at its worst."
    )
    return [Sentence(longest["cro_id"], text, "data", {"data": "Freshness"})]


def _moved(view: View, new: Scorecard, old: Scorecard, cro: str, end: date) -> Sentence:
    was, now = old.scores[cro], new.scores[cro]
    falls = (now.value or 0) < (was.value or 0)
    way = f"{'fell' if falls else 'rose'} from {points(was.value)} to {points(now.value)}"
    head = f"{new.names[cro]} {way} since {day(end)}"
    link = {"cro": cro, "about": "Why it changed"}
    made = effects(was.parts, now.parts) or {}
    first = (min if falls else max)(made, key=lambda kpi: made[kpi], default="")
    if not first or (made[first] < 0) != falls:
        return Sentence(cro, f"{head}: other KPIs are rated than then.", "cros", link)
    kpi, (then, value) = BY_ID[first], (_value(score, first) for score in (was, now))
    label = kpi.label[0].lower() + kpi.label[1:] if kpi.label[1].islower() else kpi.label
    if then is None or value is None:
        return Sentence(cro, f"{head}, mostly {label}, which is not rated at both dates.", "cros", link)
    if then == value:
        return Sentence(cro, f"{head}, mostly {label}, which is not reported up to date.", "cros", link)
    text = f"{head}, mostly {label}: {shown(kpi, then, value)} → {shown(kpi, value, then)}"
    steps = why_kpi(view, first, end, cro).steps
    along = steps[(steps["effect"] * (value - then) > 0) & (steps["engagement"] != "")]
    most = f", most of it in {along.iloc[0]['label']}" if len(along) else ""
    return Sentence(cro, f"{text}{most}.", "cros", link)


def _value(score: Score, kpi: str) -> float | None:
    """The value of a KPI that is rated, None of one that is not."""
    return next((part.row["value"] for part in score.parts if part.kpi == kpi and part.points is not None), None)
