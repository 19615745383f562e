"""Due diligence: totals, gates, sensitivity and qualification of small stores, worked by hand."""

from collections.abc import Callable
from datetime import date
from typing import Any

import pandas as pd
import pytest

from analytics.practices import qualification, sensitivity
from analytics.practices import selection as numbers
from analytics.practices.selection import Selection
from analytics.view import View
from tests.world import cros, engagement, scope_of, small

DAY = date(2026, 9, 30)
NEED = "N"


def asked(question: Callable[..., Any], kinds: dict[str, Any], *arguments: str, **scope: Any) -> Any:
    store = small(kinds)
    with store.read() as cursor:
        return question(View(cursor, scope_of(store, DAY, **scope)), *arguments)


def needs(gates: tuple[str, ...] = (), **weights: float) -> list[dict[str, object]]:
    return [
        {"need_id": NEED, "criterion": name, "weight": weight, "gate": name in gates}
        for name, weight in weights.items()
    ]


def scores(cro: str, evidence: str = "visit", **given: float) -> list[dict[str, object]]:
    return [
        {"need_id": NEED, "cro_id": cro, "criterion": name, "score": score, "evidence": evidence}
        for name, score in given.items()
    ]


def decision(cro: str, decided: str) -> dict[str, object]:
    return {"need_id": NEED, "cro_id": cro, "criterion": "", "decision": decided, "decision_reason": "so"}


def found(
    weights: list[dict[str, object]], *given: list[dict[str, object]] | dict[str, object], **scope: Any
) -> Selection:
    rows = [row for each in given for row in (each if isinstance(each, list) else [each])]
    kinds = {"cros": cros("A", "B", "C"), "engagements": [], "needs": weights, "selections": rows}
    answer = asked(numbers.selection, kinds, NEED, **scope)
    assert isinstance(answer, Selection)
    return answer


TWO = (needs(experience=1, price=2), scores("A", experience=5, price=3), scores("B", experience=1, price=4))
"""A: (1 x 5 + 2 x 3) / 3 = 11 / 3. B: (1 x 1 + 2 x 4) / 3 = 3. Unweighted A has 4, B 2.5."""


def test_the_total_is_weighted_over_what_is_scored() -> None:
    one = found(*TWO)
    assert [(each.cro_id, each.total) for each in one.candidates] == [("A", pytest.approx(11 / 3)), ("B", 3)]
    assert numbers.summary(one) == "CRO A is first with 3.67 of 5. Everything is scored."
    assert numbers.standing(one)["word"].tolist() == ["all scored", "all scored"]


def test_a_missing_score_is_left_out_and_bounded() -> None:
    # A has experience alone: 5 of 5, over all 3 weights (5 + 0) / 3 to (5 + 2 x 5) / 3.
    one = found(TWO[0], scores("A", experience=5), TWO[2])
    first = one.candidates[0]
    assert first.cro_id == "A"
    assert [first.total, first.low, first.high] == pytest.approx([5, 5 / 3, 5])
    assert numbers.words(one, first) == "1 not scored: 1.67 to 5.00 with them"
    assert numbers.summary(one) == "CRO A is first with 5.00 of 5. Scores are missing of CRO A: it could change."
    # B of 1 in both has 1 for certain: whatever A gets, it stays first.
    sure = found(TWO[0], scores("A", experience=5), scores("B", experience=1, price=1))
    assert numbers.summary(sure).endswith("What is not scored cannot change that.")


def test_a_gate_below_adequate_excludes_and_stands_last_and_an_open_one_is_said() -> None:
    weights = needs(("quality_assurance",), quality_assurance=1, price=1)
    one = found(
        weights, scores("A", quality_assurance=2.9, price=5), scores("B", quality_assurance=3, price=1),
        scores("C", price=2),
    )  # fmt: skip
    # A: 3.95, the highest, and excluded. B: 3 is adequate, total 2. C: 2, its gate is open.
    assert [each.cro_id for each in one.candidates] == ["B", "C", "A"]
    said = numbers.standing(one).set_index("cro_id")["word"]
    assert said["A"] == "excluded: quality assurance 2.9, a gate that asks for 3"
    assert said["B"] == "all scored"
    assert said["C"] == "gate open: quality assurance not scored; 1 not scored: 1.00 to 3.50 with them"
    assert numbers.summary(one).startswith("CRO B and CRO C are level with 2.00 of 5.")


def test_who_withdrew_is_last_and_never_first() -> None:
    one = found(*TWO, decision("A", "withdrawn"))
    assert [each.cro_id for each in one.candidates] == ["B", "A"]
    assert numbers.words(one, one.candidates[1]) == "withdrawn"
    assert sensitivity.robustness(one) == ["CRO B is the only one that can be compared: no weight changes that."]


