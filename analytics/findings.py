"""What needs someone: a table of rules over the facts, each a small function that gives findings in words."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import date, timedelta
from enum import StrEnum
from itertools import dropwhile, groupby, pairwise, takewhile
from typing import Any

import pandas as pd

from analytics.catalogue import BY_ID, SCORED
from analytics.control import RECENT, Control, by_month, control, enough, limits, months_of, signals
from analytics.engine import kpi_rows
from analytics.forecast.chance import past_due_risk
from analytics.freshness import late_returns
from analytics.headline import counted, value_text
from analytics.kpi import Band, Kpi, Period
from analytics.scope import completed_quarter, month_name, months_before
from analytics.score import SILENCE, history, study_status
from analytics.thresholds import thresholds
from analytics.timelines import milestone_name
from analytics.verdict import Verdict, unsure
from analytics.view import View
from analytics.words import count, day, lateness, money, over_under
from data.returns.due import WORKING_DAY

Row = dict[str, Any]
SLIP = int(BY_ID["T02"].red or 0)
"""Days after its date from which a forecast counts as late where no target says otherwise: the red milestone slip."""
CASES = BY_ID["R04"].min_n
"""Escalated requests from which they are a pattern and not a case: what the age of a queue needs to be rated."""
CHARTED = 24
"""Months on a control chart."""
NOT_RECORDED, CRO, US = "cause not recorded", "CRO", "us"


class Level(StrEnum):
    """How a finding asks to be read, the most urgent first."""

    ACT = "act now"
    WATCH = "soon"
    GOOD = "good news"


@dataclass(frozen=True, slots=True)
class Subject:
    """Whom a finding is about: a CRO, and one of its engagements unless it is about the CRO as a whole."""

    cro_id: str
    cro: str
    engagement: str = ""
    study: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """One thing that needs someone.

    `about` tells it from others of the same rule and subject; `since` is the first day of its unbroken state, None
    where it is not known. `stake` is what is at stake in words, and `size` the same as a number that grows with it:
    days, percent of the contract, or points. `side` is who caused it; `evidence` the numbers behind it, whose rows are
    at `page` with `parameters` in the address. `kpis` are those an action against it would name.
    """

    rule: str
    level: Level
    subject: Subject
    about: str
    what: str
    since: date | None
    stake: str
    size: float
    side: str
    evidence: str
    page: str
    parameters: dict[str, str]
    kpis: tuple[str, ...] = ()

    @property
    def key(self) -> tuple[str, Subject, str]:
        """What it stays under from one list to the next."""
        return self.rule, self.subject, self.about


@dataclass(frozen=True, slots=True)
class Clock:
    """What is asked beside the facts.

    Late returns need `today`, None to look from the as-of date, and the working day on which they are due. A list that
    is only compared with another needs not be `dated`: to know since when costs a state of the facts a month.
    """

    today: date | None = None
    working_day: int = WORKING_DAY
    dated: bool = True


@dataclass(frozen=True, slots=True)
class Rule:
    """One kind of finding: what it finds and when that asks to act now, in words, and the function that finds it."""

    name: str
    finds: str
    acts: str
    find: Callable[[View, Clock], Iterator[Finding]] = field(repr=False)


ENGAGEMENTS = "SELECT engagement_id, study_id, cro_id, cro FROM fact_engagement WHERE active"
LATE_DATES = """
SELECT
    milestone.*, date_diff('day', milestone.due, $as_of) AS overdue_days, told.since
