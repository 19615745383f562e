"""The demo portfolio's figures, computed from the CSV files alone and without any code of the product.

Plain definitions on small frames: slow and obvious, so that there is something to hold the product against.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, date, datetime, time, timedelta
from functools import cache
from pathlib import Path
from typing import Any

import pandas as pd

UPLOADS = Path(__file__).parents[2] / "data" / "demo" / "uploads"
KEYS = {
    "cros": ["cro_id"],
    "engagements": ["engagement_id"],
    "milestones": ["engagement_id", "milestone", "site_id"],
    "deliverables": ["deliverable_id"],
    "budget": ["engagement_id", "month", "cost_type"],
    "change_orders": ["change_order_id"],
    "requests": ["request_id"],
    "slas": ["engagement_id", "priority"],
    "kpi_data": ["engagement_id", "kpi_id", "month"],
    "baselines": ["engagement_id", "version"],
    "invoices": ["invoice_id"],
    "units": ["engagement_id", "unit_type", "month"],
    "touchpoints": ["touchpoint_id"],
    "audits": ["audit_id"],
    "quality_events": ["event_id"],
    "team": ["assignment_id"],
    "surveys": ["response_id", "dimension"],
    "actions": ["action_id"],
    "requirements": ["requirement_id"],
    "responsibilities": ["engagement_id", "activity"],
    "communication_plan": ["engagement_id", "touchpoint"],
    "needs": ["need_id", "criterion"],
    "selections": ["need_id", "cro_id", "criterion"],
    "reviews": ["review_id"],
    "review_replies": ["review_id", "figure"],
    "targets": ["kpi_id", "cro_id", "engagement_id", "effective_from"],
    "fx_rates": ["currency", "year"],
    "holidays": ["day"],
}


@cache
def told(kind: str) -> pd.DataFrame:
    """Every row of every upload of a kind, as text, with the month of its upload."""
    parts = [
        pd.read_csv(path, dtype=str, keep_default_na=False).assign(upload=path.parent.name)
        for path in sorted(UPLOADS.glob(f"*/{kind}.csv"))
    ]
    return pd.concat(parts, ignore_index=True)


@cache
def known(kind: str, as_of: str, cro: str = "", engagement: str = "") -> pd.DataFrame:
    """The newest row of each key in the uploads up to the as-of date, of one CRO or engagement if named."""
    rows = told(kind)
    rows = rows[rows["upload"] <= as_of[:7]].drop_duplicates(KEYS[kind], keep="last")
    if "engagement_id" in rows and kind not in ("engagements", "targets", "actions", "audits"):
        contracts = known("engagements", as_of)[["engagement_id", "cro_id", "service_type"]]
        rows = rows.merge(contracts, on="engagement_id")
    if engagement:
        rows = rows[rows["engagement_id"] == engagement]
    return rows[rows["cro_id"] == cro] if cro else rows


def year_before(as_of: str) -> str:
    """The day before the trailing twelve months begin."""
    day = date.fromisoformat(as_of) + timedelta(1)
    return str(day.replace(year=day.year - 1) - timedelta(1))


def days_between(earlier: pd.Series[Any], later: pd.Series[Any]) -> pd.Series[Any]:
    return (pd.to_datetime(later) - pd.to_datetime(earlier)).dt.days


def blameless(rows: pd.DataFrame, late: pd.Series[Any]) -> pd.Series[Any]:
    """Rows of which all `late` days are allocated, undisputed, and none of them is the CRO's."""
    theirs, ours, nobodys = (pd.to_numeric(rows[f"days_{side}"]).fillna(0) for side in ("cro", "sponsor", "external"))
    others = ours + nobodys
    return (theirs == 0) & (others > 0) & (others >= late) & (rows["attribution_status"] != "disputed")


def dated(due: pd.Series[Any], done: pd.Series[Any], as_of: str) -> pd.Series[Any]:
    """The date that puts an item into a period: its due date, or when it was done if not due yet."""
    return due.where((due <= as_of) | (done == ""), done)


