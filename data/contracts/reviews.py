from data.contracts.contract import Column, Contract, Type
from data.contracts.shared import CRO_ALSO

STEPS = ("shared", "frozen", "held", "closed")
"""The steps of a review after it is prepared, in their order; each has a day and a person."""


def _by_whom(step: str, what: str) -> tuple[Column, Column]:
    return (
        Column(name=f"{step}_on", meaning=f"Day on which {what}.", type=Type.DATE),
        Column(name=f"{step}_by", meaning="By whom."),
    )


CONTRACT = Contract(
    kind="reviews",
    meaning="Quarterly reviews of a CRO: prepared, shared, frozen, held, closed, each with the day and the person.",
    columns=(
        Column(name="review_id", meaning="Code of the review.", key=True, required=True,
               also=("review", "review no", "qbr", "qbr id", "vendor review")),
        Column(name="cro_id", meaning="The CRO that is reviewed.", required=True, references="cros", also=CRO_ALSO),
        Column(name="quarter", meaning="The quarter that is reviewed.", type=Type.QUARTER, required=True,
               also=("review quarter", "period", "quarter reviewed")),
        Column(name="cut_off", meaning="As-of date of the figures.", type=Type.DATE, required=True,
               also=("data cut", "as of")),
        Column(name="prepared_by", meaning="Who prepares it.", also=("prepared", "author")),
        Column(name="meets_on", meaning="Day on which the meeting is planned.", type=Type.DATE,
               also=("meeting", "meeting date", "meeting on", "planned on")),
        *_by_whom("shared", "it was shared with the CRO"),
        Column(name="reply_due", meaning="Day by which the CRO may reply.", type=Type.DATE, also=("reply by",)),
        *_by_whom("frozen", "its figures were frozen"),
        Column(name="known_at", meaning="The newest upload that the frozen figures know.", type=Type.WHOLE, minimum=1),
        Column(name="content_hash", meaning="SHA-256 of the frozen content."),
        *_by_whom("held", "the meeting was held"),
        Column(name="minutes_final_on", meaning="Day on which the minutes were final.", type=Type.DATE),
        Column(name="acknowledged_us_on", meaning="Day on which we acknowledged the minutes.", type=Type.DATE),
        Column(name="acknowledged_us_by", meaning="Who did so for us."),
        Column(name="acknowledged_cro_on", meaning="Day on which the CRO acknowledged the minutes.", type=Type.DATE),
        Column(name="acknowledged_cro_by", meaning="Who did so for the CRO."),
        *_by_whom("closed", "it was closed"),
    ),
    orders=(("shared_on", "reply_due"), ("shared_on", "frozen_on"), ("frozen_on", "held_on"), ("held_on", "closed_on"),
            ("held_on", "minutes_final_on")),
    examples=(
        {"review_id": "FORTIS-2026-Q3", "cro_id": "FORTIS", "quarter": "2026-Q3", "cut_off": "2026-09-30",
         "prepared_by": "Anna Lindqvist", "meets_on": "2026-11-12", "shared_on": "2026-10-19",
         "shared_by": "Anna Lindqvist", "reply_due": "2026-11-02"},
    ),
)  # fmt: skip