def test_weights_that_sum_to_nothing_are_said_and_give_no_total() -> None:
    one = found(needs(experience=0, price=0), *TWO[1:])
    assert numbers.summary(one) == (
        "The weights of N sum to nothing, so nobody has a total: give at least one criterion a weight."
    )
    assert numbers.standing(one)[["total", "low", "high"]].isna().to_numpy().all()
    assert sensitivity.sensitivity(one).empty
    assert sensitivity.robustness(one) == []


def test_nothing_asked_and_nobody_judged() -> None:
    assert numbers.summary(found([])) == "N has no criteria yet, so nobody can be judged: write at least one."
    nobody = found(TWO[0])
    assert numbers.summary(nobody) == "No candidate is judged yet."
    assert numbers.standing(nobody).empty
    assert numbers.profile(nobody).empty
    assert sensitivity.robustness(nobody) == []
    empty = found(TWO[0], [{"need_id": NEED, "cro_id": "A", "criterion": "price", "claimed": "cheap"}])
    assert numbers.summary(empty) == "Nobody has a total: no criterion that counts is scored."
    assert numbers.words(empty, empty.candidates[0]) == "nothing scored yet"


def test_a_score_without_evidence_and_one_not_asked_for_are_named() -> None:
    one = found(TWO[0], scores("A", "", experience=4), scores("A", price=3, charm=5))
    assert numbers.words(one, one.candidates[0]) == "no evidence for experience; scored and not asked for: charm"
    assert one.candidates[0].total == pytest.approx(10 / 3)  # (4 + 2 x 3) / 3: charm does not count


def test_halved_and_doubled_and_the_decisive_weight() -> None:
    # Experience 0.5: A (2.5 + 6) / 2.5 = 3.4, B (0.5 + 8) / 2.5 = 3.4: level. Price 4: A 17 / 5, B 17 / 5: level.
    # In the weight p of price: 5 + 3p = 1 + 4p, p = 4. In the weight e of experience: 5e + 6 = e + 8, e = 1/2.
    experience, price = sensitivity.sensitivity(found(*TWO)).to_dict("records")
    assert (price["criterion"], price["up_first"], experience["down_first"]) == ("price", "CRO B", "CRO B")
    assert [price["up"], experience["down"]] == pytest.approx([4, 0.5])
    assert pd.isna(price["down"])
    assert [experience["nearest"], price["nearest"]] == pytest.approx([0.5, 1])
    assert [price["halved"], price["doubled"]] == ["CRO A", "CRO A and CRO B, level"]
    assert sensitivity.robustness(found(*TWO)) == [
        "First changes if experience is halved (CRO A and CRO B, level)"
        " or if price is doubled (CRO A and CRO B, level).",
        "The decisive weight is that of experience: CRO B is first once it falls below 0.5 (now 1, 50 % away).",
    ]


def test_the_order_flips_just_beyond_the_decisive_weight() -> None:
    for weight, first in ((3.99, "A"), (4.01, "B")):
        assert found(needs(experience=1, price=weight), *TWO[1:]).candidates[0].cro_id == first


def test_first_stays_whatever_is_halved_or_doubled() -> None:
    # A: 5 and 3, B: 1 and 3.1. In price: 5 + 2 x 3 against 1 + 2 x 3.1; level at 5 + 3p = 1 + 3.1p, p = 40.
    one = found(TWO[0], scores("A", experience=5, price=3), scores("B", experience=1, price=3.1))
    # In experience: 5e + 6 = e + 6.2, e = 0.05: 95 % away; price 1900 %.
    assert sensitivity.robustness(one) == [
        "CRO A stays first whatever weight is halved or doubled.",
        "The decisive weight is that of experience: CRO B is first once it falls below 0.05 (now 1, 95 % away).",
    ]
    better = found(TWO[0], scores("A", experience=5, price=3), scores("B", experience=1, price=2))
    assert sensitivity.robustness(better)[1] == "No weight alone, however it is moved, puts another first."


