"""`python -m analytics`, as a script and as a person use it."""

import io
import json
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import pytest

from analytics import cli
from analytics.catalogue import BY_ID
from data.service import Context
from data.store import Store
from tests.world import CRO, ENGAGEMENT, world

LATE = date(2026, 5, 1)


def milestone(number: int, met: bool) -> dict[str, object]:
    due = date(2026, 1, number)
    return {"engagement_id": "E1", "milestone": f"m{number}", "baseline_original": due, "actual": due if met else LATE}


@pytest.fixture(scope="module")
def store() -> Store:
    """Ten study milestones due in January 2026, eight of them met: 80 %, amber, and five of another CRO, all met."""
    other = [row | {"engagement_id": "E2"} for row in (milestone(number, True) for number in range(1, 6))]
    return world(
        (
            date(2026, 6, 30),
            {
                "cros": [CRO, {"cro_id": "B", "name": "Beta"}],
                "engagements": [ENGAGEMENT, ENGAGEMENT | {"engagement_id": "E2", "cro_id": "B", "study_id": "S2"}],
                "milestones": [milestone(number, number > 2) for number in range(1, 11)] + other,
            },
        )
    )


def run(store: Store, *argv: str) -> tuple[int, str, str]:
    out, err = io.StringIO(), io.StringIO()
    context = Context(
        open=lambda _: store, cwd=Path(), who="me", now=datetime(2026, 7, 1, tzinfo=UTC), out=out, err=err
    )
    code = cli.run(cli.parser().parse_args(argv), context)
    return code, out.getvalue(), err.getvalue()


def answer(store: Store, *argv: str) -> list[dict[str, Any]]:
    code, out, _ = run(store, *argv, "--json")
    assert code == 0
    rows: list[dict[str, Any]] = json.loads(out)
    return rows


def test_kpi_by_cro(store: Store) -> None:
    rows = {row["cro"]: row for row in answer(store, "kpi", "T01", "--by", "cro")}
    assert list(rows["A"]) == ["kpi", "cro", *cli.FIELDS]
    assert (rows["A"]["value"], rows["A"]["numerator"], rows["A"]["denominator"]) == (80.0, 8, 10)
    assert (rows["A"]["band"], rows["A"]["points"], rows["A"]["unit"]) == ("amber", 50.0, "%")
    # Wilson by hand for 8 of 10: centre (0.8 + 3.8415 / 20) / 1.38415 = 0.7168, half width 0.2266
    assert rows["A"]["low"] == pytest.approx(49.02, abs=0.01)
    assert rows["A"]["high"] == pytest.approx(94.33, abs=0.01)
    assert (rows["B"]["band"], rows["B"]["points"], rows["B"]["n"]) == ("too_few", None, 5)


def test_without_dimensions_the_figure_is_pooled(store: Store) -> None:
    (row,) = answer(store, "kpi", "T01")
    assert row["value"] == pytest.approx(100 * 13 / 15)  # not 90, the mean of 80 and 100


def test_what_nobody_reports_is_null_with_its_reason(store: Store) -> None:
    rows = answer(store, "kpi", "C02", "--by", "engagement")
    assert [(row["value"], row["band"], row["reason"]) for row in rows] == [(None, "not_reported", "not reported")] * 2


def test_scorecard(store: Store) -> None:
    (card,) = answer(store, "scorecard", "--cro", "A")
    assert {"cro", "score", "band", "coverage", "stale", "domains"} <= set(card)
    (time,) = [domain for domain in card["domains"] if domain["score"] is not None]
    kpis = {kpi["kpi"]: kpi for kpi in time["kpis"]}
    # slips by hand: eight of 0, then 120 and 119 days; their median is 0, green; (50 + 100) / 2
    assert (time["domain"], time["score"]) == ("Time", 75.0)
    assert (kpis["T01"]["points"], kpis["T02"]["points"]) == (50.0, 100.0)
    assert sum(kpi["contribution"] for domain in card["domains"] for kpi in domain["kpis"]) == card["score"] == 75.0
    assert card["band"] == "amber"


def test_as_of_goes_back(store: Store) -> None:
    rows = {row["cro"]: row for row in answer(store, "kpi", "T01", "--by", "cro", "--as-of", "2026-01-05")}
    assert (rows["A"]["numerator"], rows["A"]["denominator"]) == (3, 5)  # of m1 to m5, m1 and m2 are late


def test_known_at_zero_knows_nothing(store: Store) -> None:
    code, _, err = run(store, "scorecard", "--known-at", "0")
    assert code == 1
    assert "empty" in err


def test_text_is_for_people(store: Store) -> None:
    _, out, _ = run(store, "kpi", "T01", "--by", "cro")
    assert out.splitlines()[0].split() == ["cro", "value", "n", "low", "high", "band", "reason"]
    assert "80.0 %" in out
    _, card, _ = run(store, "scorecard")
    assert "Time" in card.splitlines()[0]


def test_an_unknown_cro_is_refused(store: Store) -> None:
    code, out, err = run(store, "scorecard", "--cro", "Z")
    assert (code, out) == (1, "")
    assert "Z" in err


@pytest.mark.parametrize(
    "argv", [["kpi", "X99"], ["kpi", "T01", "--by", "planet"], ["scorecard", "--as-of", "soon"], []]
)
def test_wrong_use_exits_with_two(argv: list[str]) -> None:
    with pytest.raises(SystemExit) as ended:
        cli.parser().parse_args(argv)
    assert ended.value.code == 2


def test_help_names_every_kpi(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit):
        cli.parser().parse_args(["kpi", "--help"])
    shown = capsys.readouterr().out
    assert all(kpi in shown for kpi in BY_ID)


def test_a_kpi_that_nobody_keeps_a_register_for_takes_nothing_off_the_coverage(store: Store) -> None:
    """Without any change order C06 is not in use: T01 and T02 are all that is, and both are rated."""
    (card,) = answer(store, "scorecard", "--cro", "A")
    assert card["coverage"] == 100.0
