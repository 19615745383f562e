"""The product finds in the demo portfolio what its ledger of stories says."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date
from typing import Any

import pytest

from analytics.catalogue import BY_ID
from analytics.engine import kpi_rows
from analytics.measure import Dim
from analytics.scope import Scope
from analytics.score import Scorecard, scorecard
from analytics.view import View
from data.store import Store
from tests.demo.test_stories import STORIES

LAST = date(2026, 10, 31)
UPLOADS = 36
FACTS = [
    pytest.param(fact, id=f"{story['id']}-{fact['kpi']}-{number}")
    for story in STORIES
    for number, fact in enumerate(story["facts"])
    if fact["kpi"] in BY_ID
]


@pytest.fixture(scope="module")
def store(demo_store: Store) -> Store:
    assert demo_store.version == UPLOADS
    return demo_store


@contextmanager
def view(store: Store, as_of: date, **scope: Any) -> Iterator[View]:
    with store.read() as cursor:
        yield View(cursor, Scope(as_of=as_of, known_at=UPLOADS, **scope))


@pytest.fixture(scope="module")
def now(store: Store) -> Scorecard:
    with view(store, LAST) as seen:
        return scorecard(seen)


@pytest.mark.parametrize("fact", FACTS)
def test_fact(store: Store, fact: dict[str, Any]) -> None:
    dim: Dim = "engagement" if fact.get("engagement") else "cro"
    with view(store, fact["as_of"], baseline=fact.get("baseline", "original")) as seen:
        row = next(row for row in kpi_rows(seen, [BY_ID[fact["kpi"]]], (dim,)) if row[dim] == fact[dim])
    side = "_all" if fact.get("side") == "all" else ""
    if "counts" in fact:
        assert [row["numerator"], row["denominator"]] == fact["counts"]
    else:
        assert row[f"value{side}"] == pytest.approx(fact["value"], abs=0.05 + 1e-9)
    if "n" in fact:
        assert row["n"] == fact["n"]
    if "low" in fact:
        assert (row["low"], row["high"]) == pytest.approx((fact["low"], fact["high"]), abs=0.05)
    assert row[f"band{side}"] == fact["band"]


@pytest.mark.parametrize("story", STORIES, ids=lambda story: story["id"])
def test_light(now: Scorecard, story: dict[str, Any]) -> None:
    score = now.scores[story["cro"]]
    assert score.band == story["light"], (score.value, score.caps)


def test_the_dying_study_is_the_reason(now: Scorecard) -> None:
    score = now.scores["NORVEK"]
    assert all(part.band in ("green", "too_few", "not_reported") for part in score.parts if part.applicable)
    assert score.caps == ["study MIR-202 is red"]


def test_silence_lowered_the_score(store: Store, now: Scorecard) -> None:
    with view(store, date(2026, 6, 30)) as seen:
        before = scorecard(seen).scores["OSTWALD"]
    after = now.scores["OSTWALD"]
    assert before.value is not None
    assert after.value is not None
    assert (before.band, before.stale, after.band, after.stale) == ("green", False, "red", True)
    assert after.value < before.value


def test_the_cros_do_not_all_look_alike(now: Scorecard) -> None:
    lights = sorted(str(score.band) for score in now.scores.values())
    assert lights == ["amber"] * 3 + ["green"] * 3 + ["red"] * 2


def test_the_new_plan_would_hide_the_slip(store: Store) -> None:
    with view(store, LAST, baseline="current", cros=("KITASHIMA",)) as seen:
        assert scorecard(seen).scores["KITASHIMA"].caps == []
