"""What shows how changes are met: their path, what they add, plans made anew, short notice, and one more change."""

from typing import Any

import pandas as pd
import streamlit as st

from analytics.practices import flexibility as numbers
from analytics.practices import scenario
from charts import change_path
from ui.ask import ask
from ui.behind import row
from ui.columns import COLUMNS, DATE
from ui.entry import entry
from ui.kpi_line import kpi_line
from ui.scope import scope
from ui.show import chart, look, plain, rows

ORDER = ("change_order_id", "requested", "submitted", "decided", "decision", "executed", "value", "days_impact",
         "initiator", "reason", "needed_by")  # fmt: skip
VERSION = ("version", "approved_on", "change_order_id", "reason")


def _whole(label: str, meaning: str = "") -> Any:
    return st.column_config.NumberColumn(label, format="localized", help=meaning or None)


PATHS: dict[str, Any] = COLUMNS | {
    "label": None,
    "decided": st.column_config.DateColumn("Decided", format=DATE),
    "cro_days": _whole("To the proposal, days", "The CRO's side."),
    "sponsor_days": _whole("To the decision, days", "Our side."),
    "signature_days": _whole("To the signature, days", "Both sides."),
    "unsplit_days": _whole("No side's, days", "A date between is not recorded."),
    "days": _whole("Together, days", "To the signature, the refusal or the as-of date."),
    "waits_for": "Waits for",
    "since": st.column_config.DateColumn("Since", format=DATE),
}
PACE: dict[str, Any] = {
    "stage": st.column_config.TextColumn("Stage", pinned=True),
    "side": "Whose side",
    "n": _whole("Change orders"),
    "open": _whole("Open"),
    "median": _whole("Median, days", "Kaplan-Meier: an open one counts as longer than so far."),
    "low": _whole("From", "95 % interval of the median."),
    "high": _whole("To", "95 % interval of the median."),
    "days": _whole("Days so far"),
    "share": st.column_config.NumberColumn("Share of the days", format="%.0f %%"),
    "note": "How sure",
}
AMOUNTS: dict[str, Any] = {
    "currency": "Currency",
    "signed": _whole("Signed"),
    "signed_value": _whole("Signed value", "Contract currency; minus takes scope out."),
    "signed_days": _whole("Signed days", "What they move the end by, as told."),
    "unsigned": _whole("Not signed", "Requested or submitted."),
    "unsigned_value": _whole("Value not signed"),
    "unsigned_days": _whole("Days not signed"),
    "refused": _whole("Refused"),
    "untold": _whole("Without days", "Those that do not say what they move the end by."),
}
BY = {"reason": "Reason", "initiator": "Who caused it"}
PLANS: dict[str, Any] = {
    "mark": st.column_config.TextColumn("Change order behind it", pinned=True),
    "study": "Study",
    "version": "Version",
    "approved_on": st.column_config.DateColumn("Approved", format=DATE),
    "change_order": "Change order",
    "signed_after": _whole("Signed after it, days", "The plan moved before the change order was signed."),
    "reason": "Why",
}
SHORT: dict[str, Any] = COLUMNS | {
    "notice": _whole("Notice, days", "From the request to the day on which it is needed; minus: asked after that."),
    "decided": st.column_config.DateColumn("Decided", format=DATE),
    "outcome": "Signature",
    "decision": "Our decision",
    "begun_days": _whole("Worked before signature, days"),
}
EFFECT: dict[str, Any] = {
    "what": st.column_config.TextColumn("What", pinned=True, width="large"),
    "now": "Now",
    "then": "With the change",
    "more": "More",
}


def flexibility(engagement: str) -> None:
    """The changes of one engagement, where they are written, and what one more would do."""
    kpi_line(ask(numbers.kpis, engagement), engagement=engagement)
    found = _path(f"changes-{engagement}", engagement, "")
    with st.expander("Write change orders", icon=":material/edit:", expanded=found.empty):
        entry("change_orders", ORDER, fixed={"engagement_id": engagement}, code="CO",
              labels={"change_order_id": "Code", "value": "Value, contract currency"})  # fmt: skip
    if not found.empty:
        _amounts(f"changes-{engagement}", engagement, "")
        _notice(f"changes-{engagement}", engagement, "")
    _plans(f"changes-{engagement}", engagement, "")
    with st.expander("Write approved plans", icon=":material/edit:"):
        entry("baselines", VERSION, fixed={"engagement_id": engagement},
              labels={"change_order_id": "Change order behind it"},
              choices={"change_order_id": ask(numbers.codes, engagement)})  # fmt: skip
    _scenario(engagement)


def of_cro(cro: str) -> None:
    """The changes of all engagements of one CRO."""
    kpi_line(ask(numbers.kpis, "", cro), cro=cro)
    if not _path(f"changes-{cro}", "", cro).empty:
        _amounts(f"changes-{cro}", "", cro)
        _notice(f"changes-{cro}", "", cro)
    _plans(f"changes-{cro}", "", cro)


