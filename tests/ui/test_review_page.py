"""One review, as a reader sees it: from nothing to closed, frozen figures that stay, and the screen of the meeting."""

from collections.abc import Mapping, Sequence
from datetime import UTC, date, datetime
from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from analytics.catalogue import DIRECTIONS
from data import commands
from data.intake import Options
from data.store import Stamp
from tests.ui.opening import opened, own_store
from tests.ui.uploading import said
from tests.world import Rows, cros, engagement
from ui.entry import kept
from ui.store import open_store

DAY = date(2026, 3, 31)
CODE = "A-2026-Q1"
LATE, MET = 6, 4
MILESTONES: Rows = [
    {
        "engagement_id": "E1",
        "milestone": f"step_{place}",
        "baseline_original": date(2026, 2, place),
        "actual": date(2026, 2, place if place > LATE else place + 10),
    }
    for place in range(1, LATE + MET + 1)
]
REVIEW = {"review_id": CODE, "cro_id": "A", "quarter": "2026-Q1", "cut_off": DAY, "prepared_by": "Kim"}
SHARED = REVIEW | {"shared_on": date(2026, 4, 2), "shared_by": "Kim", "reply_due": date(2026, 4, 16)}
MOST = 180
"""Seconds: a run may have to work out a whole pack."""


