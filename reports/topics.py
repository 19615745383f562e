"""The topics of a review, each a section of its pack, in the order of the meeting."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, Literal

import pandas as pd

from analytics import budget, cro, home, quality, relationship, responsiveness, timelines
from analytics import headline as heads
from analytics.behind import milestone_code
from analytics.catalogue import BY_ID
from analytics.changes import difference
from analytics.forecast import chance, money
from analytics.kpi import Band, Domain
from analytics.practices import effect, feedback, fit
from analytics.reviews import Review, agreed, explanations, replies, reply_words
from analytics.scope import quarter_name
from analytics.score import GREEN_FROM, RED_UNDER, Part, Score, Scorecard, scorecard
from analytics.verdict import red_by_fact
from analytics.view import View
from analytics.why.score import why_score
from analytics.words import BAND_WORDS, count, listing
from analytics.words import money as total
from analytics.words import score as points
from reports.content import Cell, Chart, Column, Figure, Figures, Pack, Section, Series, Table, Text
from reports.reply import DAYS

Before = Score | None
ASKED = "Decisions asked for"
PEERS = 3
"""With fewer other CROs a range would tell whose number it is."""
CHANGES = 3
CAUSES = {"days_cro": "CRO", "days_sponsor": "Sponsor", "days_external": "External", "days_unknown": "Not recorded"}
ROLES = {"days_cro": "cro", "days_sponsor": "sponsor", "days_external": "external", "days_unknown": "baseline"}
SIDES = {"CRO": "CRO", "us": "Sponsor", "": ""}


@dataclass(frozen=True, slots=True, kw_only=True)
class Subject:
    """What a topic is asked about: the review, and the numbers over all CROs, of its own, and as told by now.

    `before`: the score at the end of the quarter before. `ends`: of the quarters in a line, the oldest first.
    """

    found: Review
    view: View
    own: View
    now: View
    card: Scorecard
    score: Score
    before: Before
    ends: tuple[date, ...]
    currency: budget.Currency


def column(name: str, format_: Literal["text", "number", "day", "money"] = "text", digits: int = 0) -> Column:
    return Column(name=name, format=format_, digits=digits)


def wide(name: str) -> Column:
    return Column(name=name, wide=True)


def number(name: str, digits: int = 0) -> Column:
    return column(name, "number", digits)


def day(name: str) -> Column:
    return column(name, "day")


def shown(cell: Cell) -> str:
    """A cell as it is compared; a number to ten digits."""
    return "–" if cell is None else f"{cell:.10g}" if isinstance(cell, float) else str(cell)


def rows(frame: pd.DataFrame, names: Sequence[str]) -> tuple[tuple[Cell, ...], ...]:
    """Some columns of a frame as cells: dates as ISO, nothing as None."""
    return tuple(tuple(_cell(value) for value in line) for line in frame[list(names)].itertuples(index=False))


def _cell(value: Any) -> Cell:
    if value is None or value is pd.NaT or (isinstance(value, float) and value != value) or value is pd.NA:
        return None
    if isinstance(value, pd.Timestamp | date):
        return pd.Timestamp(value).date().isoformat()
    if isinstance(value, str):
        return value
    plain = value.item() if hasattr(value, "item") else value
    return plain if isinstance(plain, int | float) else str(plain)


def last_actions(subject: Subject) -> Section:
    """What was agreed before, done or late, and whether it helped."""
    code = subject.found.cro_id
    still = feedback.open_actions(subject.now, code)
    done = feedback.closed_actions(subject.now, code)
    own = agreed(subject.now, code)
    before = [
        frame[frame["action"].map(lambda one: own.get(one) != subject.found.review_id).astype(bool)]
        for frame in (still, done[done["closed"] > pd.Timestamp(subject.found.previous_end)])
    ]
    helped = {one["action"]: str(one["verdict"]) for one in effect.effects(subject.now).to_dict("records")}
    lines = [_action_line(one, helped) for frame in before for one in frame.to_dict("records")]
    late = int(before[0]["overdue"].sum())
    finding = (
        f"{len(before[1])} done, {late} late, {len(before[0]) - late} not due yet." if lines else "None were open."
    )
    table = Table(
        title="Actions agreed before",
        columns=(wide("What"), column("Study"), column("Owner"), column("Side"), day("Due"), column("State"),
                 column("Did it help?")),
        rows=tuple(lines),
        empty="No action was open, or closed since the quarter before.",
    )  # fmt: skip
    return Section(key="actions", title="Actions of the last quarter", finding=finding, blocks=(table,))


def _action_line(one: Mapping[Any, Any], helped: Mapping[str, str]) -> tuple[Cell, ...]:
    if one["open"]:
        late = count(int(one["days"]), "day") if one["overdue"] else ""
        state = f"open, {late} late" if late else "open"
    else:
        state = f"done {_cell(one['closed'])}"
    return (
        one["what"], one["study"], one["owner"], SIDES.get(one["side"], ""), _cell(one["due"]), state,
        helped.get(one["action"], ""),
    )  # fmt: skip


def summary(subject: Subject) -> Section:
    """The first screen: both lights over four quarters, coverage, disputes, changes, slip, money, decisions."""
    score, said = subject.score, replies(subject.now, subject.found.review_id)
    disputed = [row for row in said.values() if row["reply"] == "disputed"]
    lines = [
        f"{score.domains_in_use} of {len(Domain)} domains in use; {score.coverage:.0f} % of their weight is rated.",
        f"{count(len(disputed), 'figure')} disputed by the CRO, "
        f"{sum((row['dispute'] or 'open') == 'open' for row in disputed)} of them open.",
        _slip_text(timelines.late(subject.own)),
        f"{budget.growth(budget.steps(subject.own), subject.currency.code)}.",
    ]
    return Section(
        key="summary",
        title="Summary",
        finding=cro.verdict(score),
        blocks=(
            _lights(subject),
            Figures(figures=(_score_figure(subject), *_domain_figures(subject)), tiles=True),
            Text(title="In short", lines=tuple(lines)),
            Text(title=f"Changes since {quarter_name(subject.found.previous_end)}", lines=_changes(subject)),
            Text(title=ASKED, lines=_decisions_asked(subject)),
        ),
    )


def _score_figure(subject: Subject) -> Figure:
    score, was = subject.score, subject.before.value if subject.before else None
    return Figure(
        id="score", label="CRO performance", domain="All", unit="points", value=score.value,
        text=points(score.value) if score.value is not None else "–", band=str(score.band),
        word=BAND_WORDS[score.band], n=None, counted=f"{score.coverage:.0f} % of the weight", low=score.low,
        high=score.high, interval=" ".join(cro.score_sureness(score)),
        definition="The mean of the domains in use; in each, the weighted mean of the KPIs that are rated.",
        threshold=f"Green from {GREEN_FROM:g}, red under {RED_UNDER:g}.", source="", previous=was,
        previous_text="–" if was is None else points(was),
    )  # fmt: skip


def _reds(parts: Sequence[Part]) -> str:
    """`; red: Milestones on time and 2 more`."""
    red = [BY_ID[part.kpi].label for part in parts if part.band is Band.RED]
    return f"; red: {listing(red, 1)}" if red else ""


def _domain_figures(subject: Subject) -> Iterable[Figure]:
    for domain, value, change in cro.domains(subject.score, subject.before):
        rated = [part for part in subject.score.parts if part.domain is domain and part.points is not None]
        was = None if value is None or change is None else value - change
        band = _band_of(value)
        yield Figure(
            id=f"domain-{domain.name.lower()}", label=domain.value, domain=domain.value, unit="points", value=value,
            text="–" if value is None else points(value), band=str(band), word=BAND_WORDS[band], n=float(len(rated)),
            counted=f"{count(len(rated), 'rated KPI')}{_reds(rated)}", low=None, high=None, interval="",
            definition=f"Weighted mean of the points of {listing([BY_ID[part.kpi].label for part in rated])}."
            if rated else "Nothing of it is rated.",
            threshold=f"Green from {GREEN_FROM:g}, red under {RED_UNDER:g}.", source="", previous=was,
            previous_text="–" if was is None else points(was),
        )  # fmt: skip


def _band_of(value: float | None) -> Band:
    if value is None:
        return Band.UNRATED
    return Band.GREEN if value >= GREEN_FROM else Band.RED if value < RED_UNDER else Band.AMBER


def _lights(subject: Subject) -> Table:
    """Both lights at the ends of the last quarters: words, so that no colour is needed."""
    lines: list[list[Cell]] = [["CRO performance"], ["Study status"]]
    for end in subject.ends:
        with subject.view.at(end) as then:
            card = scorecard(then)
        score = card.scores.get(subject.found.cro_id)
        own = cro.engagements(card, subject.found.cro_id)
        lines[0].append("not rated" if score is None or score.value is None else _light(score))
        lines[1].append(cro.study_words(own))
    return Table(
        title="Two lights over four quarters",
        columns=(column("Light"), *(column(quarter_name(end)) for end in subject.ends)),
        rows=tuple(tuple(line) for line in lines),
    )


def _light(score: Score) -> str:
    return f"{points(score.value)}, {BAND_WORDS[score.band]}"


def _slip_text(late: pd.DataFrame) -> str:
    if late.empty:
        return "No milestone of the period is late."
    parts = [f"{late[name].sum():.0f} {words}" for name, words in (("days_cro", "theirs"), ("days_sponsor", "ours"))]
    parts.append(f"{late['days_external'].sum():.0f} external")
    if unknown := round(late["days_unknown"].sum()):
        parts.append(f"{unknown} without a recorded cause")
    return f"Slip of {count(len(late), 'late milestone')}, in days: {', '.join(parts)}."


def _changes(subject: Subject) -> tuple[str, ...]:
    """What moved the score most, down to the study."""
    why = why_score(subject.view, subject.found.previous_end, subject.found.cro_id)
    if why.reason:
        return (f"Not split: {why.reason}.",)
    lines = [
        f"{one['label']}: {one['effect']:+.1f} points; {one['why']}."
        for one in why.steps.head(CHANGES).to_dict("records")
    ]
    return tuple(lines) or ("Nothing moved the score.",)


def _decisions_asked(subject: Subject) -> tuple[str, ...]:
    still = feedback.open_actions(subject.now, subject.found.cro_id)
    asked = still[still["type"] == "decision"]
    return tuple(_with_study(one) for one in asked.to_dict("records")) or ("None.",)


def _with_study(one: Mapping[Any, Any]) -> str:
    where = f"{one['study']}: " if one["study"] else ""
    due = f" (by {_cell(one['due'])})" if _cell(one["due"]) else ""
    return f"{where}{one['what']}{due}"


def scorecard_of(subject: Subject) -> Section:
    """Every KPI in use, with what is said of it, and where the others lie."""
    said, answers = explanations(subject.now, subject.found), replies(subject.now, subject.found.review_id)
    before = {part.kpi: part for part in subject.before.parts} if subject.before else {}
    parts = [part for part in subject.score.parts if part.applicable]
    figures = tuple(
        _figure(
            subject,
            part,
            before.get(part.kpi),
            said.get(part.kpi, ""),
            reply_words(answers.get(part.kpi), subject.found.shared_on is not None),
        )
        for part in parts
    )
    red = [one for one in figures if one.band == Band.RED]
    unexplained = sum(not one.explained for one in red)
    finding = f"{len(red)} of {count(len(figures), 'KPI')} in use {'is' if len(red) == 1 else 'are'} red"
    finding += f", {unexplained} unexplained." if red else "."
    return Section(
        key="scorecard",
        title="Scorecard",
        finding=finding,
        blocks=(Figures(figures=figures, title="KPIs in use"), _peers(subject, parts)),
    )


def _figure(subject: Subject, part: Part, was: Part | None, explained: str, reply: str) -> Figure:
    row, kpi = part.row, BY_ID[part.kpi]
    then = was.row if was else None
    sources = [kpi.source, f"known up to upload {subject.view.scope.known_at}"]
    return Figure(
        id=kpi.id, label=kpi.label, domain=kpi.domain.value, unit=row["unit"], value=row["value"],
        text="–" if row["value"] is None else heads.value_text(row), band=str(part.band), word=heads.word(row),
        n=row["n"], counted=heads.counted(row) if row["n"] else "", low=row["low"], high=row["high"],
        interval=heads.interval_text(row) + (f" Red: {kpi.red_because}." if red_by_fact(row) else ""),
        definition=kpi.definition, threshold=heads.threshold_text(row), source="; ".join(filter(None, sources)),
        previous=then["value"] if then else None,
        previous_text="–" if then is None or then["value"] is None else heads.value_text(then),
        points=part.points, weight=part.weight, stale=part.stale, explained=explained, reply=reply,
    )  # fmt: skip


def _peers(subject: Subject, parts: Sequence[Part]) -> Table:
    """Where the other CROs lie, without their names: only where there are enough of them."""
    lines = []
    for part in parts:
        others = [
            other.row
            for code, score in subject.card.scores.items()
            for other in score.parts
            if code != subject.found.cro_id and other.kpi == part.kpi and other.band.rated
        ]
        if len(others) >= PEERS:
            values = sorted(others, key=lambda row: row["value"])
            low, high = (heads.value_text(values[place]) for place in (0, -1))
            own = "–" if part.row["value"] is None else heads.value_text(part.row)
            lines.append((BY_ID[part.kpi].label, own, low, high, len(others)))
    return Table(
        title="Where the others lie",
        columns=(column("KPI"), column("This CRO"), column("Lowest of the others"), column("Highest of the others"),
                 number("Others")),
        rows=tuple(lines),
        empty=f"No KPI is rated at {PEERS} other CROs or more: a range of fewer would tell whose it is.",
    )  # fmt: skip


def timeline(subject: Subject) -> Section:
    """Late milestones and whose days they are."""
    late = timelines.late(subject.own)
    answers, shared = replies(subject.now, subject.found.review_id), subject.found.shared_on is not None
    codes = [
        f"{one['engagement']}/{milestone_code(subject.own, one['engagement'], one['milestone'])}"
        for one in late.to_dict("records")
    ]
    table = late.assign(code=codes, reply=[reply_words(answers.get(one), shared) for one in codes])
    by_study = late.groupby("study", sort=False)[list(CAUSES)].sum()
    by_study = by_study.loc[by_study.sum(axis=1).sort_values(ascending=False, kind="stable").index]
    named = [name for name in CAUSES if by_study[name].sum() > 0]
    blocks: list[Chart | Table | Text] = [_kpi_lines(subject, Domain.TIME, Domain.DELIVERY)]
    if len(by_study):
        blocks.append(
            Chart(
                title=_latest(by_study), subtitle="Days late against the baseline, by whose days they are.",
                kind="stacked_bar", categories=tuple(map(str, by_study.index)),
                series=tuple(
                    Series(name=CAUSES[name], values=tuple(map(float, by_study[name])), role=ROLES[name])  # type: ignore[arg-type]
                    for name in named
                ),
                unit="days",
            )
        )  # fmt: skip
    blocks.append(
        Table(
            title=DAYS,
            columns=(column("Code"), column("Study"), column("Milestone"), number("Late"), number("CRO"),
                     number("Sponsor"), number("External"), number("Not recorded"), column("Attribution"),
                     column("Reply")),
            rows=rows(table, ["code", "study", "milestone", "slip_days", *CAUSES, "attribution_status", "reply"]),
            empty="No milestone of the period is late.",
        )
    )  # fmt: skip
    return Section(key="timeline", title="Timeline", finding=_slip_text(late), blocks=tuple(blocks))


def _latest(by_study: pd.DataFrame) -> str:
    """Which study has most of the late days: `Most of the 97 late days: ZEN-201, 53`."""
    days = by_study.sum(axis=1)
    return f"Most of the {count(round(days.sum()), 'late day')}: {days.index[0]}, {days.iloc[0]:.0f}"


def _kpi_lines(subject: Subject, *domains: Domain) -> Text:
    """The KPIs of some domains in a line each."""
    lines = [
        f"{BY_ID[part.kpi].label}: {heads.value_text(part.row)}, {heads.word(part.row)}."
        if part.row["value"] is not None
        else f"{BY_ID[part.kpi].label}: {heads.word(part.row)}."
        for part in subject.score.parts
        if part.applicable and part.domain in domains
    ]
    return Text(lines=tuple(lines) or ("No KPI of this topic is in use.",))


def finance(subject: Subject) -> Section:
    """From contract to forecast, by study, and what is not signed."""
    code = subject.currency.code
    steps, exposed = budget.steps(subject.own), budget.exposure(subject.own, "engagement")
    unsigned = budget.signatures(subject.own)
    blocks: list[Chart | Table | Text] = [_kpi_lines(subject, Domain.COST)]
    if len(steps):
        blocks.append(_waterfall(steps, code, subject))
    blocks += [
        Table(
            title=f"Contract to forecast by study, {code}",
            columns=(column("Study"), column("Contract", "money"), column("Signed changes", "money"),
                     column("Not signed", "money"), column("Forecast", "money"),
                     column("Over what is signed", "money")),
            rows=rows(_of_study(exposed, subject), ["label", "contract", "executed", "unsigned", "forecast", "over"]),
            empty="No contract is in scope.",
        ),
        Table(
            title="Work before its signature",
            columns=(column("Change order"), column("Study"), wide("Reason"), column("State"), number("Days"),
                     column("Value", "money"), column("Currency")),
            rows=rows(unsigned, ["change_order", "study", "reason", "what", "days", "value", "currency"]),
            empty="None.",
        ),
        Text(lines=(subject.currency.words,)),
    ]  # fmt: skip
    return Section(key="finance", title="Finance", finding=f"{budget.growth(steps, code)}.", blocks=tuple(blocks))


def _of_study(frame: pd.DataFrame, subject: Subject) -> pd.DataFrame:
    """With the study alone as label: whose it is stands on the cover."""
    return frame.assign(
        label=frame["label"].str.replace(f", {subject.card.names[subject.found.cro_id]}", "", regex=False)
    )


def _waterfall(steps: pd.DataFrame, code: str, subject: Subject) -> Chart:
    """The steps as columns that stand on one another: an invisible base, and what adds or takes away."""
    base, ends, more, less, running = [], [], [], [], 0.0
    for one in steps.to_dict("records"):
        size = float(one["amount"]) / 1e6
        whole = one["kind"] != "relative"
        base.append(0.0 if whole else min(running, running + size))
        ends.append(size if whole else None)
        more.append(None if whole or size < 0 else size)
        less.append(None if whole or size >= 0 else -size)
        running = size if whole else running + size
    first, last = (float(steps["amount"].iloc[place]) for place in (0, -1))
    return Chart(
        title=f"From {total(first, code)} to {total(last, code)}",
        subtitle=f"Fee in millions of {code}; changes by who initiated them.",
        kind="stacked_column", categories=tuple(map(str, steps["step"])),
        series=(
            Series(name="Base", values=tuple(base), role="hidden"),
            Series(name="Contract and forecast", values=tuple(ends), role="actual"),
            Series(name="Adds", values=tuple(more), role="bad"),
            Series(name="Takes away", values=tuple(less), role="good"),
        ),
        unit=f"m {code}", digits=2,
    )  # fmt: skip


def quality_of(subject: Subject) -> Section:
    """What audits found, and what is open."""
    events, held = quality.open_events(subject.own), quality.audits(subject.own)
    late = int(events["days_late"].notna().sum())
    finding = f"{count(len(events), 'event')} open, {late} past due; {count(len(held), 'audit')} in twelve months."
    return Section(
        key="quality",
        title="Quality",
        finding=finding,
        blocks=(
            _kpi_lines(subject, Domain.QUALITY),
            Table(
                title="Open findings, deviations and corrective actions",
                columns=(column("Code"), column("Study"), column("Kind"), column("Grade"), day("Raised"), day("Due"),
                         number("Days late")),
                rows=rows(events.assign(type=events["type"].str.replace("_", " ")),
                          ["event", "study", "type", "grade", "raised", "due", "days_late"]),
                empty="None is open.",
            ),
            Table(
                title="Audits of the last twelve months",
                columns=(column("Audit"), column("Of"), column("Kind"), day("Held"), number("Findings"),
                         number("Critical and major"), day("Next due")),
                rows=rows(held, ["audit", "study", "type", "held", "findings", "serious", "next_due"]),
                empty="None was held.",
            ),
        ),
    )  # fmt: skip


def responsiveness_of(subject: Subject) -> Section:
    """How fast either side answers, by month, and what has waited longest."""
    both = responsiveness.both_ways(subject.own)
    theirs, ours = (float(both[name].iloc[0]) if len(both) else float("nan") for name in ("theirs", "ours"))
    months = responsiveness.by_month(subject.own, "R01", 12)
    oldest = responsiveness.oldest(subject.own)
    blocks: list[Chart | Table | Text] = [_kpi_lines(subject, Domain.RESPONSIVENESS)]
    finding = f"Median first response: theirs {_hours(theirs)}, ours {_hours(ours)}."
    if len(months):
        blocks.append(
            Chart(
                title=_slowest(months),
                subtitle="Median business hours to the CRO's first response, by month of the request; a gap: fewer "
                "than half answered, or none asked.",
                kind="line", categories=tuple(months["month"]),
                series=(Series(name="Median", values=_values(months["value"])),), unit="h", digits=1,
            )
        )  # fmt: skip
    blocks.append(
        Table(
            title="What has waited longest for the CRO",
            columns=(column("Request"), column("Study"), wide("Topic"), column("Priority"), day("Opened"),
                     number("Days"), number("Escalation")),
            rows=rows(oldest, ["request", "study", "topic", "priority", "opened", "age_days", "escalation"]),
            empty="Nothing waits.",
        )
    )  # fmt: skip
    return Section(key="responsiveness", title="Responsiveness", finding=finding, blocks=tuple(blocks))


def _slowest(months: pd.DataFrame) -> str:
    told = months[months["value"].notna()]
    if told.empty:
        return "No month has a median yet"
    worst = told.iloc[int(told["value"].argmax())]
    return f"Slowest month: {worst['month']}, {worst['value']:.1f} h"


def _hours(value: float) -> str:
    return "too few to say" if value != value else f"{value:.1f} h"


def _values(values: "pd.Series[float]") -> tuple[float | None, ...]:
    return tuple(None if value != value else float(value) for value in values)


def relationship_of(subject: Subject) -> Section:
    """How either side sees the other, and which key people left. Few answers are hidden."""
    code = subject.found.cro_id
    sides, lost, both = (
        fit.sides(subject.own, code),
        relationship.lost(subject.own, code),
        feedback.both_ways(subject.own),
    )
    return Section(
        key="relationship",
        title="Relationship, both ways",
        finding=fit.summary(sides),
        blocks=(
            _kpi_lines(subject, Domain.RELATIONSHIP),
            Table(
                title="How the sides see each other (0 to 100)",
                columns=(column("Who on whom"), number("Answers"), number("Index", 1), column("Quarters"),
                         column("Note")),
                rows=rows(sides, ["label", "n", "value", "quarters", "reason"]),
                empty="No survey was answered.",
            ),
            Table(
                title="Actions that each side raised",
                columns=(column("Raised by"), number("In the period"), number("Open"), number("Overdue"),
                         wide("On time")),
                rows=rows(both, ["label", "raised", "open", "overdue", "said"]),
            ),
            Table(
                title="Key people who left before their work was over",
                columns=(column("Study"), column("Role"), column("Person"), day("Until"), column("Followed by")),
                rows=rows(lost, ["study", "role", "person", "ended", "follower"]),
                empty="Nobody, in twelve months.",
            ),
        ),
    )  # fmt: skip


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


def outlook(subject: Subject) -> Section:
    """What comes next and how likely it is on time, and where the cost ends."""
    ahead, ends = chance.chances(subject.own), money.ends(subject.own, "engagement")
    told = ends[ends["eac"].notna()]
    risky = int((ahead["chance"] < 50).sum())
    finding = f"{count(len(ahead), 'milestone')} ahead, {risky} more likely late than not. "
    finding += f"{money.back_text(_of_study(ends, subject))}."
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
                rows=rows(_of_study(told, subject), ["label", "bac", "eac_low", "eac", "eac_high", "own", "currency"]),
                empty="No running work has an estimate.",
            ),
        ),
    )  # fmt: skip


def agreed_now(subject: Subject) -> Section:
    """Decisions and actions of this review, to be read back."""
    code, own = subject.found.cro_id, agreed(subject.now, subject.found.cro_id)
    both = [feedback.open_actions(subject.now, code), feedback.closed_actions(subject.now, code)]
    lines = [
        (one["type"], one["what"], one["study"], one["owner"], SIDES.get(one["side"], ""), _cell(one["due"]))
        for frame in both
        for one in frame.to_dict("records")
        if own.get(one["action"]) == subject.found.review_id
    ]
    decisions = sum(line[0] == "decision" for line in lines)
    table = Table(
        title="Agreed in this review",
        columns=(column("Kind"), wide("What"), column("Study"), column("Owner"), column("Side"), day("Due")),
        rows=tuple(sorted(lines, key=lambda line: (line[0] != "decision", str(line[5])))),
        empty="Nothing yet: what is agreed in the meeting stands here.",
    )
    finding = f"{count(decisions, 'decision')}, {count(len(lines) - decisions, 'action')}." if lines else "Nothing yet."
    return Section(key="agreed", title="Decisions and actions", finding=finding, blocks=(table,))


TOPICS: tuple[Callable[[Subject], Section], ...] = (
    last_actions, summary, scorecard_of, timeline, finance, quality_of, responsiveness_of, relationship_of, risks, ours,
    outlook, agreed_now,
)  # fmt: skip
"""In the order of the meeting."""


def _score(found: Pack) -> Figure:
    return next(one for one in found.figures if one.id == "score")


def attention(found: Pack) -> tuple[int, float, str]:
    """The order of CROs: red before amber before green, then the lower score, then the name."""
    score, order = _score(found), {Band.RED: 0, Band.AMBER: 1, Band.GREEN: 2}
    return order.get(Band(score.band), 3), score.value if score.value is not None else 0.0, found.cro


def page_of(found: Pack) -> Section:
    """The one page of a CRO among all: its summary."""
    return next(section for section in found.sections if section.key == "summary")


def all_scores(packs: Sequence[Pack]) -> Section:
    """Every CRO with its score and domains, those that need attention first."""
    names = list(dict.fromkeys(one.label for each in packs for one in each.figures if one.id.startswith("domain-")))
    lines = []
    for each in packs:
        score = _score(each)
        domains = {one.label: one.value for one in each.figures if one.id.startswith("domain-")}
        change = difference(score.value, score.previous)
        lines.append((each.cro, score.word, score.value, change, *(domains.get(name) for name in names)))
    bands = {word: sum(_score(each).word == word for each in packs) for word in ("red", "amber", "green", "not rated")}
    finding = f"{count(len(packs), 'CRO')}: {', '.join(f'{n} {word}' for word, n in bands.items() if n)}."
    table = Table(
        title="Scores of 100, and of each domain",
        columns=(column("CRO"), column("Light"), number("Score", 1), number("Since last quarter", 1),
                 *(number(name) for name in names)),
        rows=tuple(lines),
    )  # fmt: skip
    chart = Chart(
        title=finding, subtitle="Score of 100 of each CRO; the light also follows its caps.", kind="bar",
        categories=tuple(each.cro for each in packs),
        series=(Series(name="Score", values=tuple(_score(each).value for each in packs)),), unit="points", digits=1,
    )  # fmt: skip
    return Section(key="all", title="All CROs", finding=finding, blocks=(table, chart))


def all_decisions(packs: Sequence[Pack]) -> Section:
    """What every CRO needs decided, its open disputes and its reds that nobody explained."""
    lines = []
    for each in packs:
        asked = next(
            block for block in page_of(each).blocks if isinstance(block, Text) and block.title == "Decisions asked for"
        )
        red = [one for one in each.figures if one.band == Band.RED and one.id in BY_ID]
        disputed = sum(one.reply.startswith("disputed") for one in each.figures)
        lines.append((each.cro, listing([line for line in asked.lines if line != "None."]) or "–", len(red),
                      sum(not one.explained for one in red), disputed))  # fmt: skip
    waiting = sum(line[1] != "–" for line in lines)
    table = Table(
        title="What needs deciding",
        columns=(column("CRO"), wide("Decisions asked for"), number("Red KPIs"), number("Unexplained"),
                 number("Disputed")),
        rows=tuple(lines),
    )  # fmt: skip
    finding = f"{count(waiting, 'CRO')} {'asks' if waiting == 1 else 'ask'} for decisions."
    return Section(key="decisions", title="Decisions and disputes", finding=finding, blocks=(table,))