def study_milestones(as_of: str, cro: str = "", engagement: str = "", baseline: str = "original") -> pd.DataFrame:
    """Study milestones planned for the trailing year or still open; `slip` in days, plus is late."""
    rows = known("milestones", as_of, cro, engagement)
    rows = rows[rows["site_id"] == ""].copy()
    rows["due"] = rows["baseline_original"]
    if baseline == "current":
        rows["due"] = rows["baseline_current"].where(rows["baseline_current"] != "", rows["due"])
    rows = rows[(rows["actual"] == "") | (dated(rows["due"], rows["actual"], as_of) > year_before(as_of))]
    overdue = rows[["forecast"]].assign(as_of=as_of).max(axis=1)
    expected = rows["forecast"].where(rows["due"] > as_of, overdue)
    rows["slip"] = days_between(rows["due"], rows["actual"].where(rows["actual"] != "", expected))
    rows["met"] = (rows["actual"] != "") & (rows["slip"] <= 0)
    rows["counted"] = (rows["due"] <= as_of) | (rows["actual"] != "")
    rows["own"] = (rows["slip"] <= 0) | ~blameless(rows, late_by(rows["due"], rows["actual"], as_of))
    return rows


def late_by(due: pd.Series[Any], done: pd.Series[Any], as_of: str) -> pd.Series[Any]:
    """Days from the due date until it was done, or so far."""
    return days_between(due, done.where(done != "", as_of))


def share(part: pd.Series[Any]) -> tuple[int, int]:
    return int(part.sum()), len(part)


def milestones_on_time(as_of: str, cro: str = "", engagement: str = "", baseline: str = "original",
                       all_causes: bool = False) -> tuple[int, int]:  # fmt: skip
    """T01 as (met, due)."""
    rows = study_milestones(as_of, cro, engagement, baseline)
    rows = rows[rows["counted"]]
    return share((rows if all_causes else rows[rows["met"] | rows["own"]])["met"])


def median_slip(as_of: str, cro: str = "", engagement: str = "", baseline: str = "original",
                all_causes: bool = False) -> float:  # fmt: skip
    """T02 in days."""
    rows = study_milestones(as_of, cro, engagement, baseline)
    rows = rows[rows["counted"]]
    return float((rows if all_causes else rows[rows["own"]])["slip"].median())


def deliverables_on_time(as_of: str, cro: str = "", engagement: str = "", all_causes: bool = False) -> tuple[int, int]:
    """D01 as (delivered by due, due)."""
    rows = known("deliverables", as_of, cro, engagement)
    rows = rows[(rows["due_original"] <= as_of) | (rows["delivered"] != "")]
    recent = dated(rows["due_original"], rows["delivered"], as_of) > year_before(as_of)
    rows = rows[recent | (rows["delivered"] == "")]
    met = (rows["delivered"] != "") & (rows["delivered"] <= rows["due_original"])
    late = late_by(rows["due_original"], rows["delivered"], as_of)
    return share(met if all_causes else met[met | ~blameless(rows, late)])


def first_pass(as_of: str, cro: str = "", engagement: str = "") -> tuple[int, int]:
    """D02 as (accepted at first review, first reviews of what was due in the trailing year)."""
    rows = known("deliverables", as_of, cro, engagement)
    rows = rows[rows["first_reviewed_on"] != ""]
    rows = rows[dated(rows["due_original"], rows["delivered"], as_of) > year_before(as_of)]
    return share(rows["first_review"] == "accepted")


