"""Golden cases of earned value, change orders, forecasts and the amounts behind them."""

from datetime import date

from analytics.kpi import Band
from tests.analytics.goldens.case import UNEARNED, Golden, Row, budget_rate, invoice, month, order, units
from tests.world import cros, engagement

DOLLAR = [engagement("E1"), engagement("E2", currency="USD")]
RATES = [
    budget_rate("EUR", 1),
    budget_rate("USD", 0.5),
    budget_rate("EUR", 1, 2025),
    budget_rate("USD", 0.9, 2025),
]
MONEY: list[Row] = [
    month("2026-09", 125, 100, 110),
    month("2026-10", 75),
    month("2026-09", 400, 400, 300, engagement_id="E2"),
    month("2026-10", 400, engagement_id="E2"),
]
TWO = {"engagements": DOLLAR, "fx_rates": RATES, "budget": MONEY}
ENDS = "E1 (EUR): PV 125, EV 100, AC 110, BAC 200. E2 (USD at 0.5): PV 400, EV 400, AC 300, BAC 800. "
ALL_COSTS = [
    month("2026-09", 100, 90, 100),
    month("2026-09", 300, 310, 200, cost_type="pass_through", accrued=40),
    month("2026-09", 100, 100, 60, cost_type="grant"),
]
ORDERS = [
    order("cro", "2026-03-01", 50, "cro", submitted="2026-03-10", executed="2026-04-01"),
    order("shared", "2026-03-01", 30, "shared", submitted="2026-03-10", executed="2026-04-01"),
    order("sponsor", "2026-03-01", 200, "sponsor", submitted="2026-03-10", executed="2026-04-01"),
    order("unsigned", "2026-03-01", 400, "cro", submitted="2026-03-10"),
    order("signed later", "2026-03-01", 70, "cro", submitted="2026-03-10", executed="2026-10-01"),
    order("refused", "2026-03-01", 90, "cro", decided="2026-04-01", decision="rejected"),
]
FORECAST = [
    month("2026-08", 300, 300, 250, accrued=50, forecast_remaining=700),
    month("2026-09", 300, 300, 350, accrued=-50, forecast_remaining=600),
    month("2026-10", 400),
    month("2026-09", 900, 900, 5000, cost_type="pass_through", forecast_remaining=9000),
]
LARGE = [engagement("E1", start_date="2025-03-15", contract_value=4250)]
LATE = [
    month("2026-08", 130, 120, 120, forecast_remaining=1220),
    month("2026-09", 130, 120, 120, forecast_remaining=1100),
]
BILLED = [
    *(invoice(f"accepted {n}", "2026-06-30", "accepted", "2026-07-08") for n in range(9)),
    invoice("disputed", "2026-06-30", "disputed", "2026-07-08"),
    invoice("corrected", "2026-06-30", "corrected", "2026-07-08"),
    *(invoice(f"pending {n}", "2026-09-15") for n in range(3)),
    invoice("accepted after the as-of date", "2026-09-15", "accepted", "2026-10-05"),
    invoice("issued before the year", "2025-09-30", "disputed", "2025-10-20"),
]
WORK = [
    units("page", "2026-08", 1_000_000, 300_000, 200_000),
    units("page", "2026-09", 1_000_000, 200_000, 300_000),
    units("site", "2026-08", 30, 10, 20),
    units("site", "2026-09", 40, 10, 10),
]
SPONSORS = [order("ours", "2026-03-01", 100, "sponsor", executed="2026-04-01")]


def amount(kpi: str, working: str, value: float) -> Golden:
    return Golden(
        kpi=kpi,
        title="two currencies at the budget rate of the as-of date's year",
        working=ENDS + working,
        rows=TWO,
        expected={"value": value, "n": 2, "unit": "EUR", "band": Band.UNRATED, "points": None},
    )


