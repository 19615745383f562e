"""Reviews of a CRO and a quarter: at which step each is, what is missing before it, and what is said of its figures."""

from collections.abc import Mapping
from dataclasses import dataclass, fields
from datetime import date, timedelta
from enum import StrEnum
from typing import Any

from analytics.catalogue import BY_ID
from analytics.kpi import Band
from analytics.scope import completed_quarter, quarter_end
from analytics.score import scorecard
from analytics.view import View
from analytics.words import count, day, listing

REPLY_DAYS = 14
"""Days that the CRO has for its reply, unless another day is agreed."""
REVIEWS = """
SELECT review.* EXCLUDE (valid_from, valid_to), coalesce(cro.name, review.cro_id) AS cro
FROM reviews AS review
LEFT JOIN known_cros AS cro ON cro.cro_id = review.cro_id
WHERE review.valid_from <= $known_at AND (review.valid_to IS NULL OR review.valid_to > $known_at)
    AND ($visible_cros IS NULL OR list_contains($visible_cros, review.cro_id))
    AND (len($cros) = 0 OR list_contains($cros, review.cro_id))
ORDER BY review.quarter DESC, cro, review.review_id
"""
REPLIES = """
SELECT * EXCLUDE (valid_from, valid_to) FROM review_replies
WHERE valid_from <= $known_at AND (valid_to IS NULL OR valid_to > $known_at) AND review_id = $review
ORDER BY figure
"""
ACTIONS_ON = """
SELECT kpi_id, description
FROM known_actions
WHERE cro_id = $cro AND kpi_id IS NOT NULL AND raised <= $as_of AND (closed IS NULL OR closed > $from)
ORDER BY raised, action_id
"""
TOLD_TO = "SELECT engagement_id, max(status_date) AS last FROM fact_told WHERE cro_id = $cro GROUP BY engagement_id"
AGREED = "SELECT action_id, review_id FROM known_actions WHERE cro_id = $cro AND coalesce(review_id, '') <> ''"


class Step(StrEnum):
    """Where a review stands: the last step that has a day."""

    PREPARING = "preparing"
    SHARED = "shared with the CRO"
    FROZEN = "frozen"
    HELD = "held"
    CLOSED = "closed"


@dataclass(frozen=True, slots=True, kw_only=True)
class Review:
    """A review as it stands: a row of the kind reviews, with the name of its CRO."""

    review_id: str
    cro_id: str
    cro: str
    quarter: str
    cut_off: date
    prepared_by: str | None = None
    meets_on: date | None = None
    shared_on: date | None = None
    shared_by: str | None = None
    reply_due: date | None = None
    frozen_on: date | None = None
    frozen_by: str | None = None
    known_at: int | None = None
    content_hash: str | None = None
    held_on: date | None = None
    held_by: str | None = None
    minutes_final_on: date | None = None
    acknowledged_us_on: date | None = None
    acknowledged_us_by: str | None = None
    acknowledged_cro_on: date | None = None
    acknowledged_cro_by: str | None = None
    closed_on: date | None = None
    closed_by: str | None = None

    @property
    def step(self) -> Step:
        """The last step that has a day."""
        days = {
            Step.CLOSED: self.closed_on,
            Step.HELD: self.held_on,
            Step.FROZEN: self.frozen_on,
            Step.SHARED: self.shared_on,
        }
        return next((step for step, when in days.items() if when), Step.PREPARING)

    @property
    def steps(self) -> list[tuple[str, date, str]]:
        """What was done, when and by whom, in order."""
        done = [
            ("Shared with the CRO", self.shared_on, self.shared_by),
            ("Frozen", self.frozen_on, self.frozen_by),
            ("Held", self.held_on, self.held_by),
            ("Minutes final", self.minutes_final_on, ""),
            ("Minutes acknowledged by us", self.acknowledged_us_on, self.acknowledged_us_by),
            ("Minutes acknowledged by the CRO", self.acknowledged_cro_on, self.acknowledged_cro_by),
            ("Closed", self.closed_on, self.closed_by),
        ]
        return [(what, when, who or "") for what, when, who in done if when]

    @property
    def figures(self) -> str:
        """Whether its figures follow the data or stay: one that was held without a freeze has none of its own."""
        if self.frozen_on:
            return "frozen"
        return "never frozen" if self.held_on or self.closed_on else "draft"

    @property
    def previous_end(self) -> date:
        """The end of the quarter before the one that is reviewed."""
        return quarter_start(self.quarter) - timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Missing:
    """What a review lacks before it is shared: of which `kind` (stale data, no data, unexplained), of what, and why."""

    kind: str
    what: str
    why: str
    figure: str = ""
    engagement: str = ""


NAMES = frozenset(field.name for field in fields(Review))


def quarter_start(quarter: str) -> date:
    """The first day of `2026-Q3`."""
    return date(int(quarter[:4]), 3 * int(quarter[-1]) - 2, 1)


