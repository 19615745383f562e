from data.contracts.contract import Column, Contract, Type
from data.contracts.shared import DAYS_BY_CAUSE, ENGAGEMENT_KEY

CODES = {
    "draft_sent": "Draft contract sent",
    "contract_executed": "Contract executed",
    "protocol_final": "Protocol final",
    "regulatory_approval": "Regulatory approval",
    "first_site_activated": "First site activated",
    "last_site_activated": "Last site activated",
    "fpi": "First patient in (FPI)",
    "lpi": "Last patient in (LPI)",
    "lplv": "Last patient last visit (LPLV)",
    "dbl": "Database lock (DBL)",
    "topline": "Topline results",
    "csr": "Clinical study report (CSR)",
    "tmf_transfer": "Trial master file transfer",
    "siv": "Site initiation visit",
    "site_activated": "Site activated",
    "study_plan": "Study plan",
    "in_life_start": "In-life start",
    "draft_report": "Draft report",
    "final_report": "Final report",
}
"""The milestones that have a name of their own; a PM may add others."""

CONTRACT = Contract(
    kind="milestones",
    meaning="What has to happen by when: of the whole study, or of one site.",
    columns=(
        ENGAGEMENT_KEY,
        Column(name="milestone", meaning="Code of the milestone, such as fpi or dbl, or your own.", key=True,
               required=True),
        Column(name="site_id", meaning="The site; empty means the whole study.", key=True),
        Column(name="baseline_original", meaning="Date in the first agreed plan.", type=Type.DATE, required=True,
               fixed=True),
        Column(name="baseline_current", meaning="Date in the plan as re-baselined; empty means unchanged.",
               type=Type.DATE),
        Column(name="forecast", meaning="When it is expected now.", type=Type.DATE),
        Column(name="actual", meaning="When it happened.", type=Type.DATE, event=True),
        Column(name="contractual", meaning="Whether the contract names the date.", type=Type.FLAG),
        *DAYS_BY_CAUSE,
        Column(name="cancelled_on", meaning="Day on which it was dropped.", type=Type.DATE, event=True),
        Column(name="comment", meaning="Why it moved."),
    ),
    examples=(
        {"engagement_id": "E-014", "milestone": "fpi", "baseline_original": "2025-04-01",
         "forecast": "2025-05-06", "actual": "2025-05-06", "contractual": "yes", "days_cro": "25",
         "days_sponsor": "10", "days_external": "0", "attribution_status": "agreed",
         "comment": "ethics committee asked twice"},
        {"engagement_id": "E-014", "milestone": "dbl", "baseline_original": "2027-08-01",
         "baseline_current": "2027-09-01", "forecast": "2027-09-28", "contractual": "yes"},
        {"engagement_id": "E-014", "milestone": "siv", "site_id": "DE-03", "baseline_original": "2025-03-10",
         "actual": "2025-03-12"},
    ),
)  # fmt: skip
