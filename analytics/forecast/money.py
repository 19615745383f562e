"""What the work will cost in the end, and how well the rest must go to come back to the budget."""

from typing import Any

import pandas as pd

from analytics.budget import Line, labelled, labels, whole
from analytics.earned_value import EACS, ESTIMATES
from analytics.engine import reporting_currency
from analytics.forecast.finish import DONE, EXHAUSTED, FAR, UNREPORTED, finishes
from analytics.view import View

SUMS = """
SELECT engagement_id, value.currency, value.rate, value.bac, value.ev, value.ac
FROM fact_earned_value AS value
JOIN fact_engagement AS engagement USING (engagement_id)
WHERE engagement.active
"""
COLUMNS = [
    "label", "n", "currency", "bac", "ev", "ac", "eac_low", "eac", "eac_high", "own", "cpi", "tcpi_bac", "tcpi_eac",
    "tcpi_own", "gone", "short", "reason",
]  # fmt: skip


def tcpi(bac: float, ev: float, ac: float, goal: float | None) -> float | None:
    """To-complete performance index: (BAC - EV) / (goal - AC), the CPI that the rest needs to end at the goal, BAC or
    an EAC (PMBOK 7.4.2). None where nothing is left of the goal, or of the work."""
    if goal is None or goal <= ac or ev >= bac:
        return None
    return (bac - ev) / (goal - ac)


def ends(view: View, line: Line) -> pd.DataFrame:
    """Where the cost of the running work of each line ends, and what it would take to come back.

    Of running engagements whose work is not done: what is done can come back to nothing. Columns: label, n (how many of
    them report earned value), currency (of the contracts; the reporting one over several), bac,
    ev, ac, eac_low, eac, eac_high (the lowest, the rated and the highest estimate), own (the CROs' own forecast; None
    where one of the line is not told), cpi, tcpi_bac, tcpi_eac, tcpi_own (CPI that the rest needs to end at the budget,
    at the rated estimate, at the own forecast), gone (the first day on which a budget of the line is gone before its
    work is done), short (how many are), reason (why there is no figure). Sums over sums; the line that needs the most
    comes first.
    """
    estimates, sums = view.ask(ESTIMATES), view.ask(SUMS)
    found = sums.merge(estimates[["engagement_id", *EACS]], on="engagement_id", how="left")
    keyed = dict(iter(labelled(view, found, line, named="key").groupby("key")))
    dated = finishes(view).rename(columns={"engagement": "engagement_id"})
    short = dated[(dated["short_days"] > FAR) | (dated["gone_reason"] == EXHAUSTED)].drop(columns=["cro_id", "cro"])
    gone = dict(iter(labelled(view, short, line, named="key").groupby("key")))
    named = labels(view, line)
    running = named[named["engagement_id"].isin(dated["engagement_id"])].drop_duplicates("key")[["key", "label"]]
    rows = [
        {"label": label} | _line(keyed.get(key), reporting_currency(view)) | _dates(gone.get(key))
        for key, label in running.itertuples(index=False)
    ]
    table = pd.DataFrame(rows, columns=COLUMNS)
    numbers = [name for name in COLUMNS if name not in ("label", "currency", "gone", "reason")]
    table = table.astype(dict.fromkeys(numbers, float) | {"gone": "datetime64[us]", "n": int, "short": int})
    return table.sort_values(["tcpi_bac", "label"], ascending=[False, True], ignore_index=True)


def _line(found: pd.DataFrame | None, reporting: str) -> dict[str, Any]:
    if found is None:
        return {"n": 0, "reason": UNREPORTED}
    found = found[found["ev"] < found["bac"]]
    if found.empty:
        return {"n": 0, "reason": DONE}
    single = found["currency"].nunique() == 1
    factor = 1.0 if single else found["rate"]
    bac, ev, ac = (whole(found[name] * factor) for name in ("bac", "ev", "ac"))
    row: dict[str, Any] = {
        "n": len(found), "currency": found["currency"].iloc[0] if single else reporting, "bac": bac, "ev": ev, "ac": ac,
    }  # fmt: skip
    if pd.isna(bac):
        return {"n": len(found), "reason": f"a budget rate to {reporting} is missing"}
    row["cpi"] = ev / ac if ac else None
    told = {name: value for name in EACS if pd.notna(value := whole(found[name] * factor))}
    rated, own = told.get("eac_cpi_spi"), told.get("bottom_up")
    if rated is not None:
        row |= {"eac_low": min(told.values()), "eac": rated, "eac_high": max(told.values()), "own": own}
    goals = {"tcpi_bac": bac, "tcpi_eac": rated, "tcpi_own": own}
    return row | {name: tcpi(bac, ev, ac, goal) for name, goal in goals.items()} | {"reason": _reason(bac, ev, ac)}


def _reason(bac: float, ev: float, ac: float) -> str | None:
    """Why one of the figures is missing."""
    if not ev:
        return "no work is earned yet (EV = 0)"
    if not ac:
        return "nothing is spent yet (AC = 0)"
    if ac >= bac:
        return f"{EXHAUSTED}: no performance comes back to it"
    return None


def _dates(short: pd.DataFrame | None) -> dict[str, Any]:
    return {"short": 0} if short is None else {"short": len(short), "gone": short["gone"].min()}


def back_text(found: pd.DataFrame) -> str:
    """What it would take to come back to the budgets, in a sentence: of the line that has to improve the most."""
    told = found[found["tcpi_bac"].notna() & found["cpi"].notna()]
    exhausted = found[found["reason"].fillna("").str.startswith(EXHAUSTED)]
    if len(exhausted):
        return f"{exhausted['label'].iloc[0]} cannot come back to its budget: more is spent than it holds"
    if told.empty:
        return "No line has a budget to come back to"
    worst = told.iloc[int((told["tcpi_bac"] / told["cpi"]).argmax())]
    if worst["tcpi_bac"] <= worst["cpi"]:
        return "At the cost performance so far every line ends within its budget"
    return (
        f"To end within its budget {worst['label']} must earn {worst['tcpi_bac']:.2f} for each 1 spent; "
        f"so far it earned {worst['cpi']:.2f}"
    )
