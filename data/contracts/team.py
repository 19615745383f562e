from data.contracts.contract import Column, Contract, Type
from data.contracts.shared import ENGAGEMENT

CONTRACT = Contract(
    kind="team",
    meaning="Who works on an engagement in which role, from when to when.",
    columns=(
        Column(name="assignment_id", meaning="Code of the assignment.", key=True, required=True,
               also=("id", "assignment", "assignment no")),
        ENGAGEMENT,
        Column(name="role", meaning="The role: project manager, monitor, data manager.", required=True,
               also=("function", "position", "job title")),
        Column(name="person", meaning="Who it is: a name, or a code.", required=True,
               also=("name", "person name", "team member", "employee", "initials")),
        Column(name="organisation", meaning="Whose side; empty means the CRO's.", choices=("cro", "sponsor"),
               also=("organization", "side", "company")),
        Column(name="key_role", meaning="Whether the contract names the role as a key one.", type=Type.FLAG,
               also=("key", "key person", "key personnel", "is key")),
        Column(name="contracted", meaning="Whether this is the person whom the contract names for the role.",
               type=Type.FLAG,
               also=("contracted person", "named in contract", "as contracted", "proposed person")),
        Column(name="start_date", meaning="First day.", type=Type.DATE, required=True, event=True,
               also=("start", "started", "started on", "from", "on team since", "assigned on")),
        Column(name="end_date", meaning="Last day.", type=Type.DATE, event=True,
               also=("end", "ended", "ended on", "until", "to", "left on", "released on")),
        Column(name="end_reason", meaning="Why it ended: the person left the company, the work was over, or another "
               "one took over.", choices=("left", "rolled_off", "replaced"), dated_by="end_date",
               also=("reason for end", "reason", "why ended", "leave reason")),
    ),
    orders=(("start_date", "end_date"),),
    examples=(
        {"assignment_id": "TM-0412", "engagement_id": "E-014", "role": "project manager", "person": "Mette Holm",
         "organisation": "cro", "key_role": "yes", "contracted": "yes", "start_date": "2025-01-06",
         "end_date": "2026-06-30", "end_reason": "left"},
        {"assignment_id": "TM-0431", "engagement_id": "E-014", "role": "project manager", "person": "Jonas Krag",
         "organisation": "cro", "key_role": "yes", "contracted": "no", "start_date": "2026-07-06"},
    ),
)  # fmt: skip
