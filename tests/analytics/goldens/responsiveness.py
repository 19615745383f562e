"""Golden cases of requests to the CRO."""

from datetime import date

from analytics.kpi import Band
from tests.analytics.goldens.case import Golden, Row, requests, sla, touchpoint
from tests.world import engagement

WEEKEND = ("2026-09-25T16:00:00Z", "2026-09-28T10:00:00Z")
"""Friday 16:00 to Monday 10:00: two business hours, 66 elapsed ones."""
WAITED = [
    *requests(4, *WEEKEND),
    *requests(2, "2026-09-21T09:00:00Z", "2026-09-22T17:00:00Z", paused_hours=6),
    *requests(4, "2026-09-28T09:00:00Z"),
]
STATES = [
    *requests(9, "2026-09-21T09:00:00Z", "2026-09-21T17:00:00Z"),
    *requests(1, "2026-09-21T09:00:00Z", "2026-09-22T09:30:00Z"),
    *requests(2, "2026-09-28T09:00:00Z"),
    *requests(3, "2026-09-30T10:00:00Z"),
    *requests(5, "2026-09-30T08:00:00Z", cancelled_on="2026-09-30"),
]


def ten(opened: str, answered: str = "", resolved: str = "", **more: object) -> list[Row]:
    """As many as R01 and R02 need."""
    return requests(10, opened, answered, resolved, **more)


AGREED = [
    *(touchpoint(f"held {n}", "2026-06-02", "2026-06-04", "2026-06-11") for n in range(5)),
    *(touchpoint(f"report {n}", "2026-06-30", "2026-06-30", type="status_report") for n in range(3)),
    touchpoint("early", "2026-10-06", "2026-09-10", "2026-09-11"),
    touchpoint("three days late", "2026-06-02", "2026-06-05", "2026-06-05"),
    touchpoint("minutes a day late", "2026-06-02", "2026-06-02", "2026-06-10"),
    touchpoint("no minutes", "2026-06-02", "2026-06-02"),
    touchpoint("never held", "2026-06-02"),
    touchpoint("they cancelled", "2026-06-02", cancelled_by="cro"),
    touchpoint("report a day late", "2026-06-30", "2026-07-01", type="status_report"),
    touchpoint("report due today", "2026-09-30", type="status_report"),
]
NEITHER = [
    touchpoint("we cancelled", "2026-06-02", cancelled_by="sponsor"),
    touchpoint("held, minutes may come", "2026-09-24", "2026-09-24"),
    touchpoint("may still be held", "2026-09-29"),
    touchpoint("to come", "2026-10-13"),
    touchpoint("report to come", "2026-10-31", type="status_report"),
    touchpoint("never held, two years ago", "2024-06-02"),
]

