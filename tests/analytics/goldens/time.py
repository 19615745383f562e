"""Golden cases of milestones, cycle times, enrolment and earned schedule."""

from datetime import date

from analytics.kpi import Band
from tests.analytics.goldens.case import UNEARNED, Golden, count, met, milestone, month
from tests.world import cros, engagement

MIXED = [
    *met(8),
    milestone("late", "2026-05-01", "2026-05-02"),
    milestone("overdue", "2026-09-01"),
    milestone("overdue today", "2026-09-30"),
    milestone("early", "2026-10-15", "2026-09-20"),
    milestone("not due", "2026-10-15"),
    milestone("dropped", "2026-06-01", cancelled_on="2026-05-01"),
    milestone("siv", "2026-06-01", "2026-06-01", site_id="DE-01"),
]
CAUSES = [
    *met(10),
    milestone("ours", "2026-05-01", "2026-05-21", days_sponsor=20, attribution_status="agreed"),
    milestone("nobody's", "2026-05-01", "2026-05-11", days_external=10, attribution_status="proposed"),
    milestone("shared", "2026-05-01", "2026-05-21", days_cro=5, days_sponsor=15, attribution_status="disputed"),
    milestone("cause not recorded", "2026-05-01", "2026-05-21"),
]
STOPPED = [
    *(milestone(f"reached {n}", "2026-06-01", "2026-06-01") for n in range(10)),
    *(milestone(f"undone {n}", "2026-06-11", forecast="2026-12-01") for n in range(3)),
    milestone("due on the day", "2026-07-15"),
    milestone("due later", "2026-08-01"),
]
EXCUSES = [
    *met(10),
    milestone("one day of ours", "2026-05-01", "2026-05-21", days_sponsor=1, attribution_status="agreed"),
    milestone("disputed", "2026-05-01", "2026-05-21", days_sponsor=20, attribution_status="disputed"),
    milestone("a day more than ours", "2026-08-30", days_sponsor=30, attribution_status="agreed"),
    milestone("all ours so far", "2026-08-30", forecast="2026-12-01", days_sponsor=31, attribution_status="agreed"),
    milestone("nobody's and ours", "2026-05-01", "2026-05-21", days_sponsor=8, days_external=12),
]
REBASELINED = [
    *met(8),
    milestone("moved", "2026-03-01", "2026-05-01", baseline_current="2026-05-01"),
    milestone("moved further", "2026-03-01", "", baseline_current="2026-12-01"),
    milestone("not moved", "2026-03-01", "2026-03-05"),
]
SLIPS = [
    milestone("five early", "2026-06-10", "2026-06-05"),
    milestone("ten late", "2026-06-01", "2026-06-11"),
    milestone("forty late", "2026-06-01", "2026-07-11"),
    milestone("overdue", "2026-09-10"),
    milestone("overdue, forecast later", "2026-09-20", forecast="2026-10-20"),
    milestone("overdue, forecast passed", "2026-09-01", forecast="2026-09-15"),
    milestone("not due, forecast", "2026-11-01", forecast="2026-11-11"),
    milestone("not due, no forecast", "2026-11-01"),
    milestone("site_activated", "2026-06-01", "2026-09-09", site_id="DE-01"),
]
CONTRACTS = [
    row | {"engagement_id": f"E{number}"}
    for number, (sent, executed) in enumerate(
        [
            ("2026-04-01", "2026-04-11"),
            ("2026-04-01", "2026-04-21"),
            ("2026-04-01", "2026-05-11"),
            ("2026-08-11", ""),
            ("2026-04-01", "2026-05-31"),
            ("2026-07-12", ""),
        ],
        1,
    )
    for row in (milestone("draft_sent", sent, sent), milestone("contract_executed", sent, executed))
]
SIX = [engagement(f"E{number}") for number in range(1, 7)]
SITES = [
    row | {"site_id": site}
    for site, visit, activated in (
        ("S1", "2026-08-03", "2026-08-10"),
        ("S2", "2026-08-03", "2026-08-17"),
        ("S3", "2026-08-03", "2026-08-24"),
        ("S4", "2026-09-02", ""),
        ("S5", "2026-08-31", ""),
    )
    for row in (milestone("siv", visit, visit), milestone("site_activated", visit, activated))
]
ENROLMENT = [
    count("T06", "2026-06", 4, 5),
    count("T06", "2026-07", 6, 15),
    count("T06", "2026-08", 9, 9),
]
PACE = {
    "engagements": [engagement("E1"), engagement("E2")],
    "budget": [
        month("2026-07", 10, 5, 1),
        month("2026-08", 20, 10, 1),
        month("2026-09", 30, 30, 1),
        month("2026-10", 40),
        month("2026-08", 50, 50, 1, engagement_id="E2"),
        month("2026-09", 50, 50, 1, engagement_id="E2"),
    ],
}

