"""What a topic is asked about."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

import pandas as pd

from analytics import budget
from analytics.reviews import Review
from analytics.score import Score, Scorecard
from analytics.view import View

Before = Score | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Subject:
    """What a topic is asked about: the review, and the numbers over all CROs, of its own, and as told by now.

    `before`: the score at the end of the quarter before. `ends`: of the quarters in a line, the oldest first. What
    several topics speak of is asked once: `late` milestones, actions that are `still` open or `done`, in which review
    each was `agreed`, and the `answers` to the figures.
    """

    found: Review
    view: View
    own: View
    now: View
    card: Scorecard
    score: Score
    before: Before
    ends: tuple[date, ...]
    currency: budget.Currency
    late: pd.DataFrame
    still: pd.DataFrame
    done: pd.DataFrame
    agreed: Mapping[str, str]
    answers: Mapping[str, Mapping[str, Any]]
