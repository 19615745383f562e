"""How changes are met: where the days of a change order go, what they add, and who moved the plan."""

from typing import Any

import numpy as np
import pandas as pd

from analytics.headline import headline
from analytics.kpis.flexibility import KPIS
from analytics.study import SIDES
from analytics.survival import curve
from analytics.view import View
from analytics.words import count, day, listing, money

SHORT_NOTICE = 30
"""Days from the request to the day on which the changed work has to begin, under which it is short notice."""
MIN_N = 5
"""Change orders below which a median is too few to go by."""

STAGES = {
    "cro_days": ("Request to proposal", "The CRO"),
    "sponsor_days": ("Proposal to decision", "Us"),
    "signature_days": ("Decision to signature", "Both"),
}
"""Columns of `paths`: the stages of a change order, and whose side each is."""
WAITS = {"cro": "the CRO", "sponsor": "us", "both": "both, for signatures", "": ""}
UNSIGNED = "not signed"

OF = "($engagement = '' OR {table}engagement_id = $engagement) AND ($cro = '' OR {table}cro_id = $cro)"
OURS = OF.format(table="")
# A date that is missing between two known ones leaves days that no side can be given: they are told apart, not shared.
PATHS = f"""
SELECT
    change_order_id AS change_order, study_id AS study, reason, initiator, state, requested, submitted, decided,
    executed,
    CASE
        WHEN submitted IS NOT NULL OR coalesce(decided, executed) IS NULL AND NOT refused THEN days
        WHEN state = 'refused' AND decided IS NOT NULL THEN days
    END::DOUBLE AS cro_days,
    CASE
        WHEN submitted IS NULL OR decided IS NULL AND (executed IS NOT NULL OR refused) THEN NULL
        ELSE greatest(date_diff('day', submitted, coalesce(decided, $as_of)), 0)
    END::DOUBLE AS sponsor_days,
    CASE WHEN decided IS NOT NULL AND state <> 'refused'
        THEN greatest(date_diff('day', greatest(decided, submitted), coalesce(executed, $as_of)), 0)
    END::DOUBLE AS signature_days,
    CASE
        WHEN submitted IS NULL AND state <> 'refused' THEN date_diff('day', requested, coalesce(decided, executed))
        WHEN decided IS NULL AND executed IS NOT NULL THEN greatest(date_diff('day', submitted, executed), 0)
    END::DOUBLE AS unsplit_days,
    CASE WHEN state <> 'refused' OR decided IS NOT NULL
        THEN date_diff('day', requested, coalesce(executed, CASE WHEN refused THEN decided END, $as_of))
    END::DOUBLE AS days,
    CASE
        WHEN state IN ('executed', 'refused') THEN ''
        WHEN decided IS NOT NULL THEN 'both'
        WHEN submitted IS NOT NULL THEN 'sponsor'
        ELSE 'cro'
    END AS waits_for,
    CASE WHEN waits_for <> '' THEN greatest(requested, submitted, decided) END AS since
FROM fact_change_order
WHERE {OURS}
ORDER BY waits_for = '', days DESC, change_order
"""
AMOUNTS = """
SELECT
    min({label}) AS label, currency,
    count(*) FILTER (state = 'executed') AS signed,
    sum(value ORDER BY value) FILTER (state = 'executed') AS signed_value,
    sum(days_impact) FILTER (state = 'executed')::DOUBLE AS signed_days,
    count(*) FILTER (state IN ('requested', 'unsigned')) AS unsigned,
    sum(value ORDER BY value) FILTER (state IN ('requested', 'unsigned')) AS unsigned_value,
    sum(days_impact) FILTER (state IN ('requested', 'unsigned'))::DOUBLE AS unsigned_days,
    count(*) FILTER (state = 'refused') AS refused,
    count(*) FILTER (state <> 'refused' AND days_impact IS NULL) AS untold
FROM fact_change_order
WHERE {of}
GROUP BY lower({label}), currency
ORDER BY currency, abs(coalesce(signed_value, 0)) DESC, abs(coalesce(unsigned_value, 0)) DESC, label
"""
LABELS = {"reason": "coalesce(nullif(trim(reason), ''), 'not recorded')", "initiator": "initiator"}
REBASELINES = f"""
SELECT
    plan.engagement_id AS engagement, plan.study_id AS study, plan.version, plan.approved_on,
    nullif(plan.change_order_id, '') AS change_order,
    CASE
        WHEN coalesce(plan.change_order_id, '') = '' THEN 'no change order'
        WHEN change_order.change_order_id IS NULL THEN 'no known change order of this study'
        WHEN change_order.state = 'executed' THEN 'signed'
        WHEN change_order.state = 'refused' THEN 'change order refused'
        WHEN change_order.decision = 'approved' THEN 'approved, not signed'
        ELSE 'change order not approved'
    END AS backing,
    backing IN ('signed', 'approved, not signed') AS backed,
    CASE WHEN change_order.executed > plan.approved_on
        THEN date_diff('day', plan.approved_on, change_order.executed) END::DOUBLE AS signed_after,
    nullif(trim(plan.reason), '') AS reason
FROM fact_baseline AS plan
LEFT JOIN fact_change_order AS change_order
    ON change_order.change_order_id = plan.change_order_id AND change_order.engagement_id = plan.engagement_id
WHERE plan.later AND {OF.format(table="plan.")}
ORDER BY backed, plan.approved_on DESC, study, plan.version
"""
SHORT = f"""
SELECT
    change_order_id AS change_order, study_id AS study, reason, initiator, requested, needed_by,
    date_diff('day', requested, needed_by)::DOUBLE AS notice, decided, executed,
    CASE
        WHEN state = 'refused' THEN 'refused'
        WHEN executed <= needed_by THEN 'signed in time'
        WHEN executed IS NOT NULL THEN 'signed after the work began'
        WHEN before_signature THEN 'not signed, work has begun'
        ELSE 'not signed yet, work has not begun'
    END AS outcome,
    CASE
        WHEN decided <= needed_by THEN 'in time'
        WHEN decided IS NOT NULL THEN 'after the work began'
        WHEN executed IS NOT NULL OR state = 'refused' THEN 'day not recorded'
        WHEN needed_by <= $as_of THEN 'not decided, work has begun'
        ELSE 'not decided yet'
    END AS decision,
    CASE WHEN before_signature THEN date_diff('day', needed_by, coalesce(executed, $as_of)) END::DOUBLE AS begun_days
FROM fact_change_order
WHERE date_diff('day', requested, needed_by) < {SHORT_NOTICE} AND {OURS}
ORDER BY executed IS NOT NULL OR state = 'refused', notice, change_order
"""
NOTICED = f"SELECT count(*) AS orders, count(needed_by) AS dated FROM fact_change_order WHERE {OURS}"


