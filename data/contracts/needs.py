from data.contracts.contract import Column, Contract, Type

CRITERIA = (
    "experience", "track_record", "testimonials", "quality_assurance", "infrastructure", "reputation",
    "therapeutic_expertise", "price", "capacity",
)  # fmt: skip
"""The usual criteria of due diligence. Others may be written."""

NEED_ALSO = ("need", "need no", "rfp", "rfp id", "rfp no", "tender", "tender id", "tender no", "selection")
CRITERION_ALSO = ("criteria", "due diligence criterion", "evaluation criterion", "aspect")

CONTRACT = Contract(
    kind="needs",
    meaning="What a CRO is sought for: the criteria of the due diligence and their weights.",
    columns=(
        Column(name="need_id", meaning="Code of what is sought.", key=True, required=True, also=NEED_ALSO),
        Column(name="criterion", meaning=f"What is judged: {', '.join(CRITERIA)}, or one of your own.", key=True,
               required=True, also=CRITERION_ALSO),
        Column(name="weight", meaning="How much it counts, against the other criteria of the need.",
               type=Type.NUMBER, required=True, minimum=0, maximum=100, also=("weighting", "importance", "points")),
        Column(name="gate", meaning="Whether a candidate that is not adequate in it is excluded.", type=Type.FLAG,
               also=("knock out", "must have", "mandatory", "go no go")),
    ),
    examples=(
        {"need_id": "ORV-5 monitoring", "criterion": "experience", "weight": "3", "gate": "no"},
        {"need_id": "ORV-5 monitoring", "criterion": "quality_assurance", "weight": "2", "gate": "yes"},
        {"need_id": "ORV-5 monitoring", "criterion": "price", "weight": "2", "gate": "no"},
    ),
)  # fmt: skip
