"""Golden cases of what other systems count, and of data queries."""

from datetime import date

from analytics.kpi import Band
from tests.analytics.goldens.case import Golden, audit, count, event, milestone, requests
from tests.world import cros, engagement

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
GRADED = [
    audit("spring", "2026-03-18"),
    audit("summer", "2026-06-09"),
    audit("a year ago", "2025-09-30"),
    audit("to come", "2026-10-20"),
    *(event(f"spring {n}", "2026-03-20", audit_id="spring", grade="major") for n in range(5)),
    *(event(f"minor {n}", "2026-03-20", audit_id="spring", grade="minor") for n in range(9)),
    event("summer", "2026-06-12", audit_id="summer", grade="major"),
    event("graded after the as-of date", "2026-10-02", audit_id="summer", grade="major"),
    *(event(f"old {n}", "2025-10-05", audit_id="a year ago", grade="major") for n in range(7)),
    event("its capa", "2026-06-12", audit_id="summer", grade="major", type="capa"),
]
CAPAS = [
    event("in time", "2026-01-10", "2026-03-01", "2026-03-01", type="capa"),
    event("early", "2026-08-01", "2026-12-01", "2026-09-01", type="capa"),
    event("late", "2026-01-10", "2026-03-01", "2026-03-02", type="capa"),
    event("two years overdue", "2024-06-01", "2024-09-30", type="capa"),
    event("not due", "2026-08-01", "2026-12-01", type="capa"),
    event("without a due date", "2026-08-01", type="capa"),
    event("closed after the as-of date", "2026-06-01", "2026-09-15", "2026-10-01", type="capa"),
    event("a finding", "2026-01-10", "2026-03-01", "2026-05-01", grade="major"),
]
OVERDUE = [
    event("major", "2026-03-20", "2026-09-30", grade="major"),
    event("critical", "2026-03-20", "2026-06-30", "2026-10-01", grade="critical"),
    event("closed late", "2026-03-20", "2026-06-30", "2026-07-15", grade="critical"),
    event("minor", "2026-03-20", "2026-06-30", grade="minor"),
    event("due tomorrow", "2026-03-20", "2026-10-01", grade="critical"),
    event("no grade", "2026-03-20", "2026-06-30"),
    event("capa", "2026-03-20", "2026-06-30", grade="critical", type="capa"),
]
FULL = [count("Q05", f"2026-0{month}", 80, 80) for month in range(2, 7)]

