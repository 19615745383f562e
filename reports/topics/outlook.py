"""What comes next, how likely it is in time, and where the cost ends."""

from analytics.forecast import chance, money
from analytics.words import count
from reports.content import Section, Table
from reports.topics.cells import column, day, number, rows, wide
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
            Table(
                title="Milestones ahead",
                columns=(column("Study"), column("Milestone"), day("Due"), day("Forecast"), number("On time, %"),
                         day("Likely from"), day("to"), wide("Note")),
                rows=rows(ahead.sort_values(["due", "study"], kind="stable"),
                          ["study", "milestone", "due", "forecast", "chance", "p10", "p90", "reason"]),
                empty="No milestone is ahead.",
            ),
            Table(
                title="Estimate at completion (EAC)",
                columns=(column("Study"), column("Budget (BAC)", "money"), column("Lowest", "money"),
                         column("Rated", "money"), column("Highest", "money"), column("Their own", "money"),
                         column("Currency")),
                rows=rows(of_study(told, subject), ["label", "bac", "eac_low", "eac", "eac_high", "own", "currency"]),
                empty="No running work has an estimate.",
            ),
        ),
    )  # fmt: skip
