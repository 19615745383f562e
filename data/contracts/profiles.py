from data.contracts.contract import Column, Contract

CONTRACT = Contract(
    kind="profiles",
    meaning="How the files of a sender are to be read: one row a decision, kept under the name of the profile.",
    columns=(
        Column(name="profile", meaning="Name of the profile, such as the sender's.", key=True, required=True),
        Column(name="setting", meaning="What is decided.", key=True, required=True,
               choices=("kind", "column", "constant", "value", "unit", "date_order", "decimal_mark", "to_date",
                        "snapshot")),
        Column(name="theirs", meaning="Of what: for a column their heading, for a value our column, a colon and "
               "their text, else our column; empty where the whole file is meant.", key=True),
        Column(name="ours", meaning="What it is to us: for a column ours, or “not used”; for a value ours, or "
               "“(empty)”. Empty means that nothing is decided."),
    ),
    examples=(
        {"profile": "Fortis finance", "setting": "kind", "ours": "budget"},
        {"profile": "Fortis finance", "setting": "column", "theirs": "work_order", "ours": "engagement_id"},
        {"profile": "Fortis finance", "setting": "column", "theirs": "invoiced_{month}", "ours": "invoiced@{month}"},
        {"profile": "Fortis finance", "setting": "column", "theirs": "booked_by", "ours": "not used"},
        {"profile": "Fortis finance", "setting": "constant", "theirs": "cost_type", "ours": "fee"},
        {"profile": "Fortis finance", "setting": "value", "theirs": "engagement_id: wo 14", "ours": "E-014"},
        {"profile": "Fortis finance", "setting": "unit", "theirs": "invoiced", "ours": "thousands"},
    ),
)  # fmt: skip
