"""Golden cases of deliverables and of the turnaround of change orders."""

from datetime import date

from analytics.kpi import Band
from tests.analytics.goldens.case import Golden, Row, deliverable, order, version
from tests.world import engagement

ON_TIME: list[Row] = [deliverable(f"on time {n}", "2026-06-30", "2026-06-30") for n in range(9)]
DUE = [
    *ON_TIME,
    deliverable("late", "2026-06-30", "2026-07-01"),
    deliverable("overdue", "2026-09-15"),
    deliverable("early", "2026-10-15", "2026-09-15"),
    deliverable("not due", "2026-10-15"),
    deliverable("dropped", "2026-06-30", cancelled_on="2026-06-01"),
    deliverable("delivered after the as-of date", "2026-09-15", "2026-10-01"),
]


PLANS = [
    version("1", "2025-01-20"),
    version("2", "2025-09-01", change_order_id="signed", reason="amendment 1"),
    version("3", "2026-03-01", change_order_id="asked", reason="amendment 2"),
    version("4", "2026-06-01"),
    version("5", "2026-10-02", reason="amendment 3"),
    version("1", "2026-07-01", engagement_id="E2"),
]


def review(name: str, outcome: str, reviewed: str = "2026-07-10", accepted: str = "") -> Row:
    more = {"first_reviewed_on": reviewed, "first_review": outcome, "accepted": accepted}
    return deliverable(name, "2026-06-30", "2026-06-30", **more)


REVIEWS = [
    *(review(f"accepted {n}", "accepted", accepted="2026-07-10") for n in range(8)),
    *(review(f"returned {n}", "returned", accepted="2026-07-20") for n in range(2)),
    review("reviewed after the as-of date", "accepted", "2026-10-05"),
    deliverable("not reviewed", "2026-06-30", "2026-06-30"),
]
TURNAROUND = [
    order("20 days", "2026-06-01", 1, submitted="2026-06-21"),
    order("44 days", "2026-06-01", 1, "shared", submitted="2026-07-15"),
    order("open for 50", "2026-08-11", 1),
    order("open for 70", "2026-07-22", 1),
    order("refused after 10", "2026-06-01", 1, decided="2026-06-11", decision="withdrawn"),
    order("sponsor's", "2026-06-01", 1, "sponsor", submitted="2026-06-02"),
    order("external", "2026-06-01", 1, "external", submitted="2026-06-02"),
    order("not recorded", "2026-06-01", 1, "", submitted="2026-06-02"),
]

GOLDENS = (
    Golden(
        kpi="D01",
        title="overdue counts as missed, early as met, not due and dropped not at all",
        working="9 + early = 10; 10 + late + overdue + delivered after the as-of date = 13; 10/13. Of the "
        "delivered ones "
        "alone 10 of 11. Points 100 - 50 x (95 - 76.9)/10.",
        rows={"deliverables": DUE},
        expected={
            "value": 1000 / 13,
            "n": 13,
            "band": Band.RED,
            "points": 100 - 5 * (95 - 1000 / 13),
        },
    ),
    Golden(
        kpi="D01",
        title="late for our reasons: out of both numbers, and in those of the study",
        working="CRO: 9 of 9 + cause not recorded = 10. Study: 9 of 11.",
        rows={
            "deliverables": [
                *ON_TIME,
                deliverable("ours", "2026-06-30", "2026-07-05", days_sponsor=5),
                deliverable("cause not recorded", "2026-06-30", "2026-07-05"),
            ]
        },
        expected={"value": 90, "value_all": 900 / 11, "n": 10, "n_all": 11, "band": Band.AMBER},
    ),
    Golden(
        kpi="D01",
        title="against the due date as moved by agreement",
        working="Late by the first date, on time by the moved one: 10 of 10; by the first date 9 of 10.",
        rows={"deliverables": [*ON_TIME, deliverable("moved", "2026-06-30", "2026-07-05", due_current="2026-07-31")]},
        baseline="current",
        expected={"value": 100, "n": 10, "band": Band.GREEN},
    ),
    Golden(
        kpi="D02",
        title="the first review counts, not the last; what is not reviewed is in neither number",
        working="8/(8 + 2) = 80 %; accepted in the end 10 of 10; of all delivered 8 of 12.",
        rows={"deliverables": REVIEWS},
        expected={"value": 80, "n": 10, "band": Band.AMBER, "points": 50},
    ),
    Golden(
        kpi="F01",
        title="open ones are censored now, refused ones at the refusal; ours do not count",
        working="10 refused; 20 submitted: 3/4; 44 submitted: 2/4, median 44; 50 and 70 open. Submitted "
        "ones alone: 20 to "
        "44; with ours far less; a refusal read as still open: never reached. Points 100 - 50 x 14/15.",
        rows={"change_orders": TURNAROUND},
        expected={"value": 44, "n": 5, "numerator": 2, "band": Band.AMBER, "points": 100 - 50 * 14 / 15},
    ),
    Golden(
        kpi="F02",
        title="new versions a year over all engagements with a plan; the first one is none",
        working="E1 ran 2025-01-01 to 2026-09-30, 638 days, with 3 new versions; E2 from 2026-07-01, 92 days, with "
        "none; E3 has no plan. 3/(730/365.25) = 1.501; the mean of 1.717 and 0 is 0.859. One of the three has a signed "
        "change order and a reason.",
        rows={
            "engagements": [
                engagement("E1"),
                engagement("E2", start_date=date(2026, 7, 1)),
                engagement("E3", start_date=date(2020, 1, 1)),
            ],
            "change_orders": [
                order("signed", "2025-06-01", 1, executed="2025-08-20"),
                order("asked", "2026-02-01", 1, submitted="2026-02-20"),
            ],
            "baselines": PLANS,
        },
        expected={
            "value": 3 * 365.25 / 730,
            "numerator": 3,
            "n": 2,
            "band": Band.AMBER,
            "companion": "33 % of the new ones with a change order and a reason",
        },
    ),
    Golden(
        kpi="F02",
        title="the years stop where the engagement ended",
        working="Closed on 2025-12-31, after 365 days: 1/(365/365.25).",
        rows={"engagements": [engagement("E1", closed_on="2025-12-31")], "baselines": PLANS[:2]},
        expected={"value": 365.25 / 365, "n": 1, "band": Band.AMBER},
    ),
)
