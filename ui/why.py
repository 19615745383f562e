"""The tabs "Why it changed": a figure and an earlier date to choose, the steps between, and what they say in words."""

from collections.abc import Mapping
from datetime import date
from itertools import islice
from typing import Any

import streamlit as st

from analytics.catalogue import ALL, BY_ID
from analytics.kpi import Better
from analytics.scope import quarter_name, quarters_back
from analytics.why import Told, Why, why_kpi, why_money, why_score
from analytics.why.amounts import VARIANCES
from analytics.why.words import by_kpi
from analytics.words import day
from analytics.words import score as points
from charts import why as steps
from ui import behind
from ui.ask import ask
from ui.choose import choose
from ui.scope import address, scope
from ui.show import chart, look, plain

TAB = "Why it changed"
SCORE, AMOUNT = "score", "amount-"
KPIS = {kpi.id: kpi.label for kpi in ALL if kpi.unit != "currency"}
AMOUNTS = {f"{AMOUNT}{kpi}": f"{variance.label}, in money" for kpi, variance in VARIANCES.items()}
MONEY = AMOUNTS | {kpi: BY_ID[kpi].label for kpi in (*VARIANCES, "C02", "C03")}
QUARTERS = 8
"""Ends of completed quarters that can be compared with."""
COLUMNS: dict[str, Any] = {
    "label": st.column_config.TextColumn("Part", pinned=True),
    "engagement": "Engagement",
    "kpi": "KPI",
    "mix": st.column_config.NumberColumn("Mix", format="%+.2f", help="Who counts, and how much."),
    "performance": st.column_config.NumberColumn("Performance", format="%+.2f", help="How they did."),
    "other": st.column_config.NumberColumn("Neither", format="%+.2f"),
    "effect": st.column_config.NumberColumn("Effect", format="%+.2f", help="They add up to the difference."),
    "why": st.column_config.TextColumn("Why", width="large"),
}
METHOD = (
    "Each part is what it adds on average over all orders in which the changes could have come (its Shapley value), so "
    "that the parts add up to the difference, through thresholds too. Performance is what an engagement's own figure "
    "did; mix is that it counts more or less than then, or only at one of the dates. Nothing else is estimated."
)


def tab(*, cro: str = "", engagement: str = "", only: Mapping[str, str] | None = None) -> None:
    """Why a figure of a CRO, of an engagement or of everything in scope is not what it was.

    `only`: the figures that can be chosen, by code; otherwise the score and all KPIs.
    """
    seen = scope()
    if seen is None:
        return
    quarters = {end.isoformat(): f"{quarter_name(end)}, {day(end)}" for end in _ends(seen.as_of)}
    with st.container(horizontal=True):
        what = choose("What", {SCORE: "Score"} | KPIS | AMOUNTS if only is None else only, "why")
        since = choose("Since the end of", quarters, "then")
    if what is None or since is None:
        return
    found = _asked(what, date.fromisoformat(since), cro, engagement)
    if found.reason is not None:
        st.info(plain(f"The change of {found.label} is not split: {found.reason}."), icon=":material/info:")
        return
    _words(found, cro, what)
    if not found.steps.empty:
        _figure(found, seen.as_of, f"why-{cro or engagement or 'all'}-{what}")
    with st.popover("How is this worked out?", type="tertiary", icon=":material/help:"):
        st.markdown(plain(METHOD))


def _ends(as_of: date) -> list[date]:
    return list(islice(quarters_back(as_of), QUARTERS))


def _asked(what: str, then: date, cro: str, engagement: str) -> Why:
    if what == SCORE:
        return ask(why_score, then, cro, engagement)
    if what in AMOUNTS:
        return ask(why_money, what.removeprefix(AMOUNT), then, cro, engagement)
    return ask(why_kpi, what, then, cro, engagement)


def _figure(found: Why, as_of: date, key: str) -> None:
    chart(
        steps.figure(
            by_kpi(found.steps) if key.endswith(SCORE) else found.steps,
            look(),
            then=found.then,
            now=found.now,
            since=day(found.since),
            higher_is_better=found.better is Better.HIGHER,
            unit=found.unit,
            in_money=found.money,
            digits=found.digits if found.money else max(found.digits, 1),
            ends=(points(found.then, 1), points(found.now, 1)) if key.endswith(SCORE) else None,
            as_of=as_of,
        ),
        found.steps.assign(kpi=found.steps["kpi"].map(lambda kpi: BY_ID[kpi].label)),
        key=key,
        alt=f"{found.label}, from {day(found.since)} to now, with each part of the difference.",
        columns=COLUMNS,
    )


def _words(found: Why, cro: str, what: str) -> None:
    """The sentences, each with the way to its rows."""
    for place, told in enumerate(found.sentences):
        with st.container(horizontal=True, vertical_alignment="center", key=f"why-told-{place}"):
            st.markdown(plain(told.text) if place else f"**{plain(told.text)}**", width="content")
            _way(told, found, cro, what)


def _way(told: Told, found: Why, cro: str, what: str) -> None:
    if told.engagement:
        behind.link(told.kpi, engagement=told.engagement, key=f"why-{told.kpi}-{told.engagement}")
    elif told.kpi and what == SCORE and cro:
        query = address(cro=cro, about=TAB, why=told.kpi, then=found.since.isoformat())
        st.page_link("../pages/cros.py", label="This KPI", icon=":material/split_scene:", query_params=query)
