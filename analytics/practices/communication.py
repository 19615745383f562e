"""What was agreed on how to talk on one engagement, what became of it, and what was escalated."""

from collections.abc import Hashable, Iterator, Mapping, Sequence
from datetime import date, timedelta
from math import inf
from typing import Any

import pandas as pd

from analytics.catalogue import BY_ID
from analytics.headline import headline
from analytics.practices.roles import same
from analytics.responsiveness import CASES, CLOCKS, ROWS, Who
from analytics.scope import months_before
from analytics.survival import curve
from analytics.view import View
from analytics.words import count, listing
from data.facts.texts import TEXTS

AS_AGREED = BY_ID["R05"]
FREQUENCIES = {
    "weekly": "every week", "every_two_weeks": "every two weeks", "monthly": "every month",
    "quarterly": "every quarter", "yearly": "every year", "as_needed": "as needed",
}  # fmt: skip
DAYS = {"weekly": 7, "every_two_weeks": 14}
MONTHS = {"monthly": 1, "quarterly": 3, "yearly": 12}
IN_TIME, LATE, OVERDUE, TO_COME = "held in time", "held late", "overdue", "to come"
BY_US, BY_CRO = "cancelled by us", "cancelled by the CRO"
NEVER, NONE = "never scheduled", "none so far"
LOOSE = {"meeting": "Meetings of no plan item", "status_report": "Status reports of no plan item"}
"""How touchpoints are called that name no item of the plan."""
BACK, AHEAD = 12, 3
"""Months that the calendar goes back and ahead."""
STEPS = 4
"""Levels of the escalation path that are followed."""
CHANNELS_OF: dict[Who, str] = {"cro": "the CRO", "sponsor": "us"}

PLAN = """
SELECT plan.touchpoint, plan.frequency, plan.owner, plan.escalation, plan.channel
FROM known_communication_plan AS plan
JOIN fact_engagement AS engagement ON engagement.engagement_id = plan.engagement_id
WHERE plan.engagement_id = $engagement
ORDER BY lower(plan.touchpoint), plan.touchpoint
"""
TOUCHPOINTS = """
SELECT
    touchpoint.touchpoint_id AS code, touchpoint.type, told.plan, touchpoint.scheduled, touchpoint.done,
    touchpoint.minutes_issued AS minutes, touchpoint.cancelled_by, touchpoint.due_on, touchpoint.state,
    touchpoint.event_date, touchpoint.event_date > $since AND touchpoint.event_date <= $as_of AS inside
FROM fact_touchpoint AS touchpoint
JOIN known_touchpoints AS told ON told.touchpoint_id = touchpoint.touchpoint_id
WHERE touchpoint.engagement_id = $engagement
ORDER BY touchpoint.scheduled, code
"""
RAN = """
SELECT greatest(start_date, $since + 1) AS first_on, least(coalesce(ended_on, $as_of), $as_of) AS last_on
FROM fact_engagement
WHERE engagement_id = $engagement
"""
REQUESTS = """
SELECT
    escalation_level AS level, 'request' AS what, request_id AS code, topic AS about,
    CASE WHEN direction = 'to_sponsor' THEN 'us' ELSE 'the CRO' END AS whose, opened_on AS opened, age_days
FROM fact_request
WHERE engagement_id = $engagement AND open AND escalation_level >= 1
"""
ACTIONS = """
SELECT
    action.escalation_level AS level, action.type AS what, action.action_id AS code, action.description AS about,
    coalesce(nullif(action.owner, ''), CASE action.owner_organisation WHEN 'sponsor' THEN 'us' WHEN 'cro' THEN 'the CRO'
        END) AS whose,
    action.raised AS opened, date_diff('day', action.raised, $as_of) AS age_days
FROM known_actions AS action
JOIN fact_engagement AS engagement ON engagement.engagement_id = action.engagement_id
WHERE action.engagement_id = $engagement AND action.raised IS NOT NULL AND action.closed IS NULL
    AND action.escalation_level >= 1
"""
# A level has no date of its own: it holds since the first status date after the last one that told a lower level.
REACHED = f"""
SELECT code, min(status_date) AS since
FROM (
    SELECT
        version.{{key}} AS code, told.status_date, version.valid_from,
        coalesce(version.escalation_level, 0) AS level,
        max(CASE WHEN coalesce(version.escalation_level, 0) < $levels[version.{{key}}] THEN version.valid_from END)
            OVER (PARTITION BY version.{{key}}) AS lower
    FROM {{kind}} AS version
    JOIN uploads AS told ON told.number = version.valid_from
    WHERE version.{{key}} IN (SELECT unnest(map_keys($levels))) AND version.valid_from <= $known_at
        AND told.status_date <= $as_of AND told.number NOT IN ({TEXTS["undone_upload"]})
)
WHERE lower IS NULL OR valid_from > lower
GROUP BY code
"""
CHANNEL = "coalesce(nullif(lower(trim(channel)), ''), 'not recorded')"

