"""What is declared of the practices is there: pages, tabs, kinds and KPIs."""

from pathlib import Path

import pytest

from analytics.catalogue import BY_ID
from analytics.practices.declared import PRACTICES, Practice
from data.contracts import BY_KIND

ROOT = Path(__file__).parents[3]
DRAWN_BY = {
    "Studies": ROOT / "ui" / "study.py",
    "CROs": ROOT / "pages" / "cros.py",
    "Reviews": ROOT / "ui" / "review" / "tabs.py",
}
"""Where the tabs of a page are named."""


def test_there_are_seven() -> None:
    assert len({practice.name for practice in PRACTICES}) == len(PRACTICES) == 7


@pytest.mark.parametrize("practice", PRACTICES, ids=lambda practice: practice.name)
def test_it_is_where_it_is_said_to_be(practice: Practice) -> None:
    for page, tab in practice.places:
        assert f'"{tab}"' in DRAWN_BY[page].read_text(encoding="utf-8"), f"{page} has no tab {tab}"
    assert set(practice.kinds) <= set(BY_KIND)
    assert set(practice.kpis) <= set(BY_ID)
