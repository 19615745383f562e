from data.contracts.contract import Column, Contract, Rule, Type

CONTRACT = Contract(
    kind="review_replies",
    meaning="What is said of the figures of a review: our comment, the CRO's reply, and what became of a dispute.",
    columns=(
        Column(name="review_id", meaning="The review.", key=True, required=True, references="reviews",
               also=("review", "review no", "qbr")),
        Column(name="figure", meaning="The figure: the code of a KPI, or engagement/milestone for days by cause.",
               key=True, required=True, also=("figure id", "figure code", "item")),
        Column(name="explanation", meaning="Our comment on the figure, such as why it is red."),
        Column(name="explained_by", meaning="Who wrote the comment."),
        Column(name="reply", meaning="What the CRO says of it; empty means no reply.",
               choices=("accepted", "disputed", "comment"), also=("cro reply", "response", "position", "stance")),
        Column(name="own_value", meaning="The CRO's own value, where it disputes ours.",
               also=("cro value", "their value", "value according to the cro")),
        Column(name="evidence", meaning="What the CRO's value rests on.", also=("proof", "source", "reference")),
        Column(name="comment", meaning="The CRO's comment.", also=("cro comment", "remark", "remarks", "note")),
        Column(name="replied_by", meaning="Who replied for the CRO.", also=("reply by", "name", "responder")),
        Column(name="replied_on", meaning="Day of the reply.", type=Type.DATE, also=("reply date", "date of reply")),
        Column(name="dispute", meaning="What became of the dispute; empty means open.",
               choices=("open", "upheld", "corrected", "agreed_to_differ"), also=("dispute state", "settled as")),
        Column(name="dispute_owner", meaning="Who settles the dispute.", also=("owner",)),
        Column(name="settled_on", meaning="Day on which it was settled.", type=Type.DATE, also=("settled",)),
        Column(name="settled_how", meaning="How it was settled, and why.", also=("settlement", "resolution")),
    ),
    rules=(
        Rule(
            column="own_value",
            wrong="reply = 'disputed' AND coalesce(own_value, '') = '' AND coalesce(evidence, '') = ''"
            " AND coalesce(comment, '') = ''",
            message="A dispute needs the CRO's own value, its evidence or a comment: write one of them.",
        ),
        Rule(
            column="dispute",
            wrong="dispute <> '' AND coalesce(reply, '') <> 'disputed'",
            message="Only a figure that the CRO disputes can be settled: leave this empty.",
        ),
    ),
    examples=(
        {"review_id": "FORTIS-2026-Q3", "figure": "T01", "reply": "accepted", "replied_by": "Jan Berg",
         "replied_on": "2026-10-28"},
        {"review_id": "FORTIS-2026-Q3", "figure": "R02", "reply": "disputed", "own_value": "91 %",
         "evidence": "Ticket export of 2026-10-20", "replied_by": "Jan Berg", "replied_on": "2026-10-28",
         "dispute": "open", "dispute_owner": "Anna Lindqvist"},
    ),
)  # fmt: skip
