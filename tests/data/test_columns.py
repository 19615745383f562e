"""The kind and the columns of a file are found from its header, or asked for."""

import pytest

from data.contracts import ALL
from data.intake.columns import lay_out, normalised
from data.intake.problem import FileRefused


@pytest.mark.parametrize("contract", ALL, ids=lambda contract: contract.kind)
def test_every_kind_is_found_from_its_own_columns(contract) -> None:  # type: ignore[no-untyped-def]
    assert lay_out(contract.names, None, {}).contract is contract
    assert lay_out(contract.required, None, {}).contract is contract


def test_case_spaces_and_signs_do_not_matter() -> None:
    assert normalised(" Engagement ID ") == normalised("engagement-id") == "engagement_id"
    assert lay_out(["CRO ID", "Name"], None, {}).names == ("cro_id", "name")


def test_an_unknown_column_is_named_with_the_nearest_one() -> None:
    layout = lay_out(["cro_id", "name", "contry", "mood"], None, {})
    assert [(p.column, p.rule, p.severity) for p in layout.problems] == [
        ("contry", "unknown_column", "warning"),
        ("mood", "unknown_column", "warning"),
    ]
    assert "Did you mean country?" in layout.problems[0].message
    assert "Did you mean" not in layout.problems[1].message


def test_the_column_of_a_rejected_file_that_says_why_is_passed_over() -> None:
    assert not lay_out(["cro_id", "name", "why"], None, {}).problems


def test_a_constant_is_a_column_of_the_file() -> None:
    layout = lay_out(["milestone", "baseline_original"], None, {"engagement_id": "E-014", "tier": "preferred"})
    assert layout.contract.kind == "milestones"
    assert dict(layout.constants) == {"engagement_id": "E-014", "site_id": ""}


@pytest.mark.parametrize(
    ("headers", "kind", "constants", "words"),
    [
        (["cro_id", "cro id", "name"], None, {}, "Two columns are named cro_id"),
        (["cro_id", "name"], "milestones", {}, "columns are those of cros"),
        (["cro_id", "name"], "vendors", {}, "no kind “vendors”"),
        (["a", "b"], None, {}, "first row must hold the column names"),
        (["baseline_original", "forecast"], None, {}, "engagement_id and milestone"),
        (["engagement_id"], None, {}, "engagements or slas"),
        (["cro_id", "name"], None, {"cro_id": "A"}, "set for the whole file"),
    ],
)
def test_what_is_unclear_is_refused(
    headers: list[str], kind: str | None, constants: dict[str, str], words: str
) -> None:
    with pytest.raises(FileRefused, match=words):
        lay_out(headers, kind, constants)
