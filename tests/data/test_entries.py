"""What is written into a table of a page: which rows it tells, and which keys it takes back."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, date, datetime

from analytics.catalogue import DIRECTIONS
from data import entries
from data.contracts import BY_KIND
from data.entries import Edited
from data.intake import Loaded, edit
from data.store import Stamp, Store
from data.store.undo import undo
from data.store.verify import verify
from tests.world import CRO, ENGAGEMENT, world

RACI = BY_KIND["responsibilities"]
FIXED = {"engagement_id": "E1"}
SHOWN = ("activity", "responsible", "accountable")
DAY = date(2026, 6, 30)
STAMP = Stamp(who="ana", role="pm", at=datetime(2026, 7, 1, tzinfo=UTC), status_date=DAY)


def activity(name: str, responsible: str = "Ann", accountable: str = "Bob") -> dict[str, str]:
    return {"activity": name, "responsible": responsible, "accountable": accountable}


def known(*names: str) -> list[dict[str, str]]:
    return [FIXED | activity(name) | {"consulted": "Eve", "informed": ""} for name in names]


def told(before: list[dict[str, str]], after: Mapping[int, dict[str, str]]) -> Edited:
    return entries.edited(RACI, FIXED, SHOWN, before, after)


def store() -> Store:
    return world((DAY, {"cros": [CRO], "engagements": [ENGAGEMENT]}))


def keep(target: Store, said: Edited) -> Loaded:
    return edit(target, "responsibilities", said.rows, STAMP, kpis=DIRECTIONS, gone=said.gone)


def test_what_is_as_it_was_is_not_told() -> None:
    before = known("Lock", "Visits")
    assert len(told(before, {0: activity("Lock"), 1: activity("Visits")})) == 0


def test_a_cell_written_over_tells_its_row_alone() -> None:
    said = told(known("Lock", "Visits"), {0: activity("Lock"), 1: activity("Visits", "Cem")})
    assert said.rows == (FIXED | activity("Visits", "Cem"),)
    assert (said.places, said.gone, len(said)) == ((1,), (), 1)


def test_an_added_line_belongs_to_what_is_fixed_and_an_empty_one_is_none() -> None:
    empty = {"activity": "", "responsible": "", "accountable": ""}
    said = told(known("Lock"), {0: activity("Lock"), 1: activity("Visits"), 2: empty})
    assert (said.rows, said.places) == ((FIXED | activity("Visits"),), (1,))


def test_a_line_taken_away_names_its_key() -> None:
    said = told(known("Lock", "Visits"), {1: activity("Visits")})
    assert (said.rows, said.gone) == ((), (FIXED | {"activity": "Lock"},))


def test_a_key_written_over_takes_the_old_one_back() -> None:
    said = told(known("Lock"), {0: activity("Database lock")})
    assert said.rows == (FIXED | activity("Database lock"),)
    assert said.gone == (FIXED | {"activity": "Lock"},)
    assert len(said) == 2


def test_an_edit_is_one_upload_and_its_undo_brings_back_what_it_took() -> None:
    target = store()
    keep(target, told([], {0: activity("Lock"), 1: activity("Visits")}))
    before = entries.current(target, RACI, FIXED)
    answer = keep(target, told(before, {0: activity("Lock", "Cem"), 2: activity("Report")}))
    (file,) = answer.files
    assert (file.counts.new, file.counts.changed, file.counts.removed) == (1, 1, 1)
    assert [row["activity"] for row in entries.current(target, RACI, FIXED)] == ["Lock", "Report"]
    assert answer.upload is not None
    undo(target, answer.upload, replace(STAMP, reason="the wrong study"))
    assert entries.current(target, RACI, FIXED) == before
    # the ledger of a made-up world has no hashes
    assert [one for one in verify(target) if not one.startswith("Ledger")] == []


def test_rows_in_which_a_column_is_not_filled_are_left_out() -> None:
    """The decision on a candidate stands in the row without a criterion."""
    target, own = store(), {"need_id": "N", "cro_id": "A"}
    score = own | {"criterion": "price", "score": "4", "evidence": "offer"}
    decision = own | {"decision": "selected", "decision_reason": "Best total"}
    for row in (score, decision):
        assert edit(target, "selections", [row], STAMP, kpis=DIRECTIONS).accepted
    assert [row["criterion"] for row in entries.current(target, BY_KIND["selections"], own)] == ["", "price"]
    assert [row["criterion"] for row in entries.current(target, BY_KIND["selections"], own, "criterion")] == ["price"]
    assert len(entries.current(target, BY_KIND["selections"], {}, "criterion")) == 1


def test_what_is_taken_back_twice_says_so_and_changes_nothing() -> None:
    target = store()
    keep(target, told([], {0: activity("Lock")}))
    gone = told(known("Lock"), {})
    assert keep(target, gone).accepted
    again = keep(target, gone)
    (problem,) = again.files[0].problems
    assert not again.accepted
    assert problem.message.startswith("E1 / Lock is not there any more")


def test_what_is_still_named_is_not_taken_back() -> None:
    target = store()
    edit(target, "audits", [{"audit_id": "V-1", "cro_id": "A", "held": "2026-03-18"}], STAMP, kpis=DIRECTIONS)
    finding = {"event_id": "F-1", "engagement_id": "E1", "audit_id": "V-1", "raised": "2026-03-18"}
    assert edit(target, "quality_events", [finding], STAMP, kpis=DIRECTIONS).accepted
    version = target.version
    answer = edit(target, "audits", [], STAMP, gone=[{"audit_id": "V-1"}], kpis=DIRECTIONS)
    assert not answer.accepted
    assert "quality_events still names it (1 rows)" in answer.files[0].problems[0].message
    assert target.version == version


def test_somebody_elses_change_is_noticed_only_where_it_is_touched() -> None:
    before = known("Lock", "Visits")
    now = [before[0], before[1] | {"responsible": "Dan"}]
    lock = told(before, {0: activity("Lock", "Cem"), 1: activity("Visits")})
    visits = told(before, {0: activity("Lock"), 1: activity("Visits", "Cem")})
    assert entries.told_since(RACI, lock, before, now) == []
    assert entries.told_since(RACI, visits, before, now) == ["E1 / Visits"]
