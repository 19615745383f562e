from data.contracts.contract import Column, Contract, Type
from data.contracts.shared import ENGAGEMENT_KEY

CONTRACT = Contract(
    kind="baselines",
    meaning="Versions of an engagement's plan that were approved, the first one included.",
    columns=(
        ENGAGEMENT_KEY,
        Column(name="version", meaning="Number or name of the version.", key=True, required=True,
               also=("baseline", "baseline version", "plan version", "version no", "revision", "rev")),
        Column(name="approved_on", meaning="Day on which it was approved.", type=Type.DATE, required=True, event=True,
               also=("approved", "approval date", "date approved", "approved date", "baselined on")),
        Column(name="change_order_id", meaning="The change order behind it.", references="change_orders",
               also=("change order", "change order no", "co", "co id", "co no")),
        Column(name="reason", meaning="Why the plan was changed.",
               also=("reason for change", "rationale", "justification")),
    ),
    examples=(
        {"engagement_id": "E-014", "version": "1", "approved_on": "2025-01-20"},
        {"engagement_id": "E-014", "version": "2", "approved_on": "2026-04-28", "change_order_id": "CO-031",
         "reason": "protocol amendment 2"},
    ),
)  # fmt: skip
