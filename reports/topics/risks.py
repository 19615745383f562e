"""What is escalated or at risk, and what we delayed ourselves."""

from analytics import home, responsiveness, timelines
from analytics.practices import feedback
from analytics.words import count
from reports.content import Section, Table
from reports.topics.cells import column, day, number, rows, wide
from reports.topics.subject import Subject


def risks(subject: Subject) -> Section:
    """What is escalated, and the risks that are written down."""
    still = feedback.open_actions(subject.now, subject.found.cro_id)
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
            Table(
                title="Open risks, issues and escalations",
                columns=(wide("What"), column("Study"), column("Kind"), number("Level"), column("Owner"), day("Due")),
                rows=rows(raised, ["what", "study", "type", "level", "owner", "due"]),
                empty="None is open.",
            ),
            Table(
                title="Escalated requests",
                columns=(column("Request"), column("Study"), wide("Topic"), number("Level"), day("Opened"),
                         number("Days")),
                rows=rows(escalated, ["request", "study", "topic", "escalation", "opened", "age_days"]),
                empty="None is open.",
            ),
        ),
    )  # fmt: skip


def ours(subject: Subject) -> Section:
    """What we delayed, and what waits for us."""
    late = timelines.late(subject.own)
    late = late[late["days_sponsor"] > 0].sort_values("days_sponsor", ascending=False, kind="stable")
    waiting = home.waiting_for_us(subject.own)
    finding = f"{late['days_sponsor'].sum():.0f} late days are ours; {count(len(waiting), 'thing')} waits for us."
    if len(waiting) != 1:
        finding = finding.replace("waits", "wait")
    return Section(
        key="ours",
        title="What we delayed",
        finding=finding,
        blocks=(
            Table(
                title="Our days in late milestones",
                columns=(column("Study"), column("Milestone"), number("Late"), number("Ours"), wide("Comment")),
                rows=rows(late, ["study", "milestone", "slip_days", "days_sponsor", "comment"]),
                empty="No late day of the period is ours.",
            ),
            Table(
                title="What waits for us",
                columns=(wide("What"), column("Study"), column("We owe"), day("Since"), number("Days")),
                rows=rows(waiting, ["what", "study", "we_owe", "since", "days"]),
                empty="Nothing waits for us.",
            ),
        ),
    )  # fmt: skip
