from data.contracts.contract import Column, Contract, Type

CONTRACT = Contract(
    kind="actions",
    meaning="Feedback, issues, risks, decisions and tasks: who does what by when.",
    columns=(
        Column(name="action_id", meaning="Code of the action.", key=True, required=True),
        Column(name="cro_id", meaning="The CRO that it concerns.", required=True, references="cros"),
        Column(name="engagement_id", meaning="The engagement, where it concerns one.", references="engagements"),
        Column(name="review_id", meaning="The review in which it was agreed."),
        Column(name="type", meaning="What it is.",
               choices=("feedback", "issue", "risk", "escalation", "decision", "task")),
        Column(name="description", meaning="What is to be done.", required=True),
        Column(name="kpi_id", meaning="The KPI that it should move.", references="kpi"),
        Column(name="owner", meaning="Who does it."),
        Column(name="owner_organisation", meaning="Whose side the owner is on.", choices=("cro", "sponsor")),
        Column(name="raised", meaning="Day on which it was raised.", type=Type.DATE, required=True, event=True),
        Column(name="due", meaning="Day by which it is to be done.", type=Type.DATE),
        Column(name="closed", meaning="Day on which it was done.", type=Type.DATE, event=True),
        Column(name="escalation_level", meaning="How far it was escalated.", type=Type.WHOLE, minimum=1, maximum=3),
        Column(name="effect", meaning="What became of it.", dated_by="closed"),
    ),
    orders=(("raised", "due"), ("raised", "closed")),
    examples=(
        {"action_id": "A-007", "cro_id": "FORTIS", "engagement_id": "E-014", "type": "task",
         "description": "Second monitor for the Iberian sites", "kpi_id": "Q05", "owner": "Jan Berg",
         "owner_organisation": "cro", "raised": "2026-09-10", "due": "2026-10-15"},
    ),
)  # fmt: skip
