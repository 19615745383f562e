"""CROs as a list, and one CRO: what made its score, what moved it, its studies, and what is open."""

from typing import Any

import pandas as pd

from analytics.catalogue import BY_ID
from analytics.changes import difference
from analytics.headline import counted, how_sure, value_text, word
from analytics.kpi import Band, Domain, Kpi, SaidAs
from analytics.matrix import by_attention
from analytics.score import SCALE, Score, Scorecard
from analytics.sides import word as short_word
from analytics.timelines import milestone_name
from analytics.view import View
from analytics.words import count
from analytics.words import score as points

STUDY_ORDER = {Band.RED: 0, Band.AMBER: 1, Band.GREEN: 2}
KINDS = {
    "milestone": "Milestones overdue",
    "deliverable": "Deliverables overdue",
    "request": "Requests open",
    "change order": "Change orders not signed",
    "action": "Actions open",
}
"""What can be open, as it is headed."""

OPEN_ITEMS = """
SELECT
    'milestone' AS kind, milestone || CASE WHEN site_id = '' THEN '' ELSE ', site ' || site_id END AS item,
    study_id AS study, due AS since, date_diff('day', due, $as_of) AS days, '' AS side, '' AS owner,
    NULL::DOUBLE AS value, '' AS currency, milestone AS code, ['milestones', engagement_id, milestone, site_id] AS row
FROM fact_milestone WHERE cro_id = $cro AND state = 'overdue'
UNION ALL
SELECT
    'deliverable', name, study_id, due, date_diff('day', due, $as_of), '', coalesce(responsible, ''), NULL, '', '',
    ['deliverables', deliverable_id]
FROM fact_deliverable WHERE cro_id = $cro AND state = 'overdue'
UNION ALL
SELECT
    'request', request_id || coalesce(', ' || topic, ''), study_id, opened_on, age_days,
    CASE WHEN direction = 'to_sponsor' THEN 'us' ELSE 'CRO' END, coalesce(priority, ''), NULL, '', '',
    ['requests', request_id]
FROM fact_request WHERE cro_id = $cro AND open AND type <> 'data_query'
UNION ALL
SELECT
    'change order', change_order_id || coalesce(', ' || reason, ''), study_id, requested,
    date_diff('day', requested, $as_of), CASE WHEN state = 'unsigned' AND decided IS NULL THEN 'us' WHEN
    state = 'requested' THEN 'CRO' ELSE 'both' END, '', value, currency, '',
    ['change_orders', change_order_id]
FROM fact_change_order WHERE cro_id = $cro AND state IN ('requested', 'unsigned')
UNION ALL
SELECT
    'action', action.description, coalesce(engagement.study_id, ''), action.due, date_diff('day', action.due, $as_of),
    CASE action.owner_organisation WHEN 'cro' THEN 'CRO' WHEN 'sponsor' THEN 'us' ELSE '' END,
    coalesce(action.owner, ''), NULL, '', '', ['actions', action.action_id]
FROM known_actions AS action
LEFT JOIN fact_engagement AS engagement ON engagement.engagement_id = action.engagement_id
WHERE action.cro_id = $cro AND action.raised IS NOT NULL AND action.closed IS NULL
    AND action.cro_id IN (SELECT cro_id FROM fact_engagement)
    AND (coalesce(action.engagement_id, '') = '' OR engagement.engagement_id IS NOT NULL)
ORDER BY kind, days DESC NULLS LAST, item
"""


def overview(now: Scorecard, then: Scorecard) -> pd.DataFrame:
    """The CROs in scope, those that need attention first, beside the scores of another date.

    Columns: cro_id, cro, band, score, change (points since `then`), studies (status of the active ones, in words), one
    column a domain in use (its score), coverage (percent), domains (how many are in use), stale (KPIs that keep old
    points), data_to (the oldest newest return of an active study; of any where none is active), why (the caps).
    """
    used = [domain for domain in Domain if any(domain in score.domains for score in now.scores.values())]
    rows = []
    for cro in by_attention(now):
        score = now.scores[cro]
        row = {
            "cro_id": cro, "cro": now.names[cro], "band": score.band, "score": score.value,
            "change": difference(score.value, then.scores[cro].value if cro in then.scores else None),
            "studies": study_words(engagements(now, cro)),
        }  # fmt: skip
        row |= {domain.value: score.domains.get(domain) for domain in used}
        row |= {
            "coverage": score.coverage, "domains": score.domains_in_use, "stale": len(stale(score)),
            "data_to": data_to(engagements(now, cro)), "why": "; ".join(score.caps),
        }  # fmt: skip
        rows.append(row)
    return pd.DataFrame(rows)