def kpis(view: View, engagement: str = "", cro: str = "") -> list[dict[str, Any]]:
    """The KPIs of flexibility of one engagement or CRO, as at the head of a page."""
    own = view.scope.of(cros=(cro,) if cro else (), engagements=(engagement,) if engagement else ())
    with view.other(own) as seen:
        return headline(seen, [kpi.id for kpi in KPIS])


def paths(view: View, engagement: str = "", cro: str = "") -> pd.DataFrame:
    """Where the days of each change order went, open ones first, then the longest.

    Columns: label (its code and reason), change_order, study, reason, initiator, state (executed, unsigned, requested,
    refused), requested, submitted, decided, executed, days by stage (`STAGES`; what is open ages to the as-of date),
    unsplit_days (between dates of which one in the middle is not recorded: no side's), days (from the request to the
    signature, the refusal or the as-of date), waits_for (cro, sponsor, both; empty where it is over), since.
    """
    found = view.ask(PATHS, engagement=engagement, cro=cro)
    named = zip(found["change_order"], found["reason"], strict=True)
    found.insert(0, "label", pd.Series([_named(code, why) for code, why in named], dtype=object))
    found["initiator"] = _sides(found["initiator"])
    return found


def _named(code: str, reason: object) -> str:
    return f"{code}: {reason}" if isinstance(reason, str) and reason else code