GOLDENS = (
    Golden(
        kpi="C01",
        title="pooled at budget rates; plus is under",
        working=ENDS + "100 x (300 - 260)/300. Unconverted 18 %, mean of the two 7.5 %, at the rate of 2025 16 %.",
        rows=TWO,
        expected={"value": 4000 / 300, "numerator": 40, "denominator": 300, "n": 2, "band": Band.GREEN},
    ),
    Golden(
        kpi="C01",
        title="without a rate of one currency nothing is added",
        working="There is no budget rate of the dollar for 2026.",
        rows=TWO | {"fx_rates": [rate for rate in RATES if rate["rate"] != 0.5]},
        expected={
            "value": None,
            "band": Band.UNRATED,
            "reason": "no budget rate of the year for every currency",
        },
    ),
    Golden(
        kpi="C01",
        title="one currency needs no rate",
        working="E2 alone, in dollars: 100 x (400 - 300)/400.",
        rows=TWO | {"fx_rates": []},
        by=("engagement",),
        of=("E2",),
        expected={"value": 25, "numerator": 100, "n": 1},
    ),
    Golden(
        kpi="C01",
        title="all cost types, and accrued with invoiced",
        working="EV 90 + 310 + 100 = 500, AC 100 + 200 + 40 + 60 = 400: 20 %. Fee alone -11 %, red.",
        rows={"budget": ALL_COSTS},
        expected={"value": 20, "band": Band.GREEN},
    ),
    Golden(
        kpi="C02",
        title="pooled, not a mean of indices",
        working=ENDS + "300/260; the mean of 0.91 and 1.33 is 1.12.",
        rows=TWO,
        expected={"value": 300 / 260, "n": 2, "band": Band.GREEN},
    ),
    Golden(
        kpi="C02",
        title="a month that has not ended does not count",
        working="As of 29 September: August alone, 50/80. With September 150/130, green.",
        rows={"budget": [month("2026-08", 100, 50, 80), month("2026-09", 100, 100, 50)]},
        as_of=date(2026, 9, 29),
        expected={"value": 0.625, "band": Band.RED},
    ),
    Golden(
        kpi="C03",
        title="pooled, not a mean of indices",
        working=ENDS + "300/325 = 0.923, amber; the mean of 0.8 and 1 is 0.9.",
        rows=TWO,
        expected={"value": 300 / 325, "band": Band.AMBER},
    ),
    Golden(
        kpi="C03",
        title="against the current plan",
        working="EV 90 of a plan moved from 100 to 90.",
        rows={"budget": [month("2026-09", 100, 90, 90, planned_current=90), month("2026-10", 10)]},
        baseline="current",
        expected={"value": 1, "band": Band.GREEN},
    ),
    Golden(
        kpi="C04",
        title="each contract at its own efficiency, then pooled",
        working=ENDS + "EAC of E1: 110 + 100/((100/110) x 0.8) = 247.5. EAC of E2: 300 + 400/(4/3) = 600. "
        "100 x (200 - 247.5 + 0.5 x (800 - 600))/(200 + 400) = 8.75. From the sums 9.7; from BAC/CPI 13.3.",
        rows=TWO,
        expected={"value": 8.75, "band": Band.GREEN},
    ),
    Golden(
        kpi="C04",
        title="what has earned nothing yet is not left out of the forecast",
        working="E1: PV 100, EV 100, AC 100, BAC 200: EAC 200. E2: PV 100, EV 0, AC 80, BAC 200: CPI is 0 and says "
        "nothing, the rest as budgeted: 80 + 200 = 280. 100 x (400 - 480)/400 = -20. E1 alone: 0, on budget.",
        rows=UNEARNED,
        expected={"value": -20, "n": 1, "band": Band.RED},
    ),
    Golden(
        kpi="C04",
        title="a budget of which nothing is earned and nothing spent is not on budget: it is not rated",
        working="As budgeted 0 %, which would be green nine months into nothing.",
        rows={"budget": [month("2026-09", 100, 0, 0), month("2026-10", 100)]},
        expected={"value": 0, "n": 0, "band": Band.UNRATED, "points": None},
    ),
    Golden(
        kpi="EAC",
        title="it is not less than what is spent",
        working="200 + 280. Without E2 200, of which 180 are spent on both.",
        rows=UNEARNED,
        expected={"value": 480, "n": 2},
    ),
    Golden(
        kpi="C05",
        title="pooled",
        working=ENDS + "(600 - 300)/(600 - 260); the mean of 100/90 and 400/500 is 0.96.",
        rows=TWO,
        expected={"value": 300 / 340, "band": Band.GREEN},
    ),
    Golden(
        kpi="C05",
        title="a budget that is used up is not green",
        working="AC 120 of BAC 100, EV 60: (100 - 60)/(100 - 120) = -2 means nothing, and is not better than 1.",
        rows={"budget": [month("2026-09", 60, 60, 120), month("2026-10", 40)]},
        expected={"value": None, "band": Band.UNRATED, "reason": "budget exhausted"},
    ),
    Golden(
        kpi="C06",
        title="executed, and initiated or shared by the CRO",
        working="(50 + 30)/1000 = 8 %; all initiators 28 %. Submitted and not signed (400), signed after "
        "the as-of date "
        "(70) and refused (90) are in neither. Points 100 - 50 x 3/5.",
        rows={"change_orders": ORDERS},
        expected={"value": 8, "value_all": 28, "band": Band.AMBER, "band_all": Band.RED, "points": 70},
    ),
    Golden(
        kpi="C06",
        title="contracts without a change order are part of the whole; cancelled ones are not",
        working="80/(1000 + 1000).",
        rows={
            "engagements": [
                engagement("E1"),
                engagement("E2"),
                engagement("E3", cancelled_on="2026-01-31", contract_value=9000),
            ],
            "change_orders": ORDERS,
        },
        expected={"value": 4, "n": 2, "band": Band.GREEN},
    ),
    Golden(
        kpi="C06",
        title="a CRO without any change order has not reported them",
        working="B has none at all: a register that nobody keeps is not 0 %.",
        rows={
            "cros": cros("A", "B"),
            "engagements": [engagement("E1"), engagement("E2", "B")],
            "change_orders": ORDERS,
        },
        of=("B",),
        expected={"value": None, "band": Band.NOT_REPORTED, "points": None},
    ),
    Golden(
        kpi="C07",
        title="pending ones are in neither number; the outcome as of the day",
        working="9/(9 + 1 + 1) = 81.8 %. Of all received in the year 9/15; with the outcome of "
        "October 10/12; with the invoice of 30 September 2025, a year and a day ago, 9/12.",
        rows={"invoices": BILLED},
        expected={"value": 900 / 11, "n": 11, "band": Band.RED, "points": 0},
    ),
    Golden(
        kpi="C07",
        title="an outcome without its day counts as it was told",
        working="9 accepted of 10, of which nobody said when; left out, it would be not reported.",
        rows={
            "invoices": [invoice(f"accepted {n}", "2026-06-30", "accepted") for n in range(9)]
            + [invoice("disputed", "2026-06-30", "disputed")]
        },
        expected={"value": 90, "numerator": 9, "n": 10},
    ),
    Golden(
        kpi="C07",
        title="nothing but pending ones is not reported",
        working="No outcome yet: neither 0 nor 100.",
        rows={"invoices": [invoice(f"pending {n}", "2026-09-15") for n in range(12)]},
        expected={"value": None, "n": 0, "band": Band.NOT_REPORTED, "points": None},
    ),
    Golden(
        kpi="C08",
        title="one unit type: |invoiced / delivered - 1|, of the months that ended",
        working="|22/20 - 1| = 0.1, whatever is contracted; October has not ended. With it |22/40 - 1|.",
        rows={"units": [units("visit", "2026-09", 100, 20, 22), units("visit", "2026-10", 100, 20, 0)]},
        expected={
            "value": 0.1,
            "n": 1,
            "band": Band.AMBER,
            "points": 75,
            "companion": "billed 10.0 % ahead of delivery",
        },
    ),
    Golden(
        kpi="C08",
        title="shares of the contract, so that pages do not drown sites; ahead and behind do not net",
        working="Pages: delivered 0.5, invoiced 0.5. Sites, 40 in the newest contract: delivered 0.5, invoiced 0.75. "
        "(0 + 0.25)/(0.5 + 0.5) = 0.25. Units added up 10/500,020; with the 30 of August 0.28.",
        rows={"units": WORK},
        expected={"value": 0.25, "n": 2, "band": Band.RED, "companion": "billed 25.0 % ahead of delivery"},
    ),
    Golden(
        kpi="C08",
        title="one ahead and one behind: apart, while the net is nothing",
        working="Visits delivered 0.2, invoiced 0.3; sites 0.4 and 0.3: (0.1 + 0.1)/(0.2 + 0.4); net 0.",
        rows={"units": [units("visit", "2026-09", 10, 2, 3), units("site", "2026-09", 10, 4, 3)]},
        expected={"value": 0.2 / 0.6, "n": 2, "band": Band.RED, "companion": "billed as delivered"},
    ),
    Golden(
        kpi="C08",
        title="invoiced and nothing delivered is undefined, and not green",
        working="d = 0 and i = 0.05.",
        rows={"units": [units("visit", "2026-09", 100, 0, 5)]},
        expected={"value": None, "n": 1, "band": Band.UNRATED, "reason": "nothing delivered yet"},
    ),
    Golden(
        kpi="C08",
        title="a month in which only one of both is reported counts in neither",
        working="August alone: |10/10 - 1| = 0; with the deliveries of September |10/20 - 1|.",
        rows={"units": [units("visit", "2026-08", 100, 10, 10), units("visit", "2026-09", 100, 10, "")]},
        expected={"value": 0, "n": 1, "band": Band.GREEN},
    ),
    Golden(
        kpi="C09",
        title="fee alone, the latest forecast, and the contract with its executed change orders",
        working="AC 300 + 300, still to come 600 (not the older 700): 1200. Contract 1000 + 100: "
        "100 x (1100 - 1200)/1100 = -9.1. Without the change order -20; with pass-through far worse.",
        rows={"budget": FORECAST, "change_orders": SPONSORS},
        expected={
            "value": -10000 / 1100,
            "numerator": -100,
            "denominator": 1100,
            "band": Band.RED,
            "points": 0,
        },
    ),
    Golden(
        kpi="C09",
        title="months that were kept back are read at the worst rise of the year before",
        working="As of 30 November: October and November are not reported. The forecast rose from 1000 to 1200 in "
        "September; twice that: 1600. Points of 100 x (1100 - 1600)/1100 are 0, those of -9.1 as well.",
        rows={"budget": FORECAST, "change_orders": SPONSORS},
        as_of=date(2026, 11, 30),
        expected={"value": -10000 / 1100, "silent": 2, "points_worst": 0},
    ),
    Golden(
        kpi="C09",
        title="after two quarters without, it is not reported",
        working="As of 30 April 2027 the newest forecast is seven months old.",
        rows={"budget": FORECAST, "change_orders": SPONSORS},
        as_of=date(2027, 4, 30),
        expected={"value": None, "band": Band.NOT_REPORTED, "points": None, "ever": True},
    ),
    Golden(
        kpi="C09",
        title="a budget that begins within the contract knows no spending of before",
        working="A contract of 4250 from March 2025, its budget from August 2026: AC 120 + 120, still to come 1100. As "
        "if nothing had been spent before: 100 x (4250 - 1340)/4250 = 68 % under, green.",
        rows={"engagements": LARGE, "budget": LATE},
        expected={"value": None, "band": Band.NOT_REPORTED, "points": None},
    ),
    Golden(
        kpi="C09",
        title="what was spent before may be told as a sum in the first month of the contract",
        working="2850 until July 2026: 2850 + 240 + 1100 = 4190, 100 x (4250 - 4190)/4250.",
        rows={"engagements": LARGE, "budget": [month("2025-03", 2900, 2900, 2850), *LATE]},
        expected={"value": 6000 / 4250, "numerator": 60, "band": Band.GREEN},
    ),
    Golden(
        kpi="C09",
        title="a plan of the whole contract may begin after it",
        working="All 1000 are planned, from August 2026: nothing was to be spent before. AC 300 + 300, to come 600.",
        rows={"budget": FORECAST},
        expected={"value": -20, "band": Band.RED},
    ),
    Golden(
        kpi="EAC_bottom_up",
        title="AC to date and the CRO's own remainder, fee",
        working="600 + 600; not with 700 of August, and not with pass-through.",
        rows={"budget": FORECAST},
        expected={"value": 1200, "unit": "EUR", "band": Band.UNRATED},
    ),
    amount("PV", "125 + 200.", 325),
    amount("EV", "100 + 200.", 300),
    amount("AC", "110 + 150.", 260),
    amount("BAC", "200 + 400.", 600),
    amount("CV", "-10 + 0.5 x 100.", 40),
    amount("SV", "-25 + 0.", -25),
    amount("EAC", "200/(100/110) + 0.5 x 800/(400/300) = 220 + 300.", 520),
    amount("EAC_bac_over_cpi", "220 + 300.", 520),
    amount("EAC_ac_plus_remaining", "110 + 100 + 0.5 x (300 + 400).", 560),
    amount("EAC_cpi_spi", "110 + 100/((10/11) x 0.8) + 0.5 x 600 = 247.5 + 300.", 547.5),
    amount(
        "EAC_80_20",
        "110 + 100/(0.8 x 10/11 + 0.2 x 0.8) + 0.5 x (300 + 400/(0.8 x 4/3 + 0.2)): 110 + 13750/122 is 222.70, "
        "300 + 6000/19 is 615.79.",
        110 + 13750 / 122 + 0.5 * (300 + 6000 / 19),
    ),
    amount("ETC", "EAC 520 - AC 260.", 260),
    amount("VAC", "BAC 600 - EAC 520.", 80),
    Golden(
        kpi="CV",
        title="one contract in its own currency",
        working="E2: 400 - 300 dollars.",
        rows=TWO,
        by=("engagement",),
        of=("E2",),
        expected={"value": 100, "unit": "USD"},
    ),
)
