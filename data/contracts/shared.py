"""Columns that several kinds have in common."""

from data.contracts.contract import Column, Type

ENGAGEMENT_KEY = Column(
    name="engagement_id", meaning="The engagement.", key=True, required=True, references="engagements"
)
ENGAGEMENT = Column(name="engagement_id", meaning="The engagement.", required=True, references="engagements")
MONTH_KEY = Column(name="month", meaning="The month that is reported.", type=Type.MONTH, key=True, required=True)
DAYS_BY_CAUSE = (
    *(
        Column(
            name=f"days_{side}",
            meaning=f"Late days that {whom} caused.",
            type=Type.WHOLE,
            minimum=0,
            maximum=3650,
            unit="days",
        )
        for side, whom in (("cro", "the CRO"), ("sponsor", "we"), ("external", "nobody of both"))
    ),
    Column(
        name="attribution_status",
        meaning="Whether both sides agree on the days by cause.",
        choices=("proposed", "agreed", "disputed"),
    ),
)