COUNTS = ["scheduled", "held", "late", "overdue", "minuted", "by_cro", "by_us"]
ITEMS = [
    "touchpoint", "word", "frequency", "expected", *COUNTS, "met", "n", "share", "next", "owner", "channel",
    "escalation", "agreed",
]  # fmt: skip
CALENDAR = ["item", "code", "type", "scheduled", "done", "minutes", "outcome"]
LEVELS = ["level", "what", "code", "about", "whose", "opened", "age_days", "since"]
BY_CHANNEL = ["channel", "asked", "n", "open", "median", "p90", "untimed", "word"]

Row = dict[str, Any]


def kpis(view: View, engagement: str) -> list[dict[str, Any]]:
    """Meetings and reports as agreed, and the first response, of one engagement."""
    with view.other(view.scope.of(engagements=(engagement,))) as own:
        return headline(own, ("R05", "R01"))


def plan(view: View, engagement: str) -> pd.DataFrame:
    """What was agreed, and what became of it in the period: one row an item of the plan, what needs attention first.

    Columns: touchpoint, word (what to know of it), frequency, expected (whole intervals of the frequency for which the
    engagement ran in the period; none where it is as needed), scheduled, held, late (a meeting more than two days after
    the day, a report after it: KPI R05), overdue, minuted (held meetings with minutes), by_cro and by_us (cancelled),
    met of n and share (percent: as R05 has it, so what we cancelled is in neither; no share below its minimum), next,
    owner, channel, escalation, agreed.

    A touchpoint belongs to the item that it names in its column plan. Which of several meetings one without a name was
    cannot be known, so those are rows of their own at the end (agreed is false), as are names that the plan has not.
    """
    items, held, ran = _read(view, engagement, PLAN, TOUCHPOINTS, RAN)
    as_of = view.scope.as_of
    known = {same(item["touchpoint"]) for item in items}
    loose = _others(held, known)
    rows = [
        item
        | _counted([one for one in held if same(one["plan"]) == same(item["touchpoint"])], as_of)
        | {"expected": _expected(item["frequency"], ran), "agreed": True}
        for item in items
    ]
    rows += [
        {"touchpoint": name, "agreed": False, "expected": None, "frequency": ""} | _counted(group, as_of)
        for name, group in loose.items()
    ]
    for row in rows:
        row["word"] = _word(row)
        row["frequency"] = FREQUENCIES.get(row["frequency"], row["frequency"])
    rows.sort(key=lambda row: (not row["agreed"], row["word"] != NEVER, -row["overdue"], _rate(row)))
    found = pd.DataFrame(rows, columns=ITEMS).astype({"expected": float, "share": float})
    return found.astype({"next": "datetime64[us]"})


def _read(view: View, engagement: str, *questions: str) -> list[list[Row]]:
    """The rows of one engagement that each question asks for."""
    with view.other(view.scope.of(engagements=(engagement,))) as own:
        return [own.rows(question, engagement=engagement) for question in questions]