def counted(kpi: str, as_of: str, cro: str = "", engagement: str = "") -> tuple[int, int]:
    """A KPI of kpi_data as (numerator, denominator): all of enrolment, latest stock, else trailing year."""
    rows = known("kpi_data", as_of, cro, engagement)
    rows = rows[rows["kpi_id"] == kpi].sort_values("month")
    if kpi == "Q06":
        rows = rows.drop_duplicates("engagement_id", keep="last")
    elif kpi != "T06":
        rows = rows[rows["month"] > year_before(as_of)[:7]]
    return int(rows["numerator"].astype(int).sum()), int(rows["denominator"].astype(int).sum())


def rate(currency: str, as_of: str) -> float:
    rows = known("fx_rates", as_of)
    return float(rows[(rows["currency"] == currency) & (rows["year"] == as_of[:4])]["rate"].iloc[0])


def money(as_of: str, cro: str = "", engagement: str = "") -> dict[str, float]:
    """Sums of the fee in reporting currency: contract, executed orders, AC, and what is still to come."""
    contracts = known("engagements", as_of, cro, engagement)
    pairs = zip(contracts["engagement_id"], contracts["currency"])
    rates = {contract: rate(currency, as_of) for contract, currency in pairs}
    worth = contracts["engagement_id"].map(rates)
    orders = known("change_orders", as_of, cro, engagement)
    orders = orders[(orders["executed"] != "") & (orders["executed"] <= as_of)]
    amounts = orders["value"].astype(float) * orders["engagement_id"].map(rates).astype(float)
    budget = known("budget", as_of, cro, engagement)
    fee = budget[(budget["cost_type"] == "fee") & (budget["invoiced"] != "")].sort_values("month")
    spent = (fee["invoiced"].astype(float) + fee["accrued"].astype(float)) * fee["engagement_id"].map(rates)
    last = fee.drop_duplicates("engagement_id", keep="last")
    return {
        "contract": float((contracts["contract_value"].astype(float) * worth).sum()),
        "orders": float(amounts.sum()),
        "orders_cro": float(amounts[orders["initiator"].isin(["cro", "shared"])].sum()),
        "spent": float(spent.sum()),
        "remaining": float((last["forecast_remaining"].astype(float) * last["engagement_id"].map(rates)).sum()),
    }


def forecast_against_contract(as_of: str, cro: str = "", engagement: str = "") -> float:
    """C09 in percent, plus is under."""
    sums = money(as_of, cro, engagement)
    allowed = sums["contract"] + sums["orders"]
    return 100 * (allowed - sums["spent"] - sums["remaining"]) / allowed


def order_share(as_of: str, cro: str = "", engagement: str = "", all_causes: bool = False) -> float:
    """C06 in percent of the original contract."""
    sums = money(as_of, cro, engagement)
    return 100 * sums["orders" if all_causes else "orders_cro"] / sums["contract"]


@cache
def holidays() -> frozenset[str]:
    return frozenset(told("holidays")["day"])


def business_hours(start: datetime, end: datetime) -> float:
    """Hours of Monday to Friday, 09-17 UTC, less holidays, between two moments."""
    total, day = 0.0, start.date()
    while day <= end.date():
        if day.weekday() < 5 and str(day) not in holidays():
            opens = max(start, datetime.combine(day, time(9, tzinfo=UTC)))
            closes = min(end, datetime.combine(day, time(17, tzinfo=UTC)))
            total += max((closes - opens).total_seconds(), 0) / 3600
        day += timedelta(1)
    return total


