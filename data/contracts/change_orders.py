from data.contracts.contract import Column, Contract, Type
from data.contracts.shared import ENGAGEMENT

CONTRACT = Contract(
    kind="change_orders",
    meaning="Changes of an engagement's scope, from the request to the signature.",
    columns=(
        Column(name="change_order_id", meaning="Code of the change order.", key=True, required=True),
        ENGAGEMENT,
        Column(name="requested", meaning="Day on which the change was asked for.", type=Type.DATE, required=True,
               event=True),
        Column(name="submitted", meaning="Day on which the CRO sent its priced proposal.", type=Type.DATE,
               event=True),
        Column(name="decided", meaning="Day of our decision.", type=Type.DATE, event=True),
        Column(name="executed", meaning="Day of the last signature.", type=Type.DATE, event=True),
        Column(name="decision", meaning="What was decided.", choices=("approved", "rejected", "withdrawn"),
               dated_by="decided"),
        Column(name="value", meaning="Change of the contract value; minus takes scope out.", type=Type.NUMBER,
               required=True, unit="contract currency"),
        Column(name="days_impact", meaning="Change of the end date; minus is earlier.", type=Type.WHOLE,
               minimum=-3650, maximum=3650, unit="days"),
        Column(name="initiator", meaning="Who caused the change.",
               choices=("cro", "sponsor", "shared", "external")),
        Column(name="reason", meaning="Why, in a few words."),
        Column(name="needed_by", meaning="Day on which the changed work has to begin.", type=Type.DATE),
    ),
    orders=(("requested", "submitted"), ("requested", "decided"), ("requested", "executed"),
            ("decided", "executed")),
    examples=(
        {"change_order_id": "CO-031", "engagement_id": "E-014", "requested": "2026-03-02",
         "submitted": "2026-03-24", "decided": "2026-04-10", "executed": "2026-04-28", "decision": "approved",
         "value": "310000", "days_impact": "30", "initiator": "sponsor", "reason": "protocol amendment 2",
         "needed_by": "2026-05-01"},
        {"change_order_id": "CO-032", "engagement_id": "E-014", "requested": "2026-09-14", "value": "120000",
         "initiator": "cro", "reason": "more monitoring visits"},
    ),
)  # fmt: skip