def summary(found: pd.DataFrame) -> str:
    """How many CROs need what, in a sentence."""
    bands = {Band.RED: "red", Band.AMBER: "amber", Band.GREEN: "green", Band.UNRATED: "not rated"}
    parts = [f"{number} {word}" for band, word in bands.items() if (number := int((found["band"] == band).sum()))]
    silent = f"; {count(late, 'CRO')} with stale KPIs" if (late := int((found["stale"] > 0).sum())) else ""
    return f"{count(len(found), 'CRO')}: {', '.join(parts)}{silent}."


def engagements(card: Scorecard, cro: str) -> pd.DataFrame:
    """The engagements of a CRO: active and red ones first.

    Columns: engagement, study, title, active, status, score (all causes), last_told, why (what its score rests on).
    """
    own = card.studies[card.studies["cro_id"] == cro]
    frame = pd.DataFrame(
        {
            "engagement": own["engagement_id"], "study": own["study_id"], "title": own["title"],
            "active": own["active"], "status": own["status"], "score": own["score"], "last_told": own["last_told"],
            "why": [study_reasons(card.study_scores[each]) for each in own["engagement_id"]],
        }
    )  # fmt: skip
    order = [(not row["active"], STUDY_ORDER.get(row["status"], 3), row["study"]) for row in frame.to_dict("records")]
    return frame.iloc[sorted(range(len(frame)), key=lambda place: order[place])].reset_index(drop=True)


def study_reasons(score: Score) -> str:
    """The red KPIs of a study, or what caps it, in words."""
    red = [BY_ID[part.kpi].label for part in score.parts if part.band is Band.RED]
    caps = [cap for cap in score.caps if not cap.endswith(" red")]
    return "; ".join([*(f"{label} red" for label in red), *caps])


def study_words(own: pd.DataFrame) -> str:
    """`1 red of 6`, by the worst status there is; `none active`."""
    active = own[own["active"]]
    if active.empty:
        return "none active"
    for band in STUDY_ORDER:
        number = int((active["status"] == band).sum())
        if number:
            return f"{number} {band} of {len(active)}"
    return f"{count(len(active), 'study', 'studies')}, not rated"


def study_light(own: pd.DataFrame) -> Band:
    """The worst status of an active engagement."""
    status = own.loc[own["active"], "status"]
    return next((band for band in STUDY_ORDER if (status == band).any()), Band.UNRATED)


def data_to(own: pd.DataFrame) -> Any:
    """Up to when everything active was told of; up to when anything was where nothing is active. NaT if never."""
    active = own[own["active"]]
    if active.empty:
        return own["last_told"].max()
    return active["last_told"].min() if active["last_told"].notna().all() else pd.NaT


def stale(score: Score) -> list[str]:
    """Labels of the KPIs of which something is owed: their points are never better than those they last had."""
    return [BY_ID[part.kpi].label for part in score.parts if part.stale]


def verdict(score: Score) -> str:
    """The score and why its light is not that of the number, in a sentence."""
    if score.value is None:
        return f"Not rated: {'; '.join(score.caps)}."
    number = f"{points(score.value)} of 100"
    return f"{number}, held at {score.band}: {'; '.join(score.caps)}." if score.caps else f"{number}, {score.band}."


def score_sureness(score: Score) -> list[str]:
    """What the score rests on, and what it could be, one sentence each."""
    if score.low is None or score.high is None:
        return [f"{score.coverage:.0f} % of the weight in use is rated; 60 % is needed for a score."]
    missing = (
        f"{100 - score.coverage:.0f} % of the weight in use is not rated. With no points for that the score would be "
        f"{points(score.low)}, with all points {points(score.high)}."
    )
    kept = (
        "Not reported to date, so what is missing is read at its worst and no better than before: "
        f"{', '.join(stale(score))}."
    )
    return [
        f"The mean of {count(len(score.domains), 'domain')}; in each, the weighted mean of the KPIs that are rated.",
        "Everything in use is rated." if score.coverage >= 100 else missing,
        *([kept] if score.stale else []),
        f"{SCALE}. A red domain or a red active study holds it at amber, two red domains at red.",
    ]


