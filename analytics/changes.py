"""The date that a scorecard is compared with, the scorecard then, and since when a light has been what it is."""

from datetime import date
from itertools import islice

from analytics.scope import completed_quarter, quarter_name, quarters_back
from analytics.score import Scorecard, scorecard
from analytics.view import View

LOOKED_BACK = 4
"""Quarters over which a light is followed back: those that the matrix draws."""


def before(view: View) -> tuple[date, Scorecard]:
    """The end of the last completed quarter, and the scorecard then."""
    end = completed_quarter(view.scope.as_of)
    with view.at(end) as then:
        return end, scorecard(then)


def difference(now: float | None, then: float | None) -> float | None:
    """Now less then, None where one is not known."""
    return None if now is None or then is None else now - then


def light_since(view: View, cro: str) -> str:
    """The quarter in which a CRO came to the light that it has: `since 2026-Q2`, `since 2025-Q4 or before`.

    Seen at the ends of completed quarters: what changed after the newest of them is of the quarter of the as-of date.
    """
    band, since = scorecard(view).scores[cro].band, view.scope.as_of
    for end in islice(quarters_back(view.scope.as_of), LOOKED_BACK):
        with view.at(end) as then:
            score = scorecard(then).scores.get(cro)
        if score is None or score.band is not band:
            return f"since {quarter_name(since)}"
        since = end
    return f"since {quarter_name(since)} or before"
