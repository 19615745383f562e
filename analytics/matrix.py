"""The scorecard matrix: one row a CRO and column, ready to be drawn; those that need attention first."""

from collections.abc import Iterable
from typing import Any

import pandas as pd

from analytics.catalogue import SCORED
from analytics.changes import before, difference
from analytics.headline import value_text
from analytics.kpi import Band, Domain, Kpi, SaidAs
from analytics.score import (
    GREEN_FROM,
    Score,
    Scorecard,
    domain_means,
    history,
    plain_scores,
    score_band,
    scorecard,
)
from analytics.view import View
from analytics.words import count, score, signed

QUARTERS = 4
PERFORMANCE, STUDIES = "CRO performance", "Study status"
COLUMNS = (
    "cro_id", "cro", "column", "text", "band", "points", "history", "target", "change", "n", "stale", "order",
    "column_order", "note",
)  # fmt: skip


def by_domain(view: View) -> pd.DataFrame:
    """Both lights and the score of each domain in use, by CRO.

    Columns: cro_id, cro, column, text (as shown), band, points (0 to 100), history (values at the ends of the last
    completed quarters and now), target, change (since the last completed quarter, in words), n, note (what it rests
    on), stale, order (0 needs attention first), column_order.
    """
    card, (_, old) = scorecard(view), before(view)
    then = history(view, QUARTERS).values()
    seen, scores_then = [domain_means(rows) for rows in then], [plain_scores(rows) for rows in then]
    used = [domain for domain in Domain if any(part.domain is domain for part in _in_use(card))]
    rows: list[dict[str, Any]] = []
    for order, cro in enumerate(by_attention(card)):
        new, was = card.scores[cro], old.scores.get(cro)
        past = [scores.get(cro) for scores in scores_then]
        rows.append(_row(card, cro, order, PERFORMANCE, 0) | _performance(new, was, past))
        rows.append(_row(card, cro, order, STUDIES, 1) | _studies(card, cro))
        for place, domain in enumerate(used, 2):
            past = [means.get((cro, domain)) for means in seen]
            rows.append(_row(card, cro, order, domain.value, place) | _domain(new, was, domain, past))
    return pd.DataFrame(rows, columns=COLUMNS)


def by_kpi(view: View, domain: Domain) -> pd.DataFrame:
    """A domain of each CRO and its scored KPIs: columns as `by_domain`, values in the unit of each KPI."""
    card, (_, old) = scorecard(view), before(view)
    seen = history(view, QUARTERS)
    means = [domain_means(found) for found in seen.values()]
    kpis = [kpi for kpi in SCORED if kpi.domain is domain and any(part.kpi == kpi.id for part in _in_use(card))]
    rows: list[dict[str, Any]] = []
    for order, cro in enumerate(by_attention(card)):
        parts = {part.kpi: part for part in card.scores[cro].parts}
        past_means = [mean.get((cro, domain)) for mean in means]
        whole = _domain(card.scores[cro], old.scores.get(cro), domain, past_means)
        rows.append(_row(card, cro, order, domain.value, 0) | whole)
        for place, kpi in enumerate(kpis, 1):
            past = [_value(found, cro, kpi.id) for found in seen.values()]
            part = parts[kpi.id]
            rows.append(
                _row(card, cro, order, kpi.label, place)
                | {
                    "text": "" if part.row["value"] is None else value_text(part.row),
                    "band": part.band,
                    "points": part.points,
                    "history": past,
                    "target": part.row["green"],
                    "change": _moved(kpi, difference(part.row["value"], past[-2])),
                    "n": int(part.row["n"] or 0),
                    "stale": part.stale,
                }
            )
    return pd.DataFrame(rows, columns=COLUMNS)


def domains_in_use(view: View) -> list[str]:
    """Names of the domains that some CRO has data for."""
    return [domain.value for domain in Domain if any(part.domain is domain for part in _in_use(scorecard(view)))]


