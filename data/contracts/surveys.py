from data.contracts.contract import Column, Contract, Rule, Type
from data.contracts.shared import ENGAGEMENT

DIMENSIONS = (
    "communication_style", "responsiveness", "collaboration", "work_ethic", "values", "quality_commitment", "trust",
    "recommend",
)  # fmt: skip
"""What is asked. `recommend` is answered from 0 to 10, the others from 1 to 5."""

CONTRACT = Contract(
    kind="surveys",
    meaning="Answers of the relationship survey: each side on the other, and the CRO on itself.",
    columns=(
        Column(name="response_id", meaning="Code of the answering person's form; not a name.", key=True,
               required=True,
               also=("id", "response", "respondent", "respondent id", "response no", "form id", "form no")),
        Column(name="dimension", meaning="What was asked.", key=True, required=True, choices=DIMENSIONS,
               also=("question", "item", "aspect")),
        ENGAGEMENT,
        Column(name="quarter", meaning="The quarter in which it was asked.", type=Type.QUARTER, required=True,
               also=("survey quarter", "period", "wave", "quartal", "trimestre")),
        Column(name="direction", meaning="Who judges whom; empty means our people on the CRO.",
               choices=("sponsor_on_cro", "cro_on_sponsor", "cro_on_self"),
               also=("who on whom", "perspective")),
        Column(name="role", meaning="Role of the person who answers; shown nowhere.", private=True,
               also=("respondent role", "function")),
        Column(name="score", meaning="The answer: 1 to 5, of recommend 0 to 10; more is better.", type=Type.NUMBER,
               required=True, minimum=0, maximum=10,
               also=("answer", "rating", "mark", "points")),
        Column(name="comment", meaning="What was added in words; shown only where the server allows it.", private=True,
               also=("remark", "remarks", "comments", "free text")),
    ),
    rules=(
        Rule(
            column="score",
            wrong="dimension <> 'recommend' AND (score > 5 AND score <= 10 OR score >= 0 AND score < 1)",
            message="Expected 1 to 5; only recommend is answered from 0 to 10.",
        ),
    ),
    examples=(
        {"response_id": "S-26Q3-17", "dimension": "trust", "engagement_id": "E-014", "quarter": "2026-Q3",
         "direction": "sponsor_on_cro", "role": "project manager", "score": "4"},
        {"response_id": "S-26Q3-17", "dimension": "recommend", "engagement_id": "E-014", "quarter": "2026-Q3",
         "direction": "sponsor_on_cro", "role": "project manager", "score": "8"},
    ),
)  # fmt: skip
