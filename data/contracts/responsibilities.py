from data.contracts.contract import Column, Contract
from data.contracts.shared import ENGAGEMENT_KEY

SEVERAL = r"\s*[;/&]\s*|\s+(and|und|et|y)\s+"
"""What stands between several people in one cell, as a pattern. A comma may be part of a name."""

CONTRACT = Contract(
    kind="responsibilities",
    meaning="Who does what on an engagement (RACI): one row an activity.",
    columns=(
        ENGAGEMENT_KEY,
        Column(name="activity", meaning="The activity.", key=True, required=True,
               also=("task", "process", "work package", "raci activity", "step")),
        Column(name="responsible", meaning="Who does it; several with a semicolon between them.", required=True,
               also=("responsible person", "doer")),
        Column(name="accountable", meaning="The one person who answers for it.", required=True,
               also=("accountable person", "answerable")),
        Column(name="consulted", meaning="Who is asked before; several with a semicolon between them."),
        Column(name="informed", meaning="Who is told after; several with a semicolon between them."),
    ),
    examples=(
        {"engagement_id": "E-014", "activity": "Site monitoring", "responsible": "Mette Holm",
         "accountable": "Jonas Krag", "consulted": "Anna Lindqvist", "informed": "Medical monitor; Data management"},
        {"engagement_id": "E-014", "activity": "Database lock", "responsible": "Data management",
         "accountable": "Anna Lindqvist"},
    ),
)  # fmt: skip