@cache
def asked(as_of: str, cro: str = "", engagement: str = "", measure: str = "response") -> pd.DataFrame:
    """Requests to the CRO, less data queries: those of the trailing year (`recent`), and older ones open yet.

    `hours` of business time until the response (or resolution), and whether it is `done`; one that is open
    or was withdrawn ends at as_of or at its withdrawal.
    """
    rows = known("requests", as_of, cro, engagement)
    rows = rows[(rows["direction"] == "to_cro") & (rows["type"] != "data_query")]
    recent = rows["opened_at"].str[:10] > year_before(as_of)
    unanswered = (rows[["first_response_at", "resolved_at", "cancelled_on"]] == "").all(axis=1)
    rows = rows.assign(recent=recent)[recent | unanswered]
    names = ["first_response_at", "resolved_at"] if measure == "response" else ["resolved_at"]
    done, hours = [], []
    for row in rows.to_dict("records"):
        given = [row[name] for name in names if row[name] and row[name][:10] <= as_of]
        end = min(given) if given else f"{min(as_of, row['cancelled_on'] or as_of)}T23:59:59Z"
        done.append(bool(given))
        took = business_hours(datetime.fromisoformat(row["opened_at"]), datetime.fromisoformat(end))
        hours.append(max(took - (float(row["paused_hours"] or 0) if measure == "response" else 0), 0))
    return rows.assign(done=done, hours=hours)


def survival_quantile(hours: pd.Series[Any], done: pd.Series[Any], level: float = 0.5) -> float | None:
    """The first time at which the product-limit curve is at or under 1 - level; None where it never is."""
    curve = 1.0
    for moment in sorted(hours[done].unique()):
        at_risk = (hours >= moment).sum()
        curve *= 1 - ((hours == moment) & done).sum() / at_risk
        if curve <= 1 - level + 1e-12:
            return float(moment)
    return None


def response_median(as_of: str, cro: str = "", engagement: str = "") -> float | None:
    """R01 in business hours, open requests censored."""
    rows = asked(as_of, cro, engagement).query("recent")
    return survival_quantile(rows["hours"], rows["done"])


def response_late_tail(as_of: str, cro: str = "", level: float = 0.75) -> float | None:
    """An upper quantile of the same curve, in business hours."""
    rows = asked(as_of, cro).query("recent")
    return survival_quantile(rows["hours"], rows["done"], level)


def closed_only_median(as_of: str, cro: str = "") -> float:
    """What a report that forgets open requests would say, in business hours."""
    rows = asked(as_of, cro).query("recent")
    return float(rows[rows["done"]]["hours"].median())


def resolution_median(as_of: str, cro: str = "", engagement: str = "") -> float | None:
    """R03 in business days of 8 hours."""
    rows = asked(as_of, cro, engagement, "resolution").query("recent")
    found = survival_quantile(rows["hours"], rows["done"])
    return None if found is None else found / 8


def within_sla(as_of: str, cro: str = "", engagement: str = "") -> tuple[int, int, int]:
    """R02 as (met, missed, pending)."""
    rows = asked(as_of, cro, engagement)
    slas = known("slas", as_of)[["engagement_id", "priority", "response_hours"]]
    rows = rows.merge(slas, on=["engagement_id", "priority"])
    inside = rows["hours"] <= rows["response_hours"].astype(float)
    pending = inside & ~rows["done"] & (rows["cancelled_on"] == "")
    return int((inside & rows["done"]).sum()), int((~inside).sum()), int(pending.sum())


def backlog(as_of: str, cro: str = "", engagement: str = "") -> tuple[int, int]:
    """R04 as (open for more than 30 days, open)."""
    rows = known("requests", as_of, cro, engagement)
    rows = rows[(rows["direction"] == "to_cro") & (rows["type"] != "data_query") & (rows["cancelled_on"] == "")]
    rows = rows[(rows["resolved_at"] == "") | (rows["resolved_at"].str[:10] > as_of)]
    limit = str(date.fromisoformat(as_of) - timedelta(30))
    return int((rows["opened_at"].str[:10] < limit).sum()), len(rows)


def order_turnaround(as_of: str, cro: str = "") -> tuple[float | None, int]:
    """F01 as (median days, n): the CRO's or shared change orders requested in the trailing year."""
    rows = known("change_orders", as_of, cro)
    rows = rows[rows["initiator"].isin(["cro", "shared"]) & (rows["requested"] > year_before(as_of))]
    done = rows["submitted"] != ""
    took = days_between(rows["requested"], rows["submitted"].where(done, as_of))
    return survival_quantile(took, done), len(rows)


