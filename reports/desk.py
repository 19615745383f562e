"""Reviews with their content: a draft is worked out, a frozen one is read as it was kept."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date

from analytics.reviews import Review, Step, cut_off_of, review, reviews
from analytics.reviews import code as code_of
from analytics.scope import Scope
from analytics.score import CROS
from analytics.view import View
from analytics.words import listing
from reports import build, content
from reports.content import Pack, Table
from reports.kept import packed, unpacked

PARTS = """
SELECT content FROM review_packs
WHERE review_id = $review AND valid_from <= $known_at AND (valid_to IS NULL OR valid_to > $known_at)
ORDER BY part
"""


class NoReview(Exception):
    """There is no such review, or its content is damaged. The text says what to do."""


@dataclass(frozen=True, slots=True)
class Opened:
    """A review and its content; `damaged` says why the content of a frozen one is not what was frozen, else empty."""

    found: Review
    pack: Pack
    damaged: str = ""


def opened(view: View, code: str, today: date) -> Opened:
    """A review with its content: as frozen, or as of its cut-off and told up to today.

    Raises NoReview where there is none in scope, or what was frozen cannot be read.
    """
    found = review(view, code)
    if found is None:
        raise NoReview(f"There is no review {code}. Prepare it first, on the page of the reviews.")
    if not found.frozen_on:
        return Opened(found, draft(view, found, today))
    kept = frozen(view, found)
    damaged = "" if kept.hash == found.content_hash else "its content is not what was frozen: the hash differs"
    return Opened(found, kept, damaged)


def of(view: View, cro: str, quarter: str, today: date) -> Opened:
    """The review of a CRO and a quarter; one that nobody prepared is a draft as of the end of the quarter, or as of the
    day to which the data go where that is earlier. Raises NoReview for a CRO without an engagement."""
    name = known(view).get(cro)
    if name is None:
        raise NoReview(f"No CRO {cro} has an engagement. There are {listing(list(known(view)), 12) or 'none'}.")
    prepared = [each for each in reviews(view) if (each.cro_id, each.quarter) == (cro, quarter)]
    if prepared:
        return opened(view, prepared[0].review_id, today)
    cut_off = min(cut_off_of(quarter), view.scope.as_of)
    found = Review(review_id=code_of(cro, quarter), cro_id=cro, cro=name, quarter=quarter, cut_off=cut_off)
    return Opened(found, draft(view, found, today))


def known(view: View) -> dict[str, str]:
    """The CROs that have an engagement in sight: code to name."""
    with view.other(_whole(view.scope)) as whole:
        return {row["cro_id"]: row["cro"] for row in whole.rows(CROS)}


def draft(view: View, found: Review, today: date) -> Pack:
    """The content by what is known now. Raises NoReview where the CRO has no engagement in scope."""
    at, told = build.scopes(_whole(view.scope), found, today)
    with view.other(at) as then, view.other(told) as now:
        try:
            return build.pack(then, now, found)
        except KeyError as problem:
            raise NoReview(f"{found.cro} has no engagement that was known on {found.cut_off}.") from problem


def _whole(scope: Scope) -> Scope:
    """What may be seen, without the filters of a page: a review is of all studies, and its range of all CROs."""
    return Scope(
        as_of=scope.as_of,
        known_at=scope.known_at,
        visible_cros=scope.visible_cros,
        visible_engagements=scope.visible_engagements,
    )


def frozen(view: View, found: Review) -> Pack:
    """The content as it was frozen, with who froze it and when. Raises NoReview where it cannot be read."""
    parts = [str(row["content"]) for row in view.rows(PARTS, review=found.review_id)]
    try:
        kept = content.read(unpacked(parts))
    except ValueError as problem:
        raise NoReview(f"The frozen content of {found.review_id} cannot be read: {problem}") from problem
    return replace(kept, frozen_on=_iso(found.frozen_on), frozen_by=found.frozen_by or "")


def _iso(day: date | None) -> str:
    return day.isoformat() if day else ""


def restated(view: View, code: str, today: date) -> Table:
    """What the figures of a frozen review would be by what is known now; see `build.restated`.

    The figures alone: what was told since the freeze of actions and replies restates none.
    """
    seen = opened(view, code, today)
    return build.restated(seen.pack, draft(view, seen.found, today))


def all_of(view: View, quarter: str, today: date) -> list[Opened]:
    """The reviews of a quarter with their content."""
    return [opened(view, each.review_id, today) for each in reviews(view) if each.quarter == quarter]


def frozen_rows(found: Review, pack: Pack, by: str, on: date) -> tuple[list[dict[str, str]], dict[str, str]]:
    """What freezing keeps: the rows of the kind review_packs, and the row of the review that names them.

    Raises NoReview where the review is frozen already.
    """
    if found.step not in (Step.PREPARING, Step.SHARED):
        raise NoReview(f"{found.review_id} is {found.step} already.")
    parts = packed(content.text(replace(pack, frozen_on="", frozen_by="")))
    rows = [{"review_id": found.review_id, "part": str(part), "content": text} for part, text in enumerate(parts, 1)]
    row = {
        "review_id": found.review_id, "frozen_on": on.isoformat(), "frozen_by": by, "known_at": str(pack.known_at),
        "content_hash": pack.hash,
    }  # fmt: skip
    return rows, row


def for_edition(seen: Opened, edition: content.Edition) -> Pack:
    """The content as an edition gives it."""
    return seen.pack.for_cro() if edition == "cro" else seen.pack


def leadership(found: Sequence[Opened], quarter: str) -> Pack:
    """The edition for leadership over all reviews of a quarter. Raises ValueError where there is none."""
    return build.leadership([each.pack for each in found], quarter)
