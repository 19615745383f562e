"""What both sides answer, by windows that hide nobody too few: small stores, worked by hand."""

from collections.abc import Callable
from datetime import date
from itertools import pairwise
from typing import Any, TypeVar

import pandas as pd
import pytest

from analytics.practices import fit
from analytics.view import View
from data.store import Store
from tests.analytics.goldens.case import WEDNESDAY, Row, answers, deliverable, requests, sla
from tests.world import Kinds, cros, engagement, scope_of, small, world

T = TypeVar("T")
THEY, SELF = {"direction": "cro_on_sponsor"}, {"direction": "cro_on_self"}
OURS = [row for n, score in enumerate((1, 2, 3, 3, 5)) for row in answers(f"we {n}", score)]
ITSELF = [row for n in range(5) for row in answers(f"self {n}", 5, 4, **SELF)]
THEIRS = [row for n in range(4) for row in answers(f"they {n}", 5, **THEY)]


def forms(quarter: str, *scores: float, **more: object) -> list[Row]:
    """A form a score, each with that one answer on communication style."""
    return [
        row
        for place, score in enumerate(scores)
        for row in answers(f"{quarter} {place} {sorted(more.items())}", score, quarter=quarter, **more)
    ]


def asked(question: Callable[..., T], kinds: Kinds, *more: object, as_of: date = WEDNESDAY, **scope: object) -> T:
    return of(small(kinds), question, *more, as_of=as_of, **scope)


def of(store: Store, question: Callable[..., T], *more: object, as_of: date = WEDNESDAY, **scope: object) -> T:
    with store.read() as cursor:
        return question(View(cursor, scope_of(store, as_of, **scope)), "A", *more)


def cells(found: pd.DataFrame, *names: str) -> list[list[Any]]:
    return found[list(names)].astype(object).where(found[list(names)].notna(), None).to_numpy().tolist()


@pytest.mark.parametrize(
    ("counts", "expected"),
    [
        ([5, 6], [[1], [2]]),
        ([3, 2, 7], [[1, 2], [3]]),
        # The 2 after a quarter that was shown alone wait for the next one: with the first, 7 less 5 would show them.
        ([5, 2, 3], [[1], [2, 3]]),
        ([5, 2, 1], [[1]]),
        ([1, 1, 1, 2], [[1, 2, 3, 4]]),
        # Five quarters would be too long: the first is left out for good, and the sixth quarter makes it 5 of four.
        ([1, 1, 1, 1, 1, 2], [[3, 4, 5, 6]]),
        ([4, 0, 0, 0, 4], []),
        ([], []),
    ],
)
def test_windows_hold_five_and_share_nothing(counts: list[int], expected: list[list[int]]) -> None:
    names = [f"{2025 + place // 4}-Q{place % 4 + 1}" for place in range(len(counts))]
    found = fit.windows(dict(zip(names, counts, strict=True)))
    assert found == [tuple(names[place - 1] for place in window) for window in expected]


def test_what_a_later_quarter_brings_changes_no_window() -> None:
    """Whoever sets the as-of date back and takes one figure from another gets five answers or more, or none."""
    counts = {f"{2020 + n // 4}-Q{n % 4 + 1}": (n * 7 + n * n) % 6 for n in range(24)}
    names = sorted(counts)
    every = [fit.windows({name: counts[name] for name in names[:upto]}) for upto in range(len(names) + 1)]
    for before, after in pairwise(every):
        assert after[: len(before)] == before
    assert all(sum(counts[quarter] for quarter in window) >= 5 for window in every[-1])


def test_the_sides_and_their_gap() -> None:
    # Ours: health 0 25 50 50 100, median 50. The CRO on itself: means 4.5, 87.5, five times. It on us: four forms.
    found = asked(fit.sides, {"surveys": [*OURS, *ITSELF, *THEIRS]})
    assert cells(found, "direction", "n", "value", "gap", "quarters") == [
        ["sponsor_on_cro", 5, 50, None, "2026-Q3"],
        ["cro_on_sponsor", 4, None, None, ""],
        ["cro_on_self", 5, 87.5, 37.5, "2026-Q3"],
    ]
    assert found["reason"].tolist() == ["", "fewer than 5 answers: hidden", ""]
    assert found[[fit.part_name(part) for part in fit.PARTS]].to_numpy()[0].tolist() == [1, 1, 2, 1]
    assert fit.summary(found) == (
        "Our people give the CRO 50 of 100 (5 answers); it rates itself 38 points higher than we do."
    )


