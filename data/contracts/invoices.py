from data.contracts.contract import Column, Contract, Type
from data.contracts.shared import ENGAGEMENT

CONTRACT = Contract(
    kind="invoices",
    meaning="Invoices of the CRO, and what became of them.",
    columns=(
        Column(name="invoice_id", meaning="Number of the invoice.", key=True, required=True,
               also=("id", "invoice", "invoice no", "document no", "rechnungsnummer")),
        ENGAGEMENT,
        Column(name="issued", meaning="Date of the invoice.", type=Type.DATE, required=True, event=True,
               also=("issued on", "issue date", "invoice date", "date of invoice", "rechnungsdatum")),
        Column(name="amount", meaning="Amount of the invoice; minus is a credit note.", type=Type.NUMBER,
               required=True, unit="contract currency",
               also=("invoice amount", "net amount", "total", "value", "betrag")),
        Column(name="outcome", meaning="What became of it: accepted as it came, disputed, or corrected.",
               choices=("accepted", "disputed", "corrected"), dated_by="outcome_on",
               also=("result", "review outcome", "invoice outcome")),
        Column(name="outcome_on", meaning="Day of that outcome.", type=Type.DATE, event=True,
               also=("outcome date", "decided on", "checked on", "reviewed on")),
        Column(name="settled", meaning="Day of payment.", type=Type.DATE, event=True,
               also=("settled on", "paid", "paid on", "payment date", "date paid")),
    ),
    orders=(("issued", "outcome_on"), ("issued", "settled")),
    examples=(
        {"invoice_id": "INV-2026-118", "engagement_id": "E-014", "issued": "2026-08-31", "amount": "84500",
         "outcome": "accepted", "outcome_on": "2026-09-07", "settled": "2026-09-30"},
        {"invoice_id": "INV-2026-131", "engagement_id": "E-014", "issued": "2026-09-15", "amount": "79200",
         "outcome": "disputed", "outcome_on": "2026-09-24"},
    ),
)  # fmt: skip