def test_the_flip_where_scores_are_missing() -> None:
    # A lacks price: 4 always (3 of experience, 5 of capacity, 1 : 1). B: (2 + 5p + 3) / (2 + p), p = 1: 10 / 3.
    # Level at 5 + 5p = 8 + 4p: p = 3.
    weights = needs(experience=1, capacity=1, price=1)
    one = found(weights, scores("A", experience=3, capacity=5), scores("B", experience=2, capacity=3, price=5))
    table = sensitivity.sensitivity(one).set_index("criterion")
    assert table.loc["price", "up"] == pytest.approx(3)
    # In the weight c of capacity: A (3 + 5c) / (1 + c), B (7 + 3c) / (2 + c): (3 + 5c)(2 + c) = (7 + 3c)(1 + c),
    # 2c² + 3c - 1 = 0, c = (-3 + sqrt(17)) / 4.
    assert table.loc["capacity", "down"] == pytest.approx((-3 + 17**0.5) / 4)


def test_level_totals_have_no_first() -> None:
    one = found(TWO[0], scores("A", experience=3, price=3), scores("B", experience=5, price=2))
    assert numbers.summary(one) == "CRO A and CRO B are level with 3.00 of 5. Everything is scored."
    assert sensitivity.robustness(one) == [
        "They are level, so the smallest move of a weight in which they differ decides."
    ]


NEXT = date(2026, 10, 1)


def judged_on(moment: date, rows: list[dict[str, object]]) -> list[dict[str, object]]:
    return [row | {"assessed_on": moment} for row in rows]


def test_a_score_that_is_judged_after_the_as_of_date_does_not_count_yet() -> None:
    # On the as-of date it does, and without a date. A has experience alone, 5; price, 0 to 5, leaves 5 / 3 to 15 / 3.
    one = found(
        TWO[0],
        judged_on(DAY, scores("A", experience=5)),
        judged_on(NEXT, scores("A", "", price=3, charm=4)),
        TWO[2],
    )
    first = one.candidates[0]
    assert (first.cro_id, first.total, first.missing) == ("A", 5, ("price",))
    assert [first.low, first.high] == pytest.approx([5 / 3, 5])
    assert (first.unproven, first.unasked) == ((), ())
    assert one.candidates[1].total == 3


def test_of_what_is_judged_later_only_the_claim_is_seen() -> None:
    row = {"need_id": NEED, "cro_id": "A", "criterion": "price", "claimed": "cheap", "score": 3, "evidence": "offer",
           "assessor": "Ana", "assessed_on": NEXT}  # fmt: skip
    kinds = {"cros": cros("A"), "engagements": [], "needs": TWO[0], "selections": [row]}
    price = asked(numbers.judged, kinds, NEED, "A").set_index("criterion").loc["price"]
    assert (price["claimed"], price["evidence"], price["assessor"]) == ("cheap", "", "")
    assert price[["score", "assessed_on"]].isna().all()


def test_a_decision_after_the_as_of_date_is_not_taken_yet() -> None:
    for moment, last in ((DAY, "A"), (NEXT, "B")):
        one = found(*TWO, decision("A", "withdrawn") | {"assessed_on": moment})
        assert one.candidates[-1].cro_id == last
        told = numbers.standing(one).set_index("cro_id").loc["A"]
        assert (told["decision"], told["decision_reason"]) == (("withdrawn", "so") if last == "A" else ("", ""))


def test_candidates_that_may_not_be_seen_are_not() -> None:
    one = found(*TWO, visible_cros=("B",))
    assert [each.cro_id for each in one.candidates] == ["B"]


def test_two_of_one_name_are_told_apart() -> None:
    kinds = {
        "cros": [{"cro_id": "A", "name": "Alpha"}, {"cro_id": "B", "name": "Alpha"}], "engagements": [],
        "needs": TWO[0], "selections": [*TWO[1], *TWO[2]],
    }  # fmt: skip
    assert numbers.standing(asked(numbers.selection, kinds, NEED))["cro"].tolist() == ["Alpha (A)", "Alpha (B)"]


def test_who_can_be_judged() -> None:
    others = [{"cro_id": "D", "name": "Delta", "candidate": True}, {"cro_id": "C", "name": "Gamma"}]
    kinds = {
        "cros": [*cros("A", "B"), *others], "engagements": [], "needs": TWO[0], "selections": [*TWO[2], *TWO[1]],
    }  # fmt: skip
    assert asked(numbers.cros, kinds, NEED) == {
        "A": "CRO A", "B": "CRO B", "D": "Delta · candidate, not judged yet", "C": "Gamma · not judged yet",
    }  # fmt: skip
    assert asked(numbers.needs, kinds) == {"N": "N · 2 criteria, 2 candidates"}


