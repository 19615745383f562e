from analytics.kpi import Better, Domain, Kpi, Period, Ratio

CONTRACT = {"domain": Domain.COST, "digits": 1, "unit": "%", "min_n": 1, "counts": "engagements"}


def earned_value(
    id: str, label: str, definition: str, formula: str, measure: Ratio, better: Better, **other: object
) -> Kpi:
    """A diagnostic KPI of earned value: the indices repeat each other, so none is scored."""
    declared: dict[str, object] = {
        "domain": Domain.COST,
        "unit": "ratio",
        "digits": 2,
        "fact": "fact_earned_value",
        "period": Period.STATE,
        "min_n": 1,
        "counts": "engagements",
        "source": "PMI, Practice Standard for Earned Value Management",
    }
    declared |= other
    return Kpi(
        id=id,
        label=label,
        definition=definition,
        formula=formula,
        measure=measure,
        better=better,
        **declared,  # type: ignore[arg-type]
    )


KPIS = (
    earned_value(
        "C01",
        "Cost variance",
        "Earned value less actual cost, of earned value; plus is under budget.",
        "100 x (EV - AC) / EV",
        Ratio(numerator="ev - ac", denominator="ev", scale=100, n="1", money=True),
        Better.HIGHER,
        unit="%",
        digits=1,
        green=-5,
        red=-10,
        threshold_source="kpidepot: 5 % either way is acceptable",
        caveat="Means something only where earned value is physical, not the invoice again.",
        undefined="no earned value yet",
    ),
    earned_value(
        "C02",
        "Cost performance index, CPI",
        "Earned value per unit of actual cost, to date; 1 is on budget.",
        "EV / AC",
        Ratio(numerator="ev", denominator="ac", n="1", money=True),
        Better.HIGHER,
        green=0.95,
        red=0.9,
        grade="B",
        threshold_source="symplprocess: red under 0.90",
        caveat="Above 1.10 check the accruals before you applaud.",
        undefined="no actual cost yet",
    ),
    earned_value(
        "C03",
        "Schedule performance index, SPI",
        "Earned value per unit of planned value, to date; 1 is on plan.",
        "EV / PV",
        Ratio(numerator="ev", denominator="pv", n="1", money=True),
        Better.HIGHER,
        green=0.95,
        red=0.9,
        grade="B",
        threshold_source="the band of CPI",
        caveat="Tends to 1 at completion even of a late study: read it beside SPI(t).",
        undefined="nothing planned yet",
    ),
    earned_value(
        "C04",
        "Variance at completion",
        "Budget less forecast at completion (EAC), of the budget; plus is under.",
        "100 x (BAC - EAC) / BAC with EAC = AC + (BAC - EV) / (CPI x SPI)",
        Ratio(numerator="bac - eac_cpi_spi", denominator="bac", scale=100, n="1", money=True),
        Better.HIGHER,
        unit="%",
        digits=1,
        green=-5,
        red=-10,
        source="PMBOK 5e 7.4.2",
        threshold_source="ours; to be agreed in the contract",
        caveat="Shown with the range over all forecasts; the original budget and approved change orders are split.",
    ),
    earned_value(
        "C05",
        "To-complete performance index, TCPI",
        "Efficiency that the rest of the work needs to end on budget; above 1 is harder than planned.",
        "(BAC - EV) / (BAC - AC)",
        Ratio(numerator="bac - ev", denominator="bac - ac", n="1", money=True),
        Better.LOWER,
        green=1.0,
        red=1.1,
        source="PMBOK 5e 7.4.2.3",
        threshold_source="ours; to be agreed in the contract",
        undefined="budget exhausted",
    ),
    Kpi(
        id="C06",
        label="Change orders by the CRO",
        definition="Value of executed change orders that the CRO initiated or shared, of the original contract value.",
        formula="100 x sum of executed change orders by CRO or shared / sum of original contract value",
        better=Better.LOWER,
        fact="fact_contract",
        where="executed_by_cro IS NOT NULL",
        measure=Ratio(
            numerator="executed_by_cro",
            numerator_all="executed",
            denominator="contract_value",
            scale=100,
            n="1",
            money=True,
        ),
        period=Period.STATE,
        green=5,
        red=10,
        scored=True,
        grade="B",
        source="MCC relationship metrics, candidate: scope changes",
        threshold_source="kpidepot; published average of about 25 % of contract value, all initiators",
        caveat="All initiators stand beside it; what is submitted and not signed is shown apart.",
        when_red="Go through the reasons: what was foreseeable at the contract?",
        undefined="no contract value",
        **CONTRACT,  # type: ignore[arg-type]
    ),
    Kpi(
        id="C09",
        label="Forecast against contract",
        definition="Contract with executed change orders, less the forecast at completion (fee), of it; plus is under.",
        formula="100 x (contract + executed change orders - (AC to date + forecast remaining)) / "
        "(contract + executed change orders), fee",
        better=Better.HIGHER,
        fact="fact_forecast",
        measure=Ratio(
            numerator="contract_now - forecast",
            denominator="contract_now",
            scale=100,
            n="1",
            silence="months_silent",
            owed_numerator="-owed",
            money=True,
        ),
        period=Period.STATE,
        green=-2,
        red=-5,
        scored=True,
        source="oversight practice; definition here",
        caveat="Unsigned change orders and work before signature are shown beside it.",
        when_red="Ask for the forecast by task, and which part waits for a change order.",
        **CONTRACT,  # type: ignore[arg-type]
    ),
)
