from data.contracts.contract import Column, Contract, Type
from data.contracts.shared import ENGAGEMENT

CONTRACT = Contract(
    kind="requests",
    meaning="Whatever one side asked of the other, and when it was answered and resolved.",
    columns=(
        Column(name="request_id", meaning="Code of the request.", key=True, required=True),
        ENGAGEMENT,
        Column(name="type", meaning="What kind of request it is; empty means a question.",
               choices=("issue", "question", "document", "approval", "data_query")),
        Column(name="direction", meaning="Who has to answer; empty means the CRO.",
               choices=("to_cro", "to_sponsor")),
        Column(name="channel", meaning="How it was asked: mail, portal, phone."),
        Column(name="topic", meaning="What it is about."),
        Column(name="priority", meaning="Its priority, as in the SLAs."),
        Column(name="opened_at", meaning="When it was asked.", type=Type.MOMENT, required=True, event=True),
        Column(name="first_response_at", meaning="When it was first answered.", type=Type.MOMENT, event=True),
        Column(name="resolved_at", meaning="When it was settled.", type=Type.MOMENT, event=True),
        Column(name="paused_hours", meaning="Hours during which the answering side had to wait for the other one.",
               type=Type.NUMBER, minimum=0, unit="hours of the SLA's clock"),
        Column(name="escalation_level", meaning="How far it was escalated.", type=Type.WHOLE, minimum=0, maximum=3),
        Column(name="cancelled_on", meaning="Day on which it was dropped.", type=Type.DATE, event=True),
    ),
    orders=(("opened_at", "first_response_at"), ("opened_at", "resolved_at"), ("opened_at", "cancelled_on")),
    examples=(
        {"request_id": "R-10021", "engagement_id": "E-014", "type": "question", "direction": "to_cro",
         "channel": "mail", "topic": "site payments", "priority": "high", "opened_at": "2026-09-03T09:10:00Z",
         "first_response_at": "2026-09-03T14:05:00Z", "resolved_at": "2026-09-08T10:00:00Z"},
        {"request_id": "R-10022", "engagement_id": "E-014", "type": "approval", "direction": "to_sponsor",
         "topic": "change order 32", "priority": "normal", "opened_at": "2026-09-14T08:00:00Z"},
    ),
)  # fmt: skip
