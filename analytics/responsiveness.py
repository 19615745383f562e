"""How long one side waits for the other, and who waits: requests that are still open always count."""

from dataclasses import dataclass, replace
from typing import Any, Literal

import pandas as pd

from analytics.catalogue import BY_ID
from analytics.engine import evaluate, kpi_rows
from analytics.kpi import Band, Kpi, Median
from analytics.measure import EXPRESSIONS
from analytics.scope import month_name, months_before
from analytics.score import CROS
from analytics.survival import DRAWN, Curve, curve
from analytics.view import View

By = Literal["cro", "priority", "topic", "month", "all"]
Group = Literal["cro", "priority", "topic"]
Wait = Literal["response", "resolution", "elapsed"]
Who = Literal["cro", "sponsor", "queries"]

LABELS: dict[By, str] = {
    "cro": "cro",
    "priority": EXPRESSIONS["priority"],
    "topic": EXPRESSIONS["topic"],
    "month": "strftime(opened_on, '%Y-%m')",
    "all": "'all'",
}
ROWS: dict[Who, Kpi] = {
    "cro": BY_ID["R01"],
    "sponsor": replace(BY_ID["R01"], id="R01 ours", where="direction = 'to_sponsor' AND type <> 'data_query'"),
    "queries": BY_ID["Q04"],
}
"""Whose requests: what we asked the CROs, what they asked us, data queries. Rows are those of a KPI."""
CLOCKS: dict[Wait, tuple[Median, str]] = {
    "response": (Median(time="response_business_hours", finished="answered"), "business hours"),
    "resolution": (Median(time="resolution_days_taken", finished="resolved"), "business days"),
    "elapsed": (Median(time="resolution_elapsed_days", finished="resolved"), "days"),
}
LINE = {"response": "response_hours", "resolution": "resolution_days", "elapsed": "NULL::DOUBLE"}

CASES = """
SELECT {label} AS label, ({time})::DOUBLE AS time, {finished} AS finished, count(*) AS items
FROM fact_request
WHERE ({where}) AND (len($services) = 0 OR list_contains($services, service_type))
    AND ($whole OR opened_on > $since) AND ($priority = '' OR lower(priority) = $priority)
GROUP BY ALL
ORDER BY ALL
"""
AGREED = """
SELECT {line} AS line, count(*) AS items
FROM fact_request
WHERE ({where}) AND ($whole OR opened_on > $since) AND ($priority = '' OR lower(priority) = $priority)
    AND {line} IS NOT NULL
GROUP BY ALL
ORDER BY items DESC, line
"""
PENDING = """
SELECT cro_id AS cro, count(*) AS pending FROM fact_request WHERE ({where}) AND state = 'pending' GROUP BY ALL
"""
PRIORITIES = "SELECT DISTINCT lower(priority) AS priority FROM fact_request WHERE priority <> '' ORDER BY ALL"
AGES = """
SELECT
    cro AS label,
    CASE WHEN age_days <= 7 THEN '0-7' WHEN age_days <= 14 THEN '8-14' WHEN age_days <= 30 THEN '15-30'
        ELSE 'over 30' END AS bucket,
    count(*) AS items
FROM fact_request
WHERE ({where}) AND open
GROUP BY ALL
ORDER BY ALL
"""
OLDEST = """
SELECT
    request_id AS request, study_id AS study, cro, engagement_id AS engagement, topic, nullif(priority, '') AS priority,
    opened_on AS opened, age_days, answered, coalesce(escalation_level, 0) AS escalation,
    replace(state, 'none', 'no SLA') AS sla
FROM fact_request
WHERE ({where}) AND open
ORDER BY opened_at, request_id
LIMIT $most
"""
GROUPS = """
SELECT
    {label} AS label, count(*) FILTER (inside) AS requests,
    count(*) FILTER (state = 'pending') AS pending, count(*) FILTER (open) AS open,
    count(*) FILTER (open AND age_days > 30) AS over_30_days
FROM (SELECT *, opened_on > $since AS inside FROM fact_request WHERE ({where}))
GROUP BY ALL
ORDER BY ALL
"""
COUNTED = "SELECT count(*) AS requests FROM fact_request"
CURVES = ["label", "t", "s", "low", "high"]
FLOATS = ["median", "low", "high", "p90", "closed_only"]
SUMMARY = ["label", "n", "open", *FLOATS, "untimed"]
GROUP_COLUMNS = [
    "label", "value", "low", "high", "numerator", "denominator", "n", "band",
    "requests", "median", "p90", "pending", "open", "over_30_days",
]  # fmt: skip
NO_SHARE = {
    "value": None, "low": None, "high": None, "numerator": 0.0, "denominator": 0.0, "n": 0.0,
    "band": Band.NOT_REPORTED,
}  # fmt: skip
"""Of a group without an SLA that ran out or was met."""