def domains(now: Score, then: Score | None) -> list[tuple[Domain, float | None, float | None]]:
    """Each domain that is in use: its score, and its change since `then`."""
    used = [domain for domain in Domain if any(part.applicable for part in now.parts if part.domain is domain)]
    before = then.domains if then else {}
    return [
        (domain, now.domains.get(domain), difference(now.domains.get(domain), before.get(domain))) for domain in used
    ]


def contributions(score: Score) -> pd.DataFrame:
    """Points of the score that each rated KPI takes off 100: kpi (label), domain, points, weight, contribution, stale.

    The contributions add up to 100 less the score.
    """
    return pd.DataFrame(
        [
            {
                "kpi": BY_ID[part.kpi].label, "domain": part.domain.value, "points": part.points, "weight": part.weight,
                "contribution": part.share * (100 - part.points), "stale": part.stale,
            }
            for part in score.parts
            if part.points is not None and part.share > 0
        ],
        columns=["kpi", "domain", "points", "weight", "contribution", "stale"],
    )  # fmt: skip


def bullets(now: Score, then: Score | None) -> pd.DataFrame:
    """The KPIs in use as bullet rows, with the word for how sure each is.

    Columns: label, unit, text, value, green, red, better, green_text, red_text (`edge_words`), low, high, previous,
    band, n, word, stale.
    """
    before = {part.kpi: part.row["value"] for part in then.parts} if then else {}
    rows = []
    for part in (part for part in now.parts if part.applicable):
        kpi, row = BY_ID[part.kpi], part.row
        rows.append(
            {
                "label": kpi.label, "unit": kpi.unit, "text": "" if row["value"] is None else value_text(row),
                "value": row["value"], "green": row["green"], "red": row["red"], "better": str(kpi.better),
                "green_text": edge_words(kpi, row["green"]), "red_text": edge_words(kpi, row["red"]),
                "low": row["low"], "high": row["high"], "previous": before.get(part.kpi), "band": str(part.band),
                "n": row["n"], "word": short_word(row), "stale": part.stale,
            }
        )  # fmt: skip
    return pd.DataFrame(rows)


def edge_words(kpi: Kpi, edge: float | None) -> str:
    """A threshold where its value is said without a sign, `5.0 % over`, `14 days late`; else empty: it is a number."""
    if edge is None or kpi.said_as is SaidAs.PLAIN:
        return ""
    return value_text({"kpi": kpi.id, "value": edge, "green": None, "red": None})


def sureness(score: Score) -> pd.DataFrame:
    """How sure the KPIs in use are, in words: KPI, Value, Rating, Rests on, How sure, Threshold from."""
    columns = ["KPI", "Value", "Rating", "Rests on", "How sure", "Threshold from"]
    rows = [part.row for part in score.parts if part.applicable]
    return pd.DataFrame(
        [
            (
                BY_ID[row["kpi"]].label,
                value_text(row),
                word(row),
                counted(row),
                " ".join(how_sure(row)[1:]),
                row["basis"],
            )
            for row in rows
        ],
        columns=columns,
    )


def open_items(view: View, cro: str) -> pd.DataFrame:
    """What is open at a CRO, the longest first.

    Columns: kind (of `KINDS`), item, study, since (due or asked for), days (since then; minus is still to come), side
    (who has to act), owner (of a request its priority), value, currency (of a change order), row (kind and key).
    """
    found = view.ask(OPEN_ITEMS, cro=cro)
    named = found["kind"] == "milestone"
    found.loc[named, "item"] = [
        item.replace(code, milestone_name(code), 1)
        for item, code in zip(found.loc[named, "item"], found.loc[named, "code"], strict=True)
    ]
    return found.drop(columns="code")


def number(value: Any) -> float | None:
    """A cell of a frame as a number, None where it has none."""
    return None if value is None or pd.isna(value) else float(value)