def test_the_measured_stands_beside_the_claimed() -> None:
    # Two milestones due and done in time, one late by the CRO: 2 of 3; too few to be rated (10 are needed).
    done = [
        {"engagement_id": "E1", "milestone": name, "baseline_original": date(2026, 3, 31), "actual": date(2026, 3, day)}
        for name, day in (("fpi", 30), ("lpi", 31))
    ]
    late = {"engagement_id": "E1", "milestone": "dbl", "baseline_original": date(2026, 3, 31),
            "actual": date(2026, 4, 30), "days_cro": 30}  # fmt: skip
    kinds = {
        "cros": cros("A", "B"),
        "engagements": [
            engagement("E1", therapeutic_area="Oncology"),
            engagement("E2", therapeutic_area="Cardiology", closed_on=date(2026, 6, 30)),
        ],
        "milestones": [*done, late],
        "needs": needs(track_record=1, experience=1, therapeutic_expertise=1, testimonials=1),
        "selections": [{"need_id": NEED, "cro_id": "A", "criterion": "track_record", "claimed": "always on time"}],
    }
    table = asked(numbers.judged, kinds, NEED, "A").set_index("criterion")
    assert table.loc["track record", "claimed"] == "always on time"
    assert "Milestones on time 66.7 % (2 of 3 milestones), too few (3 of " in table.loc["track record", "measured"]
    assert table.loc["experience", "measured"] == "2 engagements with us, 1 active"
    assert table.loc["therapeutic expertise", "measured"] == "with us: Cardiology and Oncology"
    assert table.loc["testimonials", "measured"] == "nothing is measured of it"
    assert set(asked(numbers.judged, kinds, NEED, "B")["measured"]) == {""}
    # Of an engagement outside the scope nothing is seen.
    hidden = asked(numbers.measured, kinds, "A", visible_engagements=("E2",))
    assert hidden["experience"] == "1 engagement with us, 0 active"
    assert "2 of 3" not in hidden["track_record"]


def test_qualification_in_words_and_order() -> None:
    kinds = {
        "cros": [
            {"cro_id": "A", "name": "Alpha", "qualified_until": date(2026, 12, 30)},  # 91 days
            {"cro_id": "B", "name": "Beta", "qualified_until": date(2026, 12, 29)},  # 90 days
            {"cro_id": "C", "name": "Gamma", "qualified_until": date(2026, 9, 29)},
            {"cro_id": "D", "name": "Delta", "candidate": True},
            {"cro_id": "E", "name": "Epsilon", "qualified_until": date(2026, 9, 30)},
        ],
        "engagements": [engagement("E1", "A"), engagement("E2", "C")],
        "audits": [
            {"audit_id": "1", "cro_id": "A", "type": "system", "held": date(2025, 1, 1), "next_due": date(2026, 1, 1)},
            {
                "audit_id": "2",
                "cro_id": "A",
                "type": "system",
                "held": date(2026, 1, 5),
                "next_due": date(2026, 10, 30),
            },
            {"audit_id": "3", "cro_id": "C", "type": "site", "held": date(2026, 1, 5), "next_due": date(2026, 9, 20)},
            {"audit_id": "4", "cro_id": "C", "type": "file", "held": date(2026, 10, 5)},
        ],
    }
    found = asked(qualification.qualification, kinds)
    assert found[["cro_id", "status"]].to_numpy().tolist() == [
        ["C", "expired 1 day ago"], ["E", "expires today"], ["B", "expires in 90 days"], ["D", "not recorded"],
        ["A", "valid until 30 Dec 2026"],
    ]  # fmt: skip
    audits = found.set_index("cro_id")["audit_word"].to_dict()
    # The audit of January 2025 was followed, so what was due then is not owed. That of October is not held yet.
    assert audits["A"] == "2 audits held, next one due in 30 days"
    assert audits["C"] == "1 audit held, next one 10 days overdue"
    assert audits["D"] == "none held"
    assert found.set_index("cro_id")["work"].to_dict()["D"] == "candidate"
    assert qualification.summary(found) == (
        "5 CROs: 1 expired, 2 ending within 90 days, 1 not recorded, 1 valid. Gamma works for us without one."
    )


def test_qualification_keeps_to_the_scope() -> None:
    kinds = {
        "cros": cros("A", "B"), "engagements": [engagement("E1", "A")],
        "audits": [{"audit_id": "1", "cro_id": "A", "engagement_id": "E1", "held": date(2026, 1, 5)}],
    }  # fmt: skip
    assert asked(qualification.qualification, kinds, visible_cros=("B",))["cro_id"].tolist() == ["B"]
    assert asked(qualification.qualification, kinds, cros=("A",))["audits"].tolist() == [1]
    assert asked(qualification.qualification, kinds, cros=("A",), visible_engagements=())["audits"].tolist() == [0]
    assert asked(qualification.qualification, {"cros": [], "engagements": []}).empty
