"""What changed between two scorecards: the contributions of KPIs, which add up to the change of a score."""

from datetime import date

import pandas as pd

from analytics.catalogue import BY_ID
from analytics.scope import completed_quarter
from analytics.score import Part, Score, Scorecard, scorecard
from analytics.view import View

COLUMNS = ["kpi", "label", "then", "now", "contribution", "effect"]


def before(view: View) -> tuple[date, Scorecard]:
    """The end of the last completed quarter, and the scorecard then."""
    end = completed_quarter(view.scope.as_of)
    with view.at(end) as then:
        return end, scorecard(then)


def score_moves(old: Score | None, new: Score | None) -> pd.DataFrame:
    """What moved a score, largest first; empty where either is not rated.

    Columns kpi, label, then, now (values), contribution (the change of what the KPI adds to the score: over all KPIs
    they sum up to its change), effect (the change of its points at today's share: what its own figures did, None where
    it was not rated both times).
    """
    if old is None or new is None or old.value is None or new.value is None:
        return pd.DataFrame(columns=COLUMNS)
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
    return pd.DataFrame([row for row in rows if row["contribution"]], columns=COLUMNS)


def _effect(now: Part, then: Part) -> float | None:
    return None if now.points is None or then.points is None else now.share * (now.points - then.points)
