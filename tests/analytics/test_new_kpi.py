"""A KPI on an existing fact is one declaration: what is calculated, shown and written of it needs no further line."""

import json
import subprocess
import sys
from typing import Any

import pytest

from tests.server import ROOT

EVERYWHERE = {"settings": True, "compared": True, "documented": True, "taken in": True}


@pytest.fixture(scope="module")
def told() -> dict[str, Any]:
    command = [sys.executable, "-m", "tests.analytics.a_new_kpi"]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=120, check=False)
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)  # type: ignore[no-any-return]


def test_a_kpi_on_an_existing_fact(told: dict[str, Any]) -> None:
    # 3 of 4 are accepted: 75 %, under the red 80; the Wilson interval 30 to 95 % reaches the green 90.
    assert told["N01"] == EVERYWHERE | {
        "calculated": [75, 4, "red"], "said": ["75.0 %", "red, could be green (3 of 4)"], "page": "75.0 %", "rows": 4,
        "counted": False,
    }  # fmt: skip


def test_a_kpi_that_other_systems_count(told: dict[str, Any]) -> None:
    # 19 of 20 are trained: 95 %, green from 90.
    assert told["N02"] == EVERYWHERE | {
        "calculated": [95, 20, "green"], "said": ["95.0 %", "meets its target"], "page": "95.0 %", "rows": 1,
        "counted": True,
    }  # fmt: skip


def test_the_random_portfolios_count_it_without_being_edited(told: dict[str, Any]) -> None:
    assert told["drawn"] == ["N02"]