FROM fact_milestone AS milestone
LEFT JOIN (
    SELECT engagement_id, milestone, min(told) AS since
    FROM (
        SELECT
            told.engagement_id, told.milestone, told.told,
            bool_and(told.date > milestone.due + CASE WHEN milestone.contractual THEN 0 ELSE $slip END) OVER (
                PARTITION BY told.engagement_id, told.milestone ORDER BY told.told DESC
            ) AS still
        FROM fact_milestone_told AS told
        JOIN fact_milestone AS milestone
            ON milestone.engagement_id = told.engagement_id AND milestone.milestone = told.milestone
        WHERE milestone.whole_study AND milestone.state = 'open'
    )
    WHERE still
    GROUP BY ALL
) AS told ON told.engagement_id = milestone.engagement_id AND told.milestone = milestone.milestone
WHERE milestone.whole_study AND (
    milestone.state = 'overdue'
    OR (milestone.state = 'open' AND milestone.slip_days > CASE WHEN milestone.contractual THEN 0 ELSE $slip END)
)
"""
CONTRACTS = """
SELECT
    forecast.engagement_id, forecast.currency, forecast.forecast, forecast.contract_value, forecast.contract_now,
    forecast.unsigned, spent.spent, spent.gone_on, orders.by_cro, orders.by_us, orders.shared, orders.external
FROM fact_forecast AS forecast
JOIN (
    SELECT
        month.engagement_id, max(month.so_far)::DOUBLE AS spent,
        min(month.month_end) FILTER (month.so_far >= engagement.contract_value) AS gone_on
    FROM (
        SELECT engagement_id, month_end, sum(ac) OVER (PARTITION BY engagement_id ORDER BY month_end) AS so_far
        FROM fact_budget
        WHERE cost_type = 'fee' AND ended
    ) AS month
    JOIN fact_engagement AS engagement ON engagement.engagement_id = month.engagement_id
    GROUP BY month.engagement_id
) AS spent ON spent.engagement_id = forecast.engagement_id
LEFT JOIN (
    SELECT
        engagement_id,
        sum(value) FILTER (initiator = 'cro') AS by_cro, sum(value) FILTER (initiator = 'sponsor') AS by_us,
        sum(value) FILTER (initiator = 'shared') AS shared, sum(value) FILTER (initiator = 'external') AS external
    FROM fact_change_order
    WHERE state = 'executed'
    GROUP BY engagement_id
) AS orders ON orders.engagement_id = forecast.engagement_id
WHERE forecast.forecast IS NOT NULL
"""
FORECASTS = "SELECT engagement_id, month_end, forecast FROM fact_forecast_month ORDER BY engagement_id, month_end DESC"
ESCALATED = """
SELECT
    request.cro_id, request.direction, request.study_id, count(*) AS items, max(request.age_days) AS days,
    min(request.opened_on) AS since
FROM fact_request AS request
JOIN fact_engagement AS engagement ON engagement.engagement_id = request.engagement_id
WHERE engagement.active AND request.open AND request.state = 'missed' AND request.escalation_level >= 2
    AND request.type <> 'data_query'
GROUP BY ALL
ORDER BY request.cro_id, request.direction, items DESC, request.study_id
"""
UNSIGNED = """
SELECT engagement_id, currency, sum(value) AS value, min(needed_by) AS since, count(*) AS items
FROM fact_change_order
WHERE state = 'unsigned' AND before_signature
GROUP BY engagement_id, currency
ORDER BY engagement_id
"""
DONE_ACTIONS = """
SELECT cro_id, kpi_id, description, closed, effect
FROM known_actions
WHERE closed > $after AND kpi_id IS NOT NULL
ORDER BY closed, action_id
"""
LATE_DELIVERABLES = """
SELECT
    engagement_id, count(*) AS items, max(slip_days) AS days, min(due) AS since, min_by(name, (due, name)) AS oldest