def cut_off_of(quarter: str) -> date:
    """The last day of `2026-Q3`."""
    return quarter_end(quarter_start(quarter))


def newest_quarter(as_of: date) -> date:
    """The end of the newest quarter that is over by a day."""
    return as_of if as_of == quarter_end(as_of) else completed_quarter(as_of)


def code(cro_id: str, quarter: str) -> str:
    """The code of the review of a CRO and a quarter: `FORTIS-2026-Q3`."""
    return f"{cro_id}-{quarter}"


def reviews(view: View) -> list[Review]:
    """The reviews of the CROs in scope, the newest quarter first. Their steps are not read as of a day: a review of a
    quarter is frozen and held after it."""
    return [Review(**{name: row[name] for name in NAMES}) for row in view.rows(REVIEWS)]


def review(view: View, code_: str) -> Review | None:
    """One of them; None where there is none in scope."""
    return next((each for each in reviews(view) if each.review_id == code_), None)


def replies(view: View, code_: str) -> dict[str, Mapping[str, Any]]:
    """What is said of the figures of a review, by figure: the rows of the kind review_replies."""
    return {row["figure"]: row for row in view.rows(REPLIES, review=code_)}


def reply_words(row: Mapping[str, Any] | None, shared: bool) -> str:
    """What the CRO says of a figure. Silence is said, and is never acceptance; empty where it was not asked yet."""
    if row is None or not (row["reply"] or row["comment"]):
        return "no reply" if shared else ""
    if row["reply"] == "disputed":
        own = row["own_value"] or row["comment"]
        own = f": {own}" if own else ""
        evidence = f" ({row['evidence']})" if row["evidence"] else ""
        settled = (row["dispute"] or "open").replace("_", " ")
        whose = f", {row['dispute_owner']}" if row["dispute_owner"] and settled == "open" else ""
        return f"disputed{own}{evidence}; {settled}{whose}"
    reply = row["reply"] or "comment"
    return f"{reply}: {row['comment']}" if row["comment"] else str(reply)


def explanations(told: View, found: Review) -> dict[str, str]:
    """Why a KPI is what it is, by its id: our comment of the review, else an action on it that is open, or was closed
    since the end of the quarter before. `told`: as of the day on which it is asked."""
    actions: dict[str, list[str]] = {}
    for row in told.rows(ACTIONS_ON, cro=found.cro_id, **{"from": found.previous_end}):
        actions.setdefault(row["kpi_id"], []).append(row["description"])
    said = {kpi: f"Action: {listing(texts, 1)}" for kpi, texts in actions.items()}
    said |= {
        figure: str(row["explanation"]) for figure, row in replies(told, found.review_id).items() if row["explanation"]
    }
    return said


def missing(view: View, told: View, found: Review) -> list[Missing]:
    """What a review lacks: engagements of which nothing was told up to the cut-off, KPIs without data, reds that nobody
    explained.

    `view` is as of the cut-off, `told` as of the day on which it is asked.
    """
    card = scorecard(view)
    score = card.scores.get(found.cro_id)
    if score is None:
        return [Missing("no data", "Everything", "No engagement of this CRO is in scope.")]
    own = card.studies[(card.studies["cro_id"] == found.cro_id) & card.studies["active"]]
    since = {row["engagement_id"]: row["last"] for row in told.rows(TOLD_TO, cro=found.cro_id)}
    lacks = [
        Missing("stale data", f"{study}", _stale(last, found.cut_off), engagement=engagement)
        for study, engagement, last in zip(own["study_id"], own["engagement_id"], own["last_told"], strict=True)
        if not _told_to(last, since.get(engagement), found.cut_off)
    ]
    said = explanations(told, found)
    for part in (part for part in score.parts if part.applicable):
        label = BY_ID[part.kpi].label
        if part.band is Band.NOT_REPORTED:
            lacks.append(Missing("no data", label, str(part.row["reason"] or "not reported"), part.kpi))
        elif part.band is Band.RED and part.kpi not in said:
            lacks.append(Missing("unexplained", label, "Red, with neither a comment nor an action.", part.kpi))
    return lacks


def _told_to(last: Any, since: date | None, cut_off: date) -> bool:
    """Whether something was told up to the cut-off; what is told as of a later day tells of it too."""
    return (last == last and last is not None and last.date() >= cut_off) or (since is not None and since >= cut_off)


def _stale(last: Any, cut_off: date) -> str:
    if last != last or last is None:
        return "Nothing was ever told."
    return f"Told to {day(last.date())}, {count((cut_off - last.date()).days, 'day')} before the cut-off."


def agreed(told: View, cro: str) -> dict[str, str]:
    """Action to the review in which it was agreed, of those of one CRO that name one."""
    return {row["action_id"]: row["review_id"] for row in told.rows(AGREED, cro=cro)}
