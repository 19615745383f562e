"""The head of a page, in words."""

from datetime import date
from typing import Any

from analytics.headline import beside, counted, headline, how_sure, value_text, word
from analytics.kpi import Band
from analytics.view import View
from tests.world import CRO, ENGAGEMENT, scope_of, world

AS_OF = date(2026, 7, 31)


def heads(*slips: int, sponsor: int = 0, contractual: bool = False) -> list[dict[str, Any]]:
    """T01 and T02 of milestones due on 1 June and reached so many days after it."""
    rows = [
        {"engagement_id": "E1", "milestone": f"m{i}", "baseline_original": date(2026, 6, 1),
         "actual": date.fromordinal(date(2026, 6, 1).toordinal() + slip), "days_sponsor": sponsor if slip > 0 else 0,
         "contractual": contractual}
        for i, slip in enumerate(slips)
    ]  # fmt: skip
    store = world((AS_OF, {"cros": [CRO], "engagements": [ENGAGEMENT], "milestones": rows}))
    with store.read() as cursor:
        return headline(View(cursor, scope_of(store, AS_OF)), ("T01", "T02"))


def test_value_count_word_and_the_quarter_beside() -> None:
    share, slip = heads(*[0] * 9, 5)
    assert (value_text(share), counted(share), word(share)) == ("90.0 %", "9 of 10 milestones", "meets its target")
    assert beside(share) == "2026-Q2 90.0 % (9 of 10 milestones)"
    assert (value_text(slip), counted(slip), word(slip)) == ("on time", "10 milestones", "meets its target")


def test_one_case_is_not_many() -> None:
    share, slip = heads(0)
    assert (counted(share), counted(slip)) == ("1 of 1 milestones", "1 milestone")


def test_all_causes_stand_beside_where_they_differ() -> None:
    share, _ = heads(*[0] * 9, 5, sponsor=5)
    assert value_text(share) == "100.0 %"
    assert beside(share).startswith("all causes 90.0 %; 2026-Q2 100.0 %")


def test_too_few_is_said_with_what_it_needs() -> None:
    share, _ = heads(0, 5)
    assert word(share) == "too few (2 of 10 milestones)"
    assert "Below 10 milestones it is shown and not rated." in how_sure(share)


def test_red_by_a_fact_says_which() -> None:
    share, _ = heads(*[0] * 9, 5, contractual=True)
    assert (value_text(share), word(share)) == ("90.0 %", "misses its target: a contractual one is missed")
    share, _ = heads(*[0] * 7, 5, 5, 5, contractual=True)
    # The value tells it: Wilson of 7 of 10 ends at 89.2 %, under green.
    assert (value_text(share), word(share)) == ("70.0 %", "misses its target")


def test_red_that_could_be_chance_says_so() -> None:
    # Wilson of 9 of 12 runs to 91.1 %, past the green 90 %: red by its value, and nobody can be sure.
    share, _ = heads(*[0] * 9, 5, 5, 5)
    assert word(share) == "red, could be green (9 of 12)"
    assert "The interval reaches green, so red could be chance." in how_sure(share)
    # 18 of 20 against a green of 95 % is amber; Wilson runs to 97.2 %. All causes the same.
    amber = share | {"green": 95, "band": Band.AMBER, "numerator": 18.0, "n": 20.0, "low": 69.9, "high": 97.2}
    assert word(amber) == "amber, could be green (18 of 20)"


def test_all_causes_have_their_own_certainty() -> None:
    # 15 of 15 that are the CRO's; five more were late by us: 15 of 20, Wilson 53.1 to 88.8 %, under green.
    share, _ = heads(*[0] * 15, *[5] * 5, sponsor=5)
    assert (word(share), word(share, "_all")) == ("meets its target", "misses its target")
    # One more by us of 9 of 10: 9 of 10 against 90 %, all of it within chance.
    share, _ = heads(*[0] * 9, 5, 5, 5, sponsor=5)
    assert (word(share), word(share, "_all")) == ("too few (9 of 10 milestones)", "red, could be green (9 of 12)")


def test_interval_and_limits_in_words() -> None:
    share, slip = heads(*[0] * 9, 5)
    # Wilson (1927) for 9 of 10, by scipy.stats.binomtest(9, 10).proportion_ci(method="wilson"): 0.5958 to 0.9821
    assert "95 % interval 59.6 % to 98.2 % (Wilson)." in how_sure(share)
    assert "Green from 90.0 %, red under 80.0 % (default, grade C: ours; to be agreed in the contract)." in how_sure(
        share
    )
    assert "Half of the milestones lie between on time and on time." in how_sure(slip)
    assert (
        "Green up to 0 days late, red beyond 14 days late (default, grade C: ours; to be agreed in the contract)."
        in how_sure(slip)
    )


def test_nothing_reported_has_no_number() -> None:
    share, slip = heads()
    assert (value_text(share), word(share), beside(share)) == ("–", "not reported", "")
    assert value_text(slip) == "–"


def test_a_variance_of_money_is_said_as_over_or_under() -> None:
    budget = {"engagement_id": "E1", "month": "2026-06", "cost_type": "fee", "planned_original": 1000, "invoiced": 900}
    rows = [budget | {"forecast_remaining": 123}]
    store = world((AS_OF, {"cros": [CRO], "engagements": [ENGAGEMENT], "budget": rows}))
    with store.read() as cursor:
        (forecast,) = headline(View(cursor, scope_of(store, AS_OF)), ("C09",))
    # by hand: contract 1,000, forecast 900 + 123: 2.3 % over; the same at the end of the quarter in which it was told
    assert value_text(forecast) == "2.3 % over"
    assert value_text({**forecast, "value": 2.3}) == "2.3 % under"
    assert value_text({**forecast, "value": 0.0}) == "on budget"
    limits = "Green up to 2.0 % over, red beyond 5.0 % over (default, grade C: ours; to be agreed in the contract)."
    assert limits in how_sure(forecast)
    assert "Nothing is sampled, so the word follows the colour." in how_sure(forecast)
