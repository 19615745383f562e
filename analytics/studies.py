"""How every study stands, and why."""

from dataclasses import dataclass
from typing import Any

import pandas as pd

from analytics.catalogue import BY_ID
from analytics.engine import kpi_rows
from analytics.headline import value_text, word
from analytics.kpi import Band
from analytics.score import Score, study_status
from analytics.timelines import milestone_name
from analytics.view import View
from analytics.words import BAND_WORDS, count, day, money
from analytics.words import score as points

ATTENTION = {band: place for place, band in enumerate((Band.RED, Band.AMBER, Band.GREEN))}
ENGAGEMENTS = """
SELECT
    engagement_id AS engagement, study_id AS study, cro_id, cro, title, sponsor_pm AS pm, cro_lead, service_type,
    therapeutic_area, phase, start_date, planned_end, ended_on, active, contract_value, currency
FROM fact_engagement
"""
NEXT_DUE = """
SELECT engagement_id AS engagement, milestone AS code, due, slip_days
FROM fact_milestone
WHERE whole_study AND unfinished
QUALIFY row_number() OVER (PARTITION BY engagement_id ORDER BY due, milestone) = 1
"""
OPEN_REQUESTS = """
SELECT engagement_id AS engagement, count(*) AS open_requests
FROM fact_request
WHERE open AND type <> 'data_query'
GROUP BY engagement_id
"""
DATA_TO = """
SELECT engagement_id AS engagement, max(status_date) AS data_to FROM fact_told GROUP BY engagement_id
"""


@dataclass(frozen=True, slots=True)
class Portfolio:
    """Engagements in scope, those that need attention first, and the score behind the status of each.

    Columns of `studies`: engagement, study, cro_id, cro, title, pm, cro_lead, service_type, therapeutic_area, phase,
    start_date, planned_end, ended_on, active, contract_value, currency, status (a band; all causes count), why,
    milestone (the next one due that is not reached), due, slip_days (plus is late), contract_percent (forecast
    against contract; plus is under), open_requests, data_to (the newest status date of its data).
    """

    studies: pd.DataFrame
    scores: dict[str, Score]


def portfolio(view: View) -> Portfolio:
    """How every engagement in scope stands at the as-of date."""
    _, scores = study_status(view)
    found = view.ask(ENGAGEMENTS)
    found["status"] = pd.Series([scores[one].band for one in found["engagement"]], dtype=object)
    found["why"] = pd.Series([why(scores[one]) for one in found["engagement"]], dtype=object)
    upcoming = view.ask(NEXT_DUE)
    upcoming["milestone"] = pd.Series([milestone_name(code) for code in upcoming["code"]], dtype=object)
    found = found.merge(upcoming.drop(columns="code"), on="engagement", how="left")
    over = {row["engagement"]: row["value"] for row in kpi_rows(view, [BY_ID["C09"]], ("engagement",))}
    found["contract_percent"] = [over.get(one) for one in found["engagement"]]
    for question in (OPEN_REQUESTS, DATA_TO):
        found = found.merge(view.ask(question), on="engagement", how="left")
    found["open_requests"] = found["open_requests"].fillna(0).astype(int)
    place = [ATTENTION.get(band, len(ATTENTION)) for band in found["status"]]
    score = [scores[one].value for one in found["engagement"]]
    order = pd.DataFrame({"ended": ~found["active"], "place": place, "score": pd.Series(score, dtype=float)})
    order = order.assign(study=found["study"], engagement=found["engagement"])
    ranked = order.sort_values(list(order.columns)).index
    return Portfolio(found.loc[ranked].reset_index(drop=True), scores)


def summary(found: pd.DataFrame) -> str:
    """The lights of the running engagements: `3 of 24 running studies are red, 8 amber.`"""
    running = found[found["active"]]
    red, amber = (int((running["status"] == band).sum()) for band in (Band.RED, Band.AMBER))
    of = count(len(running), "running study", "running studies")
    return f"{red:,} of {of} {'is' if red == 1 else 'are'} red, {amber:,} amber."


def names(found: pd.DataFrame) -> dict[str, str]:
    """How each engagement is called: `MIR-202 · Norvek Clinical · Myelofibrosis, phase 2`."""
    called = found["study"] + " · " + found["cro"] + " · " + found["title"]
    return dict(zip(found["engagement"], called, strict=True))


def why(score: Score, most: int = 1) -> str:
    """The KPIs that made a status, the worst first and at most so many by name: `Milestones on time 0.0 %; 2 more`."""
    worst = sorted(
        (part for part in score.parts if part.band in (Band.RED, Band.AMBER)),
        key=lambda part: (ATTENTION[part.band], part.points if part.points is not None else 50.0),
    )
    named = [f"{_label(part.kpi)} {value_text(part.row, '_all')}" for part in worst]
    more = [f"{len(named) - most} more"] if len(named) > most else []
    return "; ".join([*named[:most], *more])


def _label(kpi: str) -> str:
    """Whoever began a change order, it counts in the status of a study."""
    return BY_ID[kpi].label.removesuffix(" by the CRO")


def kpis(score: Score) -> pd.DataFrame:
    """The KPIs behind a status, all causes counted, the worst first: kpi, value, band, word, target, n, points."""
    order = {band: place for place, band in enumerate(Band)}
    parts = [part for part in score.parts if part.band is not Band.NOT_APPLICABLE and part.applicable]
    parts.sort(key=lambda part: (ATTENTION.get(part.band, 3 + order[part.band]), part.points or 0.0))
    return pd.DataFrame(
        [
            {
                "kpi": _label(part.kpi),
                "value": value_text(part.row, "_all"),
                "band": part.band,
                "word": word(part.row, "_all"),
                "target": value_text({**part.row, "value": part.row["green"]}),
                "n": part.row["n_all"],
                "points": part.points,
            }
            for part in parts
        ],
        columns=["kpi", "value", "band", "word", "target", "n", "points"],
    )


def status_text(score: Score) -> str:
    """Where a status comes from: points, and what keeps it from being better."""
    if score.value is None:
        return f"{BAND_WORDS[score.band].capitalize()}: {'; '.join(score.caps)}."
    held = f" It is no better than {BAND_WORDS[score.band]}, since: {'; '.join(score.caps)}." if score.caps else ""
    return f"{points(score.value)} of 100 points over {count(len(score.domains), 'domain')}.{held}"


def facts(row: Any) -> list[tuple[str, str]]:
    """The head of one engagement: name and value of each fact that is known; `row` is one of `Portfolio.studies`."""
    said = [
        ("CRO", row["cro"]),
        ("Agreed", f"{_said(row['start_date'])} to {_said(row['planned_end'])}"),
        ("Ended", _said(row["ended_on"])),
        ("Contract", money(row["contract_value"], row["currency"])),
        ("Our project manager", row["pm"]),
        ("Lead at the CRO", row["cro_lead"]),
        ("Data to", _said(row["data_to"]) or "nothing with a status date"),
    ]
    return [(name, str(value)) for name, value in said if not pd.isna(value) and value != ""]


def _said(moment: Any) -> str:
    return "" if pd.isna(moment) else day(pd.Timestamp(moment).date())
