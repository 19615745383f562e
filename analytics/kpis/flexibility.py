from analytics.kpi import Better, Domain, Kpi, Median, Period

KPIS = (
    Kpi(
        id="F01",
        label="Change-order turnaround",
        definition="Median days from the request of a change to the CRO's priced proposal; open ones are censored.",
        formula="Kaplan-Meier median of submitted - requested, CRO or shared initiated, censored at a refusal",
        domain=Domain.FLEXIBILITY,
        unit="days",
        digits=0,
        better=Better.LOWER,
        fact="fact_change_order",
        where="by_cro",
        measure=Median(time="days", finished="finished"),
        period=Period.EVENTS,
        green=30,
        red=45,
        scored=True,
        min_n=5,
        counts="change orders",
        source="Tufts CSDD: about 30 days a mid-study change",
        when_red="Agree what a proposal must hold, and work at risk only in writing.",
    ),
)
