from data.contracts.contract import Column, Contract, Type
from data.contracts.shared import ENGAGEMENT_KEY, KPI_ALSO, MONTH_KEY

CONTRACT = Contract(
    kind="kpi_data",
    meaning="What other systems count: enrolment, trial master file, safety reports, deviations.",
    tells_of_work=True,
    columns=(
        ENGAGEMENT_KEY,
        Column(name="kpi_id", meaning="The KPI that the counts belong to, such as T06.", key=True, required=True,
               references="kpi",
               also=KPI_ALSO),
        MONTH_KEY,
        Column(name="numerator", meaning="The count above the line.", type=Type.NUMBER, required=True, minimum=0,
               dated_by="month",
               also=("count", "zahler", "zaehler", "numerateur")),
        Column(name="denominator", meaning="The count below the line.", type=Type.NUMBER, minimum=0,
               dated_by="month",
               also=("denom", "total", "base", "out of", "nenner", "denominateur")),
    ),
    examples=(
        {"engagement_id": "E-014", "kpi_id": "T06", "month": "2026-09", "numerator": "18", "denominator": "21"},
        {"engagement_id": "E-014", "kpi_id": "Q06", "month": "2026-09", "numerator": "912", "denominator": "960"},
    ),
)  # fmt: skip
