"""What an engagement of each service usually begins with: who does what, touchpoints, milestones, requirements."""

from datetime import date

from analytics.scope import months_later
from analytics.view import View
from data.returns import setup

Rows = list[dict[str, str]]

CONTRACT = "SELECT service_type, start_date::DATE AS start_date FROM fact_engagement WHERE engagement_id = $engagement"
OTHER = "other"
"""The service whose rows are offered where none, or one without rows of its own, is recorded."""

OURS, LEAD = "Sponsor project manager", "Project manager"
BOTH = (
    ("Contract and change orders", LEAD, OURS, "", "Steering committee"),
    ("Budget and invoices", LEAD, OURS, "", ""),
    ("Project plan and timelines", LEAD, LEAD, OURS, "Steering committee"),
    ("Risks and issues", LEAD, LEAD, OURS, "Steering committee"),
)
"""Activities of every service: activity, responsible, accountable, consulted, informed."""
CLINICAL = (
    ("Protocol", "Sponsor medical lead", "Sponsor medical lead", "Medical monitor; Statistician", LEAD),
    ("Regulatory and ethics submissions", "Regulatory affairs", LEAD, OURS, "Lead monitor"),
)
SITES = (
    ("Site selection and activation", "Lead monitor", LEAD, OURS, "Medical monitor"),
    ("Site monitoring", "Monitor", "Lead monitor", LEAD, OURS),
    ("Trial master file", "Lead monitor", LEAD, "", OURS),
)
DATA = (
    ("Database and data management plan", "Data manager", "Data manager", "Statistician", OURS),
    ("Data cleaning and queries", "Data manager", "Data manager", "Monitor", OURS),
    ("Database lock", "Data manager", LEAD, "Statistician; Medical monitor", OURS),
)
SAFETY = (("Safety reporting", "Medical monitor", "Sponsor medical lead", "", f"{LEAD}; {OURS}"),)
REPORT = (("Statistical analysis and report", "Statistician", LEAD, "Sponsor medical lead", OURS),)
RACI = {
    "full": (*BOTH, *CLINICAL, *SITES, *DATA, *SAFETY, *REPORT),
    "monitoring": (*BOTH, *SITES, ("Safety events seen at sites", "Monitor", "Lead monitor", "", OURS)),
    "data_management": (
        *BOTH,
        ("Database and data management plan", "Lead data manager", "Lead data manager", "Programmer", OURS),
        ("Data cleaning and queries", "Data manager", "Lead data manager", "", OURS),
        ("Database lock", "Lead data manager", LEAD, "Programmer", OURS),
        ("Data transfer", "Programmer", "Lead data manager", "", OURS),
    ),
    "fsp": (
        *BOTH,
        ("Staffing and replacements", "Line manager", LEAD, OURS, ""),
        ("Training on our procedures", "Line manager", OURS, "", ""),
        ("Work in daily business", "Monitor", OURS, "Line manager", ""),
        ("Review of performance", "Line manager", "Line manager", OURS, LEAD),
    ),
    "laboratory": (
        ("Contract and change orders", "Study manager", OURS, "", "Steering committee"),
        ("Laboratory manual and kits", "Study manager", "Study manager", OURS, ""),
        ("Method validation", "Lead analyst", "Study manager", OURS, ""),
        ("Receipt and storage of samples", "Sample coordinator", "Study manager", "", OURS),
        ("Analysis of samples", "Analyst", "Lead analyst", "", OURS),
        ("Data transfer", "Lead analyst", "Study manager", "", OURS),
    ),
    "preclinical": (
        ("Contract and change orders", "Test facility management", "Sponsor monitor", "", "Study director"),
        ("Appointment of the study director", *(("Test facility management",) * 2), "", "Sponsor monitor"),
        ("Study plan and amendments", "Study director", "Study director", "Sponsor monitor", "Quality assurance unit"),
        ("Test item and its characterisation", "Sponsor monitor", "Sponsor monitor", "Study director", ""),
        ("Animal welfare approval", "Test facility management", "Test facility management", "Study director", ""),
        ("In-life phase", "Technician", "Study director", "Lead toxicologist", "Sponsor monitor"),
        ("Deviations", "Study director", "Study director", "Quality assurance unit", "Sponsor monitor"),
        ("Inspections and QA statement", *(("Quality assurance unit",) * 2), "", "Study director"),
        ("Draft and final report", "Study director", "Study director", "Sponsor monitor", "Quality assurance unit"),
        ("Archiving", "Test facility management", "Test facility management", "Study director", "Sponsor monitor"),
    ),
    OTHER: BOTH,
}
"""By service type. The study director is the single point of control, and inspections are the quality assurance unit's
(OECD Principles of Good Laboratory Practice, ENV/MC/CHEM(98)17)."""

