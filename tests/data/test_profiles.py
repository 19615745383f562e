"""A reading under a name is kept as rows, comes back as it was, and is found by the headings of the next file."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from data.contracts import ALL, BY_KIND
from data.intake import profiles
from data.intake.columns import lay_out
from data.intake.headings import key
from data.intake.profiles import decided, known, reading_of, recognised, rows
from data.intake.reading import DATE_ORDERS, DECIMAL_MARKS, UNITS, Reading
from data.store import Store

COLUMNS = st.sampled_from(sorted({column.name for contract in ALL for column in contract}))
TEXTS = st.text(st.characters(exclude_categories=["Cs", "Cc"]), min_size=1, max_size=12).map(str.strip).filter(bool)
ODD = st.sampled_from(["(empty)", "((empty))", "(empty", "not used", "-", "a: b", "yes"])
TARGETS = st.sampled_from(["", "invoiced", "invoiced@{month}", "forecast@dbl"])
PAIRS = st.dictionaries(
    (TEXTS | ODD).map(str.casefold).map(str.strip), TEXTS | ODD | st.just(""), min_size=1, max_size=4
)
READINGS = st.builds(
    Reading,
    kind=st.sampled_from(["", *BY_KIND]),
    columns=st.dictionaries(TEXTS.map(key).filter(bool), TARGETS, max_size=5),
    constants=st.dictionaries(COLUMNS, TEXTS | ODD, max_size=3),
    values=st.dictionaries(COLUMNS, PAIRS, max_size=3),
    units=st.dictionaries(COLUMNS, st.sampled_from(UNITS), max_size=3),
    dates=st.dictionaries(COLUMNS, st.sampled_from(DATE_ORDERS), max_size=3),
    decimals=st.dictionaries(COLUMNS, st.sampled_from(DECIMAL_MARKS), max_size=3),
    to_date=st.dictionaries(COLUMNS, st.booleans(), max_size=3),
    snapshot=st.sampled_from([None, True, False]),
)
FORTIS = Reading(
    kind="budget",
    columns={"work_order": "engagement_id", "invoiced_{month}": "invoiced@{month}", "booked_by": ""},
    constants={"cost_type": "fee"},
    values={"engagement_id": {"wo 14": "E-014", "wo 99": ""}},
    units={"invoiced": "thousands"},
    decimals={"invoiced": "comma"},
    to_date={"invoiced": False},
    snapshot=True,
)


def as_settings(told: list[dict[str, str]]) -> list[tuple[str, str, str]]:
    """As the store keeps them: one row a key, and a row that decides nothing is passed over."""
    current = {(row["setting"], row["theirs"]): row["ours"] for row in told}
    return [(setting, theirs, ours) for (setting, theirs), ours in current.items() if ours]


def keep(store: Store, told: list[dict[str, Any]]) -> None:
    """Write rows as the newest upload, in the place of those with the same key."""
    with store.write() as cursor:
        row = cursor.execute("SELECT coalesce(max(valid_from), 0) + 1 FROM profiles").fetchone()
        number = row[0] if row else 1
        for one in told:
            names = [one["profile"], one["setting"], one["theirs"]]
            cursor.execute(
                "UPDATE profiles SET valid_to = ?"
                " WHERE valid_to IS NULL AND profile = ? AND setting = ? AND theirs = ?",
                [number, *names],
            )
            cursor.execute(
                "INSERT INTO profiles (profile, setting, theirs, ours, valid_from) VALUES (?, ?, ?, nullif(?, ''), ?)",
                [*names, one["ours"], number],
            )


@given(READINGS)
def test_a_reading_comes_back_as_it_was(reading: Reading) -> None:
    told = rows("any", reading)
    assert len({(row["setting"], row["theirs"]) for row in told}) == len(told)
    assert reading_of(as_settings(told)) == reading
    for row in told:
        assert all(cell == cell.strip() for cell in row.values())
        assert row["ours"]


@given(READINGS, READINGS)
def test_a_reading_takes_the_place_of_the_one_before(before: Reading, after: Reading) -> None:
    told = [*rows("any", before), *rows("any", after, before)]
    assert reading_of(as_settings(told)) == after


def test_the_rows_can_be_read_by_a_person() -> None:
    assert [(row["setting"], row["theirs"], row["ours"]) for row in rows("Fortis", FORTIS)] == [
        ("kind", "", "budget"),
        ("column", "work_order", "engagement_id"),
        ("column", "invoiced_{month}", "invoiced@{month}"),
        ("column", "booked_by", "not used"),
        ("constant", "cost_type", "fee"),
        ("value", "engagement_id: wo 14", "E-014"),
        ("value", "engagement_id: wo 99", "(empty)"),
        ("unit", "invoiced", "thousands"),
        ("decimal_mark", "invoiced", "comma"),
        ("to_date", "invoiced", "no"),
        ("snapshot", "", "yes"),
    ]


def test_every_setting_is_a_choice_of_the_contract() -> None:
    every = Reading(
        "budget",
        {"a": ""},
        {"b": "c"},
        {"d": {"e": "f"}},
        {"g": "ones"},
        {"h": "dmy"},
        {"i": "point"},
        {"j": True},
        True,
    )
    assert {row["setting"] for row in rows("any", every)} == set(BY_KIND["profiles"]["setting"].choices)


def test_the_examples_of_the_template_are_a_reading() -> None:
    examples = [(row["setting"], row.get("theirs", ""), row["ours"]) for row in BY_KIND["profiles"].examples]
    reading = reading_of(examples)
    assert reading.columns == {
        "work_order": "engagement_id", "invoiced_{month}": "invoiced@{month}", "booked_by": "",
    }  # fmt: skip
    assert len(rows("any", reading)) == len(examples)


def test_what_cannot_be_read_decides_nothing() -> None:
    settings = [
        ("unit", "invoiced", "dozens"), ("date_order", "actual", "myd"), ("decimal_mark", "invoiced", "dot"),
        ("to_date", "invoiced", "perhaps"), ("snapshot", "", "x"), ("value", "no colon", "E-014"), ("mood", "", "good"),
    ]  # fmt: skip
    assert reading_of(settings) == Reading()


def test_profiles_are_kept_in_the_store() -> None:
    store = Store()
    keep(store, [*rows("Fortis", FORTIS), *rows("Helix", Reading(kind="requests"))])
    with store.read() as cursor:
        assert profiles.kept(cursor) == {"Fortis": FORTIS, "Helix": Reading(kind="requests")}
    # One decision is changed, the others are dropped; the other profile is dropped altogether.
    lean = Reading(kind="budget", units={"invoiced": "ones"})
    keep(store, [*rows("Fortis", lean, FORTIS), *rows("Helix", Reading(), Reading(kind="requests"))])
    with store.read() as cursor:
        assert profiles.kept(cursor) == {"Fortis": lean}


HEADERS = ["Work Order", "Invoiced Sep 2026", "Invoiced Oct 2026", "Booked by"]


def test_next_months_file_is_recognised() -> None:
    assert [name for name, _ in recognised(HEADERS, {"Fortis": FORTIS})] == ["Fortis"]
    assert recognised([*HEADERS[1:]], {"Fortis": FORTIS}) == []
    # A column that was not used may be gone.
    assert [name for name, _ in recognised(HEADERS[:3], {"Fortis": FORTIS})] == ["Fortis"]


def test_the_profile_that_knows_most_headings_comes_first() -> None:
    kept = {
        "b": Reading(columns={"work_order": "engagement_id"}),
        "a": Reading(columns={"work_order": "engagement_id"}),
        "c": FORTIS,
        "none": Reading(columns={"booked_by": ""}, units={"invoiced": "ones"}),
    }
    assert [name for name, _ in recognised(HEADERS, kept)] == ["c", "a", "b"]


@pytest.mark.parametrize(
    "headers",
    [
        ["Project Code", "Milestone", "Planned Date", "Forcast", "Mood"],
        ["Contract", "Cost type", "Invoiced Jan 2026", "Acrued Jan 2026", "2026-02 billed net", "Mood"],
        ["Agreement", "FPI actual", "DBL forecast", "Mood"],
    ],
)
def test_a_file_that_was_laid_out_once_is_laid_out_again_without_a_question(headers: list[str]) -> None:
    first = lay_out(headers)
    profile = decided(first)
    again = [header.replace("Jan 2026", "Mar 2026") for header in headers]
    assert [name for name, _ in recognised(again, {"theirs": profile})] == ["theirs"]
    second = lay_out(again, profile)
    assert not second.problems
    assert second.names == first.names
    assert [target.column for _, target in second.wide] == [target.column for _, target in first.wide]
    assert {target.at for _, target in second.wide} == {
        target.at.replace("2026-01", "2026-03") for _, target in first.wide
    }


def test_a_new_column_is_noticed() -> None:
    profile = decided(lay_out(["Vendor", "Name", "Mood"]))
    layout = lay_out(["Vendor", "Name", "Mood", "Temper"], profile)
    assert [one.column for one in layout.problems] == ["Temper"]


def test_the_reader_knows_a_heading_from_a_cell() -> None:
    is_known = known({"Fortis": Reading(columns={"billed_net_{month}": "invoiced@{month}", "mood": ""})})
    for heading in (
        "Vendor",
        "engagement_id",
        "Sep 2026",
        "Invoiced Sep 2026",
        "FPI actual",
        "Billed net Oct 2026",
        "Mood",
    ):
        assert is_known(heading), heading
    for cell in ("E-014", "Fortis Clinical", "240000", "2026-09-30", "", "Delivered Sep 2026", "x" * 40_000):
        assert not is_known(cell), cell
    assert not known({})("Mood")