def _others(held: Sequence[Row], known: set[str]) -> dict[str, list[Row]]:
    """Touchpoints of no item of the plan, by what they are called."""
    found: dict[str, list[Row]] = {}
    for one in held:
        if same(one["plan"]) not in known:
            name = f"{' '.join(one['plan'].split())} (not in the plan)" if same(one["plan"]) else LOOSE[one["type"]]
            found.setdefault(name, []).append(one)
    return found


def _counted(group: Sequence[Row], as_of: date) -> Row:
    inside = [one for one in group if one["inside"]]
    outcomes = [outcome(one, as_of) for one in inside]
    judged = [one["state"] for one in inside if one["state"] in ("met", "missed")]
    ahead = [one["scheduled"] for one in group if outcome(one, as_of) == TO_COME]
    enough = len(judged) >= AS_AGREED.min_n
    return {
        "ever": len(group), "scheduled": len(inside), "held": outcomes.count(IN_TIME) + outcomes.count(LATE),
        "late": outcomes.count(LATE), "overdue": outcomes.count(OVERDUE),
        "minuted": sum(one["type"] == "meeting" and None not in (one["done"], one["minutes"]) for one in inside),
        "by_cro": outcomes.count(BY_CRO), "by_us": outcomes.count(BY_US), "met": judged.count("met"),
        "n": len(judged), "share": 100 * judged.count("met") / len(judged) if enough else None,
        "next": pd.Timestamp(min(ahead)) if ahead else None,
    }  # fmt: skip


def outcome(one: Row, as_of: date) -> str:
    """What became of a touchpoint by the as-of date."""
    if one["cancelled_by"]:
        return BY_US if one["cancelled_by"] == "sponsor" else BY_CRO
    if one["done"] is not None:
        return LATE if one["done"] > one["due_on"] else IN_TIME
    return OVERDUE if one["due_on"] <= as_of else TO_COME