def test_what_is_left_of_the_period_waits() -> None:
    # 5 in the second quarter, 2 in the third: the median of the five is 75; with the two it would be 50.
    found = asked(fit.sides, {"surveys": [*forms("2026-Q2", 4, 4, 4, 1, 1), *forms("2026-Q3", 1, 1)]})
    assert cells(found.iloc[:1], "n", "value", "waiting") == [[5, 75, 2]]


def test_a_window_counts_in_the_period_in_which_it_ends() -> None:
    # The period is 2025-Q4 to 2026-Q3. 3 of 2025-Q3 and 2 of 2025-Q4 are one window; 2025-Q2 is one before it.
    old = [*forms("2025-Q2", 1, 1, 1, 1, 1), *forms("2025-Q3", 2, 2, 2)]
    found = asked(fit.sides, {"surveys": [*old, *forms("2025-Q4", 5, 5), *forms("2026-Q4", 5, 5, 5, 5, 5)]})
    assert cells(found.iloc[:1], "n", "value", "quarters") == [[5, 25, "2025-Q3 to 2025-Q4"]]


def test_a_survey_with_one_answer_shows_nothing_but_that_there_is_one() -> None:
    kinds: Kinds = {"surveys": forms("2026-Q3", 4)}
    assert cells(asked(fit.sides, kinds).iloc[:1], "n", "value", "reason") == [[1, None, fit.HIDDEN]]
    found = asked(fit.distribution, kinds)
    style = found[found["label"] == "Communication style"]
    assert cells(style, *fit.MARKS, "n", "mean") == [[None] * 5 + [1, None]]
    assert cells(asked(fit.trend, kinds), "quarters", "value", "n", "reason") == [["2026-Q3", None, 1, fit.HIDDEN]]
    assert "fewer than 5 answers: hidden." in fit.summary(asked(fit.sides, kinds))


def test_nothing_asked_is_said() -> None:
    sides, found = asked(fit.sides, {}), asked(fit.distribution, {})
    assert set(sides["reason"]) == {fit.NOT_ASKED}
    assert found.empty
    assert fit.gaps(found).empty
    assert fit.largest(fit.gaps(found)) == ["No dimension has 5 answers of both sides on each other: no gap is shown."]
    assert asked(fit.trend, {}).empty
    assert asked(fit.recommended, {}) == "Would we recommend the CRO? No answers."
    assert asked(fit.measured, {})[0] == (
        "No answers on communication style can be shown; meetings and reports as agreed: not reported."
    )


def test_the_distribution_and_the_mean_of_the_answers_as_given() -> None:
    # 1 2.5 3 4.4 5: the half goes up, so 1 0 2 1 1; mean 15.9 / 5. Four on responsiveness are hidden, trust comes last
    # of those that can be seen: 4 five times.
    low = [row | {"dimension": "responsiveness"} for row in forms("2026-Q3", 1, 1, 1, 1)]
    trust = [row | {"dimension": "trust", "response_id": f"t{n}"} for n, row in enumerate(forms("2026-Q3", *[4] * 5))]
    found = asked(fit.distribution, {"surveys": [*forms("2026-Q3", 1, 2.5, 3, 4.4, 5), *low, *trust]})
    assert cells(found.iloc[:2], "label", *fit.MARKS, "n") == [
        ["Communication style", 1, 0, 2, 1, 1, 5],
        ["Trust", 0, 0, 0, 5, 0, 5],
    ]
    assert found["mean"].iloc[0] == pytest.approx(3.18)
    assert set(found["direction"]) == {"sponsor_on_cro"}
    few = found[found["label"] == "Responsiveness"]
    assert cells(few, "one", "n", "reason") == [[None, 4, fit.HIDDEN]]


def test_each_dimension_has_windows_of_its_own() -> None:
    """Five forms, one without an answer on style: its four must not stand alone where the form's five do."""
    style = forms("2026-Q2", 2, 2, 2, 2)
    other = [row | {"dimension": "trust"} for row in forms("2026-Q2", 5, 5, 5, 5, 5)]
    found = asked(fit.distribution, {"surveys": [*style, *other, *forms("2026-Q3", 4)]}).set_index("label")
    assert (found.loc["Trust", "n"], found.loc["Trust", "mean"]) == (5, 5)
    assert (found.loc["Communication style", "n"], found.loc["Communication style", "mean"]) == (5, 2.4)


