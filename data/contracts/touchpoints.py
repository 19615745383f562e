from data.contracts.contract import Column, Contract, Type
from data.contracts.shared import ENGAGEMENT

CONTRACT = Contract(
    kind="touchpoints",
    meaning="Scheduled meetings and status reports, and when they took place or came.",
    columns=(
        Column(name="touchpoint_id", meaning="Code of the meeting or report.", key=True, required=True,
               also=("id", "touchpoint", "meeting id", "meeting no", "report id", "report no")),
        ENGAGEMENT,
        Column(name="type", meaning="A meeting, or a status report; empty means a meeting.",
               choices=("meeting", "status_report"),
               also=("touchpoint type", "kind")),
        Column(name="plan", meaning="The touchpoint of the communication plan that it is one of.",
               also=("plan touchpoint", "planned touchpoint", "meeting series", "series", "meeting name")),
        Column(name="scheduled", meaning="Day for which it was scheduled.", type=Type.DATE, required=True,
               also=("scheduled on", "scheduled date", "planned", "planned on", "planned date", "due", "due date")),
        Column(name="done", meaning="Day on which it was held, or the report came.", type=Type.DATE, event=True,
               also=("done on", "held", "held on", "date held", "meeting date", "received", "received on")),
        Column(name="minutes_issued", meaning="Day on which the minutes were sent.", type=Type.DATE, event=True,
               also=("minutes", "minutes date", "minutes issued on", "minutes sent", "minuted on")),
        Column(name="cancelled_by", meaning="Who called it off.", choices=("cro", "sponsor"),
               also=("cancelled", "canceled by", "called off by")),
    ),
    orders=(("done", "minutes_issued"),),
    examples=(
        {"touchpoint_id": "TP-0231", "engagement_id": "E-014", "type": "meeting", "plan": "Study team call",
         "scheduled": "2026-09-10", "done": "2026-09-11", "minutes_issued": "2026-09-16"},
        {"touchpoint_id": "TP-0232", "engagement_id": "E-014", "type": "status_report", "scheduled": "2026-09-25",
         "done": "2026-09-28"},
    ),
)  # fmt: skip
