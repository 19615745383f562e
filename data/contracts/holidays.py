from data.contracts.contract import Column, Contract, Type

CONTRACT = Contract(
    kind="holidays",
    meaning="Days that do not count as business time.",
    holds_for_all=True,
    columns=(
        Column(
            name="day",
            meaning="The day.",
            type=Type.DATE,
            key=True,
            required=True,
            also=("holiday date", "public holiday date", "date of holiday"),
        ),
        Column(
            name="name",
            meaning="What it is.",
            also=("holiday", "holiday name", "public holiday", "feiertag", "jour ferie", "description"),
        ),
    ),
    examples=({"day": "2026-12-25", "name": "Christmas Day"},),
)