def _path(key: str, engagement: str, cro: str) -> pd.DataFrame:
    found, seen = ask(numbers.paths, engagement, cro), scope()
    if found.empty or seen is None:
        st.info("No change order is known.", icon=":material/check:")
        return found
    chart(
        change_path.figure(found, look(), as_of=seen.as_of),
        _without(found.assign(waits_for=[numbers.WAITS[who] for who in found["waits_for"]]), engagement).drop(
            columns="label"
        ),
        key=key,
        alt="Days of each change order to the proposal, to the decision and to the signature.",
        columns=PATHS,
        behind=lambda line: row("change_orders", line["change_order"]),
    )
    st.markdown(plain(numbers.paths_text(found)))
    rows(numbers.pace(found), key=f"{key}-pace", columns=PACE)
    st.caption(
        "All change orders since the start; the KPI above counts those of 12 months that the CRO caused or shared."
    )
    return found


def _without(found: pd.DataFrame, engagement: str) -> pd.DataFrame:
    """No column of studies where there is one."""
    return found.drop(columns="study") if engagement else found


def _amounts(key: str, engagement: str, cro: str) -> None:
    st.subheader("What changes add, and why", anchor=False)
    by = st.segmented_control("By", list(BY), default="reason", format_func=lambda each: BY[each], key=f"{key}-by",
                              required=True)  # fmt: skip
    found = ask(numbers.amounts, by, engagement, cro)
    st.markdown(plain(numbers.amounts_text(found)))
    rows(found, key=f"{key}-amounts", columns=AMOUNTS | {"label": st.column_config.TextColumn(BY[by], pinned=True)})


def _notice(key: str, engagement: str, cro: str) -> None:
    st.subheader("Asked at short notice", anchor=False)
    st.markdown(plain(ask(numbers.notice_text, engagement, cro)))
    found = ask(numbers.short_notice, engagement, cro)
    if not found.empty:
        rows(_without(found, engagement), key=f"{key}-short", columns=SHORT,
             behind=lambda line: row("change_orders", line["change_order"]))  # fmt: skip


def _plans(key: str, engagement: str, cro: str) -> None:
    st.subheader("Plans approved anew", anchor=False)
    found = ask(numbers.rebaselines, engagement, cro)
    st.markdown(plain(numbers.rebaselines_text(found)))
    if found.empty:
        return
    backing = zip(found["backed"], found["backing"], strict=True)
    table = found.assign(mark=[f"{'✓' if backed else '▼'} {words}" for backed, words in backing])
    rows(
        _without(table[["engagement", *PLANS]], engagement),
        key=f"{key}-plans",
        columns=PLANS | {"engagement": None},
        behind=lambda line: row("baselines", line["engagement"], line["version"]),
    )


def _scenario(engagement: str) -> None:
    st.subheader("What would one more change do?", anchor=False)
    now = ask(scenario.today, engagement)
    if now is None:
        return
    with st.container(horizontal=True, vertical_alignment="bottom"):
        months = st.number_input("Months of work added", 0.0, 120.0, 2.0, 0.5, key=f"more-months-{engagement}",
                                 format="%.1f", width=200)  # fmt: skip
        told_in = st.selectbox("Scope added, told in", now.scopes, format_func=lambda name: scenario.SCOPES[name],
                               key=f"more-in-{engagement}", width=220)  # fmt: skip
        much, cost = _scope(now, told_in, engagement)
    found = scenario.effect(now, months, scenario.added(now, told_in, much, cost))
    st.markdown(f"**{plain(found.said)}**")
    rows(scenario.effect_table(now, found), key=f"effect-{engagement}", columns=EFFECT)
    for sentence in scenario.assumptions(now, told_in, cost):
        st.markdown(f"- {plain(sentence)}")
    with st.popover("How sure?", type="tertiary", icon=":material/help:"):
        for sentence in scenario.limits(now):
            st.markdown(plain(sentence))


def _scope(now: scenario.Today, told_in: str, engagement: str) -> tuple[float, float | None]:
    """How much is added, and what a site costs where it is told in sites."""
    if told_in == "sites":
        usual = now.site_cost
        sites = st.number_input(f"Sites added to {now.sites:,} planned", 0, 1000, 3, 1, key=f"more-sites-{engagement}",
                                width=200)  # fmt: skip
        cost = st.number_input(f"A site, {plain(now.currency)}", 0.0, None, usual or 0.0, 1000.0,
                               key=f"more-cost-{engagement}-{now.baseline}", format="%.0f", width=200,
                               help="The budget over the planned sites; write what a site costs.")  # fmt: skip
        return float(sites), cost
    if told_in == "percent":
        return st.number_input("Percent of the budget", 0.0, 500.0, 10.0, 1.0, key=f"more-percent-{engagement}",
                               format="%.1f", width=200), None  # fmt: skip
    return st.number_input(f"Value, {plain(now.currency)}", 0.0, None, 0.0, 1000.0, key=f"more-value-{engagement}",
                           format="%.0f", width=200), None  # fmt: skip
