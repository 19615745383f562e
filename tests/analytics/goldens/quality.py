"""Golden cases of what other systems count, and of data queries."""

from datetime import date

from analytics.kpi import Band
from tests.analytics.goldens.case import Golden, count, milestone, requests
from tests.world import engagement

TWO = [engagement("E1"), engagement("E2")]
REPORTS = [
    count("Q05", "2025-09", 0, 100),
    count("Q05", "2025-10", 40, 40),
    count("Q05", "2026-09", 5, 10),
    count("Q05", "2026-10", 0, 50),
]
FILED = [
    count("Q06", "2026-08", 80, 100),
    count("Q06", "2026-09", 150, 160),
    count("Q06", "2026-09", 40, 40, engagement_id="E2"),
]
SPRING = [count("Q05", "2026-06", 30, 40), count("Q05", "2026-07", 57, 60)]
FULL = [count("Q05", f"2026-0{month}", 80, 80) for month in range(2, 7)]

GOLDENS = (
    Golden(
        kpi="Q01",
        title="sum over sum per 100, and never rated",
        working="100 x (3 + 12)/(40 + 60) = 15; the mean of 7.5 and 20 is 13.75.",
        rows={"kpi_data": [count("Q01", "2026-08", 3, 40), count("Q01", "2026-09", 12, 60)]},
        expected={"value": 15, "n": 100, "low": None, "band": Band.UNRATED, "points": None},
    ),
    Golden(
        kpi="Q04",
        title="data queries only, open ones censored",
        working="9 resolved within 2 business days, 3 within 7, 12 open for 12: S 15/24 at 2, 12/24 at 7: median 7. "
        "Resolved ones alone 2, green. Points 100 - 50 x 2/5.",
        rows={
            "requests": [
                *requests(9, "2026-09-07", "", "2026-09-09", type="data_query"),
                *requests(3, "2026-09-07", "", "2026-09-16", type="data_query"),
                *requests(12, "2026-09-14", "", "", type="data_query"),
                *requests(30, "2026-09-07", "", "2026-09-07", type="question"),
            ]
        },
        expected={"value": 7, "n": 24, "numerator": 12, "band": Band.AMBER, "points": 80},
    ),
    Golden(
        kpi="Q05",
        title="twelve months, and only months that ended",
        working="October 2025 and September 2026: 45/50 = 90 %. With September 2025 30 %; with October 2026 45 %; the "
        "mean of 100 % and 50 % is 75 %.",
        rows={"kpi_data": REPORTS},
        expected={"value": 90, "n": 50, "band": Band.AMBER, "points": 75},
    ),
    Golden(
        kpi="Q05",
        title="a month kept back is read as the worst of the year before",
        working="Reported to July: 456/480 = 95 %, green. August is missing: 80 reports (the most of a "
        "month) at 70 % (the "
        "worst): (456 + 56)/(480 + 80) = 91.4 %. Points 100, and 100 - 50 x 3.57/10.",
        rows={"kpi_data": [*FULL, count("Q05", "2026-07", 56, 80)]},
        as_of=date(2026, 8, 31),
        expected={"value": 95, "silent": 1, "points": 100, "points_worst": 100 - 5 * (95 - 51200 / 560)},
    ),
    Golden(
        kpi="Q05",
        title="a month kept back is never read as one that earns points",
        working="Reported to July: 476/480. The worst month is 95 %, no points are earned under 85 - 10 = 75 %: "
        "(476 + 60)/(480 + 80) = 95.7 %, still green, where 95 % would make it 98.6 %.",
        rows={"kpi_data": [*FULL, count("Q05", "2026-07", 76, 80)]},
        as_of=date(2026, 8, 31),
        expected={"value": 47600 / 480, "silent": 1, "points_worst": 100},
    ),
    Golden(
        kpi="Q05",
        title="in a second month kept back nothing was reached",
        working="As before, a month later: (476 + 60 + 0)/(480 + 80 + 80) = 83.75 %. Points 100 - 50 x 11.25/10.",
        rows={"kpi_data": [*FULL, count("Q05", "2026-07", 76, 80)]},
        expected={"value": 47600 / 480, "silent": 2, "points": 100, "points_worst": 43.75},
    ),
    Golden(
        kpi="Q05",
        title="after the last visit nothing is owed",
        working="The last visit was on 20 July: July was its last month.",
        rows={"kpi_data": SPRING, "milestones": [milestone("lplv", "2026-07-20", "2026-07-20")]},
        expected={"value": 87, "silent": 0, "points_worst": 60},
    ),
    Golden(
        kpi="Q06",
        title="the newest month of each contract, then summed",
        working="(150 + 40)/(160 + 40) = 95 %. Months summed 90 %; the mean of the two contracts 96.9 %.",
        rows={"engagements": TWO, "kpi_data": FILED},
        expected={"value": 95, "n": 200, "band": Band.GREEN, "points": 100},
    ),
    Golden(
        kpi="Q06",
        title="after two quarters without, it is not reported, and still in use",
        working="As of 30 April 2027 the newest month is seven months old.",
        rows={"engagements": TWO, "kpi_data": FILED},
        as_of=date(2027, 4, 30),
        expected={"value": None, "band": Band.NOT_REPORTED, "points": None, "ever": True},
    ),
    Golden(
        kpi="Q09",
        title="one safety report late in forty is not green",
        working="39/40 = 97.5 %; points 100 - 50 x 2.5/5.",
        rows={"kpi_data": [count("Q09", "2026-08", 29, 30), count("Q09", "2026-09", 10, 10)]},
        expected={"value": 97.5, "n": 40, "band": Band.AMBER, "points": 75},
    ),
    Golden(
        kpi="Q09",
        title="months without a report due are no case",
        working="0 of 0 in both months: no number, and neither 0 nor 100.",
        rows={"kpi_data": [count("Q09", "2026-08", 0, 0), count("Q09", "2026-09", 0, 0)]},
        expected={"value": None, "n": 0, "band": Band.NOT_REPORTED, "points": None},
    ),
)
