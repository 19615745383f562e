from data.contracts.contract import Column, Contract, Type

CONTRACT = Contract(
    kind="review_packs",
    meaning="The content of a frozen review as it was, compressed, in parts. Written when a review is frozen.",
    columns=(
        Column(name="review_id", meaning="The review.", key=True, required=True, references="reviews"),
        Column(name="part", meaning="Number of the part, from 1.", type=Type.WHOLE, key=True, required=True, minimum=1),
        Column(name="content", meaning="The part.", required=True),
    ),
    examples=({"review_id": "FORTIS-2026-Q3", "part": "1", "content": "pack:eJyrVkrOzytJzStRsgIAF8cEVg=="},),
)  # fmt: skip
