"""CROs: how is each one doing? Then one of them: what made its score, and why it changed."""

import streamlit as st

from analytics import cro as numbers
from analytics.catalogue import RATED
from analytics.changes import before, light_since
from analytics.matrix import by_attention
from analytics.scope import quarter_name
from analytics.score import scorecard
from charts import bullets, contributions
from ui import compare, cros, relationship, why
from ui.ask import ask
from ui.behind import labelled, opened
from ui.choose import choose
from ui.guard import require_shell
from ui.practices import feedback, fit, flexibility, selection
from ui.scope import scope
from ui.show import chart, look, nothing
from ui.start import heading
from ui.trends import trends

LISTS = ("List", "Side by side", "Compare", "Selection", "Qualification")
TABS = (
    "What made the score", "Why it changed", "KPIs", "Studies", "Open items", "Actions", "Trend", "Relationship", "Fit",
    "Changes",
)  # fmt: skip

require_shell()
seen = scope()
heading("How is each CRO doing, and what made it so?", seen)
opened()
if seen is None:
    nothing("No CRO has an engagement yet.", "engagements")
    selection.begin()
    st.stop()
now = ask(scorecard)
if not now.scores:
    selection.without_engagements()
    st.stop()

end, then = ask(before)
since = quarter_name(end)
one = choose("CRO", now.names, cros.CRO, placeholder="All CROs")
if one is None:
    listed, beside, against, selecting, qualifying = st.tabs(LISTS, key="view", on_change="rerun", bind="query-params")
    if listed.open:
        with listed:
            cros.listed(now, numbers.overview(now, then), since)
    if beside.open:
        with beside:
            compare.side_by_side({cro: now.names[cro] for cro in by_attention(now)})
    if against.open:
        with against:
            compare.compare([kpi.id for kpi in RATED])
    if selecting.open:
        with selecting:
            selection.selection()
    if qualifying.open:
        with qualifying:
            selection.qualification()
    st.stop()

score, was = now.scores[one], then.scores.get(one)
cros.head(now, then, one, since, ask(light_since, one))
cros.domains(score, was, since)
made, changed, kpis, studies, items, agreed, trend, relation, fits, changes = st.tabs(
    TABS, key="about", on_change="rerun", bind="query-params"
)

if made.open:
    with made:
        found = numbers.contributions(score)
        chart(
            contributions.figure(found, look(), as_of=seen.as_of),
            found,
            key="contributions",
            alt="Points of the score that each KPI takes off 100.",
            columns=cros.CONTRIBUTIONS,
            behind=labelled(one, column="kpi"),
        )

if changed.open:
    with changed:
        why.tab(cro=one)

if kpis.open:
    with kpis:
        found = numbers.bullets(score, was)
        chart(
            bullets.figure(found, look(), as_of=seen.as_of),
            found,
            key="kpis",
            alt="The KPIs of the CRO between their red and green thresholds.",
            columns=cros.BULLETS,
            behind=labelled(one),
        )
        feedback.for_red(found, one)
        with st.expander("How sure?", icon=":material/help:"):
            st.dataframe(numbers.sureness(score), hide_index=True, key="sureness")

if studies.open:
    with studies:
        cros.studies(numbers.engagements(now, one))

if items.open:
    with items:
        cros.open_items(ask(numbers.open_items, one))

if agreed.open:
    with agreed:
        feedback.of_cro(one)

if trend.open:
    with trend:
        trends([kpi.id for kpi in RATED], cro=one)

if relation.open:
    with relation:
        relationship.relationship(one)

if fits.open:
    with fits:
        fit.fit(one)

if changes.open:
    with changes:
        flexibility.of_cro(one)
