from data.contracts.contract import Column, Contract, Type
from data.contracts.shared import ENGAGEMENT

CONTRACT = Contract(
    kind="quality_events",
    meaning="Deviations, audit findings and corrective actions (CAPA), each with its grade and due date.",
    columns=(
        Column(name="event_id", meaning="Code of the event.", key=True, required=True,
               also=("id", "event", "finding id", "finding no", "capa id", "capa no", "deviation id",
                     "deviation no", "record no")),
        ENGAGEMENT,
        Column(name="audit_id", meaning="The audit in which it was found.", references="audits",
               also=("audit", "audit no")),
        Column(name="type", meaning="What it is; empty means an audit finding.",
               choices=("deviation", "audit_finding", "capa"),
               also=("event type", "record type", "kind")),
        Column(name="grade", meaning="How serious it is.", choices=("minor", "major", "critical"),
               also=("grading", "severity", "classification", "class", "category")),
        Column(name="raised", meaning="Day on which it was raised.", type=Type.DATE, required=True, event=True,
               also=("raised on", "date raised", "opened", "opened on", "reported on", "found on")),
        Column(name="due", meaning="Day by which it has to be closed.", type=Type.DATE,
               also=("due date", "due on", "target date", "target close date")),
        Column(name="closed", meaning="Day on which it was closed.", type=Type.DATE, event=True,
               also=("closed on", "date closed", "closure date", "completed on")),
    ),
    orders=(("raised", "closed"),),
    examples=(
        {"event_id": "F-26-031", "engagement_id": "E-014", "audit_id": "AUD-26-07", "type": "audit_finding",
         "grade": "major", "raised": "2026-06-09", "due": "2026-09-09", "closed": "2026-08-28"},
        {"event_id": "CAPA-26-012", "engagement_id": "E-014", "type": "capa", "grade": "minor",
         "raised": "2026-08-03", "due": "2026-11-03"},
    ),
)  # fmt: skip