STEERING = ("Steering committee", "quarterly", OURS, "Heads of both organisations", "meeting")
STATUS = ("Status report", "monthly", LEAD, "Study team call", "e-mail")
PLAN = {
    "full": (
        ("Study team call", "every_two_weeks", LEAD, "Steering committee", "video call"),
        STATUS,
        ("Safety review", "monthly", "Medical monitor", "Steering committee", "video call"),
        STEERING,
        ("Concern or incident", "as_needed", LEAD, "Steering committee", "phone"),
    ),
    "monitoring": (
        ("Study team call", "every_two_weeks", LEAD, "Steering committee", "video call"),
        ("Site status call", "weekly", "Lead monitor", "Study team call", "video call"),
        STATUS,
        STEERING,
    ),
    "data_management": (
        ("Data review call", "every_two_weeks", "Lead data manager", "Steering committee", "video call"),
        (*STATUS[:3], "Data review call", "e-mail"),
        STEERING,
    ),
    "fsp": (
        ("Resourcing call", "every_two_weeks", "Line manager", "Steering committee", "video call"),
        (*STATUS[:3], "Resourcing call", "e-mail"),
        STEERING,
    ),
    "laboratory": (
        ("Sample call", "every_two_weeks", "Study manager", "Steering committee", "video call"),
        ("Status report", "monthly", "Study manager", "Sample call", "e-mail"),
        STEERING,
    ),
    "preclinical": (
        ("Study call", "every_two_weeks", "Study director", "Test facility management", "video call"),
        ("Status report", "monthly", "Study director", "Study call", "e-mail"),
        ("Monitoring visit", "quarterly", "Sponsor monitor", "Test facility management", "on site"),
        ("Unexpected finding", "as_needed", "Study director", "Sponsor monitor", "phone"),
    ),
    OTHER: (
        ("Project call", "monthly", LEAD, "Steering committee", "video call"),
        (*STATUS[:3], "Project call", "e-mail"),
        STEERING,
    ),
}
"""By service type: touchpoint, frequency, owner, where a concern goes next, channel."""