@dataclass(frozen=True, slots=True)
class Waits:
    """Kaplan-Meier curves of waiting, and what is read off them.

    `curves`: label, t, s, low, high (columns of `Curve.frame`). `summary`, the slowest first: label, n, open (still
    waiting, so censored), median and p90 (NaN: the curve does not get there), low and high (95 % interval of the
    median), closed_only (the median of what is over alone: too low), untimed (without a time of day, so without hours).
    `line`: the time agreed in the SLA that most of these requests have, and `share` of those with an SLA that have it.
    """

    curves: pd.DataFrame
    summary: pd.DataFrame
    unit: str
    line: float | None
    share: float | None

    @property
    def n(self) -> int:
        return int(self.summary["n"].sum())

    @property
    def waiting(self) -> int:
        return int(self.summary["open"].sum())

    @property
    def untimed(self) -> int:
        return int(self.summary["untimed"].sum())


def waits(
    view: View, wait: Wait = "response", by: By = "cro", who: Who = "cro", priority: str = "", whole: bool = False
) -> Waits:
    """Waiting for a first response (business hours) or for the resolution (business days, or elapsed days).

    Requests opened in the scope's trailing period, or all of them (`whole`); of one priority, unless empty. What is not
    over yet is censored at the as-of date, at its cancellation where it was cancelled.
    """
    rows, (measure, unit) = ROWS[who], CLOCKS[wait]
    bound: dict[str, Any] = {"whole": whole, "priority": priority.lower()}
    cases = view.ask(
        CASES.format(label=LABELS[by], time=measure.time, finished=measure.finished, where=rows.where),
        services=list(rows.services), **bound,
    )  # fmt: skip
    agreed = view.rows(AGREED.format(line=LINE[wait], where=rows.where), **bound)
    with_sla = sum(row["items"] for row in agreed)
    found = [_summed(str(label), group) for label, group in cases.groupby("label", sort=True)]
    types = {"label": str, **dict.fromkeys(FLOATS, float)}
    summary = pd.DataFrame([row for row, _ in found], columns=SUMMARY).astype(types)
    curves = [seen.frame(DRAWN).assign(label=row["label"]) for row, seen in found if seen]
    return Waits(
        curves=pd.concat(curves, ignore_index=True)[CURVES] if curves else pd.DataFrame(columns=CURVES),
        summary=summary.sort_values(["median", "p90"], ascending=False, na_position="first", ignore_index=True),
        unit=unit,
        line=agreed[0]["line"] if with_sla else None,
        share=agreed[0]["items"] / with_sla if with_sla else None,
    )


def _summed(label: str, cases: pd.DataFrame) -> tuple[dict[str, Any], Curve | None]:
    timed = cases[cases["time"].notna()]
    n, untimed = int(timed["items"].sum()), int(cases.loc[cases["time"].isna(), "items"].sum())
    if timed.empty:
        return {"label": label, "n": 0, "open": 0, "untimed": untimed} | dict.fromkeys(FLOATS), None
    seen = _curve(timed)
    over = timed[timed["finished"].astype(bool)]
    low, high = seen.median_interval()
    return {
        "label": label, "n": n, "open": n - int(over["items"].sum()), "untimed": untimed,
        "median": seen.quantile(0.5), "low": low, "high": high, "p90": seen.quantile(0.9),
        "closed_only": None if over.empty else _curve(over).quantile(0.5),
    }, seen  # fmt: skip


def _curve(cases: pd.DataFrame) -> Curve:
    return curve(
        cases["time"].to_numpy(dtype=float),
        cases["finished"].to_numpy(dtype=bool),
        cases["items"].to_numpy(dtype=float),
    )


def counted(view: View) -> int:
    """Number of requests in scope."""
    return int(view.rows(COUNTED)[0]["requests"])


def sla_states(view: View) -> pd.DataFrame:
    """Columns label, met, missed, pending, n: requests to each CRO with an SLA; met and missed are those of R02."""
    kpi = BY_ID["R02"]
    pending = {row["cro"]: row["pending"] for row in view.rows(PENDING.format(where=ROWS["cro"].where))}
    names = cro_names(view)
    rows = [
        {
            "label": names[row["cro"]], "met": int(row["numerator"] or 0),
            "missed": int((row["denominator"] or 0) - (row["numerator"] or 0)), "pending": pending.get(row["cro"], 0),
        }
        for row in kpi_rows(view, [kpi], ("cro",))
    ]  # fmt: skip
    table = pd.DataFrame(rows, columns=["label", "met", "missed", "pending"])
    return table.assign(n=table[["met", "missed", "pending"]].sum(axis=1))


def ageing(view: View, who: Who = "cro") -> pd.DataFrame:
    """Columns label (CRO), bucket (days open: 0-7, 8-14, 15-30, over 30), items: what is open at the as-of date."""
    return view.ask(AGES.format(where=ROWS[who].where))


def oldest(view: View, who: Who = "cro", most: int = 500) -> pd.DataFrame:
    """What is open, the oldest first.

    Columns: request, study, cro, engagement, topic, priority, opened, age_days (since then), answered (first answer),
    escalation (level), sla (its state).
    """
    return view.ask(OLDEST.format(where=ROWS[who].where), most=most)


