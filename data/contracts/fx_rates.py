from data.contracts.contract import Column, Contract, Type
from data.contracts.shared import CURRENCY_ALSO

CONTRACT = Contract(
    kind="fx_rates",
    meaning="Budget rates: amount x rate = reporting currency, one rate a year. The reporting currency has rate 1.",
    holds_for_all=True,
    columns=(
        Column(name="currency", meaning="The currency.", type=Type.CURRENCY, key=True, required=True,
               also=CURRENCY_ALSO),
        Column(name="year", meaning="The budget year.", type=Type.YEAR, key=True, required=True,
               also=("budget year", "jahr", "annee", "ano")),
        Column(name="rate", meaning="What one unit is worth in the reporting currency.", type=Type.NUMBER,
               required=True, minimum=0.000001,
               also=("fx rate", "exchange rate", "budget rate", "kurs", "wechselkurs", "taux")),
    ),
    examples=(
        {"currency": "EUR", "year": "2026", "rate": "1"},
        {"currency": "USD", "year": "2026", "rate": "0.92"},
    ),
)  # fmt: skip