def activation_median(as_of: str, cro: str = "") -> tuple[float | None, int]:
    """T04 as (median business days from initiation visit to activation, n): visits of the trailing year."""
    rows = known("milestones", as_of, cro)
    rows = rows[(rows["site_id"] != "") & (rows["actual"] != "")]
    if rows.empty:
        return None, 0
    wide = rows.pivot(index=["engagement_id", "site_id"], columns="milestone", values="actual")
    wide = wide.reindex(columns=["siv", "site_activated"])
    wide = wide[wide["siv"] > year_before(as_of)]
    done = wide["site_activated"].notna()
    ends = wide["site_activated"].fillna(as_of)
    took = pd.Series([workdays(a, b) for a, b in zip(wide["siv"], ends, strict=True)], index=wide.index, dtype=float)
    return survival_quantile(took, done), len(wide)


def workdays(earlier: str, later: str) -> int:
    """Working days after the earlier and up to the later day."""
    days = pd.date_range(earlier, later)[1:]
    return sum(day.weekday() < 5 and str(day.date()) not in holidays() for day in days)


def last_word(cro: str) -> str:
    """The month of the last upload that brought anything of a CRO's engagements."""
    found: list[str] = []
    for kind in set(KEYS) - {
        "cros",
        "engagements",
        "holidays",
        "fx_rates",
        "targets",
        "actions",
        "audits",
        "needs",
        "selections",
        "reviews",
        "review_replies",
    }:
        rows = told(kind).merge(known("engagements", "2026-10-31")[["engagement_id", "cro_id"]], on="engagement_id")
        found += list(rows[rows["cro_id"] == cro]["upload"])
    return max(found)


def invoices_accepted(as_of: str, cro: str = "", engagement: str = "") -> tuple[int, int]:
    """C07 as (accepted as they came, checked), of the invoices issued in the trailing year."""
    rows = known("invoices", as_of, cro, engagement)
    return share(rows[(rows["issued"] > year_before(as_of)) & (rows["outcome"] != "")]["outcome"] == "accepted")


def touchpoints_kept(as_of: str, cro: str = "", engagement: str = "") -> tuple[int, int]:
    """R05 as (as agreed, due) of the trailing year; what we called off, or can still come in time, is in neither."""
    rows = known("touchpoints", as_of, cro, engagement)
    rows = rows[(rows["scheduled"] > year_before(as_of)) & (rows["scheduled"] <= as_of)]
    verdicts = [_kept(row, as_of) for row in rows[rows["cancelled_by"] != "sponsor"].to_dict("records")]
    return verdicts.count("met"), len(verdicts) - verdicts.count("pending")


def _kept(row: Mapping[Any, Any], as_of: str) -> str:
    done, meeting = row["done"], row["type"] == "meeting"
    last = str(date.fromisoformat(row["scheduled"]) + timedelta(2 if meeting else 0))
    if row["cancelled_by"] or (done or as_of) > last:
        return "missed"
    if not done:
        return "pending" if meeting else "missed"
    if not meeting:
        return "met"
    in_time = workdays(done, row["minutes_issued"] or as_of) <= 5
    return "missed" if not in_time else "met" if row["minutes_issued"] else "pending"


def actions_in_time(as_of: str, cro: str = "", engagement: str = "") -> tuple[int, int]:
    """Q10 as (corrective actions closed by due, due or closed), of the trailing year or open yet."""
    rows = known("quality_events", as_of, cro, engagement)
    rows = rows[(rows["type"] == "capa") & ((rows["due"] <= as_of) | (rows["closed"] != ""))]
    rows = rows[(dated(rows["due"], rows["closed"], as_of) > year_before(as_of)) | (rows["closed"] == "")]
    return share((rows["closed"] != "") & (rows["closed"] <= rows["due"]))