GOLDENS = (
    Golden(
        kpi="Q01",
        title="sum over sum per 100, and never rated",
        working="100 x (3 + 12)/(40 + 60) = 15; the mean of 7.5 and 20 is 13.75. Exact Poisson limits of 15 events: "
        "8.3954 and 24.7402 (Garwood 1936; R: poisson.test(15)).",
        rows={"kpi_data": [count("Q01", "2026-08", 3, 40), count("Q01", "2026-09", 12, 60)]},
        expected={
            "value": 15,
            "n": 100,
            "low": 8.395386132783315,
            "high": 24.740218871485844,
            "band": Band.UNRATED,
            "points": None,
        },
    ),
    Golden(
        kpi="Q02",
        title="sum over sum of twelve months, and never rated",
        working="100 x (60 + 20)/(1000 + 200) = 6.67; the mean of 6 and 10 is 8.",
        rows={"kpi_data": [count("Q02", "2026-08", 60, 1000), count("Q02", "2026-09", 20, 200)]},
        expected={"value": 8000 / 1200, "n": 1200, "band": Band.UNRATED, "points": None},
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
        kpi="Q07",
        title="documents filed in time of those filed or overdue, months summed",
        working="(60 + 27)/(70 + 30) = 87 %; points 100 - 50 x 3/10. The mean of the months is 87.9 %.",
        rows={"kpi_data": [count("Q07", "2026-08", 60, 70), count("Q07", "2026-09", 27, 30)]},
        expected={"value": 87, "n": 100, "band": Band.AMBER, "points": 85},
    ),
    Golden(
        kpi="Q07",
        title="a month kept back is read at its worst",
        working="Reported to August: 40/50 = 80 %; September is missing: 50 at 70 % at most, under which no points are "
        "earned: (40 + 35)/(50 + 50) = 75 %. Points 100 - 50 x 15/10.",
        rows={"kpi_data": [count("Q07", "2026-08", 40, 50)]},
        expected={"value": 80, "silent": 1, "points": 50, "points_worst": 25},
    ),
    Golden(
        kpi="Q08",
        title="an audit is counted once, however many findings it has",
        working="Spring 5 and summer 1, major ones only: 6/2 = 3; points 100 - 50 x 1/3. With minor ones 15/2; the "
        "audit of 30 September 2025 is over a year ago; a finding of October, and a CAPA, do not count.",
        rows={"audits": GRADED[:4], "quality_events": GRADED[4:]},
        expected={"value": 3, "numerator": 6, "n": 2, "band": Band.AMBER, "points": 100 - 50 / 3},
    ),
    Golden(
        kpi="Q08",
        title="one critical finding is red as a fact",
        working="1/2 = 0.5, green by its value.",
        rows={
            "audits": GRADED[:2],
            "quality_events": [event("critical", "2026-03-20", audit_id="spring", grade="critical")],
        },
        expected={"value": 0.5, "n": 2, "band": Band.RED, "points": 50},
    ),
    Golden(
        kpi="Q08",
        title="an audit of the whole CRO counts for the CRO",
        working="(3 + 0)/2 = 1.5; without the system audit 3, amber.",
        rows={
            "audits": [audit("file", "2026-03-18"), audit("system", "2026-05-05", engagement_id="")],
            "quality_events": [event(f"f{n}", "2026-03-20", audit_id="file", grade="major") for n in range(3)],
        },
        expected={"value": 1.5, "n": 2, "band": Band.GREEN},
    ),
    Golden(
        kpi="Q08",
        title="and for none of its engagements",
        working="The file audit of E1 alone: 3/1.",
        rows={
            "audits": [audit("file", "2026-03-18"), audit("system", "2026-05-05", engagement_id="")],
            "quality_events": [event(f"f{n}", "2026-03-20", audit_id="file", grade="major") for n in range(3)],
        },
        by=("engagement",),
        of=("E1",),
        expected={"value": 3, "n": 1, "band": Band.AMBER},
    ),
    Golden(
        kpi="Q08",
        title="an audit without a finding is 0, and not missing",
        working="0/1.",
        rows={"audits": [audit("clean", "2026-03-18")]},
        expected={"value": 0, "n": 1, "band": Band.GREEN, "points": 100},
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
    Golden(
        kpi="Q10",
        title="open past the due date is missed however old; closed early is met",
        working="In time and early of these, late, two years overdue, and closed after the as-of date: 2/5. Of the "
        "closed ones alone 2/3; with the old one aged out 2/4.",
        rows={"quality_events": CAPAS},
        expected={"value": 40, "numerator": 2, "n": 5, "band": Band.RED, "points": 0},
    ),
    Golden(
        kpi="Q10",
        title="two are too few",
        working="2/2, n under 3.",
        rows={"quality_events": CAPAS[:2]},
        expected={"value": 100, "n": 2, "band": Band.TOO_FEW, "points": None},
    ),
    Golden(
        kpi="Q11",
        title="critical and major ones, due by the as-of date and still open then",
        working="The major one due on the day, and the critical one closed a day after. Closed, minor, not yet due, "
        "ungraded ones and CAPA are not; n counts the findings, 6.",
        rows={"quality_events": OVERDUE},
        expected={"value": 2, "n": 6, "unit": "count", "band": Band.RED, "points": 0},
    ),
    Golden(
        kpi="Q11",
        title="nothing overdue after an audit is 0, and green",
        working="One audit without a finding.",
        rows={"audits": [audit("clean", "2026-03-18")]},
        expected={"value": 0, "n": 1, "band": Band.GREEN, "points": 100},
    ),
    Golden(
        kpi="Q11",
        title="without a finding and an audit it is not reported, and not 0",
        working="B has an audit, A has nothing.",
        rows={
            "cros": cros("A", "B"),
            "engagements": [engagement("E1"), engagement("E2", "B")],
            "audits": [audit("clean", "2026-03-18", cro_id="B", engagement_id="E2")],
        },
        expected={"value": None, "n": 0, "band": Band.NOT_REPORTED, "points": None, "ever": False},
    ),
)