def by_month(view: View, kpi_id: str, months: int = 18) -> pd.DataFrame:
    """Columns label (CRO), month, value, low, high, n of a KPI, for requests opened in each of the last months."""
    found = evaluate(view, [BY_ID[kpi_id]], ("cro", "month"))
    found = found[found["month"] > month_name(months_before(view.scope.as_of, months))]
    figures = ["value", "low", "high", "n"]
    table = found[["month", *figures]].astype(dict.fromkeys(figures, float))
    table.insert(0, "label", found["cro"].map(cro_names(view)))
    return table.sort_values(["label", "month"], ignore_index=True)


def unreached(table: pd.DataFrame) -> str:
    """Names the months of `by_month` that have requests and no median, since they are the worst and not drawn."""
    gaps = table[table["value"].isna() & (table["n"] > 0)]
    if gaps.empty:
        return ""
    named = [f"{row['label']} {row['month']}" for row in gaps.tail(6).to_dict("records")]
    more = f" and {len(gaps) - 6} more" if len(gaps) > 6 else ""
    return f"No median yet, since fewer than half are over: {', '.join(named)}{more}."


def groups(view: View, by: Group) -> pd.DataFrame:
    """One row a priority, topic or CRO that we asked, the lowest share answered within the SLA first.

    Columns: label; value, low, high, numerator, denominator, n, band (those of R02, so by the CRO's own thresholds
    where it has such); requests (opened in the trailing period), median and p90 of their first response (business
    hours), pending, open, over_30_days.
    """
    names, seen = cro_names(view), waits(view, "response", by).summary.set_index("label")
    label = "cro_id" if by == "cro" else LABELS[by]
    shares = {row[by]: row for row in kpi_rows(view, [BY_ID["R02"]], (by,))}
    rows = []
    for row in view.rows(GROUPS.format(label=label, where=ROWS["cro"].where)):
        share = shares.get(row["label"], NO_SHARE)
        named = names[row["label"]] if by == "cro" else row["label"]
        rows.append({name: share[name] for name in NO_SHARE} | row | {"label": named})
    table = pd.DataFrame(rows, columns=GROUP_COLUMNS).astype(dict.fromkeys(("value", "low", "high"), float))
    for name in ("median", "p90"):
        table[name] = table["label"].map(seen[name])
    return table.sort_values(["value", "requests"], ascending=[True, False], ignore_index=True)


def spread(table: pd.DataFrame) -> str:
    """The lowest and the highest share of `groups` in one sentence."""
    told = table[table["band"].isin([Band.GREEN, Band.AMBER, Band.RED])]
    if told.empty:
        return "Too few requests to tell the groups apart"
    lowest, highest = told.iloc[0], told.iloc[-1]
    if len(told) == 1:
        return f"{lowest['label']}: {lowest['value']:.0f} % answered within the SLA"
    return (
        f"Answered within the SLA: {lowest['value']:.0f} % of {lowest['label']}, "
        f"{highest['value']:.0f} % of {highest['label']}"
    )


def both_ways(view: View) -> pd.DataFrame:
    """Columns label (CRO), theirs, ours, n_theirs, n_ours: median business hours to a first response, each way."""
    names = cro_names(view)
    theirs = {row["cro"]: row for row in kpi_rows(view, [ROWS["cro"]], ("cro",))}
    ours = {row["cro"]: row for row in kpi_rows(view, [ROWS["sponsor"]], ("cro",))}
    rows = [(names[cro], row["value"], ours[cro]["value"], row["n"], ours[cro]["n"]) for cro, row in theirs.items()]
    columns = ["label", "theirs", "ours", "n_theirs", "n_ours"]
    return pd.DataFrame(rows, columns=columns).astype(dict.fromkeys(columns[1:], float))


def priorities(view: View) -> list[str]:
    """The priorities in use, as written in lower case."""
    return [row["priority"] for row in view.rows(PRIORITIES)]


def cro_names(view: View) -> dict[str, str]:
    """CRO id to name, of the CROs in scope."""
    return {row["cro_id"]: row["cro"] for row in view.rows(CROS)}


def medians(seen: Waits) -> pd.DataFrame:
    """The summary in words for a table: a curve that does not get to a share says `not reached`."""
    table = seen.summary
    unit = seen.unit
    return pd.DataFrame(
        {
            "": table["label"],
            "Requests": table["n"],
            "Still waiting": table["open"],
            f"Median, {unit}": table["median"].map(_reached),
            "95 % from": table["low"].map(_reached),
            "to": table["high"].map(_reached),
            f"Nine of ten within, {unit}": table["p90"].map(_reached),
        }
    )


def misled(seen: Waits) -> pd.DataFrame:
    """The median with what is open beside the one that leaves it out."""
    table = seen.summary
    return pd.DataFrame(
        {
            "": table["label"],
            "Median, open ones counted": table["median"].map(_reached),
            "Median of what is over (misleading)": table["closed_only"].map(_reached),
            "Still waiting": table["open"],
        }
    )


def _reached(value: float) -> str:
    return "not reached" if pd.isna(value) else f"{value:.1f}"
