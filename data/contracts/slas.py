from data.contracts.contract import Column, Contract, Type
from data.contracts.shared import ENGAGEMENT_KEY, PRIORITY_ALSO

CONTRACT = Contract(
    kind="slas",
    meaning="How quickly requests have to be answered and resolved, by engagement and priority.",
    columns=(
        ENGAGEMENT_KEY,
        Column(name="priority", meaning="The priority; empty means every priority without a line of its own.",
               key=True,
               also=PRIORITY_ALSO),
        Column(name="response_hours", meaning="Time to the first response (8 business hours are a day).",
               type=Type.NUMBER, required=True, minimum=0, unit="hours of the clock",
               also=("response time hours", "first response hours", "hours to respond", "response sla hours",
                     "sla response hours")),
        Column(name="resolution_days", meaning="Time to the resolution.", type=Type.NUMBER, minimum=0,
               unit="days of the clock",
               also=("resolution time days", "days to resolve", "resolution sla days", "sla resolution days")),
        Column(name="clock", meaning="Whether only business time counts; empty means business.",
               choices=("business", "elapsed"),
               also=("time basis", "hours basis")),
        Column(name="time_zone", meaning="Time zone of the business hours; empty means UTC.", type=Type.TIME_ZONE,
               also=("tz", "zeitzone", "fuseau horaire", "zona horaria")),
    ),
    examples=(
        {"engagement_id": "E-014", "priority": "high", "response_hours": "8", "resolution_days": "5",
         "clock": "business", "time_zone": "Europe/Berlin"},
        {"engagement_id": "E-014", "response_hours": "16", "resolution_days": "10", "clock": "business"},
    ),
)  # fmt: skip
