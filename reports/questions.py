"""What the pages of a review ask: each is a question to a view, whatever the filters of the page."""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date
from typing import Any

import pandas as pd

from analytics import reviews
from analytics.kpi import Band
from analytics.practices import effect, feedback
from analytics.reviews import Missing, Review
from analytics.scope import Scope
from analytics.score import scorecard
from analytics.view import View
from reports import build, desk
from reports.content import Pack, Table
from reports.desk import NoReview, Opened

AGREED = ["action", "type", "what", "study", "owner", "side", "due", "closed", "state", "days", "effect"]
PROMISED = ["review", "quarter", "cro", *AGREED, "helped"]
SIDES = {"CRO": "CRO", "us": "Us"}


@dataclass(frozen=True, slots=True)
class Line:
    """A review in the list: its score and light, as frozen or by what is known now, and how far the reply is.

    `problem` says why there is no score.
    """

    found: Review
    score: float | None
    band: str
    replied: int
    disputed: int
    disputes_open: int
    problem: str = ""


@contextmanager
def whole(view: View) -> Iterator[View]:
    """The same store without the filters of a page: a review is of all studies of its CRO."""
    seen = view.scope
    scope = Scope(
        as_of=seen.as_of,
        known_at=seen.known_at,
        visible_cros=seen.visible_cros,
        visible_engagements=seen.visible_engagements,
    )
    with view.other(scope) as all_of_it:
        yield all_of_it


@contextmanager
def told(view: View, today: date, *cros: str) -> Iterator[View]:
    """The same as told up to today, of all CROs or of some."""
    with whole(view) as all_of_it, all_of_it.at(max(today, view.scope.as_of)) as now:
        if not cros:
            yield now
            return
        with now.other(now.scope.of(cros=cros)) as own:
            yield own


def found(view: View, code: str) -> Review | None:
    """A review, also where the filters of the page leave out its CRO."""
    with whole(view) as all_of_it:
        return reviews.review(all_of_it, code)


def opened(view: View, code: str, today: date) -> Opened:
    """The same with its content; see `reports.desk.opened`."""
    with whole(view) as all_of_it:
        return desk.opened(all_of_it, code, today)


def restated(view: View, code: str, today: date) -> Table:
    """See `reports.desk.restated`."""
    with whole(view) as all_of_it:
        return desk.restated(all_of_it, code, today)


def leadership(view: View, quarter: str, today: date) -> Pack:
    """The edition for leadership: every review of the quarter. Raises NoReview where one has no content."""
    with whole(view) as all_of_it:
        return desk.leadership(desk.all_of(all_of_it, quarter, today), quarter)


def missing(view: View, code: str, today: date) -> list[Missing]:
    """What a review lacks; see `analytics.reviews.missing`."""
    with whole(view) as all_of_it:
        one = reviews.review(all_of_it, code)
        if one is None:
            return []
        at, up_to = build.scopes(all_of_it.scope, one, today)
        with all_of_it.other(at) as then, all_of_it.other(up_to) as now:
            return reviews.missing(then, now, one)


def replies(view: View, code: str) -> dict[str, dict[str, Any]]:
    """What is said of the figures of a review, by figure."""
    return {figure: dict(row) for figure, row in reviews.replies(view, code).items()}


def listed(view: View) -> list[Line]:
    """The reviews that the filters let through, the newest quarter first."""
    with whole(view) as all_of_it:
        return [_line(all_of_it, one) for one in reviews.reviews(view)]


def _line(view: View, one: Review) -> Line:
    said = reviews.replies(view, one.review_id).values()
    disputed = [row for row in said if row["reply"] == "disputed"]
    counts = (
        sum(bool(row["reply"]) for row in said),
        len(disputed),
        sum((row["dispute"] or "open") == "open" for row in disputed),
    )
    try:
        score, band = _score(view, one)
    except NoReview as problem:
        return Line(one, None, Band.UNRATED, *counts, problem=str(problem))
    return Line(one, score, band, *counts)


