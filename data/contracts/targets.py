from data.contracts.contract import Column, Contract, Rule, Type
from data.contracts.shared import CRO_ALSO, ENGAGEMENT_ALSO, KPI_ALSO

CONTRACT = Contract(
    kind="targets",
    meaning="Thresholds and weights of KPIs that differ from the built-in ones, from a day on. The most particular one "
    "holds: of an engagement, then of a CRO, then of all.",
    holds_for_all=True,
    columns=(
        Column(name="kpi_id", meaning="The KPI.", key=True, required=True, references="kpi",
               also=KPI_ALSO),
        Column(name="cro_id", meaning="The CRO; empty means all.", key=True, references="cros",
               also=CRO_ALSO),
        Column(name="engagement_id", meaning="The engagement; empty means all.", key=True,
               references="engagements",
               also=ENGAGEMENT_ALSO),
        Column(name="effective_from", meaning="First day on which it holds.", type=Type.DATE, key=True,
               required=True,
               also=("from", "valid from", "effective", "effective date")),
        Column(name="green", meaning="At this value or better: green.", type=Type.NUMBER, required=True,
               unit="unit of the KPI",
               also=("green threshold", "green limit", "target")),
        Column(name="red", meaning="Worse than this value: red.", type=Type.NUMBER, required=True,
               unit="unit of the KPI",
               also=("red threshold", "red limit")),
        Column(name="weight", meaning="Weight in the score; 0 switches the KPI off, empty keeps 1.",
               type=Type.NUMBER, minimum=0, maximum=100,
               also=("weighting", "kpi weight")),
        Column(name="basis", meaning="Where the threshold comes from.", choices=("contract", "agreed", "internal"),
               also=("source", "source of threshold")),
        Column(name="agreed_on", meaning="Day of the agreement.", type=Type.DATE,
               also=("agreed", "date agreed", "agreement date")),
        Column(name="clause", meaning="Clause of the contract.",
               also=("contract clause", "exhibit")),
    ),
    rules=(
        Rule(
            column="red",
            wrong="red > green AND kpi_id IN (SELECT kpi_id FROM kpi WHERE better = 'higher')",
            message="Of this KPI more is better, so red cannot be above green. Turn them round, or mend one of them.",
        ),
        Rule(
            column="red",
            wrong="red < green AND kpi_id IN (SELECT kpi_id FROM kpi WHERE better = 'lower')",
            message="Of this KPI less is better, so red cannot be below green. Turn them round, or mend one of them.",
        ),
    ),
    examples=(
        {"kpi_id": "R02", "cro_id": "FORTIS", "effective_from": "2026-01-01", "green": "90", "red": "80",
         "weight": "2", "basis": "contract", "agreed_on": "2025-12-12", "clause": "Exhibit C 4.2"},
    ),
)  # fmt: skip