def overdue_findings(as_of: str, cro: str = "") -> int:
    """Q11: whatever is graded major or critical, past due and open."""
    rows = known("quality_events", as_of, cro)
    rows = rows[rows["grade"].isin(["major", "critical"]) & (rows["type"] == "audit_finding")]
    return int(((rows["due"] < as_of) & (rows["closed"] == "")).sum())


def findings_by_audit(as_of: str, cro: str = "") -> tuple[int, int]:
    """Q08 as (critical and major findings, audits) of the audits held in the trailing year."""
    held = known("audits", as_of, cro)
    held = held[held["held"] > year_before(as_of)]
    rows = known("quality_events", as_of)
    rows = rows[rows["audit_id"].isin(held["audit_id"]) & (rows["type"] == "audit_finding")]
    return int(rows["grade"].isin(["major", "critical"]).sum()), len(held)


def ran(as_of: str, cro: str = "", engagement: str = "") -> dict[str, tuple[date, date]]:
    """First and last day of each contract, or the as-of date while it runs."""
    rows = known("engagements", as_of, cro, engagement)
    ends = rows["closed_on"].where(rows["closed_on"] != "", as_of)
    days = (map(date.fromisoformat, column) for column in (rows["start_date"], ends))
    return dict(zip(rows["engagement_id"], zip(*days, strict=True), strict=True))


def continuity(as_of: str, cro: str = "", engagement: str = "") -> float:
    """P04 in percent: days of key roles filled by the contracted person, of the days that the contracts ran."""
    rows = known("team", as_of, cro, engagement)
    rows = rows[rows["key_role"] == "yes"]
    filled = total = 0
    for contract, (first, last) in ran(as_of, cro, engagement).items():
        mine = rows[rows["engagement_id"] == contract]
        for role in mine["role"].unique():
            total += (last - first).days + 1
            named = mine[(mine["role"] == role) & (mine["contracted"] == "yes")]
            days = {
                day
                for start, end in zip(named["start_date"], named["end_date"], strict=True)
                for day in pd.date_range(max(start, str(first)), min(end or as_of, str(last)))
            }
            filled += len(days)
    return 100 * filled / total


def turnover(as_of: str, cro: str = "") -> tuple[float, int]:
    """P03 as (leavers for 100 person-years, assignments) of the trailing year."""
    rows = known("team", as_of, cro)
    since = str(date.fromisoformat(year_before(as_of)) + timedelta(1))
    ends = rows["end_date"].where(rows["end_date"] != "", as_of)
    rows = rows.assign(first=rows["start_date"].where(rows["start_date"] > since, since), last=ends)
    rows = rows[rows["last"] >= since]
    years = (days_between(rows["first"], rows["last"]) + 1).sum() / 365.25
    return float(100 * ((rows["end_reason"] == "left") & (rows["end_date"] >= since)).sum() / years), len(rows)


def regard(as_of: str, cro: str = "", engagement: str = "") -> float:
    """P01: the median over our answering people of their mean score, 1 to 5 put on 0 to 100."""
    rows = known("surveys", as_of, cro, engagement)
    rows = rows[(rows["direction"] == "sponsor_on_cro") & (rows["dimension"] != "recommend")]
    ends = pd.PeriodIndex(rows["quarter"].str.replace("-", ""), freq="Q").end_time.strftime("%Y-%m-%d")
    rows = rows[(ends > year_before(as_of)) & (ends <= as_of)]
    means = rows["score"].astype(float).groupby(rows["response_id"]).mean()
    return float(25 * (means.median() - 1))


def replanned(as_of: str, cro: str = "", engagement: str = "") -> float:
    """F02: versions of the plan after the first one, for each year that the contracts ran."""
    versions = known("baselines", as_of, cro, engagement)
    told = set(versions["engagement_id"])
    spans = [span for contract, span in ran(as_of, cro, engagement).items() if contract in told]
    years = sum((last - first).days + 1 for first, last in spans) / 365.25
    return (len(versions) - len(told)) / years
