"""Codes and names that look like others are doubted, and only those."""

import pytest

from data.intake.lookalike import folded
from data.store import Store
from tests.data.helpers import tell, told

HEAD = "cro_id,name\n"
STUDIES = "engagement_id,cro_id,study_id,title,start_date,planned_end,contract_value,currency\n"


def found(store: Store, kind: str, text: str) -> list[tuple[int | None, str]]:
    (file,) = (file for file in tell(store, {kind: text}, dry_run=True).files if file.kind == kind)
    return [(one.row, one.column) for one in file.problems if one.rule == "lookalike"]


def store() -> Store:
    one = Store()
    told(
        one,
        {"cros": HEAD + "C-1,Fortis Research\n", "engagements": STUDIES + "E-1,C-1,S,T,2025-01-01,2026-01-01,1,EUR\n"},
    )
    return one


@pytest.mark.parametrize("code", ["c-1", "Ｃ-1", "С-1", "C\u20111", "C –1"])  # full width; Cyrillic Es; two dashes
def test_a_new_code_that_looks_like_a_known_one_is_doubted(code: str) -> None:
    assert found(store(), "cros", HEAD + f"{code},Another\n") == [(2, "cro_id")]


def test_so_is_one_of_an_engagement_and_one_beside_it_in_the_same_file() -> None:
    row = ",C-1,S,T,2025-01-01,2026-01-01,1,EUR\n"
    assert found(store(), "engagements", STUDIES + "e-1" + row + "E-2" + row + "Ε-2" + row) == [
        (2, "engagement_id"),
        (4, "engagement_id"),  # with a Greek Epsilon
    ]


def test_two_cros_of_the_same_name_are_doubted() -> None:
    assert found(store(), "cros", HEAD + "C-9,FORTIS  research\n") == [(2, "name")]


def test_what_is_known_by_its_own_code_is_not() -> None:
    assert found(store(), "cros", HEAD + "C-1,Fortis Research\n") == []
    assert found(store(), "cros", HEAD + "C-1,Fortis research\n") == []  # its name is written otherwise
    assert found(store(), "cros", HEAD + "C-2,Fortis Labs\nC-11,Helix\n") == []


def test_what_the_eye_tells_apart_stays_apart() -> None:
    assert len({folded(text) for text in ("C-1", "C1", "C-l", "C-10", "Ć-1", "B-1")}) == 6
