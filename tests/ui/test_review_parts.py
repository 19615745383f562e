"""What the parts of a review are made of: words of figures, tables as frames, minutes, files of packs."""

from dataclasses import replace
from datetime import date

import pandas as pd
import pytest

from analytics.reviews import Review, Step
from reports import formats, questions
from reports.content import Column, Figures, Table
from tests.reports.sample import pack
from ui.review import blocks, minutes, packs, steps

FOUND = Review(review_id="A-2026-Q1", cro_id="A", cro="Alpha", quarter="2026-Q1", cut_off=date(2026, 3, 31))


def test_a_figure_stands_by_symbol_and_words_said_once() -> None:
    figure = next(block.figures[0] for one in pack().sections for block in one.blocks if isinstance(block, Figures))
    assert blocks.standing(replace(figure, band="red", word="misses its target", stale=False)) == (
        "▼ red, misses its target"
    )
    assert blocks.standing(replace(figure, band="amber", word="amber, could be green (8 sites)", stale=True)) == (
        "◆ amber, could be green (8 sites), stale"
    )
    assert blocks.standing(replace(figure, band="too_few", word="too few (3 of 10)", stale=False)) == (
        "○ too few (3 of 10)"
    )


def test_a_red_figure_that_nobody_explained_says_so() -> None:
    figure = next(block.figures[0] for one in pack().sections for block in one.blocks if isinstance(block, Figures))
    assert replace(figure, band="red", explained="").comment == "unexplained"
    assert replace(figure, band="red", explained="Sites opened late").comment == "Sites opened late"
    assert replace(figure, band="green", explained="").comment == ""
    assert replace(figure, band="red", explained="", weight=None).comment == ""  # a score: its KPIs say why


def test_cells_become_numbers_and_days_where_they_are() -> None:
    table = Table(
        title="T",
        columns=(Column(name="Days", format="number"), Column(name="Due", format="day"), Column(name="Days"),
                 Column(name="Late", format="number")),
        rows=((3, "2026-03-31", "x", 1.0), (None, None, None, "not recorded")),
    )  # fmt: skip
    frame, heads = blocks.framed(table)
    assert list(frame.columns) == list(heads) == ["Days", "Due", "Days ", "Late"]
    assert frame["Days"].iloc[0] == 3
    assert pd.isna(frame["Days"].iloc[1])
    assert list(frame["Due"]) == [date(2026, 3, 31), None]
    # a word among the numbers is not lost
    assert list(frame["Late"]) == ["1.0", "not recorded"]


@pytest.mark.parametrize(
    ("found", "step", "keys"),
    [
        (FOUND, Step.PREPARING, ["share", "freeze"]),
        (replace(FOUND, shared_on=date(2026, 4, 1)), Step.SHARED, ["freeze"]),
        (replace(FOUND, frozen_on=date(2026, 4, 1)), Step.FROZEN, ["held"]),
        (replace(FOUND, held_on=date(2026, 4, 1)), Step.HELD, ["final", "close"]),
        (replace(FOUND, held_on=date(2026, 4, 1), minutes_final_on=date(2026, 4, 2)), Step.HELD, ["us", "close"]),
        (
            replace(FOUND, held_on=date(2026, 4, 1), minutes_final_on=date(2026, 4, 2),
                    acknowledged_us_on=date(2026, 4, 2)),
            Step.HELD, ["cro", "close"],
        ),
        (
            replace(FOUND, held_on=date(2026, 4, 1), minutes_final_on=date(2026, 4, 2),
                    acknowledged_us_on=date(2026, 4, 2), acknowledged_cro_on=date(2026, 4, 3)),
            Step.HELD, ["close"],
        ),
        (replace(FOUND, held_on=date(2026, 4, 1), closed_on=date(2026, 4, 9)), Step.CLOSED, []),
    ],
)  # fmt: skip
def test_what_comes_next(found: Review, step: Step, keys: list[str]) -> None:
    assert found.step is step
    assert [one.key for one in steps.next_of(found)] == keys


def test_before_the_reply_is_due_it_is_waited_for() -> None:
    shared = replace(FOUND, shared_on=date(2026, 4, 1), reply_due=date(2026, 4, 15))
    assert steps.next_words(shared, date(2026, 4, 15)) == "Wait for the reply, due 15 Apr 2026; then freeze"
    assert steps.next_words(shared, date(2026, 4, 16)) == "Freeze"
    assert steps.next_words(replace(FOUND, closed_on=date(2026, 5, 1)), date(2026, 5, 2)) == "Nothing: it is closed"


def test_the_minutes_say_what_was_agreed_and_what_is_not_known() -> None:
    own = pd.DataFrame(
        [
            {"type": "decision", "study": "S1", "what": "Fund a monitor", "owner": "Ana", "side": "Us",
             "due": pd.Timestamp(2026, 5, 1)},
            {"type": "task", "study": "", "what": "Send the plan", "owner": "", "side": "", "due": pd.NaT},
        ]
    )  # fmt: skip
    held = replace(FOUND, held_on=date(2026, 4, 20), held_by="Kim", acknowledged_us_on=date(2026, 4, 22),
                   acknowledged_us_by="Kim")  # fmt: skip
    assert minutes.minutes_text(held, own).splitlines() == [
        "Minutes of the quarterly review: Alpha, 2026-Q1",
        "Review A-2026-Q1, cut-off 31 Mar 2026; minutes: draft.",
        "Held on 20 Apr 2026, kept by Kim.",
        "The figures are not frozen.",
        "",
        "Decisions:",
        "1. S1: Fund a monitor - Ana (Us), by 1 May 2026.",
        "",
        "Actions:",
        "1. Send the plan - no owner, no due day.",
        "",
        "For us: acknowledged on 22 Apr 2026 by Kim.",
        "For Alpha: not acknowledged yet.",
    ]


def test_what_became_of_promises_is_counted_by_review() -> None:
    lines = pd.DataFrame(
        [
            ("R1", "done", "moved to the better"),
            ("R1", "done late", ""),
            ("R1", "open, late", ""),
            ("R1", "open", ""),
            ("R2", "done", ""),
        ],
        columns=["review", "state", "helped"],
    )
    assert questions.kept_promises(lines, "R1") == {"promised": 4, "done": 1, "late": 2, "helped": 1}
    assert questions.kept_promises(lines, "R3") == {"promised": 0, "done": 0, "late": 0, "helped": 0}


@pytest.mark.parametrize("name", ["html", "xlsx", "pptx"])
def test_a_pack_is_the_same_file_as_from_the_command_line(name: str) -> None:
    assert packs.made(name, pack()) == formats.write(pack(), name)


def test_a_pack_says_who_froze_it_though_its_content_is_the_same() -> None:
    frozen = replace(pack(), frozen_on="2026-04-20", frozen_by="Kim Vance")
    assert frozen.hash == replace(frozen, frozen_by="Ana Ruiz").hash
    assert packs.made("html", frozen) != packs.made("html", replace(frozen, frozen_by="Ana Ruiz"))


def test_a_template_that_is_none_is_refused() -> None:
    with pytest.raises(ValueError):  # noqa: PT011
        packs.made("pptx", pack(), b"not a presentation")
