"""The scorecard matrix: one row a CRO and column, ready to be drawn; those that need attention first."""

from collections.abc import Iterable
from typing import Any

import pandas as pd

from analytics.catalogue import SCORED
from analytics.changes import before
from analytics.kpi import Band, Domain
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
from analytics.words import count, score, shown, signed

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
    """The scored KPIs of one domain, by CRO: columns as `by_domain`, values in the unit of each KPI."""
    card = scorecard(view)
    seen = history(view, QUARTERS)
    kpis = [kpi for kpi in SCORED if kpi.domain is domain and any(part.kpi == kpi.id for part in _in_use(card))]
    rows: list[dict[str, Any]] = []
    for order, cro in enumerate(by_attention(card)):
        parts = {part.kpi: part for part in card.scores[cro].parts}
        for place, kpi in enumerate(kpis):
            past = [_value(found, cro, kpi.id) for found in seen.values()]
            part = parts[kpi.id]
            rows.append(
                _row(card, cro, order, kpi.label, place)
                | {
                    "text": shown(kpi, part.row["value"], part.row["green"], part.row["red"]),
                    "band": part.band,
                    "points": part.points,
                    "history": past,
                    "target": part.row["green"],
                    "change": signed(_difference(part.row["value"], past[-2]), kpi.digits),
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
        "change": signed(_difference(new.value, was.value if was else None)),
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
    points = {Band.RED: 30.0, Band.AMBER: 70.0, Band.GREEN: 100.0}.get(worst)
    found = {"band": worst, "points": points, "n": len(active)}
    if worst is Band.UNRATED:
        return found | {"text": "", "note": count(len(active), "study", "studies")}
    note = f"{worst} {'study' if len(active) == 1 else 'studies'}"
    return found | {"text": f"{counts[worst]}/{len(active)}", "note": note}


def _domain(new: Score, was: Score | None, domain: Domain, past: list[float | None]) -> dict[str, Any]:
    parts = [part for part in new.parts if part.domain is domain]
    value = new.domains.get(domain)
    states = {part.band for part in parts if part.applicable}
    missing = Band.NOT_APPLICABLE if all(part.band is Band.NOT_APPLICABLE for part in parts) else Band.NOT_REPORTED
    return {
        "text": score(value) if value is not None else "",
        "band": score_band(value) if value is not None else Band.TOO_FEW if Band.TOO_FEW in states else missing,
        "points": value,
        "history": past,
        "target": GREEN_FROM,
        "change": signed(_difference(value, was.domains.get(domain) if was else None)),
        "n": sum(part.points is not None for part in parts),
        "note": f"{count(sum(part.points is not None for part in parts), 'KPI')}",
        "stale": any(part.stale for part in parts),
    }


def _value(rows: Iterable[dict[str, Any]], cro: str, kpi: str) -> float | None:
    return next((row["value"] for row in rows if row["cro"] == cro and row["kpi"] == kpi), None)


def _difference(now: float | None, then: float | None) -> float | None:
    return None if now is None or then is None else now - then
