"""The amounts of earned value: never rated, each in contract currency, or pooled at budget rates."""

from analytics.kpi import Better, Domain, Kpi, Period, Total

UNEARNED = ", as budgeted while nothing is earned"
AMOUNTS = (
    ("PV", "Planned value (PV)", "Planned cost of the work scheduled to date.", "pv"),
    ("EV", "Earned value (EV)", "Planned cost of the work done to date.", "ev"),
    ("AC", "Actual cost (AC)", "Invoiced plus accrued to date.", "ac"),
    ("BAC", "Budget at completion (BAC)", "Planned cost of all work.", "bac"),
    ("CV", "Cost variance (CV)", "EV - AC; plus is under budget.", "cv"),
    ("SV", "Schedule variance (SV)", "EV - PV; plus is ahead.", "sv"),
    (
        "EAC",
        "Forecast at completion (EAC)",
        f"BAC / CPI: the rest at today's cost efficiency{UNEARNED}.",
        "eac_bac_over_cpi",
    ),
    ("EAC_bac_over_cpi", "EAC, BAC / CPI", "The rest at today's cost efficiency.", "eac_bac_over_cpi"),
    ("EAC_ac_plus_remaining", "EAC, AC + (BAC - EV)", "The rest as planned.", "eac_ac_plus_remaining"),
    ("EAC_cpi_spi", "EAC, AC + (BAC - EV) / (CPI x SPI)", "The rest at cost and schedule efficiency.", "eac_cpi_spi"),
    ("EAC_80_20", "EAC, AC + (BAC - EV) / (0.8 CPI + 0.2 SPI)", "The rest at a mixed efficiency.", "eac_80_20"),
    ("ETC", "Estimate to complete (ETC)", "EAC - AC with EAC = BAC / CPI.", "eac_bac_over_cpi - ac"),
    ("VAC", "Variance at completion (VAC)", "BAC - EAC with EAC = BAC / CPI; plus is under.", "bac - eac_bac_over_cpi"),
)
BETTER_HIGHER = ("EV", "CV", "SV", "VAC")


def amount(id: str, label: str, definition: str, expression: str, fact: str = "fact_earned_value") -> Kpi:
    return Kpi(
        id=id,
        label=label,
        definition=definition,
        formula=definition,
        domain=Domain.COST,
        unit="currency",
        digits=0,
        better=Better.HIGHER if id in BETTER_HIGHER else Better.LOWER,
        fact=fact,
        measure=Total(amount=expression),
        period=Period.STATE,
        min_n=1,
        counts="engagements",
        source="PMI, Practice Standard for Earned Value Management",
        threshold_source="never rated",
    )


KPIS = (
    *(amount(*declared) for declared in AMOUNTS),
    amount(
        "EAC_bottom_up",
        "EAC, bottom-up",
        "AC to date plus the CRO's own forecast of the rest (fee).",
        "forecast",
        "fact_forecast",
    ),
)