def test_the_gaps_and_the_largest_of_each() -> None:
    # Style: ours 2.8, theirs on us 4.8, itself 5: +2.0 and +2.2. Responsiveness: 4.5, 2 and 4: -2.5 and -0.5.
    responds = [row | {"dimension": "responsiveness"} for row in forms("2026-Q3", 4, 4, 5, 5, 4.5)]
    theirs = [row for n, score in enumerate((4, 5, 5, 5, 5)) for row in answers(f"they {n}", score, 2, **THEY)]
    table = fit.gaps(asked(fit.distribution, {"surveys": [*OURS, *responds, *theirs, *ITSELF]}))
    style, responsiveness = table.iloc[0], table.iloc[1]
    assert (style["gap"], style["above"], style["n"]) == (pytest.approx(2.0), pytest.approx(2.2), "5, 5, 5")
    assert (responsiveness["gap"], responsiveness["above"]) == (pytest.approx(-2.5), pytest.approx(-0.5))
    assert fit.largest(table) == [
        "The two sides are furthest apart on responsiveness: we give the CRO 4.5, it gives us 2.0.",
        "The CRO sees itself most differently from us on communication style: 5.0 against our 2.8.",
    ]


def test_the_trend_pools_two_quarters_and_says_so() -> None:
    # 2025-Q4: 5 forms, 50. Q1 and Q2: 3 of 25 and 2 of 100, median 25, 25 less. Q3: 5 of 75, 50 more.
    told = [
        *forms("2025-Q4", 3, 3, 3, 3, 3), *forms("2026-Q1", 2, 2, 2), *forms("2026-Q2", 5, 5),
        *forms("2026-Q3", 4, 4, 4, 4, 4),
    ]  # fmt: skip
    found = asked(fit.trend, {"surveys": told})
    assert cells(found, "quarters", "value", "n", "change") == [
        ["2026-Q3", 75, 5, 50],
        ["2026-Q1 and 2026-Q2, pooled", 25, 5, -25],
        ["2025-Q4", 50, 5, None],
    ]


def test_the_trend_hides_what_two_quarters_do_not_make_five() -> None:
    # 2 + 2 + 1 fill a window of three quarters: enough for the whole, too long for a trend.
    told = [*forms("2026-Q1", 3, 3), *forms("2026-Q2", 3, 3), *forms("2026-Q3", 3)]
    found = asked(fit.trend, {"surveys": told})
    assert cells(found, "quarters", "value", "n") == [["2026-Q3", None, 1], ["2026-Q2", None, 2], ["2026-Q1", None, 2]]
    assert cells(asked(fit.sides, {"surveys": told}).iloc[:1], "n", "value") == [[5, 50]]


def test_a_filter_of_the_page_singles_nobody_out() -> None:
    """Four answers about one study and one about the other: neither the study nor what is left of the CRO shows it."""
    kinds: Kinds = {
        "engagements": [engagement("E1"), engagement("E2", study_id="S2")],
        "surveys": [*forms("2026-Q3", 3, 3, 3, 3), *forms("2026-Q3", 1, engagement_id="E2")],
    }
    filters: tuple[dict[str, Any], ...] = ({}, {"studies": ("S2",)}, {"engagements": ("E1",)})
    for filtered in filters:
        assert asked(fit.sides, kinds, **filtered)["n"].iloc[0] == 5
    hidden = asked(fit.sides, kinds, visible_engagements=("E1",)).iloc[0]
    assert (hidden["n"], hidden["reason"]) == (4, fit.HIDDEN)


def test_only_of_this_cro() -> None:
    kinds: Kinds = {
        "cros": cros("A", "B"),
        "engagements": [engagement("E1"), engagement("E2", "B")],
        "surveys": [*forms("2026-Q3", 3, 3, 3, 3, 3), *forms("2026-Q3", 1, 1, 1, 1, 1, engagement_id="E2")],
    }
    assert asked(fit.sides, kinds)["value"].iloc[0] == 50
    assert asked(fit.engagements, kinds) == {"E1": "S1, Study one"}


def test_recommendations_are_counted() -> None:
    # 9 and 10 recommend, 6 and 0 do not, 7 is neither.
    told = [row for n, mark in enumerate((9, 10, 6, 0, 7)) for row in answers(f"f{n}", recommend=mark)]
    assert asked(fit.recommended, {"surveys": told}) == (
        "Of our 5 answers 2 would recommend the CRO (9 or 10), 2 would not (0 to 6)."
    )
    assert asked(fit.recommended, {"surveys": told[:4]}) == (
        "Would we recommend the CRO? Fewer than 5 answers: hidden."
    )


