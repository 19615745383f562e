from data.contracts.contract import Column, Contract, Type
from data.contracts.shared import ENGAGEMENT_KEY, MONTH_KEY

CONTRACT = Contract(
    kind="returns",
    meaning="The word of a project manager that a month brought no change to an engagement: that is a return as well.",
    columns=(
        ENGAGEMENT_KEY,
        MONTH_KEY,
        Column(name="no_change", meaning="Confirmed: by the end of the month all is as it was told before.",
               type=Type.FLAG, required=True, dated_by="month"),
    ),
    examples=({"engagement_id": "E-014", "month": "2026-10", "no_change": "yes"},),
)  # fmt: skip
