from data.contracts.contract import Column, Contract, Rule, Type
from data.contracts.needs import CRITERION_ALSO, NEED_ALSO
from data.contracts.shared import CRO_ALSO

CONTRACT = Contract(
    kind="selections",
    meaning="Due diligence: how each candidate scores on each criterion of a need, and what was decided.",
    columns=(
        Column(name="need_id", meaning="What is sought.", key=True, required=True, also=NEED_ALSO),
        Column(name="cro_id", meaning="The candidate.", key=True, required=True, references="cros", also=CRO_ALSO),
        Column(name="criterion", meaning="The criterion of the need; empty for the row that holds the decision.",
               key=True, also=CRITERION_ALSO),
        Column(name="claimed", meaning="What the candidate says of itself.", also=("claim", "answer", "statement")),
        Column(name="score", meaning="0 none, 1 poor, 2 weak, 3 adequate, 4 good, 5 excellent.", type=Type.NUMBER,
               minimum=0, maximum=5, also=("rating", "mark", "points", "assessment")),
        Column(name="evidence", meaning="What the score rests on: a reference, an audit, a visit.",
               also=("source", "basis", "proof", "reference")),
        Column(name="assessor", meaning="Who judged it.", also=("assessed by", "evaluator", "reviewer", "scored by")),
        Column(name="assessed_on", meaning="Day on which it was judged.", type=Type.DATE, event=True,
               also=("assessed", "assessment date", "date assessed", "date of assessment")),
        Column(name="decision", meaning="What was decided of the candidate.",
               choices=("selected", "reserve", "not_selected", "withdrawn"), also=("outcome", "result")),
        Column(name="decision_reason", meaning="Why it was decided so.",
               also=("reason", "reason for decision", "rationale", "justification")),
    ),
    rules=(
        Rule(
            column="score",
            wrong="score >= 0 AND score <= 5 AND coalesce(criterion, '') = ''",
            message="A score belongs to a criterion: write which one.",
        ),
        Rule(
            column="decision",
            wrong="decision <> '' AND coalesce(criterion, '') <> ''",
            message="A decision is on the whole candidate: write it in a row without a criterion.",
        ),
        Rule(
            column="decision_reason",
            wrong="decision <> '' AND coalesce(decision_reason, '') = ''",
            message="A decision is kept with its reason: write why.",
        ),
    ),
    examples=(
        {"need_id": "ORV-5 monitoring", "cro_id": "FORTIS", "criterion": "experience",
         "claimed": "14 studies in the field", "score": "4", "evidence": "3 references called",
         "assessor": "Anna Lindqvist", "assessed_on": "2026-08-14"},
        {"need_id": "ORV-5 monitoring", "cro_id": "FORTIS", "decision": "selected",
         "decision_reason": "Best total, also without the price", "assessed_on": "2026-09-01"},
    ),
)  # fmt: skip