def by_attention(card: Scorecard) -> list[str]:
    """CRO ids: red before amber before what is not rated before green, and the lower score first."""
    order = {Band.RED: 0, Band.AMBER: 1, Band.UNRATED: 2, Band.GREEN: 3}
    return sorted(
        card.scores, key=lambda cro: (order[card.scores[cro].band], card.scores[cro].value or 0.0, card.names[cro])
    )


def _in_use(card: Scorecard) -> Iterable[Any]:
    return (part for score_ in card.scores.values() for part in score_.parts if part.applicable)


def _row(card: Scorecard, cro: str, order: int, column: str, place: int) -> dict[str, Any]:
    where = {"cro_id": cro, "cro": card.names[cro], "column": column, "order": order, "column_order": place}
    return where | {"history": None, "target": None, "change": "", "n": 0, "stale": False, "points": None, "note": ""}


def _performance(new: Score, was: Score | None, past: list[float | None]) -> dict[str, Any]:
    text = score(new.value) if new.value is not None else f"{new.coverage:.0f} % covered"
    return {
        "text": text,
        "band": new.band,
        "points": new.value,
        "history": past,
        "target": GREEN_FROM,
        "change": signed(difference(new.value, was.value if was else None)),
        "n": sum(part.points is not None for part in new.parts),
        "note": "not rated" if new.value is None else f"{new.coverage:.0f} % cov.",
        "stale": new.stale,
    }


def _studies(card: Scorecard, cro: str) -> dict[str, Any]:
    active = card.studies[(card.studies["cro_id"] == cro) & card.studies["active"]]
    counts = {band: int((active["status"] == band).sum()) for band in (Band.RED, Band.AMBER, Band.GREEN)}
    worst = next((band for band, number in counts.items() if number), Band.UNRATED)
    if active.empty:
        return {"text": "none active", "band": Band.NOT_APPLICABLE}
    found = {"band": worst, "n": len(active)}
    if worst is Band.UNRATED:
        return found | {"text": "", "note": count(len(active), "study", "studies")}
    note = f"{worst} {'study' if len(active) == 1 else 'studies'}"
    return found | {"text": f"{counts[worst]}/{len(active)}", "note": note}


def _domain(new: Score, was: Score | None, domain: Domain, past: list[float | None]) -> dict[str, Any]:
    parts = [part for part in new.parts if part.domain is domain]
    value = new.domains.get(domain)
    rated = sum(part.points is not None for part in parts)
    return {
        "text": score(value) if value is not None else "",
        "band": domain_band(new, domain),
        "points": value,
        "history": past,
        "target": GREEN_FROM,
        "change": signed(difference(value, was.domains.get(domain) if was else None)),
        "n": rated,
        "note": count(rated, "KPI") if rated else "",
        "stale": any(part.stale for part in parts),
    }


def domain_band(score_: Score, domain: Domain) -> Band:
    """The band of a domain; where no KPI of it is rated: too few, not applicable or not reported."""
    if domain in score_.domains:
        return score_band(score_.domains[domain])
    states = {part.band for part in score_.parts if part.domain is domain and part.applicable}
    if Band.TOO_FEW in states:
        return Band.TOO_FEW
    every = {part.band for part in score_.parts if part.domain is domain}
    return Band.NOT_APPLICABLE if every == {Band.NOT_APPLICABLE} else Band.NOT_REPORTED


def _moved(kpi: Kpi, change: float | None) -> str:
    """A change of a value: a later slip and a dearer variance in words, anything else with its sign."""
    said = signed(change, kpi.digits)
    if not said or kpi.said_as is SaidAs.PLAIN:
        return said
    words = ("later", "earlier") if kpi.said_as is SaidAs.LATENESS else ("better", "worse")
    return f"{said[1:]} {words[said[0] == '-']}"


def _value(rows: Iterable[dict[str, Any]], cro: str, kpi: str) -> float | None:
    return next((row["value"] for row in rows if row["cro"] == cro and row["kpi"] == kpi), None)
