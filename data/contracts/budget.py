from data.contracts.contract import Column, Contract, Type
from data.contracts.shared import ENGAGEMENT_KEY, MONTH_KEY


def amount(name: str, meaning: str, **other: bool | str | float | tuple[str, ...]) -> Column:
    return Column(name=name, meaning=meaning, type=Type.NUMBER, unit="contract currency", **other)  # type: ignore[arg-type]


CONTRACT = Contract(
    kind="budget",
    meaning="Amounts of one month by cost type, in contract currency; an empty cell means not reported.",
    tells_of_work=True,
    columns=(
        ENGAGEMENT_KEY,
        MONTH_KEY,
        Column(name="cost_type", meaning="Fee, pass-through cost or grant.", key=True, required=True,
               choices=("fee", "pass_through", "grant"),
               also=("type of cost", "cost category", "cost class", "expense type", "fee type", "category",
                     "kostenart", "type de cout", "tipo de coste")),
        amount("planned_original", "Planned for the month in the first agreed budget.", required=True, fixed=True,
               minimum=0,
               also=("planned", "plan", "planned amount", "planned value", "pv", "bcws", "budget", "budgeted",
                     "budget amount", "original budget", "original plan", "baseline budget")),
        amount("planned_current", "Planned for the month in the budget as changed; empty means unchanged.",
               minimum=0,
               also=("current budget", "current plan", "revised budget", "revised plan", "updated budget",
                     "budget as changed", "rebaselined budget")),
        amount("earned_value", "Planned value of the work done in the month.", dated_by="month",
               also=("earned", "ev", "bcwp", "value earned", "value of work done")),
        amount("invoiced", "Invoiced for the month.", dated_by="month",
               also=("invoiced amount", "invoices", "invoice amount", "billed", "billed amount",
                     "amount billed", "fakturiert", "facture", "facturado")),
        amount("accrued", "Done and not yet invoiced (negative where an accrual is taken back).", dated_by="month",
               also=("accrual", "accruals", "accrued amount", "unbilled")),
        amount("forecast_remaining", "Still to come after this month; the latest one counts.", dated_by="month",
               minimum=0,
               also=("remaining", "remaining forecast", "forecast to go", "forecast to complete",
                     "estimate to complete", "etc")),
    ),
    examples=(
        {"engagement_id": "E-014", "month": "2026-09", "cost_type": "fee", "planned_original": "240000",
         "planned_current": "255000", "earned_value": "228000", "invoiced": "210000", "accrued": "31000",
         "forecast_remaining": "3150000"},
        {"engagement_id": "E-014", "month": "2026-10", "cost_type": "fee", "planned_original": "240000"},
    ),
)  # fmt: skip
