from data.contracts.contract import Column, Contract, Type
from data.contracts.shared import CRO_ALSO, ENGAGEMENT_ALSO

CONTRACT = Contract(
    kind="audits",
    meaning="Audits of a CRO that were held.",
    columns=(
        Column(name="audit_id", meaning="Code of the audit.", key=True, required=True,
               also=("id", "audit", "audit no", "audit code")),
        Column(name="cro_id", meaning="The CRO.", required=True, references="cros", also=CRO_ALSO),
        Column(name="engagement_id", meaning="The engagement, where the audit was of one.", references="engagements",
               also=ENGAGEMENT_ALSO),
        Column(name="type", meaning="What kind of audit: system, site, file, for cause.",
               also=("audit type", "kind")),
        Column(name="held", meaning="Last day of the audit.", type=Type.DATE, required=True, event=True,
               also=("held on", "audit date", "date held", "conducted", "conducted on", "end of audit")),
        Column(name="next_due", meaning="Day by which the next one is due.", type=Type.DATE,
               also=("next audit", "next audit due", "next due date", "requalification due")),
    ),
    examples=(
        {"audit_id": "AUD-26-04", "cro_id": "FORTIS", "type": "system", "held": "2026-03-18",
         "next_due": "2028-03-31"},
        {"audit_id": "AUD-26-07", "cro_id": "FORTIS", "engagement_id": "E-014", "type": "file", "held": "2026-06-09"},
    ),
)  # fmt: skip
