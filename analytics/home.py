"""Who is red, and what comes next: what is due, what waits for us, what expires.

`row`: the kind and key that a line stands for.
"""

from collections.abc import Sequence

import pandas as pd

from analytics.kpi import Band
from analytics.matrix import by_attention
from analytics.score import scorecard
from analytics.timelines import milestone_name
from analytics.view import View
from analytics.words import count, listing
from analytics.words import score as points

MOST_NAMED = 3
MOST_WAITING = 500
"""How many of the things that wait for us are listed: nobody reads further, and more make the page slow."""

DUE_SOON = """
SELECT due, study_id AS study, cro, milestone AS what, forecast, 'milestone' AS kind,
    ['milestones', engagement_id, milestone, site_id] AS row
FROM fact_milestone
WHERE whole_study AND state = 'open' AND due <= $as_of + 30
UNION ALL
SELECT due, study_id, cro, name, NULL, 'deliverable', ['deliverables', deliverable_id]
FROM fact_deliverable WHERE state = 'open' AND due <= $as_of + 30
ORDER BY due, study, what
"""
WAITING_FOR_US = """
SELECT *, count(*) OVER () AS in_all
FROM (
    SELECT opened_on AS since, age_days AS days, study_id AS study, cro, coalesce(topic, type) AS what,
        'answer' AS we_owe, ['requests', request_id] AS row
    FROM fact_request
    WHERE direction = 'to_sponsor' AND open
    UNION ALL
    SELECT submitted, date_diff('day', submitted, $as_of), study_id, cro, coalesce(reason, change_order_id), 'decision',
        ['change_orders', change_order_id]
    FROM fact_change_order
    WHERE state = 'unsigned' AND decided IS NULL
    UNION ALL
    SELECT delivered, date_diff('day', delivered, $as_of), study_id, cro, name, 'review',
        ['deliverables', deliverable_id]
    FROM fact_deliverable
    WHERE delivered IS NOT NULL AND first_reviewed_on IS NULL AND accepted IS NULL
)
ORDER BY days DESC, study, what
LIMIT $most
"""
EXPIRING = """
SELECT
    qualified_until AS expires, 'qualification' AS what, name AS who,
    date_diff('day', $as_of, qualified_until) AS days, ['cros', cro_id] AS row
FROM known_cros
WHERE cro_id IN (SELECT cro_id FROM fact_engagement WHERE active) AND qualified_until <= $as_of + 90
UNION ALL
SELECT
    planned_end, 'contract', study_id || ', ' || cro, date_diff('day', $as_of, planned_end),
    ['engagements', engagement_id]
FROM fact_engagement WHERE active AND planned_end <= $as_of + 90
ORDER BY expires, who
"""


def standing(view: View) -> str:
    """Which CROs are red, the worst first, and how many are amber or not rated; empty where none is in scope.

    `2 of 8 CROs are red: Alpha (48) and Beta (62); 3 amber.`
    """
    card = scorecard(view)
    if not card.scores:
        return ""
    bands = [score.band for score in card.scores.values()]
    red = [cro for cro in by_attention(card) if card.scores[cro].band is Band.RED]
    head = "No CRO is red"
    if red:
        names = listing([f"{card.names[cro]} ({points(card.scores[cro].value)})" for cro in red], MOST_NAMED)
        head = f"{len(red)} of {count(len(bands), 'CRO')} {'is' if len(red) == 1 else 'are'} red: {names}"
    numbers = ((bands.count(Band.AMBER), "amber"), (bands.count(Band.UNRATED), "not rated"))
    return "; ".join((head, *(f"{number} {word}" for number, word in numbers if number))) + "."


def due_soon(view: View) -> pd.DataFrame:
    """Milestones and deliverables due in the next 30 days: due, study, cro, what, forecast, kind, row."""
    found = view.ask(DUE_SOON)
    milestones = found["kind"] == "milestone"
    found.loc[milestones, "what"] = found.loc[milestones, "what"].map(milestone_name)
    return found


def waiting_for_us(view: View, most: int = MOST_WAITING) -> pd.DataFrame:
    """What the CROs wait for: since, days, study, cro, what, we_owe (answer, decision, review), row, in_all (how many).

    The longest first, at most so many.
    """
    return view.ask(WAITING_FOR_US, most=most)


def how_many_wait(waiting: pd.DataFrame) -> str:
    """`812 items wait for us: the 500 oldest`."""
    total = 0 if waiting.empty else int(waiting["in_all"].iloc[0])
    wait = "waits" if total == 1 else "wait"
    return f"{count(total, 'item')} {wait} for us" + (f": the {len(waiting):,} oldest" if total > len(waiting) else "")


def expiring(view: View) -> pd.DataFrame:
    """Qualifications and contracts that end within 90 days or have ended: expires, what, who, days to the end, row."""
    return view.ask(EXPIRING)


def expiring_words(days: Sequence[int]) -> str:
    """What is to be dealt with first: `2 agreements have ended, 8 end in 90 days`. `days`: to the end of each."""
    ended, rest = sum(day < 0 for day in days), sum(day >= 0 for day in days)
    end = f"{'ends' if rest == 1 else 'end'} in 90 days"
    if not ended:
        return f"{count(rest, 'agreement')} {end}"
    return f"{count(ended, 'agreement')} {'has' if ended == 1 else 'have'} ended, {rest:,} {end}"