GOLDENS = (
    Golden(
        kpi="T01",
        title="due and not reached counts as missed; early counts; not due, dropped and sites do not",
        working="met: 8 + 1 early = 9; due or reached: 9 + 1 late + 2 overdue = 12; 9/12 = 75 %. Without the overdue "
        "ones 90 %, green. Points 100 - 50 x (90 - 75)/(90 - 80) = 25.",
        rows={"milestones": MIXED},
        expected={"value": 75, "numerator": 9, "denominator": 12, "n": 12, "band": Band.RED, "points": 25},
    ),
    Golden(
        kpi="T01",
        title="late for reasons of which none is the CRO's: out of both numbers, and in those of the study",
        working="CRO: 10 met + shared + cause not recorded = 12; 10/12. Study: 10/14.",
        rows={"milestones": CAUSES},
        expected={
            "value": 1000 / 12,
            "value_all": 1000 / 14,
            "n": 12,
            "n_all": 14,
            "band": Band.AMBER,
            "band_all": Band.RED,
        },
    ),
    Golden(
        kpi="T01",
        title="by the original baseline, a re-baselined slip is a slip",
        working="8 met of 8 + moved + moved further + not moved = 11; 8/11.",
        rows={"milestones": REBASELINED},
        expected={"value": 800 / 11, "n": 11, "band": Band.RED},
    ),
    Golden(
        kpi="T01",
        title="by the current baseline, a blank one is the original",
        working="8 met + moved of 8 + moved + not moved = 10 (moved further is not due); 9/10.",
        rows={"milestones": REBASELINED},
        baseline="current",
        expected={"value": 90, "n": 10, "band": Band.GREEN, "points": 100},
    ),
    Golden(
        kpi="T01",
        title="what is dated after the as-of date has not happened",
        working="Reached on 2 October: one due in September is overdue, one due later is not there yet. 10 of 11.",
        rows={
            "milestones": [
                *met(10),
                milestone("due", "2026-09-20", "2026-10-02"),
                milestone("later", "2026-10-05", "2026-10-02"),
            ]
        },
        expected={"value": 1000 / 11, "n": 11},
    ),
    Golden(
        kpi="T01",
        title="twelve months, and what is still open however old",
        working="Due on 30 September 2025: outside. On 1 October: inside. Overdue since 2024: inside. 1 of 2.",
        rows={
            "milestones": [
                milestone("outside", "2025-09-30", "2025-09-30"),
                milestone("inside", "2025-10-01", "2025-10-01"),
                milestone("overdue", "2024-02-01"),
            ]
        },
        expected={"value": 50, "n": 2, "band": Band.TOO_FEW, "points": None},
    ),
    Golden(
        kpi="T01",
        title="too few is a state of its own, with its number",
        working="7 of 9; ten are needed.",
        rows={"milestones": [*met(7), milestone("a", "2026-05-01", "2026-05-09"), milestone("b", "2026-05-01")]},
        expected={"value": 700 / 9, "n": 9, "band": Band.TOO_FEW, "points": None},
    ),
    Golden(
        kpi="T01",
        title="a contractual one missed is red as a fact, however few",
        working="2 of 3; points of 66.7 %: 100 - 50 x 23.3/10 < 0.",
        rows={"milestones": [*met(2), milestone("dbl", "2026-08-01", "2026-09-11", contractual=True)]},
        expected={"value": 200 / 3, "n": 3, "band": Band.RED, "points": 0},
    ),
    Golden(
        kpi="T01",
        title="a contractual one missed is red as a fact, however many were met",
        working="19 of 20 = 95 % would be green; red has at most 50 points.",
        rows={"milestones": [*met(19), milestone("dbl", "2026-08-01", contractual=True)]},
        expected={"value": 95, "band": Band.RED, "points": 50},
    ),
    Golden(
        kpi="T01",
        title="a contractual one missed for our reasons is red for the study, not for the CRO",
        working="CRO: 10 of 10. Study: 10 of 11, with the fact.",
        rows={
            "milestones": [
                *met(10),
                milestone("dbl", "2026-08-01", "2026-08-11", contractual=True, days_sponsor=10),
            ]
        },
        expected={"value": 100, "band": Band.GREEN, "value_all": 1000 / 11, "band_all": Band.RED},
    ),
    Golden(
        kpi="T01",
        title="over CROs, sum over sum",
        working="A 10/10 and B 2/20: 12/30 = 40 %; the mean of the percentages is 55 %.",
        rows={
            "cros": cros("A", "B"),
            "engagements": [engagement("E1"), engagement("E2", "B")],
            "milestones": [
                *met(10),
                *(row | {"engagement_id": "E2"} for row in met(2)),
                *(milestone(f"late {n}", "2026-03-01", "2026-03-02", engagement_id="E2") for n in range(18)),
            ],
        },
        by=(),
        of=(),
        expected={"value": 40, "numerator": 12, "denominator": 30},
    ),
    Golden(
        kpi="T01",
        title="a cancelled contract owes what was due before it was cancelled, and nothing more",
        working="On time 10; due before 15 July and not reached 3, on the day itself 1; due later 1. 10/14 = 71.4 %. "
        "As if the contract had never owed them 100 %; with what was due later 66.7 %.",
        rows={"engagements": [engagement("E1", cancelled_on="2026-07-15")], "milestones": STOPPED},
        expected={"value": 100 * 10 / 14, "n": 14, "band": Band.RED},
    ),
    Golden(
        kpi="T01",
        title="what a contract left undone is of its year, not of every year after",
        working="Due in June 2024 and left undone when the contract was cancelled a month later: 10 of 10, not of 11.",
        rows={
            "engagements": [engagement("E1"), engagement("E2", cancelled_on="2024-07-15")],
            "milestones": [*met(10), milestone("undone", "2024-06-15", engagement_id="E2")],
        },
        expected={"value": 100, "n": 10, "band": Band.GREEN},
    ),
    Golden(
        kpi="T01",
        title="a day of ours does not excuse a hundred, and nobody is excused by what is disputed",
        working="10 met. 1 of 20 late days is ours; 20 of 20 are, disputed; overdue for 31 days of which 30 are ours: "
        "these three count. Overdue for 31 days, all ours; 20 late days, 8 ours and 12 nobody's: these two do not. "
        "10/13; by any day allocated 10/10; all causes 10/15.",
        rows={"milestones": EXCUSES},
        expected={"value": 100 * 10 / 13, "n": 13, "value_all": 100 * 10 / 15, "band": Band.RED},
    ),
    Golden(
        kpi="T02",
        title="what is overdue ages to the as-of date, or to its forecast where that is later",
        working="-5, 10, 40; overdue 20; by its forecast 30; by a forecast that has passed 29. "
        "Sorted -5 10 20 29 30 40: median 24.5, quartiles 12.5 and 29.75. Closed ones alone: 10. With what is promised "
        "for a date to come (10 days late) 20. Points 100 - 50 x 24.5/14.",
        rows={"milestones": SLIPS},
        expected={
            "value": 24.5,
            "low": 12.5,
            "high": 29.75,
            "n": 6,
            "band": Band.RED,
            "points": 100 - 50 * 24.5 / 14,
        },
    ),
    Golden(
        kpi="T02",
        title="promises make nothing green",
        working="Five overdue since 1 September: 29 days. Twenty to come, promised on their dates, would make it 0.",
        rows={
            "milestones": [
                *(milestone(f"overdue {n}", "2026-09-01") for n in range(5)),
                *(milestone(f"promised {n}", "2027-03-01", forecast="2027-03-01") for n in range(20)),
            ]
        },
        expected={"value": 29, "n": 5, "band": Band.RED},
    ),
    Golden(
        kpi="T02",
        title="promises alone are no result",
        working="Nothing is due and nothing reached.",
        rows={"milestones": [milestone(f"m{n}", "2027-03-01", forecast="2027-03-01") for n in range(20)]},
        expected={"value": None, "n": 0, "points": None},
    ),
    Golden(
        kpi="T02",
        title="what a cancelled contract left undone ages to the cancellation",
        working="34 days (11 June to 15 July) three times, not 111 to the as-of date nor 173 by the forecast; 0 for "
        "what was due on the day; none for what was due later. 0 34 34 34: 34.",
        rows={"engagements": [engagement("E1", cancelled_on="2026-07-15")], "milestones": STOPPED[10:]},
        expected={"value": 34, "n": 4, "band": Band.TOO_FEW},
    ),
    Golden(
        kpi="T02",
        title="late for our reasons: not in the CRO's median, and in the study's",
        working="CRO: 0 0 0 0 0 10 -> 0. Study: 0 0 0 0 0 10 30 40 50 60 70 -> 10.",
        rows={
            "milestones": [
                *met(5),
                milestone("cro", "2026-05-01", "2026-05-11", days_cro=10),
                *(
                    milestone(f"ours {days}", "2026-05-01", f"2026-{late}", days_sponsor=days)
                    for days, late in ((30, "05-31"), (40, "06-10"), (50, "06-20"), (60, "06-30"), (70, "07-10"))
                ),
            ]
        },
        expected={"value": 0, "value_all": 10, "n": 6, "n_all": 11, "band": Band.GREEN, "band_all": Band.AMBER},
    ),
    Golden(
        kpi="T02",
        title="against the current baseline the same dates slip less",
        working="61 days against the original; 0 against the current one; five alike.",
        rows={
            "milestones": [
                milestone(f"m{n}", "2026-03-01", "2026-05-01", baseline_current="2026-05-01") for n in range(5)
            ]
        },
        baseline="current",
        expected={"value": 0, "band": Band.GREEN},
    ),
    Golden(
        kpi="T03",
        title="a contract that is not signed yet is censored, not left out",
        working="10 20 40 60 signed, 50 and 80 days open. S: 5/6, 4/6, 3/6 at 40: median 40, amber. Signed ones alone: "
        "20 to 40, median 30, green. Points 100 - 50 x 10/30.",
        rows={"engagements": SIX, "milestones": CONTRACTS},
        expected={"value": 40, "n": 6, "numerator": 4, "band": Band.AMBER, "points": 100 - 50 / 3},
    ),
    Golden(
        kpi="T03",
        title="fewer than half signed: no median, and red where the open ones have passed the limit",
        working="2 of 6 signed, 4 open for 70 days: the median is over 70, so over 60. Points of 70: 100 - 50 x 40/30.",
        rows={
            "engagements": SIX,
            "milestones": [
                *CONTRACTS[:4],
                *(milestone("draft_sent", "2026-07-22", "2026-07-22", engagement_id=f"E{n}") for n in (3, 4, 5, 6)),
            ],
        },
        expected={"value": None, "n": 6, "band": Band.RED, "points": 100 - 50 * 40 / 30},
    ),
    Golden(
        kpi="T03",
        title="fewer than half signed, and young: no median and no colour",
        working="2 of 6 signed, 4 open for 20 days.",
        rows={
            "engagements": SIX,
            "milestones": [
                *CONTRACTS[:4],
                *(milestone("draft_sent", "2026-09-10", "2026-09-10", engagement_id=f"E{n}") for n in (3, 4, 5, 6)),
            ],
        },
        expected={"value": None, "n": 6, "band": Band.UNRATED, "points": None},
    ),
    Golden(
        kpi="T04",
        title="business days less holidays; sites not active yet are censored",
        working="With the holiday of 5 August: 4 9 14 activated; open for 20 and 22 business days. S: .8 .6 .4 at 14, "
        "amber. Without the holiday 15, red; in calendar days 21; active ones alone 9.",
        rows={"holidays": [{"day": "2026-08-05"}], "milestones": SITES},
        expected={"value": 14, "n": 5, "numerator": 3, "band": Band.AMBER, "points": 50},
    ),
    Golden(
        kpi="T04",
        title="a laboratory activates no sites",
        working="Not part of the service, whatever rows there are.",
        rows={"engagements": [engagement("E1", service_type="laboratory")], "milestones": SITES},
        expected={"value": None, "band": Band.NOT_APPLICABLE, "points": None},
    ),
    Golden(
        kpi="T06",
        title="sum over sum of the months that ended",
        working="As of 15 August: (4 + 6)/(5 + 15) = 50 %. The mean of the months is 60 %; with August 66 %.",
        rows={"kpi_data": ENROLMENT},
        as_of=date(2026, 8, 15),
        expected={"value": 50, "n": 20, "silent": 0, "band": Band.RED},
    ),
    Golden(
        kpi="T06",
        title="a month with one of the two counts only is in neither",
        working="June and July as above, 50 %; August has enrolled subjects and no plan.",
        rows={"kpi_data": [*ENROLMENT[:2], count("T06", "2026-08", 9, "")]},
        expected={"value": 50, "n": 20},
    ),
    Golden(
        kpi="T06",
        title="what a laboratory reports by mistake does not dilute the CRO",
        working="The engagement with patients alone: 50 %, not (10 + 80)/(20 + 80) = 90 %.",
        rows={
            "engagements": [engagement("E1"), engagement("E2", service_type="laboratory")],
            "kpi_data": [*ENROLMENT[:2], count("T06", "2026-07", 80, 80, engagement_id="E2")],
        },
        expected={"value": 50, "n": 20},
    ),
    Golden(
        kpi="T08",
        title="sum of earned schedule over sum of actual time",
        working="E1: EV 45 of PV 10 30 60 100 in month 3: ES 2 + 15/30 = 2.5, AT 3. E2: ES 2, AT 2. 4.5/5 = 0.9; the "
        "mean of the two is 0.92, EV over PV 145/160 = 0.91.",
        rows=PACE,
        expected={"value": 0.9, "numerator": 4.5, "denominator": 5, "n": 5, "band": Band.AMBER},
    ),
    Golden(
        kpi="T08",
        title="two months are too few",
        working="E1 as of 31 August: EV 15, ES 1 + 5/20 = 1.25, AT 2.",
        rows={"budget": PACE["budget"][:4]},
        as_of=date(2026, 8, 31),
        expected={"value": 0.625, "n": 2, "band": Band.TOO_FEW},
    ),
    Golden(
        kpi="T08",
        title="cents are added exactly",
        working="PV and EV both come to 1834.63, EV in month 3: ES is all 4 months of the plan, AT 3. Added as floats, "
        "PV ends a bit under its own whole, and EV under PV.",
        rows={
            "budget": [
                month("2026-01", 308.92, 81.30, 100),
                month("2026-02", 874.76, 625, 100),
                month("2026-03", 156.08, 1128.33, 100),
                month("2026-04", 494.87, 0, 100),
            ]
        },
        as_of=date(2026, 4, 30),
        expected={"value": 4 / 3, "numerator": 4, "denominator": 3, "band": Band.GREEN},
    ),
    Golden(
        kpi="T09",
        title="sum of forecast over sum of planned months",
        working="E1: PD 4, SPI(t) 2.5/3: 4.8. E2: PD 2, SPI(t) 1: 2. 100 x (6.8 - 6)/6 = 13.3 %; the mean of 20 % and "
        "0 % is 10 %, amber.",
        rows=PACE,
        expected={"value": 100 * 0.8 / 6, "n": 5, "band": Band.RED},
    ),
    Golden(
        kpi="T09",
        title="what has earned nothing yet is late by the months that went by",
        working="E1: PD 2, ES 1 after 1 month: 2. E2: PD 2, ES 0 after 1 month, the rest as planned: 1 + 2 = 3. "
        "100 x (5 - 4)/4 = 25 %; E1 alone 0 %.",
        rows=UNEARNED,
        expected={"value": 25, "n": 1, "band": Band.TOO_FEW},
    ),
)
