"""Columns that several kinds have in common, and the names that others give them."""

from data.contracts.contract import Column, Type

CRO_ALSO = (
    "cro", "cro code", "cro no", "vendor", "vendor id", "vendor code", "vendor no", "supplier", "supplier id",
    "supplier code", "supplier no", "lieferant", "fournisseur", "proveedor",
)  # fmt: skip
ENGAGEMENT_ALSO = (
    "engagement", "engagement code", "engagement no", "contract", "contract id", "contract no", "contract code",
    "agreement", "agreement id", "agreement no", "work order", "work order id", "work order no", "project code",
    "project id", "project no", "vertrag", "vertragsnummer", "contrat", "contrato",
)  # fmt: skip
MONTH_ALSO = (
    "period", "report month", "reporting month", "reporting period", "accounting month", "accounting period",
    "posting period", "monat", "mois", "mes",
)  # fmt: skip
CANCELLED_ALSO = (
    "cancelled", "canceled", "canceled on", "cancelled date", "canceled date", "cancellation date", "dropped on",
)  # fmt: skip
KPI_ALSO = ("kpi", "kpi code", "metric", "metric id", "indicator", "kennzahl")
PRIORITY_ALSO = ("prio", "priority level", "urgency", "severity", "prioritat", "prioritaet", "priorite", "prioridad")
CURRENCY_ALSO = ("ccy", "curr", "currency code", "contract currency", "wahrung", "waehrung", "devise", "moneda")

ENGAGEMENT_KEY = Column(
    name="engagement_id",
    meaning="The engagement.",
    key=True,
    required=True,
    references="engagements",
    also=ENGAGEMENT_ALSO,
)
ENGAGEMENT = Column(
    name="engagement_id", meaning="The engagement.", required=True, references="engagements", also=ENGAGEMENT_ALSO
)
MONTH_KEY = Column(
    name="month", meaning="The month that is reported.", type=Type.MONTH, key=True, required=True, also=MONTH_ALSO
)
DAYS_BY_CAUSE = (
    *(
        Column(
            name=f"days_{side}",
            meaning=f"Late days that {whom} caused.",
            type=Type.WHOLE,
            minimum=0,
            maximum=3650,
            unit="days",
            also=(f"{side} days", f"{side} delay", f"{side} delay days", f"delay {side} days"),
        )
        for side, whom in (("cro", "the CRO"), ("sponsor", "we"), ("external", "nobody of both"))
    ),
    Column(
        name="attribution_status",
        meaning="Whether both sides agree on the days by cause.",
        choices=("proposed", "agreed", "disputed"),
        also=("attribution", "status of attribution"),
    ),
)
