"""What comes next, how likely it is in time, and where the cost ends."""

from analytics.forecast import chance, money
from analytics.words import count
from reports.content import Section
from reports.topics.cells import column, day, number, table, wide
from reports.topics.finance import of_study
from reports.topics.subject import Subject


def outlook(subject: Subject) -> Section:
    """What comes next and how likely it is on time, and where the cost ends."""
    ahead, ends = chance.chances(subject.own, draws=0), money.ends(subject.own, "engagement")
    told = ends[ends["eac"].notna()]
    risky = int((ahead["chance"] < 50).sum())
    finding = f"{count(len(ahead), 'milestone')} ahead, {risky} more likely late than not. "
    finding += f"{money.back_text(of_study(ends, subject))}."
    return Section(
        key="outlook",
        title="Outlook and forecast",
        finding=finding,
        blocks=(
            table(
                "Milestones ahead",
                ahead.sort_values(["due", "study"], kind="stable"),
                {
                    "study": column("Study"),
                    "milestone": column("Milestone"),
                    "due": day("Due"),
                    "forecast": day("Forecast"),
                    "chance": number("On time, %"),
                    "p10": day("Likely from"),
                    "p90": day("to"),
                    "reason": wide("Note"),
                },
                "No milestone is ahead.",
            ),
            table(
                "Estimate at completion (EAC)",
                of_study(told, subject),
                {
                    "label": column("Study"),
                    "bac": column("Budget (BAC)", "money"),
                    "eac_low": column("Lowest", "money"),
                    "eac": column("Rated", "money"),
                    "eac_high": column("Highest", "money"),
                    "own": column("Their own", "money"),
                    "currency": column("Currency"),
                },
                "No running work has an estimate.",
            ),
        ),
    )  # fmt: skip