def _expected(frequency: str, ran: Sequence[Row]) -> int | None:
    """Whole intervals of a frequency between the first and the last day, both included."""
    if not ran or (frequency not in DAYS and frequency not in MONTHS):
        return None
    first, after = ran[0]["first_on"], ran[0]["last_on"] + timedelta(days=1)
    if after <= first:
        return 0
    if frequency in DAYS:
        return int((after - first).days // DAYS[frequency])
    months = (after.year - first.year) * 12 + after.month - first.month - (after.day < first.day)
    return int(months // MONTHS[frequency])


def _word(row: Row) -> str:
    if not row["agreed"]:
        return "not in the plan"
    if not row["ever"]:
        return NONE if row["expected"] is None else NEVER
    if row["overdue"]:
        return f"{row['overdue']:,} overdue"
    if row["expected"] and row["scheduled"] < row["expected"]:
        return f"{row['expected'] - row['scheduled']:,} fewer than agreed"
    if not row["n"]:
        return "nothing due yet"
    few = "" if row["n"] >= AS_AGREED.min_n else ", too few to rate"
    return f"{row['met']:,} of {row['n']:,} as agreed{few}"


def _rate(row: Row) -> float:
    return row["met"] / row["n"] if row["n"] else 2.0


def summary(found: pd.DataFrame) -> str:
    """What became of the plan, in a sentence or two, of the frame of `plan`; empty without a plan."""
    items = found[found["agreed"].astype(bool)]
    if items.empty:
        return ""
    met, judged = int(items["met"].sum()), int(items["n"].sum())
    said = [f"{met:,} of {judged:,} meetings and reports of the plan as agreed" if judged else "Nothing was due yet"]
    if late := int(items["overdue"].sum()):
        said.append(f"{late:,} overdue")
    never = list(items.loc[items["word"] == NEVER, "touchpoint"])
    text = f"{'; '.join(said)}."
    if never:
        text += f" Never scheduled: {listing(never, 4)}."
    loose = found[~found["agreed"].astype(bool)]
    named = int(loose.loc[loose["touchpoint"].isin(LOOSE.values()), "scheduled"].sum())
    if named:
        does = "names" if named == 1 else "name"
        text += f" {count(named, 'touchpoint')} of the period {does} no item of the plan."
    return text


def _undrawn(row: Mapping[Hashable, Any]) -> str:
    return row["word"] if row["word"] in (NEVER, NONE) else "none in these months"


def names(view: View, engagement: str) -> dict[str, str]:
    """The items of the plan, and the names that touchpoints have beside them: what a touchpoint can be one of."""
    items, held = _read(view, engagement, PLAN, TOUCHPOINTS)
    written = [item["touchpoint"] for item in items] + [one["plan"] for one in held if one["plan"]]
    return {name: name for name in written}


def calendar(view: View, engagement: str) -> pd.DataFrame:
    """The touchpoints of one engagement from twelve months before the as-of date to three after it.

    Columns: item (of the plan, or as `plan` calls the others), code, type, scheduled, done, minutes, outcome (held in
    time, held late, overdue, cancelled by us, cancelled by the CRO, to come). An item of the plan of which nothing is
    in these months has one row without a day, which says so as its outcome. Items in the order of `plan`.
    """
    found = plan(view, engagement)
    order = found["touchpoint"].tolist()
    items, held = _read(view, engagement, PLAN, TOUCHPOINTS)
    as_of = view.scope.as_of
    first, last = months_before(as_of, BACK), months_before(as_of, -AHEAD)
    called = {same(item["touchpoint"]): item["touchpoint"] for item in items}
    names = {one["code"]: called[same(one["plan"])] for one in held if same(one["plan"]) in called}
    names |= {one["code"]: name for name, group in _others(held, set(called)).items() for one in group}
    rows = [
        {
            "item": names[one["code"]], "code": one["code"], "type": one["type"], "scheduled": one["scheduled"],
            "done": one["done"], "minutes": one["minutes"], "outcome": outcome(one, as_of),
        }
        for one in held
        if first < one["scheduled"] <= last or (one["done"] and first < one["done"])
    ]  # fmt: skip
    drawn = {row["item"] for row in rows}
    rows += [
        {"item": row["touchpoint"], "outcome": _undrawn(row)}
        for row in found.to_dict("records")
        if row["agreed"] and row["touchpoint"] not in drawn
    ]
    rows.sort(key=lambda row: order.index(row["item"]))
    dates = dict.fromkeys(("scheduled", "done", "minutes"), "datetime64[us]")
    return pd.DataFrame(rows, columns=CALENDAR).astype(dates)


def path(view: View, engagement: str) -> pd.DataFrame:
    """Where a concern goes: one row an item of the plan, with its owner and the levels after them.

    Columns: touchpoint, level 1 (its owner), level 2 and so on: where that goes next by the plan. What names a
    touchpoint of the plan goes on from there; a way that comes back to itself ends.
    """
    [items] = _read(view, engagement, PLAN)
    ways = {same(item["touchpoint"]): item["escalation"] or "" for item in items}
    levels = [f"level {number}" for number in range(1, STEPS + 1)]
    rows = []
    for item in items:
        way = [item["owner"], *_way(item, ways)][:STEPS]
        rows.append({"touchpoint": item["touchpoint"]} | dict(zip(levels, way, strict=False)))
    found = pd.DataFrame(rows, columns=["touchpoint", *levels], dtype=object)
    return found.dropna(axis="columns", how="all") if len(found) else found


def _way(item: Row, ways: dict[str, str]) -> Iterator[str]:
    seen, step = {same(item["touchpoint"])}, item["escalation"] or ""
    while step and same(step) not in seen:
        yield step
        seen.add(same(step))
        step = ways.get(same(step), "")


def escalated(view: View, engagement: str) -> pd.DataFrame:
    """Requests and actions that are open at the as-of date and escalated, the highest level first, then the oldest.

    Columns: level, what (request, or the type of the action), code, about, whose (who must answer or owns it), opened,
    age_days, since (status date at which the level was first told, and no lower one after it).
    """
    with view.other(view.scope.of(engagements=(engagement,))) as own:
        rows = []
        for question, kind, key in ((REQUESTS, "requests", "request_id"), (ACTIONS, "actions", "action_id")):
            found = own.rows(question, engagement=engagement)
            rows += [row | {"since": since} for row, since in zip(found, _reached(own, kind, key, found), strict=True)]
    rows.sort(key=lambda row: (-row["level"], -row["age_days"], row["code"]))
    dates = dict.fromkeys(("opened", "since"), "datetime64[us]")
    return pd.DataFrame(rows, columns=LEVELS).astype(dates)


def _reached(view: View, kind: str, key: str, found: Sequence[Row]) -> list[date | None]:
    if not found:
        return []
    levels = {"key": [row["code"] for row in found], "value": [row["level"] for row in found]}
    since = {row["code"]: row["since"] for row in view.rows(REACHED.format(kind=kind, key=key), levels=levels)}
    return [since.get(row["code"]) for row in found]


def escalated_text(found: pd.DataFrame) -> str:
    """`2 open at level 3, 1 at level 2`: the frame of `escalated` in a sentence."""
    if found.empty:
        return "Nothing that is open was escalated."
    by_level = found["level"].value_counts().sort_index(ascending=False)
    first, *rest = [f"{number:,} at level {level}" for level, number in by_level.items()]
    return f"Open and escalated: {', '.join([first, *rest])}."


def channels(view: View, engagement: str) -> pd.DataFrame:
    """How soon each channel brings a first answer, each way and the slowest first.

    Requests of the period that are no data queries.

    Columns: channel (`not recorded` where none is), asked (the CRO, us), n (requests with a time of day), open (still
    waiting, so censored), median and p90 (business hours, Kaplan-Meier; none where the curve does not get there),
    untimed (without a time of day, in no figure), word (too few, or what there is to know).
    """
    measure, _ = CLOCKS["response"]
    rows = []
    with view.other(view.scope.of(engagements=(engagement,))) as own:
        for who, asked in CHANNELS_OF.items():
            question = CASES.format(
                label=CHANNEL, time=measure.time, finished=measure.finished, where=ROWS[who].where
            )  # fmt: skip
            found = own.ask(question, services=[], whole=False, priority="")
            rows += [_channel(str(name), asked, cases) for name, cases in found.groupby("label", sort=True)]
    rows.sort(key=lambda row: (row["asked"] != CHANNELS_OF["cro"], not row["n"], -_slow(row), row["channel"]))
    return pd.DataFrame(rows, columns=BY_CHANNEL).astype({"median": float, "p90": float})


def _slow(row: Row) -> float:
    return inf if row["median"] is None else float(row["median"])


def _channel(name: str, asked: str, cases: pd.DataFrame) -> Row:
    timed = cases[cases["time"].notna()]
    n, untimed = int(timed["items"].sum()), int(cases["items"].sum() - timed["items"].sum())
    row: Row = {"channel": name, "asked": asked, "n": n, "open": 0, "untimed": untimed, "median": None, "p90": None}
    if not n:
        return row | {"word": "no times of day"}
    finished = timed["finished"].to_numpy(dtype=bool)
    seen = curve(timed["time"].to_numpy(dtype=float), finished, timed["items"].to_numpy(dtype=float))
    median, least = seen.quantile(0.5), ROWS["cro"].min_n
    few = f"too few ({n:,} of {least:,} requests)" if n < least else ""
    waiting = "" if median is not None else "fewer than half are answered"
    return row | {
        "open": int(timed.loc[~finished, "items"].sum()), "median": median, "p90": seen.quantile(0.9),
        "word": ", ".join(part for part in (few, waiting) if part),
    }  # fmt: skip
