"""The list of studies, and the parts of the page of one."""

import pandas as pd
import streamlit as st

from analytics import studies, timelines
from analytics import study as one
from analytics.practices import templates
from analytics.words import BAND_WORDS
from analytics.words import score as points
from charts import ageing, gantt, s_curve, trend
from charts.theme import SYMBOL
from ui import forecast, why
from ui.ask import ask
from ui.behind import labelled, milestone, row
from ui.choose import choose, set_choice
from ui.columns import AGAINST_CONTRACT, COLUMNS, IN_WORDS, written
from ui.entry import entry
from ui.kpi_line import band_word
from ui.practices import communication, feedback, flexibility, requirements, roles
from ui.scope import address, scope
from ui.show import chart, look, nothing, picked_row, plain, rows

LIST = [
    "status", "study", "cro", "why", "milestone", "due", "slip_days", "contract_percent", "open_requests", "data_to",
    "title", "pm",
]  # fmt: skip
NARROW = {
    "milestone": "Due next",
    "slip_days": st.column_config.NumberColumn("Slip", help="Of what is due next: reached or forecast, less due."),
    "contract_percent": st.column_config.NumberColumn("Against contract", help=AGAINST_CONTRACT),
    "why": st.column_config.TextColumn("What made it", width=270),
}
MILESTONE = (
    "milestone", "baseline_original", "baseline_current", "forecast", "actual", "contractual", "days_cro",
    "days_sponsor", "days_external", "comment",
)  # fmt: skip
TABS = (
    "Plan", "Money", "Forecast", "Requirements", "Roles", "Communication", "Changes", "Requests", "Deliverables",
    "KPIs", "Why it changed", "Uploads",
)  # fmt: skip


def study_list(found: pd.DataFrame) -> None:
    """All engagements, those that need attention first; selecting one opens it."""
    st.markdown(f"**{plain(studies.summary(found))}** Select a row to open the study.")
    ended = int((~found["active"]).sum())
    everything = st.toggle(f"Show the {ended:,} that have ended", key="ended", bind="query-params") if ended else True
    kept = found if everything else found[found["active"]]
    table = kept.assign(status=[f"{SYMBOL[band]} {BAND_WORDS[band]}" for band in kept["status"]])
    names = list(kept["engagement"])
    rows(
        table[LIST],
        key="studies",
        columns=COLUMNS | NARROW,
        height=min(38 + 35 * len(table), 900),
        picked=lambda: _open(names),
        written=written(table[LIST], ["status"], IN_WORDS),
    )
    st.caption("Status counts all causes, the CRO's or not. Due next: the first milestone that is not reached.")


def _open(names: list[str]) -> None:
    place = picked_row("studies")
    if place is not None:
        set_choice("engagement", names[place])


def _close() -> None:
    set_choice("engagement", None)


def study(found: studies.Portfolio, engagement: str) -> None:
    """One engagement: what it is, how it stands and why, and its parts as tabs."""
    [row] = found.studies[found.studies["engagement"] == engagement].to_dict("records")
    score = found.scores[engagement]
    st.button("All studies", icon=":material/arrow_back:", on_click=_close, type="tertiary")
    st.header(plain(f"{row['study']}: {row['title']}"), anchor=False)
    worst = studies.why(score, most=3)
    reason = f" · {plain(worst)}" if worst else ""
    st.markdown(f"{band_word(score.band, BAND_WORDS[score.band])}{reason}")
    st.caption(" · ".join(f"{plain(name)} {plain(value)}" for name, value in studies.facts(row)))
    parts = (
        _plan, _money, _forecast, _requirements, _roles, _communication, _changes, _requests, _deliverables, _kpis,
        _why, _uploads,
    )  # fmt: skip
    for tab, part in zip(st.tabs(TABS, key="part", on_change="rerun", bind="query-params"), parts, strict=True):
        if tab.open:
            with tab:
                part(found, engagement)


def _plan(_: studies.Portfolio, engagement: str) -> None:
    found, seen = ask(one.plan, engagement), scope()
    if found.empty or seen is None:
        nothing("No milestones of this study yet.", "milestones")
        st.markdown(
            "Or begin with those that are usual for this service. They stand below, with the dates at which they "
            "usually fall, counted from the start: write what was agreed, and keep it."
        )
        _write_plan(engagement, expanded=True)
        return
    chart(
        gantt.figure(found, look(), as_of=seen.as_of),
        found,
        key=f"plan-{engagement}",
        alt="Baseline, actual and forecast date of each milestone of the study, and the slip between them.",
        columns=COLUMNS,
        behind=lambda line: milestone({**line, "engagement": engagement}),
    )
    if sites := ask(one.sites, engagement):
        st.caption(sites[:1].upper() + sites[1:])
    st.page_link(
        "../pages/timelines.py",
        label="What was forecast when",
        icon=":material/history:",
        query_params=address(timelines="One study over time", trend=engagement),
    )
    _write_plan(engagement)


def _write_plan(engagement: str, *, expanded: bool = False) -> None:
    with st.expander("Write the milestones", icon=":material/edit:", expanded=expanded):
        st.caption("Milestones of the whole study. Those of its sites come with a file.")
        fixed = {"engagement_id": engagement, "site_id": ""}
        entry("milestones", MILESTONE, fixed=fixed, begin=ask(templates.milestones, engagement))


