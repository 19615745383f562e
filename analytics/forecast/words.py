"""How each forecast is made, and what it leaves out, in words."""

import pandas as pd

from analytics.forecast.chance import MIN_CASES, NEAR_DAYS, PSEUDO
from analytics.forecast.finish import BEGUN, BURN_MONTHS, FACTORS
from analytics.forecast.queue import MIN_WEEKS, WEEKS
from analytics.words import count

CHANCE = (
    "Nothing is assumed of why milestones slip. Each open one is set against all of its type of the last three years: "
    f"how far off was the forecast that was told about as long ahead (half to twice as long, or within "
    f"{NEAR_DAYS} days)? "
    "Those not reached yet count as late as they are by now, so the slow ones are not left out. "
    "Where too few forecasts were told, the errors of the baseline stand for them.",
    f"The CRO's own cases weigh n / (n + {PSEUDO}), n their number; those of all CROs the rest. So a short "
    "history of its own says little, and a long one leads. An overdue milestone is read on what became of those that "
    "were as late.",
    f"Under {MIN_CASES} past cases there is no chance and no range. The interval of a chance is bootstrapped, with the "
    "same random numbers each time. Each milestone is looked at by itself: one that moves moves those after it.",
)
FINISH = (
    "Earned schedule: AT + (PD - ES) / PF, with three performance factors for the rest of the work: "
    f"{', '.join(FACTORS.values())}. The bar runs over all three; the diamond is the second.",
    "It knows the plan and the pace, and no milestones. Where both disagree, ask what is on the critical path.",
)
MONEY = (
    f"The budget is gone where actual cost reaches it, and the work is done where earned value does, both at the mean "
    f"of the last {BURN_MONTHS} reported months. Late in a study both usually slow down, so the dates are early rather "
    f"than late; which comes first is what counts. Under {100 * BEGUN:.0f} % of the work there is no date: "
    "while a study starts up its months say little of those to come.",
    "The CPI that is needed (TCPI) is the work left over the money left. Above the CPI so far by a tenth is rarely "
    "reached. The range of the EAC is that of the tab At completion.",
)
QUEUE = (
    f"Open now, plus four times what came in less what was settled a week, over the last {WEEKS} full weeks, Monday to "
    f"Sunday. Under {MIN_WEEKS} weeks of history there is no forecast.",
    "The range: four weeks drawn again and again from those weeks, with the same random numbers each time. It holds "
    "only while the weeks stay as they were.",
)


def untold(found: pd.DataFrame) -> str:
    """How many open milestones have no range, and why, in a sentence."""
    few = found[found["reason"].notna()]
    if few.empty:
        return ""
    what = f"{len(few)} of {count(len(found), 'open milestone')} {'has' if len(few) == 1 else 'have'} no range"
    return f"{what}: fewer than {MIN_CASES} past cases of the type, or later than those tell. The table says which."


def unended(found: pd.DataFrame, money: bool = False) -> str:
    """Which engagements have no end, or with `money` no day on which their budget is gone, by reason, in a sentence."""
    reason = "gone_reason" if money else "reason"
    without = found[found[reason].notna() & (found["gone"].isna() if money else True)]
    if without.empty:
        return ""
    names = found["study"].where(~found["study"].duplicated(keep=False), found["study"] + " of " + found["cro"])
    parts = [f"{why}: {', '.join(names[rows.index])}" for why, rows in without.groupby(reason)]
    return f"Not drawn, because {'; '.join(parts)}."