def _sides(codes: "pd.Series[Any]") -> "pd.Series[Any]":
    return pd.Series([SIDES.get(code, code) for code in codes], dtype=object)


def codes(view: View, engagement: str) -> dict[str, str]:
    """The change orders of an engagement, each with what explains it: to be chosen from."""
    found = paths(view, engagement)
    return dict(zip(found["change_order"], found["label"], strict=True))


def pace(found: pd.DataFrame) -> pd.DataFrame:
    """How long each stage takes, of the frame of `paths`, and all of them together in the last row.

    Columns: stage, side, n, open, median, low, high (days; Kaplan-Meier, so what is open or was refused before counts
    as longer than so far; NaN where fewer than half are over, and no interval where they are too few), days (all so
    far), share (percent of the days that a side can be given), note (`too few (3 of 5)`, or that the median is not
    reached).
    """
    rows = [_pace(found, name, *words) for name, words in STAGES.items()]
    whole = sum(row["days"] for row in rows)
    for row in rows:
        row["share"] = 100 * row["days"] / whole if whole else None
    rows.append(_pace(found, "days", "Request to signature", "All") | {"share": None})
    return pd.DataFrame(rows).astype({"median": float, "low": float, "high": float, "share": float})


ENDS = {"cro_days": "submitted", "sponsor_days": "decided", "signature_days": "executed", "days": "executed"}


def _pace(found: pd.DataFrame, name: str, stage: str, side: str) -> dict[str, Any]:
    known = found[found[name].notna()]
    over = known[ENDS[name]].notna().to_numpy()
    row: dict[str, Any] = {"stage": stage, "side": side, "n": len(known), "open": 0, "median": None, "low": None}
    row |= {"high": None, "days": float(known[name].sum()), "note": "none yet"}
    if known.empty:
        return row
    waiting = {"cro_days": ["cro"], "sponsor_days": ["sponsor"], "signature_days": ["both"]}
    row["open"] = int(known["waits_for"].isin(waiting.get(name, ["cro", "sponsor", "both"])).sum())
    times = curve(known[name].to_numpy(dtype=float), over, np.ones(len(known)))
    row["median"] = times.quantile(0.5)
    few = f"too few ({len(known)} of {MIN_N})" if len(known) < MIN_N else ""
    if not few:
        row["low"], row["high"] = times.median_interval()
    reached = "" if row["median"] is not None else f"fewer than half are over after {count(times.longest, 'day')}"
    row["note"] = "; ".join(part for part in (few, reached) if part)
    return row


def paths_text(found: pd.DataFrame) -> str:
    """What is open and with whom, and the days that no side can be given, in a sentence or two."""
    waits = found[found["waits_for"] != ""]
    held = [f"{(waits['waits_for'] == who).sum()} with {WAITS[who]}" for who in ("cro", "sponsor", "both")
            if (waits["waits_for"] == who).any()]  # fmt: skip
    said = f"{len(waits):,} of {count(len(found), 'change order')} {'is' if len(waits) == 1 else 'are'} open"
    said += f": {listing(held)}." if held else "."
    unsplit = found["unsplit_days"].sum()
    if unsplit:
        said += f" {count(unsplit, 'day')} cannot be given to a side: a date between is not recorded."
    if untold := int(found["days"].isna().sum()):
        said += f" The day of {count(untold, 'refusal')} is not recorded."
    return said


def amounts(view: View, by: str, engagement: str = "", cro: str = "") -> pd.DataFrame:
    """Value and days of the change orders by `reason` or `initiator`, the largest signed first; contract currency.

    Columns: label, currency, signed, signed_value, signed_days, unsigned, unsigned_value, unsigned_days (requested or
    submitted, apart from what is signed), refused, untold (neither refused nor with days told).
    """
    question = AMOUNTS.format(label=LABELS[by], of=OURS)
    found = view.ask(question, engagement=engagement, cro=cro)
    if by == "initiator":
        found["label"] = _sides(found["label"])
    return found


