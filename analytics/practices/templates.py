"""What an engagement of each service usually begins with: who does what, which touchpoints, which milestones."""

from analytics.view import View

Rows = list[dict[str, str]]

SERVICE = "SELECT service_type FROM fact_engagement WHERE engagement_id = $engagement"
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

START, TRIAL = (
    ("draft_sent", "contract_executed"),
    ("first_site_activated", "last_site_activated", "fpi", "lpi", "lplv"),
)
MILESTONES = {
    "full": (*START, "protocol_final", "regulatory_approval", *TRIAL, "dbl", "topline", "csr", "tmf_transfer"),
    "monitoring": (*START, *TRIAL, "tmf_transfer"),
    "data_management": (*START, "fpi", "lplv", "dbl"),
    "fsp": START,
    "laboratory": (*START, "fpi", "lplv", "final_report"),
    "preclinical": (*START, "study_plan", "in_life_start", "draft_report", "final_report"),
    OTHER: (*START, "final_report"),
}
"""By service type, in the order in which they are reached."""
DUTY = ("activity", "responsible", "accountable", "consulted", "informed")
ITEM = ("touchpoint", "frequency", "owner", "escalation", "channel")


def service(view: View, engagement: str) -> str:
    """The service type of an engagement, `OTHER` where it is not recorded."""
    found = view.rows(SERVICE, engagement=engagement)
    return found[0]["service_type"] if found and found[0]["service_type"] in RACI else OTHER


def responsibilities(view: View, engagement: str) -> Rows:
    """The usual rows of the kind responsibilities for the service, with roles in place of names."""
    return [dict(zip(DUTY, row, strict=True)) for row in RACI[service(view, engagement)]]


def communication_plan(view: View, engagement: str) -> Rows:
    """The usual rows of the kind communication_plan for the service."""
    return [dict(zip(ITEM, row, strict=True)) for row in PLAN[service(view, engagement)]]


def milestones(view: View, engagement: str) -> Rows:
    """The usual milestones of the service, by their codes; their dates are for the person who plans."""
    return [{"milestone": code} for code in MILESTONES[service(view, engagement)]]