GOLDENS = (
    Golden(
        kpi="R01",
        title="open ones are censored, hours are business hours, paused ones do not count",
        working="4 answered after 2 hours (Friday 16 to Monday 10), 2 after 16 - 6 = 10, 4 open for 24 (three days): "
        "S .6 at 2, .4 at 10. Answered ones alone 2, green; without the pause 16; elapsed far more. "
        "Points 100 - 50 x 2/8.",
        rows={"requests": WAITED},
        expected={"value": 10, "n": 10, "numerator": 6, "band": Band.AMBER, "points": 87.5},
    ),
    Golden(
        kpi="R01",
        title="the SLA's time zone, over the start of summer time",
        working="Berlin: Friday 16:30 (winter) to Monday 09:30 (summer): 0.5 + 0.5 = 1 hour. In UTC 1.5; "
        "with winter time "
        "on both days 0.5.",
        rows={
            "slas": [sla(8, time_zone="Europe/Berlin")],
            "requests": ten("2026-03-27T15:30:00Z", "2026-03-30T07:30:00Z"),
        },
        expected={"value": 1, "n": 10, "band": Band.GREEN},
    ),
    Golden(
        kpi="R01",
        title="the SLA's time zone, a day that is another day there",
        working="Tokyo is 9 hours ahead: Thursday 23:30 UTC is Friday 08:30, and Friday 00:30 UTC is 09:30: "
        "half an hour. "
        "In UTC none.",
        rows={
            "slas": [sla(8, time_zone="Asia/Tokyo")],
            "requests": ten("2026-09-17T23:30:00Z", "2026-09-18T00:30:00Z"),
        },
        expected={"value": 0.5},
    ),
    Golden(
        kpi="R01",
        title="a priority without a time zone is on UTC, not on the one of the common SLA",
        working="Monday 09:00 to 10:00 UTC: 1 hour; in Tokyo that is after 17:00, so none.",
        rows={
            "slas": [sla(8, "high"), sla(8, time_zone="Asia/Tokyo")],
            "requests": ten("2026-09-21T09:00:00Z", "2026-09-21T10:00:00Z", priority="high"),
        },
        expected={"value": 1},
    ),
    Golden(
        kpi="R01",
        title="a holiday is no business time",
        working="Friday 16:00 to Tuesday 10:00 with Monday off: 1 + 1 = 2 hours; without the holiday 10.",
        rows={
            "holidays": [{"day": "2026-09-28"}],
            "requests": ten("2026-09-25T16:00:00Z", "2026-09-29T10:00:00Z"),
        },
        expected={"value": 2},
    ),
    Golden(
        kpi="R01",
        title="a settlement is an answer",
        working="Settled after 1 hour, first answer written down after 5: 1 hour.",
        rows={"requests": ten("2026-09-21T09:00:00Z", "2026-09-21T14:00:00Z", "2026-09-21T10:00:00Z")},
        expected={"value": 1},
    ),
    Golden(
        kpi="R01",
        title="dates without a time of day have no hours",
        working="Answered on the next day; how many hours it took nobody knows.",
        rows={"requests": ten("2026-09-21", "2026-09-22")},
        expected={
            "value": None,
            "n": 0,
            "band": Band.NOT_REPORTED,
            "points": None,
            "reason": "no time of day",
        },
    ),
    Golden(
        kpi="R01",
        title="answers that are dates leave no hours to what is open either",
        working="48 answered on the next day, nobody wrote when; 12 open for 24 business hours. The 12 alone are all "
        "censored past 16 hours: red, with 0 points, only because the answered ones have no hours.",
        rows={
            "requests": [
                *requests(48, "2026-09-21T09:00:00Z", "2026-09-22"),
                *requests(12, "2026-09-28T09:00:00Z"),
            ]
        },
        expected={
            "value": None,
            "n": 0,
            "band": Band.NOT_REPORTED,
            "points": None,
            "reason": "no time of day",
        },
    ),
    Golden(
        kpi="R01",
        title="a tenth of the answers without a time of day is too few to silence the others",
        working="9 answered after 2 hours, 1 on a date (1 of 10 answers), 8 open for 24: of 17 with hours S = 8/17 at "
        "2, so 2.",
        rows={
            "requests": [
                *requests(9, *WEEKEND),
                *requests(1, "2026-09-25T16:00:00Z", "2026-09-28"),
                *requests(8, "2026-09-28T09:00:00Z"),
            ]
        },
        expected={"value": 2, "n": 17, "numerator": 9, "band": Band.GREEN},
    ),
    Golden(
        kpi="R01",
        title="more than a tenth of the answers without a time of day silences all",
        working="As before with 2 of 10 answers on a date: S = 8/16 at 2 would be told of 16.",
        rows={
            "requests": [
                *requests(8, *WEEKEND),
                *requests(2, "2026-09-25T16:00:00Z", "2026-09-28"),
                *requests(8, "2026-09-28T09:00:00Z"),
            ]
        },
        expected={"value": None, "n": 0, "band": Band.NOT_REPORTED},
    ),
    Golden(
        kpi="R01",
        title="dates of another study, or of before the year, silence nothing",
        working="E1: 10 answered after 2 hours, and on dates 10 two years ago; E2: 5 on dates, 5 open for 24 hours. "
        "The 10 of E1 alone: 2.",
        rows={
            "engagements": [engagement("E1"), engagement("E2")],
            "requests": [
                *requests(10, *WEEKEND),
                *requests(10, "2024-09-23T09:00:00Z", "2024-09-24"),
                *requests(5, "2026-09-21T09:00:00Z", "2026-09-22", engagement_id="E2"),
                *requests(5, "2026-09-28T09:00:00Z", engagement_id="E2"),
            ],
        },
        expected={"value": 2, "n": 10},
    ),
    Golden(
        kpi="R01",
        title="data queries, and what they ask of us, are not the CRO's first response",
        working="Ten questions answered after 1 hour; the others take a week.",
        rows={
            "requests": [
                *ten("2026-09-21T09:00:00Z", "2026-09-21T10:00:00Z", type="question"),
                *requests(20, "2026-09-21T09:00:00Z", "2026-09-28T10:00:00Z", type="data_query"),
                *requests(20, "2026-09-21T09:00:00Z", "2026-09-28T10:00:00Z", direction="to_sponsor"),
            ]
        },
        expected={"value": 1, "n": 10},
    ),
    Golden(
        kpi="R02",
        title="met, missed and pending: open and older is missed, open within it is in neither",
        working="SLA 8 hours: 9 met (8 hours is within), 1 after 8.5, 2 open for 24: 9/12 = 75 %. Pending 3 (7 hours "
        "old) and cancelled within it 5. Open ones left out: 90 %; pending counted as met: 80 %.",
        rows={"slas": [sla(8)], "requests": STATES},
        expected={"value": 75, "n": 12, "band": Band.RED, "points": 0},
    ),
    Golden(
        kpi="R02",
        title="an elapsed clock runs through the weekend",
        working="SLA 24 elapsed hours: Friday 12:00 to Saturday 11:00 met, 9 times; to Monday 10:00 missed, "
        "once, though "
        "it is only 6 business hours.",
        rows={
            "slas": [sla(24, clock="elapsed")],
            "requests": [
                *requests(9, "2026-09-18T12:00:00Z", "2026-09-19T11:00:00Z"),
                *requests(1, "2026-09-18T12:00:00Z", "2026-09-21T10:00:00Z"),
            ],
        },
        expected={"value": 90, "n": 10, "band": Band.AMBER},
    ),
    Golden(
        kpi="R02",
        title="paused hours do not count on either clock",
        working="SLA 24 elapsed hours: Friday 12:00 to Saturday 14:00 is 26 less 3: met, 5 times. SLA 8 "
        "business hours of "
        "high ones: Monday 09:00 to Tuesday 11:00 is 10 less 3: met, 5 times.",
        rows={
            "slas": [sla(24, clock="elapsed"), sla(8, "high")],
            "requests": [
                *requests(5, "2026-09-18T12:00:00Z", "2026-09-19T14:00:00Z", paused_hours=3),
                *requests(5, "2026-09-21T09:00:00Z", "2026-09-22T11:00:00Z", paused_hours=3, priority="high"),
            ],
        },
        expected={"value": 100, "n": 10},
    ),
    Golden(
        kpi="R02",
        title="dates without a time of day are judged in business days",
        working="8 hours are a day: from Friday to Monday met, 9 times; to Tuesday missed, once.",
        rows={
            "slas": [sla(8)],
            "requests": [
                *requests(9, "2026-09-18", "2026-09-21"),
                *requests(1, "2026-09-18", "2026-09-22"),
            ],
        },
        expected={"value": 90, "n": 10},
    ),
    Golden(
        kpi="R02",
        title="the SLA of the priority, and the common one for the others",
        working="High: 2 hours; else 16. 8 hours: missed by 5 high ones, met by 5 of another priority and 5 of none.",
        rows={
            "slas": [sla(2, "High"), sla(16)],
            "requests": [
                *requests(5, "2026-09-21T09:00:00Z", "2026-09-21T17:00:00Z", priority="high"),
                *requests(5, "2026-09-21T09:00:00Z", "2026-09-21T17:00:00Z", priority="low"),
                *requests(5, "2026-09-21T09:00:00Z", "2026-09-21T17:00:00Z"),
            ],
        },
        expected={"value": 1000 / 15, "n": 15},
    ),
    Golden(
        kpi="R02",
        title="without an SLA nothing is met or missed",
        working="No line for the priority and no common one.",
        rows={"slas": [sla(2, "high")], "requests": ten("2026-09-21T09:00:00Z", "2026-09-21T10:00:00Z")},
        expected={"value": None, "band": Band.NOT_REPORTED, "points": None},
    ),
    Golden(
        kpi="R02",
        title="an answer after the as-of date has not come",
        working="Open since Monday of the week before with 8 hours: missed by the end of the as-of date.",
        rows={
            "slas": [sla(8)],
            "requests": [
                *requests(9, "2026-09-21T09:00:00Z", "2026-09-21T10:00:00Z"),
                *requests(1, "2026-09-21T09:00:00Z", "2026-10-01T10:00:00Z"),
            ],
        },
        expected={"value": 90, "n": 10},
    ),
    Golden(
        kpi="R03",
        title="business days to the settlement, open ones censored",
        working="5 settled after 2 business days (Friday 12 to Tuesday 12), 1 after 6, 4 open for 8: S .5 "
        "at 2: median 2; "
        "answered is not settled.",
        rows={
            "requests": [
                *requests(5, "2026-09-18T12:00:00Z", "2026-09-18T13:00:00Z", "2026-09-22T12:00:00Z"),
                *requests(1, "2026-09-18T12:00:00Z", "2026-09-18T13:00:00Z", "2026-09-28T12:00:00Z"),
                *requests(4, "2026-09-21T09:00:00Z", "2026-09-21T10:00:00Z"),
            ]
        },
        expected={"value": 2, "n": 10, "numerator": 6, "band": Band.GREEN},
    ),
    Golden(
        kpi="R03",
        title="fewer than half settled: no median, red where the open ones have passed the limit",
        working="4 settled after 2 business days, 6 open for 13 (since Monday 14 September, 09:00): over 10. "
        "Points 100 - 50 x 8/5.",
        rows={
            "requests": [
                *requests(4, "2026-09-18T12:00:00Z", "", "2026-09-22T12:00:00Z"),
                *requests(6, "2026-09-14T09:00:00Z", "2026-09-14T10:00:00Z"),
            ]
        },
        expected={"value": None, "n": 10, "band": Band.RED, "points": 20},
    ),
    Golden(
        kpi="R03",
        title="the day in the SLA's time zone holds for the settlement even where the answer has no time of day",
        working="New York: Friday 16:00 (20:00 UTC) to Monday 10:00 (14:00 UTC): 2 hours, a quarter of a day. With the "
        "opening read in UTC 1 hour.",
        rows={
            "slas": [sla(8, time_zone="America/New_York")],
            "requests": ten("2026-09-25T20:00:00Z", "2026-09-26", "2026-09-28T14:00:00Z"),
        },
        expected={"value": 0.25},
    ),
    Golden(
        kpi="R04",
        title="older than 30 days, of what is open",
        working="Open since 30 August (31 days): 1; since 31 August (30 days): 4; 3 resolved, 2 cancelled, "
        "2 of ours and 9 "
        "data queries do not count: 1/5.",
        rows={
            "requests": [
                *requests(1, "2026-08-30", "2026-08-31"),
                *requests(4, "2026-08-31"),
                *requests(3, "2026-07-01", "", "2026-09-30"),
                *requests(2, "2026-07-01", cancelled_on="2026-08-01"),
                *requests(2, "2026-07-01", direction="to_sponsor"),
                *requests(9, "2026-07-01", type="data_query"),
            ]
        },
        expected={"value": 20, "n": 5, "band": Band.AMBER, "points": 50},
    ),
    Golden(
        kpi="R04",
        title="an old one counts however old it is",
        working="Open since 2024 and 4 of this week: 1/5.",
        rows={"requests": [*requests(1, "2024-05-01"), *requests(4, "2026-09-28")]},
        expected={"value": 20, "n": 5},
    ),
    Golden(
        kpi="R04",
        title="a CRO that answers nothing for a month is silent",
        working="The last answer came in July; August and September have ended since. Young ones of "
        "September: 0 of 5 are "
        "old, which the score does not take for good news.",
        rows={"requests": [*requests(5, "2026-09-10"), *requests(1, "2026-07-01", "2026-07-03", "2026-07-03")]},
        expected={"value": 0, "n": 5, "silent": 2},
    ),
    Golden(
        kpi="R04",
        title="an empty queue is not applicable, and not 0 %",
        working="All three are settled.",
        rows={"requests": requests(3, "2026-07-01", "", "2026-09-30")},
        expected={"value": None, "band": Band.NOT_APPLICABLE, "points": None},
    ),
    Golden(
        kpi="R04",
        title="no request at all is not reported",
        working="Nobody wrote any down.",
        rows={"engagements": [engagement("E1")]},
        expected={"value": None, "band": Band.NOT_REPORTED, "points": None, "ever": False},
    ),
    Golden(
        kpi="R05",
        title="held up to two days late and minuted within five business days; reports on the day",
        working="5 meetings (minutes five business days later) + 3 reports + 1 early = 9 met; 3 days late, minutes "
        "after six, no minutes, never held, cancelled by the CRO, report late, report not there = 7 missed. 9/16.",
        rows={"touchpoints": AGREED},
        expected={"value": 56.25, "numerator": 9, "n": 16, "band": Band.RED, "points": 0},
    ),
    Golden(
        kpi="R05",
        title="what we cancelled, what may still come, and what is over a year old is in neither number",
        working="Held on Thursday 24 September, minutes due by Thursday 1 October; scheduled for 29 September, in time "
        "until 1 October. The same 9/16.",
        rows={"touchpoints": [*AGREED, *NEITHER]},
        expected={"value": 56.25, "n": 16},
    ),
    Golden(
        kpi="R05",
        title="a day later the same are missed",
        working="As of Thursday 1 October: both days are over. 9/(16 + 2).",
        rows={"touchpoints": [*AGREED, *NEITHER]},
        as_of=date(2026, 10, 1),
        expected={"value": 50, "n": 18},
    ),
)