@pytest.fixture
def store(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """One CRO of whose ten milestones four were met: 40 %, red."""
    return own_store(tmp_path / "one.duckdb", monkeypatch, DAY, milestones=MILESTONES)


@pytest.fixture
def prepared(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The same with a review that is prepared."""
    return own_store(tmp_path / "prepared.duckdb", monkeypatch, DAY, milestones=MILESTONES, reviews=[REVIEW])


@pytest.fixture
def shared(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The same with a review that is shared with the CRO."""
    return own_store(tmp_path / "shared.duckdb", monkeypatch, DAY, milestones=MILESTONES, reviews=[SHARED])


def page(**query: str) -> AppTest:
    app = opened("reviews", **query)
    app.default_timeout = MOST
    return app


def review(part: str = "", **query: str) -> AppTest:
    return page(review=CODE, **({"part": part} if part else {}), **query)


def fill(app: AppTest, **cells: str) -> None:
    for label, text in cells.items():
        [box for box in app.text_input if box.label == label.replace("_", " ")][-1].set_value(text)


def take(app: AppTest, key: str, confirm: str, **cells: str) -> AppTest:
    """Take a step: in AppTest every run is a whole one, so what opens a dialog is pressed again to confirm in it."""
    app.button(key=f"review-{key}").click().run()
    fill(app, **{"Your_name": "Kim"} | cells)
    app.button(key=f"review-{key}").click()
    next(button for button in app.button if button.label == confirm).click()
    app.run()
    assert not app.exception
    return app


def tell(kind: str, rows: Sequence[Mapping[str, str]]) -> None:
    """Load rows behind the page's back, as a file would."""
    stamp = Stamp(who="Ana", role="user", at=datetime.now(UTC), status_date=DAY)
    answer = commands.edit(open_store(), kind, rows, stamp, kpis=DIRECTIONS, options=Options())
    assert answer.accepted, answer.files


def address(app: AppTest, name: str) -> str:
    """A parameter of the address: AppTest tells it as it was put there, one by one or in a list."""
    told = app.query_params[name]
    return told if isinstance(told, str) else told[0]


def labels(app: AppTest) -> list[str]:
    return [button.label for button in app.button]


@pytest.mark.usefixtures("store")
def test_without_a_review_the_list_says_what_one_is_and_one_is_prepared() -> None:
    app = page()
    assert "No review is prepared yet." in said(app)
    assert "Its figures are frozen before the meeting" in said(app)
    app.button(key="review-prepare").click().run()
    assert app.selectbox(key="prepare-quarter").value == "2026-Q1"  # over by 31 March, the as-of date
    fill(app, Your_name="Kim")
    app.button(key="review-prepare").click()
    app.button(key="prepare-keep").click().run()
    assert not app.exception
    assert address(app, "review") == CODE
    assert "Alpha, 2026-Q1" in [header.value.replace("\\", "") for header in app.header]
    assert "Share with the CRO" in labels(app)


@pytest.mark.usefixtures("prepared")
def test_the_list_says_where_a_review_stands() -> None:
    [row] = page().dataframe[0].value.to_dict("records")
    assert (row["cro"], row["quarter"], row["step"], row["state"]) == ("Alpha", "2026-Q1", "preparing", "draft")
    assert (row["reply"], row["next"]) == ("not asked yet", "Share with the CRO")


@pytest.mark.usefixtures("prepared")
def test_a_review_that_is_there_is_not_prepared_again() -> None:
    app = page()
    app.button(key="review-prepare").click().run()
    fill(app, Your_name="Kim")
    app.button(key="review-prepare").click()
    app.button(key="prepare-keep").click().run()
    assert "Alpha has a review of 2026-Q1 already" in said(app)


@pytest.mark.usefixtures("prepared")
def test_a_comment_on_a_red_figure_explains_it() -> None:
    app = review("What is missing")
    assert not app.exception
    box = app.text_input(key=f"comment-{CODE}-T01")
    assert box.label.replace("\\", "") == "Milestones on time: 40.0 %, misses its target · unexplained"
    box.set_value("The sites opened late").run()
    fill(app, Your_name="Kim")
    app.button(key="save-comments").click().run()
    assert not app.exception
    assert not app.text_input(key=f"comment-{CODE}-T01").label.endswith("unexplained")
    assert app.text_input(key=f"comment-{CODE}-T01").value == "The sites opened late"


@pytest.mark.usefixtures("prepared")
def test_a_step_without_a_name_is_not_taken() -> None:
    app = review("Minutes")
    app.button(key="review-share").click().run()
    app.button(key="review-share").click()
    next(button for button in app.button if button.label == "Share").click()
    app.run()
    assert "Write your name first" in said(app)
    assert "Share with the CRO" in labels(review("Minutes"))


@pytest.mark.usefixtures("prepared")
def test_the_steps_from_prepared_to_closed() -> None:
    app = review("Minutes")
    take(app, "share", "Share")
    assert "reply due" in said(app)
    app.button(key="review-freeze").click().run()
    assert "will be frozen as “unexplained”: " in said(app)
    assert "Milestones on time" in said(app)
    take(app, "freeze", "Freeze these figures")
    assert "frozen on" in said(app)
    take(app, "held", "Keep")
    take(app, "final", "Keep")
    take(app, "us", "Acknowledge")
    take(app, "cro", "Keep", Who_acknowledged_for_the_CRO="Jan Berg")
    take(app, "close", "Close this review")
    assert not [label for label in labels(app) if label.startswith(("Share", "Freeze", "Close"))]
    text = app.code[0].value
    assert "For us: acknowledged" in text
    assert "by Jan Berg." in text


@pytest.mark.usefixtures("shared")
def test_frozen_figures_stay_and_a_correction_is_said_as_restated() -> None:
    take(review("Restated since"), "freeze", "Freeze these figures")
    tell("milestones", [{"engagement_id": "E1", "milestone": "step_1", "site_id": "",
                         "baseline_original": "2026-02-01", "actual": "2026-02-01"}])  # fmt: skip
    app = review("Restated since")
    app.button(key="review-restated").click().run()
    assert not app.exception
    table = next(frame.value for frame in app.dataframe if "As frozen" in frame.value.columns).set_index("What")
    # four of ten were met, then five of ten
    assert table.loc["Milestones on time", "As frozen"] == "40.0 %"
    assert table.loc["Milestones on time", "As known now"] == "50.0 %"
    shown = review("First screen", present="1", topic="scorecard")
    assert any("40.0 %" in str(frame.value) or "40\\.0 %" in str(frame.value) for frame in shown.table)


@pytest.mark.usefixtures("shared")
def test_where_the_freeze_fails_the_review_stands_where_it_stood(monkeypatch: pytest.MonkeyPatch) -> None:
    def fails_late(key: str, kind: str, rows: Sequence[Mapping[str, str]], who: str, *, reason: str = "") -> bool:
        return kind != "reviews" and kept(key, kind, rows, who, reason=reason)

    monkeypatch.setattr("ui.review.steps.kept", fails_late)
    app = take(review("Minutes"), "freeze", "Freeze these figures")
    assert "It was not frozen: the review stands where it stood." in said(app)


@pytest.mark.usefixtures("shared")
def test_a_step_that_somebody_took_meanwhile_is_not_taken_twice(monkeypatch: pytest.MonkeyPatch) -> None:
    app = review("Minutes")
    app.button(key="review-freeze").click().run()
    monkeypatch.setattr("ui.review.steps._moved_on", lambda found: True)
    take(app, "freeze", "Freeze these figures")
    assert "Somebody took a step of this review since the page was drawn." in said(app)


@pytest.mark.usefixtures("prepared")
def test_the_meeting_is_planned() -> None:
    app = review("Minutes")
    app.button(key="review-plan").click().run()
    fill(app, Your_name="Kim")
    next(box for box in app.date_input if box.label == "Meeting planned for").set_value(date(2026, 4, 20))
    app.button(key="review-plan").click()
    next(button for button in app.button if button.label == "Keep").click()
    app.run()
    assert not app.exception
    assert "planned for 20 Apr 2026" in said(app)


@pytest.mark.usefixtures("shared")
def test_the_meeting_shows_one_topic_and_takes_down_what_is_agreed() -> None:
    app = review(present="1")
    assert not app.exception
    assert "Actions of the last quarter" in [title.value for title in app.title]
    assert "**1 of 12**" in said(app)
    assert app.button(key="present-Left").disabled
    app.button(key="present-Right").click().run()
    assert address(app, "topic") == "summary"
    assert "**2 of 12**" in said(app)
    assert "Ours alone" not in said(app)
    fill(app, What_was_agreed="Send the plan", Owner="Jan Berg", Your_name="Kim")
    next(button for button in app.button if button.label == "Write it down").click()
    app.run()
    assert not app.exception
    assert "Agreed: 0 decisions, 1 action." in said(app)
    assert address(app, "topic") == "summary"
    app.button(key="present-End").click().run()
    assert "Decisions and actions" in [title.value for title in app.title]
    assert "Send the plan" in str(app.table[0].value)
    app.button(key="present-leave").click().run()
    assert "present" not in app.query_params
    [row] = page(view="Actions").dataframe[0].value.to_dict("records")
    assert (row["what"], row["owner"]) == ("Send the plan", "Jan Berg")


@pytest.mark.usefixtures("shared")
def test_an_agreement_without_an_owner_is_not_kept_and_its_text_stays() -> None:
    app = review("Minutes")
    fill(app, What_was_agreed="Send the plan", Your_name="Kim")
    next(button for button in app.button if button.label == "Write it down").click()
    app.run()
    assert "Write what was agreed, an owner and your name." in said(app)
    assert next(box for box in app.text_input if box.label == "What was agreed").value == "Send the plan"


@pytest.mark.usefixtures("shared")
def test_silence_is_no_reply_and_a_dispute_stands_first() -> None:
    first = review("Replies")
    table = next(
        frame.value for frame in first.dataframe if "Our value" not in frame.value and "explained" in frame.value
    )
    assert set(table["reply"]) == {"no reply"}
    dispute = {"review_id": CODE, "figure": "T01", "reply": "disputed", "own_value": "60 %", "evidence": "Our tracker"}
    tell("review_replies", [dispute | {"replied_by": "Jan Berg", "replied_on": "2026-03-30"}])
    app = review("Replies")
    assert "1 figure replied to, 1 disputed." in said(app)
    table = next(frame.value for frame in app.dataframe if "explained" in frame.value)
    assert (table["figure"].iloc[0], table["value"].iloc[0]) == ("Milestones on time", "40.0 %")
    assert table["reply"].iloc[0] == "disputed: 60 % (Our tracker); open"
    # What else was replied comes next, and silence last.
    answer = {"review_id": CODE, "figure": "score", "reply": "accepted", "replied_by": "Jan Berg"}
    tell("review_replies", [answer | {"replied_on": "2026-03-30"}])
    table = next(frame.value for frame in review("Replies").dataframe if "explained" in frame.value)
    assert [text.split(":")[0] for text in table["reply"].iloc[:3]] == ["disputed", "accepted", "no reply"]


def test_the_filters_of_the_page_hide_nothing_of_a_review(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    own_store(
        tmp_path / "two.duckdb", monkeypatch, DAY, milestones=MILESTONES, reviews=[SHARED], cros=cros("A", "B"),
        engagements=[engagement("E1"), engagement("E2", "B", study_id="S2")],
    )  # fmt: skip
    assert not page(cros="B").dataframe  # the list is filtered
    app = review("All topics", cros="B")
    assert not app.exception
    app.selectbox(key="review-topic").set_value("scorecard").run()
    table = next(frame.value for frame in app.dataframe if "Rests on" in frame.value).set_index("KPI")
    assert table.loc["Milestones on time", "Value"] == "40.0 %"


@pytest.mark.usefixtures("store")
def test_an_address_of_no_review_says_so() -> None:
    app = review()
    assert "There is no review A-2026-Q1." in said(app)
    app.button[0].click().run()
    assert "No review is prepared yet." in said(app)


@pytest.mark.usefixtures("prepared")
@pytest.mark.parametrize("part", ["First screen", "All topics", "What is missing", "Replies", "Packs", "Minutes"])
def test_every_part_opens(part: str) -> None:
    assert not review(part).exception


@pytest.mark.usefixtures("shared")
def test_the_register_has_a_line_a_review_and_a_line_an_action() -> None:
    tell("actions", [
        {"action_id": "A-1", "cro_id": "A", "review_id": CODE, "type": "task", "description": "Plan",
         "owner": "Jan", "raised": "2026-03-01", "due": "2026-03-10", "closed": "2026-03-12"},
        {"action_id": "A-2", "cro_id": "A", "review_id": CODE, "type": "decision", "description": "Fund",
         "owner": "Ana", "raised": "2026-03-01", "due": "2026-03-20", "closed": "2026-03-20"},
        {"action_id": "A-3", "cro_id": "A", "review_id": "", "type": "task", "description": "Other",
         "owner": "Ana", "raised": "2026-03-01", "due": "", "closed": ""},
    ])  # fmt: skip
    app = page(view="Register")
    assert not app.exception
    [row] = app.dataframe[0].value.to_dict("records")
    # A-1 was done two days late, A-2 on its day; A-3 is of no review
    assert (row["promised"], row["done"], row["late"], row["helped"]) == (2, 1, 1, 0)
    assert list(app.dataframe[1].value["action"]) == ["A-1", "A-2"]
    assert list(app.dataframe[1].value["state"]) == ["done late", "done"]


def test_an_empty_store_says_what_to_load(empty: None) -> None:
    app = review()
    assert not app.exception
    assert "Load **actions**" in said(app)


@pytest.mark.usefixtures("shared")
def test_what_is_ours_alone_is_on_our_page_and_not_on_the_screen_of_the_meeting() -> None:
    ours = review("All topics")
    ours.selectbox(key="review-topic").set_value("scorecard").run()
    assert "Beside our other CROs, by name" in said(ours)
    assert "Ours alone" in said(ours)
    meeting = review(present="1", topic="scorecard")
    assert "Scorecard" in [title.value for title in meeting.title]
    assert "Beside our other CROs" not in said(meeting)