def test_what_is_said_stands_beside_what_is_measured() -> None:
    # Responsiveness: itself 4, ours 2. Ten requests, Monday 10:00: 6 answered after 2 business hours, 4 after 7. Half
    # are answered within 2 h; SLA 4 h: 4 of 10 missed. 9 of 10 deliverables were accepted at first review.
    ours = [row | {"dimension": "responsiveness"} for row in forms("2026-Q3", 2, 2, 2, 2, 2)]
    quick = requests(6, "2026-07-06T10:00:00Z", "2026-07-06T12:00:00Z", "2026-07-06T12:00:00Z")
    slow = requests(4, "2026-07-06T10:00:00Z", "2026-07-07T09:00:00Z", "2026-07-07T09:00:00Z")
    reviewed = [
        deliverable(f"d{n}", "2026-06-30", "2026-06-30", first_reviewed_on="2026-07-01",
                    first_review="accepted" if n else "returned")
        for n in range(10)
    ]  # fmt: skip
    kinds: Kinds = {
        "surveys": [*ours, *ITSELF], "requests": [*quick, *slow], "slas": [sla(4)], "deliverables": reviewed,
    }  # fmt: skip
    style, responds, quality, others = asked(fit.measured, kinds)
    assert responds == (
        "They rate themselves 4.0 on responsiveness, we rate them 2.0; half of our requests are answered within 2.0 h "
        "and 40.0 % miss the SLA."
    )
    assert style == (
        "They rate themselves 5.0 on communication style, what we say is not shown; meetings and reports as agreed: "
        "not reported."
    )
    assert quality.startswith("No answers on commitment to quality can be shown; 90.0 % of deliverables are accepted")
    assert others == "No KPI measures collaboration, work ethic, values and trust: there the answers stand alone."


def commented(quarter: str, number: int, **more: object) -> list[Row]:
    """So many forms, of which the first two say something."""
    told = forms(quarter, *[3] * number, role="lead monitor", **more)
    texts = iter(("zebra", "Apple"))
    return [row | {"comment": next(texts, "")} for row in told]


def test_comments_are_for_those_allowed_and_in_an_order_that_tells_nothing() -> None:
    kinds: Kinds = {"surveys": [*commented("2026-Q3", 5), *commented("2026-Q3", 4, **THEY)]}
    assert asked(fit.comments, kinds, False) == {}
    assert asked(fit.comments, kinds, True) == {"We on the CRO": ["Apple", "zebra"]}


def test_comments_of_a_quarter_too_small_stay_hidden() -> None:
    kinds: Kinds = {"surveys": [*forms("2026-Q2", 3, 3, 3, 3, 3), *commented("2026-Q3", 4)]}
    assert asked(fit.comments, kinds, True) == {}


@pytest.mark.parametrize(
    ("as_of", "expected"),
    [
        # The third quarter is over with its last day. Four answers of it are hidden: a fifth may come.
        (date(2026, 9, 30), ["2026-Q4", "2026-Q3"]),
        (date(2026, 9, 29), ["2026-Q3"]),  # the second has five answers of the CRO on itself, and is shown
        (date(2026, 1, 15), ["2026-Q1", "2025-Q4"]),
    ],
)
def test_a_quarter_that_is_shown_takes_no_more_answers(as_of: date, expected: list[str]) -> None:
    told = [*forms("2026-Q2", 3, 3, 3, 3, 3, **SELF), *forms("2026-Q3", 3, 3, 3, 3)]
    assert asked(fit.quarters, {"surveys": told}, as_of=as_of) == expected
    assert asked(fit.quarters, {"surveys": [*told, *forms("2026-Q3", *[3] * 5, **THEY)]}) == ["2026-Q4"]


def test_a_form_is_a_row_an_answer_with_the_comment_once() -> None:
    same = {"engagement_id": "E1", "quarter": "2026-Q3", "direction": "cro_on_self", "role": ""}
    rows = fit.form("c0de", {"trust": 4, "values": None, "recommend": 0, "responsiveness": 2}, " Well. ", **same)
    assert [(row["dimension"], row["score"], row["comment"]) for row in rows] == [
        ("responsiveness", "2", "Well."), ("trust", "4", ""), ("recommend", "0", ""),
    ]  # fmt: skip
    assert all(row.items() >= (same | {"response_id": "c0de"}).items() for row in rows)
    assert fit.form("c0de", {"trust": None}, "Only words") == []


def test_answers_told_later_do_not_shift_an_earlier_window() -> None:
    first = {"cros": cros("A"), "engagements": [engagement("E1")], "surveys": forms("2026-Q2", 3, 3, 3, 3, 3)}
    store = world((date(2026, 6, 30), first), (WEDNESDAY, {"surveys": forms("2026-Q3", 1, 1)}))
    assert cells(of(store, fit.sides).iloc[:1], "n", "value", "waiting") == [[5, 50, 2]]
    assert cells(of(store, fit.sides, as_of=date(2026, 6, 30)).iloc[:1], "n", "value", "waiting") == [[5, 50, 0]]
