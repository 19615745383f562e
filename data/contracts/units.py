from data.contracts.contract import Column, Contract, Type
from data.contracts.shared import ENGAGEMENT_KEY, MONTH_KEY

CONTRACT = Contract(
    kind="units",
    meaning="Units of work by month: how many the contract holds, how many were delivered and invoiced.",
    tells_of_work=True,
    columns=(
        ENGAGEMENT_KEY,
        Column(name="unit_type", meaning="What is counted: monitoring visit, site, subject, page.", key=True,
               required=True,
               also=("unit", "unit name", "unit of work", "service unit", "activity", "item")),
        MONTH_KEY,
        Column(name="contracted", meaning="Units in the whole contract, as known in that month.", type=Type.NUMBER,
               required=True, minimum=0, dated_by="month", unit="units",
               also=("units contracted", "contracted units", "contract units", "budgeted units", "total units")),
        Column(name="delivered", meaning="Units delivered in that month.", type=Type.NUMBER, dated_by="month",
               unit="units",
               also=("units delivered", "delivered units", "units completed", "actual units")),
        Column(name="invoiced", meaning="Units invoiced in that month.", type=Type.NUMBER, dated_by="month",
               unit="units",
               also=("units invoiced", "invoiced units", "billed units", "units billed")),
    ),
    examples=(
        {"engagement_id": "E-014", "unit_type": "monitoring visit", "month": "2026-09", "contracted": "240",
         "delivered": "9", "invoiced": "9"},
        {"engagement_id": "E-014", "unit_type": "subject enrolled", "month": "2026-09", "contracted": "420",
         "delivered": "18", "invoiced": "21"},
    ),
)  # fmt: skip
