"""The seven stories of the demo portfolio are in the early warning, and nothing else asks to act now."""

from datetime import date

import pandas as pd
import pytest

from analytics.early_warning import early_warning, head
from analytics.scope import Scope
from analytics.view import View
from data.store import Store
from tests.demo.test_stories import STORIES

LAST = date(2026, 10, 31)

# Where each story of stories.toml has to be found: level, rule, study ("" is the CRO as a whole), and what it says.
FOUND = {
    "green-over-dying": [("act now", "money", "MIR-202", "EUR 651k over")],
    "slide-behind-closed": [
        ("act now", "requests", "", "requests overdue at escalation level 2"),
        ("soon", "signal", "", "Answered within the SLA worse than before"),
    ],
    "loud-small-numbers": [("soon", "red", "", "could be green (11 of 13 deliverables)")],
    "overrun-explained": [("soon", "money", "SOL-301", "EUR 1.87m from us")],
    "rebaseline-hides-slip": [("act now", "date", "NAG-301", "the current plan moved it to 6 Nov 2026")],
    "silence": [
        ("act now", "silence", "", "PAX-202, VIO-301, ZEN-101"),
        ("act now", "date", "ZEN-101", "Database lock (DBL) overdue, contractual"),
    ],
    "recovery": [("good news", "recovered", "", "88 of 92 reports; 83.8 % at 31 Oct 2025; action closed 24 Oct 2025")],
}


@pytest.fixture(scope="module")
def rows(demo_store: Store) -> pd.DataFrame:
    with demo_store.read() as cursor:
        found = early_warning(View(cursor, Scope(as_of=LAST, known_at=demo_store.version)))
    assert len(head(found)) == 7
    return found.rows


def test_every_story_is_asked_about() -> None:
    assert set(FOUND) == {story["id"] for story in STORIES}


@pytest.mark.parametrize("story", STORIES, ids=lambda story: story["id"])
def test_a_story_is_in_the_list(rows: pd.DataFrame, story: dict[str, str]) -> None:
    own = rows[rows["cro_id"] == story["cro"]].to_dict("records")
    for level, rule, study, says in FOUND[story["id"]]:
        assert any(
            (row["level"], row["rule"], row["study"]) == (level, rule, study)
            and says in f"{row['what']}; {row['stake']}; {row['evidence']}"
            for row in own
        ), (level, rule, study, says)


def test_nothing_else_asks_to_act_now(rows: pd.DataFrame) -> None:
    """Of a CRO that is silent as a whole every study is part of the story; else the study of the story alone."""
    told = {(story["cro"], story["engagement"]) for story in STORIES}
    urgent = rows[rows["level"] == "act now"]
    others = [
        row
        for row in urgent.to_dict("records")
        if (row["cro_id"], row["engagement"]) not in told and (row["cro_id"], "") not in told
    ]
    assert others == []
    assert set(urgent["cro_id"]) == {"NORVEK", "HALDIS", "KITASHIMA", "OSTWALD"}


def test_the_worst_cro_is_among_the_first_and_no_green_study_before_it(rows: pd.DataFrame) -> None:
    """Nothing of Brightmoor asks to act now, and its studies are red: they come before what is of no red CRO."""
    soon = rows[rows["level"] == "soon"].drop_duplicates("cro_id")
    red = {"BRIGHTMOOR", "OSTWALD"}
    calm = [place for place, row in enumerate(soon.to_dict("records")) if row["cro_id"] not in red | {"NORVEK"}]
    assert calm
    assert all(list(soon["cro_id"]).index(cro) < calm[0] for cro in red)


def test_what_two_documents_make_red_does_not_ask_to_act(rows: pd.DataFrame) -> None:
    assert "TESSERO" not in set(rows.loc[rows["level"] == "act now", "cro_id"])


def test_our_own_changes_are_ours(rows: pd.DataFrame) -> None:
    [row] = rows[(rows["rule"] == "money") & (rows["cro_id"] == "ALMIREZ")].to_dict("records")
    assert row["side"] == "us"


def test_the_call_to_the_silent_cro_stands_beside_it(rows: pd.DataFrame) -> None:
    [row] = rows[rows["rule"] == "silence"].to_dict("records")
    assert (row["owner"], row["due"]) == ("Tom Harker", date(2026, 10, 9))  # A-033 of actions.csv
