"""A frozen review stays as it was; what was learned since is said beside it."""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, date, datetime
from pathlib import Path

import pytest

from analytics.catalogue import DIRECTIONS
from analytics.reviews import Step
from analytics.view import View
from data.contracts import BY_KIND
from data.intake import edit
from data.store import Stamp, Store
from reports import book, build, content, deck, desk, page
from reports.desk import NoReview, Opened
from tests.world import CRO, ENGAGEMENT, Kinds, scope_of, small

CUT_OFF, TODAY = date(2026, 9, 30), date(2026, 10, 20)
STAMP = Stamp(who="ana", role="user", at=datetime(2026, 10, 20, tzinfo=UTC), status_date=CUT_OFF)
CODE = "A-2026-Q3"
REVIEW = {"review_id": CODE, "cro_id": "A", "quarter": "2026-Q3", "cut_off": "2026-09-30", "prepared_by": "ana"}
# Eight of ten are on their day; two are 31 days late, and the CRO's.
MILESTONES = [
    {
        "engagement_id": "E1", "milestone": f"m{number}", "baseline_original": date(2026, 3, 1),
        "actual": date(2026, 3, 1 if number < 8 else 31), "days_cro": None if number < 8 else 30,
        "attribution_status": None if number < 8 else "proposed",
    }
    for number in range(10)
]  # fmt: skip


@contextmanager
def seen(store: Store) -> Iterator[View]:
    with store.read() as cursor:
        yield View(cursor, scope_of(store, CUT_OFF))


def world() -> Store:
    kinds: Kinds = {"cros": [CRO], "engagements": [ENGAGEMENT], "milestones": MILESTONES}
    store = small(kinds)
    tell(store, "reviews", REVIEW)
    return store


def tell(store: Store, kind: str, *rows: dict[str, str]) -> None:
    answer = edit(store, kind, rows, STAMP, kpis=DIRECTIONS)
    assert answer.accepted, [problem.message for file in answer.files for problem in file.problems]


def opened(store: Store) -> Opened:
    with seen(store) as view:
        return desk.opened(view, CODE, TODAY)


def freeze(store: Store) -> Opened:
    before = opened(store)
    rows, row = desk.frozen_rows(before.found, before.pack, "ana", TODAY)
    tell(store, "review_packs", *rows)
    tell(store, "reviews", row)
    return opened(store)


def test_a_draft_moves_with_the_data_and_a_frozen_review_does_not() -> None:
    store = world()
    draft = opened(store).pack
    frozen = freeze(store)
    assert frozen.found.step is Step.FROZEN
    assert frozen.pack.hash == draft.hash == frozen.found.content_hash
    assert frozen.found.known_at == draft.known_at
    assert frozen.pack.state == "frozen on 2026-10-20"
    files = [write(frozen.pack) for write in (deck.write, page.write, book.write)]

    # the correction: one of the late ones was on its day
    late = {"engagement_id": "E1", "milestone": "m9", "actual": "2026-03-01", "days_cro": "0"}
    tell(store, "milestones", late)
    again = opened(store)
    assert again.pack == frozen.pack
    assert again.damaged == ""
    assert [write(again.pack) for write in (deck.write, page.write, book.write)] == files


def test_restated_since_says_what_differs_and_nothing_else() -> None:
    """T01 was 8 of 10 and is 9 of 10: 80 % and 90 %. The days of m9 are gone with its delay."""
    store = world()
    freeze(store)
    with seen(store) as view:
        assert desk.restated(view, CODE, TODAY).rows == ()
    tell(store, "milestones", {"engagement_id": "E1", "milestone": "m9", "actual": "2026-03-01", "days_cro": "0"})
    with seen(store) as view:
        told = {str(row[0]): row[1:] for row in desk.restated(view, CODE, TODAY).rows}
    assert told["Milestones on time"] == ("80.0 %", "90.0 %")
    days = "late 30, cro 30, sponsor 0, external 0, not recorded 0, attribution proposed"
    assert told["S1, M9"] == (days, "not there")
    assert "S1, M8" not in told


def test_what_differs_in_digits_that_are_not_shown_is_said_by_the_number() -> None:
    store = world()
    frozen = freeze(store).pack
    found = json.loads(content.text(frozen))
    (one,) = [one for section in found["sections"] for block in section["blocks"] if block["block"] == "figures"
              for one in block["figures"] if one["id"] == "T01"]  # fmt: skip
    one["value"] = 80.00001
    assert build.restated(content.read(json.dumps(found)), frozen).rows == (("Milestones on time", "80.00001", "80"),)


def test_what_is_replied_after_the_freeze_restates_nothing() -> None:
    store = world()
    freeze(store)
    tell(store, "review_replies", {"review_id": CODE, "figure": "T01", "reply": "disputed", "own_value": "95 %"})
    with seen(store) as view:
        assert desk.restated(view, CODE, TODAY).rows == ()


def test_whoever_changes_what_was_frozen_is_noticed() -> None:
    store = world()
    frozen = freeze(store)
    other = replace(frozen.pack, cro="Somebody else")
    rows, _ = desk.frozen_rows(replace(frozen.found, frozen_on=None), other, "eve", TODAY)
    tell(store, "review_packs", *rows)
    assert "the hash differs" in opened(store).damaged


def test_what_cannot_be_read_is_said() -> None:
    store = world()
    freeze(store)
    tell(store, "review_packs", {"review_id": CODE, "part": "1", "content": "pack:rubbish"})
    with pytest.raises(NoReview, match=f"The frozen content of {CODE} cannot be read"):
        opened(store)


def test_a_frozen_review_is_not_frozen_again() -> None:
    frozen = freeze(world())
    with pytest.raises(NoReview, match="is frozen already"):
        desk.frozen_rows(frozen.found, frozen.pack, "ana", TODAY)


def test_a_review_that_there_is_not() -> None:
    with seen(world()) as view, pytest.raises(NoReview, match="There is no review B-2026-Q3"):
        desk.opened(view, "B-2026-Q3", TODAY)


def test_a_large_content_is_kept_in_parts_that_a_cell_takes() -> None:
    frozen = freeze(world())
    section = frozen.pack.sections[0]
    large = replace(frozen.pack, sections=tuple(replace(section, finding=f"{n * 7919}" * 900) for n in range(60)))
    rows, row = desk.frozen_rows(replace(frozen.found, frozen_on=None), large, "ana", TODAY)
    assert [one["part"] for one in rows] == [str(number + 1) for number in range(len(rows))]
    assert all(len(one["content"]) <= 32_767 for one in rows)
    assert set(rows[0]) <= set(BY_KIND["review_packs"].names)
    assert row["content_hash"] == large.hash


def test_a_release_that_came_later_reads_what_was_kept(tmp_path: Path) -> None:
    """The text of a kept pack is plain JSON: a file of it is enough to make the pack."""
    frozen = freeze(world())
    path = tmp_path / "pack.json"
    path.write_text(content.text(frozen.pack), encoding="utf-8")
    assert content.read(path.read_text(encoding="utf-8")) == frozen.pack
    for broken in ("", "[]", "{}", '{"sections": [{"blocks": [{"block": "picture"}]}]}'):
        with pytest.raises(ValueError):  # noqa: PT011
            content.read(broken)
