"""A complete file closes what it does not have, only within the engagements that it names."""

from data.intake import FileIn, Loaded, Options, load
from data.intake.reading import Reading
from data.intake.told import Asked
from data.store import Store
from data.store.undo import undo
from data.store.verify import verify
from tests.data.helpers import KPIS, everything, example_store, rows, stamp, told

COMPLETE = Asked(readings={"": Reading(snapshot=True)})
PLAN = """engagement_id,milestone,baseline_original
E-014,fpi,2025-04-01
E-014,dbl,2027-08-01
E-014,csr,2027-12-01
E-015,fpi,2025-04-15
"""


def store() -> Store:
    """Milestones of two engagements: E-014 with fpi, dbl, csr, and E-015 with fpi."""
    made = example_store()
    ids = [(row[0], row[1], row[2]) for row in rows(made, "milestones")]
    assert ids == [("E-014", "dbl", ""), ("E-014", "fpi", ""), ("E-014", "siv", "DE-03")]
    told(made, {"milestones": PLAN})
    return made


def take(store: Store, *texts: str, **options: bool) -> Loaded:
    files = [FileIn(f"{place}.csv", text.encode(), "milestones") for place, text in enumerate(texts)]
    return load(store, files, stamp(), kpis=KPIS, asked=COMPLETE, options=Options(**options))


def keys(store: Store) -> list[str]:
    return [" ".join(row[:2]) for row in rows(store, "milestones")]


def test_what_is_not_there_any_more_is_closed_in_the_named_engagement_alone() -> None:
    held = store()
    answer = take(held, "engagement_id,milestone,forecast\nE-014,dbl,2027-10-01\nE-014,fpi,\n")
    (file,) = answer.files
    # E-014 had dbl, fpi, csr and the site's siv; csr and siv are not in the file. E-015 is not named.
    assert (answer.accepted, file.counts.removed) == (True, 2)
    assert list(file.closed) == ["E-014 / csr", "E-014 / siv / DE-03"]
    assert keys(held) == ["E-014 dbl", "E-014 fpi", "E-015 fpi"]
    assert verify(held) == []


def test_an_undo_brings_back_what_a_snapshot_closed() -> None:
    held = store()
    before = everything(held)
    number = take(held, "engagement_id,milestone,forecast\nE-014,dbl,2027-10-01\n").upload
    assert number is not None
    undo(held, number, stamp(reason="not complete after all"))
    assert everything(held) == before
    assert verify(held) == []


def test_a_snapshot_with_nothing_else_new_is_an_upload() -> None:
    held = store()
    first = take(held, PLAN)
    assert (first.upload, first.files[0].counts.removed) == (3, 1)  # the site's siv is not in the plan
    again = take(held, PLAN)
    assert (again.upload, again.files[0].counts.removed) == (None, 0)


def test_two_files_of_a_kind_are_one_snapshot() -> None:
    held = store()
    answer = take(
        held,
        "engagement_id,milestone,forecast\nE-014,dbl,2027-10-01\nE-014,fpi,\n",
        "engagement_id,milestone,baseline_original\nE-014,csr,2027-12-01\n",
    )
    assert sum(file.counts.removed for file in answer.files) == 1  # only siv is in neither
    assert keys(held) == ["E-014 csr", "E-014 dbl", "E-014 fpi", "E-015 fpi"]


def test_nothing_is_closed_where_a_row_is_rejected() -> None:
    held = store()
    text = "engagement_id,milestone,forecast\nE-014,dbl,soon\nE-014,fpi,2025-05-07\n"
    answer = take(held, text, valid_rows_only=True)
    (file,) = answer.files
    assert (answer.accepted, file.counts.changed, file.counts.rejected, file.counts.removed) == (True, 1, 1, 0)
    assert any("Nothing was closed" in problem.message for problem in file.problems)
    assert len(keys(held)) == 5


def test_a_kind_without_engagements_has_no_snapshot() -> None:
    held = store()
    asked = COMPLETE
    answer = load(held, [FileIn("c.csv", b"cro_id,name\nFORTIS,Fortis\n")], stamp(), kpis=KPIS, asked=asked)
    assert not answer.accepted
    assert "cros has none" in answer.files[0].problems[-1].message


def test_what_others_still_name_is_not_closed() -> None:
    held = store()
    told(held, {"change_orders": "change_order_id,engagement_id,requested,value\nCO-9,E-015,2026-05-01,100\n"})
    assert verify(held) == []
    deliverables = rows(held, "deliverables")
    assert deliverables, "the examples have deliverables"
    answer = load(
        held,
        [FileIn("r.csv", b"request_id,engagement_id,opened_at\nR-9,E-014,2026-05-01\n", "requests")],
        stamp(),
        kpis=KPIS,
        asked=COMPLETE,
    )
    assert answer.accepted
    assert verify(held) == []