FROM fact_deliverable
WHERE state = 'overdue'
GROUP BY engagement_id
ORDER BY engagement_id
"""


def subjects(view: View) -> dict[str, Subject]:
    """The active engagements in scope, by id."""
    rows = view.rows(ENGAGEMENTS)
    return {
        row["engagement_id"]: Subject(row["cro_id"], row["cro"], row["engagement_id"], row["study_id"]) for row in rows
    }


def _cros(view: View) -> dict[str, Subject]:
    """The CROs with an active engagement in scope, by id."""
    return {one.cro_id: Subject(one.cro_id, one.cro) for one in subjects(view).values()}


def _of_studies(view: View, question: str, **more: Any) -> Iterator[tuple[Subject, Row]]:
    """The rows of a question by engagement that are about an active one."""
    active = subjects(view)
    return (
        (active[row["engagement_id"]], row) for row in view.rows(question, **more) if row["engagement_id"] in active
    )


def _study(subject: Subject, part: str) -> dict[str, Any]:
    return {"page": "studies", "parameters": {"engagement": subject.engagement, "part": part}}


def _most(sides: dict[str, float | None], otherwise: str) -> str:
    """The side with the largest part; `otherwise` where no side has any."""
    known = {side: part for side, part in sides.items() if part}
    return max(known, key=lambda side: known[side]) if known else otherwise


def late_dates(view: View, _: Clock) -> Iterator[Finding]:
    """Milestones overdue, or forecast late: a contractual one by any day, others by more than the red slip."""
    red = thresholds(view).of(BY_ID["T02"]).red
    slip = SLIP if red is None else red
    for subject, row in _of_studies(view, LATE_DATES, slip=slip):
        overdue, contractual, days = row["state"] == "overdue", row["contractual"], row["slip_days"]
        act = overdue or days > slip if contractual else overdue and row["overdue_days"] > SILENCE
        yield Finding(
            rule="date",
            level=Level.ACT if act else Level.WATCH,
            subject=subject,
            about=row["milestone"],
            what=f"{milestone_name(row['milestone'])} {'overdue' if overdue else 'forecast late'}"
            + (", contractual" if contractual else ""),
            since=row["due"] if overdue else row["since"],
            stake=lateness(row["overdue_days"] if overdue else days),
            size=days,
            side=_most({CRO: row["days_cro"], US: row["days_sponsor"], "external": row["days_external"]}, NOT_RECORDED),
            evidence=_told(row, view.scope.as_of),
            kpis=("T01", "T02"),
            **_study(subject, "Plan"),
        )


def _told(row: Row, as_of: date) -> str:
    """What the CRO says of a late date; of an overdue one its due date stands already as `since`."""
    forecast, said = row["forecast"], "no forecast"
    if forecast is not None:
        said = f"forecast {day(forecast)}" if forecast > as_of else f"its forecast of {day(forecast)} has passed"
    due = "" if row["state"] == "overdue" else f"due {day(row['due'])}, "
    moved = (
        f"; the current plan moved it to {day(row['baseline_current'])}" if row["baseline_current"] > row["due"] else ""
    )
    return f"{due}{said}{moved}"


def doubtful_dates(view: View, _: Clock) -> Iterator[Finding]:
    """Contractual dates that the CRO still promises, and that past ones of their kind would rather miss."""
    active = subjects(view)
    for row in past_due_risk(view).to_dict("records"):
        told = None if pd.isna(row["forecast"]) else row["forecast"].date()
        due = row["due"].date()
        if row["state"] != "open" or row["engagement"] not in active or (told is not None and told > due):
            continue
        subject = active[row["engagement"]]
        yield Finding(
            rule="date",
            level=Level.WATCH,
            subject=subject,
            about=f"{row['code']} in doubt",
            what=f"{row['milestone']} in doubt, contractual",
            since=None,
            stake=row["reason"] if pd.isna(row["chance"]) else f"{row['chance']:.0f} % to be met",
            size=float(row["days_late"]),
            side=NOT_RECORDED,
            evidence=f"due {day(due)}, half of {count(row['cases'], 'past case')} would come after "
            f"{day(row['p50'].date())}",
            kpis=("T01", "T02"),
            **_study(subject, "Forecast"),
        )


def spent_contracts(view: View, _: Clock) -> Iterator[Finding]:
    """Fees that end before the work: a forecast red against the contract, or an original contract that is spent."""
    asked = kpi_rows(view, [BY_ID["C09"], BY_ID["C06"]], ("engagement",))
    kpis = {(row["kpi"], row["engagement"]): row for row in asked}
    told = {one: list(rows) for one, rows in groupby(view.rows(FORECASTS), key=lambda row: str(row["engagement_id"]))}
    for subject, row in _of_studies(view, CONTRACTS):
        against, growth = kpis["C09", subject.engagement], kpis["C06", subject.engagement]
        if against["band"] is Band.RED:
            yield _over(subject, row, against["red"], told[subject.engagement])
        elif (
            row["spent"] >= row["contract_value"] and row["forecast"] > row["spent"] and growth["band_all"] is Band.RED
        ):
            yield _outgrown(subject, row)


def _over(subject: Subject, row: Row, red: float, told: list[Row]) -> Finding:
    """More is forecast than is signed. `red`: percent of the contract, plus is under; `told`: newest forecast first."""
    contract, currency = row["contract_now"], row["currency"]
    limit = contract * (1 - red / 100)
    still = [month["month_end"] for month in takewhile(lambda month: month["forecast"] > limit, told)]
    unsigned = f"; {money(row['unsigned'], currency)} waits for signature" if row["unsigned"] else ""
    gone = row["spent"] >= contract
    return Finding(
        rule="money",
        level=Level.ACT if row["forecast"] - row["unsigned"] > limit else Level.WATCH,
        subject=subject,
        about="contract",
        what="Contract spent, the work is not done" if gone else "Contract will be spent before the work is done",
        since=still[-1] if still else None,
        stake=over_under(contract - row["forecast"], currency),
        size=100 * (row["forecast"] - contract) / contract,
        side="causes not split",
        evidence=f"{money(row['spent'], currency)} of {money(contract, currency)} spent, "
        f"forecast {money(row['forecast'], currency)}{unsigned}",
        kpis=("C09", "C04", "C01"),
        **_study(subject, "Money"),
    )


def _outgrown(subject: Subject, row: Row) -> Finding:
    """The original contract is spent, and signed change orders carry the rest of the work."""
    signed, currency = row["contract_now"] - row["contract_value"], row["currency"]
    parts = {CRO: row["by_cro"], US: row["by_us"], "shared": row["shared"], "external": row["external"]}
    side = _most(parts, NOT_RECORDED)
    return Finding(
        rule="money",
        level=Level.WATCH,
        subject=subject,
        about="original contract",
        what="Original contract spent, signed changes carry the rest",
        since=row["gone_on"],
        stake=f"{money(signed, currency)} of changes signed",
        size=100 * signed / row["contract_value"],
        side=side,
        evidence=f"{money(row['spent'], currency)} spent of {money(row['contract_value'], currency)} first agreed; "
        f"of {money(signed, currency)} signed since, {money(parts.get(side), currency)} from {side}",
        kpis=("C06", "C09"),
        **_study(subject, "Money"),
    )


def silent_cros(view: View, clock: Clock) -> Iterator[Finding]:
    """Returns that are late, one finding a CRO: nothing new told of so many of its active studies."""
    late = late_returns(view, clock.today, clock.working_day)
    for _, own in late.groupby("cro_id", sort=False):
        rows = own.to_dict("records")
        longest = rows[0]
        told = None if pd.isna(longest["last_told"]) else longest["last_told"].date()
        days = max((0 if pd.isna(row["days_since"]) else row["days_since"] for row in rows), default=0)
        months, studies = max(row["missing"] for row in rows), ", ".join(row["study_id"] for row in rows)
        yield Finding(
            rule="silence",
            level=Level.ACT if days > SILENCE or (told is None and months > SILENCE // 30) else Level.WATCH,
            subject=Subject(longest["cro_id"], longest["cro"]),
            about="returns",
            what=f"Nothing new told of {count(len(rows), 'study', 'studies')}",
            since=told,
            stake=f"{count(months, 'month')} missing",
            size=float(days),
            side=NOT_RECORDED,
            evidence=studies if told else f"{studies}: never told",
            page="data",
            parameters={"data": "Freshness"},
        )


def escalated_requests(view: View, _: Clock) -> Iterator[Finding]:
    """Open requests past their SLA that were escalated to level 2, one finding a CRO and direction."""
    cros = _cros(view)
    for (cro, direction), found in groupby(view.rows(ESCALATED), key=lambda row: (row["cro_id"], row["direction"])):
        rows = list(found)
        items, days = sum(row["items"] for row in rows), max(row["days"] for row in rows)
        yield Finding(
            rule="requests",
            level=Level.ACT if items >= CASES else Level.WATCH,
            subject=cros[cro],
            about=direction,
            what=f"{count(items, 'request')} overdue at escalation level 2",
            since=min(row["since"] for row in rows),
            stake=f"oldest {count(days, 'day')}",
            size=float(days),
            side=CRO if direction == "to_cro" else US,
            evidence=", ".join(f"{row['items']} in {row['study_id']}" for row in rows),
            page="cros",
            parameters={"cro": cro, "about": "Open items"},
            kpis=("R01", "R02", "R04"),
        )


def newly_red(view: View, clock: Clock) -> Iterator[Finding]:
    """Scored KPIs of a CRO, or of a study, that are red and were not at the end of the last completed quarter."""
    end = completed_quarter(view.scope.as_of)
    with view.at(end) as quarter:
        before = _rated(quarter)
    rated, studies, cros = _rated(view), subjects(view), _cros(view)
    red = {key: row for key, row in rated.items() if _is_red(row) and not _is_red(before.get(key))}
    known = {key: row for key, row in red.items() if (key[0] in studies if key[0] else key[1] in cros)}
    since = _red_since(view, end, set(known)) if clock.dated else {}
    for key, row in known.items():
        (engagement, cro, kpi), suffix = key, "_all" if key[0] else ""
        unsure_words = f", could be green ({counted(row)})" if unsure(row, suffix) else f" ({counted(row)})"
        then = before.get(key, {}).get(f"value{suffix}")
        was = f"; {value_text(before[key], suffix)} at {day(end)}" if then is not None else f"; no value at {day(end)}"
        yield Finding(
            rule="red",
            level=Level.ACT if BY_ID[kpi].critical and not unsure(row, suffix) else Level.WATCH,
            subject=studies[engagement] if engagement else cros[cro],
            about=kpi,
            what=f"{BY_ID[kpi].label} newly red",
            since=since.get(key),
            stake=value_text(row, suffix),
            size=100 - (row[f"points{suffix}"] or 0.0),
            side="all causes" if engagement else _responsible(BY_ID[kpi]),
            evidence=f"red{unsure_words}{was}",
            page="studies" if engagement else "cros",
            parameters={"engagement": engagement, "part": "KPIs"} if engagement else {"cro": cro, "about": "KPIs"},
            kpis=(kpi,),
        )


Key = tuple[str, str, str]


def _rated(view: View) -> dict[Key, Row]:
    """The scored KPIs by engagement (all causes) and by CRO: the rows of the engine by engagement, CRO and KPI."""
    found: dict[Key, Row] = {("", row["cro"], row["kpi"]): row for row in history(view, 0)[view.scope.as_of]}
    _, scores = study_status(view)
    for engagement, score in scores.items():
        found |= {(engagement, "", part.kpi): dict(part.row) for part in score.parts}
    return found


def _is_red(row: Row | None) -> bool:
    return row is not None and row["band_all" if "engagement" in row else "band"] is Band.RED


def _red_since(view: View, end: date, keys: set[Key]) -> dict[Key, date]:
    """The first of the month ends after `end` since which each has been red, or the as-of date."""
    since, open_keys, at = dict.fromkeys(keys, view.scope.as_of), set(keys), view.scope.as_of
    while open_keys and (at := at.replace(day=1) - timedelta(days=1)) > end:
        with view.at(at) as then:
            rated = _rated(then)
        open_keys = {key for key in open_keys if _is_red(rated.get(key))}
        since |= dict.fromkeys(open_keys, at)
    return since


def chart_signals(view: View, _: Clock) -> Iterator[Finding]:
    """Scored KPIs of events whose months, of one CRO, say more than chance in the last three: for worse or better."""
    kpis, cros = [kpi for kpi in SCORED if kpi.period is Period.EVENTS and by_month(kpi)], _cros(view)
    of: dict[tuple[str, str], dict[str, Row]] = {}
    for row in (row for kpi in kpis for row in months_of(view, kpi, ("cro", "month"))):
        of.setdefault((row["kpi"], row["cro"]), {})[row["month"]] = row
    done = _done(view, view.scope.as_of)
    for (kpi, cro), months in of.items():
        if cro not in cros or not _signalled(BY_ID[kpi], months, view.scope.as_of):
            continue
        chart = control(view, kpi, cro)
        if chart.verdict in (Verdict.BETTER, Verdict.WORSE) and chart.since:
            yield _signal(BY_ID[kpi], cros[cro], chart, done.get((cro, kpi)), view.scope.as_of)


def _signalled(kpi: Kpi, months: dict[str, Row], as_of: date) -> bool:
    """Whether a newest month has a signal: quick, so that few charts have to be worked out."""
    names = [month_name(months_before(as_of.replace(day=1), back)) for back in reversed(range(CHARTED))]
    rows = [months.get(name) for name in names]
    values = [row["value"] if row and row["n"] >= enough(kpi) else None for row in rows]
    known = list(dropwhile(lambda value: value is None, values))
    if not any(None not in pair for pair in pairwise(known)):
        return False
    return any(signals(known, limits(known))[-RECENT:])


def _signal(kpi: Kpi, subject: Subject, chart: Control, done: Row | None, as_of: date) -> Finding:
    points = chart.points[chart.points["signal"] != ""]
    last = points.iloc[-1]
    value, mean = (
        value_text({"kpi": kpi.id, "value": last[of], "green": None, "red": None}) for of in ("value", "mean")
    )
    since = date.fromisoformat(f"{chart.since}-01")
    trial = ", trial limits" if chart.trial else ""
    return Finding(
        rule="signal",
        level=Level.GOOD if chart.verdict is Verdict.BETTER else Level.WATCH,
        subject=subject,
        about=kpi.id,
        what=f"{kpi.label} {chart.verdict} than before",
        since=since,
        stake=f"{value}, usually {mean}",
        size=float((as_of - since).days),
        side=_responsible(kpi),
        evidence=f"{last['signal']} ({last['month']}{trial}){_after(done)}",
        page="cros",
        parameters={"cro": subject.cro_id, "about": "Trend", "trend-kpi": kpi.id},
        kpis=(kpi.id,),
    )


def recovered(view: View, clock: Clock) -> Iterator[Finding]:
    """Scored KPIs of a CRO that are green and were red a year before: of events, two years that share none."""
    year, cros, done = (
        months_before(view.scope.as_of, 12),
        _cros(view),
        _done(view, months_before(view.scope.as_of, 12)),
    )
    with view.at(year) as then:
        was = {(row["kpi"], row["cro"]): row for row in history(then, 0)[year] if row["band"] is Band.RED}
    quarters = list(reversed(history(view, 4 if clock.dated else 0).items()))
    for row in quarters[0][1]:
        key = row["kpi"], row["cro"]
        if row["band"] is not Band.GREEN or key not in was or row["cro"] not in cros:
            continue
        ends = [(end, _green(rows, key)) for end, rows in quarters]
        action = _after(done.get((row["cro"], row["kpi"])))
        since = [end for end, _ in takewhile(lambda one: one[1], ends)][-1]
        yield Finding(
            rule="recovered",
            level=Level.GOOD,
            subject=cros[row["cro"]],
            about=row["kpi"],
            what=f"{BY_ID[row['kpi']].label} recovered from red",
            since=since,
            stake=value_text(row),
            size=row["points"],
            side=_responsible(BY_ID[row["kpi"]]),
            evidence=f"{counted(row)}; {value_text(was[key])} at {day(year)}{action}",
            page="cros",
            parameters={"cro": row["cro"], "about": "Trend", "trend-kpi": row["kpi"]},
            kpis=(row["kpi"],),
        )


def _green(rows: list[Row], key: tuple[str, str]) -> bool:
    return any((row["kpi"], row["cro"]) == key and row["band"] is Band.GREEN for row in rows)


def _done(view: View, since: date) -> dict[tuple[str, str], Row]:
    """The newest closed action for each CRO and KPI that one names, closed later than a year before `since`."""
    after = months_before(since, 12)
    return {(row["cro_id"], row["kpi_id"]): row for row in view.rows(DONE_ACTIONS, after=after)}


def _after(action: Row | None) -> str:
    return f"; action closed {day(action['closed'])}: {action['effect'] or action['description']}" if action else ""


def _responsible(kpi: Kpi) -> str:
    return CRO if kpi.controllable_by == CRO else "shared"


def unsigned_work(view: View, _: Clock) -> Iterator[Finding]:
    """Work that began before its change order was signed."""
    for subject, row in _of_studies(view, UNSIGNED):
        yield Finding(
            rule="signature",
            level=Level.WATCH,
            subject=subject,
            about="unsigned",
            what=f"Work before signature of {count(row['items'], 'change order')}",
            since=row["since"],
            stake=over_under(-row["value"], row["currency"]).replace(" over", " unsigned"),
            size=float((view.scope.as_of - row["since"]).days),
            side=US,
            evidence=f"needed by {day(row['since'])}, not signed",
            kpis=("F01", "C06"),
            **_study(subject, "Money"),
        )


def late_deliverables(view: View, _: Clock) -> Iterator[Finding]:
    """Deliverables that are due and not delivered."""
    for subject, row in _of_studies(view, LATE_DELIVERABLES):
        yield Finding(
            rule="deliverables",
            level=Level.WATCH,
            subject=subject,
            about="deliverables",
            what=f"{count(row['items'], 'deliverable')} overdue",
            since=row["since"],
            stake=lateness(row["days"]),
            size=row["days"],
            side=CRO,
            evidence=f"the oldest is {row['oldest']}, due {day(row['since'])}",
            kpis=("D01",),
            **_study(subject, "Deliverables"),
        )


RULES: tuple[Rule, ...] = (
    Rule(
        "date",
        f"a milestone is overdue or forecast more than {SLIP} days late; a contractual one by any day",
        f"a contractual date is past or forecast more than {SLIP} days past, or any other is overdue for a quarter",
        late_dates,
    ),
    Rule(
        "date",
        "a contractual date is more likely missed than met, as past ones were",
        "never by itself",
        doubtful_dates,
    ),
    Rule(
        "money",
        "the fee of a study will be spent, or the original contract is spent, before the work is done",
        "the forecast is red against the contract even with every change order that waits for signature",
        spent_contracts,
    ),
    Rule("silence", "the monthly return of a study is late", "nothing new was told for a quarter", silent_cros),
    Rule(
        "requests",
        "open requests are past their SLA and escalated to level 2",
        f"they are {CASES} or more between us and one CRO",
        escalated_requests,
    ),
    Rule(
        "red",
        "a KPI of a CRO or a study is red and was not at the end of the last completed quarter",
        "the KPI is critical, and chance does not explain its red",
        newly_red,
    ),
    Rule(
        "signal",
        f"a KPI of a CRO leaves its own past in one of the last {RECENT} months, for worse or (good news) for better",
        "never by itself",
        chart_signals,
    ),
    Rule("recovered", "a KPI of a CRO is green and was red a year before: good news", "never", recovered),
    Rule("signature", "work has begun before its change order is signed", "never by itself", unsigned_work),
    Rule("deliverables", "a deliverable is overdue", "never by itself", late_deliverables),
)
"""What needs someone, in the order in which findings of one study are named."""


def findings(view: View, clock: Clock) -> list[Finding]:
    """All findings of all rules at the as-of date."""
    return [finding for rule in RULES for finding in rule.find(view, clock)]