BUDGET = ("budget", "Fees stay within the signed contract", "Forecast not over contract and orders", "should", "")
REQUIREMENTS = {
    "full": (
        ("timeline", "First patient in by the agreed date", "Consent of the first patient signed", "must", "fpi"),
        ("timeline", "Recruitment complete by the agreed date", "Last patient is in", "must", "lpi"),
        ("timeline", "Database locked by the agreed date", "Lock signed by both sides", "must", "dbl"),
        ("outcome", "Clinical study report final by the agreed date", "Report signed", "must", "csr"),
        ("task", "Trial master file handed over complete", "Transfer confirmed", "should", "tmf_transfer"),
        BUDGET,
    ),
    "fsp": (
        ("task", "Contract signed before the first person begins", "Both signatures", "must", "contract_executed"),
        ("timeline", "First patient in by the agreed date", "Consent of the first patient signed", "must", "fpi"),
        ("timeline", "Database locked by the agreed date", "Lock signed by both sides", "must", "dbl"),
        ("quality", "The people agreed stay in their roles", "No key role without a person", "should", ""),
        BUDGET,
    ),
    "monitoring": (
        ("timeline", "First site open by the agreed date", "Site activated", "must", "first_site_activated"),
        ("timeline", "All sites open by the agreed date", "Last site activated", "must", "last_site_activated"),
        ("task", "Sites monitored to the last visit", "Last patient last visit reached", "must", "lplv"),
        ("quality", "Trial master file handed over complete", "Transfer confirmed", "must", "tmf_transfer"),
        BUDGET,
    ),
    "data_management": (
        ("task", "Data capture live when the first patient comes in", "First data entered", "must", "fpi"),
        ("timeline", "Database locked by the agreed date", "Lock signed by both sides", "must", "dbl"),
        ("outcome", "Data for the topline results by the agreed date", "Topline results out", "should", "topline"),
        ("quality", "Data queries closed before the lock", "No query open at the lock", "must", ""),
        BUDGET,
    ),
    "laboratory": (
        ("task", "Sampling kits at the first site before it opens", "Receipt by the site", "must",
         "first_site_activated"),
        ("task", "Samples of all patients received to the last visit", "Last sample booked in", "must", "lplv"),
        ("timeline", "Final data transferred before the database lock", "Transfer reconciled", "must", "dbl"),
        ("quality", "Results reported within the agreed turnaround", "Share on time as in the contract", "should", ""),
        BUDGET,
    ),
    "preclinical": (
        ("task", "Study plan final before the work begins", "Plan signed by the study director", "must", "study_plan"),
        ("timeline", "In-life phase begins on the agreed date", "First dose given", "must", "in_life_start"),
        ("timeline", "Draft report by the agreed date", "Draft received for review", "must", "draft_report"),
        ("outcome", "Final report by the agreed date", "Report signed", "must", "final_report"),
        ("quality", "Good laboratory practice (GLP) kept", "Statement of compliance in the report", "must",
         "final_report"),
        BUDGET,
    ),
    OTHER: (
        ("task", "Contract signed before the work begins", "Both signatures", "must", "contract_executed"),
        ("outcome", "Final results by the agreed date", "Report accepted", "must", "final_report"),
        BUDGET,
    ),
}  # fmt: skip
"""By service type: category, requirement, when it counts as met, priority, the milestone that shows it."""

DUTY = ("activity", "responsible", "accountable", "consulted", "informed")
ITEM = ("touchpoint", "frequency", "owner", "escalation", "channel")
ASKED = ("category", "requirement", "acceptance_criterion", "priority", "evidence_id")


def service(view: View, engagement: str) -> str:
    """The service type of an engagement, `OTHER` where it is not recorded."""
    return _contract(view, engagement)[0]


def _contract(view: View, engagement: str) -> tuple[str, date | None]:
    """Service type and start."""
    for row in view.rows(CONTRACT, engagement=engagement):
        return row["service_type"] if row["service_type"] in RACI else OTHER, row["start_date"]
    return OTHER, None


def responsibilities(view: View, engagement: str) -> Rows:
    """The usual rows of the kind responsibilities for the service, with roles in place of names."""
    return [dict(zip(DUTY, row, strict=True)) for row in RACI[service(view, engagement)]]


def communication_plan(view: View, engagement: str) -> Rows:
    """The usual rows of the kind communication_plan for the service."""
    return [dict(zip(ITEM, row, strict=True)) for row in PLAN[service(view, engagement)]]


def milestones(view: View, engagement: str) -> Rows:
    """The usual rows of the kind milestones for the service: by their codes, with the dates at which they usually fall.

    Counted in months from the start of the contract, as for the set-up workbook; no date where no start is known.
    """
    named, start = _contract(view, engagement)
    usual = setup.templates()[named]
    return [
        {
            "milestone": code,
            "baseline_original": months_later(start, months).isoformat() if start else "",
            "contractual": "yes" if code in usual.contractual else "no",
        }
        for code, months in usual.milestones.items()
    ]


def requirements(view: View, engagement: str) -> Rows:
    """The usual rows of the kind requirements for the service, each with the milestone that would show it."""
    rows = [dict(zip(ASKED, row, strict=True)) for row in REQUIREMENTS[service(view, engagement)]]
    return [row | {"evidence_type": "milestone" if row["evidence_id"] else ""} for row in rows]
