"""Why the red CROs are red, and what else a quarter shows: in words, each with the way to its evidence."""

from dataclasses import dataclass, field
from datetime import date

from analytics.catalogue import BY_ID
from analytics.changes import before, light_since
from analytics.freshness import late_returns
from analytics.headline import counted, value_text
from analytics.kpi import Band
from analytics.matrix import by_attention
from analytics.score import GREEN_FROM, Score, Scorecard, score_band, scorecard
from analytics.view import View
from analytics.why import why_kpi
from analytics.why.score import effects
from analytics.words import count, day, listing, shown
from analytics.words import score as points

WORTH_SAYING = 2.0
"""Points of score below which a move is noise that nobody should read about."""
MOST_RED, MOST_ELSE = 3, 3
"""Red CROs that are explained, and other findings beside them."""


@dataclass(frozen=True, slots=True)
class Sentence:
    """One finding about a CRO, whose name the text continues, and where its evidence is: a page and its parameters."""

    about: str
    name: str
    text: str
    page: str
    parameters: dict[str, str] = field(default_factory=dict)


def sentences(view: View) -> list[Sentence]:
    """Why each red CRO is red, the worst first, then what else a reader has to know.

    At most `MOST_RED` and `MOST_ELSE`. The others are: a red study below a good score, silence, then the largest fall
    and the largest rise.
    """
    end, old = before(view)
    new = scorecard(view)
    red = [cro for cro in by_attention(new) if new.scores[cro].band is Band.RED]
    found = {sentence.about: sentence for sentence in (*_hidden(new), *_silence(view))}
    moved = {cro: _change(old.scores.get(cro), score) for cro, score in new.scores.items() if cro not in found}
    fallen = min(moved, key=lambda cro: moved[cro], default=None)
    risen = max(moved, key=lambda cro: moved[cro], default=None)
    for cro in (fallen, risen):
        if cro is not None and abs(moved[cro]) >= WORTH_SAYING:
            found.setdefault(cro, _moved(view, new, old, cro, end))
    others = sorted(found.values(), key=lambda sentence: sentence.about not in red[:MOST_RED])
    return [*(_red(view, new, cro) for cro in red[:MOST_RED]), *others[:MOST_ELSE]]


def _red(view: View, card: Scorecard, cro: str) -> Sentence:
    text = f"has {points(card.scores[cro].value)} of 100, red {light_since(view, cro)}: {why_red(card, cro)}."
    return Sentence(cro, card.names[cro], text, "cros", {"cro": cro})


def why_red(card: Scorecard, cro: str) -> str:
    """The red domains of a CRO, what caps it for two quarters, the KPI that costs it most, and its red studies."""
    score = card.scores[cro]
    reasons = [
        _red_domains(score),
        *(cap for cap in score.caps if cap.endswith("for two quarters")),
        _worst(score),
        _red_studies(card, cro),
    ]
    return "; ".join(filter(None, reasons))


def _red_domains(score: Score) -> str:
    """`Delivery (34) and Time (37) red`, the lowest first."""
    red = sorted((value, domain.value) for domain, value in score.domains.items() if score_band(value) is Band.RED)
    named = [f"{domain} ({points(value)})" for value, domain in red]
    return f"{listing(named)} red" if named else ""


def _worst(score: Score) -> str:
    """The red KPI with a value that takes most off the score: `worst KPI Milestones on time, 0.0 % (0 of 10)`."""
    red = [part for part in score.parts if part.band is Band.RED and part.points is not None]
    if not red:
        return ""
    worst = max(red, key=lambda part: part.share * (100 - (part.points or 0.0)))
    value = "" if worst.row["value"] is None else f" {value_text(worst.row)}"
    return f"worst KPI {BY_ID[worst.kpi].label}{value} ({counted(worst.row)})"


def _red_studies(card: Scorecard, cro: str) -> str:
    """`2 of 3 active studies red: S1 and S2`."""
    active = card.studies[(card.studies["cro_id"] == cro) & card.studies["active"]]
    red = sorted(active.loc[active["status"] == Band.RED, "study_id"])
    if not red:
        return ""
    return f"{len(red)} of {count(len(active), 'active study', 'active studies')} red, {listing(red)}"


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
        f"scores {points(value)}, and is held at amber: {study['study_id']} is red, "
        f"one of {count(len(active), 'active study', 'active studies')}."
    )
    return [Sentence(cro, card.names[cro], text, "studies", {"engagement": study["engagement_id"]})]


def _silence(view: View) -> list[Sentence]:
    late = late_returns(view)
    late = late[late["last_told"].notna()]
    if late.empty:
        return []
    longest = late.iloc[0]
    own = late[late["cro"] == longest["cro"]]
    text = (
        f"has told nothing new since {day(longest['last_told'])}: "
        f"{count(len(own), 'active study', 'active studies')} without data for "
        f"{count(longest['missing'], 'month')}; what is missing is read at its worst."
    )
    return [Sentence(longest["cro_id"], longest["cro"], text, "data", {"data": "Freshness"})]


def _moved(view: View, new: Scorecard, old: Scorecard, cro: str, end: date) -> Sentence:
    was, now = old.scores[cro], new.scores[cro]
    falls = (now.value or 0) < (was.value or 0)
    way = f"{'fell' if falls else 'rose'} from {points(was.value)} to {points(now.value)}"
    head = f"{way} since {day(end)}"
    name, link = new.names[cro], {"cro": cro, "about": "Why it changed"}
    made = effects(was.parts, now.parts) or {}
    first = (min if falls else max)(made, key=lambda kpi: made[kpi], default="")
    if not first or (made[first] < 0) != falls:
        return Sentence(cro, name, f"{head}: other KPIs are rated than then.", "cros", link)
    kpi, (then, value) = BY_ID[first], (_value(score, first) for score in (was, now))
    label = kpi.label[0].lower() + kpi.label[1:] if kpi.label[1].islower() else kpi.label
    if then is None or value is None:
        return Sentence(cro, name, f"{head}, mostly {label}, which is not rated at both dates.", "cros", link)
    if then == value:
        return Sentence(cro, name, f"{head}, mostly {label}, which is not reported up to date.", "cros", link)
    text = f"{head}, mostly {label}: {shown(kpi, then, value)} → {shown(kpi, value, then)}"
    steps = why_kpi(view, first, end, cro).steps
    along = steps[(steps["effect"] * (value - then) > 0) & (steps["engagement"] != "")]
    most = f", most of it in {along.iloc[0]['label']}" if len(along) else ""
    return Sentence(cro, name, f"{text}{most}.", "cros", link)


def _value(score: Score, kpi: str) -> float | None:
    """The value of a KPI that is rated, None of one that is not."""
    return next((part.row["value"] for part in score.parts if part.kpi == kpi and part.points is not None), None)