def _money(_: studies.Portfolio, engagement: str) -> None:
    found, seen = ask(one.spending, engagement), scope()
    if found.months.empty or seen is None:
        nothing("No budget of this study yet.", "budget")
    else:
        low, rated, high = found.eac
        figure = s_curve.figure(
            found.months, look(), as_of=seen.as_of, currency=found.currency, bac=found.bac, eac_low=low, eac_mid=rated,
            eac_high=high, finish_low=found.finish[0], finish_high=found.finish[1],
        )  # fmt: skip
        alt = "Planned value, earned value and actual cost by month, and the range of the forecast at completion."
        chart(figure, found.months, key=f"money-{engagement}", alt=alt)
        if told := one.outgrown(found):
            st.warning(plain(told), icon=":material/trending_up:")
        with st.popover("How sure?", type="tertiary", icon=":material/help:"):
            for sentence in one.forecasts(found):
                st.markdown(plain(sentence))
    st.subheader("Change orders", anchor=False)
    orders = ask(one.orders, engagement)
    if orders.empty:
        st.info("No change order is known.", icon=":material/check:")
        return
    st.markdown(plain(one.orders_text(orders)))
    rows(
        orders,
        key=f"change-orders-{engagement}",
        columns=COLUMNS,
        behind=lambda line: row("change_orders", line["change_order"]),
    )


def _requests(_: studies.Portfolio, engagement: str) -> None:
    found, seen = ask(one.requests_by_age, engagement), scope()
    if found.empty:
        st.info("No request of this study is open.", icon=":material/check:")
        return
    chart(
        ageing.figure(found, look(), title=one.requests_text(found), as_of=seen.as_of if seen else None),
        found,
        key=f"requests-{engagement}",
        alt="Open requests of the study by days since they were asked.",
        columns=COLUMNS | {"label": "Asked", "bucket": "Open, days", "items": "Requests"},
    )
    st.subheader("The oldest, by name", anchor=False)
    rows(
        ask(one.oldest_requests, engagement),
        key=f"oldest-{engagement}",
        columns=COLUMNS,
        behind=lambda line: row("requests", line["request"]),
    )


def _deliverables(_: studies.Portfolio, engagement: str) -> None:
    found = ask(one.deliverables, engagement)
    if found.empty:
        nothing("No deliverables of this study yet.", "deliverables")
        return
    rows(
        found,
        key=f"deliverables-{engagement}",
        columns=COLUMNS,
        behind=lambda line: row("deliverables", line["deliverable"]),
    )


def _kpis(found: studies.Portfolio, engagement: str) -> None:
    score = found.scores[engagement]
    table = studies.kpis(score)
    red = table.rename(columns={"kpi": "label", "value": "text"})
    table["word"] = [f"{SYMBOL[band]} {word}" for band, word in zip(table.pop("band"), table["word"], strict=True)]
    st.markdown(plain(studies.status_text(score)))
    rows(
        table,
        key=f"kpis-{engagement}",
        columns=COLUMNS | {"value": "Value"},
        height=38 + 35 * len(table),
        behind=labelled(engagement=engagement, column="kpi"),
        written=written(table, ["word"], {"points": points}),
    )
    feedback.for_red(red, engagement=engagement)
    st.caption(
        "All causes count, so that the study is seen as it is. The score of the CRO leaves out what others caused."
    )


def _forecast(_: studies.Portfolio, engagement: str) -> None:
    forecast.study(engagement)


def _requirements(_: studies.Portfolio, engagement: str) -> None:
    requirements.requirements(engagement)


def _roles(_: studies.Portfolio, engagement: str) -> None:
    roles.roles(engagement)


def _communication(_: studies.Portfolio, engagement: str) -> None:
    communication.communication(engagement)


def _changes(_: studies.Portfolio, engagement: str) -> None:
    flexibility.flexibility(engagement)


def _why(_: studies.Portfolio, engagement: str) -> None:
    why.tab(engagement=engagement)


def _uploads(_: studies.Portfolio, engagement: str) -> None:
    found = ask(one.uploads, engagement)
    height = min(38 + 35 * len(found), 700)
    rows(found, key=f"uploads-{engagement}", columns=COLUMNS | {"reason": "Reason"}, height=height)
    st.caption("Uploads that brought or changed rows of this study. Rows that came again unchanged are not counted.")


def told_history() -> None:
    """What was forecast when, for a study to choose: a part of the page of timelines."""
    names, seen = ask(timelines.choices), scope()
    engagement = choose("Study", names, "trend")
    if engagement is None or seen is None:
        return
    told = ask(timelines.told, engagement)
    chart(
        trend.figure(told, look(), as_of=seen.as_of),
        told,
        key="milestone-trend",
        alt="What date was forecast for each milestone, each time the study was reported.",
        columns=COLUMNS,
    )
    st.caption(timelines.told_until(told))
    st.page_link(
        "../pages/studies.py",
        label=f"Open {plain(names[engagement])}",
        icon=":material/science:",
        query_params=address(engagement=engagement),
    )