def _score(view: View, one: Review) -> tuple[float | None, str]:
    """The score and its light: as frozen, else as of the cut-off."""
    if one.frozen_on:
        figure = next(figure for figure in desk.frozen(view, one).figures if figure.id == "score")
        return figure.value, figure.band
    return _score_now(view, one)


def _score_now(view: View, one: Review) -> tuple[float | None, str]:
    with view.at(one.cut_off) as then:
        score = scorecard(then).scores.get(one.cro_id)
    if score is None:
        raise NoReview(f"{one.cro} has no engagement that was known on {one.cut_off}.")
    return score.value, str(score.band)


def agreed(view: View, code: str, cro: str, today: date) -> pd.DataFrame:
    """The decisions and actions of a review, decisions first, then by due day.

    Columns: action, type, what, study, owner, side, due, closed, state (in words: `done on time`, `open, late`), days
    (as-of date or closed, less due), effect.
    """
    with told(view, today, cro) as now:
        own = reviews.agreed(now, cro)
        return _agreed(now, cro, {action for action, review in own.items() if review == code})


def _agreed(now: View, cro: str, codes: set[str]) -> pd.DataFrame:
    frames = [
        frame[frame["action"].isin(codes)]
        for frame in (feedback.open_actions(now, cro), feedback.closed_actions(now, cro))
    ]
    both = pd.concat([frame for frame in frames if not frame.empty] or frames[:1], ignore_index=True)
    both = both.assign(
        state=[_state(row) for row in both.to_dict("records")],
        side=both["side"].map(lambda side: SIDES.get(side, "")),
        first=both["type"] != "decision",
    )
    return both.sort_values(["first", "due", "action"], kind="stable")[AGREED].reset_index(drop=True)


def _state(row: Mapping[Any, Any]) -> str:
    if row["open"]:
        return "open, late" if row["overdue"] else "open"
    return "done late" if pd.notna(row["days"]) and row["days"] > 0 else "done"


def restated_scores(view: View) -> dict[str, float | None]:
    """The score of each frozen review by what is known now; None where it has none any more."""
    with whole(view) as all_of_it:
        return {one.review_id: _restated(all_of_it, one) for one in reviews.reviews(view) if one.frozen_on}


def _restated(view: View, one: Review) -> float | None:
    try:
        return _score_now(view, one)[0]
    except NoReview:
        return None


def promised(view: View, today: date) -> pd.DataFrame:
    """Every action of a review, of the CROs that the filters let through: one line over time.

    Columns: review, quarter, cro, and those of `agreed`, with helped, what became of the KPI that it names.
    """
    held: dict[str, list[Review]] = {}
    for one in reviews.reviews(view):
        held.setdefault(one.cro_id, []).append(one)
    frames = []
    for cro, own in held.items():
        with told(view, today, cro) as now:
            frames += _promised(now, cro, own)
    return pd.concat(frames, ignore_index=True)[PROMISED] if frames else pd.DataFrame(columns=PROMISED)


def _promised(now: View, cro: str, held: Sequence[Review]) -> list[pd.DataFrame]:
    """A frame for each review of a CRO in which something was agreed."""
    of_review = reviews.agreed(now, cro)
    if not of_review:
        return []
    effects = effect.effects(now)
    helped = dict(zip(effects["action"], map(str, effects["verdict"]), strict=True))
    frames = []
    for one in held:
        own = _agreed(now, cro, {action for action, code in of_review.items() if code == one.review_id})
        told_of = [helped.get(action, "") for action in own["action"]]
        if len(own):
            frames.append(own.assign(review=one.review_id, quarter=one.quarter, cro=one.cro, helped=told_of))
    return frames


def kept_promises(lines: pd.DataFrame, code: str) -> dict[str, int]:
    """Of one review, of the frame of `promised`: promised, done (in time or without a due day), late (open or done
    after the due day), helped."""
    own = lines[lines["review"] == code]
    return {
        "promised": len(own),
        "done": int((own["state"] == "done").sum()),
        "late": int(own["state"].isin(["done late", "open, late"]).sum()),
        "helped": int((own["helped"] == effect.Moved.BETTER.value).sum()),
    }
