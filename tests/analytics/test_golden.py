"""Every KPI, worked by hand: rows come in, and the number of the working comes out."""

import pytest

from analytics.catalogue import BY_ID
from analytics.engine import kpi_rows
from analytics.view import View
from tests.analytics.goldens.case import Golden
from tests.analytics.goldens.every import GOLDENS
from tests.world import scope_of, small


@pytest.mark.parametrize("golden", GOLDENS, ids=lambda golden: f"{golden.kpi}: {golden.title}")
def test_golden(golden: Golden) -> None:
    store = small(golden.rows)
    with store.read() as cursor:
        view = View(cursor, scope_of(store, golden.as_of, baseline=golden.baseline))
        rows = kpi_rows(view, [BY_ID[golden.kpi]], golden.by)
    store.close()
    (row,) = [row for row in rows if tuple(row[dim] for dim in golden.by) == golden.of]
    for column, expected in golden.expected.items():
        if isinstance(expected, int | float) and not isinstance(expected, bool):
            assert row[column] == pytest.approx(expected, rel=1e-12, abs=1e-12), (column, golden.working)
        else:
            assert row[column] == expected, (column, golden.working)


def test_every_kpi_has_a_golden_case() -> None:
    assert {golden.kpi for golden in GOLDENS} == set(BY_ID)


def test_no_two_cases_say_the_same() -> None:
    titles = [(golden.kpi, golden.title) for golden in GOLDENS]
    assert len(set(titles)) == len(titles)