def amounts_text(found: pd.DataFrame) -> str:
    """What is signed and what is not, in a sentence a currency, of the frame of `amounts`."""
    said = []
    for currency, rows in found.groupby("currency", sort=True):
        signed, unsigned = int(rows["signed"].sum()), int(rows["unsigned"].sum())
        parts = []
        if signed:
            days = rows["signed_days"].sum(min_count=1)
            moved = "days not reported" if pd.isna(days) else f"moving ends by {_signed_days(days)}"
            parts.append(
                f"{money(float(rows['signed_value'].sum()), str(currency))} signed in {count(signed, 'order')}, {moved}"
            )
        if unsigned:
            parts.append(
                f"{money(float(rows['unsigned_value'].sum()), str(currency))} in {count(unsigned, 'order')} {UNSIGNED}"
            )
        if refused := int(rows["refused"].sum()):
            parts.append(f"{refused:,} refused")
        said.append(f"{'; '.join(parts)}.")
    return " ".join(said)


def _signed_days(days: float) -> str:
    return f"{'+' if days > 0 else '-' if days < 0 else ''}{count(abs(days), 'day')}"


def rebaselines(view: View, engagement: str = "", cro: str = "") -> pd.DataFrame:
    """The approved plans that replaced an earlier one, those without an approved change order first.

    Columns: engagement, study, version, approved_on, change_order, backing (in words), backed (its change order was
    approved or signed by the as-of date), signed_after (days from the new plan to the signature, where that came
    later), reason.
    """
    return view.ask(REBASELINES, engagement=engagement, cro=cro)


def rebaselines_text(found: pd.DataFrame) -> str:
    """How many new plans have no approved change order, by name."""
    if found.empty:
        return "No plan was approved anew."
    without = found[~found["backed"].astype(bool)]
    if without.empty:
        those = "The new plan has" if len(found) == 1 else f"All {len(found):,} new plans have"
        said = f"{those} an approved change order"
    else:
        named = [f"version {row['version']} of {row['study']} ({day(row['approved_on'].date())})"
                 for row in without.to_dict("records")]  # fmt: skip
        verb = "has" if len(without) == 1 else "have"
        said = (
            f"{len(without):,} of {count(len(found), 'new plan')} {verb} no approved change order: {listing(named, 3)}"
        )
    early = int(found["signed_after"].notna().sum())
    return f"{said}{f'; {early:,} moved before the signature' if early else ''}."


def short_notice(view: View, engagement: str = "", cro: str = "") -> pd.DataFrame:
    """What was asked under `SHORT_NOTICE` days before it was needed, and how it was met; open ones first.

    Columns: change_order, study, reason, initiator, requested, needed_by, notice (days; minus: asked after the work had
    begun), decided, executed, outcome (of the signature, in words), decision (of ours, in words), begun_days (days that
    the work went on before the signature).
    """
    found = view.ask(SHORT, engagement=engagement, cro=cro)
    found["initiator"] = _sides(found["initiator"])
    return found


def notice_text(view: View, engagement: str = "", cro: str = "") -> str:
    """How many were asked at short notice, and how those were met whose day has come."""
    [of] = view.rows(NOTICED, engagement=engagement, cro=cro)
    found = short_notice(view, engagement, cro)
    undated = of["orders"] - of["dated"]
    silent = f" {undated:,} of {count(of['orders'], 'change order')} do not say by when." if undated else ""
    if not of["dated"]:
        return silent.strip()
    said = f"{len(found):,} of {of['dated']:,} were asked under {SHORT_NOTICE} days before they were needed"
    if found.empty:
        return f"{said}.{silent}"
    judged = found[~found["outcome"].isin(["refused", "not signed yet, work has not begun"])]
    met = int((judged["outcome"] == "signed in time").sum())
    begun = int(found["begun_days"].notna().sum())
    parts = [f"{met:,} of {len(judged):,} that are due signed in time"] if len(judged) else ["none is due yet"]
    if begun:
        parts.append(f"work began before the signature of {begun:,}")
    late = int((found["decision"] == "after the work began").sum())
    if late:
        parts.append(f"{late:,} decided after it")
    return f"{said}: {'; '.join(parts)}.{silent}"
