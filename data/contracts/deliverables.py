from data.contracts.contract import Column, Contract, Type
from data.contracts.shared import DAYS_BY_CAUSE, ENGAGEMENT

CONTRACT = Contract(
    kind="deliverables",
    meaning="Documents and data that the CRO owes by a date.",
    columns=(
        Column(name="deliverable_id", meaning="Code of the deliverable.", key=True, required=True),
        ENGAGEMENT,
        Column(name="name", meaning="What is delivered.", required=True),
        Column(name="responsible", meaning="Who delivers it."),
        Column(name="due_original", meaning="Due date first agreed.", type=Type.DATE, required=True, fixed=True),
        Column(name="due_current", meaning="Due date as moved by agreement; empty means unchanged.",
               type=Type.DATE),
        Column(name="delivered", meaning="Day of delivery.", type=Type.DATE, event=True),
        Column(name="first_reviewed_on", meaning="Day on which the first review ended.", type=Type.DATE, event=True),
        Column(name="first_review", meaning="Outcome of the first review.", choices=("accepted", "returned"),
               dated_by="first_reviewed_on"),
        Column(name="accepted", meaning="Day of final acceptance.", type=Type.DATE, event=True),
        *DAYS_BY_CAUSE,
        Column(name="cancelled_on", meaning="Day on which it was dropped.", type=Type.DATE, event=True),
    ),
    orders=(("delivered", "first_reviewed_on"), ("delivered", "accepted"), ("first_reviewed_on", "accepted")),
    examples=(
        {"deliverable_id": "D-0210", "engagement_id": "E-014", "name": "Monitoring plan", "responsible": "Jan Berg",
         "due_original": "2025-02-28", "delivered": "2025-03-05", "first_reviewed_on": "2025-03-12",
         "first_review": "returned", "accepted": "2025-03-20", "days_cro": "5", "attribution_status": "agreed"},
        {"deliverable_id": "D-0233", "engagement_id": "E-014", "name": "Statistical analysis plan",
         "due_original": "2026-12-15", "due_current": "2027-01-15"},
    ),
)  # fmt: skip
