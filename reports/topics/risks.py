"""What is escalated or at risk, and what we delayed ourselves."""

from analytics import home, responsiveness
from analytics.words import count
from reports.content import Section
from reports.topics.cells import column, day, number, table, wide
from reports.topics.subject import Subject


def risks(subject: Subject) -> Section:
    """What is escalated, and the risks that are written down."""
    still = subject.still
    raised = still[still["type"].isin(["risk", "issue", "escalation"]) | still["level"].fillna(0).ge(1)]
    waiting = responsiveness.oldest(subject.own)
    escalated = waiting[waiting["escalation"].fillna(0) >= 1]
    finding = f"{count(len(raised), 'risk or issue', 'risks and issues')} open; "
    finding += f"{count(len(escalated), 'request')} escalated and not answered."
    return Section(
        key="risks",
        title="Risks and escalations",
        finding=finding,
        blocks=(
            table(
                "Open risks, issues and escalations",
                raised,
                {
                    "what": wide("What"),
                    "study": column("Study"),
                    "type": column("Kind"),
                    "level": number("Level"),
                    "owner": column("Owner"),
                    "due": day("Due"),
                },
                "None is open.",
            ),
            table(
                "Escalated requests",
                escalated,
                {
                    "request": column("Request"),
                    "study": column("Study"),
                    "topic": wide("Topic"),
                    "escalation": number("Level"),
                    "opened": day("Opened"),
                    "age_days": number("Days"),
                },
                "None is open.",
            ),
        ),
    )  # fmt: skip


def ours(subject: Subject) -> Section:
    """What we delayed, and what waits for us."""
    late = subject.late[subject.late["days_sponsor"] > 0].sort_values("days_sponsor", ascending=False, kind="stable")
    waiting = home.waiting_for_us(subject.own)
    finding = f"{late['days_sponsor'].sum():.0f} late days are ours; {count(len(waiting), 'thing')} waits for us."
    if len(waiting) != 1:
        finding = finding.replace("waits", "wait")
    return Section(
        key="ours",
        title="What we delayed",
        finding=finding,
        blocks=(
            table(
                "Our days in late milestones",
                late,
                {
                    "study": column("Study"),
                    "milestone": column("Milestone"),
                    "slip_days": number("Late"),
                    "days_sponsor": number("Ours"),
                    "comment": wide("Comment"),
                },
                "No late day of the period is ours.",
            ),
            table(
                "What waits for us",
                waiting,
                {
                    "what": wide("What"),
                    "study": column("Study"),
                    "we_owe": column("We owe"),
                    "since": day("Since"),
                    "days": number("Days"),
                },
                "Nothing waits for us.",
            ),
        ),
    )  # fmt: skip
