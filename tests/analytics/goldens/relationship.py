"""Golden cases of the survey and of the CRO's team."""

from datetime import date

from analytics.kpi import Band
from tests.analytics.goldens.case import Golden, Row, answers, assignment, met
from tests.world import engagement

FORMS = [
    *answers("a", 5, 5, recommend=10),
    *answers("b", 4, 5, 3),
    *answers("c", 4),
    *answers("d", 3, 3),
    *answers("e", 1, 2),
    *answers("f", 5, 4, 3, 2),
]
OTHERS = [
    *answers("theirs", 5, direction="cro_on_sponsor"),
    *answers("self", 5, direction="cro_on_self"),
    *answers("last year's", 5, quarter="2025-Q3"),
    *answers("quarter not over", 5, quarter="2026-Q4"),
]
RECOMMENDED = (9, 10, 10, 9, 9, 8, 7, 6, 0, 7)
ONE_YEAR: list[Row] = [assignment(f"stays {n}", "2024-01-01") for n in range(8)]
LEAVERS = [
    *ONE_YEAR,
    assignment("left", "2024-01-01", "2026-03-31", "left"),
    assignment("rolled off", "2024-01-01", "2026-03-31", "rolled_off"),
    assignment("left before the period", "2024-01-01", "2025-09-30", "left"),
    assignment("leaves after the as-of date", "2026-09-30", "2026-10-15", "left"),
    assignment("ours", "2024-01-01", "2026-03-31", "left", organisation="sponsor"),
]
HALF = 182 / 365.25
"""Years from 2025-10-01 to 2026-03-31."""
YEARS = 8 * 365 / 365.25 + 2 * HALF + 1 / 365.25
KEY: Row = {"role": "project manager", "key_role": True, "contracted": True}
ROLES: list[Row] = [
    assignment("first", "2026-01-01", "2026-06-30", "left", **KEY),
    assignment("overlap", "2026-06-01", "2026-07-31", "rolled_off", **KEY),
    assignment("stands in", "2026-08-01", role="Project manager", key_role=True, contracted=False),
    assignment("monitor", "2026-01-01", key_role=True, contracted=True),
    assignment("no key role", "2026-01-01", role="data manager", contracted=True),
    assignment("nobody said", "2026-01-01", role="medical monitor", key_role=True),
]
THIS_YEAR = [engagement("E1", start_date=date(2026, 1, 1))]

GOLDENS = (
    Golden(
        kpi="P01",
        title="the median of people's means, and not the mean of all answers",
        working="Means 5 4 4 3 1.5 3.5: median 3.75, to 100 x 2.75/4 = 68.75; the mean of the 14 answers is 3.5, 62.5. "
        "Other directions, other periods and the recommendation do not count. Points 100 - 50 x 6.25/15.",
        rows={"surveys": [*FORMS, *OTHERS]},
        expected={"value": 68.75, "n": 6, "low": None, "band": Band.AMBER, "points": 100 - 50 * 6.25 / 15},
    ),
    Golden(
        kpi="P01",
        title="under five answers the value is hidden",
        working="Four forms: who gave them could be guessed.",
        rows={"surveys": FORMS[:8]},
        expected={
            "value": None,
            "numerator": None,
            "n": 4,
            "band": Band.TOO_FEW,
            "points": None,
            "reason": "fewer than 5 answers: hidden, so that nobody is recognised",
        },
    ),
    Golden(
        kpi="P01",
        title="from eight answers on with an interval; of equal answers it has no width",
        working="Eight times 4: 75, and so is every sample of them.",
        rows={"surveys": [row for n in range(8) for row in answers(f"f{n}", 4)]},
        expected={"value": 75, "low": 75, "high": 75, "n": 8, "band": Band.GREEN},
    ),
    Golden(
        kpi="P02",
        title="promoters less detractors; 7 and 8 are neither",
        working="5 of 10 give 9 or 10, 2 give 6 or less: 50 - 20 = 30. Standard error sqrt((0.5 + 0.2 - 0.3^2)/10) = "
        "0.24698; 30 -/+ 1.95996 x 24.698.",
        rows={"surveys": [row for n, mark in enumerate(RECOMMENDED) for row in answers(f"f{n}", recommend=mark)]},
        expected={
            "value": 30,
            "n": 10,
            "low": 30 - 195.9963984540054 * 0.061**0.5,
            "high": 30 + 195.9963984540054 * 0.061**0.5,
            "band": Band.GREEN,
        },
    ),
    Golden(
        kpi="P03",
        title="leavers of the period per year worked in it, to the day",
        working="One left (another rolled off, one left a day too early, one leaves later, one is ours). 8 x 365 "
        "+ 182 + 182 + 1 = 3285 days: 100 x 1/(3285/365.25). By heads at the end 1/9; without the days in part 1/11.",
        rows={"team": LEAVERS},
        expected={"value": 100 / YEARS, "numerator": 1, "denominator": YEARS, "n": 11, "band": Band.GREEN},
    ),
    Golden(
        kpi="P03",
        title="by month, the same days",
        working="March 2026: 10 people for 31 days, one of whom leaves on the last.",
        rows={"team": LEAVERS},
        by=("month",),
        of=("2026-03",),
        expected={"value": 100 * 365.25 / 310, "numerator": 1, "n": 10},
    ),
    Golden(
        kpi="P03",
        title="nine assignments are too few",
        working="n 9, whatever the rate.",
        rows={"team": LEAVERS[:9]},
        expected={"numerator": 1, "n": 9, "band": Band.TOO_FEW, "points": None},
    ),
    Golden(
        kpi="P03",
        title="of an engagement that fell silent, nobody works on unseen",
        working="As of 31 December, last told on 30 September: 8 x 273 days of the year + 90 = 2274. With the silent "
        "quarter 8 x 365 + 90 = 3010, and the turnover of those who say nothing would fall.",
        rows={"team": LEAVERS[:9], "milestones": met(1)},
        as_of=date(2026, 12, 31),
        expected={"numerator": 1, "denominator": 2274 / 365.25, "n": 9},
    ),
    Golden(
        kpi="P04",
        title="days of the person named in the contract; two in the role at once fill a day once",
        working="1 January to 30 September 2026: 273 days. Project manager 1 January to 31 July: 212; with June twice "
        "242, with the stand-in 273. Monitor 273. (212 + 273)/546. Of the medical monitor nobody said who it is.",
        rows={"engagements": THIS_YEAR, "team": ROLES},
        expected={"value": 100 * 485 / 546, "numerator": 485, "n": 2, "band": Band.AMBER},
    ),
    Golden(
        kpi="P04",
        title="of an engagement that fell silent, the days stop when it was last told of",
        working="As of 31 December, last told on 30 September: 485 of 546 days, as then. With the silent quarter, in "
        "which nobody would have said who left, 577 of 730.",
        rows={"engagements": THIS_YEAR, "team": ROLES, "milestones": met(1)},
        as_of=date(2026, 12, 31),
        expected={"value": 100 * 485 / 546, "numerator": 485, "denominator": 546},
    ),
    Golden(
        kpi="P04",
        title="the engagement's end ends the days",
        working="Closed on 31 March: 90 of 90 for both.",
        rows={"engagements": [THIS_YEAR[0] | {"closed_on": "2026-03-31"}], "team": ROLES},
        expected={"value": 100, "denominator": 180, "n": 2, "band": Band.GREEN},
    ),
    Golden(
        kpi="P04",
        title="without key roles it is not reported",
        working="A team without a key role.",
        rows={"team": ONE_YEAR},
        expected={"value": None, "n": 0, "band": Band.NOT_REPORTED, "points": None},
    ),
)
