from data.contracts.contract import Column, Contract, Rule
from data.contracts.shared import ENGAGEMENT

EVIDENCE = ("deliverable", "milestone", "kpi")
"""What can show that a requirement is met."""

CONTRACT = Contract(
    kind="requirements",
    meaning="What was asked of the CRO, and what shows that it is met.",
    columns=(
        Column(name="requirement_id", meaning="Code of the requirement.", key=True, required=True,
               also=("id", "requirement no", "req id", "req no", "urs id")),
        ENGAGEMENT,
        Column(name="category", meaning="What it is about.",
               choices=("task", "timeline", "budget", "outcome", "quality"),
               also=("requirement category", "type", "area")),
        Column(name="requirement", meaning="What was asked, in one sentence.", required=True,
               also=("expectation", "description", "requirement text", "what")),
        Column(name="acceptance_criterion", meaning="When it counts as met.",
               also=("acceptance criteria", "criterion", "accepted when", "success criterion", "measure")),
        Column(name="priority", meaning="Whether it must be met; empty means must.", choices=("must", "should"),
               also=("prio", "importance", "moscow")),
        Column(name="evidence_type", meaning="What shows it: a deliverable, a milestone or a KPI.", choices=EVIDENCE,
               also=("evidence", "shown by", "evidence kind")),
        Column(name="evidence_id", meaning="Which one: the code of the deliverable, milestone or KPI.",
               also=("evidence code", "evidence no", "shown by id")),
    ),
    rules=(
        Rule(
            column="evidence_id",
            wrong="evidence_type <> '' AND coalesce(evidence_id, '') = ''",
            message="A kind of evidence is named and not which one: write its code, or leave both empty.",
        ),
        Rule(
            column="evidence_type",
            wrong="evidence_id <> '' AND coalesce(evidence_type, '') = ''",
            message="Evidence is named and not of what kind: write deliverable, milestone or kpi.",
        ),
    ),
    examples=(
        {"requirement_id": "RQ-014-01", "engagement_id": "E-014", "category": "timeline",
         "requirement": "Database locked by the end of March", "acceptance_criterion": "Lock signed on or before it",
         "priority": "must", "evidence_type": "milestone", "evidence_id": "dbl"},
        {"requirement_id": "RQ-014-02", "engagement_id": "E-014", "category": "quality",
         "requirement": "Questions answered within the SLA", "acceptance_criterion": "R02 not red",
         "priority": "should", "evidence_type": "kpi", "evidence_id": "R02"},
    ),
)  # fmt: skip
