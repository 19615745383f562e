"""The date that a scorecard is compared with, and the scorecard then."""

from datetime import date

from analytics.scope import completed_quarter
from analytics.score import Scorecard, scorecard
from analytics.view import View


def before(view: View) -> tuple[date, Scorecard]:
    """The end of the last completed quarter, and the scorecard then."""
    end = completed_quarter(view.scope.as_of)
    with view.at(end) as then:
        return end, scorecard(then)
