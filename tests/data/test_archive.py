"""A zip becomes its files, within limits."""

import pytest

from data.intake import archive as module
from data.intake.archive import unpacked
from data.intake.problem import FileRefused
from tests.data.nasty import archive, clean_workbook


def test_files_are_named_with_their_archive() -> None:
    data = archive({"march/milestones.csv": b"a", "budget.csv": b"b", "march/": b""})
    assert unpacked("march.zip", data) == [("march.zip: march/milestones.csv", b"a"), ("march.zip: budget.csv", b"b")]


@pytest.mark.parametrize("data", [b"", b"a,b\n", clean_workbook()], ids=["empty", "text", "workbook"])
def test_what_is_no_archive_is_itself(data: bytes) -> None:
    assert unpacked("x", data) == [("x", data)]


def test_names_that_lead_elsewhere_are_only_names() -> None:
    assert unpacked("x.zip", archive({"../../etc/passwd": b"a"})) == [("x.zip: ../../etc/passwd", b"a")]


def test_an_archive_in_an_archive_is_left_to_be_refused_by_name() -> None:
    inner = archive({"a.csv": b"a"})
    assert unpacked("x.zip", archive({"inner.zip": inner})) == [("x.zip: inner.zip", inner)]


def test_the_unpacked_size_is_limited_over_all_files(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "MOST_BYTES", 10)
    assert len(unpacked("x.zip", archive({"a": b"12345", "b": b"12345"}))) == 2
    with pytest.raises(FileRefused, match="Unpacked"):
        unpacked("x.zip", archive({"a": b"12345", "b": b"123456"}))


def test_a_file_that_unpacks_to_more_than_was_told_is_damaged() -> None:
    data = archive({"a.csv": b"x" * 1000})
    place = data.rindex(b"PK\x01\x02") + 24  # where the directory says how long the file is
    with pytest.raises(FileRefused, match="damaged"):
        unpacked("x.zip", data[:place] + (10).to_bytes(4, "little") + data[place + 4 :])
