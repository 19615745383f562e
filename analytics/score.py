"""The scorecard: from KPIs to domains, a score and two lights."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from itertools import islice
from types import MappingProxyType
from typing import Any

import pandas as pd

from analytics.catalogue import BY_ID, SCORED
from analytics.engine import kpi_rows
from analytics.kpi import Band, Domain
from analytics.scope import quarters_back
from analytics.view import View
from analytics.words import day, listing

GREEN_FROM, RED_UNDER = 80.0, 60.0
SCALE = f"Green from {GREEN_FROM:g} points, red under {RED_UNDER:g}"
COVERAGE_NEEDED = 60.0
DOMAIN_WEIGHT = 1.0
Weights = Mapping[Domain, float]
EQUAL: Weights = MappingProxyType(dict.fromkeys(Domain, DOMAIN_WEIGHT))
CROS = "SELECT DISTINCT cro_id, cro FROM fact_engagement ORDER BY cro_id"
SILENCE = 92
"""Days, a quarter, after which a study of which nothing new was told cannot be green."""
STUDIES = """
SELECT
    engagement.engagement_id, engagement.cro_id, engagement.study_id, engagement.title, engagement.active,
    max(told.status_date) AS last_told
FROM fact_engagement AS engagement
LEFT JOIN fact_told AS told ON told.engagement_id = engagement.engagement_id
GROUP BY ALL
ORDER BY engagement_id
"""


@dataclass(slots=True)
class Part:
    """One KPI in a score: `points` as used (None where it is not rated), `stale` where they are not today's.

    `share`: its part of the score, 0 to 1; over the rated ones they add up to 1.
    """

    kpi: str
    weight: float
    points: float | None
    band: Band
    stale: bool = False
    applicable: bool = True
    share: float = 0.0
    row: Mapping[str, Any] = field(default_factory=dict)

    @property
    def domain(self) -> Domain:
        return BY_ID[self.kpi].domain

    @property
    def contribution(self) -> float:
        """Points that it adds to the score: over all parts they sum up to it."""
        return self.share * (self.points or 0.0)


@dataclass(slots=True)
class Score:
    """What a CRO or a study gets: `value` 0 to 100, `band` after the caps, and what they rest on.

    `coverage`: percent of the weight in use that is rated. `low`, `high`: the score if all that is not rated had 0, or
    100, points. `caps`: why the band is worse than the number.
    """

    value: float | None
    band: Band
    coverage: float
    low: float | None
    high: float | None
    domains: dict[Domain, float]
    parts: list[Part]
    caps: list[str]

    @property
    def stale(self) -> bool:
        return any(part.stale for part in self.parts)

    @property
    def domains_in_use(self) -> int:
        return len({part.domain for part in self.parts if part.applicable})


def score_band(value: float) -> Band:
    """The band of a score, before any cap."""
    return Band.GREEN if value >= GREEN_FROM else Band.RED if value < RED_UNDER else Band.AMBER


def compose(
    parts: list[Part],
    *,
    coverage_needed: float,
    caps: Iterable[tuple[Band, str]] = (),
    weights: Weights = EQUAL,
) -> Score:
    """The weighted means of what is rated, by domain and then over domains, with the caps of the red ones.

    A red domain caps at amber, two make it red; `caps` are further ones. `weights`: of the domains; 0 switches one off.
    Sets the share of each part.
    """
    in_use = [part for part in parts if part.applicable and part.weight > 0 and weights[part.domain] > 0]
    rated = [part for part in in_use if part.points is not None]
    weight = sum(part.weight for part in in_use)
    coverage = 100 * sum(part.weight for part in rated) / weight if weight else 0.0
    by_domain = {domain: of for domain in Domain if (of := _of(rated, domain))}
    domains = {domain: _mean(of) for domain, of in by_domain.items()}
    if not domains or coverage < coverage_needed:
        reason = "nothing is rated" if not domains else f"{coverage:.0f} % of the weight is rated, 60 % is needed"
        return Score(None, Band.UNRATED, coverage, None, None, domains, parts, [reason])
    value, whole = _over(domains, weights), sum(weights[domain] for domain in domains)
    for domain, of in by_domain.items():
        inside = sum(part.weight for part in of)
        for part in of:
            part.share = part.weight / inside * weights[domain] / whole
    band, reasons = _capped(score_band(value), [*_red_domains(domains), *caps])
    low, high = _bound(in_use, 0.0, weights), _bound(in_use, 100.0, weights)
    return Score(value, band, coverage, low, high, domains, parts, reasons)


def _of(parts: Iterable[Part], domain: Domain) -> list[Part]:
    return [part for part in parts if part.domain is domain]


def _mean(parts: Sequence[Part], missing: float = 0.0) -> float:
    points = ((missing if part.points is None else part.points) * part.weight for part in parts)
    return sum(points) / sum(part.weight for part in parts)


def _over(means: Mapping[Domain, float], weights: Weights) -> float:
    """The weighted mean over domains."""
    return sum(mean * weights[domain] for domain, mean in means.items()) / sum(weights[domain] for domain in means)


def _bound(parts: list[Part], missing: float, weights: Weights) -> float:
    return _over({domain: _mean(of, missing) for domain in Domain if (of := _of(parts, domain))}, weights)


def _red_domains(domains: Mapping[Domain, float]) -> list[tuple[Band, str]]:
    red = [domain.value for domain, value in domains.items() if score_band(value) is Band.RED]
    cap = Band.RED if len(red) > 1 else Band.AMBER
    return [(cap, f"{listing(red)} red")] if red else []


def _capped(band: Band, caps: Sequence[tuple[Band, str]]) -> tuple[Band, list[str]]:
    order = [Band.GREEN, Band.AMBER, Band.RED]
    reasons = [reason for cap, reason in caps if order.index(cap) > order.index(band)]
    return max([band, *(cap for cap, _ in caps)], key=order.index), reasons


def keep_stale(parts: list[Part], last: Mapping[str, float], weights: Weights = EQUAL) -> None:
    """Give what was rated before (`last`: KPI to points) and now is silent or not rated its last points, where lower.

    So missing data never helps. Of what is not rated, first where they lower their own domain, then where a domain has
    nothing else.
    """
    for part in parts:
        if part.stale and part.points is not None:
            part.points = min(part.points, last.get(part.kpi, part.points))
    missing = sorted((part for part in parts if part.points is None and part.kpi in last), key=lambda p: last[p.kpi])
    used = [part for part in parts if part.applicable and part.weight > 0 and weights[part.domain] > 0]
    rated = [part for part in used if part.points is not None]
    for part in missing:
        beside = _of(rated, part.domain)
        if part in used and beside and last[part.kpi] < _mean(beside):
            _hold(part, last[part.kpi], rated)
    for part in missing:
        means = {domain: _mean(of) for domain in Domain if (of := _of(rated, domain))}
        alone = part in used and part.domain not in means
        if alone and (not means or last[part.kpi] < _over(means, weights)):
            _hold(part, last[part.kpi], rated)


def _hold(part: Part, points: float, rated: list[Part]) -> None:
    part.points, part.stale = points, True
    rated.append(part)


def _let_go(parts: Iterable[Part]) -> list[Part]:
    """The parts without the points that they keep."""
    return [replace(part, points=None, stale=False) for part in parts]


@dataclass(frozen=True, slots=True)
class Scorecard:
    """Scores by CRO (their id to name), and the status of each engagement, all causes counted."""

    names: dict[str, str]
    scores: dict[str, Score]
    studies: pd.DataFrame
    study_scores: dict[str, Score]


def scorecard(view: View, weights: Weights = EQUAL) -> Scorecard:
    """The scores of every CRO in scope and the status of every engagement, at the view's as-of date.

    A KPI is in use for a CRO once it had a row of it, so that no CRO changes another's coverage. `weights`: of the
    domains, equal unless it is asked what if.
    """
    return view.once(f"scorecard{_called(weights)}", lambda: _scorecard(view, weights))


def _called(weights: Weights) -> str:
    return "" if weights == EQUAL else f", domains weighing {[weights[domain] for domain in Domain]}"


def _scorecard(view: View, weights: Weights) -> Scorecard:
    now = _by("cro", _rated(view))
    before = [_by("cro", _at(view, end)) for end in islice(quarters_back(view.scope.as_of), 2)]
    names = {row["cro_id"]: row["cro"] for row in view.rows(CROS)}
    studies, study_scores = study_status(view, weights)
    red_studies = _red_studies(studies)
    scores = {}
    for cro in names:
        parts = [_part(row, "") for row in now.get(cro, ())]
        for part in parts:
            part.points = part.row["points_worst"]
            part.stale = part.points is not None and part.row["silent"] > 0
        keep_stale(parts, {row["kpi"]: row["points_worst"] for then in reversed(before) for row in then.get(cro, ())
                           if row["points_worst"] is not None}, weights)  # fmt: skip
        caps = [*red_studies.get(cro, ()), *_critical(parts, before[0].get(cro, ()))]
        score = compose(parts, coverage_needed=COVERAGE_NEEDED, caps=caps, weights=weights)
        if score.band is Band.GREEN and not any(part.band.rated for part in parts):
            # What is kept counts where it lowers the score; alone it would be a score, and a green one.
            score = compose(_let_go(parts), coverage_needed=COVERAGE_NEEDED, weights=weights)
        scores[cro] = score
    return Scorecard(names, scores, studies, study_scores)


def _by(name: str, rows: Iterable[Mapping[str, Any]]) -> dict[str, list[Mapping[str, Any]]]:
    found: dict[str, list[Mapping[str, Any]]] = {}
    for row in rows:
        found.setdefault(row[name], []).append(row)
    return found


def _at(view: View, end: date) -> list[dict[str, Any]]:
    with view.at(end) as then:
        return _rated(then)


def _rated(view: View) -> list[dict[str, Any]]:
    return view.once("scored KPIs by CRO", lambda: kpi_rows(view, SCORED, ("cro",)))


def work_out(view: View, ends: Sequence[date]) -> None:
    """Work out side by side what the scorecards at several dates rest on, and keep it for `scorecard`."""
    older = {end for day in ends for end in islice(quarters_back(day), 2)} - set(ends)

    def rests_on(then: View) -> None:
        _rated(then)
        if then.scope.as_of not in older:
            study_status(then)

    view.side_by_side(rests_on, [*sorted(ends, reverse=True), *sorted(older)])


def history(view: View, quarters: int) -> dict[date, list[dict[str, Any]]]:
    """The scored KPIs by CRO at the ends of so many completed quarters and now, oldest first."""
    ends = [*reversed(list(islice(quarters_back(view.scope.as_of), quarters))), view.scope.as_of]
    return {end: _at(view, end) for end in ends}


def domain_means(rows: Iterable[Mapping[str, Any]]) -> dict[tuple[str, Domain], float]:
    """The mean points of what is rated, by CRO and domain."""
    scores = _plain(rows, 0.0)
    return {(cro, domain): value for cro, score in scores.items() for domain, value in score.domains.items()}


def plain_scores(rows: Iterable[Mapping[str, Any]]) -> dict[str, float | None]:
    """The score by CRO of KPIs as they were rated, without what is stale and without caps: for a line over time."""
    return {cro: score.value for cro, score in _plain(rows, COVERAGE_NEEDED).items()}


def _plain(rows: Iterable[Mapping[str, Any]], coverage_needed: float) -> dict[str, Score]:
    return {
        cro: compose([_part(row, "") for row in own], coverage_needed=coverage_needed)
        for cro, own in _by("cro", rows).items()
    }


def _part(row: Mapping[str, Any], suffix: str) -> Part:
    applicable = bool(row["ever"]) and row["band"] is not Band.NOT_APPLICABLE
    return Part(row["kpi"], row["weight"], row[f"points{suffix}"], row[f"band{suffix}"], applicable=applicable, row=row)


def study_status(view: View, weights: Weights = EQUAL) -> tuple[pd.DataFrame, dict[str, Score]]:
    """The engagements in scope with their status, and the score behind it: all causes count, whatever is rated.

    A red KPI caps a study at amber: at this grain few are rated, so a mean could hide it. So does silence: an active
    study of which nothing new was told for a quarter.
    """
    return view.once(f"status of studies{_called(weights)}", lambda: _study_status(view, weights))


def _study_status(view: View, weights: Weights) -> tuple[pd.DataFrame, dict[str, Score]]:
    studies = view.ask(STUDIES)
    silent = _silent(studies, view.scope.as_of)
    rows = kpi_rows(view, SCORED, ("engagement",))
    parts = {each: [_part(row, "_all") for row in own] for each, own in _by("engagement", rows).items()}
    scores = {
        each: compose(of, coverage_needed=0.0, caps=[*_red_kpis(of), *silent.get(each, [])], weights=weights)
        for each, of in parts.items()
    }
    studies["status"] = [scores[engagement].band for engagement in studies["engagement_id"]]
    studies["score"] = pd.Series([scores[each].value for each in studies["engagement_id"]], dtype=object)
    return studies, scores


def _red_kpis(parts: Iterable[Part]) -> list[tuple[Band, str]]:
    return [(Band.AMBER, f"{BY_ID[part.kpi].label} red") for part in parts if part.band is Band.RED]


def _silent(studies: pd.DataFrame, as_of: date) -> dict[str, list[tuple[Band, str]]]:
    told = studies[studies["active"] & studies["last_told"].notna()]
    since = dict(zip(told["engagement_id"], told["last_told"].dt.date, strict=True))
    return {
        engagement: [(Band.AMBER, f"no data since {day(last)}")]
        for engagement, last in since.items()
        if (as_of - last).days > SILENCE
    }


def _red_studies(studies: pd.DataFrame) -> dict[str, list[tuple[Band, str]]]:
    """The caps by active red studies, by CRO."""
    red = studies[studies["active"] & (studies["status"] == Band.RED)]
    return {
        str(cro): [(Band.AMBER, f"study {study} is red") for study in own]
        for cro, own in red.groupby("cro_id")["study_id"]
    }


def _critical(parts: Iterable[Part], before: Iterable[Mapping[str, Any]]) -> list[tuple[Band, str]]:
    red_before = {row["kpi"] for row in before if row["band"] is Band.RED}
    return [
        (Band.RED, f"{BY_ID[part.kpi].label} red for two quarters")
        for part in parts
        if BY_ID[part.kpi].critical and part.kpi in red_before and _is_red(part)
    ]


def _is_red(part: Part) -> bool:
    """Whether it is red now, or by the points that it keeps."""
    return part.band is Band.RED or (part.stale and part.points is not None and part.points < 50)
