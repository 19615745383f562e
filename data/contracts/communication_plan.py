from data.contracts.contract import Column, Contract
from data.contracts.shared import ENGAGEMENT_KEY

FREQUENCIES = ("weekly", "every_two_weeks", "monthly", "quarterly", "yearly", "as_needed")

CONTRACT = Contract(
    kind="communication_plan",
    meaning="Which touchpoints were agreed for an engagement: how often, who holds them, where a concern goes next.",
    columns=(
        ENGAGEMENT_KEY,
        Column(name="touchpoint", meaning="Name of the meeting or report.", key=True, required=True,
               also=("meeting", "report", "communication", "name", "what")),
        Column(name="frequency", meaning="How often it takes place.", required=True, choices=FREQUENCIES,
               also=("how often", "cadence", "interval", "rhythm")),
        Column(name="owner", meaning="Who holds it or sends it.", required=True,
               also=("held by", "organiser", "organizer", "chair", "responsible", "who")),
        Column(name="escalation", meaning="To whom a concern goes that is not settled there.",
               also=("escalates to", "escalation path", "next level", "escalation contact")),
        Column(name="channel", meaning="How: a call, a mailbox, a portal.",
               also=("medium", "means", "via", "how")),
    ),
    examples=(
        {"engagement_id": "E-014", "touchpoint": "Study team call", "frequency": "every_two_weeks",
         "owner": "Mette Holm", "escalation": "Steering committee", "channel": "video call"},
        {"engagement_id": "E-014", "touchpoint": "Status report", "frequency": "monthly", "owner": "Mette Holm",
         "channel": "e-mail"},
    ),
)  # fmt: skip
